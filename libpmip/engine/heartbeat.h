/* SPDX-License-Identifier: BSD-2-Clause */
/* Heartbeats between LMA and MAG (RFC 5847), the part that is the same for both.
 *
 * The timer of a peer runs while there is a session with it: a registration wakes it, and it stops when it falls due and no session
 * is left. Both engines act on what comes of it: lma_heartbeat.c, mag_heartbeat.c. */
#ifndef PMIP_ENGINE_HEARTBEAT_H
#define PMIP_ENGINE_HEARTBEAT_H

#include "engine/action_queue.h"
#include "state/addr_set.h"
#include "state/peer.h"

#include <pmip/wire.h>

/* HEARTBEAT_INTERVAL (RFC 5847 section 5), seconds. */
#define PMIP__HEARTBEAT_INTERVAL_MIN_S 30
#define PMIP__HEARTBEAT_INTERVAL_MAX_S 3600

/* What one call may queue: two messages and an event, of which room is reserved before. */
#define PMIP__HEARTBEAT_ACTIONS 3
#define PMIP__HEARTBEAT_OCTETS 48

/* What is counted, in the order of both engines' counters. */
enum pmip__heartbeat_counter {
	PMIP__HEARTBEAT_SENT,
	PMIP__HEARTBEAT_ANSWERED,
	PMIP__HEARTBEAT_MISSING,
	PMIP__HEARTBEAT_RECEIVED,
};

struct pmip__heartbeat_config {
	uint32_t interval_s; /* 0 = no requests of our own */
	uint32_t missing_allowed;
	uint32_t restart_counter;
};

#define PMIP__HEARTBEAT_DEFAULTS ((struct pmip__heartbeat_config){.missing_allowed = 3})

struct pmip__heartbeat {
	struct pmip_mem mem;
	struct pmip__heartbeat_config config;
	struct pmip__peers peers;
	struct pmip__timerq timers;
	struct pmip__action_queue *actions; /* the engine's */
	uint64_t *counters;                 /* the engine's */
};

/* What a message means for the engine. */
struct pmip__heartbeat_news {
	const char *ignored; /* why; NULL = it was taken */
	bool restarted;      /* the peer has lost its sessions */
	uint64_t seen_us;    /* restarted: it still had them then */
};

/* Change interval and count of a configuration. 0 or PMIP_ERR_INVALID. */
int pmip__heartbeat_config_set(struct pmip__heartbeat_config *config, uint32_t interval_s, uint32_t missing_allowed);

void pmip__heartbeat_init(struct pmip__heartbeat *heartbeat, const struct pmip_mem *mem, struct pmip__action_queue *actions,
			  uint64_t *counters);
void pmip__heartbeat_fini(struct pmip__heartbeat *heartbeat);
/* Put a configuration and its peers in force; what is known about peers that stay is kept, but that they do not know
 * heartbeats. local: our address. 0, or PMIP_ERR_NOMEM with nothing changed. */
int pmip__heartbeat_configure(struct pmip__heartbeat *heartbeat, const struct pmip__heartbeat_config *config,
			      const struct pmip__addr_set *remote, const struct pmip_addr *local, uint64_t now_us);
/* Make the next pmip__peers_add() succeed. 0 or PMIP_ERR_NOMEM. */
int pmip__heartbeat_reserve(struct pmip__heartbeat *heartbeat);
/* Forget a peer that is not configured and has no mobile node. */
void pmip__heartbeat_forget(struct pmip__heartbeat *heartbeat, struct pmip__peer *peer);
/* We have just started without any session: tell every peer. */
void pmip__heartbeat_start(struct pmip__heartbeat *heartbeat);
/* There may be a session with this peer now. */
void pmip__heartbeat_wake(struct pmip__heartbeat *heartbeat, const struct pmip_addr *remote, const struct pmip_addr *local,
			  uint64_t now_us);
/* A peer says what our heartbeats to it are to be like (RFC 8127 section 3.1.2): NULL = as configured. From the next one on. */
void pmip__heartbeat_control(struct pmip__peer *peer, const struct pmip_suboption *control);
struct pmip__heartbeat_news pmip__heartbeat_input(struct pmip__heartbeat *heartbeat, const struct pmip_dgram *dgram,
						  const struct pmip_mh *mh, uint64_t now_us);
/* A Binding Error says that a message of ours is not known. True: it was a heartbeat, and none will be sent any more. */
bool pmip__heartbeat_refused(struct pmip__heartbeat *heartbeat, const struct pmip_addr *remote);
uint64_t pmip__heartbeat_next(const struct pmip__heartbeat *heartbeat);
/* The peer whose timer is due, NULL = none; then say whether there is a session with it. */
struct pmip__peer *pmip__heartbeat_due(const struct pmip__heartbeat *heartbeat, uint64_t now_us);
void pmip__heartbeat_fire(struct pmip__heartbeat *heartbeat, struct pmip__peer *peer, bool has_session, uint64_t now_us);

#endif
