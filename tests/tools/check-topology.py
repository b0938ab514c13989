#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Topologies of the laboratory, without making one.

tests/topologies/*.yaml: a line "#! TEXT" names a fault that pmip-lab check must tell, in this order, as FILE followed by TEXT, and no other. A file
without such a line must pass, and so must those that come with the laboratory. The page pmip-lab-topology(5) has the keys that topology.py reads, and its
example passes.
"""
import glob
import os
import re
import subprocess
import sys
import tempfile

TOP = os.environ.get('top_srcdir') or os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
PROGRAM = f'{TOP}/examples/lab/pmip-lab'
PAGE = f'{TOP}/man/pmip-lab-topology.5'


def keys(rows, before=''):
    """All that a topology may have, as the page names it."""
    for name, row in rows.items():
        entries = hasattr(row.kind, 'rows')
        path = f'{before}{name}{"[]" if entries else ""}'
        yield path
        if entries or isinstance(row.kind, dict):
            yield from keys(row.kind.rows if entries else row.kind, f'{path}.')


def page_faults():
    """What the page has otherwise."""
    sys.path.insert(0, os.path.dirname(PROGRAM))
    from topology import ROWS  # pylint: disable=import-outside-toplevel
    with open(PAGE, encoding='utf-8') as file:
        text = file.read()
    told = set(re.findall(r'^\.It Li "([][a-z_.]+):', text, re.M))
    faults = [f'{PAGE}:1: it and topology.py differ in {key}' for key in sorted(told ^ set(keys(ROWS)))]
    with tempfile.NamedTemporaryFile('w', suffix='.yaml') as example:
        example.write(re.search(r'^\.Sh EXAMPLES\n\.Bd.*?\n(.*?)^\.Ed', text, re.M | re.S)[1])
        example.flush()
        done = subprocess.run([sys.executable, '-B', PROGRAM, 'check', example.name], capture_output=True, text=True, timeout=60, check=False)
    return faults + ([f'{PAGE}:1: its example has a fault: {done.stderr}'] if done.returncode else [])


def main():
    """All files; exit status 0, 1, or 77 where there is no Python to read YAML with."""
    if subprocess.run([sys.executable, '-c', 'import yaml'], check=False, stderr=subprocess.DEVNULL).returncode:
        print('needs Python\'s yaml; apt-get install python3-yaml')
        return 77
    wrong = page_faults()
    for fault in wrong:
        print(fault)
    failures, checked, faults = len(wrong), 0, 0
    for path in sorted(glob.glob(f'{TOP}/tests/topologies/*.yaml') + glob.glob(f'{TOP}/examples/lab/topologies/*.yaml')):
        with open(path, encoding='utf-8') as file:
            expected = [path + line[3:].rstrip('\n') for line in file if line.startswith('#! ')]
        done = subprocess.run([sys.executable, '-B', PROGRAM, 'check', path], capture_output=True, text=True, timeout=60, check=False)
        told = done.stderr.removeprefix('pmip-lab: ').splitlines()
        checked, faults = checked + 1, faults + len(expected)
        if told != expected or done.returncode != (1 if expected else 0):
            failures += 1
            print(f'{path}:1: exit status {done.returncode}, and it told\n' + '\n'.join(f'  - {line}' for line in expected if line not in told) + '\n' +
                  '\n'.join(f'  + {line}' for line in told if line not in expected))
    print(f'{checked} topologies, {faults} faults told')
    return 1 if failures or not faults else 0


sys.exit(main())
