/* SPDX-License-Identifier: BSD-2-Clause */
/* What benchmarks share: the clock, and an end where something goes wrong that is not to be measured. */
#ifndef PMIP_TESTS_BENCH_H
#define PMIP_TESTS_BENCH_H

#include <pmip/error.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static inline void check(int err, const char *what)
{
	if (err < 0) {
		fprintf(stderr, "%s: %s\n", what, pmip_strerror(err));
		exit(1);
	}
}

static inline double seconds(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &ts);
	return (double)ts.tv_sec + (double)ts.tv_nsec / 1e9;
}

/* For qsort(), of doubles. */
static inline int by_size(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

#endif
