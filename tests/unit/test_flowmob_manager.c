/* SPDX-License-Identifier: BSD-2-Clause */
/* Flows of the manager: asked for, known, moved and ended on command, and by what the LMA says. */
#include "flowmob_rig.h"

static struct rig rig;

/* Mobile node 1 has a logical interface at tunnels 1 and 2, mobile node 2 one attachment at tunnel 1. */
static void setup(void)
{
	struct flowmob_attachment wlan = rig_attachment(1, 1, RIG_WLAN, FLOWMOB_MODEL_LOGICAL_INTERFACE),
				  lte = rig_attachment(1, 2, RIG_LTE, FLOWMOB_MODEL_LOGICAL_INTERFACE),
				  single = rig_attachment(2, 1, RIG_WLAN, FLOWMOB_MODEL_LOGICAL_INTERFACE);

	rig_init(&rig, NULL);
	rig_attach(&rig, &wlan);
	rig_attach(&rig, &lte);
	rig_attach(&rig, &single);
	rig_connect(&rig);
}

static void teardown(void)
{
	rig_fini(&rig);
}

static uint64_t counter(enum flowmob_manager_counter which)
{
	return flowmob_manager_get_counter(rig.manager, which);
}

static struct flowmob_flow_event last_event(void)
{
	ck_assert_uint_gt(rig.event_count, 0);
	return rig.event[(rig.event_count - 1) % RIG_MAX];
}

START_TEST(unknown_flow_is_asked_for_and_marked) /* FMP-1, FMP-2 */
{
	uint64_t handle = rig_send(&rig, 1, 5000);
	struct flowmob_packet packet = rig_packet(1, 5000);

	ck_assert_uint_eq(rig.adds, 1);
	ck_assert(pmip_flow_equal(&rig.last.u.flow, &packet.flow));
	ck_assert_int_eq(rig_verdict(&rig, handle), 1);
	ck_assert_uint_eq(last_event().flow_id, 100);
	ck_assert_uint_eq(last_event().tunnel, 1);
	ck_assert_uint_eq(last_event().old_tunnel, 0);
	ck_assert_int_eq(last_event().reason, FLOWMOB_REASON_PACKET);
}
END_TEST

START_TEST(flow_to_nobody_passes_unmarked) /* FMP-1, FMP-2 */
{
	uint64_t handle = rig_send(&rig, 77, 5000);

	ck_assert_uint_eq(rig.adds, 1);
	ck_assert_int_eq(rig_verdict(&rig, handle), 0);
	/* It is not asked for with each packet, but again after a while. */
	ck_assert_int_eq(rig_verdict(&rig, rig_send(&rig, 77, 5000)), 0);
	ck_assert_uint_eq(rig.adds, 1);
	rig_pass(&rig, 2 * RIG_S);
	rig_send(&rig, 77, 5000);
	ck_assert_uint_eq(rig.adds, 2);
	ck_assert_uint_eq(rig.event_count, 0);
}
END_TEST

START_TEST(packets_wait_for_one_answer) /* FMP-2 */
{
	uint64_t handle[20];

	rig.silent = true;
	for (size_t i = 0; i < 20; i++) {
		handle[i] = rig_send(&rig, 1, 5000);
		ck_assert_int_eq(rig_verdict(&rig, handle[i]), i < 16 ? PMIP_ERR_NOENT : 0);
	}
	ck_assert_uint_eq(rig.kept_count, 1);
	rig_pass(&rig, 499 * RIG_MS);
	ck_assert_int_eq(rig_verdict(&rig, handle[0]), PMIP_ERR_NOENT);
	rig_answer(&rig);
	for (size_t i = 0; i < 16; i++)
		ck_assert_int_eq(rig_verdict(&rig, handle[i]), 1);
	/* In the order in which they came. */
	for (size_t i = 1; i < rig.verdict_count; i++)
		if (rig.verdict[i - 1].tunnel)
			ck_assert_uint_gt(rig.verdict[i].handle, rig.verdict[i - 1].handle);
	ck_assert_uint_eq(counter(FLOWMOB_MANAGER_UNANSWERED), 0);
}
END_TEST

START_TEST(no_answer_in_500_ms_is_an_empty_one) /* FMP-2 */
{
	uint64_t handle;

	rig.silent = true;
	handle = rig_send(&rig, 1, 5000);
	rig_pass(&rig, 500 * RIG_MS);
	ck_assert_int_eq(rig_verdict(&rig, handle), 0);
	ck_assert_uint_eq(counter(FLOWMOB_MANAGER_UNANSWERED), 1);
	/* Still asked for: no second ADD, and nobody waits. */
	ck_assert_int_eq(rig_verdict(&rig, rig_send(&rig, 1, 5000)), 0);
	ck_assert_uint_eq(rig.kept_count, 1);
	/* A late answer counts. */
	rig_answer(&rig);
	ck_assert_int_eq(rig_verdict(&rig, rig_send(&rig, 1, 5000)), 1);
	ck_assert_uint_eq(rig.adds, 1);
}
END_TEST

START_TEST(answer_that_nobody_waits_for_is_undone) /* FMP-2, FMP-7 */
{
	rig.silent = true;
	rig_send(&rig, 1, 5000);
	rig_pass(&rig, 11 * RIG_S);
	rig_answer(&rig);
	ck_assert_uint_eq(rig.dels, 1);
	ck_assert_uint_eq(rig.flow_count, 0);
	ck_assert_uint_eq(rig.event_count, 0);
	ck_assert_int_eq(rig_verdict(&rig, rig_send(&rig, 1, 5000)), 1);
}
END_TEST

START_TEST(known_flow_is_marked_without_the_lma) /* FMP-3 */
{
	rig_send(&rig, 1, 5000);
	rig.silent = true;
	ck_assert_int_eq(rig_verdict(&rig, rig_send(&rig, 1, 5000)), 1);
	ck_assert_uint_eq(rig.kept_count, 0);
	ck_assert_uint_eq(rig.adds, 1);
}
END_TEST

START_TEST(flow_stays_one_when_its_label_changes) /* FMP-3 */
{
	struct flowmob_packet packet = rig_packet(1, 5000);

	rig_send(&rig, 1, 5000);
	packet.flow.label = 0xabcde;
	ck_assert_int_eq(flowmob_manager_input_packet(rig.manager, &packet, 999999, rig.now), 0);
	rig_drain(&rig);
	ck_assert_int_eq(rig_verdict(&rig, 999999), 1);
	ck_assert_uint_eq(rig.adds, 1);
}
END_TEST

START_TEST(signalling_and_later_fragments_are_no_flows) /* FMC-4 */
{
	struct flowmob_packet packet = rig_packet(1, 5000);

	packet.is_signalling = true;
	ck_assert_int_eq(flowmob_manager_input_packet(rig.manager, &packet, 999998, rig.now), 0);
	packet = rig_packet(1, 5000);
	packet.is_fragment = true;
	ck_assert_int_eq(flowmob_manager_input_packet(rig.manager, &packet, 999999, rig.now), 0);
	rig_drain(&rig);
	ck_assert_int_eq(rig_verdict(&rig, 999998), 0);
	ck_assert_int_eq(rig_verdict(&rig, 999999), 0);
	ck_assert_uint_eq(rig.adds, 0);
}
END_TEST

START_TEST(later_fragments_go_where_the_first_went) /* FMC-3 */
{
	struct flowmob_packet packet = rig_packet(1, 5000);

	rig_send(&rig, 1, 5000);
	packet.is_fragment = packet.is_first_fragment = true;
	packet.fragment_id = 77;
	ck_assert_int_eq(flowmob_manager_input_packet(rig.manager, &packet, 999997, rig.now), 0);
	packet.is_first_fragment = false;
	packet.flow.src_port = packet.flow.dst_port = 0;
	packet.fragment_offset = 8;
	ck_assert_int_eq(flowmob_manager_input_packet(rig.manager, &packet, 999998, rig.now), 0);
	packet.fragment_id = 78;
	ck_assert_int_eq(flowmob_manager_input_packet(rig.manager, &packet, 999999, rig.now), 0);
	rig_drain(&rig);
	ck_assert_int_eq(rig_verdict(&rig, 999997), 1);
	ck_assert_int_eq(rig_verdict(&rig, 999998), 1);
	ck_assert_int_eq(rig_verdict(&rig, 999999), 0);
	ck_assert_uint_eq(rig.adds, 1);
}
END_TEST

START_TEST(operator_moves_a_flow) /* FMP-4, FMP-9 */
{
	uint32_t id = rig_stream(&rig, 1, 5000, 0);

	ck_assert_int_eq(flowmob_manager_move_flow(rig.manager, id, 0, 41, rig.now), 0);
	rig_drain(&rig);
	ck_assert_uint_eq(rig.last.u.move.in_use.tunnel, 1);
	ck_assert_uint_eq(rig.last.u.move.wanted, 0);
	ck_assert_uint_eq(rig.results, 1);
	ck_assert_uint_eq(rig.result.u.result.command, 41);
	ck_assert_int_eq(rig.result.u.result.err, 0);
	ck_assert_uint_eq(rig.result.u.result.status, FLOWMOB_FMP_OK);
	ck_assert_uint_eq(rig.result.u.result.place.tunnel, 2);
	ck_assert_uint_eq(last_event().tunnel, 2);
	ck_assert_uint_eq(last_event().old_tunnel, 1);
	ck_assert_int_eq(rig_verdict(&rig, rig_send(&rig, 1, 5000)), 2);
	/* And to the one it names. */
	ck_assert_int_eq(flowmob_manager_move_flow(rig.manager, id, 1, 42, rig.now), 0);
	rig_drain(&rig);
	ck_assert_uint_eq(rig.result.u.result.place.tunnel, 1);
}
END_TEST

START_TEST(flow_stays_until_the_move_is_confirmed) /* FMP-14: when the table follows */
{
	uint32_t id = rig_stream(&rig, 1, 5000, 0);

	rig.silent = true;
	ck_assert_int_eq(flowmob_manager_move_flow(rig.manager, id, 2, 41, rig.now), 0);
	rig_drain(&rig);
	ck_assert_int_eq(flowmob_manager_move_flow(rig.manager, id, 2, 42, rig.now), PMIP_ERR_EXIST);
	rig_pass(&rig, 5 * RIG_S);
	ck_assert_int_eq(rig_verdict(&rig, rig_send(&rig, 1, 5000)), 1);
	ck_assert_uint_eq(rig.results, 0);
	rig_answer(&rig);
	ck_assert_int_eq(rig_verdict(&rig, rig_send(&rig, 1, 5000)), 2);
	ck_assert_uint_eq(rig.results, 1);
}
END_TEST

START_TEST(move_without_another_tunnel_changes_nothing) /* FMP-4 */
{
	uint32_t id = rig_stream(&rig, 2, 5000, 0);
	size_t events = rig.event_count;

	ck_assert_int_eq(flowmob_manager_move_flow(rig.manager, id, 0, 41, rig.now), 0);
	rig_drain(&rig);
	ck_assert_uint_eq(rig.result.u.result.status, FLOWMOB_FMP_NO_TUNNEL);
	ck_assert_uint_eq(rig.result.u.result.place.tunnel, 1);
	ck_assert_uint_eq(rig.event_count, events);
	ck_assert_int_eq(rig_verdict(&rig, rig_send(&rig, 2, 5000)), 1);
	ck_assert_uint_eq(counter(FLOWMOB_MANAGER_MOVE_FAILED), 1);
}
END_TEST

START_TEST(stale_move_tells_where_the_flow_is) /* FMP-6 */
{
	uint32_t id = rig_stream(&rig, 1, 5000, 0);

	rig_flow(&rig, 1, 5000)->placed.place.tunnel = 2;
	ck_assert_int_eq(flowmob_manager_move_flow(rig.manager, id, 2, 41, rig.now), 0);
	rig_drain(&rig);
	ck_assert_uint_eq(rig.result.u.result.status, FLOWMOB_FMP_STALE);
	ck_assert_uint_eq(rig.result.u.result.place.tunnel, 2);
	ck_assert_int_eq(rig_verdict(&rig, rig_send(&rig, 1, 5000)), 2);
	ck_assert_int_eq(last_event().reason, FLOWMOB_REASON_LMA);
}
END_TEST

START_TEST(unanswered_move_is_told_and_may_be_answered_late) /* FMP-4, FMP-9 */
{
	uint32_t id = rig_stream(&rig, 1, 5000, 0);

	rig.silent = true;
	ck_assert_int_eq(flowmob_manager_move_flow(rig.manager, id, 2, 41, rig.now), 0);
	rig_drain(&rig);
	rig_pass(&rig, 11 * RIG_S);
	ck_assert_uint_eq(rig.results, 1);
	ck_assert_int_eq(rig.result.u.result.err, PMIP_ERR_AGAIN);
	ck_assert_uint_eq(rig.result.u.result.place.tunnel, 1);
	rig_answer(&rig);
	ck_assert_int_eq(rig_verdict(&rig, rig_send(&rig, 1, 5000)), 2);
	ck_assert_uint_eq(rig.results, 1);
}
END_TEST

START_TEST(move_of_a_flow_the_lma_has_forgotten_ends_it) /* FMP-4, FMP-7 */
{
	uint32_t id = rig_stream(&rig, 1, 5000, 0);

	rig.flow_count = 0;
	ck_assert_int_eq(flowmob_manager_move_flow(rig.manager, id, 2, 41, rig.now), 0);
	rig_drain(&rig);
	ck_assert_uint_eq(rig.result.u.result.status, FLOWMOB_FMP_NOENT);
	ck_assert_uint_eq(last_event().tunnel, 0);
	rig_send(&rig, 1, 5000);
	ck_assert_uint_eq(rig.adds, 2);
}
END_TEST

START_TEST(operator_adds_and_deletes_a_flow) /* FMP-7, FMP-9 */
{
	struct flowmob_packet packet = rig_packet(1, 5000);
	struct flowmob_flow_info info = {.size = sizeof(info)};

	ck_assert_int_eq(flowmob_manager_add_flow(rig.manager, &packet.flow, 51, rig.now), 0);
	rig_drain(&rig);
	ck_assert_uint_eq(rig.result.u.result.command, 51);
	ck_assert_uint_eq(rig.result.u.result.place.flow_id, 100);
	ck_assert_int_eq(last_event().reason, FLOWMOB_REASON_OPERATOR);
	ck_assert_int_eq(flowmob_manager_add_flow(rig.manager, &packet.flow, 52, rig.now), PMIP_ERR_EXIST);
	ck_assert_int_eq(flowmob_manager_get_flow(rig.manager, &info, 100), 0);
	ck_assert_int_eq(flowmob_manager_del_flow(rig.manager, 100, rig.now), 0);
	rig_drain(&rig);
	ck_assert_uint_eq(rig.dels, 1);
	ck_assert_uint_eq(rig.flow_count, 0);
	ck_assert_uint_eq(last_event().tunnel, 0);
	ck_assert_uint_eq(last_event().old_tunnel, 1);
	ck_assert_int_eq(flowmob_manager_get_flow(rig.manager, &info, 100), PMIP_ERR_NOENT);
	ck_assert_int_eq(flowmob_manager_del_flow(rig.manager, 100, rig.now), PMIP_ERR_NOENT);
	/* To nobody: the result is an empty place. */
	packet = rig_packet(77, 5000);
	ck_assert_int_eq(flowmob_manager_add_flow(rig.manager, &packet.flow, 53, rig.now), 0);
	rig_drain(&rig);
	ck_assert_uint_eq(rig.result.u.result.command, 53);
	ck_assert_uint_eq(rig.result.u.result.place.flow_id, 0);
	ck_assert_int_eq(flowmob_manager_add_flow(rig.manager, &packet.flow, 0, rig.now), PMIP_ERR_INVALID);
}
END_TEST

START_TEST(flows_are_listed) /* FMP-9 */
{
	struct flowmob_flow_info info = {.size = sizeof(info)};
	size_t cursor = 0;
	uint32_t seen = 0;

	for (uint16_t port = 1; port <= 5; port++)
		rig_send(&rig, 1, port);
	rig.silent = true;
	rig_send(&rig, 1, 6);
	while (flowmob_manager_next_flow(rig.manager, &cursor, &info) == 1) {
		ck_assert_uint_eq(info.flow_id, cursor);
		ck_assert_uint_eq(info.tunnel, 1);
		ck_assert_uint_eq(info.octets, 1000);
		ck_assert_uint_eq(info.mn_id.len, 5);
		seen |= 1u << info.flow.dst_port;
	}
	ck_assert_uint_eq(seen, 0x3e);
	cursor = 4711;
	ck_assert_int_eq(flowmob_manager_next_flow(rig.manager, &cursor, &info), 0);
}
END_TEST

START_TEST(lma_moves_and_deletes_a_flow) /* FMP-7 */
{
	struct flowmob_fmp event = {.op = FLOWMOB_FMP_FLOW_MOVED};

	event.u.place = (struct flowmob_place){rig_stream(&rig, 1, 5000, 0), 2};
	rig_say(&rig, &event);
	ck_assert_int_eq(last_event().reason, FLOWMOB_REASON_LMA);
	ck_assert_int_eq(rig_verdict(&rig, rig_send(&rig, 1, 5000)), 2);
	event = (struct flowmob_fmp){.op = FLOWMOB_FMP_FLOW_GONE, .u.flow_id = event.u.place.flow_id};
	rig_say(&rig, &event);
	ck_assert_uint_eq(last_event().tunnel, 0);
	ck_assert_uint_eq(rig.dels, 0);
	/* One that is not known is no error. */
	rig_say(&rig, &event);
	ck_assert_uint_eq(rig.disconnects, 0);
}
END_TEST

START_TEST(idle_flow_is_deleted) /* FMP-10 */
{
	rig_send(&rig, 1, 5000);
	rig_send(&rig, 1, 5001);
	rig_pass(&rig, 30 * RIG_S);
	rig_send(&rig, 1, 5001);
	rig_pass(&rig, 30 * RIG_S);
	ck_assert_uint_eq(rig.dels, 1);
	ck_assert_ptr_null(rig_flow(&rig, 1, 5000));
	ck_assert_ptr_nonnull(rig_flow(&rig, 1, 5001));
	ck_assert_int_eq(last_event().reason, FLOWMOB_REASON_IDLE);
	ck_assert_uint_eq(counter(FLOWMOB_MANAGER_IDLE), 1);
}
END_TEST

START_TEST(counted_packets_keep_a_flow) /* FMP-10 */
{
	uint32_t id = rig_stream(&rig, 1, 5000, 10);

	rig_pass(&rig, 100 * RIG_S);
	ck_assert_uint_eq(rig.dels, 0);
	rig_flow(&rig, 1, 5000)->pps = 0;
	rig_pass(&rig, 61 * RIG_S);
	ck_assert_uint_eq(rig.dels, 1);
	ck_assert_int_eq(flowmob_manager_add_flow_octets(rig.manager, id, 1, rig.now), PMIP_ERR_NOENT);
}
END_TEST

static void few(struct flowmob_manager_config *config)
{
	ck_assert_int_eq(flowmob_manager_config_set_max_flows(config, 3), 0);
	ck_assert_int_eq(flowmob_manager_config_set_max_pending(config, 2), 0);
	ck_assert_int_eq(flowmob_manager_config_set_max_attachments(config, 2), 0);
}

START_TEST(what_is_too_much_passes_unmarked) /* FMP-2 */
{
	struct flowmob_attachment third = rig_attachment(3, 3, RIG_LTE, FLOWMOB_MODEL_WEAK_HOST);

	rig_fini(&rig);
	rig_init(&rig, few);
	rig.attachment[rig.attachment_count++] = rig_attachment(1, 1, RIG_WLAN, FLOWMOB_MODEL_LOGICAL_INTERFACE);
	rig.attachment[rig.attachment_count++] = rig_attachment(1, 2, RIG_LTE, FLOWMOB_MODEL_LOGICAL_INTERFACE);
	rig_connect(&rig);
	rig_attach(&rig, &third);
	ck_assert_uint_eq(counter(FLOWMOB_MANAGER_FULL), 1);
	rig.silent = true;
	rig_send(&rig, 1, 1);
	rig_send(&rig, 1, 2);
	ck_assert_int_eq(rig_verdict(&rig, rig_send(&rig, 1, 3)), 0);
	ck_assert_uint_eq(rig.kept_count, 2);
	rig_answer(&rig);
	rig_send(&rig, 1, 3);
	ck_assert_int_eq(rig_verdict(&rig, rig_send(&rig, 1, 4)), 0);
	ck_assert_int_eq(rig_verdict(&rig, rig_send(&rig, 1, 3)), 1);
	ck_assert_uint_eq(counter(FLOWMOB_MANAGER_FULL), 3);
	/* Moves are requests too. */
	rig.silent = true;
	ck_assert_int_eq(flowmob_manager_move_flow(rig.manager, 100, 2, 1, rig.now), 0);
	ck_assert_int_eq(flowmob_manager_move_flow(rig.manager, 101, 2, 1, rig.now), 0);
	ck_assert_int_eq(flowmob_manager_move_flow(rig.manager, 102, 2, 1, rig.now), PMIP_ERR_FULL);
	ck_assert_int_eq(flowmob_manager_move_flow(rig.manager, 102, 2, 0, rig.now), PMIP_ERR_INVALID);
	rig_drain(&rig);
	rig_answer(&rig);
	ck_assert_int_eq(rig_verdict(&rig, rig_send(&rig, 1, 1)), 2);
	ck_assert_int_eq(rig_verdict(&rig, rig_send(&rig, 1, 3)), 1);
}
END_TEST

START_TEST(names)
{
	for (int i = 0; i < FLOWMOB_MANAGER_COUNTERS; i++)
		ck_assert_ptr_nonnull(flowmob_manager_counter_name((enum flowmob_manager_counter)i));
	ck_assert_ptr_null(flowmob_manager_counter_name(FLOWMOB_MANAGER_COUNTERS));
	for (int i = FLOWMOB_REASON_PACKET; i <= FLOWMOB_REASON_TUNNEL_DOWN; i++)
		ck_assert_ptr_nonnull(flowmob_reason_name((enum flowmob_reason)i));
	ck_assert_ptr_null(flowmob_reason_name(0));
}
END_TEST

START_TEST(settings_have_bounds)
{
	struct flowmob_manager_config *c = rig.config;

	ck_assert_int_eq(flowmob_manager_config_set_max_flows(c, 0), PMIP_ERR_INVALID);
	ck_assert_int_eq(flowmob_manager_config_set_max_pending(c, 65001), PMIP_ERR_INVALID);
	ck_assert_int_eq(flowmob_manager_config_set_max_attachments(c, 0), PMIP_ERR_INVALID);
	ck_assert_int_eq(flowmob_manager_config_set_flow_idle_timeout(c, 86401), PMIP_ERR_INVALID);
	ck_assert_int_eq(flowmob_manager_config_set_period(c, 99), PMIP_ERR_INVALID);
	ck_assert_int_eq(flowmob_manager_config_set_congestion(c, 0, 20), PMIP_ERR_INVALID);
	ck_assert_int_eq(flowmob_manager_config_set_congestion(c, 50, 0), PMIP_ERR_INVALID);
	ck_assert_int_eq(flowmob_manager_config_set_hysteresis(c, 0), PMIP_ERR_INVALID);
	ck_assert_int_eq(flowmob_manager_config_set_utc_offset(c, 1441), PMIP_ERR_INVALID);
	ck_assert_int_eq(flowmob_manager_config_set_utc_offset(c, -1440), 0);
}
END_TEST

START_TEST(time_does_not_go_back)
{
	struct pmip_now before = {rig.now.mono_us - 1, 0};
	struct flowmob_packet packet = rig_packet(1, 1);

	rig_send(&rig, 1, 1);
	ck_assert_int_eq(flowmob_manager_input_packet(rig.manager, &packet, 1, before), PMIP_ERR_TIME);
	ck_assert_int_eq(flowmob_manager_handle_timeout(rig.manager, before), PMIP_ERR_TIME);
	ck_assert_int_eq(flowmob_manager_evaluate(rig.manager, before), PMIP_ERR_TIME);
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {
		unknown_flow_is_asked_for_and_marked,
		flow_to_nobody_passes_unmarked,
		packets_wait_for_one_answer,
		no_answer_in_500_ms_is_an_empty_one,
		answer_that_nobody_waits_for_is_undone,
		known_flow_is_marked_without_the_lma,
		flow_stays_one_when_its_label_changes,
		signalling_and_later_fragments_are_no_flows,
		later_fragments_go_where_the_first_went,
		operator_moves_a_flow,
		flow_stays_until_the_move_is_confirmed,
		move_without_another_tunnel_changes_nothing,
		stale_move_tells_where_the_flow_is,
		unanswered_move_is_told_and_may_be_answered_late,
		move_of_a_flow_the_lma_has_forgotten_ends_it,
		operator_adds_and_deletes_a_flow,
		flows_are_listed,
		lma_moves_and_deletes_a_flow,
		idle_flow_is_deleted,
		counted_packets_keep_a_flow,
		what_is_too_much_passes_unmarked,
		names,
		settings_have_bounds,
		time_does_not_go_back,
		NULL,
	};

	return unit_run_fixture("flowmob_manager", tests, setup, teardown);
}
