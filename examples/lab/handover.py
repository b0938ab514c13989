# SPDX-License-Identifier: BSD-2-Clause
"""Times of a handover, taken from what is on the cables; only the moments that no cable shows come from the daemons' events."""
import contextlib
import time

from capture import TCP_ACK, TCP_RST, TCP_SYN, Capture
from domain import MAG_ADDR
from netns import LabError, wait_for
from traffic import PROBE_PORT

MS = 1e6

# Moments of a move in the order in which they are shown: name and heading.
MOMENTS = (('attach', 'attach'), ('pbu', 'PBU'), ('pba', 'PBA'), ('tunnel', 'tunnel'), ('ra', 'RA'), ('first', 'first pkt'), ('tcp', 'TCP'))


class Move:
    """One move. Times in ns of the common clock, None for what has not been seen; ms() gives them relative to the trigger."""

    def __init__(self, mag, plugged):
        self.mag = mag
        self.plugged = plugged
        self.trigger = self.attach = self.pbu = self.pba = self.tunnel = self.ra = self.first = self.tcp = self.before = self.rs = None

    def ms(self, moment):
        """A moment, ms after the trigger, or None."""
        when = getattr(self, moment)
        return None if when is None or self.trigger is None else (when - self.trigger) / MS

    @property
    def own_ms(self):
        """From the trigger until the MAG's Router Advertisement is on the cable: the share of pmip-mag and pmip-lma, with what
        the kernel does for them."""
        return self.ms('ra')

    @property
    def solicitation_ms(self):
        """From the cable being in until the mobile node's Router Solicitation, or None."""
        return (self.rs - self.plugged) / MS if self.rs else None

    @property
    def gap_ms(self):
        """From the last packet by the old path to the first one by the new path."""
        return (self.first - self.before) / MS if self.first and self.before else None


class Observer:
    """Captures on a mobile node's cable and on the LMA's cables to the MAGs."""

    def __init__(self, domain, host=None):
        self.domain = domain
        self.host = host or domain.host
        # Of TCP only what carries data to the mobile node, or opens or ends a connection.
        self.access = Capture(self.host.netns, 'eth0', 'icmp6 or (ip6 and ip6[6] == 0) or '
                              f'(udp and dst port {PROBE_PORT}) or (tcp and (src net 2001:db8:c::/64 or ip6[53] & 7 != 0))')
        self.core = [Capture(domain.lma_ns, f'mag{n}', f'ip6 proto 135 or (ip6[6] == 41 and ip6[46] == 17 and src host 2001:db8:1::1)')
                     for n in (1, 2)]

    def account(self, mag, plugged, traffic=True, seconds=3):
        """Wait until a move is complete and return its Move; what has not come within the time stays None."""
        move = Move(mag, plugged)
        with contextlib.suppress(LabError):
            wait_for('the move', seconds, self._look, move, traffic)
        move.before = _ns(self.access.last(plugged, _is_data))
        return move

    def _look(self, move, traffic):
        access, plugged = self.access, move.plugged
        core = self.core[self.domain.mags.index(move.mag)]
        address = MAG_ADDR[self.domain.mags.index(move.mag)]
        move.rs = _ns(access.first(plugged, lambda p: p.kind == 'RS'))
        # A MAG that does not know whose link it is learns it from the first neighbour discovery message of any kind.
        move.trigger = plugged if self.domain.trigger == 'link' else _ns(
            access.first(plugged, lambda p: p.src_mac == self.host.mac_octets and p.kind in ('RS', 'NS', 'NA', 'MLD')))
        move.pbu = _ns(core.first(plugged, lambda p: p.kind == 'PBU' and p.src == address and p.lifetime))
        move.pba = _ns(core.first(plugged, lambda p: p.kind == 'PBA' and p.dst == address and p.lifetime and p.status < 128))
        move.ra = _ns(access.first(plugged, lambda p: p.kind == 'RA'))
        move.first = _ns(access.first(plugged, _is_data))
        move.tcp = _ns(access.first(plugged, lambda p: p.kind == 'TCP' and p.length > 0))
        for event in move.mag.events():
            told = (event['t_wall_us'] + event['t_told_us'] - event['t_mono_us']) * 1000
            if told >= plugged and not move.attach and event['event'] in ('attach-seen', 'solicit-seen'):
                move.attach = told
            if told >= plugged and not move.tunnel and event['event'] == 'binding-added':
                move.tunnel = told
        return move.trigger and move.pbu and move.pba and move.tunnel and move.ra and (not traffic or move.tcp)

    def tcp_control(self):
        """How many connections were opened and how many resets seen on the mobile node's cable."""
        flags = [p.flags for p in self.access.packets() if p.kind == 'TCP']
        return sum(1 for f in flags if f & (TCP_SYN | TCP_ACK) == TCP_SYN), sum(1 for f in flags if f & TCP_RST)

    def stop(self):
        """End the captures, once they have what is on its way."""
        time.sleep(1.1)
        for capture in (self.access, *self.core):
            capture.stop()


def _ns(packet):
    return packet.ns if packet else None


def _is_data(packet):
    return packet.kind == 'UDP' or (packet.kind == 'TCP' and packet.length > 0)
