/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <bpf/bpf.h>
#include <bpf/libbpf.h>

#include "backend/backend_log.h"
#include "backend/bpf_inherit.h"

enum {
	MAPS_MAX = 16,
	ENTRY_MAX = 128, /* octets of a key or a value of a map that is state */
};

static const char area[] = "bpf";

int pmip__bpf_err(int error)
{
	switch (-error) {
	case ENOMEM:
		return PMIP_ERR_NOMEM;
	case ENOSPC:
	case E2BIG:
		return PMIP_ERR_FULL;
	case ENOENT:
		return PMIP_ERR_NOENT;
	default:
		return PMIP_ERR_OS;
	}
}

int pmip__bpf_refused(int error, const char *instead, const struct pmip_log *log)
{
	if (error == -EPERM || error == -EACCES) {
		pmip__backend_log(log, PMIP_LOG_ERROR, area, "may not load BPF programs; run as root or with CAP_BPF and CAP_NET_ADMIN");
		return PMIP_ERR_OS;
	}
	pmip__backend_log(log, PMIP_LOG_WARN, area, "this kernel does not take the BPF programs: %s; use %s", strerror(-error), instead);
	return error == -ENOMEM ? PMIP_ERR_NOMEM : PMIP_ERR_UNSUPPORTED;
}

int pmip__bpf_map_of_program(uint32_t id, const char *name, struct bpf_map_info *map)
{
	uint32_t ids[MAPS_MAX], len = sizeof(struct bpf_prog_info);
	struct bpf_prog_info info = { .nr_map_ids = MAPS_MAX, .map_ids = (uint64_t)(uintptr_t)ids };
	int prog = bpf_prog_get_fd_by_id(id), found = -1;

	if (prog < 0)
		return -1;
	if (bpf_obj_get_info_by_fd(prog, &info, &len) < 0)
		info.nr_map_ids = 0;
	close(prog);
	for (uint32_t i = 0; i < info.nr_map_ids && i < MAPS_MAX && found < 0; i++) {
		found = bpf_map_get_fd_by_id(ids[i]);
		memset(map, 0, sizeof(*map));
		len = sizeof(*map);
		if (found >= 0 &&
		    (bpf_obj_get_info_by_fd(found, map, &len) < 0 || strcmp(map->name, name))) {
			close(found);
			found = -1;
		}
	}
	return found;
}

/* @return how many entries did not fit. */
static unsigned int copy_entries(int from, int to)
{
	_Alignas(uint64_t) uint8_t key[ENTRY_MAX], next[ENTRY_MAX], value[ENTRY_MAX];
	unsigned int lost = 0;

	for (const void *before = NULL; bpf_map_get_next_key(from, before, next) == 0; before = key) {
		memcpy(key, next, sizeof(key));
		if (bpf_map_lookup_elem(from, key, value) < 0 || bpf_map_update_elem(to, key, value, BPF_ANY) < 0)
			lost++;
	}
	return lost;
}

int pmip__bpf_inherit(struct bpf_map *map, uint32_t predecessor, const struct pmip_log *log)
{
	struct bpf_map_info info;
	int fd = predecessor ? pmip__bpf_map_of_program(predecessor, bpf_map__name(map), &info) : -1;
	bool same, copied;

	if (fd < 0)
		return -1;
	same = info.type == (uint32_t)bpf_map__type(map) && info.key_size == bpf_map__key_size(map) &&
	       info.value_size == bpf_map__value_size(map);
	copied = info.max_entries != bpf_map__max_entries(map);
	if (!same || (copied && (info.key_size > ENTRY_MAX || info.value_size > ENTRY_MAX))) {
		pmip__backend_log(log, PMIP_LOG_WARN, area, "map %s of another version is not taken over; forwarding starts anew", info.name);
		close(fd);
		return -1;
	}
	if (copied)
		return fd;
	bpf_map__reuse_fd(map, fd);
	close(fd);
	return -1;
}

void pmip__bpf_copy_and_close(int from, const struct bpf_map *to, const struct pmip_log *log)
{
	unsigned int lost;

	if (from < 0)
		return;
	lost = copy_entries(from, bpf_map__fd(to));
	if (lost)
		pmip__backend_log(log, PMIP_LOG_WARN, area,
				  "%u entries of the former %s do not fit; raise the capacity",
				  lost, bpf_map__name(to));
	close(from);
}

uint64_t pmip__bpf_sum(int map, uint32_t counter)
{
	int cpus = libbpf_num_possible_cpus();
	uint64_t *per_cpu = cpus > 0 ? calloc((size_t)cpus, sizeof(*per_cpu)) : NULL;
	uint64_t sum = 0;

	if (per_cpu && bpf_map_lookup_elem(map, &counter, per_cpu) == 0)
		for (int cpu = 0; cpu < cpus; cpu++)
			sum += per_cpu[cpu];
	free(per_cpu);
	return sum;
}
