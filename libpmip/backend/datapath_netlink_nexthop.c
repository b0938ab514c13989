/* SPDX-License-Identifier: BSD-2-Clause */
/* How the routes of bindings name their tunnel. At an LMA by a nexthop object, of which each tunnel has one for the bindings that come: to add such
 * a route is less work for the kernel, and all bindings of a tunnel move to another one by one message, however many they are. A nexthop that has
 * moved stays what its bindings name, beside the one of the tunnel that it leads into now, until the last of them is gone.
 *
 * Kernels before 5.3 have no nexthop objects, and none lets a source-specific route name one, so at a MAG, and there, routes name the device: a
 * nexthop is number 0 then, and moving it sets each route again.
 *
 * Numbers of ours begin with the number of our route protocol, eight bits of it. */
#include "config.h"

#include <search.h>
#include <stdlib.h>

#include "backend/backend_log.h"
#include "backend/datapath_netlink.h"
#include "backend/nl_nexthop.h"

enum { NUMBER_BITS = 24 };

static const char area[] = "netlink";

static uint32_t number_of(uint32_t id)
{
	return id & ((1U << NUMBER_BITS) - 1);
}

static bool is_ours(const struct pmip__datapath_netlink *dp, uint32_t id)
{
	return id >> NUMBER_BITS == dp->config.route_protocol;
}

static struct pmip__nl_nexthop *find(const struct pmip__datapath_netlink *dp, uint32_t id)
{
	struct pmip__nl_nexthop *nexthop = dp->nexthops;

	while (nexthop != NULL && nexthop->id != id)
		nexthop = nexthop->next;
	return nexthop;
}

static uint32_t next_id(struct pmip__datapath_netlink *dp)
{
	uint32_t id;

	do {
		id = (uint32_t)dp->config.route_protocol << NUMBER_BITS | number_of(++dp->last_nexthop);
	} while (number_of(id) == 0 || find(dp, id) != NULL);
	return id;
}

static struct pmip__nl_nexthop *make(struct pmip__datapath_netlink *dp, struct pmip__nl_tunnel *tunnel, uint32_t id)
{
	struct pmip__nl_nexthop *nexthop = calloc(1, sizeof(*nexthop));

	if (nexthop == NULL)
		return NULL;
	nexthop->id = id;
	nexthop->tunnel = tunnel;
	nexthop->next = dp->nexthops;
	dp->nexthops = nexthop;
	if (tunnel->nexthop == NULL)
		tunnel->nexthop = nexthop;
	return nexthop;
}

static void drop(struct pmip__datapath_netlink *dp, struct pmip__nl_nexthop *nexthop)
{
	struct pmip__nl_nexthop **at = &dp->nexthops;

	while (*at != nexthop)
		at = &(*at)->next;
	*at = nexthop->next;
	if (nexthop->submit == dp->submit)
		pmip__nl_flush(dp->nl); /* making it may be in the queue, and writes to it */
	free(nexthop);
}

/* Once for all operations of a submit(); one that is there already is asked for again, for somebody may have taken it away. One that has been
 * refused gets another number, which is not somebody else's; but not while bindings name it. */
static void ensure(struct pmip__datapath_netlink *dp, struct pmip__nl_nexthop *nexthop)
{
	struct pmip__nexthop wanted = { .oif = nexthop->tunnel->dev.index };
	bool again = nexthop->users > 0 || (nexthop->submit != 0 && nexthop->result == 0);

	if (!dp->has_nexthops || nexthop->submit == dp->submit)
		return;
	if (!again)
		nexthop->id = next_id(dp);
	wanted.id = nexthop->id;
	pmip__nl_nexthop_add(dp->nl, &wanted, again, &nexthop->result);
	nexthop->submit = dp->submit;
}

struct pmip__nl_nexthop *pmip__nl_nexthop_enter(struct pmip__datapath_netlink *dp, struct pmip__nl_tunnel *tunnel)
{
	struct pmip__nl_nexthop *nexthop = tunnel->nexthop != NULL ? tunnel->nexthop : make(dp, tunnel, 0);

	if (nexthop == NULL)
		return NULL;
	ensure(dp, nexthop);
	nexthop->users++;
	tunnel->users++;
	return nexthop;
}

void pmip__nl_nexthop_leave(struct pmip__datapath_netlink *dp, struct pmip__nl_nexthop *nexthop)
{
	struct pmip__nl_tunnel *tunnel;

	if (nexthop == NULL)
		return;
	tunnel = nexthop->tunnel;
	nexthop->users--;
	if (nexthop->users == 0 && (tunnel == NULL || tunnel->nexthop != nexthop)) {
		if (nexthop->id != 0)
			pmip__nl_nexthop_del(dp->nl, nexthop->id, &dp->undo.part[0]);
		drop(dp, nexthop);
	}
	if (tunnel == NULL)
		return;
	tunnel->users--;
	pmip__nl_tunnel_drop_unused(dp, tunnel);
}

void pmip__nl_nexthops_forget(struct pmip__datapath_netlink *dp, struct pmip__nl_tunnel *tunnel)
{
	struct pmip__nl_nexthop *nexthop, *next;

	for (nexthop = dp->nexthops; nexthop != NULL; nexthop = next) {
		next = nexthop->next;
		if (nexthop->tunnel != tunnel)
			continue;
		nexthop->tunnel = NULL;
		if (nexthop->users == 0)
			drop(dp, nexthop);
	}
}

uint32_t pmip__nl_binding_tunnel(const struct pmip__nl_binding *binding)
{
	const struct pmip__nl_nexthop *nexthop = binding->nexthop;

	return nexthop != NULL && nexthop->tunnel != NULL ? nexthop->tunnel->dev.index : 0;
}

/* TUN-3, V4F-1. */
struct pmip__route pmip__nl_route_into(const struct pmip__nl_binding *binding)
{
	struct pmip__route route = pmip__nl_route_to(&binding->prefix, pmip__nl_binding_tunnel(binding));

	route.nexthop = binding->nexthop->id;
	return route;
}

/* One that a predecessor has left, for bindings that come to name it again. */
static void on_nexthop(void *user, const struct pmip__nexthop *found)
{
	struct pmip__datapath_netlink *dp = user;
	struct pmip__nl_tunnel *tunnel = pmip__nl_tunnel_at(dp, found->oif);
	struct pmip__nl_nexthop *nexthop;

	if (!is_ours(dp, found->id))
		return;
	if (number_of(found->id) > dp->last_nexthop)
		dp->last_nexthop = number_of(found->id); /* also where somebody else has taken one of these numbers */
	if (found->protocol != dp->config.route_protocol || tunnel == NULL || tunnel->nexthop != NULL)
		return;
	nexthop = make(dp, tunnel, found->id);
	if (nexthop != NULL)
		nexthop->submit = UINT32_MAX; /* long ago */
}

void pmip__nl_nexthops_free(struct pmip__datapath_netlink *dp)
{
	struct pmip__nl_nexthop *next;

	for (; dp->nexthops != NULL; dp->nexthops = next) {
		next = dp->nexthops->next;
		free(dp->nexthops);
	}
}

int pmip__nl_nexthops_find(struct pmip__datapath_netlink *dp)
{
	int err;

	if (dp->is_mag)
		return 0;
	err = pmip__nl_each_nexthop(dp->nl, on_nexthop, dp);
	dp->has_nexthops = err == 0;
	if (err != PMIP_ERR_UNSUPPORTED)
		return err;
	pmip__backend_log(&dp->log, PMIP_LOG_INFO, area, "this kernel has no nexthop objects; what moves a whole MAG sets each route");
	return 0;
}

bool pmip__nl_nexthop_wanted(const struct pmip__datapath_netlink *dp, uint32_t id)
{
	const struct pmip__nl_nexthop *nexthop = find(dp, id);

	return nexthop != NULL && (nexthop->users > 0 || nexthop->tunnel->named);
}

/* What moves one by one. */
struct set_again {
	struct pmip__datapath_netlink *dp;
	const struct pmip__nl_nexthop *nexthop;
	struct pmip__nl_nexthop old; /* as it was */
	int (*results)[2];           /* for each of its users; NULL = nobody looks at them */
	uint32_t count;
};

static void set_again(const void *node, VISIT which, void *closure)
{
	struct set_again *again = closure;
	struct pmip__nl_binding *binding = *(struct pmip__nl_binding *const *)node, old = *binding;
	struct pmip__route route;
	int *results = again->dp->undo.part;

	if ((which != postorder && which != leaf) || binding->nexthop != again->nexthop)
		return;
	old.nexthop = &again->old;
	if (again->results != NULL)
		results = again->results[again->count++];
	if (again->dp->is_mag) {
		pmip__nl_uplink_set(again->dp, binding, &old, results);
		return;
	}
	route = pmip__nl_route_into(binding);
	pmip__nl_route_set(again->dp->nl, &route, &results[0]);
}

static int first_error(int (*results)[2], uint32_t count)
{
	uint32_t i;

	for (i = 0; i < count; i++) {
		if (results[i][0] < 0 || results[i][1] < 0)
			return results[i][0] < 0 ? results[i][0] : results[i][1];
	}
	return 0;
}

/* old: what it was until now; must: whether somebody looks at the result. */
static int move_routes(struct pmip__datapath_netlink *dp, const struct pmip__nl_nexthop *nexthop, const struct pmip__nl_nexthop *old, bool must)
{
	struct set_again again = { .dp = dp, .nexthop = nexthop, .old = *old };
	int err;

	if (must)
		again.results = calloc(nexthop->users, sizeof(*again.results));
	if (must && again.results == NULL)
		return PMIP_ERR_NOMEM;
	twalk_r(dp->bindings, set_again, &again);
	pmip__nl_flush(dp->nl);
	err = must ? first_error(again.results, again.count) : 0;
	free(again.results);
	return err;
}

/* @return what came of it in the kernel. */
static int lead_into(struct pmip__datapath_netlink *dp, struct pmip__nl_nexthop *nexthop, struct pmip__nl_tunnel *tunnel, bool must)
{
	struct pmip__nexthop wanted = { .id = nexthop->id, .oif = tunnel->dev.index };
	struct pmip__nl_nexthop old = *nexthop;
	int err = 0;

	nexthop->tunnel = tunnel;
	if (nexthop->id == 0)
		return move_routes(dp, nexthop, &old, must);
	pmip__nl_nexthop_move(dp->nl, &wanted, must ? &err : &dp->undo.part[0]);
	pmip__nl_flush(dp->nl);
	return err;
}

/* Those that the operation takes along; back, when one of them has been refused, all of them, for it is not known what else has been done
 * when an answer was lost. */
static int move_all(struct pmip__datapath_netlink *dp, struct pmip__nl_tunnel *to, bool must)
{
	struct pmip__nl_nexthop *nexthop;
	int err = 0;

	for (nexthop = dp->nexthops; nexthop != NULL && err == 0; nexthop = nexthop->next) {
		if (nexthop->moves)
			err = lead_into(dp, nexthop, to, must);
	}
	return err;
}

static void account(struct pmip__nl_tunnel *from, struct pmip__nl_tunnel *to, struct pmip__nl_nexthop *nexthop)
{
	from->users -= nexthop->users;
	to->users += nexthop->users;
	if (from->nexthop == nexthop)
		from->nexthop = NULL;
	if (to->nexthop == NULL)
		to->nexthop = nexthop;
}

/* The engine has both tunnels made before. */
int pmip__nl_tunnel_move(struct pmip__datapath_netlink *dp, const struct pmip_datapath_op *op)
{
	struct pmip_datapath_op before = *op;
	struct pmip__nl_tunnel *to = pmip__nl_tunnel_find(dp, op), *from;
	struct pmip__nl_nexthop *nexthop;
	int err;

	before.remote = op->old_remote;
	from = pmip__nl_tunnel_find(dp, &before);
	if (from == NULL || to == NULL || pmip__nl_tunnel_index(dp, to) == 0)
		return PMIP_ERR_NOENT;
	to->named = true;
	for (nexthop = dp->nexthops; nexthop != NULL; nexthop = nexthop->next)
		nexthop->moves = nexthop->tunnel == from && nexthop->users > 0 && from != to;
	err = move_all(dp, to, true);
	if (err < 0)
		move_all(dp, from, false);
	for (nexthop = dp->nexthops; nexthop != NULL && err == 0; nexthop = nexthop->next) {
		if (nexthop->moves)
			account(from, to, nexthop);
	}
	return err;
}
