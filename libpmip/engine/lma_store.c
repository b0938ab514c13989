/* SPDX-License-Identifier: BSD-2-Clause */
/* What an LMA has stored of itself, so that another process goes on where this one was killed.
 *
 * What changes is listed, mobile nodes and flows that were moved, and written down as it is by then when the next action is asked for, before
 * anything else that there is to do: so whoever does the actions in order has stored what a message tells before it is sent. A registration is
 * written down as if it were accepted, and its PBA waits for that, as for its forwarding: when it comes to nothing, the record is put right. */
#include "engine/lma.h"

#include "base/mem.h"

#include <assert.h>
#include <string.h>

/* A record on its way out or in. */
struct pmip__lma_store {
	struct pmip__mn_record mn;
	uint8_t key[PMIP__RECORD_KEY_MAX];
	uint8_t value[PMIP__RECORD_VALUE_MAX];
};

_Static_assert(PMIP__RECORD_SESSIONS_MAX == PMIP__LMA_SESSIONS_MAX, "a record has room for all of them");

int pmip__lma_store_init(struct pmip_lma *lma)
{
	if (!lma->config.store)
		return 0;
	lma->store = pmip__mem_alloc(&lma->mem, sizeof(*lma->store));
	lma->cache.stores = lma->flows.stores = lma->store;
	return lma->store ? 0 : PMIP_ERR_NOMEM;
}

static struct pmip__session_record view(const struct pmip_lma *lma, const struct pmip__session *session)
{
	const struct pmip__registration *reg = &session->reg;
	const struct pmip__hnp *ipv4 = pmip__session_ipv4(session);
	const struct pmip__txn *txn = session->txn;
	struct pmip__session_record record = {
		.local = reg->tunnel->local,
		.remote = reg->tunnel->remote,
		.mag = reg->tunnel->mag,
		.tunnel = reg->tunnel->id,
		.expires_us = (txn ? lma->last_us + (uint64_t)reg->lifetime_s * 1000000 : session->timer.at_us) + lma->wall_offset_us,
		.received_us = reg->received_us,
		.lifetime_s = reg->lifetime_s,
		.lla = reg->lla,
		.ll_id = reg->ll_id,
		.fresh = reg->fresh,
		.state = txn ? PMIP_BINDING_ACTIVE : session->state,
		.att = reg->att,
		.hi = reg->hi,
		.set = session->set,
		.bid = session->bid,
		.hnp_count = txn && txn->drops_prefixes ? 0 : session->hnp_count,
		.gre = pmip__lma_gre_of(session),
		.path = pmip__session_path(session),
		.shares_ipv4 = pmip__session_shares_ipv4(session),
		.group = reg->bulk ? reg->tunnel->group : 0,
		.group_fresh = reg->bulk ? reg->tunnel->group_fresh : (struct pmip__freshness){0},
	};

	memcpy(record.hnp, session->hnp, record.hnp_count * sizeof(record.hnp[0]));
	if (ipv4 && !(txn && txn->drops_ipv4)) {
		record.ipv4 = *ipv4;
		record.ipv4_plen = session->extras->ipv4_plen;
		memcpy(record.ipv4_router, session->extras->ipv4_router, sizeof(record.ipv4_router));
	}
	return record;
}

/* The operation that a registration of the mobile node waits for; 0 = there is none, or it is under way. */
static uint32_t awaited(const struct pmip__mn *mn)
{
	for (const struct pmip__list *link = mn->sessions.next; link != &mn->sessions; link = link->next) {
		struct pmip__txn *txn = pmip__session_of_mn(link)->txn;

		if (!txn || !txn->store_id || txn->store_asked)
			continue;
		txn->store_asked = true;
		return txn->store_id;
	}
	return 0;
}

static void say(struct pmip_action *action, uint32_t id, const struct pmip__writer *key, const struct pmip__writer *value)
{
	assert(!key->err && !value->err);
	*action = (struct pmip_action){
		.type = PMIP_ACTION_STORE,
		.u.store = {.id = id, .key = {key->buf, key->len}, .value = {value->len ? value->buf : NULL, value->len}},
	};
}

static void next_mn(struct pmip_lma *lma, struct pmip__mn *mn, struct pmip__writer *key, struct pmip__writer *value)
{
	struct pmip__mn_record *record = &lma->store->mn;

	pmip__record_mn_key(key, &mn->mn_id);
	record->number = mn->number;
	record->count = 0;
	for (const struct pmip__list *link = mn->sessions.next; link != &mn->sessions; link = link->next)
		record->session[record->count++] = view(lma, pmip__session_of_mn(link));
	if (record->count)
		pmip__record_mn_write(value, record);
}

static void next_flow(struct pmip__flow *flow, struct pmip__writer *key, struct pmip__writer *value)
{
	struct pmip__flow_record record = {.flow = flow->flow, .id = flow->id, .fid = flow->fid};

	pmip__record_flow_key(key, &flow->flow);
	flow->stored = flow->over != NULL;
	if (!flow->over)
		return;
	record.bid = flow->over->bid;
	pmip__record_flow_write(value, &record);
}

bool pmip__lma_store_next(struct pmip_lma *lma, struct pmip_action *action)
{
	struct pmip__writer key, value;
	struct pmip__mn *mn;
	uint32_t id = 0;

	if (!lma->store)
		return false;
	mn = pmip__binding_cache_next_unstored(&lma->cache);
	pmip__writer_init(&key, lma->store->key, sizeof(lma->store->key));
	pmip__writer_init(&value, lma->store->value, sizeof(lma->store->value));
	if (mn) {
		id = awaited(mn);
		next_mn(lma, mn, &key, &value);
		pmip__binding_cache_mn_tidy(&lma->cache, mn);
	} else if (!pmip__list_empty(&lma->flows.unstored)) {
		struct pmip__flow *flow = PMIP__CONTAINER(lma->flows.unstored.next, struct pmip__flow, unstored);

		pmip__list_del(&flow->unstored);
		next_flow(flow, &key, &value);
	} else {
		return false;
	}
	say(action, id, &key, &value);
	return true;
}

/* The place of a flow is stored only where it is not that of its prefix. FLO-3. */
void pmip__lma_store_flow(struct pmip_lma *lma, struct pmip__flow *flow)
{
	if (flow->stored || flow->over)
		pmip__flow_cache_unstored(&lma->flows, flow);
}

/* Whether none of it is here already. */
static bool is_new(const struct pmip_lma *lma, const struct pmip__mn_record *record)
{
	const struct pmip__mn *mn = pmip__binding_cache_mn(&lma->cache, &record->mn_id);

	if (mn && !pmip__list_empty(&mn->sessions))
		return false;
	for (unsigned int i = 0; i < record->count; i++) {
		const struct pmip__session_record *session = &record->session[i];

		if (session->gre.recv.present && pmip__binding_cache_has_key(&lma->cache, session->gre.recv.value))
			return false;
		if (session->ipv4.prefix.len && pmip__binding_cache_by_prefix(&lma->cache, &session->ipv4.prefix))
			return false;
		for (unsigned int j = 0; j < session->hnp_count; j++)
			if (pmip__binding_cache_by_prefix(&lma->cache, &session->hnp[j].prefix))
				return false;
	}
	return true;
}

/* Who marks packets goes by the number of a tunnel, so it stays. Another tunnel that has got it in the meantime takes the one that this
 * one has; nobody has been told of that yet. */
static void keep_number(struct pmip_lma *lma, struct pmip__tunnel *tunnel, uint32_t id)
{
	struct pmip__tunnel *other;
	size_t cursor = 0;

	while (tunnel->id != id && (other = pmip__htable_next(&lma->cache.tunnels, &cursor)))
		if (other->id == id)
			other->id = tunnel->id;
	tunnel->id = id;
	if (id > lma->cache.last_tunnel)
		lma->cache.last_tunnel = id;
}

/* Most prefixes of a set: a session may take over those of another. */
static unsigned int room_for(const struct pmip__mn_record *record, uint8_t set)
{
	unsigned int room = 0;

	for (unsigned int i = 0; i < record->count; i++)
		if (record->session[i].set == set && record->session[i].hnp_count > room)
			room = record->session[i].hnp_count;
	return room;
}

static int put_back_extras(struct pmip_lma *lma, struct pmip__session *session, const struct pmip__session_record *record)
{
	int err = record->gre.in_use ? pmip__binding_cache_put_back_gre(&lma->cache, session, &record->gre) : 0;

	if (!err)
		err = pmip__binding_cache_set_path(&lma->cache, session, &record->path);
	if (!err)
		err = pmip__binding_cache_share_ipv4(&lma->cache, session, record->shares_ipv4);
	if (!err && record->ipv4.prefix.len)
		err = pmip__binding_cache_add_ipv4(&lma->cache, session, &record->ipv4, record->ipv4_plen, record->ipv4_router);
	return err;
}

/* Without effect outside the cache. */
static int put_back(struct pmip_lma *lma, struct pmip__mn *mn, const struct pmip__mn_record *all, const struct pmip__session_record *record)
{
	struct pmip__tunnel *tunnel = pmip__binding_cache_tunnel_get(&lma->cache, &record->local, &record->remote), ends;
	struct pmip__session *session = NULL;

	if (tunnel)
		session = pmip__binding_cache_put_back(&lma->cache, mn, record->set, record->bid, record->hnp, record->hnp_count,
						       room_for(all, record->set));
	if (!session) {
		if (tunnel)
			pmip__binding_cache_tunnel_put(&lma->cache, tunnel, &ends);
		return PMIP_ERR_NOMEM;
	}
	keep_number(lma, tunnel, record->tunnel);
	tunnel->mag = record->mag;
	session->timer.kind = PMIP__TIMER_SESSION;
	session->state = record->state;
	session->reg = (struct pmip__registration){
		.tunnel = tunnel,
		.ll_id = record->ll_id,
		.lla = record->lla,
		.att = record->att,
		.hi = record->hi,
		.lifetime_s = record->lifetime_s,
		.fresh = record->fresh,
		.received_us = record->received_us,
		.bulk = pmip__lma_bulk_put_back(tunnel, record->group, &record->group_fresh),
	};
	pmip__binding_cache_relink(session);
	return put_back_extras(lma, session, record);
}

static void take_back(struct pmip_lma *lma, struct pmip__mn *mn)
{
	struct pmip__tunnel *tunnel, ends;

	lma->cache.stores = false; /* its record is as right as before */
	mn->pins++;
	while (!pmip__list_empty(&mn->sessions)) {
		struct pmip__session *session = pmip__session_of_mn(mn->sessions.next);

		tunnel = session->reg.tunnel;
		pmip__binding_cache_remove(&lma->cache, session);
		pmip__binding_cache_tunnel_put(&lma->cache, tunnel, &ends);
	}
	mn->pins--;
	lma->cache.stores = true;
	pmip__binding_cache_mn_tidy(&lma->cache, mn);
}

static void take_from_pool(struct pmip_lma *lma, const struct pmip__hnp *hnp)
{
	struct pmip__prefix_pool *pool = hnp->from_pool ? pmip__lma_pool_of(lma, &hnp->prefix) : NULL;

	if (pool)
		pmip__prefix_pool_take(pool, &hnp->prefix);
}

/* A clock that has gone back does not lengthen a lifetime; what has ended meanwhile ends at once. */
static uint64_t deadline(const struct pmip__session_record *record, struct pmip_now now)
{
	uint64_t left_us = record->expires_us > now.wall_us ? record->expires_us - now.wall_us : 0;
	uint64_t most_us = (uint64_t)record->lifetime_s * 1000000;

	return now.mono_us + (left_us < most_us ? left_us : most_us);
}

/* The datapath is told all of it, so that it takes over what it has of a predecessor, and the session is unsure of that: its next PBU asks for
 * it again if it was refused. */
static void resume(struct pmip_lma *lma, struct pmip__session *session, const struct pmip__session_record *record, struct pmip_now now)
{
	struct pmip__tunnel *tunnel = session->reg.tunnel;
	struct pmip_datapath_op op = {.kind = PMIP_DATAPATH_BINDING_CLEAR};

	for (unsigned int i = 0; i < pmip__session_address_count(session); i++)
		take_from_pool(lma, pmip__session_address(session, i));
	pmip__timerq_set(&lma->timers, &session->timer, deadline(record, now));
	if (tunnel->sessions.next == &session->of_tunnel)
		pmip__lma_op_untracked(lma, (struct pmip_datapath_op){.kind = PMIP_DATAPATH_TUNNEL_ENSURE, .local = tunnel->local,
								      .remote = tunnel->remote});
	if (session->state != PMIP_BINDING_DELETE_WAIT)
		pmip__lma_put_forwarding(lma, session);
	for (unsigned int i = 0; session->state == PMIP_BINDING_DELETE_WAIT && i < pmip__session_address_count(session); i++) {
		op.prefix = pmip__session_address(session, i)->prefix;
		pmip__lma_op_untracked(lma, op);
	}
	pmip__heartbeat_wake(&lma->heartbeat, &tunnel->remote, &tunnel->local, now.mono_us);
}

static int restore_mn(struct pmip_lma *lma, const struct pmip_bytes *key, const struct pmip_bytes *value, struct pmip_now now)
{
	struct pmip__mn_record *record = &lma->store->mn;
	struct pmip__list *link;
	struct pmip__mn *mn;
	int err = pmip__record_mn_read(record, key, value);

	if (err)
		return err;
	if (!is_new(lma, record))
		return PMIP_ERR_EXIST;
	if (pmip__lma_reserve_more(lma, record->count * (size_t)PMIP__TXN_OPS, 0) ||
	    pmip__timerq_reserve(&lma->timers, lma->cache.count + lma->held_count + record->count))
		return PMIP_ERR_NOMEM;
	mn = pmip__binding_cache_mn_ensure(&lma->cache, &record->mn_id);
	for (unsigned int i = 0; mn && i < record->count && !err; i++)
		err = put_back(lma, mn, record, &record->session[i]);
	if (!mn || err) {
		if (mn)
			take_back(lma, mn);
		return PMIP_ERR_NOMEM;
	}
	mn->number = record->number;
	if (mn->number > lma->cache.last_number)
		lma->cache.last_number = mn->number;
	link = mn->sessions.next;
	for (unsigned int i = 0; i < record->count; i++, link = link->next)
		resume(lma, pmip__session_of_mn(link), &record->session[i], now);
	pmip__lma_follow_paths(lma, mn);
	if (record->count > 1)
		pmip__binding_cache_mn_touch(&lma->cache, mn);
	return 0;
}

static struct pmip__session *by_bid(const struct pmip__mn *mn, uint16_t bid)
{
	for (const struct pmip__list *link = mn->sessions.next; link != &mn->sessions; link = link->next)
		if (pmip__session_of_mn(link)->bid == bid)
			return pmip__session_of_mn(link);
	return NULL;
}

static int restore_flow(struct pmip_lma *lma, const struct pmip_bytes *key, const struct pmip_bytes *value)
{
	struct pmip__flow_record record;
	struct pmip__session *anchor, *over = NULL;
	int err = pmip__record_flow_read(&record, key, value);

	if (err)
		return err;
	anchor = pmip__binding_cache_by_addr(&lma->cache, &record.flow.dst);
	if (anchor)
		over = by_bid(anchor->mn, record.bid);
	if (!over || over == anchor || anchor->state != PMIP_BINDING_ACTIVE || over->state != PMIP_BINDING_ACTIVE)
		return PMIP_ERR_STALE;
	if (pmip__flow_cache_by_flow(&lma->flows, &record.flow) || pmip__flow_cache_by_id(&lma->flows, record.id))
		return PMIP_ERR_EXIST;
	return pmip__lma_flow_put_back(lma, anchor, over, &record);
}

int pmip_lma_restore(struct pmip_lma *lma, const struct pmip_bytes *key, const struct pmip_bytes *value, struct pmip_now now)
{
	int err = pmip__lma_enter(lma, now);

	if (err)
		return err;
	if (!lma->store)
		return PMIP_ERR_UNSUPPORTED;
	if (key->len && key->data[0] == PMIP__RECORD_MN)
		return restore_mn(lma, key, value, now);
	if (key->len && key->data[0] == PMIP__RECORD_FLOW)
		return restore_flow(lma, key, value);
	return PMIP_ERR_NOENT;
}
