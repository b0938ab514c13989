/* SPDX-License-Identifier: BSD-2-Clause */
/* A sorted array: the peers are known from the configuration, so that no message makes it grow. */
#include "state/peer.h"

#include "base/mem.h"

#include <pmip/error.h>
#include <string.h>

int pmip__peers_new(struct pmip__peers *peers, const struct pmip_mem *mem, const struct pmip_addr *remote, size_t count)
{
	struct pmip__peer *array = NULL;

	if (count) {
		array = pmip__mem_alloc(mem, count * sizeof(*array));
		if (!array)
			return PMIP_ERR_NOMEM;
	}
	for (size_t i = 0; i < count; i++)
		array[i].remote = remote[i];
	*peers = (struct pmip__peers){array, count};
	return 0;
}

void pmip__peers_free(struct pmip__peers *peers, const struct pmip_mem *mem)
{
	pmip__mem_free(mem, peers->array);
	*peers = (struct pmip__peers){0};
}

struct pmip__peer *pmip__peers_find(const struct pmip__peers *peers, const struct pmip_addr *remote)
{
	size_t low = 0, high = peers->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		int order = memcmp(peers->array[middle].remote.b, remote->b, sizeof(remote->b));

		if (!order)
			return &peers->array[middle];
		if (order < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return NULL;
}
