/* SPDX-License-Identifier: BSD-2-Clause */
/* The first packet of a flow waits for the LMA's answer: its verdict is a mark for the tunnel, or none. FMP-2, FMP-3, FMP-13.
 *
 * Each connection is asked for once in a generation; a new one begins whenever the LMA's flows have been learnt, so that what passed meanwhile
 * without anybody who knew it comes up again. A connection that the LMA does not know keeps being asked for: its mobile node may be about to be
 * registered. Without an LMA there are no rules. */
#include <config.h>

#include "common/log.h"
#include "flow-manager/manager.h"

#include <flowmob/first_packets.h>

#include <stdlib.h>

#define CHAIN "flowmob"

struct fm_queue {
	struct fm *fm;
	struct flowmob_nfqueue *queue;
	struct flowmob_nfqueue_counters counters;
	struct event *event;
	uint8_t generation;
	bool begun;
};

static int set_rules(const struct fm_queue *queue)
{
	const struct fm_settings *s = queue->fm->settings->values;
	const struct fm_prefix *prefix = s->prefixes.items;
	struct pmip_prefix list[FLOWMOB_FIRST_PACKETS_PREFIXES_MAX];
	struct flowmob_first_packets rules = {
		.size = sizeof(rules),
		.name = CHAIN,
		.queue = (uint16_t)s->queue,
		.generation = queue->generation,
		.prefix_count = (unsigned int)s->prefixes.count,
		.prefixes = list,
		.log = &log_sink,
	};

	for (size_t i = 0; i < s->prefixes.count; i++)
		list[i] = prefix[i].prefix;
	return flowmob_first_packets_set(&rules);
}

void fm_queue_begin(struct fm_queue *queue)
{
	if (queue->begun)
		return;
	queue->begun = true;
	queue->generation = queue->generation == UINT8_MAX ? 1 : (uint8_t)(queue->generation + 1);
	if (set_rules(queue))
		log_line(PMIP_LOG_ERROR, "queue", "packets go where their prefixes go");
}

void fm_queue_end(struct fm_queue *queue)
{
	queue->begun = false;
	flowmob_first_packets_clear(CHAIN);
}

void fm_queue_verdict(struct fm_queue *queue, uint64_t handle, uint32_t tunnel)
{
	uint32_t mark = pmip_flow_mark(tunnel) | flowmob_first_packets_mark(queue->generation);

	flowmob_nfqueue_verdict(queue->queue, (uint32_t)handle, FLOWMOB_NFQUEUE_ACCEPT, tunnel ? &mark : NULL);
}

void fm_queue_flush(struct fm_queue *queue)
{
	flowmob_nfqueue_flush(queue->queue);
}

const struct flowmob_nfqueue_counters *fm_queue_counters(struct fm_queue *queue)
{
	queue->counters.size = sizeof(queue->counters);
	flowmob_nfqueue_get_counters(queue->queue, &queue->counters);
	return &queue->counters;
}

static void take(struct fm_queue *queue, const struct flowmob_nfqueue_packet *waiting)
{
	struct flowmob_packet packet;

	/* What cannot be read is no flow; and without memory for it a packet goes where its prefix goes. */
	if (flowmob_packet_decode(&packet, waiting->data, waiting->len) ||
	    flowmob_manager_input_packet(queue->fm->manager, &packet, waiting->id, fm_now()))
		flowmob_nfqueue_verdict(queue->queue, waiting->id, FLOWMOB_NFQUEUE_ACCEPT, NULL);
}

static void on_packets(evutil_socket_t fd, short what, void *user)
{
	struct flowmob_nfqueue_packet packets[FLOWMOB_NFQUEUE_BATCH];
	struct fm_queue *queue = user;
	int n = flowmob_nfqueue_recv(queue->queue, packets, FLOWMOB_NFQUEUE_BATCH);

	(void)fd;
	(void)what;
	for (int i = 0; i < n; i++)
		take(queue, &packets[i]);
	fm_turn(queue->fm);
	if (n >= 0)
		return;
	log_line(PMIP_LOG_ERROR, "queue", "the queue has failed: ending");
	event_base_loopbreak(queue->fm->base);
}

int fm_queue_new(struct fm_queue **made, struct fm *fm)
{
	const struct fm_settings *s = fm->settings->values;
	const struct flowmob_nfqueue_config config = {
		.size = sizeof(config),
		.queue = (uint16_t)s->queue,
		.fail_open = true,
		.log = &log_sink,
	};
	struct fm_queue *queue = calloc(1, sizeof(*queue));

	if (!queue)
		return -1;
	queue->fm = fm;
	if (flowmob_nfqueue_new(&queue->queue, &config))
		goto fail;
	queue->event = event_new(fm->base, flowmob_nfqueue_fd(queue->queue), EV_READ | EV_PERSIST, on_packets, queue);
	if (!queue->event || event_add(queue->event, NULL))
		goto fail;
	*made = queue;
	return 0;
fail:
	flowmob_nfqueue_free(queue->queue);
	free(queue);
	return -1;
}

void fm_queue_free(struct fm_queue *queue)
{
	if (!queue)
		return;
	flowmob_first_packets_clear(CHAIN);
	if (queue->event)
		event_free(queue->event);
	flowmob_nfqueue_free(queue->queue);
	free(queue);
}
