# shellcheck shell=bash
# Sourced by datapath-*.sh: dp_drive in namespaces, and what they show with it. They have set drive (the program), backend, and id (what
# the names of their namespaces cn, lma, r1, r2, mag1, mag2, mn, peer begin with).
# shellcheck disable=SC2154 # those

gso=$(realpath "${BASH_SOURCE[0]%/*}")/gso.py
dir=$(mktemp -d)
# shellcheck disable=SC2034 # those
if [ "$backend" = bpf ]; then least=100; else least=20; fi # Mbit/s of TCP; the latter in user-mode Linux
declare -A to from pid
failures=0
cleanup() {
	local n
	for n in cn lma r1 r2 mag1 mag2 mn peer; do
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

needs() { # needs TOOL...: those, and what the bpf datapath takes
	local tool
	[ "$(id -u)" = 0 ] || { echo "needs root"; exit 77; }
	[ -c /dev/net/tun ] || { echo "needs /dev/net/tun"; exit 77; }
	for tool; do
		[ -n "$(type -P "$tool")" ] || { echo "needs $tool"; exit 77; }
	done
	[ -x "$drive" ] || { echo "FAIL: $drive is not built; run make check"; exit 1; }
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
	pool=2001:db8:a000::/36 pool4=::ffff:198.51.100.0/120 hnp=2001:db8:a000:1::/64 mn=2001:db8:a000:1::2 unbound=2001:db8:a000:ffff::2
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

forwarded() { # forwarded [NS]: packets that the kernel there, of the LMA, has forwarded
	in_ns "${1:-lma}" sed -n 's/^Ip6OutForwDatagrams[[:space:]]*//p' /proc/net/snmp6
}
datagrams() { # datagrams N: of one flow to the mobile node of network's domain
	in_ns cn /usr/bin/python3 -c "
import socket, time
s = socket.socket(socket.AF_INET6, socket.SOCK_DGRAM)
s.bind(('$cn', 7001))
for _ in range($1):
    s.sendto(bytes(52), ('$mn', 7002))
    time.sleep(0.0005)"
	sleep 0.2
}
# In network's domain: what the programs leave to the kernel, or answer.
not_plain() {
	check "a hop limit that ends at the LMA is answered" not in_ns cn ping -c 1 -W 1 -t 1 "$mn"
	check "by the LMA" has '2001:db8:c::1.*exceeded' "$(<"$dir/last")"
	check "one that ends at the MAG, too" not in_ns cn ping -c 1 -W 1 -t 2 "$mn"
	check "by the MAG" has "exceeded" "$(<"$dir/last")"
	check "one more is enough" in_ns cn ping -c 1 -W 1 -t 3 "$mn"
	check "1460 octets pass" in_ns cn ping -q -c 1 -W 2 -M 'do' -s 1412 "$mn"
	check "1461 octets do not" not in_ns cn ping -c 2 -i 0.1 -W 1 -M 'do' -s 1413 "$mn"
	check "Packet Too Big says 1460" has 'mtu.*1460' "$(<"$dir/last")"
	check "fragments arrive, once the mobile node knows its path's MTU" in_ns cn ping -q -c 4 -i 0.1 -W 1 -s 4000 "$mn"
}

ping_quickly() { in_ns "$1" ping -q -c 3 -i 0.05 -W 1 "${@:2}"; }
# In network's domain: a source that is bound on another access link of MAG1 than it uses gets nothing; of that three packets.
bound_elsewhere() {
	local n prefix=2001:db8:a000:4::/64 source=2001:db8:a000:4::2
	ip -n "${id}mag1" link add other type veth peer name far
	ip -n "${id}mag1" link set other up
	ip -n "${id}mn" addr add "$source"/128 dev mn1 nodad
	say lma set "$prefix" "$lma" "$mag1" -
	say mag1 set "$prefix" "$mag1" "$lma" access
	check "a second prefix on the link" ping_quickly mn -I "$source" "$cn"
	say mag1 set "$prefix" "$mag1" "$lma" other
	capture_begin core.pcap mag1 core ip6
	check "which gets nothing when it is bound on another access link of the MAG" not ping_quickly mn -I "$source" "$cn"
	ping_quickly mn -I "$mn" "$cn" >/dev/null
	capture_end
	check "whose core link shows what is bound" has "$mn > $cn" "$(tcpdump -n -r "$dir/core.pcap" 2>/dev/null)"
	check "but nothing of it" not has "$source > $cn" "$(tcpdump -n -r "$dir/core.pcap" 2>/dev/null)"
	say mag1 set "$prefix" "$mag1" "$lma" access
	check "until it is back" ping_quickly mn -I "$source" "$cn"
	say mag1 set "$prefix" "$mag1" "$lma" other
	ip -n "${id}mn" addr del "$source/128" dev mn1
	ip -n "${id}mag1" link del other
	for n in lma mag1; do say "$n" clear "$prefix"; done
}
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
# In network's domain, whose LMA has pool4: what is no plain packet is left to the kernel's forwarding, which may forward it or not.
odd_packets() {
	local mn4=198.51.100.7 kind router dst
	passed() { # packets that have gone in without the kernel's forwarding
		# shellcheck disable=SC2016 # an awk program
		echo $(($(counter lma encap) - $(in_ns lma awk '/^Ip: [0-9]/ || /^Ip6OutForwDatagrams/ { n += /:/ ? $7 : $2 } END { print n }' /proc/net/{snmp,snmp6})))
	}
	at_once() { # at_once KIND DESTINATION: how many of five
		local was
		was=$(passed)
		in_ns cn /usr/bin/python3 "${gso%/*}/odd.py" eth0 "$router" "$@"
		echo $(($(passed) - was))
	}
	router=$(in_ns lma cat /sys/class/net/net/address)
	in_ns lma sysctl -qw net.ipv4.ip_forward=1 net.ipv4.conf.all.rp_filter=0
	ip -n "${id}lma" addr add 203.0.113.1/24 dev net
	say lma set ::ffff:$mn4/128 "$lma" "$mag1" -
	check "a plain IPv4 packet goes in at once" [ "$(at_once plain $mn4)" = 5 ]
	for kind in options this-network loopback group mapped loopback6; do
		dst=$mn4
		[[ $kind != mapped && $kind != *6 ]] || dst=$mn
		check "not one that is the kernel's: $kind" [ "$(at_once $kind "$dst")" = 0 ]
	done
	say lma clear ::ffff:$mn4/128
}
