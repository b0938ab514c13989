/* SPDX-License-Identifier: BSD-2-Clause */
/* The life of a daemon.
 *
 * Up: settings, rights, control socket (it tells a second instance), I/O, datapath, engine, runner; then
 * ready. Down: the engine takes its bindings back through the runner, then everything goes in reverse order
 * and the datapath leaves nothing in the kernel. A start that fails goes down the same way. */
#include <config.h>

#include "common/daemon.h"
#include "common/log.h"
#include "common/protection.h"
#include "common/restart.h"

#include <signal.h>
#include <stdlib.h>

/* Prefixes that there is room for in the kernel, on average of all bindings: an IPv6 prefix and an IPv4 home address. */
#define PREFIXES_EACH 2

static const struct setting_choice datapath_choices[] = {
	{ "auto", DAEMON_DATAPATH_AUTO }, { "bpf", DAEMON_DATAPATH_BPF }, { "netlink", DAEMON_DATAPATH_NETLINK }, { NULL, 0 },
};

static const struct setting_choice bpf_choices[] = {
	{ "tc", PMIP_DATAPATH_TC }, { "xdp", PMIP_DATAPATH_XDP }, { "auto", PMIP_DATAPATH_XDP_AUTO }, { NULL, 0 },
};

static const struct setting_row interface_rows[] = {
	{ .key = "core", .type = SETTING_LIST, .required = true, .min = 1, .max = PMIP_DATAPATH_LIST_MAX,
	  .offset = offsetof(struct daemon_settings, core), .rows = &setting_interface,
	  .item_size = sizeof(struct setting_name),
	  .help = "interfaces on which tunnel packets arrive" },
	{ .type = SETTING_END },
};

const struct setting_row daemon_rows[] = {
	{ .key = "interfaces", .type = SETTING_MAP, .required = true, .restart = true, .rows = interface_rows,
	  .help = "network interfaces" },
	{ .key = "datapath", .type = SETTING_CHOICE, .restart = true, .def = "auto",
	  .choices = datapath_choices,
	  .offset = offsetof(struct daemon_settings, datapath), .help = "how packets are forwarded" },
	{ .key = "bpf", .type = SETTING_CHOICE, .restart = true, .def = "tc", .choices = bpf_choices,
	  .offset = offsetof(struct daemon_settings, bpf),
	  .help = "how the bpf datapath meets packets: by tc, by XDP, or by XDP where the driver has it" },
	{ .key = "tunnel_mtu", .type = SETTING_UINT, .restart = true, .min = 1280, .max = 65535,
	  .def = "1460",
	  .offset = offsetof(struct daemon_settings, tunnel_mtu),
	  .help = "largest packet inside a tunnel, octets" },
	{ .key = "max_bindings", .type = SETTING_UINT, .restart = true, .min = 1, .max = 4000000,
	  .def = "65536",
	  .offset = offsetof(struct daemon_settings, max_bindings), .help = "most bindings at a time" },
	{ .key = "max_tunnels", .type = SETTING_UINT, .restart = true, .min = 1, .max = 65536, .def = "4096",
	  .offset = offsetof(struct daemon_settings, max_tunnels), .help = "most tunnels at a time" },
	{ .key = "route_protocol", .type = SETTING_UINT, .restart = true, .min = 5, .max = 255, .def = "213",
	  .offset = offsetof(struct daemon_settings, route_protocol),
	  .help = "routing protocol number that marks our routes and rules" },
	{ .key = "device_prefix", .type = SETTING_PREFIX_NAME, .restart = true, .def = "pmip",
	  .offset = offsetof(struct daemon_settings, device_prefix), .help = "our devices' names begin so" },
	{ .key = "stale_after", .type = SETTING_MS, .restart = true, .min = 0, .max = 86400000, .def = "60s",
	  .offset = offsetof(struct daemon_settings, stale_after_ms),
	  .help = "time after the start until what a killed predecessor left in the kernel is removed, unless it was registered again" },
	{ .key = "heartbeat_interval", .type = SETTING_SECONDS, .min = 0, .max = 3600000, .def = "60s",
	  .offset = offsetof(struct daemon_settings, heartbeat_interval_s),
	  .help = "time between two heartbeats to a peer (RFC 5847), 30s or more; 0s = send none" },
	{ .key = "heartbeat_missing", .type = SETTING_UINT, .min = 1, .max = 100, .def = "3",
	  .offset = offsetof(struct daemon_settings, heartbeat_missing),
	  .help = "unanswered heartbeats in a row that are allowed before a peer counts as unreachable" },
	{ .key = "restart_counter_file", .type = SETTING_PATH, .restart = true,
	  .offset = offsetof(struct daemon_settings, restart_counter_file),
	  .help = "where the starts of this program are counted, so that peers learn of a restart (RFC 5847)" },
	{ .key = "control", .type = SETTING_PATH, .restart = true,
	  .offset = offsetof(struct daemon_settings, control),
	  .help = "control socket" },
	{ .key = "log_level", .type = SETTING_CHOICE, .def = "info", .choices = service_level_choices,
	  .offset = offsetof(struct daemon_settings, log_level),
	  .help = "least important lines that are logged" },
	{ .key = "log_interval", .type = SETTING_MS, .min = 0, .max = 86400000, .def = "60s",
	  .offset = offsetof(struct daemon_settings, log_interval_ms),
	  .help = "refusals of one kind from one peer are logged once in this time, with their number; 0 = all" },
	{ .key = "protection", .type = SETTING_CHOICE, .required = true, .restart = true,
	  .choices = protection_choices,
	  .offset = offsetof(struct daemon_settings, protection),
	  .help = "protection of signalling; \"off\" has to be said" },
	{ .type = SETTING_END },
};

void daemon_check(const struct settings *settings, struct report *report)
{
	const struct daemon_settings *s = settings->values;

	if (s->heartbeat_interval_s > 0 && s->heartbeat_interval_s < 30)
		report_add(report, settings_line(settings, "heartbeat_interval"), "heartbeat_interval",
			   "found %us, expected 0s to send none, or 30s to 3600s", s->heartbeat_interval_s);
}

static const struct daemon_settings *common(const struct daemon *daemon)
{
	return daemon->settings->values;
}

static void apply_log_settings(struct daemon *daemon)
{
	const struct daemon_settings *s = common(daemon);
	const struct timeval interval = { .tv_sec = s->log_interval_ms / 1000,
					  .tv_usec = (s->log_interval_ms % 1000) * 1000 };

	log_set_level(daemon->verbose ? PMIP_LOG_DEBUG : (enum pmip_log_level)s->log_level);
	events_set_interval(daemon->events, s->log_interval_ms);
	if (s->log_interval_ms > 0)
		event_add(daemon->tick_event, &interval);
	else
		event_del(daemon->tick_event);
}

int daemon_reload(struct daemon *daemon, struct report *report)
{
	struct settings *next = service_reload(&daemon->role->program, daemon->settings, report);
	int err = next ? daemon->role->reconfigure(daemon, next, pmip_runner_now()) : PMIP_ERR_CONFIG;

	if (err) {
		if (next)
			report_add(report, 0, NULL,
				   "found settings that the engine refuses (%s), expected others",
				   pmip_strerror(err));
		settings_free(next);
		return -1;
	}
	settings_free(daemon->settings);
	daemon->settings = next;
	apply_log_settings(daemon);
	log_line(PMIP_LOG_INFO, "reload", "%s is in force", daemon->file);
	daemon_turn(daemon);
	return 0;
}

int daemon_sweep(struct daemon *daemon)
{
	int removed = daemon->datapath.ops->sweep(daemon->datapath.ctx);

	if (removed < 0)
		log_line(PMIP_LOG_ERROR, "sweep", "cannot remove what a former process left: %s",
			 pmip_strerror(removed));
	else if (removed > 0)
		log_line(PMIP_LOG_INFO, "sweep", "removed %d things that a former process left in the kernel",
			 removed);
	return removed;
}

/* The engine tells a denied attach event to its caller, the runner, and counts it: so look at the counter
 * after each event. */
static void settle_access(struct daemon *daemon)
{
	const uint64_t denied = daemon->role->denied ? daemon->role->denied(daemon) : 0;

	if (daemon->seen.type != 0 && denied != daemon->denied)
		events_denied(daemon->events, &daemon->seen, pmip_runner_now());
	daemon->seen.type = 0;
	daemon->denied = denied;
}

static void on_turn(void *user, int result)
{
	struct daemon *daemon = user;

	settle_access(daemon);
	events_sync(daemon->events);
	if (result < 0)
		log_line(PMIP_LOG_ERROR, "runner", "a turn failed: %s; going on", pmip_strerror(result));
}

void daemon_turn(struct daemon *daemon)
{
	pmip_libevent_turn(&daemon->loop);
}

static void on_tick(evutil_socket_t fd, short what, void *user)
{
	struct daemon *daemon = user;

	(void)fd;
	(void)what;
	events_flush(daemon->events, pmip_runner_now().mono_us);
}

static void on_sweep(evutil_socket_t fd, short what, void *user)
{
	(void)fd;
	(void)what;
	daemon_sweep(user);
}

static void on_signal(evutil_socket_t fd, short what, void *user)
{
	struct daemon *daemon = user;
	struct report report;

	(void)what;
	if (fd != SIGHUP) {
		log_line(PMIP_LOG_INFO, "daemon", "%s: ending", fd == SIGTERM ? "SIGTERM" : "SIGINT");
		event_base_loopbreak(daemon->base);
		return;
	}
	report_init(&report, daemon->file);
	if (daemon_reload(daemon, &report))
		service_log_faults(&report);
	report_fini(&report);
}

static void on_notify(void *user, const struct pmip_event *event, struct pmip_now now)
{
	struct daemon *daemon = user;

	events_notify(daemon->events, event, now);
	if (daemon->role->notify)
		daemon->role->notify(daemon, event, now);
}

static void on_access(void *user, const struct pmip_access_event *event, struct pmip_now now)
{
	struct daemon *daemon = user;

	settle_access(daemon);
	events_access(daemon->events, event, now);
	daemon->seen = *event;
	daemon->seen.attach.mn_id.len = 0; /* a view that may go before the engine is asked */
}

static int open_datapath(struct daemon *daemon)
{
	const struct daemon_settings *s = common(daemon);
	const struct setting_name *core = s->core.items;
	struct pmip_datapath_config config = {
		.size = sizeof(config),
		.core_count = (unsigned int)s->core.count,
		.tunnel_mtu = s->tunnel_mtu,
		.max_bindings = s->max_bindings * PREFIXES_EACH,
		.max_tunnels = s->max_tunnels,
		.route_protocol = (uint8_t)s->route_protocol,
		.device_prefix = s->device_prefix,
		.hook = (enum pmip_datapath_hook)s->bpf,
		.log = &log_sink,
	};
	size_t i;
	int err;

	for (i = 0; i < s->core.count; i++)
		config.core[i] = core[i].name;
	daemon->role->datapath_config(daemon->settings, &config);
	if (s->datapath == DAEMON_DATAPATH_BPF)
		err = pmip_datapath_bpf_new(&daemon->datapath, &config);
	else if (s->datapath == DAEMON_DATAPATH_NETLINK)
		err = pmip_datapath_netlink_new(&daemon->datapath, &config);
	else
		err = pmip_datapath_auto_new(&daemon->datapath, &config);
	if (err)
		log_line(
			PMIP_LOG_ERROR, "daemon",
			"cannot forward packets: %s; see the lines above, and \"datapath\" and \"interfaces\" in %s",
			pmip_strerror(err), daemon->file);
	return err;
}

static int open_events(struct daemon *daemon)
{
	daemon->base = event_base_new();
	if (!daemon->base)
		return -1;
	daemon->sweep_event = evtimer_new(daemon->base, on_sweep, daemon);
	daemon->tick_event = event_new(daemon->base, -1, EV_PERSIST, on_tick, daemon);
	if (service_watch_signals(daemon->signal_events, daemon->base, on_signal, daemon))
		return -1;
	return daemon->sweep_event && daemon->tick_event ? 0 : -1;
}

static int open_all(struct daemon *daemon)
{
	const struct daemon_role *role = daemon->role;
	const struct daemon_settings *s = common(daemon);
	const struct pmip_addr any = { { 0 } };
	struct pmip_runner_config config = {
		.size = sizeof(config),
		.user = daemon,
		.notify = on_notify,
		.access_seen = on_access,
		.log = &log_sink,
	};

	if (service_check_rights() || open_events(daemon))
		return -1;
	if (control_new(&daemon->control, daemon->base, s->control ? s->control : role->program.socket,
			daemon_commands, role->commands, daemon))
		return -1;
	events_set_control(daemon->events, daemon->control);
	apply_log_settings(daemon);
	if (protection_open(&daemon->io, (enum protection)s->protection,
			    role->has_others && role->has_others(daemon->settings) ? &any : role->address(daemon->settings)) ||
	    open_datapath(daemon))
		return -1;
	if (!(role->has_store && role->has_store(daemon->settings)) &&
	    restart_count(s->restart_counter_file ? s->restart_counter_file : role->restart_file,
			  &daemon->restart_counter))
		return -1;
	config.io = daemon->io;
	config.datapath = daemon->datapath;
	if (role->open(daemon, &config))
		return -1;
	if (pmip_libevent_attach(&daemon->loop, daemon->base, daemon->runner, on_turn, daemon))
		return -1;
	event_add(daemon->sweep_event, &(struct timeval){ .tv_sec = s->stale_after_ms / 1000,
							  .tv_usec = (s->stale_after_ms % 1000) * 1000 });
	return 0;
}

static void tell_ready(struct daemon *daemon)
{
	char text[PMIP_ADDR_STRLEN];

	log_line(PMIP_LOG_INFO, "daemon", "%s %s ready at %s, datapath %s", daemon->role->program.name,
		 PACKAGE_VERSION, pmip_addr_format(daemon->role->address(daemon->settings), text),
		 daemon->datapath.ops->name);
	service_tell_ready(daemon->ready_fd);
}

static void free_event(struct event *event)
{
	if (event)
		event_free(event);
}

static void close_all(struct daemon *daemon)
{
	if (daemon->runner) {
		if (daemon->role->shutdown(daemon, pmip_runner_now()) ||
		    pmip_runner_process(daemon->runner) < 0)
			log_line(PMIP_LOG_WARN, "daemon", "peers could not be told about the end");
	}
	pmip_libevent_detach(&daemon->loop);
	pmip_runner_free(daemon->runner);
	if (daemon->engine)
		daemon->role->close(daemon);
	if (daemon->store.ops)
		daemon->store.ops->free(daemon->store.ctx);
	if (daemon->access.ops)
		daemon->access.ops->free(daemon->access.ctx);
	if (daemon->datapath.ops)
		daemon->datapath.ops->free(daemon->datapath.ctx, false);
	if (daemon->io.ops)
		daemon->io.ops->free(daemon->io.ctx);
	events_set_control(daemon->events, NULL);
	control_free(daemon->control);
	free_event(daemon->sweep_event);
	free_event(daemon->tick_event);
	service_end_signals(daemon->signal_events);
	if (daemon->base)
		event_base_free(daemon->base);
	events_free(daemon->events);
	settings_free(daemon->settings);
}

static int run(struct daemon *daemon, const char *events)
{
	int code = EXIT_RUNTIME;

	if (events_new(&daemon->events, events)) {
		settings_free(daemon->settings);
		return code;
	}
	daemon->start_us = pmip_runner_now().mono_us;
	if (open_all(daemon) == 0) {
		daemon_turn(daemon);
		tell_ready(daemon);
		if (event_base_dispatch(daemon->base) == 0)
			code = 0;
	} else {
		log_line(PMIP_LOG_ERROR, "daemon", "%s could not be started", daemon->role->program.name);
	}
	close_all(daemon);
	log_line(PMIP_LOG_INFO, "daemon", "ended");
	return code;
}

int daemon_main(const struct daemon_role *role, int argc, char **argv)
{
	struct daemon daemon = { .role = role };
	struct options options;
	int code = service_begin(&role->program, &options, &daemon.settings, argc, argv);

	if (code >= 0)
		return code;
	daemon.file = options.file;
	daemon.ready_fd = options.ready_fd;
	daemon.verbose = options.verbose;
	return run(&daemon, options.events);
}
