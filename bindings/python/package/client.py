# SPDX-License-Identifier: BSD-2-Clause
"""The control sockets of running daemons: pmip-lma, pmip-mag, flowmob-manager, flowmob-mn. The C libraries are not needed for it.

    with Client('/run/pmip/lma.sock') as lma:
        print(lma.ask('bindings', mn_id='mn1@example.org')['total'])
        for event in lma.events():
            print(event['event'])

AsyncClient is the same for asyncio. What can be asked is in pmipctl(1) and the daemons' manual pages. Whatever goes wrong is a ControlError; after a
ConnectionLost a new client connects anew, when and if that is wanted."""
import asyncio
import contextlib
import json
import os
import socket
import time
from collections import deque
from typing import Any, AsyncIterator, Deque, Dict, Iterator, List, Optional

Reply = Dict[str, Any]
Event = Dict[str, Any]

TIMEOUT_S = 10.0
EVENTS_WAITING_MAX = 1000
_CHUNK = 65536


class ControlError(Exception):
    """Something with a control socket did not work; the text says what."""


class Refused(ControlError):
    """The daemon does not do what was asked, for the reason that is the text."""

    def __init__(self, reply: Reply) -> None:
        super().__init__('\n'.join([str(reply.get('error', 'it does not say why')), *map(str, reply.get('faults', ()))]))
        #: all that it has said: reload, for one, tells the faults of a configuration
        self.reply = reply


class ConnectionLost(ControlError, ConnectionError):
    """There is no daemon, or none any more; this client is of no more use. What was asked last may have been done or not."""


class TimedOut(ControlError, TimeoutError):
    """There was no answer, or no event, in time. The client is still of use: an answer that comes late is dropped."""


def _unreachable(path: str, error: OSError) -> ConnectionLost:
    return ConnectionLost(f'cannot reach a daemon at {path}: {error.strerror or error}; start it, be root, or name its socket')


def _late(path: str, what: str, timeout: Optional[float]) -> TimedOut:
    return TimedOut(f'{path}: no {what} within {timeout} s')


def _closed(path: str) -> ConnectionLost:
    return ConnectionLost(f'{path}: this client is closed; make a new one')


def _request(command: str, arguments: Dict[str, Any]) -> bytes:
    return json.dumps({'cmd': command, **arguments}).encode() + b'\n'


def _checked(reply: Reply) -> Reply:
    if reply['ok'] is not True:
        raise Refused(reply)
    return reply


class _Lines:
    """What a daemon sends: an object a line. Replies have an "ok", events have none."""

    def __init__(self, path: str) -> None:
        self.path = path
        self.rest = bytearray()

    def take(self, data: bytes) -> List[Dict[str, Any]]:
        """The objects that are whole with these octets; none are the end of the connection."""
        if not data:
            how = 'in the middle of a line' if self.rest else 'and said no more'
            raise ConnectionLost(f'{self.path}: the daemon has closed the connection {how}; its log tells whether it has ended')
        self.rest += data
        if b'\n' not in data:
            return []
        *lines, self.rest = self.rest.split(b'\n')
        return [self._object(line) for line in lines]

    def _object(self, line: bytearray) -> Dict[str, Any]:
        try:
            found = json.loads(line)
        except ValueError:
            found = None
        if not isinstance(found, dict):
            raise ConnectionLost(f'{self.path}: what came is no JSON object: {bytes(line[:80])!r}; is this a control socket?')
        return found


class Client:
    """A connection to a daemon. It belongs to one thread at a time."""

    def __init__(self, path: str, *, timeout: Optional[float] = TIMEOUT_S) -> None:
        """Connect to the socket at path. timeout: seconds for an answer; None is for ever."""
        self.path, self.timeout = path, timeout
        self._lines = _Lines(path)
        self._said: Deque[Dict[str, Any]] = deque()
        self._events: Deque[Event] = deque()
        self._owed = 0  # answers that have not come
        self._socket: Optional[socket.socket] = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            self._socket.settimeout(timeout)
            self._socket.connect(path)
        except OSError as error:
            self.close()
            raise _unreachable(path, error) from error

    def close(self) -> None:
        """End the connection."""
        if self._socket:
            self._socket.close()
        self._socket = None

    def __enter__(self) -> 'Client':
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def _open(self) -> socket.socket:
        if not self._socket:
            raise _closed(self.path)
        return self._socket

    def fileno(self) -> int:
        """For select and the like: something has come, or the daemon has gone."""
        return self._open().fileno()

    def ask(self, command: str, /, **arguments: Any) -> Reply:
        """Have the daemon do something; return its reply. Refused when it does not."""
        end = None if self.timeout is None else time.monotonic() + self.timeout
        self._send(_request(command, arguments))
        self._owed += 1
        while True:
            reply = self._next(end)
            if reply is None:
                raise _late(self.path, f'answer to {command}', self.timeout)
            if 'ok' not in reply:
                self._events.append(reply)
                continue
            self._owed -= 1
            if self._owed <= 0:  # not one to what was asked before
                return _checked(reply)

    def events(self, timeout: Optional[float] = None) -> Iterator[Event]:
        """Subscribe to the daemon's events; all from now on come out of the iterator, which goes on until there is an error. timeout: seconds for the
        next one; after a TimedOut the iterator is still of use. One may ask on meanwhile. An event named "lost" tells how many the daemon has not kept
        for a client that did not read."""
        self.ask('events')
        return iter(lambda: self._event(timeout), None)

    def _event(self, timeout: Optional[float]) -> Event:
        end = None if timeout is None else time.monotonic() + timeout
        while not self._events:
            message = self._next(end)
            if message is None:
                raise _late(self.path, 'event', timeout)
            if 'ok' in message:
                self._owed -= 1
            else:
                self._events.append(message)
        return self._events.popleft()

    def _send(self, data: bytes) -> None:
        sock = self._open()
        sock.settimeout(self.timeout)
        try:
            sock.sendall(data)
        except socket.timeout:
            self.close()  # a part of it may have gone
            raise ConnectionLost(f'{self.path}: the daemon has taken no request for {self.timeout} s') from None
        except OSError:
            pass  # it has closed, and what it has said before may tell why

    def _next(self, end: Optional[float]) -> Optional[Dict[str, Any]]:
        """The next thing that the daemon says; None when nothing has come until then."""
        while not self._said:
            sock = self._open()
            sock.settimeout(None if end is None else max(end - time.monotonic(), 0))
            try:
                data = sock.recv(_CHUNK)
            except (socket.timeout, BlockingIOError):
                return None
            except OSError:
                data = b''
            try:
                self._said.extend(self._lines.take(data))
            except ConnectionLost:
                self.close()
                raise
        return self._said.popleft()


class _Connection(asyncio.Protocol):
    """AsyncClient's end of the socket."""

    def __init__(self, path: str) -> None:
        self.lines = _Lines(path)
        self.asked: Deque['asyncio.Future[Reply]'] = deque()
        self.events: Deque[Event] = deque()
        self.news = asyncio.Event()  # an event, or the end
        self.error: Optional[ControlError] = None
        self.closed = asyncio.Event()
        self.transport: Any = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Of asyncio."""
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        """Of asyncio."""
        try:
            for message in self.lines.take(data):
                self._sort(message)
        except ConnectionLost as error:
            self.fail(error)
        self.pace()

    def _sort(self, message: Dict[str, Any]) -> None:
        if 'ok' not in message:
            self.events.append(message)
            self.news.set()
        elif not self.asked:  # it lets in nobody more
            self.fail(Refused(message))
        else:
            answer = self.asked.popleft()
            if not answer.done():  # else nobody waits any more
                answer.set_result(message)

    def pace(self) -> None:
        """Leave to the daemon, which counts what it drops, events that nobody takes. Answers come behind them, so who waits for one has them all."""
        if len(self.events) >= EVENTS_WAITING_MAX and not self.asked:
            self.transport.pause_reading()
        else:
            self.transport.resume_reading()

    def connection_lost(self, error: Optional[Exception]) -> None:
        """Of asyncio, which drops what was said when it cannot write any more: it is read first, for it may say why."""
        fd = self.transport.get_extra_info('socket').fileno()
        with contextlib.suppress(OSError):
            while not self.error and (data := os.read(fd, _CHUNK)):
                self.data_received(data)
        try:
            self.lines.take(b'')
        except ConnectionLost as lost:
            self.fail(lost)
        self.closed.set()

    def fail(self, error: ControlError) -> None:
        """It is over; the first reason counts."""
        self.error = self.error or error
        while self.asked:
            answer = self.asked.popleft()
            if not answer.done():
                answer.set_exception(self.error)
        self.news.set()
        self.transport.abort()


class AsyncClient:
    """A connection to a daemon in asyncio, from async with to its end. Any number of tasks may ask at a time."""

    def __init__(self, path: str, *, timeout: Optional[float] = TIMEOUT_S) -> None:
        """The socket is at path. timeout: seconds for an answer; None is for ever."""
        self.path, self.timeout = path, timeout
        self._connection: Optional[_Connection] = None

    async def __aenter__(self) -> 'AsyncClient':
        try:
            _, self._connection = await asyncio.get_running_loop().create_unix_connection(lambda: _Connection(self.path), self.path)
        except OSError as error:
            raise _unreachable(self.path, error) from error
        return self

    async def __aexit__(self, *error: object) -> None:
        if self._connection:
            self._connection.fail(_closed(self.path))
            await self._connection.closed.wait()

    def _open(self) -> _Connection:
        if not self._connection:
            raise ConnectionLost(f'{self.path}: not connected; use async with')
        if self._connection.error:
            raise self._connection.error
        return self._connection

    async def ask(self, command: str, /, **arguments: Any) -> Reply:
        """Have the daemon do something; return its reply. Refused when it does not."""
        connection = self._open()
        answer: 'asyncio.Future[Reply]' = asyncio.get_running_loop().create_future()
        connection.asked.append(answer)
        connection.pace()
        connection.transport.write(_request(command, arguments))
        try:
            return _checked(await asyncio.wait_for(answer, self.timeout))
        except asyncio.TimeoutError:
            raise _late(self.path, f'answer to {command}', self.timeout) from None

    async def events(self, timeout: Optional[float] = None) -> AsyncIterator[Event]:
        """Subscribe to the daemon's events: async for event in await client.events(). All as Client.events() has it."""
        await self.ask('events')
        return _Events(self, timeout)


class _Events(AsyncIterator[Event]):
    def __init__(self, client: AsyncClient, timeout: Optional[float]) -> None:
        self.client, self.timeout = client, timeout

    async def __anext__(self) -> Event:
        connection = self.client._connection
        assert connection
        while not connection.events:
            self.client._open()
            connection.news.clear()
            try:
                await asyncio.wait_for(connection.news.wait(), self.timeout)
            except asyncio.TimeoutError:
                raise _late(self.client.path, 'event', self.timeout) from None
        event = connection.events.popleft()
        connection.pace()
        return event
