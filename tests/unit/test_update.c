/* SPDX-License-Identifier: BSD-2-Clause */
/* Update Notifications (RFC 7077): FORCE-REREGISTRATION, and what is refused. */
#include "revoke_rig.h"

#define A PMIP_UPN_A
#define D PMIP_UPN_D

static struct pmip_mh seen(const struct pmip_dgram *dgram)
{
	struct pmip_mh mh;

	ok(pmip_mh_decode(&mh, NULL, dgram, 0));
	return mh;
}

static int force(const char *mn)
{
	struct pmip_mnid mn_id = h_mnid(mn);
	int err = pmip_lma_force_reregistration(rig.lma, &mn_id, rig.now);

	rig_run(&rig);
	return err;
}

static void upa(const char *src, uint16_t seq, uint8_t status)
{
	struct pmip_dgram dgram = {unit_addr(src), unit_addr(LMAA), NULL, 0};
	struct pmip_mh mh = {.type = PMIP_MH_UPA, .u.upa = {seq, status}};
	struct pmip_mh_writer writer;
	uint8_t octets[64];

	pmip_mh_begin(&writer, octets, sizeof(octets), &mh);
	dgram.len = (size_t)pmip_mh_finish(&writer, &dgram.src, &dgram.dst);
	dgram.data = octets;
	ok(pmip_lma_input(rig.lma, &dgram, rig.now));
	rig_run(&rig);
}

/* UPN-1, UPN-2 */
START_TEST(lma_asks_twice)
{
	struct pmip_upn first, second;

	ck_assert_int_eq(force(MN1), PMIP_ERR_NOENT);
	attach_mn1();
	ok(force(MN1));
	first = seen(&rig.pba_dgram).u.upn;
	ck_assert_uint_eq(first.reason, PMIP_UPN_FORCE_REREGISTRATION);
	ck_assert_uint_eq(first.flags, A);
	rig_advance(&rig, 999);
	ck_assert_uint_eq(lma_counter(PMIP_LMA_UPN_SENT), 1);
	rig_advance(&rig, 1);
	second = seen(&rig.pba_dgram).u.upn;
	ck_assert_uint_eq(second.seq, first.seq);
	ck_assert_uint_eq(second.flags, A | D);
	rig_forget(&rig);
	rig_advance(&rig, 1000);
	ck_assert(rig_has_event(&rig, PMIP_EVENT_UPDATE_FAILED));
	rig_advance(&rig, 5000);
	ck_assert_uint_eq(lma_counter(PMIP_LMA_UPN_SENT), 2);
	ok(force(MN1));
	ck_assert_uint_eq(seen(&rig.pba_dgram).u.upn.seq, (uint16_t)(first.seq + 1));
	ck_assert_uint_eq(bindings(), 1);
	ok(pmip_lma_shutdown(rig.lma, rig.now));
	rig_run(&rig);
	ck_assert(pmip_lma_next_deadline(rig.lma) == PMIP_TIME_NONE);
}
END_TEST

/* UPN-8 */
START_TEST(lma_takes_the_answer)
{
	uint16_t seq;

	attach_mn1();
	ok(force(MN1));
	seq = seen(&rig.pba_dgram).u.upn.seq;
	rig_forget(&rig);
	upa(MAG1, (uint16_t)(seq + 1), 0);
	upa(MAG2, seq, 0);
	ck_assert_uint_eq(lma_counter(PMIP_LMA_IGNORED), 2);
	upa(MAG1, seq, 0);
	ck_assert_uint_eq(lma_counter(PMIP_LMA_UPA), 1);
	ck_assert(!rig_has_event(&rig, PMIP_EVENT_UPDATE_FAILED));
	rig_advance(&rig, 5000);
	ck_assert_uint_eq(lma_counter(PMIP_LMA_UPN_SENT), 1);
	ok(force(MN1));
	upa(MAG1, (uint16_t)(seq + 1), PMIP_UPA_MN_NOT_ATTACHED);
	ck_assert(rig_has_event(&rig, PMIP_EVENT_UPDATE_FAILED));
}
END_TEST

/* Send a UPN to the MAG. Returns the status of the answer, -1 = none. */
static int upn(uint16_t seq, uint16_t reason, uint16_t flags, const char *mn, uint32_t group)
{
	struct pmip_addr src = unit_addr(H_LMA), dst = unit_addr(H_COA);
	struct pmip_mh mh = {.type = PMIP_MH_UPN, .u.upn = {seq, reason, flags}}, answer;
	struct pmip_option mn_id = {.type = PMIP_OPT_MN_ID}, all = {.type = PMIP_OPT_MN_GROUP_ID, .u.group = {1, group}};
	struct pmip_mh_writer writer;
	uint8_t octets[512];
	int len;

	pmip_mh_begin(&writer, octets, sizeof(octets), &mh);
	if (mn) {
		mn_id.u.mn_id = h_mnid(mn);
		pmip_mh_add_option(&writer, &mn_id);
	}
	if (group)
		pmip_mh_add_option(&writer, &all);
	len = pmip_mh_finish(&writer, &src, &dst);
	ck_assert_int_gt(len, 0);
	mag.other.len = 0;
	ok(h_input(&mag, octets, (size_t)len, &src, &dst));
	if (!mag.other.len)
		return -1;
	answer = seen(&mag.other.dgram);
	ck_assert_int_eq(answer.type, PMIP_MH_UPA);
	ck_assert_uint_eq(answer.u.upa.seq, seq);
	return answer.u.upa.status;
}

/* UPN-5, UPN-6 */
START_TEST(mag_registers_again)
{
	h_activate(&mag);
	ck_assert_int_eq(upn(7, PMIP_UPN_FORCE_REREGISTRATION, A, MN, 0), 0);
	ck_assert_uint_eq(mag.sents, 1);
	ck_assert_uint_eq(h_last(&mag)->options.hi, PMIP_HI_UNCHANGED);
	ck_assert_uint_gt(h_last(&mag)->bu.lifetime_s, 0);
	h_reply(&mag, 0);
	ck_assert_int_eq(h_state(&mag), PMIP_BINDING_ACTIVE);
	/* The same once more: the same answer, and nothing else. */
	ck_assert_int_eq(upn(7, PMIP_UPN_FORCE_REREGISTRATION, A | D, MN, 0), 0);
	ck_assert_uint_eq(mag.sents, 1);
	/* A second copy of which the first was lost is new; without A there is no answer. */
	ck_assert_int_eq(upn(8, PMIP_UPN_FORCE_REREGISTRATION, D, MN, 0), -1);
	ck_assert_uint_eq(mag.sents, 2);
}
END_TEST

/* UPN-3, UPN-6 */
START_TEST(mag_refuses)
{
	h_activate(&mag);
	ck_assert_int_eq(upn(1, PMIP_UPN_FORCE_REREGISTRATION, A, NULL, 0), PMIP_UPA_FAILED_TO_UPDATE_SESSION_PARAMETERS);
	ck_assert_int_eq(upn(2, PMIP_UPN_FORCE_REREGISTRATION, A, "nobody@example.com", 0), PMIP_UPA_MN_NOT_ATTACHED);
	ck_assert_int_eq(upn(3, PMIP_UPN_FORCE_REREGISTRATION, A, NULL, 5), PMIP_UPA_MN_NOT_ATTACHED);
	ck_assert_int_eq(upn(4, PMIP_UPN_UPDATE_SESSION_PARAMETERS, A, MN, 0), PMIP_UPA_FAILED_TO_UPDATE_SESSION_PARAMETERS);
	ck_assert_int_eq(upn(5, PMIP_UPN_VENDOR_SPECIFIC, A, MN, 0), PMIP_UPA_MISSING_VENDOR_SPECIFIC_OPTION);
	ck_assert_int_eq(upn(6, PMIP_UPN_ANI_PARAMS_REQUESTED, A, MN, 0), PMIP_UPA_REASON_UNSPECIFIED);
	ck_assert_int_eq(upn(7, 99, A, MN, 0), PMIP_UPA_REASON_UNSPECIFIED);
	ck_assert_int_eq(upn(8, 255, A, MN, 0), -1);
	ck_assert_int_eq(upn(9, 0, A, MN, 0), -1);
	for (uint16_t reason = 2; reason < 12; reason++)
		ck_assert_int_eq(upn((uint16_t)(20 + reason), reason, 0, MN, 0), -1);
	ck_assert_uint_eq(mag.sents, 0);
	ck_assert_int_eq(h_state(&mag), PMIP_BINDING_ACTIVE);
}
END_TEST

static void mag_story(void)
{
	h_start(&mag);
	ok(h_attach_mn(&mag));
	h_reply(&mag, 0);
	ck_assert_int_eq(upn(1, PMIP_UPN_FORCE_REREGISTRATION, A, MN, 0), 0);
	h_reply(&mag, 0);
	ck_assert_int_eq(h_state(&mag), PMIP_BINDING_ACTIVE);
}

START_TEST(mag_without_memory)
{
	h_without_memory(&mag, mag_story, 24);
}
END_TEST

int main(void)
{
	const TTest *const lma[] = {lma_asks_twice, lma_takes_the_answer, NULL};
	const TTest *const gateway[] = {mag_registers_again, mag_refuses, NULL};
	const TTest *const memory[] = {mag_without_memory, NULL};
	Suite *suite = suite_create("update");

	unit_add(suite, "lma", lma, lma_setup, lma_teardown);
	unit_add(suite, "mag", gateway, mag_setup, mag_teardown);
	unit_add(suite, "memory", memory, NULL, NULL);
	return unit_run_suite(suite);
}
