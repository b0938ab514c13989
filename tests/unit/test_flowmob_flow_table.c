/* SPDX-License-Identifier: BSD-2-Clause */
#include "unit.h"

#include <flowmob/flow_table.h>

#define SECOND UINT64_C(1000000)
#define IDLE_US (60 * SECOND)

static const uint8_t key[16] = "flow tables' key";
static struct unit_mem counter;
static struct flowmob_flow_table *table;

static void setup(void)
{
	struct pmip_mem mem = unit_mem_callbacks(&counter);

	ck_assert_int_eq(flowmob_flow_table_new(&table, 1000, 60000, &mem, key), 0);
}

static void teardown(void)
{
	flowmob_flow_table_free(table);
	flowmob_flow_table_free(NULL);
	ck_assert_int_eq(counter.live, 0);
}

static struct pmip_flow flow_of(uint32_t n)
{
	struct pmip_flow flow = {.label = 0x12345, .protocol = 6, .src_port = 443, .dst_port = (uint16_t)n};

	flow.src = unit_addr("2001:db8:c::1");
	flow.dst = unit_addr("2001:db8:100::2");
	flow.dst.b[7] = (uint8_t)(n >> 16);
	return flow;
}

static struct flowmob_flow *add(uint32_t n, uint64_t mono_us)
{
	struct pmip_flow flow = flow_of(n);
	struct flowmob_flow *added;

	ck_assert_int_eq(flowmob_flow_table_add(table, &added, &flow, n, mono_us), 0);
	return added;
}

START_TEST(found_by_five_fields_whatever_the_label) /* PAP-20 */
{
	struct pmip_flow flow = flow_of(1), other, uplink;
	struct flowmob_flow *added = add(1, 5);

	ck_assert(added->path == 1 && added->user == NULL && added->octets == 0 && added->seen_us == 5);
	flow.label = 0x54321;
	ck_assert_ptr_eq(flowmob_flow_table_find(table, &flow), added);
	other = flow;
	other.src.b[0] ^= 1;
	ck_assert_ptr_null(flowmob_flow_table_find(table, &other));
	other = flow;
	other.protocol = 17;
	ck_assert_ptr_null(flowmob_flow_table_find(table, &other));
	other = flow;
	other.src_port++;
	ck_assert_ptr_null(flowmob_flow_table_find(table, &other));
	/* A packet of the mobile node. */
	uplink = pmip_flow_reverse(&flow);
	uplink.label = 0x777;
	ck_assert_ptr_null(flowmob_flow_table_find(table, &uplink));
	uplink = pmip_flow_reverse(&uplink);
	ck_assert_ptr_eq(flowmob_flow_table_find(table, &uplink), added);
}
END_TEST

START_TEST(a_packet_is_counted)
{
	struct flowmob_flow *flow = add(1, 5);

	flowmob_flow_table_seen(table, flow, 0x777, 1500, 9);
	flowmob_flow_table_seen(table, flow, 0x778, 40, 10);
	ck_assert(flow->octets == 1540 && flow->flow.label == 0x778 && flow->seen_us == 10);
	/* A clock that goes back does not take the flow back. */
	flowmob_flow_table_seen(table, flow, 0x778, 0, 3);
	ck_assert_uint_eq(flow->seen_us, 10);
}
END_TEST

START_TEST(full_and_twice)
{
	struct pmip_flow flow = flow_of(1000);
	struct flowmob_flow *added = NULL;

	for (uint32_t n = 0; n < 1000; n++)
		add(n, n);
	ck_assert_int_eq(flowmob_flow_table_add(table, &added, &flow, 0, 1000), PMIP_ERR_FULL);
	flow = flow_of(999);
	ck_assert_int_eq(flowmob_flow_table_add(table, &added, &flow, 0, 1000), PMIP_ERR_EXIST);
	ck_assert_ptr_null(added);
	flowmob_flow_table_del(table, flowmob_flow_table_find(table, &flow), 1000);
	ck_assert_uint_eq(flowmob_flow_table_count(table), 999);
	add(1000, 1000);
}
END_TEST

START_TEST(idle_flows_in_their_order)
{
	struct flowmob_flow *flows[3], *idle;

	ck_assert_uint_eq(flowmob_flow_table_next_deadline(table), PMIP_TIME_NONE);
	ck_assert_ptr_null(flowmob_flow_table_idle(table, UINT64_MAX - 1));
	for (uint32_t n = 0; n < 3; n++)
		flows[n] = add(n, n * SECOND);
	flowmob_flow_table_seen(table, flows[0], 0, 1, 5 * SECOND);
	ck_assert_uint_eq(flowmob_flow_table_next_deadline(table), SECOND + IDLE_US);
	ck_assert_ptr_null(flowmob_flow_table_idle(table, SECOND + IDLE_US - 1));
	ck_assert_ptr_eq(flowmob_flow_table_next(table, NULL), flows[1]);
	ck_assert_ptr_eq(flowmob_flow_table_next(table, flows[1]), flows[2]);
	ck_assert_ptr_eq(flowmob_flow_table_next(table, flows[2]), flows[0]);
	ck_assert_ptr_null(flowmob_flow_table_next(table, flows[0]));
	for (uint64_t now = 0, gone = 0; now <= 5 * SECOND + IDLE_US; now += SECOND) {
		while ((idle = flowmob_flow_table_idle(table, now)) != NULL) {
			ck_assert_ptr_eq(idle, flows[(gone + 1) % 3]);
			ck_assert_uint_eq(idle->seen_us + IDLE_US, now);
			flowmob_flow_table_del(table, idle, now);
			gone++;
		}
		ck_assert_uint_eq(flowmob_flow_table_count(table), 3 - gone);
	}
	ck_assert_uint_eq(flowmob_flow_table_count(table), 0);
}
END_TEST

START_TEST(no_memory_changes_nothing)
{
	struct pmip_flow flow = flow_of(1);
	struct flowmob_flow *added = NULL;
	unsigned int nth;

	counter.once = true;
	for (nth = 1; unit_no_memory(&counter, nth, flowmob_flow_table_add(table, &added, &flow, 0, 1)); nth++) {
		ck_assert_ptr_null(added);
		ck_assert_ptr_null(flowmob_flow_table_find(table, &flow));
		ck_assert_uint_eq(flowmob_flow_table_count(table), 0);
		/* Room that was made stays: begin anew. */
		teardown();
		counter = (struct unit_mem){0};
		setup();
		counter.once = true;
	}
	ck_assert_uint_gt(nth, 2);
	ck_assert_ptr_eq(flowmob_flow_table_find(table, &flow), added);
	ck_assert_int_eq(flowmob_flow_table_new(&table, 0, 1, NULL, key), PMIP_ERR_INVALID);
	ck_assert_int_eq(flowmob_flow_table_new(&table, 1, 0, NULL, key), PMIP_ERR_INVALID);
}
END_TEST

/* All of a long life against a plain array. */
START_TEST(churn)
{
	struct flowmob_flow *flows[2000] = {NULL};
	uint32_t random = 1, count = 0;

	for (uint64_t now = 0; now < 40000 / unit_one_of(); now++) {
		uint32_t n;
		struct pmip_flow flow;

		random = random * 1664525 + 1013904223;
		n = (random >> 8) % 2000;
		flow = flow_of(n);
		ck_assert_ptr_eq(flowmob_flow_table_find(table, &flow), flows[n]);
		if (flows[n] != NULL) {
			flowmob_flow_table_del(table, flows[n], now);
			flows[n] = NULL;
			count--;
		} else if (count < 1000) {
			flows[n] = add(n, now);
			count++;
		}
		ck_assert_uint_eq(flowmob_flow_table_count(table), count);
	}
}
END_TEST

int main(void)
{
	const TTest *tests[] = {
		found_by_five_fields_whatever_the_label, a_packet_is_counted, full_and_twice, idle_flows_in_their_order,
		no_memory_changes_nothing, churn, NULL,
	};

	return unit_run_fixture("flowmob_flow_table", tests, setup, teardown);
}
