#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
# May run beside others.
"""The laboratory's Python interface: each kind of traffic arrives by the radio that it is to, a link's rate shows in it, and times of all sources are
of one clock."""
import functools
import os
import tempfile
import time

import system
import labs
from laboratory import Laboratory
from netns import LabError, wait_for

RATE_BPS = 2e6


def traffic(checks, lab):
    """TCP and UDP by iperf3, HTTP, video; three of them at a time."""
    lab.impair('mn-eth0', rate='2mbit', queue='200ms')
    start = time.monotonic()
    http = lab.http('cn', 'mn', 300000).result()
    took = time.monotonic() - start
    checks.check(not http['error'] and http['bytes'] == 300000, 'HTTP: all of it arrives', http)
    checks.check(http['bytes'] * 8 / http['seconds'] < 1.3 * RATE_BPS, 'no faster than the link', f'{http["bytes"] * 8 / http["seconds"] / 1e6:.2f} Mbit/s, {took:.1f} s')
    lab.impair('mn-eth0', rate='off', queue='off')
    tcp, udp, stream = lab.tcp('cn', 'mn', 2, '5M'), lab.udp('cn', 'mn', 2, '1M'), lab.video('cn', 'mn', 500)
    seen = udp.result(), tcp.result()
    stream.stop()
    checks.check(not seen[0]['error'] and seen[0]['bytes'] > 150000 and seen[0]['lost'] <= seen[0]['sent'] / 50, 'UDP by iperf3', seen[0])
    checks.check(not seen[1]['error'] and 0.5e6 < seen[1]['bytes'] < 2.5e6, 'TCP by iperf3, at its rate', seen[1])


def video(checks, lab):
    """A stream at a constant rate, over a handover."""
    capture = lab.capture('mn', 'eth0', 'udp or icmp6')
    stream = lab.video('cn', 'mn', 480, octets=600)  # 100 a second
    time.sleep(1)
    moved = lab.attach('mn', 'eth0', 'mag2')
    time.sleep(1)
    stream.stop()
    time.sleep(0.3)
    packets = [packet for packet in capture.packets() if packet.kind == 'UDP']
    span, sent = (packets[-1].ns - packets[0].ns) / 1e9, packets[-1].seq - packets[0].seq
    checks.check(80 < sent / span < 120, '100 datagrams a second', f'{sent} in {span:.2f} s')
    after = capture.first(moved, lambda packet: packet.kind == 'UDP')
    checks.check(after, 'it goes on at the next MAG', f'{(after.ns - moved) / 1e6:.1f} ms after the carrier' if after else '')
    event = next(e for e in lab.node('mag2').daemon.events() if e['event'] == 'attach-seen')
    told_ns = event['t_wall_us'] * 1000
    ra = capture.first(moved, lambda packet: packet.kind == 'RA')
    checks.check(moved - 5e6 < told_ns < ra.ns, 'carrier, the MAG\'s event and the captured Router Advertisement are in this order by one clock',
                 f'event {(told_ns - moved) / 1e6:.2f} ms, RA {(ra.ns - moved) / 1e6:.2f} ms after the carrier')


def leaving(checks, name):
    """A process that has joined a laboratory ends what it has started there, all of it, but for what belongs to the laboratory."""
    joined = labs.joined(name)
    joined.lab.stop = functools.partial(joined.lab.stop, seconds=0.5)
    with joined:
        there = joined.node('cn').netns
        stays = there.start('stays', 'sleep', '100', stays=True)
        mild = there.start('mild', 'sleep', '100')
        stubborn = there.start('stubborn', 'sh', '-c', 'trap "" TERM; echo ready; while :; do sleep 1; done')
        wait_for('it', 10, lambda: 'ready' in joined.lab.said(stubborn))
        try:
            joined.lab.leave()
            checks.check(False, 'one that does not end is told of')
        except LabError as error:
            checks.check('stubborn did not end' in str(error), 'one that does not end is told of', error)
    checks.check(mild.poll() is not None and stubborn.poll() is not None and stays.poll() is None, 'all have ended but the one that stays')


def test(checks):
    """See the head of this file."""
    with tempfile.TemporaryDirectory() as directory, Laboratory('small', f'{system.STEM}{os.getpid()}') as lab:
        checks.eventually('round trips are short', 10, lambda: (lab.round_trip_ms('cn', 'mn') or 99) < 50)
        traffic(checks, lab)
        video(checks, lab)
        lab.save(directory)
        checks.check(os.path.getsize(f'{directory}/captures/mn-eth0.pcap') > 10000, 'the capture is kept')
        leaving(checks, lab.name)
        times = [event['ns'] for event in lab.events]
        checks.check(times == sorted(times) and [e['what'] for e in lab.events] ==
                     ['attach', 'impair', 'http', 'impair', 'tcp', 'udp', 'video', 'video', 'attach'], 'and what was done', [e['what'] for e in lab.events])
        checks.check('mn@example.org' in lab.control('lma', 'bindings'), 'pmipctl with a node\'s daemon')
        try:
            lab.flow(6000)
            checks.check(False, 'without a flow manager no flow is known')
        except LabError as error:
            checks.check('flow_manager' in str(error), 'without a flow manager the topology\'s key is named', error)


system.main(test, ('ip', 'nsenter', 'tcpdump', 'tc', 'ping', 'iperf3', 'ss'))
