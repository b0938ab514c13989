#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
# Proves LMA-20, FWD-3.
"""100 mobile nodes, each a namespace with a cable of its own, come to two MAGs at once: all are registered, each with a prefix of its
own, and the CN reaches every one of them."""
import concurrent.futures
import time

import system
from domain import Domain
from netns import LabError, wait_for
from traffic import Download

COUNT = 100


def test(checks):
    """The crowd."""
    with Domain(system.prefix(), hosts=COUNT) as domain:
        domain.start()
        for host in domain.hosts:
            host.insert(domain.mags[host.number % 2])
        start = time.monotonic()
        for host in domain.hosts:
            host.feed()
        plugged = time.monotonic()

        def registered():
            return domain.lma.ask('bindings')['total'] >= COUNT

        try:
            wait_for(f'{COUNT} bindings', 10, registered)
        except LabError:
            pass
        took = time.monotonic()
        bindings = domain.lma.ask('bindings')['bindings']
        checks.check(len(bindings) == COUNT, f'{COUNT} mobile nodes registered',
                     f'{len(bindings)}, {took - start:.2f} s after the first carrier, {took - plugged:.2f} s after the last')
        checks.check(len({b['mn_id'] for b in bindings}) == len({tuple(b['prefixes']) for b in bindings}) == COUNT,
                     'each with a prefix of its own')
        checks.check(all(b['state'] == bindings[0]['state'] for b in bindings), 'all in the same state', bindings[0]['state'])
        of_mags = [mag.ask('bindings')['total'] for mag in domain.mags]
        checks.check(of_mags == [COUNT // 2, COUNT // 2], 'half of them at each MAG', of_mags)
        addresses = [host.wait_address(20) for host in domain.hosts]
        by_mn = {b['mn_id']: b['prefixes'][0] for b in bindings}
        checks.check(all(address.startswith(by_mn[host.nai].split('::')[0] + ':') for host, address in zip(domain.hosts, addresses)),
                     'each has an address of the prefix the LMA gave it')
        with concurrent.futures.ThreadPoolExecutor(8) as pool:
            replies = list(pool.map(lambda a: domain.cn.run('ping', '-6', '-n', '-q', '-c', '2', '-i', '0.2', '-W', '2', a, check=False),
                                    addresses))
        lost = sum(1 for reply in replies if ' 0% packet loss' not in reply)
        checks.check(lost == 0, 'the CN reaches all of them', f'{lost} not reached')
        # The first and the third are at the same MAG, which sends what one has for the other to the LMA all the same.
        before = domain.lma.counters('datapath')['encap']
        reply = domain.hosts[0].netns.run('ping', '-6', '-n', '-q', '-c', '5', '-i', '0.2', '-W', '2', addresses[2], check=False)
        turned = domain.lma.counters('datapath')['encap'] - before
        checks.check(' 0% packet loss' in reply and turned >= 10, 'two mobile nodes of one MAG reach each other by way of the LMA',
                     f'{turned} packets turned round there')
        result = Download(domain.hosts[2].netns, addresses[2], domain.hosts[0].netns, 1, '0').result()
        checks.check(not result['error'] and result['bytes'] > 5e6, 'and so does TCP between them', result)
        counters = domain.lma.counters()
        checks.check(counters['refused'] == 0 and counters['malformed'] == 0, 'no PBU refused', counters)


system.main(test, ('ip', 'nsenter', 'ping'))
