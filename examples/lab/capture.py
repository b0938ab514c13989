# SPDX-License-Identifier: BSD-2-Clause
"""What is on a cable, seen by tcpdump with the kernel's time stamps: independent of what the daemons say of themselves.

The captures are read while they grow; a packet shows up to a second late in them,
as tcpdump sleeps in between, unless it is to be immediate. All namespaces of a machine share one clock, so that times of different cables compare.
"""
import os
import shutil
import socket
import struct
import subprocess

import kernel
from netns import LabError, wait_for

ETH_LEN = 14
ETHERTYPE_IPV6 = b'\x86\xdd'
NO_HEADER = bytes(12) + ETHERTYPE_IPV6  # stands before packets of an interface without a link layer
FILE_HEADER, RECORD_HEADER = 24, 16
UNIT_NS = {0xa1b23c4d: 1, 0xa1b2c3d4: 1000}  # of the fraction of a second, by the file's first word
LINK_HEADERS = {1: b'', 101: NO_HEADER}      # Ethernet, raw IP
IPV6_LEN = 40
NH_HOPOPTS, NH_TCP, NH_UDP, NH_IPV6, NH_ICMPV6, NH_MH = 0, 6, 17, 41, 58, 135
TCP_SYN, TCP_RST, TCP_ACK = 2, 4, 16
ND_NAMES = {133: 'RS', 134: 'RA', 135: 'NS', 136: 'NA', 2: 'too-big', 143: 'MLD'}
MH_NAMES = {5: 'PBU', 6: 'PBA'}


class Packet:
    """One packet: when, between whom, and what it is."""

    __slots__ = ('ns', 'kind', 'src', 'dst', 'src_mac', 'tunnel', 'length', 'flags', 'port', 'seq', 'lifetime', 'status', 'raw')

    def __init__(self, when, frame):
        self.ns = when
        self.kind = 'other'
        self.tunnel = None
        self.length = self.flags = self.port = self.seq = self.lifetime = self.status = None
        self.src_mac = frame[6:12]
        self.raw = frame
        self._parse(frame, ETH_LEN)

    def _parse(self, frame, offset):
        payload_len, next_header = struct.unpack_from('!HB', frame, offset + 4)
        self.src = socket.inet_ntop(socket.AF_INET6, frame[offset + 8:offset + 24])
        self.dst = socket.inet_ntop(socket.AF_INET6, frame[offset + 24:offset + 40])
        offset += IPV6_LEN
        if next_header == NH_IPV6 and self.tunnel is None:
            self.tunnel = (self.src, self.dst)
            self._parse(frame, offset)
        elif next_header == NH_HOPOPTS:
            self.kind = 'MLD'
        elif next_header == NH_ICMPV6:
            self.kind = ND_NAMES.get(frame[offset], 'icmp')
        elif next_header == NH_TCP:
            self.kind = 'TCP'
            self.port, = struct.unpack_from('!H', frame, offset)
            self.seq, = struct.unpack_from('!I', frame, offset + 4)
            self.flags = frame[offset + 13]
            self.length = payload_len - (frame[offset + 12] >> 4) * 4
        elif next_header == NH_UDP:
            self.kind = 'UDP'
            self.port, = struct.unpack_from('!H', frame, offset + 2)
            self.length = payload_len - 8
            if self.length >= 8:
                self.seq, = struct.unpack_from('!Q', frame, offset + 8)
        elif next_header == NH_MH:
            self.kind = MH_NAMES.get(frame[offset + 2], 'MH')
            if self.kind == 'PBU':
                self.seq, _, units = struct.unpack_from('!HHH', frame, offset + 6)
                self.lifetime = units * 4
            elif self.kind == 'PBA':
                self.status = frame[offset + 6]
                self.seq, units = struct.unpack_from('!HH', frame, offset + 8)
                self.lifetime = units * 4


def watching(ifname, expression='', path=None, octets=262144, wait=True):
    """The command line of a program that shows what passes an interface or writes it to a file; when wait is not true, without waiting for more."""
    if kernel.inside() == 'user':  # tcpdump insists on another user or groups, which a user namespace has not
        filtered = ['-f', expression] if expression else []
        if path:
            return ['dumpcap', '-i', ifname, '-p', '-s', str(octets), '-B', '16', '-P', '-w', path, *filtered]
        return ['tshark', '-i', ifname, '-p', '-n', '-l', *filtered]
    return ['tcpdump', '-i', ifname, '-n', '-p', '-s', str(octets), '-B', '16384', '-U', '-Z', 'root', '--time-stamp-precision=nano',
            *(['-w', path] if path else ['-l']), *([] if wait else ['--immediate-mode']), expression]


class CaptureError(Exception):
    """A file is no capture that can be read here; the text says which."""


class Reader:
    """The IPv6 packets of a file of libpcap that may still grow."""

    def __init__(self, path):
        self.path, self.packets = path, []
        self._offset, self._record, self._unit, self._header = 0, None, 0, b''

    def _begin(self, head):
        if len(head) < FILE_HEADER:
            raise CaptureError(f'{self.path}: too short for a capture')
        for order in '<>':
            magic, = struct.unpack_from(order + 'I', head)
            if magic in UNIT_NS:
                break
        else:
            raise CaptureError(f'{self.path}: not a file of libpcap')
        link_type = struct.unpack_from(order + 'I', head, 20)[0] & 0xffff
        if link_type not in LINK_HEADERS:
            raise CaptureError(f'{self.path}: link type {link_type}: not a capture of Ethernet')
        self._record, self._unit, self._header, self._offset = struct.Struct(order + 'IIII'), UNIT_NS[magic], LINK_HEADERS[link_type], FILE_HEADER

    def read(self):
        """All packets so far; one that is not there as a whole is left for later."""
        with open(self.path, 'rb') as file:
            if not self._record:
                self._begin(file.read(FILE_HEADER))
            file.seek(self._offset)
            data = file.read()
        offset = 0
        while len(data) - offset >= RECORD_HEADER:
            seconds, fraction, length, _ = self._record.unpack_from(data, offset)
            if len(data) - offset - RECORD_HEADER < length:
                break
            frame = self._header + data[offset + RECORD_HEADER:offset + RECORD_HEADER + length]
            if len(frame) >= ETH_LEN + IPV6_LEN and frame[12:14] == ETHERTYPE_IPV6:
                self.packets.append(Packet(seconds * 10**9 + fraction * self._unit, frame))
            offset += RECORD_HEADER + length
        self._offset += offset
        return self.packets


class Capture:
    """tcpdump on one interface of a namespace."""

    def __init__(self, netns, ifname, expression, immediate=False, octets=160):
        self.name = f'{netns.name}-{ifname}'
        self.path = f'{netns.lab.dir}/{self.name}.pcap'
        self.process = netns.start(f'tcpdump-{self.name}', *watching(ifname, expression, self.path, octets, not immediate))
        self._log = lambda: netns.lab.said(self.process)
        self._reader = Reader(self.path)
        wait_for(f'tcpdump on {ifname}', 10, self._listening)

    def _listening(self):
        if self.process.poll() is not None:
            raise LabError(f'tcpdump: {self._log().strip()}')
        there = os.path.exists(self.path) and os.path.getsize(self.path) >= FILE_HEADER
        return there and ('listening on' in self._log() or 'File: ' in self._log())

    def packets(self):
        """All packets so far."""
        return self._reader.read()

    def first(self, since, test):
        """First packet after a time for which test(packet) is true, or None."""
        return next((packet for packet in self.packets() if packet.ns >= since and test(packet)), None)

    def last(self, before, test):
        """Last packet before a time for which test(packet) is true, or None."""
        return next((packet for packet in reversed(self.packets()) if packet.ns < before and test(packet)), None)

    def stop(self):
        """End the capture."""
        self.process.terminate()
        try:
            self.process.wait(5)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    def keep(self, path):
        """End it, and leave a copy of its file."""
        self.stop()
        os.makedirs(os.path.dirname(path), exist_ok=True)
        shutil.copyfile(self.path, path)
