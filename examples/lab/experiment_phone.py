# SPDX-License-Identifier: BSD-2-Clause
"""What the experiments share: a domain with one phone on two access networks, traffic to it, captures of both, and what is done to them."""
import contextlib
import time

import energy
from capture import TCP_ACK, TCP_RST, TCP_SYN, Capture
from domain import CN_ADDR, MAG_ADDR
from manager import FlowManager
from netns import LabError, wait_for
from series import Flow, read
from sources import VIDEO_PORT, Video
from terminal import WEAK_HOST, FlowDomain
from traffic import PROBE_PORT, Download

TCP_PORT, CLIENT_PORT = 5201, 41000
CN_ROUTER = '2001:db8:c::1'
SNAP = 100  # octets of each packet that are kept: all headers
PATIENCE_S = 10
WLANS = (('wlan0', 'wlan'), ('wlan1', 'wlan'))
# A logical interface has one link-layer address, and an LMA tells its attachments apart by their access technology: two of one look like a handover.
WLANS_APART = (('wlan0', 'wlan'), ('wlan1', 'wimax'))
UMTS_WLAN = (('3g', 'utran'), ('wlan', 'wlan'))
# Short, for what waits in a queue of this machine holds its own sender back, as what waits in a distant one does not.
BOTTLENECK = 'burst', '4k', 'limit', '8k'


class Phone:
    """A phone in its domain, with a flow manager; a context manager. What is done to it is noted with its time. A plain one is a mobile node as
    RFC 5213 has it: the network does not move flows of it, and nothing runs on it."""

    def __init__(self, prefix, *, terminal=WEAK_HOST, radios=UMTS_WLAN, rates=(None, None), poll_s=0.5, hysteresis_ms=400, settings='',
                 plain=False, **options):
        self.names = [name for name, _ in radios]
        self.domain = FlowDomain(prefix, terminal, radios, **options)
        self.rates, self.poll_s, self.plain = rates, poll_s, plain
        self.settings = (f'poll_interval: {poll_s * 1000:.0f}ms\nhysteresis: {hysteresis_ms}ms\ncongestion_drop_permille: 10\n'
                         f'congestion_min_packets: 5\n{settings}')
        self.manager = self.address = None
        self.captures, self.triggers, self.off = {}, [], {name: [] for name in self.names}
        self.start_ns = self.end_ns = None

    def __enter__(self):
        self.domain.__enter__()
        try:
            self._start()
        except BaseException:
            self.domain.__exit__(None, None, None)
            raise
        return self

    def _start(self):
        domain = self.domain
        # CUBIC is Linux's default, now and when the paper was written; a kernel may have another one.
        domain.cn.ip('route', 'replace', 'default', 'via', CN_ROUTER, 'congctl', 'cubic')
        if self.plain:
            domain.lma.edit('    flow_mobility: true\n', '')
            domain.terminal.start = lambda: None
        self.manager = FlowManager(domain, self.settings)
        domain.start()
        self.manager.start()
        self.address = domain.attach()[0]
        wait_for('the phone', PATIENCE_S, domain.reached, self.address)
        for mag, radio, rate in zip(domain.mags, domain.terminal.radios, self.rates):
            if rate:
                mag.netns.run('tc', 'qdisc', 'replace', 'dev', radio.acc, 'root', 'tbf', 'rate', rate, 'burst', '32k', 'limit', '128k')
        self.captures = {radio.ifname: Capture(domain.terminal.netns, radio.ifname, 'ip6 and (tcp or udp)', immediate=True, octets=SNAP)
                         for radio in domain.terminal.radios}
        self.start_ns = time.time_ns()

    def __exit__(self, *args):
        self.domain.__exit__(*args)

    def now(self):
        """Seconds since the start."""
        return (time.time_ns() - self.start_ns) / 1e9

    def seconds(self, ns):
        """A time as seconds since the start."""
        return (ns - self.start_ns) / 1e9

    def download(self, seconds, rate='0'):
        """A TCP download from the CN, as fast as it can or at a rate that it keeps."""
        return Download(self.domain.cn, CN_ADDR, self.domain.terminal.netns, seconds, rate, TCP_PORT, self.address, CLIENT_PORT)

    def video(self, kbps, octets=1200, port=VIDEO_PORT):
        """A stream of video from the CN."""
        return Video(self.domain.cn, self.domain.terminal.netns, self.address, kbps, octets, port)

    def flow(self, port):
        """The flow manager's account of the flow that comes from a port, or, of the probe, goes to one; or None."""
        words = {TCP_PORT: (f']:{TCP_PORT} > ', f']:{CLIENT_PORT} '),  # iperf3 has a second connection
                 PROBE_PORT: (f']:{PROBE_PORT} ',)}.get(port, (f']:{port} > ',))
        return next((flow for flow in self.manager.ask('list')['flows'] if all(word in flow['flow'] + ' ' for word in words)), None)

    def known(self, port):
        """Wait until the flow manager knows a flow; return its account."""
        return wait_for(f'the flow manager to see the flow from port {port}', PATIENCE_S, self.flow, port)

    def tunnel(self, way):
        """Number of the tunnel to the MAG that a radio is at, or None."""
        return next((b['tunnel'] for b in self.domain.lma.ask('bindings')['bindings'] if b['remote'] == MAG_ADDR[way]), None)

    def way_of(self, port):
        """The number of the radio whose tunnel a flow is in."""
        tunnel = self.known(port)['tunnel']
        return next(way for way in range(len(self.names)) if self.tunnel(way) == tunnel)

    def noted(self, ns, way):
        """A trigger, after which a flow is to come by a radio."""
        self.triggers.append((self.seconds(ns), self.names[way]))

    def by(self, port, way, seconds):
        """Wait until a flow is in the tunnel to a radio; return whether it has come to that. It paces an experiment, no more."""
        with contextlib.suppress(LabError):
            return bool(wait_for('a move', seconds, lambda: (self.flow(port) or {}).get('tunnel') == self.tunnel(way)))
        return False

    def degrade(self, way, rate, queue=BOTTLENECK):
        """Make the tunnel to a radio's MAG slow; note that flows are to leave it."""
        self.domain.lma_ns.run('tc', 'qdisc', 'replace', 'dev', f'mag{way + 1}', 'root', 'tbf', 'rate', rate, *queue)
        self.noted(time.time_ns(), 1 - way)  # to start a program takes a while in user-mode Linux

    def restore(self, way):
        """Make it fast again."""
        self.domain.lma_ns.run('tc', 'qdisc', 'del', 'dev', f'mag{way + 1}', 'root')

    def move(self, port, way):
        """Move a flow by hand."""
        number, tunnel = self.flow(port)['id'], self.tunnel(way)
        self.noted(time.time_ns(), way)
        self.manager.ask('move', id=number, to=tunnel)

    def cut(self, way):
        """Take the link of a radio away."""
        when = self.domain.terminal.radios[way].cut()
        self.off[self.names[way]].append([when, None])
        self.noted(when, 1 - way)

    def mend(self, way):
        """Give it back, and wait until the network has it."""
        when = self.domain.terminal.radios[way].feed()
        self.off[self.names[way]][-1][1] = when
        wait_for('both attachments', PATIENCE_S, lambda: len(self.domain.lma.ask('bindings')['bindings']) == 2)

    def finish(self, out_dir, suffix=''):
        """End the captures; keep them; return {path: file}."""
        time.sleep(0.3)
        self.end_ns = time.time_ns()
        kept = {name: f'{out_dir}/captures/{name}{suffix}.pcap' for name in self.captures}
        for name, capture in self.captures.items():
            capture.keep(kept[name])
        return kept

    def account_of(self, kept):
        """What energy.account() wants to know of these captures. A second WLAN has another technology for the LMA only."""
        return {radio.ifname: (kept[radio.ifname], radio.mac_octets, 'wlan' if radio.ifname.startswith('wlan') else radio.technology)
                for radio in self.domain.terminal.radios}

    def energy(self, kept):
        """What a summary has of the energy that the radios took."""
        return energy.told(self.account_of(kept), self.start_ns, self.end_ns, self.off_times())

    def timelines(self, kept):
        """In which states the radios were."""
        return energy.timelines(self.account_of(kept), self.start_ns, self.end_ns, self.off_times())

    def off_times(self):
        """Times without a link, by radio; one that has not ended ends now."""
        return {name: [(begin, end or self.end_ns) for begin, end in times] for name, times in self.off.items()}


def tcp_flow(kept, origin_ns):
    """The download in captures."""
    return Flow(kept, TCP_PORT, 'TCP', origin_ns, CLIENT_PORT)


def video_flow(kept, origin_ns, port=VIDEO_PORT):
    """The video in captures."""
    return Flow(kept, port, 'UDP', origin_ns)


def probe_flow(kept, origin_ns):
    """The probe packets in captures."""
    return Flow(kept, PROBE_PORT, 'UDP', origin_ns)


def connections(kept, seconds):
    """What TCP's flags tell in captures: how many connections were opened, and how many resets there were in the seconds that the download
    was to take. iperf3 itself ends with one."""
    packets = [p for path in kept.values() for p in read(path) if p.kind == 'TCP']
    opened = {(p.src, p.port, p.seq): p.ns for p in packets if p.flags & (TCP_SYN | TCP_ACK) == TCP_SYN}
    end = min(opened.values(), default=0) + (seconds - 0.1) * 1e9
    return {'opened': len(opened), 'resets': sum(1 for p in packets if p.flags & TCP_RST and p.ns < end)}
