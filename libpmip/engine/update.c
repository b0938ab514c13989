/* SPDX-License-Identifier: BSD-2-Clause */
#include "engine/update.h"

#include "base/list.h"
#include "base/mem.h"

#include <assert.h>
#include <string.h>

/* MIN_DELAY_BEFORE_UPN_RETRANSMIT and MAX_UPN_RETRANSMIT_COUNT, their defaults (RFC 7077 section 7). */
#define MIN_DELAY_US 1000000
#define MAX_RETRANSMIT 1
#define OUTSTANDING_MAX 0xffff

static bool equal_seq(const void *entry, const void *key)
{
	return ((const struct pmip__update *)entry)->seq == *(const uint16_t *)key;
}

void pmip__updates_init(struct pmip__updates *all, const struct pmip_mem *mem, uint16_t seq)
{
	all->mem = *mem;
	all->seq = seq;
	pmip__htable_init(&all->by_seq, mem, equal_seq);
	pmip__timerq_init(&all->timers, mem);
}

void pmip__updates_fini(struct pmip__updates *all)
{
	size_t cursor = 0;
	void *entry;

	while ((entry = pmip__htable_next(&all->by_seq, &cursor)))
		pmip__mem_free(&all->mem, entry);
	pmip__htable_fini(&all->by_seq);
	pmip__timerq_fini(&all->timers);
}

/* UPN-1: sequence numbers follow each other. */
int pmip__update_add(struct pmip__updates *all, struct pmip__update **added, const struct pmip_addr *local,
		     const struct pmip_addr *peer, uint16_t reason, const struct pmip_mnid *mn_id)
{
	struct pmip__update *made;

	if (all->by_seq.count >= OUTSTANDING_MAX)
		return PMIP_ERR_FULL;
	if (pmip__htable_reserve(&all->by_seq, 1) || pmip__timerq_reserve(&all->timers, all->by_seq.count + 1))
		return PMIP_ERR_NOMEM;
	made = pmip__mem_alloc(&all->mem, sizeof(*made) + mn_id->len);
	if (!made)
		return PMIP_ERR_NOMEM;
	do
		all->seq++;
	while (pmip__htable_find(&all->by_seq, all->seq, &all->seq));
	made->local = *local;
	made->peer = *peer;
	made->seq = all->seq;
	made->reason = reason;
	memcpy(made->id, mn_id->id, mn_id->len);
	made->mn_id = (struct pmip_mnid){mn_id->subtype, mn_id->len, made->id};
	pmip__htable_insert(&all->by_seq, made->seq, made);
	*added = made;
	return 0;
}

void pmip__update_remove(struct pmip__updates *all, struct pmip__update *update)
{
	pmip__timerq_cancel(&all->timers, &update->timer);
	pmip__htable_remove(&all->by_seq, update->seq, update);
	pmip__mem_free(&all->mem, update);
}

/* UPN-1, UPN-2. */
void pmip__update_send(struct pmip__updates *all, struct pmip__update *update, struct pmip__action_queue *queue, uint64_t now_us)
{
	struct pmip_mh mh = {
		.type = PMIP_MH_UPN,
		.u.upn = {
			.seq = update->seq,
			.reason = update->reason,
			.flags = update->sends ? PMIP_UPN_A | PMIP_UPN_D : PMIP_UPN_A,
		},
	};
	struct pmip_option mn_id = {.type = PMIP_OPT_MN_ID, .u.mn_id = update->mn_id};
	struct pmip_action action = {.type = PMIP_ACTION_SEND};
	uint8_t octets[PMIP__UPDATE_MAX];
	struct pmip_mh_writer writer;
	int len;

	pmip_mh_begin(&writer, octets, sizeof(octets), &mh);
	pmip_mh_add_option(&writer, &mn_id);
	len = pmip_mh_finish(&writer, &update->local, &update->peer);
	assert(len > 0);
	action.u.send = (struct pmip_dgram){update->local, update->peer, octets, (size_t)len};
	pmip__action_queue_push(queue, &action);
	update->sends++;
	pmip__timerq_set(&all->timers, &update->timer, now_us + MIN_DELAY_US);
}

bool pmip__update_is_spent(const struct pmip__update *update)
{
	return update->sends > MAX_RETRANSMIT;
}

struct pmip__update *pmip__update_match(const struct pmip__updates *all, const struct pmip_dgram *dgram, uint16_t seq)
{
	struct pmip__update *found = pmip__htable_find(&all->by_seq, seq, &seq);

	return found && pmip_addr_equal(&dgram->src, &found->peer) && pmip_addr_equal(&dgram->dst, &found->local) ? found : NULL;
}

struct pmip__update *pmip__update_due(const struct pmip__updates *all, uint64_t now_us)
{
	struct pmip__timer *timer = pmip__timerq_due(&all->timers, now_us);

	return timer ? PMIP__CONTAINER(timer, struct pmip__update, timer) : NULL;
}
