# SPDX-License-Identifier: BSD-2-Clause
"""Fig. 6: a weak-host phone on 3G and WLAN. Congestion moves its video to and fro; it begins on 3G."""
import figures
from experiment_phone import UMTS_WLAN
from experiment_qos import video
from verdict import Verdict, all_seen, recovers, two_intervals

TITLE = 'Fig. 6: weak host, 3G and WLAN, moves of a video triggered by congestion'
PARAMETERS = {
    'moves': 8, 'spacing_s': 3.0, 'poll_s': 0.5, 'hysteresis_ms': 400,
    'video_kbps': 1500,                   # constant, in datagrams of 1200 octets
    'radio_rates': ('3600kbit', '20mbit'),  # HSDPA category 6 (3GPP TS 25.306), a WLAN of 802.11g
    'degraded': '700kbit',
}
QUICK = {'moves': 4, 'spacing_s': 2.4}


def run(out_dir, params):
    """One run; its figure and summary."""
    flow, moves, summary, record = video('pmip-fig6-', out_dir, params, radios=UMTS_WLAN)
    figures.moved_flow(out_dir, 'fig6', flow, moves, record.end, title=TITLE, close_ups=(0, 1), bytes_too=False, around=0.1)
    degraded = [(move.trigger, move.first) for move in moves if move.first is not None]
    return {**summary, 'poll_s': params['poll_s'], 'figures': ['fig6'], 'starts_on': flow.arrivals[0].path if flow.arrivals else None,
            'lost_else': flow.lost() - sum(flow.lost_between(begin - 0.1, end + 0.5) for begin, end in degraded)}


CLAIMS = [
    ('The video begins on 3G.', lambda summary: Verdict(summary['starts_on'] == '3g', f'by {summary["starts_on"]}')),
    ('Each time that the tunnel in use degrades the video goes to the other network.', all_seen),
    ('It does so within two polling intervals.', two_intervals),
    ('The video has its rate again after each move.', recovers),
    ('What is lost is lost in the degraded tunnel before the move; the moves lose nothing.',
     lambda summary: Verdict(summary['lost_else'] == 0, f'{summary["video"]["lost"]} of {summary["video"]["packets"] + summary["video"]["lost"]} packets '
                             f'lost while a tunnel was slow, {summary["lost_else"]} else')),
]
