/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Flows of the manager: asked for, placed, moved, ended. A place is what the LMA has confirmed: it answers when the new way is in force, the
 * table follows, and what is behind it in the queue of actions takes the old way away. FMP-14.
 */
#include "libflowmob/manager.h"
#include "libflowmob/packet.h"

#include "base/mem.h"

static uint64_t hash_id(const struct flowmob_manager *manager, uint32_t id)
{
	return pmip__hash(&manager->nodes.key, &id, sizeof(id));
}

struct flowmob__flow *flowmob__flow_by_id(const struct flowmob_manager *manager, uint32_t id)
{
	return pmip__htable_find(&manager->by_id, hash_id(manager, id), &id);
}

void flowmob__flow_verdict(struct flowmob_manager *manager, uint64_t handle, uint32_t tunnel)
{
	struct flowmob_action action = {.type = FLOWMOB_ACTION_VERDICT, .u.verdict = {handle, tunnel}};

	if (!tunnel)
		manager->counters[FLOWMOB_MANAGER_UNMARKED]++;
	flowmob__manager_push(manager, &action);
}

static void notify(struct flowmob_manager *manager, const struct flowmob__flow *flow, uint32_t tunnel, uint32_t old_tunnel,
		   enum flowmob_reason reason)
{
	struct flowmob_action action = {
		.type = FLOWMOB_ACTION_FLOW, .u.flow = {flow->id, tunnel, old_tunnel, flow->entry->flow, reason}};

	flowmob__manager_push(manager, &action);
}

/* FMP-9: who has commanded it hears of it. */
static void tell_result(struct flowmob_manager *manager, struct flowmob__flow *flow, int err, uint16_t status)
{
	struct flowmob_action action = {
		.type = FLOWMOB_ACTION_RESULT, .u.result = {.command = flow->command, .err = err, .status = status}};

	if (!flow->command)
		return;
	if (flow->state == FLOWMOB__KNOWN)
		action.u.result.place = (struct flowmob_place){flow->id, flow->tunnel->id};
	flow->command = 0;
	manager->commands--;
	flowmob__manager_push(manager, &action);
}

static void open_request(struct flowmob_manager *manager, struct flowmob__flow *flow, uint64_t wait_us)
{
	flow->request = flowmob__manager_next_request(manager);
	pmip__htable_insert(&manager->by_request, pmip__htable_number(flow->request), flow);
	pmip__timerq_set(&manager->timers, &flow->timer, manager->last_us + wait_us);
}

static void close_request(struct flowmob_manager *manager, struct flowmob__flow *flow)
{
	if (!flow->request)
		return;
	pmip__htable_remove(&manager->by_request, pmip__htable_number(flow->request), flow);
	pmip__timerq_cancel(&manager->timers, &flow->timer);
	flow->request = 0;
}

/* Let the packets that wait pass. */
static void release(struct flowmob_manager *manager, struct flowmob__flow *flow, uint32_t tunnel)
{
	if (!flow->held)
		return;
	for (unsigned int i = 0; i < flow->held->count; i++)
		flowmob__flow_verdict(manager, flow->held->handle[i], tunnel);
	manager->held -= flow->held->count;
	pmip__mem_free(&manager->mem, flow->held);
	flow->held = NULL;
}

static const char *application_of(const struct flowmob_manager *manager, const struct flowmob_packet *packet)
{
	return manager->applications ? flowmob_applications_match(manager->applications, packet) : NULL;
}

void flowmob_manager_set_policy(struct flowmob_manager *manager, const struct flowmob_policy *policy,
				const struct flowmob_applications *applications)
{
	manager->policy = policy;
	manager->applications = applications;
	manager->policies++;
	for (struct flowmob_flow *entry = NULL; (entry = flowmob_flow_table_next(manager->table, entry));) {
		struct flowmob_packet packet = flowmob__packet_of_flow(&entry->flow);

		((struct flowmob__flow *)entry->user)->application = application_of(manager, &packet);
	}
}

/* Room for all that a flow may come to need later, so that an answer to ADD finds it. */
static int make_flow(struct flowmob_manager *manager, struct flowmob__flow **made, const struct flowmob_packet *packet)
{
	size_t count = flowmob_flow_table_count(manager->table) + (size_t)1;
	struct flowmob__flow *fresh;
	int err;

	if (pmip__htable_reserve(&manager->by_id, count - manager->by_id.count) || pmip__htable_reserve(&manager->by_request, 1) ||
	    pmip__timerq_reserve(&manager->timers, count))
		return PMIP_ERR_NOMEM;
	fresh = pmip__mem_alloc(&manager->mem, sizeof(*fresh));
	if (!fresh)
		return PMIP_ERR_NOMEM;
	err = flowmob_flow_table_add(manager->table, &fresh->entry, &packet->flow, 0, manager->last_us);
	if (err) {
		pmip__mem_free(&manager->mem, fresh);
		return err;
	}
	fresh->entry->user = fresh;
	fresh->application = application_of(manager, packet);
	pmip__list_init(&fresh->of_node);
	pmip__list_init(&fresh->of_tunnel);
	pmip__list_init(&fresh->counted);
	pmip__list_init(&fresh->to_ask);
	*made = fresh;
	return 0;
}

static void free_flow(struct flowmob_manager *manager, struct flowmob__flow *flow)
{
	pmip__timerq_cancel(&manager->timers, &flow->timer);
	flowmob_flow_table_del(manager->table, flow->entry, manager->last_us);
	pmip__mem_free(&manager->mem, flow);
}

/* FMP-1. */
int flowmob__flow_ask(struct flowmob_manager *manager, struct flowmob__flow **asked, const struct flowmob_packet *packet)
{
	struct flowmob_fmp add = {.op = FLOWMOB_FMP_ADD, .u.flow = packet->flow};
	struct flowmob__flow *made;
	int err = manager->by_request.count < manager->config.max_pending ? make_flow(manager, &made, packet) : PMIP_ERR_FULL;

	if (err) {
		manager->counters[FLOWMOB_MANAGER_FULL] += err == PMIP_ERR_FULL;
		return err;
	}
	made->held = pmip__mem_alloc(&manager->mem, sizeof(*made->held));
	if (!made->held) {
		free_flow(manager, made);
		return PMIP_ERR_NOMEM;
	}
	made->state = FLOWMOB__ASKED;
	open_request(manager, made, FLOWMOB__HOLD_US);
	add.request = made->request;
	flowmob__manager_send(manager, &add);
	*asked = made;
	return 0;
}

/* FMP-2. */
bool flowmob__flow_hold(struct flowmob_manager *manager, struct flowmob__flow *flow, uint64_t handle)
{
	if (!flow->held || flow->held->count == FLOWMOB__HELD_MAX)
		return false;
	flow->held->handle[flow->held->count++] = handle;
	manager->held++;
	return true;
}

static void link_to(struct flowmob__flow *flow, struct flowmob__tunnel *tunnel)
{
	flow->tunnel = tunnel;
	pmip__list_add_tail(&tunnel->flows, &flow->of_tunnel);
}

/* 0, or PMIP_ERR_NOMEM and nothing has changed. */
static int become_known(struct flowmob_manager *manager, struct flowmob__flow *flow, const struct flowmob_place *place,
			enum flowmob_reason reason)
{
	struct flowmob__tunnel *tunnel = flowmob__nodes_use_tunnel(&manager->nodes, place->tunnel);

	if (!tunnel)
		return PMIP_ERR_NOMEM;
	flow->state = FLOWMOB__KNOWN;
	flow->id = place->flow_id;
	flow->reason = reason;
	flow->octets = flow->entry->octets;
	flow->judged_us = manager->last_us;
	flow->node = flowmob__nodes_by_addr(&manager->nodes, &flow->entry->flow.dst);
	if (flow->node) {
		pmip__list_add_tail(&flow->node->flows, &flow->of_node);
		flow->node->flow_count++;
	}
	link_to(flow, tunnel);
	pmip__htable_insert(&manager->by_id, hash_id(manager, flow->id), flow);
	flowmob__watch_ask_soon(manager, flow);
	manager->counters[FLOWMOB_MANAGER_ADDED]++;
	notify(manager, flow, tunnel->id, 0, reason);
	return 0;
}

/* FMP-1, FMP-2. */
int flowmob__flow_answered(struct flowmob_manager *manager, struct flowmob__flow *flow, const struct flowmob_fmp *answer)
{
	bool wanted = answer->status == FLOWMOB_FMP_OK && answer->u.place.flow_id && !flowmob__flow_by_id(manager, answer->u.place.flow_id);
	int err = wanted ? become_known(manager, flow, &answer->u.place, flow->command ? FLOWMOB_REASON_OPERATOR : FLOWMOB_REASON_PACKET) : 0;

	if (err)
		return err;
	manager->counters[FLOWMOB_MANAGER_LMA_FULL] += answer->status == FLOWMOB_FMP_FULL;
	close_request(manager, flow);
	tell_result(manager, flow, 0, answer->status);
	release(manager, flow, wanted ? flow->tunnel->id : 0);
	if (!wanted) {
		flow->state = FLOWMOB__VOID;
		pmip__timerq_set(&manager->timers, &flow->timer, manager->last_us + FLOWMOB__VOID_US);
	}
	return 0;
}

/* FMP-12: what the LMA steers is taken over as it is. */
int flowmob__flow_adopt(struct flowmob_manager *manager, const struct flowmob_placed_flow *listed)
{
	struct flowmob__flow *flow = flowmob__flow_by_id(manager, listed->place.flow_id);
	struct flowmob_packet packet;
	int err;

	if (flow)
		return flowmob__flow_place(manager, flow, listed->place.tunnel, FLOWMOB_REASON_LISTED);
	packet = flowmob__packet_of_flow(&listed->flow);
	err = make_flow(manager, &flow, &packet);
	if (err)
		return err;
	err = become_known(manager, flow, &listed->place, FLOWMOB_REASON_LISTED);
	if (err)
		free_flow(manager, flow);
	return err;
}

/* FMP-14. */
int flowmob__flow_place(struct flowmob_manager *manager, struct flowmob__flow *flow, uint32_t tunnel, enum flowmob_reason reason)
{
	struct flowmob__tunnel *old = flow->tunnel, *use;

	if (old->id == tunnel)
		return 0;
	use = flowmob__nodes_use_tunnel(&manager->nodes, tunnel);
	if (!use)
		return PMIP_ERR_NOMEM;
	pmip__list_del(&flow->of_tunnel);
	link_to(flow, use);
	flow->reason = reason;
	if (flow->by_hand && reason != FLOWMOB_REASON_OPERATOR)
		flowmob__watch_ask_soon(manager, flow);
	flow->by_hand = reason == FLOWMOB_REASON_OPERATOR;
	flow->samples = 0;
	manager->counters[FLOWMOB_MANAGER_MOVED]++;
	notify(manager, flow, tunnel, old->id, reason);
	flowmob__nodes_put_tunnel(&manager->nodes, old);
	return 0;
}

/* FMP-4. */
int flowmob__flow_move(struct flowmob_manager *manager, struct flowmob__flow *flow, uint32_t wanted, enum flowmob_reason wish)
{
	struct flowmob_fmp move = {.op = FLOWMOB_FMP_MOVE, .u.move = {{flow->id, flow->tunnel->id}, wanted}};

	if (manager->by_request.count >= manager->config.max_pending) {
		manager->counters[FLOWMOB_MANAGER_FULL]++;
		return PMIP_ERR_FULL;
	}
	if (pmip__htable_reserve(&manager->by_request, 1))
		return PMIP_ERR_NOMEM;
	flow->wish = wish;
	open_request(manager, flow, FLOWMOB__ANSWER_US);
	move.request = flow->request;
	flowmob__manager_send(manager, &move);
	return 0;
}

void flowmob__flow_send_del(struct flowmob_manager *manager, uint32_t id)
{
	struct flowmob_fmp del = {.op = FLOWMOB_FMP_DEL, .request = flowmob__manager_next_request(manager), .u.flow_id = id};

	flowmob__manager_send(manager, &del);
}

static void unlink_known(struct flowmob_manager *manager, struct flowmob__flow *flow)
{
	pmip__htable_remove(&manager->by_id, hash_id(manager, flow->id), flow);
	pmip__list_del(&flow->of_tunnel);
	pmip__list_del(&flow->counted);
	pmip__list_del(&flow->to_ask);
	flowmob__nodes_put_tunnel(&manager->nodes, flow->tunnel);
	if (!flow->node)
		return;
	pmip__list_del(&flow->of_node);
	flow->node->flow_count--;
	flowmob__nodes_put(&manager->nodes, flow->node);
}

/* Whoever waits for it hears of it, then it is gone. */
static void drop(struct flowmob_manager *manager, struct flowmob__flow *flow)
{
	close_request(manager, flow);
	release(manager, flow, 0);
	tell_result(manager, flow, PMIP_ERR_AGAIN, 0);
	if (flow->state == FLOWMOB__KNOWN)
		unlink_known(manager, flow);
	free_flow(manager, flow);
}

/* FMP-7. */
void flowmob__flow_end(struct flowmob_manager *manager, struct flowmob__flow *flow, enum flowmob_reason reason, bool tell)
{
	if (flow->state == FLOWMOB__KNOWN) {
		if (tell)
			flowmob__flow_send_del(manager, flow->id);
		notify(manager, flow, 0, flow->tunnel->id, reason);
		manager->counters[FLOWMOB_MANAGER_DELETED]++;
		manager->counters[FLOWMOB_MANAGER_IDLE] += reason == FLOWMOB_REASON_IDLE;
	}
	drop(manager, flow);
}

/* It stays where it is, unless that is nowhere by now. */
static void move_failed(struct flowmob_manager *manager, struct flowmob__flow *flow)
{
	manager->counters[FLOWMOB_MANAGER_MOVE_FAILED]++;
	if (flow->node && !flowmob__node_has_tunnel(flow->node, flow->tunnel))
		flowmob__flow_end(manager, flow, FLOWMOB_REASON_BINDING, true);
}

/* FMP-4, FMP-5, FMP-6. */
int flowmob__flow_move_answered(struct flowmob_manager *manager, struct flowmob__flow *flow, const struct flowmob_fmp *answer)
{
	bool placed = answer->status == FLOWMOB_FMP_OK || answer->status == FLOWMOB_FMP_STALE;
	int err = placed && answer->u.place.flow_id == flow->id
			  ? flowmob__flow_place(manager, flow, answer->u.place.tunnel,
						answer->status == FLOWMOB_FMP_OK ? flow->wish : FLOWMOB_REASON_LMA)
			  : 0;

	if (err)
		return err;
	close_request(manager, flow);
	tell_result(manager, flow, 0, answer->status);
	if (answer->status == FLOWMOB_FMP_NOENT)
		flowmob__flow_end(manager, flow, FLOWMOB_REASON_LMA, false);
	else if (answer->status != FLOWMOB_FMP_OK)
		move_failed(manager, flow);
	return 0;
}

void flowmob__flow_forget_all(struct flowmob_manager *manager)
{
	struct flowmob_flow *entry;

	while ((entry = flowmob_flow_table_next(manager->table, NULL)))
		drop(manager, entry->user);
}

/* FMP-2: 500 ms without an answer is an empty one. */
void flowmob__flow_timeout(struct flowmob_manager *manager, struct flowmob__flow *flow)
{
	switch (flow->state) {
	case FLOWMOB__ASKED:
		flow->state = FLOWMOB__LATE;
		manager->counters[FLOWMOB_MANAGER_UNANSWERED]++;
		release(manager, flow, 0);
		pmip__timerq_set(&manager->timers, &flow->timer, manager->last_us + FLOWMOB__ANSWER_US - FLOWMOB__HOLD_US);
		break;
	case FLOWMOB__LATE:
	case FLOWMOB__VOID:
		drop(manager, flow);
		break;
	case FLOWMOB__KNOWN:
		close_request(manager, flow);
		tell_result(manager, flow, PMIP_ERR_AGAIN, 0);
		move_failed(manager, flow);
		break;
	}
}
