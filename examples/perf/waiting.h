/* SPDX-License-Identifier: BSD-2-Clause */
/* Which clients wait for an answer, and until when. A PBU is sent again after the first wait, then after twice that, and so on up to the
 * longest (RFC 6275 section 11.8). Those that have sent equally often stand in the order of their deadlines, so that a list is enough. */
#ifndef EXAMPLES_PERF_WAITING_H
#define EXAMPLES_PERF_WAITING_H

#include <stdint.h>

#define WAITING_LEVELS 16
#define WAITING_NONE UINT32_MAX

struct waiting_link {
	uint32_t prev, next; /* clients */
};

struct waiting {
	struct waiting_link *links;       /* by client */
	unsigned int levels;              /* how often a PBU is sent at most */
	uint64_t after_ns[WAITING_LEVELS]; /* from the first sending to each deadline */
	struct waiting_link ends[WAITING_LEVELS]; /* next: the first in the list, prev: the last */
};

/* @param[in] levels 1..WAITING_LEVELS. @return 0, or -1 without memory. */
int waiting_init(struct waiting *waiting, uint32_t clients, unsigned int levels, uint64_t first_ns, uint64_t longest_ns);
void waiting_fini(struct waiting *waiting);
/* A client that is in no list has sent for the (level + 1)th time. Those of a level come in the order in which they have sent first. */
void waiting_add(struct waiting *waiting, uint32_t client, unsigned int level);
void waiting_remove(struct waiting *waiting, uint32_t client, unsigned int level);
/* The client whose deadline is the first of its level. */
static inline uint32_t waiting_first(const struct waiting *waiting, unsigned int level)
{
	return waiting->ends[level].next;
}

#endif
