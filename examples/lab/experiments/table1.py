# SPDX-License-Identifier: BSD-2-Clause
"""Table 1: what the phone's radios take. The captures tell in which state each radio was, a table of published watts what that costs; after the
traffic the radios fall back to idle, which counts too."""
import time

import energy
import figures
from experiment_phone import UMTS_WLAN, VIDEO_PORT, Phone, connections
from verdict import Verdict, tcp_whole

TITLE = 'Table 1: energy, 3G only against offloaded to WLAN'
PARAMETERS = {
    'seconds': 20, 'video_kbps': 1500,
    'radio_rates': ('3600kbit', '20mbit'),  # HSDPA category 6 (3GPP TS 25.306), a WLAN of 802.11g
    'after_s': 12,                          # counted after the traffic: longer than the tails of all models
    'model': energy.DEFAULT_MODEL,
    'paper_percent': 16,
}
QUICK = {'seconds': 8}
NEAR_PERCENT = 5  # what is as near as this to the paper's number is the same
# Name: (download goes by, video goes by); None: there is none.
CASES = {
    'download, 3G only': ('3g', None),
    'download, offloaded': ('wlan', None),
    'video, 3G only': (None, '3g'),
    'video, offloaded': (None, 'wlan'),
    'both, 3G only': ('3g', '3g'),
    'both, download offloaded': ('wlan', '3g'),
}


# All of TCP, or else the connection by which iperf3 ends wakes the other radio up.
OFFLOAD = '''\
applications:
  - name: downloads
    selectors: [{protocol: tcp}]
rules:
  - name: downloads by wlan
    application: downloads
    prefer: [wlan]
'''


def case(out_dir, params, name, download_by, video_by):
    """One run: the energy by each model."""
    with Phone('pmip-table1-', radios=UMTS_WLAN, rates=params['radio_rates'], settings=OFFLOAD if download_by == 'wlan' else '') as phone:
        if 'wlan' not in (download_by, video_by):
            phone.cut(1)
            phone.off['wlan'][0][0] = phone.start_ns
        download = phone.download(params['seconds']) if download_by else None
        video = phone.video(params['video_kbps']) if video_by else None
        if video_by == 'wlan':
            phone.known(VIDEO_PORT)
            phone.move(VIDEO_PORT, 1)
        time.sleep(params['seconds'])
        if video:
            video.stop()
        result = download.result(60) if download else None
        kept = phone.finish(out_dir, '-' + name.replace(', ', '-').replace(' ', '-').lower())
        result = {**result, **connections(kept, params['seconds'])} if download else None
        phone.end_ns += int(params['after_s'] * 1e9)
    found = {model: energy.account(phone.account_of(kept), phone.start_ns, phone.end_ns, phone.off_times(), model) for model in energy.MODELS}
    return {'models': found, 'j_per_mb': {model: round(energy.per_mb(account), 4) for model, account in found.items()}, 'tcp': result}


def run(out_dir, params):
    """All cases; the energy of each by state."""
    cases = {name: case(out_dir, params, name, *ways) for name, ways in CASES.items()}
    model = params['model']
    rows, mb = {}, {}
    for name, found in cases.items():
        account = found['models'][model]
        rows[_label(name)] = {f'{radio} {state}': spent for radio, of in account['radios'].items()
                                           for state, spent in _grouped(of['joules']).items()}
        mb[name] = {'J for each MB': found['j_per_mb'][model]}
    figures.bars(out_dir, 'energy', rows, title=f'Energy by radio and what it did: {energy.MODELS[model].name}', ylabel='J',
                 parts=('3g active', '3g tail and idle', 'wlan active', 'wlan tail and idle'))
    figures.bars(out_dir, 'j-per-mb', {_label(name): row for name, row in mb.items()}, ylabel='J/MB', parts=('J for each MB',),
                 title=f'Energy for each MB that arrived: {energy.MODELS[model].name}')
    saved = {m: {what: round(100 * (1 - cases[f'{what}, offloaded']['j_per_mb'][m] / cases[f'{what}, 3G only']['j_per_mb'][m]), 1)
                 for what in ('download', 'video')} for m in energy.MODELS}
    more = {m: round(100 * (cases['both, download offloaded']['models'][m]['joules'] / cases['both, 3G only']['models'][m]['joules'] - 1), 1)
            for m in energy.MODELS}
    return {'cases': cases, 'saved_percent': saved, 'both_radios_percent': more, 'paper_percent': params['paper_percent'], 'model': model,
            'watts': {m: {t: r.watts for t, r in of.radios.items()} for m, of in energy.MODELS.items()},
            'sources': {m: of.source for m, of in energy.MODELS.items()}, 'figures': ['energy', 'j-per-mb']}


def _label(name):
    return name.replace(', ', ',\n').replace('download off', 'download\noff')


def _grouped(spent):
    active = sum(joules for state, joules in spent.items() if state in (energy.RECEIVE, energy.TRANSMIT))
    return {'active': active, 'tail and idle': sum(spent.values()) - active}


def _sixteen(summary):
    saved = '; '.join(f'{m}: {of["download"]:+} % for each MB of a download, {of["video"]:+} % of a video' for m, of in summary['saved_percent'].items())
    ours, theirs = summary['saved_percent'][summary['model']]['download'], summary['paper_percent']
    return Verdict(abs(ours - theirs) <= NEAR_PERCENT, f'saved by offloading, {saved}', ours > 0 and
                   'The paper\'s own table of watts was not at hand, nor which traffic the number is of; these are other phones. Much depends on the traffic: '
                   'a download that WLAN carries faster keeps a radio awake for less time for each MB, a video of a constant rate does not. '
                   'Sources: ' + '; '.join(f'{m}: {source}' for m, source in summary['sources'].items()))


def _cheaper(summary):
    cases, m = summary['cases'], summary['model']
    pair = [cases[f'download, {how}']['j_per_mb'][m] for how in ('3G only', 'offloaded')]
    return Verdict(pair[1] < pair[0], f'{pair[0]:.3f} J/MB by 3G only, {pair[1]:.3f} J/MB offloaded')


def _both(summary):
    more = ', '.join(f'{value:+} % ({m})' for m, value in summary['both_radios_percent'].items())
    rates = [summary['cases'][f'both, {how}']['tcp']['bytes'] / 1e6 for how in ('3G only', 'download offloaded')]
    return Verdict(min(summary['both_radios_percent'].values()) > 0 and rates[1] > rates[0],
                   f'energy {more}; the download brings {rates[1]:.1f} MB in place of {rates[0]:.1f} in that time')


CLAIMS = [
    ('A download that is offloaded to WLAN takes less energy for each MB.', _cheaper),
    ('Both radios at once take more energy in the same time, and carry more.', _both),
    ('The paper puts the difference at 16 %.', _sixteen),
    ('No download loses its TCP connection.', lambda summary: tcp_whole(*(case for case in summary['cases'].values() if case['tcp']))),
]
