# SPDX-License-Identifier: BSD-2-Clause
"""What the tests of the Python bindings share: the package of the build directory, the vectors, a packet."""
import os
import sys

TOP = os.path.abspath(os.environ.get('top_srcdir') or os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', '..'))
BUILD = os.path.abspath(os.environ.get('top_builddir') or os.path.join(TOP, 'build'))
PACKAGE = os.path.join(BUILD, 'bindings', 'python')
sys.dont_write_bytecode = True
sys.path.insert(0, PACKAGE)

VECTORS = os.path.join(TOP, 'tests', 'vectors')


class Vector:
    """A line of INDEX, with the octets of its file."""

    def __init__(self, line):
        (self.file, self.result, self.offset, canonical, self.role, self.verdict, self.action, self.status) = line.split('\t')[:8]
        self.canonical, self.data, self.in_udp = canonical == 'yes', b'', False
        with open(os.path.join(VECTORS, self.file), encoding='utf-8') as file:
            for text in file:
                words = text.split()
                if text.startswith('# src '):
                    self.src = words[2]
                elif text.startswith('# dst '):
                    self.dst = words[2]
                elif text.startswith('# carried in IPv4'):
                    self.in_udp = True
                elif not text.startswith('#'):
                    self.data += bytes.fromhex(text)


# TCP from ::1, port 443, to ::2.
PACKET = bytes.fromhex('600000000008063f') + bytes(15) + b'\1' + bytes(15) + b'\2' + bytes.fromhex('01bbc35000000000')


def vectors():
    """All of them, which are some hundred."""
    with open(os.path.join(VECTORS, 'INDEX'), encoding='utf-8') as file:
        found = [Vector(line) for line in file if not line.startswith('#')]
    assert len(found) > 200, f'{len(found)} vectors: is {VECTORS} whole?'
    return found


def vector(name):
    """The one of this file."""
    return next(one for one in vectors() if one.file == name)
