/* SPDX-License-Identifier: BSD-2-Clause */
#include "unit.h"

#include <flowmob/reflector.h>

enum { WLAN = 3, LTE = 7 };
#define MS UINT64_C(1000)
#define IDLE_MS 60000

static const uint8_t key[16] = {1};
static struct unit_mem counting;
static struct pmip_mem mem;
static struct flowmob_reflector *reflector;

static void start(enum flowmob_reflector_mode mode)
{
	mem = unit_mem_callbacks(&counting);
	ck_assert_int_eq(flowmob_reflector_new(&reflector, mode, 3, IDLE_MS, &mem, key), 0);
}

static void teardown(void)
{
	flowmob_reflector_free(reflector);
	flowmob_reflector_free(NULL);
	ck_assert_int_eq(counting.live, 0);
}

/* A packet of flow n from the correspondent. */
static struct flowmob_packet down(uint16_t n)
{
	struct flowmob_packet packet = {.version = 6, .has_ports = true, .total_len = 100};

	packet.flow.src = unit_addr("2001:db8:1::2");
	packet.flow.dst = unit_addr("2001:db8:f::3");
	packet.flow.protocol = 17;
	packet.flow.src_port = 443;
	packet.flow.dst_port = n;
	packet.flow.label = 0x12345;
	return packet;
}

/* One of the mobile node's answers; its label is the mobile node's own. */
static struct flowmob_packet up(uint16_t n)
{
	struct flowmob_packet packet = down(n);

	packet.flow = pmip_flow_reverse(&packet.flow);
	packet.flow.label = 0x54321;
	return packet;
}

static int in(uint16_t n, uint32_t interface, uint64_t ms)
{
	struct flowmob_packet packet = down(n);

	return flowmob_reflector_input(reflector, &packet, interface, ms * MS);
}

static uint32_t out(uint16_t n, uint64_t ms)
{
	struct flowmob_packet packet = up(n);

	return flowmob_reflector_output(reflector, &packet, ms * MS);
}

START_TEST(answers_leave_where_the_flow_comes_in) /* RFL-4 */
{
	start(FLOWMOB_REFLECTOR_IMMEDIATE);
	ck_assert_uint_eq(out(1, 0), 0);
	ck_assert_int_eq(in(1, WLAN, 1), FLOWMOB_REFLECTION_ADDED);
	ck_assert_int_eq(in(2, LTE, 1), FLOWMOB_REFLECTION_ADDED);
	ck_assert_int_eq(in(1, WLAN, 2), FLOWMOB_REFLECTION_NONE);
	ck_assert_uint_eq(out(1, 3), WLAN);
	ck_assert_uint_eq(out(2, 3), LTE);
	ck_assert_uint_eq(out(3, 3), 0);
}
END_TEST

START_TEST(flow_is_followed_at_once) /* RFL-9, FLO-12 */
{
	start(FLOWMOB_REFLECTOR_IMMEDIATE);
	in(1, WLAN, 1);
	ck_assert_int_eq(in(1, LTE, 2), FLOWMOB_REFLECTION_MOVED);
	ck_assert_uint_eq(out(1, 3), LTE);
	ck_assert_int_eq(in(1, WLAN, 4), FLOWMOB_REFLECTION_MOVED);
	ck_assert_uint_eq(out(1, 5), WLAN);
	ck_assert_uint_eq(flowmob_reflector_count(reflector), 1);
}
END_TEST

START_TEST(logical_interface_moves_a_flow_between_its_sub_interfaces) /* LIF-2 */
{
	start(FLOWMOB_REFLECTOR_CONFIRMED);
	in(1, WLAN, 0);
	in(2, WLAN, 0);
	in(1, LTE, 10);
	ck_assert_int_eq(in(1, LTE, 11), FLOWMOB_REFLECTION_MOVED);
	ck_assert_uint_eq(out(1, 12), LTE);
	ck_assert_uint_eq(out(2, 12), WLAN);
}
END_TEST

START_TEST(two_packets_in_a_row_move_a_flow) /* RFL-9 */
{
	start(FLOWMOB_REFLECTOR_CONFIRMED);
	in(1, WLAN, 0);
	ck_assert_int_eq(in(1, LTE, 1), FLOWMOB_REFLECTION_NONE);
	ck_assert_uint_eq(out(1, 1), WLAN);
	ck_assert_int_eq(in(1, LTE, 2), FLOWMOB_REFLECTION_MOVED);
	ck_assert_uint_eq(out(1, 2), LTE);
	/* A late packet on the old interface, once and again, with others between: nothing turns. */
	for (uint64_t ms = 3; ms < 20; ms += 2) {
		ck_assert_int_eq(in(1, WLAN, ms), FLOWMOB_REFLECTION_NONE);
		ck_assert_int_eq(in(1, LTE, ms + 1), FLOWMOB_REFLECTION_NONE);
		ck_assert_uint_eq(out(1, ms + 1), LTE);
	}
	/* Packets on two others in turn are not in a row either. */
	ck_assert_int_eq(in(1, WLAN, 21), FLOWMOB_REFLECTION_NONE);
	ck_assert_int_eq(in(1, 9, 22), FLOWMOB_REFLECTION_NONE);
	ck_assert_int_eq(in(1, WLAN, 23), FLOWMOB_REFLECTION_NONE);
	ck_assert_uint_eq(out(1, 24), LTE);
}
END_TEST

START_TEST(fifty_ms_without_contradiction_move_a_flow) /* RFL-9 */
{
	start(FLOWMOB_REFLECTOR_CONFIRMED);
	in(1, WLAN, 0);
	in(1, LTE, 100);
	ck_assert_uint_eq(out(1, 149), WLAN);
	ck_assert_uint_eq(out(1, 150), LTE);
	/* The same when it is the next packet that shows it, and that counts as the first of a move back when it is on the old one. */
	in(1, WLAN, 200);
	ck_assert_int_eq(in(1, WLAN, 260), FLOWMOB_REFLECTION_MOVED);
	in(1, LTE, 300);
	ck_assert_int_eq(in(1, WLAN, 400), FLOWMOB_REFLECTION_NONE);
	ck_assert_uint_eq(out(1, 401), LTE);
	ck_assert_int_eq(in(1, WLAN, 402), FLOWMOB_REFLECTION_MOVED);
	/* A packet on the old interface starts the time anew. */
	in(1, LTE, 500);
	in(1, WLAN, 540);
	ck_assert_uint_eq(out(1, 560), WLAN);
}
END_TEST

START_TEST(idle_flows_are_forgotten) /* RFL-6 */
{
	start(FLOWMOB_REFLECTOR_CONFIRMED);
	ck_assert_uint_eq(flowmob_reflector_next_deadline(reflector), PMIP_TIME_NONE);
	in(1, WLAN, 0);
	in(2, WLAN, 0);
	in(2, LTE, 10);
	ck_assert_uint_eq(flowmob_reflector_next_deadline(reflector), IDLE_MS * MS);
	/* Packets of either direction keep a flow. */
	ck_assert_uint_eq(out(1, 30000), WLAN);
	ck_assert_uint_eq(flowmob_reflector_handle_timeout(reflector, IDLE_MS * MS), 0);
	ck_assert_uint_eq(flowmob_reflector_handle_timeout(reflector, (IDLE_MS + 10) * MS), 1);
	ck_assert_uint_eq(out(2, IDLE_MS + 11), 0);
	ck_assert_uint_eq(out(1, IDLE_MS + 11), WLAN);
}
END_TEST

START_TEST(signalling_and_later_fragments_are_left_alone) /* RFL-8 */
{
	struct flowmob_packet packet = down(1);

	start(FLOWMOB_REFLECTOR_IMMEDIATE);
	packet.is_signalling = true;
	ck_assert_int_eq(flowmob_reflector_input(reflector, &packet, WLAN, 0), FLOWMOB_REFLECTION_NONE);
	packet = down(1);
	packet.is_fragment = true;
	ck_assert_int_eq(flowmob_reflector_input(reflector, &packet, WLAN, 0), FLOWMOB_REFLECTION_NONE);
	ck_assert_uint_eq(flowmob_reflector_count(reflector), 0);
	packet.is_first_fragment = true;
	ck_assert_int_eq(flowmob_reflector_input(reflector, &packet, WLAN, 0), FLOWMOB_REFLECTION_ADDED);
	packet = up(1);
	packet.is_signalling = true;
	ck_assert_uint_eq(flowmob_reflector_output(reflector, &packet, 0), 0);
}
END_TEST

START_TEST(interface_that_goes_takes_its_flows_along)
{
	struct flowmob_reflected at;

	start(FLOWMOB_REFLECTOR_CONFIRMED);
	in(1, WLAN, 0);
	in(2, LTE, 0);
	in(3, WLAN, 0);
	in(3, LTE, 1);
	ck_assert_uint_eq(flowmob_reflector_del_interface(reflector, WLAN, 2 * MS), 2);
	ck_assert_int_eq(flowmob_reflector_next(reflector, &at, NULL), 1);
	ck_assert_uint_eq(at.flow.dst_port, 2);
	ck_assert_uint_eq(at.interface, LTE);
	ck_assert_int_eq(flowmob_reflector_next(reflector, &at, &at.flow), 0);
}
END_TEST

START_TEST(flows_are_walked)
{
	const struct pmip_flow *before = NULL;
	struct flowmob_reflected at;

	start(FLOWMOB_REFLECTOR_IMMEDIATE);
	for (uint16_t n = 1; n <= 3; n++)
		in(n, n == 2 ? LTE : WLAN, n);
	for (uint16_t n = 1; n <= 3; n++) {
		ck_assert_int_eq(flowmob_reflector_next(reflector, &at, before), 1);
		ck_assert_uint_eq(at.flow.dst_port, n);
		ck_assert_uint_eq(at.flow.label, 0x12345);
		ck_assert_uint_eq(at.interface, n == 2 ? LTE : WLAN);
		ck_assert_uint_eq(at.octets, 100);
		ck_assert_uint_eq(at.seen_us, n * MS);
		before = &at.flow;
	}
	ck_assert_int_eq(flowmob_reflector_next(reflector, &at, before), 0);
	/* From one that is gone there is no way on. */
	at.flow = down(2).flow;
	flowmob_reflector_del_interface(reflector, LTE, 4 * MS);
	ck_assert_int_eq(flowmob_reflector_next(reflector, &at, before), 0);
}
END_TEST

START_TEST(flow_does_not_move_to_an_interface_that_has_gone) /* RFL-9 */
{
	start(FLOWMOB_REFLECTOR_CONFIRMED);
	in(1, WLAN, 0);
	in(1, LTE, 1);
	ck_assert_uint_eq(flowmob_reflector_del_interface(reflector, LTE, 2 * MS), 0);
	ck_assert_uint_eq(out(1, 60), WLAN);
	/* One that had moved there without a packet to show it goes with the interface, and stays when it is the old one that goes. */
	in(1, LTE, 100);
	in(2, WLAN, 100);
	in(2, LTE, 100);
	ck_assert_uint_eq(flowmob_reflector_del_interface(reflector, WLAN, 150 * MS), 0);
	ck_assert_uint_eq(flowmob_reflector_del_interface(reflector, LTE, 150 * MS), 2);
}
END_TEST

START_TEST(fragments_leave_as_their_first_one_does) /* FMC-3 */
{
	struct flowmob_packet first = up(1), later = up(1);

	start(FLOWMOB_REFLECTOR_IMMEDIATE);
	in(1, WLAN, 0);
	first.is_fragment = first.is_first_fragment = later.is_fragment = true;
	later.fragment_offset = 1000;
	later.flow.src_port = later.flow.dst_port = 0;
	first.fragment_id = later.fragment_id = 77;
	ck_assert_uint_eq(flowmob_reflector_output(reflector, &later, MS), 0);
	ck_assert_uint_eq(flowmob_reflector_output(reflector, &first, MS), WLAN);
	ck_assert_uint_eq(flowmob_reflector_output(reflector, &later, MS), WLAN);
	in(1, LTE, 2);
	ck_assert_uint_eq(flowmob_reflector_output(reflector, &later, 3 * MS), WLAN);
	first.fragment_id = later.fragment_id = 78;
	ck_assert_uint_eq(flowmob_reflector_output(reflector, &first, 3 * MS), LTE);
	ck_assert_uint_eq(flowmob_reflector_output(reflector, &later, 3 * MS), LTE);
	/* Of a flow that is not known, nothing is known either. */
	first = up(2);
	first.is_fragment = first.is_first_fragment = true;
	first.fragment_id = 77;
	later.fragment_id = 77;
	ck_assert_uint_eq(flowmob_reflector_output(reflector, &first, 4 * MS), 0);
	ck_assert_uint_eq(flowmob_reflector_output(reflector, &later, 4 * MS), 0);
}
END_TEST

START_TEST(icmp_errors_go_with_the_flow_that_they_are_about) /* FLO-12 */
{
	struct flowmob_packet error = down(1), cause = down(1);

	start(FLOWMOB_REFLECTOR_CONFIRMED);
	/* One that comes in may be of anybody on the way: it says nothing of where the flow is. */
	error.flow.protocol = 58;
	error.is_icmp_error = true;
	ck_assert_int_eq(flowmob_reflector_input(reflector, &error, WLAN, 0), FLOWMOB_REFLECTION_NONE);
	ck_assert_uint_eq(flowmob_reflector_count(reflector), 0);
	ck_assert_uint_eq(flowmob_reflector_output_error(reflector, &cause, 0), 0);
	in(1, WLAN, 0);
	ck_assert_uint_eq(flowmob_reflector_output_error(reflector, &cause, 0), WLAN);
	in(1, LTE, 10);
	ck_assert_uint_eq(flowmob_reflector_output_error(reflector, &cause, 20 * MS), WLAN);
	ck_assert_uint_eq(flowmob_reflector_output_error(reflector, &cause, 60 * MS), LTE);
	cause.is_signalling = true;
	ck_assert_uint_eq(flowmob_reflector_output_error(reflector, &cause, 60 * MS), 0);
}
END_TEST

START_TEST(longest_idle_flow_makes_room)
{
	struct flowmob_reflector_counters counters;

	start(FLOWMOB_REFLECTOR_IMMEDIATE);
	ck_assert_int_eq(in(1, 0, 0), PMIP_ERR_INVALID);
	for (uint16_t n = 1; n <= 3; n++)
		ck_assert_int_eq(in(n, WLAN, n), FLOWMOB_REFLECTION_ADDED);
	ck_assert_uint_eq(out(1, 4), WLAN);
	ck_assert_int_eq(in(4, LTE, 5), FLOWMOB_REFLECTION_ADDED);
	ck_assert_uint_eq(flowmob_reflector_count(reflector), 3);
	ck_assert_uint_eq(out(2, 6), 0);
	ck_assert_uint_eq(out(1, 6), WLAN);
	ck_assert_uint_eq(out(3, 6), WLAN);
	ck_assert_uint_eq(out(4, 6), LTE);
	in(4, WLAN, 7);
	counters.size = 0;
	ck_assert_int_eq(flowmob_reflector_get_counters(reflector, &counters), PMIP_ERR_INVALID);
	counters.size = sizeof(counters);
	ck_assert_int_eq(flowmob_reflector_get_counters(reflector, &counters), 0);
	ck_assert_uint_eq(counters.added, 4);
	ck_assert_uint_eq(counters.evicted, 1);
	ck_assert_uint_eq(counters.moved, 1);
}
END_TEST

START_TEST(no_memory_nothing_changed)
{
	struct flowmob_reflector *none = NULL;
	unsigned int n;

	start(FLOWMOB_REFLECTOR_CONFIRMED);
	for (n = 1; unit_no_memory(&counting, n, flowmob_reflector_new(&none, FLOWMOB_REFLECTOR_CONFIRMED, 3, IDLE_MS, &mem, key)); n++)
		ck_assert_ptr_null(none);
	ck_assert_uint_gt(n, 3);
	flowmob_reflector_free(none);
	for (n = 1; unit_no_memory(&counting, n, in(1, WLAN, 0)); n++)
		ck_assert_uint_eq(flowmob_reflector_count(reflector), 0);
	ck_assert_uint_gt(n, 1);
	for (n = 1; unit_no_memory(&counting, n, in(1, LTE, 1)); n++)
		ck_assert_uint_eq(out(1, 2), WLAN);
	ck_assert_uint_gt(n, 1);
	ck_assert_int_eq(flowmob_reflector_new(&none, 3, 3, IDLE_MS, &mem, key), PMIP_ERR_INVALID);
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {
		answers_leave_where_the_flow_comes_in,
		flow_is_followed_at_once,
		logical_interface_moves_a_flow_between_its_sub_interfaces,
		two_packets_in_a_row_move_a_flow,
		fifty_ms_without_contradiction_move_a_flow,
		idle_flows_are_forgotten,
		signalling_and_later_fragments_are_left_alone,
		interface_that_goes_takes_its_flows_along,
		flows_are_walked,
		flow_does_not_move_to_an_interface_that_has_gone,
		fragments_leave_as_their_first_one_does,
		icmp_errors_go_with_the_flow_that_they_are_about,
		longest_idle_flow_makes_room,
		no_memory_nothing_changed,
		NULL,
	};

	return unit_run_fixture("flowmob_reflector", tests, NULL, teardown);
}
