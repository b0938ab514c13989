# SPDX-License-Identifier: BSD-2-Clause
"""A radio of an access network that has IPv4 alone, as 3G had: the mobile node reaches the MAG's side by ISATAP (RFC 5214; sit in mode isatap), and
what attaches it is its Router Solicitation through the tunnel.

    MN   is-3g ==== sit, IPv4 ==== v4-0  MAG      the cable carries IPv4
                                   |  sit-0 == isatap_gateway.py == mn-3g, the access link that pmip-mag knows
"""
import os
import socket
import struct
import sys

from domain import Radio
from netns import LabError, wait_for

GATEWAY = os.path.join(os.path.dirname(os.path.abspath(__file__)), 'isatap_gateway.py')
ROUTER_IPV4, NETWORK = '10.64.0.1', '10.64'
# The router's link-local address has its IPv4 address in it, or the mobile node's tunnel would not know where to send packets for it.
ROUTER = 'fe80::5efe:10.64.0.1'


class IsatapRadio(Radio):
    """A radio whose cable carries IPv4; number tells it from others."""

    def __init__(self, netns, ifname, index, mac, link, acc_index, technology, number, make=True):
        self.link, self.number = link, number
        self.address = f'{NETWORK}.{(number + 2) >> 8}.{(number + 2) & 255}'
        super().__init__(netns, ifname, index, mac, f'v4-{number}', acc_index, technology, make)
        self.ip_ifname = f'is-{ifname}'
        if make:
            self._make()

    def _make(self):
        self.netns.sysctl(**{f'ipv6__conf__{self.ifname}__disable_ipv6': 1})
        self.netns.ip_batch(f'addr add {self.address}/32 dev {self.ifname}\nroute add {ROUTER_IPV4} dev {self.ifname} src {self.address}\n')
        said = self.netns.run('ip', 'tunnel', 'add', self.ip_ifname, 'mode', 'isatap', 'local', self.address, 'ttl', '64', check=False).strip()
        if said:
            raise LabError(f'{self.link}: access isatap: no sit device in this kernel ({said}); user-mode Linux has it: pmip-lab --kernel uml')
        self.netns.run('ip', 'tunnel', 'prl', 'prl-default', ROUTER_IPV4, 'dev', self.ip_ifname)
        self.netns.ip('link', 'set', self.ip_ifname, 'up')

    def feed(self):
        """Give the cable its carrier, then the MAG its access link; return when the carrier was given, ns."""
        netns, lab = self.at.netns, self.netns.lab
        when = super().feed()
        netns.ip('addr', 'replace', f'{ROUTER_IPV4}/32', 'dev', 'lo')
        netns.ip('route', 'replace', self.address, 'dev', self.acc, 'src', ROUTER_IPV4)
        tunnel = f'sit-{self.number}'
        netns.run('ip', 'tunnel', 'add', tunnel, 'mode', 'sit', 'local', ROUTER_IPV4, 'remote', self.address, 'ttl', '64')
        netns.sysctl(**{f'ipv6__conf__{tunnel}__disable_ipv6': 1})
        netns.ip('link', 'set', tunnel, 'up')
        known = lab.log(self.at.name).count(f'access link {self.link} is interface')
        gateway = netns.start(f'{self.link}-gateway', sys.executable, '-B', GATEWAY, tunnel, self.link, self.mac, ROUTER, stays=True)
        wait_for(f'the gateway of {self.link}', 10, lambda: 'ready' in lab.said(gateway) or gateway.poll() is not None)
        wait_for(f'{self.at.name} to see its access link {self.link}: {lab.said(gateway)}', 10,
                 lambda: lab.log(self.at.name).count(f'access link {self.link} is interface') > known)
        return when

    def cut(self):
        """Take the carrier away, and with it the access link: its gateway ends."""
        when = super().cut()
        self.at.netns.ip('link', 'del', self.link)
        self.at.netns.run('ip', 'tunnel', 'del', f'sit-{self.number}')
        return when

    def solicit(self):
        """Send a Router Solicitation to the router, through the tunnel; to all routers the kernel sends none in ISATAP."""
        index = self.netns.ifindex(self.ip_ifname)
        with self.netns.socket(socket.AF_INET6, socket.SOCK_RAW, socket.IPPROTO_ICMPV6) as sock:
            sock.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_UNICAST_HOPS, 255)
            sock.sendto(struct.pack('!BBHI', 133, 0, 0, 0), (ROUTER, 0, 0, index))
