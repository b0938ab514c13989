/* SPDX-License-Identifier: BSD-2-Clause */
/* One line to the caller's log. */
#ifndef PMIP_BACKEND_LOG_H
#define PMIP_BACKEND_LOG_H

#include <pmip/log.h>

void pmip__backend_log(const struct pmip_log *log, enum pmip_log_level level, const char *area, const char *format, ...)
	__attribute__((format(printf, 4, 5)));

#endif
