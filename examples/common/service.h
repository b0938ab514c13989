/* SPDX-License-Identifier: BSD-2-Clause */
/* What every program that runs until it is told to end does at its start: command line, settings, rights, signals, readiness. */
#ifndef EXAMPLES_SERVICE_H
#define EXAMPLES_SERVICE_H

#include "common/control.h"
#include "common/options.h"
#include "common/settings.h"

/* Exit codes. */
#define EXIT_RUNTIME 1
#define EXIT_USAGE 2

/* Signals that a program takes: TERM, INT, HUP. */
#define SERVICE_SIGNALS 3

/* One program. */
struct program {
	const char *name;   /* "pmip-lma" */
	const char *what;   /* for --help */
	const char *file;   /* default configuration file */
	const char *socket; /* default control socket */
	bool has_events;    /* takes --events */
	const struct setting_row *rows;
	size_t settings_size;
	/* Report settings that do not fit together; called also when some have faults of their own (they are
	 * zero then). */
	void (*check)(const struct settings *settings, struct report *report);
};

extern const struct setting_choice service_level_choices[]; /* for log_level */

/* Read the command line and the settings. @return -1 to go on, or the exit code: what was asked for has been printed, or what is wrong. */
int service_begin(const struct program *program, struct options *options, struct settings **settings, int argc, char **argv);
/* Read and check settings. @return NULL, or settings that are usable when nothing was reported. */
struct settings *service_load(const struct program *program, const char *file, struct report *report);
/* Read them again, for a program that runs. @return NULL with the faults reported, or what is to be put in force. */
struct settings *service_reload(const struct program *program, const struct settings *now, struct report *report);
/* Log faults after a signal. */
void service_log_faults(struct report *report);
/* The command reload: read a file again by a function, and answer with the faults that it has reported. @return its result. */
int service_answer_reload(const char *file, int (*reload)(void *user, struct report *report), void *user, json_t *reply, char *error, size_t cap);
/* The command events: to have subscribed is all. */
int service_events(void *user, const json_t *request, json_t *reply, char *error, size_t cap);
/* The command log-level. */
int service_log_level(void *user, const json_t *request, json_t *reply, char *error, size_t cap);
/* Whether we may change the network; the log says why not. @return 0 or -1. */
int service_check_rights(void);
/* Have signals told to a function, with their number as fd. @return 0 or -1; events are freed by service_end_signals() in both cases. */
int service_watch_signals(struct event *events[SERVICE_SIGNALS], struct event_base *base, event_callback_fn tell, void *user);
void service_end_signals(struct event *events[SERVICE_SIGNALS]);
/* Tell who waits at --ready-fd; -1 = nobody does. */
void service_tell_ready(int fd);

#endif
