#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# May run beside others.
# Routes and rules by backend/nl.h on the running kernel, checked with ip(8). The links are one veth pair in a namespace of its own.
set -euo pipefail

if [ "$(id -u)" -ne 0 ]; then
	echo "needs root" >&2
	exit 77
fi
if [ -z "${NL_SH_INSIDE:-}" ]; then
	NL_SH_INSIDE=1 exec unshare -n "$BASH" "$0"
fi
check=${top_builddir:?}/tests/system/nl_check

state() {
	ip -6 rule
	ip -6 route show table all
	ip -4 rule
	ip -4 route show table all
	ip nexthop
}

expect() {
	if ! grep -Eq -- "$2" <<<"$1"; then
		printf 'expected a line like: %s\nfound:\n%s\n' "$2" "$1" >&2
		exit 1
	fi
}

ip link set lo up
ip link add nl0 type veth peer name nl1
ip link set nl0 addrgenmode none up
ip link set nl1 addrgenmode none up
# a route and a rule of somebody else: equal but for the mark
ip -6 route add 2001:db8:1::/64 dev nl0 metric 300
ip -6 rule add iif nl1 lookup 5213 priority 5213
ip -4 route add 192.0.2.7 dev nl0
ip -4 rule add from 192.0.2.8 lookup 5213 priority 5213
ip nexthop add id 77 dev nl0
before=$(state)
"$check" measure 1000
diff <(echo "$before") <(state)
"$check" fill
after=$(state)
expect "$after" '^2001:db8:1::/64 dev nl1 proto 213 metric 213 mtu 1400'
expect "$after" '^2001:db8:1::/64 dev nl0 metric 300'
expect "$after" '^blackhole 2001:db8::/32 dev lo proto 213'
expect "$after" '^default from 2001:db8:1::/64 dev nl0 table 5213 proto 213'
expect "$after" '^blackhole default dev lo table 5213 proto 213'
expect "$after" '^5213:.*from all iif nl0 lookup 5213 proto 213'
expect "$after" '^192.0.2.7 dev nl1 proto 213 scope link metric 213'
expect "$after" '^192.0.2.7 dev nl0 scope link'
expect "$after" '^blackhole default table 5213 proto 213'
expect "$after" '^5213:.*from 192.0.2.7 iif nl0 lookup 5213 proto 213'
expect "$after" '^id 3573547009 dev nl1 .*proto 213'
expect "$after" '^2001:db8:3::/64 nhid 3573547009 dev nl1 proto 213'
expect "$after" '^192.0.2.9 nhid 3573547009 dev nl1 proto 213'
[ "$(grep -c 'iif nl0' <<<"$after")" -eq 2 ]
"$check" empty
diff <(echo "$before") <(state)
