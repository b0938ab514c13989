#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# May run beside others.
# Proves TUN-8.
# ICMPv6 errors that tunnel packets meet in the core, told to who has sent what is inside, by both datapaths: CN - LMA - R1 - R2 - MAG - MN,
# with 1400 octets between the routers where all else has 1500. bpf on the running kernel, by tc and with XDP, netlink in user-mode Linux.
# DP_DRIVE may name another build of dp_drive.
set -Eeuo pipefail

self=$(realpath "$0")
drive=$(realpath "${DP_DRIVE:-${top_builddir:-.}/tests/system/dp_drive}")
if [ $# -eq 0 ]; then
	[ "$(id -u)" -eq 0 ] || { echo "needs root"; exit 77; }
	export DP_DRIVE=$drive
	bash "$self" bpf "pmi$$-"
	bash "$self" bpf "pmi$$-" xdp
	exec "${self%/*}/../uml/uml-run" -- bash "$self" netlink ''
fi

backend=$1 id=$2 hook=${3:-tc}
echo "# == $backend, $hook =="
if [ "$backend" = netlink ]; then
	modprobe -a veth ip6_tunnel
fi
# shellcheck source=tests/system/drive.sh
. "${self%/*}/drive.sh"
errors=${self%/*}/icmp_errors.py

# Behind mag2 and lma2 nobody is, and R2 and R1 know it; mag3 and lma3 are where packets go in circles.
pool=2001:db8:a000::/36 mn=2001:db8:a000:1::2 cn=2001:db8:c::2
# shellcheck disable=SC2034 # mag3: by its name
lma=2001:db8:1::1 lma2=2001:db8:1::2 lma3=2001:db8:1::3 mag1=2001:db8:13::2 mag2=2001:db8:13::99 mag3=2001:db8:14::2
cn4=203.0.113.2 mn4=198.51.100.7
for n in cn lma r1 r2 mag1 mn; do
	ip netns add "$id$n"
	in_ns $n sysctl -qw net.ipv6.conf.default.accept_dad=0 net.ipv6.conf.all.accept_dad=0 net.ipv6.icmp.ratelimit=0 \
		net.ipv4.icmp_ratelimit=0
	ip -n "$id$n" link set lo up
done
for n in lma r1 r2 mag1; do in_ns $n sysctl -qw net.ipv6.conf.all.forwarding=1 net.ipv4.ip_forward=1; done
link cn eth0 $cn/64 lma net 2001:db8:c::1/64
link lma core 2001:db8:11::1/64 r1 west 2001:db8:11::2/64
link r1 east 2001:db8:12::1/64 r2 west 2001:db8:12::2/64
link r2 east 2001:db8:13::1/64 mag1 core $mag1/64
link mag1 access fe80::1/64 mn eth0 $mn/128
ip -n "${id}r1" link set east mtu 1400
ip -n "${id}r2" link set west mtu 1400
ip -n "${id}lma" addr add $lma/128 dev lo
ip -n "${id}lma" route add 2001:db8:12::/47 via 2001:db8:11::2
ip -n "${id}lma" route add 2001:db8:14::/64 via 2001:db8:11::2
ip -n "${id}r1" route add $lma/128 via 2001:db8:11::1
ip -n "${id}r1" route add unreachable $lma2/128
ip -n "${id}r1" route add $lma3/128 via 2001:db8:12::2
for net in 13 14; do ip -n "${id}r1" route add 2001:db8:$net::/64 via 2001:db8:12::2; done
ip -n "${id}r2" route add default via 2001:db8:12::1
ip -n "${id}r2" route add unreachable $mag2/128
ip -n "${id}mag1" route add default via 2001:db8:13::1
ip -n "${id}cn" route add default via 2001:db8:c::1
ip -n "${id}mn" route add default via fe80::1 dev eth0
ip -n "${id}cn" addr add $cn4/24 dev eth0
ip -n "${id}lma" addr add 203.0.113.1/24 dev net
ip -n "${id}cn" route add default via 203.0.113.1
for n in 7 8 9; do ip -n "${id}mn" addr add 198.51.100.$n/32 dev eth0; done
for n in 2 3; do ip -n "${id}mn" addr add 2001:db8:a000:$n::2/128 dev eth0 nodad; done
ip -n "${id}mn" route replace default via 198.51.100.1 dev eth0 onlink

if [ "$hook" = xdp ]; then # as datapath-xdp.sh says
	for end in cn:eth0 r1:west r2:east mn:eth0; do in_ns ${end%:*} ethtool -K ${end#*:} tx off gro on >/dev/null; done
fi
start lma --role lma --core core --network net --pool $pool --pool ::ffff:198.51.100.0/120 --hook "$hook"
start mag1 --role mag --core core --access access --hook "$hook"
for n in 1 2 3; do
	mag=mag$n other=lma${n#1}
	say lma ensure $lma "${!mag}"
	say lma set 2001:db8:a000:$n::/64 $lma "${!mag}" -
	say lma set ::ffff:198.51.100.$((6 + n))/128 $lma "${!mag}" -
	say mag1 ensure $mag1 "${!other}"
	say mag1 set 2001:db8:a000:$n::/64 $mag1 "${!other}" access
	say mag1 set ::ffff:198.51.100.$((6 + n))/128 $mag1 "${!other}" access
done

forget() { # forget NS...: what has been learnt about paths
	local n
	for n; do
		ip -n "$id$n" -6 route flush cache
		ip -n "$id$n" route flush cache
	done
}
learnt() { # learnt MTU NS ADDRESS...: its route has it; what it says otherwise tells whether it was told
	local route
	route=$(in_ns "$2" ip route get "${@:3}")
	has "mtu $1" "$route" && return
	echo "$route"
	# shellcheck disable=SC2016 # awk's own
	in_ns "$2" awk '$1 == "Icmp6InPktTooBigs" { print "too big, IPv6:", $2 } /^Icmp: [0-9]/ { print "unreachable, IPv4:", $5 }' /proc/net/snmp6 /proc/net/snmp
	return 1
}

# A host forgets within 30 s what it was told of a path by way of a neighbour that it does not know as a router. No Router Advertisement says so
# here, nor does a Neighbour Solicitation, which the first packet to it would be preceded by.
in_ns mn ping -q -c 1 -W 5 fe80::1%eth0 >/dev/null
check "the mobile node knows its router as one" has router "$(in_ns mn ip -6 neigh show fe80::1 dev eth0)"
echo "# Packet Too Big"
check "ping" ping_quickly cn "$mn"
check "IPv4 ping" ping_quickly cn "$mn4"
for way in "cn $mn" "mn -I $mn $cn" "cn $mn4" "mn -I $mn4 $cn4"; do
	read -r who where <<<"$way"
	if has : "$where"; then size=1412; else size=1432; fi
	# shellcheck disable=SC2086
	check "$way: 1460 octets do not pass" not in_ns $who ping -c 2 -i 0.3 -W 1 -M 'do' -s $size $where
	check "$way: who sends them is told of 1360" has "mtu ?= ?1360" "$(<"$dir/last")"
	# shellcheck disable=SC2086
	check "$way: 1360 do" in_ns $who ping -q -c 1 -W 2 -M 'do' -s $((size - 100)) $where
done
check "IPv4 that may be fragmented" in_ns cn ping -q -c 1 -W 2 -M dont -s 3000 $mn4

[ "$hook" = xdp ] || echo "# TCP"
for how in on off; do
	[ "$hook" = tc ] || break # veth has to do without offloads, and with GRO
	offloads $how cn:eth0 lma:net lma:core r1:west r1:east r2:west r2:east mag1:core mag1:access mn:eth0
	for way in "cn mn $mn" "mn cn $cn $mn" "cn mn $mn4" "mn cn $cn4 $mn4"; do
		read -r who to_whom where source <<<"$way"
		forget cn lma mag1 mn
		check "TCP $way, offloads $how, does not know yet" not learnt 1360 "$who" "$where" ${source:+from "$source"}
		tcp "$who" "$to_whom" "$where" 1 "$source"
		check "but recovers" [ "$rate" -gt "$least" ]
		check "for it is told" learnt 1360 "$who" "$where" ${source:+from "$source"}
	done
done

echo "# unreachable"
for n in 2 3; do
	check "MAG $n: IPv6 is unreachable" not in_ns cn ping -c 1 -W 1 2001:db8:a000:$n::2
	check "and the CN is told" has 'Address unreachable' "$(<"$dir/last")"
	check "MAG $n: IPv4 is unreachable" not in_ns cn ping -c 1 -W 1 198.51.100.$((6 + n))
	check "and the CN is told" has 'Destination Host Unreachable' "$(<"$dir/last")"
	check "LMA $n: IPv6 is unreachable" not in_ns mn ping -c 1 -W 1 -I 2001:db8:a000:$n::2 $cn
	check "and the mobile node is told" has 'Address unreachable' "$(<"$dir/last")"
	check "LMA $n: IPv4 is unreachable" not in_ns mn ping -c 1 -W 1 -I 198.51.100.$((6 + n)) $cn4
	check "and the mobile node is told" has 'Destination Host Unreachable' "$(<"$dir/last")"
done

say lma set 2001:db8:a000:5::/64 $lma $mag2 -
say lma set ::ffff:198.51.100.10/128 $lma $mag2 -
check "from one mobile node to another: IPv6" not in_ns mn ping -c 1 -W 1 -I "$mn" 2001:db8:a000:5::2
check "who sent it is told through a tunnel" has 'Address unreachable' "$(<"$dir/last")"
check "from one mobile node to another: IPv4" not in_ns mn ping -c 1 -W 1 -I "$mn4" 198.51.100.10
check "who sent it is told through a tunnel" has 'Destination Host Unreachable' "$(<"$dir/last")"

if [ "$backend" = bpf ]; then
	echo "# true ones and others"
	read -r spoofed other < <(/usr/bin/python3 "$errors" drops)
	was_spoofed=$(counter lma drop_spoofed)
	was_other=$(counter lma drop_other)
	capture_begin cn.pcap cn eth0 "(icmp6 and ip6[40] < 128) or (icmp and icmp[0] == 3)"
	in_ns r1 /usr/bin/python3 "$errors" send west "$(in_ns lma cat /sys/class/net/core/address)"
	capture_end
	check "the CN gets what it has to, octet for octet" /usr/bin/python3 "$errors" compare "$dir/cn.pcap"
	cat "$dir/last"
	check "$spoofed of them are spoofed" [ "$(counter lma drop_spoofed)" = $((was_spoofed + spoofed)) ]
	check "$other tell nothing" [ "$(counter lma drop_other)" = $((was_other + other)) ]
	was_spoofed=$(counter mag1 drop_spoofed)
	capture_begin mn.pcap mn eth0 "icmp6 and ip6[40] < 128"
	in_ns r2 /usr/bin/python3 "$errors" forge east "$(in_ns mag1 cat /sys/class/net/core/address)"
	capture_end
	check "two forged ones are spoofed at the MAG, too" [ "$(counter mag1 drop_spoofed)" = $((was_spoofed + 2)) ]
	check "and the mobile node gets the true one only" [ "$(tcpdump -nr "$dir/mn.pcap" 2>/dev/null | grep -c "too big, mtu 1360")" = 1 ]
	check "and no other" [ "$(tcpdump -nr "$dir/mn.pcap" 2>/dev/null | wc -l)" = 1 ]
fi
stop lma
stop mag1
all_passed
