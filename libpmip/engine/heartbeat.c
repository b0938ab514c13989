/* SPDX-License-Identifier: BSD-2-Clause */
#include "engine/heartbeat.h"

#include "base/list.h"

#include <assert.h>
#include <pmip/error.h>

#define US_PER_S UINT64_C(1000000)
/* Octets of a Heartbeat: fixed part 12, Restart Counter 6 with 2 before it, padded. */
#define MESSAGE_MAX 24
#define MISSING_ALLOWED_MAX 100

/* HBT-1, HBT-3. */
int pmip__heartbeat_config_set(struct pmip__heartbeat_config *config, uint32_t interval_s, uint32_t missing_allowed)
{
	if (interval_s && (interval_s < PMIP__HEARTBEAT_INTERVAL_MIN_S || interval_s > PMIP__HEARTBEAT_INTERVAL_MAX_S))
		return PMIP_ERR_INVALID;
	if (!missing_allowed || missing_allowed > MISSING_ALLOWED_MAX)
		return PMIP_ERR_INVALID;
	config->interval_s = interval_s;
	config->missing_allowed = missing_allowed;
	return 0;
}

void pmip__heartbeat_init(struct pmip__heartbeat *heartbeat, const struct pmip_mem *mem, struct pmip__action_queue *actions,
			  uint64_t *counters)
{
	*heartbeat = (struct pmip__heartbeat){.mem = *mem, .actions = actions, .counters = counters};
	pmip__timerq_init(&heartbeat->timers, mem);
}

void pmip__heartbeat_fini(struct pmip__heartbeat *heartbeat)
{
	pmip__timerq_fini(&heartbeat->timers);
	pmip__peers_free(&heartbeat->peers, &heartbeat->mem);
}

/* 0 = there are none. */
static uint64_t interval_us(const struct pmip__heartbeat *heartbeat, const struct pmip__peer *peer)
{
	return (peer->interval_s ? peer->interval_s : heartbeat->config.interval_s) * US_PER_S;
}

static uint32_t missing_allowed(const struct pmip__heartbeat *heartbeat, const struct pmip__peer *peer)
{
	return peer->interval_s ? peer->missing_allowed : heartbeat->config.missing_allowed;
}

/* HBT-9. */
void pmip__heartbeat_control(struct pmip__peer *peer, const struct pmip_suboption *control)
{
	peer->interval_s = control ? control->u.heartbeat.interval_s : 0;
	peer->delay_s = control ? control->u.heartbeat.delay_s : 0;
	peer->missing_allowed = control ? control->u.heartbeat.max : 0;
}

int pmip__heartbeat_reserve(struct pmip__heartbeat *heartbeat)
{
	int err = pmip__timerq_reserve(&heartbeat->timers, heartbeat->peers.count + 1);

	return err ? err : pmip__peers_reserve(&heartbeat->peers, &heartbeat->mem);
}

void pmip__heartbeat_forget(struct pmip__heartbeat *heartbeat, struct pmip__peer *peer)
{
	if (peer->configured || peer->mns)
		return;
	pmip__timerq_cancel(&heartbeat->timers, &peer->timer);
	pmip__peers_remove(&heartbeat->peers, &heartbeat->mem, peer);
}

static void forget_all(struct pmip__heartbeat *heartbeat)
{
	for (size_t i = heartbeat->peers.count; i > 0; i--)
		pmip__heartbeat_forget(heartbeat, heartbeat->peers.array[i - 1]);
}

int pmip__heartbeat_configure(struct pmip__heartbeat *heartbeat, const struct pmip__heartbeat_config *config,
			      const struct pmip__addr_set *remote, const struct pmip_addr *local, uint64_t now_us)
{
	for (size_t i = 0; i < remote->count; i++) {
		if (pmip__peers_find(&heartbeat->peers, &remote->array[i]))
			continue;
		if (pmip__heartbeat_reserve(heartbeat)) {
			forget_all(heartbeat);
			return PMIP_ERR_NOMEM;
		}
		pmip__peers_add(&heartbeat->peers, &remote->array[i])->local = *local;
	}
	heartbeat->config = *config;
	for (size_t i = 0; i < heartbeat->peers.count; i++) {
		struct pmip__peer *peer = heartbeat->peers.array[i];

		peer->configured = pmip__addr_set_has(remote, &peer->remote);
		peer->silenced = peer->refuses_global = peer->refuses_updates = peer->refuses_gre = false;
		pmip__timerq_cancel(&heartbeat->timers, &peer->timer);
		/* It stops by itself where there is no session. */
		if (interval_us(heartbeat, peer))
			pmip__timerq_set(&heartbeat->timers, &peer->timer, now_us + interval_us(heartbeat, peer));
	}
	forget_all(heartbeat);
	return 0;
}

/* HBT-6. */
void pmip__heartbeat_start(struct pmip__heartbeat *heartbeat)
{
	for (size_t i = 0; i < heartbeat->peers.count; i++) {
		struct pmip__peer *peer = heartbeat->peers.array[i];

		pmip__timerq_cancel(&heartbeat->timers, &peer->timer);
		peer->announce = heartbeat->config.interval_s && !pmip_addr_is_unspecified(&peer->local);
		if (peer->announce)
			pmip__timerq_set(&heartbeat->timers, &peer->timer, 0);
	}
}

void pmip__heartbeat_wake(struct pmip__heartbeat *heartbeat, const struct pmip_addr *remote, const struct pmip_addr *local,
			  uint64_t now_us)
{
	struct pmip__peer *peer;

	peer = pmip__peers_find(&heartbeat->peers, remote);
	if (!peer || peer->silenced || !interval_us(heartbeat, peer))
		return;
	peer->local = *local;
	if (!peer->timer.place)
		pmip__timerq_set(&heartbeat->timers, &peer->timer, now_us);
}

static void push_message(struct pmip__heartbeat *heartbeat, const struct pmip_addr *from, const struct pmip_addr *to,
			 struct pmip_heartbeat message)
{
	struct pmip_option counter = {.type = PMIP_OPT_RESTART_COUNTER, .known = true};
	struct pmip_mh mh = {.type = PMIP_MH_HEARTBEAT, .u.heartbeat = message};
	struct pmip_action action = {.type = PMIP_ACTION_SEND};
	uint8_t octets[MESSAGE_MAX];
	struct pmip_mh_writer writer;
	int len;

	counter.u.restart_counter = heartbeat->config.restart_counter;
	pmip_mh_begin(&writer, octets, sizeof(octets), &mh);
	if (message.response)
		pmip_mh_add_option(&writer, &counter);
	len = pmip_mh_finish(&writer, from, to);
	assert(len > 0);
	action.u.send = (struct pmip_dgram){*from, *to, octets, (size_t)len};
	pmip__action_queue_push(heartbeat->actions, &action);
}

static void notify(struct pmip__heartbeat *heartbeat, enum pmip_event_type type, const struct pmip__peer *peer)
{
	struct pmip_action action = {.type = PMIP_ACTION_NOTIFY, .u.event = {.type = type, .peer = peer->remote}};

	pmip__action_queue_push(heartbeat->actions, &action);
}

static void be_alive(struct pmip__heartbeat *heartbeat, struct pmip__peer *peer)
{
	peer->missing = 0;
	if (peer->unreachable)
		notify(heartbeat, PMIP_EVENT_PEER_REACHABLE, peer);
	peer->unreachable = false;
}

/* The counter of a response; any other value than before, also a lower one, is a restart (RFC 5847 section 3.2).
 * HBT-4, HBT-8. */
static struct pmip__heartbeat_news take_counter(struct pmip__peer *peer, const struct pmip_mh *mh, uint64_t now_us)
{
	struct pmip__heartbeat_news news = {0};
	struct pmip_option_iter iter;
	struct pmip_option option;

	pmip_option_iter_init(&iter, mh);
	if (pmip_option_next_of(&iter, &option, PMIP_OPT_RESTART_COUNTER)) {
		news.restarted = peer->counter_known && peer->restart_counter != option.u.restart_counter;
		news.seen_us = peer->seen_us;
		peer->counter_known = true;
		peer->restart_counter = option.u.restart_counter;
		peer->seen_us = now_us;
	}
	return news;
}

static struct pmip__heartbeat_news ignored(const char *why)
{
	return (struct pmip__heartbeat_news){.ignored = why};
}

/* HBT-2, HBT-3, HBT-6, HBT-8. */
struct pmip__heartbeat_news pmip__heartbeat_input(struct pmip__heartbeat *heartbeat, const struct pmip_dgram *dgram,
						  const struct pmip_mh *mh, uint64_t now_us)
{
	const struct pmip_heartbeat *message = &mh->u.heartbeat;
	struct pmip__peer *peer = pmip__peers_find(&heartbeat->peers, &dgram->src);
	struct pmip__heartbeat_news news;

	if (!peer)
		return ignored("Heartbeat from somebody who is no peer");
	if (!message->response && message->unsolicited)
		return ignored("Heartbeat that is a request and unsolicited");
	if (message->response && !message->unsolicited && (!peer->waiting || message->seq != peer->seq))
		return ignored("Heartbeat response that answers nothing outstanding");
	peer->unconfirmed = false;
	if (!message->response) {
		heartbeat->counters[PMIP__HEARTBEAT_RECEIVED]++;
		push_message(heartbeat, &dgram->dst, &dgram->src, (struct pmip_heartbeat){.response = true, .seq = message->seq});
		return (struct pmip__heartbeat_news){0};
	}
	if (!message->unsolicited) {
		heartbeat->counters[PMIP__HEARTBEAT_ANSWERED]++;
		peer->waiting = false;
		if (peer->timer.place)
			pmip__timerq_set(&heartbeat->timers, &peer->timer, peer->sent_us + interval_us(heartbeat, peer));
	}
	be_alive(heartbeat, peer);
	news = take_counter(peer, mh, now_us);
	if (news.restarted)
		notify(heartbeat, PMIP_EVENT_PEER_RESTARTED, peer);
	return news;
}

/* HBT-7. */
bool pmip__heartbeat_refused(struct pmip__heartbeat *heartbeat, const struct pmip_addr *remote)
{
	struct pmip__peer *peer = pmip__peers_find(&heartbeat->peers, remote);

	if (!peer || !peer->unconfirmed)
		return false;
	pmip__timerq_cancel(&heartbeat->timers, &peer->timer);
	peer->silenced = true;
	peer->waiting = peer->unconfirmed = peer->announce = peer->unreachable = false;
	peer->missing = 0;
	return true;
}

uint64_t pmip__heartbeat_next(const struct pmip__heartbeat *heartbeat)
{
	return pmip__timerq_next(&heartbeat->timers);
}

struct pmip__peer *pmip__heartbeat_due(const struct pmip__heartbeat *heartbeat, uint64_t now_us)
{
	struct pmip__timer *timer = pmip__timerq_due(&heartbeat->timers, now_us);

	return timer ? PMIP__CONTAINER(timer, struct pmip__peer, timer) : NULL;
}

static void count_missing(struct pmip__heartbeat *heartbeat, struct pmip__peer *peer)
{
	heartbeat->counters[PMIP__HEARTBEAT_MISSING]++;
	peer->missing++;
	if (peer->missing <= missing_allowed(heartbeat, peer) || peer->unreachable)
		return;
	peer->unreachable = true;
	notify(heartbeat, PMIP_EVENT_PEER_UNREACHABLE, peer);
}

/* HBT-1, HBT-3, HBT-6. */
void pmip__heartbeat_fire(struct pmip__heartbeat *heartbeat, struct pmip__peer *peer, bool has_session, uint64_t now_us)
{
	if (peer->announce) {
		peer->announce = false;
		peer->unconfirmed = true;
		push_message(heartbeat, &peer->local, &peer->remote,
			     (struct pmip_heartbeat){.unsolicited = true, .response = true});
	}
	if (!has_session || !interval_us(heartbeat, peer)) {
		peer->waiting = peer->unreachable = false;
		peer->missing = 0;
		pmip__timerq_cancel(&heartbeat->timers, &peer->timer);
		return;
	}
	if (peer->waiting)
		count_missing(heartbeat, peer);
	peer->waiting = peer->unconfirmed = true;
	heartbeat->counters[PMIP__HEARTBEAT_SENT]++;
	push_message(heartbeat, &peer->local, &peer->remote, (struct pmip_heartbeat){.seq = ++peer->seq});
	peer->sent_us = now_us;
	pmip__timerq_set(&heartbeat->timers, &peer->timer, now_us + (peer->delay_s ? peer->delay_s * US_PER_S : interval_us(heartbeat, peer)));
}
