#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""What many bindings cost each datapath: bench_datapath.py [--quick] [BINDINGS [OTHERS]]

bench_datapath.c tells what is measured. A datapath that the running kernel lacks is measured in user-mode Linux, if there is one. --quick only shows
that it runs."""
import json
import os
import subprocess
import sys

sys.dont_write_bytecode = True
import results  # noqa: E402  pylint: disable=wrong-import-position

HERE = os.path.dirname(os.path.abspath(__file__))
TOP = os.path.dirname(os.path.dirname(HERE))
PROGRAM = os.path.join(os.environ.get('top_builddir') or os.path.join(TOP, 'build'), 'tests', 'bench', 'bench_datapath')
UML = os.path.join(TOP, 'tests', 'uml', 'uml-run')
SKIP = 77


def run(command):
    """Its exit status and what it prints."""
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=False)
    return done.returncode, done.stdout


def measure(datapath, numbers):
    """Emit the row of a datapath; return the exit status."""
    kernel, program = 'running kernel', [os.path.realpath(PROGRAM), datapath, *numbers]
    status, text = run(program)
    if status == SKIP:
        kernel = 'user-mode Linux'
        status, text = run([UML, '-m', '1500M', '--', 'sh', '-c', 'modprobe ip6_tunnel; exec "$@"', 'sh', *program])
    if status == SKIP:
        print(f'no {datapath} datapath in this kernel, and no user-mode Linux')
    for line in text.splitlines():
        if line.startswith('{') and status == 0:
            row = json.loads(line)
            results.emit(row.pop('table'), kernel=kernel, **row)
    return status


def main(arguments):
    """Return the exit status: that of the worst."""
    quick = '--quick' in arguments
    numbers = [argument for argument in arguments if not argument.startswith('--')]
    if not numbers:
        numbers = ['1000', '1000', '1'] if quick else ['50000', '200000']
    statuses = [measure(datapath, numbers) for datapath in ('bpf', 'netlink')]
    return max(statuses, key=lambda status: (status not in (0, SKIP), status))


if os.geteuid() != 0:
    print('needs root')
    sys.exit(SKIP)
sys.exit(main(sys.argv[1:]))
