/* SPDX-License-Identifier: BSD-2-Clause */
/* Hash table of pointers, open addressing. The caller hashes and compares; entries are not owned. */
#ifndef PMIP_BASE_HTABLE_H
#define PMIP_BASE_HTABLE_H

#include <pmip/mem.h>

struct pmip__hslot {
	void *entry; /* NULL = free */
	uint64_t hash;
};

struct pmip__hslots {
	struct pmip__hslot *slots;
	size_t cap;
};

struct pmip__htable {
	struct pmip_mem mem;
	struct pmip__hslots in;
	struct pmip__hslots larger; /* no slots unless it grows: where it is going to be, */
	size_t cleared, moved;      /* slots of that which are free or used; slots of this which have been moved there */
	size_t count;
	bool (*equal)(const void *entry, const void *key);
};

/* The hash of a number that nobody can choose but us. Numbers that follow each other would lie in one long run, and each removal would walk to its
 * end; times 2^64 divided by the golden ratio they lie apart. */
static inline uint64_t pmip__htable_number(uint32_t number)
{
	return number * UINT64_C(0x9e3779b97f4a7c15);
}

void pmip__htable_init(struct pmip__htable *table, const struct pmip_mem *mem,
		       bool (*equal)(const void *entry, const void *key));
void pmip__htable_fini(struct pmip__htable *table);
/* Make the next n inserts succeed. 0 or PMIP_ERR_NOMEM. */
int pmip__htable_reserve(struct pmip__htable *table, size_t n);
/* Needs room reserved. Does not look for an equal entry. */
void pmip__htable_insert(struct pmip__htable *table, uint64_t hash, void *entry);
void *pmip__htable_find(const struct pmip__htable *table, uint64_t hash, const void *key);
/* Remove this very entry; it must be there. */
void pmip__htable_remove(struct pmip__htable *table, uint64_t hash, const void *entry);
/* Walk: *cursor starts at 0; NULL at the end. Changes to the table between calls make entries repeat or be missed. */
void *pmip__htable_next(const struct pmip__htable *table, size_t *cursor);
/* Any entry, for who removes one after the other: it is looked for where the last one was, not from the beginning each time. *cursor starts
 * at 0; NULL when the table is empty. */
void *pmip__htable_any(const struct pmip__htable *table, size_t *cursor);

#endif
