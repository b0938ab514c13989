/* SPDX-License-Identifier: BSD-2-Clause */
/* The command line. */
#ifndef EXAMPLES_PERF_SETTINGS_H
#define EXAMPLES_PERF_SETTINGS_H

#include "perf/message.h"
#include "perf/plan.h"

#define SETTINGS_MAGS_MAX 64

struct settings {
	struct pmip_addr lma;
	struct pmip_addr mags[SETTINGS_MAGS_MAX];
	struct plan_settings plan;
	struct naming naming;
	uint64_t events;         /* after the first registrations */
	uint32_t period_s;       /* in place of a number of events; 0 = that number */
	uint32_t rate;           /* events a second; 0 = as many as the LMA answers */
	uint32_t window;         /* most events that are not answered; 0 = any number */
	uint32_t lifetime_s;
	uint32_t timeout_ms;     /* first wait for an answer */
	unsigned int retries;
	bool no_timestamp;
	uint32_t interval_s;     /* 0 = no report before the end */
	bool json;
	double max_drop;         /* percent */
	double max_p99_ms;       /* 0 = any */
	bool echo;               /* be the responder at this address: */
	bool baseline;           /* such a responder is there: */
	struct pmip_addr echo_address;
};

/* @return -1 to go on, or the exit status. */
int settings_parse(struct settings *settings, int argc, char **argv);

#endif
