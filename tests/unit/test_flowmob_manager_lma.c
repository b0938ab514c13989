/* SPDX-License-Identifier: BSD-2-Clause */
/* What an LMA that sees and counts flows itself tells the manager. */
#include "flowmob_rig.h"

static struct rig rig;

static void configure(struct flowmob_manager_config *config)
{
	ck_assert_int_eq(flowmob_manager_config_set_watch(config, FLOWMOB_WATCH_ALL + 1), PMIP_ERR_INVALID);
	ck_assert_int_eq(flowmob_manager_config_set_watch(config, FLOWMOB_WATCH_MOVABLE), 0);
	flowmob_manager_config_set_lma_counters(config, true);
}

static void throughput(struct flowmob_manager_config *config)
{
	configure(config);
	flowmob_manager_config_set_throughput_drop(config, true);
}

/* A mobile node by tunnels 1 and 2. */
static void start(void)
{
	struct flowmob_attachment wlan = rig_attachment(1, 1, RIG_WLAN, FLOWMOB_MODEL_LOGICAL_INTERFACE);
	struct flowmob_attachment lte = rig_attachment(1, 2, RIG_LTE, FLOWMOB_MODEL_LOGICAL_INTERFACE);

	rig_init(&rig, configure);
	rig_attach(&rig, &wlan);
	rig_attach(&rig, &lte);
	rig_connect(&rig);
}

static void seen(unsigned int n, uint16_t port)
{
	struct flowmob_fmp event = {.op = FLOWMOB_FMP_FLOW_SEEN, .u.flow = rig_packet(n, port).flow};

	rig_say(&rig, &event);
}

/* A flow of the LMA's that sends so many packets a second. @return its id. */
static uint32_t stream(uint16_t port, uint64_t pps)
{
	seen(1, port);
	rig_flow(&rig, 1, port)->pps = pps;
	return rig_flow(&rig, 1, port)->placed.place.flow_id;
}

static struct flowmob_flow_info info_of(uint32_t id)
{
	struct flowmob_flow_info info = {.size = sizeof(info)};

	ck_assert_int_eq(flowmob_manager_get_flow(rig.manager, &info, id), 0);
	return info;
}

START_TEST(watch_is_asked_for_with_each_connection)
{
	start();
	ck_assert_uint_eq(rig.watches, 1);
	ck_assert_uint_eq(rig.watch, FLOWMOB_WATCH_MOVABLE);
	rig_break(&rig);
	rig_pass(&rig, 2 * RIG_S);
	ck_assert_uint_eq(rig.watches, 2);
	rig_fini(&rig);
	rig_init(&rig, NULL);
	rig_connect(&rig);
	ck_assert_uint_eq(rig.watches, 0);
	rig_fini(&rig);
}
END_TEST

START_TEST(flow_seen_is_asked_for_once) /* FMP-1, FMP-2 */
{
	start();
	rig.silent = true;
	seen(1, 7);
	seen(1, 7);
	ck_assert_uint_eq(rig.kept_count, 1);
	rig_answer(&rig);
	ck_assert_uint_eq(rig.adds, 1);
	seen(1, 7);
	ck_assert_uint_eq(rig.adds, 1);
	ck_assert_uint_eq(rig.verdict_count, 0);
	ck_assert_uint_eq(rig.event_count, 1);
	ck_assert_int_eq(rig.event[0].reason, FLOWMOB_REASON_PACKET);
	rig_fini(&rig);
}
END_TEST

START_TEST(flow_that_the_LMA_has_no_room_for_is_counted) /* FMP-1 */
{
	struct flowmob_fmp asked, full;

	start();
	rig.silent = true;
	seen(1, 7);
	ck_assert_int_eq(flowmob_fmp_decode(&asked, rig.kept[0].data, rig.kept[0].len), 0);
	full = (struct flowmob_fmp){.op = FLOWMOB_FMP_ADD | FLOWMOB_FMP_ANSWER, .request = asked.request, .status = FLOWMOB_FMP_FULL};
	rig_say(&rig, &full);
	ck_assert_uint_eq(flowmob_manager_get_counter(rig.manager, FLOWMOB_MANAGER_LMA_FULL), 1);
	ck_assert_str_eq(flowmob_manager_counter_name(FLOWMOB_MANAGER_LMA_FULL), "lma_full");
	ck_assert_uint_eq(flowmob_manager_get_counter(rig.manager, FLOWMOB_MANAGER_FULL), 0);
	ck_assert_uint_eq(flowmob_manager_get_counter(rig.manager, FLOWMOB_MANAGER_ADDED), 0);
	rig_fini(&rig);
}
END_TEST

START_TEST(flow_seen_of_a_binding_that_is_not_there_yet_is_asked_for_again) /* FMP-12 */
{
	struct flowmob_attachment late = rig_attachment(2, 3, RIG_WLAN, FLOWMOB_MODEL_LOGICAL_INTERFACE);

	start();
	seen(2, 7);
	ck_assert_uint_eq(rig.adds, 1);
	rig_attach(&rig, &late);
	rig_pass(&rig, 500 * RIG_MS);
	seen(2, 7);
	ck_assert_uint_eq(rig.adds, 1);
	rig_pass(&rig, 600 * RIG_MS);
	seen(2, 7);
	ck_assert_uint_eq(rig.adds, 2);
	ck_assert_ptr_nonnull(rig_flow(&rig, 2, 7));
	rig_fini(&rig);
}
END_TEST

START_TEST(counters_keep_a_flow_and_make_its_rate) /* FMP-10 */
{
	uint32_t id, idle;

	start();
	id = stream(7, 100);
	idle = stream(8, 0);
	rig_flow(&rig, 1, 7)->octets = 5000000; /* counted before anybody looked */
	rig_pass(&rig, 20 * RIG_S);
	ck_assert_uint_ge(rig.counters, 40);
	ck_assert_uint_eq(rig.polls, 0);
	ck_assert_uint_gt(info_of(id).octets, 5000000);
	ck_assert_uint_eq(info_of(id).octets, rig_flow(&rig, 1, 7)->octets);
	ck_assert_uint_ge(info_of(id).rate_bps, 790000);
	ck_assert_uint_le(info_of(id).rate_bps, 810000);
	ck_assert_uint_eq(info_of(idle).octets, 0);
	rig_pass(&rig, 41 * RIG_S);
	ck_assert_ptr_nonnull(rig_flow(&rig, 1, 7));
	ck_assert_ptr_null(rig_flow(&rig, 1, 8));
	rig_fini(&rig);
}
END_TEST

/* An LMA with many flows. */
START_TEST(flows_that_are_told_in_turns_have_the_same_rates) /* FMP-10 */
{
	uint32_t id[4];

	start();
	rig.turns = 4;
	for (uint16_t i = 0; i < 4; i++)
		id[i] = stream((uint16_t)(10 + i), 100 * i);
	rig_pass(&rig, 60 * RIG_S);
	for (uint16_t i = 1; i < 4; i++) {
		ck_assert_uint_ge(info_of(id[i]).rate_bps, i * 795000);
		ck_assert_uint_le(info_of(id[i]).rate_bps, i * 805000);
		ck_assert_uint_ge(info_of(id[i]).average_bps, i * 795000);
	}
	/* The one without a packet has been idle for long enough when nobody may have overlooked one of it. */
	ck_assert_uint_eq(info_of(id[0]).rate_bps, 0);
	rig_pass(&rig, 3 * RIG_S);
	ck_assert_ptr_nonnull(rig_flow(&rig, 1, 10));
	rig_pass(&rig, 2 * RIG_S);
	ck_assert_ptr_null(rig_flow(&rig, 1, 10));
	rig_fini(&rig);
}
END_TEST

/* However few have counted anything. */
START_TEST(turns_that_have_become_shorter_are_noticed) /* FMP-10 */
{
	start();
	rig.turns = 4;
	stream(10, 0);
	stream(11, 100);
	rig_pass(&rig, 30 * RIG_S);
	rig_flow(&rig, 1, 11)->pps = 0;
	rig.turns = 1;
	rig_pass(&rig, 29 * RIG_S);
	ck_assert_ptr_nonnull(rig_flow(&rig, 1, 10));
	rig_pass(&rig, 3 * RIG_S);
	ck_assert_ptr_null(rig_flow(&rig, 1, 10));
	rig_fini(&rig);
}
END_TEST

/* Nobody tells of a flow that has counted nothing. */
START_TEST(rate_of_a_flow_that_is_told_no_more_goes_down) /* FMP-10 */
{
	uint64_t rate;
	uint32_t id;

	start();
	rig.turns = 1;
	id = stream(7, 800);
	rig_pass(&rig, 30 * RIG_S);
	rate = info_of(id).rate_bps;
	ck_assert_uint_ge(rate, 6390000);
	rig_flow(&rig, 1, 7)->pps = 0;
	for (unsigned int i = 1; i <= 8; i++) {
		rig_pass(&rig, RIG_S);
		ck_assert_uint_eq(info_of(id).rate_bps, rate >> i);
	}
	ck_assert_uint_ge(info_of(id).average_bps, 3500000);
	ck_assert_uint_le(info_of(id).average_bps, 4000000);
	/* It goes on as if each of the silent periods had been told. */
	rig_flow(&rig, 1, 7)->pps = 800;
	rig_pass(&rig, RIG_S);
	ck_assert_uint_ge(info_of(id).rate_bps, 3200000);
	ck_assert_uint_le(info_of(id).rate_bps, 3230000);
	rig_fini(&rig);
}
END_TEST

START_TEST(bit_rate_that_falls_to_nothing) /* FMP-10 */
{
	rig_init(&rig, throughput);
	for (uint32_t t = 1; t <= 2; t++) {
		struct flowmob_attachment at = rig_attachment(1, t, RIG_WLAN, FLOWMOB_MODEL_LOGICAL_INTERFACE);

		rig_attach(&rig, &at);
	}
	rig_connect(&rig);
	rig.turns = 1;
	stream(7, 100);
	rig_pass(&rig, 30 * RIG_S);
	ck_assert_uint_eq(rig.moves, 0);
	rig_flow(&rig, 1, 7)->pps = 0;
	rig_pass(&rig, 3 * RIG_S);
	ck_assert_uint_eq(rig.moves, 1);
	rig_fini(&rig);
}
END_TEST

/* The policy is asked for each in its time, and for one that an operator had placed as soon as it is the LMA's again. */
START_TEST(policy_is_asked_again_for_all) /* FMP-9 */
{
	struct flowmob_policy_rule lte = {.name = "lte", .prefer_count = 1, .prefer = {RIG_LTE}};
	struct flowmob_fmp moved = {.op = FLOWMOB_FMP_FLOW_MOVED};

	start();
	for (uint16_t port = 1; port <= 50; port++) {
		stream(port, 10);
		if (port % 10 == 0)
			rig_pass(&rig, RIG_S);
	}
	ck_assert_int_eq(flowmob_manager_move_flow(rig.manager, rig_flow(&rig, 1, 9)->placed.place.flow_id, 2, 1, rig.now), 0);
	rig_drain(&rig);
	ck_assert_int_eq(flowmob_manager_move_flow(rig.manager, rig_flow(&rig, 1, 9)->placed.place.flow_id, 1, 1, rig.now), 0);
	rig_drain(&rig);
	rig.moves = 0;
	ck_assert_int_eq(flowmob_policy_add_rule(rig.policy, &lte), 0);
	rig_pass(&rig, 10 * RIG_S);
	ck_assert_uint_eq(rig.moves, 49);
	for (uint16_t port = 1; port <= 50; port++)
		ck_assert_uint_eq(rig_flow(&rig, 1, port)->placed.place.tunnel, port == 9 ? 1 : 2);
	/* Somebody else moves it there and back. */
	for (uint32_t tunnel = 2; tunnel >= 1; tunnel--) {
		rig_flow(&rig, 1, 9)->placed.place.tunnel = tunnel;
		moved.u.place = rig_flow(&rig, 1, 9)->placed.place;
		rig_say(&rig, &moved);
	}
	rig_pass(&rig, RIG_S);
	ck_assert_uint_eq(rig.moves, 50);
	rig_fini(&rig);
}
END_TEST

START_TEST(counters_that_begin_anew_take_nothing_away)
{
	uint32_t id;

	start();
	id = stream(7, 100);
	rig_pass(&rig, 5 * RIG_S);
	rig_flow(&rig, 1, 7)->octets = 0;
	rig_pass(&rig, 5 * RIG_S);
	ck_assert_uint_ge(info_of(id).octets, 900000);
	ck_assert_uint_le(info_of(id).octets, 1100000);
	rig_fini(&rig);
}
END_TEST

START_TEST(congestion_by_the_counters_of_the_LMA) /* FMP-10 */
{
	start();
	stream(7, 600);
	stream(8, 600);
	rig.capacity[1] = 800;
	rig_pass(&rig, 3 * RIG_S);
	ck_assert_uint_ne(rig_flow(&rig, 1, 7)->placed.place.tunnel, rig_flow(&rig, 1, 8)->placed.place.tunnel);
	ck_assert_uint_ge(flowmob_manager_get_counter(rig.manager, FLOWMOB_MANAGER_CONGESTED), 1);
	rig_fini(&rig);
}
END_TEST

START_TEST(without_counters_it_goes_on)
{
	struct flowmob_policy_rule rule = {.name = "lte", .prefer_count = 1, .prefer = {RIG_LTE}};

	start();
	rig.counters_status = FLOWMOB_FMP_REFUSED;
	stream(7, 10);
	rig_pass(&rig, 3 * RIG_S);
	ck_assert_uint_ge(rig.counters, 4);
	ck_assert_uint_eq(rig.disconnects, 0);
	ck_assert_int_eq(flowmob_policy_add_rule(rig.policy, &rule), 0);
	rig_pass(&rig, 11 * RIG_S);
	ck_assert_uint_eq(rig_flow(&rig, 1, 7)->placed.place.tunnel, 2);
	rig_fini(&rig);
}
END_TEST

START_TEST(one_who_is_slow_is_not_asked_more)
{
	start();
	rig.silent = true;
	rig_pass(&rig, 5 * RIG_S);
	ck_assert_uint_eq(rig.kept_count, 1);
	rig_answer(&rig);
	rig_pass(&rig, 2 * RIG_S);
	ck_assert_uint_ge(rig.counters, 4);
	rig_fini(&rig);
}
END_TEST

START_TEST(counters_that_were_not_asked_for_end_the_connection)
{
	struct flowmob_fmp stray = {.op = FLOWMOB_FMP_FLOW_COUNTERS | FLOWMOB_FMP_ANSWER, .request = 60000};

	start();
	rig_say(&rig, &stray);
	ck_assert_uint_eq(rig.disconnects, 1);
	rig_fini(&rig);
}
END_TEST

START_TEST(no_memory_and_again)
{
	unsigned int nth = 0;
	bool failed;

	do {
		rig.retry = rig.counting.once = true;
		start();
		rig.counting.fail_at = rig.counting.calls + ++nth;
		stream(7, 100);
		rig_pass(&rig, 3 * RIG_S);
		failed = unit_mem_failed(&rig.counting);
		rig.counting.fail_at = 0;
		rig_pass(&rig, 3 * RIG_S);
		ck_assert_uint_eq(info_of(rig_flow(&rig, 1, 7)->placed.place.flow_id).octets, rig_flow(&rig, 1, 7)->octets);
		rig_fini(&rig);
	} while (failed);
	ck_assert_uint_ge(nth, 8);
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {
		watch_is_asked_for_with_each_connection,
		flow_seen_is_asked_for_once,
		flow_that_the_LMA_has_no_room_for_is_counted,
		flow_seen_of_a_binding_that_is_not_there_yet_is_asked_for_again,
		counters_keep_a_flow_and_make_its_rate,
		flows_that_are_told_in_turns_have_the_same_rates, turns_that_have_become_shorter_are_noticed,
		rate_of_a_flow_that_is_told_no_more_goes_down,
		bit_rate_that_falls_to_nothing,
		policy_is_asked_again_for_all,
		counters_that_begin_anew_take_nothing_away,
		congestion_by_the_counters_of_the_LMA,
		without_counters_it_goes_on,
		one_who_is_slow_is_not_asked_more,
		counters_that_were_not_asked_for_end_the_connection,
		no_memory_and_again,
		NULL,
	};

	return unit_run("flowmob_manager_lma", tests);
}
