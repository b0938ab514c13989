/* SPDX-License-Identifier: BSD-2-Clause */
/* Inside the netlink datapath: what it remembers, and what its files share. */
#ifndef PMIP_BACKEND_DATAPATH_NETLINK_H
#define PMIP_BACKEND_DATAPATH_NETLINK_H

#include <pmip/datapath.h>

#include "backend/access_links.h"
#include "backend/full.h"
#include "backend/nl_tunnel.h"

struct pmip__nl_nexthop;

/* A tunnel of ours, made by us or by a predecessor. */
struct pmip__nl_tunnel {
	struct pmip__nl_tunnel *next;
	struct pmip__tunnel_dev dev; /* index 0: not known yet */
	bool named;                  /* an operation has named it since the start */
	bool found;                  /* a predecessor's, whose bindings may go through it until the sweep */
	int made;                    /* result of making the device */
	uint32_t users;              /* bindings; the last one takes a tunnel with GRE along */
	struct pmip__nl_nexthop *nexthop; /* of the bindings that come; NULL = not made yet */
};

/* What the routes of bindings name, datapath_netlink_nexthop.c. */
struct pmip__nl_nexthop {
	struct pmip__nl_nexthop *next;
	uint32_t id;     /* of the nexthop object; 0 = routes name the device */
	struct pmip__nl_tunnel *tunnel; /* that it leads into; NULL = which has gone */
	uint32_t users;  /* bindings */
	uint32_t submit; /* that asked for it last; 0 = none */
	int result;      /* of that */
	bool moves;      /* with the TUNNEL_MOVE under way */
};

/* A prefix and where it goes. */
struct pmip__nl_binding {
	struct pmip_prefix prefix; /* the key */
	struct pmip__nl_nexthop *nexthop; /* NULL = nowhere */
	uint32_t link;             /* access link, interface index; 0 at an LMA */
	struct pmip_addr via;      /* next hop on it */
	const struct pmip__nl_job *job; /* that has set it and is under way; NULL = none */
};

/* A flow that an operation has named. */
struct pmip__nl_flow {
	struct pmip_flow flow;    /* the key; label 0 */
	struct pmip__nl_way *way; /* into the tunnel it was moved to; NULL = none */
	unsigned int jobs;        /* operations under way */
	bool is_gone;             /* goes with the last of them */
	bool is_counted;          /* what its connection had counted before is known */
	uint64_t packets, octets; /* of it */
	uint64_t ct_packets, ct_octets; /* what its connection had counted then */
	uint64_t seen_us, set_us;
	uint32_t id; /* what the engine calls it */
};

/* A table of flows moved into a tunnel. */
struct pmip__nl_steering {
	struct pmip__nl_steering *next;
	uint32_t number; /* of the tunnel, as in its mark */
	uint32_t tunnel; /* interface index */
	uint32_t ways;   /* routes in the table */
	uint32_t submit; /* that set the rules last */
	int result[2];   /* of that, IPv6 and IPv4 */
};

/* A route in such a table. */
struct pmip__nl_way {
	struct pmip_addr addr; /* with number the key */
	uint32_t number;
	uint32_t users;        /* flows, and operations under way */
	struct pmip__nl_steering *steering;
	struct pmip__nl_path *path; /* NULL = whose it is is not known */
	struct pmip__nl_way *next, **at; /* in its list */
	uint32_t submit;       /* that set it last; 0 = it is not there */
	int result;            /* of that */
};

/* One operation of a submit(). */
enum { PMIP__NL_PARTS = 5, PMIP__NL_MARK_SHIFT = 16 };
struct pmip__nl_job {
	int part[PMIP__NL_PARTS]; /* results of its requests */
	bool is_new;              /* FLOW_SET: the flow was not known before; ENSURE: the tunnel was not there before */
	struct pmip__nl_binding old; /* BINDING_SET: as it was, to be left when this is done; nexthop NULL = there was none */
	struct pmip__nl_flow *flow; /* FLOW_*; NULL = not known */
	struct pmip__nl_way *way;   /* FLOW_SET: where it is to go; NULL = where its binding goes */
};

struct pmip__datapath_netlink {
	struct pmip__nl *nl;
	struct pmip_datapath_config config; /* defaults filled in; its core and device_prefix are not used */
	struct pmip_log log;
	char device_prefix[9];
	bool is_mag;
	struct pmip__nl_tunnel *tunnels;
	void *tunnels_by_ends;    /* tree of them */
	uint32_t tunnel_count;
	unsigned int next_number; /* of a device name */
	struct pmip__nl_nexthop *nexthops;
	bool has_nexthops;        /* routes name nexthop objects */
	uint32_t last_nexthop;    /* number given last, or found in use at the start */
	void *bindings;           /* tsearch(3) tree of struct pmip__nl_binding */
	uint32_t binding_count;
	struct pmip__nl *ct;      /* for connections; NULL = not yet needed */
	void *flows;              /* tree of struct pmip__nl_flow */
	uint32_t flow_count;
	void *ways;               /* tree of struct pmip__nl_way */
	void *paths;              /* tree of struct pmip__nl_path, datapath_netlink_way.c */
	struct pmip__nl_steering *steerings;
	uint32_t submit;          /* counts them; never 0 in one */
	struct pmip__access_links links;
	struct pmip__nl_job *jobs; /* scratch of submit() */
	size_t jobs_cap;
	struct pmip__full full;
	struct pmip__nl_job undo; /* nobody looks at its results */
};

struct pmip__nl_binding *pmip__nl_binding_find(const struct pmip__datapath_netlink *dp, const struct pmip_prefix *prefix);
/* The route to a binding's prefix over a device: at a MAG its access link. */
struct pmip__route pmip__nl_route_to(const struct pmip_prefix *prefix, uint32_t oif);

/* datapath_netlink_nexthop.c. One binding more of a tunnel whose interface index is known, queued; NULL = no memory. One less. */
struct pmip__nl_nexthop *pmip__nl_nexthop_enter(struct pmip__datapath_netlink *dp, struct pmip__nl_tunnel *tunnel);
void pmip__nl_nexthop_leave(struct pmip__datapath_netlink *dp, struct pmip__nl_nexthop *nexthop);
/* The interface index of a binding's tunnel; 0 = it goes nowhere. At an LMA: its route. */
uint32_t pmip__nl_binding_tunnel(const struct pmip__nl_binding *binding);
struct pmip__route pmip__nl_route_into(const struct pmip__nl_binding *binding);
/* Do a TUNNEL_MOVE at once. */
int pmip__nl_tunnel_move(struct pmip__datapath_netlink *dp, const struct pmip_datapath_op *op);
/* Take in what a predecessor left, in tunnels that are known; whether one of ours in the kernel is accounted for. */
int pmip__nl_nexthops_find(struct pmip__datapath_netlink *dp);
bool pmip__nl_nexthop_wanted(const struct pmip__datapath_netlink *dp, uint32_t id);
/* A tunnel goes, and the kernel takes its nexthops along. */
void pmip__nl_nexthops_forget(struct pmip__datapath_netlink *dp, struct pmip__nl_tunnel *tunnel);
void pmip__nl_nexthops_free(struct pmip__datapath_netlink *dp);

/* datapath_netlink_tunnel.c. The tunnel of an operation, or with an interface index known already; NULL = there is none. */
struct pmip__nl_tunnel *pmip__nl_tunnel_find(const struct pmip__datapath_netlink *dp, const struct pmip_datapath_op *op);
struct pmip__nl_tunnel *pmip__nl_tunnel_at(const struct pmip__datapath_netlink *dp, uint32_t index);
/* The tunnel with the ends and keys of dev, as dev if there was none. @return NULL = no memory. */
struct pmip__nl_tunnel *pmip__nl_tunnel_enter(struct pmip__datapath_netlink *dp, const struct pmip__tunnel_dev *dev);
/* Queue making it and its device if there is none, and removing them. */
int pmip__nl_tunnel_ensure(struct pmip__datapath_netlink *dp, const struct pmip_datapath_op *op, struct pmip__nl_job *job);
void pmip__nl_tunnel_release(struct pmip__datapath_netlink *dp, const struct pmip_datapath_op *op, struct pmip__nl_job *job);
void pmip__nl_tunnel_forget(struct pmip__datapath_netlink *dp, struct pmip__nl_tunnel *tunnel);
/* Queue removing a tunnel with GRE that has no binding. */
void pmip__nl_tunnel_drop_unused(struct pmip__datapath_netlink *dp, struct pmip__nl_tunnel *tunnel);
/* Its interface index, when the device may still be in the queue. 0 = it could not be made. */
uint32_t pmip__nl_tunnel_index(struct pmip__datapath_netlink *dp, struct pmip__nl_tunnel *tunnel);

/* datapath_netlink_uplink.c. At a MAG: drop what is not bound; lead packets from binding's prefix on its link into its tunnel, where they
 * went before no longer; and no longer anywhere. Queued. */
void pmip__nl_uplink_close(struct pmip__datapath_netlink *dp, int results[2]);
void pmip__nl_uplink_set(struct pmip__datapath_netlink *dp, const struct pmip__nl_binding *binding, const struct pmip__nl_binding *old,
			 int results[2]);
void pmip__nl_uplink_clear(struct pmip__datapath_netlink *dp, const struct pmip_prefix *prefix, uint32_t link, int *result);
/* Whether a route of ours outside table main, and a rule of ours, is accounted for. */
bool pmip__nl_uplink_wants_route(const struct pmip__datapath_netlink *dp, const struct pmip__route *route);
bool pmip__nl_uplink_wants_rule(const struct pmip__datapath_netlink *dp, const struct pmip__rule *rule);

/* datapath_netlink_flow.c. What is to be there before a packet of the flow has its mark; the mark; and at the end, given the result so far,
 * what is no longer needed. The first two are queued, in dp->nl and in dp->ct. */
int pmip__nl_flow_set(struct pmip__datapath_netlink *dp, const struct pmip_datapath_op *op, struct pmip__nl_job *job);
int pmip__nl_flow_clear(struct pmip__datapath_netlink *dp, const struct pmip_datapath_op *op, struct pmip__nl_job *job);
void pmip__nl_flow_mark(struct pmip__datapath_netlink *dp, const struct pmip_datapath_op *op, struct pmip__nl_job *job);
int pmip__nl_flow_finish(struct pmip__datapath_netlink *dp, const struct pmip_datapath_op *op, struct pmip__nl_job *job, int result);
/* Take the marks of flows not known, or of all, off their connections. @return how many connections, or an error. */
int pmip__nl_flows_sweep(struct pmip__datapath_netlink *dp, bool all);
void pmip__nl_flows_free(struct pmip__datapath_netlink *dp);

/* datapath_netlink_way.c. One flow more to the address of a FLOW_SET into the tunnel with that interface index, queued; NULL with an error;
 * what came of it, after the flush; and one less. */
struct pmip__nl_way *pmip__nl_way_enter(struct pmip__datapath_netlink *dp, const struct pmip_datapath_op *op, uint32_t tunnel, int *err);
int pmip__nl_way_result(const struct pmip__nl_way *way);
void pmip__nl_way_leave(struct pmip__datapath_netlink *dp, struct pmip__nl_way *way);
/* Queue what PATH_CLEAR means for flows. */
void pmip__nl_ways_close(struct pmip__datapath_netlink *dp, const struct pmip_datapath_op *op, int *result);
/* Whether a route of ours outside table main, and a rule with a mark, is accounted for. */
bool pmip__nl_flow_wants_route(const struct pmip__datapath_netlink *dp, const struct pmip__route *route);
bool pmip__nl_flow_wants_rule(const struct pmip__datapath_netlink *dp, const struct pmip__rule *rule);
void pmip__nl_ways_free(struct pmip__datapath_netlink *dp);

/* datapath_netlink_count.c: struct pmip_datapath_ops. */
int pmip__nl_flow_counters(void *ctx, struct pmip_flow_counters *counters, const struct pmip_flow *what);
int pmip__nl_flows(void *ctx, uint64_t *place, size_t count, void (*each)(void *user, const struct pmip_flow_counters *counters), void *user);
int pmip__nl_tunnel_counters(void *ctx, struct pmip_tunnel_counters *counters, const struct pmip_addr *local,
			     const struct pmip_addr *remote);
/* NULL = not known. */
struct pmip__nl_flow *pmip__nl_flow_find(const struct pmip__datapath_netlink *dp, const struct pmip_flow *flow);
/* What its connection has counted before it was a flow is not its own. @return 0, or an error: nobody knows how much that is. */
int pmip__nl_flow_count_from_now(struct pmip__datapath_netlink *dp, struct pmip__nl_flow *flow);

/* datapath_netlink_sweep.c. Take in the tunnel devices a predecessor left. */
int pmip__nl_tunnels_find(struct pmip__datapath_netlink *dp);
/* Remove what is ours in the kernel and not wanted, or all that is ours. @return how many things, or an error. */
int pmip__nl_sweep(struct pmip__datapath_netlink *dp, bool all);

#endif
