# SPDX-License-Identifier: BSD-2-Clause
# Proves TUN-4, FLO-2, FMC-3, PAP-20, PAP-15.
"""Single flows in the bpf datapath: a mobile node with two interfaces, one address, and two MAGs.

    CN ---- LMA ==== MAG1 ---- wlan (MN)      the address is the first interface's; MAG2 routes its prefix to the second one's link-local
               \\==== MAG2 ---- cell          address, as it does with a prefix that is off-link there
"""
import re
import socket
import time

import system
from drive import Drive
from netns import Lab, wait_for

CN, LMA, MAG = '2001:db8:c::2', '2001:db8:1::1', ('2001:db8:11::2', '2001:db8:12::2')
HNP, MN = '2001:db8:a000:1::/64', '2001:db8:a000:1::2'
PORT, OTHER, GROUP = 5001, 5002, 7
UDP = socket.IPPROTO_UDP


def cable(one, name, addr, other, other_name, other_addr):
    """A cable between two namespaces."""
    one.ip('link', 'add', name, 'type', 'veth', 'peer', 'name', other_name, 'netns', other.full_name)
    for netns, link, address in ((one, name, addr), (other, other_name, other_addr)):
        netns.ip('link', 'set', link, 'up')
        for a in address:
            netns.ip('addr', 'add', a, 'dev', link, 'nodad')


def build(lab):
    """The domain, without forwarding."""
    cn, lma, mag1, mag2, mn = (lab.add_netns(name) for name in ('cn', 'lma', 'mag1', 'mag2', 'mn'))
    for netns in (cn, lma, mag1, mag2, mn):
        netns.sysctl(ipv6__conf__all__accept_dad=0, ipv6__conf__default__accept_dad=0)
    for netns in (lma, mag1, mag2):
        netns.sysctl(ipv6__conf__all__forwarding=1)
    cable(cn, 'eth0', [f'{CN}/64'], lma, 'net', ['2001:db8:c::1/64'])
    lma.ip('addr', 'add', f'{LMA}/128', 'dev', 'lo')
    cn.ip('route', 'add', 'default', 'via', '2001:db8:c::1')
    for n, (mag, link) in enumerate(((mag1, 'wlan'), (mag2, 'cell')), 1):
        cable(lma, f'core{n}', [f'2001:db8:1{n}::1/64'], mag, 'core', [f'{MAG[n - 1]}/64'])
        cable(mag, 'access', ['fe80::1/64'], mn, link, [f'{MN}/128'] if n == 1 else [])
        mag.ip('route', 'add', 'default', 'via', f'2001:db8:1{n}::1')
    mn.ip('route', 'add', 'default', 'via', 'fe80::1', 'dev', 'wlan')
    return cn, lma, mag1, mag2, mn


def link_local(netns, link):
    """The link-local address of an interface."""
    return netns.ip('-o', '-6', 'addr', 'show', 'dev', link, 'scope', 'link').split()[3].split('/')[0]


class Rx:
    """Packets that a mobile node's interface has received."""

    def __init__(self, mn):
        self.mn = mn
        self.mark()

    def _now(self, link):
        return int(self.mn.ip('-s', 'link', 'show', 'dev', link).split('RX:')[1].split('\n')[1].split()[1])

    def mark(self):
        """Count from now."""
        self.start = {link: self._now(link) for link in ('wlan', 'cell')}

    def since(self, link):
        """How many since mark()."""
        return self._now(link) - self.start[link]


def send(sender, receiver, port, count=50, size=200, addr=MN):
    """Datagrams from one to the other; how many came."""
    with receiver.socket(socket.AF_INET6, socket.SOCK_DGRAM) as into, sender.socket(socket.AF_INET6, socket.SOCK_DGRAM) as out:
        into.bind(('::', port))
        into.settimeout(0.3)
        out.bind(('::', 4000))
        for _ in range(count):
            out.sendto(bytes(size), (addr, port))
        got = 0
        try:
            while got < count:
                into.recv(65536)
                got += 1
        except TimeoutError:
            pass
    return got


def steering(checks, lma, cn, mn):
    """One flow moves, the other stays; what is counted."""
    flow = (CN, 4000, MN, PORT, UDP)
    rx = Rx(mn)
    checks.check(send(cn, mn, PORT) == 50 and rx.since('wlan') >= 50, 'a flow goes where its prefix goes', rx.since('wlan'))
    lma.say('flow-set', *flow, '-', '-')
    send(cn, mn, PORT)
    answer = lma.say('flows')
    checks.check('packets=50' in answer and 'octets=12400' in answer and 'seen=1' in answer, 'a flow is counted without being moved', answer)
    lma.say('flow-set', *flow, LMA, MAG[1])
    rx.mark()
    checks.check(send(cn, mn, PORT) == 50, 'a moved flow arrives whole')
    checks.check(rx.since('cell') >= 50 and rx.since('wlan') < 10, 'it comes over the other interface',
                 f'{rx.since("cell")} {rx.since("wlan")}')
    rx.mark()
    checks.check(send(cn, mn, OTHER) == 50 and rx.since('wlan') >= 50 and rx.since('cell') < 10, 'another flow stays where it was')
    checks.check('packets=100' in lma.say('flows'), 'the counters go on over a move')
    checks.check(lma.number('packets', 'tunnel', LMA, MAG[1]) == 50, 'the tunnel has counted them too')
    send(cn, mn, PORT, count=2, size=4000)  # the first one is answered by Packet Too Big
    rx.mark()
    checks.check(send(cn, mn, PORT, count=10, size=4000) == 10 and rx.since('cell') >= 30,
                 'all fragments of a datagram go the way of its flow', rx.since('cell'))
    lma.say('flow-set', *flow, '-', '-')
    rx.mark()
    send(cn, mn, PORT)
    checks.check(rx.since('wlan') >= 50 and rx.since('cell') < 10, 'moved back it follows its prefix')
    lma.say('flow-clear', *flow)
    checks.check(lma.say('flows') == '0', 'a flow that is cleared is gone')
    checks.check(lma.try_('flow-set', *flow, LMA, '2001:db8:99::1') == 'error PMIP_ERR_NOENT', 'a flow is not moved to a tunnel that is not there')


def labels(checks, lma, cn, mn):
    """The flow label is noted, and is no part of a flow's identity."""
    flow = (CN, 4000, MN, PORT, UDP)
    lma.say('flow-set', *flow, LMA, MAG[1])
    rx = Rx(mn)
    for label in (0x11111, 0x22222):
        with cn.socket(socket.AF_INET6, socket.SOCK_RAW, UDP) as out:
            header = (4000).to_bytes(2, 'big') + PORT.to_bytes(2, 'big') + (8).to_bytes(2, 'big') + bytes(2)
            out.setsockopt(socket.IPPROTO_IPV6, 33, 1)  # IPV6_FLOWINFO_SEND
            out.setsockopt(socket.IPPROTO_IPV6, 7, 6)   # IPV6_CHECKSUM
            out.sendto(header, (MN, 0, label, 0))
    time.sleep(0.2)
    checks.check(rx.since('cell') >= 2, 'packets with other flow labels are still of the flow', rx.since('cell'))
    checks.check('0x22222' in lma.say('flows'), 'the last label is noted', lma.say('flows'))
    lma.say('flow-clear', *flow)


def uplink(checks, lma, cn, mn):
    """Packets of the prefix come out of the other tunnel only when the mobile node has a path there."""
    mn.ip('route', 'add', f'{CN}/128', 'via', 'fe80::1', 'dev', 'cell')
    before = lma.number('drop_spoofed', 'counters')
    checks.check(send(mn, cn, PORT, addr=CN) == 0, 'without a path its packets out of the other tunnel are dropped')
    checks.check(lma.number('drop_spoofed', 'counters') - before >= 50, 'and counted as spoofed')
    lma.say('path-set', GROUP, LMA, MAG[1])
    checks.check(send(mn, cn, PORT, addr=CN) == 50, 'with a path they are not')
    lma.say('path-clear', GROUP, LMA, MAG[1])
    checks.check(send(mn, cn, PORT, addr=CN) == 0, 'and without it they are again')
    mn.ip('route', 'del', f'{CN}/128', 'dev', 'cell')


def congestion(checks, lma_netns, lma, cn, mn):
    """A queue that drops is seen in the counters of the tunnel behind it."""
    lma_netns.run('tc', 'qdisc', 'replace', 'dev', 'core1', 'root', 'tbf', 'rate', '200kbit', 'burst', '2000', 'limit', '4000')
    send(cn, mn, PORT, count=200, size=1000)
    checks.check(lma.number('dropped', 'tunnel', LMA, MAG[0]) > 50, 'packets that the queue drops', lma.say('tunnel', LMA, MAG[0]))
    lma_netns.run('tc', 'qdisc', 'del', 'dev', 'core1', 'root')


def flows_told(lma):
    """Unknown flows that are told, by their destination port."""
    return [int(text.split(':')[-1]) for text in re.findall(r'\{udp [^}]*?(:\d+)(?: label [^}]*)?\}', lma.say('unknown'))]


def unknown(checks, lma, cn, mn):
    """Flows that nobody has named are told when they are to be, and none of their packets waits."""
    flow = (CN, 4000, MN, PORT, UDP)
    send(cn, mn, PORT)
    checks.check(flows_told(lma) == [], 'unknown flows are not told when nobody watches')
    lma.say('watch', 'all')
    checks.check(send(cn, mn, PORT) == 50, 'the packets of an unknown flow go on')
    checks.check(flows_told(lma) == [PORT], 'it is told once')
    send(cn, mn, OTHER)
    checks.check(flows_told(lma) == [OTHER], 'another one is told, too')
    time.sleep(1)
    send(cn, mn, PORT)
    checks.check(flows_told(lma) == [PORT], 'it is told again after a second')
    lma.say('flow-set', *flow, '-', '-')
    time.sleep(1)
    send(cn, mn, PORT)
    checks.check(flows_told(lma) == [], 'but not once it is named')
    lma.say('flow-clear', *flow)
    lma.say('watch', 'movable')
    time.sleep(1)
    send(cn, mn, PORT)
    checks.check(flows_told(lma) == [], 'flows of one who has a single path are not told when the movable ones are watched')
    lma.say('path-set', GROUP, LMA, MAG[0])
    send(cn, mn, PORT)
    checks.check(flows_told(lma) == [PORT], 'with paths they are')
    lma.say('path-clear', GROUP, LMA, MAG[0])
    lma.say('watch', 'none')


def successor(checks, lab, lma, options):
    """A killed process' flows go on, and a successor sweeps what nobody names."""
    flow, gone = (CN, 4000, MN, PORT, UDP), (CN, 4000, MN, OTHER, UDP)
    for each in (flow, gone):
        lma.say('flow-set', *each, LMA, MAG[1])
    lma.process.kill()
    lma.process.wait()
    lma = Drive(lab.netns['lma'], 'lma', *options)
    checks.check(lma.say('flows').endswith('2'), 'a successor finds the flows', lma.say('flows'))
    rx = Rx(lab.netns['mn'])
    send(lab.netns['cn'], lab.netns['mn'], PORT)
    checks.check(rx.since('cell') >= 50, 'they have gone on all the time')
    lma.say('watch', 'all')
    rx.mark()
    send(lab.netns['cn'], lab.netns['mn'], PORT)
    checks.check(flows_told(lma) == [PORT] and rx.since('cell') >= 50, 'what the killed one has steered goes on, and is unknown to its successor')
    for mag in MAG:
        lma.say('ensure', LMA, mag)
    lma.say('set', HNP, LMA, MAG[0], '-', 'group', GROUP)
    lma.say('flow-set', *flow, LMA, MAG[1])
    lma.say('sweep')
    checks.check(lma.say('flows').endswith(' 1'), 'the one that was named again stays', lma.say('flows'))
    checks.check('packets=100' in lma.say('flows'), 'with what it has counted', lma.say('flows'))
    time.sleep(1)
    send(lab.netns['cn'], lab.netns['mn'], PORT)
    checks.check(flows_told(lma) == [], 'and is told no more')
    return lma


def test(checks):
    """See the head of this file."""
    with Lab(system.prefix()) as lab:
        cn, lma_netns, mag1, mag2, mn = build(lab)
        options = ('--core', 'core1', '--core', 'core2', '--pool', '2001:db8:a000::/36')
        lma = Drive(lma_netns, 'lma', *options)
        for n, mag in enumerate((mag1, mag2)):
            drive = Drive(mag, 'mag', '--core', 'core', '--access', 'access')
            drive.say('ensure', MAG[n], LMA)
            drive.say('set', HNP, MAG[n], LMA, 'access', *(['via', link_local(mn, 'cell')] if n else []))
            lma.say('ensure', LMA, MAG[n])
        lma.say('set', HNP, LMA, MAG[0], '-', 'group', GROUP)
        wait_for('a packet from the CN to the mobile node', 10, lambda: send(cn, mn, PORT, count=1) == 1)
        steering(checks, lma, cn, mn)
        labels(checks, lma, cn, mn)
        uplink(checks, lma, cn, mn)
        congestion(checks, lma_netns, lma, cn, mn)
        unknown(checks, lma, cn, mn)
        successor(checks, lab, lma, options).quit()


system.main(test, ('ip', 'nsenter', 'tc'))
