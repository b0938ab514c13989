/* SPDX-License-Identifier: BSD-2-Clause */
/* Forwarding by the kernel's own means (datapath.h). Every tunnel is an ip6tnl device (RFC 2473), for IPv6 and IPv4 inside.
 *
 * LMA (RFC 5213 section 5.6.2): in table main, each pool as a blackhole and in it, longer and so first, HNP -> tunnel.
 * MAG (RFC 5213 section 6.10.5): in table main HNP -> access link; in a table of each access link "from HNP -> tunnel", whatever the
 * destination, and in our table a blackhole for what is not bound; two rules per access link lead its packets there. Packets for the MAG
 * itself do not reach the rules: table local comes first. More of it, and what IPv4 does instead, is told in datapath_netlink_uplink.c.
 *
 * Single flows: datapath_netlink_flow.c.
 *
 * One submit() is one send for the tunnels that are to be made, one for everything else, and one for the marks of flows. A binding moves by one route replacing
 * another, so there is always one. */
#include "config.h"

#include <search.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "backend/backend_log.h"
#include "backend/datapath_netlink.h"

enum {
	DEFAULT_MTU = 1460,
	DEFAULT_BINDINGS = 65536,
	DEFAULT_TUNNELS = 4096,
	DEFAULT_FLOWS = 65536,
	DEFAULT_PROTOCOL = 213,
	DEFAULT_TABLE = 5213, /* and priority of the rules */
};

static const char area[] = "netlink";

static int compare_bindings(const void *a, const void *b)
{
	const struct pmip__nl_binding *x = a, *y = b;

	return memcmp(&x->prefix, &y->prefix, sizeof(x->prefix));
}

struct pmip__nl_binding *pmip__nl_binding_find(const struct pmip__datapath_netlink *dp, const struct pmip_prefix *prefix)
{
	struct pmip__nl_binding key = { .prefix = *prefix };
	struct pmip__nl_binding **found = tfind(&key, &dp->bindings, compare_bindings);

	return found != NULL ? *found : NULL;
}

/* What a binding goes by, or has gone by. */
static void leave(struct pmip__datapath_netlink *dp, const struct pmip__nl_binding *binding)
{
	pmip__nl_nexthop_leave(dp, binding->nexthop);
	if (dp->is_mag && binding->link != 0)
		pmip__access_link_leave(&dp->links, binding->link);
}

static void binding_forget(struct pmip__datapath_netlink *dp, struct pmip__nl_binding *binding)
{
	tdelete(binding, &dp->bindings, compare_bindings);
	dp->binding_count--;
	leave(dp, binding);
	free(binding);
}

/* FWD-1, V4F-2. */
struct pmip__route pmip__nl_route_to(const struct pmip_prefix *prefix, uint32_t oif)
{
	return (struct pmip__route){ .dst = *prefix, .oif = oif, .metric = PMIP__ROUTE_METRIC };
}

static struct pmip__nl_binding *binding_make(struct pmip__datapath_netlink *dp, const struct pmip_prefix *prefix, int *err)
{
	struct pmip__nl_binding *binding;

	*err = PMIP_ERR_FULL;
	if (dp->binding_count >= dp->config.max_bindings)
		return NULL;
	*err = PMIP_ERR_NOMEM;
	binding = calloc(1, sizeof(*binding));
	if (binding == NULL)
		return NULL;
	binding->prefix = *prefix;
	if (tsearch(binding, &dp->bindings, compare_bindings) == NULL) {
		free(binding);
		return NULL;
	}
	dp->binding_count++;
	return binding;
}

/* Its route, or at a MAG its routes both ways, from where it was before. */
static void queue_routes(struct pmip__datapath_netlink *dp, const struct pmip__nl_binding *binding, const struct pmip__nl_binding *old,
			 struct pmip__nl_job *job)
{
	struct pmip__route to = dp->is_mag ? pmip__nl_route_to(&binding->prefix, binding->link) : pmip__nl_route_into(binding);

	to.via = binding->via;
	pmip__nl_route_set(dp->nl, &to, &job->part[0]);
	if (dp->is_mag)
		pmip__nl_uplink_set(dp, binding, old, &job->part[1]);
}

static int bind_to(struct pmip__datapath_netlink *dp, const struct pmip_datapath_op *op, struct pmip__nl_tunnel *tunnel,
		struct pmip__nl_job *job)
{
	struct pmip__nl_binding *binding = pmip__nl_binding_find(dp, &op->prefix);
	struct pmip__nl_nexthop *nexthop = pmip__nl_nexthop_enter(dp, tunnel);
	int err;

	if (nexthop == NULL)
		return PMIP_ERR_NOMEM;
	if (binding != NULL)
		job->old = *binding;
	else
		binding = binding_make(dp, &op->prefix, &err);
	if (binding == NULL) {
		pmip__nl_nexthop_leave(dp, nexthop);
		return err;
	}
	binding->nexthop = nexthop;
	binding->link = op->link;
	binding->via = op->via;
	binding->job = job;
	queue_routes(dp, binding, &job->old, job);
	return 0;
}

static int set(struct pmip__datapath_netlink *dp, const struct pmip_datapath_op *op, struct pmip__nl_job *job)
{
	struct pmip__nl_tunnel *tunnel = pmip__nl_tunnel_find(dp, op);
	int err = 0;

	if (tunnel != NULL && tunnel->made < 0)
		return tunnel->made;
	if (tunnel == NULL || pmip__nl_tunnel_index(dp, tunnel) == 0)
		return PMIP_ERR_NOENT;
	tunnel->named = true;
	if (dp->is_mag)
		err = pmip__access_link_use(&dp->links, op->link, &op->prefix);
	if (err < 0)
		return err;
	err = bind_to(dp, op, tunnel, job);
	if (err < 0 && dp->is_mag)
		pmip__access_link_leave(&dp->links, op->link);
	return err;
}

/* Also for a prefix not known here: a predecessor may have bound it, on the same link. */
static void clear(struct pmip__datapath_netlink *dp, const struct pmip_datapath_op *op, struct pmip__nl_job *job)
{
	struct pmip__nl_binding *binding = pmip__nl_binding_find(dp, &op->prefix);
	struct pmip__route to = pmip__nl_route_to(&op->prefix, 0);

	pmip__nl_route_del(dp->nl, &to, &job->part[0]);
	if (dp->is_mag)
		pmip__nl_uplink_clear(dp, &op->prefix, binding != NULL ? binding->link : op->link, &job->part[1]);
	if (binding != NULL)
		binding_forget(dp, binding);
}

/* Queue making the devices an operation needs. */
static int prepare(struct pmip__datapath_netlink *dp, const struct pmip_datapath_op *op, struct pmip__nl_job *job)
{
	struct pmip_datapath_op plain = *op;

	if (op->kind == PMIP_DATAPATH_TUNNEL_ENSURE)
		return pmip__nl_tunnel_ensure(dp, op, job);
	if (op->kind != PMIP_DATAPATH_BINDING_SET || !op->gre.in_use)
		return 0;
	plain.gre.in_use = false; /* the tunnel that somebody must have asked for */
	return pmip__nl_tunnel_find(dp, &plain) != NULL ? pmip__nl_tunnel_ensure(dp, op, job) : PMIP_ERR_NOENT;
}

static int start_op(struct pmip__datapath_netlink *dp, const struct pmip_datapath_op *op, struct pmip__nl_job *job)
{
	int err;

	switch (op->kind) {
	case PMIP_DATAPATH_TUNNEL_ENSURE: /* made by prepare(), unless it went since */
		return pmip__nl_tunnel_find(dp, op) == NULL ? pmip__nl_tunnel_ensure(dp, op, job) : 0;
	case PMIP_DATAPATH_TUNNEL_RELEASE:
		pmip__nl_tunnel_release(dp, op, job);
		return 0;
	case PMIP_DATAPATH_TUNNEL_MOVE:
		return pmip__nl_tunnel_move(dp, op);
	case PMIP_DATAPATH_BINDING_SET: /* likewise */
		err = pmip__nl_tunnel_find(dp, op) == NULL ? prepare(dp, op, job) : 0;
		return err < 0 ? err : set(dp, op, job);
	case PMIP_DATAPATH_BINDING_CLEAR:
		clear(dp, op, job);
		return 0;
	case PMIP_DATAPATH_PATH_SET:
		return 0; /* sources are not checked */
	case PMIP_DATAPATH_PATH_CLEAR:
		pmip__nl_ways_close(dp, op, &job->part[0]);
		return 0;
	case PMIP_DATAPATH_FLOW_SET:
		if (op->gre.in_use)
			return PMIP_ERR_UNSUPPORTED; /* a mark is a tunnel's, keys are a session's. GRE-9 */
		return pmip__nl_flow_set(dp, op, job);
	case PMIP_DATAPATH_FLOW_CLEAR:
		return pmip__nl_flow_clear(dp, op, job);
	}
	return PMIP_ERR_INVALID;
}

/* What a BINDING_SET was refused goes back, into the kernel as well: an answer that was lost tells nothing of what has been done there. */
static void put_back(struct pmip__datapath_netlink *dp, const struct pmip_datapath_op *op, struct pmip__nl_binding *binding,
		     const struct pmip__nl_job *job)
{
	struct pmip__nl_binding refused = *binding;

	if (job->old.nexthop == NULL) {
		clear(dp, op, &dp->undo);
		return;
	}
	*binding = job->old;
	binding->job = NULL;
	queue_routes(dp, binding, &refused, &dp->undo);
	leave(dp, &refused);
}

/* Unless a later operation of the same submit() has cleared the binding or set it again. */
static int binding_finish(struct pmip__datapath_netlink *dp, const struct pmip_datapath_op *op, struct pmip__nl_job *job, int result)
{
	const struct pmip__access_link *link = dp->is_mag ? pmip__access_link_find(&dp->links, op->link) : NULL;
	struct pmip__nl_binding *binding = pmip__nl_binding_find(dp, &op->prefix);
	struct pmip__nl_tunnel *tunnel;

	if (binding != NULL && binding->job != job)
		binding = NULL;
	if (binding != NULL)
		binding->job = NULL;
	if (result == 0 && binding != NULL)
		result = binding->nexthop->result;
	if (result == 0 && link != NULL)
		result = pmip__access_link_result(link, &op->prefix);
	if (result < 0 && binding != NULL)
		put_back(dp, op, binding, job);
	else
		leave(dp, &job->old);
	tunnel = result < 0 ? pmip__nl_tunnel_find(dp, op) : NULL;
	if (tunnel != NULL)
		pmip__nl_tunnel_drop_unused(dp, tunnel);
	return result;
}

static bool is_flow(const struct pmip_datapath_op *op)
{
	return op->kind == PMIP_DATAPATH_FLOW_SET || op->kind == PMIP_DATAPATH_FLOW_CLEAR;
}

/* The result of an operation; what it did halfway is undone, so that a refusal leaves things as they were. */
static int finish_op(struct pmip__datapath_netlink *dp, const struct pmip_datapath_op *op, struct pmip__nl_job *job, int result)
{
	struct pmip__nl_tunnel *tunnel = NULL;
	unsigned int i;

	if (is_flow(op))
		return pmip__nl_flow_finish(dp, op, job, result);
	if (op->kind == PMIP_DATAPATH_TUNNEL_ENSURE || op->kind == PMIP_DATAPATH_BINDING_SET)
		tunnel = pmip__nl_tunnel_find(dp, op);
	if (result == 0 && tunnel != NULL)
		result = tunnel->made;
	for (i = 0; i < PMIP__NL_PARTS && result == 0; i++)
		result = job->part[i];
	if (op->kind == PMIP_DATAPATH_BINDING_SET)
		return binding_finish(dp, op, job, result);
	if (result < 0 && job->is_new && tunnel != NULL) {
		if (tunnel->made == 0)
			pmip__nl_tunnel_del(dp->nl, tunnel->dev.name, &dp->undo.part[0]);
		pmip__nl_tunnel_forget(dp, tunnel);
	}
	return result;
}

static int netlink_submit(void *ctx, int *results, const struct pmip_datapath_op *ops, size_t n)
{
	struct pmip__datapath_netlink *dp = ctx;
	struct pmip__nl_job *more;
	size_t i;

	if (n > dp->jobs_cap) {
		more = reallocarray(dp->jobs, n, sizeof(*more));
		if (more == NULL)
			return PMIP_ERR_NOMEM;
		dp->jobs = more;
		dp->jobs_cap = n;
	}
	memset(dp->jobs, 0, n * sizeof(*dp->jobs));
	dp->submit = dp->submit == UINT32_MAX ? 1 : dp->submit + 1;
	for (i = 0; i < n; i++)
		results[i] = prepare(dp, &ops[i], &dp->jobs[i]);
	pmip__nl_flush(dp->nl);
	for (i = 0; i < n; i++) {
		if (results[i] == 0)
			results[i] = start_op(dp, &ops[i], &dp->jobs[i]);
	}
	pmip__nl_flush(dp->nl);
	for (i = 0; i < n; i++) {
		if (results[i] == 0 && is_flow(&ops[i]))
			pmip__nl_flow_mark(dp, &ops[i], &dp->jobs[i]);
	}
	if (dp->ct != NULL)
		pmip__nl_flush(dp->ct);
	for (i = 0; i < n; i++) {
		results[i] = finish_op(dp, &ops[i], &dp->jobs[i], results[i]);
		pmip__full_note(&dp->full, ops[i].kind, results[i], &dp->log, area);
	}
	pmip__nl_flush(dp->nl);
	return 0;
}

static int netlink_sweep(void *ctx)
{
	return pmip__nl_sweep(ctx, false);
}

struct total {
	const struct pmip__datapath_netlink *dp;
	struct pmip_datapath_counters *counters;
};

static void add_up(void *user, const struct pmip__tunnel_dev *dev)
{
	const struct total *total = user;
	const struct pmip__nl_tunnel *tunnel = total->dp->tunnels;

	while (tunnel != NULL && strcmp(tunnel->dev.name, dev->name) != 0)
		tunnel = tunnel->next;
	if (tunnel == NULL)
		return;
	total->counters->encap += dev->tx_packets;
	total->counters->decap += dev->rx_packets;
	total->counters->drop_other += dev->errors;
}

static int netlink_counters(void *ctx, struct pmip_datapath_counters *counters)
{
	struct pmip__datapath_netlink *dp = ctx;
	struct total total = { .dp = dp, .counters = counters };

	if (counters->size < sizeof(*counters))
		return PMIP_ERR_INVALID;
	*counters = (struct pmip_datapath_counters){
		.size = counters->size,
		.tunnels = dp->tunnel_count,
		.bindings = dp->binding_count,
		.flows = dp->flow_count,
		.drop_unbound = UINT64_MAX, /* blackholes do not count */
		.drop_spoofed = UINT64_MAX,
		.errors = UINT64_MAX,
		.full = dp->full.count,
	};
	return pmip__nl_each_tunnel(dp->nl, add_up, &total);
}

static void netlink_free(void *ctx, bool keep)
{
	struct pmip__datapath_netlink *dp = ctx;

	if (dp->nl != NULL && !keep)
		pmip__nl_sweep(dp, true);
	while (dp->tunnels != NULL)
		pmip__nl_tunnel_forget(dp, dp->tunnels);
	pmip__nl_nexthops_free(dp);
	tdestroy(dp->bindings, free);
	pmip__nl_flows_free(dp);
	pmip__access_links_free(&dp->links);
	pmip__nl_free(dp->nl);
	free(dp->jobs);
	free(dp);
}

static const struct pmip_datapath_ops netlink_ops = {
	.size = sizeof(struct pmip_datapath_ops),
	.name = "netlink",
	.submit = netlink_submit,
	.sweep = netlink_sweep,
	.counters = netlink_counters,
	.flows = pmip__nl_flows,
	.flow = pmip__nl_flow_counters,
	.tunnel = pmip__nl_tunnel_counters,
	.free = netlink_free,
};

/* Whether this kernel can do it: a device and a source route are made and removed, with addresses that go nowhere (RFC 6666). */
static int probe(struct pmip__datapath_netlink *dp)
{
	struct pmip__tunnel_dev dev = { .local = { { 0x01, [15] = 1 } }, .remote = { { 0x01, [15] = 2 } } };
	struct pmip__nl_binding discard = { .prefix = { .addr = { { 0x01 } }, .len = 64 } };
	int added = 0, source[2] = { 0 }, ignored;

	snprintf(dev.name, sizeof(dev.name), "%sprobe", dp->device_prefix);
	pmip__nl_tunnel_add(dp->nl, &dev, &added);
	pmip__nl_tunnel_del(dp->nl, dev.name, &ignored);
	if (dp->is_mag) {
		pmip__nl_uplink_set(dp, &discard, &discard, source);
		pmip__nl_uplink_clear(dp, &discard.prefix, discard.link, &ignored);
	}
	pmip__nl_flush(dp->nl);
	if (added == PMIP_ERR_UNSUPPORTED)
		pmip__backend_log(&dp->log, PMIP_LOG_ERROR, area,
				  "this kernel has no ip6tnl; `modprobe ip6_tunnel`, or choose the bpf datapath");
	if (added == 0 && source[0] < 0) {
		pmip__backend_log(&dp->log, PMIP_LOG_ERROR, area,
				  "this kernel refuses source-specific routes (CONFIG_IPV6_SUBTREES); choose the bpf datapath");
		return PMIP_ERR_UNSUPPORTED;
	}
	return added;
}

/* What there is even without a binding: whatever is not bound is dropped. */
static int set_blackholes(struct pmip__datapath_netlink *dp)
{
	struct pmip__route route;
	int results[PMIP_DATAPATH_LIST_MAX] = { 0 };
	unsigned int i;

	if (dp->is_mag)
		pmip__nl_uplink_close(dp, results);
	for (i = 0; !dp->is_mag && i < dp->config.pool_count; i++) {
		route = pmip__nl_route_to(&dp->config.pool[i], 0);
		pmip__nl_route_set(dp->nl, &route, &results[i]);
	}
	pmip__nl_flush(dp->nl);
	for (i = 0; i < PMIP_DATAPATH_LIST_MAX; i++) {
		if (results[i] < 0)
			return results[i];
	}
	return 0;
}

static int take_config(struct pmip__datapath_netlink *dp, const struct pmip_datapath_config *config)
{
	const char *prefix = config->device_prefix != NULL ? config->device_prefix : "pmip";
	struct pmip_datapath_config *c = &dp->config;

	if (config->size < sizeof(*config) || (config->role != PMIP_DATAPATH_LMA && config->role != PMIP_DATAPATH_MAG) ||
	    config->pool_count > PMIP_DATAPATH_LIST_MAX || prefix[0] == '\0' || strlen(prefix) >= sizeof(dp->device_prefix) ||
	    (config->tunnel_mtu != 0 && (config->tunnel_mtu < 1280 || config->tunnel_mtu > 65535)))
		return PMIP_ERR_INVALID;
	*c = *config;
	c->tunnel_mtu = c->tunnel_mtu != 0 ? c->tunnel_mtu : DEFAULT_MTU;
	c->max_bindings = c->max_bindings != 0 ? c->max_bindings : DEFAULT_BINDINGS;
	c->max_tunnels = c->max_tunnels != 0 ? c->max_tunnels : DEFAULT_TUNNELS;
	c->max_flows = c->max_flows != 0 ? c->max_flows : DEFAULT_FLOWS;
	c->route_protocol = c->route_protocol != 0 ? c->route_protocol : DEFAULT_PROTOCOL;
	c->table = c->table != 0 ? c->table : DEFAULT_TABLE;
	c->rule_priority = c->rule_priority != 0 ? c->rule_priority : DEFAULT_TABLE;
	memcpy(dp->device_prefix, prefix, strlen(prefix) + 1);
	dp->is_mag = c->role == PMIP_DATAPATH_MAG;
	if (config->log != NULL)
		dp->log = *config->log;
	return 0;
}

int pmip_datapath_netlink_new(struct pmip_datapath *datapath, const struct pmip_datapath_config *config)
{
	struct pmip__datapath_netlink *dp = calloc(1, sizeof(*dp));
	int err;

	if (dp == NULL)
		return PMIP_ERR_NOMEM;
	err = take_config(dp, config);
	if (err == 0)
		err = pmip__nl_new(&dp->nl, NETLINK_ROUTE, dp->config.route_protocol, &dp->log);
	if (err == 0) {
		dp->links = (struct pmip__access_links){ .nl = dp->nl, .table = dp->config.table,
							 .priority = dp->config.rule_priority, .own_tables = true };
		err = pmip__nl_tunnels_find(dp);
	}
	/* a predecessor has shown it; and when a device goes the kernel looks through all routes */
	if (err == 0 && dp->tunnels == NULL)
		err = probe(dp);
	if (err == 0)
		err = pmip__nl_nexthops_find(dp);
	if (err == 0)
		err = set_blackholes(dp);
	if (err == 0 && dp->is_mag)
		err = pmip__access_links_close(&dp->links, config->access, config->access_count);
	if (err < 0) {
		netlink_free(dp, true);
		return err;
	}
	datapath->ops = &netlink_ops;
	datapath->ctx = dp;
	return 0;
}
