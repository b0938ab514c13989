# SPDX-License-Identifier: BSD-2-Clause
"""The flow manager of a domain."""
from domain import Daemon

CONFIG = '''\
flow_socket: {socket}
control: {dir}/manager.sock
'''


class FlowManager(Daemon):
    """flowmob-manager beside the LMA; settings are further lines of its configuration."""

    def __init__(self, domain, settings=''):
        super().__init__(domain, 'manager', 'flowmob-manager', domain.lma_ns, CONFIG.format(socket=domain.flow_socket, dir=domain.lab.dir) + settings)

    def append(self, text):
        """More lines for its configuration; in force after a reload."""
        with open(self.config, 'a', encoding='utf-8') as file:
            file.write(text)
