/* SPDX-License-Identifier: BSD-2-Clause */
/* Configuration of a MAG (RFC 5213 section 9.2). */
#include "engine/mag.h"

#include "base/mem.h"
#include "base/mnid.h"

#include <string.h>

#define LIFETIME_MIN_S 4
#define LIFETIME_MAX_S 262140
#define ROUTER_LIFETIME_MIN_S 4
#define ROUTER_LIFETIME_MAX_S 9000
#define MTU_MIN 1280
#define MTU_MAX 65535
/* 255 is reserved (RFC 8278 section 4.1). */
#define BID_MAX 254

int pmip_mag_config_new(struct pmip_mag_config **config, const struct pmip_mem *mem)
{
	struct pmip_mem own = pmip__mem_resolve(mem);
	struct pmip_mag_config *made = pmip__mem_alloc(&own, sizeof(*made));

	if (!made)
		return PMIP_ERR_NOMEM;
	made->mem = own;
	made->settings = (struct pmip__mag_settings){
		/* RFC 6543 section 5: the interface identifier set aside for the MAGs of a domain. */
		.fixed_lla = {{0xfe, 0x80, 0, 0, 0, 0, 0, 0, 0x02, 0x00, 0x5e, 0xff, 0xfe, 0x00, 0x52, 0x13}},
		.lifetime_s = 600,
		.router_lifetime_s = 1800,
		.tunnel_mtu = 1460,
		.bindack_initial_ms = 1000,
		.bindack_max_ms = 32000,
		.max_bindings = 100000,
		.timestamp_in_use = true,
		.hi_logical_interface = PMIP_HI_SHARED,
		.bulk_group = PMIP__GROUP_ALL,
		.heartbeat = PMIP__HEARTBEAT_DEFAULTS,
	};
	pmip__profiles_init(&made->profiles, &own);
	*config = made;
	return 0;
}

void pmip_mag_config_free(struct pmip_mag_config *config)
{
	struct pmip_mem mem;

	if (!config)
		return;
	mem = config->mem;
	pmip__profiles_fini(&config->profiles);
	pmip__peer_rules_free(&config->lmas, &mem);
	pmip__mem_free(&mem, config);
}

int pmip_mag_config_set_proxy_coa(struct pmip_mag_config *config, const struct pmip_addr *addr)
{
	if (!pmip_addr_is_unicast(addr))
		return PMIP_ERR_INVALID;
	config->settings.proxy_coa = *addr;
	return 0;
}

/* MPB-1. */
int pmip_mag_config_add_path(struct pmip_mag_config *config, const struct pmip_mag_path *path)
{
	struct pmip__mag_settings *settings = &config->settings;

	if (path->size < sizeof(*path) || !pmip_addr_is_unicast(&path->addr) || !path->bid || path->bid > BID_MAX || !path->att)
		return PMIP_ERR_INVALID;
	for (unsigned int i = 0; i < settings->path_count; i++)
		if (pmip_addr_equal(&settings->path[i].addr, &path->addr) || settings->path[i].bid == path->bid)
			return PMIP_ERR_EXIST;
	if (settings->path_count == PMIP_MAG_PATHS_MAX)
		return PMIP_ERR_FULL;
	settings->path[settings->path_count++] = *path;
	return 0;
}

int pmip_mag_config_set_lma(struct pmip_mag_config *config, const struct pmip_addr *addr)
{
	if (!pmip_addr_is_unicast(addr))
		return PMIP_ERR_INVALID;
	config->settings.lma = *addr;
	return 0;
}

int pmip_mag_config_set_lifetime(struct pmip_mag_config *config, uint32_t lifetime_s)
{
	if (lifetime_s < LIFETIME_MIN_S || lifetime_s > LIFETIME_MAX_S)
		return PMIP_ERR_INVALID;
	config->settings.lifetime_s = lifetime_s - lifetime_s % 4;
	return 0;
}

int pmip_mag_config_add_tolerance(struct pmip_mag_config *config, const struct pmip_addr *lma, uint32_t tolerate)
{
	struct pmip__peer_rule rule = {.tolerate = tolerate};

	if (!pmip_addr_is_unicast(lma) || !pmip__tolerance_is_allowed(tolerate, true))
		return PMIP_ERR_INVALID;
	return pmip__peer_rules_add(&config->lmas, &config->mem, lma, &rule);
}

int pmip_mag_config_set_timestamp_in_use(struct pmip_mag_config *config, bool in_use)
{
	config->settings.timestamp_in_use = in_use;
	return 0;
}

int pmip_mag_config_set_redirect(struct pmip_mag_config *config, bool allowed)
{
	config->settings.redirect = allowed;
	return 0;
}

int pmip_mag_config_set_fixed_link_local_address(struct pmip_mag_config *config, const struct pmip_addr *addr)
{
	if (!pmip_addr_is_unspecified(addr) && !pmip_addr_is_link_local(addr))
		return PMIP_ERR_INVALID;
	config->settings.fixed_lla = *addr;
	return 0;
}

int pmip_mag_config_set_router_lifetime(struct pmip_mag_config *config, uint32_t lifetime_s)
{
	if (lifetime_s < ROUTER_LIFETIME_MIN_S || lifetime_s > ROUTER_LIFETIME_MAX_S)
		return PMIP_ERR_INVALID;
	config->settings.router_lifetime_s = lifetime_s;
	return 0;
}

int pmip_mag_config_set_tunnel_mtu(struct pmip_mag_config *config, uint32_t mtu)
{
	if (mtu && (mtu < MTU_MIN || mtu > MTU_MAX))
		return PMIP_ERR_INVALID;
	config->settings.tunnel_mtu = mtu;
	return 0;
}

int pmip_mag_config_set_bindack_timeout(struct pmip_mag_config *config, uint32_t initial_ms, uint32_t max_ms)
{
	if (!initial_ms || max_ms < initial_ms)
		return PMIP_ERR_INVALID;
	config->settings.bindack_initial_ms = initial_ms;
	config->settings.bindack_max_ms = max_ms;
	return 0;
}

int pmip_mag_config_set_presence(struct pmip_mag_config *config, uint32_t max_age_ms, uint32_t wait_ms)
{
	if (max_age_ms && !wait_ms)
		return PMIP_ERR_INVALID;
	config->settings.presence_age_ms = max_age_ms;
	config->settings.presence_wait_ms = wait_ms;
	return 0;
}

int pmip_mag_config_set_max_bindings(struct pmip_mag_config *config, uint32_t max)
{
	if (!max)
		return PMIP_ERR_INVALID;
	config->settings.max_bindings = max;
	return 0;
}

int pmip_mag_config_set_heartbeat(struct pmip_mag_config *config, uint32_t interval_s, uint32_t missing_allowed)
{
	return pmip__heartbeat_config_set(&config->settings.heartbeat, interval_s, missing_allowed);
}

/* PAP-1. */
int pmip_mag_config_set_hi_logical_interface(struct pmip_mag_config *config, uint8_t hi)
{
	if (hi < PMIP_HI_SHARED)
		return PMIP_ERR_INVALID;
	config->settings.hi_logical_interface = hi;
	return 0;
}

/* PAP-2. */
int pmip_mag_config_set_flowmob_option_type(struct pmip_mag_config *config, uint8_t type)
{
	if (type && type != PMIP_OPT_EXPERIMENTAL && pmip_option_info(type))
		return PMIP_ERR_INVALID;
	config->settings.flowmob_option_type = type;
	return 0;
}

static bool is_realm(const char *realm, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		char c = realm[i];

		if (!(c >= '0' && c <= '9') && !(c >= 'A' && c <= 'Z') && !(c >= 'a' && c <= 'z') && c != '-' && (c != '.' || !i))
			return false;
	}
	return len && len <= PMIP__REALM_MAX;
}

/* PAP-12. */
int pmip_mag_config_set_unknown_realm(struct pmip_mag_config *config, const char *realm)
{
	size_t len = realm ? strlen(realm) : 0;

	if (realm && !is_realm(realm, len))
		return PMIP_ERR_INVALID;
	config->settings.realm_len = (uint8_t)len;
	if (len)
		memcpy(config->settings.realm, realm, len);
	return 0;
}

int pmip_mag_config_set_gre(struct pmip_mag_config *config, enum pmip_mag_gre use)
{
	if ((unsigned int)use > PMIP_MAG_GRE_KEYS)
		return PMIP_ERR_INVALID;
	config->settings.gre = use;
	return 0;
}

int pmip_mag_config_set_restart_counter(struct pmip_mag_config *config, uint32_t value)
{
	config->settings.heartbeat.restart_counter = value;
	return 0;
}

int pmip_mag_config_set_bulk(struct pmip_mag_config *config, bool bulk, uint32_t group)
{
	if (!group)
		return PMIP_ERR_INVALID;
	config->settings.bulk = bulk;
	config->settings.bulk_group = group;
	return 0;
}

/* A MAG must tell the LMA who it is that has come; a class of mobile nodes is no answer to that. */
static bool is_wildcard(const struct pmip_mnid *mn_id)
{
	return mn_id->subtype == PMIP__MNID_NAI && mn_id->id[0] == '*' && (mn_id->len == 1 || mn_id->id[1] == '@');
}

int pmip_mag_config_add_profile(struct pmip_mag_config *config, const struct pmip_profile *profile)
{
	if (profile->size < sizeof(*profile) || !profile->mn_id.len || profile->mn_id.len > PMIP_MNID_MAX || profile->ll_id.len > PMIP_LLID_MAX ||
	    is_wildcard(&profile->mn_id))
		return PMIP_ERR_INVALID;
	if (!pmip_addr_is_unspecified(&profile->lma) && !pmip_addr_is_unicast(&profile->lma))
		return PMIP_ERR_INVALID;
	if (profile->lifetime_s && (profile->lifetime_s < LIFETIME_MIN_S || profile->lifetime_s > LIFETIME_MAX_S))
		return PMIP_ERR_INVALID;
	return pmip__profiles_add(&config->profiles, profile);
}
