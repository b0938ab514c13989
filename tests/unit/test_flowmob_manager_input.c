/* SPDX-License-Identifier: BSD-2-Clause */
/* The connection to the LMA: made, lost, made again; and bindings that come and go. */
#include "flowmob_rig.h"

static struct rig rig;

static void setup(void)
{
	rig_init(&rig, NULL);
}

static void teardown(void)
{
	rig_fini(&rig);
}

/* Mobile node 1 with a logical interface at tunnels 1 and 2. */
static struct flowmob_attachment wlan, lte;

static void logical(void)
{
	wlan = rig_attachment(1, 1, RIG_WLAN, FLOWMOB_MODEL_LOGICAL_INTERFACE);
	lte = rig_attachment(1, 2, RIG_LTE, FLOWMOB_MODEL_LOGICAL_INTERFACE);
	rig_attach(&rig, &wlan);
	rig_attach(&rig, &lte);
	rig_connect(&rig);
}

/* The same with a session for each interface: prefixes 1 and 11. */
static void weak_host(void)
{
	wlan = rig_attachment(1, 1, RIG_WLAN, FLOWMOB_MODEL_WEAK_HOST);
	lte = rig_attachment(11, 2, RIG_LTE, FLOWMOB_MODEL_WEAK_HOST);
	rig_attach(&rig, &wlan);
	rig_attach(&rig, &lte);
	rig_connect(&rig);
}

static size_t flows(void)
{
	struct flowmob_flow_info info = {.size = sizeof(info)};
	size_t cursor = 0;
	size_t count = 0;

	while (flowmob_manager_next_flow(rig.manager, &cursor, &info) == 1)
		count++;
	return count;
}

static uint32_t place(uint32_t id)
{
	struct flowmob_flow_info info = {.size = sizeof(info)};

	return flowmob_manager_get_flow(rig.manager, &info, id) ? 0 : info.tunnel;
}

static void move(uint32_t id, uint32_t tunnel)
{
	ck_assert_int_eq(flowmob_manager_move_flow(rig.manager, id, tunnel, 1, rig.now), 0);
	rig_drain(&rig);
	ck_assert_uint_eq(place(id), tunnel);
}

START_TEST(start_forgets_what_was_before) /* FMP-13 */
{
	struct flowmob_action action;

	ck_assert_int_eq(flowmob_manager_next_action(rig.manager, &action), 1);
	ck_assert_int_eq(action.type, FLOWMOB_ACTION_FORGET_ALL);
}
END_TEST

START_TEST(without_a_connection_packets_pass_unmarked) /* FMP-12 */
{
	struct flowmob_packet packet = rig_packet(1, 5000);

	rig.listening = false;
	rig_pass(&rig, 0);
	ck_assert_int_eq(rig_verdict(&rig, rig_send(&rig, 1, 5000)), 0);
	ck_assert_uint_eq(rig.adds, 0);
	ck_assert_int_eq(flowmob_manager_add_flow(rig.manager, &packet.flow, 1, rig.now), PMIP_ERR_AGAIN);
}
END_TEST

START_TEST(attempts_come_after_1_2_4_and_at_most_30_s) /* FMP-12 */
{
	static const unsigned int waits[] = {1, 2, 4, 8, 16, 30, 30, 30};

	rig.listening = false;
	rig_pass(&rig, 0);
	for (unsigned int i = 0; i < sizeof(waits) / sizeof(waits[0]); i++) {
		ck_assert_uint_eq(rig.connects, i + 1);
		rig_pass(&rig, waits[i] * RIG_S - 1);
		ck_assert_uint_eq(rig.connects, i + 1);
		rig_pass(&rig, 1);
	}
	/* From 1 s again once a connection has been of use. */
	rig.listening = true;
	rig_pass(&rig, 30 * RIG_S);
	ck_assert(flowmob_manager_is_ready(rig.manager));
	rig_break(&rig);
	ck_assert(!flowmob_manager_is_ready(rig.manager));
	rig_pass(&rig, RIG_S);
	ck_assert(flowmob_manager_is_ready(rig.manager));
}
END_TEST

START_TEST(loss_forgets_all_flows) /* FMP-12 */
{
	uint64_t handle;

	logical();
	for (uint16_t port = 1; port <= 5; port++)
		rig_send(&rig, 1, port);
	rig.silent = true;
	handle = rig_send(&rig, 1, 6);
	ck_assert_int_eq(flowmob_manager_move_flow(rig.manager, 100, 2, 7, rig.now), 0);
	rig_drain(&rig);
	ck_assert_uint_eq(flows(), 5);
	ck_assert_uint_eq(rig.forgets, 1);
	rig_break(&rig);
	ck_assert_uint_eq(flows(), 0);
	ck_assert_uint_eq(rig.forgets, 2);
	/* Whoever waited does so no longer. */
	ck_assert_int_eq(rig_verdict(&rig, handle), 0);
	ck_assert_int_eq(rig.result.u.result.err, PMIP_ERR_AGAIN);
	ck_assert_uint_eq(rig.result.u.result.command, 7);
	ck_assert_int_eq(rig_verdict(&rig, rig_send(&rig, 1, 1)), 0);
	ck_assert_int_eq(flowmob_manager_move_flow(rig.manager, 100, 2, 8, rig.now), PMIP_ERR_AGAIN);
	ck_assert_uint_eq(flowmob_manager_get_counter(rig.manager, FLOWMOB_MANAGER_DISCONNECTED), 1);
}
END_TEST

START_TEST(what_the_lma_steers_is_taken_over) /* FMP-12 */
{
	logical();
	for (uint16_t port = 1; port <= 5; port++)
		rig_send(&rig, 1, port);
	move(102, 2);
	rig_break(&rig);
	rig.event_count = 0;
	rig_pass(&rig, RIG_S);
	ck_assert_uint_eq(rig.lists, 2);
	ck_assert_uint_eq(flows(), 5);
	ck_assert_uint_eq(rig.event_count, 5);
	ck_assert_int_eq(rig.event[0].reason, FLOWMOB_REASON_LISTED);
	ck_assert_uint_eq(place(102), 2);
	ck_assert_int_eq(rig_verdict(&rig, rig_send(&rig, 1, 3)), 2);
	/* They are flows like others: those that have ended meanwhile go. */
	rig_pass(&rig, 59 * RIG_S);
	rig_send(&rig, 1, 3);
	rig_pass(&rig, 2 * RIG_S);
	ck_assert_uint_eq(rig.flow_count, 1);
}
END_TEST

START_TEST(restarted_lma_steers_nothing_and_so_does_the_manager) /* FMP-12 */
{
	logical();
	rig_send(&rig, 1, 1);
	move(100, 2);
	rig_break(&rig);
	rig.flow_count = rig.attachment_count = 0;
	rig_pass(&rig, RIG_S);
	ck_assert(flowmob_manager_is_ready(rig.manager));
	ck_assert_uint_eq(flows(), 0);
	ck_assert_int_eq(rig_verdict(&rig, rig_send(&rig, 1, 1)), 0);
	/* Its mobile nodes register again. */
	rig_attach(&rig, &wlan);
	rig_pass(&rig, 2 * RIG_S);
	ck_assert_int_eq(rig_verdict(&rig, rig_send(&rig, 1, 1)), 1);
}
END_TEST

START_TEST(lma_that_says_nothing_is_given_up) /* FMP-12 */
{
	rig.silent = true;
	rig_pass(&rig, 0);
	ck_assert_uint_eq(rig.kept_count, 1);
	rig_pass(&rig, 10 * RIG_S);
	ck_assert_uint_eq(rig.disconnects, 1);
	rig.kept_count = 0;
	rig.silent = false;
	rig_pass(&rig, RIG_S);
	ck_assert(flowmob_manager_is_ready(rig.manager));
}
END_TEST

START_TEST(nonsense_ends_the_connection) /* FMP-12 */
{
	static const uint8_t octets[] = {1, 2, 3};
	struct flowmob_fmp answer = {.op = FLOWMOB_FMP_LIST | FLOWMOB_FMP_ANSWER, .request = 9};
	uint64_t handle;

	logical();
	rig_send(&rig, 1, 1);
	ck_assert_int_eq(flowmob_manager_input(rig.manager, octets, sizeof(octets), rig.now), 0);
	rig_drain(&rig);
	ck_assert_uint_eq(rig.disconnects, 1);
	ck_assert_uint_eq(flows(), 0);
	rig_pass(&rig, RIG_S);
	ck_assert_uint_eq(flows(), 1);
	/* An answer to nothing. */
	rig.silent = true;
	handle = rig_send(&rig, 1, 2);
	rig_say(&rig, &answer);
	ck_assert_uint_eq(rig.disconnects, 2);
	ck_assert_int_eq(rig_verdict(&rig, handle), 0);
	rig.silent = false;
	rig.kept_count = 0;
	rig_pass(&rig, RIG_S);
	/* A request, which is ours to make. */
	answer = (struct flowmob_fmp){.op = FLOWMOB_FMP_DEL, .request = 9, .u.flow_id = 100};
	rig_say(&rig, &answer);
	ck_assert_uint_eq(rig.disconnects, 3);
	ck_assert_uint_eq(flowmob_manager_get_counter(rig.manager, FLOWMOB_MANAGER_MALFORMED), 3);
	/* What still comes of a connection that is closed is not looked at. */
	rig_say(&rig, &answer);
	ck_assert_uint_eq(rig.disconnects, 3);
	/* An answer to a flow before any could have been asked for. */
	rig.silent = true;
	rig_pass(&rig, 2 * RIG_S);
	answer = (struct flowmob_fmp){.op = FLOWMOB_FMP_ADD | FLOWMOB_FMP_ANSWER, .request = 9, .u.place = {500, 1}};
	rig_say(&rig, &answer);
	ck_assert_uint_eq(rig.disconnects, 4);
}
END_TEST

START_TEST(attachment_gone_moves_its_flows) /* FMP-11 */
{
	uint32_t first, second, moved;

	logical();
	first = rig_stream(&rig, 1, 1, 0);
	second = rig_stream(&rig, 1, 2, 0);
	moved = rig_stream(&rig, 1, 3, 0);
	move(moved, 2);
	rig.moves = 0;
	rig_detach(&rig, &wlan);
	ck_assert_uint_eq(rig.moves, 2);
	ck_assert_uint_eq(place(first), 2);
	ck_assert_uint_eq(place(second), 2);
	ck_assert_uint_eq(place(moved), 2);
	ck_assert_uint_eq(rig.dels, 0);
	/* And with the last attachment they end. */
	rig_detach(&rig, &lte);
	ck_assert_uint_eq(rig.dels, 3);
	ck_assert_uint_eq(flows(), 0);
	ck_assert_uint_eq(rig.flow_count, 0);
}
END_TEST

START_TEST(attachment_gone_with_many_flows) /* FMP-11 */
{
	logical();
	for (uint16_t port = 1; port <= 200; port++)
		rig_stream(&rig, 1, port, 0);
	rig_detach(&rig, &wlan);
	ck_assert_uint_eq(rig.moves, 200);
	rig_detach(&rig, &lte);
	ck_assert_uint_eq(rig.dels, 200);
	ck_assert_uint_eq(flows(), 0);
}
END_TEST

START_TEST(attachment_gone_and_no_move_ends_its_flows) /* FMP-11 */
{
	logical();
	rig_stream(&rig, 1, 1, 0);
	rig.move_status = FLOWMOB_FMP_REFUSED;
	rig_detach(&rig, &wlan);
	ck_assert_uint_eq(rig.moves, 1);
	ck_assert_uint_eq(rig.dels, 1);
	ck_assert_uint_eq(flows(), 0);
}
END_TEST

START_TEST(attachment_that_goes_while_a_flow_moves) /* FMP-11 */
{
	uint32_t id;

	logical();
	id = rig_stream(&rig, 1, 1, 0);
	rig.silent = true;
	ck_assert_int_eq(flowmob_manager_move_flow(rig.manager, id, 2, 1, rig.now), 0);
	rig_drain(&rig);
	rig_detach(&rig, &wlan);
	ck_assert_uint_eq(rig.kept_count, 1);
	rig_answer(&rig);
	ck_assert_uint_eq(place(id), 2);
	/* The same, and the LMA does not answer. */
	rig_attach(&rig, &wlan);
	rig.silent = true;
	ck_assert_int_eq(flowmob_manager_move_flow(rig.manager, id, 1, 1, rig.now), 0);
	rig_drain(&rig);
	rig_detach(&rig, &lte);
	rig_pass(&rig, 11 * RIG_S);
	ck_assert_uint_eq(flows(), 0);
}
END_TEST

START_TEST(weak_host_loses_the_flows_of_its_address) /* FMP-11 */
{
	uint32_t first, moved_away, other, moved_here;

	weak_host();
	first = rig_stream(&rig, 1, 1, 0);
	moved_away = rig_stream(&rig, 1, 2, 0);
	other = rig_stream(&rig, 11, 1, 0);
	moved_here = rig_stream(&rig, 11, 2, 0);
	ck_assert_uint_eq(place(other), 2);
	move(moved_away, 2);
	move(moved_here, 1);
	rig_detach(&rig, &wlan);
	ck_assert_uint_eq(place(first), 0);
	ck_assert_uint_eq(place(moved_away), 0);
	ck_assert_uint_eq(rig.dels, 2);
	ck_assert_uint_eq(place(other), 2);
	/* It keeps its address, only its way has gone. */
	ck_assert_uint_eq(place(moved_here), 2);
}
END_TEST

START_TEST(handover_takes_the_flows_along) /* FMP-11 */
{
	struct flowmob_attachment elsewhere = rig_attachment(1, 3, RIG_WLAN, FLOWMOB_MODEL_WEAK_HOST);
	uint32_t id;

	weak_host();
	id = rig_stream(&rig, 1, 1, 0);
	rig_attach(&rig, &elsewhere);
	rig_detach(&rig, &wlan);
	ck_assert_uint_eq(place(id), 3);
	ck_assert_uint_eq(rig.dels, 0);
	/* The same where the LMA has moved the flow before it says so. */
	rig_attach(&rig, &wlan);
	rig_flow(&rig, 1, 1)->placed.place.tunnel = 1;
	rig_detach(&rig, &elsewhere);
	ck_assert_uint_eq(place(id), 1);
	ck_assert_uint_eq(rig.dels, 0);
}
END_TEST

START_TEST(binding_changes_that_are_repeated_or_unknown) /* FMP-11 */
{
	struct flowmob_fmp event = {.op = FLOWMOB_FMP_BINDING_DELETED};
	struct flowmob_attachment foreign;

	logical();
	rig_stream(&rig, 1, 1, 0);
	event.u.attachment = rig_attachment(3, 3, RIG_LTE, FLOWMOB_MODEL_WEAK_HOST);
	rig_say(&rig, &event);
	event = (struct flowmob_fmp){.op = FLOWMOB_FMP_BINDING_ADDED, .u.attachment = wlan};
	rig_say(&rig, &event);
	/* A prefix is one mobile node's only. */
	foreign = rig_attachment(2, 3, RIG_LTE, FLOWMOB_MODEL_WEAK_HOST);
	foreign.prefix[0] = wlan.prefix[0];
	event.u.attachment = foreign;
	rig_say(&rig, &event);
	ck_assert_uint_eq(flows(), 1);
	rig_detach(&rig, &wlan);
	ck_assert_uint_eq(place(100), 2);
	rig_detach(&rig, &lte);
	ck_assert_uint_eq(flows(), 0);
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {
		start_forgets_what_was_before,
		without_a_connection_packets_pass_unmarked,
		attempts_come_after_1_2_4_and_at_most_30_s,
		loss_forgets_all_flows,
		what_the_lma_steers_is_taken_over,
		restarted_lma_steers_nothing_and_so_does_the_manager,
		lma_that_says_nothing_is_given_up,
		nonsense_ends_the_connection,
		attachment_gone_moves_its_flows,
		attachment_gone_with_many_flows,
		attachment_gone_and_no_move_ends_its_flows,
		attachment_that_goes_while_a_flow_moves,
		weak_host_loses_the_flows_of_its_address,
		handover_takes_the_flows_along,
		binding_changes_that_are_repeated_or_unknown,
		NULL,
	};

	return unit_run_fixture("flowmob_manager_input", tests, setup, teardown);
}
