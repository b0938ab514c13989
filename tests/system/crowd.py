# SPDX-License-Identifier: BSD-2-Clause
"""Many mobile nodes and many flows in one LMA: pmip-perf registers the ones, the flow socket takes the others, and a host beside the LMA sends."""
import os
import socket
import struct

import fmp
import pbu
from domain import Daemon
from load import LMA_ADDR, MAGS, Load
from netns import wait_for

CN_ADDR = '2001:db8:c::2'
PORT = 7000
MOVER = 'mover@example.net'
HI_NEW, HI_SHARED, ATT_WLAN = 1, 6, 4


class Crowd(Load):
    """Load with a flow socket, a correspondent and a flow manager that is not started yet."""

    def __init__(self, prefix, flows, flow_manager='', **options):
        self.flow_socket = None
        self.flows, self.manager_extra = flows, flow_manager
        self.cn = self.manager = None
        super().__init__(prefix, **options)

    def _build(self):
        self.flow_socket = f'{self.lab.dir}/flow.sock'
        self.extra += f'flow_socket: {self.flow_socket}\nmax_flows: {self.flows}\n'
        super()._build()
        self.lma.edit('mobile_nodes:\n', f'mobile_nodes:\n  - id: {MOVER}\n    flow_mobility: true\n')
        self.cn = self.lab.add_netns('cn')
        self.cn.sysctl(ipv6__conf__default__accept_dad=0)
        self.lma_ns.ip_batch(f'link add cn0 type veth peer name eth0 netns {self.cn.full_name}\n'
                             'addr add 2001:db8:c::1/64 dev cn0 nodad\nlink set cn0 up\n')
        self.cn.ip_batch(f'addr add {CN_ADDR}/64 dev eth0 nodad\nlink set eth0 up\nroute add default via 2001:db8:c::1\n')
        wait_for('the correspondent', 5, lambda: ' 0% packet loss' in
                 self.cn.run('ping', '-q', '-c', '1', '-W', '1', '2001:db8:c::1', check=False))
        self.manager = Daemon(self, 'manager', 'flowmob-manager', self.lma_ns,
                              f'flow_socket: {self.flow_socket}\ncontrol: {self.lab.dir}/manager.sock\nmax_flows: {self.flows}\n'
                              f'{self.manager_extra}')

    def set_limits(self, bindings, flows):
        """Other ones, from its next start on."""
        self.lma.edit(f'max_bindings: {self.bindings}\n', f'max_bindings: {bindings}\n')
        self.lma.edit(f'max_flows: {self.flows}\n', f'max_flows: {flows}\n')
        self.bindings, self.flows = bindings, flows

    def attach_mover(self, manager):
        """Register a mobile node that has its prefix at two MAGs; return its attachments at them."""
        for mag, hi, att, mac in ((MAGS[0], HI_NEW, pbu.ATT_ETHERNET, '02:00:00:00:ff:01'), (MAGS[1], HI_SHARED, ATT_WLAN, '02:00:00:00:ff:02')):
            with self.mag_ns.socket(socket.AF_INET6, socket.SOCK_RAW, pbu.MH) as sock:
                sock.bind((mag, 0))
                sock.settimeout(5)
                sock.sendto(pbu.checksum(pbu.encode(MOVER, mac, lifetime_s=3600, hi=hi, att=att), mag, LMA_ADDR), (LMA_ADDR, 0))
                while sock.recv(2048)[2] != pbu.PBA:
                    pass
        return wait_for('a mobile node at two MAGs', 5, lambda: [a for a in [manager.attachments(MOVER.encode())] if len(a) == 2])[0]

    def encapsulated(self, address, count=50):
        """Send so many datagrams to a mobile node; return how many of them come to its MAG in a tunnel."""
        mark = os.urandom(8)
        with self.mag_ns.socket(socket.AF_INET6, socket.SOCK_RAW, socket.IPPROTO_IPV6) as tunnel, \
                self.cn.socket(socket.AF_INET6, socket.SOCK_DGRAM) as sender:
            tunnel.settimeout(0.3)
            for _ in range(count):
                sender.sendto(mark, (address, PORT))
            came = 0
            try:
                while came < count:
                    came += mark in tunnel.recv(2048)
            except TimeoutError:
                pass
            return came


def host(attachment):
    """An address of a mobile node."""
    return socket.inet_ntop(socket.AF_INET6, fmp.addr(attachment.prefixes[0].split('/')[0])[:8] + bytes(7) + b'\x01')


def add_flows(manager, address, count, first=10000, dport=PORT):
    """Make so many flows of one mobile node known, by their source ports; return their PLACEs."""
    bodies = [fmp.flow(CN_ADDR, first + n, address, dport) for n in range(count)]
    return [struct.unpack('!II', body) for _, body in manager.ask_many(fmp.ADD, bodies)]
