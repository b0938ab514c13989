/* SPDX-License-Identifier: BSD-2-Clause */
/* What implementations of stores have in common. */
#ifndef PMIP_BACKEND_STORE_H
#define PMIP_BACKEND_STORE_H

#include <stdbool.h>
#include <string.h>

#include <pmip/store.h>

/* Keys that begin so are the store's own. */
#define PMIP__STORE_OWN 0

static inline bool pmip__store_takes(const struct pmip_store_op *records, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (!records[i].key.len || records[i].key.len > PMIP_STORE_KEY_MAX || records[i].value.len > PMIP_STORE_VALUE_MAX ||
		    records[i].key.data[0] == PMIP__STORE_OWN)
			return false;
	return true;
}

/* The order of keys: by octets, the shorter one of two that begin alike first. */
static inline int pmip__store_compare(const struct pmip_bytes *a, const struct pmip_bytes *b)
{
	size_t len = a->len < b->len ? a->len : b->len;
	int order = len ? memcmp(a->data, b->data, len) : 0;

	return order ? order : (a->len > b->len) - (a->len < b->len);
}

#endif
