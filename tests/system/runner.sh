#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# May run beside others.
# The runner with both engines over real sockets and access links, against a plain Linux host: it attaches, moves between two MAGs and
# keeps its address; a burst of registrations at the LMA is answered whole and in batches. Forwarding is left out.
set -euo pipefail

if [ "$(id -u)" -ne 0 ]; then
	echo "needs root" >&2
	exit 77
fi
check=${top_builddir:?is set by make check}/tests/system/runner_check
dir=$(mktemp -d)
lma=pmipru$$-lma
mag1=pmipru$$-mag1
mag2=pmipru$$-mag2
mn=pmipru$$-mn
all=("$lma" "$mag1" "$mag2" "$mn")

cleanup() {
	exec 3>&- || true
	for ns in "${all[@]}"; do
		ip netns del "$ns" 2>/dev/null || true
	done
	rm -rf "$dir"
}
trap cleanup EXIT

# shellcheck source=tests/system/lib.sh
. "$(dirname "$0")/lib.sh"

mkfifo "$dir/stop"
pids=()
start() {
	local log=$1 ns=$2
	shift 2
	ip netns exec "$ns" "$check" "$@" <"$dir/stop" >"$dir/$log.log" 2>&1 3>&- &
	pids+=($!)
}

for ns in "${all[@]}"; do
	ip netns add "$ns"
	ip -n "$ns" link set lo up
done
for i in 1 2; do
	mag=mag$i
	ip -n "$lma" link add "mag$i" type veth peer name lma netns "${!mag}"
	ip -n "$lma" address add "2001:db8:$i::1/64" dev "mag$i" nodad
	ip -n "${!mag}" address add "2001:db8:$i::2/64" dev lma nodad
	ip -n "$lma" link set "mag$i" up
	ip -n "${!mag}" link set lma up
	ip -n "${!mag}" route add 2001:db8:ff::1 via "2001:db8:$i::1"
	ip netns exec "${!mag}" sysctl -qw net.ipv6.conf.all.forwarding=1
done
ip -n "$lma" address add 2001:db8:ff::1/128 dev lo
ip netns exec "$mag1" ping -q -c 1 2001:db8:ff::1 >/dev/null || fail "no way to the LMA"

start lma "$lma" lma 2001:db8:ff::1 2001:db8:1::2 2001:db8:2::2
start mag1 "$mag1" mag 2001:db8:1::2 2001:db8:ff::1 acc0=mn1@example.com
start mag2 "$mag2" mag 2001:db8:2::2 2001:db8:ff::1 acc0=mn1@example.com
exec 3>"$dir/stop"
for log in lma mag1 mag2; do
	until_line "$dir/$log.log" '^ready$'
done

ip -n "$mag1" link add acc0 type veth peer name eth0 netns "$mn"
ip -n "$mn" link set eth0 up
ip -n "$mag1" link set acc0 up
until_line "$dir/mag1.log" 'binding-added mn1@example.com 2001:db8:1'
address=
for _ in $(seq 200); do
	address=$(ip -n "$mn" -6 -o address show dev eth0 scope global -tentative | grep -o 'inet6 [^ ]*' || true)
	[ -z "$address" ] || break
	sleep 0.02
done
[[ $address == "inet6 2001:db8:1"* ]] || fail "no address from the Home Network Prefix"
echo "mobile node has $address"

for i in 1 2 3; do
	for to in mag2 mag1; do
		from=mag1
		[ "$to" = mag2 ] || from=mag2
		ip -n "${!from}" link set acc0 netns "${!to}"
		began=$(date +%s%6N)
		ip -n "${!to}" link set acc0 up
		# the second MAG's first registration counts from 1, the first's from 2
		until_line "$dir/$to.log" binding-added "$(if [ "$to" = mag1 ]; then echo $((i + 1)); else echo "$i"; fi)"
		ended=$(grep binding-added "$dir/$to.log" | tail -n 1 | sed 's/ .*//; s/\.//')
		echo "move to $to: registered $((ended - began)) us after \`ip link set up\` was begun"
		# no more than MAX_UPDATE_RATE registrations of one mobile node in a second (RFC 6275 section 12)
		sleep 1.1
	done
done
[ "$(ip -n "$mn" -6 -o address show dev eth0 scope global | grep -o 'inet6 [^ ]*')" = "$address" ] || fail "address changed"
ip -n "$mn" -6 route show default | grep -q 'via fe80::200:5eff:fe00:5213 dev eth0 proto ra' || fail "no default route"
[ "$(grep -c binding-moved "$dir/lma.log")" -ge 1 ] || fail "the LMA has seen no move"

# 2000 mobile nodes at once
kill "${pids[1]}"
wait "${pids[1]}" || true
ip netns exec "$mag1" "$check" pbus 2001:db8:1::2 2001:db8:ff::1 2000 >"$dir/pbus.log" || fail "2000 registrations at once"
cat "$dir/pbus.log"
exec 3>&-
wait "${pids[0]}" "${pids[2]}" || fail "a program failed"
tail -n 1 "$dir/lma.log"
received=$(grep -o 'received [0-9]*' "$dir/lma.log" | tr -dc 0-9)
batches=$(grep -o 'batches [0-9]*' "$dir/lma.log" | tr -dc 0-9)
[ "$received" -gt "$((4 * batches))" ] || fail "$received messages took $batches datapath batches"
