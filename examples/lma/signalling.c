/* SPDX-License-Identifier: BSD-2-Clause */
/* Keys of pmip-lma for what goes on with MAGs beside registrations: revocation, notifications, groups, times. */
#include <config.h>

#include "lma/lma.h"

#define PARAMETER(name) offsetof(struct lma_settings, mag_parameters.name)

static const struct setting_row mag_row = { .type = SETTING_ADDR, .offset = offsetof(struct lma_address, address) };

static const struct setting_row mag_parameter_rows[] = {
	{ .key = "reregistration_start", .type = SETTING_SECONDS, .min = 0, .max = 262140000, .def = "0s",
	  .offset = PARAMETER(reregistration_start_s),
	  .help = "extend a lifetime so long before its end, rounded down to a multiple of 4s; with the two below, or 0s like them" },
	{ .key = "reregistration_initial", .type = SETTING_SECONDS, .min = 0, .max = 65535000, .def = "0s",
	  .offset = PARAMETER(reregistration_initial_s), .help = "wait for the first answer before a PBU is sent again" },
	{ .key = "reregistration_max", .type = SETTING_SECONDS, .min = 0, .max = 65535000, .def = "0s",
	  .offset = PARAMETER(reregistration_max_s), .help = "longest such wait" },
	{ .key = "heartbeat_interval", .type = SETTING_SECONDS, .min = 0, .max = 3600000, .def = "0s",
	  .offset = PARAMETER(heartbeat_interval_s), .help = "time between two heartbeats, from 30s on; with heartbeat_max, or 0s" },
	{ .key = "heartbeat_delay", .type = SETTING_SECONDS, .min = 0, .max = 3600000, .def = "0s",
	  .offset = PARAMETER(heartbeat_delay_s), .help = "time from an unanswered one to the next; 0s = heartbeat_interval" },
	{ .key = "heartbeat_max", .type = SETTING_UINT, .min = 0, .max = 65535, .def = "0", .offset = PARAMETER(heartbeat_max),
	  .help = "so many in a row may be unanswered" },
	{ .type = SETTING_END },
};

const struct setting_row lma_signalling_rows[] = {
	{ .key = "revoke_on_unknown_handoff", .type = SETTING_BOOL, .def = "false",
	  .offset = offsetof(struct lma_settings, revoke_on_unknown_handoff),
	  .help = "ask the old MAG by a revocation whether a registration is a handover (RFC 5846 section 8.1)" },
	{ .key = "global_revocation", .type = SETTING_LIST, .min = 1, .max = SIZE_MAX,
	  .offset = offsetof(struct lma_settings, global_revocation), .rows = &mag_row, .item_size = sizeof(struct lma_address),
	  .help = "MAGs that may revoke all their bindings at once (RFC 5846 section 8.2)" },
	{ .key = "bulk", .type = SETTING_BOOL, .def = "false", .offset = offsetof(struct lma_settings, bulk),
	  .help = "let MAGs extend the lifetimes of many mobile nodes by one message (RFC 6602)" },
	{ .key = "multipath", .type = SETTING_BOOL, .def = "false", .offset = offsetof(struct lma_settings, multipath),
	  .help = "MAGs with several addresses may register mobile nodes by each (RFC 8278), those whose multipath says so" },
	{ .key = "update_delay", .type = SETTING_MS, .min = 500, .max = 5000, .def = "1s",
	  .offset = offsetof(struct lma_settings, update_delay_ms),
	  .help = "wait for the answer before an Update Notification is sent again (RFC 7077 section 7)" },
	{ .key = "update_retransmissions", .type = SETTING_UINT, .min = 0, .max = 5, .def = "1",
	  .offset = offsetof(struct lma_settings, update_retransmissions),
	  .help = "how often it is sent again (RFC 7077 section 7)" },
	{ .key = "mag_parameters", .type = SETTING_MAP, .rows = mag_parameter_rows,
	  .help = "times that MAGs are given in place of their own (RFC 8127)" },
	{ .type = SETTING_END },
};

static void check_trusted(const struct lma_settings *s, struct report *report)
{
	const struct lma_address *trusted = s->global_revocation.items;
	const struct lma_mag *mag = s->mags.items;
	char text[PMIP_ADDR_STRLEN], key[64];
	size_t i, j;

	for (i = 0; i < s->global_revocation.count; i++) {
		for (j = 0; j < s->mags.count && !pmip_addr_equal(&mag[j].address, &trusted[i].address); j++)
			continue;
		snprintf(key, sizeof(key), "global_revocation[%zu]", i);
		if (trusted[i].line != 0 && j == s->mags.count)
			report_add(report, trusted[i].line, key, "found %s, expected one of mags",
				   pmip_addr_format(&trusted[i].address, text));
	}
}

/* What MAGs are told is whole (RFC 8127 section 5.2: a zero spoils it). */
void lma_check_signalling(const struct settings *settings, struct report *report)
{
	const struct lma_settings *s = settings->values;
	const struct lma_mag_parameters *p = &s->mag_parameters;
	const unsigned int line = settings_line(settings, "mag_parameters");

	check_trusted(s, report);
	if ((p->reregistration_start_s || p->reregistration_initial_s || p->reregistration_max_s) &&
	    (p->reregistration_start_s < 4 || !p->reregistration_initial_s || p->reregistration_max_s < p->reregistration_initial_s))
		report_add(report, line, "mag_parameters",
			   "found %us, %us and %us for reregistration, expected a start from 4s on, an initial wait, and a max not below it",
			   p->reregistration_start_s, p->reregistration_initial_s, p->reregistration_max_s);
	if ((p->heartbeat_interval_s || p->heartbeat_delay_s || p->heartbeat_max) &&
	    (p->heartbeat_interval_s < 30 || !p->heartbeat_max || p->heartbeat_delay_s > p->heartbeat_interval_s))
		report_add(report, line, "mag_parameters",
			   "found %us, %us and %u for heartbeats, expected an interval from 30s on, a delay not above it, and a max",
			   p->heartbeat_interval_s, p->heartbeat_delay_s, p->heartbeat_max);
}

int lma_fill_signalling(struct pmip_lma_config *config, const struct lma_settings *s)
{
	const struct lma_mag_parameters *p = &s->mag_parameters;
	const struct lma_address *mag = s->global_revocation.items;
	int err = pmip_lma_config_set_revoke_on_unknown_handoff(config, s->revoke_on_unknown_handoff);

	if (!err)
		err = pmip_lma_config_set_bulk(config, s->bulk);
	if (!err)
		err = pmip_lma_config_set_multipath(config, s->multipath);
	if (!err)
		err = pmip_lma_config_set_update_retransmission(config, s->update_delay_ms, s->update_retransmissions);
	if (!err)
		err = pmip_lma_config_set_mag_reregistration(config, p->reregistration_start_s,
							     (uint16_t)p->reregistration_initial_s,
							     (uint16_t)p->reregistration_max_s);
	if (!err)
		err = pmip_lma_config_set_mag_heartbeat(config, (uint16_t)p->heartbeat_interval_s,
							(uint16_t)p->heartbeat_delay_s, (uint16_t)p->heartbeat_max);
	for (size_t i = 0; i < s->global_revocation.count && !err; i++)
		err = pmip_lma_config_allow_global_revocation(config, &mag[i].address);
	return err;
}
