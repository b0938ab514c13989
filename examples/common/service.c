/* SPDX-License-Identifier: BSD-2-Clause */
#include <config.h>

#include "common/log.h"
#include "common/service.h"

#include <errno.h>
#include <linux/capability.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

const struct setting_choice service_level_choices[] = {
	{ "error", PMIP_LOG_ERROR }, { "warn", PMIP_LOG_WARN }, { "info", PMIP_LOG_INFO }, { "debug", PMIP_LOG_DEBUG }, { NULL, 0 },
};

static void print_fault(void *user, const char *text)
{
	(void)user;
	fprintf(stderr, "%s\n", text);
}

static void log_fault(void *user, const char *text)
{
	(void)user;
	log_line(PMIP_LOG_ERROR, "reload", "%s", text);
}

void service_log_faults(struct report *report)
{
	report_each(report, log_fault, NULL);
	log_line(PMIP_LOG_ERROR, "reload", "the old configuration stays in force; correct %s and send SIGHUP again", report->file);
}

static void add_fault(void *user, const char *text)
{
	json_array_append_new(user, json_string(text));
	log_fault(NULL, text);
}

static int answer_faults(struct report *report, json_t *reply, char *error, size_t cap)
{
	json_t *faults = json_array();

	report_each(report, add_fault, faults);
	snprintf(error, cap, "%s has faults; the old configuration stays in force", report->file);
	json_object_set_new(reply, "faults", faults);
	return -1;
}

int service_answer_reload(const char *file, int (*reload)(void *user, struct report *report), void *user, json_t *reply, char *error, size_t cap)
{
	struct report report;
	int err;

	report_init(&report, file);
	err = reload(user, &report);
	if (err)
		err = answer_faults(&report, reply, error, cap);
	report_fini(&report);
	return err;
}

int service_events(void *user, const json_t *request, json_t *reply, char *error, size_t cap)
{
	(void)user;
	(void)request;
	(void)reply;
	(void)error;
	(void)cap;
	return 0;
}

int service_log_level(void *user, const json_t *request, json_t *reply, char *error, size_t cap)
{
	const char *name = control_text(request, "level");
	enum pmip_log_level level = name ? log_level_by_name(name) : log_get_level();

	(void)user;
	if (level == 0) {
		snprintf(error, cap, "level is none of error, warn, info, debug");
		return -1;
	}
	log_set_level(level);
	json_object_set_new(reply, "level", json_string(log_level_name(level)));
	return 0;
}

struct settings *service_load(const struct program *program, const char *file, struct report *report)
{
	char reference[256];
	struct settings *settings;

	snprintf(reference, sizeof(reference), "%s.example", program->file);
	settings = settings_load(file, program->rows, program->settings_size, reference, report);
	if (settings)
		program->check(settings, report);
	return settings;
}

struct settings *service_reload(const struct program *program, const struct settings *now, struct report *report)
{
	struct settings *next = service_load(program, now->file, report);

	if (next && report->found == 0)
		settings_check_reload(now, next, report);
	if (next && report->found == 0)
		return next;
	settings_free(next);
	return NULL;
}

int service_begin(const struct program *program, struct options *options, struct settings **settings, int argc, char **argv)
{
	struct report report;
	int code = options_parse(options, program, argc, argv);

	if (code >= 0)
		return code;
	signal(SIGPIPE, SIG_IGN);
	report_init(&report, options->file);
	*settings = service_load(program, options->file, &report);
	report_each(&report, print_fault, NULL);
	code = report.found > 0 || !*settings ? EXIT_USAGE : 0;
	report_fini(&report);
	if (code == 0 && !options->check)
		return -1;
	settings_free(*settings);
	if (code == 0)
		printf("%s: ok\n", options->file);
	return code;
}

/* Said here, once and clearly, rather than by whatever fails first. */
int service_check_rights(void)
{
	struct __user_cap_header_struct head = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct data[_LINUX_CAPABILITY_U32S_3];
	const uint32_t needed = 1u << CAP_NET_ADMIN | 1u << CAP_NET_RAW;

	if (syscall(SYS_capget, &head, data) == 0 && (data[0].effective & needed) == needed)
		return 0;
	log_line(PMIP_LOG_ERROR, "daemon", "needs the capabilities NET_ADMIN and NET_RAW (and BPF where it uses that); run it as root");
	return -1;
}

int service_watch_signals(struct event *events[SERVICE_SIGNALS], struct event_base *base, event_callback_fn tell, void *user)
{
	static const int signals[SERVICE_SIGNALS] = { SIGTERM, SIGINT, SIGHUP };

	for (size_t i = 0; i < SERVICE_SIGNALS; i++) {
		events[i] = evsignal_new(base, signals[i], tell, user);
		if (!events[i] || event_add(events[i], NULL))
			return -1;
	}
	return 0;
}

void service_end_signals(struct event *events[SERVICE_SIGNALS])
{
	for (size_t i = 0; i < SERVICE_SIGNALS; i++)
		if (events[i])
			event_free(events[i]);
}

void service_tell_ready(int fd)
{
	if (fd < 0)
		return;
	if (write(fd, "\n", 1) != 1)
		log_line(PMIP_LOG_WARN, "daemon", "cannot write to the descriptor of --ready-fd: %s", strerror(errno));
	close(fd);
}
