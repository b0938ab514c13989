/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the LMA says. After the connection is made: TUNNELS, and when that is answered to its end LIST, and then the manager is ready
 * (flowmob/fmp.h, "Either side may die"). An answer that says something else than what was asked, or anything that cannot be decoded, ends the
 * connection: what is known would no longer be what the LMA knows. FMP-12.
 */
#include "libflowmob/manager.h"
#include "libflowmob/packet.h"

/* An attachment of the flow's mobile node has gone. A weak host has lost the addresses with the interface, and their flows end; with a logical
 * interface, and after a handover, another attachment still has them, and flows that were on the tunnel move. FMP-11. */
static void leave(struct flowmob_manager *manager, struct flowmob__flow *flow, struct pmip_now now)
{
	struct flowmob__tunnel *target;

	if (flowmob__nodes_by_addr(&manager->nodes, &flow->entry->flow.dst) != flow->node) {
		flowmob__flow_end(manager, flow, FLOWMOB_REASON_BINDING, true);
		return;
	}
	/* One that is being moved is looked at when the answer comes. */
	if (flowmob__node_has_tunnel(flow->node, flow->tunnel) || flow->request)
		return;
	target = flowmob__watch_target(manager, flow, true, now);
	if (!target || flowmob__watch_move(manager, flow, target, FLOWMOB_REASON_BINDING))
		flowmob__flow_end(manager, flow, FLOWMOB_REASON_BINDING, true);
}

static int binding_deleted(struct flowmob_manager *manager, const struct flowmob_attachment *gone, struct pmip_now now)
{
	struct flowmob__attachment *attachment = flowmob__nodes_find(&manager->nodes, gone);
	struct flowmob__node *node;
	size_t flows;

	if (!attachment)
		return 0;
	node = attachment->node;
	flows = node->flow_count;
	if (flowmob__manager_reserve(manager, flows * FLOWMOB__KNOWN_ACTIONS) || pmip__htable_reserve(&manager->by_request, flows))
		return PMIP_ERR_NOMEM;
	flowmob__nodes_remove(&manager->nodes, attachment);
	if (!flows) {
		flowmob__nodes_put(&manager->nodes, node);
		return 0;
	}
	/* The node may go with its last flow. */
	for (struct pmip__list *link = node->flows.next, *next; flows--; link = next) {
		next = link->next;
		leave(manager, PMIP__CONTAINER(link, struct flowmob__flow, of_node), now);
	}
	return 0;
}

static int binding_added(struct flowmob_manager *manager, const struct flowmob_attachment *attachment, struct pmip_now now)
{
	struct flowmob__node *node;
	int err = flowmob__nodes_add(&manager->nodes, &node, attachment);

	manager->counters[FLOWMOB_MANAGER_FULL] += err == PMIP_ERR_FULL;
	if (err)
		return err == PMIP_ERR_NOMEM ? err : 0;
	for (struct pmip__list *link = node->flows.next; link != &node->flows; link = link->next) {
		err = flowmob__watch_policy(manager, PMIP__CONTAINER(link, struct flowmob__flow, of_node), now);
		if (err)
			return err;
	}
	return 0;
}

static int tunnels_answer(struct flowmob_manager *manager, const struct flowmob_fmp *message, struct pmip_now now)
{
	struct flowmob_fmp list = {.op = FLOWMOB_FMP_LIST};
	int err = 0;

	for (unsigned int i = 0; i < message->u.tunnels.count && !err; i++)
		err = binding_added(manager, &message->u.tunnels.attachment[i], now);
	if (err)
		return err;
	manager->link_us = now.mono_us + FLOWMOB__ANSWER_US;
	if (message->u.tunnels.more)
		return 0;
	manager->link = FLOWMOB__SYNC_FLOWS;
	manager->sync = list.request = flowmob__manager_next_request(manager);
	flowmob__manager_send(manager, &list);
	return 0;
}

/* The LMA's flows are taken over. */
static void become_ready(struct flowmob_manager *manager, struct pmip_now now)
{
	struct flowmob_fmp watch = {.op = FLOWMOB_FMP_WATCH, .u.watch = manager->config.watch};

	manager->link = FLOWMOB__READY;
	manager->backoff_us = FLOWMOB__BACKOFF_MIN_US;
	manager->poll_us = manager->evaluated_us = now.mono_us;
	manager->span_us = 0;
	if (!watch.u.watch)
		return;
	watch.request = flowmob__manager_next_request(manager);
	flowmob__manager_send(manager, &watch);
}

static int list_answer(struct flowmob_manager *manager, const struct flowmob_fmp *message, struct pmip_now now)
{
	int err = flowmob__manager_reserve(manager, message->u.list.count);

	for (unsigned int i = 0; i < message->u.list.count && err != PMIP_ERR_NOMEM; i++) {
		err = flowmob__flow_adopt(manager, &message->u.list.flow[i]);
		manager->counters[FLOWMOB_MANAGER_FULL] += err == PMIP_ERR_FULL;
		/* Nobody here would ever end it. */
		if (err == PMIP_ERR_FULL || err == PMIP_ERR_EXIST)
			flowmob__flow_send_del(manager, message->u.list.flow[i].place.flow_id);
	}
	if (err == PMIP_ERR_NOMEM)
		return err;
	manager->link_us = now.mono_us + FLOWMOB__ANSWER_US;
	if (!message->u.list.more)
		become_ready(manager, now);
	return 0;
}

static int add_answer(struct flowmob_manager *manager, const struct flowmob_fmp *message, struct pmip_now now)
{
	struct flowmob__flow *flow = pmip__htable_find(&manager->by_request, pmip__htable_number(message->request), &message->request);
	int err;

	if (flow && flow->state != FLOWMOB__KNOWN) {
		err = flowmob__flow_answered(manager, flow, message);
		/* Without memory for it the flow stays until the policy is asked for all. */
		if (!err && flow->state == FLOWMOB__KNOWN)
			flowmob__watch_policy(manager, flow, now);
		return err;
	}
	/* Too late: nobody knows the flow here, so nobody would ever end it. */
	if (message->status == FLOWMOB_FMP_OK && message->u.place.flow_id && !flowmob__flow_by_id(manager, message->u.place.flow_id))
		flowmob__flow_send_del(manager, message->u.place.flow_id);
	return 0;
}

static int move_answer(struct flowmob_manager *manager, const struct flowmob_fmp *message)
{
	struct flowmob__flow *flow = pmip__htable_find(&manager->by_request, pmip__htable_number(message->request), &message->request);
	bool placed = message->status == FLOWMOB_FMP_OK || message->status == FLOWMOB_FMP_STALE;

	if (flow && flow->state == FLOWMOB__KNOWN)
		return flowmob__flow_move_answered(manager, flow, message);
	/* Too late, and true all the same. */
	flow = placed ? flowmob__flow_by_id(manager, message->u.place.flow_id) : NULL;
	return flow ? flowmob__flow_place(manager, flow, message->u.place.tunnel, FLOWMOB_REASON_LMA) : 0;
}

static int flow_moved(struct flowmob_manager *manager, const struct flowmob_place *place)
{
	struct flowmob__flow *flow = flowmob__flow_by_id(manager, place->flow_id);

	return flow ? flowmob__flow_place(manager, flow, place->tunnel, FLOWMOB_REASON_LMA) : 0;
}

static int flow_gone(struct flowmob_manager *manager, uint32_t flow_id)
{
	struct flowmob__flow *flow = flowmob__flow_by_id(manager, flow_id);

	if (flow)
		flowmob__flow_end(manager, flow, FLOWMOB_REASON_LMA, false);
	return 0;
}

/* A packet of it has gone its way already: it is asked for, and nothing waits. */
static int flow_seen(struct flowmob_manager *manager, const struct pmip_flow *flow)
{
	struct flowmob_packet packet = flowmob__packet_of_flow(flow);
	struct flowmob__flow *asked;
	int err;

	if (manager->link != FLOWMOB__READY || flowmob_flow_table_find(manager->table, flow))
		return 0;
	err = flowmob__flow_ask(manager, &asked, &packet);
	return err == PMIP_ERR_FULL ? 0 : err;
}

/* FMP-10: one that does not count is evaluated by what else is known. */
static int flow_counters_answer(struct flowmob_manager *manager, const struct flowmob_fmp *message)
{
	struct flowmob_fmp tunnels = {.op = FLOWMOB_FMP_TUNNEL_COUNTERS};

	if (message->status == FLOWMOB_FMP_OK) {
		manager->span_us = message->u.flow_counters.span_ms * FLOWMOB__US_PER_MS;
		for (unsigned int i = 0; i < message->u.flow_counters.count; i++)
			flowmob__rate_counted(manager, &message->u.flow_counters.flow[i]);
		if (message->u.flow_counters.more)
			return 0;
	}
	manager->counting = tunnels.request = flowmob__manager_next_request(manager);
	flowmob__manager_send(manager, &tunnels);
	return 0;
}

static int tunnel_counters_answer(struct flowmob_manager *manager, const struct flowmob_fmp *message, struct pmip_now now)
{
	if (message->status == FLOWMOB_FMP_OK) {
		for (unsigned int i = 0; i < message->u.tunnel_counters.count; i++) {
			const struct flowmob_tunnel_count *count = &message->u.tunnel_counters.tunnel[i];

			flowmob_manager_set_tunnel_counters(manager, count->tunnel, count->packets, count->octets, count->dropped);
		}
		if (message->u.tunnel_counters.more)
			return 0;
	}
	manager->counting = 0;
	/* Without memory some flows are looked at in the next period only. */
	flowmob_manager_evaluate(manager, now);
	return 0;
}

/* Whether it may come at this point: lists when they were asked for, and all else once they are there, but events of what the LMA
 * does by itself at any time. */
static bool is_due(const struct flowmob_manager *manager, const struct flowmob_fmp *message)
{
	switch (message->op) {
	case FLOWMOB_FMP_TUNNELS | FLOWMOB_FMP_ANSWER:
		return manager->link == FLOWMOB__SYNC_TUNNELS && message->request == manager->sync && message->status == FLOWMOB_FMP_OK;
	case FLOWMOB_FMP_LIST | FLOWMOB_FMP_ANSWER:
		return manager->link == FLOWMOB__SYNC_FLOWS && message->request == manager->sync && message->status == FLOWMOB_FMP_OK;
	case FLOWMOB_FMP_FLOW_COUNTERS | FLOWMOB_FMP_ANSWER:
	case FLOWMOB_FMP_TUNNEL_COUNTERS | FLOWMOB_FMP_ANSWER:
		return manager->link == FLOWMOB__READY && message->request == manager->counting;
	case FLOWMOB_FMP_ADD | FLOWMOB_FMP_ANSWER:
	case FLOWMOB_FMP_MOVE | FLOWMOB_FMP_ANSWER:
	case FLOWMOB_FMP_DEL | FLOWMOB_FMP_ANSWER:
	case FLOWMOB_FMP_WATCH | FLOWMOB_FMP_ANSWER:
		return manager->link == FLOWMOB__READY;
	default:
		return !(message->op & FLOWMOB_FMP_ANSWER) && message->op >= FLOWMOB_FMP_BINDING_ADDED;
	}
}

static int dispatch(struct flowmob_manager *manager, const struct flowmob_fmp *message, struct pmip_now now)
{
	switch (message->op) {
	case FLOWMOB_FMP_TUNNELS | FLOWMOB_FMP_ANSWER:
		return tunnels_answer(manager, message, now);
	case FLOWMOB_FMP_LIST | FLOWMOB_FMP_ANSWER:
		return list_answer(manager, message, now);
	case FLOWMOB_FMP_ADD | FLOWMOB_FMP_ANSWER:
		return add_answer(manager, message, now);
	case FLOWMOB_FMP_MOVE | FLOWMOB_FMP_ANSWER:
		return move_answer(manager, message);
	case FLOWMOB_FMP_FLOW_COUNTERS | FLOWMOB_FMP_ANSWER:
		return flow_counters_answer(manager, message);
	case FLOWMOB_FMP_TUNNEL_COUNTERS | FLOWMOB_FMP_ANSWER:
		return tunnel_counters_answer(manager, message, now);
	case FLOWMOB_FMP_BINDING_ADDED:
		return binding_added(manager, &message->u.attachment, now);
	case FLOWMOB_FMP_BINDING_DELETED:
		return binding_deleted(manager, &message->u.attachment, now);
	case FLOWMOB_FMP_FLOW_MOVED:
		return flow_moved(manager, &message->u.place);
	case FLOWMOB_FMP_FLOW_GONE:
		return flow_gone(manager, message->u.flow_id);
	case FLOWMOB_FMP_FLOW_SEEN:
		return flow_seen(manager, &message->u.flow);
	default: /* an answer to DEL or WATCH: there is nothing that it changes */
		return 0;
	}
}

int flowmob_manager_input(struct flowmob_manager *manager, const uint8_t *data, size_t len, struct pmip_now now)
{
	struct flowmob_fmp message;
	size_t loss = flowmob__manager_loss(manager);
	int err = flowmob__manager_enter(manager, loss > FLOWMOB__FLOW_ACTIONS ? loss : FLOWMOB__FLOW_ACTIONS, now);

	if (err || manager->link <= FLOWMOB__CONNECTING)
		return err;
	if (flowmob_fmp_decode(&message, data, len) || !is_due(manager, &message)) {
		manager->counters[FLOWMOB_MANAGER_MALFORMED]++;
		flowmob__manager_disconnect(manager);
		return 0;
	}
	return dispatch(manager, &message, now);
}
