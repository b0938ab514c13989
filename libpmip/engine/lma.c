/* SPDX-License-Identifier: BSD-2-Clause */
/* The LMA engine's doors: the four calls, completions, timers, shutdown. */
#include "engine/lma.h"

#include "base/mem.h"

/* An operation whose result only counts has this bit in its id. */
#define UNTRACKED 0x80000000u

static bool equal_op(const void *entry, const void *key)
{
	return ((const struct pmip__op *)entry)->id == *(const uint32_t *)key;
}

static int configure_heartbeat(struct pmip_lma *lma, const struct pmip_lma_config *config)
{
	return pmip__heartbeat_configure(&lma->heartbeat, &config->heartbeat, &config->mags.addrs, &config->address, lma->last_us);
}

int pmip_lma_new(struct pmip_lma **lma, const struct pmip_lma_config *config, const struct pmip_mem *mem, const uint8_t hash_key[16])
{
	struct pmip_mem use = pmip__mem_resolve(mem);
	struct pmip_lma *made = pmip__mem_alloc(&use, sizeof(*made));
	int err;

	if (!made)
		return PMIP_ERR_NOMEM;
	made->mem = use;
	pmip__binding_cache_init(&made->cache, &use, hash_key);
	pmip__flow_cache_init(&made->flows, &use, &made->cache.key);
	pmip__timerq_init(&made->timers, &use);
	pmip__action_queue_init(&made->actions, &use);
	pmip__htable_init(&made->ops, &use, equal_op);
	pmip__heartbeat_init(&made->heartbeat, &use, &made->actions, &made->counters[PMIP_LMA_HEARTBEAT_SENT]);
	pmip__outstanding_init(&made->revocations, &use, 0);
	/* UPN-1: what sequence numbers begin with is as random as the key. */
	pmip__outstanding_init(&made->updates, &use, (uint16_t)pmip__hash(&made->cache.key, "UPN", 3));
	pmip__lma_redirect_init(made);
	/* A MAG that knows groups of an LMA before must not meet the same here. */
	made->last_group = (uint32_t)pmip__hash(&made->cache.key, "BLK", 3);
	err = pmip__lma_config_copy(&made->config, config, &use);
	if (err)
		goto free;
	err = pmip__lma_store_init(made);
	if (err)
		goto fini_config;
	err = pmip__lma_pools_new(&made->pools, &made->config, &use, &made->cache);
	if (err)
		goto fini_config;
	err = configure_heartbeat(made, &made->config);
	if (!err)
		err = pmip__lma_static_tunnels_make(made, &made->config);
	if (err)
		goto free_pools;
	pmip__heartbeat_start(&made->heartbeat);
	*lma = made;
	return 0;
free_pools:
	pmip__action_queue_fini(&made->actions);
	pmip__binding_cache_fini(&made->cache);
	pmip__heartbeat_fini(&made->heartbeat);
	pmip__lma_pools_free(made->pools, made->config.pool_count, &use);
fini_config:
	pmip__lma_config_fini(&made->config);
	pmip__mem_free(&use, made->store);
free:
	pmip__mem_free(&use, made);
	return err;
}

/* Forget a registration in progress without finishing it. */
static void abandon(struct pmip_lma *lma, struct pmip__txn *txn)
{
	for (size_t i = 0; i < sizeof(txn->ops) / sizeof(txn->ops[0]); i++)
		if (txn->ops[i].id)
			pmip__htable_remove(&lma->ops, pmip__htable_number(txn->ops[i].id), &txn->ops[i]);
	txn->session->txn = NULL;
	pmip__mem_free(&lma->mem, txn);
}

static struct pmip__session *any_session(const struct pmip_lma *lma, size_t *cursor)
{
	struct pmip__hnp *hnp = pmip__htable_any(&lma->cache.prefixes, cursor);

	return hnp ? pmip__binding_cache_owner(hnp) : NULL;
}

void pmip_lma_free(struct pmip_lma *lma)
{
	struct pmip_mem mem;
	size_t cursor = 0;
	struct pmip__op *op;

	if (!lma)
		return;
	mem = lma->mem;
	pmip__lma_update_free_all(lma);
	while ((op = pmip__htable_any(&lma->ops, &cursor))) {
		if (op->txn) {
			abandon(lma, op->txn);
		} else if (op->move) {
			pmip__lma_bulk_move_abandon(lma, op->move);
		} else {
			pmip__htable_remove(&lma->ops, pmip__htable_number(op->id), op);
			pmip__lma_flow_abandon(lma, op);
		}
	}
	pmip__lma_hold_free_all(lma);
	pmip__flow_cache_fini(&lma->flows);
	pmip__binding_cache_fini(&lma->cache);
	pmip__lma_redirect_fini(lma);
	pmip__lma_pools_free(lma->pools, lma->config.pool_count, &mem);
	pmip__lma_config_fini(&lma->config);
	pmip__timerq_fini(&lma->timers);
	pmip__heartbeat_fini(&lma->heartbeat);
	pmip__outstanding_fini(&lma->revocations);
	pmip__outstanding_fini(&lma->updates);
	pmip__action_queue_fini(&lma->actions);
	pmip__htable_fini(&lma->ops);
	pmip__mem_free(&mem, lma->store);
	pmip__mem_free(&mem, lma);
}

/* 0, or PMIP_ERR_CONFIG or _NOMEM with nothing changed. */
static int put_in_force(struct pmip_lma *lma, struct pmip_lma_config *config)
{
	int err = pmip__lma_static_tunnels_make(lma, config);

	if (err)
		return err;
	err = configure_heartbeat(lma, config);
	pmip__lma_static_tunnels_end(lma, err ? config : &lma->config);
	return err;
}

int pmip_lma_reconfigure(struct pmip_lma *lma, const struct pmip_lma_config *config)
{
	struct pmip_lma_config copy;
	struct pmip__prefix_pool *pools;
	int err = pmip__lma_config_copy(&copy, config, &lma->mem);

	if (err)
		return err;
	err = pmip__lma_pools_new(&pools, &copy, &lma->mem, &lma->cache);
	if (!err) {
		err = put_in_force(lma, &copy);
		if (err)
			pmip__lma_pools_free(pools, copy.pool_count, &lma->mem);
	}
	if (err) {
		pmip__lma_config_fini(&copy);
		return err;
	}
	pmip__lma_pools_free(lma->pools, lma->config.pool_count, &lma->mem);
	pmip__lma_redirect_inherit(&copy, &lma->config);
	pmip__lma_redirect_anew(lma);
	pmip__lma_config_fini(&lma->config);
	lma->config = copy;
	lma->pools = pools;
	pmip__lma_renumberings_keep(lma);
	return 0;
}

int pmip__lma_reserve(struct pmip_lma *lma)
{
	return pmip__action_queue_reserve(&lma->actions, PMIP__LMA_STEP_ACTIONS, PMIP__LMA_STEP_OCTETS);
}

int pmip__lma_enter(struct pmip_lma *lma, struct pmip_now now)
{
	int err;

	if (now.mono_us < lma->last_us)
		return PMIP_ERR_TIME;
	err = pmip__lma_reserve(lma);
	if (err)
		return err;
	lma->last_us = now.mono_us;
	lma->wall_offset_us = now.wall_us - now.mono_us;
	return 0;
}

void pmip__lma_notify(struct pmip_lma *lma, const struct pmip_event *event)
{
	struct pmip_action action = {.type = PMIP_ACTION_NOTIFY, .u.event = *event};

	pmip__action_queue_push(&lma->actions, &action);
}

struct pmip_event pmip__lma_session_event(enum pmip_event_type type, const struct pmip__session *session)
{
	struct pmip__path path = pmip__session_path(session);
	struct pmip_event event = {
		.type = type,
		.mn_id = session->mn->mn_id,
		.peer = session->reg.tunnel->remote,
		.tunnel = session->reg.tunnel->id,
		.att = path.bid ? path.att : session->reg.att,
		.shares = pmip__lma_is_sharing(session),
		.ll_id = session->reg.ll_id,
		.lifetime_s = session->reg.lifetime_s,
		.ipv4 = pmip__lma_ipv4_of(session),
	};
	const struct pmip__session *anchor = pmip__binding_cache_anchor(session);

	for (; event.prefix_count < anchor->hnp_count; event.prefix_count++)
		event.prefix[event.prefix_count] = anchor->hnp[event.prefix_count].prefix;
	return event;
}

static void push_op(struct pmip_lma *lma, struct pmip_datapath_op op, uint32_t flag)
{
	struct pmip_action action = {.type = PMIP_ACTION_DATAPATH, .u.datapath = op};

	action.u.datapath.id = lma->last_op | flag;
	pmip__action_queue_push(&lma->actions, &action);
}

static void next_op(struct pmip_lma *lma)
{
	lma->last_op = (lma->last_op + 1) & ~UNTRACKED;
	if (!lma->last_op)
		lma->last_op = 1;
}

void pmip__lma_op_untracked(struct pmip_lma *lma, struct pmip_datapath_op op)
{
	next_op(lma);
	push_op(lma, op, UNTRACKED);
}

static void open_id(struct pmip_lma *lma, struct pmip__op *open)
{
	do
		next_op(lma);
	while (pmip__htable_find(&lma->ops, pmip__htable_number(lma->last_op), &lma->last_op));
	open->id = lma->last_op;
	pmip__htable_insert(&lma->ops, pmip__htable_number(open->id), open);
}

void pmip__lma_op_open(struct pmip_lma *lma, struct pmip__op *open, struct pmip_datapath_op op)
{
	open_id(lma, open);
	push_op(lma, op, 0);
}

void pmip__lma_op_store(struct pmip_lma *lma, struct pmip__txn *txn)
{
	struct pmip__op *open = &txn->ops[txn->open++];

	open->txn = txn;
	open_id(lma, open);
	txn->store_id = open->id;
	pmip__binding_cache_unstored(&lma->cache, txn->session->mn);
}

void pmip__lma_op(struct pmip_lma *lma, struct pmip__txn *txn, struct pmip_datapath_op op)
{
	struct pmip__op *open = &txn->ops[txn->open++];

	open->txn = txn;
	pmip__lma_op_open(lma, open, op);
}

void pmip__lma_tolerated(struct pmip_lma *lma, const struct pmip_addr *mag, uint32_t used)
{
	pmip__tolerance_used(&lma->heartbeat, mag, used, &lma->counters[PMIP_LMA_TOLERATED_ATT_ZERO], PMIP_TOLERATE_ATT_ZERO, lma->last_us);
}

static int dispatch(struct pmip_lma *lma, struct pmip__request *request, const struct pmip_mh *mh)
{
	const struct pmip_dgram *dgram = request->dgram;
	int err;

	switch (mh->type) {
	case PMIP_MH_HEARTBEAT:
	case PMIP_MH_BE:
		pmip__lma_heartbeat(lma, request, mh);
		return 0;
	case PMIP_MH_REVOCATION:
		return pmip__lma_revocation(lma, dgram, mh);
	case PMIP_MH_UPA:
		pmip__lma_upa(lma, dgram, mh);
		return 0;
	case PMIP_MH_BA:
		return pmip__lma_redirect_answer(lma, dgram, mh, request->now);
	case PMIP_MH_BU:
		lma->counters[PMIP_LMA_PBU]++;
		err = pmip__lma_request(lma, request, mh);
		if (!err)
			pmip__heartbeat_wake(&lma->heartbeat, &request->proxy_coa, &dgram->dst, request->now.mono_us);
		return err;
	default:
		pmip__lma_ignore(lma, request, "not a message for an LMA", "RFC 5213 5.3");
		return 0;
	}
}

/* GEN-1, GEN-2, GEN-5, LMA-2. */
int pmip_lma_input(struct pmip_lma *lma, const struct pmip_dgram *dgram, struct pmip_now now)
{
	struct pmip__request request = {.dgram = dgram, .now = now, .may_wait = true};
	struct pmip_diag diag = {0};
	struct pmip_mh mh;
	int err = pmip__lma_enter(lma, now);

	if (err)
		return err;
	lma->counters[PMIP_LMA_RECEIVED]++;
	request.rule = pmip__lma_config_rule(&lma->config, &dgram->src);
	err = pmip__decode(&mh, dgram, request.rule, &request.tolerated, &diag);
	if (err) {
		lma->counters[err == PMIP_ERR_CHECKSUM	      ? PMIP_LMA_BAD_CHECKSUM
			      : err == PMIP_ERR_TYPE_UNKNOWN ? PMIP_LMA_UNKNOWN_TYPE
							     : PMIP_LMA_MALFORMED]++;
		pmip__input_error(&lma->input, &lma->actions, dgram, err, &diag, now.mono_us);
		return 0;
	}
	err = dispatch(lma, &request, &mh);
	if (!err && request.tolerated)
		pmip__lma_tolerated(lma, &dgram->src, request.tolerated);
	return err;
}

uint64_t pmip_lma_next_deadline(const struct pmip_lma *lma)
{
	uint64_t at_us = pmip__timerq_next(&lma->timers), heartbeat_us = pmip__heartbeat_next(&lma->heartbeat),
		 revocation_us = pmip__timerq_next(&lma->revocations.timers), update_us = pmip__timerq_next(&lma->updates.timers),
		 redirect_us = pmip__timerq_next(&lma->redirection.forwarded.timers);

	at_us = at_us < heartbeat_us ? at_us : heartbeat_us;
	at_us = at_us < revocation_us ? at_us : revocation_us;
	at_us = at_us < redirect_us ? at_us : redirect_us;
	return at_us < update_us ? at_us : update_us;
}

/* DER-5, DER-7. */
static int expire(struct pmip_lma *lma, struct pmip__session *session)
{
	if (session->txn) { /* what comes of that sets it anew */
		pmip__timerq_set(&lma->timers, &session->timer, PMIP_TIME_NONE);
		return 0;
	}
	if (session->state == PMIP_BINDING_DELETE_WAIT) {
		pmip__lma_remove(lma, session, "de-registered", "RFC 5213 5.3.5");
	} else if (session->replaced) {
		pmip__lma_remove(lma, session, "another path has taken its place", "RFC 8278 4.1");
	} else {
		lma->counters[PMIP_LMA_EXPIRED]++;
		if (session->lost)
			pmip__lma_remove(lma, session, "its MAG has restarted and not registered it again", "RFC 5847 3.2");
		else
			pmip__lma_remove(lma, session, "lifetime ended", "RFC 6275 10.3.1");
	}
	return 0;
}

int pmip_lma_handle_timeout(struct pmip_lma *lma, struct pmip_now now)
{
	struct pmip__timer *timer;
	struct pmip__peer *peer;
	int err = pmip__lma_enter(lma, now);

	while (!err && (timer = pmip__timerq_due(&lma->timers, now.mono_us))) {
		if (timer->kind == PMIP__TIMER_SESSION)
			err = expire(lma, PMIP__CONTAINER(timer, struct pmip__session, timer));
		else
			err = pmip__lma_hold_timeout(lma, PMIP__CONTAINER(timer, struct pmip__held, timer), now);
		if (!err)
			err = pmip__lma_reserve(lma);
	}
	while (!err && (peer = pmip__heartbeat_due(&lma->heartbeat, now.mono_us))) {
		pmip__lma_heartbeat_timeout(lma, peer, now);
		err = pmip__lma_reserve(lma);
	}
	if (!err)
		err = pmip__lma_revocation_timeout(lma, now);
	if (!err)
		err = pmip__lma_redirect_timeout(lma, now);
	return err ? err : pmip__lma_update_timeout(lma, now);
}

int pmip_lma_next_action(struct pmip_lma *lma, struct pmip_action *action)
{
	if (pmip__lma_store_next(lma, action) || pmip__action_queue_next(&lma->actions, action))
		return 1;
	pmip__lma_flows_settle(lma);
	pmip__lma_fmi_settle(lma);
	return pmip__lma_store_next(lma, action) || pmip__action_queue_next(&lma->actions, action);
}

static void notify_failure(struct pmip_lma *lma, int err, bool of_store)
{
	struct pmip_event event = {.type = of_store ? PMIP_EVENT_STORE_FAILED : PMIP_EVENT_DATAPATH_FAILED, .err = err};

	lma->counters[of_store ? PMIP_LMA_STORE_FAILED : PMIP_LMA_DATAPATH_FAILED]++;
	pmip__lma_notify(lma, &event);
}

int pmip_lma_complete(struct pmip_lma *lma, uint32_t id, int err, struct pmip_now now)
{
	struct pmip__op *op = NULL;
	struct pmip__txn *txn;
	struct pmip__mn *waiting;
	bool of_store;
	int failed = pmip__lma_enter(lma, now);

	if (failed)
		return failed;
	if (!(id & UNTRACKED)) {
		op = pmip__htable_find(&lma->ops, pmip__htable_number(id), &id);
		if (!op)
			return PMIP_ERR_NOENT;
	}
	if (op && op->move && pmip__lma_bulk_moved_reserve(lma, op->move))
		return PMIP_ERR_NOMEM;
	txn = op ? op->txn : NULL;
	of_store = txn && txn->store_id == id;
	if (err)
		notify_failure(lma, err, of_store);
	if (!op)
		return 0;
	pmip__htable_remove(&lma->ops, pmip__htable_number(id), op);
	op->id = 0;
	if (!txn) {
		if (op->renumbering)
			pmip__lma_renumbering_completed(lma, op->renumbering, err, now);
		else if (op->move)
			pmip__lma_bulk_moved(lma, op->move, err, now);
		else
			pmip__lma_flow_completed(lma, op, err);
		return 0;
	}
	if (err && !txn->err) {
		txn->err = err;
		txn->store_failed = of_store;
	}
	if (--txn->open)
		return 0;
	waiting = pmip__lma_register_finish(lma, txn, now);
	if (waiting)
		pmip__lma_hold_release(lma, waiting, now);
	return 0;
}

int pmip_lma_shutdown(struct pmip_lma *lma, struct pmip_now now)
{
	struct pmip__session *session;
	size_t cursor = 0;
	int err = pmip__lma_enter(lma, now);

	pmip__lma_hold_free_all(lma);
	if (!err)
		err = pmip__lma_revocation_drop_all(lma);
	if (!err)
		err = pmip__lma_update_drop_all(lma);
	if (!err)
		err = pmip__lma_reserve_more(lma, lma->config.mags.addrs.count, 0);
	if (!err)
		pmip__lma_static_tunnels_end(lma, &lma->config);
	pmip__lma_redirect_drop_all(lma);
	while (!err && (session = any_session(lma, &cursor))) {
		struct pmip__tunnel *old = session->txn ? session->txn->old.tunnel : NULL;

		if (session->txn)
			abandon(lma, session->txn);
		pmip__lma_remove(lma, session, "the LMA is shutting down", NULL);
		pmip__lma_put_tunnel(lma, old);
		err = pmip__lma_reserve(lma);
	}
	return err;
}
