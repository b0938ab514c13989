#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
# May run beside others.
# Proves TUN-6.
"""Packets that do not fit the tunnel: Packet Too Big for the CN and for a mobile node that does not heed the RA's MTU; TCP at full
speed over 1500-octet links, with and without segmentation offload; UDP segmentation offload."""
import re
import socket
import struct
import time

import system
from capture import Capture
from domain import CN_ADDR, ROUTER_LINK_LOCAL, Domain
from traffic import Download

TUNNEL_MTU = 1460
BIG = 1500 - 40 - 8
PORT = 4001
SOL_UDP, UDP_SEGMENT = 17, 103
SEGMENTS, SEGMENT = 20, 1200


def too_big(checks, who, netns, other, address):
    """A UDP packet of 1500 octets is answered by Packet Too Big; sent again, it arrives in fragments."""
    capture = Capture(netns, 'eth0', 'icmp6', immediate=True)
    with netns.socket(socket.AF_INET6, socket.SOCK_DGRAM) as out, other.socket(socket.AF_INET6, socket.SOCK_DGRAM) as into:
        into.bind(('::', PORT))
        into.settimeout(0.5)
        start = time.time_ns()
        data = bytes(BIG)
        arrived = []
        for _ in range(3):
            try:
                out.sendto(data, (address, PORT))
            except OSError:
                pass
            try:
                arrived.append(len(into.recv(65536)))
            except TimeoutError:
                pass
    time.sleep(0.2)
    answer = capture.first(start, lambda p: p.kind == 'too-big')
    capture.stop()
    mtu = struct.unpack_from('!I', answer.raw, 14 + 40 + 4)[0] if answer else None
    checks.check(mtu == TUNNEL_MTU, f'{who}: Packet Too Big for a UDP packet of 1500 octets, MTU {TUNNEL_MTU}', mtu)
    checks.check(arrived and set(arrived) == {BIG}, f'{who}: the same packet arrives once the sender knows', arrived)


def offload(domain, state):
    """Segmentation and receive offload of every cable."""
    for netns in domain.lab.netns.values():
        for line in netns.ip('-o', 'link', 'show', 'type', 'veth').splitlines():
            netns.run('ethtool', '-K', re.split(r'[:@ ]+', line)[1], 'tso', state, 'gso', state, 'gro', state)


def tcp(checks, domain, address, state):
    """TCP both ways."""
    offload(domain, state)
    for what, server, server_addr, client in (('CN to MN', domain.cn, CN_ADDR, domain.host.netns),
                                              ('MN to CN', domain.host.netns, address, domain.cn)):
        result = Download(server, server_addr, client, 3, '0').result()
        rate = result['bytes'] * 8 / 1e6 / max(result['seconds'], 1)
        checks.check(not result['error'] and rate > 20, f'TCP {what}, GSO and GRO {state}', f'{rate:.0f} Mbit/s, {result}')


def udp_segments(checks, domain, address):
    """One send of many segments, as QUIC servers do."""
    with domain.cn.socket(socket.AF_INET6, socket.SOCK_DGRAM) as out, domain.host.netns.socket(socket.AF_INET6, socket.SOCK_DGRAM) as into:
        into.bind(('::', PORT))
        into.settimeout(1)
        out.setsockopt(SOL_UDP, UDP_SEGMENT, SEGMENT)
        out.sendto(bytes(SEGMENTS * SEGMENT), (address, PORT))
        sizes = []
        try:
            while len(sizes) < SEGMENTS:
                sizes.append(len(into.recv(65536)))
        except TimeoutError:
            pass
    checks.check(sizes == [SEGMENT] * SEGMENTS, f'UDP segmentation offload: {SEGMENTS} segments of one send arrive', len(sizes))


def test(checks):
    """Both directions."""
    with Domain(system.prefix()) as domain:
        domain.start()
        domain.move(domain.host, domain.mags[0])
        address = domain.host.wait_address()
        mn = domain.host.netns
        mtu = int(mn.run('cat', '/proc/sys/net/ipv6/conf/eth0/mtu'))
        checks.check(mtu == TUNNEL_MTU, f'the RA gives the mobile node an MTU of {TUNNEL_MTU}', mtu)
        checks.eventually('the mobile node is reached', 5, lambda: domain.reached(address))
        too_big(checks, 'CN', domain.cn, mn, address)
        mn.sysctl(ipv6__conf__eth0__accept_ra_mtu=0, ipv6__conf__eth0__mtu=1500)  # the next RA would lower it again
        mn.ip('-6', 'route', 'add', 'default', 'via', ROUTER_LINK_LOCAL, 'dev', 'eth0', 'metric', '10', 'mtu', '1500')
        too_big(checks, 'MN with an MTU of 1500', mn, domain.cn, CN_ADDR)
        mn.ip('-6', 'route', 'del', 'default', 'metric', '10')
        for netns in (domain.cn, mn):
            netns.ip('-6', 'route', 'flush', 'cache')
        udp_segments(checks, domain, address)
        for state in ('on', 'off'):
            tcp(checks, domain, address, state)


system.main(test, ('ip', 'nsenter', 'tcpdump', 'iperf3', 'ss', 'ethtool', 'ping'))
