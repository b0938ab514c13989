/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdlib.h>

#include "block.h"

#define VIEW(kind, type, member) {BLOCK_##kind, offsetof(struct type, member)}

const struct block_view block_binding[] = {VIEW(MNID, pmip_binding_info, mn_id), {BLOCK_END, 0}};
const struct block_view block_decision[] = {VIEW(RULE, flowmob_policy_decision, rule), {BLOCK_END, 0}};
const struct block_view block_dgram[] = {VIEW(BYTES, pmip_dgram, data), {BLOCK_END, 0}};
const struct block_view block_event[] = {VIEW(MNID, pmip_event, mn_id), VIEW(BYTES, pmip_event, data), {BLOCK_END, 0}};
const struct block_view block_flow_info[] = {VIEW(MNID, pmip_flow_info, mn_id), {BLOCK_END, 0}};
const struct block_view block_managed_flow[] = {VIEW(MNID, flowmob_flow_info, mn_id), {BLOCK_END, 0}};
const struct block_view block_none[] = {{BLOCK_END, 0}};
const struct block_view block_problem[] = {VIEW(BYTES, pmip_param_problem, dgram.data), {BLOCK_END, 0}};
const struct block_view block_rule[] = {VIEW(SELECTORS, flowmob_rule, selectors), {BLOCK_END, 0}};
const struct block_view block_store[] = {VIEW(BYTES, pmip_store_op, key), VIEW(BYTES, pmip_store_op, value), {BLOCK_END, 0}};

static_assert(offsetof(struct pmip_dgram, len) - offsetof(struct pmip_dgram, data) == offsetof(struct pmip_bytes, len), "a dgram is read as bytes");

static long fail_after = -1;
static size_t live;

static bool fails(void)
{
	if (fail_after > 0)
		fail_after--;
	else if (fail_after == 0)
		return true;
	return false;
}

static void *mem_realloc(void *user, void *ptr, size_t size)
{
	void *block = fails() ? NULL : realloc(ptr, size);

	(void)user;
	if (block != NULL && ptr == NULL)
		live++;
	return block;
}

static void mem_free(void *user, void *ptr)
{
	(void)user;
	if (ptr != NULL)
		live--;
	free(ptr);
}

const struct pmip_mem block_mem = {.size = sizeof(block_mem), .realloc = mem_realloc, .free = mem_free};

void block_fail_after(long count)
{
	fail_after = count;
}

size_t block_live(void)
{
	return live;
}

/* Where the pointer of a view is, and the octets that it points to. */
static const void **view_of(void *structure, const struct block_view *view, size_t *len)
{
	void *at = (uint8_t *)structure + view->at;
	struct pmip_bytes *bytes = at;
	struct pmip_mnid *mnid = at;
	const void **pointer = at;

	switch (view->kind) {
	case BLOCK_BYTES:
		*len = bytes->len;
		return (const void **)&bytes->data;
	case BLOCK_MNID:
		*len = mnid->len;
		return (const void **)&mnid->id;
	case BLOCK_SELECTORS:
		*len = ((struct flowmob_rule *)structure)->selector_count * sizeof(struct pmip_selector);
		return pointer;
	case BLOCK_RULE:
		*len = *pointer == NULL ? 0 : sizeof(struct flowmob_policy_rule);
		return pointer;
	case BLOCK_END:
	default:
		*len = 0;
		return pointer;
	}
}

/* So that whatever is viewed is aligned. */
static size_t rounded(size_t size)
{
	return (size + sizeof(max_align_t) - 1) / sizeof(max_align_t) * sizeof(max_align_t);
}

void *block_copy(const void *from, size_t size, const struct block_view *views)
{
	size_t whole = rounded(size), at = whole, len;
	const void **pointer;
	uint8_t *block;

	for (const struct block_view *view = views; view->kind != BLOCK_END; view++) {
		view_of((void *)(uintptr_t)from, view, &len);
		whole += rounded(len);
	}
	block = fails() ? NULL : malloc(whole);
	if (block == NULL) {
		PyErr_NoMemory();
		return NULL;
	}
	memcpy(block, from, size);
	for (const struct block_view *view = views; view->kind != BLOCK_END; view++) {
		pointer = view_of(block, view, &len);
		if (len > 0)
			memcpy(block + at, *pointer, len);
		*pointer = len > 0 ? block + at : NULL;
		at += rounded(len);
	}
	return block;
}
