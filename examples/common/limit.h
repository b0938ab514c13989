/* SPDX-License-Identifier: BSD-2-Clause */
/* Says things once per interval. What is the same is told by a text, the key; a peer that invents ever new
 * keys fills a fixed table and then shares one entry with the other overflow. */
#ifndef EXAMPLES_LIMIT_H
#define EXAMPLES_LIMIT_H

#include <pmip/log.h>

struct limit;

/* @return NULL when there is no memory. */
struct limit *limit_new(void);
void limit_free(struct limit *limit);
/* Milliseconds between two lines of one key; 0 = say everything. */
void limit_set_interval(struct limit *limit, uint32_t interval_ms);

/* Log a line now, or count it when the same key has been logged within the interval. */
void limit_log(struct limit *limit, uint64_t mono_us, enum pmip_log_level level, const char *area,
	       const char *key, const char *message);
/* Log what has been counted in intervals that are over. */
void limit_flush(struct limit *limit, uint64_t mono_us);

#endif
