# SPDX-License-Identifier: BSD-2-Clause
"""The energy that a terminal's radios take: a table of watts by state, and the states in which the captures show each radio to have been.

A radio is off while its link is cut, transmits or receives in a slot of time in which packets leave or arrive (transmits when more octets
leave than arrive), stays in its tails for a while after that, and is idle else.

The paper has measured its own table; its text, and so that table, was not at hand. These are published values of others, each with
its source, and another table is another entry of MODELS.
"""
from capture import ETH_LEN, IPV6_LEN
from series import read

SLOT_S = 0.05
OFF, IDLE, RECEIVE, TRANSMIT = 'off', 'idle', 'receive', 'transmit'


class Radio:
    """Watts of a radio by state; a rate of data adds some; tails are (name, seconds, watts) after the last packet, in their order."""

    def __init__(self, idle, receive, transmit, per_mbps=0.0, tails=()):
        self.watts = {OFF: 0.0, IDLE: idle, RECEIVE: receive, TRANSMIT: transmit, **{name: watts for name, _, watts in tails}}
        self.per_mbps = per_mbps
        self.tails = tuple((name, seconds) for name, seconds, _ in tails)


class Model:
    """The radios of a phone that somebody has measured."""

    def __init__(self, name, source, radios):
        self.name, self.source, self.radios = name, source, radios


MODELS = {
    # WLAN at its channel rate of 54 Mbit/s: 0.710 W and (48 - 0.768 * 54) mW for each Mbit/s in the high state, 20 mW in the low one, 1 W while
    # it transmits. UMTS: idle, FACH and DCH, with 4 s in DCH and 6 s in FACH after the last packet.
    'htc-dream': Model('HTC Dream', 'L. Zhang et al., Accurate Online Power Estimation and Automatic Battery Behavior Based Power Model Generation '
                       'for Smartphones, CODES+ISSS 2010 (PowerTutor)', {
                           'wlan': Radio(0.020, 0.710, 1.000, per_mbps=0.048 - 0.000768 * 54),
                           'utran': Radio(0.010, 0.570, 0.570, tails=(('tail DCH', 4.0, 0.570), ('tail FACH', 6.0, 0.401))),
                       }),
    # WLAN in power saving mode, and awake at a high rate; UMTS with the timers of TeliaSonera's network.
    'nexus-one-s2': Model('Nexus One (UMTS), Galaxy S2 (WLAN)', 'E. J. Vergara et al., EnergyBox: Disclosing the Wireless Transmission Energy Cost for '
                          'Mobile Devices, Sustainable Computing 4 (2014), the configurations of its tool', {
                              'wlan': Radio(0.03, 0.45, 0.45),
                              'utran': Radio(0.0, 0.6, 0.6, tails=(('tail DCH', 4.1, 0.6), ('tail FACH', 5.6, 0.45))),
                          }),
}
DEFAULT_MODEL = 'htc-dream'


class Slot:
    """What a radio did in one slot of time."""

    __slots__ = ('state', 'octets')

    def __init__(self, state, octets):
        self.state, self.octets = state, octets


def slots(packets, mac, start_ns, end_ns, radio, off=()):
    """A radio's slots over a time; off: times (from ns, to ns) without a link; mac: its own octets, which tell what it has sent."""
    count = round((end_ns - start_ns) / 1e9 / SLOT_S)
    out, into = [0] * count, [0] * count
    for packet in packets:
        number = int((packet.ns - start_ns) / 1e9 / SLOT_S)
        if 0 <= number < count:
            (out if packet.src_mac == mac else into)[number] += _size(packet)
    result, silent = [], None  # s since the last packet; None before the first one
    for number in range(count):
        at = start_ns + int((number + 0.5) * SLOT_S * 1e9)
        octets = out[number] + into[number]
        if any(begin <= at < end for begin, end in off):
            state, silent = OFF, None
        elif octets:
            state, silent = TRANSMIT if out[number] > into[number] else RECEIVE, 0.0
        else:
            silent = None if silent is None else silent + SLOT_S
            state = _tail(radio, silent)
        result.append(Slot(state, octets))
    return result


def _size(packet):
    # As long as it was on the cable; the capture has its beginning.
    return ETH_LEN + IPV6_LEN + int.from_bytes(packet.raw[ETH_LEN + 4:ETH_LEN + 6], 'big')


def _tail(radio, silent):
    if silent is not None:
        for name, seconds in radio.tails:
            if silent <= seconds:
                return name
            silent -= seconds
    return IDLE


def joules(radio, radio_slots):
    """Energy by state, J."""
    total = dict.fromkeys(radio.watts, 0.0)
    for slot in radio_slots:
        extra = radio.per_mbps * slot.octets * 8 / SLOT_S / 1e6 if slot.state == RECEIVE else 0.0
        total[slot.state] += (radio.watts[slot.state] + extra) * SLOT_S
    return total


def seconds(radio_slots):
    """Time by state, s."""
    total = {}
    for slot in radio_slots:
        total[slot.state] = total.get(slot.state, 0.0) + SLOT_S
    return total


def intervals(radio_slots):
    """The slots as (state, from s, to s), equal neighbours joined."""
    result = []
    for number, slot in enumerate(radio_slots):
        if result and result[-1][0] == slot.state:
            result[-1][2] = (number + 1) * SLOT_S
        else:
            result.append([slot.state, number * SLOT_S, (number + 1) * SLOT_S])
    return [tuple(entry) for entry in result]


def timelines(captures, start_ns, end_ns, off=None, model=DEFAULT_MODEL):
    """The states of all radios of a terminal over a time: {name: intervals}."""
    return {name: intervals(slots(read(path), mac, start_ns, end_ns, MODELS[model].radios[technology], (off or {}).get(name, ())))
            for name, (path, mac, technology) in captures.items()}


def account(captures, start_ns, end_ns, off=None, model=DEFAULT_MODEL):
    """What all radios of a terminal took over a time. captures: name: (capture file, MAC octets, technology); off: name: times without a link.
    Return {'radios': {name: {'joules': by state, 'seconds': by state}}, 'joules': in all, 'octets': that arrived}."""
    result = {'radios': {}, 'joules': 0.0, 'octets': 0}
    for name, (path, mac, technology) in captures.items():
        radio, packets = MODELS[model].radios[technology], read(path)
        found = slots(packets, mac, start_ns, end_ns, radio, (off or {}).get(name, ()))
        spent = joules(radio, found)
        result['radios'][name] = {'joules': {k: round(v, 4) for k, v in spent.items()}, 'seconds': {k: round(v, 2) for k, v in seconds(found).items()}}
        result['joules'] += sum(spent.values())
        result['octets'] += sum(p.length for p in packets if p.src_mac != mac and p.length and p.kind in ('TCP', 'UDP') and start_ns <= p.ns < end_ns)
    result['joules'] = round(result['joules'], 4)
    return result


def per_mb(found):
    """J for each MB that arrived."""
    return found['joules'] / (found['octets'] / 1e6)


def told(account_of, start_ns, end_ns, off, model=DEFAULT_MODEL):
    """What a summary has of the energy of a run."""
    found = account(account_of, start_ns, end_ns, off, model)
    return {'model': MODELS[model].name, 'joules': found['joules'], 'j_per_mb': round(per_mb(found), 4),
            'seconds': {name: radio['seconds'] for name, radio in found['radios'].items()}}
