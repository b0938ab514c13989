#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""What our encoder writes, tshark reads back field by field, and scapy finds the checksum right.

tests/tools/wire_messages says what it put into each message; nothing here comes from our own decoder.
tshark 4.0 does not know the flags S and D of Binding Updates nor the flag L of Home Network Prefixes: vectors hold those.
"""
import datetime
import ipaddress
import os
import shutil
import struct
import subprocess
import sys
import tempfile

SKIP = 77
IPPROTO_MH = 135
LINKTYPE_RAW = 101
SEPARATOR = "|"

BU_FLAGS = {"mip6.bu.a_flag": 0x8000, "mip6.bu.h_flag": 0x4000, "mip6.bu.l_flag": 0x2000, "mip6.bu.k_flag": 0x1000,
            "mip6.bu.m_flag": 0x0800, "mip6.nemo.bu.r_flag": 0x0400, "mip6.bu.p_flag": 0x0200,
            "mip6.bu.f_flag": 0x0100, "mip6.bu.t_flag": 0x0080, "mip6.bu.b_flag": 0x0040}
BA_FLAGS = {"mip6.ba.k_flag": 0x80, "mip6.nemo.ba.r_flag": 0x40, "mip6.ba.p_flag": 0x20, "mip6.ba.t_flag": 0x10,
            "mip6.ba.b_flag": 0x08}
FIELDS = ["mip6.mhtype", "mip6.proto", "mip6.hlen", "mip6.csum", "mip6.bu.seqnr", "mip6.bu.lifetime", *BU_FLAGS,
          "mip6.ba.status", "mip6.ba.seqnr", "mip6.ba.lifetime", *BA_FLAGS, "mip6.be.status", "mip6.be.haddr",
          "mip6.mnid.subtype", "mip6.mnid.identifier", "mip6.nemo.mnp.pfl", "mip6.nemo.mnp.mnp", "mip6.hi", "mip6.att",
          "mip6.timestamp_tmp", "mip6.mnlli.lli", "mip6.lila_lla", "mip6.acoa.acoa", "_ws.malformed"]


def read_messages(text):
    """One dictionary per line; a name may stand several times."""
    messages = []
    for line in text.splitlines():
        message = {}
        for item in line.split():
            name, value = item.split("=", 1)
            message.setdefault(name, []).append(value)
        messages.append(message)
    return messages


def expected(message):
    """What tshark must show, by field name; a field that is not named must not be there."""
    def one(name):
        return message[name][0]

    octets = bytes.fromhex(one("octets"))
    kind = int(one("type"))
    want = {"mip6.mhtype": [str(kind)], "mip6.proto": ["59"], "mip6.hlen": [str(len(octets) // 8 - 1)],
            "mip6.csum": [f"0x{int.from_bytes(octets[4:6], 'big'):04x}"]}
    if kind == 7:
        want["mip6.be.status"] = [one("status")]
        want["mip6.be.haddr"] = [one("home_addr")]
        return want
    room, flags = ("bu", BU_FLAGS) if kind == 5 else ("ba", BA_FLAGS)
    want[f"mip6.{room}.seqnr"] = [one("seq")]
    want[f"mip6.{room}.lifetime"] = [str(int(one("lifetime_s")) // 4)]
    for field, mask in flags.items():
        want[field] = [str(int(int(one("flags")) & mask != 0))]
    if kind == 6:
        want["mip6.ba.status"] = [one("status")]
    want["mip6.mnid.subtype"] = [one("mnid_subtype")]
    want["mip6.mnid.identifier"] = [bytes.fromhex(one("mnid")).decode("ascii")]
    prefixes = [ipaddress.IPv6Network(p) for p in message["hnp"]]
    want["mip6.nemo.mnp.pfl"] = [str(p.prefixlen) for p in prefixes]
    want["mip6.nemo.mnp.mnp"] = [str(p.network_address) for p in prefixes]
    want["mip6.hi"] = [one("hi")]
    want["mip6.att"] = [one("att")]
    for name, field in (("timestamp", "mip6.timestamp_tmp"), ("ll_id", "mip6.mnlli.lli"), ("lla", "mip6.lila_lla"),
                        ("alt_coa", "mip6.acoa.acoa")):
        if name in message:
            want[field] = [one(name)]
    return want


def normalize(field, value):
    """tshark's notation to that of wire_messages."""
    if field == "mip6.timestamp_tmp":
        text, fraction = value.removesuffix(" UTC").rsplit(".", 1)
        when = datetime.datetime.strptime(text, "%b %d, %Y %H:%M:%S").replace(tzinfo=datetime.timezone.utc)
        return f"{int(when.timestamp())}.{fraction.rstrip('0') or '0'}"
    if field == "mip6.mnlli.lli":
        return value.replace(":", "")
    return value


def write_pcap(path, messages):
    with open(path, "wb") as out:
        out.write(struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, LINKTYPE_RAW))
        for number, message in enumerate(messages):
            octets = bytes.fromhex(message["octets"][0])
            packet = struct.pack(">IHBB", 6 << 28, len(octets), IPPROTO_MH, 64)
            packet += ipaddress.IPv6Address(message["src"][0]).packed + ipaddress.IPv6Address(message["dst"][0]).packed
            packet += octets
            out.write(struct.pack("<IIII", number, 0, len(packet), len(packet)) + packet)


def read_tshark(path):
    command = ["tshark", "-n", "-r", path, "-T", "fields", "-E", "separator=/t", "-E", "occurrence=a",
               "-E", f"aggregator={SEPARATOR}"]
    for field in FIELDS:
        command += ["-e", field]
    output = subprocess.run(command, check=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
                            env={**os.environ, "TZ": "UTC", "LC_ALL": "C"}).stdout
    rows = []
    for line in output.splitlines():
        cells = line.split("\t")
        cells += [""] * (len(FIELDS) - len(cells))
        rows.append({f: [normalize(f, v) for v in c.split(SEPARATOR)] for f, c in zip(FIELDS, cells) if c != ""})
    return rows


def checksum_right(message):
    """scapy's Internet checksum over an explicit pseudo-header and the message, its checksum field included, is 0."""
    octets = bytes.fromhex(message["octets"][0])
    pseudo = ipaddress.IPv6Address(message["src"][0]).packed + ipaddress.IPv6Address(message["dst"][0]).packed
    pseudo += struct.pack(">II", len(octets), IPPROTO_MH)
    rest = SCAPY_CHECKSUM(pseudo + octets)
    octets = octets[:4] + b"\0\0" + octets[6:]
    return rest == 0 and SCAPY_CHECKSUM(pseudo + octets) == int(message["octets"][0][8:12], 16)


def main():
    program = os.path.join(os.environ.get("top_builddir", "."), "tests/tools/wire_messages")
    if not os.path.exists(program):
        print(f"{program} is missing: run make check")
        return 1
    messages = read_messages(subprocess.run([program], check=True, stdout=subprocess.PIPE, text=True).stdout)
    with tempfile.TemporaryDirectory(prefix="pmip-check-tshark.") as directory:
        path = os.path.join(directory, "messages.pcap")
        write_pcap(path, messages)
        rows = read_tshark(path)
    errors = 0 if len(rows) == len(messages) and messages else 1
    fields = 0
    for number, (message, got) in enumerate(zip(messages, rows)):
        want = expected(message)
        fields += sum(len(values) for values in want.values())
        for field in sorted(want.keys() | got.keys()):
            if want.get(field) != got.get(field):
                print(f"message {number}: {field}: wrote {want.get(field)}, tshark reads {got.get(field)}")
                errors += 1
        if not checksum_right(message):
            print(f"message {number}: scapy finds another checksum")
            errors += 1
    print(f"{len(messages)} messages, {fields} fields compared, {errors} differences")
    return 1 if errors else 0


if __name__ == "__main__":
    if shutil.which("tshark") is None:
        print("SKIP: tshark is not installed")
        sys.exit(SKIP)
    try:
        from scapy.utils import checksum as SCAPY_CHECKSUM
    except ImportError:
        print("SKIP: python3-scapy is not installed")
        sys.exit(SKIP)
    sys.exit(main())
