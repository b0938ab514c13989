#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
# Proves LMA-31, RA-2, MAG-1.
"""One TCP transfer over 20 moves to and fro, for each trigger: it goes on, the mobile node sees the same network, and it is quick."""
import statistics
import time

import system
from domain import CN_ADDR, Domain
from handover import Observer
from traffic import CONNECTIONS, Download, Probe

MOVES = 20
SECONDS_PER_MOVE = 1.2
INTERRUPTION_MS = 20
OWN_MS = 5
GAP_MS = 100
TCP_MS = 500


def median_below(checks, what, values, limit):
    """The median of values, of which none may be missing, is below limit ms."""
    missing = sum(1 for v in values if v is None)
    known = sorted(v for v in values if v is not None)
    checks.check(known and not missing and statistics.median(known) < limit, f'{what}: median under {limit} ms',
                 f'median {statistics.median(known):.2f}, least {known[0]:.2f}, most {known[-1]:.2f} ms, {missing} missing'
                 if known else 'nothing seen')


def one_trigger(checks, trigger):
    """The transfer with one of the triggers."""
    with Domain(system.prefix(), trigger=trigger) as domain:
        observer = Observer(domain)
        domain.start()
        first = domain.move(domain.host, domain.mags[0])
        address = domain.host.wait_address()
        checks.check(observer.account(domain.mags[0], first, traffic=False).pba, f'{trigger}: attached at MAG1', address)
        probe = Probe(domain.cn, domain.host.netns, address)
        download = Download(domain.cn, CN_ADDR, domain.host.netns, int(MOVES * SECONDS_PER_MOVE * 1.2 + 3), '100M')
        time.sleep(1)
        before = domain.host.network()
        moves, same = [], 0
        for number in range(1, MOVES + 1):
            due = time.monotonic() + SECONDS_PER_MOVE
            mag = domain.mags[number % 2]
            moves.append(observer.account(mag, domain.move(domain.host, mag)))
            same += domain.host.network() == before
            if not download.alive():
                break
            time.sleep(max(0, due - time.monotonic()))
        result = download.result(60)
        probe.stop()
        observer.stop()
        opened, resets = observer.tcp_control()
        checks.check(len(moves) == MOVES, f'{trigger}: {MOVES} moves within the transfer', len(moves))
        checks.check(not result['error'] and result['bytes'] > 1e6, f'{trigger}: the transfer came to its end', result)
        checks.check(resets == 0 and opened == CONNECTIONS, f'{trigger}: no reset, no connection opened anew',
                     f'{resets} resets, {opened} opened in all')
        checks.check(all(before.values()) and same == MOVES, f'{trigger}: address, default route and neighbour entry the same after each move',
                     f'{same} of {MOVES}; {before}')
        median_below(checks, f'{trigger}: trigger to first packet', [m.ms('first') for m in moves], INTERRUPTION_MS)
        median_below(checks, f'{trigger}: our processes, trigger to RA', [m.own_ms for m in moves], OWN_MS)
        median_below(checks, f'{trigger}: trigger to TCP data, the CN\'s retransmission timer included', [m.ms('tcp') for m in moves], TCP_MS)
        if trigger == 'link':
            gaps = [m.ms('first') for m in moves]
            checks.check(None not in gaps and max(gaps) < GAP_MS, f'link-up to first packet under {GAP_MS} ms, each move',
                         f'most {max(g or 9e9 for g in gaps):.1f} ms')
        counters = domain.lma.counters()
        checks.check(counters.get('moved') == MOVES, f'{trigger}: the LMA counts {MOVES} handovers', counters)


def test(checks):
    """Both triggers."""
    for trigger in ('link', 'rs'):
        one_trigger(checks, trigger)


system.main(test, ('ip', 'nsenter', 'tcpdump', 'iperf3', 'ss'))
