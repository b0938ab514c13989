/* SPDX-License-Identifier: BSD-2-Clause */
/* What the flow manager knows of mobile nodes: by which tunnels each can be reached, for which prefixes, and how the tunnels are doing. It is
 * what the LMA says (flowmob/fmp.h, ATTACHMENT). */
#ifndef FLOWMOB_MANAGER_NODES_H
#define FLOWMOB_MANAGER_NODES_H

#include "base/hash.h"
#include "base/htable.h"
#include "base/list.h"

#include <flowmob/fmp.h>

/* Attachments of one mobile node at most. */
#define FLOWMOB__ATTACHMENTS_MAX 16

struct flowmob__tunnel {
	uint32_t id;
	size_t users;            /* attachments and flows; the last one takes it away */
	struct pmip__list flows; /* struct flowmob__flow of_tunnel */
	bool down;               /* no flow may go there */
	/* Counters as they were told last, and what has been made of them. */
	bool counted;            /* ever */
	uint64_t sent, dropped, octets;
	uint64_t delta_sent, delta_dropped, delta_octets; /* of the period */
	uint64_t rate_bps;
	uint16_t drop_permille;
	bool congested;          /* in the last period */
	bool relieved;           /* a flow had to leave at its beginning */
	uint64_t calm_us;        /* a target again from then on */
};

struct flowmob__attachment {
	struct pmip__list of_node;
	struct flowmob__node *node;
	struct flowmob__tunnel *tunnel;
	uint8_t att;
	unsigned int prefix_count;
	struct pmip_prefix prefix[PMIP_HNP_MAX];
};

struct flowmob__node {
	struct pmip_mnid mn_id;        /* its octets stand behind the struct */
	struct pmip__list attachments; /* the oldest first */
	size_t attachment_count;
	struct pmip__list flows;       /* struct flowmob__flow of_node */
	size_t flow_count;
};

struct flowmob__nodes {
	struct pmip_mem mem;
	struct pmip__hash_key key;
	size_t max;                   /* attachments */
	size_t count;
	struct pmip__htable by_mn_id; /* nodes */
	struct pmip__htable tunnels;  /* by id */
	struct pmip__htable prefixes; /* prefix -> node, counted */
	uint32_t lengths[129];        /* prefixes of each length */
};

void flowmob__nodes_init(struct flowmob__nodes *nodes, const struct pmip_mem *mem, const uint8_t hash_key[16], size_t max);
/* Needs all flows gone. */
void flowmob__nodes_fini(struct flowmob__nodes *nodes);
/* Forget every attachment; nodes and tunnels go with them. Needs all flows gone. */
void flowmob__nodes_clear(struct flowmob__nodes *nodes);
/* Take in an attachment, or what has changed of one that is known. 0, PMIP_ERR_FULL, PMIP_ERR_EXIST: a prefix is another mobile node's;
 * PMIP_ERR_NOMEM. *added is its node on success. */
int flowmob__nodes_add(struct flowmob__nodes *nodes, struct flowmob__node **added, const struct flowmob_attachment *attachment);
struct flowmob__attachment *flowmob__nodes_find(const struct flowmob__nodes *nodes, const struct flowmob_attachment *attachment);
/* Its node stays as long as it has flows; flowmob__nodes_put() then. */
void flowmob__nodes_remove(struct flowmob__nodes *nodes, struct flowmob__attachment *attachment);
/* Free a node that has neither attachments nor flows. */
void flowmob__nodes_put(struct flowmob__nodes *nodes, struct flowmob__node *node);
/* Whose address it is, by the longest prefix; NULL = nobody's. */
struct flowmob__node *flowmob__nodes_by_addr(const struct flowmob__nodes *nodes, const struct pmip_addr *addr);

struct flowmob__tunnel *flowmob__nodes_tunnel(const struct flowmob__nodes *nodes, uint32_t id);
/* One more user of a tunnel; made if there is none. NULL = no memory. */
struct flowmob__tunnel *flowmob__nodes_use_tunnel(struct flowmob__nodes *nodes, uint32_t id);
void flowmob__nodes_put_tunnel(struct flowmob__nodes *nodes, struct flowmob__tunnel *tunnel);
/* Whether a node can be reached through a tunnel. */
bool flowmob__node_has_tunnel(const struct flowmob__node *node, const struct flowmob__tunnel *tunnel);

#endif
