/* SPDX-License-Identifier: BSD-2-Clause */
/* Reading an LMA: bindings and counters. */
#include "engine/lma.h"

#include <string.h>

static void fill(struct pmip_binding_info *info, const struct pmip__session *session)
{
	const struct pmip__registration *reg = &session->reg;
	const struct pmip__session *anchor = pmip__binding_cache_anchor(session);

	struct pmip_binding_info all = {
		.size = info->size,
		.mn_id = session->mn->mn_id,
		.ll_id = reg->ll_id,
		.att = reg->att,
		.hi = reg->hi,
		.state = session->state,
		.local = reg->tunnel->local,
		.remote = reg->tunnel->remote,
		.tunnel = reg->tunnel->id,
		.lifetime_s = reg->lifetime_s,
		.expires_us = session->timer.place && !session->txn ? session->timer.at_us : PMIP_TIME_NONE,
		.seq = reg->fresh.seq,
		.timestamp = reg->fresh.timestamp,
		.revoking = session->revoking != PMIP__NOT_REVOKING,
		.prefix_count = anchor->hnp_count,
		.shares = pmip__lma_is_sharing(session),
		.is_default = anchor == session,
		.bid = session->bid,
		.priority = 1,
		.received_us = reg->received_us,
		.group = reg->bulk ? reg->tunnel->group : 0,
		.ipv4 = pmip__lma_ipv4_of(session),
		.gre = pmip__lma_gre_of(session),
		.path_bid = pmip__session_path(session).bid,
		.path_label = pmip__session_path(session).label,
		.path_att = pmip__session_path(session).att,
	};

	for (const struct pmip__list *link = session->mn->sessions.next; link != &session->of_mn; link = link->next)
		all.priority++; /* the oldest first */
	for (unsigned int i = 0; i < anchor->hnp_count; i++)
		all.prefix[i] = anchor->hnp[i].prefix;
	memcpy(info, &all, info->size < sizeof(all) ? info->size : sizeof(all));
}

size_t pmip_lma_count_bindings(const struct pmip_lma *lma)
{
	return lma->cache.count;
}

int pmip_lma_find_binding(const struct pmip_lma *lma, struct pmip_binding_info *info, const struct pmip_prefix *prefix)
{
	const struct pmip__session *session = pmip__binding_cache_by_prefix(&lma->cache, prefix);

	if (!session)
		return PMIP_ERR_NOENT;
	fill(info, session);
	return 0;
}

int pmip_lma_next_binding(const struct pmip_lma *lma, size_t *cursor, struct pmip_binding_info *info)
{
	/* The mobile node's place in the table, and the session's on its list. */
	size_t slot = *cursor / PMIP__LMA_SESSIONS_MAX, place = *cursor % PMIP__LMA_SESSIONS_MAX, next = slot;
	const struct pmip__mn *mn;

	for (; (mn = pmip__htable_next(&lma->cache.mns, &next)); slot = next, place = 0) {
		const struct pmip__list *link = mn->sessions.next;

		for (size_t i = 0; i < place && link != &mn->sessions; i++)
			link = link->next;
		if (link == &mn->sessions)
			continue;
		fill(info, pmip__session_of_mn(link));
		*cursor = place + 1 < PMIP__LMA_SESSIONS_MAX ? slot * PMIP__LMA_SESSIONS_MAX + place + 1
							      : next * PMIP__LMA_SESSIONS_MAX;
		return 1;
	}
	return 0;
}

int pmip_lma_next_binding_of_mn(const struct pmip_lma *lma, size_t *cursor, struct pmip_binding_info *info, const struct pmip_mnid *mn_id)
{
	const struct pmip__mn *mn = pmip__binding_cache_mn(&lma->cache, mn_id);
	size_t place = 0;

	if (!mn)
		return 0;
	for (const struct pmip__list *link = mn->sessions.next; link != &mn->sessions; link = link->next) {
		if (place++ < *cursor)
			continue;
		fill(info, pmip__session_of_mn(link));
		*cursor = place;
		return 1;
	}
	return 0;
}

int pmip_lma_next_binding_of_mag(const struct pmip_lma *lma, size_t *cursor, struct pmip_binding_info *info,
				 const struct pmip_addr *proxy_coa)
{
	const struct pmip__tunnel *tunnel;
	size_t place = 0, tunnels = 0;

	while ((tunnel = pmip__htable_next(&lma->cache.tunnels, &tunnels))) {
		if (!pmip_addr_equal(&tunnel->remote, proxy_coa))
			continue;
		for (const struct pmip__list *link = tunnel->sessions.next; link != &tunnel->sessions; link = link->next) {
			if (place++ < *cursor)
				continue;
			fill(info, pmip__session_of_tunnel(link));
			*cursor = place;
			return 1;
		}
	}
	return 0;
}

int pmip_lma_next_tunnel(const struct pmip_lma *lma, size_t *cursor, struct pmip_tunnel_info *info)
{
	const struct pmip__tunnel *tunnel = pmip__htable_next(&lma->cache.tunnels, cursor);
	struct pmip_tunnel_info all = {.size = info->size};

	if (!tunnel)
		return 0;
	all.tunnel = tunnel->id;
	all.local = tunnel->local;
	all.remote = tunnel->remote;
	memcpy(info, &all, info->size < sizeof(all) ? info->size : sizeof(all));
	return 1;
}

uint64_t pmip_lma_get_counter(const struct pmip_lma *lma, enum pmip_lma_counter counter)
{
	return counter < PMIP_LMA_COUNTERS ? lma->counters[counter] : 0;
}

const char *pmip_lma_counter_name(enum pmip_lma_counter counter)
{
	static const char *const names[PMIP_LMA_COUNTERS] = {
		[PMIP_LMA_RECEIVED] = "received",
		[PMIP_LMA_BAD_CHECKSUM] = "bad_checksum",
		[PMIP_LMA_MALFORMED] = "malformed",
		[PMIP_LMA_UNKNOWN_TYPE] = "unknown_type",
		[PMIP_LMA_PBU] = "pbu",
		[PMIP_LMA_ACCEPTED] = "accepted",
		[PMIP_LMA_REFUSED] = "refused",
		[PMIP_LMA_IGNORED] = "ignored",
		[PMIP_LMA_ADDED] = "added",
		[PMIP_LMA_MOVED] = "moved",
		[PMIP_LMA_REFRESHED] = "refreshed",
		[PMIP_LMA_RELEASED] = "released",
		[PMIP_LMA_EXPIRED] = "expired",
		[PMIP_LMA_DATAPATH_FAILED] = "datapath_failed",
		[PMIP_LMA_STORE_FAILED] = "store_failed",
		[PMIP_LMA_HEARTBEAT_SENT] = "heartbeat_sent",
		[PMIP_LMA_HEARTBEAT_ANSWERED] = "heartbeat_answered",
		[PMIP_LMA_HEARTBEAT_MISSING] = "heartbeat_missing",
		[PMIP_LMA_HEARTBEAT_RECEIVED] = "heartbeat_received",
		[PMIP_LMA_BRI_SENT] = "bri_sent",
		[PMIP_LMA_BRI] = "bri",
		[PMIP_LMA_BRA] = "bra",
		[PMIP_LMA_REVOKED] = "revoked",
		[PMIP_LMA_UPN_SENT] = "upn_sent",
		[PMIP_LMA_UPA] = "upa",
		[PMIP_LMA_FLOWS_MOVED] = "flows_moved",
		[PMIP_LMA_FLOWS_IDLE] = "flows_idle",
		[PMIP_LMA_BINDINGS_FULL] = "bindings_full",
		[PMIP_LMA_FLOWS_FULL] = "flows_full",
		[PMIP_LMA_FORWARDED] = "forwarded",
		[PMIP_LMA_REDIRECTED] = "redirected",
		[PMIP_LMA_REDIRECT_FAILED] = "redirect_failed",
		[PMIP_LMA_GROUP_REFRESHED] = "group_refreshed",
		[PMIP_LMA_TOLERATED_ATT_ZERO] = "tolerated_att_zero",
		[PMIP_LMA_TOLERATED_HOST_ORDER_TIMESTAMP] = "tolerated_host_order_timestamp",
		[PMIP_LMA_TOLERATED_EXACT_ECHO] = "tolerated_exact_echo",
		[PMIP_LMA_TOLERATED_UNALIGNED_OPTIONS] = "tolerated_unaligned_options",
		[PMIP_LMA_TOLERATED_SHORT_HEADER_LEN] = "tolerated_short_header_len",
		[PMIP_LMA_TOLERATED_PADDED_MN_ID] = "tolerated_padded_mn_id",
	};

	return counter < PMIP_LMA_COUNTERS ? names[counter] : NULL;
}
