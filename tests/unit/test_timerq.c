/* SPDX-License-Identifier: BSD-2-Clause */
/* The queue, and under it the growing array of base/mem. */
#include "base/timerq.h"

#include "base/mem.h"
#include "unit.h"

#define TIMERS 500

static struct unit_mem counter;
static struct pmip_mem mem;
static struct pmip__timerq queue;
static struct pmip__timer timers[TIMERS];

static void setup(size_t n)
{
	counter = (struct unit_mem){0};
	mem = unit_mem_callbacks(&counter);
	memset(timers, 0, sizeof(timers));
	pmip__timerq_init(&queue, &mem);
	ck_assert_int_eq(pmip__timerq_reserve(&queue, n), 0);
}

static void finish(void)
{
	pmip__timerq_fini(&queue);
	ck_assert_int_eq(counter.live, 0);
}

START_TEST(empty)
{
	setup(1);
	ck_assert_uint_eq(pmip__timerq_next(&queue), PMIP_TIME_NONE);
	ck_assert_ptr_null(pmip__timerq_due(&queue, UINT64_MAX));
	pmip__timerq_cancel(&queue, &timers[0]);
	ck_assert_uint_eq(queue.count, 0);
	finish();
}
END_TEST

START_TEST(due_at_the_deadline_not_before)
{
	setup(1);
	pmip__timerq_set(&queue, &timers[0], 1000);
	ck_assert_ptr_null(pmip__timerq_due(&queue, 999));
	ck_assert_ptr_eq(pmip__timerq_due(&queue, 1000), &timers[0]);
	/* Still set until it is cancelled or moved. */
	ck_assert_ptr_eq(pmip__timerq_due(&queue, 1000), &timers[0]);
	pmip__timerq_set(&queue, &timers[0], 2000);
	ck_assert_ptr_null(pmip__timerq_due(&queue, 1000));
	ck_assert_uint_eq(pmip__timerq_next(&queue), 2000);
	pmip__timerq_cancel(&queue, &timers[0]);
	ck_assert_uint_eq(pmip__timerq_next(&queue), PMIP_TIME_NONE);
	finish();
}
END_TEST

START_TEST(come_out_in_order)
{
	uint64_t last = 0;
	uint32_t random = 7;

	setup(TIMERS);
	for (size_t i = 0; i < TIMERS; i++) {
		random = random * 1664525 + 1013904223;
		pmip__timerq_set(&queue, &timers[i], random >> 20);
	}
	for (size_t left = TIMERS; left > 0; left--) {
		struct pmip__timer *timer = pmip__timerq_due(&queue, UINT64_MAX);

		ck_assert_ptr_nonnull(timer);
		ck_assert_uint_ge(timer->at_us, last);
		ck_assert_uint_eq(timer->at_us, pmip__timerq_next(&queue));
		last = timer->at_us;
		pmip__timerq_cancel(&queue, timer);
	}
	ck_assert_uint_eq(pmip__timerq_next(&queue), PMIP_TIME_NONE);
	finish();
}
END_TEST

/* Set, move both ways and cancel at random; the head is always the least of those that are set. */
START_TEST(churn)
{
	uint32_t random = 3;

	setup(64);
	for (int step = 0; step < 20000; step++) {
		uint64_t least = PMIP_TIME_NONE;
		size_t set = 0;

		random = random * 1664525 + 1013904223;
		if (random >> 30)
			pmip__timerq_set(&queue, &timers[(random >> 8) % 64], random >> 14);
		else
			pmip__timerq_cancel(&queue, &timers[(random >> 8) % 64]);
		for (size_t i = 0; i < 64; i++) {
			if (!timers[i].place)
				continue;
			set++;
			if (timers[i].at_us < least)
				least = timers[i].at_us;
		}
		ck_assert_uint_eq(queue.count, set);
		ck_assert_uint_eq(pmip__timerq_next(&queue), least);
	}
	finish();
}
END_TEST

START_TEST(no_memory_changes_nothing)
{
	unsigned int n;

	setup(16);
	for (size_t i = 0; i < 16; i++)
		pmip__timerq_set(&queue, &timers[i], 100 - i);
	for (n = 1; unit_no_memory(&counter, n, pmip__timerq_reserve(&queue, 17)); n++) {
		ck_assert_int_eq(pmip__timerq_reserve(&queue, 16), 0);
		ck_assert_uint_eq(pmip__timerq_next(&queue), 85);
	}
	ck_assert_uint_gt(n, 1);
	pmip__timerq_set(&queue, &timers[16], 1);
	ck_assert_uint_eq(pmip__timerq_next(&queue), 1);
	finish();
}
END_TEST

START_TEST(impossible_sizes_are_no_memory)
{
	void *array = NULL;
	size_t cap = 0;

	setup(0);
	ck_assert_int_eq(pmip__mem_grow(&mem, &array, &cap, SIZE_MAX, 1), PMIP_ERR_NOMEM);
	ck_assert_int_eq(pmip__mem_grow(&mem, &array, &cap, SIZE_MAX / 4, 64), PMIP_ERR_NOMEM);
	ck_assert_ptr_null(array);
	ck_assert_uint_eq(cap, 0);
	ck_assert_uint_eq(counter.calls, 0);
	finish();
}
END_TEST

START_TEST(default_allocator)
{
	struct pmip_mem libc = pmip__mem_resolve(NULL);
	uint8_t *block = pmip__mem_alloc(&libc, 100);
	struct pmip_mem own;

	ck_assert_ptr_nonnull(block);
	for (size_t i = 0; i < 100; i++)
		ck_assert_uint_eq(block[i], 0);
	pmip__mem_free(&libc, block);
	setup(0);
	own = pmip__mem_resolve(&mem);
	ck_assert_ptr_eq(own.user, &counter);
	counter.fail_at = 1;
	ck_assert_ptr_null(pmip__mem_alloc(&own, 8));
	finish();
}
END_TEST

int main(void)
{
	const TTest *tests[] = {
		empty, due_at_the_deadline_not_before, come_out_in_order, churn, no_memory_changes_nothing,
		impossible_sizes_are_no_memory, default_allocator, NULL,
	};

	return unit_run("timerq", tests);
}
