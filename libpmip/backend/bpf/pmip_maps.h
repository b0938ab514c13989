/* SPDX-License-Identifier: BSD-2-Clause */
/* What pmip.bpf.c and its loader agree on: the maps' keys and values, the counters, the role.
 * A successor takes over the maps of a killed process only when these sizes are the same. */
#ifndef PMIP_BACKEND_BPF_MAPS_H
#define PMIP_BACKEND_BPF_MAPS_H

#include <linux/types.h>

/* What a program is, in read-only data of its own, so that it can be read from outside. */
struct pmip__bpf_role {
	__u32 device; /* interface index of the daemon's, which nobody else's programs have */
	__u32 is_mag;
	__u32 tunnel_mtu; /* largest inner packet */
	__u32 is_direct; /* MAG: what comes out of a tunnel goes to its access link at once */
};
#define PMIP__BPF_ROLE_MAP ".rodata.role"

/* A tunnel: the addresses of our end and the peer's, octets as on the wire, in eights to be
 * compared fast. Key of pmip_tunnels. */
struct pmip__bpf_ends {
	__u64 local[2];
	__u64 remote[2];
};

/* Key of pmip_bindings: octets as on the wire, those beyond the length zero. */
struct pmip__bpf_prefix {
	__u64 addr[2];
	__u32 len;
	__u32 zero;
};

/* Prefix lengths that bindings have are an octet each of one word, which programs read at once: length + 1, the longest lowest, 0 = no more.
 * So many are looked up for a packet at most. */
#define PMIP__BPF_LENGTHS_MAX 8
#define PMIP__BPF_MAPPED_LEN 96 /* of ::ffff:0:0/96 */

struct pmip__bpf_binding {
	struct pmip__bpf_ends ends;
	__u64 epoch; /* of the process that named it last; the program does not look */
	__u32 link;  /* MAG: interface its packets must come in on */
	__u32 group; /* LMA: the mobile node, for pmip_paths */
};

/* Key of pmip_paths, whose value is the epoch: this tunnel may carry what is bound with this group. */
struct pmip__bpf_path {
	struct pmip__bpf_ends ends;
	__u32 group;
	__u32 zero;
};

/* Key of pmip_flows. Octets as on the wire; IPv4 addresses mapped. */
struct pmip__bpf_flow {
	__u8 src[16];
	__u8 dst[16];
	__u8 ports[4]; /* source, destination */
	__u8 protocol;
	__u8 zero[3];
};

struct pmip__bpf_steering {
	struct pmip__bpf_ends ends; /* zero: as its binding */
	__u64 epoch;
	__u64 packets;
	__u64 octets;
	__u64 seen_ns; /* CLOCK_MONOTONIC; without packets, when it was set */
	__u32 label;   /* of the last packet */
	__u32 id;      /* what the engine calls it */
};

/* Entry of pmip_unknown: a flow of which a packet has come. */
struct pmip__bpf_unknown {
	struct pmip__bpf_flow flow;
	__u32 label;
	__u32 zero;
};

/* Whose unknown flows are told: as enum pmip_datapath_watch. */
enum pmip__bpf_watch {
	PMIP__BPF_WATCH_NONE,
	PMIP__BPF_WATCH_MOVABLE,
	PMIP__BPF_WATCH_ALL,
};

/* Value of pmip_tunnels. */
struct pmip__bpf_tunnel {
	__u64 epoch;
	__u64 packets; /* put into it */
	__u64 octets;
	__u32 link;    /* interface that the last one left by */
	__u32 zero;
};

/* Index into pmip_counters. */
enum pmip__bpf_counter {
	PMIP__BPF_ENCAP,
	PMIP__BPF_DECAP,
	PMIP__BPF_DROP_UNBOUND,
	PMIP__BPF_DROP_SPOOFED,
	PMIP__BPF_DROP_OTHER,
	PMIP__BPF_ERRORS,
	PMIP__BPF_COUNTERS,
};

#endif
