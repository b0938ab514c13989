/* SPDX-License-Identifier: BSD-2-Clause */
/* A heap with four children a node: a cache line of pointers each, half the depth of a binary one. */
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

static void put(struct pmip__timerq *queue, size_t i, struct pmip__timer *timer)
{
	queue->heap[i] = timer;
	timer->place = (uint32_t)i + 1;
}

static size_t sift_up(struct pmip__timerq *queue, size_t i, struct pmip__timer *timer)
{
	while (i > 0 && queue->heap[(i - 1) / 4]->at_us > timer->at_us) {
		put(queue, i, queue->heap[(i - 1) / 4]);
		i = (i - 1) / 4;
	}
	return i;
}

static size_t sift_down(struct pmip__timerq *queue, size_t i, struct pmip__timer *timer)
{
	for (;;) {
		size_t first = 4 * i + 1, least = first;

		if (first >= queue->count)
			return i;
		for (size_t c = first + 1; c < first + 4 && c < queue->count; c++)
			if (queue->heap[c]->at_us < queue->heap[least]->at_us)
				least = c;
		if (queue->heap[least]->at_us >= timer->at_us)
			return i;
		put(queue, i, queue->heap[least]);
		i = least;
	}
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
	i = sift_up(queue, i, timer);
	put(queue, sift_down(queue, i, timer), timer);
}

void pmip__timerq_cancel(struct pmip__timerq *queue, struct pmip__timer *timer)
{
	size_t i = timer->place - 1;
	struct pmip__timer *last;

	if (!timer->place)
		return;
	timer->place = 0;
	last = queue->heap[--queue->count];
	if (last == timer)
		return;
	i = sift_up(queue, i, last);
	put(queue, sift_down(queue, i, last), last);
}

uint64_t pmip__timerq_next(const struct pmip__timerq *queue)
{
	return queue->count ? queue->heap[0]->at_us : PMIP_TIME_NONE;
}

struct pmip__timer *pmip__timerq_due(const struct pmip__timerq *queue, uint64_t now_us)
{
	return queue->count && queue->heap[0]->at_us <= now_us ? queue->heap[0] : NULL;
}
