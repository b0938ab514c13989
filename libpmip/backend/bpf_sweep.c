/* SPDX-License-Identifier: BSD-2-Clause */
/* What a predecessor left and nobody has named since: map entries of another epoch, routes, rules,
 * programs. */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <bpf/bpf.h>
#include <linux/rtnetlink.h>

#include "backend/backend_log.h"
#include "backend/bpf_walk.h"
#include "backend/datapath_bpf.h"

struct found_rule {
	struct pmip__rule rule;
	char iif[IF_NAMESIZE];
};

/* What a walk found to be removed after it: its callbacks must not change anything. */
struct walk {
	const struct pmip__datapath_bpf *dp;
	bool all;
	int err;
	size_t count;
	size_t cap;
	struct pmip__route *routes; /* one of the two */
	struct found_rule *rules;
};

static void *grow(struct walk *walk, void *array, size_t element)
{
	size_t cap = walk->cap ? walk->cap * 2 : 64;
	void *more = array;

	if (walk->count < walk->cap)
		return array;
	more = reallocarray(array, cap, element);
	if (more)
		walk->cap = cap;
	else
		walk->err = PMIP_ERR_NOMEM;
	return more;
}

static bool same_route(const struct pmip__route *a, const struct pmip__route *b)
{
	uint32_t table_a = a->table ? a->table : RT_TABLE_MAIN;
	uint32_t table_b = b->table ? b->table : RT_TABLE_MAIN;

	return table_a == table_b && a->oif == b->oif && pmip_prefix_equal(&a->dst, &b->dst);
}

static bool is_wanted(const struct pmip__datapath_bpf *dp, const struct pmip__route *route)
{
	struct pmip__bpf_prefix key = pmip__bpf_key(&route->dst);
	struct pmip__bpf_binding binding;
	struct pmip__route own;

	if (!dp->is_mag) {
		for (unsigned int i = 0; i < dp->config.pool_count; i++) {
			own = pmip__bpf_pool_route(dp, i);
			if (same_route(&own, route))
				return true;
		}
		return false;
	}
	own = pmip__bpf_uplink_route(dp, pmip__nl_is_ipv4(&route->dst));
	if (same_route(&own, route))
		return true;
	if (!pmip__bpf_binding_get(dp, &key, &binding))
		return false;
	own = pmip__bpf_binding_route(&route->dst, binding.link);
	return same_route(&own, route);
}

static void on_route(void *user, const struct pmip__route *route)
{
	struct walk *walk = user;
	struct pmip__route *room;

	if (walk->err < 0 || (!walk->all && is_wanted(walk->dp, route)))
		return;
	room = grow(walk, walk->routes, sizeof(*walk->routes));
	if (!room)
		return;
	walk->routes = room;
	walk->routes[walk->count++] = *route;
}

static void on_rule(void *user, const struct pmip__rule *rule)
{
	struct walk *walk = user;
	struct found_rule *room;

	if (walk->err < 0 || !rule->iif ||
	    (!walk->all && pmip__access_rule_wanted(&walk->dp->links, rule)))
		return;
	room = grow(walk, walk->rules, sizeof(*walk->rules));
	if (!room)
		return;
	walk->rules = room;
	room += walk->count++;
	*room = (struct found_rule){ .rule = *rule };
	snprintf(room->iif, sizeof(room->iif), "%s", rule->iif);
}

int pmip__bpf_sweep_routes(struct pmip__datapath_bpf *dp, bool all)
{
	struct walk routes = { .dp = dp, .all = all }, rules = { .dp = dp, .all = all };
	int ignored;

	pmip__nl_each_route(dp->nl, on_route, &routes);
	pmip__nl_each_rule(dp->nl, on_rule, &rules);
	for (size_t i = 0; i < rules.count; i++) {
		rules.rules[i].rule.iif = rules.rules[i].iif;
		pmip__access_rule_del(dp->nl, &rules.rules[i].rule, &ignored);
	}
	for (size_t i = 0; i < routes.count; i++)
		pmip__nl_route_del(dp->nl, &routes.routes[i], &ignored);
	pmip__nl_flush(dp->nl);
	free(rules.rules);
	free(routes.routes);
	return routes.err < 0 || rules.err < 0 ? PMIP_ERR_NOMEM : (int)(routes.count + rules.count);
}

static bool is_one_of(char (*names)[IF_NAMESIZE], unsigned int count, const char *name)
{
	for (unsigned int i = 0; i < count; i++) {
		if (!strcmp(names[i], name))
			return true;
	}
	return false;
}

int pmip__bpf_sweep_hooks(struct pmip__datapath_bpf *dp, bool all)
{
	struct if_nameindex *list = if_nameindex();
	struct pmip__bpf_hook hook;
	int n = 0;

	for (struct if_nameindex *at = list; at && at->if_index; at++) {
		hook = pmip__bpf_decap_hook(dp, at->if_index);
		if (all || !is_one_of(dp->core, dp->config.core_count, at->if_name))
			n += pmip__bpf_place_detach(&hook, PMIP__BPF_DECAP_NAME);
		hook = pmip__bpf_network_hook(dp, at->if_index);
		if (all || !is_one_of(dp->network, dp->config.network_count, at->if_name))
			n += pmip__bpf_place_detach(&hook, PMIP__BPF_NETWORK_NAME);
	}
	if_freenameindex(list);
	return n;
}

/* Of one map. */
struct sweep {
	int map;
	size_t key_size, value_size;
	size_t epoch_at; /* where the epoch stands in a value */
	uint64_t now;
	struct pmip__bpf_lengths *lengths; /* of prefixes, when these are the keys */
	int count;
};

static void sweep_some(void *user, const void *keys, const void *values, uint32_t count)
{
	const uint8_t *key = keys, *value = values;
	struct sweep *sweep = user;
	uint64_t epoch;

	for (; count > 0; count--, key += sweep->key_size, value += sweep->value_size) {
		memcpy(&epoch, value + sweep->epoch_at, sizeof(epoch));
		if (epoch == sweep->now || bpf_map_delete_elem(sweep->map, key) < 0)
			continue;
		if (sweep->lengths)
			pmip__bpf_lengths_leave(sweep->lengths, (const void *)key);
		sweep->count++;
	}
}

/* Remove the entries of a map that carry another epoch. @return how many. */
static int sweep_map(struct sweep sweep)
{
	pmip__bpf_walk(sweep.map, sweep_some, &sweep);
	return sweep.count;
}

static int sweep_maps(struct pmip__datapath_bpf *dp)
{
	int bindings = sweep_map((struct sweep){ .map = dp->bpf.bindings, .key_size = sizeof(struct pmip__bpf_prefix),
						 .value_size = sizeof(struct pmip__bpf_binding),
						 .epoch_at = offsetof(struct pmip__bpf_binding, epoch), .now = dp->epoch, .lengths = &dp->lengths });
	int flows = sweep_map((struct sweep){ .map = dp->bpf.flows, .key_size = sizeof(struct pmip__bpf_flow),
					      .value_size = sizeof(struct pmip__bpf_steering),
					      .epoch_at = offsetof(struct pmip__bpf_steering, epoch), .now = dp->epoch });
	int tunnels = sweep_map((struct sweep){ .map = dp->bpf.tunnels, .key_size = sizeof(struct pmip__bpf_ends),
						.value_size = sizeof(struct pmip__bpf_tunnel),
						.epoch_at = offsetof(struct pmip__bpf_tunnel, epoch), .now = dp->epoch });
	int paths = sweep_map((struct sweep){ .map = dp->bpf.paths, .key_size = sizeof(struct pmip__bpf_path),
					      .value_size = sizeof(uint64_t), .now = dp->epoch });

	memset(dp->known, 0, sizeof(dp->known));
	dp->bindings -= (uint64_t)bindings;
	dp->tunnels -= (uint64_t)tunnels;
	*dp->bpf.flow_count -= (uint32_t)flows;
	return bindings + flows + tunnels + paths;
}

/* In maps that were new nobody has left anything, and a million entries take a second. */
int pmip__bpf_sweep(struct pmip__datapath_bpf *dp)
{
	int n = (dp->took_over ? sweep_maps(dp) : 0) + pmip__bpf_sweep_hooks(dp, false);
	int routes = pmip__bpf_sweep_routes(dp, false);

	dp->took_over = false;
	if (routes < 0)
		return routes;
	n += routes;
	if (n)
		pmip__backend_log(&dp->log, PMIP_LOG_INFO, "bpf",
				  "removed %d leftovers of a former process", n);
	return n;
}
