#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
# May run beside others.
"""pmip-lab: laboratories come up side by side, do what every command says, and leave nothing behind, killed ones neither."""
import json
import os
import signal
import subprocess
import tempfile
import time
import xml.etree.ElementTree

import system
import labs
from domain import find_program
from netns import RUN_DIR, STATE_DIR, run, wait_for

NAME, OTHER, DEAD = (f'{system.STEM}{os.getpid()}{letter}' for letter in 'abc')


def lab(*words, name=NAME):
    """Run a command; return (exit status, what it printed)."""
    done = subprocess.run([find_program('pmip-lab'), '-l', name, *words], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                          timeout=60, check=False)
    return done.returncode, done.stdout


def left(name):
    """Names of what there is of a laboratory."""
    return [each for where in (RUN_DIR, STATE_DIR) if os.path.isdir(where) for each in os.listdir(where) if each.startswith(f'lab-{name}')]


def facts(name=NAME):
    """inspect --json."""
    return json.loads(lab('inspect', '--json', name=name)[1])


def pings(node, address, name=NAME, count=20):
    """How many of some pings come back."""
    said = lab('exec', node, '--', 'ping', '-q', '-c', str(count), '-i', '0.01', '-W', '1', address, name=name)[1]
    return int(said.split(' received')[0].rsplit(' ', 1)[1])


def misses_a_package(checks, directory):
    """Where Python lacks what it needs it says what to install."""
    with open(f'{directory}/pyroute2.py', 'w', encoding='ascii') as file:
        file.write('raise ModuleNotFoundError("No module named \'pyroute2\'", name="pyroute2")\n')
    done = subprocess.run([find_program('pmip-lab'), '-l', DEAD, 'up', 'small'], env={**os.environ, 'PYTHONPATH': directory}, capture_output=True, text=True,
                          timeout=60, check=False)
    checks.check(done.returncode == 1 and 'apt-get install python3-pyroute2' in done.stderr, 'without pyroute2 it says what to install', done.stderr)
    checks.check(not left(DEAD), 'and leaves nothing', left(DEAD))


def comes_up(checks):
    """Two laboratories of one topology, side by side."""
    status, said = lab('up', 'paper')
    checks.check(status == 0, 'a laboratory comes up', said)
    status, said = lab('up', 'paper')
    checks.check(status == 1 and f'{NAME} is up' in said, 'not twice by one name', said)
    status, said = lab('up', 'small', name=OTHER)
    checks.check(status == 0, 'another one beside it', said)
    found = facts()
    checks.check(sorted(b['mag'] for b in found['bindings'] if b['state'] == 'active') == ['mag1', 'mag2'], 'the phone is bound at both MAGs',
                 [(b['mag'], b['state']) for b in found['bindings']])
    checks.check(found['nodes']['lma']['daemon']['program'] == 'pmip-lma', 'its daemons answer', found['nodes']['lma'])
    checks.check(pings('mn', '2001:db8:c::2') == 20 and pings('mn', '2001:db8:c::2', name=OTHER) == 20, 'in each the CN is reached')
    status, said = lab('status')
    checks.check(status == 0 and '3g at mag1, wlan at mag2' in said, 'status tells where the radios are', said)


def moves(checks):
    """attach and detach."""
    status, said = lab('attach', 'mn', 'eth0', 'mag2', name=OTHER)
    checks.check(status == 0 and 'mn is at mag2 by eth0' in said, 'a mobile node is brought to another MAG', said)
    checks.check(facts(OTHER)['nodes']['mn']['radios']['eth0']['mag'] == 'mag2' and pings('mn', '2001:db8:c::2', name=OTHER) == 20,
                 'it is there, and reaches the CN')
    lab('detach', 'mn', 'eth0', name=OTHER)
    checks.check(facts(OTHER)['nodes']['mn']['radios']['eth0']['mag'] is None, 'and is taken out')
    checks.eventually('its binding is no longer active', 5, lambda: not any(b['state'] == 'active' for b in facts(OTHER)['bindings']))
    status, said = lab('attach', 'mn', 'wlan', 'mag1')
    checks.check(status == 1 and 'mn-wlan may be at mag2' in said, 'not to where the topology does not have it', said)
    for words in (('shell', 'nobody'), ('attach', 'mn', 'eth7', 'mag1'), ('impair', 'cn-mag1', 'rate=1mbit')):
        status, said = lab(*words)
        checks.check(status == 1 and ('it has' in said), f'{" ".join(words)}: what there is instead is told', said.strip())


def impairs(checks):
    """impair, by what passes."""
    status, said = lab('impair', 'lma-mag1', 'loss=30%')
    came = pings('lma', '2001:db8:2:1::2', count=200)
    checks.check(status == 0 and 50 < came < 150, 'a loss of 30 % each way leaves about a half', f'{came} of 200; {said.strip()}')
    checks.check(facts()['links']['lma-mag1'] == {'loss': '30%'}, 'it is remembered')
    lab('impair', 'lma-mag1', 'loss=off')
    checks.check(pings('lma', '2001:db8:2:1::2') == 20, 'without it all come back')
    lab('impair', 'lma-mag1', 'rate=1mbit', 'queue=20ms')
    start = time.monotonic()
    lab('exec', 'lma', '--', 'ping', '-q', '-c', '100', '-i', '0', '-s', '1200', '-l', '1', '2001:db8:2:1::2')
    took = time.monotonic() - start
    checks.check(took > 0.7, '100 kB at 1 Mbit/s take 1 s but for the burst', f'{took:.2f} s')
    lab('impair', 'lma-mag1', 'rate=off', 'queue=off')
    status, said = lab('impair', 'lma-mag1', 'delay=5ms')
    checks.check(status == 0 or '--kernel uml' in said, 'a delay, or where to get one', said.strip())
    lab('impair', 'lma-mag1', 'delay=off')
    for wrong in ('rate=fast', 'speed=1mbit', 'loss=101%', 'delay=1ms/2ms/3ms'):
        status, said = lab('impair', 'lma-mag1', wrong)
        checks.check(status == 1 and wrong in said, f'{wrong}: refused', said.strip())


def pictures(checks, directory):
    """capture and graph."""
    capture = subprocess.Popen([find_program('pmip-lab'), '-l', NAME, 'capture', 'mn', '3g', '-w', f'{directory}/3g.pcap', '-f', 'icmp6'],
                               stderr=subprocess.PIPE, text=True)
    wait_for('tcpdump', 10, lambda: 'listening on' in capture.stderr.readline())
    lab('exec', 'mn', '--', 'ping', '-q', '-c', '20', '-i', '0.01', '-W', '1', '-I', '3g', '2001:db8:c::2')
    time.sleep(1.2)
    capture.send_signal(signal.SIGINT)
    capture.wait(10)
    checks.check(not any('tcpdump' in line for line in processes()), 'a capture that is interrupted ends')
    size = os.path.getsize(f'{directory}/3g.pcap')
    checks.check(size > 24 + 20 * 100, 'a capture has the pings', size)
    status, said = lab('graph', '-o', f'{directory}/now.svg')
    drawn = xml.etree.ElementTree.parse(f'{directory}/now.svg').getroot()
    words = {each.text for each in drawn.iter('{http://www.w3.org/2000/svg}text')}
    checks.check(status == 0 and {'cn', 'lma', 'mag1', 'mag2', 'mn'} <= words, 'a picture has all nodes', said)


def experiment(checks, directory):
    """run, in the laboratory that is up."""
    status, said = lab('run', 'hello', '--quick', '-o', directory, '-p', 'kbps=300', '-p', 'within_ms=5000')
    with open(f'{directory}/hello/summary.json', encoding='utf-8') as file:
        summary = json.load(file)
    checks.check(status == 0 and summary['parameters']['kbps'] == 300 and all(claim['status'] == 'holds' for claim in summary['claims']),
                 'an experiment runs in it, with a parameter of ours, and what it claims holds', said)
    with open(f'{directory}/hello/events.json', encoding='utf-8') as file:
        done = [event['what'] for event in json.load(file)]
    checks.check(done == ['video', 'move-flow', 'move-flow'], 'what was done is kept with its time', done)
    checks.check(sorted(os.listdir(f'{directory}/hello/captures')) == ['mn-3g.pcap', 'mn-wlan.pcap'], 'and the captures')
    process = subprocess.Popen([find_program('pmip-lab'), 'run', 'hello', '-q', '-l', NAME, '-o', directory], stdout=subprocess.DEVNULL)
    wait_for('the experiment', 10, labs.in_use, NAME)
    status, said = lab('down')
    checks.check(status == 1 and 'runs an experiment in it' in said, 'it is not taken down meanwhile', said.strip())
    checks.check(process.wait(30) == 0, 'and the experiment ends well')
    status, said = lab('run', 'nothing')
    checks.check(status == 1 and 'hello' in said, 'an experiment that is not: those that are', said.strip())


def killed(checks):
    """up is killed in the middle, and clean finds what it has left."""
    process = subprocess.Popen([find_program('pmip-lab'), '-l', DEAD, 'up', 'many'], stdout=subprocess.DEVNULL, start_new_session=True)
    wait_for('some of it', 10, lambda: len(left(DEAD)) > 5)
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    checks.check(len(left(DEAD)) > 5, 'a killed one leaves something', len(left(DEAD)))
    said = lab('status', name='')[1]
    checks.check(f'{DEAD}: broken' in said, 'status tells of it', said)
    said = lab('clean', DEAD, name='')[1]
    checks.check(f'removed {DEAD}' in said and not left(DEAD), 'clean removes it, and says so', said.strip())


def names(checks):
    """Names that are none are refused before anything is done, and what is not ours is left alone."""
    for words in (('clean', f'{NAME}-x'), ('clean', '../lab'), ('down', f'{NAME}/..'), ('-l', '..', 'status'), ('-l', 'A', 'up', 'small')):
        status, said = lab(*words, name='')
        checks.check(status == 1 and 'expected a name of' in said, f'{" ".join(words)}: refused', said.strip())
    status, said = lab('clean', f'{DEAD}x', name='')
    checks.check(status == 1 and 'there is nothing of' in said and NAME in said, 'a laboratory that is not there is not removed', said.strip())
    foreign = f'lab-{DEAD}-mine'
    run('ip', 'netns', 'add', foreign)
    try:
        said = lab('status', name='')[1]
        checks.check(DEAD not in said, 'a namespace that is called as ours are is nobody\'s laboratory', said)
    finally:
        run('ip', 'netns', 'del', foreign)


def ended(checks, directory):
    """An experiment in a laboratory of its own is ended by a signal."""
    for signum in (signal.SIGTERM, signal.SIGINT):
        process = subprocess.Popen([find_program('pmip-lab'), 'run', 'hello', '-o', directory],
                                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        name = f'run{process.pid}'
        wait_for('its laboratory', 20, lambda path=f'{STATE_DIR}/lab-{name}/state.json': os.path.exists(path))
        time.sleep(0.5)
        process.send_signal(signum)
        checks.check(process.wait(20) == 128 + signum and not left(name), f'an experiment that signal {signum} ends leaves nothing', left(name))


def processes():
    """Command lines of processes that name our laboratories in these or in their environment."""
    found = []
    for pid in filter(str.isdigit, os.listdir('/proc')):
        try:
            with open(f'/proc/{pid}/cmdline', encoding='utf-8', errors='replace') as file:
                line = file.read().replace('\0', ' ')
            with open(f'/proc/{pid}/environ', encoding='utf-8', errors='replace') as file:
                line += file.read()
        except OSError:
            continue
        if any(f'lab-{name}' in line or f'PMIP_LAB={name}' in line for name in (NAME, OTHER, DEAD)):
            found.append(line.split('  ')[0])
    return found


def test(checks):
    """All of it, then nothing is left."""
    try:
        with tempfile.TemporaryDirectory() as directory:
            comes_up(checks)
            moves(checks)
            impairs(checks)
            pictures(checks, directory)
            experiment(checks, directory)
            ended(checks, directory)
            misses_a_package(checks, directory)
        names(checks)
        killed(checks)
        status, said = lab('down', name=OTHER)
        checks.check(status == 0 and not left(OTHER) and left(NAME), 'down takes away the one, not the other', said)
        status, said = lab('down')
        checks.check(status == 0 and not left(NAME), 'and the last', said)
        checks.check(not processes(), 'no process is left', processes())
    finally:
        for name in (NAME, OTHER, DEAD):
            if left(name):
                lab('clean', name, name='')


system.main(test, ('ip', 'nsenter', 'tcpdump', 'tc', 'ping'))
