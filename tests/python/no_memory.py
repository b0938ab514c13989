#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Each allocation of a story fails in turn: the call raises NoMemory, which is a MemoryError, nothing crashes, nothing is lost, and afterwards all goes on."""
import gc

import domain
import lib
import pmip
from pmip import flow


def a_domain():
    """Two attachments and a moved flow."""
    world = domain.Domain()
    world.attach(domain.WLAN, 1)
    world.attach(domain.LTE, 1)
    prefix = next(world.lma.bindings()).prefix[0]
    info = world.lma.add_flow(pmip.Flow(src='2001:db8::80', dst=prefix[1], protocol=6, src_port=443, dst_port=5), world.now)
    world.lma.move_flow(info.flow_id, info.tunnel, 0, world.now)
    world.settle()
    assert world.events[-1].type == pmip.EventType.FLOW_MOVED
    return len(list(world.lma.flows())) + len(list(world.lma.bindings()))


def flow_mobility():
    """Each context of libflowmob."""
    selector = flow.selector(format=pmip.SelectorFormat.IPV6, src_port_start=443)
    classifier = flow.Classifier()
    for number in range(1, 9):
        classifier.add(flow.Rule(id=number, active=True, verdict=flow.Verdict.FORWARD, path=[number], selectors=[selector]))
    packet = flow.decode(lib.PACKET)
    decision = classifier.decide(packet, [3])
    applications = flow.Applications()
    applications.add('web', selector)
    policy = flow.Policy()
    policy.add_rule(flow.PolicyRule(name='web', application='web', prefer=[4]))
    made = policy.decide(flow.PolicyInput(mn_id='mn1', application='web', tunnel=1, ways=[flow.PolicyWay(tunnel=1, att=4, usable=True)]))
    reflector = flow.Reflector()
    reflector.input(packet, 2, 1)
    manager = flow.Manager(policy=policy, applications=applications)
    manager.handle_timeout(1)
    manager.set_socket_up(True, 2)
    return decision.rule, made.rule.name, reflector.output(packet, 1), len(list(manager.actions())), [r.interface for r in reflector]


def messages():
    """Errors carry a structure, too."""
    try:
        pmip.decode(b'\x3b\0\5')
    except pmip.WireError as error:
        return error.diag.offset
    raise AssertionError('no error')


def fail_each(story):
    """How many allocations a story has; each of them has failed."""
    wanted, failed = story(), 0
    gc.collect()
    live = pmip.lib.block_live()
    for number in range(100000):
        pmip.lib.block_fail_after(number)
        try:
            result = story()
        except MemoryError as error:
            failed += 1
            if isinstance(error, pmip.NoMemory):
                assert error.name == 'PMIP_ERR_NOMEM'
            del error
        else:
            pmip.lib.block_fail_after(-1)
            assert result == wanted
            break
        finally:
            pmip.lib.block_fail_after(-1)
        gc.collect(0)
        assert pmip.lib.block_live() == live, f'{story.__name__}, allocation {number}: {pmip.lib.block_live() - live} blocks are lost'
    assert failed == number > 0
    assert story() == wanted
    print(f'{story.__name__}: each of {failed} allocations has failed')


fail_each(messages)
fail_each(flow_mobility)
fail_each(a_domain)
