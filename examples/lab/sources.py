# SPDX-License-Identifier: BSD-2-Clause
"""More traffic from a CN to a mobile node: UDP by iperf3, numbered datagrams at a constant rate as a camera sends them, a file by HTTP."""
import json
import os
import socket
import sys

from netns import LabError, wait_for

VIDEO_PORT, HTTP_PORT, UDP_PORT = 6000, 8080, 5202

# Late datagrams are sent at once. Each has its number and the time of sending, ns.
VIDEO_PROGRAM = '''
import socket, struct, sys, time
sock = socket.socket(socket.AF_INET6, socket.SOCK_DGRAM)
sock.bind((sys.argv[6], int(sys.argv[5])))
to, rate, padding = (sys.argv[1], int(sys.argv[2])), float(sys.argv[3]), bytes(int(sys.argv[4]) - 16)
start, number = time.monotonic(), 0
while True:
    try:
        sock.sendto(struct.pack('!QQ', number, time.time_ns()) + padding, to)
    except OSError:
        pass
    number += 1
    time.sleep(max(0, start + number / rate - time.monotonic()))
'''
SERVER_PROGRAM = '''
import http.server, socket, sys
class Server(http.server.ThreadingHTTPServer):
    address_family = socket.AF_INET6
class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        size = int(self.path.strip('/'))
        self.send_response(200)
        self.send_header('Content-Length', str(size))
        self.end_headers()
        block = bytes(65536)
        while size > 0:
            size -= self.wfile.write(block[:size])
    def log_message(self, *args):
        pass
Server((sys.argv[1], int(sys.argv[2])), Handler).serve_forever()
'''
CLIENT_PROGRAM = '''
import json, sys, time, http.client
start, octets, error = time.time_ns(), 0, ''
try:
    connection = http.client.HTTPConnection(sys.argv[1], int(sys.argv[2]), timeout=30)
    connection.request('GET', '/' + sys.argv[3])
    reply = connection.getresponse()
    while True:
        block = reply.read1(65536)
        if not block:
            break
        octets += len(block)
    if octets != int(sys.argv[3]):
        error = 'the connection ended early'
except OSError as problem:
    error = str(problem)
print(json.dumps({'bytes': octets, 'seconds': (time.time_ns() - start) / 1e9, 'start_ns': start, 'error': error}))
'''


class Video:
    """A stream of numbered datagrams from the CN: kbit/s, in datagrams of so many octets."""

    def __init__(self, sender, receiver, address, kbps, octets=1200, port=VIDEO_PORT, source='::'):
        self.lab, self.port = sender.lab, port
        self.sink = receiver.socket(socket.AF_INET6, socket.SOCK_DGRAM)
        self.sink.bind(('::', port))
        self.process = sender.start(f'video-{port}', sys.executable, '-c', VIDEO_PROGRAM, address, str(port),
                                    str(kbps * 1000 / 8 / octets), str(octets), str(port), source)

    def stop(self):
        """End it."""
        self.lab.stop(self.process)
        self.sink.close()


class Udp:
    """UDP by iperf3 at a rate such as 5M, from the CN."""

    def __init__(self, server, server_addr, client, seconds, rate, port=UDP_PORT, bind=None, octets=1200):
        self.lab, self.path, self.port = client.lab, f'{client.lab.dir}/iperf3-{port}.json', port
        self.server = server.start(f'iperf3-server-{port}', 'iperf3', '-s', '-1', '-p', str(port))
        wait_for('the iperf3 server', 5, lambda: f':{port} ' in server.run('ss', '-tlnH'))
        with open(self.path, 'w', encoding='utf-8') as out:
            self.process = client.start(f'iperf3-client-{port}', 'iperf3', '-c', server_addr, '-p', str(port), '-J', '-u', '-R', '-b', rate,
                                        '-t', str(seconds), '-l', str(octets), *(('-B', bind) if bind else ()), stdout=out)

    def result(self, seconds=30):
        """Wait for its end; return {'bytes', 'seconds', 'sent', 'lost', 'jitter_ms', 'error'}."""
        self.lab.wait(self.process, seconds)
        with open(self.path, encoding='utf-8') as file:
            report = json.load(file)
        total = report.get('end', {}).get('sum', {})
        return {'bytes': total.get('bytes', 0), 'seconds': total.get('seconds', 0), 'sent': total.get('packets', 0),
                'lost': total.get('lost_packets', 0), 'jitter_ms': total.get('jitter_ms', 0), 'error': report.get('error', '')}


class Http:
    """A download of so many octets by HTTP, from the CN."""

    def __init__(self, server, server_addr, client, octets, port=HTTP_PORT):
        self.lab, self.path, self.port = client.lab, f'{client.lab.dir}/http-{port}.json', port
        self.server = server.start(f'http-server-{port}', sys.executable, '-c', SERVER_PROGRAM, server_addr, str(port))
        wait_for('the HTTP server', 10, lambda: f':{port} ' in server.run('ss', '-tlnH'))
        with open(self.path, 'w', encoding='utf-8') as out:
            self.process = client.start(f'http-client-{port}', sys.executable, '-c', CLIENT_PROGRAM, server_addr, str(port), str(octets), stdout=out)

    def result(self, seconds=60):
        """Wait for its end; return {'bytes', 'seconds', 'start_ns', 'error'}."""
        self.lab.wait(self.process, seconds)
        self.lab.stop(self.server)
        if not os.path.getsize(self.path):
            raise LabError(f'the HTTP client said nothing: {self.lab.said(self.process)}')
        with open(self.path, encoding='utf-8') as file:
            return json.load(file)
