#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# May run beside others.
# Proves RA-2, RA-3, RA-4, MAG-1, MAG-31, MAG-41.
# The access links against a plain Linux host: it comes, goes and moves between two namespaces as between two MAGs; it is seen, it gets
# its address and router from our Router Advertisement, and its silence is noticed.
set -euo pipefail

if [ "$(id -u)" -ne 0 ]; then
	echo "needs root" >&2
	exit 77
fi
check=${top_builddir:?is set by make check}/tests/system/access_check
dir=$(mktemp -d)
mag1=pmipac$$-mag1
mag2=pmipac$$-mag2
mn=pmipac$$-mn
router=fe80::200:5eff:fe00:5213

cleanup() {
	exec 3>&- 4>&- || true
	for ns in "$mag1" "$mag2" "$mn"; do
		ip netns del "$ns" 2>/dev/null || true
	done
	rm -rf "$dir"
}
trap cleanup EXIT

# shellcheck source=tests/system/lib.sh
. "$(dirname "$0")/lib.sh"

until_true() {
	local text=$1
	shift
	for _ in $(seq 400); do
		if "$@"; then return; fi
		sleep 0.02
	done
	fail "$text"
}

count() {
	grep -Ec -- "$2" "$1" || true
}

# start NAMESPACE FD LOG ARGUMENT...: run the driver, its input on descriptor FD
start() {
	local ns=$1 fd=$2 log=$3
	shift 3
	rm -f "$dir/pipe"
	mkfifo "$dir/pipe"
	ip netns exec "$ns" "$check" "$@" <"$dir/pipe" >"$dir/$log.log" 2>&1 3>&- 4>&- &
	eval "exec $fd>\"$dir/pipe\""
	until_line "$dir/$log.log" '^ready$'
}

stop() {
	eval "exec $1>&-"
	wait "$2" || fail "the driver failed"
}

for ns in "$mag1" "$mag2" "$mn"; do
	ip netns add "$ns"
	ip -n "$ns" link set lo up
done
for ns in "$mag1" "$mag2"; do
	ip netns exec "$ns" sysctl -qw net.ipv6.conf.all.forwarding=1
done

start "$mag1" 3 mag1 1000 acc0=mn1@example.com other0
pid1=$!
start "$mag2" 4 mag2 1000 acc0
pid2=$!

# 1. an interface that comes to be after us; the mobile node is known beforehand
own=02:00:00:00:00:a0
ip -n "$mag1" link add acc0 address "$own" type veth peer name eth0 netns "$mn"
until_line "$dir/mag1.log" 'access link acc0 is interface'
ip -n "$mag1" link set acc0 up
sleep 0.1
[ "$(count "$dir/mag1.log" ATTACH)" -eq 0 ] || fail "attached without carrier"
ip -n "$mn" link set eth0 up
until_line "$dir/mag1.log" '^ATTACH link [0-9]+ mn mn1@example.com mac - mtu 1500 \(link up\)'
addresses=$(ip -n "$mag1" -j -6 address show dev acc0 | jq -r '.[].addr_info[]?.local')
[ "$addresses" = "$router" ] || fail "link-local addresses of acc0: $addresses"
[ "$(ip -n "$mag1" -j link show acc0 | jq -r '.[0].address')" = 00:00:5e:00:52:13 ] || fail "not the MAG's MAC address"
if ip -n "$mag1" -6 address show dev acc0 | grep -q tentative; then fail "the link-local address is tentative"; fi

# 2. its Router Solicitation; the Router Advertisement gives it an address, a router, an MTU
mac=$(ip -n "$mn" -j link show eth0 | jq -r '.[0].address')
until_line "$dir/mag1.log" '^SOLICIT link [0-9]+ mn mn1@example.com mac - mtu 1500 \(router solicitation\)'
index1=$(ip -n "$mag1" -j link show acc0 | jq '.[0].ifindex')
echo "ra $index1 $mac 2001:db8:1:1::/64 600" >&3
until_line "$dir/mag1.log" '^PMIP_OK$'
has_address() {
	ip -n "$mn" -j -6 address show dev eth0 | jq -e '.[].addr_info[]? | select(.local | startswith("2001:db8:1:1:"))
		| select(.tentative | not) | .valid_life_time <= 600 and .valid_life_time > 500' >"$dir/jq" 2>&1
}
until_true "no address by autoconfiguration" has_address
route=$(ip -n "$mn" -6 route show default)
grep -q "via $router dev eth0 proto ra" <<<"$route" || fail "default route: $route"
[ "$(ip netns exec "$mn" cat /proc/sys/net/ipv6/conf/eth0/mtu)" -eq 1460 ] || fail "no MTU from the Router Advertisement"
ip -n "$mn" neigh show "$router" | grep -q 00:00:5e:00:52:13 || fail "no MAC address of the router from the Router Advertisement"
ip netns exec "$mn" ping -q -c 1 -W 2 "$router%eth0" >"$dir/ping" || fail "the router does not answer"
# one that is for another MAC address is none of its business
echo "ra $index1 02:00:00:00:00:99 2001:db8:1:2::/64 600" >&3
until_line "$dir/mag1.log" '^PMIP_OK$' 2
sleep 0.2
if ip -n "$mn" -6 route show | grep -q 2001:db8:1:2:; then fail "took the Router Advertisement of another"; fi
echo "ra 4242 - 2001:db8:1:2::/64 600" >&3
until_line "$dir/mag1.log" '^PMIP_ERR_NOENT$'

# 3. left alone it answers probes: nobody is detached
sleep 5
[ "$(count "$dir/mag1.log" DETACH)" -eq 0 ] || fail "a reachable mobile node was detached"

# 4. ten moves: gone here, seen there, where nobody knew it, without a word of its own
address_before=$(ip -n "$mn" -6 address show dev eth0 scope global | grep -o 'inet6 [^ ]*')
for i in $(seq 5); do
	ip -n "$mag1" link set acc0 netns "$mag2"
	until_line "$dir/mag1.log" '^DETACH link [0-9]+ mn mn1@example.com mac - .*\(link down\)' "$i"
	ip -n "$mag2" link set acc0 up
	up=$(date +%s%6N)
	until_line "$dir/mag2.log" "^(ATTACH|SOLICIT) link [0-9]+ mn - mac $mac mtu 1500" "$i"
	seen=$(grep -E '^(ATTACH|SOLICIT)' "$dir/mag2.log" | tail -n 1 | sed 's/.* at //; s/\.//')
	echo "move $i: seen at the new MAG $((seen - up)) us after \`ip link set up\` had returned"
	ip -n "$mag2" link set acc0 netns "$mag1"
	until_line "$dir/mag2.log" '^DETACH link [0-9]+ mn - mac - .*\(link down\)' "$i"
	ip -n "$mag1" link set acc0 up
	until_line "$dir/mag1.log" '^ATTACH .*\(link up\)' "$((i + 1))"
done
[ "$(ip -n "$mn" -6 address show dev eth0 scope global | grep -o 'inet6 [^ ]*')" = "$address_before" ] || fail "address changed"
ip -n "$mn" -6 route show default | grep -q "via $router dev eth0" || fail "default route lost"

# 5. renamed away: gone, with its own MAC address; and back
before=$(count "$dir/mag1.log" ATTACH)
ip -n "$mag1" link set acc0 name else0
until_line "$dir/mag1.log" '^DETACH .*\(link down\)' 6
ip -n "$mag1" link set else0 name acc0
until_line "$dir/mag1.log" '^ATTACH .*\(link up\)' "$((before + 1))"

# 6. carrier lost and found
ip -n "$mn" link set eth0 down
until_line "$dir/mag1.log" '^DETACH .*\(link down\)' 7
ip -n "$mn" link set eth0 up
until_line "$dir/mag1.log" '^ATTACH .*\(link up\)' "$((before + 2))"
until_line "$dir/mag1.log" '^SOLICIT' 2

# 7. silence: carrier stays, nothing is answered; noticed within the interval and three probes; a word brings it back
attached=$(count "$dir/mag1.log" ATTACH)
ip netns exec "$mn" sysctl -qw net.ipv6.conf.eth0.disable_ipv6=1
began=$(date +%s%3N)
until_line "$dir/mag1.log" '^DETACH link [0-9]+ mn mn1@example.com mac - .*\(neighbour unreachable\)'
echo "silence noticed after $(($(date +%s%3N) - began)) ms with probes every 1000 ms"
[ "$(ip -n "$mag1" -j link show acc0 | jq -r '.[0].operstate')" = UP ] || fail "not a silence but a loss of carrier"
ip netns exec "$mn" sysctl -qw net.ipv6.conf.eth0.disable_ipv6=0
until_line "$dir/mag1.log" '^ATTACH .*' "$((attached + 1))"
grep ATTACH "$dir/mag1.log" | tail -n 1 | grep -q "mn mn1@example.com mac - .*(neighbour discovery)" || fail "attached by what?"

# 8. the end of the interface, then of us: what is left gets its own addresses back
stop 4 "$pid2"
stop 3 "$pid1"
[ "$(ip -n "$mag1" -j link show acc0 | jq -r '.[0].address')" = "$own" ] || fail "acc0 did not get its MAC address back"
addresses=$(ip -n "$mag1" -j -6 address show dev acc0 | jq -r '.[].addr_info[]?.local')
case $addresses in
"$router" | "") fail "acc0 has no link-local address of its own: $addresses" ;;
fe80::*) ;;
*) fail "acc0 has $addresses" ;;
esac
ip -n "$mag1" link del acc0

# 9. two on a shared link, up before us, by their own words; one leaves
ip -n "$mag1" link add br0 type bridge mcast_snooping 0
ip -n "$mag1" link set br0 up
for i in 1 2; do
	ip -n "$mag1" link add "p$i" type veth peer name "eth$i" netns "$mn"
	ip -n "$mag1" link set "p$i" master br0 up
	ip -n "$mn" link set "eth$i" up
done
sleep 2.5
start "$mag1" 3 shared 500 br0
pid1=$!
for i in 1 2; do
	mac=$(ip -n "$mn" -j link show "eth$i" | jq -r '.[0].address')
	until_line "$dir/shared.log" "^ATTACH .* mac $mac .*\\(neighbour discovery\\)"
done
addresses=$(ip -n "$mag1" -j -6 address show dev br0 | jq -r '.[].addr_info[]?.local')
[ "$addresses" = "$router" ] || fail "link-local addresses of br0: $addresses"
ip -n "$mn" link set eth2 down
until_line "$dir/shared.log" "^DETACH .* mac $mac .*\\(neighbour unreachable\\)"
sleep 1
[ "$(count "$dir/shared.log" '^DETACH')" -eq 1 ] || fail "the one who stayed was detached"

# 10. asked for one who is not known, everybody there is
ip netns exec "$mn" tcpdump -q -l --immediate-mode -i eth1 'ip6[6] == 0 and ip6[48] == 130' >"$dir/query.log" 2>&1 3>&- &
capture=$!
until_line "$dir/query.log" 'listening on'
sleep 1
before=$(count "$dir/query.log" ' IP6 ')
echo "probe $(ip -n "$mag1" -j link show br0 | jq '.[0].ifindex') 02:00:00:00:00:99" >&3
until_line "$dir/shared.log" '^PMIP_OK$'
until_line "$dir/query.log" ' IP6 ' "$((before + 1))"
kill "$capture"
wait "$capture" || true
[ "$before" -eq 0 ] || fail "$before queries without need"
ip -n "$mag1" link del br0
until_line "$dir/shared.log" '^DETACH link [0-9]+ mn - mac - .*\(link down\)'
stop 3 "$pid1"
