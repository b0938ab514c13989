/* SPDX-License-Identifier: BSD-2-Clause */
/* Which session does a PBU mean (RFC 5213 section 5.4.1): by prefix when it names one, else by link-layer identifier, else by what
 * there is. The row ids are those of tests/conformance/requirements.tsv. */
#include "engine/lma.h"

struct view {
	const struct pmip__mn *mn; /* NULL = none */
	struct pmip__session *only; /* its session when there is exactly one */
	bool has_session;
};

static bool is_zero_hnp(const struct pmip_opt_hnp *hnp)
{
	return pmip_addr_is_unspecified(&hnp->prefix.addr);
}

/* Several paths of one MAG are one session here. */
static struct pmip__session *only_session(const struct pmip__mn *mn)
{
	struct pmip__session *first = pmip__binding_cache_anchor(pmip__session_of_mn(mn->sessions.next));

	for (const struct pmip__list *link = mn->sessions.next; link != &mn->sessions; link = link->next)
		if (pmip__session_of_mn(link) != first && !(pmip__session_path(first).bid && pmip__session_of_mn(link)->set == first->set))
			return NULL;
	return first;
}

static struct view look(const struct pmip__mn *mn)
{
	struct view view = {.mn = mn};

	if (!view.mn || pmip__list_empty(&view.mn->sessions))
		return view;
	view.has_session = true;
	view.only = only_session(view.mn);
	return view;
}

static bool same_interface(const struct pmip__session *session, const struct pmip_binding_options *options)
{
	return session->reg.att == options->att && pmip_llid_equal(&session->reg.ll_id, &options->ll_id);
}

bool pmip__lma_has_prefixes(const struct pmip__session *session, const struct pmip_binding_options *options)
{
	if (session->hnp_count != options->hnp_count)
		return false;
	for (unsigned int i = 0; i < options->hnp_count; i++) {
		bool found = false;

		for (unsigned int k = 0; k < session->hnp_count; k++)
			found = found || pmip_prefix_equal(&session->hnp[k].prefix, &options->hnp[i].prefix);
		if (!found)
			return false;
	}
	return true;
}

static enum pmip__outcome reject(struct pmip__match *match, enum pmip_status status)
{
	match->status = status;
	return PMIP__OUTCOME_REJECT;
}

static enum pmip__outcome update(struct pmip__match *match, struct pmip__session *session)
{
	match->session = session;
	return PMIP__OUTCOME_UPDATE;
}

static enum pmip__outcome ignore(struct pmip__match *match)
{
	match->rule = "de-registration of a session that is not known";
	return PMIP__OUTCOME_IGNORE;
}

/* A new session, or nothing at all when the PBU would end it (DER-8). */
static enum pmip__outcome new_or_ignore(const struct pmip__request *request, struct pmip__match *match)
{
	return request->bu.lifetime_s ? PMIP__OUTCOME_NEW : ignore(match);
}

static enum pmip__outcome share(const struct pmip__request *request, struct pmip__session *anchor, struct pmip__match *match)
{
	if (!anchor->hnp_count)
		return new_or_ignore(request, match); /* it has IPv4 alone, which is not shared */
	if (!request->bu.lifetime_s)
		return ignore(match);
	if (anchor->state == PMIP_BINDING_DELETE_WAIT)
		return update(match, anchor); /* nobody is left to share with */
	match->anchor = anchor;
	return PMIP__OUTCOME_SHARE;
}

/* The paper's Handoff Indicator? A logical interface may show the same link-layer identifier everywhere, so that its attachments are told
 * apart by the Proxy-CoA. PAP-1, PAP-4, LIF-3. */
static bool is_paper_hi(const struct pmip_lma *lma, uint8_t hi)
{
	return lma->config.flowmob && hi && hi == lma->config.hi_logical_interface;
}

/* Does it ask to share prefixes with what is attached already? PAP-1. */
static bool asks_to_share(const struct pmip_lma *lma, uint8_t hi)
{
	return (lma->config.flowmob && hi == PMIP_HI_SHARED) || is_paper_hi(lma, hi);
}

/* The one attachment of a mobile node's set that has this key, NULL when none or several have. */
static struct pmip__session *only_with(const struct pmip__session *member, const struct pmip__request *request, bool by_proxy_coa)
{
	const struct pmip_binding_options *options = &request->reply.options;
	struct pmip__session *found = NULL;

	for (const struct pmip__list *link = member->mn->sessions.next; link != &member->mn->sessions; link = link->next) {
		struct pmip__session *session = pmip__session_of_mn(link);
		bool equal = by_proxy_coa ? session->reg.att == options->att &&
						    pmip_addr_equal(&session->reg.tunnel->remote, &request->proxy_coa)
					  : options->ll_id.len && same_interface(session, options);

		if (session->set != member->set || !equal)
			continue;
		if (found)
			return NULL;
		found = session;
	}
	return found;
}

/* A new attachment, or the one that the request's key names. LKP-A4, LKP-A5, PAP-4, PAP-5, PAP-6. */
static enum pmip__outcome join(const struct pmip_lma *lma, const struct pmip__request *request, struct pmip__session *anchor,
			       struct pmip__match *match)
{
	struct pmip__session *session = only_with(anchor, request, is_paper_hi(lma, request->reply.options.hi));

	return session ? update(match, session) : share(request, anchor, match);
}

/* Which of several attachments under one prefix set? Never just any of them. LKP-S2, PAP-10. */
static enum pmip__outcome among_several(const struct pmip__request *request, struct pmip__session *anchor, struct pmip__match *match)
{
	struct pmip__session *session = only_with(anchor, request, false);

	if (!session)
		session = only_with(anchor, request, true);
	if (session)
		return update(match, session);
	return request->bu.lifetime_s ? reject(match, PMIP_STATUS_REASON_UNSPECIFIED) : ignore(match);
}

/* What the PBU names is the mobile node's own: is it about this session, or does it take from it? */
static enum pmip__outcome of_owner(const struct pmip_lma *lma, const struct pmip__request *request, struct pmip__session *owner,
				   enum pmip_status status, struct pmip__match *match)
{
	const struct pmip_binding_options *options = &request->reply.options;
	bool has_ll_id = options->ll_id.len > 0;
	bool att_equal = owner->reg.att == options->att;
	bool at_same_mag = pmip_addr_equal(&owner->reg.tunnel->remote, &request->proxy_coa);

	if (asks_to_share(lma, options->hi))
		return join(lma, request, owner, match); /* LKP-A4, LKP-A5 */
	if (pmip__lma_is_sharing(owner) && !pmip__session_path(owner).bid)
		return among_several(request, owner, match);
	if (has_ll_id && same_interface(owner, options))
		return update(match, owner); /* LKP-A6 */
	if (options->hi == PMIP_HI_BETWEEN_INTERFACES)
		return update(match, owner); /* LKP-A7 */
	if (!has_ll_id && !owner->reg.ll_id.len && att_equal && options->hi == PMIP_HI_BETWEEN_MAGS)
		return update(match, owner); /* LKP-A8 */
	if (at_same_mag && att_equal)
		return update(match, owner); /* LKP-A9 */
	if (!request->bu.lifetime_s)
		return ignore(match); /* LKP-A10 */
	/* LKP-A11. DEVIATES: RFC 5213 5.4.1.1 says "new session", which cannot be: its prefixes are in use. */
	return reject(match, status);
}

/* At least one prefix is named: rows A. */
static enum pmip__outcome by_prefix(const struct pmip_lma *lma, const struct pmip__request *request, struct pmip__match *match)
{
	const struct pmip_binding_options *options = &request->reply.options;
	struct pmip__session *owner = NULL;

	for (unsigned int i = 0; i < options->hnp_count && !owner; i++)
		owner = pmip__binding_cache_by_prefix(&lma->cache, &options->hnp[i].prefix);
	if (!owner)
		return new_or_ignore(request, match); /* LKP-A1 */
	if (!pmip_mnid_equal(&owner->mn->mn_id, &options->mn_id))
		return reject(match, PMIP_STATUS_NOT_AUTHORIZED_FOR_HOME_NETWORK_PREFIX); /* LKP-A2 */
	if (!pmip__lma_has_prefixes(owner, options))
		return reject(match, PMIP_STATUS_BCE_PBU_PREFIX_SET_DO_NOT_MATCH); /* LKP-A3 */
	return of_owner(lma, request, owner, PMIP_STATUS_NOT_AUTHORIZED_FOR_HOME_NETWORK_PREFIX, match);
}

/* A path of the same MAG is known by its BID, or it is a new one. MPB-1. */
static enum pmip__outcome by_path(const struct pmip__request *request, struct pmip__session *session, struct pmip__match *match)
{
	pmip__lma_multipath_match(request, session, match);
	if (match->session)
		return PMIP__OUTCOME_UPDATE;
	if (request->bu.lifetime_s && !session->hnp_count)
		return reject(match, PMIP_STATUS_CANNOT_SUPPORT_MULTIPATH_BINDING); /* it has IPv4 alone */
	return share(request, session, match);
}

/* The session that has the IPv4 home address which is named; NULL = there is none. */
static struct pmip__session *ipv4_owner(const struct pmip_lma *lma, const struct pmip_binding_options *options)
{
	struct pmip_prefix prefix;

	if (!(options->has & PMIP_HAS_IPV4_REQUEST))
		return NULL;
	prefix = pmip__lma_ipv4_prefix(&options->ipv4_request.addr);
	return pmip__binding_cache_by_prefix(&lma->cache, &prefix);
}

/* No prefix is named, but an IPv4 home address that a session has: rows A once more (RFC 5844 section 3.1.2.7). V4-8. */
static enum pmip__outcome by_ipv4(const struct pmip_lma *lma, const struct pmip__request *request, struct pmip__session *owner,
				  struct pmip__match *match)
{
	if (!pmip_mnid_equal(&owner->mn->mn_id, &request->reply.options.mn_id))
		return reject(match, PMIP_STATUS_NOT_AUTHORIZED_FOR_IPV4_HOME_ADDRESS);
	return of_owner(lma, request, owner, PMIP_STATUS_NOT_AUTHORIZED_FOR_IPV4_HOME_ADDRESS, match);
}

/* HI = 4 with one session: is it the old end of a handover? Known once it is de-registered (RFC 5213 section 5.4.1.2).
 * LKP-W1, LKP-W4. */
static enum pmip__outcome wait_for(const struct pmip_lma *lma, const struct pmip__request *request, struct pmip__session *session,
				   struct pmip__match *match)
{
	if (session->state == PMIP_BINDING_DELETE_WAIT)
		return update(match, session); /* LKP-W4 */
	if (!request->bu.lifetime_s)
		return ignore(match);
	if (!request->may_wait || !lma->config.max_delay_before_new_bce_assign_ms)
		return PMIP__OUTCOME_NEW; /* LKP-W1 */
	match->session = session;
	return PMIP__OUTCOME_WAIT;
}

/* No prefix, but a link-layer identifier: rows B. */
static enum pmip__outcome by_ll_id(const struct pmip_lma *lma, const struct pmip__request *request, const struct view *view,
				   struct pmip__match *match)
{
	const struct pmip_binding_options *options = &request->reply.options;

	if (view->has_session && !is_paper_hi(lma, options->hi))
		for (struct pmip__list *link = view->mn->sessions.next; link != &view->mn->sessions; link = link->next)
			if (same_interface(pmip__session_of_mn(link), options))
				return update(match, pmip__session_of_mn(link)); /* LKP-B1 */
	if (view->has_session && asks_to_share(lma, options->hi))
		return join(lma, request, pmip__binding_cache_anchor(pmip__session_of_mn(view->mn->sessions.next)), match); /* LKP-B4 */
	if (view->only && options->hi == PMIP_HI_BETWEEN_INTERFACES)
		return update(match, view->only); /* LKP-B2 */
	if (view->only && options->hi == PMIP_HI_UNKNOWN)
		return wait_for(lma, request, view->only, match); /* LKP-B3 */
	return new_or_ignore(request, match); /* LKP-B5, LKP-B6 */
}

/* Neither: rows C. */
static enum pmip__outcome by_mn_id(const struct pmip_lma *lma, const struct pmip__request *request, const struct view *view,
				   struct pmip__match *match)
{
	uint8_t hi = request->reply.options.hi;

	if (view->has_session && asks_to_share(lma, hi))
		return join(lma, request, pmip__binding_cache_anchor(pmip__session_of_mn(view->mn->sessions.next)), match); /* LKP-C3 */
	if (view->only && (hi == PMIP_HI_BETWEEN_INTERFACES || hi == PMIP_HI_BETWEEN_MAGS))
		return update(match, view->only); /* LKP-C1 */
	if (view->only && hi == PMIP_HI_UNKNOWN)
		return wait_for(lma, request, view->only, match); /* LKP-C2 */
	return new_or_ignore(request, match); /* LKP-C4, LKP-C5 */
}

static enum pmip__outcome look_up(const struct pmip_lma *lma, const struct pmip__request *request, const struct pmip__mn *mn,
				  struct pmip__match *match)
{
	const struct pmip_binding_options *options = &request->reply.options;
	struct pmip__session *owner = ipv4_owner(lma, options);
	struct view view = look(mn);

	if (options->hnp_count && !is_zero_hnp(&options->hnp[0]))
		return by_prefix(lma, request, match);
	if (owner)
		return by_ipv4(lma, request, owner, match);
	if (options->ll_id.len)
		return by_ll_id(lma, request, &view, match);
	return by_mn_id(lma, request, &view, match);
}

enum pmip__outcome pmip__lma_lookup(const struct pmip_lma *lma, const struct pmip__request *request, const struct pmip__mn *mn,
				    struct pmip__match *match)
{
	struct pmip__session *session = pmip__lma_multipath_find(request, mn);
	enum pmip__outcome outcome;

	*match = (struct pmip__match){0};
	if (session)
		return by_path(request, session, match);
	outcome = look_up(lma, request, mn, match);
	if (outcome == PMIP__OUTCOME_UPDATE)
		pmip__lma_multipath_from_elsewhere(request, match);
	return outcome;
}
