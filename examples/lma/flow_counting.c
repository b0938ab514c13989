/* SPDX-License-Identifier: BSD-2-Clause */
/* Counters of flows are read a few thousand at a time, between which the daemon does what else there is to do; a request looks at a part of them
 * only when there are many, and the next one goes on. What has not counted since its last turn is not told. FMP-10. */
#include <config.h>

#include "lma/flow_counting.h"

#include <pmip/lma.h>

#include <stdlib.h>

#define AT_ONCE 4096     /* flows between two looks at everything else: about a millisecond */
#define A_REQUEST 32768  /* flows that a request looks at, */
#define ROUND_REQUESTS 8 /* but so many requests see all of them */
/* A packet is counted a moment before its time is written down. */
#define MARGIN_US 10000

struct flow_counting {
	struct daemon *daemon;
	struct flow_link *link;
	struct event *next;
	uint64_t place;      /* the datapath's; 0 = a round begins */
	uint64_t begun_us;   /* the round; 0 = there was none */
	uint64_t now_us;
	uint64_t since_us;   /* what has counted before was told in the round before; 0 = nothing was */
	size_t left;         /* to look at for this request */
	bool busy;           /* it is not answered to its end */
	struct flowmob_fmp answer; /* that grows */
};

static uint32_t idle_ms(uint64_t seen_us, uint64_t now_us)
{
	uint64_t ms = now_us > seen_us ? (now_us - seen_us) / 1000 : 0;

	return seen_us && ms < UINT32_MAX ? (uint32_t)ms : UINT32_MAX;
}

static void say(struct flow_counting *counting, bool more)
{
	counting->answer.u.flow_counters.more = counting->busy = more;
	flow_link_send(counting->link, &counting->answer);
	counting->answer.u.flow_counters.count = 0;
}

static void on_flow(void *user, const struct pmip_flow_counters *counters)
{
	struct flow_counting *counting = user;
	struct flowmob_fmp *answer = &counting->answer;

	if (!counters->flow_id || (counting->since_us && counters->seen_us + MARGIN_US < counting->since_us))
		return;
	if (answer->u.flow_counters.count == FLOWMOB_FMP_FLOW_COUNTS_MAX)
		say(counting, true);
	answer->u.flow_counters.flow[answer->u.flow_counters.count++] = (struct flowmob_flow_count){
		counters->flow_id, idle_ms(counters->seen_us, counting->now_us), counters->packets, counters->octets };
}

static void on_next(evutil_socket_t fd, short what, void *user)
{
	struct flow_counting *counting = user;
	const struct pmip_datapath *datapath = &counting->daemon->datapath;
	int n;

	(void)fd;
	(void)what;
	counting->now_us = pmip_runner_now().mono_us;
	n = datapath->ops->flows(datapath->ctx, &counting->place, counting->left < AT_ONCE ? counting->left : AT_ONCE, on_flow, counting);
	if (n < 0) { /* the next round tells what this one has not come to */
		counting->answer.status = FLOWMOB_FMP_REFUSED;
		counting->place = 0;
		counting->begun_us = counting->since_us;
	}
	counting->left -= n > 0 && (size_t)n < counting->left ? (size_t)n : counting->left;
	if (n >= 0 && counting->place && counting->left)
		event_add(counting->next, &(struct timeval){ .tv_sec = 0 });
	else
		say(counting, false);
}

static void begin_round(struct flow_counting *counting)
{
	uint64_t now_us = pmip_runner_now().mono_us;

	counting->since_us = counting->begun_us;
	counting->answer.u.flow_counters.span_ms = counting->since_us ? (uint32_t)((now_us - counting->since_us) / 1000) : 0;
	counting->begun_us = now_us;
}

void flow_counting_flows(struct flow_counting *counting, const struct flowmob_fmp *request)
{
	const struct pmip_datapath *datapath = &counting->daemon->datapath;
	size_t count = pmip_lma_count_flows(counting->daemon->engine);
	struct flowmob_fmp refusal = { .op = request->op | FLOWMOB_FMP_ANSWER, .request = request->request };

	if (!datapath->ops->flows || counting->busy) {
		refusal.status = counting->busy ? FLOWMOB_FMP_BUSY : FLOWMOB_FMP_REFUSED;
		flow_link_send(counting->link, &refusal);
		return;
	}
	counting->answer.op = refusal.op;
	counting->answer.request = refusal.request;
	counting->answer.status = FLOWMOB_FMP_OK;
	counting->left = count / ROUND_REQUESTS > A_REQUEST ? count / ROUND_REQUESTS : A_REQUEST;
	counting->busy = true;
	if (!counting->place)
		begin_round(counting);
	on_next(-1, 0, counting);
}

void flow_counting_tunnels(struct flow_counting *counting, const struct flowmob_fmp *request)
{
	const struct pmip_datapath *datapath = &counting->daemon->datapath;
	struct flowmob_fmp answer = { .op = request->op | FLOWMOB_FMP_ANSWER, .request = request->request };
	struct pmip_tunnel_counters c = { .size = sizeof(c) };
	struct pmip_tunnel_info info = { .size = sizeof(info) };
	size_t cursor = 0;

	while (datapath->ops->tunnel && pmip_lma_next_tunnel(counting->daemon->engine, &cursor, &info) == 1) {
		if (datapath->ops->tunnel(datapath->ctx, &c, &info.local, &info.remote))
			continue; /* not up yet */
		if (answer.u.tunnel_counters.count == FLOWMOB_FMP_TUNNEL_COUNTS_MAX) {
			answer.u.tunnel_counters.more = true;
			flow_link_send(counting->link, &answer);
			answer.u.tunnel_counters.count = 0;
		}
		answer.u.tunnel_counters.tunnel[answer.u.tunnel_counters.count++] =
			(struct flowmob_tunnel_count){ info.tunnel, c.packets, c.octets, c.dropped };
	}
	answer.u.tunnel_counters.more = false;
	answer.status = datapath->ops->tunnel ? FLOWMOB_FMP_OK : FLOWMOB_FMP_REFUSED;
	flow_link_send(counting->link, &answer);
}

void flow_counting_end(struct flow_counting *counting)
{
	if (!counting)
		return;
	event_del(counting->next);
	counting->place = counting->begun_us = counting->since_us = 0;
	counting->busy = false;
	counting->answer = (struct flowmob_fmp){ .op = 0 };
}

int flow_counting_new(struct flow_counting **made, struct daemon *daemon, struct flow_link *link)
{
	struct flow_counting *counting = calloc(1, sizeof(*counting));

	if (!counting)
		return -1;
	counting->daemon = daemon;
	counting->link = link;
	counting->next = evtimer_new(daemon->base, on_next, counting);
	if (!counting->next) {
		free(counting);
		return -1;
	}
	*made = counting;
	return 0;
}

void flow_counting_free(struct flow_counting *counting)
{
	if (!counting)
		return;
	event_free(counting->next);
	free(counting);
}
