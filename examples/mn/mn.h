/* SPDX-License-Identifier: BSD-2-Clause */
/* flowmob-mn: settings, and what there is while it runs. */
#ifndef EXAMPLES_MN_H
#define EXAMPLES_MN_H

#include "common/service.h"

#include <flowmob/weak_host.h>

enum mn_backend {
	MN_BACKEND_AUTO = 1,
	MN_BACKEND_BPF = 2,
	MN_BACKEND_NFQUEUE = 3,
};

struct mn_settings {
	struct setting_list interfaces; /* of struct setting_name */
	uint32_t backend;               /* enum mn_backend */
	uint32_t follow;                /* enum flowmob_reflector_mode */
	uint32_t max_flows;
	uint32_t idle_timeout_ms;
	uint32_t mark;
	uint32_t table;
	uint32_t rule_priority;
	uint32_t route_protocol;
	uint32_t queue_in, queue_out;
	const char *control; /* NULL = the program's default */
	uint32_t log_level;  /* enum pmip_log_level */
};

struct mn {
	struct settings *settings; /* in force */
	const char *file;          /* of the settings */
	bool verbose;              /* -v: the file's log level does not count */
	uint64_t start_us;         /* monotonic */
	struct event_base *base;
	struct control *control;
	struct flowmob_weak_host host; /* ops NULL = not there */
	struct event *host_event, *timer_event, *signal_events[SERVICE_SIGNALS];
};

extern const struct program mn_program;
extern const struct control_command mn_commands[];

uint64_t mn_now_us(void);
/* Put the file's settings in force again. @return 0, or -1 with the faults reported. */
int mn_reload(struct mn *mn, struct report *report);

#endif
