/* SPDX-License-Identifier: BSD-2-Clause */
/* The LMA's configuration variables (RFC 5213 sections 9.1 and 9.3) and policy. */
#include "engine/lma.h"

#include "base/mem.h"

#include <string.h>

static void config_init(struct pmip_lma_config *config, const struct pmip_mem *mem)
{
	*config = (struct pmip_lma_config){
		.mem = *mem,
		.max_bindings = 1000000,
		.max_flows = 500000,
		.max_lifetime_s = 3600,
		.min_delay_before_bce_delete_ms = 10000,
		.max_delay_before_new_bce_assign_ms = 1500,
		.timestamp_window_ms = 300,
		.timestamp_in_use = true,
		.heartbeat = PMIP__HEARTBEAT_DEFAULTS,
		.flowmob = PMIP_FLOWMOB_RFC7864,
		.flowmob_option_type = PMIP_OPT_EXPERIMENTAL,
		.update = PMIP__UPDATE_DEFAULTS,
	};
	pmip__profiles_init(&config->profiles, mem);
}

void pmip__lma_config_fini(struct pmip_lma_config *config)
{
	pmip__mem_free(&config->mem, config->pools);
	pmip__peer_rules_free(&config->mags, &config->mem);
	pmip__mem_free(&config->mem, config->r2lmas);
	pmip__addr_set_free(&config->rflmas, &config->mem);
	pmip__addr_set_free(&config->global_revokers, &config->mem);
	pmip__profiles_fini(&config->profiles);
}

int pmip_lma_config_new(struct pmip_lma_config **config, const struct pmip_mem *mem)
{
	struct pmip_mem use = pmip__mem_resolve(mem);
	struct pmip_lma_config *made = pmip__mem_alloc(&use, sizeof(*made));

	if (!made)
		return PMIP_ERR_NOMEM;
	config_init(made, &use);
	*config = made;
	return 0;
}

void pmip_lma_config_free(struct pmip_lma_config *config)
{
	struct pmip_mem mem;

	if (!config)
		return;
	mem = config->mem;
	pmip__lma_config_fini(config);
	pmip__mem_free(&mem, config);
}

static int add_pool(struct pmip_lma_config *config, const struct pmip__pool_config *made)
{
	const struct pmip_prefix *pool = &made->prefix;
	void *pools = config->pools;
	int err;

	if (!pmip_prefix_is_valid(pool) || made->hnp_len > 128 || made->hnp_len < pool->len ||
	    made->hnp_len - pool->len > PMIP__POOL_BITS_MAX)
		return PMIP_ERR_INVALID;
	for (size_t i = 0; i < config->pool_count; i++)
		if (pmip_prefix_contains(&config->pools[i].prefix, &pool->addr) ||
		    pmip_prefix_contains(pool, &config->pools[i].prefix.addr))
			return PMIP_ERR_EXIST;
	err = pmip__mem_grow(&config->mem, &pools, &config->pool_cap, config->pool_count + 1, sizeof(*config->pools));
	if (err)
		return err;
	config->pools = pools;
	config->pools[config->pool_count++] = *made;
	return 0;
}

static int copy_lists(struct pmip_lma_config *to, const struct pmip_lma_config *from)
{
	int err = 0;

	for (size_t i = 0; i < from->pool_count && !err; i++)
		err = add_pool(to, &from->pools[i]);
	if (!err)
		err = pmip__peer_rules_copy(&to->mags, &to->mem, &from->mags);
	for (size_t i = 0; i < from->r2lma_count && !err; i++)
		err = pmip_lma_config_add_r2lma(to, &from->r2lmas[i].addr, from->r2lmas[i].priority, from->r2lmas[i].max_sessions);
	for (size_t i = 0; i < from->rflmas.count && !err; i++)
		err = pmip_lma_config_add_rflma(to, &from->rflmas.array[i]);
	for (size_t i = 0; i < from->global_revokers.count && !err; i++)
		err = pmip_lma_config_allow_global_revocation(to, &from->global_revokers.array[i]);
	return err ? err : pmip__profiles_add_all(&to->profiles, &from->profiles);
}

int pmip__lma_config_copy(struct pmip_lma_config *to, const struct pmip_lma_config *from, const struct pmip_mem *mem)
{
	int err;

	config_init(to, mem);
	to->max_bindings = from->max_bindings;
	to->max_flows = from->max_flows;
	to->max_lifetime_s = from->max_lifetime_s;
	to->min_delay_before_bce_delete_ms = from->min_delay_before_bce_delete_ms;
	to->max_delay_before_new_bce_assign_ms = from->max_delay_before_new_bce_assign_ms;
	to->timestamp_window_ms = from->timestamp_window_ms;
	to->timestamp_in_use = from->timestamp_in_use;
	to->mobile_node_generated_timestamp = from->mobile_node_generated_timestamp;
	to->revoke_on_unknown_handoff = from->revoke_on_unknown_handoff;
	to->bulk = from->bulk;
	to->multipath = from->multipath;
	to->heartbeat = from->heartbeat;
	to->update = from->update;
	to->mag_reregistration = from->mag_reregistration;
	to->mag_heartbeat = from->mag_heartbeat;
	to->gre = from->gre;
	to->address = from->address;
	to->flowmob = from->flowmob;
	to->hi_logical_interface = from->hi_logical_interface;
	to->flowmob_option_type = from->flowmob_option_type;
	to->flowmob_flows = from->flowmob_flows;
	to->redirect_above = from->redirect_above;
	to->store = from->store;
	/* What there is not cannot be generated. ORD-3. */
	err = from->mobile_node_generated_timestamp && !from->timestamp_in_use ? PMIP_ERR_CONFIG : copy_lists(to, from);
	if (err)
		pmip__lma_config_fini(to);
	return err;
}

int pmip_lma_config_set_max_bindings(struct pmip_lma_config *config, uint32_t max)
{
	if (!max)
		return PMIP_ERR_INVALID;
	config->max_bindings = max;
	return 0;
}

int pmip_lma_config_set_max_flows(struct pmip_lma_config *config, uint32_t max)
{
	config->max_flows = max;
	return 0;
}

int pmip_lma_config_set_max_lifetime(struct pmip_lma_config *config, uint32_t lifetime_s)
{
	if (lifetime_s < 4 || lifetime_s > 262140)
		return PMIP_ERR_INVALID;
	config->max_lifetime_s = lifetime_s - lifetime_s % 4;
	return 0;
}

int pmip_lma_config_set_min_delay_before_bce_delete(struct pmip_lma_config *config, uint32_t delay_ms)
{
	config->min_delay_before_bce_delete_ms = delay_ms;
	return 0;
}

int pmip_lma_config_set_max_delay_before_new_bce_assign(struct pmip_lma_config *config, uint32_t delay_ms)
{
	config->max_delay_before_new_bce_assign_ms = delay_ms;
	return 0;
}

int pmip_lma_config_set_timestamp_validity_window(struct pmip_lma_config *config, uint32_t window_ms)
{
	config->timestamp_window_ms = window_ms;
	return 0;
}

int pmip_lma_config_set_timestamp_in_use(struct pmip_lma_config *config, bool in_use)
{
	config->timestamp_in_use = in_use;
	return 0;
}

int pmip_lma_config_set_mobile_node_generated_timestamp(struct pmip_lma_config *config, bool in_use)
{
	config->mobile_node_generated_timestamp = in_use;
	return 0;
}

int pmip_lma_config_set_revoke_on_unknown_handoff(struct pmip_lma_config *config, bool revoke)
{
	config->revoke_on_unknown_handoff = revoke;
	return 0;
}

int pmip_lma_config_set_bulk(struct pmip_lma_config *config, bool bulk)
{
	config->bulk = bulk;
	return 0;
}

int pmip_lma_config_set_multipath(struct pmip_lma_config *config, bool multipath)
{
	config->multipath = multipath;
	return 0;
}

int pmip_lma_config_set_address(struct pmip_lma_config *config, const struct pmip_addr *addr)
{
	if (!pmip_addr_is_unicast(addr))
		return PMIP_ERR_INVALID;
	config->address = *addr;
	return 0;
}

int pmip_lma_config_set_heartbeat(struct pmip_lma_config *config, uint32_t interval_s, uint32_t missing_allowed)
{
	return pmip__heartbeat_config_set(&config->heartbeat, interval_s, missing_allowed);
}

/* UPN-2. */
int pmip_lma_config_set_update_retransmission(struct pmip_lma_config *config, uint32_t delay_ms, uint32_t max_retransmit)
{
	if (delay_ms < 500 || delay_ms > 5000 || max_retransmit > 5)
		return PMIP_ERR_INVALID;
	config->update = (struct pmip__update_config){delay_ms, max_retransmit};
	return 0;
}

int pmip_lma_config_set_gre(struct pmip_lma_config *config, enum pmip_lma_gre use)
{
	if ((unsigned int)use > PMIP_LMA_GRE_REQUIRED)
		return PMIP_ERR_INVALID;
	config->gre = use;
	return 0;
}

int pmip_lma_config_set_store(struct pmip_lma_config *config, bool use)
{
	config->store = use;
	return 0;
}

int pmip_lma_config_set_restart_counter(struct pmip_lma_config *config, uint32_t value)
{
	config->heartbeat.restart_counter = value;
	return 0;
}

/* FLO-6. */
int pmip_lma_config_set_flowmob_flows(struct pmip_lma_config *config, bool tell)
{
	config->flowmob_flows = tell;
	return 0;
}

int pmip_lma_config_set_flowmob(struct pmip_lma_config *config, enum pmip_flowmob flowmob)
{
	if ((unsigned int)flowmob > PMIP_FLOWMOB_PAPER2011)
		return PMIP_ERR_INVALID;
	config->flowmob = flowmob;
	return 0;
}

/* PAP-1. */
int pmip_lma_config_set_hi_logical_interface(struct pmip_lma_config *config, uint8_t hi)
{
	if (hi && hi <= PMIP_HI_SHARED)
		return PMIP_ERR_INVALID;
	config->hi_logical_interface = hi;
	return 0;
}

/* PAP-2. */
int pmip_lma_config_set_flowmob_option_type(struct pmip_lma_config *config, uint8_t type)
{
	if (type != PMIP_OPT_EXPERIMENTAL && pmip_option_info(type))
		return PMIP_ERR_INVALID;
	config->flowmob_option_type = type;
	return 0;
}

int pmip_lma_config_add_pool(struct pmip_lma_config *config, const struct pmip_prefix *pool, uint8_t hnp_len)
{
	struct pmip__pool_config made = {.prefix = *pool, .hnp_len = hnp_len};

	return pmip__lma_is_ipv4_pool(&made) ? PMIP_ERR_INVALID : add_pool(config, &made);
}

int pmip_lma_config_add_ipv4_pool(struct pmip_lma_config *config, const struct pmip_ip *subnet, uint8_t plen, const struct pmip_ip *router)
{
	struct pmip__pool_config made = {.hnp_len = 128};
	struct pmip_addr router_addr;

	if (subnet->len != 4 || router->len != 4 || plen > 32)
		return PMIP_ERR_INVALID;
	made.prefix = pmip_prefix_from_ipv4(subnet->b, plen);
	router_addr = pmip_addr_from_ipv4(router->b);
	if (!pmip_prefix_contains(&made.prefix, &router_addr))
		return PMIP_ERR_INVALID;
	memcpy(made.router, router->b, sizeof(made.router));
	return add_pool(config, &made);
}

const struct pmip__peer_rule *pmip__lma_config_rule(const struct pmip_lma_config *config, const struct pmip_addr *mag)
{
	return pmip__peer_rules_find(&config->mags, mag);
}

int pmip_lma_config_add_peer(struct pmip_lma_config *config, const struct pmip_peer *peer)
{
	struct pmip_peer all = {.size = peer->size};
	struct pmip__peer_rule rule;

	memcpy(&all, peer, peer->size < sizeof(all) ? peer->size : sizeof(all));
	if (!pmip_addr_is_unicast(&all.addr) || !pmip__tolerance_is_allowed(all.tolerate, false) ||
	    (unsigned int)all.tunnel > PMIP_TUNNEL_STATIC)
		return PMIP_ERR_INVALID;
	for (size_t i = 0; i < all.prefix_count; i++)
		if (!pmip_prefix_is_valid(&all.prefixes[i]))
			return PMIP_ERR_INVALID;
	/* Copied, so that nobody writes to the caller's. */
	rule = (struct pmip__peer_rule){
		.tolerate = all.tolerate,
		.prefixes = (struct pmip_prefix *)(uintptr_t)all.prefixes,
		.prefix_count = all.prefix_count,
		.static_tunnel = all.tunnel == PMIP_TUNNEL_STATIC,
	};
	return pmip__peer_rules_add(&config->mags, &config->mem, &all.addr, &rule);
}

int pmip_lma_config_add_r2lma(struct pmip_lma_config *config, const struct pmip_addr *addr, uint16_t priority, uint32_t max_sessions)
{
	void *r2lmas = config->r2lmas;
	int err;

	if (!pmip_addr_is_unicast(addr))
		return PMIP_ERR_INVALID;
	for (size_t i = 0; i < config->r2lma_count; i++)
		if (pmip_addr_equal(&config->r2lmas[i].addr, addr))
			return PMIP_ERR_EXIST;
	if (config->r2lma_count == PMIP_LMA_R2LMA_MAX)
		return PMIP_ERR_FULL;
	err = pmip__mem_grow(&config->mem, &r2lmas, &config->r2lma_cap, config->r2lma_count + 1, sizeof(*config->r2lmas));
	if (err)
		return err;
	config->r2lmas = r2lmas;
	config->r2lmas[config->r2lma_count++] = (struct pmip__r2lma){.addr = *addr, .max_sessions = max_sessions, .priority = priority};
	return 0;
}

int pmip_lma_config_set_redirect_above(struct pmip_lma_config *config, uint32_t sessions)
{
	config->redirect_above = sessions;
	return 0;
}

int pmip_lma_config_add_rflma(struct pmip_lma_config *config, const struct pmip_addr *addr)
{
	return pmip_addr_is_unicast(addr) ? pmip__addr_set_add(&config->rflmas, &config->mem, addr) : PMIP_ERR_INVALID;
}

int pmip_lma_config_allow_global_revocation(struct pmip_lma_config *config, const struct pmip_addr *mag)
{
	return pmip_addr_is_unicast(mag) ? pmip__addr_set_add(&config->global_revokers, &config->mem, mag) : PMIP_ERR_INVALID;
}

int pmip_lma_config_add_profile(struct pmip_lma_config *config, const struct pmip_profile *profile)
{
	return pmip__profiles_add(&config->profiles, profile);
}
