/* SPDX-License-Identifier: BSD-2-Clause */
/* What goes wrong around an LMA: the datapath refuses, memory runs out, PBUs overtake each other. */
#include "lma_rig.h"
#include "unit.h"

#include <stdlib.h>
#include <string.h>

#define MN "mn1@example.com"
#define MAG1 "2001:db8:a::1"
#define MAG2 "2001:db8:b::1"
#define MAG3 "2001:db8:c::1"
#define LL1 "02:00:00:5e:10:01"

static struct rig rig;
static char prefix[PMIP_PREFIX_STRLEN];

static void setup(void)
{
	rig_init(&rig, rig_config(), NULL);
}

static void teardown(void)
{
	rig_fini(&rig);
}

static int pbu_at(const char *mag, uint32_t lifetime_s)
{
	struct pbu pbu = {.mn = MN, .mag = mag, .hnp = {"0"}, .ll_id = LL1, .lifetime_s = lifetime_s};

	return rig_pbu(&rig, &pbu);
}

static void attach(void)
{
	ck_assert_int_eq(pbu_at(MAG1, 600), 0);
	pmip_prefix_format(&rig.options.hnp[0].prefix, prefix);
}

START_TEST(datapath_refuses_a_new_session) /* LMA-23 */
{
	for (int fail = 1; fail <= 2; fail++) {
		rig.fail_next = fail;
		ck_assert_int_eq(pbu_at(MAG1, 600), 130);
		ck_assert_uint_eq(pmip_lma_count_bindings(rig.lma), 0);
		ck_assert(rig_has_event(&rig, PMIP_EVENT_DATAPATH_FAILED));
		ck_assert(!rig_has_event(&rig, PMIP_EVENT_BINDING_ADDED));
		/* What may have been done is undone. */
		ck_assert_int_eq(rig.ops[rig.op_count - 1].kind, PMIP_DATAPATH_TUNNEL_RELEASE);
		ck_assert_int_eq(rig.ops[rig.op_count - 2].kind, PMIP_DATAPATH_BINDING_CLEAR);
		rig_forget(&rig);
	}
	ck_assert_int_eq(pbu_at(MAG1, 600), 0);
}
END_TEST

START_TEST(datapath_refuses_a_handoff) /* LMA-31 */
{
	struct pmip_binding_info before, after;
	char text[PMIP_ADDR_STRLEN];

	attach();
	before = rig_binding(&rig, prefix);
	rig.fail_next = 2;
	ck_assert_int_eq(pbu_at(MAG2, 600), 130);
	after = rig_binding(&rig, prefix);
	ck_assert_str_eq(pmip_addr_format(&after.remote, text), MAG1);
	ck_assert_uint_eq(after.expires_us, before.expires_us);
	ck_assert_uint_eq(after.timestamp, before.timestamp);
	ck_assert_str_eq(rig_forwarding(&rig, prefix), MAG1);
	ck_assert_int_eq(pbu_at(MAG2, 600), 0);
	ck_assert_str_eq(rig_forwarding(&rig, prefix), MAG2);
}
END_TEST

START_TEST(datapath_refuses_a_return_from_delete_wait)
{
	attach();
	ck_assert_int_eq(pbu_at(MAG1, 0), 0);
	rig.fail_next = 1;
	ck_assert_int_eq(pbu_at(MAG1, 600), 130);
	ck_assert_uint_eq(rig_binding(&rig, prefix).state, PMIP_BINDING_DELETE_WAIT);
	ck_assert_str_eq(rig_forwarding(&rig, prefix), "-");
	rig_advance(&rig, 10000);
	ck_assert_uint_eq(pmip_lma_count_bindings(rig.lma), 0);
}
END_TEST

START_TEST(a_failed_removal_is_told)
{
	attach();
	rig_forget(&rig);
	rig.fail_next = 1;
	ck_assert_int_eq(pbu_at(MAG1, 0), 0);
	ck_assert(rig_has_event(&rig, PMIP_EVENT_DATAPATH_FAILED));
	ck_assert_uint_eq(pmip_lma_get_counter(rig.lma, PMIP_LMA_DATAPATH_FAILED), 1);
}
END_TEST

/* Both messages of a handover in one batch: none is lost, whichever comes first. */
START_TEST(messages_of_a_mobile_node_in_progress_wait_their_turn)
{
	rig.hold = true;
	ck_assert_int_eq(pbu_at(MAG1, 600), -1);
	ck_assert_int_eq(pbu_at(MAG2, 600), -1);
	ck_assert_int_eq(pbu_at(MAG1, 0), -1);
	rig_complete_held(&rig, 0);
	/* The de-registration came last but is MAG1's, where the mobile node no longer is; it replaced nothing of MAG2's. */
	ck_assert_uint_eq(rig.pba_count, 2);
	ck_assert_uint_eq(pmip_lma_count_bindings(rig.lma), 1);
	pmip_prefix_format(&rig.options.hnp[0].prefix, prefix);
	ck_assert_str_eq(rig_forwarding(&rig, prefix), MAG2);
	ck_assert_uint_eq(pmip_lma_get_counter(rig.lma, PMIP_LMA_IGNORED), 1);
}
END_TEST

START_TEST(waiting_for_a_registration_that_fails)
{
	rig.hold = true;
	ck_assert_int_eq(pbu_at(MAG1, 600), -1);
	ck_assert_int_eq(pbu_at(MAG2, 600), -1);
	rig_complete_held(&rig, PMIP_ERR_OS);
	ck_assert_uint_eq(rig.pba_count, 2);
	ck_assert_uint_eq(rig.pba.status, 0);
	ck_assert_uint_eq(pmip_lma_count_bindings(rig.lma), 1);
}
END_TEST

START_TEST(at_most_four_wait)
{
	static const char *const mags[] = {MAG1, MAG2, MAG3};

	rig.hold = true;
	ck_assert_int_eq(pbu_at(MAG1, 600), -1);
	for (int i = 0; i < 50; i++)
		ck_assert_int_eq(pbu_at(mags[i % 3], 600), -1);
	rig_complete_held(&rig, 0);
	ck_assert_uint_eq(rig.pba_count, 4);
	ck_assert_uint_eq(pmip_lma_count_bindings(rig.lma), 1);
}
END_TEST

START_TEST(freed_in_the_middle_of_it_all)
{
	attach();
	rig.hold = true;
	ck_assert_int_eq(pbu_at(MAG2, 600), -1);
	ck_assert_int_eq(pbu_at(MAG3, 600), -1);
	/* teardown frees it; the sanitizers and valgrind look on */
}
END_TEST

/* Two mobile nodes' whole life. */
static void life(void)
{
	static const struct {
		const char *mag;
		uint32_t lifetime_s;
	} steps[] = {{MAG1, 600}, {MAG1, 600}, {MAG2, 600}, {MAG2, 0}, {MAG2, 600}, {MAG3, 600}};
	struct pbu second = {.mn = "mn2@example.com", .hnp = {"0"}, .lifetime_s = 600, .hi = 3};

	for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
		ck_assert_int_eq(pbu_at(steps[i].mag, steps[i].lifetime_s), 0);
		second.mag = steps[i].mag;
		ck_assert_int_eq(rig_pbu(&rig, &second), 0);
		rig_forget(&rig);
	}
}

START_TEST(out_of_memory_anywhere)
{
	rig_fini(&rig);
	rig_without_memory(&rig, rig_config, life, 21);
}
END_TEST

START_TEST(out_of_memory_while_taking_a_waiting_pbu_up)
{
	static struct unit_mem counted; /* outlives the teardown */
	struct pmip_mem mem = unit_mem_callbacks(&counted);

	rig_fini(&rig);
	rig_init(&rig, rig_config(), &mem);
	rig.hold = true;
	ck_assert_int_eq(pbu_at(MAG1, 600), -1);
	ck_assert_int_eq(pbu_at(MAG2, 600), -1);
	counted.fail_at = counted.calls + 1;
	rig_complete_held(&rig, 0);
	ck_assert_uint_eq(rig.pba_count, 1);
	counted.fail_at = 0;
	rig_advance(&rig, 200); /* tried again */
	ck_assert_uint_eq(rig.pba_count, 2);
	pmip_prefix_format(&rig.options.hnp[0].prefix, prefix);
	ck_assert_str_eq(rig_forwarding(&rig, prefix), MAG2);
}
END_TEST

int main(void)
{
	const TTest *tests[] = {
		datapath_refuses_a_new_session, datapath_refuses_a_handoff,
		datapath_refuses_a_return_from_delete_wait, a_failed_removal_is_told,
		messages_of_a_mobile_node_in_progress_wait_their_turn, waiting_for_a_registration_that_fails,
		at_most_four_wait, freed_in_the_middle_of_it_all, out_of_memory_anywhere,
		out_of_memory_while_taking_a_waiting_pbu_up, NULL,
	};

	return unit_run_fixture("lma_faults", tests, setup, teardown);
}
