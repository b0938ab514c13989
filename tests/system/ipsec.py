#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
# May run beside others.
# Proves SEC-1, SEC-2, SEC-4, LMA-1.
"""Signalling protected by IPsec: daemons that say "protection: ipsec", with security associations made by ip xfrm, on a kernel that
has ESP, which is user-mode Linux here. Without associations nothing leaves in the clear; with them a mobile node attaches and moves,
and the cables show ESP and never protocol 135, while its data stays outside ESP; what comes unprotected, or protected by somebody else's
association, is dropped and counted."""
import os
import subprocess
import time

import system
import pbu
from capture import NH_IPV6, NH_MH, Capture
from domain import LMA_ADDR, MAG_ADDR, Domain
from netns import LabError, wait_for

NH_ESP = 50
NO_SA = 'no security association'
ESP6 = f'/usr/lib/uml/modules/{os.uname().release}/kernel/net/ipv6/esp6.ko'


def association(source, destination, number, select=True):
    """The arguments of "ip xfrm state add" for one direction; number makes index and key its own."""
    selector = f'sel src {source}/128 dst {destination}/128 proto 135' if select else ''
    return (f'src {source} dst {destination} proto esp spi {0x1000 + number} reqid 5213 mode transport '
            f'aead rfc4106(gcm(aes)) 0x{number:040x} 128 {selector}')


def associate(domain):
    """Associations between the LMA and each MAG, both ways, at both ends."""
    for n, (mag, address) in enumerate(zip(domain.mags, MAG_ADDR)):
        for netns in (domain.lma_ns, mag.netns):
            netns.ip_batch(f'xfrm state add {association(address, LMA_ADDR, 2 * n)}\n'
                           f'xfrm state add {association(LMA_ADDR, address, 2 * n + 1)}\n')


def next_headers(capture):
    """The protocols seen on a cable."""
    return {packet.raw[20] for packet in capture.packets()}


def counted(daemon, name='unprotected'):
    """A counter of the runner."""
    return daemon.counters('runner')[name]


def bindings(daemon):
    """Mobile node and peer of each binding."""
    return [(b['mn_id'], b['remote']) for b in daemon.ask('bindings')['bindings']]


def send_plain(domain, netns, source):
    """A PBU for the mobile node that the machine's own policies alone may protect."""
    message = pbu.encode(domain.host.nai, domain.host.mac, seq=99)
    with netns.socket(pbu.socket.AF_INET6, pbu.socket.SOCK_RAW, pbu.MH) as sock:
        sock.bind((source, 0))
        sock.sendto(pbu.checksum(message, source, LMA_ADDR), (LMA_ADDR, 0))
        time.sleep(0.2)


def without_esp(checks, domain):
    """A kernel without ESP."""
    subprocess.run(['mount', '--bind', '/dev/null', ESP6], check=True)
    try:
        domain.lma.start()
        checks.check(False, 'a kernel without ESP is refused')
    except LabError:
        log = domain.lab.log('lma')
        checks.check('no IPsec ESP for IPv6; install its modules xfrm_user and esp6' in log, 'a kernel without ESP is refused, with the reason')
    subprocess.run(['umount', ESP6], check=True)


def without_associations(checks, domain, wire):
    """Nothing leaves, the log says what to do, and what comes is dropped."""
    mag = domain.mags[0]
    domain.move(domain.host, mag)
    wait_for('the second PBU', 10, lambda: mag.counters()['retransmitted'])
    told = [line for line in domain.lab.log('mag1').splitlines() if NO_SA in line]
    checks.check(len(told) == 1 and 'ip xfrm state' in told[0], 'without an association the MAG says so once, and what to do', told)
    checks.check(counted(mag, 'send_failed') > 1, 'its PBUs count as not sent', counted(mag, 'send_failed'))
    checks.check(not next_headers(wire) & {NH_MH, NH_ESP}, 'and nothing is on the cable', next_headers(wire))
    send_plain(domain, mag.netns, MAG_ADDR[0])
    checks.eventually('an unprotected PBU comes to the LMA', 5, lambda: NH_MH in next_headers(wire))
    checks.check(counted(domain.lma) == 1 and not bindings(domain.lma), 'it is dropped and counted', counted(domain.lma))
    checks.check(domain.lma.counters()['received'] == 0, 'the engine has not seen it')


def with_associations(checks, domain, wire):
    """Attach, traffic, handover."""
    address = domain.host.wait_address(20)
    checks.check(bindings(domain.lma) == [(domain.host.nai, MAG_ADDR[0])], 'with associations the mobile node attaches')
    wire2 = Capture(domain.mags[1].netns, 'core0', 'ip6', immediate=True)
    domain.move(domain.host, domain.mags[1])
    wait_for('the binding at MAG2', 10, lambda: bindings(domain.lma) == [(domain.host.nai, MAG_ADDR[1])])
    checks.eventually('it moves, and is reached from the CN', 10, lambda: domain.reached(address))
    for capture, n in ((wire, 1), (wire2, 2)):
        seen = next_headers(capture)
        checks.check(NH_ESP in seen and NH_MH not in seen, f'the cable to MAG{n} shows ESP and no Mobility Header', sorted(seen))
    checks.check(NH_IPV6 in next_headers(wire2), 'the data is in the tunnel, outside ESP')
    checks.check(domain.lma.ask('status')['protection'] == 'ipsec', 'the status says what protects')


def spoofed(checks, domain):
    """MAG2 speaks as MAG1: in the clear, then with its own association."""
    mag, before = domain.mags[1].netns, counted(domain.lma)
    mag.ip('addr', 'add', f'{MAG_ADDR[0]}/128', 'dev', 'lo')
    send_plain(domain, mag, MAG_ADDR[0])
    checks.check(counted(domain.lma) == before + 1, 'an unprotected PBU is dropped and counted beside protected ones')
    mag.ip_batch('xfrm state flush\n'
                 f'xfrm state add {association(MAG_ADDR[0], LMA_ADDR, 2, select=False)}\n'
                 f'xfrm policy add src {MAG_ADDR[0]} dst {LMA_ADDR} proto 135 dir out tmpl proto esp reqid 5213 mode transport\n')
    send_plain(domain, mag, MAG_ADDR[0])
    checks.check(counted(domain.lma) == before + 2, 'so is one under the association of another MAG', counted(domain.lma) - before)
    checks.check(bindings(domain.lma) == [(domain.host.nai, MAG_ADDR[1])], 'the binding stays as it was')


def test(checks):
    """Everything, in user-mode Linux."""
    with Domain(system.prefix(), datapath='netlink', protection='ipsec') as domain:
        without_esp(checks, domain)
        domain.start()
        wire = Capture(domain.mags[0].netns, 'core0', 'ip6', immediate=True)
        without_associations(checks, domain, wire)
        wire.stop()
        associate(domain)
        wire = Capture(domain.mags[0].netns, 'core0', 'ip6', immediate=True)
        with_associations(checks, domain, wire)
        spoofed(checks, domain)
        checks.check(domain.stop() == [0, 0, 0], 'the daemons end in an orderly way')


system.main_inside(test, ('ip', 'nsenter', 'ping', 'tcpdump', 'modprobe'))
