/* SPDX-License-Identifier: BSD-2-Clause */
/* Keys of flowmob-mn, and what has to fit together. */
#include <config.h>

#include "common/profiles.h"
#include "mn/mn.h"

static const struct setting_choice backends[] = {
	{ "auto", MN_BACKEND_AUTO }, { "bpf", MN_BACKEND_BPF }, { "nfqueue", MN_BACKEND_NFQUEUE }, { NULL, 0 },
};

static const struct setting_choice follows[] = {
	{ "immediate", FLOWMOB_REFLECTOR_IMMEDIATE }, { "confirmed", FLOWMOB_REFLECTOR_CONFIRMED }, { NULL, 0 },
};

static const struct setting_row mn_rows[] = {
	{ .key = "interfaces", .type = SETTING_LIST, .required = true, .restart = true, .min = 1, .max = FLOWMOB_INTERFACES_MAX,
	  .offset = offsetof(struct mn_settings, interfaces), .rows = &setting_interface, .item_size = sizeof(struct setting_name),
	  .help = "interfaces by which flows may come in; they need not exist yet, and may go and come back" },
	{ .key = "backend", .type = SETTING_CHOICE, .restart = true, .def = "auto", .choices = backends,
	  .offset = offsetof(struct mn_settings, backend),
	  .help = "who looks at packets: bpf, programs in the kernel; nfqueue, this process" },
	{ .key = "follow", .type = SETTING_CHOICE, .restart = true, .def = "immediate", .choices = follows,
	  .offset = offsetof(struct mn_settings, follow),
	  .help = "when a flow counts as moved: immediate, with its first packet on another interface; confirmed, with the second in a row, or "
		  "50ms after the first when none has come on the old one since" },
	{ .key = "max_flows", .type = SETTING_UINT, .restart = true, .min = 1, .max = 4000000, .def = "65536",
	  .offset = offsetof(struct mn_settings, max_flows),
	  .help = "most flows at a time; for one more, one that has been without packets for long is forgotten" },
	{ .key = "idle_timeout", .type = SETTING_MS, .restart = true, .min = 1000, .max = 86400000, .def = "60s",
	  .offset = offsetof(struct mn_settings, idle_timeout_ms), .help = "how long a flow is remembered without a packet" },
	{ .key = "mark", .type = SETTING_UINT, .restart = true, .min = 1, .max = 4294967000, .def = "5250",
	  .offset = offsetof(struct mn_settings, mark),
	  .help = "packets that are to leave by the first interface get this mark (fwmark), by the second one more, and so on" },
	{ .key = "table", .type = SETTING_UINT, .restart = true, .min = 256, .max = 4294967000, .def = "5250",
	  .offset = offsetof(struct mn_settings, table), .help = "number of the first interface's routing table; the second has one more, and so on" },
	{ .key = "rule_priority", .type = SETTING_UINT, .restart = true, .min = 1, .max = 32765, .def = "5250",
	  .offset = offsetof(struct mn_settings, rule_priority), .help = "priority of our routing rules" },
	{ .key = "route_protocol", .type = SETTING_UINT, .restart = true, .min = 5, .max = 255, .def = "214",
	  .offset = offsetof(struct mn_settings, route_protocol),
	  .help = "routing protocol number that marks our routes and rules" },
	{ .key = "queue_in", .type = SETTING_UINT, .restart = true, .min = 1, .max = 65535, .def = "1",
	  .offset = offsetof(struct mn_settings, queue_in), .help = "nfqueue: number of the queue of packets that come in" },
	{ .key = "queue_out", .type = SETTING_UINT, .restart = true, .min = 1, .max = 65535, .def = "2",
	  .offset = offsetof(struct mn_settings, queue_out), .help = "nfqueue: number of the queue of packets that leave" },
	{ .key = "control", .type = SETTING_PATH, .restart = true, .offset = offsetof(struct mn_settings, control),
	  .help = "control socket" },
	{ .key = "log_level", .type = SETTING_CHOICE, .def = "info", .choices = service_level_choices,
	  .offset = offsetof(struct mn_settings, log_level), .help = "least important lines that are logged" },
	{ .type = SETTING_END },
};

static void check(const struct settings *settings, struct report *report)
{
	const struct mn_settings *s = settings->values;
	const struct setting_name *interface = s->interfaces.items;
	struct seen seen;

	seen_init(&seen);
	for (size_t i = 0; i < s->interfaces.count; i++)
		if (interface[i].line != 0)
			seen_add(&seen, report, interface[i].name, "interface", interface[i].line, "interfaces");
	seen_fini(&seen);
	if (s->queue_in != 0 && s->queue_in == s->queue_out)
		report_add(report, settings_line(settings, "queue_out"), "queue_out", "found %u, expected another number than that of queue_in",
			   s->queue_out);
}

const struct program mn_program = {
	.name = "flowmob-mn",
	.what = "Packet reflector of a mobile node with several interfaces: a flow's packets leave where the flow comes in.",
	.file = SYSCONFDIR "/pmip/flowmob-mn.yaml",
	.socket = "/run/pmip/mn.sock",
	.rows = mn_rows,
	.settings_size = sizeof(struct mn_settings),
	.check = check,
};
