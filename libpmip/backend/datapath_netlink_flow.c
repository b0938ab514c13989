/* SPDX-License-Identifier: BSD-2-Clause */
/* Single flows at an LMA (RFC 7864), by marks. Each tunnel that flows are moved to has its mark (pmip_flow_mark()), a rule "fwmark MARK lookup
 * TABLE", and that table (datapath_netlink_way.c): our table's number plus the upper half of the mark. So there is never a rule for a flow:
 * rules are walked one by one. A connection of conntrack has the mark for all its packets (connmark.h): fragments, whatever their flow label,
 * and ICMP errors too. To move a flow is to change the mark of its connection.
 *
 * Who gives a verdict on the first packet of a connection may mark it, and is to where flows come and go. Else it begins without a mark, unless
 * the flow is moved before: then the connection is made here.
 *
 * A connection is two flows, with one mark. The other one, from the mobile node, must not go into the tunnel: so the table has a
 * route for each address that has flows there instead of a default route, and the other flow goes on to table main. It is an end of a mobile
 * node of ours, too, and moved, when the two go by the mark of the last one that was.
 *
 * Order (FMP-14): route and rule; then the mark; then what nobody uses any more goes. */
#include "config.h"

#include <netinet/in.h>
#include <search.h>
#include <stdlib.h>
#include <string.h>

#include "backend/connmark.h"
#include "backend/conntrack.h"
#include "backend/datapath_netlink.h"
#include "backend/os.h"

enum { MAKE = 0, MARK = 1 /* parts of a job */ };

static int compare_flows(const void *a, const void *b)
{
	const struct pmip__nl_flow *x = a, *y = b;

	return memcmp(&x->flow, &y->flow, sizeof(x->flow));
}

/* What a flow is known by: no label, no padding. */
static void set_key(struct pmip__nl_flow *to, const struct pmip_flow *flow)
{
	memset(to, 0, sizeof(*to));
	to->flow.src = flow->src;
	to->flow.dst = flow->dst;
	to->flow.protocol = flow->protocol;
	to->flow.src_port = flow->src_port;
	to->flow.dst_port = flow->dst_port;
}

struct pmip__nl_flow *pmip__nl_flow_find(const struct pmip__datapath_netlink *dp, const struct pmip_flow *flow)
{
	struct pmip__nl_flow key, **found;

	set_key(&key, flow);
	found = tfind(&key, &dp->flows, compare_flows);
	return found != NULL ? *found : NULL;
}

static int open_connections(struct pmip__datapath_netlink *dp)
{
	return dp->ct != NULL ? 0 : pmip__nl_new(&dp->ct, NETLINK_NETFILTER, dp->config.route_protocol, &dp->log);
}

static struct pmip__nl_flow *flow_make(struct pmip__datapath_netlink *dp, const struct pmip_flow *what, int *err)
{
	struct pmip__nl_flow *flow;

	*err = dp->flow_count < dp->config.max_flows ? open_connections(dp) : PMIP_ERR_FULL;
	if (*err == 0 && dp->flow_count == 0)
		*err = pmip__connmark_set(dp->device_prefix, &dp->log);
	if (*err < 0)
		return NULL;
	flow = malloc(sizeof(*flow));
	if (flow != NULL)
		set_key(flow, what);
	if (flow == NULL || tsearch(flow, &dp->flows, compare_flows) == NULL) {
		*err = PMIP_ERR_NOMEM;
		free(flow);
		if (dp->flow_count == 0)
			pmip__connmark_clear(dp->device_prefix);
		return NULL;
	}
	dp->flow_count++;
	*err = 0;
	return flow;
}

static void flow_forget(struct pmip__datapath_netlink *dp, struct pmip__nl_flow *flow)
{
	tdelete(flow, &dp->flows, compare_flows);
	free(flow);
	if (--dp->flow_count == 0)
		pmip__connmark_clear(dp->device_prefix);
}

static bool has_ports(uint8_t proto)
{
	return proto == IPPROTO_TCP || proto == IPPROTO_UDP || proto == IPPROTO_UDPLITE || proto == IPPROTO_SCTP || proto == IPPROTO_DCCP;
}

/* FLO-2, FMP-4. */
int pmip__nl_flow_set(struct pmip__datapath_netlink *dp, const struct pmip_datapath_op *op, struct pmip__nl_job *job)
{
	struct pmip__nl_tunnel *tunnel = NULL;
	int err = 0;

	if (dp->is_mag)
		return PMIP_ERR_UNSUPPORTED;
	if (!pmip_addr_is_unspecified(&op->remote)) {
		tunnel = pmip__nl_tunnel_find(dp, op);
		if (tunnel == NULL || pmip__nl_tunnel_index(dp, tunnel) == 0)
			return PMIP_ERR_NOENT;
		if (op->tunnel == 0)
			return PMIP_ERR_INVALID;
		if (!has_ports(op->flow.protocol))
			return PMIP_ERR_UNSUPPORTED;
	}
	job->flow = pmip__nl_flow_find(dp, &op->flow);
	job->is_new = job->flow == NULL;
	if (job->is_new)
		job->flow = flow_make(dp, &op->flow, &err);
	if (job->flow == NULL)
		return err;
	if (job->is_new)
		job->flow->set_us = pmip__clock_us(CLOCK_MONOTONIC);
	job->flow->id = op->flow_id;
	job->flow->jobs++;
	if (tunnel != NULL)
		job->way = pmip__nl_way_enter(dp, op, tunnel->dev.index, &err);
	return err;
}

/* Also for a flow not known here: a predecessor may have moved it. FMP-7. */
int pmip__nl_flow_clear(struct pmip__datapath_netlink *dp, const struct pmip_datapath_op *op, struct pmip__nl_job *job)
{
	job->flow = pmip__nl_flow_find(dp, &op->flow);
	if (job->flow != NULL)
		job->flow->jobs++;
	else if (pmip__ct_is_loaded())
		return open_connections(dp);
	return 0;
}

void pmip__nl_flow_mark(struct pmip__datapath_netlink *dp, const struct pmip_datapath_op *op, struct pmip__nl_job *job)
{
	uint32_t mark = job->way != NULL ? job->way->number << PMIP__NL_MARK_SHIFT : 0;

	if (dp->ct == NULL || (job->way != NULL && pmip__nl_way_result(job->way) < 0))
		return;
	if (op->kind == PMIP_DATAPATH_FLOW_SET && !job->flow->is_counted)
		job->part[MARK] = pmip__nl_flow_count_from_now(dp, job->flow);
	if (job->part[MARK] < 0)
		return;
	if (mark != 0)
		pmip__ct_make(dp->ct, &op->flow, mark, &job->part[MAKE]);
	pmip__ct_mark(dp->ct, &op->flow, mark, PMIP_FLOW_MARK_MASK, &job->part[MARK]);
}

int pmip__nl_flow_finish(struct pmip__datapath_netlink *dp, const struct pmip_datapath_op *op, struct pmip__nl_job *job, int result)
{
	struct pmip__nl_flow *flow = job->flow;
	unsigned int i;

	if (result == 0 && job->way != NULL)
		result = pmip__nl_way_result(job->way);
	for (i = 0; i < PMIP__NL_PARTS && result == 0; i++)
		result = job->part[i];
	if (flow == NULL)
		return result;
	if (result < 0) {
		pmip__nl_way_leave(dp, job->way);
		flow->is_gone |= job->is_new;
	} else {
		pmip__nl_way_leave(dp, flow->way);
		flow->way = job->way;
		flow->is_gone = op->kind == PMIP_DATAPATH_FLOW_CLEAR;
	}
	if (--flow->jobs == 0 && flow->is_gone)
		flow_forget(dp, flow);
	return result;
}

/* What a walk found to be unmarked after it. */
struct doomed {
	const struct pmip__datapath_netlink *dp;
	bool all;
	int err, result;
	size_t count, cap;
	struct pmip_flow *flows;
};

static void doom(void *user, const struct pmip__ct *ct)
{
	struct doomed *doomed = user;
	size_t cap = doomed->cap != 0 ? doomed->cap * 2 : 64;
	struct pmip_flow *more = doomed->flows;

	if ((ct->mark & PMIP_FLOW_MARK_MASK) == 0 ||
	    (!doomed->all && (pmip__nl_flow_find(doomed->dp, &ct->there.flow) != NULL ||
			      pmip__nl_flow_find(doomed->dp, &ct->back.flow) != NULL)))
		return;
	if (doomed->count == doomed->cap)
		more = reallocarray(doomed->flows, cap, sizeof(*more));
	if (more == NULL) {
		doomed->err = PMIP_ERR_NOMEM;
		return;
	}
	doomed->cap = doomed->count == doomed->cap ? cap : doomed->cap;
	doomed->flows = more;
	doomed->flows[doomed->count++] = ct->there.flow;
}

/* FMP-13. */
int pmip__nl_flows_sweep(struct pmip__datapath_netlink *dp, bool all)
{
	struct doomed doomed = { .dp = dp, .all = all };
	size_t i;
	int err;

	if (dp->is_mag || !pmip__ct_is_loaded())
		return 0;
	err = open_connections(dp);
	if (err == 0)
		err = pmip__ct_each(dp->ct, doom, &doomed);
	for (i = 0; i < doomed.count; i++)
		pmip__ct_mark(dp->ct, &doomed.flows[i], 0, PMIP_FLOW_MARK_MASK, &doomed.result);
	if (dp->ct != NULL)
		pmip__nl_flush(dp->ct);
	free(doomed.flows);
	if (all || dp->flow_count == 0)
		pmip__connmark_clear(dp->device_prefix);
	if (err == 0)
		err = doomed.err;
	return err < 0 ? err : (int)doomed.count;
}

void pmip__nl_flows_free(struct pmip__datapath_netlink *dp)
{
	tdestroy(dp->flows, free);
	pmip__nl_ways_free(dp);
	pmip__nl_free(dp->ct);
}
