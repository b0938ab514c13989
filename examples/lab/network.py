# SPDX-License-Identifier: BSD-2-Clause
"""A topology made of namespaces, cables and daemons: what is in it, made new or as another process has left it up."""
import ipaddress
import os
import sys

import impair
import isatap
import kernel
from domain import LMA_CONFIG, MAG_CONFIG, Daemon, Radio
from isatap import IsatapRadio
from manager import FlowManager
from netns import Lab, LabError, wait_for
from terminal import LOGICAL, WEAK_HOST, LogicalInterface, Terminal, WeakHost
from topology import LAB_NAME, core_links

STEM = 'lab-'
AGENT = os.path.join(os.path.dirname(os.path.abspath(__file__)), 'ap_agent.py')
# Interface indices: a carrier event waits up to a second in the kernel when the two ends of a veth have the same one.
FIRST_RADIO, FIRST_FAR_END = 10, 1000


def prefix_of(name):
    """What the names of a laboratory's namespaces begin with. Checked here, whatever it has come by: files are removed by it."""
    try:
        return f'{STEM}{LAB_NAME.parse(name)}-'
    except ValueError:
        raise LabError(f'{name}: expected {LAB_NAME.expect}') from None


def lma_address(number):
    """An LMA's address, the first one number 0; that of domain.py."""
    return f'2001:db8:1::{number + 1:x}'


def mag_address(number):
    """A MAG's address, the first one number 0."""
    return f'2001:db8:2:{number + 1:x}::2'


class Node:
    """A CN, LMA, MAG or mobile node."""

    def __init__(self, kind, name, netns, number, address=None):
        self.kind, self.name, self.netns, self.number, self.address = kind, name, netns, number, address
        self.daemon = None


class MobileNode(Node):
    """A mobile node: its terminal, and its radios by name."""

    def __init__(self, spec, netns, number):
        super().__init__('mn', spec.name, netns, number)
        self.spec, self.nai = spec, spec.nai
        self.terminal, self.radios = None, {}

    def radio(self, name):
        """One of its radios."""
        if name not in self.radios:
            raise LabError(f'{self.name} has no radio {name}; it has {", ".join(self.radios)}')
        return self.radios[name]

    def address_at(self, name):
        """Wait for the address that packets by a radio are for."""
        return self.terminal.wait_address(self.radio(name))


class Link:
    """A link by its name. Where it ends is found out each time, for a mobile node's may end nowhere."""

    def __init__(self, network, name, near, far, impairment):
        self.network, self.name, self.near, self.far = network, name, near, far
        self.impairment = impairment
        self.touched = False

    def ends(self):
        """The two ends, None for one that is not in the network."""
        nodes = self.network.nodes
        if isinstance(self.far, Radio):
            at = self.far.at
            return impair.End(at.netns, self.far.acc) if at else None, impair.End(self.far.netns, self.far.ifname)
        return impair.End(nodes[self.near].netns, self.far), impair.End(nodes[self.far].netns, self.near)

    def apply(self):
        """Make it as it is to be."""
        if self.touched or self.impairment != impair.Impairment():
            impair.apply(*self.ends(), self.impairment)
            self.touched = True


class Network:
    """The nodes of a laboratory and its links, made by build() and start(), or as they are by join()."""

    slaves = None  # of logical interfaces: bonding where the kernel has it

    def __init__(self, topology, name=None):
        self.topology, self.name = topology, name or topology.name
        self.lab = Lab(prefix_of(self.name))
        self.nodes: dict[str, Node] = {}
        self.links: dict[str, Link] = {}
        self.manager = self.lma_ns = None
        self.flow_socket = ''
        self._radio_count = 0

    def of_kind(self, kind):
        """The nodes of a kind: cn, lma, mag or mn."""
        return [node for node in self.nodes.values() if node.kind == kind]

    def node(self, name, *kinds):
        """A node by its name, of one of these kinds if any are given."""
        node = self.nodes.get(name)
        if not node or (kinds and node.kind not in kinds):
            what = ' or '.join(kinds) or 'node'
            raise LabError(f'{self.name} has no {what} {name}; it has '
                           f'{", ".join(n.name for n in self.nodes.values() if not kinds or n.kind in kinds) or "none"}')
        return node

    def link(self, name):
        """A link by its name."""
        if name not in self.links:
            raise LabError(f'{self.name} has no link {name}; it has {", ".join(self.links)}')
        return self.links[name]

    def _make_nodes(self, make):
        topology = self.topology
        for kind, names, address in (('cn', topology.cns, lambda n: f'2001:db8:c:{n:x}0::2' if n else '2001:db8:c::2'),
                                     ('lma', topology.lmas, lma_address), ('mag', topology.mags, mag_address)):
            for number, name in enumerate(names):
                self.nodes[name] = Node(kind, name, self.lab.add_netns(name, make), number, address(number))
        for number, spec in enumerate(topology.mns.values()):
            self.nodes[spec.name] = MobileNode(spec, self.lab.add_netns(spec.name, make), number)
        for name, (near, far) in core_links(topology.cns, topology.lmas, topology.mags).items():
            self.links[name] = Link(self, name, near, far, topology.links.get(name, impair.Impairment()))
        for node in self.of_kind('mn'):
            self._make_terminal(node, make)

    def _make_terminal(self, node, make):
        spec = node.spec
        node.netns.sysctl(ipv6__conf__all__accept_dad=0, ipv6__conf__default__accept_dad=0)  # before there is an interface
        for number, radio in enumerate(spec.radios):
            count, self._radio_count = self._radio_count, self._radio_count + 1
            mac = f'02:00:{node.number >> 8:02x}:{node.number & 255:02x}:01:{0 if spec.terminal == LOGICAL else number:02x}'
            name = f'{node.name}-{radio.name}'
            arguments = node.netns, radio.name, FIRST_RADIO + number, mac, name, FIRST_FAR_END + count, radio.technology
            made = IsatapRadio(*arguments, count, make) if radio.access == 'isatap' else Radio(*arguments, make)
            node.radios[radio.name] = made
            self.links[name] = Link(self, name, None, made, radio.impairment)
            if not make:
                made.at = next((mag for mag in self.of_kind('mag') if mag.netns.has(made.acc)), None)
        radios = list(node.radios.values())
        tunnelled = any(isinstance(radio, IsatapRadio) for radio in radios)  # by an interface without a link layer
        if spec.terminal == WEAK_HOST:
            node.terminal = WeakHost(self, node.netns, radios, name=node.name, backend='nfqueue' if kernel.inside() == 'user' or tunnelled else 'auto')
            node.daemon = node.terminal.reflector
        elif spec.terminal == LOGICAL:
            node.terminal = LogicalInterface(self, node.netns, radios, name=node.name)
        else:
            node.terminal = Terminal(self, node.netns, radios)

    def build(self):
        """Namespaces, cables, addresses, routes, and what the daemons are told."""
        self._make_nodes(True)
        for node in self.of_kind('lma') + self.of_kind('mag'):
            node.netns.sysctl(ipv6__conf__all__forwarding=1, ipv6__conf__default__accept_dad=0)
            if node.kind == 'lma':  # a MAG's address is that of its first cable
                node.netns.ip('addr', 'add', f'{node.address}/128', 'dev', 'lo')
        for link in self.links.values():
            if link.near:
                self._cable(self.nodes[link.near], self.nodes[link.far])
        for link in self.links.values():
            link.apply()
        self._configure(True)

    def _cable(self, near, far):
        """A cable from a CN to an LMA or from an LMA to a MAG, with addresses and routes at both ends."""
        if near.kind == 'cn':
            net = f'2001:db8:c:{near.number:x}{far.number:x}' if near.number or far.number else '2001:db8:c'
        else:
            net = f'2001:db8:{2 + near.number:x}:{far.number + 1:x}'
        there = f'{net}::1' if near.kind == 'cn' else f'{net}::2'
        here = f'{net}::2' if near.kind == 'cn' else f'{net}::1'
        near.netns.ip_batch(f'link add {far.name} type veth peer name {near.name} netns {far.netns.full_name}\n'
                            f'addr add {here}/64 dev {far.name} nodad\nlink set {far.name} up\n')
        far.netns.ip_batch(f'addr add {there}/64 dev {near.name} nodad\nlink set {near.name} up\n')
        if near.kind == 'cn':
            pool = self.topology.lmas[far.name].pool
            near.netns.ip('route', 'add', pool, 'via', there, 'src', near.address)
            if far.number == 0:
                near.netns.ip('route', 'add', 'default', 'via', there, 'src', near.address)
            else:
                far.netns.ip('route', 'add', f'{near.address}/128', 'via', here)
        else:
            if near.number:
                near.netns.ip('route', 'add', f'{far.address}/128', 'via', there)
            far.netns.ip('route', 'add', f'{near.address}/128', 'via', here)
            if near.number == 0:
                far.netns.ip('route', 'add', 'default', 'via', here)

    def _configure(self, make):
        lmas, mags, mns = self.of_kind('lma'), self.of_kind('mag'), self.of_kind('mn')
        for node in lmas:
            node.daemon = Daemon(self, node.name, 'pmip-lma', node.netns, self._lma_config(node, mags, mns) if make else None)
        for node in mags:
            node.daemon = Daemon(self, node.name, 'pmip-mag', node.netns, self._mag_config(node, lmas, mns) if make else None)

    def _lma_config(self, node, mags, mns):
        spec = self.topology.lmas[node.name]
        served = [mn for mn in mns if mn.spec.lma == node.name]
        nodes = ''.join(f'  - id: {mn.nai}\n' + ('    flow_mobility: true\n' if len(mn.radios) > 1 else '') for mn in served)
        return LMA_CONFIG.format(
            name=node.name, lma=node.address, core=_listed(mag.name for mag in mags), datapath=self.topology.datapath, protection='off',
            dir=self.lab.dir, pool=spec.pool, mags=_listed(mag.address for mag in mags), nodes=nodes or '  - id: "*@none.invalid"\n',
            extra=f'flow_socket: {self._flow_socket(node.name)}\n{spec.config}')

    def _flow_socket(self, lma):
        return f'{self.lab.dir}/{lma}.flow'

    def _mag_config(self, node, lmas, mns):
        access, nodes = '', ''
        for mn in mns:
            radios = [mn.radios[spec.name] for spec in mn.spec.radios if node.name in spec.mags]
            for radio in radios:
                access += f'  - interface: {mn.name}-{radio.ifname}\n    technology: {radio.technology}\n' + \
                    (f'    mobile_node: {mn.nai}\n' if self.topology.trigger == 'link' and not isinstance(radio, IsatapRadio) else '')
            if radios:
                macs = list(dict.fromkeys(radio.mac for radio in radios + list(mn.radios.values())))
                nodes += f'  - id: {mn.nai}\n    mac: {macs[0]}\n' + (f'    other_macs: {_listed(macs[1:])}\n' if macs[1:] else '') + \
                    ('    shares_prefixes: true\n' if mn.spec.terminal == LOGICAL else '') + \
                    (f'    lma: {self.nodes[mn.spec.lma].address}\n' if mn.spec.lma != lmas[0].name else '')
        if not access:
            raise LabError(f'{node.name}: no interface of a mobile node may come here: take it out of the topology, or name it in mags')
        behind = any(spec.access == 'isatap' and node.name in spec.mags for mn in mns for spec in mn.spec.radios)
        extra = f'link_local_address: {isatap.ROUTER}\n' if behind else ''
        config = MAG_CONFIG.format(name=node.name, mag=node.address, lma=lmas[0].address, datapath=self.topology.datapath, protection='off',
                                   dir=self.lab.dir, access=access, nodes=nodes, extra=extra + self.topology.mags[node.name].config)
        return config.replace('core: [core0]', f'core: {_listed(lma.name for lma in lmas)}')

    def start(self):
        """Start the daemons, and what runs on the mobile nodes."""
        for node in self.of_kind('lma') + self.of_kind('mag'):
            node.daemon.start()
        if self.topology.flow_manager:
            self._manager(True)
            self.manager.start()
        if self.topology.trigger == 'agent':
            for node in self.of_kind('mag'):
                self._start_agent(node)
        for node in self.of_kind('mn'):
            node.terminal.start()

    def _start_agent(self, node):
        """What an access point's agent tells a MAG of: the links of the radios that may be there."""
        stations = f'{self.lab.dir}/{node.name}.stations'
        with open(stations, 'w', encoding='utf-8') as file:
            for mn in self.of_kind('mn'):
                file.writelines(f'{mn.name}-{spec.name} {mn.radios[spec.name].mac}\n' for spec in mn.spec.radios if node.name in spec.mags)
        agent = node.netns.start(f'{node.name}-agent', sys.executable, '-B', AGENT, '--mag', node.daemon.control, '--stations', stations)
        wait_for(f'the agent beside {node.name}', 10, lambda: 'MAG: there' in self.lab.said(agent))

    def _manager(self, make):
        """The flow manager. Where an LMA forwards by netlink it sees flows in NFQUEUE, for that one does not tell of them."""
        spec = self.topology.flow_manager
        lma = self.nodes[spec.lma]
        self.lma_ns, self.flow_socket = lma.netns, self._flow_socket(lma.name)
        if not make:
            self.manager = Daemon(self, 'manager', 'flowmob-manager', self.lma_ns, None)
            return
        source = '' if lma.daemon.ask('status')['datapath'] == 'bpf' else f'source: nfqueue\nprefixes: [{self.topology.lmas[lma.name].pool}]\n'
        self.manager = FlowManager(self, source + spec.config)

    def join(self):
        """Take what another process has left up."""
        if not os.path.isdir(self.lab.dir):
            raise LabError(f'{self.name} is not up; pmip-lab status shows what is')
        self.lab.join()
        self._make_nodes(False)
        self._configure(False)
        if self.topology.flow_manager:
            self._manager(False)

    def plug(self, node, radio, mag):
        """Put a radio's cable into a MAG; return when it had its carrier, ns."""
        spec = next(spec for spec in node.spec.radios if spec.name == radio.ifname)
        if mag.name not in spec.mags:
            raise LabError(f'{node.name}-{radio.ifname} may be at {", ".join(spec.mags)}, not at {mag.name}; see mags in the topology')
        radio.insert(mag)
        self.links[f'{node.name}-{radio.ifname}'].apply()
        return radio.feed()

    def binding(self, node, radio):
        """The binding of a mobile node by a radio, as its LMA has it, or None."""
        if not radio.at:
            return None
        bindings = self.nodes[node.spec.lma].daemon.ask('bindings', mn_id=node.nai)['bindings']
        return next((b for b in bindings if b['state'] == 'active' and ipaddress.ip_address(b['remote']) == ipaddress.ip_address(radio.at.address)
                     and b.get('mn_id') == node.nai), None)

    def wait_binding(self, node, radio, seconds=10):
        """Wait for it."""
        return wait_for(f'the binding of {node.name} by {radio.ifname}', seconds, self.binding, node, radio)


def _listed(items):
    return f'[{", ".join(items)}]'
