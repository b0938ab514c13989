/* SPDX-License-Identifier: BSD-2-Clause */
/* Walks a file's tree along the table of rows. How deep it goes is up to the table, never to the file. */
#include <config.h>

#include "common/settings.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define PATH_CAP 192
#define EXPECT_CAP 1024

struct walk {
	struct settings *settings;
	struct report *report;
};

const struct setting_row setting_interface = { .type = SETTING_INTERFACE, .offset = offsetof(struct setting_name, name) };

static void read_row(struct walk *w, const struct setting_row *row, const json_t *value, const json_t *parent,
		     char *base, const char *path);

static void *allocate(struct walk *w, size_t count, size_t size)
{
	struct settings *s = w->settings;
	void **list = reallocarray(s->allocations, s->allocation_count + 1, sizeof(*list));
	void *p = list ? calloc(count, size) : NULL;

	if (list)
		s->allocations = list;
	if (p)
		s->allocations[s->allocation_count++] = p;
	else
		report_add(w->report, 0, NULL, "found no memory left, expected enough to read the file");
	return p;
}

static unsigned int line_of(const struct walk *w, const json_t *node)
{
	return node ? yaml_mark_of(&w->settings->doc, node)->line : 1;
}

static char *member_path(char *buf, const char *path, const char *key)
{
	snprintf(buf, PATH_CAP, "%s%s%s", path, *path ? "." : "", key);
	return buf;
}

static const char *describe(const json_t *value, char *buf, size_t cap)
{
	if (json_is_object(value))
		return "a mapping";
	if (json_is_array(value))
		return "a list";
	return report_quote(buf, cap, json_string_value(value));
}

static void mismatch(struct walk *w, const struct setting_row *row, const json_t *value, const char *path)
{
	char found[80], expect[EXPECT_CAP];

	report_add(w->report, line_of(w, value), path, "found %s, expected %s",
		   describe(value, found, sizeof(found)), setting_expect(row, expect, sizeof(expect)));
}

/* Letters to change, insert or remove to get from a to b. */
static size_t distance(const char *a, const char *b)
{
	size_t row[64], i, j, diagonal, above, n = strlen(b);

	if (n >= 64 || strlen(a) >= 64)
		return SIZE_MAX;
	for (j = 0; j <= n; j++)
		row[j] = j;
	for (i = 1; a[i - 1] != '\0'; i++) {
		diagonal = row[0];
		row[0] = i;
		for (j = 1; j <= n; j++) {
			above = row[j];
			row[j] = diagonal + (a[i - 1] != b[j - 1]);
			if (above + 1 < row[j])
				row[j] = above + 1;
			if (row[j - 1] + 1 < row[j])
				row[j] = row[j - 1] + 1;
			diagonal = above;
		}
	}
	return row[n];
}

/* Key names of a mapping that are at most limit letters away from key. @return how many. */
static size_t near_keys(const struct setting_row *rows, const char *key, size_t limit, char *buf, size_t cap)
{
	size_t count = 0, len;

	for (; rows->type != SETTING_END; rows++) {
		if (rows->type == SETTING_INCLUDE) {
			count += near_keys(rows->rows, key, limit, buf, cap);
		} else if (distance(key, rows->key) <= limit) {
			len = strlen(buf);
			snprintf(buf + len, cap - len, "%s%s", len ? ", " : "", rows->key);
			count++;
		}
	}
	return count;
}

static void unknown_key(struct walk *w, const struct setting_row *rows, const char *key, const json_t *value,
			const char *path)
{
	char full[PATH_CAP], shown[80], names[EXPECT_CAP] = "";
	size_t limit;

	for (limit = 1; limit <= 3; limit++)
		if (near_keys(rows, key, limit, names, sizeof(names)) > 0)
			break;
	if (limit > 3)
		near_keys(rows, key, SIZE_MAX, names, sizeof(names));
	report_quote(shown, sizeof(shown), key);
	shown[strlen(shown) - 1] = '\0';
	report_add(w->report, yaml_mark_of(&w->settings->doc, value)->key_line,
		   member_path(full, path, shown + 1),
		   limit > 3 ? "found an unknown key, expected one of %s"
			     : "found an unknown key, expected perhaps %s",
		   names);
}

static const struct setting_row *find_row(const struct setting_row *rows, const char *key)
{
	const struct setting_row *found;

	for (; rows->type != SETTING_END; rows++) {
		found = rows->type == SETTING_INCLUDE ? find_row(rows->rows, key)
			: strcmp(rows->key, key) == 0 ? rows
						      : NULL;
		if (found)
			return found;
	}
	return NULL;
}

static void read_rows(struct walk *w, const struct setting_row *rows, const json_t *map, char *base,
		      const char *path)
{
	for (; rows->type != SETTING_END; rows++) {
		if (rows->type == SETTING_INCLUDE)
			read_rows(w, rows->rows, map, base + rows->offset, path);
		else
			read_row(w, rows, json_object_get(map, rows->key), map, base, path);
	}
}

static void read_map(struct walk *w, const struct setting_row *rows, const json_t *map, char *base,
		     const char *path)
{
	const char *key;
	json_t *value;

	/* The walk reads only; jansson's iterator has no const form. */
	json_object_foreach ((json_t *)(uintptr_t)map, key, value)
		if (!find_row(rows, key))
			unknown_key(w, rows, key, value, path);
	read_rows(w, rows, map, base, path);
}

static void read_list(struct walk *w, const struct setting_row *row, const json_t *value, char *base,
		      const char *path)
{
	struct setting_list *list = (struct setting_list *)(void *)(base + row->offset);
	size_t i, before, count = json_array_size(value);
	char full[PATH_CAP + 32];
	const json_t *item;
	char *slot;

	if (count < row->min || count > row->max) {
		char expect[EXPECT_CAP];

		report_add(w->report, line_of(w, value), path, "found a list of %zu, expected %s", count,
			   setting_expect(row, expect, sizeof(expect)));
		return;
	}
	list->items = count ? allocate(w, count, row->item_size) : NULL;
	for (i = 0; list->items && i < count; i++) {
		slot = (char *)list->items + i * row->item_size;
		item = json_array_get(value, i);
		snprintf(full, sizeof(full), "%s[%zu]", path, i);
		full[PATH_CAP - 1] = '\0';
		*(unsigned int *)(void *)slot = line_of(w, item);
		before = w->report->found;
		read_row(w, row->rows, item, NULL, slot, full);
		if (w->report->found != before)
			*(unsigned int *)(void *)slot = 0;
		list->count = i + 1;
	}
}

static void read_absent(struct walk *w, const struct setting_row *row, const json_t *parent, char *base,
			const char *path)
{
	char expect[EXPECT_CAP];

	if (row->required)
		report_add(w->report, line_of(w, parent), path,
			   "found no such key, expected %s; it is required",
			   setting_expect(row, expect, sizeof(expect)));
	else if (row->type == SETTING_MAP)
		read_rows(w, row->rows, NULL, base, path);
	else if (row->def && setting_parse(row, row->def, base + row->offset))
		abort(); /* a default outside its own range: --check-config of any file shows it */
}

/* A text in place of a mapping. */
static void read_plain(struct walk *w, const struct setting_row *row, const json_t *value, char *base, const char *path)
{
	if (setting_parse(row->rows, json_string_value(value), base + row->rows->offset))
		mismatch(w, row, value, path);
	read_rows(w, row->rows + 1, NULL, base, path);
}

/* One value of a mapping (parent given; value may be NULL, not there) or of a list (key NULL: path names it
 * already). */
static void read_row(struct walk *w, const struct setting_row *row, const json_t *value, const json_t *parent,
		     char *base, const char *path)
{
	char full[PATH_CAP];

	if (row->key)
		path = member_path(full, path, row->key);
	if (!value)
		read_absent(w, row, parent, base, path);
	else if (row->type == SETTING_MAP && json_is_object(value))
		read_map(w, row->rows, value, base, path);
	else if (row->type == SETTING_MAP && row->plain && json_is_string(value))
		read_plain(w, row, value, base, path);
	else if (row->type == SETTING_LIST && json_is_array(value))
		read_list(w, row, value, base, path);
	else if (row->type == SETTING_MAP || row->type == SETTING_LIST || !json_is_string(value) ||
		 setting_parse(row, json_string_value(value), base + row->offset))
		mismatch(w, row, value, path);
}

static FILE *open_file(const char *file, const char *reference, struct report *report)
{
	FILE *f = fopen(file, "re");

	if (!f)
		report_add(
			report, 0, NULL,
			"found no readable file (%s), expected a configuration; copy %s there and adapt it, or name a file with -c",
			strerror(errno), reference);
	return f;
}

struct settings *settings_load(const char *file, const struct setting_row *rows, size_t size,
			       const char *reference, struct report *report)
{
	struct settings *s = calloc(1, sizeof(*s));
	struct walk w = { .settings = s, .report = report };
	FILE *f = open_file(file, reference, report);
	int err = -1;

	if (!s || !f)
		goto out;
	s->file = file;
	s->rows = rows;
	s->values = calloc(1, size);
	if (!s->values || yaml_read(&s->doc, f, report))
		goto out;
	if (!s->doc.root)
		report_add(report, 0, NULL,
			   "found an empty file, expected a configuration; copy %s there and adapt it",
			   reference);
	else if (!json_is_object(s->doc.root))
		report_add(report, 1, NULL, "found no mapping, expected \"key: value\" lines such as in %s",
			   reference);
	else
		read_map(&w, rows, s->doc.root, s->values, "");
	err = 0;
out:
	if (f)
		fclose(f);
	if (err) {
		settings_free(s);
		s = NULL;
	}
	return s;
}

void settings_free(struct settings *settings)
{
	size_t i;

	if (!settings)
		return;
	for (i = 0; i < settings->allocation_count; i++)
		free(settings->allocations[i]);
	free(settings->allocations);
	free(settings->values);
	yaml_free(&settings->doc);
	free(settings);
}

unsigned int settings_line(const struct settings *settings, const char *key)
{
	const json_t *value = json_object_get(settings->doc.root, key);

	return value ? yaml_mark_of(&settings->doc, value)->key_line : 1;
}

static bool differs(const struct setting_row *row, const json_t *a, const json_t *b)
{
	if (a && b)
		return !json_equal(a, b);
	if (!a && !b)
		return false;
	return !row->def || strcmp(row->def, json_string_value(a ? a : b)) != 0;
}

static void check_reload(const struct setting_row *rows, const struct settings *now,
			 const struct settings *next, struct report *report)
{
	const json_t *a, *b;

	for (; rows->type != SETTING_END; rows++) {
		if (rows->type == SETTING_INCLUDE) {
			check_reload(rows->rows, now, next, report);
			continue;
		}
		a = json_object_get(now->doc.root, rows->key);
		b = json_object_get(next->doc.root, rows->key);
		if (rows->restart && differs(rows, a, b))
			report_add(
				report, settings_line(next, rows->key), rows->key,
				"found another value than the running one, expected the same; restart the program to change it");
	}
}

void settings_check_reload(const struct settings *now, const struct settings *next, struct report *report)
{
	check_reload(now->rows, now, next, report);
}

static void print_keys(const struct setting_row *rows, const char *path)
{
	char full[PATH_CAP + 8], expect[EXPECT_CAP];
	const struct setting_row *row;

	for (row = rows; row->type != SETTING_END; row++) {
		if (row->type == SETTING_INCLUDE) {
			print_keys(row->rows, path);
			continue;
		}
		member_path(full, path, row->key);
		printf("%s\t%s\t%s%s\t%s%s\n", full, setting_expect(row, expect, sizeof(expect)),
		       row->required ? "required" : "default ",
		       row->required ? ""
		       : row->def    ? row->def
				     : "none",
		       row->help, row->restart ? " (restart to change)" : "");
		if (row->type == SETTING_MAP)
			print_keys(row->rows, full);
		snprintf(full + strlen(full), sizeof(full) - strlen(full), "[]");
		if (row->type == SETTING_LIST && row->rows->type == SETTING_MAP)
			print_keys(row->rows->rows, full);
	}
}

void settings_print_keys(const struct setting_row *rows)
{
	print_keys(rows, "");
}
