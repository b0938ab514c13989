#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
# May run beside others.
"""pmip.client, as the laboratory has it, with a running pmip-lma: answers, refusals, events, silence, its end in the middle of a request."""
import asyncio
import signal
import threading

import system
from client import AsyncClient, Client, ConnectionLost, ControlError, Refused, TimedOut
from domain import Daemon
from netns import Lab

LMA_ADDR, PEER_ADDR = '2001:db8:1::1', '2001:db8:1::a'
PATIENCE_S = 20
CONFIG = '''\
address: {lma}
interfaces: {{core: [core0]}}
protection: off
control: {dir}/lma.sock
restart_counter_file: {dir}/lma.restart
pools: [{{prefix: "2001:db8:100::/48"}}]
mags: ["{peer}"]
mobile_nodes: [{{id: mn1@example.org}}]
'''
# A PBU whose option runs past its end.
MALFORMED = ('import socket\ns = socket.socket(socket.AF_INET6, socket.SOCK_RAW, 135)\n'
             f's.bind(("{PEER_ADDR}", 0))\ns.sendto(bytes.fromhex("3b010500 0000 0001 8200 0001 08c80000"), ("{LMA_ADDR}", 0))')


class World:
    """An LMA in a namespace, and a peer in another one that sends it nonsense."""

    def __init__(self, lab):
        self.lab = lab
        lma_ns, self.peer = lab.add_netns('lma'), lab.add_netns('peer')
        lma_ns.ip_batch(f'link add core0 type veth peer name core0 netns {self.peer.full_name}\naddr add {LMA_ADDR}/64 dev core0 nodad\nlink set core0 up\n')
        self.peer.ip_batch(f'addr add {PEER_ADDR}/64 dev core0 nodad\nlink set core0 up\n')
        self.lma = Daemon(self, 'lma', 'pmip-lma', lma_ns, CONFIG.format(lma=LMA_ADDR, peer=PEER_ADDR, dir=lab.dir))
        self.lma.start()

    def provoke(self):
        """One event."""
        self.peer.run('/usr/bin/python3', '-c', MALFORMED)


def failed(call, *arguments, **named):
    """The error of a call, or None."""
    try:
        call(*arguments, **named)
    except ControlError as error:
        return error
    return None


def plain(checks, world):
    """Client."""
    with Client(world.lma.control, timeout=PATIENCE_S) as lma:
        status = lma.ask('status')
        checks.check(status['program'] == 'pmip-lma' and status['pid'] == world.lma.process.pid, 'an answer')
        checks.check(lma.ask('bindings', limit=5) == {'ok': True, 'total': 0, 'bindings': []}, 'an answer to arguments')
        error = failed(lma.ask, 'nonsense')
        checks.check(isinstance(error, Refused) and 'known are status' in str(error), 'a refusal is an exception with what the daemon says', error)
        world.lma.edit('protection: off', 'protection: perhaps')
        error = failed(lma.ask, 'reload')
        world.lma.edit('protection: perhaps', 'protection: off')
        checks.check(isinstance(error, Refused) and error.reply['faults'] and error.reply['faults'][0] in str(error), 'all faults of a configuration', error)
        events = lma.events(timeout=PATIENCE_S)
        world.provoke()
        checks.check('engine' in lma.ask('counters'), 'an answer when there is an event')
        event = next(events)
        checks.check(event['event'] == 'malformed' and event['peer'] == PEER_ADDR, 'the event', event)


async def in_asyncio(checks, world):
    """AsyncClient: one task follows events while others ask."""
    async with AsyncClient(world.lma.control, timeout=PATIENCE_S) as lma:
        events = await lma.events(timeout=PATIENCE_S)
        following = asyncio.create_task(events.__anext__())
        answers = await asyncio.gather(*(lma.ask(command) for command in ('status', 'bindings', 'nonsense', 'counters')), return_exceptions=True)
        checks.check(answers[0]['program'] == 'pmip-lma' and 'bindings' in answers[1] and isinstance(answers[2], Refused) and 'engine' in answers[3],
                     'asyncio: each has its own answer')
        await asyncio.to_thread(world.provoke)
        event = await following
        checks.check(event['event'] == 'malformed', 'asyncio: an event', event)


def end(checks, world):
    """Silence, and death in the middle of a request."""
    lma = Client(world.lma.control, timeout=0.2)
    world.lma.process.send_signal(signal.SIGSTOP)
    error = failed(lma.ask, 'counters')
    checks.check(isinstance(error, TimedOut), 'a daemon that does not answer', error)
    world.lma.process.send_signal(signal.SIGCONT)
    lma.timeout = PATIENCE_S
    checks.check('program' in lma.ask('status'), 'its late answer is not taken for another one')
    world.lma.process.send_signal(signal.SIGSTOP)
    killer = threading.Timer(0.2, world.lma.kill)
    killer.start()
    error = failed(lma.ask, 'status')
    killer.join()
    checks.check(isinstance(error, ConnectionLost) and 'closed the connection' in str(error), 'a daemon that is killed in the middle of a request', error)
    error = failed(Client, world.lma.control)
    checks.check(isinstance(error, ConnectionLost) and 'start it' in str(error), 'and is not there afterwards', error)
    world.lma.start()
    with Client(world.lma.control) as anew:
        checks.check('program' in anew.ask('status'), 'whoever wants to connects anew')


def test(checks):
    """All of it."""
    with Lab(system.prefix()) as lab:
        world = World(lab)
        plain(checks, world)
        asyncio.run(in_asyncio(checks, world))
        end(checks, world)


system.main(test, ('ip', 'nsenter'))
