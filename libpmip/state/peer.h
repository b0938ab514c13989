/* SPDX-License-Identifier: BSD-2-Clause */
/* Mobility entities that we have signalling with: at an LMA the MAGs that it is configured with, at a MAG its LMAs. What heartbeats
 * have told about each (RFC 5847), and what a MAG has there. */
#ifndef PMIP_STATE_PEER_H
#define PMIP_STATE_PEER_H

#include "base/timerq.h"

#include <pmip/mag.h>
#include <pmip/tolerance.h>

/* The last Update Notification about somebody, and what came of it (RFC 7077 section 6.1). */
struct pmip__last_update {
	bool known;
	uint8_t status;
	uint16_t seq;
};

struct pmip__peer {
	struct pmip_addr remote;
	struct pmip_addr local;    /* the address of ours that it knows; unspecified = not known yet */
	struct pmip__timer timer;  /* the next request */
	uint64_t seen_us;          /* when it last told restart_counter */
	uint64_t sent_us;          /* of the last request */
	/* What it wants our heartbeats to be like (RFC 8127); interval_s 0 = it has not said. */
	uint16_t interval_s, delay_s, missing_allowed;
	uint32_t seq;              /* of the last request */
	uint32_t missing;          /* requests in a row that it has not answered */
	uint32_t restart_counter;
	bool counter_known;
	bool waiting;              /* the last request is not answered */
	bool unconfirmed;          /* something was sent, and nothing shows yet that it knows heartbeats */
	bool announce;             /* to be told first that we have started */
	bool unreachable;
	bool silenced;             /* it does not know heartbeats */
	bool refuses_global;       /* it has said that we may not revoke all our bindings at once */
	struct pmip__last_update last_update; /* MAG: of those about a group */
	bool refuses_gre;          /* MAG: it does not know GRE */
	bool refuses_updates;      /* LMA: it does not know Update Notifications */
	bool configured;           /* else it is known as long as it has mobile nodes */
	uint64_t tell_tolerance_us[PMIP_TOLERANCES]; /* from when on a use of each is told of again */
	size_t mns;                /* MAG: mobile nodes whose LMA it is */
	size_t tunnel_users;       /* MAG: those of them that are forwarded to it, */
	size_t path_users[PMIP_MAG_PATHS_MAX]; /* by each of our addresses */
};

/* A zeroed one is empty. */
struct pmip__peers {
	struct pmip__peer **array; /* sorted by remote */
	size_t count, cap;
	struct pmip__peer *spare; /* for the next to be added */
};

void pmip__peers_free(struct pmip__peers *peers, const struct pmip_mem *mem);
/* Make the next addition succeed. 0 or PMIP_ERR_NOMEM. */
int pmip__peers_reserve(struct pmip__peers *peers, const struct pmip_mem *mem);
/* There must be room, and none with this address. */
struct pmip__peer *pmip__peers_add(struct pmip__peers *peers, const struct pmip_addr *remote);
void pmip__peers_remove(struct pmip__peers *peers, const struct pmip_mem *mem, struct pmip__peer *peer);
struct pmip__peer *pmip__peers_find(const struct pmip__peers *peers, const struct pmip_addr *remote);

#endif
