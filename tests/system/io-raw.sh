#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# May run beside others.
# The raw socket between two network namespaces: bursts come back whole, what waits is taken in batches, sources are ours to choose,
# errors are told as ICMPv6 and not too often.
set -euo pipefail

if [ "$(id -u)" -ne 0 ]; then
	echo "needs root" >&2
	exit 77
fi
check=${top_builddir:?is set by make check}/tests/system/io_check
dir=$(mktemp -d)
a=pmipio$$-a
b=pmipio$$-b

cleanup() {
	exec 3>&- || true
	ip netns del "$a" 2>/dev/null || true
	ip netns del "$b" 2>/dev/null || true
	rm -rf "$dir"
}
trap cleanup EXIT

fail() {
	echo "FAIL: $1" >&2
	cat "$dir"/* >&2
	exit 1
}

# until FILE REGEX: wait until a line is there
until_line() {
	for _ in $(seq 250); do
		if grep -Eqs -- "$2" "$1"; then return; fi
		sleep 0.02
	done
	fail "no line like '$2' in $1"
}

ip netns add "$a"
ip netns add "$b"
ip -n "$a" link add v0 type veth peer name v0 netns "$b"
ip -n "$a" address add 2001:db8::1/64 dev v0 nodad
ip -n "$a" address add 2001:db8::11/64 dev v0 nodad
ip -n "$b" address add 2001:db8::2/64 dev v0 nodad
ip -n "$a" link set v0 up
ip -n "$b" link set v0 up
ip -n "$a" link set lo up
# the kernel keeps 256 messages at most for a neighbour whose MAC address it has yet to learn
ip netns exec "$a" ping -q -c 1 -I 2001:db8::11 2001:db8::2 >"$dir/ping" || fail "no way between the namespaces"
ip netns exec "$b" ping -q -c 1 2001:db8::1 >"$dir/ping" || fail "no way between the namespaces"

# 1000 messages out and back, from the second address of a
ip netns exec "$b" "$check" echo 2001:db8::2 1000 >"$dir/echo" &
until_line "$dir/echo" ready
ip netns exec "$a" "$check" burst 2001:db8::11 2001:db8::2 1000 >"$dir/burst" || fail "burst of 1000"
wait $! || fail "echo of 1000"
echo "1000 out and back: $(tail -n 1 "$dir/echo")"

# 10000 wait in the socket before the first is taken: full batches, none lost
mkfifo "$dir/go"
ip netns exec "$b" "$check" late 2001:db8::2 10000 <"$dir/go" >"$dir/late" &
exec 3>"$dir/go"
rm "$dir/go"
until_line "$dir/late" ready
ip netns exec "$a" "$check" blast 2001:db8::1 2001:db8::2 10000 >"$dir/blast"
echo >&3
wait $! || fail "10000 waiting"
grep -q '^seen 10000 batch 64$' "$dir/late" || fail "10000 waiting"
grep -q '^sent 10000$' "$dir/blast" || fail "not all 10000 sent"
exec 3>&-
echo "10000 waiting: $(tail -n 1 "$dir/late")"

# a source that is not ours is not sent, and said once
ip netns exec "$a" "$check" blast 2001:db8::1 3fff::1 100 >"$dir/lost" || true
grep -q '^sent 0$' "$dir/lost" || fail "sent to where there is no route"
[ "$(grep -c '^log 2 io: .*routes of this machine' "$dir/lost")" -eq 1 ] || fail "one complaint expected"

# an address that is not ours is refused with advice
if ip netns exec "$a" "$check" bind 2001:db8::99 >"$dir/bind"; then fail "opened on an address of nobody"; fi
grep -q 'cannot receive on 2001:db8::99: .*ip -6 address' "$dir/bind" || fail "no advice on the address"

# Parameter Problem: code 0, pointer 41, the offending packet quoted, 1280 octets in all, about 10 of 100
ip netns exec "$b" tcpdump -i v0 -n -U --immediate-mode -w "$dir/pcap" 'icmp6 and ip6[40] == 4' 2>"$dir/tcpdump" &
tcpdump_pid=$!
until_line "$dir/tcpdump" 'listening on'
ip netns exec "$a" "$check" problem 2001:db8::1 2001:db8::2 100
sleep 0.3
kill "$tcpdump_pid"
wait "$tcpdump_pid" || true
tshark -r "$dir/pcap" -T fields -E occurrence=f -e ipv6.src -e ipv6.dst -e frame.len -e icmpv6.code -e icmpv6.pointer \
	-e icmpv6.checksum.status >"$dir/problems" 2>/dev/null
count=$(wc -l <"$dir/problems")
[ "$(sort -u "$dir/problems")" = $'2001:db8::1\t2001:db8::2\t1294\t0\t41\t1' ] || fail "not the Parameter Problem expected"
if [ "$count" -lt 10 ] || [ "$count" -gt 12 ]; then fail "$count Parameter Problems, about 10 expected"; fi
tshark -r "$dir/pcap" -c 1 -T fields -e ipv6.src -e ipv6.nxt -e mip6.mhtype >"$dir/quoted" 2>/dev/null
[ "$(cat "$dir/quoted")" = $'2001:db8::1,2001:db8::2\t58,135\t5' ] || fail "the offending packet is not quoted"
echo "Parameter Problems of 100: $count"
