/* SPDX-License-Identifier: BSD-2-Clause */
/* What is wrong with a configuration file: every fault as one line "FILE:LINE: KEY: found X, expected Y", in
 * the order of the file. A start prints them, a reload logs them, the control socket hands them over. */
#ifndef EXAMPLES_REPORT_H
#define EXAMPLES_REPORT_H

#include <stddef.h>

/* Faults kept; of any more only the number is. */
#define REPORT_MAX 100

struct report_line {
	unsigned int line; /* in the file, from 1; 0 = the file as a whole */
	size_t order;      /* keeps the order of finding within a line */
	char *text;        /* the whole line, owned */
};

struct report {
	const char *file; /* borrowed */
	size_t found;     /* faults found, kept or not */
	struct report_line lines[REPORT_MAX];
};

void report_init(struct report *report, const char *file);
void report_fini(struct report *report);

/* Add a fault. key may be NULL. */
__attribute__((format(printf, 4, 5))) void report_add(struct report *report, unsigned int line,
						      const char *key, const char *format, ...);

/* Hand every fault to write(), in the order of the file. */
void report_each(struct report *report, void (*write)(void *user, const char *text), void *user);

/* text in double quotes, shortened and made printable; "nothing" when it is empty. @return buf. */
char *report_quote(char *buf, size_t cap, const char *text);

#endif
