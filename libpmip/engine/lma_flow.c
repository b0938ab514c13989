/* SPDX-License-Identifier: BSD-2-Clause */
/* Single flows of mobile nodes at the LMA: who knows which attachment a flow should go over adds it, moves it and takes it away (RFC 7864
 * sections 3.1 and 5; the paper's section 3.3). The LMA decides alone, the mobile node follows (FLO-1).
 *
 * A flow goes over its anchor, the session that its destination's prefix is bound to, until it is moved. A move is an operation of the
 * datapath; only its success counts. Where the MAG it leads to has not said that it has the flow's prefix, it is asked first
 * (lma_fmi.c). When attachments move or go, their flows change at once and are listed, and their forwarding
 * follows when the engine has nothing else to do, a few at a time: a mobile node may have any number of them. */
#include "engine/lma.h"

#include "base/mem.h"
#include "engine/gre.h"

#include <assert.h>

/* Flows whose forwarding follows in one go. */
#define FOLLOW_AT_ONCE 16

/* An operation that a move waits for, or one that has a flow follow its attachment. */
struct move {
	struct pmip__op op;
	bool follows;
	struct pmip__flow *flow;     /* NULL = nobody cares any more */
	struct pmip__tunnel *tunnel; /* where it leads, referred to; NULL = where the prefix goes */
	struct pmip_gre gre;         /* in that tunnel */
};

static struct pmip__flow *flow_of(const struct pmip__list *link)
{
	return PMIP__CONTAINER(link, struct pmip__flow, of_owner);
}

static struct pmip_event event_of(enum pmip_event_type type, const struct pmip__flow *flow)
{
	struct pmip_event event = {.type = type, .flow_id = flow->id, .flow = flow->flow};

	if (flow->owner) {
		event.mn_id = flow->owner->mn->mn_id;
		event.peer = pmip__flow_session(flow)->reg.tunnel->remote;
		event.tunnel = pmip__flow_session(flow)->reg.tunnel->id;
	}
	return event;
}

static void notify(struct pmip_lma *lma, enum pmip_event_type type, const struct pmip__flow *flow, const struct pmip__tunnel *old,
		   int err)
{
	struct pmip_event event = event_of(type, flow);

	event.err = err;
	event.rule = flow->idle ? "no packet for too long" : NULL;
	if (old) {
		event.old_peer = old->remote;
		event.old_tunnel = old->id;
	}
	pmip__lma_notify(lma, &event);
}

/* The tunnel that the datapath is told for a flow that goes over this attachment, with a reference. Until a handover is certain, it is
 * the old one. */
static struct pmip__tunnel *tunnel_for(const struct pmip__flow *flow, const struct pmip__session *over)
{
	struct pmip__tunnel *tunnel;

	if (!over || over == flow->anchor)
		return NULL;
	tunnel = over->txn ? over->txn->old.tunnel : over->reg.tunnel;
	tunnel->refs++;
	return tunnel;
}

static struct pmip_gre gre_for(const struct pmip__session *over)
{
	return over->txn ? over->txn->old_gre : pmip__lma_gre_of(over);
}

/* Its packets look like all others in the tunnel. GRE-9. */
static struct pmip_datapath_op steer(const struct pmip__flow *flow, const struct pmip__session *over, const struct pmip__tunnel *tunnel)
{
	struct pmip_datapath_op op = {.kind = PMIP_DATAPATH_FLOW_SET, .flow = flow->flow, .flow_id = flow->id};

	if (tunnel) {
		op.local = tunnel->local;
		op.remote = tunnel->remote;
		op.tunnel = tunnel->id;
		op.group = over->mn->number;
		op.gre = gre_for(over);
	}
	return op;
}

/* NULL = no memory. */
static struct move *move_new(struct pmip_lma *lma, struct pmip__flow *flow, const struct pmip__session *to)
{
	struct move *move = pmip__htable_reserve(&lma->ops, 1) ? NULL : pmip__mem_alloc(&lma->mem, sizeof(*move));

	if (!move)
		return NULL;
	move->flow = flow;
	move->gre = gre_for(to);
	return move;
}

/* What comes of an operation is of no interest any more. */
static void disown(struct pmip__op **op)
{
	if (*op)
		PMIP__CONTAINER(*op, struct move, op)->flow = NULL;
	*op = NULL;
}

static void set_unsure(struct pmip__flow *flow, bool unsure)
{
	flow->unsure = unsure;
	flow->owner->unsure = flow->owner->unsure || unsure;
}

/* Without memory for the result it is taken to be refused. */
static void set_following(struct pmip_lma *lma, struct pmip__flow *flow)
{
	struct pmip_datapath_op op = steer(flow, flow->over, flow->tunnel);
	struct move *move = move_new(lma, flow, pmip__flow_session(flow));

	disown(&flow->following);
	set_unsure(flow, !move);
	if (!move) {
		pmip__lma_op_untracked(lma, op);
		return;
	}
	move->follows = true;
	flow->following = &move->op;
	pmip__lma_op_open(lma, &move->op, op);
}

/* FMP-1. */
int pmip_lma_add_flow(struct pmip_lma *lma, struct pmip_flow_info *info, const struct pmip_flow *flow, struct pmip_now now)
{
	struct pmip__flow *known = pmip__flow_cache_by_flow(&lma->flows, flow);
	struct pmip__session *anchor = pmip__binding_cache_by_addr(&lma->cache, &flow->dst);
	int err;

	if (known) {
		pmip__lma_flow_fill(info, known);
		return 0;
	}
	if (!anchor || anchor->state != PMIP_BINDING_ACTIVE)
		return PMIP_ERR_NOENT;
	if (lma->flows.by_id.count >= lma->config.max_flows) {
		lma->counters[PMIP_LMA_FLOWS_FULL]++;
		return PMIP_ERR_FULL;
	}
	err = pmip__lma_enter(lma, now);
	if (err)
		return err;
	known = pmip__flow_cache_add(&lma->flows, anchor, flow);
	if (!known)
		return PMIP_ERR_NOMEM;
	set_following(lma, known);
	notify(lma, PMIP_EVENT_FLOW_ADDED, known, NULL, 0);
	pmip__lma_flow_fill(info, known);
	return 0;
}

/* Whether the flow's prefix is one of those elsewhere that the MAG of a session is told of: it may have it, and there are not too many. SEC-3. */
static bool has_prefix(const struct pmip_lma *lma, const struct pmip__session *session, const struct pmip__flow *flow)
{
	struct pmip_prefix prefix[PMIP_HNP_MAX];
	unsigned int count = pmip__lma_elsewhere(lma, session, prefix);

	while (count > 0)
		if (pmip_prefix_contains(&prefix[--count], &flow->flow.dst))
			return true;
	return false;
}

/* Whether packets of the flow reach the mobile node there: its MAG has the prefix, or the IPv4 home address. FLO-2, FLO-4, FLO-7, V4-15. */
static bool carries(const struct pmip_lma *lma, const struct pmip__session *session, const struct pmip__flow *flow)
{
	if (session->state != PMIP_BINDING_ACTIVE || session->txn)
		return false;
	if (session != flow->anchor && pmip_addr_is_ipv4_mapped(&flow->flow.dst))
		return session->set == flow->anchor->set && pmip__session_shares_ipv4(session);
	return session->set == flow->anchor->set || (session->epoch == session->mn->epoch && has_prefix(lma, session, flow));
}

/* Whether the MAG of a session is told of flows that go there although their prefix is another's. FLO-6. */
static bool is_told(const struct pmip_lma *lma, const struct pmip__session *session, const struct pmip__flow *flow)
{
	return lma->config.flowmob_flows && lma->config.flowmob == PMIP_FLOWMOB_RFC7864 && session->set != flow->anchor->set;
}

unsigned int pmip__lma_told_flows(const struct pmip_lma *lma, const struct pmip__session *session, struct pmip__told_flow told[PMIP__TOLD_FLOWS_MAX])
{
	const struct pmip__flow_owner *owner = pmip__flow_cache_owner(&lma->flows, session->mn);
	unsigned int count = 0;

	for (const struct pmip__list *link = owner ? owner->flows.next : NULL; owner && link != &owner->flows; link = link->next) {
		struct pmip__flow *flow = flow_of(link);

		if ((flow->over != session && flow->wanted != session) || !is_told(lma, session, flow) || count == PMIP__TOLD_FLOWS_MAX)
			continue;
		if (pmip__flow_cache_name(flow))
			told[count++] = (struct pmip__told_flow){flow->fid, flow->flow};
	}
	return count;
}

/* A flow goes to a session no more, NULL = it has not: its MAG is told so. */
static void unlist(struct pmip_lma *lma, struct pmip__session *session, const struct pmip__flow *flow)
{
	if (!session || !is_told(lma, session, flow))
		return;
	session->told = 0;
	pmip__binding_cache_mn_touch(&lma->cache, session->mn);
}

/* Whether its MAG may be asked to have the flow's prefix. */
static bool may_carry(const struct pmip_lma *lma, const struct pmip__session *session, const struct pmip__flow *flow)
{
	return pmip__lma_fmi_is_possible(lma, session) && has_prefix(lma, session, flow);
}

/* Another attachment of the flow's mobile node: the one in this tunnel, or the first there is when it is 0, by preference one whose
 * MAG need not be asked. NULL = none. FMP-4. */
static struct pmip__session *target(const struct pmip_lma *lma, const struct pmip__flow *flow, uint32_t tunnel)
{
	const struct pmip__mn *mn = flow->owner->mn;
	struct pmip__session *to_ask = NULL;

	for (const struct pmip__list *link = mn->sessions.next; link != &mn->sessions; link = link->next) {
		struct pmip__session *session = pmip__session_of_mn(link);

		if (session->reg.tunnel == pmip__flow_session(flow)->reg.tunnel || (tunnel && session->reg.tunnel->id != tunnel))
			continue;
		if (carries(lma, session, flow))
			return session;
		if (!to_ask && may_carry(lma, session, flow))
			to_ask = session;
	}
	return to_ask;
}

static int begin_move(struct pmip_lma *lma, struct pmip__flow *flow, struct pmip__session *to)
{
	struct move *move = move_new(lma, flow, to);

	if (!move)
		return PMIP_ERR_NOMEM;
	move->tunnel = tunnel_for(flow, to);
	flow->op = &move->op;
	flow->wanted = to;
	pmip__lma_op_open(lma, &move->op, steer(flow, to, move->tunnel));
	return 0;
}

/* FMP-4, FMP-5, FMP-6, FLO-3. */
int pmip_lma_move_flow(struct pmip_lma *lma, uint32_t id, uint32_t tunnel_in_use, uint32_t wanted, struct pmip_now now)
{
	struct pmip__flow *flow = pmip__flow_cache_by_id(&lma->flows, id);
	struct pmip__told_flow told[PMIP__TOLD_FLOWS_MAX];
	struct pmip__session *to;
	int err;

	if (!flow)
		return PMIP_ERR_NOENT;
	if (flow->wanted)
		return PMIP_ERR_AGAIN;
	if (pmip__flow_session(flow)->reg.tunnel->id != tunnel_in_use)
		return PMIP_ERR_STALE;
	to = target(lma, flow, wanted);
	if (!to)
		return PMIP_ERR_NO_PATH;
	err = pmip__lma_enter(lma, now);
	if (err)
		return err;
	if (!is_told(lma, to, flow) && carries(lma, to, flow))
		return begin_move(lma, flow, to);
	if (is_told(lma, to, flow) && (pmip__lma_told_flows(lma, to, told) == PMIP__TOLD_FLOWS_MAX || !pmip__flow_cache_name(flow)))
		return PMIP_ERR_FULL;
	flow->wanted = to;
	unlist(lma, to, flow);
	err = pmip__lma_fmi_tell(lma, to);
	if (err)
		flow->wanted = NULL;
	return err;
}

/* A move under way leads nowhere any more; whatever the datapath has done of it is put right. */
static void call_off(struct pmip_lma *lma, struct pmip__flow *flow)
{
	disown(&flow->op);
	disown(&flow->following);
	flow->called_off = flow->wanted;
	unlist(lma, flow->wanted, flow);
	flow->wanted = NULL;
	pmip__flow_cache_touch(&lma->flows, flow);
}

static void end(struct pmip_lma *lma, struct pmip__flow *flow)
{
	call_off(lma, flow);
	unlist(lma, flow->over, flow);
	pmip__flow_cache_end(&lma->flows, flow);
	pmip__lma_store_flow(lma, flow);
}

static int end_by_id(struct pmip_lma *lma, uint32_t id, bool idle, struct pmip_now now)
{
	struct pmip__flow *flow = pmip__flow_cache_by_id(&lma->flows, id);
	int err = flow ? pmip__lma_enter(lma, now) : 0;

	if (!flow || err)
		return err;
	flow->idle |= idle;
	lma->counters[PMIP_LMA_FLOWS_IDLE] += idle;
	end(lma, flow);
	return 0;
}

/* FMP-7. */
int pmip_lma_del_flow(struct pmip_lma *lma, uint32_t id, struct pmip_now now)
{
	return end_by_id(lma, id, false, now);
}

/* FMP-10a. */
int pmip_lma_expire_flow(struct pmip_lma *lma, uint32_t id, struct pmip_now now)
{
	return end_by_id(lma, id, true, now);
}

/* Whether the attachment that a flow was moved to has gone to another tunnel; while that is not certain, the flow waits with it. FLO-11. */
static bool is_left_behind(const struct pmip__flow *flow)
{
	return flow->over && !flow->over->txn && flow->tunnel != flow->over->reg.tunnel;
}

/* Where it is was told before. */
static void followed(struct pmip_lma *lma, struct move *move, int err)
{
	if (move->flow) {
		move->flow->following = NULL;
		set_unsure(move->flow, err != 0);
	}
	pmip__mem_free(&lma->mem, move);
}

static void moved(struct pmip_lma *lma, struct move *move, int err)
{
	struct pmip__flow *flow = move->flow;
	const struct pmip__tunnel *old = flow ? pmip__flow_session(flow)->reg.tunnel : NULL;
	struct pmip__tunnel *not_used = move->tunnel;
	struct pmip_gre gre;

	if (flow && !err) {
		not_used = flow->tunnel;
		flow->tunnel = move->tunnel;
		flow->unsure = false;
		unlist(lma, flow->over, flow);
		flow->over = flow->wanted == flow->anchor ? NULL : flow->wanted;
		pmip__lma_store_flow(lma, flow);
		lma->counters[PMIP_LMA_FLOWS_MOVED]++;
	}
	if (flow) {
		if (err)
			unlist(lma, flow->wanted, flow);
		flow->op = NULL;
		flow->wanted = NULL;
		notify(lma, err ? PMIP_EVENT_FLOW_MOVE_FAILED : PMIP_EVENT_FLOW_MOVED, flow, err ? NULL : old, err);
		gre = gre_for(pmip__flow_session(flow));
		if (is_left_behind(flow) || (!err && move->tunnel && !pmip__gre_equal(&gre, &move->gre)))
			pmip__flow_cache_touch(&lma->flows, flow);
	}
	pmip__mem_free(&lma->mem, move);
	pmip__lma_put_tunnel(lma, not_used);
}

void pmip__lma_flow_completed(struct pmip_lma *lma, struct pmip__op *op, int err)
{
	struct move *move = PMIP__CONTAINER(op, struct move, op);

	if (move->follows)
		followed(lma, move, err);
	else
		moved(lma, move, err);
}

void pmip__lma_flow_abandon(struct pmip_lma *lma, struct pmip__op *op)
{
	pmip__mem_free(&lma->mem, PMIP__CONTAINER(op, struct move, op));
}

void pmip__lma_flows_follow(struct pmip_lma *lma, const struct pmip__session *session)
{
	const struct pmip__flow_owner *owner = pmip__flow_cache_owner(&lma->flows, session->mn);

	for (const struct pmip__list *link = owner ? owner->flows.next : NULL; owner && link != &owner->flows; link = link->next)
		if (pmip__flow_session(flow_of(link)) == session)
			pmip__flow_cache_touch(&lma->flows, flow_of(link));
}

/* LMA-23. */
void pmip__lma_flows_make_sure(struct pmip_lma *lma, const struct pmip__session *session)
{
	struct pmip__flow_owner *owner = pmip__flow_cache_owner(&lma->flows, session->mn);
	bool others = false;

	if (!owner || !owner->unsure)
		return;
	for (const struct pmip__list *link = owner->flows.next; link != &owner->flows; link = link->next) {
		struct pmip__flow *flow = flow_of(link);

		if (flow->unsure && pmip__flow_session(flow) == session && !flow->wanted) /* else the move may set it */
			pmip__flow_cache_touch(&lma->flows, flow);
		else
			others = others || flow->unsure;
	}
	owner->unsure = others;
}

/* Its MAG will not have the prefixes that the mobile node has elsewhere now. */
static bool is_refused(const struct pmip__session *session)
{
	return session->refused == session->mn->epoch;
}

void pmip__lma_flows_told(struct pmip_lma *lma, const struct pmip__session *session)
{
	const struct pmip__flow_owner *owner = pmip__flow_cache_owner(&lma->flows, session->mn);

	for (const struct pmip__list *link = owner ? owner->flows.next : NULL; owner && link != &owner->flows; link = link->next) {
		struct pmip__flow *flow = flow_of(link);

		if ((flow->wanted == session && !flow->op) || (flow->over == session && !session->epoch && is_refused(session)))
			pmip__flow_cache_touch(&lma->flows, flow);
	}
}

/* FLO-9, FLO-11, PAP-16. */
static void leave(struct pmip_lma *lma, struct pmip__flow *flow, const struct pmip__session *session, struct pmip__session *heir)
{
	if (flow->anchor == session && (!heir || (pmip_addr_is_ipv4_mapped(&flow->flow.dst) && !pmip__session_shares_ipv4(heir)))) {
		end(lma, flow);
		return;
	}
	if (flow->anchor != session && flow->over != session && flow->wanted != session)
		return;
	call_off(lma, flow);
	if (flow->anchor == session)
		flow->anchor = heir;
	if (flow->over && (flow->over == session || flow->over == heir)) {
		flow->over = NULL;
		pmip__lma_store_flow(lma, flow);
	}
}

void pmip__lma_flows_leave(struct pmip_lma *lma, const struct pmip__session *session, struct pmip__session *heir)
{
	struct pmip__flow_owner *owner = pmip__flow_cache_owner(&lma->flows, session->mn);
	struct pmip__list *next;

	if (!owner)
		return;
	for (struct pmip__list *link = owner->flows.next; link != &owner->flows; link = next) {
		bool is_last = link->next == &owner->flows;

		next = link->next;
		leave(lma, flow_of(link), session, heir);
		if (is_last) /* the owner may have gone with its last flow */
			return;
	}
}

/* V4-15. */
void pmip__lma_flows_leave_ipv4(struct pmip_lma *lma, const struct pmip__session *session)
{
	const struct pmip__flow_owner *owner = pmip__flow_cache_owner(&lma->flows, session->mn);

	for (const struct pmip__list *link = owner ? owner->flows.next : NULL; owner && link != &owner->flows; link = link->next)
		if (flow_of(link)->anchor != session && pmip_addr_is_ipv4_mapped(&flow_of(link)->flow.dst))
			leave(lma, flow_of(link), session, NULL);
}

/* FLO-11. */
void pmip__lma_flows_end_at(struct pmip_lma *lma, const struct pmip__session *session, const struct pmip_prefix *gone)
{
	struct pmip__flow_owner *owner = pmip__flow_cache_owner(&lma->flows, session->mn);
	struct pmip__list *next;
	bool is_last = !owner;

	for (struct pmip__list *link = owner ? owner->flows.next : NULL; !is_last; link = next) {
		struct pmip__flow *flow = flow_of(link);

		next = link->next;
		is_last = next == &owner->flows; /* and the owner may go with it */
		if (flow->anchor == session && pmip_prefix_contains(gone, &flow->flow.dst))
			end(lma, flow);
	}
}

static void fail(struct pmip_lma *lma, struct pmip__flow *flow, const struct pmip__session *to)
{
	struct pmip_event event = event_of(PMIP_EVENT_FLOW_MOVE_FAILED, flow);

	event.err = PMIP_ERR_NO_PATH;
	event.status = to && is_refused(to) ? to->refusal : 0; /* of this request, not of one before */
	event.rule = !to ? "the attachment it was to go to is there no more" : event.status ? "the MAG refuses the flow's prefix"
											   : "the MAG does not say that it has the flow's prefix";
	event.ref = "RFC 7864 3.2.2";
	pmip__lma_notify(lma, &event);
}

/* A move waits for what the MAG says to which it leads: false = it still does. FLO-3, FLO-7. */
static bool go_on(struct pmip_lma *lma, struct pmip__flow *flow)
{
	struct pmip__session *to = flow->wanted;
	int err;

	if (to->txn || to->telling)
		return false;
	if (is_refused(to))
		err = PMIP_ERR_NO_PATH;
	else if (carries(lma, to, flow))
		err = begin_move(lma, flow, to);
	else if (!may_carry(lma, to, flow))
		err = PMIP_ERR_NO_PATH;
	else
		err = pmip__lma_fmi_tell(lma, to);
	if (err == PMIP_ERR_NOMEM) {
		pmip__flow_cache_touch(&lma->flows, flow);
	} else if (err) {
		flow->wanted = NULL;
		fail(lma, flow, to);
	}
	return true;
}

/* A flow has gone along to a MAG that has not said that it has its prefix: that is asked, and if it has not, the flow comes back. */
static void make_sure(struct pmip_lma *lma, struct pmip__flow *flow)
{
	struct pmip__session *over = flow->over;

	if (!over || over->epoch || over->set == flow->anchor->set || over->txn)
		return;
	if (is_refused(over) || pmip__lma_fmi_tell(lma, over) == PMIP_ERR_NO_PATH) {
		flow->over = NULL;
		pmip__lma_store_flow(lma, flow);
	}
}

/* Whether there was anything to do. */
static bool follow(struct pmip_lma *lma, struct pmip__flow *flow)
{
	struct pmip__tunnel *old = flow->tunnel;
	bool waits = flow->wanted && !flow->op, done = !flow->op;

	if (waits)
		done = go_on(lma, flow);
	if (flow->op || (waits && !is_left_behind(flow))) /* what comes of the move decides where it is to go */
		return done;
	if (flow->owner) {
		make_sure(lma, flow);
		flow->tunnel = tunnel_for(flow, flow->over);
		set_following(lma, flow);
		if (flow->called_off)
			fail(lma, flow, NULL);
		else
			notify(lma, PMIP_EVENT_FLOW_MOVED, flow, NULL, 0);
		flow->called_off = false;
	} else {
		pmip__lma_op_untracked(lma, (struct pmip_datapath_op){.kind = PMIP_DATAPATH_FLOW_CLEAR, .flow = flow->flow});
		notify(lma, PMIP_EVENT_FLOW_REMOVED, flow, NULL, 0);
		assert(pmip__list_empty(&flow->unstored)); /* it has ended before, and what is to be stored goes first */
		pmip__mem_free(&lma->mem, flow);
	}
	pmip__lma_put_tunnel(lma, old);
	return true;
}

/* Those with nothing to do are not counted: nobody would ask for the others, when nothing has come of these. */
void pmip__lma_flows_settle(struct pmip_lma *lma)
{
	unsigned int count = 0;

	while (count < FOLLOW_AT_ONCE && !pmip__list_empty(&lma->flows.changed) && !pmip__lma_reserve(lma))
		count += follow(lma, pmip__flow_cache_next_changed(&lma->flows));
}

int pmip__lma_flow_put_back(struct pmip_lma *lma, struct pmip__session *anchor, struct pmip__session *over,
			    const struct pmip__flow_record *record)
{
	struct pmip__flow *flow;

	if (lma->flows.by_id.count >= lma->config.max_flows)
		return PMIP_ERR_FULL;
	flow = pmip__flow_cache_add(&lma->flows, anchor, &record->flow);
	if (!flow)
		return PMIP_ERR_NOMEM;
	pmip__flow_cache_renumber(&lma->flows, flow, record->id);
	flow->fid = record->fid;
	if (flow->fid > flow->owner->last_fid)
		flow->owner->last_fid = flow->fid;
	flow->over = over;
	flow->stored = true;
	flow->tunnel = tunnel_for(flow, over);
	set_unsure(flow, true);
	pmip__lma_op_untracked(lma, steer(flow, over, flow->tunnel));
	return 0;
}
