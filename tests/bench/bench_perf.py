#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""What a registration costs the LMA daemon, from socket to socket: bench_perf.py [--quick] [--store strict|fast] [CLIENTS...]

pmip-perf registers that many mobile nodes, then lets 100 000 events or as many happen to them, over a veth cable and with the bpf datapath. The
baseline of the same run is pmip-perf --echo in the place of the LMA. --quick only shows that it runs. --store: the LMA
stores what it acknowledges."""
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', 'system'))

import system  # noqa: E402  pylint: disable=wrong-import-position
from load import ECHO_ADDR, Load  # noqa: E402  pylint: disable=wrong-import-position
from netns import LabError  # noqa: E402  pylint: disable=wrong-import-position

SIZES = (1000, 100000, 1000000)
EVENTS = 100000  # of fewer no rate could be told
QUICK = (50,)
PHASES = ('register', 'mix')


def bench(clients, events, store):
    """One line of the table; the exit status of pmip-perf."""
    with Load(system.prefix(), bindings=max(clients, 65536), store=store) as load:
        load.lma.start()
        load.echo()
        code, told = load.perf('--clients', clients, '--events', events, '--baseline', ECHO_ADDR, seconds=1800)
        if isinstance(told, str):
            raise LabError(told.strip())
        rates = ''.join(f'{told["echo_rate"][phase]:10.0f}{told["rate"][phase]:10.0f}{told["rate"][phase] / told["echo_rate"][phase]:7.2f}'
                        for phase in PHASES)
        latency = ''.join(f'{told["latency_us"][name] / 1000:9.2f}' for name in ('p50', 'p99', 'p99.9'))
        print(f'{clients:9}{rates}{latency}', flush=True)
        if code != 0:
            print(f'not as expected: {", ".join(told["failed"])}; lost {told["lost"]}, refused {told["refused"]}')
        return code


def main(arguments):
    """The table."""
    quick, store = '--quick' in arguments, None
    if '--store' in arguments:
        store = arguments.pop(arguments.index('--store') + 1)
    sizes = [int(argument) for argument in arguments if not argument.startswith('--')] or (QUICK if quick else SIZES)
    system.end_by_signals()
    if os.geteuid() != 0:
        print('SKIP: the LMA daemon is measured in network namespaces, as root')
        return system.SKIP
    print('LMA daemon and responder, PBUs answered a second; latency of the daemon, milliseconds')
    print('            first registrations                    mix')
    print('  clients      echo       LMA  ratio      echo       LMA  ratio      p50      p99    p99.9', flush=True)
    try:
        return max(bench(clients, clients if quick else max(clients, EVENTS), store) for clients in sizes)
    except LabError as error:
        print(f'bench_perf.py: {error}', file=sys.stderr)
        return 1


sys.exit(main(sys.argv[1:]))
