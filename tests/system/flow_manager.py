#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
# Proves FMP-1, FMP-2, FMP-3, FMP-4, FMP-9, FMP-10, FMP-12, FMP-13.
"""The flow manager, the LMA and two MAGs as they are, and a mobile node with two radios: flows come to be known and are moved by an operator, by the
policy and because a tunnel is congested. Either program is killed and comes back, and the flows are where they belong. Then the same with first
packets that wait in NFQUEUE; those by the netlink datapath too, in user-mode Linux, where marks of connections carry the rest of a flow."""
import contextlib
import re
import signal
import socket
import time

import system
import stream
from domain import CN_ADDR, MAG_ADDR, POOL, find_program
from manager import FlowManager
from netns import run, wait_for
from terminal import FlowDomain

PORT = 7000
IP6TABLES = 'ip6tables-legacy' if system.INSIDE else 'ip6tables'
PLAIN, VIDEO, HEAVY, LIGHT = 5001, 5201, 5101, 5102
SETTINGS = '''\
poll_interval: 200ms
hysteresis: 1s
applications:
  - name: video
    selectors:
      - protocol: udp
        source_port: 5200-5299
classes:
  - name: all
    mobile_nodes: ["*@example.org"]
rules:
  - name: video by wlan
    class: all
    application: video
    prefer: [wlan]
'''


class Test:
    """The domain with a manager in the LMA's namespace."""

    def __init__(self, checks, domain):
        self.checks, self.domain = checks, domain
        self.manager = FlowManager(domain, SETTINGS)
        self.address = None

    def ctl(self, *words):
        """pmipctl with the manager's socket."""
        return run(find_program('pmipctl'), '-s', self.manager.control, *words)

    def send(self, *sports, count=20, rate=200):
        """Datagrams of some flows; return the process."""
        return [stream.send(self.domain.cn, CN_ADDR, self.address, PORT, sport, 1, rate, count) for sport in sports]

    def managed(self, sport):
        """A flow as the manager has it, or None."""
        with contextlib.suppress(OSError):
            return next((f for f in self.manager.ask('list')['flows'] if f']:{sport} >' in f['flow']), None)

    def mag(self, sport):
        """By which MAG a flow goes, as the LMA has it."""
        with contextlib.suppress(OSError):
            return next((f['remote'] for f in self.domain.lma.ask('flows')['flows'] if f']:{sport} >' in f['flow']), None)

    def radio(self, sport):
        """By which radio the datagrams of a flow come in, from now on."""
        sink = stream.Sink(self.domain.terminal.netns, PORT)
        for sender in self.send(sport):
            stream.finish(sender, 20)
        time.sleep(0.1)
        ways = {record[4] for record in sink.stop() if record[0] == sport}
        names = {self.domain.terminal.netns.ifindex(r.ifname): r.ifname for r in self.domain.terminal.radios}
        return [names.get(way, way) for way in ways]

    def ready(self):
        """Whether the manager knows what the LMA knows."""
        with contextlib.suppress(OSError):
            return self.manager.ask('status')['ready']


def seen_and_moved(test):
    """A flow comes to be known, and an operator moves it."""
    checks = test.checks
    test.send(PLAIN)
    checks.eventually('a flow is known to the manager after its first packet', 3, lambda: test.managed(PLAIN))
    flow = test.managed(PLAIN)
    checks.check(flow['reason'] == 'packet' and flow['mn_id'] == 'mn@example.org' and test.mag(PLAIN) == MAG_ADDR[0],
                 'it goes where its prefix goes', flow)
    test.send(PLAIN)
    checks.eventually('its octets are counted by the LMA', 3, lambda: test.managed(PLAIN)['octets'] >= 20 * 88)
    told = test.domain.lma_ns.start('events', find_program('pmipctl'), '-s', test.manager.control, 'events')
    wait_for('the subscription', 5, lambda: 'ok' in test.domain.lab.log('events'))
    said = test.ctl('move', f'id={flow["id"]}')
    checks.check('operator' in said and test.mag(PLAIN) == MAG_ADDR[1], 'pmipctl moves it, and has the answer when it is there', said)
    checks.check(re.search(rf'^[0-9:]{{8}}\.[0-9]{{6}} flow-moved .*\bflow_id={flow["id"]} .*\breason=operator$', test.domain.lab.log('events'), re.M),
                 'who follows the events is told when and why', test.domain.lab.log('events'))
    test.domain.lab.stop(told)
    checks.check(test.radio(PLAIN) == ['wlan'], 'its packets come in by the other radio')
    checks.check(test.manager.ask('move', id=flow['id'])['tunnel'] == flow['tunnel'] and test.radio(PLAIN) == ['3g'], 'and back')
    said = run(find_program('pmipctl'), '-s', test.manager.control, 'move', 'id=4000000000', check=False)
    checks.check('no such entry' in said, 'a flow that is not there is not moved', said)
    checks.check(test.manager.ask('add', src=CN_ADDR, dst=test.address, proto=17, sport=9, dport=9)['reason'] == 'operator', 'an operator adds one')
    test.ctl('del', f'id={test.managed(9)["id"]}')
    checks.check(test.managed(9) is None, 'and deletes it')


def policy(test):
    """Flows of an application go by the technology that a rule prefers."""
    checks = test.checks
    test.send(VIDEO, count=100)
    checks.eventually('the policy moves a video', 3, lambda: test.mag(VIDEO) == MAG_ADDR[1])
    checks.eventually('the manager says why', 3, lambda: (test.managed(VIDEO) or {}).get('reason') == 'policy')
    flow = test.managed(VIDEO)
    checks.check(flow['application'] == 'video', 'it knows what it is', flow)
    said = '\n'.join(test.manager.ask('explain', id=flow['id'])['explanation'])
    checks.check('video by wlan' in said, 'and explains it', said)
    checks.check(test.radio(VIDEO) == ['wlan'] and test.radio(PLAIN) == ['3g'], 'packets go accordingly, and those of other flows as before')
    dry = test.manager.ask('policy', mn_id='x@example.org', application='video', ways='utran,wlan')
    checks.check((dry['verdict'], dry['rule'], dry['way']) == ('use', 'video by wlan', 2), 'a dry run says what the policy would do', dry)
    checks.check(test.manager.ask('policy', mn_id='x@example.com', application='video', ways='utran,wlan')['verdict'] == 'none',
                 'also for whom no rule is')


def congestion(test):
    """The heaviest flow of a tunnel that drops packets goes elsewhere."""
    domain, checks = test.domain, test.checks
    domain.lma_ns.run('tc', 'qdisc', 'replace', 'dev', 'mag1', 'root', 'tbf', 'rate', '800kbit', 'burst', '4000', 'limit', '8000')
    heavy = test.send(HEAVY, count=4000, rate=1000)[0]
    light = test.send(LIGHT, count=2000, rate=500)[0]
    checks.eventually('the heaviest flow leaves the congested tunnel', 6, lambda: test.mag(HEAVY) == MAG_ADDR[1])
    checks.eventually('because of the congestion', 2, lambda: (test.managed(HEAVY) or {}).get('reason') == 'congestion')
    checks.check(test.manager.ask('counters')['manager']['congested'] > 0 and test.mag(LIGHT) == MAG_ADDR[0], 'the other one stays')
    for sender in (heavy, light):
        stream.finish(sender, 10)
    domain.lma_ns.run('tc', 'qdisc', 'del', 'dev', 'mag1', 'root')


def manager_dies(test):
    """The LMA goes on steering; a new manager takes over what there is."""
    checks = test.checks
    before = {sport: (test.mag(sport), test.managed(sport)['id']) for sport in (PLAIN, VIDEO)}
    test.manager.kill()
    checks.check(test.radio(VIDEO) == ['wlan'], 'without a manager flows go on where they were')
    test.manager.start()
    checks.eventually('a new manager has taken over the flows', 3, lambda: test.ready() and test.managed(VIDEO))
    after = {sport: (test.mag(sport), test.managed(sport)['id']) for sport in (PLAIN, VIDEO)}
    checks.check(after == before and test.managed(VIDEO)['reason'] == 'listed', 'each where it was', (before, after))
    checks.check(test.managed(VIDEO)['application'] == 'video', 'and known for what it is')


def lma_dies(test, number):
    """The LMA begins with nothing; MAGs and manager bring all of it back."""
    domain, checks = test.domain, test.checks
    senders = test.send(PLAIN, VIDEO, count=3000, rate=100)
    wait_for('the flows to be where they belong', 5, lambda: (test.mag(PLAIN), test.mag(VIDEO)) == MAG_ADDR)
    counted = test.managed(VIDEO)['octets']
    domain.lma.kill()
    start = time.monotonic()
    checks.eventually(f'kill {number}: the manager has forgotten all flows', 1, lambda: test.manager.ask('list')['total'] == 0)
    domain.lma.start()
    checks.eventually(f'kill {number}: both flows are where they belong', 10, lambda: (test.mag(PLAIN), test.mag(VIDEO)) == MAG_ADDR)
    checks.check(time.monotonic() - start < 8, f'kill {number}: a few seconds after the LMA was killed', f'{time.monotonic() - start:.1f} s')
    checks.eventually(f'kill {number}: what a flow has counted is not lost', 3, lambda: test.managed(VIDEO)['octets'] > counted)
    for sender in senders:
        sender.kill()
        sender.wait()
    checks.check(test.radio(VIDEO) == ['wlan'] and test.radio(PLAIN) == ['3g'], f'kill {number}: and so are their packets')


def reload(test):
    """Another policy, without a restart."""
    checks = test.checks
    test.manager.edit('prefer: [wlan]', 'prefer: [utran]')
    test.manager.process.send_signal(signal.SIGHUP)
    sender = test.send(VIDEO, count=2000, rate=200)[0]
    checks.eventually('a new policy is in force without a restart', 5, lambda: test.mag(VIDEO) == MAG_ADDR[0])
    test.manager.edit('prefer: [utran]', 'prefer: [nothing]')
    said = run(find_program('pmipctl'), '-s', test.manager.control, 'reload', check=False)
    checks.check('prefer[0]: found "nothing"' in said, 'one that is wrong is refused', said)
    test.manager.edit('prefer: [nothing]', 'prefer: [wlan]')
    test.ctl('reload')
    checks.eventually('and the right one is taken', 5, lambda: test.mag(VIDEO) == MAG_ADDR[1])
    sender.kill()
    sender.wait()


def rules(test):
    """Rules of ours in the table mangle."""
    return [line for line in test.domain.lma_ns.run(IP6TABLES, '-t', 'mangle', '-S').splitlines() if 'flowmob' in line]


def counted(test, match):
    """Packets that a rule of the test has seen."""
    lines = test.domain.lma_ns.run(IP6TABLES, '-t', 'mangle', '-nvxL', 'POSTROUTING').splitlines()
    return next(int(line.split()[0]) for line in lines if match in line)


def received(test):
    """Packets that have come up."""
    return test.manager.ask('counters')['queue']['received']


def unanswered(test):
    """Flows whose packets have waited in vain."""
    return test.manager.ask('counters')['manager']['unanswered']


def one(test, sport, seconds):
    """A datagram to the mobile node: how long it takes, ms; None: it does not come."""
    with test.domain.terminal.netns.socket(socket.AF_INET6, socket.SOCK_DGRAM) as into, \
            test.domain.cn.socket(socket.AF_INET6, socket.SOCK_DGRAM) as out:
        into.bind(('::', PORT))
        into.settimeout(seconds)
        out.bind((CN_ADDR, sport))
        start = time.monotonic()
        out.sendto(bytes(100), (test.address, PORT))
        with contextlib.suppress(TimeoutError):
            into.recv(1000)
            return (time.monotonic() - start) * 1000
    return None


def first_packets(test, also=lambda _: None):
    """With source nfqueue the first packet of a flow waits for the LMA's word."""
    domain, checks = test.domain, test.checks
    checks.check(test.manager.stop() == 0, 'the manager ends in good order')
    test.manager.edit('poll_interval', f'source: nfqueue\nprefixes: [{POOL}]\npoll_interval')
    test.manager.start()
    wait_for('the manager', 20, test.ready)
    wait_for('its rules', 20, lambda: rules(test))
    before = received(test)
    tunnel = next(b['tunnel'] for b in domain.lma.ask('bindings')['bindings'] if b['remote'] == MAG_ADDR[0])
    for match in (('mark', '--mark', f'{tunnel << 16:#x}/0xffff0000'), ('connmark', '--mark', '0x100/0xff00')):
        domain.lma_ns.run(IP6TABLES, '-t', 'mangle', '-A', 'POSTROUTING', '-p', 'udp', '--sport', '5003', '-m', *match)
    checks.check(one(test, 5003, 3) is not None and test.managed(5003) is not None, 'the first packet comes, and its flow is known by then')
    for _ in range(5):
        one(test, 5003, 1)
    checks.check(received(test) - before == 1, 'only the first one has come up', received(test) - before)
    marked = range(1, 7) if system.INSIDE else [1]  # by netlink the connection may have it, too
    checks.check(test.managed(5003)['tunnel'] == tunnel and counted(test, f'{tunnel << 16:#x}/') in marked, 'it has the mark of its tunnel',
                 (test.managed(5003)['tunnel'], tunnel, counted(test, f'{tunnel << 16:#x}/')))
    checks.check(counted(test, '0x100/') == 6, 'and its connection remembers that it was asked for')
    checks.check(one(test, 5203, 3) is not None, 'a video comes')
    checks.eventually('and goes where the policy wants it', 3, lambda: test.mag(5203) == MAG_ADDR[1])
    checks.check(test.radio(5203) == ['wlan'], 'by that radio')
    also(test)
    before = unanswered(test)
    domain.lma.process.send_signal(signal.SIGSTOP)
    late = one(test, 5004, 3)
    domain.lma.process.send_signal(signal.SIGCONT)
    checks.check(late is not None and 400 < late < (2000 if system.INSIDE else 900), 'an LMA that does not answer holds a packet up for 500 ms', late)
    checks.eventually('which is counted', 3, lambda: unanswered(test) == before + 1)
    test.manager.kill()
    left = rules(test)
    checks.check(left and one(test, 5005, 1) is not None, 'a manager that is killed leaves its rules, and packets pass', len(left))
    test.manager.start()
    wait_for('the manager', 20, lambda: test.ready() and rules(test))
    checks.check(sorted(line.split(' --mark')[0] for line in rules(test)) == sorted(line.split(' --mark')[0] for line in left),
                 'the next one has them in their place, none twice', rules(test))
    checks.check(test.manager.stop() == 0 and rules(test) == [], 'at its end nothing is left', rules(test))


def connection(test, sport):
    """The mark of a flow's connection, its lower half left out; None: there is no connection."""
    for line in test.domain.lma_ns.run('cat', '/proc/net/nf_conntrack').splitlines():
        if f'sport={sport} dport={PORT}' in line:
            return int(line.split('mark=')[1].split()[0]) >> 16
    return None


def tunnel(test, sport):
    """The number of the tunnel that the LMA has a flow in."""
    return next(f['tunnel'] for f in test.domain.lma.ask('flows')['flows'] if f']:{sport} >' in f['flow'])


def marks(test):
    """By netlink the verdict marks the first packet for its tunnel, the connection keeps that, and a move changes it."""
    domain, checks = test.domain, test.checks
    before = received(test)
    checks.check(one(test, 5303, 3) is not None and received(test) == before + 1, 'a new flow waits for its verdict')
    checks.check(connection(test, 5303) == tunnel(test, 5303), 'which marks its connection for its tunnel', connection(test, 5303))
    test.manager.ask('move', id=test.managed(5303)['id'])
    checks.check(test.mag(5303) == MAG_ADDR[1] and connection(test, 5303) == tunnel(test, 5303), 'a move changes the mark', connection(test, 5303))
    checks.check(test.radio(5303) == ['wlan'] and received(test) == before + 1, 'its packets follow, and none of them comes up', received(test) - before)
    domain.lma_ns.sysctl(netfilter__nf_conntrack_udp_timeout=1)
    one(test, 5303, 1)
    checks.eventually('its connection is forgotten', 20, lambda: connection(test, 5303) is None)
    domain.lma_ns.sysctl(netfilter__nf_conntrack_udp_timeout=30)
    sink = stream.Sink(domain.terminal.netns, PORT)
    before = received(test)
    stream.finish(stream.send(domain.cn, CN_ADDR, test.address, PORT, 5303, 1, 100, 5), 20)
    time.sleep(0.3)
    ways = {record[4] for record in sink.stop()}
    checks.check(ways == {domain.terminal.netns.ifindex('wlan')} and received(test) == before + 1,
                 'its next packet comes up, and goes where the flow is from the first on', (ways, received(test) - before))


def test_all(checks):
    """See the head of this file."""
    with FlowDomain(system.prefix(), datapath=system.DATAPATH, mag_extra='heartbeat_interval: 30s\n') as domain:
        test = Test(checks, domain)
        test.manager.start()
        checks.check(test.ready() is False, 'without an LMA the manager waits for one')
        domain.start()
        test.address = domain.attach()[0]
        wait_for('the mobile node', 10, domain.reached, test.address)
        checks.eventually('the manager connects', 20, test.ready)
        if system.INSIDE:
            first_packets(test, marks)
            return
        seen_and_moved(test)
        policy(test)
        congestion(test)
        manager_dies(test)
        for number in (1, 2, 3):
            lma_dies(test, number)
        reload(test)
        first_packets(test)


system.main_by_both_datapaths(test_all, ('ip', 'nsenter', 'tc', 'ip6tables'))
