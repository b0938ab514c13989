/* SPDX-License-Identifier: BSD-2-Clause */
/* What can be asked of a flow manager without anything being done. FMP-9. */
#include "libflowmob/manager.h"

#include "base/buf.h"

#include <string.h>

static void fill(const struct flowmob_manager *manager, const struct flowmob__flow *flow, struct flowmob_flow_info *info)
{
	struct flowmob_flow_info full = {
		.size = info->size,
		.flow_id = flow->id,
		.tunnel = flow->tunnel->id,
		.flow = flow->entry->flow,
		.application = flow->application,
		.octets = flow->entry->octets,
		.rate_bps = flowmob__rate_of(manager, flow),
		.average_bps = flowmob__rate_average(manager, flow),
		.seen_us = flow->entry->seen_us,
		.reason = flow->reason,
	};

	if (flow->node)
		full.mn_id = flow->node->mn_id;
	memcpy(info, &full, info->size < sizeof(full) ? info->size : sizeof(full));
}

int flowmob_manager_get_flow(const struct flowmob_manager *manager, struct flowmob_flow_info *info, uint32_t flow_id)
{
	const struct flowmob__flow *flow = flowmob__flow_by_id(manager, flow_id);

	if (!flow)
		return PMIP_ERR_NOENT;
	fill(manager, flow, info);
	return 0;
}

int flowmob_manager_next_flow(const struct flowmob_manager *manager, size_t *cursor, struct flowmob_flow_info *info)
{
	const struct flowmob__flow *last = *cursor ? flowmob__flow_by_id(manager, (uint32_t)*cursor) : NULL;
	const struct flowmob_flow *entry = last ? last->entry : NULL;

	if (*cursor && !last)
		return 0;
	while ((entry = flowmob_flow_table_next(manager->table, entry))) {
		const struct flowmob__flow *flow = entry->user;

		if (flow->state != FLOWMOB__KNOWN)
			continue;
		fill(manager, flow, info);
		*cursor = flow->id;
		return 1;
	}
	return 0;
}

int flowmob_manager_explain(const struct flowmob_manager *manager, char *buf, size_t cap, uint32_t flow_id, struct pmip_now now)
{
	const struct flowmob__flow *flow = flowmob__flow_by_id(manager, flow_id);
	struct flowmob__ways ways;

	if (!flow || !flow->node || !manager->policy)
		return PMIP_ERR_NOENT;
	flowmob__watch_ways(manager, flow, &ways, now);
	return (int)flowmob_policy_explain(manager->policy, buf, cap, &ways.input);
}

uint64_t flowmob_manager_get_counter(const struct flowmob_manager *manager, enum flowmob_manager_counter counter)
{
	return counter < FLOWMOB_MANAGER_COUNTERS ? manager->counters[counter] : 0;
}

const char *flowmob_manager_counter_name(enum flowmob_manager_counter counter)
{
	static const char *const names[FLOWMOB_MANAGER_COUNTERS] = {
		[FLOWMOB_MANAGER_PACKETS] = "packets",
		[FLOWMOB_MANAGER_UNMARKED] = "unmarked",
		[FLOWMOB_MANAGER_UNANSWERED] = "unanswered",
		[FLOWMOB_MANAGER_FULL] = "full",
		[FLOWMOB_MANAGER_LMA_FULL] = "lma_full",
		[FLOWMOB_MANAGER_ADDED] = "added",
		[FLOWMOB_MANAGER_MOVED] = "moved",
		[FLOWMOB_MANAGER_MOVE_FAILED] = "move_failed",
		[FLOWMOB_MANAGER_DELETED] = "deleted",
		[FLOWMOB_MANAGER_IDLE] = "idle",
		[FLOWMOB_MANAGER_CONGESTED] = "congested",
		[FLOWMOB_MANAGER_DISCONNECTED] = "disconnected",
		[FLOWMOB_MANAGER_MALFORMED] = "malformed",
	};

	return counter < FLOWMOB_MANAGER_COUNTERS ? names[counter] : NULL;
}

const char *flowmob_reason_name(enum flowmob_reason reason)
{
	static const char *const names[] = {
		[FLOWMOB_REASON_PACKET] = "packet",
		[FLOWMOB_REASON_LISTED] = "listed",
		[FLOWMOB_REASON_OPERATOR] = "operator",
		[FLOWMOB_REASON_POLICY] = "policy",
		[FLOWMOB_REASON_CONGESTION] = "congestion",
		[FLOWMOB_REASON_THROUGHPUT] = "throughput",
		[FLOWMOB_REASON_BINDING] = "binding",
		[FLOWMOB_REASON_LMA] = "lma",
		[FLOWMOB_REASON_IDLE] = "idle",
		[FLOWMOB_REASON_TUNNEL_DOWN] = "tunnel-down",
	};

	return reason < PMIP__ARRAY_SIZE(names) ? names[reason] : NULL;
}
