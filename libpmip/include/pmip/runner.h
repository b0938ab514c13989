/* SPDX-License-Identifier: BSD-2-Clause */
/** @file
 * Runs an engine over backends, for any event loop: one descriptor, one timeout, one call.
 *
 * Each pmip_runner_process() is a turn: a batch of messages and events in; their datapath operations in one batch; its results back
 * into the engine; then every reply out in one batch. What an LMA stores is one transaction a turn. A PBA that says "accepted" leaves only after
 * it is stored and its forwarding is in the kernel.
 */
#ifndef PMIP_RUNNER_H
#define PMIP_RUNNER_H

#include <pmip/access.h>
#include <pmip/datapath.h>
#include <pmip/io.h>
#include <pmip/lma.h>
#include <pmip/mag.h>
#include <pmip/store.h>

#ifdef __cplusplus
extern "C" {
#endif

struct pmip_runner;

/** What a runner is made with. Copied; engine and backends are borrowed and must outlive the runner. */
struct pmip_runner_config {
	size_t size;                     /**< sizeof(struct pmip_runner_config) */
	struct pmip_io io;               /**< messages; required */
	struct pmip_datapath datapath;   /**< forwarding; required */
	struct pmip_access access;       /**< access links; MAG only, required there */
	void *user;                      /**< handed to the callbacks; borrowed */
	/** OPTIONAL. Called for each PMIP_ACTION_NOTIFY; may read the engine, must not call the runner. now: when the turn began. */
	void (*notify)(void *user, const struct pmip_event *event, struct pmip_now now);
	/** OPTIONAL. Called for each event of the access links before the engine sees it. */
	void (*access_seen)(void *user, const struct pmip_access_event *event, struct pmip_now now);
	const struct pmip_log *log;      /**< copied, or NULL */
	/** OPTIONAL. Called for each flow that the datapath looks out for (watch in struct pmip_datapath_ops); may read the engine, must not call
	 * the runner. */
	void (*flow_seen)(void *user, const struct pmip_flow *flow, struct pmip_now now);
	struct pmip_store store;         /**< OPTIONAL, LMA: where its records go; without one they come to nothing, and its PBUs are refused */
};

/** Run an LMA. @retval 0 done  @retval PMIP_ERR_INVALID something required is missing  @retval PMIP_ERR_OS see the log
 * @retval PMIP_ERR_NOMEM. Since: 0.1. */
PMIP_API int pmip_runner_new_lma(struct pmip_runner **runner, struct pmip_lma *lma, const struct pmip_runner_config *config);
/** Run a MAG. @see pmip_runner_new_lma(). Since: 0.1. */
PMIP_API int pmip_runner_new_mag(struct pmip_runner **runner, struct pmip_mag *mag, const struct pmip_runner_config *config);
/** Free the runner alone; NULL is fine. Since: 0.1. */
PMIP_API void pmip_runner_free(struct pmip_runner *runner);
/** The descriptor to poll for reading; the same for the runner's whole life. Since: 0.1. */
PMIP_API int pmip_runner_fd(const struct pmip_runner *runner);
/** Milliseconds until pmip_runner_process() wants to be called though nothing is readable; 0 = now, -1 = never. Since: 0.1. */
PMIP_API int pmip_runner_timeout_ms(const struct pmip_runner *runner);
/** Take one turn. Never blocks. Call it when the descriptor is readable, when the timeout is over, and after calling the engine
 * directly. @return messages and events taken in  @retval PMIP_ERR_NOMEM, PMIP_ERR_OS. Since: 0.1. */
PMIP_API int pmip_runner_process(struct pmip_runner *runner);
/** What came of the records of a store. */
struct pmip_runner_restored {
	size_t size;      /**< sizeof(struct pmip_runner_restored), set by the caller */
	uint64_t records; /**< that are in force */
	/** That are damaged, of another version, or contradict others: the log says which; they stay where they are. PMIP_ERR_STALE is deleted, and no matter. */
	uint64_t skipped;
};

/** LMA: put the records of the store back into the engine, and have the datapath know them, before the first turn. Nothing is received or sent.
 * @param[out] restored may be NULL. @retval 0 done  @retval PMIP_ERR_INVALID there is no store, or this is a MAG  @retval PMIP_ERR_OS the store
 * cannot be read  @retval PMIP_ERR_NOMEM. Since: 0.1. */
PMIP_API int pmip_runner_restore(struct pmip_runner *runner, struct pmip_runner_restored *restored);
/** The time now, as the runner takes it; for calling the engine directly. Since: 0.1. */
PMIP_API struct pmip_now pmip_runner_now(void);

/** What a runner counts. */
struct pmip_runner_counters {
	size_t size;             /**< sizeof(struct pmip_runner_counters), set by the caller */
	uint64_t turns;          /**< calls of pmip_runner_process() that did something */
	uint64_t received;       /**< messages in */
	uint64_t sent;           /**< messages out */
	uint64_t send_failed;    /**< messages the kernel did not take */
	uint64_t datapath_ops;   /**< operations submitted */
	uint64_t datapath_batches; /**< batches they went in */
	uint64_t busy_us;        /**< time spent inside turns, microseconds */
	uint64_t stored;         /**< records written and deleted */
	uint64_t store_commits;  /**< transactions they went in */
	uint64_t store_failed;   /**< transactions that came to nothing */
	uint64_t receives;       /**< calls of pmip_io_ops.recv that gave messages */
	uint64_t sends;          /**< calls of pmip_io_ops.send */
};

/** Read the counters. Since: 0.1. */
PMIP_API int pmip_runner_get_counters(const struct pmip_runner *runner, struct pmip_runner_counters *counters);

#ifdef __cplusplus
}
#endif

#endif
