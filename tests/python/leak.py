#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Nothing leaks over 10 000 to 100 000 calls of each kind: neither memory of C, nor Python objects, nor what the library holds."""
import ctypes
import gc
import sys

import domain
import lib
import pmip
from pmip import flow

CALLS = 100000
PARTS = 5  # each counted by itself: what comes and goes is not in all of them, what leaks is
MOST = 100000  # octets of heap that may come and go
OBJECTS = 100  # Python objects that may


class Mallinfo(ctypes.Structure):
    """struct mallinfo2 of the C library."""
    _fields_ = [(name, ctypes.c_size_t) for name in 'arena ordblks smblks hblks hblkhd usmblks fsmblks uordblks fordblks keepcost'.split()]


LIBC = ctypes.CDLL(None)
LIBC.mallinfo2.restype = Mallinfo


def used():
    """Octets of heap in use."""
    gc.collect()
    info = LIBC.mallinfo2()
    return info.uordblks + info.hblkhd


def growth(call, calls):
    """Octets, objects and blocks of contexts that there are more of after so many calls."""
    before, live, objects = used(), pmip.lib.block_live(), sys.getallocatedblocks()
    for _ in range(calls):
        call()
    return used() - before, sys.getallocatedblocks() - objects, pmip.lib.block_live() - live


def measure(name, call, calls=CALLS):
    """The growth over so many calls, a tenth of them first."""
    for _ in range(calls // 10):
        call()
    grown, objects, held = (min(part) for part in zip(*(growth(call, calls // PARTS) for _ in range(PARTS))))
    print(f'{name}: {calls} calls, in each {PARTS}th of them at least {grown} octets, {objects} objects, {held} blocks of contexts more', flush=True)
    assert grown < MOST // PARTS and objects < OBJECTS // PARTS and held == 0, name


def refused(call, *arguments):
    """A call that raises, with all that belongs to it."""
    try:
        call(*arguments)
    except (pmip.Error, TypeError, ValueError):
        return
    raise AssertionError(f'{call} has not raised')


PBU = lib.vector('good/pbu-initial.hex')
BAD = next(vector for vector in lib.vectors() if vector.result not in ('OK', 'PMIP_ERR_SHORT'))
MESSAGE = pmip.decode(PBU.data, PBU.src, PBU.dst)
SELECTOR = flow.selector(format=pmip.SelectorFormat.IPV6, src_port_start=443)
POLICY = flow.Policy()
POLICY.add_rule(flow.PolicyRule(name='web', prefer=[4, 8]))
INPUT = flow.PolicyInput(mn_id='mn1', application='web', tunnel=1, ways=[flow.PolicyWay(tunnel=1, att=4, usable=True)])


def fields():
    """All that a message and its options have."""
    message = pmip.decode(PBU.data, PBU.src, PBU.dst)
    return message.values, [option.values for option in message.options], str(message)


def structure():
    """Views that a structure holds, one after the other."""
    profile = pmip.Profile(mn_id='mn1@example.com', alias=['02:00:00:00:00:01'], prefix=['2001:db8::/64'])
    profile.mn_id = 'mn2@example.com'
    return repr(profile), profile.prefix, pmip.Dgram(src='::1', dst='::2', data=b'12345678') == pmip.Dgram()


def contexts():
    """Contexts made and gone, with what they hold."""
    config = pmip.LmaConfig(max_bindings=10)
    config.add_peer(pmip.Peer(addr='2001:db8::1', prefixes=['2001:db8::/32']))
    classifier = flow.Classifier()
    classifier.add(flow.Rule(id=1, active=True, verdict=flow.Verdict.FORWARD, path=[1, 2], selectors=[SELECTOR]))
    return pmip.Lma(config), list(classifier), classifier.decide(flow.decode(lib.PACKET), [2, 1]), classifier.get(1).selectors


def decide():
    """A decision and why."""
    return POLICY.decide(INPUT).rule.name, POLICY.explain(INPUT), list(POLICY.rules())


measure('decode', lambda: pmip.decode(PBU.data, PBU.src, PBU.dst))
measure('fields', fields, CALLS // 4)
measure('refused', lambda: refused(pmip.decode, BAD.data, BAD.src, BAD.dst))
measure('encode', lambda: MESSAGE.encode(PBU.src, PBU.dst))
measure('encode what cannot be', lambda: refused(pmip.Message('BU', [pmip.Option('HNP', prefix='2001:db8::/64'), pmip.Option('MN-ID', nai=5)]).encode), CALLS // 2)
measure('structures', structure, CALLS // 2)
measure('packets', lambda: flow.decode(lib.PACKET))
measure('contexts', contexts, CALLS // 4)
measure('decisions', decide, CALLS // 2)
world = domain.Domain()
world.attach(domain.WLAN, 1)
measure('events and actions', world.refresh, 10000)
measure('walks', lambda: [binding.mn_id for binding in world.lma.bindings()])
