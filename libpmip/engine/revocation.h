/* SPDX-License-Identifier: BSD-2-Clause */
/* What LMA and MAG alike do about Binding Revocation (RFC 5846): Indications of ours and when they are sent again, those of a peer
 * taken apart, and the answers to them.
 *
 * One Indication is sent 1 + BRIMaxRetriesNumber times, the same octets each time, after InitMINDelayBRIs and then twice that up to
 * MAX_BRACK_TIMEOUT (section 11). Without an answer the initiator goes on as if there had been one that says success. */
#ifndef PMIP_ENGINE_REVOCATION_H
#define PMIP_ENGINE_REVOCATION_H

#include "engine/action_queue.h"
#include "engine/outstanding.h"

#include <pmip/wire.h>

/* Most octets of a BRI or BRA of ours: 12 fixed, MN-ID 257, HNPs 8 * 20, Alternate CoA 18, group 8, and padding before each. */
#define PMIP__REVOCATION_MAX 512

/* What an Indication of ours asks for. */
struct pmip__revocation_wish {
	struct pmip_addr local, peer;
	uint8_t trigger; /* enum pmip_revocation_trigger; with G from 128 on */
	struct pmip_mnid mn_id; /* len 0 = none; with PMIP_TRIGGER_LOCAL_POLICY a realm, else of the MAG when global */
	struct pmip_addr alt_coa; /* :: = none */
	uint32_t group; /* 0 = none */
	const struct pmip_prefix *prefix; /* Home Network Prefixes, or one IPv4 home address as ::ffff:a.b.c.d/128 */
	unsigned int prefix_count; /* 0 = all of the mobile node's */
	uint8_t ipv4_plen;         /* of an IPv4 home address */
};

/* An Indication of ours that is not answered yet. */
struct pmip__revocation {
	struct pmip__outstanding request;
	struct pmip__revocation *next; /* the caller's */
	struct pmip__tunnel *tunnel;   /* the LMA's: whose bindings are concerned */
	bool for_handover;             /* the LMA's: PBUs wait for the answer */
	bool tells;                    /* the LMA's: that the mobile node has moved; nothing is asked for */
	uint8_t trigger;
	uint32_t group;           /* 0 = none */
	unsigned int prefix_count;
	struct pmip_prefix prefix[PMIP_HNP_MAX];
	uint8_t ipv4_plen;
	size_t len;
	uint8_t octets[PMIP__REVOCATION_MAX];
};

/* NULL stays NULL. */
static inline struct pmip__revocation *pmip__revocation_of(struct pmip__outstanding *request)
{
	return (struct pmip__revocation *)request;
}

/* Make one; nothing is sent yet. 0, PMIP_ERR_FULL or PMIP_ERR_NOMEM. */
int pmip__revocation_add(struct pmip__outstanding_set *all, struct pmip__revocation **added, const struct pmip__revocation_wish *wish);
/* Send it, the first time or again: one action. */
void pmip__revocation_send(struct pmip__outstanding_set *all, struct pmip__revocation *revocation, struct pmip__action_queue *queue,
			   uint64_t now_us);
/* Whether it is about all bindings of a kind, not about those of one mobile node. */
bool pmip__revocation_is_of_many(const struct pmip__revocation *revocation);
/* Whether it has been sent as often as it may be. */
bool pmip__revocation_is_spent(const struct pmip__revocation *revocation);
/* Whether an Acknowledgement says that the peer's part is done. */
bool pmip__revocation_succeeded(const struct pmip__revocation *revocation, uint8_t status);

/* Whether this identifier is a realm alone, "@realm", and whether a mobile node is of that very realm (RFC 5846 section 9.1). */
bool pmip__is_realm(const struct pmip_mnid *realm);
bool pmip__is_of_realm(const struct pmip_mnid *mn_id, const struct pmip_mnid *realm);

/* An Indication of a peer. */
struct pmip__bri {
	const struct pmip_mh *mh;
	struct pmip_mnid mn_id; /* len 0 = none */
	unsigned int prefix_count; /* Home Network Prefix options */
	bool has_alt_coa, has_ipv4, has_group;
	bool names_some; /* prefixes, or with flag V an IPv4 home address: not all that the mobile node has */
	struct pmip_addr alt_coa;
	struct pmip_opt_group group;
	unsigned int failed_count; /* prefixes that could not be revoked; as many as the answer tells of */
	struct pmip_prefix failed[PMIP_HNP_MAX];
};

void pmip__bri_read(struct pmip__bri *bri, const struct pmip_mh *mh);
/* The checks that need no binding, in the order of RFC 5846 section 9.1: 0 or the status of the answer. */
uint8_t pmip__bri_check(const struct pmip__bri *bri, enum pmip_role role);
/* Walk what it names: prefixes, or with flag V the IPv4 home address as ::ffff:a.b.c.d/128. */
bool pmip__bri_next_prefix(struct pmip_option_iter *iter, struct pmip_prefix *prefix);
void pmip__bri_add_failed(struct pmip__bri *bri, const struct pmip_prefix *prefix);
/* Answer it: one action. */
void pmip__bri_answer(const struct pmip__bri *bri, const struct pmip_dgram *dgram, uint8_t status, struct pmip__action_queue *queue);

#endif
