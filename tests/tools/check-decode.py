#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""pmip-decode and pmip-encode against every vector, random messages of a second encoder, tshark, and a capture.

Nothing that is expected here comes from the library: see tests/vectors/README.md and codec_random.py.
"""
import ipaddress
import json
import os
import random
import struct
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True  # the tree may be read-only
import codec_random

TOP = os.environ.get("top_srcdir", ".")
BUILD = os.environ.get("top_builddir", ".")
VECTORS = os.path.join(TOP, "tests/vectors")
SKIP = 77
RANDOM_MESSAGES = 4000
IPPROTO_MH = 135
UDP_PORT = 5436
LINKTYPE_RAW = 101
# tshark 4.0 does not know options 43 to 45, 53, 54 and those behind 55, nor what stands in messages 17 to 23, and takes the options of
# message 12 from a wrong place; behind an option 17 without a name it loses its way.
TSHARK_OPTIONS = set(range(2, 43)) - {5, 17, 18} | {46, 47, 48, 49, 50, 52, 55}
TSHARK_MESSAGES = {0, 1, 2, 3, 4, 5, 6, 7, 13, 16}
TSHARK_FIELDS = {
    2: [("refresh_interval", "mip6.bra.interval")], 3: [("address", "mip6.acoa.acoa")],
    4: [("home", "mip6.ni.hni"), ("careof", "mip6.ni.cni")], 23: [("hi", "mip6.hi")], 24: [("att", "mip6.att")],
    26: [("address", "mip6.lila_lla")], 28: [("counter", "mip6.rc")], 32: [("address", "mip6.ipv4coa.addr")],
    35: [("bid", "mip6.bi.bid"), ("status", "mip6.bi.status")], 38: [("address", "mip6.ipv4dra.dra")],
    41: [("code", "mip6.lmaa.opt_code")], 49: [("address", "mip6.alt_ip4")],
    50: [("subtype", "mip6.mng.sub_type"), ("group_id", "mip6.mng.mng_id")], 55: [("plen", "mip6.dmnp.prefix_len")],
}
failures = []


def check(holds, what):
    if not holds:
        failures.append(what)
        if len(failures) <= 20:
            print(f"FAIL: {what}")


def run(program, *args, data=""):
    if isinstance(data, str):
        data = data.encode()
    done = subprocess.run([os.path.join(BUILD, program), *args], input=data, capture_output=True, timeout=300, check=False)
    return done.returncode, done.stdout.decode(), done.stderr.decode()


def read_vector(path):
    """SRC DST HEX of a .hex file, and whether it was carried in UDP."""
    src = dst = text = ""
    udp = False
    with open(path, encoding="utf-8") as file:
        for line in file:
            words = line.split()
            if line.startswith("# src "):
                src = words[2]
            elif line.startswith("# dst "):
                dst = words[2]
            elif line.startswith("# carried in IPv4"):
                udp = True
            elif not line.startswith("#"):
                text += line.strip()
    return src, dst, text, udp


def read_index():
    with open(os.path.join(VECTORS, "INDEX"), encoding="utf-8") as file:
        rows = [line.split("\t") for line in file if not line.startswith("#")]
    return [{"name": row[0].removesuffix(".hex"), "canonical": row[3] == "yes", "role": row[4]} for row in rows]


def decode_lines(lines, *args):
    status, out, err = run("pmip-decode", "--json", *args, data="".join(line + "\n" for line in lines))
    check(status == 0 and err == "", f"pmip-decode {args}: exit status {status}, {err}")
    return [json.loads(line) for line in out.splitlines()]


def check_vectors():
    """Every vector gives its JSON, and that gives the octets of the canonical ones again. Returns how many."""
    index = read_index()
    groups = {}
    for vector in index:
        vector["src"], vector["dst"], vector["hex"], vector["udp"] = read_vector(os.path.join(VECTORS, vector["name"] + ".hex"))
        groups.setdefault((vector["role"], vector["udp"]), []).append(vector)
    for (role, udp), vectors in groups.items():
        args = (["--role", role] if role != "-" else []) + (["--udp4"] if udp else [])
        got = decode_lines([f"{v['src']} {v['dst']} {v['hex']}" for v in vectors], *args)
        check(len(got) == len(vectors), f"{len(vectors)} vectors, {len(got)} objects")
        for vector, message in zip(vectors, got):
            path = os.path.join(VECTORS, vector["name"] + ".json")
            if not os.path.exists(path):
                check(vector["name"].startswith("good/tolerate-") and "error" not in message, f"{vector['name']}: {message}")
                continue
            with open(path, encoding="utf-8") as file:
                want = json.load(file)
            check(message == want, f"{vector['name']}: {message}")
    canonical = [v for v in index if v["canonical"]]
    objects = "".join(open(os.path.join(VECTORS, v["name"] + ".json"), encoding="utf-8").read() for v in canonical)
    status, out, err = run("pmip-encode", data=objects)
    check(status == 0, f"pmip-encode: {err}")
    check(out.split() == [v["hex"] for v in canonical], "pmip-encode gives other octets for the vectors")
    return len(index)


def truncations():
    """Each good vector cut anywhere."""
    lines = []
    for vector in read_index():
        if vector["name"].startswith("good/") and vector["canonical"]:
            src, dst, text, _ = read_vector(os.path.join(VECTORS, vector["name"] + ".hex"))
            lines += [f"{src} {dst} {text[:cut]}" for cut in range(0, len(text), 2)]
    for line, message in zip(lines, decode_lines(lines, "--udp4")):
        short = "E_SHORT" if len(line.split()) < 3 or len(line.split()[2]) < 16 else "E_HDRLEN_OVERRUN"
        check(message.get("error") == short and message.get("action") == "drop", f"truncated: {line}: {message}")
    return len(lines)


def check_random(messages):
    lines = [f"{src} {dst} {octets.hex()}" for src, dst, octets, _ in messages]
    got = decode_lines(lines)
    check(len(got) == len(messages), f"{len(messages)} random messages, {len(got)} objects")
    for (_, _, octets, want), message in zip(messages, got):
        differ = sorted(k for k in want.keys() | message.keys() if want.get(k) != message.get(k))
        check(message == want, f"random {octets.hex()}: {[(k, message.get(k), want.get(k)) for k in differ]}")
    # With offsets, and without them and padding: the writer must find the same.
    bare = []
    for src, dst, _, want in messages:
        options = [{k: v for k, v in o.items() if k != "offset"} for o in want["options"] if o["type"] > 1]
        bare.append({**want, "src": str(src), "dst": str(dst), "options": options})
    addressed = [{**want, "src": str(src), "dst": str(dst)} for src, dst, _, want in messages]
    for objects in (addressed, bare):
        status, out, err = run("pmip-encode", data="".join(json.dumps(o) + "\n" for o in objects))
        check(status == 0, f"pmip-encode: {err}")
        for line, again in zip(lines, out.splitlines()):
            check(line == again, f"encoded {again} for {line}")
        check(len(out.splitlines()) == len(lines), "pmip-encode leaves messages out")


def write_pcap(path, packets):
    with open(path, "wb") as out:
        out.write(struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, LINKTYPE_RAW))
        for number, packet in enumerate(packets):
            out.write(struct.pack("<IIII", number, 0, len(packet), len(packet)) + packet)


def ipv6(src, dst, octets):
    return struct.pack(">IHBB", 6 << 28, len(octets), IPPROTO_MH, 64) + src.packed + dst.packed + octets


def ipv4_udp(octets):
    udp = struct.pack(">HHHH", UDP_PORT, UDP_PORT, 8 + len(octets), 0) + octets
    return struct.pack(">BBHHHBBH4s4s", 0x45, 0, 20 + len(udp), 0, 0, 64, 17, 0, bytes((198, 51, 100, 7)), bytes((192, 0, 2, 254))) + udp


def tshark_expected(want):
    rows = {}
    for option in want["options"]:
        for key, field in TSHARK_FIELDS.get(option["type"], []):
            rows.setdefault(field, []).append(str(option[key]))
    rows["mip6.mhtype"] = [str(want["mh_type"])]
    rows["mip6.hlen"] = [str(want["header_len"])]
    rows["mip6.mobility_opt.len"] = [str(o["len"]) for o in want["options"] if o["type"] > 1]
    return rows


def check_tshark(directory, messages):
    """Field by field where tshark knows the message and all of its options."""
    known = [m for m in messages if m[3]["mh_type"] in TSHARK_MESSAGES and all(o["type"] in TSHARK_OPTIONS for o in m[3]["options"]
                                                                                 if o["type"] > 1)]
    fields = ["mip6.mhtype", "mip6.hlen", "mip6.mobility_opt.len"] + sorted({f for l in TSHARK_FIELDS.values() for _, f in l})
    path = os.path.join(directory, "random.pcap")
    write_pcap(path, [ipv6(src, dst, octets) for src, dst, octets, _ in known])
    command = ["tshark", "-n", "-r", path, "-T", "fields", "-E", "separator=/t", "-E", "occurrence=a", "-E", "aggregator=|"]
    for field in fields:
        command += ["-e", field]
    output = subprocess.run(command, check=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True).stdout
    rows = output.splitlines()
    check(len(rows) == len(known) > 0, f"{len(known)} packets, tshark shows {len(rows)}")
    compared = lost = 0
    for (_, _, octets, want), row in zip(known, rows):
        cells = dict(zip(fields, row.split("\t")))
        expected = tshark_expected(want)
        for field in fields[:2] + fields[3:]:
            values = [v for v in cells.get(field, "").split("|") if v != ""]
            compared += len(values)
            # Now and then tshark leaves off within a message of odd values, Context Requests above all; it says nothing wrong then.
            if len(values) < len(expected.get(field, [])):
                lost += 1
                values += expected[field][len(values):]
            check(values == expected.get(field, []), f"{octets.hex()}: {field}: tshark {values}, expected {expected.get(field, [])}")
    check(lost * 50 < compared, f"tshark leaves out {lost} fields of {compared}")
    return len(known), compared


def check_capture(directory, messages):
    path = os.path.join(directory, "capture.pcap")
    packets = [ipv6(src, dst, octets) for src, dst, octets, _ in messages] + [ipv4_udp(octets) for _, _, octets, _ in messages]
    write_pcap(path, packets)
    status, out, err = run("pmip-decode", "--json", path)
    if "without libpcap" in err:
        print("captures left out: built without libpcap")
        return
    got = [json.loads(line) for line in out.splitlines()]
    want = [want for _, _, _, want in messages]
    check(status == 0 and got == want + want, f"a capture of {len(packets)} packets gives {len(got)} objects")
    with open(path, "rb") as file:
        again = run("pmip-decode", "--json", data=file.read())
    check(again == (status, out, err), "a capture on standard input gives something else")


def check_misuse():
    """What users get wrong is told, with what to do."""
    for args, data, wanted, text in ((["--role", "cn"], "", 2, "lma or mag"), (["/nonexistent"], "", 1, "nonexistent"),
                                     ([], "1 2 3\n", 1, "two addresses"), ([], "::1 ::2 3b0\n", 1, "hexadecimal")):
        status, _, err = run("pmip-decode", *args, data=data)
        check(status == wanted and text in err, f"pmip-decode {args}: {status}, {err}")
    good = {"msg": "BU", "seq": 1, "flags": "A", "lifetime_s": 4}
    for change, text in (({"msg": "XX"}, '"msg"'), ({"seq": 65536}, '"seq" must be a number from 0 to 65535'), ({"flags": "Z"}, "flags"),
                         ({"options": [{"type": 22, "prefix": "1::", "plen": 129, "off_link": True}]}, '"plen"'),
                         ({"options": [{"type": 22, "prefix": "1::1", "plen": 64, "off_link": False}]}, "value"),
                         ({"options": [{"type": 8, "subtype": 1, "id_hex": "0g"}]}, "hexadecimal"),
                         ({"options": [{"type": 200, "data": "00" * 256}]}, "shorter")):
        status, out, err = run("pmip-encode", data=json.dumps({**good, **change}))
        check(status == 1 and text in err and out == "", f"pmip-encode {change}: {status}, {out}{err}")
    status, out, _ = run("pmip-encode", data=json.dumps(good))
    check((status, out) == (0, "3b010500000000018000000101020000\n"), f"pmip-encode: {status}, {out}")
    status, out, _ = run("pmip-decode", "--role", "lma", data="::1 ::2 3b\n")
    check(status == 0 and out.startswith("Refused: fewer than 8 octets"), f"text: {out}")


def check_tolerances():
    """A refusal that one tolerance would spare says which; TOL-3 TOL-4 TOL-5."""
    src, dst = (ipaddress.ip_address(text) for text in ("2001:db8::1", "2001:db8::2"))
    options = bytes((8, 4, 1)) + b"abc" + bytes((23, 2, 0, 1, 24, 2, 0, 4))
    for header, name in ((2, "short-header-len"), (3, "unaligned-options")):
        octets = struct.pack("!BBBBHHHH", 59, header, 5, 0, 0, 1, 0x8200, 1) + options
        octets = octets[:4] + struct.pack("!H", codec_random.checksum(octets, src, dst)) + octets[6:]
        line = f"{src} {dst} {octets.hex()}\n"
        check(f"; tolerance {name} lets it pass" in run("pmip-decode", data=line)[1], f"{name}: no word of it in the text")
        check(json.loads(run("pmip-decode", "--json", data=line)[1]).get("tolerance") == name, f"{name}: no word of it in JSON")
        line = line.replace("3b0", "3a0")
        check("tolerance" not in run("pmip-decode", data=line)[1], f"{name}: does not help against another fault")


def main():
    if not os.path.exists(os.path.join(BUILD, "pmip-decode")):
        print("pmip-decode was not built: configure with --enable-programs")
        return SKIP
    seed = int(os.environ.get("PMIP_SEED", "1"))
    rng = random.Random(seed)
    messages = [codec_random.message(rng, number) for number in range(RANDOM_MESSAGES)]
    vectors, cuts = check_vectors(), truncations()
    check_random(messages)
    with tempfile.TemporaryDirectory(prefix="pmip-check-decode.") as directory:
        shown, compared = check_tshark(directory, messages)
        check_capture(directory, messages[:200])
    check_misuse()
    check_tolerances()
    print(f"seed {seed}: {vectors} vectors, {cuts} truncations, {len(messages)} random messages; tshark: {shown} messages, {compared} fields; "
          f"{len(failures)} failures")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
