#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""A run in user-mode Linux, for a kernel that has what the running one may lack: a bonding driver, ip6tnl, NFQUEUE. Its captures come out as files,
and the rest of its Record as JSON."""
import json
import os
import subprocess
import sys

import kernel
from domain import POOL, find_program
from experiment_qos import Record, record_download
from netns import LabError, run_to_end

MODULES = ('ipv6', 'tun', 'veth', 'ip6_tunnel', 'nf_conntrack')
# As the paper's testbed had it: tunnels are devices, and the first packet of each flow waits in a queue.
NETLINK = {'datapath': 'netlink', 'settings': f'source: nfqueue\nprefixes: [{POOL}]\n'}


def download(out_dir, params, suffix='', **options):
    """experiment_qos.record_download() there."""
    os.makedirs(f'{out_dir}/captures', exist_ok=True)
    task = os.path.abspath(f'{out_dir}/task.json')
    with open(task, 'w', encoding='utf-8') as file:
        json.dump({'out_dir': os.path.abspath(out_dir), 'params': params, 'suffix': suffix, 'options': {**NETLINK, **options}}, file)
    environment = {**os.environ, 'PMIP_BUILD': os.path.dirname(find_program('pmip-lma'))}
    status, said = run_to_end((kernel.UML_RUN, '-t', '240', '--', sys.executable, '-B', os.path.abspath(__file__), task), env=environment)
    if status:
        raise LabError(f'in user-mode Linux: exit status {status}\n{said[-2000:]}')
    with open(task, encoding='utf-8') as file:
        found = json.load(file)
    os.unlink(task)
    return Record(**{**found, 'kept': {name: os.path.join(out_dir, 'captures', os.path.basename(path)) for name, path in found['kept'].items()}})


def main():
    """What runs there: do the task, and leave what came of it in its place."""
    subprocess.run(['modprobe', '-a', *MODULES], check=True)
    with open(sys.argv[1], encoding='utf-8') as file:
        task = json.load(file)
    record = record_download('pmip-uml-', task['out_dir'], task['params'], task['suffix'], **task['options'])
    with open(sys.argv[1], 'w', encoding='utf-8') as file:
        json.dump(vars(record), file)


if __name__ == '__main__':
    main()
