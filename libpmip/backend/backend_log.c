/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdarg.h>
#include <stdio.h>

#include "backend/backend_log.h"

void pmip__backend_log(const struct pmip_log *log, enum pmip_log_level level, const char *area, const char *format, ...)
{
	char line[512];
	va_list args;

	if (log == NULL || log->write == NULL)
		return;
	va_start(args, format);
	vsnprintf(line, sizeof(line), format, args);
	va_end(args);
	log->write(log->user, level, area, line);
}
