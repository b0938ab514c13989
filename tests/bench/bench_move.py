#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""What it takes until a flow comes by another way, and a MAG's bindings go by another MAG: bench_move.py [--quick]

A flow of numbered datagrams from the CN to a mobile node with two radios is moved to and fro by the flow socket of a running LMA. The time is from
just before the request is sent until the first datagram has come by the other radio, as the kernel stamps it. The baseline is the time until the LMA
has answered. Then all bindings of a tunnel are moved to another one by the bpf datapath, by one operation, and by one for each of them, which is the
baseline. --quick only shows that it runs."""
import os
import struct
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', 'system'))

import chain  # noqa: E402  pylint: disable=wrong-import-position
import fmp  # noqa: E402  pylint: disable=wrong-import-position
import results  # noqa: E402  pylint: disable=wrong-import-position
import stream  # noqa: E402  pylint: disable=wrong-import-position
import system  # noqa: E402  pylint: disable=wrong-import-position
from domain import CN_ADDR, MAG_ADDR  # noqa: E402  pylint: disable=wrong-import-position
from drive import Drive  # noqa: E402  pylint: disable=wrong-import-position
from netns import Lab, LabError, wait_for  # noqa: E402  pylint: disable=wrong-import-position
from terminal import FlowDomain  # noqa: E402  pylint: disable=wrong-import-position

PORT, SPORT = 7000, 5001
RATES, QUICK_RATES = (10000, 50000, 100000), (1000,)
MOVES, QUICK_MOVES, PAUSE_S = 40, 4, 0.05
BINDINGS, QUICK_BINDINGS, REPEATS = (1000, 10000, 50000, 200000), (100,), 5
OPS = 5  # in a line for dp_drive


def first_by(records, ifindex, asked_ns):
    """When the first datagram after a request came by an interface, ns."""
    times = [received for _, _, received, by in records if by == ifindex and received >= asked_ns]
    if not times:
        raise LabError('a moved flow did not come by its new way')
    return min(times)


def move_flow(domain, manager, place, rate, moves):
    """Move a flow, an even number of times, while it runs; its place is where it is in the end, too."""
    tunnels = [next(a.tunnel for a in manager.attachments() if a.proxy_coa == mag) for mag in MAG_ADDR]
    radios = [domain.terminal.netns.ifindex(radio.ifname) for radio in domain.terminal.radios]
    count = int(rate * ((moves + 4) * PAUSE_S))
    sink = stream.Sink(domain.terminal.netns, PORT)
    sender = stream.send(domain.cn, CN_ADDR, domain.address, PORT, SPORT, 1, rate, count)
    time.sleep(2 * PAUSE_S)
    asked, answered = [], []
    for n in range(moves):
        asked.append(time.time_ns())
        status, place = manager.ask(fmp.MOVE, place + struct.pack('!I', tunnels[(n + 1) % 2]))
        answered.append(time.time_ns())
        if status != fmp.OK:
            raise LabError(f'a flow could not be moved: status {status}')
        time.sleep(PAUSE_S)
    stream.finish(sender, 60)
    time.sleep(0.3)
    arrived = stream.by_flow(sink.stop(), count)[SPORT]
    took = [(first_by(arrived.records, radios[(n + 1) % 2], at) - at) / 1e3 for n, at in enumerate(asked)]
    results.emit('flow-move', rate=rate, moves=moves, first_us=results.median(took), longest_us=max(took),
                 answer_us=results.median([(b - a) / 1e3 for a, b in zip(asked, answered)]), sent=count, lost=arrived.lost,
                 duplicated=arrived.duplicated, reordered=arrived.reordered)


def flow_moves(rates, moves):
    """With running daemons."""
    with FlowDomain(system.prefix()) as domain:
        domain.start()
        domain.address = domain.attach()[0]
        wait_for('the mobile node', 10, domain.reached, domain.address)
        manager = fmp.Manager(domain.flow_socket)
        _, place = manager.ask(fmp.ADD, fmp.flow(CN_ADDR, SPORT, domain.address, PORT))
        for rate in rates:
            move_flow(domain, manager, place, rate, moves)


def timed(do, *args):
    """How long it takes, us."""
    start = time.monotonic()
    do(*args)
    return (time.monotonic() - start) * 1e6


def move_bindings(lab, count, repeats):
    """Move all bindings of a MAG to the other one so often, there and back."""
    netns = lab.add_netns(f'lma{count}')
    netns.sysctl(ipv6__conf__all__forwarding=1)
    netns.ip_batch('link add core0 type veth peer name core1\nlink set core0 up\nlink set core1 up\n')
    drive = Drive(netns, 'lma', '--core', 'core0', '--pool', chain.POOL, '--max-bindings', str(count))
    for mag in chain.MAGS:
        drive.say('ensure', chain.LMA, mag)
    prefixes = [f'2001:db8:a{n >> 16:03x}:{n & 0xffff:x}::/64' for n in range(count)]
    each = [timed(drive.say_many, [f'set {prefix} {chain.LMA} {mag} -' for prefix in prefixes], OPS) for mag in chain.MAGS]
    took = [timed(drive.say, 'move', chain.LMA, chain.MAGS[n % 2], chain.MAGS[1 - n % 2]) for n in range(2 * repeats)]
    results.emit('bulk-move', bindings=count, one_us=results.median(took), longest_us=max(took), each_us=each[1])
    drive.quit()


def main(arguments):
    """All rows."""
    quick = '--quick' in arguments
    flow_moves(*((QUICK_RATES, QUICK_MOVES) if quick else (RATES, MOVES)))
    with Lab(system.prefix()) as lab:
        for count in QUICK_BINDINGS if quick else BINDINGS:
            move_bindings(lab, count, 1 if quick else REPEATS)
    return 0


system.bench(main, sys.argv[1:])
