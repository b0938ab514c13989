/* SPDX-License-Identifier: BSD-2-Clause */
/* A heap with four children a node, half the depth of a binary one. The deadlines lie beside the pointers: four children are a cache line, and no
 * other timer has to be looked at. */
#include "base/timerq.h"

#include "base/mem.h"

#include <assert.h>

void pmip__timerq_init(struct pmip__timerq *queue, const struct pmip_mem *mem)
{
	*queue = (struct pmip__timerq){.mem = *mem};
}

void pmip__timerq_fini(struct pmip__timerq *queue)
{
	pmip__mem_free(&queue->mem, queue->heap);
}

int pmip__timerq_reserve(struct pmip__timerq *queue, size_t n)
{
	void *heap = queue->heap;
	int err = pmip__mem_grow(&queue->mem, &heap, &queue->cap, n, sizeof(*queue->heap));

	queue->heap = heap;
	return err;
}

static void put(struct pmip__timerq *queue, size_t i, struct pmip__timer *timer, uint64_t at_us)
{
	queue->heap[i] = (struct pmip__timer_slot){at_us, timer};
	timer->place = (uint32_t)i + 1;
}

/* From place i, where there is nothing, to where it belongs. */
static void settle(struct pmip__timerq *queue, size_t i, struct pmip__timer *timer)
{
	const struct pmip__timer_slot *heap = queue->heap;
	uint64_t at_us = timer->at_us;

	for (; i > 0 && heap[(i - 1) / 4].at_us > at_us; i = (i - 1) / 4)
		put(queue, i, heap[(i - 1) / 4].timer, heap[(i - 1) / 4].at_us);
	for (;;) {
		size_t first = 4 * i + 1, least = first;

		for (size_t c = first + 1; c < first + 4 && c < queue->count; c++)
			if (heap[c].at_us < heap[least].at_us)
				least = c;
		if (first >= queue->count || heap[least].at_us >= at_us)
			break;
		put(queue, i, heap[least].timer, heap[least].at_us);
		i = least;
	}
	put(queue, i, timer, at_us);
}

void pmip__timerq_set(struct pmip__timerq *queue, struct pmip__timer *timer, uint64_t at_us)
{
	size_t i;

	if (timer->place) {
		i = timer->place - 1;
	} else {
		assert(queue->count < queue->cap);
		i = queue->count++;
	}
	timer->at_us = at_us;
	settle(queue, i, timer);
}

void pmip__timerq_cancel(struct pmip__timerq *queue, struct pmip__timer *timer)
{
	size_t i = timer->place - 1;
	struct pmip__timer *last;

	if (!timer->place)
		return;
	timer->place = 0;
	last = queue->heap[--queue->count].timer;
	if (last != timer)
		settle(queue, i, last);
}

uint64_t pmip__timerq_next(const struct pmip__timerq *queue)
{
	return queue->count ? queue->heap[0].at_us : PMIP_TIME_NONE;
}

struct pmip__timer *pmip__timerq_due(const struct pmip__timerq *queue, uint64_t now_us)
{
	return queue->count && queue->heap[0].at_us <= now_us ? queue->heap[0].timer : NULL;
}
