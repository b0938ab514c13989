/* SPDX-License-Identifier: BSD-2-Clause */
/* Bulk registration at the LMA (RFC 6602 section 5.2): the sessions of one MAG that have asked for it are a group, which one PBU
 * extends or ends. The group is its tunnel's; a session is in it by what its last accepted PBU said.
 *
 * A PBU for the group does not say who the MAG thinks is in it. What the MAG has no more, it sees to itself (mag_bulk.c). Whom we have no
 * more, it is told: of a handover by an Indication (lma_revoke.c). Whenever it may not have heard, the group is dissolved: its identifier is
 * not known any more, the next PBU for it is refused for that, and the MAG asks for each by itself. */
#include "engine/lma.h"

/* Who has a lifetime of his own cannot share that of others, who may move flows is told more by each PBA, and several paths are a group of
 * their own (RFC 8278). Where another LMA speaks for the MAG (RFC 6463), that may never come to know of the session, and would extend it
 * with the group for good. BLK-1, BLK-4. */
bool pmip__lma_bulk_join(struct pmip_lma *lma, const struct pmip__request *request, struct pmip__tunnel *tunnel)
{
	const struct pmip_binding_options *options = &request->reply.options;

	if (!request->rule || !lma->config.bulk || !(request->bu.flags & PMIP_BU_B) || !(options->has & PMIP_HAS_GROUP) || !options->group.id ||
	    options->group.subtype != PMIP__GROUP_BULK || request->profile->lifetime_s || request->profile->flow_mobility ||
	    request->path.bid)
		return false;
	while (tunnel->group <= PMIP__GROUP_ALL)
		tunnel->group = ++lma->last_group;
	return true;
}

bool pmip__lma_bulk_is_member(const struct pmip__session *session)
{
	return session->reg.bulk && session->state == PMIP_BINDING_ACTIVE && !session->txn && !session->lost;
}

bool pmip__lma_bulk_is_group(const struct pmip__tunnel *tunnel, const struct pmip_opt_group *group)
{
	return tunnel->group && group->subtype == PMIP__GROUP_BULK && (group->id == PMIP__GROUP_ALL || group->id == tunnel->group);
}

/* BLK-4. */
void pmip__lma_bulk_dissolve(struct pmip_lma *lma, struct pmip__tunnel *tunnel)
{
	tunnel->group = 0;
	for (struct pmip__list *link = tunnel->sessions.next; link != &tunnel->sessions; link = link->next) {
		struct pmip__session *session = pmip__session_of_tunnel(link);

		if (session->reg.bulk)
			pmip__binding_cache_unstored(&lma->cache, session->mn);
		session->reg.bulk = false;
	}
}

static bool is_newer(const struct pmip__freshness *fresh, const struct pmip__freshness *known)
{
	if (fresh->timestamp != known->timestamp)
		return fresh->timestamp > known->timestamp;
	return fresh->seq_valid && !pmip__freshness_check(known, NULL, fresh->seq, 0, UINT64_MAX);
}

/* Each member has what it knew of the group when it was written down last; what all of them know is the latest. BLK-2. */
bool pmip__lma_bulk_put_back(struct pmip__tunnel *tunnel, uint32_t group, const struct pmip__freshness *fresh)
{
	if (group && !tunnel->group)
		tunnel->group = group;
	if (!group || group != tunnel->group)
		return false;
	if (is_newer(fresh, &tunnel->group_fresh))
		tunnel->group_fresh = *fresh;
	return true;
}

static void notify(struct pmip_lma *lma, enum pmip_event_type type, const struct pmip__tunnel *tunnel, uint32_t lifetime_s, size_t count)
{
	struct pmip_event event = {
		.type = type,
		.peer = tunnel->remote,
		.lifetime_s = lifetime_s,
		.group = tunnel->group,
		.count = count,
	};

	pmip__lma_notify(lma, &event);
}

void pmip__lma_bulk_refreshed(struct pmip_lma *lma, const struct pmip__reply *reply, const struct pmip__tunnel *tunnel, uint32_t lifetime_s,
			      size_t count, struct pmip_now now)
{
	lma->counters[PMIP_LMA_GROUP_REFRESHED]++;
	pmip__lma_reply_group(lma, reply, PMIP_STATUS_ACCEPTED, lifetime_s, now);
	notify(lma, PMIP_EVENT_GROUP_REFRESHED, tunnel, lifetime_s, count);
}

/* All get the same lifetime from now on. It says nothing of one of them: a revocation in progress goes on, and forwarding that a member is
 * unsure of, for whom no PBU of its own may come any more, is set once again. BLK-3, REV-11. */
static void refresh(struct pmip_lma *lma, const struct pmip__request *request, struct pmip__tunnel *tunnel)
{
	uint32_t lifetime_s = pmip__lma_grant(lma, request->bu.lifetime_s, NULL);
	size_t count = 0;

	for (struct pmip__list *link = tunnel->sessions.next; link != &tunnel->sessions; link = link->next) {
		struct pmip__session *session = pmip__session_of_tunnel(link);
		enum pmip__revoking revoking = session->revoking;

		if (!pmip__lma_bulk_is_member(session))
			continue;
		session->reg.lifetime_s = lifetime_s;
		pmip__binding_cache_unstored(&lma->cache, session->mn);
		pmip__lma_start_lifetime(lma, session, request->now.mono_us);
		session->revoking = (uint8_t)revoking;
		pmip__lma_repeat_forwarding(lma, session);
		count++;
	}
	tunnel->group_until_us = request->now.mono_us + (uint64_t)lifetime_s * 1000000;
	lma->counters[PMIP_LMA_REFRESHED] += count;
	pmip__lma_bulk_refreshed(lma, &request->reply, tunnel, lifetime_s, count, request->now);
}

/* What was registered after a de-registration of all had left is not meant. */
static bool is_meant(const struct pmip__session *session, const struct pmip__request *request)
{
	const uint64_t *timestamp = pmip__lma_timestamp_of(request);

	return pmip__lma_bulk_is_member(session) && (request->bu.lifetime_s || !timestamp || session->reg.fresh.timestamp <= *timestamp);
}

static void release(struct pmip_lma *lma, const struct pmip__request *request, struct pmip__tunnel *tunnel, size_t count)
{
	pmip__lma_reply_group(lma, &request->reply, PMIP_STATUS_ACCEPTED, 0, request->now);
	notify(lma, PMIP_EVENT_GROUP_RELEASED, tunnel, 0, count);
	tunnel->refs++;
	for (struct pmip__list *link = tunnel->sessions.next, *next; link != &tunnel->sessions; link = next) {
		struct pmip__session *session = pmip__session_of_tunnel(link);

		next = link->next;
		if (session->reg.bulk) /* who stays knows of this, too */
			pmip__binding_cache_unstored(&lma->cache, session->mn);
		if (!is_meant(session, request))
			continue;
		pmip__lma_hold_end(lma, session->mn, request->now.mono_us);
		pmip__lma_release(lma, session, request->now.mono_us);
	}
	pmip__lma_put_tunnel(lma, tunnel);
}

/* Members, and what releasing or extending all of them may queue. */
static size_t count_members(const struct pmip__tunnel *tunnel, const struct pmip__request *request, size_t *actions, size_t *octets)
{
	size_t count = 0;

	*actions = *octets = 0;
	for (const struct pmip__list *link = tunnel->sessions.next; link != &tunnel->sessions; link = link->next) {
		const struct pmip__session *session = pmip__session_of_tunnel(link);

		if (!is_meant(session, request))
			continue;
		count++;
		if (!request->bu.lifetime_s) {
			*actions += pmip__lma_removal_actions(session);
			*octets += session->mn->mn_id.len;
		} else if (session->unsure) {
			*actions += 1 + pmip__session_address_count(session);
		}
	}
	return count;
}

/* Who asks and for what, then the order of requests for this group, then whether there is anybody in it. BLK-2. */
static enum pmip_status check(const struct pmip_lma *lma, const struct pmip__request *request, const struct pmip_mh *mh,
			      const struct pmip__tunnel *tunnel)
{
	struct pmip_diag diag = {0};

	if (!request->rule)
		return PMIP_STATUS_MAG_NOT_AUTHORIZED_FOR_PROXY_REG;
	if (pmip_mh_validate(mh, &diag, PMIP_ROLE_LMA) && diag.reaction == PMIP_REACT_REPLY)
		return diag.status;
	if (!tunnel || !pmip__lma_bulk_is_group(tunnel, &request->reply.options.group))
		return PMIP_STATUS_INVALID_MOBILE_NODE_GROUP_IDENTIFIER;
	return pmip__lma_check_fresh(lma, request, &tunnel->group_fresh, false);
}

static void refuse(struct pmip_lma *lma, const struct pmip__request *request, enum pmip_status status, const struct pmip__tunnel *tunnel)
{
	struct pmip__reply reply = request->reply;

	if (status == PMIP_STATUS_SEQ_OUT_OF_WINDOW)
		reply.seq = tunnel->group_fresh.seq;
	if (reply.options.has & PMIP_HAS_MN_ID)
		pmip__lma_reply_refuse(lma, &reply, status, request->now);
	else
		pmip__lma_reply_group(lma, &reply, status, 0, request->now);
}

int pmip__lma_bulk(struct pmip_lma *lma, const struct pmip__request *request, const struct pmip_mh *mh)
{
	struct pmip__tunnel *tunnel = pmip__binding_cache_tunnel(&lma->cache, &request->dgram->dst, &request->proxy_coa);
	struct pmip__tunnel *left = pmip__lma_bulk_left(lma, request), *of = left ? left : tunnel;
	size_t count = 0, actions = 0, octets = 0;
	enum pmip_status status;

	if (of && of->moving) {
		pmip__lma_ignore(lma, request, "the group is on its way to another Proxy-CoA", "RFC 6602 5.2");
		return 0;
	}
	status = check(lma, request, mh, of);
	if (!status && left)
		status = pmip__lma_bulk_check_move(lma, request, left);
	if (!status && left)
		return pmip__lma_bulk_move(lma, request, left);
	if (!status)
		count = count_members(tunnel, request, &actions, &octets);
	if (!status && !count)
		status = PMIP_STATUS_INVALID_MOBILE_NODE_GROUP_IDENTIFIER;
	if (status) {
		refuse(lma, request, status, of);
		return 0;
	}
	if (actions && pmip__lma_reserve_more(lma, actions, octets))
		return PMIP_ERR_NOMEM;
	pmip__freshness_accept(&tunnel->group_fresh, pmip__lma_timestamp_of(request), request->bu.seq);
	if (request->bu.lifetime_s)
		refresh(lma, request, tunnel);
	else
		release(lma, request, tunnel, count);
	return 0;
}
