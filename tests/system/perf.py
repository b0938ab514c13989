#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
# May run beside others.
"""pmip-perf against pmip-lma: what it counts is what the LMA counts. Then against responders that do wrong, each in its own way: it sees
that, and its exit status says so."""
import collections
import json
import select
import signal
import socket
import threading

import system
import pbu
from domain import find_program
from load import ECHO_ADDR, LMA_ADDR, MAGS, Load
from netns import wait_for

CLIENTS, EVENTS = 3000, 6000
# A busy machine is not to look like a deaf LMA.
PATIENT = ('--timeout', 20000)
FAILED = 3


def options_of(message):
    """Offset, type and length of each option of a PBU."""
    at = 12
    while at < len(message):
        if message[at] == 0:
            at += 1
            continue
        yield at, message[at], message[at + 1]
        at += 2 + message[at + 1]


class Request:
    """A PBU as a responder sees it; answer() repeats it, with a prefix that goes by the mobile node's number."""

    def __init__(self, message):
        self.message = message
        places = {kind: (at, length) for at, kind, length in options_of(message)}
        at, length = places[pbu.OPT_MN_ID]
        self.number = int(message[at + 3:at + 2 + length].split(b'@')[0][2:])
        self.hnp, self.hi_at = places[pbu.OPT_HNP][0], places[pbu.OPT_HI][0] + 3
        self.hi = message[self.hi_at]
        self.lifetime = message[10:12]

    def answer(self, prefix=None, status=0, hi=None, lifetime=None):
        """A PBA."""
        message = bytearray(pbu.answer(self.message, status))
        message[self.hnp + 3] = 64
        message[self.hnp + 4:self.hnp + 20] = bytes.fromhex('20010db80100') + (self.number if prefix is None else prefix).to_bytes(2, 'big') + bytes(8)
        message[self.hi_at] = self.hi if hi is None else hi
        message[10:12] = self.lifetime if lifetime is None else lifetime
        return bytes(message)


class Responder:
    """In place of an LMA: behave(request, seen) gives the messages that answer a PBU, which is its mobile node's so manieth. A context
    manager."""

    def __init__(self, load, behave):
        self.behave = behave
        self.socket = load.lma_ns.socket(socket.AF_INET6, socket.SOCK_RAW, pbu.MH)
        self.socket.bind((ECHO_ADDR, 0))
        self.seen = collections.Counter()
        self.ended = threading.Event()
        self.thread = threading.Thread(target=self._run)

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.ended.set()
        self.thread.join()
        self.socket.close()

    def _run(self):
        while not self.ended.is_set():
            if not select.select([self.socket], [], [], 0.05)[0]:
                continue
            message, sender = self.socket.recvfrom(4096)
            if message[2] != pbu.PBU:
                continue
            request = Request(message)
            self.seen[request.number] += 1
            for answer in self.behave(request, self.seen[request.number]):
                self.socket.sendto(answer, (sender[0], 0))


def check_lma(checks, load):
    """All is well, and the LMA has counted the same."""
    load.lma.start()
    code, told = load.perf('-n', CLIENTS, '-e', EVENTS, *PATIENT)
    kinds, counters = told['kinds'], load.lma.counters()
    checks.check(code == 0 and told['failed'] == [], 'an LMA that does well', f'exit status {code}, {told["failed"]}')
    checks.check(told['events'] == told['sent'] == told['received'] == told['accepted'] == CLIENTS + EVENTS, 'each event is a PBU and its PBA',
                 {key: told[key] for key in ('events', 'sent', 'received', 'accepted', 'lost', 'retransmissions', 'skipped', 'unsent')})
    for name, counter in (('register', 'added'), ('handover', 'moved'), ('refresh', 'refreshed'), ('release', 'released')):
        checks.check(kinds[name]['accepted'] == counters[counter] > 0, f'{name}: as many as the LMA has {counter}',
                     f'{kinds[name]["accepted"]} and {counters[counter]}')
    checks.check(told['sent'] == counters['pbu'] and counters['refused'] == 0, 'PBUs: as many as the LMA has got', counters['pbu'])
    bound = load.lma.ask('bindings', limit=1)['total']
    checks.check(kinds['register']['accepted'] - kinds['release']['accepted'] == bound, 'the rest is bound', bound)
    latency = told['latency_us']
    order = [latency[name] for name in ('min', 'p50', 'p90', 'p99', 'p99.9', 'max')]
    checks.check(order == sorted(order) and order[0] > 0, 'latencies are in order', order)


def check_refusals(checks, load):
    """Mobile nodes that the LMA does not know."""
    code, told = load.perf('-n', 50, '-e', 0, '--mn-id', 'mn#@elsewhere.org', *PATIENT)
    checks.check(code == FAILED and told['refused'] == {'153': 50} and told['failed'] == ['max-drop'], 'refusals are told by status',
                 (code, told['refused'], told['failed']))
    code, told = load.perf('-n', 50, '-e', 0, '--mn-id', 'mn#@elsewhere.org', '--max-drop', 100, *PATIENT)
    checks.check(code == 0 and told['failed'] == [], 'and may be allowed for', (code, told['failed']))
    code, told = load.perf('-n', 20, '-e', 20, '--first', 100000, '--max-p99', 0.0001, *PATIENT)
    checks.check(code == FAILED and told['failed'] == ['max-p99'], 'what is slower than it may be is a failure', told['failed'])
    # One mobile node, so that each event waits for the one before it.
    code, told = load.perf('-n', 1, '-e', 300, '--first', 200000, *PATIENT)
    checks.check(code == 0 and told['accepted'] == 301, 'one mobile node: one event after the other', (code, told['accepted'], told['wrong_answers']))


def check_echo(checks, load):
    """The responder, and what makes a sequence of events."""
    load.echo()
    code, told = load.perf('-n', 200, '-e', 200, '--first', 300000, '--baseline', ECHO_ADDR, *PATIENT)
    checks.check(code == 0 and told['echo_rate']['register'] > 0 and told['echo_rate']['mix'] > 0, 'the responder is measured, too', told.get('echo_rate'))
    runs = []
    for first, seed in ((400000, 1), (500000, 1), (600000, 2)):
        code, told = load.perf('-n', 200, '-e', 1000, '--first', first, '--seed', seed, *PATIENT)
        runs.append([told['kinds'][kind]['events'] for kind in ('register', 'refresh', 'handover', 'release')])
    checks.check(runs[0] == runs[1] != runs[2], 'a seed makes the sequence', runs)
    code, told = load.perf('-n', 50, '--first', 700000, '--rate', 100, '--period', 1, *PATIENT)
    # However slow the machine is, there cannot be more than the rate allows for.
    checks.check(code == 0 and 50 < told['events'] <= 50 + 101, 'no faster than the rate, and to the end of the period', told['events'])


def check_interruption(checks, load):
    """A signal ends it, not without its result."""
    process = load.mag_ns.start('perf', find_program('pmip-perf'), '--json', '--mag', MAGS[0], '-n', '10', '--first', '800000', '--interval', '1',
                                '--rate', '100', '--period', '600', LMA_ADDR)
    wait_for('a line of an interval', 20, lambda: 'mix: answered' in load.lab.said(process))
    code = load.lab.stop(process, signal.SIGINT)
    told = json.loads(load.lab.said(process).splitlines()[-1])
    checks.check(code == 0 and told['received'] >= 10, 'interrupted, it tells what came of it', (code, told['received']))


def by_responder(load, behave, *options, mags=MAGS):
    """Run against a responder; return exit status and result."""
    with Responder(load, behave):
        return load.perf('-n', 100, '-e', 300, '-w', 16, *options, mags=mags, lma=ECHO_ADDR)


def check_bad(checks, load):
    """Whatever an LMA may do wrong."""
    code, told = by_responder(load, lambda request, _: [request.answer()], *PATIENT)
    checks.check(code == 0 and told['failed'] == [], 'a responder that does right', (code, told['failed'], told['wrong_answers']))
    # Numbers 90 to 99 get the prefixes of 80 to 89.
    code, told = by_responder(load, lambda request, _: [request.answer(prefix=min(request.number, request.number % 10 + 80))], '--release', 0, *PATIENT)
    checks.check(code == FAILED and told['duplicate_prefixes'] == 10 and told['failed'] == ['unique prefixes'], 'two with the same prefix',
                 (told['duplicate_prefixes'], told['failed']))
    code, told = by_responder(load, lambda request, seen: [request.answer(prefix=request.number + 100 * (request.hi == 3 and seen))], *PATIENT)
    checks.check(code == FAILED and told['changed_prefixes'] > 0 and told['failed'] == ['same prefixes'], 'another prefix after a handover',
                 (told['changed_prefixes'], told['failed']))
    code, told = by_responder(load, lambda request, _: [request.answer(hi=request.hi ^ 8 if request.number == 7 else None)], *PATIENT)
    checks.check(code == FAILED and list(told['wrong_answers']) == ['handoff indicator'] and told['failed'] == ['right answers'],
                 'another Handoff Indicator than the PBU\'s', (told['wrong_answers'], told['failed']))
    code, told = by_responder(load, lambda request, _: [request.answer(lifetime=b'\xff\xff')], *PATIENT)
    checks.check(code == FAILED and list(told['wrong_answers']) == ['lifetime'], 'a longer lifetime than was asked for', told['wrong_answers'])
    code, told = by_responder(load, lambda request, _: [request.answer()[:20]], '--timeout', 10, '--retries', 0, '--max-drop', 100)
    checks.check(code == FAILED and told['malformed'] > 0 and told['failed'] == ['right answers'], 'answers that end early', told['malformed'])


def check_loss(checks, load):
    """Answers that come late, never, or twice."""
    # The first of each mobile node is lost, on its way or back.
    code, told = by_responder(load, lambda request, seen: [] if seen == 1 else [request.answer()], '--timeout', 100, '-e', 0)
    checks.check(code == 0 and told['lost'] == 0 and told['retransmissions'] >= 100 and told['accepted'] == 100, 'a lost PBU is sent again',
                 (told['retransmissions'], told['accepted'], told['failed']))
    deaf = {3, 50, 99}
    code, told = by_responder(load, lambda request, _: [] if request.number in deaf else [request.answer()], '--timeout', 500, '--retries', 2, '-e', 0)
    checks.check(code == FAILED and told['lost'] == len(deaf) and told['failed'] == ['max-drop'] and told['retransmissions'] >= 2 * len(deaf),
                 'who is never answered is lost', (told['lost'], told['retransmissions'], told['failed']))
    code, told = by_responder(load, lambda request, _: [] if request.number in deaf else [request.answer()], '--timeout', 500, '--retries', 2, '-e', 0,
                              '--max-drop', 3)
    checks.check(code == 0, 'and may be allowed for', told['failed'])
    code, told = by_responder(load, lambda request, _: [request.answer()] * 2, *PATIENT)
    # The second answer to the last event may come when all is over.
    checks.check(code == 0 and told['received'] == 400 and 399 - 16 <= told['surplus'] <= 400, 'second answers are told', told['surplus'])


def test(checks):
    """All of it."""
    with Load(system.prefix()) as load:
        check_lma(checks, load)
        check_refusals(checks, load)
        check_echo(checks, load)
        check_interruption(checks, load)
    with Load(system.prefix()) as load:
        check_bad(checks, load)
        check_loss(checks, load)


system.main(test, ('ip', 'nsenter', 'ping'))
