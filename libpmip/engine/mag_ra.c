/* SPDX-License-Identifier: BSD-2-Clause */
/* Router Advertisements: to the mobile node its MAG is the default router on its home link (RFC 5213
 * sections 6.9.3 and 6.8). Prefixes never outlive the binding, and are advertised again well before they
 * end. */
#include "engine/mag.h"

/* Advertisements within the shortest lifetime advertised: two in a row may get lost. */
#define ADVERTISE_TIMES 4
/* Least time between an advertisement and the answer to a solicitation. */
#define SOLICIT_SPACING_US 100000
#define IPV6_MTU_MIN 1280

/* RA-2, RA-4, TUN-6. only: this prefix; NULL = all of them. */
static void push(struct pmip_mag *mag, const struct pmip__mag_mn *mn, uint32_t router_lifetime_s, uint32_t lifetime_s,
		 const struct pmip_prefix *only)
{
	struct pmip_action action = {.type = PMIP_ACTION_RA};
	struct pmip_ra *ra = &action.u.ra;

	ra->link = mn->link_number;
	ra->ll_id = mn->ll_id;
	ra->src = pmip_addr_is_unspecified(&mag->settings.fixed_lla) ? mn->lla : mag->settings.fixed_lla;
	ra->router_lifetime_s = router_lifetime_s;
	ra->lifetime_s = lifetime_s;
	ra->mtu = mag->settings.tunnel_mtu;
	if (ra->mtu && mn->link_mtu >= IPV6_MTU_MIN && mn->link_mtu < ra->mtu)
		ra->mtu = mn->link_mtu;
	for (unsigned int i = 0; i < mn->hnp_count; i++)
		if (!mn->hnp[i].off_link && (!only || pmip_prefix_equal(only, &mn->hnp[i].prefix)))
			ra->prefix[ra->prefix_count++] = mn->hnp[i].prefix;
	pmip__action_queue_push(&mag->actions, &action);
	mag->counters[PMIP_MAG_RA_SENT]++;
}

void pmip__mag_advertise(struct pmip_mag *mag, struct pmip__mag_mn *mn, struct pmip_now now)
{
	uint32_t router_lifetime_s = mag->settings.router_lifetime_s;
	uint32_t shortest_s = mn->lifetime_s < router_lifetime_s ? mn->lifetime_s : router_lifetime_s;

	if (mn->expires_us <= now.mono_us || !pmip__mag_own_prefixes(mn, NULL)) {
		/* The end of the lifetime is due as well, and has its own advertisement; or there is IPv4 alone. */
		pmip__timerq_cancel(&mag->timers, &mn->ra);
		return;
	}
	push(mag, mn, router_lifetime_s, (uint32_t)((mn->expires_us - now.mono_us) / PMIP__US_PER_S), NULL);
	mn->ra_us = now.mono_us;
	pmip__timerq_set(&mag->timers, &mn->ra, now.mono_us + shortest_s * PMIP__US_PER_S / ADVERTISE_TIMES);
}

void pmip__mag_answer_solicit(struct pmip_mag *mag, struct pmip__mag_mn *mn, struct pmip_now now)
{
	if (now.mono_us - mn->ra_us >= SOLICIT_SPACING_US)
		pmip__mag_advertise(mag, mn, now);
}

/* RA-5. */
void pmip__mag_deprecate(struct pmip_mag *mag, const struct pmip__mag_mn *mn)
{
	if (pmip__mag_own_prefixes(mn, NULL))
		push(mag, mn, 0, 0, NULL);
}

void pmip__mag_deprecate_prefix(struct pmip_mag *mag, const struct pmip__mag_mn *mn, const struct pmip_prefix *prefix)
{
	push(mag, mn, mag->settings.router_lifetime_s, 0, prefix);
}
