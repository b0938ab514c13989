#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
# Proves TUN-3, TUN-4, TUN-5, TUN-6, FWD-1, FWD-2, FWD-4.
# The bpf datapath on a real kernel: CN - LMA - {MAG1, MAG2} - MN in network namespaces, 1500-byte links, offloads as they are.
# DP_DRIVE may name another build of dp_drive.
set -Eeuo pipefail

self=$(realpath "$0")
drive=${DP_DRIVE:-${top_builddir:-.}/tests/system/dp_drive}
backend=bpf id=pmb$$-

skip() { echo "skip: $1"; exit 77; }
[ "$(id -u)" = 0 ] || skip "needs root"
[ -c /dev/net/tun ] || skip "needs /dev/net/tun"
for tool in ip tc bpftool ethtool tcpdump tshark ping iperf3 jq; do
	[ -n "$(type -P $tool)" ] || skip "needs $tool"
done
[ -x "$drive" ] || { echo "FAIL: $drive is not built; run make check"; exit 1; }
# shellcheck source=tests/system/drive.sh
. "${self%/*}/drive.sh"

network

state() { # everything of ours that an administrator could find in a namespace
	local ns=$id$1 dev
	ip -n "$ns" -o link | sed 's/^[0-9]*: //; s/ .*//' | sort
	ip -n "$ns" -6 route show table all | grep -v 'expires\|fe80\|multicast' | sort
	ip -n "$ns" -6 rule
	for dev in $(ip -n "$ns" -o link | sed 's/^[0-9]*: \([^:@]*\).*/\1/'); do
		tc -n "$ns" qdisc show dev "$dev" clsact
		tc -n "$ns" filter show dev "$dev" ingress
		tc -n "$ns" filter show dev "$dev" egress
	done
}
programs() { # ids of the programs attached in a namespace
	local ns=$id$1 dev
	for dev in $(ip -n "$ns" -o link | sed 's/^[0-9]*: \([^:@]*\).*/\1/'); do
		tc -n "$ns" filter show dev "$dev" ingress
		tc -n "$ns" filter show dev "$dev" egress
	done | sed -n 's/.*pmip_..cap.* id \([0-9]*\).*/\1/p' | sort -u
}

start_lma() { start lma --role lma --core core1 --core core2 --pool "$pool" "$@"; }
bind_lma() {
	say lma ensure $lma $mag1
	say lma ensure $lma $mag2
	say lma set $hnp $lma $mag1 -
}
start_mag() { start "mag$1" --role mag --core core --access access; }
bind_mag() {
	local mag=mag$1
	say "$mag" ensure "${!mag}" $lma
	say "$mag" set $hnp "${!mag}" $lma access
}

for n in lma mag1 mag2; do state $n >"$dir/$n.before"; done
start_lma; start_mag 1; start_mag 2
check "an access link is closed before its first binding" grep -q 'iif access' <(ip -n "${id}mag1" -6 rule)
bind_lma; bind_mag 1; bind_mag 2

# A stream of numbered datagrams from the CN to the mobile node; prints how many arrived and how many of them twice.
cat >"$dir/stream.py" <<'PY'
import socket, struct, sys, time
role, addr, rate, seconds = sys.argv[1], sys.argv[2], int(sys.argv[3]), float(sys.argv[4])
s = socket.socket(socket.AF_INET6, socket.SOCK_DGRAM)
if role == "send":
    n, start = 0, time.monotonic()
    while time.monotonic() - start < seconds:
        while n < (time.monotonic() - start) * rate:
            s.sendto(struct.pack("!Q", n) + bytes(192), (addr, 7777))
            n += 1
        time.sleep(0.0005)
    print(n)
else:
    s.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUFFORCE if hasattr(socket, "SO_RCVBUFFORCE") else 33, 8 << 20)
    s.bind((addr, 7777))
    s.settimeout(2)
    seen, twice = set(), 0
    try:
        while True:
            n = struct.unpack("!Q", s.recv(2048)[:8])[0]
            twice += n in seen
            seen.add(n)
    except socket.timeout:
        pass
    print(len(seen), twice)
PY
sed -i 's/socket.SO_RCVBUFFORCE if.*33, 8/33, 8/' "$dir/stream.py"
py=/usr/bin/python3

stream_begin() { # stream_begin SECONDS
	in_ns mn $py "$dir/stream.py" receive $mn 0 0 >"$dir/received" &
	receiver=$!
	sleep 0.3
	in_ns cn $py "$dir/stream.py" send $mn 4000 "$1" >"$dir/sent" &
	sender=$!
	sleep 0.3
}
stream_end() { # sets lost
	local sent received twice
	wait "$sender" "$receiver"
	sent=$(<"$dir/sent")
	read -r received twice <"$dir/received"
	lost=$((sent - received))
	echo "   sent $sent, lost $lost, twice $twice"
}

echo "# forwarding"
check "ping from the CN to the mobile node" in_ns cn ping -q -c 3 -i 0.05 -W 2 $mn
check "ping from the mobile node to the CN" in_ns mn ping -q -c 3 -i 0.05 -W 2 -I $mn $cn
tcp cn mn $mn 2
check "TCP to the mobile node" [ "$rate" -gt 100 ]
tcp mn cn $cn 2 $mn
check "TCP from the mobile node" [ "$rate" -gt 100 ]
for n in lma mag1; do ip -n "$id$n" neigh flush all; done
check "the first packet to a neighbour not known" in_ns cn ping -q -c 1 -W 2 $mn
if [ -n "${COMPARE:-}" ]; then # against plain forwarding over the same links, for people
	ip -n "${id}lma" route add 2001:db8:b::/64 via $mag1
	ip -n "${id}mag1" route add 2001:db8:b::/64 dev access
	ip -n "${id}mn" addr add 2001:db8:b::2/128 dev mn1 nodad
	ip -n "${id}mag1" -6 rule add iif access from 2001:db8:b::/64 lookup main priority 100
	for _ in 1 2 3; do
		for at in 2001:db8:b::2 $mn; do
			in_ns mn iperf3 -s -1 -B "$at" >/dev/null & receiver=$!
			sleep 0.4
			in_ns cn iperf3 -c "$at" -u -b 0 -l 64 -t 3 -J >"$dir/iperf"
			wait "$receiver"
			jq -r --arg at "$at" '.end.sum | "   \($at) \((.packets - .lost_packets) / .seconds | floor) packets/s"' "$dir/iperf"
		done
		echo "plain"; tcp cn mn 2001:db8:b::2 3
		echo "tunnel"; tcp cn mn $mn 3
	done
	ip -n "${id}lma" route del 2001:db8:b::/64
	ip -n "${id}mag1" route del 2001:db8:b::/64
	ip -n "${id}mag1" -6 rule del priority 100
fi

echo "# the outer header (RFC 2473, datapath.h)"
capture_begin core.pcap lma core1 ip6 proto 41
in_ns cn ping -q -c 2 -i 0.05 -Q 0xb9 -F 0xabcde $mn >/dev/null
capture_end
tshark -r "$dir/core.pcap" -T fields -E occurrence=a -e ipv6.src -e ipv6.dst -e ipv6.tclass -e ipv6.flow -e ipv6.hlim \
	-e ipv6.nxt -e ipv6.plen -Y "ipv6.dst == $mn" 2>/dev/null | head -1 | tr '\t' ' ' >"$dir/fields"
cat "$dir/fields"
expect="$lma,$cn $mag1,$mn 0x000000b9,0x000000b9 0x0abcde,0x0abcde 64,63 41,58 104,64"
check "ends, traffic class, flow label, hop limit 64 and 63, next header 41, payload length" [ "$(<"$dir/fields")" = "$expect" ]

echo "# ECN at the way out of the tunnel (RFC 6040 section 4.2)"
cat >"$dir/ecn.py" <<'PY'
import socket, sys
from scapy.layers.inet import UDP
from scapy.layers.inet6 import IPv6
lma, mag, cn, mn = sys.argv[1:]
s = socket.socket(socket.AF_INET6, socket.SOCK_RAW, 41)
s.bind((lma, 0))
for outer in range(4):
    for inner in range(4):
        s.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_TCLASS, outer)
        s.sendto(bytes(IPv6(src=cn, dst=mn, tc=inner) / UDP(sport=outer * 4 + inner, dport=9) / b"x"), (mag, 0))
PY
was=$(counter mag1 drop_other)
capture_begin ecn.pcap mn mn1 udp port 9
in_ns lma $py "$dir/ecn.py" $lma $mag1 $cn $mn
capture_end
# outer*4+inner:result; Not-ECT 0, ECT(1) 1, ECT(0) 2, CE 3; 12 (CE over Not-ECT) is dropped
expect="0:0 1:1 2:2 3:3 4:0 5:1 6:1 7:3 8:0 9:1 10:2 11:3 13:3 14:3 15:3"
got=$(tshark -r "$dir/ecn.pcap" -T fields -E separator=: -e udp.srcport -e ipv6.tclass.ecn 2>/dev/null | xargs)
check "all 16 combinations" [ "$got" = "$expect" ]
check "CE over Not-ECT is counted" [ "$(counter mag1 drop_other)" = $((was + 1)) ]

echo "# MTU 1460 inside 1500-byte links"
check "1460 octets pass" in_ns cn ping -q -c 1 -W 2 -M 'do' -s 1412 $mn
check "1461 octets do not" not in_ns cn ping -c 2 -i 0.1 -W 1 -M 'do' -s 1413 $mn
check "Packet Too Big says 1460" has 'mtu.*1460' "$(<"$dir/last")"
check "the CN has learnt it" grep -q 'mtu 1460' <(in_ns cn ip -6 route get $mn)
check "1461 octets from the mobile node do not" not in_ns mn ping -c 2 -i 0.1 -W 1 -M 'do' -s 1413 -I $mn $cn
check "Packet Too Big says 1460 there too" has 'mtu.*1460' "$(<"$dir/last")"
check "a UDP_SEGMENT sender loses nothing" udp_gso cn mn $mn 200
offloads off lma:net mag1:access
tcp cn mn $mn 1
check "TCP, links around the tunnel without offloads" [ "$rate" -gt 50 ]
check "UDP_SEGMENT, links around the tunnel without offloads" udp_gso cn mn $mn 200
offloads on lma:net mag1:access
offloads off lma:core1 mag1:core
tcp cn mn $mn 1
check "TCP, core link without offloads" [ "$rate" -gt 50 ]
check "UDP_SEGMENT, core link without offloads" udp_gso cn mn $mn 200
offloads on lma:core1 mag1:core

echo "# what is not bound"
was=$(counter lma drop_unbound)
check "unbound destination gets nothing" not in_ns cn ping -q -c 3 -i 0.05 -W 0.3 $unbound
check "and is counted at the LMA" [ "$(counter lma drop_unbound)" = $((was + 3)) ]
was=$(counter mag1 drop_unbound)
capture_begin leak.pcap lma core1 ip6
check "unbound source gets nothing" not in_ns mn ping -q -c 3 -i 0.05 -W 0.3 -I $unbound $cn
in_ns mn ping -q -c 1 -W 2 -I $mn $cn >/dev/null
capture_end
check "and is counted at the MAG" [ "$(counter mag1 drop_unbound)" = $((was + 3)) ]
seen() { tshark -r "$dir/leak.pcap" -Y "ipv6.src == $1" 2>/dev/null; }
check "nothing of it left the MAG" [ -z "$(seen $unbound)" ]
check "unlike what is bound" [ -n "$(seen $mn)" ]
was=$(counter mag1 encap)
check "the mobile node reaches its router by link-local addresses" in_ns mn ping -q -c 3 -i 0.05 -W 2 fe80::1%mn1
check "which is not for the tunnel" [ "$(counter mag1 encap)" = "$was" ]
ip -n "${id}mn" route replace default via fe80::1 dev mn2
was=$(counter lma drop_spoofed)
check "a source bound to another tunnel gets nothing" not in_ns mn ping -q -c 3 -i 0.05 -W 0.3 -I $mn $cn
check "and is counted as spoofed at the LMA" [ "$(counter lma drop_spoofed)" = $((was + 3)) ]
ip -n "${id}mn" route replace default via fe80::1 dev mn1

echo "# moving"
stream_begin 2.5
for _ in 1 2 3 4 5 6 7 8 9 10; do
	say lma set $hnp $lma $mag2 -
	sleep 0.05
	say lma set $hnp $lma $mag1 -
	sleep 0.05
done
stream_end
check "20 moves of a stream of 4000 packets a second" [ "$lost" -le 2 ]

echo "# killed and started again"
say lma set 2001:db8:a000:2::/64 $lma $mag2 -
say mag1 set 2001:db8:a000:2::/64 $mag1 $lma access
stream_begin 4
kill_driver lma mag1
sleep 0.7
start_lma; start_mag 1
say lma counters
check "the successor found the bindings" grep -q 'bindings=2' <<<"$answer"
check "and the counters" not grep -q ' encap=0' <<<"$answer"
sleep 0.3
bind_lma; bind_mag 1
say lma sweep
check "the LMA swept the stale binding" [ "$answer" = "ok 1" ]
say mag1 sweep
check "the MAG swept the stale binding and its route" [ "$answer" = "ok 2" ]
stream_end
check "no packet was lost from kill -9 to sweep" [ "$lost" = 0 ]
say mag1 sweep
check "nothing is left to sweep" [ "$answer" = "ok 0" ]
check "a second one on the same device is refused" not in_ns lma "$drive" --backend bpf --role lma --core core1 </dev/null
stop lma keep
check "left behind on purpose, it goes on forwarding" in_ns cn ping -q -c 2 -i 0.05 -W 1 $mn
start_lma --max-bindings 2
check "a successor of another capacity goes on forwarding" in_ns cn ping -q -c 2 -i 0.05 -W 1 $mn
bind_lma
say lma set 2001:db8:a000:5::/64 $lma $mag2 -
check "and has that capacity" refused lma PMIP_ERR_FULL set 2001:db8:a000:6::/64 $lma $mag2 -
check "a tunnel nobody asked for is refused" refused lma PMIP_ERR_NOENT set 2001:db8:a000:6::/64 $lma 2001:db8::99 -

echo "# links that go and come"
say mag2 ensure $mag2 $lma
ip -n "${id}mag2" link add hot type veth peer name cold
ip -n "${id}mag2" link set hot up
say mag2 set 2001:db8:a000:3::/64 $mag2 $lma hot
check "a rule for the new link" grep -q 'iif hot lookup 5213' <(ip -n "${id}mag2" -6 rule)
ip -n "${id}mag2" link del hot
say mag2 clear 2001:db8:a000:3::/64
check "no rule once it is gone" not grep -q 'iif hot' <(ip -n "${id}mag2" -6 rule)
say mag2 counters
check "and no binding" grep -q 'bindings=1' <<<"$answer"

echo "# after quit"
in_ns lma tc qdisc add dev net clsact # somebody else's
state lma >"$dir/lma.others"
ids=$(for n in lma mag1 mag2; do programs $n; done)
maps=$(for p in $ids; do bpftool -j prog show id "$p" | jq '.map_ids[]'; done | sort -u)
check "there were programs and maps" [ "$(wc -w <<<"$ids $maps")" -ge 15 ]
in_ns lma tc qdisc del dev net clsact
stop lma; stop mag1; stop mag2
for n in lma mag1 mag2; do
	state $n >"$dir/$n.after"
	check "$n: links, routes, rules and filters as before" diff "$dir/$n.before" "$dir/$n.after"
done
sleep 0.5
for p in $ids; do check "program $p is gone" not bpftool prog show id "$p"; done
for m in $maps; do check "map $m is gone" not bpftool map show id "$m"; done

echo "# the choice"
check "auto makes one" in_ns lma "$drive" --backend auto --role lma --core core1 --pool "$pool" <<<quit
check "and it is bpf, where the kernel can" has 'datapath: bpf' "$(<"$dir/last")"

all_passed
