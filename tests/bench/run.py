#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""All measurements, or those named: run.py [--quick] [--list] [NAME...]

Each prints its rows, which are kept in the build directory, bench/NAME.json; then the tables and figures of doc/performance.md are made anew of all
that is there. --quick shows that all of them run, with numbers that mean nothing: its rows are kept in bench-quick, and the page is left alone.
Exit status 77: some could not be measured here, each says why."""
import json
import os
import subprocess
import sys
import time

sys.dont_write_bytecode = True
import page  # noqa: E402  pylint: disable=wrong-import-position
import results  # noqa: E402  pylint: disable=wrong-import-position

HERE = os.path.dirname(os.path.abspath(__file__))
TOP = os.path.dirname(os.path.dirname(HERE))
BUILD = os.environ.get('top_builddir') or os.path.join(TOP, 'build')
SKIP = 77
# What runs each; a program in C is in the build directory.
BENCHES = {
    'engine': ('bench_lma',),
    'library': ('bench_flowmob',),
    'python': ('bench_python.py',),
    'datapath': ('bench_datapath.py',),
    'forward': ('bench_forward.py',),
    'tcp': ('bench_tcp.py',),
    'move': ('bench_move.py',),
    'scale': ('bench_scale.py',),
    'daemon': ('bench_perf.py',),
    'daemon-fast': ('bench_perf.py', '--store', 'fast'),
    'daemon-strict': ('bench_perf.py', '--store', 'strict', '20000'),
}


def command(name):
    """What runs a bench."""
    file, *options = BENCHES[name]
    if file.endswith('.py'):
        return ['/usr/bin/python3', os.path.join(HERE, file), *options]
    return [os.path.join(BUILD, 'tests', 'bench', file), *options]


def measure(name, quick):
    """Run a bench; return its exit status and its rows. What else it prints is shown."""
    rows, start = [], time.monotonic()
    print(f'== {name}', flush=True)
    with subprocess.Popen([*command(name), *(['--quick'] if quick else [])], stdout=subprocess.PIPE, text=True) as process:
        for line in process.stdout:
            print(line, end='', flush=True)
            if line.startswith('{'):
                rows.append(json.loads(line))
    print(f'== {name}: exit status {process.returncode}, {len(rows)} rows, {time.monotonic() - start:.0f} s', flush=True)
    return process.returncode if rows or process.returncode else 1, rows


def main(arguments):
    """Return the exit status: that of the worst."""
    quick = '--quick' in arguments
    if '--list' in arguments:
        print('\n'.join(BENCHES))
        return 0
    names = [argument for argument in arguments if not argument.startswith('--')] or list(BENCHES)
    unknown = [name for name in names if name not in BENCHES]
    if unknown:
        print(f'run.py: no bench is called {unknown[0]}; there are {", ".join(BENCHES)}', file=sys.stderr)
        return 2
    folder = os.path.join(BUILD, 'bench-quick' if quick else 'bench')
    failed, skipped = [], []
    for name in names:
        status, rows = measure(name, quick)
        if status == 0:
            results.write(folder, name, rows)
        else:
            (skipped if status == SKIP else failed).append(name)
    if quick:
        failed += page.check(folder, os.path.join(TOP, 'doc'), [name for name in names if name not in skipped + failed])
    elif len(failed + skipped) < len(names):
        page.write(folder, os.path.join(TOP, 'doc'))
    for what, which in (('failed', failed), ('skipped', skipped)):
        if which:
            print(f'{what}: {", ".join(which)}')
    return 1 if failed else SKIP if skipped else 0


sys.exit(main(sys.argv[1:]))
