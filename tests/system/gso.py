# SPDX-License-Identifier: BSD-2-Clause
"""gso.py send|receive ADDRESS SENDS: UDP with segmentation offload, that many sends of 20 segments, all of which have to arrive."""
import socket
import sys
import time

UDP_SEGMENT, SO_RCVBUFFORCE = 103, 33
PORT, SIZE, SEGMENTS = 7778, 1200, 20


def main(role, address, sends):
    """Return the exit status."""
    sock = socket.socket(socket.AF_INET6 if ':' in address else socket.AF_INET, socket.SOCK_DGRAM)
    if role == 'send':
        sock.setsockopt(socket.IPPROTO_UDP, UDP_SEGMENT, SIZE)
        for _ in range(sends):
            sock.sendto(bytes(SIZE * SEGMENTS), (address, PORT))
            time.sleep(0.001)
        return 0
    sock.setsockopt(socket.SOL_SOCKET, SO_RCVBUFFORCE, 32 << 20)
    sock.bind((address, PORT))
    sock.settimeout(2)
    count = 0
    try:
        while True:
            count += len(sock.recv(65536)) == SIZE
    except TimeoutError:
        print(count, 'of', sends * SEGMENTS)
    return int(count != sends * SEGMENTS)


sys.exit(main(sys.argv[1], sys.argv[2], int(sys.argv[3])))
