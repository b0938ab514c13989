#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
# May run beside others.
# Proves MAG-1.
"""The agent of an access point: a MAG learns from it who has come and gone, by link events and by hostapd's control interface, here that of a
socket which speaks its protocol. Either of the three may die, and all is as it should be again."""
import contextlib
import os
import signal
import socket
import sys
import threading

import system
from laboratory import Laboratory
from netns import wait_for
from topology import read

TEXT = '''\
trigger: {trigger}
lmas: {{lma: }}
mags: {{mag1: , mag2: }}
cns: {{cn: }}
mns:
  mn:
    interfaces:
      eth0: {{technology: wlan}}
'''
AGENT = os.path.join(system.TOP, 'examples', 'lab', 'ap_agent.py')
STATION = '02:00:00:00:01:00'
UNKNOWN = '02:00:00:00:09:09'
PATIENCE_S = 20  # of a busy machine; none of it takes so long else


class FakeHostapd(threading.Thread):
    """hostapd's side of its control interface: PING, ATTACH, DETACH, STA-FIRST, STA-NEXT, and events for whoever has attached."""

    def __init__(self, path):
        super().__init__(daemon=True)
        self.path, self.monitors, self.stations = path, set(), {}
        with contextlib.suppress(FileNotFoundError):
            os.unlink(path)
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.sock.bind(path)
        self.open = True
        self.start()

    def run(self):
        """Answer until it is ended."""
        while True:
            data, peer = self.sock.recvfrom(4096)
            if not self.open:
                return
            words = data.decode().split()
            if words[0] == 'ATTACH':
                self.monitors.add(peer)
            answer = {'PING': 'PONG\n', 'ATTACH': 'OK\n', 'STA-FIRST': self._station(0)}.get(words[0])
            if words[0] == 'STA-NEXT':
                known = list(self.stations)
                answer = self._station(known.index(words[1]) + 1) if words[1] in known else 'FAIL\n'
            with contextlib.suppress(OSError):
                self.sock.sendto((answer if answer is not None else 'UNKNOWN COMMAND\n').encode(), peer)

    def _station(self, number):
        known = list(self.stations.items())
        return f'{known[number][0]}\nflags={known[number][1]}\naid=1\ncapability=0x0\n' if number < len(known) else ''

    def tell(self, text):
        """An event."""
        for peer in list(self.monitors):
            with contextlib.suppress(OSError):
                self.sock.sendto(text.encode(), peer)

    def associate(self, mac):
        """A station comes."""
        self.stations[mac] = '[AUTH][ASSOC][AUTHORIZED]'
        self.tell(f'<3>AP-STA-CONNECTED {mac} auth_alg=open')

    def leave(self, mac):
        """It goes."""
        del self.stations[mac]
        self.tell(f'<3>AP-STA-DISCONNECTED {mac}')

    def die(self, orderly):
        """It ends, and says so or does not."""
        if orderly:
            self.tell('<3>CTRL-EVENT-TERMINATING ')
        self.open = False
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as waker:
            waker.sendto(b'end', self.path)
        self.join()
        self.sock.close()
        os.unlink(self.path)


def triggers(mag, event='attach-seen'):
    """What has triggered a MAG's attachments so far."""
    return [each['trigger'] for each in mag.daemon.events() if each['event'] == event]


def bound(lab):
    """Whether the mobile node is bound."""
    return any(b['state'] == 'active' for b in lab.node('lma').daemon.ask('bindings')['bindings'])


def by_links(checks):
    """The agent that pmip-lab starts beside each MAG, and follows links."""
    with Laboratory(read(TEXT.format(trigger='agent')), f'{system.STEM}{os.getpid()}a') as lab:
        mag1, mag2 = lab.node('mag1'), lab.node('mag2')
        came = lab.attach('mn', 'eth0', 'mag1')
        checks.eventually('a MAG hears of a mobile node from the agent, and maybe from the mobile node as well', PATIENCE_S, lambda: 'control socket' in triggers(mag1))
        told = next(e for e in mag1.daemon.events() if e['event'] == 'attach-seen' and e['trigger'] == 'control socket')
        checks.check(lab.reached('cn', 'mn'), 'it is served', f'the MAG was told {(told["t_wall_us"] * 1000 - came) / 1e6:.1f} ms after the carrier')
        lab.attach('mn', 'eth0', 'mag2')
        checks.eventually('at another MAG by another agent', PATIENCE_S, lambda: 'control socket' in triggers(mag2) and lab.reached('cn', 'mn'))
        mag2.daemon.kill()
        mag2.daemon.start()
        checks.eventually('a MAG that was killed is told again', PATIENCE_S, lambda: 'attached' in [e['event'] for e in mag2.daemon.events()[-20:]] and
                          lab.lab.log('mag2-agent').count(f'attach {STATION} on mn-eth0: done') == 2)
        checks.eventually('and serves it', PATIENCE_S, lambda: lab.reached('cn', 'mn'))
        lab.detach('mn', 'eth0')
        checks.eventually('it has gone', PATIENCE_S, lambda: not bound(lab))


def by_hostapd(checks):
    """An agent that listens to hostapd. The mobile node is mute: IPv6 is off on its interface until it is bound."""
    with Laboratory(read(TEXT.format(trigger='rs')), f'{system.STEM}{os.getpid()}b') as lab:
        mag, mn = lab.node('mag1'), lab.node('mn')
        mn.netns.sysctl(ipv6__conf__eth0__disable_ipv6=1)
        lab.attach('mn', 'eth0', 'mag1', wait=False)
        path = f'{lab.lab.dir}/hostapd-wlan0'
        agent = mag.netns.start('agent', sys.executable, '-B', AGENT, '--mag', mag.daemon.control, '--hostapd', path, '--link', 'mn-eth0')
        hostapd = FakeHostapd(path)
        wait_for('the agent to find hostapd', 10, lambda: 'hostapd: there' in lab.lab.log('agent'))
        checks.check(not bound(lab), 'nobody has associated, nobody is bound')
        hostapd.associate(STATION)
        checks.eventually('a station that associates is bound', PATIENCE_S, lambda: bound(lab))
        checks.check(set(triggers(mag)) == {'control socket'}, 'by the agent alone', triggers(mag))
        lab.detach('mn', 'eth0')
        checks.eventually('its link goes: so has who was never heard on it', PATIENCE_S, lambda: not bound(lab))
        lab.attach('mn', 'eth0', 'mag1', wait=False)
        hostapd.associate(STATION)
        checks.eventually('it is bound again', PATIENCE_S, lambda: bound(lab))
        mn.netns.sysctl(ipv6__conf__eth0__disable_ipv6=0)
        checks.eventually('and served', PATIENCE_S, lambda: lab.reached('cn', 'mn'))
        hostapd.associate(UNKNOWN)
        checks.eventually('one that the MAG does not know is refused, and the log says so', PATIENCE_S, lambda: f'attach {UNKNOWN} on mn-eth0: refused' in lab.lab.log('agent'))
        hostapd.leave(UNKNOWN)
        hostapd.leave(STATION)
        checks.eventually('one that disassociates is not bound any more', PATIENCE_S, lambda: not bound(lab))
        mn.netns.sysctl(ipv6__conf__eth0__disable_ipv6=1)
        hostapd.associate(STATION)
        checks.eventually('it is when it comes again', PATIENCE_S, lambda: bound(lab))
        hostapd.die(orderly=True)
        checks.eventually('hostapd ends: nobody is there', PATIENCE_S, lambda: not bound(lab))
        hostapd = FakeHostapd(path)
        hostapd.stations = {UNKNOWN: '[AUTH]', STATION: '[AUTH][ASSOC][AUTHORIZED]'}
        checks.eventually('it comes back with a station that is there already', PATIENCE_S, lambda: bound(lab))
        checks.check(lab.lab.log('agent').count(f'attach {UNKNOWN}') == lab.lab.log('agent').count(f'attach {UNKNOWN} on mn-eth0: refused'),
                     'one that is not authorised is none')
        hostapd.die(orderly=False)
        checks.eventually('it is killed: nobody is there', PATIENCE_S, lambda: not bound(lab))
        checks.check(lab.lab.stop(agent, signal.SIGTERM) == 0, 'the agent ends in good order')


def test(checks):
    """Both sources."""
    by_links(checks)
    by_hostapd(checks)


system.main(test, ('ip', 'nsenter', 'ping'))
