#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Whatever the package has is explained, in the headers' words where it is the library's; and mypy finds nothing to say against it, nor against a
program that uses it well, while it finds what is wrong in one that does not."""
import inspect
import os
import subprocess
import sys
import tempfile

import lib
import pmip
from pmip import client, flow, library

GOOD = '''
import ipaddress
from typing import List
import pmip
from pmip import Message
from pmip.client import AsyncClient, Client

def prefixes(lma: pmip.Lma) -> List[str]:
    return [str(prefix) for binding in lma.bindings() for prefix in binding.prefix]

def run(lma: pmip.Lma, now: int) -> None:
    for action in lma.actions():
        if isinstance(action, pmip.Dgram):
            data: bytes = action.data
        elif isinstance(action, pmip.Event):
            print(action.type, action.mn_id)
    packet: pmip.flow.Packet = pmip.flow.decode(b'')
    lma.add_flow(packet.flow, now)
    lma.revoke('mn1@example.com', None, pmip.RevocationTrigger.ADMINISTRATIVE, pmip.Now(1, 2))
    message: pmip.Message = pmip.decode(b'', '::1', ipaddress.ip_address('::2'))
    same: Message = message
    enum: pmip.generated.EventType = pmip.EventType.REFUSED

def total() -> int:
    with Client('/run/pmip/lma.sock', timeout=1.5) as lma:
        for event in lma.events():
            print(event['event'])
        return int(lma.ask('bindings', limit=1)['total'])

async def follow(client: AsyncClient) -> None:
    async for event in await client.events():
        print(event['event'])
'''
# SWIG's own module has no types.
STRICT = '--strict', '--no-warn-return-any'
BAD = (('lma.count_bindings("x")', 'Too many arguments'), ('pmip.Flow(sauce="::1")', 'Unexpected keyword argument'), ('x: str = lma.count_flows()', 'Incompatible types'),
       ('lma.handle_timeout("now")', 'incompatible type'), ('pmip.Profile(mn_id=3)', 'incompatible type'), ('next(lma.bindings()).hnp', 'has no attribute'),
       ('pmip.Massage', 'has no attribute'), ('pmip.client.Client(3)', 'incompatible type'), ('pmip.client.Client("x").ask()', 'Too few arguments'))


def public(module):
    """Names and things of a module."""
    return [(name, thing) for name, thing in vars(module).items() if not name.startswith('_') and not inspect.ismodule(thing)
            and getattr(thing, '__module__', '').startswith('pmip')]


def check_docs():
    """Every class and method has words."""
    bare = set()
    for module in (library, flow, client):
        things = public(module)
        assert things, f'{module.__name__} has nothing'
        for name, thing in things:
            if not inspect.isclass(thing) and not inspect.isfunction(thing):
                continue
            if not (thing.__doc__ or '').strip():
                bare.add(name)
            for method, value in inspect.getmembers(thing, inspect.isfunction) if inspect.isclass(thing) else ():
                if not method.startswith('_') and not (value.__doc__ or '').strip():
                    bare.add(f'{name}.{method}')
    assert not bare, f'without a word: {sorted(bare)}'
    assert 'MaxDelayBeforeNewBCEAssign' in pmip.LmaConfig.set_max_delay_before_new_bce_assign.__doc__
    assert 'PMIP_ERR_STALE' in pmip.Lma.move_flow.__doc__ and 'wanted: ' in pmip.Lma.move_flow.__doc__
    assert 'correspondent' in pmip.Flow.__doc__ and '20 bits' not in pmip.Flow.__doc__
    assert pmip.generated.Flow.__annotations__['src_port'] == int


def mypy(path, *options):
    """What mypy says of a file or folder."""
    environment = {**os.environ, 'MYPYPATH': lib.PACKAGE}
    with tempfile.TemporaryDirectory() as cache:
        found = subprocess.run(['/usr/bin/mypy', '--cache-dir', cache, *options, path], env=environment, capture_output=True, text=True, check=False)
    return found.returncode, found.stdout + found.stderr


def main():
    """Return the exit status."""
    check_docs()
    if not os.path.exists('/usr/bin/mypy'):
        print('skipped: mypy is not installed: apt-get install mypy')
        return 77
    status, said = mypy(os.path.join(lib.PACKAGE, 'pmip'), *STRICT)
    assert status == 0, said
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, 'program.py')
        with open(path, 'w', encoding='utf-8') as file:
            file.write(GOOD)
        status, said = mypy(path, *STRICT)
        assert status == 0, said
        with open(path, 'w', encoding='utf-8') as file:
            file.write('import pmip\ndef wrong(lma: pmip.Lma) -> None:\n' + ''.join(f'    {line}\n' for line, _ in BAD))
        status, said = mypy(path)
    for number, (line, wanted) in enumerate(BAD, start=3):
        assert any(f'program.py:{number}: ' in text and wanted in text for text in said.splitlines()), f'mypy lets pass: {line}\n{said}'
    print('all is explained and typed')
    return 0


sys.exit(main())
