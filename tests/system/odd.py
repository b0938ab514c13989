# SPDX-License-Identifier: BSD-2-Clause
"""Packets that are not plain to a router, and one kind that is, for datapath-*.sh: odd.py INTERFACE LLADDR KIND DESTINATION, five of them to the router at LLADDR."""
import logging
import sys

logging.getLogger("scapy").setLevel(logging.ERROR)
from scapy.all import Ether, IP, IPOption_NOP, IPv6, UDP, sendp  # noqa: E402

COUNT, CN4 = 5, "203.0.113.2"
KINDS = {
    "plain": IP(src=CN4),
    "options": IP(src=CN4, options=[IPOption_NOP()] * 4),
    "this-network": IP(src="0.0.0.7"),
    "loopback": IP(src="127.0.0.7"),
    "group": IP(src="224.0.0.7"),
    "mapped": IPv6(src=f"::ffff:{CN4}"),
    "loopback6": IPv6(src="::1"),
}

packet = KINDS[sys.argv[3]]
packet.dst = sys.argv[4]
sendp(Ether(dst=sys.argv[2]) / packet / UDP(sport=7, dport=7), iface=sys.argv[1], count=COUNT, verbose=False)
