/* SPDX-License-Identifier: BSD-2-Clause */
/* What heartbeats mean for sessions at an LMA (RFC 5847).
 *
 * A MAG that has restarted has lost its sessions. Those that it registered before the last sign of its former life are kept for
 * MinDelayBeforeBCEDelete as if they had been de-registered then, but go on forwarding: a MAG that comes back finds its mobile nodes
 * attached, and they keep their prefixes. It is asked again before flows go there that are not of its own prefixes. */
#include "engine/lma.h"

#define US_PER_S UINT64_C(1000000)
#define US_PER_MS UINT64_C(1000)

static void lose(struct pmip_lma *lma, struct pmip__session *session, uint64_t seen_us, uint64_t end_us)
{
	if (session->state != PMIP_BINDING_ACTIVE || session->txn || session->lost)
		return;
	if (session->timer.at_us - session->reg.lifetime_s * US_PER_S >= seen_us)
		return;
	session->lost = true;
	pmip__binding_cache_unstored(&lma->cache, session->mn);
	session->epoch = session->told = session->refused = 0; /* what it had been told, too */
	if (session->timer.at_us > end_us)
		pmip__timerq_set(&lma->timers, &session->timer, end_us);
}

/* HBT-4. */
static void mag_restarted(struct pmip_lma *lma, const struct pmip_addr *mag, uint64_t seen_us, struct pmip_now now)
{
	uint64_t end_us = now.mono_us + lma->config.min_delay_before_bce_delete_ms * US_PER_MS;
	const struct pmip__tunnel *tunnel;
	size_t cursor = 0;

	while ((tunnel = pmip__htable_next(&lma->cache.tunnels, &cursor))) {
		if (!pmip_addr_equal(&tunnel->mag, mag))
			continue;
		for (const struct pmip__list *link = tunnel->sessions.next; link != &tunnel->sessions; link = link->next)
			lose(lma, pmip__session_of_tunnel(link), seen_us, end_us);
	}
}

void pmip__lma_heartbeat(struct pmip_lma *lma, const struct pmip__request *request, const struct pmip_mh *mh)
{
	const struct pmip_dgram *dgram = request->dgram;
	struct pmip__heartbeat_news news;

	if (mh->type == PMIP_MH_BE) {
		bool unknown = mh->u.be.status == PMIP_BE_UNKNOWN_TYPE;
		bool refused = unknown && pmip__heartbeat_refused(&lma->heartbeat, &dgram->src);

		if (unknown && !refused && pmip__lma_update_refused(lma, &dgram->src))
			return;
		pmip__lma_ignore(lma, request,
				 refused ? "Binding Error: the MAG does not know heartbeats and gets no more of them"
					 : "Binding Error: the peer does not know a message of ours",
				 refused ? "RFC 5847 3.1" : "RFC 6275 9.3.3");
		return;
	}
	news = pmip__heartbeat_input(&lma->heartbeat, dgram, mh, request->now.mono_us);
	if (news.ignored)
		pmip__lma_ignore(lma, request, news.ignored, "RFC 5847 3.1");
	else if (news.restarted)
		mag_restarted(lma, &dgram->src, news.seen_us, request->now);
}

void pmip__lma_heartbeat_timeout(struct pmip_lma *lma, struct pmip__peer *peer, struct pmip_now now)
{
	const struct pmip__tunnel *tunnel = pmip__binding_cache_tunnel(&lma->cache, &peer->local, &peer->remote);

	pmip__heartbeat_fire(&lma->heartbeat, peer, tunnel && !pmip__list_empty(&tunnel->sessions), now.mono_us);
}
