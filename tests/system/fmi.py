#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
# May run beside others.
# Proves FLO-3, FLO-5, FLO-6, FLO-7, FMP-5, PAP-2, PAP-12, PAP-13, PAP-14, PAP-15, PAP-16, MAG-20.
"""One phone with two interfaces on two MAGs, each with a prefix of its own, and flows of the first prefix that go to the second interface.

    CN ---- LMA ==== MAG1 ---- 3g    phone
               \\==== MAG2 ---- wlan

Once as RFC 7864 has it: the MAG is asked by a Flow Mobility Initiate before the flow moves; and once in the paper's way: a PBA has told it
by the flow-mob option. Flows of UDP and TCP go on without a loss, and what LMA and MAGs have said is taken from the cables and read field by
field by pmip-decode, and as far as it knows the messages, by tshark. With bpf on the running kernel, then with netlink in user-mode Linux.
"""
import hashlib
import json
import os
import socket
import subprocess
import threading
import time

import system
from capture import ETH_LEN, IPV6_LEN, Capture
from domain import CN_ADDR, LMA_ADDR, MAG_ADDR, find_program
from netns import wait_for
from stream import Numbered
from terminal import NAI, RADIOS, FlowDomain

FIRST, SECOND = (name for name, _ in RADIOS)
UDP_PORT, TCP_PORT = 5001, 5002
PACKETS_PER_S = 500
TCP_OCTETS = 30_000_000
LIFETIME_S = 12
PBU, PBA, UPN, UPA = 5, 6, 19, 20
HNP, EXPERIMENTAL, MN_ID, FLOW_ID = 22, 18, 8, 45
FLOW_MOBILITY = 8
MH_TYPE_OFFSET = ETH_LEN + IPV6_LEN + 2


def received(domain, link):
    """Packets that an interface of the phone has received."""
    return int(domain.terminal.netns.ip('-s', 'link', 'show', 'dev', link).split('RX:')[1].split('\n')[1].split()[1])


def move(lma, flow, to):
    """Have the LMA move a flow; wait for what comes of it."""
    before = len(lma.events())
    lma.ask('flow-move', id=flow, to=to)

    def told():
        return [e for e in lma.events()[before:] if e['event'] in ('flow-moved', 'flow-move-failed') and e.get('flow_id') == flow]
    return wait_for('the end of the move', 10, told)[0]


def add_flow(lma, address, proto, sport, dport):
    """Let the LMA know a flow; return its number."""
    return lma.ask('flow-add', src=CN_ADDR, dst=address, proto=proto, sport=sport, dport=dport)['id']


def over(domain, link, seconds=1.0):
    """Packets that come over an interface within a time."""
    before = received(domain, link)
    time.sleep(seconds)
    return received(domain, link) - before


def udp(checks, mode, domain, address):
    """A stream moves to the second interface."""
    stream = Numbered(domain.cn, domain.terminal.netns, (CN_ADDR, UDP_PORT), (address, UDP_PORT), PACKETS_PER_S, 204)
    try:
        wait_for('datagrams', 10, stream.read)
        flow = add_flow(domain.lma, address, 17, UDP_PORT, UDP_PORT)
        checks.check(over(domain, FIRST) > PACKETS_PER_S / 10 > 20 > over(domain, SECOND, 0.5), f'{mode}: a UDP flow comes over the first interface')
        event = move(domain.lma, flow, MAG_ADDR[1])
        checks.check(event['event'] == 'flow-moved' and event['peer'] == MAG_ADDR[1], f'{mode}: it is moved to the second MAG', event['flow'])
        checks.check(over(domain, SECOND) > PACKETS_PER_S / 10 > 20 > over(domain, FIRST, 0.5), f'{mode}: it comes over the second interface')
    finally:
        got = stream.end()
    checks.check(got == list(range(stream.next)), f'{mode}: UDP: no datagram is lost, doubled or overtaken', f'{stream.next} sent, {len(got)} received')
    return flow, event['t_wall_us'] * 1000


def tcp(checks, mode, domain, address):
    """A transfer moves to the second interface while it runs."""
    content = os.urandom(1 << 16) * (TCP_OCTETS >> 16)
    server = domain.cn.socket(socket.AF_INET6, socket.SOCK_STREAM)
    server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    server.bind((CN_ADDR, TCP_PORT))
    server.listen(1)
    client = domain.terminal.netns.socket(socket.AF_INET6, socket.SOCK_STREAM)
    client.bind((address, 0))
    client.settimeout(20)
    client.connect((CN_ADDR, TCP_PORT))
    peer = server.accept()[0]
    sender = threading.Thread(target=lambda: (peer.sendall(content), peer.close()))
    flow = add_flow(domain.lma, address, 6, TCP_PORT, client.getsockname()[1])
    digest, octets, before, moved = hashlib.sha256(), 0, None, False
    sender.start()
    while data := client.recv(1 << 16):
        digest.update(data)
        octets += len(data)
        if not moved and octets > TCP_OCTETS // 3:
            moved = move(domain.lma, flow, MAG_ADDR[1])['event'] == 'flow-moved'
            before = received(domain, SECOND)
    sender.join()
    client.close()
    server.close()
    checks.check(moved and digest.digest() == hashlib.sha256(content).digest(), f'{mode}: a TCP transfer is moved in its middle and comes whole',
                 f'{octets} octets')
    checks.check(before is not None and received(domain, SECOND) - before > 100, f'{mode}: the rest of it comes over the second interface',
                 received(domain, SECOND) - (before or 0))


def decoded(capture):
    """The messages of a capture as pmip-decode reads them, with their addresses."""
    out = subprocess.run([find_program('pmip-decode'), '--json', capture.path], check=True, stdout=subprocess.PIPE, text=True).stdout
    return [json.loads(line) for line in out.splitlines()]


def by_tshark(path, fields):
    """Fields of a capture's Mobility Headers as tshark reads them: one list a packet."""
    out = subprocess.run(['tshark', '-n', '-r', path, '-Y', 'mipv6', '-T', 'fields', '-E', 'separator=/t', *(a for f in fields for a in ('-e', f))],
                         check=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True).stdout
    return [line.split('\t') for line in out.splitlines()]


def options(message, kind):
    """Its options of one type."""
    return [o for o in message['options'] if o['type'] == kind]


def prefixes(message, off_link):
    """The prefixes of its Home Network Prefix options with that flag L."""
    return [f"{o['prefix']}/{o['plen']}" for o in options(message, HNP) if o['off_link'] == off_link]


def agree(checks, what, capture, messages):
    """tshark sees the same messages; what it knows of them it reads alike."""
    rows = by_tshark(capture.path, ['mip6.mhtype', 'mip6.hlen', 'mip6.bu.seqnr', 'mip6.bu.lifetime', 'mip6.ba.status', 'mip6.ba.seqnr',
                                    'mip6.mnid.identifier', 'mip6.nemo.mnp.mnp'])
    same = len(rows) == len(messages) > 0
    for row, message in zip(rows, messages):
        is_pbu, is_pba = message['mh_type'] == PBU, message['mh_type'] == PBA
        want = [str(message['mh_type']), str(message['header_len'])]
        if is_pbu or is_pba:
            want += [str(message['seq']) if is_pbu else '', str(message['lifetime_units']) if is_pbu else '',
                     str(message['status']) if is_pba else '', str(message['seq']) if is_pba else '',
                     options(message, MN_ID)[0]['nai'], ','.join(o['prefix'] for o in options(message, HNP))]
        same = same and row[:len(want)] == want
    checks.check(same, f'{what}: tshark reads the same', f'{len(rows)} messages')


def rfc7864_messages(checks, captures, hnp, moved_ns):
    """What was said: PBAs with flag L, an Initiate to each MAG and its Acknowledge."""
    at = [decoded(capture) for capture in captures]
    first = [m for m in at[1] if m['mh_type'] == PBA][0]
    checks.check(prefixes(first, False) == [hnp[1]] and prefixes(first, True) == [hnp[0]], 'the first PBA to the second MAG names both prefixes, '
                 'the other one with flag L')
    for n, (own, other) in enumerate((hnp, hnp[::-1])):
        initiates = [m for m in at[n] if m['mh_type'] == UPN and m['reason'] == FLOW_MOBILITY]
        checks.check(initiates and all(m['flags'] == 'A' and prefixes(m, True) == [other] and not prefixes(m, False) for m in initiates),
                     f'Flow Mobility Initiate to MAG{n + 1}: reason 8, flag A, the prefix at the other MAG with flag L', len(initiates))
        answers = [m for m in at[n] if m['mh_type'] == UPA and m['seq'] in [i['seq'] for i in initiates]]
        checks.check(len(answers) == len(initiates) and all(m['status'] == 0 and prefixes(m, True) == [other] for m in answers),
                     f'Flow Mobility Acknowledge of MAG{n + 1}: status 0, the same sequence number and prefix', len(answers))
        checks.check(own not in sum((prefixes(m, True) for m in at[n]), []), f'MAG{n + 1} is not told of its own prefix that way')
        agree(checks, f'MAG{n + 1}', captures[n], at[n])
    last = captures[1].last(moved_ns, lambda p: p.raw[MH_TYPE_OFFSET] in (UPN, UPA))
    checks.check(last and last.raw[MH_TYPE_OFFSET] == UPA and last.src == MAG_ADDR[1] and last.dst == LMA_ADDR,
                 'the flow has moved after the Acknowledge', f'{(moved_ns - last.ns) / 1e6:.2f} ms' if last else 'none')


def paper_messages(checks, captures, hnp):
    """What was said: PBAs with the paper's option, and no Initiates."""
    at = [decoded(capture) for capture in captures]
    told = [[(f"{o['flowmob_prefix']}/{o['flowmob_plen']}") for o in options(m, EXPERIMENTAL)] for m in at[1] if m['mh_type'] == PBA]
    checks.check(told[0] == [hnp[0]], 'the first PBA to the second MAG has the flow-mob option with the first prefix', told)
    told = [[f"{o['flowmob_prefix']}/{o['flowmob_plen']}" for o in options(m, EXPERIMENTAL)] for m in at[0] if m['mh_type'] == PBA]
    checks.check(told[0] == [] and [hnp[1]] in told, 'the first MAG is told of the second prefix by a later PBA', told)
    checks.check(not [m for m in at[0] + at[1] if m['mh_type'] in (UPN, UPA) or prefixes(m, True)], 'no flag L, no Initiate')
    for n, capture in enumerate(captures):
        agree(checks, f'MAG{n + 1}', capture, at[n])


def ends(checks, mode, domain, flow):
    """The first interface goes: the second MAG forgets its prefix, and flows of it end."""
    domain.terminal.radios[0].cut()
    checks.eventually(f'{mode}: the first interface goes, its flows end', 10,
                      lambda: flow not in [f['id'] for f in domain.lma.ask('flows')['flows']])
    checks.eventually(f'{mode}: and the second MAG forgets its prefix', 3 if mode == 'rfc7864' else LIFETIME_S,
                      lambda: 'off_link' not in domain.mags[1].active()[NAI])


def telling_flows(checks, domain, address, captures):
    """The MAG is told of the flow, too, by a traffic selector."""
    udp(checks, 'with flows', domain, address)
    flows = domain.mags[1].ask('flows', id=NAI)['flows']
    want = {'src': CN_ADDR, 'dst': address, 'proto': 17, 'sport': UDP_PORT, 'dport': UDP_PORT}
    checks.check(len(flows) == 1 and {k: flows[0][k] for k in want} == want, 'with flows: the second MAG knows the flow', flows)
    captures[1].stop()
    told = [options(m, FLOW_ID) for m in decoded(captures[1]) if m['mh_type'] == UPN]
    checks.check(told and len(told[-1]) == 1 and told[-1][0]['fid'] == flows[0]['fid'], 'with flows: the Initiate has told it', told[-1:])
    domain.lma.ask('flow-del', id=1)
    checks.eventually('with flows: what is not listed any more is forgotten', 3, lambda: not domain.mags[1].ask('flows', id=NAI)['flows'])
    checks.check(domain.stop() == [0, 0, 0], 'with flows: the daemons end in good order')


def one_mode(checks, mode, lma_extra, mag_extra):
    """A domain that speaks so."""
    with FlowDomain(system.prefix(), datapath=system.DATAPATH, lma_extra=f'max_delay_before_new_bce_assign: 0ms\n{lma_extra}',
                    mag_extra=f'lifetime: {LIFETIME_S}s\n{mag_extra}') as domain:
        captures = [Capture(domain.lma_ns, f'mag{n}', 'ip6 proto 135', immediate=True, octets=400) for n in (1, 2)]
        domain.start()
        address = domain.attach()[0]
        hnp = [mag.active()[NAI]['prefixes'][0] for mag in domain.mags]
        checks.eventually(f'{mode}: each MAG forwards the other one\'s prefix', LIFETIME_S if mode == 'paper2011' else 3,
                          lambda: [mag.active()[NAI].get('off_link') for mag in domain.mags] == [[hnp[1]], [hnp[0]]])
        if mode == 'flows':
            telling_flows(checks, domain, address, captures)
            return
        flow, moved_ns = udp(checks, mode, domain, address)
        tcp(checks, mode, domain, address)
        for capture in captures:
            capture.stop()
        if mode == 'rfc7864':
            rfc7864_messages(checks, captures, hnp, moved_ns)
        else:
            paper_messages(checks, captures, hnp)
        checks.check(domain.lma.counters().get('flows_moved') == 2, f'{mode}: the LMA has counted the moves', domain.lma.counters().get('flows_moved'))
        ends(checks, mode, domain, flow)
        checks.check(domain.stop() == [0, 0, 0], f'{mode}: the daemons end in good order')


def test(checks):
    """Both ways, and the first with flows, in which datapaths have no part."""
    one_mode(checks, 'rfc7864', '', '')
    if not system.INSIDE:
        one_mode(checks, 'flows', 'flowmob_flows: true\n', '')
    one_mode(checks, 'paper2011', 'flowmob: paper2011\n', 'flowmob_option_type: 18\n')


system.main_by_both_datapaths(test, ('ip', 'nsenter', 'tcpdump', 'tshark'))
