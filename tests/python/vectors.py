#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Every vector through Python: result, place, verdict and reaction as INDEX has them, fields as the other decoder has them, the same octets again."""
import json
import os

import lib
import pmip

REACTIONS = {'drop': pmip.Reaction.DROP, 'icmp-pp': pmip.Reaction.ICMP, 'be': pmip.Reaction.BINDING_ERROR, 'reply': pmip.Reaction.REPLY,
             'flow-reject': pmip.Reaction.FLOW_REJECT, 'ignore-pba': pmip.Reaction.IGNORE}
UNITS = {'refresh_interval': 4}  # the other decoder has those of the wire
ROLES = {'-': pmip.Role.ANY, 'lma': pmip.Role.LMA, 'mag': pmip.Role.MAG}


def decode(vector):
    """The message, or the error."""
    try:
        return pmip.decode(vector.data, vector.src, vector.dst, pmip.DecodeFlag.NO_CHECKSUM if vector.in_udp else 0), None
    except pmip.WireError as error:
        return None, error


def check_error(vector, error):
    """An error says what INDEX says."""
    assert str(error.diag.offset) == vector.offset, (vector.file, error)
    assert error.diag.reaction == REACTIONS[vector.action], (vector.file, error)
    assert vector.status == '-' or str(error.diag.status) == vector.status, (vector.file, error)
    assert error.diag.rule in str(error) and error.name in str(error)


def check_fields(vector, message):
    """Numbers of the other decoder, where both call a field the same."""
    path = os.path.join(lib.VECTORS, vector.file[:-4] + '.json')
    if not os.path.exists(path):
        return 0
    with open(path, encoding='utf-8') as file:
        wanted = json.load(file)
    assert message.id == wanted['msg'], vector.file
    compared = 0
    pairs = [(message.values, wanted)]
    options = [option for option in wanted.get('options', []) if option['type'] > 1]
    assert [option['type'] for option in options] == [option.type for option in message.options], vector.file
    for option, other in zip(message.options, options):
        pairs.append((option.values, other))
        assert option.offset == other['offset'] and len(option.data) == other['len'], vector.file
    for values, other in pairs:
        for key, value in values.items():
            if isinstance(value, int) and isinstance(other.get(key), int):
                assert value == other[key] * UNITS.get(key, 1), (vector.file, key)
                compared += 1
    return compared


def check_message(vector, message):
    """Octets, text, and all that encoding makes of it."""
    addresses = () if vector.in_udp else (vector.src, vector.dst)
    again = message.encode(*addresses)
    if vector.canonical:
        wanted = bytes(message)[:4] + b'\0\0' + bytes(message)[6:] if vector.in_udp else bytes(message)
        assert again == wanted, vector.file
    assert message.row.name in str(message)
    rebuilt = pmip.Message(message.id, message.options, **message.values)
    assert rebuilt == message and str(rebuilt).split('\n', maxsplit=1)[0].split(',')[0] == message.row.name
    assert repr(rebuilt) == repr(message)
    for length in range(len(bytes(message))):
        try:
            pmip.decode(vector.data[:length], vector.src, vector.dst)
        except pmip.WireError:
            continue
        raise AssertionError(f'{vector.file}: {length} octets of it are a message')


def main():
    """Return how many were decoded and refused."""
    decoded = refused = compared = 0
    for vector in lib.vectors():
        message, error = decode(vector)
        assert ('OK' if error is None else error.name) == vector.result, (vector.file, error)
        if error is None:
            decoded += 1
            check_message(vector, message)
            if vector.file.startswith('good/'):
                compared += check_fields(vector, message)
            try:
                message.validate(ROLES[vector.role])
            except pmip.WireError as objection:
                error = objection
        if error is not None:
            refused += 1
            check_error(vector, error)
        assert ('-' if error is None else error.name) == vector.verdict, (vector.file, error)
    assert compared > 500, f'{compared} fields compared'
    print(f'{decoded} decoded, {refused} refused, {compared} fields compared')


main()
