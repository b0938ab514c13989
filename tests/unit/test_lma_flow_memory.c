/* SPDX-License-Identifier: BSD-2-Clause */
/* Flows at the LMA: those of one mobile node, and when there is no memory for what follows. */
#include "revoke_rig.h"
#include "unit.h"

#define FLOWS 16

static bool is_spent;

static void *allocate(void *user, void *ptr, size_t size)
{
	(void)user;
	return is_spent ? NULL : realloc(ptr, size);
}

static void release(void *user, void *ptr)
{
	(void)user;
	free(ptr);
}

static void setup(void)
{
	const struct pmip_mem mem = {.size = sizeof(mem), .realloc = allocate, .free = release};

	is_spent = false;
	rig_init(&rig, rig_config(), &mem);
}

static void add_flows(void)
{
	struct pmip_flow flow = {.src = unit_addr("2001:db8:cc::1"), .dst = unit_prefix(prefix).addr, .protocol = 6, .src_port = 443};
	struct pmip_flow_info info = {.size = sizeof(info)};

	flow.dst.b[15] = 5;
	for (unsigned int i = 0; i < FLOWS; i++) {
		flow.dst_port = (uint16_t)(50000 + i);
		ok(pmip_lma_add_flow(rig.lma, &info, &flow, rig.now));
		rig_run(&rig);
	}
}

/* FLO-11: an action that has been queued is told, whether or not there is memory for the next */
START_TEST(the_last_attachment_goes_without_memory)
{
	struct pmip_mnid mn_id = h_mnid(MN1);
	struct pmip_action action;
	unsigned int cleared = 0;

	attach_mn1();
	add_flows();
	ok(pmip_lma_revoke(rig.lma, &mn_id, NULL, PMIP_TRIGGER_UNSPECIFIED, rig.now));
	rig_run(&rig);
	rig.now.mono_us = pmip_lma_next_deadline(rig.lma);
	ok(pmip_lma_handle_timeout(rig.lma, rig.now));
	rig_run(&rig);
	rig.now.mono_us = pmip_lma_next_deadline(rig.lma);
	ok(pmip_lma_handle_timeout(rig.lma, rig.now));
	ck_assert_uint_eq(pmip_lma_count_flows(rig.lma), 0);
	is_spent = true;
	while (pmip_lma_next_action(rig.lma, &action))
		cleared += action.type == PMIP_ACTION_DATAPATH && action.u.datapath.kind == PMIP_DATAPATH_FLOW_CLEAR;
	is_spent = false;
	ck_assert_uint_eq(cleared, FLOWS);
}
END_TEST

START_TEST(flows_of_one_mobile_node)
{
	struct pmip_mnid mn_id = h_mnid(MN1), nobody = h_mnid("nobody@example.com");
	struct pmip_flow_info info = {.size = sizeof(info)};
	size_t cursor = 0;
	uint32_t count = 0;

	attach_mn1();
	add_flows();
	while (pmip_lma_next_flow_of_mn(rig.lma, &cursor, &info, &mn_id) == 1) {
		ck_assert_uint_eq(info.flow_id, cursor);
		ck_assert_uint_eq(info.flow.dst_port, 50000 + count++);
	}
	ck_assert_uint_eq(count, FLOWS);
	cursor = 0;
	ck_assert_int_eq(pmip_lma_next_flow_of_mn(rig.lma, &cursor, &info, &nobody), 0);
	ck_assert_int_eq(pmip_lma_next_flow_of_mn(rig.lma, &cursor, &info, &mn_id), 1);
	ok(pmip_lma_del_flow(rig.lma, (uint32_t)cursor, rig.now));
	ck_assert_int_eq(pmip_lma_next_flow_of_mn(rig.lma, &cursor, &info, &mn_id), 0);
	rig_run(&rig);
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {the_last_attachment_goes_without_memory, flows_of_one_mobile_node, NULL};

	return unit_run_fixture("lma_flow_memory", tests, setup, lma_teardown);
}
