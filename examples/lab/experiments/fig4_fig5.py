# SPDX-License-Identifier: BSD-2-Clause
"""Fig. 4 against Fig. 5: both kinds of terminal in turn, run after run, and whether their moves differ. The test is that of Mann and Whitney, over all
moves, and over all runs."""
import figures
from experiment_phone import WLANS, WLANS_APART
from experiment_qos import download, median, values
from statistic import mann_whitney
from terminal import LOGICAL, WEAK_HOST
from verdict import Verdict, all_seen, tcp_whole, two_intervals

TITLE = 'Fig. 4 against Fig. 5: logical interface against weak host'
PARAMETERS = {
    # From one move to the next it takes spacing_s, and up to poll_s less. A flow that moves again within four times the hysteresis stays longer.
    'runs': 10, 'moves': 6, 'spacing_s': 2.2, 'poll_s': 0.5, 'hysteresis_ms': 400,
    'radio_rates': ('20mbit', '20mbit'), 'degraded': '3mbit',
    'significance': 0.01,  # what is less probable than this is a difference
    'share': 0.25,         # so is what is more than this of the median, however few runs there are
    # When a flow has its rate again depends on when in the polling interval the trigger comes, up to two of them.
    'recovery_share': 1.0,
}
# Twelve moves a kind: one of twenty such pairs of equals is apart by the share of a whole run, one of five hundred by this one.
QUICK = {'runs': 2, 'significance': 0.001, 'recovery_share': 2.0}
KINDS = {LOGICAL: WLANS_APART, WEAK_HOST: WLANS}
SAMPLES = ('recovered_ms', 'gap_ms')


def run(out_dir, params):
    """All runs, the kinds in turn."""
    runs = {kind: [] for kind in KINDS}
    for number in range(params['runs']):
        for kind, radios in KINDS.items():
            runs[kind].append(download('pmip-fig45-', out_dir, params, f'-{kind}-{number + 1}', terminal=kind, radios=radios)[2])
    rows = [move for of_kind in runs.values() for each in of_kind for move in each['moves']]
    samples = {key: {kind: [v for each in of_kind for v in values(each, key) if v is not None] for kind, of_kind in runs.items()} for key in SAMPLES}
    samples['rate_mbps'] = {kind: [each['tcp']['bytes'] * 8 / each['tcp']['seconds'] / 1e6 for each in of_kind] for kind, of_kind in runs.items()}
    figures.boxes(out_dir, 'recovery', samples['recovered_ms'], title='From the congestion until the flow has its rate again', ylabel='ms')
    figures.boxes(out_dir, 'throughput', samples['rate_mbps'], title='Throughput of each run, with all its moves', ylabel='Mbit/s')
    return {'moves': rows, 'seen': sum(move['after_ms'] is not None for move in rows), 'poll_s': params['poll_s'], 'significance': params['significance'],
            'shares': {'rate_mbps': params['share'], 'recovered_ms': params['recovery_share']},
            'p': {key: round(mann_whitney(*found.values()), 4) for key, found in samples.items()},
            'median': {key: {kind: median(found) for kind, found in sample.items()} for key, sample in samples.items()},
            'runs': {kind: [each['tcp'] for each in of_kind] for kind, of_kind in runs.items()}, 'figures': ['recovery', 'throughput']}


def _same(key, unit):
    def test(summary):
        middle = ', '.join(f'{kind} {value:.2f} {unit}' for kind, value in summary['median'][key].items())
        low, high = sorted(summary['median'][key].values())
        return Verdict(summary['p'][key] >= summary['significance'] and high <= (1 + summary['shares'][key]) * low, f'p = {summary["p"][key]}; medians: {middle}')
    return test


def _pauses(summary):
    middle = summary['median']['gap_ms']
    return Verdict(max(middle.values()) < 1, 'medians of the pause: ' + ', '.join(f'{kind} {value:.2f} ms' for kind, value in middle.items()))


CLAIMS = [
    ('The two kinds of terminal do not differ in how soon a flow that has to move has its rate again.', _same('recovered_ms', 'ms')),
    ('Nor in their throughput.', _same('rate_mbps', 'Mbit/s')),
    ('With neither does a flow pause when it moves.', _pauses),
    ('All moves happen.', all_seen),
    ('All within two polling intervals.', two_intervals),
    ('No run loses its TCP connection.', lambda summary: tcp_whole(*({'tcp': tcp} for runs in summary['runs'].values() for tcp in runs))),
]
