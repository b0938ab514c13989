/* SPDX-License-Identifier: BSD-2-Clause */
/* Runtime LMA assignment at the MAG (RFC 6463 section 5.2). The PBU that begins a session says that we can be redirected. The PBA comes
 * from the LMA that was asked (rfLMA); when it names another (r2LMA), the binding is with that one from then on, as if it had
 * answered: tunnel, later PBUs, revocations, heartbeats. A session that is lost begins anew where the configuration says. */
#include "engine/mag.h"

#include <string.h>

#define REF "RFC 6463 5.2"

/* Why it cannot be followed, NULL = it can. RED-3, RED-4. */
static const char *flaw(const struct pmip_mag *mag, const struct pmip__mag_mn *mn, const struct pmip_opt_redirect *redirect,
			struct pmip_addr *r2lma)
{
	if (!mn->may_redirect)
		return "Redirect that was not asked for";
	if (!redirect->ipv6)
		return "Redirect to an IPv4 address";
	memcpy(r2lma->b, redirect->addr.b, sizeof(r2lma->b));
	if (!pmip_addr_is_unicast(r2lma) || pmip__mag_is_ours(mag, r2lma))
		return "Redirect to an address that is no LMA's";
	return NULL;
}

/* RED-2, RED-6. */
void pmip__mag_redirect(struct pmip_mag *mag, struct pmip__mag_mn *mn, const struct pmip_dgram *dgram,
			const struct pmip_binding_options *options)
{
	struct pmip_event event = pmip__mag_event(mn, PMIP_EVENT_REDIRECTED);
	struct pmip__peer *lma;
	const char *rule;

	if (!(options->has & PMIP_HAS_REDIRECT))
		return;
	rule = flaw(mag, mn, &options->redirect, &event.peer);
	if (rule) {
		pmip__mag_ignore(mag, dgram, &mn->mn_id, rule, REF);
		return;
	}
	lma = pmip__peers_find(&mag->heartbeat.peers, &event.peer);
	if (!lma)
		lma = pmip__peers_add(&mag->heartbeat.peers, &event.peer);
	event.old_peer = mn->lma->remote;
	if (options->has & PMIP_HAS_LOAD)
		event.load = options->load;
	pmip__mag_set_lma(mag, mn, lma);
	mag->counters[PMIP_MAG_REDIRECTED]++;
	pmip__mag_notify(mag, &event);
}

/* Its mobile nodes that another LMA has sent to it go back to that one, one after the other. RED-5. */
void pmip__mag_redirect_lost(struct pmip_mag *mag, const struct pmip__peer *lma, struct pmip_now now)
{
	uint64_t at_us = now.mono_us;
	struct pmip__mag_mn *mn;
	size_t cursor = 0;

	while ((mn = pmip__htable_next(&mag->by_mn_id, &cursor))) {
		if (mn->lma != lma || !pmip__mag_allows(mn, PMIP__MAG_ON_LIFE) || pmip__mag_home_lma(mag, &mn->mn_id) == lma ||
		    mn->expires_us < at_us)
			continue;
		mn->expires_us = at_us;
		pmip__timerq_set(&mag->timers, &mn->life, at_us);
		at_us += PMIP__REREGISTER_GAP_US;
	}
}
