/* SPDX-License-Identifier: BSD-2-Clause */
/* Checks on lists. They take n log n steps: a list of mobile nodes can be long. */
#include <config.h>

#include "common/profiles.h"

#include <stdlib.h>
#include <string.h>

void seen_init(struct seen *seen)
{
	seen->lines = json_object();
}

void seen_fini(struct seen *seen)
{
	json_decref(seen->lines);
}

void seen_add(struct seen *seen, struct report *report, const char *text, const char *what, unsigned int line,
	      const char *key)
{
	const json_t *before = json_object_get(seen->lines, text);
	char found[300];

	if (before)
		report_add(report, line, key,
			   "found %s a second time, expected each %s once (the first is in line %lld)",
			   report_quote(found, sizeof(found), text), what,
			   (long long)json_integer_value(before));
	else
		json_object_set_new(seen->lines, text, json_integer(line));
}

static int by_prefix(const void *a, const void *b)
{
	const struct placed_prefix *x = a, *y = b;
	int order = memcmp(&x->prefix.addr, &y->prefix.addr, sizeof(x->prefix.addr));

	if (order != 0)
		return order;
	if (x->prefix.len != y->prefix.len)
		return x->prefix.len < y->prefix.len ? -1 : 1;
	return x->line < y->line ? -1 : x->line > y->line;
}

void report_overlaps(struct report *report, struct placed_prefix *list, size_t count)
{
	const struct placed_prefix *widest = list, *later, *earlier;
	char a[PMIP_PREFIX_STRLEN], b[PMIP_PREFIX_STRLEN];
	size_t i;

	if (count > 1)
		qsort(list, count, sizeof(*list), by_prefix);
	/* In this order a prefix overlaps an earlier one only when it lies in the last one that lay in no
	 * other. */
	for (i = 1; i < count; i++) {
		if (!pmip_prefix_contains(&widest->prefix, &list[i].prefix.addr)) {
			widest = &list[i];
			continue;
		}
		later = list[i].line >= widest->line ? &list[i] : widest;
		earlier = later == widest ? &list[i] : widest;
		report_add(report, later->line, later->key,
			   "found %s, expected a prefix that does not overlap %s (line %u)",
			   pmip_prefix_format(&later->prefix, a), pmip_prefix_format(&earlier->prefix, b),
			   earlier->line);
	}
}
