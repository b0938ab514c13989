#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
# May run beside others.
"""The measurements of make bench run, each with small numbers, and what they print fits the page that make bench writes: a bench that nobody runs for
months is broken when it is needed."""
import os
import re
import subprocess
import sys

import system

RUN = os.path.join(system.TOP, 'tests', 'bench', 'run.py')
PAGE = os.path.join(system.TOP, 'doc', 'performance.md')
BUILD = os.environ.get('top_builddir') or os.path.join(system.TOP, 'build')


def commands():
    """The other commands of the page, as they stand there but for --quick and where the build is."""
    with open(PAGE, encoding='utf-8') as file:
        found = re.findall(r'^    ((?:tests/bench|taskset) ?\S.*)$', file.read(), re.M)
    return [re.sub(r'(bench_\w+(?:\.py)?)', r'\1 --quick', line).replace(' build/', f' {BUILD}/') for line in found]


def test(checks):
    """All of them; the program tells those that fail."""
    done = subprocess.run([sys.executable, RUN, '--quick'], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    print(done.stdout)
    if checks.check(done.returncode in (0, system.SKIP), 'all measurements run', done.stdout.splitlines()[-1:]) and done.returncode == system.SKIP:
        print(f'SKIP: {done.stdout.splitlines()[-1]}')
        sys.exit(system.SKIP)
    done = subprocess.run([sys.executable, RUN, '--quick', 'nothing'], stderr=subprocess.PIPE, text=True, check=False)
    checks.check(len(commands()) == 3, 'the page has three more commands', commands())
    for line in commands():
        other = subprocess.run(line, shell=True, cwd=system.TOP, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
        checks.check(other.returncode == 0 and '"table"' in other.stdout, line, '' if other.returncode == 0 else other.stdout)
    checks.check(done.returncode == 2 and 'no bench is called nothing' in done.stderr, 'one that is not there is refused', done.stderr)


system.main(test, ('ip', 'nsenter', 'ping', 'gnuplot', 'perf'))
