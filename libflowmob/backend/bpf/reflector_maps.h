/* SPDX-License-Identifier: BSD-2-Clause */
/* What reflector.bpf.c and its loader agree on. A successor takes over the flows of a killed process only when the sizes are the same. The key
 * of rfl_flows is struct pmip__bpf_flow, as packets that come in show it. */
#ifndef FLOWMOB_BACKEND_BPF_REFLECTOR_MAPS_H
#define FLOWMOB_BACKEND_BPF_REFLECTOR_MAPS_H

#include "backend/bpf/pmip_maps.h"

/* Where a flow is. */
struct flowmob__bpf_reflection {
	__u32 link;      /* interface it comes in by */
	__u32 elsewhere; /* RFL-9: the one it seems to move to; 0 = none */
	__u64 since_ns;  /* since when it seems so; times are of CLOCK_MONOTONIC */
	__u64 seen_ns;   /* its last packet, of either direction */
	__u64 octets;    /* of both */
	__u32 label;     /* of the last packet that came in */
	__u32 zero;
};

/* Value of rfl_links, whose key is an interface that is up. */
struct flowmob__bpf_link {
	__u32 mark;  /* rule and table of this interface */
	__u32 flags; /* enum flowmob__bpf_link_flag */
};

enum flowmob__bpf_link_flag {
	FLOWMOB__BPF_IPV6 = 1, /* there is a default route over it */
	FLOWMOB__BPF_IPV4 = 2,
	FLOWMOB__BPF_ETHERNET = 4,
};

/* Key of rfl_addresses: an address of this machine, IPv4 mapped. */
struct flowmob__bpf_address {
	__u8 octets[16];
};

/* Index into rfl_counters. */
enum flowmob__bpf_counter {
	FLOWMOB__BPF_ADDED,
	FLOWMOB__BPF_MOVED,
	FLOWMOB__BPF_REFLECTED,
	FLOWMOB__BPF_NO_PATH,
	FLOWMOB__BPF_TOO_BIG,
	FLOWMOB__BPF_COUNTERS,
};

#endif
