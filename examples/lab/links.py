# SPDX-License-Identifier: BSD-2-Clause
"""Network interfaces by netlink, without the milliseconds of starting a program. Sockets are of the namespace that the thread is in when they are made."""
import select
import time

from pyroute2 import IPRoute
from pyroute2.netlink.exceptions import NetlinkError
from pyroute2.netlink.rtnl import RTMGRP_LINK
from pyroute2.netlink.rtnl.ifinfmsg import IFF_LOWER_UP

from netns import LabError


def has_carrier(link):
    """Whether an interface is there and has its carrier, by what the kernel says of it."""
    return link['event'] == 'RTM_NEWLINK' and bool(link['flags'] & IFF_LOWER_UP)


class Links:
    """The interfaces of a namespace."""

    def __init__(self):
        self._kernel = IPRoute()

    def set(self, ifindex, **values):
        """Change one: state='up', net_ns_fd=3; return the time just before the kernel was asked, ns."""
        asked = time.time_ns()
        try:
            self._kernel.link('set', index=ifindex, **values)
        except NetlinkError as error:
            raise LabError(f'interface {ifindex}: {error.args[1]}') from None
        return asked

    def all(self):
        """As the kernel says they are now."""
        return self._kernel.get_links()


class Events:
    """What the kernel says of interfaces from now on."""

    def __init__(self):
        self._kernel = IPRoute()
        self._kernel.bind(RTMGRP_LINK)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._kernel.close()

    def fileno(self):
        """For select and the like."""
        return self._kernel.fileno()

    def within(self, seconds):
        """What comes first within so many seconds: a list, empty when nothing does. OSError when the socket had no room for all there was."""
        return list(self._kernel.get()) if select.select([self], [], [], seconds)[0] else []

    def wait_carrier(self, ifindex, seconds):
        """Wait until an interface has its carrier."""
        end = time.monotonic() + seconds
        while said := self.within(max(0, end - time.monotonic())):
            if any(link['index'] == ifindex and has_carrier(link) for link in said):
                return
        raise LabError(f'interface {ifindex} has not got its carrier within {seconds} s')
