#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""A whole domain in one process: an LMA, two MAGs, a mobile node that attaches by two interfaces, and a flow that moves from one to the other."""
import pmip

LMA, WLAN, LTE = '2001:db8:a::1', '2001:db8:1a::1', '2001:db8:1b::1'
PHONE = pmip.Profile(mn_id='mn1@example.com', ll_id='02:00:00:00:00:01', alias=['02:00:00:00:00:02'], shares_prefixes=True, flow_mobility=True)


def lma(address, mags):
    config = pmip.LmaConfig(address=address)
    config.add_pool('2001:db8:100::/48', 64)
    config.add_profile(PHONE)
    for mag_address in mags:
        config.add_peer(pmip.Peer(addr=mag_address))
    return pmip.Lma(config)


def mag(address):
    config = pmip.MagConfig(proxy_coa=address, lma=LMA)
    config.add_profile(PHONE)
    return pmip.Mag(config)


def settle(nodes, now):
    """Carry messages to and fro until nobody has anything to say."""
    while actions := [(node, action) for node in nodes for action in nodes[node].run(now)]:
        for node, action in actions:
            if isinstance(action, pmip.Dgram):
                nodes[str(action.dst)].input(action, now)
            elif isinstance(action, pmip.Event):
                print(f'{now / 1e6:.1f} s  {node:15}  {action.type.name:16} {action.flow if action.flow_id else action.mn_id}')


nodes = {LMA: lma(LMA, [WLAN, LTE]), WLAN: mag(WLAN), LTE: mag(LTE)}
nodes[WLAN].attach(pmip.Attach(link=1, ll_id='02:00:00:00:00:01', att=pmip.Att.WLAN), 1000000)
settle(nodes, 1000000)
nodes[LTE].attach(pmip.Attach(link=1, ll_id='02:00:00:00:00:02', att=pmip.Att.EUTRAN), 2000000)
settle(nodes, 2000000)
prefix, = {prefix for binding in nodes[LMA].bindings() for prefix in binding.prefix}
flow = nodes[LMA].add_flow(pmip.Flow(src='2001:db8::80', dst=prefix[1], protocol=6, src_port=443, dst_port=50000), 3000000)
nodes[LMA].move_flow(flow.flow_id, flow.tunnel, 0, 3000000)
settle(nodes, 3000000)
print(f'It went through {flow.remote}, it goes through {nodes[LMA].get_flow(flow.flow_id).remote}')
