#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
# May run beside others.
# Proves FMP-10.
"""An LMA that is full, of bindings, tunnels, prefixes or flows, on a real kernel: what is too much is refused, named, counted and logged, and what there was goes
on. One that is killed and comes back with other limits keeps what its predecessor forwards. Flows without packets come to their end."""
import socket
import struct
import time

import system
import fmp
from crowd import CN_ADDR, PORT, Crowd, add_flows, host
from load import MAGS
from netns import LabError

FULL = 50
FLOWS = 20
ONCE = ('--retries', 0, '--timeout', 5000, '-e', 1)
NODES = '  - id: "*@example.org"\n'
FIXED = NODES + ''.join(f'''\
  - id: fixed{n}@example.net
    prefixes: [2001:db8:f{n}:1::/64, 2001:db8:f{n}:2::/64, 2001:db8:f{n}:3::/64]
''' for n in range(3))


def refused(lma):
    """Who was refused, and why."""
    return [(e['status'], e.get('rule')) for e in lma.events() if e['event'] == 'refused']


def bindings(checks):
    """More mobile nodes than may be bound."""
    with Crowd(system.prefix(), FLOWS, bindings=FULL, extra='log_interval: 60s\n') as crowd:
        crowd.lma.options = ('--events', crowd.lma.events_path)
        crowd.lma.start()
        _, told = crowd.perf('-n', FULL + 10, *ONCE)
        checks.check(told['refused'] == {'130': 10} and crowd.lma.ask('bindings', limit=0)['total'] == FULL,
                     f'{FULL} bindings, and 10 more are refused', told['refused'])
        why = refused(crowd.lma)
        checks.check(len(why) == 10 and set(why) == {(130, 'there are as many bindings as max_bindings allows')}, 'it is told why', why[:2])
        counters = crowd.lma.counters()
        checks.check(counters['bindings_full'] == counters['refused'] == 10, 'and counted', counters['bindings_full'])
        said = [line for line in crowd.lab.log('lma').splitlines() if 'max_bindings' in line]
        checks.check(1 <= len(said) <= len(MAGS), 'and logged once in an interval for each MAG', said)
        code, told = crowd.perf('-n', FULL - 10, '-e', 500, '--handover', 30, '--release', 10)
        checks.check(code == 0 and told['accepted'] == FULL - 10 + 500, 'who is bound goes on being refreshed and moved', told['refused'])


def tunnels(checks):
    """More MAGs than may be tunnelled to."""
    with Crowd(system.prefix(), FLOWS, extra='max_tunnels: 2\n') as crowd:
        crowd.lma.options = ('--events', crowd.lma.events_path)
        crowd.lma.start()
        code, _ = crowd.perf('-n', FULL, '-e', 100, mags=MAGS[:2])
        _, told = crowd.perf('-n', 5, '--first', FULL, *ONCE, mags=MAGS[2:])
        checks.check(code == 0 and told['refused'].get('130') and told['accepted'] == 0, 'a tunnel too many: its mobile nodes are refused', told['refused'])
        checks.check('forwarding has no room for it' in {why for _, why in refused(crowd.lma)}, 'it is told why', refused(crowd.lma)[:2])
        checks.check('map of tunnels is full, what comes is refused; raise max_tunnels' in crowd.lab.log('lma'), 'and logged')
        counters = crowd.lma.counters('datapath')
        checks.check(counters['full'] > 0 and counters['tunnels'] == 2, 'and counted', counters)
        code, told = crowd.perf('-n', FULL, '-e', 200, mags=MAGS[:2])
        checks.check(code == 0, 'the others go on', told['refused'])


def prefixes(checks):
    """Mobile nodes with more prefixes than the kernel is to have: the one too many gets none of them."""
    with Crowd(system.prefix(), FLOWS, bindings=4) as crowd:
        crowd.lma.edit(NODES, FIXED)
        crowd.lma.start()
        told = [crowd.perf('-n', 1, *ONCE, '--first', n, '--mn-id', 'fixed#@example.net')[1] for n in range(3)]
        checks.check([t['refused'].get('130', 0) for t in told] == [0, 0, 2], 'the third mobile node with three prefixes is refused', [t['refused'] for t in told])
        checks.check(crowd.lma.counters('datapath')['bindings'] == 6 and crowd.lma.ask('bindings')['total'] == 2, 'it has left nothing behind',
                     crowd.lma.counters('datapath'))
        checks.check('map of prefixes is full, what comes is refused; raise max_bindings' in crowd.lab.log('lma'), 'it is logged')


def flows(checks):
    """More flows than may be known, to the LMA and to the manager."""
    with Crowd(system.prefix(), FLOWS, flow_manager='flow_idle_timeout: 24h\n') as crowd:
        crowd.lma.start()
        crowd.perf('-n', 1, '-e', 1)
        with fmp.Manager(crowd.flow_socket) as manager:
            address = host(manager.attachments()[0])
            places = add_flows(manager, address, FLOWS)
            status = [s for s, _ in manager.ask_many(fmp.ADD, [fmp.flow(CN_ADDR, 1000 + n, address, PORT) for n in range(5)])]
            checks.check(0 not in {number for number, _ in places} and status == 5 * [fmp.FULL], f'{FLOWS} flows, no more', status)
            try:
                crowd.lma.ask('flow-add', src=CN_ADDR, dst=address, proto=17, sport=999, dport=PORT)
                said = 'nothing'
            except LabError as error:
                said = str(error)
            checks.check('raise max_flows' in said, 'pmipctl says what to do', said)
            checks.check(crowd.lma.counters()['flows_full'] == 6 and crowd.lma.counters('datapath')['flows'] == FLOWS, 'it is counted',
                         crowd.lma.counters('datapath'))
            logged = [line for line in crowd.lab.log('lma').splitlines() if 'raise max_flows' in line]
            checks.check(len(logged) == 1, 'and logged once', logged)
            checks.check(len(manager.flows()) == FLOWS, 'those that there were are there')
            manager.ask(fmp.DEL, struct.pack('!I', places[0][0]))
            checks.check(manager.ask(fmp.ADD, fmp.flow(CN_ADDR, 1000, address, PORT))[0] == fmp.OK, 'when one goes another one comes')
        crowd.manager.edit(f'max_flows: {FLOWS}', f'max_flows: {FLOWS // 2}')
        crowd.manager.start()
        checks.eventually('a manager with room for half of them has those', 5, lambda: crowd.manager.ask('counters')['manager']['added'] == FLOWS // 2)
        checks.check(crowd.manager.ask('counters')['manager']['full'] == FLOWS // 2 and 'were too many; see max_flows' in crowd.lab.log('manager'),
                     'and says that there are more')


def successors(checks):
    """An LMA is killed, and comes back with more room, with less than it takes, and with other flows than it had."""
    with Crowd(system.prefix(), FLOWS, bindings=FULL) as crowd:
        crowd.lma.start()
        crowd.perf('-n', FULL, '-e', 1)
        with fmp.Manager(crowd.flow_socket) as manager:
            address = host(manager.attachments()[0])
            add_flows(manager, address, FLOWS)
        before, there = crowd.encapsulated(address), crowd.lma.counters('datapath')
        checks.check(there['bindings'] == FULL and there['flows'] == FLOWS, 'bindings and flows', there)
        for limit, flow_limit, what in ((2 * FULL, FLOWS, 'more'), (FULL // 10, FLOWS // 2, 'less')):
            crowd.lma.kill()
            crowd.set_limits(limit, flow_limit)
            crowd.lma.start()
            there = crowd.lma.counters('datapath')
            checks.check(there['bindings'] == FULL and there['flows'] == FLOWS, f'a successor with room for {what} takes over all', there)
            checks.check(crowd.encapsulated(address) == before == 50, 'which goes on being forwarded')
        checks.check(crowd.lab.log('lma').count('it keeps that for') == 2, 'and says that it has more than it is to have',
                     [line for line in crowd.lab.log('lma').splitlines() if 'keeps' in line])
        code, told = crowd.perf('-n', FULL // 10, '-e', 1)
        checks.check(code == 0, 'mobile nodes are registered again', told['refused'])
        with fmp.Manager(crowd.flow_socket) as manager:
            add_flows(manager, host(manager.attachments()[0]), FLOWS // 2, first=30000)
        there = crowd.lma.counters('datapath')
        checks.check(there['full'] > 0 or there['flows'] > FLOWS, 'new flows beside a predecessor\'s: what has no room is told', there)
        crowd.lma.ask('sweep')
        there = crowd.lma.counters('datapath')
        checks.check(there['bindings'] == FULL // 10 and there['flows'] <= FLOWS // 2, 'what nobody has named goes', there)


def aging(checks):
    """Flows without packets."""
    with Crowd(system.prefix(), 4000, extra='flow_idle_timeout: 4s\n') as crowd:
        crowd.lma.start()
        crowd.perf('-n', 1, '-e', 1)
        manager = fmp.Manager(crowd.flow_socket)
        address = host(manager.attachments()[0])
        numbers = [number for number, _ in add_flows(manager, address, 3000)]
        manager.drain(0.2)
        manager.events.clear()
        with crowd.cn.socket(socket.AF_INET6, socket.SOCK_DGRAM) as sender:
            sender.bind((CN_ADDR, 10001))
            end = time.monotonic() + 12
            while time.monotonic() < end and crowd.lma.counters('datapath')['flows'] > 1:
                sender.sendto(b'x', (address, PORT))
                time.sleep(0.1)
            sender.sendto(b'x', (address, PORT))
        manager.drain(0.3)
        gone = [struct.unpack('!I', body)[0] for op, body in manager.events if op == fmp.FLOW_GONE]
        checks.check(sorted(gone) == sorted(set(numbers) - {numbers[1]}), 'flows without packets are ended, each told once', len(gone))
        checks.check(list(manager.flows()) == [numbers[1]] and crowd.lma.counters('datapath')['flows'] == 1, 'the one with packets stays')
        checks.check(crowd.lma.counters()['flows_idle'] == 2999, 'they are counted', crowd.lma.counters()['flows_idle'])
        manager.close()


def test(checks):
    """See the head of this file."""
    bindings(checks)
    tunnels(checks)
    prefixes(checks)
    flows(checks)
    successors(checks)
    aging(checks)


system.main(test, ('ip', 'nsenter'))
