/* SPDX-License-Identifier: BSD-2-Clause */
/* A store in a directory: LMDB, whose every transaction waits for the disk, so that its file is whole whatever happens. Where that is too slow,
 * transactions go to a journal first, which is put into LMDB as one transaction now and then. The number of the journal's beginning that was put
 * there last is a record of our own.
 *
 * LMDB trusts its file: one that is shorter than it should be would end the process, so that is looked at before. */
#include "config.h"

#include "backend/os.h"
#include "backend/store.h"

#ifdef HAVE_LMDB

#include <errno.h>
#include <fcntl.h>
#include <lmdb.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "backend/store_journal.h"

#define AREA "store"
#define SYNC_MS 200
#define SYNC_MS_MAX 60000

static const uint8_t epoch_key[] = { PMIP__STORE_OWN, 'j' };

struct lmdb {
	struct pmip_log log;
	MDB_env *env;
	MDB_dbi dbi;
	int dir; /* locked: it is ours as long as it is open */
	bool fast;
	struct pmip__journal journal; /* not open unless fast */
	uint64_t sync_us, behind_since_us;
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

static int complain(const struct lmdb *lmdb, const char *what, int error)
{
	pmip__backend_log(&lmdb->log, PMIP_LOG_ERROR, AREA, "cannot %s the store: %s", what, mdb_strerror(error));
	return err_of(error);
}

static int write_one(struct lmdb *lmdb, MDB_txn *txn, const struct pmip_store_op *record)
{
	MDB_val key = val(&record->key), value = val(&record->value);
	int error;

	if (record->value.len)
		return mdb_put(txn, lmdb->dbi, &key, &value, 0);
	error = mdb_del(txn, lmdb->dbi, &key, NULL);
	return error == MDB_NOTFOUND ? 0 : error;
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
	for (size_t i = 0; i < n && !error; i++)
		error = write_one(lmdb, txn, &records[i]);
	error = end_transaction(txn, error);
	return error ? complain(lmdb, "write to", error) : 0;
}

static int write_epoch(struct lmdb *lmdb, MDB_txn *txn)
{
	MDB_val key = { sizeof(epoch_key), (void *)(uintptr_t)epoch_key };
	MDB_val value = { sizeof(lmdb->journal.epoch), &lmdb->journal.epoch };

	return mdb_put(txn, lmdb->dbi, &key, &value, 0);
}

/* Put the journal where it belongs. */
static int put_journal(struct lmdb *lmdb)
{
	struct pmip__journal_place place = { 0 };
	struct pmip_store_op record;
	MDB_txn *txn;
	int error;

	if (!lmdb->journal.len)
		return 0;
	error = mdb_txn_begin(lmdb->env, NULL, 0, &txn);
	if (error)
		return complain(lmdb, "write to", error);
	while (!error && pmip__journal_next(&lmdb->journal, &place, &record))
		error = write_one(lmdb, txn, &record);
	if (!error)
		error = write_epoch(lmdb, txn);
	error = end_transaction(txn, error);
	if (error)
		return complain(lmdb, "write to", error);
	pmip__journal_restart(&lmdb->journal);
	return 0;
}

static int lmdb_commit(void *ctx, const struct pmip_store_op *records, size_t n)
{
	struct lmdb *lmdb = ctx;
	uint64_t now_us;
	int err;

	if (!n)
		return 0;
	if (!pmip__store_takes(records, n))
		return PMIP_ERR_INVALID;
	if (!lmdb->fast)
		return commit_now(lmdb, records, n);
	now_us = pmip__clock_us(CLOCK_MONOTONIC);
	/* One that could not be put where it belongs must not grow for ever. */
	if (lmdb->journal.len && now_us - lmdb->behind_since_us > 2 * lmdb->sync_us) {
		err = put_journal(lmdb);
		if (err)
			return err;
	}
	if (!lmdb->journal.len)
		lmdb->behind_since_us = now_us;
	err = pmip__journal_append(&lmdb->journal, records, n);
	if (err)
		pmip__backend_log(&lmdb->log, PMIP_LOG_ERROR, AREA, "cannot write to the store's journal: %s",
				  err == PMIP_ERR_OS ? strerror(errno) : pmip_strerror(err));
	return err;
}

/* The lowest key that is not below this one, or that is above it. */
static int find(struct lmdb *lmdb, MDB_txn *txn, MDB_val *key, MDB_val *value)
{
	MDB_val wanted = *key;
	MDB_cursor *cursor;
	int error = mdb_cursor_open(txn, lmdb->dbi, &cursor);

	if (error)
		return error;
	error = mdb_cursor_get(cursor, key, value, MDB_SET_RANGE);
	if (!error && key->mv_size == wanted.mv_size && !memcmp(key->mv_data, wanted.mv_data, wanted.mv_size))
		error = mdb_cursor_get(cursor, key, value, MDB_NEXT);
	mdb_cursor_close(cursor);
	return error;
}

static int lmdb_next(void *ctx, const struct pmip_bytes *after, struct pmip_bytes *key, struct pmip_bytes *value)
{
	static const uint8_t last_own[] = { PMIP__STORE_OWN, 0xff };
	static const struct pmip_bytes before_first = { last_own, sizeof(last_own) };
	struct lmdb *lmdb = ctx;
	MDB_val found = val(after->len ? after : &before_first), content;
	MDB_txn *txn;
	int error, err = put_journal(lmdb);

	if (err)
		return err;
	error = mdb_txn_begin(lmdb->env, NULL, MDB_RDONLY, &txn);
	if (error)
		return complain(lmdb, "read", error);
	error = find(lmdb, txn, &found, &content);
	if (!error && (found.mv_size > sizeof(lmdb->key) || content.mv_size > sizeof(lmdb->value)))
		error = MDB_CORRUPTED;
	if (!error) {
		memcpy(lmdb->key, found.mv_data, found.mv_size);
		memcpy(lmdb->value, content.mv_data, content.mv_size);
		*key = (struct pmip_bytes){ lmdb->key, found.mv_size };
		*value = (struct pmip_bytes){ lmdb->value, content.mv_size };
	}
	mdb_txn_abort(txn);
	if (error == MDB_NOTFOUND)
		return 0;
	return error ? complain(lmdb, "read", error) : 1;
}

static int lmdb_timeout_ms(void *ctx, uint64_t mono_us)
{
	const struct lmdb *lmdb = ctx;
	uint64_t due_us = lmdb->behind_since_us + lmdb->sync_us;

	if (!lmdb->journal.len)
		return -1;
	return due_us <= mono_us ? 0 : (int)((due_us - mono_us + 999) / 1000);
}

static int lmdb_timeout(void *ctx, uint64_t mono_us)
{
	struct lmdb *lmdb = ctx;
	int err = 0;

	if (lmdb->journal.len && lmdb->behind_since_us + lmdb->sync_us <= mono_us)
		err = put_journal(lmdb);
	if (err)
		lmdb->behind_since_us = mono_us; /* again when as much time has passed */
	return err;
}

static void lmdb_free(void *ctx)
{
	struct lmdb *lmdb = ctx;

	if (!lmdb)
		return;
	if (lmdb->journal.fd >= 0)
		put_journal(lmdb);
	pmip__journal_close(&lmdb->journal);
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

static int open_env(struct lmdb *lmdb, const struct pmip_store_lmdb_config *config, uint64_t *epoch)
{
	size_t octets = sizeof(void *) > 4 ? (size_t)(UINT64_C(16) << 30) : (size_t)1 << 30;
	int error = mdb_env_create(&lmdb->env);

	if (config->max_octets && config->max_octets < SIZE_MAX)
		octets = (size_t)config->max_octets;
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
	uint64_t epoch;
	int err = open_directory(lmdb, config->path);

	if (!err)
		err = open_env(lmdb, config, &epoch);
	if (err)
		return err;
	/* There may be one of a process that had it, whether we have or not. */
	err = pmip__journal_open(&lmdb->journal, lmdb->dir, "journal", epoch + 1);
	if (err) {
		pmip__backend_log(&lmdb->log, PMIP_LOG_ERROR, AREA, "cannot open the store's journal in %s: %s", config->path, strerror(errno));
		return err;
	}
	return put_journal(lmdb);
}

int pmip_store_lmdb_new(struct pmip_store *store, const struct pmip_store_lmdb_config *config)
{
	static const struct pmip_store_ops ops = {
		.size = sizeof(ops),
		.name = "lmdb",
		.commit = lmdb_commit,
		.next = lmdb_next,
		.timeout_ms = lmdb_timeout_ms,
		.timeout = lmdb_timeout,
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
	lmdb->dir = lmdb->journal.fd = -1;
	lmdb->fast = all.durability == PMIP_DURABILITY_FAST;
	lmdb->sync_us = (all.sync_ms ? all.sync_ms : SYNC_MS) * UINT64_C(1000);
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
