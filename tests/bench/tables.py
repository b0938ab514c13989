# SPDX-License-Identifier: BSD-2-Clause
"""The tables and figures of doc/performance.md: which rows of which bench, and how a row becomes text."""
import collections

from text import MISSING, duration, ratio, rate, short, whole

# columns: (title, function of the row to its text)
Table = collections.namedtuple('Table', 'bench rows columns')
# lines: function of the results to {name of a line: its points (x, y)}; x is drawn in powers of ten
Figure = collections.namedtuple('Figure', 'bench title x y lines')

ENGINE = [
    ('octets of heap a binding', lambda r: whole(r['octets'])),
    ('decode', lambda r: duration(r['decode_us'])),
    ('new', lambda r: duration(r['new_us'])),
    ('move', lambda r: duration(r['move_us'])),
    ('extend', lambda r: duration(r['extend_us'])),
    ('release', lambda r: duration(r['release_us'])),
    ('new / decode', lambda r: short(r['new_us'] / r['decode_us'])),
    ('longest 200 new ones', lambda r: duration(r['longest_us'])),
]
DAEMON = [
    ('echo, first', lambda r: rate(r['echo_register'])),
    ('LMA, first', lambda r: rate(r['lma_register'])),
    ('ratio', lambda r: ratio(r['lma_register'] / r['echo_register'])),
    ('echo, mix', lambda r: rate(r['echo_mix'])),
    ('LMA, mix', lambda r: rate(r['lma_mix'])),
    ('ratio', lambda r: ratio(r['lma_mix'] / r['echo_mix'])),
    ('p50', lambda r: duration(r['p50_us'])),
    ('p99', lambda r: duration(r['p99_us'])),
    ('p99.9', lambda r: duration(r['p99.9_us'])),
    ('p99 at half load', lambda r: duration(r['half_p99_us'])),
]
# What is done at once, and what it takes.
DAEMON_MEANS = [
    ('CPU a PBU, echo', lambda r: duration(r['echo_cpu_us'])),
    ('LMA', lambda r: duration(r['lma_cpu_us'])),
    ('messages a receive call', lambda r: short(r['received_at_once'])),
    ('records a transaction', lambda r: short(r['stored_at_once']) if r['store'] else MISSING),
    ('operations a datapath batch', lambda r: short(r['datapath_ops_at_once'])),
    ('messages a send call', lambda r: short(r['sent_at_once'])),
    ('memory', lambda r: f'{short(r["memory"] / 1e6)} MB'),
    ('start after a kill', lambda r: duration(r['cold_s'] * 1e6) if r['store'] else MISSING),
]


def per_processor(octets):
    """Gbit for each second of a processor."""
    return f'{short(octets * 8 / 1e9)} Gbit/s'


WAYS = {
    'alone': 'generator and sink alone, nobody forwards',
    'plain': 'plain forwarding',
    'tc': 'steered, tc',
    'tc-netfilter': 'steered, tc, with netfilter at the MAGs',
    'xdp': 'steered, XDP',
    'paper': "the paper's: every packet by NFQUEUE, a rule for each flow",
}

TABLES = {
    'engine-bindings': Table('engine', lambda r: r.rows('engine', growing='bindings'),
                             [('bindings', lambda r: whole(r['bindings'])), *ENGINE]),
    'engine-mags': Table('engine', lambda r: r.rows('engine', growing='mags'),
                         [('MAGs', lambda r: whole(r['mags'])), ('bindings', lambda r: whole(r['bindings'])), *ENGINE]),
    'daemon': Table('daemon', lambda r: r.rows('daemon'), [
        ('mobile nodes', lambda r: whole(r['clients'])), ('store', lambda r: r['store'] or 'none'), *DAEMON]),
    'forward': Table('forward', lambda r: r.rows('forward'), [
        ('way', lambda r: WAYS[r['way']]),
        ('flows', lambda r: whole(r['flows'])),
        ('packets at once', lambda r: whole(r['at_once'])),
        ('of the packets, by the second MAG', lambda r: f'{r["moved"] * 100:.0f} %'),
        ('packets a second of a processor', lambda r: rate(r['rate'])),
        ('against plain', lambda r: ratio(r['ratio'])),
        ('lost', lambda r: whole(r['lost'])),
    ]),
    'tcp': Table('tcp', lambda r: r.rows('tcp'), [
        ('offloads of the links', lambda r: r['offloads']),
        ('plain', lambda r: per_processor(r['plain'])),
        ('through the tunnel', lambda r: per_processor(r['tunnel'])),
        ('ratio', lambda r: ratio(r['ratio'])),
    ]),
    'flow-move': Table('move', lambda r: r.rows('flow-move'), [
        ('packets a second', lambda r: whole(r['rate'])),
        ('moves', lambda r: whole(r['moves'])),
        ('request to answer', lambda r: duration(r['answer_us'])),
        ('request to first packet', lambda r: duration(r['first_us'])),
        ('longest', lambda r: duration(r['longest_us'])),
        ('sent', lambda r: whole(r['sent'])),
        ('lost', lambda r: whole(r['lost'])),
        ('twice', lambda r: whole(r['duplicated'])),
        ('out of order', lambda r: whole(r['reordered'])),
    ]),
    'bulk-move': Table('move', lambda r: r.rows('bulk-move'), [
        ('bindings of the MAG', lambda r: whole(r['bindings'])),
        ('one operation', lambda r: duration(r['one_us'])),
        ('longest', lambda r: duration(r['longest_us'])),
        ('an operation for each', lambda r: duration(r['each_us'])),
        ('each / one', lambda r: short(r['each_us'] / r['one_us'])),
    ]),
    'daemon-means': Table('daemon', lambda r: r.rows('daemon'), [
        ('mobile nodes', lambda r: whole(r['clients'])), ('store', lambda r: r['store'] or 'none'), *DAEMON_MEANS]),
    'datapath': Table('datapath', lambda r: r.rows('datapath'), [
        ('datapath', lambda r: f'{r["datapath"]}, {r["kernel"]}'),
        ('bindings', lambda r: whole(r['bindings'])),
        ('bind one', lambda r: duration(r['one_us'])),
        ('one of 64', lambda r: duration(r['many_us'])),
        ('all to another tunnel, by 64', lambda r: duration(r['each_us'])),
        ('by one operation', lambda r: duration(r['whole_us'])),
        ('ratio', lambda r: ratio(r['each_us'] / r['whole_us']) if r['whole_us'] else MISSING),  # a clock of user-mode Linux may have ticks of 10 ms
        ("others' routes", lambda r: whole(r['others'])),
        ('a successor is there', lambda r: duration(r['found_us'])),
        ('has named all', lambda r: duration(r['named_us'])),
        ('has swept', lambda r: duration(r['swept_us'])),
    ]),
    'scale': Table('scale', lambda r: r.rows('scale'), [
        ('bindings', lambda r: whole(r['bindings'])),
        ('flows', lambda r: whole(r['flows'])),
        ('LMA, MB', lambda r: short(r['bound_mb'])),
        ('with flows, MB', lambda r: short(r['full_mb'])),
        ('maps, MB', lambda r: short(r['maps_mb'])),
        ('counters, idle', lambda r: f'{r["idle_percent"]:.1f} %'),
        ('a tenth sends', lambda r: f'{r["sending_percent"]:.1f} %'),
        ('move', lambda r: duration(r['move_us'])),
        ('lost, twice', lambda r: f'{r["lost"]}, {r["duplicated"]}'),
        ('pmipctl', lambda r: duration(r['answer_us'])),
    ]),
    'flows': Table('library', lambda r: r.rows('flow-table'), [
        ('flows', lambda r: whole(r['flows'])),
        ('read a packet', lambda r: duration(r['parse_us'])),
        ('add its flow', lambda r: duration(r['add_us'])),
        ('find and count it', lambda r: duration(r['hit_us'])),
        ('delete it', lambda r: duration(r['delete_us'])),
        ('find / read', lambda r: short(r['hit_us'] / r['parse_us'])),
    ]),
    'python': Table('python', lambda r: r.rows('python'), [
        ('messages', lambda r: {'PBU': 'a PBU', 'PBA': 'a PBA'}.get(r['messages'], f'{r["count"]} kinds')),
        ('decode and check', lambda r: duration(r['decode_us'])),
        ('with all fields read', lambda r: duration(r['read_us'])),
        ('scapy', lambda r: duration(r['scapy_us'])),
        ('read / scapy', lambda r: f'{r["ratio"]:.3f}'),
    ]),
    'rules': Table('library', lambda r: r.rows('classifier'), [
        ('rules', lambda r: whole(r['rules'])),
        ('rule by rule', lambda r: duration(r['linear_us'])),
        ('by tuples', lambda r: duration(r['tuple_us'])),
        ('ratio', lambda r: short(r['linear_us'] / r['tuple_us'])),
    ]),
}


def curves(rows, x, **lines):
    """Lines of a figure: how each comes from a row."""
    return {name.replace('_', ' '): [(row[x], line(row)) for row in rows] for name, line in lines.items()}


FIGURES = {
    'performance-engine': Figure('engine', 'What a PBU costs the LMA engine', 'bindings', 'microseconds', lambda r: curves(
        r.rows('engine', growing='bindings'), 'bindings', decoding_alone=lambda row: row['decode_us'], new=lambda row: row['new_us'],
        move=lambda row: row['move_us'], extend=lambda row: row['extend_us'], release=lambda row: row['release_us'])),
    'performance-daemon': Figure('daemon', 'PBUs answered a second', 'mobile nodes', 'thousands a second', lambda r: curves(
        r.rows('daemon', store=None), 'clients', echo=lambda row: row['echo_mix'] / 1e3, LMA_first_registrations=lambda row: row['lma_register'] / 1e3,
        LMA_mix=lambda row: row['lma_mix'] / 1e3)),
    'performance-forward': Figure('forward', 'Packets a second of a processor, against plain forwarding', 'flows', '', lambda r: {
        **curves([row for row in r.rows('forward', way='tc', at_once=1) if row['flows']], 'flows', steered_by_tc=lambda row: row['ratio']),
        **curves(r.rows('forward', way='xdp', at_once=1), 'flows', steered_by_XDP=lambda row: row['ratio']),
        **curves(r.rows('forward', way='paper', at_once=1), 'flows', every_packet_by_NFQUEUE=lambda row: row['ratio'])}),
    'performance-bulk': Figure('move', 'Moving all bindings of a MAG to another one', 'bindings', 'milliseconds', lambda r: curves(
        r.rows('bulk-move'), 'bindings', one_operation=lambda row: row['one_us'] / 1e3, an_operation_for_each=lambda row: row['each_us'] / 1e3)),
    'performance-flows': Figure('library', 'What a packet costs the flow table', 'flows', 'nanoseconds', lambda r: curves(
        r.rows('flow-table'), 'flows', read_the_packet=lambda row: row['parse_us'] * 1e3, add_its_flow=lambda row: row['add_us'] * 1e3,
        find_and_count_it=lambda row: row['hit_us'] * 1e3)),
}
