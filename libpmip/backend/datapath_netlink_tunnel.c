/* SPDX-License-Identifier: BSD-2-Clause */
/* The tunnels of the netlink datapath: a device each, made when an operation first names it. Bindings with GRE (RFC 5845) whose packets
 * arrive with the same key share one of their own, which is there as long as they are. By the key that arrives the kernel knows the
 * device, so the key that is sent follows the last binding that was set. */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>

#include "backend/datapath_netlink.h"

enum { MAX_NUMBER = 1000000 }; /* so that a device name fits */

static bool same_key(const struct pmip_key *a, const struct pmip_key *b)
{
	return a->present == b->present && (!a->present || a->value == b->value);
}

static bool same_gre(const struct pmip_gre *a, const struct pmip_gre *b)
{
	return a->in_use == b->in_use && (!a->in_use || same_key(&a->recv, &b->recv));
}

/* Only bindings speak of GRE. */
static struct pmip_gre gre_of(const struct pmip_datapath_op *op)
{
	return op->kind == PMIP_DATAPATH_BINDING_SET ? op->gre : (struct pmip_gre){ .in_use = false };
}

struct pmip__nl_tunnel *pmip__nl_tunnel_find(const struct pmip__datapath_netlink *dp, const struct pmip_datapath_op *op)
{
	struct pmip__nl_tunnel *tunnel = dp->tunnels;
	struct pmip_gre gre = gre_of(op);

	while (tunnel != NULL && !(pmip_addr_equal(&tunnel->dev.remote, &op->remote) && pmip_addr_equal(&tunnel->dev.local, &op->local) &&
				   same_gre(&tunnel->dev.gre, &gre)))
		tunnel = tunnel->next;
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
	while (*at != tunnel)
		at = &(*at)->next;
	*at = tunnel->next;
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

int pmip__nl_tunnel_ensure(struct pmip__datapath_netlink *dp, const struct pmip_datapath_op *op, struct pmip__nl_job *job)
{
	struct pmip__nl_tunnel *tunnel = pmip__nl_tunnel_find(dp, op);
	struct pmip_gre gre = gre_of(op);
	bool is_new = tunnel == NULL;

	if (is_new) {
		if (dp->tunnel_count >= dp->config.max_tunnels)
			return PMIP_ERR_FULL;
		tunnel = calloc(1, sizeof(*tunnel));
		if (tunnel == NULL)
			return PMIP_ERR_NOMEM;
		do {
			snprintf(tunnel->dev.name, sizeof(tunnel->dev.name), "%s%u", dp->device_prefix,
				 dp->next_number++ % MAX_NUMBER);
		} while (if_nametoindex(tunnel->dev.name) != 0);
		tunnel->dev.local = op->local;
		tunnel->dev.remote = op->remote;
		tunnel->dev.gre = gre;
		tunnel->next = dp->tunnels;
		dp->tunnels = tunnel;
		dp->tunnel_count++;
		job->is_new = op->kind == PMIP_DATAPATH_TUNNEL_ENSURE;
		pmip__nl_tunnel_add(dp->nl, &tunnel->dev, &tunnel->made);
	} else if (!same_key(&tunnel->dev.gre.send, &gre.send)) {
		tunnel->dev.gre.send = gre.send;
		pmip__nl_tunnel_change(dp->nl, &tunnel->dev, &tunnel->made);
	}
	tunnel->named = true;
	pmip__nl_tunnel_config(dp->nl, tunnel->dev.name, mtu_of(dp, &gre), is_new, &job->part[0]);
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

void pmip__nl_tunnel_leave(struct pmip__datapath_netlink *dp, uint32_t index)
{
	struct pmip__nl_tunnel *tunnel = pmip__nl_tunnel_at(dp, index);

	if (tunnel == NULL)
		return;
	tunnel->users--;
	pmip__nl_tunnel_drop_unused(dp, tunnel);
}
