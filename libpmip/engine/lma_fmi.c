/* SPDX-License-Identifier: BSD-2-Clause */
/* Flow Mobility Initiate (RFC 7864 sections 3.2.2 and 4.2): a MAG is told which prefixes its mobile node has at other MAGs, all of them each
 * time, so that it forwards them, too; and it says whether it does. A notification of the kind of lma_update.c, for one session.
 *
 * It is sent 1. when the mobile node's prefixes have changed and the MAG has not been told of it by a PBA, 2. when a flow is to be moved
 * there and the MAG has not said yet that it has the flow's prefix. Since no Initiate can say that there are no such prefixes any more,
 * a MAG is then made to register the mobile node again, and the PBA says so. */
#include "engine/lma.h"

/* Mobile nodes whose MAGs are told in one go. */
#define TELL_AT_ONCE 8

/* FLO-13. */
bool pmip__lma_fmi_is_possible(const struct pmip_lma *lma, const struct pmip__session *session)
{
	const struct pmip__peer *peer = pmip__peers_find(&lma->heartbeat.peers, &session->reg.tunnel->mag);

	return lma->config.flowmob == PMIP_FLOWMOB_RFC7864 && session->state == PMIP_BINDING_ACTIVE && !session->txn && !session->moved &&
	       !(peer && peer->refuses_updates) && pmip__lma_is_flow_mobile(lma, session->mn);
}

/* FLO-3, FLO-4, FLO-5, FLO-6. */
int pmip__lma_fmi_tell(struct pmip_lma *lma, struct pmip__session *session)
{
	struct pmip__update_content content = {.reason = PMIP_UPN_FLOW_MOBILITY};
	struct pmip__mn *mn = session->mn;
	struct pmip__update *update;
	int err;

	if (!pmip__lma_fmi_is_possible(lma, session))
		return PMIP_ERR_NO_PATH;
	if (session->telling == mn->epoch && session->told)
		return 0;
	content.prefix_count = pmip__lma_elsewhere(lma, session, content.prefix);
	if (content.prefix_count)
		content.flow_count = pmip__lma_told_flows(lma, session, content.flow);
	else
		content.reason = PMIP_UPN_FORCE_REREGISTRATION;
	err = pmip__lma_update_new(lma, &update, session->reg.tunnel, &content, &mn->mn_id);
	if (err)
		return err;
	pmip__lma_fmi_cancel(lma, session);
	session->told = mn->epoch;
	session->telling = content.prefix_count ? mn->epoch : 0;
	session->refused = 0;
	session->fmi_seq = update->request.seq;
	pmip__lma_update_send(lma, update, lma->last_us);
	return 0;
}

void pmip__lma_fmi_cancel(struct pmip_lma *lma, struct pmip__session *session)
{
	if (!session->telling)
		return;
	session->telling = session->told = 0;
	pmip__lma_update_forget(lma, pmip__update_of(pmip__outstanding_find(&lma->updates, session->fmi_seq)));
}

static struct pmip__session *session_told(const struct pmip_lma *lma, const struct pmip__update *update)
{
	const struct pmip__mn *mn = pmip__binding_cache_mn(&lma->cache, &update->request.mn_id);

	if (update->content.reason != PMIP_UPN_FLOW_MOBILITY)
		return NULL;
	for (const struct pmip__list *link = mn->sessions.next; link != &mn->sessions; link = link->next) {
		struct pmip__session *session = pmip__session_of_mn(link);

		if (session->telling && session->fmi_seq == update->request.seq)
			return session;
	}
	return NULL;
}

static bool has_prefix(const struct pmip_mh *mh, const struct pmip_prefix *prefix)
{
	struct pmip_option_iter iter;
	struct pmip_option option;

	pmip_option_iter_init(&iter, mh);
	while (pmip_option_next_of(&iter, &option, PMIP_OPT_HNP))
		if (pmip_prefix_equal(&option.u.hnp.prefix, prefix))
			return true;
	return false;
}

/* FLO-7. */
bool pmip__lma_fmi_is_granted(const struct pmip__update *update, const struct pmip_mh *mh)
{
	if (update->content.reason != PMIP_UPN_FLOW_MOBILITY)
		return true;
	for (unsigned int i = 0; i < update->content.prefix_count; i++)
		if (!has_prefix(mh, &update->content.prefix[i]))
			return false;
	return true;
}

/* What has changed since it was sent is told next. */
static void answered(struct pmip_lma *lma, struct pmip__session *session)
{
	session->told = session->telling;
	session->telling = 0;
	pmip__binding_cache_mn_touch(&lma->cache, session->mn);
	pmip__lma_flows_told(lma, session);
}

/* FLO-3, FMP-5. */
void pmip__lma_fmi_finish(struct pmip_lma *lma, const struct pmip__update *update)
{
	struct pmip__session *session = session_told(lma, update);

	if (!session)
		return;
	session->epoch = session->telling;
	answered(lma, session);
}

/* The flows stay where they are. FLO-7. */
void pmip__lma_fmi_fail(struct pmip_lma *lma, const struct pmip__update *update, uint8_t status)
{
	struct pmip__session *session = session_told(lma, update);

	if (!session)
		return;
	session->refused = session->telling;
	session->refusal = status;
	answered(lma, session);
}

/* Whether there was anything to tell; what there is no memory for is told later. PAP-14, PAP-16. */
static bool tell_mags(struct pmip_lma *lma, struct pmip__mn *mn)
{
	bool any = false;
	int err = 0;

	for (const struct pmip__list *link = mn->sessions.next; !err && link != &mn->sessions; link = link->next) {
		struct pmip__session *session = pmip__session_of_mn(link);

		if (session->told == mn->epoch || !pmip__lma_fmi_is_possible(lma, session))
			continue;
		err = pmip__lma_fmi_tell(lma, session);
		any = true;
	}
	if (err)
		pmip__binding_cache_mn_touch(&lma->cache, mn);
	return any;
}

void pmip__lma_fmi_settle(struct pmip_lma *lma)
{
	unsigned int count = 0;
	struct pmip__mn *mn;

	/* Those with nothing to be told are not counted: nobody would ask for the others, when nothing has come of these. */
	while (count < TELL_AT_ONCE && (mn = pmip__binding_cache_next_changed(&lma->cache)))
		count += tell_mags(lma, mn);
}
