#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""TCP to a mobile node, through the tunnel and plainly: bench_tcp.py [--quick]

A connection of cubic from the CN over LMA and MAG, on one processor, in turn through a tunnel of our datapath and by the kernel's routes, which is the
baseline; with the offloads of the links (TSO, GSO, GRO) and without. What counts is octets for each second of processor time, of both ends
of the connection and of the kernel's threads. Then datagrams of a sender that leaves it to the kernel to cut them up (UDP_SEGMENT)."""
import json
import os
import resource
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', 'system'))

import chain  # noqa: E402  pylint: disable=wrong-import-position
import results  # noqa: E402  pylint: disable=wrong-import-position
import system  # noqa: E402  pylint: disable=wrong-import-position
from netns import Lab, LabError, wait_for  # noqa: E402  pylint: disable=wrong-import-position

ROUNDS, SECONDS, SENDS = 7, 1, 500
OFFLOADS = ('tso', 'gso', 'gro', 'tx-udp-segmentation')
SEGMENTS = os.path.join(system.TOP, 'tests', 'system', 'gso.py')
PINNED = ('taskset', '-c', str(chain.CPU))


def children_ns():
    """Processor time of programs that have ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return (used.ru_utime + used.ru_stime) * 1e9


class Server:
    """iperf3 at the mobile node of a way."""

    def __init__(self, way):
        self.way = way
        self.process = way.chain.mn.start(f'iperf3-{way.name}', *PINNED, 'iperf3', '-s')
        wait_for('the iperf3 server', 10, lambda: ':5201 ' in way.chain.mn.run('ss', '-tlnH'))

    def octets(self, seconds):
        """Octets for each second of processor time."""
        pids = [self.process.pid, *chain.softirq_pids()]
        before, children = sum(map(chain.ran_ns, pids)), children_ns()
        said = self.way.chain.cn.run(*PINNED, 'timeout', '60', 'iperf3', '-c', chain.MN, '-t', str(seconds), '-C', 'cubic', '-J')
        report = json.loads(said)
        if 'error' in report:
            raise LabError(f'iperf3: {report["error"]}')
        return report['end']['sum_received']['bytes'] * 1e9 / (sum(map(chain.ran_ns, pids)) - before + children_ns() - children)


def compare(plain, steered, how, rounds, seconds):
    """Both in turn, so many times."""
    for server in (plain, steered):
        server.way.chain.offloads(how, *OFFLOADS)
    found = [(plain.octets(seconds), steered.octets(seconds)) for _ in range(rounds)]
    results.emit('tcp', offloads=how, plain=results.median([one for one, _ in found]), tunnel=results.median([other for _, other in found]),
                 ratio=round(results.median([other / one for one, other in found]), 4))


def segments(way, sends):
    """Send datagrams of several segments through the tunnel."""
    netns = way.chain.mn
    receiver = subprocess.Popen(netns.argv(sys.executable, SEGMENTS, 'receive', chain.MN, str(sends)), stdout=subprocess.PIPE, text=True)
    wait_for('the receiver', 10, lambda: chain.MN in netns.run('ss', '-ulnH'))
    way.chain.cn.run(sys.executable, SEGMENTS, 'send', chain.MN, str(sends))
    received, _, sent = receiver.communicate(timeout=60)[0].split()
    results.emit('udp-segment', sent=int(sent), received=int(received))


def main(arguments):
    """All rows."""
    quick = '--quick' in arguments
    with Lab(system.prefix()) as lab:
        servers = [Server(way) for way in (chain.Plain(lab, 1), chain.Steered(lab, 'tc', 1, 1))]
        for server in servers:
            server.way.chain.wait()
        for how in ('off', 'on'):
            compare(*servers, how, *((1, 1) if quick else (ROUNDS, SECONDS)))
        segments(servers[1].way, 20 if quick else SENDS)
    return 0


system.bench(main, sys.argv[1:])
