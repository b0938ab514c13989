/* SPDX-License-Identifier: BSD-2-Clause */
/* Programs on interfaces: clsact filters in a slot of ours. The bpf datapath's are attached by bpf_place.h. */
#ifndef PMIP_BACKEND_BPF_ATTACH_H
#define PMIP_BACKEND_BPF_ATTACH_H

#include <bpf/libbpf.h>

#include <pmip/error.h>
#include <pmip/log.h>

/* One filter slot. The handle is the interface index of our device: it outlives a killed process,
 * so the successor finds the slot, and two daemons in one network namespace have different ones. */
struct pmip__bpf_hook {
	unsigned int ifindex;
	bool egress;
	uint32_t handle;
	uint32_t place; /* of filters of one daemon on an interface: each has its own */
};

#define PMIP__BPF_ENCAP_NAME "pmip_encap"
#define PMIP__BPF_DECAP_NAME "pmip_decap"
#define PMIP__BPF_NETWORK_NAME "pmip_network"

/* @return the id of the program there when it bears that name, else 0. */
uint32_t pmip__bpf_hook_find(const struct pmip__bpf_hook *hook, const char *name);
/* Attach, or put in the place of what is there: no packet passes without one or the other. */
int pmip__bpf_hook_attach(const struct pmip__bpf_hook *hook, int prog, const struct pmip_log *log);
/* Detach, and remove the interface's clsact qdisc when nothing uses it any more. */
void pmip__bpf_hook_detach(const struct pmip__bpf_hook *hook);
/* Detach programs of that name in the slots of devices that are gone. */
void pmip__bpf_hook_detach_left(const struct pmip__bpf_hook *hook, const char *name);

/* libbpf's own words go to nobody while we call it: what fails is told to the caller's log. */
int pmip__bpf_quiet(enum libbpf_print_level level, const char *format, va_list args);

#endif
