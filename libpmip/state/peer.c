/* SPDX-License-Identifier: BSD-2-Clause */
/* A sorted array: they are few, or known from the configuration. */
#include "state/peer.h"

#include "base/mem.h"

#include <pmip/error.h>
#include <string.h>

/* Where the peer is, or belongs. */
static size_t place(const struct pmip__peers *peers, const struct pmip_addr *remote)
{
	size_t low = 0, high = peers->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (memcmp(peers->array[middle]->remote.b, remote->b, sizeof(remote->b)) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

void pmip__peers_free(struct pmip__peers *peers, const struct pmip_mem *mem)
{
	for (size_t i = 0; i < peers->count; i++)
		pmip__mem_free(mem, peers->array[i]);
	pmip__mem_free(mem, peers->array);
	pmip__mem_free(mem, peers->spare);
	*peers = (struct pmip__peers){0};
}

int pmip__peers_reserve(struct pmip__peers *peers, const struct pmip_mem *mem)
{
	void *array = peers->array;
	int err = pmip__mem_grow(mem, &array, &peers->cap, peers->count + 1, sizeof(struct pmip__peer *));

	if (err)
		return err;
	peers->array = array;
	if (!peers->spare)
		peers->spare = pmip__mem_alloc(mem, sizeof(*peers->spare));
	return peers->spare ? 0 : PMIP_ERR_NOMEM;
}

struct pmip__peer *pmip__peers_add(struct pmip__peers *peers, const struct pmip_addr *remote)
{
	struct pmip__peer *peer = peers->spare;
	size_t i = place(peers, remote);

	memmove(&peers->array[i + 1], &peers->array[i], (peers->count - i) * sizeof(struct pmip__peer *));
	peers->array[i] = peer;
	peers->count++;
	peers->spare = NULL;
	peer->remote = *remote;
	return peer;
}

void pmip__peers_remove(struct pmip__peers *peers, const struct pmip_mem *mem, struct pmip__peer *peer)
{
	size_t i = place(peers, &peer->remote);

	peers->count--;
	memmove(&peers->array[i], &peers->array[i + 1], (peers->count - i) * sizeof(struct pmip__peer *));
	pmip__mem_free(mem, peer);
}

struct pmip__peer *pmip__peers_find(const struct pmip__peers *peers, const struct pmip_addr *remote)
{
	size_t i = place(peers, remote);

	return i < peers->count && pmip_addr_equal(&peers->array[i]->remote, remote) ? peers->array[i] : NULL;
}
