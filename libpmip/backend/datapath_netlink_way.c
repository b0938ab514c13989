/* SPDX-License-Identifier: BSD-2-Clause */
/* The tables that flows are moved by (datapath_netlink_flow.c): for each tunnel that has flows a rule of each family, "fwmark MARK lookup
 * TABLE", and in the table a way, a route to an address that has flows there. None of it is a single flow's.
 *
 * When a mobile node has no path by a tunnel any more, its ways there are closed: the routes go while flows still have the mark. What comes
 * next of each of those flows goes on to table main and where its binding goes, be they ten thousand; their marks follow at leisure. */
#include "config.h"

#include <search.h>
#include <stdlib.h>
#include <string.h>

#include "backend/datapath_netlink.h"

/* The ways of one mobile node in one tunnel. */
struct pmip__nl_path {
	uint32_t group, number; /* the key */
	struct pmip__nl_way *ways;
};

static int compare_numbers(uint32_t a, uint32_t b)
{
	return (a > b) - (a < b);
}

static int compare_ways(const void *a, const void *b)
{
	const struct pmip__nl_way *x = a, *y = b;
	int order = memcmp(&x->addr, &y->addr, sizeof(x->addr));

	return order != 0 ? order : compare_numbers(x->number, y->number);
}

static int compare_paths(const void *a, const void *b)
{
	const struct pmip__nl_path *x = a, *y = b;
	int order = compare_numbers(x->group, y->group);

	return order != 0 ? order : compare_numbers(x->number, y->number);
}

static struct pmip__nl_way *way_find(const struct pmip__datapath_netlink *dp, const struct pmip_addr *addr, uint32_t number)
{
	struct pmip__nl_way key = { .addr = *addr, .number = number }, **found = tfind(&key, &dp->ways, compare_ways);

	return found != NULL ? *found : NULL;
}

static struct pmip__nl_path *path_find(const struct pmip__datapath_netlink *dp, uint32_t group, uint32_t number)
{
	struct pmip__nl_path key = { .group = group, .number = number }, **found = tfind(&key, &dp->paths, compare_paths);

	return found != NULL ? *found : NULL;
}

static struct pmip__nl_steering *steering_find(const struct pmip__datapath_netlink *dp, uint32_t number)
{
	struct pmip__nl_steering *steering = dp->steerings;

	while (steering != NULL && steering->number != number)
		steering = steering->next;
	return steering;
}

static struct pmip__route route_of(const struct pmip__datapath_netlink *dp, const struct pmip__nl_way *way, uint32_t oif)
{
	struct pmip_prefix dst = { .addr = way->addr, .len = 128 };
	struct pmip__route route = pmip__nl_route_to(&dst, oif);

	route.table = dp->config.table + way->number;
	return route;
}

static struct pmip__rule rule_of(const struct pmip__datapath_netlink *dp, uint32_t number, bool ipv4)
{
	struct pmip__rule rule = {
		.table = dp->config.table + number,
		.priority = dp->config.rule_priority,
		.mark = number << PMIP__NL_MARK_SHIFT,
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
	pmip__nl_rule_del(dp->nl, &rule, &dp->undo.part[0]);
	rule = rule_of(dp, steering->number, true);
	pmip__nl_rule_del(dp->nl, &rule, &dp->undo.part[0]);
	while (*at != steering)
		at = &(*at)->next;
	*at = steering->next;
	free(steering);
}

static void path_leave(struct pmip__datapath_netlink *dp, struct pmip__nl_way *way)
{
	struct pmip__nl_path *path = way->path;

	if (path == NULL)
		return;
	*way->at = way->next;
	if (way->next != NULL)
		way->next->at = way->at;
	way->path = NULL;
	if (path->ways != NULL)
		return;
	tdelete(path, &dp->paths, compare_paths);
	free(path);
}

static int path_enter(struct pmip__datapath_netlink *dp, struct pmip__nl_way *way, uint32_t group)
{
	struct pmip__nl_path *path;

	if (group == 0 || (way->path != NULL && way->path->group == group))
		return 0;
	path_leave(dp, way);
	path = path_find(dp, group, way->number);
	if (path == NULL) {
		path = calloc(1, sizeof(*path));
		if (path == NULL)
			return PMIP_ERR_NOMEM;
		path->group = group;
		path->number = way->number;
		if (tsearch(path, &dp->paths, compare_paths) == NULL) {
			free(path);
			return PMIP_ERR_NOMEM;
		}
	}
	way->path = path;
	way->next = path->ways;
	if (way->next != NULL)
		way->next->at = &way->next;
	way->at = &path->ways;
	path->ways = way;
	return 0;
}

static struct pmip__nl_way *way_make(struct pmip__datapath_netlink *dp, struct pmip__nl_steering *steering, const struct pmip_addr *addr)
{
	struct pmip__nl_way *way = calloc(1, sizeof(*way));

	if (way == NULL)
		return NULL;
	way->addr = *addr;
	way->number = steering->number;
	way->steering = steering;
	if (tsearch(way, &dp->ways, compare_ways) == NULL) {
		free(way);
		return NULL;
	}
	steering->ways++;
	return way;
}

static void way_drop_unused(struct pmip__datapath_netlink *dp, struct pmip__nl_way *way)
{
	struct pmip__nl_steering *steering = way->steering;
	struct pmip__route route = route_of(dp, way, 0);

	if (way->users > 0)
		return;
	pmip__nl_route_del(dp->nl, &route, &dp->undo.part[0]);
	path_leave(dp, way);
	tdelete(way, &dp->ways, compare_ways);
	free(way);
	steering->ways--;
	steering_drop_unused(dp, steering);
}

/* Once for all operations of a submit(); what is there already is set again, for somebody may have taken it away. */
static void set(struct pmip__datapath_netlink *dp, struct pmip__nl_way *way)
{
	struct pmip__nl_steering *steering = way->steering;
	struct pmip__route route = route_of(dp, way, steering->tunnel);
	struct pmip__rule rule;

	if (way->submit != dp->submit)
		pmip__nl_route_set(dp->nl, &route, &way->result);
	way->submit = dp->submit;
	if (steering->submit == dp->submit)
		return;
	rule = rule_of(dp, steering->number, false);
	pmip__nl_rule_set(dp->nl, &rule, &steering->result[0]);
	rule = rule_of(dp, steering->number, true);
	pmip__nl_rule_set(dp->nl, &rule, &steering->result[1]);
	steering->submit = dp->submit;
}

struct pmip__nl_way *pmip__nl_way_enter(struct pmip__datapath_netlink *dp, const struct pmip_datapath_op *op, uint32_t tunnel, int *err)
{
	uint32_t number = pmip_flow_mark(op->tunnel) >> PMIP__NL_MARK_SHIFT;
	struct pmip__nl_steering *steering = steering_find(dp, number);
	struct pmip__nl_way *way = way_find(dp, &op->flow.dst, number);

	*err = PMIP_ERR_FULL; /* the mark is another tunnel's */
	if (steering != NULL && steering->tunnel != tunnel && pmip__nl_tunnel_at(dp, steering->tunnel) != NULL)
		return NULL;
	*err = PMIP_ERR_NOMEM;
	if (steering == NULL)
		steering = steering_make(dp, number);
	if (steering == NULL)
		return NULL;
	if (way == NULL)
		way = way_make(dp, steering, &op->flow.dst);
	if (way == NULL) {
		steering_drop_unused(dp, steering);
		return NULL;
	}
	*err = path_enter(dp, way, op->group);
	if (*err < 0) {
		way_drop_unused(dp, way);
		return NULL;
	}
	if (steering->tunnel != tunnel)
		steering->submit = way->submit = 0;
	steering->tunnel = tunnel;
	way->users++;
	set(dp, way);
	return way;
}

int pmip__nl_way_result(const struct pmip__nl_way *way)
{
	const struct pmip__nl_steering *steering = way->steering;

	return way->result < 0 ? way->result : steering->result[0] < 0 ? steering->result[0] : steering->result[1];
}

void pmip__nl_way_leave(struct pmip__datapath_netlink *dp, struct pmip__nl_way *way)
{
	if (way == NULL)
		return;
	way->users--;
	way_drop_unused(dp, way);
}

static void close_path(struct pmip__datapath_netlink *dp, const struct pmip__nl_path *path, int *result)
{
	struct pmip__nl_way *way;
	struct pmip__route route;

	for (way = path->ways; way != NULL; way = way->next) {
		route = route_of(dp, way, 0);
		pmip__nl_route_del(dp->nl, &route, result);
		way->submit = 0;
	}
}

/* FLO-11. */
void pmip__nl_ways_close(struct pmip__datapath_netlink *dp, const struct pmip_datapath_op *op, int *result)
{
	const struct pmip__nl_tunnel *tunnel = pmip__nl_tunnel_find(dp, op);
	const struct pmip__nl_steering *steering;
	const struct pmip__nl_path *path;

	for (steering = tunnel != NULL ? dp->steerings : NULL; steering != NULL; steering = steering->next) {
		path = steering->tunnel == tunnel->dev.index ? path_find(dp, op->group, steering->number) : NULL;
		if (path != NULL)
			close_path(dp, path, result);
	}
}

bool pmip__nl_flow_wants_route(const struct pmip__datapath_netlink *dp, const struct pmip__route *route)
{
	const struct pmip__nl_way *way = way_find(dp, &route->dst.addr, route->table - dp->config.table);

	return way != NULL && way->steering->tunnel == route->oif;
}

bool pmip__nl_flow_wants_rule(const struct pmip__datapath_netlink *dp, const struct pmip__rule *rule)
{
	struct pmip__rule own = rule_of(dp, rule->mark >> PMIP__NL_MARK_SHIFT, false);

	return rule->table == own.table && rule->priority == own.priority && rule->mask == own.mask &&
	       steering_find(dp, rule->mark >> PMIP__NL_MARK_SHIFT) != NULL;
}

void pmip__nl_ways_free(struct pmip__datapath_netlink *dp)
{
	struct pmip__nl_steering *next;

	tdestroy(dp->ways, free);
	tdestroy(dp->paths, free);
	for (; dp->steerings != NULL; dp->steerings = next) {
		next = dp->steerings->next;
		free(dp->steerings);
	}
}
