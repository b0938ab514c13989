# SPDX-License-Identifier: BSD-2-Clause
"""The page of all results: one file, no server, nothing from elsewhere."""
import html
import json
import os

from verdict import DIFFERS, FAILS, HOLDS

STYLE = '''
:root { color-scheme: light }
body { font: 15px/1.5 "DejaVu Sans", Verdana, sans-serif; color: #222; background: #fff; max-width: 72em; margin: 2em auto; padding: 0 1.5em }
h1 { font-size: 1.6em; line-height: 1.25 } h2 { font-size: 1.2em; margin: 2.4em 0 .4em; border-top: 1px solid #ccc; padding-top: 1.2em }
img { max-width: 100%; height: auto; display: block; margin: .8em 0 }
table { border-collapse: collapse; width: 100%; margin: .6em 0 } td, th { text-align: left; vertical-align: top; padding: .35em .8em .35em 0; border-bottom: 1px solid #ddd }
th { font-weight: normal; color: #666 }
.status { white-space: nowrap; font-weight: bold; width: 5.5em } .of { white-space: nowrap }
.holds { color: #1a7a2e } .differs { color: #a15c00 } .fails { color: #b00020 }
.why, .small { color: #555; font-size: .87em } code { background: #f3f3f3; padding: .1em .3em } nav a { margin-right: 1em }
'''
BEYOND = 'Beyond the paper'  # so begins the text of an experiment that the paper has not
ABOUT = '''
<p>The evaluation of T. Melia, C. J. Bernardos, A. de la Oliva, F. Giust and M. Calderon, <i>IP Flow Mobility in PMIPv6 Based Networks: Solution Design
and Experimental Evaluation</i>, Wireless Personal Communications 61 (2011), section 4, done again with this implementation. The claims are in our own
words. Sequence numbers and throughput come from captures at the phone's two radios, which are kept beside the figures. Times count from what was
done (a dashed line) to the first packet by the other path (a line in that path's colour).</p>
<p class="small">What is not as it was there: the radios are cables, shaped to the rate of a WLAN of 802.11g (20 Mbit/s) or of HSDPA (3.6 Mbit/s), with
no delay or loss of their own; a tunnel degrades because its queue at the LMA gets a fraction of that rate; all nodes are on one machine, so that one
clock tells all times; TCP is today's Linux with CUBIC. The paper's text was not at hand when this was written: what it measured is given here only as far as
it is known.</p>
'''


def summaries(out_dir, names):
    """The summaries that there are, in their order."""
    found = []
    for name in names:
        path = os.path.join(out_dir, name, 'summary.json')
        if os.path.exists(path):
            with open(path, encoding='utf-8') as file:
                found.append(json.load(file))
    return found


def write(out_dir, modules):
    """Write OUT/index.html from the summaries of (name, module); return its path."""
    found = summaries(out_dir, [name for name, _ in modules])
    texts = {name: (module.__doc__ or '').strip() for name, module in modules}
    path = os.path.join(out_dir, 'index.html')
    with open(path, 'w', encoding='utf-8') as file:
        file.write(render(found, texts, out_dir))
    return path


def render(found, texts, out_dir='.'):
    """The page as text."""
    status = [claim['status'] for summary in found for claim in summary['claims']]
    counts = ', '.join(f'<span class="{word}">{status.count(word)} {text}</span>' for word, text in
                       ((HOLDS, 'hold'), (DIFFERS, 'differ'), (FAILS, 'fail')))
    nav = ' '.join(f'<a href="#{s["name"]}">{html.escape(s["title"].split(":")[0])}</a>' for s in found)
    body = ''.join(section(summary, texts.get(summary['name'], ''), out_dir) for summary in found)
    quick = '<p>This is a shortened run (<code>--quick</code>).</p>' if any(s['quick'] for s in found) else ''
    return (f'<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">\n'
            f'<title>IP flow mobility, reproduced</title><style>{STYLE}</style></head><body>\n<h1>IP flow mobility in PMIPv6 based networks, reproduced</h1>\n'
            f'<p>{len(status)} claims: {counts}.</p>{quick}\n<nav>{nav}</nav>{ABOUT}{overview(found, texts)}{body}\n'
            '<p class="small">All again: <code>./bootstrap.sh experiments</code></p></body></html>\n')


def overview(found, texts):
    """All claims in short: what comes of each."""
    rows = {True: '', False: ''}
    for summary in found:
        rows[texts.get(summary['name'], '').startswith(BEYOND)] += ''.join(
            f'<tr><td class="status {c["status"]}">{c["status"]}</td><td class="of"><a href="#{summary["name"]}">{html.escape(summary["title"].split(":")[0])}</a></td>'
            f'<td>{html.escape(c["claim"])}</td><td>{html.escape(c["measured"])}</td></tr>\n' for c in summary['claims'])
    return ''.join(f'<h2>{title}</h2>\n<table><tr><th></th><th></th><th>claim</th><th>measured here</th></tr>\n{rows[beyond]}</table>\n'
                   for title, beyond in (('What section 4 of the paper claims', False), (BEYOND, True)) if rows[beyond])


def section(summary, text, out_dir):
    """One experiment."""
    name = summary['name']
    rows = ''.join(
        f'<tr><td class="status {c["status"]}">{c["status"]}</td><td>{html.escape(c["claim"])}</td><td>{html.escape(c["measured"])}'
        + (f'<div class="why">{html.escape(c["why"])}</div>' if c['why'] else '') + '</td></tr>\n' for c in summary['claims'])
    shown = ''.join(figure(name, base) for base in summary.get('figures', ()))
    captures = os.path.join(out_dir, name, 'captures')
    files = sorted(os.listdir(captures)) if os.path.isdir(captures) else []
    kept = f' Captures: {" ".join(f"<a href={name}/captures/{f}>{f}</a>" for f in files)}.' if 0 < len(files) <= 8 else \
        f' <a href="{name}/captures/">{len(files)} captures</a>.' if files else ''
    parameters = ', '.join(f'{key} = {value}' for key, value in summary['parameters'].items())
    quick = ' --quick' if summary['quick'] else ''
    return (f'<section id="{name}"><h2>{html.escape(summary["title"])}</h2>\n<p>{html.escape(_body(text))}</p>\n{shown}'
            f'<table><tr><th></th><th>claim</th><th>measured here</th></tr>\n{rows}</table>\n'
            f'{spent(summary)}<p class="small">Again: <code>./bootstrap.sh experiments{quick} {name}</code>, {summary["took_s"]:.0f} s. '
            f'<a href="{name}/summary.json">Summary</a>.{kept}<br>Parameters: {html.escape(parameters)}</p></section>\n')


def figure(name, base):
    """A figure, and its other forms."""
    links = ' '.join(f'<a href="{name}/{base}.{kind}">{kind.upper()}</a>' for kind in ('png', 'svg', 'csv'))
    return f'<img src="{name}/{base}.png" alt="{base}">\n<p class="small">{links}</p>\n'


def spent(summary):
    """The energy of the phone's radios, of the run or of each of several."""
    found = {'': summary['energy']} if 'energy' in summary else {key: value['energy'] for key, value in summary.items()
                                                                if isinstance(value, dict) and value.get('energy')}
    texts = [f'{key + ": " if key else ""}{of["joules"]:.1f} J, {of["j_per_mb"]:.2f} J/MB' for key, of in found.items()]
    model = next(iter(found.values()))['model'] if found else ''
    return f'<p class="small">Energy of the phone\'s radios by the watts of {html.escape(model)} (see Table 1): {"; ".join(texts)}.</p>\n' if texts else ''


def _body(text):
    """A module's text without the name of the figure, which is in the title."""
    body = ' '.join(text.split(': ', 1)[-1].split())
    return body[:1].upper() + body[1:]
