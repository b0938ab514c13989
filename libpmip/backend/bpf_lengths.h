/* SPDX-License-Identifier: BSD-2-Clause */
/* Bindings are in a hash, of prefix and length; the programs look up an address with each length that is in use, the longest first. Which ones
 * these are is counted here, and told to the programs before there is a binding with a new length and after the last one with it has gone. */
#ifndef PMIP_BACKEND_BPF_LENGTHS_H
#define PMIP_BACKEND_BPF_LENGTHS_H

#include <stdint.h>

#include <pmip/error.h>

#include "backend/bpf/pmip_maps.h"

struct pmip__bpf_lengths {
	__u64 *told; /* the programs' variable, one for IPv6 and one for IPv4 */
	uint64_t users[2][129]; /* bindings of each length */
};

/* One more binding. @retval PMIP_ERR_FULL that would be one more length than the programs try */
int pmip__bpf_lengths_use(struct pmip__bpf_lengths *lengths, const struct pmip__bpf_prefix *prefix);
/* One less. */
void pmip__bpf_lengths_leave(struct pmip__bpf_lengths *lengths, const struct pmip__bpf_prefix *prefix);

#endif
