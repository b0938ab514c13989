/* SPDX-License-Identifier: BSD-2-Clause */
/* The kernel's connections (conntrack) by nfnetlink, through a queue of nl.h of family NETLINK_NETFILTER: the mark that each has, and what
 * it has counted. One connection is two flows, there and back. */
#ifndef PMIP_BACKEND_CONNTRACK_H
#define PMIP_BACKEND_CONNTRACK_H

#include <linux/netfilter/nfnetlink.h>
#include <linux/netfilter/nfnetlink_conntrack.h>

#include <pmip/flow.h>

#include "backend/nl.h"

/* Type of the requests that make or change one. */
enum { PMIP__CT_NEW = NFNL_SUBSYS_CTNETLINK << 8 | IPCTNL_MSG_CT_NEW };

/* One direction of a connection. */
struct pmip__ct_flow {
	struct pmip_flow flow; /* label 0 */
	uint64_t packets;
	uint64_t octets;
};

struct pmip__ct {
	struct pmip__ct_flow there; /* the direction that began it */
	struct pmip__ct_flow back;
	uint32_t mark;
};

/* Whether there can be connections: the kernel's module is there. */
bool pmip__ct_is_loaded(void);
/* Queue giving the bits of mask another value in the mark of the connection that flow is a direction of; that there is none is a success. */
void pmip__ct_mark(struct pmip__nl *nl, const struct pmip_flow *flow, uint32_t mark, uint32_t mask, int *result);
/* Queue making a connection that flow begins, with this mark; that there is one is a success, and changes nothing. */
void pmip__ct_make(struct pmip__nl *nl, const struct pmip_flow *flow, uint32_t mark, int *result);
/* Hand the connection that flow is a direction of to each. @retval 0 done  @retval PMIP_ERR_NOENT there is none  @retval PMIP_ERR_OS. */
int pmip__ct_get(struct pmip__nl *nl, const struct pmip_flow *flow, void (*each)(void *user, const struct pmip__ct *ct), void *user);
/* Walk all connections. The callback must not call nl. */
int pmip__ct_each(struct pmip__nl *nl, void (*each)(void *user, const struct pmip__ct *ct), void *user);

#endif
