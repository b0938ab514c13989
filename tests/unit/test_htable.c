/* SPDX-License-Identifier: BSD-2-Clause */
#include "base/htable.h"

#include "unit.h"

/* Entries are the numbers themselves; their hash is chosen by the test. */
#define ENTRIES 1000

static unsigned int numbers[ENTRIES];
static struct unit_mem counter;
static struct pmip_mem mem;
static struct pmip__htable table;

static bool equal_number(const void *entry, const void *key)
{
	return *(const unsigned int *)entry == *(const unsigned int *)key;
}

static void setup(void)
{
	counter = (struct unit_mem){0};
	mem = unit_mem_callbacks(&counter);
	pmip__htable_init(&table, &mem, equal_number);
	for (unsigned int i = 0; i < ENTRIES; i++)
		numbers[i] = i;
}

static void insert(unsigned int number, uint64_t hash)
{
	ck_assert_int_eq(pmip__htable_reserve(&table, 1), 0);
	pmip__htable_insert(&table, hash, &numbers[number]);
}

static void finish(void)
{
	pmip__htable_fini(&table);
	ck_assert_int_eq(counter.live, 0);
}

START_TEST(empty)
{
	unsigned int key = 1;
	size_t cursor = 0;

	setup();
	ck_assert_ptr_null(pmip__htable_find(&table, 5, &key));
	ck_assert_ptr_null(pmip__htable_next(&table, &cursor));
	finish();
}
END_TEST

START_TEST(equal_hash_different_key)
{
	setup();
	for (unsigned int i = 0; i < 10; i++)
		insert(i, 7);
	for (unsigned int i = 0; i < 10; i++)
		ck_assert_ptr_eq(pmip__htable_find(&table, 7, &numbers[i]), &numbers[i]);
	ck_assert_ptr_null(pmip__htable_find(&table, 7, &numbers[10]));
	/* Same slot, other hash: not even compared. */
	ck_assert_ptr_null(pmip__htable_find(&table, 7 + 16, &numbers[3]));
	finish();
}
END_TEST

START_TEST(walk_meets_each_once)
{
	bool seen[ENTRIES] = {false};
	size_t cursor = 0, met = 0;
	const unsigned int *number;

	setup();
	for (unsigned int i = 0; i < ENTRIES; i++)
		insert(i, i * 0x9e3779b97f4a7c15ULL >> 32);
	while ((number = pmip__htable_next(&table, &cursor))) {
		ck_assert(!seen[*number]);
		seen[*number] = true;
		met++;
	}
	ck_assert_uint_eq(met, ENTRIES);
	ck_assert_uint_eq(table.count, ENTRIES);
	finish();
}
END_TEST

/* Whatever their hashes are, also in runs that go on at the beginning of the table. */
START_TEST(one_after_the_other_until_there_are_none)
{
	static const uint64_t spread[] = {0, 1, UINT64_C(0x9e3779b97f4a7c15), UINT64_MAX / 7, UINT64_MAX};
	size_t cursor = 0, steps = 0, before;
	unsigned int *number;

	for (size_t s = 0; s < sizeof(spread) / sizeof(spread[0]); s++) {
		setup();
		for (unsigned int i = 0; i < ENTRIES; i++)
			insert(i, UINT64_MAX - i * spread[s]);
		cursor = steps = 0;
		for (unsigned int i = 0; i < ENTRIES; i++) {
			before = cursor;
			number = pmip__htable_any(&table, &cursor);
			ck_assert_ptr_nonnull(number);
			pmip__htable_remove(&table, UINT64_MAX - *number * spread[s], number);
			steps += cursor >= before ? cursor - before : table.in.cap + table.larger.cap;
		}
		ck_assert_uint_eq(table.count, 0);
		ck_assert_ptr_null(pmip__htable_any(&table, &cursor));
		ck_assert_uint_le(steps, 2 * (table.in.cap + table.larger.cap)); /* and not the table for each */
		finish();
	}
}
END_TEST

/* At home in this slot of a table of the smallest size. */
static uint64_t hash_at(uint64_t slot)
{
	return slot << 60 | slot;
}

/* Clustered hashes, and a run that goes round the end of the array: after every removal everything else must still be found. */
START_TEST(removal_keeps_the_rest)
{
	static const uint64_t slots[] = {14, 14, 15, 15, 14, 0, 0, 1, 30, 15}; /* 30: as 14, but another hash */
	size_t n = sizeof(slots) / sizeof(slots[0]);

	for (size_t gone = 0; gone < n; gone++) {
		setup();
		for (unsigned int i = 0; i < n; i++)
			insert(i, hash_at(slots[i]));
		pmip__htable_remove(&table, hash_at(slots[gone]), &numbers[gone]);
		for (size_t i = 0; i < n; i++)
			ck_assert_ptr_eq(pmip__htable_find(&table, hash_at(slots[i]), &numbers[i]), i == gone ? NULL : &numbers[i]);
		ck_assert_uint_eq(table.count, n - 1);
		finish();
	}
}
END_TEST

/* A long life of inserts and removals against a plain array of flags. */
START_TEST(churn)
{
	bool present[ENTRIES] = {false};
	uint32_t random = 1;

	setup();
	for (int step = 0; step < 20000; step++) {
		unsigned int i, probe;

		random = random * 1664525 + 1013904223;
		i = (random >> 8) % ENTRIES;
		/* A third of the hash range, so that runs are long. */
		if (present[i])
			pmip__htable_remove(&table, i / 3, &numbers[i]);
		else
			insert(i, i / 3);
		present[i] = !present[i];
		probe = (random >> 16) % ENTRIES;
		ck_assert_ptr_eq(pmip__htable_find(&table, probe / 3, &numbers[probe]), present[probe] ? &numbers[probe] : NULL);
	}
	finish();
}
END_TEST

/* Numbers that follow each other lie apart: no entry is far from its home, and one is removed in a few steps. */
START_TEST(numbers_that_follow_each_other_make_no_run)
{
	size_t run = 0, longest = 0;

	setup();
	for (unsigned int i = 0; i < ENTRIES; i++)
		insert(i, pmip__htable_number(0x10000 + i));
	for (size_t i = 0; i < table.in.cap; i++) {
		run = table.in.slots[i].entry ? run + 1 : 0;
		longest = run > longest ? run : longest;
	}
	ck_assert_uint_lt(longest, ENTRIES / 8);
	finish();
}
END_TEST

#define MANY 40000

static uint64_t hash_of(unsigned int i)
{
	return i / 3 * UINT64_C(0x9e3779b97f4a7c15); /* three with the same */
}

static void check_all(const bool *present, const unsigned int *many, unsigned int n)
{
	size_t cursor = 0, met = 0, wrong = 0;

	for (unsigned int i = 0; i < n; i++) /* Check writes something down for each assertion */
		wrong += pmip__htable_find(&table, hash_of(i), &many[i]) != (present[i] ? &many[i] : NULL);
	ck_assert_uint_eq(wrong, 0);
	while (pmip__htable_next(&table, &cursor))
		met++;
	ck_assert_uint_eq(met, table.count);
}

/* A large one grows while it is used: never much at once, and always all are found, those that come and go meanwhile, too. */
START_TEST(a_large_one_grows_bit_by_bit)
{
	static unsigned int many[MANY];
	static bool present[MANY];
	unsigned int growing = 0, moving = 0;
	size_t moved = 0;

	setup();
	for (unsigned int i = 0; i < MANY; i++) {
		many[i] = i;
		ck_assert_int_eq(pmip__htable_reserve(&table, 1), 0);
		if (table.larger.slots) {
			ck_assert_uint_le(table.moved - (moving ? moved : 0), 32);
			moved = table.moved;
			growing++;
			moving += moved > 0;
			if (growing % 100 == 1)
				check_all(present, many, MANY);
		} else {
			moving = 0;
		}
		pmip__htable_insert(&table, hash_of(i), &many[i]);
		present[i] = true;
		if (i % 4 == 3) {
			unsigned int gone = i * 2654435761u % i;

			if (present[gone])
				pmip__htable_remove(&table, hash_of(gone), &many[gone]);
			present[gone] = false;
		}
	}
	ck_assert_uint_gt(growing, 500);
	check_all(present, many, MANY);
	/* Much room at once is made at once, whether it is growing or not. */
	ck_assert_int_eq(pmip__htable_reserve(&table, 10 * MANY), 0);
	ck_assert_ptr_null(table.larger.slots);
	check_all(present, many, MANY);
	for (unsigned int i = 0; i < MANY; i++)
		if (present[i])
			pmip__htable_remove(&table, hash_of(i), &many[i]);
	ck_assert_uint_eq(table.count, 0);
	finish();
}
END_TEST

START_TEST(no_memory_changes_nothing)
{
	unsigned int n;

	setup();
	for (n = 1; unit_no_memory(&counter, n, pmip__htable_reserve(&table, 1)); n++)
		ck_assert_uint_eq(table.count, 0);
	ck_assert_uint_gt(n, 1);
	for (unsigned int i = 0; i < 12; i++)
		insert(i, i);
	for (n = 1; unit_no_memory(&counter, n, pmip__htable_reserve(&table, 1)); n++) {
		ck_assert_uint_eq(table.count, 12);
		for (unsigned int i = 0; i < 12; i++)
			ck_assert_ptr_eq(pmip__htable_find(&table, i, &numbers[i]), &numbers[i]);
	}
	ck_assert_uint_gt(n, 1);
	insert(12, 12);
	ck_assert_ptr_eq(pmip__htable_find(&table, 12, &numbers[12]), &numbers[12]);
	finish();
}
END_TEST

START_TEST(size_overflow_is_no_memory)
{
	setup();
	ck_assert_int_eq(pmip__htable_reserve(&table, SIZE_MAX / 8), PMIP_ERR_NOMEM);
	ck_assert_uint_eq(counter.calls, 0);
	finish();
}
END_TEST

int main(void)
{
	const TTest *tests[] = {
		empty, equal_hash_different_key, walk_meets_each_once, one_after_the_other_until_there_are_none, removal_keeps_the_rest, churn,
		numbers_that_follow_each_other_make_no_run, a_large_one_grows_bit_by_bit,
		no_memory_changes_nothing, size_overflow_is_no_memory, NULL,
	};

	return unit_run("htable", tests);
}
