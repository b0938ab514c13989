/* SPDX-License-Identifier: BSD-2-Clause */
/* Makes the events of a plan happen: sends PBUs, takes in what answers them, sends again. */
#ifndef EXAMPLES_PERF_GENERATOR_H
#define EXAMPLES_PERF_GENERATOR_H

#include <pmip/io.h>

#include "perf/settings.h"
#include "perf/stats.h"

struct generator;

/* @param[in] settings borrowed. @param[in] peer whom to measure. @param[in] is_echo a responder that gives no prefixes. @return NULL: said why. */
struct generator *generator_new(const struct settings *settings, const struct pmip_addr *peer, bool is_echo);
void generator_free(struct generator *generator);
/* To the end of the plan, or until *stop. @return 0, or -1: said why. */
int generator_run(struct generator *generator, const volatile int *stop);
const struct stats *generator_stats(const struct generator *generator);

#endif
