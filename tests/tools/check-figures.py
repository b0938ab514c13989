#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""What makes figures, energies and the page out of captures: on small captures that are made up here, whose right answers are known."""
import contextlib
import io
import os
import struct
import sys
import tempfile

sys.dont_write_bytecode = True  # the tree may be read-only
sys.path.insert(0, os.path.join(os.environ.get('top_srcdir', '.'), 'examples', 'lab'))

import capture  # noqa: E402  pylint: disable=wrong-import-position
import energy  # noqa: E402  pylint: disable=wrong-import-position
import experiment  # noqa: E402  pylint: disable=wrong-import-position
import experiment_qos  # noqa: E402  pylint: disable=wrong-import-position
import figures  # noqa: E402  pylint: disable=wrong-import-position
import page  # noqa: E402  pylint: disable=wrong-import-position
import series  # noqa: E402  pylint: disable=wrong-import-position
from statistic import mann_whitney, ranks  # noqa: E402  pylint: disable=wrong-import-position

START = 1_700_000_000 * 10**9
MS = 10**6
PHONE, MAG = bytes.fromhex('020000000100'), bytes.fromhex('020000000200')
problems = []


def check(holds, what, seen=''):
    """One thing that must hold."""
    if not holds:
        problems.append(what)
        print(f'{what}: {seen}')


def frame(proto, upper, sender=MAG):
    """An Ethernet frame with an IPv6 packet."""
    return (PHONE if sender == MAG else MAG) + sender + b'\x86\xdd' + struct.pack('!IHBB', 6 << 28, len(upper), proto, 64) + bytes(32) + upper


def tcp(seq, octets, sport=5201, dport=41000, flags=16, sender=MAG):
    """A TCP segment."""
    return frame(6, struct.pack('!HHIIBBHHH', sport, dport, seq % 2**32, 0, 5 << 4, flags, 0, 0, 0) + bytes(octets), sender)


def udp(number, octets=100, dport=6000):
    """A numbered datagram."""
    return frame(17, struct.pack('!HHHH', 6000, dport, 8 + octets, 0) + struct.pack('!Q', number) + bytes(octets - 8))


def write(path, packets, order='<', nano=True, snap=10000, cut=0):
    """A capture of (ms, frame); the last cut octets are missing."""
    data = struct.pack(order + 'IHHiIII', 0xa1b23c4d if nano else 0xa1b2c3d4, 2, 4, 0, 0, 262144, 1)
    for ms, packet in packets:
        ns = START + int(ms * MS)
        data += struct.pack(order + 'IIII', ns // 10**9, ns % 10**9 // (1 if nano else 1000), len(packet[:snap]), len(packet)) + packet[:snap]
    with open(path, 'wb') as file:
        file.write(data[:len(data) - cut])
    return path


def reading(top):
    """Both byte orders, both units, a file that is cut off, and what is no capture."""
    packets = [(0, tcp(1, 10)), (1.5, tcp(11, 10)), (2, b'\x00' * 12 + b'\x08\x06' + bytes(60))]
    for order in '<>':
        for nano in (True, False):
            got = series.read(write(f'{top}/read', packets, order, nano))
            check([p.ns - START for p in got] == [0, 1.5 * MS], f'packets of {order} {nano}', got)
    check(len(series.read(write(f'{top}/read', packets[:2], cut=5))) == 1, 'a packet that is cut off is left out')
    for bad in (b'', b'x' * 100, struct.pack('<IHHiIII', 0xa1b23c4d, 2, 4, 0, 0, 262144, 113)):
        with open(f'{top}/bad', 'wb') as file:
            file.write(bad)
        try:
            series.read(f'{top}/bad')
            check(False, 'what is no capture of Ethernet is refused', bad[:8])
        except capture.CaptureError:
            pass


def flows(top):
    """Sequence numbers over their end, throughput by path, a move and its gap, what is lost."""
    first = 2**32 - 1500
    one = [(n * 10, tcp(first + 1000 * n, 1000)) for n in range(5)] + [(12, tcp(7, 1000, dport=999)), (14, tcp(0, 0))]
    two = [(60 + n * 10, tcp(first + 1000 * (5 + n), 1000)) for n in range(5)] + [(71, tcp(first + 4000, 1000))]
    paths = {'a': write(f'{top}/a', one, snap=100), 'b': write(f'{top}/b', two, snap=100)}
    flow = series.Flow(paths, 5201, 'TCP', START, 41000)
    check([a.number for a in flow.arrivals] == [0, 1000, 2000, 3000, 4000, 5000, 6000, 4000, 7000, 8000, 9000], 'numbers go on over 2^32',
          [a.number for a in flow.arrivals])
    check([a.path for a in flow.arrivals] == ['a'] * 5 + ['b'] * 6, 'paths', [a.path for a in flow.arrivals])
    middles, rates = flow.throughput(0, 0.1, 0.05)
    check([round(m, 3) for m in middles] == [0.025, 0.075] and [round(r, 3) for r in rates['a']] == [0.8, 0] and round(rates['b'][1], 3) == 0.8,
          'throughput by path', (middles, rates))
    move, never = series.moves(flow, [(0.042, 'b'), (0.105, 'a')], 1)
    check(abs(move.after_ms - 18) < 0.01 and abs(move.gap_ms - 20) < 0.01, 'a move, its delay and its gap', move.row())
    check(never.row() == {'at_s': 0.105, 'to': 'a', 'after_ms': None, 'gap_ms': None}, 'a move that never came', never.row())
    numbered = series.Flow({'a': write(f'{top}/u', [(n, udp(n)) for n in (0, 1, 2, 4, 4, 7)])}, 6000, 'UDP', START)
    check(numbered.lost() == 3 and numbered.lost_between(0, 0.0035) == 0 and numbered.lost_between(0.002, 1) == 3, 'what is lost',
          (numbered.lost(), numbered.lost_between(0.002, 1)))
    check(series.Flow({'a': paths['a']}, 1, 'TCP').lost() == 0, 'a flow without packets')
    return flow, [move, never]


def energies(top):
    """Each state for a known time."""
    radio = energy.Radio(1.0, 10.0, 20.0, per_mbps=0.0, tails=(('t', 0.2, 5.0),))
    packets = series.read(write(f'{top}/e', [(10, tcp(0, 1000)), (60, tcp(0, 500, sender=PHONE)), (900, tcp(0, 10))]))
    found = energy.slots(packets, PHONE, START, START + 10**9, radio, [(START + 500 * MS, START + 700 * MS)])
    spent = energy.joules(radio, found)
    times = energy.seconds(found)
    check({k: round(v, 2) for k, v in times.items()} == {'receive': 0.1, 'transmit': 0.05, 't': 0.25, 'idle': 0.4, 'off': 0.2}, 'seconds by state', times)
    check(abs(spent['receive'] - 1.0) < 1e-9 and abs(spent['transmit'] - 1.0) < 1e-9 and abs(spent['t'] - 1.25) < 1e-9 and spent['off'] == 0, 'joules', spent)
    parts = energy.intervals(found)
    check([(k, round(a, 2), round(b, 2)) for k, a, b in parts[:3]] == [('receive', 0, 0.05), ('transmit', 0.05, 0.1), ('t', 0.1, 0.3)] and
          abs(parts[-1][2] - 1) < 1e-9, 'intervals', parts)
    by_rate = energy.Radio(0, 1.0, 1.0, per_mbps=0.5)
    extra = energy.joules(by_rate, energy.slots(packets[:1], PHONE, START, START + 50 * MS, by_rate))['receive']
    check(abs(extra - (1.0 * 0.05 + 0.5 * (1000 + 74) * 8 / 1e6)) < 1e-9, 'a rate costs more', extra)
    account = energy.account({'3g': (f'{top}/e', PHONE, 'utran')}, START, START + 10**9)
    check(account['octets'] == 1010 and account['joules'] > 0, 'an account', account)
    told = energy.told({'3g': (f'{top}/e', PHONE, 'utran')}, START, START + 10**9, {})
    check(abs(told['j_per_mb'] - account['joules'] / 0.00101) < 0.001, 'joules for each MB', told)


def statistics():
    """Against values that are known."""
    check(ranks([10, 20, 10, 30]) == [1.5, 3, 1.5, 4], 'ranks', ranks([10, 20, 10, 30]))
    check(mann_whitney([1, 2, 3] * 5, [1, 2, 3] * 5) > 0.9, 'equal samples')
    check(abs(mann_whitney(range(1, 11), range(11, 21)) - 0.000183) < 0.00001, 'samples apart', mann_whitney(range(1, 11), range(11, 21)))
    check(mann_whitney([5] * 9, [5] * 9) == 1.0, 'one value only')


def drawn(top, flow, moves):
    """Each kind of figure leaves its three files, none of them empty; the CSV has what was drawn."""
    figures.moved_flow(top, 'flow', flow, moves, 0.2, title='T', close_ups=(0, 1))
    figures.distributions(top, 'dist', {'x': [1, 2, 3], 'y': [2, 5]}, title='T', xlabel='ms')
    figures.boxes(top, 'boxes', {'x': [1, 2, 3], 'y': [2, 5]}, title='T', ylabel='ms')
    figures.bars(top, 'bars', {'x': {'a': 1, 'b': 2}, 'y': {'a': 3}}, title='T', ylabel='J', parts=('a', 'b'))
    figures.states(top, 'states', {'3g': [('idle', 0, 1), ('receive', 1, 2)], 'wlan': [('off', 0, 2)]}, title='T')
    for name, lines in (('states', 4), ('flow', 12), ('dist', 6), ('boxes', 6), ('bars', 5)):
        with open(f'{top}/{name}.csv', encoding='ascii') as file:
            check(len(file.readlines()) == lines, f'{name}.csv')
        check(os.path.getsize(f'{top}/{name}.png') > 5000 and os.path.getsize(f'{top}/{name}.svg') > 5000, f'{name}: files')


def told(name, number, summary):
    """What a claim of an experiment comes to."""
    module = experiment.load(name)
    return experiment.judged(module, summary)[number]['status']


def verdicts(flow, moves):
    """Claims come out as the numbers are: when nothing has moved none holds, and each mended one is seen to hold and to fail."""
    check(experiment_qos.recovered_ms(flow, moves[0], 0) is None, 'a flow without a rate does not recover')
    check(experiment_qos.recovered_ms(flow, moves[0], 0.001) is not None, 'one with a rate does')
    kind = {'moves': 5, 'gap_ms': [], 'after_ms': [], 'lost': 0, 'packets': 0}
    summary = {'poll_s': 0.1, 'kinds': {name: kind for name in ('by hand', 'congestion', 'radio off')}}
    check(all(claim['status'] == 'fails' for claim in experiment.judged(experiment.load('interruptions'), summary)), 'interruptions: none moved')
    for after, packets, status in (([90] * 5, 9, 'holds'), ([90] * 4 + [900], 9, 'fails'), ([90] * 4, 9, 'fails')):
        kind = {'moves': 5, 'gap_ms': [1] * len(after), 'after_ms': after, 'lost': 0, 'packets': packets}
        summary['kinds'] = dict.fromkeys(summary['kinds'], kind)
        check(told('interruptions', 4, summary) == status, f'interruptions: {after} within two intervals')
    for rate, status in ((18, 'holds'), (9, 'fails'), (0, 'fails')):
        check(told('datapaths', 3, {'radio_mbps': 20, 'bpf': {'rate_mbps': 19}, 'netlink': {'rate_mbps': rate}}) == status, f'datapaths: {rate} Mbit/s')
    for saved, status in ((14.2, 'holds'), (60, 'differs'), (-3, 'fails')):
        table = {'saved_percent': {'m': {'download': saved, 'video': 0}}, 'model': 'm', 'paper_percent': 16, 'sources': {}}
        check(told('table1', 2, table) == status, f'table 1: {saved} %')
    for by, status in (({'3g': 5}, 'holds'), ({'3g': 5, 'wlan': 1}, 'fails'), ({}, 'fails')):
        check(told('fig2', 1, {'plain': {'by': by, 'said': 'no'}}) == status, f'fig2: {by}')
    for gap, status in ((30, 'holds'), (400, 'fails'), (None, 'fails')):
        runs = {kind: {'moves': [{'gap_ms': 3}, {'gap_ms': gap}]} for kind in ('bonding', 'bpf')}
        check(told('fig4', 3, runs) == status, f'fig4: a pause of {gap} ms')
    for p, rates, status in ((0.08, (18, 17), 'holds'), (0.08, (18, 9), 'fails'), (0.001, (18, 17.9), 'fails')):
        both = {'p': {'rate_mbps': p}, 'median': {'rate_mbps': dict(zip('xy', rates))}, 'significance': 0.01, 'shares': {'rate_mbps': 0.25}}
        check(told('fig4_fig5', 1, both) == status, f'fig4_fig5: {p} {rates}')
    check(told('hello', 0, {}) == 'fails', 'a claim without its numbers fails')


def failing(top):
    """Whatever an experiment raises is its own failure, and comes to the page."""
    class Broken:  # pylint: disable=too-few-public-methods
        """An experiment that fails in a way that nobody has foreseen."""

        TITLE, PARAMETERS, CLAIMS = 'T', {}, [('a', None)]

        @staticmethod
        def run(*_):
            """Fail."""
            raise ZeroDivisionError('by zero')
    with contextlib.redirect_stderr(io.StringIO()):
        summary = experiment.perform('broken', top, module=Broken)
    check('by zero' in summary['error'] and [claim['status'] for claim in summary['claims']] == ['fails'], 'an exception', summary)
    check(os.path.getsize(f'{top}/broken/summary.json') > 100, 'its summary')


def the_page():
    """What it says of a claim, and that nothing in it comes from elsewhere."""
    claims = [{'claim': 'a < b', 'status': 'holds', 'measured': '1 ms', 'why': ''}, {'claim': 'c', 'status': 'differs', 'measured': '2', 'why': 'because'}]
    text = page.render([{'name': 'figx', 'title': 'Fig. x: y', 'quick': True, 'claims': claims, 'figures': ['figx'], 'energy': {'model': 'M', 'joules': 5, 'j_per_mb': 2},
                         'parameters': {'n': 1}, 'took_s': 3}],
                       {'figx': 'Fig. x: about.'})
    for part in ('a &lt; b', '1 ms', 'because', 'class="status differs"', '2 claims', 'src="figx/figx.png"', 'href="figx/figx.svg"', 'experiments --quick figx',
                 '1 hold', '0 fail', '5.0 J, 2.00 J/MB', '<p>About.</p>'):
        check(part in text, 'the page lacks something', part)
    check('http:' not in text and 'https:' not in text and '<script' not in text and '@import' not in text and 'url(' not in text, 'nothing from elsewhere')


def main():
    """All of it."""
    with tempfile.TemporaryDirectory(prefix='pmip-figures') as top:
        reading(top)
        flow, moves = flows(top)
        drawn(top, flow, moves)
        with contextlib.redirect_stderr(io.StringIO()):  # of claims whose numbers are not there
            verdicts(flow, moves)
        failing(top)
        energies(top)
    statistics()
    the_page()
    print(f'{len(problems)} problems')
    return 1 if problems else 0


if __name__ == '__main__':
    sys.exit(main())
