# SPDX-License-Identifier: BSD-2-Clause
"""Beyond the paper: how long a flow is interrupted, over many moves of each kind of trigger. A packet is sent each millisecond; an interruption is the
time between the last one by the old path and the first one by the new path."""
import time

import figures
from experiment_phone import WLANS, WLANS_APART, Phone, probe_flow
from experiment_qos import median
from series import moves
from terminal import LOGICAL, WEAK_HOST
from traffic import PROBE_PORT, Probe
from verdict import Verdict

TITLE = 'Interruptions: many moves by each kind of trigger'
PARAMETERS = {
    'moves': 1000, 'poll_s': 0.1, 'hysteresis_ms': 1,
    'hand_s': 0.06,             # between moves by hand
    'degraded': '300kbit',      # the probe has some 900 kbit/s in its tunnel
    'settle_s': 0.05,
    # From one outage to the next: a MAG sends no more than three PBUs a second for a mobile node (MAX_UPDATE_RATE, RFC 6275 section 12), and two
    # outages take two of them; what comes too soon waits.
    'outage_s': 0.4,
}
QUICK = {'moves': 50}
SHORT_QUEUE = 'burst', '1k', 'limit', '1k'  # of small packets: with a longer one it takes a while until any is dropped
MOST = 0.98  # of moves: this machine does other things, too
HAND, CONGESTION, OUTAGE = 'by hand', 'congestion', 'radio off'
TERMINALS = {HAND: (WEAK_HOST, WLANS), CONGESTION: (WEAK_HOST, WLANS), OUTAGE: (LOGICAL, WLANS_APART)}


def _hand(phone, params, way):
    phone.move(PROBE_PORT, 1 - way)
    time.sleep(params['hand_s'])


def _congestion(phone, params, way):
    phone.degrade(way, params['degraded'], SHORT_QUEUE)
    phone.by(PROBE_PORT, 1 - way, 1.0)
    phone.restore(way)
    time.sleep(params['settle_s'])


def _outage(phone, params, way):
    end = time.monotonic() + params['outage_s']
    phone.cut(way)
    time.sleep(params['settle_s'])
    phone.mend(way)
    time.sleep(max(params['settle_s'], end - time.monotonic()))


DO = {HAND: _hand, CONGESTION: _congestion, OUTAGE: _outage}


def one(out_dir, params, trigger):
    """All moves by one kind of trigger; return {'gap_ms', 'after_ms', 'lost', ...}."""
    terminal, radios = TERMINALS[trigger]
    with Phone('pmip-many-moves-', terminal=terminal, radios=radios, poll_s=params['poll_s'], hysteresis_ms=params['hysteresis_ms']) as phone:
        probe = Probe(phone.domain.cn, phone.domain.terminal.netns, phone.address)
        phone.known(PROBE_PORT)
        time.sleep(1)
        for _ in range(params['moves']):
            DO[trigger](phone, params, phone.way_of(PROBE_PORT))
        probe.stop()
        kept = phone.finish(out_dir, '-' + trigger.replace(' ', '-'))
    flow = probe_flow(kept, phone.start_ns)
    found = moves(flow, phone.triggers, phone.seconds(phone.end_ns))
    return {'moves': len(found), 'gap_ms': [round(m.gap_ms, 3) for m in found if m.first is not None], 'after_ms':
            [round(m.after_ms, 3) for m in found if m.first is not None], 'lost': flow.lost(), 'packets': len(flow.arrivals)}


def run(out_dir, params):
    """All kinds."""
    found = {trigger: one(out_dir, params, trigger) for trigger in DO}
    figures.distributions(out_dir, 'interruptions', {trigger: of['gap_ms'] for trigger, of in found.items()}, xlabel='ms without a packet',
                          title='Interruption of a flow that moves')
    figures.distributions(out_dir, 'reactions', {trigger: of['after_ms'] for trigger, of in found.items()}, xlabel='ms from the trigger',
                          title='From the trigger to the first packet by the other path')
    return {'kinds': found, 'poll_s': params['poll_s'], 'figures': ['interruptions', 'reactions']}


def _all(summary):
    seen = {trigger: (len(of['gap_ms']), of['moves']) for trigger, of in summary['kinds'].items()}
    return Verdict(all(came == asked > 0 for came, asked in seen.values()), ', '.join(f'{t}: {came} of {asked}' for t, (came, asked) in seen.items()))


def _percentile(values, share):
    return sorted(values)[min(len(values) - 1, int(share * len(values)))] if values else float('nan')


def _gap(trigger, limit_ms):
    def test(summary):
        gaps = summary['kinds'][trigger]['gap_ms']
        return Verdict(gaps and median(gaps) < limit_ms, f'median {median(gaps) or 0:.2f} ms, 95 of 100 under {_percentile(gaps, 0.95):.2f} ms, '
                       f'longest {max(gaps, default=0):.1f} ms')
    return test


def _hand_loss(summary):
    found = summary['kinds'][HAND]
    return Verdict(found['lost'] == 0 and found['packets'] > 0 and len(found['gap_ms']) == found['moves'], f'{found["lost"]} of {found["packets"] + found["lost"]} packets lost in {found["moves"]} moves')


def _two(summary):
    after = summary['kinds'][CONGESTION]['after_ms']
    asked, limit = summary['kinds'][CONGESTION]['moves'], 2000 * summary['poll_s']
    soon = sum(value <= limit for value in after)
    return Verdict(asked and soon >= MOST * asked, f'{soon} of {asked} within {limit:.0f} ms, the longest '
                   f'{max(after, default=0):.0f} ms')


CLAIMS = [
    ('Each trigger moves the flow.', _all),
    ('A move by hand is no interruption: the next packet, a millisecond later, goes the other way.', _gap(HAND, 5)),
    ('It loses nothing.', _hand_loss),
    ('A move by congestion is none either.', _gap(CONGESTION, 10)),
    ('It comes within two polling intervals.', _two),
    ('A radio that is switched off costs some milliseconds.', _gap(OUTAGE, 20)),
]
