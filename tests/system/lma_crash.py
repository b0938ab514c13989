#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
# Proves HBT-4, HBT-5, HBT-6.
"""The LMA is killed by SIGKILL and started again: heartbeats tell the MAGs, which register their mobile nodes at once, long before any
lifetime is over. Then what the file of the restart counter may look like."""
import os
import time

import system
from domain import Domain
from netns import wait_for

HOSTS = 4
# Lifetimes are 600 s and heartbeats are sent every 60 s: whatever is quicker comes of the restart itself.
AGAIN_S = 2


def now_us():
    """The clock of events."""
    return time.monotonic_ns() // 1000


def prefixes(daemon):
    """Prefixes by mobile node."""
    return {b['mn_id']: b['prefixes'] for b in daemon.ask('bindings')['bindings']}


def counted(domain, name):
    """What is in a daemon's file, None when there is none."""
    path = f'{domain.lab.dir}/{name}.restart'
    if not os.path.exists(path):
        return None
    with open(path, encoding='utf-8') as file:
        return file.read()


def times(daemon, name, start_us):
    """When events of a kind were told after a time, monotonic microseconds."""
    return [e['t_mono_us'] for e in daemon.events() if e['event'] == name and e['t_mono_us'] >= start_us]


def crash(checks, domain, number):
    """Kill the LMA and start it again."""
    lma, mags = domain.lma, domain.mags
    before = prefixes(lma)
    lma.kill()
    start_us = now_us()
    lma.start()
    ready_us = now_us()
    wait_for('all mobile nodes registered again', AGAIN_S, lambda: len(lma.active()) == HOSTS)
    told = [times(mag, 'peer-restarted', start_us) for mag in mags]
    added = times(lma, 'binding-added', start_us)
    checks.check(all(len(t) == 1 for t in told), f'crash {number}: each MAG has seen that the LMA has restarted', told)
    checks.check(len(added) == HOSTS and max(added) - ready_us < AGAIN_S * 1e6, f'crash {number}: all mobile nodes are registered again',
                 f'{(max(added) - min(min(t) for t in told)) / 1000:.1f} ms after the first MAG was told, '
                 f'{(max(added) - start_us) / 1000:.1f} ms after the LMA was started')
    checks.check(prefixes(lma) == before, f'crash {number}: with the prefixes they had', before)
    checks.check(all(not times(mag, 'binding-removed', start_us) for mag in mags), f'crash {number}: no MAG has let go of a mobile node')
    checks.check(counted(domain, 'lma') == f'{1 + number}\n', f'crash {number}: the LMA has counted its start', repr(counted(domain, 'lma')))


def refuses(checks, domain, content, what):
    """The LMA does not start with this in its file, and says what to do."""
    path = f'{domain.lab.dir}/lma.restart'
    with open(path, 'w', encoding='utf-8') as file:
        file.write(content)
    told = len(domain.lab.log('lma'))
    domain.lma.start(wait=False)
    status = domain.lma.process.wait(20)
    log = domain.lab.log('lma')
    checks.check(status == 1 and 'or remove the file' in log[told:], f'{what}: the LMA does not start and says what to do',
                 f'exit status {status}')
    checks.check(counted(domain, 'lma') == content, f'{what}: the file is left alone')


def files(checks, domain):
    """What may be in the file."""
    domain.lma.stop()
    for content, what in (('', 'an empty file'), ('12', 'a number cut off'), ('x\n', 'a word'), ('-1\n', 'a negative number'),
                          ('4294967296\n', 'a number that is too large')):
        refuses(checks, domain, content, what)
    path = f'{domain.lab.dir}/lma.restart'
    for content, then in (('4294967295\n', '0\n'), (None, '1\n')):
        if content is None:
            os.unlink(path)
        else:
            with open(path, 'w', encoding='utf-8') as file:
                file.write(content)
        domain.lma.start()
        checks.check(counted(domain, 'lma') == then, f'after {content!r}: {then!r}', repr(counted(domain, 'lma')))
        domain.lma.stop()


def test(checks):
    """Two crashes, and then the file."""
    with Domain(system.prefix(), hosts=HOSTS) as domain:
        domain.start()
        for number, host in enumerate(domain.hosts):
            domain.move(host, domain.mags[number % 2])
        wait_for('all mobile nodes registered', 20, lambda: len(domain.lma.active()) == HOSTS)
        checks.check(all(counted(domain, d.name) == '1\n' for d in domain.daemons), 'first start: each daemon counts 1')
        wait_for('first heartbeats answered', 5, lambda: all(d.counters()['heartbeat_answered'] for d in domain.daemons))
        checks.check(domain.lma.counters()['heartbeat_answered'] == 2, 'the LMA sends heartbeats to both MAGs at once', domain.lma.counters())
        for number in (1, 2):
            crash(checks, domain, number)
        checks.check(all(len(mag.active()) == HOSTS / 2 for mag in domain.mags), 'the MAGs have their mobile nodes still')
        checks.check([mag.stop() for mag in domain.mags] == [0, 0], 'the MAGs end in good order')
        files(checks, domain)


system.main(test, ('ip', 'nsenter'))
