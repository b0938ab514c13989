/* SPDX-License-Identifier: BSD-2-Clause */
/* Ordering of registrations by timestamp or by sequence number (RFC 5213 section 5.5, RFC 6275 section 9.5.1). */
#ifndef PMIP_STATE_FRESHNESS_H
#define PMIP_STATE_FRESHNESS_H

#include <pmip/wire.h>

/* What was accepted last. All zero = nothing yet. */
struct pmip__freshness {
	uint64_t timestamp; /* option value; 0 = none */
	uint16_t seq;
	bool seq_valid; /* the last one accepted was ordered by seq */
};

/* Status for a message: PMIP_STATUS_ACCEPTED, _TIMESTAMP_LOWER_THAN_PREV_ACCEPTED, _TIMESTAMP_MISMATCH or _SEQ_OUT_OF_WINDOW.
 * timestamp: NULL = the message has none. window_us: UINT64_MAX = do not hold it against our clock. */
enum pmip_status pmip__freshness_check(const struct pmip__freshness *last, const uint64_t *timestamp, uint16_t seq,
				       uint64_t wall_us, uint64_t window_us);
/* Remember an accepted message; an older timestamp than the last does not turn time back. */
void pmip__freshness_accept(struct pmip__freshness *last, const uint64_t *timestamp, uint16_t seq);

#endif
