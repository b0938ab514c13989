/* SPDX-License-Identifier: BSD-2-Clause */
/* Flows on the control socket: what an operator may see and do without a flow manager. */
#include <config.h>

#include "lma/flow_commands.h"

#include "lma/lma.h"

#include <stdio.h>
#include <string.h>

#define FLOWS_DEFAULT 1000
#define FLOWS_MAX 100000

static int explain(int err, char *error, size_t cap)
{
	const char *hint = err == PMIP_ERR_NOENT     ? "; pmipctl flows lists what there is"
			   : err == PMIP_ERR_NO_PATH ? "; pmipctl bindings shows through which tunnels it can be reached"
			   : err == PMIP_ERR_AGAIN   ? "; a move of it is under way"
			   : err == PMIP_ERR_FULL    ? "; raise max_flows"
						     : "";

	snprintf(error, cap, "%s%s", pmip_strerror(err), hint);
	return -1;
}

static json_t *flow_json(const struct pmip_flow_info *info)
{
	char id[PMIP_MNID_STRLEN], addr[PMIP_ADDR_STRLEN], text[PMIP_FLOW_STRLEN];
	json_t *json = json_object();

	json_object_set_new(json, "id", json_integer(info->id));
	json_object_set_new(json, "mn_id", json_string(pmip_mnid_format(&info->mn_id, id)));
	json_object_set_new(json, "flow", json_string(pmip_flow_format(&info->flow, text)));
	json_object_set_new(json, "tunnel", json_integer(info->tunnel));
	json_object_set_new(json, "remote", json_string(pmip_addr_format(&info->remote, addr)));
	json_object_set_new(json, "bid", json_integer(info->bid));
	if (info->fid)
		json_object_set_new(json, "fid", json_integer(info->fid));
	json_object_set_new(json, "default", json_boolean(info->is_default));
	json_object_set_new(json, "moving", json_boolean(info->is_moving));
	return json;
}

static bool matches(const struct pmip_flow_info *info, const char *mn_id)
{
	char id[PMIP_MNID_STRLEN];

	return !mn_id || strcmp(pmip_mnid_format(&info->mn_id, id), mn_id) == 0;
}

int cmd_flows(void *user, const json_t *request, json_t *reply, char *error, size_t cap)
{
	const struct daemon *daemon = user;
	struct pmip_flow_info info = { .size = sizeof(info) };
	const char *mn_id = control_text(request, "mn_id");
	size_t cursor = 0, found = 0;
	uint32_t limit;
	json_t *list;

	if (control_number(request, "limit", &limit, FLOWS_DEFAULT, FLOWS_MAX)) {
		snprintf(error, cap, "limit is no number from 0 to %d", FLOWS_MAX);
		return -1;
	}
	list = json_array();
	while (pmip_lma_flow_next(daemon->engine, &cursor, &info) == 1)
		if (matches(&info, mn_id) && found++ < limit)
			json_array_append_new(list, flow_json(&info));
	json_object_set_new(reply, "total", json_integer((json_int_t)found));
	json_object_set_new(reply, "flows", list);
	return 0;
}

int cmd_flow_add(void *user, const json_t *request, json_t *reply, char *error, size_t cap)
{
	struct pmip_flow_info info = { .size = sizeof(info) };
	struct daemon *daemon = user;
	struct pmip_flow flow = { 0 };
	int err;

	if (control_flow(request, &flow, error, cap))
		return -1;
	err = pmip_lma_flow_add(daemon->engine, &flow, &info, pmip_runner_now());
	if (!err)
		json_object_update_new(reply, flow_json(&info));
	daemon_turn(daemon);
	return err ? explain(err, error, cap) : 0;
}

static int get_flow_id(const json_t *request, uint32_t *id, char *error, size_t cap)
{
	if (control_number(request, "id", id, 0, UINT32_MAX) == 0 && *id)
		return 0;
	snprintf(error, cap, "id is missing, or no number of a flow; pmipctl flows lists them");
	return -1;
}

/* The tunnel that a request names by its number or its MAG's address; 0 = any. */
static int get_tunnel(const struct daemon *daemon, const json_t *request, uint32_t *tunnel, char *error, size_t cap)
{
	struct pmip_binding_info info = { .size = sizeof(info) };
	const char *text = control_text(request, "to");
	struct pmip_addr mag;
	size_t cursor = 0;

	if (control_number(request, "to", tunnel, 0, UINT32_MAX) == 0)
		return 0;
	if (!text || pmip_addr_parse(&mag, text)) {
		snprintf(error, cap, "to is neither the number of a tunnel nor the address of a MAG");
		return -1;
	}
	if (pmip_lma_binding_next_of_mag(daemon->engine, &cursor, &info, &mag) != 1) {
		snprintf(error, cap, "no mobile node is at %s", text);
		return -1;
	}
	*tunnel = info.tunnel;
	return 0;
}

int cmd_flow_move(void *user, const json_t *request, json_t *reply, char *error, size_t cap)
{
	struct pmip_flow_info info = { .size = sizeof(info) };
	struct daemon *daemon = user;
	uint32_t id, to;
	int err;

	if (get_flow_id(request, &id, error, cap) || get_tunnel(daemon, request, &to, error, cap))
		return -1;
	err = pmip_lma_flow_get(daemon->engine, &info, id);
	if (!err)
		err = pmip_lma_flow_move(daemon->engine, id, info.tunnel, to, pmip_runner_now());
	daemon_turn(daemon);
	if (!err && pmip_lma_flow_get(daemon->engine, &info, id) == 0)
		json_object_update_new(reply, flow_json(&info));
	return err ? explain(err, error, cap) : 0;
}

int cmd_flow_del(void *user, const json_t *request, json_t *reply, char *error, size_t cap)
{
	struct daemon *daemon = user;
	uint32_t id;
	int err;

	(void)reply;
	if (get_flow_id(request, &id, error, cap))
		return -1;
	err = pmip_lma_flow_del(daemon->engine, id, pmip_runner_now());
	daemon_turn(daemon);
	return err ? explain(err, error, cap) : 0;
}
