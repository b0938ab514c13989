/* SPDX-License-Identifier: BSD-2-Clause */
/* libyaml events to a jansson tree. Nesting is kept on a stack of our own with a fixed depth, so no input
 * makes us recurse. */
#include <config.h>

#include "common/yaml.h"

#include <stdlib.h>
#include <string.h>
#include <yaml.h>

#define DEPTH_MAX 8

struct frame {
	json_t *container; /* borrowed: the tree holds it */
	char *key;         /* mapping: the key whose value comes next; owned */
	unsigned int key_line;
};

struct reader {
	struct yaml_doc *doc;
	struct report *report;
	struct frame stack[DEPTH_MAX];
	unsigned int depth;
	bool done; /* the stream has ended */
	int err;   /* -1: give up */
};

static void fail(struct reader *r, unsigned int line, const char *text)
{
	report_add(r->report, line, NULL, "%s", text);
	r->err = -1;
}

static void fail_memory(struct reader *r)
{
	fail(r, 0, "found no memory left, expected enough to read the file");
}

static int mark(struct reader *r, const json_t *node, unsigned int line, unsigned int key_line, bool quoted)
{
	struct yaml_doc *doc = r->doc;
	struct yaml_mark *marks;
	size_t cap;

	if (doc->mark_count == doc->mark_cap) {
		cap = doc->mark_cap ? doc->mark_cap * 2 : 64;
		marks = reallocarray(doc->marks, cap, sizeof(*marks));
		if (!marks)
			return -1;
		doc->marks = marks;
		doc->mark_cap = cap;
	}
	doc->marks[doc->mark_count++] = (struct yaml_mark){ node, line, key_line, quoted };
	return 0;
}

/* The value of a mapping's key: into the mapping, or aside when the key has been there before. */
static int put_member(struct reader *r, struct frame *top, json_t *node)
{
	const json_t *before = json_object_get(top->container, top->key);
	unsigned int first = top->key_line;
	size_t i;

	if (!before)
		return json_object_set_new(top->container, top->key, node);
	for (i = 0; i < r->doc->mark_count; i++)
		if (r->doc->marks[i].node == before)
			first = r->doc->marks[i].key_line;
	report_add(r->report, top->key_line, top->key,
		   "found a second time, expected once (the first is in line %u)", first);
	return json_array_append_new(r->doc->duplicates, node);
}

/* Put a new node into its place. Takes over node. */
static void place(struct reader *r, json_t *node, unsigned int line, bool quoted)
{
	struct frame *top = r->depth ? &r->stack[r->depth - 1] : NULL;
	unsigned int key_line = top && top->key ? top->key_line : line;
	int err;

	if (!node || mark(r, node, line, key_line, quoted)) {
		json_decref(node);
		fail_memory(r);
		return;
	}
	if (!top) {
		r->doc->root = node;
		return;
	}
	if (json_is_array(top->container)) {
		err = json_array_append_new(top->container, node);
	} else {
		err = put_member(r, top, node);
		free(top->key);
		top->key = NULL;
	}
	if (err)
		fail_memory(r);
}

static void scalar(struct reader *r, const yaml_event_t *event, unsigned int line)
{
	const char *text = (const char *)event->data.scalar.value;
	size_t i, len = event->data.scalar.length;
	struct frame *top = r->depth ? &r->stack[r->depth - 1] : NULL;

	for (i = 0; i < len; i++) {
		if ((unsigned char)text[i] < ' ') {
			fail(r, line,
			     "found a value over several lines or with control characters, expected one line of text");
			return;
		}
	}
	if (top && json_is_object(top->container) && !top->key) {
		top->key = strdup(text);
		top->key_line = line;
		if (!top->key)
			fail_memory(r);
		return;
	}
	place(r, json_stringn(text, len), line, event->data.scalar.style != YAML_PLAIN_SCALAR_STYLE);
}

static void open_container(struct reader *r, json_t *node, unsigned int line)
{
	struct frame *top = r->depth ? &r->stack[r->depth - 1] : NULL;

	if (top && json_is_object(top->container) && !top->key) {
		json_decref(node);
		fail(r, line, "found a list or mapping as a key, expected a name");
		return;
	}
	if (r->depth == DEPTH_MAX) {
		json_decref(node);
		fail(r, line,
		     "found lists and mappings nested more than 8 deep, expected what the reference file shows");
		return;
	}
	place(r, node, line, false);
	if (!r->err)
		r->stack[r->depth++] = (struct frame){ .container = node };
}

static bool has_extras(const yaml_event_t *event)
{
	switch (event->type) { /* NOLINT: the others cannot carry any */
	case YAML_SCALAR_EVENT:
		return event->data.scalar.anchor || event->data.scalar.tag;
	case YAML_SEQUENCE_START_EVENT:
		return event->data.sequence_start.anchor || event->data.sequence_start.tag;
	case YAML_MAPPING_START_EVENT:
		return event->data.mapping_start.anchor || event->data.mapping_start.tag;
	case YAML_ALIAS_EVENT:
		return true;
	case YAML_NO_EVENT:
	case YAML_STREAM_START_EVENT:
	case YAML_STREAM_END_EVENT:
	case YAML_DOCUMENT_START_EVENT:
	case YAML_DOCUMENT_END_EVENT:
	case YAML_SEQUENCE_END_EVENT:
	case YAML_MAPPING_END_EVENT:
	default:
		return false;
	}
}

static void take(struct reader *r, const yaml_event_t *event)
{
	unsigned int line = (unsigned int)event->start_mark.line + 1;

	if (has_extras(event)) {
		fail(r, line,
		     "found an anchor (&), alias (*) or tag (!), expected plain values; put a text that begins so in quotes");
		return;
	}
	switch (event->type) {
	case YAML_SCALAR_EVENT:
		scalar(r, event, line);
		break;
	case YAML_SEQUENCE_START_EVENT:
		open_container(r, json_array(), line);
		break;
	case YAML_MAPPING_START_EVENT:
		open_container(r, json_object(), line);
		break;
	case YAML_SEQUENCE_END_EVENT:
	case YAML_MAPPING_END_EVENT:
		r->depth--;
		break;
	case YAML_DOCUMENT_START_EVENT:
		if (r->doc->root)
			fail(r, line, "found a second document (---), expected one");
		break;
	case YAML_STREAM_END_EVENT:
		r->done = true;
		break;
	case YAML_NO_EVENT:
	case YAML_ALIAS_EVENT:
	case YAML_STREAM_START_EVENT:
	case YAML_DOCUMENT_END_EVENT:
	default:
		break;
	}
}

static int by_node(const void *a, const void *b)
{
	const struct yaml_mark *x = a, *y = b;

	return x->node < y->node ? -1 : x->node > y->node;
}

static void bad_yaml(struct reader *r, const yaml_parser_t *parser)
{
	const char *problem = parser->problem ? parser->problem : "no memory";
	const char *hint =
		strstr(problem, "mapping values") ? "; put a value that ends in a colon in quotes"
		: strstr(problem, "start any token")
			? "; indent with spaces, and put a value that begins with a special character in quotes"
			: "";

	report_add(r->report, (unsigned int)parser->problem_mark.line + 1, NULL,
		   "found no valid YAML (%s), expected \"key: value\" lines%s", problem, hint);
	r->err = -1;
}

int yaml_read(struct yaml_doc *doc, FILE *file, struct report *report)
{
	struct reader r = { .doc = doc, .report = report };
	yaml_parser_t parser;
	yaml_event_t event;
	unsigned int i;

	memset(doc, 0, sizeof(*doc));
	doc->duplicates = json_array();
	if (!doc->duplicates || !yaml_parser_initialize(&parser)) {
		fail_memory(&r);
		return -1;
	}
	yaml_parser_set_input_file(&parser, file);
	while (!r.err && !r.done) {
		if (!yaml_parser_parse(&parser, &event)) {
			bad_yaml(&r, &parser);
			break;
		}
		take(&r, &event);
		yaml_event_delete(&event);
	}
	yaml_parser_delete(&parser);
	for (i = 0; i < DEPTH_MAX; i++)
		free(r.stack[i].key);
	if (doc->mark_count)
		qsort(doc->marks, doc->mark_count, sizeof(doc->marks[0]), by_node);
	return r.err;
}

void yaml_free(struct yaml_doc *doc)
{
	json_decref(doc->root);
	json_decref(doc->duplicates);
	free(doc->marks);
	memset(doc, 0, sizeof(*doc));
}

const struct yaml_mark *yaml_mark_of(const struct yaml_doc *doc, const json_t *node)
{
	const struct yaml_mark key = { .node = node };

	return bsearch(&key, doc->marks, doc->mark_count, sizeof(doc->marks[0]), by_node);
}
