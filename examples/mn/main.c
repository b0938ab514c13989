/* SPDX-License-Identifier: BSD-2-Clause */
/* flowmob-mn: the reflector of libflowmob-linux in an event loop. */
#include <config.h>

#include "common/log.h"
#include "mn/mn.h"

#include <signal.h>
#include <time.h>

uint64_t mn_now_us(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000 + (uint64_t)now.tv_nsec / 1000;
}

static void apply_log_level(const struct mn *mn)
{
	const struct mn_settings *s = mn->settings->values;

	log_set_level(mn->verbose ? PMIP_LOG_DEBUG : (enum pmip_log_level)s->log_level);
}

int mn_reload(struct mn *mn, struct report *report)
{
	struct settings *next = service_reload(&mn_program, mn->settings, report);

	if (!next)
		return -1;
	settings_free(mn->settings);
	mn->settings = next;
	apply_log_level(mn);
	log_line(PMIP_LOG_INFO, "reload", "%s is in force", mn->file);
	return 0;
}

static void on_signal(evutil_socket_t fd, short what, void *user)
{
	struct report report;
	struct mn *mn = user;

	(void)what;
	if (fd != SIGHUP) {
		log_line(PMIP_LOG_INFO, "daemon", "%s: ending", fd == SIGTERM ? "SIGTERM" : "SIGINT");
		event_base_loopbreak(mn->base);
		return;
	}
	report_init(&report, mn->file);
	if (mn_reload(mn, &report))
		service_log_faults(&report);
	report_fini(&report);
}

static void turn(struct mn *mn)
{
	int ms;

	if (mn->host.ops->process(mn->host.ctx)) {
		log_line(PMIP_LOG_ERROR, "daemon", "the %s backend has failed: ending", mn->host.ops->name);
		event_base_loopbreak(mn->base);
		return;
	}
	ms = mn->host.ops->timeout_ms(mn->host.ctx);
	if (ms < 0)
		event_del(mn->timer_event);
	else
		event_add(mn->timer_event, &(struct timeval){ .tv_sec = ms / 1000, .tv_usec = (ms % 1000) * 1000 });
}

static void on_host(evutil_socket_t fd, short what, void *user)
{
	(void)fd;
	(void)what;
	turn(user);
}

static int open_host(struct mn *mn)
{
	const struct mn_settings *s = mn->settings->values;
	const struct setting_name *interface = s->interfaces.items;
	struct flowmob_weak_host_config config = {
		.size = sizeof(config),
		.interface_count = (unsigned int)s->interfaces.count,
		.mode = (enum flowmob_reflector_mode)s->follow,
		.max_flows = s->max_flows,
		.idle_timeout_ms = s->idle_timeout_ms,
		.mark = s->mark,
		.table = s->table,
		.rule_priority = s->rule_priority,
		.route_protocol = (uint8_t)s->route_protocol,
		.queue = { (uint16_t)s->queue_in, (uint16_t)s->queue_out },
		.log = &log_sink,
	};
	int err;

	for (size_t i = 0; i < s->interfaces.count; i++)
		config.interface[i] = interface[i].name;
	if (s->backend == MN_BACKEND_BPF)
		err = flowmob_weak_host_bpf_new(&mn->host, &config);
	else if (s->backend == MN_BACKEND_NFQUEUE)
		err = flowmob_weak_host_nfqueue_new(&mn->host, &config);
	else
		err = flowmob_weak_host_auto_new(&mn->host, &config);
	if (err)
		log_line(PMIP_LOG_ERROR, "daemon", "cannot reflect packets: %s; see the lines above, and \"backend\" in %s", pmip_strerror(err),
			 mn->file);
	return err;
}

static int open_all(struct mn *mn)
{
	const struct mn_settings *s = mn->settings->values;

	apply_log_level(mn);
	mn->base = event_base_new();
	if (!mn->base || service_check_rights() || service_watch_signals(mn->signal_events, mn->base, on_signal, mn) ||
	    control_new(&mn->control, mn->base, s->control ? s->control : mn_program.socket, mn_commands, NULL, mn) || open_host(mn))
		return -1;
	mn->timer_event = evtimer_new(mn->base, on_host, mn);
	mn->host_event = event_new(mn->base, mn->host.ops->fd(mn->host.ctx), EV_READ | EV_PERSIST, on_host, mn);
	return mn->timer_event && mn->host_event && event_add(mn->host_event, NULL) == 0 ? 0 : -1;
}

static void close_all(struct mn *mn)
{
	if (mn->host_event)
		event_free(mn->host_event);
	if (mn->timer_event)
		event_free(mn->timer_event);
	if (mn->host.ops)
		mn->host.ops->free(mn->host.ctx);
	control_free(mn->control);
	service_end_signals(mn->signal_events);
	if (mn->base)
		event_base_free(mn->base);
	settings_free(mn->settings);
}

int main(int argc, char **argv)
{
	struct mn mn = { .start_us = mn_now_us() };
	struct options options;
	int code = service_begin(&mn_program, &options, &mn.settings, argc, argv);

	if (code >= 0)
		return code;
	mn.file = options.file;
	mn.verbose = options.verbose;
	code = EXIT_RUNTIME;
	if (open_all(&mn) == 0) {
		turn(&mn);
		log_line(PMIP_LOG_INFO, "daemon", "%s %s ready, backend %s", mn_program.name, PACKAGE_VERSION, mn.host.ops->name);
		service_tell_ready(options.ready_fd);
		if (event_base_dispatch(mn.base) == 0)
			code = 0;
	} else {
		log_line(PMIP_LOG_ERROR, "daemon", "%s could not be started", mn_program.name);
	}
	close_all(&mn);
	log_line(PMIP_LOG_INFO, "daemon", "ended");
	return code;
}
