#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
# May run beside others.
# Proves GRE-2, GRE-4, GRE-6, GRE-7, GREF-1.
"""GRE with keys (RFC 5845), from the signalling to the wire: a mobile node with a prefix and an IPv4 home address at a MAG that asks for keys.
The LMA and the MAG tell the same keys; each packet on the core bears the key of its direction, as tshark sees it field by field, IPv6 and
IPv4 alike; a handover to another MAG keeps the TCP connection and the uplink key, and takes the other MAG's downlink key. By netlink, in user-mode
Linux, for few kernels have ip6gre."""
import ipaddress
import subprocess
import time

import system
from capture import Capture
from domain import CN_ADDR, CN_IPV4, LMA_ADDR, MAG_ADDR, Domain
from netns import wait_for
from traffic import Download

POOL, ROUTER = '198.51.100.0/24', '198.51.100.1'
MOVE_AFTER_S, TRANSFER_S = 2, 6
ETHERTYPE_IPV4, ETHERTYPE_IPV6 = 0x0800, 0x86dd
KEY_PRESENT = 0x2000  # flags K alone, version 0 (RFC 2890 section 2)
FIELDS = ('ipv6.src', 'ipv6.dst', 'ipv6.nxt', 'gre.flags_and_version', 'gre.proto', 'gre.key', 'ip.src', 'ip.dst')


def keys(checks, domain, what):
    """The keys of the mobile node's session, (downlink, uplink), when both ends agree on them."""
    host = domain.host
    lma = wait_for('the binding at the LMA', 5, lambda: domain.lma.active().get(host.nai))
    mag = wait_for('the binding at the MAG', 5, lambda: host.at.active().get(host.nai))
    lma, mag = lma.get('gre'), mag.get('gre')
    checks.check(lma and mag and lma['send_key'] is not None and lma['recv_key'] is not None and
                 (lma['send_key'], lma['recv_key']) == (mag['recv_key'], mag['send_key']), f'{what}: both ends tell the same keys', (lma, mag))
    return lma['send_key'], lma['recv_key']


def decoded(capture):
    """What tshark sees in the packets of a capture: a set of tuples of FIELDS, those with an inner header of IPv6 with both."""
    command = ['tshark', '-n', '-r', capture.path, '-T', 'fields', '-E', 'separator=;', '-E', 'occurrence=a', '-E', 'aggregator=,']
    for field in FIELDS:
        command += ['-e', field]
    lines = subprocess.run(command, check=True, capture_output=True, text=True).stdout.splitlines()
    return {tuple(tuple(part.split(',')) for part in line.split(';')) for line in lines}


def number(field):
    """A field of tshark as a number, None when it is not there."""
    return int(field[0], 0) if field[0] else None


def on_the_wire(checks, domain, address, address4, pair, what):
    """Pings of both families, and how each packet looks on the core."""
    index = domain.mags.index(domain.host.at)
    capture = Capture(domain.lma_ns, f'mag{index + 1}', 'ip6 proto 47 or ip6 proto 41 or ip6 proto 4', immediate=True)
    checks.eventually(f'{what}: IPv6 passes', 5, lambda: domain.reached(address))
    checks.eventually(f'{what}: IPv4 passes', 5, lambda: domain.reached(address4))
    for there in (address, address4):
        domain.cn.run('ping', '-q', '-c', '5', '-i', '0.2', '-W', '2', there, check=False)
    time.sleep(0.5)
    capture.stop()
    seen = decoded(capture)
    outer = {'down': (LMA_ADDR, MAG_ADDR[index]), 'up': (MAG_ADDR[index], LMA_ADDR)}
    expected = set()
    for way, key in (('down', pair[0]), ('up', pair[1])):
        inner6 = (CN_ADDR, address) if way == 'down' else (address, CN_ADDR)
        inner4 = (CN_IPV4, address4) if way == 'down' else (address4, CN_IPV4)
        src, dst = outer[way]
        expected.add((src, dst, ETHERTYPE_IPV6, key, *inner6))
        expected.add((src, dst, ETHERTYPE_IPV4, key, *inner4))
    found = set()
    for src, dst, following, flags, proto, key, src4, dst4 in seen:
        checks.check(following[0] == '47' and number(flags) == KEY_PRESENT, f'{what}: IPv6 with GRE behind it that has flag K and no other',
                     (following, flags))
        inner = (src[1], dst[1]) if len(src) > 1 else (src4[0], dst4[0])
        found.add((src[0], dst[0], number(proto), number(key), *inner))
    checks.check(found == expected, f'{what}: four kinds of packets, each with its key', {'missing': expected - found, 'other': found - expected})


def attached(domain):
    """The mobile node comes, and is told its IPv4 home address by hand; return both addresses."""
    host, mag = domain.host, domain.mags[0]
    domain.move(host, mag)
    address = host.wait_address()
    subnet = wait_for('the IPv4 home address', 5, lambda: mag.active().get(host.nai, {}).get('ipv4'))
    host.netns.ip_batch(f'addr add {subnet} dev eth0\nroute add default via {ROUTER}\n')
    return address, str(ipaddress.ip_interface(subnet).ip)


def test(checks):
    """Attach, move with a TCP connection, go."""
    with Domain(system.prefix(), datapath='netlink', mag_extra='gre: keys\n',
                lma_extra=f'gre: allowed\nipv4_pools:\n  - prefix: {POOL}\n    router: {ROUTER}\n') as domain:
        domain.add_ipv4()
        domain.start()
        address, address4 = attached(domain)
        before = keys(checks, domain, 'attached')
        on_the_wire(checks, domain, address, address4, before, 'attached')
        for what, server_addr in (('IPv6', CN_ADDR), ('IPv4', CN_IPV4)):
            host = domain.host
            mag = domain.mags[1] if host.at is domain.mags[0] else domain.mags[0]
            transfer = Download(domain.cn, server_addr, host.netns, TRANSFER_S, '20M')
            time.sleep(MOVE_AFTER_S)
            domain.move(host, mag)
            result = transfer.result(60)
            checks.check(not result['error'] and result['bytes'] > 0, f'TCP over {what} goes on over a handover to {mag.name}', result)
            after = keys(checks, domain, f'at {mag.name}')
            checks.check(after[1] == before[1], 'the uplink key is the session\'s', (before, after))
            on_the_wire(checks, domain, address, address4, after, f'at {mag.name}')
            before = after
        domain.host.at.netns.ip('link', 'set', domain.host.acc, 'down')
        wait_for('the end of the binding', 15, lambda: not domain.lma.active())
        checks.check(domain.stop() == [0, 0, 0], 'all end in good order')
        for daemon in domain.daemons:
            devices = [d for d in daemon.netns.ip('-o', 'link', 'show', 'type', 'ip6gre').splitlines() if 'ip6gre0' not in d]
            checks.check(not devices, f'and no GRE device is left at {daemon.name}', devices)


system.main_inside(test, ('ip', 'nsenter', 'iperf3', 'ss', 'ping', 'tcpdump', 'tshark'), modules=('ip6_gre',))
