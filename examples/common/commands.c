/* SPDX-License-Identifier: BSD-2-Clause */
/* Commands of the control socket that every daemon has. */
#include <config.h>

#include "common/daemon.h"
#include "common/log.h"
#include "common/protection.h"

#include <net/if.h>
#include <string.h>
#include <unistd.h>

static int cmd_status(void *user, const json_t *request, json_t *reply, char *error, size_t cap)
{
	const struct daemon *daemon = user;
	const struct daemon_settings *s = daemon->settings->values;
	const uint64_t up_us = pmip_runner_now().mono_us - daemon->start_us;
	char addr[PMIP_ADDR_STRLEN];

	(void)request;
	(void)error;
	(void)cap;
	json_object_set_new(reply, "program", json_string(daemon->role->program.name));
	json_object_set_new(reply, "version", json_string(PACKAGE_VERSION));
	json_object_set_new(reply, "pid", json_integer(getpid()));
	json_object_set_new(reply, "uptime_s", json_integer((json_int_t)(up_us / 1000000)));
	json_object_set_new(reply, "address",
			    json_string(pmip_addr_format(daemon->role->address(daemon->settings), addr)));
	json_object_set_new(reply, "datapath", json_string(daemon->datapath.ops->name));
	json_object_set_new(reply, "bindings", json_integer((json_int_t)daemon->role->binding_count(daemon)));
	json_object_set_new(reply, "configuration", json_string(daemon->file));
	json_object_set_new(reply, "log_level", json_string(log_level_name(log_get_level())));
	json_object_set_new(reply, "protection", json_string(protection_name((enum protection)s->protection)));
	return 0;
}

static json_t *key_json(const struct pmip_key *key)
{
	return key->present ? json_integer(key->value) : json_null();
}

static json_t *gre_json(const struct pmip_gre *gre)
{
	json_t *json = json_object();

	json_object_set_new(json, "send_key", key_json(&gre->send));
	json_object_set_new(json, "recv_key", key_json(&gre->recv));
	return json;
}

static json_t *binding_json(const struct pmip_binding_info *info, uint64_t mono_us)
{
	char id[PMIP_MNID_STRLEN], ll[PMIP_LLID_STRLEN], addr[PMIP_ADDR_STRLEN], prefix[PMIP_PREFIX_STRLEN];
	char ifname[IF_NAMESIZE + 8];
	json_t *json = json_object(), *prefixes = json_array();
	uint64_t left_us = info->expires_us > mono_us ? info->expires_us - mono_us : 0;
	unsigned int i;

	for (i = 0; i < info->prefix_count && i < PMIP_HNP_MAX; i++)
		json_array_append_new(prefixes, json_string(pmip_prefix_format(&info->prefix[i], prefix)));
	json_object_set_new(json, "mn_id", json_string(pmip_mnid_format(&info->mn_id, id)));
	json_object_set_new(json, "ll_id", json_string(pmip_llid_format(&info->ll_id, ll)));
	json_object_set_new(json, "state", json_string(pmip_binding_state_name(info->state)));
	json_object_set_new(json, "prefixes", prefixes);
	if (info->off_link_count > 0) {
		prefixes = json_array();
		for (i = 0; i < info->off_link_count && i < PMIP_HNP_MAX; i++)
			json_array_append_new(prefixes, json_string(pmip_prefix_format(&info->off_link[i], prefix)));
		json_object_set_new(json, "off_link", prefixes);
	}
	events_set_ipv4(json, &info->ipv4);
	if (info->gre.in_use)
		json_object_set_new(json, "gre", gre_json(&info->gre));
	json_object_set_new(json, "local", json_string(pmip_addr_format(&info->local, addr)));
	json_object_set_new(json, "remote", json_string(pmip_addr_format(&info->remote, addr)));
	if (info->link != 0)
		json_object_set_new(json, "link", json_string(events_link_name(info->link, ifname)));
	if (info->tunnel != 0) {
		json_object_set_new(json, "bid", json_integer(info->bid));
		json_object_set_new(json, "priority", json_integer(info->priority));
		json_object_set_new(json, "tunnel", json_integer(info->tunnel));
		json_object_set_new(json, "shares", json_boolean(info->shares));
		json_object_set_new(json, "default", json_boolean(info->is_default));
	}
	if (info->path_bid != 0) {
		json_t *path = json_object();

		json_object_set_new(path, "bid", json_integer(info->path_bid));
		json_object_set_new(path, "label", json_integer(info->path_label));
		json_object_set_new(path, "att", json_integer(info->path_att));
		json_object_set_new(json, "path", path);
	}
	if (info->group != 0)
		json_object_set_new(json, "group", json_integer(info->group));
	json_object_set_new(json, "att", json_integer(info->att));
	json_object_set_new(json, "hi", json_integer(info->hi));
	json_object_set_new(json, "seq", json_integer(info->seq));
	json_object_set_new(json, "lifetime_s", json_integer(info->lifetime_s));
	json_object_set_new(json, "expires_in_s",
			    info->expires_us == PMIP_TIME_NONE
				    ? json_null()
				    : json_integer((json_int_t)(left_us / 1000000)));
	return json;
}

static bool matches(const struct pmip_binding_info *info, const char *mn_id)
{
	char id[PMIP_MNID_STRLEN];

	return !mn_id || strcmp(pmip_mnid_format(&info->mn_id, id), mn_id) == 0;
}

/* A million others need not be looked at for one whose identifier is one. */
static int next_binding(const struct daemon *daemon, size_t *cursor, struct pmip_binding_info *info, const struct setting_mnid *id)
{
	return id->view.len && daemon->role->binding_next_of_mn ? daemon->role->binding_next_of_mn(daemon, cursor, info, &id->view)
								 : daemon->role->binding_next(daemon, cursor, info);
}

static int cmd_bindings(void *user, const json_t *request, json_t *reply, char *error, size_t cap)
{
	const struct daemon *daemon = user;
	struct pmip_binding_info info = { .size = sizeof(info) };
	const uint64_t mono_us = pmip_runner_now().mono_us;
	const char *mn_id = control_text(request, "mn_id");
	struct setting_mnid id = { 0 };
	json_t *list = json_array();
	uint32_t limit;
	size_t cursor = 0, found = 0;

	if (control_limit(request, &limit, error, cap)) {
		json_decref(list);
		return -1;
	}
	if (mn_id)
		setting_mnid_parse(&id, mn_id, SETTING_MNID); /* what is none stays empty, and all are looked at */
	while ((mn_id || found < limit) && next_binding(daemon, &cursor, &info, &id) == 1) {
		if (!matches(&info, mn_id))
			continue;
		if (found++ < limit)
			json_array_append_new(list, binding_json(&info, mono_us));
	}
	json_object_set_new(reply, "total", json_integer((json_int_t)(mn_id ? found : daemon->role->binding_count(daemon))));
	json_object_set_new(reply, "bindings", list);
	return 0;
}

static void set_count(json_t *json, const char *name, uint64_t value)
{
	json_object_set_new(json, name, value == UINT64_MAX ? json_null() : json_integer((json_int_t)value));
}

static json_t *engine_counters(const struct daemon *daemon)
{
	json_t *json = json_object();
	const char *name;
	unsigned int i;
	uint64_t value;

	for (i = 0; (name = daemon->role->counter(daemon, i, &value)); i++)
		set_count(json, name, value);
	return json;
}

static json_t *runner_counters(const struct daemon *daemon)
{
	struct pmip_runner_counters c = { .size = sizeof(c) };
	json_t *json = json_object();

	if (pmip_runner_get_counters(daemon->runner, &c))
		return json;
	set_count(json, "turns", c.turns);
	set_count(json, "received", c.received);
	set_count(json, "receives", c.receives);
	set_count(json, "sent", c.sent);
	set_count(json, "sends", c.sends);
	set_count(json, "send_failed", c.send_failed);
	set_count(json, "unprotected", daemon->io.ops->unprotected(daemon->io.ctx)); /* SEC-4 */
	set_count(json, "datapath_ops", c.datapath_ops);
	set_count(json, "datapath_batches", c.datapath_batches);
	set_count(json, "busy_us", c.busy_us);
	if (daemon->store.ops) {
		set_count(json, "stored", c.stored);
		set_count(json, "store_commits", c.store_commits);
		set_count(json, "store_failed", c.store_failed);
	}
	return json;
}

static json_t *datapath_counters(const struct daemon *daemon)
{
	struct pmip_datapath_counters c = { .size = sizeof(c) };
	json_t *json = json_object();

	if (daemon->datapath.ops->counters(daemon->datapath.ctx, &c))
		return json;
	set_count(json, "tunnels", c.tunnels);
	set_count(json, "bindings", c.bindings);
	set_count(json, "encap", c.encap);
	set_count(json, "decap", c.decap);
	set_count(json, "drop_unbound", c.drop_unbound);
	set_count(json, "drop_spoofed", c.drop_spoofed);
	set_count(json, "drop_other", c.drop_other);
	set_count(json, "errors", c.errors);
	set_count(json, "flows", c.flows);
	set_count(json, "full", c.full);
	return json;
}

static int cmd_counters(void *user, const json_t *request, json_t *reply, char *error, size_t cap)
{
	(void)request;
	(void)error;
	(void)cap;
	json_object_set_new(reply, "engine", engine_counters(user));
	json_object_set_new(reply, "runner", runner_counters(user));
	json_object_set_new(reply, "datapath", datapath_counters(user));
	return 0;
}

static int reload(void *user, struct report *report)
{
	return daemon_reload(user, report);
}

static int cmd_reload(void *user, const json_t *request, json_t *reply, char *error, size_t cap)
{
	const struct daemon *daemon = user;

	(void)request;
	return service_answer_reload(daemon->file, reload, user, reply, error, cap);
}

static int cmd_sweep(void *user, const json_t *request, json_t *reply, char *error, size_t cap)
{
	int removed = daemon_sweep(user);

	(void)request;
	if (removed < 0) {
		snprintf(error, cap, "%s; the log has more", pmip_strerror(removed));
		return -1;
	}
	json_object_set_new(reply, "removed", json_integer(removed));
	return 0;
}

const struct control_command daemon_commands[] = {
	{ .name = "status", .run = cmd_status },
	{ .name = "bindings", .args = { "mn_id", "limit" }, .run = cmd_bindings },
	{ .name = "counters", .run = cmd_counters },
	{ .name = "reload", .run = cmd_reload },
	{ .name = "log-level", .args = { "level" }, .run = service_log_level },
	{ .name = "events", .subscribe = true, .run = service_events },
	{ .name = "sweep", .run = cmd_sweep },
	{ .name = NULL },
};
