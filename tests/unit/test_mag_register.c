/* SPDX-License-Identifier: BSD-2-Clause */
/* Answers of the LMA: accepted, refused, wrong and hostile ones (RFC 5213 section 6.9.1.2). */
#include "mag_harness.h"

#include <stdio.h>

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

START_TEST(nothing_outstanding) /* MAG-10 */
{
	struct answer answer;

	ok(h_attach_mn(&h));
	answer = h_answer(h_last(&h), 0);
	answer.seq++;
	h_send(&h, &answer);
	ck_assert_int_eq(h_state(&h), PMIP_BINDING_REGISTERING);
	answer.seq--;
	h_send(&h, &answer);
	ck_assert_int_eq(h_state(&h), PMIP_BINDING_ACTIVE);
	h_clear_log(&h);
	h_send(&h, &answer);
	answer.status = PMIP_STATUS_PROXY_REG_NOT_ENABLED;
	h_send(&h, &answer);
	ck_assert_str_eq(h.trace, "NN");
	ck_assert_int_eq(h.event[0].type, PMIP_EVENT_IGNORED);
	ck_assert_int_eq(h_state(&h), PMIP_BINDING_ACTIVE);
	ck_assert_uint_eq(h_counter(&h, IGNORED), 3);
}
END_TEST

/* What differs from the request. */
enum { DIFF_HI, DIFF_ATT, DIFF_LL_ID, DIFF_MN_ID, DIFFS };

static struct answer different(int what)
{
	struct answer answer = h_answer(h_last(&h), 0);

	if (what == DIFF_HI)
		answer.options.hi++;
	else if (what == DIFF_ATT)
		answer.options.att++;
	else if (what == DIFF_LL_ID)
		answer.options.ll_id.b[0]++;
	else
		answer.options.mn_id = h_mnid("other@example.com");
	return answer;
}

START_TEST(differs_from_request) /* MAG-11 */
{
	struct pmip_attach attach = h_attach_of("", "02:00:00:00:00:01", LINK);
	struct answer answer;

	ok(h_attach_mn(&h));
	answer = different(_i);
	h_send(&h, &answer);
	ck_assert_int_eq(h_state(&h), PMIP_BINDING_DENIED);
	ck_assert_uint_eq(h_counter(&h, IGNORED), 1);
	h_pass(&h, 200 * S);
	ck_assert_uint_eq(h.sents, 1);
	h_reply(&h, 0);
	ck_assert_int_eq(h_state(&h), PMIP_BINDING_DENIED);
	ck_assert_int_eq(h_solicit(&h, &attach), PMIP_ERR_DENIED);
	ok(h_attach(&h, &attach)); /* administrative action */
	ck_assert_uint_eq(h.sents, 2);
	h_reply(&h, 0);
	ck_assert_int_eq(h_state(&h), PMIP_BINDING_ACTIVE);
}
END_TEST

START_TEST(differs_while_deregistering) /* ignored; the time-out ends it */
{
	struct answer answer;

	h_activate(&h);
	h_detach(&h, LINK, NULL);
	answer = different(_i);
	h_send(&h, &answer);
	ck_assert_int_eq(h_state(&h), PMIP_BINDING_DEREGISTERING);
	h_pass(&h, S);
	ck_assert_uint_eq(pmip_mag_count_bindings(h.mag), 0);
}
END_TEST

START_TEST(lacks_options) /* WIRE 6: the MAG ignores it */
{
	static const unsigned int bit[] = {PMIP_HAS_MN_ID, PMIP_HAS_HI, PMIP_HAS_ATT, PMIP_HAS_TIMESTAMP, PMIP_HAS_LL_ID};
	struct answer answer;

	ok(h_attach_mn(&h));
	for (unsigned int i = 0; i < sizeof(bit) / sizeof(*bit); i++) {
		answer = h_answer(h_last(&h), 0);
		answer.options.has &= ~bit[i];
		h_send(&h, &answer);
		ck_assert_int_eq(h_state(&h), PMIP_BINDING_REGISTERING);
	}
	answer = h_answer(h_last(&h), 0);
	answer.options.hnp_count = 0;
	h_send(&h, &answer);
	answer = h_answer(h_last(&h), 0);
	answer.options.hnp[0].off_link = true;
	h_send(&h, &answer);
	answer = h_answer(h_last(&h), 0);
	answer.options.hnp[0].prefix = (struct pmip_prefix){0};
	h_send(&h, &answer);
	answer.options.hnp[0].prefix = unit_prefix("ff00::/16");
	h_send(&h, &answer);
	answer = h_answer(h_last(&h), 0);
	answer.lifetime_s = 0;
	h_send(&h, &answer);
	answer = h_answer(h_last(&h), 0);
	answer.flags = 0;
	h_send(&h, &answer);
	ck_assert_int_eq(h_state(&h), PMIP_BINDING_REGISTERING);
	ck_assert_uint_eq(h_counter(&h, IGNORED), 11);
	ck_assert_uint_eq(h.ops, 0);
	h_reply(&h, 0);
	ck_assert_int_eq(h_state(&h), PMIP_BINDING_ACTIVE);
}
END_TEST

START_TEST(only_from_the_lma)
{
	struct answer answer;

	ok(h_attach_mn(&h));
	answer = h_answer(h_last(&h), 0);
	answer.src = unit_addr("2001:db8:f::66");
	h_send(&h, &answer);
	answer = h_answer(h_last(&h), 0);
	answer.dst = unit_addr("2001:db8:f::66");
	h_send(&h, &answer);
	ck_assert_int_eq(h_state(&h), PMIP_BINDING_REGISTERING);
	ck_assert_uint_eq(h_counter(&h, IGNORED), 2);
}
END_TEST

START_TEST(too_many_prefixes)
{
	struct answer answer;
	uint8_t octets[1024];
	struct pmip_mh mh = {.type = PMIP_MH_BA};
	struct pmip_mh_writer writer;
	struct pmip_option more = {.type = PMIP_OPT_HNP};
	int len;

	ok(h_attach_mn(&h));
	answer = h_answer(h_last(&h), 0);
	mh.u.ba = (struct pmip_ba){0, PMIP_BA_P, answer.seq, 600};
	pmip_mh_begin(&writer, octets, sizeof(octets), &mh);
	pmip_binding_options_write(&writer, &answer.options);
	for (uint8_t i = 0; i < PMIP_HNP_MAX; i++) {
		more.u.hnp.prefix = unit_prefix("2001:db8:2::/64");
		more.u.hnp.prefix.addr.b[7] = i;
		pmip_mh_add_option(&writer, &more);
	}
	len = pmip_mh_finish(&writer, &answer.src, &answer.dst);
	ck_assert_int_gt(len, 0);
	ok(h_input(&h, octets, (size_t)len, &answer.src, &answer.dst));
	ck_assert_int_eq(h_state(&h), PMIP_BINDING_REGISTERING);
	ck_assert_uint_eq(h_counter(&h, IGNORED), 1);
}
END_TEST

START_TEST(damaged_at_every_octet)
{
	struct answer answer;
	uint8_t octets[1024];
	size_t len;

	ok(h_attach_mn(&h));
	answer = h_answer(h_last(&h), 0);
	len = h_encode(&answer, octets);
	for (size_t i = 0; i < len; i++) {
		ok(h_input(&h, octets, i, &answer.src, &answer.dst));
		octets[i] ^= 0x40;
		ok(h_input(&h, octets, len, &answer.src, &answer.dst));
		octets[i] ^= 0x40;
		h_clear_log(&h);
	}
	ck_assert_int_eq(h_state(&h), PMIP_BINDING_REGISTERING);
	ck_assert_uint_gt(h_counter(&h, BAD_CHECKSUM), len / 2);
	ck_assert_uint_eq(h_counter(&h, BAD_CHECKSUM) + h_counter(&h, MALFORMED), 2 * len);
	ok(h_input(&h, octets, len, &answer.src, &answer.dst));
	ck_assert_int_eq(h_state(&h), PMIP_BINDING_ACTIVE);
}
END_TEST

START_TEST(other_messages) /* GEN-3 */
{
	struct pmip_addr src = unit_addr("2001:db8:f::66"), dst = unit_addr("2001:db8:f::1");
	uint8_t unknown[8] = {59, 0, 200}, wrong_proto[16] = {6, 1, PMIP_MH_BA};
	struct pmip_dgram dgram = {src, dst, unknown, sizeof(unknown)};
	struct pmip_mh mh = {.type = PMIP_MH_BE, .u.be.status = 2};
	struct pmip_mh_writer writer;
	uint8_t error[64];
	uint16_t sum;
	int len;

	sum = pmip_mh_checksum(&dgram);
	unknown[4] = (uint8_t)(sum >> 8);
	unknown[5] = (uint8_t)sum;
	for (int i = 0; i < 100; i++)
		ok(h_input(&h, unknown, sizeof(unknown), &src, &dst));
	ck_assert_uint_eq(h.others, 10); /* at once */
	h_pass(&h, S);
	h_clear_log(&h);
	for (int i = 0; i < 100; i++)
		ok(h_input(&h, unknown, sizeof(unknown), &src, &dst));
	ck_assert_uint_eq(h.others, 10);
	ck_assert_uint_eq(h_counter(&h, UNKNOWN_TYPE), 200);
	h_pass(&h, S);
	h_clear_log(&h);
	dgram.data = wrong_proto, dgram.len = sizeof(wrong_proto);
	sum = pmip_mh_checksum(&dgram);
	wrong_proto[4] = (uint8_t)(sum >> 8);
	wrong_proto[5] = (uint8_t)sum;
	ok(h_input(&h, wrong_proto, sizeof(wrong_proto), &src, &dst));
	ck_assert_str_eq(h.trace, "NP");
	ck_assert_int_eq(h.event[0].type, PMIP_EVENT_MALFORMED);
	pmip_mh_begin(&writer, error, sizeof(error), &mh);
	len = pmip_mh_finish(&writer, &src, &dst);
	ok(h_input(&h, error, (size_t)len, &src, &dst));
	ck_assert_str_eq(h.trace, "NPN");
	mh.type = PMIP_MH_BU;
	mh.u.bu = (struct pmip_bu){1, PMIP_BU_P, 600};
	pmip_mh_begin(&writer, error, sizeof(error), &mh);
	len = pmip_mh_finish(&writer, &src, &dst);
	ok(h_input(&h, error, (size_t)len, &src, &dst));
	ck_assert_str_eq(h.trace, "NPNN");
	ck_assert_uint_eq(h_counter(&h, IGNORED), 2);
}
END_TEST

START_TEST(refused) /* MAG-12, MAG-16 */
{
	static const uint8_t status[] = {128, 129, 130, 152, 153, 154, 155, 158, 159, 160, 161, 162, 174, 200, 255};
	struct pmip_attach attach = h_attach_of("", "02:00:00:00:00:01", LINK);

	ok(h_attach_mn(&h));
	h_clear_log(&h);
	h.sents = 1;
	h_reply(&h, status[_i]);
	ck_assert_str_eq(h.trace, "N");
	ck_assert_int_eq(h.event[0].type, PMIP_EVENT_REFUSED);
	ck_assert_uint_eq(h.event[0].status, status[_i]);
	ck_assert_int_eq(h_state(&h), PMIP_BINDING_DENIED);
	ck_assert_uint_eq(h_counter(&h, REFUSED), 1);
	h_pass(&h, 200 * S);
	ck_assert_uint_eq(h.sents, 1);
	ck_assert_int_eq(h_solicit(&h, &attach), status[_i] == 152 ? PMIP_ERR_DENIED : 0);
	ck_assert_uint_eq(h.sents, status[_i] == 152 ? 1 : 2);
	ck_assert_uint_eq(h.ras + h.ops, 0);
	ck_assert_int_eq(h_detach(&h, LINK, NULL), 1);
	h_pass(&h, 2 * S);
	ck_assert_uint_eq(pmip_mag_count_bindings(h.mag), 0);
}
END_TEST

START_TEST(timestamp_too_low) /* MAG-13 */
{
	uint64_t timestamp;

	ok(h_attach_mn(&h));
	timestamp = h_last(&h)->options.timestamp;
	h_reply(&h, PMIP_STATUS_TIMESTAMP_LOWER_THAN_PREV_ACCEPTED);
	ck_assert_uint_eq(h.sents, 2);
	ck_assert_uint_eq(h_last(&h)->options.timestamp, timestamp + 1); /* in the same microsecond */
	h_send(&h, &(struct answer[]){h_answer(&h.sent[0], PMIP_STATUS_TIMESTAMP_LOWER_THAN_PREV_ACCEPTED)}[0]);
	ck_assert_uint_eq(h.sents, 2); /* a newer one is on its way */
	for (int i = 0; i < 20; i++) {
		h_reply(&h, PMIP_STATUS_TIMESTAMP_LOWER_THAN_PREV_ACCEPTED);
		h_pass(&h, 100 * MS);
	}
	ck_assert_uint_le(h.sents, 6);
	h_reply(&h, 0);
	ck_assert_int_eq(h_state(&h), PMIP_BINDING_ACTIVE);
}
END_TEST

START_TEST(clocks_differ) /* MAG-14: nothing until the clock is synchronised, the LMA's time is not taken over */
{
	struct answer answer;

	ok(h_attach_mn(&h));
	answer = h_answer(h_last(&h), PMIP_STATUS_TIMESTAMP_MISMATCH);
	answer.options.timestamp += 1000 << 16;
	h_send(&h, &answer);
	ck_assert_uint_eq(h.sents, 1);
	ck_assert_int_eq(h_state(&h), PMIP_BINDING_REGISTERING);
	h_pass(&h, 1000 * S);
	ck_assert_uint_eq(h.sents, 1);
	ck_assert_int_eq(pmip_mag_clock_synchronised(h.mag, h.now), 1);
	h_pass(&h, 0);
	ck_assert_uint_eq(h.sents, 2);
	ck_assert_uint_eq(h_last(&h)->options.timestamp, pmip_timestamp_from_us(h.now.wall_us));
	ck_assert_int_eq(pmip_mag_clock_synchronised(h.mag, h.now), 0);
	h.now.mono_us--;
	ck_assert_int_eq(pmip_mag_clock_synchronised(h.mag, h.now), PMIP_ERR_TIME);
}
END_TEST

START_TEST(clock_put_right) /* GEN-10: the old, wrong timestamps need not be outdone */
{
	ok(h_attach_mn(&h));
	h.now.wall_us -= 100 * S;
	h_pass(&h, S);
	ck_assert_uint_eq(h_last(&h)->options.timestamp, pmip_timestamp_from_us(h.now.wall_us));
}
END_TEST

START_TEST(prefixes_refused) /* MAG-15: ALL_ZERO then, never the same */
{
	uint8_t status = _i ? PMIP_STATUS_BCE_PBU_PREFIX_SET_DO_NOT_MATCH : PMIP_STATUS_NOT_AUTHORIZED_FOR_HOME_NETWORK_PREFIX;

	h_activate(&h);
	h_pass(&h, 561 * S);
	ck_assert_int_eq(h_state(&h), PMIP_BINDING_REFRESHING);
	h_clear_log(&h);
	h.sents = 1;
	h_reply(&h, status);
	ck_assert_str_eq(h.trace, "NR-XNSN");
	ck_assert_uint_eq(h.ra[0].lifetime_s, 0);
	ck_assert_uint_eq(h_last(&h)->options.hnp[0].prefix.len, 0);
	ck_assert_uint_eq(h_last(&h)->options.hi, PMIP_HI_UNKNOWN);
	h_reply(&h, status);
	ck_assert_int_eq(h_state(&h), PMIP_BINDING_DENIED);
}
END_TEST

START_TEST(refresh_refused) /* MAG-33, RA-5 */
{
	h_activate(&h);
	h_pass(&h, 560 * S);
	ck_assert_int_eq(h_state(&h), PMIP_BINDING_REFRESHING);
	h_clear_log(&h);
	h.sents = 1;
	h_reply(&h, PMIP_STATUS_ADMIN_PROHIBITED);
	ck_assert_str_eq(h.trace, "NR-XN");
	ck_assert_uint_eq(h.ra[0].router_lifetime_s, 0);
	ck_assert_uint_eq(h.ra[0].lifetime_s, 0);
	ck_assert_uint_eq(h.ra[0].prefix_count, 1);
	ck_assert_int_eq(h.event[1].type, PMIP_EVENT_BINDING_REMOVED);
	ck_assert_int_eq(h_state(&h), PMIP_BINDING_DENIED);
	h_pass(&h, 1000 * S);
	ck_assert_uint_eq(h.traced, 5);
}
END_TEST

START_TEST(refresh_brings_other_prefixes)
{
	struct answer answer;

	h_activate(&h);
	h_pass(&h, 560 * S);
	h_clear_log(&h);
	h.sents = 1;
	answer = h_answer(h_last(&h), 0);
	answer.options.hnp[0].prefix = unit_prefix("2001:db8:2::/64");
	h_send(&h, &answer);
	ck_assert_str_eq(h.trace, "R-XNE+RN");
	ck_assert_uint_eq(h.ra[0].lifetime_s, 0);
	ck_assert_uint_eq(h.ra[1].prefix[0].addr.b[5], 2);
	ck_assert_int_eq(h_state(&h), PMIP_BINDING_ACTIVE);
}
END_TEST

START_TEST(several_prefixes) /* MAG-3, MAG-17, MAG-20, MAG-50: off-link ones are routed, not advertised */
{
	struct answer answer;

	ok(h_attach_mn(&h));
	answer = h_answer(h_last(&h), 0);
	answer.options.hnp_count = 3;
	answer.options.hnp[1].prefix = unit_prefix("2001:db8:2::/64");
	answer.options.hnp[2] = (struct pmip_opt_hnp){true, unit_prefix("2001:db8:3::/64")};
	h_send(&h, &answer);
	ck_assert_str_eq(h.trace, "NSNE+++RN");
	ck_assert_uint_eq(h.ra[0].prefix_count, 2);
	ck_assert_uint_eq(h_info(&h).prefix_count, 2);
	h_detach(&h, LINK, NULL);
	ck_assert_uint_eq(h_last(&h)->options.hnp_count, 2);
}
END_TEST

START_TEST(forwarding_fails) /* a failed completion withdraws and de-registers */
{
	struct pmip_attach attach = h_attach_of("", "02:00:00:00:00:01", LINK);

	h.fail_kind = _i ? PMIP_DATAPATH_BINDING_SET : PMIP_DATAPATH_TUNNEL_ENSURE;
	ok(h_attach_mn(&h));
	h_reply(&h, 0);
	ck_assert_str_eq(h.trace, "NSNE+N-XSN");
	ck_assert_int_eq(h.event[2].type, PMIP_EVENT_DATAPATH_FAILED);
	ck_assert_int_eq(h.event[2].err, PMIP_ERR_OS);
	ck_assert_uint_eq(h_last(&h)->bu.lifetime_s, 0);
	ck_assert_uint_eq(h_counter(&h, DATAPATH_FAILED), 1);
	ck_assert_uint_eq(h.ras, 0);
	h_reply(&h, 0);
	ck_assert_int_eq(h_state(&h), PMIP_BINDING_DENIED);
	h.fail_kind = 0;
	h_pass(&h, S);
	ok(h_solicit(&h, &attach));
	h_reply(&h, 0);
	ck_assert_int_eq(h_state(&h), PMIP_BINDING_ACTIVE);
	h.fail_kind = PMIP_DATAPATH_BINDING_CLEAR;
	h_detach(&h, LINK, NULL);
	h_reply(&h, 0);
	ck_assert_uint_eq(h_counter(&h, DATAPATH_FAILED), 2);
	ck_assert_uint_eq(pmip_mag_count_bindings(h.mag), 0);
}
END_TEST

START_TEST(lma_chooses_link_local_address) /* MAG-5, MAG-18 */
{
	struct pmip_addr none = {{0}}, lla = unit_addr("fe80::77");
	struct answer answer;

	ok(pmip_mag_config_set_fixed_link_local_address(h.config, &none));
	ck_assert_int_eq(h_reconfigure(&h), PMIP_ERR_CONFIG);
	pmip_mag_free(h.mag);
	h_start(&h);
	ok(h_attach_mn(&h));
	ck_assert(h_last(&h)->options.has & PMIP_HAS_LLA);
	ck_assert(pmip_addr_is_unspecified(&h_last(&h)->options.lla));
	answer = h_answer(h_last(&h), 0);
	h_send(&h, &answer); /* :: is none */
	ck_assert_int_eq(h_state(&h), PMIP_BINDING_REGISTERING);
	answer.options.lla = lla;
	h_send(&h, &answer);
	ck_assert(pmip_addr_equal(&h.ra[0].src, &lla));
	h_pass(&h, 560 * S);
	ck_assert(pmip_addr_equal(&h_last(&h)->options.lla, &lla));
}
END_TEST

START_TEST(order_by_sequence) /* ORD-7: 135 tells the number last accepted */
{
	struct answer answer;

	ok(pmip_mag_config_set_timestamp_in_use(h.config, false));
	ok(h_reconfigure(&h));
	ok(h_attach_mn(&h));
	ck_assert_uint_eq(h_last(&h)->options.has & PMIP_HAS_TIMESTAMP, 0);
	answer = h_answer(h_last(&h), PMIP_STATUS_SEQ_OUT_OF_WINDOW);
	answer.seq = 65535;
	h_send(&h, &answer);
	ck_assert_uint_eq(h.sents, 2);
	ck_assert_uint_eq(h_last(&h)->bu.seq, 0);
	h_reply(&h, 0);
	ck_assert_int_eq(h_state(&h), PMIP_BINDING_ACTIVE);
	h_pass(&h, 560 * S);
	ck_assert_uint_eq(h_last(&h)->bu.seq, 1);
	answer = h_answer(h_last(&h), 0);
	answer.options.mn_id = h_mnid("other@example.com");
	h_send(&h, &answer);
	ck_assert_int_eq(h_state(&h), PMIP_BINDING_REFRESHING);
}
END_TEST

/* Everything once. */
static void whole_life(void)
{
	struct pmip_attach there = h_attach_of("", "02:00:00:00:00:01", LINK), elsewhere = there;
	char mn_id[32];

	for (int i = 2; i < 20; i++) {
		snprintf(mn_id, sizeof(mn_id), "mn%d@example.com", i);
		h_profile(&h, mn_id, "");
	}
	h_start(&h);
	elsewhere.link++;
	ok(h_attach(&h, &there));
	h_reply(&h, 0);
	h_pass(&h, 561 * S);
	h_reply(&h, 0);
	ok(h_solicit(&h, &there));
	ok(h_attach(&h, &elsewhere));
	h_reply(&h, 0);
	for (int i = 2; i < 20; i++) {
		struct pmip_attach more = h_attach_of("", "", (uint32_t)i);

		snprintf(mn_id, sizeof(mn_id), "mn%d@example.com", i);
		more.mn_id = h_mnid(mn_id);
		ok(h_attach(&h, &more));
		h_reply(&h, i % 2 ? PMIP_STATUS_PROXY_REG_NOT_ENABLED : 0);
		h_pass(&h, 400 * MS);
	}
	ok(h_reconfigure(&h));
	h.fail_kind = PMIP_DATAPATH_BINDING_SET;
	h.now.mono_us += S;
	ck_assert_int_eq(h_detach(&h, LINK + 1, NULL), 2);
	ok(h_attach(&h, &there));
	h_reply(&h, 0);
	ok(h_shutdown(&h));
	h_pass(&h, 10 * S);
	ck_assert_uint_eq(pmip_mag_count_bindings(h.mag), 0);
	ck_assert_uint_eq(pmip_mag_next_deadline(h.mag), PMIP_TIME_NONE);
}

START_TEST(every_allocation_fails_once)
{
	h_without_memory(&h, whole_life, 40);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("mag_register");
	TCase *tcase = tcase_create("mag_register"), *memory = tcase_create("memory");

	tcase_add_checked_fixture(tcase, setup, teardown);
	tcase_add_test(tcase, nothing_outstanding);
	tcase_add_loop_test(tcase, differs_from_request, 0, DIFFS);
	tcase_add_loop_test(tcase, differs_while_deregistering, 0, DIFFS);
	tcase_add_test(tcase, lacks_options);
	tcase_add_test(tcase, only_from_the_lma);
	tcase_add_test(tcase, too_many_prefixes);
	tcase_add_test(tcase, damaged_at_every_octet);
	tcase_add_test(tcase, other_messages);
	tcase_add_loop_test(tcase, refused, 0, 15);
	tcase_add_test(tcase, timestamp_too_low);
	tcase_add_test(tcase, clocks_differ);
	tcase_add_test(tcase, clock_put_right);
	tcase_add_loop_test(tcase, prefixes_refused, 0, 2);
	tcase_add_test(tcase, refresh_refused);
	tcase_add_test(tcase, refresh_brings_other_prefixes);
	tcase_add_test(tcase, several_prefixes);
	tcase_add_loop_test(tcase, forwarding_fails, 0, 2);
	tcase_add_test(tcase, lma_chooses_link_local_address);
	tcase_add_test(tcase, order_by_sequence);
	suite_add_tcase(suite, tcase);
	tcase_add_test(memory, every_allocation_fails_once);
	suite_add_tcase(suite, memory);
	return unit_run_suite(suite);
}
