/* SPDX-License-Identifier: BSD-2-Clause */
/* Flows as a reader sees them. */
#include "engine/lma.h"

#include <string.h>

void pmip__lma_flow_fill(struct pmip_flow_info *info, const struct pmip__flow *flow)
{
	struct pmip_flow_info all = {
		.size = info->size,
		.flow_id = flow->id,
		.flow = flow->flow,
		.mn_id = flow->owner->mn->mn_id,
		.tunnel = pmip__flow_session(flow)->reg.tunnel->id,
		.remote = pmip__flow_session(flow)->reg.tunnel->remote,
		.is_default = !flow->over,
		.is_moving = flow->wanted,
		.fid = flow->fid,
		.bid = pmip__flow_session(flow)->bid,
	};

	memcpy(info, &all, info->size < sizeof(all) ? info->size : sizeof(all));
}

size_t pmip_lma_count_flows(const struct pmip_lma *lma)
{
	return lma->flows.by_id.count;
}

int pmip_lma_get_flow(const struct pmip_lma *lma, struct pmip_flow_info *info, uint32_t id)
{
	const struct pmip__flow *flow = pmip__flow_cache_by_id(&lma->flows, id);

	if (!flow)
		return PMIP_ERR_NOENT;
	pmip__lma_flow_fill(info, flow);
	return 0;
}

int pmip_lma_find_flow(const struct pmip_lma *lma, struct pmip_flow_info *info, const struct pmip_flow *flow)
{
	const struct pmip__flow *known = pmip__flow_cache_by_flow(&lma->flows, flow);

	if (!known)
		return PMIP_ERR_NOENT;
	pmip__lma_flow_fill(info, known);
	return 0;
}

int pmip_lma_next_flow(const struct pmip_lma *lma, size_t *cursor, struct pmip_flow_info *info)
{
	const struct pmip__flow *flow = pmip__htable_next(&lma->flows.by_id, cursor);

	if (!flow)
		return 0;
	pmip__lma_flow_fill(info, flow);
	return 1;
}

int pmip_lma_next_flow_of_mn(const struct pmip_lma *lma, size_t *cursor, struct pmip_flow_info *info, const struct pmip_mnid *mn_id)
{
	const struct pmip__mn *mn = pmip__binding_cache_mn(&lma->cache, mn_id);
	const struct pmip__flow_owner *owner = mn ? pmip__flow_cache_owner(&lma->flows, mn) : NULL;
	const struct pmip__flow *last = *cursor ? pmip__flow_cache_by_id(&lma->flows, (uint32_t)*cursor) : NULL;
	const struct pmip__list *link;

	if (!owner || (*cursor && (!last || last->owner != owner)))
		return 0;
	link = last ? last->of_owner.next : owner->flows.next;
	if (link == &owner->flows)
		return 0;
	pmip__lma_flow_fill(info, PMIP__CONTAINER(link, struct pmip__flow, of_owner));
	*cursor = info->flow_id;
	return 1;
}
