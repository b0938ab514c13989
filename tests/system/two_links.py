# SPDX-License-Identifier: BSD-2-Clause
"""A mobile node with two interfaces, one address, and two MAGs, of tests that move single flows by hand.

    CN ---- LMA ==== MAG1 ---- wlan (MN)      the address is the first interface's; MAG2 routes its prefix to the second one's link-local
               \\==== MAG2 ---- cell          address, as it does with a prefix that is off-link there
"""
import socket

from drive import Drive
from netns import wait_for

CN, LMA, MAG = '2001:db8:c::2', '2001:db8:1::1', ('2001:db8:11::2', '2001:db8:12::2')
HNP, MN = '2001:db8:a000:1::/64', '2001:db8:a000:1::2'
HOME4, MN4, CN4 = '::ffff:198.51.100.2/128', '198.51.100.2', '203.0.113.2'
LMA_OPTIONS = ('--core', 'core1', '--core', 'core2', '--pool', '2001:db8:a000::/36', '--pool', '::ffff:198.51.100.0/120')
PORT, GROUP = 5001, 7
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
        netns.sysctl(ipv6__conf__all__forwarding=1, ipv4__ip_forward=1)
    for netns in (cn, lma, mag1, mag2, mn):
        netns.sysctl(ipv4__conf__all__rp_filter=0, ipv4__conf__default__rp_filter=0)
    cable(cn, 'eth0', [f'{CN}/64', f'{CN4}/24'], lma, 'net', ['2001:db8:c::1/64', '203.0.113.1/24'])
    lma.ip('addr', 'add', f'{LMA}/128', 'dev', 'lo')
    cn.ip('route', 'add', 'default', 'via', '2001:db8:c::1')
    cn.ip('route', 'add', 'default', 'via', '203.0.113.1')
    for n, (mag, link) in enumerate(((mag1, 'wlan'), (mag2, 'cell')), 1):
        cable(lma, f'core{n}', [f'2001:db8:1{n}::1/64'], mag, 'core', [f'{MAG[n - 1]}/64'])
        cable(mag, 'access', ['fe80::1/64'], mn, link, [f'{MN}/128', f'{MN4}/32'] if n == 1 else [])
        mag.ip('route', 'add', 'default', 'via', f'2001:db8:1{n}::1')
    mn.ip('route', 'add', 'default', 'via', 'fe80::1', 'dev', 'wlan')
    return cn, lma, mag1, mag2, mn


def link_local(netns, link):
    """The link-local address of an interface."""
    def words():
        return netns.ip('-o', '-6', 'addr', 'show', 'dev', link, 'scope', 'link').split()

    return wait_for(f'a link-local address of {link}', 5, words)[3].split('/')[0]


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
    family = socket.AF_INET6 if ':' in addr else socket.AF_INET
    with receiver.socket(family, socket.SOCK_DGRAM) as into, sender.socket(family, socket.SOCK_DGRAM) as out:
        into.bind(('', port))
        into.settimeout(0.3)
        out.bind(('', 4000))
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


def drive(lab, lma_options=(), mag1_options=()):
    """A datapath at the LMA and at each MAG, and all that is bound; the LMA's."""
    cn, lma_netns, mag1, mag2, mn = build(lab)
    lma = Drive(lma_netns, 'lma', *LMA_OPTIONS, *lma_options)
    for n, mag in enumerate((mag1, mag2)):
        at = Drive(mag, 'mag', '--core', 'core', '--access', 'access', *(() if n else mag1_options))
        at.say('ensure', MAG[n], LMA)
        at.say('set', HNP, MAG[n], LMA, 'access', *(['via', link_local(mn, 'cell')] if n else []))
        at.say('set', HOME4, MAG[n], LMA, 'access')
        lma.say('ensure', LMA, MAG[n])
    for prefix in (HNP, HOME4):
        lma.say('set', prefix, LMA, MAG[0], '-', 'group', GROUP)
    wait_for('a packet from the CN to the mobile node', 10, lambda: send(cn, mn, PORT, count=1) == 1)
    return lma
