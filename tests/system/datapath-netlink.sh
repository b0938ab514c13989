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
	ip -n "$1" -6 route show table all | grep -v '^\(local \|anycast \|\)fe80\|multicast\|^ff00'
	ip -n "$1" -6 rule
	ip -n "$1" nexthop
}
of_link() { # of_link NS LINK: what leads from an access link into tunnels
	ip -n "$1" -6 route show table $((5213 + $(in_ns "$1" cat "/sys/class/net/$2/ifindex"))) 2>/dev/null || true
}
nexthops() { ip -n lma nexthop | grep -c "${1:-}" || true; }
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
check "TCP to the mobile node" [ "$rate" -gt "$least" ]
tcp mn cn $cn 2 $mn
check "TCP from the mobile node" [ "$rate" -gt "$least" ]
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
check "each access link has a table" has 'default from 2001:db8:a000:1::/64 dev pmip0 proto 213' "$(of_link mag1 access)"
bound_elsewhere
check "an access link that has gone leaves no rule" not has 'iif other' "$(ip -n mag1 -6 rule)"
check "nor a route" not has '2001:db8:a000:4::' "$(ip -n mag1 -6 route show table all)"

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

echo "# a whole MAG moves"
has_nexthop() { has "^$1 nhid $2 dev $3 proto 213" "$(ip -n lma -6 route)"; }
of_mag1=$(ip -n lma nexthop | sed -n 's/^id \([0-9]*\) dev pmip0 .*proto 213.*/\1/p')
of_mag2=$(ip -n lma nexthop | sed -n 's/^id \([0-9]*\) dev pmip1 .*proto 213.*/\1/p')
check "routes name the nexthop of their tunnel, with a number of ours" [ $((of_mag1 >> 24)) = 213 ]
check "which each tunnel has that has had a binding" [ $((of_mag2 >> 24)) = 213 ]
check "and so does the binding's" has_nexthop $hnp "$of_mag1" pmip0
for i in 2 3 4; do say lma set 2001:db8:a000:$i::/64 $lma $mag1 -; done
say lma set 2001:db8:a000:5::/64 $lma $mag2 -
say lma set ::ffff:192.0.2.7/128 $lma $mag1 -
in_ns cn ping -q -c 400 -i 0.01 -W 2 $mn >"$dir/stream" &
stream=$!
sleep 0.5
ip -n lma -t monitor nexthop >"$dir/monitor" &
monitor=$!
sleep 0.5
say lma move $lma $mag2 $mag1
sleep 0.5
kill $monitor
check "by one message" [ "$(grep -c "^id" "$dir/monitor")" = 1 ]
for p in $hnp 2001:db8:a000:{2,3,4}::/64; do check "$p is there" has_nexthop "$p" "$of_mag1" pmip1; done
check "an IPv4 home address, too" has "^192.0.2.7 nhid $of_mag1 dev pmip1" "$(ip -n lma -4 route)"
say lma move $lma $mag2 $mag1
say lma set 2001:db8:a000:6::/64 $lma $mag1 -
check "who comes to the MAG that was left is not taken along" has_nexthop 2001:db8:a000:6::/64 '[0-9]*' pmip0
check "and has another nexthop" not has_nexthop 2001:db8:a000:6::/64 "$of_mag1" pmip0
say lma move $lma $mag1 $mag2
check "all of both move" has_nexthop $hnp "$of_mag1" pmip0
check "who was there before, too" has_nexthop 2001:db8:a000:5::/64 "$of_mag2" pmip0
wait $stream
check "a stream loses nothing" has '400 received' "$(<"$dir/stream")"
check "to where there is no tunnel nothing moves" refused lma PMIP_ERR_NOENT move $lma 2001:db8:99::1 $mag1
check "nor from there" refused lma PMIP_ERR_NOENT move $lma $mag1 2001:db8:99::1
say lma lose
check "a move of which the kernel's answers are lost" refused lma PMIP_ERR_OS move $lma $mag2 $mag1
check "is undone" [ "$(nexthops 'dev pmip0')" = 3 ]
ip -n lma nexthop del id "$of_mag1"
check "one that fails at one of several" refused lma PMIP_ERR_OS move $lma $mag2 $mag1
check "leaves the others where they were" [ "$(nexthops 'dev pmip0')" = 2 ]
for p in $hnp 2001:db8:a000:{2,3,4,5,6}::/64 ::ffff:192.0.2.7/128; do say lma set "$p" $lma $mag1 -; done
check "a nexthop that no binding names any more is gone" [ "$(nexthops 'dev pmip0')" = 1 ]
say lma move $lma $mag2 $mag1
say lma move $lma $mag1 $mag2
for p in 2001:db8:a000:{2,3,4,5,6}::/64 ::ffff:192.0.2.7/128; do say lma clear "$p"; done

echo "# refusals"
check "a binding to a tunnel that is not there" not say lma set 2001:db8:a000:9::/64 $lma 2001:db8:99::1 -
check "a binding on a link that is not there" not say mag1 set 2001:db8:a000:9::/64 $mag1 $lma nolink
say lma clear 2001:db8:a000:9::/64
say lma lose
check "one of which the kernel's answers are lost" refused lma PMIP_ERR_OS set 2001:db8:a000:9::/64 $lma $mag1 -
say lma counters
check "leave nothing" has 'tunnels=2 bindings=1 ' "$answer"
check "in the kernel either" not has 2001:db8:a000:9: "$(ip -n lma -6 route)"
ip -n lma link set pmip1 down
check "a binding that cannot be moved" refused lma PMIP_ERR_OS set $hnp $lma $mag2 -
ip -n lma link set pmip1 up
say lma move $lma $mag2 $mag1
check "stays where it was, and goes on with what is there" has "^$hnp .*dev pmip1" "$(ip -n lma -6 route)"
say lma move $lma $mag1 $mag2
: >"$dir/lma.log"
ip -n lma link add other type ip6tnl mode ip6ip6 local $lma remote 2001:db8:99::1
check "a tunnel that somebody else has made" not say lma ensure $lma 2001:db8:99::1
check "is explained, in one line" has "^1:.*somebody else's stands in the way" "$(grep -c . "$dir/lma.log"):$(<"$dir/lma.log")"
ip -n lma link del other

echo "# killed and started again"
say lma set 2001:db8:a000:2::/64 $lma $mag2 -
ip -n mag1 link add other type veth peer name far
ip -n mag1 link set other up
for i in 2 6; do say mag1 set 2001:db8:a000:$i::/64 $mag1 $lma other; done
say lma ensure $lma 2001:db8:13::2
in_ns cn ping -q -c 300 -i 0.01 -W 2 $mn >"$dir/stream" &
stream=$!
kill_driver lma mag1
sleep 0.5
was=$(ip -n lma -o link show pmip0)
had=$(ip -n lma nexthop)
check "each of its two tunnels has left a nexthop" [ "$(nexthops)" = 2 ]
start_lma
start_mag 1
bind_lma
bind_mag 1
check "the successor goes on with the nexthops" [ "$had" = "$(ip -n lma nexthop)" ]
check "and the device" [ "$was" = "$(ip -n lma -o link show pmip0)" ]
say lma sweep
check "the LMA sweeps the stale binding and tunnel" [ "$answer" = "ok 2" ]
say mag1 set 2001:db8:a000:6::/64 $mag1 $lma access
say mag1 sweep
check "the MAG sweeps the stale binding's two routes, the way from its link of one that is on another now, and the link's two rules" [ "$answer" = "ok 5" ]
check "and what it has taken over is there" has 2001:db8:a000:6::/64 "$(of_link mag1 access)"
say mag1 clear 2001:db8:a000:6::/64
ip -n mag1 link del other
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
check "a rule for the new link" has 'iif hot lookup 5213 ' "$(ip -n mag2 -6 rule)"
hot=$(in_ns mag2 cat /sys/class/net/hot/ifindex)
check "and one for its own table before" has "^5212:.*iif hot lookup $((5213 + hot)) " "$(ip -n mag2 -6 rule)"
say mag2 set 2001:db8:a000:3::/64 $mag2 $lma access
check "a binding changes its link" has '2001:db8:a000:3::/64 dev access' "$(ip -n mag2 -6 route)"
check "and its table" has '2001:db8:a000:3::/64' "$(of_link mag2 access)"
check "and leaves the one before" not has '2001:db8:a000:3::/64' "$(of_link mag2 hot)"
say mag2 set 2001:db8:a000:3::/64 $mag2 $lma access via fe80::9
ip -n mag2 link set hot down
check "to a link that is down it cannot go" refused mag2 PMIP_ERR_OS set 2001:db8:a000:3::/64 $mag2 $lma hot
check "and keeps its link and next hop" has '^2001:db8:a000:3::/64 via fe80::9 dev access' "$(ip -n mag2 -6 route)"
check "and its table" has '2001:db8:a000:3::/64' "$(of_link mag2 access)"
check "alone" not has '2001:db8:a000:3::/64' "$(of_link mag2 hot)"
ip -n mag2 link set hot up
say mag2 set 2001:db8:a000:3::/64 $mag2 $lma hot
ip -n mag2 link del hot
say mag2 clear 2001:db8:a000:3::/64
check "no rule once it is gone" not has 'iif hot' "$(ip -n mag2 -6 rule)"
say lma release $lma $mag2
check "a released tunnel's device is gone" not has "$mag2" "$(ip -n lma -d link show type ip6tnl)"
say lma release $lma $mag2
say lma ensure $lma $mag2

echo "# a kernel without nexthop objects"
stop lma keep
start lma --role lma --pool $pool --without-nexthops --max-tunnels 2 --max-bindings 1
check "is told of" has 'no nexthop objects' "$(<"$dir/lma.log")"
bind_lma
say lma sweep
check "a tunnel too many is refused" refused lma PMIP_ERR_FULL ensure $lma 2001:db8:99::1
check "and a binding" refused lma PMIP_ERR_FULL set 2001:db8:a000:2::/64 $lma $mag1 -
say lma counters
check "which is counted" has 'tunnels=2 bindings=1 .* full=2$' "$answer"
check "and told" has 'map of tunnels is full.*raise max_tunnels' "$(<"$dir/lma.log")"
stop lma keep
start lma --role lma --pool $pool --without-nexthops
bind_lma
say lma sweep
check "a route names the device" has "^$hnp dev pmip0 proto 213" "$(ip -n lma -6 route)"
say lma set 2001:db8:a000:2::/64 $lma $mag1 -
say lma set ::ffff:192.0.2.7/128 $lma $mag1 -
say lma move $lma $mag2 $mag1
check "all move" has "^$hnp dev pmip1 proto 213" "$(ip -n lma -6 route)"
check "one by one" has '^2001:db8:a000:2::/64 dev pmip1 proto 213' "$(ip -n lma -6 route)"
check "and those of IPv4" has '^192.0.2.7 dev pmip1 proto 213' "$(ip -n lma -4 route)"
check "packets follow" ping_quickly cn $mn
ip -n lma link set pmip0 down
check "what cannot be moved" refused lma PMIP_ERR_OS move $lma $mag1 $mag2
check "nor set again" refused lma PMIP_ERR_OS set $hnp $lma $mag1 -
check "stays" has "^$hnp dev pmip1 proto 213" "$(ip -n lma -6 route)"
ip -n lma link set pmip0 up
for p in 2001:db8:a000:2::/64 ::ffff:192.0.2.7/128; do say lma clear $p; done
stop lma keep
ip -n lma nexthop flush proto 213 >/dev/null 2>&1 || true
start_lma
bind_lma
say lma sweep

echo "# a MAG's move sets its routes one by one"
ip -n mag1 addr add 2001:db8:11::3/64 dev core nodad
say mag1 ensure 2001:db8:11::2 2001:db8:1::9
say mag1 move 2001:db8:11::2 2001:db8:1::9 $lma
check "from the prefix into the other tunnel" has "default from $hnp dev pmip1 proto 213" "$(of_link mag1 access)"
say mag1 move 2001:db8:11::2 $lma 2001:db8:1::9
check "and back" has "default from $hnp dev pmip0 proto 213" "$(of_link mag1 access)"
say mag1 release 2001:db8:11::2 2001:db8:1::9
ip -n mag1 addr del 2001:db8:11::3/64 dev core

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
