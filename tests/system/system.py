# SPDX-License-Identifier: BSD-2-Clause
"""What the system tests have in common: namespaces of their own, PASS and FAIL lines, exit status 77 with the reason when a test
cannot run here."""
import ctypes
import importlib.util
import os
import pathlib
import shutil
import stat
import subprocess
import sys
import time
import traceback

sys.dont_write_bytecode = True
INSIDE = bool(os.environ.get('SYSTEM_TEST_INSIDE'))  # user-mode Linux
DATAPATH = 'netlink' if INSIDE else 'bpf'
TOP = os.environ.get('top_srcdir') or os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.path.insert(0, os.path.join(TOP, 'examples', 'lab'))

from netns import LIBC, LabError, end_by_signals, sweep_dead, wait_for  # noqa: E402  pylint: disable=wrong-import-position

SKIP = 77
CLONE_NEWNS = 0x20000
STEM = 'pmt'
BESIDE = 4  # times as long may be what takes its time on a busy machine


def _is_beside():
    with open(sys.argv[0], encoding='utf-8') as file:
        return 'May run beside others.' in file.read()


class Checks:
    """Counts what held and what did not."""

    def __init__(self):
        self.passed = self.failed = 0

    def check(self, holds, what, evidence=''):
        """One thing that must hold; evidence is what was seen."""
        holds = bool(holds)
        self.passed += holds
        self.failed += not holds
        print(f'{"PASS" if holds else "FAIL"}: {what}{": " if evidence != "" else ""}{evidence}', flush=True)
        return holds

    def eventually(self, what, seconds, test):
        """test() becomes true within the time, or a test that runs beside others has to wait longer."""
        start = time.monotonic()
        try:
            wait_for(what, seconds * BESIDE if _is_beside() else seconds, test)
        except LabError as error:
            return self.check(False, what, error)
        return self.check(True, what, f'after {time.monotonic() - start:.1f} s')


def prefix():
    """The names of this run begin so."""
    return f'{STEM}{os.getpid()}-'


def skip(reason):
    """End, and say why."""
    print(f'SKIP: {reason}')
    sys.exit(SKIP)


def main(test, programs=('ip', 'nsenter', 'tcpdump')):
    """Run test(checks) and exit with what came of it."""
    end_by_signals()
    if os.geteuid() != 0:
        skip('needs root, for network namespaces')
    if not importlib.util.find_spec('pyroute2'):
        skip('needs Python\'s pyroute2; ./bootstrap.sh packages installs it')
    for program in programs:
        if not shutil.which(program):
            skip(f'needs the program {program}; ./bootstrap.sh packages installs it')
    checks = Checks()
    try:
        sweep_dead(STEM)
        test(checks)
    except LabError as error:
        checks.check(False, 'the test ran to its end', error)
    except Exception:  # pylint: disable=broad-except
        traceback.print_exc(file=sys.stdout)
        checks.check(False, 'the test ran to its end')
    print(f'{checks.passed} passed, {checks.failed} failed')
    sys.exit(1 if checks.failed or not checks.passed else 0)


def let_others_in():
    """An ordinary user may reach the tree, though it be in somebody's own directory: that is covered, in mounts that are this process's own."""
    above = [str(path) for path in pathlib.Path(TOP).resolve().parents]
    closed = [path for path in above if not os.stat(path).st_mode & stat.S_IXOTH]
    if not closed:
        return
    if LIBC.unshare(CLONE_NEWNS) != 0:
        raise LabError(f'no mounts of our own: {os.strerror(ctypes.get_errno())}')
    subprocess.run(['sh', '-ec', 'mount --make-rprivate /; mount --bind "$1" /mnt; mount -t tmpfs -o mode=755 none "$2"; mkdir -p "$1"; mount --move /mnt "$1"',
                    'sh', os.path.realpath(TOP), closed[-1]], check=True)


def bench(measure, arguments):
    """Run measure(arguments), which measures something in namespaces, and exit with what it returns."""
    end_by_signals()
    if os.geteuid() != 0:
        skip('it is measured in network namespaces, as root')
    try:
        sweep_dead(STEM)
        sys.exit(measure(arguments))
    except LabError as error:
        print(f'{os.path.basename(sys.argv[0])}: {error}', file=sys.stderr)
        sys.exit(1)


def main_by_both_datapaths(test, programs):
    """Run test(checks) with the bpf datapath on the running kernel, then with netlink in user-mode Linux; DATAPATH says which."""
    if not INSIDE:
        try:
            main(test, programs)
        except SystemExit as end:
            if end.code:
                raise
    main_inside(test, programs)


def main_inside(test, programs, modules=()):
    """Run test(checks) in user-mode Linux, with these modules of its kernel besides those that all need."""
    if INSIDE:
        subprocess.run(['modprobe', '-a', 'veth', 'ip6_tunnel', *modules], check=True)
        main(test, programs)
    sys.stdout.flush()
    os.environ['SYSTEM_TEST_INSIDE'] = '1'
    os.execv(f'{TOP}/tests/uml/uml-run', ['uml-run', '--', sys.executable, os.path.abspath(sys.argv[0])])
