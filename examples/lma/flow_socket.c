/* SPDX-License-Identifier: BSD-2-Clause */
/* What a flow manager asks of the LMA, and what the LMA tells it (flowmob/fmp.h, where the protocol is).
 *
 * A MOVE is answered when the event says how it has ended: FLOW_MOVED comes behind the datapath's word, and where a MAG has to be told first
 * behind its answer. FMP-1, FMP-4, FMP-5, FMP-7, FMP-11, FMP-12. */
#include <config.h>

#include "lma/flow_socket.h"

#include "common/log.h"
#include "lma/flow_counting.h"
#include "lma/flow_link.h"

#include <pmip/lma.h>

#include <stdlib.h>
#include <string.h>

#define AREA "flow_socket"
#define DELETED_AT_ONCE 256

struct pending {
	uint32_t flow_id;
	uint16_t request;
};

struct flow_socket {
	struct daemon *daemon;
	struct flow_link *link;
	struct flow_counting *counting;
	struct event *orphan_event; /* no manager for so long: FLOWMOB_FMP_ORPHAN_S */
	struct pending *moves;      /* not answered yet */
	size_t move_count, move_cap;
	uint64_t full_us; /* when it was logged last that there is no room; 0 = never */
};

static struct flowmob_fmp answer_to(const struct flowmob_fmp *request)
{
	return (struct flowmob_fmp){ .op = request->op | FLOWMOB_FMP_ANSWER, .request = request->request };
}

static uint16_t status_of(int err)
{
	switch (err) {
	case 0:
		return FLOWMOB_FMP_OK;
	case PMIP_ERR_NOENT:
		return FLOWMOB_FMP_NOENT;
	case PMIP_ERR_STALE:
		return FLOWMOB_FMP_STALE;
	case PMIP_ERR_NO_PATH:
		return FLOWMOB_FMP_NO_TUNNEL;
	case PMIP_ERR_AGAIN:
		return FLOWMOB_FMP_BUSY;
	case PMIP_ERR_FULL:
	case PMIP_ERR_NOMEM:
		return FLOWMOB_FMP_FULL;
	default:
		return FLOWMOB_FMP_REFUSED;
	}
}

/* The counter flows_full has each. */
static void tell_full(struct flow_socket *fs, uint64_t now_us)
{
	if (!log_is_due(&fs->full_us, now_us))
		return;
	log_line(PMIP_LOG_WARN, AREA, "there are %zu flows, no more may be known, so others go where their prefixes go; raise max_flows",
		 pmip_lma_count_flows(fs->daemon->engine));
}

static void add(struct flow_socket *fs, const struct flowmob_fmp *request)
{
	struct pmip_flow_info info = { .size = sizeof(info) };
	struct flowmob_fmp answer = answer_to(request);
	struct pmip_now now = pmip_runner_now();
	int err = pmip_lma_add_flow(fs->daemon->engine, &info, &request->u.flow, now);

	if (err == PMIP_ERR_FULL)
		tell_full(fs, now.mono_us);
	if (!err)
		answer.u.place = (struct flowmob_place){ info.flow_id, info.tunnel };
	else if (err != PMIP_ERR_NOENT) /* it is nobody's: OK, and empty */
		answer.status = status_of(err);
	flow_link_send(fs->link, &answer);
}

static bool keep_move(struct flow_socket *fs, uint32_t flow_id, uint16_t request)
{
	struct pending *more;

	if (fs->move_count == fs->move_cap) {
		more = reallocarray(fs->moves, fs->move_cap ? 2 * fs->move_cap : 64, sizeof(*more));
		if (!more)
			return false;
		fs->moves = more;
		fs->move_cap = fs->move_cap ? 2 * fs->move_cap : 64;
	}
	fs->moves[fs->move_count++] = (struct pending){ flow_id, request };
	return true;
}

static void move(struct flow_socket *fs, const struct flowmob_fmp *request)
{
	const struct flowmob_place *in_use = &request->u.move.in_use;
	struct pmip_flow_info info = { .size = sizeof(info) };
	struct flowmob_fmp answer = answer_to(request);
	int err = keep_move(fs, in_use->flow_id, request->request) ? 0 : PMIP_ERR_NOMEM;

	if (!err) {
		err = pmip_lma_move_flow(fs->daemon->engine, in_use->flow_id, in_use->tunnel, request->u.move.wanted, pmip_runner_now());
		fs->move_count -= err != 0;
	}
	if (!err)
		return;
	answer.status = status_of(err);
	if (err == PMIP_ERR_STALE && pmip_lma_get_flow(fs->daemon->engine, &info, in_use->flow_id) == 0)
		answer.u.place = (struct flowmob_place){ info.flow_id, info.tunnel };
	flow_link_send(fs->link, &answer);
}

static void del(struct flow_socket *fs, const struct flowmob_fmp *request)
{
	struct flowmob_fmp answer = answer_to(request);

	answer.status = status_of(pmip_lma_del_flow(fs->daemon->engine, request->u.flow_id, pmip_runner_now()));
	flow_link_send(fs->link, &answer);
}

static void list(struct flow_socket *fs, const struct flowmob_fmp *request)
{
	struct pmip_flow_info info = { .size = sizeof(info) };
	struct flowmob_fmp answer = answer_to(request);
	size_t cursor = 0;

	while (pmip_lma_next_flow(fs->daemon->engine, &cursor, &info) == 1) {
		if (answer.u.list.count == FLOWMOB_FMP_FLOWS_MAX) {
			answer.u.list.more = true;
			flow_link_send(fs->link, &answer);
			answer.u.list.count = 0;
		}
		answer.u.list.flow[answer.u.list.count++] = (struct flowmob_placed_flow){ { info.flow_id, info.tunnel }, info.flow };
	}
	answer.u.list.more = false;
	flow_link_send(fs->link, &answer);
}

/* IPv4 home addresses are prefixes like others. @return false: it has none. */
static bool fill_prefixes(struct flowmob_attachment *at, const struct pmip_prefix *prefix, unsigned int count,
			  const struct pmip_ipv4_home *ipv4)
{
	at->prefix_count = count;
	memcpy(at->prefix, prefix, count * sizeof(*prefix));
	if (ipv4->addr.len == 4 && at->prefix_count < PMIP_HNP_MAX)
		at->prefix[at->prefix_count++] = (struct pmip_prefix){ pmip_addr_from_ipv4(ipv4->addr.b), 128 };
	return at->prefix_count > 0;
}

static enum flowmob_model model_of(bool shares)
{
	return shares ? FLOWMOB_MODEL_LOGICAL_INTERFACE : FLOWMOB_MODEL_WEAK_HOST;
}

static bool attachment_of(struct flowmob_attachment *at, const struct pmip_binding_info *info)
{
	*at = (struct flowmob_attachment){ .tunnel = info->tunnel, .proxy_coa = info->remote,
					   .att = info->path_bid ? info->path_att : info->att,
					   .model = model_of(info->shares), .mn_id = info->mn_id };
	return info->state == PMIP_BINDING_ACTIVE && fill_prefixes(at, info->prefix, info->prefix_count, &info->ipv4);
}

static int next_binding(const struct flow_socket *fs, size_t *cursor, struct pmip_binding_info *info, const struct pmip_mnid *mn_id)
{
	return mn_id->len ? pmip_lma_next_binding_of_mn(fs->daemon->engine, cursor, info, mn_id)
			  : pmip_lma_next_binding(fs->daemon->engine, cursor, info);
}

static void tunnels(struct flow_socket *fs, const struct flowmob_fmp *request)
{
	struct pmip_binding_info info = { .size = sizeof(info) };
	struct flowmob_fmp answer = answer_to(request);
	struct flowmob_attachment at;
	size_t cursor = 0;

	while (next_binding(fs, &cursor, &info, &request->u.mn_id) == 1) {
		if (!attachment_of(&at, &info))
			continue;
		if (answer.u.tunnels.count == FLOWMOB_FMP_ATTACHMENTS_MAX) {
			answer.u.tunnels.more = true;
			flow_link_send(fs->link, &answer);
			answer.u.tunnels.count = 0;
		}
		answer.u.tunnels.attachment[answer.u.tunnels.count++] = at;
	}
	answer.u.tunnels.more = false;
	flow_link_send(fs->link, &answer);
}

static int set_watch(const struct flow_socket *fs, enum flowmob_watch watch)
{
	static const enum pmip_datapath_watch scopes[] = {
		[FLOWMOB_WATCH_NONE] = PMIP_DATAPATH_WATCH_NONE,
		[FLOWMOB_WATCH_MOVABLE] = PMIP_DATAPATH_WATCH_MOVABLE,
		[FLOWMOB_WATCH_ALL] = PMIP_DATAPATH_WATCH_ALL,
	};
	const struct pmip_datapath *datapath = &fs->daemon->datapath;

	return datapath->ops->watch ? datapath->ops->watch(datapath->ctx, scopes[watch]) : PMIP_ERR_UNSUPPORTED;
}

static void watch(struct flow_socket *fs, const struct flowmob_fmp *request)
{
	struct flowmob_fmp answer = answer_to(request);

	answer.status = status_of(set_watch(fs, request->u.watch));
	flow_link_send(fs->link, &answer);
}

static void flow_counters(struct flow_socket *fs, const struct flowmob_fmp *request)
{
	flow_counting_flows(fs->counting, request);
}

static void tunnel_counters(struct flow_socket *fs, const struct flowmob_fmp *request)
{
	flow_counting_tunnels(fs->counting, request);
}

static void on_message(void *user, const struct flowmob_fmp *message)
{
	static void (*const requests[])(struct flow_socket *fs, const struct flowmob_fmp *request) = {
		[FLOWMOB_FMP_ADD] = add,
		[FLOWMOB_FMP_MOVE] = move,
		[FLOWMOB_FMP_DEL] = del,
		[FLOWMOB_FMP_LIST] = list,
		[FLOWMOB_FMP_TUNNELS] = tunnels,
		[FLOWMOB_FMP_WATCH] = watch,
		[FLOWMOB_FMP_FLOW_COUNTERS] = flow_counters,
		[FLOWMOB_FMP_TUNNEL_COUNTERS] = tunnel_counters,
	};

	requests[message->op](user, message);
}

static void on_settle(void *user)
{
	daemon_turn(((struct flow_socket *)user)->daemon);
}

static void on_up(void *user)
{
	event_del(((struct flow_socket *)user)->orphan_event);
}

static void on_down(void *user)
{
	struct flow_socket *fs = user;

	fs->move_count = 0;
	flow_counting_end(fs->counting);
	set_watch(fs, FLOWMOB_WATCH_NONE);
	event_add(fs->orphan_event, &(struct timeval){ .tv_sec = FLOWMOB_FMP_ORPHAN_S });
}

/* Nobody has come back: flows go where their prefixes go. FMP-12. */
static void on_orphan(evutil_socket_t fd, short what, void *user)
{
	struct flow_socket *fs = user;
	struct pmip_flow_info info = { .size = sizeof(info) };
	uint32_t ids[DELETED_AT_ONCE];
	size_t cursor, count;

	(void)fd;
	(void)what;
	log_line(PMIP_LOG_WARN, AREA, "no flow manager has come back; %zu flows are deleted", pmip_lma_count_flows(fs->daemon->engine));
	do { /* a walk ends where the table changes */
		cursor = count = 0;
		while (count < DELETED_AT_ONCE && pmip_lma_next_flow(fs->daemon->engine, &cursor, &info) == 1)
			ids[count++] = info.flow_id;
		for (size_t i = 0; i < count; i++)
			if (pmip_lma_del_flow(fs->daemon->engine, ids[i], pmip_runner_now()))
				count = 0; /* without memory for it they go another time */
	} while (count > 0);
	daemon_turn(fs->daemon);
}

/* @return 0 = nobody waits for a move of this flow. */
static uint16_t take_move(struct flow_socket *fs, uint32_t flow_id)
{
	uint16_t request;

	for (size_t i = 0; i < fs->move_count; i++) {
		if (fs->moves[i].flow_id != flow_id)
			continue;
		request = fs->moves[i].request;
		fs->moves[i] = fs->moves[--fs->move_count];
		return request;
	}
	return 0;
}

/* Of a move that the engine had begun. */
static uint16_t move_status(int err)
{
	if (!err)
		return FLOWMOB_FMP_OK;
	return err == PMIP_ERR_NO_PATH ? FLOWMOB_FMP_NO_TUNNEL : FLOWMOB_FMP_REFUSED;
}

static void flow_event(struct flow_socket *fs, const struct pmip_event *event)
{
	struct flowmob_fmp message = { .request = take_move(fs, event->flow_id) };
	bool waits = message.request != 0, gone = event->type == PMIP_EVENT_FLOW_REMOVED;

	if (waits) {
		message.op = FLOWMOB_FMP_MOVE | FLOWMOB_FMP_ANSWER;
		message.status = gone ? FLOWMOB_FMP_NOENT : move_status(event->err);
		message.u.place = (struct flowmob_place){ event->flow_id, event->tunnel };
		flow_link_send(fs->link, &message);
	}
	message = (struct flowmob_fmp){ .op = gone ? FLOWMOB_FMP_FLOW_GONE : FLOWMOB_FMP_FLOW_MOVED };
	if (gone)
		message.u.flow_id = event->flow_id;
	else if (waits || event->err)
		return;
	else
		message.u.place = (struct flowmob_place){ event->flow_id, event->tunnel };
	flow_link_send(fs->link, &message);
}

static void binding_event(struct flow_socket *fs, const struct pmip_event *event)
{
	bool gone = event->type == PMIP_EVENT_BINDING_RELEASED || event->type == PMIP_EVENT_BINDING_REMOVED;
	struct flowmob_fmp message = { .op = gone ? FLOWMOB_FMP_BINDING_DELETED : FLOWMOB_FMP_BINDING_ADDED };
	struct flowmob_attachment *at = &message.u.attachment;

	*at = (struct flowmob_attachment){ .tunnel = event->tunnel, .proxy_coa = event->peer, .att = event->att,
					   .model = model_of(event->shares), .mn_id = event->mn_id };
	if (!fill_prefixes(at, event->prefix, event->prefix_count, &event->ipv4))
		return;
	flow_link_send(fs->link, &message);
	if (gone || (!event->old_tunnel && (!event->old_att || event->old_att == event->att)))
		return;
	message.op = FLOWMOB_FMP_BINDING_DELETED;
	if (event->old_tunnel) {
		at->tunnel = event->old_tunnel;
		at->proxy_coa = event->old_peer;
	}
	at->att = event->old_att;
	flow_link_send(fs->link, &message);
}

void flow_socket_event(struct flow_socket *fs, const struct pmip_event *event)
{
	if (!fs || !flow_link_is_up(fs->link))
		return;
	if (event->type == PMIP_EVENT_BINDING_ADDED || event->type == PMIP_EVENT_BINDING_MOVED ||
	    event->type == PMIP_EVENT_BINDING_REFRESHED || event->type == PMIP_EVENT_BINDING_RELEASED ||
	    event->type == PMIP_EVENT_BINDING_REMOVED)
		binding_event(fs, event);
	else if (event->type == PMIP_EVENT_FLOW_MOVED || event->type == PMIP_EVENT_FLOW_MOVE_FAILED ||
		 event->type == PMIP_EVENT_FLOW_REMOVED)
		flow_event(fs, event);
	else if (event->type == PMIP_EVENT_RENUMBERED) /* the manager knows the attachment by the prefix that it had */
		flow_link_drop(fs->link, "a mobile node has other prefixes; it is to learn anew what there is");
}

void flow_socket_seen(struct flow_socket *fs, const struct pmip_flow *flow)
{
	struct flowmob_fmp message = { .op = FLOWMOB_FMP_FLOW_SEEN, .u.flow = *flow };
	struct pmip_flow_info info = { .size = sizeof(info) };

	if (fs && pmip_lma_find_flow(fs->daemon->engine, &info, flow) == PMIP_ERR_NOENT)
		flow_link_send(fs->link, &message);
}

int flow_socket_new(struct flow_socket **made, struct daemon *daemon, const char *path)
{
	struct flow_socket *fs = calloc(1, sizeof(*fs));
	struct flow_link_user user = { fs, on_up, on_message, on_settle, on_down };

	if (!fs)
		return -1;
	fs->daemon = daemon;
	fs->orphan_event = evtimer_new(daemon->base, on_orphan, fs);
	if (!fs->orphan_event || flow_link_new(&fs->link, daemon->base, path, &user) || flow_counting_new(&fs->counting, daemon, fs->link)) {
		flow_socket_free(fs);
		return -1;
	}
	if (pmip_lma_count_flows(daemon->engine)) /* out of the store, and the manager of then may not come back */
		event_add(fs->orphan_event, &(struct timeval){ .tv_sec = FLOWMOB_FMP_ORPHAN_S });
	*made = fs;
	return 0;
}

void flow_socket_free(struct flow_socket *fs)
{
	if (!fs)
		return;
	flow_link_free(fs->link);
	flow_counting_free(fs->counting);
	if (fs->orphan_event)
		event_free(fs->orphan_event);
	free(fs->moves);
	free(fs);
}
