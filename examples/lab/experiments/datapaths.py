# SPDX-License-Identifier: BSD-2-Clause
"""Beyond the paper: the experiment of Fig. 5 by both datapaths, side by side: BPF programs on the running kernel, and tunnel devices, routes and NFQUEUE
by netlink in user-mode Linux."""
import experiment_uml
import figures
import impair
from experiment_phone import WLANS
from experiment_qos import download, read_download, values
from terminal import WEAK_HOST
from verdict import Verdict, all_seen, both_of, recovers, tcp_whole, two_intervals

TITLE = 'Datapaths: BPF and netlink, weak host, moves triggered by congestion'
PARAMETERS = {
    'moves': 6, 'spacing_s': 3.0, 'poll_s': 0.5, 'hysteresis_ms': 400,
    'radio_rates': ('20mbit', '20mbit'), 'degraded': '3mbit',
}
QUICK = {'spacing_s': 2.4, 'moves': 4}
KINDS = ('bpf', 'netlink')
SHARE = 0.8  # of a radio's rate that has to arrive as payload


def run(out_dir, params):
    """Both; their figures and summaries."""
    found, pauses, reactions = {}, {}, {}
    for kind in KINDS:
        if kind == 'bpf':
            flow, moves, summary, record = download('pmip-paths-', out_dir, params, '-bpf', radios=WLANS)
        else:
            record = experiment_uml.download(out_dir, params, '-netlink', terminal=WEAK_HOST, radios=WLANS)
            flow, moves, summary = read_download(record)
        figures.moved_flow(out_dir, kind, flow, moves, record.end, title=f'Weak host, moves triggered by congestion, by {kind}', close_ups=(0, 1))
        found[kind] = {**summary, 'poll_s': params['poll_s']}
        pauses[kind], reactions[kind] = ([v for v in values(summary, key) if v is not None] for key in ('gap_ms', 'after_ms'))
    carries = min(impair.rate(text) for text in params['radio_rates']) / 1e6
    return {**found, 'radio_mbps': carries, 'pauses_ms': pauses, 'reactions_ms': reactions, 'figures': list(KINDS)}


both = both_of(KINDS)


def _rates(summary):
    return Verdict(min(summary[kind]['rate_mbps'] for kind in KINDS) >= SHARE * summary['radio_mbps'], ', '.join(
        f'{kind} {summary[kind]["rate_mbps"]:.1f} Mbit/s' for kind in KINDS) + f' of payload; a radio has {summary["radio_mbps"]:.0f} Mbit/s')


CLAIMS = [
    ('Both move the flow whenever the tunnel in use degrades.', both(all_seen)),
    ('Both within two polling intervals.', both(two_intervals)),
    ('The throughput recovers by both.', both(recovers)),
    ('Both carry what the radios carry.', _rates),
    ('TCP connections survive by both.', both(tcp_whole)),
]
