#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Messages of the flow socket: each kind to octets and back; what is cut off, or not right, is an error."""
import lib  # noqa: F401  pylint: disable=unused-import
import pmip
from pmip.flow import FmpMessage, FmpOp, FmpStatus, Model, Watch

FLOW = pmip.Flow(src='2001:db8::80', dst='10.0.0.1', protocol=17, src_port=1, dst_port=65535, label=5)
ATTACHMENT = {'tunnel': 3, 'proxy_coa': pmip.Flow(src='2001:db8:1a::1').src, 'att': 4, 'model': Model.WEAK_HOST, 'mn_id': 'mn1@example.com',
              'prefix': pmip.Profile(prefix=['2001:db8:100::/64', '10.1.0.0/16']).prefix}
PLACE = {'flow_id': 7, 'tunnel': 3}
MESSAGES = [
    FmpMessage(FmpOp.ADD, 1, flow=FLOW), FmpMessage(FmpOp.ADD, 1).answer(**PLACE), FmpMessage(FmpOp.MOVE, 2, wanted=0, **PLACE),
    FmpMessage(FmpOp.MOVE, 2).answer(FmpStatus.STALE, **PLACE), FmpMessage(FmpOp.MOVE, 2).answer(FmpStatus.NO_TUNNEL), FmpMessage(FmpOp.DEL, 3, flow_id=7),
    FmpMessage(FmpOp.DEL, 3).answer(), FmpMessage(FmpOp.LIST, 4), FmpMessage(FmpOp.LIST, 4).answer(more=True, items=[{**PLACE, 'flow': FLOW}] * 64),
    FmpMessage(FmpOp.TUNNELS, 5, mn_id='mn1@example.com'), FmpMessage(FmpOp.TUNNELS, 5, mn_id=None), FmpMessage(FmpOp.TUNNELS, 5).answer(more=False, items=[ATTACHMENT] * 8),
    FmpMessage(FmpOp.WATCH, 6, watch=Watch.ALL), FmpMessage(FmpOp.WATCH, 6).answer(), FmpMessage(FmpOp.FLOW_COUNTERS, 7),
    FmpMessage(FmpOp.FLOW_COUNTERS, 7).answer(more=False, span_ms=1000, items=[{'flow_id': 7, 'idle_ms': 9, 'packets': 2 ** 40, 'octets': 2 ** 50}] * 128),
    FmpMessage(FmpOp.TUNNEL_COUNTERS, 8).answer(more=False, items=[{'tunnel': 3, 'packets': 1, 'octets': 2, 'dropped': 3}] * 64),
    FmpMessage(FmpOp.BINDING_ADDED, **ATTACHMENT), FmpMessage(FmpOp.BINDING_DELETED, **ATTACHMENT), FmpMessage(FmpOp.FLOW_MOVED, **PLACE),
    FmpMessage(FmpOp.FLOW_GONE, flow_id=7), FmpMessage(FmpOp.FLOW_SEEN, flow=FLOW),
]
WRONG = [FmpMessage(FmpOp.ADD, 1), FmpMessage(FmpOp.ADD, 1, flow='tcp'), FmpMessage(FmpOp.DEL, 3, flow_id=0), FmpMessage(FmpOp.DEL, 3, flow_id=2 ** 32),
         FmpMessage(FmpOp.LIST, 4).answer(more=False, items=[{**PLACE, 'flow': FLOW}] * 65), FmpMessage(99), FmpMessage(FmpOp.LIST, 4).answer(items=5),
         FmpMessage(FmpOp.BINDING_ADDED, **{**ATTACHMENT, 'prefix': []}), FmpMessage(FmpOp.BINDING_ADDED, **{**ATTACHMENT, 'mn_id': None})]


def refused(call, *arguments):
    """Whether a call is refused, in one of the ways that there are."""
    try:
        call(*arguments)
    except (pmip.Error, TypeError, ValueError, OverflowError):
        return True
    return False


seen = set()
for message in MESSAGES:
    octets = message.encode()
    again = FmpMessage.decode(octets)
    assert (again.op, again.request, again.status, again.body) == (message.op, message.request, message.status, message.body), (message, again)
    assert again.encode() == octets
    assert all(refused(FmpMessage.decode, octets[:length]) for length in range(len(octets))), message
    seen.add(FmpOp(message.op & 0x7f))
assert seen == set(FmpOp), set(FmpOp) - seen
for message in WRONG:
    assert refused(message.encode), message
print(f'{len(MESSAGES)} messages, {len(WRONG)} that are none')
