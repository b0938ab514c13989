#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
# Proves GEN-9.
"""A MAG and the LMA are killed by SIGKILL in the middle of a TCP transfer and started again. Forwarding goes on without them, they
take over what is in the kernel, the transfer ends well, and what nobody claims any more is removed."""
import time

import system
from domain import CN_ADDR, Domain
from handover import Observer
from traffic import CONNECTIONS, Download, Probe

# Short ones, so that the test need not wait: a binding is refreshed at half of this lifetime.
LIFETIME_S = 8
STALE_S = 10


def forwarded(daemon):
    """How many prefixes a daemon's datapath forwards."""
    return daemon.counters('datapath')['bindings']


def lost_between(observer, start, end):
    """How many probes came to the mobile node in a time, and how many were lost on their way."""
    numbers = [p.seq for p in observer.access.packets() if p.kind == 'UDP' and start <= p.ns < end]
    return len(numbers), (max(numbers) - min(numbers) + 1 - len(numbers)) if numbers else 0


def killed(checks, domain, observer, daemon):
    """Kill a daemon, see that forwarding goes on for a second without it, start it again."""
    start = time.time_ns()
    daemon.kill()
    time.sleep(1)
    end = time.time_ns()
    time.sleep(1.1)  # for the capture
    came, lost = lost_between(observer, start, end)
    checks.check(came > 300 and lost == 0, f'{daemon.name} killed: packets go on to the mobile node', f'{came} came, {lost} lost')
    daemon.start()
    checks.eventually(f'{daemon.name} started again: its binding is there', 2 * LIFETIME_S, lambda: len(daemon.active()) == 1)
    checks.eventually(f'{daemon.name} started again: one prefix forwarded', 1, lambda: forwarded(daemon) == 1)
    checks.check(domain.lma.alive() and all(mag.alive() for mag in domain.mags), 'all daemons run')


def stale_mag(checks, domain):
    """MAG1 is killed, its mobile node goes to MAG2, MAG1 comes back: what is there of the mobile node is of no use any more."""
    mag1, mag2 = domain.mags
    mag1.kill()
    domain.move(domain.host, mag2)
    checks.eventually('moved away from a killed MAG: registered at MAG2', 5, lambda: len(mag2.active()) == 1)
    mag1.start()
    checks.eventually('MAG1 started again: what nobody claims is removed', STALE_S + 10,
                      lambda: forwarded(mag1) == 0 and mag1.counters('datapath')['tunnels'] == 0)
    checks.eventually('the LMA still forwards to MAG2', 1, lambda: forwarded(domain.lma) == 1 and len(domain.lma.active()) == 1)


def stale_lma(checks, domain):
    """The LMA is killed, the mobile node goes away for good, the LMA comes back."""
    domain.lma.kill()
    domain.host.at.netns.ip('link', 'set', domain.host.acc, 'down')
    checks.eventually('mobile node gone: no binding left at MAG2', 10, lambda: domain.mags[1].ask('bindings')['total'] == 0)
    domain.lma.start()
    checks.check(forwarded(domain.lma) <= 1, 'LMA started again: takes over at most the one binding of before', forwarded(domain.lma))
    checks.eventually('LMA started again: what nobody claims is removed', STALE_S + 10,
                      lambda: forwarded(domain.lma) == 0 and domain.lma.counters('datapath')['tunnels'] == 0)


def test(checks):
    """One transfer over both kills, then the stale bindings."""
    with Domain(system.prefix(), lma_extra=f'stale_after: {STALE_S}s\n',
                mag_extra=f'stale_after: {STALE_S}s\nlifetime: {LIFETIME_S}s\n') as domain:
        observer = Observer(domain)
        domain.start()
        domain.move(domain.host, domain.mags[0])
        address = domain.host.wait_address()
        probe = Probe(domain.cn, domain.host.netns, address)
        download = Download(domain.cn, CN_ADDR, domain.host.netns, 30, '50M')
        time.sleep(1)
        before = domain.host.network()
        killed(checks, domain, observer, domain.mags[0])
        killed(checks, domain, observer, domain.lma)
        checks.check(download.alive(), 'the transfer still runs')
        result = download.result(60)
        time.sleep(1.1)
        opened, resets = observer.tcp_control()
        checks.check(not result['error'] and result['bytes'] > 50e6 and resets == 0 and opened == CONNECTIONS, 'the transfer came to its end without a reset',
                     f'{result}, {resets} resets, {opened} connections')
        checks.check(all(before.values()) and domain.host.network() == before, 'the mobile node sees the same network', before)
        stale_mag(checks, domain)
        probe.stop()
        observer.stop()
        stale_lma(checks, domain)
        checks.check(domain.stop() == [0, 0, 0], 'all end in good order')


system.main(test, ('ip', 'nsenter', 'tcpdump', 'iperf3', 'ss'))
