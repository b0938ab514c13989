/* SPDX-License-Identifier: BSD-2-Clause */
/* The XDP program of the bpf datapath on interfaces, where the configuration and the interface's driver have it. It stays when the process dies, as
 * the tc programs do. */
#ifndef PMIP_BACKEND_BPF_XDP_H
#define PMIP_BACKEND_BPF_XDP_H

#include "backend/datapath_bpf.h"

/* Put the program there, or leave it to tc. Whoever asked for XDP and cannot have it is told what to do.
 * @return 0, or with PMIP_DATAPATH_XDP PMIP_ERR_CONFIG */
int pmip__bpf_xdp_use(struct pmip__datapath_bpf *dp, unsigned int ifindex);
/* Take it away from an interface. */
void pmip__bpf_xdp_leave(struct pmip__datapath_bpf *dp, unsigned int ifindex);
/* Take programs of ours away: all, or those of a predecessor, which know the prefix lengths of its time only. */
void pmip__bpf_xdp_remove(const struct pmip__datapath_bpf *dp, bool all);

#endif
