/* SPDX-License-Identifier: BSD-2-Clause */
/* Commands of the control socket, for operators and other programs. FMP-9. */
#include <config.h>

#include "flow-manager/manager.h"

#include <flowmob/fmp.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define EXPLAIN_MAX 8192

static int fail(char *error, size_t cap, int err)
{
	const char *hint = err == PMIP_ERR_NOENT   ? "; pmipctl --manager list shows what there is"
			   : err == PMIP_ERR_EXIST ? "; it is known already, or a move of it is under way"
			   : err == PMIP_ERR_AGAIN ? "; there is no connection to the LMA"
						   : "";

	snprintf(error, cap, "%s%s", pmip_strerror(err), hint);
	return -1;
}

static int cmd_status(void *user, const json_t *request, json_t *reply, char *error, size_t cap)
{
	const struct fm *fm = user;
	const struct fm_settings *s = fm->settings->values;

	(void)request;
	(void)error;
	(void)cap;
	json_object_set_new(reply, "program", json_string(fm_program.name));
	json_object_set_new(reply, "version", json_string(PACKAGE_VERSION));
	json_object_set_new(reply, "pid", json_integer(getpid()));
	json_object_set_new(reply, "uptime_s", json_integer((json_int_t)((fm_now().mono_us - fm->start_us) / 1000000)));
	json_object_set_new(reply, "source", json_string(fm->queue ? "nfqueue" : "lma"));
	json_object_set_new(reply, "flow_socket", json_string(s->flow_socket));
	json_object_set_new(reply, "ready", json_boolean(flowmob_manager_is_ready(fm->manager)));
	json_object_set_new(reply, "configuration", json_string(fm->file));
	return 0;
}

static json_t *flow_json(const struct flowmob_flow_info *info)
{
	char id[PMIP_MNID_STRLEN], text[PMIP_FLOW_STRLEN];
	uint64_t now = fm_now().mono_us;
	json_t *json = json_object();

	json_object_set_new(json, "id", json_integer(info->flow_id));
	json_object_set_new(json, "mn_id", info->mn_id.len ? json_string(pmip_mnid_format(&info->mn_id, id)) : json_null());
	json_object_set_new(json, "flow", json_string(pmip_flow_format(&info->flow, text)));
	json_object_set_new(json, "tunnel", json_integer(info->tunnel));
	json_object_set_new(json, "application", info->application ? json_string(info->application) : json_null());
	json_object_set_new(json, "octets", json_integer((json_int_t)info->octets));
	json_object_set_new(json, "rate_bps", json_integer((json_int_t)info->rate_bps));
	json_object_set_new(json, "average_bps", json_integer((json_int_t)info->average_bps));
	json_object_set_new(json, "idle_s", json_integer((json_int_t)((now > info->seen_us ? now - info->seen_us : 0) / 1000000)));
	json_object_set_new(json, "reason", json_string(flowmob_reason_name(info->reason)));
	return json;
}

static bool matches(const struct flowmob_flow_info *info, const char *mn_id)
{
	char id[PMIP_MNID_STRLEN];

	return !mn_id || (info->mn_id.len && strcmp(pmip_mnid_format(&info->mn_id, id), mn_id) == 0);
}

static int cmd_list(void *user, const json_t *request, json_t *reply, char *error, size_t cap)
{
	const struct fm *fm = user;
	struct flowmob_flow_info info = { .size = sizeof(info) };
	const char *mn_id = control_text(request, "mn_id");
	size_t cursor = 0;
	uint32_t limit;
	size_t found = 0;
	json_t *list;

	if (control_limit(request, &limit, error, cap))
		return -1;
	list = json_array();
	while (flowmob_manager_next_flow(fm->manager, &cursor, &info) == 1)
		if (matches(&info, mn_id) && found++ < limit)
			json_array_append_new(list, flow_json(&info));
	json_object_set_new(reply, "total", json_integer((json_int_t)found));
	json_object_set_new(reply, "flows", list);
	return 0;
}

static int get_id(const json_t *request, uint32_t *id, char *error, size_t cap)
{
	if (control_number(request, "id", id, 0, UINT32_MAX) == 0 && *id)
		return 0;
	snprintf(error, cap, "id is missing, or no number of a flow; pmipctl --manager list shows them");
	return -1;
}

/* A command that the LMA answers is told its result later; what the manager refuses, at once. */
static int deferred(struct fm *fm, uint32_t token, int err)
{
	char error[256];

	if (err) {
		fail(error, sizeof(error), err);
		control_answer(fm->control, token, NULL, error);
	}
	fm_turn(fm);
	return 0;
}

static int cmd_add(void *user, const json_t *request, json_t *reply, char *error, size_t cap)
{
	struct pmip_flow flow = { .label = 0 };
	struct fm *fm = user;
	uint32_t token;

	(void)reply;
	if (control_flow(request, &flow, error, cap))
		return -1;
	token = control_defer(fm->control);
	return deferred(fm, token, flowmob_manager_add_flow(fm->manager, &flow, token, fm_now()));
}

static int cmd_move(void *user, const json_t *request, json_t *reply, char *error, size_t cap)
{
	struct fm *fm = user;
	uint32_t id, to, token;

	(void)reply;
	if (get_id(request, &id, error, cap))
		return -1;
	if (control_number(request, "to", &to, 0, UINT32_MAX)) {
		snprintf(error, cap, "to is no number of a tunnel");
		return -1;
	}
	token = control_defer(fm->control);
	return deferred(fm, token, flowmob_manager_move_flow(fm->manager, id, to, token, fm_now()));
}

static int cmd_del(void *user, const json_t *request, json_t *reply, char *error, size_t cap)
{
	struct fm *fm = user;
	uint32_t id;
	int err;

	(void)reply;
	if (get_id(request, &id, error, cap))
		return -1;
	err = flowmob_manager_del_flow(fm->manager, id, fm_now());
	fm_turn(fm);
	return err ? fail(error, cap, err) : 0;
}

static json_t *lines_of(char *text)
{
	json_t *lines = json_array();
	char *save;

	for (char *line = strtok_r(text, "\n", &save); line; line = strtok_r(NULL, "\n", &save))
		json_array_append_new(lines, json_string(line));
	return lines;
}

static int cmd_explain(void *user, const json_t *request, json_t *reply, char *error, size_t cap)
{
	const struct fm *fm = user;
	char text[EXPLAIN_MAX];
	uint32_t id;
	int len;

	if (get_id(request, &id, error, cap))
		return -1;
	len = flowmob_manager_explain(fm->manager, text, sizeof(text), id, fm_now());
	if (len < 0)
		return fail(error, cap, len);
	json_object_set_new(reply, "explanation", lines_of(text));
	return 0;
}

/* The technologies and loads of a dry run: "wlan,utran:50" is a wlan tunnel, the one in use, and an utran one that drops 50 of 1000. */
static int get_ways(const json_t *request, struct flowmob_policy_input *input, struct flowmob_policy_way *ways, size_t max)
{
	char copy[256], *save;
	const char *text = control_text(request, "ways");

	snprintf(copy, sizeof(copy), "%s", text ? text : "");
	for (char *word = strtok_r(copy, ",", &save); word; word = strtok_r(NULL, ",", &save)) {
		char *colon = strchr(word, ':');
		const struct setting_choice *technology = setting_technologies;

		if (colon)
			*colon++ = '\0';
		while (technology->name && strcmp(technology->name, word) != 0)
			technology++;
		if (!technology->name || input->way_count == max)
			return -1;
		ways[input->way_count] = (struct flowmob_policy_way){ (uint32_t)input->way_count + 1, (uint8_t)technology->value, true,
								      (uint16_t)(colon ? strtoul(colon, NULL, 10) : 0), 0 };
		input->way_count++;
	}
	return input->way_count ? 0 : -1;
}

/* What the policy would make of a flow, here and now, that need not be there. */
static int cmd_policy(void *user, const json_t *request, json_t *reply, char *error, size_t cap)
{
	struct flowmob_policy_way ways[FLOWMOB_PREFER_MAX] = { { .tunnel = 0 } };
	struct flowmob_policy_input input = { .application = control_text(request, "application"), .ways = ways, .tunnel = 1 };
	const char *mn_id = control_text(request, "mn_id");
	struct flowmob_policy_decision decision;
	struct fm *fm = user;
	char text[EXPLAIN_MAX];
	struct tm local;
	time_t now = time(NULL);

	if (!mn_id || strlen(mn_id) > PMIP_MNID_MAX || get_ways(request, &input, ways, FLOWMOB_PREFER_MAX)) {
		snprintf(error, cap, "mn_id is missing, or ways is no list of access technologies, the one in use first, such as utran:80,wlan: each "
				     "may have the packets of a thousand that it drops");
		return -1;
	}
	input.mn_id = (struct pmip_mnid){ 1, (uint8_t)strlen(mn_id), (const uint8_t *)mn_id };
	flowmob_policy_set_time(&input, fm_now().wall_us, localtime_r(&now, &local) ? (int)(local.tm_gmtoff / 60) : 0);
	flowmob_policy_decide(fm->policy, &decision, &input);
	json_object_set_new(reply, "rule", decision.rule ? json_string(decision.rule->name) : json_null());
	json_object_set_new(reply, "verdict", json_string(decision.verdict == FLOWMOB_POLICY_USE    ? "use"
							  : decision.verdict == FLOWMOB_POLICY_STAY ? "stay"
												    : "none"));
	json_object_set_new(reply, "way", json_integer(decision.verdict == FLOWMOB_POLICY_USE ? decision.tunnel : 0));
	flowmob_policy_explain(fm->policy, text, sizeof(text), &input);
	json_object_set_new(reply, "explanation", lines_of(text));
	return 0;
}

static int cmd_counters(void *user, const json_t *request, json_t *reply, char *error, size_t cap)
{
	const struct fm *fm = user;
	const struct flowmob_nfqueue_counters *queue = fm->queue ? fm_queue_counters(fm->queue) : NULL;
	json_t *json = json_object();

	(void)request;
	(void)error;
	(void)cap;
	for (int i = 0; i < FLOWMOB_MANAGER_COUNTERS; i++)
		json_object_set_new(json, flowmob_manager_counter_name((enum flowmob_manager_counter)i),
				    json_integer((json_int_t)flowmob_manager_get_counter(fm->manager, (enum flowmob_manager_counter)i)));
	json_object_set_new(reply, "manager", json);
	if (!queue)
		return 0;
	json_object_set_new(reply, "queue", json_pack("{s:I, s:I, s:I, s:I, s:I}", "received", (json_int_t)queue->received, "verdicts",
						      (json_int_t)queue->verdicts, "refused", (json_int_t)queue->refused, "overruns",
						      (json_int_t)queue->overruns, "malformed", (json_int_t)queue->malformed));
	return 0;
}

static int reload(void *user, struct report *report)
{
	return fm_reload(user, report);
}

static int cmd_reload(void *user, const json_t *request, json_t *reply, char *error, size_t cap)
{
	const struct fm *fm = user;

	(void)request;
	return service_answer_reload(fm->file, reload, user, reply, error, cap);
}

void fm_told_flow(struct fm *fm, const struct flowmob_flow_event *event)
{
	char text[PMIP_FLOW_STRLEN], whole[1024], *line;
	struct pmip_now now = fm_now();
	json_t *json;
	size_t len;

	if (!control_has_subscribers(fm->control))
		return;
	json = json_pack("{s:I, s:I, s:s, s:s, s:I, s:I, s:I, s:s}", "t_mono_us", (json_int_t)now.mono_us,
			 "t_wall_us", (json_int_t)now.wall_us, "event",
			 event->old_tunnel == 0 ? "flow-added" : event->tunnel == 0 ? "flow-removed" : "flow-moved", "flow",
			 pmip_flow_format(&event->flow, text), "flow_id", (json_int_t)event->flow_id, "tunnel",
			 (json_int_t)event->tunnel, "old_tunnel", (json_int_t)event->old_tunnel, "reason",
			 flowmob_reason_name(event->reason));
	line = json_dumps(json, JSON_COMPACT | JSON_PRESERVE_ORDER);
	json_decref(json);
	if (!line)
		return;
	len = (size_t)snprintf(whole, sizeof(whole), "%s\n", line);
	if (len < sizeof(whole))
		control_publish(fm->control, whole, len);
	free(line);
}

void fm_told_result(struct fm *fm, const struct flowmob_action *action)
{
	const char *status = flowmob_fmp_status_name(action->u.result.status);
	struct flowmob_flow_info info = { .size = sizeof(info) };
	char error[256];
	json_t *reply;

	if (action->u.result.err || action->u.result.status != FLOWMOB_FMP_OK || !action->u.result.place.flow_id) {
		snprintf(error, sizeof(error), "%s",
			 action->u.result.err                          ? "the LMA has not answered"
			 : action->u.result.status == FLOWMOB_FMP_OK ? "its destination is no mobile node's"
			 : status                                      ? status
								       : "unknown");
		control_answer(fm->control, action->u.result.command, NULL, error);
		return;
	}
	reply = json_pack("{s:b}", "ok", 1);
	if (flowmob_manager_get_flow(fm->manager, &info, action->u.result.place.flow_id) == 0) {
		json_t *flow = flow_json(&info);

		json_object_update(reply, flow);
		json_decref(flow);
	}
	control_answer(fm->control, action->u.result.command, reply, NULL);
}

const struct control_command fm_commands[] = {
	{ .name = "status", .run = cmd_status },
	{ .name = "list", .args = { "mn_id", "limit" }, .run = cmd_list },
	{ .name = "add", .args = { "src", "dst", "proto", "sport", "dport" }, .run = cmd_add },
	{ .name = "move", .args = { "id", "to" }, .run = cmd_move },
	{ .name = "del", .args = { "id" }, .run = cmd_del },
	{ .name = "explain", .args = { "id" }, .run = cmd_explain },
	{ .name = "policy", .args = { "mn_id", "application", "ways" }, .run = cmd_policy },
	{ .name = "counters", .run = cmd_counters },
	{ .name = "reload", .run = cmd_reload },
	{ .name = "log-level", .args = { "level" }, .run = service_log_level },
	{ .name = "events", .subscribe = true, .run = service_events },
	{ .name = NULL },
};
