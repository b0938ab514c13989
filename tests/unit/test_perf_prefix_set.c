/* SPDX-License-Identifier: BSD-2-Clause */
#include "perf/prefix_set.h"

#include "unit.h"

#define CLIENTS 2000

static struct prefix_set set;

static void setup(void)
{
	ck_assert_int_eq(prefix_set_init(&set, CLIENTS), 0);
}

static void teardown(void)
{
	prefix_set_fini(&set);
}

static struct pmip_prefix prefix_of(uint32_t number)
{
	struct pmip_prefix prefix = {{{0x20, 1, 0xd, 0xb8, 0, 0, (uint8_t)(number >> 8), (uint8_t)number}}, 64};

	return prefix;
}

START_TEST(each_has_its_own)
{
	for (uint32_t i = 0; i < CLIENTS; i++) {
		struct pmip_prefix prefix = prefix_of(i);

		ck_assert_ptr_null(prefix_set_get(&set, i));
		ck_assert(prefix_set_add(&set, i, &prefix));
		ck_assert(pmip_prefix_equal(prefix_set_get(&set, i), &prefix));
	}
}
END_TEST

START_TEST(two_with_one_prefix_are_noticed)
{
	struct pmip_prefix prefix = prefix_of(1), longer = prefix;

	longer.len = 65;
	ck_assert(prefix_set_add(&set, 0, &prefix));
	ck_assert(prefix_set_add(&set, 1, &longer));
	ck_assert(!prefix_set_add(&set, 2, &prefix));
	ck_assert(!prefix_set_add(&set, 3, &longer));
}
END_TEST

/* The one that was noticed is a holder as well. */
START_TEST(a_prefix_is_free_when_nobody_has_it)
{
	struct pmip_prefix prefix = prefix_of(1);

	ck_assert(prefix_set_add(&set, 0, &prefix));
	ck_assert(!prefix_set_add(&set, 1, &prefix));
	prefix_set_remove(&set, 0);
	ck_assert(!prefix_set_add(&set, 2, &prefix));
	prefix_set_remove(&set, 2);
	prefix_set_remove(&set, 1);
	prefix_set_remove(&set, 1);
	ck_assert(prefix_set_add(&set, 3, &prefix));
}
END_TEST

/* Against a table that needs no thought: which prefix has which holder. */
START_TEST(comes_and_goes)
{
	static int holders[CLIENTS / 2];
	uint32_t random = 1;

	for (unsigned int i = 0; i < 200000; i++) {
		uint32_t client, number;
		const struct pmip_prefix *has;

		random = random * 1664525 + 1013904223;
		client = (random >> 8) % CLIENTS;
		number = (random >> 16) % (CLIENTS / 2);
		has = prefix_set_get(&set, client);
		if (has != NULL) {
			holders[has->addr.b[6] << 8 | has->addr.b[7]]--;
			prefix_set_remove(&set, client);
		} else {
			struct pmip_prefix prefix = prefix_of(number);

			ck_assert_int_eq(prefix_set_add(&set, client, &prefix), holders[number] == 0);
			holders[number]++;
		}
	}
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {
		each_has_its_own, two_with_one_prefix_are_noticed, a_prefix_is_free_when_nobody_has_it, comes_and_goes, NULL,
	};

	return unit_run_fixture("perf_prefix_set", tests, setup, teardown);
}
