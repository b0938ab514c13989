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

#define VIEWS_MAX 2

/* What an action views: where it points, and how many octets. */
struct view {
	const uint8_t **data;
	size_t len;
};

static unsigned int views_of(struct pmip_action *action, struct view views[VIEWS_MAX])
{
	struct pmip_event *event = &action->u.event;

	switch (action->type) {
	case PMIP_ACTION_SEND:
		views[0] = (struct view){&action->u.send.data, action->u.send.len};
		return 1;
	case PMIP_ACTION_PARAM_PROBLEM:
		views[0] = (struct view){&action->u.param_problem.dgram.data, action->u.param_problem.dgram.len};
		return 1;
	case PMIP_ACTION_NOTIFY:
		views[0] = (struct view){&event->mn_id.id, event->mn_id.len};
		views[1] = (struct view){&event->data.data, event->data.len};
		return 2;
	case PMIP_ACTION_DATAPATH:
	case PMIP_ACTION_RA:
	case PMIP_ACTION_PROBE:
	case PMIP_ACTION_STORE: /* never waits here */
		break;
	}
	return 0;
}

void pmip__action_queue_push(struct pmip__action_queue *queue, const struct pmip_action *action)
{
	struct pmip_action *copy = &queue->actions[queue->count];
	struct view views[VIEWS_MAX];
	unsigned int count;

	assert(queue->count < queue->cap);
	queue->count++;
	*copy = *action;
	count = views_of(copy, views);
	for (unsigned int i = 0; i < count; i++) {
		if (!views[i].len)
			continue;
		assert(views[i].len <= queue->octets_cap - queue->octets_len);
		memcpy(queue->octets + queue->octets_len, *views[i].data, views[i].len);
		*views[i].data = (const uint8_t *)(uintptr_t)queue->octets_len;
		queue->octets_len += views[i].len;
	}
}

int pmip__action_queue_next(struct pmip__action_queue *queue, struct pmip_action *action)
{
	struct view views[VIEWS_MAX];
	unsigned int count;

	if (queue->first == queue->count)
		return 0;
	*action = queue->actions[queue->first++];
	count = views_of(action, views);
	for (unsigned int i = 0; i < count; i++)
		if (views[i].len)
			*views[i].data = queue->octets + (uintptr_t)*views[i].data;
	return 1;
}
