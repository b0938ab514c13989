/* SPDX-License-Identifier: BSD-2-Clause */
#include "state/addr_set.h"

#include "base/mem.h"

#include <pmip/error.h>
#include <string.h>

/* Where the address is, or belongs. */
static size_t place(const struct pmip__addr_set *set, const struct pmip_addr *addr)
{
	size_t low = 0, high = set->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (memcmp(set->array[middle].b, addr->b, sizeof(addr->b)) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static bool is_at(const struct pmip__addr_set *set, size_t i, const struct pmip_addr *addr)
{
	return i < set->count && pmip_addr_equal(&set->array[i], addr);
}

void pmip__addr_set_free(struct pmip__addr_set *set, const struct pmip_mem *mem)
{
	pmip__mem_free(mem, set->array);
	*set = (struct pmip__addr_set){0};
}

size_t pmip__addr_set_find(const struct pmip__addr_set *set, const struct pmip_addr *addr)
{
	size_t i = place(set, addr);

	return is_at(set, i, addr) ? i : set->count;
}

bool pmip__addr_set_has(const struct pmip__addr_set *set, const struct pmip_addr *addr)
{
	return pmip__addr_set_find(set, addr) < set->count;
}

int pmip__addr_set_add(struct pmip__addr_set *set, const struct pmip_mem *mem, const struct pmip_addr *addr)
{
	size_t i = place(set, addr);
	void *array = set->array;
	int err;

	if (is_at(set, i, addr))
		return PMIP_ERR_EXIST;
	err = pmip__mem_grow(mem, &array, &set->cap, set->count + 1, sizeof(*set->array));
	if (err)
		return err;
	set->array = array;
	memmove(&set->array[i + 1], &set->array[i], (set->count - i) * sizeof(*set->array));
	set->array[i] = *addr;
	set->count++;
	return 0;
}
