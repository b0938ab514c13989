#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""What it costs to forward a packet to a mobile node: bench_forward.py [--quick] [--profile]

Datagrams of 64 octets go from the CN over LMA and MAG to mobile nodes, all on one processor, in turn by each way: plainly by the routes of the
kernel, which is the baseline right before each of the others; by our datapath, its tc programs and its XDP programs, with so many flows, every other one of which
has been moved to another MAG; and as the paper did it, every packet through an NFQUEUE and a rule for each moved flow. All ways have as many mobile nodes, and
get the same packets: of a thousand flows and more they go to all mobile nodes, of one flow to one; one by one, and as many at once as a busy driver hands up. A packet's
cost is processor time: of the generator, of the kernel's threads that forward, and of the program that reads the queue. --quick only shows that it runs; --profile
tells what the time goes into, by perf (package linux-perf)."""
import os
import re
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', 'system'))

import chain  # noqa: E402  pylint: disable=wrong-import-position
import results  # noqa: E402  pylint: disable=wrong-import-position
import system  # noqa: E402  pylint: disable=wrong-import-position
from domain import find_program  # noqa: E402  pylint: disable=wrong-import-position
from netns import Lab, LabError, wait_for  # noqa: E402  pylint: disable=wrong-import-position

FLOWS = {'tc': (0, 1, 1000, 20000, 100000, 500000), 'xdp': (1, 20000, 500000)}
QUICK_FLOWS = {'tc': (0, 20), 'xdp': (20,)}
NODES, QUICK_NODES = 1000, 20  # mobile nodes; an even number, for every other one is behind the second MAG
AT_ONCE = (1, 64)
PAPER_FLOWS, QUICK_PAPER_FLOWS = (1, 20000), (20,)
ROUNDS, SECONDS = 7, 0.4
WINDOW = 256  # packets on their way at a time where a queue would be full
QUEUE, TABLE = 7, 100
TUNNEL_ENDS = '2001:db8:11:1::1', '2001:db8:12:1::1'  # at the MAGs
PROFILED, QUICK_PROFILED = 3, 0.3  # seconds
PARTS = {
    'routes': r'fib|ip6_pol_route|__find_rr_leaf|rt6_|ip6_route_input|bpf_ipv6_fib_lookup|ip6_mtu_from_fib6|ip6_rule|bpf_skb_fib_lookup',
    'maps': r'htab_|lookup_nulls|lookup_elem|__htab|percpu_array|jhash',
    'programs': r'bpf_prog_\w+_pmip_',
    'headers': r'bpf_skb_|__bpf_skb|skb_ensure_writable|pskb_expand_head|bpf_xdp_adjust|skb_do_redirect|bpf_redirect|xdp_do_redirect|dev_map|dev_hash',
    'kernel': r'ip6_forward|ip6_output|ip6_finish|ip6_rcv|ipv6_rcv|ip6_sublist|ip6_list|neigh_|nf_hook',
}


class Paper:
    """Every packet through a queue to a reader in user space, and a rule for each moved flow. Bindings and rules lead to tunnels (RFC 2473) of the
    kernel's: where it has no ip6tnl, segment routing with one segment, which makes the same packets."""

    name = 'paper'

    def __init__(self, lab, flows, nodes):
        self.flows, self.nodes = flows, nodes
        self.chain = chain.Chain(lab, f'paper{flows}')
        lma = self.chain.lma
        for n, mag in enumerate(self.chain.mags):
            mag.ip('route', 'add', TUNNEL_ENDS[n], 'encap', 'seg6local', 'action', 'End.DT6', 'table', 'main', 'dev', 'core')
            lma.ip('route', 'add', TUNNEL_ENDS[n], 'via', chain.MAGS[n])
        self.chain.route_from_mags(nodes)
        lma.ip_batch(''.join(f'route add {chain.prefix(node)} {self._into(0)}\n' for node in range(nodes)) +
                     f'route add {chain.POOL} {self._into(1)} table {TABLE}\n')
        # As with a datapath the first flow is moved, and every other one.
        lma.run('ip', '-6', '-b', '-', text=''.join(f'rule add fwmark {mark} lookup {TABLE} priority 1000\n' for mark in range(1, flows + 1, 2)))
        lma.run('ip6tables-legacy', '-t', 'mangle', '-A', 'PREROUTING', '-i', 'net', '-p', 'udp', '-j', 'NFQUEUE', '--queue-num', str(QUEUE))
        self.reader = lma.start(f'reader{flows}', 'taskset', '-c', str(chain.CPU), find_program('tests/bench/queue_reader'), str(QUEUE))
        wait_for('the reader of the queue', 10, lambda: 'ready' in lab.said(self.reader))

    @staticmethod
    def _into(n):
        return f'encap seg6 mode encap.red segs {TUNNEL_ENDS[n]} dev core{n + 1}'

    def flood(self, flows, at_once, seconds):
        """Some traffic, no more than the queue takes."""
        return self.chain.flood(flows, self.nodes, at_once, seconds, WINDOW, [self.reader.pid])


def some(way, flows, at_once, seconds):
    """A flood that must arrive."""
    flood = way.flood(flows, at_once, seconds)
    if flood.received < 0.98 * flood.sent:
        raise LabError(f'{way.chain.way}: {flood.received} of {flood.sent} packets arrived')
    if way.flows and not flood.second:
        raise LabError(f'{way.chain.way}: no packet came by the way that it was moved to')
    return flood


def emit(way, flows, at_once, floods, ratio):
    """A row, of floods that were alike."""
    results.emit('forward', way=way.name, flows=flows, at_once=at_once, rate=round(results.median([flood.rate for flood in floods])), ratio=round(ratio, 4),
                 lost=sum(flood.sent - flood.received for flood in floods),
                 moved=round(sum(flood.second for flood in floods) / sum(flood.received for flood in floods), 3))


def measure(plain, ways, at_once, rounds, seconds):
    """All ways in turn, so many times, and before each of them the plain one with the same packets, whose rate wanders."""
    floods = {way: [] for way in ways}
    for _ in range(rounds):
        for way in ways:
            flows = way.flows or way.nodes
            floods[way].append((some(plain, flows, at_once, seconds), some(way, flows, at_once, seconds)))
    for flows in sorted({way.flows or way.nodes for way in ways}):
        emit(plain, flows, at_once, [base for way, found in floods.items() if (way.flows or way.nodes) == flows for base, _ in found], 1)
    for way, found in floods.items():
        emit(way, way.flows, at_once, [flood for _, flood in found], results.median([flood.rate / base.rate for base, flood in found]))


def shares(path):
    """What symbols have of the time, of a profile."""
    said = subprocess.run(['perf', 'report', '-i', path, '--comm', f'flood,ksoftirqd/{chain.CPU}', '--percentage', 'relative', '--sort', 'sym', '--stdio',
                           '-q'], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, check=True).stdout
    return [(float(percent), symbol) for percent, symbol in re.findall(r'([0-9.]+)% +\[[k.]\] (\S+)', said)]


def profile(way, at_once, seconds):
    """Print what one flow's packets cost, in parts."""
    with tempfile.NamedTemporaryFile() as file:
        with subprocess.Popen(['perf', 'record', '-q', '-C', str(chain.CPU), '-o', file.name, 'sleep', str(seconds)], stderr=subprocess.DEVNULL):
            rate = some(way, 1, at_once, seconds).rate
        found = shares(file.name)
    parts = {name: sum(percent for percent, symbol in found if re.match(which, symbol)) for name, which in PARTS.items()}
    results.emit('profile', way=way.name, at_once=at_once, ns=round(1e9 / rate), **{name: round(percent, 1) for name, percent in parts.items()})
    print('    ' + ', '.join(f'{symbol} {percent:.1f} %' for percent, symbol in found[:12]), flush=True)


def main(arguments):
    """All rows."""
    quick = '--quick' in arguments
    nodes = QUICK_NODES if quick else NODES
    if '--profile' in arguments:
        with Lab(system.prefix()) as lab:
            for way in (chain.Plain(lab, nodes), *(chain.Steered(lab, hook, 1, nodes) for hook in ('tc', 'xdp'))):
                way.chain.offloads('on', 'gro')
                way.chain.wait()
                for at_once in AT_ONCE:
                    profile(way, at_once, QUICK_PROFILED if quick else PROFILED)
        return 0
    with Lab(system.prefix()) as lab:
        plain = chain.Plain(lab, nodes)
        ways = [chain.Steered(lab, hook, count, nodes) for hook, flows in (QUICK_FLOWS if quick else FLOWS).items() for count in flows] + \
            [chain.Steered(lab, 'tc', 1, nodes, netfilter=True)] + [Paper(lab, flows, nodes) for flows in (QUICK_PAPER_FLOWS if quick else PAPER_FLOWS)]
        for way in (plain, *ways):
            way.chain.offloads('on', 'gro')
            way.chain.wait()
            way.flood(nodes, AT_ONCE[-1], 0.05)
        for at_once in AT_ONCE:
            measure(plain, [chain.Alone(plain), *ways], at_once, *((1, 0.02) if quick else (ROUNDS, SECONDS)))
    return 0


system.bench(main, sys.argv[1:])
