/* SPDX-License-Identifier: BSD-2-Clause */
/* Update Notifications of the LMA that are not acknowledged yet (RFC 7077 section 5). They ask for an acknowledgement, and are sent
 * once more, with flag D, after MIN_DELAY_BEFORE_UPN_RETRANSMIT; after another one the LMA gives up. */
#ifndef PMIP_ENGINE_UPDATE_H
#define PMIP_ENGINE_UPDATE_H

#include "base/htable.h"
#include "base/timerq.h"
#include "engine/action_queue.h"

#include <pmip/wire.h>

/* Most octets of a UPN or UPA of ours: 12 fixed, MN-ID 257, group 8, and padding before each. */
#define PMIP__UPDATE_MAX 320

struct pmip__update {
	struct pmip__timer timer;
	struct pmip_addr local, peer;
	uint16_t seq; /* unique among those outstanding */
	uint16_t reason;
	uint8_t sends;
	struct pmip_mnid mn_id;
	uint8_t id[];
};

struct pmip__updates {
	struct pmip_mem mem;
	struct pmip__htable by_seq;
	struct pmip__timerq timers;
	uint16_t seq; /* of the last one */
};

/* seq: the first one follows this number. */
void pmip__updates_init(struct pmip__updates *all, const struct pmip_mem *mem, uint16_t seq);
void pmip__updates_fini(struct pmip__updates *all);
/* Make one; nothing is sent yet. 0, PMIP_ERR_FULL or PMIP_ERR_NOMEM. */
int pmip__update_add(struct pmip__updates *all, struct pmip__update **added, const struct pmip_addr *local,
		     const struct pmip_addr *peer, uint16_t reason, const struct pmip_mnid *mn_id);
void pmip__update_remove(struct pmip__updates *all, struct pmip__update *update);
/* Send it, the first time or again: one action. */
void pmip__update_send(struct pmip__updates *all, struct pmip__update *update, struct pmip__action_queue *queue, uint64_t now_us);
/* Whether it has been sent as often as it may be. */
bool pmip__update_is_spent(const struct pmip__update *update);
/* The one that an acknowledgement is about, NULL = none. */
struct pmip__update *pmip__update_match(const struct pmip__updates *all, const struct pmip_dgram *dgram, uint16_t seq);
/* One whose time to wait is over, NULL = none. */
struct pmip__update *pmip__update_due(const struct pmip__updates *all, uint64_t now_us);

#endif
