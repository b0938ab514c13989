/* SPDX-License-Identifier: BSD-2-Clause */
/* What an LMA's store keeps, as octets: a record for each mobile node with all of its sessions, and one for each flow that was moved. The first octet of
 * a value is its version, integers are big-endian, times are those of the wall clock. Records come from a file: nothing in one is trusted. */
#ifndef PMIP_STATE_RECORD_H
#define PMIP_STATE_RECORD_H

#include "base/buf.h"
#include "state/binding_cache.h"

#include <pmip/flow.h>

/* Sessions of one mobile node at most. */
#define PMIP__RECORD_SESSIONS_MAX 16
/* Octets of a key: its kind, then who or what. */
#define PMIP__RECORD_KEY_MAX (2 + PMIP_MNID_MAX)
/* Octets of a value. */
#define PMIP__RECORD_VALUE_MAX 8192

/* First octet of a key, in the order in which records are put back. */
enum pmip__record_kind {
	PMIP__RECORD_MN = 0x10,
	PMIP__RECORD_FLOW = 0x20,
};

struct pmip__session_record {
	struct pmip_addr local, remote, mag; /* of its tunnel */
	uint32_t tunnel;                     /* number of it */
	uint64_t expires_us;
	uint64_t received_us;
	uint32_t lifetime_s;
	struct pmip_addr lla;
	struct pmip_llid ll_id;
	struct pmip__freshness fresh;
	uint8_t state; /* PMIP_BINDING_ACTIVE or PMIP_BINDING_DELETE_WAIT */
	uint8_t att, hi, set, hnp_count;
	uint16_t bid;
	struct pmip__hnp hnp[PMIP_HNP_MAX];
	struct pmip__hnp ipv4; /* prefix.len 0 = none */
	uint8_t ipv4_plen;
	uint8_t ipv4_router[4];
	bool shares_ipv4; /* its MAG has that of the one whose prefixes it shares */
	struct pmip_gre gre;
	struct pmip__path path;
	uint32_t group;                     /* of its tunnel, which it is in; 0 = in none (RFC 6602) */
	struct pmip__freshness group_fresh; /* of requests for that */
};

struct pmip__mn_record {
	struct pmip_mnid mn_id; /* view of the key */
	uint32_t number;
	unsigned int count;
	struct pmip__session_record session[PMIP__RECORD_SESSIONS_MAX]; /* the oldest first */
};

struct pmip__flow_record {
	struct pmip_flow flow;
	uint32_t id;
	uint16_t fid;
	uint16_t bid; /* of the session that it goes over */
};

/* Write the key of a mobile node or of a flow. */
void pmip__record_mn_key(struct pmip__writer *writer, const struct pmip_mnid *mn_id);
void pmip__record_flow_key(struct pmip__writer *writer, const struct pmip_flow *flow);
/* Write a value. */
void pmip__record_mn_write(struct pmip__writer *writer, const struct pmip__mn_record *record);
void pmip__record_flow_write(struct pmip__writer *writer, const struct pmip__flow_record *record);
/* Read a record. 0, PMIP_ERR_UNSUPPORTED: of another version, or PMIP_ERR_INVALID: damaged; then *record says nothing. */
int pmip__record_mn_read(struct pmip__mn_record *record, const struct pmip_bytes *key, const struct pmip_bytes *value);
int pmip__record_flow_read(struct pmip__flow_record *record, const struct pmip_bytes *key, const struct pmip_bytes *value);

#endif
