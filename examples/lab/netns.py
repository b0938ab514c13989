# SPDX-License-Identifier: BSD-2-Clause
"""Network namespaces, the cables between them and the processes in them.

Everything made here carries the laboratory's prefix in its name, so that several laboratories live side by side and what a
killed one has left is found again: Lab.sweep() takes away all that belongs to a prefix.

A namespace is entered by setns(), not by `ip netns exec`: that one mounts a new /sys and hides /sys/fs/bpf.
"""
import contextlib
import ctypes
import fcntl
import os
import shutil
import signal
import socket
import subprocess
import time

RUN_DIR = '/run/netns'
STATE_DIR = '/run/pmip-lab'
CLONE_NEWNET = 0x40000000
LIBC = ctypes.CDLL(None, use_errno=True)


class LabError(Exception):
    """Something that the laboratory needs did not work; the text says what and what to do."""


def run(*argv, check=True, text=None):
    """Run a program to its end and return what it printed."""
    done = subprocess.run(argv, input=text, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    if check and done.returncode != 0:
        raise LabError(f'{" ".join(argv)}: exit status {done.returncode}\n{done.stdout.strip()}')
    return done.stdout


def run_to_end(argv, **options):
    """Run a program to its end; return (exit status, what it printed). When that is broken off the program is told to end, and does, before we do."""
    with subprocess.Popen(argv, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, **options) as process:
        try:
            said = process.communicate()[0]
        except BaseException:
            process.terminate()
            process.wait()
            raise
    return process.returncode, said


def wait_for(what, seconds, test, *args):
    """Call test() until it returns something true, and return that."""
    end = time.monotonic() + seconds
    while True:
        result = test(*args)
        if result:
            return result
        if time.monotonic() > end:
            raise LabError(f'waited {seconds} s in vain for: {what}')
        time.sleep(0.01)


def _setns(fd):
    if LIBC.setns(fd, CLONE_NEWNET) != 0:
        raise LabError(f'setns: {os.strerror(ctypes.get_errno())}; the laboratory needs root')


def _links_module():
    """links.py, which takes three seconds to be read in user-mode Linux: whoever needs it not does not wait for it."""
    try:
        import links  # pylint: disable=import-outside-toplevel
    except ModuleNotFoundError as missing:
        raise LabError(f'{missing}: apt-get install python3-{missing.name}') from None
    return links


class Netns:
    """One namespace, made, or as it is there."""

    def __init__(self, lab, name, make=True):
        self.lab = lab
        self.name = name
        self.full_name = lab.prefix + name
        self.path = f'{RUN_DIR}/{self.full_name}'
        if make:
            run('ip', 'netns', 'add', self.full_name)
        self.fd = os.open(self.path, os.O_RDONLY | os.O_CLOEXEC)
        self._links = None
        if make:
            self.ip('link', 'set', 'lo', 'up')

    @contextlib.contextmanager
    def entered(self):
        """This thread is inside the namespace for the time of a with block."""
        with open('/proc/thread-self/ns/net', 'rb') as home:
            _setns(self.fd)
            try:
                yield
            finally:
                _setns(home.fileno())

    def socket(self, *args):
        """A socket that belongs to this namespace wherever it is used."""
        with self.entered():
            return socket.socket(*args)

    @property
    def links(self):
        """Its interfaces, a links.Links."""
        if self._links is None:
            module = _links_module()
            with self.entered():
                self._links = module.Links()
        return self._links

    def argv(self, *argv):
        """The command line that runs a program here."""
        return ('nsenter', f'--net={self.path}', '--', *argv)

    def run(self, *argv, **options):
        """Run a program here to its end and return what it printed."""
        return run(*self.argv(*argv), **options)

    def ip(self, *args):
        """Run ip(8) here and return what it printed."""
        return self.run('ip', *args)

    def ip_batch(self, commands):
        """Run lines of ip(8) commands here at one go."""
        return self.run('ip', '-b', '-', text=commands)

    def sysctl(self, **values):
        """Set sysctls under net.ipv6 or net.ipv4; a double underscore in the name stands for a slash."""
        with self.entered():
            for name, value in values.items():
                with open('/proc/sys/net/' + name.replace('__', '/'), 'w', encoding='ascii') as file:
                    file.write(str(value))

    def start(self, name, *argv, **options):
        """Start a program here that the laboratory stops at its end."""
        return self.lab.start(name, *self.argv(*argv), **options)

    def ifindex(self, ifname):
        """Index of an interface."""
        with self.entered():
            return socket.if_nametoindex(ifname)

    def has(self, ifname):
        """Whether there is such an interface."""
        try:
            return bool(self.ifindex(ifname))
        except OSError:
            return False

    def link_events(self):
        """What is said of its interfaces from now on, a links.Events."""
        module = _links_module()
        with self.entered():
            return module.Events()


class Lab:
    """Namespaces and processes under one prefix; a context manager that leaves nothing behind."""

    def __init__(self, prefix):
        self.prefix = prefix
        self.dir = f'{STATE_DIR}/{prefix.rstrip("-")}'
        self.netns = {}
        self.processes = []
        self.cleanups = []
        self.keep = False
        self._lock = None

    def __enter__(self):
        if os.geteuid() != 0:
            raise LabError('the laboratory is made of network namespaces: run it as root')
        os.makedirs(STATE_DIR, exist_ok=True)
        self._lock = open(f'{self.dir}.lock', 'w', encoding='ascii')
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise LabError(f'another run uses the names {self.prefix}*: wait for its end, or end it') from None
        self.sweep()
        os.makedirs(self.dir)
        return self

    def __exit__(self, *_):
        handlers = {signum: signal.signal(signum, signal.SIG_IGN) for signum in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)}
        if not self.keep:
            for cleanup in reversed(self.cleanups):
                cleanup()
            self.sweep()
            os.unlink(f'{self.dir}.lock')
        self._lock.close()
        for signum, handler in handlers.items():
            signal.signal(signum, handler)

    def join(self):
        """Work with what another process has made and left up; only what this one starts ends with it."""
        self.keep = True
        return self

    @contextlib.contextmanager
    def held(self):
        """For the time of a with block nobody takes away what this process has joined."""
        with open(f'{self.dir}.lock', 'a', encoding='ascii') as lock:
            fcntl.flock(lock, fcntl.LOCK_SH)
            yield

    def leave(self):
        """End what was started since join(), but for what belongs to the laboratory; all of it, also when a program does not end by itself."""
        stubborn = []
        for process in reversed(self.processes):
            if not process.stays:
                try:
                    self.stop(process)
                except LabError as error:
                    stubborn.append(str(error))
        if stubborn:
            raise LabError('; '.join(stubborn))

    def add_netns(self, name, make=True):
        """Make a namespace, or take one that is there."""
        self.netns[name] = Netns(self, name, make)
        return self.netns[name]

    def start(self, name, *argv, stays=False, **options):
        """Start a program whose output goes to name.log in the laboratory's directory; one that stays is there until the laboratory is taken down."""
        with open(self.log_path(name), 'a', encoding='utf-8') as log:
            options.setdefault('stdout', log)
            options.setdefault('stderr', log)
            options.setdefault('stdin', subprocess.DEVNULL)
            start = log.tell()
            process = subprocess.Popen(argv, start_new_session=True, **options)
        process.name, process.log_start, process.stays = name, start, stays
        self.processes.append(process)
        return process

    def log_path(self, name):
        """Where the output of a program goes."""
        return f'{self.dir}/{name}.log'

    def log(self, name):
        """What a program has printed so far."""
        with open(self.log_path(name), encoding='utf-8', errors='replace') as log:
            return log.read()

    def said(self, process):
        """What this program has printed so far, not one of the same name before it."""
        with open(self.log_path(process.name), 'rb') as log:
            log.seek(process.log_start)
            return log.read().decode(errors='replace')

    @staticmethod
    def wait(process, seconds):
        """Wait for a program to end by itself; return its exit status."""
        try:
            return process.wait(seconds)
        except subprocess.TimeoutExpired:
            raise LabError(f'{process.name} has not come to its end within {seconds} s') from None

    def stop(self, process, signum=signal.SIGTERM, seconds=10):
        """End a program; return its exit status."""
        if process.poll() is None:
            process.send_signal(signum)
        try:
            return process.wait(seconds)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
            raise LabError(f'{process.name} did not end within {seconds} s of signal {signum}') from None

    def sweep(self):
        """Take away every process, namespace and file of this prefix, whoever made them; return (processes, namespaces) taken away."""
        names = [name for name in _netns_names() if name.startswith(self.prefix)]
        ended = set()
        for signum, seconds in ((signal.SIGTERM, 5), (signal.SIGKILL, 5)):
            pids = pids_in(names)
            ended.update(pids)
            for pid in pids:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signum)
            end = time.monotonic() + seconds
            while time.monotonic() < end and any(is_alive(pid) for pid in pids):
                for process in self.processes:
                    process.poll()
                time.sleep(0.02)
        for process in self.processes:
            process.poll()
        if names:
            run('ip', '-force', '-batch', '-', check=False, text=''.join(f'netns del {name}\n' for name in names))
        shutil.rmtree(self.dir, ignore_errors=True)
        return len(ended), len(names)


def pids_in(names):
    """The processes that are in namespaces of these names."""
    wanted = set()
    for name in names:
        with contextlib.suppress(FileNotFoundError):
            wanted.add(os.stat(f'{RUN_DIR}/{name}').st_ino)
    pids = []
    for pid in filter(str.isdigit, os.listdir('/proc')) if wanted else ():
        with contextlib.suppress(OSError):
            if os.stat(f'/proc/{pid}/ns/net').st_ino in wanted:
                pids.append(int(pid))
    return pids


def _netns_names():
    return os.listdir(RUN_DIR) if os.path.isdir(RUN_DIR) else []


def process_stat(pid):
    """The words of proc(5)'s stat of a process behind its name: the state first."""
    with open(f'/proc/{pid}/stat', encoding='ascii', errors='replace') as stat:
        return stat.read().rpartition(')')[2].split()


def is_alive(pid):
    """Whether a process is there, and is no zombie."""
    try:
        return process_stat(pid)[0] != 'Z'
    except (FileNotFoundError, ProcessLookupError):
        return False


def end_by_signals():
    """A signal ends the program by way of every cleanup."""
    def ended(signum, _):
        raise SystemExit(128 + signum)
    for signum in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(signum, ended)


def held(lock_path):
    """Whether a process holds a laboratory's lock."""
    with contextlib.suppress(FileNotFoundError), open(lock_path, encoding='ascii') as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
    return False


def sweep_idle(stem):
    """Sweep the laboratories whose names begin with stem and that no process is at work in; return their prefixes."""
    files = sorted(os.listdir(STATE_DIR)) if os.path.isdir(STATE_DIR) else ()
    found = [file[:-len('.lock')] + '-' for file in files if file.startswith(stem) and file.endswith('.lock') and not held(f'{STATE_DIR}/{file}')]
    for prefix in found:
        lab = Lab(prefix)
        lab.sweep()
        os.unlink(f'{lab.dir}.lock')
    return found


def sweep_dead(stem):
    """Sweep the laboratories stemPID- whose process PID is no more."""
    prefixes = {name[:len(stem)] + name[len(stem):].split('-')[0] + '-' for name in _netns_names() if name.startswith(stem)}
    for prefix in prefixes:
        pid = prefix[len(stem):-1]
        if pid.isdigit() and not os.path.exists(f'/proc/{pid}'):
            lab = Lab(prefix)
            lab.sweep()
            with contextlib.suppress(FileNotFoundError):
                os.unlink(f'{lab.dir}.lock')
