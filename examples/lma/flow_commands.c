/* SPDX-License-Identifier: BSD-2-Clause */
/* Flows on the control socket: what an operator may see and do without a flow manager. */
#include <config.h>

#include "lma/flow_commands.h"

#include "lma/lma.h"
#include "lma/signal_commands.h"

#include <stdio.h>

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

	json_object_set_new(json, "id", json_integer(info->flow_id));
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

/* What a flow has counted, if the datapath counts; false = it does not. */
static bool count_flow(const struct daemon *daemon, const struct pmip_flow *flow, struct pmip_flow_counters *counters)
{
	const struct pmip_datapath *datapath = &daemon->datapath;

	return datapath->ops->flow && datapath->ops->flow(datapath->ctx, counters, flow) == 0;
}

static json_t *counted_flow_json(const struct daemon *daemon, const struct pmip_flow_info *info)
{
	uint64_t now_us = pmip_runner_now().mono_us;
	struct pmip_flow_counters c = { .packets = 0 };
	json_t *json = flow_json(info);

	if (!count_flow(daemon, &info->flow, &c))
		return json;
	json_object_set_new(json, "packets", json_integer((json_int_t)c.packets));
	json_object_set_new(json, "octets", json_integer((json_int_t)c.octets));
	json_object_set_new(json, "idle_s", c.seen_us ? json_integer((json_int_t)((now_us > c.seen_us ? now_us - c.seen_us : 0) / 1000000)) : json_null());
	return json;
}

static size_t flows_of(const struct daemon *daemon, const struct pmip_mnid *mn_id, uint32_t limit, json_t *list)
{
	struct pmip_flow_info info = { .size = sizeof(info) };
	size_t cursor = 0;
	size_t found = 0;

	while (pmip_lma_next_flow_of_mn(daemon->engine, &cursor, &info, mn_id) == 1)
		if (found++ < limit)
			json_array_append_new(list, counted_flow_json(daemon, &info));
	return found;
}

int cmd_flows(void *user, const json_t *request, json_t *reply, char *error, size_t cap)
{
	const struct daemon *daemon = user;
	struct pmip_flow_info info = { .size = sizeof(info) };
	const char *mn_id = control_text(request, "mn_id");
	struct setting_mnid id = { 0 };
	size_t cursor = 0, total;
	uint32_t limit;
	json_t *list;

	if (control_limit(request, &limit, error, cap))
		return -1;
	if (mn_id && setting_mnid_parse(&id, mn_id, SETTING_MNID)) {
		snprintf(error, cap, "mn_id is no network access identifier and no MAC address");
		return -1;
	}
	list = json_array();
	if (mn_id) {
		total = flows_of(daemon, &id.view, limit, list);
	} else {
		total = pmip_lma_count_flows(daemon->engine);
		while (limit-- > 0 && pmip_lma_next_flow(daemon->engine, &cursor, &info) == 1)
			json_array_append_new(list, counted_flow_json(daemon, &info));
	}
	json_object_set_new(reply, "total", json_integer((json_int_t)total));
	json_object_set_new(reply, "flows", list);
	return 0;
}

/* What its flows have counted, all together. */
static void add_flow_sums(const struct daemon *daemon, const struct pmip_mnid *mn_id, json_t *reply)
{
	struct pmip_flow_info info = { .size = sizeof(info) };
	json_int_t flows = 0, moved = 0, packets = 0, octets = 0;
	struct pmip_flow_counters c;
	size_t cursor = 0;

	while (pmip_lma_next_flow_of_mn(daemon->engine, &cursor, &info, mn_id) == 1) {
		flows++;
		moved += !info.is_default;
		if (!count_flow(daemon, &info.flow, &c))
			continue;
		packets += (json_int_t)c.packets;
		octets += (json_int_t)c.octets;
	}
	json_object_set_new(reply, "flows", json_integer(flows));
	json_object_set_new(reply, "flows_moved", json_integer(moved));
	json_object_set_new(reply, "flow_packets", json_integer(packets));
	json_object_set_new(reply, "flow_octets", json_integer(octets));
}

int cmd_mobile_node(void *user, const json_t *request, json_t *reply, char *error, size_t cap)
{
	const struct daemon *daemon = user;
	struct pmip_binding_info info = { .size = sizeof(info) };
	json_t *prefixes = json_array(), *mags = json_array();
	char text[PMIP_PREFIX_STRLEN], addr[PMIP_ADDR_STRLEN];
	struct setting_mnid id = { 0 };
	size_t cursor = 0;

	json_object_set_new(reply, "mags", mags);
	json_object_set_new(reply, "prefixes", prefixes);
	if (lma_get_id(request, &id, error, cap))
		return -1;
	while (pmip_lma_next_binding_of_mn(daemon->engine, &cursor, &info, &id.view) == 1) {
		json_array_append_new(mags, json_string(pmip_addr_format(&info.remote, addr)));
		for (unsigned int i = 0; i < info.prefix_count && (!info.shares || info.is_default); i++)
			json_array_append_new(prefixes, json_string(pmip_prefix_format(&info.prefix[i], text)));
	}
	if (json_array_size(mags) == 0) {
		snprintf(error, cap, "%s; pmipctl bindings lists what there is", pmip_strerror(PMIP_ERR_NOENT));
		return -1;
	}
	add_flow_sums(daemon, &id.view, reply);
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
	err = pmip_lma_add_flow(daemon->engine, &info, &flow, pmip_runner_now());
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
	if (pmip_lma_next_binding_of_mag(daemon->engine, &cursor, &info, &mag) != 1) {
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
	err = pmip_lma_get_flow(daemon->engine, &info, id);
	if (!err)
		err = pmip_lma_move_flow(daemon->engine, id, info.tunnel, to, pmip_runner_now());
	daemon_turn(daemon);
	if (!err && pmip_lma_get_flow(daemon->engine, &info, id) == 0)
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
	err = pmip_lma_del_flow(daemon->engine, id, pmip_runner_now());
	daemon_turn(daemon);
	return err ? explain(err, error, cap) : 0;
}
