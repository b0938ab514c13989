/* SPDX-License-Identifier: BSD-2-Clause */
/* A store in a directory: LMDB, whose every transaction waits for the disk, so that its file is whole whatever happens. Where that is too slow,
 * transactions go to a journal first (store_fast.c), which is put into LMDB now and then. The number of the journal that was put there last is a
 * record of our own, written with the last part of it.
 *
 * LMDB trusts its file: one that is shorter than it should be would end the process, so that is looked at before. */
#include "config.h"

#include "backend/os.h"
#include "backend/store.h"

#ifdef HAVE_LMDB

#include <endian.h>
#include <errno.h>
#include <fcntl.h>
#include <lmdb.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "backend/store_fast.h"

#define AREA "store"
#define SYNC_MS 200
#define SYNC_MS_MAX 60000
#define PART_MAX 8192 /* records; LMDB keeps in memory what a transaction has changed, up to a page for each, and does not give it back */
#define JOURNAL_MAX (16 << 20) /* octets; the more, the fewer writes of the same page of LMDB, and the longer a start after a kill */

static const uint8_t epoch_key[] = { PMIP__STORE_OWN, 'j' };

struct lmdb {
	struct pmip_log log;
	MDB_env *env;
	MDB_dbi dbi;
	int dir; /* locked: it is ours as long as it is open */
	bool is_fast;
	struct pmip__fast fast;
	MDB_cursor *walk; /* at what next() has given, as long as nothing is written; NULL = there is none */
	size_t key_len;
	uint8_t key[PMIP_STORE_KEY_MAX];     /* what next() has given */
	uint8_t value[PMIP_STORE_VALUE_MAX];
};

static MDB_val val(const struct pmip_bytes *bytes)
{
	return (MDB_val){ bytes->len, (void *)(uintptr_t)bytes->data };
}

static int err_of(int error)
{
	switch (error) {
	case 0:
		return 0;
	case MDB_MAP_FULL:
	case ENOSPC:
	case EDQUOT:
		return PMIP_ERR_FULL;
	case ENOMEM:
		return PMIP_ERR_NOMEM;
	default:
		return PMIP_ERR_OS;
	}
}

/* What is to be done about it. */
static const char *advice(int err)
{
	return err == PMIP_ERR_FULL ? "; make room on the disk that it is on, or let it grow larger (max_octets)" : "";
}

static int complain(const struct lmdb *lmdb, const char *what, int error)
{
	int err = err_of(error);

	pmip__backend_log(&lmdb->log, PMIP_LOG_ERROR, AREA, "cannot %s the store: %s%s", what, mdb_strerror(error), advice(err));
	return err;
}

static int write_at(MDB_cursor *cursor, const struct pmip_store_op *record)
{
	MDB_val key = val(&record->key), value = val(&record->value);
	int error;

	if (record->value.len)
		return mdb_cursor_put(cursor, &key, &value, 0);
	error = mdb_cursor_get(cursor, &key, &value, MDB_SET);
	if (!error)
		error = mdb_cursor_del(cursor, 0);
	return error == MDB_NOTFOUND ? 0 : error;
}

static int write_records(struct lmdb *lmdb, MDB_txn *txn, const struct pmip_store_op *records, size_t n)
{
	MDB_cursor *cursor;
	int error = mdb_cursor_open(txn, lmdb->dbi, &cursor);

	if (error)
		return error;
	for (size_t i = 0; i < n && !error; i++)
		error = write_at(cursor, &records[i]);
	mdb_cursor_close(cursor);
	return error;
}

static int end_transaction(MDB_txn *txn, int error)
{
	if (!error)
		return mdb_txn_commit(txn);
	mdb_txn_abort(txn);
	return error;
}

static int commit_now(struct lmdb *lmdb, const struct pmip_store_op *records, size_t n)
{
	MDB_txn *txn;
	int error = mdb_txn_begin(lmdb->env, NULL, 0, &txn);

	if (error)
		return complain(lmdb, "write to", error);
	error = end_transaction(txn, write_records(lmdb, txn, records, n));
	return error ? complain(lmdb, "write to", error) : 0;
}

static int write_epoch(struct lmdb *lmdb, MDB_txn *txn, uint64_t epoch)
{
	MDB_val key = { sizeof(epoch_key), (void *)(uintptr_t)epoch_key };
	MDB_val value = { sizeof(epoch), &epoch };

	return mdb_put(txn, lmdb->dbi, &key, &value, 0);
}

/* What a transaction of journals has to write. */
struct gathered {
	struct pmip_store_op *records;
	size_t count, cap;
};

static int gather(struct gathered *all, const struct pmip__journal *journal)
{
	struct pmip__journal_place place = { 0 };
	struct pmip_store_op record;

	while (pmip__journal_next(journal, &place, &record)) {
		if (all->count == all->cap) {
			size_t cap = all->cap ? 2 * all->cap : 1024;
			void *more = realloc(all->records, cap * sizeof(all->records[0]));

			if (!more)
				return ENOMEM;
			all->records = more;
			all->cap = cap;
		}
		all->records[all->count++] = record;
	}
	return 0;
}

/* A record, and where it has its place: the octets that its key begins with, and a sum of the others. So they are sorted without a look at the keys.
 * Should two keys be alike in both, their records stay in the order in which they were written. */
struct place {
	uint64_t lead, sum;
	const struct pmip_store_op *record;
};

static struct place place_of(const struct pmip_store_op *record)
{
	struct place place = { .sum = record->key.len, .record = record };
	size_t len = record->key.len < sizeof(place.lead) ? record->key.len : sizeof(place.lead);

	memcpy(&place.lead, record->key.data, len);
	place.lead = be64toh(place.lead);
	for (; len < record->key.len; len++)
		place.sum = (place.sum ^ record->key.data[len]) * 0x100000001b3; /* FNV-1a's */
	return place;
}

static int by_place(const void *a, const void *b)
{
	const struct place *x = a, *y = b;

	if (x->lead != y->lead)
		return x->lead < y->lead ? -1 : 1;
	if (x->sum != y->sum)
		return x->sum < y->sum ? -1 : 1;
	return (x->record > y->record) - (x->record < y->record);
}

/* In an order that is nearly that of keys, of each the last one: so a page of LMDB is copied once, and not for each record that is in it. */
static int sort(struct gathered *all)
{
	struct place *places = malloc((all->count + 1) * sizeof(*places));
	struct pmip_store_op *sorted = malloc((all->count + 1) * sizeof(*sorted));
	size_t kept = 0;

	if (!places || !sorted) {
		free(places);
		free(sorted);
		return ENOMEM;
	}
	for (size_t i = 0; i < all->count; i++)
		places[i] = place_of(&all->records[i]);
	qsort(places, all->count, sizeof(*places), by_place);
	for (size_t i = 0; i < all->count; i++)
		if (i + 1 == all->count || pmip__store_compare(&places[i].record->key, &places[i + 1].record->key))
			sorted[kept++] = *places[i].record;
	free(places);
	free(all->records);
	all->records = sorted;
	all->count = kept;
	return 0;
}

/* So that it is there whenever a part of it is. */
static bool on_disk(const struct pmip__journal *journal)
{
	return !journal || fdatasync(journal->fd) == 0;
}

/* One part; epoch: with the last one the number, else NULL. */
static int put_part(struct lmdb *lmdb, const struct pmip_store_op *records, size_t n, const uint64_t *epoch)
{
	MDB_txn *txn;
	int error = mdb_txn_begin(lmdb->env, NULL, 0, &txn);

	if (error)
		return error;
	error = write_records(lmdb, txn, records, n);
	if (!error && epoch)
		error = write_epoch(lmdb, txn, *epoch);
	return end_transaction(txn, error);
}

/* Maybe on another thread, so nothing is told here. */
static int put_journals(void *ctx, const struct pmip__journal *first, const struct pmip__journal *second, uint64_t epoch)
{
	struct lmdb *lmdb = ctx;
	struct gathered all = { 0 };
	size_t done = 0;
	int error = gather(&all, first);

	if (!error && second)
		error = gather(&all, second);
	if (!error)
		error = sort(&all);
	if (!error && all.count > PART_MAX && on_disk(first) && on_disk(second))
		for (; !error && all.count - done > PART_MAX; done += PART_MAX)
			error = put_part(lmdb, &all.records[done], PART_MAX, NULL);
	if (!error)
		error = put_part(lmdb, &all.records[done], all.count - done, &epoch);
	free(all.records);
	return err_of(error);
}

static void end_walk(struct lmdb *lmdb)
{
	MDB_txn *txn;

	if (!lmdb->walk)
		return;
	txn = mdb_cursor_txn(lmdb->walk);
	mdb_cursor_close(lmdb->walk);
	mdb_txn_abort(txn);
	lmdb->walk = NULL;
}

static int settle(struct lmdb *lmdb)
{
	int err = pmip__fast_settle(&lmdb->fast);

	if (err)
		pmip__backend_log(&lmdb->log, PMIP_LOG_ERROR, AREA, "cannot put the journal into the store: %s%s", pmip_strerror(err),
				  advice(err));
	return err;
}

static int lmdb_commit(void *ctx, const struct pmip_store_op *records, size_t n)
{
	struct lmdb *lmdb = ctx;
	int err;

	if (!n)
		return 0;
	if (!pmip__store_takes(records, n))
		return PMIP_ERR_INVALID;
	end_walk(lmdb);
	if (!lmdb->is_fast)
		return commit_now(lmdb, records, n);
	err = pmip__fast_commit(&lmdb->fast, records, n, pmip__clock_us(CLOCK_MONOTONIC));
	if (err)
		pmip__backend_log(&lmdb->log, PMIP_LOG_ERROR, AREA, "cannot write to the store's journal: %s%s",
				  err == PMIP_ERR_OS ? strerror(errno) : pmip_strerror(err), advice(err));
	return err;
}

static int begin_walk(struct lmdb *lmdb)
{
	MDB_txn *txn;
	int error = mdb_txn_begin(lmdb->env, NULL, MDB_RDONLY, &txn);

	if (error)
		return error;
	error = mdb_cursor_open(txn, lmdb->dbi, &lmdb->walk);
	if (!error)
		return 0;
	mdb_txn_abort(txn);
	lmdb->walk = NULL;
	return error;
}

/* The lowest key that is above this one. */
static int find(MDB_cursor *cursor, MDB_val *key, MDB_val *value)
{
	MDB_val wanted = *key;
	int error = mdb_cursor_get(cursor, key, value, MDB_SET_RANGE);

	if (!error && key->mv_size == wanted.mv_size && !memcmp(key->mv_data, wanted.mv_data, wanted.mv_size))
		error = mdb_cursor_get(cursor, key, value, MDB_NEXT);
	return error;
}

/* Who goes on where next() has left off is not looked for again: a start with a million records looks at each once. */
static int step(struct lmdb *lmdb, const struct pmip_bytes *after, MDB_val *key, MDB_val *value)
{
	bool goes_on = lmdb->walk && after->data == lmdb->key && after->len == lmdb->key_len;
	int error = lmdb->walk ? 0 : begin_walk(lmdb);

	if (error)
		return error;
	*key = val(after);
	return goes_on ? mdb_cursor_get(lmdb->walk, key, value, MDB_NEXT) : find(lmdb->walk, key, value);
}

static int lmdb_next(void *ctx, struct pmip_bytes *key, struct pmip_bytes *value, const struct pmip_bytes *after)
{
	static const uint8_t last_own[] = { PMIP__STORE_OWN, 0xff };
	static const struct pmip_bytes before_first = { last_own, sizeof(last_own) };
	struct lmdb *lmdb = ctx;
	MDB_val found, content;
	int error, err = lmdb->walk ? 0 : settle(lmdb);

	if (err)
		return err;
	error = step(lmdb, after->len ? after : &before_first, &found, &content);
	if (!error && (found.mv_size > sizeof(lmdb->key) || content.mv_size > sizeof(lmdb->value)))
		error = MDB_CORRUPTED;
	if (error) {
		end_walk(lmdb);
		return error == MDB_NOTFOUND ? 0 : complain(lmdb, "read", error);
	}
	lmdb->key_len = found.mv_size;
	memcpy(lmdb->key, found.mv_data, found.mv_size);
	memcpy(lmdb->value, content.mv_data, content.mv_size);
	*key = (struct pmip_bytes){ lmdb->key, found.mv_size };
	*value = (struct pmip_bytes){ lmdb->value, content.mv_size };
	return 1;
}

static int lmdb_timeout_ms(void *ctx, uint64_t mono_us)
{
	return pmip__fast_timeout_ms(&((struct lmdb *)ctx)->fast, mono_us);
}

static int lmdb_timeout(void *ctx, uint64_t mono_us)
{
	struct lmdb *lmdb = ctx;
	int err;

	end_walk(lmdb);
	err = pmip__fast_timeout(&lmdb->fast, mono_us);

	if (err)
		pmip__backend_log(&lmdb->log, PMIP_LOG_ERROR, AREA, "the disk does not take the store's journal");
	return err;
}

static void lmdb_free(void *ctx)
{
	struct lmdb *lmdb = ctx;

	if (!lmdb)
		return;
	end_walk(lmdb);
	if (lmdb->env)
		settle(lmdb);
	pmip__fast_close(&lmdb->fast);
	if (lmdb->env)
		mdb_env_close(lmdb->env);
	if (lmdb->dir >= 0)
		close(lmdb->dir);
	free(lmdb);
}

/* The directory, which nobody else has then. */
static int open_directory(struct lmdb *lmdb, const char *path)
{
	if (mkdir(path, 0700) < 0 && errno != EEXIST) {
		pmip__backend_log(&lmdb->log, PMIP_LOG_ERROR, AREA, "cannot make %s: %s", path, strerror(errno));
		return PMIP_ERR_OS;
	}
	lmdb->dir = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (lmdb->dir < 0) {
		pmip__backend_log(&lmdb->log, PMIP_LOG_ERROR, AREA, "cannot open %s: %s", path, strerror(errno));
		return PMIP_ERR_OS;
	}
	if (flock(lmdb->dir, LOCK_EX | LOCK_NB) < 0) {
		pmip__backend_log(&lmdb->log, PMIP_LOG_ERROR, AREA, "%s is in use by another process", path);
		return PMIP_ERR_EXIST;
	}
	return 0;
}

static bool is_whole(const struct lmdb *lmdb)
{
	struct stat file;
	MDB_envinfo info;
	MDB_stat tree;

	if (mdb_env_info(lmdb->env, &info) || mdb_env_stat(lmdb->env, &tree) || fstatat(lmdb->dir, "data.mdb", &file, 0) < 0)
		return false;
	/* A new one has its two first pages only after the first transaction. */
	return !tree.ms_entries || ((uint64_t)info.me_last_pgno + 1) * tree.ms_psize <= (uint64_t)file.st_size;
}

/* The number of the journal's beginning that was put where it belongs last; 0 = none was. */
static int read_epoch(struct lmdb *lmdb, uint64_t *epoch)
{
	MDB_val key = { sizeof(epoch_key), (void *)(uintptr_t)epoch_key }, value;
	MDB_txn *txn;
	int error = mdb_txn_begin(lmdb->env, NULL, 0, &txn);

	*epoch = 0;
	if (!error) {
		error = mdb_dbi_open(txn, NULL, 0, &lmdb->dbi);
		if (!error)
			error = mdb_get(txn, lmdb->dbi, &key, &value);
		if (!error && value.mv_size == sizeof(*epoch))
			memcpy(epoch, value.mv_data, sizeof(*epoch));
		error = end_transaction(txn, error == MDB_NOTFOUND ? 0 : error);
	}
	return error;
}

static size_t octets_of(const struct pmip_store_lmdb_config *config)
{
	if (config->max_octets && config->max_octets < SIZE_MAX)
		return (size_t)config->max_octets;
	return sizeof(void *) > 4 ? (size_t)(UINT64_C(16) << 30) : (size_t)1 << 30;
}

static int open_env(struct lmdb *lmdb, const struct pmip_store_lmdb_config *config, uint64_t *epoch)
{
	size_t octets = octets_of(config);
	int error = mdb_env_create(&lmdb->env);

	if (!error)
		error = mdb_env_set_mapsize(lmdb->env, octets / 65536 * 65536);
	if (!error)
		error = mdb_env_open(lmdb->env, config->path, 0, 0600);
	if (!error && !is_whole(lmdb))
		error = MDB_CORRUPTED;
	if (!error)
		error = read_epoch(lmdb, epoch);
	if (!error)
		return 0;
	pmip__backend_log(&lmdb->log, PMIP_LOG_ERROR, AREA, "cannot open the store in %s: %s; mend it, or move it away to begin with an empty one",
			  config->path, mdb_strerror(error));
	return err_of(error);
}

static int open_all(struct lmdb *lmdb, const struct pmip_store_lmdb_config *config)
{
	const struct pmip__fast_below below = { lmdb, put_journals };
	size_t limit = octets_of(config) / 8 < JOURNAL_MAX ? octets_of(config) / 8 : JOURNAL_MAX;
	uint64_t epoch;
	int err = open_directory(lmdb, config->path);

	if (!err)
		err = open_env(lmdb, config, &epoch);
	if (err)
		return err;
	/* There may be one of a process that had it, whether we have or not. */
	err = pmip__fast_open(&lmdb->fast, &below, lmdb->dir, epoch);
	if (!err && lmdb->is_fast)
		err = pmip__fast_start(&lmdb->fast, limit, (config->sync_ms ? config->sync_ms : SYNC_MS) * UINT64_C(1000));
	if (err)
		pmip__backend_log(&lmdb->log, PMIP_LOG_ERROR, AREA, "cannot open the store's journal in %s: %s%s", config->path,
				  err == PMIP_ERR_OS ? strerror(errno) : pmip_strerror(err), advice(err));
	return err;
}

int pmip_store_lmdb_new(struct pmip_store *store, const struct pmip_store_lmdb_config *config)
{
	static const struct pmip_store_ops ops = {
		.size = sizeof(ops),
		.name = "lmdb",
		.commit = lmdb_commit,
		.next = lmdb_next,
		.timeout_ms = lmdb_timeout_ms,
		.handle_timeout = lmdb_timeout,
		.free = lmdb_free,
	};
	struct pmip_store_lmdb_config all = { 0 };
	struct lmdb *lmdb;
	int err;

	memcpy(&all, config, config->size < sizeof(all) ? config->size : sizeof(all));
	if (!all.path || !all.path[0] || all.sync_ms > SYNC_MS_MAX)
		return PMIP_ERR_INVALID;
	lmdb = calloc(1, sizeof(*lmdb));
	if (!lmdb)
		return PMIP_ERR_NOMEM;
	lmdb->dir = lmdb->fast.journal[0].fd = lmdb->fast.journal[1].fd = -1;
	lmdb->is_fast = all.durability == PMIP_DURABILITY_FAST;
	pmip__log_copy(&lmdb->log, all.log);
	err = open_all(lmdb, &all);
	if (err) {
		lmdb_free(lmdb);
		return err;
	}
	*store = (struct pmip_store){ &ops, lmdb };
	return 0;
}

#else

int pmip_store_lmdb_new(struct pmip_store *store, const struct pmip_store_lmdb_config *config)
{
	struct pmip_log log;

	(void)store;
	pmip__log_copy(&log, config->log);
	pmip__backend_log(&log, PMIP_LOG_ERROR, "store", "this build has no LMDB; configure it with liblmdb-dev installed");
	return PMIP_ERR_UNSUPPORTED;
}

#endif
