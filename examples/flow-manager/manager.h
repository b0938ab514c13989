/* SPDX-License-Identifier: BSD-2-Clause */
/* flowmob-manager: settings and wiring. */
#ifndef EXAMPLES_FLOW_MANAGER_H
#define EXAMPLES_FLOW_MANAGER_H

#include "common/service.h"

#include <flowmob/manager.h>
#include <flowmob/nfqueue.h>

struct seqpacket;

enum fm_source {
	FM_SOURCE_LMA = 1,     /* the LMA tells of flows */
	FM_SOURCE_NFQUEUE = 2, /* the first packet of a flow waits in NFQUEUE */
};

/* Items of lists. */
struct fm_prefix {
	unsigned int line;
	struct pmip_prefix prefix;
};

struct fm_selector {
	unsigned int line;
	uint32_t protocol; /* 0 = any */
	struct pmip_prefix source, destination; /* len 0 = any */
	struct setting_range source_port, destination_port;
};

struct fm_application {
	unsigned int line;
	const char *name;
	struct setting_list selectors; /* of struct fm_selector */
};

struct fm_choice {
	unsigned int line;
	uint32_t value;
};

struct fm_class {
	unsigned int line;
	const char *name;
	struct setting_list mobile_nodes; /* of struct setting_name, patterns */
};

struct fm_rule {
	unsigned int line;
	const char *name;
	uint32_t priority;
	const char *application, *mn_class, *mobile_node; /* NULL = any */
	struct setting_list days; /* of struct fm_choice, 0 Monday .. 6 Sunday */
	uint32_t from, to;        /* minutes */
	struct setting_list available; /* of struct fm_choice, enum pmip_att */
	bool load;
	uint32_t load_technology; /* 0 = of the tunnel in use */
	struct setting_range drop_permille, rate_kbps;
	struct setting_list prefer; /* of struct fm_choice */
	bool stay;
};

struct fm_settings {
	uint32_t source; /* enum fm_source */
	const char *flow_socket;
	const char *control; /* NULL = the default */
	uint32_t log_level;
	uint32_t watch; /* enum flowmob_watch */
	uint32_t queue;
	struct setting_list prefixes; /* of struct fm_prefix */
	uint32_t poll_interval_ms, flow_idle_timeout_s, max_flows, max_attachments;
	uint32_t congestion_drop_permille, congestion_min_packets, hysteresis_ms;
	bool throughput_drop;
	struct setting_list applications, classes, rules;
};

struct fm_queue;

struct fm {
	struct settings *settings; /* in force */
	const char *file;
	bool verbose;
	uint64_t start_us;
	struct event_base *base;
	struct event *signal_events[SERVICE_SIGNALS], *timer_event;
	struct control *control;
	struct flowmob_manager *manager;
	struct flowmob_policy *policy;
	struct flowmob_applications *applications;
	struct seqpacket *lma;  /* NULL = not connected */
	uint64_t full, lma_full, full_us; /* as counted when it was logged last, and when that was */
	struct fm_queue *queue; /* NULL = the LMA is the source */
};

extern const struct program fm_program;
extern const struct control_command fm_commands[];

struct pmip_now fm_now(void);
/* Do what the manager wants done, and set the timer. */
void fm_turn(struct fm *fm);
/* Read the file again and put it in force. @return 0, or -1 with the faults reported. */
int fm_reload(struct fm *fm, struct report *report);

/* policy.c: make them of settings, or tell which do not fit together: report may be NULL for settings that are known to. @return 0 or -1. */
int fm_policy_make(struct flowmob_policy **policy, struct flowmob_applications **applications, const struct fm_settings *s,
		   struct report *report);
/* The weekdays' names, in their order; ends with name NULL. */
extern const struct setting_choice fm_days[];

/* commands.c: what the manager tells. */
void fm_told_flow(struct fm *fm, const struct flowmob_flow_event *event);
void fm_told_result(struct fm *fm, const struct flowmob_action *action);

/* queue.c: packets of NFQUEUE, and the rules that fill it. */
int fm_queue_new(struct fm_queue **made, struct fm *fm);
void fm_queue_free(struct fm_queue *queue);
/* The LMA's flows are known: every connection is looked at anew, if that was not so before. */
void fm_queue_begin(struct fm_queue *queue);
/* Nobody knows flows: packets pass. */
void fm_queue_end(struct fm_queue *queue);
void fm_queue_verdict(struct fm_queue *queue, uint64_t handle, uint32_t tunnel);
/* Give the kernel what is decided. */
void fm_queue_flush(struct fm_queue *queue);
const struct flowmob_nfqueue_counters *fm_queue_counters(struct fm_queue *queue);

#endif
