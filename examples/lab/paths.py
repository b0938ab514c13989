# SPDX-License-Identifier: BSD-2-Clause
"""By which radio each flow's packets reach the mobile node, over time: a picture in letters."""
import time

from capture import Capture

STEP_S = 0.5


class Paths:
    """Captures on all radios of a terminal; flows are told apart by the port that they come from."""

    def __init__(self, terminal, flows):
        self.flows = flows  # name by port
        expression = 'ip6 and tcp and (' + ' or '.join(f'src port {port}' for port in flows) + ')'
        self.captures = {radio.ifname: Capture(terminal.netns, radio.ifname, expression, immediate=True) for radio in terminal.radios}
        self.start_ns = time.time_ns()

    def data(self, port, ifname):
        """The packets of a flow that carry data and came in by a radio."""
        return [p for p in self.captures[ifname].packets() if p.port == port and p.length]

    def first(self, port, ifname, since_ns):
        """When the first packet of a flow came in by a radio after a time, ns, or None."""
        return next((p.ns for p in self.data(port, ifname) if p.ns >= since_ns), None)

    def shares(self, port, from_ns, to_ns):
        """Octets of a flow by radio within a time."""
        return {ifname: sum(p.length for p in self.data(port, ifname) if from_ns <= p.ns < to_ns) for ifname in self.captures}

    def line(self, port):
        """One letter for each step of time: the radio's first one, + where there were several, . where there was none."""
        step = int(STEP_S * 1e9)
        counts = {}
        for ifname in self.captures:
            for packet in self.data(port, ifname):
                counts.setdefault((packet.ns - self.start_ns) // step, set()).add(ifname)
        return ''.join('.' if n not in counts else '+' if len(counts[n]) > 1 else min(counts[n])[0]
                       for n in range(max(counts, default=-1) + 1))

    def stop(self):
        """End the captures."""
        for capture in self.captures.values():
            capture.stop()
