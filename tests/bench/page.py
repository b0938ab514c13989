# SPDX-License-Identifier: BSD-2-Clause
"""doc/performance.md: what stands between <!-- measured: NAME --> and <!-- end --> is made of results, the rest is by hand. Figures are drawn
beside it."""
import os
import re
import shutil
import subprocess

import goals
from results import Results
from tables import FIGURES, TABLES

PAGE = 'performance.md'
MARKED = re.compile(r'(<!-- measured: ([a-z0-9-]+) -->\n).*?(<!-- end -->)', re.DOTALL)


def table(titles, rows):
    """As Markdown."""
    return ''.join(f'| {" | ".join(cells)} |\n' for cells in (titles, ['---'] * len(titles), *rows))


def machines(found):
    """On what, and when."""
    lines = sorted({f'{m["cpus"]} CPUs, {m["cpu"]}, Linux {m["kernel"]}, {m["date"]}' for m in found})
    return '; '.join(lines) + '.\n'


def contents(results, name):
    """What a marker stands for."""
    if name == 'machine':
        return machines(results.machines)
    if name == 'goals':
        return table(goals.TITLES, goals.rows(results))
    wanted = TABLES[name]
    return table([title for title, _ in wanted.columns], [[text(row) for _, text in wanted.columns] for row in wanted.rows(results)])


def draw(results, name, path):
    """A figure, by gnuplot, unless none of its lines has a point."""
    figure = FIGURES[name]
    lines = {line: points for line, points in figure.lines(results).items() if points}
    if not lines:
        return
    data = ''.join(f'$line{n} << EOD\n' + ''.join(f'{x} {y:.6g}\n' for x, y in points) + 'EOD\n' for n, points in enumerate(lines.values()))
    plots = ', '.join(f'$line{n} with linespoints linewidth 2 title "{line}"' for n, line in enumerate(lines))
    subprocess.run(['gnuplot'], text=True, check=True, input=f'''{data}
set terminal svg size 640,360 font "sans-serif,12" background "white"
set output "{path}"
set title "{figure.title}"
set xlabel "{figure.x}"
set ylabel "{figure.y}"
set logscale x
set format x "10^{{%L}}"
set yrange [0:*]
set key outside bottom horizontal
set grid
plot {plots}
''')


def write(folder, doc):
    """Make tables and figures of the results in a folder; what was not measured stays as it is, and so does what rows of an older bench do not tell."""
    results = Results(folder)

    def fill(found):
        name = found[2]
        try:
            return found[0] if name in TABLES and not TABLES[name].rows(results) else found[1] + contents(results, name) + found[3]
        except KeyError as error:
            print(f'{PAGE}: {name}: the results lack {error}; measure anew')
            return found[0]

    path = os.path.join(doc, PAGE)
    with open(path, encoding='utf-8') as file:
        text = MARKED.sub(fill, file.read())
    with open(path, 'w', encoding='utf-8') as file:
        file.write(text)
    if not shutil.which('gnuplot'):
        print('no gnuplot, no figures: ./bootstrap.sh packages installs it')
        return
    for name in FIGURES:
        draw(results, name, os.path.join(doc, f'{name}.svg'))


def check(folder, doc, benches):
    """What is wrong with the page that these benches' results would make: a list of words for run.py. Tables lack no row and no number, figures
    can be drawn, and the page has a place for each."""
    results, wrong = Results(folder), []
    with open(os.path.join(doc, PAGE), encoding='utf-8') as file:
        text = file.read()
    marked = {name for _, name, _ in MARKED.findall(text)}
    for name in sorted(marked ^ {'machine', 'goals', *TABLES}):
        wrong.append(f'{PAGE}: marker and table {name}, only one is there')
    for name, wanted in TABLES.items():
        lines = contents(results, name).splitlines() if wanted.bench in benches else []
        if lines and (len(lines) < 3 or any(re.search(r'\b(nan|inf|None)\b', line) or line.count('|') != lines[0].count('|') for line in lines)):
            wrong.append(f'table {name}')
    for name, figure in FIGURES.items():
        if f'({name}.svg)' not in text:
            wrong.append(f'{PAGE}: figure {name} is not shown')
        if figure.bench in benches and shutil.which('gnuplot'):
            draw(results, name, os.path.join(folder, f'{name}.svg'))
    list(goals.rows(results))
    return wrong
