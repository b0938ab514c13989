# SPDX-License-Identifier: BSD-2-Clause
"""An LMA and a load generator, each in a namespace of its own with one cable between them."""
import json
import os
import subprocess

import system  # noqa: F401  pylint: disable=unused-import  # finds the laboratory
from domain import Daemon, find_program
from netns import Lab, LabError, wait_for

LMA_ADDR = '2001:db8:1::1'
ECHO_ADDR = '2001:db8:1::2'
MAGS = ('2001:db8:1::a', '2001:db8:1::b', '2001:db8:1::c')
CONFIG = '''\
address: {lma}
interfaces:
  core: [core0]
datapath: {datapath}
protection: off
control: {dir}/lma.sock
restart_counter_file: {dir}/lma.restart
pools:
  - prefix: 2001:d00::/40
    hnp_length: 64
mags: [{mags}]
mobile_nodes:
  - id: "*@example.org"
max_bindings: {bindings}
min_delay_before_bce_delete: 0s
timestamp_validity_window: 60s
log_level: warn
'''


class Load:
    """A context manager; lma is a daemon that is not started yet."""

    def __init__(self, prefix, datapath='bpf', bindings=65536, store=None, extra=''):
        self.lab = Lab(prefix)
        self.datapath, self.bindings, self.store, self.extra = datapath, bindings, store, extra
        self.lma_ns = self.mag_ns = self.lma = None

    def __enter__(self):
        self.lab.__enter__()
        try:
            self._build()
        except BaseException:
            self.lab.__exit__()
            raise
        return self

    def __exit__(self, *args):
        self.lab.__exit__(*args)

    def _build(self):
        self.lma_ns, self.mag_ns = self.lab.add_netns('lma'), self.lab.add_netns('mag')
        self.lma_ns.sysctl(ipv6__conf__all__forwarding=1, ipv6__conf__default__accept_dad=0)
        self.mag_ns.sysctl(ipv6__conf__default__accept_dad=0)
        self.lma_ns.ip_batch(f'link add core0 type veth peer name core0 netns {self.mag_ns.full_name}\n' +
                             ''.join(f'addr add {addr}/64 dev core0 nodad\n' for addr in (LMA_ADDR, ECHO_ADDR)) + 'link set core0 up\n')
        self.mag_ns.ip_batch(''.join(f'addr add {addr}/64 dev core0 nodad\n' for addr in MAGS) + 'link set core0 up\n')
        # What waits for a neighbour to be resolved is soon too much, and lost.
        for mag in MAGS:
            for addr in (LMA_ADDR, ECHO_ADDR):
                wait_for(f'{addr} from {mag}', 5, lambda m=mag, a=addr: ' 0% packet loss' in
                         self.mag_ns.run('ping', '-q', '-c', '1', '-W', '1', '-I', m, a, check=False))
        self.lma = Daemon(self, 'lma', 'pmip-lma', self.lma_ns, CONFIG.format(
            lma=LMA_ADDR, datapath=self.datapath, dir=self.lab.dir, mags=', '.join(MAGS), bindings=self.bindings) +
            (f'store: {self.lab.dir}/store\ndurability: {self.store}\n' if self.store else '') + self.extra)
        # No event file: it would be most of the work.
        self.lma.options = ()

    def echo(self):
        """Start the responder at ECHO_ADDR."""
        process = self.lma_ns.start('echo', find_program('pmip-perf'), '--echo', ECHO_ADDR)
        wait_for('the responder', 10, lambda: 'ready' in self.lab.said(process))
        return process

    def perf(self, *options, mags=MAGS, lma=LMA_ADDR, seconds=120):
        """Run the generator; return its exit status and the object it prints, or what it has said in place of it."""
        argv = self.mag_ns.argv(find_program('pmip-perf'), '--json', '--mag', ','.join(mags), *map(str, options), lma)
        try:
            done = subprocess.run(argv, capture_output=True, text=True, timeout=seconds, check=False)
        except subprocess.TimeoutExpired:
            raise LabError(f'pmip-perf has not ended within {seconds} s: {" ".join(argv)}') from None
        if os.environ.get('VERBOSE'):
            print(done.stderr, end='')
        return done.returncode, json.loads(done.stdout) if done.stdout else done.stderr
