/* SPDX-License-Identifier: BSD-2-Clause */
/* When a request is sent again, and which of its transmissions an answer may belong to (RFC 5213 section
 * 6.9.4, RFC 6275 section 11.8). */
#ifndef PMIP_ENGINE_RETRANSMIT_H
#define PMIP_ENGINE_RETRANSMIT_H

#include <stdbool.h>
#include <stdint.h>

/* MAX_UPDATE_RATE: transmissions a second to one peer for one mobile node (RFC 6275 section 12). */
#define PMIP__UPDATE_RATE 3
/* Transmissions of one request whose answer is still taken. */
#define PMIP__OUTSTANDING 8

/* All zero to begin with. */
struct pmip__retransmit {
	uint32_t sends;   /* of this request */
	uint32_t wait_ms; /* after the last of them */
	struct {
		uint64_t sent_us;
		uint16_t seq;
	} outstanding[PMIP__OUTSTANDING]; /* of transmission n at n modulo size */
	uint64_t sent_us[PMIP__UPDATE_RATE]; /* the last transmissions of whatever request */
	uint32_t sent;                       /* how many there were, up to PMIP__UPDATE_RATE; the oldest stands first */
};

/* A new request takes the place of the last one: answers to that are not taken any more. */
void pmip__retransmit_begin(struct pmip__retransmit *retransmit);
/* The earliest time at which MAX_UPDATE_RATE allows a transmission; not before now. */
uint64_t pmip__retransmit_allowed_us(const struct pmip__retransmit *retransmit, uint64_t now_us);
/* A transmission has left. @return when to send again. */
uint64_t pmip__retransmit_sent(struct pmip__retransmit *retransmit, uint16_t seq, uint64_t now_us, uint32_t initial_ms,
			       uint32_t max_ms);
/* Whether an answer with this sequence number belongs to the request; if so, when that transmission left. */
bool pmip__retransmit_match(const struct pmip__retransmit *retransmit, uint16_t seq, uint64_t *sent_us);
/* Time of the last transmission of all, 0 = none. */
uint64_t pmip__retransmit_last_us(const struct pmip__retransmit *retransmit);

#endif
