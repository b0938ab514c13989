#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
# May run beside others.
"""After SIGTERM of every daemon the kernel is as it was before their start: interfaces, addresses, routes, rules, filters, BPF
programs and maps. After SIGTERM of the MAG that has the mobile node, too: it leaves the binding in good order."""
import contextlib
import json
import os
import re
import signal
import sys

import system
from domain import Domain
from netns import LabError, run, wait_for

TCX = os.path.join(os.path.dirname(os.path.abspath(__file__)), 'tcx.py')


def _without(item, *keys):
    return json.dumps({key: value for key, value in item.items() if key not in keys}, sort_keys=True)


def kernel_state(netns):
    """Everything of a namespace that a daemon could leave behind, as a set of lines."""
    state = set()
    for what in (('-d', 'link', 'show'), ('-4', 'addr', 'show'), ('-6', 'addr', 'show')):
        for item in json.loads(netns.ip('-j', *what) or '[]'):
            # Statistics of use and a mobile node's carrier come and go by themselves.
            for addr in item.get('addr_info', []):
                addr.pop('valid_life_time', None), addr.pop('preferred_life_time', None)
            state.add(' '.join(what) + ' ' + _without(item, 'stats', 'stats64', 'flags', 'operstate'))
    for what in (('-6', 'route', 'show', 'table', 'all'), ('-4', 'route', 'show', 'table', 'all'), ('-6', 'rule', 'show'), ('-4', 'rule', 'show')):
        for item in json.loads(netns.ip('-j', *what) or '[]'):
            state.add(' '.join(what) + ' ' + _without(item, 'expires', 'used', 'flags', 'cache'))
    for link in json.loads(netns.ip('-j', 'link', 'show')):
        ifname = link['ifname']
        state.update(f'qdisc {ifname} {line}' for line in netns.run('tc', 'qdisc', 'show', 'dev', ifname).splitlines())
        for hook in ('ingress', 'egress'):
            state.update(f'filter {ifname} {hook} {line}' for line in
                         netns.run('tc', 'filter', 'show', 'dev', ifname, hook, check=False).splitlines())
    state.update(line for line in netns.run('bpftool', 'net', 'show').splitlines() if line.strip())
    state.update(netns.run(sys.executable, TCX).splitlines())
    return state


def bpf_objects(daemon):
    """The BPF programs, maps and links that a daemon holds: (kind, id)."""
    held, folder = set(), f'/proc/{daemon.process.pid}/fdinfo'
    for fd in os.listdir(folder):
        with open(f'{folder}/{fd}', encoding='ascii') as info:
            held.update((line.split('_id:')[0], int(line.split()[1])) for line in info if re.match(r'(prog|map|link)_id:', line))
    return held


def still_there(objects):
    """Those of the BPF objects that the kernel still has."""
    return {(kind, item['id']) for kind in ('prog', 'map', 'link') for item in json.loads(run('bpftool', '-j', kind, 'show') or '[]')
            } & objects


def difference(before, after):
    """What is there too much or too little, in words."""
    return '; '.join([f'left: {x}' for x in sorted(map(str, after - before))] +
                     [f'gone: {x}' for x in sorted(map(str, before - after))]) or 'nothing left, nothing gone'


def test(checks):
    """Up, one move, down."""
    with Domain(system.prefix()) as domain:
        names = ('lma', 'mag1', 'mag2')
        host, (mag1, mag2) = domain.host, domain.mags
        # The cable is where it will be at the end, so that only the daemons make a difference.
        domain.host.plug(mag2)
        before = {name: kernel_state(domain.lab.netns[name]) for name in names}
        domain.start()
        domain.move(host, mag1)
        address = host.wait_address()
        domain.move(host, mag2)
        reached = domain.cn.run('ping', '-6', '-n', '-q', '-c', '20', '-i', '0.1', '-W', '1', address, check=False)
        checks.check(' 100% packet loss' not in reached, 'the mobile node is reached while the daemons run')
        objects = set().union(*(bpf_objects(daemon) for daemon in domain.daemons))
        checks.check(still_there(objects) == objects and len({kind for kind, _ in objects}) > 1, 'BPF programs and maps are there',
                     len(objects))
        during = {name: kernel_state(domain.lab.netns[name]) for name in names}
        checks.check(all(during[name] != before[name] for name in names), 'the comparison sees what the daemons do')
        for daemon in (mag2, mag1, domain.lma):
            status = daemon.stop(signum=signal.SIGTERM)
            checks.check(status == 0, f'{daemon.name} ends by SIGTERM with status 0', status)
            state = kernel_state(domain.lab.netns[daemon.name])
            checks.check(state == before[daemon.name], f'{daemon.name}: kernel state as before',
                         difference(before[daemon.name], state))
        with contextlib.suppress(LabError):
            wait_for('the kernel to free them', 20, lambda: not still_there(objects))
        checks.check(not still_there(objects), 'no BPF program, map or link of ours left', still_there(objects) or '')


system.main(test, ('ip', 'nsenter', 'tc', 'bpftool', 'ping'))
