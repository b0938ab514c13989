# SPDX-License-Identifier: BSD-2-Clause
"""CN - LMA - {MAG1, MAG2} - MN in namespaces of their own, for one way to forward: plainly, by a datapath of ours, or as somebody else did. The mobile
node has a cable to each MAG and one address; what comes by the second is what was moved there. It may be many mobile nodes, each with a prefix."""
import os
import subprocess

import system  # noqa: F401  pylint: disable=unused-import  # finds the laboratory
from domain import find_program
from drive import Drive
from netns import wait_for

CN, CN_ROUTER = '2001:db8:c::', '2001:db8:c::ffff'
LMA, MAGS, CORES = '2001:db8:1::1', ('2001:db8:11::2', '2001:db8:12::2'), ('2001:db8:11::1', '2001:db8:12::1')
POOL, MN = '2001:db8:a000::/36', '2001:db8:a000:1::2'
PORT, PORT_BITS = 10000, 15  # as flood.h has them
ROUTER, MN_LINK_LOCAL = 'fe80::1', 'fe80::2'
OPS = 4  # in a line for dp_drive
CPU = max(os.sched_getaffinity(0))  # that forwards


def source(number):
    """Address and port of a flow, as flood.bpf.c has it."""
    return f'{CN}{1 + (number >> PORT_BITS):x}', PORT + (number & (1 << PORT_BITS) - 1)


def prefix(node):
    """That of a mobile node, as flood.bpf.c has it; MN is in the first."""
    return f'2001:db8:a000:{1 + node:x}::/64'


def ran_ns(pid):
    """Processor time of a process or thread of the kernel."""
    with open(f'/proc/{pid}/schedstat', encoding='ascii') as file:
        return int(file.read().split()[0])


def softirq_pids():
    """The kernel's threads that forward what cannot be done at once."""
    found = subprocess.run(['pgrep', '-x', 'ksoftirqd/[0-9]+'], stdout=subprocess.PIPE, text=True, check=True).stdout
    return [int(pid) for pid in found.split()]


class Flooded:
    """What came of a flood."""

    def __init__(self, words, forwarding_ns):
        self.sent, first, self.second, own_ns = map(int, words)
        self.received = first + self.second
        self.cpu_ns = own_ns + forwarding_ns

    @property
    def rate(self):
        """Packets that arrived, for each second of a processor that was spent on them."""
        return self.received * 1e9 / self.cpu_ns


class Chain:
    """The namespaces in a laboratory, whose names begin with that of the way; links are up, and nothing is routed to the mobile node yet."""

    def __init__(self, lab, way):
        self.lab, self.way = lab, way
        self.cn, self.lma, self.mn = (lab.add_netns(f'{way}-{name}') for name in ('cn', 'lma', 'mn'))
        self.mags = [lab.add_netns(f'{way}-mag{n}') for n in (1, 2)]
        for netns in (self.cn, self.lma, *self.mags, self.mn):
            netns.sysctl(ipv6__conf__default__accept_dad=0, ipv6__conf__all__accept_dad=0, ipv6__conf__default__accept_ra=0)
        for netns in (self.lma, *self.mags):
            netns.sysctl(ipv6__conf__all__forwarding=1)
        self._link(self.cn, 'eth0', f'{source(0)[0]}/64', self.lma, 'net', f'{CN_ROUTER}/64')
        for n, mag in enumerate(self.mags):
            self._link(self.lma, f'core{n + 1}', f'{CORES[n]}/64', mag, 'core', f'{MAGS[n]}/64')
            self._link(mag, 'access', f'{ROUTER}/64', self.mn, f'mn{n + 1}', f'{MN}/128')
            self.mn.ip('addr', 'add', f'{MN_LINK_LOCAL}/64', 'dev', f'mn{n + 1}', 'nodad')
            mag.ip('route', 'add', 'default', 'via', CORES[n])
        self.lma.ip('addr', 'add', f'{LMA}/128', 'dev', 'lo')
        self.cn.ip('route', 'add', 'default', 'via', CN_ROUTER)
        self.mn.ip('route', 'add', 'default', 'via', ROUTER, 'dev', 'mn1')
        self.mac = self._mac(self.lma, 'net')

    @staticmethod
    def _link(netns, ifname, addr, other, other_ifname, other_addr):
        netns.ip_batch(f'link add {ifname} type veth peer name {other_ifname} netns {other.full_name}\n'
                       f'addr add {addr} dev {ifname} nodad\nlink set {ifname} up\n')
        other.ip_batch(f'addr add {other_addr} dev {other_ifname} nodad\nlink set {other_ifname} up\n')

    @staticmethod
    def _mac(netns, ifname):
        return netns.ip('-o', 'link', 'show', 'dev', ifname).split('link/ether ')[1].split()[0]

    def offloads(self, how, *which):
        """Turn offloads on or off, on all links."""
        words = [word for name in which for word in (name, how)]
        for netns, links in ((self.cn, ['eth0']), (self.lma, ['net', 'core1', 'core2']), (self.mn, ['mn1', 'mn2']),
                             *((mag, ['core', 'access']) for mag in self.mags)):
            for link in links:
                netns.run('ethtool', '-K', link, *words)

    def route_to_nodes(self, nodes):
        """Routes to so many mobile nodes, without a datapath: to the odd ones by the second MAG, as flows are moved."""
        self.route_from_mags(nodes)
        self.lma.ip_batch(''.join(f'route add {prefix(node)} via {MAGS[1 - node % 2]}\n' for node in range(nodes)))

    def route_from_mags(self, nodes):
        """Their part of it."""
        for mag in self.mags:
            mag.ip_batch(''.join(f'route add {prefix(node)} via {MN_LINK_LOCAL} dev access\n' for node in range(nodes)))

    def wait(self):
        """Until packets arrive."""
        wait_for(f'{self.way}: the mobile node', 10, lambda: ' 0% packet loss' in self.cn.run('ping', '-q', '-c', '1', '-W', '1', MN, check=False))

    def flood(self, flows, nodes, at_once, seconds, window=0, readers=(), alone=False):
        """Send datagrams of so many flows to so many mobile nodes on one processor, some at once; readers are processes that have a part in forwarding.
        alone: only from the first MAG, so that nobody forwards."""
        pids = [*softirq_pids(), *readers]
        before = {pid: ran_ns(pid) for pid in pids}
        out, link, mac = (self.mags[0], 'access', self._mac(self.mn, 'mn1')) if alone else (self.cn, 'eth0', self.mac)
        said = out.run('taskset', '-c', str(CPU), find_program('tests/bench/flood'), link, mac, source(0)[0], MN, str(flows), str(nodes),
                       str(at_once), str(seconds), str(window), self.mn.path, 'mn1', 'mn2')
        return Flooded(said.split(), sum(ran_ns(pid) - before[pid] for pid in pids))


class Alone:
    """The generator and the sink, over the last link alone: what each of the others has in it."""

    name, flows = 'alone', 0

    def __init__(self, other):
        self.nodes, self.chain = other.nodes, other.chain

    def flood(self, flows, at_once, seconds):
        """Some traffic."""
        return self.chain.flood(flows, self.nodes, at_once, seconds, alone=True)


class Plain:
    """Routes and nothing else."""

    name, flows = 'plain', 0

    def __init__(self, lab, nodes):
        self.nodes = nodes
        self.chain = Chain(lab, 'plain')
        self.chain.route_to_nodes(nodes)

    def flood(self, flows, at_once, seconds):
        """Some traffic."""
        return self.chain.flood(flows, self.nodes, at_once, seconds)


class Steered:
    """The bpf datapath by one of its hooks, tc or xdp, for so many mobile nodes. Without flows there are the bindings alone. netfilter: the MAGs deliver
    through it, as they do by default."""

    def __init__(self, lab, hook, flows, nodes, netfilter=False):
        self.name, self.flows, self.nodes = f'{hook}-netfilter' if netfilter else hook, flows, nodes
        self.chain = Chain(lab, f'{self.name}{flows}')
        self.lma = Drive(self.chain.lma, 'lma', '--core', 'core1', '--core', 'core2', '--network', 'net', '--hook', hook, '--pool', POOL,
                         '--max-flows', str(max(1, flows)))
        for mag in MAGS:
            self.lma.say('ensure', LMA, mag)
        self.lma.say_many([f'set {prefix(node)} {LMA} {MAGS[0]} - group {1 + node}' for node in range(nodes)], OPS)
        self.lma.say_many([f'path-set {1 + node} {LMA} {MAGS[1]}' for node in range(nodes)], OPS)
        self.lma.say_many([self._flow(number) for number in range(flows)], OPS)
        self.mags = []
        for address, mag in zip(MAGS, self.chain.mags):
            drive = Drive(mag, 'mag', '--core', 'core', '--access', 'access', '--hook', hook, *([] if netfilter else ['--bypass-netfilter']))
            drive.say('ensure', address, LMA)
            drive.say_many([f'set {prefix(node)} {address} {LMA} access via {MN_LINK_LOCAL}' for node in range(nodes)], OPS)
            self.mags.append(drive)

    def _flow(self, number):
        """The first one is moved, and every other one: of one alone that one."""
        address, port = source(number)
        node = number % self.nodes
        to = '- -' if number % 2 else f'{LMA} {MAGS[1]}'
        return f'flow-set {address} {port} {prefix(node)[:-3]}2 {PORT} 17 {to} group {1 + node}'

    def flood(self, flows, at_once, seconds):
        """Some traffic."""
        return self.chain.flood(flows, self.nodes, at_once, seconds)
