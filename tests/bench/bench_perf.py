#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""What a registration costs the LMA daemon, from socket to socket: bench_perf.py [--quick] [--profile] [--store strict|fast] [CLIENTS...]

pmip-perf registers that many mobile nodes, then lets 100 000 events or as many happen to them, over a veth cable and with the bpf datapath. The
baseline of the same run is pmip-perf --echo in the place of the LMA. The generator has a processor, and what answers it another one. Then come as
many events a second as are half of what the LMA has answered, some times for two seconds. --store: the LMA stores what it acknowledges; at the end it is
killed and started again. --quick only shows that it runs; --profile tells what the LMA's time goes into, by perf (package linux-perf)."""
import collections
import contextlib
import os
import re
import signal
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', 'system'))

from chain import ran_ns  # noqa: E402  pylint: disable=wrong-import-position
import results  # noqa: E402  pylint: disable=wrong-import-position
import system  # noqa: E402  pylint: disable=wrong-import-position
from load import ECHO_ADDR, Load  # noqa: E402  pylint: disable=wrong-import-position
from netns import LabError  # noqa: E402  pylint: disable=wrong-import-position

SIZES = (1000, 100000, 1000000)
EVENTS = 100000  # of fewer no rate could be told
ROUNDS, ROUNDS_CLIENTS = 7, 1000  # how often, of so few; the median counts, for a second may be one in which somebody else has the machine
QUICK = (50,)
HALF_LOAD_S = 2
HALF_LOAD_ROUNDS = 3
HALF_LOAD_CLIENTS = 10000
PROFILED, QUICK_PROFILED = (40000, 1000000), (5000,)
# What a sample belongs to that has such a function of the kernel below it, the first that fits.
PARTS = {'sending': r'sendmmsg', 'receiving': r'recvmmsg', 'maps': r'__sys_bpf', 'journal': r'pwrite', 'faults': r'page_fault'}


@contextlib.contextmanager
def apart(processes):
    """Let these, but for threads that wait for the disk, have the last processor, and what is started meanwhile the first one."""
    all_of_them = sorted(os.sched_getaffinity(0))
    if len(all_of_them) > 1:
        for process in processes:
            os.sched_setaffinity(process.pid, all_of_them[-1:])
        os.sched_setaffinity(0, all_of_them[:1])
    try:
        yield
    finally:
        os.sched_setaffinity(0, all_of_them)


def cpu_us(process):
    """Time that a process has had a processor, all of its threads, with what the kernel did for it."""
    return sum(map(ran_ns, os.listdir(f'/proc/{process.pid}/task'))) / 1000


def memory(process):
    """Octets that a process has for itself, without mapped files."""
    with open(f'/proc/{process.pid}/status', encoding='utf-8') as file:
        return next(int(line.split()[1]) * 1024 for line in file if line.startswith('RssAnon:'))


def batches(lma):
    """What was done at once, on the average."""
    counted = lma.counters('runner')
    per = {'received': 'receives', 'datapath_ops': 'datapath_batches', 'stored': 'store_commits', 'sent': 'sends'}
    return {f'{what}_at_once': counted[what] / counted[calls] for what, calls in per.items() if counted.get(calls)}


def told_by(done):
    """What pmip-perf has told; its exit status counts where that is read."""
    if isinstance(done[1], str):
        raise LabError(done[1].strip())
    return done


def half_load(load, rate, clients, seconds):
    """The 99th percentile with half of the events that the LMA can take."""
    events = max(1, int(rate / 2 * seconds))
    rounds = [told_by(load.perf('--clients', min(clients, HALF_LOAD_CLIENTS), '--events', events, '--rate', max(1, int(rate / 2)), seconds=120))
              for _ in range(HALF_LOAD_ROUNDS)]
    return results.median([told['latency_us']['p99'] for _, told in rounds])


def cold_start(load):
    """Seconds from its start until a killed LMA serves again, with all that it has stored and what it left in the kernel."""
    load.lma.kill()
    start = time.monotonic()
    load.lma.start()
    return time.monotonic() - start


def bench(clients, events, store, quick):
    """One row; the exit status of pmip-perf."""
    with Load(system.prefix(), bindings=max(clients, 65536), store=store) as load:
        load.lma.start()
        echo = load.echo()
        with apart((load.lma.process, echo)):
            rounds = [told_by(load.perf('--clients', clients, '--events', events, '--baseline', ECHO_ADDR, seconds=1800))
                      for _ in range(ROUNDS if clients <= ROUNDS_CLIENTS and not quick else 1)]
            code = max(code for code, _ in rounds)
            told = sorted((told for _, told in rounds), key=lambda told: told['rate']['mix'] / told['echo_rate']['mix'])[len(rounds) // 2]
            row = {}
            for phase, of in (('register', rounds[0][1]), ('mix', told)):
                row |= {f'echo_{phase}': of['echo_rate'][phase], f'lma_{phase}': of['rate'][phase]}
            row |= {f'{name}_us': told['latency_us'][name] for name in ('p50', 'p99', 'p99.9')}
            row |= {f'{who}_cpu_us': cpu_us(process) / len(rounds) / (clients + events) for who, process in (('echo', echo), ('lma', load.lma.process))}
            row |= batches(load.lma)
            row['memory'] = memory(load.lma.process)
            row['half_p99_us'] = half_load(load, min(row['lma_register'], row['lma_mix']), clients, 0.1 if quick else HALF_LOAD_S)
        if store:
            row['cold_s'] = cold_start(load)
        results.emit('daemon', clients=clients, store=store, **row)
        if code != 0:
            print(f'not as expected: {", ".join(told["failed"])}; lost {told["lost"]}, refused {told["refused"]}')
        return code


def part(pid, sample):
    """What a sample of perf script is part of: the process id stands before what it was in, addresses and names, innermost first."""
    tid, *frames = sample.split('\n')
    if int(tid) != pid:
        return 'writers'
    for name, which in PARTS.items():
        if any(re.search(which, frame) for frame in frames):
            return name
    return 'loop' if frames and frames[0].strip().startswith('ffff') else 'user'


def profile(clients, store):
    """Print what the registrations of so many mobile nodes and as many events cost the LMA, in parts of its time."""
    with Load(system.prefix(), bindings=max(clients, 65536), store=store) as load, tempfile.NamedTemporaryFile() as file:
        load.lma.start()
        with apart((load.lma.process,)):
            pid = load.lma.process.pid
            orders, order = os.pipe()
            answer, answers = os.pipe()
            with subprocess.Popen(['perf', 'record', '-q', '-g', '-p', str(pid), '-o', file.name, '-D', '-1', f'--control=fd:{orders},{answers}'],
                                  pass_fds=(orders, answers), stderr=subprocess.DEVNULL) as perf:
                os.close(orders)
                os.close(answers)
                os.write(order, b'enable\n')
                os.read(answer, len('ack\n'))
                code, _ = told_by(load.perf('--clients', clients, '--events', clients, seconds=600))
                perf.send_signal(signal.SIGINT)
            os.close(order)
            os.close(answer)
        said = subprocess.run(['perf', 'script', '-i', file.name, '-F', 'tid,ip,sym'], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, check=True).stdout
        parts = collections.Counter(part(pid, sample) for sample in said.strip('\n').split('\n\n'))
        results.emit('profile', clients=clients, store=store, samples=parts.total(),
                     **{name: round(100 * count / parts.total(), 1) for name, count in parts.most_common()})
        return code


def main(arguments):
    """All rows."""
    quick, store = '--quick' in arguments, None
    if '--store' in arguments:
        store = arguments.pop(arguments.index('--store') + 1)
    profiled = '--profile' in arguments
    sizes = [int(argument) for argument in arguments if not argument.startswith('--')] or \
        ((QUICK_PROFILED if quick else PROFILED) if profiled else QUICK if quick else SIZES)
    if profiled:
        return max(profile(clients, store) for clients in sizes)
    return max(bench(clients, clients if quick else max(clients, EVENTS), store, quick) for clients in sizes)


system.bench(main, sys.argv[1:])
