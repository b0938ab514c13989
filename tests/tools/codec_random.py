# SPDX-License-Identifier: BSD-2-Clause
"""Messages with random values, as JSON and as octets: a second encoder, written from the RFCs and not from the library's tables.

A field is a function of a random.Random that gives its octets and its members in the JSON of pmip-decode.
"""
import ipaddress
import struct

NAMES = ("mn1@example.com", "a", "\u00e9t\u00e9@example.net", "x" * 40)


def uint(key, octets, least=0, most=None):
    top = (1 << 8 * octets) - 1 if most is None else most

    def make(rng):
        value = rng.choice((least, top, rng.randint(least, top)))
        return value.to_bytes(octets, "big"), {key: value}
    return make


def bits(octets, *parts):
    """parts: (key, mask, boolean)."""
    def make(rng):
        word, members = 0, {}
        for key, mask, boolean in parts:
            shift = (mask & -mask).bit_length() - 1
            value = rng.randint(0, mask >> shift)
            word |= value << shift
            members[key] = bool(value) if boolean else value
        return word.to_bytes(octets, "big"), members
    return make


def res(octets):
    return lambda rng: (bytes(octets), {})


def raw(key, least, most):
    def make(rng):
        data = rng.randbytes(rng.randint(least, most))
        return data, {key: data.hex()}
    return make


def text(key):
    def make(rng):
        value = rng.choice(NAMES)
        return value.encode(), {key: value}
    return make


def addr6(key):
    """An address of 16 octets, often with runs of zeros."""
    def make(rng):
        words = [0x2001] + [rng.choice((0, 0, rng.randint(0, 0xffff))) for _ in range(7)]
        packed = struct.pack(">8H", *words)
        return packed, {key: str(ipaddress.IPv6Address(packed))}
    return make


def addr4(key):
    def make(rng):
        packed = bytes([rng.randint(1, 126)]) + rng.randbytes(3)
        return packed, {key: str(ipaddress.IPv4Address(packed))}
    return make


def none(key):
    return lambda rng: (b"", {key: None})


def prefix(key="prefix", octets=16):
    """Length and a prefix without bits behind it."""
    def make(rng):
        plen = rng.randint(1, octets * 8)
        value = int.from_bytes(b"\x20" + rng.randbytes(octets - 1), "big")
        value = value >> (octets * 8 - plen) << (octets * 8 - plen)
        if value == 0:
            value, plen = 1 << (octets * 8 - 3), 3
        packed = value.to_bytes(octets, "big")
        return bytes([plen]) + packed, {"plen": plen, key: str(ipaddress.ip_address(packed))}
    return make


def one_of(*choices):
    return lambda rng: rng.choice(choices)(rng)


def seq(*fields):
    def make(rng):
        data, members = b"", {}
        for field in fields:
            more, named = field(rng)
            data += more
            members.update(named)
        return data, members
    return make


def mnid(rng):
    subtype = rng.choice((1, 1, 2, 3, 4, 5, 6, 7, 8, 77))
    value = rng.choice(NAMES).encode() if subtype == 1 else rng.randbytes({2: 16, 3: 8, 4: 4, 5: 6, 6: 8, 7: 10}.get(subtype, 9))
    members = {"subtype": subtype, "id_hex": value.hex()}
    if subtype == 1:
        members["nai"] = value.decode()
    return bytes([subtype]) + value, members


def timestamp(rng):
    value = rng.getrandbits(64)
    return value.to_bytes(8, "big"), {"timestamp": f"0x{value:016x}", "seconds": value >> 16, "frac65536": value & 0xffff}


def ntp(rng):
    value = rng.getrandbits(64)
    return value.to_bytes(8, "big"), {"ntp_timestamp": f"0x{value:016x}"}


def number_list(key, least):
    def make(rng):
        values = [rng.randint(least, 0xffff) for _ in range(rng.randint(1, 6))]
        return b"".join(v.to_bytes(2, "big") for v in values), {key: values}
    return make


WIDTHS = {1: (4, 4, 4, 4, 4, 4, 2, 2, 2, 2, 1, 1, 1, 1), 2: (16, 16, 16, 16, 4, 4, 4, 4, 2, 2, 2, 2, 1, 1, 1, 1)}


def selector(qos):
    def make(rng):
        kind = rng.choice((1, 2))
        flags, body, fields, start = 0, b"", {}, 0
        for number, width in enumerate(WIDTHS[kind]):
            letter, end = "ABCDEFGHIJKLMNOP"[number], number % 2 == 1
            before = "ABCDEFGHIJKLMNOP"[number - 1]
            if rng.random() < 0.5 or (end and before not in fields):
                continue
            top = 0xfffff if kind == 2 and letter in "GH" else (1 << 8 * width) - 1
            address = width == 16 or (kind == 1 and number < 4)
            least = start if end else ((0x2001 << 112) + 1 if width == 16 else 0)
            start = rng.randint(least, top)
            data = start.to_bytes(width, "big")
            flags |= 0x8000 >> number
            body += data
            fields[letter] = str(ipaddress.ip_address(data)) if address else start
        head = bytes((0, kind)) if qos else bytes((kind, 0))
        return head + struct.pack(">HH", flags, 0) + body, {"selector": {"format": kind, "flags": f"0x{flags:04x}", "fields": fields}}
    return make


def sub(kinds, key, once):
    """kinds: type -> field."""
    def make(rng):
        data, out = b"", []
        types = rng.sample(sorted(kinds), rng.randint(0, min(3, len(kinds)))) if once else rng.choices(sorted(kinds), k=rng.randint(0, 3))
        for kind in types:
            more, members = kinds[kind](rng)
            if len(data) + len(more) > 180:
                continue
            data += bytes((kind, len(more))) + more
            out.append({"type": kind, **members})
        return data, {key: out}
    return make


def network(rng):
    name, point = rng.choice(NAMES), rng.choice(NAMES)
    data = b"".join(bytes([len(s.encode())]) + s.encode() for s in (name, point))
    return b"\x80" + data, {"E": True, "name": name, "ap_name": point}


def degrees(key):
    def make(rng):
        value = rng.choice((-0x800000, 0x7fffff, rng.randint(-0x800000, 0x7fffff)))
        return (value & 0xffffff).to_bytes(3, "big"), {key: value}
    return make


RATE = seq(res(2), uint("bps", 4))
SESSION_RATE = seq(bits(2, ("S", 0x8000, True), ("E", 0x4000, True)), uint("bps", 4))
FLOW = {2: number_list("bids", 1), 3: selector(False), 4: seq(res(1), uint("action", 1)),
        5: seq(res(2), one_of(addr4("address"), addr6("address"))), 99: raw("data", 0, 9)}
ANI = {1: network, 2: seq(degrees("latitude"), degrees("longitude")), 3: seq(uint("op_type", 1), raw("op_id", 0, 9)),
       4: seq(uint("format", 1), res(1), raw("civic", 0, 9)), 6: uint("update_timer", 2), 200: raw("data", 0, 9)}
MAG = {1: seq(uint("start", 2, 1), uint("initial", 2, 1), uint("max", 2, 1)),
       2: seq(uint("interval", 2, 1), uint("delay", 2), uint("max_retransmissions", 2, 1)), 9: raw("data", 0, 9)}
QOS = {1: RATE, 2: RATE, 3: SESSION_RATE, 4: SESSION_RATE, 6: RATE, 7: RATE, 8: RATE, 9: RATE,
       5: seq(res(1), bits(1, ("pl", 0xf0, False), ("pc", 0x0c, False), ("pv", 0x03, False))), 10: selector(True),
       11: seq(uint("vendor", 4), uint("subtype", 1), raw("data", 0, 9)), 77: raw("data", 0, 9)}
CONTEXT = {kind: raw("data", 0, 9) for kind in (0, 1, 8, 19, 22)}


def records(rng):
    out = []
    for _ in range(rng.randint(0, 3)):
        sources, words = rng.randint(0, 2), rng.randint(0, 1)
        out.append(bytes((rng.randint(1, 6), words)) + sources.to_bytes(2, "big") + rng.randbytes(16 + 16 * sources + 4 * words))
    mode = rng.random() < 0.5
    return (bytes((143, 0x80 * mode)) + len(out).to_bytes(2, "big") + b"".join(out),
            {"protocol": 143, "M": mode, "records": [r.hex() for r in out]})


def redirect(rng):
    data, members = (addr6 if rng.random() < 0.5 else addr4)("address")(rng)
    six = len(data) == 16
    return struct.pack(">H", 0x8000 if six else 0x4000) + data, {"K": six, "N": not six, **members}


def delegated(rng):
    four = rng.random() < 0.5
    data, members = prefix(octets=4 if four else 16)(rng)
    return bytes([0x80 * four]) + data, {"v4": four, **members}


def lma_address(rng):
    code = rng.choice((1, 2))
    data, members = (addr6 if code == 1 else addr4)("address")(rng)
    return bytes((code, 0)) + data, {"code": code, **members}


def experimental(rng):
    data = rng.randbytes(rng.choice((0, 3, 17, 19)))
    return data, {"data": data.hex()}


PLEN6 = seq(uint("status", 1), lambda rng: (lambda p: (bytes([p << 2]), {"plen": p}))(rng.randint(0, 32)), addr4("address"))


def plen_word(flag):
    def make(rng):
        plen, wanted = rng.randint(0, 32), rng.random() < 0.5 and flag is not None
        members = {"plen": plen} if flag is None else {"plen": plen, flag: wanted}
        return struct.pack(">H", plen << 10 | 0x200 * wanted), members
    return make


# type: name, alignment n and y, may it stand twice with different values, data
OPTIONS = {
    2: ("BRA", 2, 0, False, uint("refresh_interval", 2)),
    3: ("AltCoA", 8, 6, False, addr6("address")),
    4: ("NonceIndices", 2, 0, False, seq(uint("home", 2), uint("careof", 2))),
    6: ("MNP", 8, 4, True, seq(res(1), prefix())),
    7: ("MHLLA", 1, 0, True, seq(uint("code", 1), raw("lla", 1, 8))),
    8: ("MN-ID", 1, 0, False, mnid),
    9: ("AUTH", 4, 1, True, seq(uint("subtype", 1), uint("spi", 4), raw("data", 0, 20))),
    10: ("MESG-ID", 8, 2, True, ntp),
    11: ("CGAParamsRequest", 1, 0, True, res(0)),
    12: ("CGAParams", 1, 0, True, raw("data", 1, 60)),
    13: ("Signature", 1, 0, True, raw("data", 1, 60)),
    14: ("PermHomeKeygenToken", 1, 0, True, raw("data", 1, 60)),
    15: ("CoTestInit", 1, 0, True, res(0)),
    16: ("CoTest", 1, 0, True, raw("token", 8, 8)),
    17: ("DNSUpdate", 1, 0, True, seq(uint("status", 1), bits(1, ("remove", 0x80, True)), raw("mn_id", 0, 20))),
    18: ("Experimental", 1, 0, True, experimental),
    19: ("VendorSpecific", 4, 2, True, seq(uint("vendor", 4), uint("subtype", 1), raw("data", 0, 9))),
    20: ("ServiceSelection", 1, 0, False, text("identifier")),
    21: ("BADF", 1, 0, True, seq(uint("spi", 4), raw("authenticator", 0, 12))),
    22: ("HNP", 8, 4, True, seq(bits(1, ("off_link", 0x80, True)), prefix())),
    23: ("HandoffIndicator", 1, 0, False, seq(res(1), uint("hi", 1))),
    24: ("AccessTechType", 1, 0, False, seq(res(1), uint("att", 1))),
    25: ("MN-LL-ID", None, None, False, seq(res(2), raw("ll_id", 1, 100))),
    26: ("LinkLocalAddr", 8, 6, False, addr6("address")),
    27: ("Timestamp", 8, 2, False, timestamp),
    28: ("RestartCounter", 4, 2, True, uint("counter", 4)),
    29: ("IPv4HoA", 4, 0, True, seq(plen_word("p"), addr4("address"))),
    30: ("IPv4AddrAck", 4, 0, True, PLEN6),
    31: ("NATDetection", 4, 0, True, seq(bits(2, ("F", 0x8000, True)), uint("refresh_time", 4))),
    32: ("IPv4CoA", 4, 0, True, seq(res(2), addr4("address"))),
    33: ("GREKey", 4, 0, False, seq(res(2), one_of(none("key"), uint("key", 4)))),
    34: ("MHIPv6AddrPrefix", 8, 4, True, seq(uint("code", 1), uint("plen", 1, 0, 128), addr6("address"))),
    35: ("BindingID", None, None, True, seq(uint("bid", 2, 1), uint("status", 1), bits(1, ("h", 0x80, True), ("bid_pri", 0x7f, False)),
                                            one_of(none("coa"), addr4("coa"), addr6("coa")))),
    36: ("IPv4HoARequest", 4, 0, False, seq(plen_word(None), addr4("address"))),
    37: ("IPv4HoAReply", 4, 0, True, PLEN6),
    38: ("IPv4DefaultRouter", 4, 0, False, seq(res(2), addr4("address"))),
    39: ("IPv4DHCPMode", 1, 0, False, bits(2, ("server", 1, True))),
    40: ("ContextRequest", 1, 0, True, seq(res(2), sub(CONTEXT, "requests", False))),
    41: ("LMAAddress", 1, 0, True, lma_address),
    42: ("MN-LLA-IID", 1, 0, True, seq(res(2), raw("iid", 8, 8))),
    43: ("TransientBinding", 1, 0, False, seq(bits(1, ("L", 1, True)), uint("lifetime", 1))),
    44: ("FlowSummary", 2, 0, True, number_list("fids", 0)),
    45: ("FlowIdentification", None, None, True, seq(uint("fid", 2, 1), uint("fid_pri", 2, 1), res(1), uint("status", 1),
                                                     sub(FLOW, "subopts", True))),
    46: ("RedirectCapability", 4, 0, False, res(2)),
    47: ("Redirect", 4, 0, False, redirect),
    48: ("LoadInformation", 4, 0, False, seq(uint("priority", 2), uint("sessions", 4), uint("max_sessions", 4), uint("used_capacity", 4),
                                             uint("max_capacity", 4))),
    49: ("AltIPv4CoA", 4, 2, False, addr4("address")),
    50: ("MNGroupID", 4, 0, True, seq(uint("subtype", 1), res(1), uint("group_id", 4))),
    51: ("MAGIPv6Address", 8, 4, True, seq(res(1), uint("addr_len", 1, 128, 128), addr6("address"))),
    52: ("ANI", 4, 0, True, sub(ANI, "subopts", False)),
    53: ("IPv4OffloadSelector", 4, 0, True, seq(bits(4, ("M", 0x80000000, True)), sub({3: selector(False)}, "subopts", True))),
    54: ("DynMcastSelector", 1, 0, True, records),
    55: ("DMNP", 8, 2, True, delegated),
    56: ("ActiveMcast4", 4, 1, True, seq(uint("igmp_type", 1), raw("context", 0, 24))),
    57: ("ActiveMcast6", 8, 1, True, seq(uint("mld_type", 1), raw("context", 0, 24))),
    58: ("QoS", 4, 0, True, seq(uint("sr_id", 1), bits(1, ("dscp", 0xfc, False)), uint("oc", 1), res(3), sub(QOS, "attributes", False))),
    59: ("LMAUserPlaneAddr", 8, 2, True, seq(res(2), one_of(none("address"), addr4("address"), addr6("address")))),
    62: ("LMAControlledMAGParams", 4, 2, False, sub(MAG, "subopts", True)),
    63: ("MAGMultipath", 1, 0, True, seq(uint("if_att", 1), uint("if_label", 1), uint("bid", 1),
                                         bits(1, ("B", 0x80, True), ("O", 0x40, True)), res(2))),
    64: ("MAGIdentifier", 1, 0, False, seq(uint("subtype", 1), res(1), raw("id_hex", 1, 30))),
    65: ("AnchoredPrefix", 8, 4, True, seq(res(1), prefix())),
    66: ("LocalPrefix", 8, 4, True, seq(res(1), prefix())),
    67: ("PreviousMAAR", 8, 4, True, None),
    68: ("ServingMAAR", 8, 6, True, addr6("address")),
    69: ("DLIFLinkLocalAddr", 8, 6, True, addr6("address")),
    70: ("DLIFLinkLayerAddr", 1, 0, True, seq(res(2), raw("ll_addr", 1, 8))),
    60: ("unknown", 1, 0, True, raw("data", 0, 9)),
    177: ("unknown", 1, 0, True, raw("data", 0, 9)),
}


def previous_maar(rng):
    behind, members = prefix()(rng)
    address, named = addr6("address")(rng)
    return b"\0" + behind[:1] + address + behind[1:], {**members, **named}


OPTIONS[67] = OPTIONS[67][:4] + (previous_maar,)


def alignment(kind, length):
    """n and y of an option whose alignment depends on its length."""
    if kind == 25:
        return (8, 4) if (length - 2) % 8 == 0 else (4, 0) if (length - 2) % 4 == 0 else (2, 0)
    if kind == 35:
        return (2, 0) if length == 4 else (8, 2)
    return (8, 0) if length > 6 else (2, 0)


def flags(octets, letters, raw_too):
    def make(rng):
        top = 1 << (octets * 8 - 1)
        value = rng.getrandbits(len(letters)) << (octets * 8 - len(letters))
        members = {"flags": "".join(sorted(c for n, c in enumerate(letters) if value & top >> n))}
        if raw_too:
            members["flags_raw"] = f"0x{value:0{octets * 2}x}"
        return value.to_bytes(octets, "big"), members
    return make


def lifetime4(rng):
    units = rng.choice((0, 0xffff, rng.getrandbits(16)))
    return units.to_bytes(2, "big"), {"lifetime_units": units, "lifetime_s": units * 4}


def infinite(rng):
    value = rng.choice((0, 0xffff, rng.getrandbits(16)))
    return value.to_bytes(2, "big"), {"lifetime_s": "infinite" if value == 0xffff else value}


def addresses(rng):
    out = [addr6("a")(rng) for _ in range(rng.randint(0, 5))]
    return bytes((len(out), 0)) + b"".join(d for d, _ in out), {"addresses": [m["a"] for _, m in out]}


def fixed(key, value, octets):
    return lambda rng: (value.to_bytes(octets, "big"), {key: value})


SEQ = uint("seq", 2)
TEST = (uint("nonce_index", 2), raw("cookie", 8, 8), raw("token", 8, 8))
MESSAGES = [
    (0, "BRR", seq(res(2))), (1, "HoTI", seq(res(2), raw("cookie", 8, 8))), (2, "CoTI", seq(res(2), raw("cookie", 8, 8))),
    (3, "HoT", seq(*TEST)), (4, "CoT", seq(*TEST)),
    (5, "BU", seq(SEQ, flags(2, "AHLKMRPFTBSD", True), lifetime4)),
    (6, "BA", seq(uint("status", 1), flags(1, "KRPTBSD", True), SEQ, lifetime4)),
    (7, "BE", seq(uint("status", 1), res(1), addr6("home_address"))),
    (8, "FBU", seq(SEQ, flags(2, "AHLK", False), uint("lifetime_s", 2))),
    (9, "FBack", seq(uint("status", 1), res(1), SEQ, uint("lifetime_s", 2))),
    (12, "HAS", addresses),
    (13, "HB", seq(bits(2, ("U", 2, False), ("R", 1, False)), uint("seq", 4))),
    (14, "HI", seq(SEQ, flags(1, "SUPF", False), uint("code", 1))), (15, "HAck", seq(SEQ, flags(1, "UPF", False), uint("code", 1))),
    (16, "BRI", seq(fixed("br_type", 1, 1), uint("trigger", 1), SEQ, flags(2, "PVG", False))),
    (16, "BRA", seq(fixed("br_type", 2, 1), uint("status", 1), SEQ, flags(2, "PVG", False))),
    (17, "LRI", seq(SEQ, res(2), infinite)),
    (18, "LRA", seq(SEQ, bits(1, ("U", 0x80, False)), uint("status", 1), infinite)),
    (19, "UPN", seq(SEQ, uint("reason", 2), flags(2, "AD", False))), (20, "UPA", seq(SEQ, uint("status", 1), res(3))),
    (21, "FBI", seq(fixed("fb_type", 1, 2), SEQ, uint("trigger", 1), bits(1, ("A", 0x80, False)))),
    (21, "FBA", seq(fixed("fb_type", 2, 2), SEQ, uint("status", 1), res(1))),
    (22, "SubQuery", seq(uint("seq", 1), res(1))), (23, "SubResponse", seq(uint("seq", 1), bits(1, ("I", 0x80, False)))),
]


def padding(count):
    if count == 0:
        return b"", []
    if count == 1:
        return b"\0", [{"type": 0}]
    return bytes((1, count - 2)) + bytes(count - 2), [{"type": 1, "len": count - 2}]


def add_option(rng, kind, octets, listed):
    name, n, y, _, field = OPTIONS[kind]
    data, members = field(rng)
    if n is None:
        n, y = alignment(kind, len(data))
    more, pads = padding((y - len(octets)) % n)
    octets += more
    listed += pads
    listed.append({"type": kind, "len": len(data), "name": name, **members, "offset": len(octets)})
    octets += bytes((kind, len(data))) + data
    return octets, listed


def checksum(octets, src, dst):
    data = src.packed + dst.packed + struct.pack(">II", len(octets), 135) + octets
    total = sum(struct.unpack(f">{len(data) // 2}H", data))
    while total > 0xffff:
        total = (total & 0xffff) + (total >> 16)
    return ~total & 0xffff


def message(rng, number):
    """Octets and JSON of a message; number says which kind it is."""
    kind, name, body = MESSAGES[number % len(MESSAGES)]
    data, members = body(rng)
    octets, listed = bytes((59, 0, kind, 0, 0, 0)) + data, []
    kinds = rng.sample(sorted(OPTIONS), rng.randint(0, 6))
    kinds += [k for k in kinds if OPTIONS[k][3] and k not in (45, 50) and rng.random() < 0.2]
    for option in kinds:
        octets, listed = add_option(rng, option, octets, listed)
    more, pads = padding(-len(octets) % 8)
    octets, listed = octets + more, listed + pads
    src = ipaddress.IPv6Address(b"\x20\x01" + rng.randbytes(14))
    dst = ipaddress.IPv6Address(b"\x20\x01" + rng.randbytes(14))
    octets = octets[:1] + bytes([len(octets) // 8 - 1]) + octets[2:]
    octets = octets[:4] + checksum(octets, src, dst).to_bytes(2, "big") + octets[6:]
    return src, dst, octets, {"payload_proto": 59, "header_len": octets[1], "total_octets": len(octets), "mh_type": kind,
                              "checksum": "0x" + octets[4:6].hex(), "msg": name, **members, "options": listed}
