/* SPDX-License-Identifier: BSD-2-Clause */
/* What a predecessor left: tunnel devices are taken in at start, under their old names; of routes and rules the kernel's tables are
 * the memory, and a sweep compares them with what operations have named since. */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <linux/rtnetlink.h>

#include "backend/datapath_netlink.h"
#include "backend/nl_nexthop.h"

struct find {
	struct pmip__datapath_netlink *dp;
	int err;
};

/* Our prefix and a number: "pmip12". */
static bool is_our_name(struct pmip__datapath_netlink *dp, const char *name)
{
	size_t len = strlen(dp->device_prefix);

	if (strncmp(name, dp->device_prefix, len) != 0 || name[len] == '\0')
		return false;
	for (name += len; *name != '\0'; name++) {
		if (!isdigit((unsigned char)*name))
			return false;
	}
	return true;
}

static void on_tunnel(void *user, const struct pmip__tunnel_dev *dev)
{
	struct find *find = user;
	struct pmip__nl_tunnel *tunnel;

	if (find->err < 0 || !is_our_name(find->dp, dev->name))
		return;
	tunnel = pmip__nl_tunnel_enter(find->dp, dev);
	if (tunnel == NULL)
		find->err = PMIP_ERR_NOMEM;
	else
		tunnel->found = true;
}

int pmip__nl_tunnels_find(struct pmip__datapath_netlink *dp)
{
	struct find find = { .dp = dp };
	int err = pmip__nl_each_tunnel(dp->nl, on_tunnel, &find);

	return err < 0 ? err : find.err;
}

/* What a walk found to be removed after it: its callbacks must not change anything. */
struct doomed {
	const struct pmip__datapath_netlink *dp;
	bool all;
	int err;
	size_t count, cap;
	struct doomed_entry {
		struct pmip__route route;
		struct pmip__rule rule;
		uint32_t nexthop;
		char iif[IF_NAMESIZE];
		int result;
	} *entries;
};

static struct doomed_entry *doom(struct doomed *doomed)
{
	size_t cap = doomed->cap != 0 ? doomed->cap * 2 : 64;
	struct doomed_entry *more;

	if (doomed->count == doomed->cap) {
		more = reallocarray(doomed->entries, cap, sizeof(*more));
		if (more == NULL) {
			doomed->err = PMIP_ERR_NOMEM;
			return NULL;
		}
		doomed->entries = more;
		doomed->cap = cap;
	}
	more = &doomed->entries[doomed->count++];
	memset(more, 0, sizeof(*more));
	return more;
}

static bool is_pool(const struct pmip__datapath_netlink *dp, const struct pmip_prefix *prefix)
{
	unsigned int i;

	for (i = 0; i < dp->config.pool_count; i++) {
		if (pmip_prefix_equal(&dp->config.pool[i], prefix))
			return true;
	}
	return false;
}

static bool is_wanted(const struct pmip__datapath_netlink *dp, const struct pmip__route *route)
{
	const struct pmip__nl_binding *binding;

	if (route->table != RT_TABLE_MAIN)
		return dp->is_mag ? pmip__nl_uplink_wants_route(dp, route) : pmip__nl_flow_wants_route(dp, route);
	if (route->oif == 0 && route->nexthop == 0)
		return !dp->is_mag && is_pool(dp, &route->dst);
	binding = pmip__nl_binding_find(dp, &route->dst);
	if (binding == NULL)
		return false;
	if (dp->is_mag)
		return route->oif == binding->link;
	/* which device a nexthop stands for is told beside it only with net.ipv4.nexthop_compat_mode */
	return route->nexthop == binding->nexthop->id && (route->nexthop != 0 || route->oif == pmip__nl_binding_tunnel(binding));
}

static void on_route(void *user, const struct pmip__route *route)
{
	struct doomed *doomed = user;
	struct doomed_entry *entry;

	if (!doomed->all && is_wanted(doomed->dp, route))
		return;
	entry = doom(doomed);
	if (entry != NULL)
		entry->route = *route;
}

static void on_rule(void *user, const struct pmip__rule *rule)
{
	struct doomed *doomed = user;
	struct doomed_entry *entry;

	if (!doomed->all && (rule->mask != 0 ? pmip__nl_flow_wants_rule(doomed->dp, rule) :
					      rule->iif != NULL && pmip__nl_uplink_wants_rule(doomed->dp, rule)))
		return;
	entry = doom(doomed);
	if (entry == NULL)
		return;
	entry->rule = *rule;
	if (rule->iif != NULL)
		snprintf(entry->iif, sizeof(entry->iif), "%s", rule->iif);
}

static void on_nexthop(void *user, const struct pmip__nexthop *nexthop)
{
	struct doomed *doomed = user;
	struct doomed_entry *entry;

	if (nexthop->protocol != doomed->dp->config.route_protocol ||
	    (!doomed->all && pmip__nl_nexthop_wanted(doomed->dp, nexthop->id)))
		return;
	entry = doom(doomed);
	if (entry != NULL)
		entry->nexthop = nexthop->id;
}

/* @return how many, or an error. */
static int sweep_nexthops(struct pmip__datapath_netlink *dp, bool all)
{
	struct doomed nexthops = { .dp = dp, .all = all };
	int err = dp->has_nexthops ? pmip__nl_each_nexthop(dp->nl, on_nexthop, &nexthops) : 0;
	size_t i;

	for (i = 0; i < nexthops.count; i++)
		pmip__nl_nexthop_del(dp->nl, nexthops.entries[i].nexthop, &nexthops.entries[i].result);
	pmip__nl_flush(dp->nl);
	free(nexthops.entries);
	return err < 0 ? err : nexthops.err < 0 ? nexthops.err : (int)nexthops.count;
}

static int sweep_tunnels(struct pmip__datapath_netlink *dp, bool all)
{
	struct pmip__nl_tunnel *tunnel, *next;
	int count = 0, ignored;

	for (tunnel = dp->tunnels; tunnel != NULL; tunnel = next) {
		next = tunnel->next;
		tunnel->found = false;
		if (tunnel->named && !all && (!tunnel->dev.gre.in_use || tunnel->users > 0))
			continue;
		pmip__nl_tunnel_del(dp->nl, tunnel->dev.name, &ignored);
		pmip__nl_flush(dp->nl);
		pmip__nl_tunnel_forget(dp, tunnel);
		count++;
	}
	return count;
}

/* FMP-13. Routes before nexthops and devices, which take theirs along, so that each is counted; when all go that does not matter, and the nexthops
 * are quicker. Rules last, for while a rule stands what it catches is dropped rather than routed past the tunnel. */
int pmip__nl_sweep(struct pmip__datapath_netlink *dp, bool all)
{
	struct doomed routes = { .dp = dp, .all = all }, rules = { .dp = dp, .all = all };
	int err, marks, nexthops = 0, count = 0;
	size_t i;

	marks = pmip__nl_flows_sweep(dp, all);
	if (all)
		nexthops = sweep_nexthops(dp, true);
	err = pmip__nl_each_route(dp->nl, on_route, &routes);
	if (err == 0)
		err = pmip__nl_each_rule(dp->nl, on_rule, &rules);
	for (i = 0; i < routes.count; i++)
		pmip__nl_route_del(dp->nl, &routes.entries[i].route, &routes.entries[i].result);
	pmip__nl_flush(dp->nl);
	count = sweep_tunnels(dp, all);
	if (!all)
		nexthops = sweep_nexthops(dp, false);
	for (i = 0; i < rules.count; i++) {
		rules.entries[i].rule.iif = rules.entries[i].iif[0] != '\0' ? rules.entries[i].iif : NULL;
		pmip__access_rule_del(dp->nl, &rules.entries[i].rule, &rules.entries[i].result);
	}
	pmip__nl_flush(dp->nl);
	count += (int)(routes.count + rules.count) + (marks > 0 ? marks : 0) + (nexthops > 0 ? nexthops : 0);
	free(routes.entries);
	free(rules.entries);
	if (err == 0)
		err = marks < 0 ? marks : nexthops < 0 ? nexthops : routes.err < 0 ? routes.err : rules.err;
	return err < 0 ? err : count;
}
