#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""The demo: a phone keeps its TCP connection while it moves between two MAGs. ./bootstrap.sh demo builds and runs it."""
import argparse
import statistics
import sys
import time

from domain import CN_ADDR, Domain, find_program
from handover import MOMENTS, Observer
from netns import LabError, end_by_signals, sweep_idle
from traffic import CONNECTIONS, Download, Probe

STEM = 'pmip-'  # of the demos, and of experiments
PREFIX = f'{STEM}demo-'
RATE = '100M'
SECONDS_PER_MOVE = 1.5
INTERRUPTION_GOAL_MS = 20
OWN_GOAL_MS = 5

PICTURE = '''\
A phone keeps its TCP connection while it moves

    CN ------ LMA ====== MAG1 ------ MN      ==== IPv6-in-IPv6 tunnel (RFC 5213), {datapath} datapath
                 \\====== MAG2 . . . .        MN: plain Linux, one interface, no mobility software
'''

EXPLORE = '''\

The domain stays up. To explore it:
    ip netns exec pmip-demo-mn ip -6 addr         the phone; the others are pmip-demo-cn, -lma, -mag1, -mag2
    {pmipctl} -s {dir}/lma.sock bindings
    tshark -r {dir}/lma-mag1.pcap -Y mipv6        the captures, configurations and logs are all in {dir}
    ./bootstrap.sh clean                          takes it down; so does the next demo'''


def fmt(value, width=8):
    """A number of ms in a column."""
    return f'{"-":>{width}}' if value is None else f'{value:>{width}.1f}'


def first_attachment(domain, observer):
    """Attach the phone to MAG1 and tell of it."""
    host, mag = domain.host, domain.mags[0]
    move = observer.account(mag, domain.move(host, mag), traffic=False, seconds=10)
    if move.ra is None:
        raise LabError(f'no Router Advertisement has reached the phone; see the logs:\n{domain.lab.log(mag.name)[-2000:]}')
    address = host.wait_address()
    usable_ms = (time.time_ns() - move.ra) / 1e6
    print(f'Attach   MN at MAG1, ms after the {trigger_name(domain)}: PBU {move.ms("pbu"):.1f}, PBA {move.ms("pba"):.1f}, '
          f'RA {move.ms("ra"):.1f}')
    print(f'         address {address} by SLAAC')
    rs = observer.access.first(move.plugged, lambda p: p.kind == 'RS')
    own = f'RS {(rs.ns - move.plugged) / 1e6:.0f} ms after link-up, ' if rs else ''
    print(f'         the MN kernel\'s own delays: {own}address usable {usable_ms:.0f} ms after the RA (DAD)')
    return address


def trigger_name(domain):
    """What the times of a move count from."""
    return 'link event' if domain.trigger == 'link' else 'Router Solicitation'


def moves(domain, observer, count):
    """Move the phone to and fro; print a line per move and return the Moves."""
    print(f'\nMove     times in ms after the {trigger_name(domain)} at the new MAG, taken from the cables')
    print('   to    ' + ''.join(f'{heading:>10}' for _, heading in MOMENTS) + f'{"link gap":>11}')
    done = []
    for number in range(1, count + 1):
        mag = domain.mags[number % 2]
        due = time.monotonic() + SECONDS_PER_MOVE
        move = observer.account(mag, domain.move(domain.host, mag))
        done.append(move)
        gap = (move.plugged - move.before) / 1e6 if move.before else None
        print(f'   {mag.name.upper()}  ' + ''.join(fmt(move.ms(moment), 10) for moment, _ in MOMENTS) + fmt(gap, 11), flush=True)
        time.sleep(max(0, due - time.monotonic()))
    return done


def median(values):
    """Median of those that there are; None when one is missing."""
    values = list(values)
    return statistics.median(values) if values and None not in values else None


def verdicts(before, after, result, done, opened, resets):
    """The final table: (proved?, what, evidence)."""
    interruption, own = median(m.ms('first') for m in done), median(m.own_ms for m in done)
    for key in ('address', 'default router', 'router link-layer address'):
        yield bool(before[key]) and before[key] == after[key], f'same {key}', before[key] if before[key] == after[key] else \
            f'{before[key]} before, {after[key]} after'
    yield not result['error'] and resets == 0 and opened == CONNECTIONS, 'TCP connection never broken', result['error'] or \
        f'{resets} resets, {opened - CONNECTIONS} connections opened anew'
    yield interruption is not None and interruption < INTERRUPTION_GOAL_MS, 'interruption, median', \
        f'{fmt(interruption, 0)} ms to the first packet (goal: under {INTERRUPTION_GOAL_MS} ms)'
    yield own is not None and own <= OWN_GOAL_MS, 'our processes\' share, median', \
        f'{fmt(own, 0)} ms, trigger to RA on the cable (goal: at most {OWN_GOAL_MS} ms)'


def run(domain, options):
    """The whole account; return whether everything was proved."""
    print(PICTURE.format(datapath=options.datapath))
    observer = Observer(domain)
    domain.start()
    address = first_attachment(domain, observer)
    probe = Probe(domain.cn, domain.host.netns, address)
    download = Download(domain.cn, CN_ADDR, domain.host.netns, int(options.moves * SECONDS_PER_MOVE + 3), RATE)
    time.sleep(1)
    before = domain.host.network()
    done = moves(domain, observer, options.moves)
    result = download.result()
    after = domain.host.network()
    probe.stop()
    observer.stop()
    opened, resets = observer.tcp_control()
    print('         "TCP" of some 200 ms: the CN\'s own retransmission timer; "link gap": the cable is in no MAG')
    delays = [m.solicitation_ms for m in done if m.solicitation_ms is not None]
    solicited = f'RS {statistics.median(delays):.1f} ms after link-up, ' if delays and domain.trigger == 'rs' else ''
    print(f'         the MN kernel\'s own delays: {solicited}no DAD, the address stays; up to 20 ms until it answers')
    print('         Neighbour Solicitations again, part of "first pkt"')
    resumed = fmt(median(m.ms('tcp') for m in done), 0)
    print(f'\nTraffic  iperf3, CN to MN, {RATE[:-1]} Mbit/s: {result["bytes"] / 1e6:.0f} MB in {result["seconds"]:.1f} s, '
          f'{result["retransmissions"]} retransmissions; TCP data again after {resumed} ms (median)\n')
    print('Proved')
    table = list(verdicts(before, after, result, done, opened, resets))
    for proved, what, evidence in table:
        print(f'   {"yes" if proved else "NO ":<5}{what:<33}{evidence}')
    return all(proved for proved, _, _ in table)


def arguments():
    """The command line."""
    parser = argparse.ArgumentParser(prog='demo', description=__doc__.split('.')[0])
    parser.add_argument('--keep', action='store_true', help='leave the domain up to be explored')
    parser.add_argument('--moves', type=int, default=6, metavar='N', help='how often the phone moves (default %(default)s)')
    parser.add_argument('--trigger', choices=('link', 'rs'), default='link', help='what tells a MAG that the phone has come')
    parser.add_argument('--datapath', choices=('bpf', 'netlink', 'auto'), default='bpf', help='how packets are tunnelled')
    parser.add_argument('--clean', action='store_true', help='take down what demos and experiments that are over have left, and do nothing else')
    options = parser.parse_args()
    if not 1 <= options.moves <= 1000:
        parser.error('--moves: from 1 to 1000')
    return options


def main():
    """Run the demo; exit status 0 when everything was proved."""
    options = arguments()
    end_by_signals()
    try:
        if options.clean:
            for prefix in sweep_idle(STEM):
                print(f'removed {prefix}*')
            return 0
        with Domain(PREFIX, datapath=options.datapath, trigger=options.trigger) as domain:
            proved = run(domain, options)
            if options.keep:
                domain.lab.keep = True
                print(EXPLORE.format(dir=domain.lab.dir, pmipctl=find_program('pmipctl')))
            return 0 if proved else 1
    except LabError as error:
        print(f'demo: {error}', file=sys.stderr)
        return 1


if __name__ == '__main__':
    sys.exit(main())
