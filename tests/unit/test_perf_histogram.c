/* SPDX-License-Identifier: BSD-2-Clause */
#include "perf/histogram.h"

#include "unit.h"

START_TEST(nothing_seen)
{
	static struct histogram histogram;

	ck_assert_uint_eq(histogram_permille(&histogram, 500), 0);
	ck_assert_uint_eq(histogram_permille(&histogram, 1000), 0);
	ck_assert_uint_eq(histogram.min, 0);
	ck_assert_uint_eq(histogram.max, 0);
}
END_TEST

START_TEST(small_values_are_exact)
{
	static struct histogram histogram;

	for (uint64_t value = 1; value <= 100; value++)
		histogram_add(&histogram, value);
	ck_assert_uint_eq(histogram.count, 100);
	ck_assert_uint_eq(histogram.min, 1);
	ck_assert_uint_eq(histogram.max, 100);
	ck_assert_uint_eq(histogram_permille(&histogram, 10), 1);
	ck_assert_uint_eq(histogram_permille(&histogram, 500), 50);
	ck_assert_uint_eq(histogram_permille(&histogram, 990), 99);
	ck_assert_uint_eq(histogram_permille(&histogram, 991), 100);
	ck_assert_uint_eq(histogram_permille(&histogram, 1000), 100);
}
END_TEST

/* One value of each size, beside a greater one that keeps the maximum out of the way. */
START_TEST(a_percentile_is_not_below_and_at_most_a_64th_above)
{
	static struct histogram histogram;

	for (unsigned int bit = 0; bit < HISTOGRAM_MAX_BITS - 1; bit++) {
		for (uint64_t more = 0; more < 4; more++) {
			uint64_t value = (UINT64_C(1) << bit) + (more << bit >> 2) + (more == 3), found;

			histogram = (struct histogram){.count = 0};
			histogram_add(&histogram, value);
			histogram_add(&histogram, UINT64_MAX);
			found = histogram_permille(&histogram, 500);
			ck_assert_uint_ge(found, value);
			ck_assert_uint_le(found, value + value / 64);
		}
	}
}
END_TEST

START_TEST(what_is_too_long_keeps_its_maximum)
{
	static struct histogram histogram;

	histogram_add(&histogram, UINT64_C(1) << 50);
	histogram_add(&histogram, (UINT64_C(1) << HISTOGRAM_MAX_BITS) - 1);
	ck_assert_uint_eq(histogram_permille(&histogram, 1000), UINT64_C(1) << 50);
	ck_assert_uint_eq(histogram.min, (UINT64_C(1) << HISTOGRAM_MAX_BITS) - 1);
}
END_TEST

START_TEST(percentiles_are_never_above_the_maximum)
{
	static struct histogram histogram;

	histogram_add(&histogram, 1000001);
	for (unsigned int permille = 0; permille <= 1000; permille++)
		ck_assert_uint_le(histogram_permille(&histogram, permille), 1000001);
}
END_TEST

/* Half of 1000 thousandths of many is the same as of few. */
START_TEST(many_values)
{
	static struct histogram histogram;

	for (unsigned int i = 0; i < 300007; i++)
		histogram_add(&histogram, i % 100);
	ck_assert_uint_eq(histogram_permille(&histogram, 500), 49);
	ck_assert_uint_eq(histogram_permille(&histogram, 999), 99);
}
END_TEST

START_TEST(merged_is_as_if_one_had_seen_all)
{
	static struct histogram parts[3], all, merged;

	for (unsigned int i = 0; i < 1000; i++) {
		uint64_t value = (uint64_t)i * i * i;

		histogram_add(&parts[i % 2], value + 7);
		histogram_add(&all, value + 7);
	}
	for (unsigned int i = 0; i < 3; i++)
		histogram_merge(&merged, &parts[i]);
	ck_assert_mem_eq(&merged, &all, sizeof(all));
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {
		nothing_seen, small_values_are_exact, a_percentile_is_not_below_and_at_most_a_64th_above, what_is_too_long_keeps_its_maximum,
		percentiles_are_never_above_the_maximum, many_values, merged_is_as_if_one_had_seen_all, NULL,
	};

	return unit_run("perf_histogram", tests);
}
