#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Decoding from Python, by the bindings and by scapy: bench_python.py [--quick]

Both decode the same messages, in turn: a Proxy Binding Update, its acknowledgement, and all vectors whose type scapy knows. The bindings do it twice:
decoding and checking alone, and with every field of the message and of each option as a Python value, which scapy has made anyway."""
import os
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', 'python'))

import lib  # noqa: E402  pylint: disable=wrong-import-position
import results  # noqa: E402  pylint: disable=wrong-import-position

try:
    import pmip
except ImportError:
    print('skipped: the bindings are not built: configure says why, ./bootstrap.sh packages installs what they need')
    sys.exit(77)
from scapy.layers import inet6  # noqa: E402  pylint: disable=wrong-import-position

ROUNDS, CALLS = 7, 400
CLASSES = inet6._mip6_mhtype2cls  # pylint: disable=protected-access


def decode(vectors):
    """Checked, no field read."""
    for vector in vectors:
        pmip.decode(vector.data, vector.src, vector.dst)


def read(vectors):
    """With all fields."""
    for vector in vectors:
        message = pmip.decode(vector.data, vector.src, vector.dst)
        assert message.values is not None
        for option in message.options:
            assert option.values is not None


def scapy(vectors):
    """The same by scapy."""
    for vector in vectors:
        CLASSES[vector.data[2]](vector.data)


def measure(call, vectors, calls):
    """Microseconds a message, of the processor."""
    start = time.process_time()
    for _ in range(max(1, calls // len(vectors))):
        call(vectors)
    return (time.process_time() - start) * 1e6 / (max(1, calls // len(vectors)) * len(vectors))


def main(arguments):
    """All rows."""
    rounds, calls = (3, 100) if '--quick' in arguments else (ROUNDS, CALLS)
    good = [vector for vector in lib.vectors() if vector.file.startswith('good/') and vector.data[2] in CLASSES and not vector.in_udp and vector.result == 'OK']
    one = {vector.file: [vector] for vector in good}
    for name, vectors in (('PBU', one['good/pbu-initial.hex']), ('PBA', one['good/pba-initial.hex']), ('all', good)):
        found = [[measure(call, vectors, calls) for call in (decode, read, scapy)] for _ in range(rounds)]
        decode_us, read_us, scapy_us = (results.median(column) for column in zip(*found))
        results.emit('python', messages=name, count=len(vectors), decode_us=decode_us, read_us=read_us, scapy_us=scapy_us,
                     ratio=round(results.median([row[1] / row[2] for row in found]), 4))


main(sys.argv[1:])
