#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
# May run beside others.
# Proves V4-3, V4-6, V4-10, V4-12, V4F-1, V4F-2, V4F-3.
"""A mobile node with an IPv4 home address beside its prefix (RFC 5844), from the LMA's pool to the mobile node: ping and TCP both ways,
and the same address, router and connection after a handover and after one back. It is told by hand, in place of DHCP, what the LMA has
assigned. With the bpf datapath on the running kernel, then with netlink in user-mode Linux."""
import ipaddress
import time

import system
from domain import CN_IPV4, Domain
from netns import wait_for
from traffic import Download

POOL, ROUTER = '198.51.100.0/24', '198.51.100.1'
ROUTER_MAC = '00:00:5e:00:52:13'
MOVE_AFTER_S, TRANSFER_S = 2, 8
LEAST_MBIT_S = 20


def pool_routes(domain):
    """The LMA's routes to the pool."""
    return domain.lma_ns.ip('-4', 'route', 'show', 'root', POOL).strip()


def reaches_cn(domain):
    """Whether the mobile node reaches the CN."""
    return ' 0% packet loss' in domain.host.netns.run('ping', '-q', '-c', '1', '-W', '1', CN_IPV4, check=False)


def where(domain):
    """The IPv4 home address of the mobile node that each daemon tells, None where it has none."""
    return [daemon.active().get(domain.host.nai, {}).get('ipv4') for daemon in domain.daemons]


def attached(checks, domain):
    """The mobile node comes, and is told its address; return it."""
    host, mag = domain.host, domain.mags[0]
    domain.move(host, mag)
    host.wait_address()
    binding = wait_for('the binding', 5, lambda: mag.active().get(host.nai))
    subnet = binding.get('ipv4', '')
    checks.check(where(domain) == [subnet, subnet, None] and subnet.endswith('/24') and
                 ipaddress.ip_interface(subnet).network == ipaddress.ip_network(POOL), 'LMA and MAG tell the same address, of the pool',
                 where(domain))
    checks.check(binding.get('ipv4_router') == ROUTER, 'the MAG is told the default router', binding)
    host.netns.ip_batch(f'addr add {subnet} dev eth0\nroute add default via {ROUTER}\n')
    return subnet.split('/')[0]


def reachable(checks, domain, address, what):
    """Pings both ways; the router is the same everywhere."""
    for who, test in (('from the CN to the mobile node', lambda: domain.reached(address)), ('and back', lambda: reaches_cn(domain))):
        checks.eventually(f'{what}: {who}', 5, test)
    neighbours = domain.host.netns.ip('-4', 'neigh', 'show', ROUTER, 'dev', 'eth0').strip()
    checks.check(ROUTER_MAC in neighbours, f'{what}: the default router has the link-layer address of all MAGs', neighbours)


def tcp(checks, domain, address):
    """TCP each way, with a handover in the middle of each."""
    host = domain.host
    for what, server, server_addr, client, mag in (('CN to mobile node', domain.cn, CN_IPV4, host.netns, domain.mags[1]),
                                                   ('mobile node to CN', host.netns, address, domain.cn, domain.mags[0])):
        before = where(domain)[0]
        transfer = Download(server, server_addr, client, TRANSFER_S, '100M')
        time.sleep(MOVE_AFTER_S)
        domain.move(host, mag)
        after = [before] + [before if m is mag else None for m in domain.mags]
        checks.eventually(f'{what}: handover to {mag.name} with the same address', 5, lambda after=after: where(domain) == after)
        result = transfer.result(30)
        rate = result['bytes'] * 8 / 1e6 / max(result['seconds'], 1)
        checks.check(not result['error'] and rate > LEAST_MBIT_S, f'TCP {what} over that handover', f'{rate:.0f} Mbit/s, {result}')
        reachable(checks, domain, address, f'at {mag.name}')


def dropped(daemon):
    """What is not bound and a daemon has dropped; netlink does not count that."""
    return 0 if system.INSIDE else daemon.counters('datapath')['drop_unbound']


def unbound(checks, domain, address):
    """An address of the pool that nobody has."""
    least = 0 if system.INSIDE else 1
    other = next(str(a) for a in ipaddress.ip_network(POOL).hosts() if str(a) not in (ROUTER, address))
    before = dropped(domain.lma)
    checks.check(not domain.reached(other) and dropped(domain.lma) - before >= least,
                 'what goes to an address of the pool that nobody has is dropped', other)
    host = domain.host
    before, sent = dropped(host.at), host.at.counters('datapath')['encap']
    host.netns.ip('addr', 'add', f'{other}/24', 'dev', 'eth0')
    host.netns.run('ping', '-q', '-c', '1', '-W', '1', '-I', other, CN_IPV4, check=False)
    host.netns.ip('addr', 'del', f'{other}/24', 'dev', 'eth0')
    checks.check(dropped(host.at) - before >= least and host.at.counters('datapath')['encap'] == sent,
                 'and what the mobile node sends from one is dropped at the MAG')


def test(checks):
    """Attach, move, go."""
    with Domain(system.prefix(), datapath=system.DATAPATH,
                lma_extra=f'ipv4_pools:\n  - prefix: {POOL}\n    router: {ROUTER}\n') as domain:
        domain.add_ipv4()
        domain.start()
        checks.check(('blackhole' if system.INSIDE else 'dev pmip0') in pool_routes(domain), 'what goes to the pool is the LMA\'s', pool_routes(domain))
        address = attached(checks, domain)
        reachable(checks, domain, address, 'attached')
        tcp(checks, domain, address)
        unbound(checks, domain, address)
        domain.host.at.netns.ip('link', 'set', domain.host.acc, 'down')
        wait_for('the end of the binding', 15, lambda: where(domain) == [None] * 3)
        checks.check(not domain.reached(address), 'detached, it is reached no longer')
        checks.check(domain.stop() == [0, 0, 0], 'all end in good order')
        checks.check(not pool_routes(domain), 'and nothing is left', pool_routes(domain))


system.main_by_both_datapaths(test, ('ip', 'nsenter', 'iperf3', 'ss', 'ping'))
