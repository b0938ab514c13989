/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Memory that belongs to Python objects. A structure that Python has is one block with all octets that its views point to, so that it depends on
 * nobody: what it was copied from may die first.
 */
#ifndef PYTHON_BLOCK_H
#define PYTHON_BLOCK_H

#include "value.h"

/* How a view is held. */
enum block_kind {
	BLOCK_END = 0,
	BLOCK_BYTES,     /* struct pmip_bytes, or the pair data, len of struct pmip_dgram */
	BLOCK_MNID,      /* struct pmip_mnid */
	BLOCK_SELECTORS, /* the selectors of a struct flowmob_rule */
	BLOCK_RULE,      /* the rule of a struct flowmob_policy_decision */
};

/* A view in a structure. */
struct block_view {
	enum block_kind kind;
	size_t at;
};

extern const struct block_view block_binding[], block_decision[], block_dgram[], block_event[], block_flow_info[], block_managed_flow[],
	block_none[], block_problem[], block_rule[], block_store[];

/* A copy of a structure and what it views; free() frees it. NULL with MemoryError set. */
void *block_copy(const void *from, size_t size, const struct block_view *views);

/* The allocator of all contexts that Python makes. */
extern const struct pmip_mem block_mem;
/* Let count more allocations succeed and no other; -1: all do. For tests. */
void block_fail_after(long count);
/* Blocks of contexts that have not been freed. For tests. */
size_t block_live(void);

#endif
