# SPDX-License-Identifier: BSD-2-Clause
"""A domain with one mobile node that is at two MAGs at once.

    CN ---- LMA ==== MAG1 ---- 3g   (MN)      both radios have their own cable, which is cut and mended by itself;
               \\==== MAG2 ---- wlan (MN)      they may be others than these

A weak-host terminal has an address on each radio, and takes packets to any of them on either. A logical-interface terminal has one
interface with one address above the two radios.
"""
from domain import LMA_ADDR, MAG_ADDR, MAG_CONFIG, Daemon, Domain, Radio, find_program
from netns import wait_for

NAI = 'mn@example.org'
RADIOS = (('3g', 'utran'), ('wlan', 'wlan'))
PLAIN, WEAK_HOST, LOGICAL = 'plain', 'weak-host', 'logical-interface'
LOGICAL_NAME = 'phone0'


class Terminal:
    """A host as it is, in its namespace, with radios."""

    MACS = ('02:00:00:00:01:00', '02:00:00:00:01:01')

    def __init__(self, domain, netns=None, radios=None):
        self.netns = netns or domain.lab.add_netns('mn')
        self.netns.sysctl(ipv6__conf__all__accept_dad=0, ipv6__conf__default__accept_dad=0)
        self.radios = radios or [Radio(self.netns, name, 10 + n, mac, f'acc-{name}', 1000 + n, technology)
                                 for n, ((name, technology), mac) in enumerate(zip(domain.radios, self.MACS))]

    def start(self):
        """Start what runs on it: nothing."""

    def addresses(self, ifname):
        """Global addresses of an interface."""
        return [line.split()[3].split('/')[0] for line in
                self.netns.ip('-6', '-o', 'addr', 'show', 'dev', ifname, 'scope', 'global').splitlines()]

    def ip_interface(self, radio):
        """The interface that has the address for packets by a radio."""
        return radio.ip_ifname

    def wait_address(self, radio, seconds=10):
        """Wait for an address that packets by this radio are for, by SLAAC, and return it."""
        ifname = self.ip_interface(radio)
        return wait_for(f'an address on {ifname}', seconds, self.addresses, ifname)[0]


class WeakHost(Terminal):
    """A terminal whose radios have an address each. flowmob-mn sends the packets of a flow out where the flow comes in."""

    def __init__(self, domain, netns=None, radios=None, name='phone', backend='bpf'):
        super().__init__(domain, netns, radios)
        self.reflector = Daemon(domain, name, 'flowmob-mn', self.netns, 'interfaces: [' + ', '.join(r.ip_ifname for r in self.radios) +
                                f']\nbackend: {backend}\ncontrol: {domain.lab.dir}/{name}.sock\n')

    def start(self):
        """Start what runs on it."""
        self.reflector.start()


class LogicalInterface(Terminal):
    """A terminal with one interface above its radios, made by BPF programs or of a bonding device; flows leave by the radio that they come in by."""

    MACS = ('02:00:00:00:01:00', '02:00:00:00:01:00')

    def __init__(self, domain, netns=None, radios=None, name='phone'):
        super().__init__(domain, netns, radios)
        self.slaves, self.name = domain.slaves, name

    def start(self):
        """Make the interface, and let it follow its radios."""
        tool, radios = find_program('flowmob-slaves'), [radio.ifname for radio in self.radios]
        self.netns.run(tool, *(('-k', self.slaves) if self.slaves else ()), 'add', LOGICAL_NAME, *radios)
        self.netns.run(tool, 'select', LOGICAL_NAME, 'reflect')
        self.netns.start(self.name, tool, 'watch', LOGICAL_NAME)

    def ip_interface(self, radio):
        """The same for all radios."""
        return LOGICAL_NAME


class FlowDomain(Domain):
    """CN, LMA, two MAGs and one mobile node with two radios, each a name and an access technology. A logical interface is of kind bpf or bonding."""

    def __init__(self, prefix, terminal=WEAK_HOST, radios=RADIOS, slaves='bpf', **options):
        super().__init__(prefix, hosts=0, **options)
        self.kind, self.radios, self.slaves = terminal, radios, slaves
        self.terminal = None
        self.flow_socket = f'{self.lab.dir}/flow.sock'

    def _configure(self, mag_ns):
        self.terminal = (WeakHost if self.kind == WEAK_HOST else LogicalInterface)(self)
        node = f'  - id: {NAI}\n    flow_mobility: true\n'
        self.lma = self.make_lma(self.lma_ns, '[mag1, mag2]', nodes=node, extra=f'flow_socket: {self.flow_socket}\n{self.lma_extra}')
        for radio, netns, address in zip(self.terminal.radios, mag_ns, MAG_ADDR):
            others = [other.mac for other in self.terminal.radios if other.mac != radio.mac]
            self.mags.append(Daemon(self, netns.name, 'pmip-mag', netns, MAG_CONFIG.format(
                name=netns.name, mag=address, lma=LMA_ADDR, dir=self.lab.dir, datapath=self.datapath, protection=self.protection,
                access=f'  - interface: {radio.acc}\n    technology: {radio.technology}\n    mobile_node: {NAI}\n',
                nodes=f'  - id: {NAI}\n    mac: {radio.mac}\n' +
                      (f'    other_macs: [{", ".join(others)}]\n' if others else '') +
                      ('    shares_prefixes: true\n' if self.kind == LOGICAL else ''), extra=self.mag_extra)))

    def attach(self):
        """Attach both radios, the 3g one first; return the address of each."""
        self.terminal.start()
        addresses = []
        for number, (radio, mag) in enumerate(zip(self.terminal.radios, self.mags), 1):
            radio.plug(mag)
            addresses.append(self.terminal.wait_address(radio))
            wait_for(f'the binding by {radio.ifname}', 10, lambda n=number: len(self.lma.ask('bindings')['bindings']) == n)
        return addresses
