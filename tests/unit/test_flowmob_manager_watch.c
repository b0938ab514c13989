/* SPDX-License-Identifier: BSD-2-Clause */
/* Which flows are moved, and which are left alone: congestion, policy, bit rates, tunnels that are down. */
#include "flowmob_rig.h"

#include <stdio.h>

static struct rig rig;

/* Mobile node 1 with a logical interface at tunnels 1, 2 and 3. */
static void attach(void)
{
	static const uint8_t att[] = {RIG_WLAN, RIG_LTE, RIG_LTE};

	for (uint32_t t = 1; t <= 3; t++) {
		struct flowmob_attachment at = rig_attachment(1, t, att[t - 1], FLOWMOB_MODEL_LOGICAL_INTERFACE);

		rig_attach(&rig, &at);
	}
	rig_connect(&rig);
}

static void start(void (*configure)(struct flowmob_manager_config *config))
{
	rig_init(&rig, configure);
	attach();
}

static void teardown(void)
{
	rig_fini(&rig);
}

static uint32_t place(uint16_t port)
{
	const struct rig_flow *flow = rig_flow(&rig, 1, port);

	ck_assert_ptr_nonnull(flow);
	return flow->placed.place.tunnel;
}

static void move(uint16_t port, uint32_t tunnel)
{
	ck_assert_int_eq(flowmob_manager_move_flow(rig.manager, rig_flow(&rig, 1, port)->placed.place.flow_id, tunnel, 1, rig.now), 0);
	rig_drain(&rig);
	ck_assert_uint_eq(place(port), tunnel);
}

static struct flowmob_policy_rule rule(const char *name, uint8_t att)
{
	struct flowmob_policy_rule made = {.priority = 1, .prefer_count = 1, .prefer = {att}};

	snprintf(made.name, sizeof(made.name), "%s", name);
	return made;
}

static void add(struct flowmob_policy_rule made)
{
	ck_assert_int_eq(flowmob_policy_add_rule(rig.policy, &made), 0);
}

START_TEST(congestion_moves_the_heaviest_flow_to_the_least_loaded_tunnel) /* FMP-10 */
{
	start(NULL);
	rig_stream(&rig, 1, 1, 100);
	rig_stream(&rig, 1, 2, 400);
	rig_stream(&rig, 1, 3, 200);
	rig_stream(&rig, 1, 4, 50);
	move(4, 2);
	rig_pass(&rig, 5 * RIG_S);
	rig.moves = 0;
	rig.capacity[1] = 500;
	rig_pass(&rig, 2 * RIG_S);
	ck_assert_uint_eq(rig.moves, 1);
	ck_assert_uint_eq(place(2), 3);
	ck_assert_int_eq(rig.event[rig.event_count - 1].reason, FLOWMOB_REASON_CONGESTION);
	/* And then it is well: nothing more. */
	rig_pass(&rig, 60 * RIG_S);
	ck_assert_uint_eq(rig.moves, 1);
	ck_assert_uint_eq(place(1), 1);
	ck_assert_uint_eq(place(3), 1);
}
END_TEST

START_TEST(one_flow_in_two_periods_until_it_is_well) /* FMP-10 */
{
	start(NULL);
	for (uint16_t port = 1; port <= 6; port++)
		rig_stream(&rig, 1, port, 100);
	rig_pass(&rig, 5 * RIG_S);
	rig.capacity[1] = 200;
	rig_pass(&rig, RIG_S);
	for (unsigned int moves = 1; moves <= 4; moves++) {
		ck_assert_uint_eq(rig.moves, moves);
		rig_pass(&rig, 2 * RIG_S);
	}
	rig_pass(&rig, 60 * RIG_S);
	ck_assert_uint_eq(rig.moves, 4);
}
END_TEST

START_TEST(few_drops_or_few_packets_are_no_congestion) /* FMP-10 */
{
	start(NULL);
	rig_stream(&rig, 1, 1, 1000);
	rig.capacity[1] = 950;
	rig_pass(&rig, 20 * RIG_S);
	ck_assert_uint_eq(rig.moves, 0);
	rig.capacity[1] = 949;
	rig_pass(&rig, RIG_S);
	ck_assert_uint_eq(rig.moves, 1);
	/* 19 packets a second, most of them lost; 20 are enough. */
	rig_flow(&rig, 1, 1)->pps = 0;
	rig_stream(&rig, 1, 2, 19);
	rig.capacity[1] = 1;
	rig_pass(&rig, 20 * RIG_S);
	ck_assert_uint_eq(rig.moves, 1);
	rig_flow(&rig, 1, 2)->pps = 20;
	rig_pass(&rig, 2 * RIG_S);
	ck_assert_uint_eq(rig.moves, 2);
}
END_TEST

START_TEST(flow_that_was_moved_stays_5_s_at_least) /* FMP-10 */
{
	uint64_t begin_us;

	start(NULL);
	rig_stream(&rig, 1, 1, 500);
	rig_pass(&rig, 10 * RIG_S);
	/* Each tunnel but the one it is on is calm, and each one that it comes to is not. */
	rig.capacity[1] = rig.capacity[2] = rig.capacity[3] = 100;
	rig_pass(&rig, RIG_S);
	ck_assert_uint_eq(rig.moves, 1);
	begin_us = rig.now.mono_us;
	while (rig.moves == 1)
		rig_pass(&rig, RIG_S);
	ck_assert_uint_ge(rig.now.mono_us - begin_us, 5 * RIG_S);
	ck_assert_uint_le(rig.now.mono_us - begin_us, 6 * RIG_S);
	/* Then it stays longer and longer. */
	begin_us = rig.now.mono_us;
	while (rig.moves == 2)
		rig_pass(&rig, RIG_S);
	ck_assert_uint_ge(rig.now.mono_us - begin_us, 10 * RIG_S);
	rig.moves = 0;
	rig_pass(&rig, 600 * RIG_S);
	ck_assert_uint_le(rig.moves, 6);
}
END_TEST

START_TEST(congested_tunnel_is_no_target) /* FMP-10 */
{
	start(NULL);
	rig_stream(&rig, 1, 1, 100);
	rig_stream(&rig, 1, 2, 300);
	rig_stream(&rig, 1, 3, 300);
	move(2, 2);
	move(3, 3);
	rig_pass(&rig, 5 * RIG_S);
	rig.moves = 0;
	rig.capacity[1] = rig.capacity[2] = rig.capacity[3] = 20;
	rig_pass(&rig, 60 * RIG_S);
	ck_assert_uint_eq(rig.moves, 0);
	/* Nor one that just was. */
	rig.capacity[3] = 0;
	rig_pass(&rig, 4 * RIG_S);
	ck_assert_uint_eq(rig.moves, 0);
	rig_pass(&rig, 2 * RIG_S);
	ck_assert_uint_gt(rig.moves, 0);
	ck_assert_uint_eq(place(1), 3);
}
END_TEST

START_TEST(flow_that_has_to_leave_after_a_move_by_hand_stays_5_s) /* FMP-10 */
{
	uint32_t to;

	start(NULL);
	rig_stream(&rig, 1, 1, 500);
	move(1, 2);
	ck_assert_int_eq(flowmob_manager_set_tunnel_up(rig.manager, 2, false, rig.now), 0);
	rig_drain(&rig);
	to = place(1);
	ck_assert_uint_ne(to, 2);
	rig.moves = 0;
	rig.capacity[to] = 100;
	rig_pass(&rig, 4 * RIG_S);
	ck_assert_uint_eq(rig.moves, 0);
	rig_pass(&rig, 2 * RIG_S);
	ck_assert_uint_eq(rig.moves, 1);
}
END_TEST

START_TEST(refused_move_is_not_repeated_at_once)
{
	start(NULL);
	rig_stream(&rig, 1, 1, 100);
	rig.capacity[1] = 20;
	rig.move_status = FLOWMOB_FMP_REFUSED;
	rig_pass(&rig, 6 * RIG_S);
	ck_assert_uint_le(rig.moves, 2);
	ck_assert_uint_eq(place(1), 1);
	ck_assert_uint_eq(flowmob_manager_get_counter(rig.manager, FLOWMOB_MANAGER_MOVE_FAILED), rig.moves);
}
END_TEST

static void throughput(struct flowmob_manager_config *config)
{
	flowmob_manager_config_set_throughput_drop(config, true);
}

START_TEST(bit_rate_below_half_of_its_average) /* FMP-10 */
{
	start(throughput);
	rig_stream(&rig, 1, 1, 100);
	rig_pass(&rig, 30 * RIG_S);
	rig_flow(&rig, 1, 1)->pps = 60;
	rig_pass(&rig, 10 * RIG_S);
	ck_assert_uint_eq(rig.moves, 0);
	rig_flow(&rig, 1, 1)->pps = 10;
	rig_pass(&rig, 3 * RIG_S);
	ck_assert_uint_eq(rig.moves, 1);
	ck_assert_int_eq(rig.event[rig.event_count - 1].reason, FLOWMOB_REASON_THROUGHPUT);
	/* What it has there is its average from now on. */
	rig_pass(&rig, 60 * RIG_S);
	ck_assert_uint_eq(rig.moves, 1);
}
END_TEST

START_TEST(bit_rate_is_left_alone_unless_asked_for) /* FMP-10 */
{
	struct flowmob_flow_info info = {.size = sizeof(info)};

	start(NULL);
	rig_stream(&rig, 1, 1, 100);
	rig_pass(&rig, 30 * RIG_S);
	ck_assert_int_eq(flowmob_manager_get_flow(rig.manager, &info, 100), 0);
	ck_assert_uint_ge(info.rate_bps, 790000);
	ck_assert_uint_le(info.rate_bps, 810000);
	ck_assert_uint_ge(info.average_bps, 700000);
	rig_flow(&rig, 1, 1)->pps = 10;
	rig_pass(&rig, 30 * RIG_S);
	ck_assert_uint_eq(rig.moves, 0);
}
END_TEST

START_TEST(policy_places_new_flows)
{
	start(NULL);
	add(rule("lte", RIG_LTE));
	rig_stream(&rig, 1, 1, 10);
	ck_assert_uint_eq(rig.moves, 1);
	ck_assert_uint_eq(place(1), 2);
	ck_assert_int_eq(rig.event[rig.event_count - 1].reason, FLOWMOB_REASON_POLICY);
	rig_pass(&rig, 60 * RIG_S);
	ck_assert_uint_eq(rig.moves, 1);
}
END_TEST

START_TEST(policy_by_application)
{
	struct flowmob_policy_rule video = rule("video", RIG_LTE);
	struct pmip_selector port_1 = {.format = PMIP_SELECTOR_IPV6, .flags = 0x0020, .dst_port_start = 1};
	struct flowmob_flow_info info = {.size = sizeof(info)};

	start(NULL);
	snprintf(video.application, sizeof(video.application), "video");
	add(video);
	ck_assert_int_eq(flowmob_applications_add(rig.applications, "video", &port_1), 0);
	rig_stream(&rig, 1, 2, 10);
	rig_stream(&rig, 1, 1, 10);
	ck_assert_uint_eq(place(1), 2);
	ck_assert_uint_eq(place(2), 1);
	ck_assert_int_eq(flowmob_manager_get_flow(rig.manager, &info, rig_flow(&rig, 1, 1)->placed.place.flow_id), 0);
	ck_assert_str_eq(info.application, "video");
	/* Other names for the same flows: what decides is what is said last. */
	port_1.dst_port_start = 2;
	ck_assert_int_eq(flowmob_applications_del(rig.applications, "video"), 0);
	ck_assert_int_eq(flowmob_applications_add(rig.applications, "video", &port_1), 0);
	flowmob_manager_set_policy(rig.manager, rig.policy, rig.applications);
	rig_pass(&rig, 2 * RIG_S);
	ck_assert_uint_ne(place(2), 1);
	ck_assert_int_eq(flowmob_manager_get_flow(rig.manager, &info, rig_flow(&rig, 1, 1)->placed.place.flow_id), 0);
	ck_assert_ptr_null(info.application);
}
END_TEST

/* A flow that was moved just now is not moved at once, but as soon as it may be. */
START_TEST(new_policy_does_not_wait_for_the_next_round)
{
	struct flowmob_policy_rule lte = rule("lte", RIG_LTE), wlan = rule("wlan", RIG_WLAN);

	start(NULL);
	add(lte);
	rig_stream(&rig, 1, 1, 10);
	ck_assert_uint_ne(place(1), 1);
	rig_pass(&rig, 2 * RIG_S);
	ck_assert_int_eq(flowmob_policy_del_rule(rig.policy, "lte"), 0);
	add(wlan);
	flowmob_manager_set_policy(rig.manager, rig.policy, rig.applications);
	rig_pass(&rig, 2 * RIG_S);
	ck_assert_uint_ne(place(1), 1);
	rig_pass(&rig, 2 * RIG_S);
	ck_assert_uint_eq(place(1), 1);
}
END_TEST

START_TEST(policy_when_a_tunnel_comes_and_when_time_comes)
{
	struct flowmob_policy_rule night = rule("night", RIG_LTE), day = rule("day", RIG_WLAN);
	struct flowmob_attachment gone = rig_attachment(1, 2, RIG_LTE, FLOWMOB_MODEL_LOGICAL_INTERFACE);

	start(NULL);
	night.minute_from = 0;
	night.minute_to = 30;
	day.minute_from = 30;
	day.minute_to = 1440;
	add(night);
	add(day);
	rig_detach(&rig, &gone);
	gone.tunnel = 3;
	rig_detach(&rig, &gone);
	rig_stream(&rig, 1, 1, 10);
	ck_assert_uint_eq(place(1), 1);
	rig_attach(&rig, &gone);
	ck_assert_uint_eq(place(1), 3);
	rig_pass(&rig, 29 * 60 * RIG_S);
	ck_assert_uint_eq(place(1), 3);
	rig_pass(&rig, 90 * RIG_S);
	ck_assert_uint_eq(place(1), 1);
}
END_TEST

START_TEST(stay_means_stay)
{
	struct flowmob_policy_rule stay = rule("stay", 0);

	start(NULL);
	stay.stay = true;
	stay.prefer_count = 0;
	add(stay);
	rig_stream(&rig, 1, 1, 100);
	rig.capacity[1] = 10;
	rig_pass(&rig, 30 * RIG_S);
	ck_assert_uint_eq(rig.moves, 0);
	/* But a tunnel that is down is left. */
	ck_assert_int_eq(flowmob_manager_set_tunnel_up(rig.manager, 1, false, rig.now), 0);
	rig_drain(&rig);
	ck_assert_uint_ne(place(1), 1);
}
END_TEST

START_TEST(policy_leaves_what_an_operator_has_moved) /* FMP-9 */
{
	start(NULL);
	add(rule("lte", RIG_LTE));
	rig_stream(&rig, 1, 1, 100);
	ck_assert_uint_eq(place(1), 2);
	move(1, 1);
	rig_pass(&rig, 60 * RIG_S);
	ck_assert_uint_eq(place(1), 1);
	rig.capacity[1] = 10;
	rig_pass(&rig, 2 * RIG_S);
	ck_assert_uint_ne(place(1), 1);
}
END_TEST

START_TEST(policy_explains)
{
	char text[300];

	start(NULL);
	rig_stream(&rig, 1, 1, 10);
	add(rule("lte", RIG_LTE));
	ck_assert_int_gt(flowmob_manager_explain(rig.manager, text, sizeof(text), 100, rig.now), 0);
	ck_assert_str_eq(text, "rule lte: applies\ndecision: it belongs on tunnel 2, not on 1\n");
	ck_assert_uint_eq(rig.moves, 0);
	ck_assert_int_eq(flowmob_manager_explain(rig.manager, text, sizeof(text), 99, rig.now), PMIP_ERR_NOENT);
}
END_TEST

START_TEST(tunnel_down_and_up)
{
	start(NULL);
	for (uint16_t port = 1; port <= 4; port++)
		rig_stream(&rig, 1, port, 10);
	ck_assert_int_eq(flowmob_manager_set_tunnel_up(rig.manager, 2, false, rig.now), 0);
	ck_assert_int_eq(flowmob_manager_set_tunnel_up(rig.manager, 1, false, rig.now), 0);
	rig_drain(&rig);
	for (uint16_t port = 1; port <= 4; port++)
		ck_assert_uint_eq(place(port), 3);
	/* Nowhere to go. */
	rig.moves = 0;
	ck_assert_int_eq(flowmob_manager_set_tunnel_up(rig.manager, 3, false, rig.now), 0);
	rig_drain(&rig);
	ck_assert_uint_eq(rig.moves, 0);
	ck_assert_int_eq(flowmob_manager_set_tunnel_up(rig.manager, 2, true, rig.now), 0);
	ck_assert_int_eq(flowmob_manager_set_tunnel_up(rig.manager, 3, false, rig.now), 0);
	rig_drain(&rig);
	ck_assert_uint_eq(place(1), 2);
	ck_assert_int_eq(flowmob_manager_set_tunnel_up(rig.manager, 9, true, rig.now), PMIP_ERR_NOENT);
}
END_TEST

START_TEST(flows_moved_together_do_not_all_go_to_one_tunnel)
{
	unsigned int on[RIG_TUNNELS] = {0};

	start(NULL);
	for (uint16_t port = 1; port <= 6; port++)
		rig_stream(&rig, 1, port, 100);
	rig_pass(&rig, 10 * RIG_S);
	ck_assert_int_eq(flowmob_manager_set_tunnel_up(rig.manager, 1, false, rig.now), 0);
	rig_drain(&rig);
	for (uint16_t port = 1; port <= 6; port++)
		on[place(port)]++;
	ck_assert_uint_eq(on[2], 3);
	ck_assert_uint_eq(on[3], 3);
}
END_TEST

START_TEST(counters_that_begin_anew)
{
	/* What was dropped before the manager came is not its concern. */
	rig_init(&rig, NULL);
	rig.sent[1] = 100000000;
	rig.dropped[1] = 50000000;
	attach();
	rig_stream(&rig, 1, 1, 1000);
	rig_pass(&rig, 10 * RIG_S);
	ck_assert_uint_eq(rig.moves, 0);
	/* The device was made anew: what it counts from 0 is of this period. */
	rig.sent[1] = rig.dropped[1] = 0;
	rig_pass(&rig, 10 * RIG_S);
	ck_assert_uint_eq(rig.moves, 0);
	rig.sent[1] = 0;
	rig.dropped[1] = 100;
	rig_pass(&rig, RIG_S);
	ck_assert_uint_eq(rig.moves, 1);
	ck_assert_int_eq(flowmob_manager_set_tunnel_counters(rig.manager, 9, 0, 0, 0), PMIP_ERR_NOENT);
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {
		congestion_moves_the_heaviest_flow_to_the_least_loaded_tunnel,
		one_flow_in_two_periods_until_it_is_well,
		few_drops_or_few_packets_are_no_congestion,
		flow_that_was_moved_stays_5_s_at_least,
		congested_tunnel_is_no_target,
		flow_that_has_to_leave_after_a_move_by_hand_stays_5_s,
		refused_move_is_not_repeated_at_once,
		bit_rate_below_half_of_its_average,
		bit_rate_is_left_alone_unless_asked_for,
		policy_places_new_flows,
		policy_by_application,
		new_policy_does_not_wait_for_the_next_round,
		policy_when_a_tunnel_comes_and_when_time_comes,
		stay_means_stay,
		policy_leaves_what_an_operator_has_moved,
		policy_explains,
		tunnel_down_and_up,
		flows_moved_together_do_not_all_go_to_one_tunnel,
		counters_that_begin_anew,
		NULL,
	};

	return unit_run_fixture("flowmob_manager_watch", tests, NULL, teardown);
}
