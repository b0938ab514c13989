/* SPDX-License-Identifier: BSD-2-Clause */
/* The checks on a PBU, in the order of RFC 5213 section 5.3.1: the first that fails gives the status. */
#include "engine/lma.h"

void pmip__lma_ignore(struct pmip_lma *lma, const struct pmip__request *request, const char *rule, const char *ref)
{
	struct pmip_event event = {
		.type = PMIP_EVENT_IGNORED,
		.mn_id = request->reply.options.mn_id,
		.peer = request->dgram->src,
		.rule = rule,
		.ref = ref,
	};

	lma->counters[PMIP_LMA_IGNORED]++;
	pmip__lma_notify(lma, &event);
}

/* An LMA that sends sessions to us speaks for the MAG that the Alternate Care-of Address option names (RFC 6463 section 5.3.2). RED-22. */
static bool speaks_for_mag(const struct pmip_lma *lma, struct pmip__request *request)
{
	request->mag = request->rule;
	if (!request->mag && pmip__addr_set_has(&lma->config.rflmas, &request->dgram->src) &&
	    (request->reply.options.has & PMIP_HAS_ALT_COA))
		request->mag = pmip__lma_config_rule(&lma->config, &request->proxy_coa);
	return request->mag;
}

/* Who asks, and for whom. LMA-3, LMA-4, LMA-5, LMA-6, LMA-7, SEC-3. */
static enum pmip_status check_identity(const struct pmip_lma *lma, struct pmip__request *request)
{
	const struct pmip_binding_options *options = &request->reply.options;

	if (!(options->has & PMIP_HAS_MN_ID))
		return PMIP_STATUS_MISSING_MN_IDENTIFIER_OPTION;
	if (!speaks_for_mag(lma, request))
		return PMIP_STATUS_MAG_NOT_AUTHORIZED_FOR_PROXY_REG;
	request->profile = pmip__profiles_by_mn_id(&lma->config.profiles, &options->mn_id);
	if (!request->profile || !options->mn_id.len)
		return PMIP_STATUS_NOT_LMA_FOR_THIS_MOBILE_NODE;
	if (request->profile->disabled)
		return PMIP_STATUS_PROXY_REG_NOT_ENABLED;
	request->reply.flow_mobility = lma->config.flowmob && request->profile->flow_mobility;
	return PMIP_STATUS_ACCEPTED;
}

enum pmip_status pmip__lma_check_fresh(const struct pmip_lma *lma, const struct pmip__request *request, const struct pmip__freshness *last,
				       bool any_time)
{
	return pmip__freshness_check(last, pmip__lma_timestamp_of(request), request->bu.seq, request->now.wall_us,
				     any_time ? UINT64_MAX : (uint64_t)lma->config.timestamp_window_ms * 1000);
}

/* Whether it comes in order, by the session that it means. A PBU that waited for a de-registration was in order when it came; the
 * de-registration is later by nature. LMA-8, LKP-W5. */
static enum pmip_status check_order(const struct pmip_lma *lma, const struct pmip__request *request,
				    const struct pmip__session *session)
{
	static const struct pmip__freshness nothing;
	bool awaited = request->was_held && session && session->state == PMIP_BINDING_DELETE_WAIT;

	if (awaited)
		return PMIP_STATUS_ACCEPTED;
	return pmip__lma_check_fresh(lma, request, session ? &session->reg.fresh : &nothing,
				     lma->config.mobile_node_generated_timestamp || request->was_held);
}

/* Whether it says what it must. LMA-9, LMA-10, LMA-11, LMA-12. */
static enum pmip_status check_options(const struct pmip__request *request)
{
	const struct pmip_binding_options *options = &request->reply.options;

	if (!options->hnp_count && !(options->has & PMIP_HAS_IPV4_REQUEST))
		return PMIP_STATUS_MISSING_HOME_NETWORK_PREFIX_OPTION;
	if (!(options->has & PMIP_HAS_HI))
		return PMIP_STATUS_MISSING_HANDOFF_INDICATOR_OPTION;
	if (!(options->has & PMIP_HAS_ATT))
		return PMIP_STATUS_MISSING_ACCESS_TECH_TYPE_OPTION;
	if (!options->hi || (!options->att && !(request->tolerated & PMIP_TOLERATE_ATT_ZERO)))
		return PMIP_STATUS_REASON_UNSPECIFIED;
	/* ALL_ZERO stands alone (RFC 5213 section 6.9.1.1). */
	for (unsigned int i = 0; i < options->hnp_count && options->hnp_count > 1; i++)
		if (pmip_addr_is_unspecified(&options->hnp[i].prefix.addr))
			return PMIP_STATUS_REASON_UNSPECIFIED;
	if (request->too_many)
		return PMIP_STATUS_INSUFFICIENT_RESOURCES;
	if (request->repeats_ipv4)
		return PMIP_STATUS_MULTIPLE_IPV4_HOME_ADDRESS_ASSIGNMENT_NOT_SUPPORTED; /* V4-5 */
	if (!pmip_addr_is_unicast(&request->proxy_coa))
		return PMIP_STATUS_INVALID_CARE_OF_ADDRESS;
	return pmip__lma_multipath_check(request);
}

static bool is_registering(const struct pmip__mn *mn)
{
	for (const struct pmip__list *link = mn->sessions.next; link != &mn->sessions; link = link->next)
		if (pmip__session_of_mn(link)->txn)
			return true;
	return false;
}

/* Whether a mobile node may have the prefixes of a session at the MAG that asks; the MAG that has named them may ask for others. SEC-3. */
static enum pmip_status check_prefixes(const struct pmip__request *request, const struct pmip__session *session)
{
	const struct pmip_binding_options *options = &request->reply.options;
	const struct pmip__session *anchor = pmip__binding_cache_anchor(session);
	bool named = options->hnp_count && !pmip_addr_is_unspecified(&options->hnp[0].prefix.addr);

	for (unsigned int i = 0; i < anchor->hnp_count; i++)
		if (!pmip__peer_rule_allows(request->mag, &anchor->hnp[i].prefix))
			return named ? PMIP_STATUS_NOT_AUTHORIZED_FOR_HOME_NETWORK_PREFIX : PMIP_STATUS_MAG_NOT_AUTHORIZED_FOR_PROXY_REG;
	return PMIP_STATUS_ACCEPTED;
}

/* A session stays, or comes (NULL): by itself, or to share the prefixes of an anchor. */
static int take_on(struct pmip_lma *lma, struct pmip__request *request, struct pmip__session *session, struct pmip__session *anchor)
{
	enum pmip_status status = pmip__lma_gre_decide(lma, request);

	if (!status && (session || anchor))
		status = check_prefixes(request, session ? session : anchor);
	if (!status)
		status = pmip__lma_ipv4_decide(lma, request, session, anchor);
	if (status) {
		pmip__lma_reply_refuse(lma, &request->reply, status, request->now);
		return 0;
	}
	return session ? pmip__lma_register_update(lma, request, session) : pmip__lma_register_new(lma, request, anchor);
}

/* A session that begins is another LMA's, or ours; that LMA would have to tolerate the same, now or in its answers, and know the same paths.
 * TOL-11. */
static int begin(struct pmip_lma *lma, struct pmip__request *request)
{
	int result = request->tolerated || request->reply.exact_echo || request->path.bid ? 0 : pmip__lma_redirect(lma, request);

	if (result)
		return result < 0 ? result : 0;
	result = take_on(lma, request, NULL, NULL);
	if (!result)
		pmip__lma_redirect_forget(lma, request);
	return result;
}

static int wait(struct pmip_lma *lma, const struct pmip__request *request, struct pmip__session *session)
{
	int err = pmip__lma_hold(lma, request, session->mn, session->revoking != PMIP__REVOKING_FOR_HANDOVER);

	if (!err)
		pmip__lma_ask_old_mag(lma, session, request->now);
	return err;
}

static int act(struct pmip_lma *lma, struct pmip__request *request, enum pmip__outcome outcome,
	       const struct pmip__match *match)
{
	switch (outcome) {
	case PMIP__OUTCOME_NEW:
		return begin(lma, request);
	case PMIP__OUTCOME_UPDATE:
		/* What an administrator takes away no PBU brings back meanwhile (RFC 5846 section 8.1). REV-11. */
		if (request->bu.lifetime_s && match->session->revoking == PMIP__REVOKING_ADMINISTRATIVELY) {
			pmip__lma_reply_refuse(lma, &request->reply, PMIP_STATUS_ADMIN_PROHIBITED, request->now);
			return 0;
		}
		if (request->bu.lifetime_s)
			return take_on(lma, request, match->session, NULL);
		pmip__lma_deregister(lma, request, match->session);
		return 0;
	case PMIP__OUTCOME_SHARE:
		return take_on(lma, request, NULL, match->anchor);
	case PMIP__OUTCOME_REJECT:
		pmip__lma_reply_refuse(lma, &request->reply, match->status, request->now);
		return 0;
	case PMIP__OUTCOME_IGNORE:
		pmip__lma_ignore(lma, request, match->rule, "RFC 5213 5.4.1");
		return 0;
	case PMIP__OUTCOME_WAIT:
		return wait(lma, request, match->session);
	}
	return 0;
}

/* Where the mobile node is, if the MAG says so (RFC 6757 section 4.2). UPN-6. */
static void tell_access_network(struct pmip_lma *lma, const struct pmip__request *request, const struct pmip_mh *mh)
{
	struct pmip_event event = {
		.type = PMIP_EVENT_ACCESS_NETWORK,
		.mn_id = request->reply.options.mn_id,
		.peer = request->dgram->src,
	};
	struct pmip_option_iter iter;
	struct pmip_option option;

	pmip_option_iter_init(&iter, mh);
	while (pmip_option_next_of(&iter, &option, PMIP_OPT_ANI))
		event.data = option.u.suboptions;
	if (event.data.len)
		pmip__lma_notify(lma, &event);
}

/* Whether the PBU asks for more than one IPv4 home address. */
static bool repeats_ipv4(const struct pmip_mh *mh)
{
	struct pmip_option_iter iter;
	struct pmip_option option;
	unsigned int count = 0;

	pmip_option_iter_init(&iter, mh);
	while (pmip_option_next_of(&iter, &option, PMIP_OPT_IPV4_HOA_REQUEST))
		count++;
	return count > 1;
}

/* Zero octets behind the identifier, as they stand in the message. */
static uint8_t padding_of(const struct pmip_mh *mh)
{
	struct pmip_option_iter iter;
	struct pmip_option option;

	pmip_option_iter_init(&iter, mh);
	return pmip_option_next_of(&iter, &option, PMIP_OPT_MN_ID) ? (uint8_t)(option.len - 1 - option.u.mn_id.len) : 0;
}

/* What is tolerated of the MAG beside what decoding has tolerated, before anything is checked. TOL-6, TOL-8, TOL-9, TOL-10. */
static void tolerate(struct pmip__request *request, const struct pmip_mh *mh)
{
	struct pmip_binding_options *options = &request->reply.options;
	struct pmip__reply *reply = &request->reply;
	uint32_t of_mag = request->rule->tolerate;

	if (mh->mn_id_padded)
		reply->mn_id_padding = padding_of(mh);
	reply->exact_echo = of_mag & PMIP_TOLERATE_EXACT_ECHO;
	if ((of_mag & PMIP_TOLERATE_ATT_ZERO) && (options->has & PMIP_HAS_ATT) && !options->att)
		request->tolerated |= PMIP_TOLERATE_ATT_ZERO;
	if (!(of_mag & PMIP_TOLERATE_HOST_ORDER_TIMESTAMP) || !(options->has & PMIP_HAS_TIMESTAMP))
		return;
	reply->timestamp_order = pmip__timestamp_order_of(options->timestamp, request->now.wall_us);
	options->timestamp = pmip__timestamp_reorder(options->timestamp, reply->timestamp_order);
	if (reply->timestamp_order)
		request->tolerated |= PMIP_TOLERATE_HOST_ORDER_TIMESTAMP;
}

/* LMA-13. */
int pmip__lma_request(struct pmip_lma *lma, struct pmip__request *request, const struct pmip_mh *mh)
{
	struct pmip_binding_options *options = &request->reply.options;
	enum pmip__outcome outcome;
	enum pmip_status status;
	struct pmip__match match;
	struct pmip__mn *mn;

	request->bu = mh->u.bu;
	request->too_many = pmip_binding_options_read(options, mh) != 0;
	request->by_timestamp = lma->config.timestamp_in_use && (options->has & PMIP_HAS_TIMESTAMP);
	request->repeats_ipv4 = (options->has & PMIP_HAS_IPV4_REQUEST) && repeats_ipv4(mh);
	request->reply.from = request->dgram->dst;
	request->reply.to = request->dgram->src;
	request->reply.seq = request->bu.seq;
	if (request->rule && request->rule->tolerate)
		tolerate(request, mh);
	pmip__lma_multipath_read(lma, request);
	request->proxy_coa = options->has & PMIP_HAS_ALT_COA ? options->alt_coa : request->dgram->src;
	if (!(request->bu.flags & PMIP_BU_P) || !(request->bu.flags & PMIP_BU_A)) {
		pmip__lma_ignore(lma, request, "a Binding Update without flags A and P is not a PBU", "RFC 5213 8.1");
		return 0;
	}
	if ((options->has & PMIP_HAS_GROUP) && !(request->bu.flags & PMIP_BU_B))
		return pmip__lma_bulk(lma, request, mh);
	status = check_identity(lma, request);
	if (status) {
		pmip__lma_reply_refuse(lma, &request->reply, status, request->now);
		return 0;
	}
	mn = pmip__binding_cache_mn(&lma->cache, &options->mn_id);
	if (mn && is_registering(mn))
		return pmip__lma_hold(lma, request, mn, false);
	outcome = pmip__lma_lookup(lma, request, mn, &match);
	request->replaces = match.replaces;
	status = check_order(lma, request, match.session);
	if (!status)
		status = check_options(request);
	if (status) {
		/* It tells the last sequence number that was accepted (RFC 6275 section 9.5.1). */
		if (status == PMIP_STATUS_SEQ_OUT_OF_WINDOW)
			request->reply.seq = match.session->reg.fresh.seq;
		pmip__lma_reply_refuse(lma, &request->reply, status, request->now);
		return 0;
	}
	tell_access_network(lma, request, mh);
	if (mn && outcome != PMIP__OUTCOME_WAIT)
		pmip__lma_hold_supersede(lma, request, mn);
	return act(lma, request, outcome, &match);
}
