/* SPDX-License-Identifier: BSD-2-Clause */
/* Keyed hash: peers choose the identifiers that our tables are keyed by, so an unkeyed one could be flooded with collisions. */
#ifndef PMIP_BASE_HASH_H
#define PMIP_BASE_HASH_H

#include <stddef.h>
#include <stdint.h>

#include <pmip/flow.h>

struct pmip__hash_key {
	uint64_t k0, k1;
};

struct pmip__hash_key pmip__hash_key(const uint8_t octets[16]);
/* SipHash-1-3 of the octets. */
uint64_t pmip__hash(const struct pmip__hash_key *key, const void *data, size_t len);
/* Of what a table may be keyed by: equal ones have the same. */
uint64_t pmip__hash_mnid(const struct pmip__hash_key *key, const struct pmip_mnid *mn_id);
uint64_t pmip__hash_prefix(const struct pmip__hash_key *key, const struct pmip_prefix *prefix);
uint64_t pmip__hash_flow(const struct pmip__hash_key *key, const struct pmip_flow *flow);
/* A link-local address with the hash of the octets as its interface identifier, the same on every machine. */
struct pmip_addr pmip__hash_lla(const struct pmip__hash_key *key, const void *data, size_t len);

#endif
