/* SPDX-License-Identifier: BSD-2-Clause */
/* Update Notifications of the LMA that are not acknowledged yet (RFC 7077 section 5). They ask for an acknowledgement, and are sent
 * again, with flag D, after MIN_DELAY_BEFORE_UPN_RETRANSMIT, MAX_UPN_RETRANSMIT_COUNT times; after another such wait the LMA gives up. */
#ifndef PMIP_ENGINE_UPDATE_H
#define PMIP_ENGINE_UPDATE_H

#include "engine/action_queue.h"
#include "engine/outstanding.h"

#include <pmip/flow.h>
#include <pmip/wire.h>

/* Most octets of a vendor's data: an option's 255 less enterprise number and subtype. */
#define PMIP__VENDOR_MAX 250
/* Most flows that one MAG is told of. */
#define PMIP__TOLD_FLOWS_MAX 16
/* Most octets of a UPN or UPA of ours: 12 fixed, MN-ID 257, HNPs 8 * 20, group 8, vendor 257, flows 16 * 56, and padding before each. */
#define PMIP__UPDATE_MAX 1800

struct pmip__update_config {
	uint32_t delay_ms, max_retransmit;
};

/* Their defaults (RFC 7077 section 7). */
#define PMIP__UPDATE_DEFAULTS ((struct pmip__update_config){.delay_ms = 1000, .max_retransmit = 1})

/* A flow that a MAG is told of. */
struct pmip__told_flow {
	uint16_t fid;
	struct pmip_flow flow;
};

/* What a notification says; whom it is about is its request's MN-ID, or the group. */
struct pmip__update_content {
	uint16_t reason;
	uint32_t group;            /* 0 = none */
	unsigned int prefix_count; /* the set that the mobile node is to have; with PMIP_UPN_FLOW_MOBILITY: that it has at other MAGs */
	struct pmip_prefix prefix[PMIP_HNP_MAX];
	unsigned int flow_count; /* with PMIP_UPN_FLOW_MOBILITY: that go there */
	struct pmip__told_flow flow[PMIP__TOLD_FLOWS_MAX];
	struct pmip_opt_vendor vendor; /* with PMIP_UPN_VENDOR_SPECIFIC; its data are in vendor_data */
	uint8_t vendor_data[PMIP__VENDOR_MAX];
};

struct pmip__update {
	struct pmip__outstanding request;
	struct pmip__renumbering *renumbering; /* the LMA's; NULL = none */
	struct pmip__update_content content;
};

/* NULL stays NULL. */
static inline struct pmip__update *pmip__update_of(struct pmip__outstanding *request)
{
	return (struct pmip__update *)request;
}

/* Make one; nothing is sent yet. 0, PMIP_ERR_FULL or PMIP_ERR_NOMEM. */
int pmip__update_add(struct pmip__outstanding_set *all, struct pmip__update **added, const struct pmip_addr *local,
		     const struct pmip_addr *peer, const struct pmip__update_content *content, const struct pmip_mnid *mn_id);
/* Add a flow to a message: a Flow Identification with a traffic selector. */
void pmip__update_add_flow(struct pmip_mh_writer *writer, const struct pmip__told_flow *told);
/* Send it, the first time or again: one action. */
void pmip__update_send(struct pmip__outstanding_set *all, struct pmip__update *update, const struct pmip__update_config *config,
		       struct pmip__action_queue *queue, uint64_t now_us);
/* Whether it has been sent as often as it may be. */
bool pmip__update_is_spent(const struct pmip__update *update, const struct pmip__update_config *config);

#endif
