/* SPDX-License-Identifier: BSD-2-Clause */
#include "flowmob_rig.h"

#include <stdio.h>
#include <string.h>

#define PACKET_LEN 1000

static const uint8_t key[16] = {7};
static uint8_t ids[100][16];

/* Make a call, and again while it runs out of memory once and that is what the test is about. */
#define MUST(rig, call)                                                                                                                      \
	do {                                                                                                                                  \
		int must_ = (call);                                                                                                           \
		if (must_ == PMIP_ERR_NOMEM && (rig)->retry)                                                                                  \
			must_ = (call);                                                                                                       \
		ck_assert_int_eq(must_, 0);                                                                                                   \
	} while (0)

void rig_init(struct rig *rig, void (*configure)(struct flowmob_manager_config *config))
{
	struct unit_mem counting = rig->counting;
	bool retry = rig->retry;

	memset(rig, 0, sizeof(*rig));
	rig->counting = counting;
	rig->retry = retry;
	rig->mem = unit_mem_callbacks(&rig->counting);
	rig->now = (struct pmip_now){1000 * RIG_S, 0};
	rig->listening = true;
	rig->next_id = 100;
	ck_assert_int_eq(flowmob_manager_config_new(&rig->config, NULL), 0);
	ck_assert_int_eq(flowmob_policy_new(&rig->policy, NULL), 0);
	ck_assert_int_eq(flowmob_applications_new(&rig->applications, NULL), 0);
	if (configure)
		configure(rig->config);
	MUST(rig, flowmob_manager_new(&rig->manager, rig->config, &rig->mem, key));
	flowmob_manager_set_policy(rig->manager, rig->policy, rig->applications);
}

void rig_fini(struct rig *rig)
{
	flowmob_manager_free(rig->manager);
	flowmob_policy_free(rig->policy);
	flowmob_applications_free(rig->applications);
	flowmob_manager_config_free(rig->config);
	ck_assert_int_eq(rig->counting.live, 0);
}

void rig_say(struct rig *rig, const struct flowmob_fmp *message)
{
	uint8_t data[FLOWMOB_FMP_MAX];
	int len = flowmob_fmp_encode(data, sizeof(data), message);
	uint8_t *copy;

	ck_assert_int_gt(len, 0);
	copy = malloc((size_t)len);
	memcpy(copy, data, (size_t)len);
	MUST(rig, flowmob_manager_input(rig->manager, copy, (size_t)len, rig->now));
	free(copy);
	rig_drain(rig);
}

/* The attachments whose prefixes have the address; those of the same mobile node follow from the MN-ID. */
static const struct flowmob_attachment *owner(const struct rig *rig, const struct pmip_addr *addr)
{
	for (size_t i = 0; i < rig->attachment_count; i++)
		if (pmip_prefix_contains(&rig->attachment[i].prefix[0], addr))
			return &rig->attachment[i];
	return NULL;
}

static void lma_add(struct rig *rig, const struct flowmob_fmp *request, struct flowmob_fmp *answer)
{
	const struct flowmob_attachment *at = owner(rig, &request->u.flow.dst);

	rig->adds++;
	if (!at)
		return;
	for (size_t i = 0; i < rig->flow_count; i++) {
		if (pmip_flow_equal(&rig->flow[i].placed.flow, &request->u.flow)) {
			answer->u.place = rig->flow[i].placed.place;
			return;
		}
	}
	ck_assert_uint_lt(rig->flow_count, RIG_MAX);
	answer->u.place = (struct flowmob_place){rig->next_id++, at->tunnel};
	rig->flow[rig->flow_count++] = (struct rig_flow){.placed = {answer->u.place, request->u.flow}};
}

static struct rig_flow *flow_by_id(struct rig *rig, uint32_t id)
{
	for (size_t i = 0; i < rig->flow_count; i++)
		if (rig->flow[i].placed.place.flow_id == id)
			return &rig->flow[i];
	return NULL;
}

/* Another tunnel of the same mobile node, or the one wanted. */
static uint32_t other_tunnel(const struct rig *rig, const struct rig_flow *flow, uint32_t wanted)
{
	const struct flowmob_attachment *at = owner(rig, &flow->placed.flow.dst);

	for (size_t i = 0; at && i < rig->attachment_count; i++)
		if (pmip_mnid_equal(&rig->attachment[i].mn_id, &at->mn_id) &&
		    (wanted ? rig->attachment[i].tunnel == wanted : rig->attachment[i].tunnel != flow->placed.place.tunnel))
			return rig->attachment[i].tunnel;
	return 0;
}

static void lma_move(struct rig *rig, const struct flowmob_fmp *request, struct flowmob_fmp *answer)
{
	struct rig_flow *flow = flow_by_id(rig, request->u.move.in_use.flow_id);
	uint32_t to;

	rig->moves++;
	if (!flow || rig->move_status) {
		answer->status = flow ? rig->move_status : FLOWMOB_FMP_NOENT;
		return;
	}
	to = other_tunnel(rig, flow, request->u.move.wanted);
	if (flow->placed.place.tunnel != request->u.move.in_use.tunnel) {
		answer->status = FLOWMOB_FMP_STALE;
	} else if (!to) {
		answer->status = FLOWMOB_FMP_NO_TUNNEL;
		return;
	} else {
		flow->placed.place.tunnel = to;
	}
	answer->u.place = flow->placed.place;
}

static void lma_del(struct rig *rig, uint32_t id)
{
	struct rig_flow *flow = flow_by_id(rig, id);

	rig->dels++;
	if (flow)
		*flow = rig->flow[--rig->flow_count];
}

/* LIST and TUNNELS: so many in a message as fit, here two, so that there are several messages. */
static void lma_lists(struct rig *rig, struct flowmob_fmp *answer)
{
	bool flows = answer->op == (FLOWMOB_FMP_LIST | FLOWMOB_FMP_ANSWER);
	size_t count = flows ? rig->flow_count : rig->attachment_count, done = 0;

	rig->lists += flows;
	rig->tunnels += !flows;
	do {
		unsigned int n = count - done < 2 ? (unsigned int)(count - done) : 2;

		for (unsigned int i = 0; i < n; i++) {
			if (flows)
				answer->u.list.flow[i] = rig->flow[done + i].placed;
			else
				answer->u.tunnels.attachment[i] = rig->attachment[done + i];
		}
		done += n;
		if (flows) {
			answer->u.list.count = n;
			answer->u.list.more = done < count;
		} else {
			answer->u.tunnels.count = n;
			answer->u.tunnels.more = done < count;
		}
		rig_say(rig, answer);
	} while (done < count);
}

/* One second of traffic: each tunnel carries what it can, and drops the same share of each of its flows. */
static void carry(struct rig *rig)
{
	uint64_t offered[RIG_TUNNELS] = {0};

	for (size_t i = 0; i < rig->flow_count; i++)
		offered[rig->flow[i].placed.place.tunnel] += rig->flow[i].pps;
	for (size_t i = 0; i < rig->flow_count; i++) {
		struct rig_flow *flow = &rig->flow[i];
		uint32_t tunnel = flow->placed.place.tunnel;
		uint64_t all = offered[tunnel], most = rig->capacity[tunnel] ? rig->capacity[tunnel] : all;

		flow->carried = (all > most ? flow->pps * most / all : flow->pps) * PACKET_LEN;
		flow->octets += flow->carried;
	}
	for (uint32_t t = 0; t < RIG_TUNNELS; t++) {
		uint64_t most = rig->capacity[t] ? rig->capacity[t] : offered[t];

		rig->sent[t] += offered[t] < most ? offered[t] : most;
		rig->dropped[t] += offered[t] > most ? offered[t] - most : 0;
	}
}

static void give_counters(struct rig *rig)
{
	carry(rig);
	for (size_t i = 0; i < rig->flow_count; i++)
		flowmob_manager_add_flow_octets(rig->manager, rig->flow[i].placed.place.flow_id, rig->flow[i].carried, rig->now);
	for (uint32_t t = 0; t < RIG_TUNNELS; t++)
		flowmob_manager_set_tunnel_counters(rig->manager, t, rig->sent[t], rig->sent[t] * PACKET_LEN, rig->dropped[t]);
}

/* Those whose turn it is, and that have counted. */
static void lma_turn(struct rig *rig, struct flowmob_fmp *answer)
{
	unsigned int *count = &answer->u.flow_counters.count;

	answer->u.flow_counters.span_ms = 1000 * rig->turns;
	for (size_t i = rig->turn++ % rig->turns; i < rig->flow_count; i += rig->turns) {
		struct rig_flow *flow = &rig->flow[i];

		if (flow->octets == flow->told)
			continue;
		flow->told = flow->octets;
		answer->u.flow_counters.flow[(*count)++] =
			(struct flowmob_flow_count){flow->placed.place.flow_id, 0, flow->octets / PACKET_LEN, flow->octets};
	}
	rig_say(rig, answer);
}

/* A flow in a message, all tunnels in one. */
static void lma_counters(struct rig *rig, struct flowmob_fmp *answer)
{
	rig->counters++;
	answer->status = rig->counters_status;
	if (answer->status) {
		rig_say(rig, answer);
		return;
	}
	if (answer->op == (FLOWMOB_FMP_TUNNEL_COUNTERS | FLOWMOB_FMP_ANSWER)) {
		answer->u.tunnel_counters.count = RIG_TUNNELS - 1;
		for (uint32_t t = 1; t < RIG_TUNNELS; t++)
			answer->u.tunnel_counters.tunnel[t - 1] =
				(struct flowmob_tunnel_count){t, rig->sent[t], rig->sent[t] * PACKET_LEN, rig->dropped[t]};
		rig_say(rig, answer);
		return;
	}
	carry(rig);
	if (rig->turns) {
		lma_turn(rig, answer);
		return;
	}
	for (size_t i = 0, count = rig->flow_count; i == 0 || i < count; i++) {
		answer->u.flow_counters.count = count ? 1 : 0;
		answer->u.flow_counters.more = i + 1 < count;
		answer->u.flow_counters.flow[0] = (struct flowmob_flow_count){
			rig->flow[i].placed.place.flow_id, 0, rig->flow[i].octets / PACKET_LEN, rig->flow[i].octets};
		rig_say(rig, answer);
	}
}

static void lma_input(struct rig *rig, const uint8_t *data, size_t len)
{
	struct flowmob_fmp request, answer = {0};

	ck_assert_int_eq(flowmob_fmp_decode(&request, data, len), 0);
	rig->last = request;
	answer.op = request.op | FLOWMOB_FMP_ANSWER;
	answer.request = request.request;
	switch (request.op) {
	case FLOWMOB_FMP_ADD:
		lma_add(rig, &request, &answer);
		break;
	case FLOWMOB_FMP_MOVE:
		lma_move(rig, &request, &answer);
		break;
	case FLOWMOB_FMP_DEL:
		lma_del(rig, request.u.flow_id);
		break;
	case FLOWMOB_FMP_LIST:
	case FLOWMOB_FMP_TUNNELS:
		lma_lists(rig, &answer);
		return;
	case FLOWMOB_FMP_FLOW_COUNTERS:
	case FLOWMOB_FMP_TUNNEL_COUNTERS:
		lma_counters(rig, &answer);
		return;
	case FLOWMOB_FMP_WATCH:
		rig->watches++;
		rig->watch = request.u.watch;
		break;
	default:
		ck_abort_msg("the manager asks for op %u", request.op);
	}
	rig_say(rig, &answer);
}

static void take_message(struct rig *rig, const struct flowmob_action *action)
{
	struct rig_message *keep;

	ck_assert(rig->connected);
	if (!rig->silent) {
		lma_input(rig, action->u.send.data, action->u.send.len);
		return;
	}
	ck_assert_uint_lt(rig->kept_count, RIG_MAX);
	keep = &rig->kept[rig->kept_count++];
	keep->len = action->u.send.len;
	memcpy(keep->data, action->u.send.data, keep->len);
}

void rig_answer(struct rig *rig)
{
	size_t count = rig->kept_count;

	rig->silent = false;
	rig->kept_count = 0;
	for (size_t i = 0; i < count; i++)
		lma_input(rig, rig->kept[i].data, rig->kept[i].len);
}

static void connect_socket(struct rig *rig)
{
	rig->connects++;
	rig->connected = rig->listening;
	MUST(rig, flowmob_manager_set_socket_up(rig->manager, rig->connected, rig->now));
}

void rig_drain(struct rig *rig)
{
	struct flowmob_action action;

	while (flowmob_manager_next_action(rig->manager, &action) == 1) {
		switch (action.type) {
		case FLOWMOB_ACTION_CONNECT:
			connect_socket(rig);
			break;
		case FLOWMOB_ACTION_DISCONNECT:
			rig->disconnects++;
			rig->connected = false;
			break;
		case FLOWMOB_ACTION_SEND:
			take_message(rig, &action);
			break;
		case FLOWMOB_ACTION_VERDICT:
			ck_assert_uint_lt(rig->verdict_count, RIG_MAX);
			rig->verdict[rig->verdict_count].handle = action.u.verdict.handle;
			rig->verdict[rig->verdict_count++].tunnel = action.u.verdict.tunnel;
			break;
		case FLOWMOB_ACTION_FLOW:
			rig->event[rig->event_count++ % RIG_MAX] = action.u.flow;
			break;
		case FLOWMOB_ACTION_FORGET_ALL:
			rig->forgets++;
			break;
		case FLOWMOB_ACTION_POLL:
			rig->polls++;
			give_counters(rig);
			MUST(rig, flowmob_manager_evaluate(rig->manager, rig->now));
			break;
		case FLOWMOB_ACTION_RESULT:
			rig->results++;
			rig->result = action;
			break;
		}
	}
}

void rig_pass(struct rig *rig, uint64_t us)
{
	uint64_t end_us = rig->now.mono_us + us, at_us;

	while ((at_us = flowmob_manager_next_deadline(rig->manager)) <= end_us) {
		if (at_us > rig->now.mono_us) {
			rig->now.wall_us += at_us - rig->now.mono_us;
			rig->now.mono_us = at_us;
		}
		MUST(rig, flowmob_manager_handle_timeout(rig->manager, rig->now));
		rig_drain(rig);
	}
	rig->now.wall_us += end_us - rig->now.mono_us;
	rig->now.mono_us = end_us;
}

void rig_connect(struct rig *rig)
{
	rig_pass(rig, 0);
	ck_assert(flowmob_manager_is_ready(rig->manager));
}

void rig_break(struct rig *rig)
{
	rig->connected = false;
	rig->kept_count = 0;
	MUST(rig, flowmob_manager_set_socket_up(rig->manager, false, rig->now));
	rig_drain(rig);
}

struct flowmob_attachment rig_attachment(unsigned int n, uint32_t tunnel, uint8_t att, enum flowmob_model model)
{
	struct flowmob_attachment made = {.tunnel = tunnel, .att = att, .model = model, .prefix_count = 1};
	char text[PMIP_PREFIX_STRLEN];

	snprintf((char *)ids[n], sizeof(ids[n]), "mn%u@x", n % 10);
	made.mn_id = (struct pmip_mnid){1, (uint8_t)strlen((char *)ids[n]), ids[n]};
	snprintf(text, sizeof(text), "2001:db8:f:%x::/64", n);
	made.prefix[0] = unit_prefix(text);
	snprintf(text, sizeof(text), "2001:db8:a::%x", (unsigned int)tunnel);
	made.proxy_coa = unit_addr(text);
	return made;
}

void rig_attach(struct rig *rig, const struct flowmob_attachment *attachment)
{
	struct flowmob_fmp event = {.op = FLOWMOB_FMP_BINDING_ADDED, .u.attachment = *attachment};

	ck_assert_uint_lt(rig->attachment_count, RIG_TUNNELS);
	rig->attachment[rig->attachment_count++] = *attachment;
	if (rig->connected)
		rig_say(rig, &event);
}

void rig_detach(struct rig *rig, const struct flowmob_attachment *attachment)
{
	struct flowmob_fmp event = {.op = FLOWMOB_FMP_BINDING_DELETED, .u.attachment = *attachment};

	for (size_t i = 0; i < rig->attachment_count; i++) {
		if (rig->attachment[i].tunnel == attachment->tunnel &&
		    pmip_prefix_equal(&rig->attachment[i].prefix[0], &attachment->prefix[0])) {
			rig->attachment[i] = rig->attachment[--rig->attachment_count];
			break;
		}
	}
	if (rig->connected)
		rig_say(rig, &event);
}

struct flowmob_packet rig_packet(unsigned int n, uint16_t port)
{
	struct flowmob_packet packet = {.version = 6, .has_ports = true, .total_len = PACKET_LEN};
	char text[PMIP_ADDR_STRLEN];

	snprintf(text, sizeof(text), "2001:db8:f:%x::1", n);
	packet.flow.dst = unit_addr(text);
	packet.flow.src = unit_addr("2001:db8:c::1");
	packet.flow.protocol = 17;
	packet.flow.src_port = 443;
	packet.flow.dst_port = port;
	return packet;
}

uint64_t rig_send(struct rig *rig, unsigned int n, uint16_t port)
{
	static uint64_t handle;
	struct flowmob_packet packet = rig_packet(n, port);

	handle++;
	MUST(rig, flowmob_manager_input_packet(rig->manager, &packet, handle, rig->now));
	rig_drain(rig);
	return handle;
}

int rig_verdict(const struct rig *rig, uint64_t handle)
{
	int found = PMIP_ERR_NOENT;

	for (size_t i = 0; i < rig->verdict_count; i++) {
		if (rig->verdict[i].handle != handle)
			continue;
		ck_assert_msg(found == PMIP_ERR_NOENT, "two verdicts on one packet");
		found = (int)rig->verdict[i].tunnel;
	}
	return found;
}

struct rig_flow *rig_flow(struct rig *rig, unsigned int n, uint16_t port)
{
	struct flowmob_packet packet = rig_packet(n, port);

	for (size_t i = 0; i < rig->flow_count; i++)
		if (pmip_flow_equal(&rig->flow[i].placed.flow, &packet.flow))
			return &rig->flow[i];
	return NULL;
}

uint32_t rig_stream(struct rig *rig, unsigned int n, uint16_t port, uint64_t pps)
{
	struct rig_flow *flow;

	rig_send(rig, n, port);
	flow = rig_flow(rig, n, port);
	ck_assert_ptr_nonnull(flow);
	flow->pps = pps;
	return flow->placed.place.flow_id;
}
