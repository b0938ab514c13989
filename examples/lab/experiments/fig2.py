# SPDX-License-Identifier: BSD-2-Clause
"""Fig. 2: what plain PMIPv6 cannot do and the extended one can. A phone is on 3G and WLAN with two flows on 3G; the network is asked to move one of
them to WLAN. The same run twice: flow mobility is not given to the phone, and it is."""
import collections
import time

import figures
from experiment_phone import UMTS_WLAN, VIDEO_PORT, Phone, video_flow
from netns import LabError
from domain import CN_ADDR, MAG_ADDR
from series import moves
from verdict import Verdict

TITLE = 'Fig. 2: plain PMIPv6 against the extended one'
PARAMETERS = {
    'before_s': 2.0, 'after_s': 3.0, 'video_kbps': 400,
    'radio_rates': ('3600kbit', '20mbit'),
}
QUICK = {'after_s': 2.0}
KINDS = {'plain': False, 'extended': True}
MOVED, OTHER = VIDEO_PORT, VIDEO_PORT + 1


def one(out_dir, params, kind, extended):
    """One of the two runs: what the network says, and by which radio the packets come."""
    with Phone('pmip-fig2-', radios=UMTS_WLAN, rates=params['radio_rates'], plain=not extended) as phone:
        prefixes = {b['prefixes'][0] for b in phone.domain.lma.ask('bindings')['bindings']}
        streams = [phone.video(params['video_kbps'], port=port) for port in (MOVED, OTHER)]
        time.sleep(params['before_s'])
        said = 'moved'
        phone.noted(time.time_ns(), 1)
        try:
            flow = phone.domain.lma.ask('flow-add', src=CN_ADDR, dst=phone.address, proto=17, sport=MOVED, dport=MOVED)['id']
            phone.domain.lma.ask('flow-move', id=flow, to=MAG_ADDR[1])
        except LabError as error:
            said = str(error)
        time.sleep(params['after_s'])
        for stream in streams:
            stream.stop()
        kept = phone.finish(out_dir, f'-{kind}')
    end = phone.seconds(phone.end_ns)
    moved, other = (video_flow(kept, phone.start_ns, port) for port in (MOVED, OTHER))
    found = moves(moved, phone.triggers, end)
    figures.moved_flow(out_dir, kind, moved, found, end, title=f'{kind.capitalize()} PMIPv6: the flow that is to go to WLAN', bytes_too=False, around=0.15)
    return {'prefixes': len(prefixes), 'said': said, 'moved': found[0].row(), 'lost': moved.lost(), 'packets': len(moved.arrivals), 'by': _by(moved),
            'other': _by(other), 'other_lost': other.lost()}


def _by(flow):
    """Packets of a flow by the radio that they came by."""
    return dict(sorted(collections.Counter(arrival.path for arrival in flow.arrivals).items()))


def _ways(packets):
    return ', '.join(f'{count} by {path}' for path, count in packets.items()) or 'none'


def run(out_dir, params):
    """Both."""
    return {**{kind: one(out_dir, params, kind, extended) for kind, extended in KINDS.items()}, 'figures': list(KINDS)}


def _both(summary):
    return Verdict(all(summary[kind]['prefixes'] == 2 for kind in KINDS), ', '.join(f'{kind}: {summary[kind]["prefixes"]} prefixes' for kind in KINDS))


def _plain(summary):
    plain = summary['plain']
    return Verdict(plain['by'].get('3g') and list(plain['by']) == ['3g'] and plain['said'] != 'moved', f'the LMA says "{plain["said"]}"; packets came {_ways(plain["by"])}')


def _extended(summary):
    new = summary['extended']
    return Verdict(new['moved']['after_ms'] is not None and new['said'] == 'moved' and new['lost'] == 0,
                   f'by WLAN after {new["moved"]["after_ms"]} ms, {new["lost"]} of {new["packets"]} packets lost' if new['moved']['after_ms'] is not None
                   else new['said'])


def _other(summary):
    return Verdict(all(list(summary[kind]['other']) == ['3g'] and not summary[kind]['other_lost'] for kind in KINDS), '; '.join(
        f'{kind}: {_ways(summary[kind]["other"])}, {summary[kind]["other_lost"]} lost' for kind in KINDS))


CLAIMS = [
    ('In plain PMIPv6 each interface has a session and prefixes of its own.', _both),
    ('It cannot move a flow to the other interface: the MAG there does not know the prefix.', _plain),
    ('The extended one moves it, and it keeps its address.', _extended),
    ('The other flow stays where it is.', _other),
]
