#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
# May run beside others.
"""Binding Revocation between real daemons: one mobile node by the LMA, all of a MAG, one by the MAG. Each time the mobile node is told
by a Router Advertisement with lifetime 0, its traffic stops and both sides forget the binding; then it attaches again."""
import struct
import time

import system
from capture import Capture
from domain import MAG_ADDR, Domain
from netns import LabError

ADVERTISEMENT = 134


def final_advertisement(packet):
    """Whether it is a Router Advertisement that ends the service."""
    icmp = packet.raw[14 + 40:]
    return len(icmp) >= 16 and icmp[0] == ADVERTISEMENT and struct.unpack_from('!H', icmp, 6)[0] == 0


def refused(daemon, cmd, **args):
    """What the daemon says against a command."""
    try:
        daemon.ask(cmd, **args)
    except LabError as error:
        return str(error)
    return ''


def one(checks, domain, capture, who, revoke):
    """Attach, revoke, look."""
    mag, nai = domain.mags[0], domain.host.nai
    mag.ask('attach', link=domain.host.acc, id=nai)
    address = domain.host.wait_address()
    checks.eventually(f'{who}: the mobile node is reached before', 10, lambda: domain.reached(address))
    start = time.time_ns()
    revoke(mag, nai)
    checks.eventually(f'{who}: no binding at the LMA', 5, lambda: not domain.lma.ask('bindings')['bindings'])
    time.sleep(0.3)
    told = capture.first(start, final_advertisement)
    bindings = mag.ask('bindings')['bindings']
    checks.check(told, f'{who}: the mobile node gets a Router Advertisement with router lifetime 0')
    checks.check(not domain.reached(address), f'{who}: traffic stops')
    checks.check([b['state'] for b in bindings] == ['denied'] and not bindings[0].get('prefixes'), f'{who}: denied at the MAG', bindings)
    for name, daemon in (('LMA', domain.lma), ('MAG', mag)):
        events = [e['event'] for e in daemon.events()]
        checks.check('revoked' in events and 'revocation-failed' not in events, f'{who}: the {name} tells of it', events[-6:])


def test(checks):
    """All three ways, then once more attached."""
    with Domain(system.prefix()) as domain:
        domain.start()
        domain.move(domain.host, domain.mags[0])
        domain.host.wait_address()
        mag = domain.mags[0]
        capture = Capture(domain.host.netns, 'eth0', 'icmp6', immediate=True)
        one(checks, domain, capture, 'LMA', lambda mag, nai: domain.lma.ask('revoke', id=nai))
        one(checks, domain, capture, 'LMA, all of the MAG', lambda mag, nai: domain.lma.ask('revoke-mag', address=MAG_ADDR[0]))
        one(checks, domain, capture, 'MAG', lambda mag, nai: mag.ask('revoke', id=nai, trigger=5))
        capture.stop()
        error = refused(domain.lma, 'revoke', id=domain.host.nai)
        checks.check('no such entry' in error, 'nothing is left to revoke', error)
        mag.ask('attach', link=domain.host.acc, id=domain.host.nai)
        address = domain.host.wait_address()
        checks.eventually('attached again, the mobile node is reached', 10, lambda: domain.reached(address))
        before = mag.counters()['refreshed']
        domain.lma.ask('reregister', id=domain.host.nai)
        checks.eventually('told to, the MAG registers it again', 3, lambda: mag.counters()['refreshed'] == before + 1)
        checks.check(domain.lma.counters()['upa'] == 1, 'and has acknowledged that')
        lma, mag = domain.lma.counters(), mag.counters()
        checks.check(lma['revoked'] == 3 and mag['revoked'] == 3, 'three revocations on both sides', (lma['revoked'], mag['revoked']))
        checks.check(lma['bri_sent'] == 2 and lma['bra'] == 2 and mag['bri_sent'] == 1 and mag['bra'] == 1, 'each asked and answered once',
                     (lma, mag))


system.main(test, ('ip', 'nsenter', 'tcpdump', 'ping'))
