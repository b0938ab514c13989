#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
# May run beside others.
# Proves MAG-45, RED-2, RED-5, RED-12, RED-13, RED-14, RED-16.
"""Two LMAs share the mobile nodes of two MAGs that know one of them only (RFC 6463). Half of the mobile nodes are sent to the other LMA and
served by it, also after a handover; when it dies they come back.

    CN ---- LMA ==== MAG1, MAG2      the MAGs reach the second LMA through the namespace of the first, which routes
              \\---- LMA2             its pool there and knows nothing of its tunnels
"""
import system
from domain import CN_ADDR, LMA_ADDR, Domain
from netns import wait_for

HOSTS = 8
LMA2_ADDR = '2001:db8:3::2'
POOL2 = '2001:db8:200::/48'
PINGS = 5
LIFETIME_S = 12


def add_lma2(domain):
    """The second LMA, behind the first."""
    netns = domain.lab.add_netns('lma2')
    netns.sysctl(ipv6__conf__all__forwarding=1, ipv6__conf__default__accept_dad=0)
    domain.lma_ns.ip_batch(f'link add lma2 type veth peer name core0 netns {netns.full_name}\n'
                           'addr add 2001:db8:3::1/64 dev lma2 nodad\nlink set lma2 up\n')
    netns.ip_batch(f'addr add {LMA2_ADDR}/64 dev core0 nodad\nlink set core0 up\nroute add default via 2001:db8:3::1\n')
    domain.lma_ns.ip_batch(f'route add {POOL2} via {LMA2_ADDR}\n')
    return domain.make_lma(netns, '[core0]', LMA2_ADDR, POOL2, f'redirect_from: [{LMA_ADDR}]\n')


def served(domain):
    """Which LMA serves whom, as the MAGs have it."""
    return {mn: b['remote'] for mag in domain.mags for mn, b in mag.active().items()}


def encapsulated(lma):
    """Packets that an LMA has put into its tunnels."""
    return lma.counters('datapath')['encap']


def address_of(host, lma):
    """Its address of the prefix that this LMA has given it."""
    start = lma.active()[host.nai]['prefixes'][0].split('::')[0] + ':'
    return wait_for(f'an address of {start}: on {host.nai}', 10,
                    lambda: [a.split('/')[0] for a in host.addresses() if a.startswith(start)])[0]


def ping(domain, address):
    """Whether the CN reaches it."""
    return ' 0% packet loss' in domain.cn.run('ping', '-6', '-n', '-q', '-c', str(PINGS), '-i', '0.1', '-W', '2', address, check=False)


def ping_by(checks, domain, what, host, lma, other):
    """The CN reaches a mobile node, by way of this LMA and not of the other one."""
    address = address_of(host, lma)
    wait_for(f'a ping to {host.nai}', 10, lambda: ping(domain, address))
    before = encapsulated(lma), encapsulated(other) if other.alive() else 0
    reached = ping(domain, address)
    after = encapsulated(lma), encapsulated(other) if other.alive() else 0
    checks.check(reached and after[0] - before[0] >= PINGS and after[1] - before[1] < PINGS,
                 f'{what}: {host.nai} is reached by way of {lma.name}', f'{after[0] - before[0]} and {after[1] - before[1]} packets')


def test(checks):
    """Sharing, a handover, a death."""
    with Domain(system.prefix(), hosts=HOSTS, mag_extra=f'lifetime: {LIFETIME_S}s\nredirect: true\n',
                lma_extra=f'redirect:\n  - address: {LMA2_ADDR}\nredirect_above: {HOSTS // 2}\n') as domain:
        lma, lma2 = domain.lma, add_lma2(domain)
        lma2.start()
        domain.start()
        for number, host in enumerate(domain.hosts):
            domain.move(host, domain.mags[number % 2])
        wait_for('all mobile nodes registered', 20, lambda: len(served(domain)) == HOSTS)
        counts = len(lma.active()), len(lma2.active())
        checks.check(counts == (HOSTS // 2, HOSTS // 2), 'the LMAs have half of the mobile nodes each', counts)
        away = [h for h in domain.hosts if h.nai in lma2.active()]
        here = [h for h in domain.hosts if h.nai in lma.active()]
        checks.check(served(domain) == {**{h.nai: LMA_ADDR for h in here}, **{h.nai: LMA2_ADDR for h in away}}, 'and the MAGs know which')
        checks.check(all(lma2.active()[h.nai]['remote'] == mag.active()[h.nai]['local'] for mag in domain.mags for h in away if h.at is mag),
                     'a tunnel of the second LMA is with the MAG, not with the first LMA')
        told = [e for mag in domain.mags for e in mag.events() if e['event'] == 'redirected']
        checks.check(len(told) == len(away) and all(e['peer'] == LMA2_ADDR and e['old_peer'] == LMA_ADDR for e in told),
                     'the MAGs tell of it, and of the load', [e.get('load', {}).get('sessions') for e in told])
        counters = lma.counters()
        checks.check(counters['redirected'] == len(away) and counters['redirect_failed'] == 0, 'so does the first LMA', counters['redirected'])
        for host in here[:1] + away[:2]:
            ping_by(checks, domain, 'shared', host, *((lma, lma2) if host in here else (lma2, lma)))

        host = away[0]
        before = lma2.active()[host.nai]['prefixes']
        domain.move(host, domain.mags[1 if host.at is domain.mags[0] else 0])
        wait_for('the handover', 10, lambda: host.nai in host.at.active() and lma2.active()[host.nai]['remote'] == host.at.active()[host.nai]['local'])
        checks.check(lma2.active()[host.nai]['prefixes'] == before and len(lma.active()) == len(here), 'handover: it keeps LMA and prefix', before)
        ping_by(checks, domain, 'handover', host, lma2, lma)

        lma2.kill()
        checks.eventually('the second LMA dies: its mobile nodes come back', LIFETIME_S + 20, lambda: len(lma.active()) == HOSTS and
                          set(served(domain).values()) == {LMA_ADDR} and len(served(domain)) == HOSTS)
        counters = lma.counters()
        checks.check(1 <= counters['redirect_failed'] <= len(away), 'it was asked again for some of them, in vain', counters['redirect_failed'])
        for host in away[:2]:
            ping_by(checks, domain, 'come back', host, lma, lma2)
        reply = away[0].netns.run('ping', '-6', '-n', '-q', '-c', '2', '-W', '2', CN_ADDR, check=False)
        checks.check(' 0% packet loss' in reply, 'and they reach the CN', reply.splitlines()[-2:])
        checks.check(domain.stop() == [0, 0, 0], 'the others end in good order')


system.main(test, ('ip', 'nsenter', 'ping'))
