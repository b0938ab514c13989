# SPDX-License-Identifier: BSD-2-Clause
"""Numbered datagrams from one namespace to another, and what came of them: lost, duplicated, reordered, by which interface. flow_stream sends
many of many flows; Numbered is one flow at a rate that Python can. And what of a TCP connection was lost."""
import contextlib
import os
import socket
import struct
import threading
import time

from netns import LabError, wait_for

PROGRAM = os.path.join(os.environ.get('top_builddir', 'build'), 'tests', 'system', 'flow_stream')
RECORD = struct.Struct('<QQQII')
SO_RCVBUFFORCE = 33
ROOM = 64 << 20  # of a socket for all packets of a stream, which is read at its end


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

    def missing(self):
        """The numbers of those that were lost."""
        return sorted(set(range(self.sent)) - {record[0] for record in self.records})

    def gap_ms(self):
        """The longest time without an arrival."""
        times = [record[2] for record in self.records]
        return max(((b - a) / 1e6 for a, b in zip(times, times[1:])), default=0)


class Sink:
    """Receives on a port of a namespace, all flows; how is recv, or tunnel for a MAG's end of a tunnel."""

    def __init__(self, netns, port, how='recv'):
        self.lab, self.path = netns.lab, f'{netns.lab.dir}/stream-{netns.name}-{port}'
        with open(self.path, 'wb') as out:
            self.process = netns.start(f'sink-{netns.name}-{port}', PROGRAM, how, str(port), stdout=out)
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


def under_way(one, other):
    """Segments with data that the two ends of a TCP connection have sent, again too, and not received: what is left of them in the end was lost.
    A busy machine may make either end retransmit what was only late, but nothing get lost."""
    counts = [struct.unpack_from('=II', end.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 160), 152) for end in (one, other)]
    return sum(sent - received for received, sent in counts)


class Numbered:
    """A flow of numbered UDP datagrams at a steady rate until it is ended. What has come waits in the socket until it is read: no thread of
    ours is in its way."""

    def __init__(self, sender, receiver, source, to, rate, octets=64):
        self.into = receiver.socket(socket.AF_INET6, socket.SOCK_DGRAM)
        self.into.setsockopt(socket.SOL_SOCKET, SO_RCVBUFFORCE, ROOM)
        self.into.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_RECVPKTINFO, 1)
        self.into.bind(('::', to[1]))
        self.out = sender.socket(socket.AF_INET6, socket.SOCK_DGRAM)
        self.out.bind(source)
        self.to, self.rate, self.padding = to, rate, bytes(octets - 4)
        self.next = 0   # number of the datagram that is being sent, or will be
        self.came = []  # (number, interface index), of those that have been read
        self.ending = False
        self.thread = threading.Thread(target=self._send)
        self.thread.start()

    def _send(self):
        due = time.monotonic()
        while not self.ending:
            with contextlib.suppress(OSError):
                self.out.sendto(struct.pack('!I', self.next) + self.padding, self.to)
            self.next += 1
            due = max(due + 1 / self.rate, time.monotonic() - 0.05)
            time.sleep(max(0, due - time.monotonic()))

    def read(self):
        """Take in what has come; return it."""
        while True:
            try:
                data, ancillary, _, _ = self.into.recvmsg(2048, 128, socket.MSG_DONTWAIT)
            except BlockingIOError:
                return self.came
            self.came.append((struct.unpack_from('!I', data)[0], struct.unpack_from('=I', ancillary[0][2], 16)[0]))

    def end(self, seconds=0.5):
        """Stop it; return the numbers of those that came, in their order, the last ones after so many seconds."""
        self.ending = True
        self.thread.join()
        time.sleep(seconds)
        self.read()
        self.into.close()
        self.out.close()
        return [number for number, _ in self.came]

    def changes(self):
        """How often the interface changed."""
        return sum(a[1] != b[1] for a, b in zip(self.came, self.came[1:]))
