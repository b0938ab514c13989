# SPDX-License-Identifier: BSD-2-Clause
"""The manager's end of the flow socket as libflowmob/include/flowmob/fmp.h has it, written once more: what the LMA says is read by another hand."""
import collections
import socket
import struct

from netns import LabError

ADD, MOVE, DEL, LIST, TUNNELS, WATCH, FLOW_COUNTERS, TUNNEL_COUNTERS = range(1, 9)
BINDING_ADDED, BINDING_DELETED, FLOW_MOVED, FLOW_GONE, FLOW_SEEN = range(0x41, 0x46)
ANSWER = 0x80
OK, NOENT, STALE, NO_TUNNEL, REFUSED, FULL, MALFORMED, UNKNOWN_OP, VERSION_UNKNOWN, BUSY = range(10)
HEADER = struct.Struct('!BBHHH')
AT_ONCE = 200

Attachment = collections.namedtuple('Attachment', 'tunnel proxy_coa att model prefixes mn_id')


def addr(text):
    """An address as 16 octets."""
    return socket.inet_pton(socket.AF_INET6, text)


def flow(src, sport, dst, dport, proto=17, label=0):
    """A FLOW."""
    return addr(src) + addr(dst) + struct.pack('!IHHB3x', label, sport, dport, proto)


def read_flow(body):
    """A FLOW: source, source port, destination, destination port, protocol."""
    _, sport, dport, proto = struct.unpack('!IHHB3x', body[32:44])
    return (socket.inet_ntop(socket.AF_INET6, body[:16]), sport, socket.inet_ntop(socket.AF_INET6, body[16:32]), dport, proto)


def read_attachment(body):
    """An ATTACHMENT and what is behind it."""
    tunnel, = struct.unpack_from('!I', body)
    proxy_coa = socket.inet_ntop(socket.AF_INET6, body[4:20])
    att, model, count = body[20:23]
    prefixes, at = [], 23
    for _ in range(count):
        prefixes.append(f'{socket.inet_ntop(socket.AF_INET6, body[at + 1:at + 17])}/{body[at]}')
        at += 17
    end = at + 2 + body[at + 1]
    return Attachment(tunnel, proxy_coa, att, model, prefixes, body[at + 2:end].decode()), body[end:]


class Manager:
    """One connection."""

    def __init__(self, path):
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self.sock.settimeout(5)
        self.sock.connect(path)
        self.number = 0
        self.events = []

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        """End it."""
        self.sock.close()

    def send(self, op, body=b'', version=1):
        """Send a request; return its number."""
        self.number = self.number % 0xffff + 1
        self.sock.send(HEADER.pack(version, op, self.number, len(body), 0) + body)
        return self.number

    def hear(self):
        """The next message: op, request, status, body; an event is kept, too. None: the LMA has closed the connection."""
        data = self.sock.recv(5000)
        if not data:
            return None
        version, op, request, length, status = HEADER.unpack(data[:8])
        if version != 1 or length != len(data) - 8:
            raise LabError(f'not a message of the flow socket: {data.hex()}')
        if not op & ANSWER:
            self.events.append((op, data[8:]))
        return op, request, status, data[8:]

    def ask(self, op, body=b''):
        """A request and its answer: status, body."""
        number = self.send(op, body)
        while True:
            message = self.hear()
            if message is None:
                raise LabError('the LMA has closed the flow socket')
            if message[0] == op | ANSWER and message[1] == number:
                return message[2:]

    def ask_many(self, op, bodies):
        """Many requests, as many at once as the LMA takes in one turn, and their answers in the order of the requests."""
        answers = {}
        for at in range(0, len(bodies), AT_ONCE):
            waited_for = {self.send(op, body): at + n for n, body in enumerate(bodies[at:at + AT_ONCE])}
            while waited_for:
                message = self.hear()
                if message is None:
                    raise LabError('the LMA has closed the flow socket')
                if message[0] == op | ANSWER:
                    answers[waited_for.pop(message[1])] = message[2:]
        return [answers[n] for n in range(len(bodies))]

    def all_of(self, op, body=b''):
        """The parts of an answer that may be several messages: (number, octets) of each."""
        number, parts, more = self.send(op, body), [], True
        while more:
            answered, request, status, data = self.hear()
            if not answered & ANSWER and (not parts or op == FLOW_COUNTERS):
                continue
            if (answered, request, status) != (op | ANSWER, number, OK):
                raise LabError(f'an answer with a pause: op {answered:#x}, request {request}, status {status}')
            more, count = struct.unpack_from('!BxH', data)
            parts.append((count, data[4:]))
        return parts

    def attachments(self, mn_id=b''):
        """All ATTACHMENTs."""
        found = []
        for count, data in self.all_of(TUNNELS, struct.pack('BB', bool(mn_id), len(mn_id)) + mn_id):
            for _ in range(count):
                attachment, data = read_attachment(data)
                found.append(attachment)
        return found

    def flows(self):
        """All flows: id -> (tunnel, flow)."""
        return {struct.unpack_from('!I', data, 52 * n)[0]: (struct.unpack_from('!I', data, 52 * n + 4)[0], read_flow(data[52 * n + 8:]))
                for count, data in self.all_of(LIST) for n in range(count)}

    def flow_counters(self):
        """Flow id -> idle ms, packets, octets, of those that have counted since the last time; the first time all."""
        return {row[0]: row[1:] for count, data in self.all_of(FLOW_COUNTERS) for row in struct.iter_unpack('!IIQQ', data[4:4 + 24 * count])}

    def tunnel_counters(self):
        """Tunnel id -> packets, octets, dropped."""
        return {row[0]: row[1:] for count, data in self.all_of(TUNNEL_COUNTERS) for row in struct.iter_unpack('!I4xQQQ', data[:32 * count])}

    def drain(self, seconds):
        """Hear events until nothing comes for a while; return those of this time."""
        before = len(self.events)
        self.sock.settimeout(seconds)
        try:
            while self.hear() is not None:
                pass
        except TimeoutError:
            pass
        self.sock.settimeout(5)
        return self.events[before:]
