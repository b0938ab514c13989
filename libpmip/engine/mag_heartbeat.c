/* SPDX-License-Identifier: BSD-2-Clause */
/* What heartbeats mean for mobile nodes at a MAG (RFC 5847). */
#include "engine/mag.h"

/* The lifetime of each is extended now, with the prefixes it has; forwarding stays as it is meanwhile. Whose PBU is outstanding needs
 * no other: it is answered by the new LMA or sent again. HBT-4. */
static void lma_restarted(struct pmip_mag *mag, const struct pmip_addr *lma, struct pmip_now now)
{
	uint64_t at_us = now.mono_us;
	struct pmip__mag_mn *mn;
	size_t cursor = 0;

	while ((mn = pmip__htable_next(&mag->by_mn_id, &cursor))) {
		if (mn->state != PMIP_BINDING_ACTIVE || !pmip__mag_is_lma_of(mn, lma))
			continue;
		pmip__mag_bulk_leave(mag, mn); /* it knows of no group */
		pmip__mag_refresh_at(mag, mn, &at_us);
		pmip__mag_paths_refresh_at(mag, mn, &at_us);
	}
}

void pmip__mag_heartbeat(struct pmip_mag *mag, const struct pmip_dgram *dgram, const struct pmip_mh *mh, struct pmip_now now)
{
	struct pmip__heartbeat_news news = pmip__heartbeat_input(&mag->heartbeat, dgram, mh, now.mono_us);

	if (news.ignored)
		pmip__mag_ignore(mag, dgram, NULL, news.ignored, "RFC 5847 3.1");
	else if (news.restarted)
		lma_restarted(mag, &dgram->src, now);
}

void pmip__mag_binding_error(struct pmip_mag *mag, const struct pmip_dgram *dgram, const struct pmip_mh *mh)
{
	if (mh->u.be.status == PMIP_BE_UNKNOWN_TYPE && pmip__heartbeat_refused(&mag->heartbeat, &dgram->src))
		pmip__mag_ignore(mag, dgram, NULL, "Binding Error: the LMA does not know heartbeats and gets no more of them",
				 "RFC 5847 3.1");
	else
		pmip__mag_ignore(mag, dgram, NULL, "Binding Error: the peer does not know a message of ours", "RFC 6275 9.3.3");
}
