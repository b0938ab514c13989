/* SPDX-License-Identifier: BSD-2-Clause */
/* Nexthop objects (Linux 5.3) through the queue of nl.h: routes that name one by its number all follow when it is given another device. */
#ifndef PMIP_BACKEND_NL_NEXTHOP_H
#define PMIP_BACKEND_NL_NEXTHOP_H

#include "backend/nl.h"

struct pmip__nexthop {
	uint32_t id;      /* never 0 */
	uint32_t oif;     /* interface index; 0 when read = it is of another kind than ours, which are on-link over one device */
	uint8_t protocol; /* when read: whose it is */
};

/* Queue making it, for routes of IPv6 and IPv4. again: if there is one of this number it is the same, which is a success. */
void pmip__nl_nexthop_add(struct pmip__nl *nl, const struct pmip__nexthop *nexthop, bool again, int *result);
/* Queue giving one that is there another device. */
void pmip__nl_nexthop_move(struct pmip__nl *nl, const struct pmip__nexthop *nexthop, int *result);
/* Queue removing it; the kernel takes its routes along. One that is not there is a success. */
void pmip__nl_nexthop_del(struct pmip__nl *nl, uint32_t id, int *result);
/* Walk those of everybody: the kernel has no filter by protocol. The callback must not call nl.
 * @retval 0 done  @retval PMIP_ERR_UNSUPPORTED this kernel has none, nothing is logged  @retval PMIP_ERR_OS, PMIP_ERR_NOMEM. */
int pmip__nl_each_nexthop(struct pmip__nl *nl, void (*each)(void *user, const struct pmip__nexthop *nexthop), void *user);

#endif
