#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
# Proves FLO-1, FLO-11.
"""What moving a flow costs it: a mobile node with two radios and the daemons as they are, by the bpf datapath on the running kernel and then by
netlink in user-mode Linux, to the same bounds.

Make-before-break moves at 1 000 and 10 000 packets a second lose and duplicate nothing, and leave the other flow alone; TCP has no
retransmission timeout; when a radio goes, its flows, one or 10 000, go on by the other one.
"""
import struct
import subprocess
import time

import system
import fmp
import stream
from domain import CN_ADDR, MAG_ADDR
from netns import LabError, wait_for
from terminal import FlowDomain
from traffic import Download

PORT, MOVED, OTHER = 7000, 5001, 5002
MOVES = 4
IN_FLIGHT_MS = 5  # most that the paths of a laboratory may differ by
MANY, FAST = 10000, 10000
BESIDE = 1000 if system.INSIDE else FAST  # most that the other flow has: user-mode Linux forwards some 15 000 packets a second
SLOW = 2 if system.INSIDE else 1  # times as long until something is there


def flow(domain, address, sport, dport=PORT, proto=17):
    """Make a flow known to the LMA; return its id."""
    return domain.lma.ask('flow-add', src=CN_ADDR, dst=address, proto=proto, sport=sport, dport=dport)['id']


def backlog_drops():
    """Packets that the kernel has dropped because its queue between a cable's two ends was full."""
    with open('/proc/net/softnet_stat', encoding='ascii') as file:
        return sum(int(line.split()[1], 16) for line in file)


def run(domain, address, rate):
    """Move a flow to and fro while it and another one are running; return both."""
    number = flow(domain, address, MOVED)
    sink = stream.Sink(domain.terminal.netns, PORT)
    count = rate * (MOVES + 1) // 2 * SLOW
    other = min(rate, BESIDE)
    senders = [stream.send(domain.cn, CN_ADDR, address, PORT, MOVED, 1, rate, count),
               stream.send(domain.cn, CN_ADDR, address, PORT, OTHER, 1, other, count * other // rate)]
    for n in range(MOVES):
        time.sleep(0.5 * SLOW)
        domain.lma.ask('flow-move', id=number, to=MAG_ADDR[(n + 1) % 2])
    for sender in senders:
        stream.finish(sender, 20 * SLOW)
    time.sleep(0.3)
    domain.lma.ask('flow-del', id=number)
    records = sink.stop()
    return stream.by_flow(records, count)[MOVED], stream.by_flow(records, count * other // rate)[OTHER]


def moves(checks, domain, address, rate):
    """What moving costs."""
    radios = [domain.terminal.netns.ifindex(radio.ifname) for radio in domain.terminal.radios]
    dropped = backlog_drops()
    moved, other = run(domain, address, rate)
    checks.check(moved.lost == moved.duplicated == 0, f'{MOVES} moves at {rate}/s: nothing lost, nothing twice',
                 (moved.lost, moved.duplicated, moved.missing()[:10], f'{backlog_drops() - dropped} dropped in queues of the kernel'))
    checks.check(moved.displacement <= rate * IN_FLIGHT_MS / 1000, 'no more reordered than was in flight',
                 f'{moved.reordered} packets, by {moved.displacement} at most')
    checks.check(moved.ways()[0] == radios[0] and set(moved.ways()) == set(radios) and
                 moved.records[-1][3] == radios[MOVES % 2], 'it came by both radios', moved.ways()[:20])
    checks.check(other.lost == other.duplicated == 0 and other.ways() == radios[:1], 'the other flow never left its radio',
                 (other.lost, other.duplicated, other.ways()))


def timeouts(netns):
    """Retransmission timeouts of TCP in a namespace."""
    return int(netns.run('nstat', '-asz', 'TcpExtTCPTimeouts').splitlines()[-1].split()[1])


def tcp(checks, domain, address):
    """A TCP connection is moved as well."""
    before = timeouts(domain.cn)
    download = Download(domain.cn, CN_ADDR, domain.terminal.netns, 4, '20M', bind=address, client_port=40000)
    number = flow(domain, address, 5201, 40000, 6)
    for _ in range(MOVES):
        time.sleep(0.7)
        domain.lma.ask('flow-move', id=number)
    result = download.result()
    checks.check(not result['error'] and result['bytes'] > 8e6 and timeouts(domain.cn) == before,
                 f'{MOVES} moves of a TCP connection: no retransmission timeout', f'{result}, {timeouts(domain.cn) - before} timeouts')
    domain.lma.ask('flow-del', id=number)


def move_all(domain, address, count):
    """Make flows known and move them to the second radio, by the flow socket, which takes many at once."""
    manager = fmp.Manager(domain.flow_socket)
    second = [a.tunnel for a in manager.attachments() if a.proxy_coa == MAG_ADDR[1]][0]
    places = manager.ask_many(fmp.ADD, [fmp.flow(CN_ADDR, 10000 + n, address, PORT) for n in range(count)])
    moved = manager.ask_many(fmp.MOVE, [place + struct.pack('!I', second) for _, place in places])
    manager.close()
    if [status for status, place in moved if status != fmp.OK or struct.unpack('!II', place)[1] != second]:
        raise LabError('not all flows could be moved')


def outage(checks, domain, address, count, rate, limit_ms):
    """Flows have been moved to the second radio; it goes."""
    radios = [domain.terminal.netns.ifindex(radio.ifname) for radio in domain.terminal.radios]
    move_all(domain, address, count)
    sink = stream.Sink(domain.terminal.netns, PORT)
    sender = stream.send(domain.cn, CN_ADDR, address, PORT, 10000, count, rate, rate * 2)
    time.sleep(1)
    cut = domain.terminal.radios[1].cut()
    stream.finish(sender, 20)
    time.sleep(0.3)
    records = sink.stop()
    here = {(sport, number) for sport, number, *_ in records}
    back = [received for _, _, _, received, ifindex in records if received > cut and ifindex == radios[0]]
    lost = [n for n in range(rate * 2) if (10000 + n % count, n // count) not in here]
    late = sum(1 for n in lost if n > rate * (1 + limit_ms / 1000 + 0.1))
    first_ms, gap_ms = (min(back) - cut) / 1e6 if back else None, len(lost) * 1000 / rate
    checks.check(back and first_ms < limit_ms and gap_ms < limit_ms and late == 0, f'{count} flows go on within {limit_ms} ms when their radio goes',
                 f'first after {first_ms} ms, {gap_ms:.1f} ms of packets lost')
    checks.check({r[4] for r in records if r[3] < cut} == {radios[1]}, 'until then all came by the second radio')
    checks.check(not [r for r in records if r[3] > cut + limit_ms * 1e6 and r[4] != radios[0]], 'all of them by the first radio')


def can_move(domain, address):
    """Whether the mobile node is reached by the second radio."""
    number = flow(domain, address, MOVED)
    try:
        domain.lma.ask('flow-move', id=number, to=MAG_ADDR[1])
    except LabError:
        return False
    finally:
        domain.lma.ask('flow-del', id=number)
    return True


def test(checks):
    """See the head of this file."""
    if system.INSIDE:  # a flow takes an entry, and a small machine has few
        subprocess.run(['modprobe', 'nf_conntrack'], check=True)
        with open('/proc/sys/net/netfilter/nf_conntrack_max', 'w', encoding='ascii') as file:
            file.write(str(4 * MANY))
    with FlowDomain(system.prefix(), datapath=system.DATAPATH) as domain:
        domain.start()
        address = domain.attach()[0]
        wait_for('the mobile node', 10, domain.reached, address)
        moves(checks, domain, address, 1000)
        moves(checks, domain, address, FAST)
        tcp(checks, domain, address)
        outage(checks, domain, address, 1, 1000, 50)
        domain.terminal.radios[1].feed()
        wait_for('the second radio', 10 * SLOW, can_move, domain, address)
        outage(checks, domain, address, MANY, FAST, 200)


system.main_by_both_datapaths(test, ('ip', 'nsenter', 'iperf3', 'nstat', 'tcpdump'))
