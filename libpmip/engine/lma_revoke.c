/* SPDX-License-Identifier: BSD-2-Clause */
/* Binding Revocation at the LMA (RFC 5846 section 8).
 *
 * Initiator: 1. the sessions concerned are marked with the sequence number of the Indication; 2. it is sent, and once more if need be;
 * 3. when the answer says success, or none comes, those that still bear the mark are removed. A PBU that is accepted meanwhile takes the
 * mark away (section 8.1), and a revocation that nobody is marked for any more comes to its end in silence.
 *
 * One that asks whether a mobile node has been handed over (trigger 4) only releases the session, for the PBU that waits. */
#include "engine/lma.h"

#include "base/mem.h"

#define REF "RFC 5846 8.1"

size_t pmip__lma_removal_actions(const struct pmip__session *session)
{
	bool alone = session->of_mn.next == session->of_mn.prev;

	return 2 + pmip__session_address_count(session) + (alone ? 0U : 1U + PMIP__LMA_SESSIONS_MAX);
}

/* Registered, with nothing else under way. */
static bool is_settled(const struct pmip__session *session)
{
	return session->state == PMIP_BINDING_ACTIVE && !session->txn;
}

static void notify(struct pmip_lma *lma, enum pmip_event_type type, const struct pmip__revocation *revocation, uint8_t status,
		   const char *rule)
{
	struct pmip_event event = {
		.type = type,
		.mn_id = revocation->request.mn_id,
		.peer = revocation->request.peer,
		.status = status,
		.rule = rule,
		.ref = REF,
		.group = revocation->group,
	};

	for (unsigned int i = 0; i < revocation->prefix_count; i++) {
		if (pmip_prefix_is_ipv4(&revocation->prefix[i]))
			event.ipv4 = (struct pmip_ipv4_home){pmip__lma_ipv4_of_prefix(&revocation->prefix[i]), revocation->ipv4_plen, {0}};
		else
			event.prefix[event.prefix_count++] = revocation->prefix[i];
	}
	pmip__lma_notify(lma, &event);
}

/* The sessions among which those marked are. Whoever walks them holds on to the mobile node by a pin. */
static const struct pmip__list *candidates(const struct pmip_lma *lma, const struct pmip__revocation *revocation, struct pmip__mn **mn)
{
	*mn = NULL;
	if (pmip__revocation_is_of_many(revocation))
		return &revocation->tunnel->sessions;
	*mn = pmip__binding_cache_mn(&lma->cache, &revocation->request.mn_id);
	return *mn ? &(*mn)->sessions : NULL;
}

static bool is_marked(const struct pmip__session *session, const struct pmip__revocation *revocation)
{
	return session->revoking && session->revocation_seq == revocation->request.seq;
}

/* How much removing all that are marked may queue; 0 = there are none. */
static size_t marked_actions(const struct pmip_lma *lma, const struct pmip__revocation *revocation, size_t *octets)
{
	struct pmip__mn *mn;
	const struct pmip__list *list = candidates(lma, revocation, &mn);
	size_t actions = 0;

	*octets = 0;
	for (const struct pmip__list *link = list ? list->next : NULL; link != list; link = link->next) {
		const struct pmip__session *session = mn ? pmip__session_of_mn(link) : pmip__session_of_tunnel(link);

		if (!is_marked(session, revocation))
			continue;
		actions += pmip__lma_removal_actions(session);
		*octets += session->mn->mn_id.len;
	}
	return actions;
}

int pmip__lma_reserve_more(struct pmip_lma *lma, size_t actions, size_t octets)
{
	return pmip__action_queue_reserve(&lma->actions, PMIP__LMA_STEP_ACTIONS + actions, PMIP__LMA_STEP_OCTETS + octets);
}

/* A session loses one of several addresses. REV-8. */
static void drop_prefix(struct pmip_lma *lma, struct pmip__session *session, const struct pmip_prefix *prefix)
{
	struct pmip_datapath_op op = {.kind = PMIP_DATAPATH_BINDING_CLEAR, .prefix = *prefix};
	struct pmip__hnp hnp;
	unsigned int i = 0;

	if (pmip_prefix_is_ipv4(prefix)) {
		pmip__lma_ipv4_drop(lma, session);
		return;
	}
	while (!pmip_prefix_equal(&session->hnp[i].prefix, prefix))
		i++;
	hnp = session->hnp[i];
	if (session->state != PMIP_BINDING_DELETE_WAIT)
		pmip__lma_op_untracked(lma, op);
	pmip__binding_cache_drop_prefix(&lma->cache, session, i);
	pmip__binding_cache_prefixes_changed(&lma->cache, session);
	pmip__lma_prefixes_release(lma, &hnp, 1);
	pmip__lma_flows_end_at(lma, session, prefix);
}

void pmip__lma_revoke_session(struct pmip_lma *lma, struct pmip__session *session, const char *rule)
{
	lma->counters[PMIP_LMA_REVOKED]++;
	pmip__lma_remove(lma, session, rule, REF);
}

/* Others that share the last prefix of a session take it over when the session goes. */
void pmip__lma_revoke_prefix(struct pmip_lma *lma, struct pmip__session *session, const struct pmip_prefix *prefix, const char *rule)
{
	bool is_last = prefix && session->hnp_count == 1 && !pmip_prefix_is_ipv4(prefix);

	if (prefix && pmip__binding_cache_by_prefix(&lma->cache, prefix) != session)
		return; /* gone by another way meanwhile */
	if (prefix && pmip__session_address_count(session) > 1 && !(is_last && pmip__lma_is_sharing(session)))
		drop_prefix(lma, session, prefix);
	else
		pmip__lma_revoke_session(lma, session, rule);
}

/* Take the mark from all that bear it, and the sessions themselves when they are to go. */
static void settle(struct pmip_lma *lma, const struct pmip__revocation *revocation, bool gone, const char *rule)
{
	struct pmip__mn *mn;
	const struct pmip__list *list = candidates(lma, revocation, &mn), *next;

	if (mn)
		mn->pins++;
	for (const struct pmip__list *link = list ? list->next : NULL; link != list; link = next) {
		struct pmip__session *session = mn ? pmip__session_of_mn(link) : pmip__session_of_tunnel(link);

		next = link->next;
		if (!is_marked(session, revocation))
			continue;
		session->revoking = PMIP__NOT_REVOKING;
		if (gone)
			pmip__lma_revoke_prefix(lma, session, revocation->prefix_count ? revocation->prefix : NULL, rule);
	}
	if (!mn)
		return;
	mn->pins--;
	pmip__binding_cache_mn_tidy(&lma->cache, mn);
}

static void forget(struct pmip_lma *lma, struct pmip__revocation *revocation)
{
	pmip__lma_put_tunnel(lma, revocation->tunnel);
	pmip__outstanding_remove(&lma->revocations, &revocation->request);
}

/* REV-1. */
static void mark(struct pmip__session *session, const struct pmip__revocation *revocation)
{
	session->revoking = revocation->for_handover				     ? PMIP__REVOKING_FOR_HANDOVER
			    : revocation->trigger == PMIP_TRIGGER_ADMINISTRATIVE ? PMIP__REVOKING_ADMINISTRATIVELY
										 : PMIP__REVOKING;
	session->revocation_seq = revocation->request.seq;
}

/* Step 1 for one tunnel. REV-3. */
static int prepare(struct pmip_lma *lma, struct pmip__revocation **made, struct pmip__revocation_wish *wish, struct pmip__tunnel *tunnel)
{
	struct pmip__revocation *next = *made;
	int err;

	wish->local = tunnel->local;
	wish->peer = tunnel->mag;
	wish->alt_coa = pmip_addr_equal(&tunnel->mag, &tunnel->remote) ? (struct pmip_addr){0} : tunnel->remote;
	err = pmip__revocation_add(&lma->revocations, made, wish);
	if (err)
		return err;
	tunnel->refs++;
	(*made)->tunnel = tunnel;
	(*made)->next = next;
	return 0;
}

/* Step 2, or back to where it was. */
static int commit(struct pmip_lma *lma, struct pmip__revocation *made, int err, struct pmip_now now)
{
	size_t count = 0, octets = 0;

	for (const struct pmip__revocation *each = made; each; each = each->next) {
		count++;
		octets += PMIP__REVOCATION_MAX + each->request.mn_id.len;
	}
	if (!err)
		err = pmip__lma_reserve_more(lma, 2 * count, octets);
	for (struct pmip__revocation *each = made, *next; each; each = next) {
		next = each->next;
		if (err) {
			settle(lma, each, false, NULL);
			forget(lma, each);
			continue;
		}
		lma->counters[PMIP_LMA_BRI_SENT]++;
		pmip__revocation_send(&lma->revocations, each, &lma->actions, now.mono_us);
		notify(lma, PMIP_EVENT_REVOCATION_SENT, each, 0, NULL);
	}
	if (!err)
		lma->last_us = now.mono_us;
	return err;
}

static int revoke_prefix(struct pmip_lma *lma, struct pmip__revocation **made, const struct pmip__mn *mn,
			 struct pmip__revocation_wish *wish)
{
	struct pmip__session *session = pmip__binding_cache_by_prefix(&lma->cache, wish->prefix);
	int err;

	if (!session || session->mn != mn || !is_settled(session))
		return PMIP_ERR_NOENT;
	if (session->revoking)
		return PMIP_ERR_EXIST;
	wish->ipv4_plen = session->extras ? session->extras->ipv4_plen : 0;
	err = prepare(lma, made, wish, session->reg.tunnel);
	if (!err)
		mark(session, *made);
	return err;
}

/* One Indication for each MAG that the mobile node is at. REV-3. */
static int revoke_all(struct pmip_lma *lma, struct pmip__revocation **made, const struct pmip__mn *mn, struct pmip__revocation_wish *wish)
{
	int err = PMIP_ERR_NOENT;

	for (const struct pmip__list *link = mn->sessions.next; link != &mn->sessions; link = link->next) {
		const struct pmip__session *session = pmip__session_of_mn(link);

		if (!is_settled(session))
			continue;
		if (session->revoking) {
			err = err == PMIP_ERR_NOENT ? PMIP_ERR_EXIST : err;
			continue;
		}
		err = prepare(lma, made, wish, session->reg.tunnel);
		if (err)
			return err;
		for (const struct pmip__list *same = link; same != &mn->sessions; same = same->next) {
			struct pmip__session *other = pmip__session_of_mn(same);

			if (other->reg.tunnel == session->reg.tunnel && is_settled(other) && !other->revoking)
				mark(other, *made);
		}
	}
	return err;
}

int pmip_lma_revoke(struct pmip_lma *lma, const struct pmip_mnid *mn_id, const struct pmip_prefix *prefix,
		    enum pmip_revocation_trigger trigger, struct pmip_now now)
{
	struct pmip__mn *mn = pmip__binding_cache_mn(&lma->cache, mn_id);
	struct pmip__revocation_wish wish = {.trigger = (uint8_t)trigger, .prefix = prefix, .prefix_count = prefix ? 1 : 0};
	struct pmip__revocation *made = NULL;
	int err;

	if ((unsigned int)trigger > PMIP_TRIGGER_OUT_OF_SYNC)
		return PMIP_ERR_INVALID;
	if (now.mono_us < lma->last_us)
		return PMIP_ERR_TIME;
	if (!mn)
		return PMIP_ERR_NOENT;
	wish.mn_id = mn->mn_id;
	err = prefix ? revoke_prefix(lma, &made, mn, &wish) : revoke_all(lma, &made, mn, &wish);
	return commit(lma, made, err == PMIP_ERR_EXIST && made ? 0 : err, now);
}

/* Whether one Indication for many, as it is wished for, concerns a session at its MAG. */
static bool is_wished(const struct pmip__session *session, const struct pmip__revocation_wish *wish)
{
	if (wish->group)
		return pmip__lma_bulk_is_member(session);
	return is_settled(session) && (!wish->mn_id.len || pmip__is_of_realm(&session->mn->mn_id, &wish->mn_id));
}

/* It takes the place of revocations of single sessions. REV-4, REV-12. */
static int revoke_tunnel(struct pmip_lma *lma, struct pmip__revocation **made, struct pmip__tunnel *tunnel, struct pmip__revocation_wish *wish)
{
	size_t count = 0;
	int err = 0;

	for (const struct pmip__list *link = tunnel->sessions.next; link != &tunnel->sessions; link = link->next) {
		if (!is_wished(pmip__session_of_tunnel(link), wish))
			continue;
		if (!count++)
			err = prepare(lma, made, wish, tunnel);
		if (err)
			return err;
		mark(pmip__session_of_tunnel(link), *made);
	}
	return count ? 0 : PMIP_ERR_NOENT;
}

/* proxy_coa: NULL = of every MAG. */
static int revoke_tunnels(struct pmip_lma *lma, const struct pmip_addr *proxy_coa, struct pmip__revocation_wish wish, bool group,
			  struct pmip_now now)
{
	struct pmip__revocation *made = NULL;
	struct pmip__tunnel *tunnel;
	int err = PMIP_ERR_NOENT;
	size_t cursor = 0;

	if (now.mono_us < lma->last_us)
		return PMIP_ERR_TIME;
	while ((err == 0 || err == PMIP_ERR_NOENT) && (tunnel = pmip__htable_next(&lma->cache.tunnels, &cursor))) {
		if ((proxy_coa && !pmip_addr_equal(&tunnel->remote, proxy_coa)) || (group && !tunnel->group))
			continue;
		wish.group = group ? tunnel->group : 0;
		err = revoke_tunnel(lma, &made, tunnel, &wish);
	}
	return commit(lma, made, err == PMIP_ERR_NOENT && made ? 0 : err, now);
}

int pmip_lma_revoke_mag(struct pmip_lma *lma, const struct pmip_addr *proxy_coa, struct pmip_now now)
{
	return revoke_tunnels(lma, proxy_coa, (struct pmip__revocation_wish){.trigger = PMIP_TRIGGER_PER_PEER_POLICY}, false, now);
}

int pmip_lma_revoke_realm(struct pmip_lma *lma, const struct pmip_mnid *realm, struct pmip_now now)
{
	if (!pmip__is_realm(realm))
		return PMIP_ERR_INVALID;
	return revoke_tunnels(lma, NULL, (struct pmip__revocation_wish){.trigger = PMIP_TRIGGER_LOCAL_POLICY, .mn_id = *realm}, false, now);
}

int pmip_lma_revoke_group(struct pmip_lma *lma, const struct pmip_addr *proxy_coa, enum pmip_revocation_trigger trigger, struct pmip_now now)
{
	if ((unsigned int)trigger > PMIP_TRIGGER_OUT_OF_SYNC)
		return PMIP_ERR_INVALID;
	return revoke_tunnels(lma, proxy_coa, (struct pmip__revocation_wish){.trigger = (uint8_t)trigger}, true, now);
}

void pmip__lma_ask_old_mag(struct pmip_lma *lma, struct pmip__session *session, struct pmip_now now)
{
	struct pmip__revocation_wish wish = {.trigger = PMIP_TRIGGER_HANDOVER_UNKNOWN, .mn_id = session->mn->mn_id};
	struct pmip__revocation *made = NULL;
	int err;

	if (!lma->config.revoke_on_unknown_handoff || session->revoking || !is_settled(session))
		return;
	err = prepare(lma, &made, &wish, session->reg.tunnel);
	if (!err) {
		made->for_handover = true;
		mark(session, made);
	}
	/* Without memory the PBU waits for a de-registration only. */
	if (!commit(lma, made, err, now))
		pmip__lma_hold_stop_timers(lma, session->mn);
}

/* That MAG would go on to extend it with the group, and we are silent about its end (RFC 5213 section 5.3.5). BLK-4. */
void pmip__lma_tell_old_mag(struct pmip_lma *lma, const struct pmip__mn *mn, struct pmip__tunnel *old, enum pmip_revocation_trigger trigger,
			    struct pmip_now now)
{
	struct pmip__revocation_wish wish = {.trigger = (uint8_t)trigger, .mn_id = mn->mn_id};
	struct pmip__revocation *made = NULL;
	int err = prepare(lma, &made, &wish, old);

	if (!err)
		made->tells = true;
	if (commit(lma, made, err, now))
		pmip__lma_bulk_dissolve(lma, old);
}

/* Whether a group has members that a revocation was about. */
static bool has_members(const struct pmip__revocation *revocation)
{
	const struct pmip__list *list = &revocation->tunnel->sessions;

	for (const struct pmip__list *link = list->next; link != list; link = link->next)
		if (pmip__lma_bulk_is_member(pmip__session_of_tunnel(link)) &&
		    (pmip__revocation_is_of_many(revocation) ||
		     pmip_mnid_equal(&pmip__session_of_tunnel(link)->mn->mn_id, &revocation->request.mn_id)))
			return true;
	return false;
}

/* It has come to its end. What is in the group nevertheless was registered meanwhile: before the MAG gave it up, or after? BLK-4. */
static void conclude(struct pmip_lma *lma, struct pmip__revocation *revocation)
{
	if (has_members(revocation))
		pmip__lma_bulk_dissolve(lma, revocation->tunnel);
	forget(lma, revocation);
}

/* A session that its MAG has given up is kept as if it had been de-registered; then whoever waits for it may have it. LKP-W3. */
static void end_handover(struct pmip_lma *lma, const struct pmip__revocation *revocation, bool gone)
{
	struct pmip__mn *mn;
	const struct pmip__list *list = candidates(lma, revocation, &mn), *next;

	if (mn)
		pmip__lma_hold_end(lma, mn, lma->last_us);
	for (const struct pmip__list *link = list ? list->next : NULL; link != list; link = next) {
		next = link->next;
		if (!is_marked(pmip__session_of_mn(link), revocation))
			continue;
		pmip__session_of_mn(link)->revoking = PMIP__NOT_REVOKING;
		if (gone && is_settled(pmip__session_of_mn(link))) {
			pmip__lma_release(lma, pmip__session_of_mn(link), lma->last_us);
			return; /* one is what was asked for, and more than one is not reserved for */
		}
	}
}

/* To a MAG that knows nothing of the mobile node it is as gone as can be. */
static void take_handover_bra(struct pmip_lma *lma, struct pmip__revocation *revocation, uint8_t status)
{
	bool gone = status <= PMIP_REVOCATION_NO_BINDING;

	lma->counters[PMIP_LMA_BRA]++;
	notify(lma, gone ? PMIP_EVENT_REVOKED : PMIP_EVENT_REVOCATION_FAILED, revocation, status, NULL);
	end_handover(lma, revocation, gone);
	forget(lma, revocation);
}

/* Step 3. REV-1, REV-10. */
static int take_bra(struct pmip_lma *lma, const struct pmip_dgram *dgram, const struct pmip_revocation *bra)
{
	const struct pmip__request about = {.dgram = dgram};
	struct pmip__revocation *revocation = pmip__revocation_of(pmip__outstanding_match(&lma->revocations, dgram, bra->seq));
	size_t actions, octets;
	bool success;

	if (!revocation) {
		pmip__lma_ignore(lma, &about, "answers no revocation of ours", REF);
		return 0;
	}
	if (revocation->for_handover) {
		take_handover_bra(lma, revocation, bra->status);
		return 0;
	}
	success = pmip__revocation_succeeded(revocation, bra->status);
	actions = success ? marked_actions(lma, revocation, &octets) : 0;
	if (actions && pmip__lma_reserve_more(lma, actions, octets))
		return PMIP_ERR_NOMEM;
	lma->counters[PMIP_LMA_BRA]++;
	notify(lma, success ? PMIP_EVENT_REVOKED : PMIP_EVENT_REVOCATION_FAILED, revocation, bra->status, NULL);
	settle(lma, revocation, success, "revoked");
	if (bra->status == PMIP_REVOCATION_MN_ATTACHED && !revocation->tells)
		forget(lma, revocation);
	else
		conclude(lma, revocation);
	return 0;
}

/* REV-2. */
static int time_out(struct pmip_lma *lma, struct pmip__revocation *revocation, struct pmip_now now)
{
	size_t octets, actions = marked_actions(lma, revocation, &octets);

	if (!actions && !revocation->tells) {
		if (revocation->for_handover)
			end_handover(lma, revocation, false);
		conclude(lma, revocation);
	} else if (!pmip__revocation_is_spent(revocation)) {
		lma->counters[PMIP_LMA_BRI_SENT]++;
		pmip__revocation_send(&lma->revocations, revocation, &lma->actions, now.mono_us);
	} else if (revocation->for_handover) {
		notify(lma, PMIP_EVENT_REVOCATION_FAILED, revocation, 0, "no answer to the Binding Revocation Indication");
		end_handover(lma, revocation, false);
		forget(lma, revocation);
	} else if (revocation->tells) {
		notify(lma, PMIP_EVENT_REVOCATION_FAILED, revocation, 0, "no answer to the Binding Revocation Indication");
		pmip__lma_bulk_dissolve(lma, revocation->tunnel);
		forget(lma, revocation);
	} else {
		if (pmip__lma_reserve_more(lma, actions, octets))
			return PMIP_ERR_NOMEM;
		notify(lma, PMIP_EVENT_REVOKED, revocation, 0, "no answer to the Binding Revocation Indication");
		settle(lma, revocation, true, "revoked, without an answer from the MAG");
		pmip__lma_bulk_dissolve(lma, revocation->tunnel);
		forget(lma, revocation);
	}
	return 0;
}

int pmip__lma_revocation_timeout(struct pmip_lma *lma, struct pmip_now now)
{
	struct pmip__revocation *revocation;
	int err = 0;

	while (!err && (revocation = pmip__revocation_of(pmip__outstanding_due(&lma->revocations, now.mono_us)))) {
		err = pmip__lma_reserve(lma);
		if (!err)
			err = time_out(lma, revocation, now);
	}
	return err;
}

int pmip__lma_revocation_drop_all(struct pmip_lma *lma)
{
	struct pmip__revocation *revocation;
	size_t cursor = 0;
	int err = 0;

	while (!err && (revocation = pmip__htable_any(&lma->revocations.by_seq, &cursor))) {
		forget(lma, revocation);
		err = pmip__lma_reserve(lma);
	}
	return err;
}

int pmip__lma_revocation(struct pmip_lma *lma, const struct pmip_dgram *dgram, const struct pmip_mh *mh)
{
	if (mh->u.revocation.type == PMIP_REVOCATION_ACK)
		return take_bra(lma, dgram, &mh->u.revocation);
	return pmip__lma_bri(lma, dgram, mh);
}
