/* SPDX-License-Identifier: BSD-2-Clause */
#include "state/peer_rule.h"

#include "base/mem.h"

#include <pmip/error.h>
#include <string.h>

void pmip__peer_rules_free(struct pmip__peer_rules *rules, const struct pmip_mem *mem)
{
	pmip__addr_set_free(&rules->addrs, mem);
	pmip__mem_free(mem, rules->array);
	*rules = (struct pmip__peer_rules){0};
}

int pmip__peer_rules_add(struct pmip__peer_rules *rules, const struct pmip_mem *mem, const struct pmip_addr *addr,
			 const struct pmip__peer_rule *rule)
{
	size_t count = rules->addrs.count, i;
	void *array = rules->array;
	int err = pmip__mem_grow(mem, &array, &rules->cap, count + 1, sizeof(*rules->array));

	rules->array = array;
	if (!err)
		err = pmip__addr_set_add(&rules->addrs, mem, addr);
	if (err)
		return err;
	i = pmip__addr_set_find(&rules->addrs, addr);
	memmove(&rules->array[i + 1], &rules->array[i], (count - i) * sizeof(*rules->array));
	rules->array[i] = *rule;
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
