/* SPDX-License-Identifier: BSD-2-Clause */
/** @file
 * What has to outlive the process: records, each a key and a value of octets. What they mean is their writer's; an LMA's are PMIP_ACTION_STORE
 * (pmip/action.h), and pmip_runner_restore() puts them back. Keys
 * that begin with an octet from 1 to 15 are left to programs; 0 is the store's own.
 */
#ifndef PMIP_STORE_H
#define PMIP_STORE_H

#include <pmip/action.h>
#include <pmip/error.h>
#include <pmip/log.h>

#ifdef __cplusplus
extern "C" {
#endif

/** Most octets of a key. */
#define PMIP_STORE_KEY_MAX 256
/** Most octets of a value. */
#define PMIP_STORE_VALUE_MAX 8192

/** The functions of a store. */
struct pmip_store_ops {
	size_t size;      /**< sizeof(struct pmip_store_ops) */
	const char *name; /**< "memory", "lmdb" */
	/** REQUIRED. Write and delete records in order, as one transaction: all of them or none. Ids do not matter. Borrowed until it returns.
	 * @retval 0 all of it is stored, as durable as the store is
	 * @retval PMIP_ERR_INVALID a key or value is too long, or a key is empty or begins
	 * with 0
	 * @retval PMIP_ERR_FULL there is no room  @retval PMIP_ERR_OS see the log  @retval PMIP_ERR_NOMEM. On error nothing has changed. */
	int (*commit)(void *ctx, const struct pmip_store_op *records, size_t n);
	/** REQUIRED. The record with the lowest key, as octets, above this one; after->len 0 = the first. Views of it are valid until the next
	 * call to the store. To walk through all of them costs no more than to read them; they may change meanwhile.
	 * @param[in] after may be a view that the call before has given.
	 * @retval 1 filled  @retval 0 there is none  @retval PMIP_ERR_OS see the log  @retval PMIP_ERR_NOMEM. */
	int (*next)(void *ctx, struct pmip_bytes *key, struct pmip_bytes *value, const struct pmip_bytes *after);
	/** OPTIONAL. Milliseconds until handle_timeout() wants to be called; -1 = not until something is written. */
	int (*timeout_ms)(void *ctx, uint64_t mono_us);
	/** REQUIRED with timeout_ms. Do what has fallen due. @retval 0 done  @retval PMIP_ERR_OS. */
	int (*handle_timeout)(void *ctx, uint64_t mono_us);
	/** REQUIRED. Have all of it on the disk, and free; NULL is fine. The records stay where they outlive the process. */
	void (*free)(void *ctx);
};

/** A store. */
struct pmip_store {
	const struct pmip_store_ops *ops; /**< static; NULL = no store */
	void *ctx;                        /**< the store's */
};

/** A store that ends with the process, for tests and simulation. @retval 0 done  @retval PMIP_ERR_NOMEM. Since: 0.1. */
PMIP_API int pmip_store_memory_new(struct pmip_store *store);

/** What survives what. */
enum pmip_durability {
	PMIP_DURABILITY_STRICT = 0, /**< what is stored survives a power cut: each transaction waits for the disk */
	/** What is stored survives the process, however that ends. A power cut or a crash of the kernel loses at most what was stored since the last
	 * time that the disk was waited for, which is done every sync_ms. */
	PMIP_DURABILITY_FAST = 1,
};

/** How an LMDB store is opened. */
struct pmip_store_lmdb_config {
	size_t size;                     /**< sizeof(struct pmip_store_lmdb_config) */
	const char *path;                /**< a directory; made, with mode 0700, if there is none, its parent has to be there */
	enum pmip_durability durability; /**< see there */
	uint32_t sync_ms;                /**< PMIP_DURABILITY_FAST: how long the disk may be behind, 1..60000; 0 = 200 */
	uint64_t max_octets;             /**< most that the file may grow to; 0 = 16 GiB, or on a machine of 32 bits 1 GiB */
	const struct pmip_log *log;      /**< copied, or NULL */
};

/** A store in a directory, by LMDB. One process uses it at a time.
 * @retval 0 done  @retval PMIP_ERR_EXIST another process uses it  @retval PMIP_ERR_OS it cannot be opened, or is damaged; the log says which
 * @retval PMIP_ERR_UNSUPPORTED built without LMDB  @retval PMIP_ERR_INVALID no path  @retval PMIP_ERR_NOMEM. Since: 0.1. */
PMIP_API int pmip_store_lmdb_new(struct pmip_store *store, const struct pmip_store_lmdb_config *config);

#ifdef __cplusplus
}
#endif

#endif
