#!/usr/bin/python3 -B
# SPDX-License-Identifier: BSD-2-Clause
"""isatap_gateway.py TUNNEL TAP STATION ROUTER: a MAG's access link behind an IPv4-only network.

A mobile node that has IPv4 alone reaches its MAG by ISATAP (RFC 5214). The MAG speaks Ethernet on access links; a sit device has no link layer. So
this makes a TAP, the access link, on which the mobile node seems to be with the link-layer address STATION: IPv6 packets that come out of TUNNEL get
an Ethernet header, those that the MAG sends lose it. Neighbour solicitations for the mobile node's addresses are answered here, for in a tunnel there
is nothing to resolve; the MAG learns of the mobile node by the Router Solicitation that comes through the tunnel. ROUTER is the MAG's link-local
address; Router Solicitations to it go to all routers, as on any link.
"""
import fcntl
import os
import select
import signal
import socket
import struct
import subprocess
import sys

TUNSETIFF, IFF_TAP, IFF_NO_PI = 0x400454ca, 0x2, 0x1000
ETH_P_IPV6 = 0x86dd
ETH, IPV6 = 14, 40
ICMPV6, SOLICIT_ROUTER, ADVERTISE_ROUTER, SOLICIT_NEIGHBOUR, ADVERTISE_NEIGHBOUR = 58, 133, 134, 135, 136
ADVERTISEMENT, SOURCE_LINK_LAYER = 16, 1  # length before its options; an option
ALL_ROUTERS = socket.inet_pton(socket.AF_INET6, 'ff02::2')
ALL_ROUTERS_MAC = bytes.fromhex('333300000002')


def checksum(source, destination, message):
    """Of ICMPv6."""
    data = source + destination + struct.pack('!II', len(message), ICMPV6) + message
    total = sum(struct.unpack(f'!{len(data) // 2}H', data + b'\0' * (len(data) % 2)) if len(data) % 2 == 0 else
                struct.unpack(f'!{len(data) // 2 + 1}H', data + b'\0'))
    while total >> 16:
        total = (total & 0xffff) + (total >> 16)
    return ~total & 0xffff


def icmp(source, destination, message):
    """An IPv6 packet with an ICMPv6 message whose checksum is 0 so far."""
    message = message[:2] + struct.pack('!H', checksum(source, destination, message)) + message[4:]
    return struct.pack('!IHBB', 6 << 28, len(message), ICMPV6, 255) + source + destination + message


def kind(packet):
    """Its ICMPv6 type, None for any other."""
    return packet[IPV6] if len(packet) > IPV6 and packet[6] == ICMPV6 else None


def for_tunnel(packet, mobile):
    """A Router Advertisement to the mobile node's address, for a tunnel has no groups, and without the router's link-layer address, which means
    nothing there: Linux drops it all for that."""
    message, options = packet[IPV6:IPV6 + ADVERTISEMENT], packet[IPV6 + ADVERTISEMENT:]
    while len(options) >= 8 and options[1]:
        if options[0] != SOURCE_LINK_LAYER:
            message += options[:options[1] * 8]
        options = options[options[1] * 8:]
    return icmp(packet[8:24], mobile, message[:2] + bytes(2) + message[4:])


class Gateway:
    """Both sides, and what goes to and fro."""

    def __init__(self, tunnel, tap, station, router):
        self.station = bytes.fromhex(station.replace(':', ''))
        self.router = socket.inet_pton(socket.AF_INET6, router)
        self.tap = os.open('/dev/net/tun', os.O_RDWR | os.O_NONBLOCK)
        fcntl.ioctl(self.tap, TUNSETIFF, struct.pack('16sH', tap.encode(), IFF_TAP | IFF_NO_PI))
        self.tunnel = socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM, socket.htons(ETH_P_IPV6))
        self.tunnel.bind((tunnel, ETH_P_IPV6))
        self.tunnel.setblocking(False)
        subprocess.run(['ip', 'link', 'set', tap, 'up'], check=True)
        self.mag = b'\xff' * 6  # until it has sent something
        self.mobile = bytes(16)  # the address that the mobile node has solicited from

    def upwards(self):
        """What has come out of the tunnel goes to the MAG."""
        packet, address = self.tunnel.recvfrom(65536)
        if address[2] == socket.PACKET_OUTGOING or len(packet) < IPV6 or packet[0] >> 4 != 6:
            return
        to = self.mag
        if kind(packet) == SOLICIT_ROUTER:
            self.mobile = packet[8:24]
            # The one who asks in ISATAP asks a router that it knows, with no link-layer address to tell.
            packet, to = icmp(packet[8:24], ALL_ROUTERS, struct.pack('!BBHI', SOLICIT_ROUTER, 0, 0, 0)), ALL_ROUTERS_MAC
        os.write(self.tap, to + self.station + struct.pack('!H', ETH_P_IPV6) + packet)

    def downwards(self):
        """What the MAG sends goes into the tunnel, but for neighbour solicitations."""
        frame = os.read(self.tap, 65536)
        if len(frame) < ETH + IPV6 or frame[12:14] != struct.pack('!H', ETH_P_IPV6):
            return
        self.mag, packet = frame[6:12], frame[ETH:]
        if kind(packet) == SOLICIT_NEIGHBOUR:
            self.answer(packet)
        elif frame[:6] == self.station or kind(packet) not in (None, SOLICIT_ROUTER, ADVERTISE_NEIGHBOUR):
            self.tunnel.send(for_tunnel(packet, self.mobile) if kind(packet) == ADVERTISE_ROUTER else packet)

    def answer(self, packet):
        """Whoever the MAG asks for is the mobile node, unless it asks whether an address is its own to have."""
        source, target = packet[8:24], packet[IPV6 + 8:IPV6 + 24]
        if source == bytes(16) or target == self.router:
            return
        message = struct.pack('!BBHI', ADVERTISE_NEIGHBOUR, 0, 0, 0x60000000) + target + struct.pack('!BB6s', 2, 1, self.station)
        os.write(self.tap, self.mag + self.station + struct.pack('!H', ETH_P_IPV6) + icmp(target, source, message))

    def run(self):
        """Until one of both is gone."""
        poll = select.poll()
        for fd in (self.tap, self.tunnel.fileno()):
            poll.register(fd, select.POLLIN)
        while True:
            for fd, events in poll.poll():
                try:
                    (self.downwards if fd == self.tap else self.upwards)()
                except BlockingIOError:
                    pass
                except OSError:
                    if fd == self.tap or events & (select.POLLERR | select.POLLHUP):
                        return


def main():
    """Run it."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    gateway = Gateway(*sys.argv[1:5])
    print('ready', flush=True)
    gateway.run()


if __name__ == '__main__':
    main()
