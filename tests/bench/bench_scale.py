#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""An LMA daemon with as many bindings and flows as it is to have, on a real kernel with the bpf datapath: bench_scale.py [--quick] [BINDINGS FLOWS]

What it takes of memory, in user space and in the kernel's maps; what a look at the counters costs it and the flow manager, with all
flows idle and with a tenth of them sending; how long a flow takes to move while it sends, from the request on the flow socket to the first packet by
the new tunnel; and how long pmipctl waits for its answers. --quick only shows that it runs."""
import os
import struct
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', 'system'))

import results  # noqa: E402  pylint: disable=wrong-import-position
import system  # noqa: E402  pylint: disable=wrong-import-position
import fmp  # noqa: E402  pylint: disable=wrong-import-position
import stream  # noqa: E402  pylint: disable=wrong-import-position
from crowd import CN_ADDR, PORT, Crowd, add_flows, host  # noqa: E402  pylint: disable=wrong-import-position
from netns import LabError, process_stat, wait_for  # noqa: E402  pylint: disable=wrong-import-position

SIZES = ((1000, 1000), (100000, 100000), (1000000, 500000))
QUICK = ((200, 300),)
RATE, MOVES, PAUSE_S = 100000, 40, 0.05
POLL_S = 8
ROUND_S = 12  # until a new manager has been told of all flows once
QUESTIONS = {'status': {}, 'counters': {}, 'bindings': {'limit': 10}, 'bindings of one': {'mn_id': 'mn7@example.org'},
             'flows': {'limit': 10}}


def add_flows_of_all(manager, count):
    """Make so many flows known, of as many mobile nodes as there are; return how many are there."""
    addresses = []
    for number, data in manager.all_of(fmp.TUNNELS, bytes(2)):
        for _ in range(number if len(addresses) < count else 0):
            attachment, data = fmp.read_attachment(data)
            addresses.append(host(attachment))
    bodies = [fmp.flow(CN_ADDR, 1000 + n // len(addresses), addresses[n % len(addresses)], PORT) for n in range(count)]
    return sum(status == fmp.OK and body != b'' for status, body in manager.ask_many(fmp.ADD, bodies))


def map_mb(process):
    """The BPF maps of a process by id: kernel memory in MB, entries that there is room for, octets of a key and of a value."""
    maps = {}
    for fd in os.listdir(f'/proc/{process.pid}/fdinfo'):
        with open(f'/proc/{process.pid}/fdinfo/{fd}', encoding='ascii') as file:
            info = dict(line.split(':', 1) for line in file if ':' in line)
        if 'map_type' in info:
            maps[int(info['map_id'])] = int(info['memlock']) / 2**20, int(info['max_entries']), int(info['key_size']), int(info['value_size'])
    return maps


def cpu_s(process):
    """Processor time that a process has taken, seconds."""
    fields = process_stat(process.pid)
    return (int(fields[11]) + int(fields[12])) / os.sysconf('SC_CLK_TCK')


def resident_mb(process):
    """Memory of a process, MB."""
    with open(f'/proc/{process.pid}/status', encoding='ascii') as file:
        return next(int(line.split()[1]) for line in file if line.startswith('VmRSS:')) / 1024


def answers_us(lma):
    """How long pmipctl waits, at the longest question."""
    longest = 0
    for name, args in QUESTIONS.items():
        start = time.monotonic()
        lma.ask(name.split()[0], **args)
        took = (time.monotonic() - start) * 1e6
        if os.environ.get('VERBOSE'):
            print(f'{name}: {took:.0f} us')
        longest = max(longest, took)
    return longest


def moves(crowd, manager, quick):
    """Move a flow to and fro while it sends; return the times, us, and how many packets were lost or came twice."""
    rate, count = (1000, 4) if quick else (RATE, MOVES)
    places = {a.proxy_coa: a.tunnel for a in crowd.attach_mover(manager)}
    ways = {tunnel: struct.unpack('!I', fmp.addr(coa)[12:])[0] for coa, tunnel in places.items()}
    address = host(manager.attachments(b'mover@example.net')[0])
    (number, here), = add_flows(manager, address, 1, first=5001, dport=PORT + 1)
    sink = stream.Sink(crowd.mag_ns, PORT + 1, 'tunnel')
    packets = int(rate * (count * PAUSE_S + 2.5))
    sender = stream.send(crowd.cn, CN_ADDR, address, PORT + 1, 5001, 1, rate, packets)
    time.sleep(1)
    asked = []
    for _ in range(count):
        there = next(tunnel for tunnel in ways if tunnel != here)
        asked.append((time.time_ns(), ways[there]))
        status, _ = manager.ask(fmp.MOVE, struct.pack('!III', number, here, there))
        if status != fmp.OK:
            raise LabError(f'a move came to nothing: status {status}')
        here = there
        time.sleep(PAUSE_S)
    stream.finish(sender, 60)
    time.sleep(0.3)
    records = sorted(sink.stop(), key=lambda record: record[3])
    times, at = [], 0
    for start, way in asked:
        while at < len(records) and (records[at][3] < start or records[at][4] != way):
            at += 1
        times.append((records[at][3] - start) / 1000 if at < len(records) else float('inf'))
    flow = stream.Arrived([record[1:] for record in records], packets)
    return sorted(times), flow.lost, flow.duplicated


def polling(crowd, addresses, flows, active, quick):
    """What looking at the counters costs LMA and manager, percent of a CPU: idle, and with a tenth of the flows sending."""
    crowd.manager.start()
    wait_for('the manager to know the flows', 60, lambda: crowd.manager.ask('counters')['manager']['added'] >= flows)
    seconds, percent = (1 if quick else POLL_S), []
    for sending in (0, active):
        sender = stream.send(crowd.cn, CN_ADDR, addresses[0], PORT, 10000, sending, sending, int(sending * (seconds + 2))) if sending else None
        time.sleep(1 if sending or quick else ROUND_S)
        before, start = cpu_s(crowd.manager.process) + cpu_s(crowd.lma.process), time.monotonic()
        time.sleep(seconds)
        percent.append(100 * (cpu_s(crowd.manager.process) + cpu_s(crowd.lma.process) - before) / (time.monotonic() - start))
        if sender:
            stream.finish(sender, 60)
    crowd.manager.stop()
    return percent


def bench(bindings, flows, quick):
    """One row."""
    active = max(1, min(flows // 10, 50000))
    with Crowd(system.prefix(), flows + 10, bindings=bindings + 10, extra='flow_idle_timeout: 0s\n',
               flow_manager='flow_idle_timeout: 24h\nwatch: all\nmax_attachments: 2000000\n') as crowd:
        crowd.lma.start()
        code, told = crowd.perf('-n', bindings, '-e', 1, '--lifetime', 14400, seconds=600)
        if code:
            raise LabError(f'bindings: {told["failed"] if isinstance(told, dict) else told}')
        bound_mb = resident_mb(crowd.lma.process)
        with fmp.Manager(crowd.flow_socket) as manager:
            manager.sock.settimeout(60)
            addresses = [host(a) for a in manager.attachments(b'mn1@example.org')]
            there = len(add_flows(manager, addresses[0], active)) + add_flows_of_all(manager, flows - active)
            if there < flows:
                raise LabError(f'{there} of {flows} flows')
            full_mb, maps_mb = resident_mb(crowd.lma.process), sum(row[0] for row in map_mb(crowd.lma.process).values())
            if os.environ.get('VERBOSE'):
                print(map_mb(crowd.lma.process))
            longest_us = answers_us(crowd.lma)
            times, lost, duplicated = moves(crowd, manager, quick)
        idle, sending = polling(crowd, addresses, flows, active, quick)
        results.emit('scale', bindings=bindings, flows=flows, bound_mb=bound_mb, full_mb=full_mb, maps_mb=maps_mb, answer_us=longest_us,
                     move_us=results.median(times), move_p90_us=times[len(times) * 9 // 10], lost=lost, duplicated=duplicated,
                     idle_percent=idle, sending_percent=sending)


def main(arguments):
    """All rows."""
    quick = '--quick' in arguments
    numbers = [int(argument) for argument in arguments if not argument.startswith('--')]
    for bindings, flows in [tuple(numbers)] if numbers else QUICK if quick else SIZES:
        bench(bindings, flows, quick)


system.bench(main, sys.argv[1:])
