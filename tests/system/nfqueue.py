#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
# May run beside others.
"""Packets of ip6tables' NFQUEUE come up with what the kernel knows of them and go on as the verdict says: with a mark, in any order, when
more come than are taken, and when nobody reads."""
import contextlib
import os
import re
import socket
import subprocess
import threading

from system import main, prefix
from netns import Lab, wait_for

CHECK = os.path.join(os.environ.get('top_builddir') or os.getcwd(), 'tests/system/nfqueue_check')
SRC, DST = '2001:db8:1::1', '2001:db8:2::1'


class Reader:
    """An nfqueue_check that runs."""

    def __init__(self, router, name, *options, queue=7):
        self.lab = router.lab
        self.name = name
        self.process = router.start(name, CHECK, str(queue), *options, stdin=subprocess.PIPE)
        wait_for(f'{name} has its queue or says why not', 5, lambda: re.search('ready|open', self.said()))

    def said(self):
        """What it has printed."""
        return self.lab.said(self.process)

    def packets(self):
        """The packets it has told, as dictionaries of numbers."""
        found = re.finditer(r'packet hook (?P<hook>\d+) type (?P<type>\w+) in (?P<in>\d+) out (?P<out>\d+) mark (?P<mark>\d+) '
                            r'len (?P<len>\d+) of (?P<of>\d+) first (?P<first>\w+)', self.said())
        return [{key: int(value, 16 if key in ('type', 'first') else 10) for key, value in one.groupdict().items()} for one in found]

    def hear(self):
        """Let a deaf one receive."""
        self.process.stdin.write(b'\n')
        self.process.stdin.flush()

    def end(self):
        """End it and return its counters."""
        self.process.stdin.close()
        self.process.wait(10)
        return {name: int(value) for name, value in re.findall(r'(\w+) (\d+)', self.said().splitlines()[-1])}


def build(lab):
    """src -- router -- dst; the router queues what it forwards."""
    src, router, dst = (lab.add_netns(name) for name in ('src', 'router', 'dst'))
    for netns, link, address, other in ((src, 'in0', SRC, '2001:db8:1::2'), (dst, 'out0', DST, '2001:db8:2::2')):
        router.ip('link', 'add', link, 'type', 'veth', 'peer', 'name', 'v0', 'netns', netns.full_name)
        router.ip('address', 'add', f'{other}/64', 'dev', link, 'nodad')
        router.ip('link', 'set', link, 'up')
        netns.ip('address', 'add', f'{address}/64', 'dev', 'v0', 'nodad')
        netns.ip('link', 'set', 'v0', 'up')
        netns.ip('route', 'add', 'default', 'via', other)
    router.sysctl(ipv6__conf__all__forwarding=1)
    src.run('ping', '-c', '1', '-w', '5', DST)
    router.run('ip6tables', '-t', 'mangle', '-A', 'FORWARD', '-i', 'in0', '-j', 'NFQUEUE', '--queue-num', '7', '--queue-bypass')
    router.run('ip6tables', '-t', 'mangle', '-A', 'POSTROUTING', '-m', 'mark', '--mark', '42')
    return src, router, dst


def marked(router):
    """How many packets have left with mark 42."""
    lines = router.run('ip6tables', '-t', 'mangle', '-nvxL', 'POSTROUTING').splitlines()
    return int(next(line.split()[0] for line in lines if '0x2a' in line))


def pings(src, count, *options):
    """How many of count pings were answered."""
    said = src.run('ping', '-n', '-c', str(count), '-W', '1', *options, DST, check=False)
    return int(re.search(r'(\d+) received', said)[1])


def what_is_told(checks, src, router):
    """Each packet, where it is, and the mark it gets."""
    reader = Reader(router, 'mark', 'mark=42', 'copy=128')
    checks.check(pings(src, 5, '-i', '0.05', '-s', '1000') == 5, 'packets go on with their verdict')
    want = {'hook': 2, 'type': 0x86dd, 'in': router.ifindex('in0'), 'out': router.ifindex('out0'), 'mark': 0, 'len': 128, 'of': 1048,
            'first': 0x60}
    checks.check(reader.packets() == [want] * 5, 'their interfaces, hook and lengths are told', reader.packets()[:1])
    checks.check(marked(router) == 5, 'they carry the mark of the verdict', marked(router))
    second = Reader(router, 'second')
    checks.check(re.search('another process has it.*open PMIP_ERR_OS', second.said(), re.S), 'a queue has one reader', second.said())
    with contextlib.suppress(ValueError):
        second.process.wait(5)
    counters = reader.end()
    checks.check(counters == {'received': 5, 'verdicts': 5, 'refused': 0, 'overruns': 0, 'malformed': 0}, 'all are counted', counters)
    checks.check(pings(src, 2, '-i', '0.05') == 2 and marked(router) == 5, 'without a reader they go on unmarked')


def order_and_drop(checks, src, router):
    """Verdicts may come late and in any order; a dropped packet is gone."""
    reader = Reader(router, 'hold', 'hold=100')
    checks.check(pings(src, 100, '-f') == 100, 'a hundred packets wait, the last is let go first')
    counters = reader.end()
    checks.check(counters['verdicts'] == 100 and counters['refused'] == 0, 'no verdict is refused', counters)
    reader = Reader(router, 'drop', 'verdict=0')
    checks.check(pings(src, 3, '-i', '0.05') == 0 and len(reader.packets()) == 3, 'dropped packets are gone')
    reader.end()


def send(src, count):
    """So many datagrams at once."""
    with src.socket(socket.AF_INET6, socket.SOCK_DGRAM) as sock:
        sock.connect((DST, 9))
        for _ in range(count):
            with contextlib.suppress(ConnectionRefusedError):
                sock.send(bytes(100))


def overrun(checks, src, router, dst):
    """More than there is room for, and nobody takes them."""
    with dst.socket(socket.AF_INET6, socket.SOCK_DGRAM) as sink:
        sink.bind(('::', 9))
        sink.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4 << 20)
        for policy, want in (('open=1', 'let through'), ('open=0', 'dropped')):
            reader = Reader(router, policy, policy, 'deaf=1', 'buffer=4096', 'waiting=10000')
            send(src, 500)
            reader.hear()
            wait_for('some are received', 5, reader.packets)
            send(src, 1)
            got = 0
            sink.settimeout(1)
            with contextlib.suppress(TimeoutError):
                while got < 501:
                    sink.recv(200)
                    got += 1
            counters = reader.end()
            checks.check(counters['overruns'] > 0 and counters['received'] < 501, f'{policy}: an overrun is survived and counted', counters)
            checks.check(got == (501 if policy == 'open=1' else counters['received']), f'{policy}: packets without room are {want}', got)
            checks.check(reader.said().count(want) == 1, f'{policy}: and the log says so once')


def tcp(checks, src, router, dst):
    """Segmentation offload: a large packet is one packet, and only its header is copied."""
    reader = Reader(router, 'tcp', 'mark=42')
    sent = os.urandom(1 << 20) * 8
    with dst.socket(socket.AF_INET6, socket.SOCK_STREAM) as server, src.socket(socket.AF_INET6, socket.SOCK_STREAM) as client:
        server.bind(('::', 80))
        server.listen()
        client.connect((DST, 80))
        peer = server.accept()[0]
        sender = threading.Thread(target=lambda: (client.sendall(sent), client.shutdown(socket.SHUT_WR)))
        sender.start()
        with peer, peer.makefile('rb') as stream:
            checks.check(stream.read() == sent, '8 MiB of TCP come whole through the queue')
        sender.join()
    largest = max(packet['of'] for packet in reader.packets())
    checks.check(largest > 1500 and max(packet['len'] for packet in reader.packets()) == 256, 'large packets are not cut up', largest)
    counters = reader.end()
    checks.check(counters['received'] == counters['verdicts'] and counters['malformed'] == 0, 'each got its verdict', counters)


def test(checks):
    """All of it in one network."""
    with Lab(prefix()) as lab:
        src, router, dst = build(lab)
        what_is_told(checks, src, router)
        order_and_drop(checks, src, router)
        overrun(checks, src, router, dst)
        tcp(checks, src, router, dst)


main(test, programs=('ip', 'nsenter', 'ping', 'ip6tables'))
