#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
# May run beside others.
# Proves RFL-1, RFL-2, RFL-3, RFL-4, RFL-5, RFL-6, RFL-7, RFL-8, RFL-9, FLO-12, FMC-3, FMC-5.
"""flowmob-mn: a phone whose addresses are the first interface's, and a network that moves its flows to the second one and back.

           mag1 ---- wlan
    CN <             phone        what the CN sends by mag2 comes in at cell, and that is where the answer has to leave
           mag2 ---- cell

Both backends are put through the same.
"""
import fcntl
import os
import select
import socket
import struct
import time

import system
from domain import Daemon, find_program
from netns import Lab, wait_for

CN = {6: '2001:db8:c::2', 4: '192.0.2.2'}
PHONE = {6: '2001:db8:a:1::2', 4: '10.1.0.2'}
FAMILY = {6: socket.AF_INET6, 4: socket.AF_INET}
PORT = 40000       # the CN's
MOVED_TABLE = 100  # of the CN: by mag2
UDP, TCP = socket.SOCK_DGRAM, socket.SOCK_STREAM
PACKET_OUTGOING = 4


def cable(one, name, other, other_name):
    """A cable between two namespaces."""
    one.ip('link', 'add', name, 'type', 'veth', 'peer', 'name', other_name, 'netns', other.full_name)
    one.ip('link', 'set', name, 'up')
    other.ip('link', 'set', other_name, 'up')


def add(netns, link, *addresses):
    """Addresses of an interface, usable at once."""
    for address in addresses:
        netns.ip('addr', 'replace', address, 'dev', link, *(['nodad'] if ':' in address else []))


def phone_routes(phone, link, metric):
    """A default route of each family over an interface."""
    phone.ip('-6', 'route', 'replace', 'default', 'via', 'fe80::1', 'dev', link, 'metric', str(metric))
    phone.ip('route', 'replace', 'default', 'via', f'10.{1 if link == "wlan" else 2}.0.1', 'dev', link, 'metric', str(metric))


def phone_cell(phone, mag2):
    """The second interface as it is when it has come up, and the network's way to the phone over it."""
    phone.ip('link', 'set', 'cell', 'up')
    add(phone, 'cell', '2001:db8:a:2::2/64', '10.2.0.2/24')
    phone_routes(phone, 'cell', 2000)
    local = wait_for('a link-local address', 5, phone.ip, '-o', '-6', 'addr', 'show', 'dev', 'cell', 'scope', 'link').split()[3].split('/')[0]
    mag2.ip('-6', 'route', 'replace', f'{PHONE[6]}/128', 'via', local, 'dev', 'access')
    mag2.ip('route', 'replace', f'{PHONE[4]}/32', 'dev', 'access')


def build(lab):
    """The network, without a reflector."""
    cn, mag1, mag2, phone = (lab.add_netns(name) for name in ('cn', 'mag1', 'mag2', 'phone'))
    for netns in (cn, mag1, mag2, phone):
        netns.sysctl(ipv6__conf__all__accept_dad=0, ipv6__conf__default__accept_dad=0, ipv4__conf__all__rp_filter=0,
                     ipv4__conf__default__rp_filter=0)
    add(cn, 'lo', f'{CN[6]}/128', f'{CN[4]}/32')
    for n, mag in enumerate((mag1, mag2), 1):
        mag.sysctl(ipv6__conf__all__forwarding=1, ipv4__ip_forward=1)
        cable(cn, f'net{n}', mag, 'net')
        add(cn, f'net{n}', f'2001:db8:1{n}::1/64', f'10.1{n}.0.1/24')
        add(mag, 'net', f'2001:db8:1{n}::2/64', f'10.1{n}.0.2/24')
        mag.ip('-6', 'route', 'add', f'{CN[6]}/128', 'via', f'2001:db8:1{n}::1')
        mag.ip('route', 'add', f'{CN[4]}/32', 'via', f'10.1{n}.0.1')
        cable(mag, 'access', phone, 'wlan' if n == 1 else 'cell')
        add(mag, 'access', 'fe80::1/64', f'2001:db8:a:{n}::1/64', f'10.{n}.0.1/24')
    add(phone, 'wlan', f'{PHONE[6]}/64', f'{PHONE[4]}/24')
    phone_routes(phone, 'wlan', 1000)
    phone_cell(phone, mag2)
    cn.ip('-6', 'route', 'add', '2001:db8:a::/48', 'via', '2001:db8:11::2', 'src', CN[6])
    cn.ip('route', 'add', '10.1.0.0/24', 'via', '10.11.0.2', 'src', CN[4])
    cn.ip('-6', 'route', 'add', 'default', 'via', '2001:db8:12::2', 'src', CN[6], 'table', str(MOVED_TABLE))
    cn.ip('route', 'add', 'default', 'via', '10.12.0.2', 'src', CN[4], 'table', str(MOVED_TABLE))
    return cn, mag1, mag2, phone


class Taps:
    """Packets that the phone has sent, by the MAG that they came to."""

    def __init__(self, *mags):
        self.socks = []
        for mag in mags:
            sock = mag.socket(socket.AF_PACKET, socket.SOCK_DGRAM, socket.htons(3))
            sock.bind(('access', 3))
            sock.setblocking(False)
            self.socks.append(sock)

    def clear(self):
        """Count from now."""
        self.seen()

    def seen(self):
        """How many packets of the phone to the CN each MAG has got since the last call."""
        counts = []
        for sock in self.socks:
            counts.append(0)
            while True:
                try:
                    data, addr = sock.recvfrom(65536)
                except BlockingIOError:
                    break
                to_cn = socket.inet_pton(socket.AF_INET6, CN[6]) in data[24:40] or socket.inet_pton(socket.AF_INET, CN[4]) == data[16:20]
                counts[-1] += to_cn and addr[2] != PACKET_OUTGOING
        return tuple(counts)


class World:
    """The network, the phone's program, and one conversation at a time."""

    def __init__(self, lab, checks, backend):
        self.lab, self.checks, self.backend = lab, checks, backend
        self.cn, self.mag1, self.mag2, self.phone = build(lab)
        self.taps = Taps(self.mag1, self.mag2)
        self.daemon = None
        self.rules = set()

    def check(self, holds, what, evidence=''):
        """A check of this backend."""
        return self.checks.check(holds, f'{self.backend}: {what}', evidence)

    def eventually(self, what, seconds, test):
        """The same for what takes its time."""
        return self.checks.eventually(f'{self.backend}: {what}', seconds, test)

    def start(self, **settings):
        """The program, with these settings."""
        settings = {'interfaces': '[wlan, cell]', 'backend': self.backend, 'control': f'{self.lab.dir}/mn.sock', **settings}
        self.daemon = Daemon(self, 'mn', 'flowmob-mn', self.phone, ''.join(f'{key}: {value}\n' for key, value in settings.items()))
        self.daemon.start()

    def move(self, port, version=6, protocol='udp', by=2):
        """The network moves the flow to a port of the phone."""
        rule = (f'-{version}', 'rule', 'add', 'ipproto', protocol, 'sport', str(PORT), 'dport', str(port), 'lookup', str(MOVED_TABLE))
        if (by == 2) == (rule in self.rules):
            return
        self.cn.ip(*(word if word != 'add' or by == 2 else 'del' for word in rule))
        self.rules ^= {rule}

    def talk(self, port, version=6, size=20):
        """The CN asks, the phone answers. @return packets of the answer by mag1 and mag2, and whether it came from the address asked."""
        with self.cn.socket(FAMILY[version], UDP) as cn, self.phone.socket(FAMILY[version], UDP) as phone:
            for sock in (cn, phone):
                sock.settimeout(2)
                sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            phone.bind((PHONE[version], port))
            cn.bind((CN[version], PORT))
            self.taps.clear()
            cn.sendto(b'question', (PHONE[version], port))
            _, asker = phone.recvfrom(100)
            phone.sendto(bytes(size), asker)
            try:
                data, answerer = cn.recvfrom(65536)
            except TimeoutError:
                return self.taps.seen() + (False,)
            return self.taps.seen() + (answerer[:2] == (PHONE[version], port) and len(data) == size,)

    def say(self, port):
        """The phone sends a packet of a flow without being asked. @return packets by mag1 and mag2."""
        with self.phone.socket(FAMILY[6], UDP) as phone:
            phone.bind((PHONE[6], port))
            self.taps.clear()
            phone.sendto(b'news', (CN[6], PORT))
            time.sleep(0.05)
            return self.taps.seen()

    def ask(self, cmd, **args):
        """What the program tells."""
        return self.daemon.ask(cmd, **args)


def udp_flows(w):
    """Flows of UDP, each for itself."""
    for version in (6, 4):
        w.check(w.talk(5001, version) == (1, 0, True), f'IPv{version}: an answer leaves by the default route, which is where its flow is')
        w.talk(5002, version)
        w.move(5001, version)
        seen = w.talk(5001, version)
        w.check(seen == (0, 1, True), f'IPv{version}: moved, the first answer leaves by the other interface, with its source address', seen)
        w.check(w.talk(5002, version) == (1, 0, True), f'IPv{version}: another flow stays')
        seen = w.talk(5001, version, 4000)
        w.check(seen == (0, 3, True), f'IPv{version}: all fragments of an answer', seen)
        w.phone.ip('neigh', 'flush', 'dev', 'cell')
        seen = w.talk(5001, version)
        w.check(seen == (0, 1, True), f'IPv{version}: to a router whose link-layer address has to be asked for', seen)
        w.move(5001, version, by=1)
        seen = w.talk(5001, version)
        w.check(seen == (1, 0, True), f'IPv{version}: moved back', seen)


def tcp_flow(w):
    """A connection that moves in its middle."""
    with w.phone.socket(FAMILY[6], TCP) as server, w.cn.socket(FAMILY[6], TCP) as cn:
        server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        server.bind((PHONE[6], 5003))
        server.listen()
        cn.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        cn.bind((CN[6], PORT))
        cn.settimeout(5)
        cn.connect((PHONE[6], 5003))
        phone, _ = server.accept()
        phone.settimeout(5)

        def turn():
            w.taps.clear()
            cn.sendall(b'question')
            phone.recv(100)
            phone.sendall(b'answer')
            cn.recv(100)
            time.sleep(0.06)  # delayed acknowledgements
            return w.taps.seen()
        seen = turn()
        w.check(seen[0] and not seen[1], 'TCP: by the default route', seen)
        w.move(5003, protocol='tcp')
        seen = turn()
        w.check(seen[1] and not seen[0], 'TCP: moved, nothing leaves by the old interface', seen)
        w.move(5003, protocol='tcp', by=1)
        seen = turn()
        w.check(seen[0] and not seen[1], 'TCP: moved back', seen)
        phone.close()


def flow_label(w):
    """The flow label is no part of a flow."""
    w.move(5001)
    w.talk(5001)
    w.move(5001, by=1)
    w.cn.ip('-6', 'route', 'replace', f'{PHONE[6]}/128', 'via', '2001:db8:12::2', 'src', CN[6])
    with w.cn.socket(socket.AF_INET6, socket.SOCK_RAW, socket.IPPROTO_UDP) as out, w.phone.socket(FAMILY[6], UDP) as phone:
        phone.bind((PHONE[6], 5001))
        phone.settimeout(2)
        out.bind((CN[6], 0))
        out.setsockopt(socket.IPPROTO_IPV6, 33, 1)  # IPV6_FLOWINFO_SEND
        out.setsockopt(socket.IPPROTO_IPV6, 7, 6)   # IPV6_CHECKSUM
        for label in (0x11111, 0x22222):
            out.sendto(PORT.to_bytes(2, 'big') + (5001).to_bytes(2, 'big') + (8).to_bytes(2, 'big') + bytes(2), (PHONE[6], 0, label, 0))
            _, asker = phone.recvfrom(100)
    w.cn.ip('-6', 'route', 'del', f'{PHONE[6]}/128')
    flows = [f for f in w.ask('flows')['flows'] if f['flow'].endswith('0x22222')]
    w.check(len(flows) == 1 and flows[0]['interface'] == 'cell', 'packets with other flow labels are of the same flow', flows)


def icmp_errors(w):
    """Port unreachable for a packet of a flow that came in by the other interface."""
    for version in (6, 4):
        w.move(5999, version)
        with w.cn.socket(FAMILY[version], UDP) as cn:
            cn.bind((CN[version], PORT))
            cn.connect((PHONE[version], 5999))
            cn.settimeout(2)
            w.taps.clear()
            cn.send(b'question')
            try:
                cn.recv(100)
                refused = False
            except ConnectionRefusedError:
                refused = True
            except TimeoutError:
                refused = False
        seen = w.taps.seen()
        w.check(refused and seen == (0, 1), f'IPv{version}: an ICMP error leaves where its flow comes in', (refused, seen))
        w.move(5999, version, by=1)


def counted(w):
    """What is counted of flows."""
    counters = w.ask('counters')
    w.check(counters['added'] == 7 and counters['moved'] == 7 and counters['reflected'] >= 10, 'flows are counted', counters)

    def octets():
        return sum(f['octets'] for f in w.ask('flows')['flows'] if ':5001 ' in f['flow'] and '[' in f['flow'])
    w.move(5001)
    before = octets()
    w.talk(5001)
    w.check(octets() - before == 48 + 8 + 48 + 20, 'so are the octets of both directions, headers included', octets() - before)
    w.move(5001, by=1)


def authenticated(w):
    """Behind an Authentication Header stands the upper layer, of either version, and it is the flow's protocol."""
    udp = struct.pack('!HHHH', PORT, 5006, 8, 0)
    header = struct.pack('!BBHII', socket.IPPROTO_UDP, 4, 0, 256, 1) + bytes(12)
    for version in (6, 4):
        with w.cn.socket(FAMILY[version], socket.SOCK_RAW, 51) as cn:
            cn.bind((CN[version], 0))
            cn.sendto(header + udp, (PHONE[version], 0))
        text = f'[{CN[6]}]:{PORT} > [{PHONE[6]}]:5006' if version == 6 else f'{CN[4]}:{PORT} > {PHONE[4]}:5006'
        w.eventually(f'IPv{version}: a flow behind an Authentication Header', 2,
                     lambda: any(f['flow'].startswith(f'udp {text}') for f in w.ask('flows')['flows']))


def signalling(w):
    """Neighbour discovery, DHCP and what has link-local addresses is of no flow."""
    before = w.ask('counters')['added']
    with w.mag2.socket(FAMILY[6], UDP) as mag, w.phone.socket(FAMILY[6], UDP) as phone:
        scope = w.phone.ifindex('cell')
        phone.bind(('::', 5400))
        phone.settimeout(2)
        local = w.phone.ip('-o', '-6', 'addr', 'show', 'dev', 'cell', 'scope', 'link').split()[3].split('/')[0]
        mag.sendto(b'hello', (local, 5400, 0, w.mag2.ifindex('access')))
        w.check(phone.recvfrom(100)[1][3] == scope, 'link-local packets come in')
    with w.cn.socket(FAMILY[6], UDP) as cn, w.phone.socket(FAMILY[6], UDP) as phone:
        phone.bind((PHONE[6], 546))
        phone.settimeout(2)
        cn.bind((CN[6], 547))
        cn.sendto(b'reply', (PHONE[6], 546))
        phone.recv(100)
    w.phone.ip('neigh', 'flush', 'dev', 'wlan')
    w.talk(5001)
    w.check(w.ask('counters')['added'] == before, 'signalling and link-local packets are no flows', w.ask('counters')['added'] - before)


class RawIp:
    """An interface of the phone without link-layer addresses, as a modem's, and its other end."""

    def __init__(self, phone, name):
        with phone.entered():
            self.fd = os.open('/dev/net/tun', os.O_RDWR)
            fcntl.ioctl(self.fd, 0x400454ca, struct.pack('16sH22x', name.encode(), 0x1001))  # TUNSETIFF, IFF_TUN | IFF_NO_PI
        phone.ip('link', 'set', name, 'up')
        add(phone, name, '2001:db8:a:3::2/64')

    def sent(self):
        """IPv6 packets to the CN that have come out since the last call."""
        packets = []
        while select.select([self.fd], [], [], 0.1)[0]:
            packet = os.read(self.fd, 65536)
            if packet[24:40] == socket.inet_pton(socket.AF_INET6, CN[6]):
                packets.append(packet)
        return packets


def raw_ip(w):
    """Between an interface with link-layer addresses and one without."""
    modem = RawIp(w.phone, 'modem')
    w.start(interfaces='[wlan, cell, modem]')
    w.phone.ip('-6', 'route', 'replace', 'default', 'dev', 'modem', 'metric', '100')
    wait_for('the modem to be known', 5, lambda: w.ask('interfaces')['interfaces'][2]['ipv6_router'] == 'link')
    w.move(5001, by=1)
    seen = w.talk(5001)
    w.check(seen == (1, 0, True) and not modem.sent(), 'an answer leaves by Ethernet when the default route is that of a modem', seen)
    w.phone.ip('-6', 'route', 'replace', 'default', 'dev', 'modem', 'metric', '5000')
    w.phone.ip('-6', 'route', 'del', 'default', 'dev', 'modem', 'metric', '100')
    udp = PORT.to_bytes(2, 'big') + (5005).to_bytes(2, 'big') + (8).to_bytes(2, 'big') + b'\x00\x00'
    header = b'\x60\x00\x00\x00\x00\x08\x11\x40'
    addresses = socket.inet_pton(socket.AF_INET6, CN[6]) + socket.inet_pton(socket.AF_INET6, PHONE[6])
    total = sum(int.from_bytes((addresses + b'\x00\x08\x00\x11' + udp)[i:i + 2], 'big') for i in range(0, 44, 2))
    total = (total & 0xffff) + (total >> 16)
    udp = udp[:6] + (0xffff - ((total & 0xffff) + (total >> 16))).to_bytes(2, 'big')
    with w.phone.socket(FAMILY[6], UDP) as phone:
        phone.bind((PHONE[6], 5005))
        phone.settimeout(2)
        os.write(modem.fd, header + addresses + udp)
        _, asker = phone.recvfrom(100)
        w.taps.clear()
        phone.sendto(b'answer', asker)
        sent = modem.sent()
    w.check(len(sent) == 1 and sent[0][:1] == b'\x60' and sent[0].endswith(b'answer') and w.taps.seen() == (0, 0),
            'an answer leaves by the modem when the default route is that of Ethernet', sent)
    w.daemon.stop()
    os.close(modem.fd)


def kernel_rules(w):
    """What is in the kernel while it runs: a rule of routing for each interface; by nfqueue, queues at INPUT and OUTPUT that nobody need read."""
    ways = {way: [line for line in w.phone.ip(way, 'rule').splitlines() if 'fwmark' in line] for way in ('-6', '-4')}
    w.check(all(len(rules) == 2 and len(set(rules)) == 2 for rules in ways.values()), 'each interface has a mark and a rule', ways)
    if w.backend != 'nfqueue':
        return
    for program in ('ip6tables', 'iptables'):
        found = [line for line in w.phone.run(program, '-w', '-t', 'mangle', '-S').splitlines() if 'flowmob' in line]
        for hook, chain, option, number in (('INPUT', 'flowmob-mn-in', '-i', 1), ('OUTPUT', 'flowmob-mn-out', '-o', 2)):
            queues = [f'-A {chain} {option} {link} -j NFQUEUE --queue-num {number} --queue-bypass' for link in ('wlan', 'cell')]
            w.check(f'-A {hook} -j {chain}' in found and [line for line in found if 'NFQUEUE' in line and chain in line] == queues,
                    f'{program}: {hook} of each interface goes to queue {number}, and on when nobody reads it', found)


def too_big(w):
    """What does not fit the other interface: BPF cannot tell the sender, the kernel's routing can."""
    w.phone.ip('link', 'set', 'cell', 'mtu', '1400')
    w.move(5001)
    w.talk(5001)
    before = w.ask('counters')['too_big']
    seen = w.talk(5001, size=1440)
    if w.backend == 'bpf':
        w.check(seen == (1, 0, True) and w.ask('counters')['too_big'] == before + 1, 'a packet too large for the interface takes the default route', seen)
    else:
        w.check(seen == (0, 2, True), 'a packet too large for the interface is cut up', seen)
    w.phone.ip('link', 'set', 'cell', 'mtu', '1500')
    w.move(5001, by=1)


def interface_down(w):
    """The interface of a flow goes, and comes back."""
    for version in (6, 4):
        w.move(5001, version)
        w.talk(5001, version)
    w.phone.ip('link', 'set', 'cell', 'down')
    w.eventually('flows of an interface that is down are forgotten', 2, lambda: all(f['interface'] != 'cell' for f in w.ask('flows')['flows']))
    seen = w.say(5001)
    w.check(seen == (1, 0), 'packets of a flow whose interface is down take the default route', seen)
    w.check(w.ask('interfaces')['interfaces'][1]['state'] == 'down', 'which is told', w.ask('interfaces')['interfaces'][1])
    phone_cell(w.phone, w.mag2)
    wait_for('cell to be up again', 5, lambda: w.ask('interfaces')['interfaces'][1]['ipv4_router'] == '10.2.0.1' and
             w.ask('interfaces')['interfaces'][1]['ipv6_router'] == 'fe80::1')
    for version in (6, 4):
        seen = w.talk(5001, version)
        w.check(seen == (0, 1, True), f'IPv{version}: it is followed there again when it is back', seen)


def no_router(w):
    """An interface without a default route sends nothing out."""
    before = w.ask('counters')['no_path']
    w.phone.ip('-6', 'route', 'del', 'default', 'dev', 'cell')
    wait_for('the route to be gone', 5, lambda: w.ask('interfaces')['interfaces'][1]['ipv6_router'] is None)
    seen = w.talk(5001)
    w.check(seen == (1, 0, True) and w.ask('counters')['no_path'] > before, 'where there is no router, the default route is taken and counted', seen)
    w.check(w.talk(5001, 4) == (0, 1, True), 'the other family goes on')
    phone_routes(w.phone, 'cell', 2000)
    wait_for('the route to be back', 5, lambda: w.ask('interfaces')['interfaces'][1]['ipv6_router'] == 'fe80::1')


def killed(w):
    """Killed without a word, and started again."""
    w.talk(5001)
    w.daemon.kill()
    seen = w.talk(5001)
    w.check(sum(seen[:2]) == 1 and seen[2], 'packets flow while the program is dead', seen)
    w.check(w.talk(5002) == (1, 0, True) and w.talk(5002, 4) == (1, 0, True), 'so do those of other flows')
    w.daemon.start()
    seen = w.talk(5001)
    w.check(seen == (0, 1, True), 'a successor follows', seen)


def leftovers(w):
    """What is in the kernel of ours."""
    found = [line for family in ('-6', '-4') for line in w.phone.ip(family, 'rule').splitlines() if 'fwmark' in line]
    found += [line for family in ('-6', '-4') for line in w.phone.ip(family, 'route', 'show', 'table', 'all').splitlines() if 'proto 214' in line]
    for link in ('wlan', 'cell'):
        found += w.phone.run('tc', 'filter', 'show', 'dev', link, 'ingress').splitlines()
        found += w.phone.run('tc', 'filter', 'show', 'dev', link, 'egress').splitlines()
        found += [line for line in w.phone.run('tc', 'qdisc', 'show', 'dev', link).splitlines() if 'clsact' in line]
    for program in ('iptables', 'ip6tables'):
        found += [line for line in w.phone.run(program, '-w', '-t', 'mangle', '-S').splitlines() if 'flowmob' in line]
    return found


def flood(w):
    """More flows than there is room for."""
    w.start(max_flows=1000)
    w.move(5001)
    with w.phone.socket(FAMILY[6], UDP) as phone, w.cn.socket(FAMILY[6], socket.SOCK_RAW, socket.IPPROTO_UDP) as out, \
            w.cn.socket(FAMILY[6], UDP) as cn:
        out.setsockopt(socket.IPPROTO_IPV6, 7, 6)
        out.bind((CN[6], 0))
        phone.bind((PHONE[6], 6000))
        phone.settimeout(2)
        cn.bind((CN[6], PORT))
        for n in range(4000):
            out.sendto((10000 + n).to_bytes(2, 'big') + (6000).to_bytes(2, 'big') + (8).to_bytes(2, 'big') + bytes(2), (PHONE[6], 0))
            phone.recv(100)
            if n % 100 == 0:
                cn.sendto(b'busy', (PHONE[6], 5001))
    answer = w.ask('flows', limit=10000)
    flows = [f['flow'] for f in answer['flows']]
    late, early = (sum(f'{CN[6]}]:{port} >' in flow for flow in flows for port in ports) for ports in (range(13900, 14000), range(10000, 12000)))
    w.check(500 <= len(flows) <= 1000 and answer['total'] <= 1000, 'a flood of flows does not go beyond the limit', answer['total'])
    # The kernel's LRU map goes by age roughly.
    w.check(late >= 90 and early <= (200 if w.backend == 'bpf' else 0), 'those idle for longest have made room', (late, early))
    w.check(any(':5001' in flow for flow in flows), 'and a flow that is in use has stayed')
    w.daemon.stop()


def confirmed(w):
    """Where a flow moves with its second packet, and is soon forgotten."""
    w.start(follow='confirmed', idle_timeout='2s')
    w.move(5001, by=1)
    w.talk(5001)
    w.move(5001)
    seen = w.talk(5001)
    w.check(seen == (1, 0, True), 'confirmed: one packet on another interface does not move a flow', seen)
    seen = w.talk(5001)
    w.check(seen == (0, 1, True), 'confirmed: a second one does', seen)
    w.move(5001, by=1)
    w.talk(5001)
    time.sleep(0.06)
    seen = w.say(5001)
    w.check(seen == (1, 0), 'confirmed: so do 50 ms without another', seen)
    w.move(5001)
    w.talk(5001)
    w.talk(5001)
    time.sleep(2.1)
    seen = w.say(5001)
    w.check(seen == (1, 0), 'a flow without packets is forgotten', seen)
    w.eventually('and not shown any more', 1, lambda: w.ask('flows')['total'] == 0)
    w.daemon.stop()


def one_backend(checks, backend):
    """All of it with one backend."""
    with Lab(system.prefix()) as lab:
        w = World(lab, checks, backend)
        w.check(w.talk(5001) == (1, 0, True), 'without the program the network works')
        w.move(5001)
        w.check(w.talk(5001) == (1, 0, True), 'and a flow that is moved is answered by the default route')
        w.move(5001, by=1)
        w.start()
        w.check(w.ask('status')['backend'] == backend, 'the backend is told')
        for part in (kernel_rules, udp_flows, tcp_flow, flow_label, icmp_errors, counted, authenticated, signalling, too_big, interface_down,
                     no_router, killed):
            part(w)
        text = w.phone.run(find_program('pmipctl'), '-s', w.daemon.control, 'flows')
        w.check('INTERFACE' in text and 'cell' in text and f'[{PHONE[6]}]:5001' in text, 'pmipctl shows flows', text.splitlines()[:3])
        w.daemon.stop()
        w.check(not leftovers(w), 'nothing is left at the end', leftovers(w))
        flood(w)
        confirmed(w)
        raw_ip(w)
        w.check(not leftovers(w), 'nothing is left', leftovers(w))


def test(checks):
    """See the head of this file."""
    for backend in ('bpf', 'nfqueue'):
        one_backend(checks, backend)


system.main(test, ('ip', 'nsenter', 'tc', 'iptables', 'ip6tables'))
