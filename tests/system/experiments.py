#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""The experiments: one of them, shortened, holds what it claims and comes to a page; one that fails and one that is ended leave nothing behind
either. ./bootstrap.sh experiments --quick does all of them."""
import json
import os
import signal
import subprocess
import sys
import tempfile
import time

import matplotlib.image
import numpy

import system
from figures import COLOURS
from netns import RUN_DIR, STATE_DIR

SCRIPT = os.path.join(system.TOP, 'examples', 'lab', 'experiment.py')
STEMS = ('pmip-fig', 'pmip-table')


def left():
    """What experiments have left: namespaces, files, processes."""
    names = [name for folder in (RUN_DIR, STATE_DIR) if os.path.isdir(folder) for name in os.listdir(folder) if name.startswith(STEMS)]
    for pid in filter(str.isdigit, os.listdir('/proc')):
        try:
            with open(f'/proc/{pid}/cmdline', 'rb') as file:
                text = file.read()
        except OSError:
            continue
        if any(f'{STATE_DIR}/{stem}'.encode() in text for stem in STEMS):
            names.append(text.replace(b'\0', b' ').decode(errors='replace'))
    return names


def start(out, *args):
    """Run experiments."""
    return subprocess.Popen([sys.executable, '-B', SCRIPT, '--quick', '--out', out, *args], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)


def one(checks, out):
    """One of them, and the page."""
    process = start(out, 'fig8')
    text = process.communicate()[0]
    checks.check(process.returncode == 0, 'it holds what it claims', text if process.returncode else '')
    with open(f'{out}/fig8/summary.json', encoding='utf-8') as file:
        summary = json.load(file)
    checks.check(all(claim['status'] == 'holds' for claim in summary['claims']) and len(summary['claims']) >= 3, 'its summary says so')
    files = [f'{out}/fig8/{figure}.{kind}' for figure in ('fig8', 'states') for kind in ('png', 'svg', 'csv')] + [f'{out}/fig8/captures/{f}' for f in os.listdir(f'{out}/fig8/captures')]
    checks.check(len(files) == 8 and all(os.path.getsize(f) > 200 for f in files), 'figures and captures of each run', files)
    with open(f'{out}/index.html', encoding='utf-8') as file:
        page = file.read()
    checks.check('id="fig8"' in page and '<span class="fails">0 fail</span>' in page, 'the page shows it')
    checks.check(not left(), 'nothing is left', left())
    rendered(checks, out)


def rendered(checks, out):
    """Chromium shows the page, figures and all: the colours of both paths are in what it draws."""
    process = subprocess.run(['chromium', '--headless', '--no-sandbox', '--disable-gpu', '--hide-scrollbars', '--window-size=1250,2600', f'--user-data-dir={out}/chromium',
                              f'--screenshot={out}/page.png', f'file://{out}/index.html'], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=120, check=False)
    if not checks.check(process.returncode == 0 and os.path.exists(f'{out}/page.png'), 'Chromium draws the page', process.stdout[-500:] if process.returncode else ''):
        return
    picture = (matplotlib.image.imread(f'{out}/page.png')[:, :, :3] * 255).round().astype(int)
    for name, colour in (('first', COLOURS[0]), ('second', COLOURS[1])):
        full = numpy.array([255 - int(colour[n:n + 2], 16) for n in (1, 3, 5)])
        share = (255 - picture) @ full / (full @ full)  # thin lines and areas are paler
        count = int(((abs(255 - picture - share[:, :, None] * full).max(axis=2) <= 8) & (share > 0.1)).sum())
        checks.check(count > 1000, f'with the figures: the colour of the {name} path is in it', f'{count} points')
    checks.check(int((abs(picture - [26, 122, 46]).max(axis=2) <= 40).sum()) > 100, 'and the verdicts')


def in_uml(checks, out):
    """One is ended while it runs in user-mode Linux."""
    process = start(out, 'fig4')
    checks.eventually('one is in user-mode Linux', 30, lambda: subprocess.run(('pgrep', '-f', f'{out}/fig4/task.json'), check=False, stdout=subprocess.DEVNULL).returncode == 0)
    time.sleep(1)
    process.send_signal(signal.SIGTERM)
    process.communicate(timeout=30)
    found = subprocess.run(('pgrep', '-a', '-f', f'{out}/fig4/task.json'), check=False, stdout=subprocess.PIPE, text=True).stdout
    checks.check(process.returncode == 128 + signal.SIGTERM and not found and not left(), 'it ends with it, and nothing is left', found)


def failing(checks, out):
    """A run that cannot work, and one that is ended in its middle."""
    sys.path.insert(0, os.path.dirname(SCRIPT))
    import experiment  # pylint: disable=import-outside-toplevel
    summary = experiment.perform('fig8', out, True, {'radio_rates': ('no rate', None)})
    checks.check('no rate' in summary.get('error', '') and all(claim['status'] == 'fails' for claim in summary['claims']), 'a run that fails says why',
                 summary.get('error'))
    checks.check(not left(), 'and leaves nothing', left())
    process = start(out, 'fig8')
    checks.eventually('one is in its middle', 20, lambda: any('video' in name or 'mn' in name for name in left()))
    time.sleep(1)
    process.send_signal(signal.SIGTERM)
    process.communicate(timeout=30)
    checks.check(process.returncode == 128 + signal.SIGTERM, 'it ends when it is told to', process.returncode)
    checks.check(not left(), 'and leaves nothing', left())
    process = start(out, 'fig8')
    checks.eventually('one is in its middle', 20, lambda: any('video' in name or 'mn' in name for name in left()))
    process.kill()
    process.communicate(timeout=30)
    checks.check(left(), 'one that is killed leaves something')
    said = subprocess.run((sys.executable, '-B', os.path.join(os.path.dirname(SCRIPT), 'demo.py'), '--clean'), check=False, stdout=subprocess.PIPE, text=True).stdout
    checks.check('removed pmip-fig8-' in said and not left(), 'which ./bootstrap.sh clean takes away', said)


def test(checks):
    """See the head of this file."""
    os.environ.setdefault('PMIP_BUILD', os.environ.get('top_builddir', ''))
    with tempfile.TemporaryDirectory(prefix='pmip-experiments') as out:
        one(checks, out)
        failing(checks, out)
        in_uml(checks, out)


system.main(test, ('chromium', 'ip', 'nsenter', 'tc', 'tcpdump', 'iperf3'))
