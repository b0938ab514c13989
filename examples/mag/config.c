/* SPDX-License-Identifier: BSD-2-Clause */
/* Keys of pmip-mag, what has to fit together, and the engine's configuration made of them. */
#include <config.h>

#include "mag/mag.h"

#include "common/profiles.h"

#include <pmip/option.h>

#include <string.h>

/* Three probes, a second apart, and some time for the last answer. */
#define PRESENCE_WAIT_MS 4000
#define PRESENCE_AGE_MS 2000

static const struct setting_row access_rows[] = {
	{ .key = "interface", .type = SETTING_INTERFACE, .required = true,
	  .offset = offsetof(struct mag_access, interface),
	  .help = "access interface; it need not exist yet, and may go and come back" },
	{ .key = "technology", .type = SETTING_CHOICE, .def = "ethernet", .choices = setting_technologies,
	  .offset = offsetof(struct mag_access, technology),
	  .help = "access technology type (RFC 5213 section 8.5)" },
	{ .key = "mobile_node", .type = SETTING_MNID, .offset = offsetof(struct mag_access, mobile_node),
	  .help = "the one mobile node of this link, when that is known beforehand; it is attached as soon as the link is up" },
	{ .key = "network", .type = SETTING_NAME, .max = 64, .offset = offsetof(struct mag_access, network),
	  .help = "name of the network, such as an SSID, for an LMA that asks where a mobile node is (RFC 6757)" },
	{ .key = "access_point", .type = SETTING_NAME, .max = 64, .offset = offsetof(struct mag_access, access_point),
	  .help = "name of the access point, beside that of the network" },
	{ .key = "operator", .type = SETTING_NAME, .max = 64, .offset = offsetof(struct mag_access, operator_realm),
	  .help = "realm of the operator, for the same" },
	{ .key = "location", .type = SETTING_LOCATION, .offset = offsetof(struct mag_access, location),
	  .help = "where the access point is, for the same" },
	{ .type = SETTING_END },
};
static const struct setting_row path_rows[] = {
	{ .key = "address", .type = SETTING_ADDR, .required = true, .offset = offsetof(struct mag_path, address),
	  .help = "a Proxy-CoA, the first the MAG's address" },
	{ .key = "bid", .type = SETTING_UINT, .required = true, .min = 1, .max = 254, .offset = offsetof(struct mag_path, bid),
	  .help = "number of the path, each its own" },
	{ .key = "label", .type = SETTING_UINT, .min = 0, .max = 255, .def = "0", .offset = offsetof(struct mag_path, label),
	  .help = "label of its interface, for policies of the LMA" },
	{ .key = "technology", .type = SETTING_CHOICE, .def = "ethernet", .choices = setting_technologies,
	  .offset = offsetof(struct mag_path, technology),
	  .help = "access technology type of its interface (RFC 5213 section 8.5)" },
	{ .type = SETTING_END },
};
static const struct setting_row path_row = { .type = SETTING_MAP, .rows = path_rows };

static const struct setting_row tolerance_row = { .type = SETTING_MAG_TOLERANCE, .offset = offsetof(struct setting_tolerance, tolerance) };

static const struct setting_row lma_tolerance_rows[] = {
	{ .key = "address", .type = SETTING_ADDR, .required = true, .offset = offsetof(struct mag_lma_tolerance, address),
	  .help = "address of the LMA" },
	{ .key = "tolerate", .type = SETTING_LIST, .required = true, .min = 1, .max = PMIP_TOLERANCES,
	  .offset = offsetof(struct mag_lma_tolerance, tolerate), .rows = &tolerance_row, .item_size = sizeof(struct setting_tolerance),
	  .help = "what is let pass of it that does not keep to the RFCs" },
	{ .type = SETTING_END },
};
static const struct setting_row lma_tolerance_row = { .type = SETTING_MAP, .rows = lma_tolerance_rows };

static const struct setting_choice clock_choices[] = { { "ntp", MAG_CLOCK_NTP }, { "other", MAG_CLOCK_OTHER }, { NULL, 0 } };

static const struct setting_row access_row = { .type = SETTING_MAP, .rows = access_rows };

static const struct setting_row node_mac_row = { .type = SETTING_MAC, .offset = offsetof(struct mag_node_mac, mac) };

static const struct setting_choice gre_uses[] = {
	{ "off", PMIP_MAG_GRE_OFF }, { "on", PMIP_MAG_GRE_ON }, { "keys", PMIP_MAG_GRE_KEYS }, { NULL, 0 },
};

static const struct setting_row node_rows[] = {
	{ .key = "id", .type = SETTING_NAI, .offset = offsetof(struct mag_node, id),
	  .help = "network access identifier; without it the MAC address is the identifier (type EUI-48, RFC 8371)" },
	{ .key = "mac", .type = SETTING_MAC, .offset = offsetof(struct mag_node, mac),
	  .help = "link-layer address that tells it; without it only the link or an attach command can" },
	{ .key = "lifetime", .type = SETTING_SECONDS, .min = 4000, .max = 262140000,
	  .offset = offsetof(struct mag_node, lifetime_s),
	  .help = "lifetime to ask for, in place of the general one" },
	{ .key = "other_macs", .type = SETTING_LIST, .min = 1, .max = PMIP_ALIAS_MAX,
	  .offset = offsetof(struct mag_node, other_macs),
	  .rows = &node_mac_row, .item_size = sizeof(struct mag_node_mac),
	  .help = "link-layer addresses of its further interfaces, which tell it as well" },
	{ .key = "shares_prefixes", .type = SETTING_BOOL, .def = "false",
	  .offset = offsetof(struct mag_node, shares_prefixes),
	  .help = "all its interfaces have the same prefixes, as a logical interface has (RFC 7864)" },
	{ .key = "multipath", .type = SETTING_BOOL, .def = "false",
	  .offset = offsetof(struct mag_node, multipath),
	  .help = "register it by all of paths (RFC 8278)" },
	{ .key = "lma", .type = SETTING_ADDR, .offset = offsetof(struct mag_node, lma),
	  .help = "address of its LMA, in place of the general one" },
	{ .key = "disabled", .type = SETTING_BOOL, .def = "false",
	  .offset = offsetof(struct mag_node, disabled), .help = "refuse it" },
	{ .key = "ipv4", .type = SETTING_IPV4_USE, .def = "false",
	  .offset = offsetof(struct mag_node, ipv4),
	  .help = "ask for an IPv4 home address (RFC 5844), at first for this one" },
	{ .key = "ipv6", .type = SETTING_BOOL, .def = "true",
	  .offset = offsetof(struct mag_node, ipv6), .help = "ask for Home Network Prefixes" },
	{ .type = SETTING_END },
};
static const struct setting_row node_row = { .type = SETTING_MAP, .rows = node_rows };

const struct setting_row mag_rows[] = {
	{ .key = "address", .type = SETTING_ADDR, .required = true, .restart = true,
	  .offset = offsetof(struct mag_settings, address),
	  .help = "the MAG's address (Proxy-CoA)" },
	{ .key = "lma", .type = SETTING_ADDR, .required = true,
	  .offset = offsetof(struct mag_settings, lma),
	  .help = "address of the LMA (LMAA) that serves whom mobile_nodes gives no other" },
	{ .key = "lma_tolerate", .type = SETTING_LIST, .min = 1, .max = SIZE_MAX,
	  .offset = offsetof(struct mag_settings, lma_tolerate), .rows = &lma_tolerance_row,
	  .item_size = sizeof(struct mag_lma_tolerance),
	  .help = "LMAs that do not keep to the RFCs" },
	{ .key = "paths", .type = SETTING_LIST, .restart = true, .min = 1, .max = PMIP_MAG_PATHS_MAX,
	  .offset = offsetof(struct mag_settings, paths), .rows = &path_row, .item_size = sizeof(struct mag_path),
	  .help = "addresses that mobile nodes are registered by, when there are several (RFC 8278)" },
	{ .type = SETTING_INCLUDE, .rows = daemon_rows, .offset = offsetof(struct mag_settings, common) },
	{ .key = "access", .type = SETTING_LIST, .required = true, .restart = true, .min = 1, .max = ACCESS_MAX,
	  .offset = offsetof(struct mag_settings, access), .rows = &access_row,
	  .item_size = sizeof(struct mag_access),
	  .help = "links to mobile nodes" },
	{ .key = "mobile_nodes", .type = SETTING_LIST, .required = true, .min = 1, .max = SIZE_MAX,
	  .offset = offsetof(struct mag_settings, mobile_nodes), .rows = &node_row,
	  .item_size = sizeof(struct mag_node),
	  .help = "who may attach" },
	{ .key = "lifetime", .type = SETTING_SECONDS, .min = 4000, .max = 262140000, .def = "600s",
	  .offset = offsetof(struct mag_settings, lifetime_s),
	  .help = "lifetime to ask for, rounded down to a multiple of 4s" },
	{ .key = "timestamps", .type = SETTING_BOOL, .def = "true",
	  .offset = offsetof(struct mag_settings, timestamps),
	  .help = "order registrations by timestamps; clocks have to agree (RFC 5213 section 5.5). false: by sequence numbers" },
	{ .key = "redirect", .type = SETTING_BOOL, .def = "false",
	  .offset = offsetof(struct mag_settings, redirect),
	  .help = "let LMAs send new sessions to other LMAs (RFC 6463)" },
	{ .key = "bulk", .type = SETTING_BOOL, .def = "false", .offset = offsetof(struct mag_settings, bulk),
	  .help = "ask the LMA to let us extend the lifetimes of many mobile nodes by one message (RFC 6602)" },
	{ .key = "bulk_group", .type = SETTING_UINT, .min = 1, .max = 4294967295, .def = "1",
	  .offset = offsetof(struct mag_settings, bulk_group),
	  .help = "how we name that group of mobile nodes to the LMA; 1 = all of ours" },
	{ .key = "gre", .type = SETTING_CHOICE, .def = "off", .choices = gre_uses,
	  .offset = offsetof(struct mag_settings, gre),
	  .help = "ask the LMA for packets in GRE (RFC 5845), without keys or with keys of each mobile node" },
	{ .key = "link_local_address", .type = SETTING_LINK_LOCAL, .restart = true,
	  .def = "fe80::200:5eff:fe00:5213",
	  .offset = offsetof(struct mag_settings, link_local_address),
	  .help = "our address on every access link, the same on all MAGs of the domain (RFC 6543); \"::\": the LMA chooses one for each mobile node" },
	{ .key = "mac_address", .type = SETTING_MAC, .restart = true, .def = "00:00:5e:00:52:13",
	  .offset = offsetof(struct mag_settings, mac_address),
	  .help = "our MAC address on every access link, the same on all MAGs of the domain (RFC 6543)" },
	{ .key = "router_lifetime", .type = SETTING_SECONDS, .min = 4000, .max = 9000000, .def = "1800s",
	  .offset = offsetof(struct mag_settings, router_lifetime_s),
	  .help = "router lifetime in Router Advertisements" },
	{ .key = "bindack_timeout", .type = SETTING_MS, .min = 100, .max = 60000, .def = "1s",
	  .offset = offsetof(struct mag_settings, bindack_timeout_ms),
	  .help = "wait for the first answer before a PBU is sent again; doubles each time (RFC 6275 section 12)" },
	{ .key = "max_bindack_timeout", .type = SETTING_MS, .min = 100, .max = 600000, .def = "32s",
	  .offset = offsetof(struct mag_settings, max_bindack_timeout_ms),
	  .help = "longest such wait (RFC 6275 section 12)" },
	{ .key = "probe_interval", .type = SETTING_MS, .restart = true, .min = 100, .max = 3600000,
	  .def = "5s",
	  .offset = offsetof(struct mag_settings, probe_interval_ms),
	  .help = "how often a silent mobile node is probed" },
	{ .key = "hi_logical_interface", .type = SETTING_UINT, .min = 6, .max = 255, .def = "6",
	  .offset = offsetof(struct mag_settings, hi_logical_interface),
	  .help = "Handoff Indicator of mobile nodes that share prefixes: 6 (RFC 7864), or the paper's, as at the LMA" },
	{ .key = "flowmob_option_type", .type = SETTING_UINT, .min = 0, .max = 255, .def = "0",
	  .offset = offsetof(struct mag_settings, flowmob_option_type),
	  .help = "type of the paper's flow-mob option, as at the LMA; 0 = not spoken here" },
	{ .key = "unknown_realm", .type = SETTING_NAME, .max = 128,
	  .offset = offsetof(struct mag_settings, unknown_realm),
	  .help = "serve who is not in mobile_nodes, too, by an NAI of its MAC address and this realm" },
	{ .key = "presence", .type = SETTING_BOOL, .def = "true", .offset = offsetof(struct mag_settings, presence),
	  .help = "probe a mobile node before its lifetime is extended or a PBU sent again (RFC 5213 section 6.9.4)" },
	{ .key = "clock", .type = SETTING_CHOICE, .def = "ntp", .choices = clock_choices,
	  .offset = offsetof(struct mag_settings, clock),
	  .help = "what keeps this machine's clock right, when the LMA refuses a timestamp: ntp, and the kernel knows whether it is "
		  "synchronised; or other, and it does not" },
	{ .key = "table", .type = SETTING_UINT, .restart = true, .min = 256, .max = 4294967294, .def = "5213",
	  .offset = offsetof(struct mag_settings, table), .help = "number of our routing table; with netlink others follow, by interface index" },
	{ .key = "bypass_netfilter", .type = SETTING_BOOL, .restart = true, .def = "false", .offset = offsetof(struct mag_settings, bypass_netfilter),
	  .help = "with bpf: packets for mobile nodes go from their tunnel to the access link at once" },
	{ .key = "rule_priority", .type = SETTING_UINT, .restart = true, .min = 2, .max = 32765,
	  .def = "5213",
	  .offset = offsetof(struct mag_settings, rule_priority), .help = "priority of our routing rules; with netlink some have the one before" },
	{ .type = SETTING_END },
};

struct pmip_mnid mag_node_id(const struct mag_node *node)
{
	if (node->id.view.len > 0)
		return node->id.view;
	return (struct pmip_mnid){ .subtype = 5, .len = node->mac.len, .id = node->mac.b };
}

static void check_lma(const struct mag_settings *s, struct report *report, const struct pmip_addr *lma, unsigned int line,
		      const char *key)
{
	char text[PMIP_ADDR_STRLEN];

	if (pmip_addr_is_unicast(lma) && pmip_addr_equal(&s->address, lma))
		report_add(report, line, key, "found %s, expected another address than the MAG's own",
			   pmip_addr_format(lma, text));
}

static void check_tolerances(const struct mag_settings *s, struct report *report)
{
	const struct mag_lma_tolerance *lma = s->lma_tolerate.items;
	char text[PMIP_ADDR_STRLEN], key[64];
	struct seen seen;

	seen_init(&seen);
	for (size_t i = 0; i < s->lma_tolerate.count; i++) {
		snprintf(key, sizeof(key), "lma_tolerate[%zu].address", i);
		if (lma[i].line != 0)
			seen_add(&seen, report, pmip_addr_format(&lma[i].address, text), "LMA", lma[i].line, key);
	}
	seen_fini(&seen);
}

static void check_paths(const struct mag_settings *s, const struct settings *settings, struct report *report)
{
	const struct mag_path *path = s->paths.items;
	char text[PMIP_ADDR_STRLEN], number[16], key[64];
	struct seen addresses, bids;

	if (s->paths.count && s->gre != PMIP_MAG_GRE_OFF)
		report_add(report, settings_line(settings, "gre"), "gre", "found GRE with paths, expected one of them or none");
	if (s->paths.count && path[0].line && !pmip_addr_equal(&path[0].address, &s->address))
		report_add(report, path[0].line, "paths[0].address", "found %s, expected the MAG's own address first",
			   pmip_addr_format(&path[0].address, text));
	seen_init(&addresses);
	seen_init(&bids);
	for (size_t i = 0; i < s->paths.count; i++) {
		if (path[i].line == 0)
			continue;
		snprintf(key, sizeof(key), "paths[%zu].address", i);
		seen_add(&addresses, report, pmip_addr_format(&path[i].address, text), "address", path[i].line, key);
		snprintf(key, sizeof(key), "paths[%zu].bid", i);
		snprintf(number, sizeof(number), "%u", path[i].bid);
		seen_add(&bids, report, number, "bid", path[i].line, key);
	}
	seen_fini(&addresses);
	seen_fini(&bids);
}

static void check_nodes(const struct mag_settings *s, struct report *report, struct seen *ids)
{
	const struct mag_node *node = s->mobile_nodes.items;
	const struct mag_node_mac *other;
	char text[PMIP_MNID_STRLEN], key[64];
	struct pmip_mnid id;
	struct seen macs;
	size_t i, k;

	seen_init(&macs);
	for (i = 0; i < s->mobile_nodes.count; i++) {
		if (node[i].line == 0)
			continue;
		snprintf(key, sizeof(key), "mobile_nodes[%zu]", i);
		id = mag_node_id(&node[i]);
		if (id.len == 0) {
			report_add(report, node[i].line, key,
				   "found neither id nor mac, expected one of them or both");
			continue;
		}
		if (!node[i].ipv4.use && !node[i].ipv6 && !node[i].disabled)
			report_add(report, node[i].line, key,
				   "found neither IPv4 nor IPv6 for it, expected one of them or both");
		if (node[i].id.view.len > 0)
			seen_add(ids, report, pmip_mnid_format(&id, text), "mobile node", node[i].line, key);
		else
			json_object_set_new(ids->lines, pmip_mnid_format(&id, text),
					    json_integer(node[i].line));
		if (node[i].mac.len > 0)
			seen_add(&macs, report, pmip_llid_format(&node[i].mac, text), "MAC address",
				 node[i].line, key);
		other = node[i].other_macs.items;
		for (k = 0; k < node[i].other_macs.count; k++)
			seen_add(&macs, report, pmip_llid_format(&other[k].mac, text), "MAC address", other[k].line, key);
		snprintf(key, sizeof(key), "mobile_nodes[%zu].lma", i);
		check_lma(s, report, &node[i].lma, node[i].line, key);
	}
	seen_fini(&macs);
}

static void check_access(const struct mag_settings *s, struct report *report, const struct seen *ids)
{
	const struct mag_access *access = s->access.items;
	const struct setting_name *core = s->common.core.items;
	char text[PMIP_MNID_STRLEN], key[64];
	const bool whole = report->found == 0; /* else the one it names may be missing for its own faults */
	struct seen names;
	size_t i;

	seen_init(&names);
	for (i = 0; i < s->common.core.count; i++)
		if (core[i].line != 0)
			seen_add(&names, report, core[i].name, "interface", core[i].line, "interfaces.core");
	for (i = 0; i < s->access.count; i++) {
		if (access[i].line == 0)
			continue;
		snprintf(key, sizeof(key), "access[%zu].interface", i);
		seen_add(&names, report, access[i].interface, "interface", access[i].line, key);
		if (access[i].mobile_node.view.len == 0 || !whole)
			continue;
		snprintf(key, sizeof(key), "access[%zu].mobile_node", i);
		if (!json_object_get(ids->lines, pmip_mnid_format(&access[i].mobile_node.view, text)))
			report_add(report, access[i].line, key,
				   "found %s, expected the id of one in mobile_nodes", text);
	}
	seen_fini(&names);
}

/* The engine has the last word on what it takes. */
static void try_engine_config(const struct settings *settings, struct report *report)
{
	struct pmip_mag_config *config;
	int err = report->found == 0 ? mag_engine_config(&config, settings) : 0;

	if (report->found == 0 && err == 0)
		pmip_mag_config_free(config);
	else if (err)
		report_add(report, 0, NULL, "found settings that the engine refuses (%s), expected others",
			   pmip_strerror(err));
}

static bool is_realm(const char *text)
{
	return text[0] != '.' && !text[strspn(text, "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz-.")];
}

void mag_check(const struct settings *settings, struct report *report)
{
	const struct mag_settings *s = settings->values;
	struct seen ids;

	daemon_check(settings, report);
	check_lma(s, report, &s->lma, settings_line(settings, "lma"), "lma");
	check_tolerances(s, report);
	check_paths(s, settings, report);
	if (s->max_bindack_timeout_ms != 0 && s->bindack_timeout_ms > s->max_bindack_timeout_ms)
		report_add(report, settings_line(settings, "max_bindack_timeout"), "max_bindack_timeout",
			   "found %ums, expected at least the %ums of bindack_timeout",
			   s->max_bindack_timeout_ms, s->bindack_timeout_ms);
	if (s->flowmob_option_type && s->flowmob_option_type != PMIP_OPT_EXPERIMENTAL &&
	    pmip_option_info((uint8_t)s->flowmob_option_type))
		report_add(report, settings_line(settings, "flowmob_option_type"), "flowmob_option_type",
			   "found %u, which is %s, expected 0, 18 or a type that means nothing else", s->flowmob_option_type,
			   pmip_option_info((uint8_t)s->flowmob_option_type)->name);
	if (s->unknown_realm && !is_realm(s->unknown_realm))
		report_add(report, settings_line(settings, "unknown_realm"), "unknown_realm",
			   "found \"%s\", expected letters, digits, \"-\" and \".\", which is not the first", s->unknown_realm);
	seen_init(&ids);
	check_nodes(s, report, &ids);
	check_access(s, report, &ids);
	seen_fini(&ids);
	try_engine_config(settings, report);
}

static int add_nodes(struct pmip_mag_config *config, const struct mag_settings *s)
{
	const struct mag_node *node = s->mobile_nodes.items;
	size_t i;
	int err = 0;

	for (i = 0; i < s->mobile_nodes.count && !err; i++) {
		struct pmip_profile profile = {
			.size = sizeof(profile),
			.mn_id = mag_node_id(&node[i]),
			.ll_id = node[i].mac,
			.disabled = node[i].disabled,
			.lifetime_s = node[i].lifetime_s,
			.shares_prefixes = node[i].shares_prefixes,
			.multipath = node[i].multipath,
			.lma = node[i].lma,
			.ipv4 = node[i].ipv4.use,
			.ipv4_addr = node[i].ipv4.addr,
			.no_ipv6 = !node[i].ipv6,
		};
		const struct mag_node_mac *other = node[i].other_macs.items;

		for (; profile.alias_count < node[i].other_macs.count; profile.alias_count++)
			profile.alias[profile.alias_count] = other[profile.alias_count].mac;
		err = pmip_mag_config_add_profile(config, &profile);
	}
	return err;
}

static int add_paths(struct pmip_mag_config *config, const struct mag_settings *s)
{
	const struct mag_path *path = s->paths.items;
	int err = 0;

	for (size_t i = 0; i < s->paths.count && !err; i++) {
		struct pmip_mag_path made = {
			.size = sizeof(made),
			.addr = path[i].address,
			.bid = (uint8_t)path[i].bid,
			.label = (uint8_t)path[i].label,
			.att = (uint8_t)path[i].technology,
		};

		err = pmip_mag_config_add_path(config, &made);
	}
	return err;
}

static int fill(struct pmip_mag_config *config, const struct mag_settings *s)
{
	const struct mag_lma_tolerance *lma = s->lma_tolerate.items;
	int err = pmip_mag_config_set_proxy_coa(config, &s->address);

	if (!err)
		err = add_paths(config, s);
	if (!err)
		err = pmip_mag_config_set_lma(config, &s->lma);
	for (size_t i = 0; i < s->lma_tolerate.count && !err; i++)
		err = pmip_mag_config_add_tolerance(config, &lma[i].address, setting_tolerances(&lma[i].tolerate));
	if (!err)
		err = pmip_mag_config_set_lifetime(config, s->lifetime_s);
	if (!err)
		err = pmip_mag_config_set_timestamp_in_use(config, s->timestamps);
	if (!err)
		err = pmip_mag_config_set_bulk(config, s->bulk, s->bulk_group);
	if (!err)
		err = pmip_mag_config_set_redirect(config, s->redirect);
	if (!err)
		err = pmip_mag_config_set_gre(config, (enum pmip_mag_gre)s->gre);
	if (!err)
		err = pmip_mag_config_set_fixed_link_local_address(config, &s->link_local_address);
	if (!err)
		err = pmip_mag_config_set_router_lifetime(config, s->router_lifetime_s);
	if (!err)
		err = pmip_mag_config_set_tunnel_mtu(config, s->common.tunnel_mtu);
	if (!err)
		err = pmip_mag_config_set_bindack_timeout(config, s->bindack_timeout_ms,
							  s->max_bindack_timeout_ms);
	if (!err)
		err = pmip_mag_config_set_presence(config, s->presence ? PRESENCE_AGE_MS : 0, PRESENCE_WAIT_MS);
	if (!err)
		err = pmip_mag_config_set_max_bindings(config, s->common.max_bindings);
	if (!err)
		err = pmip_mag_config_set_heartbeat(config, s->common.heartbeat_interval_s,
						    s->common.heartbeat_missing);
	if (!err)
		err = pmip_mag_config_set_hi_logical_interface(config, (uint8_t)s->hi_logical_interface);
	if (!err)
		err = pmip_mag_config_set_flowmob_option_type(config, (uint8_t)s->flowmob_option_type);
	if (!err)
		err = pmip_mag_config_set_unknown_realm(config, s->unknown_realm);
	return err ? err : add_nodes(config, s);
}

int mag_engine_config(struct pmip_mag_config **config, const struct settings *settings)
{
	int err = pmip_mag_config_new(config, NULL);

	if (!err)
		err = fill(*config, settings->values);
	if (err) {
		pmip_mag_config_free(*config);
		*config = NULL;
	}
	return err;
}
