#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Decoding from Python, every field read, takes a tenth of what scapy takes for the same messages, or less: measured in one run, by the bench."""
import json
import os
import subprocess

import lib

run = subprocess.run(['/usr/bin/python3', '-B', os.path.join(lib.TOP, 'tests', 'bench', 'bench_python.py'), '--quick'], capture_output=True, text=True, check=True)
rows = [json.loads(line) for line in run.stdout.splitlines()]
assert [row['messages'] for row in rows] == ['PBU', 'PBA', 'all'] and rows[-1]['count'] > 50, rows
for row in rows:
    print(f'{row["messages"]}: {row["read_us"]:.1f} us, scapy {row["scapy_us"]:.0f} us')
    assert 0 < row['ratio'] < 0.1, row
