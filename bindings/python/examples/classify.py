#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""classify.py [CAPTURE]: which path each flow of a capture takes, by rules of traffic selectors (RFC 6088). Without a capture, of packets that it makes."""
import collections
import struct
import sys

import pmip
from pmip import flow

WLAN, LTE = 4, 8


def made():
    """IPv6 packets of three flows."""
    for proto, port, octets in ((6, 443, 1200), (17, 5004, 200), (6, 22, 80), (6, 443, 1200), (17, 5004, 200)):
        upper = struct.pack('>HH', port, 50000).ljust(octets, b'\0')
        yield struct.pack('>IHBB', 0x60000000, len(upper), proto, 64) + bytes.fromhex('20010db8' + '0' * 22 + '80' + '20010db80100' + '0' * 19 + '1') + upper


def main(packets):
    """Print each flow, its octets and its path."""
    rules = flow.Classifier(direction=flow.Direction.DOWNLINK)
    for number, (paths, fields) in enumerate((([WLAN, LTE], {'src_port_start': 80, 'src_port_end': 443}), ([LTE], {'protocol_start': 17})), start=1):
        selector = flow.selector(format=pmip.SelectorFormat.IPV6, **fields)
        rules.add(flow.Rule(id=number, priority=number, active=True, verdict=flow.Verdict.FORWARD, path=paths, selectors=[selector]))
    flows = collections.defaultdict(int)
    for octets in packets:
        packet = flow.decode(octets)
        decision = rules.decide(packet, [LTE, WLAN])
        flows[str(packet.flow), pmip.Att(decision.path).name, decision.rule] += packet.total_len
    for (text, path, rule), total in flows.items():
        print(f'{total:6} octets by {path:7} {f"rule {rule}" if rule else "default"}: {text}')


main((captured.data for captured in pmip.read_pcap(sys.argv[1])) if len(sys.argv) > 1 else made())
