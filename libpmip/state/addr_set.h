/* SPDX-License-Identifier: BSD-2-Clause */
/* A set of addresses: a sorted array. It comes from the configuration, so that no message makes it grow. */
#ifndef PMIP_STATE_ADDR_SET_H
#define PMIP_STATE_ADDR_SET_H

#include <pmip/mem.h>
#include <pmip/types.h>

/* A zeroed one is empty. */
struct pmip__addr_set {
	struct pmip_addr *array;
	size_t count, cap;
};

void pmip__addr_set_free(struct pmip__addr_set *set, const struct pmip_mem *mem);
/* 0, PMIP_ERR_EXIST or PMIP_ERR_NOMEM. */
int pmip__addr_set_add(struct pmip__addr_set *set, const struct pmip_mem *mem, const struct pmip_addr *addr);
/* Its place in the array; count = it is not there. */
size_t pmip__addr_set_find(const struct pmip__addr_set *set, const struct pmip_addr *addr);
bool pmip__addr_set_has(const struct pmip__addr_set *set, const struct pmip_addr *addr);

#endif
