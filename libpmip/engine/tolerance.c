/* SPDX-License-Identifier: BSD-2-Clause */
#include "engine/tolerance.h"

/* From one event about a peer's tolerance to the next. */
#define TELL_AGAIN_US (UINT64_C(3600) * 1000000)
/* A Timestamp may be so far from our clock to be taken for one in another order. */
#define DAY (UINT64_C(86400) << 16)

int pmip__decode(struct pmip_mh *mh, const struct pmip_dgram *dgram, const struct pmip__peer_rule *rule, uint32_t *used,
		 struct pmip_diag *diag)
{
	if (rule && rule->tolerate)
		return pmip_mh_decode_tolerant(mh, used, diag, dgram, 0, rule->tolerate);
	*used = 0;
	return pmip_mh_decode(mh, diag, dgram, 0);
}

static void tell(struct pmip__heartbeat *heartbeat, struct pmip__peer *peer, unsigned int bit, uint64_t now_us)
{
	struct pmip_action action = {
		.type = PMIP_ACTION_NOTIFY,
		.u.event = {.type = PMIP_EVENT_TOLERATED, .peer = peer->remote, .tolerance = (enum pmip_tolerance)(1U << bit)},
	};

	if (now_us < peer->tell_tolerance_us[bit])
		return;
	peer->tell_tolerance_us[bit] = now_us + TELL_AGAIN_US;
	pmip__action_queue_push(heartbeat->actions, &action);
}

/* TOL-2. */
void pmip__tolerance_used(struct pmip__heartbeat *heartbeat, const struct pmip_addr *remote, uint32_t used, uint64_t *counters,
			  enum pmip_tolerance first, uint64_t now_us)
{
	struct pmip__peer *peer = pmip__peers_find(&heartbeat->peers, remote);

	for (unsigned int bit = 0; bit < PMIP_TOLERANCES; bit++) {
		if (!(used & 1U << bit))
			continue;
		counters[bit - (unsigned int)__builtin_ctz(first)]++;
		if (peer)
			tell(heartbeat, peer, bit, now_us);
	}
}

bool pmip__tolerance_is_allowed(uint32_t tolerate, bool at_mag)
{
	const struct pmip_tolerance_info *info;

	for (size_t i = 0; (info = pmip_tolerance_info_nth(i)); i++)
		if (at_mag ? info->at_mag : info->at_lma)
			tolerate &= ~(uint32_t)info->tolerance;
	return !tolerate;
}

uint64_t pmip__timestamp_reorder(uint64_t timestamp, enum pmip__timestamp_order order)
{
	if (order == PMIP__NETWORK_ORDER)
		return timestamp;
	timestamp = __builtin_bswap64(timestamp);
	return order == PMIP__LITTLE_64 ? timestamp : timestamp << 32 | timestamp >> 32;
}

/* TOL-8. */
enum pmip__timestamp_order pmip__timestamp_order_of(uint64_t timestamp, uint64_t wall_us)
{
	uint64_t ours = pmip_timestamp_from_us(wall_us), least = UINT64_MAX;
	enum pmip__timestamp_order best = PMIP__NETWORK_ORDER;

	for (unsigned int order = PMIP__NETWORK_ORDER; order <= PMIP__LITTLE_32; order++) {
		uint64_t read = pmip__timestamp_reorder(timestamp, (enum pmip__timestamp_order)order);
		uint64_t distance = read > ours ? read - ours : ours - read;

		if (distance < least && (order == PMIP__NETWORK_ORDER || distance <= DAY)) {
			least = distance;
			best = (enum pmip__timestamp_order)order;
		}
	}
	return best;
}
