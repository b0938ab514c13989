/* SPDX-License-Identifier: BSD-2-Clause */
/* attach and detach on the control socket, the trigger for access networks whose own events reach us through
 * somebody else; revoke; clock-synchronised. */
#include <config.h>

#include "mag/mag.h"

#include <net/if.h>
#include <stdio.h>
#include <string.h>

/* The access link that a request names. @return NULL with error filled. */
static const struct mag_access *find_link(const struct daemon *daemon, const json_t *request, uint32_t *index,
					  char *error, size_t cap)
{
	const struct mag_settings *s = daemon->settings->values;
	const struct mag_access *access = s->access.items;
	const char *name = control_text(request, "link");
	size_t i;

	if (!name) {
		snprintf(error, cap, "link is missing; give the name of an access interface");
		return NULL;
	}
	for (i = 0; i < s->access.count; i++)
		if (strcmp(access[i].interface, name) == 0)
			break;
	if (i == s->access.count) {
		snprintf(error, cap, "%.40s is no access interface of %s", name, daemon->file);
		return NULL;
	}
	*index = if_nametoindex(name);
	if (*index == 0) {
		snprintf(error, cap, "there is no interface %.40s now", name);
		return NULL;
	}
	return &access[i];
}

/* An argument that names a link-layer address. @return 0, absent or not, or -1 with error filled. */
static int get_mac(const json_t *request, struct pmip_llid *mac, char *error, size_t cap)
{
	static const struct setting_row row = { .type = SETTING_MAC };
	const char *text = control_text(request, "mac");
	char expect[128];

	if (!json_object_get(request, "mac"))
		return 0;
	if (text && setting_parse(&row, text, mac) == 0)
		return 0;
	snprintf(error, cap, "mac is not %s", setting_expect(&row, expect, sizeof(expect)));
	return -1;
}

/* An argument that names a mobile node. */
static int get_id(const json_t *request, struct setting_mnid *id, char *error, size_t cap)
{
	const char *text = control_text(request, "id");

	if (!json_object_get(request, "id"))
		return 0;
	if (text && setting_mnid_parse(id, text, SETTING_MNID) == 0)
		return 0;
	snprintf(error, cap, "id is no network access identifier and no MAC address");
	return -1;
}

static int explain(int err, char *error, size_t cap)
{
	const char *hint = err == PMIP_ERR_DENIED
				   ? "; list the mobile node in mobile_nodes, not disabled, and reload"
				   : "";

	snprintf(error, cap, "%s%s", pmip_strerror(err), hint);
	return -1;
}

static int cmd_attach(void *user, const json_t *request, json_t *reply, char *error, size_t cap)
{
	struct pmip_access_event event = {
		.type = PMIP_ACCESS_ATTACH,
		.attach.size = sizeof(event.attach),
		.trigger = "control socket",
	};
	const struct pmip_now now = pmip_runner_now();
	struct daemon *daemon = user;
	const struct mag_access *link;
	struct setting_mnid id = { 0 };
	uint8_t network[ACCESS_NETWORK_MAX];
	uint32_t hi;
	int err;

	(void)reply;
	link = find_link(daemon, request, &event.attach.link, error, cap);
	if (!link || get_mac(request, &event.attach.ll_id, error, cap) || get_id(request, &id, error, cap))
		return -1;
	if (control_number(request, "hi", &hi, 0, 255)) {
		snprintf(error, cap, "hi is no number from 0 to 255");
		return -1;
	}
	event.attach.mn_id = id.view.len > 0              ? id.view
			     : event.attach.ll_id.len > 0 ? event.attach.mn_id
							  : link->mobile_node.view;
	if (event.attach.mn_id.len == 0 && event.attach.ll_id.len == 0) {
		snprintf(error, cap, "whom? give mac or id, or set mobile_node for this access interface");
		return -1;
	}
	event.attach.att = (uint8_t)link->technology;
	event.attach.access_network = mag_access_network(link, network);
	event.attach.hi = (uint8_t)hi;
	events_access(daemon->events, &event, now);
	err = pmip_mag_attach(daemon->engine, &event.attach, now);
	daemon_turn(daemon);
	return err < 0 ? explain(err, error, cap) : 0;
}

static int cmd_detach(void *user, const json_t *request, json_t *reply, char *error, size_t cap)
{
	struct pmip_access_event event = {
		.type = PMIP_ACCESS_DETACH,
		.attach.size = sizeof(event.attach),
		.trigger = "control socket",
	};
	const struct pmip_now now = pmip_runner_now();
	struct daemon *daemon = user;
	int n;

	if (!find_link(daemon, request, &event.attach.link, error, cap) ||
	    get_mac(request, &event.attach.ll_id, error, cap))
		return -1;
	events_access(daemon->events, &event, now);
	n = pmip_mag_detach(daemon->engine, event.attach.link,
			    event.attach.ll_id.len > 0 ? &event.attach.ll_id : NULL, now);
	daemon_turn(daemon);
	if (n < 0)
		return explain(n, error, cap);
	json_object_set_new(reply, "detached", json_integer(n));
	return 0;
}

static int cmd_revoke(void *user, const json_t *request, json_t *reply, char *error, size_t cap)
{
	struct daemon *daemon = user;
	struct setting_mnid id = { 0 };
	uint32_t trigger;
	int err;

	(void)reply;
	if (get_id(request, &id, error, cap))
		return -1;
	if (id.view.len == 0) {
		snprintf(error, cap, "id is missing; give the mobile node's identifier");
		return -1;
	}
	if (control_number(request, "trigger", &trigger, PMIP_TRIGGER_ADMINISTRATIVE, PMIP_TRIGGER_OUT_OF_SYNC)) {
		snprintf(error, cap, "trigger is no number from 0 to 7");
		return -1;
	}
	err = pmip_mag_revoke(daemon->engine, &id.view, (enum pmip_revocation_trigger)trigger, pmip_runner_now());
	daemon_turn(daemon);
	return err < 0 ? explain(err, error, cap) : 0;
}

/* MAG-14. */
static int cmd_clock_synchronised(void *user, const json_t *request, json_t *reply, char *error, size_t cap)
{
	struct daemon *daemon = user;
	int n = pmip_mag_clock_synchronised(daemon->engine, pmip_runner_now());

	(void)request;
	daemon_turn(daemon);
	if (n < 0)
		return explain(n, error, cap);
	json_object_set_new(reply, "waited", json_integer(n));
	return 0;
}

/* The LMA of a request, the general one when it names none. @return 0, or -1 with error filled. */
static int get_lma(const struct daemon *daemon, const json_t *request, struct pmip_addr *lma, char *error, size_t cap)
{
	const struct mag_settings *s = daemon->settings->values;
	const char *text = control_text(request, "lma");

	*lma = s->lma;
	if (!json_object_get(request, "lma") || (text && pmip_addr_parse(lma, text) == 0))
		return 0;
	snprintf(error, cap, "lma is no IPv6 address");
	return -1;
}

static int cmd_revoke_all(void *user, const json_t *request, json_t *reply, char *error, size_t cap)
{
	struct daemon *daemon = user;
	struct pmip_addr lma;
	int err;

	(void)reply;
	if (get_lma(daemon, request, &lma, error, cap))
		return -1;
	err = pmip_mag_revoke_lma(daemon->engine, &lma, pmip_runner_now());
	daemon_turn(daemon);
	if (err == PMIP_ERR_DENIED) {
		snprintf(error, cap, "the LMA has refused it before; allow it there by global_revocation, then reload here");
		return -1;
	}
	return err < 0 ? explain(err, error, cap) : 0;
}

static int cmd_revoke_group(void *user, const json_t *request, json_t *reply, char *error, size_t cap)
{
	struct daemon *daemon = user;
	struct pmip_addr lma;
	uint32_t group, trigger;
	int err;

	(void)reply;
	if (get_lma(daemon, request, &lma, error, cap))
		return -1;
	if (control_number(request, "group", &group, 1, UINT32_MAX) ||
	    control_number(request, "trigger", &trigger, PMIP_TRIGGER_ADMINISTRATIVE, PMIP_TRIGGER_OUT_OF_SYNC)) {
		snprintf(error, cap, "group is no number from 1 on, or trigger none from 0 to 7");
		return -1;
	}
	err = pmip_mag_revoke_group(daemon->engine, &lma, group, (enum pmip_revocation_trigger)trigger, pmip_runner_now());
	daemon_turn(daemon);
	return err < 0 ? explain(err, error, cap) : 0;
}

static json_t *flow_json(const struct pmip_mag_flow_info *info)
{
	const struct pmip_selector *selector = &info->selector;
	char ip[PMIP_ADDR_STRLEN];
	json_t *json = json_object();

	json_object_set_new(json, "fid", json_integer(info->fid));
	json_object_set_new(json, "priority", json_integer(info->priority));
	if (selector->src_start.len)
		json_object_set_new(json, "src", json_string(pmip_ip_format(&selector->src_start, ip)));
	if (selector->dst_start.len)
		json_object_set_new(json, "dst", json_string(pmip_ip_format(&selector->dst_start, ip)));
	json_object_set_new(json, "proto", json_integer(selector->protocol_start));
	json_object_set_new(json, "sport", json_integer(selector->src_port_start));
	json_object_set_new(json, "dport", json_integer(selector->dst_port_start));
	return json;
}

static int cmd_flows(void *user, const json_t *request, json_t *reply, char *error, size_t cap)
{
	struct pmip_mag_flow_info info = { .size = sizeof(info) };
	const struct daemon *daemon = user;
	struct setting_mnid id = { 0 };
	json_t *list;
	size_t cursor = 0;

	if (get_id(request, &id, error, cap))
		return -1;
	if (!id.view.len) {
		snprintf(error, cap, "whose? give id");
		return -1;
	}
	list = json_array();
	while (pmip_mag_next_flow_of_mn(daemon->engine, &cursor, &info, &id.view) == 1)
		json_array_append_new(list, flow_json(&info));
	json_object_set_new(reply, "flows", list);
	return 0;
}

const struct control_command mag_commands[] = {
	{ .name = "flows", .args = { "id" }, .run = cmd_flows },
	{ .name = "attach", .args = { "link", "mac", "id", "hi" }, .run = cmd_attach },
	{ .name = "detach", .args = { "link", "mac" }, .run = cmd_detach },
	{ .name = "clock-synchronised", .run = cmd_clock_synchronised },
	{ .name = "revoke", .args = { "id", "trigger" }, .run = cmd_revoke },
	{ .name = "revoke-all", .args = { "lma" }, .run = cmd_revoke_all },
	{ .name = "revoke-group", .args = { "lma", "group", "trigger" }, .run = cmd_revoke_group },
	{ .name = NULL },
};
