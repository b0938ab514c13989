/* SPDX-License-Identifier: BSD-2-Clause */
/* Several paths of one MAG to a mobile node (RFC 8278). Each is a session of its own which shares the prefixes of the first, like the
 * attachments of a logical interface (lma_share.c); what tells them apart is the BID, and what says that they belong together is the MAG's
 * identifier. To another MAG the mobile node goes with all of them. */
#include "engine/lma.h"

/* 0 and 255 are reserved (RFC 8278 section 4.1). */
#define BID_MAX 254

static const struct pmip_opt_multipath *option_of(const struct pmip__request *request)
{
	return request->reply.options.has & PMIP_HAS_MULTIPATH ? &request->reply.options.multipath : NULL;
}

/* Without an identifier of its MAG, or with flags that exclude each other, it is checked and refused later. */
void pmip__lma_multipath_read(const struct pmip_lma *lma, struct pmip__request *request)
{
	struct pmip_binding_options *options = &request->reply.options;
	/* What is stored must mean the same to the next process; who may say that it is this MAG may say so in the first place. */
	static const struct pmip__hash_key any_process = {0, 0};
	const struct pmip_opt_multipath *option;

	if (!lma->config.multipath)
		options->has &= ~(unsigned int)(PMIP_HAS_MULTIPATH | PMIP_HAS_MAG_ID);
	option = option_of(request);
	if (option && (options->has & PMIP_HAS_MAG_ID))
		request->path = (struct pmip__path){
			.bid = option->bid,
			.label = option->label,
			.att = option->att,
			.mag = (uint32_t)pmip__hash_mnid(&any_process, &options->mag_id),
		};
}

/* MPB-1. */
enum pmip_status pmip__lma_multipath_check(const struct pmip__request *request)
{
	const struct pmip_opt_multipath *option = option_of(request);

	if (!option)
		return PMIP_STATUS_ACCEPTED;
	if (!(request->reply.options.has & PMIP_HAS_MAG_ID) || !option->bid || option->bid > BID_MAX || (option->bulk && option->overwrite) ||
	    (option->overwrite && !request->bu.lifetime_s))
		return PMIP_STATUS_REASON_UNSPECIFIED;
	return request->profile->multipath ? PMIP_STATUS_ACCEPTED : PMIP_STATUS_CANNOT_SUPPORT_MULTIPATH_BINDING;
}

/* By its prefixes, or when none is named by the interface. */
static bool is_meant(const struct pmip__session *session, const struct pmip__session *anchor, const struct pmip_binding_options *options)
{
	if (!options->hnp_count || pmip_addr_is_unspecified(&options->hnp[0].prefix.addr))
		return session->reg.att == options->att && pmip_llid_equal(&session->reg.ll_id, &options->ll_id);
	return pmip__lma_has_prefixes(anchor, options);
}

struct pmip__session *pmip__lma_multipath_find(const struct pmip__request *request, const struct pmip__mn *mn)
{
	const struct pmip_binding_options *options = &request->reply.options;

	if (!mn || !request->path.bid)
		return NULL;
	for (const struct pmip__list *link = mn->sessions.next; link != &mn->sessions; link = link->next) {
		struct pmip__session *session = pmip__session_of_mn(link), *anchor = pmip__binding_cache_anchor(session);
		struct pmip__path path = pmip__session_path(session);

		if (path.bid && path.mag == request->path.mag && is_meant(session, anchor, options))
			return anchor;
	}
	return NULL;
}

void pmip__lma_multipath_match(const struct pmip__request *request, struct pmip__session *session, struct pmip__match *match)
{
	for (const struct pmip__list *link = session->mn->sessions.next; link != &session->mn->sessions; link = link->next) {
		struct pmip__session *path = pmip__session_of_mn(link);

		if (path->set == session->set && pmip__session_path(path).bid == request->path.bid)
			match->session = path;
	}
	match->replaces = option_of(request)->overwrite;
	if (match->replaces && !match->session)
		match->session = session;
}

void pmip__lma_multipath_from_elsewhere(const struct pmip__request *request, struct pmip__match *match)
{
	struct pmip__session *anchor = pmip__binding_cache_anchor(match->session);
	const struct pmip__mn *mn = anchor->mn;

	if (!pmip__session_path(anchor).bid)
		return;
	if (request->bu.lifetime_s) {
		match->session = anchor;
		match->replaces = true;
		return;
	}
	for (const struct pmip__list *link = mn->sessions.next; link != &mn->sessions; link = link->next) {
		struct pmip__session *path = pmip__session_of_mn(link);

		if (path->set == anchor->set && pmip_addr_equal(&path->reg.tunnel->remote, &request->proxy_coa))
			match->session = path;
	}
}

/* RFC 8278 section 4.1: with flag O the others end, with flag B their lifetimes begin anew. MPB-2. */
void pmip__lma_multipath_accepted(struct pmip_lma *lma, struct pmip__session *session, const struct pmip_opt_multipath *option, bool replaces,
				  uint64_t now_us)
{
	const struct pmip__mn *mn = session->mn;
	bool extends = pmip__session_path(session).bid && option->bulk;
	uint8_t revoking;

	if (!replaces && !extends)
		return;
	for (const struct pmip__list *link = mn->sessions.next; link != &mn->sessions; link = link->next) {
		struct pmip__session *other = pmip__session_of_mn(link);

		if (other == session || other->set != session->set || other->state != PMIP_BINDING_ACTIVE)
			continue;
		pmip__binding_cache_unstored(&lma->cache, other->mn);
		if (replaces) {
			other->replaced = true;
			pmip__timerq_set(&lma->timers, &other->timer, now_us);
		} else if (pmip__session_path(other).mag == pmip__session_path(session).mag) {
			revoking = other->revoking; /* that goes on: nothing was said of this one by itself */
			other->reg.lifetime_s = session->reg.lifetime_s;
			pmip__lma_start_lifetime(lma, other, now_us);
			other->revoking = revoking;
			pmip__lma_repeat_forwarding(lma, other);
		}
	}
}
