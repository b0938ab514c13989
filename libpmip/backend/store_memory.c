/* SPDX-License-Identifier: BSD-2-Clause */
/* A store that is a sorted array, for tests and simulation. What a transaction needs is allocated before anything changes. */
#include "config.h"

#include <stdlib.h>

#include "backend/store.h"

struct record {
	struct pmip_bytes key, value;
	uint8_t octets[];
};

struct memory {
	struct record **records; /* by key */
	size_t count, cap;
};

/* Where the first record is whose key is not below this one. */
static size_t place_of(const struct memory *memory, const struct pmip_bytes *key)
{
	size_t low = 0, high = memory->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (pmip__store_compare(&memory->records[middle]->key, key) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static struct record *record_new(const struct pmip_store_op *op)
{
	struct record *record = malloc(sizeof(*record) + op->key.len + op->value.len);

	if (!record)
		return NULL;
	memcpy(record->octets, op->key.data, op->key.len);
	memcpy(record->octets + op->key.len, op->value.data, op->value.len);
	record->key = (struct pmip_bytes){ record->octets, op->key.len };
	record->value = (struct pmip_bytes){ record->octets + op->key.len, op->value.len };
	return record;
}

static void put(struct memory *memory, const struct pmip_bytes *key, struct record *record)
{
	size_t at = place_of(memory, key);
	struct record **place = &memory->records[at];
	bool found = at < memory->count && pmip__store_compare(&(*place)->key, key) == 0;

	if (found)
		free(*place);
	if (found && !record) {
		memory->count--;
		memmove(place, place + 1, (memory->count - at) * sizeof(*place));
	} else if (!found && record) {
		memmove(place + 1, place, (memory->count - at) * sizeof(*place));
		memory->count++;
	}
	if (record)
		*place = record;
}

static int reserve(struct memory *memory, size_t n)
{
	size_t cap = (memory->count + n) * 2;
	struct record **more;

	if (memory->count + n <= memory->cap)
		return 0;
	more = reallocarray(memory->records, cap, sizeof(*more));
	if (!more)
		return PMIP_ERR_NOMEM;
	memory->records = more;
	memory->cap = cap;
	return 0;
}

static int memory_commit(void *ctx, const struct pmip_store_op *records, size_t n)
{
	struct memory *memory = ctx;
	struct record **made = NULL;
	int err = 0;

	if (!n)
		return 0;
	if (!pmip__store_takes(records, n))
		return PMIP_ERR_INVALID;
	made = calloc(n, sizeof(*made));
	if (!made || reserve(memory, n))
		err = PMIP_ERR_NOMEM;
	for (size_t i = 0; i < n && !err; i++) {
		if (records[i].value.len && !(made[i] = record_new(&records[i])))
			err = PMIP_ERR_NOMEM;
	}
	for (size_t i = 0; made && i < n; i++) {
		if (err)
			free(made[i]);
		else
			put(memory, &records[i].key, made[i]);
	}
	free(made);
	return err;
}

static int memory_next(void *ctx, struct pmip_bytes *key, struct pmip_bytes *value, const struct pmip_bytes *after)
{
	const struct memory *memory = ctx;
	size_t at = place_of(memory, after);

	if (at < memory->count && pmip__store_compare(&memory->records[at]->key, after) == 0)
		at++;
	if (at == memory->count)
		return 0;
	*key = memory->records[at]->key;
	*value = memory->records[at]->value;
	return 1;
}

static void memory_free(void *ctx)
{
	struct memory *memory = ctx;

	for (size_t i = 0; memory && i < memory->count; i++)
		free(memory->records[i]);
	if (memory)
		free(memory->records);
	free(memory);
}

static const struct pmip_store_ops memory_ops = {
	.size = sizeof(memory_ops),
	.name = "memory",
	.commit = memory_commit,
	.next = memory_next,
	.free = memory_free,
};

int pmip_store_memory_new(struct pmip_store *store)
{
	struct memory *memory = calloc(1, sizeof(*memory));

	if (!memory)
		return PMIP_ERR_NOMEM;
	*store = (struct pmip_store){ &memory_ops, memory };
	return 0;
}
