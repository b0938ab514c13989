#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Captures of every kind: pcap of either byte order and resolution, pcapng, all link types, a message behind extension headers and in UDP; files that are cut
off or none."""
import struct
import tempfile

import lib
import pmip

PBU = lib.vector('good/pbu-initial.hex')
SRC, DST = (pmip.Flow(src=address).src.packed for address in (PBU.src, PBU.dst))
OTHER = bytes(15) + b'\7'
LINKS = {0: b'\0\0\0\x0a', 1: bytes(12) + b'\x86\xdd', 101: b'', 113: bytes(14) + b'\x86\xdd', 276: b'\x86\xdd' + bytes(18)}


def ipv6(payload, following=135, src=SRC, dst=DST):
    """A packet."""
    return struct.pack('>IHBB', 0x60000000, len(payload), following, 64) + src + dst + payload


def pcap(frames, link, order='<', nano=False):
    """A file of tcpdump."""
    magic, unit = (0xa1b23c4d, 1000) if nano else (0xa1b2c3d4, 1)
    whole = struct.pack(order + 'IHHiIII', magic, 2, 4, 0, 0, 65535, link)
    return whole + b''.join(struct.pack(order + 'IIII', 7, 5 * unit, len(frame), len(frame)) + frame for frame in frames)


def block(kind, body, order):
    """One of pcapng."""
    body = body.ljust((len(body) + 3) // 4 * 4, b'\0')
    return struct.pack(order + 'II', kind, len(body) + 12) + body + struct.pack(order + 'I', len(body) + 12)


def pcapng(frames, link, order='<', nano=False):
    """A file of Wireshark."""
    options = struct.pack(order + 'HHB3xHH', 9, 1, 9, 0, 0) if nano else b''
    stamp = 7000005 * (1000 if nano else 1)
    whole = block(0x0a0d0d0a, struct.pack(order + 'IHHq', 0x1a2b3c4d, 1, 0, -1), order) + block(1, struct.pack(order + 'HHI', link, 0, 65535) + options, order)
    for frame in frames:
        whole += block(6, struct.pack(order + 'IIIII', 0, stamp >> 32, stamp & 0xffffffff, len(frame), len(frame)) + frame, order)
    return whole


def messages(octets):
    """What is in a file of these octets."""
    with tempfile.NamedTemporaryFile() as file:
        file.write(octets)
        file.flush()
        return list(pmip.messages(file.name))


def read_whole(capture):
    """Lengths that it can be cut off to without an error: where its head and each of its blocks end."""
    whole = []
    for length in range(len(capture)):
        try:
            assert messages(capture[:length]) == []
        except pmip.CaptureError:
            continue
        whole.append(length)
    return whole


def main():
    """All of it."""
    for make in (pcap, pcapng):
        for link, header in LINKS.items():
            for order in '<>':
                for nano in (False, True):
                    found = messages(make([header + ipv6(PBU.data), header + ipv6(b'nothing ', 59)], link, order, nano))
                    assert len(found) == 1 and found[0].message.option('MN-ID').nai == 'mn1@example.com', (make, link, order)
                    assert found[0].time_us == 7000005, found[0].time_us
    vlan = bytes(12) + b'\x81\x00\0\1\x86\xdd'
    home = bytes([135, 2, 1, 2, 0, 0, 0xc9, 16]) + SRC
    routing = bytes([135, 2, 2, 1, 0, 0, 0, 0]) + DST
    udp = struct.pack('>HHHH', 5436, 5436, len(PBU.data) + 8, 0) + PBU.data[:4] + b'\0\0' + PBU.data[6:]
    ipv4 = struct.pack('>BBHHHBBH', 0x45, 0, 20 + len(udp), 0, 0, 64, 17, 0) + bytes([192, 0, 2, 1, 192, 0, 2, 2]) + udp
    found = messages(pcap([vlan + packet for packet in (ipv6(home + PBU.data, 60, src=OTHER), ipv6(routing + PBU.data, 43, dst=OTHER), ipv6(PBU.data[:-1] + b'\1'))]
                          + [bytes(12) + b'\x08\x00' + ipv4], 1))
    assert [one.error.name if one.error else 'OK' for one in found] == ['OK', 'OK', 'PMIP_ERR_CHECKSUM', 'OK'], found
    assert str(found[3].src) == '192.0.2.1'
    assert read_whole(pcap([ipv6(PBU.data)], 101)) == [24]
    assert read_whole(pcapng([ipv6(PBU.data)], 101)) == [28, 48]
    for none in (b'', b'text', pcap([b'frame'], 4711)):
        try:
            messages(none)
        except pmip.CaptureError:
            continue
        raise AssertionError(f'{none!r} is no capture')
    print('captures of all kinds')


main()
