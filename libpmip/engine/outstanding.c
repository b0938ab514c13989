/* SPDX-License-Identifier: BSD-2-Clause */
#include "engine/outstanding.h"

#include "base/list.h"
#include "base/mem.h"

#include <pmip/error.h>
#include <string.h>

/* Sequence numbers are 16 bits, and each may be used by one only. */
#define OUTSTANDING_MAX 0xffff

static bool equal_seq(const void *entry, const void *key)
{
	return ((const struct pmip__outstanding *)entry)->seq == *(const uint16_t *)key;
}

void pmip__outstanding_init(struct pmip__outstanding_set *set, const struct pmip_mem *mem, uint16_t seq)
{
	set->mem = *mem;
	set->seq = seq;
	pmip__htable_init(&set->by_seq, mem, equal_seq);
	pmip__timerq_init(&set->timers, mem);
}

void pmip__outstanding_fini(struct pmip__outstanding_set *set)
{
	size_t cursor = 0;
	void *entry;

	while ((entry = pmip__htable_next(&set->by_seq, &cursor)))
		pmip__mem_free(&set->mem, entry);
	pmip__htable_fini(&set->by_seq);
	pmip__timerq_fini(&set->timers);
}

int pmip__outstanding_add(struct pmip__outstanding_set *set, struct pmip__outstanding **added, size_t size,
			  const struct pmip_addr *local, const struct pmip_addr *peer, const struct pmip_mnid *mn_id)
{
	struct pmip__outstanding *made;
	uint8_t *id;

	if (set->by_seq.count >= OUTSTANDING_MAX)
		return PMIP_ERR_FULL;
	if (pmip__htable_reserve(&set->by_seq, 1) || pmip__timerq_reserve(&set->timers, set->by_seq.count + 1))
		return PMIP_ERR_NOMEM;
	made = pmip__mem_alloc(&set->mem, size + mn_id->len);
	if (!made)
		return PMIP_ERR_NOMEM;
	do
		set->seq++;
	while (pmip__outstanding_find(set, set->seq));
	made->seq = set->seq;
	made->local = *local;
	made->peer = *peer;
	id = (uint8_t *)made + size;
	if (mn_id->len)
		memcpy(id, mn_id->id, mn_id->len);
	made->mn_id = (struct pmip_mnid){mn_id->subtype, mn_id->len, id};
	pmip__htable_insert(&set->by_seq, pmip__htable_number(made->seq), made);
	*added = made;
	return 0;
}

void pmip__outstanding_remove(struct pmip__outstanding_set *set, struct pmip__outstanding *request)
{
	pmip__timerq_cancel(&set->timers, &request->timer);
	pmip__htable_remove(&set->by_seq, pmip__htable_number(request->seq), request);
	pmip__mem_free(&set->mem, request);
}

struct pmip__outstanding *pmip__outstanding_find(const struct pmip__outstanding_set *set, uint16_t seq)
{
	return pmip__htable_find(&set->by_seq, pmip__htable_number(seq), &seq);
}

struct pmip__outstanding *pmip__outstanding_match(const struct pmip__outstanding_set *set, const struct pmip_dgram *dgram,
						  uint16_t seq)
{
	struct pmip__outstanding *found = pmip__outstanding_find(set, seq);

	return found && pmip_addr_equal(&dgram->src, &found->peer) && pmip_addr_equal(&dgram->dst, &found->local) ? found : NULL;
}

struct pmip__outstanding *pmip__outstanding_due(const struct pmip__outstanding_set *set, uint64_t now_us)
{
	struct pmip__timer *timer = pmip__timerq_due(&set->timers, now_us);

	return timer ? PMIP__CONTAINER(timer, struct pmip__outstanding, timer) : NULL;
}
