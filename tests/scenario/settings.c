/* SPDX-License-Identifier: BSD-2-Clause */
/* What a script has declared and set, as configurations of engines. */
#include "world.h"

#include <string.h>

static const uint8_t hash_key[16] = {7};

enum unit { NUMBER, SECONDS, MILLISECONDS };

static uint32_t setting_value(struct world *w, const struct setting *setting, enum unit unit)
{
	if (unit == NUMBER)
		return read_number(w, setting->value, UINT32_MAX);
	return (uint32_t)(read_time(w, setting->value) / (unit == SECONDS ? S : MS));
}

static bool is_on(struct world *w, const struct setting *setting)
{
	if (strcmp(setting->value, "on") && strcmp(setting->value, "off"))
		fail(w, "%s is \"on\" or \"off\", not \"%s\"", setting->key, setting->value);
	return !strcmp(setting->value, "on");
}

/* Which of three words it is: 0, 1 or 2. */
static int read_word(struct world *w, const struct setting *setting, const char *first, const char *second, const char *third)
{
	const char *const words[] = {first, second, third};

	for (int i = 0; i < 3; i++)
		if (!strcmp(setting->value, words[i]))
			return i;
	fail(w, "%s is \"%s\", \"%s\" or \"%s\", not \"%s\"", setting->key, first, second, third, setting->value);
}

/* redirect=LMA,LMA: those that sessions are sent to; redirect-from: those that they are taken from. */
static int add_lmas(struct world *w, struct pmip_lma_config *config, const struct setting *setting)
{
	char names[sizeof(setting->value)], *rest, *name;
	int err = 0;

	memcpy(names, setting->value, sizeof(names));
	for (name = strtok_r(names, ",", &rest); name && !err; name = strtok_r(NULL, ",", &rest)) {
		const struct pmip_addr *addr = &node_find(w, name)->addr;

		err = strcmp(setting->key, "redirect") ? pmip_lma_config_add_rflma(config, addr)
						       : pmip_lma_config_add_r2lma(config, addr, 0, 0);
	}
	return err;
}

/* FIRST,REST: the first in milliseconds, and what stands behind the comma. */
static uint32_t first_time(struct world *w, const struct setting *setting, const char **rest)
{
	char first[sizeof(setting->value)], *comma;

	snprintf(first, sizeof(first), "%s", setting->value);
	comma = strchr(first, ',');
	if (!comma)
		fail(w, "%s=FIRST,REST, for example %s=1s,2", setting->key, setting->key);
	*comma = '\0';
	*rest = setting->value + (comma - first) + 1;
	return (uint32_t)(read_time(w, first) / MS);
}

/* mag-times=START,FIRST,LONGEST and mag-heartbeat=INTERVAL,DELAY,COUNT: seconds */
static int set_parameters(struct world *w, struct pmip_lma_config *config, const struct setting *setting)
{
	bool times = !strcmp(setting->key, "mag-times");
	unsigned int first, second, third;

	if (sscanf(setting->value, "%u,%u,%u", &first, &second, &third) != 3 || first > (times ? UINT32_MAX : UINT16_MAX) ||
	    second > UINT16_MAX || third > UINT16_MAX)
		fail(w, "%s=N,N,N, each of its range", setting->key);
	return times ? pmip_lma_config_set_mag_reregistration(config, first, (uint16_t)second, (uint16_t)third)
		     : pmip_lma_config_set_mag_heartbeat(config, (uint16_t)first, (uint16_t)second, (uint16_t)third);
}

static int set_updates(struct world *w, struct pmip_lma_config *config, const struct setting *setting)
{
	const char *count;
	uint32_t delay_ms = first_time(w, setting, &count);

	return pmip_lma_config_set_update_retransmission(config, delay_ms, read_number(w, count, UINT32_MAX));
}

static int set_lma(struct world *w, struct pmip_lma_config *config, const struct setting *setting)
{
	static const struct {
		const char *key;
		enum unit unit;
		int (*set)(struct pmip_lma_config *, uint32_t);
	} numbers[] = {
		{"max-bindings", NUMBER, pmip_lma_config_set_max_bindings},
		{"max-lifetime", SECONDS, pmip_lma_config_set_max_lifetime},
		{"delete-delay", MILLISECONDS, pmip_lma_config_set_min_delay_before_bce_delete},
		{"assign-delay", MILLISECONDS, pmip_lma_config_set_max_delay_before_new_bce_assign},
		{"window", MILLISECONDS, pmip_lma_config_set_timestamp_validity_window},
		{"redirect-above", NUMBER, pmip_lma_config_set_redirect_above},
	};
	struct pmip_addr addr;

	for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++)
		if (!strcmp(setting->key, numbers[i].key))
			return numbers[i].set(config, setting_value(w, setting, numbers[i].unit));
	if (!strcmp(setting->key, "flowmob"))
		return pmip_lma_config_set_flowmob(config, (enum pmip_flowmob)read_word(w, setting, "off", "rfc7864", "paper2011"));
	if (!strcmp(setting->key, "flowmob-flows"))
		return pmip_lma_config_set_flowmob_flows(config, is_on(w, setting));
	if (!strcmp(setting->key, "hi-logical"))
		return pmip_lma_config_set_hi_logical_interface(config, (uint8_t)setting_value(w, setting, NUMBER));
	if (!strcmp(setting->key, "redirect") || !strcmp(setting->key, "redirect-from"))
		return add_lmas(w, config, setting);
	if (!strcmp(setting->key, "mag-times") || !strcmp(setting->key, "mag-heartbeat"))
		return set_parameters(w, config, setting);
	if (!strcmp(setting->key, "upn"))
		return set_updates(w, config, setting);
	if (!strcmp(setting->key, "global-revocation")) {
		addr = read_addr(w, setting->value);
		return pmip_lma_config_allow_global_revocation(config, &addr);
	}
	if (!strcmp(setting->key, "bulk"))
		return pmip_lma_config_set_bulk(config, is_on(w, setting));
	if (!strcmp(setting->key, "multipath"))
		return pmip_lma_config_set_multipath(config, is_on(w, setting));
	if (!strcmp(setting->key, "handover-revocation"))
		return pmip_lma_config_set_revoke_on_unknown_handoff(config, is_on(w, setting));
	if (!strcmp(setting->key, "gre"))
		return pmip_lma_config_set_gre(config, (enum pmip_lma_gre)read_word(w, setting, "off", "allowed", "required"));
	if (!strcmp(setting->key, "timestamps"))
		return pmip_lma_config_set_timestamp_in_use(config, is_on(w, setting));
	if (!strcmp(setting->key, "mn-timestamps"))
		return pmip_lma_config_set_mobile_node_generated_timestamp(config, is_on(w, setting));
	fail(w, "an LMA has no setting \"%s\"", setting->key);
}

/* The first or second of two times, "1s,32s". */
static uint32_t pair_ms(struct world *w, const struct setting *setting, unsigned int which)
{
	const char *second;
	uint32_t first_ms = first_time(w, setting, &second);

	return which ? (uint32_t)(read_time(w, second) / MS) : first_ms;
}

static int set_mag(struct world *w, struct pmip_mag_config *config, const struct setting *setting)
{
	static const struct {
		const char *key;
		enum unit unit;
		int (*set)(struct pmip_mag_config *, uint32_t);
	} numbers[] = {
		{"lifetime", SECONDS, pmip_mag_config_set_lifetime},
		{"router-lifetime", SECONDS, pmip_mag_config_set_router_lifetime},
		{"mtu", NUMBER, pmip_mag_config_set_tunnel_mtu},
		{"max-bindings", NUMBER, pmip_mag_config_set_max_bindings},
	};
	struct pmip_addr addr;

	for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++)
		if (!strcmp(setting->key, numbers[i].key))
			return numbers[i].set(config, setting_value(w, setting, numbers[i].unit));
	if (!strcmp(setting->key, "hi-logical"))
		return pmip_mag_config_set_hi_logical_interface(config, (uint8_t)setting_value(w, setting, NUMBER));
	if (!strcmp(setting->key, "unknown-realm"))
		return pmip_mag_config_set_unknown_realm(config, strcmp(setting->value, "none") ? setting->value : NULL);
	if (!strcmp(setting->key, "flowmob-option"))
		return pmip_mag_config_set_flowmob_option_type(config, (uint8_t)setting_value(w, setting, NUMBER));
	if (!strcmp(setting->key, "redirect"))
		return pmip_mag_config_set_redirect(config, is_on(w, setting));
	if (!strcmp(setting->key, "gre"))
		return pmip_mag_config_set_gre(config, (enum pmip_mag_gre)read_word(w, setting, "off", "on", "keys"));
	if (!strcmp(setting->key, "timestamps"))
		return pmip_mag_config_set_timestamp_in_use(config, is_on(w, setting));
	if (!strcmp(setting->key, "bulk"))
		return pmip_mag_config_set_bulk(config, strcmp(setting->value, "off") != 0,
						strcmp(setting->value, "off") ? setting_value(w, setting, NUMBER) : 1);
	if (!strcmp(setting->key, "lla")) {
		addr = read_addr(w, setting->value);
		return pmip_mag_config_set_fixed_link_local_address(config, &addr);
	}
	if (!strcmp(setting->key, "bindack"))
		return pmip_mag_config_set_bindack_timeout(config, pair_ms(w, setting, 0), pair_ms(w, setting, 1));
	if (!strcmp(setting->key, "presence"))
		return pmip_mag_config_set_presence(config, pair_ms(w, setting, 0), pair_ms(w, setting, 1));
	fail(w, "a MAG has no setting \"%s\"", setting->key);
}

static const struct profile *profile_given(const struct node *node, const struct pmip_mnid *mn_id)
{
	for (unsigned int i = 0; i < node->profiles; i++)
		if (pmip_mnid_equal(&node->profile[i].profile.mn_id, mn_id))
			return &node->profile[i];
	return NULL;
}

/* The profiles of a node: those given, and a plain one for every mobile node that has none. */
static unsigned int collect_profiles(struct world *w, const struct node *node, struct pmip_profile profile[PROFILES_MAX + MNS_MAX])
{
	unsigned int count = 0;

	for (unsigned int i = 0; i < node->profiles; i++)
		if (!node->profile[i].none)
			profile[count++] = node->profile[i].profile;
	for (unsigned int i = 0; i < w->mns; i++)
		if (!w->mn[i].stranger && !profile_given(node, &w->mn[i].mn_id))
			profile[count++] = (struct pmip_profile){.size = sizeof(struct pmip_profile), .mn_id = w->mn[i].mn_id, .ll_id = w->mn[i].ll_id,
								  .ipv4 = w->mn[i].ipv4};
	return count;
}

static void must(struct world *w, const char *what, int err)
{
	if (err)
		fail(w, "%s: %s (%s)", what, pmip_err_name(err), pmip_strerror(err));
}

static const struct treatment *treatment_of(const struct world *w, const struct node *node, const struct node *peer)
{
	static const struct treatment strict;

	for (unsigned int i = 0; i < w->treatments; i++)
		if (w->treatment[i].node == node && w->treatment[i].peer == peer)
			return &w->treatment[i];
	return &strict;
}

/* Every MAG, and who plays one, may register mobile nodes. */
static void add_mags(struct world *w, const struct node *lma, struct pmip_lma_config *config)
{
	for (unsigned int i = 0; i < w->nodes; i++) {
		const struct node *mag = &w->node[i];
		const struct treatment *treatment = treatment_of(w, lma, mag);
		struct pmip_peer peer = {
			.size = sizeof(peer),
			.addr = mag->addr,
			.tolerate = treatment->tolerate,
			.prefixes = treatment->prefix,
			.prefix_count = treatment->prefixes,
			.tunnel = treatment->static_tunnel ? PMIP_TUNNEL_STATIC : PMIP_TUNNEL_DYNAMIC,
		};

		if (mag->role == ROLE_MAG || (mag->role == ROLE_PEER && !strncmp(mag->name, "mag", 3)))
			must(w, "MAG", pmip_lma_config_add_peer(config, &peer));
		for (unsigned int k = 1; k < mag->owns; k++) {
			peer.addr = mag->own[k];
			must(w, "MAG", pmip_lma_config_add_peer(config, &peer));
		}
	}
}

static struct pmip_lma_config *lma_config(struct world *w, struct node *node)
{
	struct pmip_profile profile[PROFILES_MAX + MNS_MAX];
	struct pmip_lma_config *config;
	unsigned int count = collect_profiles(w, node, profile);
	int err;

	must(w, "configuration", pmip_lma_config_new(&config, NULL));
	for (unsigned int i = 0; i < node->settings; i++) {
		err = set_lma(w, config, &node->setting[i]);
		must(w, node->setting[i].key, err);
	}
	for (unsigned int i = 0; i < w->pools; i++)
		if (node == (w->pool[i].of ? w->pool[i].of : node_find(w, "lma")))
			must(w, "pool", pmip_lma_config_add_pool(config, &w->pool[i].prefix, w->pool[i].hnp_len));
	for (unsigned int i = 0; i < w->ipv4_pools && !strcmp(node->name, "lma"); i++)
		must(w, "pool4", pmip_lma_config_add_ipv4_pool(config, &w->ipv4_pool[i].addr, w->ipv4_pool[i].plen,
							       &w->ipv4_pool[i].router));
	must(w, "address", pmip_lma_config_set_address(config, &node->addr));
	add_mags(w, node, config);
	for (unsigned int i = 0; i < count; i++)
		must(w, "profile", pmip_lma_config_add_profile(config, &profile[i]));
	return config;
}

/* With the BIDs 1, 2 and so on. */
static void add_paths(struct world *w, struct node *node, struct pmip_mag_config *config)
{
	for (unsigned int i = 0; i < node->owns; i++) {
		struct pmip_mag_path path = {
			.size = sizeof(path),
			.addr = node->own[i],
			.bid = (uint8_t)(i + 1),
			.label = node->own_label[i],
			.att = node->own_att[i],
		};

		must(w, "path", pmip_mag_config_add_path(config, &path));
	}
}

static struct pmip_mag_config *mag_config(struct world *w, struct node *node)
{
	struct pmip_profile profile[PROFILES_MAX + MNS_MAX];
	struct pmip_mag_config *config;
	unsigned int count = collect_profiles(w, node, profile);

	must(w, "configuration", pmip_mag_config_new(&config, NULL));
	must(w, "Proxy-CoA", pmip_mag_config_set_proxy_coa(config, &node->addr));
	must(w, "LMA", pmip_mag_config_set_lma(config, &node_find(w, "lma")->addr));
	add_paths(w, node, config);
	for (unsigned int i = 0; i < node->settings; i++)
		must(w, node->setting[i].key, set_mag(w, config, &node->setting[i]));
	for (unsigned int i = 0; i < w->treatments; i++)
		if (w->treatment[i].node == node)
			must(w, "treat", pmip_mag_config_add_tolerance(config, &w->treatment[i].peer->addr, w->treatment[i].tolerate));
	for (unsigned int i = 0; i < count; i++)
		must(w, "profile", pmip_mag_config_add_profile(config, &profile[i]));
	return config;
}

void world_start(struct world *w)
{
	for (unsigned int i = 0; i < w->nodes; i++) {
		struct node *node = &w->node[i];

		if (node->role == ROLE_LMA && !node->lma) {
			struct pmip_lma_config *config = lma_config(w, node);

			must(w, "LMA", pmip_lma_new(&node->lma, config, NULL, hash_key));
			pmip_lma_config_free(config);
			world_turn(w, node, "start", 0);
		} else if (node->role == ROLE_MAG && !node->mag) {
			struct pmip_mag_config *config = mag_config(w, node);

			must(w, "MAG", pmip_mag_new(&node->mag, config, NULL, hash_key));
			pmip_mag_config_free(config);
		}
	}
}

void node_reconfigure(struct world *w, struct node *node)
{
	int err = 0;

	if (node->lma) {
		struct pmip_lma_config *config = lma_config(w, node);

		err = pmip_lma_reconfigure(node->lma, config);
		pmip_lma_config_free(config);
	} else if (node->mag) {
		struct pmip_mag_config *config = mag_config(w, node);

		err = pmip_mag_reconfigure(node->mag, config, node_now(w, node));
		pmip_mag_config_free(config);
	} else {
		fail(w, "%s has no engine to reconfigure", node->name);
	}
	world_turn(w, node, "reconfigure", err);
}
