#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""A policy asked without doing anything: where a mobile node's flows belong, and why."""
import pmip
from pmip import flow

applications = flow.Applications()
applications.add('web', flow.selector(format=pmip.SelectorFormat.IPV6, src_port_start=443))
applications.add('voice', flow.selector(format=pmip.SelectorFormat.IPV6, src_port_start=5004, src_port_end=5005, protocol_start=17))
policy = flow.Policy()
policy.add_class('gold', '*@gold.example.com')
policy.add_rule(flow.PolicyRule(name='voice-on-lte', priority=10, application='voice', prefer=[pmip.Att.EUTRAN]))
policy.add_rule(flow.PolicyRule(name='gold-on-lte', priority=20, mn_class='gold', minute_from=8 * 60, minute_to=18 * 60, prefer=[pmip.Att.EUTRAN, pmip.Att.WLAN]))
policy.add_rule(flow.PolicyRule(name='others-on-wlan', priority=30, prefer=[pmip.Att.WLAN, pmip.Att.EUTRAN]))

WAYS = [flow.PolicyWay(tunnel=1, att=pmip.Att.WLAN, usable=True), flow.PolicyWay(tunnel=2, att=pmip.Att.EUTRAN, usable=True)]
for mn_id, application, hour in (('mn1@example.com', 'voice', 12), ('mn1@example.com', 'web', 12), ('ceo@gold.example.com', 'web', 12), ('ceo@gold.example.com', 'web', 23)):
    question = flow.PolicyInput(mn_id=mn_id, application=application, tunnel=1, minute=hour * 60, ways=WAYS)
    decision = policy.decide(question)
    print(f'{mn_id}, {application} at {hour} h: tunnel {decision.tunnel}, by {decision.rule.name}')
print(policy.explain(question))
