/* SPDX-License-Identifier: BSD-2-Clause */
/* The tunnels of the netlink datapath: a device each, made when an operation first names it. */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>

#include "backend/datapath_netlink.h"

enum { MAX_NUMBER = 1000000 }; /* so that a device name fits */

struct pmip__nl_tunnel *pmip__nl_tunnel_find(const struct pmip__datapath_netlink *dp, const struct pmip_datapath_op *op)
{
	struct pmip__nl_tunnel *tunnel = dp->tunnels;

	while (tunnel != NULL &&
	       !(pmip_addr_equal(&tunnel->dev.remote, &op->remote) && pmip_addr_equal(&tunnel->dev.local, &op->local)))
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

	while (*at != tunnel)
		at = &(*at)->next;
	*at = tunnel->next;
	dp->tunnel_count--;
	free(tunnel);
}

int pmip__nl_tunnel_ensure(struct pmip__datapath_netlink *dp, const struct pmip_datapath_op *op, struct pmip__nl_job *job)
{
	struct pmip__nl_tunnel *tunnel = pmip__nl_tunnel_find(dp, op);

	if (tunnel == NULL) {
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
		tunnel->next = dp->tunnels;
		dp->tunnels = tunnel;
		dp->tunnel_count++;
		job->is_new = true;
		pmip__nl_tunnel_add(dp->nl, &tunnel->dev, &job->part[0]);
	}
	tunnel->named = true;
	pmip__nl_tunnel_config(dp->nl, tunnel->dev.name, dp->config.tunnel_mtu, job->is_new, &job->part[1]);
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
