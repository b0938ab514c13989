/* SPDX-License-Identifier: BSD-2-Clause */
#include "engine/update.h"

#include <assert.h>

/* MIN_DELAY_BEFORE_UPN_RETRANSMIT and MAX_UPN_RETRANSMIT_COUNT, their defaults (RFC 7077 section 7). */
#define MIN_DELAY_US 1000000
#define MAX_RETRANSMIT 1

/* UPN-1: sequence numbers follow each other. */
int pmip__update_add(struct pmip__outstanding_set *all, struct pmip__update **added, const struct pmip_addr *local,
		     const struct pmip_addr *peer, uint16_t reason, const struct pmip_mnid *mn_id)
{
	struct pmip__outstanding *request;
	int err = pmip__outstanding_add(all, &request, sizeof(**added), local, peer, mn_id);

	if (err)
		return err;
	*added = pmip__update_of(request);
	(*added)->reason = reason;
	return 0;
}

/* UPN-1, UPN-2. */
void pmip__update_send(struct pmip__outstanding_set *all, struct pmip__update *update, struct pmip__action_queue *queue, uint64_t now_us)
{
	struct pmip_mh mh = {
		.type = PMIP_MH_UPN,
		.u.upn = {
			.seq = update->request.seq,
			.reason = update->reason,
			.flags = update->request.sends ? PMIP_UPN_A | PMIP_UPN_D : PMIP_UPN_A,
		},
	};
	struct pmip_option mn_id = {.type = PMIP_OPT_MN_ID, .u.mn_id = update->request.mn_id};
	struct pmip_action action = {.type = PMIP_ACTION_SEND};
	uint8_t octets[PMIP__UPDATE_MAX];
	struct pmip_mh_writer writer;
	int len;

	pmip_mh_begin(&writer, octets, sizeof(octets), &mh);
	pmip_mh_add_option(&writer, &mn_id);
	len = pmip_mh_finish(&writer, &update->request.local, &update->request.peer);
	assert(len > 0);
	action.u.send = (struct pmip_dgram){update->request.local, update->request.peer, octets, (size_t)len};
	pmip__action_queue_push(queue, &action);
	update->request.sends++;
	pmip__timerq_set(&all->timers, &update->request.timer, now_us + MIN_DELAY_US);
}

bool pmip__update_is_spent(const struct pmip__update *update)
{
	return update->request.sends > MAX_RETRANSMIT;
}
