/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The manager and an LMA end to end, in simulated time: connections that break, load that comes and goes, and memory that runs out at each
 * place in turn. Through all of it what the manager believes and what the LMA steers is the same whenever both are at rest.
 */
#include "flowmob_rig.h"

#include "libflowmob/manager.h"

#include <stdlib.h>

static struct rig rig;

static void teardown(void)
{
	rig_fini(&rig);
}

/* Two mobile nodes, with a logical interface at tunnels 1, 2 and as a weak host at tunnels 1, 3. */
static void attach(void)
{
	const struct flowmob_attachment all[] = {
		rig_attachment(1, 1, RIG_WLAN, FLOWMOB_MODEL_LOGICAL_INTERFACE),
		rig_attachment(1, 2, RIG_LTE, FLOWMOB_MODEL_LOGICAL_INTERFACE),
		rig_attachment(2, 1, RIG_WLAN, FLOWMOB_MODEL_WEAK_HOST),
		rig_attachment(12, 3, RIG_LTE, FLOWMOB_MODEL_WEAK_HOST),
	};

	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++)
		rig_attach(&rig, &all[i]);
}

/* Both know the same flows in the same places. */
static void agrees(void)
{
	struct flowmob_flow_info info = {.size = sizeof(info)};
	size_t cursor = 0, count = 0;

	while (flowmob_manager_next_flow(rig.manager, &cursor, &info) == 1)
		count++;
	ck_assert_uint_eq(count, rig.flow_count);
	ck_assert_uint_eq(rig.manager->held, 0);
	ck_assert_uint_eq(rig.manager->commands, 0);
	ck_assert_uint_eq(rig.manager->by_request.count, 0);
	for (size_t i = 0; i < rig.flow_count; i++) {
		ck_assert_int_eq(flowmob_manager_get_flow(rig.manager, &info, rig.flow[i].placed.place.flow_id), 0);
		ck_assert(pmip_flow_equal(&info.flow, &rig.flow[i].placed.flow));
		ck_assert_uint_eq(info.tunnel, rig.flow[i].placed.place.tunnel);
	}
}

START_TEST(connection_lost_again_and_again) /* FMP-12 */
{
	rig_init(&rig, NULL);
	attach();
	rig_connect(&rig);
	for (uint16_t round = 1; round <= 20; round++) {
		unsigned int n = round % 2 + 1;
		uint64_t waiting;

		rig_stream(&rig, n, round, 50);
		if (round % 3 == 0)
			flowmob_manager_move_flow(rig.manager, rig_flow(&rig, n, round)->placed.place.flow_id, 0, round, rig.now);
		rig_drain(&rig);
		rig_pass(&rig, round * 100 * RIG_MS);
		agrees();
		/* Broken while something is asked for that the LMA has heard, or not. */
		rig.silent = true;
		waiting = rig_send(&rig, n, (uint16_t)(1000 + round));
		ck_assert_int_eq(rig_verdict(&rig, waiting), PMIP_ERR_NOENT);
		if (round % 4 == 0)
			rig.flow_count = 0;
		rig.silent = false;
		rig_break(&rig);
		ck_assert_int_eq(rig_verdict(&rig, waiting), 0);
		rig_pass(&rig, 2 * RIG_S);
		ck_assert(flowmob_manager_is_ready(rig.manager));
		agrees();
	}
	/* What nobody sends any more ends on both sides. */
	for (size_t i = 0; i < rig.flow_count; i++)
		rig.flow[i].pps = 0;
	rig_pass(&rig, 62 * RIG_S);
	ck_assert_uint_eq(rig.flow_count, 0);
	agrees();
}
END_TEST

/* Load that swings: flows of 10, 20 ... packets a second, and tunnels whose capacity halves and doubles with this period, tunnel 2 when
 * tunnel 1 does not. */
static unsigned int swing(uint64_t period_s)
{
	rig_init(&rig, NULL);
	attach();
	rig_connect(&rig);
	for (uint16_t port = 1; port <= 4; port++)
		rig_stream(&rig, 1, port, 10u * port);
	rig_pass(&rig, 10 * RIG_S);
	for (uint64_t second = 0; second < 600; second++) {
		bool odd = second / period_s % 2;

		rig.capacity[1] = odd ? 30 : 200;
		rig.capacity[2] = odd ? 200 : 30;
		rig_pass(&rig, RIG_S);
	}
	agrees();
	return rig.moves;
}

START_TEST(no_flapping_in_ten_minutes) /* FMP-10 */
{
	static const uint64_t periods_s[] = {1, 2, 3, 7, 15, 40, 120};

	for (size_t i = 0; i < sizeof(periods_s) / sizeof(periods_s[0]); i++) {
		unsigned int moves;

		if (i > 0)
			rig_fini(&rig);
		moves = swing(periods_s[i]);
		/* Four flows. One that follows each swing as soon as it may makes 120 moves in this time. */
		ck_assert_msg(moves <= 4 * 10, "%u moves with a period of %u s", moves, (unsigned int)periods_s[i]);
		/* But what lasts is answered. */
		if (periods_s[i] >= 40)
			ck_assert_uint_gt(moves, 2);
	}
}
END_TEST

/* A generator of our own, the same everywhere. */
static uint32_t roll(uint32_t sides)
{
	static uint64_t state = 88172645463325252u;

	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return (uint32_t)(state >> 33) % sides;
}

/* The LMA moves or deletes one of its flows of its own accord. */
static void lma_acts(bool moves)
{
	struct rig_flow *flow = &rig.flow[roll((uint32_t)rig.flow_count)];
	struct flowmob_fmp event = {.op = FLOWMOB_FMP_FLOW_GONE, .u.flow_id = flow->placed.place.flow_id};

	if (moves) {
		flow->placed.place.tunnel = 1 + roll(3);
		event = (struct flowmob_fmp){.op = FLOWMOB_FMP_FLOW_MOVED, .u.place = flow->placed.place};
	} else {
		*flow = rig.flow[--rig.flow_count];
	}
	rig_say(&rig, &event);
}

static void live(unsigned int what)
{
	const struct flowmob_attachment come_and_go[] = {
		rig_attachment(1, 1, RIG_WLAN, FLOWMOB_MODEL_LOGICAL_INTERFACE),
		rig_attachment(1, 2, RIG_LTE, FLOWMOB_MODEL_LOGICAL_INTERFACE),
		rig_attachment(12, 3, RIG_LTE, FLOWMOB_MODEL_WEAK_HOST),
	};
	static const unsigned int nodes[] = {1, 2, 12, 77};
	uint32_t n = roll(3);

	if (what < 50) {
		rig_send(&rig, nodes[roll(4)], (uint16_t)(1 + roll(30)));
		if (rig.flow_count)
			rig.flow[roll((uint32_t)rig.flow_count)].pps = roll(60);
	} else if (what < 60) {
		rig_pass(&rig, roll(3000) * RIG_MS);
	} else if (what < 70 && rig.flow_count) {
		flowmob_manager_move_flow(rig.manager, rig.flow[roll((uint32_t)rig.flow_count)].placed.place.flow_id, roll(4), 1, rig.now);
	} else if (what < 75) {
		rig.capacity[1 + roll(3)] = roll(100);
	} else if (what < 80) {
		rig_detach(&rig, &come_and_go[n]);
	} else if (what < 88 && rig.attachment_count < 4) {
		rig_detach(&rig, &come_and_go[n]);
		rig_attach(&rig, &come_and_go[n]);
	} else if (what < 92 && rig.flow_count) {
		lma_acts(what % 2);
	} else if (what < 95) {
		flowmob_manager_set_tunnel_up(rig.manager, 1 + roll(3), roll(2), rig.now);
	} else if (what < 97) {
		rig_break(&rig);
		if (roll(2))
			rig.flow_count = 0;
		rig_pass(&rig, 2 * RIG_S);
	} else if (what < 98) {
		rig.silent = true;
		rig_send(&rig, nodes[roll(4)], (uint16_t)(1 + roll(30)));
		rig_answer(&rig);
	}
	rig_drain(&rig);
}

START_TEST(whatever_happens_both_agree)
{
	rig_init(&rig, NULL);
	attach();
	rig_connect(&rig);
	for (unsigned int i = 0; i < 20000 / unit_one_of(); i++) {
		rig.verdict_count = 0;
		live(roll(100));
		if (i % 16 == 0)
			agrees();
	}
	ck_assert_uint_gt(rig.moves, 1000 / unit_one_of());
	ck_assert_uint_gt(rig.dels, 100 / unit_one_of());
	ck_assert_uint_eq(rig.disconnects, 0);
}
END_TEST

/* All that a manager does, once. */
static void play(void)
{
	const struct flowmob_attachment wlan = rig_attachment(1, 1, RIG_WLAN, FLOWMOB_MODEL_LOGICAL_INTERFACE);
	struct flowmob_fmp event = {.op = FLOWMOB_FMP_FLOW_MOVED};
	struct flowmob_policy_rule lte = {.name = "lte", .mn_id = "mn2@x", .prefer_count = 1, .prefer = {RIG_LTE}};

	rig_init(&rig, NULL);
	ck_assert_int_eq(flowmob_policy_add_rule(rig.policy, &lte), 0);
	attach();
	rig_connect(&rig);
	for (uint16_t port = 1; port <= 40; port++)
		rig_stream(&rig, port % 2 + 1, port, port);
	rig.capacity[1] = 100;
	rig_pass(&rig, 3 * RIG_S);
	rig.silent = true;
	for (uint16_t port = 101; port <= 120; port++)
		rig_send(&rig, 1, port);
	rig_answer(&rig);
	rig_pass(&rig, 10 * RIG_S);
	agrees();
	rig_detach(&rig, &wlan);
	rig_attach(&rig, &wlan);
	/* Into a tunnel that no attachment was told of. */
	event.u.place = rig.flow[0].placed.place = (struct flowmob_place){rig.flow[0].placed.place.flow_id, 7};
	rig_say(&rig, &event);
	agrees();
	rig_break(&rig);
	rig_pass(&rig, 2 * RIG_S);
	ck_assert(flowmob_manager_is_ready(rig.manager));
	agrees();
	rig_pass(&rig, 61 * RIG_S);
	agrees();
}

START_TEST(each_allocation_fails_once)
{
	unsigned int calls;

	play();
	calls = rig.counting.calls;
	ck_assert_uint_gt(calls, 100);
	rig_fini(&rig);
	for (unsigned int n = 1; n <= calls; n += unit_one_of()) {
		rig = (struct rig){.retry = true, .counting = {.fail_at = n, .once = true}};
		play();
		if (n + unit_one_of() <= calls)
			rig_fini(&rig);
	}
}
END_TEST

START_TEST(no_memory_no_manager)
{
	struct flowmob_manager *none = NULL;
	static const uint8_t key[16];
	unsigned int n;

	rig_init(&rig, NULL);
	for (n = 1; unit_no_memory(&rig.counting, n, flowmob_manager_new(&none, rig.config, &rig.mem, key)); n++)
		ck_assert_ptr_null(none);
	ck_assert_uint_gt(n, 2);
	flowmob_manager_free(none);
	flowmob_manager_free(NULL);
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {
		connection_lost_again_and_again,
		no_flapping_in_ten_minutes,
		whatever_happens_both_agree,
		each_allocation_fails_once,
		no_memory_no_manager,
		NULL,
	};

	return unit_run_fixture("flowmob_manager_faults", tests, NULL, teardown);
}
