/* SPDX-License-Identifier: BSD-2-Clause */
/* The programs of a logical interface and their map. Nothing is pinned: the programs on the interfaces keep the maps, and by the program at the
 * egress of the logical interface they are found again. */
#include "config.h"

#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <bpf/bpf.h>
#include <bpf/libbpf.h>

#include "backend/backend_log.h"
#include "backend/bpf/pmip_maps.h"
#include "libflowmob/backend/logical.h"

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wconversion"
#pragma GCC diagnostic ignored "-Wsign-conversion"
#include "libflowmob/backend/bpf/logical.skel.h"
#pragma GCC diagnostic pop

static const char area[] = "logical";

/* The handle tells two logical interfaces' filters on one interface apart, which is an error of the user's. */
static struct pmip__bpf_hook hook_at(uint32_t ifindex, uint32_t handle, bool egress)
{
	return (struct pmip__bpf_hook){ .ifindex = ifindex, .egress = egress, .handle = handle };
}

static int map_state(struct flowmob_logical *logical, int fd)
{
	void *memory = mmap(NULL, sizeof(*logical->state), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);

	if (memory == MAP_FAILED) {
		pmip__backend_log(&logical->log, PMIP_LOG_ERROR, area, "cannot map the table of %s: %s", logical->name, strerror(errno));
		return PMIP_ERR_OS;
	}
	logical->state = memory;
	return 0;
}

int flowmob__logical_load(struct flowmob_logical *logical, uint32_t ifindex)
{
	const struct pmip__bpf_hook hook = hook_at(ifindex, ifindex, true);
	libbpf_print_fn_t print = libbpf_set_print(pmip__bpf_quiet);
	uint32_t predecessor = pmip__bpf_hook_find(&hook, FLOWMOB__LEAVE);
	struct logical_bpf *skeleton = logical_bpf__open();
	int err = -errno;

	if (skeleton) {
		pmip__bpf_inherit(skeleton->maps.flowmob_logical, predecessor, &logical->log);
		pmip__bpf_inherit(skeleton->maps.flowmob_flows, predecessor, &logical->log);
		err = logical_bpf__load(skeleton);
	}
	libbpf_set_print(print);
	if (err < 0) {
		pmip__backend_log(&logical->log, PMIP_LOG_ERROR, area, "cannot load the programs of %s: %s; root or CAP_BPF and CAP_NET_ADMIN are needed",
				  logical->name, strerror(-err));
		logical_bpf__destroy(skeleton);
		return pmip__bpf_err(err);
	}
	logical->skeleton = skeleton;
	logical->flows = bpf_map__fd(skeleton->maps.flowmob_flows);
	return map_state(logical, bpf_map__fd(skeleton->maps.flowmob_logical));
}

int flowmob__logical_find(struct flowmob_logical *logical, uint32_t ifindex)
{
	const struct pmip__bpf_hook hook = hook_at(ifindex, ifindex, true);
	uint32_t program = pmip__bpf_hook_find(&hook, FLOWMOB__LEAVE);
	struct bpf_map_info info;
	int fd = program ? pmip__bpf_map_of_program(program, "flowmob_logical", &info) : -1, err = PMIP_ERR_NOENT;

	if (fd < 0)
		return err;
	if (info.value_size == sizeof(*logical->state))
		err = map_state(logical, fd);
	else
		pmip__backend_log(&logical->log, PMIP_LOG_ERROR, area, "%s is of another version of this library; remove it and make it anew",
				  logical->name);
	close(fd);
	if (err == 0)
		logical->flows = pmip__bpf_map_of_program(program, "flowmob_flows", &info);
	return err;
}

void flowmob__logical_unload(struct flowmob_logical *logical)
{
	if (logical->state)
		munmap(logical->state, sizeof(*logical->state));
	if (logical->skeleton)
		logical_bpf__destroy(logical->skeleton);
	else if (logical->flows >= 0)
		close(logical->flows);
}

int flowmob__logical_attach(struct flowmob_logical *logical, uint32_t ifindex, bool egress)
{
	const struct pmip__bpf_hook hook = hook_at(ifindex, logical->state->ifindex, egress);
	const struct bpf_program *program = egress ? logical->skeleton->progs.flowmob_leave : logical->skeleton->progs.flowmob_arrive;

	return pmip__bpf_hook_attach(&hook, bpf_program__fd(program), &logical->log);
}

void flowmob__logical_detach(const struct flowmob_logical *logical, uint32_t ifindex, bool egress)
{
	const struct pmip__bpf_hook hook = hook_at(ifindex, logical->state->ifindex, egress);

	pmip__bpf_hook_detach(&hook);
}

void flowmob__logical_forget_flows(const struct flowmob_logical *logical, uint8_t place)
{
	struct pmip__bpf_flow flow, next;
	bool first = true, last = false;
	uint8_t learned;

	while (!last) {
		last = bpf_map_get_next_key(logical->flows, first ? NULL : &flow, &next) < 0;
		/* the one before, now that it need not lead on any more */
		if (!first && bpf_map_lookup_elem(logical->flows, &flow, &learned) == 0 && (!place || learned == place))
			bpf_map_delete_elem(logical->flows, &flow);
		flow = next;
		first = false;
	}
}
