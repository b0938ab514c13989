/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Which flows are to be moved: those that the policy wants elsewhere, the heaviest one of a congested tunnel in every other period, and on
 * request those whose bit rate has fallen. FMP-10.
 *
 * Against flapping, four things: a flow that was moved stays for a while, twice as long each time it is moved again soon after; a
 * tunnel that is or was just now congested is no target; and what has been asked for counts as load of its target at once, so that not all flows
 * of a period go to the same one; and what a tunnel drops in the period after a flow had to leave it may still be that flow's.
 */
#include "libflowmob/manager.h"

/* How long a flow that is moved again and again stays at most. */
#define HOLD_MAX_US (300 * FLOWMOB__US_PER_S)
/* A flow moved again within so many times its last hold has not found its place. */
#define HOLDS_SOON 4

static bool is_usable(const struct flowmob_manager *manager, const struct flowmob__tunnel *tunnel)
{
	return !tunnel->down && tunnel->calm_us <= manager->last_us;
}

void flowmob__watch_ways(const struct flowmob_manager *manager, const struct flowmob__flow *flow, struct flowmob__ways *ways, struct pmip_now now)
{
	const struct flowmob__node *node = flow->node;

	ways->input = (struct flowmob_policy_input){
		.application = flow->application, .mn_id = node->mn_id, .ways = ways->way, .tunnel = flow->tunnel->id};
	flowmob_policy_set_time(&ways->input, now.wall_us, manager->config.utc_offset_min);
	for (const struct pmip__list *link = node->attachments.next; link != &node->attachments; link = link->next) {
		const struct flowmob__attachment *attachment = PMIP__CONTAINER(link, struct flowmob__attachment, of_node);
		const struct flowmob__tunnel *tunnel = attachment->tunnel;

		ways->way[ways->input.way_count++] = (struct flowmob_policy_way){
			tunnel->id, attachment->att, is_usable(manager, tunnel), tunnel->drop_permille, tunnel->rate_bps};
	}
}

/* A tunnel that a flow could go to. */
struct choice {
	struct flowmob__tunnel *tunnel; /* NULL = none */
	bool usable;
	bool home; /* the attachment there has the flow's destination */
};

static bool has_destination(const struct flowmob__attachment *attachment, const struct flowmob__flow *flow)
{
	for (unsigned int i = 0; i < attachment->prefix_count; i++)
		if (pmip_prefix_contains(&attachment->prefix[i], &flow->entry->flow.dst))
			return true;
	return false;
}

static bool is_better(const struct choice *a, const struct choice *b)
{
	if (!b->tunnel || a->usable != b->usable)
		return !b->tunnel || a->usable;
	if (a->home != b->home)
		return a->home;
	return a->tunnel->rate_bps < b->tunnel->rate_bps;
}

/* Of the other tunnels of its mobile node. Who has to leave goes where its address is, and even to one that was just now congested. */
static struct flowmob__tunnel *least_loaded(const struct flowmob_manager *manager, const struct flowmob__flow *flow, bool forced)
{
	struct choice best = {NULL, false, false};

	for (const struct pmip__list *link = flow->node->attachments.next; link != &flow->node->attachments; link = link->next) {
		const struct flowmob__attachment *attachment = PMIP__CONTAINER(link, struct flowmob__attachment, of_node);
		struct choice choice = {attachment->tunnel, is_usable(manager, attachment->tunnel), forced && has_destination(attachment, flow)};

		if (choice.tunnel == flow->tunnel || choice.tunnel->down || (!choice.usable && !forced))
			continue;
		if (is_better(&choice, &best))
			best = choice;
	}
	return best.tunnel;
}

/* FMP-10c. The policy's word first, then the tunnel that carries least. */
struct flowmob__tunnel *flowmob__watch_target(const struct flowmob_manager *manager, const struct flowmob__flow *flow, bool forced,
					      struct pmip_now now)
{
	struct flowmob_policy_decision decision = {FLOWMOB_POLICY_NONE, 0, NULL};
	struct flowmob__ways ways;

	if (!flow->node)
		return NULL;
	if (manager->policy) {
		flowmob__watch_ways(manager, flow, &ways, now);
		flowmob_policy_decide(manager->policy, &decision, &ways.input);
	}
	if (decision.verdict == FLOWMOB_POLICY_STAY && !forced)
		return NULL;
	if (decision.verdict == FLOWMOB_POLICY_USE && decision.tunnel != flow->tunnel->id)
		return flowmob__nodes_tunnel(&manager->nodes, decision.tunnel);
	return least_loaded(manager, flow, forced);
}

/* FMP-10c. */
static bool is_movable(const struct flowmob_manager *manager, const struct flowmob__flow *flow)
{
	return !flow->request && flow->movable_us <= manager->last_us;
}

static void hold(struct flowmob_manager *manager, struct flowmob__flow *flow)
{
	uint64_t least_us = manager->config.hysteresis_ms * FLOWMOB__US_PER_MS;

	/* Without a hold there was only a move by hand. */
	if (flow->hold_us && manager->last_us < flow->movable_us + (HOLDS_SOON - 1) * flow->hold_us)
		flow->hold_us = 2 * flow->hold_us < HOLD_MAX_US ? 2 * flow->hold_us : HOLD_MAX_US;
	else
		flow->hold_us = least_us;
	flow->movable_us = manager->last_us + flow->hold_us;
}

int flowmob__watch_move(struct flowmob_manager *manager, struct flowmob__flow *flow, struct flowmob__tunnel *target,
			enum flowmob_reason wish)
{
	uint64_t rate = flowmob__rate_of(manager, flow);
	int err = flowmob__manager_reserve(manager, 1);

	if (!err)
		err = flowmob__flow_move(manager, flow, target->id, wish);
	if (err)
		return err;
	hold(manager, flow);
	target->rate_bps += rate;
	flow->tunnel->rate_bps -= rate < flow->tunnel->rate_bps ? rate : flow->tunnel->rate_bps;
	return 0;
}

/* One that there are too many requests for stays. */
static int move(struct flowmob_manager *manager, struct flowmob__flow *flow, struct flowmob__tunnel *target, enum flowmob_reason wish)
{
	int err = flowmob__watch_move(manager, flow, target, wish);

	return err == PMIP_ERR_FULL ? 0 : err;
}

/* Before all that have been asked for. */
void flowmob__watch_ask_soon(struct flowmob_manager *manager, struct flowmob__flow *flow)
{
	flow->asked_us = flow->asked_policy = 0;
	pmip__list_del(&flow->to_ask);
	pmip__list_add_tail(manager->to_ask.next, &flow->to_ask);
}

int flowmob__watch_policy(struct flowmob_manager *manager, struct flowmob__flow *flow, struct pmip_now now)
{
	struct flowmob_policy_decision decision;
	struct flowmob__tunnel *target;
	struct flowmob__ways ways;

	if (!manager->policy || !is_movable(manager, flow))
		return 0;
	flow->asked_us = now.mono_us;
	flow->asked_policy = manager->policies;
	pmip__list_del(&flow->to_ask);
	pmip__list_add_tail(&manager->to_ask, &flow->to_ask);
	if (!flow->node || flow->by_hand)
		return 0;
	flowmob__watch_ways(manager, flow, &ways, now);
	flowmob_policy_decide(manager->policy, &decision, &ways.input);
	if (decision.verdict != FLOWMOB_POLICY_USE || decision.tunnel == flow->tunnel->id)
		return 0;
	target = flowmob__nodes_tunnel(&manager->nodes, decision.tunnel);
	return move(manager, flow, target, FLOWMOB_REASON_POLICY);
}

/* FMP-10d. Whoever wants it pays for it: also a flow that has counted nothing has to be looked at. */
static int judge_throughput(struct flowmob_manager *manager, struct pmip_now now)
{
	int err = 0;

	for (struct flowmob_flow *entry = NULL; !err && (entry = flowmob_flow_table_next(manager->table, entry));) {
		struct flowmob__flow *flow = entry->user;
		struct flowmob__tunnel *target;

		if (flow->state != FLOWMOB__KNOWN || !flowmob__rate_has_fallen(manager, flow) || !is_movable(manager, flow))
			continue;
		target = flowmob__watch_target(manager, flow, false, now);
		if (target)
			err = move(manager, flow, target, FLOWMOB_REASON_THROUGHPUT);
	}
	return err;
}

/* Flows whose turn it is. Those that cannot be moved just now wait until they can. */
static int ask_policy(struct flowmob_manager *manager, struct pmip_now now)
{
	int err = 0;

	for (struct pmip__list *link = manager->hindered.next, *next; link != &manager->hindered && !err; link = next) {
		next = link->next;
		err = flowmob__watch_policy(manager, PMIP__CONTAINER(link, struct flowmob__flow, to_ask), now);
	}
	while (!err && !pmip__list_empty(&manager->to_ask)) {
		struct flowmob__flow *flow = PMIP__CONTAINER(manager->to_ask.next, struct flowmob__flow, to_ask);

		if (flow->asked_policy == manager->policies && now.mono_us < flow->asked_us + FLOWMOB__POLICY_US)
			break;
		if (is_movable(manager, flow)) {
			err = flowmob__watch_policy(manager, flow, now);
		} else {
			pmip__list_del(&flow->to_ask);
			pmip__list_add_tail(&manager->hindered, &flow->to_ask);
		}
	}
	return err;
}

/* FMP-10b: the flow with the highest bit rate of those that may be moved and have where to go. */
static int relieve(struct flowmob_manager *manager, struct flowmob__tunnel *tunnel, struct pmip_now now)
{
	struct flowmob__flow *heaviest = NULL;
	struct flowmob__tunnel *to = NULL;
	bool relieved = tunnel->relieved;

	tunnel->relieved = false;
	if (relieved || !tunnel->congested)
		return 0;
	for (struct pmip__list *link = tunnel->flows.next; link != &tunnel->flows; link = link->next) {
		struct flowmob__flow *flow = PMIP__CONTAINER(link, struct flowmob__flow, of_tunnel);
		struct flowmob__tunnel *target;

		if (!is_movable(manager, flow) || (heaviest && flowmob__rate_of(manager, flow) <= flowmob__rate_of(manager, heaviest)))
			continue;
		target = flowmob__watch_target(manager, flow, false, now);
		if (!target)
			continue;
		heaviest = flow;
		to = target;
	}
	if (!heaviest)
		return 0;
	tunnel->relieved = true;
	return move(manager, heaviest, to, FLOWMOB_REASON_CONGESTION);
}

/* FMP-10. */
int flowmob_manager_evaluate(struct flowmob_manager *manager, struct pmip_now now)
{
	uint64_t period_us = now.mono_us - manager->evaluated_us;
	struct flowmob__tunnel *tunnel;
	size_t cursor = 0;
	int err = flowmob__manager_enter(manager, 0, now);

	if (err || manager->link != FLOWMOB__READY || !period_us)
		return err;
	manager->evaluated_us = now.mono_us;
	while ((tunnel = pmip__htable_next(&manager->nodes.tunnels, &cursor)))
		flowmob__rate_judge_tunnel(manager, tunnel, period_us);
	flowmob__rate_judge_flows(manager, period_us);
	if (manager->config.throughput_drop)
		err = judge_throughput(manager, now);
	if (!err && manager->policy)
		err = ask_policy(manager, now);
	for (cursor = 0; !err && (tunnel = pmip__htable_next(&manager->nodes.tunnels, &cursor));)
		err = relieve(manager, tunnel, now);
	return err;
}

int flowmob_manager_set_tunnel_up(struct flowmob_manager *manager, uint32_t tunnel, bool up, struct pmip_now now)
{
	struct flowmob__tunnel *found = flowmob__nodes_tunnel(&manager->nodes, tunnel);
	int err = flowmob__manager_enter(manager, 0, now);

	if (err)
		return err;
	if (!found)
		return PMIP_ERR_NOENT;
	found->down = !up;
	for (struct pmip__list *link = found->flows.next; !up && !err && link != &found->flows; link = link->next) {
		struct flowmob__flow *flow = PMIP__CONTAINER(link, struct flowmob__flow, of_tunnel);
		struct flowmob__tunnel *target = flow->request ? NULL : flowmob__watch_target(manager, flow, true, now);

		if (target)
			err = move(manager, flow, target, FLOWMOB_REASON_TUNNEL_DOWN);
	}
	return err;
}
