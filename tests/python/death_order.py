#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Whatever order objects die in, those that live on stay whole: contexts, and what came from them, are dropped in random orders."""
import gc
import os
import random

import domain
import lib
import pmip
from pmip import flow

ROUNDS = 40
PBU = lib.vector('good/pbu-initial.hex')


def make():
    """Objects by name: contexts, structures that came from them, structures in structures, walks that have begun."""
    world = domain.Domain()
    world.attach(domain.WLAN, 1)
    world.attach(domain.LTE, 1)
    binding, *_ = world.lma.bindings()
    info = world.lma.add_flow(pmip.Flow(src='2001:db8::80', dst=binding.prefix[0][1], protocol=6, src_port=443, dst_port=5), world.now)
    walk = world.lma.bindings()
    next(walk)
    message = pmip.decode(bytearray(PBU.data), PBU.src, PBU.dst)
    selector = flow.selector(format=pmip.SelectorFormat.IPV6, src_port_start=443)
    rule = flow.Rule(id=1, active=True, verdict=flow.Verdict.FORWARD, path=[1], selectors=[selector])
    classifier = flow.Classifier()
    classifier.add(rule)
    policy, applications = flow.Policy(), flow.Applications()
    applications.add('web', selector)
    policy.add_rule(flow.PolicyRule(name='web', application='web', prefer=[4]))
    given = flow.PolicyInput(mn_id='mn1', application='web', tunnel=1, ways=[flow.PolicyWay(tunnel=1, att=4, usable=True)])
    manager = flow.Manager(policy=policy, applications=applications)
    reflector = flow.Reflector()
    reflector.input(flow.decode(lib.PACKET), 2, 1)
    profile = pmip.Profile(mn_id=str(random.random()) + '@example.com', prefix=['2001:db8::/64'])
    return {
        'lma': world.lma, 'wlan': world.nodes[domain.WLAN], 'lte': world.nodes[domain.LTE], 'world': world, 'events': world.events, 'event': world.events[-1],
        'binding': binding, 'info': info, 'flow': info.flow, 'walk': walk, 'message': message, 'options': message.options, 'option': message.option('HNP'),
        'selector': selector, 'rule': rule, 'selectors': rule.selectors, 'classifier': classifier, 'found': classifier.get(1),
        'found selectors': classifier.get(1).selectors, 'policy': policy, 'applications': applications, 'input': given, 'ways': given.ways,
        'decision': policy.decide(given), 'decided by': policy.decide(given).rule, 'manager': manager, 'reflector': reflector, 'reflected': next(iter(reflector)),
        'profile': profile, 'prefix': profile.prefix, 'dgram': pmip.Dgram(src='::1', dst='::2', data=bytes(100)),
        'problem': pmip.ParamProblem(dgram=pmip.Dgram(data=bytes(50)), pointer=3),
    }


def look(objects):
    """All that the objects say of themselves."""
    said = {}
    for name, thing in objects.items():
        if isinstance(thing, (pmip.Structure, pmip.Message, pmip.Option, list, tuple)):
            said[name] = repr(thing)
    if 'decision' in objects:
        said['decision rule'] = objects['decision'].rule.name
    if 'problem' in objects:
        said['problem octets'] = objects['problem'].dgram.data
    if 'manager' in objects:
        objects['manager'].handle_timeout(1000000)
        said['manager ready'] = str(objects['manager'].is_ready())
    return said


def main():
    """Drop them one after the other; what is left has to say the same."""
    seed = int(os.environ.get('PMIP_SEED') or 1)
    random.seed(seed)
    for number in range(ROUNDS):
        objects = make()
        said = look(objects)
        order = list(objects)
        random.shuffle(order)
        for name in order:
            thing = objects.pop(name)
            if hasattr(thing, 'close') and random.random() < 0.5:
                thing.close()
                if name in ('policy', 'applications') and 'manager' in objects:
                    objects['manager'].handle_timeout(1000000)
            del thing
            if random.random() < 0.3:
                gc.collect()
            if name != 'world':
                filler = [bytes(random.randrange(300)) for _ in range(50)]
            for left, text in look(objects).items():
                assert text == said[left], f'seed {seed}, round {number}: {left} has changed when {name} died'
        del filler
    gc.collect()
    assert pmip.lib.block_live() == 0, f'{pmip.lib.block_live()} blocks of contexts are left'
    print(f'{ROUNDS} random orders of {len(order)} objects, seed {seed}')


main()
