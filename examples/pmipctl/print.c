/* SPDX-License-Identifier: BSD-2-Clause */
/* Replies and events for people: lists as tables, anything else as "name value" lines. */
#include <config.h>

#include "pmipctl/print.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define CELL_MAX 400

struct column {
	const char *key, *title;
};

#define COLUMNS_MAX 8

/* How a list is shown: one line for each of its objects. Of two tables for lists of one name, the first column tells which it is. */
struct table {
	const char *key, *unit; /* of the last column */
	struct column columns[COLUMNS_MAX];
	size_t count;
};

static const struct table tables[] = {
	{ "bindings", " s",
	  { { "mn_id", "MOBILE NODE" }, { "ll_id", "LINK-LAYER" }, { "state", "STATE" }, { "prefixes", "PREFIXES" },
	    { "ipv4", "IPV4" }, { "remote", "PEER" }, { "link", "LINK" }, { "expires_in_s", "EXPIRES IN" } }, 8 },
	{ "interfaces", "",
	  { { "interface", "INTERFACE" }, { "state", "STATE" }, { "ipv6_router", "IPV6 ROUTER" }, { "ipv4_router", "IPV4 ROUTER" },
	    { "mark", "MARK" } }, 5 },
	{ "flows", "",
	  { { "idle_ms", "IDLE MS" }, { "octets", "OCTETS" }, { "interface", "INTERFACE" }, { "flow", "FLOW" } }, 4 },
	{ "flows", "",
	  { { "reason", "REASON" }, { "id", "ID" }, { "mn_id", "MOBILE NODE" }, { "tunnel", "TUNNEL" }, { "application", "APPLICATION" },
	    { "octets", "OCTETS" }, { "rate_bps", "BIT/S" }, { "flow", "FLOW" } }, 8 },
	{ "flows", "",
	  { { "id", "ID" }, { "mn_id", "MOBILE NODE" }, { "remote", "MAG" }, { "tunnel", "TUNNEL" }, { "default", "DEFAULT" },
	    { "octets", "OCTETS" }, { "idle_s", "IDLE S" }, { "flow", "FLOW" } }, 8 },
};

static void cell(char *buf, size_t cap, const json_t *value)
{
	const json_t *item;
	size_t i, n = 0;

	if (json_is_string(value))
		snprintf(buf, cap, "%s", json_string_value(value));
	else if (json_is_integer(value))
		snprintf(buf, cap, "%lld", (long long)json_integer_value(value));
	else if (json_is_real(value))
		snprintf(buf, cap, "%.5f", json_real_value(value));
	else if (json_is_boolean(value))
		snprintf(buf, cap, "%s", json_is_true(value) ? "true" : "false");
	else
		snprintf(buf, cap, "-");
	if (!json_is_array(value))
		return;
	json_array_foreach (value, i, item)
		if (n < cap)
			n += (size_t)snprintf(buf + n, cap - n, "%s%s", i ? "," : "",
					      json_string_value(item) ? json_string_value(item) : "?");
}

static void print_table(const struct table *table, const json_t *list, json_int_t total)
{
	size_t width[COLUMNS_MAX], i, c, last = table->count - 1;
	char text[CELL_MAX];
	const json_t *row;

	for (c = 0; c < table->count; c++)
		width[c] = strlen(table->columns[c].title);
	json_array_foreach (list, i, row) {
		for (c = 0; c < table->count; c++) {
			cell(text, sizeof(text), json_object_get(row, table->columns[c].key));
			width[c] = strlen(text) > width[c] ? strlen(text) : width[c];
		}
	}
	for (c = 0; c < table->count; c++)
		printf("%-*s%s", c < last ? (int)width[c] : 0, table->columns[c].title, c < last ? "  " : "\n");
	json_array_foreach (list, i, row) {
		for (c = 0; c < table->count; c++) {
			cell(text, sizeof(text), json_object_get(row, table->columns[c].key));
			printf("%-*s%s", c < last ? (int)width[c] : 0, text, c < last ? "  " : table->unit);
		}
		putchar('\n');
	}
	if ((json_int_t)json_array_size(list) < total)
		printf("%zu of %lld %s; limit=N shows more\n", json_array_size(list), (long long)total, table->key);
	else
		printf("%lld %s\n", (long long)total, table->key);
}

static void print_members(const json_t *object)
{
	char text[CELL_MAX];
	const char *key;
	json_t *value;

	json_object_foreach ((json_t *)(uintptr_t)object, key, value) {
		if (strcmp(key, "ok") == 0)
			continue;
		cell(text, sizeof(text), value);
		printf("  %-16s %s\n", key, text);
	}
}

void print_reply(const json_t *reply)
{
	const char *key;
	json_t *value;

	for (size_t i = 0; i < sizeof(tables) / sizeof(tables[0]); i++) {
		const json_t *list = json_object_get(reply, tables[i].key);

		if (!json_is_array(list) ||
		    (json_array_size(list) && !json_object_get(json_array_get(list, 0), tables[i].columns[0].key)))
			continue;
		print_table(&tables[i], list, json_integer_value(json_object_get(reply, "total")));
		return;
	}
	if (json_object_size(reply) == 1) {
		puts("ok");
		return;
	}
	json_object_foreach ((json_t *)(uintptr_t)reply, key, value) {
		if (!json_is_object(value))
			continue;
		printf("%s\n", key);
		print_members(value);
	}
	if (!json_is_object(json_object_get(reply, "engine")))
		print_members(reply);
}

void print_event(const json_t *event)
{
	const json_int_t wall_us = json_integer_value(json_object_get(event, "t_wall_us"));
	const time_t wall_s = (time_t)(wall_us / 1000000);
	char stamp[32] = "", text[CELL_MAX];
	const char *key;
	struct tm tm;
	json_t *value;

	if (wall_us != 0 && gmtime_r(&wall_s, &tm))
		strftime(stamp, sizeof(stamp), "%H:%M:%S", &tm);
	cell(text, sizeof(text), json_object_get(event, "event"));
	printf("%s.%06lld %-17s", stamp, (long long)(wall_us % 1000000), text);
	json_object_foreach ((json_t *)(uintptr_t)event, key, value) {
		if (strncmp(key, "t_", 2) == 0 || strcmp(key, "event") == 0 || strcmp(key, "link_index") == 0)
			continue;
		cell(text, sizeof(text), value);
		printf(" %s=%s", key, text);
	}
	putchar('\n');
}
