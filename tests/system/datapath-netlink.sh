#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# May run beside others.
# Proves TUN-3, TUN-6, FWD-1, FWD-2, FWD-4.
# The netlink datapath on a kernel that has ip6tnl, which is user-mode Linux here: CN - LMA - {MAG1, MAG2} - MN in network namespaces,
# 1500-byte links. DP_DRIVE may name another build of dp_drive.
set -Eeuo pipefail

self=$(realpath "$0")
drive=${DP_DRIVE:-${top_builddir:-.}/tests/system/dp_drive}
if [ -z "${DATAPATH_NETLINK_INSIDE:-}" ]; then
	DATAPATH_NETLINK_INSIDE=1 DP_DRIVE=$(realpath "$drive") exec "${self%/*}/../uml/uml-run" -- bash "$self"
fi

modprobe veth
modprobe ip6_tunnel
backend=netlink id=
# shellcheck source=tests/system/drive.sh
. "${self%/*}/drive.sh"

network
# the neighbours' first packets, so that only what is tested is waited for
for n in 1 2; do in_ns mag$n ping -q -c 1 -W 5 2001:db8:1$n::1 >/dev/null; done

state() { # what an administrator would find in a namespace
	ip -n "$1" -o link | sed 's/^[0-9]*: //; s/ <.*> / /; s/ state .*//'
	ip -n "$1" -6 route show table all | grep -v '^fe80\|multicast\|^ff00'
	ip -n "$1" -6 rule
}
start_lma() { start lma --role lma --pool $pool; }
bind_lma() {
	say lma ensure $lma $mag1
	say lma ensure $lma $mag2
	say lma set $hnp $lma $mag1 -
}
start_mag() { start "mag$1" --role mag --access access; }
bind_mag() {
	local addr=mag$1
	say "mag$1" ensure "${!addr}" $lma
	say "mag$1" set $hnp "${!addr}" $lma access
}

for n in lma mag1 mag2; do state $n >"$dir/$n.before"; done
start_lma
for n in 1 2; do start_mag $n; done
check "an access link is closed before its first binding" has 'iif access' "$(ip -n mag1 -6 rule)"
bind_lma
for n in 1 2; do bind_mag $n; done

echo "# the devices"
device=$(ip -n lma -d link show type ip6tnl dev pmip0)
check "IPv6 and IPv4 inside, no encapsulation limit, hop limit 64, class and label inherited, MTU 1460, up" \
	has 'UP.*mtu 1460.*ip6tnl any remote 2001:db8:11::2 local 2001:db8:1::1 hoplimit 64 encaplimit none tclass inherit flowlabel inherit' \
	"$(tr '\n' ' ' <<<"$device" | tr -s ' ')"
check "no address of its own" not has inet6 "$(ip -n lma addr show dev pmip0)"

echo "# forwarding"
check "ping from the CN" ping_quickly cn $mn
check "not one lost" has '3 received' "$(<"$dir/last")"
check "ping from the mobile node" ping_quickly mn -I $mn $cn
tcp cn mn $mn 2
check "TCP to the mobile node" [ "$rate" -gt 20 ]
tcp mn cn $cn 2 $mn
check "TCP from the mobile node" [ "$rate" -gt 20 ]
say lma counters
check "counters" has 'tunnels=2 bindings=1 encap=[1-9][0-9]+ decap=[1-9][0-9]+ drop_unbound=-1 drop_spoofed=-1' "$answer"

echo "# MTU 1460 inside 1500-byte links"
check "1460 octets pass" in_ns cn ping -q -c 1 -W 2 -M "do" -s 1412 $mn
check "1461 octets do not" not in_ns cn ping -c 2 -i 0.2 -W 1 -M "do" -s 1413 $mn
check "Packet Too Big says 1460" has 'mtu.*1460' "$(<"$dir/last")"
check "the CN has learnt it" has 'mtu 1460' "$(ip -n cn -6 route get $mn)"
check "1461 octets from the mobile node do not" not in_ns mn ping -c 2 -i 0.2 -W 1 -M "do" -s 1413 -I $mn $cn
check "Packet Too Big says 1460 there too" has 'mtu.*1460' "$(<"$dir/last")"

echo "# what is not bound"
capture_begin core.pcap mag1 core ip6
check "unbound destination gets nothing" not ping_quickly cn $unbound
check "unbound source gets nothing" not ping_quickly mn -I $unbound $cn
ping_quickly cn $mn >/dev/null
capture_end
check "the core link shows what is bound" has "> $mn: ICMP6" "$(tcpdump -n -r "$dir/core.pcap" 2>/dev/null)"
check "but nothing of what is not" not has a000:ffff "$(tcpdump -n -r "$dir/core.pcap" 2>/dev/null)"

echo "# moving"
in_ns cn ping -q -c 400 -i 0.01 -W 2 $mn >"$dir/stream" &
stream=$!
for _ in 1 2 3 4 5 6 7 8 9 10; do
	sleep 0.15
	say lma set $hnp $lma $mag2 -
	sleep 0.15
	say lma set $hnp $lma $mag1 -
done
wait $stream
sed -n 's/^/   /; /transmitted/p' "$dir/stream"
check "20 moves of a stream, none lost" has '400 received' "$(<"$dir/stream")"
ip -n lma monitor route >"$dir/monitor" &
monitor=$!
sleep 0.5
say lma set $hnp $lma $mag2 -
sleep 0.5
kill $monitor
check "a move is one replaced route" [ "$(grep -c "$hnp" "$dir/monitor")" = 1 ]
check "and nothing deleted" not has Deleted "$(<"$dir/monitor")"
say lma set $hnp $lma $mag1 -

echo "# refusals"
check "a binding to a tunnel that is not there" not say lma set 2001:db8:a000:9::/64 $lma 2001:db8:99::1 -
check "a binding on a link that is not there" not say mag1 set 2001:db8:a000:9::/64 $mag1 $lma nolink
say lma clear 2001:db8:a000:9::/64
say lma counters
check "leave nothing" has 'tunnels=2 bindings=1 ' "$answer"
ip -n lma link add other type ip6tnl mode ip6ip6 local $lma remote 2001:db8:99::1
check "a tunnel that somebody else has made" not say lma ensure $lma 2001:db8:99::1
check "is explained, in one line" has "^1:.*somebody else's stands in the way" "$(grep -c . "$dir/lma.log"):$(<"$dir/lma.log")"
ip -n lma link del other

echo "# killed and started again"
say lma set 2001:db8:a000:2::/64 $lma $mag2 -
say mag1 set 2001:db8:a000:2::/64 $mag1 $lma access
say lma ensure $lma 2001:db8:13::2
in_ns cn ping -q -c 300 -i 0.01 -W 2 $mn >"$dir/stream" &
stream=$!
kill_driver lma mag1
sleep 0.5
was=$(ip -n lma -o link show pmip0)
start_lma
start_mag 1
bind_lma
bind_mag 1
check "the successor goes on with the device" [ "$was" = "$(ip -n lma -o link show pmip0)" ]
say lma sweep
check "the LMA sweeps the stale binding and tunnel" [ "$answer" = "ok 2" ]
say mag1 sweep
check "the MAG sweeps the stale binding's two routes" [ "$answer" = "ok 2" ]
wait $stream
check "no packet was lost from kill -9 to sweep" has '300 received' "$(<"$dir/stream")"
say mag1 sweep
check "nothing is left to sweep" [ "$answer" = "ok 0" ]
stop lma keep
check "left behind on purpose, it goes on forwarding" ping_quickly cn $mn
start_lma
bind_lma

echo "# a prefix that is off-link for the mobile node (RFC 7864)"
say mag1 set 2001:db8:a000:4::/64 $mag1 $lma access via fe80::99
check "its address on the link is the next hop" has '2001:db8:a000:4::/64 via fe80::99 dev access' "$(ip -n mag1 -6 route)"
say mag1 clear 2001:db8:a000:4::/64
check "no longer" not has '2001:db8:a000:4::' "$(ip -n mag1 -6 route show table all)"

echo "# links that go and come"
ip -n mag2 link add hot type veth peer name cold
ip -n mag2 link set hot up
say mag2 set 2001:db8:a000:3::/64 $mag2 $lma hot
check "a rule for the new link" has 'iif hot lookup 5213' "$(ip -n mag2 -6 rule)"
say mag2 set 2001:db8:a000:3::/64 $mag2 $lma access
check "a binding changes its link" has '2001:db8:a000:3::/64 dev access' "$(ip -n mag2 -6 route)"
say mag2 set 2001:db8:a000:3::/64 $mag2 $lma hot
ip -n mag2 link del hot
say mag2 clear 2001:db8:a000:3::/64
check "no rule once it is gone" not has 'iif hot' "$(ip -n mag2 -6 rule)"
say lma release $lma $mag2
check "a released tunnel's device is gone" not has "$mag2" "$(ip -n lma -d link show type ip6tnl)"
say lma release $lma $mag2
say lma ensure $lma $mag2

echo "# after quit"
for n in lma mag1 mag2; do
	stop $n
	check "$n: links, routes and rules as before" diff "$dir/$n.before" <(state $n)
done

echo "# the choice"
check "auto makes one without a core interface" in_ns lma "$drive" --backend auto --role lma --pool $pool <<<quit
check "and it is netlink" has 'datapath: netlink' "$(<"$dir/last")"

echo "# a kernel without ip6tnl"
for n in cn lma mag1 mag2 mn; do ip netns del $n; done
sleep 0.5
rmmod ip6_tunnel
mount --bind /dev/null "/usr/lib/uml/modules/$(uname -r)/kernel/net/ipv6/ip6_tunnel.ko"
check "is refused" not "$drive" --backend netlink --role lma </dev/null
check "with the reason" has 'has no ip6tnl' "$(<"$dir/last")"

all_passed
