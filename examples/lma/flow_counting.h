/* SPDX-License-Identifier: BSD-2-Clause */
/* What flows and tunnels have counted, for the flow manager. */
#ifndef EXAMPLES_LMA_FLOW_COUNTING_H
#define EXAMPLES_LMA_FLOW_COUNTING_H

#include "common/daemon.h"
#include "lma/flow_link.h"

struct flow_counting;

/* @param[in] link borrowed. @return 0, or -1: no memory */
int flow_counting_new(struct flow_counting **made, struct daemon *daemon, struct flow_link *link);
/* NULL is fine. */
void flow_counting_free(struct flow_counting *counting);
/* Answer a request for counters; that of flows maybe later. */
void flow_counting_flows(struct flow_counting *counting, const struct flowmob_fmp *request);
void flow_counting_tunnels(struct flow_counting *counting, const struct flowmob_fmp *request);
/* Who has asked is gone: begin anew with the next one. NULL is fine. */
void flow_counting_end(struct flow_counting *counting);

#endif
