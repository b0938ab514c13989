/* SPDX-License-Identifier: BSD-2-Clause */
/* All entries of a map, some thousand in a system call. */
#ifndef PMIP_BACKEND_BPF_WALK_H
#define PMIP_BACKEND_BPF_WALK_H

#include <stdint.h>

/* Hand all entries to each, so many at a time; it may remove them. What changes the map otherwise while it is walked may be met twice or not at
 * all. each may be NULL.
 * @return how many there were, or a negative errno */
long pmip__bpf_walk(int map, void (*each)(void *user, const void *keys, const void *values, uint32_t count), void *user);

#endif
