/* SPDX-License-Identifier: BSD-2-Clause */
/* Keys of pmip-lma, what has to fit together, and the engine's configuration made of them. */
#include <config.h>

#include "lma/lma.h"

#include "common/profiles.h"

#include <pmip/option.h>
#include <pmip/store.h>

#include <stdlib.h>

static const struct setting_row pool_rows[] = {
	{ .key = "prefix", .type = SETTING_PREFIX, .required = true,
	  .offset = offsetof(struct lma_pool, prefix), .help = "the pool" },
	{ .key = "hnp_length", .type = SETTING_UINT, .min = 1, .max = 128, .def = "64",
	  .offset = offsetof(struct lma_pool, hnp_length),
	  .help = "length of each Home Network Prefix, bits; not shorter than the pool, at most 24 longer" },
	{ .type = SETTING_END },
};
static const struct setting_row pool_row = { .type = SETTING_MAP, .rows = pool_rows };

static const struct setting_row ipv4_pool_rows[] = {
	{ .key = "prefix", .type = SETTING_IPV4_SUBNET, .required = true,
	  .offset = offsetof(struct lma_ipv4_pool, subnet),
	  .help = "the subnet; its network and broadcast address are left out" },
	{ .key = "router", .type = SETTING_IPV4, .required = true,
	  .offset = offsetof(struct lma_ipv4_pool, subnet.router),
	  .help = "default router in it, told to MAGs and given to no mobile node" },
	{ .type = SETTING_END },
};
static const struct setting_row ipv4_pool_row = { .type = SETTING_MAP, .rows = ipv4_pool_rows };

static const struct setting_choice gre_uses[] = {
	{ "off", PMIP_LMA_GRE_OFF }, { "allowed", PMIP_LMA_GRE_ALLOWED }, { "required", PMIP_LMA_GRE_REQUIRED }, { NULL, 0 },
};

static const struct setting_choice durabilities[] = {
	{ "strict", PMIP_DURABILITY_STRICT }, { "fast", PMIP_DURABILITY_FAST }, { NULL, 0 },
};

static const struct setting_row node_prefix_row = { .type = SETTING_PREFIX, .offset = offsetof(struct lma_prefix, prefix) };

static const struct setting_row node_rows[] = {
	{ .key = "id", .type = SETTING_NAI_WILD, .offset = offsetof(struct lma_node, id),
	  .help = "network access identifier; \"*@realm\" is everybody of a realm, \"*\" everybody" },
	{ .key = "mac", .type = SETTING_MAC, .offset = offsetof(struct lma_node, mac),
	  .help = "in place of id: an MN-Identifier of type EUI-48 (RFC 8371)" },
	{ .key = "prefixes", .type = SETTING_LIST, .min = 1, .max = PMIP_HNP_MAX,
	  .offset = offsetof(struct lma_node, prefixes),
	  .rows = &node_prefix_row, .item_size = sizeof(struct lma_prefix),
	  .help = "fixed Home Network Prefixes in place of one from a pool" },
	{ .key = "lifetime", .type = SETTING_SECONDS, .min = 4000, .max = 262140000,
	  .offset = offsetof(struct lma_node, lifetime_s),
	  .help = "longest lifetime granted to it, in place of max_lifetime" },
	{ .key = "flow_mobility", .type = SETTING_BOOL, .def = "false",
	  .offset = offsetof(struct lma_node, flow_mobility),
	  .help = "its MAGs are told of the prefixes that it has at other MAGs, so that its flows can be moved (RFC 7864)" },
	{ .key = "multipath", .type = SETTING_BOOL, .def = "false",
	  .offset = offsetof(struct lma_node, multipath),
	  .help = "with multipath: its MAG may reach it by several addresses" },
	{ .key = "disabled", .type = SETTING_BOOL, .def = "false",
	  .offset = offsetof(struct lma_node, disabled),
	  .help = "refuse it (status 152)" },
	{ .key = "ipv4", .type = SETTING_IPV4_USE, .def = "false",
	  .offset = offsetof(struct lma_node, ipv4),
	  .help = "it may have an IPv4 home address (RFC 5844): one from ipv4_pools, or this one" },
	{ .key = "ipv6", .type = SETTING_BOOL, .def = "true",
	  .offset = offsetof(struct lma_node, ipv6),
	  .help = "it may have Home Network Prefixes; false: refuse them (status 172)" },
	{ .type = SETTING_END },
};
static const struct setting_choice flowmobs[] = {
	{ "off", PMIP_FLOWMOB_OFF }, { "rfc7864", PMIP_FLOWMOB_RFC7864 }, { "paper2011", PMIP_FLOWMOB_PAPER2011 }, { NULL, 0 },
};

static const struct setting_row node_row = { .type = SETTING_MAP, .rows = node_rows };

const struct setting_row lma_rows[] = {
	{ .key = "address", .type = SETTING_ADDR, .required = true, .restart = true,
	  .offset = offsetof(struct lma_settings, address),
	  .help = "the LMA's address (LMAA)" },
	{ .type = SETTING_INCLUDE, .rows = daemon_rows, .offset = offsetof(struct lma_settings, common) },
	{ .key = "pools", .type = SETTING_LIST, .restart = true, .min = 1, .max = PMIP_DATAPATH_LIST_MAX,
	  .offset = offsetof(struct lma_settings, pools), .rows = &pool_row,
	  .item_size = sizeof(struct lma_pool),
	  .help = "where Home Network Prefixes are taken from" },
	{ .key = "ipv4_pools", .type = SETTING_LIST, .restart = true, .min = 1, .max = PMIP_DATAPATH_LIST_MAX,
	  .offset = offsetof(struct lma_settings, ipv4_pools), .rows = &ipv4_pool_row,
	  .item_size = sizeof(struct lma_ipv4_pool),
	  .help = "where IPv4 home addresses are taken from (RFC 5844)" },
	{ .key = "network_interfaces", .type = SETTING_LIST, .restart = true, .min = 1, .max = PMIP_DATAPATH_LIST_MAX,
	  .offset = offsetof(struct lma_settings, network_interfaces), .rows = &setting_interface,
	  .item_size = sizeof(struct setting_name),
	  .help = "with bpf: interfaces by which packets for mobile nodes come in, to go into their tunnels at once" },
	{ .type = SETTING_INCLUDE, .rows = lma_peer_rows },
	{ .key = "mobile_nodes", .type = SETTING_LIST, .required = true, .min = 1, .max = SIZE_MAX,
	  .offset = offsetof(struct lma_settings, mobile_nodes), .rows = &node_row,
	  .item_size = sizeof(struct lma_node),
	  .help = "who may be registered" },
	{ .key = "max_lifetime", .type = SETTING_SECONDS, .min = 4000, .max = 262140000, .def = "3600s",
	  .offset = offsetof(struct lma_settings, max_lifetime_s),
	  .help = "longest lifetime granted, rounded down to a multiple of 4s" },
	{ .key = "min_delay_before_bce_delete", .type = SETTING_MS, .min = 0, .max = 600000, .def = "10s",
	  .offset = offsetof(struct lma_settings, min_delay_before_bce_delete_ms),
	  .help = "how long a de-registered binding is kept for the next MAG (RFC 5213 section 9.1)" },
	{ .key = "max_delay_before_new_bce_assign", .type = SETTING_MS, .min = 0, .max = 600000,
	  .def = "1500ms",
	  .offset = offsetof(struct lma_settings, max_delay_before_new_bce_assign_ms),
	  .help = "how long a registration that may be a handover waits for the old one's end (RFC 5213 section 9.1); 0 = it does not" },
	{ .key = "timestamp_validity_window", .type = SETTING_MS, .min = 1, .max = 3600000, .def = "300ms",
	  .offset = offsetof(struct lma_settings, timestamp_validity_window_ms),
	  .help = "how far a MAG's clock may be from ours (RFC 5213 section 9.1)" },
	{ .key = "timestamps", .type = SETTING_BOOL, .def = "true",
	  .offset = offsetof(struct lma_settings, timestamps),
	  .help = "order registrations that have timestamps by them (RFC 5213 section 5.5). false: all by sequence numbers" },
	{ .key = "mobile_node_generated_timestamp", .type = SETTING_BOOL, .def = "false",
	  .offset = offsetof(struct lma_settings, mobile_node_generated_timestamp),
	  .help = "timestamps come from mobile nodes: only their order counts (RFC 5213 section 9.3)" },
	{ .key = "flowmob", .type = SETTING_CHOICE, .def = "rfc7864", .choices = flowmobs,
	  .offset = offsetof(struct lma_settings, flowmob),
	  .help = "how MAGs are told of several attachments of one mobile node" },
	{ .key = "flowmob_flows", .type = SETTING_BOOL, .def = "false", .offset = offsetof(struct lma_settings, flowmob_flows),
	  .help = "tell MAGs of flows that are moved to them, too, each by a traffic selector (RFC 7864)" },
	{ .key = "hi_logical_interface", .type = SETTING_UINT, .min = 0, .max = 255, .def = "0",
	  .offset = offsetof(struct lma_settings, hi_logical_interface),
	  .help = "the paper's Handoff Indicator for a logical interface, taken beside 6; 7 or above; 0 = none" },
	{ .key = "flowmob_option_type", .type = SETTING_UINT, .min = 18, .max = 255, .def = "18",
	  .offset = offsetof(struct lma_settings, flowmob_option_type),
	  .help = "type of the paper's flow-mob option: 18, or one that means nothing else" },
	{ .key = "flow_socket", .type = SETTING_PATH, .restart = true, .offset = offsetof(struct lma_settings, flow_socket),
	  .help = "UNIX socket that a flow manager connects to; without it none can" },
	{ .key = "store", .type = SETTING_PATH, .restart = true, .offset = offsetof(struct lma_settings, store),
	  .help = "directory where bindings and moved flows outlive the process; without it they do not" },
	{ .key = "durability", .type = SETTING_CHOICE, .def = "strict", .choices = durabilities, .restart = true,
	  .offset = offsetof(struct lma_settings, durability),
	  .help = "what is acknowledged survives a power cut: always, or but for the last moment" },
	{ .key = "store_sync", .type = SETTING_MS, .min = 1, .max = 60000, .def = "200ms", .restart = true,
	  .offset = offsetof(struct lma_settings, store_sync_ms),
	  .help = "with durability fast: that moment" },
	{ .key = "max_flows", .type = SETTING_UINT, .min = 0, .max = 4000000, .def = "65536", .restart = true,
	  .offset = offsetof(struct lma_settings, max_flows),
	  .help = "most flows at a time" },
	{ .key = "flow_idle_timeout", .type = SETTING_SECONDS, .min = 0, .max = 86400000, .def = "10min",
	  .offset = offsetof(struct lma_settings, flow_idle_timeout_s),
	  .help = "how long a flow is known without a packet, whoever has made it known; 0s = for ever" },
	{ .key = "gre", .type = SETTING_CHOICE, .def = "off", .choices = gre_uses,
	  .offset = offsetof(struct lma_settings, gre),
	  .help = "packets to and from MAGs in GRE (RFC 5845): never, when the MAG asks for it, or always" },
	{ .type = SETTING_INCLUDE, .rows = lma_signalling_rows },
	{ .type = SETTING_END },
};

static void check_pools(const struct lma_settings *s, struct report *report)
{
	struct placed_prefix placed[PMIP_DATAPATH_LIST_MAX];
	size_t i, count = 0;
	const struct lma_pool *pool = s->pools.items;
	char key[64];

	for (i = 0; i < s->pools.count; i++) {
		if (pool[i].line == 0)
			continue;
		placed[count] = (struct placed_prefix){ .prefix = pool[i].prefix, .line = pool[i].line };
		snprintf(placed[count].key, sizeof(placed[count].key), "pools[%zu].prefix", i);
		count++;
		snprintf(key, sizeof(key), "pools[%zu].hnp_length", i);
		if (pool[i].hnp_length < pool[i].prefix.len || pool[i].hnp_length > pool[i].prefix.len + 24u)
			report_add(report, pool[i].line, key,
				   "found %u, expected %u to %u for a pool of length %u", pool[i].hnp_length,
				   pool[i].prefix.len,
				   pool[i].prefix.len + 24u < 128 ? pool[i].prefix.len + 24u : 128,
				   pool[i].prefix.len);
	}
	report_overlaps(report, placed, count);
}

static void check_flowmob(const struct settings *settings, struct report *report)
{
	const struct lma_settings *s = settings->values;

	if (s->hi_logical_interface && s->hi_logical_interface <= PMIP_HI_SHARED)
		report_add(report, settings_line(settings, "hi_logical_interface"), "hi_logical_interface",
			   "found %u, which means something else (RFC 5213 section 8.4), expected 0 or 7 to 255", s->hi_logical_interface);
	if (s->flowmob_option_type > PMIP_OPT_EXPERIMENTAL && pmip_option_info((uint8_t)s->flowmob_option_type))
		report_add(report, settings_line(settings, "flowmob_option_type"), "flowmob_option_type",
			   "found %u, which is %s, expected 18 or a type that means nothing else", s->flowmob_option_type,
			   pmip_option_info((uint8_t)s->flowmob_option_type)->name);
}

/* A fixed prefix in a pool has to be one of those the pool would give, so that the pool can leave it out. */
static void check_against_pools(const struct lma_settings *s, struct report *report,
				const struct lma_prefix *fixed, const char *key)
{
	const struct lma_pool *pool = s->pools.items;
	char text[PMIP_PREFIX_STRLEN], pool_text[PMIP_PREFIX_STRLEN];
	size_t i;

	for (i = 0; i < s->pools.count; i++) {
		bool inside = pmip_prefix_contains(&pool[i].prefix, &fixed->prefix.addr);

		if (pool[i].line == 0)
			continue;
		if ((inside && fixed->prefix.len != pool[i].hnp_length) ||
		    (!inside && pmip_prefix_contains(&fixed->prefix, &pool[i].prefix.addr)))
			report_add(
				report, fixed->line, key,
				"found %s, expected length %u as in pool %s (line %u), or a prefix outside the pool",
				pmip_prefix_format(&fixed->prefix, text), pool[i].hnp_length,
				pmip_prefix_format(&pool[i].prefix, pool_text), pool[i].line);
	}
}

static size_t place_fixed(const struct lma_settings *s, struct report *report, size_t index,
			  struct placed_prefix *placed)
{
	const struct lma_node *node = (const struct lma_node *)s->mobile_nodes.items + index;
	const struct lma_prefix *fixed = node->prefixes.items;
	size_t i;

	for (i = 0; i < node->prefixes.count; i++) {
		placed[i] = (struct placed_prefix){ .prefix = fixed[i].prefix, .line = fixed[i].line };
		snprintf(placed[i].key, sizeof(placed[i].key), "mobile_nodes[%zu].prefixes[%zu]", index, i);
		check_against_pools(s, report, &fixed[i], placed[i].key);
	}
	return node->prefixes.count;
}

static void check_node(const struct lma_settings *s, struct report *report, size_t index, struct seen *seen)
{
	const struct lma_node *node = (const struct lma_node *)s->mobile_nodes.items + index;
	bool wild = node->id.view.len > 0 && node->id.view.id[0] == '*';
	char text[PMIP_MNID_STRLEN], key[64];

	snprintf(key, sizeof(key), "mobile_nodes[%zu]", index);
	if ((node->id.view.len > 0) == (node->mac.len > 0)) {
		report_add(report, node->line, key, "found %s, expected one of them",
			   node->mac.len ? "both id and mac" : "neither id nor mac");
		return;
	}
	if (node->mac.len)
		pmip_llid_format(&node->mac, text);
	else
		pmip_mnid_format(&node->id.view, text);
	seen_add(seen, report, text, "mobile node", node->line, key);
	if (wild && node->prefixes.count > 0)
		report_add(report, node->line, key,
			   "found fixed prefixes for \"%s\", expected them for a single mobile node only",
			   text);
	if (node->prefixes.count == 0 && !node->disabled && node->ipv6 && s->pools.count == 0 && report->found == 0)
		report_add(report, node->line, key,
			   "found no prefixes for it and no pools, expected one of the two");
}

/* The engine has the last word on what it takes. */
static void try_engine_config(const struct settings *settings, struct report *report)
{
	struct pmip_lma_config *config;
	int err = report->found == 0 ? lma_engine_config(&config, settings) : 0;

	if (report->found == 0 && err == 0)
		pmip_lma_config_free(config);
	else if (err)
		report_add(report, 0, NULL, "found settings that the engine refuses (%s), expected others",
			   pmip_strerror(err));
}

void lma_check(const struct settings *settings, struct report *report)
{
	const struct lma_settings *s = settings->values;
	struct placed_prefix *placed = calloc(s->mobile_nodes.count * PMIP_HNP_MAX + 1, sizeof(*placed));
	size_t i, count = 0;
	struct seen seen;

	daemon_check(settings, report);
	check_pools(s, report);
	lma_check_peers(s, report);
	check_flowmob(settings, report);
	/* ORD-3. */
	if (s->mobile_node_generated_timestamp && !s->timestamps)
		report_add(report, settings_line(settings, "mobile_node_generated_timestamp"), "mobile_node_generated_timestamp",
			   "found \"true\" beside timestamps \"false\", expected \"false\": there are no timestamps to generate");
	lma_check_signalling(settings, report);
	seen_init(&seen);
	for (i = 0; i < s->mobile_nodes.count; i++) {
		if (((const struct lma_node *)s->mobile_nodes.items)[i].line == 0)
			continue;
		check_node(s, report, i, &seen);
		if (placed)
			count += place_fixed(s, report, i, placed + count);
	}
	seen_fini(&seen);
	if (placed)
		report_overlaps(report, placed, count);
	else
		report_add(report, 0, NULL, "found no memory left, expected enough to read the file");
	free(placed);
	lma_check_ipv4(s, report);
	try_engine_config(settings, report);
}

static int add_nodes(struct pmip_lma_config *config, const struct lma_settings *s)
{
	const struct lma_node *node = s->mobile_nodes.items;
	const struct lma_prefix *fixed;
	size_t i, j;
	int err = 0;

	for (i = 0; i < s->mobile_nodes.count && !err; i++) {
		struct pmip_profile profile = {
			.size = sizeof(profile),
			.mn_id = node[i].id.view,
			.disabled = node[i].disabled,
			.flow_mobility = node[i].flow_mobility,
			.multipath = node[i].multipath,
			.lifetime_s = node[i].lifetime_s,
			.prefix_count = (unsigned int)node[i].prefixes.count,
			.ipv4 = node[i].ipv4.use,
			.ipv4_addr = node[i].ipv4.addr,
			.no_ipv6 = !node[i].ipv6,
		};

		if (node[i].mac.len)
			profile.mn_id = (struct pmip_mnid){ .subtype = 5,
							    .len = node[i].mac.len,
							    .id = node[i].mac.b };
		fixed = node[i].prefixes.items;
		for (j = 0; j < node[i].prefixes.count; j++)
			profile.prefix[j] = fixed[j].prefix;
		err = pmip_lma_config_add_profile(config, &profile);
	}
	return err;
}

static int fill(struct pmip_lma_config *config, const struct lma_settings *s)
{
	const struct lma_pool *pool = s->pools.items;
	const struct lma_ipv4_pool *ipv4 = s->ipv4_pools.items;
	size_t i;
	int err = pmip_lma_config_set_max_bindings(config, s->common.max_bindings);

	if (!err)
		err = pmip_lma_config_set_address(config, &s->address);
	if (!err)
		err = pmip_lma_config_set_heartbeat(config, s->common.heartbeat_interval_s,
						    s->common.heartbeat_missing);
	if (!err)
		err = pmip_lma_config_set_max_lifetime(config, s->max_lifetime_s);
	if (!err)
		err = pmip_lma_config_set_min_delay_before_bce_delete(config,
								      s->min_delay_before_bce_delete_ms);
	if (!err)
		err = pmip_lma_config_set_max_delay_before_new_bce_assign(
			config, s->max_delay_before_new_bce_assign_ms);
	if (!err)
		err = pmip_lma_config_set_timestamp_validity_window(config, s->timestamp_validity_window_ms);
	if (!err)
		err = pmip_lma_config_set_timestamp_in_use(config, s->timestamps);
	if (!err)
		err = pmip_lma_config_set_mobile_node_generated_timestamp(config,
									  s->mobile_node_generated_timestamp);
	if (!err)
		err = pmip_lma_config_set_flowmob(config, (enum pmip_flowmob)s->flowmob);
	if (!err)
		err = pmip_lma_config_set_hi_logical_interface(config, (uint8_t)s->hi_logical_interface);
	if (!err)
		err = pmip_lma_config_set_flowmob_option_type(config, (uint8_t)s->flowmob_option_type);
	if (!err)
		err = pmip_lma_config_set_flowmob_flows(config, s->flowmob_flows);
	if (!err)
		err = pmip_lma_config_set_max_flows(config, s->max_flows);
	if (!err)
		err = lma_fill_signalling(config, s);
	for (i = 0; i < s->pools.count && !err; i++)
		err = pmip_lma_config_add_pool(config, &pool[i].prefix, (uint8_t)pool[i].hnp_length);
	for (i = 0; i < s->ipv4_pools.count && !err; i++)
		err = pmip_lma_config_add_ipv4_pool(config, &ipv4[i].subnet.addr, ipv4[i].subnet.plen,
						    &ipv4[i].subnet.router);
	if (!err)
		err = pmip_lma_config_set_gre(config, (enum pmip_lma_gre)s->gre);
	if (!err)
		err = lma_fill_peers(config, s);
	return err ? err : add_nodes(config, s);
}

int lma_engine_config(struct pmip_lma_config **config, const struct settings *settings)
{
	int err = pmip_lma_config_new(config, NULL);

	if (!err)
		err = fill(*config, settings->values);
	if (err) {
		pmip_lma_config_free(*config);
		*config = NULL;
	}
	return err;
}
