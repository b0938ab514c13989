/* SPDX-License-Identifier: BSD-2-Clause */
/* How often each latency was seen, in memory that does not grow with their number; a percentile is exact to 1/64. */
#ifndef EXAMPLES_PERF_HISTOGRAM_H
#define EXAMPLES_PERF_HISTOGRAM_H

#include <stdint.h>

#define HISTOGRAM_SUB_BITS 6 /* each power of two is cut into 64 */
#define HISTOGRAM_MAX_BITS 40 /* in nanoseconds 18 minutes; what is longer counts as that long */
#define HISTOGRAM_CELLS ((HISTOGRAM_MAX_BITS - HISTOGRAM_SUB_BITS + 1) << HISTOGRAM_SUB_BITS)

struct histogram {
	uint64_t count;
	uint64_t min, max; /* exact; 0 when count is 0 */
	uint64_t cells[HISTOGRAM_CELLS];
};

void histogram_add(struct histogram *histogram, uint64_t value);
/* Add what another one has seen. */
void histogram_merge(struct histogram *histogram, const struct histogram *other);
/* The smallest value that so many thousandths of all are not above, rounded up by up to 1/64; 0 when there are none. */
uint64_t histogram_permille(const struct histogram *histogram, unsigned int permille);

#endif
