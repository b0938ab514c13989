#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
# May run beside others.
# Proves TUN-4, FLO-2, FLO-11, FMC-3, FMP-13, FMP-14, PAP-20, PAP-15.
"""Single flows in the datapaths: a mobile node with two interfaces, one address, and two MAGs. With bpf on the running kernel, then with netlink in
user-mode Linux."""
import re
import socket
import struct
import threading
import time

import system
from drive import Drive
from netns import Lab
from stream import Numbered
from two_links import CN, CN4, GROUP, HNP, HOME4, LMA, LMA_OPTIONS, MAG, MN, MN4, PORT, UDP, Rx, drive, send

OTHER, STREAM = 5002, 5003
TCP = socket.IPPROTO_TCP
RTMGRP_IPV6_ROUTE, RTMGRP_IPV6_RULE = 1 << 10, 1 << 18
RTM_NAMES = {24: '+route', 25: '-route', 32: '+rule', 33: '-rule'}
NETLINK = system.DATAPATH == 'netlink'


def steering(checks, lma, cn, mn):
    """One flow moves, the other stays; what is counted."""
    flow = (CN, 4000, MN, PORT, UDP)
    rx = Rx(mn)
    checks.check(send(cn, mn, PORT) == 50 and rx.since('wlan') >= 50, 'a flow goes where its prefix goes', rx.since('wlan'))
    lma.say('flow-set', *flow, '-', '-')
    send(cn, mn, PORT)
    answer = lma.say('flows')
    checks.check('packets=50' in answer and 'octets=12400' in answer and 'seen=1' in answer, 'a flow is counted without being moved', answer)
    lma.say('flow-set', *flow, LMA, MAG[1])
    before = lma.number('packets', 'tunnel', LMA, MAG[1])
    rx.mark()
    checks.check(send(cn, mn, PORT) == 50, 'a moved flow arrives whole')
    checks.check(rx.since('cell') >= 50 and rx.since('wlan') < 10, 'it comes over the other interface',
                 f'{rx.since("cell")} {rx.since("wlan")}')
    rx.mark()
    checks.check(send(cn, mn, OTHER) == 50 and rx.since('wlan') >= 50 and rx.since('cell') < 10, 'another flow stays where it was')
    checks.check('packets=100' in lma.say('flows'), 'the counters go on over a move')
    checks.check(lma.number('packets', 'tunnel', LMA, MAG[1]) == before + 50, 'the tunnel has counted them too')
    send(cn, mn, PORT, count=2, size=4000)  # the first one is answered by Packet Too Big
    rx.mark()
    checks.check(send(cn, mn, PORT, count=10, size=4000) == 10 and rx.since('cell') >= 30,
                 'all fragments of a datagram go the way of its flow', rx.since('cell'))
    lma.say('flow-set', *flow, '-', '-')
    rx.mark()
    send(cn, mn, PORT)
    checks.check(rx.since('wlan') >= 50 and rx.since('cell') < 10, 'moved back it follows its prefix')
    lma.say('flow-clear', *flow)
    checks.check(lma.say('flows') == '0', 'a flow that is cleared is gone')
    checks.check(lma.try_('flow-set', *flow, LMA, '2001:db8:99::1') == 'error PMIP_ERR_NOENT', 'a flow is not moved to a tunnel that is not there')


def labels(checks, lma, cn, mn):
    """The flow label is noted, and is no part of a flow's identity."""
    flow = (CN, 4000, MN, PORT, UDP)
    lma.say('flow-set', *flow, LMA, MAG[1])
    rx = Rx(mn)
    for label in (0x11111, 0x22222):
        with cn.socket(socket.AF_INET6, socket.SOCK_RAW, UDP) as out:
            header = (4000).to_bytes(2, 'big') + PORT.to_bytes(2, 'big') + (8).to_bytes(2, 'big') + bytes(2)
            out.setsockopt(socket.IPPROTO_IPV6, 33, 1)  # IPV6_FLOWINFO_SEND
            out.setsockopt(socket.IPPROTO_IPV6, 7, 6)   # IPV6_CHECKSUM
            out.sendto(header, (MN, 0, label, 0))
    time.sleep(0.2)
    checks.check(rx.since('cell') >= 2, 'packets with other flow labels are still of the flow', rx.since('cell'))
    if not NETLINK:
        checks.check('0x22222' in lma.say('flows'), 'the last label is noted', lma.say('flows'))
    lma.say('flow-clear', *flow)


def uplink(checks, lma, cn, mn):
    """Packets of the prefix come out of the other tunnel only when the mobile node has a path there."""
    mn.ip('route', 'add', f'{CN}/128', 'via', 'fe80::1', 'dev', 'cell')
    before = lma.number('drop_spoofed', 'counters')
    checks.check(send(mn, cn, PORT, addr=CN) == 0, 'without a path its packets out of the other tunnel are dropped')
    checks.check(lma.number('drop_spoofed', 'counters') - before >= 50, 'and counted as spoofed')
    lma.say('path-set', GROUP, LMA, MAG[1])
    checks.check(send(mn, cn, PORT, addr=CN) == 50, 'with a path they are not')
    lma.say('path-clear', GROUP, LMA, MAG[1])
    checks.check(send(mn, cn, PORT, addr=CN) == 0, 'and without it they are again')
    mn.ip('route', 'del', f'{CN}/128', 'dev', 'cell')


def congestion(checks, lma_netns, lma, cn, mn):
    """A queue that drops is seen in the counters of the tunnel behind it."""
    lma_netns.run('tc', 'qdisc', 'replace', 'dev', 'core1', 'root', 'tbf', 'rate', '200kbit', 'burst', '2000', 'limit', '4000')
    send(cn, mn, PORT, count=200, size=1000)
    checks.check(lma.number('dropped', 'tunnel', LMA, MAG[0]) > 50, 'packets that the queue drops', lma.say('tunnel', LMA, MAG[0]))
    lma_netns.run('tc', 'qdisc', 'del', 'dev', 'core1', 'root')


def flows_told(lma):
    """Unknown flows that are told, by their destination port."""
    return [int(text.split(':')[-1]) for text in re.findall(r'\{udp [^}]*?(:\d+)(?: label [^}]*)?\}', lma.say('unknown'))]


def unknown(checks, lma, cn, mn):
    """Flows that nobody has named are told when they are to be, and none of their packets waits."""
    flow = (CN, 4000, MN, PORT, UDP)
    send(cn, mn, PORT)
    checks.check(flows_told(lma) == [], 'unknown flows are not told when nobody watches')
    lma.say('watch', 'all')
    checks.check(send(cn, mn, PORT) == 50, 'the packets of an unknown flow go on')
    checks.check(flows_told(lma) == [PORT], 'it is told once')
    send(cn, mn, OTHER)
    checks.check(flows_told(lma) == [OTHER], 'another one is told, too')
    time.sleep(1)
    send(cn, mn, PORT)
    checks.check(flows_told(lma) == [PORT], 'it is told again after a second')
    lma.say('flow-set', *flow, '-', '-')
    time.sleep(1)
    send(cn, mn, PORT)
    checks.check(flows_told(lma) == [], 'but not once it is named')
    lma.say('flow-clear', *flow)
    lma.say('watch', 'movable')
    time.sleep(1)
    send(cn, mn, PORT)
    checks.check(flows_told(lma) == [], 'flows of one who has a single path are not told when the movable ones are watched')
    lma.say('path-set', GROUP, LMA, MAG[0])
    send(cn, mn, PORT)
    checks.check(flows_told(lma) == [PORT], 'with paths they are')
    lma.say('path-clear', GROUP, LMA, MAG[0])
    lma.say('watch', 'none')


def moving(checks, lma, cn, mn):
    """A flow is moved to and fro while its packets come, and so is a TCP connection."""
    flow = (CN, 4000 + PORT, MN, PORT, UDP)
    moved, other = (Numbered(cn, mn, ('::', 4000 + port), (MN, port), rate) for port, rate in ((PORT, 500), (OTHER, 250)))
    lma.say('flow-set', *flow, '-', '-')
    for _ in range(10):
        for way in ((LMA, MAG[1]), ('-', '-')):
            time.sleep(0.1)
            lma.say('flow-set', *flow, *way)
    time.sleep(0.1)
    numbers, others = moved.end(), other.end()
    checks.check(sorted(numbers) == list(range(moved.next)), 'moved 20 times, no packet is lost or comes twice',
                 f'{len(numbers)} of {moved.next}')
    checks.check(moved.changes() == 20, 'each time it changes the interface', moved.changes())
    checks.check(others == list(range(other.next)) and other.changes() == 0, 'the other flow does not, and loses nothing',
                 f'{len(others)} of {other.next}')
    lma.say('flow-clear', *flow)


def timeouts(netns):
    """TCP retransmission timeouts so far."""
    names, values = (line.split() for line in netns.run('cat', '/proc/net/netstat').splitlines()[:2])
    return int(values[names.index('TCPTimeouts')])


def stream(checks, lma, cn, mn):
    """A TCP connection that is moved."""
    listener = mn.socket(socket.AF_INET6, socket.SOCK_STREAM)
    listener.bind(('', STREAM))
    listener.listen()
    out = cn.socket(socket.AF_INET6, socket.SOCK_STREAM)
    flow = (CN, 4003, MN, STREAM, TCP)
    out.bind(('', 4003))
    rx, before = Rx(mn), timeouts(cn)
    lma.say('flow-set', *flow, LMA, MAG[1])  # before there is a connection
    out.connect((MN, STREAM))
    into = listener.accept()[0]
    received = []

    def receive():
        data = into.recv(1 << 16)
        while data:
            received.append(len(data))
            data = into.recv(1 << 16)

    thread = threading.Thread(target=receive)
    thread.start()
    block, total, end = bytes(20000), 0, time.monotonic() + 2
    rx_early, moves = rx.since('cell'), 0
    while time.monotonic() < end:
        out.sendall(block)
        total += len(block)
        if moves < 10 and time.monotonic() > end - 2 + 0.15 * (moves + 1):
            lma.say('flow-set', *flow, *(('-', '-') if moves % 2 == 0 else (LMA, MAG[1])))
            moves += 1
    out.close()
    thread.join()
    checks.check(rx_early >= 2, 'a connection goes where it was moved to before it began', rx_early)
    checks.check(sum(received) == total and moves == 10, 'moved 10 times, a TCP connection goes on', f'{total} octets')
    checks.check(timeouts(cn) == before, 'without a retransmission timeout', timeouts(cn) - before)
    for each in (into, listener):
        each.close()
    lma.say('flow-clear', *flow)


def ipv4(checks, lma, cn, mn):
    """The same with IPv4."""
    flow = (f'::ffff:{CN4}', 4000, f'::ffff:{MN4}', PORT, UDP)
    rx = Rx(mn)
    checks.check(send(cn, mn, PORT, addr=MN4) == 50 and rx.since('wlan') >= 50, 'IPv4 goes where its address goes', rx.since('wlan'))
    lma.say('flow-set', *flow, LMA, MAG[1])
    rx.mark()
    checks.check(send(cn, mn, PORT, addr=MN4) == 50 and rx.since('cell') >= 50 and rx.since('wlan') < 10,
                 'a moved flow of IPv4 goes where it was moved', rx.since('cell'))
    checks.check('packets=50 octets=11400' in lma.say('flows'), 'and is counted', lma.say('flows'))
    lma.say('flow-clear', *flow)


def state(netns):
    """How many rules with a mark, and routes that they lead to, there are."""
    rules = [line for f in ('-4', '-6') for line in netns.ip(f, 'rule').splitlines() if 'fwmark' in line]
    tables = {line.split('lookup ')[1].split()[0] for line in rules}
    routes = [line for f in ('-4', '-6') for line in netns.ip(f, 'route', 'show', 'table', 'all').splitlines()
              if any(f'table {table} ' in line for table in tables)]
    return len(rules), len(routes)


def chains(netns):
    """What netfilter has of ours."""
    return [line for program in ('iptables', 'ip6tables') for line in
            netns.run(f'{program}-legacy', '-t', 'mangle', '-S', check=False).splitlines() if 'pmip' in line]


def order(checks, lma_netns, lma):
    """What is made and removed by a move and by one back, in that order."""
    flow = (CN, 4000, MN, PORT, UDP)
    lma.say('flow-set', *flow, '-', '-')
    with lma_netns.socket(socket.AF_NETLINK, socket.SOCK_RAW, socket.NETLINK_ROUTE) as monitor:
        monitor.bind((0, RTMGRP_IPV6_ROUTE | RTMGRP_IPV6_RULE))
        for way in ((LMA, MAG[1]), (LMA, MAG[0]), ('-', '-')):
            lma.say('flow-set', *flow, *way)
        seen = []
        monitor.setblocking(False)
        try:
            while True:
                seen.append(RTM_NAMES[struct.unpack_from('=H', monitor.recv(4096), 4)[0]])
        except BlockingIOError:
            pass
    checks.check(seen == ['+route', '+rule', '+route', '+rule', '-route', '-rule', '-route', '-rule'],
                 'a move makes route and rule; only then those of the old tunnel go', ' '.join(seen))
    lma.say('flow-clear', *flow)


def kernel(checks, lma_netns, lma, cn, mn):
    """By what netlink does it: nothing of it grows with flows, and nothing stays."""
    checks.check(state(lma_netns) == (0, 0) and not chains(lma_netns), 'without flows there is nothing', chains(lma_netns))
    flows = [(CN, 4000, MN, port, UDP) for port in range(10000, 10300)]
    start = time.monotonic()
    for flow in flows:
        lma.say('flow-set', *flow, LMA, MAG[1])
    checks.check(state(lma_netns) == (2, 1), '300 flows: a rule of each family and a route', f'{state(lma_netns)} {time.monotonic() - start:.2f} s')
    marks = lma_netns.ip('-6', 'rule').splitlines()[1]
    checks.check('fwmark 0x20000/0xffff0000 lookup 5215' in marks, 'of our ranges', marks)
    checks.check(len(chains(lma_netns)) == 2 * 7, 'and seven lines of netfilter for each family', chains(lma_netns))
    for flow in flows[1:]:
        lma.say('flow-clear', *flow)
    checks.check(state(lma_netns) == (2, 1), 'the last flow holds them')
    lma.say('flow-set', *flows[0], '-', '-')
    checks.check(state(lma_netns) == (0, 0), 'until it is moved back')
    lma.say('flow-clear', *flows[0])
    checks.check(not chains(lma_netns), 'and netfilter until it is gone', chains(lma_netns))
    order(checks, lma_netns, lma)
    flow = (CN, PORT, MN, 4000, UDP)
    lma.say('flow-set', *flow, LMA, MAG[1])
    with mn.socket(socket.AF_INET6, socket.SOCK_DGRAM) as out:
        rx = Rx(mn)
        out.bind((MN, 4000))
        for _ in range(5):
            out.sendto(b'to a closed port', (CN, PORT))
            time.sleep(0.1)
    checks.check(rx.since('cell') >= 4, 'ICMP errors about the other way of a flow go where it was moved', rx.since('cell'))
    lma.say('flow-clear', *flow)


def path(checks, lma_netns, lma, cn, mn):
    """When a mobile node has a path no more, its flows do not wait until each of them is moved."""
    flows = [(CN, 4000, MN, port, UDP) for port in (PORT, OTHER)]
    rx = Rx(mn)
    lma.say('path-set', GROUP, LMA, MAG[1])
    for flow in flows:
        lma.say('flow-set', *flow, LMA, MAG[1], 'group', GROUP)
    lma.say('path-clear', GROUP + 1, LMA, MAG[1])
    lma.say('path-clear', GROUP, LMA, MAG[0])
    checks.check(send(cn, mn, PORT) == 50 and rx.since('cell') >= 50, 'the path of another mobile node, or by another tunnel, is none of its',
                 rx.since('cell'))
    lma.say('path-clear', GROUP, LMA, MAG[1])
    rx.mark()
    for port in (PORT, OTHER):
        send(cn, mn, port)
    checks.check(rx.since('wlan') >= 100 and rx.since('cell') < 10, 'without the path all its flows go where their prefix goes', rx.since('wlan'))
    checks.check(state(lma_netns) == (2, 0), 'which takes one route away', state(lma_netns))
    lma.say('path-set', GROUP, LMA, MAG[1])
    lma.say('flow-set', *flows[0], LMA, MAG[1], 'group', GROUP)
    lma.say('flow-set', *flows[1], '-', '-')
    rx.mark()
    send(cn, mn, PORT)
    checks.check(rx.since('cell') >= 50, 'a flow goes there again when it is moved again', rx.since('cell'))
    rx.mark()
    send(cn, mn, OTHER)
    checks.check(rx.since('wlan') >= 50 and rx.since('cell') < 10, 'and one that was moved back does not', rx.since('wlan'))
    lma.say(f'flow-set {" ".join(map(str, flows[0]))} {LMA} {MAG[1]} group {GROUP};path-clear {GROUP} {LMA} {MAG[1]};'
            f'flow-set {" ".join(map(str, flows[1]))} {LMA} {MAG[1]} group {GROUP}')
    checks.check(state(lma_netns) == (2, 1), 'operations of one batch are done in their order', state(lma_netns))
    for flow in flows:
        lma.say('flow-clear', *flow)
    lma.say('path-clear', GROUP, LMA, MAG[1])
    checks.check(state(lma_netns) == (0, 0), 'nothing is left of it', state(lma_netns))


def scarce(checks, lma, look, what, words, back):
    """A command whose first allocation fails, then its second, and so on until it has all: either it says so and nothing has changed, or the
    command has done its work, and a sweep takes what it could not."""
    before = look()
    lma.say(*words)
    done, nth, failed, wrong = look(), 0, True, []
    lma.say(*back)
    while failed:
        nth += 1
        lma.say('fail', nth)
        answer = lma.try_(*words)
        failed = lma.say('fail', 0) == '1'
        is_done = answer.startswith('ok')
        if is_done and failed:
            lma.say('sweep')
        if look() != (done if is_done else before) or not (is_done or (failed and answer == 'error PMIP_ERR_NOMEM')):
            wrong.append((nth, answer, look()))
        if is_done:
            lma.say(*back)
    checks.check(not wrong, f'{what} without memory', (nth - 1, wrong))
    return nth - 1


def without_memory(checks, lma_netns, lma):
    """Each allocation fails once, of ours and of messages to the kernel."""
    flow = (CN, 4000, MN, PORT, UDP)
    known, moved, on = (('flow-set', *flow, *way) for way in (('-', '-'), (LMA, MAG[1]), (LMA, MAG[0])))
    gone = ('flow-clear', *flow)

    def look():
        return state(lma_netns), chains(lma_netns), lma.say('flows')
    counts = [scarce(checks, lma, look, 'a flow', known, gone), scarce(checks, lma, look, 'a flow moved at once', moved, gone)]
    lma.say(*known)
    counts += [scarce(checks, lma, look, 'a move', moved, known), scarce(checks, lma, look, 'its end', gone, known)]
    lma.say(*moved)
    counts += [scarce(checks, lma, look, 'a move on', on, moved), scarce(checks, lma, look, 'a move back', known, moved)]
    checks.check(counts[1] > 5 and counts[2] > 5 and counts[4] > 8, 'there are some allocations', counts)
    lma.say(*gone)
    lma.say('sweep')
    checks.check(look() == ((0, 0), [], '0') and 'table 52' not in lma_netns.ip('-6', 'route', 'show', 'table', 'all'),
                 'nothing is left', look())


def successor(checks, lab, lma):
    """A killed process' flows go on, and a successor sweeps what nobody names."""
    flow, gone = (CN, 4000, MN, PORT, UDP), (CN, 4000, MN, OTHER, UDP)
    for each in (flow, gone):
        lma.say('flow-set', *each, LMA, MAG[1])
    began = time.monotonic()
    lma.process.kill()
    lma.process.wait()
    lma = Drive(lab.netns['lma'], 'lma', *LMA_OPTIONS)
    if not NETLINK:
        checks.check(lma.say('flows').endswith('2'), 'a successor finds the flows', lma.say('flows'))
    rx = Rx(lab.netns['mn'])
    send(lab.netns['cn'], lab.netns['mn'], PORT)
    checks.check(rx.since('cell') >= 50, 'they have gone on all the time',
                 f'{rx.since("cell")} {rx.since("wlan")} after {time.monotonic() - began:.1f} s')
    if not NETLINK:
        lma.say('watch', 'all')
        send(lab.netns['cn'], lab.netns['mn'], PORT)
        checks.check(flows_told(lma) == [PORT], 'what the killed one has steered is unknown to its successor')
    for mag in reversed(MAG):  # tunnels have other numbers now
        lma.say('ensure', LMA, mag)
    for prefix in (HNP, HOME4):
        lma.say('set', prefix, LMA, MAG[0], '-', 'group', GROUP)
    lma.say('flow-set', *flow, LMA, MAG[1])
    rx.mark()
    for port in (PORT, OTHER):
        send(lab.netns['cn'], lab.netns['mn'], port)
    checks.check(rx.since('cell') >= 100, 'until the sweep both of them do', rx.since('cell'))
    lma.say('sweep')
    checks.check(lma.say('flows').endswith(' 1'), 'the one that was named again stays', lma.say('flows'))
    rx.mark()
    send(lab.netns['cn'], lab.netns['mn'], PORT)
    checks.check(rx.since('cell') >= 50 and rx.since('wlan') < 10, 'where it was')
    if not NETLINK:
        checks.check('packets=200' in lma.say('flows'), 'with what it has counted', lma.say('flows'))
        time.sleep(1)
        send(lab.netns['cn'], lab.netns['mn'], PORT)
        checks.check(PORT not in flows_told(lma), 'and is told no more')
    rx.mark()
    send(lab.netns['cn'], lab.netns['mn'], OTHER)
    checks.check(rx.since('wlan') >= 50 and rx.since('cell') < 10, 'the other one follows its prefix')
    if NETLINK:
        checks.check(state(lab.netns['lma']) == (2, 1), 'of the predecessor nothing is left', state(lab.netns['lma']))
    lma.say('flow-clear', *flow)
    return lma


def test(checks):
    """See the head of this file."""
    with Lab(system.prefix()) as lab:
        lma = drive(lab)
        cn, lma_netns, mn = (lab.netns[name] for name in ('cn', 'lma', 'mn'))
        if NETLINK:
            kernel(checks, lma_netns, lma, cn, mn)
            path(checks, lma_netns, lma, cn, mn)
            without_memory(checks, lma_netns, lma)
        steering(checks, lma, cn, mn)
        labels(checks, lma, cn, mn)
        moving(checks, lma, cn, mn)
        stream(checks, lma, cn, mn)
        ipv4(checks, lma, cn, mn)
        if not NETLINK:
            uplink(checks, lma, cn, mn)
            unknown(checks, lma, cn, mn)
        congestion(checks, lma_netns, lma, cn, mn)
        successor(checks, lab, lma).quit()
        if NETLINK:
            checks.check(state(lma_netns) == (0, 0) and not chains(lma_netns), 'nothing is left at the end', chains(lma_netns))


system.main_by_both_datapaths(test, ('ip', 'nsenter', 'tc'))
