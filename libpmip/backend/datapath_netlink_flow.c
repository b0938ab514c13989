/* SPDX-License-Identifier: BSD-2-Clause */
/* Single flows at an LMA (RFC 7864), by marks. Each tunnel that flows are moved to has its mark (pmip_flow_mark()), a rule "fwmark MARK lookup
 * TABLE", and that table: our table's number plus the upper half of the mark. So there is never a rule for a flow: rules are walked one by
 * one. A connection of conntrack has the mark for all its packets (connmark.h): fragments, whatever their flow label, and ICMP errors too. To
 * move a flow is to change the mark of its connection.
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

enum { MARK_SHIFT = 16, ROUTE = 0, RULE_IPV6 = 1, RULE_IPV4 = 2, MAKE = 3, MARK = 4 /* parts of a job */ };

/* A route in the table of a tunnel. */
struct way {
	struct pmip_addr addr; /* with number the key */
	uint32_t number;
	uint32_t users; /* flows */
};

static int compare_flows(const void *a, const void *b)
{
	const struct pmip__nl_flow *x = a, *y = b;

	return memcmp(&x->flow, &y->flow, sizeof(x->flow));
}

static int compare_ways(const void *a, const void *b)
{
	const struct way *x = a, *y = b;
	int order = memcmp(&x->addr, &y->addr, sizeof(x->addr));

	return order != 0 ? order : (x->number > y->number) - (x->number < y->number);
}

/* What a flow is known by: no label, no padding. */
static void set_key(struct pmip__nl_flow *to, const struct pmip_flow *flow)
{
	memset(to, 0, sizeof(*to));
	to->flow.src = flow->src;
	to->flow.dst = flow->dst;
	to->flow.proto = flow->proto;
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

static struct way *way_find(const struct pmip__datapath_netlink *dp, const struct pmip_addr *addr, uint32_t number)
{
	struct way key = { .addr = *addr, .number = number }, **found = tfind(&key, &dp->ways, compare_ways);

	return found != NULL ? *found : NULL;
}

static struct pmip__nl_steering *steering_find(const struct pmip__datapath_netlink *dp, uint32_t number)
{
	struct pmip__nl_steering *steering = dp->steerings;

	while (steering != NULL && steering->number != number)
		steering = steering->next;
	return steering;
}

static struct pmip__route way_route(const struct pmip__datapath_netlink *dp, const struct pmip_addr *addr, uint32_t number, uint32_t oif)
{
	struct pmip_prefix dst = { .addr = *addr, .len = 128 };
	struct pmip__route route = pmip__nl_route_to(&dst, oif);

	route.table = dp->config.table + number;
	return route;
}

static struct pmip__rule rule_of(const struct pmip__datapath_netlink *dp, uint32_t number, bool ipv4)
{
	struct pmip__rule rule = {
		.table = dp->config.table + number,
		.priority = dp->config.rule_priority,
		.mark = number << MARK_SHIFT,
		.mask = PMIP_FLOW_MARK_MASK,
	};

	if (ipv4)
		rule.src = pmip__nl_ipv4;
	return rule;
}

static struct pmip__nl_steering *steering_make(struct pmip__datapath_netlink *dp, uint32_t number)
{
	struct pmip__nl_steering *steering = calloc(1, sizeof(*steering));

	if (steering == NULL)
		return NULL;
	steering->number = number;
	steering->next = dp->steerings;
	dp->steerings = steering;
	return steering;
}

static void steering_drop_unused(struct pmip__datapath_netlink *dp, struct pmip__nl_steering *steering)
{
	struct pmip__nl_steering **at = &dp->steerings;
	struct pmip__rule rule;

	if (steering->ways > 0)
		return;
	rule = rule_of(dp, steering->number, false);
	pmip__nl_rule_del(dp->nl, &rule, &dp->undo.part[RULE_IPV6]);
	rule = rule_of(dp, steering->number, true);
	pmip__nl_rule_del(dp->nl, &rule, &dp->undo.part[RULE_IPV4]);
	while (*at != steering)
		at = &(*at)->next;
	*at = steering->next;
	free(steering);
}

static struct way *way_make(struct pmip__datapath_netlink *dp, struct pmip__nl_steering *steering, const struct pmip_addr *addr)
{
	struct way *way = calloc(1, sizeof(*way));

	if (way == NULL)
		return NULL;
	way->addr = *addr;
	way->number = steering->number;
	if (tsearch(way, &dp->ways, compare_ways) == NULL) {
		free(way);
		return NULL;
	}
	steering->ways++;
	return way;
}

/* One flow more to addr through the tunnel. A route and rules that are there already are set again, so that each operation has its result. */
static int way_enter(struct pmip__datapath_netlink *dp, const struct pmip_addr *addr, uint32_t number, uint32_t tunnel, int *results)
{
	struct pmip__nl_steering *steering = steering_find(dp, number);
	struct way *way = way_find(dp, addr, number);
	struct pmip__route route = way_route(dp, addr, number, tunnel);
	struct pmip__rule ipv6 = rule_of(dp, number, false), ipv4 = rule_of(dp, number, true);

	if (steering != NULL && steering->tunnel != tunnel && pmip__nl_tunnel_at(dp, steering->tunnel) != NULL)
		return PMIP_ERR_FULL; /* the mark is another tunnel's */
	if (steering == NULL)
		steering = steering_make(dp, number);
	if (steering != NULL && way == NULL)
		way = way_make(dp, steering, addr);
	if (way == NULL) {
		if (steering != NULL)
			steering_drop_unused(dp, steering);
		return PMIP_ERR_NOMEM;
	}
	steering->tunnel = tunnel;
	way->users++;
	pmip__nl_route_set(dp->nl, &route, &results[ROUTE]);
	pmip__nl_rule_set(dp->nl, &ipv6, &results[RULE_IPV6]);
	pmip__nl_rule_set(dp->nl, &ipv4, &results[RULE_IPV4]);
	return 0;
}

static void way_leave(struct pmip__datapath_netlink *dp, const struct pmip_addr *addr, uint32_t number)
{
	struct pmip__nl_steering *steering = steering_find(dp, number);
	struct way *way = way_find(dp, addr, number);
	struct pmip__route route = way_route(dp, addr, number, 0);

	if (number == 0 || --way->users > 0)
		return;
	pmip__nl_route_del(dp->nl, &route, &dp->undo.part[ROUTE]);
	tdelete(way, &dp->ways, compare_ways);
	free(way);
	steering->ways--;
	steering_drop_unused(dp, steering);
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
	*err = PMIP_ERR_NOMEM;
	flow = malloc(sizeof(*flow));
	if (flow == NULL)
		return NULL;
	set_key(flow, what);
	if (tsearch(flow, &dp->flows, compare_flows) == NULL) {
		free(flow);
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
		if (!has_ports(op->flow.proto))
			return PMIP_ERR_UNSUPPORTED;
		job->number = pmip_flow_mark(op->tunnel) >> MARK_SHIFT;
	}
	job->flow = pmip__nl_flow_find(dp, &op->flow);
	job->is_new = job->flow == NULL;
	if (job->is_new)
		job->flow = flow_make(dp, &op->flow, &err);
	if (job->flow == NULL)
		return err;
	job->flow->jobs++;
	if (tunnel != NULL)
		err = way_enter(dp, &op->flow.dst, job->number, tunnel->dev.index, job->part);
	if (err < 0)
		job->number = 0;
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
	uint32_t mark = job->number << MARK_SHIFT;

	if (dp->ct == NULL || job->part[ROUTE] < 0 || job->part[RULE_IPV6] < 0 || job->part[RULE_IPV4] < 0)
		return;
	if (op->kind == PMIP_DATAPATH_FLOW_SET && !job->flow->is_counted)
		pmip__nl_flow_count_from_now(dp, job->flow);
	if (mark != 0)
		pmip__ct_make(dp->ct, &op->flow, mark, &job->part[MAKE]);
	pmip__ct_mark(dp->ct, &op->flow, mark, PMIP_FLOW_MARK_MASK, &job->part[MARK]);
}

int pmip__nl_flow_finish(struct pmip__datapath_netlink *dp, const struct pmip_datapath_op *op, struct pmip__nl_job *job, int result)
{
	struct pmip__nl_flow *flow = job->flow;
	unsigned int i;

	for (i = 0; i < PMIP__NL_PARTS && result == 0; i++)
		result = job->part[i];
	if (flow == NULL)
		return result;
	if (result < 0) {
		way_leave(dp, &flow->flow.dst, job->number);
		flow->is_gone |= job->is_new;
	} else {
		way_leave(dp, &flow->flow.dst, flow->number);
		flow->number = job->number;
		flow->is_gone = op->kind == PMIP_DATAPATH_FLOW_CLEAR;
	}
	if (--flow->jobs == 0 && flow->is_gone)
		flow_forget(dp, flow);
	return result;
}

bool pmip__nl_flow_wants_route(const struct pmip__datapath_netlink *dp, const struct pmip__route *route)
{
	const struct pmip__nl_steering *steering = steering_find(dp, route->table - dp->config.table);

	return steering != NULL && steering->tunnel == route->oif && way_find(dp, &route->dst.addr, steering->number) != NULL;
}

bool pmip__nl_flow_wants_rule(const struct pmip__datapath_netlink *dp, const struct pmip__rule *rule)
{
	struct pmip__rule own = rule_of(dp, rule->mark >> MARK_SHIFT, false);

	return rule->table == own.table && rule->priority == own.priority && rule->mask == own.mask &&
	       steering_find(dp, rule->mark >> MARK_SHIFT) != NULL;
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
	struct pmip__nl_steering *next;

	tdestroy(dp->flows, free);
	tdestroy(dp->ways, free);
	for (; dp->steerings != NULL; dp->steerings = next) {
		next = dp->steerings->next;
		free(dp->steerings);
	}
	pmip__nl_free(dp->ct);
}
