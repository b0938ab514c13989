/* SPDX-License-Identifier: BSD-2-Clause */
/* The program's log: one line per message on standard error, "TIMESTAMP LEVEL area: message", wall clock in
 * UTC with microseconds, because interruption times are read from it. */
#ifndef EXAMPLES_LOG_H
#define EXAMPLES_LOG_H

#include <pmip/log.h>

/* For the libraries; writes to the same place. */
extern const struct pmip_log log_sink;

void log_set_level(enum pmip_log_level level);
enum pmip_log_level log_get_level(void);

/* Name of a level, "info"; the level of a name, or 0. */
const char *log_level_name(enum pmip_log_level level);
enum pmip_log_level log_level_by_name(const char *name);

__attribute__((format(printf, 3, 4))) void log_line(enum pmip_log_level level, const char *area,
						    const char *format, ...);
/* Whether what may come all the time is to be logged: not within a minute of *told_us, 0 = never, which becomes now if so. */
bool log_is_due(uint64_t *told_us, uint64_t now_us);

#endif
