/* SPDX-License-Identifier: BSD-2-Clause */
/* Binding Revocation Indications of MAGs (RFC 5846 section 8.2): what they name and the MAG holds goes at once. */
#include "engine/lma.h"

static struct pmip__session *of_mn(const struct pmip__list *link)
{
	return PMIP__CONTAINER(link, struct pmip__session, of_mn);
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
	if (bri->prefix_count || !mn)
		return actions;
	for (const struct pmip__list *link = mn->sessions.next; link != &mn->sessions; link = link->next)
		if (owns(of_mn(link), mn, proxy_coa))
			actions += pmip__lma_removal_actions(of_mn(link));
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
	for (const struct pmip__list *link = mn->sessions.next, *next; !bri->prefix_count && link != &mn->sessions; link = next) {
		next = link->next;
		if (owns(of_mn(link), mn, proxy_coa))
			pmip__lma_revoke_session(lma, of_mn(link), rule);
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

int pmip__lma_bri(struct pmip_lma *lma, const struct pmip_dgram *dgram, const struct pmip_mh *mh)
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
		if (pmip__lma_reserve_more(lma, actions, mn ? actions * mn->mn_id.len : 0))
			return PMIP_ERR_NOMEM;
		status = !actions ? PMIP_REVOCATION_NO_BINDING : bri.failed_count ? PMIP_REVOCATION_PARTIAL_SUCCESS : 0;
	}
	lma->counters[PMIP_LMA_BRI]++;
	answer(lma, dgram, &bri, status);
	if (status < PMIP_REVOCATION_NO_BINDING)
		remove_named(lma, &bri, mn, proxy_coa);
	return 0;
}
