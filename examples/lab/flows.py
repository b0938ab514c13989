#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""The demo of flow mobility: one phone on two radios, two downloads, and the network decides by which radio each of them comes."""
import argparse
import contextlib
import sys
import time

from domain import CN_ADDR, MAG_ADDR, find_program
from manager import FlowManager
from netns import LabError, end_by_signals, wait_for
from paths import STEP_S, Paths
from terminal import LOGICAL, NAI, WEAK_HOST, FlowDomain
from traffic import Download

PREFIX = 'pmip-flows-'
POLL_S = 0.5
PHASE_S = 5
FLOWS = {8080: 'video', 5201: 'bulk'}  # by the CN's port
CLIENT_PORTS = {8080: 40000, 5201: 41000}
RATES = {8080: '4M', 5201: '0'}
PEAKS = {8080: '5M', 5201: None}  # the video has room where the wlan is congested, also when it has to catch up
BLOCKS = {8080: '4K', 5201: '128K'}
RADIO_RATES = {'3g': '20mbit', 'wlan': '50mbit'}
CONGESTED_RATE = '8mbit'
PATIENCE_S = 4

PICTURE = '''\
Two downloads of one phone, each by the radio that the network chooses for it

    CN ------ LMA ====== MAG1 ------ 3g   \\         ==== IPv6-in-IPv6 tunnels (RFC 5213), bpf datapath
               |  \\===== MAG2 ------ wlan  MN       MN: {terminal}
         flowmob-manager
'''
TERMINALS = {
    WEAK_HOST: 'weak host, an address on each radio, plain Linux with flowmob-mn',
    LOGICAL: 'logical interface, one address above both radios',
}
POLICY = '''\
rules:
  - name: downloads
    application: bulk
    prefer: [wlan]
'''
EXPLORE = '''\

The domain stays up. To explore it:
    {pmipctl} -s {dir}/manager.sock list
    {pmipctl} -s {dir}/lma.sock flows
    {pmipctl} -s {dir}/manager.sock explain id=N
    ip netns exec {prefix}mn ip -6 addr     the phone; configurations, logs and captures are in {dir}
    ./bootstrap.sh clean                    takes it down; so does the next demo'''


class Story:
    """What happens to the flows, step by step, and what was seen of it."""

    def __init__(self, domain, manager, paths):
        self.domain, self.manager, self.paths = domain, manager, paths
        self.steps = []   # (ns, letter, title)
        self.proofs = []  # (held, what, evidence)

    def step(self, title, trigger, moved, to, stays):
        """Do something that must move some flows to a radio and no others."""
        letter = chr(ord('A') + len(self.steps))
        before = time.time_ns()
        print(f'   {letter}  {title}', flush=True)
        asked = trigger() or before
        self.steps.append((before, letter, title))
        due = time.monotonic() + PHASE_S
        for port in moved:
            first = self._first(port, to, asked)
            when = f'{(first - asked) / 1e6:.0f} ms' if first else f'not within {PATIENCE_S} s'
            print(f'        {FLOWS[port]:<6} {"-> " + to:<8} first packet after {when}', flush=True)
            self.proofs.append((first is not None, f'{letter}: {FLOWS[port]} goes to {to}', when))
        time.sleep(max(0, due - time.monotonic()))
        for port in stays:
            ways = {ifname for ifname, octets in self.paths.shares(port, before, time.time_ns()).items() if octets}
            self.proofs.append((len(ways) == 1, f'{letter}: {FLOWS[port]} stays', 'by ' + ' and '.join(sorted(ways))))

    def _first(self, port, ifname, since):
        with contextlib.suppress(LabError):
            return wait_for('a packet', PATIENCE_S, self.paths.first, port, ifname, since)
        return None

    def show(self):
        """The whole run as a picture of letters."""
        print('\nPath     of each flow over time; one letter is half a second: 3 by 3g, w by wlan, + by both, . no packet')
        marks = {}
        for when, letter, _ in self.steps:
            marks[int((when - self.paths.start_ns) / 1e9 / STEP_S)] = letter
        for port, name in FLOWS.items():
            print(f'   {name:<6}{self.paths.line(port)}')
        print(f'   {"step":<6}{"".join(marks.get(n, " ") for n in range(max(marks) + 1))}')


def seen(manager):
    """The manager's flows by the CN's port, once it knows all of ours."""
    flows = {}
    for flow in manager.ask('list')['flows']:
        for port in FLOWS:
            if f']:{port} > ' in flow['flow'] and f']:{CLIENT_PORTS[port]} ' in flow['flow'] + ' ':
                flows[port] = flow
    return flows if len(flows) == len(FLOWS) else None


def tunnel_of(domain, radio):
    """Number of the tunnel to the MAG that a radio is at."""
    return next(b['tunnel'] for b in domain.lma.ask('bindings')['bindings'] if b['remote'] == MAG_ADDR[radio])


def operator(domain, manager, flow, radio):
    """A line on the command line moves a flow."""
    argv = [find_program('pmipctl'), '-s', manager.control, 'move', f'id={flow["id"]}', f'to={tunnel_of(domain, radio)}']
    print(f'        $ pmipctl -s {manager.control} {" ".join(argv[3:])}')
    asked = time.time_ns()
    domain.lma_ns.run(*argv)
    return asked


def policy(manager):
    """The operator writes a rule into the configuration, in force at once."""
    print(''.join(f'        {line}\n' for line in POLICY.splitlines()), end='')
    manager.append(POLICY)
    asked = time.time_ns()
    manager.ask('reload')
    return asked


def congestion(domain):
    """The cable to the second MAG becomes slow."""
    domain.lma_ns.run('tc', 'qdisc', 'replace', 'dev', 'mag2', 'root', 'tbf', 'rate', CONGESTED_RATE, 'burst', '16k', 'limit', '48k')


def shape(domain):
    """Each radio has its rate."""
    for mag, radio in zip(domain.mags, domain.terminal.radios):
        mag.netns.run('tc', 'qdisc', 'replace', 'dev', radio.acc, 'root', 'tbf', 'rate', RADIO_RATES[radio.ifname], 'burst', '64k',
                      'limit', '256k')


def play(domain, manager):
    """The whole story; return what was proved."""
    address = domain.attach()[0]
    shape(domain)
    paths = Paths(domain.terminal, FLOWS)
    seconds = 5 * PHASE_S + 4
    downloads = {port: Download(domain.cn, CN_ADDR, domain.terminal.netns, seconds, RATES[port], port, address,
                               CLIENT_PORTS[port], BLOCKS[port], PEAKS[port])
                 for port in FLOWS}
    flows = wait_for('the flow manager to see both flows', 10, seen, manager)
    print(f'Attach   {NAI} at MAG1 by 3g, and at MAG2 by wlan; its address is {address}')
    print('Seen     by the flow manager: ' + ', '.join(f'{FLOWS[port]} = flow {flow["id"]}' for port, flow in sorted(flows.items())))
    print('\nSteps')
    time.sleep(2)
    story = Story(domain, manager, paths)
    story.step('the operator moves the video', lambda: operator(domain, manager, flows[8080], 1), [8080], 'wlan', [5201])
    story.step('a policy: bulk downloads by wlan', lambda: policy(manager), [5201], 'wlan', [8080])
    story.step(f'the wlan\'s tunnel is congested ({CONGESTED_RATE[:-4]} Mbit/s): its highest-rate flow has to go',
               lambda: congestion(domain), [5201], '3g', [8080])
    story.step('the wlan radio is cut', domain.terminal.radios[1].cut, [8080], '3g', [5201])
    results = {port: download.result(60) for port, download in downloads.items()}
    story.show()
    print('\nTraffic')
    for port, result in results.items():
        print(f'   {FLOWS[port]:<6}{result["bytes"] / 1e6:6.1f} MB in {result["seconds"]:.0f} s, {result["retransmissions"]} retransmissions')
        story.proofs.append((not result['error'], f'{FLOWS[port]}: its TCP connection never broke', result['error'] or 'no error'))
    paths.stop()
    return story.proofs


def run(options):
    """Run it; return whether everything was proved."""
    print(PICTURE.format(terminal=TERMINALS[options.terminal]))
    with FlowDomain(PREFIX, options.terminal) as domain:
        manager = FlowManager(domain, f'''poll_interval: {POLL_S * 1000:.0f}ms
hysteresis: 3s
congestion_drop_permille: 10
applications:
  - name: bulk
    selectors:
      - source_port: 5201
''')
        domain.start()
        manager.start()
        proofs = play(domain, manager)
        print('\nProved')
        for held, what, evidence in proofs:
            print(f'   {"yes" if held else "NO ":<5}{what:<43}{evidence}')
        if options.keep:
            domain.lab.keep = True
            print(EXPLORE.format(dir=domain.lab.dir, pmipctl=find_program('pmipctl'), prefix=PREFIX))
        return all(held for held, _, _ in proofs)


def main():
    """Run the demo; exit status 0 when everything was proved."""
    parser = argparse.ArgumentParser(prog='demo flows', description=__doc__)
    parser.add_argument('--terminal', choices=(WEAK_HOST, LOGICAL), default=WEAK_HOST, help='what kind of phone it is (default %(default)s)')
    parser.add_argument('--keep', action='store_true', help='leave the domain up to be explored')
    options = parser.parse_args()
    end_by_signals()
    try:
        return 0 if run(options) else 1
    except LabError as error:
        print(f'demo: {error}', file=sys.stderr)
        return 1


if __name__ == '__main__':
    sys.exit(main())
