#!/usr/bin/python3 -B
# SPDX-License-Identifier: BSD-2-Clause
"""The agent of an access point: tells the MAG by its control socket who has associated and who has gone.

Stations are seen in one of two ways. hostapd tells of them on its control interface, a datagram socket: AP-STA-CONNECTED, AP-STA-DISCONNECTED;
whoever is associated when the agent comes, it lists. Or each station has a link of its own, whose carrier the kernel tells of. A MAG that comes
back after it has gone is told again of everybody who is there.
"""
import argparse
import contextlib
import os
import re
import selectors
import signal
import socket
import sys
import tempfile
import time

from client import Client, ControlError, Refused
from links import Events, Links, has_carrier

RETRY_S = 0.2
PING_S = 1.0
ANSWER_S = 2.0
CONNECTED = re.compile(r'<\d>AP-STA-CONNECTED ([0-9a-fA-F:]{17})')
DISCONNECTED = re.compile(r'<\d>AP-STA-DISCONNECTED ([0-9a-fA-F:]{17})')
TERMINATING = re.compile(r'<\d>CTRL-EVENT-TERMINATING')


def say(text):
    """A line of the log, with its time, CLOCK_REALTIME in ns."""
    print(f'{time.time_ns()} {text}', flush=True)


class Mag:
    """The MAG's control socket. There are stations (link, mac), and it is told of them whenever it can be."""

    def __init__(self, path):
        self.path, self.client = path, None
        self.stations = set()
        self.told = set()

    def _ask(self, command, link, mac):
        try:
            self.client.ask(command, link=link, mac=mac)
        except Refused as refusal:
            say(f'{command} {mac} on {link}: refused: {refusal}')
            return False
        say(f'{command} {mac} on {link}: done')
        return True

    def _lost(self, error):
        if self.client:
            say(f'MAG: gone: {error}')
            self.client.close()
        self.client = None
        self.told -= self.stations  # who has gone meanwhile is told of again too: it may be the same MAG, and slow

    def closed(self):
        """Its end of the connection has news, which can only be its end."""
        self._lost('end of the connection')

    def update(self):
        """Tell what it has not been told; return whether it knows everything."""
        try:
            if not self.client:
                self.client = Client(self.path, timeout=ANSWER_S)
                say('MAG: there')
            for link, mac in sorted(self.told - self.stations):
                self._ask('detach', link, mac)
                self.told.discard((link, mac))
            # One that is refused, for its link is not there yet perhaps, is tried again.
            for link, mac in sorted(self.stations - self.told):
                if self._ask('attach', link, mac):
                    self.told.add((link, mac))
        except ControlError as error:
            self._lost(error)
        return self.client is not None and self.told == self.stations


class Hostapd:
    """hostapd's control interface: commands by one socket, events by another, as its own clients do."""

    def __init__(self, path, link, mag, directory):
        self.path, self.link, self.mag, self.directory = path, link, mag, directory
        self.command = self.events = None
        self.due = 0.0

    def _open(self, name):
        sock = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        mine = os.path.join(self.directory, name)
        with contextlib.suppress(FileNotFoundError):
            os.unlink(mine)
        sock.bind(mine)
        sock.settimeout(ANSWER_S)
        sock.connect(self.path)
        return sock

    @staticmethod
    def _ask(sock, text):
        sock.send(text.encode())
        while True:
            reply = sock.recv(65536).decode(errors='replace')
            if not reply.startswith('<'):  # an event, which comes on the other socket too
                return reply.strip()

    def _connect(self):
        try:
            self.command, self.events = self._open('command'), self._open('events')
            if self._ask(self.events, 'ATTACH') != 'OK':
                raise OSError('it does not take ATTACH')
            self.events.setblocking(False)
            say('hostapd: there')
            for mac in self._list():
                self.mag.stations.add((self.link, mac))
        except OSError:
            self._close()

    def _list(self):
        """Who is associated."""
        reply = self._ask(self.command, 'STA-FIRST')
        while re.match('[0-9a-f]{2}:', reply):
            mac, words = reply.split('\n')[0].strip(), dict(line.split('=', 1) for line in reply.split('\n')[1:] if '=' in line)
            if '[AUTHORIZED]' in words.get('flags', ''):
                yield mac
            reply = self._ask(self.command, f'STA-NEXT {mac}')

    def _close(self):
        for sock in (self.command, self.events):
            if sock:
                sock.close()
        self.command = self.events = None

    def _gone(self, why):
        say(f'hostapd: gone: {why}; so is everybody who was there')
        self._close()
        self.mag.stations.clear()

    def sockets(self):
        """What to wait for."""
        return [self.events] if self.events else []

    def work(self):
        """Take events in, or look for it."""
        if not self.events:
            self._connect()
            return
        try:
            while True:
                event = self.events.recv(65536).decode(errors='replace')
                came, went = CONNECTED.match(event), DISCONNECTED.match(event)
                if came:  # perhaps again, after it was elsewhere, and nobody has said so here
                    station = (self.link, came[1].lower())
                    self.mag.told.discard(station)
                    self.mag.stations.add(station)
                elif went:
                    self.mag.stations.discard((self.link, went[1].lower()))
                elif TERMINATING.match(event):
                    self._gone('it ends')
                    return
                if came or went:
                    self.mag.update()
        except BlockingIOError:
            pass
        except OSError as error:
            self._gone(error)
            return
        if time.monotonic() >= self.due:
            self.due = time.monotonic() + PING_S
            try:
                if self._ask(self.command, 'PING') != 'PONG':
                    self._gone('no answer')
            except OSError as error:
                self._gone(error)


class Carriers:
    """Stations with a link each, {link: mac}: they are there while it has its carrier."""

    def __init__(self, stations, mag):
        self.stations, self.mag = stations, mag
        self.links, self.events = Links(), Events()
        self._take(self.links.all())

    def sockets(self):
        """What to wait for."""
        return [self.events]

    def work(self):
        """Take news in, if there are any."""
        try:
            while said := self.events.within(0):
                self._take(said)
        except OSError:  # more than it had room for: ask for all
            self._take(self.links.all())

    def _take(self, links):
        """Those of stations, as the kernel has them or tells of them."""
        for link in links:
            name = link.get_attr('IFLA_IFNAME')
            if name in self.stations:
                station = (name, self.stations[name])
                here = has_carrier(link)
                if here != (station in self.mag.stations):
                    (self.mag.stations.add if here else self.mag.stations.discard)(station)
                    self.mag.update()


def arguments():
    """The command line."""
    parser = argparse.ArgumentParser(prog='ap_agent', description=__doc__.split('\n', maxsplit=1)[0], allow_abbrev=False)
    parser.add_argument('--mag', required=True, metavar='SOCKET', help='the MAG\'s control socket')
    source = parser.add_mutually_exclusive_group(required=True)
    source.add_argument('--hostapd', metavar='SOCKET', help='hostapd\'s control interface, such as /run/hostapd/wlan0; with --link')
    source.add_argument('--stations', metavar='FILE', help='lines "INTERFACE MAC": a station with a link of its own')
    parser.add_argument('--link', metavar='INTERFACE', help='the access interface of the MAG that hostapd\'s stations are on')
    options = parser.parse_args()
    if bool(options.hostapd) != bool(options.link):
        parser.error('--hostapd and --link belong together')
    return options


def serve(options, directory):
    """Until a signal ends it."""
    mag = Mag(options.mag)
    if options.hostapd:
        source = Hostapd(options.hostapd, options.link, mag, directory)
    else:
        with open(options.stations, encoding='utf-8') as file:
            source = Carriers(dict(line.split() for line in file if line.strip()), mag)
    while True:
        source.work()
        done = mag.update()
        with selectors.DefaultSelector() as selector:
            for sock in source.sockets() + ([mag.client] if mag.client else []):
                selector.register(sock, selectors.EVENT_READ)
            waiting = PING_S if done and source.sockets() else RETRY_S
            if any(key.fileobj is mag.client for key, _ in selector.select(waiting)):
                mag.closed()


def main():
    """Serve; what it leaves is nothing."""
    def ended(*_):
        raise SystemExit(0)
    options = arguments()
    for signum in (signal.SIGINT, signal.SIGTERM):
        signal.signal(signum, ended)
    with tempfile.TemporaryDirectory(prefix='pmip-ap-') as directory:
        serve(options, directory)


if __name__ == '__main__':
    sys.exit(main())
