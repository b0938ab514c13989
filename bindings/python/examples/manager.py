#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""The flow manager's engine: it sees packets, asks the LMA where their flows go, and moves one off a congested tunnel. The LMA is a few lines here."""
import struct

import pmip
from pmip import flow

Op = flow.FmpOp
WLAN, LTE, SECOND = 1, 2, 1000000
PHONE = {'mn_id': 'mn1@example.com', 'prefix': ['2001:db8:100::/64'], 'model': flow.Model.LOGICAL_INTERFACE}
TUNNELS = [{**PHONE, 'tunnel': WLAN, 'proxy_coa': '2001:db8:1a::1', 'att': pmip.Att.WLAN}, {**PHONE, 'tunnel': LTE, 'proxy_coa': '2001:db8:1b::1', 'att': pmip.Att.EUTRAN}]


def packet(port):
    """One to the phone."""
    upper = struct.pack('>HH', 443, port).ljust(1000, b'\0')
    return flow.decode(struct.pack('>IHBB', 0x60000000, len(upper), 6, 64) + bytes.fromhex('20010db8' + '0' * 22 + '80' + '20010db80100' + '0' * 19 + '1') + upper)


def lma(request):
    """What the LMA answers."""
    if request.op == Op.TUNNELS:
        return request.answer(more=False, items=TUNNELS)
    if request.op == Op.LIST:
        return request.answer(more=False, items=[])
    if request.op == Op.ADD:
        return request.answer(flow_id=request.flow.dst_port, tunnel=WLAN)
    if request.op == Op.MOVE:
        return request.answer(flow_id=request.flow_id, tunnel=LTE)
    return request.answer()


def turn(manager, now):
    """Do what the manager wants."""
    for action in manager.actions():
        if isinstance(action, flow.Connect):
            manager.set_socket_up(True, now)
        elif isinstance(action, flow.Send):
            request = flow.FmpMessage.decode(action.data)
            print(f'{now / SECOND:4} s  asks {Op(request.op).name}')
            manager.input(lma(request).encode(), now)
        elif isinstance(action, flow.PassPacket):
            print(f'{now / SECOND:4} s  packet {action.handle} passes, marked for tunnel {action.tunnel}')
        elif isinstance(action, flow.FlowChanged):
            print(f'{now / SECOND:4} s  {action.event.flow}: tunnel {action.event.old_tunnel} -> {action.event.tunnel}, {action.event.reason.name}')


policy = flow.Policy()
policy.add_rule(flow.PolicyRule(name='wlan-first', prefer=[pmip.Att.WLAN, pmip.Att.EUTRAN]))
with flow.Manager(flow.ManagerConfig(congestion=(50, 20)), policy=policy) as manager:
    manager.handle_timeout(0)
    turn(manager, 0)
    for handle, port in enumerate((50000, 50000, 50001), start=1):
        manager.input_packet(packet(port), handle, SECOND)
        turn(manager, SECOND)
    for second, dropped in ((2, 0), (10, 0), (11, 500), (12, 500)):
        manager.set_tunnel_counters(WLAN, second * 1000, second * 1000000, dropped)
        manager.evaluate(second * SECOND)
        turn(manager, second * SECOND)
    for info in manager.flows():
        print(f'{info.flow} on tunnel {info.tunnel} because of {info.reason.name}')
