/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The path of a flow in the table is the interface by which its packets come in, and that is where those of the other direction leave. Only
 * while a flow seems to move there is something besides: the interface that it seems to move to. FLO-12, LIF-2.
 */
#include <flowmob/reflector.h>

#include <string.h>

#include <flowmob/flow_table.h>
#include <flowmob/fragment_table.h>

#include "base/mem.h"
#include "libflowmob/packet.h"

/* RFL-9. */
#define CONFIRM_US UINT64_C(50000)

/* Packets whose fragments are on their way out, and how long those may take. FMC-3. */
#define FRAGMENTED_MAX 256
#define FRAGMENTS_MS 60000

/* A first packet of a flow on another interface. */
struct move {
	uint32_t interface;
	uint64_t since_us;
};

struct flowmob_reflector {
	struct pmip_mem mem;
	struct flowmob_flow_table *table;
	struct flowmob_fragment_table *fragments;
	struct flowmob_reflector_counters counters;
	enum flowmob_reflector_mode mode;
};

int flowmob_reflector_new(struct flowmob_reflector **reflector, enum flowmob_reflector_mode mode, uint32_t max_flows,
			  uint32_t idle_timeout_ms, const struct pmip_mem *mem, const uint8_t hash_key[16])
{
	struct pmip_mem use = pmip__mem_resolve(mem);
	struct flowmob_reflector *made;
	int err;

	if (mode != FLOWMOB_REFLECTOR_IMMEDIATE && mode != FLOWMOB_REFLECTOR_CONFIRMED)
		return PMIP_ERR_INVALID;
	made = pmip__mem_alloc(&use, sizeof(*made));
	if (!made)
		return PMIP_ERR_NOMEM;
	made->mem = use;
	made->mode = mode;
	err = flowmob_flow_table_new(&made->table, max_flows, idle_timeout_ms, &use, hash_key);
	if (!err)
		err = flowmob_fragment_table_new(&made->fragments, FRAGMENTED_MAX, FRAGMENTS_MS, &use, hash_key);
	if (err) {
		flowmob_flow_table_free(made->table);
		pmip__mem_free(&use, made);
		return err;
	}
	*reflector = made;
	return 0;
}

static void forget_move(struct flowmob_reflector *reflector, struct flowmob_flow *flow)
{
	pmip__mem_free(&reflector->mem, flow->user);
	flow->user = NULL;
}

static void forget(struct flowmob_reflector *reflector, struct flowmob_flow *flow, uint64_t mono_us)
{
	forget_move(reflector, flow);
	flowmob_flow_table_del(reflector->table, flow, mono_us);
}

void flowmob_reflector_free(struct flowmob_reflector *reflector)
{
	struct flowmob_flow *flow;

	if (!reflector)
		return;
	while ((flow = flowmob_flow_table_next(reflector->table, NULL)))
		forget(reflector, flow, 0);
	flowmob_flow_table_free(reflector->table);
	flowmob_fragment_table_free(reflector->fragments);
	pmip__mem_free(&reflector->mem, reflector);
}

/* RFL-3: whoever reads the entry finds the old interface or the new one. */
static int moved(struct flowmob_reflector *reflector, struct flowmob_flow *flow, uint32_t interface)
{
	forget_move(reflector, flow);
	flow->path = interface;
	reflector->counters.moved++;
	return FLOWMOB_REFLECTION_MOVED;
}

/* RFL-9: for 50 ms no packet on the old interface has come to contradict. */
static bool has_settled(struct flowmob_reflector *reflector, struct flowmob_flow *flow, uint64_t mono_us)
{
	const struct move *move = flow->user;

	if (!move || mono_us < move->since_us + CONFIRM_US)
		return false;
	moved(reflector, flow, move->interface);
	return true;
}

/* A packet of a known flow on another interface than the flow's. RFL-3, RFL-9, LIF-2. */
static int seen_elsewhere(struct flowmob_reflector *reflector, struct flowmob_flow *flow, uint32_t interface, uint64_t mono_us)
{
	struct move *move = flow->user;

	if (reflector->mode == FLOWMOB_REFLECTOR_IMMEDIATE)
		return moved(reflector, flow, interface);
	if (!move) {
		move = pmip__mem_alloc(&reflector->mem, sizeof(*move));
		if (!move)
			return PMIP_ERR_NOMEM;
		flow->user = move;
	} else if (move->interface == interface) {
		return moved(reflector, flow, interface);
	}
	*move = (struct move){interface, mono_us};
	return FLOWMOB_REFLECTION_NONE;
}

/* RFL-2. */
static int add(struct flowmob_reflector *reflector, struct flowmob_flow **flow, const struct flowmob_packet *packet, uint32_t interface,
	       uint64_t mono_us)
{
	int err = flowmob_flow_table_add(reflector->table, flow, &packet->flow, interface, mono_us);

	if (err == PMIP_ERR_FULL) {
		forget(reflector, flowmob_flow_table_next(reflector->table, NULL), mono_us);
		reflector->counters.evicted++;
		err = flowmob_flow_table_add(reflector->table, flow, &packet->flow, interface, mono_us);
	}
	if (err)
		return err;
	reflector->counters.added++;
	return FLOWMOB_REFLECTION_ADDED;
}

/* RFL-2, RFL-3. */
int flowmob_reflector_input(struct flowmob_reflector *reflector, const struct flowmob_packet *packet, uint32_t interface, uint64_t mono_us)
{
	struct flowmob_flow *flow;
	int result = FLOWMOB_REFLECTION_NONE;

	if (!interface)
		return PMIP_ERR_INVALID;
	if (!flowmob__packet_has_flow(packet) || packet->is_icmp_error)
		return FLOWMOB_REFLECTION_NONE;
	flow = flowmob_flow_table_find(reflector->table, &packet->flow);
	if (!flow) {
		result = add(reflector, &flow, packet, interface, mono_us);
		if (result < 0)
			return result;
	} else if (has_settled(reflector, flow, mono_us) && flow->path == interface) {
		result = FLOWMOB_REFLECTION_MOVED;
	} else if (flow->path == interface) {
		forget_move(reflector, flow);
	} else {
		result = seen_elsewhere(reflector, flow, interface, mono_us);
		if (result < 0)
			return result;
	}
	flowmob_flow_table_seen(reflector->table, flow, packet->flow.label, packet->total_len, mono_us);
	return result;
}

static uint32_t output(struct flowmob_reflector *reflector, const struct flowmob_packet *packet, uint64_t mono_us)
{
	struct pmip_flow reversed = pmip_flow_reverse(&packet->flow);
	struct flowmob_flow *flow = flowmob__packet_has_flow(packet) ? flowmob_flow_table_find(reflector->table, &reversed) : NULL;

	if (!flow)
		return 0;
	has_settled(reflector, flow, mono_us);
	flowmob_flow_table_seen(reflector->table, flow, flow->flow.label, packet->total_len, mono_us);
	return flow->path;
}

/* RFL-4, RFL-5: an interface is all that comes of it. FMC-3. */
uint32_t flowmob_reflector_output(struct flowmob_reflector *reflector, const struct flowmob_packet *packet, uint64_t mono_us)
{
	uint32_t interface = 0;

	if (packet->is_fragment && !packet->is_first_fragment) {
		flowmob_fragment_table_find(reflector->fragments, &interface, packet, mono_us);
		return interface;
	}
	interface = output(reflector, packet, mono_us);
	if (packet->is_first_fragment)
		flowmob_fragment_table_set(reflector->fragments, packet, interface, mono_us);
	return interface;
}

uint32_t flowmob_reflector_output_error(struct flowmob_reflector *reflector, const struct flowmob_packet *cause, uint64_t mono_us)
{
	struct flowmob_flow *flow = flowmob__packet_has_flow(cause) ? flowmob_flow_table_find(reflector->table, &cause->flow) : NULL;

	if (!flow)
		return 0;
	has_settled(reflector, flow, mono_us);
	return flow->path;
}

uint32_t flowmob_reflector_del_interface(struct flowmob_reflector *reflector, uint32_t interface, uint64_t mono_us)
{
	struct flowmob_flow *flow = flowmob_flow_table_next(reflector->table, NULL), *next;
	uint32_t count = 0;

	for (; flow; flow = next) {
		const struct move *move;

		next = flowmob_flow_table_next(reflector->table, flow);
		has_settled(reflector, flow, mono_us);
		move = flow->user;
		if (move && move->interface == interface)
			forget_move(reflector, flow);
		if (flow->path != interface)
			continue;
		forget(reflector, flow, mono_us);
		count++;
	}
	return count;
}

uint64_t flowmob_reflector_next_deadline(const struct flowmob_reflector *reflector)
{
	return flowmob_flow_table_next_deadline(reflector->table);
}

/* RFL-6. */
uint32_t flowmob_reflector_handle_timeout(struct flowmob_reflector *reflector, uint64_t mono_us)
{
	struct flowmob_flow *flow;
	uint32_t count = 0;

	while ((flow = flowmob_flow_table_idle(reflector->table, mono_us))) {
		forget(reflector, flow, mono_us);
		count++;
	}
	return count;
}

uint32_t flowmob_reflector_count(const struct flowmob_reflector *reflector)
{
	return flowmob_flow_table_count(reflector->table);
}

int flowmob_reflector_next(const struct flowmob_reflector *reflector, struct flowmob_reflected *out, const struct pmip_flow *before)
{
	const struct flowmob_flow *at = before ? flowmob_flow_table_find(reflector->table, before) : NULL;

	if (before && !at)
		return 0;
	at = flowmob_flow_table_next(reflector->table, at);
	if (!at)
		return 0;
	*out = (struct flowmob_reflected){.flow = at->flow, .interface = at->path, .octets = at->octets, .seen_us = at->seen_us};
	return 1;
}

int flowmob_reflector_get_counters(const struct flowmob_reflector *reflector, struct flowmob_reflector_counters *counters)
{
	struct flowmob_reflector_counters all = reflector->counters;

	if (counters->size < sizeof(counters->size))
		return PMIP_ERR_INVALID;
	all.size = counters->size;
	memcpy(counters, &all, counters->size < sizeof(all) ? counters->size : sizeof(all));
	return 0;
}
