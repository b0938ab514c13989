#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# May run beside others.
# Proves TUN-5, V4F-4.
# The bpf datapath, by tc, with its shortcuts at LMA and MAG, and by XDP, and the netlink datapath put the same octets on the wire: the same packets go CN - LMA - MAG - MN and back, with bpf on the
# running kernel and with netlink in user-mode Linux, are captured on all three links, and compared header field by header field. They differ
# in what is outside of CE (datapath.h), which has to be just that.
# DP_DRIVE may name another build of dp_drive.
set -Eeuo pipefail

self=$(realpath "$0")
here=${self%/*}
drive=$(realpath "${DP_DRIVE:-${top_builddir:-.}/tests/system/dp_drive}")

if [ $# -eq 0 ]; then
	[ "$(id -u)" -eq 0 ] || { echo "needs root"; exit 77; }
	dir=$(mktemp -d)
	trap 'rm -rf "$dir"' EXIT
	mkdir "$dir/bpf" "$dir/netlink" "$dir/network" "$dir/xdp-lma" "$dir/xdp-mag"
	export DP_DRIVE=$drive
	bash "$self" bpf "$dir/bpf" "pmw$$-"
	for way in network xdp-lma xdp-mag; do
		bash "$self" $way "$dir/$way" "pmw$$-"
		/usr/bin/python3 "$here/wire_equal.py" compare "$dir/bpf" "$dir/$way"
	done
	"$here/../uml/uml-run" -- bash "$self" netlink "$dir/netlink" ''
	/usr/bin/python3 "$here/wire_equal.py" compare-netlink "$dir/bpf" "$dir/netlink"
	exit
fi

# With XDP at one end, the other one sees what it sends and what it gets.
backend=bpf dir=$2 id=$3 xdp='' tap=lma lma_options=() mag_options=()
case $1 in
netlink) backend=netlink ;;
network) lma_options=(--network net) mag_options=(--bypass-netfilter) ;;
xdp-lma) xdp=lma tap=mag lma_options=(--hook xdp --network net) ;;
xdp-mag) xdp=mag mag_options=(--hook xdp) ;;
esac
if [ "$backend" = netlink ]; then
	modprobe veth
	modprobe ip6_tunnel
fi
pids=()
cleanup() {
	local n
	kill "${pids[@]}" 2>/dev/null || true
	wait
	for n in cn lma mag mn; do ip netns del "$id$n" 2>/dev/null || true; done
}
trap cleanup EXIT
trap 'echo "FAIL: $backend: line $LINENO: $BASH_COMMAND"; cat "$dir"/*.log' ERR

link() { # link NS1 IF1 NS2 IF2 NUMBER: with fixed link-layer addresses
	ip -n "$id$1" link add "$2" address "02:00:00:00:0$5:01" type veth peer name "$4" address "02:00:00:00:0$5:02" netns "$id$3"
	ip -n "$id$1" link set "$2" up
	ip -n "$id$3" link set "$4" up
}
for n in cn lma mag mn; do
	ip netns add "$id$n"
	ip netns exec "$id$n" sysctl -qw net.ipv6.conf.default.accept_dad=0 net.ipv6.conf.all.accept_dad=0 \
		net.ipv6.conf.default.addr_gen_mode=1
	ip -n "$id$n" link set lo up
done
gro() { # what is redirected into a veth device needs it at the other end
	[ "$xdp" = "$1" ] || return 0
	for at in "${@:2}"; do ip netns exec "$id${at%:*}" ethtool -K "${at#*:}" gro on >/dev/null; done
}
# A packet without a flow label is to stay so: ip6tnl would make one up.
for n in lma mag; do ip netns exec "$id$n" sysctl -qw net.ipv6.conf.all.forwarding=1 net.ipv6.auto_flowlabels=0 \
	net.ipv4.ip_forward=1; done
link cn eth0 lma net 1
link lma core mag core 2
link mag access mn eth0 3
gro lma cn:eth0 mag:core
gro mag mn:eth0 lma:core
ip -n "${id}lma" addr add 2001:db8:c::1/64 dev net nodad
ip -n "${id}lma" addr add 2001:db8:11::1/64 dev core nodad
ip -n "${id}mag" addr add 2001:db8:11::2/64 dev core nodad
ip -n "${id}lma" addr add 203.0.113.1/24 dev net
# neither end has the addresses, so nobody answers
ip -n "${id}lma" neigh add 2001:db8:c::2 lladdr 02:00:00:00:01:01 dev net nud permanent
ip -n "${id}mag" neigh add 2001:db8:a000:1::2 lladdr 02:00:00:00:03:02 dev access nud permanent
ip -n "${id}lma" neigh add 203.0.113.2 lladdr 02:00:00:00:01:01 dev net nud permanent
ip -n "${id}mag" neigh add 198.51.100.2 lladdr 02:00:00:00:03:02 dev access nud permanent
ip -n "${id}lma" neigh add 2001:db8:11::2 lladdr 02:00:00:00:02:02 dev core nud permanent
ip -n "${id}mag" neigh add 2001:db8:11::1 lladdr 02:00:00:00:02:01 dev core nud permanent

start() { # start NS OPTIONS...: a driver; its commands go to its own file descriptor
	mkfifo "$dir/$1.in"
	ip netns exec "$id$1" "$drive" --backend "$backend" --core core "${@:2}" <"$dir/$1.in" >"$dir/$1.out" 2>"$dir/$1.log" &
	pids+=($!)
}
start lma "${lma_options[@]}" --role lma --pool 2001:db8:a000::/36 --pool ::ffff:198.51.100.0/120
start mag "${mag_options[@]}" --role mag
exec 7>"$dir/lma.in" 8>"$dir/mag.in"
printf '%s\n' 'ensure 2001:db8:11::1 2001:db8:11::2' 'set 2001:db8:a000:1::/64 2001:db8:11::1 2001:db8:11::2 -' \
	'set ::ffff:198.51.100.2/128 2001:db8:11::1 2001:db8:11::2 -' >&7
printf '%s\n' 'ensure 2001:db8:11::2 2001:db8:11::1' 'set 2001:db8:a000:1::/64 2001:db8:11::2 2001:db8:11::1 access' \
	'set ::ffff:198.51.100.2/128 2001:db8:11::2 2001:db8:11::1 access' >&8
capture() { # capture NS INTERFACE NAME
	ip netns exec "$id$1" tcpdump -q -U --immediate-mode -p -i "$2" -w "$dir/$3.pcap" ip or ip6 2>"$dir/$3.log" &
	pids+=($!)
}
capture cn eth0 cn
capture $tap core core
capture mn eth0 mn
sleep 2
for n in lma mag; do
	[ "$(grep -c '^ok' "$dir/$n.out")" -eq 4 ] || { echo "FAIL: $backend: $n says"; cat "$dir/$n.out" "$dir/$n.log"; exit 1; }
done
ip netns exec "${id}cn" /usr/bin/python3 "$here/wire_equal.py" send down eth0 02:00:00:00:01:02
ip netns exec "${id}mn" /usr/bin/python3 "$here/wire_equal.py" send up eth0 02:00:00:00:03:01
sleep 1
echo quit >&7
echo quit >&8
