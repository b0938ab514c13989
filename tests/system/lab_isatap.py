#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
# May run beside others.
"""3G that has IPv4 alone, as the paper's testbed had it, in user-mode Linux: the phone reaches its MAG by ISATAP, its Router Solicitation through the
tunnel attaches it, the link has 3G's delay, and a video moves between it and the WLAN without a loss."""
import os
import time

import system
import kernel
import labs
from laboratory import Laboratory
from netns import wait_for

RTT_MS = 100


def attached(checks, lab):
    """What the attachment was triggered by, and what is on the cable."""
    events = [(e['trigger'], e['link']) for e in lab.node('mag1').daemon.events() if e['event'] in ('attach-seen', 'solicit-seen')]
    checks.check(events and events[0] == ('router solicitation', 'mn-3g'), 'the Router Solicitation through the tunnel attaches it', events)
    node = lab.node('mn')
    address = lab.address('mn', '3g')
    checks.check(':5efe:a40:2' in address, 'its address has the IPv4 address in it', address)
    routes = node.netns.ip('-6', 'route', 'show', 'default', 'dev', 'is-3g')
    checks.check('via fe80::5efe:a40:1' in routes, 'its router is the MAG, by ISATAP', routes.strip())
    cable = node.netns.start('cable', 'tcpdump', '-i', '3g', '-n', '-l', '-Z', 'root', 'ip proto 41 or (ip6 and ether src 02:00:00:00:01:00)')
    wait_for('tcpdump', 10, lambda: 'listening on' in lab.lab.said(cable))
    round_trip = lab.round_trip_ms('cn', 'mn', '3g')
    checks.check(round_trip and RTT_MS <= round_trip < RTT_MS * 1.5, 'round trips are those of 3G', round_trip)
    time.sleep(0.5)
    lab.lab.stop(cable)
    lines = [line for line in lab.lab.said(cable).splitlines() if ' > ' in line]
    checks.check(len(lines) >= 10 and all('IP 10.64.0.' in line for line in lines), 'its cable carries IPv4 alone', lines[:1])


def moved(checks, lab):
    """A video to the WLAN and back."""
    captures = {radio: lab.capture('mn', radio, 'udp') for radio in ('3g', 'wlan')}
    video = lab.video('cn', 'mn', 300, radio='3g')
    lab.flow(video.port)
    time.sleep(1)
    asked = {}
    for radio in ('wlan', '3g'):
        asked[radio] = lab.move_flow(video.port, 'mn', radio)
        time.sleep(1.5)
    video.stop()
    time.sleep(1)
    firsts = {radio: captures[radio].first(ns, lambda p: p.kind == 'UDP') for radio, ns in asked.items()}
    checks.check(all(firsts.values()), 'a video is moved to the WLAN and back',
                 {radio: f'{(first.ns - asked[radio]) / 1e6:.0f} ms' for radio, first in firsts.items() if first})
    numbers = {packet.seq for capture in captures.values() for packet in capture.packets() if packet.kind == 'UDP'}
    checks.check(numbers == set(range(max(numbers) + 1)), 'no packet is lost', f'{len(numbers)} of {max(numbers) + 1}')


def test(checks):
    """Attach, move a flow, detach, attach again."""
    os.environ[kernel.INSIDE] = 'uml'
    kernel.prepare()
    with Laboratory('umts-isatap', f'{system.STEM}{os.getpid()}') as lab:
        attached(checks, lab)
        moved(checks, lab)
        node = lab.node('mn')
        lab.detach('mn', '3g')
        checks.eventually('without the cable it is not bound by 3G', 10, lambda: not any(
            b['state'] == 'active' and b['remote'] == lab.node('mag1').address for b in lab.node('lma').daemon.ask('bindings')['bindings']))
        lab.attach('mn', '3g', 'mag1')
        checks.eventually('it comes back', 10, lambda: lab.reached('cn', 'mn', '3g'))
        checks.check(lab.binding(node, node.radios['3g'])['state'] == 'active', 'and is bound')
        with labs.joined(lab.name) as joined:
            joined.detach('mn', '3g')
            joined.attach('mn', '3g', 'mag1')
        checks.check(lab.reached('cn', 'mn', '3g'), 'attached by a command that has ended, it is reached: its gateway is still there')


system.main_inside(test, ('ip', 'nsenter', 'tcpdump', 'tc', 'ping'))
