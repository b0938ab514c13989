/* SPDX-License-Identifier: BSD-2-Clause */
/* The restart counter says whether sessions were lost, so it stays what it is when they are all there again (RFC 5847 section 3.2). Its record
 * is a version and four octets. */
#include <config.h>

#include "lma/store.h"

#include "common/log.h"
#include "lma/lma.h"

#include <inttypes.h>
#include <string.h>
#include <time.h>

enum {
	COUNTER_VERSION = 1,
	COUNTER_OCTETS = 5,
	ENGINE_KEYS = 0x10, /* keys that begin with an octet from this one on are the engine's */
};

static const uint8_t counter_key[] = { 1, 'r' };

bool lma_has_store(const struct settings *settings)
{
	return ((const struct lma_settings *)settings->values)->store;
}

/* 1 = found, 0 = there is none, or an enum pmip_err. */
static int read_counter(const struct pmip_store *store, uint32_t *counter)
{
	struct pmip_bytes key = { counter_key, sizeof(counter_key) - 1 }, value;
	int got = store->ops->next(store->ctx, &key, &value, &key);

	if (got != 1 || key.len != sizeof(counter_key) || memcmp(key.data, counter_key, key.len) != 0)
		return got < 0 ? got : 0;
	if (value.len != COUNTER_OCTETS || value.data[0] != COUNTER_VERSION)
		return 0;
	*counter = (uint32_t)value.data[1] << 24 | (uint32_t)value.data[2] << 16 | (uint32_t)value.data[3] << 8 | value.data[4];
	return 1;
}

static int write_counter(const struct pmip_store *store, uint32_t counter)
{
	const uint8_t octets[COUNTER_OCTETS] = {
		COUNTER_VERSION, (uint8_t)(counter >> 24), (uint8_t)(counter >> 16), (uint8_t)(counter >> 8), (uint8_t)counter,
	};
	struct pmip_store_op op = { .key = { counter_key, sizeof(counter_key) }, .value = { octets, sizeof(octets) } };

	return store->ops->commit(store->ctx, &op, 1);
}

/* Whether there is a record of the engine's, or an enum pmip_err. */
static int has_records(const struct pmip_store *store)
{
	static const uint8_t before[] = { ENGINE_KEYS - 1, 0xff };
	struct pmip_bytes key = { before, sizeof(before) }, value;

	return store->ops->next(store->ctx, &key, &value, &key);
}

static int count_start(struct daemon *daemon)
{
	int known = read_counter(&daemon->store, &daemon->restart_counter), records = has_records(&daemon->store);

	if (known < 0 || records < 0)
		return known < 0 ? known : records;
	if (known && records)
		return 0;
	/* A first one that is hardly the one that a counter in a file has come to. */
	daemon->restart_counter = known ? daemon->restart_counter + 1 : (uint32_t)time(NULL);
	return write_counter(&daemon->store, daemon->restart_counter);
}

int lma_store_open(struct daemon *daemon)
{
	const struct lma_settings *s = daemon->settings->values;
	struct pmip_store_lmdb_config config = {
		.size = sizeof(config),
		.path = s->store,
		.durability = (enum pmip_durability)s->durability,
		.sync_ms = s->store_sync_ms,
		.log = &log_sink,
	};
	int err = pmip_store_lmdb_new(&daemon->store, &config);

	if (!err)
		err = count_start(daemon);
	if (err)
		log_line(PMIP_LOG_ERROR, "store", "cannot use the store in %s: %s", s->store, pmip_strerror(err));
	return err;
}

static int sessions_were_lost(struct daemon *daemon)
{
	int err = write_counter(&daemon->store, ++daemon->restart_counter);

	return err ? err : daemon->role->reconfigure(daemon, daemon->settings, pmip_runner_now());
}

int lma_store_restore(struct daemon *daemon)
{
	struct pmip_runner_restored restored = { .size = sizeof(restored) };
	int err = pmip_runner_restore(daemon->runner, &restored);

	if (!err && restored.skipped)
		err = sessions_were_lost(daemon);
	if (err)
		log_line(PMIP_LOG_ERROR, "store", "cannot go on from the store: %s", pmip_strerror(err));
	else if (restored.records || restored.skipped)
		log_line(restored.skipped ? PMIP_LOG_WARN : PMIP_LOG_INFO, "store",
			 "%" PRIu64 " records of before are in force again, with %zu bindings and %zu flows; %" PRIu64 " are left out",
			 restored.records, pmip_lma_count_bindings(daemon->engine), pmip_lma_count_flows(daemon->engine), restored.skipped);
	return err;
}
