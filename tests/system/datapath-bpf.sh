#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
# May run beside others.
# Proves TUN-3, TUN-4, TUN-5, TUN-6, TUN-9, FWD-1, FWD-2, FWD-4.
# The bpf datapath on a real kernel: CN - LMA - {MAG1, MAG2} - MN in network namespaces, 1500-byte links, offloads as they are.
# With the argument clsact the kernel seems to have no TCX. DP_DRIVE may name another build of dp_drive.
set -Eeuo pipefail

self=$(realpath "$0")
drive=${DP_DRIVE:-${top_builddir:-.}/tests/system/dp_drive}
backend=bpf id=pmb$$-
py=/usr/bin/python3 tcx=${self%/*}/tcx.py

# shellcheck source=tests/system/drive.sh
. "${self%/*}/drive.sh"
needs ip tc bpftool ethtool tcpdump tshark ping iperf3 jq

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
	in_ns "$1" $py "$tcx"
}
programs() { # ids of the programs attached in a namespace
	local ns=$id$1 dev
	for dev in $(ip -n "$ns" -o link | sed 's/^[0-9]*: \([^:@]*\).*/\1/'); do
		tc -n "$ns" filter show dev "$dev" ingress
		tc -n "$ns" filter show dev "$dev" egress
	done | sed -n 's/.*pmip_..cap.* id \([0-9]*\).*/\1/p' | sort -u
	in_ns "$1" $py "$tcx" | cut -d' ' -f3 | sort -u
}

without=() able="3 0" # the LMA's programs: by TCX, by clsact
printf '%s\n' 6.6 "$(uname -r)" | sort -CV || able="0 3"
there=$able
if [ "${1:-}" = clsact ]; then without=(--without-tcx) there="0 3"; fi

start_lma() { start lma "${without[@]}" --role lma --core core1 --core core2 --pool "$pool" "$@"; }
bind_lma() {
	say lma ensure $lma $mag1
	say lma ensure $lma $mag2
	say lma set $hnp $lma $mag1 -
}
start_mag() { start "mag$1" "${without[@]}" --role mag --core core --access access; }
bind_mag() {
	local mag=mag$1
	say "$mag" ensure "${!mag}" $lma
	say "$mag" set $hnp "${!mag}" $lma access
}

for n in lma mag1 mag2; do state $n >"$dir/$n.before"; done
start_lma; start_mag 1; start_mag 2
check "an access link is closed before its first binding" grep -q 'iif access' <(ip -n "${id}mag1" -6 rule)
bind_lma; bind_mag 1; bind_mag 2
attached() { echo "$(in_ns lma $py "$tcx" | wc -l) $(state lma | sed -n '/pmip_..cap.* id/p' | wc -l)"; }
check "the LMA's programs are attached by ${1:-TCX where the kernel has it}" [ "$(attached)" = "$there" ]

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
check "TCP to the mobile node" [ "$rate" -gt "$least" ]
tcp mn cn $cn 2 $mn
check "TCP from the mobile node" [ "$rate" -gt "$least" ]
ip netns add "${id}peer" # another mobile node
others=2001:db8:a000:7::/64 other=2001:db8:a000:7::2
link mag2 access2 fe80::1/64 peer eth0 $other/128
ip -n "${id}peer" route add default via fe80::1 dev eth0
say lma set $others $lma $mag2 -
say mag2 set $others $mag2 $lma access2
tcp mn peer $other 1 $mn
check "TCP from one mobile node to another" [ "$rate" -gt "$least" ]
tcp peer mn $mn 1 $other
check "and back" [ "$rate" -gt "$least" ]
ip netns del "${id}peer"
say mag2 clear $others
say lma clear $others
for n in lma mag1; do ip -n "$id$n" neigh flush all; done
check "the first packet to a neighbour not known" in_ns cn ping -q -c 1 -W 2 $mn

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
lma, mag, cn, mn, options = sys.argv[1:]
s = socket.socket(socket.AF_INET6, socket.SOCK_RAW, 41)
s.bind((lma, 0))
if options:
    s.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_DSTOPTS, bytes.fromhex(options))
for outer in range(4):
    for inner in range(4):
        s.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_TCLASS, outer)
        s.sendto(bytes(IPv6(src=cn, dst=mn, tc=inner) / UDP(sport=outer * 4 + inner, dport=9) / b"x"), (mag, 0))
PY
# outer*4+inner:result; Not-ECT 0, ECT(1) 1, ECT(0) 2, CE 3; 12 (CE over Not-ECT) is dropped
expect="0:0 1:1 2:2 3:3 4:0 5:1 6:1 7:3 8:0 9:1 10:2 11:3 13:3 14:3 15:3"
all_combinations() { # all_combinations OPTIONS: with these in between, header included; sets got
	capture_begin ecn.pcap mn mn1 udp port 9
	in_ns lma $py "$dir/ecn.py" $lma $mag1 $cn $mn "$1"
	capture_end
	got=$(tshark -r "$dir/ecn.pcap" -T fields -E separator=: -e udp.srcport -e ipv6.tclass.ecn 2>/dev/null | xargs)
}
was=$(counter mag1 drop_other)
all_combinations ''
check "all 16 combinations" [ "$got" = "$expect" ]
check "CE over Not-ECT is counted" [ "$(counter mag1 drop_other)" = $((was + 1)) ]

echo "# Destination Options outside, of other implementations (RFC 2473 section 4.1.1)"
all_combinations 0000040104010100
check "a Tunnel Encapsulation Limit" [ "$got" = "$expect" ]
all_combinations 00011e02000004010400000001020000
check "an option that is not known but may be skipped, and padding" [ "$got" = "$expect" ]
all_combinations 00009e0400000000
check "one that may not be skipped stops the packet" [ -z "$got" ]
check "and the kernel says so to the LMA" grep -q 'Icmp6InParmProblems[^0-9]*[1-9]' <(in_ns lma cat /proc/net/snmp6)

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
was=$(counter mag1 drop_unbound)
bound_elsewhere
check "and is counted at the MAG" [ "$(counter mag1 drop_unbound)" = $((was + 3)) ]

echo "# prefixes of several lengths"
into() { say lma tunnel $lma "$1"; answer=${answer#*packets=}; echo "${answer%% *}"; } # packets put into the tunnel to a MAG
one() { in_ns cn ping -q -c 1 -W 0.3 "$1" >/dev/null || true; }
was=$(into $mag2)
say lma set 2001:db8:a000::/48 $lma $mag2 -
one $mn
check "a shorter one that covers it changes nothing" [ "$(into $mag2)" = "$was" ]
one $unbound
check "but for what had none" [ "$(into $mag2)" = $((was + 1)) ]
say lma set $mn/128 $lma $mag2 -
one $mn
check "a longer one does" [ "$(into $mag2)" = $((was + 2)) ]
say lma clear $mn/128
one $mn
check "for as long as it is there" [ "$(into $mag2)" = $((was + 2)) ]
for n in 40 41 42 43 44 45; do say lma set 2001:db8:a000::/$n $lma $mag2 -; done
check "a ninth length is refused" refused lma PMIP_ERR_FULL set 2001:db8:a000::/46 $lma $mag2 -
for n in 40 41 42 43 44 45 48; do say lma clear 2001:db8:a000::/$n; done
was=$(counter lma drop_unbound)
one $unbound
check "none of them is left" [ "$(counter lma drop_unbound)" = $((was + 1)) ]

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

echo "# a whole MAG moves"
# the address of the MAG that a packet to each of some prefixes goes to
ways() {
	local p
	capture_begin ways.pcap lma any "ip6 proto 41 and ip6[46] == 58" # not the stream: tcpdump has room for a few packets here
	for p; do in_ns cn ping -q -c 1 -W 0.2 "2001:db8:a000:$p::9" >/dev/null || true; done
	capture_end
	ways=$(tshark -r "$dir/ways.pcap" -Y "icmpv6.type == 128" -T fields -E occurrence=f -e ipv6.dst 2>/dev/null | xargs)
}
for i in 2 3; do say lma set 2001:db8:a000:$i::/64 $lma $mag1 -; done
say lma set 2001:db8:a000:4::/64 $lma $mag2 -
ways 2 3 4
check "bindings of two tunnels" [ "$ways" = "$mag1 $mag1 $mag2" ]
stream_begin 2
sleep 0.5
say lma move $lma $mag2 $mag1
sleep 0.5
say lma move $lma $mag2 $mag1
ways 2 3 4
check "all go through the other" [ "$ways" = "$mag2 $mag2 $mag2" ]
say lma set 2001:db8:a000:3::/64 $lma $mag1 -
say lma move $lma $mag1 $mag2
stream_end
check "a stream loses nothing" [ "$lost" = 0 ]
ways 2 3 4
check "back, and all that was there" [ "$ways" = "$mag1 $mag1 $mag1" ]
check "to where there is no tunnel nothing moves" refused lma PMIP_ERR_NOENT move $lma 2001:db8::99 $mag1
check "nor from there" refused lma PMIP_ERR_NOENT move $lma $mag1 2001:db8::99
say lma counters
check "as many as before" has 'bindings=4' "$answer"
for i in 2 3 4; do say lma clear 2001:db8:a000:$i::/64; done

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
kill_driver lma
ip -n "${id}lma" link del pmip0
ip -n "${id}lma" link set core1 mtu 1400
ip -n "${id}mag1" link set core mtu 1400
start_lma
check "what a device that somebody has removed left on others is gone" [ "$(attached)" = "$there" ]
bind_lma
check "and its successor forwards" in_ns cn ping -q -c 2 -i 0.05 -W 1 $mn

echo "# a core link with MTU 1400"
ip -n "${id}cn" -6 route flush cache
check "1360 octets pass" in_ns cn ping -q -c 1 -W 2 -M 'do' -s 1312 $mn
check "1361 octets do not" not in_ns cn ping -c 2 -i 0.1 -W 1 -M 'do' -s 1313 $mn
check "Packet Too Big says 1360" has 'mtu.*1360' "$(<"$dir/last")"
check "the log says what to do" has 'inner packets over 1360 .* set tunnel_mtu' "$(<"$dir/lma.log")"
ip -n "${id}lma" link set core1 mtu 1500
ip -n "${id}mag1" link set core mtu 1500
ip -n "${id}cn" -6 route flush cache
check "a second one on the same device is refused" not in_ns lma "$drive" --backend bpf --role lma --core core1 </dev/null
stop lma keep
check "left behind on purpose, it goes on forwarding" in_ns cn ping -q -c 2 -i 0.05 -W 1 $mn
without=() # a successor that knows TCX
start_lma --max-bindings 2
check "a successor of another capacity goes on forwarding" in_ns cn ping -q -c 2 -i 0.05 -W 1 $mn
check "and its programs are in the place of the former" [ "$(attached)" = "$able" ]
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
say mag2 set 2001:db8:a000:3::/64 $mag2 $lma access via fe80::9
ip -n "${id}mag2" link set hot down
check "to a link that is down it cannot go" refused mag2 PMIP_ERR_OS set 2001:db8:a000:3::/64 $mag2 $lma hot
check "nor to a tunnel that is not there" refused mag2 PMIP_ERR_NOENT set 2001:db8:a000:3::/64 $mag2 2001:db8::99 access
check "and keeps its link and next hop" has '^2001:db8:a000:3::/64 via fe80::9 dev access' "$(ip -n "${id}mag2" -6 route)"
say mag2 counters
check "and its binding" has 'bindings=2' "$answer"
ip -n "${id}mag2" link set hot up
say mag2 set 2001:db8:a000:3::/64 $mag2 $lma hot
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
left() { # programs and maps that the kernel still has
	local p m
	for p in $ids; do ! bpftool prog show id "$p" 2>/dev/null || return 0; done
	for m in $maps; do ! bpftool map show id "$m" 2>/dev/null || return 0; done
	return 1
}
for _ in {1..50}; do left >/dev/null || break; sleep 0.2; done # the kernel takes its time
check "no program or map is left" not left

echo "# the choice"
check "auto makes one" in_ns lma "$drive" --backend auto --role lma --core core1 --pool "$pool" <<<quit
check "and it is bpf, where the kernel can" has 'datapath: bpf' "$(<"$dir/last")"
check "a kernel that has TCX and refuses it" not in_ns lma "$drive" --backend bpf --role lma --core core1 --refused-tcx </dev/null
check "says so, with what to do" has 'by TCX: Operation not permitted; run as root' "$(<"$dir/last")"
check "and nothing is left behind" diff "$dir/lma.before" <(state lma)

all_passed
