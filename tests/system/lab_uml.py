#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
# May run beside others.
"""pmip-lab inside user-mode Linux, as root and as an ordinary user."""
import json
import os
import subprocess
import tempfile

import system
from domain import find_program

USER = 1000
AS_USER = ('setpriv', f'--reuid={USER}', f'--regid={USER}', '--clear-groups')
LAB = os.path.join(system.TOP, 'examples', 'lab', 'pmip-lab')
BUILD = os.path.dirname(find_program('pmip-lab'))
def run(*argv, text=None, **environment):
    """Run a program to its end; return (exit status, what it printed)."""
    done = subprocess.run(argv, input=text, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=150, check=False,
                          env={**os.environ, 'PMIP_BUILD': BUILD, **environment})
    return done.returncode, done.stdout


def delays(checks, directory):
    """A shell in a node, with a delay, which the running kernel may not have."""
    with open(f'{directory}/far.yaml', 'w', encoding='utf-8') as file:
        file.write('lmas: {lma: }\nmags: {mag1: }\ncns: {cn: }\nmns: {mn: {interfaces: {eth0: {mag: mag1, delay: 30ms/50ms}}}}\n')
    status, said = run(LAB, '--kernel', 'uml', 'up', f'{directory}/far.yaml', '--shell', 'mn', text='ping -q -i 0.2 -c 5 2001:db8:c::2\nexit 7\n')
    checks.check(status == 7, 'a shell in a mobile node in user-mode Linux, and its exit status', status)
    least = float(said.split('min/avg/max/mdev = ')[1].split('/')[0]) if 'min/avg' in said else 0
    checks.check(80 <= least < 100, 'its packets are delayed, 30 ms and 50 ms', f'{least} ms' if least else said)


def experiment(checks, directory):
    """The same experiment as root and as somebody else; results come out."""
    for who, prefix in (('root', ()), ('an ordinary user', AS_USER)):
        out = f'{directory}/{who.split()[-1]}'
        os.mkdir(out)
        os.chown(out, USER if prefix else 0, -1)
        status, said = run(*prefix, LAB, '--kernel', 'uml', 'run', 'hello', '--quick', '-p', 'within_ms=5000', '-o', out, TMPDIR='/tmp', HOME='/tmp')
        checks.check(status == 0, f'an experiment in user-mode Linux as {who}', said)
        with open(f'{out}/hello/summary.json', encoding='utf-8') as file:
            summary = json.load(file)
        checks.check(all(claim['status'] == 'holds' for claim in summary['claims']), 'its claims hold',
                     [claim['measured'] for claim in summary['claims']])
    status, said = run(LAB, '--kernel', 'uml', 'status')
    checks.check(status == 1 and 'no longer than its command' in said, 'what would be useless there is refused', said.strip())


def test(checks):
    """All of it."""
    system.let_others_in()
    with tempfile.TemporaryDirectory(dir='/tmp') as directory:
        os.chmod(directory, 0o755)
        delays(checks, directory)
        experiment(checks, directory)


system.main(test, ('ip', 'nsenter', 'tcpdump', 'tc', 'ping', 'setpriv', 'linux.uml'))
