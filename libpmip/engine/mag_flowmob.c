/* SPDX-License-Identifier: BSD-2-Clause */
/* Prefixes that a mobile node has at another MAG, and may use here as well (RFC 7864 section 4.1, the paper's section 3.2.2): they are routed
 * to it by its link-local address, never advertised and never registered by us. MAG-20, PAP-15. */
#include "engine/mag.h"

bool pmip__mag_has_prefix(const struct pmip_opt_hnp *hnp, unsigned int count, const struct pmip_opt_hnp *wanted)
{
	for (unsigned int i = 0; i < count; i++)
		if (hnp[i].off_link == wanted->off_link && pmip_prefix_equal(&hnp[i].prefix, &wanted->prefix))
			return true;
	return false;
}

/* What the mobile node forms by its MAC address (RFC 2464 section 4). */
struct pmip_addr pmip__mag_mn_lla(const struct pmip__mag_mn *mn)
{
	const uint8_t *mac = mn->ll_id.b;

	if (mn->ll_id.len != 6)
		return (struct pmip_addr){0};
	return (struct pmip_addr){{0xfe, 0x80, 0, 0, 0, 0, 0, 0, mac[0] ^ 2, mac[1], mac[2], 0xff, 0xfe, mac[3], mac[4], mac[5]}};
}

/* FLO-5. */
bool pmip__mag_replace_off_link(struct pmip_mag *mag, struct pmip__mag_mn *mn, const struct pmip_opt_hnp *hnp, unsigned int count)
{
	bool added = false;

	for (unsigned int i = mn->hnp_count; i-- > 0;)
		if (mn->hnp[i].off_link && !pmip__mag_has_prefix(hnp, count, &mn->hnp[i]))
			pmip__mag_withdraw_prefix(mag, mn, i, false);
	for (unsigned int i = 0; i < count && mn->hnp_count < PMIP_HNP_MAX; i++) {
		if (!hnp[i].off_link || pmip__mag_has_prefix(mn->hnp, mn->hnp_count, &hnp[i]))
			continue;
		mn->hnp[mn->hnp_count++] = hnp[i];
		added = true;
	}
	return added;
}
