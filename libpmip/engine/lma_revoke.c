/* SPDX-License-Identifier: BSD-2-Clause */
/* Binding Revocation at the LMA (RFC 5846 section 8).
 *
 * Initiator: 1. the sessions concerned are marked with the sequence number of the Indication; 2. it is sent, and once more if need be;
 * 3. when the answer says success, or none comes, those that still bear the mark are removed. A PBU that is accepted meanwhile takes the
 * mark away (section 8.1), and a revocation that nobody is marked for any more comes to its end in silence. */
#include "engine/lma.h"

#include "base/mem.h"

#define REF "RFC 5846 8.1"

/* What removing a session may queue: its event, its prefixes and its tunnel. */
static size_t removal_actions(const struct pmip__session *session)
{
	return 2 + pmip__session_address_count(session);
}

static struct pmip__session *of_mn(const struct pmip__list *link)
{
	return PMIP__CONTAINER(link, struct pmip__session, of_mn);
}

static struct pmip__session *of_tunnel(const struct pmip__list *link)
{
	return PMIP__CONTAINER(link, struct pmip__session, of_tunnel);
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
	};

	for (unsigned int i = 0; i < revocation->prefix_count; i++) {
		if (pmip_addr_is_ipv4_mapped(&revocation->prefix[i].addr))
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
	if (!revocation->request.mn_id.len)
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
		const struct pmip__session *session = mn ? of_mn(link) : of_tunnel(link);

		if (!is_marked(session, revocation))
			continue;
		actions += removal_actions(session);
		*octets += session->mn->mn_id.len;
	}
	return actions;
}

static int reserve_more(struct pmip_lma *lma, size_t actions, size_t octets)
{
	return pmip__action_queue_reserve(&lma->actions, PMIP__LMA_STEP_ACTIONS + actions, PMIP__LMA_STEP_OCTETS + octets);
}

/* A session loses one of several addresses. REV-8. */
static void drop_prefix(struct pmip_lma *lma, struct pmip__session *session, const struct pmip_prefix *prefix)
{
	struct pmip_datapath_op op = {.kind = PMIP_DATAPATH_BINDING_CLEAR, .prefix = *prefix};
	struct pmip__hnp hnp;
	unsigned int i = 0;

	if (pmip_addr_is_ipv4_mapped(&prefix->addr)) {
		pmip__lma_ipv4_drop(lma, session);
		return;
	}
	while (!pmip_prefix_equal(&session->hnp[i].prefix, prefix))
		i++;
	hnp = session->hnp[i];
	if (session->state != PMIP_BINDING_DELETE_WAIT)
		pmip__lma_op_untracked(lma, op);
	pmip__binding_cache_drop_prefix(&lma->cache, session, i);
	pmip__lma_prefixes_release(lma, &hnp, 1);
}

static void remove_session(struct pmip_lma *lma, struct pmip__session *session, const char *rule)
{
	lma->counters[PMIP_LMA_REVOKED]++;
	pmip__lma_remove(lma, session, rule, REF);
}

/* Others that share the last prefix of a session take it over when the session goes. */
static void take_away(struct pmip_lma *lma, struct pmip__session *session, const struct pmip_prefix *prefix, const char *rule)
{
	bool is_last = prefix && session->hnp_count == 1 && !pmip_addr_is_ipv4_mapped(&prefix->addr);

	if (prefix && pmip__binding_cache_by_prefix(&lma->cache, prefix) != session)
		return; /* gone by another way meanwhile */
	if (prefix && pmip__session_address_count(session) > 1 && !(is_last && pmip__lma_is_sharing(session)))
		drop_prefix(lma, session, prefix);
	else
		remove_session(lma, session, rule);
}

/* Take the mark from all that bear it, and the sessions themselves when they are to go. */
static void settle(struct pmip_lma *lma, const struct pmip__revocation *revocation, bool gone, const char *rule)
{
	struct pmip__mn *mn;
	const struct pmip__list *list = candidates(lma, revocation, &mn), *next;

	if (mn)
		mn->pins++;
	for (const struct pmip__list *link = list ? list->next : NULL; link != list; link = next) {
		struct pmip__session *session = mn ? of_mn(link) : of_tunnel(link);

		next = link->next;
		if (!is_marked(session, revocation))
			continue;
		session->revoking = PMIP__NOT_REVOKING;
		if (gone)
			take_away(lma, session, revocation->prefix_count ? revocation->prefix : NULL, rule);
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
	session->revoking = revocation->trigger == PMIP_TRIGGER_ADMINISTRATIVE ? PMIP__REVOKING_ADMINISTRATIVELY : PMIP__REVOKING;
	session->revocation_seq = revocation->request.seq;
}

/* Step 1 for one tunnel. */
static int prepare(struct pmip_lma *lma, struct pmip__revocation **made, struct pmip__revocation_wish *wish, struct pmip__tunnel *tunnel)
{
	struct pmip__revocation *next = *made;
	int err;

	wish->local = tunnel->local;
	wish->peer = tunnel->remote;
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
		err = reserve_more(lma, 2 * count, octets);
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
		const struct pmip__session *session = of_mn(link);

		if (!is_settled(session))
			continue;
		if (session->revoking) {
			err = err == PMIP_ERR_NOENT ? PMIP_ERR_EXIST : err;
			continue;
		}
		err = prepare(lma, made, wish, session->reg.tunnel);
		if (err)
			return err;
		for (const struct pmip__list *same = link; same != &mn->sessions; same = same->next)
			if (of_mn(same)->reg.tunnel == session->reg.tunnel && is_settled(of_mn(same)) && !of_mn(same)->revoking)
				mark(of_mn(same), *made);
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

/* REV-4. */
static int revoke_tunnel(struct pmip_lma *lma, struct pmip__revocation **made, struct pmip__tunnel *tunnel)
{
	struct pmip__revocation_wish wish = {.trigger = PMIP_TRIGGER_PER_PEER_POLICY};
	size_t count = 0;
	int err = 0;

	for (const struct pmip__list *link = tunnel->sessions.next; link != &tunnel->sessions; link = link->next) {
		if (!is_settled(of_tunnel(link)))
			continue;
		if (!count++)
			err = prepare(lma, made, &wish, tunnel);
		if (err)
			return err;
		/* It takes the place of a revocation of this session alone. */
		mark(of_tunnel(link), *made);
	}
	return count ? 0 : PMIP_ERR_NOENT;
}

int pmip_lma_revoke_mag(struct pmip_lma *lma, const struct pmip_addr *proxy_coa, struct pmip_now now)
{
	struct pmip__revocation *made = NULL;
	struct pmip__tunnel *tunnel;
	int err = PMIP_ERR_NOENT;
	size_t cursor = 0;

	if (now.mono_us < lma->last_us)
		return PMIP_ERR_TIME;
	while ((err == 0 || err == PMIP_ERR_NOENT) && (tunnel = pmip__htable_next(&lma->cache.tunnels, &cursor)))
		if (pmip_addr_equal(&tunnel->remote, proxy_coa))
			err = revoke_tunnel(lma, &made, tunnel);
	return commit(lma, made, err == PMIP_ERR_NOENT && made ? 0 : err, now);
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
	success = pmip__revocation_succeeded(revocation, bra->status);
	actions = success ? marked_actions(lma, revocation, &octets) : 0;
	if (actions && reserve_more(lma, actions, octets))
		return PMIP_ERR_NOMEM;
	lma->counters[PMIP_LMA_BRA]++;
	notify(lma, success ? PMIP_EVENT_REVOKED : PMIP_EVENT_REVOCATION_FAILED, revocation, bra->status, NULL);
	settle(lma, revocation, success, "revoked");
	forget(lma, revocation);
	return 0;
}

/* REV-2. */
static int time_out(struct pmip_lma *lma, struct pmip__revocation *revocation, struct pmip_now now)
{
	size_t octets, actions = marked_actions(lma, revocation, &octets);

	if (!actions) {
		forget(lma, revocation);
	} else if (!pmip__revocation_is_spent(revocation)) {
		lma->counters[PMIP_LMA_BRI_SENT]++;
		pmip__revocation_send(&lma->revocations, revocation, &lma->actions, now.mono_us);
	} else {
		if (reserve_more(lma, actions, octets))
			return PMIP_ERR_NOMEM;
		notify(lma, PMIP_EVENT_REVOKED, revocation, 0, "no answer to the Binding Revocation Indication");
		settle(lma, revocation, true, "revoked, without an answer from the MAG");
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

	while (!err && (revocation = pmip__htable_next(&lma->revocations.by_seq, &cursor))) {
		forget(lma, revocation);
		err = pmip__lma_reserve(lma);
		cursor = 0;
	}
	return err;
}

/* The session, if this MAG holds it for this mobile node: a MAG may revoke none but its own. */
static bool owns(const struct pmip__session *session, const struct pmip__mn *mn, const struct pmip_addr *proxy_coa)
{
	return session && session->mn == mn && !session->txn && pmip_addr_equal(&session->reg.tunnel->remote, proxy_coa);
}

static struct pmip__session *owned_by_prefix(const struct pmip_lma *lma, const struct pmip__mn *mn, const struct pmip_addr *proxy_coa,
					     const struct pmip_prefix *prefix)
{
	struct pmip__session *session = pmip__binding_cache_by_prefix(&lma->cache, prefix);

	return owns(session, mn, proxy_coa) ? session : NULL;
}

/* What an Indication names and this MAG holds, by how much removing it may queue; the rest is noted as failed. REV-9. */
static size_t find_named(const struct pmip_lma *lma, struct pmip__bri *bri, const struct pmip__mn *mn, const struct pmip_addr *proxy_coa)
{
	const struct pmip__session *session;
	struct pmip_option_iter iter;
	struct pmip_prefix prefix;
	size_t actions = 0;

	pmip_option_iter_init(&iter, bri->mh);
	while (pmip__bri_next_prefix(&iter, &prefix)) {
		session = mn ? owned_by_prefix(lma, mn, proxy_coa, &prefix) : NULL;
		if (session)
			actions += removal_actions(session);
		else
			pmip__bri_add_failed(bri, &prefix);
	}
	if (bri->names_some || !mn)
		return actions;
	for (const struct pmip__list *link = mn->sessions.next; link != &mn->sessions; link = link->next)
		if (owns(of_mn(link), mn, proxy_coa))
			actions += removal_actions(of_mn(link));
	return actions;
}

static void remove_named(struct pmip_lma *lma, const struct pmip__bri *bri, struct pmip__mn *mn, const struct pmip_addr *proxy_coa)
{
	static const char rule[] = "revoked by the MAG";
	struct pmip__session *session;
	struct pmip_option_iter iter;
	struct pmip_prefix prefix;

	mn->pins++;
	pmip_option_iter_init(&iter, bri->mh);
	while (pmip__bri_next_prefix(&iter, &prefix)) {
		session = owned_by_prefix(lma, mn, proxy_coa, &prefix);
		if (session)
			take_away(lma, session, &prefix, rule);
	}
	for (const struct pmip__list *link = mn->sessions.next, *next; !bri->names_some && link != &mn->sessions; link = next) {
		next = link->next;
		if (owns(of_mn(link), mn, proxy_coa))
			remove_session(lma, of_mn(link), rule);
	}
	mn->pins--;
	pmip__binding_cache_mn_tidy(&lma->cache, mn);
}

static void answer(struct pmip_lma *lma, const struct pmip_dgram *dgram, const struct pmip__bri *bri, uint8_t status)
{
	bool success = status < PMIP_REVOCATION_NO_BINDING;
	struct pmip_event event = {
		.type = success ? PMIP_EVENT_REVOKED : PMIP_EVENT_REVOCATION_FAILED,
		.mn_id = bri->mn_id,
		.peer = dgram->src,
		.status = status,
		.rule = "asked for by the MAG",
		.ref = "RFC 5846 8.2",
	};

	pmip__lma_notify(lma, &event);
	pmip__bri_answer(bri, dgram, status, &lma->actions);
}

/* No MAG has a say over all bindings here, and who is no MAG of ours has none over any. REV-5. */
static uint8_t check_bri(const struct pmip_lma *lma, const struct pmip_dgram *dgram, const struct pmip__bri *bri)
{
	uint8_t status = pmip__bri_check(bri, PMIP_ROLE_LMA);

	if (status)
		return status;
	if (bri->mh->u.revocation.flags & PMIP_REVOCATION_G)
		return PMIP_REVOCATION_GLOBAL_NOT_AUTHORIZED;
	return pmip__lma_config_has_mag(&lma->config, &dgram->src) ? PMIP_REVOCATION_SUCCESS : PMIP_REVOCATION_NO_BINDING;
}

static int take_bri(struct pmip_lma *lma, const struct pmip_dgram *dgram, const struct pmip_mh *mh)
{
	const struct pmip_addr *proxy_coa = &dgram->src;
	struct pmip__mn *mn = NULL;
	struct pmip__bri bri;
	uint8_t status;
	size_t actions;

	pmip__bri_read(&bri, mh);
	status = check_bri(lma, dgram, &bri);
	if (!status) {
		if (bri.has_alt_coa)
			proxy_coa = &bri.alt_coa;
		mn = pmip__binding_cache_mn(&lma->cache, &bri.mn_id);
		actions = find_named(lma, &bri, mn, proxy_coa);
		if (reserve_more(lma, actions, mn ? actions * mn->mn_id.len : 0))
			return PMIP_ERR_NOMEM;
		status = !actions ? PMIP_REVOCATION_NO_BINDING : bri.failed_count ? PMIP_REVOCATION_PARTIAL_SUCCESS : 0;
	}
	lma->counters[PMIP_LMA_BRI]++;
	answer(lma, dgram, &bri, status);
	if (status < PMIP_REVOCATION_NO_BINDING)
		remove_named(lma, &bri, mn, proxy_coa);
	return 0;
}

int pmip__lma_revocation(struct pmip_lma *lma, const struct pmip_dgram *dgram, const struct pmip_mh *mh)
{
	if (mh->u.revocation.type == PMIP_REVOCATION_ACK)
		return take_bra(lma, dgram, &mh->u.revocation);
	return take_bri(lma, dgram, mh);
}
