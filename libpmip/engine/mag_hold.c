/* SPDX-License-Identifier: BSD-2-Clause */
/* When a PBU has to wait.
 *
 * Before a lifetime is extended and before a PBU is sent again, the mobile node must be known to be there (RFC
 * 5213 sections 6.9.1.3, 6.9.4 and 6.13): it has shown itself lately, or else it is asked. What waits goes on
 * with the answer, which is an attach event; without one in time the mobile node is taken for gone.
 *
 * What the LMA has refused for its timestamp is sent again only when our clock has been synchronised to the
 * source that all nodes of the domain share (section 6.9.1.2); that is for somebody else to see and to tell. */
#include "engine/mag.h"

static void ask(struct pmip_mag *mag, struct pmip__mag_mn *mn, struct pmip_now now)
{
	struct pmip_action action = {.type = PMIP_ACTION_PROBE, .u.probe = {mn->link_number, mn->ll_id}};

	pmip__action_queue_push(&mag->actions, &action);
	mn->ask_end_us = now.mono_us + mag->settings.presence_wait_ms * PMIP__US_PER_MS;
}

/* MAG-31, MAG-41. */
bool pmip__mag_is_present(struct pmip_mag *mag, struct pmip__mag_mn *mn, struct pmip__timer *timer, struct pmip_now now)
{
	uint64_t age_us = mag->settings.presence_age_ms * PMIP__US_PER_MS, again_us;

	if (!age_us || now.mono_us - mn->seen_us <= age_us)
		return true;
	if (!mn->ask_end_us) {
		ask(mag, mn, now);
	} else if (now.mono_us >= mn->ask_end_us) {
		pmip__mag_detach_mn(mag, mn, false, now);
		return false;
	}
	again_us = mn->ask_end_us;
	if (timer == &mn->life && mn->expires_us < again_us)
		again_us = mn->expires_us;
	pmip__timerq_set(&mag->timers, timer, again_us);
	return false;
}

void pmip__mag_saw(struct pmip_mag *mag, struct pmip__mag_mn *mn, struct pmip_now now)
{
	mn->seen_us = now.mono_us;
	if (!mn->ask_end_us)
		return;
	mn->ask_end_us = 0;
	pmip__mag_paths_saw(mag, mn, now);
	pmip__timerq_set(&mag->timers, mn->state == PMIP_BINDING_ACTIVE ? &mn->life : &mn->send, now.mono_us);
}

/* MAG-14. */
void pmip__mag_clock_refused(struct pmip_mag *mag, struct pmip__mag_mn *mn)
{
	mn->clock_refused = true;
	pmip__timerq_cancel(&mag->timers, &mn->send);
}

/* MAG-14. */
int pmip_mag_clock_synchronised(struct pmip_mag *mag, struct pmip_now now)
{
	struct pmip__mag_mn *mn;
	size_t cursor = 0;
	int count;

	if (now.mono_us < mag->last_us)
		return PMIP_ERR_TIME;
	mag->last_us = now.mono_us;
	count = pmip__mag_bulk_clock_synchronised(mag, now);
	while ((mn = pmip__htable_next(&mag->by_mn_id, &cursor))) {
		if (!mn->clock_refused)
			continue;
		mn->clock_refused = false;
		if (mn->state != PMIP_BINDING_REGISTERING && mn->state != PMIP_BINDING_REFRESHING)
			continue;
		pmip__retransmit_begin(&mn->retransmit);
		pmip__timerq_set(&mag->timers, &mn->send, now.mono_us);
		count++;
	}
	return count;
}
