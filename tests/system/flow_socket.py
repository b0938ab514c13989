#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
# May run beside others.
# Proves FMP-1, FMP-4, FMP-6, FMP-7, FMP-11, FMP-12.
"""The LMA's flow socket, asked by a client that is not ours: what it lists, adds, moves and counts, which flows and bindings it tells of, and
what it does about messages that are none."""
import os
import socket
import stat
import struct
import time

import system
import fmp
from domain import CN_ADDR, MAG_ADDR
from fmp import Manager
from netns import wait_for
from terminal import NAI, FlowDomain

PORT = 7000
ORPHAN_S = 60


def datagrams(domain, address, sport, count=20):
    """Datagrams from the CN to the mobile node."""
    with domain.cn.socket(socket.AF_INET6, socket.SOCK_DGRAM) as sock:
        sock.bind((CN_ADDR, sport))
        for _ in range(count):
            sock.sendto(bytes(100), (address, PORT))


def place(body):
    """A PLACE: flow id, tunnel id."""
    return struct.unpack('!II', body)


def bindings(checks, domain, manager):
    """Attachments as they come: told, and listed."""
    checks.check(manager.attachments() == [] and manager.flows() == {}, 'an LMA without bindings lists nothing')
    addresses = domain.attach()
    manager.drain(0.3)
    told = [fmp.read_attachment(body)[0] for op, body in manager.events if op == fmp.BINDING_ADDED]
    listed = manager.attachments()
    checks.check({a.proxy_coa for a in told} == set(MAG_ADDR) and [a.att for a in told] == [7, 4], 'each attachment is told as it comes', told)
    checks.check(sorted(listed) == sorted(told) and all(a.mn_id == NAI for a in listed),
                 'and listed', listed)
    checks.check(manager.attachments(NAI.encode()) == listed and manager.attachments(b'nobody@example.org') == [], 'also for one mobile node')
    return addresses, {a.proxy_coa: a.tunnel for a in listed}


def flows(checks, domain, manager, address, tunnels):
    """A flow is added, moved, counted and deleted."""
    one = fmp.flow(CN_ADDR, 5001, address, PORT)
    first, second = (tunnels[mag] for mag in MAG_ADDR)
    status, body = manager.ask(fmp.ADD, one)
    number, tunnel = place(body)
    checks.check(status == fmp.OK and number and tunnel == first, 'a flow that is added goes where its prefix goes', (number, tunnel))
    checks.check(place(manager.ask(fmp.ADD, one)[1]) == (number, tunnel), 'added once more it is the same')
    checks.check(manager.ask(fmp.ADD, fmp.flow(CN_ADDR, 1, '2001:db8:dead::1', 2)) == (fmp.OK, b''), 'one to nobody of ours has no place')
    checks.check(manager.ask(fmp.MOVE, struct.pack('!III', number, second, 0)) == (fmp.STALE, struct.pack('!II', number, first)),
                 'a move from where it is not is stale')
    checks.check(manager.ask(fmp.MOVE, struct.pack('!III', number, first, 9999))[0] == fmp.NO_TUNNEL, 'there is no way by a tunnel that is not there')
    checks.check(manager.ask(fmp.MOVE, struct.pack('!III', number + 1, first, 0))[0] == fmp.NOENT, 'nor for a flow that is not there')
    status, body = manager.ask(fmp.MOVE, struct.pack('!III', number, first, 0))
    checks.check(status == fmp.OK and place(body) == (number, second), 'a move goes to the other tunnel', (status, body.hex()))
    checks.check(manager.flows() == {number: (second, (CN_ADDR, 5001, address, PORT, 17))}, 'and the list has it there', manager.flows())
    before = manager.tunnel_counters()
    datagrams(domain, address, 5001)
    idle, packets, octets = manager.flow_counters()[number]
    checks.check(idle < 1000 and (packets, octets) == (20, 20 * 148), 'its packets are counted', (idle, packets, octets))
    told = domain.lma.ask('flows', mn_id=NAI)
    checks.check(told['total'] == 1 and (told['flows'][0]['packets'], told['flows'][0]['octets']) == (20, 20 * 148), 'pmipctl shows what it has counted',
                 told['flows'])
    told = domain.lma.ask('mobile-node', id=NAI)
    checks.check(sorted(told['mags']) == sorted(MAG_ADDR) and len(told['prefixes']) == 2 and
                 [told[key] for key in ('flows', 'flows_moved', 'flow_packets', 'flow_octets')] == [1, 1, 20, 20 * 148],
                 'and what all flows of its mobile node have', told)
    checks.check(domain.lma.ask('flows', mn_id='nobody@example.org')['total'] == 0, 'nobody has no flows')
    after = manager.tunnel_counters()
    checks.check(after[second][0] - before[second][0] >= 20 and after[first][0] - before[first][0] < 5, 'and those of its tunnel', after)
    domain.lma.ask('flow-move', id=number)
    checks.check((fmp.FLOW_MOVED, struct.pack('!II', number, first)) in manager.drain(0.3), 'a move by somebody else is told')
    checks.check(manager.ask(fmp.DEL, struct.pack('!I', number)) == (fmp.OK, b'') and manager.flows() == {}, 'a flow is deleted')
    checks.check(manager.ask(fmp.DEL, struct.pack('!I', number)) == (fmp.OK, b''), 'deleting one that is not there is no error')


def watching(checks, domain, manager, address):
    """Flows that nobody has added."""
    datagrams(domain, address, 5010)
    checks.check([e for e in manager.drain(0.3) if e[0] == fmp.FLOW_SEEN] == [], 'without WATCH no flow is told')
    checks.check(manager.ask(fmp.WATCH, struct.pack('!I', 1 << 24)) == (fmp.OK, b''), 'WATCH for those who can be moved')
    datagrams(domain, address, 5011)
    seen = [fmp.read_flow(body) for op, body in manager.drain(0.3) if op == fmp.FLOW_SEEN]
    checks.check(seen == [(CN_ADDR, 5011, address, PORT, 17)], 'with it a flow is told once', seen)


def faults(checks, domain, manager, path):
    """What is no message, and who is no manager."""
    for what, data, want in (('another version', fmp.HEADER.pack(9, fmp.LIST, 77, 0, 0), fmp.VERSION_UNKNOWN),
                             ('an op that is not known', fmp.HEADER.pack(1, 0x30, 77, 0, 0), fmp.UNKNOWN_OP),
                             ('a body that is none', fmp.HEADER.pack(1, fmp.DEL, 77, 2, 0) + b'xx', fmp.MALFORMED)):
        manager.sock.send(data)
        message = manager.hear()
        checks.check(message and message[1:3] == (77, want), f'{what} is answered as such', message)
    second = Manager(path)
    checks.check(second.hear() is None, 'a second manager is refused')
    for data in (b'x', fmp.HEADER.pack(1, fmp.ADD | fmp.ANSWER, 1, 0, 0), fmp.HEADER.pack(1, fmp.FLOW_GONE, 0, 4, 0) + b'abcd'):
        manager.sock.send(data)
        checks.check(manager.hear() is None, f'{data[:8].hex()} ends the connection')
        manager.close()
        manager = Manager(path)
        checks.check(manager.flows() == {} and len(manager.attachments()) == 2, 'and the next one is welcome')
    return manager


def orphans(checks, domain, manager, address, tunnels):
    """A manager that does not come back."""
    first, second = (tunnels[addr] for addr in MAG_ADDR)
    number = place(manager.ask(fmp.ADD, fmp.flow(CN_ADDR, 5015, address, PORT))[1])[0]
    manager.ask(fmp.MOVE, struct.pack('!III', number, first, second))
    manager.close()
    time.sleep(ORPHAN_S - 5)
    checks.check([f['id'] for f in domain.lma.ask('flows')['flows']] == [number], 'a flow waits for a new manager')
    checks.eventually('but not for ever', 10, lambda: domain.lma.ask('flows')['flows'] == [])
    manager = Manager(domain.flow_socket)
    checks.check(manager.flows() == {}, 'who comes later finds none')
    return manager


def ends(checks, domain, manager):
    """What is told when an attachment goes."""
    address = domain.terminal.addresses('wlan')[0]
    number = place(manager.ask(fmp.ADD, fmp.flow(CN_ADDR, 5020, address, PORT))[1])[0]
    domain.terminal.radios[1].cut()
    wait_for('the binding to go', 15, lambda: len(manager.attachments()) == 1)
    manager.drain(0.3)
    gone = [fmp.read_attachment(body)[0].proxy_coa for op, body in manager.events if op == fmp.BINDING_DELETED]
    checks.check(MAG_ADDR[1] in gone, 'an attachment that goes is told', gone)
    checks.check((fmp.FLOW_GONE, struct.pack('!I', number)) in manager.events, 'and so is a flow that goes with it')


def test(checks):
    """See the head of this file."""
    with FlowDomain(system.prefix()) as domain:
        path = domain.flow_socket
        domain.start()
        checks.check(stat.S_IMODE(os.stat(path).st_mode) == 0o600, 'the socket is for root alone', oct(os.stat(path).st_mode))
        manager = Manager(path)
        addresses, tunnels = bindings(checks, domain, manager)
        wait_for('the mobile node', 10, domain.reached, addresses[0])
        flows(checks, domain, manager, addresses[0], tunnels)
        watching(checks, domain, manager, addresses[0])
        manager = faults(checks, domain, manager, path)
        manager = orphans(checks, domain, manager, addresses[0], tunnels)
        ends(checks, domain, manager)
        domain.lma.stop()
        manager.drain(0.3)
        checks.check(manager.hear() is None, 'the LMA closes the connection at its end')
        checks.check(not os.path.exists(path), 'and takes the socket away')


system.main(test, ('ip', 'nsenter'))
