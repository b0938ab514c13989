# SPDX-License-Identifier: BSD-2-Clause
"""From captures to series: TCP sequence numbers against time, throughput by path, and how long a flow paused when it moved.

The input is files of libpcap, one for each path, and nothing else: no counter of ours. Times are seconds after an origin, ns, of the
clock that the captures share.
"""
import bisect

from capture import ETH_LEN, IPV6_LEN, Reader


def read(path):
    """All IPv6 packets of a capture file in their order. A last packet that was cut off in the middle is left out."""
    return Reader(path).read()


def _to_port(packet):
    return int.from_bytes(packet.raw[ETH_LEN + IPV6_LEN + 2:ETH_LEN + IPV6_LEN + 4], 'big')


class Arrival:
    """A packet of a flow that came in: when (s), by which path, the number of its first octet (TCP) or its own (UDP), octets."""

    __slots__ = ('t', 'path', 'number', 'octets')

    def __init__(self, t, path, number, octets):
        self.t, self.path, self.number, self.octets = t, path, number, octets


class Flow:
    """What came of one flow by all its paths, in the order of time."""

    def __init__(self, paths, port, kind='TCP', origin_ns=None, to_port=None):
        """paths: capture file by name of the path; port: the sender's for TCP, the receiver's for UDP; to_port: TCP's receiver's, if any other
        is not meant."""
        found = sorted(((p.ns, name, p) for name, path in paths.items() for p in read(path)
                        if p.kind == kind and p.port == port and p.length and p.seq is not None and to_port in (None, _to_port(p))), key=lambda entry: entry[0])
        self.paths = list(paths)
        self.origin_ns = origin_ns if origin_ns is not None else found[0][0] if found else 0
        self.arrivals = []
        last = unwrapped = None
        for ns, name, packet in found:
            if kind != 'TCP':
                unwrapped = packet.seq
            elif last is None:
                unwrapped = 0
            else:  # the shorter way around 2^32
                unwrapped += (packet.seq - last + 2**31) % 2**32 - 2**31
            last = packet.seq
            self.arrivals.append(Arrival((ns - self.origin_ns) / 1e9, name, unwrapped, packet.length))
        self.times = [a.t for a in self.arrivals]

    def between(self, start, end):
        """Arrivals of a time."""
        return self.arrivals[bisect.bisect_left(self.times, start):bisect.bisect_left(self.times, end)]

    def first(self, path, since):
        """Time of the first arrival by a path after a time, or None."""
        for number in range(bisect.bisect_left(self.times, since), len(self.times)):
            if self.arrivals[number].path == path:
                return self.times[number]
        return None

    def throughput(self, start, end, bin_s):
        """Mbit/s of payload by path in bins of a time: (times of the bins' middles, {path: values})."""
        count = max(1, round((end - start) / bin_s))
        octets = {path: [0] * count for path in self.paths}
        for arrival in self.between(start, start + count * bin_s):
            octets[arrival.path][min(count - 1, int((arrival.t - start) / bin_s))] += arrival.octets
        middles = [start + (n + 0.5) * bin_s for n in range(count)]
        return middles, {path: [value * 8 / bin_s / 1e6 for value in values] for path, values in octets.items()}

    def rate(self, start, end):
        """Mbit/s of payload by all paths in a time."""
        return sum(a.octets for a in self.between(start, end)) * 8 / (end - start) / 1e6

    def lost(self):
        """How many of the numbered packets between the first and the last have not come."""
        numbers = {a.number for a in self.arrivals}
        return max(numbers) - min(numbers) + 1 - len(numbers) if numbers else 0

    def lost_between(self, start, end):
        """How many numbered packets are missing between those that came in a time."""
        numbers = {a.number for a in self.between(start, end)}
        return max(numbers) - min(numbers) + 1 - len(numbers) if numbers else 0


class Move:
    """A move of a flow: what was done when, and what came of it. Times in s; None for what has not been seen."""

    def __init__(self, flow, trigger, to, until):
        self.trigger, self.to = trigger, to
        first = flow.first(to, trigger)
        self.first = first if first is not None and first < until else None
        number = bisect.bisect_left(flow.times, self.first) if self.first is not None else 0
        self.last = flow.times[number - 1] if number else None

    @property
    def after_ms(self):
        """From the trigger to the first packet by the new path."""
        return None if self.first is None else (self.first - self.trigger) * 1e3

    @property
    def gap_ms(self):
        """From the last packet by whatever path before to that first one: how long nothing came."""
        return None if self.first is None or self.last is None else (self.first - self.last) * 1e3

    def row(self):
        """For a summary."""
        return {'at_s': round(self.trigger, 6), 'to': self.to, 'after_ms': rounded(self.after_ms), 'gap_ms': rounded(self.gap_ms)}


def moves(flow, triggers, end):
    """The moves that triggers, a list of (s, path), have brought about."""
    ends = [at for at, _ in triggers[1:]] + [end]
    return [Move(flow, at, to, until) for (at, to), until in zip(triggers, ends)]


def rounded(value):
    """For a summary: three digits behind the point are more than any of these times deserve."""
    return None if value is None else round(value, 3)
