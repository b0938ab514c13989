/* SPDX-License-Identifier: BSD-2-Clause */
/* What is counted of a run. */
#ifndef EXAMPLES_PERF_STATS_H
#define EXAMPLES_PERF_STATS_H

#include "perf/histogram.h"
#include "perf/message.h"

struct stats_kind {
	uint64_t begun;    /* events; each ends as one of the next three, unless the run is interrupted */
	uint64_t accepted;
	uint64_t refused;
	uint64_t lost;     /* not answered, however often it was sent */
	uint64_t again;    /* retransmissions */
	struct histogram latency_ns; /* from the first sending to the answer */
};

struct stats_phase {
	uint64_t events;   /* that were answered, one way or the other */
	uint64_t start_ns, end_ns;
};

struct stats {
	struct stats_kind kinds[PLAN_KINDS];
	struct stats_phase first; /* the first registrations */
	struct stats_phase mix;   /* what came after them */
	uint64_t status[256];  /* of answers to events */
	uint64_t faults[FAULT_COUNT];
	uint64_t duplicates;   /* answers that give a client a prefix that another one has */
	uint64_t changed;      /* refreshes and handovers that give another prefix than before */
	uint64_t surplus;      /* answers that nobody waits for: to a PBU that was sent again, or too late */
	uint64_t malformed;
	uint64_t other;        /* messages that are not about our clients */
	uint64_t unsent;       /* PBUs that the kernel did not take */
	uint64_t skipped;      /* events that were pointless after a failed one: releases of who is not registered */
};

/* All kinds together. @param[out] all 0 before. */
void stats_sum(const struct stats *stats, struct stats_kind *all);
static inline uint64_t stats_sent(const struct stats_kind *kind)
{
	return kind->begun + kind->again;
}
static inline uint64_t stats_received(const struct stats_kind *kind)
{
	return kind->accepted + kind->refused;
}
/* Events a second; 0 when there were none. */
double stats_rate(const struct stats_phase *phase);
uint64_t stats_wrong(const struct stats *stats);

#endif
