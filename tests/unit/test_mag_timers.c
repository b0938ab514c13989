/* SPDX-License-Identifier: BSD-2-Clause */
/* Retransmission, update rate, refresh, expiry and periodic advertisements on a virtual clock. */
#include "mag_harness.h"

#include "base/mem.h"
#include "engine/mag.h"

static struct harness h;

static void setup(void)
{
	h_init(&h);
	h_start(&h);
}

static void teardown(void)
{
	h_fini(&h);
}

START_TEST(retransmission) /* MAG-40, MAG-42 */
{
	static const uint64_t at_s[] = {0, 1, 3, 7, 15, 31, 63, 95, 127};
	uint64_t start_us = h.now.mono_us;

	ok(h_attach_mn(&h));
	h_pass(&h, 130 * S);
	ck_assert_uint_eq(h.sents, 9);
	for (unsigned int i = 0; i < 9; i++) {
		ck_assert_uint_eq(h.sent[i].at_us - start_us, at_s[i] * S);
		ck_assert_uint_eq(h.sent[i].options.timestamp, pmip_timestamp_from_us(WALL_US + at_s[i] * S));
		ck_assert_uint_eq(h.sent[i].bu.seq, (uint16_t)(h.sent[0].bu.seq + i));
	}
	ck_assert_uint_eq(h_count_events(&h, PMIP_EVENT_UNANSWERED), 8);
	ck_assert_uint_eq(h_counter(&h, RETRANSMITTED), 8);
	ck_assert_uint_eq(h_counter(&h, PBU_SENT), 9);
}
END_TEST

START_TEST(configured_timeouts) /* MAG-40 */
{
	ok(pmip_mag_config_set_bindack_timeout(h.config, 500, 1500));
	ok(h_reconfigure(&h));
	ok(h_attach_mn(&h));
	h_pass(&h, 4500 * MS);
	ck_assert_uint_eq(h.sents, 5);
	ck_assert_uint_eq(h.sent[1].at_us - h.sent[0].at_us, 500 * MS);
	ck_assert_uint_eq(h.sent[2].at_us - h.sent[1].at_us, 1000 * MS);
	ck_assert_uint_eq(h.sent[3].at_us - h.sent[2].at_us, 1500 * MS);
	ck_assert_uint_eq(h.sent[4].at_us - h.sent[3].at_us, 1500 * MS);
}
END_TEST

START_TEST(detached_no_retransmission) /* MAG-41 */
{
	ok(h_attach_mn(&h));
	h_pass(&h, 500 * MS);
	h_detach(&h, LINK, NULL);
	h_pass(&h, 100 * S);
	ck_assert_uint_eq(h.sents, 2);
	ck_assert_uint_eq(h.sent[1].bu.lifetime_s, 0);
}
END_TEST

START_TEST(answer_to_an_earlier_transmission) /* MAG-44 */
{
	struct answer answer;

	ok(h_attach_mn(&h));
	answer = h_answer(h_last(&h), 0);
	h_pass(&h, 4 * S);
	ck_assert_uint_eq(h.sents, 3);
	h_send(&h, &answer);
	ck_assert_int_eq(h_state(&h), PMIP_BINDING_ACTIVE);
	ck_assert_uint_eq(h_info(&h).expires_us, h.sent[0].at_us + 600 * S);
	h_pass(&h, 50 * S);
	ck_assert_uint_eq(h.sents, 3);
}
END_TEST

START_TEST(answer_too_old) /* of the transmissions only the last few are remembered */
{
	struct answer answer;

	ok(h_attach_mn(&h));
	answer = h_answer(h_last(&h), 0);
	h_pass(&h, 130 * S);
	h_send(&h, &answer);
	ck_assert_int_eq(h_state(&h), PMIP_BINDING_REGISTERING);
	answer = h_answer(&h.sent[1], 0);
	h_send(&h, &answer);
	ck_assert_int_eq(h_state(&h), PMIP_BINDING_ACTIVE);
}
END_TEST

START_TEST(update_rate) /* MAG-43: never more than 3 in any second, whatever happens */
{
	struct pmip_attach attach = h_attach_of("", "02:00:00:00:00:01", LINK);

	for (int i = 0; i < 60 && h.sents < 40; i++) {
		ok(h_attach(&h, &attach));
		h_reply(&h, 0);
		h_detach(&h, LINK, NULL);
		h_reply(&h, 0);
		h_pass(&h, 70 * MS);
	}
	ck_assert_uint_ge(h.sents, 10);
	for (unsigned int i = 3; i < h.sents; i++)
		ck_assert_uint_ge(h.sent[i].at_us - h.sent[i - 3].at_us, S);
}
END_TEST

START_TEST(timestamps_increase) /* MAG-42: also within one tick and across detachments */
{
	for (unsigned int i = 0; i < 12; i++) {
		ok(h_attach_mn(&h));
		h_detach(&h, LINK, NULL);
		h_reply(&h, 0);
		h.now.wall_us -= 3 * MS;
		h_pass(&h, i % 2 * 300 * MS);
	}
	for (unsigned int i = 1; i < h.sents; i++)
		ck_assert_uint_gt(h.sent[i].options.timestamp, h.sent[i - 1].options.timestamp);
}
END_TEST

START_TEST(refresh) /* MAG-19, MAG-30, MAG-32 */
{
	struct answer answer;
	uint64_t start_us = h.now.mono_us;

	ok(h_attach_mn(&h));
	answer = h_answer(h_last(&h), 0);
	answer.lifetime_s = 400;
	h_send(&h, &answer);
	ck_assert_uint_eq(h_info(&h).lifetime_s, 400);
	h_pass(&h, 360 * S - 1);
	ck_assert_uint_eq(h.sents, 1);
	h_pass(&h, 1);
	ck_assert_uint_eq(h.sents, 2);
	ck_assert_uint_eq(h_last(&h)->at_us - start_us, 360 * S);
	ck_assert_uint_eq(h_last(&h)->options.hi, PMIP_HI_UNCHANGED);
	ck_assert_uint_eq(h_last(&h)->options.hnp[0].prefix.len, 64);
	ck_assert_uint_eq(h_last(&h)->options.has, h.sent[0].options.has);
	ck_assert_uint_eq(h_last(&h)->bu.lifetime_s, 600);
	ck_assert_int_eq(h_state(&h), PMIP_BINDING_REFRESHING);
	h_clear_log(&h);
	h.sents = 1;
	h.sent[0] = h.sent[1];
	h.sent[0].dgram.data = h.sent[0].octets;
	answer = h_answer(h_last(&h), 0);
	h_send(&h, &answer);
	ck_assert_str_eq(h.trace, "NR");
	ck_assert_int_eq(h.event[0].type, PMIP_EVENT_BINDING_REFRESHED);
	ck_assert_uint_eq(h.ra[0].lifetime_s, 600);
	ck_assert_uint_eq(h_counter(&h, REFRESHED), 1);
	h_pass(&h, 560 * S - 1);
	ck_assert_uint_eq(h.sents, 1);
	h_pass(&h, 1);
	ck_assert_uint_eq(h.sents, 2);
}
END_TEST

START_TEST(refresh_of_a_short_lifetime) /* MAG-30: half of it below 80 s */
{
	struct answer answer;

	ok(h_attach_mn(&h));
	answer = h_answer(h_last(&h), 0);
	answer.lifetime_s = 76;
	h_send(&h, &answer);
	h_pass(&h, 38 * S - 1);
	ck_assert_uint_eq(h.sents, 1);
	h_pass(&h, 1);
	ck_assert_uint_eq(h.sents, 2);
}
END_TEST

START_TEST(lifetime_of_the_profile) /* MAG-1 */
{
	struct pmip_profile profile = {.size = sizeof(profile), .mn_id = h_mnid("short@example.com"), .lifetime_s = 63};
	struct pmip_attach attach = h_attach_of("short@example.com", "", LINK);

	ok(pmip_mag_config_add_profile(h.config, &profile));
	ok(h_reconfigure(&h));
	ok(h_attach(&h, &attach));
	ck_assert_uint_eq(h_last(&h)->bu.lifetime_s, 60);
}
END_TEST

START_TEST(expires_unanswered) /* RA-5: loss of session; then it goes on trying with the prefixes it knows */
{
	uint64_t expires_us;

	h_activate(&h);
	expires_us = h_info(&h).expires_us;
	h_pass(&h, 599 * S);
	ck_assert_int_eq(h_state(&h), PMIP_BINDING_REFRESHING);
	ck_assert_uint_eq(h.sents, 6); /* at 560, 561, 563, 567, 575, 591 */
	h_clear_log(&h);
	h_pass(&h, S);
	ck_assert_uint_eq(h.now.mono_us, expires_us);
	ck_assert_str_eq(h.trace, "R-XNSN");
	ck_assert_uint_eq(h.ra[0].lifetime_s + h.ra[0].router_lifetime_s, 0);
	ck_assert_uint_eq(h_counter(&h, EXPIRED), 1);
	ck_assert_int_eq(h_state(&h), PMIP_BINDING_REGISTERING);
	ck_assert_uint_eq(h_last(&h)->options.hnp[0].prefix.len, 64);
	ck_assert_uint_eq(h_last(&h)->options.hi, PMIP_HI_UNKNOWN);
	h_reply(&h, 0);
	ck_assert_int_eq(h_state(&h), PMIP_BINDING_ACTIVE);
}
END_TEST

START_TEST(woken_long_after) /* the machine slept: what is over is over */
{
	h_activate(&h);
	h.now.mono_us += 5000 * S;
	h.now.wall_us += 5000 * S;
	h_pass(&h, 0);
	ck_assert_int_eq(h_state(&h), PMIP_BINDING_REGISTERING);
	ck_assert_uint_eq(h_counter(&h, EXPIRED), 1);
}
END_TEST

START_TEST(advertised_in_time) /* RA-4: though two thirds get lost, no lifetime ends, and none outlives the binding */
{
	struct answer answer;
	uint64_t last_us, expires_us, router_ends_us, prefix_ends_us;
	unsigned int seen;

	ok(pmip_mag_config_set_router_lifetime(h.config, _i ? 30 : 9000));
	ok(h_reconfigure(&h));
	ok(h_attach_mn(&h));
	answer = h_answer(h_last(&h), 0);
	answer.lifetime_s = 900;
	h_send(&h, &answer);
	expires_us = h_info(&h).expires_us;
	last_us = h.now.mono_us;
	router_ends_us = last_us + h.ra[0].router_lifetime_s * S;
	prefix_ends_us = last_us + h.ra[0].lifetime_s * S;
	seen = h.ras;
	while (h.now.mono_us + 45 * S < expires_us) {
		h_pass(&h, S);
		ck_assert_uint_lt(h.now.mono_us, router_ends_us);
		ck_assert_uint_lt(h.now.mono_us, prefix_ends_us);
		if (h.ras == seen)
			continue;
		seen = h.ras;
		ck_assert_uint_le(h.now.mono_us + h.ra[seen - 1].lifetime_s * S, expires_us);
		if (seen % 3)
			continue;
		router_ends_us = h.now.mono_us + h.ra[seen - 1].router_lifetime_s * S;
		prefix_ends_us = h.now.mono_us + h.ra[seen - 1].lifetime_s * S;
	}
	ck_assert_uint_eq(h.ras, _i ? 115 : 4);
}
END_TEST

START_TEST(sequence_wraps)
{
	struct pmip_attach attach = h_attach_of("mn@example.com", "", LINK);

	h.mag->seq = 65525;
	for (unsigned int i = 0; i < 20; i++) {
		ok(h_attach(&h, &attach));
		ck_assert_uint_eq(h_last(&h)->bu.seq, (uint16_t)(65526 + 2 * i));
		h_reply(&h, 0);
		ck_assert_int_eq(h_state(&h), PMIP_BINDING_ACTIVE);
		ck_assert_int_eq(h_detach(&h, LINK, NULL), 1);
		h_reply(&h, 0);
		h_clear_log(&h);
		h_pass(&h, S);
	}
}
END_TEST

START_TEST(op_ids) /* never 0, also when they wrap; out of order; slots of old ids do not answer to new ones */
{
	struct pmip_mem mem = pmip__mem_resolve(NULL);
	struct pmip__op_ring ring;
	uint8_t kind = 0;
	uint32_t id[40];
	void *owner;
	int who;

	pmip__op_ring_init(&ring, &mem);
	ring.first = ring.next = UINT32_MAX - 10;
	for (int round = 0; round < 3; round++) {
		ok(pmip__op_ring_reserve(&ring, 40));
		for (int i = 0; i < 40; i++) {
			id[i] = pmip__op_ring_open(&ring, &who, 7);
			ck_assert_uint_ne(id[i], 0);
		}
		pmip__op_ring_disown(&ring, id[5], id[30]);
		for (int i = 39; i >= 0; i--) {
			ck_assert(pmip__op_ring_close(&ring, id[i], &owner, &kind));
			ck_assert_ptr_eq(owner, i >= 5 && i < 30 ? NULL : (void *)&who);
			ck_assert(!pmip__op_ring_close(&ring, id[i], &owner, &kind));
		}
		ck_assert(!pmip__op_ring_close(&ring, 0, &owner, &kind));
	}
	ck_assert_uint_eq(ring.cap, 64);
	pmip__op_ring_fini(&ring);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("mag_timers");
	TCase *tcase = tcase_create("mag_timers");

	tcase_add_checked_fixture(tcase, setup, teardown);
	tcase_add_test(tcase, retransmission);
	tcase_add_test(tcase, configured_timeouts);
	tcase_add_test(tcase, detached_no_retransmission);
	tcase_add_test(tcase, answer_to_an_earlier_transmission);
	tcase_add_test(tcase, answer_too_old);
	tcase_add_test(tcase, update_rate);
	tcase_add_test(tcase, timestamps_increase);
	tcase_add_test(tcase, refresh);
	tcase_add_test(tcase, refresh_of_a_short_lifetime);
	tcase_add_test(tcase, lifetime_of_the_profile);
	tcase_add_test(tcase, expires_unanswered);
	tcase_add_test(tcase, woken_long_after);
	tcase_add_loop_test(tcase, advertised_in_time, 0, 2);
	tcase_add_test(tcase, sequence_wraps);
	tcase_add_test(tcase, op_ids);
	suite_add_tcase(suite, tcase);
	return unit_run_suite(suite);
}
