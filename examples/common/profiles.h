/* SPDX-License-Identifier: BSD-2-Clause */
/* Checks on lists that both daemons have: no value twice, no two prefixes that overlap. */
#ifndef EXAMPLES_PROFILES_H
#define EXAMPLES_PROFILES_H

#include "common/settings.h"

/* Names seen so far, each with its line. */
struct seen {
	json_t *lines;
};

void seen_init(struct seen *seen);
void seen_fini(struct seen *seen);
/* Report when text was there before. what: "mobile node", for the message. */
void seen_add(struct seen *seen, struct report *report, const char *text, const char *what, unsigned int line,
	      const char *key);

/* One prefix and where it stands. */
struct placed_prefix {
	struct pmip_prefix prefix;
	unsigned int line;
	char key[96];
};

/* Report all that overlap. Sorts the list. */
void report_overlaps(struct report *report, struct placed_prefix *list, size_t count);

#endif
