/* SPDX-License-Identifier: BSD-2-Clause */
/* What the configuration says of each peer: at an LMA the MAGs that may register mobile nodes, at a MAG the LMAs of which something is
 * tolerated. */
#ifndef PMIP_STATE_PEER_RULE_H
#define PMIP_STATE_PEER_RULE_H

#include "state/addr_set.h"

struct pmip__peer_rule {
	uint32_t tolerate; /* enum pmip_tolerance */
	struct pmip_prefix *prefixes; /* that its mobile nodes may have; none = any */
	size_t prefix_count;
	bool static_tunnel;
};

/* A zeroed one is empty. */
struct pmip__peer_rules {
	struct pmip__addr_set addrs;
	struct pmip__peer_rule *array; /* in the order of addrs */
	size_t cap;
};

void pmip__peer_rules_free(struct pmip__peer_rules *rules, const struct pmip_mem *mem);
/* rule: copied. 0, or PMIP_ERR_EXIST or PMIP_ERR_NOMEM with nothing changed. */
int pmip__peer_rules_add(struct pmip__peer_rules *rules, const struct pmip_mem *mem, const struct pmip_addr *addr,
			 const struct pmip__peer_rule *rule);
/* Add all that from has. 0 or PMIP_ERR_NOMEM. */
int pmip__peer_rules_copy(struct pmip__peer_rules *rules, const struct pmip_mem *mem, const struct pmip__peer_rules *from);
/* NULL = there is none for this peer. */
const struct pmip__peer_rule *pmip__peer_rules_find(const struct pmip__peer_rules *rules, const struct pmip_addr *addr);
/* Whether mobile nodes may have this prefix at a peer; rule: NULL = nothing is said of it. IPv4 home addresses are bound only where there is an IPv4
 * prefix among those of the rule. */
bool pmip__peer_rule_allows(const struct pmip__peer_rule *rule, const struct pmip_prefix *prefix);

#endif
