/* SPDX-License-Identifier: BSD-2-Clause */
/* What happens to whom, in which order: the same for the same seed, whatever the LMA does and however long it takes. First each client is
 * registered, then come handovers, releases and refreshes as they are asked for, and who was released is registered again. */
#ifndef EXAMPLES_PERF_PLAN_H
#define EXAMPLES_PERF_PLAN_H

#include <stdbool.h>
#include <stdint.h>

enum plan_kind {
	PLAN_REGISTER,
	PLAN_REFRESH,
	PLAN_HANDOVER,
	PLAN_RELEASE,
	PLAN_KINDS,
};

struct plan_event {
	uint32_t client;
	uint8_t kind; /* enum plan_kind */
	uint8_t mag;  /* where the client is, or comes to */
};

struct plan_settings {
	uint32_t clients;      /* from 1 on */
	uint8_t mags;          /* from 1 on */
	unsigned int handover; /* percentages of what comes after the first registrations; as many are registered again as are released, and the rest */
	unsigned int release;  /* are refreshes */
	uint64_t seed;
};

struct plan {
	struct plan_settings settings;
	uint64_t random;
	uint64_t made;   /* events */
	uint32_t bound;  /* how many clients are registered */
	uint32_t *order; /* all clients, the registered ones first */
	uint32_t *last;  /* by client: its last event, modulo 2^32 */
	uint8_t *mag;    /* by client */
};

/* @return 0, or -1 without memory. */
int plan_init(struct plan *plan, const struct plan_settings *settings);
void plan_fini(struct plan *plan);
struct plan_event plan_next(struct plan *plan);

const char *plan_kind_name(enum plan_kind kind);

#endif
