/* SPDX-License-Identifier: BSD-2-Clause */
#include "state/prefix_pool.h"

#include "unit.h"

static struct unit_mem counter;
static struct pmip_mem mem;
static struct pmip__prefix_pool pool;

static void setup(const char *text, uint8_t hnp_len)
{
	struct pmip_prefix p = unit_prefix(text);

	counter = (struct unit_mem){0};
	mem = unit_mem_callbacks(&counter);
	ck_assert_int_eq(pmip__prefix_pool_init(&pool, &mem, &p, hnp_len), 0);
}

static void finish(void)
{
	pmip__prefix_pool_fini(&pool);
	ck_assert_int_eq(counter.live, 0);
}

START_TEST(bounds)
{
	struct pmip_prefix good = unit_prefix("2001:db8::/40"), bad = good;

	counter = (struct unit_mem){0};
	mem = unit_mem_callbacks(&counter);
	ck_assert_int_eq(pmip__prefix_pool_init(&pool, &mem, &good, 39), PMIP_ERR_INVALID);
	ck_assert_int_eq(pmip__prefix_pool_init(&pool, &mem, &good, 65), PMIP_ERR_INVALID);
	ck_assert_int_eq(pmip__prefix_pool_init(&pool, &mem, &good, 129), PMIP_ERR_INVALID);
	bad.addr.b[15] = 1;
	ck_assert_int_eq(pmip__prefix_pool_init(&pool, &mem, &bad, 64), PMIP_ERR_INVALID);
	ck_assert_uint_eq(counter.calls, 0);
	ck_assert_int_eq(pmip__prefix_pool_init(&pool, &mem, &good, 64), 0);
	ck_assert_uint_eq(pool.size, 1u << 24);
	finish();
}
END_TEST

START_TEST(no_memory)
{
	struct pmip_prefix p = unit_prefix("2001:db8::/48");

	counter = (struct unit_mem){.fail_at = 1};
	mem = unit_mem_callbacks(&counter);
	ck_assert_int_eq(pmip__prefix_pool_init(&pool, &mem, &p, 64), PMIP_ERR_NOMEM);
	finish();
}
END_TEST

START_TEST(owns)
{
	struct pmip_prefix p;

	setup("2001:db8:0:40::/58", 64);
	p = unit_prefix("2001:db8:0:40::/64");
	ck_assert(pmip__prefix_pool_owns(&pool, &p));
	p = unit_prefix("2001:db8:0:7f::/64");
	ck_assert(pmip__prefix_pool_owns(&pool, &p));
	p = unit_prefix("2001:db8:0:80::/64");
	ck_assert(!pmip__prefix_pool_owns(&pool, &p));
	p = unit_prefix("2001:db8:0:3f::/64");
	ck_assert(!pmip__prefix_pool_owns(&pool, &p));
	p = unit_prefix("2001:db8:0:40::/63");
	ck_assert(!pmip__prefix_pool_owns(&pool, &p));
	p = unit_prefix("2001:db8:0:40::/65");
	ck_assert(!pmip__prefix_pool_owns(&pool, &p));
	finish();
}
END_TEST

/* Each prefix once, all of them, then full; whatever the size and the place to start. */
START_TEST(all_of_it)
{
	static const uint8_t lengths[] = {60, 61, 64, 65, 66, 67, 68};

	for (size_t i = 0; i < sizeof(lengths); i++) {
		bool seen[256] = {false};
		struct pmip_prefix p;

		setup("2001:db8:0:a0::/60", lengths[i]);
		ck_assert_uint_eq(pool.size, 1u << (lengths[i] - 60));
		for (uint32_t n = 0; n < pool.size; n++) {
			unsigned int number;

			ck_assert_int_eq(pmip__prefix_pool_alloc(&pool, NULL, 37 + n / 2, &p), 0);
			ck_assert(pmip_prefix_is_valid(&p));
			ck_assert(pmip__prefix_pool_owns(&pool, &p));
			/* Bits 60..67, shifted down to a number. */
			number = ((p.addr.b[7] & 15u) << 4 | p.addr.b[8] >> 4) >> (68 - lengths[i]);
			ck_assert(!seen[number]);
			seen[number] = true;
		}
		ck_assert_uint_eq(pool.used, pool.size);
		ck_assert_int_eq(pmip__prefix_pool_alloc(&pool, NULL, 0, &p), PMIP_ERR_FULL);
		finish();
	}
}
END_TEST

START_TEST(preference)
{
	struct pmip_prefix first, second, again;

	setup("2001:db8::/48", 64);
	ck_assert_int_eq(pmip__prefix_pool_alloc(&pool, NULL, 65536 * 3 + 0x1234, &first), 0);
	second = unit_prefix("2001:db8:0:1234::/64");
	ck_assert(pmip_prefix_equal(&first, &second));
	/* Taken: the next one. */
	ck_assert_int_eq(pmip__prefix_pool_alloc(&pool, NULL, 0x1234, &second), 0);
	again = unit_prefix("2001:db8:0:1235::/64");
	ck_assert(pmip_prefix_equal(&second, &again));
	/* Given back: the same again. */
	pmip__prefix_pool_release(&pool, &first);
	ck_assert_int_eq(pmip__prefix_pool_alloc(&pool, NULL, 0x1234, &again), 0);
	ck_assert(pmip_prefix_equal(&first, &again));
	finish();
}
END_TEST

/* The search goes round to the places in front of the preferred one, in the same word and in others. */
START_TEST(goes_round)
{
	struct pmip_prefix p, left;

	setup("2001:db8::/56", 64);
	for (uint32_t n = 0; n < 256; n++)
		ck_assert_int_eq(pmip__prefix_pool_alloc(&pool, NULL, n, &p), 0);
	left = unit_prefix("2001:db8:0:c1::/64");
	pmip__prefix_pool_release(&pool, &left);
	ck_assert_int_eq(pmip__prefix_pool_alloc(&pool, NULL, 0xff, &p), 0);
	ck_assert(pmip_prefix_equal(&p, &left));
	/* The next word is looked at from its first place. */
	p = unit_prefix("2001:db8::/64");
	pmip__prefix_pool_release(&pool, &left);
	pmip__prefix_pool_release(&pool, &p);
	ck_assert_int_eq(pmip__prefix_pool_alloc(&pool, NULL, 0xbf, &p), 0);
	ck_assert(pmip_prefix_equal(&p, &left));
	left = unit_prefix("2001:db8::/64");
	ck_assert_int_eq(pmip__prefix_pool_alloc(&pool, NULL, 0x80, &p), 0);
	ck_assert(pmip_prefix_equal(&p, &left));
	finish();
}
END_TEST

START_TEST(take_and_release_twice)
{
	struct pmip_prefix p, q;

	setup("2001:db8::/63", 64);
	p = unit_prefix("2001:db8:0:1::/64");
	ck_assert(pmip__prefix_pool_is_free(&pool, &p));
	pmip__prefix_pool_take(&pool, &p);
	pmip__prefix_pool_take(&pool, &p);
	ck_assert_uint_eq(pool.used, 1);
	ck_assert(!pmip__prefix_pool_is_free(&pool, &p));
	q = unit_prefix("2001:db8::/64");
	ck_assert(pmip__prefix_pool_is_free(&pool, &q));
	ck_assert_int_eq(pmip__prefix_pool_alloc(&pool, NULL, 1, &q), 0);
	ck_assert(!pmip_prefix_equal(&p, &q));
	ck_assert_int_eq(pmip__prefix_pool_alloc(&pool, NULL, 1, &q), PMIP_ERR_FULL);
	pmip__prefix_pool_release(&pool, &p);
	pmip__prefix_pool_release(&pool, &p);
	ck_assert_uint_eq(pool.used, 1);
	ck_assert_int_eq(pmip__prefix_pool_alloc(&pool, NULL, 0, &q), 0);
	ck_assert(pmip_prefix_equal(&p, &q));
	finish();
}
END_TEST

START_TEST(within_a_prefix) /* SEC-3 */
{
	static const char *const none[] = {"2001:db8:1::/48", "2001:db8::/65", "::ffff:192.0.2.0/120"};
	struct pmip_prefix p, within, wide;

	setup("2001:db8::/48", 64);
	/* 2^(64 - 58) of them, more than a word has bits, at any place. */
	within = unit_prefix("2001:db8:0:1f80::/58");
	for (unsigned int n = 0; n < 64; n++) {
		ck_assert_int_eq(pmip__prefix_pool_alloc(&pool, &within, 1000 + n / 3, &p), 0);
		ck_assert(pmip_prefix_contains(&within, &p.addr));
		ck_assert_uint_eq(p.len, 64);
		ck_assert(n || (p.addr.b[6] == 0x1f && p.addr.b[7] == 0x80 + 1000 % 64));
	}
	ck_assert_uint_eq(pool.used, 64);
	ck_assert_int_eq(pmip__prefix_pool_alloc(&pool, &within, 7, &p), PMIP_ERR_FULL);
	finish();
	setup("2001:db8::/48", 64);
	for (unsigned int n = 0; n < 8; n++) {
		/* Few of a word; the last of the pool. */
		within = unit_prefix(n % 2 ? "2001:db8:0:fffc::/62" : "2001:db8:0:4::/62");
		ck_assert_int_eq(pmip__prefix_pool_alloc(&pool, &within, n, &p), 0);
		ck_assert(pmip_prefix_contains(&within, &p.addr));
	}
	ck_assert_int_eq(pmip__prefix_pool_alloc(&pool, &within, 0, &p), PMIP_ERR_FULL);
	within = unit_prefix("2001:db8:0:8::/64");
	ck_assert_int_eq(pmip__prefix_pool_alloc(&pool, &within, 5, &p), 0);
	ck_assert(pmip_prefix_equal(&p, &within));
	for (size_t i = 0; i < 3; i++) {
		within = unit_prefix(none[i]);
		ck_assert_int_eq(pmip__prefix_pool_alloc(&pool, &within, 0, &p), PMIP_ERR_FULL);
	}
	/* What has the pool in it is no bound. */
	wide = unit_prefix("2001:db8::/32");
	ck_assert_int_eq(pmip__prefix_pool_alloc(&pool, &wide, 0x1234, &p), 0);
	ck_assert_uint_eq(p.addr.b[6], 0x12);
	ck_assert_uint_eq(p.addr.b[7], 0x34);
	finish();
}
END_TEST

int main(void)
{
	const TTest *tests[] = {
		bounds, no_memory, owns, all_of_it, preference, goes_round, take_and_release_twice, within_a_prefix,
		NULL,
	};

	return unit_run("prefix_pool", tests);
}
