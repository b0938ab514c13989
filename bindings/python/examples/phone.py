#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""A mobile node follows the network: the reflector sends what a flow says by the interface by which its other direction comes in."""
import struct

from pmip import flow

WLAN, LTE = 3, 4
SERVER, PHONE = '20010db8000000000000000000000080', '20010db8010000000000000000000001'


def packet(source, destination, source_port, destination_port):
    """A TCP segment."""
    upper = struct.pack('>HHIIHHHH', source_port, destination_port, 1, 1, 0x5010, 1000, 0, 0)
    return flow.decode(struct.pack('>IHBB', 0x60000000, len(upper), 6, 64) + bytes.fromhex(source + destination) + upper)


down, up = packet(SERVER, PHONE, 443, 50000), packet(PHONE, SERVER, 50000, 443)
with flow.Reflector(flow.ReflectorMode.CONFIRMED, max_flows=1000, idle_timeout_ms=60000) as reflector:
    for milliseconds, interface in ((0, WLAN), (10, WLAN), (20, LTE), (30, WLAN), (40, LTE), (50, LTE), (60, LTE)):
        seen = reflector.input(down, interface, milliseconds * 1000)
        leaves = reflector.output(up, milliseconds * 1000)
        print(f'{milliseconds:2} ms: in by {"WLAN" if interface == WLAN else "LTE ":4} {seen.name:6} answer leaves by {"WLAN" if leaves == WLAN else "LTE"}')
    for known in reflector:
        print(known.flow, 'on', known.interface, known.octets, 'octets')
    print(reflector.get_counters())
