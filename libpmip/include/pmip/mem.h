/* SPDX-License-Identifier: BSD-2-Clause */
/** @file
 * The allocator of a context. Each context keeps a copy of its own; there is no global one.
 */
#ifndef PMIP_MEM_H
#define PMIP_MEM_H

#include <pmip/types.h>

#ifdef __cplusplus
extern "C" {
#endif

/** Allocator callbacks, copied when a context is made. Wherever one is taken, NULL means the C library's. */
struct pmip_mem {
	size_t size; /**< sizeof(struct pmip_mem) */
	void *user;  /**< handed back to each callback; borrowed, must outlive the context */
	void *(*realloc)(void *user, void *ptr, size_t size); /**< REQUIRED; ptr NULL allocates; size is never 0 */
	void (*free)(void *user, void *ptr);                  /**< REQUIRED; ptr may be NULL */
};

#ifdef __cplusplus
}
#endif

#endif
