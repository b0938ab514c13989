#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""ask_lma.py PROGRAM... : start a program that is an LMA in a network namespace without anything, register a mobile node with it by a PBU
made by hand, ask as somebody who may not, de-register, and end it. What it has said goes to standard output; a line on standard error
for whatever is wrong. For check-consumer.sh."""
import os
import select
import signal
import socket
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', '..', 'examples', 'lab'))
import pbu  # noqa: E402

LMA, MAG, STRANGER, POOL = '2001:db8::1', '2001:db8::2', '2001:db8::3', '2001:db8:100::/48'
WAIT_S = 30
ACCEPTED, MAG_NOT_AUTHORIZED = 0, 154


def ask(lifetime_s, seq, source):
    """The PBA that answers a PBU from source."""
    with socket.socket(socket.AF_INET6, socket.SOCK_RAW, pbu.MH) as mag:
        mag.bind((source, 0))
        mag.sendto(pbu.checksum(pbu.encode('mn1@example.org', '02:00:00:00:00:01', lifetime_s, seq), source, LMA), (LMA, 0))
        if not select.select([mag], [], [], WAIT_S)[0]:
            sys.exit(f'no answer to a PBU from {source} in {WAIT_S} s')
        return mag.recv(2048)


def expect(pba, status):
    """That a PBA has a status."""
    if pba[2] != pbu.PBA or pba[6] != status:
        sys.exit(f'a PBU is answered by type {pba[2]}, status {pba[6]}; expected type {pbu.PBA}, status {status}')


def main():
    for argv in (['link', 'set', 'lo', 'up'], *(['addr', 'add', f'{address}/128', 'dev', 'lo', 'nodad'] for address in (LMA, MAG, STRANGER))):
        subprocess.run(['ip', *argv], check=True)
    with subprocess.Popen([*sys.argv[1:], LMA, POOL, MAG], stdout=subprocess.PIPE, text=True) as program:
        try:
            said = program.stdout.readline()
            pba = ask(600, 1, MAG)
            expect(pba, ACCEPTED)
            if bytes.fromhex('20010db80100') not in pba:
                sys.exit(f'a PBA without a prefix of {POOL}: {pba.hex()}')
            expect(ask(600, 1, STRANGER), MAG_NOT_AUTHORIZED)
            expect(ask(0, 2, MAG), ACCEPTED)
            program.send_signal(signal.SIGTERM)
            said += program.communicate(timeout=WAIT_S)[0]
        finally:
            program.kill()
    sys.stdout.write(said)
    if program.returncode:
        sys.exit(f'ends with {program.returncode}')


main()
