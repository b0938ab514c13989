#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
# May run beside others.
# Proves BND-1, BND-2, BND-3, BND-4, LIF-1, LIF-2, RA-2, V4-15.
"""A mobile node with one logical interface over two access networks, made by bonding or by BPF programs over plain links: one test for both.

    CN ---- LMA ==== MAG1 ---- eth0 \\
               \\==== MAG2 ---- eth1 -- phone0 (MN)     one home network prefix, both MAGs' for that mobile node

Bonding is tried in user-mode Linux, for not every kernel has it.
"""
import os
import socket
import struct
import subprocess
import sys
import threading
import time

import system
from domain import CN_ADDR, CN_IPV4, MAG_ADDR, Domain, find_program
from netns import wait_for
from stream import ROOM, SO_RCVBUFFORCE, Numbered, under_way

PHONE, SLAVES = 'phone0', ('eth0', 'eth1')
FLOW, OTHER, SERVER = 5000, 5001, 7000
RATE = 1000
ROUTER4 = '198.51.100.1'
IPV4 = f'ipv4_pools:\n  - prefix: 198.51.100.0/24\n    router: {ROUTER4}\n'
WAIT = 10  # s, for what takes none but in a busy user-mode Linux
ETH_P_ALL = 3  # of one protocol alone a tap sees nothing that leaves, nor what a program has taken
HEADERS = {b'\x86\xdd': (14 + 40, 20), b'\x08\x00': (14 + 20, 23)}  # how long they are, and where the protocol stands


class Tap:
    """What passes one slave, in both directions: a list of (direction, protocol, source port, destination port, number)."""

    def __init__(self, mn, link):
        self.sock = mn.socket(socket.AF_PACKET, socket.SOCK_RAW, 0)  # nothing yet, lest it see another interface until it is bound
        self.sock.bind((link, ETH_P_ALL))
        self.sock.setsockopt(socket.SOL_SOCKET, SO_RCVBUFFORCE, ROOM)
        self.seen = []

    def read(self):
        """Take in what has been seen."""
        while True:
            try:
                packet, (_, _, kind, _, _) = self.sock.recvfrom(2048, socket.MSG_DONTWAIT)
            except BlockingIOError:
                return self
            length, at = HEADERS.get(packet[12:14], (0, 0))
            if length and len(packet) >= length + 8 and packet[at] in (socket.IPPROTO_TCP, socket.IPPROTO_UDP):
                number = struct.unpack_from('!I', packet, length + 8)[0] if len(packet) >= length + 12 else None
                self.seen.append(('out' if kind == socket.PACKET_OUTGOING else 'in', packet[at],
                                  *struct.unpack_from('!HH', packet, length), number))

    def numbers(self, way, port, protocol=socket.IPPROTO_UDP):
        """The numbers of one flow's packets, by the mobile node's port."""
        at = 2 if way == 'out' else 3
        return [entry[4] for entry in self.read().seen if entry[0] == way and entry[1] == protocol and entry[at] == port]


def numbered(sender, receiver, source, to):
    """A flow of numbered packets."""
    return Numbered(sender, receiver, source, to, RATE)


def tool():
    """The command line that runs flowmob-slaves. libtool's script around it takes a second in user-mode Linux, so it is left out."""
    path = find_program('flowmob-slaves')
    build = os.path.dirname(path)
    real = f'{build}/.libs/flowmob-slaves'
    libraries = f'{build}/libpmip/.libs:{build}/libflowmob/.libs'
    return ('env', f'LD_LIBRARY_PATH={libraries}', real) if os.path.exists(real) else (path,)


class Phone:
    """The mobile node, its tool, and the domain around it."""

    def __init__(self, domain, kind):
        self.domain, self.mn, self.kind = domain, domain.host.netns, kind
        self.tool = tool()
        self.address = self.watch = None

    def say(self, *args):
        """Run the tool; return what it prints."""
        return self.mn.run(*self.tool, *args)

    def refuses(self, *args):
        """Run the tool; return its exit status."""
        return subprocess.run(self.mn.argv(*self.tool, *args), capture_output=True, check=False).returncode

    def slaves(self):
        """status, by slave: its words as a dictionary."""
        lines = [line.split() for line in self.say('status', PHONE).splitlines()[1:]]
        return {words[0]: dict(word.split('=') for word in words[1:]) for words in lines}

    def shows(self, slave, **words):
        """Whether status has these words of a slave."""
        return words.items() <= self.slaves()[slave].items()

    def taps(self):
        """A new tap on each slave."""
        return [Tap(self.mn, link) for link in SLAVES]

    def mac(self, link):
        """MAC address of an interface."""
        words = self.mn.ip('-o', 'link', 'show', 'dev', link).split()
        return words[words.index('link/ether') + 1]

    def cable(self, n, up):
        """Give slave n its link, or take it away, at the MAG's end."""
        self.domain.mags[n].netns.ip('link', 'set', 'acc0', 'up' if up else 'down')


def start(domain, kind):
    """The logical interface, then the domain, then both cables in. Return the phone."""
    phone = Phone(domain, kind)
    host, mags = domain.host, domain.mags
    for mag, technology in zip(mags, ('wlan', 'eutran')):
        mag.edit(f'    mac: {host.mac}\n', f'    mac: {host.mac}\n    shares_prefixes: true\n')
        mag.edit('  - interface: acc0\n', f'  - interface: acc0\n    technology: {technology}\n')
    phone.mn.ip('link', 'add', SLAVES[1], 'type', 'veth', 'peer', 'name', 'acc0', 'index', '1002', 'netns', mags[1].netns.full_name)
    phone.own_mac = phone.mac(SLAVES[1])
    domain.add_ipv4()
    phone.say('-k', kind, 'add', PHONE, *SLAVES)
    phone.watch = phone.mn.start('watch', *phone.tool, 'watch', PHONE)
    domain.start()
    host.plug(mags[0])
    wait_for('the first binding', 10, lambda: len(mags[0].active()) == 1)
    phone.cable(1, True)
    wait_for('the second binding', 10, lambda: len(mags[1].active()) == 1)
    phone.address = wait_for(f'an address on {PHONE}', 10, addresses, phone, PHONE)[0]
    wait_for('the CN reaches it', 10, domain.reached, phone.address)
    return phone


def again(checks, phone):
    """What is there is taken over: by a new version of the tool, or a bonding device of somebody else's."""
    phone.say('set', PHONE, '6000', SLAVES[1])
    phone.say('add', PHONE)
    checks.check(phone.say('list', PHONE) == '6000 eth1\n', 'made again, the interface keeps its table')
    for args in ((PHONE, 'eth9'), (PHONE, 'lo'), (SLAVES[0],)):
        checks.check(phone.refuses('add', *args) == 1, f'add {" ".join(args)} is refused')
    if phone.kind == 'bonding':
        for link in (PHONE, *SLAVES):
            phone.mn.run('tc', 'qdisc', 'del', 'dev', link, 'clsact')
        checks.check(phone.refuses('status', PHONE) == 1, 'a bonding device without our programs is no logical interface')
        phone.say('add', PHONE)
        checks.check(phone.shows(SLAVES[0], active='yes') and phone.shows(SLAVES[1], link='up'), 'but is made one, with its slaves', phone.slaves())
        phone.domain.lab.stop(phone.watch)
        phone.watch = phone.mn.start('watch', *phone.tool, 'watch', PHONE)
    phone.say('unset', PHONE)


def addresses(phone, link, scope=('scope', 'global')):
    """IPv6 addresses of an interface that are ready for use."""
    lines = phone.mn.ip('-6', '-o', 'addr', 'show', 'dev', link, *scope).splitlines()
    return [line.split()[3].split('/')[0] for line in lines if 'tentative' not in line]


def interface(checks, phone):
    """One interface for IP, with one prefix of both MAGs and one MAC address."""
    bindings = [b for b in phone.domain.lma.ask('bindings')['bindings'] if b['state'] == 'active']
    checks.check(len(bindings) == 2 and bindings[0]['prefixes'] == bindings[1]['prefixes'], 'both MAGs have registered the same prefix',
                 [b.get('prefixes') for b in bindings])
    checks.check(len(addresses(phone, PHONE)) == 1, 'the logical interface has one address of it', phone.address)
    checks.check(not any(addresses(phone, link, ()) for link in SLAVES), 'its slaves have none')
    checks.check(len({phone.mac(link) for link in (PHONE, *SLAVES)}) == 1, 'all have one MAC address', phone.mac(PHONE))
    network = phone.mn.ip('-6', 'neigh', 'show', 'dev', PHONE)
    checks.check('00:00:5e:00:52:13' in network, 'the router is the one of every MAG', network.strip())
    for n, mag in enumerate(phone.domain.mags):
        checks.eventually(f'MAG{n + 1} has found the mobile node on its link', 5,
                          lambda mag=mag: phone.mac(PHONE) in mag.netns.ip('-6', 'neigh', 'show', 'dev', 'acc0'))
    checks.check(phone.shows(SLAVES[0], link='up', active='yes') and phone.shows(SLAVES[1], link='up', active='no'),
                 'both slaves have links, and the first is the active one', phone.slaves())


def table(checks, phone):
    """The tool's table."""
    phone.say('set', PHONE, '6000-6003', SLAVES[1])
    phone.say('set', PHONE, '6001', SLAVES[0])
    phone.say('set', PHONE, '65535', SLAVES[1])
    checks.check(phone.say('list', PHONE) == '6000 eth1\n6001 eth0\n6002-6003 eth1\n65535 eth1\n', 'the tool lists what was set', phone.say('list', PHONE))
    phone.say('unset', PHONE, '6000-6002')
    checks.check(phone.say('list', PHONE) == '6003 eth1\n65535 eth1\n', 'and no longer what was unset', phone.say('list', PHONE))
    phone.say('unset', PHONE)
    checks.check(phone.say('list', PHONE) == '', 'unset alone empties it')
    for args in (('set', PHONE, '6000', 'eth9'), ('set', 'eth9', '6000', 'eth1'), ('status', 'lo'), ('active', PHONE, 'lo')):
        checks.check(phone.refuses(*args) == 1, f'{" ".join(args)} is refused')
    for args in (('set', PHONE, '6000-', 'eth1'), ('set', PHONE, '65536', 'eth1'), ('set', PHONE, '7-6', 'eth1'), ('set', PHONE, '1')):
        checks.check(phone.refuses(*args) == 2, f'{" ".join(args)} is no command')


def moved(checks, what, numbers, before, after, old, new):
    """Of the packets with these numbers, those until before were seen by old, those from after on by new; and none twice or never."""
    wrong = [n for n in old if n >= after] + [n for n in new if n < before]
    checks.check(old and new and not wrong, f'{what}: the next packet goes the new way', f'{len(old)} old, {len(new)} new, wrong {wrong[:5]}')
    checks.check(sorted(old + new) == numbers, f'{what}: each packet went one way')


def uplink(checks, phone):
    """Packets of a flow that is moved to and fro leave by the slave of the moment; the other flow stays."""
    for port in (FLOW, OTHER):
        phone.say('set', PHONE, str(port), SLAVES[0])
    taps = phone.taps()
    flow, other = (numbered(phone.mn, phone.domain.cn, (phone.address, port), (CN_ADDR, SERVER + port)) for port in (FLOW, OTHER))
    edges = []
    for slave in (SLAVES[1], SLAVES[0], SLAVES[1]):
        time.sleep(0.5)
        before = flow.next
        phone.say('set', PHONE, str(FLOW), slave)
        edges.append((before, flow.next + 1))
    time.sleep(0.5)
    came, others = flow.end(), other.end()
    checks.check(came == list(range(flow.next)), 'uplink: none lost, none doubled, in order, over 3 moves', f'{len(came)} of {flow.next}')
    checks.check(others == list(range(other.next)), 'uplink: nor of the other flow', f'{len(others)} of {other.next}')
    left = [tap.numbers('out', FLOW) for tap in taps]
    ends = [0, *(edge for pair in edges for edge in pair), flow.next]
    for n in range(3):
        low, high = ends[2 * n], ends[2 * n + 3]
        span = [[number for number in numbers if low <= number < high] for numbers in left]
        moved(checks, f'uplink move {n + 1}', list(range(low, high)), *edges[n], span[n % 2], span[(n + 1) % 2])
    checks.check(taps[0].numbers('out', OTHER) == list(range(other.next)) and not taps[1].numbers('out', OTHER),
                 'uplink: the other flow never changed its slave', other.next)


def downlink(checks, phone):
    """A flow that the LMA moves comes in by the other slave; the selector moves its answers after it; nothing is lost on either way."""
    for port in (FLOW, OTHER):
        phone.say('set', PHONE, str(port), SLAVES[0])
    taps = phone.taps()
    flow, other = (numbered(phone.domain.cn, phone.mn, (CN_ADDR, SERVER + port), (phone.address, port)) for port in (FLOW, OTHER))
    answers = numbered(phone.mn, phone.domain.cn, (phone.address, FLOW + 100), (CN_ADDR, SERVER))
    phone.say('set', PHONE, str(FLOW + 100), SLAVES[0])
    time.sleep(0.5)
    lma = phone.domain.lma
    known = lma.ask('flow-add', src=CN_ADDR, dst=phone.address, proto=17, sport=SERVER + FLOW, dport=FLOW)
    before = flow.next
    lma.ask('flow-move', id=known['id'], to=MAG_ADDR[1])
    after = flow.next + 1
    phone.say('set', PHONE, str(FLOW + 100), SLAVES[1])
    time.sleep(0.5)
    came, others, answered = flow.end(), other.end(), answers.end()
    ways = [tap.numbers('in', FLOW) for tap in taps]
    checks.check(came == list(range(flow.next)), 'downlink: none lost, none doubled, in order', f'{len(came)} of {flow.next}')
    checks.check(others == list(range(other.next)), 'downlink: nor of the other flow', f'{len(others)} of {other.next}')
    checks.check(answered == list(range(answers.next)), 'downlink: nor of what the mobile node sends, moved too', f'{len(answered)} of {answers.next}')
    moved(checks, 'downlink', list(range(flow.next)), before, after, *ways)
    checks.check(taps[0].numbers('in', OTHER) == list(range(other.next)) and not taps[1].numbers('in', OTHER),
                 'downlink: the other flow stayed on its slave')
    lma.ask('flow-del', id=known['id'])


def tcp(checks, phone):
    """A TCP transfer whose slave changes ten times: whole, and without the loss of a segment."""
    octets, moves = os.urandom(1 << 16), 10
    taps, got = phone.taps(), []
    with phone.domain.cn.socket(socket.AF_INET6, socket.SOCK_STREAM) as server, phone.mn.socket(socket.AF_INET6, socket.SOCK_STREAM) as client:
        server.bind(('::', SERVER))
        server.listen()
        client.bind((phone.address, FLOW))
        client.connect((CN_ADDR, SERVER))
        with server.accept()[0] as peer:
            reader = threading.Thread(target=lambda: got.extend(iter(lambda: peer.recv(1 << 16), b'')))
            reader.start()
            for n in range(moves):
                phone.say('set', PHONE, str(FLOW), SLAVES[n % 2])
                client.sendall(octets)
                time.sleep(0.02)
            checks.eventually('TCP: no segment is lost', 5, lambda: under_way(client, peer) == 0)
            client.shutdown(socket.SHUT_WR)
            reader.join(20)
    checks.check(b''.join(got) == octets * moves, 'TCP: the transfer is whole', sum(map(len, got)))
    used = [len(tap.numbers('out', FLOW, socket.IPPROTO_TCP)) for tap in taps]
    checks.check(min(used) > 10, 'TCP: both slaves were used', used)


def outage(checks, phone):
    """A slave loses its link: its flows leave by the active slave, and by itself again when the link is back."""
    phone.say('set', PHONE, str(FLOW), SLAVES[1])
    stream = numbered(phone.mn, phone.domain.cn, (phone.address, FLOW), (CN_ADDR, SERVER))
    time.sleep(0.2)
    phone.cable(1, False)
    checks.eventually('outage: the tool tells it', WAIT, lambda: phone.shows(SLAVES[1], link='down'))
    taps = phone.taps()
    mark = stream.next + 1
    time.sleep(0.5)
    until = stream.next - 5
    checks.check(set(range(mark, until)) <= set(taps[0].numbers('out', FLOW)), 'outage: the flow leaves by the active slave', until - mark)
    phone.cable(1, True)
    checks.eventually('outage: its link is back', WAIT, lambda: phone.shows(SLAVES[1], link='up'))
    wait_for('the second binding', 10, lambda: len(phone.domain.mags[1].active()) == 1)
    taps, again = phone.taps(), stream.next + 1
    time.sleep(0.5)
    came = stream.end()
    checks.check(not taps[0].numbers('out', FLOW) and set(taps[1].numbers('out', FLOW)) >= set(range(again, stream.next)),
                 'outage: the flow is on its slave again', stream.next - again)
    checks.check(set(range(mark, until)) <= set(came), 'outage: what left by the active slave arrived', until - mark)
    phone.cable(0, False)
    checks.eventually('outage: the other slave becomes the active one', WAIT, lambda: phone.shows(SLAVES[1], active='yes'))
    phone.cable(0, True)
    checks.eventually('outage: and stays it', WAIT, lambda: phone.shows(SLAVES[0], link='up', active='no'))
    wait_for('the first binding', 10, lambda: len(phone.domain.mags[0].active()) == 1)
    phone.say('active', PHONE, SLAVES[0])
    checks.check(phone.shows(SLAVES[0], active='yes'), 'outage: the tool changes the active slave')


def reflect(checks, phone):
    """With reflection a flow leaves where it comes in; without, what comes in changes nothing."""
    lma, client = phone.domain.lma, ('::', FLOW)
    phone.say('unset', PHONE)
    with phone.domain.cn.socket(socket.AF_INET6, socket.SOCK_DGRAM) as far, phone.mn.socket(socket.AF_INET6, socket.SOCK_DGRAM) as near:
        far.bind((CN_ADDR, SERVER))
        far.settimeout(2)
        near.bind(client)
        near.settimeout(2)

        def answered():
            taps = phone.taps()
            far.sendto(struct.pack('!I', 1) * 2, (phone.address, FLOW))
            near.sendto(struct.pack('!I', 2) * 2, near.recvfrom(100)[1])
            far.recv(100)
            return [SLAVES[n] for way in ('in', 'out') for n, tap in enumerate(taps) if tap.numbers(way, FLOW)]

        known = lma.ask('flow-add', src=CN_ADDR, dst=phone.address, proto=17, sport=SERVER, dport=FLOW)
        home = wait_for('a slave that the flow comes in by', 5, answered)[0]
        away = SLAVES[1 - SLAVES.index(home)]
        phone.say('active', PHONE, home)
        lma.ask('flow-move', id=known['id'], to=MAG_ADDR[SLAVES.index(away)])
        checks.check(answered() == [away, home], 'without reflection the answer leaves by the active slave', answered())
        phone.say('select', PHONE, 'reflect')
        checks.check(answered() == [away, away], 'with it, where the packet came in', answered())
        lma.ask('flow-move', id=known['id'], to=MAG_ADDR[SLAVES.index(home)])
        checks.check(answered() == [home, home], 'and follows when the flow is moved back', answered())
        phone.say('select', PHONE, 'source-port')
        phone.say('set', PHONE, str(FLOW), away)
        checks.check(answered() == [home, away], 'the table decides alone again', answered())
        lma.ask('flow-del', id=known['id'])


def ipv4(checks, phone):
    """IPv4 goes the same ways, ARP by both. Both attachments have the home address, so that its flows are moved like others."""
    near, other = (mag.active()[phone.domain.host.nai].get('ipv4') for mag in phone.domain.mags)
    checks.check(near and near == other, 'IPv4: both MAGs have the home address', (near, other))
    phone.mn.ip_batch(f'addr add {near} dev {PHONE}\nroute add default via {ROUTER4}\n')
    near = near.split('/')[0]
    checks.eventually('IPv4: the CN reaches it', WAIT, lambda: phone.domain.reached(near))
    lma, count = phone.domain.lma, 50
    with phone.mn.socket(socket.AF_INET, socket.SOCK_DGRAM) as here, phone.domain.cn.socket(socket.AF_INET, socket.SOCK_DGRAM) as there:
        here.bind((near, FLOW))
        there.bind((CN_IPV4, SERVER))
        for sock in (here, there):
            sock.settimeout(5)
        known = lma.ask('flow-add', src=CN_IPV4, dst=near, proto=17, sport=SERVER, dport=FLOW)
        for slave, mag in reversed(tuple(zip(SLAVES, MAG_ADDR))):
            phone.say('set', PHONE, str(FLOW), slave)
            lma.ask('flow-move', id=known['id'], to=mag)
            taps = dict(zip(SLAVES, phone.taps()))
            for n in range(count):
                here.sendto(struct.pack('!I', n), (CN_IPV4, SERVER))
                there.sendto(there.recv(100), (near, FLOW))
                here.recv(100)
            ways = {name: tuple(len(tap.numbers(way, FLOW)) for way in ('out', 'in')) for name, tap in taps.items()}
            checks.check(ways == {name: (count, count) if name == slave else (0, 0) for name in SLAVES},
                         f'IPv4: a flow leaves by {slave}, and is moved there', ways)
        lma.ask('flow-del', id=known['id'])


def end(checks, phone):
    """What was the slaves' is theirs again."""
    phone.say('unset', PHONE)
    phone.cable(1, False)
    wait_for('MAG2 to let it go', 10, lambda: not phone.domain.mags[1].active())
    phone.say('set', PHONE, str(FLOW), SLAVES[1])
    phone.say('del', PHONE, SLAVES[1])
    checks.check(list(phone.slaves()) == [SLAVES[0]] and phone.say('list', PHONE) == '', 'a slave is released, with what pointed to it')
    checks.check(phone.mac(SLAVES[1]) == phone.own_mac, 'its MAC address is its own again')
    checks.check(wait_for('the CN reaches it', 5, phone.domain.reached, phone.address), 'the logical interface goes on with the other')
    phone.say('add', PHONE, SLAVES[1])
    phone.say('set', PHONE, str(FLOW), SLAVES[1])
    if phone.kind == 'bpf':  # the bonding driver lets the slaves have the MTU that its device has
        phone.mn.ip('link', 'set', SLAVES[1], 'mtu', '1400')
        checks.eventually('what a slave cannot carry, the logical interface does not send', WAIT,
                          lambda: 'mtu 1400' in phone.mn.ip('link', 'show', 'dev', PHONE))
    phone.mn.ip('link', 'del', SLAVES[1])
    checks.eventually('a slave that is gone is forgotten', WAIT, lambda: list(phone.slaves()) == [SLAVES[0]] and phone.say('list', PHONE) == '')
    phone.say('del', PHONE)
    checks.check(phone.domain.lab.stop(phone.watch) in (0, 1), 'the watching process has ended')
    links = phone.mn.ip('-o', 'link', 'show')
    checks.check(PHONE not in links and 'flowmob' not in links and 'eth0' in links, 'without slaves given, the logical interface ends')
    checks.check('clsact' not in phone.mn.run('tc', 'qdisc', 'show'), 'nothing is left on its slaves')
    checks.eventually('which speak for themselves again', 5, lambda: addresses(phone, SLAVES[0], ()))


def one_kind(checks, kind):
    """All of it."""
    with Domain(system.prefix(), datapath='bpf', trigger='rs', lma_extra=IPV4) as domain:
        phone = start(domain, kind)
        for part in (interface, table, again, ipv4, uplink, downlink, tcp, outage, reflect, end):
            print(f'--- {kind}: {part.__name__}', flush=True)
            part(checks, phone)


def test(checks):
    """One kind here, the other in user-mode Linux."""
    if len(sys.argv) > 1:
        one_kind(checks, sys.argv[1])
        return
    one_kind(checks, 'bpf')
    uml = (f'{system.TOP}/tests/uml/uml-run', '-t', '400', '--', 'sh', '-c', 'modprobe -a ipv6 tun && exec "$0" "$@"', sys.executable, os.path.abspath(__file__),
           'bonding')
    checks.check(subprocess.run(uml, check=False).returncode == 0, 'the same with bonding')


system.main(test, ('ip', 'nsenter', 'tc', 'linux.uml'))
