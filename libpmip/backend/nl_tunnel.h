/* SPDX-License-Identifier: BSD-2-Clause */
/* Tunnel devices through the queue of nl.h: IPv6 and IPv4 directly in IPv6 (kind ip6tnl, RFC 2473), or in GRE in IPv6 (kind ip6gre). */
#ifndef PMIP_BACKEND_NL_TUNNEL_H
#define PMIP_BACKEND_NL_TUNNEL_H

#include <net/if.h>

#include <pmip/action.h>

#include "backend/nl.h"

/* What the kernel knows of a tunnel device. */
struct pmip__tunnel_dev {
	char name[IF_NAMESIZE];
	uint32_t index;
	struct pmip_addr local;
	struct pmip_addr remote;
	struct pmip_gre gre; /* not in use: ip6tnl */
	bool up;             /* when read; likewise: */
	uint32_t mtu;
	uint64_t tx_packets;
	uint64_t tx_octets; /* of inner packets */
	uint64_t rx_packets;
	uint64_t errors; /* both ways */
};

/* Queue making the device; where there is one of this name already, fails. */
void pmip__nl_tunnel_add(struct pmip__nl *nl, const struct pmip__tunnel_dev *dev, int *result);
/* Queue giving the device of this name, which is there, other keys. */
void pmip__nl_tunnel_change(struct pmip__nl *nl, const struct pmip__tunnel_dev *dev, int *result);
/* Queue making it usable: no addresses of its own, MTU, up. Idempotent. just_added: its making is in the queue too, and if that fails
 * it alone is told. */
void pmip__nl_tunnel_config(struct pmip__nl *nl, const char *name, uint32_t mtu, bool just_added, int results[2]);
/* Queue removing it; one that is not there is a success. */
void pmip__nl_tunnel_del(struct pmip__nl *nl, const char *name, int *result);
/* Read the device with this interface index. @retval PMIP_ERR_NOENT there is none, or it is no tunnel  @retval PMIP_ERR_OS. */
int pmip__nl_tunnel_get(struct pmip__nl *nl, uint32_t index, struct pmip__tunnel_dev *dev);
/* Walk the devices of both kinds, everybody's. The callback must not call nl. */
int pmip__nl_each_tunnel(struct pmip__nl *nl, void (*each)(void *user, const struct pmip__tunnel_dev *dev), void *user);

#endif
