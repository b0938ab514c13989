/* SPDX-License-Identifier: BSD-2-Clause */
/* Where records of an LMA's store lie in tests, by key, outside the LMA. */
#ifndef TESTS_SHELF_H
#define TESTS_SHELF_H

#include <pmip/action.h>
#include <stdlib.h>
#include <string.h>

struct shelf_record {
	uint8_t key[256], value[8192];
	size_t key_len, value_len;
};

struct shelf {
	struct shelf_record **records;
	size_t count;
	unsigned int written, deleted;
};

/* Where a record is, or would be. */
static inline size_t shelf_place(const struct shelf *shelf, const struct pmip_bytes *key)
{
	size_t low = 0, high = shelf->count;

	while (low < high) {
		size_t i = low + (high - low) / 2, len = shelf->records[i]->key_len;
		int order = memcmp(shelf->records[i]->key, key->data, len < key->len ? len : key->len);

		if (order < 0 || (!order && len < key->len))
			low = i + 1;
		else
			high = i;
	}
	return low;
}

static inline bool shelf_has(const struct shelf *shelf, size_t i, const struct pmip_bytes *key)
{
	return i < shelf->count && shelf->records[i]->key_len == key->len && !memcmp(shelf->records[i]->key, key->data, key->len);
}

static inline void shelf_put(struct shelf *shelf, const struct pmip_store_op *op)
{
	size_t i = shelf_place(shelf, &op->key);
	bool has = shelf_has(shelf, i, &op->key);

	shelf->written += op->value.len > 0;
	shelf->deleted += !op->value.len;
	if (!op->value.len) {
		if (!has)
			return;
		free(shelf->records[i]);
		shelf->count--;
		memmove(&shelf->records[i], &shelf->records[i + 1], (shelf->count - i) * sizeof(shelf->records[0]));
		return;
	}
	if (!has) {
		shelf->records = realloc(shelf->records, (shelf->count + 1) * sizeof(shelf->records[0]));
		memmove(&shelf->records[i + 1], &shelf->records[i], (shelf->count - i) * sizeof(shelf->records[0]));
		shelf->records[i] = malloc(sizeof(struct shelf_record));
		shelf->count++;
	}
	memcpy(shelf->records[i]->key, op->key.data, op->key.len);
	memcpy(shelf->records[i]->value, op->value.data, op->value.len);
	shelf->records[i]->key_len = op->key.len;
	shelf->records[i]->value_len = op->value.len;
}

static inline struct pmip_bytes shelf_key(const struct shelf *shelf, size_t i)
{
	return (struct pmip_bytes){shelf->records[i]->key, shelf->records[i]->key_len};
}

static inline struct pmip_bytes shelf_value(const struct shelf *shelf, size_t i)
{
	return (struct pmip_bytes){shelf->records[i]->value, shelf->records[i]->value_len};
}

static inline void shelf_clear(struct shelf *shelf)
{
	for (size_t i = 0; i < shelf->count; i++)
		free(shelf->records[i]);
	free(shelf->records);
	*shelf = (struct shelf){0};
}

#endif
