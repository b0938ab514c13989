#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
# May run beside others.
"""The LMA is killed by SIGKILL again and again while mobile nodes are registered, extended, handed over and de-registered, as fast as a MAG of
the test's own can, and two flows of a mobile node run, one of them moved. Each time: what it has acknowledged is there when it is started again,
the moved flow is where it was, no MAG hears of a restart, and the flows lose not one packet, whether it is there or not."""
import random
import socket
import struct
import threading
import time

import system
import pbu
import stream
from domain import CN_ADDR, LMA_ADDR, MAG_ADDR
from netns import wait_for
from terminal import FlowDomain

ROUNDS = 4 if system.INSIDE else 20
RATE = 100 if system.INSIDE else 1000  # packets a second of each flow
STALE_S = 2  # so that what nobody has named is swept in each round
LOAD_MAGS = ('2001:db8:2:1::100', '2001:db8:2:2::100')
NODES = 400  # that may be registered at a time
GIVEN_UP_S = 2  # what has not been answered by then was lost
UNANSWERED = 64
FEWEST = 50  # answers in a round, so that it is of some use
PORT, MOVED, STAYS = 7000, 5001, 5002
EXTRA = '''\
store: {path}
durability: {durability}
store_sync: 50ms
stale_after: {stale}s
min_delay_before_bce_delete: 0s
timestamp_validity_window: 60s
log_level: warn
'''


class Loader:
    """Two MAGs of the test's own. What they know of a mobile node is what has been answered, unless something is not answered yet."""

    def __init__(self, domain, seed):
        self.random = random.Random(seed)
        self.socks = []
        for mag, address in zip(domain.mags, LOAD_MAGS):
            mag.netns.ip('addr', 'add', f'{address}/64', 'dev', 'core0', 'nodad')
            sock = mag.netns.socket(socket.AF_INET6, socket.SOCK_RAW, pbu.MH)
            sock.bind((address, 0))
            sock.setblocking(False)
            self.socks.append(sock)
        self.known = {}    # mobile node: (MAG, prefix) as acknowledged, None = de-registered
        self.waiting = {}  # sequence number: (mobile node, MAG, lifetime), of those that have no answer
        self.open = {}     # mobile node: how many of those
        self.seq = 0
        self.acknowledged = self.refused = self.given_up = 0
        self.heard = 0
        self.stopping = False
        self.thread = None

    def _ask(self):
        number = self.random.randrange(NODES)
        nai = f'mn{number}@load.example'
        at = self.known.get(nai)
        if self.open.get(nai):
            return
        mag, lifetime = self.random.randrange(2), 600
        if at and not self.random.randrange(5):
            mag, lifetime = at[0], 0
        self.seq = self.seq % 65535 + 1
        message = pbu.encode(nai, f'02:00:00:01:{number >> 8:02x}:{number & 255:02x}', lifetime, self.seq)
        self.waiting[self.seq] = (nai, mag, lifetime)
        self.open[nai] = self.open.get(nai, 0) + 1
        self.socks[mag].sendto(pbu.checksum(message, LOAD_MAGS[mag], LMA_ADDR), (LMA_ADDR, 0))

    @staticmethod
    def _prefix(message):
        at = 12
        while at < len(message):
            if message[at] == 0:
                at += 1
                continue
            if message[at] == pbu.OPT_HNP:
                return socket.inet_ntop(socket.AF_INET6, message[at + 4:at + 20]) + f'/{message[at + 3]}'
            at += 2 + message[at + 1]
        return None

    def _answer(self, message):
        status, seq = message[6], struct.unpack_from('!H', message, 8)[0]
        if message[2] != pbu.PBA or seq not in self.waiting:
            return
        nai, mag, lifetime = self.waiting.pop(seq)
        self.heard = time.monotonic()
        self.open[nai] -= 1
        if status >= 128:
            self.refused += 1
            return
        self.acknowledged += 1
        self.known[nai] = (mag, self._prefix(message)) if lifetime else None

    def _take(self):
        for sock in self.socks:
            try:
                while True:
                    self._answer(sock.recv(2048))
            except BlockingIOError:
                pass

    def _run(self):
        self.heard = time.monotonic()
        while not self.stopping:
            while len(self.waiting) < UNANSWERED:
                self._ask()
            self._take()
            if time.monotonic() > self.heard + GIVEN_UP_S:
                self.given_up += len(self.waiting)
                self.forget()
                self.heard = time.monotonic()

    def start(self):
        """Begin to ask."""
        self.stopping = False
        self.thread = threading.Thread(target=self._run)
        self.thread.start()

    def stop(self):
        """No more; what has come till then counts."""
        self.stopping = True
        self.thread.join()
        time.sleep(0.05)
        self._take()

    def certain(self):
        """What must be so: mobile nodes of which nothing is under way."""
        return {nai: at for nai, at in self.known.items() if not self.open.get(nai)}

    def forget(self):
        """What has no answer by now will have none."""
        self.waiting.clear()
        for nai, count in self.open.items():
            if count:
                self.known.pop(nai, None)
        self.open.clear()


def differences(loader, bindings):
    """What the LMA has otherwise than it has said."""
    wrong = []
    for nai, at in loader.certain().items():
        has = bindings.get(nai)
        has = (LOAD_MAGS.index(has['remote']), has['prefixes'][0]) if has else None
        if has != at:
            wrong.append((nai, at, has))
    return wrong


def active(lma):
    """Bindings of the loader's mobile nodes."""
    return {b['mn_id']: b for b in lma.ask('bindings', limit=100000)['bindings'] if b['state'] == 'active'}


def one_round(checks, domain, loader, number, moved):
    """Load, kill, start, compare."""
    lma, before = domain.lma, loader.acknowledged
    loader.start()
    try:
        wait_for('answers', 20, lambda: loader.acknowledged - before > FEWEST)
        time.sleep(loader.random.random() / 2)
        lma.kill()
    finally:
        loader.stop()
        if loader.acknowledged - before <= FEWEST:
            print(f'{loader.acknowledged - before} answers, {loader.refused} refusals, {loader.given_up} PBUs given up; the LMA says:\n{domain.lab.log("lma")[-2000:]}')
    known = loader.certain()
    lma.start()
    wrong = differences(loader, active(lma))
    checks.check(not wrong, f'round {number}: what was acknowledged is there',
                 f'{loader.acknowledged - before} answers, {sum(1 for at in known.values() if at)} bindings; wrong: {wrong[:3]}')
    flow = [f for f in lma.ask('flows')['flows'] if f['id'] == moved]
    checks.check(len(flow) == 1 and flow[0]['remote'] == MAG_ADDR[1], f'round {number}: the moved flow goes over its radio',
                 '' if len(flow) == 1 else flow)
    loader.forget()


def heard(domain):
    """Whether a MAG has heard of a restart."""
    return [e for mag in domain.mags for e in mag.events() if e['event'] == 'peer-restarted']


def rounds(checks, durability, count):
    """With one kind of durability."""
    with FlowDomain(system.prefix(), datapath=system.DATAPATH) as domain:
        lma = domain.lma
        lma.edit(f'mags: [{", ".join(MAG_ADDR)}]', f'mags: [{", ".join(MAG_ADDR + LOAD_MAGS)}]')
        lma.edit('mobile_nodes:\n', 'mobile_nodes:\n  - id: "*@load.example"\n')
        with open(lma.config, 'a', encoding='utf-8') as file:
            file.write(EXTRA.format(path=f'{domain.lab.dir}/store', durability=durability, stale=STALE_S))
        domain.start()
        address = domain.attach()[0]
        wait_for('the mobile node', 10, domain.reached, address)
        moved = lma.ask('flow-add', src=CN_ADDR, dst=address, proto=17, sport=MOVED, dport=PORT)['id']
        lma.ask('flow-move', id=moved, to=MAG_ADDR[1])
        wait_for('the move, which its MAG agrees to first', 10, lambda: lma.ask('flows')['flows'][0]['remote'] == MAG_ADDR[1])
        loader = Loader(domain, durability)
        flows = [stream.Numbered(domain.cn, domain.terminal.netns, (CN_ADDR, sport), (address, port), RATE)
                 for sport, port in ((MOVED, PORT), (STAYS, PORT + 1))]
        try:
            for number in range(1, count + 1):
                one_round(checks, domain, loader, number, moved)
            time.sleep(STALE_S + 0.5)
        finally:
            arrived = [flow.end() for flow in flows]
        for flow, came, what in zip(flows, arrived, ('moved flow', 'other flow')):
            checks.check(len(came) == flow.next and len(set(came)) == flow.next, f'the {what} lost nothing', f'{flow.next - len(set(came))} of {flow.next}')
            checks.check(len({way for _, way in flow.came}) == 1, f'the {what} came by one radio', flow.changes())
        checks.check(not heard(domain), 'no MAG has heard of a restart', heard(domain)[:2])
        checks.check(not differences(loader, active(lma)), 'after the last sweep all is there')
        checks.check(loader.refused == 0, 'nothing was refused', loader.refused)


def test(checks):
    """See the head of this file."""
    rounds(checks, 'strict', ROUNDS)
    rounds(checks, 'fast', ROUNDS)


system.main_by_both_datapaths(test, ('ip', 'nsenter', 'tcpdump'))
