# SPDX-License-Identifier: BSD-2-Clause
"""Moves that congestion triggers, which several experiments are made of: the tunnel that a flow is in becomes slow, the flow manager moves the
flow, the tunnel recovers, and so on to and fro."""
import random
import statistics
import time

from experiment_phone import Phone, connections, tcp_flow, video_flow, TCP_PORT, VIDEO_PORT
from series import moves, rounded

PATIENCE_POLLS = 6  # until a move that does not come is given up
RESTORE_S = 0.3     # how long a tunnel stays slow after its flow has left it
LEAD_S = 2.0        # before the first move
TAIL_S = 1.5        # after the last one
WINDOW_S = 0.2      # over which a rate is taken
RECOVERED = 0.8     # of the rate before


def play(phone, port, params, seed):
    """All moves, spacing_s apart and by chance up to a polling interval more: for how long one takes depends on when in the interval the tunnel becomes
    slow, and moves of one run would all be alike in that."""
    dice = random.Random(seed)
    phone.known(port)
    time.sleep(LEAD_S)
    for _ in range(params['moves']):
        due = time.monotonic() + params['spacing_s'] + dice.uniform(0, phone.poll_s)
        way = phone.way_of(port)
        phone.degrade(way, params['degraded'])
        phone.by(port, 1 - way, PATIENCE_POLLS * phone.poll_s)
        time.sleep(RESTORE_S)
        phone.restore(way)
        time.sleep(max(0, due - time.monotonic()))
    time.sleep(TAIL_S)


def rate_before(flow, triggers):
    """Mbit/s before the first trigger, whenever that was: a busy machine takes its time until the traffic runs."""
    at = triggers[0][0]
    return flow.rate(at - LEAD_S / 2, at)


def recovered_ms(flow, move, rate):
    """From a trigger until a window in which the flow has its rate again, or None; one that had none cannot have it again."""
    at = move.first if rate > 0 else None
    while at is not None and at < flow.times[-1]:
        if flow.rate(at, at + WINDOW_S) >= RECOVERED * rate:
            return (at - move.trigger) * 1e3
        at += WINDOW_S / 4
    return None


class Record:
    """What a run has left: its captures, and when what was done. It goes as JSON from user-mode Linux to the running kernel."""

    def __init__(self, start_ns, end_ns, triggers, kept, tcp=None, energy=None):
        self.start_ns, self.end_ns, self.triggers, self.kept, self.tcp, self.energy = start_ns, end_ns, triggers, kept, tcp, energy

    @classmethod
    def of(cls, phone, kept, tcp=None):
        """Of a phone whose run has ended."""
        return cls(phone.start_ns, phone.end_ns, phone.triggers, kept, tcp, phone.energy(kept))

    @property
    def end(self):
        """Seconds from start to end."""
        return (self.end_ns - self.start_ns) / 1e9


def measure(flow, record):
    """Moves, and what a summary says of them."""
    found = moves(flow, record.triggers, record.end)
    rate = rate_before(flow, record.triggers)
    rows = [{**move.row(), 'recovered_ms': rounded(recovered_ms(flow, move, rate))} for move in found]
    return found, {'rate_mbps': round(rate, 2), 'moves': rows, 'seen': sum(move.first is not None for move in found)}


def record_download(prefix, out_dir, params, suffix='', **options):
    """One run with a TCP download; its Record."""
    seconds = int(LEAD_S + params['moves'] * (params['spacing_s'] + params['poll_s']) + TAIL_S) + 2
    with Phone(prefix, rates=params['radio_rates'], poll_s=params['poll_s'], hysteresis_ms=params['hysteresis_ms'], **options) as phone:
        traffic = phone.download(seconds)
        play(phone, TCP_PORT, params, f'{prefix}{suffix}')
        result = traffic.result(60)
        kept = phone.finish(out_dir, suffix)
    return Record.of(phone, kept, {**result, **connections(kept, seconds)})


def read_download(record):
    """(flow, moves, summary) of such a run."""
    flow = tcp_flow(record.kept, record.start_ns)
    found, summary = measure(flow, record)
    return flow, found, {**summary, 'tcp': record.tcp, 'energy': record.energy}


def download(prefix, out_dir, params, suffix='', **options):
    """Both: (flow, moves, summary, record)."""
    record = record_download(prefix, out_dir, params, suffix, **options)
    return *read_download(record), record


def video(prefix, out_dir, params, suffix='', **options):
    """One run with a stream of video: the same."""
    with Phone(prefix, rates=params['radio_rates'], poll_s=params['poll_s'], hysteresis_ms=params['hysteresis_ms'], **options) as phone:
        traffic = phone.video(params['video_kbps'])
        play(phone, VIDEO_PORT, params, f'{prefix}{suffix}')
        traffic.stop()
        record = Record.of(phone, phone.finish(out_dir, suffix))
    flow = video_flow(record.kept, record.start_ns)
    found, summary = measure(flow, record)
    summary.update(video={'packets': len(flow.arrivals), 'lost': flow.lost()}, energy=record.energy)
    return flow, found, summary, record


def values(summary, key):
    """One value of all moves."""
    return [move[key] for move in summary['moves']]


def median(numbers):
    """Median of those that there are, or None."""
    numbers = [number for number in numbers if number is not None]
    return statistics.median(numbers) if numbers else None
