/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include <bpf/bpf.h>
#include <linux/if_link.h>

#include "backend/backend_log.h"
#include "backend/bpf_xdp.h"

#define XDP_NAME "pmip_xdp"

static const char area[] = "bpf";

/* The program at an interface, if it is ours or of a predecessor of ours; 0 = there is none. */
static uint32_t find(const struct pmip__datapath_bpf *dp, unsigned int ifindex)
{
	uint32_t id = 0;

	if (bpf_xdp_query_id((int)ifindex, XDP_FLAGS_DRV_MODE, &id) < 0 || !id || !pmip__bpf_is_of(id, XDP_NAME, dp->device_index))
		return 0;
	return id;
}

static int attach(const struct pmip__datapath_bpf *dp, unsigned int ifindex)
{
	libbpf_print_fn_t print = libbpf_set_print(pmip__bpf_quiet);
	LIBBPF_OPTS(bpf_xdp_attach_opts, opts);
	uint32_t flags = XDP_FLAGS_DRV_MODE | XDP_FLAGS_UPDATE_IF_NOEXIST, old = find(dp, ifindex);
	int fd = old ? bpf_prog_get_fd_by_id(old) : -1;
	int err;

	if (fd >= 0) {
		opts.old_prog_fd = fd;
		flags = XDP_FLAGS_DRV_MODE | XDP_FLAGS_REPLACE;
	}
	err = bpf_xdp_attach((int)ifindex, dp->bpf.xdp, flags, &opts);
	if (err == 0)
		err = bpf_map_update_elem(dp->bpf.ports, &ifindex, &ifindex, BPF_ANY);
	if (fd >= 0)
		close(fd);
	libbpf_set_print(print);
	return err;
}

/* What stands in the way, and what to do about it. */
static int refused(const struct pmip__datapath_bpf *dp, const char *name, int error)
{
	const bool asked = dp->config.hook == PMIP_DATAPATH_XDP;
	const char *why = "take bpf: tc, or auto, which does without it there";

	if (error == -EBUSY || error == -EEXIST)
		why = "there is somebody else's program; take that away, or take bpf: tc";
	else if (error == -EOPNOTSUPP)
		why = "its driver has no native XDP; take bpf: tc, or auto, which does without it there";
	else if (error == -ERANGE || error == -EINVAL)
		why = "its MTU or its offloads may be too much for XDP; lower the MTU, switch LRO off, or take bpf: tc";
	pmip__backend_log(&dp->log, asked ? PMIP_LOG_ERROR : PMIP_LOG_INFO, area, "no XDP on %s: %s: %s", name, strerror(-error), why);
	return asked ? PMIP_ERR_CONFIG : 0;
}

int pmip__bpf_xdp_use(struct pmip__datapath_bpf *dp, unsigned int ifindex)
{
	char name[IF_NAMESIZE] = "?";
	bool veth;
	int err;

	if (dp->config.hook == PMIP_DATAPATH_TC || find(dp, ifindex) == pmip__bpf_id_of(dp->bpf.xdp))
		return 0;
	if_indextoname(ifindex, name);
	veth = pmip__guard_is_veth(name);
	if (veth && dp->config.hook == PMIP_DATAPATH_XDP_AUTO)
		return 0;
	err = attach(dp, ifindex);
	if (err < 0)
		return refused(dp, name, err);
	if (veth)
		pmip__backend_log(&dp->log, PMIP_LOG_WARN, area,
				  "XDP on %s, a veth device: packets of a sender on this machine have no checksum yet and are lost; "
				  "`ethtool -K IF tx off` where they are sent, and at the other end of each veth device `ethtool -K IF gro on`",
				  name);
	else
		pmip__backend_log(&dp->log, PMIP_LOG_INFO, area, "XDP on %s", name);
	return 0;
}

void pmip__bpf_xdp_leave(struct pmip__datapath_bpf *dp, unsigned int ifindex)
{
	libbpf_print_fn_t print = libbpf_set_print(pmip__bpf_quiet);

	bpf_map_delete_elem(dp->bpf.ports, &ifindex);
	if (find(dp, ifindex))
		bpf_xdp_detach((int)ifindex, XDP_FLAGS_DRV_MODE, NULL);
	libbpf_set_print(print);
}

void pmip__bpf_xdp_remove(const struct pmip__datapath_bpf *dp, bool all)
{
	libbpf_print_fn_t print = libbpf_set_print(pmip__bpf_quiet);
	struct if_nameindex *list = if_nameindex();
	uint32_t own = all ? 0 : pmip__bpf_id_of(dp->bpf.xdp);

	for (struct if_nameindex *at = list; at && at->if_index; at++) {
		uint32_t id = find(dp, at->if_index);

		if (id && id != own)
			bpf_xdp_detach((int)at->if_index, XDP_FLAGS_DRV_MODE, NULL);
	}
	if_freenameindex(list);
	libbpf_set_print(print);
}
