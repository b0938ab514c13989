/* SPDX-License-Identifier: BSD-2-Clause */
/* Mobility entities that we have signalling with: at an LMA the MAGs that it is configured with, at a MAG its LMA. What heartbeats
 * have told about each (RFC 5847). */
#ifndef PMIP_STATE_PEER_H
#define PMIP_STATE_PEER_H

#include "base/timerq.h"

#include <pmip/types.h>

struct pmip__peer {
	struct pmip_addr remote;
	struct pmip_addr local;    /* the address of ours that it knows; unspecified = not known yet */
	struct pmip__timer timer;  /* the next request */
	uint64_t seen_us;          /* when it last told restart_counter */
	uint32_t seq;              /* of the last request */
	uint32_t missing;          /* requests in a row that it has not answered */
	uint32_t restart_counter;
	bool counter_known;
	bool waiting;              /* the last request is not answered */
	bool unconfirmed;          /* something was sent, and nothing shows yet that it knows heartbeats */
	bool announce;             /* to be told first that we have started */
	bool unreachable;
	bool silenced;             /* it does not know heartbeats */
};

/* A zeroed one is empty. */
struct pmip__peers {
	struct pmip__peer *array; /* sorted by remote */
	size_t count;
};

/* One for each address of a sorted list. 0 or PMIP_ERR_NOMEM. */
int pmip__peers_new(struct pmip__peers *peers, const struct pmip_mem *mem, const struct pmip_addr *remote, size_t count);
void pmip__peers_free(struct pmip__peers *peers, const struct pmip_mem *mem);
struct pmip__peer *pmip__peers_find(const struct pmip__peers *peers, const struct pmip_addr *remote);

#endif
