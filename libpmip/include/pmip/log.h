/* SPDX-License-Identifier: BSD-2-Clause */
/** @file
 * Where libpmip-linux says what people should read. The pure libraries do not log: they notify (action.h).
 */
#ifndef PMIP_LOG_H
#define PMIP_LOG_H

#include <pmip/types.h>

#ifdef __cplusplus
extern "C" {
#endif

/** How much a line matters. */
enum pmip_log_level {
	PMIP_LOG_ERROR = 1, /**< something asked for cannot be done; says what to do next */
	PMIP_LOG_WARN = 2,  /**< goes on, but somebody should look */
	PMIP_LOG_INFO = 3,  /**< one line per thing an operator cares about */
	PMIP_LOG_DEBUG = 4, /**< one line per message */
};

/** Log callback, copied. Wherever one is taken, NULL or a NULL write means silence. */
struct pmip_log {
	size_t size; /**< sizeof(struct pmip_log) */
	void *user;  /**< handed back; borrowed */
	/** REQUIRED. area: static, e.g. "netlink"; message: NUL-terminated, one line, no newline; both only valid during the call. */
	void (*write)(void *user, enum pmip_log_level level, const char *area, const char *message);
};

#ifdef __cplusplus
}
#endif

#endif
