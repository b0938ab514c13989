#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
# May run beside others.
# Proves MAG-5, MAG-18, PBA-6, RA-2.
"""MAGs whose link-local address the LMA chooses (RFC 5213 section 6.9.1.2): a mobile node has the same router at both. Three times it has
that very address itself: it says so, it asks whether it may have it, and it comes with it. Each time the MAG takes another one, tells the
LMA at once, and the next MAG has that."""
import ipaddress
import socket
import struct

import system
from capture import ETH_LEN, IPV6_LEN, Capture
from domain import ETH0_INDEX, ROUTER_LINK_LOCAL, Domain
from netns import wait_for

EXTRA = 'link_local_address: "::"\n'
ROUTER_MAC = '00:00:5e:00:52:13'
OPT_HI, OPT_LLA = 23, 26
HI_UNCHANGED = 5
AT_OPTIONS = ETH_LEN + IPV6_LEN + 12


def option(packet, wanted):
    """The value of an option of a PBU or PBA, None without it."""
    raw, at = packet.raw, AT_OPTIONS
    while at + 1 < len(raw):
        kind, length = raw[at], 0 if raw[at] == 0 else raw[at + 1]
        if kind == wanted:
            return raw[at + 2:at + 2 + length]
        at += 1 if kind == 0 else 2 + length
    return None


class Watch:
    """The signalling on both cables, from a moment on."""

    def __init__(self, domain):
        self._captures = [Capture(domain.lma_ns, f'mag{n}', 'ip6 proto 135', immediate=True, octets=400) for n in (1, 2)]

    def count(self, index):
        """How many PBUs and PBAs there are by now of a MAG."""
        return len(self._registrations(index))

    def _registrations(self, index):
        return [packet for packet in self._captures[index].packets() if packet.kind in ('PBU', 'PBA')]

    def addresses(self, index, since):
        """(kind, link-local address, HI) of each PBU and PBA of a MAG after the first ones."""
        found = []
        for packet in self._registrations(index)[since:]:
            lla, hint = option(packet, OPT_LLA), option(packet, OPT_HI)
            found.append((packet.kind, lla and str(ipaddress.IPv6Address(lla)), hint and hint[1]))
        return found


def ours(domain, mag):
    """The link-local addresses of a MAG's access link, [] when it has no such link."""
    if domain.host.at is not mag:
        return []
    lines = mag.netns.ip('-6', '-o', 'addr', 'show', 'dev', domain.host.acc, 'scope', 'link').splitlines()
    return [line.split()[3].split('/')[0] for line in lines]


def routers(domain):
    """The default routers that the mobile node has."""
    words = [line.split() for line in domain.host.netns.ip('-6', '-o', 'route', 'show', 'default').replace('nexthop', '\nnexthop').splitlines()]
    return [w[w.index('via') + 1] for w in words if 'via' in w]


def settled(checks, domain, mag, what, router=None):
    """The mobile node has one router, this one, which is the MAG's one address; return it."""
    holds = checks.eventually(f'{what}: one router', 5, lambda: len(routers(domain)) == 1 and ours(domain, mag) == routers(domain) and
                              router in (None, routers(domain)[0]))
    if not holds:
        print(f'routers {routers(domain)}, addresses {ours(domain, mag)}, expected {router or "any"}', flush=True)
    address = domain.host.addresses()[0].split('/')[0]
    checks.eventually(f'{what}: reached', 5, lambda: domain.reached(address))
    return (routers(domain) or [None])[0]


def settled_beside(checks, domain, mag, what, router, owns):
    """The mobile node has this router, besides those whose addresses are its own now: Linux takes no Router Advertisement from itself,
    not one that ends the router either. Its user gives them up."""
    checks.eventually(f'{what}: the new router beside the old', 5, lambda: ours(domain, mag) == [router] and
                      sorted(routers(domain)) == sorted((router, *owns)))
    domain.host.netns.ip_batch(''.join(f'route del default via {own} dev eth0\naddr del {own}/64 dev eth0\n' for own in owns))
    settled(checks, domain, mag, what, router)


def taken(checks, domain, watch, index, what, claim, keeps):
    """The mobile node claims the address of the MAG it is at, and keeps it or is told that it is another's; return the MAG's new one."""
    mag, old = domain.mags[index], ours(domain, domain.mags[index])[0]
    before, sent = watch.count(index), mag.counters()['pbu_sent']
    claim(old)
    checks.eventually(f'{what}: a PBU at once', 2, lambda: watch.count(index) >= before + 2)
    told = watch.addresses(index, before)
    new = told[0][1]
    checks.check(told == [('PBU', new, HI_UNCHANGED), ('PBA', new, HI_UNCHANGED)] and new not in (old, '::', None) and
                 mag.counters()['pbu_sent'] == sent + 1, f'{what}: it is one, with another address, which the LMA takes', told)
    seen = [event for event in mag.events() if event['event'] == 'address-taken']
    checks.check(seen and seen[-1]['address'] == old, f'{what}: an event tells', seen)
    if keeps:
        settled_beside(checks, domain, mag, what, new, (old,))
    else:
        settled(checks, domain, mag, what, new)
        domain.host.netns.ip('addr', 'del', f'{old}/64', 'dev', 'eth0')
    return new


def moved(checks, domain, watch, index, router):
    """A handover: the LMA gives the next MAG the address that it has."""
    before = watch.count(index)
    domain.move(domain.host, domain.mags[index])
    settled(checks, domain, domain.mags[index], f'handover to {domain.mags[index].name}', router)
    told = [each[:2] for each in watch.addresses(index, before)]
    checks.check(told[:2] == [('PBU', '::'), ('PBA', router)], 'the MAG asks for an address, and is given that which the LMA has', told)


def advertise(host, address):
    """The mobile node takes an address without asking, and says so (RFC 4861 section 7.2.6)."""
    host.netns.ip('addr', 'add', f'{address}/64', 'dev', 'eth0', 'nodad')
    with host.netns.socket(socket.AF_INET6, socket.SOCK_RAW, socket.IPPROTO_ICMPV6) as sock:
        sock.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_MULTICAST_HOPS, 255)
        sock.bind((address, 0, 0, ETH0_INDEX))
        sock.sendto(struct.pack('!BBHI16sBB6s', 136, 0, 0, 0x20000000, socket.inet_pton(socket.AF_INET6, address), 2, 1, host.mac_octets),
                    ('ff02::1', 0, 0, ETH0_INDEX))


def came_with_it(checks, domain, watch, router):
    """The mobile node has the address when it comes, and has not said so. It takes the MAG's next one as well: one more is chosen, though
    not at once, for it might be the LMA that insists."""
    host, mag = domain.host, domain.mags[1]
    host.cut()
    host.netns.ip('addr', 'add', f'{router}/64', 'dev', 'eth0', 'nodad')
    before = watch.count(1)
    domain.move(host, mag)
    checks.eventually('one who comes with the address: a PBU at once', 5, lambda: watch.count(1) >= before + 4)
    following = watch.addresses(1, before)[2][1]
    checks.eventually('one who comes with the address: the next one is in use', 5, lambda: ours(domain, mag) == [following])
    advertise(host, following)
    checks.eventually('one who takes the next as well: one more', 5, lambda: watch.count(1) >= before + 6)
    told = [each[:2] for each in watch.addresses(1, before)]
    new = told[4][1]
    checks.check(told == [('PBU', '::'), ('PBA', router)] + [(kind, each) for each in (following, new) for kind in ('PBU', 'PBA')] and
                 new not in (router, following), 'one who takes both: the MAG asks, gets the one, chooses the other, and then a third', told)
    settled_beside(checks, domain, mag, 'one who takes both', new, (router, following))


def test(checks):
    """Come, move, collide, go."""
    with Domain(system.prefix(), datapath=system.DATAPATH, mag_extra=EXTRA) as domain:
        host, (mag1, mag2) = domain.host, domain.mags
        domain.start()
        watch = Watch(domain)
        domain.move(host, mag1)
        host.wait_address()
        router = settled(checks, domain, mag1, 'attached')
        checks.check(router != ROUTER_LINK_LOCAL and watch.addresses(0, 0) == [('PBU', '::', 4), ('PBA', router, 4)],
                     'the MAG asks the LMA for an address, and has it', watch.addresses(0, 0))
        checks.check(host.network()['router link-layer address'] == ROUTER_MAC, 'by the link-layer address of all MAGs', host.network())
        checks.check(' 0% packet loss' in host.netns.run('ping', '-q', '-c', '1', '-W', '2', f'{router}%eth0', check=False),
                     'the mobile node reaches its router by it')
        moved(checks, domain, watch, 1, router)

        router = taken(checks, domain, watch, 1, 'an advertisement', lambda old: advertise(host, old), True)
        moved(checks, domain, watch, 0, router)
        router = taken(checks, domain, watch, 0, 'duplicate address detection',
                       lambda old: host.netns.ip('addr', 'add', f'{old}/64', 'dev', 'eth0'), False)
        came_with_it(checks, domain, watch, router)

        host.netns.ip('link', 'set', 'eth0', 'down')
        checks.eventually('its carrier gone, the access link has no address of ours', 5, lambda: ours(domain, mag2) == [])
        wait_for('the end of the binding', 15, lambda: host.nai not in domain.lma.active())
        checks.check(domain.stop() == [0, 0, 0], 'all end in good order')


system.main(test, ('ip', 'nsenter', 'tcpdump', 'ping'))
