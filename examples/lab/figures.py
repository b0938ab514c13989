# SPDX-License-Identifier: BSD-2-Clause
"""Figures out of series: each as PNG to look at, SVG to print, and CSV with the numbers that it shows."""
import csv
import os

import matplotlib
import matplotlib.patches

matplotlib.use('Agg')
from matplotlib import pyplot  # noqa: E402  pylint: disable=wrong-import-position

# The first path and the second one, in colours that differ in brightness too.
COLOURS = ('#d95f02', '#1b6ca8', '#4d9221', '#7b3294')
MARK = '#555555'
STATE_COLOURS = {'off': '#222222', 'idle': '#dddddd', 'receive': '#1b6ca8', 'transmit': '#d95f02'}
MOST_POINTS = 4000  # of a curve; a close-up has all of its own
MARGIN = 0.12       # of the height, around the points of a close-up
DPI = 110

matplotlib.rcParams.update({
    'font.size': 9, 'axes.grid': True, 'grid.alpha': 0.3, 'axes.spines.top': False, 'axes.spines.right': False,
    'svg.hashsalt': 'pmip', 'figure.constrained_layout.use': True, 'legend.frameon': False,
})


def save(figure, out_dir, name, header, rows):
    """Write NAME.png, NAME.svg and NAME.csv; return the name."""
    os.makedirs(out_dir, exist_ok=True)
    base = os.path.join(out_dir, name)
    figure.savefig(f'{base}.png', dpi=DPI)
    figure.savefig(f'{base}.svg', metadata={'Date': None})
    pyplot.close(figure)
    with open(f'{base}.csv', 'w', encoding='ascii', newline='') as file:
        writer = csv.writer(file, lineterminator='\n')
        writer.writerow(header)
        writer.writerows(rows)
    return name


def thinned(points):
    """Not more points than a curve can show."""
    step = -(-len(points) // MOST_POINTS)
    return points[::step] if step > 1 else points


def colours(flow):
    """Colour by path."""
    return dict(zip(flow.paths, COLOURS))


def _points(axes, flow, arrivals, scale, size):
    for path, colour in colours(flow).items():
        own = [a for a in arrivals if a.path == path]
        axes.scatter([a.t for a in own], [a.number / scale for a in own], s=size, color=colour, linewidths=0, label=path, zorder=3)


def _marks(axes, moves, names=True):
    for move in moves:
        axes.axvline(move.trigger, color=MARK, linewidth=0.7, linestyle=(0, (4, 3)), zorder=1)
        if move.first is not None:
            axes.axvline(move.first, color=move.colour, linewidth=0.7, zorder=1)
        if names:
            axes.annotate(f'to {move.to}', (move.trigger, 1), xycoords=('data', 'axes fraction'), xytext=(2, 1),
                          textcoords='offset points', fontsize=7, color=MARK, annotation_clip=False)


def _close_up(axes, flow, move, around, scale, unit):
    """What came shortly before and after a move, with all its packets. Around a moment, or around a pause that is longer."""
    start, end = min(move.trigger, move.last or move.trigger), move.first if move.first is not None else move.trigger
    pad = max(around, 0.25 * (end - start))
    _window(axes, flow, start - pad, end + pad, scale)
    axes.axvline(move.trigger, color=MARK, linewidth=0.9, linestyle=(0, (4, 3)), zorder=1)
    axes.set_title(f'close-up of the move at {move.trigger:.1f} s', fontsize=8)
    axes.set_xlabel('s', fontsize=8)
    axes.set_ylabel(unit, fontsize=8)
    axes.tick_params(labelsize=7)
    if move.gap_ms is not None:
        axes.text(0.03, 0.95, f'pause {move.gap_ms:.1f} ms\nby {move.to} after {move.after_ms:.0f} ms', transform=axes.transAxes, fontsize=7.5,
                  va='top', bbox={'facecolor': 'white', 'edgecolor': 'none', 'alpha': 0.8, 'pad': 1.5}, zorder=5)


def _window(axes, flow, start, end, scale):
    arrivals = flow.between(start, end)
    _points(axes, flow, arrivals, scale, 7)
    axes.set_xlim(start, end)
    if arrivals:
        low, high = min(a.number for a in arrivals) / scale, max(a.number for a in arrivals) / scale
        margin = max((high - low) * MARGIN, 0.5 / scale)
        axes.set_ylim(low - margin, high + margin * 2.5)


def moved_flow(out_dir, name, flow, moves, end, *, title, close_ups=(0,), around=0.05, bin_s=0.25, bytes_too=True):
    """The figure of the paper: sequence number above throughput, coloured by path, moves marked, and a close-up of some moves.
    bytes_too: numbers are octets of TCP; else they count packets."""
    scale, unit = (1e6, 'sequence number, 10\u2076 octets') if bytes_too else (1, 'packet number')
    for move in moves:
        move.colour = colours(flow)[move.to]
    figure = pyplot.figure(figsize=(10.5, 5.2))
    grid = figure.add_gridspec(max(2, len(close_ups)), 2, width_ratios=(2.4, 1))
    upper, lower = (figure.add_subplot(part) for part in grid[:, 0].subgridspec(2, 1, height_ratios=(1.7, 1)))
    _points(upper, flow, thinned(flow.arrivals), scale, 3)
    _marks(upper, moves)
    upper.set_ylabel(unit)
    upper.legend(title='arrives by', loc='lower right', markerscale=4)
    times, rates = flow.throughput(0, end, bin_s)
    for path, colour in colours(flow).items():
        lower.step(times, rates[path], where='mid', color=colour, linewidth=1.3)
        lower.fill_between(times, rates[path], step='mid', color=colour, alpha=0.18, linewidth=0)
    _marks(lower, moves, names=False)
    lower.set_ylabel('Mbit/s')
    lower.set_xlabel('time, s')
    for axes in (upper, lower):
        axes.set_xlim(0, end)
        axes.set_ylim(bottom=0)
    for row, number in enumerate(close_ups):
        axes = figure.add_subplot(grid[row if len(close_ups) > 1 else slice(0, 2), 1])
        if number < len(moves):
            _close_up(axes, flow, moves[number], around, scale, 'MB' if bytes_too else 'packet')
    figure.suptitle(title, fontsize=10)
    return save(figure, out_dir, name, ('time_s', 'path', 'number', 'octets'),
                ((f'{a.t:.6f}', a.path, a.number, a.octets) for a in flow.arrivals))


def states(out_dir, name, timelines, *, title):
    """In which state each radio was over time: timelines is {radio: [(state, from s, to s)]}."""
    names = list(dict.fromkeys(state for entries in timelines.values() for state, _, _ in entries))
    shade = {**dict(zip([n for n in names if n not in STATE_COLOURS], ('#e7b10a', '#f3d98b'))), **STATE_COLOURS}
    figure, axes = pyplot.subplots(figsize=(10.5, 0.9 + 0.5 * len(timelines)))
    for row, (radio, entries) in enumerate(timelines.items()):
        for state in names:
            axes.broken_barh([(begin, end - begin) for kind, begin, end in entries if kind == state], (row - 0.35, 0.7), color=shade[state],
                             linewidth=0, label=state if row == 0 else None)
    handles = [matplotlib.patches.Patch(color=shade[state], label=state) for state in names]
    axes.legend(handles=handles, loc='upper left', bbox_to_anchor=(1, 1))
    axes.set_yticks(range(len(timelines)), list(timelines))
    axes.set_xlim(0, max(end for entries in timelines.values() for _, _, end in entries))
    axes.invert_yaxis()
    axes.grid(axis='y', visible=False)
    axes.set_xlabel('time, s')
    figure.suptitle(title, fontsize=10)
    return save(figure, out_dir, name, ('radio', 'state', 'from_s', 'to_s'),
                ((radio, state, f'{begin:.2f}', f'{end:.2f}') for radio, entries in timelines.items() for state, begin, end in entries))


def distributions(out_dir, name, samples, *, title, xlabel, ylabel='share of moves', log=True):
    """Cumulative distributions: samples is a list of values by what they are of."""
    figure, axes = pyplot.subplots(figsize=(7.5, 4.2))
    for (label, values), colour in zip(samples.items(), COLOURS):
        values = sorted(values)
        axes.step(values, [(n + 1) / len(values) for n in range(len(values))], where='post', color=colour, label=f'{label} ({len(values)})')
    if log:
        axes.set_xscale('log')
    axes.set_ylim(0, 1.02)
    axes.set_xlabel(xlabel)
    axes.set_ylabel(ylabel)
    axes.legend(loc='lower right')
    figure.suptitle(title, fontsize=10)
    return save(figure, out_dir, name, ('of', 'value'), ((label, f'{value:.6f}') for label, values in samples.items() for value in sorted(values)))


def boxes(out_dir, name, samples, *, title, ylabel):
    """Samples side by side, each value a point, with median and quartiles."""
    figure, axes = pyplot.subplots(figsize=(6.4, 3.8))
    axes.boxplot(list(samples.values()), showfliers=False, widths=0.5, medianprops={'color': 'black'})
    for number, (values, colour) in enumerate(zip(samples.values(), COLOURS), 1):
        spread = [number + 0.12 * (((7 * n) % 11) / 5 - 1) for n in range(len(values))]
        axes.scatter(spread, values, s=12, color=colour, alpha=0.7, zorder=3)
    axes.set_xticklabels([f'{label}\n{len(values)} values' for label, values in samples.items()])
    axes.set_ylim(0, 1.1 * max(max(values) for values in samples.values()))
    axes.set_ylabel(ylabel)
    figure.suptitle(title, fontsize=10)
    return save(figure, out_dir, name, ('of', 'value'), ((label, f'{value:.6f}') for label, values in samples.items() for value in values))


def bars(out_dir, name, rows, *, title, ylabel, parts):
    """Stacked bars: rows is {label: {part: value}}, parts in the order in which they are stacked."""
    figure, axes = pyplot.subplots(figsize=(7.2, 4))
    bottoms = [0.0] * len(rows)
    for part, colour in zip(parts, COLOURS):
        values = [row.get(part, 0) for row in rows.values()]
        axes.bar(list(rows), values, bottom=bottoms, color=colour, width=0.55, label=part)
        bottoms = [bottom + value for bottom, value in zip(bottoms, values)]
    for number, total in enumerate(bottoms):
        axes.text(number, total, f'{total:.3g}', ha='center', va='bottom', fontsize=8)
    axes.set_ylabel(ylabel)
    axes.legend(loc='upper left', bbox_to_anchor=(1, 1))
    axes.grid(axis='x', visible=False)
    figure.suptitle(title, fontsize=10)
    return save(figure, out_dir, name, ('of', 'part', 'value'),
                ((label, part, f'{row.get(part, 0):.6f}') for label, row in rows.items() for part in parts))
