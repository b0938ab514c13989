# SPDX-License-Identifier: BSD-2-Clause
"""What a laboratory is to be: a topology in YAML, read and checked; network.py makes it.

Every LMA has a cable to every MAG and to every CN, and every mobile node's interface one that is put into MAGs. Interfaces are called after
what is at their other end, links after both ends: lma-mag1, cn-lma, mn-wlan.
"""
import dataclasses
import functools
import ipaddress
import os
import re

import impair
from terminal import LOGICAL, PLAIN, WEAK_HOST
from yaml_rows import Each, Kind, ListOf, Reader, Row

DATAPATHS = ('auto', 'bpf', 'netlink')
TRIGGERS = ('link', 'rs', 'agent')
TECHNOLOGIES = ('ethernet', 'wlan', 'utran', 'eutran', 'wimax', 'geran', 'ppp', 'virtual')
ACCESSES = ('direct', 'isatap')
# Interfaces that a daemon's configuration has room for.
CORE_MOST, ACCESS_MOST = 16, 1024
TOPOLOGIES = os.path.join(os.path.dirname(os.path.abspath(__file__)), 'topologies')


def _choice(*words):
    def parse(text):
        if text not in words:
            raise ValueError(text)
        return text
    return Kind(' or '.join(f'"{word}"' for word in words), parse)


def _pattern(pattern, expect):
    def parse(text):
        if not re.fullmatch(pattern, text):
            raise ValueError(text)
        return text
    return Kind(expect, parse)


def _prefix(text):
    network = ipaddress.IPv6Network(text)
    if network.prefixlen > 64:
        raise ValueError(text)
    return str(network)


def _count(text):
    if not re.fullmatch('[0-9]{1,5}', text) or not 1 <= int(text) <= 10000:
        raise ValueError(text)
    return int(text)


def _link_row(key):
    def parse(text):
        impair.pair(key, text)
        return text
    return Row(Kind(impair.EXPECT[key], parse))


LAB_NAME = _pattern('[a-z][a-z0-9_]{0,30}', 'a name of 1 to 31 small letters, digits and _, that begins with a letter')
NODE_NAME = _pattern('[a-z][a-z0-9]{0,7}', 'a name of 1 to 8 small letters and digits, that begins with a letter')
RADIO_NAME = _pattern('[a-z0-9]{1,6}', 'a name of 1 to 6 small letters and digits')
LINK_NAME = _pattern('[a-z0-9]+-[a-z0-9]+', 'a link such as lma-mag1 or cn-lma')
TEXT = Kind('lines of the configuration', str)
LINK = {key: _link_row(key) for key in impair.PARSERS}
RADIO = {
    'technology': Row(_choice(*TECHNOLOGIES), 'ethernet'),
    'mag': Row(NODE_NAME),
    'mags': Row(ListOf(NODE_NAME)),
    'access': Row(_choice(*ACCESSES), 'direct'),
    **LINK,
}
ROWS = {
    'name': Row(LAB_NAME),
    'datapath': Row(_choice(*DATAPATHS), 'auto'),
    'trigger': Row(_choice(*TRIGGERS), 'link'),
    'lmas': Row(Each(NODE_NAME, {'pool': Row(Kind('an IPv6 prefix of length 64 or less such as 2001:db8:100::/48', _prefix)), 'config': Row(TEXT, '')}),
                required=True),
    'mags': Row(Each(NODE_NAME, {'config': Row(TEXT, '')}), required=True),
    'cns': Row(Each(NODE_NAME, {}), required=True),
    'mns': Row(Each(NODE_NAME, {
        'terminal': Row(_choice(PLAIN, WEAK_HOST, LOGICAL), PLAIN),
        'lma': Row(NODE_NAME),
        'count': Row(Kind('a number from 1 to 10000', _count), 1),
        'interfaces': Row(Each(RADIO_NAME, RADIO), required=True),
    }), required=True),
    'links': Row(Each(LINK_NAME, LINK, 0), dict),
    'flow_manager': Row({'lma': Row(NODE_NAME), 'config': Row(TEXT, '')}),
}


@dataclasses.dataclass
class Lma:
    """A local mobility anchor."""

    name: str
    pool: str
    config: str


@dataclasses.dataclass
class Mag:
    """A mobile access gateway."""

    name: str
    config: str


@dataclasses.dataclass
class RadioSpec:
    """An interface of a mobile node: the MAG that it is at first, and those that it may be at."""

    name: str
    technology: str
    mag: str | None
    mags: list[str]
    access: str
    impairment: impair.Impairment


@dataclasses.dataclass
class Mn:
    """A mobile node."""

    name: str
    terminal: str
    lma: str
    radios: list[RadioSpec]

    @property
    def nai(self):
        """Its network access identifier."""
        return f'{self.name}@example.org'


@dataclasses.dataclass
class FlowManager:
    """A flow manager beside an LMA."""

    lma: str
    config: str


@dataclasses.dataclass
class Topology:
    """The whole of it; everything by its name."""

    name: str
    datapath: str
    trigger: str
    lmas: dict[str, Lma]
    mags: dict[str, Mag]
    cns: list[str]
    mns: dict[str, Mn]
    links: dict[str, impair.Impairment]
    flow_manager: FlowManager | None
    text: str


def find(name):
    """The file of a topology: a path, or the name of one of those that come with the laboratory."""
    shipped = os.path.join(TOPOLOGIES, f'{name}.yaml')
    return shipped if os.sep not in name and not os.path.exists(name) and os.path.exists(shipped) else name


def load(path):
    """Read a file. @raise TopologyError with everything that is wrong."""
    path = find(path)
    with open(path, encoding='utf-8') as file:
        return read(file.read(), path)


def read(text, path='topology'):
    """Read a text."""
    reader = Reader(path)
    root = reader.read(text, ROWS)
    check = _Check(reader, root)
    check.names()
    check.references()
    check.sizes()
    reader.end()
    lmas = {name: Lma(name, row['pool'] or f'2001:db8:{0x100 + n:x}::/48', row['config']) for n, (name, row) in enumerate(root['lmas'].items())}
    mags = {name: Mag(name, row['config']) for name, row in root['mags'].items()}
    first = next(iter(lmas))
    manager = root['flow_manager']
    stem = re.sub('[^a-z0-9_]', '_', os.path.basename(path).split('.')[0].lower())
    return Topology(
        name=root['name'] or (stem if re.fullmatch('[a-z][a-z0-9_]{0,30}', stem) else 'lab'), datapath=root['datapath'], trigger=root['trigger'],
        lmas=lmas, mags=mags, cns=list(root['cns']),
        mns={mn.name: mn for name, row in root['mns'].items() for mn in _mobile_nodes(name, row, first, list(mags))},
        links={name: _impairment(row) for name, row in root['links'].items()},
        flow_manager=FlowManager(manager['lma'] or first, manager['config']) if manager is not None else None, text=text)


def _impairment(row):
    return impair.Impairment.read({key: row[key] for key in impair.PARSERS if row[key] is not None})


def _copies(name, count):
    return [name] if count == 1 else [f'{name}{n}' for n in range(1, count + 1)]


def _mobile_nodes(name, row, lma, mags):
    for copy in _copies(name, row['count']):
        yield Mn(copy, row['terminal'], row['lma'] or lma,
                 [RadioSpec(radio, spec['technology'], spec['mag'], spec['mags'] or mags, spec['access'], _impairment(spec))
                  for radio, spec in row['interfaces'].items()])


class _Check:
    """What no table can say: that names agree."""

    def __init__(self, reader, root):
        self.reader, self.root = reader, root

    def names(self):
        """No two nodes have one name."""
        owners = {}
        for kind in ('lmas', 'mags', 'cns', 'mns'):
            for name in self.root[kind]:
                line = self.root[kind].line_of(name)
                copies = _copies(name, self.root[kind][name].get('count') or 1)
                if len(copies[-1]) > 8:
                    self.reader.wrong(line, f'{kind}.{name}', f'a last node called {copies[-1]}', 'names of 8 characters with their numbers')
                for copy in copies:
                    if copy in owners:
                        self.reader.wrong(line, f'{kind}.{name}', f'a node called {copy}, as in line {owners[copy]}', 'a name for one node')
                    owners.setdefault(copy, line)

    def _refer(self, row, key, path, kind):
        for name in row[key] if isinstance(row[key], list) else [row[key]]:
            if name is not None and name not in self.root[kind]:
                self.reader.wrong(row.line_of(key), f'{path}.{key}', f'"{name}"', f'one of {kind}: {", ".join(self.root[kind])}')

    def references(self):
        """What is named is there."""
        for name, row in self.root['mns'].items():
            self._refer(row, 'lma', f'mns.{name}', 'lmas')
            if row['terminal'] == PLAIN and len(row['interfaces']) > 1:
                self.reader.wrong(row.line_of('interfaces'), f'mns.{name}.interfaces', f'{len(row["interfaces"])} of them',
                                  f'one, or terminal {WEAK_HOST} or {LOGICAL}')
            for radio, spec in row['interfaces'].items():
                path = f'mns.{name}.interfaces.{radio}'
                self._refer(spec, 'mag', path, 'mags')
                self._refer(spec, 'mags', path, 'mags')
                if spec['mag'] and spec['mags'] and spec['mag'] not in spec['mags']:
                    self.reader.wrong(spec.line_of('mag'), f'{path}.mag', f'"{spec["mag"]}"', f'one of its mags: {", ".join(spec["mags"])}')
            self._one_radio_each(name, row)
        if self.root['flow_manager'] is not None:
            self._refer(self.root['flow_manager'], 'lma', 'flow_manager', 'lmas')
        for name in self.root['links']:
            if name not in self.links:
                self.reader.wrong(self.root['links'].line_of(name), f'links.{name}', 'no such link', f'one of {", ".join(self.links)}; '
                                  'a mobile node\'s link has its values in interfaces')

    def _one_radio_each(self, name, row):
        """By a link a MAG knows whose it is, not by which link-layer address: one for each weak host."""
        users = {}
        for radio, spec in row['interfaces'].items() if row['terminal'] == WEAK_HOST and self.root['trigger'] == 'link' else ():
            for mag in spec['mags'] or self.root['mags']:
                if mag in users:
                    self.reader.wrong(spec.line_of('mags'), f'mns.{name}.interfaces.{radio}', f'{mag}, where {users[mag]} may be too',
                                      f'mags that no other interface of a {WEAK_HOST} has, or another trigger than link')
                users.setdefault(mag, radio)

    @functools.cached_property
    def links(self):
        """Names of the links that are no mobile node's."""
        return core_links(self.root['cns'], self.root['lmas'], self.root['mags'])

    def sizes(self):
        """What the daemons have room for."""
        mags = self.root['mags']
        if len(mags) > CORE_MOST:
            self.reader.wrong(mags.line, 'mags', f'{len(mags)} of them', f'at most {CORE_MOST}, one for each cable of an LMA')
        for mag in mags:
            radios = sum(row['count'] or 1 for row in self.root['mns'].values() for spec in row['interfaces'].values()
                         if mag in (spec['mags'] or mags))
            if radios > ACCESS_MOST:
                self.reader.wrong(mags.line_of(mag), f'mags.{mag}', f'{radios} interfaces of mobile nodes that may come here',
                                  f'at most {ACCESS_MOST}; mags of an interface names those that it may be at')


def core_links(cns, lmas, mags):
    """Names of all links but those of mobile nodes: {name: (end on the network's side, end towards the mobile nodes)}."""
    return {**{f'{cn}-{lma}': (cn, lma) for cn in cns for lma in lmas}, **{f'{lma}-{mag}': (lma, mag) for lma in lmas for mag in mags}}
