# SPDX-License-Identifier: BSD-2-Clause
"""Proxy Binding Updates by hand (RFC 5213 section 8, RFC 6275 section 6.1.7), good and bad: an encoder that shares nothing with the
library's."""
import socket
import struct
import time

NO_NEXT_HEADER = 59
MH = 135
PBU, PBA = 5, 6
A_AND_P = 0x8200
P = 0x20
OPT_MN_ID, OPT_HNP, OPT_HI, OPT_ATT, OPT_LL_ID, OPT_TIMESTAMP = 8, 22, 23, 24, 25, 27
HI_UNKNOWN, ATT_ETHERNET = 4, 3


def _pad(message, multiple, remainder):
    missing = (remainder - len(message)) % multiple
    if missing == 1:
        return message + b'\0'
    return message + (bytes([1, missing - 2]) + bytes(missing - 2) if missing else b'')


def timestamp():
    """Now, as the Timestamp option has it: seconds and 1/65536 of seconds since 1970."""
    return int(time.time() * 65536)


def encode(nai, mac, lifetime_s=600, seq=1, stamp=None, hi=HI_UNKNOWN, att=ATT_ETHERNET):
    """A PBU with its checksum field 0."""
    m = struct.pack('!BBBBHHHH', NO_NEXT_HEADER, 0, PBU, 0, 0, seq, A_AND_P, lifetime_s // 4)
    m += bytes([OPT_MN_ID, len(nai) + 1, 1]) + nai.encode()
    m = _pad(m, 8, 4) + bytes([OPT_HNP, 18, 0, 0]) + bytes(16)
    m += bytes([OPT_HI, 2, 0, hi, OPT_ATT, 2, 0, att])
    m = _pad(m, 8, 0) + bytes([OPT_LL_ID, 8, 0, 0]) + bytes.fromhex(mac.replace(':', ''))
    m = _pad(m, 8, 2) + bytes([OPT_TIMESTAMP, 8]) + struct.pack('!Q', timestamp() if stamp is None else stamp)
    m = _pad(m, 8, 0)
    return set_header_len(m)


def answer(message, status):
    """The PBA with this status that repeats the options of a PBU."""
    return struct.pack('!BBBBHBB', NO_NEXT_HEADER, message[1], PBA, 0, 0, status, P) + message[6:8] + message[10:]


def set_header_len(message):
    """Make the Header Len that of the message, whose length is a multiple of 8."""
    return message[:1] + bytes([max(len(message) // 8 - 1, 0)]) + message[2:]


def checksum(message, source, destination):
    """The message with its checksum."""
    if len(message) < 6:
        return message
    pseudo = (socket.inet_pton(socket.AF_INET6, source) + socket.inet_pton(socket.AF_INET6, destination) +
              struct.pack('!II', len(message), MH))
    data = pseudo + message[:4] + b'\0\0' + message[6:]
    data += b'\0' * (len(data) % 2)
    total = sum(struct.unpack(f'!{len(data) // 2}H', data))
    while total >> 16:
        total = (total & 0xffff) + (total >> 16)
    return message[:4] + struct.pack('!H', ~total & 0xffff) + message[6:]


def packet(message, source, destination):
    """The IPv6 packet around a message."""
    return struct.pack('!IHBB', 6 << 28, len(message), MH, 64) + socket.inet_pton(socket.AF_INET6, source) + \
        socket.inet_pton(socket.AF_INET6, destination) + message
