/* SPDX-License-Identifier: BSD-2-Clause */
/* The table of keys: a few hundred entries searched from first to last, as lines that get here are rare or
 * are being suppressed. */
#include <config.h>

#include "common/limit.h"
#include "common/log.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ENTRIES 256
#define KEY_CAP 128
#define MESSAGE_CAP 400

struct entry {
	char key[KEY_CAP];
	uint64_t until_us;   /* end of the interval; 0 = free */
	uint64_t suppressed; /* lines since the one that was logged */
	enum pmip_log_level level;
	const char *area;          /* static */
	char message[MESSAGE_CAP]; /* the last one suppressed */
};

struct limit {
	uint64_t interval_us;
	struct entry entries[ENTRIES + 1]; /* the last one is for what finds no place */
};

struct limit *limit_new(void)
{
	return calloc(1, sizeof(struct limit));
}

void limit_free(struct limit *limit)
{
	free(limit);
}

void limit_set_interval(struct limit *limit, uint32_t interval_ms)
{
	limit->interval_us = (uint64_t)interval_ms * 1000;
}

static struct entry *find(struct limit *limit, const char *key)
{
	struct entry *unused = NULL;
	size_t i;

	for (i = 0; i < ENTRIES; i++) {
		if (limit->entries[i].until_us == 0)
			unused = unused ? unused : &limit->entries[i];
		else if (strncmp(limit->entries[i].key, key, KEY_CAP - 1) == 0)
			return &limit->entries[i];
	}
	return unused ? unused : &limit->entries[ENTRIES];
}

static void settle(struct entry *entry)
{
	if (entry->suppressed > 0)
		log_line(entry->level, entry->area, "%s (%llu more like this since)", entry->message,
			 (unsigned long long)entry->suppressed);
	entry->until_us = 0;
	entry->suppressed = 0;
}

void limit_log(struct limit *limit, uint64_t mono_us, enum pmip_log_level level, const char *area,
	       const char *key, const char *message)
{
	struct entry *entry = find(limit, key);

	if (entry->until_us > mono_us) {
		entry->suppressed++;
		snprintf(entry->message, sizeof(entry->message), "%s", message);
		return;
	}
	settle(entry);
	log_line(level, area, "%s", message);
	if (limit->interval_us == 0)
		return;
	snprintf(entry->key, sizeof(entry->key), "%s", key);
	entry->level = level;
	entry->area = area;
	entry->until_us = mono_us + limit->interval_us;
}

void limit_flush(struct limit *limit, uint64_t mono_us)
{
	size_t i;

	for (i = 0; i <= ENTRIES; i++)
		if (limit->entries[i].until_us != 0 && limit->entries[i].until_us <= mono_us)
			settle(&limit->entries[i]);
}
