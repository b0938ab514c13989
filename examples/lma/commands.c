/* SPDX-License-Identifier: BSD-2-Clause */
/* What an operator may ask of the LMA on the control socket: revocation of bindings,
 * registration anew. */
#include <config.h>

#include "lma/flow_commands.h"
#include "lma/lma.h"
#include "lma/signal_commands.h"

#include <stdio.h>

static int explain(int err, char *error, size_t cap)
{
	const char *hint = err == PMIP_ERR_NOENT ? "; pmipctl bindings lists what there is"
			   : err == PMIP_ERR_EXIST
				   ? "; its revocation or renumbering is in progress, or the prefix is in use"
			   : err == PMIP_ERR_UNSUPPORTED
				   ? "; the MAG does not know Update Notifications, or the prefix is shared"
				   : "";

	snprintf(error, cap, "%s%s", pmip_strerror(err), hint);
	return -1;
}

int lma_finish(struct daemon *daemon, int err, char *error, size_t cap)
{
	daemon_turn(daemon);
	return err < 0 ? explain(err, error, cap) : 0;
}

int lma_get_id(const json_t *request, struct setting_mnid *id, char *error, size_t cap)
{
	const char *who = control_text(request, "id");

	if (who && setting_mnid_parse(id, who, SETTING_MNID) == 0)
		return 0;
	snprintf(error, cap, "id is missing, or no network access identifier and no MAC address");
	return -1;
}

/* A prefix, or an IPv4 home address as the library names it. */
static int get_prefix(const json_t *request, struct pmip_prefix *prefix)
{
	const char *text = control_text(request, "prefix");

	if (control_ip(request, "prefix", &prefix->addr) || !pmip_addr_is_ipv4_mapped(&prefix->addr))
		return text ? pmip_prefix_parse(prefix, text) : -1;
	prefix->len = 128;
	return 0;
}

/* The mobile node, the prefix if there is one, and the trigger of a request. */
static int get_whom(const json_t *request, struct setting_mnid *id, struct pmip_prefix *prefix, uint32_t *trigger,
		    char *error, size_t cap)
{
	if (lma_get_id(request, id, error, cap))
		return -1;
	if (json_object_get(request, "prefix") && get_prefix(request, prefix)) {
		snprintf(error, cap, "prefix is none; write it as 2001:db8:1::/64, or an IPv4 home address as 192.0.2.10");
		return -1;
	}
	if (control_number(request, "trigger", trigger, PMIP_TRIGGER_ADMINISTRATIVE, PMIP_TRIGGER_OUT_OF_SYNC)) {
		snprintf(error, cap, "trigger is no number from 0 to 7");
		return -1;
	}
	return 0;
}

static int cmd_revoke(void *user, const json_t *request, json_t *reply, char *error, size_t cap)
{
	struct pmip_prefix prefix = { .len = 0 };
	struct setting_mnid id = { 0 };
	struct daemon *daemon = user;
	uint32_t trigger;
	int err;

	(void)reply;
	if (get_whom(request, &id, &prefix, &trigger, error, cap))
		return -1;
	err = pmip_lma_revoke(daemon->engine, &id.view, prefix.len ? &prefix : NULL,
			      (enum pmip_revocation_trigger)trigger, pmip_runner_now());
	return lma_finish(daemon, err, error, cap);
}

static int cmd_revoke_mag(void *user, const json_t *request, json_t *reply, char *error, size_t cap)
{
	struct daemon *daemon = user;
	struct pmip_addr address;
	int err;

	(void)reply;
	if (lma_get_mag(request, &address, error, cap))
		return -1;
	err = pmip_lma_revoke_mag(daemon->engine, &address, pmip_runner_now());
	return lma_finish(daemon, err, error, cap);
}

static int cmd_reregister(void *user, const json_t *request, json_t *reply, char *error, size_t cap)
{
	struct setting_mnid id = { 0 };
	struct daemon *daemon = user;
	int err;

	(void)reply;
	if (lma_get_id(request, &id, error, cap))
		return -1;
	err = pmip_lma_force_reregistration(daemon->engine, &id.view, pmip_runner_now());
	return lma_finish(daemon, err, error, cap);
}

const struct control_command lma_commands[] = {
	{ .name = "mobile-node", .args = { "id" }, .run = cmd_mobile_node },
	{ .name = "flows", .args = { "mn_id", "limit" }, .run = cmd_flows },
	{ .name = "flow-add", .args = { "src", "dst", "proto", "sport", "dport" }, .run = cmd_flow_add },
	{ .name = "flow-move", .args = { "id", "to" }, .run = cmd_flow_move },
	{ .name = "flow-del", .args = { "id" }, .run = cmd_flow_del },
	{ .name = "revoke", .args = { "id", "prefix", "trigger" }, .run = cmd_revoke },
	{ .name = "reregister", .args = { "id" }, .run = cmd_reregister },
	{ .name = "revoke-mag", .args = { "address" }, .run = cmd_revoke_mag },
	{ .name = "revoke-realm", .args = { "realm" }, .run = cmd_revoke_realm },
	{ .name = "revoke-group", .args = { "address", "trigger" }, .run = cmd_revoke_group },
	{ .name = "reregister-mag", .args = { "address" }, .run = cmd_reregister_mag },
	{ .name = "renumber", .args = { "id", "prefix", "to" }, .run = cmd_renumber },
	{ .name = "access-network", .args = { "id" }, .run = cmd_access_network },
	{ .name = "notify", .args = { "id", "vendor", "subtype", "data" }, .run = cmd_notify },
	{ .name = NULL },
};
