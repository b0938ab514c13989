#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
# May run beside others.
# Proves TUN-10.
"""The cable between LMA and MAG is taken away, at both ends, and another one put in its place: once it has its addresses packets go both
ways, with the daemons as they were. So it is when the interfaces get their names only afterwards; those that lose them are left alone.
With tc programs, then with XDP at the LMA's interface to the CN, too."""
import os
import sys

import system
from domain import Domain

TCX = os.path.join(os.path.dirname(os.path.abspath(__file__)), 'tcx.py')


def cable(ends, made_as):
    """Another cable, whose ends are made with names of a time before they get their own, or with these."""
    names = [made_as or name for _, name in ends]
    ends[0][0].ip('link', 'add', names[0], 'type', 'veth', 'peer', 'name', names[1], 'netns', ends[1][0].full_name)
    for number, (netns, name) in enumerate(ends, 1):
        if made_as:
            netns.ip('link', 'set', made_as, 'name', name)
        netns.ip_batch(f'addr add 2001:db8:2:1::{number}/64 dev {name} nodad\nlink set {name} up\n')
    ends[1][0].ip('route', 'replace', 'default', 'via', '2001:db8:2:1::1')


def is_free(netns, name):
    """Whether an interface has no program of ours."""
    return (f'{name} ingress' not in netns.run(sys.executable, TCX) and
            'pmip' not in netns.run('tc', 'filter', 'show', 'dev', name, 'ingress', check=False) and not has_xdp(netns, name))


def has_xdp(netns, name):
    """Whether an interface has a program before the kernel."""
    return 'prog/xdp' in netns.ip('link', 'show', 'dev', name)


def with_xdp(checks):
    """Programs come back by XDP, at the core and elsewhere."""
    with Domain(system.prefix(), lma_extra='bpf: xdp\nnetwork_interfaces: [cn0]\n', mag_extra='bpf: xdp\n') as domain:
        domain.start()
        ends = [(domain.lma_ns, 'mag1'), (domain.mags[0].netns, 'core0')]
        checks.check(all(has_xdp(*end) for end in [*ends, (domain.lma_ns, 'cn0')]), 'XDP at the core and towards the CN')
        for name in ('mag1', 'cn0'):
            domain.lma_ns.ip('link', 'del', name)
        cable(ends, '')
        domain.lma_ns.ip('link', 'add', 'cn0', 'type', 'veth', 'peer', 'name', 'eth0', 'netns', domain.cn.full_name)
        for netns, name in [*ends, (domain.lma_ns, 'cn0')]:
            checks.eventually(f'{name} has its program again', 5, lambda at=netns, what=name: has_xdp(at, what))
            netns.ip_batch(f'link set {name} down\nlink set {name} name old{name}\n')
            checks.eventually('and none under another name', 5, lambda at=netns, what=f'old{name}': is_free(at, what))


def test(checks):
    """See the head of this file."""
    with Domain(system.prefix()) as domain:
        domain.start()
        domain.move(domain.host, domain.mags[0])
        address = domain.host.wait_address()
        checks.eventually('the mobile node is reached', 5, lambda: domain.reached(address))
        ends = [(domain.lma_ns, 'mag1'), (domain.mags[0].netns, 'core0')]
        for number, made_as in enumerate(('', 'new0'), 1):
            domain.lma_ns.ip('link', 'del', 'mag1')
            checks.check(not domain.reached(address), 'the mobile node is not reached without the cable')
            for daemon, (_, name) in zip(domain.daemons, ends):
                checks.check(domain.lab.log(daemon.name).count(f'{name} has gone') >= number, f'{daemon.name} says that it has gone')
            cable(ends, made_as)
            checks.eventually('it is with another one' + (' that gets its names later' if made_as else ''), 5, lambda: domain.reached(address))
        for netns, name in ends:
            checks.check(not is_free(netns, name), f'{name} has a program')
            netns.ip_batch(f'link set {name} down\nlink set {name} name old0\n')
            checks.eventually('but not once it has another name', 5, lambda at=netns: is_free(at, 'old0'))
        checks.check(all(daemon.alive() for daemon in domain.daemons), 'the daemons are as they were')
    with_xdp(checks)


system.main(test, ('ip', 'nsenter', 'tc', 'ping'))
