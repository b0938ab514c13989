/* SPDX-License-Identifier: BSD-2-Clause */
/* What LMA and MAG alike do about peers that are not perfect (pmip/tolerance.h). */
#ifndef PMIP_ENGINE_TOLERANCE_H
#define PMIP_ENGINE_TOLERANCE_H

#include "engine/heartbeat.h"
#include "state/peer_rule.h"

#include <pmip/tolerance.h>

/* Decode a message by what is tolerated of its sender; rule: NULL = nothing. used: what it has needed of that. */
int pmip__decode(struct pmip_mh *mh, const struct pmip_dgram *dgram, const struct pmip__peer_rule *rule, uint32_t *used,
		 struct pmip_diag *diag);
/* Count uses, and tell of those that this peer has not been told for of late: an event each. counters: those of the engine, of which the first is for
 * the bit first. */
void pmip__tolerance_used(struct pmip__heartbeat *heartbeat, const struct pmip_addr *remote, uint32_t used, uint64_t *counters,
			  enum pmip_tolerance first, uint64_t now_us);
/* Whether the peer may have this tolerance: all its bits are such that an LMA (at_mag: a MAG) has. */
bool pmip__tolerance_is_allowed(uint32_t tolerate, bool at_mag);

/* In which order the octets of a Timestamp are. */
enum pmip__timestamp_order {
	PMIP__NETWORK_ORDER,
	PMIP__LITTLE_64,
	PMIP__LITTLE_32, /* two words */
};

/* From network order to another one, and back. */
uint64_t pmip__timestamp_reorder(uint64_t timestamp, enum pmip__timestamp_order order);
/* The order in which a Timestamp makes sense by our clock; network order when none does. */
enum pmip__timestamp_order pmip__timestamp_order_of(uint64_t timestamp, uint64_t wall_us);

#endif
