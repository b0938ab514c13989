/* SPDX-License-Identifier: BSD-2-Clause */
/* Binding Revocation Indications of MAGs (RFC 5846 section 8.2): what they name and the MAG holds goes at once. */
#include "engine/lma.h"

/* Of all bindings of the MAG; a group is but some of them. */
static bool is_global(const struct pmip__bri *bri)
{
	return (bri->mh->u.revocation.flags & PMIP_REVOCATION_G) && !bri->has_group;
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
			actions += pmip__lma_removal_actions(session);
		else
			pmip__bri_add_failed(bri, &prefix);
	}
	if (bri->names_some || !mn)
		return actions;
	for (const struct pmip__list *link = mn->sessions.next; link != &mn->sessions; link = link->next)
		if (owns(pmip__session_of_mn(link), mn, proxy_coa))
			actions += pmip__lma_removal_actions(pmip__session_of_mn(link));
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
			pmip__lma_revoke_prefix(lma, session, &prefix, rule);
	}
	for (const struct pmip__list *link = mn->sessions.next, *next; !bri->names_some && link != &mn->sessions; link = next) {
		next = link->next;
		if (owns(pmip__session_of_mn(link), mn, proxy_coa))
			pmip__lma_revoke_session(lma, pmip__session_of_mn(link), rule);
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
		.group = bri->group.id,
	};

	pmip__lma_notify(lma, &event);
	pmip__bri_answer(bri, dgram, status, &lma->actions);
}

/* A MAG has a say over all of its bindings at once when that is configured, and who is no MAG of ours has none over any. REV-5. */
static uint8_t check_bri(const struct pmip_lma *lma, const struct pmip_dgram *dgram, const struct pmip__bri *bri)
{
	uint8_t status = pmip__bri_check(bri, PMIP_ROLE_LMA);

	if (status)
		return status;
	if (is_global(bri) && !pmip__addr_set_has(&lma->config.global_revokers, &dgram->src))
		return PMIP_REVOCATION_GLOBAL_NOT_AUTHORIZED;
	return pmip__lma_config_rule(&lma->config, &dgram->src) ? PMIP_REVOCATION_SUCCESS : PMIP_REVOCATION_NO_BINDING;
}

/* Whether an Indication for many concerns a session. */
static bool is_meant(const struct pmip__bri *bri, const struct pmip__session *session)
{
	return bri->has_group ? pmip__lma_bulk_is_member(session) : !session->txn;
}

/* Those that go through one tunnel, by how much removing them may queue. */
static size_t count_meant(const struct pmip__bri *bri, const struct pmip__tunnel *tunnel, size_t *octets)
{
	size_t actions = 0;

	for (const struct pmip__list *link = tunnel->sessions.next; link != &tunnel->sessions; link = link->next) {
		if (!is_meant(bri, pmip__session_of_tunnel(link)))
			continue;
		actions += pmip__lma_removal_actions(pmip__session_of_tunnel(link));
		*octets += pmip__session_of_tunnel(link)->mn->mn_id.len;
	}
	return actions;
}

/* The next tunnel of a MAG's own with something to remove. */
static struct pmip__tunnel *next_tunnel(const struct pmip_lma *lma, const struct pmip__bri *bri, const struct pmip_dgram *dgram,
					size_t *cursor, size_t *actions, size_t *octets)
{
	struct pmip__tunnel *tunnel;
	size_t more;

	while ((tunnel = pmip__htable_next(&lma->cache.tunnels, cursor))) {
		bool own = pmip_addr_equal(&tunnel->mag, &dgram->src) && pmip_addr_equal(&tunnel->local, &dgram->dst);

		if (!own || (bri->has_alt_coa && !pmip_addr_equal(&tunnel->remote, &bri->alt_coa)) ||
		    (bri->has_group && !pmip__lma_bulk_is_group(tunnel, &bri->group)))
			continue;
		more = count_meant(bri, tunnel, octets);
		*actions += more;
		if (more)
			return tunnel;
	}
	return NULL;
}

static void remove_meant(struct pmip_lma *lma, const struct pmip__bri *bri, struct pmip__tunnel *tunnel)
{
	tunnel->refs++;
	for (const struct pmip__list *link = tunnel->sessions.next, *next; link != &tunnel->sessions; link = next) {
		next = link->next;
		if (is_meant(bri, pmip__session_of_tunnel(link)))
			pmip__lma_revoke_session(lma, pmip__session_of_tunnel(link), "revoked by the MAG, with others");
	}
	pmip__lma_put_tunnel(lma, tunnel);
}

/* All of a MAG's bindings, or all of a group of them. REV-5, REV-12. */
static int take_many(struct pmip_lma *lma, const struct pmip_dgram *dgram, const struct pmip__bri *bri)
{
	size_t cursor = 0, actions = 0, octets = 0;
	struct pmip__tunnel *tunnel;

	while (next_tunnel(lma, bri, dgram, &cursor, &actions, &octets))
		continue;
	if (pmip__lma_reserve_more(lma, actions, octets))
		return PMIP_ERR_NOMEM;
	lma->counters[PMIP_LMA_BRI]++;
	answer(lma, dgram, bri, actions ? PMIP_REVOCATION_SUCCESS : PMIP_REVOCATION_NO_BINDING);
	/* Removing tunnels changes what is walked, so each time from the start. */
	for (cursor = 0; (tunnel = next_tunnel(lma, bri, dgram, &cursor, &actions, &octets)); cursor = 0)
		remove_meant(lma, bri, tunnel);
	return 0;
}

static int take_one(struct pmip_lma *lma, const struct pmip_dgram *dgram, struct pmip__bri *bri)
{
	const struct pmip_addr *proxy_coa = bri->has_alt_coa ? &bri->alt_coa : &dgram->src;
	struct pmip__mn *mn = pmip__binding_cache_mn(&lma->cache, &bri->mn_id);
	size_t actions = find_named(lma, bri, mn, proxy_coa);

	if (pmip__lma_reserve_more(lma, actions, mn ? actions * mn->mn_id.len : 0))
		return PMIP_ERR_NOMEM;
	lma->counters[PMIP_LMA_BRI]++;
	answer(lma, dgram, bri, !actions ? PMIP_REVOCATION_NO_BINDING : bri->failed_count ? PMIP_REVOCATION_PARTIAL_SUCCESS : 0);
	if (actions)
		remove_named(lma, bri, mn, proxy_coa);
	return 0;
}

int pmip__lma_bri(struct pmip_lma *lma, const struct pmip_dgram *dgram, const struct pmip_mh *mh)
{
	struct pmip__bri bri;
	uint8_t status;

	pmip__bri_read(&bri, mh);
	status = check_bri(lma, dgram, &bri);
	if (status) {
		lma->counters[PMIP_LMA_BRI]++;
		answer(lma, dgram, &bri, status);
		return 0;
	}
	return is_global(&bri) || bri.has_group ? take_many(lma, dgram, &bri) : take_one(lma, dgram, &bri);
}
