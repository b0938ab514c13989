#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
# May run beside others.
# Proves FMC-3.
"""What is more than a packet and less than a flow stays whole when its flow is moved, IPv6 and IPv4, both ways: fragments, sends of UDP
segmentation offload, and TCP with all that offloads make of it, or without any. By the shortcuts of the LMA and of one of the MAGs, with bpf on the running kernel, then with netlink in user-mode
Linux."""
import socket
import threading
import time

import system
from netns import Lab
from stream import SO_RCVBUFFORCE, under_way
from two_links import CN, CN4, GROUP, LMA, MAG, MN, MN4, PORT, UDP, Rx, drive, send

SOL_UDP, UDP_SEGMENT = 17, 103
SEGMENTS, SEGMENT, SENDS = 20, 1200, 20
ROUTER4 = '198.51.100.1'
SOURCE, STREAM, OCTETS, FIRST, WINDOW = 4000, 5003, 20_000_000, 5000, 1 << 17
HOPS = (('cn', 'eth0'), ('lma', 'net'), ('lma', 'core1'), ('lma', 'core2'), ('mag1', 'core'), ('mag1', 'access'), ('mag2', 'core'), ('mag2', 'access'),
        ('mn', 'wlan'), ('mn', 'cell'))
OFFLOADS = (('as they are', (), ()),
            ('that put packets together only', ('tso', 'off', 'gso', 'off', 'tx-udp-segmentation', 'off', 'gro', 'on', 'rx-udp-gro-forwarding', 'on'),
             HOPS),
            ('without segmentation', ('gro', 'off'), HOPS),
            ('without checksums either', ('tx', 'off', 'rx', 'off'), HOPS[1:-2]))  # but where UDP_SEGMENT is sent, which needs them


class Kind:
    """Flows of one IP version."""

    def __init__(self, version):
        self.version = version
        self.cn, self.mn = (CN, MN) if version == 6 else (CN4, MN4)
        self.router = 'fe80::1' if version == 6 else ROUTER4
        self.family = socket.AF_INET6 if version == 6 else socket.AF_INET

    def flow(self, port, protocol):
        """That from SOURCE at the CN to a port of the mobile node."""
        mapped = '' if self.version == 6 else '::ffff:'
        return (mapped + self.cn, SOURCE, mapped + self.mn, port, protocol)


def fragments(checks, lma, cn, mn, kind):
    """All fragments go the way of their flow; up, each comes out of the tunnel that the mobile node has a path in."""
    flow = kind.flow(PORT, UDP)
    rx = Rx(mn)
    for way, at, other in (((LMA, MAG[1]), 'cell', 'wlan'), (('-', '-'), 'wlan', 'cell')):
        lma.say('flow-set', *flow, *way)
        send(cn, mn, PORT, count=2, size=4000, addr=kind.mn)  # the first one may be answered by Packet Too Big
        rx.mark()
        got = send(cn, mn, PORT, count=10, size=4000, addr=kind.mn)
        checks.check(got == 10 and rx.since(at) >= 30 and rx.since(other) < 10, f'IPv{kind.version}: all fragments go by {at}',
                     f'{got} datagrams, {rx.since(at)} packets, {rx.since(other)} by {other}')
    lma.say('flow-clear', *flow)
    send(mn, cn, PORT, count=2, size=4000, addr=kind.cn)
    got = send(mn, cn, PORT, count=10, size=4000, addr=kind.cn)
    checks.check(got == 10, f'IPv{kind.version}: and all come back', got)


def segments(kind, sender, receiver, addr, between):
    """Sends of many segments; how many segments came. between() is done after each send."""
    with receiver.socket(kind.family, socket.SOCK_DGRAM) as into, sender.socket(kind.family, socket.SOCK_DGRAM) as out:
        into.setsockopt(socket.SOL_SOCKET, SO_RCVBUFFORCE, 32 << 20)
        into.bind(('', PORT))
        into.settimeout(5)
        out.bind(('', SOURCE))
        out.setsockopt(SOL_UDP, UDP_SEGMENT, SEGMENT)
        for n in range(SENDS):
            out.sendto(bytes([n]) * (SEGMENTS * SEGMENT), (addr, PORT))
            time.sleep(0.005)
            between(n)
        sizes = []
        try:
            while len(sizes) < SENDS * SEGMENTS:
                sizes.append(len(into.recv(65536)))
        except TimeoutError:
            pass
    return sizes.count(SEGMENT)


def udp(checks, lma, cn, mn, kind, how):
    """UDP_SEGMENT, its flow moved after each send."""
    flow = kind.flow(PORT, UDP)
    lma.say('flow-set', *flow, '-', '-')
    before = lma.number('packets', 'flows')
    rx = Rx(mn)
    got = segments(kind, cn, mn, kind.mn, lambda n: lma.say('flow-set', *flow, *((LMA, MAG[1]) if n % 2 == 0 else ('-', '-'))))
    checks.check(got == SENDS * SEGMENTS, f'IPv{kind.version}, offloads {how}: UDP_SEGMENT to the mobile node', got)
    checks.check(rx.since('wlan') and rx.since('cell'), 'by both interfaces', f'{rx.since("wlan")} {rx.since("cell")}')
    if system.DATAPATH == 'bpf':
        counted = lma.number('packets', 'flows') - before
        checks.check(counted == SENDS * SEGMENTS, 'and counted as the packets that it is', counted)
    lma.say('flow-clear', *flow)
    for link in ('wlan', 'cell'):
        mn.ip('route', 'replace', kind.cn, 'via', kind.router, 'dev', link, 'onlink', 'src', kind.mn)
        got = segments(kind, mn, cn, kind.cn, lambda n: None)
        checks.check(got == SENDS * SEGMENTS, f'IPv{kind.version}, offloads {how}: UDP_SEGMENT from the mobile node by {link}', got)
    mn.ip('route', 'del', kind.cn)


def tcp(checks, lma, cn, mn, kind, how):
    """A connection that both sides send on, moved meanwhile. Any queue has room for its window, so that each segment has to come."""
    flow = kind.flow(STREAM, socket.IPPROTO_TCP)
    lma.say('flow-set', *flow, LMA, MAG[1])
    with mn.socket(kind.family, socket.SOCK_STREAM) as listener, cn.socket(kind.family, socket.SOCK_STREAM) as one:
        for sock in (listener, one):
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, WINDOW)
        listener.bind(('', STREAM))
        listener.listen()
        one.bind(('', SOURCE))
        one.connect((kind.mn, STREAM))
        other = listener.accept()[0]
        other.settimeout(30)
        one.settimeout(30)
        got = {}

        def receive(sock, octets):
            got[sock] = 0
            while got[sock] < octets and (data := sock.recv(1 << 16)):
                got[sock] += len(data)

        for sender, receiver in ((one, other), (other, one)):  # what is too large for the path is dropped, once, until that is known
            sender.sendall(bytes(FIRST))
            receive(receiver, FIRST)
        before = under_way(one, other)
        threads = [threading.Thread(target=work) for sock in (one, other) for work in (lambda sock=sock: receive(sock, OCTETS),
                                                                                       lambda sock=sock: sock.sendall(bytes(OCTETS)))]
        for thread in threads:
            thread.start()
        moves = 0
        while any(thread.is_alive() for thread in threads):
            lma.say('flow-set', *flow, *(('-', '-') if moves % 2 == 0 else (LMA, MAG[1])))
            moves += 1
            time.sleep(0.02)
        checks.check(sorted(got.values()) == [OCTETS] * 2, f'IPv{kind.version}, offloads {how}: TCP both ways, moved {moves} times', list(got.values()))
        checks.eventually('without a lost segment', 5, lambda: under_way(one, other) <= before)
        other.close()
    lma.say('flow-clear', *flow)


def test(checks):
    """See the head of this file."""
    with Lab(system.prefix()) as lab:
        lma = drive(lab, ('--network', 'net'), ('--bypass-netfilter',))
        cn, mn = lab.netns['cn'], lab.netns['mn']
        mn.ip('route', 'add', 'default', 'via', ROUTER4, 'dev', 'wlan', 'onlink')
        lma.say('path-set', GROUP, LMA, MAG[1])
        for version in (6, 4):
            fragments(checks, lma, cn, mn, Kind(version))
        for how, settings, hops in OFFLOADS:
            for name, link in hops:
                lab.netns[name].run('ethtool', '-K', link, *settings)
            for version in (6, 4):
                udp(checks, lma, cn, mn, Kind(version), how)
                tcp(checks, lma, cn, mn, Kind(version), how)
        counters = lma.say('counters')
        if system.DATAPATH == 'bpf':
            checks.check('drop_spoofed=0 drop_other=0' in counters, 'nothing has been dropped', counters)


system.main_by_both_datapaths(test, ('ip', 'nsenter', 'ethtool'))
