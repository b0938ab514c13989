/* SPDX-License-Identifier: BSD-2-Clause */
/* The programs and maps of bpf/pmip.bpf.c in the kernel, with the contents a killed predecessor
 * left in its maps. */
#ifndef PMIP_BACKEND_BPF_LOAD_H
#define PMIP_BACKEND_BPF_LOAD_H

#include <pmip/error.h>
#include <pmip/log.h>

#include "backend/bpf/pmip_maps.h"

struct pmip_bpf;

struct pmip__bpf_want {
	uint32_t device; /* interface index of ours */
	bool is_mag;
	bool is_direct;
	bool xdp; /* the XDP program as well */
	uint32_t tunnel_mtu;
	uint32_t max_bindings;
	uint32_t max_tunnels;
	uint32_t max_flows;
	uint32_t predecessor; /* id of a program of his, 0 = there is none */
};

/* File descriptors, valid until pmip__bpf_unload(). */
struct pmip__bpf {
	struct pmip_bpf *skeleton;
	int encap;
	int decap;
	int network;
	int xdp; /* -1 = not loaded */
	int ports; /* for it: interfaces that it may send by */
	int bindings;
	int tunnels;
	int paths;
	int flows;
	int counters;
	int unknown;
	/* the program's variables: */
	uint32_t *flow_count; /* how many flows there are */
	uint32_t *watch;      /* enum pmip__bpf_watch */
	__u64 *lengths;       /* of IPv6, of IPv4 */
	__u64 *epoch;         /* of the process in charge */
};

/* @retval PMIP_ERR_UNSUPPORTED the kernel refuses the programs */
int pmip__bpf_load(struct pmip__bpf *bpf, const struct pmip__bpf_want *want,
		   const struct pmip_log *log);
/* What is attached goes on; maps live as long as a program that uses them. */
void pmip__bpf_unload(struct pmip__bpf *bpf);

#endif
