# SPDX-License-Identifier: BSD-2-Clause
"""Numbered datagrams from one namespace to another (flow_stream), and what came of them: lost, duplicated, reordered, by which interface."""
import os
import struct

from netns import LabError, wait_for

PROGRAM = os.path.join(os.environ.get('top_builddir', 'build'), 'tests', 'system', 'flow_stream')
RECORD = struct.Struct('<QQQII')


class Arrived:
    """The datagrams of one flow in the order of their arrival."""

    def __init__(self, records, sent):
        self.records = records  # (number, sent ns, received ns, interface index)
        self.sent = sent
        numbers = [record[0] for record in records]
        self.lost = sent - len(set(numbers))
        self.duplicated = len(numbers) - len(set(numbers))
        highest = self.reordered = self.displacement = 0
        for number in numbers:
            if number < highest:
                self.reordered += 1
                self.displacement = max(self.displacement, highest - number)
            highest = max(highest, number)

    def ways(self):
        """The interfaces that they came by in the order in which they were sent, each as long as there was no other: a list of indices."""
        ways = []
        for record in sorted(self.records):
            if not ways or ways[-1] != record[3]:
                ways.append(record[3])
        return ways

    def gap_ms(self):
        """The longest time without an arrival."""
        times = [record[2] for record in self.records]
        return max(((b - a) / 1e6 for a, b in zip(times, times[1:])), default=0)


class Sink:
    """Receives on a port of a namespace, all flows."""

    def __init__(self, netns, port):
        self.lab, self.path = netns.lab, f'{netns.lab.dir}/stream-{netns.name}-{port}'
        with open(self.path, 'wb') as out:
            self.process = netns.start(f'sink-{netns.name}-{port}', PROGRAM, 'recv', str(port), stdout=out)
        wait_for('the sink', 20, lambda: 'ready' in self.lab.said(self.process))

    def stop(self):
        """End it; return (source port, number, sent ns, received ns, interface index) of all datagrams."""
        self.lab.stop(self.process)
        with open(self.path, 'rb') as file:
            data = file.read()
        os.unlink(self.path)
        return [(sport, number, sent, received, ifindex) for number, sent, received, sport, ifindex in RECORD.iter_unpack(data)]


def send(netns, src, dst, port, first, flows, rate, count):
    """Start sending; return the process."""
    return netns.start(f'stream-{first}', PROGRAM, 'send', src, dst, *map(str, (port, first, flows, rate, count)))


def finish(process, seconds):
    """Wait until a sender has sent all."""
    if process.wait(seconds) != 0:
        raise LabError(f'flow_stream send: exit status {process.returncode}')


def by_flow(records, sent):
    """An Arrived for each source port."""
    flows = {}
    for sport, *record in records:
        flows.setdefault(sport, []).append(tuple(record))
    return {sport: Arrived(found, sent) for sport, found in flows.items()}
