/* SPDX-License-Identifier: BSD-2-Clause */
/* Sessions come, move, stay and go (RFC 5213 sections 5.3.2 to 5.3.5).
 *
 * A registration that changes forwarding is a transaction: 1. the session takes the new registration; 2. the operations are queued, the
 * new tunnel first, then each prefix, so that there is no moment without a route; 3. when the last result is in, either the PBA that
 * accepts leaves and the old tunnel is let go, or the session takes its old registration back and the PBA says 130. Meanwhile
 * further PBUs of the mobile node wait (lma_hold.c).
 *
 * Where nobody waits for an answer, the first attachment of prefixes having gone, another one having come, or a registration having failed,
 * forwarding is changed without one, and the session is unsure of it. Its next PBU is then such a transaction, too, although it may change
 * nothing.
 */
#include "engine/lma.h"

#include "base/mem.h"
#include "engine/gre.h"

#include <assert.h>

/* In the wire's unit of 4 seconds. LMA-24. */
uint32_t pmip__lma_grant(const struct pmip_lma *lma, uint32_t asked_s, const struct pmip_profile *profile)
{
	uint32_t lifetime_s = asked_s;

	if (lifetime_s > lma->config.max_lifetime_s)
		lifetime_s = lma->config.max_lifetime_s;
	if (profile && profile->lifetime_s && lifetime_s > profile->lifetime_s)
		lifetime_s = profile->lifetime_s;
	lifetime_s -= lifetime_s % 4;
	return lifetime_s ? lifetime_s : 4;
}

/* The link-local address of the MAG towards this mobile node: the one asked for, else the one it had, else one of our making.
 * PBA-6. */
static struct pmip_addr choose_lla(const struct pmip_lma *lma, const struct pmip__request *request,
				   const struct pmip_addr *old)
{
	const struct pmip_binding_options *options = &request->reply.options;

	if ((options->has & PMIP_HAS_LLA) && !pmip_addr_is_unspecified(&options->lla))
		return options->lla;
	if (old && !pmip_addr_is_unspecified(old))
		return *old;
	if (!(options->has & PMIP_HAS_LLA))
		return (struct pmip_addr){0};
	return pmip__hash_lla(&lma->cache.key, options->mn_id.id, options->mn_id.len);
}

/* LMA-22, LMA-32, ORD-5. */
static struct pmip__registration registration_of(struct pmip_lma *lma, const struct pmip__request *request,
						 struct pmip__tunnel *tunnel, const struct pmip__registration *old)
{
	const struct pmip_binding_options *options = &request->reply.options;
	struct pmip__registration reg = {
		.tunnel = tunnel,
		.ll_id = options->ll_id,
		.lla = choose_lla(lma, request, old ? &old->lla : NULL),
		.received_us = options->has & PMIP_HAS_TIMESTAMP ? request->now.wall_us : 0,
		.lifetime_s = pmip__lma_grant(lma, request->bu.lifetime_s, request->profile),
		.att = options->att,
		.hi = options->hi,
		.bulk = pmip__lma_bulk_join(lma, request, tunnel),
	};

	if (!pmip__lma_config_rule(&lma->config, &request->proxy_coa))
		tunnel->mag = request->dgram->src;
	if (old)
		reg.fresh = old->fresh;
	pmip__freshness_accept(&reg.fresh, pmip__lma_timestamp_of(request), request->bu.seq);
	return reg;
}

struct pmip_datapath_op pmip__lma_binding_op(const struct pmip__session *session)
{
	return (struct pmip_datapath_op){
		.kind = PMIP_DATAPATH_BINDING_SET,
		.local = session->reg.tunnel->local,
		.remote = session->reg.tunnel->remote,
		.group = session->mn->number,
		.gre = pmip__lma_gre_of(session),
	};
}

/* LMA-23, LMA-31. */
static void queue_forwarding(struct pmip_lma *lma, struct pmip__txn *txn)
{
	struct pmip__session *session = txn->session;
	struct pmip__tunnel *tunnel = session->reg.tunnel;
	struct pmip_datapath_op way = {.local = tunnel->local, .remote = tunnel->remote}, op = pmip__lma_binding_op(session);

	if (!tunnel->up) {
		way.kind = PMIP_DATAPATH_TUNNEL_ENSURE;
		pmip__lma_op(lma, txn, way);
	}
	if (session->has_path) {
		way.kind = PMIP_DATAPATH_PATH_SET;
		way.group = session->mn->number;
		pmip__lma_op(lma, txn, way);
	}
	for (unsigned int i = txn->drops_prefixes ? session->hnp_count : 0; i < pmip__session_address_count(session) - txn->drops_ipv4; i++) {
		op.prefix = pmip__session_address(session, i)->prefix;
		pmip__lma_op(lma, txn, op);
	}
	session->unsure = session->moved = false;
}

void pmip__lma_put_forwarding(struct pmip_lma *lma, struct pmip__session *session)
{
	struct pmip_datapath_op op = pmip__lma_binding_op(session);

	for (unsigned int i = 0; i < pmip__session_address_count(session); i++) {
		op.prefix = pmip__session_address(session, i)->prefix;
		pmip__lma_op_untracked(lma, op);
		session->unsure = true;
	}
}

void pmip__lma_repeat_forwarding(struct pmip_lma *lma, struct pmip__session *session)
{
	const struct pmip__tunnel *tunnel = session->reg.tunnel;

	if (!session->unsure)
		return;
	if (session->has_path)
		pmip__lma_op_untracked(lma, (struct pmip_datapath_op){.kind = PMIP_DATAPATH_PATH_SET, .group = session->mn->number,
								      .local = tunnel->local, .remote = tunnel->remote});
	pmip__lma_put_forwarding(lma, session);
}

/* DER-3. */
static void clear_forwarding(struct pmip_lma *lma, const struct pmip__session *session)
{
	struct pmip_datapath_op op = {.kind = PMIP_DATAPATH_BINDING_CLEAR};

	for (unsigned int i = 0; i < pmip__session_address_count(session); i++) {
		op.prefix = pmip__session_address(session, i)->prefix;
		pmip__lma_op_untracked(lma, op);
	}
}

static struct pmip__txn *txn_new(struct pmip_lma *lma, const struct pmip__request *request)
{
	struct pmip__txn *txn;

	if (pmip__htable_reserve(&lma->ops, PMIP__TXN_OPS + 1))
		return NULL;
	txn = pmip__mem_alloc(&lma->mem, sizeof(*txn));
	if (!txn)
		return NULL;
	txn->reply = request->reply;
	txn->replaces = request->replaces;
	txn->added_ipv4 = request->ipv4.add;
	txn->drops_ipv4 = request->ipv4.drop;
	return txn;
}

static void begin(struct pmip_lma *lma, struct pmip__txn *txn, struct pmip__session *session)
{
	txn->session = session;
	session->txn = txn;
	txn->reply.options.mn_id = session->mn->mn_id;
	if (txn->old.tunnel != session->reg.tunnel)
		pmip__binding_cache_relink(session);
	if (!txn->stays)
		queue_forwarding(lma, txn);
	if (lma->store)
		pmip__lma_op_store(lma, txn);
	assert(txn->open); /* each session has an address, or a path to those of another */
}

/* Why there is no room for one more, NULL = there is. */
static const char *is_full(struct pmip_lma *lma, const struct pmip__mn *mn)
{
	unsigned int count = 0;

	for (const struct pmip__list *link = mn ? mn->sessions.next : NULL; mn && link != &mn->sessions; link = link->next)
		count++;
	if (count >= PMIP__LMA_SESSIONS_MAX)
		return "the mobile node has as many attachments as one may have";
	if (lma->cache.count < lma->config.max_bindings)
		return NULL;
	lma->counters[PMIP_LMA_BINDINGS_FULL]++;
	return "there are as many bindings as max_bindings allows";
}

/* Nothing has been made of the request. */
static void refuse(struct pmip_lma *lma, const struct pmip__request *request, enum pmip_status status, const char *full)
{
	struct pmip__reply reply = request->reply;

	if (status == PMIP_STATUS_INSUFFICIENT_RESOURCES)
		reply.rule = full ? full : "the pools have no prefix left";
	pmip__lma_ipv4_give_back(lma, request);
	pmip__lma_reply_refuse(lma, &reply, status, request->now);
}

/* What had been set is as before. */
static void reset_extras(struct pmip_lma *lma, struct pmip__session *session, const struct pmip_gre *gre, const struct pmip__path *path,
			 bool shares_ipv4)
{
	if (session->extras) {
		session->extras->gre = *gre;
		session->extras->path = *path;
		session->extras->shares_ipv4 = shares_ipv4;
	}
	pmip__binding_cache_tidy_extras(&lma->cache, session);
}

/* 0, or PMIP_ERR_NOMEM with nothing changed. V4-3, V4-15, GRE-4, MPB-1. */
static int add_extras(struct pmip_lma *lma, const struct pmip__request *request, struct pmip__session *session)
{
	const struct pmip__ipv4_change *change = &request->ipv4;
	struct pmip_gre old_gre = pmip__lma_gre_of(session);
	struct pmip__path old_path = pmip__session_path(session);
	bool old_shares = pmip__session_shares_ipv4(session);
	int err = pmip__binding_cache_set_gre(&lma->cache, session, &request->gre);

	if (!err)
		err = pmip__binding_cache_set_path(&lma->cache, session, &request->path);
	if (!err)
		err = pmip__binding_cache_share_ipv4(&lma->cache, session, change->shares);
	if (!err && change->add)
		err = pmip__binding_cache_add_ipv4(&lma->cache, session, &change->hnp, change->plen, change->router);
	if (err)
		reset_extras(lma, session, &old_gre, &old_path, old_shares);
	return err;
}

/* Under the prefixes of another attachment routes stay as they are (RFC 7864 section 3.2.1). LMA-20, LMA-21, LMA-22, FLO-2, LKP-A5, PAP-5. */
int pmip__lma_register_new(struct pmip_lma *lma, const struct pmip__request *request, const struct pmip__session *anchor)
{
	struct pmip__hnp hnp[PMIP_HNP_MAX];
	unsigned int count = 0;
	enum pmip_status status = PMIP_STATUS_INSUFFICIENT_RESOURCES;
	struct pmip__session *session = NULL;
	struct pmip__tunnel *tunnel = NULL;
	struct pmip__txn *txn = NULL;
	struct pmip__mn *mn;
	const char *full;

	full = is_full(lma, pmip__binding_cache_mn(&lma->cache, &request->reply.options.mn_id));
	if (!full)
		status = anchor ? PMIP_STATUS_ACCEPTED : pmip__lma_prefixes_assign(lma, request, hnp, &count);
	if (status) {
		refuse(lma, request, status, full);
		return 0;
	}
	mn = pmip__binding_cache_mn_ensure(&lma->cache, &request->reply.options.mn_id);
	if (mn)
		txn = txn_new(lma, request);
	if (txn && !pmip__timerq_reserve(&lma->timers, lma->cache.count + lma->held_count + 1))
		tunnel = pmip__binding_cache_tunnel_get(&lma->cache, &request->dgram->dst, &request->proxy_coa);
	if (tunnel)
		session = anchor ? pmip__binding_cache_add_sharing(&lma->cache, anchor)
				 : pmip__binding_cache_add(&lma->cache, mn, hnp, count);
	if (!session || add_extras(lma, request, session)) {
		if (session)
			pmip__binding_cache_remove(&lma->cache, session);
		else if (mn)
			pmip__binding_cache_mn_tidy(&lma->cache, mn);
		pmip__lma_put_tunnel(lma, tunnel);
		pmip__mem_free(&lma->mem, txn);
		pmip__lma_prefixes_release(lma, hnp, count);
		pmip__lma_ipv4_give_back(lma, request);
		return PMIP_ERR_NOMEM;
	}
	session->timer.kind = PMIP__TIMER_SESSION;
	session->state = PMIP_BINDING_REGISTERING;
	session->has_path = anchor != NULL;
	session->reg = registration_of(lma, request, tunnel, NULL);
	begin(lma, txn, session);
	return 0;
}

void pmip__lma_start_lifetime(struct pmip_lma *lma, struct pmip__session *session, uint64_t now_us)
{
	session->state = PMIP_BINDING_ACTIVE;
	session->lost = session->replaced = false;
	session->revoking = PMIP__NOT_REVOKING; /* RFC 5846 section 8.1. REV-11. */
	pmip__timerq_set(&lma->timers, &session->timer, now_us + (uint64_t)session->reg.lifetime_s * 1000000);
}

/* Lifetime extension from the same MAG: nothing changes in the kernel (RFC 5213 section 5.3.3), and there is no store to wait for. LMA-30. */
static void refresh(struct pmip_lma *lma, const struct pmip__request *request, struct pmip__session *session)
{
	bool lost = session->lost;
	struct pmip_event event;

	if (request->ipv4.drop)
		pmip__lma_ipv4_drop(lma, session); /* V4-7 */
	pmip__binding_cache_tidy_extras(&lma->cache, session);
	session->reg = registration_of(lma, request, session->reg.tunnel, &session->reg);
	pmip__lma_start_lifetime(lma, session, request->now.mono_us);
	lma->counters[PMIP_LMA_REFRESHED]++;
	pmip__lma_reply_accept(lma, &request->reply, session, session->reg.lifetime_s);
	event = pmip__lma_session_event(PMIP_EVENT_BINDING_REFRESHED, session);
	pmip__lma_notify(lma, &event);
	if (lost)
		pmip__lma_flows_follow(lma, session); /* those of prefixes at other MAGs only where it has them again */
	pmip__lma_flows_make_sure(lma, session);
	pmip__lma_multipath_accepted(lma, session, &request->reply.options.multipath, request->replaces, request->now.mono_us);
}

static bool is_at(const struct pmip__session *session, const struct pmip__request *request)
{
	const struct pmip__tunnel *tunnel = session->reg.tunnel;

	return pmip_addr_equal(&tunnel->remote, &request->proxy_coa) && pmip_addr_equal(&tunnel->local, &request->dgram->dst);
}

/* After a handover a PBU that names no prefix is about the IPv4 home address alone, and the prefixes are released (RFC 5844 section
 * 3.1.2.4). Those that others share stay. V4-6. */
static bool releases_prefixes(const struct pmip__request *request, const struct pmip__session *session)
{
	bool has_ipv4 = request->ipv4.add || (pmip__session_ipv4(session) && !request->ipv4.drop);

	return !request->reply.options.hnp_count && session->hnp_count && has_ipv4 && !is_at(session, request) && !pmip__lma_is_sharing(session);
}

/* LMA-31, DER-4. */
int pmip__lma_register_update(struct pmip_lma *lma, const struct pmip__request *request, struct pmip__session *session)
{
	bool stays = session->state == PMIP_BINDING_ACTIVE && !session->unsure && is_at(session, request) && !request->ipv4.add &&
		     !pmip__lma_gre_changes(request, session);
	struct pmip__tunnel *tunnel = NULL;
	struct pmip__txn *txn;

	if (stays && !lma->store) {
		bool shared = pmip__session_shares_ipv4(session);

		/* The one needs the other's memory, and then has it. */
		if (pmip__binding_cache_share_ipv4(&lma->cache, session, request->ipv4.shares) ||
		    pmip__binding_cache_set_path(&lma->cache, session, &request->path))
			return PMIP_ERR_NOMEM;
		if (shared && !request->ipv4.shares)
			pmip__lma_flows_leave_ipv4(lma, session);
		refresh(lma, request, session);
		return 0;
	}
	txn = txn_new(lma, request);
	if (txn) {
		txn->stays = stays;
		txn->old_gre = pmip__lma_gre_of(session);
		txn->old_path = pmip__session_path(session);
		txn->old_shares_ipv4 = pmip__session_shares_ipv4(session);
		txn->drops_prefixes = releases_prefixes(request, session);
		tunnel = pmip__binding_cache_tunnel_get(&lma->cache, &request->dgram->dst, &request->proxy_coa);
	}
	if (!tunnel || add_extras(lma, request, session)) {
		pmip__lma_put_tunnel(lma, tunnel);
		pmip__mem_free(&lma->mem, txn);
		pmip__lma_ipv4_give_back(lma, request);
		return PMIP_ERR_NOMEM;
	}
	txn->old = session->reg;
	txn->old_state = session->state;
	txn->old_deadline_us = session->timer.at_us;
	session->revoking = PMIP__NOT_REVOKING; /* the MAG that was asked has no more to do with it (RFC 5846 section 8.1) */
	if (tunnel != session->reg.tunnel)
		pmip__lma_fmi_cancel(lma, session);
	session->reg = registration_of(lma, request, tunnel, &session->reg);
	begin(lma, txn, session);
	return 0;
}

/* Whether a de-registration names the IPv4 home address alone, while there are prefixes that stay (RFC 5844 section 3.1.2.5). */
static bool is_of_ipv4_only(const struct pmip__request *request, const struct pmip__session *session)
{
	return !request->reply.options.hnp_count && session->hnp_count && session->state == PMIP_BINDING_ACTIVE;
}

/* Whether it names the prefixes alone, while there is an IPv4 home address that stays. */
static bool is_of_prefixes_only(const struct pmip__request *request, const struct pmip__session *session)
{
	const struct pmip_binding_options *options = &request->reply.options;

	return options->hnp_count && !pmip_addr_is_unspecified(&options->hnp[0].prefix.addr) && !(options->has & PMIP_HAS_IPV4_REQUEST) &&
	       session->hnp_count && pmip__session_ipv4(session) && session->state == PMIP_BINDING_ACTIVE && !pmip__lma_is_sharing(session);
}

/* An IPv4 home address is left. */
static void release_prefixes(struct pmip_lma *lma, struct pmip__session *session)
{
	while (session->hnp_count) {
		struct pmip_prefix prefix = session->hnp[0].prefix;

		pmip__lma_revoke_prefix(lma, session, &prefix, NULL);
	}
}

/* V4-9. */
static void deregister_some(struct pmip_lma *lma, struct pmip__session *session, bool ipv4)
{
	struct pmip_event event;

	if (ipv4)
		pmip__lma_ipv4_drop(lma, session);
	else
		release_prefixes(lma, session);
	event = pmip__lma_session_event(PMIP_EVENT_BINDING_REFRESHED, session);
	pmip__lma_notify(lma, &event);
}

/* What shares its prefixes goes at once, for they are in use (PAP-9). DER-2, DER-3. */
void pmip__lma_release(struct pmip_lma *lma, struct pmip__session *session, uint64_t now_us)
{
	struct pmip_event event;

	lma->counters[PMIP_LMA_RELEASED]++;
	if (pmip__lma_is_sharing(session)) {
		pmip__lma_remove(lma, session, "de-registered, other attachments stay", "RFC 7864 3.2.1");
		return;
	}
	session->state = PMIP_BINDING_DELETE_WAIT;
	pmip__lma_fmi_cancel(lma, session);
	pmip__timerq_set(&lma->timers, &session->timer, now_us + (uint64_t)lma->config.min_delay_before_bce_delete_ms * 1000);
	clear_forwarding(lma, session);
	pmip__binding_cache_prefixes_changed(&lma->cache, session);
	pmip__lma_flows_leave(lma, session, NULL);
	if (session->has_path)
		pmip__lma_leave_path(lma, session, session->reg.tunnel);
	session->has_path = false;
	pmip__binding_cache_unstored(&lma->cache, session->mn);
	event = pmip__lma_session_event(PMIP_EVENT_BINDING_RELEASED, session);
	pmip__lma_notify(lma, &event);
}

/* RFC 5213 section 5.3.5. DER-1, DER-6. */
void pmip__lma_deregister(struct pmip_lma *lma, const struct pmip__request *request, struct pmip__session *session)
{
	const struct pmip_binding_options *options = &request->reply.options;
	bool ipv4_only = is_of_ipv4_only(request, session), prefixes_only = is_of_prefixes_only(request, session), sharing;

	if (!is_at(session, request)) {
		pmip__lma_ignore(lma, request, "de-registration by a MAG that the mobile node is not at", "RFC 5213 5.3.5");
		return;
	}
	if (ipv4_only && !pmip__session_ipv4(session)) {
		pmip__lma_ignore(lma, request, "de-registration of an IPv4 home address that there is not", "RFC 5844 3.1.2.5");
		return;
	}
	pmip__freshness_accept(&session->reg.fresh, pmip__lma_timestamp_of(request), request->bu.seq);
	session->reg.received_us = options->has & PMIP_HAS_TIMESTAMP ? request->now.wall_us : 0;
	pmip__binding_cache_unstored(&lma->cache, session->mn);
	pmip__lma_reply_accept(lma, &request->reply, session, 0);
	if (session->state == PMIP_BINDING_DELETE_WAIT)
		return;
	if (ipv4_only || prefixes_only) {
		deregister_some(lma, session, ipv4_only);
		return;
	}
	sharing = pmip__lma_is_sharing(session);
	pmip__lma_release(lma, session, request->now.mono_us);
	if (sharing)
		return;
	pmip__lma_hold_release(lma, session->mn, request->now);
}

/* DER-5, PAP-7, FLO-10, V4-15. */
void pmip__lma_remove(struct pmip_lma *lma, struct pmip__session *session, const char *rule, const char *ref)
{
	struct pmip_event event = pmip__lma_session_event(PMIP_EVENT_BINDING_REMOVED, session);
	struct pmip__session *heir = session->hnp_count ? pmip__binding_cache_heir(session) : NULL;
	struct pmip__tunnel *tunnel = session->reg.tunnel;
	struct pmip__mn *mn = session->mn;

	event.rule = rule;
	event.ref = ref;
	pmip__lma_notify(lma, &event);
	mn->pins++;
	pmip__lma_fmi_cancel(lma, session);
	pmip__lma_flows_leave(lma, session, heir);
	if (session->has_path)
		pmip__lma_leave_path(lma, session, tunnel);
	if (heir && pmip__session_ipv4(session) && !pmip__session_shares_ipv4(heir))
		pmip__lma_ipv4_drop(lma, session); /* the MAG there does not have it */
	if (heir) {
		pmip__binding_cache_hand_over(&lma->cache, session, heir);
		if (heir->txn)
			heir->txn->old_shares_ipv4 = false; /* it has it itself now, or there is none */
		pmip__lma_put_forwarding(lma, heir);
	} else if (session->state != PMIP_BINDING_DELETE_WAIT) {
		clear_forwarding(lma, session);
		/* One that was to share them has got them from another while it was being registered. */
		if ((session->state == PMIP_BINDING_ACTIVE || session->has_path) && session->hnp_count)
			pmip__binding_cache_prefixes_changed(&lma->cache, session);
	}
	pmip__timerq_cancel(&lma->timers, &session->timer);
	pmip__lma_prefixes_release(lma, session->hnp, session->hnp_count);
	if (pmip__session_ipv4(session))
		pmip__lma_prefixes_release(lma, pmip__session_ipv4(session), 1);
	pmip__binding_cache_remove(&lma->cache, session);
	pmip__lma_follow_paths(lma, mn);
	pmip__lma_put_tunnel(lma, tunnel);
	mn->pins--;
	pmip__binding_cache_mn_tidy(&lma->cache, mn);
}

/* Step 3, success. LMA-23, LMA-31. */
static void commit(struct pmip_lma *lma, struct pmip__txn *txn, struct pmip_now now)
{
	struct pmip__session *session = txn->session;
	bool moved = txn->old.tunnel && txn->old.tunnel != session->reg.tunnel, lost = session->lost;
	struct pmip_gre gre = pmip__lma_gre_of(session);
	struct pmip_event event;

	if (txn->drops_ipv4)
		pmip__lma_ipv4_drop(lma, session);
	if (txn->drops_prefixes)
		release_prefixes(lma, session);
	if (txn->old_shares_ipv4 && !pmip__session_shares_ipv4(session))
		pmip__lma_flows_leave_ipv4(lma, session);
	pmip__binding_cache_tidy_extras(&lma->cache, session);
	event = pmip__lma_session_event(PMIP_EVENT_BINDING_ADDED, session);
	if (txn->old.tunnel)
		event.old_att = txn->old_path.bid ? txn->old_path.att : txn->old.att;
	session->reg.tunnel->up = true;
	pmip__lma_start_lifetime(lma, session, now.mono_us);
	if (session->hnp_count && (!txn->old.tunnel || txn->old_state == PMIP_BINDING_DELETE_WAIT))
		pmip__binding_cache_prefixes_changed(&lma->cache, session);
	if (moved || txn->old_state == PMIP_BINDING_DELETE_WAIT)
		session->epoch = session->told = session->refused = 0; /* that was another MAG, or it has given the mobile node up */
	pmip__lma_reply_accept(lma, &txn->reply, session, session->reg.lifetime_s);
	if (moved) {
		event.type = PMIP_EVENT_BINDING_MOVED;
		event.old_peer = txn->old.tunnel->remote;
		event.old_tunnel = txn->old.tunnel->id;
		lma->counters[PMIP_LMA_MOVED]++;
	} else if (txn->old.tunnel) {
		if (txn->old_state == PMIP_BINDING_ACTIVE)
			event.type = PMIP_EVENT_BINDING_REFRESHED;
		lma->counters[PMIP_LMA_REFRESHED]++;
	} else {
		lma->counters[PMIP_LMA_ADDED]++;
	}
	pmip__lma_notify(lma, &event);
	if (moved && session->has_path)
		pmip__lma_leave_path(lma, session, txn->old.tunnel);
	pmip__lma_follow_paths(lma, session->mn);
	if (moved || lost || (txn->old.tunnel && !pmip__gre_equal(&gre, &txn->old_gre)))
		pmip__lma_flows_follow(lma, session);
	pmip__lma_flows_make_sure(lma, session);
	pmip__lma_flows_told(lma, session);
	if (moved && txn->old.bulk)
		pmip__lma_tell_old_mag(lma, session->mn, txn->old.tunnel,
				       txn->old.att == session->reg.att ? PMIP_TRIGGER_HANDOVER_SAME_ATT : PMIP_TRIGGER_HANDOVER_OTHER_ATT, now);
	pmip__lma_put_tunnel(lma, txn->old.tunnel);
	pmip__lma_multipath_accepted(lma, session, &txn->reply.options.multipath, txn->replaces, now.mono_us);
}

/* NULL = the log of the datapath says more. */
static const char *why_failed(const struct pmip__txn *txn)
{
	if (txn->store_failed)
		return txn->err == PMIP_ERR_FULL ? "the store has no room for it" : "it could not be stored";
	return txn->err == PMIP_ERR_FULL ? "forwarding has no room for it" : NULL;
}

/* Step 3, failure: forwarding is put back as well as it can be, whatever part of the new one had been done.
 * LMA-23. */
static void roll_back(struct pmip_lma *lma, struct pmip__txn *txn, struct pmip_now now)
{
	struct pmip__session *session = txn->session;
	struct pmip__tunnel *tunnel = session->reg.tunnel;
	uint64_t deadline_us = txn->old_deadline_us;

	txn->reply.rule = why_failed(txn);
	pmip__lma_reply_refuse(lma, &txn->reply, PMIP_STATUS_INSUFFICIENT_RESOURCES, now);
	if (!txn->old.tunnel) {
		pmip__lma_remove(lma, session, txn->store_failed ? txn->reply.rule : "forwarding could not be set up", "RFC 5213 5.3.2");
		return;
	}
	reset_extras(lma, session, &txn->old_gre, &txn->old_path, txn->old_shares_ipv4);
	if (txn->added_ipv4)
		pmip__lma_ipv4_drop(lma, session);
	session->reg = txn->old;
	pmip__binding_cache_unstored(&lma->cache, session->mn);
	if (tunnel != session->reg.tunnel)
		pmip__binding_cache_relink(session);
	/* Its group may have been extended without it. */
	if (session->reg.bulk && txn->old_state == PMIP_BINDING_ACTIVE && session->reg.tunnel->group_until_us > deadline_us)
		deadline_us = session->reg.tunnel->group_until_us;
	pmip__timerq_set(&lma->timers, &session->timer, deadline_us);
	if (txn->old_state == PMIP_BINDING_DELETE_WAIT)
		clear_forwarding(lma, session);
	else if (!txn->stays)
		pmip__lma_put_forwarding(lma, session);
	session->unsure = !txn->stays; /* of its path, too */
	if (session->has_path && tunnel != session->reg.tunnel)
		pmip__lma_leave_path(lma, session, tunnel);
	pmip__lma_flows_told(lma, session);
	pmip__binding_cache_mn_touch(&lma->cache, session->mn); /* what its MAG was being told was called off */
	pmip__lma_put_tunnel(lma, tunnel);
}

struct pmip__mn *pmip__lma_register_finish(struct pmip_lma *lma, struct pmip__txn *txn, struct pmip_now now)
{
	struct pmip__mn *mn = txn->session->mn;
	bool is_awaited = !pmip__list_empty(&mn->held);

	txn->session->txn = NULL;
	if (txn->err)
		roll_back(lma, txn, now);
	else
		commit(lma, txn, now);
	pmip__mem_free(&lma->mem, txn);
	return is_awaited ? mn : NULL;
}
