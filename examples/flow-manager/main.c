/* SPDX-License-Identifier: BSD-2-Clause */
/* flowmob-manager: the flow manager of libflowmob in an event loop, between the LMA's flow socket, NFQUEUE and its control socket. */
#include <config.h>

#include "common/log.h"
#include "common/seqpacket.h"
#include "flow-manager/manager.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#define AREA "manager"

_Static_assert(SEQPACKET_MAX >= FLOWMOB_FMP_MAX, "messages are packets");

static uint64_t clock_us(clockid_t clock)
{
	struct timespec now;

	clock_gettime(clock, &now);
	return (uint64_t)now.tv_sec * 1000000 + (uint64_t)now.tv_nsec / 1000;
}

struct pmip_now fm_now(void)
{
	return (struct pmip_now){ .mono_us = clock_us(CLOCK_MONOTONIC), .wall_us = clock_us(CLOCK_REALTIME) };
}

static const struct fm_settings *values(const struct fm *fm)
{
	return fm->settings->values;
}

/* Without memory the call is made again with the next turn, or the packet is lost like any other; what is known is as it was. */
static void note(int err)
{
	if (err)
		log_line(PMIP_LOG_ERROR, AREA, "%s; going on", pmip_strerror(err));
}

static void on_lma_packet(void *user, const uint8_t *data, size_t len)
{
	struct fm *fm = user;
	int err = flowmob_manager_input(fm->manager, data, len, fm_now());

	/* A message that is not taken would leave us with something else than what the LMA knows: begin anew. */
	if (!err)
		return;
	note(err);
	seqpacket_free(fm->lma);
	fm->lma = NULL;
	note(flowmob_manager_set_socket_up(fm->manager, false, fm_now()));
}

static void on_lma_settle(void *user)
{
	fm_turn(user);
}

static void on_lma_down(void *user, const char *why)
{
	struct fm *fm = user;

	log_line(PMIP_LOG_WARN, AREA, "the LMA is gone: %s; packets go where their prefixes go until it is back", why);
	seqpacket_free(fm->lma);
	fm->lma = NULL;
	note(flowmob_manager_set_socket_up(fm->manager, false, fm_now()));
}

/* FMP-12. */
static void connect_lma(struct fm *fm)
{
	const struct seqpacket_user callbacks = { fm, on_lma_packet, on_lma_settle, on_lma_down };
	struct sockaddr_un addr = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

	snprintf(addr.sun_path, sizeof(addr.sun_path), "%s", values(fm)->flow_socket);
	if (fd < 0 || connect(fd, (const struct sockaddr *)&addr, sizeof(addr)) < 0) {
		log_line(PMIP_LOG_DEBUG, AREA, "cannot connect to the LMA at %s: %s", addr.sun_path, strerror(errno));
		if (fd >= 0)
			close(fd);
	} else if (seqpacket_new(&fm->lma, fm->base, fd, &callbacks) == 0) {
		log_line(PMIP_LOG_INFO, AREA, "connected to the LMA at %s", addr.sun_path);
	}
	note(flowmob_manager_set_socket_up(fm->manager, fm->lma != NULL, fm_now()));
}

static void disconnect_lma(struct fm *fm)
{
	log_line(PMIP_LOG_WARN, AREA, "the LMA is let go: it says what cannot be understood, or nothing");
	seqpacket_free(fm->lma);
	fm->lma = NULL;
}

static void do_action(struct fm *fm, const struct flowmob_action *action)
{
	switch (action->type) {
	case FLOWMOB_ACTION_CONNECT:
		connect_lma(fm);
		break;
	case FLOWMOB_ACTION_DISCONNECT:
		disconnect_lma(fm);
		break;
	case FLOWMOB_ACTION_SEND:
		if (fm->lma)
			seqpacket_send(fm->lma, action->u.send.data, action->u.send.len);
		break;
	case FLOWMOB_ACTION_VERDICT:
		fm_queue_verdict(fm->queue, action->u.verdict.handle, action->u.verdict.tunnel);
		break;
	case FLOWMOB_ACTION_FLOW:
		fm_told_flow(fm, &action->u.flow);
		break;
	case FLOWMOB_ACTION_FORGET_ALL:
		if (fm->queue)
			fm_queue_end(fm->queue);
		break;
	case FLOWMOB_ACTION_RESULT:
		fm_told_result(fm, action);
		break;
	case FLOWMOB_ACTION_POLL: /* the LMA has the counters */
		break;
	}
}

/* Nothing is refused in silence; the counters full and lma_full have each. */
static void tell_full(struct fm *fm)
{
	uint64_t full = flowmob_manager_get_counter(fm->manager, FLOWMOB_MANAGER_FULL), now = clock_us(CLOCK_MONOTONIC);
	uint64_t lma_full = flowmob_manager_get_counter(fm->manager, FLOWMOB_MANAGER_LMA_FULL);

	if ((full == fm->full && lma_full == fm->lma_full) || !log_is_due(&fm->full_us, now))
		return;
	if (full != fm->full)
		log_line(PMIP_LOG_WARN, AREA, "%llu flows, attachments or requests were too many; see max_flows and max_attachments",
			 (unsigned long long)(full - fm->full));
	if (lma_full != fm->lma_full)
		log_line(PMIP_LOG_WARN, AREA, "%llu flows go where their prefixes go, for the LMA has no room for them; raise its max_flows",
			 (unsigned long long)(lma_full - fm->lma_full));
	fm->full = full;
	fm->lma_full = lma_full;
}

void fm_turn(struct fm *fm)
{
	struct flowmob_action action;
	uint64_t deadline, now;

	while (flowmob_manager_next_action(fm->manager, &action) == 1)
		do_action(fm, &action);
	if (fm->queue) {
		if (flowmob_manager_is_ready(fm->manager))
			fm_queue_begin(fm->queue);
		fm_queue_flush(fm->queue);
	}
	tell_full(fm);
	deadline = flowmob_manager_next_deadline(fm->manager);
	if (deadline == PMIP_TIME_NONE) {
		event_del(fm->timer_event);
		return;
	}
	now = clock_us(CLOCK_MONOTONIC);
	deadline = deadline > now ? deadline - now : 0;
	event_add(fm->timer_event, &(struct timeval){ .tv_sec = (time_t)(deadline / 1000000), .tv_usec = (suseconds_t)(deadline % 1000000) });
}

static void on_timer(evutil_socket_t fd, short what, void *user)
{
	struct fm *fm = user;

	(void)fd;
	(void)what;
	note(flowmob_manager_handle_timeout(fm->manager, fm_now()));
	fm_turn(fm);
}

static void apply_log_level(const struct fm *fm)
{
	log_set_level(fm->verbose ? PMIP_LOG_DEBUG : (enum pmip_log_level)values(fm)->log_level);
}

/* Put a policy in force in place of the one before. */
static void set_policy(struct fm *fm, struct flowmob_policy *policy, struct flowmob_applications *applications)
{
	flowmob_manager_set_policy(fm->manager, policy, applications);
	flowmob_policy_free(fm->policy);
	flowmob_applications_free(fm->applications);
	fm->policy = policy;
	fm->applications = applications;
}

int fm_reload(struct fm *fm, struct report *report)
{
	struct settings *next = service_reload(&fm_program, fm->settings, report);
	struct flowmob_applications *applications;
	struct flowmob_policy *policy;

	if (!next)
		return -1;
	if (fm_policy_make(&policy, &applications, next->values, report)) {
		if (report->found == 0)
			report_add(report, 0, NULL, "found no memory left, expected enough for the policy");
		settings_free(next);
		return -1;
	}
	set_policy(fm, policy, applications);
	settings_free(fm->settings);
	fm->settings = next;
	apply_log_level(fm);
	log_line(PMIP_LOG_INFO, "reload", "%s is in force", fm->file);
	return 0;
}

static void on_signal(evutil_socket_t fd, short what, void *user)
{
	struct report report;
	struct fm *fm = user;

	(void)what;
	if (fd != SIGHUP) {
		log_line(PMIP_LOG_INFO, "daemon", "%s: ending", fd == SIGTERM ? "SIGTERM" : "SIGINT");
		event_base_loopbreak(fm->base);
		return;
	}
	report_init(&report, fm->file);
	if (fm_reload(fm, &report))
		service_log_faults(&report);
	report_fini(&report);
}

/* Minutes east of UTC, now. */
static int utc_offset(void)
{
	time_t now = time(NULL);
	struct tm local;

	return localtime_r(&now, &local) ? (int)(local.tm_gmtoff / 60) : 0;
}

static int configure(struct flowmob_manager_config *config, const struct fm_settings *s)
{
	int err = flowmob_manager_config_set_max_flows(config, s->max_flows);

	if (!err)
		err = flowmob_manager_config_set_max_attachments(config, s->max_attachments);
	if (!err)
		err = flowmob_manager_config_set_flow_idle_timeout(config, s->flow_idle_timeout_s);
	if (!err)
		err = flowmob_manager_config_set_period(config, s->poll_interval_ms);
	if (!err)
		err = flowmob_manager_config_set_congestion(config, s->congestion_drop_permille, s->congestion_min_packets);
	if (!err)
		err = flowmob_manager_config_set_hysteresis(config, s->hysteresis_ms);
	if (!err)
		err = flowmob_manager_config_set_utc_offset(config, utc_offset());
	if (!err && s->source == FM_SOURCE_LMA)
		err = flowmob_manager_config_set_watch(config, (enum flowmob_watch)s->watch);
	flowmob_manager_config_set_throughput_drop(config, s->throughput_drop);
	flowmob_manager_config_set_lma_counters(config, true);
	return err;
}

static int open_manager(struct fm *fm)
{
	struct flowmob_applications *applications;
	struct flowmob_manager_config *config;
	struct flowmob_policy *policy;
	uint8_t key[16];
	int err = flowmob_manager_config_new(&config, NULL);

	if (err)
		return -1;
	err = configure(config, values(fm));
	if (!err && getrandom(key, sizeof(key), 0) != sizeof(key))
		err = PMIP_ERR_OS;
	if (!err)
		err = flowmob_manager_new(&fm->manager, config, NULL, key);
	flowmob_manager_config_free(config);
	if (err || fm_policy_make(&policy, &applications, values(fm), NULL)) {
		log_line(PMIP_LOG_ERROR, "daemon", "cannot make the flow manager: %s", pmip_strerror(err ? err : PMIP_ERR_NOMEM));
		return -1;
	}
	set_policy(fm, policy, applications);
	return 0;
}

static int open_all(struct fm *fm)
{
	const struct fm_settings *s = values(fm);

	apply_log_level(fm);
	fm->base = event_base_new();
	if (!fm->base || (s->source == FM_SOURCE_NFQUEUE && service_check_rights()) ||
	    service_watch_signals(fm->signal_events, fm->base, on_signal, fm) ||
	    control_new(&fm->control, fm->base, s->control ? s->control : fm_program.socket, fm_commands, NULL, fm) || open_manager(fm))
		return -1;
	if (s->source == FM_SOURCE_NFQUEUE && fm_queue_new(&fm->queue, fm))
		return -1;
	fm->timer_event = evtimer_new(fm->base, on_timer, fm);
	return fm->timer_event ? 0 : -1;
}

static void close_all(struct fm *fm)
{
	seqpacket_free(fm->lma);
	fm_queue_free(fm->queue);
	control_free(fm->control);
	if (fm->timer_event)
		event_free(fm->timer_event);
	service_end_signals(fm->signal_events);
	flowmob_manager_free(fm->manager);
	flowmob_policy_free(fm->policy);
	flowmob_applications_free(fm->applications);
	if (fm->base)
		event_base_free(fm->base);
	settings_free(fm->settings);
}

int main(int argc, char **argv)
{
	struct fm fm = { .start_us = clock_us(CLOCK_MONOTONIC) };
	struct options options;
	int code = service_begin(&fm_program, &options, &fm.settings, argc, argv);

	if (code >= 0)
		return code;
	fm.file = options.file;
	fm.verbose = options.verbose;
	code = EXIT_RUNTIME;
	if (open_all(&fm) == 0) {
		on_timer(-1, 0, &fm);
		log_line(PMIP_LOG_INFO, "daemon", "%s %s ready, source %s", fm_program.name, PACKAGE_VERSION, fm.queue ? "nfqueue" : "lma");
		service_tell_ready(options.ready_fd);
		if (event_base_dispatch(fm.base) == 0)
			code = 0;
	} else {
		log_line(PMIP_LOG_ERROR, "daemon", "%s could not be started", fm_program.name);
	}
	close_all(&fm);
	log_line(PMIP_LOG_INFO, "daemon", "ended");
	return code;
}
