/* SPDX-License-Identifier: BSD-2-Clause */
/* IPv4 home addresses (RFC 5844 section 3.1): which one a session gets beside its prefixes, or in place of them, and why it gets none. A
 * session has one at most, and keeps it: it comes with the PBU that first asks for it, and goes with the first that does not ask for it
 * any more, with a de-registration that names nothing else, or with the session. Attachments that share prefixes (RFC 7864) share it, those
 * which ask for it: it is that of the one which has the prefixes, and goes over to the next with them. */
#include "engine/lma.h"

#include "base/buf.h"

#include <string.h>

#define MAPPED_LEN 96
/* Up to this prefix length a subnet has a network and a broadcast address (RFC 3021). */
#define PLEN_WITH_BROADCAST 30

bool pmip__lma_is_ipv4_pool(const struct pmip__pool_config *pool)
{
	return pmip_prefix_is_ipv4(&pool->prefix);
}

struct pmip_prefix pmip__lma_ipv4_prefix(const struct pmip_ip *addr)
{
	return pmip_prefix_from_ipv4(addr->b, 32);
}

static struct pmip_ip ip_of(const uint8_t octets[4])
{
	struct pmip_ip ip = {.len = 4};

	memcpy(ip.b, octets, 4);
	return ip;
}

struct pmip_ip pmip__lma_ipv4_of_prefix(const struct pmip_prefix *prefix)
{
	return ip_of(prefix->addr.b + 12);
}

struct pmip_ipv4_home pmip__lma_ipv4_of(const struct pmip__session *session)
{
	const struct pmip__session *holder = pmip__session_shares_ipv4(session) ? pmip__binding_cache_anchor(session) : session;
	const struct pmip__hnp *ipv4 = pmip__session_ipv4(holder);

	if (!ipv4)
		return (struct pmip_ipv4_home){0};
	return (struct pmip_ipv4_home){
		.addr = pmip__lma_ipv4_of_prefix(&ipv4->prefix),
		.plen = holder->extras->ipv4_plen,
		.router = ip_of(holder->extras->ipv4_router),
	};
}

/* Network and broadcast address, and the default router. V4-1. */
static void leave_out(struct pmip__prefix_pool *pool, const struct pmip__pool_config *config)
{
	struct pmip_prefix each = {config->prefix.addr, 128};

	if (config->prefix.len <= MAPPED_LEN + PLEN_WITH_BROADCAST) {
		pmip__prefix_pool_take(pool, &each);
		for (unsigned int bit = config->prefix.len; bit < 128; bit++)
			each.addr.b[bit / 8] |= (uint8_t)(0x80 >> bit % 8);
		pmip__prefix_pool_take(pool, &each);
	}
	each.addr = pmip_addr_from_ipv4(config->router);
	pmip__prefix_pool_take(pool, &each);
}

int pmip__lma_ipv4_pools_prepare(struct pmip__prefix_pool *pools, const struct pmip_lma_config *config)
{
	const struct pmip_profile *profile;
	struct pmip__prefix_pool *pool;
	struct pmip_prefix fixed;
	size_t cursor = 0;

	for (size_t i = 0; i < config->pool_count; i++)
		if (pmip__lma_is_ipv4_pool(&config->pools[i]))
			leave_out(&pools[i], &config->pools[i]);
	/* What a profile fixes is nobody else's. */
	while ((profile = pmip__profiles_next(&config->profiles, &cursor))) {
		if (!profile->ipv4 || !profile->ipv4_addr.len)
			continue;
		fixed = pmip__lma_ipv4_prefix(&profile->ipv4_addr);
		pool = pmip__lma_pool_among(pools, config->pool_count, &fixed);
		if (!pool || !pmip__prefix_pool_is_free(pool, &fixed))
			return PMIP_ERR_CONFIG;
		pmip__prefix_pool_take(pool, &fixed);
	}
	return 0;
}

/* An address of one node: not of this network, not loopback, not multicast or beyond. */
static bool is_host(const struct pmip_ip *addr)
{
	return addr->b[0] && addr->b[0] != 127 && addr->b[0] < 224;
}

static bool is_any(const struct pmip_ip *addr)
{
	return pmip__is_zero(addr->b, 4);
}

/* Whether it is the one that the profile fixes, and no session has it. */
static bool is_own(const struct pmip_lma *lma, const struct pmip_profile *profile, const struct pmip_prefix *prefix)
{
	struct pmip_prefix fixed = pmip__lma_ipv4_prefix(&profile->ipv4_addr);

	return profile->ipv4_addr.len && pmip_prefix_equal(&fixed, prefix) && !pmip__binding_cache_by_prefix(&lma->cache, prefix);
}

/* The one that the PBU names. V4-4. */
static enum pmip_ipv4_status take_named(const struct pmip_lma *lma, const struct pmip__request *request, struct pmip__hnp *hnp)
{
	const struct pmip_ip *addr = &request->reply.options.ipv4_request.addr;
	struct pmip__prefix_pool *pool;

	hnp->prefix = pmip__lma_ipv4_prefix(addr);
	if (!is_host(addr))
		return PMIP_IPV4_INVALID;
	if (!pmip__peer_rule_allows(request->mag, &hnp->prefix))
		return PMIP_IPV4_ADMIN_PROHIBITED; /* SEC-3 */
	if (is_own(lma, request->profile, &hnp->prefix))
		return PMIP_IPV4_SUCCESS;
	pool = pmip__lma_pool_of(lma, &hnp->prefix);
	if (!pool)
		return PMIP_IPV4_INCORRECT;
	if (!pmip__prefix_pool_is_free(pool, &hnp->prefix))
		return PMIP_IPV4_ADMIN_PROHIBITED;
	pmip__prefix_pool_take(pool, &hnp->prefix);
	hnp->from_pool = true;
	return PMIP_IPV4_SUCCESS;
}

/* The one that the profile fixes, else one from the pools. V4-3. */
static enum pmip_ipv4_status take_any(struct pmip_lma *lma, const struct pmip__request *request, struct pmip__hnp *hnp)
{
	hnp->prefix = pmip__lma_ipv4_prefix(&request->profile->ipv4_addr);
	if (is_own(lma, request->profile, &hnp->prefix))
		return pmip__peer_rule_allows(request->mag, &hnp->prefix) ? PMIP_IPV4_SUCCESS : PMIP_IPV4_ADMIN_PROHIBITED; /* SEC-3 */
	hnp->from_pool = pmip__lma_pool_alloc(lma, &request->reply.options.mn_id, request->mag, true, &hnp->prefix);
	return hnp->from_pool ? PMIP_IPV4_SUCCESS : PMIP_IPV4_NOT_AVAILABLE;
}

static void fill_subnet(const struct pmip_lma *lma, struct pmip__ipv4_change *change)
{
	const struct pmip__pool_config *pool = &lma->config.pools[pmip__lma_pool_of(lma, &change->hnp.prefix) - lma->pools];

	change->add = true;
	change->plen = (uint8_t)(pool->prefix.len - MAPPED_LEN);
	memcpy(change->router, pool->router, sizeof(change->router));
}

/* V4-2, V4-6. */
static enum pmip_ipv4_status choose(struct pmip_lma *lma, struct pmip__request *request, const struct pmip__hnp *old)
{
	const struct pmip_ip *addr = &request->reply.options.ipv4_request.addr;
	struct pmip_prefix named = pmip__lma_ipv4_prefix(addr);
	enum pmip_ipv4_status reason;

	if (!request->profile->ipv4)
		return PMIP_IPV4_ADMIN_PROHIBITED;
	if (old && !pmip__peer_rule_allows(request->mag, &old->prefix))
		return PMIP_IPV4_ADMIN_PROHIBITED; /* SEC-3 */
	if (old)
		return is_any(addr) || pmip_prefix_equal(&named, &old->prefix) ? PMIP_IPV4_SUCCESS : PMIP_IPV4_INCORRECT;
	reason = is_any(addr) ? take_any(lma, request, &request->ipv4.hnp) : take_named(lma, request, &request->ipv4.hnp);
	if (!reason)
		fill_subnet(lma, &request->ipv4);
	return reason;
}

/* An IPv4 home address that the mobile node may not have refuses the PBU, also when it asks for prefixes (RFC 5844 sections 3.1.2.1 and
 * 3.1.2.2): the MAG then asks for those alone. DEVIATES: with a pool that is used up IPv6 goes on alone, and the reply says why, where section
 * 3.1.2.2 has status 130 for all of it, which says nothing of IPv4. So does an attachment under the prefixes of another that has no such
 * address, or none for this MAG; of attachments that RFC does not speak. V4-2, V4-5, V4-6, V4-7, V4-15. */
enum pmip_status pmip__lma_ipv4_decide(struct pmip_lma *lma, struct pmip__request *request, const struct pmip__session *session,
				       const struct pmip__session *anchor)
{
	const struct pmip_binding_options *options = &request->reply.options;
	const struct pmip__hnp *old = session ? pmip__session_ipv4(session) : NULL;
	bool sharing = anchor || (session && !pmip__session_address_count(session));
	const struct pmip__session *first = anchor || !sharing ? anchor : pmip__binding_cache_anchor(session);
	const struct pmip__hnp *shared = first && options->hnp_count ? pmip__session_ipv4(first) : NULL;
	bool alone = !options->hnp_count || (!sharing && session && !session->hnp_count);
	enum pmip_ipv4_status reason;

	request->ipv4 = (struct pmip__ipv4_change){.drop = old != NULL};
	if (options->hnp_count && request->profile->no_ipv6)
		return PMIP_STATUS_NOT_AUTHORIZED_FOR_IPV6_MOBILITY_SERVICE;
	if (!(options->has & PMIP_HAS_IPV4_REQUEST))
		return alone ? PMIP_STATUS_BCE_PBU_PREFIX_SET_DO_NOT_MATCH : PMIP_STATUS_ACCEPTED;
	reason = sharing && !shared ? PMIP_IPV4_ADMIN_PROHIBITED : choose(lma, request, sharing ? shared : old);
	request->ipv4.shares = shared && !reason;
	request->reply.ipv4_status = (uint8_t)reason;
	request->ipv4.drop = old && reason;
	if (!reason || (!alone && (sharing || reason == PMIP_IPV4_NOT_AVAILABLE)))
		return PMIP_STATUS_ACCEPTED;
	if (!request->profile->ipv4)
		return PMIP_STATUS_NOT_AUTHORIZED_FOR_IPV4_MOBILITY_SERVICE;
	if (reason != PMIP_IPV4_NOT_AVAILABLE)
		return PMIP_STATUS_NOT_AUTHORIZED_FOR_IPV4_HOME_ADDRESS;
	request->reply.ipv4_status = PMIP_IPV4_REASON_UNSPECIFIED; /* with that status section 3.1.2.2 wants this one */
	return PMIP_STATUS_INSUFFICIENT_RESOURCES;
}

void pmip__lma_ipv4_give_back(struct pmip_lma *lma, const struct pmip__request *request)
{
	if (request->ipv4.add)
		pmip__lma_prefixes_release(lma, &request->ipv4.hnp, 1);
}

void pmip__lma_ipv4_drop(struct pmip_lma *lma, struct pmip__session *session)
{
	const struct pmip__list *sessions = &session->mn->sessions;
	struct pmip__hnp ipv4 = *pmip__session_ipv4(session);

	pmip__lma_op_untracked(lma, (struct pmip_datapath_op){.kind = PMIP_DATAPATH_BINDING_CLEAR, .prefix = ipv4.prefix});
	pmip__lma_flows_end_at(lma, session, &ipv4.prefix);
	pmip__binding_cache_drop_ipv4(&lma->cache, session);
	for (const struct pmip__list *link = sessions->next; link != sessions; link = link->next) {
		struct pmip__session *other = pmip__session_of_mn(link);

		if (other->set != session->set)
			continue;
		pmip__binding_cache_share_ipv4(&lma->cache, other, false);
		if (other->txn)
			other->txn->old_shares_ipv4 = false;
	}
	pmip__lma_prefixes_release(lma, &ipv4, 1);
}
