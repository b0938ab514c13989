/* SPDX-License-Identifier: BSD-2-Clause */
/* Loading and taking over. */
#include "config.h"

#include <errno.h>
#include <unistd.h>

#include <bpf/bpf.h>
#include <bpf/libbpf.h>

#include "backend/bpf_attach.h"
#include "backend/bpf_inherit.h"
#include "backend/bpf_load.h"

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wconversion"
#pragma GCC diagnostic ignored "-Wsign-conversion"
#include "backend/bpf/pmip.skel.h"
#pragma GCC diagnostic pop

/* The maps that are state, with the capacity that is wanted of each. */
enum { BINDINGS, TUNNELS, PATHS, FLOWS, STATE_MAPS };

int pmip__bpf_load(struct pmip__bpf *bpf, const struct pmip__bpf_want *want,
		   const struct pmip_log *log)
{
	libbpf_print_fn_t print = libbpf_set_print(pmip__bpf_quiet);
	struct pmip_bpf *skeleton = pmip_bpf__open();
	const uint32_t capacity[STATE_MAPS] = { want->max_bindings, want->max_tunnels, want->max_bindings, want->max_flows };
	struct bpf_map *maps[STATE_MAPS] = { NULL };
	int old[STATE_MAPS] = { -1, -1, -1, -1 }, counters, err = -errno;

	if (!skeleton)
		goto out;
	skeleton->rodata_role->pmip_role = (struct pmip__bpf_role){ .device = want->device, .is_mag = want->is_mag, .tunnel_mtu = want->tunnel_mtu, .is_direct = want->is_direct };
	bpf_program__set_autoload(skeleton->progs.pmip_xdp, want->xdp);
	maps[BINDINGS] = skeleton->maps.pmip_bindings;
	maps[TUNNELS] = skeleton->maps.pmip_tunnels;
	maps[PATHS] = skeleton->maps.pmip_paths;
	maps[FLOWS] = skeleton->maps.pmip_flows;
	for (int i = 0; i < STATE_MAPS; i++) {
		bpf_map__set_max_entries(maps[i], capacity[i]);
		old[i] = pmip__bpf_inherit(maps[i], want->predecessor, log);
	}
	counters = pmip__bpf_inherit(skeleton->maps.pmip_counters, want->predecessor, log);
	if (counters >= 0)
		close(counters); /* of a version that counted other things: from the beginning */
	err = pmip_bpf__load(skeleton);
	if (err < 0)
		goto out;
	for (int i = 0; i < STATE_MAPS; i++) {
		pmip__bpf_copy_and_close(old[i], maps[i], log);
		old[i] = -1;
	}
	*bpf = (struct pmip__bpf){
		.skeleton = skeleton,
		.encap = bpf_program__fd(skeleton->progs.pmip_encap),
		.decap = bpf_program__fd(skeleton->progs.pmip_decap),
		.network = bpf_program__fd(skeleton->progs.pmip_network),
		.xdp = want->xdp ? bpf_program__fd(skeleton->progs.pmip_xdp) : -1,
		.ports = bpf_map__fd(skeleton->maps.pmip_ports),
		.bindings = bpf_map__fd(maps[BINDINGS]),
		.tunnels = bpf_map__fd(maps[TUNNELS]),
		.paths = bpf_map__fd(maps[PATHS]),
		.flows = bpf_map__fd(maps[FLOWS]),
		.counters = bpf_map__fd(skeleton->maps.pmip_counters),
		.unknown = bpf_map__fd(skeleton->maps.pmip_unknown),
		.flow_count = &skeleton->bss->pmip_flow_count,
		.watch = &skeleton->bss->pmip_watch,
		.lengths = skeleton->bss->pmip_lengths,
		.epoch = &skeleton->bss->pmip_epoch,
	};
out:
	libbpf_set_print(print);
	for (int i = 0; i < STATE_MAPS; i++)
		if (old[i] >= 0)
			close(old[i]);
	if (err < 0)
		pmip_bpf__destroy(skeleton);
	return err < 0 ? pmip__bpf_refused(err, "the netlink datapath", log) : 0;
}

void pmip__bpf_unload(struct pmip__bpf *bpf)
{
	pmip_bpf__destroy(bpf->skeleton);
	bpf->skeleton = NULL;
}
