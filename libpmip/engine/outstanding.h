/* SPDX-License-Identifier: BSD-2-Clause */
/* Requests of ours that a peer has not answered yet, found by sequence number, each with a timer. What is asked for is the owner's:
 * struct pmip__outstanding is the first member of a struct of its own. */
#ifndef PMIP_ENGINE_OUTSTANDING_H
#define PMIP_ENGINE_OUTSTANDING_H

#include "base/htable.h"
#include "base/timerq.h"

#include <pmip/types.h>

struct pmip__outstanding {
	struct pmip__timer timer;
	struct pmip_addr local, peer;
	uint16_t seq; /* unique in its set */
	uint8_t sends;
	struct pmip_mnid mn_id; /* len 0 = none; its octets stand behind the owner's struct */
};

struct pmip__outstanding_set {
	struct pmip_mem mem;
	struct pmip__htable by_seq;
	struct pmip__timerq timers;
	uint16_t seq; /* of the last one; they follow each other */
};

/* seq: the first one follows this number. */
void pmip__outstanding_init(struct pmip__outstanding_set *set, const struct pmip_mem *mem, uint16_t seq);
/* Forget all of them. */
void pmip__outstanding_fini(struct pmip__outstanding_set *set);
/* Make one in a zeroed struct of size octets. 0, PMIP_ERR_FULL or PMIP_ERR_NOMEM. */
int pmip__outstanding_add(struct pmip__outstanding_set *set, struct pmip__outstanding **added, size_t size,
			  const struct pmip_addr *local, const struct pmip_addr *peer, const struct pmip_mnid *mn_id);
void pmip__outstanding_remove(struct pmip__outstanding_set *set, struct pmip__outstanding *request);
/* The one with this sequence number, NULL = none. */
struct pmip__outstanding *pmip__outstanding_find(const struct pmip__outstanding_set *set, uint16_t seq);
/* The one that an answer is to, NULL = none. */
struct pmip__outstanding *pmip__outstanding_match(const struct pmip__outstanding_set *set, const struct pmip_dgram *dgram,
						  uint16_t seq);
/* One whose time to wait is over, NULL = none. */
struct pmip__outstanding *pmip__outstanding_due(const struct pmip__outstanding_set *set, uint64_t now_us);

#endif
