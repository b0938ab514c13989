/* SPDX-License-Identifier: BSD-2-Clause */
/* What becomes of mobile nodes and their flows when attachments go. */
#include "libflowmob/manager.h"

#include "flowmob_rig.h"

static struct rig rig;

static void teardown(void)
{
	rig_fini(&rig);
}

/* Mobile node 1 with a logical interface at so many tunnels, from 1 on; WLAN is the first one. */
static struct flowmob_attachment attachment(uint32_t tunnel)
{
	return rig_attachment(1, tunnel, tunnel == 1 ? RIG_WLAN : RIG_LTE, FLOWMOB_MODEL_LOGICAL_INTERFACE);
}

static void start(uint32_t tunnels)
{
	rig_init(&rig, NULL);
	for (uint32_t t = 1; t <= tunnels; t++) {
		struct flowmob_attachment at = attachment(t);

		rig_attach(&rig, &at);
	}
	rig_connect(&rig);
}

START_TEST(last_attachment_of_a_node_without_flows)
{
	struct flowmob_attachment only = attachment(1);

	start(1);
	rig_detach(&rig, &only);
	ck_assert_uint_eq(rig.dels, 0);
	/* It is nobody's destination until it comes again. */
	ck_assert_int_eq(rig_verdict(&rig, rig_send(&rig, 1, 1)), 0);
	rig_attach(&rig, &only);
	ck_assert_int_eq(rig_verdict(&rig, rig_send(&rig, 1, 2)), 1);
}
END_TEST

/* As many flows of mobile node 1 as each tunnel has. */
static void count_flows(unsigned int on[RIG_TUNNELS])
{
	for (size_t i = 0; i < rig.flow_count; i++)
		on[rig.flow[i].placed.place.tunnel]++;
}

START_TEST(flows_of_a_lost_attachment_do_not_all_go_to_one_tunnel) /* FMP-11 */
{
	struct flowmob_attachment gone = attachment(1);
	unsigned int on[RIG_TUNNELS] = {0};

	start(3);
	for (uint16_t port = 1; port <= 6; port++)
		rig_stream(&rig, 1, port, 100);
	rig_pass(&rig, 10 * RIG_S);
	rig_detach(&rig, &gone);
	count_flows(on);
	ck_assert_uint_eq(on[2], 3);
	ck_assert_uint_eq(on[3], 3);
}
END_TEST

START_TEST(flow_of_a_lost_attachment_stays_5_s_where_it_came_to) /* FMP-10, FMP-11 */
{
	struct flowmob_attachment wlan = attachment(1);
	struct flowmob_policy_rule rule = {.name = "wlan", .priority = 1, .prefer_count = 1, .prefer = {RIG_WLAN}};
	const struct rig_flow *flow;

	start(2);
	ck_assert_int_eq(flowmob_policy_add_rule(rig.policy, &rule), 0);
	rig_stream(&rig, 1, 1, 100);
	rig_detach(&rig, &wlan);
	flow = rig_flow(&rig, 1, 1);
	ck_assert_uint_eq(flow->placed.place.tunnel, 2);
	rig_attach(&rig, &wlan);
	rig_pass(&rig, 4 * RIG_S);
	ck_assert_uint_eq(flow->placed.place.tunnel, 2);
	ck_assert_uint_eq(rig.moves, 1);
	rig_pass(&rig, 16 * RIG_S);
	ck_assert_uint_eq(flow->placed.place.tunnel, 1);
}
END_TEST

static void two_flows(struct flowmob_manager_config *config)
{
	ck_assert_int_eq(flowmob_manager_config_set_max_flows(config, 2), 0);
}

/* The LMA steers what nobody would ever end. */
START_TEST(listed_flow_without_room_is_ended) /* FMP-7, FMP-12 */
{
	struct flowmob_flow_info info = {.size = sizeof(info)};
	struct flowmob_attachment at = attachment(1);

	rig_init(&rig, two_flows);
	rig_attach(&rig, &at);
	for (uint16_t n = 0; n < 3; n++)
		rig.flow[rig.flow_count++] = (struct rig_flow){.placed = {{50 + n, 1}, rig_packet(1, n).flow}};
	rig_connect(&rig);
	ck_assert_uint_eq(rig.dels, 1);
	ck_assert_uint_eq(rig.last.u.flow_id, 52);
	ck_assert_uint_eq(rig.flow_count, 2);
	ck_assert_int_eq(flowmob_manager_get_flow(rig.manager, &info, 51), 0);
	ck_assert_uint_eq(flowmob_manager_get_counter(rig.manager, FLOWMOB_MANAGER_FULL), 1);
}
END_TEST

START_TEST(flow_listed_twice_is_ended_once) /* FMP-7, FMP-12 */
{
	struct flowmob_flow_info info = {.size = sizeof(info)};
	struct flowmob_attachment at = attachment(1);

	rig_init(&rig, NULL);
	rig_attach(&rig, &at);
	for (uint32_t id = 50; id <= 51; id++)
		rig.flow[rig.flow_count++] = (struct rig_flow){.placed = {{id, 1}, rig_packet(1, 1).flow}};
	rig_connect(&rig);
	ck_assert_uint_eq(rig.dels, 1);
	ck_assert_uint_eq(rig.last.u.flow_id, 51);
	ck_assert_int_eq(flowmob_manager_get_flow(rig.manager, &info, 50), 0);
}
END_TEST

/* The other side chooses the ids. Where they were their own hash these would stand in one run, and each find would walk it. */
START_TEST(chosen_ids_make_no_run)
{
	struct flowmob_attachment at = attachment(1);
	const struct pmip__htable *table;
	size_t run = 0, longest = 0;

	rig_init(&rig, NULL);
	rig_attach(&rig, &at);
	for (uint32_t n = 0; n < RIG_MAX; n++)
		rig.flow[rig.flow_count++] = (struct rig_flow){.placed = {{(n + 1) << 16, 1}, rig_packet(1, (uint16_t)n).flow}};
	rig_connect(&rig);
	table = &rig.manager->by_id;
	ck_assert_uint_eq(table->count, RIG_MAX);
	for (size_t i = 0; i < table->in.cap; i++) {
		run = table->in.slots[i].entry ? run + 1 : 0;
		longest = run > longest ? run : longest;
	}
	ck_assert_uint_lt(longest, 64);
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {
		last_attachment_of_a_node_without_flows,
		flows_of_a_lost_attachment_do_not_all_go_to_one_tunnel,
		flow_of_a_lost_attachment_stays_5_s_where_it_came_to,
		listed_flow_without_room_is_ended,
		flow_listed_twice_is_ended_once,
		chosen_ids_make_no_run,
		NULL,
	};

	return unit_run_fixture("flowmob_manager_bindings", tests, NULL, teardown);
}
