# SPDX-License-Identifier: BSD-2-Clause
"""Captures: read_pcap(path) gives the IP packets of a file of tcpdump or Wireshark, messages(path) the Mobility Header messages in it."""
import ipaddress
import os
import struct
from typing import IO, Iterator, List, NamedTuple, Optional, Tuple, Union

from . import lib
from .base import Address
from .error import Error
from .generated import DecodeFlag
from .message import Message, decode

_IP_HEADER = {0: 4, 1: 14, 101: 0, 108: 4, 113: 16, 228: 0, 229: 0, 276: 20}  # octets before it, by link type
_UDP_PORT = 5436  # RFC 5844 section 4


class Packet(NamedTuple):
    """A captured IP packet."""
    time_us: int  #: when, microseconds since 1970 UTC
    data: bytes   #: from the IP header on


class Received(NamedTuple):
    """A message in a capture, or why it is none."""
    time_us: int
    src: Address
    dst: Address
    data: bytes
    message: Optional[Message]
    error: Optional[Error]


class CaptureError(ValueError):
    """A file is no capture, or of a kind that is not known."""


def _take(file: IO[bytes], length: int) -> bytes:
    taken = file.read(max(length, 0))
    if len(taken) != length:
        raise CaptureError('the file ends in the middle: what was read before is whole')
    return taken


def _strip(link_type: int, frame: bytes) -> bytes:
    if link_type not in _IP_HEADER:
        raise CaptureError(f'link type {link_type} is not known: capture on Ethernet, or with tcpdump -y RAW')
    skip = _IP_HEADER[link_type]
    while link_type == 1 and frame[skip - 2:skip] in (b'\x81\x00', b'\x88\xa8'):  # VLAN
        skip += 4
    return frame[skip:]


def _read_old(file: IO[bytes], magic: bytes) -> Iterator[Packet]:
    order = '<' if magic in (b'\xd4\xc3\xb2\xa1', b'\x4d\x3c\xb2\xa1') else '>'
    scale = 1000 if magic in (b'\x4d\x3c\xb2\xa1', b'\xa1\xb2\x3c\x4d') else 1
    link_type = struct.unpack(order + '16xI', _take(file, 20))[0] & 0xffff
    while record := file.read(1):
        seconds, fraction, length, _ = struct.unpack(order + 'IIII', record + _take(file, 15))
        yield Packet(seconds * 1000000 + fraction // scale, _strip(link_type, _take(file, length)))


def _resolution(order: str, options: bytes) -> int:
    """Units a second of an interface: option if_tsresol."""
    while len(options) >= 4:
        code, length = struct.unpack(order + 'HH', options[:4])
        if code == 9 and length == 1:
            return int(2 ** (options[4] & 0x7f) if options[4] & 0x80 else 10 ** options[4])
        if code == 0:
            break
        options = options[4 + (length + 3) // 4 * 4:]
    return 1000000


def _read_block(order: str, kind: int, body: bytes, interfaces: List[Tuple[int, int]]) -> Iterator[Packet]:
    if kind == 1:
        interfaces.append((struct.unpack(order + 'H', body[:2])[0], _resolution(order, body[8:-4])))
    elif kind == 6:
        number, high, low, length = struct.unpack(order + 'IIII', body[:16])
        link_type, units = interfaces[number]
        yield Packet((high << 32 | low) * 1000000 // units, _strip(link_type, body[20:20 + length]))
    elif kind == 3:
        yield Packet(0, _strip(interfaces[0][0], body[4:-4]))


def _read_new(file: IO[bytes]) -> Iterator[Packet]:
    """pcapng: blocks, each with its length before and behind."""
    interfaces: List[Tuple[int, int]] = []
    order, kind = '<', b'\x0a\x0d\x0d\x0a'
    while kind:
        length = _take(file, 4)
        if kind == b'\x0a\x0d\x0d\x0a':
            mark = _take(file, 4)
            order, interfaces = ('<' if mark == b'\x4d\x3c\x2b\x1a' else '>'), []
            _take(file, struct.unpack(order + 'I', length)[0] - 12)
        else:
            body = _take(file, struct.unpack(order + 'I', length)[0] - 8)
            try:
                yield from _read_block(order, struct.unpack(order + 'I', kind)[0], body, interfaces)
            except (struct.error, IndexError) as error:
                raise CaptureError('a block is shorter than its kind, or names an interface that there is not') from error
        first = file.read(1)
        kind = first and first + _take(file, 3)


def read_pcap(path: Union[str, 'os.PathLike[str]']) -> Iterator[Packet]:
    """The IP packets of a capture, pcap or pcapng."""
    with open(path, 'rb') as file:
        magic = file.read(4)
        if magic == b'\x0a\x0d\x0d\x0a':
            yield from _read_new(file)
        elif magic in (b'\xd4\xc3\xb2\xa1', b'\x4d\x3c\xb2\xa1', b'\xa1\xb2\xc3\xd4', b'\xa1\xb2\x3c\x4d'):
            yield from _read_old(file, magic)
        else:
            raise CaptureError(f'{os.fspath(path)} is no capture: give a file that tcpdump -w has written')


def _home_address(header: bytes) -> Optional[bytes]:
    at = 2
    while at + 2 <= len(header):
        if header[at] == 0xc9 and header[at + 1] == 16:
            return header[at + 2:at + 18]
        at += 1 if header[at] == 0 else 2 + header[at + 1]
    return None


def _find_ipv6(data: bytes) -> Optional[Tuple[bytes, bytes, bytes]]:
    """Source, destination and Mobility Header. A Home Address option stands for the source, a routing header to come for the destination (RFC 6275
    section 6.1.1)."""
    src, dst, following, at = data[8:24], data[24:40], data[6], 40
    end = min(len(data), 40 + int.from_bytes(data[4:6], 'big'))
    while following in (0, 43, 60) and at + 8 <= end:
        header = data[at:at + (data[at + 1] + 1) * 8]
        if following == 60:
            src = _home_address(header) or src
        elif following == 43 and header[2:4] == b'\x02\x01' and len(header) == 24:
            dst = header[8:24]
        following, at = header[0], at + len(header)
    return (src, dst, data[at:end]) if following == lib.PMIP_IPPROTO_MH and at <= end else None


def _find_ipv4(data: bytes) -> Optional[Tuple[bytes, bytes, bytes]]:
    at = (data[0] & 15) * 4
    if data[9] != 17 or int.from_bytes(data[6:8], 'big') & 0x1fff or len(data) < at + 8:
        return None
    if _UDP_PORT not in struct.unpack('>HH', data[at:at + 4]):
        return None
    return data[12:16], data[16:20], data[at + 8:at + int.from_bytes(data[at + 4:at + 6], 'big')]


def messages(path: Union[str, 'os.PathLike[str]']) -> Iterator[Received]:
    """The Mobility Header messages of a capture, refused ones included."""
    for packet in read_pcap(path):
        version = packet.data[0] >> 4 if len(packet.data) >= 20 else 0
        found = _find_ipv6(packet.data) if version == 6 and len(packet.data) >= 40 else _find_ipv4(packet.data) if version == 4 else None
        if found is None:
            continue
        message, error, flags = None, None, DecodeFlag.NO_CHECKSUM if version == 4 else 0
        try:
            message = decode(found[2], found[0], found[1], flags)
        except Error as refused:
            error = refused
        yield Received(packet.time_us, ipaddress.ip_address(found[0]), ipaddress.ip_address(found[1]), found[2], message, error)
