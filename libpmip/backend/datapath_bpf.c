/* SPDX-License-Identifier: BSD-2-Clause */
/* The bpf datapath: what an operation does. There is no copy of the kernel's state here: the maps
 * are the state, and an epoch in each entry tells what this process has named from what a killed
 * one left.
 *
 *   LMA  pool -> our device (route), binding: prefix -> tunnel (map)
 *   MAG  packets from an access link -> our device (rule, route), binding: prefix -> tunnel (map),
 *        prefix -> access link (route)
 */
#include "config.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <bpf/bpf.h>
#include <bpf/libbpf.h>

#include "backend/backend_log.h"
#include "backend/bpf_xdp.h"
#include "backend/link.h"
#include "backend/os.h"

static const char area[] = "bpf";

struct pmip__bpf_ends pmip__bpf_ends(const struct pmip_addr *local, const struct pmip_addr *remote)
{
	struct pmip__bpf_ends ends;

	memcpy(ends.local, local->b, sizeof(ends.local));
	memcpy(ends.remote, remote->b, sizeof(ends.remote));
	return ends;
}

struct pmip__bpf_prefix pmip__bpf_key(const struct pmip_prefix *prefix)
{
	struct pmip__bpf_prefix key = { .len = prefix->len };

	memcpy(key.addr, prefix->addr.b, sizeof(key.addr));
	return key;
}

bool pmip__bpf_binding_get(const struct pmip__datapath_bpf *dp, const struct pmip__bpf_prefix *key,
			   struct pmip__bpf_binding *binding)
{
	return bpf_map_lookup_elem(dp->bpf.bindings, key, binding) == 0;
}

struct pmip__route pmip__bpf_binding_route(const struct pmip_prefix *prefix, unsigned int link)
{
	return (struct pmip__route){ .dst = *prefix, .oif = link, .metric = PMIP__ROUTE_METRIC };
}

/* Only the highest bits of the product depend on all octets. */
static struct pmip__bpf_ends *known_place(struct pmip__datapath_bpf *dp, const struct pmip__bpf_ends *ends)
{
	uint64_t mixed = (ends->remote[0] ^ ends->remote[1] ^ ends->local[1]) * UINT64_C(0x9e3779b97f4a7c15);

	return &dp->known[mixed >> (64 - PMIP__BPF_KNOWN_BITS)];
}

bool pmip__bpf_has_tunnel(struct pmip__datapath_bpf *dp, const struct pmip__bpf_ends *ends)
{
	struct pmip__bpf_ends *known = known_place(dp, ends);
	struct pmip__bpf_tunnel tunnel;

	if (!memcmp(known, ends, sizeof(*ends)))
		return true;
	if (bpf_map_lookup_elem(dp->bpf.tunnels, ends, &tunnel) < 0)
		return false;
	*known = *ends;
	return true;
}

static int tunnel_ensure(struct pmip__datapath_bpf *dp, const struct pmip_datapath_op *op)
{
	struct pmip__bpf_ends ends = pmip__bpf_ends(&op->local, &op->remote);
	struct pmip__bpf_tunnel tunnel = { .epoch = 0 };
	bool there = bpf_map_lookup_elem(dp->bpf.tunnels, &ends, &tunnel) == 0;
	int err = 0;

	if (tunnel.epoch != dp->epoch) {
		tunnel.epoch = dp->epoch;
		err = bpf_map_update_elem(dp->bpf.tunnels, &ends, &tunnel, BPF_ANY);
	}

	if (err < 0)
		return pmip__bpf_err(err);
	dp->tunnels += !there;
	return 0;
}

static int tunnel_release(struct pmip__datapath_bpf *dp, const struct pmip_datapath_op *op)
{
	struct pmip__bpf_ends ends = pmip__bpf_ends(&op->local, &op->remote);
	int err = bpf_map_delete_elem(dp->bpf.tunnels, &ends);

	memset(known_place(dp, &ends), 0, sizeof(ends));
	if (err == -ENOENT)
		return 0;
	if (err < 0)
		return pmip__bpf_err(err);
	dp->tunnels--;
	return 0;
}

/* Out of the map and off its link; its route is another matter. */
static void forget(struct pmip__datapath_bpf *dp, const struct pmip__bpf_prefix *key,
		   const struct pmip__bpf_binding *binding)
{
	if (bpf_map_delete_elem(dp->bpf.bindings, key) == 0) {
		pmip__bpf_lengths_leave(&dp->lengths, key);
		dp->bindings--;
	}
	if (dp->is_mag && binding->epoch == dp->epoch)
		pmip__access_link_leave(&dp->links, binding->link);
}

/* Into the map, counted: one system call as long as bindings come that are new, or that are there, as after a restart or when all move. */
static int put_binding(struct pmip__datapath_bpf *dp, const struct pmip__bpf_prefix *key, const struct pmip__bpf_binding *binding)
{
	int err = pmip__bpf_lengths_use(&dp->lengths, key);
	bool is_new;

	if (err < 0) {
		pmip__backend_log(&dp->log, PMIP_LOG_WARN, area, "prefixes of %d different lengths are bound; one of length %u is refused",
				  PMIP__BPF_LENGTHS_MAX, key->len);
		return err;
	}
	err = bpf_map_update_elem(dp->bpf.bindings, key, binding, dp->replaces ? BPF_EXIST : BPF_NOEXIST);
	if (err == -EEXIST || err == -ENOENT) {
		dp->replaces = !dp->replaces;
		err = bpf_map_update_elem(dp->bpf.bindings, key, binding, dp->replaces ? BPF_EXIST : BPF_NOEXIST);
	}
	is_new = err == 0 && !dp->replaces;
	dp->bindings += is_new;
	if (!is_new)
		pmip__bpf_lengths_leave(&dp->lengths, key);
	return err < 0 ? pmip__bpf_err(err) : 0;
}

/* At a MAG a binding has its access link, too, and a route. */
static int binding_set_mag(struct pmip__datapath_bpf *dp, const struct pmip_datapath_op *op, const struct pmip__bpf_prefix *key,
			   const struct pmip__bpf_binding *binding, struct pmip__bpf_replaced *replaced, int *result)
{
	struct pmip__route route;
	int err = pmip__access_link_use(&dp->links, op->link, &op->prefix);

	if (err < 0)
		return err;
	if (pmip__access_link_find(&dp->links, op->link)->users == 1) /* what cannot be by XDP there goes by tc */
		pmip__bpf_xdp_use(dp, op->link);
	replaced->there = pmip__bpf_binding_get(dp, key, &replaced->binding);
	err = put_binding(dp, key, binding);
	if (err < 0) {
		pmip__access_link_leave(&dp->links, op->link);
		return err;
	}
	replaced->is_set = true;
	route = pmip__bpf_binding_route(&op->prefix, op->link);
	route.via = op->via;
	pmip__nl_route_set(dp->nl, &route, result);
	return 0;
}

static int binding_set(struct pmip__datapath_bpf *dp, const struct pmip_datapath_op *op, struct pmip__bpf_replaced *replaced, int *result)
{
	struct pmip__bpf_prefix key = pmip__bpf_key(&op->prefix);
	struct pmip__bpf_binding binding = {
		.ends = pmip__bpf_ends(&op->local, &op->remote),
		.epoch = dp->epoch,
		.link = op->link,
		.group = op->group,
	};

	if (!pmip__bpf_has_tunnel(dp, &binding.ends))
		return PMIP_ERR_NOENT;
	if (pmip__nl_is_ipv4(&op->prefix))
		pmip__bpf_ipv4_advice(dp);
	if (dp->is_mag)
		return binding_set_mag(dp, op, &key, &binding, replaced, result);
	return put_binding(dp, &key, &binding);
}

static int binding_clear(struct pmip__datapath_bpf *dp, const struct pmip_datapath_op *op,
			 int *result)
{
	struct pmip__bpf_prefix key = pmip__bpf_key(&op->prefix);
	struct pmip__bpf_binding binding = { .epoch = 0 };
	struct pmip__route route;

	if (dp->is_mag) {
		if (!pmip__bpf_binding_get(dp, &key, &binding))
			return 0;
		route = pmip__bpf_binding_route(&op->prefix, binding.link);
		pmip__nl_route_del(dp->nl, &route, result);
	}
	forget(dp, &key, &binding);
	return 0;
}

/* A binding without its route or rule is none: what was there before is back. Where the new route was refused the kernel still has the old one, with
 * its next hop, which is not known here. */
static void put_back(struct pmip__datapath_bpf *dp, const struct pmip__bpf_prefix *key, const struct pmip_datapath_op *op,
		     const struct pmip__bpf_binding *binding, const struct pmip__bpf_replaced *replaced, bool is_routed)
{
	struct pmip__route route = pmip__bpf_binding_route(&op->prefix, op->link);

	if (!replaced->there) {
		pmip__nl_route_del(dp->nl, &route, &dp->links.ignored);
		forget(dp, key, binding);
		return;
	}
	bpf_map_update_elem(dp->bpf.bindings, key, &replaced->binding, BPF_EXIST);
	pmip__access_link_leave(&dp->links, op->link);
	route.oif = replaced->binding.link;
	if (is_routed && route.oif != op->link)
		pmip__nl_route_set(dp->nl, &route, &dp->links.ignored);
}

/* What went to the kernel by netlink has its result only now. */
static void binding_settle(struct pmip__datapath_bpf *dp, const struct pmip_datapath_op *op, const struct pmip__bpf_replaced *replaced, int *result)
{
	const struct pmip__access_link *link = pmip__access_link_find(&dp->links, op->link);
	struct pmip__bpf_prefix key = pmip__bpf_key(&op->prefix);
	struct pmip__bpf_binding binding;
	bool is_routed = *result == 0;

	if (!replaced->is_set)
		return;
	if (*result == 0 && link)
		*result = pmip__access_link_result(link, &op->prefix);
	if (*result < 0 && pmip__bpf_binding_get(dp, &key, &binding) && binding.epoch == dp->epoch && binding.link == op->link)
		put_back(dp, &key, op, &binding, replaced, is_routed);
	else if (replaced->there && replaced->binding.epoch == dp->epoch)
		pmip__access_link_leave(&dp->links, replaced->binding.link);
}

static int check(const struct pmip__datapath_bpf *dp, const struct pmip_datapath_op *op)
{
	bool is_flow = op->kind == PMIP_DATAPATH_FLOW_SET || op->kind == PMIP_DATAPATH_FLOW_CLEAR;
	bool has_ends = op->kind != PMIP_DATAPATH_BINDING_CLEAR && !(is_flow && pmip_addr_is_unspecified(&op->remote));
	bool has_prefix =
		op->kind == PMIP_DATAPATH_BINDING_SET || op->kind == PMIP_DATAPATH_BINDING_CLEAR;

	if (op->kind == PMIP_DATAPATH_TUNNEL_MOVE && !pmip_addr_is_unicast(&op->old_remote))
		return PMIP_ERR_INVALID;
	if (has_ends && (!pmip_addr_is_unicast(&op->local) || !pmip_addr_is_unicast(&op->remote)))
		return PMIP_ERR_INVALID;
	if (has_prefix && !pmip_prefix_is_valid(&op->prefix))
		return PMIP_ERR_INVALID;
	if (dp->is_mag && op->kind == PMIP_DATAPATH_BINDING_SET && !op->link)
		return PMIP_ERR_INVALID;
	if ((op->kind == PMIP_DATAPATH_BINDING_SET || op->kind == PMIP_DATAPATH_FLOW_SET) && op->gre.in_use)
		return PMIP_ERR_UNSUPPORTED;
	return 0;
}

/* *result is written by the netlink flush when an operation queues something; so it is set here
 * before, not after. */
static void do_op(struct pmip__datapath_bpf *dp, const struct pmip_datapath_op *op, struct pmip__bpf_replaced *replaced, int *result)
{
	int err = check(dp, op);

	*result = 0;
	if (err == 0) {
		switch (op->kind) {
		case PMIP_DATAPATH_TUNNEL_ENSURE:
			err = tunnel_ensure(dp, op);
			break;
		case PMIP_DATAPATH_TUNNEL_RELEASE:
			err = tunnel_release(dp, op);
			break;
		case PMIP_DATAPATH_TUNNEL_MOVE:
			err = pmip__bpf_tunnel_move(dp, op);
			break;
		case PMIP_DATAPATH_BINDING_SET:
			err = binding_set(dp, op, replaced, result);
			break;
		case PMIP_DATAPATH_BINDING_CLEAR:
			err = binding_clear(dp, op, result);
			break;
		case PMIP_DATAPATH_PATH_SET:
			err = pmip__bpf_path_set(dp, op);
			break;
		case PMIP_DATAPATH_PATH_CLEAR:
			err = pmip__bpf_path_clear(dp, op);
			break;
		case PMIP_DATAPATH_FLOW_SET:
			err = pmip__bpf_flow_set(dp, op);
			break;
		case PMIP_DATAPATH_FLOW_CLEAR:
			err = pmip__bpf_flow_clear(dp, op);
			break;
		default:
			err = PMIP_ERR_INVALID;
		}
	}
	pmip__full_note(&dp->full, op->kind, err, &dp->log, area);
	if (err < 0)
		*result = err;
}

/* For what n operations replace: nothing yet. */
static bool room_for(struct pmip__datapath_bpf *dp, size_t n)
{
	struct pmip__bpf_replaced *more = n > dp->replaced_cap ? reallocarray(dp->replaced, n, sizeof(*more)) : dp->replaced;

	if (!more)
		return n == 0;
	dp->replaced = more;
	dp->replaced_cap = n > dp->replaced_cap ? n : dp->replaced_cap;
	memset(more, 0, n * sizeof(*more));
	return true;
}

static int bpf_submit(void *ctx, int *results, const struct pmip_datapath_op *ops, size_t n)
{
	struct pmip__datapath_bpf *dp = ctx;

	if (dp->is_mag && !room_for(dp, n))
		return PMIP_ERR_NOMEM;
	for (size_t i = 0; i < n; i++)
		do_op(dp, &ops[i], dp->is_mag ? &dp->replaced[i] : NULL, &results[i]);
	pmip__nl_flush(dp->nl); /* a failure stands in every result it touches */
	for (size_t i = 0; dp->is_mag && i < n; i++)
		binding_settle(dp, &ops[i], &dp->replaced[i], &results[i]);
	pmip__nl_flush(dp->nl);
	return 0;
}

static int bpf_sweep(void *ctx)
{
	return pmip__bpf_sweep(ctx);
}

static int bpf_counters(void *ctx, struct pmip_datapath_counters *out)
{
	const struct pmip__datapath_bpf *dp = ctx;
	struct pmip_datapath_counters counters;
	uint64_t sum[PMIP__BPF_COUNTERS];

	for (uint32_t i = 0; i < PMIP__BPF_COUNTERS; i++)
		sum[i] = pmip__bpf_sum(dp->bpf.counters, i);
	counters = (struct pmip_datapath_counters){
		.size = out->size,
		.tunnels = dp->tunnels,
		.bindings = dp->bindings,
		.encap = sum[PMIP__BPF_ENCAP],
		.decap = sum[PMIP__BPF_DECAP],
		.drop_unbound = sum[PMIP__BPF_DROP_UNBOUND],
		.drop_spoofed = sum[PMIP__BPF_DROP_SPOOFED],
		.drop_other = sum[PMIP__BPF_DROP_OTHER],
		.errors = sum[PMIP__BPF_ERRORS],
		.flows = *dp->bpf.flow_count,
		.full = dp->full.count,
	};
	memcpy(out, &counters, out->size < sizeof(counters) ? out->size : sizeof(counters));
	return 0;
}

static void release(struct pmip__datapath_bpf *dp)
{
	ring_buffer__free(dp->unknown);
	pmip__rtnl_free(dp->news);
	pmip__bpf_unload(&dp->bpf);
	pmip__access_links_free(&dp->links);
	pmip__nl_free(dp->nl);
	pmip__guard_unlock(&dp->lock);
	free(dp->replaced);
	free(dp);
}

static void bpf_free(void *ctx, bool keep)
{
	struct pmip__datapath_bpf *dp = ctx;

	if (!dp)
		return;
	if (!keep)
		pmip__bpf_teardown(dp);
	release(dp);
}

static const struct pmip_datapath_ops bpf_ops = {
	.size = sizeof(bpf_ops),
	.name = "bpf",
	.submit = bpf_submit,
	.sweep = bpf_sweep,
	.counters = bpf_counters,
	.flows = pmip__bpf_flows,
	.flow = pmip__bpf_flow_counters,
	.tunnel = pmip__bpf_tunnel_counters,
	.watch = pmip__bpf_watch,
	.unknown_fd = pmip__bpf_unknown_fd,
	.unknown = pmip__bpf_unknown,
	.links_fd = pmip__bpf_links_fd,
	.links = pmip__bpf_links,
	.free = bpf_free,
};

/* Copy the configuration, fill in defaults, refuse what cannot be. */
static int configure(struct pmip__datapath_bpf *dp, const struct pmip_datapath_config *config)
{
	struct pmip_datapath_config *own = &dp->config;

	memcpy(own, config, config->size < sizeof(*own) ? config->size : sizeof(*own));
	pmip__log_copy(&dp->log, own->log);
	own->tunnel_mtu = own->tunnel_mtu ? own->tunnel_mtu : 1460;
	own->max_bindings = own->max_bindings ? own->max_bindings : 65536;
	own->max_tunnels = own->max_tunnels ? own->max_tunnels : 4096;
	own->max_flows = own->max_flows ? own->max_flows : 65536;
	own->route_protocol = own->route_protocol ? own->route_protocol : 213;
	own->table = own->table ? own->table : 5213;
	own->rule_priority = own->rule_priority ? own->rule_priority : 5213;
	own->device_prefix = own->device_prefix ? own->device_prefix : "pmip";
	dp->is_mag = own->role == PMIP_DATAPATH_MAG;
	if (own->core_count == 0) {
		pmip__backend_log(&dp->log, PMIP_LOG_ERROR, area,
				  "no core interface is configured; name those on which tunnel "
				  "packets arrive");
		return PMIP_ERR_CONFIG;
	}
	if (dp->is_mag && own->network_count) {
		pmip__backend_log(&dp->log, PMIP_LOG_ERROR, area,
				  "interfaces to the network are an LMA's; name none at a MAG, whose mobile nodes' packets come in on access links");
		return PMIP_ERR_CONFIG;
	}
	if ((own->role != PMIP_DATAPATH_LMA && own->role != PMIP_DATAPATH_MAG) ||
	    own->core_count > PMIP_DATAPATH_LIST_MAX || own->network_count > PMIP_DATAPATH_LIST_MAX || own->hook > PMIP_DATAPATH_XDP_AUTO || own->pool_count > PMIP_DATAPATH_LIST_MAX ||
	    own->tunnel_mtu < 1280 || own->tunnel_mtu > 65535 || strlen(own->device_prefix) > 8)
		return PMIP_ERR_INVALID;
	snprintf(dp->device, sizeof(dp->device), "%s0", own->device_prefix);
	for (unsigned int i = 0; i < own->core_count; i++)
		snprintf(dp->core[i], sizeof(dp->core[i]), "%s", own->core[i]);
	for (unsigned int i = 0; i < own->network_count; i++)
		snprintf(dp->network[i], sizeof(dp->network[i]), "%s", own->network[i]);
	return 0;
}

int pmip_datapath_bpf_new(struct pmip_datapath *datapath, const struct pmip_datapath_config *config)
{
	struct pmip__datapath_bpf *dp = calloc(1, sizeof(*dp));
	struct timespec now;
	int err;

	if (!dp)
		return PMIP_ERR_NOMEM;
	dp->lock = (struct pmip__guard_lock){ -1, -1 };
	clock_gettime(CLOCK_BOOTTIME, &now);
	dp->epoch = (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
	err = configure(dp, config);
	if (err == 0)
		err = pmip__guard_lock(&dp->lock, dp->device, dp->config.route_protocol, &dp->log);
	if (err == 0)
		err = pmip__nl_new(&dp->nl, NETLINK_ROUTE, dp->config.route_protocol, &dp->log);
	dp->links = (struct pmip__access_links){ .nl = dp->nl,
						 .table = dp->config.table,
						 .priority = dp->config.rule_priority };
	if (err == 0)
		err = pmip__bpf_setup(dp);
	if (err < 0) {
		release(dp);
		return err;
	}
	*datapath = (struct pmip_datapath){ .ops = &bpf_ops, .ctx = dp };
	return 0;
}
