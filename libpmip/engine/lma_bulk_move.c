/* SPDX-License-Identifier: BSD-2-Clause */
/* A whole group at another Proxy-CoA. A PBU whose Alternate Care-of Address option is not where it comes from registers a mobile node at that
 * address (RFC 5213 section 6.9.1.5); one for a group that comes from the Proxy-CoA the group is at does the same to all of it, by one datapath
 * operation. RFC 6602 does not say what the option means there; who does not send it is answered as that RFC has it.
 *
 * 1. All sessions take the new tunnel. 2. The operations are queued, the new tunnel first. 3. When the last result is in, either the PBA that
 * accepts leaves, or the sessions that have not changed by themselves meanwhile go back, and the PBA says 130. Meanwhile each is unsure of its
 * forwarding, so that its own PBU is a transaction of its own.
 *
 * That is for groups of which nothing is special: where a session of the tunnel is not in the group, has several paths, goes in GRE or is being
 * revoked, and where the other tunnel has a group already, the PBU is refused, and the MAG asks for each by itself. BLK-5. */
#include "engine/lma.h"

#include "base/mem.h"

struct pmip__group_move {
	struct pmip__tunnel *from, *to; /* a reference to each */
	struct pmip__reply reply;
	uint32_t lifetime_s;
	unsigned int open; /* operations */
	int err;           /* the first that failed */
	struct pmip__op ops[2];
};

struct pmip__tunnel *pmip__lma_bulk_left(const struct pmip_lma *lma, const struct pmip__request *request)
{
	const struct pmip_dgram *dgram = request->dgram;
	struct pmip__tunnel *tunnel = pmip__binding_cache_tunnel(&lma->cache, &dgram->dst, &dgram->src);
	bool names_it = tunnel && tunnel->group && request->reply.options.group.id == tunnel->group;

	return names_it && !pmip_addr_equal(&dgram->src, &request->proxy_coa) ? tunnel : NULL;
}

static bool is_plain(const struct pmip__session *session)
{
	return pmip__lma_bulk_is_member(session) && !session->has_path && !session->unsure && !session->revoking &&
	       !pmip__lma_gre_of(session).in_use && !pmip__session_shares_ipv4(session);
}

enum pmip_status pmip__lma_bulk_check_move(const struct pmip_lma *lma, const struct pmip__request *request, const struct pmip__tunnel *left)
{
	const struct pmip__tunnel *to = pmip__binding_cache_tunnel(&lma->cache, &request->dgram->dst, &request->proxy_coa);

	if (!pmip_addr_is_unicast(&request->proxy_coa))
		return PMIP_STATUS_INVALID_CARE_OF_ADDRESS;
	if (!request->bu.lifetime_s || (to && (to->group || to->moving)))
		return PMIP_STATUS_INVALID_MOBILE_NODE_GROUP_IDENTIFIER;
	for (struct pmip__list *link = left->sessions.next; link != &left->sessions; link = link->next) {
		const struct pmip__session *session = pmip__session_of_tunnel(link);

		if (session->state != PMIP_BINDING_DELETE_WAIT && !is_plain(session))
			return PMIP_STATUS_INVALID_MOBILE_NODE_GROUP_IDENTIFIER;
	}
	return PMIP_STATUS_ACCEPTED;
}

/* Step 1, and back. What its MAG is being told of prefixes elsewhere is called off, as at any handover. */
static void take(struct pmip_lma *lma, struct pmip__session *session, struct pmip__tunnel *to)
{
	pmip__lma_fmi_cancel(lma, session);
	session->reg.tunnel->refs--; /* which is not the last one: a move has one */
	to->refs++;
	session->reg.tunnel = to;
	session->unsure = true;
	pmip__binding_cache_relink(session);
	pmip__binding_cache_unstored(&lma->cache, session->mn);
}

static void queue(struct pmip_lma *lma, struct pmip__group_move *move, struct pmip_datapath_op op)
{
	struct pmip__op *open = &move->ops[move->open++];

	open->move = move;
	op.local = move->to->local;
	op.remote = move->to->remote;
	pmip__lma_op_open(lma, open, op);
}

int pmip__lma_bulk_move(struct pmip_lma *lma, const struct pmip__request *request, struct pmip__tunnel *from)
{
	struct pmip__group_move *move = NULL;
	struct pmip__tunnel *to = NULL;

	if (!pmip__htable_reserve(&lma->ops, 2))
		move = pmip__mem_alloc(&lma->mem, sizeof(*move));
	if (move)
		to = pmip__binding_cache_tunnel_get(&lma->cache, &request->dgram->dst, &request->proxy_coa);
	if (!to) {
		pmip__mem_free(&lma->mem, move);
		return PMIP_ERR_NOMEM;
	}
	pmip__freshness_accept(&from->group_fresh, pmip__lma_timestamp_of(request), request->bu.seq);
	from->refs++;
	from->moving = to->moving = true;
	move->from = from;
	move->to = to;
	move->reply = request->reply;
	move->lifetime_s = pmip__lma_grant(lma, request->bu.lifetime_s, NULL);
	if (!pmip__lma_config_rule(&lma->config, &request->proxy_coa))
		to->mag = request->dgram->src;
	to->group = from->group;
	to->group_fresh = from->group_fresh;
	from->group = 0;
	for (struct pmip__list *link = from->sessions.next, *next; link != &from->sessions; link = next) {
		struct pmip__session *session = pmip__session_of_tunnel(link);

		next = link->next;
		if (session->state != PMIP_BINDING_DELETE_WAIT) {
			take(lma, session, to);
			session->moved = true;
		}
	}
	if (!to->up)
		queue(lma, move, (struct pmip_datapath_op){.kind = PMIP_DATAPATH_TUNNEL_ENSURE});
	queue(lma, move, (struct pmip_datapath_op){.kind = PMIP_DATAPATH_TUNNEL_MOVE, .old_remote = from->remote});
	return 0;
}

/* It is told later what there is elsewhere: nobody else has told its MAG. */
static void tell_anew(struct pmip_lma *lma, struct pmip__mn *mn)
{
	if (mn->sessions.next != mn->sessions.prev)
		pmip__binding_cache_mn_touch(&lma->cache, mn);
}

/* Step 3, success. Whom its MAG has forgotten meanwhile (lma_heartbeat.c) is there, too, but for no longer than that allows. Whether it is
 * one that the MAG asks for. */
static bool arrive(struct pmip_lma *lma, const struct pmip__group_move *move, struct pmip__session *session, uint64_t now_us)
{
	bool is_member = pmip__lma_bulk_is_member(session);
	struct pmip_event event;

	session->moved = session->unsure = false;
	if (is_member) {
		session->reg.lifetime_s = move->lifetime_s;
		pmip__lma_start_lifetime(lma, session, now_us);
	}
	pmip__binding_cache_unstored(&lma->cache, session->mn);
	session->epoch = session->told = session->refused = 0; /* as after any handover */
	tell_anew(lma, session->mn);
	event = pmip__lma_session_event(PMIP_EVENT_BINDING_MOVED, session);
	event.old_att = session->reg.att;
	event.old_peer = move->from->remote;
	event.old_tunnel = move->from->id;
	lma->counters[PMIP_LMA_MOVED]++;
	pmip__lma_notify(lma, &event);
	pmip__lma_flows_follow(lma, session);
	pmip__lma_flows_make_sure(lma, session);
	return is_member;
}

/* A group that nobody is in any more is refused, as before a move (lma_bulk.c). */
static void commit(struct pmip_lma *lma, struct pmip__group_move *move, struct pmip_now now)
{
	size_t count = 0;

	move->to->up = true;
	move->to->group_until_us = now.mono_us + (uint64_t)move->lifetime_s * 1000000;
	for (struct pmip__list *link = move->to->sessions.next; link != &move->to->sessions; link = link->next) {
		struct pmip__session *session = pmip__session_of_tunnel(link);

		if (session->moved && session->state == PMIP_BINDING_ACTIVE)
			count += arrive(lma, move, session, now.mono_us);
		session->moved = false;
	}
	if (!count) {
		pmip__lma_bulk_dissolve(lma, move->to);
		pmip__lma_reply_group(lma, &move->reply, PMIP_STATUS_INVALID_MOBILE_NODE_GROUP_IDENTIFIER, 0, now);
		return;
	}
	pmip__lma_bulk_refreshed(lma, &move->reply, move->to, move->lifetime_s, count, now);
}

/* Step 3, failure: the datapath has left forwarding as it was, as well as it could. What the MAG thinks of the group is not known. */
static void roll_back(struct pmip_lma *lma, struct pmip__group_move *move, struct pmip_now now)
{
	for (struct pmip__list *link = move->to->sessions.next, *next; link != &move->to->sessions; link = next) {
		struct pmip__session *session = pmip__session_of_tunnel(link);

		next = link->next;
		if (session->moved && session->state == PMIP_BINDING_ACTIVE) {
			take(lma, session, move->from);
			tell_anew(lma, session->mn);
		}
		session->moved = false;
	}
	pmip__lma_bulk_dissolve(lma, move->from);
	pmip__lma_bulk_dissolve(lma, move->to);
	pmip__lma_reply_group(lma, &move->reply, PMIP_STATUS_INSUFFICIENT_RESOURCES, 0, now);
}

int pmip__lma_bulk_moved_reserve(struct pmip_lma *lma, const struct pmip__group_move *move)
{
	size_t actions = 0, octets = 0;

	for (const struct pmip__list *link = move->to->sessions.next; link != &move->to->sessions; link = link->next) {
		const struct pmip__session *session = pmip__session_of_tunnel(link);

		actions += session->moved;
		octets += session->moved ? session->mn->mn_id.len : 0;
	}
	return pmip__lma_reserve_more(lma, actions, octets);
}

void pmip__lma_bulk_moved(struct pmip_lma *lma, struct pmip__group_move *move, int err, struct pmip_now now)
{
	if (!move->err)
		move->err = err;
	if (--move->open)
		return;
	move->from->moving = move->to->moving = false;
	if (move->err)
		roll_back(lma, move, now);
	else
		commit(lma, move, now);
	pmip__lma_put_tunnel(lma, move->from);
	pmip__lma_put_tunnel(lma, move->to);
	pmip__mem_free(&lma->mem, move);
}

void pmip__lma_bulk_move_abandon(struct pmip_lma *lma, struct pmip__group_move *move)
{
	for (size_t i = 0; i < sizeof(move->ops) / sizeof(move->ops[0]); i++)
		if (move->ops[i].id)
			pmip__htable_remove(&lma->ops, pmip__htable_number(move->ops[i].id), &move->ops[i]);
	pmip__mem_free(&lma->mem, move);
}
