/* SPDX-License-Identifier: BSD-2-Clause */
/* Mobile nodes with several attachments (RFC 7864 sections 3.2 and 5, and section 3.2 of the paper).
 *
 * Each attachment is a session. Attachments of a logical interface share the prefixes of one of them, the anchor, which also is their
 * default path (PAP-7); when it goes, the oldest of the others takes them over. Paths let packets from any prefix of the mobile node
 * come out of any of its tunnels, for single flows may be sent there. FLO-2, FLO-8, FLO-10, PAP-3. */
#include "engine/lma.h"

bool pmip__lma_is_sharing(const struct pmip__session *session)
{
	return !pmip__session_address_count(session) || pmip__binding_cache_heir(session);
}

bool pmip__lma_is_flow_mobile(const struct pmip_lma *lma, const struct pmip__mn *mn)
{
	const struct pmip_profile *profile = pmip__profiles_by_mn_id(&lma->config.profiles, &mn->mn_id);

	return lma->config.flowmob && profile && profile->flow_mobility;
}

/* FLO-4, FLO-5, SEC-3. */
unsigned int pmip__lma_elsewhere(const struct pmip_lma *lma, const struct pmip__session *session, struct pmip_prefix prefix[PMIP_HNP_MAX])
{
	const struct pmip__peer_rule *mag = pmip__lma_mag_of(lma, session);
	const struct pmip__mn *mn = session->mn;
	unsigned int count = 0, room = PMIP_HNP_MAX - pmip__binding_cache_anchor(session)->hnp_count;

	for (const struct pmip__list *link = mn->sessions.next; link != &mn->sessions; link = link->next) {
		const struct pmip__session *other = pmip__session_of_mn(link);

		if (other->set == session->set || other->state != PMIP_BINDING_ACTIVE)
			continue;
		for (unsigned int i = 0; i < other->hnp_count && count < room; i++)
			if (pmip__peer_rule_allows(mag, &other->hnp[i].prefix))
				prefix[count++] = other->hnp[i].prefix;
	}
	return count;
}

/* A MAG without RFC 7864 would take prefixes of others for ones of its own links (FLO-13). Who has RFC 7864 says so itself before flows go
 * there, others cannot. Who wants nothing but what it has sent gets none of it by a PBA. PAP-2, PAP-13, PAP-14, TOL-10. */
void pmip__lma_announce(struct pmip_lma *lma, struct pmip__session *session, struct pmip_binding_options *options,
			const struct pmip__reply *reply)
{
	bool paper = lma->config.flowmob == PMIP_FLOWMOB_PAPER2011;
	struct pmip_prefix prefix[PMIP_HNP_MAX];
	unsigned int count;

	if (!reply->flow_mobility || !(paper || pmip__lma_fmi_is_possible(lma, session)))
		return;
	if (paper)
		options->flowmob_type = lma->config.flowmob_option_type;
	count = pmip__lma_elsewhere(lma, session, prefix);
	for (unsigned int i = 0; i < count; i++)
		options->hnp[options->hnp_count++] = (struct pmip_opt_hnp){.off_link = true, .prefix = prefix[i]};
	if (reply->exact_echo && (count || session->told)) { /* it is to be told by an Initiate */
		pmip__binding_cache_mn_touch(&lma->cache, session->mn);
		return;
	}
	session->told = session->mn->epoch;
	if (paper)
		session->epoch = session->mn->epoch;
}

static void path(struct pmip_lma *lma, enum pmip_datapath_kind kind, const struct pmip__mn *mn, const struct pmip__tunnel *tunnel)
{
	pmip__lma_op_untracked(lma, (struct pmip_datapath_op){
		.kind = kind, .group = mn->number, .local = tunnel->local, .remote = tunnel->remote});
}

/* Whether flows may go another way than the session that their prefix is bound to. */
static bool has_paths(const struct pmip_lma *lma, const struct pmip__mn *mn)
{
	if (mn->sessions.next == mn->sessions.prev)
		return false;
	if (pmip__lma_is_flow_mobile(lma, mn))
		return true;
	for (const struct pmip__list *link = mn->sessions.next; link != &mn->sessions; link = link->next)
		if (!pmip__session_address_count(pmip__session_of_mn(link)))
			return true;
	return false;
}

void pmip__lma_follow_paths(struct pmip_lma *lma, const struct pmip__mn *mn)
{
	bool wanted = has_paths(lma, mn);

	for (const struct pmip__list *link = mn->sessions.next; link != &mn->sessions; link = link->next) {
		struct pmip__session *session = pmip__session_of_mn(link);
		bool wants = wanted && session->state != PMIP_BINDING_DELETE_WAIT;

		if (session->has_path == wants)
			continue;
		session->has_path = wants;
		session->unsure = session->unsure || wants;
		if (wants)
			path(lma, PMIP_DATAPATH_PATH_SET, mn, session->reg.tunnel);
		else
			pmip__lma_leave_path(lma, session, session->reg.tunnel);
	}
}

void pmip__lma_leave_path(struct pmip_lma *lma, const struct pmip__session *session, const struct pmip__tunnel *tunnel)
{
	const struct pmip__mn *mn = session->mn;

	for (const struct pmip__list *link = mn->sessions.next; link != &mn->sessions; link = link->next)
		if (pmip__session_of_mn(link) != session && pmip__session_of_mn(link)->has_path && pmip__session_of_mn(link)->reg.tunnel == tunnel)
			return;
	path(lma, PMIP_DATAPATH_PATH_CLEAR, mn, tunnel);
}
