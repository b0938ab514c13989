/* SPDX-License-Identifier: BSD-2-Clause */
/* The PBUs of clients and what answers them. */
#ifndef EXAMPLES_PERF_MESSAGE_H
#define EXAMPLES_PERF_MESSAGE_H

#include <pmip/pmip.h>

#include "perf/plan.h"

#define MESSAGE_MAX 512 /* octets of what we send */

/* How clients are called: each by its number between two texts. */
struct naming {
	const char *before;
	size_t before_len;
	const char *behind;
	size_t behind_len;
	uint32_t first; /* number of the first client */
	uint32_t count; /* clients */
};

struct request {
	uint32_t client;
	enum plan_kind kind;
	uint16_t seq;
	uint32_t lifetime_s;              /* 0 with PLAN_RELEASE */
	uint64_t timestamp;               /* as on the wire; 0 = there is none */
	const struct pmip_prefix *prefix; /* that the client has; NULL = one is asked for */
};

struct answer {
	uint32_t client;
	uint8_t status;
	uint16_t seq;
	uint32_t lifetime_s;
	struct pmip_binding_options options;
};

enum message_type {
	MESSAGE_ANSWER,
	MESSAGE_HEARTBEAT, /* a request */
	MESSAGE_MALFORMED,
	MESSAGE_OTHER,
};

/* What is wrong with an answer that accepts. */
enum fault {
	FAULT_NONE,
	FAULT_NO_PREFIX, /* or several */
	FAULT_LIFETIME,  /* none, or longer than asked for */
	FAULT_HI,
	FAULT_ATT,
	FAULT_LL_ID,
	FAULT_TIMESTAMP,
	FAULT_ADDRESS, /* comes to another MAG */
	FAULT_COUNT,
};

/* Text with one # in it, where the number stands. @return 0, or -1 when it is not. */
int naming_init(struct naming *naming, const char *text, uint32_t first, uint32_t count);

/* @param[out] octets MESSAGE_MAX of them. @return how many are used. */
size_t message_write(const struct naming *naming, const struct request *request, uint8_t *octets, const struct pmip_dgram *addresses);
/* @param[out] answer filled for MESSAGE_ANSWER; its client is one of ours. */
enum message_type message_read(const struct naming *naming, const struct pmip_dgram *dgram, struct answer *answer);
/* Whether an answer that accepts says what it has to about the last PBU of its client. */
enum fault message_check(const struct naming *naming, const struct answer *answer, const struct request *request);
/* The answer to a heartbeat request (RFC 5847 section 3.3). @see message_write(). */
size_t message_write_heartbeat(const struct pmip_dgram *heartbeat, uint8_t *octets);

const char *fault_name(enum fault fault);

#endif
