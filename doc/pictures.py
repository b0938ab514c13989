#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Draws doc/architecture.svg, doc/handover.svg and doc/flow-move.svg: pictures.py DIRECTORY."""
import os
import sys
from xml.sax.saxutils import escape

INK, GREY, PAPER = '#222', '#777', '#fff'
COLOURS = {'program': '#fde8c8', 'linux': '#d9ead3', 'pure': '#d6e4f5', 'base': '#e8e8e8', 'kernel': '#f4d6d6'}
FONT = 'font-family="DejaVu Sans, Helvetica, sans-serif"'


class Picture:
    """Shapes, and at the end an SVG."""

    def __init__(self, width, height, title):
        self.size, self.title, self.out = (width, height), title, []

    def text(self, x, y, words, size=12, anchor='middle', colour=INK, weight='normal', halo=False):
        """One line of text."""
        self.out.append(f'<text x="{x}" y="{y}" {FONT} font-size="{size}" text-anchor="{anchor}" fill="{colour}" font-weight="{weight}" stroke="{PAPER}" stroke-width="{3 if halo else 0}" paint-order="stroke">'
                        f'{escape(words)}</text>')

    def box(self, x, y, width, height, kind, head, lines=()):
        """A box with a head and lines below."""
        self.out.append(f'<rect x="{x}" y="{y}" width="{width}" height="{height}" rx="6" fill="{COLOURS[kind]}" stroke="{INK}"/>')
        self.text(x + width / 2, y + 20, head, 14, weight='bold')
        for at, line in enumerate(lines):
            self.text(x + width / 2, y + 38 + 16 * at, line, 11)

    def line(self, x1, y1, x2, y2, colour=INK, dash='', arrow=True, width=1.3):
        """A line, with a point at its end."""
        dashes = f' stroke-dasharray="{dash}"' if dash else ''
        point = ' marker-end="url(#point)"' if arrow else ''
        self.out.append(f'<line x1="{x1}" y1="{y1}" x2="{x2}" y2="{y2}" stroke="{colour}" stroke-width="{width}"{dashes}{point}/>')

    def save(self, path):
        """Write it."""
        width, height = self.size
        with open(path, 'w', encoding='utf-8') as file:
            file.write(f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}" role="img">\n'
                       f'<title>{escape(self.title)}</title>\n'
                       f'<defs><marker id="point" viewBox="0 0 10 10" refX="9" refY="5" markerUnits="userSpaceOnUse" markerWidth="10" markerHeight="10" orient="auto-start-reverse">'
                       f'<path d="M0 0 L10 5 L0 10 z" fill="{INK}"/></marker></defs>\n'
                       f'<rect width="{width}" height="{height}" fill="{PAPER}"/>\n' + '\n'.join(self.out) + '\n</svg>\n')


def architecture():
    """The house."""
    p = Picture(900, 590, 'Programs on four libraries on the kernel')
    p.box(30, 20, 840, 72, 'program', 'programs: examples/',
          ('pmip-lma · pmip-mag · flowmob-manager · flowmob-mn · flowmob-slaves · pmipctl · pmip-perf · pmip-lab', 'or your product, or Python'))
    p.box(30, 150, 250, 88, 'linux', 'libflowmob-linux', ('packets of NFQUEUE', 'a mobile node\'s interfaces', 'logical interface'))
    p.box(30, 300, 250, 88, 'pure', 'libflowmob', ('packets to flows, selectors', 'policy, flow manager', 'reflector'))
    p.box(320, 150, 550, 88, 'linux', 'libpmip-linux',
          ('runner: one descriptor, one timeout, one call', 'io: raw, IPsec · access: neighbour discovery', 'datapath: bpf, netlink, record · store: memory, LMDB'))
    p.out.append(f'<rect x="320" y="300" width="550" height="204" rx="6" fill="{COLOURS["pure"]}" stroke="{INK}"/>')
    p.text(595, 320, 'libpmip', 14, weight='bold')
    for at, (room, what) in enumerate((('engine', 'LMA, MAG: what is to be done, as a queue of actions'), ('state', 'binding cache, profiles, pools, peers, records'),
                                       ('wire', 'messages and options, by tables'), ('base', 'buffers, hash tables, timers, memory'))):
        y = 332 + 42 * at
        p.out.append(f'<rect x="335" y="{y}" width="520" height="34" rx="4" fill="{PAPER}" stroke="{GREY}"/>')
        p.text(350, y + 22, room, 13, 'start', weight='bold')
        p.text(425, y + 22, what, 11, 'start')
    p.box(30, 530, 840, 44, 'kernel', 'the kernel: sockets, netlink, tc and XDP, conntrack')
    p.line(150, 94, 150, 146)
    p.line(595, 94, 595, 146)
    p.line(155, 240, 155, 296)
    p.line(282, 344, 316, 344)
    p.line(282, 194, 316, 194)
    p.line(540, 240, 540, 296)
    p.text(530, 258, 'messages, events, time', 11, 'end', GREY)
    p.line(650, 296, 650, 240)
    p.text(660, 284, 'actions: forward, store, send, tell', 11, 'start', GREY)
    p.line(28, 194, 14, 194, arrow=False, dash='5 4')
    p.line(14, 194, 14, 552, arrow=False, dash='5 4')
    p.line(14, 552, 28, 552, dash='5 4')
    p.line(885, 194, 872, 194, arrow=False, dash='5 4')
    p.line(885, 194, 885, 552, arrow=False, dash='5 4')
    p.line(885, 552, 872, 552, dash='5 4')
    p.text(30, 430, 'green: the only rooms that call the system', 11, 'start', GREY)
    p.text(30, 448, 'blue: no system call, clock, thread or global', 11, 'start', GREY)
    p.text(30, 466, 'arrows: who may include and call whom', 11, 'start', GREY)
    return p


def sequence(title, actors, steps, width=1060):
    """Who says what to whom, from above down: (from, to, text, text below) or (at, text) for what somebody does, or text for a rule."""
    height = 110 + sum({4: 46, 2: 40, 1: 34}[1 if isinstance(step, str) else len(step)] for step in steps)
    p = Picture(width, height, title)
    gap = (width - 160) / (len(actors) - 1)
    at = {name: 80 + gap * number for number, name in enumerate(actors)}
    for name, x in at.items():
        p.out.append(f'<rect x="{x - 62}" y="14" width="124" height="32" rx="6" fill="{COLOURS["pure"]}" stroke="{INK}"/>')
        p.text(x, 35, name, 13, weight='bold')
        p.line(x, 46, x, height - 16, GREY, '3 4', arrow=False, width=1)
    y = 78
    for step in steps:
        if isinstance(step, str):
            p.out.append(f'<rect x="20" y="{y - 12}" width="{width - 40}" height="20" fill="#f0f0f0"/>')
            p.text(width / 2, y + 3, step, 12, colour=GREY, weight='bold')
            y += 34
        elif len(step) == 2:
            x, words = at[step[0]], step[1]
            wide = 7 * len(words) + 16
            left = min(max(x - wide / 2, 8), width - wide - 8)
            p.out.append(f'<rect x="{left}" y="{y - 16}" width="{wide}" height="24" rx="4" fill="{COLOURS["program"]}" stroke="{GREY}"/>')
            p.text(left + wide / 2, y, words, 11)
            y += 40
        else:
            start, end, words, below = step
            left, right = at[start], at[end]
            tunnel = below.startswith('==')
            p.line(left, y, right + (-2 if right > left else 2), y, '#2a6' if tunnel else INK, width=3 if tunnel else 1.3)
            p.text((left + right) / 2, y - 6, words, 12, halo=True)
            p.text((left + right) / 2, y + 14, below.removeprefix('=='), 10, colour=GREY, halo=True)
            y += 46
    return p


def handover():
    """From one MAG to another."""
    return sequence('A handover between two MAGs (RFC 5213)', ('MN', 'MAG1', 'MAG2', 'LMA', 'CN'), (
        'the mobile node is at MAG1',
        ('CN', 'LMA', 'packets to the prefix', ''),
        ('LMA', 'MAG1', 'in the tunnel', '==IPv6 in IPv6'),
        ('MAG1', 'MN', '', ''),
        'its link goes down at MAG1 and comes up at MAG2',
        ('MAG1', 'LMA', 'PBU, lifetime 0', 'de-registration: the LMA keeps the binding for 10 s'),
        ('LMA', 'MAG1', 'PBA', ''),
        ('MAG2', 'LMA', 'PBU: MN-ID, Handoff Indicator', 'MAC address, timestamp'),
        ('LMA', 'forwarding: the prefix now into the tunnel to MAG2'),
        ('LMA', 'MAG2', 'PBA: accepted, the same prefix', 'sent when the kernel has done it, and it is stored'),
        ('MAG2', 'forwarding: from and to the access link'),
        ('MAG2', 'MN', 'Router Advertisement', 'the same prefix, the same router'),
        ('CN', 'LMA', 'packets to the prefix', ''),
        ('LMA', 'MAG2', 'in the tunnel', '==IPv6 in IPv6'),
        ('MAG2', 'MN', '', 'address and connections are as they were'),
    ))


def flow_move():
    """From one radio to another."""
    return sequence('A flow is moved to another radio (RFC 7864)', ('MN', 'MAG1: 3G', 'MAG2: WLAN', 'LMA', 'flow manager'), (
        'the mobile node is at both; its video comes by 3G, where its prefix is',
        ('LMA', 'MAG1: 3G', 'video', '==tunnel 1'),
        ('MAG1: 3G', 'MN', '', ''),
        ('flow manager', 'a rule, congestion, or an operator: video to WLAN'),
        ('flow manager', 'LMA', 'FLOW_MOVE', 'flow, tunnel in use, tunnel wanted'),
        ('LMA', 'MAG2: WLAN', 'UPN: Flow Mobility Initiate', 'once for a prefix: "it comes to you, too"'),
        ('MAG2: WLAN', 'forwarding: that prefix to this link, too'),
        ('MAG2: WLAN', 'LMA', 'UPA: Flow Mobility Acknowledge', ''),
        ('LMA', 'forwarding: this flow into tunnel 2'),
        ('LMA', 'flow manager', 'moved', ''),
        ('LMA', 'MAG2: WLAN', 'video', '==tunnel 2'),
        ('MAG2: WLAN', 'MN', 'first packet by WLAN', ''),
        ('MN', 'flowmob-mn: what comes in by WLAN is answered by WLAN'),
        ('MN', 'MAG2: WLAN', 'acknowledgements', ''),
    ))


for name, picture in (('architecture', architecture()), ('handover', handover()), ('flow-move', flow_move())):
    picture.save(os.path.join(sys.argv[1], f'{name}.svg'))
