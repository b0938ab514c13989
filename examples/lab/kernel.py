# SPDX-License-Identifier: BSD-2-Clause
"""Which kernel a laboratory is in, and as whom: the running one as root; the running one for an ordinary user, in a user namespace that this
user's commands share; or user-mode Linux, where everybody is root.

In a user namespace there is no BPF. There it is the netlink datapath, and terminals that are plain or weak hosts by NFQUEUE.
"""
import contextlib
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time

from domain import BUILD, LAB
from netns import LabError, is_alive, process_stat
from terminal import LOGICAL

INSIDE = 'PMIP_LAB_INSIDE'  # uml or user; else we are outside of both
TOP = os.path.dirname(os.path.dirname(LAB))
# Where it is installed, or in the source tree.
UML_RUN = next((path for path in (os.path.join(LAB, 'uml-run'), os.path.join(TOP, 'tests', 'uml', 'uml-run')) if os.path.exists(path)), None)
PROGRAM = os.path.join(LAB, 'pmip-lab')
UML_SECONDS = '86400'
MODULES = ('veth', 'ip6_tunnel', 'sch_netem', 'sch_tbf', 'sch_ingress', 'cls_bpf', 'act_mirred', 'sit', 'bonding', 'tun', 'nfnetlink_queue',
           'nf_conntrack', 'nf_conntrack_netlink', 'nft_compat', 'ip6table_mangle', 'iptable_mangle', 'xt_NFQUEUE', 'xt_mark', 'xt_connmark')
TABLES = '/run/pmip-tables'  # iptables by its usual name
SIGNALS = signal.SIGINT, signal.SIGTERM, signal.SIGHUP
BEGAN = 19  # where process_stat() has when a process began
HOLDER = 'mount -t tmpfs run /run && echo ready && exec sleep infinity'


def inside():
    """Where we are: '' on the running kernel as whoever we are, 'user' in the user namespace, 'uml' in user-mode Linux."""
    return os.environ.get(INSIDE, '')


def prepare():
    """In user-mode Linux: load what laboratories need. There and in a user namespace: find the kind of iptables that the kernel knows."""
    if inside() == 'uml':
        done = subprocess.run(['modprobe', '-a', *MODULES], capture_output=True, text=True, check=False)
        if done.returncode:
            raise LabError(f'user-mode Linux lacks modules: {done.stderr.strip()}')
    if inside() and shutil.which('ip6tables-legacy') and not _works('ip6tables'):
        os.makedirs(TABLES, exist_ok=True)
        for family in ('iptables', 'ip6tables'):
            for rest in ('', '-restore'):
                with contextlib.suppress(FileExistsError):
                    os.symlink(shutil.which(f'{family}-legacy{rest}'), f'{TABLES}/{family}{rest}')
        os.environ['PATH'] = f'{TABLES}:{os.environ["PATH"]}'


def _works(tables):
    return subprocess.run([f'{tables}-restore', '-n'], input=b'*mangle\n-N lab-try\n-X lab-try\nCOMMIT\n', capture_output=True, check=False).returncode == 0


def become_uml(argv, interactive, output=None):
    """Do a command inside user-mode Linux, in place of this process."""
    if not UML_RUN:
        raise LabError(f'no uml-run in {LAB}, which starts user-mode Linux: install pmip-lab again')
    if output:
        os.makedirs(output, exist_ok=True)  # so that it is seen inside, and stays
    environment = {**os.environ, INSIDE: 'uml', 'PMIP_BUILD': BUILD, 'top_builddir': BUILD, 'top_srcdir': TOP}
    sys.stdout.flush()
    os.execve(UML_RUN, ['uml-run', *(['-i'] if interactive else []), '-t', UML_SECONDS, '--', sys.executable, '-B', PROGRAM, *argv], environment)


def _holder_file():
    return os.path.join(tempfile.gettempdir(), f'pmip-lab-{os.getuid()}.holder')


def _holder():
    """The process that keeps this user's namespaces, or None: its pid and when it began, lest another one has its number."""
    with contextlib.suppress(OSError, ValueError):
        path = _holder_file()
        if os.stat(path).st_uid == os.getuid():
            with open(path, encoding='ascii') as file:
                pid, began = file.read().split()
            if process_stat(pid)[BEGAN] == began:
                return int(pid)
    return None


def _unblock():
    signal.pthread_sigmask(signal.SIG_UNBLOCK, SIGNALS)


def _start_holder():
    process = subprocess.Popen(['unshare', '--user', '--map-root-user', '--mount', '--net', '--propagation', 'private', 'sh', '-c', HOLDER],
                               stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True, preexec_fn=_unblock)
    if process.stdout.readline() != 'ready\n':
        raise LabError(f'no user namespace: {process.stderr.read().strip()}; run pmip-lab as root, or with --kernel uml')
    descriptor = os.open(_holder_file(), os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW, 0o600)
    with open(descriptor, 'w', encoding='ascii') as file:
        file.write(f'{process.pid} {process_stat(process.pid)[BEGAN]}')
    return process.pid


def become_user(argv):
    """Do a command in this user's namespaces; end them when no laboratory is left in them. Return its exit status. A signal ends the command in its
    orderly way, not us: what comes before there is one waits for it."""
    signal.pthread_sigmask(signal.SIG_BLOCK, SIGNALS)
    pid = _holder() or _start_holder()
    enter = ['nsenter', '--user', '--mount', '--net', '--preserve-credentials', '-t', str(pid), '--']
    status = _call([*enter, sys.executable, '-B', PROGRAM, *argv], {**os.environ, INSIDE: 'user', 'PMIP_BUILD': BUILD})
    left = subprocess.run([*enter, 'ls', '-A', '/run/netns', '/run/pmip-lab'], capture_output=True, text=True, check=False).stdout
    if not [line for line in left.split('\n') if line and not line.endswith(':')]:
        os.kill(pid, signal.SIGKILL)
        os.unlink(_holder_file())
        while is_alive(pid):
            time.sleep(0.01)
    return 128 - status if status < 0 else status


def _call(argv, environment):
    """Run a program to its end; it gets the signals that we get. Those of the terminal come to it by themselves."""
    process = subprocess.Popen(argv, env=environment, preexec_fn=_unblock)
    for signum in SIGNALS:
        signal.signal(signum, lambda received, _: received == signal.SIGINT or process.send_signal(received))
    _unblock()
    return process.wait()


def suits(topology):
    """Raise when a topology cannot be made where we are, before anything is."""
    if inside() != 'user':
        return
    advice = 'run pmip-lab as root, or with --kernel uml'
    if topology.datapath == 'bpf':
        raise LabError(f'datapath bpf: the kernel takes BPF programs from root alone; netlink is for ordinary users, or {advice}')
    for mn in topology.mns.values():
        if mn.terminal == LOGICAL:
            raise LabError(f'{mn.name}: terminal {LOGICAL}: it is made by BPF programs, which the kernel takes from root alone; {advice}')
    tried = subprocess.run(['ip', 'link', 'add', 'lab-try', 'type', 'ip6tnl', 'mode', 'ip6ip6', 'local', '2001:db8::1', 'remote', '2001:db8::2'],
                           capture_output=True, text=True, check=False)
    if tried.returncode:
        raise LabError(f'datapath netlink, the one for ordinary users: this kernel has no ip6tnl devices ({tried.stderr.strip()}); {advice}')
    subprocess.run(['ip', 'link', 'del', 'lab-try'], check=True)
