/* SPDX-License-Identifier: BSD-2-Clause */
/* RFC: 5213 section 5.5, 6275 section 9.5.1. The requirements ORD, as far as the ordering itself decides them. */
#include "state/freshness.h"

#include "unit.h"

#define MS 1000ULL
#define WALL (1700000000ULL * 1000000 + 123456)
#define WINDOW (300 * MS)

static enum pmip_status check_ts(const struct pmip__freshness *last, uint64_t timestamp, uint64_t window_us)
{
	return pmip__freshness_check(last, &timestamp, 0, WALL, window_us);
}

static enum pmip_status check_seq(const struct pmip__freshness *last, unsigned int seq)
{
	return pmip__freshness_check(last, NULL, (uint16_t)seq, WALL, WINDOW);
}

static struct pmip__freshness after_ts(uint64_t timestamp, uint16_t seq)
{
	struct pmip__freshness last = {0};

	pmip__freshness_accept(&last, &timestamp, seq);
	return last;
}

static struct pmip__freshness after_seq(uint16_t seq)
{
	struct pmip__freshness last = {0};

	pmip__freshness_accept(&last, NULL, seq);
	return last;
}

/* ORD-1: with a timestamp, no sequence number is wrong. */
START_TEST(timestamp_hides_sequence)
{
	struct pmip__freshness last = after_seq(100);
	uint64_t now = pmip_timestamp_from_us(WALL);

	ck_assert_int_eq(pmip__freshness_check(&last, &now, 100, WALL, WINDOW), PMIP_STATUS_ACCEPTED);
	ck_assert_int_eq(pmip__freshness_check(&last, &now, 99, WALL, WINDOW), PMIP_STATUS_ACCEPTED);
}
END_TEST

/* ORD-2, ORD-11: older by one unit, equal, newer by one unit; and which answer comes first. */
START_TEST(order_of_tests)
{
	uint64_t now = pmip_timestamp_from_us(WALL);
	struct pmip__freshness last = after_ts(now, 1);

	ck_assert_int_eq(check_ts(&last, now - 1, WINDOW), PMIP_STATUS_TIMESTAMP_LOWER_THAN_PREV_ACCEPTED);
	ck_assert_int_eq(check_ts(&last, now, WINDOW), PMIP_STATUS_TIMESTAMP_MISMATCH);
	ck_assert_int_eq(check_ts(&last, now + 1, WINDOW), PMIP_STATUS_ACCEPTED);
	/* Both older than the last and out of the window: older is told. */
	ck_assert_int_eq(check_ts(&last, 1, WINDOW), PMIP_STATUS_TIMESTAMP_LOWER_THAN_PREV_ACCEPTED);
}
END_TEST

/* ORD-9, ORD-11: 300 ms to either side is valid, 301 ms is not. */
START_TEST(window_edge)
{
	static const struct pmip__freshness nothing;

	ck_assert_int_eq(check_ts(&nothing, pmip_timestamp_from_us(WALL), WINDOW), PMIP_STATUS_ACCEPTED);
	ck_assert_int_eq(check_ts(&nothing, pmip_timestamp_from_us(WALL - WINDOW), WINDOW), PMIP_STATUS_ACCEPTED);
	ck_assert_int_eq(check_ts(&nothing, pmip_timestamp_from_us(WALL + WINDOW), WINDOW), PMIP_STATUS_ACCEPTED);
	ck_assert_int_eq(check_ts(&nothing, pmip_timestamp_from_us(WALL - WINDOW) - 1, WINDOW), PMIP_STATUS_TIMESTAMP_MISMATCH);
	ck_assert_int_eq(check_ts(&nothing, pmip_timestamp_from_us(WALL + WINDOW) + 1, WINDOW), PMIP_STATUS_TIMESTAMP_MISMATCH);
	ck_assert_int_eq(check_ts(&nothing, pmip_timestamp_from_us(WALL - 301 * MS), WINDOW), PMIP_STATUS_TIMESTAMP_MISMATCH);
	ck_assert_int_eq(check_ts(&nothing, pmip_timestamp_from_us(WALL + 301 * MS), WINDOW), PMIP_STATUS_TIMESTAMP_MISMATCH);
}
END_TEST

/* A clock that has just started: the window reaches below 1970. */
START_TEST(window_at_the_epoch)
{
	static const struct pmip__freshness nothing;
	uint64_t zero = 0, late = pmip_timestamp_from_us(402 * MS);

	ck_assert_int_eq(pmip__freshness_check(&nothing, &zero, 0, 100 * MS, WINDOW), PMIP_STATUS_ACCEPTED);
	ck_assert_int_eq(pmip__freshness_check(&nothing, &late, 0, 100 * MS, WINDOW), PMIP_STATUS_TIMESTAMP_MISMATCH);
}
END_TEST

/* ORD-3: MobileNodeGeneratedTimestampInUse leaves out the window and nothing else. */
START_TEST(mobile_node_generated)
{
	struct pmip__freshness last = after_ts(1000, 1);

	ck_assert_int_eq(check_ts(&last, 1001, WINDOW), PMIP_STATUS_TIMESTAMP_MISMATCH);
	ck_assert_int_eq(check_ts(&last, 1001, UINT64_MAX), PMIP_STATUS_ACCEPTED);
	ck_assert_int_eq(check_ts(&last, 1000, UINT64_MAX), PMIP_STATUS_TIMESTAMP_MISMATCH);
	ck_assert_int_eq(check_ts(&last, 999, UINT64_MAX), PMIP_STATUS_TIMESTAMP_LOWER_THAN_PREV_ACCEPTED);
}
END_TEST

/* ORD-4: asking changes nothing. ORD-5: what is kept is the option's value. */
START_TEST(only_accept_remembers)
{
	uint64_t now = pmip_timestamp_from_us(WALL);
	struct pmip__freshness last = after_ts(now, 7), before = last;

	check_ts(&last, now - 1, WINDOW);
	check_ts(&last, now + (1 << 20), WINDOW);
	check_ts(&last, now + 5, WINDOW);
	check_seq(&last, 9);
	ck_assert_uint_eq(last.timestamp, before.timestamp);
	ck_assert_uint_eq(last.seq, before.seq);
	ck_assert(last.seq_valid == before.seq_valid);
	now += 5;
	pmip__freshness_accept(&last, &now, 8);
	ck_assert_uint_eq(last.timestamp, now);
	ck_assert_uint_eq(last.seq, 8);
}
END_TEST

/* ORD-6: two sessions of one mobile node, the clock of one MAG a little behind. */
START_TEST(sessions_are_apart)
{
	uint64_t now = pmip_timestamp_from_us(WALL);
	struct pmip__freshness first = after_ts(now, 1);
	static const struct pmip__freshness second;

	ck_assert_int_eq(check_ts(&first, now - 100, WINDOW), PMIP_STATUS_TIMESTAMP_LOWER_THAN_PREV_ACCEPTED);
	ck_assert_int_eq(check_ts(&second, now - 100, WINDOW), PMIP_STATUS_ACCEPTED);
}
END_TEST

/* ORD-7: ahead by 1..32767 modulo 65536. */
START_TEST(sequence)
{
	static const struct pmip__freshness nothing;
	static const uint16_t lasts[] = {0, 1, 32767, 32768, 65535};
	const unsigned int step = unit_one_of();

	ck_assert_int_eq(check_seq(&nothing, 0), PMIP_STATUS_ACCEPTED);
	ck_assert_int_eq(check_seq(&nothing, 65535), PMIP_STATUS_ACCEPTED);
	for (size_t i = 0; i < sizeof(lasts) / sizeof(lasts[0]); i++) {
		struct pmip__freshness last = after_seq(lasts[i]);

		/* One by one where it changes. */
		for (unsigned int ahead = 0; ahead < 65536; ahead += ahead % 32768 <= 1 || ahead % 32768 + step > 32767 ? 1 : step)
			ck_assert_int_eq(check_seq(&last, lasts[i] + ahead), ahead >= 1 && ahead <= 32767 ?
					 PMIP_STATUS_ACCEPTED : PMIP_STATUS_SEQ_OUT_OF_WINDOW);
	}
}
END_TEST

/* ORD-8: each message's own scheme decides; after a timestamp any sequence number will do, once. */
START_TEST(change_of_scheme)
{
	uint64_t now = pmip_timestamp_from_us(WALL), later = now + 1;
	struct pmip__freshness last = after_ts(now, 500);

	ck_assert_int_eq(check_seq(&last, 500), PMIP_STATUS_ACCEPTED);
	ck_assert_int_eq(check_seq(&last, 1), PMIP_STATUS_ACCEPTED);
	pmip__freshness_accept(&last, NULL, 1);
	ck_assert_int_eq(check_seq(&last, 1), PMIP_STATUS_SEQ_OUT_OF_WINDOW);
	ck_assert_int_eq(check_seq(&last, 2), PMIP_STATUS_ACCEPTED);
	/* The timestamp of before is still what a timestamp is held against. */
	ck_assert_int_eq(check_ts(&last, now - 1, WINDOW), PMIP_STATUS_TIMESTAMP_LOWER_THAN_PREV_ACCEPTED);
	ck_assert_int_eq(check_ts(&last, later, WINDOW), PMIP_STATUS_ACCEPTED);
}
END_TEST

/* ORD-10: all ones is out of the window, not wrapped into it. */
START_TEST(all_ones)
{
	static const struct pmip__freshness nothing;
	struct pmip__freshness last = after_ts(pmip_timestamp_from_us(WALL), 1);

	ck_assert_int_eq(check_ts(&nothing, UINT64_MAX, WINDOW), PMIP_STATUS_TIMESTAMP_MISMATCH);
	ck_assert_int_eq(check_ts(&last, UINT64_MAX, WINDOW), PMIP_STATUS_TIMESTAMP_MISMATCH);
}
END_TEST

int main(void)
{
	const TTest *tests[] = {
		timestamp_hides_sequence, order_of_tests, window_edge, window_at_the_epoch, mobile_node_generated,
		only_accept_remembers, sessions_are_apart, sequence, change_of_scheme, all_ones, NULL,
	};

	return unit_run("freshness", tests);
}
