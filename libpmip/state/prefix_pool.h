/* SPDX-License-Identifier: BSD-2-Clause */
/* A pool of Home Network Prefixes of one length (RFC 5213 section 5.3.2). */
#ifndef PMIP_STATE_PREFIX_POOL_H
#define PMIP_STATE_PREFIX_POOL_H

#include <pmip/mem.h>

/* A pool has at most 2^24 prefixes: 2 MB of bitmap. */
#define PMIP__POOL_BITS_MAX 24

struct pmip__prefix_pool {
	struct pmip_mem mem;
	struct pmip_prefix pool;
	uint8_t hnp_len;
	uint32_t size;  /* prefixes in all */
	uint32_t used;
	uint64_t *map; /* bit set = used */
};

int pmip__prefix_pool_init(struct pmip__prefix_pool *pool, const struct pmip_mem *mem, const struct pmip_prefix *prefix,
			   uint8_t hnp_len);
void pmip__prefix_pool_fini(struct pmip__prefix_pool *pool);
/* Whether the prefix is one of the pool's, used or not. */
bool pmip__prefix_pool_owns(const struct pmip__prefix_pool *pool, const struct pmip_prefix *prefix);
/* Take a free prefix, of those within this one (NULL = of all), by preference the one whose number among them is seed modulo how many they are, so
 * that a mobile node tends to get the one it had. 0 or PMIP_ERR_FULL. */
int pmip__prefix_pool_alloc(struct pmip__prefix_pool *pool, const struct pmip_prefix *within, uint64_t seed, struct pmip_prefix *prefix);
bool pmip__prefix_pool_is_free(const struct pmip__prefix_pool *pool, const struct pmip_prefix *prefix);
/* Mark one of the pool's prefixes used or free. Marking twice is fine. */
void pmip__prefix_pool_take(struct pmip__prefix_pool *pool, const struct pmip_prefix *prefix);
void pmip__prefix_pool_release(struct pmip__prefix_pool *pool, const struct pmip_prefix *prefix);

#endif
