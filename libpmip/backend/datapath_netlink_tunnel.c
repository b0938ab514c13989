/* SPDX-License-Identifier: BSD-2-Clause */
/* The tunnels of the netlink datapath: a device each, made when an operation first names it. Bindings with GRE (RFC 5845) whose packets
 * arrive with the same key share one of their own, which is there as long as they are. By the key that arrives the kernel knows the
 * device, so the key that is sent follows the last binding that was set. */
#include "config.h"

#include <search.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "backend/datapath_netlink.h"

enum { MAX_NUMBER = 1000000 }; /* so that a device name fits */

static bool same_key(const struct pmip_key *a, const struct pmip_key *b)
{
	return a->present == b->present && (!a->present || a->value == b->value);
}

/* All plain ones before those with GRE, and without a key before with one. */
static uint64_t order_of(const struct pmip_gre *gre)
{
	return !gre->in_use ? 0 : !gre->recv.present ? 1 : 2 + (uint64_t)gre->recv.value;
}

static int compare_tunnels(const void *a, const void *b)
{
	const struct pmip__tunnel_dev *x = &((const struct pmip__nl_tunnel *)a)->dev, *y = &((const struct pmip__nl_tunnel *)b)->dev;
	uint64_t i = order_of(&x->gre), j = order_of(&y->gre);
	int order = memcmp(&x->remote, &y->remote, sizeof(x->remote));

	if (order == 0)
		order = memcmp(&x->local, &y->local, sizeof(x->local));
	return order != 0 ? order : (i > j) - (i < j);
}

/* Only bindings speak of GRE. */
static struct pmip_gre gre_of(const struct pmip_datapath_op *op)
{
	return op->kind == PMIP_DATAPATH_BINDING_SET ? op->gre : (struct pmip_gre){ .in_use = false };
}

struct pmip__nl_tunnel *pmip__nl_tunnel_find(const struct pmip__datapath_netlink *dp, const struct pmip_datapath_op *op)
{
	struct pmip__nl_tunnel key = { .dev = { .local = op->local, .remote = op->remote, .gre = gre_of(op) } };
	struct pmip__nl_tunnel **found = tfind(&key, &dp->tunnels_by_ends, compare_tunnels);

	return found != NULL ? *found : NULL;
}

struct pmip__nl_tunnel *pmip__nl_tunnel_enter(struct pmip__datapath_netlink *dp, const struct pmip__tunnel_dev *dev)
{
	struct pmip__nl_tunnel *tunnel = calloc(1, sizeof(*tunnel)), **place;

	if (tunnel == NULL)
		return NULL;
	tunnel->dev = *dev;
	place = tsearch(tunnel, &dp->tunnels_by_ends, compare_tunnels);
	if (place == NULL || *place != tunnel) {
		free(tunnel);
		return place != NULL ? *place : NULL;
	}
	tunnel->next = dp->tunnels;
	dp->tunnels = tunnel;
	dp->tunnel_count++;
	return tunnel;
}

struct pmip__nl_tunnel *pmip__nl_tunnel_at(const struct pmip__datapath_netlink *dp, uint32_t index)
{
	struct pmip__nl_tunnel *tunnel = dp->tunnels;

	while (tunnel != NULL && (tunnel->dev.index != index || index == 0))
		tunnel = tunnel->next;
	return tunnel;
}

void pmip__nl_tunnel_forget(struct pmip__datapath_netlink *dp, struct pmip__nl_tunnel *tunnel)
{
	struct pmip__nl_tunnel **at = &dp->tunnels;

	if (tunnel->dev.index == 0)
		pmip__nl_flush(dp->nl); /* making it may be in the queue, and writes to it */
	pmip__nl_nexthops_forget(dp, tunnel);
	while (*at != tunnel)
		at = &(*at)->next;
	*at = tunnel->next;
	tdelete(tunnel, &dp->tunnels_by_ends, compare_tunnels);
	dp->tunnel_count--;
	free(tunnel);
}

/* GRE takes 4 octets of what tunnel_mtu leaves, its key 4 more; but IPv6 needs 1280. */
static uint32_t mtu_of(const struct pmip__datapath_netlink *dp, const struct pmip_gre *gre)
{
	uint32_t mtu = dp->config.tunnel_mtu;

	if (gre->in_use)
		mtu -= gre->send.present ? 8 : 4;
	return mtu < 1280 ? 1280 : mtu;
}

/* A predecessor's is as it should be when it is up, which comes last. To say so again would have the kernel look through all its routes. */
static bool is_ready(const struct pmip__datapath_netlink *dp, const struct pmip__nl_tunnel *tunnel)
{
	return tunnel->found && !tunnel->named && tunnel->dev.up && tunnel->dev.mtu == mtu_of(dp, &tunnel->dev.gre);
}

static struct pmip__nl_tunnel *make(struct pmip__datapath_netlink *dp, const struct pmip_datapath_op *op)
{
	struct pmip__tunnel_dev dev = { .local = op->local, .remote = op->remote, .gre = gre_of(op) };

	do {
		snprintf(dev.name, sizeof(dev.name), "%s%u", dp->device_prefix, dp->next_number++ % MAX_NUMBER);
	} while (if_nametoindex(dev.name) != 0);
	return pmip__nl_tunnel_enter(dp, &dev);
}

int pmip__nl_tunnel_ensure(struct pmip__datapath_netlink *dp, const struct pmip_datapath_op *op, struct pmip__nl_job *job)
{
	struct pmip__nl_tunnel *tunnel = pmip__nl_tunnel_find(dp, op);
	struct pmip_gre gre = gre_of(op);
	bool is_new = tunnel == NULL;

	if (is_new) {
		if (dp->tunnel_count >= dp->config.max_tunnels)
			return PMIP_ERR_FULL;
		tunnel = make(dp, op);
		if (tunnel == NULL)
			return PMIP_ERR_NOMEM;
		job->is_new = op->kind == PMIP_DATAPATH_TUNNEL_ENSURE;
		pmip__nl_tunnel_add(dp->nl, &tunnel->dev, &tunnel->made);
	} else if (!same_key(&tunnel->dev.gre.send, &gre.send)) {
		tunnel->dev.gre.send = gre.send;
		pmip__nl_tunnel_change(dp->nl, &tunnel->dev, &tunnel->made);
	}
	if (!is_ready(dp, tunnel))
		pmip__nl_tunnel_config(dp->nl, tunnel->dev.name, mtu_of(dp, &gre), is_new, &job->part[0]);
	tunnel->named = true;
	return 0;
}

void pmip__nl_tunnel_release(struct pmip__datapath_netlink *dp, const struct pmip_datapath_op *op, struct pmip__nl_job *job)
{
	struct pmip__nl_tunnel *tunnel = pmip__nl_tunnel_find(dp, op);

	if (tunnel == NULL)
		return;
	pmip__nl_tunnel_del(dp->nl, tunnel->dev.name, &job->part[0]);
	pmip__nl_tunnel_forget(dp, tunnel);
}

uint32_t pmip__nl_tunnel_index(struct pmip__datapath_netlink *dp, struct pmip__nl_tunnel *tunnel)
{
	if (tunnel->dev.index == 0) {
		pmip__nl_flush(dp->nl);
		tunnel->dev.index = if_nametoindex(tunnel->dev.name);
	}
	return tunnel->dev.index;
}

void pmip__nl_tunnel_drop_unused(struct pmip__datapath_netlink *dp, struct pmip__nl_tunnel *tunnel)
{
	if (!tunnel->dev.gre.in_use || tunnel->users > 0 || tunnel->found)
		return;
	pmip__nl_tunnel_del(dp->nl, tunnel->dev.name, &dp->undo.part[0]);
	pmip__nl_tunnel_forget(dp, tunnel);
}
