/* SPDX-License-Identifier: BSD-2-Clause */
/* Inside a domain: its nodes and mobile nodes as they are, for what happens to them and for looking at them. */
#ifndef TESTS_DOMAIN_WORLD_H
#define TESTS_DOMAIN_WORLD_H

#include "domain.h"
#include "shelf.h"
#include "unit.h"

#include <pmip/pmip.h>

#define NODES (DOMAIN_LMAS + DOMAIN_MAGS) /* the LMAs first */
/* Of the pools 2001:db8:1000::/48 and 2001:db8:2000::/48, numbered by their bits; as many IPv4 home addresses of 198.18.0.0/16 and
 * 198.19.0.0/16 are behind them. */
#define PREFIXES (DOMAIN_LMAS * 65536)
#define RESERVED_IPV4 3 /* network, broadcast, router */
#define S UINT64_C(1000000)
#define MS UINT64_C(1000)
#define LIFETIME_S 40
#define NOWHERE (-1)
/* ck_assert() writes to a file each time, which is too slow for what happens a million times. */
#define must(what) \
	do { \
		if (!(what)) \
			ck_abort_msg("%s", #what); \
	} while (0)

/* The flow of a mobile node: where the LMA's datapath sends it. */
struct steering {
	uint32_t id;
	bool set, away;
	bool named; /* by an operation since the LMA has begun */
	bool stale; /* it was to be set anew, in vain */
	uint8_t remote; /* node, when it does not go where its prefix goes */
	struct pmip_addr dst;
};

/* What is going to happen: a message arrives, a mobile node comes or goes, a MAG finds that its clock is right. */
enum kind { MESSAGE, COME, GO, CLOCK };

struct happening {
	uint64_t at_us, order;
	enum kind kind;
	int mn, mag;
	uint32_t link;
	struct pmip_dgram dgram;
	uint8_t octets[];
};

/* Where a node's datapath sends a prefix. */
struct forwarding {
	bool set;
	bool named; /* by an operation since its node has begun */
	uint8_t remote; /* node */
	uint32_t link;
	struct pmip_gre gre;
};

struct node {
	struct pmip_addr addr;
	struct pmip_lma *lma;
	struct pmip_mag *mag;
	int64_t clock_us; /* how much its clock is ahead */
	bool tunnel[NODES], tunnel_named[NODES];
	size_t through[NODES]; /* prefixes that go through a tunnel */
	struct forwarding *forwarding;
	size_t forwardings;
	struct shelf shelf;
	uint32_t fails_in; /* operations until the next one that fails; 0 = never */
};

struct domain_world {
	const struct domain_plan *plan;
	int nodes;
	uint64_t random, now_us, order, hash;
	bool calm;
	uint32_t kills;
	bool reviving;
	struct node node[NODES];
	struct happening **heap;
	size_t heaped, heap_cap;
	int at[DOMAIN_MNS]; /* index of the MAG */
	uint32_t link[DOMAIN_MNS];
	uint8_t busy[DOMAIN_MNS]; /* happenings ahead */
	struct steering flow[DOMAIN_MNS];
	long in_use;
};

extern struct domain_world d;

/* A quarter of the mobile nodes have IPv4, a few of them nothing else. */
static inline bool has_ipv4(int mn)
{
	return mn % 4 == 0;
}

static inline bool has_ipv6(int mn)
{
	return mn % 12 != 0;
}

/* Two in four are the two interfaces of one mobile node, the second one its twin; they keep to MAGs of their own. */
static inline bool is_double(int mn)
{
	return d.plan->flows && mn % 4 >= 2 && (mn | 1) < d.plan->mns;
}

static inline bool is_twin(int mn)
{
	return is_double(mn) && mn % 4 == 3;
}

/* Every second of those has the same prefix at both, as a logical interface has. */
static inline bool is_sharing(int mn)
{
	return is_double(mn) && mn % 8 >= 6;
}

/* The node that has an address, where its datapath sends a prefix, and how many tunnels it has. */
uint8_t node_of(const struct pmip_addr *addr);
struct forwarding *forwarding_of(const struct node *node, const struct pmip_prefix *prefix);
size_t tunnels_of(const struct node *node);
struct pmip_attach attach_of(int mn, uint32_t link, char name[32]);

/* All of them agree. */
void domain_check(void);

#endif
