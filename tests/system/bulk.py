#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
# May run beside others.
# Proves BLK-2, BLK-3, UPN-6, UPN-7, REV-5.
"""Many mobile nodes of one MAG: their lifetimes are extended by one message each way, also by an LMA that was killed and has a store. A real one
among them is renumbered, its MAG says where it is and hands on what a vendor says, and in the end the MAG revokes all of them by one message."""
import time

import system
from domain import MAG_ADDR, Domain
from netns import LabError, wait_for

COUNT = 200
LIFETIME_S = 24


def crowd(domain):
    """All mobile nodes but the real one: attached on its link, by command."""
    mag = domain.mags[0]
    for n in range(2, COUNT + 1):
        mag.ask('attach', link=domain.host.acc, id=f'crowd{n}@example.net', mac=f'02:00:00:01:{n >> 8:02x}:{n & 255:02x}')
    wait_for(f'{COUNT} bindings', 10, lambda: domain.lma.ask('bindings')['total'] == COUNT)


def extension(checks, domain):
    """One PBU and one PBA extend all."""
    mag, lma = domain.mags[0], domain.lma
    groups = {b.get('group') for daemon in (mag, lma) for b in daemon.ask('bindings')['bindings']}
    checks.check(len(groups) == 1 and None not in groups, 'all are in one group', groups)
    # The next extension is of all that are attached now.
    wait_for('an extension', LIFETIME_S, lambda: lma.counters()['group_refreshed'] > 0)
    before, sent = lma.counters(), mag.counters()
    start = time.monotonic()
    wait_for('another one', LIFETIME_S, lambda: lma.counters()['group_refreshed'] > before['group_refreshed'])
    after = lma.counters()
    delta = {key: after[key] - before[key] for key in ('pbu', 'accepted', 'refreshed', 'group_refreshed', 'expired', 'refused')}
    checks.check(delta == {'pbu': 1, 'accepted': 1, 'refreshed': COUNT, 'group_refreshed': 1, 'expired': 0, 'refused': 0},
                 f'{COUNT} lifetimes extended by one message each way', f'{delta}, {time.monotonic() - start:.1f} s after the last')
    wait_for('its answer', 10, lambda: mag.counters()['group_refreshed'] > sent['group_refreshed'])
    now = mag.counters()
    checks.check(now['pbu_sent'] - sent['pbu_sent'] == 1 and now['refreshed'] - sent['refreshed'] == COUNT, 'the MAG counts the same',
                 {key: now[key] - sent[key] for key in ('pbu_sent', 'refreshed')})
    left = [b['expires_in_s'] for b in lma.ask('bindings')['bindings']]
    checks.check(max(left) - min(left) <= 1, 'they end together', (min(left), max(left)))


def killed(checks, domain):
    """The LMA is killed, and its successor knows the group."""
    lma, mag = domain.lma, domain.mags[0]
    groups, sent = {b['group'] for b in lma.ask('bindings')['bindings']}, mag.counters()
    lma.kill()
    lma.start()
    bindings = lma.ask('bindings')['bindings']
    checks.check(len(bindings) == COUNT and {b.get('group') for b in bindings} == groups, 'killed and started again the LMA has all in the group',
                 {b.get('group') for b in bindings})
    wait_for('an extension', LIFETIME_S, lambda: lma.counters()['group_refreshed'] > 0)
    after = lma.counters()
    checks.check(after['refreshed'] == COUNT and after['refused'] == 0 and mag.counters()['pbu_sent'] == sent['pbu_sent'] + 1,
                 'the next extension is one message', {key: after[key] for key in ('pbu', 'refreshed', 'refused')})


def renumbering(checks, domain, address):
    """The real mobile node gets another prefix."""
    host, lma, mag = domain.host, domain.lma, domain.mags[0]
    old = lma.ask('bindings', mn_id=host.nai)['bindings'][0]['prefixes'][0]
    lma.ask('renumber', id=host.nai, prefix=old)

    def other():
        return [a.split('/')[0] for a in host.addresses() if not a.startswith(address)]

    try:
        new = wait_for('another address', 10, other)[0]
    except LabError as error:
        checks.check(False, 'renumbered, it has another address', error)
        return
    prefixes = [d.ask('bindings', mn_id=host.nai)['bindings'][0]['prefixes'] for d in (lma, mag)]
    checks.check(prefixes[0] == prefixes[1] and old not in prefixes[0] and new.startswith(prefixes[0][0].split('::')[0] + ':'),
                 'renumbered, it has an address of the prefix that LMA and MAG agree on', (old, prefixes, new))
    deprecated = host.netns.ip('-6', '-o', 'addr', 'show', 'dev', 'eth0', 'deprecated')
    checks.check(address in deprecated and new not in deprecated, 'the old address is deprecated, the new one is not', deprecated.strip())
    checks.eventually('the CN reaches it under the new address', 5, lambda: domain.reached(new))
    checks.check(not domain.reached(address), 'and not under the old one')
    for name, daemon in (('LMA', lma), ('MAG', mag)):
        checks.check('renumbered' in [e['event'] for e in daemon.events()], f'the {name} tells of it')


def notifications(checks, domain):
    """Where is it, and something of a vendor's."""
    host, lma, mag = domain.host, domain.lma, domain.mags[0]
    lma.ask('access-network', id=host.nai)

    def told(daemon, kind):
        return [e for e in daemon.events() if e['event'] == kind]

    where = wait_for('the access network', 5, lambda: told(lma, 'access-network'))[0]
    checks.check((where.get('network'), where.get('operator'), where.get('mn_id')) == ('guests', 'example.org', host.nai)
                 and abs(where.get('latitude', 0) + 33.9) < 0.001, 'the LMA is told where it is', where)
    lma.ask('notify', id=host.nai, vendor=32473, subtype=7, data='0a0b')
    said = wait_for('the notification', 5, lambda: told(mag, 'vendor'))[0]
    checks.check((said['vendor'], said['vendor_subtype'], said['data']) == (32473, 7, '0a0b'), 'the MAG hands on what a vendor says', said)


def test(checks):
    """One after the other."""
    nodes = ''.join(f'  - id: crowd{n}@example.net\n' for n in range(2, COUNT + 1))
    with Domain(system.prefix(), lma_extra=f'{nodes}bulk: true\nglobal_revocation: [{MAG_ADDR[0]}]\n',
                mag_extra=f'{nodes}bulk: true\nlifetime: {LIFETIME_S}s\npresence: false\n') as domain:
        mag = domain.mags[0]
        with open(domain.lma.config, 'a', encoding='utf-8') as file:
            file.write(f'store: {domain.lab.dir}/store\ndurability: fast\n')
        mag.edit(f'interface: {domain.host.acc}\n', f'interface: {domain.host.acc}\n    network: guests\n'
                 '    operator: example.org\n    location: "-33.9 151.2"\n')
        domain.start()
        domain.move(domain.host, mag)
        address = domain.host.wait_address()
        crowd(domain)
        extension(checks, domain)
        killed(checks, domain)
        renumbering(checks, domain, address)
        notifications(checks, domain)
        mag.ask('revoke-all')
        wait_for('the end of all bindings', 5, lambda: domain.lma.ask('bindings')['total'] == 0)
        lma, own = domain.lma.counters(), mag.counters()
        checks.check(lma['revoked'] == own['revoked'] == COUNT and own['bri_sent'] == 1 and lma['bri'] == 1, 'all revoked by one message',
                     (lma['revoked'], own['revoked'], own['bri_sent'], lma['bri']))
        checks.check(lma['refused'] == 0 and lma['malformed'] == 0 and own['ignored'] == 0, 'nothing refused, malformed or ignored',
                     (lma['refused'], lma['malformed'], own['ignored']))


system.main(test, ('ip', 'nsenter', 'ping'))
