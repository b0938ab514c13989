# SPDX-License-Identifier: BSD-2-Clause
"""After SIGTERM of every daemon the kernel is as it was before their start: interfaces, addresses, routes, rules, filters, BPF
programs and maps. After SIGTERM of the MAG that has the mobile node, too: it leaves the binding in good order."""
import json
import signal

import system
from domain import Domain
from netns import run


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
    return state


def bpf_objects():
    """BPF programs, maps and links of the machine that no process of another kind than ours has loaded: their names and ids."""
    objects = set()
    for kind in ('prog', 'map', 'link'):
        for item in json.loads(run('bpftool', '-j', kind, 'show') or '[]'):
            name = item.get('name', '')
            objects.add((kind, item['id'], name, item.get('type', '')))
    return objects


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
        objects = bpf_objects()
        domain.start()
        domain.move(host, mag1)
        address = host.wait_address()
        domain.move(host, mag2)
        reached = domain.cn.run('ping', '-6', '-n', '-q', '-c', '20', '-i', '0.1', '-W', '1', address, check=False)
        checks.check(' 100% packet loss' not in reached, 'the mobile node is reached while the daemons run')
        during = {name: kernel_state(domain.lab.netns[name]) for name in names}
        checks.check(all(during[name] != before[name] for name in names), 'the comparison sees what the daemons do')
        for daemon in (mag2, mag1, domain.lma):
            status = daemon.stop(signum=signal.SIGTERM)
            checks.check(status == 0, f'{daemon.name} ends by SIGTERM with status 0', status)
            state = kernel_state(domain.lab.netns[daemon.name])
            checks.check(state == before[daemon.name], f'{daemon.name}: kernel state as before',
                         difference(before[daemon.name], state))
        mine = {o for o in bpf_objects() - objects if 'pmip' in o[2]}
        checks.check(not mine, 'no BPF program, map or link of ours left', difference(set(), mine))


system.main(test, ('ip', 'nsenter', 'tc', 'bpftool', 'ping'))
