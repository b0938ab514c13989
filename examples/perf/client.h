/* SPDX-License-Identifier: BSD-2-Clause */
/* What is known of a mobile node beside its prefix; there may be millions. */
#ifndef EXAMPLES_PERF_CLIENT_H
#define EXAMPLES_PERF_CLIENT_H

#include "perf/plan.h"

#define CLIENT_IDLE PLAN_KINDS

struct client {
	uint64_t sent_ns;   /* the first PBU of its event */
	uint64_t timestamp; /* of its last PBU, as on the wire */
	uint16_t seq;       /* of its last PBU */
	uint8_t sends;      /* PBUs of its event so far */
	uint8_t kind;       /* of its event, enum plan_kind; CLIENT_IDLE: none waits for an answer */
	uint8_t mag;        /* where its event takes place, or where it is */
	uint8_t next_kind;  /* the event that is to follow; CLIENT_IDLE = none */
	uint8_t next_mag;
	uint8_t bound;      /* whether it is registered, as far as answers tell */
};

#endif
