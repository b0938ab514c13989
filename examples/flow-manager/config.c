/* SPDX-License-Identifier: BSD-2-Clause */
/* Keys of flowmob-manager, and what has to fit together. */
#include <config.h>

#include "flow-manager/manager.h"

static const struct setting_choice sources[] = { { "lma", FM_SOURCE_LMA }, { "nfqueue", FM_SOURCE_NFQUEUE }, { NULL, 0 } };

static const struct setting_choice watches[] = { { "movable", FLOWMOB_WATCH_MOVABLE }, { "all", FLOWMOB_WATCH_ALL }, { NULL, 0 } };

static const struct setting_choice protocols[] = {
	{ "tcp", 6 }, { "udp", 17 }, { "dccp", 33 }, { "gre", 47 }, { "esp", 50 }, { "icmp", 1 }, { "icmpv6", 58 }, { "sctp", 132 }, { NULL, 0 },
};

const struct setting_choice fm_days[] = {
	{ "mon", 0 }, { "tue", 1 }, { "wed", 2 }, { "thu", 3 }, { "fri", 4 }, { "sat", 5 }, { "sun", 6 }, { NULL, 0 },
};

static const struct setting_row prefix_row = { .type = SETTING_ANY_PREFIX, .offset = offsetof(struct fm_prefix, prefix) };

static const struct setting_row selector_rows[] = {
	{ .key = "protocol", .type = SETTING_CHOICE, .choices = protocols, .offset = offsetof(struct fm_selector, protocol),
	  .help = "upper-layer protocol; any without it" },
	{ .key = "source", .type = SETTING_ANY_PREFIX, .offset = offsetof(struct fm_selector, source),
	  .help = "where its packets come from: the server" },
	{ .key = "destination", .type = SETTING_ANY_PREFIX, .offset = offsetof(struct fm_selector, destination),
	  .help = "where they go: the mobile node" },
	{ .key = "source_port", .type = SETTING_RANGE, .min = 0, .max = 65535, .offset = offsetof(struct fm_selector, source_port),
	  .help = "the server's port, or ports" },
	{ .key = "destination_port", .type = SETTING_RANGE, .min = 0, .max = 65535, .offset = offsetof(struct fm_selector, destination_port),
	  .help = "the mobile node's" },
	{ .type = SETTING_END },
};
static const struct setting_row selector_row = { .type = SETTING_MAP, .rows = selector_rows };

static const struct setting_row application_rows[] = {
	{ .key = "name", .type = SETTING_NAME, .required = true, .max = FLOWMOB_APPLICATION_STRLEN - 1,
	  .offset = offsetof(struct fm_application, name), .help = "what rules call it" },
	{ .key = "selectors", .type = SETTING_LIST, .required = true, .min = 1, .max = 64, .offset = offsetof(struct fm_application, selectors),
	  .rows = &selector_row, .item_size = sizeof(struct fm_selector), .help = "flows that one of them means are of this application" },
	{ .type = SETTING_END },
};
static const struct setting_row application_row = { .type = SETTING_MAP, .rows = application_rows };

static const struct setting_row pattern_row = {
	.type = SETTING_NAME, .max = FLOWMOB_PATTERN_STRLEN - 1, .offset = offsetof(struct setting_name, name),
};

static const struct setting_row class_rows[] = {
	{ .key = "name", .type = SETTING_NAME, .required = true, .max = FLOWMOB_NAME_STRLEN - 1, .offset = offsetof(struct fm_class, name),
	  .help = "what rules call it" },
	{ .key = "mobile_nodes", .type = SETTING_LIST, .required = true, .min = 1, .max = SIZE_MAX,
	  .offset = offsetof(struct fm_class, mobile_nodes), .rows = &pattern_row, .item_size = sizeof(struct setting_name),
	  .help = "identifiers; in each * stands for any octets and ? for any one" },
	{ .type = SETTING_END },
};
static const struct setting_row class_row = { .type = SETTING_MAP, .rows = class_rows };

static const struct setting_row day_row = { .type = SETTING_CHOICE, .choices = fm_days, .offset = offsetof(struct fm_choice, value) };
static const struct setting_row technology_row = {
	.type = SETTING_CHOICE, .choices = setting_technologies, .offset = offsetof(struct fm_choice, value),
};

static const struct setting_row rule_rows[] = {
	{ .key = "name", .type = SETTING_NAME, .required = true, .max = FLOWMOB_NAME_STRLEN - 1, .offset = offsetof(struct fm_rule, name),
	  .help = "what it is called" },
	{ .key = "priority", .type = SETTING_UINT, .min = 0, .max = 4294967000, .def = "100", .offset = offsetof(struct fm_rule, priority),
	  .help = "rules are asked from low to high, equal ones in their order here; the first one that applies decides" },
	{ .key = "application", .type = SETTING_NAME, .max = FLOWMOB_APPLICATION_STRLEN - 1, .offset = offsetof(struct fm_rule, application),
	  .help = "for flows of this application" },
	{ .key = "class", .type = SETTING_NAME, .max = FLOWMOB_NAME_STRLEN - 1, .offset = offsetof(struct fm_rule, mn_class),
	  .help = "for mobile nodes of this class" },
	{ .key = "mobile_node", .type = SETTING_NAME, .max = FLOWMOB_PATTERN_STRLEN - 1, .offset = offsetof(struct fm_rule, mobile_node),
	  .help = "for mobile nodes of this identifier; * and ? as in classes" },
	{ .key = "days", .type = SETTING_LIST, .min = 1, .max = 7, .offset = offsetof(struct fm_rule, days), .rows = &day_row,
	  .item_size = sizeof(struct fm_choice), .help = "on these days" },
	{ .key = "from", .type = SETTING_CLOCK, .def = "00:00", .offset = offsetof(struct fm_rule, from),
	  .help = "from this time on, local time" },
	{ .key = "to", .type = SETTING_CLOCK, .def = "24:00", .offset = offsetof(struct fm_rule, to),
	  .help = "until this time; below from: of the next day" },
	{ .key = "available", .type = SETTING_LIST, .min = 1, .max = 8, .offset = offsetof(struct fm_rule, available),
	  .rows = &technology_row, .item_size = sizeof(struct fm_choice),
	  .help = "when the mobile node can be reached by each of these access technologies" },
	{ .key = "load_of", .type = SETTING_CHOICE, .choices = setting_technologies, .offset = offsetof(struct fm_rule, load_technology),
	  .help = "drop_permille and rate_kbps are of the tunnel by this access technology; without it, of the one in use" },
	{ .key = "drop_permille", .type = SETTING_RANGE, .min = 0, .max = 1000, .offset = offsetof(struct fm_rule, drop_permille),
	  .help = "when so many of a thousand packets are dropped there" },
	{ .key = "rate_kbps", .type = SETTING_RANGE, .min = 0, .max = 4294967000, .offset = offsetof(struct fm_rule, rate_kbps),
	  .help = "when so many kbit/s go there" },
	{ .key = "prefer", .type = SETTING_LIST, .min = 1, .max = FLOWMOB_PREFER_MAX, .offset = offsetof(struct fm_rule, prefer),
	  .rows = &technology_row, .item_size = sizeof(struct fm_choice),
	  .help = "access technologies in order; the flow goes by the first that can be used" },
	{ .key = "stay", .type = SETTING_BOOL, .def = "false", .offset = offsetof(struct fm_rule, stay),
	  .help = "in place of prefer: leave the flow where it is, also when its tunnel is congested" },
	{ .type = SETTING_END },
};
static const struct setting_row rule_row = { .type = SETTING_MAP, .rows = rule_rows };

static const struct setting_row fm_rows[] = {
	{ .key = "flow_socket", .type = SETTING_PATH, .required = true, .restart = true, .offset = offsetof(struct fm_settings, flow_socket),
	  .help = "the LMA's, the path that its configuration has under flow_socket" },
	{ .key = "source", .type = SETTING_CHOICE, .restart = true, .def = "lma", .choices = sources, .offset = offsetof(struct fm_settings, source),
	  .help = "how flows come to be known: lma, it tells of them when their first packet has gone its way; nfqueue, that packet waits until "
		  "the LMA says where it goes" },
	{ .key = "watch", .type = SETTING_CHOICE, .restart = true, .def = "movable", .choices = watches, .offset = offsetof(struct fm_settings, watch),
	  .help = "with source lma: of whose flows it tells: movable, of mobile nodes with several tunnels; all" },
	{ .key = "queue", .type = SETTING_UINT, .restart = true, .min = 0, .max = 65535, .def = "0", .offset = offsetof(struct fm_settings, queue),
	  .help = "with source nfqueue: number of the queue" },
	{ .key = "prefixes", .type = SETTING_LIST, .restart = true, .min = 1, .max = 16, .offset = offsetof(struct fm_settings, prefixes),
	  .rows = &prefix_row, .item_size = sizeof(struct fm_prefix), .help = "with source nfqueue: the LMA's pools; packets to others do not wait" },
	{ .key = "control", .type = SETTING_PATH, .restart = true, .offset = offsetof(struct fm_settings, control), .help = "control socket" },
	{ .key = "log_level", .type = SETTING_CHOICE, .def = "info", .choices = service_level_choices,
	  .offset = offsetof(struct fm_settings, log_level), .help = "least important lines that are logged" },
	{ .key = "max_flows", .type = SETTING_UINT, .restart = true, .min = 1, .max = 4000000, .def = "65536",
	  .offset = offsetof(struct fm_settings, max_flows), .help = "most flows at a time; others go where their prefix goes" },
	{ .key = "max_attachments", .type = SETTING_UINT, .restart = true, .min = 1, .max = 8000000, .def = "1000000",
	  .offset = offsetof(struct fm_settings, max_attachments),
	  .help = "most attachments of mobile nodes at a time; nothing is moved to others" },
	{ .key = "poll_interval", .type = SETTING_MS, .restart = true, .min = 100, .max = 60000, .def = "1s",
	  .offset = offsetof(struct fm_settings, poll_interval_ms), .help = "time between two looks at the counters of flows and tunnels" },
	{ .key = "flow_idle_timeout", .type = SETTING_SECONDS, .restart = true, .min = 1000, .max = 86400000, .def = "60s",
	  .offset = offsetof(struct fm_settings, flow_idle_timeout_s), .help = "how long a flow is known without a packet" },
	{ .key = "congestion_drop_permille", .type = SETTING_UINT, .restart = true, .min = 1, .max = 999, .def = "50",
	  .offset = offsetof(struct fm_settings, congestion_drop_permille),
	  .help = "a tunnel is congested when more than so many of a thousand packets of an interval are dropped" },
	{ .key = "congestion_min_packets", .type = SETTING_UINT, .restart = true, .min = 1, .max = 4294967000, .def = "20",
	  .offset = offsetof(struct fm_settings, congestion_min_packets), .help = "out of so many at least" },
	{ .key = "hysteresis", .type = SETTING_MS, .restart = true, .min = 1, .max = 300000, .def = "5s",
	  .offset = offsetof(struct fm_settings, hysteresis_ms),
	  .help = "a flow that was moved stays for so long, and a tunnel that was congested is no target" },
	{ .key = "throughput_drop", .type = SETTING_BOOL, .restart = true, .def = "false", .offset = offsetof(struct fm_settings, throughput_drop),
	  .help = "also move a flow whose bit rate falls below half of its average" },
	{ .key = "applications", .type = SETTING_LIST, .min = 1, .max = 1000, .offset = offsetof(struct fm_settings, applications),
	  .rows = &application_row, .item_size = sizeof(struct fm_application), .help = "applications, for rules; the first that means a flow has it" },
	{ .key = "classes", .type = SETTING_LIST, .min = 1, .max = 1000, .offset = offsetof(struct fm_settings, classes), .rows = &class_row,
	  .item_size = sizeof(struct fm_class), .help = "classes of mobile nodes, for rules" },
	{ .key = "rules", .type = SETTING_LIST, .min = 1, .max = 10000, .offset = offsetof(struct fm_settings, rules), .rows = &rule_row,
	  .item_size = sizeof(struct fm_rule), .help = "the policy: which flows go by which access technology" },
	{ .type = SETTING_END },
};

static void check(const struct settings *settings, struct report *report)
{
	const struct fm_settings *s = settings->values;

	if (s->source == FM_SOURCE_NFQUEUE && s->prefixes.count == 0)
		report_add(report, settings_line(settings, "source"), "source", "found \"nfqueue\" without prefixes, expected both");
	fm_policy_make(NULL, NULL, s, report);
}

const struct program fm_program = {
	.name = "flowmob-manager",
	.what = "Flow manager of a Proxy Mobile IPv6 domain: which flow of a mobile node goes by which of its tunnels (RFC 7864).",
	.file = SYSCONFDIR "/pmip/flowmob-manager.yaml",
	.socket = "/run/pmip/flow-manager.sock",
	.rows = fm_rows,
	.settings_size = sizeof(struct fm_settings),
	.check = check,
};
