# SPDX-License-Identifier: BSD-2-Clause
"""How a link is: its rate, delay, loss and queue, in each direction; and tc(8)'s ways to make it so.

With netem, which user-mode Linux has, all of it. A kernel without netem shapes (TBF) and drops at random (a classic BPF filter), but cannot
delay.
"""
import dataclasses
import re

from netns import LabError

RATE_UNITS = {'bit': 1, 'kbit': 10**3, 'mbit': 10**6, 'gbit': 10**9}
TIME_UNITS = {'us': 10**-6, 'ms': 10**-3, 's': 1}
QUEUE_S = 0.1
BURST_S = 0.004
LEAST_BURST = 16 << 10   # so that a segment of many packets is cut up and not dropped
NETEM_PACKETS = 100000
LOST = 'lost0', 'lost1'  # where lost packets go: a cable whose other end is down


def rate(text):
    """8mbit: bits a second."""
    match = re.fullmatch(r'([0-9]+(?:\.[0-9]+)?)(bit|kbit|mbit|gbit)', text)
    value = float(match[1]) * RATE_UNITS[match[2]] if match else 0
    if value < 8000:
        raise ValueError(text)
    return value


def duration(text):
    """20ms: seconds."""
    match = re.fullmatch(r'([0-9]+(?:\.[0-9]+)?)(us|ms|s)', text)
    if not match or float(match[1]) * TIME_UNITS[match[2]] > 60:
        raise ValueError(text)
    return float(match[1]) * TIME_UNITS[match[2]]


def loss(text):
    """1%: a share."""
    match = re.fullmatch(r'([0-9]+(?:\.[0-9]+)?)%', text)
    if not match or float(match[1]) > 100:
        raise ValueError(text)
    return float(match[1]) / 100


PARSERS = {'rate': rate, 'delay': duration, 'loss': loss, 'queue': duration}
EXPECT = {
    'rate': 'a rate of 8kbit or more such as 8mbit, or two such as 7.2mbit/384kbit, the first towards the mobile node; off for none',
    'delay': 'a time up to 60s such as 20ms or two, 40ms/60ms, the first towards the mobile node; off for none',
    'loss': 'a share such as 1% or two, 1%/0.5%, the first towards the mobile node; off for none',
    'queue': 'the longest time that a packet waits for the rate, such as 100ms, or two; off for 100ms',
}
DOWN, UP = 0, 1


def pair(key, text):
    """The values of both directions, None for off."""
    parts = text.split('/')
    if len(parts) > 2:
        raise ValueError(text)
    values = [None if part == 'off' else PARSERS[key](part) for part in parts]
    return tuple(values * 2 if len(values) == 1 else values)


@dataclasses.dataclass
class Impairment:
    """One link: each value for both directions, (down, up); None is none."""

    rate: tuple = (None, None)
    delay: tuple = (None, None)
    loss: tuple = (None, None)
    queue: tuple = (None, None)

    @classmethod
    def read(cls, values):
        """From {'rate': '8mbit'}, keys without a value left out."""
        return cls(**{key: pair(key, text) for key, text in values.items()})

    def changed(self, values):
        """Another one, some of whose values are new."""
        for key, text in values.items():
            if key not in PARSERS:
                raise LabError(f'{key}={text}: a link has {", ".join(f"{name}=" for name in PARSERS)}')
            try:
                values = {**values, key: pair(key, text)}
            except ValueError:
                raise LabError(f'{key}={text}: expected {EXPECT[key]}') from None
        return dataclasses.replace(self, **values)

    def as_text(self):
        """{'rate': '8mbit/1mbit'} of what there is."""
        result = {}
        for key in PARSERS:
            values = getattr(self, key)
            if values != (None, None):
                words = [_text(key, value) for value in values]
                result[key] = words[0] if words[0] == words[1] else '/'.join(words)
        return result


def _text(key, value):
    if value is None:
        return 'off'
    if key == 'rate':
        for unit, size in reversed(RATE_UNITS.items()):
            if value >= size:
                return f'{value / size:g}{unit}'
    if key == 'loss':
        return f'{value * 100:g}%'
    return f'{value * 1000:g}ms'


def _tbf(bits, queue_s):
    """tc's words for a token bucket."""
    burst = max(LEAST_BURST, int(bits / 8 * BURST_S))
    return ['tbf', 'rate', f'{bits:.0f}bit', 'burst', str(burst), 'limit', str(int(burst + bits / 8 * (queue_s or QUEUE_S)))]


class End:
    """One end of a link: an interface in a namespace, where packets leave for the other end."""

    def __init__(self, netns, ifname):
        self.netns, self.ifname = netns, ifname

    def tc(self, *words, check=True):
        """Run tc(8) there."""
        return self.netns.run('tc', *words, check=check)

    def leave(self, impairment, way):
        """What leaves here is shaped, delayed and lost."""
        bits, delay, share = impairment.rate[way], impairment.delay[way], impairment.loss[way]
        self.tc('qdisc', 'del', 'dev', self.ifname, 'root', check=False)
        under = ['root']
        if delay or share:
            words = ['netem', 'limit', str(NETEM_PACKETS)] + (['delay', f'{delay * 1e6:.0f}us'] if delay else []) + \
                (['loss', f'{share * 100:g}%'] if share else [])
            said = self.tc('qdisc', 'add', 'dev', self.ifname, 'root', 'handle', '1:', *words, check=False).strip()
            if said and delay:
                raise LabError(f'{self.netns.name}: {self.ifname}: no delay: this kernel has no netem ({said}); '
                               'user-mode Linux has it: pmip-lab --kernel uml')
            if said:
                self._lose(share)
            under = ['parent', '1:1']
        if bits:
            self.tc('qdisc', 'add', 'dev', self.ifname, *under, *_tbf(bits, impairment.queue[way]))

    def _lose(self, share):
        """A share of what leaves here is lost without netem: a filter of the qdisc sends it elsewhere, and the sender does not learn of it."""
        if not self.netns.has(LOST[0]):
            self.netns.ip_batch(f'link add {LOST[0]} type veth peer name {LOST[1]}\nlink set {LOST[0]} up\n')
        self.tc('qdisc', 'add', 'dev', self.ifname, 'root', 'handle', '1:', 'htb', 'default', '1')
        self.tc('class', 'add', 'dev', self.ifname, 'parent', '1:', 'classid', '1:1', 'htb', 'rate', '100gbit', 'quantum', '60000')
        # A = a random number; A >= share of its range: 0, no match; else: all ones, match. linux/filter.h, SKF_AD_OFF + SKF_AD_RANDOM.
        program = f'4,32 0 0 {2**32 - 4096 + 56},53 0 1 {min(2**32 - 1, int(share * 2**32))},6 0 0 0,6 0 0 {2**32 - 1}'
        self.tc('filter', 'add', 'dev', self.ifname, 'parent', '1:', 'protocol', 'all', 'prio', '1', 'bpf', 'bytecode', program,
                'action', 'mirred', 'egress', 'redirect', 'dev', LOST[0])


def apply(near, far, impairment):
    """Make a link so: near is the end on the network's side, far the one towards the mobile node; either may be None, not there now."""
    for sender, way in ((near, DOWN), (far, UP)):
        if sender:
            sender.leave(impairment, way)
