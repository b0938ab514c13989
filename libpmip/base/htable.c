/* SPDX-License-Identifier: BSD-2-Clause */
/* Linear probing, at most three quarters full, removal by shifting back, so that no tombstones pile up under churn. */
#include "base/htable.h"

#include "base/mem.h"

#include <assert.h>
#include <pmip/error.h>

#define CAP_MIN 16
#define CAP_MAX ((size_t)UINT32_MAX / sizeof(struct pmip__hslot))

void pmip__htable_init(struct pmip__htable *table, const struct pmip_mem *mem,
		       bool (*equal)(const void *entry, const void *key))
{
	*table = (struct pmip__htable){.mem = *mem, .equal = equal};
}

void pmip__htable_fini(struct pmip__htable *table)
{
	pmip__mem_free(&table->mem, table->slots);
}

/* The upper half of a hash spreads over any capacity. */
static size_t home(uint64_t hash, size_t cap)
{
	return (size_t)((hash >> 32) * cap >> 32);
}

static size_t after(size_t i, size_t cap)
{
	return i + 1 == cap ? 0 : i + 1;
}

static void place(struct pmip__hslot *slots, size_t cap, uint64_t hash, void *entry)
{
	size_t i = home(hash, cap);

	while (slots[i].entry)
		i = after(i, cap);
	slots[i] = (struct pmip__hslot){entry, hash};
}

/* It grows by half, so that it is never less than half full once it has grown: the memory of a binding is mostly what its tables take. */
int pmip__htable_reserve(struct pmip__htable *table, size_t n)
{
	size_t need = table->count + n;
	size_t cap = table->cap ? table->cap : CAP_MIN;
	struct pmip__hslot *slots;

	if (need > CAP_MAX / 4 * 3)
		return PMIP_ERR_NOMEM;
	while (need > cap / 4 * 3)
		cap += cap / 2;
	if (cap == table->cap)
		return 0;
	if (cap > CAP_MAX)
		cap = CAP_MAX;
	slots = pmip__mem_alloc(&table->mem, cap * sizeof(*slots));
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
	for (size_t i = home(hash, table->cap); table->slots[i].entry; i = after(i, table->cap))
		if (table->slots[i].hash == hash && table->equal(table->slots[i].entry, key))
			return table->slots[i].entry;
	return NULL;
}

void pmip__htable_remove(struct pmip__htable *table, uint64_t hash, const void *entry)
{
	size_t cap = table->cap, hole = home(hash, cap), gap = 1;

	while (table->slots[hole].entry != entry) {
		assert(table->slots[hole].entry);
		hole = after(hole, cap);
	}
	table->count--;
	for (size_t i = after(hole, cap); table->slots[i].entry; i = after(i, cap), gap++) {
		size_t from = home(table->slots[i].hash, cap);

		/* An entry may fill the hole unless its home lies between the two. */
		if ((i >= from ? i - from : i + cap - from) < gap)
			continue;
		table->slots[hole] = table->slots[i];
		hole = i;
		gap = 0;
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
