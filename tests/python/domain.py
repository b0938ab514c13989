# SPDX-License-Identifier: BSD-2-Clause
"""A domain in one process for the tests: an LMA, two MAGs and a mobile node with two interfaces."""
import lib  # noqa: F401  pylint: disable=unused-import
import pmip

LMA, WLAN, LTE = '2001:db8:a::1', '2001:db8:1a::1', '2001:db8:1b::1'
LL_IDS = {WLAN: '02:00:00:00:00:01', LTE: '02:00:00:00:00:02'}
KEY = bytes(range(16))


class Domain:
    """Time goes by one second at each step."""

    def __init__(self):
        self.now, self.events, self.nodes = 1000000, [], {}
        phone = pmip.Profile(mn_id='mn1@example.com', ll_id=LL_IDS[WLAN], alias=[LL_IDS[LTE]], shares_prefixes=True, flow_mobility=True)
        config = pmip.LmaConfig(address=LMA)
        config.add_pool('2001:db8:100::/48', 64)
        config.add_profile(phone)
        for address in LL_IDS:
            config.add_peer(pmip.Peer(addr=address))
        self.lma = self.nodes[LMA] = pmip.Lma(config, hash_key=KEY)
        for address in LL_IDS:
            config = pmip.MagConfig(proxy_coa=address, lma=LMA)
            config.add_profile(phone)
            self.nodes[address] = pmip.Mag(config, hash_key=KEY)

    def settle(self):
        """Until nobody has anything to say."""
        self.events = []
        while actions := [(node, action) for node in self.nodes.values() for action in node.run(self.now)]:
            for _, action in actions:
                if isinstance(action, pmip.Dgram):
                    self.nodes[str(action.dst)].input(action, self.now)
                elif isinstance(action, pmip.Event):
                    self.events.append(action)

    def attach(self, address, link):
        """The mobile node comes to a MAG."""
        self.now += 1000000
        self.nodes[address].attach(pmip.Attach(link=link, ll_id=LL_IDS[address], att=pmip.Att.WLAN), self.now)
        self.settle()

    def refresh(self):
        """A registration: away and back."""
        self.now += 1000000
        self.nodes[WLAN].detach(1, None, self.now)
        self.settle()
        self.attach(WLAN, 1)
        assert pmip.EventType.BINDING_ADDED in [event.type for event in self.events]
