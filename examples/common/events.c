/* SPDX-License-Identifier: BSD-2-Clause */
/* Events to log lines and JSON. What a peer or a user can cause again and again is limited in the log, never
 * in the JSON. */
#include <config.h>

#include "common/events.h"
#include "common/log.h"

#include <pmip/wire.h>

#include <errno.h>
#include <net/if.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

struct events {
	FILE *file;              /* or NULL */
	const char *path;        /* borrowed; for messages */
	struct control *control; /* borrowed, or NULL */
	struct limit *limit;
};

/* How a kind of event is logged. */
struct style {
	enum pmip_log_level level;
	bool limited;
	const char *text;
};

static const struct style styles[] = {
	[PMIP_EVENT_ATTACHED] = { PMIP_LOG_INFO, false, "attached" },
	[PMIP_EVENT_DETACHED] = { PMIP_LOG_INFO, false, "detached" },
	[PMIP_EVENT_BINDING_ADDED] = { PMIP_LOG_INFO, false, "binding added" },
	[PMIP_EVENT_BINDING_MOVED] = { PMIP_LOG_INFO, false, "binding moved" },
	[PMIP_EVENT_BINDING_REFRESHED] = { PMIP_LOG_DEBUG, false, "binding refreshed" },
	[PMIP_EVENT_BINDING_RELEASED] = { PMIP_LOG_INFO, false, "binding released" },
	[PMIP_EVENT_BINDING_REMOVED] = { PMIP_LOG_INFO, false, "binding removed" },
	[PMIP_EVENT_REFUSED] = { PMIP_LOG_WARN, true, "registration refused" },
	[PMIP_EVENT_MALFORMED] = { PMIP_LOG_WARN, true, "malformed message dropped" },
	[PMIP_EVENT_DATAPATH_FAILED] = { PMIP_LOG_ERROR, true, "forwarding could not be set up" },
	[PMIP_EVENT_STORE_FAILED] = { PMIP_LOG_ERROR, true, "a registration could not be stored" },
	[PMIP_EVENT_UNANSWERED] = { PMIP_LOG_WARN, true, "no answer to a PBU, trying on" },
	[PMIP_EVENT_IGNORED] = { PMIP_LOG_WARN, true, "message ignored" },
	[PMIP_EVENT_PBU_SENT] = { PMIP_LOG_INFO, false, "PBU sent" },
	[PMIP_EVENT_PEER_UNREACHABLE] = { PMIP_LOG_WARN, true, "heartbeats unanswered, peer may have failed" },
	[PMIP_EVENT_PEER_REACHABLE] = { PMIP_LOG_INFO, true, "heartbeats answered again" },
	[PMIP_EVENT_PEER_RESTARTED] = { PMIP_LOG_WARN, true, "peer has restarted, its sessions are registered again or removed" },
	[PMIP_EVENT_REVOCATION_SENT] = { PMIP_LOG_INFO, false, "revocation sent" },
	[PMIP_EVENT_REVOKED] = { PMIP_LOG_INFO, false, "revoked" },
	[PMIP_EVENT_REVOCATION_FAILED] = { PMIP_LOG_WARN, true, "revocation refused" },
	[PMIP_EVENT_UPDATE_SENT] = { PMIP_LOG_INFO, false, "update notification sent" },
	[PMIP_EVENT_FLOW_ADDED] = { PMIP_LOG_DEBUG, false, "flow added" },
	[PMIP_EVENT_FLOW_MOVED] = { PMIP_LOG_INFO, true, "flow moved" },
	[PMIP_EVENT_FLOW_MOVE_FAILED] = { PMIP_LOG_WARN, true, "flow not moved" },
	[PMIP_EVENT_FLOW_REMOVED] = { PMIP_LOG_DEBUG, false, "flow removed" },
	[PMIP_EVENT_IPV4_REFUSED] = { PMIP_LOG_WARN, true, "registered without an IPv4 home address" },
	[PMIP_EVENT_TOLERATED] = { PMIP_LOG_INFO, false, "tolerated" },
	[PMIP_EVENT_UPDATE_FAILED] = { PMIP_LOG_WARN, true, "update notification refused or not answered" },
	[PMIP_EVENT_REDIRECTED] = { PMIP_LOG_INFO, false, "redirected" },
	[PMIP_EVENT_GROUP_REFRESHED] = { PMIP_LOG_DEBUG, false, "group refreshed" },
	[PMIP_EVENT_GROUP_RELEASED] = { PMIP_LOG_INFO, false, "group released" },
	[PMIP_EVENT_RENUMBERED] = { PMIP_LOG_INFO, false, "renumbered" },
	[PMIP_EVENT_VENDOR] = { PMIP_LOG_INFO, false, "vendor notification" },
	[PMIP_EVENT_ACCESS_NETWORK] = { PMIP_LOG_INFO, false, "access network told" },
	[PMIP_EVENT_REDIRECT_FAILED] = { PMIP_LOG_WARN, true, "redirection refused or not answered" },
};

static const char *status_name(const struct pmip_event *event)
{
	if (event->type == PMIP_EVENT_REVOKED || event->type == PMIP_EVENT_REVOCATION_FAILED)
		return pmip_revocation_status_name(event->status);
	if (event->type == PMIP_EVENT_IPV4_REFUSED)
		return pmip_ipv4_status_name(event->status);
	return event->type == PMIP_EVENT_UPDATE_FAILED || event->type == PMIP_EVENT_FLOW_MOVE_FAILED ? NULL : pmip_status_name(event->status);
}

/* A log line as it grows. */
struct line {
	char text[900];
	size_t len;
};

__attribute__((format(printf, 2, 3))) static void append(struct line *line, const char *format, ...)
{
	va_list args;
	int n;

	va_start(args, format);
	n = vsnprintf(line->text + line->len, sizeof(line->text) - line->len, format, args);
	va_end(args);
	if (n > 0)
		line->len += (size_t)n;
	if (line->len >= sizeof(line->text))
		line->len = sizeof(line->text) - 1;
}

char *events_link_name(uint32_t link, char *buf)
{
	if (!if_indextoname(link, buf))
		snprintf(buf, IF_NAMESIZE + 8, "link %u", link);
	return buf;
}

int events_new(struct events **events, const char *file)
{
	struct events *e = calloc(1, sizeof(*e));

	if (!e)
		return -1;
	e->limit = limit_new();
	if (!e->limit)
		goto fail;
	if (file) {
		e->file = fopen(file, "ae");
		e->path = file;
	}
	if (file && !e->file) {
		log_line(PMIP_LOG_ERROR, "events", "cannot write %s: %s; choose another file with --events",
			 file, strerror(errno));
		goto fail;
	}
	*events = e;
	return 0;
fail:
	events_free(e);
	return -1;
}

void events_free(struct events *events)
{
	if (!events)
		return;
	if (events->file)
		fclose(events->file);
	if (events->limit)
		limit_flush(events->limit, UINT64_MAX);
	limit_free(events->limit);
	free(events);
}

void events_set_interval(struct events *events, uint32_t interval_ms)
{
	limit_set_interval(events->limit, interval_ms);
}

void events_set_control(struct events *events, struct control *control)
{
	events->control = control;
}

void events_flush(struct events *events, uint64_t mono_us)
{
	limit_flush(events->limit, mono_us);
}

static bool wanted(const struct events *events)
{
	return events->file || (events->control && control_has_subscribers(events->control));
}

static void give_up(struct events *events)
{
	log_line(PMIP_LOG_ERROR, "events", "cannot write %s: %s; no more events go there", events->path, strerror(errno));
	fclose(events->file);
	events->file = NULL;
}

void events_sync(struct events *events)
{
	if (events->file && fflush(events->file))
		give_up(events);
}

/* Write an object to everybody who wants it, and free it. */
static void publish(struct events *events, json_t *json)
{
	char *text = json_dumps(json, JSON_COMPACT | JSON_PRESERVE_ORDER);
	size_t len = text ? strlen(text) : 0;

	json_decref(json);
	if (!text)
		return;
	text[len++] = '\n'; /* in place of the NUL */
	if (events->file && fwrite(text, 1, len, events->file) != len)
		give_up(events);
	if (events->control)
		control_publish(events->control, text, len);
	free(text);
}

static void set_text(json_t *json, const char *key, const char *text)
{
	if (text && *text)
		json_object_set_new(json, key, json_string(text));
}

static void set_addr(json_t *json, const char *key, const struct pmip_addr *addr)
{
	char text[PMIP_ADDR_STRLEN];

	if (!pmip_addr_is_unspecified(addr))
		set_text(json, key, pmip_addr_format(addr, text));
}

/* One clock and not both, for each costs a system call where the kernel maps none. */
static uint64_t monotonic_us(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000 + (uint64_t)now.tv_nsec / 1000;
}

/* Who and where: what the events of engines and of access links have in common. */
static json_t *new_object(const char *name, struct pmip_now now, const struct pmip_mnid *mn_id,
			  const struct pmip_llid *ll_id, uint32_t link)
{
	json_t *json = json_object();
	char id[PMIP_MNID_STRLEN], ll[PMIP_LLID_STRLEN], ifname[IF_NAMESIZE + 8];

	json_object_set_new(json, "t_mono_us", json_integer((json_int_t)now.mono_us));
	json_object_set_new(json, "t_wall_us", json_integer((json_int_t)now.wall_us));
	json_object_set_new(json, "t_told_us", json_integer((json_int_t)monotonic_us()));
	json_object_set_new(json, "event", json_string(name));
	if (mn_id->len)
		set_text(json, "mn_id", pmip_mnid_format(mn_id, id));
	set_text(json, "ll_id", pmip_llid_format(ll_id, ll));
	if (link != 0) {
		set_text(json, "link", events_link_name(link, ifname));
		json_object_set_new(json, "link_index", json_integer(link));
	}
	return json;
}

static json_t *load_object(const struct pmip_opt_load *load)
{
	json_t *json = json_object();

	json_object_set_new(json, "priority", json_integer(load->priority));
	json_object_set_new(json, "sessions", json_integer(load->sessions));
	json_object_set_new(json, "max_sessions", json_integer(load->max_sessions));
	json_object_set_new(json, "used_capacity", json_integer(load->used_capacity));
	json_object_set_new(json, "max_capacity", json_integer(load->max_capacity));
	return json;
}

static void set_octets(json_t *json, const char *key, struct pmip_bytes bytes)
{
	char text[2 * UINT8_MAX + 1] = "";

	for (size_t i = 0; i < bytes.len && i < UINT8_MAX; i++)
		snprintf(text + 2 * i, 3, "%02x", bytes.data[i]);
	set_text(json, key, text);
}

/* A name that a MAG told; left out when it is no UTF-8. */
static void set_name(json_t *json, const char *key, struct pmip_bytes bytes)
{
	if (bytes.len)
		json_object_set_new(json, key, json_stringn((const char *)bytes.data, bytes.len));
}

/* Where a mobile node is (RFC 6757). */
static void set_access_network(json_t *json, struct pmip_bytes area)
{
	struct pmip_option option = { .type = PMIP_OPT_ANI, .known = true, .u.suboptions = area };
	struct pmip_suboption_iter iter;
	struct pmip_suboption sub;

	pmip_suboption_iter_init(&iter, &option);
	while (pmip_suboption_next(&iter, &sub) > 0) {
		if (sub.type == PMIP_ANI_NETWORK) {
			set_name(json, "network", sub.u.network.name);
			set_name(json, "access_point", sub.u.network.ap_name);
		} else if (sub.type == PMIP_ANI_OPERATOR) {
			set_name(json, "operator", sub.u.operator_id.bytes);
		} else if (sub.type == PMIP_ANI_GEO) {
			json_object_set_new(json, "latitude", json_real(sub.u.geo.latitude / 32768.0));
			json_object_set_new(json, "longitude", json_real(sub.u.geo.longitude / 32768.0));
		}
	}
}

/* What is told of groups, by a vendor, and of access networks. */
static void set_signalling(json_t *json, const struct pmip_event *event)
{
	if (event->group != 0)
		json_object_set_new(json, "group", json_integer(event->group));
	if (event->count != 0)
		json_object_set_new(json, "count", json_integer((json_int_t)event->count));
	if (event->type == PMIP_EVENT_ACCESS_NETWORK)
		set_access_network(json, event->data);
	if (event->type != PMIP_EVENT_VENDOR)
		return;
	json_object_set_new(json, "vendor", json_integer(event->vendor));
	json_object_set_new(json, "vendor_subtype", json_integer(event->vendor_subtype));
	set_octets(json, "data", event->data);
}

void events_set_ipv4(json_t *json, const struct pmip_ipv4_home *ipv4)
{
	char addr[PMIP_ADDR_STRLEN], text[PMIP_ADDR_STRLEN + 8];

	if (ipv4->addr.len == 0)
		return;
	snprintf(text, sizeof(text), "%s/%u", pmip_ip_format(&ipv4->addr, addr), ipv4->plen);
	set_text(json, "ipv4", text);
	if (ipv4->router.len != 0)
		set_text(json, "ipv4_router", pmip_ip_format(&ipv4->router, addr));
}

static void publish_notify(struct events *events, const struct pmip_event *event, struct pmip_now now)
{
	json_t *json = new_object(pmip_event_name(event->type), now, &event->mn_id, &event->ll_id,
				  event->link),
	       *list;
	char text[PMIP_PREFIX_STRLEN], flow[PMIP_FLOW_STRLEN];
	unsigned int i;

	set_addr(json, "peer", &event->peer);
	set_addr(json, "old_peer", &event->old_peer);
	if (event->type == PMIP_EVENT_REFUSED || event->status != 0) {
		json_object_set_new(json, "status", json_integer(event->status));
		set_text(json, "status_name", status_name(event));
	}
	if (event->lifetime_s != 0)
		json_object_set_new(json, "lifetime_s", json_integer(event->lifetime_s));
	if (event->load.max_sessions != 0)
		json_object_set_new(json, "load", load_object(&event->load));
	if (event->err != 0)
		set_text(json, "err", pmip_err_name(event->err));
	set_signalling(json, event);
	set_text(json, "rule", event->rule);
	set_text(json, "ref", event->ref);
	set_text(json, "tolerance", pmip_tolerance_name(event->tolerance));
	if (event->tunnel != 0)
		json_object_set_new(json, "tunnel", json_integer(event->tunnel));
	if (event->flow_id != 0) {
		json_object_set_new(json, "flow_id", json_integer(event->flow_id));
		set_text(json, "flow", pmip_flow_format(&event->flow, flow));
	}
	if (event->prefix_count > 0) {
		list = json_array();
		for (i = 0; i < event->prefix_count && i < PMIP_HNP_MAX; i++)
			json_array_append_new(list, json_string(pmip_prefix_format(&event->prefix[i], text)));
		json_object_set_new(json, "prefixes", list);
	}
	events_set_ipv4(json, &event->ipv4);
	publish(events, json);
}

static void append_who(struct line *line, const struct pmip_mnid *mn_id, const struct pmip_llid *ll_id,
		       uint32_t link)
{
	char id[PMIP_MNID_STRLEN], ll[PMIP_LLID_STRLEN], ifname[IF_NAMESIZE + 8];

	if (mn_id->len)
		append(line, " %.200s", pmip_mnid_format(mn_id, id));
	if (ll_id->len)
		append(line, " (%s)", pmip_llid_format(ll_id, ll));
	if (link != 0)
		append(line, " on %s", events_link_name(link, ifname));
}

static void append_peers(struct line *line, const struct pmip_event *event)
{
	char text[PMIP_ADDR_STRLEN], flow[PMIP_FLOW_STRLEN];
	const char *word = event->type == PMIP_EVENT_PBU_SENT || event->type == PMIP_EVENT_REVOCATION_SENT
				   ? "to"
			   : event->type == PMIP_EVENT_REFUSED || event->type == PMIP_EVENT_MALFORMED ||
					   event->type == PMIP_EVENT_IGNORED
				   ? "from"
				   : "at";

	if (event->flow_id != 0)
		append(line, " %u %s", event->flow_id, pmip_flow_format(&event->flow, flow));
	if (!pmip_addr_is_unspecified(&event->old_peer)) {
		append(line, " from %s", pmip_addr_format(&event->old_peer, text));
		word = "to";
	}
	if (!pmip_addr_is_unspecified(&event->peer))
		append(line, " %s %s", word, pmip_addr_format(&event->peer, text));
}

static void append_reason(struct line *line, const struct pmip_event *event)
{
	const char *name = status_name(event);

	if (event->type == PMIP_EVENT_REFUSED || event->status != 0)
		append(line, ": status %u%s%s", event->status, name ? " " : "", name ? name : "");
	if (event->err != 0)
		append(line, ": %s", pmip_strerror(event->err));
	if (event->rule)
		append(line, ": %s", event->rule);
	if (event->ref)
		append(line, " (%s)", event->ref);
	if (event->type == PMIP_EVENT_TOLERATED)
		append(line, ": %s", pmip_tolerance_name(event->tolerance));
	else if (event->tolerance)
		append(line, "; it would be let pass with \"tolerate: [%s]\"", pmip_tolerance_name(event->tolerance));
}

static void log_notify(struct events *events, const struct pmip_event *event, uint64_t mono_us)
{
	static const struct style other = { PMIP_LOG_INFO, true, "event" };
	const struct style *style = &other;
	char text[PMIP_PREFIX_STRLEN], key[128];
	struct line line = { .len = 0 };
	unsigned int i;

	if ((size_t)event->type < sizeof(styles) / sizeof(styles[0]) && styles[event->type].text)
		style = &styles[event->type];
	if (style->level > log_get_level())
		return;
	append(&line, "%s:", style->text);
	append_who(&line, &event->mn_id, &event->ll_id, event->link);
	for (i = 0; i < event->prefix_count && i < PMIP_HNP_MAX; i++)
		append(&line, " %s", pmip_prefix_format(&event->prefix[i], text));
	if (event->ipv4.addr.len != 0)
		append(&line, " %s", pmip_ip_format(&event->ipv4.addr, text));
	append_peers(&line, event);
	if (event->count != 0)
		append(&line, ", %zu bindings", event->count);
	if (event->lifetime_s != 0)
		append(&line, ", lifetime %us", event->lifetime_s);
	append_reason(&line, event);
	if (!style->limited) {
		log_line(style->level, "event", "%s", line.text);
		return;
	}
	snprintf(key, sizeof(key), "%d %u %d %.40s %s", (int)event->type, event->status, event->err,
		 event->rule ? event->rule : "", pmip_addr_format(&event->peer, text));
	limit_log(events->limit, mono_us, style->level, "event", key, line.text);
}

void events_notify(struct events *events, const struct pmip_event *event, struct pmip_now now)
{
	if (wanted(events))
		publish_notify(events, event, now);
	log_notify(events, event, now.mono_us);
}

void events_access(struct events *events, const struct pmip_access_event *event, struct pmip_now now)
{
	static const struct {
		const char *name, *text;
		enum pmip_log_level level;
	} seen[] = {
		[PMIP_ACCESS_ATTACH] = { "attach-seen", "attach", PMIP_LOG_INFO },
		[PMIP_ACCESS_DETACH] = { "detach-seen", "detach", PMIP_LOG_INFO },
		[PMIP_ACCESS_SOLICIT] = { "solicit-seen", "router solicitation", PMIP_LOG_DEBUG },
		[PMIP_ACCESS_PRESENT] = { "present-seen", "presence", PMIP_LOG_DEBUG },
		[PMIP_ACCESS_ADDRESS_TAKEN] = { "address-taken", "our address is the mobile node's", PMIP_LOG_INFO },
	};
	const enum pmip_log_level level = seen[event->type].level;
	const struct pmip_attach *who = &event->attach;
	char address[PMIP_ADDR_STRLEN];
	struct line line = { .len = 0 };
	json_t *json;

	if (wanted(events)) {
		json = new_object(seen[event->type].name, now, &who->mn_id, &who->ll_id, who->link);
		set_text(json, "trigger", event->trigger);
		if (!pmip_addr_is_unspecified(&event->address))
			set_text(json, "address", pmip_addr_format(&event->address, address));
		publish(events, json);
	}
	if (level > log_get_level())
		return;
	append(&line, "%s seen:", seen[event->type].text);
	append_who(&line, &who->mn_id, &who->ll_id, who->link);
	if (!pmip_addr_is_unspecified(&event->address))
		append(&line, ", %s", pmip_addr_format(&event->address, address));
	append(&line, ", by %s", event->trigger ? event->trigger : "an unknown trigger");
	log_line(level, "event", "%s", line.text);
}

void events_denied(struct events *events, const struct pmip_access_event *event, struct pmip_now now)
{
	const struct pmip_attach *who = &event->attach;
	struct line line = { .len = 0 };
	char key[128], ll[PMIP_LLID_STRLEN];
	json_t *json;

	if (wanted(events)) {
		json = new_object("attach-denied", now, &who->mn_id, &who->ll_id, who->link);
		set_text(json, "trigger", event->trigger);
		publish(events, json);
	}
	append(&line, "attach denied:");
	append_who(&line, &who->mn_id, &who->ll_id, who->link);
	append(&line, ": not in mobile_nodes, disabled there, or refused by the LMA");
	snprintf(key, sizeof(key), "denied %u %s", who->link, pmip_llid_format(&who->ll_id, ll));
	limit_log(events->limit, now.mono_us, PMIP_LOG_WARN, "event", key, line.text);
}
