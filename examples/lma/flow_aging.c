/* SPDX-License-Identifier: BSD-2-Clause */
/* A round over the datapath's flows in each quarter of flow_idle_timeout, a part of it each second: as much as it takes, up to a limit. A flow
 * manager has a time of its own, mostly shorter; this is for flows that it has not ended, and for those of operators. FMP-10. */
#include <config.h>

#include "lma/flow_aging.h"

#include "lma/lma.h"

#include <stdlib.h>

#define LEAST 1024      /* flows looked at in a second, */
#define MOST 32768      /* then a round takes longer */
#define ENDED_MAX 4096  /* in a second; the rest in the next round */

struct flow_aging {
	struct daemon *daemon;
	struct event *tick;
	uint64_t place;    /* the datapath's; 0 = a round begins */
	uint64_t next_us;  /* not before then */
	uint64_t idle_us;  /* flows that were quiet before then are over */
	size_t count;
	uint32_t id[ENDED_MAX];
};

static void on_flow(void *user, const struct pmip_flow_counters *counters)
{
	struct flow_aging *aging = user;

	if (counters->quiet_us < aging->idle_us && counters->flow_id && aging->count < ENDED_MAX)
		aging->id[aging->count++] = counters->flow_id;
}

/* Without memory for one it ends in the next round. */
static void end_flows(struct flow_aging *aging)
{
	for (size_t i = 0; i < aging->count; i++)
		pmip_lma_expire_flow(aging->daemon->engine, aging->id[i], pmip_runner_now());
	if (aging->count)
		daemon_turn(aging->daemon);
	aging->count = 0;
}

static void on_tick(evutil_socket_t fd, short what, void *user)
{
	struct flow_aging *aging = user;
	const struct lma_settings *s = aging->daemon->settings->values;
	const struct pmip_datapath *datapath = &aging->daemon->datapath;
	size_t flows = pmip_lma_count_flows(aging->daemon->engine), share = flows * 4 / (s->flow_idle_timeout_s + 1);
	uint64_t now_us = pmip_runner_now().mono_us, timeout_us = (uint64_t)s->flow_idle_timeout_s * 1000000;

	(void)fd;
	(void)what;
	if (!timeout_us || !flows || !datapath->ops->flows || now_us < timeout_us || (!aging->place && now_us < aging->next_us))
		return;
	if (!aging->place)
		aging->next_us = now_us + timeout_us / 4;
	aging->idle_us = now_us - timeout_us;
	share = share < LEAST ? LEAST : share > MOST ? MOST : share;
	if (datapath->ops->flows(datapath->ctx, &aging->place, share, on_flow, aging) < 0)
		aging->place = 0;
	end_flows(aging);
}

int flow_aging_new(struct flow_aging **made, struct daemon *daemon)
{
	struct flow_aging *aging = calloc(1, sizeof(*aging));

	if (!aging)
		return -1;
	aging->daemon = daemon;
	aging->tick = event_new(daemon->base, -1, EV_PERSIST, on_tick, aging);
	if (!aging->tick || event_add(aging->tick, &(struct timeval){ .tv_sec = 1 })) {
		flow_aging_free(aging);
		return -1;
	}
	*made = aging;
	return 0;
}

void flow_aging_free(struct flow_aging *aging)
{
	if (!aging)
		return;
	if (aging->tick)
		event_free(aging->tick);
	free(aging);
}
