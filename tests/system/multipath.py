#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
# May run beside others.
# Proves MPB-1, MPB-2.
"""A MAG with two ways to the LMA (RFC 8278), from the signalling to the packets.

    CN ---- LMA ==== core0  MAG1 ---- MN
               \\==== core1

The mobile node is registered by both addresses; a flow is moved to the second, and its packets come by that cable while others still come by the
first; then the first cable breaks, and everything goes by the second without a new address; and when the mobile node leaves, nothing is left."""
import socket
import struct
import time

import system
import fmp
from domain import CN_ADDR, MAG_ADDR, Domain
from netns import wait_for

SECOND, ROUTER = '2001:db8:2:3::2', '2001:db8:2:3::1'
PORT = 5001
LIFETIME_S = 20
PACKETS = 100
WLAN, EUTRAN = 4, 8
PATHS = f'''\
paths:
  - address: {MAG_ADDR[0]}
    bid: 1
    label: 9
    technology: wlan
  - address: {SECOND}
    bid: 2
    label: 11
    technology: eutran
'''


def second_cable(domain):
    """Lay it, and let what has the second address leave by it."""
    mag = domain.mags[0].netns
    domain.lma_ns.ip_batch(f'link add mag1b type veth peer name core1 netns {mag.full_name}\n'
                           f'addr add {ROUTER}/64 dev mag1b nodad\nlink set mag1b up\n')
    mag.ip_batch(f'addr add {SECOND}/64 dev core1 nodad\nlink set core1 up\nroute add default via {ROUTER} metric 2048\n'
                 f'route add default via {ROUTER} table 99\n')
    mag.ip('-6', 'rule', 'add', 'from', SECOND, 'lookup', '99')


def configure(domain):
    """Both ends are to use it; return the LMA's flow socket."""
    nai = domain.host.nai
    flow_socket = f'{domain.lab.dir}/flow.sock'
    domain.lma.edit('pools:\n', f'multipath: yes\nflow_socket: {flow_socket}\npools:\n')
    domain.lma.edit('core: [mag1, mag2]', 'core: [mag1, mag1b, mag2]')
    domain.lma.edit(f'mags: [{MAG_ADDR[0]}', f'mags: [{MAG_ADDR[0]}, {SECOND}')
    domain.lma.edit(f'  - id: {nai}\n', f'  - id: {nai}\n    multipath: yes\n')
    domain.mags[0].edit('core: [core0]', 'core: [core0, core1]')
    domain.mags[0].edit(f'  - id: {nai}\n', f'  - id: {nai}\n    multipath: yes\n')
    domain.mags[0].edit('access:\n', f'{PATHS}access:\n')
    return flow_socket


def sent(netns, link):
    """Packets that an interface has sent."""
    return int(netns.ip('-s', 'link', 'show', 'dev', link).split('TX:')[1].split('\n')[1].split()[1])


def remotes(domain):
    """The far ends of the mobile node's bindings at the LMA, with their BIDs and labels."""
    return {b['remote']: (b['path']['bid'], b['path']['label'], b['default'])
            for b in domain.lma.ask('bindings')['bindings'] if b['state'] == 'active' and 'path' in b}


def moved_flow(checks, domain, address, flow_socket):
    """One of two flows goes to the second path; its packets come by the second cable alone."""
    out = domain.cn.socket(socket.AF_INET6, socket.SOCK_DGRAM)
    out.bind((CN_ADDR, PORT))
    into = domain.host.netns.socket(socket.AF_INET6, socket.SOCK_DGRAM)
    into.bind((address, PORT))
    into.settimeout(2)
    manager = fmp.Manager(flow_socket)
    tunnels = {b['remote']: b['tunnel'] for b in domain.lma.ask('bindings')['bindings']}
    first, second = tunnels[MAG_ADDR[0]], tunnels[SECOND]
    technologies = {at.proxy_coa: at.att for at in manager.attachments()}
    checks.check(technologies == {MAG_ADDR[0]: WLAN, SECOND: EUTRAN}, 'a flow manager is told the technology of each path', technologies)
    status, body = manager.ask(fmp.ADD, fmp.flow(CN_ADDR, PORT, address, PORT))
    number, tunnel = struct.unpack_from('!II', body)
    checks.check(status == fmp.OK and tunnel == first, 'a flow goes by the first path', (status, tunnel))
    status, _ = manager.ask(fmp.MOVE, struct.pack('!III', number, first, second))
    checks.check(status == fmp.OK, 'and is moved to the second', status)
    before = [sent(domain.lma_ns, link) for link in ('mag1', 'mag1b')]
    got = 0
    for _ in range(PACKETS):
        out.sendto(b'x', (address, PORT))
        got += into.recv(10) == b'x'
    after = [sent(domain.lma_ns, link) for link in ('mag1', 'mag1b')]
    manager.close()
    checks.check(got == PACKETS, 'where it goes on', got)
    checks.check(after[1] - before[1] >= PACKETS and after[0] - before[0] < PACKETS / 5, 'its packets come by the second cable', (before, after))
    out.close()
    into.close()


def test(checks):
    """Attach, move a flow, break a cable, leave."""
    with Domain(system.prefix(), datapath=system.DATAPATH, mag_extra=f'lifetime: {LIFETIME_S}s\n') as domain:
        second_cable(domain)
        flow_socket = configure(domain)
        domain.start()
        domain.move(domain.host, domain.mags[0])
        address = domain.host.wait_address()
        expected = {MAG_ADDR[0]: (1, 9, True), SECOND: (2, 11, False)}
        checks.eventually('both paths are registered, the first is the default one', 5, lambda: remotes(domain) == expected)
        prefixes = {tuple(b['prefixes']) for b in domain.lma.ask('bindings')['bindings']}
        checks.check(len(prefixes) == 1, 'with one prefix', prefixes)
        checks.eventually('packets pass', 5, lambda: domain.reached(address))
        moved_flow(checks, domain, address, flow_socket)
        time.sleep(LIFETIME_S)
        checks.check(remotes(domain) == expected and domain.reached(address), 'each path is extended', remotes(domain))
        domain.mags[0].netns.ip('link', 'set', 'core0', 'down')
        domain.lma_ns.ip('link', 'set', 'mag1', 'down')
        checks.eventually('the first cable is broken: the second path is the default one', LIFETIME_S + 10,
                          lambda: remotes(domain) == {SECOND: (2, 11, True)})
        checks.eventually('and packets pass both ways', 5, lambda: domain.reached(address))
        checks.check(address in ' '.join(domain.host.addresses()), 'the mobile node has the address that it had', domain.host.addresses())
        domain.host.cut()
        wait_for('the end of the binding', 15, lambda: not domain.lma.active())
        checks.check(domain.stop() == [0, 0, 0], 'all end in good order')


system.main(test, ('ip', 'nsenter', 'ping'))
