#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
# May run beside others.
# Proves MAG-1, SEC-5.
"""The control sockets of running daemons, and reload: what they answer, and that nothing a client or a file does ends them.

An LMA and a MAG, each in a namespace, on the two ends of a veth cable; nothing is forwarded here.
"""
import fcntl
import json
import os
import signal
import socket
import stat
import subprocess
import sys
import tempfile
import threading
import time

BUILD = os.environ.get('top_builddir') or os.getcwd()
NETNS = {role: f'pmctl{os.getpid()}-{role}' for role in ('lma', 'mag')}
LMA, MAG = '2001:db8:f::1', '2001:db8:f::2'
COMMON = 'protection: off\nstale_after: 1h\n'
CONFIG = {
    'lma': f'address: {LMA}\ninterfaces: {{core: [core0]}}\nmags: ["{MAG}"]\npools: [{{prefix: "2001:db8:1::/48"}}]\n'
           'mobile_nodes: [{id: mn1@example.org}]\n',
    'mag': f'address: {MAG}\nlma: {LMA}\ninterfaces: {{core: [core0]}}\naccess: [{{interface: acc0}}]\n'
           'mobile_nodes: [{id: mn1@example.org, mac: "02:00:00:00:00:01"}]\n',
}
failures = []


def check(holds, what, seen=''):
    """One thing that must hold."""
    print(f'{"PASS" if holds else "FAIL"}: {what}{f": {seen}" if seen and not holds else ""}', flush=True)
    if not holds:
        failures.append(what)


def wait_for(what, condition, seconds=5):
    """Wait until condition() holds; a check."""
    end = time.monotonic() + seconds
    while not condition() and time.monotonic() < end:
        time.sleep(0.02)
    check(condition(), what)


class Daemon:
    """A daemon in the namespace, until the with block ends."""

    def __init__(self, folder, role):
        self.role, self.path = role, f'{folder}/{role}.sock'
        self.config, self.log_path, self.events = f'{folder}/{role}.yaml', f'{folder}/{role}.log', f'{folder}/{role}.events'
        self.write('')
        self.process = None

    def write(self, extra, base=None):
        """Write the configuration."""
        with open(self.config, 'w', encoding='utf-8') as file:
            file.write((CONFIG[self.role] if base is None else base) + COMMON +
                       f'control: {self.path}\nrestart_counter_file: {self.path}.restart\n' + extra)

    def command(self, *more):
        """The command that starts it."""
        return ['ip', 'netns', 'exec', NETNS[self.role], f'{BUILD}/pmip-{self.role}', '-c', self.config, *more]

    def start(self):
        """Start it and wait until it says so."""
        ready, told = os.pipe()
        with open(self.log_path, 'a', encoding='utf-8') as log:
            self.process = subprocess.Popen(self.command('--ready-fd', str(told), '--events', self.events), stderr=log, pass_fds=(told,))
        os.close(told)
        up = os.read(ready, 1)
        os.close(ready)
        check(up == b'\n', f'pmip-{self.role} starts', self.log())
        check('protection is off' in self.log(), f'pmip-{self.role} says that nothing protects it')

    def log(self):
        """What it has logged."""
        with open(self.log_path, encoding='utf-8') as file:
            return file.read()

    def stop(self):
        """SIGTERM; return the exit status."""
        self.process.send_signal(signal.SIGTERM)
        try:
            return self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            return self.process.wait()

    def connect(self):
        """A connection to its control socket."""
        sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        sock.connect(self.path)
        sock.settimeout(5)
        return sock

    def raw(self, data, shut=True):
        """Send octets, return all lines that come back until it closes."""
        with self.connect() as sock:
            try:
                sock.sendall(data)
                if shut:
                    sock.shutdown(socket.SHUT_WR)
                return b''.join(iter(lambda: sock.recv(65536), b'')).decode().splitlines()
            except (BrokenPipeError, ConnectionResetError):
                return []

    def ask(self, cmd, **args):
        """One command, its reply."""
        return json.loads(self.raw(json.dumps({'cmd': cmd, **args}).encode() + b'\n')[0])

    def ctl(self, *words):
        """pmipctl; return exit status, standard output, standard error."""
        done = subprocess.run([f'{BUILD}/pmipctl', '-s', self.path, *words], capture_output=True, text=True, timeout=20, check=False)
        return done.returncode, done.stdout, done.stderr


def test_requests(daemon):
    """Good and bad requests."""
    name = f'pmip-{daemon.role}'
    check(stat.S_IMODE(os.stat(daemon.path).st_mode) == 0o600, f'{name}: the socket is for root alone')
    status = daemon.ask('status')
    check(status['ok'] and status['program'] == name and status['pid'] == daemon.process.pid and status['bindings'] == 0,
          f'{name}: status', status)
    counters = daemon.ask('counters')
    check(all(isinstance(counters.get(part), dict) and counters[part] for part in ('engine', 'runner', 'datapath')), f'{name}: counters', counters)
    check(daemon.ask('bindings') == {'ok': True, 'total': 0, 'bindings': []}, f'{name}: bindings')
    bad = [b'garbage', b'{', b'[]', b'"x"', b'{}', b'{"cmd":1}', b'{"cmd":"x"}', b'{"cmd":"status","x":1}', b'{"cmd":"status","cmd":"status"}',
           b'\xff\xfe', b'\0', b'{"cmd":"bindings","limit":-1}', b'{"cmd":"bindings","limit":"x"}', b'{"cmd":"log-level","level":"loud"}',
           b'[' * 60000, b'{"a":' * 10000]
    replies = [json.loads(line) for line in daemon.raw(b'\n'.join(bad) + b'\n')]
    check(len(replies) == len(bad) and all(reply['ok'] is False and reply['error'] for reply in replies),
          f'{name}: {len(bad)} bad requests get an error each', replies)
    replies = daemon.raw(b'{"cmd":"status"}\r\n\n{"cmd":"bindings"}\n{"cmd":"counters"}')
    check(len(replies) == 3 and all(json.loads(reply)['ok'] for reply in replies), f'{name}: several requests, the last without newline', replies)
    replies = daemon.raw(b'x' * 70000, shut=False)
    check(not replies or '65536' in replies[0], f'{name}: a request without end is cut off', replies)
    status, _, err = daemon.ctl('nonsense')
    check(status == 1 and 'known are status' in err, f'{name}: pmipctl tells a refusal', err)
    status, out, _ = daemon.ctl('status')
    check(status == 0 and name in out, f'{name}: pmipctl status', out)
    status, out, _ = daemon.ctl('--json', 'bindings')
    check(status == 0 and json.loads(out)['ok'], f'{name}: pmipctl --json', out)
    check(daemon.ctl('status', 'x')[0] == 2, f'{name}: pmipctl refuses a word that is no KEY=VALUE')


def test_clients(daemon):
    """Many clients, and such as do not read."""
    name = f'pmip-{daemon.role}'
    crowd = [daemon.connect() for _ in range(40)]
    told = []
    time.sleep(0.5)  # what is sent at all is sent by now
    for sock in crowd:
        sock.settimeout(0.01)
        try:
            told.append(sock.recv(1000))
        except (socket.timeout, ConnectionResetError):
            told.append(None)
    refused = [line for line in told if line and b'too many clients' in line]
    check(len(refused) == 8 and told.count(None) == 32, f'{name}: of 40 clients 32 are kept and 8 are told', told)
    for sock in crowd:
        sock.close()
    wait_for(f'{name}: afterwards it answers again', lambda: daemon.raw(b'{"cmd":"status"}\n')[0].startswith('{"ok":true'))
    deaf = daemon.connect()
    deaf.setblocking(False)
    sent = 0
    try:
        while sent < 64 << 20:
            sent += deaf.send(b'{"cmd":"counters"}\n' * 500)
    except BlockingIOError:
        pass
    check(sent < 8 << 20, f'{name}: a client that does not read is not read from', sent)
    check(daemon.ask('status')['ok'], f'{name}: others are served meanwhile')
    deaf.close()


def provoke(count):
    """Send PBUs with an option that runs past their end from the MAG to the LMA."""
    code = ('import socket\ns = socket.socket(socket.AF_INET6, socket.SOCK_RAW, 135)\n'
            f's.bind(("{MAG}", 0))\nfor _ in range({count}): s.sendto(bytes.fromhex("3b010500 0000 0001 8200 0001 08c80000"), ("{LMA}", 0))')
    subprocess.run(['ip', 'netns', 'exec', NETNS['mag'], sys.executable, '-c', code], check=True)


def test_events(lma):
    """Events to a subscriber and a file; the log says the same thing once."""
    with lma.connect() as sock, sock.makefile() as lines:
        sock.sendall(b'{"cmd":"events"}\n')
        check(json.loads(lines.readline()) == {'ok': True}, 'events: the subscription is confirmed')
        before = lma.ask('counters')['engine']
        provoke(20)
        seen = [json.loads(lines.readline()) for _ in range(20)]
        sock.sendall(b'{"cmd":"status"}\n')
        check(json.loads(lines.readline())['ok'], 'events: a subscriber may ask on')
    check(all(event['event'] == 'malformed' and event['peer'] == MAG and event['err'] and event['t_wall_us'] and
              event['t_told_us'] >= event['t_mono_us'] for event in seen), 'events: a subscriber gets all 20', seen[:2])
    with open(lma.events, encoding='utf-8') as file:
        check([json.loads(line) for line in file] == seen, 'events: the file says the same')
    after = lma.ask('counters')['engine']
    check(after['malformed'] - before['malformed'] == 20, 'events: they are counted', after)
    check(lma.log().count('malformed message') == 1, 'log: the same thing is said once', lma.log())


def test_slow_subscriber(lma):
    """Who does not read loses events, is told how many, and holds up nobody."""
    before = lma.ask('counters')['engine']['malformed']
    with lma.connect() as sock, sock.makefile() as lines:
        sock.sendall(b'{"cmd":"events"}\n')
        lines.readline()
        for _ in range(10):
            provoke(500)
        count = lma.ask('counters')['engine']['malformed'] - before
        got, lost = 0, 0
        while lost == 0 and got < count:
            event = json.loads(lines.readline())
            got, lost = got + (event['event'] == 'malformed'), lost + event.get('count', 0)
    check(count > 3000 and lost > 0 and got + lost == count, f'events: {count} events, a slow subscriber', f'got {got}, lost {lost}')


def test_reload(daemon, harmless, fault, restart):
    """SIGHUP and the reload command with good and bad files."""
    name = f'pmip-{daemon.role}'
    daemon.write('log_level: debug\n' + harmless)
    daemon.process.send_signal(signal.SIGHUP)
    wait_for(f'{name}: SIGHUP puts a good file in force', lambda: daemon.ask('status')['log_level'] == 'debug')
    daemon.write('log_level: warn\n' + fault)
    reply = daemon.ask('reload')
    check(not reply['ok'] and len(reply['faults']) == 1 and reply['faults'][0].startswith(f'{daemon.config}:'), f'{name}: a bad file is refused', reply)
    check(daemon.ask('status')['log_level'] == 'debug', f'{name}: the old configuration stays')
    daemon.process.send_signal(signal.SIGHUP)
    wait_for(f'{name}: SIGHUP with a bad file is logged', lambda: 'send SIGHUP again' in daemon.log())
    daemon.write('', CONFIG[daemon.role].replace(*restart))
    reply = daemon.ask('reload')
    check(not reply['ok'] and 'restart the program' in reply['faults'][0], f'{name}: what needs a restart is told', reply)
    os.unlink(daemon.config)
    check(not daemon.ask('reload')['ok'], f'{name}: a missing file is refused')
    daemon.write('')
    status, out, err = daemon.ctl('reload')
    check(status == 0 and daemon.ask('status')['log_level'] == 'info', f'{name}: pmipctl reload', out + err)


def test_attach(mag):
    """attach and detach."""
    check('is missing' in mag.ask('attach')['error'], 'attach: without link')
    check('no access interface' in mag.ask('attach', link='core0')['error'], 'attach: a link that is none')
    check('whom' in mag.ask('attach', link='acc0')['error'], 'attach: without anybody')
    check('MAC address' in mag.ask('attach', link='acc0', mac='02:00')['error'], 'attach: a bad MAC address')
    check('hi is no number' in mag.ask('attach', link='acc0', mac='02:00:00:00:00:01', hi=256)['error'], 'attach: a bad handoff indicator')
    wait_for('attach: the other end of the link, which is not listed, is denied', lambda: 'attach denied' in mag.log(), 10)
    check('mobile_nodes' in mag.ask('attach', link='acc0', mac='02:00:00:00:00:02')['error'], 'attach: an unlisted mobile node')
    check(mag.ask('clock-synchronised') == {'ok': True, 'waited': 0}, 'clock-synchronised: nobody waits for it')
    check(mag.ask('counters')['runner']['unprotected'] == 0, 'counters: nothing is unprotected where nothing need be protected')
    status, out, err = mag.ctl('attach', 'link=acc0', 'mac=02:00:00:00:00:01')
    check(status == 0 and out == 'ok\n', 'attach: a listed mobile node', out + err)
    wait_for('attach: it is registered', lambda: any(b['state'] == 'active' for b in mag.ask('bindings')['bindings']))
    rows = mag.ask('bindings', mn_id='mn1@example.org')['bindings']
    check(len(rows) == 1 and rows[0]['link'] == 'acc0' and rows[0]['prefixes'][0].startswith('2001:db8:1:'), 'attach: its binding', rows)
    check('mn1@example.org' in mag.ctl('bindings')[1], 'attach: pmipctl prints it', mag.ctl('bindings'))
    check(mag.ask('bindings', mn_id='mn2@example.org')['total'] == 0, 'attach: others have none')
    check(mag.ask('detach', link='acc0')['detached'] == 1, 'detach')
    with open(mag.events, encoding='utf-8') as file:
        names = [json.loads(line)['event'] for line in file]
    check([name for name in names if name in ('pbu-sent', 'binding-added')][:2] == ['pbu-sent', 'binding-added'] and 'attach-seen' in names,
          'attach: events', names)


def test_second_instance(daemon):
    """A live socket is refused, a dead one replaced, a file that is no socket left alone."""
    name = f'pmip-{daemon.role}'
    done = subprocess.run(daemon.command(), capture_output=True, text=True, timeout=20, check=False)
    check(done.returncode == 1 and 'another program is running' in done.stderr, f'{name}: a second instance is refused', done.stderr)
    check(daemon.ask('status')['ok'], f'{name}: the first one goes on')
    daemon.process.kill()
    daemon.process.wait()
    check(os.path.exists(daemon.path), f'{name}: a killed one leaves its socket')
    daemon.start()
    provoke(3)
    wait_for(f'{name}: it is up again', lambda: daemon.ask('status')['ok'])
    check(daemon.stop() == 0 and not os.path.exists(daemon.path), f'{name}: SIGTERM ends it with 0, the socket has gone', daemon.log())
    with open(daemon.path, 'w', encoding='utf-8'):
        pass
    done = subprocess.run(daemon.command(), capture_output=True, text=True, timeout=20, check=False)
    check(done.returncode == 1 and 'is no socket' in done.stderr and os.path.exists(daemon.path), f'{name}: a plain file is not replaced', done.stderr)
    os.unlink(daemon.path)


def test_rights(daemon):
    """Without rights it says what it needs."""
    done = subprocess.run(['setpriv', '--bounding-set', '-net_admin', '--inh-caps', '-all', *daemon.command()[4:]], capture_output=True,
                          text=True, timeout=20, check=False)
    check(done.returncode == 1 and 'run it as root' in done.stderr, f'pmip-{daemon.role}: without rights', done.stderr)


def start_in_turn(daemon, folder):
    """Daemons that share a restart counter count their starts one after the other: start it while another one counts."""
    other = os.open(folder, os.O_RDONLY)
    fcntl.flock(other, fcntl.LOCK_EX)
    since = time.monotonic()
    threading.Timer(0.5, os.close, (other,)).start()
    daemon.start()
    check(time.monotonic() - since >= 0.5, f'pmip-{daemon.role}: counts its start when no other one does')


def run(folder):
    """All tests."""
    lma, mag = Daemon(folder, 'lma'), Daemon(folder, 'mag')
    try:
        test_rights(lma)
        start_in_turn(lma, folder)
        mag.start()
        for daemon in (lma, mag):
            test_requests(daemon)
            test_clients(daemon)
        test_events(lma)
        test_slow_subscriber(lma)
        test_attach(mag)
        test_reload(lma, 'max_lifetime: 60s\n', 'max_lifetime: 1s\n', ('core0', 'core1'))
        test_reload(mag, 'lifetime: 60s\n', 'lima: ::1\n', ('core0', 'core1'))
        for daemon in (mag, lma):
            test_second_instance(daemon)
        check('(2 more like this since)' in lma.log(), 'log: what was held back is told at the end', lma.log())
    finally:
        for daemon in (lma, mag):
            if daemon.process and daemon.process.poll() is None:
                daemon.process.kill()
                daemon.process.wait()
            if failures and daemon.process:
                print(f'--- log of pmip-{daemon.role}\n{daemon.log()}')


def ip(*words):
    """The ip command."""
    subprocess.run(['ip', *words], check=True)


def set_up():
    """Namespaces, the cable between them, and one from the MAG to nobody."""
    for name in NETNS.values():
        ip('netns', 'add', name)
        subprocess.run(['ip', 'netns', 'exec', name, 'sysctl', '-qw', 'net.ipv6.conf.all.forwarding=1'], check=True)
    ip('-n', NETNS['lma'], 'link', 'add', 'core0', 'type', 'veth', 'peer', 'name', 'core0', 'netns', NETNS['mag'])
    ip('-n', NETNS['mag'], 'link', 'add', 'acc0', 'type', 'veth', 'peer', 'name', 'mn0')
    for role, addr, links in (('lma', LMA, ['lo', 'core0']), ('mag', MAG, ['lo', 'core0', 'acc0', 'mn0'])):
        for link in links:
            ip('-n', NETNS[role], 'link', 'set', link, 'up')
        ip('-n', NETNS[role], 'address', 'add', f'{addr}/64', 'dev', 'core0', 'nodad')


def main():
    """Set up, test, clean up."""
    if os.geteuid() != 0:
        print('skipped: needs root')
        sys.exit(77)
    if not os.path.exists(f'{BUILD}/pmip-lma'):
        print('skipped: configured without the programs')
        sys.exit(77)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    try:
        set_up()
        with tempfile.TemporaryDirectory(prefix='pmctl') as folder:
            run(folder)
    finally:
        for name in NETNS.values():
            subprocess.run(['ip', 'netns', 'del', name], check=False)
    print(f'{len(failures)} failures')
    sys.exit(1 if failures else 0)


main()
