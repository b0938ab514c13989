/* SPDX-License-Identifier: BSD-2-Clause */
/* Linear probing, at most three quarters full, removal by shifting back, so that no tombstones pile up under churn. */
#include "base/htable.h"

#include "base/mem.h"

#include <assert.h>
#include <pmip/error.h>

void pmip__htable_init(struct pmip__htable *table, const struct pmip_mem *mem,
		       bool (*equal)(const void *entry, const void *key))
{
	*table = (struct pmip__htable){.mem = *mem, .equal = equal};
}

void pmip__htable_fini(struct pmip__htable *table)
{
	pmip__mem_free(&table->mem, table->slots);
}

static void place(struct pmip__hslot *slots, size_t cap, uint64_t hash, void *entry)
{
	size_t i = hash & (cap - 1);

	while (slots[i].entry)
		i = (i + 1) & (cap - 1);
	slots[i] = (struct pmip__hslot){entry, hash};
}

int pmip__htable_reserve(struct pmip__htable *table, size_t n)
{
	size_t need = table->count + n;
	size_t cap = table->cap ? table->cap : 16;
	struct pmip__hslot *slots;
	size_t bytes;

	while (need > cap / 4 * 3)
		cap *= 2;
	if (cap == table->cap)
		return 0;
	if (__builtin_mul_overflow(cap, sizeof(*slots), &bytes))
		return PMIP_ERR_NOMEM;
	slots = pmip__mem_alloc(&table->mem, bytes);
	if (!slots)
		return PMIP_ERR_NOMEM;
	for (size_t i = 0; i < table->cap; i++)
		if (table->slots[i].entry)
			place(slots, cap, table->slots[i].hash, table->slots[i].entry);
	pmip__mem_free(&table->mem, table->slots);
	table->slots = slots;
	table->cap = cap;
	return 0;
}

void pmip__htable_insert(struct pmip__htable *table, uint64_t hash, void *entry)
{
	assert(table->count < table->cap / 4 * 3);
	place(table->slots, table->cap, hash, entry);
	table->count++;
}

void *pmip__htable_find(const struct pmip__htable *table, uint64_t hash, const void *key)
{
	if (!table->cap)
		return NULL;
	for (size_t i = hash & (table->cap - 1); table->slots[i].entry; i = (i + 1) & (table->cap - 1))
		if (table->slots[i].hash == hash && table->equal(table->slots[i].entry, key))
			return table->slots[i].entry;
	return NULL;
}

void pmip__htable_remove(struct pmip__htable *table, uint64_t hash, const void *entry)
{
	size_t mask = table->cap - 1;
	size_t hole = hash & mask;

	while (table->slots[hole].entry != entry) {
		assert(table->slots[hole].entry);
		hole = (hole + 1) & mask;
	}
	table->count--;
	for (size_t i = (hole + 1) & mask; table->slots[i].entry; i = (i + 1) & mask) {
		size_t home = table->slots[i].hash & mask;

		/* An entry may fill the hole unless its home lies between the two. */
		if (((i - home) & mask) < ((i - hole) & mask))
			continue;
		table->slots[hole] = table->slots[i];
		hole = i;
	}
	table->slots[hole] = (struct pmip__hslot){0};
}

void *pmip__htable_next(const struct pmip__htable *table, size_t *cursor)
{
	while (*cursor < table->cap) {
		void *entry = table->slots[(*cursor)++].entry;

		if (entry)
			return entry;
	}
	return NULL;
}
