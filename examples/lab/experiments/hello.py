# SPDX-License-Identifier: BSD-2-Clause
"""The smallest experiment, to begin with: a phone watches a video by 3G, the network moves it to WLAN and back, and nothing is lost."""
import time

from verdict import Verdict

TITLE = 'Hello: a video that is moved from 3G to WLAN and back'
TOPOLOGY = 'paper'
PARAMETERS = {'kbps': 400, 'phase_s': 2.0, 'within_ms': 500}
QUICK = {'phase_s': 1.0}


def run(lab, out_dir, params):
    """One video, two moves; what came by which radio is taken from captures."""
    captures = {radio: lab.capture('mn', radio, 'udp') for radio in ('3g', 'wlan')}
    video = lab.video('cn', 'mn', params['kbps'], radio='3g')
    lab.flow(video.port)
    time.sleep(params['phase_s'])
    asked = {}
    for radio in ('wlan', '3g'):
        asked[radio] = lab.move_flow(video.port, 'mn', radio)
        time.sleep(params['phase_s'])
    video.stop()
    time.sleep(0.5)  # for what waits in the 3G link
    lab.save(out_dir)
    firsts = {radio: captures[radio].first(ns, lambda p: p.kind == 'UDP') for radio, ns in asked.items()}
    moves = [{'to': radio, 'first_packet_ms': first and round((first.ns - asked[radio]) / 1e6, 1)} for radio, first in firsts.items()]
    numbers = [packet.seq for capture in captures.values() for packet in capture.packets() if packet.kind == 'UDP']
    return {'within_ms': params['within_ms'], 'moves': moves, 'packets': len(numbers), 'lost': max(numbers) + 1 - len(set(numbers))}


def quickly(summary):
    """All moves came, and how long that took."""
    times = [move['first_packet_ms'] for move in summary['moves']]
    return Verdict(None not in times and max(times) < summary['within_ms'], f'first packets after {times} ms')


CLAIMS = [
    ('The video moves each time it is told to, within the time that it is given, half a second.', quickly),
    ('Planned moves lose no packet.', lambda summary: Verdict(summary['packets'] and not summary['lost'],
                                                              f'{summary["lost"]} of {summary["packets"]} packets lost')),
]
