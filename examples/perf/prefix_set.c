/* SPDX-License-Identifier: BSD-2-Clause */
#include "perf/prefix_set.h"

#include <stdlib.h>
#include <string.h>

int prefix_set_init(struct prefix_set *set, uint32_t clients)
{
	uint32_t slots = 4;

	while (slots / 3 * 2 < clients)
		slots *= 2;
	set->of = calloc(clients, sizeof(*set->of));
	set->slots = calloc(slots, sizeof(*set->slots));
	set->mask = slots - 1;
	set->clients = clients;
	if (set->of != NULL && set->slots != NULL)
		return 0;
	prefix_set_fini(set);
	return -1;
}

void prefix_set_fini(struct prefix_set *set)
{
	free(set->of);
	free(set->slots);
	*set = (struct prefix_set){NULL, NULL, 0, 0};
}

/* Prefixes come from an LMA that we test, nobody who means harm: no key is needed. */
static uint32_t home_of(const struct prefix_set *set, const struct pmip_prefix *prefix)
{
	uint64_t halves[2], hash;

	memcpy(halves, prefix->addr.b, sizeof(halves));
	hash = (halves[0] ^ halves[1] * UINT64_C(0xff51afd7ed558ccd) ^ prefix->len) * UINT64_C(0x9e3779b97f4a7c15);
	hash = (hash ^ hash >> 32) * UINT64_C(0xc4ceb9fe1a85ec53);
	return (uint32_t)(hash >> 32) & set->mask;
}

bool prefix_set_add(struct prefix_set *set, uint32_t client, const struct pmip_prefix *prefix)
{
	uint32_t slot = home_of(set, prefix);
	bool unique = true;

	for (; set->slots[slot] != 0; slot = (slot + 1) & set->mask)
		unique = unique && !pmip_prefix_equal(&set->of[set->slots[slot] - 1], prefix);
	set->slots[slot] = client + 1;
	set->of[client] = *prefix;
	return unique;
}

/* What stands behind the gap moves up where it would not be found otherwise. */
static void close_gap(struct prefix_set *set, uint32_t gap)
{
	for (uint32_t slot = (gap + 1) & set->mask; set->slots[slot] != 0; slot = (slot + 1) & set->mask) {
		uint32_t home = home_of(set, &set->of[set->slots[slot] - 1]);

		if (((slot - home) & set->mask) < ((slot - gap) & set->mask))
			continue;
		set->slots[gap] = set->slots[slot];
		gap = slot;
	}
	set->slots[gap] = 0;
}

void prefix_set_remove(struct prefix_set *set, uint32_t client)
{
	uint32_t slot;

	if (set->of[client].len == 0)
		return;
	slot = home_of(set, &set->of[client]);
	while (set->slots[slot] != client + 1)
		slot = (slot + 1) & set->mask;
	close_gap(set, slot);
	set->of[client].len = 0;
}

const struct pmip_prefix *prefix_set_get(const struct prefix_set *set, uint32_t client)
{
	return set->of[client].len == 0 ? NULL : &set->of[client];
}
