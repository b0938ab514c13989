# SPDX-License-Identifier: BSD-2-Clause
"""Fig. 7: a phone with a logical interface over two WLANs. Its radio is switched off, to and fro; a stream of small packets shows how long the
network itself takes, TCP how long it takes to notice."""
import time

import figures
from experiment_phone import TCP_PORT, WLANS_APART, Phone, connections, probe_flow, tcp_flow
from experiment_qos import download, median, rate_before, recovered_ms, values
from series import moves, rounded
from terminal import LOGICAL
from traffic import Probe
from verdict import Verdict, all_seen, recovers, tcp_whole

TITLE = 'Fig. 7: logical interface, WLAN and WLAN, moves triggered by a radio that is switched off'
PARAMETERS = {
    'moves': 6, 'off_s': 1.5, 'on_s': 1.5, 'lead_s': 2.0,
    'radio_rates': ('20mbit', '20mbit'),  # what a WLAN of 802.11g carries
    'gap_goal_ms': 20,                    # of the network's part
    # The moves by congestion that these are held against, as in Fig. 4.
    'congestion': {'moves': 6, 'spacing_s': 2.4, 'poll_s': 0.5, 'hysteresis_ms': 400, 'degraded': '3mbit'},
}
QUICK = {'moves': 4, 'congestion': {**PARAMETERS['congestion'], 'moves': 2}}


def run(out_dir, params):
    """One run; its figure and summary."""
    seconds = int(params['lead_s'] + params['moves'] * (params['off_s'] + params['on_s'])) + 2
    with Phone('pmip-fig7-', terminal=LOGICAL, radios=WLANS_APART, rates=params['radio_rates']) as phone:
        probe = Probe(phone.domain.cn, phone.domain.terminal.netns, phone.address)
        traffic = phone.download(seconds)
        phone.known(TCP_PORT)
        time.sleep(params['lead_s'])
        for _ in range(params['moves']):
            way = phone.way_of(TCP_PORT)
            phone.cut(way)
            time.sleep(params['off_s'])
            phone.mend(way)
            time.sleep(params['on_s'])
        result = traffic.result(60)
        probe.stop()
        kept = phone.finish(out_dir)
        energy, radios = phone.energy(kept), phone.timelines(kept)
    flow, small, end = tcp_flow(kept, phone.start_ns), probe_flow(kept, phone.start_ns), phone.seconds(phone.end_ns)
    found, probed = moves(flow, phone.triggers, end), moves(small, phone.triggers, end)
    rate = rate_before(flow, phone.triggers)
    figures.moved_flow(out_dir, 'fig7', flow, found, end, title=TITLE, close_ups=(0, 1), around=0.1)
    figures.states(out_dir, 'states', radios, title='What the radios did')
    rows = [{**move.row(), 'recovered_ms': rounded(recovered_ms(flow, move, rate)), 'network_gap_ms': rounded(net.gap_ms)}
            for move, net in zip(found, probed)]
    other = download('pmip-fig7-', out_dir, {**params['congestion'], 'radio_rates': params['radio_rates']}, '-congestion', terminal=LOGICAL, radios=WLANS_APART)[2]
    return {'moves': rows, 'seen': sum(move.first is not None for move in found), 'gap_goal_ms': params['gap_goal_ms'],
            'by_congestion': other, 'tcp': {**result, **connections(kept, seconds)}, 'energy': energy, 'figures': ['fig7', 'states']}


def _network(summary):
    gaps = values(summary, 'network_gap_ms')
    return Verdict(None not in gaps and median(gaps) < summary['gap_goal_ms'],
                   f'median {median(gaps):.1f} ms, {min(g or 0 for g in gaps):.1f} to {max(g or 0 for g in gaps):.1f} ms without a packet')


def _tcp(summary):
    gaps = [gap for gap in values(summary, 'gap_ms') if gap is not None]
    own = median(values(summary, 'network_gap_ms'))
    return Verdict(gaps and median(gaps) > own, f'TCP pauses for {median(gaps):.0f} ms (median, {max(gaps):.0f} at most), the network for {own:.1f}: '
                   'the rest is the retransmission timer of TCP')


def _longer(summary):
    outage, congestion = values(summary, 'gap_ms'), values(summary['by_congestion'], 'gap_ms')
    return Verdict(None not in outage + congestion and median(outage) > median(congestion),
                   f'medians of the pause of TCP: {median(outage) or 0:.1f} ms by a radio that is switched off, {median(congestion) or 0:.1f} ms by congestion')


CLAIMS = [
    ('When the radio in use is switched off the flow goes on by the other one, and back when that one is.', all_seen),
    ('The network takes milliseconds: the MAG sees that the link is gone, the LMA moves the flow at once.', _network),
    ('The pause of TCP is longer than that: what was on its way is lost, and its timer has to run out.', _tcp),
    ('Such a pause is longer than that of a move by congestion (Fig. 4), for then the old path still works.', _longer),
    ('The throughput recovers on the other path.', recovers),
    ('The TCP connection survives all moves.', lambda summary: tcp_whole(summary, summary['by_congestion'])),
]
