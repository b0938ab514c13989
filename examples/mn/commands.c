/* SPDX-License-Identifier: BSD-2-Clause */
/* What flowmob-mn tells on its control socket. */
#include <config.h>

#include "common/log.h"
#include "mn/mn.h"

#include <net/if.h>
#include <string.h>
#include <unistd.h>

static json_t *count_json(uint64_t count)
{
	return count == UINT64_MAX ? json_null() : json_integer((json_int_t)count);
}

static int cmd_status(void *user, const json_t *request, json_t *reply, char *error, size_t cap)
{
	const struct mn *mn = user;

	(void)request;
	(void)error;
	(void)cap;
	json_object_set_new(reply, "program", json_string(mn_program.name));
	json_object_set_new(reply, "version", json_string(PACKAGE_VERSION));
	json_object_set_new(reply, "pid", json_integer(getpid()));
	json_object_set_new(reply, "uptime_s", json_integer((json_int_t)((mn_now_us() - mn->start_us) / 1000000)));
	json_object_set_new(reply, "backend", json_string(mn->host.ops->name));
	json_object_set_new(reply, "flow_count", json_integer(mn->host.ops->count(mn->host.ctx)));
	json_object_set_new(reply, "configuration", json_string(mn->file));
	json_object_set_new(reply, "log_level", json_string(log_level_name(log_get_level())));
	return 0;
}

/* The next hop of a default route: its address, "link" when none is needed, null without such a route. */
static json_t *way_json(bool there, const struct pmip_addr *router)
{
	struct pmip_ip ipv4 = { .len = 4 };
	char text[PMIP_ADDR_STRLEN];

	if (!there)
		return json_null();
	if (pmip_addr_is_unspecified(router))
		return json_string("link");
	memcpy(ipv4.b, router->b + 12, 4);
	return json_string(pmip_addr_is_ipv4_mapped(router) ? pmip_ip_format(&ipv4, text) : pmip_addr_format(router, text));
}

static int cmd_interfaces(void *user, const json_t *request, json_t *reply, char *error, size_t cap)
{
	const struct mn *mn = user;
	struct flowmob_weak_host_interface at = { .size = sizeof(at) };
	json_t *list = json_array();

	(void)request;
	(void)error;
	(void)cap;
	for (unsigned int i = 0; mn->host.ops->interface(mn->host.ctx, &at, i) == 1; i++) {
		json_t *json = json_object();

		json_object_set_new(json, "interface", json_string(at.name));
		json_object_set_new(json, "state", json_string(!at.ifindex ? "missing" : at.up ? "up" : "down"));
		json_object_set_new(json, "ipv6_router", way_json(at.has_way[0], &at.router[0]));
		json_object_set_new(json, "ipv4_router", way_json(at.has_way[1], &at.router[1]));
		json_object_set_new(json, "mark", json_integer(at.mark));
		json_array_append_new(list, json);
	}
	json_object_set_new(reply, "total", json_integer((json_int_t)json_array_size(list)));
	json_object_set_new(reply, "interfaces", list);
	return 0;
}

static json_t *flow_json(const struct flowmob_reflected *at, uint64_t mono_us)
{
	char text[PMIP_FLOW_STRLEN], name[IF_NAMESIZE];
	json_t *json = json_object();

	json_object_set_new(json, "interface", if_indextoname(at->interface, name) ? json_string(name) : json_null());
	json_object_set_new(json, "octets", json_integer((json_int_t)at->octets));
	json_object_set_new(json, "idle_ms", json_integer((json_int_t)(mono_us > at->seen_us ? (mono_us - at->seen_us) / 1000 : 0)));
	json_object_set_new(json, "flow", json_string(pmip_flow_format(&at->flow, text)));
	return json;
}

static int cmd_flows(void *user, const json_t *request, json_t *reply, char *error, size_t cap)
{
	const struct mn *mn = user;
	const struct pmip_flow *before = NULL;
	struct flowmob_reflected at;
	json_t *list;
	uint32_t limit;

	if (control_limit(request, &limit, error, cap))
		return -1;
	list = json_array();
	for (; limit > 0 && mn->host.ops->next(mn->host.ctx, &at, before) == 1; limit--, before = &at.flow)
		json_array_append_new(list, flow_json(&at, mn_now_us()));
	json_object_set_new(reply, "total", json_integer(mn->host.ops->count(mn->host.ctx)));
	json_object_set_new(reply, "flows", list);
	return 0;
}

static int cmd_counters(void *user, const json_t *request, json_t *reply, char *error, size_t cap)
{
	const struct mn *mn = user;
	struct flowmob_weak_host_counters counters = { .size = sizeof(counters) };

	(void)request;
	(void)error;
	(void)cap;
	mn->host.ops->counters(mn->host.ctx, &counters);
	json_object_set_new(reply, "added", count_json(counters.added));
	json_object_set_new(reply, "moved", count_json(counters.moved));
	json_object_set_new(reply, "evicted", count_json(counters.evicted));
	json_object_set_new(reply, "reflected", count_json(counters.reflected));
	json_object_set_new(reply, "no_path", count_json(counters.no_path));
	json_object_set_new(reply, "too_big", count_json(counters.too_big));
	return 0;
}

static int reload(void *user, struct report *report)
{
	return mn_reload(user, report);
}

static int cmd_reload(void *user, const json_t *request, json_t *reply, char *error, size_t cap)
{
	const struct mn *mn = user;

	(void)request;
	return service_answer_reload(mn->file, reload, user, reply, error, cap);
}

const struct control_command mn_commands[] = {
	{ .name = "status", .run = cmd_status },
	{ .name = "interfaces", .run = cmd_interfaces },
	{ .name = "flows", .args = { "limit" }, .run = cmd_flows },
	{ .name = "counters", .run = cmd_counters },
	{ .name = "reload", .run = cmd_reload },
	{ .name = "log-level", .args = { "level" }, .run = service_log_level },
	{ .name = NULL },
};
