/* SPDX-License-Identifier: BSD-2-Clause */
/* What came of a run, for people and for programs, and what of it is not as expected. */
#ifndef EXAMPLES_PERF_REPORT_H
#define EXAMPLES_PERF_REPORT_H

#include "perf/settings.h"
#include "perf/stats.h"

/* What may fail. */
enum expectation {
	EXPECT_DROP = 0x01,
	EXPECT_P99 = 0x02,
	EXPECT_UNIQUE = 0x04,
	EXPECT_SAME = 0x08,
	EXPECT_RIGHT = 0x10, /* answers say what they have to, and can be read */
};

/* @param[in] all the sum of the kinds. @return those that have failed. */
unsigned int report_failed(const struct settings *settings, const struct stats *stats, const struct stats_kind *all);
/* Name of one of them, e.g. "max-drop". */
const char *report_name(enum expectation expectation);
/* Both print to standard output. @param[in] echo of the responder that was measured before; NULL = none was. */
void report_table(const struct settings *settings, const struct stats *stats, const struct stats *echo);
void report_json(const struct settings *settings, const struct stats *stats, const struct stats *echo);

#endif
