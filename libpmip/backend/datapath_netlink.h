/* SPDX-License-Identifier: BSD-2-Clause */
/* Inside the netlink datapath: what it remembers, and what its files share. */
#ifndef PMIP_BACKEND_DATAPATH_NETLINK_H
#define PMIP_BACKEND_DATAPATH_NETLINK_H

#include <pmip/datapath.h>

#include "backend/access_links.h"
#include "backend/nl_tunnel.h"

/* A tunnel of ours, made by us or by a predecessor. */
struct pmip__nl_tunnel {
	struct pmip__nl_tunnel *next;
	struct pmip__tunnel_dev dev; /* index 0: not known yet */
	bool named;                  /* an operation has named it since the start */
};

/* A prefix and where it goes. */
struct pmip__nl_binding {
	struct pmip_prefix prefix; /* the key */
	uint32_t tunnel;           /* interface index */
	uint32_t link;             /* access link, interface index; 0 at an LMA */
};

/* One operation of a submit(). */
enum { PMIP__NL_PARTS = 3 };
struct pmip__nl_job {
	int part[PMIP__NL_PARTS]; /* results of its requests */
	bool is_new;              /* SET: the prefix was not bound before; ENSURE: the tunnel was not there before */
};

struct pmip__datapath_netlink {
	struct pmip__nl *nl;
	struct pmip_datapath_config config; /* defaults filled in; its core and device_prefix are not used */
	struct pmip_log log;
	char device_prefix[9];
	bool is_mag;
	struct pmip__nl_tunnel *tunnels;
	uint32_t tunnel_count;
	unsigned int next_number; /* of a device name */
	void *bindings;           /* tsearch(3) tree of struct pmip__nl_binding */
	uint32_t binding_count;
	struct pmip__access_links links;
	struct pmip__nl_job *jobs; /* scratch of submit() */
	size_t jobs_cap;
	struct pmip__nl_job undo; /* nobody looks at its results */
};

struct pmip__nl_binding *pmip__nl_binding_find(const struct pmip__datapath_netlink *dp, const struct pmip_prefix *prefix);
/* The routes of a binding: at an LMA to, only; at a MAG to (its access link) and from (the tunnel). */
struct pmip__route pmip__nl_route_to(const struct pmip_prefix *prefix, uint32_t oif);
struct pmip__route pmip__nl_route_from(const struct pmip__datapath_netlink *dp, const struct pmip_prefix *prefix, uint32_t oif);
/* Take in the tunnel devices a predecessor left. */
int pmip__nl_tunnels_find(struct pmip__datapath_netlink *dp);
void pmip__nl_tunnel_forget(struct pmip__datapath_netlink *dp, struct pmip__nl_tunnel *tunnel);
/* Remove what is ours in the kernel and not wanted, or all that is ours. @return how many things, or an error. */
int pmip__nl_sweep(struct pmip__datapath_netlink *dp, bool all);

#endif
