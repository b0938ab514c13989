# SPDX-License-Identifier: BSD-2-Clause
"""A PMIPv6 domain on one machine.

    CN ---- LMA ==== MAG1 ---- MN        every name a namespace, every line a veth cable with 1500-octet packets
               \\==== MAG2                the LMA tunnels to both MAGs

A mobile node is a Linux host as it is: one interface, eth0, and accept_ra. It moves because the other end of its cable is taken
out of one MAG and put into another one; eth0 stays and sees its carrier go and come back. The MAGs know that other end as acc0.
"""
import json
import os
import select
import socket
import struct

from client import Client, ControlError
from netns import Lab, LabError, wait_for

CN_ADDR = '2001:db8:c::2'
CN_IPV4, CN_ROUTER_IPV4 = '203.0.113.2', '203.0.113.1'
LMA_ADDR = '2001:db8:1::1'
MAG_ADDR = ('2001:db8:2:1::2', '2001:db8:2:2::2')
POOL = '2001:db8:100::/48'
LAB = os.path.dirname(os.path.abspath(__file__))
BUILD = os.path.abspath(os.environ.get('PMIP_BUILD') or os.environ.get('top_builddir') or os.path.join(LAB, '..', '..', 'build'))
ROUTER_LINK_LOCAL = 'fe80::200:5eff:fe00:5213'

# A carrier event waits up to a second in the kernel when the two ends of a veth have the same index, so each gets its own range.
ETH0_INDEX = 10
ACC0_INDEX = 1000

LMA_CONFIG = '''\
address: {lma}
interfaces:
  core: {core}
datapath: {datapath}
protection: {protection}
control: {dir}/{name}.sock
restart_counter_file: {dir}/{name}.restart
pools:
  - prefix: {pool}
    hnp_length: 64
mags: {mags}
mobile_nodes:
{nodes}{extra}'''

MAG_CONFIG = '''\
address: {mag}
lma: {lma}
interfaces:
  core: [core0]
datapath: {datapath}
protection: {protection}
control: {dir}/{name}.sock
restart_counter_file: {dir}/{name}.restart
clock: other
access:
{access}mobile_nodes:
{nodes}{extra}'''


def find_program(name):
    """Path of a program of this project, built or installed."""
    # The links are there where it is installed.
    for path in (f'{BUILD}/{name}', f'{LAB}/sbin/{name}', f'{LAB}/bin/{name}', f'/usr/local/sbin/{name}', f'/usr/local/bin/{name}', f'/usr/sbin/{name}', f'/usr/bin/{name}'):
        if os.access(path, os.X_OK) and os.path.isfile(path):
            return path
    raise LabError(f'{name} is neither built nor installed: run ./bootstrap.sh build or make install, or name the build directory in PMIP_BUILD')


class Daemon:
    """A daemon of this project in its namespace."""

    def __init__(self, domain, name, program, netns, config):
        self.domain, self.name, self.program, self.netns = domain, name, program, netns
        self.config = f'{domain.lab.dir}/{name}.yaml'
        self.control = f'{domain.lab.dir}/{name}.sock'
        self.events_path = f'{domain.lab.dir}/{name}.events'
        self.options = () if program.startswith('flowmob-') else ('--events', self.events_path)
        self.process = None
        if config is not None:  # else there is one
            with open(self.config, 'w', encoding='utf-8') as file:
                file.write(config)

    def start(self, wait=True):
        """Start it, and wait until it says that it is ready."""
        ready, told = os.pipe()
        try:
            self.process = self.netns.start(self.name, find_program(self.program), '-c', self.config, *self.options,
                                            '--ready-fd', str(told), pass_fds=(told,))
            os.close(told)
            told = -1
            if wait and not self._ready(ready, 20):
                raise LabError(f'{self.name} did not start:\n{self.domain.lab.log(self.name).strip()}')
        finally:
            os.close(ready)
            if told >= 0:
                os.close(told)

    @staticmethod
    def _ready(fd, seconds):
        return bool(select.select([fd], [], [], seconds)[0] and os.read(fd, 64))

    def stop(self, **options):
        """End it in an orderly way; return its exit status."""
        return self.domain.lab.stop(self.process, **options)

    def kill(self):
        """End it as a crash would."""
        self.process.kill()
        self.process.wait()

    def alive(self):
        """Whether it is running."""
        return self.process.poll() is None

    def edit(self, old, new):
        """Replace a part of its configuration file, which must be there; in force after a start or a reload."""
        with open(self.config, encoding='utf-8') as file:
            text = file.read()
        if old not in text:
            raise LabError(f'{self.config} has nothing like {old!r}')
        with open(self.config, 'w', encoding='utf-8') as file:
            file.write(text.replace(old, new))

    def events(self):
        """What it has written of events."""
        with open(self.events_path, encoding='utf-8') as file:
            return [json.loads(line) for line in file if line.endswith('\n')]

    def ask(self, cmd, **args):
        """Ask its control socket and return the reply."""
        try:
            with Client(self.control) as control:
                return control.ask(cmd, **args)
        except ControlError as error:
            raise LabError(f'{self.name}: {cmd}: {error}') from error

    def counters(self, part='engine'):
        """What a part of it, engine, runner or datapath, has counted."""
        return self.ask('counters')[part]

    def active(self):
        """Its bindings that are in force, by mobile node."""
        return {b['mn_id']: b for b in self.ask('bindings')['bindings'] if b['state'] in ('active', 'refreshing')}


class Radio:
    """An interface of a mobile node, and the far end of its cable, which is in a MAG or in none."""

    def __init__(self, netns, ifname, index, mac, acc, acc_index, technology='ethernet', make=True):
        self.netns, self.ifname, self.mac, self.acc, self.acc_index, self.technology = netns, ifname, mac, acc, acc_index, technology
        self.index, self.mac_octets = index, bytes.fromhex(mac.replace(':', ''))
        self.ip_ifname = ifname  # the interface that has addresses
        self.at = None
        if make:
            netns.ip_batch(f'link add {ifname} index {index} address {mac} type veth peer name {acc} index {acc_index}\n'
                           f'link set {ifname} up\n')

    def insert(self, mag):
        """Put the cable into a MAG that does not feed it yet."""
        source = self.netns if self.at is None else self.at.netns
        source.links.set(self.acc_index, net_ns_fd=mag.netns.fd)
        self.at = mag

    def remove(self):
        """Take the cable out of its MAG."""
        self.at.netns.links.set(self.acc_index, net_ns_fd=self.netns.fd)
        self.at = None

    def feed(self):
        """Give the cable its carrier; return when, ns."""
        return self.at.netns.links.set(self.acc_index, state='up')

    def cut(self):
        """Take the carrier away; return when, ns."""
        return self.at.netns.links.set(self.acc_index, state='down')

    def plug(self, mag):
        """Put it in and feed it; return when the carrier was given, ns."""
        self.insert(mag)
        return self.feed()

    def solicit(self):
        """Send a Router Solicitation, as the network manager of any host does when its carrier comes back. The kernel by itself
        solicits only when an interface comes up for the first time."""
        with self.netns.socket(socket.AF_INET6, socket.SOCK_RAW, socket.IPPROTO_ICMPV6) as sock:
            sock.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_MULTICAST_HOPS, 255)
            sock.sendto(struct.pack('!BBHIBB6s', 133, 0, 0, 0, 1, 1, self.mac_octets), ('ff02::2', 0, 0, self.index))


class Host(Radio):
    """A mobile node with one interface, eth0."""

    def __init__(self, domain, number):
        self.domain = domain
        self.number = number
        self.nai = f'mn{number}@example.org'
        super().__init__(domain.lab.add_netns('mn' if number == 1 else f'mn{number}'), 'eth0', ETH0_INDEX,
                         f'02:00:00:00:{number >> 8:02x}:{number & 255:02x}', f'acc{number - 1}', ACC0_INDEX + number)

    def addresses(self):
        """Global addresses that are ready for use."""
        lines = self.netns.ip('-6', '-o', 'addr', 'show', 'dev', 'eth0', 'scope', 'global').splitlines()
        return [line.split()[3] for line in lines if 'tentative' not in line and 'dadfailed' not in line]

    def wait_address(self, seconds=10):
        """Wait for an address by SLAAC and return it."""
        return wait_for(f'an address on eth0 of {self.netns.name}', seconds, self.addresses)[0].split('/')[0]

    def network(self):
        """What the mobile node sees of the network: address, default route, the router's entry in the neighbour table."""
        routes = self.netns.ip('-6', '-o', 'route', 'show', 'default').split('\n')[0].split()
        via = routes[routes.index('via') + 1] if 'via' in routes else None
        neighbours = [line.split() for line in self.netns.ip('-6', 'neigh', 'show', 'dev', 'eth0').splitlines()]
        mac = next((n[n.index('lladdr') + 1] for n in neighbours if n and n[0] == via and 'lladdr' in n), None)
        return {'address': ' '.join(self.addresses()), 'default router': via, 'router link-layer address': mac}


class Domain:
    """CN, LMA, MAGs and mobile nodes; a context manager."""

    def __init__(self, prefix, datapath='bpf', trigger='link', hosts=1, protection='off', lma_extra='', mag_extra=''):
        self.lab = Lab(prefix)
        self.datapath, self.trigger, self.host_count = datapath, trigger, hosts
        self.protection, self.lma_extra, self.mag_extra = protection, lma_extra, mag_extra
        self.cn = self.lma_ns = self.lma = self.host = None
        self.mags, self.hosts = [], []

    def __enter__(self):
        self.lab.__enter__()
        try:
            self._build()
        except BaseException:
            self.lab.__exit__()
            raise
        return self

    def __exit__(self, *args):
        self.lab.__exit__(*args)

    def _build(self):
        self.cn = self.lab.add_netns('cn')
        self.lma_ns = self.lab.add_netns('lma')
        mag_ns = [self.lab.add_netns('mag1'), self.lab.add_netns('mag2')]
        for ns in (self.lma_ns, *mag_ns):
            ns.sysctl(ipv6__conf__all__forwarding=1, ipv6__conf__default__accept_dad=0)
        self.lma_ns.ip_batch(f'link add cn0 type veth peer name eth0 netns {self.cn.full_name}\n'
                       f'addr add {LMA_ADDR}/128 dev lo\n'
                       'addr add 2001:db8:c::1/64 dev cn0 nodad\nlink set cn0 up\n')
        self.cn.ip_batch('addr add 2001:db8:c::2/64 dev eth0 nodad\nlink set eth0 up\nroute add default via 2001:db8:c::1\n')
        for n, ns in enumerate(mag_ns, 1):
            self.lma_ns.ip_batch(f'link add mag{n} type veth peer name core0 netns {ns.full_name}\n'
                           f'addr add 2001:db8:2:{n}::1/64 dev mag{n} nodad\nlink set mag{n} up\n')
            ns.ip_batch(f'addr add 2001:db8:2:{n}::2/64 dev core0 nodad\nlink set core0 up\nroute add default via 2001:db8:2:{n}::1\n')
        self.hosts = [Host(self, number) for number in range(1, self.host_count + 1)]
        self.host = self.hosts[0] if self.hosts else None
        self._configure(mag_ns)

    def make_lma(self, netns, core, address=LMA_ADDR, pool=POOL, extra='', nodes=None):
        """An LMA for all MAGs in a namespace, whose name it has; core is a list of interfaces, nodes are lines for mobile nodes, else all hosts."""
        return Daemon(self, netns.name, 'pmip-lma', netns, LMA_CONFIG.format(
            name=netns.name, core=core, lma=address, pool=pool, mags=f'[{", ".join(MAG_ADDR)}]', dir=self.lab.dir,
            datapath=self.datapath, protection=self.protection, nodes=nodes or ''.join(f'  - id: {h.nai}\n' for h in self.hosts), extra=extra))

    def _configure(self, mag_ns):
        self.lma = self.make_lma(self.lma_ns, '[mag1, mag2]', extra=self.lma_extra)
        common = {'dir': self.lab.dir, 'datapath': self.datapath, 'lma': LMA_ADDR, 'protection': self.protection}
        nodes = ''.join(f'  - id: {h.nai}\n    mac: {h.mac}\n' for h in self.hosts)
        # A MAG that knows whose link it is need not wait for the mobile node to speak.
        known = {h: f'    mobile_node: {h.nai}\n' if self.trigger == 'link' else '' for h in self.hosts}
        access = ''.join(f'  - interface: {h.acc}\n{known[h]}' for h in self.hosts)
        self.mags = [Daemon(self, ns.name, 'pmip-mag', ns, MAG_CONFIG.format(
            mag=mag, name=ns.name, access=access, nodes=nodes, extra=self.mag_extra, **common)) for ns, mag in zip(mag_ns, MAG_ADDR)]

    def add_ipv4(self):
        """IPv4 beside IPv6, before the start: the CN has it, the LMA and MAGs forward it, and the mobile nodes may have a home address."""
        self.cn.ip_batch(f'addr add {CN_IPV4}/24 dev eth0\nroute add default via {CN_ROUTER_IPV4}\n')
        self.lma_ns.ip('addr', 'add', f'{CN_ROUTER_IPV4}/24', 'dev', 'cn0')
        for netns in (self.lma_ns, *(mag.netns for mag in self.mags)):
            netns.sysctl(ipv4__ip_forward=1, ipv4__conf__all__rp_filter=0, ipv4__conf__default__rp_filter=0)
        for daemon in self.daemons:
            for host in self.hosts:
                daemon.edit(f'  - id: {host.nai}\n', f'  - id: {host.nai}\n    ipv4: yes\n')

    @property
    def daemons(self):
        """All daemons, the LMA first."""
        return [self.lma, *self.mags]

    def start(self):
        """Start all daemons."""
        for daemon in self.daemons:
            daemon.start()

    def stop(self):
        """End all daemons in an orderly way, the MAGs first."""
        return [daemon.stop() for daemon in reversed(self.daemons)]

    def reached(self, address):
        """Whether the CN reaches a mobile node."""
        return ' 0% packet loss' in self.cn.run('ping', '-q', '-c', '1', '-W', '1', address, check=False)

    def move(self, host, mag):
        """Move a mobile node to a MAG; return when its cable was in, ns. With the rs trigger its network manager solicits when the
        carrier is back; the first time the kernel does."""
        moved = host.at is not None
        with host.netns.link_events() as events:
            when = host.plug(mag)
            if moved and self.trigger == 'rs':
                events.wait_carrier(ETH0_INDEX, 5)
                host.solicit()
        return when
