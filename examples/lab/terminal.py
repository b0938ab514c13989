# SPDX-License-Identifier: BSD-2-Clause
"""A domain with one mobile node that is at two MAGs at once.

    CN ---- LMA ==== MAG1 ---- 3g   (MN)      both radios have their own cable, which is cut and mended by itself
               \\==== MAG2 ---- wlan (MN)

A weak-host terminal has an address on each radio, and takes packets to any of them on either. A logical-interface terminal has one
interface with one address above the two radios.
"""
from domain import LMA_ADDR, MAG_ADDR, MAG_CONFIG, POOL, LMA_CONFIG, Daemon, Domain, Radio
from netns import wait_for

NAI = 'mn@example.org'
RADIOS = (('3g', 'utran'), ('wlan', 'wlan'))
WEAK_HOST, LOGICAL = 'weak-host', 'logical-interface'


class Terminal:
    """The mobile node: a namespace with its radios."""

    def __init__(self, domain):
        self.netns = domain.lab.add_netns('mn')
        self.netns.sysctl(ipv6__conf__all__accept_dad=0, ipv6__conf__default__accept_dad=0)
        self.radios = [Radio(self.netns, name, 10 + n, f'02:00:00:00:01:0{n}', f'acc-{name}', 1000 + n, technology)
                       for n, (name, technology) in enumerate(RADIOS)]

    def addresses(self, ifname):
        """Global addresses of an interface."""
        return [line.split()[3].split('/')[0] for line in
                self.netns.ip('-6', '-o', 'addr', 'show', 'dev', ifname, 'scope', 'global').splitlines()]

    def wait_address(self, ifname, seconds=10):
        """Wait for an address by SLAAC and return it."""
        return wait_for(f'an address on {ifname}', seconds, self.addresses, ifname)[0]


class FlowDomain(Domain):
    """CN, LMA, two MAGs and one mobile node with two radios."""

    def __init__(self, prefix, terminal=WEAK_HOST, **options):
        super().__init__(prefix, hosts=0, **options)
        self.kind = terminal
        self.terminal = None

    def _configure(self, mag_ns):
        self.terminal = Terminal(self)
        node = f'  - id: {NAI}\n    flow_mobility: true\n'
        self.lma = Daemon(self, 'lma', 'pmip-lma', self.lma_ns, LMA_CONFIG.format(
            name='lma', core='[mag1, mag2]', lma=LMA_ADDR, pool=POOL, mags=f'[{", ".join(MAG_ADDR)}]', dir=self.lab.dir,
            datapath=self.datapath, protection=self.protection, nodes=node, extra=self.lma_extra))
        for radio, netns, address in zip(self.terminal.radios, mag_ns, MAG_ADDR):
            others = ', '.join(other.mac for other in self.terminal.radios if other is not radio)
            self.mags.append(Daemon(self, netns.name, 'pmip-mag', netns, MAG_CONFIG.format(
                name=netns.name, mag=address, lma=LMA_ADDR, dir=self.lab.dir, datapath=self.datapath, protection=self.protection,
                access=f'  - interface: {radio.acc}\n    technology: {radio.technology}\n    mobile_node: {NAI}\n',
                nodes=f'  - id: {NAI}\n    mac: {radio.mac}\n    other_macs: [{others}]\n'
                      f'    shares_prefixes: {"true" if self.kind == LOGICAL else "false"}\n', extra=self.mag_extra)))

    def attach(self):
        """Attach both radios, the 3g one first; return the address of each."""
        addresses = []
        for radio, mag in zip(self.terminal.radios, self.mags):
            radio.plug(mag)
            addresses.append(self.terminal.wait_address(radio.ifname))
        return addresses
