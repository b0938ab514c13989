/* SPDX-License-Identifier: BSD-2-Clause */
/* Binding Revocation (RFC 5846) at the LMA. */
#include "revoke_rig.h"

/* REV-1 */
START_TEST(acknowledgements_match_by_sequence)
{
	struct message hostile;
	uint16_t first;

	attach_mn1();
	ck_assert_int_eq(register_mn("mn2@example.com", MAG1, "02:00:00:00:00:02", 600), 0);
	ok(revoke("mn2@example.com", NULL, PMIP_TRIGGER_UNSPECIFIED));
	first = last_of_lma().fixed.seq;
	ok(revoke(MN1, NULL, PMIP_TRIGGER_UNSPECIFIED));
	ck_assert_uint_ne(last_of_lma().fixed.seq, first);
	ck_assert(rig_binding(&rig, prefix).revoking);
	ck_assert_int_eq(revoke(MN1, NULL, PMIP_TRIGGER_UNSPECIFIED), PMIP_ERR_EXIST);
	rig_forget(&rig);
	memset(rig.octets, 0, sizeof(rig.octets));
	hostile = (struct message){.src = MAG1, .dst = LMAA, .fixed = {PMIP_REVOCATION_ACK, 0, 0, (uint16_t)(first + 7), P}};
	to_lma(&hostile);
	hostile.fixed.seq = first;
	hostile.src = MAG2;
	to_lma(&hostile);
	hostile.src = MAG1;
	hostile.dst = "2001:db8:1a::2";
	to_lma(&hostile);
	ck_assert_uint_eq(bindings(), 2);
	ck_assert_uint_eq(lma_counter(PMIP_LMA_IGNORED), 3);
	ck_assert_uint_eq(lma_counter(PMIP_LMA_BRA), 0);
	ck_assert_uint_eq(rig.octets[0] + rig.octets[1], 0);
	hostile.dst = LMAA;
	to_lma(&hostile);
	ck_assert_uint_eq(bindings(), 1);
	/* Its number is known no more. */
	to_lma(&hostile);
	ck_assert_uint_eq(lma_counter(PMIP_LMA_IGNORED), 4);
}
END_TEST

/* REV-2 */
START_TEST(sent_again_then_taken_as_done)
{
	uint8_t first[PMIP_MH_MAX];
	size_t len;

	attach_mn1();
	ok(revoke(MN1, NULL, PMIP_TRIGGER_ADMINISTRATIVE));
	len = rig.pba_dgram.len;
	memcpy(first, rig.octets, len);
	memset(rig.octets, 0, sizeof(rig.octets));
	rig_advance(&rig, 999);
	ck_assert_uint_eq(lma_counter(PMIP_LMA_BRI_SENT), 1);
	rig_advance(&rig, 1);
	ck_assert_uint_eq(lma_counter(PMIP_LMA_BRI_SENT), 2);
	ck_assert_uint_eq(rig.pba_dgram.len, len);
	ck_assert_mem_eq(rig.octets, first, len);
	rig_advance(&rig, 1999);
	ck_assert_uint_eq(bindings(), 1);
	rig_advance(&rig, 1);
	ck_assert_uint_eq(bindings(), 0);
	ck_assert_uint_eq(lma_counter(PMIP_LMA_BRI_SENT), 2);
	ck_assert_uint_eq(lma_counter(PMIP_LMA_REVOKED), 1);
	ck_assert(rig_has_event(&rig, PMIP_EVENT_REVOKED));
	ck_assert_str_eq(rig_forwarding(&rig, prefix), "-");
	ck_assert(pmip_lma_next_deadline(rig.lma) == PMIP_TIME_NONE);
	ck_assert_int_eq(register_mn(MN1, MAG1, "02:00:00:00:00:01", 600), 0);
}
END_TEST

/* REV-3 */
START_TEST(one_mobile_node)
{
	struct said said;
	struct pmip_prefix p;

	attach_mn1();
	ok(revoke(MN1, prefix, PMIP_TRIGGER_USER_TERMINATION));
	said = last_of_lma();
	p = unit_prefix(prefix);
	ck_assert_int_eq(said.fixed.type, PMIP_REVOCATION_INDICATION);
	ck_assert_int_eq(said.fixed.trigger, PMIP_TRIGGER_USER_TERMINATION);
	ck_assert_int_eq(said.fixed.flags, P);
	ck_assert(names(&said.mn_id, MN1));
	ck_assert_uint_eq(said.prefixes, 1);
	ck_assert(pmip_prefix_equal(&said.prefix, &p));
	answer_lma(0);
	ck_assert_uint_eq(bindings(), 0);
	/* At two MAGs: one Indication each, no prefixes. */
	attach_mn1();
	struct pbu second = {.mn = MN1, .mag = MAG2, .hnp = {"0"}, .hi = 1, .att = 5, .ll_id = "02:00:00:00:00:09", .lifetime_s = 600};

	ck_assert_int_eq(rig_pbu(&rig, &second), 0);
	ck_assert_uint_eq(bindings(), 2);
	ok(revoke(MN1, NULL, PMIP_TRIGGER_ADMINISTRATIVE));
	said = last_of_lma();
	ck_assert(names(&said.mn_id, MN1));
	ck_assert_uint_eq(said.prefixes, 0);
	ck_assert_uint_eq(lma_counter(PMIP_LMA_BRI_SENT), 3);
	rig_advance(&rig, 3000);
	ck_assert_uint_eq(bindings(), 0);
	ck_assert_uint_eq(lma_counter(PMIP_LMA_BRI_SENT), 5);
}
END_TEST

START_TEST(some_prefixes_of_one)
{
	struct pbu pbu = {.mn = "fixed@example", .hnp = {"0"}, .lifetime_s = 600};
	struct pmip_binding_info info;

	ck_assert_int_eq(rig_pbu(&rig, &pbu), 0);
	ok(revoke("fixed@example", "2001:db8:100:f::/64", PMIP_TRIGGER_ADMINISTRATIVE));
	answer_lma(0);
	ck_assert_uint_eq(bindings(), 1);
	ck_assert_str_eq(rig_forwarding(&rig, "2001:db8:100:f::/64"), "-");
	ck_assert_str_eq(rig_forwarding(&rig, "2001:db8:feed::/64"), MAG1);
	info = rig_binding(&rig, "2001:db8:feed::/64");
	ck_assert_uint_eq(info.prefix_count, 1);
	ck_assert(!info.revoking);
	ck_assert_int_eq(revoke("fixed@example", "2001:db8:100:f::/64", PMIP_TRIGGER_ADMINISTRATIVE), PMIP_ERR_NOENT);
	ok(revoke("fixed@example", "2001:db8:feed::/64", PMIP_TRIGGER_ADMINISTRATIVE));
	answer_lma(0);
	ck_assert_uint_eq(bindings(), 0);
}
END_TEST

/* REV-4 */
START_TEST(all_of_a_mag)
{
	struct pmip_addr at = unit_addr(MAG1), nowhere = unit_addr("2001:db8:c::1");
	struct said said;

	attach_mn1();
	ck_assert_int_eq(register_mn("mn2@example.com", MAG1, "02:00:00:00:00:02", 600), 0);
	ck_assert_int_eq(register_mn("mn3@example.com", MAG2, "02:00:00:00:00:03", 600), 0);
	ck_assert_int_eq(pmip_lma_revoke_mag(rig.lma, &nowhere, rig.now), PMIP_ERR_NOENT);
	ok(pmip_lma_revoke_mag(rig.lma, &at, rig.now));
	rig_run(&rig);
	said = last_of_lma();
	ck_assert_int_eq(said.fixed.flags, P | G);
	ck_assert_int_eq(said.fixed.trigger, PMIP_TRIGGER_PER_PEER_POLICY);
	ck_assert_uint_eq(said.mn_id.len + said.prefixes, 0);
	answer_lma(0);
	ck_assert_uint_eq(bindings(), 1);
	ck_assert_uint_eq(lma_counter(PMIP_LMA_REVOKED), 2);
	/* Nobody uses the tunnel to MAG 1 any more. */
	ck_assert_int_eq(rig.ops[rig.op_count - 1].kind, PMIP_DATAPATH_TUNNEL_RELEASE);
	ck_assert(pmip_addr_equal(&rig.ops[rig.op_count - 1].remote, &at));
}
END_TEST

START_TEST(what_cannot_be_revoked)
{
	ck_assert_int_eq(revoke(MN1, NULL, PMIP_TRIGGER_ADMINISTRATIVE), PMIP_ERR_NOENT);
	attach_mn1();
	ck_assert_int_eq(revoke(MN1, NULL, PMIP_TRIGGER_PER_PEER_POLICY), PMIP_ERR_INVALID);
	ck_assert_int_eq(revoke(MN1, "2001:db8:dead::/64", PMIP_TRIGGER_ADMINISTRATIVE), PMIP_ERR_NOENT);
	ck_assert_int_eq(revoke("mn2@example.com", prefix, PMIP_TRIGGER_ADMINISTRATIVE), PMIP_ERR_NOENT);
	rig.now.mono_us -= 1;
	ck_assert_int_eq(revoke(MN1, NULL, PMIP_TRIGGER_ADMINISTRATIVE), PMIP_ERR_TIME);
	rig.now.mono_us += 1;
	ck_assert_int_eq(register_mn(MN1, MAG1, "02:00:00:00:00:01", 0), 0);
	ck_assert_int_eq(revoke(MN1, NULL, PMIP_TRIGGER_ADMINISTRATIVE), PMIP_ERR_NOENT);
	ck_assert_uint_eq(lma_counter(PMIP_LMA_BRI_SENT), 0);
}
END_TEST

/* REV-10 */
START_TEST(a_refusal_keeps_the_binding)
{
	attach_mn1();
	for (int status = 128; status <= 135; status++) {
		ok(revoke(MN1, NULL, PMIP_TRIGGER_UNSPECIFIED));
		rig_forget(&rig);
		answer_lma((uint8_t)status);
		ck_assert(rig_has_event(&rig, PMIP_EVENT_REVOCATION_FAILED));
		ck_assert_uint_eq(rig.events[0].status, (unsigned int)status);
		ck_assert(!rig_binding(&rig, prefix).revoking);
	}
	rig_advance(&rig, 5000);
	ck_assert_uint_eq(lma_counter(PMIP_LMA_BRI_SENT), 8);
	ck_assert_uint_eq(bindings(), 1);
	/* Partial success is success, and so is "no such binding" when the answer to the first copy may be lost. */
	ok(revoke(MN1, NULL, PMIP_TRIGGER_UNSPECIFIED));
	rig_advance(&rig, 1500);
	answer_lma(PMIP_REVOCATION_NO_BINDING);
	ck_assert_uint_eq(bindings(), 0);
	attach_mn1();
	ok(revoke(MN1, NULL, PMIP_TRIGGER_UNSPECIFIED));
	answer_lma(PMIP_REVOCATION_PARTIAL_SUCCESS);
	ck_assert_uint_eq(bindings(), 0);
}
END_TEST

/* REV-11 */
START_TEST(a_pbu_meanwhile)
{
	attach_mn1();
	ok(revoke(MN1, NULL, PMIP_TRIGGER_OUT_OF_SYNC));
	ck_assert_int_eq(register_mn(MN1, MAG1, "02:00:00:00:00:01", 600), 0);
	ck_assert(!rig_binding(&rig, prefix).revoking);
	rig_advance(&rig, 5000);
	ck_assert_uint_eq(lma_counter(PMIP_LMA_BRI_SENT), 1);
	ck_assert_uint_eq(bindings(), 1);
	/* Moved to another MAG: what the old one says counts no more. */
	ok(revoke(MN1, NULL, PMIP_TRIGGER_OUT_OF_SYNC));
	struct pbu moved = {.mn = MN1, .mag = MAG2, .hnp = {prefix}, .hi = 3, .ll_id = "02:00:00:00:00:01", .lifetime_s = 600};
	uint16_t seq = last_of_lma().fixed.seq;

	ck_assert_int_eq(rig_pbu(&rig, &moved), 0);
	struct message late = {.src = MAG1, .dst = LMAA, .fixed = {PMIP_REVOCATION_ACK, 0, 0, seq, P}};

	to_lma(&late);
	ck_assert_uint_eq(bindings(), 1);
	ok(revoke(MN1, NULL, PMIP_TRIGGER_ADMINISTRATIVE));
	moved.mag = MAG1;
	ck_assert_int_eq(rig_pbu(&rig, &moved), PMIP_STATUS_ADMIN_PROHIBITED);
	ck_assert(rig_binding(&rig, prefix).revoking);
	rig_advance(&rig, 3000);
	ck_assert_uint_eq(bindings(), 0);
}
END_TEST

/* REV-5, REV-6, REV-8, REV-12: the last two as far as they are refused. */
START_TEST(lma_refuses_by_status)
{
	static const struct {
		uint8_t trigger;
		uint16_t flags;
		const char *mn, *src;
		uint32_t group;
		const char *ipv4;
		uint8_t status;
	} rows[] = {
		{77, P, MN1, MAG1, 0, NULL, 133},
		{77, P | G, NULL, MAG1, 0, NULL, 133},
		{128, P, MN1, MAG1, 0, NULL, 134},
		{3, P | G, MN1, MAG1, 0, NULL, 134},
		{129, P | G, NULL, MAG1, 0, NULL, 131},
		{129, P | G, "@example.com", MAG1, 0, NULL, 134},
		{128, P | G, NULL, MAG1, 0, NULL, 130},
		{128, P | G, "mag1@example.com", MAG1, 0, NULL, 130},
		{1, P, NULL, MAG1, 0, NULL, 128},
		{1, P, "nobody@example.com", MAG1, 0, NULL, 128},
		{1, P, MN1, MAG2, 0, NULL, 128},
		{1, P, MN1, "2001:db8:bad::1", 0, NULL, 128},
		{1, 0, MN1, MAG1, 0, NULL, 128},
		{1, P | V, MN1, MAG1, 0, NULL, 129},
		{1, P | V, MN1, MAG1, 0, "192.0.2.10", 128},
		{1, P, NULL, MAG1, 5, NULL, 128},
		{1, P, MN1, MAG1, 5, NULL, 128},
	};

	attach_mn1();
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct message message = {.src = rows[i].src, .dst = LMAA, .mn = rows[i].mn, .group = rows[i].group, .ipv4 = rows[i].ipv4,
					  .fixed = {PMIP_REVOCATION_INDICATION, rows[i].trigger, 0, (uint16_t)(i + 1), rows[i].flags}};

		ck_assert_msg(ask_lma(&message) == rows[i].status, "row %zu: %u", i, last_of_lma().fixed.status);
		ck_assert_uint_eq(bindings(), 1);
	}
}
END_TEST

/* REV-9 and the MAG's right over its own. */
START_TEST(lma_obeys_the_mag)
{
	struct message message = {.src = MAG1, .dst = LMAA, .mn = MN1, .hnp = {"2001:db8:dead::/64", prefix},
				  .fixed = {PMIP_REVOCATION_INDICATION, 5, 0, 9, P}};
	struct pmip_prefix gone = unit_prefix("2001:db8:dead::/64");
	struct said said;

	attach_mn1();
	ck_assert_uint_eq(ask_lma(&message), PMIP_REVOCATION_PARTIAL_SUCCESS);
	said = last_of_lma();
	ck_assert(names(&said.mn_id, MN1) && said.prefixes == 1 && pmip_prefix_equal(&said.prefix, &gone));
	ck_assert_uint_eq(bindings(), 0);
	ck_assert_str_eq(rig_forwarding(&rig, prefix), "-");
	ck_assert_uint_eq(ask_lma(&message), PMIP_REVOCATION_NO_BINDING);
	ck_assert_uint_eq(last_of_lma().prefixes, 2);
	attach_mn1();
	message.hnp[0] = NULL;
	ck_assert_uint_eq(ask_lma(&message), PMIP_REVOCATION_SUCCESS);
	ck_assert_uint_eq(bindings(), 0);
	attach_mn1();
	message.alt_coa = MAG2;
	ck_assert_uint_eq(ask_lma(&message), PMIP_REVOCATION_NO_BINDING);
	message.alt_coa = MAG1;
	ck_assert_uint_eq(ask_lma(&message), PMIP_REVOCATION_SUCCESS);
}
END_TEST

START_TEST(lma_shuts_down_meanwhile)
{
	struct pmip_addr at = unit_addr(MAG1);

	attach_mn1();
	ok(revoke(MN1, NULL, PMIP_TRIGGER_UNSPECIFIED));
	ok(pmip_lma_revoke_mag(rig.lma, &at, rig.now));
	ok(pmip_lma_shutdown(rig.lma, rig.now));
	rig_run(&rig);
	ck_assert_int_eq(rig.ops[rig.op_count - 1].kind, PMIP_DATAPATH_TUNNEL_RELEASE);
	ck_assert(pmip_lma_next_deadline(rig.lma) == PMIP_TIME_NONE);
}
END_TEST

#define again(expr) unit_again(rig_failed(&rig), expr)

static void scarce_story(void)
{
	static const char *const mns[] = {MN1, "mn2@example.com", "mn3@example.com"};
	struct pmip_addr at = unit_addr(MAG1);

	for (int i = 0; i < 3; i++)
		ok(register_mn(mns[i], MAG1, NULL, 600));
	ok(revoke(MN1, NULL, PMIP_TRIGGER_ADMINISTRATIVE));
	answer_lma(0);
	ck_assert_uint_eq(bindings(), 2);
	ok(again(pmip_lma_revoke_mag(rig.lma, &at, rig.now)));
	rig_run(&rig);
	for (int i = 0; i < 2; i++) {
		rig.now.mono_us = pmip_lma_next_deadline(rig.lma);
		ok(again(pmip_lma_handle_timeout(rig.lma, rig.now)));
		rig_run(&rig);
	}
	ck_assert_uint_eq(bindings(), 0);
}

START_TEST(lma_without_memory)
{
	rig_without_memory(&rig, rig_config, scarce_story, 11);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("revoke_lma");
	TCase *lma = tcase_create("lma"), *memory_case = tcase_create("memory");

	tcase_add_checked_fixture(lma, lma_setup, lma_teardown);
	tcase_add_test(lma, acknowledgements_match_by_sequence);
	tcase_add_test(lma, sent_again_then_taken_as_done);
	tcase_add_test(lma, one_mobile_node);
	tcase_add_test(lma, some_prefixes_of_one);
	tcase_add_test(lma, all_of_a_mag);
	tcase_add_test(lma, what_cannot_be_revoked);
	tcase_add_test(lma, a_refusal_keeps_the_binding);
	tcase_add_test(lma, a_pbu_meanwhile);
	tcase_add_test(lma, lma_refuses_by_status);
	tcase_add_test(lma, lma_obeys_the_mag);
	tcase_add_test(lma, lma_shuts_down_meanwhile);
	suite_add_tcase(suite, lma);
	tcase_add_test(memory_case, lma_without_memory);
	suite_add_tcase(suite, memory_case);
	return unit_run_suite(suite);
}
