# SPDX-License-Identifier: BSD-2-Clause
"""The packets of wire-equal.sh.

wire_equal.py send down|up INTERFACE LLADDR   send them to the router at LLADDR
wire_equal.py compare DIR DIR                 compare what was captured in two runs, of bpf both
wire_equal.py compare-netlink DIR DIR         or the second one of netlink
"""
import logging
import sys

logging.getLogger("scapy").setLevel(logging.ERROR)
from scapy.all import ICMP, ICMPv6EchoRequest, Ether, IP, IPv6, TCP, UDP, Raw, rdpcap, sendp  # noqa: E402

CN, MN = "2001:db8:c::2", "2001:db8:a000:1::2"
CN4, MN4 = "203.0.113.2", "198.51.100.2"
LMA, MAG = "2001:db8:11::1", "2001:db8:11::2"
ECT0, CE = 2, 3
UDP_PORT = 1000  # of the first packet; each has its own number


def upper(kind, n):
    data = bytes((n + i) & 255 for i in range(64 + n))
    if kind == "udp":
        return UDP(sport=UDP_PORT + n, dport=7) / Raw(data)
    if kind == "tcp":
        return TCP(sport=UDP_PORT + n, dport=80, seq=0x01020304, flags="S", window=64240,
                   options=[("MSS", 1440), ("SAckOK", b""), ("WScale", 7)])
    if kind == "icmp4":
        return ICMP(id=UDP_PORT + n, seq=1) / Raw(data)
    return ICMPv6EchoRequest(id=UDP_PORT + n, seq=1, data=data)


def packets(direction):
    src, dst = (CN, MN) if direction == "down" else (MN, CN)
    cases = [(kind, tc, 0xABCDE, 64) for kind in ("udp", "tcp", "icmp") for tc in (0, 0xB8, 0xB9, 0xBA, 0xBB, 0x03)]
    cases += [(kind, 0x28, label, hlim) for kind in ("udp", "tcp", "icmp") for label, hlim in ((1, 255), (0xFFFFF, 3), (0, 64))]
    out = [IPv6(src=src, dst=dst, tc=tc, fl=fl, hlim=hlim) / upper(kind, n) for n, (kind, tc, fl, hlim) in enumerate(cases)]
    src, dst = (CN4, MN4) if direction == "down" else (MN4, CN4)
    cases = [(kind, tos, 64) for kind in ("udp", "tcp", "icmp4") for tos in (0, 0xB8, 0xB9, 0xBA, 0xBB, 0x03)]
    cases += [(kind, 0x28, ttl) for kind in ("udp", "tcp", "icmp4") for ttl in (255, 3)]
    return out + [IP(src=src, dst=dst, tos=tos, ttl=ttl, id=n) / upper(kind, n) for n, (kind, tos, ttl) in enumerate(cases)]


def fields(packet):
    """Every field of every header, outer first, and the payload."""
    out, layer, depth = [], packet, 0
    while layer:
        if isinstance(layer, Raw):
            out.append((f"{depth} payload", bytes(layer).hex()))
            break
        out += [(f"{depth} {layer.name} {f.name}", layer.getfieldval(f.name)) for f in layer.fields_desc]
        layer, depth = layer.payload, depth + 1
    return out


def captured(directory, link):
    """What of ours was on a link, in order."""
    def ours(packet):
        inner = packet.payload.payload if link == "core" else packet.payload
        return isinstance(inner, (IP, IPv6)) and {inner.src, inner.dst} in ({CN, MN}, {CN4, MN4})
    return [p.payload for p in rdpcap(f"{directory}/{link}.pcap") if ours(p)]


def traffic_class(packet):
    return packet.tc if isinstance(packet, IPv6) else packet.tos


def same_mark(x, y):
    """Take the one difference that has to be out of y: with CE inside bpf says CE outside as well, netlink ECT(0)."""
    inside = traffic_class(x.payload)
    if inside & 3 != CE or x.tc != inside or y.tc != inside - CE + ECT0:
        return False
    y.tc = x.tc
    return True


def compare(bpf, other, is_netlink):
    total, bad, marks = 0, 0, 0
    sent = packets("down") + packets("up")
    expected = len(sent)
    for link in ("cn", "core", "mn"):
        a, b = captured(bpf, link), captured(other, link)
        if len(a) != expected or len(b) != expected:
            sys.exit(f"FAIL: {link}: {expected} packets were sent, {len(a)} and {len(b)} captured")
        for n, (x, y) in enumerate(zip(a, b)):
            marks += is_netlink and link == "core" and same_mark(x, y)
            fx, fy = fields(x), fields(y)
            differ = [(k, v, w) for (k, v), (_, w) in zip(fx, fy) if v != w]
            if len(fx) != len(fy) or (not differ and bytes(x) != bytes(y)):
                differ.append(("octets", bytes(x).hex(), bytes(y).hex()))
            total += len(fx)
            for name, v, w in differ:
                bad += 1
                print(f"FAIL: {link} packet {n} ({y.summary()}): {name}: {v} and {w}")
    print(f"{3 * expected} packets, {total} fields compared, {bad} differ" + f"; {marks} with CE inside are ECT(0) outside with netlink" * is_netlink)
    sys.exit(bad > 0 or (is_netlink and marks != sum(traffic_class(p) & 3 == CE for p in sent)))


if sys.argv[1] == "send":
    for p in packets(sys.argv[2]):
        sendp(Ether(dst=sys.argv[4]) / p, iface=sys.argv[3], verbose=False)
else:
    compare(sys.argv[2], sys.argv[3], sys.argv[1] == "compare-netlink")
