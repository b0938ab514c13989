/* SPDX-License-Identifier: BSD-2-Clause */
/* Collects the faults of a configuration file. */
#include <config.h>

#include "common/report.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void report_init(struct report *report, const char *file)
{
	memset(report, 0, sizeof(*report));
	report->file = file;
}

static size_t kept(const struct report *report)
{
	return report->found < REPORT_MAX ? report->found : REPORT_MAX;
}

void report_fini(struct report *report)
{
	size_t i;

	for (i = 0; i < kept(report); i++)
		free(report->lines[i].text);
	report->found = 0;
}

void report_add(struct report *report, unsigned int line, const char *key, const char *format, ...)
{
	struct report_line *entry;
	char where[32] = "";
	char what[1536];
	va_list args;

	if (report->found++ >= REPORT_MAX)
		return;
	entry = &report->lines[report->found - 1];
	va_start(args, format);
	vsnprintf(what, sizeof(what), format, args);
	va_end(args);
	if (line != 0)
		snprintf(where, sizeof(where), ":%u", line);
	entry->line = line;
	entry->order = report->found;
	if (asprintf(&entry->text, "%s%s: %s%s%s", report->file, where, key ? key : "", key ? ": " : "",
		     what) < 0)
		entry->text = NULL;
}

static int by_line(const void *a, const void *b)
{
	const struct report_line *x = a, *y = b;

	if (x->line != y->line)
		return x->line < y->line ? -1 : 1;
	return x->order < y->order ? -1 : 1;
}

void report_each(struct report *report, void (*write)(void *user, const char *text), void *user)
{
	char more[128];
	size_t i;

	qsort(report->lines, kept(report), sizeof(report->lines[0]), by_line);
	for (i = 0; i < kept(report); i++)
		write(user, report->lines[i].text ? report->lines[i].text : "out of memory");
	if (report->found > REPORT_MAX) {
		snprintf(more, sizeof(more), "%zu more faults are not shown; correct these first",
			 report->found - REPORT_MAX);
		write(user, more);
	}
}

char *report_quote(char *buf, size_t cap, const char *text)
{
	size_t i, n = 0;

	if (*text == '\0') {
		snprintf(buf, cap, "nothing");
		return buf;
	}
	buf[n++] = '"';
	for (i = 0; text[i] != '\0' && n < cap - 6; i++)
		buf[n++] = (unsigned char)text[i] < ' ' || text[i] == 0x7f ? '?' : text[i];
	snprintf(buf + n, cap - n, "%s", text[i] != '\0' ? "...\"" : "\"");
	return buf;
}
