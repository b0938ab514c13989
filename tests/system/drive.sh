# shellcheck shell=bash
# Sourced by datapath-*.sh: dp_drive in namespaces, and what they show with it. They have set drive (the program), backend, and id (what
# the names of their namespaces cn, lma, mag1, mag2, mn, peer begin with).
# shellcheck disable=SC2154 # those

gso=$(realpath "${BASH_SOURCE[0]%/*}")/gso.py
dir=$(mktemp -d)
declare -A to from pid
failures=0
cleanup() {
	local n
	for n in cn lma mag1 mag2 mn peer; do
		ip netns pids "$id$n" 2>/dev/null | xargs -r kill -9 2>/dev/null || true
		ip netns del "$id$n" 2>/dev/null || true
	done
	wait 2>/dev/null || true
	rm -rf "$dir"
}
trap cleanup EXIT
trap 'echo "FAIL: $backend: line $LINENO: $BASH_COMMAND"; tail -n 5 "$dir"/*.log' ERR

in_ns() { local ns=$id$1; shift; ip netns exec "$ns" "$@"; }
not() { ! "$@"; }
has() { grep -Eq -- "$1" <<<"$2"; }
check() { # check WHAT COMMAND...: one line per thing shown; what the command says is in $dir/last
	local what=$1; shift
	if "$@" >"$dir/last" 2>&1; then
		echo "ok: $what"
	else
		echo "FAIL: $backend: $what ($*)"
		tail -n 20 "$dir/last"
		failures=$((failures + 1))
	fi
}
all_passed() {
	[ "$failures" = 0 ] || { echo "$failures failed"; tail -n 5 "$dir"/*.log; exit 1; }
	echo "all passed"
}

start() { # start NS OPTIONS...: a driver in that namespace, answers read by hear
	local name=$1; shift
	rm -f "$dir/$name.in" "$dir/$name.out"
	mkfifo "$dir/$name.in" "$dir/$name.out"
	ip netns exec "$id$name" "$drive" --backend "$backend" "$@" <"$dir/$name.in" >"$dir/$name.out" 2>>"$dir/$name.log" &
	pid[$name]=$!
	# shellcheck disable=SC1083,SC2086,SC2093
	exec {to[$name]}>"$dir/$name.in" {from[$name]}<"$dir/$name.out"
	hear "$name"
}
hear() { # hear NS: sets answer
	read -r -t 20 -u "${from[$1]}" answer
	has '^ok' "$answer" || { echo "$1: $answer"; return 1; }
}
say() { echo "${*:2}" >&"${to[$1]}"; hear "$1"; }
refused() { # refused NS ERROR COMMAND...
	echo "${*:3}" >&"${to[$1]}"
	read -r -t 20 -u "${from[$1]}" answer
	[ "$answer" = "error $2" ]
}
counter() { say "$1" counters; answer=${answer#* "$2"=}; echo "${answer%% *}"; }
stop() { # stop NS [keep]
	say "$1" quit "${2:-}"
	wait "${pid[$1]}"
	unset "pid[$1]"
}
kill_driver() { # kill_driver NS...: as a crash would
	local name
	for name; do
		kill -9 "${pid[$name]}"
		wait "${pid[$name]}" 2>/dev/null || true
	done
}

# The domain of IPv6: CN - LMA - {MAG1, MAG2} - MN, which has a cable to each MAG, its address, and another one that is bound nowhere.
network() {
	local n
	# shellcheck disable=SC2034 # the sourcing script's
	pool=2001:db8:a000::/36 hnp=2001:db8:a000:1::/64 mn=2001:db8:a000:1::2 unbound=2001:db8:a000:ffff::2
	cn=2001:db8:c::2 lma=2001:db8:1::1 mag1=2001:db8:11::2 mag2=2001:db8:12::2
	for n in cn lma mag1 mag2 mn; do
		ip netns add "$id$n"
		in_ns $n sysctl -qw net.ipv6.conf.default.accept_dad=0 net.ipv6.conf.all.accept_dad=0
		ip -n "$id$n" link set lo up
	done
	for n in lma mag1 mag2; do in_ns $n sysctl -qw net.ipv6.conf.all.forwarding=1; done
	link cn eth0 $cn/64 lma net 2001:db8:c::1/64
	link lma core1 2001:db8:11::1/64 mag1 core $mag1/64
	link lma core2 2001:db8:12::1/64 mag2 core $mag2/64
	link mag1 access fe80::1/64 mn mn1 $mn/128
	link mag2 access fe80::1/64 mn mn2 $mn/128
	ip -n "${id}mn" addr add $unbound/128 dev mn1 nodad
	ip -n "${id}lma" addr add $lma/128 dev lo
	ip -n "${id}cn" route add default via 2001:db8:c::1
	for n in 1 2; do ip -n "${id}mag$n" route add default via 2001:db8:1$n::1; done
	ip -n "${id}mn" route add default via fe80::1 dev mn1
}
link() { # link NS1 IF1 ADDR1 NS2 IF2 ADDR2
	ip -n "$id$1" link add "$2" type veth peer name "$5" netns "$id$4"
	ip -n "$id$1" addr add "$3" dev "$2" nodad
	ip -n "$id$4" addr add "$6" dev "$5" nodad
	ip -n "$id$1" link set "$2" up
	ip -n "$id$4" link set "$5" up
}

ping_quickly() { in_ns "$1" ping -q -c 3 -i 0.05 -W 1 "${@:2}"; }
tcp() { # tcp SENDER RECEIVER ADDRESS SECONDS [SOURCE]: sets rate, Mbit/s
	local server
	in_ns "$2" iperf3 -s -1 >/dev/null 2>&1 &
	server=$!
	sleep 0.5
	in_ns "$1" iperf3 -c "$3" -t "$4" -C cubic ${5:+-B "$5"} -J >"$dir/iperf"
	wait "$server"
	rate=$(jq '.end.sum_received.bits_per_second / 1e6 | floor' "$dir/iperf")
	echo "   $1 to $2: $rate Mbit/s, $(jq .end.sum_sent.retransmits "$dir/iperf") retransmitted"
}
udp_gso() { # udp_gso SENDER RECEIVER ADDRESS SENDS
	local receiver
	in_ns "$2" /usr/bin/python3 "$gso" receive "$3" "$4" &
	receiver=$!
	sleep 0.7
	in_ns "$1" /usr/bin/python3 "$gso" send "$3" "$4"
	wait "$receiver"
}
offloads() { # offloads on|off NS:INTERFACE...
	local how=$1 at; shift
	for at; do in_ns "${at%:*}" ethtool -K "${at#*:}" tso "$how" gso "$how" gro "$how" tx-udp-segmentation "$how"; done
}
capture_begin() { # capture_begin FILE NS INTERFACE FILTER...
	rm -f "$dir/$1.err" # of one before
	ip netns exec "$id$2" tcpdump -q -U --immediate-mode -w "$dir/$1" -i "$3" "${@:4}" 2>"$dir/$1.err" &
	capture=$!
	for _ in {1..100}; do
		! grep -qs 'listening on' "$dir/$1.err" || break
		sleep 0.05
	done
}
capture_end() {
	sleep 0.4
	kill "$capture"
	wait "$capture" || true
}
