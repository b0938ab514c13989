/* SPDX-License-Identifier: BSD-2-Clause */
/* Which prefixes a new session gets (RFC 5213 section 5.3.2): those its profile fixes, those it asks for if they are its to have,
 * else one from the pools. */
#include "engine/lma.h"

#include "base/mem.h"

struct pmip__prefix_pool *pmip__lma_pool_among(struct pmip__prefix_pool *pools, size_t count, const struct pmip_prefix *prefix)
{
	for (size_t i = 0; i < count; i++)
		if (pmip__prefix_pool_owns(&pools[i], prefix))
			return &pools[i];
	return NULL;
}

struct pmip__prefix_pool *pmip__lma_pool_of(const struct pmip_lma *lma, const struct pmip_prefix *prefix)
{
	return pmip__lma_pool_among(lma->pools, lma->config.pool_count, prefix);
}

int pmip__lma_pools_new(struct pmip__prefix_pool **pools, const struct pmip_lma_config *config, const struct pmip_mem *mem,
			const struct pmip__binding_cache *cache)
{
	size_t count = config->pool_count, cursor = 0;
	struct pmip__prefix_pool *made = pmip__mem_alloc(mem, (count + 1) * sizeof(*made));
	const struct pmip_profile *profile;
	const struct pmip__hnp *hnp;
	struct pmip__prefix_pool *pool;
	int err;

	if (!made)
		return PMIP_ERR_NOMEM;
	for (size_t i = 0; i < count; i++) {
		if (pmip__prefix_pool_init(&made[i], mem, &config->pools[i].prefix, config->pools[i].hnp_len)) {
			pmip__lma_pools_free(made, i, mem);
			return PMIP_ERR_NOMEM;
		}
	}
	/* What a profile fixes is nobody else's. */
	while ((profile = pmip__profiles_next(&config->profiles, &cursor)))
		for (unsigned int i = 0; i < profile->prefix_count; i++)
			if ((pool = pmip__lma_pool_among(made, count, &profile->prefix[i])))
				pmip__prefix_pool_take(pool, &profile->prefix[i]);
	err = pmip__lma_ipv4_pools_prepare(made, config);
	if (err) {
		pmip__lma_pools_free(made, count, mem);
		return err;
	}
	cursor = 0;
	while ((hnp = pmip__htable_next(&cache->prefixes, &cursor)))
		if ((pool = pmip__lma_pool_among(made, count, &hnp->prefix)))
			pmip__prefix_pool_take(pool, &hnp->prefix);
	*pools = made;
	return 0;
}

void pmip__lma_pools_free(struct pmip__prefix_pool *pools, size_t count, const struct pmip_mem *mem)
{
	for (size_t i = 0; pools && i < count; i++)
		pmip__prefix_pool_fini(&pools[i]);
	pmip__mem_free(mem, pools);
}

static bool is_fixed(const struct pmip_profile *profile, const struct pmip_prefix *prefix)
{
	for (unsigned int i = 0; i < profile->prefix_count; i++)
		if (pmip_prefix_equal(&profile->prefix[i], prefix))
			return true;
	return false;
}

/* The prefixes that the PBU names; the lookup has made sure that no session has them. LMA-21, SEC-3. */
static enum pmip_status take_named(struct pmip_lma *lma, const struct pmip__request *request, struct pmip__hnp *hnp,
				   unsigned int *count)
{
	const struct pmip_binding_options *options = &request->reply.options;

	for (unsigned int i = 0; i < options->hnp_count; i++) {
		const struct pmip_prefix *prefix = &options->hnp[i].prefix;
		struct pmip__prefix_pool *pool = pmip__lma_pool_of(lma, prefix);
		bool fixed = is_fixed(request->profile, prefix);

		if (!pmip__peer_rule_allows(request->mag, prefix) ||
		    (!fixed && (!pool || pmip_prefix_is_ipv4(prefix) || !pmip__prefix_pool_is_free(pool, prefix)))) {
			pmip__lma_prefixes_release(lma, hnp, *count);
			return PMIP_STATUS_NOT_AUTHORIZED_FOR_HOME_NETWORK_PREFIX;
		}
		if (!fixed)
			pmip__prefix_pool_take(pool, prefix);
		hnp[(*count)++] = (struct pmip__hnp){.prefix = *prefix, .from_pool = !fixed};
	}
	return PMIP_STATUS_ACCEPTED;
}

/* Whether there are prefixes of the profile, and no other session of the mobile node has them. */
static bool fixed_are_free(const struct pmip_lma *lma, const struct pmip_profile *profile)
{
	for (unsigned int i = 0; i < profile->prefix_count; i++)
		if (pmip__binding_cache_by_prefix(&lma->cache, &profile->prefix[i]))
			return false;
	return profile->prefix_count > 0;
}

/* SEC-3. */
static enum pmip_status take_fixed(const struct pmip__request *request, struct pmip__hnp *hnp, unsigned int *count)
{
	const struct pmip_profile *profile = request->profile;

	for (unsigned int i = 0; i < profile->prefix_count; i++)
		if (!pmip__peer_rule_allows(request->mag, &profile->prefix[i]))
			return PMIP_STATUS_MAG_NOT_AUTHORIZED_FOR_PROXY_REG;
	for (unsigned int i = 0; i < profile->prefix_count; i++)
		hnp[(*count)++] = (struct pmip__hnp){.prefix = profile->prefix[i]};
	return PMIP_STATUS_ACCEPTED;
}

const struct pmip__peer_rule *pmip__lma_mag_of(const struct pmip_lma *lma, const struct pmip__session *session)
{
	return pmip__lma_config_rule(&lma->config, &session->reg.tunnel->mag);
}

/* One of a pool, within the prefixes of the MAG if it has any of this kind. */
static bool alloc_within(struct pmip__prefix_pool *pool, const struct pmip__peer_rule *mag, uint64_t seed, struct pmip_prefix *prefix)
{
	if (pmip__peer_rule_allows(mag, &pool->pool))
		return !pmip__prefix_pool_alloc(pool, NULL, seed, prefix);
	for (size_t i = 0; i < mag->prefix_count; i++)
		if (!pmip__prefix_pool_alloc(pool, &mag->prefixes[i], seed, prefix))
			return true;
	return false;
}

/* SEC-3. */
bool pmip__lma_pool_alloc(struct pmip_lma *lma, const struct pmip_mnid *mn_id, const struct pmip__peer_rule *mag, bool ipv4,
			  struct pmip_prefix *prefix)
{
	/* Known to all and the same after a restart: a mobile node tends to get the prefix that it had. */
	static const struct pmip__hash_key preference = {0, 0};
	uint64_t seed = pmip__hash(&preference, mn_id->id, mn_id->len);

	for (size_t i = 0; i < lma->config.pool_count; i++)
		if (pmip__lma_is_ipv4_pool(&lma->config.pools[i]) == ipv4 && alloc_within(&lma->pools[i], mag, seed, prefix))
			return true;
	return false;
}

/* LMA-20. */
enum pmip_status pmip__lma_prefixes_assign(struct pmip_lma *lma, const struct pmip__request *request, struct pmip__hnp *hnp,
					   unsigned int *count)
{
	const struct pmip_binding_options *options = &request->reply.options;

	if (!options->hnp_count)
		return PMIP_STATUS_ACCEPTED; /* only IPv4 is asked for */
	if (!pmip_addr_is_unspecified(&options->hnp[0].prefix.addr))
		return take_named(lma, request, hnp, count);
	if (fixed_are_free(lma, request->profile))
		return take_fixed(request, hnp, count);
	hnp[0].from_pool = pmip__lma_pool_alloc(lma, &options->mn_id, request->mag, false, &hnp[0].prefix);
	*count = hnp[0].from_pool;
	return *count ? PMIP_STATUS_ACCEPTED : PMIP_STATUS_INSUFFICIENT_RESOURCES;
}

/* Another prefix for a session: the one wanted, or one from the pools. UPN-7. */
int pmip__lma_prefix_take(struct pmip_lma *lma, const struct pmip__session *session, const struct pmip_prefix *wanted, struct pmip__hnp *hnp)
{
	const struct pmip_profile *profile = pmip__profiles_by_mn_id(&lma->config.profiles, &session->mn->mn_id);
	const struct pmip__peer_rule *mag = pmip__lma_mag_of(lma, session);
	struct pmip__prefix_pool *pool;

	if (wanted && (pmip_prefix_is_ipv4(wanted) || !pmip__peer_rule_allows(mag, wanted)))
		return PMIP_ERR_INVALID;
	if (!wanted)
		return pmip__lma_pool_alloc(lma, &session->mn->mn_id, mag, false, &hnp->prefix) ? 0 : PMIP_ERR_FULL;
	if (pmip__binding_cache_by_prefix(&lma->cache, wanted))
		return PMIP_ERR_EXIST;
	hnp->prefix = *wanted;
	hnp->from_pool = !profile || !is_fixed(profile, wanted);
	if (!hnp->from_pool)
		return 0;
	pool = pmip__lma_pool_of(lma, wanted);
	if (!pool || !pmip__prefix_pool_is_free(pool, wanted))
		return pool ? PMIP_ERR_EXIST : PMIP_ERR_INVALID;
	pmip__prefix_pool_take(pool, wanted);
	return 0;
}

void pmip__lma_prefixes_release(struct pmip_lma *lma, const struct pmip__hnp *hnp, unsigned int count)
{
	for (unsigned int i = 0; i < count; i++) {
		struct pmip__prefix_pool *pool = pmip__lma_pool_of(lma, &hnp[i].prefix);

		if (hnp[i].from_pool && pool)
			pmip__prefix_pool_release(pool, &hnp[i].prefix);
	}
}
