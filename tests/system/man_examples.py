#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
# May run beside others.
"""The examples of the manual pages of programs, run as they stand there, each where it makes sense: names and addresses are those of the place, and
what lasts a minute lasts a second."""
import contextlib
import os
import re
import subprocess
import tempfile

import system
from domain import find_program
from load import ECHO_ADDR, LMA_ADDR, MAGS, Load
from manager import FlowManager
from netns import Lab, wait_for
from terminal import FlowDomain

MAN = os.path.join(system.TOP, 'man')
LAB_NAME = f'{system.STEM}{os.getpid()}'
SOCKETS = '/run/pmip'  # where daemons have theirs, and pmipctl looks for them


def examples(page):
    """Lines of the section EXAMPLES."""
    with open(f'{MAN}/{page}', encoding='utf-8') as file:
        section = re.search(r'^\.Sh EXAMPLES\n(.*?)^\.Sh ', file.read(), re.M | re.S)[1]
    blocks = re.sub(r'^\.Bd.*?\n(.*?)^\.Ed', lambda block: re.sub('^', '.Dl ', block[1], flags=re.M), section, flags=re.M | re.S)
    found = re.findall(r'^\.Dl (\S.*)', blocks, re.M)
    assert found, page
    return found


def shell(lines, prefix=(), **environment):
    """Run lines; return (exit status, what they printed). The programs are those that were built."""
    path = f'{os.path.dirname(find_program("pmipctl"))}:{os.environ["PATH"]}'
    done = subprocess.run((*prefix, 'bash', '-euc', lines), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                          timeout=120, check=False, env={**os.environ, 'PATH': path, **environment})
    return done.returncode, done.stdout


def shown(checks, holds, what, status, said):
    """A check, with what was printed where it fails."""
    checks.check(holds, what, '' if holds else f'exit status {status}: {said}')


def lab_page(checks):
    """pmip-lab: one after the other, in a laboratory of our own; a capture ends when it is interrupted."""
    with tempfile.TemporaryDirectory() as results:
        for line in examples('pmip-lab.1'):
            ours = line.replace('--lab paper', f'--lab {LAB_NAME}')
            if ' run ' not in ours:
                ours = ours.replace('pmip-lab', f'pmip-lab -l {LAB_NAME}', 1)
            ends = [0]
            if ' capture ' in ours:
                ours, ends = f'timeout -s INT 3 {ours}', [0, 124]
            if ' run ' in ours:
                ours = ours.replace(' run ', f' run --quick -o {results}/{len(os.listdir(results))} ')
            status, said = shell(ours)
            shown(checks, status in ends, line, status, said)


def control_pages(checks):
    """pmipctl and whom it asks: a phone, both MAGs, the LMA, the flow manager."""
    with FlowDomain(system.prefix()) as domain, contextlib.ExitStack() as after:
        manager = FlowManager(domain)
        domain.start()
        manager.start()
        domain.attach()
        if not os.path.isdir(SOCKETS):
            os.mkdir(SOCKETS)
            after.callback(os.rmdir, SOCKETS)
        links = f'{domain.lab.dir}/sockets'
        os.mkdir(links)
        for name, daemon in (('lma', domain.lma), ('mag2', domain.mags[1]), ('flow-manager', manager), ('mn', domain.terminal.reflector)):
            os.symlink(daemon.control, f'{links}/{name}.sock')
        radio = domain.terminal.radios[1]
        shows = {'bindings': '2 bindings', 'attach': '', 'policy': 'decision:', 'flows': ''}
        for page in ('pmipctl.1', 'flowmob-manager.8', 'flowmob-mn.8'):
            for line in examples(page):
                if not line.startswith('pmipctl '):
                    continue
                ours = line.replace('link=wlan0', f'link={radio.acc}').replace('mac=02:00:00:00:00:01', f'mac={radio.mac}')
                status, said = shell(f'mount --bind {links} {SOCKETS}; {ours}', ('unshare', '-m'))
                word = next(words for command, words in shows.items() if f' {command}' in line)
                shown(checks, status == 0 and word in said, line, status, said)


def perf_page(checks):
    """pmip-perf, from both ends, with fewer mobile nodes and for less time; and pmip-decode, with a capture of that."""
    ours = {'2001:db8::a,2001:db8::b': ','.join(MAGS[:2]), '2001:db8::1': LMA_ADDR, '2001:db8::2': ECHO_ADDR, '-n 10000': '-n 200', '-p 60': '-p 2', '-i 10': '-i 1'}
    with Load(system.prefix()) as load, tempfile.TemporaryDirectory() as directory:
        load.lma.start()
        load.echo()
        capture = load.lma_ns.start('capture', 'tcpdump', '-i', 'core0', '-c', '20', '-Z', 'root', '-w', f'{directory}/capture.pcap', 'ip6 proto 135')
        wait_for('tcpdump', 10, lambda: 'listening on' in load.lab.said(capture))
        for line in examples('pmip-perf.8'):
            text = line
            for theirs, here in ours.items():
                text = re.sub(rf'(?<!\S){theirs}(?!\S)', here, text)
            status, said = shell(text, load.mag_ns.argv())
            shown(checks, status == 0, line, status, said)
        load.lab.wait(capture, 10)
        for line in examples('pmip-decode.1'):
            status, said = shell(f'cd {directory}; {line}')
            shown(checks, status == 0 and re.search('Binding Update|"BU"', said), line, status, said)


def slaves_page(checks):
    """flowmob-slaves, with two links; what is said in the background is ended."""
    with Lab(system.prefix()) as lab:
        netns = lab.add_netns('mn')
        netns.ip_batch(''.join(f'link add {link} type veth peer name {link}-far\nlink set {link} up\nlink set {link}-far up\n' for link in ('wlan0', 'wwan0')))
        lines = '\n'.join(examples('flowmob-slaves.8'))
        status, said = shell(f'trap "kill %1" EXIT\nset -m\n{lines}\nflowmob-slaves list phone0', netns.argv())
        shown(checks, status == 0 and '5060 wwan0' in said, lines, status, said)


def test(checks):
    """All pages; those of daemons have --check-config, which tests/tools/check-man.sh runs."""
    lab_page(checks)
    control_pages(checks)
    perf_page(checks)
    slaves_page(checks)


system.main(test, ('ip', 'nsenter', 'tcpdump', 'unshare', 'linux.uml'))
