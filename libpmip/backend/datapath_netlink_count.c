/* SPDX-License-Identifier: BSD-2-Clause */
/* What flows and tunnels of the netlink datapath have counted: flows by their connections, both directions apart, tunnels by their devices. A
 * connection that ended is another one with the same ports when it begins anew, so what has been counted is kept here. */
#include "config.h"

#include <search.h>
#include <string.h>

#include "backend/conntrack.h"
#include "backend/datapath_netlink.h"
#include "backend/os.h"
#include "backend/qdisc.h"

static void take(struct pmip__nl_flow *flow, const struct pmip__ct_flow *now)
{
	flow->ct_packets = now->packets;
	flow->ct_octets = now->octets;
}

static void take_start(void *user, const struct pmip__ct *ct)
{
	struct pmip__nl_flow *flow = user;

	take(flow, pmip_flow_equal(&ct->there.flow, &flow->flow) ? &ct->there : &ct->back);
}

int pmip__nl_flow_count_from_now(struct pmip__datapath_netlink *dp, struct pmip__nl_flow *flow)
{
	int err = pmip__ct_get(dp->ct, &flow->flow, take_start, flow);

	flow->is_counted = err == 0 || err == PMIP_ERR_NOENT;
	return flow->is_counted ? 0 : err;
}

struct count {
	struct pmip__datapath_netlink *dp;
	uint64_t now_us;
	void (*each)(void *user, const struct pmip_flow_counters *counters);
	void *user;
};

static void count_one(const struct count *count, const struct pmip__ct_flow *now)
{
	struct pmip__nl_flow *flow = pmip__nl_flow_find(count->dp, &now->flow);

	if (flow == NULL)
		return;
	if (now->packets < flow->ct_packets || now->octets < flow->ct_octets)
		flow->ct_packets = flow->ct_octets = 0; /* another connection */
	if (now->packets != flow->ct_packets)
		flow->seen_us = count->now_us;
	flow->packets += now->packets - flow->ct_packets;
	flow->octets += now->octets - flow->ct_octets;
	take(flow, now);
}

static void count_both(void *user, const struct pmip__ct *ct)
{
	count_one(user, &ct->there);
	count_one(user, &ct->back);
}

static struct pmip_flow_counters counters_of(const struct pmip__nl_flow *flow)
{
	return (struct pmip_flow_counters){ .flow = flow->flow, .packets = flow->packets, .octets = flow->octets, .seen_us = flow->seen_us,
					    .quiet_us = flow->seen_us ? flow->seen_us : flow->set_us, .flow_id = flow->id };
}

static void tell(const void *node, VISIT visit, void *user)
{
	const struct pmip__nl_flow *flow = *(const struct pmip__nl_flow *const *)node;
	const struct count *count = user;
	struct pmip_flow_counters counters = counters_of(flow);

	if (visit == postorder || visit == leaf)
		count->each(count->user, &counters);
}

int pmip__nl_flows(void *ctx, uint64_t *place, size_t count, void (*each)(void *user, const struct pmip_flow_counters *counters), void *user)
{
	struct pmip__datapath_netlink *dp = ctx;
	struct count all = { .dp = dp, .now_us = pmip__clock_us(CLOCK_MONOTONIC), .each = each, .user = user };
	int err;

	(void)count;
	*place = 0;
	if (dp->flow_count == 0)
		return 0;
	err = pmip__ct_each(dp->ct, count_both, &all);
	if (err < 0)
		return err;
	twalk_r(dp->flows, tell, &all);
	return (int)dp->flow_count;
}

int pmip__nl_flow_counters(void *ctx, struct pmip_flow_counters *counters, const struct pmip_flow *what)
{
	struct pmip__datapath_netlink *dp = ctx;
	struct count count = { .dp = dp, .now_us = pmip__clock_us(CLOCK_MONOTONIC) };
	struct pmip__nl_flow *flow = pmip__nl_flow_find(dp, what);

	if (flow == NULL)
		return PMIP_ERR_NOENT;
	pmip__ct_get(dp->ct, what, count_both, &count);
	*counters = counters_of(flow);
	return 0;
}

int pmip__nl_tunnel_counters(void *ctx, struct pmip_tunnel_counters *counters, const struct pmip_addr *local,
			     const struct pmip_addr *remote)
{
	struct pmip_datapath_op op = { .kind = PMIP_DATAPATH_TUNNEL_ENSURE, .local = *local, .remote = *remote };
	struct pmip__datapath_netlink *dp = ctx;
	struct pmip__nl_tunnel *tunnel = pmip__nl_tunnel_find(dp, &op);
	struct pmip_tunnel_counters all = { .size = counters->size };
	struct pmip__tunnel_dev dev;
	int err;

	if (tunnel == NULL || pmip__nl_tunnel_index(dp, tunnel) == 0)
		return PMIP_ERR_NOENT;
	err = pmip__nl_tunnel_get(dp->nl, tunnel->dev.index, &dev);
	if (err < 0)
		return err;
	all.packets = dev.tx_packets;
	all.octets = dev.tx_octets;
	all.dropped = pmip__qdisc_dropped(dp->nl, pmip__nl_route_oif(dp->nl, remote));
	memcpy(counters, &all, counters->size < sizeof(all) ? counters->size : sizeof(all));
	return 0;
}
