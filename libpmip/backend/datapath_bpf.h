/* SPDX-License-Identifier: BSD-2-Clause */
/* What the files of the bpf datapath share: datapath_bpf.c the operations, bpf_setup.c from nothing
 * to forwarding and back, bpf_sweep.c what a predecessor left. */
#ifndef PMIP_BACKEND_DATAPATH_BPF_H
#define PMIP_BACKEND_DATAPATH_BPF_H

#include <net/if.h>

#include <pmip/datapath.h>

#include "backend/access_links.h"
#include "backend/bpf_inherit.h"
#include "backend/bpf_lengths.h"
#include "backend/bpf_load.h"
#include "backend/bpf_place.h"
#include "backend/full.h"
#include "backend/guard_tap.h"
#include "backend/nl.h"

enum { PMIP__BPF_KNOWN_BITS = 8 };

/* What a BINDING_SET has replaced. */
struct pmip__bpf_replaced {
	bool is_set; /* has it? */
	bool there;  /* was there anything? */
	struct pmip__bpf_binding binding;
};

struct pmip__datapath_bpf {
	struct pmip_datapath_config
		config; /* defaults filled in; core[], network[], device_prefix and log not used */
	struct pmip_log log;
	char device[IF_NAMESIZE];
	unsigned int device_index;
	char core[PMIP_DATAPATH_LIST_MAX][IF_NAMESIZE];
	char network[PMIP_DATAPATH_LIST_MAX][IF_NAMESIZE];
	unsigned int core_index[PMIP_DATAPATH_LIST_MAX]; /* 0: it is not there */
	unsigned int network_index[PMIP_DATAPATH_LIST_MAX]; /* as core_index */
	struct pmip__rtnl *news; /* of interfaces */
	struct pmip__guard_lock lock;
	struct pmip__nl *nl;
	struct pmip__access_links links;
	struct pmip__bpf bpf;
	struct pmip__bpf_lengths lengths; /* of prefixes bound */
	struct ring_buffer *unknown; /* LMA: flows that nobody has named */
	struct sight *sight;         /* bpf_flow.c: who is told of them */
	bool is_mag;
	bool took_over; /* a predecessor's maps, which have not been swept yet */
	bool advised; /* on IPv4 */
	uint64_t epoch; /* marks in the maps what we named; boot time, so no process has the same */
	uint64_t tunnels;
	uint64_t bindings;
	struct pmip__full full;
	struct pmip__bpf_replaced *replaced; /* MAG: scratch of submit() */
	size_t replaced_cap;
	bool replaces; /* the last binding that was set had been there */
	struct pmip__bpf_ends known[1 << PMIP__BPF_KNOWN_BITS]; /* tunnels that are there: each binding asks, and they are few; zero = none */
};

bool pmip__bpf_has_tunnel(struct pmip__datapath_bpf *dp, const struct pmip__bpf_ends *ends);

/* bpf_flow.c: paths and flows; counters of flows and tunnels; flows that nobody has named. */
int pmip__bpf_path_set(struct pmip__datapath_bpf *dp, const struct pmip_datapath_op *op);
int pmip__bpf_path_clear(struct pmip__datapath_bpf *dp, const struct pmip_datapath_op *op);
int pmip__bpf_flow_set(struct pmip__datapath_bpf *dp, const struct pmip_datapath_op *op);
int pmip__bpf_flow_clear(struct pmip__datapath_bpf *dp, const struct pmip_datapath_op *op);
int pmip__bpf_flows(void *ctx, uint64_t *place, size_t count, void (*each)(void *user, const struct pmip_flow_counters *counters), void *user);
int pmip__bpf_flow_counters(void *ctx, struct pmip_flow_counters *counters, const struct pmip_flow *flow);
int pmip__bpf_tunnel_counters(void *ctx, struct pmip_tunnel_counters *counters, const struct pmip_addr *local,
			      const struct pmip_addr *remote);

int pmip__bpf_unknown_open(struct pmip__datapath_bpf *dp);
int pmip__bpf_watch(void *ctx, enum pmip_datapath_watch watch);
int pmip__bpf_unknown_fd(void *ctx);
int pmip__bpf_unknown(void *ctx, void (*each)(void *user, const struct pmip_flow *flow), void *user);

/* bpf_move.c */
int pmip__bpf_tunnel_move(struct pmip__datapath_bpf *dp, const struct pmip_datapath_op *op);

/* bpf_core.c: interfaces of the core and to the network; pmip_datapath_ops.links. */
int pmip__bpf_core_attach(struct pmip__datapath_bpf *dp);
/* Make tunnel_mtu no more than they let pass. */
void pmip__bpf_core_fit(struct pmip__datapath_bpf *dp);
int pmip__bpf_core_watch(struct pmip__datapath_bpf *dp);
int pmip__bpf_links_fd(void *ctx);
int pmip__bpf_links(void *ctx);

/* Everything in the kernel that is there before the first operation. On failure what we made is
 * gone and what was there goes on. */
int pmip__bpf_setup(struct pmip__datapath_bpf *dp);
/* Warn, once, of settings that keep IPv4 from being forwarded. */
void pmip__bpf_ipv4_advice(struct pmip__datapath_bpf *dp);
/* Remove all of it. */
void pmip__bpf_teardown(struct pmip__datapath_bpf *dp);
/* pmip_datapath_ops.sweep */
int pmip__bpf_sweep(struct pmip__datapath_bpf *dp);
/* Its parts: routes and rules with our protocol number, and programs of ours on any interface;
 * all, or those that nothing of now accounts for. @return how many were removed. */
int pmip__bpf_sweep_routes(struct pmip__datapath_bpf *dp, bool all);
int pmip__bpf_sweep_hooks(struct pmip__datapath_bpf *dp, bool all);

struct pmip__bpf_hook pmip__bpf_encap_hook(const struct pmip__datapath_bpf *dp);
struct pmip__bpf_hook pmip__bpf_decap_hook(const struct pmip__datapath_bpf *dp,
					   unsigned int ifindex);
struct pmip__bpf_hook pmip__bpf_network_hook(const struct pmip__datapath_bpf *dp, unsigned int ifindex);

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
