/* SPDX-License-Identifier: BSD-2-Clause */
/* A YAML file as a jansson tree, with the line of every node beside it.
 *
 * Every scalar becomes a JSON string, as it stands in the file: what it means is for settings.c to say, who
 * knows what each key wants (so "off", "02:00:00:00:00:01" and "1500ms" need no quotes). Anchors, aliases,
 * tags and several documents are refused. */
#ifndef EXAMPLES_YAML_H
#define EXAMPLES_YAML_H

#include "common/report.h"

#include <jansson.h>
#include <stdbool.h>
#include <stdio.h>

struct yaml_mark {
	const json_t *node;    /* in the tree */
	unsigned int line;     /* where it begins, from 1 */
	unsigned int key_line; /* where its key stands; the same as line in a list */
	bool quoted;           /* a scalar in quotes */
};

struct yaml_doc {
	json_t *root;       /* NULL when the file holds nothing */
	json_t *duplicates; /* values of keys that stand twice, kept so that no two nodes share an address */
	struct yaml_mark *marks; /* sorted by node */
	size_t mark_count;
	size_t mark_cap;
};

/* Read a whole file. Keys that stand twice are reported and the first value stays. @return 0, or -1 when it
 * cannot be read as YAML (reported). The caller frees doc in either case. */
int yaml_read(struct yaml_doc *doc, FILE *file, struct report *report);
void yaml_free(struct yaml_doc *doc);

/* Where a node of the tree stands. Never NULL for a node of this document. */
const struct yaml_mark *yaml_mark_of(const struct yaml_doc *doc, const json_t *node);

#endif
