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

/* Bits of the last octet of a prefix that lie behind its number. */
static unsigned int behind(const struct pmip__prefix_pool *pool)
{
	return (8 - pool->hnp_len % 8u) % 8;
}

/* Number of a prefix in the pool: its bits pool.len..hnp_len-1. */
static uint32_t number_of(const struct pmip__prefix_pool *pool, const struct pmip_prefix *prefix)
{
	unsigned int from = pool->pool.len / 8, to = (pool->hnp_len + 7u) / 8;
	uint64_t n = 0;

	for (unsigned int i = from; i < to; i++)
		n = n << 8 | prefix->addr.b[i];
	return (uint32_t)(n >> behind(pool)) & (pool->size - 1);
}

static void prefix_of(const struct pmip__prefix_pool *pool, uint32_t n, struct pmip_prefix *prefix)
{
	uint64_t bits = (uint64_t)n << behind(pool);

	*prefix = pool->pool;
	prefix->len = pool->hnp_len;
	for (unsigned int i = (pool->hnp_len + 7u) / 8; bits; bits >>= 8)
		prefix->addr.b[--i] |= (uint8_t)bits;
}

/* Those of the pool that lie within a prefix: from *first on. Returns how many. */
static uint32_t numbers_within(const struct pmip__prefix_pool *pool, const struct pmip_prefix *within, uint32_t *first)
{
	*first = 0;
	if (!within || (within->len <= pool->pool.len && pmip_prefix_contains(within, &pool->pool.addr)))
		return pool->size;
	if (within->len > pool->hnp_len || !pmip_prefix_contains(&pool->pool, &within->addr))
		return 0;
	*first = number_of(pool, within);
	return 1u << (pool->hnp_len - within->len);
}

/* The first free one of the numbers from..end - 1; end = there is none. */
static uint32_t free_among(const struct pmip__prefix_pool *pool, uint32_t from, uint32_t end)
{
	for (uint32_t n = from; n < end; n = (n | 63) + 1) {
		uint64_t free_bits = ~pool->map[n / 64] & ~0ULL << n % 64;

		if (!free_bits)
			continue;
		n = n / 64 * 64 + (uint32_t)__builtin_ctzll(free_bits);
		return n < end ? n : end;
	}
	return end;
}

int pmip__prefix_pool_alloc(struct pmip__prefix_pool *pool, const struct pmip_prefix *within, uint64_t seed, struct pmip_prefix *prefix)
{
	uint32_t first, count = numbers_within(pool, within, &first), start, n;

	if (!count || pool->used == pool->size)
		return PMIP_ERR_FULL;
	start = first + (uint32_t)(seed % count);
	n = free_among(pool, start, first + count);
	if (n == first + count) {
		n = free_among(pool, first, start);
		if (n == start)
			return PMIP_ERR_FULL;
	}
	prefix_of(pool, n, prefix);
	pmip__prefix_pool_take(pool, prefix);
	return 0;
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
