# SPDX-License-Identifier: BSD-2-Clause
"""What must hold, and whether it does in the results that there are."""
import collections

from text import MISSING, duration, ratio, short, whole

# measured: function of the results to (text, whether it holds), or None when that was not measured
Goal = collections.namedtuple('Goal', 'what goal bench measured')


def at_least(value, bound, text=ratio):
    """A number that must not be smaller, None: it was not measured."""
    return None if value is None else (text(value), value >= bound)


def below(value, bound, text):
    """A number that must be smaller, None: it was not measured."""
    return None if value is None else (text(value), value < bound)


def against_echo(results, clients):
    """PBUs answered by the LMA with its store, to those of the responder."""
    rows = results.rows('daemon', clients=clients, store='fast')
    return rows[0]['lma_mix'] / rows[0]['echo_mix'] if rows else None


def against_paper(results, way, flows):
    """How many times the packets of the paper's way with so many moved flows one of ours forwards."""
    paper, ours = (results.value('rate', 'forward', way=each, flows=flows, at_once=1) for each in ('paper', way))
    return ours / paper if ours and paper else None


def flatness(results, flows):
    """Steered forwarding with so many flows to that with one, each against plain forwarding of the same packets."""
    one, many = (results.value('ratio', 'forward', way='tc', flows=count, at_once=1) for count in (1, flows))
    return many / one if one and many else None


def of_daemon(column, bound, text, clients=1000000):
    """What the LMA with its store needs of something."""
    return lambda results: below(results.value(column, 'daemon', clients=clients, store='fast'), bound, text)


def segments(results):
    """Those of a sender that leaves it to the kernel to cut them up."""
    rows = results.rows('udp-segment')
    return (f'{whole(rows[0]["received"])} of {whole(rows[0]["sent"])}', rows[0]["received"] == rows[0]["sent"]) if rows else None


def not_once(results):
    """Packets of a flow that was moved while it ran at full speed that did not arrive just once."""
    rows = results.rows('flow-move', rate=100000)
    return (f'{whole(rows[0]["lost"])} and {whole(rows[0]["duplicated"])}', rows[0]['lost'] == rows[0]['duplicated'] == 0) if rows else None


GOALS = [
    Goal('steered forwarding, tc, packets a second of a processor, against plain forwarding', '0.90 or more', 'forward',
         lambda r: at_least(r.value('ratio', 'forward', way='tc', flows=1, at_once=1), 0.90)),
    Goal('the same with netfilter at the MAGs, as it is by default', '0.90 or more', 'forward',
         lambda r: at_least(r.value('ratio', 'forward', way='tc-netfilter', flows=1, at_once=1), 0.90)),
    Goal('without it and with 500 000 flows, against one', '0.90 or more', 'forward', lambda r: at_least(flatness(r, 500000), 0.90)),
    Goal('steered forwarding, XDP, packets a second of a processor, against plain forwarding', '2.5 or more', 'forward',
         lambda r: at_least(r.value('ratio', 'forward', way='xdp', flows=1, at_once=1), 2.5)),
    Goal("steered forwarding, tc, against the paper's way (every packet by NFQUEUE, a rule for each flow), 1 flow", '5 times or more', 'forward',
         lambda r: at_least(against_paper(r, 'tc', 1), 5)),
    Goal('the same with 10 000 moved flows of 20 000', '25 times or more', 'forward', lambda r: at_least(against_paper(r, 'tc', 20000), 25)),
    Goal("steered forwarding, XDP, against the paper's way, 1 flow", '5 times or more', 'forward', lambda r: at_least(against_paper(r, 'xdp', 1), 5)),
    Goal('the same with 10 000 moved flows of 20 000', '25 times or more', 'forward', lambda r: at_least(against_paper(r, 'xdp', 20000), 25)),
    Goal('TCP through the tunnel against plain, a second of a processor, offloads off', '0.95 or more', 'tcp',
         lambda r: at_least(r.value('ratio', 'tcp', offloads='off'), 0.95)),
    Goal('the same, offloads on', '0.80 or more', 'tcp', lambda r: at_least(r.value('ratio', 'tcp', offloads='on'), 0.80)),
    Goal('datagrams of a UDP_SEGMENT sender that arrive', 'all', 'tcp', segments),
    Goal('flow move, request on the socket to the first packet on the new path, at 100 000 packets a second', 'under 200 us, median', 'move',
         lambda r: below(r.value('first_us', 'flow-move', rate=100000), 200, duration)),
    Goal('packets lost and duplicated by it', '0', 'move', not_once),
    Goal('the same with 1 000 000 bindings and 500 000 flows in the LMA', 'under 200 us, median', 'scale',
         lambda r: below(r.value('move_us', 'scale', bindings=1000000), 200, duration)),
    Goal('LMA and flow manager, for the counters of 100 000 flows, a tenth of which send', 'under 5 % of a processor', 'scale',
         lambda r: below(r.value('sending_percent', 'scale', flows=100000), 5, lambda percent: f'{percent:.1f} %')),
    Goal("a MAG's 50 000 bindings moved to another one", 'under 150 ms', 'move',
         lambda r: below(r.value('one_us', 'bulk-move', bindings=50000), 150e3, duration)),
    Goal('the same by netlink, in user-mode Linux where the kernel has no ip6tnl', 'under 150 ms', 'datapath',
         lambda r: below(r.value('whole_us', 'datapath', datapath='netlink'), 150e3, duration)),
    Goal('decoding from Python, all fields read, against scapy', '0.10 or less', 'python',
         lambda r: below(r.value('ratio', 'python', messages='all'), 0.1, lambda value: f'{value:.3f}')),
    Goal('LMA daemon with bpf and its store (fast), PBU to PBA, against the echo: 1 000 bindings', '0.70 or more', 'daemon-fast',
         lambda r: at_least(against_echo(r, 1000), 0.70)),
    Goal('the same with 1 000 000 bindings', '0.60 or more', 'daemon-fast', lambda r: at_least(against_echo(r, 1000000), 0.60)),
    Goal('p99 of PBU to PBA at half load, 1 000 bindings', 'under 2 ms', 'daemon-fast', of_daemon('half_p99_us', 2000, duration, 1000)),
    Goal('LMA memory at 1 000 000 bindings', 'under 600 MB', 'daemon-fast', of_daemon('memory', 600e6, lambda octets: f'{short(octets / 1e6)} MB')),
    Goal('start with 1 000 000 stored bindings until serving, kernel state kept', 'under 5 s', 'daemon-fast',
         of_daemon('cold_s', 5, lambda s: duration(s * 1e6))),
]


def rows(results):
    """The table, all goals."""
    for goal in GOALS:
        measured = goal.measured(results)
        text, met = ('not measured', MISSING) if measured is None else (measured[0], 'yes' if measured[1] else '**no**')
        yield goal.what, goal.goal, text, met, f'`make bench BENCH={goal.bench}`'


TITLES = ('what', 'goal', 'measured', 'met', 'command')
