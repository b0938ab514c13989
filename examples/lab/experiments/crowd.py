# SPDX-License-Identifier: BSD-2-Clause
"""Beyond the paper: a thousand phones under one policy. Each is on 3G and WLAN, with one prefix by both, and has three flows. LMA, flow manager and forwarding
are real; two sockets speak for the MAGs, and the tunnels are watched at the LMA. In the middle the policy changes."""
import json
import socket
import sys
import time

import figures
import pbu
from capture import Capture
from domain import LMA_ADDR, MAG_ADDR, Domain
from manager import FlowManager
from netns import wait_for
from series import read
from verdict import Verdict

TITLE = 'A crowd: a thousand phones with three flows each under one policy'
PARAMETERS = {
    'phones': 1000, 'packets_s': 2,   # of each flow
    'settle_s': 8.0, 'watch_s': 6.0,  # until each flow is where it is to be, and how long it is watched then
    'poll_s': 0.5, 'patience_s': 5.0,
}
QUICK = {'phones': 50, 'settle_s': 5.0, 'watch_s': 4.0}
VIDEO, BULK, WEB = 8080, 5201, 4433
NAMES = {VIDEO: 'video', BULK: 'bulk', WEB: 'web'}
WAYS = ('3g', 'wlan')
UTRAN, WLAN, SHARED = 7, 4, 6  # access technologies (RFC 5213 8.5, 3GPP TS 29.275), and the Handoff Indicator of a logical interface
IPV6 = 41
POLICY = f'''\
applications:
  - name: video
    selectors: [{{protocol: udp, destination_port: {VIDEO}}}]
  - name: bulk
    selectors: [{{protocol: udp, destination_port: {BULK}}}]
  - name: web
    selectors: [{{protocol: udp, destination_port: {WEB}}}]
classes:
  - name: gold
    mobile_nodes: ["gold*@example.org"]
rules:
  - name: bulk by wlan
    application: bulk
    prefer: [wlan]
  - name: video by 3g
    application: video
    prefer: [utran]
  - name: web of gold by wlan
    application: web
    class: gold
    prefer: [wlan]
'''
CHANGE = '''\
  - name: bulk back to 3g
    priority: 10
    application: bulk
    prefer: [utran]
'''

SOURCE = '''
import json, socket, sys, time
sock = socket.socket(socket.AF_INET6, socket.SOCK_DGRAM)
addresses, ports, rate = json.loads(sys.stdin.readline())
flows = [(address, port) for address in addresses for port in ports]
start, number, sent = time.monotonic(), 0, 0
while True:
    for flow in flows:
        try:
            sock.sendto(number.to_bytes(8, 'big') + bytes(92), flow)
        except OSError:
            pass
        sent += 1
        if sent % 16 == 0:
            time.sleep(max(0, start + sent / rate / len(flows) - time.monotonic()))
    number += 1
'''


class Crowd(Domain):
    """CN, LMA and a flow manager; of the MAGs there are the namespaces, and a socket in each."""

    def __init__(self, prefix, settings):
        super().__init__(prefix, hosts=0)
        self.settings, self.manager, self.sockets, self.sinks = settings, None, [], []
        self.flow_socket = f'{self.lab.dir}/flow.sock'

    def _configure(self, mag_ns):
        self.lma = self.make_lma(self.lma_ns, '[mag1, mag2]', nodes='  - id: "*@example.org"\n    flow_mobility: true\n',
                                 extra=f'flow_socket: {self.flow_socket}\nlog_level: warn\n')
        self.manager = FlowManager(self, self.settings)
        for netns, address in zip(mag_ns, MAG_ADDR):
            self.sockets.append(netns.socket(socket.AF_INET6, socket.SOCK_RAW, pbu.MH))
            self.sockets[-1].bind((address, 0))
            self.sinks.append(netns.socket(socket.AF_INET6, socket.SOCK_RAW, IPV6))  # who takes packets out of tunnels, so that nobody complains

    def attach(self, phones):
        """Register phones, by 3G first; return the address of each by its identifier."""
        self.lma.start()
        self.manager.start()
        for seq, (sock, technology) in enumerate(zip(self.sockets, (UTRAN, WLAN)), 1):
            for number, nai in enumerate(phones):
                sock.sendto(pbu.encode(nai, f'02:00:00:01:{number >> 8:02x}:{number & 255:02x}', seq=seq, hi=SHARED, att=technology), (LMA_ADDR, 0))
                if number % 50 == 49:
                    time.sleep(0.02)
            wait_for(f'{len(phones)} phones by {WAYS[seq - 1]}', 20, lambda n=seq * len(phones): self.lma.ask('bindings')['total'] == n)
        prefixes = {nai: self.lma.ask('bindings', mn_id=nai)['bindings'][0]['prefixes'][0] for nai in phones}
        return {nai: prefix.split('::')[0] + '::1' for nai, prefix in prefixes.items()}


def wanted(nai, port, changed):
    """By which way a flow is to go."""
    if port == BULK:
        return '3g' if changed else 'wlan'
    return 'wlan' if port == WEB and nai.startswith('gold') else '3g'


def judge(kept, names, phases):
    """How many flows were by the way that the policy wants in each phase, by their packets alone, and when each came there."""
    seen = {}
    for way, path in kept.items():
        for packet in read(path):
            if packet.kind == 'UDP' and packet.tunnel and packet.dst in names and packet.port in NAMES:
                seen.setdefault((packet.dst, packet.port), []).append((packet.ns, way, packet.seq))
    result = []
    for name, start, settled, end, changed in phases:
        right, late, delays = 0, 0, []
        for (address, port), packets in seen.items():
            want = wanted(names[address], port, changed)
            ways = [way for ns, way, _ in packets if settled <= ns < end]
            right += bool(ways) and set(ways) == {want}
            late += len(set(ways)) > 1
            delays.append(next((max(0, ns - start) / 1e9 for ns, way, _ in sorted(packets) if ns >= start and way == want), None))
        result.append({'phase': name, 'right': right, 'restless': late, 'flows': len(seen), 'delays_s': [round(d, 3) for d in delays if d is not None]})
    lost = 0
    for packets in seen.values():
        numbers = {number for _, _, number in packets}
        lost += max(numbers) - min(numbers) + 1 - len(numbers)
    return result, lost, sum(len(packets) for packets in seen.values())


def run(out_dir, params):
    """Attach, send, change the policy, look."""
    phones = [f'{"gold" if number % 2 else "mn"}{number}@example.org' for number in range(params['phones'])]
    with Crowd('pmip-crowd-', f'poll_interval: {params["poll_s"] * 1000:.0f}ms\nlog_level: warn\n{POLICY}') as crowd:
        addresses = crowd.attach(phones)
        captures = {way: Capture(crowd.lma_ns, f'mag{n}', 'ip6 proto 41', immediate=True, octets=126) for n, way in enumerate(WAYS, 1)}
        source = crowd.cn.start('source', sys.executable, '-c', SOURCE, stdin=-1, text=True)
        source.stdin.write(json.dumps([list(addresses.values()), list(NAMES), params['packets_s']]) + '\n')
        source.stdin.flush()
        times = [time.time_ns()]
        for wait in (params['settle_s'], params['watch_s']):
            time.sleep(wait)
            times.append(time.time_ns())
        crowd.manager.append(CHANGE)
        times.append(time.time_ns())
        crowd.manager.ask('reload')
        for wait in (params['settle_s'], params['watch_s']):
            time.sleep(wait)
            times.append(time.time_ns())
        known = crowd.manager.ask('list')['total']
        crowd.lab.stop(source)
        time.sleep(0.5)
        kept = {way: f'{out_dir}/captures/tunnel-{way}.pcap' for way in captures}
        for way, capture in captures.items():
            capture.keep(kept[way])
    phases, lost, packets = judge(kept, {address: nai for nai, address in addresses.items()},
                                  [('first policy', *times[:3], False), ('changed policy', *times[3:], True)])
    figures.distributions(out_dir, 'delays', {p['phase']: p['delays_s'] for p in phases}, log=False, xlabel='s until the first packet by the right way',
                          title=f'{params["phones"]} phones: until a flow is where the policy wants it', ylabel='share of flows')
    return {'phases': phases, 'flows': params['phones'] * len(NAMES), 'known': known, 'lost': lost, 'packets': packets, 'patience_s': params['patience_s'],
            'figures': ['delays']}


def _right(number):
    def test(summary):
        phase = summary['phases'][number]
        return Verdict(phase['right'] == phase['flows'] == summary['flows'], f'{phase["right"]} of {summary["flows"]} flows, none of their packets elsewhere; '
                       f'{phase["restless"]} went to and fro')
    return test


def _soon(summary):
    delays = summary['phases'][1]['delays_s']
    return Verdict(len(delays) == summary['flows'] and max(delays) <= summary['patience_s'],
                   f'the last of {len(delays)} flows after {max(delays, default=0):.1f} s, half of them within {sorted(delays)[len(delays) // 2]:.2f} s')


CLAIMS = [
    ('The flow manager knows every flow.', lambda s: Verdict(s['known'] == s['flows'], f'{s["known"]} of {s["flows"]}')),
    ('Every flow goes where the policy wants it.', _right(0)),
    ('And where the changed policy wants it.', _right(1)),
    ('A change of the policy is soon in force for all of them.', _soon),
    ('No packet is lost.', lambda s: Verdict(s['lost'] == 0 and s['packets'] > 0, f'{s["lost"]} of {s["packets"] + s["lost"]}')),
]
