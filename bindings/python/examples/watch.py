#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Watch a running LMA, and say whom each event is about and how many bindings there are then: watch.py [SOCKET]. It needs no C library, only pmip.client."""
import asyncio
import sys

from pmip.client import AsyncClient, ControlError

# What stands in each event; the rest is about what has happened.
COMMON = {'event', 'mn_id', 't_mono_us', 't_wall_us', 't_told_us'}


async def watch(path):
    """Until the LMA ends."""
    async with AsyncClient(path) as lma:
        print(f'{(await lma.ask("status"))["program"]} is there', flush=True)
        async for event in await lma.events():
            total = (await lma.ask('bindings', limit=1))['total']
            details = ' '.join(f'{name}={value}' for name, value in event.items() if name not in COMMON)
            print(f'{event["event"]} {event.get("mn_id", "")}: {total} bindings; {details}', flush=True)


try:
    asyncio.run(watch(sys.argv[1] if len(sys.argv) > 1 else '/run/pmip/lma.sock'))
except ControlError as error:
    print(error)
except KeyboardInterrupt:
    pass
