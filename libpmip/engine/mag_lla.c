/* SPDX-License-Identifier: BSD-2-Clause */
/* Our link-local address towards a mobile node, where the LMA chooses it (RFC 5213 section 6.9.1.2): it may be
 * the one that the mobile node has given itself. */
#include "engine/mag.h"

static bool collides(const struct pmip__mag_mn *mn, const struct pmip_addr *addr)
{
	return pmip__mag_is_registered(mn) && pmip_addr_equal(&mn->lla, addr);
}

static void choose_another(struct pmip_mag *mag, struct pmip__mag_mn *mn)
{
	uint64_t seed = pmip__hash(&mag->key, mn->id, mn->mn_id.len) + ++mn->lla_changes;
	uint8_t octets[sizeof(seed)];

	for (unsigned int i = 0; i < sizeof(seed); i++)
		octets[i] = (uint8_t)(seed >> 8 * i);
	mn->lla = pmip__hash_lla(&mag->key, octets, sizeof(octets));
}

/* The mobile node is told of the new address once the LMA has accepted it. MAG-18. */
int pmip_mag_link_local_in_use(struct pmip_mag *mag, uint32_t link_number, const struct pmip_addr *addr, struct pmip_now now)
{
	struct pmip__mag_link *link = pmip__mag_list_find_link(mag, link_number);
	size_t count = 0;

	if (now.mono_us < mag->last_us)
		return PMIP_ERR_TIME;
	if (!link || !pmip_addr_is_unspecified(&mag->settings.fixed_lla))
		return 0;
	for (struct pmip__list *at = link->mns.next; at != &link->mns; at = at->next)
		count += collides(PMIP__CONTAINER(at, struct pmip__mag_mn, of_link), addr);
	if (pmip__mag_reserve_steps(mag, count))
		return PMIP_ERR_NOMEM;
	mag->last_us = now.mono_us;
	for (struct pmip__list *at = link->mns.next; at != &link->mns; at = at->next) {
		struct pmip__mag_mn *mn = PMIP__CONTAINER(at, struct pmip__mag_mn, of_link);

		if (!collides(mn, addr))
			continue;
		choose_another(mag, mn);
		pmip__mag_refresh(mag, mn, PMIP_HI_UNCHANGED, now);
	}
	return (int)count;
}
