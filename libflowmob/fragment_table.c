/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * First fragments and what was decided for them. FMC-3.
 *
 * Sets of WAYS places, found by a keyed hash: a new packet takes the place in its set that expires first, so that nothing has to be walked
 * or swept, and a flood of first fragments costs others their place and nothing more.
 */
#include <flowmob/fragment_table.h>

#include <string.h>

#include "base/hash.h"
#include "base/mem.h"

#define WAYS 4
#define MAX_PACKETS (1u << 20)

/* What all fragments of a packet have in common: source, destination, Protocol of IPv4, Identification. */
struct identity {
	uint8_t octets[16 + 16 + 1 + 4];
};

struct place {
	uint64_t until_us; /* 0 = free */
	struct identity identity;
	uint32_t value;
};

struct flowmob_fragment_table {
	struct pmip_mem mem;
	struct pmip__hash_key key;
	uint64_t timeout_us;
	uint64_t mask; /* sets - 1 */
	struct place places[];
};

int flowmob_fragment_table_new(struct flowmob_fragment_table **table, uint32_t max, uint32_t timeout_ms, const struct pmip_mem *mem,
			       const uint8_t hash_key[16])
{
	struct pmip_mem resolved = pmip__mem_resolve(mem);
	struct flowmob_fragment_table *made;
	size_t sets = 1;

	if (max == 0 || max > MAX_PACKETS || timeout_ms == 0)
		return PMIP_ERR_INVALID;
	while (sets * WAYS < max)
		sets *= 2;
	made = pmip__mem_alloc(&resolved, sizeof(*made) + sets * WAYS * sizeof(made->places[0]));
	if (made == NULL)
		return PMIP_ERR_NOMEM;
	made->mem = resolved;
	made->key = pmip__hash_key(hash_key);
	made->timeout_us = (uint64_t)timeout_ms * 1000;
	made->mask = sets - 1;
	*table = made;
	return 0;
}

void flowmob_fragment_table_free(struct flowmob_fragment_table *table)
{
	if (table != NULL)
		pmip__mem_free(&table->mem, table);
}

static struct identity identity_of(const struct flowmob_packet *packet)
{
	struct identity identity;
	uint8_t *octets = identity.octets;

	memcpy(octets, packet->flow.src.b, 16);
	memcpy(octets + 16, packet->flow.dst.b, 16);
	octets[32] = packet->fragment_protocol;
	memcpy(octets + 33, &packet->fragment_id, 4);
	return identity;
}

/* Index of the first place of a packet's set. */
static size_t set_of(const struct flowmob_fragment_table *table, const struct identity *identity)
{
	return (size_t)(pmip__hash(&table->key, identity->octets, sizeof(identity->octets)) & table->mask) * WAYS;
}

void flowmob_fragment_table_set(struct flowmob_fragment_table *table, const struct flowmob_packet *packet, uint32_t value,
				uint64_t mono_us)
{
	struct identity identity = identity_of(packet);
	struct place *set = table->places + set_of(table, &identity), *place = set;

	for (size_t i = 0; i < WAYS; i++) {
		if (set[i].until_us > 0 && memcmp(&set[i].identity, &identity, sizeof(identity)) == 0) {
			place = &set[i];
			break;
		}
		if (set[i].until_us < place->until_us)
			place = &set[i];
	}
	*place = (struct place){mono_us + table->timeout_us, identity, value};
}

int flowmob_fragment_table_find(const struct flowmob_fragment_table *table, uint32_t *value, const struct flowmob_packet *packet,
			       uint64_t mono_us)
{
	struct identity identity = identity_of(packet);
	const struct place *set = table->places + set_of(table, &identity);

	for (size_t i = 0; i < WAYS; i++) {
		if (set[i].until_us > mono_us && memcmp(&set[i].identity, &identity, sizeof(identity)) == 0) {
			*value = set[i].value;
			return 0;
		}
	}
	return PMIP_ERR_NOENT;
}
