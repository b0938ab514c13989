#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
# May run beside others.
# Proves MAG-14.
"""A MAG whose timestamps are refused with status 156, by an LMA that this test plays. With "clock: other" it tries again at growing
distances; with "clock: ntp" when the kernel says that the clock is synchronised, or somebody says so at the control socket."""
import ctypes
import select
import socket
import time

import system
import pbu
from domain import LMA_ADDR, MAG_ADDR, Domain
from netns import LIBC

TIME_ERROR = 5
STATUS = 156


class Lma:
    """Refuses every registration."""

    def __init__(self, netns):
        self.sock = netns.socket(socket.AF_INET6, socket.SOCK_RAW, pbu.MH)
        self.sock.bind((LMA_ADDR, 0))

    def refuse(self, seconds):
        """Refuse the next PBU; return how long it took to come, None = it did not."""
        began = time.monotonic()
        while select.select([self.sock], [], [], max(0, began + seconds - time.monotonic()))[0]:
            message = self.sock.recv(2048)
            if message[2] == pbu.PBU:
                answer = pbu.checksum(pbu.answer(message, STATUS), LMA_ADDR, MAG_ADDR[0])
                self.sock.sendto(answer, (MAG_ADDR[0], 0))
                return time.monotonic() - began
        return None


def clock_is_synchronised():
    """What the kernel says; struct timex is all zero: nothing is changed."""
    return LIBC.adjtimex(ctypes.create_string_buffer(256)) != TIME_ERROR


def test(checks):
    """Refusals."""
    with Domain(system.prefix()) as domain:
        mag, lma = domain.mags[0], Lma(domain.lma_ns)
        mag.start()
        domain.move(domain.host, mag)
        checks.check(lma.refuse(10) is not None, 'the mobile node is registered, and refused')
        waits = [lma.refuse(10) or 0 for _ in range(3)]
        checks.check(all(0.9 * due < wait < 1.9 * due for wait, due in zip(waits, (1, 2, 4))), 'clock: other: again after 1, 2 and 4 s',
                     ' '.join(f'{wait:.1f}' for wait in waits))
        mag.edit('clock: other', 'clock: ntp')
        mag.ask('reload')
        if clock_is_synchronised():
            checks.check(lma.refuse(10), 'clock: ntp: again, since the kernel says that the clock is synchronised')
            return
        checks.check(lma.refuse(10) is None, 'clock: ntp: nothing while the kernel says that the clock is not synchronised')
        checks.check('start its NTP client' in domain.lab.log('mag1'), 'the log says what to do')
        checks.check(mag.ask('clock-synchronised')['waited'] == 1 and lma.refuse(1), 'clock-synchronised: again at once')


system.main(test, ('ip', 'nsenter'))
