/* SPDX-License-Identifier: BSD-2-Clause */
/* The interfaces that have programs of ours: those of the core, on which tunnel packets come in, and those to the network. At the start all have to be
 * there; one that goes and comes back, or another that gets its name, is used from then on. */
#include "config.h"

#include <string.h>

#include "backend/backend_log.h"
#include "backend/bpf_xdp.h"
#include "backend/link.h"

enum { ENCAP_OVERHEAD = 40, IPV6_MIN_MTU = 1280 };

static const char area[] = "bpf";

/* RFC 2473 section 7.1: who has sent what does not fit is told, which the kernel does by our device's MTU. TUN-6. */
void pmip__bpf_core_fit(struct pmip__datapath_bpf *dp)
{
	for (unsigned int i = 0; i < dp->config.core_count; i++) {
		uint32_t mtu = pmip__guard_mtu_of(dp->core[i]), most = mtu > IPV6_MIN_MTU + ENCAP_OVERHEAD ? mtu - ENCAP_OVERHEAD : IPV6_MIN_MTU;

		if (mtu == 0 || most >= dp->config.tunnel_mtu)
			continue;
		dp->config.tunnel_mtu = most;
		pmip__backend_log(&dp->log, PMIP_LOG_WARN, area,
				  "%s has MTU %u: inner packets over %u are answered by Packet Too Big; set tunnel_mtu to that, so that mobile nodes "
				  "are told at once, or raise the MTU", dp->core[i], mtu, most);
	}
}

static void warn_about(const struct pmip__datapath_bpf *dp, const char *core)
{
	uint32_t mtu = pmip__guard_mtu_of(core);

	if (mtu < dp->config.tunnel_mtu + ENCAP_OVERHEAD)
		pmip__backend_log(&dp->log, PMIP_LOG_WARN, area,
				  "%s has MTU %u: inner packets over %u will be lost; raise it to %u", core, mtu, mtu - ENCAP_OVERHEAD,
				  dp->config.tunnel_mtu + ENCAP_OVERHEAD);
}

/* The program into its place at an interface, by XDP as well; *ifindex: which one is used now, 0 = none. */
static int put(struct pmip__datapath_bpf *dp, const struct pmip__bpf_hook *hook, const char *name, int prog, unsigned int *ifindex)
{
	int err = pmip__bpf_place_attach(hook, name, prog, &dp->log);

	if (err == 0)
		err = pmip__bpf_xdp_use(dp, hook->ifindex);
	*ifindex = err == 0 ? hook->ifindex : 0;
	return err;
}

static int use(struct pmip__datapath_bpf *dp, unsigned int i, unsigned int ifindex)
{
	struct pmip__bpf_hook hook = pmip__bpf_decap_hook(dp, ifindex);

	warn_about(dp, dp->core[i]);
	return put(dp, &hook, PMIP__BPF_DECAP_NAME, dp->bpf.decap, &dp->core_index[i]);
}

static int use_network(struct pmip__datapath_bpf *dp, unsigned int i, unsigned int ifindex)
{
	struct pmip__bpf_hook hook = pmip__bpf_network_hook(dp, ifindex);

	return put(dp, &hook, PMIP__BPF_NETWORK_NAME, dp->bpf.network, &dp->network_index[i]);
}

static int missing(const struct pmip__datapath_bpf *dp, const char *what, const char *name)
{
	pmip__backend_log(&dp->log, PMIP_LOG_ERROR, area, "there is no %s %s; correct the name or create it first", what, name);
	return PMIP_ERR_CONFIG;
}

int pmip__bpf_core_attach(struct pmip__datapath_bpf *dp)
{
	unsigned int ifindex;
	int err = 0;

	for (unsigned int i = 0; err == 0 && i < dp->config.core_count; i++) {
		ifindex = if_nametoindex(dp->core[i]);
		err = ifindex ? use(dp, i, ifindex) : missing(dp, "core interface", dp->core[i]);
	}
	for (unsigned int i = 0; err == 0 && i < dp->config.network_count; i++) {
		ifindex = if_nametoindex(dp->network[i]);
		err = ifindex ? use_network(dp, i, ifindex) : missing(dp, "network interface", dp->network[i]);
	}
	return err;
}

/* An interface that has gone, or has another name now. */
static void leave(struct pmip__datapath_bpf *dp, const char *name, unsigned int *ifindex, bool gone)
{
	struct pmip__bpf_hook decap = pmip__bpf_decap_hook(dp, *ifindex), network = pmip__bpf_network_hook(dp, *ifindex);

	pmip__backend_log(&dp->log, PMIP_LOG_WARN, area, "interface %s has gone; it is used again when it is back", name);
	if (!gone) {
		pmip__bpf_place_detach(&decap, PMIP__BPF_DECAP_NAME);
		pmip__bpf_place_detach(&network, PMIP__BPF_NETWORK_NAME);
		pmip__bpf_xdp_leave(dp, *ifindex);
	}
	*ifindex = 0;
}

/* Whether it is time to use an interface, which until now was ifindex, 0 = none; one that is not it any more is left. */
static bool has_come(struct pmip__datapath_bpf *dp, const char *name, unsigned int *ifindex, const struct pmip__link_info *info)
{
	bool named = !info->gone && strcmp(info->name, name) == 0;

	if (!named && *ifindex == info->index)
		leave(dp, name, ifindex, info->gone);
	return named && *ifindex != info->index;
}

/* TUN-10. */
static void on_link(void *user, const struct pmip__link_info *info)
{
	struct pmip__datapath_bpf *dp = user;

	if (!info->index)
		return;
	for (unsigned int i = 0; i < dp->config.core_count; i++) {
		if (has_come(dp, dp->core[i], &dp->core_index[i], info) && use(dp, i, info->index) == 0)
			pmip__backend_log(&dp->log, PMIP_LOG_INFO, area, "core interface %s is interface %u", dp->core[i], info->index);
	}
	for (unsigned int i = 0; i < dp->config.network_count; i++) {
		if (has_come(dp, dp->network[i], &dp->network_index[i], info))
			use_network(dp, i, info->index);
	}
}

int pmip__bpf_core_watch(struct pmip__datapath_bpf *dp)
{
	return pmip__rtnl_new(&dp->news, on_link, dp, &dp->log);
}

int pmip__bpf_links_fd(void *ctx)
{
	const struct pmip__datapath_bpf *dp = ctx;

	return pmip__rtnl_fd(dp->news);
}

int pmip__bpf_links(void *ctx)
{
	struct pmip__datapath_bpf *dp = ctx;
	int got;

	do
		got = pmip__rtnl_read(dp->news);
	while (got > 0);
	return got;
}
