#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
# May run beside others.
# Proves GEN-2, GEN-5, LMA-5, LMA-6.
"""Messages that an LMA must not act on: from a MAG that is not listed, for a mobile node that is not listed, with a bad checksum,
cut at every length, and rubbish. Its bindings stay as they are, it lives, it answers with the right status or not at all, and
it counts."""
import random
import socket
import time

import system
import pbu
from domain import LMA_ADDR, MAG_ADDR, Domain

UNLISTED_MAG = '2001:db8:2:1::66'
SEED = 5213


class Attacker:
    """Sends from the namespace of MAG1 and hears what the LMA answers."""

    def __init__(self, domain):
        self.netns = domain.lab.netns['mag1']
        self.lma_ns = domain.lma_ns
        self.netns.ip('addr', 'add', f'{UNLISTED_MAG}/64', 'dev', 'core0', 'nodad')
        self.ears = {addr: self.netns.socket(socket.AF_INET6, socket.SOCK_RAW, pbu.MH) for addr in (UNLISTED_MAG, MAG_ADDR[0])}
        for addr, ear in self.ears.items():
            ear.bind((addr, 0))
        self.wire = self.netns.socket(socket.AF_PACKET, socket.SOCK_DGRAM, 0)
        mac = self.lma_ns.ip('-o', 'link', 'show', 'mag1').split('link/ether ')[1].split()[0]
        self.to = ('core0', 0x86dd, 0, 0, bytes.fromhex(mac.replace(':', '')))

    def send(self, message, source=MAG_ADDR[0]):
        """Send a message as it is."""
        self.wire.sendto(pbu.packet(message, source, LMA_ADDR), self.to)

    def send_good(self, message, source=MAG_ADDR[0]):
        """Send a message with a right checksum."""
        self.send(pbu.checksum(message, source, LMA_ADDR), source)

    def answers(self, seconds=0.3):
        """Statuses of the PBAs that come within the time."""
        statuses = []
        time.sleep(seconds)
        for ear in self.ears.values():
            ear.setblocking(False)
            try:
                while True:
                    data = ear.recv(4096)
                    if data[2] == pbu.PBA:
                        statuses.append(data[6])
            except BlockingIOError:
                pass
        return statuses


class Attack:
    """One kind of attack on an LMA with a binding."""

    def __init__(self, checks, domain, attacker):
        self.checks, self.domain, self.attacker = checks, domain, attacker

    def state(self):
        """What must not change of the bindings."""
        return [{k: v for k, v in b.items() if k != 'expires_in_s'} for b in self.domain.lma.ask('bindings')['bindings']]

    def count(self, names):
        """Sum of counters of the engine, and what the kernel itself has thrown away of raw sockets' messages."""
        engine = self.domain.lma.counters()
        total = sum(engine[name] for name in names if name in engine)
        if 'kernel' in names:
            drops = self.domain.lma_ns.run('cat', '/proc/net/raw6').splitlines()[1:]
            total += sum(int(line.split()[-1]) for line in drops)
        return total

    def run(self, what, send, counters, status=None, wait=0.3):
        """Send, then look."""
        before, counted = self.state(), self.count(counters)
        self.attacker.answers(0)
        sent = send()
        answers = self.attacker.answers(wait)
        after = self.state()
        risen = self.count(counters) - counted
        expected = [] if status is None else [status]
        self.checks.check(self.domain.lma.alive() and after == before, f'{what}: the LMA lives, its bindings are as before',
                          '' if after == before else f'{before} -> {after}')
        self.checks.check(answers == expected, f'{what}: {"no answer" if status is None else f"status {status}"}', answers or '')
        self.checks.check(risen >= sent, f'{what}: counted', f'{"/".join(counters)} {risen} for {sent} sent')


def test(checks):
    """All attacks, on an LMA that serves a mobile node, and does so afterwards."""
    with Domain(system.prefix()) as domain:
        domain.start()
        domain.move(domain.host, domain.mags[1])
        address = domain.host.wait_address()
        attacker = Attacker(domain)
        attack = Attack(checks, domain, attacker)
        host = domain.host
        good = pbu.encode(host.nai, host.mac)

        def one(message, source=MAG_ADDR[0], right=True):
            (attacker.send_good if right else attacker.send)(message, source)
            return 1

        def cut():
            for length in range(len(good)):
                attacker.send_good(good[:length])
            return len(good)

        def cut_options():
            lengths = range(16, len(good), 8)
            for length in lengths:
                attacker.send_good(pbu.set_header_len(good[:length]), UNLISTED_MAG)
            return len(lengths)

        def rubbish():
            rand = random.Random(SEED)
            for _ in range(500):
                message = bytearray(rand.randbytes(8 * rand.randint(1, 40)))
                message[0:3] = bytes([pbu.NO_NEXT_HEADER, len(message) // 8 - 1, rand.choice((0, 5, 6, 7, 13, 16, 19, 200))])
                attacker.send_good(bytes(message), UNLISTED_MAG)
                time.sleep(0.0005)
            return 500

        def bad_checksum():
            right = pbu.checksum(good, MAG_ADDR[0], LMA_ADDR)
            return one(right[:4] + bytes([right[4] ^ 0x55]) + right[5:], right=False)

        attack.run('unlisted MAG', lambda: one(good, UNLISTED_MAG), ('refused',), 154)
        for _ in range(20):
            one(good, UNLISTED_MAG)
        attacker.answers()
        told = [line for line in domain.lab.log('lma').splitlines() if UNLISTED_MAG in line]
        checks.check(len(told) == 1 and 'MAG_NOT_AUTHORIZED_FOR_PROXY_REG' in told[0], 'unlisted MAG: logged once, with its status', told)
        attack.run('unlisted mobile node', lambda: one(pbu.encode('nobody@example.org', '02:00:00:00:66:66')), ('refused',), 153)
        attack.run('bad checksum', bad_checksum, ('bad_checksum', 'kernel'))
        attack.run('cut at every length', cut, ('malformed', 'bad_checksum', 'kernel'))
        before = attack.state()
        cut_options()
        attacker.answers()
        checks.check(domain.lma.alive() and attack.state() == before, 'cut at every option: the LMA lives, its bindings are as before')
        before, received = attack.state(), attack.count(('received', 'kernel'))
        sent = rubbish()
        attacker.answers(1)
        checks.check(domain.lma.alive() and attack.state() == before, 'rubbish: the LMA lives, its bindings are as before')
        checks.check(attack.count(('received', 'kernel')) - received >= sent, 'rubbish: counted', f'seed {SEED}, {sent} sent')
        reply = domain.cn.run('ping', '-6', '-n', '-q', '-c', '3', '-i', '0.2', '-W', '1', address, check=False)
        checks.check(' 0% packet loss' in reply, 'the mobile node is reached as before')
        # The one valid message shows that the attacker's others failed for their faults.
        attacker.send_good(pbu.encode(host.nai, host.mac, seq=77))
        checks.check(attacker.answers() == [0], 'a listed MAG with a good PBU is accepted')


system.main(test, ('ip', 'nsenter', 'ping'))
