/* SPDX-License-Identifier: BSD-2-Clause */
/* Flows without packets come to their end, whoever has made them known (FMP-10). */
#ifndef EXAMPLES_LMA_FLOW_AGING_H
#define EXAMPLES_LMA_FLOW_AGING_H

#include "common/daemon.h"

struct flow_aging;

/* @return 0, or -1: no memory */
int flow_aging_new(struct flow_aging **made, struct daemon *daemon);
/* NULL is fine. */
void flow_aging_free(struct flow_aging *aging);

#endif
