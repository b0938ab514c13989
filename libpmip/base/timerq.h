/* SPDX-License-Identifier: BSD-2-Clause */
/* Timers by deadline. The struct lives inside its owner; the queue keeps pointers. */
#ifndef PMIP_BASE_TIMERQ_H
#define PMIP_BASE_TIMERQ_H

#include <pmip/mem.h>

struct pmip__timer {
	uint64_t at_us; /* monotonic clock */
	uint32_t place; /* 0 = not set, else index in the heap + 1 */
	uint8_t kind;   /* the owner's: which of its timers this is */
};

struct pmip__timer_slot {
	uint64_t at_us; /* the timer's */
	struct pmip__timer *timer;
};

struct pmip__timerq {
	struct pmip_mem mem;
	struct pmip__timer_slot *heap;
	size_t count, cap;
};

void pmip__timerq_init(struct pmip__timerq *queue, const struct pmip_mem *mem);
void pmip__timerq_fini(struct pmip__timerq *queue);
/* Make room for n timers in all, set or not. 0 or PMIP_ERR_NOMEM. */
int pmip__timerq_reserve(struct pmip__timerq *queue, size_t n);
/* Set or move a timer; needs room reserved when it was not set. */
void pmip__timerq_set(struct pmip__timerq *queue, struct pmip__timer *timer, uint64_t at_us);
void pmip__timerq_cancel(struct pmip__timerq *queue, struct pmip__timer *timer);
/* Earliest deadline, PMIP_TIME_NONE = none. */
uint64_t pmip__timerq_next(const struct pmip__timerq *queue);
/* The earliest timer if it is due, still set; NULL = none. */
struct pmip__timer *pmip__timerq_due(const struct pmip__timerq *queue, uint64_t now_us);

#endif
