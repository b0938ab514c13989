# SPDX-License-Identifier: BSD-2-Clause
"""Fig. 4: a phone with a logical interface over two WLANs. Congestion moves its download to and fro. Once with a bonding device, tunnel devices
and packets that wait in NFQUEUE, in user-mode Linux, as the paper had it; once with the interface and the forwarding made by BPF programs, on the
running kernel."""
import experiment_uml
import figures
from experiment_phone import WLANS_APART
from experiment_qos import download, median, read_download, values
from terminal import LOGICAL
from verdict import Verdict, all_seen, both_of, recovers, tcp_whole, two_intervals

TITLE = 'Fig. 4: logical interface, WLAN and WLAN, moves triggered by congestion'
PARAMETERS = {
    'moves': 6, 'spacing_s': 3.0, 'poll_s': 0.5, 'hysteresis_ms': 400,
    'radio_rates': ('20mbit', '20mbit'),  # what a WLAN of 802.11g carries
    'degraded': '3mbit',                  # what is left of a tunnel
}
QUICK = {'moves': 4, 'spacing_s': 2.4}
RTO_MS = 200  # after so long without a packet TCP takes all for lost: the least retransmission timeout of Linux


def run(out_dir, params):
    """Both; their figures and summaries."""
    record = experiment_uml.download(out_dir, params, '-bonding', terminal=LOGICAL, radios=WLANS_APART, slaves='bonding')
    flow, moves, bonding = read_download(record)
    figures.moved_flow(out_dir, 'fig4-bonding', flow, moves, record.end, title=f'{TITLE} (bonding)', close_ups=(1,))
    flow, moves, bpf, record = download('pmip-fig4-', out_dir, params, '-bpf', terminal=LOGICAL, radios=WLANS_APART)
    figures.moved_flow(out_dir, 'fig4-bpf', flow, moves, record.end, title=f'{TITLE} (BPF)', close_ups=(1,))
    return {'bonding': {**bonding, 'poll_s': params['poll_s']}, 'bpf': {**bpf, 'poll_s': params['poll_s']}, 'figures': ['fig4-bonding', 'fig4-bpf']}


both = both_of(('bonding', 'bpf'))


def _pauses(summary):
    gaps = values(summary, 'gap_ms')
    return Verdict(gaps and None not in gaps and max(gaps) < RTO_MS, f'a pause of {median(gaps) or 0:.1f} ms (median), {max(gap or 0 for gap in gaps):.1f} ms at most')


CLAIMS = [
    ('The flow manager moves the flow whenever the tunnel in use degrades.', both(all_seen)),
    ('The flow is on the other path within two polling intervals.', both(two_intervals)),
    ('The throughput recovers on the other path.', both(recovers)),
    ('The old path still works while the flow moves, so that packets keep coming.', both(_pauses)),
    ('The TCP connection survives all moves.', both(tcp_whole)),
]
