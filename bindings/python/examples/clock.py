#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Time is an argument: hours of a lossy network in a moment. A MAG keeps a binding alive by extending it; three of ten messages are lost."""
import random

import pmip

MAG, LMA, HOUR = '2001:db8:1a::1', '2001:db8:a::1', 3600 * 1000000
random.seed(1)
lma_config = pmip.LmaConfig(address=LMA, max_lifetime=600)
lma_config.add_pool('2001:db8:100::/48', 64)
lma_config.add_peer(pmip.Peer(addr=MAG))
mag_config = pmip.MagConfig(proxy_coa=MAG, lma=LMA)
for config in (lma_config, mag_config):
    config.add_profile(pmip.Profile(mn_id='mn1@example.com', ll_id='02:00:00:00:00:01'))
nodes = {LMA: pmip.Lma(lma_config), MAG: pmip.Mag(mag_config)}


def step(now):
    """All that happens now."""
    while actions := [action for node in nodes.values() for action in node.run(now)]:
        for action in actions:
            if isinstance(action, pmip.Dgram) and random.random() < 0.7:
                nodes[str(action.dst)].input(action, now)
            elif isinstance(action, pmip.Event) and action.type == pmip.EventType.UNANSWERED:
                print(f'{now / HOUR:.2f} h  {action.type.name} {action.mn_id}')


now = 1000000
nodes[MAG].attach(pmip.Attach(link=1, ll_id='02:00:00:00:00:01', att=pmip.Att.WLAN), now)
while now < 6 * HOUR:
    step(now)
    now = min(node.next_deadline() for node in nodes.values())
    for node in nodes.values():
        if node.next_deadline() <= now:
            node.handle_timeout(now)
bound, sent = nodes[LMA].count_bindings(), nodes[MAG].counters
print(f'{now / HOUR:.0f} hours: {bound} binding, {sent["pbu_sent"]} PBUs, {sent["retransmitted"]} of them again, {sent["refreshed"]} extensions')
