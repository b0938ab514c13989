/* SPDX-License-Identifier: BSD-2-Clause */
/* What the files of the bpf datapath share: datapath_bpf.c the operations, bpf_setup.c from nothing
 * to forwarding and back, bpf_sweep.c what a predecessor left. */
#ifndef PMIP_BACKEND_DATAPATH_BPF_H
#define PMIP_BACKEND_DATAPATH_BPF_H

#include <net/if.h>

#include <pmip/datapath.h>

#include "backend/access_links.h"
#include "backend/bpf_attach.h"
#include "backend/bpf_inherit.h"
#include "backend/bpf_load.h"
#include "backend/guard_tap.h"
#include "backend/nl.h"

struct pmip__datapath_bpf {
	struct pmip_datapath_config
		config; /* defaults filled in; core[], device_prefix and log not used */
	struct pmip_log log;
	char device[IF_NAMESIZE];
	unsigned int device_index;
	char core[PMIP_DATAPATH_LIST_MAX][IF_NAMESIZE];
	struct pmip__guard_lock lock;
	struct pmip__nl *nl;
	struct pmip__access_links links;
	struct pmip__bpf bpf;
	struct ring_buffer *unknown; /* LMA: flows that nobody has named */
	struct sight *sight;         /* bpf_flow.c: who is told of them */
	bool is_mag;
	bool advised; /* on IPv4 */
	uint64_t epoch; /* marks in the maps what we named; boot time, so no process has the same */
	uint64_t tunnels;
	uint64_t bindings;
};

/* bpf_flow.c: paths and flows; counters of flows and tunnels; flows that nobody has named. */
int pmip__bpf_path_set(struct pmip__datapath_bpf *dp, const struct pmip_datapath_op *op);
int pmip__bpf_path_clear(struct pmip__datapath_bpf *dp, const struct pmip_datapath_op *op);
int pmip__bpf_flow_set(struct pmip__datapath_bpf *dp, const struct pmip_datapath_op *op);
int pmip__bpf_flow_clear(struct pmip__datapath_bpf *dp, const struct pmip_datapath_op *op);
int pmip__bpf_flows(void *ctx, void (*each)(void *user, const struct pmip_flow_counters *counters), void *user);
int pmip__bpf_tunnel_counters(void *ctx, const struct pmip_addr *local, const struct pmip_addr *remote,
			      struct pmip_tunnel_counters *counters);

int pmip__bpf_unknown_open(struct pmip__datapath_bpf *dp);
int pmip__bpf_watch(void *ctx, enum pmip_datapath_watch watch);
int pmip__bpf_unknown_fd(void *ctx);
int pmip__bpf_unknown(void *ctx, void (*each)(void *user, const struct pmip_flow *flow), void *user);

/* Everything in the kernel that is there before the first operation. On failure what we made is
 * gone and what was there goes on. */
int pmip__bpf_setup(struct pmip__datapath_bpf *dp);
/* Warn, once, of settings that keep IPv4 from being forwarded. */
void pmip__bpf_ipv4_advice(struct pmip__datapath_bpf *dp);
/* Remove all of it. */
void pmip__bpf_teardown(struct pmip__datapath_bpf *dp);
/* pmip_datapath_ops.sweep */
int pmip__bpf_sweep(struct pmip__datapath_bpf *dp);
/* Its parts: routes and rules with our protocol number, and filters in our slot on any interface;
 * all, or those that nothing of now accounts for. @return how many were removed. */
int pmip__bpf_sweep_routes(struct pmip__datapath_bpf *dp, bool all);
int pmip__bpf_sweep_hooks(struct pmip__datapath_bpf *dp, bool all);

struct pmip__bpf_hook pmip__bpf_encap_hook(const struct pmip__datapath_bpf *dp);
struct pmip__bpf_hook pmip__bpf_decap_hook(const struct pmip__datapath_bpf *dp,
					   unsigned int ifindex);

/* The route of something we set up: a pool (LMA), a default of our table (MAG), or a binding on
 * an access link (MAG). */
struct pmip__route pmip__bpf_pool_route(const struct pmip__datapath_bpf *dp, unsigned int pool);
struct pmip__route pmip__bpf_uplink_route(const struct pmip__datapath_bpf *dp, bool ipv4);
struct pmip__route pmip__bpf_binding_route(const struct pmip_prefix *prefix, unsigned int link);

struct pmip__bpf_ends pmip__bpf_ends(const struct pmip_addr *local, const struct pmip_addr *remote);
struct pmip__bpf_prefix pmip__bpf_key(const struct pmip_prefix *prefix);
/* The binding of exactly that prefix. */
bool pmip__bpf_binding_get(const struct pmip__datapath_bpf *dp, const struct pmip__bpf_prefix *key,
			   struct pmip__bpf_binding *binding);

#endif
