/* SPDX-License-Identifier: BSD-2-Clause */
/* The LMA's flow mobility cache (RFC 7864 section 5, the paper's flow table): flows of mobile nodes and the attachment that each of them goes
 * over, found by number and by their addresses, protocol and ports. Those of one mobile node hang together. */
#ifndef PMIP_STATE_FLOW_CACHE_H
#define PMIP_STATE_FLOW_CACHE_H

#include "state/binding_cache.h"

#include <pmip/flow.h>

/* The flows of one mobile node, as long as it has any. */
struct pmip__flow_owner {
	struct pmip__mn *mn;
	struct pmip__list flows;
	uint16_t last_fid;
	bool unsure; /* some of them are */
};

struct pmip__flow {
	struct pmip__list of_owner;
	struct pmip__list changed;        /* in the cache's list of flows whose forwarding is to follow */
	struct pmip__list unstored;       /* in the cache's list of flows that the store has to be told of */
	struct pmip__flow_owner *owner;   /* NULL = it is over, and only its forwarding is left */
	struct pmip__session *anchor;     /* has the prefix of its destination */
	struct pmip__session *over;       /* attachment that it was moved to; NULL = the anchor, as its prefix */
	struct pmip__session *wanted;     /* where a move under way leads; NULL = there is none */
	struct pmip__op *op;              /* of that move; the engine's; NULL = the move waits for a MAG */
	struct pmip__op *following;       /* the same, of what it was set to last when it followed its attachment; NULL = it has come back */
	bool called_off;                  /* a move has come to nothing, which is to be told */
	bool unsure;                      /* the datapath has refused that */
	bool stored;                      /* the store has a record of it */
	bool idle;                        /* that is why it is over */
	struct pmip__tunnel *tunnel;      /* that the datapath has been told, referred to; NULL = none, it follows the prefix */
	struct pmip_flow flow;
	uint32_t id;
	uint16_t fid;                     /* by which MAGs know it, among those of its mobile node; 0 = it has not been told to any */
};

struct pmip__flow_cache {
	struct pmip_mem mem;
	const struct pmip__hash_key *key;
	struct pmip__htable by_id, by_flow, owners;
	struct pmip__list changed;
	struct pmip__list unstored;
	uint32_t last_id;
	bool stores; /* else no flow is ever in that list */
};

void pmip__flow_cache_init(struct pmip__flow_cache *cache, const struct pmip_mem *mem, const struct pmip__hash_key *key);
void pmip__flow_cache_fini(struct pmip__flow_cache *cache);
struct pmip__flow *pmip__flow_cache_by_id(const struct pmip__flow_cache *cache, uint32_t id);
struct pmip__flow *pmip__flow_cache_by_flow(const struct pmip__flow_cache *cache, const struct pmip_flow *flow);
struct pmip__flow_owner *pmip__flow_cache_owner(const struct pmip__flow_cache *cache, const struct pmip__mn *mn);
/* A new flow, with a number that none has; NULL = no memory. */
struct pmip__flow *pmip__flow_cache_add(struct pmip__flow_cache *cache, struct pmip__session *anchor, const struct pmip_flow *flow);
/* It is no flow any more, and can be found no more; what is left of it is in the list of changed ones. No move of it is under way. */
void pmip__flow_cache_end(struct pmip__flow_cache *cache, struct pmip__flow *flow);
/* Give it a number for MAGs, if it has none; false = its mobile node's flows have all that there are. */
bool pmip__flow_cache_name(struct pmip__flow *flow);
/* Its forwarding is to follow. */
void pmip__flow_cache_touch(struct pmip__flow_cache *cache, struct pmip__flow *flow);
/* What the store has of it is out of date. */
void pmip__flow_cache_unstored(struct pmip__flow_cache *cache, struct pmip__flow *flow);
/* It gets its old number, which none has, in place of a new one. */
void pmip__flow_cache_renumber(struct pmip__flow_cache *cache, struct pmip__flow *flow, uint32_t id);
/* Take the first of the changed ones from their list, NULL = there is none. One that is over is the caller's to free. */
struct pmip__flow *pmip__flow_cache_next_changed(struct pmip__flow_cache *cache);
/* The attachment that a flow goes over. */
struct pmip__session *pmip__flow_session(const struct pmip__flow *flow);

#endif
