/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <bpf/bpf.h>
#include <bpf/libbpf.h>

#include "backend/backend_log.h"
#include "backend/bpf_inherit.h"
#include "backend/bpf_walk.h"

enum { MAPS_MAX = 16 };

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

struct copy {
	int to;
	unsigned int lost; /* entries that did not fit */
};

static void copy_some(void *user, const void *keys, const void *values, uint32_t count)
{
	struct copy *copy = user;
	uint32_t done = count;

	if (bpf_map_update_batch(copy->to, keys, values, &done, NULL) < 0)
		copy->lost += count - done;
}

/* A map that is too small for what there is stays as large as it was: nothing that is forwarded is given up for a number. */
static bool is_too_small(struct bpf_map *map, int old, const struct bpf_map_info *info, const struct pmip_log *log)
{
	bool may_be = info->type != BPF_MAP_TYPE_LRU_HASH && info->max_entries > bpf_map__max_entries(map);
	long count = may_be ? pmip__bpf_walk(old, NULL, NULL) : 0;

	if (count <= (long)bpf_map__max_entries(map))
		return false;
	pmip__backend_log(log, PMIP_LOG_WARN, area,
			  "map %s has %ld entries of a former process and is to have room for %u; it keeps that for %u", info->name, count,
			  bpf_map__max_entries(map), info->max_entries);
	bpf_map__set_max_entries(map, info->max_entries);
	return true;
}

int pmip__bpf_inherit(struct bpf_map *map, uint32_t predecessor, const struct pmip_log *log)
{
	struct bpf_map_info info;
	int fd = predecessor ? pmip__bpf_map_of_program(predecessor, bpf_map__name(map), &info) : -1;

	if (fd < 0)
		return -1;
	if (info.type != (uint32_t)bpf_map__type(map) || info.key_size != bpf_map__key_size(map) ||
	    info.value_size != bpf_map__value_size(map)) {
		pmip__backend_log(log, PMIP_LOG_WARN, area, "map %s of another version is not taken over; forwarding starts anew", info.name);
		close(fd);
		return -1;
	}
	if (info.max_entries != bpf_map__max_entries(map) && !is_too_small(map, fd, &info, log))
		return fd;
	bpf_map__reuse_fd(map, fd);
	close(fd);
	return -1;
}

void pmip__bpf_copy_and_close(int from, const struct bpf_map *to, const struct pmip_log *log)
{
	struct copy copy = { .to = bpf_map__fd(to) };

	if (from < 0)
		return;
	if (pmip__bpf_walk(from, copy_some, &copy) < 0 || copy.lost)
		pmip__backend_log(log, PMIP_LOG_ERROR, area, "%u entries or more of the former %s could not be taken over: %s", copy.lost,
				  bpf_map__name(to), strerror(errno));
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
