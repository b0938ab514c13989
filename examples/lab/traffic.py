# SPDX-License-Identifier: BSD-2-Clause
"""Traffic from the CN to a mobile node: a TCP download by iperf3, and beside it one small UDP packet every millisecond.

The probes show when the path works. TCP alone cannot: after a gap it says nothing until its own retransmission timer, 200 ms at
least on Linux, has run out.
"""
import json
import socket
import sys
import time

from netns import LabError, wait_for

PROBE_PORT = 4000
IPERF_PORT = 5201
CONNECTIONS = 2  # of one iperf3 run: control and data

PROBE_PROGRAM = '''
import socket, sys, time
sock = socket.socket(socket.AF_INET6, socket.SOCK_DGRAM)
due = time.monotonic()
number = 0
while True:
    number += 1
    try:
        sock.sendto(number.to_bytes(8, 'big'), (sys.argv[1], int(sys.argv[2])))
    except OSError:
        pass
    due = max(due + 0.001, time.monotonic() - 0.005)
    time.sleep(max(0, due - time.monotonic()))
'''


class Probe:
    """The stream of UDP packets. Its receiver drops them: the capture on the cable is what counts."""

    def __init__(self, sender, receiver, address):
        self.lab = sender.lab
        self.sink = receiver.socket(socket.AF_INET6, socket.SOCK_DGRAM)
        self.sink.bind(('::', PROBE_PORT))
        self.process = sender.start('probe', sys.executable, '-c', PROBE_PROGRAM, address, str(PROBE_PORT))

    def stop(self):
        """End it."""
        self.lab.stop(self.process)
        self.sink.close()


class Download:
    """iperf3 from the CN (server) to a mobile node (client). bind and client_port make its packets known beforehand; a rate is kept by
    sending a block at a time. peak is the most that is sent while a delay is made up for, without it as fast as TCP lets it; it needs
    bind and client_port, since iperf3 paces only who has connected: then that is the CN."""

    def __init__(self, server, server_addr, client, seconds, rate, port=IPERF_PORT, bind=None, client_port=None,
                 block='128K', peak=None):
        self.lab = client.lab
        self.path = f'{self.lab.dir}/iperf3-{port}.json'
        if peak:
            listening, addr, there = client, bind, client_port
            connecting, extra = server, ('-B', server_addr, '--cport', str(port), '--fq-rate', peak)
        else:
            listening, addr, there = server, server_addr, port
            connecting, extra = client, ('-R', *(('-B', bind) if bind else ()),
                                         *(('--cport', str(client_port)) if client_port else ()))
        self.server = listening.start(f'iperf3-server-{port}', 'iperf3', '-s', '-1', '-p', str(there))
        wait_for('the iperf3 server', 5, lambda: f':{there} ' in listening.run('ss', '-tlnH'))
        self.started = time.monotonic()
        with open(self.path, 'w', encoding='utf-8') as out:
            self.process = connecting.start(f'iperf3-client-{port}', 'iperf3', '-c', addr, '-p', str(there), '-J', '-i', '1',
                                            '-t', str(seconds), '-b', rate, '-l', block, *extra, stdout=out)

    def alive(self):
        """Whether it still runs."""
        return self.process.poll() is None

    def result(self, seconds=30):
        """Wait for its end; return {'bytes', 'seconds', 'retransmissions', 'error'}."""
        try:
            self.process.wait(seconds)
        except Exception:
            raise LabError(f'iperf3 has not come to its end: the transfer hangs; see {self.path}') from None
        with open(self.path, encoding='utf-8') as file:
            report = json.load(file)
        end = report.get('end', {})
        return {
            'bytes': end.get('sum_received', {}).get('bytes', 0),
            'seconds': end.get('sum_received', {}).get('seconds', 0),
            'retransmissions': end.get('sum_sent', {}).get('retransmits', 0),
            'error': report.get('error', '' if self.process.returncode == 0 else f'exit status {self.process.returncode}'),
        }
