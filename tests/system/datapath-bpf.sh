#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
# The bpf datapath on a real kernel: CN - LMA - {MAG1, MAG2} - MN in network namespaces, 1500-byte links, offloads as they are.
# DP_DRIVE may name another build of dp_drive.
set -Eeuo pipefail

drive=${DP_DRIVE:-${top_builddir:-.}/tests/system/dp_drive}
id=pmb$$
dir=$(mktemp -d "/tmp/$id.XXXXXX")
declare -A to from pid
background=()
failures=0

skip() { echo "skip: $1"; exit 77; }
[ "$(id -u)" = 0 ] || skip "needs root"
[ -c /dev/net/tun ] || skip "needs /dev/net/tun"
for tool in ip tc bpftool tcpdump tshark ping iperf3 jq; do
	[ -n "$(type -P $tool)" ] || skip "needs $tool"
done
[ -x "$drive" ] || { echo "FAIL: $drive is not built; run make check"; exit 1; }

cleanup() {
	local p n
	for p in "${pid[@]}" "${background[@]}"; do kill -9 "$p" 2>/dev/null || true; done
	wait 2>/dev/null || true
	for n in cn lma mag1 mag2 mn; do ip netns del "$id-$n" 2>/dev/null || true; done
	rm -rf "$dir"
}
trap cleanup EXIT
trap 'echo "FAIL: line $LINENO: $BASH_COMMAND"; for f in "$dir"/*.log; do echo "-- $f"; tail -5 "$f"; done' ERR

in_ns() { local ns=$id-$1; shift; ip netns exec "$ns" "$@"; }
check() { # check WHAT COMMAND...: one line per thing shown
	local what=$1; shift
	if "$@"; then echo "ok: $what"; else echo "FAIL: $what ($*)"; failures=$((failures + 1)); fi
}
not() { ! "$@"; }

# link NS1 IF1 ADDR1 NS2 IF2 ADDR2
link() {
	ip -n "$id-$1" link add "$2" type veth peer name "$5" netns "$id-$4"
	ip -n "$id-$1" addr add "$3" dev "$2" nodad
	ip -n "$id-$4" addr add "$6" dev "$5" nodad
	ip -n "$id-$1" link set "$2" up
	ip -n "$id-$4" link set "$5" up
}

hnp=2001:db8:a000:1::/64 mn=2001:db8:a000:1::2
unbound=2001:db8:a000:ffff::2
cn=2001:db8:c::2 lma=2001:db8:1::1 mag1=2001:db8:11::2 mag2=2001:db8:12::2

for n in cn lma mag1 mag2 mn; do
	ip netns add "$id-$n"
	in_ns $n sysctl -qw net.ipv6.conf.default.accept_dad=0 net.ipv6.conf.all.accept_dad=0
	ip -n "$id-$n" link set lo up
done
for n in lma mag1 mag2; do in_ns $n sysctl -qw net.ipv6.conf.all.forwarding=1; done
link cn eth0 $cn/64 lma net 2001:db8:c::1/64
link lma core1 2001:db8:11::1/64 mag1 core $mag1/64
link lma core2 2001:db8:12::1/64 mag2 core $mag2/64
link mag1 access fe80::1/64 mn mn1 $mn/128
link mag2 access fe80::1/64 mn mn2 $mn/128
ip -n $id-mn addr add $unbound/128 dev mn1 nodad
ip -n $id-lma addr add $lma/128 dev lo
ip -n $id-cn route add default via 2001:db8:c::1
for n in 1 2; do ip -n $id-mag$n route add default via 2001:db8:1$n::1; done
ip -n $id-mn route add default via fe80::1 dev mn1

state() { # everything of ours that an administrator could find in a namespace
	local ns=$id-$1 dev
	ip -n "$ns" -o link | sed 's/^[0-9]*: //; s/ state .*//' | sort
	ip -n "$ns" -6 route show table all | grep -v 'expires\|^fe80\|multicast\|^ff00' | sort
	ip -n "$ns" -6 rule
	for dev in $(ip -n "$ns" -o link | sed 's/^[0-9]*: \([^:@]*\).*/\1/'); do
		tc -n "$ns" qdisc show dev "$dev" clsact
		tc -n "$ns" filter show dev "$dev" ingress
		tc -n "$ns" filter show dev "$dev" egress
	done
}
programs() { # ids of the programs attached in a namespace
	local ns=$id-$1 dev
	for dev in $(ip -n "$ns" -o link | sed 's/^[0-9]*: \([^:@]*\).*/\1/'); do
		tc -n "$ns" filter show dev "$dev" ingress
		tc -n "$ns" filter show dev "$dev" egress
	done | sed -n 's/.*pmip_..cap.* id \([0-9]*\).*/\1/p' | sort -u
}

start() { # start NAME: a driver in that namespace, its answers read by say
	local name=$1; shift
	rm -f "$dir/$name.in" "$dir/$name.out"
	mkfifo "$dir/$name.in" "$dir/$name.out"
	ip netns exec "$id-$name" "$drive" --backend bpf "$@" <"$dir/$name.in" >"$dir/$name.out" 2>>"$dir/$name.log" &
	pid[$name]=$!
	exec {to[$name]}>"$dir/$name.in" {from[$name]}<"$dir/$name.out"
	hear "$name"
}
hear() {
	read -r -t 20 -u "${from[$1]}" answer
	case $answer in ok*) ;; *) echo "$1: $answer"; return 1 ;; esac
}
say() { local name=$1; shift; echo "$*" >&"${to[$name]}"; hear "$name"; }
counter() { say "$1" counters; sed "s/.* $2=\([0-9-]*\).*/\1/" <<<"$answer"; }
stop() { # stop NAME [keep]
	local name=$1 p=${pid[$1]}
	say "$name" quit "${2:-}"
	wait "$p"
	unset "pid[$name]"
}

start_lma() { start lma --role lma --core core1 --core core2 --pool 2001:db8:a000::/36; }
bind_lma() {
	say lma ensure $lma $mag1
	say lma ensure $lma $mag2
	say lma set $hnp $lma $mag1 -
}
start_mag() { start mag$1 --role mag --core core; }
bind_mag() {
	local mag=mag$1
	say $mag ensure ${!mag} $lma
	say $mag set $hnp ${!mag} $lma access
}

for n in lma mag1 mag2; do state $n >"$dir/$n.before"; done
start_lma; start_mag 1; start_mag 2
bind_lma; bind_mag 1; bind_mag 2

echo "# forwarding"
check "ping from the CN to the mobile node" in_ns cn ping -q -c 3 -i 0.05 -W 2 $mn >"$dir/ping"
check "ping from the mobile node to the CN" in_ns mn ping -q -c 3 -i 0.05 -W 2 -I $mn $cn >"$dir/ping"
