#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
# May run beside others.
# Proves TUN-3, TUN-4, FWD-1, FWD-2, FLO-2.
# The bpf datapath with XDP: CN - LMA - {MAG1, MAG2} - MN over veth, which does native XDP. Where packets begin checksum offload is off, and
# where they end GRO is on, as the log asks for. That a packet has gone by XDP shows in what the kernel has not forwarded.
# DP_DRIVE may name another build of dp_drive.
set -Eeuo pipefail

self=$(realpath "$0")
drive=${DP_DRIVE:-${top_builddir:-.}/tests/system/dp_drive}
backend=bpf id=pmx$$-

# shellcheck source=tests/system/drive.sh
. "${self%/*}/drive.sh"
needs ip bpftool ethtool ping iperf3 jq

network
for end in cn:eth0 mn:mn1 mn:mn2; do in_ns "${end%:*}" ethtool -K "${end#*:}" tx off gro on >/dev/null; done

start_lma() { start lma --role lma --core core1 --core core2 --pool "$pool" --pool "$pool4" --hook "${hook:-xdp}" --network net; }
bind_lma() {
	say lma ensure $lma $mag1
	say lma ensure $lma $mag2
	say lma path-set 1 $lma $mag1
	say lma path-set 1 $lma $mag2
	say lma set $hnp $lma $mag1 - group 1
}
start_mag() { start "mag$1" --role mag --core core --access access --hook xdp; }
bind_mag() {
	local mag=mag$1
	say "$mag" ensure "${!mag}" $lma
	say "$mag" set $hnp "${!mag}" $lma access
}
at_interfaces() { in_ns "$1" ip -o link | grep -c 'prog/xdp' || true; }

start_lma; start_mag 1; start_mag 2
check "the log says what to switch off" grep -q 'XDP on net, a veth device.*tx off.*gro on' "$dir/lma.log"
bind_lma; bind_mag 1; bind_mag 2
check "it is at the LMA's interfaces and the MAG's" [ "$(at_interfaces lma) $(at_interfaces mag1)" = "3 2" ]
ping_quickly cn $mn >/dev/null # neighbours become known
ping_quickly mn -I $mn $cn >/dev/null

echo "# forwarding"
lma_was=$(forwarded lma) mag_was=$(forwarded mag1) encap_was=$(counter lma encap) decap_was=$(counter lma decap)
say lma tunnel $lma $mag1
tunnel_was=${answer#*packets=}; tunnel_was=${tunnel_was%% *}
check "ping" in_ns cn ping -q -c 100 -i 0.002 -W 2 $mn
check "the kernel has forwarded nothing of it" [ "$(forwarded lma) $(forwarded mag1)" = "$lma_was $mag_was" ]
check "100 went in and 100 came out" [ "$(counter lma encap) $(counter lma decap)" = "$((encap_was + 100)) $((decap_was + 100))" ]
say lma tunnel $lma $mag1
check "and the tunnel has counted them" has "packets=$((tunnel_was + 100)) " "$answer"
tcp cn mn $mn 2
check "TCP to the mobile node" [ "$rate" -gt "$least" ]
tcp mn cn $cn 2 $mn
check "TCP from the mobile node" [ "$rate" -gt "$least" ]

echo "# what is not plain"
not_plain
ip -n "${id}lma" neigh flush dev core1; ip -n "${id}mag1" neigh flush dev access
check "the first packet to a neighbour not known" in_ns cn ping -q -c 1 -W 2 $mn
check "the mobile node reaches its router by link-local addresses" ping_quickly mn fe80::1%mn1
check "and the MAG's own address" ping_quickly mn -I $mn $mag1

odd_packets

echo "# what may not pass"
was=$(counter mag1 drop_unbound)
check "a source that is not bound" not in_ns mn ping -q -c 3 -i 0.05 -W 0.3 -I $unbound $cn
check "is dropped and counted" [ "$(counter mag1 drop_unbound)" = $((was + 3)) ]
say lma path-clear 1 $lma $mag2
was=$(counter lma drop_spoofed)
ip -n "${id}mn" route replace default via fe80::1 dev mn2
check "a source that is bound to another tunnel" not in_ns mn ping -q -c 3 -i 0.05 -W 0.3 -I $mn $cn
check "is dropped and counted at the LMA" [ "$(counter lma drop_spoofed)" = $((was + 3)) ]
ip -n "${id}mn" route replace default via fe80::1 dev mn1
say lma path-set 1 $lma $mag2

echo "# flows"
say lma watch all
datagrams 3
say lma unknown
check "an unknown one is told" has "7001 > .*7002.*} 1\$" "$answer"
say lma watch none
say lma flow-set $cn 7001 $mn 7002 17 $lma $mag2 group 1
ping_quickly mn -I $mn $mag2 >/dev/null || true # MAG2's neighbours
datagrams 3
lma_was=$(forwarded lma)
say lma tunnel $lma $mag2
tunnel_was=${answer#*packets=}; tunnel_was=${tunnel_was%% *}
say lma flows
flow_was=${answer#*packets=}; flow_was=${flow_was%% *}
datagrams 100
say lma tunnel $lma $mag2
check "one that was moved goes by its tunnel" has "packets=$((tunnel_was + 100)) " "$answer"
say lma flows
check "and is counted, a hundred times 100 octets" has "packets=$((flow_was + 100)) octets=$(((flow_was + 100) * 100)) " "$answer"
check "all by XDP" [ "$(forwarded lma)" = "$lma_was" ]

echo "# killed and started again"
kill_driver lma mag1
lma_was=$(forwarded lma)
check "it goes on" in_ns cn ping -q -c 20 -i 0.01 -W 1 $mn
check "by XDP" [ "$(forwarded lma)" = "$lma_was" ]
start_lma; start_mag 1
check "it goes on with a successor" in_ns cn ping -q -c 20 -i 0.01 -W 1 $mn
bind_lma; bind_mag 1
say lma sweep; say mag1 sweep
check "and when that has taken over" in_ns cn ping -q -c 20 -i 0.01 -W 1 $mn # of these the kernel may have the first, to ask for neighbours
lma_was=$(forwarded lma) mag_was=$(forwarded mag1)
in_ns cn ping -q -c 20 -i 0.01 -W 1 $mn >"$dir/last"
check "by XDP again" [ "$(forwarded lma) $(forwarded mag1)" = "$lma_was $mag_was" ]
kill_driver lma
for n in core1 core2; do in_ns lma ethtool -K $n gro on >/dev/null; done # the other end has XDP still
hook=tc
start_lma
check "a successor without XDP takes it away" [ "$(at_interfaces lma)" = 0 ]
check "and goes on" in_ns cn ping -q -c 20 -i 0.01 -W 1 $mn
stop lma; stop mag1; stop mag2
check "nothing is left" [ "$(at_interfaces lma) $(at_interfaces mag1)" = "0 0" ]

echo "# the choice"
hook=auto
start_lma
check "auto leaves veth to tc" [ "$(at_interfaces lma)" = 0 ]
stop lma
hook=xdp
check "a driver that has no XDP is refused" not in_ns lma "$drive" --backend bpf --role lma --core lo --hook xdp </dev/null
check "with what to do about it" has 'error bpf: no XDP on lo: .*no native XDP; take bpf: tc, or auto' "$(<"$dir/last")"
check "auto does without" in_ns lma "$drive" --backend bpf --role lma --core lo --hook auto </dev/null
check "and nothing is left" not ip -n "${id}lma" link show pmip0

all_passed
