#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
# May run beside others.
# Proves TUN-3, FLO-2.
# The bpf datapath by tc with an interface to the network at the LMA: CN - LMA - {MAG1, MAG2} - MN. What is plain goes into its tunnel where it has
# come in, and from there to the mobile node, which shows in what the kernels have not forwarded; only the answers are. DP_DRIVE may name another build of dp_drive.
set -Eeuo pipefail

self=$(realpath "$0")
drive=${DP_DRIVE:-${top_builddir:-.}/tests/system/dp_drive}
backend=bpf id=pmn$$-

# shellcheck source=tests/system/drive.sh
. "${self%/*}/drive.sh"
needs ip tc bpftool ethtool ping iperf3 jq

network
start_lma() { start lma --role lma --core core1 --core core2 --pool "$pool" --pool "$pool4" --network net "$@"; }
bind_lma() {
	say lma ensure $lma $mag1
	say lma ensure $lma $mag2
	say lma set $hnp $lma $mag1 - group 1
	say lma path-set 1 $lma $mag2
}
programs() { # programs: of ours at the interface to the network, by TCX or as a filter
	{ in_ns lma /usr/bin/python3 "${self%/*}/tcx.py"; in_ns lma tc filter show dev net ingress; } | grep -c '^net \|pmip_network' || true
}

start_lma
bind_lma
for n in 1 2; do
	mag=mag$n
	start "$mag" --role mag --core core --access access --bypass-netfilter
	say "$mag" ensure "${!mag}" $lma
	say "$mag" set $hnp "${!mag}" $lma access
done
check "it is at the interface to the network" [ "$(programs)" = 1 ]
ping_quickly cn $mn >/dev/null # neighbours become known

echo "# forwarding"
was=$(forwarded) mag_was=$(forwarded mag1) encap_was=$(counter lma encap)
check "ping" in_ns cn ping -q -c 100 -i 0.002 -W 2 $mn
check "the kernel has forwarded the answers alone" [ "$(forwarded)" = $((was + 100)) ]
check "and so has the MAG's" [ "$(forwarded mag1)" = $((mag_was + 100)) ]
check "100 went in" [ "$(counter lma encap)" = $((encap_was + 100)) ]
for how in on off; do
	offloads $how cn:eth0 lma:net lma:core1 mag1:core mag1:access mn:mn1 >/dev/null
	tcp cn mn $mn 2
	check "TCP to the mobile node, offloads $how" [ "$rate" -gt "$least" ]
done

echo "# what is not plain"
not_plain
ip -n "${id}lma" neigh flush dev core1
check "the first packet to a neighbour not known" in_ns cn ping -q -c 1 -W 2 $mn
ip -n "${id}mag1" neigh flush dev access
sleep 0.2 # what is known of a mobile node lives half as long
check "the first packet to a mobile node not known" in_ns cn ping -q -c 1 -W 2 $mn
ip -n "${id}lma" link set core1 mtu 1499
sleep 0.05 # what is known of the way to the MAG lives as long
check "a core link that has become smaller takes no packet of 1460 octets" not in_ns cn ping -q -c 1 -W 0.3 -M 'do' -s 1412 $mn
check "but one of 1459" in_ns cn ping -q -c 1 -W 2 -M 'do' -s 1411 $mn
ip -n "${id}lma" link set core1 mtu 1500
in_ns mag1 ip link set core address 02:00:00:00:00:77
ip -n "${id}lma" neigh replace $mag1 lladdr 02:00:00:00:00:77 dev core1
sleep 0.05
check "a MAG that has another link-layer address now" ping_quickly cn $mn
drops=$(counter lma drop_unbound)
check "an address that is not bound" not in_ns cn ping -q -c 3 -i 0.05 -W 0.3 $unbound
check "is dropped and counted" [ "$(counter lma drop_unbound)" = $((drops + 3)) ]

odd_packets
check "a MAG has no interfaces to the network" not in_ns mag1 "$drive" --backend bpf --role mag --core core --device other --network access </dev/null
check "and says where packets come in there" has 'error bpf: interfaces to the network are an LMA' "$(<"$dir/last")"

echo "# a flow that is moved"
say lma flow-set $cn 7001 $mn 7002 17 $lma $mag2 group 1
was=$(forwarded)
datagrams 100
say lma flows
check "is counted, a hundred times 100 octets" has 'packets=100 octets=10000 ' "$answer"
say lma tunnel $lma $mag2
check "and goes by its tunnel" has 'packets=100 ' "$answer"
check "none of it by the kernel's forwarding" [ "$(forwarded)" -lt $((was + 100)) ]

echo "# killed and started again"
kill_driver lma
check "it goes on" in_ns cn ping -q -c 20 -i 0.01 -W 1 $mn
start_lma
bind_lma
say lma sweep
was=$(forwarded)
check "and with a successor" in_ns cn ping -q -c 20 -i 0.01 -W 1 $mn
check "by the same way" [ "$(forwarded) $(programs)" = "$((was + 20)) 1" ]
stop lma
check "nothing is left" [ "$(programs)" = 0 ]

echo "# before TCX"
start_lma --core net --without-tcx
bind_lma
check "filters for the core and the network at one interface" [ "$(in_ns lma tc filter show dev net ingress | grep -c 'pmip_decap\|pmip_network')" = 2 ]
check "forward" in_ns cn ping -q -c 20 -i 0.01 -W 1 $mn
stop lma
check "and go" [ "$(in_ns lma tc filter show dev net ingress | wc -l)" = 0 ]

all_passed
