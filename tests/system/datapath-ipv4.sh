#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# May run beside others.
# Proves FWD-2, TUN-9, V4F-1, V4F-2, V4F-3, V4F-4, V4F-5, GREF-1, GREF-2, GREF-3.
# IPv4 home addresses (RFC 5844) in both datapaths: CN - LMA - {MAG1, MAG2} - two mobile nodes, plain Linux with a static address and a
# default route to a router nobody has configured; and GRE (RFC 5845), IPv4 and IPv6 inside, in the one that has it. bpf on the running
# kernel, netlink in user-mode Linux.
# DP_DRIVE may name another build of dp_drive.
set -Eeuo pipefail

self=$(realpath "$0")
drive=$(realpath "${DP_DRIVE:-${top_builddir:-.}/tests/system/dp_drive}")
if [ $# -eq 0 ]; then
	[ "$(id -u)" -eq 0 ] || { echo "needs root"; exit 77; }
	export DP_DRIVE=$drive
	bash "$self" bpf "pm4$$-"
	exec "${self%/*}/../uml/uml-run" -- bash "$self" netlink ''
fi

backend=$1 id=$2
echo "# == $backend =="
if [ "$backend" = netlink ]; then
	modprobe -a veth ip6_tunnel
fi
# shellcheck source=tests/system/drive.sh
. "${self%/*}/drive.sh"

link() { # link NS1 IF1 NS2 IF2
	ip -n "$id$1" link add "$2" type veth peer name "$4" netns "$id$3"
	ip -n "$id$1" link set "$2" up
	ip -n "$id$3" link set "$4" up
}
addr() { ip -n "$id$1" addr add "$3" dev "$2" "${@:4}"; }

pool=198.51.100.0 mn=198.51.100.7 peer=198.51.100.8 router=198.51.100.1 unbound=198.51.100.99 cn=203.0.113.2
lma=2001:db8:1::1 mag1=2001:db8:11::2 mag2=2001:db8:12::2 router_ll=00:00:5e:00:52:13
for n in cn lma mag1 mag2 mn peer; do
	ip netns add "$id$n"
	in_ns $n sysctl -qw net.ipv6.conf.default.accept_dad=0 net.ipv6.conf.all.accept_dad=0
	ip -n "$id$n" link set lo up
done
for n in lma mag1 mag2; do in_ns $n sysctl -qw net.ipv6.conf.all.forwarding=1 net.ipv4.ip_forward=1 net.ipv6.auto_flowlabels=0; done
link cn eth0 lma net
link lma core1 mag1 core
link lma core2 mag2 core
link mn eth0 mag1 access
link peer eth0 mag2 other
addr cn eth0 $cn/24
addr lma net 203.0.113.1/24
addr lma lo $lma/128
for n in 1 2; do
	addr lma core$n 2001:db8:1$n::1/64 nodad
	addr mag$n core 2001:db8:1$n::2/64 nodad
	ip -n "${id}mag$n" route add default via 2001:db8:1$n::1
done
ip -n "${id}mag1" link set access address $router_ll
addr mn eth0 $mn/24
addr mn eth0 $unbound/24
addr peer eth0 $peer/24
for n in mn peer; do ip -n "$id$n" route add default via $router; done
ip -n "${id}cn" route add default via 203.0.113.1

state() { # everything of ours that an administrator could find in a namespace
	ip -n "$id$1" -o link | sed 's/^[0-9]*: //; s/[@ ].*//; /ip6gre0/d'
	ip -n "$id$1" -4 route show table all
	ip -n "$id$1" -4 rule
	in_ns "$1" grep -rs . /proc/sys/net/ipv4/{conf,neigh}/{access,other}/{proxy_arp,drop_gratuitous_arp,proxy_delay} || true
}
bind() { # bind MAG ADDRESS LINK [gre SEND RECV]: at that MAG, and at the LMA with the keys the other way round
	local at=$1
	say "$at" set "::ffff:$2/128" "${!at}" $lma "$3" "${@:4}"
	say lma set "::ffff:$2/128" $lma "${!at}" - ${4:+gre "$6" "$5"}
}
# An ARP request by broadcast from one address for another; whether somebody answers it.
cat >"$dir/arp.py" <<'PY'
import socket, sys, time
s = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(0x0806))
s.bind(("eth0", 0))
s.settimeout(0.2)
me = s.getsockname()[4]
src, dst = (socket.inet_aton(a) for a in sys.argv[1:])
s.send(b"\xff" * 6 + me + bytes.fromhex("0806 0001 0800 0604 0001") + me + src + bytes(6) + dst)
end = time.monotonic() + 1
while time.monotonic() < end:
    try:
        frame = s.recv(100)
    except socket.timeout:
        continue
    if frame[20:22] == b"\0\2" and frame[28:32] == dst:
        sys.exit(0)
sys.exit("no answer")
PY
for n in lma mag1 mag2; do state $n >"$dir/$n.before"; done
start lma --role lma --core core1 --core core2 --pool ::ffff:$pool/120 --pool 2001:db8:a000::/36
start mag1 --role mag --core core --access access
start mag2 --role mag --core core --access access
for n in mag1 mag2; do
	say lma ensure $lma ${!n}
	say $n ensure ${!n} $lma
done
check "an access link without IPv4 bindings is left alone" not has 'access|other' "$(ip -n "${id}mag1" rule)"
bind mag1 $mn access
bind mag2 $peer other

echo "# forwarding"
check "ping from the CN, which the MAG has to find the mobile node for by ARP" ping_quickly cn $mn
check "not one lost" has '3 received' "$(<"$dir/last")"
check "ping from the mobile node, whose router answers ARP" ping_quickly mn $cn
check "that router has the MAG's link-layer address" has "$router .*$router_ll" "$(ip -n "${id}mn" neigh)"
arp() { in_ns mn /usr/bin/python3 "$dir/arp.py" "$@"; }
check "as every address has" arp $mn $cn
check "but not the mobile node's own: neither when it asks who has it" not arp 0.0.0.0 $mn
check "nor when it says so" not arp $mn $mn
tcp cn mn $mn 1
check "TCP to the mobile node" [ "$rate" -gt "$least" ]
tcp mn cn $cn 1
check "TCP from the mobile node" [ "$rate" -gt "$least" ]
tcp mn peer $peer 1
check "TCP to another mobile node, by way of the LMA" [ "$rate" -gt "$least" ]
check "UDP_SEGMENT to the mobile node" udp_gso cn mn $mn 50
check "UDP_SEGMENT from the mobile node" udp_gso mn cn $cn 50
if [ "$backend" = bpf ]; then
	went_in() { say lma tunnel $lma $mag2; answer=${answer#*packets=}; echo "${answer%% *}"; }
	was=$(went_in)
	check "UDP_SEGMENT to another mobile node" udp_gso mn peer $peer 50
	check "is counted as the thousand packets that it is" [ "$(($(went_in) - was))" = 1000 ]
fi
for at in net:access core1:core; do
	[ "$backend" = bpf ] || break # the kernel's own tunnels know how
	offloads off lma:${at%:*} mag1:${at#*:}
	tcp cn mn $mn 1
	check "TCP, links ${at/:/ and } without offloads" [ "$rate" -gt 50 ]
	check "UDP_SEGMENT, those links without offloads" udp_gso cn mn $mn 50
	offloads on lma:${at%:*} mag1:${at#*:}
done

echo "# the headers"
capture_begin core.pcap lma core1 ip6
in_ns cn ping -q -c 2 -i 0.05 -Q 0xb9 $mn >/dev/null
capture_end
seen() { tcpdump -nv -r "$dir/$1.pcap" 2>/dev/null | tr '\n' ' '; } # what is in a capture
check "ends, traffic class as TOS, no flow label, hop limit 64, next header 4, TTL one less, length" \
	has "IP6 \(class 0xb9, hlim 64, next-header IPIP \(4\) payload length: 84\) $lma > $mag1: \
IP \(tos 0xb9,ECT\(1\), ttl 63, .*length 84\) *$cn > $mn: ICMP echo request" "$(seen core)"

echo "# ECN at the way out of the tunnel (RFC 6040 section 4.2)"
cat >"$dir/inner.py" <<'PY'
import socket, struct, sys
outer_src, outer_dst, src, dst, *options = sys.argv[1:]


def packet(tos, port):
    head = struct.pack("!BBHHHBBH4s4s", 0x45, tos, 29, port, 0, 64, 17, 0, socket.inet_aton(src), socket.inet_aton(dst))
    total = sum(struct.unpack("!10H", head))
    total = (total & 0xFFFF) + (total >> 16)
    return head[:10] + struct.pack("!H", ~total & 0xFFFF) + head[12:] + struct.pack("!HHHH", port, 9, 9, 0) + b"x"


s = socket.socket(socket.AF_INET6, socket.SOCK_RAW, 4)
s.bind((outer_src, 0))
if options:
    s.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_DSTOPTS, bytes.fromhex(options[0]))
for outer in range(4):
    for inner in range(4):
        s.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_TCLASS, outer)
        s.sendto(packet(inner, 5000 + outer * 4 + inner), (outer_dst, 0))
PY
# result:5000+outer*4+inner; Not-ECT 0, ECT(1) 1, ECT(0) 2, CE 3; 5012 (CE over Not-ECT) is dropped
expect="0:5000 1:5001 2:5002 3:5003 0:5004 1:5005 1:5006 3:5007 0:5008 1:5009 2:5010 3:5011 3:5013 3:5014 3:5015"
all_combinations() { # all_combinations [OPTIONS]: with these in between, header included; sets got
	capture_begin ecn.pcap mn eth0 udp port 9
	in_ns lma /usr/bin/python3 "$dir/inner.py" $lma $mag1 $cn $mn "$@"
	capture_end
	got=$(seen ecn | grep -oE 'tos 0x[0-3]|bad cksum|[.]50[0-9]{2} >' | tr -d '\n' | sed 's/tos 0x/ /g; s/[.]/:/g; s/ >//g; s/^ //')
}
all_combinations
check "all 16 combinations, header checksums right" [ "$got" = "$expect" ]
all_combinations 0000040104010100
check "the same behind a Tunnel Encapsulation Limit, as other implementations send it" [ "$got" = "$expect" ]

echo "# MTU 1460 inside 1500-byte links"
check "1460 octets pass" in_ns cn ping -q -c 1 -W 2 -M 'do' -s 1432 $mn
check "1461 octets do not" not in_ns cn ping -c 2 -i 0.2 -W 1 -M 'do' -s 1433 $mn
check "Fragmentation Needed says 1460" has 'mtu ?= ?1460' "$(<"$dir/last")"
check "1461 octets from the mobile node do not" not in_ns mn ping -c 2 -i 0.2 -W 1 -M 'do' -s 1433 $cn
check "Fragmentation Needed says 1460 there too" has 'mtu ?= ?1460' "$(<"$dir/last")"
capture_begin core.pcap lma core1 ip6
check "what may be fragmented is" in_ns cn ping -q -c 1 -W 2 -M dont -s 3000 $mn
capture_end
check "before the tunnel: the packets in it are whole" \
	has '(.*IPIP \(4\) payload length: (1460|148)\)[^>]*> [^>]*> 198.51.100.7){3}' "$(seen core)"

echo "# what is not bound"
declare -A unbound_before
for n in lma mag1; do unbound_before[$n]=$(counter $n drop_unbound); done
counted() { # counted NS: three more; netlink does not count them
	[ "$backend" = netlink ] || check "and is counted" [ "$(counter "$1" drop_unbound)" = $((unbound_before[$1] + 3)) ]
}
capture_begin core.pcap lma core1 ip6
check "unbound destination gets nothing" not ping_quickly cn $unbound
counted lma
check "unbound source gets nothing" not ping_quickly mn -I $unbound $cn
counted mag1
ping_quickly mn $cn >/dev/null
capture_end
check "the tunnel shows what is bound" has "$mn > $cn" "$(seen core)"
check "but nothing of what is not" not has "$unbound" "$(seen core)"
if [ "$backend" = bpf ]; then # netlink looks at the source on the access link only
	was=$(counter lma drop_spoofed)
	capture_begin cn.pcap cn eth0 udp port 9
	in_ns mag2 /usr/bin/python3 "$dir/inner.py" $mag2 $lma $mn $cn
	capture_end
	check "a source bound to another tunnel gets nothing" [ -z "$(seen cn)" ]
	check "and is counted as spoofed at the LMA" [ "$(counter lma drop_spoofed)" = $((was + 16)) ]
fi
other_mn=198.51.100.9
ip -n "${id}mag1" link add other type veth peer name far
ip -n "${id}mag1" link set other up
addr mn eth0 $other_mn/24
bind mag1 $other_mn access
check "a second address on the link" ping_quickly mn -I $other_mn $cn
bind mag1 $other_mn other
unbound_before[mag1]=$(counter mag1 drop_unbound)
capture_begin core.pcap lma core1 ip6
check "which gets nothing when it is bound on another access link of the MAG" not ping_quickly mn -I $other_mn $cn
counted mag1
ping_quickly mn $cn >/dev/null
capture_end
check "the tunnel shows what is bound" has "$mn > $cn" "$(seen core)"
check "but nothing of it" not has "$other_mn > $cn" "$(seen core)"
ip -n "${id}mn" addr del $other_mn/24 dev eth0
ip -n "${id}mag1" link del other
for n in lma mag1; do say $n clear ::ffff:$other_mn/128; done

echo "# moving"
cable() { # cable FROM TO: from one MAG to another; the mobile node sees the carrier go and come
	ip -n "$id$1" link set access netns "$id$2"
	ip -n "$id$2" link set access address $router_ll
	ip -n "$id$2" link set access up
}
cable mag1 mag2
bind mag2 $mn access
say mag1 clear ::ffff:$mn/128
check "at the new MAG packets reach the mobile node, which has done nothing" ping_quickly cn $mn
check "and come from it" ping_quickly mn $cn
check "the old MAG has no rule for the link any more" not has 'iif access' "$(ip -n "${id}mag1" rule)"
cable mag2 mag1
bind mag1 $mn access
say mag2 clear ::ffff:$mn/128
check "and back" ping_quickly cn $mn

gre=()
if [ "$backend" = netlink ]; then
	echo "# GRE"
	hnp=2001:db8:a000:1::/64 mn6=2001:db8:a000:1::2 cn6=2001:db8:c::2
	addr cn eth0 $cn6/64 nodad
	addr lma net 2001:db8:c::1/64 nodad
	addr mag1 access fe80::1/64 nodad
	addr mn eth0 $mn6/128 nodad
	ip -n "${id}cn" route add default via 2001:db8:c::1
	ip -n "${id}mn" route add default via fe80::1 dev eth0
	module=/usr/lib/uml/modules/$(uname -r)/kernel/net/ipv6/ip6_gre.ko
	mount --bind /dev/null "$module"
	check "a kernel without ip6gre says so" refused lma PMIP_ERR_UNSUPPORTED set ::ffff:$mn/128 $lma $mag1 - gre 1 2
	umount "$module"
	check "and goes on as before" ping_quickly cn $mn
	modprobe ip6_gre
	gre=(gre 0x101 0x202) # up, down
	bind mag1 $mn access "${gre[@]}"
	say mag1 set $hnp $mag1 $lma access "${gre[@]}"
	say lma set $hnp $lma $mag1 - gre 0x202 0x101
	devices() { ip -n "$id$1" -o link show type ip6gre | sed /ip6gre0/d | wc -l; }
	check "one device for the session" [ "$(devices lma) $(devices mag1)" = "1 1" ]
	capture_begin core.pcap lma core1 ip6 proto 47
	check "IPv4 both ways" ping_quickly cn $mn
	check "IPv6 both ways" ping_quickly cn $mn6
	capture_end
	wire=$(seen core)
	head="IP6 \\(hlim 64, next-header GRE \\(47\\) payload length: [0-9]+\\)"
	check "IPv4 down with its key" has "$head $lma > $mag1: GREv0, Flags \\[key present\\], key=0x202, .*> $mn: ICMP echo request" "$wire"
	check "IPv4 up with its own" has "$head $mag1 > $lma: GREv0, Flags \\[key present\\], key=0x101, .*> $cn: ICMP echo reply" "$wire"
	check "IPv6 down" has "key=0x202, [^>]*> $mn6: \\[icmp6 sum ok\\] ICMP6, echo request" "$wire"
	check "IPv6 up" has "key=0x101, [^>]*> $cn6: \\[icmp6 sum ok\\] ICMP6, echo reply" "$wire"
	tcp cn mn $mn 1
	check "TCP to the mobile node" [ "$rate" -gt "$least" ]
	check "1452 octets pass" in_ns mn ping -q -c 1 -W 2 -M 'do' -s 1424 $cn
	check "1453 octets do not" not in_ns mn ping -c 2 -i 0.2 -W 1 -M 'do' -s 1425 $cn
	check "Fragmentation Needed says 1452" has 'mtu ?= ?1452' "$(<"$dir/last")"
	for key in 0x203 -; do
		say lma set ::ffff:$mn/128 $lma $mag1 - gre $key 0x101
		check "with key $key nothing arrives" not ping_quickly cn $mn
	done
	bind mag1 $mn access "${gre[@]}"
	check "with the right one it does" ping_quickly cn $mn
	for n in lma mag1; do say $n clear $hnp; done
	check "still one device, for IPv4 alone" [ "$(devices lma) $(devices mag1)" = "1 1" ]
	bind mag1 $mn access
	check "none without GRE" [ "$(devices lma) $(devices mag1)" = "0 0" ]
	check "which works" ping_quickly cn $mn
	bind mag1 $mn access "${gre[@]}"
	check "cleared and set again at one go" say mag1 "clear ::ffff:$mn/128 ; set ::ffff:$mn/128 $mag1 $lma access ${gre[*]}"
	check "it works still" ping_quickly cn $mn
	there=$(devices lma)
	check "one that comes and goes at one go" say lma "release $lma $cn6 ; ensure $lma $cn6 ; release $lma $cn6"
	check "leaves no device" [ "$(devices lma)" = "$there" ]
else
	check "GRE is refused" refused lma PMIP_ERR_UNSUPPORTED set ::ffff:$mn/128 $lma $mag1 - gre - -
fi
check "a flow is not moved into GRE" refused lma PMIP_ERR_UNSUPPORTED flow-set ::ffff:$cn 443 ::ffff:$mn 50001 6 $lma $mag1 gre 0x202 0x101

echo "# killed and started again"
say lma set ::ffff:198.51.100.20/128 $lma $mag2 -
say mag1 set ::ffff:198.51.100.20/128 $mag1 $lma access
in_ns cn ping -q -c 250 -i 0.01 -W 2 $mn >"$dir/stream" &
stream=$!
kill_driver lma mag1
sleep 0.5
start lma --role lma --core core1 --core core2 --pool ::ffff:$pool/120 --pool 2001:db8:a000::/36
start mag1 --role mag --core core --access access
for n in mag1 mag2; do say lma ensure $lma ${!n}; done
say mag1 ensure $mag1 $lma
bind mag1 $mn access "${gre[@]}"
say lma set ::ffff:$peer/128 $lma $mag2 -
say lma sweep
check "the LMA sweeps the stale binding" [ "$answer" = "ok 1" ]
say mag1 sweep
check "the MAG sweeps the stale binding in both its places" [ "$answer" = "ok 2" ]
wait $stream
check "no packet was lost from kill -9 to sweep" has '250 received' "$(<"$dir/stream")"
say mag1 sweep
check "nothing is left to sweep" [ "$answer" = "ok 0" ]
if [ "$backend" = netlink ]; then
	ip -n "${id}mag1" -4 rule add pref 5300 lookup 5999 protocol 213
	say mag1 sweep
	check "but a rule without an interface, which nobody here has made" [ "$answer" = "ok 1" ]

	echo "# a device with GRE that bindings of a predecessor share"
	say mag1 set "$hnp" $mag1 $lma access "${gre[@]}"
	say lma set "$hnp" $lma $mag1 - gre 0x202 0x101
	kill_driver lma
	start lma --role lma --core core1 --core core2 --pool ::ffff:$pool/120 --pool 2001:db8:a000::/36
	for n in mag1 mag2; do say lma ensure $lma ${!n}; done
	say lma set ::ffff:$mn/128 $lma $mag1 - gre 0x202 0x101
	say lma clear ::ffff:$mn/128
	check "it stays for the other one when one of them goes" ping_quickly cn "$mn6"
	say lma sweep
	check "and goes when nobody has named that" [ "$(devices lma)" = 0 ]
fi

echo "# after quit"
for n in lma mag1 mag2; do
	stop $n
	check "$n: links, routes, rules and settings as before" diff "$dir/$n.before" <(state $n)
done
all_passed
