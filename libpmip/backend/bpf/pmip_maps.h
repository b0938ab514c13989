/* SPDX-License-Identifier: BSD-2-Clause */
/* What pmip.bpf.c and its loader agree on: the maps' keys and values, the counters, the role.
 * A successor takes over the maps of a killed process only when these sizes are the same. */
#ifndef PMIP_BACKEND_BPF_MAPS_H
#define PMIP_BACKEND_BPF_MAPS_H

#include <linux/types.h>

/* A tunnel: the addresses of our end and the peer's, octets as on the wire, in eights to be
 * compared fast. Key of pmip_tunnels, whose value is the epoch. */
struct pmip__bpf_ends {
	__u64 local[2];
	__u64 remote[2];
};

/* Key of pmip_bindings, an LPM trie. */
struct pmip__bpf_prefix {
	__u32 len;
	__u8 addr[16];
};

struct pmip__bpf_binding {
	struct pmip__bpf_ends ends;
	__u64 epoch; /* of the process that named it last; the program does not look */
	__u32 link;  /* MAG: interface its packets must come in on */
	__u32 len;   /* its prefix length: tells an exact match from a shorter one */
};

/* Index into pmip_counters. */
enum pmip__bpf_counter {
	PMIP__BPF_ENCAP,
	PMIP__BPF_DECAP,
	PMIP__BPF_DROP_UNBOUND,
	PMIP__BPF_DROP_SPOOFED,
	PMIP__BPF_DROP_OTHER,
	PMIP__BPF_COUNTERS,
};

#endif
