/* SPDX-License-Identifier: BSD-2-Clause */
/* Update Notifications of the LMA that are not acknowledged yet (RFC 7077 section 5). They ask for an acknowledgement, and are sent
 * once more, with flag D, after MIN_DELAY_BEFORE_UPN_RETRANSMIT; after another one the LMA gives up. */
#ifndef PMIP_ENGINE_UPDATE_H
#define PMIP_ENGINE_UPDATE_H

#include "engine/action_queue.h"
#include "engine/outstanding.h"

#include <pmip/wire.h>

/* Most octets of a UPN or UPA of ours: 12 fixed, MN-ID 257, group 8, and padding before each. */
#define PMIP__UPDATE_MAX 320

struct pmip__update {
	struct pmip__outstanding request;
	uint16_t reason;
};

/* NULL stays NULL. */
static inline struct pmip__update *pmip__update_of(struct pmip__outstanding *request)
{
	return (struct pmip__update *)request;
}

/* Make one; nothing is sent yet. 0, PMIP_ERR_FULL or PMIP_ERR_NOMEM. */
int pmip__update_add(struct pmip__outstanding_set *all, struct pmip__update **added, const struct pmip_addr *local,
		     const struct pmip_addr *peer, uint16_t reason, const struct pmip_mnid *mn_id);
/* Send it, the first time or again: one action. */
void pmip__update_send(struct pmip__outstanding_set *all, struct pmip__update *update, struct pmip__action_queue *queue, uint64_t now_us);
/* Whether it has been sent as often as it may be. */
bool pmip__update_is_spent(const struct pmip__update *update);

#endif
