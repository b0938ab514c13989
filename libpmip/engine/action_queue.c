/* SPDX-License-Identifier: BSD-2-Clause */
/* Room is reserved at the edge of the public API, where running out of memory can still be told, so that pushing in the middle of a
 * procedure cannot fail. */
#include "engine/action_queue.h"

#include "base/mem.h"

#include <assert.h>
#include <string.h>

void pmip__action_queue_init(struct pmip__action_queue *queue, const struct pmip_mem *mem)
{
	*queue = (struct pmip__action_queue){.mem = *mem};
}

void pmip__action_queue_fini(struct pmip__action_queue *queue)
{
	pmip__mem_free(&queue->mem, queue->actions);
	pmip__mem_free(&queue->mem, queue->octets);
}

int pmip__action_queue_reserve(struct pmip__action_queue *queue, size_t actions, size_t octets)
{
	void *array;
	int err;

	if (queue->first == queue->count)
		queue->first = queue->count = queue->octets_len = 0;
	array = queue->actions;
	err = pmip__mem_grow(&queue->mem, &array, &queue->cap, queue->count + actions, sizeof(*queue->actions));
	queue->actions = array;
	if (err)
		return err;
	array = queue->octets;
	err = pmip__mem_grow(&queue->mem, &array, &queue->octets_cap, queue->octets_len + octets, 1);
	queue->octets = array;
	return err;
}

/* The octets that an action views, if any. */
static const uint8_t **view_of(struct pmip_action *action, size_t *len)
{
	switch (action->type) {
	case PMIP_ACTION_SEND:
		*len = action->u.send.len;
		return &action->u.send.data;
	case PMIP_ACTION_PARAM_PROBLEM:
		*len = action->u.param_problem.dgram.len;
		return &action->u.param_problem.dgram.data;
	case PMIP_ACTION_NOTIFY:
		*len = action->u.event.mn_id.len;
		return &action->u.event.mn_id.id;
	case PMIP_ACTION_DATAPATH:
	case PMIP_ACTION_RA:
	case PMIP_ACTION_PROBE:
		break;
	}
	*len = 0;
	return NULL;
}

void pmip__action_queue_push(struct pmip__action_queue *queue, const struct pmip_action *action)
{
	struct pmip_action *copy = &queue->actions[queue->count];
	const uint8_t **view;
	size_t len;

	assert(queue->count < queue->cap);
	queue->count++;
	*copy = *action;
	view = view_of(copy, &len);
	if (!len)
		return;
	assert(len <= queue->octets_cap - queue->octets_len);
	memcpy(queue->octets + queue->octets_len, *view, len);
	*view = (const uint8_t *)(uintptr_t)queue->octets_len;
	queue->octets_len += len;
}

int pmip__action_queue_next(struct pmip__action_queue *queue, struct pmip_action *action)
{
	const uint8_t **view;
	size_t len;

	if (queue->first == queue->count)
		return 0;
	*action = queue->actions[queue->first++];
	view = view_of(action, &len);
	if (len)
		*view = queue->octets + (uintptr_t)*view;
	return 1;
}
