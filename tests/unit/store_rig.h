/* SPDX-License-Identifier: BSD-2-Clause */
/* A store of each kind, in a directory of its own. */
#ifndef TESTS_STORE_RIG_H
#define TESTS_STORE_RIG_H

#include "unit.h"

#include <pmip/store.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum kind { MEMORY, STRICT, FAST, KINDS };

static char directory[64], path[128];
static uint64_t max_octets;
static struct pmip_store store;
static enum kind kind;

static inline int open_store(void)
{
	struct pmip_store_lmdb_config config = {.size = sizeof(config), .path = path, .max_octets = max_octets};

	config.durability = kind == FAST ? PMIP_DURABILITY_FAST : PMIP_DURABILITY_STRICT;
	config.sync_ms = 60000;
	return kind == MEMORY ? pmip_store_memory_new(&store) : pmip_store_lmdb_new(&store, &config);
}

static inline void close_store(void)
{
	store.ops->free(store.ctx);
	store = (struct pmip_store){0};
}

static inline void setup(void)
{
	const char *parent = getenv("TMPDIR");

	snprintf(directory, sizeof(directory), "%s/store-XXXXXX", parent && strlen(parent) < 40 ? parent : "/tmp");
	ck_assert_ptr_nonnull(mkdtemp(directory));
	snprintf(path, sizeof(path), "%s/lma", directory);
	max_octets = 4 << 20;
}

static inline void teardown(void)
{
	static const char *const files[] = {"/lma/data.mdb", "/lma/lock.mdb", "/lma/journal.0", "/lma/journal.1", "/lma", ""};
	char file[160];

	if (store.ops)
		close_store();
	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
		snprintf(file, sizeof(file), "%s%s", directory, files[i]);
		remove(file);
	}
}

static inline void begin(enum kind which)
{
	kind = which;
	ck_assert_int_eq(open_store(), 0);
}

static inline struct pmip_bytes octets(const char *text)
{
	return (struct pmip_bytes){(const uint8_t *)text, strlen(text)};
}

static inline int put(const char *key, const char *value)
{
	struct pmip_store_op op = {.key = octets(key), .value = octets(value)};

	return store.ops->commit(store.ctx, &op, 1);
}

/* All that there is, in order: "key=value key=value". */
static inline const char *all(void)
{
	static char text[4096];
	struct pmip_bytes key = {0}, value;
	int got;

	text[0] = '\0';
	while ((got = store.ops->next(store.ctx, &key, &value, &key)) == 1) {
		size_t len = strlen(text);

		snprintf(text + len, sizeof(text) - len, "%s%.*s=%.*s", len ? " " : "", (int)key.len, (const char *)key.data, (int)value.len,
			 (const char *)value.data);
	}
	ck_assert_int_eq(got, 0);
	return text;
}

#endif
