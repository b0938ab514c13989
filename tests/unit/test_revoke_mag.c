/* SPDX-License-Identifier: BSD-2-Clause */
/* Binding Revocation (RFC 5846) at the MAG. */
#include "revoke_rig.h"

/* REV-6 */
START_TEST(mag_obeys)
{
	struct pmip_attach attach = h_attach_of("", "02:00:00:00:00:01", LINK);
	struct message bri = bri_for_mag(PMIP_TRIGGER_ADMINISTRATIVE);

	h_activate(&mag);
	if (_i)
		bri.hnp[0] = OWN_PREFIX;
	ck_assert_uint_eq(ask_mag(&bri), 0);
	assert_revoked();
	ck_assert_uint_eq(ask_mag(&bri), PMIP_REVOCATION_NO_BINDING);
	/* Denied until it attaches anew; a solicitation is not that. */
	ck_assert_int_eq(h_solicit(&mag, &attach), PMIP_ERR_DENIED);
	ok(h_attach_mn(&mag));
	h_reply(&mag, 0);
	ck_assert_int_eq(h_state(&mag), PMIP_BINDING_ACTIVE);
}
END_TEST

/* REV-9 */
START_TEST(mag_loses_one_of_two_prefixes)
{
	struct message bri = bri_for_mag(PMIP_TRIGGER_ADMINISTRATIVE);
	struct answer answer;

	ok(h_attach_mn(&mag));
	answer = h_answer(h_last(&mag), 0);
	answer.options.hnp[1].prefix = unit_prefix("2001:db8:2::/64");
	answer.options.hnp_count = 2;
	h_send(&mag, &answer);
	h_clear_log(&mag);
	bri.hnp[0] = OWN_PREFIX;
	bri.hnp[1] = "2001:db8:dead::/64";
	ck_assert_uint_eq(ask_mag(&bri), PMIP_REVOCATION_PARTIAL_SUCCESS);
	ck_assert_int_eq(h_state(&mag), PMIP_BINDING_ACTIVE);
	ck_assert_uint_eq(h_info(&mag).prefix_count, 1);
	ck_assert_uint_eq(mag.ras, 1);
	ck_assert_uint_gt(mag.ra[0].router_lifetime_s, 0);
	ck_assert_uint_eq(mag.ra[0].lifetime_s, 0);
	ck_assert_uint_eq(mag.ra[0].prefix_count, 1);
	ck_assert_uint_eq(h_count_ops(&mag, PMIP_DATAPATH_BINDING_CLEAR), 1);
	/* The next extension asks for what is left. */
	h_pass(&mag, 590 * S);
	ck_assert_uint_eq(h_last(&mag)->options.hnp_count, 1);
	bri.hnp[0] = "2001:db8:2::/64";
	bri.hnp[1] = NULL;
	ck_assert_uint_eq(ask_mag(&bri), 0);
	ck_assert_int_eq(h_state(&mag), PMIP_BINDING_DENIED);
}
END_TEST

/* REV-7 */
START_TEST(mag_keeps_who_is_still_here)
{
	struct message bri = bri_for_mag((uint8_t)_i);

	ck_assert_uint_eq(ask_mag(&bri), PMIP_REVOCATION_NO_BINDING);
	h_activate(&mag);
	ck_assert_uint_eq(ask_mag(&bri), PMIP_REVOCATION_MN_ATTACHED);
	ck_assert_int_eq(h_state(&mag), PMIP_BINDING_ACTIVE);
	ck_assert_uint_eq(mag.ras + mag.ops, 0);
	ck_assert_int_eq(h_detach(&mag, LINK, NULL), 1);
	ck_assert_uint_eq(ask_mag(&bri), 0);
	ck_assert_uint_eq(pmip_mag_count_bindings(mag.mag), 0);
	ck_assert_uint_eq(mag.ras, 0);
	ck_assert_uint_eq(mag.sents, 1);
	h_pass(&mag, 60 * S);
	ck_assert_uint_eq(mag.sents, 1);
}
END_TEST

/* REV-4 */
START_TEST(mag_gives_up_everything)
{
	struct message bri = bri_for_mag(PMIP_TRIGGER_PER_PEER_POLICY);

	bri.mn = NULL;
	bri.fixed.flags = P | G;
	h_activate(&mag);
	ck_assert_uint_eq(ask_mag(&bri), 0);
	assert_revoked();
}
END_TEST

/* REV-6, REV-8, REV-12 */
START_TEST(mag_refuses_by_status)
{
	static const struct {
		uint8_t trigger;
		uint16_t flags;
		const char *mn, *alt_coa;
		uint32_t group;
		const char *ipv4;
		uint8_t status;
	} rows[] = {
		{77, P, MN, NULL, 0, NULL, 133},
		{128, P, MN, NULL, 0, NULL, 134},
		{129, P | G, NULL, NULL, 0, NULL, 131},
		{129, P | G, MN, NULL, 0, NULL, 131},
		{129, P | G, "@elsewhere.example", NULL, 0, NULL, 128},
		{1, P, NULL, NULL, 0, NULL, 128},
		{1, P, "nobody@example.com", NULL, 0, NULL, 128},
		{1, P, MN, "2001:db8:bad::1", 0, NULL, 128},
		{1, 0, MN, NULL, 0, NULL, 128},
		{1, P | V, MN, NULL, 0, NULL, 129},
		{1, P | V, MN, NULL, 0, "192.0.2.10", 128},
		{1, P, NULL, NULL, 5, NULL, 128},
		{1, P, MN, NULL, 5, NULL, 128},
	};
	struct message bri;

	h_activate(&mag);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		bri = (struct message){.src = H_LMA, .dst = H_COA, .mn = rows[i].mn, .alt_coa = rows[i].alt_coa,
				       .group = rows[i].group, .ipv4 = rows[i].ipv4,
				       .fixed = {PMIP_REVOCATION_INDICATION, rows[i].trigger, 0, (uint16_t)i, rows[i].flags}};
		ck_assert_msg(ask_mag(&bri) == rows[i].status, "row %zu", i);
		ck_assert_int_eq(h_state(&mag), PMIP_BINDING_ACTIVE);
	}
	bri = bri_for_mag(PMIP_TRIGGER_ADMINISTRATIVE);
	bri.src = "2001:db8:bad::1";
	to_mag(&bri);
	bri.src = H_LMA;
	bri.dst = "2001:db8:f::2";
	to_mag(&bri);
	ck_assert_uint_eq(mag.other.len, 0);
	ck_assert_uint_eq(h_counter(&mag, IGNORED), 2);
	ck_assert_int_eq(h_state(&mag), PMIP_BINDING_ACTIVE);
}
END_TEST

/* REV-10 */
START_TEST(mag_asks)
{
	struct said said;

	ck_assert_int_eq(revoke_at_mag(), PMIP_ERR_NOENT);
	h_activate(&mag);
	ok(revoke_at_mag());
	said = read_message(&mag.other.dgram);
	ck_assert_int_eq(said.fixed.type, PMIP_REVOCATION_INDICATION);
	ck_assert(names(&said.mn_id, MN) && said.prefixes == 1 && said.fixed.flags == P);
	ck_assert(h_info(&mag).revoking);
	ck_assert_int_eq(revoke_at_mag(), PMIP_ERR_EXIST);
	answer_mag(PMIP_REVOCATION_GLOBAL_NOT_AUTHORIZED);
	ck_assert_int_eq(h_state(&mag), PMIP_BINDING_ACTIVE);
	ck_assert(!h_info(&mag).revoking);
	ok(revoke_at_mag());
	answer_mag(0);
	assert_revoked();
}
END_TEST

/* REV-2 */
START_TEST(mag_is_not_answered)
{
	h_activate(&mag);
	ok(revoke_at_mag());
	h_pass(&mag, 1 * S);
	ck_assert_uint_eq(mag.others, 2);
	h_pass(&mag, 2 * S - 1);
	ck_assert_int_eq(h_state(&mag), PMIP_BINDING_ACTIVE);
	h_pass(&mag, 1);
	ck_assert_uint_eq(mag.others, 2);
	assert_revoked();
}
END_TEST

START_TEST(mag_asks_in_vain_of_who_has_left)
{
	h_activate(&mag);
	ok(revoke_at_mag());
	ck_assert_int_eq(h_detach(&mag, LINK, NULL), 1);
	answer_mag(0);
	ck_assert_int_eq(h_state(&mag), PMIP_BINDING_DEREGISTERING);
	ck_assert_uint_eq(mag.sents, 1);
}
END_TEST

/* REV-1: what is asked for while an extension is under way that is refused, or before the end of all, finds nothing any more. */
START_TEST(mag_has_lost_it_meanwhile)
{
	h_activate(&mag);
	h_pass(&mag, 561 * S);
	ck_assert_int_eq(h_state(&mag), PMIP_BINDING_REFRESHING);
	ok(revoke_at_mag());
	if (_i)
		ok(h_shutdown(&mag));
	else
		h_reply(&mag, PMIP_STATUS_ADMIN_PROHIBITED);
	answer_mag(0);
	ck_assert_uint_eq(h_counter(&mag, REVOKED), 0);
	ck_assert_uint_eq(pmip_mag_count_bindings(mag.mag), _i ? 0 : 1);
}
END_TEST

START_TEST(an_extension_waits_for_the_answer)
{
	h_activate(&mag);
	h_pass(&mag, 559 * S);
	ok(revoke_at_mag());
	h_pass(&mag, 2 * S);
	ck_assert_uint_eq(mag.sents, 0);
	answer_mag(PMIP_REVOCATION_GLOBAL_NOT_AUTHORIZED);
	h_pass(&mag, 1 * S);
	ck_assert_uint_eq(mag.sents, 1);
	ck_assert_int_eq(h_state(&mag), PMIP_BINDING_REFRESHING);
}
END_TEST

static void mag_story(void)
{
	struct message bri = bri_for_mag(PMIP_TRIGGER_PER_PEER_POLICY);

	h_start(&mag);
	ok(h_attach_mn(&mag));
	h_reply(&mag, 0);
	ok(revoke_at_mag());
	answer_mag(0);
	ok(h_attach_mn(&mag));
	h_reply(&mag, 0);
	ok(revoke_at_mag());
	h_pass(&mag, 3 * S);
	ok(h_attach_mn(&mag));
	h_reply(&mag, 0);
	bri.mn = NULL;
	bri.fixed.flags = P | G;
	ck_assert_uint_eq(ask_mag(&bri), 0);
	ck_assert_int_eq(h_state(&mag), PMIP_BINDING_DENIED);
	ck_assert_uint_eq(h_counter(&mag, REVOKED), 3);
}

START_TEST(mag_without_memory)
{
	h_without_memory(&mag, mag_story, 11);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("revoke_mag");
	TCase *gateway = tcase_create("mag"), *memory = tcase_create("memory");

	tcase_add_checked_fixture(gateway, mag_setup, mag_teardown);
	tcase_add_loop_test(gateway, mag_obeys, 0, 2);
	tcase_add_test(gateway, mag_loses_one_of_two_prefixes);
	tcase_add_loop_test(gateway, mag_keeps_who_is_still_here, PMIP_TRIGGER_HANDOVER_SAME_ATT, PMIP_TRIGGER_HANDOVER_UNKNOWN + 1);
	tcase_add_test(gateway, mag_gives_up_everything);
	tcase_add_test(gateway, mag_refuses_by_status);
	tcase_add_test(gateway, mag_asks);
	tcase_add_test(gateway, mag_is_not_answered);
	tcase_add_test(gateway, mag_asks_in_vain_of_who_has_left);
	tcase_add_loop_test(gateway, mag_has_lost_it_meanwhile, 0, 2);
	tcase_add_test(gateway, an_extension_waits_for_the_answer);
	suite_add_tcase(suite, gateway);
	tcase_add_test(memory, mag_without_memory);
	suite_add_tcase(suite, memory);
	return unit_run_suite(suite);
}
