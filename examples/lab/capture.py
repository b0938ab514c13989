# SPDX-License-Identifier: BSD-2-Clause
"""What is on a cable, seen by tcpdump with the kernel's time stamps: independent of what the daemons say of themselves.

The captures are read while they grow; a packet shows up to a second late in them,
as tcpdump sleeps in between, unless it is to be immediate. All namespaces of a machine share one clock, so that times of different cables compare.
"""
import socket
import struct
import subprocess

from netns import LabError, wait_for

ETH_LEN = 14
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


class Capture:
    """tcpdump on one interface of a namespace."""

    def __init__(self, netns, ifname, expression, immediate=False, octets=160):
        self.name = f'{netns.name}-{ifname}'
        self.path = f'{netns.lab.dir}/{self.name}.pcap'
        self.process = netns.start(
            f'tcpdump-{self.name}', 'tcpdump', '-i', ifname, '-n', '-p', '-s', str(octets), '-B', '16384', '-U',
            '-Z', 'root', '--time-stamp-precision=nano', '-w', self.path, *(('--immediate-mode',) if immediate else ()), expression)
        self._log = lambda: netns.lab.said(self.process)
        self._offset = 24
        self._packets = []
        wait_for(f'tcpdump on {ifname}', 10, self._listening)

    def _listening(self):
        if self.process.poll() is not None:
            raise LabError(f'tcpdump: {self._log().strip()}')
        return 'listening on' in self._log()

    def packets(self):
        """All packets so far."""
        with open(self.path, 'rb') as file:
            file.seek(self._offset)
            data = file.read()
        offset = 0
        while len(data) - offset >= 16:
            seconds, nanoseconds, length, _ = struct.unpack_from('=IIII', data, offset)
            if len(data) - offset - 16 < length:
                break
            frame = data[offset + 16:offset + 16 + length]
            if length >= ETH_LEN + IPV6_LEN and frame[12:14] == b'\x86\xdd':
                self._packets.append(Packet(seconds * 10**9 + nanoseconds, frame))
            offset += 16 + length
        self._offset += offset
        return self._packets

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
