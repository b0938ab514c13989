/* SPDX-License-Identifier: BSD-2-Clause */
/* Which client has which prefix, and whether another one has it too. Some 25 octets a client. */
#ifndef EXAMPLES_PERF_PREFIX_SET_H
#define EXAMPLES_PERF_PREFIX_SET_H

#include <pmip/types.h>

struct prefix_set {
	struct pmip_prefix *of; /* by client; length 0 = has none */
	uint32_t *slots;        /* open addressing; client + 1, 0 = free */
	uint32_t mask;
	uint32_t clients;
};

/* @return 0, or -1 without memory. */
int prefix_set_init(struct prefix_set *set, uint32_t clients);
void prefix_set_fini(struct prefix_set *set);
/* A client, which has none, has this prefix from now on. @return whether it is nobody else's; it is the client's in any case. */
bool prefix_set_add(struct prefix_set *set, uint32_t client, const struct pmip_prefix *prefix);
/* It has none from now on. */
void prefix_set_remove(struct prefix_set *set, uint32_t client);
/* What it has; NULL = none. */
const struct pmip_prefix *prefix_set_get(const struct prefix_set *set, uint32_t client);

#endif
