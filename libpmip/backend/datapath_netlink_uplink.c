/* SPDX-License-Identifier: BSD-2-Clause */
/* The uplink of a MAG: which packets that come in on access links go into which tunnel, by their source.
 *
 * Our table drops everything, and each access link has a rule for it (access_links.h). Before that stand rules for tables with tunnels; the
 * number of one is our table's plus an interface index.
 *
 * IPv6: each access link has a rule and a table, with a source-specific route for each prefix that is bound there. IPv4 has no such routes:
 * each tunnel has a table, with a default route, and each home address has a rule "from ADDRESS iif LINK lookup THAT". Rules are walked
 * one by one: where some hundreds of IPv4 bindings are expected, bpf is the better datapath.
 *
 * A rule cannot replace another, nor a route one in another table. So when a predecessor had an address in another tunnel, or a prefix on
 * another link, his counts, too, until the sweep. */
#include <string.h>

#include "backend/datapath_netlink.h"

/* Of an access link for IPv6, of a tunnel for IPv4; index 0: our table. */
static uint32_t table_of(const struct pmip__datapath_netlink *dp, uint32_t index)
{
	return dp->config.table + index;
}

/* FWD-2, FWD-4. */
static struct pmip__route route_from(const struct pmip__datapath_netlink *dp, const struct pmip_prefix *prefix, uint32_t link, uint32_t oif)
{
	return (struct pmip__route){ .src = *prefix, .oif = oif, .table = table_of(dp, link), .metric = PMIP__ROUTE_METRIC };
}

static struct pmip__route ipv4_default(uint32_t table, uint32_t oif)
{
	return (struct pmip__route){ .dst = pmip__nl_ipv4, .oif = oif, .table = table, .metric = PMIP__ROUTE_METRIC };
}

/* V4F-2. */
static struct pmip__rule rule_from(const struct pmip__datapath_netlink *dp, const struct pmip__nl_binding *binding)
{
	const struct pmip__access_link *link = pmip__access_link_find(&dp->links, binding->link);

	return (struct pmip__rule){
		.src = binding->prefix,
		.iif = link != NULL ? link->name : NULL,
		.table = table_of(dp, pmip__nl_binding_tunnel(binding)),
		.priority = dp->config.rule_priority - 1,
	};
}

void pmip__nl_uplink_close(struct pmip__datapath_netlink *dp, int results[2])
{
	struct pmip_prefix any = { .len = 0 };
	struct pmip__route ipv6 = route_from(dp, &any, 0, 0), ipv4 = ipv4_default(dp->config.table, 0);

	pmip__nl_route_set(dp->nl, &ipv6, &results[0]);
	pmip__nl_route_set(dp->nl, &ipv4, &results[1]);
}

void pmip__nl_uplink_set(struct pmip__datapath_netlink *dp, const struct pmip__nl_binding *binding, const struct pmip__nl_binding *old,
			 int results[2])
{
	uint32_t tunnel = pmip__nl_binding_tunnel(binding), old_tunnel = pmip__nl_binding_tunnel(old);
	struct pmip__route route = route_from(dp, &binding->prefix, binding->link, tunnel);
	struct pmip__rule rule = rule_from(dp, binding);

	if (!pmip__nl_is_ipv4(&binding->prefix)) {
		pmip__nl_route_set(dp->nl, &route, &results[0]);
		route = route_from(dp, &binding->prefix, old->link, 0);
		if (old_tunnel != 0 && old->link != binding->link)
			pmip__nl_route_del(dp->nl, &route, &dp->undo.part[0]);
		return;
	}
	route = ipv4_default(rule.table, tunnel);
	pmip__nl_route_set(dp->nl, &route, &results[0]);
	pmip__nl_rule_set(dp->nl, &rule, &results[1]);
	if (old_tunnel != 0 && (old_tunnel != tunnel || old->link != binding->link)) {
		rule = rule_from(dp, old);
		pmip__nl_rule_del(dp->nl, &rule, &dp->undo.part[0]);
	}
}

void pmip__nl_uplink_clear(struct pmip__datapath_netlink *dp, const struct pmip_prefix *prefix, uint32_t link, int *result)
{
	struct pmip__route route = route_from(dp, prefix, link, 0);
	struct pmip__rule rule = { .src = *prefix, .priority = dp->config.rule_priority - 1 };

	if (pmip__nl_is_ipv4(prefix))
		pmip__nl_rule_del(dp->nl, &rule, result);
	else
		pmip__nl_route_del(dp->nl, &route, result);
}

bool pmip__nl_uplink_wants_route(const struct pmip__datapath_netlink *dp, const struct pmip__route *route)
{
	const struct pmip__nl_binding *binding;
	const struct pmip__nl_tunnel *tunnel;

	if (pmip__nl_is_ipv4(&route->dst)) {
		if (!pmip_prefix_equal(&route->dst, &pmip__nl_ipv4) || route->table != table_of(dp, route->oif))
			return false;
		tunnel = pmip__nl_tunnel_at(dp, route->oif);
		return route->oif == 0 || (tunnel != NULL && tunnel->named);
	}
	if (route->dst.len != 0)
		return false;
	if (route->src.len == 0)
		return route->table == dp->config.table && route->oif == 0;
	binding = pmip__nl_binding_find(dp, &route->src);
	return binding != NULL && route->table == table_of(dp, binding->link) && pmip__nl_binding_tunnel(binding) == route->oif;
}

bool pmip__nl_uplink_wants_rule(const struct pmip__datapath_netlink *dp, const struct pmip__rule *rule)
{
	const struct pmip__nl_binding *binding = pmip__nl_binding_find(dp, &rule->src);
	struct pmip__rule own;

	if (binding == NULL)
		return pmip__access_rule_wanted(&dp->links, rule);
	own = rule_from(dp, binding);
	return own.iif != NULL && strcmp(own.iif, rule->iif) == 0 && own.table == rule->table && own.priority == rule->priority;
}
