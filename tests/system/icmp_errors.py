# SPDX-License-Identifier: BSD-2-Clause
"""Errors that a router may answer an LMA's tunnel packets with, true and forged ones, of datapath-icmp.sh.

icmp_errors.py send INTERFACE LLADDR    send them to the LMA at LLADDR
icmp_errors.py forge INTERFACE LLADDR   send two forged ones to the MAG at LLADDR, and a true one after them
icmp_errors.py compare PCAP             what the CN got is what it has to get, octet for octet
icmp_errors.py drops                    how many are dropped as spoofed, and how many otherwise
"""
import logging
import sys

logging.getLogger("scapy").setLevel(logging.ERROR)
from scapy.all import ICMP, ICMPv6DestUnreach, ICMPv6EchoRequest, ICMPv6PacketTooBig, ICMPv6ParamProblem, ICMPv6TimeExceeded, Ether, \
    IP, IPv6, Raw, UDP, rdpcap, sendp  # noqa: E402

ROUTER, LMA, MAG, OTHER_MAG, STRANGER = "2001:db8:11::2", "2001:db8:1::1", "2001:db8:13::2", "2001:db8:13::99", "2001:db8:13::98"
CN, MN, OTHER_MN, UNBOUND = "2001:db8:c::2", "2001:db8:a000:1::2", "2001:db8:a000:2::2", "2001:db8:a000:99::2"
CN4, MN4, DUMMY = "203.0.113.2", "198.51.100.7", "192.0.0.8"
SPOOFED, OTHER, KERNEL = "spoofed", "other", "kernel"
UNREACHABLE = "unreachable"


def inner6(octets, src=CN, dst=MN, upper=None):
    packet = IPv6(src=src, dst=dst, hlim=63) / (upper or UDP(sport=7, dport=9))
    return bytes(packet / Raw(bytes(n & 255 for n in range(octets - len(packet)))))


def inner4(octets, upper=None, **fields):
    packet = IP(src=CN4, dst=MN4, ttl=63, id=octets, **fields) / (upper or UDP(sport=7, dport=9))
    return bytes(packet / Raw(bytes(n & 255 for n in range(octets - len(packet)))))


def error(message, inner, quote=None, src=LMA, dst=MAG, damage=0):
    """The error about a tunnel packet, of which quote octets of the inner one are quoted (else as many as fit)."""
    number = 4 if inner[0] >> 4 == 4 else 41
    outer = bytes(IPv6(src=src, dst=dst, nh=number, hlim=60, plen=len(inner)))
    octets = (outer + inner)[:1232 if quote is None else 40 + quote]
    packet = bytearray(bytes(IPv6(src=ROUTER, dst=src) / message / Raw(octets)))
    packet[42] ^= damage
    return bytes(packet)


def too_big(mtu):
    return ICMPv6PacketTooBig(mtu=mtu)


def cases():
    """What is sent, and what becomes of it: SPOOFED, OTHER, KERNEL, or the MTU or UNREACHABLE that the CN is told, about which packet."""
    six, four = inner6(1460), inner4(1460, flags="DF")
    echo6, echo4 = inner6(200, upper=ICMPv6EchoRequest()), inner4(200, upper=ICMP())
    unreachable = ICMPv6DestUnreach(code=0)
    yield error(too_big(1400), six), 1360, six
    yield error(too_big(1400), six, 61), 1360, six[:61]  # an odd number
    yield error(too_big(1400), six, 40), 1360, six[:40]
    yield error(too_big(1300), six), 1280, six
    yield error(too_big(1300), inner6(1281)), 1280, inner6(1281)
    yield error(too_big(1300), inner6(1280)), OTHER, None
    yield error(too_big(1600), six), OTHER, None
    yield error(too_big(0), six), 1280, six
    yield error(unreachable, six), UNREACHABLE, six
    yield error(ICMPv6DestUnreach(code=3), echo6), UNREACHABLE, echo6
    yield error(ICMPv6TimeExceeded(code=0), echo6), UNREACHABLE, echo6
    yield error(ICMPv6TimeExceeded(code=1), six), OTHER, None
    yield error(ICMPv6ParamProblem(code=1, ptr=6), six), OTHER, None
    yield error(too_big(1400), six, damage=1), OTHER, None
    yield error(too_big(1400), six, 39), OTHER, None
    yield error(unreachable, inner6(200, upper=ICMPv6DestUnreach())), OTHER, None
    yield error(unreachable, inner6(200, src="fe80::2")), OTHER, None
    yield error(unreachable, inner6(200, src="ff05::2")), OTHER, None
    yield error(unreachable, b"\x50" + six[1:]), OTHER, None
    yield error(too_big(1400), inner6(1460, dst=OTHER_MN)), SPOOFED, None
    yield error(too_big(1400), inner6(1460, dst=UNBOUND)), SPOOFED, None
    yield error(too_big(1400), six, dst=OTHER_MAG), SPOOFED, None
    yield error(too_big(1400), six, dst=STRANGER), KERNEL, None
    yield error(too_big(1400), four), 1360, four
    yield error(too_big(1400), inner4(1459)), 1360, inner4(1459)  # it may be fragmented, but not here any more
    yield error(too_big(1400), four, 61), 1360, four[:61]
    yield error(too_big(1000), four), 1240, four
    yield error(too_big(1400), inner4(1360)), OTHER, None
    yield error(unreachable, four), UNREACHABLE, four
    yield error(ICMPv6TimeExceeded(code=0), echo4), UNREACHABLE, echo4
    yield error(unreachable, inner4(200, upper=ICMP(type=3, code=3))), OTHER, None
    yield error(unreachable, inner4(200, frag=8)), OTHER, None
    yield error(unreachable, four, damage=1), OTHER, None
    yield error(unreachable, inner4(200)[:16] + b"\xc6\x33\x64\x09" + inner4(200)[20:]), SPOOFED, None


def forged():
    """To the MAG: about a packet of a prefix that is bound there to another tunnel, about one that is bound nowhere, and a true one."""
    for source in (OTHER_MN, UNBOUND, MN):
        yield error(too_big(1400), inner6(1460, src=source, dst=CN), src=MAG, dst=LMA)


def told(result, inner):
    """The error that the CN gets."""
    if inner[0] >> 4 == 6:
        message = ICMPv6DestUnreach(code=3) if result == UNREACHABLE else ICMPv6PacketTooBig(mtu=result)
        return bytes(IPv6(src=LMA, dst=CN, hlim=63) / message / Raw(inner[:1192]))
    message = ICMP(type=3, code=1) if result == UNREACHABLE else ICMP(type=3, code=4, nexthopmtu=result)
    return bytes(IP(src=DUMMY, dst=CN4, tos=0xC0, id=0, flags="DF", ttl=63) / message / Raw(inner[:512]))


def compare(name):
    got = [bytes(p.payload) for p in rdpcap(name)]
    expected = [told(result, inner) for _, result, inner in cases() if inner]
    for n, (x, y) in enumerate(zip(got, expected)):
        if x != y:
            sys.exit(f"error {n}: got\n{x.hex()}, not\n{y.hex()}")
    print(len(got), "of", len(expected), "errors as they have to be")
    sys.exit(len(got) != len(expected))


if sys.argv[1] == "send":
    for octets, _, _ in cases():
        sendp(Ether(dst=sys.argv[3]) / IPv6(octets), iface=sys.argv[2], verbose=False)
elif sys.argv[1] == "forge":
    for octets in forged():
        sendp(Ether(dst=sys.argv[3]) / IPv6(octets), iface=sys.argv[2], verbose=False)
elif sys.argv[1] == "compare":
    compare(sys.argv[2])
else:
    results = [result for _, result, _ in cases()]
    print(results.count(SPOOFED), results.count(OTHER))
