#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""pmip.client against a daemon that does what is wrong, or slow, or much, each by Client and by AsyncClient; and that it needs no C library. With a real
daemon: tests/system/control_client.py."""
import asyncio
import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time

import lib
from fake_daemon import FakeDaemon
from pmip.client import EVENTS_WAITING_MAX, AsyncClient, Client, ConnectionLost, ControlError, Refused, TimedOut

PATIENCE_S = 20  # for what is to come
FLOOD = 100000


def say(sock, *messages):
    """Lines of a daemon."""
    sock.sendall(b''.join(json.dumps(message).encode() + b'\n' for message in messages))


def after_request(data):
    """A story: a request, then these octets and the end."""
    def story(requests, sock):
        requests.readline()
        sock.sendall(data)
    return story


def never_reads(_, sock):
    """A story: it ends with a request that it has not read."""
    sock.recv(1, socket.MSG_PEEK)


def never_answers(requests, _):
    """A story: it reads to the end."""
    requests.read()


def is_full(_, sock):
    """A story: too many clients are there."""
    say(sock, {'ok': False, 'error': 'too many clients; close one'})


# What is wrong, the story, what comes of it, and its words.
FAULTS = (('it refuses', after_request(b'{"ok":false,"error":"no such file","faults":["a.yaml:1: what is x?"]}\n'), Refused, 'no such file\na.yaml:1: what is x?'),
          ('it ends', after_request(b''), ConnectionLost, 'closed the connection and said no more'),
          ('it ends, the request unread', never_reads, ConnectionLost, 'closed the connection and said no more'),
          ('it ends in an answer', after_request(b'{"ok":tr'), ConnectionLost, 'closed the connection in the middle of a line'),
          ('it is another program', after_request(b'220 mail\r\n'), ConnectionLost, "no JSON object: b'220 mail"),
          ('it says something else', after_request(b'[1]\n'), ConnectionLost, 'no JSON object'),
          ('it is silent', never_answers, TimedOut, 'no answer to status within 0.2 s'),
          ('it is full', is_full, Refused, 'too many clients'))


def by_client(path, timeout):
    """Ask once."""
    with Client(path, timeout=timeout) as client:
        client.ask('status')


def by_async_client(path, timeout):
    """Ask once."""
    async def ask():
        async with AsyncClient(path, timeout=timeout) as client:
            await client.ask('status')
    asyncio.run(ask())


def by_async_client_too_late(path, timeout):
    """Ask when the daemon has closed the connection."""
    async def ask():
        async with AsyncClient(path, timeout=timeout) as client:
            time.sleep(0.05)
            await client.ask('status')
    asyncio.run(ask())


def refusal(call, *arguments):
    """The error of a call."""
    try:
        call(*arguments)
    except ControlError as error:
        return error
    raise AssertionError(f'{call.__name__}{arguments} has not failed')


def test_faults():
    """Each is one exception, which says what has happened."""
    for what, story, kind, words in FAULTS:
        for ask in (by_client, by_async_client, by_async_client_too_late):
            with FakeDaemon(story) as daemon:
                error = refusal(ask, daemon.path, 0.2 if kind is TimedOut else PATIENCE_S)
            assert type(error) is kind and words in str(error), (what, ask.__name__, error)
    for ask in (by_client, by_async_client):
        error = refusal(ask, daemon.path, PATIENCE_S)
        assert type(error) is ConnectionLost and isinstance(error, OSError) and 'No such file' in str(error) and 'start it' in str(error), error


def late(requests, sock):
    """A story: the first answer comes when the second is asked for."""
    first, second = (json.loads(requests.readline()) for _ in range(2))
    say(sock, {'ok': True, 'to': first['n']}, {'ok': True, 'to': second['n']})
    requests.read()


def test_late():
    """An answer that comes late is nobody's."""
    with FakeDaemon(late) as daemon:
        with Client(daemon.path, timeout=0.1) as client:
            assert isinstance(refusal(lambda: client.ask('status', n=1)), TimedOut)
            client.timeout = PATIENCE_S
            assert client.ask('status', n=2) == {'ok': True, 'to': 2}
        assert 'closed' in str(refusal(client.ask, 'status'))

        async def ask():
            client = AsyncClient(daemon.path, timeout=0.1)
            assert 'use async with' in str(await failed(client.ask('status')))
            async with client:
                assert isinstance(await failed(client.ask('status', n=1)), TimedOut)
                client.timeout = PATIENCE_S
                assert await client.ask('status', n=2) == {'ok': True, 'to': 2}
            assert 'closed' in str(await failed(client.ask('status')))
        asyncio.run(ask())


async def failed(call):
    """The error of an awaitable."""
    try:
        await call
    except ControlError as error:
        return error
    raise AssertionError('has not failed')


def tells(requests, sock):
    """A story: events before answers, behind them, and in pieces."""
    assert json.loads(requests.readline()) == {'cmd': 'events'}
    say(sock, {'ok': True}, {'event': 'a'})
    assert json.loads(requests.readline()) == {'cmd': 'bindings', 'limit': 3}
    say(sock, {'event': 'b'}, {'ok': True, 'total': 3}, {'event': 'c'})
    sock.sendall(b'{"event":')
    requests.readline()
    sock.sendall(b'"d"}\n')
    say(sock, {'ok': False, 'error': 'no'})


def test_events():
    """All come out, in order, whatever is asked meanwhile; one may wait for a time only."""
    with FakeDaemon(tells) as daemon:
        with Client(daemon.path, timeout=PATIENCE_S) as client:
            events = client.events(timeout=0.1)
            assert next(events) == {'event': 'a'}
            assert client.ask('bindings', limit=3)['total'] == 3
            assert next(events) == {'event': 'b'} and next(events) == {'event': 'c'}
            assert 'no event within 0.1 s' in str(refusal(next, events))
            assert 'no' == str(refusal(client.ask, 'x'))
            assert next(events) == {'event': 'd'}
            assert isinstance(refusal(next, events), ConnectionLost)

        async def follow():
            async with AsyncClient(daemon.path, timeout=PATIENCE_S) as client:
                events, seen = await client.events(timeout=0.1), []
                assert await events.__anext__() == {'event': 'a'}
                assert (await client.ask('bindings', limit=3))['total'] == 3
                try:
                    async for event in events:
                        seen.append(event['event'])
                except TimedOut as error:
                    assert 'no event within 0.1 s' in str(error)
                assert 'no' == str(await failed(client.ask('x')))
                seen.append((await events.__anext__())['event'])
                assert seen == ['b', 'c', 'd'], seen
                assert isinstance(await failed(events.__anext__()), ConnectionLost)
        asyncio.run(follow())


def echoes(requests, sock):
    """A story: it repeats numbers, and much else."""
    for line in requests:
        say(sock, {'ok': True, 'to': json.loads(line)['n'], 'rest': 'x' * 300000})


def test_much():
    """Long answers; and of many tasks each has its own, though some have stopped to wait."""
    with FakeDaemon(echoes) as daemon:
        with Client(daemon.path, timeout=PATIENCE_S) as client:
            assert len(client.ask('x', n=1)['rest']) == 300000

        async def ask():
            async with AsyncClient(daemon.path, timeout=PATIENCE_S) as client:
                tasks = [asyncio.create_task(client.ask('x', n=n)) for n in range(20)]
                await asyncio.sleep(0)
                for task in tasks[::3]:
                    task.cancel()
                answers = await asyncio.gather(*tasks, return_exceptions=True)
                assert [n if n % 3 == 0 else answer['to'] for n, answer in enumerate(answers)] == list(range(20)), answers
                assert all(isinstance(answer, asyncio.CancelledError) for answer in answers[::3])
        asyncio.run(ask())


def floods(requests, sock):
    """A story: events without end, nearly."""
    requests.readline()
    say(sock, {'ok': True})
    say(sock, *({'event': 'x', 'n': n} for n in range(FLOOD)))
    requests.readline()
    say(sock, {'ok': True, 'n': FLOOD})


def test_flood():
    """Events that nobody takes are left to the daemon; an answer behind them comes all the same, and none is lost."""
    async def follow(path):
        async with AsyncClient(path, timeout=PATIENCE_S) as client:
            events = await client.events(timeout=PATIENCE_S)
            connection = client._connection
            while connection.transport.is_reading():
                await asyncio.sleep(0.01)
            assert EVENTS_WAITING_MAX <= len(connection.events) < FLOOD // 2, len(connection.events)
            assert (await client.ask('status'))['n'] == FLOOD
            assert [(await events.__anext__())['n'] for _ in range(FLOOD)] == list(range(FLOOD))
    with FakeDaemon(floods) as daemon:
        asyncio.run(follow(daemon.path))


# What a fresh Python does.
ALONE = ('import sys, pmip.client; from pmip import client; import pmip; assert pmip.client.Client and "pmip.lib" not in sys.modules',
         'import pmip; assert pmip.client.Client')
WHOLE = ('from pmip import *; Message, decode, flow.Classifier',
         'import pmip; assert {"client", "Message", "Lma", "EventType", "flow"} <= set(dir(pmip)); assert not hasattr(pmip, "nonsense")',
         'from pmip.message import Message; import pmip; assert pmip.Message is Message',
         # The library's errors are there whatever is imported.
         'from pmip.flow import decode\ntry:\n  decode(b"x")\nexcept Exception as error:\n  assert error.name.startswith("PMIP_ERR_") and type(error).__mro__[1].__name__ == "Error", error\n'
         'else:\n  raise SystemExit("no error")')


def test_import():
    """It is found without the C libraries, and loads none where they are; all else is there when it is asked for."""
    with tempfile.TemporaryDirectory() as folder:
        os.mkdir(f'{folder}/pmip')
        for name in ('__init__.py', 'client.py'):
            shutil.copy(os.path.join(lib.PACKAGE, 'pmip', name), f'{folder}/pmip/{name}')
        for path, programs in ((folder, ALONE), (lib.PACKAGE, ALONE + WHOLE)):
            for program in programs:
                done = subprocess.run([sys.executable, '-B', '-c', program], env={**os.environ, 'PYTHONPATH': path}, capture_output=True, text=True, check=False)
                assert done.returncode == 0, (path, program, done.stderr)
        done = subprocess.run([sys.executable, '-B', '-c', 'import pmip; pmip.Message'], env={**os.environ, 'PYTHONPATH': folder}, capture_output=True,
                              text=True, check=False)
        assert 'No module named' in done.stderr, done.stderr


for test in (test_faults, test_late, test_events, test_much, test_flood, test_import):
    test()
    print(f'{test.__name__}: done')
