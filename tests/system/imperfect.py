#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
# May run beside others.
# Proves TOL-1, TOL-2, TOL-3, TOL-4, TOL-5, TOL-6, TOL-7, TOL-8, TOL-9, TOL-10, SEC-3, TUN-1.
"""Peers that are not perfect, with real daemons: a MAG made by hand, which does what a MAG of the field does (identifiers of a fixed size, words of
timestamps in the order of its machine, options that Header Len does not count), at a strict LMA and at one that tolerates it; and such
an LMA with our MAG. Checksums are the kernel's, as those of such peers are."""
import socket
import struct
import time

import system
import pbu
from domain import CN_ADDR, LMA_ADDR, MAG_ADDR, Domain
from netns import wait_for

NAI = 'mn1@example.org'
PADDED = NAI.encode() + bytes(32 - len(NAI))
IPV6_IN_IPV6 = 41
HNP_OF_LMA = '2001:db8:100:7::'
OF_LMA = ('att-zero', 'host-order-timestamp', 'exact-echo', 'unaligned-options', 'short-header-len', 'padded-mn-id')
OF_MAG = ('unaligned-options', 'short-header-len', 'padded-mn-id', 'no-p-flag', 'no-hi-att')


def option(kind, data):
    """One option."""
    return bytes([kind, len(data)]) + data


def words(stamp):
    """A timestamp as a little-endian machine has it in two words."""
    return struct.pack('<II', stamp >> 32, stamp & 0xffffffff)


def options_of(message):
    """The options of a PBU or PBA that the kernel has let in, by type."""
    found, at = {}, 12
    while at < len(message):
        if message[at] == 0:
            at += 1
            continue
        found.setdefault(message[at], message[at + 2:at + 2 + message[at + 1]])
        at += 2 + message[at + 1]
    return found


class Peer:
    """Somebody at an address, by raw sockets."""

    def __init__(self, netns, address):
        self.signalling = netns.socket(socket.AF_INET6, socket.SOCK_RAW, pbu.MH)
        self.tunnel = netns.socket(socket.AF_INET6, socket.SOCK_RAW, IPV6_IN_IPV6)
        for sock in (self.signalling, self.tunnel):
            sock.bind((address, 0))
            sock.settimeout(2)

    def send(self, message, address):
        """Send a message; its checksum is the kernel's."""
        self.signalling.sendto(message, (address, 0))

    def receive(self, kind, seconds=1):
        """The next message of this type; None = there is none."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            self.signalling.settimeout(max(end - time.monotonic(), 0.001))
            try:
                message = self.signalling.recv(4096)
            except TimeoutError:
                break
            if message[2] == kind:
                return message
        return None

    def tunnelled(self, source, destination):
        """Whether a packet between these comes out of the tunnel."""
        ends = b''.join(socket.inet_pton(socket.AF_INET6, a) for a in (source, destination))
        try:
            while self.tunnel.recv(4096)[8:40] != ends:
                continue
        except TimeoutError:
            return False
        return True


class ImperfectMag(Peer):
    """Registers one mobile node; each registration may have faults."""

    def __init__(self, netns, address):
        super().__init__(netns, address)
        self.address, self.seq, self.sent = address, 0, {}

    def register(self, faults=(), lifetime_s=600, hnp='::', plen=0):
        """Send a PBU with these faults, and return the status of the answer and its options; -1 = there is none."""
        self.seq += 1
        stamp = pbu.timestamp()
        mn_id = PADDED if 'padded-mn-id' in faults else NAI.encode()
        self.sent = {
            pbu.OPT_MN_ID: b'\1' + mn_id,
            pbu.OPT_HNP: bytes([0, plen]) + socket.inet_pton(socket.AF_INET6, hnp),
            pbu.OPT_HI: bytes([0, pbu.HI_UNKNOWN]),
            pbu.OPT_ATT: bytes([0, 0 if 'att-zero' in faults else pbu.ATT_ETHERNET]),
            pbu.OPT_LL_ID: bytes(2) + bytes.fromhex('020000000001'),
            pbu.OPT_TIMESTAMP: words(stamp) if 'host-order-timestamp' in faults else struct.pack('!Q', stamp),
        }
        message = struct.pack('!BBBBHHHH', pbu.NO_NEXT_HEADER, 0, pbu.PBU, 0, 0, self.seq, pbu.A_AND_P, lifetime_s // 4)
        message += b''.join(option(kind, data) for kind, data in self.sent.items())
        whole = len(message) // 8 - 1
        if 'short-header-len' in faults:
            message += bytes(4) if len(message) % 8 == 0 else b''
        elif 'unaligned-options' in faults:
            message += b'\0' if len(message) % 8 == 0 else b''
            whole = -(-len(message) // 8) - 1
        else:
            message += bytes(-len(message) % 8)
            whole = len(message) // 8 - 1
        self.send(message[:1] + bytes([whole]) + message[2:], LMA_ADDR)
        answer = self.receive(pbu.PBA)
        return (answer[6], options_of(answer)) if answer else (-1, {})


def told(daemon, event):
    """What the last event of this kind says of a tolerance."""
    found = [e for e in daemon.events() if e['event'] == event]
    return found[-1].get('tolerance') if found else None


def at_strict_lma(checks, domain, mag):
    """Each fault: the LMA refuses, or drops the message, and says which tolerance would help."""
    for fault in OF_LMA:
        if fault == 'exact-echo':
            continue  # what this LMA answers no MAG of ours would refuse
        status, _ = mag.register((fault,))
        expected = {'att-zero': 128, 'host-order-timestamp': 156, 'padded-mn-id': 153}.get(fault, -1)
        event = 'refused' if expected > 0 else 'malformed'
        checks.check(status == expected and not domain.lma.active(), f'strict: {fault}: {f"status {expected}" if expected > 0 else "dropped"}', status)
        checks.check(told(domain.lma, event) == fault, f'strict: {fault}: the event says what would help', told(domain.lma, event))
        checks.check(f'"tolerate: [{fault}]"' in domain.lab.log('lma'), f'strict: {fault}: so does the log')
    checks.check(not any(v for k, v in domain.lma.counters().items() if k.startswith('tolerated_')), 'strict: no use is counted')
    checks.check(told(domain.lma, 'tolerated') is None, 'strict: no use is told')


def leave(domain, mag, faults):
    """De-register, and wait until the LMA has forgotten it."""
    status, _ = mag.register(faults, lifetime_s=0)
    wait_for('the LMA without bindings', 5, lambda: domain.lma.ask('bindings')['total'] == 0)
    return status


def at_tolerant_lma(checks, domain, mag):
    """The same MAG is tolerated now: accepted, counted, answered as it wants it, and packets come."""
    for fault in OF_LMA:
        before = domain.lma.counters()[f'tolerated_{fault.replace("-", "_")}']
        status, options = mag.register((fault,))
        risen = domain.lma.counters()[f'tolerated_{fault.replace("-", "_")}'] - before
        checks.check(status == 0, f'tolerant: {fault}: accepted', status)
        checks.check(risen == 1, f'tolerant: {fault}: counted', risen)
        echo = {kind: data for kind, data in options.items() if kind != pbu.OPT_HNP and kind > 1}
        wanted = {kind: data for kind, data in mag.sent.items() if kind != pbu.OPT_HNP}
        checks.check(echo == wanted, f'tolerant: {fault}: the answer repeats the request', '' if echo == wanted else options)
        leave(domain, mag, (fault,))
    names = [e['tolerance'] for e in domain.lma.events() if e['event'] == 'tolerated']
    checks.check(sorted(names) == sorted(OF_LMA), 'tolerant: each is told once', names)
    status, options = mag.register(OF_LMA[:3] + OF_LMA[4:])
    checks.check(status == 0, 'tolerant: all faults at once', status)
    prefix = socket.inet_ntop(socket.AF_INET6, options[pbu.OPT_HNP][2:])
    checks.check(prefix.startswith('2001:db8:100:4'), 'the prefix is one that this MAG may have', prefix)
    domain.cn.run('ping', '-q', '-c', '1', '-W', '1', f'{prefix}99', check=False)
    checks.check(mag.tunnelled(CN_ADDR, f'{prefix}99'), 'packets to the mobile node come through the tunnel')
    checks.check(leave(domain, mag, OF_LMA[:3] + OF_LMA[4:]) == 0, 'tolerant: all faults at once: de-registered')


def prefixes_and_tunnel(checks, domain, mag):
    """A MAG may have what is listed for it only; its tunnel stays."""
    status, _ = mag.register(hnp='2001:db8:100:8000::', plen=64)
    checks.check(status == 155, 'a prefix that this MAG may not have is refused', status)
    status, _ = mag.register(hnp='2001:db8:100:4000::', plen=64)
    checks.check(status == 0, 'one that it may have is not', status)
    leave(domain, mag, ())
    tunnels = domain.lma.counters('datapath')['tunnels']
    checks.check(tunnels == 1, 'static tunnel: it stays with no binding', tunnels)
    domain.lma.edit(', tunnel: static', '')
    domain.lma.ask('reload')
    tunnels = domain.lma.counters('datapath')['tunnels']
    checks.check(tunnels == 0, 'static tunnel: it goes with the configuration that has it', tunnels)


def pba(request, faults):
    """The answer of an imperfect LMA to a PBU."""
    sent = options_of(request)
    mn_id = PADDED if 'padded-mn-id' in faults else NAI.encode()
    message = struct.pack('!BBBBHBB', pbu.NO_NEXT_HEADER, 0, pbu.PBA, 0, 0, 0, 0 if 'no-p-flag' in faults else pbu.P)
    message += request[6:8] + request[10:12] + option(pbu.OPT_MN_ID, b'\1' + mn_id)
    message += option(pbu.OPT_HNP, b'\0\x40' + socket.inet_pton(socket.AF_INET6, HNP_OF_LMA))
    for kind in (pbu.OPT_HI, pbu.OPT_ATT, pbu.OPT_TIMESTAMP, pbu.OPT_LL_ID):
        if kind not in (pbu.OPT_HI, pbu.OPT_ATT) or 'no-hi-att' not in faults:
            message += option(kind, sent[kind])
    whole = -(-len(message) // 8) - 1
    if 'short-header-len' in faults:
        message += bytes(4) if len(message) % 8 == 0 else b''
        whole = len(message) // 8 - 1
    elif 'unaligned-options' not in faults:
        message += bytes(-len(message) % 8)
    return message[:1] + bytes([whole]) + message[2:]


def imperfect_lma(checks, domain):
    """Our MAG with an LMA that is not perfect: strict, then tolerant."""
    mag, host = domain.mags[1], domain.host
    lma = Peer(domain.lma_ns, LMA_ADDR)
    mag.start()
    domain.move(host, mag)
    for fault in OF_MAG:
        request = lma.receive(pbu.PBU, 20)
        lma.send(pba(request, (fault,)), MAG_ADDR[1])
        event = 'malformed' if fault in OF_MAG[:2] else 'ignored'
        checks.eventually(f'strict MAG: {fault}: not taken, and the event says what would help', 2, lambda f=fault, e=event: told(mag, e) == f)
        checks.check(not mag.active(), f'strict MAG: {fault}: no binding')
        if fault == 'padded-mn-id':
            host.cut()  # an answer with another identifier ends the registration: begin anew
            time.sleep(0.5)
            while lma.receive(pbu.PBU, 0.5):
                continue
            host.feed()
    mag.edit(f'lma: {LMA_ADDR}\n', f'lma: {LMA_ADDR}\nlma_tolerate: [{{address: "{LMA_ADDR}", tolerate: [{", ".join(OF_MAG)}]}}]\n')
    mag.ask('reload')
    request = lma.receive(pbu.PBU, 40)
    lma.send(pba(request, OF_MAG[1:]), MAG_ADDR[1])
    checks.eventually('tolerant MAG: registered', 2, lambda: NAI in mag.active())
    counted = {k: v for k, v in mag.counters().items() if k.startswith('tolerated_')}
    checks.check(all(counted[f'tolerated_{f.replace("-", "_")}'] == 1 for f in OF_MAG[1:]), 'tolerant MAG: counted', counted)
    address = host.wait_address()
    checks.check(address.startswith(HNP_OF_LMA[:-2]), 'tolerant MAG: the mobile node has an address of the prefix', address)
    host.netns.run('ping', '-q', '-c', '1', '-W', '1', CN_ADDR, check=False)
    checks.check(lma.tunnelled(address, CN_ADDR), 'tolerant MAG: its packets come through the tunnel')


def test(checks):
    """An LMA with an imperfect MAG, and then a MAG with an imperfect LMA."""
    with Domain(system.prefix(), lma_extra='min_delay_before_bce_delete: 500ms\nmag_parameters: {reregistration_start: 40s, '
                'reregistration_initial: 1s, reregistration_max: 32s}\n') as domain:
        mag = ImperfectMag(domain.lab.netns['mag1'], MAG_ADDR[0])
        domain.lma.start()
        at_strict_lma(checks, domain, mag)
        domain.lma.edit(f'mags: [{", ".join(MAG_ADDR)}]', f'mags: [{{address: "{MAG_ADDR[0]}", tolerate: [{", ".join(OF_LMA)}], '
                        f'prefixes: ["2001:db8:100:4000::/52"], tunnel: static}}, "{MAG_ADDR[1]}"]')
        tunnels = domain.lma.counters('datapath')['tunnels']
        domain.lma.ask('reload')
        tunnels = (tunnels, domain.lma.counters('datapath')['tunnels'])
        checks.check(tunnels == (0, 1), 'static tunnel: it is there with the configuration that has it', tunnels)
        at_tolerant_lma(checks, domain, mag)
        prefixes_and_tunnel(checks, domain, mag)
        domain.lma.stop()
        imperfect_lma(checks, domain)


if __name__ == '__main__':
    system.main(test)
