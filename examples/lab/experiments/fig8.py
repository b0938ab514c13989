# SPDX-License-Identifier: BSD-2-Clause
"""Fig. 8: a weak-host phone on 3G and WLAN. An operator moves its video of a low rate by hand."""
import time

import figures
from experiment_phone import UMTS_WLAN, VIDEO_PORT, Phone, video_flow
from experiment_qos import values
from series import moves
from verdict import Verdict, all_seen

TITLE = 'Fig. 8: weak host, 3G and WLAN, moves of a video by hand'
PARAMETERS = {
    'moves': 6, 'spacing_s': 3.0, 'lead_s': 2.0,
    'video_kbps': 400,
    'radio_rates': ('3600kbit', '20mbit'),  # HSDPA category 6 (3GPP TS 25.306), a WLAN of 802.11g
}
QUICK = {'moves': 4, 'spacing_s': 2.0}


def run(out_dir, params):
    """One run; its figure and summary."""
    with Phone('pmip-fig8-', radios=UMTS_WLAN, rates=params['radio_rates']) as phone:
        traffic = phone.video(params['video_kbps'])
        phone.known(VIDEO_PORT)
        time.sleep(params['lead_s'])
        for number in range(params['moves']):
            phone.move(VIDEO_PORT, (number + 1) % 2)
            time.sleep(params['spacing_s'])
        traffic.stop()
        kept = phone.finish(out_dir)
        energy, radios = phone.energy(kept), phone.timelines(kept)
    flow = video_flow(kept, phone.start_ns)
    found = moves(flow, phone.triggers, phone.seconds(phone.end_ns))
    figures.moved_flow(out_dir, 'fig8', flow, found, phone.seconds(phone.end_ns), title=TITLE, close_ups=(0, 1), bytes_too=False, around=0.15)
    figures.states(out_dir, 'states', radios, title='What the radios did')
    period = 1200 * 8 / params['video_kbps']
    return {'moves': [move.row() for move in found], 'seen': sum(move.first is not None for move in found), 'period_ms': period,
            'packets': len(flow.arrivals), 'lost': flow.lost(), 'twice': len(flow.arrivals) - len({a.number for a in flow.arrivals}), 'energy': energy,
            'figures': ['fig8', 'states']}


def _next_packet(summary):
    after = values(summary, 'after_ms')
    return Verdict(None not in after and max(after) <= 4 * summary['period_ms'],
                   f'after {max(a or 0 for a in after):.1f} ms at most; a packet is sent each {summary["period_ms"]:.0f} ms')


CLAIMS = [
    ('The video goes where the operator wants it.', all_seen),
    ('A move that is planned loses no packet.',
     lambda summary: Verdict(summary['lost'] == 0 and summary['packets'] > 0, f'{summary["lost"]} lost and {summary["twice"]} twice of {summary["packets"]}')),
    ('The next packets already come by the other network.', _next_packet),
]
