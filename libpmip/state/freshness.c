/* SPDX-License-Identifier: BSD-2-Clause */
/* The order of the tests is fixed: older than the last accepted, then too far from our clock, then equal to the last. A session may
 * change from one scheme to the other between messages; the scheme of each message decides. */
#include "state/freshness.h"

/* Compared in the option's unit, so that a difference of exactly the window counts as inside however it was rounded. */
static bool in_window(uint64_t timestamp, uint64_t wall_us, uint64_t window_us)
{
	uint64_t low = pmip_timestamp_from_us(wall_us > window_us ? wall_us - window_us : 0);
	uint64_t high = pmip_timestamp_from_us(wall_us + window_us);

	return timestamp >= low && timestamp <= high;
}

/* ORD-1, ORD-2, ORD-3, ORD-7, ORD-8, ORD-9, ORD-10. */
enum pmip_status pmip__freshness_check(const struct pmip__freshness *last, const uint64_t *timestamp, uint16_t seq,
				       uint64_t wall_us, uint64_t window_us)
{
	if (!timestamp) {
		uint16_t ahead = (uint16_t)(seq - last->seq);

		if (last->seq_valid && (ahead == 0 || ahead > 32767))
			return PMIP_STATUS_SEQ_OUT_OF_WINDOW;
		return PMIP_STATUS_ACCEPTED;
	}
	if (*timestamp < last->timestamp)
		return PMIP_STATUS_TIMESTAMP_LOWER_THAN_PREV_ACCEPTED;
	if (window_us != UINT64_MAX && !in_window(*timestamp, wall_us, window_us))
		return PMIP_STATUS_TIMESTAMP_MISMATCH;
	if (*timestamp == last->timestamp && last->timestamp)
		return PMIP_STATUS_TIMESTAMP_MISMATCH;
	return PMIP_STATUS_ACCEPTED;
}

/* ORD-5, ORD-8. */
void pmip__freshness_accept(struct pmip__freshness *last, const uint64_t *timestamp, uint16_t seq)
{
	if (timestamp && *timestamp > last->timestamp)
		last->timestamp = *timestamp;
	last->seq = seq;
	last->seq_valid = !timestamp;
}
