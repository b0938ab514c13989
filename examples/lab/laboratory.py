# SPDX-License-Identifier: BSD-2-Clause
"""What an experiment does with a laboratory, in a line for each deed:

    with Laboratory('paper') as lab:
        address = lab.attach('mn', 'wlan', 'mag2')
        capture = lab.capture('mn', 'wlan', 'udp')
        video = lab.video('cn', 'mn', kbps=500)
        lab.impair('lma-mag2', rate='1mbit')
        lab.move_flow(video.port, 'mn', 'wlan')

Everything that is done is noted in lab.events with its time: CLOCK_REALTIME in ns, the clock of the captures' time stamps and of the daemons' events.
All namespaces of a machine have the one clock.
"""
import json
import os
import time

import topology as topologies
from capture import Capture
from domain import find_program
from isatap import IsatapRadio
from netns import LabError, run, wait_for
from network import Network
from sources import Http, Udp, Video
from traffic import Download, Probe

STATE = 'state.json'


class Laboratory(Network):
    """A topology that is up for the time of a with block, or that another process has left up (join=True)."""

    def __init__(self, topology, name=None, join=False):
        super().__init__(topologies.load(topology) if isinstance(topology, str) else topology, name)
        self.joined = join
        self.events, self.captures = [], []

    def __enter__(self):
        if self.joined:
            self.join()
            self._read_state()
            return self
        self.lab.__enter__()
        try:
            self.build()
            self.start()
            self._attach_all()
            self._write_state()
        except BaseException:
            self.lab.__exit__()
            raise
        return self

    def __exit__(self, *args):
        if self.joined:
            self.lab.leave()
        else:
            self.lab.__exit__(*args)

    @property
    def keep(self):
        """Whether it stays up behind the with block."""
        return self.lab.keep

    @keep.setter
    def keep(self, value):
        self.lab.keep = value

    # The state file: what no kernel object tells.

    @property
    def state_path(self):
        """The file that makes a laboratory known to further commands."""
        return f'{self.lab.dir}/{STATE}'

    def _write_state(self):
        with open(f'{self.lab.dir}/topology.yaml', 'w', encoding='utf-8') as file:
            file.write(self.topology.text)
        state = {'name': self.name, 'topology': self.topology.name, 'since': time.time(),
                 'links': {name: link.impairment.as_text() for name, link in self.links.items() if link.touched}}
        with open(f'{self.state_path}.new', 'w', encoding='utf-8') as file:
            json.dump(state, file)
        os.replace(f'{self.state_path}.new', self.state_path)

    def _read_state(self):
        with open(self.state_path, encoding='utf-8') as file:
            state = json.load(file)
        for name, values in state['links'].items():
            link = self.links[name]
            link.impairment, link.touched = type(link.impairment).read(values), True

    # What is done, and when.

    def note(self, what, ns=None, **details):
        """Note what was done; return when, ns."""
        ns = ns or time.time_ns()
        self.events.append({'ns': ns, 'what': what, **details})
        return ns

    def _attach_all(self):
        """Plug in all radios that the topology says so of, then wait until all are bound."""
        waiting = []
        for node in self.of_kind('mn'):
            for spec in node.spec.radios:
                if spec.mag:
                    self._plug(node, node.radios[spec.name], self.node(spec.mag, 'mag'))
                    waiting.append((node, node.radios[spec.name]))
        for node, radio in waiting:
            self.wait_binding(node, radio, 20)
            node.terminal.wait_address(radio)

    def _plug(self, node, radio, mag):
        solicits = isinstance(radio, IsatapRadio) or (radio.at is not None and self.topology.trigger == 'rs')
        with node.netns.link_events() as events:
            ns = self.plug(node, radio, mag)
            if solicits:
                events.wait_carrier(radio.index, 5)
                radio.solicit()
        return self.note('attach', ns, mn=node.name, radio=radio.ifname, mag=mag.name)

    def attach(self, mn, radio, mag, wait=True):
        """Bring a radio to a MAG; return when it had its carrier, ns. Waits for the binding unless told not to."""
        node = self.node(mn, 'mn')
        ns = self._plug(node, node.radio(radio), self.node(mag, 'mag'))
        if wait:
            self.wait_binding(node, node.radio(radio))
        return ns

    def detach(self, mn, radio):
        """Take the carrier of a radio away, and its cable out of the MAG; return when, ns."""
        node = self.node(mn, 'mn')
        made = node.radio(radio)
        if not made.at:
            raise LabError(f'{mn} is at no MAG by {radio}')
        ns, mag = made.cut(), made.at
        made.remove()
        return self.note('detach', ns, mn=mn, radio=radio, mag=mag.name)

    def impair(self, link, **values):
        """Change a link while it is in use: rate='8mbit', delay='20ms/40ms', loss='1%', queue='50ms', 'off' for none; return when, ns."""
        target = self.link(link)
        before, target.impairment = target.impairment, target.impairment.changed(values)
        target.touched = True
        ns = self.note('impair', link=link, **values)
        try:
            target.apply()
        except LabError:
            target.impairment = before
            target.apply()
            raise
        self._write_state()
        return ns

    def address(self, mn, radio=None):
        """A mobile node's address, that by its first radio which is at a MAG unless one is named."""
        node = self.node(mn, 'mn')
        here = [name for name, each in node.radios.items() if each.at]
        if not radio and not here:
            raise LabError(f'{mn} is at no MAG')
        return node.address_at(radio or here[0])

    # Flows.

    def flow(self, port, seconds=10):
        """Wait for the flow manager's account of the flow that comes from a CN's port."""
        if not self.manager:
            raise LabError(f'{self.name} has no flow manager; add flow_manager to the topology')
        return wait_for(f'the flow manager to see the flow from port {port}', seconds, self._flow, port)

    def _flow(self, port):
        return next((flow for flow in self.manager.ask('list')['flows'] if f']:{port} > ' in flow['flow']), None)

    def tunnel(self, mn, radio):
        """Number of the tunnel to the MAG that a radio is at."""
        node = self.node(mn, 'mn')
        binding = self.binding(node, node.radio(radio))
        if not binding:
            raise LabError(f'{mn} has no binding by {radio}')
        return binding['tunnel']

    def move_flow(self, port, mn, radio):
        """Move the flow that comes from a CN's port to a radio's tunnel; return when it was asked for, ns."""
        number, tunnel = self.flow(port)['id'], self.tunnel(mn, radio)
        ns = self.note('move-flow', port=port, mn=mn, radio=radio)
        self.manager.ask('move', id=number, to=tunnel)
        return ns

    # Traffic, all of it from a CN to a mobile node, to the address of one of its radios.

    def _ends(self, cn, mn, radio):
        return self.node(cn, 'cn'), self.node(mn, 'mn').netns, self.address(mn, radio)

    def tcp(self, cn, mn, seconds, rate='0', radio=None, **options):
        """A TCP download by iperf3; result() waits for it."""
        node, receiver, address = self._ends(cn, mn, radio)
        self.note('tcp', cn=cn, mn=mn, rate=rate)
        return Download(node.netns, node.address, receiver, seconds, rate, bind=address, **options)

    def udp(self, cn, mn, seconds, rate, radio=None, **options):
        """UDP by iperf3; result() waits for it."""
        node, receiver, address = self._ends(cn, mn, radio)
        self.note('udp', cn=cn, mn=mn, rate=rate)
        return Udp(node.netns, node.address, receiver, seconds, rate, bind=address, **options)

    def video(self, cn, mn, kbps, radio=None, **options):
        """Numbered datagrams at a constant rate until stop()."""
        node, receiver, address = self._ends(cn, mn, radio)
        self.note('video', cn=cn, mn=mn, kbps=kbps)
        return Video(node.netns, receiver, address, kbps, source=node.address, **options)

    def http(self, cn, mn, octets, **options):
        """A download by HTTP; result() waits for it."""
        node, receiver, _ = self._ends(cn, mn, None)
        self.note('http', cn=cn, mn=mn, octets=octets)
        return Http(node.netns, node.address, receiver, octets, **options)

    def probe(self, cn, mn, radio=None):
        """A small datagram every millisecond until stop()."""
        node, receiver, address = self._ends(cn, mn, radio)
        return Probe(node.netns, receiver, address)

    def reached(self, cn, mn, radio=None):
        """Whether a CN's ping comes back."""
        node, _, address = self._ends(cn, mn, radio)
        return ' 0% packet loss' in node.netns.run('ping', '-q', '-c', '1', '-W', '2', address, check=False)

    def round_trip_ms(self, cn, mn, radio=None, count=5):
        """Mean round trip time of a CN's pings, or None when one is lost."""
        node, _, address = self._ends(cn, mn, radio)
        said = node.netns.run('ping', '-q', '-i', '0.2', '-c', str(count), '-W', '3', address, check=False)
        return float(said.rsplit(' = ', 1)[1].split('/')[1]) if ' 0% packet loss' in said else None

    # What is seen.

    def capture(self, node, ifname, expression='', **options):
        """Capture what passes an interface; packets() are those so far, with their times in ns. A radio by its name: its IPv6, out of the tunnel if
        there is one."""
        options.setdefault('immediate', True)
        at = self.node(node)
        if at.kind == 'mn' and ifname in at.radios:
            ifname = at.radios[ifname].ip_ifname
        capture = Capture(at.netns, ifname, expression, **options)
        self.captures.append(capture)
        return capture

    def save(self, out_dir):
        """End the captures and keep them, with the events: captures/NODE-INTERFACE.pcap and events.json."""
        for capture in self.captures:
            capture.keep(f'{out_dir}/captures/{os.path.basename(capture.path)}')
        self.captures = []
        with open(f'{out_dir}/events.json', 'w', encoding='utf-8') as file:
            json.dump(self.events, file, indent=1)

    def control(self, node, *words):
        """pmipctl with a node's daemon; return what it prints."""
        daemon = self.manager if node == 'manager' else self.node(node).daemon
        if not daemon:
            raise LabError(f'{node} runs no daemon')
        return run(find_program('pmipctl'), '-s', daemon.control, *words)
