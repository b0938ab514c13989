/* SPDX-License-Identifier: BSD-2-Clause */
/* Linear probing, at most three quarters full, removal by shifting back, so that no tombstones pile up under churn.
 *
 * To move all entries of a large table to a larger array at once would hold up whoever inserts the next one for tens of milliseconds. So it begins
 * a little before there is no room any more: each insert clears some of the larger array, and then moves some entries, in their order, which
 * is that of their homes in either. Meanwhile an entry is in one of the two. */
#include "base/htable.h"

#include "base/mem.h"

#include <assert.h>
#include <pmip/error.h>
#include <string.h>

#define CAP_MIN 16
#define CAP_MAX ((size_t)UINT32_MAX / sizeof(struct pmip__hslot))
#define LARGE 8192 /* slots; fewer are moved at once */
#define MOVE 32    /* slots at a time: from 0.7 to 0.75 of a table it is time for 1.6 of it */
#define CLEAR 512

void pmip__htable_init(struct pmip__htable *table, const struct pmip_mem *mem,
		       bool (*equal)(const void *entry, const void *key))
{
	*table = (struct pmip__htable){.mem = *mem, .equal = equal};
}

void pmip__htable_fini(struct pmip__htable *table)
{
	pmip__mem_free(&table->mem, table->in.slots);
	pmip__mem_free(&table->mem, table->larger.slots);
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

static size_t limit(size_t cap)
{
	return cap / 4 * 3;
}

static void place(struct pmip__hslots *in, uint64_t hash, void *entry)
{
	size_t i = home(hash, in->cap);

	while (in->slots[i].entry)
		i = after(i, in->cap);
	in->slots[i] = (struct pmip__hslot){entry, hash};
}

/* Where an entry is; cap = it is not there. */
static size_t index_of(const struct pmip__hslots *in, uint64_t hash, const void *entry)
{
	for (size_t i = home(hash, in->cap); in->slots[i].entry; i = after(i, in->cap))
		if (in->slots[i].entry == entry)
			return i;
	return in->cap;
}

static void take_out(struct pmip__hslots *in, size_t hole)
{
	size_t cap = in->cap, gap = 1;

	for (size_t i = after(hole, cap); in->slots[i].entry; i = after(i, cap), gap++) {
		size_t from = home(in->slots[i].hash, cap);

		/* An entry may fill the hole unless its home lies between the two. */
		if ((i >= from ? i - from : i + cap - from) < gap)
			continue;
		in->slots[hole] = in->slots[i];
		hole = i;
		gap = 0;
	}
	in->slots[hole] = (struct pmip__hslot){0};
}

static bool is_moving(const struct pmip__htable *table)
{
	return table->larger.slots && table->cleared == table->larger.cap;
}

static int begin(struct pmip__htable *table, size_t cap)
{
	void *slots = cap > CAP_MAX ? NULL : table->mem.realloc(table->mem.user, NULL, cap * sizeof(struct pmip__hslot));

	if (!slots)
		return PMIP_ERR_NOMEM;
	table->larger = (struct pmip__hslots){slots, cap};
	table->cleared = table->moved = 0;
	return 0;
}

/* Go on with it, by so many slots. */
static void go_on(struct pmip__htable *table, size_t clear, size_t move)
{
	struct pmip__hslots *in = &table->in, *larger = &table->larger;

	if (!is_moving(table)) {
		clear = clear < larger->cap - table->cleared ? clear : larger->cap - table->cleared;
		memset(larger->slots + table->cleared, 0, clear * sizeof(larger->slots[0]));
		table->cleared += clear;
	}
	for (; is_moving(table) && table->moved < in->cap && move; table->moved++, move--) {
		/* What was behind it may take its place. */
		while (in->slots[table->moved].entry) {
			place(larger, in->slots[table->moved].hash, in->slots[table->moved].entry);
			take_out(in, table->moved);
		}
	}
	if (table->moved < in->cap || !is_moving(table))
		return;
	pmip__mem_free(&table->mem, in->slots);
	*in = *larger;
	*larger = (struct pmip__hslots){0};
}

static void finish(struct pmip__htable *table)
{
	if (table->larger.slots)
		go_on(table, SIZE_MAX, SIZE_MAX);
}

/* It grows by half, so that it is never less than half full once it has grown: the memory of a binding is mostly what its tables take. */
static int grow(struct pmip__htable *table, size_t need)
{
	size_t cap;
	int err;

	finish(table);
	if (need > limit(CAP_MAX))
		return PMIP_ERR_NOMEM;
	cap = table->in.cap ? table->in.cap : CAP_MIN;
	while (need > limit(cap))
		cap += cap / 2;
	if (cap == table->in.cap)
		return 0;
	err = begin(table, cap < CAP_MAX ? cap : CAP_MAX);
	if (!err)
		finish(table);
	return err;
}

int pmip__htable_reserve(struct pmip__htable *table, size_t n)
{
	size_t need = table->count + n, cap = table->in.cap;

	if (need > limit(is_moving(table) ? table->larger.cap : cap))
		return grow(table, need);
	if (!table->larger.slots && cap >= LARGE && need > cap / 10 * 7)
		begin(table, cap + cap / 2); /* if there is no memory there is time until there has to be */
	if (table->larger.slots)
		go_on(table, CLEAR, MOVE);
	return 0;
}

void pmip__htable_insert(struct pmip__htable *table, uint64_t hash, void *entry)
{
	struct pmip__hslots *in = is_moving(table) ? &table->larger : &table->in;

	assert(table->count < limit(in->cap));
	place(in, hash, entry);
	table->count++;
}

static void *find_in(const struct pmip__htable *table, const struct pmip__hslots *in, uint64_t hash, const void *key)
{
	for (size_t i = home(hash, in->cap); in->slots[i].entry; i = after(i, in->cap))
		if (in->slots[i].hash == hash && table->equal(in->slots[i].entry, key))
			return in->slots[i].entry;
	return NULL;
}

void *pmip__htable_find(const struct pmip__htable *table, uint64_t hash, const void *key)
{
	void *entry = table->in.cap ? find_in(table, &table->in, hash, key) : NULL;

	return entry || !is_moving(table) ? entry : find_in(table, &table->larger, hash, key);
}

void pmip__htable_remove(struct pmip__htable *table, uint64_t hash, const void *entry)
{
	struct pmip__hslots *in = &table->in;
	size_t i = index_of(in, hash, entry);

	if (i == in->cap && is_moving(table)) {
		in = &table->larger;
		i = index_of(in, hash, entry);
	}
	assert(i < in->cap);
	take_out(in, i);
	table->count--;
}

void *pmip__htable_next(const struct pmip__htable *table, size_t *cursor)
{
	size_t cap = table->in.cap, all = is_moving(table) ? cap + table->larger.cap : cap;

	while (*cursor < all) {
		size_t i = (*cursor)++;
		void *entry = i < cap ? table->in.slots[i].entry : table->larger.slots[i - cap].entry;

		if (entry)
			return entry;
	}
	return NULL;
}

void *pmip__htable_any(const struct pmip__htable *table, size_t *cursor)
{
	void *entry = pmip__htable_next(table, cursor);

	if (!entry && table->count) {
		*cursor = 0;
		entry = pmip__htable_next(table, cursor);
	}
	*cursor -= entry != NULL; /* another one may come to stand there */
	return entry;
}
