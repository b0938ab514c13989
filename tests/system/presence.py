#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
# May run beside others.
# Proves MAG-31, MAG-41.
"""A mobile node behind a bridge, so that the MAG's interface keeps its carrier whatever becomes of the mobile node's cable. While it is
there it answers and its binding is extended; once it is unplugged it is de-registered instead. The MAG's own periodic probes are out
of the way: once an hour."""
import time

import system
from domain import Domain
from netns import wait_for

EXTRA = 'lifetime: 8s\nprobe_interval: 1h\n'


def bridge(domain, mag, host):
    """Put a bridge between the mobile node and acc0 of the MAG; the mobile node's port is not up yet."""
    switch = domain.lab.add_netns('switch')
    switch.sysctl(ipv6__conf__default__disable_ipv6=1)
    host.netns.ip('link', 'set', host.acc, 'netns', switch.full_name, 'name', 'port')
    switch.ip_batch('link add br0 type bridge forward_delay 0 mcast_snooping 0\n'
                    f'link add uplink type veth peer name {host.acc} netns {mag.netns.full_name}\n'
                    'link set uplink master br0\nlink set port master br0\nlink set br0 up\nlink set uplink up\n')
    mag.netns.ip('link', 'set', host.acc, 'up')
    return switch


def test(checks):
    """Present, gone, back."""
    with Domain(system.prefix(), trigger='rs', mag_extra=EXTRA) as domain:
        mag, host = domain.mags[0], domain.host
        switch = bridge(domain, mag, host)
        domain.lma.start()
        mag.start()
        switch.ip('link', 'set', 'port', 'up')
        host.wait_address()
        wait_for('two extensions', 15, lambda: mag.counters()['refreshed'] >= 2)
        seen = [event for event in mag.events() if event['event'] == 'present-seen']
        checks.check(len(seen) >= 2 and mag.counters()['detached'] == 0, 'a mobile node that is there answers, and is extended')

        switch.ip('link', 'set', 'port', 'down')
        before = mag.counters()
        checks.eventually('one that is gone without a link event is detached', 10, lambda: mag.counters()['detached'])
        after = mag.counters()
        checks.check('LOWER_UP' in mag.netns.ip('link', 'show', host.acc), 'the link of the MAG is up all the time')
        checks.check((after['refreshed'], after['pbu_sent']) == (before['refreshed'], before['pbu_sent'] + 1),
                     'its binding is not extended any more; the only PBU de-registers')
        wait_for('no binding at the MAG', 5, lambda: not mag.ask('bindings')['bindings'])

        domain.lma.kill()
        switch.ip('link', 'set', 'port', 'up')
        host.solicit()
        checks.eventually('it comes back while the LMA is dead: PBUs are sent again', 10,
                          lambda: mag.counters()['retransmitted'] > after['retransmitted'])
        switch.ip('link', 'set', 'port', 'down')
        wait_for('the end', 20, lambda: mag.counters()['detached'] == 2)
        sent = mag.counters()['retransmitted']
        time.sleep(3)
        checks.check(mag.counters()['retransmitted'] == sent and not mag.ask('bindings')['bindings'],
                     'and no more once it is gone; the MAG has forgotten it')


system.main(test, ('ip', 'nsenter'))
