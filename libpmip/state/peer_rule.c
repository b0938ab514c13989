/* SPDX-License-Identifier: BSD-2-Clause */
#include "state/peer_rule.h"

#include "base/mem.h"

#include <pmip/error.h>
#include <string.h>

void pmip__peer_rules_free(struct pmip__peer_rules *rules, const struct pmip_mem *mem)
{
	for (size_t i = 0; i < rules->addrs.count; i++)
		pmip__mem_free(mem, rules->array[i].prefixes);
	pmip__addr_set_free(&rules->addrs, mem);
	pmip__mem_free(mem, rules->array);
	*rules = (struct pmip__peer_rules){0};
}

int pmip__peer_rules_add(struct pmip__peer_rules *rules, const struct pmip_mem *mem, const struct pmip_addr *addr,
			 const struct pmip__peer_rule *rule)
{
	struct pmip__peer_rule own = *rule;
	size_t count = rules->addrs.count, i;
	void *array = rules->array;
	int err = pmip__mem_grow(mem, &array, &rules->cap, count + 1, sizeof(*rules->array));

	rules->array = array;
	if (err)
		return err;
	own.prefixes = NULL;
	if (rule->prefix_count) {
		own.prefixes = pmip__mem_alloc(mem, rule->prefix_count * sizeof(*own.prefixes));
		if (!own.prefixes)
			return PMIP_ERR_NOMEM;
		memcpy(own.prefixes, rule->prefixes, rule->prefix_count * sizeof(*own.prefixes));
	}
	err = pmip__addr_set_add(&rules->addrs, mem, addr);
	if (err) {
		pmip__mem_free(mem, own.prefixes);
		return err;
	}
	i = pmip__addr_set_find(&rules->addrs, addr);
	memmove(&rules->array[i + 1], &rules->array[i], (count - i) * sizeof(*rules->array));
	rules->array[i] = own;
	return 0;
}

int pmip__peer_rules_copy(struct pmip__peer_rules *rules, const struct pmip_mem *mem, const struct pmip__peer_rules *from)
{
	int err = 0;

	for (size_t i = 0; i < from->addrs.count && !err; i++)
		err = pmip__peer_rules_add(rules, mem, &from->addrs.array[i], &from->array[i]);
	return err;
}

const struct pmip__peer_rule *pmip__peer_rules_find(const struct pmip__peer_rules *rules, const struct pmip_addr *addr)
{
	size_t i = pmip__addr_set_find(&rules->addrs, addr);

	return i < rules->addrs.count ? &rules->array[i] : NULL;
}

bool pmip__peer_rule_allows(const struct pmip__peer_rule *rule, const struct pmip_prefix *prefix)
{
	bool ipv4 = pmip_prefix_is_ipv4(prefix), bound = false;

	if (!rule || !rule->prefix_count)
		return true;
	for (size_t i = 0; i < rule->prefix_count; i++) {
		const struct pmip_prefix *within = &rule->prefixes[i];

		if (within->len <= prefix->len && pmip_prefix_contains(within, &prefix->addr))
			return true;
		bound = bound || pmip_prefix_is_ipv4(within);
	}
	return ipv4 && !bound;
}
