#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
# May run beside others.
"""pmip-lab of an ordinary user, in a user namespace: in user-mode Linux, for that takes a kernel with ip6tnl."""
import os
import subprocess
import tempfile

import system
from domain import find_program

LAB = os.path.join(system.TOP, 'examples', 'lab', 'pmip-lab')
BUILD = os.path.dirname(find_program('pmip-lab'))
# Everything an ordinary user does there; what is printed last is what is left.
SCRIPT = '''
set -e
modprobe -a veth ip6_tunnel sch_netem sch_tbf nfnetlink_queue nf_conntrack nf_conntrack_netlink nft_compat ip6table_mangle iptable_mangle xt_NFQUEUE xt_mark xt_connmark
lab() { setpriv --reuid=1000 --regid=1000 --clear-groups env TMPDIR=/tmp PMIP_BUILD="$BUILD" "$LAB" "$@"; }
lab up paper
lab status
lab impair lma-mag1 delay=20ms
lab exec lma -- ping -q -c 3 2001:db8:2:1::2
lab run hello --quick -p within_ms=5000 --lab paper -o /tmp/results
setpriv --reuid=1000 --regid=1000 --clear-groups env TMPDIR=/tmp PMIP_BUILD="$BUILD" "$LAB" capture mn wlan -f icmp6 -w /tmp/wlan.pcap & pid=$!
until [ -s /tmp/wlan.pcap ]; do sleep 0.2; done
lab exec mn -- ping -q -c 3 -I wlan 2001:db8:c::2
sleep 1
kill -TERM $pid
wait $pid || true
echo "captured: $(tcpdump -Z root -r /tmp/wlan.pcap 2>/dev/null | grep -c 'echo re')"
lab down
setpriv --reuid=1000 --regid=1000 --clear-groups env TMPDIR=/tmp PMIP_BUILD="$BUILD" "$LAB" run hello -o /tmp/ended & pid=$!
until pgrep pmip-mag >/dev/null; do sleep 0.2; done
kill -TERM $pid
wait $pid && echo "not ended" || echo "ended, status $?"
lab up many || echo "refused, status $?"
echo "left: $(ls /tmp | grep -c holder) $(ls /run | grep -c netns) $(pgrep -c 'pmip|sleep')"
'''


def test(checks):
    """All of it."""
    system.let_others_in()
    with tempfile.TemporaryDirectory(dir='/tmp') as directory:
        os.chmod(directory, 0o755)
        path = f'{directory}/script'
        with open(path, 'w', encoding='utf-8') as file:
            file.write(SCRIPT)
        done = subprocess.run([f'{system.TOP}/tests/uml/uml-run', '-t', '500', '--', 'bash', path], stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                              text=True, check=False, env={**os.environ, 'LAB': LAB, 'BUILD': BUILD, 'TMPDIR': '/tmp'})
    said = done.stdout
    checks.check(done.returncode == 0 and 'pmip-lma pid' in said and ', netlink' in said and ', nfqueue' in said,
                 'an ordinary user\'s laboratory: netlink, and a weak host by NFQUEUE', said)
    checks.check('holds   Planned moves lose no packet.' in said, 'flows are moved in it')
    checks.check('captured: 6' in said, 'an ordinary user captures: 3 pings and their answers')
    checks.check('ended, status 143' in said, 'a signal ends an experiment of an ordinary user')
    checks.check('phone1: terminal logical-interface: it is made by BPF programs' in said and 'refused, status 1' in said,
                 'what needs BPF is refused before anything is made')
    checks.check('left: 0 0 0' in said, 'nothing is left', said.splitlines()[-1:])


system.main(test, ('ip', 'nsenter', 'dumpcap', 'tc', 'ping', 'setpriv', 'unshare', 'linux.uml'))
