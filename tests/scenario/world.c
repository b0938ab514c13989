/* SPDX-License-Identifier: BSD-2-Clause */
/* Who is in a scenario; engines that take turns; a network and time between them. */
#include "world.h"

#include <stdlib.h>
#include <string.h>

void world_init(struct world *w)
{
	memset(w, 0, sizeof(*w));
	w->last_status = -1;
}

void world_fini(struct world *w)
{
	for (unsigned int i = 0; i < w->nodes; i++) {
		pmip_lma_free(w->node[i].lma);
		pmip_mag_free(w->node[i].mag);
	}
	for (unsigned int i = 0; i < w->messages; i++)
		free(w->message[i]);
	for (unsigned int i = 0; i < w->traced; i++)
		free(w->trace[i]);
}

struct node *node_find(struct world *w, const char *name)
{
	for (unsigned int i = 0; i < w->nodes; i++)
		if (!strcmp(w->node[i].name, name))
			return &w->node[i];
	fail(w, "no node is called \"%s\"; declare it with lma, mag or peer", name);
}

unsigned int node_own(const struct node *node, const struct pmip_addr *addr)
{
	for (unsigned int i = 0; i < node->owns; i++)
		if (pmip_addr_equal(&node->own[i], addr))
			return i + 1;
	return 0;
}

struct node *node_at(struct world *w, const struct pmip_addr *addr)
{
	for (unsigned int i = 0; i < w->nodes; i++)
		if (pmip_addr_equal(&w->node[i].addr, addr) || node_own(&w->node[i], addr))
			return &w->node[i];
	return NULL;
}

struct mn *mn_named(struct world *w, const char *name)
{
	for (unsigned int i = 0; i < w->mns; i++)
		if (!strcmp(w->mn[i].name, name))
			return &w->mn[i];
	return NULL;
}

struct mn *mn_find(struct world *w, const char *name)
{
	struct mn *mn = mn_named(w, name);

	if (!mn)
		fail(w, "no mobile node is called \"%s\"; declare it with mn", name);
	return mn;
}

struct pmip_now node_now(const struct world *w, const struct node *node)
{
	return (struct pmip_now){w->now_us, WALL_US + w->now_us + (uint64_t)node->clock_us};
}

static bool is_due_to_fail(struct node *node, enum pmip_datapath_kind kind)
{
	return node->fails_in[kind] && !--node->fails_in[kind];
}

static void note_status(struct world *w, const struct pmip_dgram *dgram)
{
	struct pmip_mh mh;

	if (!pmip_mh_decode(&mh, NULL, dgram, 0) && mh.type == PMIP_MH_BA)
		w->last_status = mh.u.ba.status;
}

static void do_send(struct world *w, struct node *node, const struct pmip_action *action)
{
	struct message *message = message_add(w, &action->u.send);

	trace_action(w, node, action, w->messages, NULL);
	note_status(w, &message->dgram);
	node->last_pbu = w->messages;
	message->pending = true;
	message->at_us = w->hold_messages ? PMIP_TIME_NONE : w->now_us;
}

static int next_action(struct node *node, struct pmip_action *action)
{
	return node->lma ? pmip_lma_next_action(node->lma, action) : pmip_mag_next_action(node->mag, action);
}

/* Everything that is wanted now, then the results. Returns whether there were any. */
static bool turn_once(struct world *w, struct node *node)
{
	unsigned int first = node->ops;
	int result[sizeof(node->op) / sizeof(node->op[0])];
	struct pmip_action action;

	while (next_action(node, &action)) {
		if (action.type == PMIP_ACTION_DATAPATH) {
			op_begin(w, node, &action);
			result[node->ops - 1] = is_due_to_fail(node, action.u.datapath.kind) ? PMIP_ERR_OS : 0;
		} else if (action.type == PMIP_ACTION_SEND) {
			do_send(w, node, &action);
		} else {
			trace_action(w, node, &action, 0, NULL);
		}
	}
	if (node->hold_ops || first == node->ops)
		return false;
	for (unsigned int end = node->ops; first < end; first++)
		op_end(w, node, &node->op[first], result[first]);
	return true;
}

void world_turn(struct world *w, struct node *node, const char *call, int err)
{
	if (err < 0)
		trace(w, "%s %s: %s", node->name, call, pmip_err_name(err));
	if (node->role == ROLE_PEER)
		return;
	while (turn_once(w, node))
		continue;
	for (unsigned int i = 0; i < w->messages; i++)
		if (w->message[i]->pending && w->message[i]->at_us <= w->now_us)
			message_deliver(w, w->message[i]);
}

struct message *message_add(struct world *w, const struct pmip_dgram *dgram)
{
	struct message *message, **slot;

	if (dgram->len > sizeof(message->octets))
		fail(w, "a message of %zu octets, at most %zu", dgram->len, sizeof(message->octets));
	slot = next_of(w, w->message, w->messages, "messages of a case");
	*slot = message = calloc(1, sizeof(*message));
	if (!message)
		fail(w, "no memory");
	message->dgram = *dgram;
	memcpy(message->octets, dgram->data, dgram->len);
	message->dgram.data = message->octets;
	return message;
}

void message_deliver(struct world *w, struct message *message)
{
	struct node *node = node_at(w, &message->dgram.dst);
	int err;

	message->pending = false;
	if (!node || node->role == ROLE_PEER)
		return;
	err = node->lma ? pmip_lma_input(node->lma, &message->dgram, node_now(w, node))
			: pmip_mag_input(node->mag, &message->dgram, node_now(w, node));
	world_turn(w, node, "input", err);
}

static uint64_t deadline(const struct node *node)
{
	if (node->lma)
		return pmip_lma_next_deadline(node->lma);
	return node->mag ? pmip_mag_next_deadline(node->mag) : PMIP_TIME_NONE;
}

void world_advance(struct world *w, uint64_t us)
{
	uint64_t end_us = w->now_us + us;

	for (unsigned int step = 0;; step++) {
		uint64_t at_us = end_us;
		struct message *message = NULL;
		struct node *due = NULL;

		for (unsigned int i = 0; i < w->nodes; i++)
			if (deadline(&w->node[i]) <= at_us && (!due || deadline(&w->node[i]) < at_us))
				due = &w->node[i], at_us = deadline(due);
		for (unsigned int i = 0; i < w->messages; i++)
			if (w->message[i]->pending && w->message[i]->at_us <= at_us && (!message || w->message[i]->at_us < at_us))
				message = w->message[i], at_us = message->at_us;
		w->now_us = at_us > w->now_us ? at_us : w->now_us;
		if (message) {
			message_deliver(w, message);
		} else if (due) {
			int err = due->lma ? pmip_lma_handle_timeout(due->lma, node_now(w, due))
					   : pmip_mag_handle_timeout(due->mag, node_now(w, due));

			world_turn(w, due, "timeout", err);
		} else {
			return;
		}
		if (step > 10000)
			fail(w, "time does not pass: a deadline comes again and again");
	}
}
