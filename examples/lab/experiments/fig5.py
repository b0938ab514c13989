# SPDX-License-Identifier: BSD-2-Clause
"""Fig. 5: a weak-host phone on two WLANs. Congestion moves its download to and fro."""
import figures
from experiment_qos import download
from experiment_phone import WLANS
from verdict import all_seen, recovers, tcp_whole, two_intervals

TITLE = 'Fig. 5: weak host, WLAN and WLAN, moves triggered by congestion'
PARAMETERS = {
    'moves': 6, 'spacing_s': 3.0, 'poll_s': 0.5, 'hysteresis_ms': 400,
    'radio_rates': ('20mbit', '20mbit'),       # what a WLAN of 802.11g carries
    'degraded': '3mbit',                       # what is left of a tunnel
}
QUICK = {'moves': 4, 'spacing_s': 2.4}


def run(out_dir, params):
    """One run; its figure and summary."""
    flow, moves, summary, record = download('pmip-fig5-', out_dir, params, radios=WLANS)
    figures.moved_flow(out_dir, 'fig5', flow, moves, record.end, title=TITLE, close_ups=(1,))
    return {**summary, 'poll_s': params['poll_s'], 'figures': ['fig5']}


CLAIMS = [
    ('The flow manager moves the flow whenever the tunnel in use degrades.', all_seen),
    ('The flow is on the other path within two polling intervals.', two_intervals),
    ('The throughput recovers on the other path.', recovers),
    ('The TCP connection survives all moves.', tcp_whole),
]
