/* SPDX-License-Identifier: BSD-2-Clause */
/* What an engine wants done, in order, until the caller pulls it. Octets that actions view are copied here. */
#ifndef PMIP_ENGINE_ACTION_QUEUE_H
#define PMIP_ENGINE_ACTION_QUEUE_H

#include <pmip/action.h>
#include <pmip/mem.h>

struct pmip__action_queue {
	struct pmip_mem mem;
	struct pmip_action *actions;
	size_t first, count, cap;
	uint8_t *octets; /* actions hold offsets into this in place of pointers */
	size_t octets_len, octets_cap;
};

void pmip__action_queue_init(struct pmip__action_queue *queue, const struct pmip_mem *mem);
void pmip__action_queue_fini(struct pmip__action_queue *queue);
/* Make the next pushes succeed: this many actions, viewing so many octets in all. 0 or PMIP_ERR_NOMEM. */
int pmip__action_queue_reserve(struct pmip__action_queue *queue, size_t actions, size_t octets);
void pmip__action_queue_push(struct pmip__action_queue *queue, const struct pmip_action *action);
/* 1 and the oldest action, or 0. Its views are valid until the next reserve. */
int pmip__action_queue_next(struct pmip__action_queue *queue, struct pmip_action *action);

#endif
