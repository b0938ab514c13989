/* SPDX-License-Identifier: BSD-2-Clause */
/* Tunnels to MAGs (RFC 5213 section 5.6.1). Dynamic ones are there while something refers to them. To static ones the configuration refers, so
 * that they are made with it and stay whoever comes and goes; what registers a mobile node makes sure of them all the same. TUN-1. */
#include "engine/lma.h"

/* TUN-7. */
void pmip__lma_put_tunnel(struct pmip_lma *lma, struct pmip__tunnel *tunnel)
{
	struct pmip__tunnel ends;

	if (tunnel && pmip__binding_cache_tunnel_put(&lma->cache, tunnel, &ends))
		pmip__lma_op_untracked(lma, (struct pmip_datapath_op){.kind = PMIP_DATAPATH_TUNNEL_RELEASE,
								      .local = ends.local, .remote = ends.remote});
}

static size_t count_static(const struct pmip_lma_config *config)
{
	size_t count = 0;

	for (size_t i = 0; i < config->mags.addrs.count; i++)
		count += config->mags.array[i].static_tunnel;
	return count;
}

/* Those of the first so many MAGs. */
static void release(struct pmip_lma *lma, struct pmip_lma_config *config, size_t mags)
{
	for (size_t i = 0; i < mags; i++) {
		if (config->mags.array[i].static_tunnel)
			pmip__lma_put_tunnel(lma, pmip__binding_cache_tunnel(&lma->cache, &config->address, &config->mags.addrs.array[i]));
		config->mags.array[i].static_tunnel = false;
	}
}

int pmip__lma_static_tunnels_make(struct pmip_lma *lma, struct pmip_lma_config *config)
{
	size_t count = count_static(config);

	if (count && pmip_addr_is_unspecified(&config->address))
		return PMIP_ERR_CONFIG;
	/* Made, made in vain, and those of the configuration before. */
	if (pmip__lma_reserve_more(lma, 2 * count + count_static(&lma->config), 0))
		return PMIP_ERR_NOMEM;
	for (size_t i = 0; i < config->mags.addrs.count; i++) {
		const struct pmip_addr *mag = &config->mags.addrs.array[i];

		if (!config->mags.array[i].static_tunnel)
			continue;
		if (!pmip__binding_cache_tunnel_get(&lma->cache, &config->address, mag)) {
			release(lma, config, i);
			return PMIP_ERR_NOMEM;
		}
		pmip__lma_op_untracked(lma, (struct pmip_datapath_op){.kind = PMIP_DATAPATH_TUNNEL_ENSURE, .local = config->address,
								      .remote = *mag});
	}
	return 0;
}

void pmip__lma_static_tunnels_end(struct pmip_lma *lma, struct pmip_lma_config *config)
{
	release(lma, config, config->mags.addrs.count);
}
