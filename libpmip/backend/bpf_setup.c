/* SPDX-License-Identifier: BSD-2-Clause */
/* From nothing, or from what a killed process left, to forwarding; and back. The order keeps two
 * promises: no packet leaves a route of ours unencapsulated (device and program before routes), and
 * a predecessor's forwarding never stops (each piece is replaced in one step, the maps stay). */
#include "config.h"

#include <bpf/bpf.h>

#include "backend/backend_log.h"
#include "backend/bpf_walk.h"
#include "backend/bpf_xdp.h"
#include "backend/if_sysctl.h"

static const char area[] = "bpf";

struct pmip__route pmip__bpf_pool_route(const struct pmip__datapath_bpf *dp, unsigned int pool)
{
	return (struct pmip__route){ .dst = dp->config.pool[pool],
				     .oif = dp->device_index,
				     .metric = PMIP__ROUTE_METRIC };
}

/* FWD-4. */
struct pmip__route pmip__bpf_uplink_route(const struct pmip__datapath_bpf *dp, bool ipv4)
{
	return (struct pmip__route){ .dst = ipv4 ? pmip__nl_ipv4 : (struct pmip_prefix){ .len = 0 },
				     .table = dp->config.table,
				     .oif = dp->device_index,
				     .metric = PMIP__ROUTE_METRIC };
}

struct pmip__bpf_hook pmip__bpf_encap_hook(const struct pmip__datapath_bpf *dp)
{
	return (struct pmip__bpf_hook){ .ifindex = dp->device_index,
					.egress = true,
					.handle = dp->device_index };
}

struct pmip__bpf_hook pmip__bpf_decap_hook(const struct pmip__datapath_bpf *dp,
					   unsigned int ifindex)
{
	return (struct pmip__bpf_hook){ .ifindex = ifindex, .handle = dp->device_index };
}

struct pmip__bpf_hook pmip__bpf_network_hook(const struct pmip__datapath_bpf *dp, unsigned int ifindex)
{
	return (struct pmip__bpf_hook){ .ifindex = ifindex, .handle = dp->device_index, .place = 1 };
}

static bool setting_on(const char *tree, const char *ifname, const char *name)
{
	return pmip__if_sysctl_get(tree, ifname, name) > 0;
}

void pmip__bpf_ipv4_advice(struct pmip__datapath_bpf *dp)
{
	if (dp->advised)
		return;
	dp->advised = true;
	if (!setting_on("ipv4/conf", "all", "forwarding"))
		pmip__backend_log(&dp->log, PMIP_LOG_WARN, area,
				  "IPv4 forwarding is off; `sysctl -w net.ipv4.ip_forward=1`");
	for (unsigned int i = 0; i < dp->config.core_count; i++) {
		const char *core = dp->core[i];

		if (!setting_on("ipv4/conf", "all", "rp_filter") &&
		    !setting_on("ipv4/conf", core, "rp_filter"))
			continue;
		pmip__backend_log(&dp->log, PMIP_LOG_WARN, area,
				  "IPv4 out of tunnels that come in on %s may be dropped, for it goes back by another device; "
				  "`sysctl -w net.ipv4.conf.all.rp_filter=0 net.ipv4.conf.%s.rp_filter=0`",
				  core, core);
	}
}

static uint64_t entries(int map)
{
	long n = pmip__bpf_walk(map, NULL, NULL);

	return n > 0 ? (uint64_t)n : 0;
}

static void learn(void *user, const void *keys, const void *values, uint32_t count)
{
	const struct pmip__bpf_prefix *key = keys;
	struct pmip__datapath_bpf *dp = user;

	(void)values;
	for (uint32_t i = 0; i < count; i++) {
		if (pmip__bpf_lengths_use(&dp->lengths, &key[i]) == 0)
			dp->bindings++;
		else
			bpf_map_delete_elem(dp->bpf.bindings, &key[i]);
	}
}

/* Count the bindings that a predecessor left, and tell the programs, which are not in their places yet, of their lengths. One of a length too
 * many can only be of a predecessor that tried more of them. */
static int learn_bindings(struct pmip__datapath_bpf *dp)
{
	long n;

	dp->lengths.told = dp->bpf.lengths;
	n = pmip__bpf_walk(dp->bpf.bindings, learn, dp);
	return n < 0 ? pmip__bpf_err((int)n) : 0;
}

static int attach(struct pmip__datapath_bpf *dp)
{
	struct pmip__bpf_hook hook = pmip__bpf_encap_hook(dp);
	int err = pmip__bpf_place_attach(&hook, PMIP__BPF_ENCAP_NAME, dp->bpf.encap, &dp->log);

	if (err == 0)
		err = pmip__bpf_core_attach(dp);
	if (err == 0)
		pmip__bpf_xdp_remove(dp, false);
	return err == 0 ? pmip__bpf_core_watch(dp) : err;
}

static int set_routes(struct pmip__datapath_bpf *dp)
{
	int results[PMIP_DATAPATH_LIST_MAX] = { 0 };
	struct pmip__route route;
	unsigned int n = 0;
	int err;

	for (int ipv4 = 0; dp->is_mag && ipv4 < 2; ipv4++) {
		route = pmip__bpf_uplink_route(dp, ipv4);
		pmip__nl_route_set(dp->nl, &route, &results[n++]);
	}
	for (unsigned int i = 0; !dp->is_mag && i < dp->config.pool_count; i++) {
		route = pmip__bpf_pool_route(dp, i);
		pmip__nl_route_set(dp->nl, &route, &results[n++]);
	}
	err = pmip__nl_flush(dp->nl);
	for (unsigned int i = 0; err == 0 && i < n; i++)
		err = results[i];
	return err;
}

int pmip__bpf_setup(struct pmip__datapath_bpf *dp)
{
	struct pmip__bpf_want want = {
		.is_mag = dp->is_mag,
		.is_direct = dp->is_mag && dp->config.bypass_netfilter,
		.max_bindings = dp->config.max_bindings,
		.max_tunnels = dp->config.max_tunnels,
		.max_flows = dp->config.max_flows,
	};
	struct pmip__bpf_hook hook;
	int err;

	pmip__bpf_core_fit(dp);
	err = pmip__guard_tap_make(dp->device, dp->config.tunnel_mtu, &dp->device_index, &dp->log);
	if (err < 0)
		return err;
	hook = pmip__bpf_encap_hook(dp);
	want.device = dp->device_index;
	want.xdp = dp->config.hook != PMIP_DATAPATH_TC;
	want.tunnel_mtu = dp->config.tunnel_mtu;
	want.predecessor = pmip__bpf_place_find(&hook, PMIP__BPF_ENCAP_NAME);
	err = pmip__bpf_load(&dp->bpf, &want, &dp->log);
	if (err == 0) {
		*dp->bpf.flow_count = (uint32_t)entries(dp->bpf.flows); /* with 0 the programs look up none */
		*dp->bpf.epoch = dp->epoch;
		err = learn_bindings(dp);
	}
	if (err == 0)
		err = pmip__bpf_unknown_open(dp);
	if (err == 0)
		err = attach(dp);
	if (err == 0)
		err = set_routes(dp);
	if (err == 0 && dp->is_mag)
		err = pmip__access_links_close(&dp->links, dp->config.access,
					       dp->config.access_count);
	if (err < 0) {
		if (!want.predecessor)
			pmip__bpf_teardown(dp);
		return err;
	}
	dp->tunnels = entries(dp->bpf.tunnels);
	for (unsigned int i = 0; i < dp->config.pool_count; i++) {
		if (pmip__nl_is_ipv4(&dp->config.pool[i]))
			pmip__bpf_ipv4_advice(dp);
	}
	if (!setting_on("ipv6/conf", "all", "forwarding"))
		pmip__backend_log(
			&dp->log, PMIP_LOG_WARN, area,
			"IPv6 forwarding is off; `sysctl -w net.ipv6.conf.all.forwarding=1`");
	dp->took_over = want.predecessor;
	if (want.predecessor)
		pmip__backend_log(&dp->log, PMIP_LOG_INFO, area, "took over %s with %llu bindings",
				  dp->device, (unsigned long long)dp->bindings);
	return 0;
}

void pmip__bpf_teardown(struct pmip__datapath_bpf *dp)
{
	struct pmip__bpf_hook hook;

	pmip__bpf_sweep_routes(dp, true);
	pmip__bpf_sweep_hooks(dp, true);
	pmip__bpf_xdp_remove(dp, true);
	hook = pmip__bpf_encap_hook(dp);
	pmip__bpf_place_detach(&hook, PMIP__BPF_ENCAP_NAME);
	pmip__guard_tap_remove(dp->device, &dp->log);
}
