/* SPDX-License-Identifier: BSD-2-Clause */
/* The flow manager's doors: packets, timers, the connection, commands, actions. */
#include "libflowmob/manager.h"
#include "libflowmob/packet.h"

#include "base/mem.h"

#include <assert.h>

static bool equal_id(const void *entry, const void *key)
{
	return ((const struct flowmob__flow *)entry)->id == *(const uint32_t *)key;
}

static bool equal_request(const void *entry, const void *key)
{
	return ((const struct flowmob__flow *)entry)->request == *(const uint16_t *)key;
}

int flowmob_manager_new(struct flowmob_manager **manager, const struct flowmob_manager_config *config, const struct pmip_mem *mem,
			const uint8_t hash_key[16])
{
	struct pmip_mem use = pmip__mem_resolve(mem);
	struct flowmob_manager *made = pmip__mem_alloc(&use, sizeof(*made));
	struct flowmob_action forget = {.type = FLOWMOB_ACTION_FORGET_ALL};
	int err;

	if (!made)
		return PMIP_ERR_NOMEM;
	made->mem = use;
	made->config = *config;
	made->backoff_us = FLOWMOB__BACKOFF_MIN_US;
	flowmob__nodes_init(&made->nodes, &use, hash_key, config->max_attachments);
	pmip__htable_init(&made->by_id, &use, equal_id);
	pmip__htable_init(&made->by_request, &use, equal_request);
	pmip__timerq_init(&made->timers, &use);
	pmip__list_init(&made->counted);
	pmip__list_init(&made->to_ask);
	pmip__list_init(&made->hindered);
	err = flowmob__manager_reserve(made, 0);
	if (!err)
		err = flowmob_fragment_table_new(&made->fragments, FLOWMOB__FRAGMENTS, FLOWMOB__FRAGMENT_MS, &use, hash_key);
	if (!err)
		err = flowmob_flow_table_new(&made->table, config->max_flows, config->flow_idle_timeout_s * 1000, &use, hash_key);
	if (err) {
		flowmob_fragment_table_free(made->fragments);
		pmip__mem_free(&use, made->actions.queue);
		pmip__mem_free(&use, made);
		return err;
	}
	/* FMP-13: what a process before this one has left behind. */
	flowmob__manager_push(made, &forget);
	*manager = made;
	return 0;
}

void flowmob_manager_free(struct flowmob_manager *manager)
{
	if (!manager)
		return;
	/* Nobody will pull what this queues; without room for it, it is not queued. */
	manager->actions.first = manager->actions.count = 0;
	manager->actions.closed = true;
	flowmob__flow_forget_all(manager);
	flowmob__nodes_fini(&manager->nodes);
	flowmob_flow_table_free(manager->table);
	flowmob_fragment_table_free(manager->fragments);
	pmip__htable_fini(&manager->by_id);
	pmip__htable_fini(&manager->by_request);
	pmip__timerq_fini(&manager->timers);
	pmip__mem_free(&manager->mem, manager->actions.queue);
	pmip__mem_free(&manager->mem, manager);
}

int flowmob__manager_reserve(struct flowmob_manager *manager, size_t n)
{
	struct flowmob__actions *actions = &manager->actions;
	void *queue = actions->queue;
	int err;

	if (actions->first == actions->count)
		actions->first = actions->count = 0;
	err = pmip__mem_grow(&manager->mem, &queue, &actions->cap, actions->count + n + FLOWMOB__STEP_ACTIONS, sizeof(*actions->queue));
	actions->queue = queue;
	return err;
}

void flowmob__manager_push(struct flowmob_manager *manager, const struct flowmob_action *action)
{
	if (manager->actions.closed)
		return;
	assert(manager->actions.count < manager->actions.cap);
	manager->actions.queue[manager->actions.count++] = *action;
}

void flowmob__manager_send(struct flowmob_manager *manager, const struct flowmob_fmp *message)
{
	struct flowmob_action action = {.type = FLOWMOB_ACTION_SEND};
	int len = flowmob_fmp_encode(action.u.send.data, sizeof(action.u.send.data), message);

	assert(len > 0);
	action.u.send.len = (size_t)len;
	flowmob__manager_push(manager, &action);
}

int flowmob_manager_next_action(struct flowmob_manager *manager, struct flowmob_action *action)
{
	if (manager->actions.first == manager->actions.count)
		return 0;
	*action = manager->actions.queue[manager->actions.first++];
	return 1;
}

uint16_t flowmob__manager_next_request(struct flowmob_manager *manager)
{
	do
		manager->request++;
	while (!manager->request || manager->request == manager->sync || manager->request == manager->counting ||
	       pmip__htable_find(&manager->by_request, pmip__htable_number(manager->request), &manager->request));
	return manager->request;
}

int flowmob__manager_enter(struct flowmob_manager *manager, size_t n, struct pmip_now now)
{
	int err;

	if (now.mono_us < manager->last_us)
		return PMIP_ERR_TIME;
	err = flowmob__manager_reserve(manager, n);
	if (!err)
		manager->last_us = now.mono_us;
	return err;
}

size_t flowmob__manager_loss(const struct flowmob_manager *manager)
{
	return manager->held + manager->commands;
}

/* FMP-12: all flows are forgotten, packets pass unmarked. The wait begins anew at 1 s once the LMA's flows were taken over. */
static void lose(struct flowmob_manager *manager)
{
	struct flowmob_action forget = {.type = FLOWMOB_ACTION_FORGET_ALL};

	if (manager->link > FLOWMOB__CONNECTING) {
		manager->counters[FLOWMOB_MANAGER_DISCONNECTED]++;
		flowmob__flow_forget_all(manager);
		flowmob__nodes_clear(&manager->nodes);
		flowmob__manager_push(manager, &forget);
	}
	manager->link = FLOWMOB__DOWN;
	manager->counting = 0;
	manager->link_us = manager->last_us + manager->backoff_us;
	manager->backoff_us = manager->backoff_us < FLOWMOB__BACKOFF_MAX_US / 2 ? 2 * manager->backoff_us : FLOWMOB__BACKOFF_MAX_US;
}

void flowmob__manager_disconnect(struct flowmob_manager *manager)
{
	struct flowmob_action action = {.type = FLOWMOB_ACTION_DISCONNECT};

	flowmob__manager_push(manager, &action);
	lose(manager);
}

/* FMP-12. */
int flowmob_manager_set_socket_up(struct flowmob_manager *manager, bool up, struct pmip_now now)
{
	struct flowmob_fmp tunnels = {.op = FLOWMOB_FMP_TUNNELS};
	int err = flowmob__manager_enter(manager, flowmob__manager_loss(manager), now);

	if (err)
		return err;
	if (!up && manager->link != FLOWMOB__DOWN) {
		lose(manager);
	} else if (up && manager->link <= FLOWMOB__CONNECTING) {
		manager->link = FLOWMOB__SYNC_TUNNELS;
		manager->link_us = now.mono_us + FLOWMOB__ANSWER_US;
		manager->sync = tunnels.request = flowmob__manager_next_request(manager);
		flowmob__manager_send(manager, &tunnels);
	}
	return 0;
}

/* Fragments without ports go where the first one went. FMC-3. */
static uint32_t tunnel_without_flow(const struct flowmob_manager *manager, const struct flowmob_packet *packet)
{
	uint32_t tunnel = 0;

	if (!packet->is_signalling && manager->link == FLOWMOB__READY)
		flowmob_fragment_table_find(manager->fragments, &tunnel, packet, manager->last_us);
	return tunnel;
}

/* FMP-1, FMP-2, FMP-3. */
int flowmob_manager_input_packet(struct flowmob_manager *manager, const struct flowmob_packet *packet, uint64_t handle, struct pmip_now now)
{
	bool has_flow = flowmob__packet_has_flow(packet);
	struct flowmob_flow *entry = has_flow ? flowmob_flow_table_find(manager->table, &packet->flow) : NULL;
	struct flowmob__flow *flow = entry ? entry->user : NULL;
	int err = flowmob__manager_enter(manager, 0, now);

	if (!err && !flow && manager->link == FLOWMOB__READY && has_flow)
		err = flowmob__flow_ask(manager, &flow, packet);
	if (err && err != PMIP_ERR_FULL)
		return err;
	manager->counters[FLOWMOB_MANAGER_PACKETS]++;
	if (!flow) {
		flowmob__flow_verdict(manager, handle, has_flow ? 0 : tunnel_without_flow(manager, packet));
		return 0;
	}
	flowmob__rate_seen(manager, flow, packet->flow.label, packet->total_len, now.mono_us);
	if (flow->state == FLOWMOB__KNOWN) {
		if (packet->is_first_fragment)
			flowmob_fragment_table_set(manager->fragments, packet, flow->tunnel->id, now.mono_us);
		flowmob__flow_verdict(manager, handle, flow->tunnel->id);
	} else if (!flowmob__flow_hold(manager, flow, handle)) {
		flowmob__flow_verdict(manager, handle, 0);
	}
	return 0;
}

/* FMP-9: the same way as for a packet, with the result told. */
int flowmob_manager_add_flow(struct flowmob_manager *manager, const struct pmip_flow *flow, uint32_t command, struct pmip_now now)
{
	struct flowmob_packet packet = flowmob__packet_of_flow(flow);
	struct flowmob__flow *asked;
	int err;

	if (!command || flow->label > PMIP_FLOW_LABEL_MAX)
		return PMIP_ERR_INVALID;
	err = flowmob__manager_enter(manager, 0, now);
	if (!err && manager->link != FLOWMOB__READY)
		err = PMIP_ERR_AGAIN;
	if (!err)
		err = flowmob__flow_ask(manager, &asked, &packet);
	if (err)
		return err;
	asked->command = command;
	manager->commands++;
	return 0;
}

/* FMP-9. */
int flowmob_manager_move_flow(struct flowmob_manager *manager, uint32_t flow_id, uint32_t wanted, uint32_t command, struct pmip_now now)
{
	struct flowmob__flow *flow = flowmob__flow_by_id(manager, flow_id);
	int err;

	if (!command)
		return PMIP_ERR_INVALID;
	if (!flow)
		return manager->link == FLOWMOB__READY ? PMIP_ERR_NOENT : PMIP_ERR_AGAIN;
	if (flow->request)
		return PMIP_ERR_EXIST;
	err = flowmob__manager_enter(manager, 0, now);
	if (!err)
		err = flowmob__flow_move(manager, flow, wanted, FLOWMOB_REASON_OPERATOR);
	if (err)
		return err;
	flow->movable_us = now.mono_us + manager->config.hysteresis_ms * FLOWMOB__US_PER_MS;
	flow->command = command;
	manager->commands++;
	return 0;
}

/* FMP-7, FMP-9. */
int flowmob_manager_del_flow(struct flowmob_manager *manager, uint32_t flow_id, struct pmip_now now)
{
	struct flowmob__flow *flow = flowmob__flow_by_id(manager, flow_id);
	int err = flowmob__manager_enter(manager, FLOWMOB__FLOW_ACTIONS, now);

	if (err)
		return err;
	if (!flow)
		return PMIP_ERR_NOENT;
	flowmob__flow_end(manager, flow, FLOWMOB_REASON_OPERATOR, true);
	return 0;
}

static uint64_t earlier(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

/* One that the LMA has not been asked for lately may have been seen by it. */
static uint64_t idle_deadline(const struct flowmob_manager *manager)
{
	uint64_t deadline = flowmob_flow_table_next_deadline(manager->table);
	uint64_t late_us = manager->span_us > 2 * manager->config.period_ms * FLOWMOB__US_PER_MS ? manager->span_us : 0;

	return deadline < PMIP_TIME_NONE - late_us ? deadline + late_us : PMIP_TIME_NONE;
}

uint64_t flowmob_manager_next_deadline(const struct flowmob_manager *manager)
{
	switch (manager->link) {
	case FLOWMOB__DOWN:
		return manager->link_us;
	case FLOWMOB__CONNECTING:
		return PMIP_TIME_NONE;
	case FLOWMOB__SYNC_TUNNELS:
	case FLOWMOB__SYNC_FLOWS:
		return manager->link_us;
	case FLOWMOB__READY:
		break;
	}
	return earlier(earlier(pmip__timerq_next(&manager->timers), idle_deadline(manager)), manager->poll_us);
}

/* The link's timer: connect, or give a connection up that says nothing. */
static void link_timeout(struct flowmob_manager *manager)
{
	struct flowmob_action connect = {.type = FLOWMOB_ACTION_CONNECT};

	if (manager->link != FLOWMOB__DOWN) {
		flowmob__manager_disconnect(manager);
		return;
	}
	manager->link = FLOWMOB__CONNECTING;
	flowmob__manager_push(manager, &connect);
}

/* FMP-10a, and the timers of flows. Each flow has room of its own. */
static int flow_timeouts(struct flowmob_manager *manager)
{
	struct pmip__timer *timer;
	int err = flowmob__manager_reserve(manager, FLOWMOB__FLOW_ACTIONS);

	while (!err && (timer = pmip__timerq_due(&manager->timers, manager->last_us))) {
		flowmob__flow_timeout(manager, PMIP__CONTAINER(timer, struct flowmob__flow, timer));
		err = flowmob__manager_reserve(manager, FLOWMOB__FLOW_ACTIONS);
	}
	while (!err && idle_deadline(manager) <= manager->last_us) {
		flowmob__flow_end(manager, flowmob_flow_table_next(manager->table, NULL)->user, FLOWMOB_REASON_IDLE, true);
		err = flowmob__manager_reserve(manager, FLOWMOB__FLOW_ACTIONS);
	}
	return err;
}

/* One who has not yet told the counters of the last period is not asked for more. */
static void ask_counters(struct flowmob_manager *manager)
{
	struct flowmob_fmp counters = {.op = FLOWMOB_FMP_FLOW_COUNTERS};

	if (manager->counting)
		return;
	manager->counting = counters.request = flowmob__manager_next_request(manager);
	flowmob__manager_send(manager, &counters);
}

int flowmob_manager_handle_timeout(struct flowmob_manager *manager, struct pmip_now now)
{
	struct flowmob_action poll = {.type = FLOWMOB_ACTION_POLL};
	int err = flowmob__manager_enter(manager, flowmob__manager_loss(manager), now);

	if (err || flowmob_manager_next_deadline(manager) > now.mono_us)
		return err;
	if (manager->link != FLOWMOB__READY) {
		link_timeout(manager);
		return 0;
	}
	err = flow_timeouts(manager);
	if (err || manager->poll_us > now.mono_us)
		return err;
	manager->poll_us = now.mono_us + manager->config.period_ms * FLOWMOB__US_PER_MS;
	if (manager->config.lma_counters)
		ask_counters(manager);
	else
		flowmob__manager_push(manager, &poll);
	return 0;
}

bool flowmob_manager_is_ready(const struct flowmob_manager *manager)
{
	return manager->link == FLOWMOB__READY;
}
