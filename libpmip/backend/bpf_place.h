/* SPDX-License-Identifier: BSD-2-Clause */
/* Where the bpf datapath's tc programs are: by TCX, which costs a packet less (Linux 6.6), or else as clsact filters. In both a program
 * stays when the process dies. TCX has no slots, so the program itself says whose it is: struct pmip__bpf_role in its read-only data. */
#ifndef PMIP_BACKEND_BPF_PLACE_H
#define PMIP_BACKEND_BPF_PLACE_H

#include "backend/bpf_attach.h"

/* @return the id of the program there that bears that name and is of the device that is the hook's handle, or of one that is gone, else 0. */
uint32_t pmip__bpf_place_find(const struct pmip__bpf_hook *hook, const char *name);
/* Attach, or put in the place of what is there: no packet passes without one or the other. What devices that are gone have left there goes. */
int pmip__bpf_place_attach(const struct pmip__bpf_hook *hook, const char *name, int prog, const struct pmip_log *log);
/* @return whether there was one. */
bool pmip__bpf_place_detach(const struct pmip__bpf_hook *hook, const char *name);

/* Whether a program bears that name and is of the device, or of one that is gone. */
bool pmip__bpf_is_of(uint32_t id, const char *name, uint32_t device);
/* The id of a program by its file descriptor; 0 = there is none, as with -1. */
uint32_t pmip__bpf_id_of(int prog);

#endif
