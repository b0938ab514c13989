/* SPDX-License-Identifier: BSD-2-Clause */
/* Maps of a killed predecessor. Nothing is pinned: a filter that is still attached keeps its program, the program keeps its maps, and from the
 * program's id both can be had again. Maps of the same shape go on being used, so that there is no moment in which something is missing;
 * if only the capacity differs, their entries are copied, unless they would not fit: then the map stays as large as it was. */
#ifndef PMIP_BACKEND_BPF_INHERIT_H
#define PMIP_BACKEND_BPF_INHERIT_H

#include <bpf/bpf.h>
#include <bpf/libbpf.h>

#include <pmip/error.h>
#include <pmip/log.h>

/* Among the maps of a program, one by name. @return file descriptor, or -1 */
int pmip__bpf_map_of_program(uint32_t id, const char *name, struct bpf_map_info *map);
/* Before loading: put the predecessor's map, of a program with this id, 0 = there is none, in place of a new one. @return a file descriptor
 * to copy from when that cannot be, else -1. */
int pmip__bpf_inherit(struct bpf_map *map, uint32_t predecessor, const struct pmip_log *log);
/* After loading: copy what pmip__bpf_inherit() has returned, -1 = nothing. */
void pmip__bpf_copy_and_close(int from, const struct bpf_map *to, const struct pmip_log *log);

/* The enum pmip_err of a negative errno of libbpf's. */
int pmip__bpf_err(int error);
/* The same when loading has failed; told to the log, with what to use instead. */
int pmip__bpf_refused(int error, const char *instead, const struct pmip_log *log);
/* Sum of a counter in a per-CPU array; 0 when there is no reading it. */
uint64_t pmip__bpf_sum(int map, uint32_t counter);

#endif
