/* SPDX-License-Identifier: BSD-2-Clause */
#include "state/prefix_pool.h"

#include "base/mem.h"

#include <pmip/error.h>

int pmip__prefix_pool_init(struct pmip__prefix_pool *pool, const struct pmip_mem *mem, const struct pmip_prefix *prefix,
			   uint8_t hnp_len)
{
	uint32_t size;
	size_t words;

	if (!pmip_prefix_is_valid(prefix) || hnp_len > 128 || hnp_len < prefix->len ||
	    hnp_len - prefix->len > PMIP__POOL_BITS_MAX)
		return PMIP_ERR_INVALID;
	size = 1u << (hnp_len - prefix->len);
	words = (size + 63) / 64;
	*pool = (struct pmip__prefix_pool){.mem = *mem, .pool = *prefix, .hnp_len = hnp_len, .size = size};
	pool->map = pmip__mem_alloc(mem, words * sizeof(*pool->map));
	if (!pool->map)
		return PMIP_ERR_NOMEM;
	if (size % 64)
		pool->map[words - 1] = ~0ULL << size % 64;
	return 0;
}

void pmip__prefix_pool_fini(struct pmip__prefix_pool *pool)
{
	pmip__mem_free(&pool->mem, pool->map);
}

bool pmip__prefix_pool_owns(const struct pmip__prefix_pool *pool, const struct pmip_prefix *prefix)
{
	return prefix->len == pool->hnp_len && pmip_prefix_contains(&pool->pool, &prefix->addr);
}

/* Number of a prefix in the pool: its bits pool.len..hnp_len-1. */
static uint32_t number_of(const struct pmip__prefix_pool *pool, const struct pmip_prefix *prefix)
{
	uint32_t n = 0;

	for (unsigned int bit = pool->pool.len; bit < pool->hnp_len; bit++)
		n = n << 1 | (prefix->addr.b[bit / 8] >> (7 - bit % 8) & 1u);
	return n;
}

static void prefix_of(const struct pmip__prefix_pool *pool, uint32_t n, struct pmip_prefix *prefix)
{
	*prefix = pool->pool;
	prefix->len = pool->hnp_len;
	for (unsigned int bit = pool->hnp_len; bit-- > pool->pool.len; n >>= 1)
		if (n & 1)
			prefix->addr.b[bit / 8] |= (uint8_t)(0x80 >> bit % 8);
}

int pmip__prefix_pool_alloc(struct pmip__prefix_pool *pool, uint64_t seed, struct pmip_prefix *prefix)
{
	size_t words = (pool->size + 63) / 64;
	uint32_t start = (uint32_t)(seed % pool->size);

	if (pool->used == pool->size)
		return PMIP_ERR_FULL;
	for (size_t i = 0;; i++) {
		size_t w = (start / 64 + i) % words;
		/* In the first word, look behind the preferred place only; the last round looks at its front. */
		uint64_t free_bits = ~pool->map[w] & (i ? ~0ULL : ~0ULL << start % 64);

		if (free_bits) {
			uint32_t n = (uint32_t)(w * 64) + (uint32_t)__builtin_ctzll(free_bits);

			prefix_of(pool, n, prefix);
			pmip__prefix_pool_take(pool, prefix);
			return 0;
		}
	}
}

bool pmip__prefix_pool_is_free(const struct pmip__prefix_pool *pool, const struct pmip_prefix *prefix)
{
	uint32_t n = number_of(pool, prefix);

	return !(pool->map[n / 64] >> n % 64 & 1);
}

void pmip__prefix_pool_take(struct pmip__prefix_pool *pool, const struct pmip_prefix *prefix)
{
	uint32_t n = number_of(pool, prefix);
	uint64_t bit = 1ULL << n % 64;

	pool->used += !(pool->map[n / 64] & bit);
	pool->map[n / 64] |= bit;
}

void pmip__prefix_pool_release(struct pmip__prefix_pool *pool, const struct pmip_prefix *prefix)
{
	uint32_t n = number_of(pool, prefix);
	uint64_t bit = 1ULL << n % 64;

	pool->used -= !!(pool->map[n / 64] & bit);
	pool->map[n / 64] &= ~bit;
}
