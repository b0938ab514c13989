#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Programs attached by TCX in this network namespace: a line "INTERFACE ingress|egress ID" for each. Nothing where the kernel has no TCX.
bpftool knows of them from version 7.3 on."""
import ctypes
import platform
import socket
import struct

NUMBERS = {'x86_64': 321, 'aarch64': 280}  # of the system call bpf
QUERY = 16
MOST = 64
HOOKS = {46: 'ingress', 47: 'egress'}


def programs(ifindex, hook):
    """Ids of the programs at a hook."""
    ids = (ctypes.c_uint32 * MOST)()
    # target_ifindex, attach_type, query_flags, attach_flags, prog_ids, count; then what the kernel may answer besides
    attr = ctypes.create_string_buffer(struct.pack('IIIIQI', ifindex, hook, 0, 0, ctypes.addressof(ids), MOST), 128)
    if ctypes.CDLL(None).syscall(NUMBERS[platform.machine()], QUERY, attr, 64):
        return []
    return list(ids)[:struct.unpack_from('I', attr, 24)[0]]


for number, name in socket.if_nameindex():
    for hook_type, hook_name in HOOKS.items():
        for program in programs(number, hook_type):
            print(name, hook_name, program)
