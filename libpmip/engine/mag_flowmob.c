/* SPDX-License-Identifier: BSD-2-Clause */
/* Prefixes that a mobile node has at another MAG, and may use here as well (RFC 7864 section 4.1, the paper's section 3.2.2): they are routed
 * to it by its link-local address, never advertised and never registered by us. MAG-20, PAP-15.
 *
 * PBAs say which they are, and so does a Flow Mobility Initiate (section 3.2.2), each time all of them. That is answered when they are
 * forwarded: the LMA then sends flows here. */
#include "engine/mag.h"

#include "base/mem.h"

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

int pmip__mag_fmi_reserve(struct pmip_mag *mag, const struct pmip_mh *mh)
{
	if (mh->u.upn.reason == PMIP_UPN_FLOW_MOBILITY && !mag->spare_fmi)
		mag->spare_fmi = pmip__mem_alloc(&mag->mem, sizeof(*mag->spare_fmi));
	return mh->u.upn.reason == PMIP_UPN_FLOW_MOBILITY && !mag->spare_fmi ? PMIP_ERR_NOMEM : 0;
}

/* One that is being obeyed gives way to this one. */
static void begin(struct pmip_mag *mag, struct pmip__mag_mn *mn, const struct pmip_dgram *dgram, const struct pmip_mh *mh)
{
	if (!mn->fmi) {
		mn->fmi = mag->spare_fmi;
		mag->spare_fmi = NULL;
		mn->fmi->kept_count = 0;
		for (unsigned int i = 0; i < mn->hnp_count; i++)
			if (mn->hnp[i].off_link)
				mn->fmi->kept[mn->fmi->kept_count++] = mn->hnp[i];
	}
	mn->fmi->local = dgram->dst;
	mn->fmi->lma = dgram->src;
	mn->fmi->seq = mh->u.upn.seq;
	mn->fmi->wants_answer = mh->u.upn.flags & PMIP_UPN_A;
}

/* Those of its own here are not somewhere else. */
static bool is_possible(const struct pmip__mag_mn *mn, const struct pmip_binding_options *options)
{
	if (mn->forwarding == PMIP__MAG_DOWN || mn->revoking)
		return false;
	for (unsigned int i = 0; i < options->hnp_count; i++) {
		const struct pmip_opt_hnp own = {.prefix = options->hnp[i].prefix};

		if (!pmip__mag_is_usable_prefix(&own.prefix) || pmip__mag_has_prefix(options->hnp, i, &options->hnp[i]) ||
		    pmip__mag_has_prefix(mn->hnp, mn->hnp_count, &own))
			return false;
	}
	return options->hnp_count + pmip__mag_own_prefixes(mn, NULL) <= PMIP_HNP_MAX;
}

/* FLO-3, FLO-5, FLO-7. */
uint8_t pmip__mag_fmi(struct pmip_mag *mag, struct pmip__mag_mn *mn, const struct pmip_dgram *dgram, const struct pmip_mh *mh)
{
	struct pmip_binding_options options;

	if (pmip_binding_options_read(&options, mh) || !is_possible(mn, &options))
		return PMIP_UPA_REASON_UNSPECIFIED;
	begin(mag, mn, dgram, mh);
	if (pmip__mag_replace_off_link(mag, mn, options.hnp, options.hnp_count))
		pmip__mag_install(mag, mn);
	if (mn->forwarding == PMIP__MAG_INSTALLING)
		return PMIP__UPDATE_PENDING;
	pmip__mag_fmi_drop(mag, mn);
	return PMIP_UPA_SUCCESS;
}

bool pmip__mag_fmi_done(struct pmip_mag *mag, struct pmip__mag_mn *mn, bool failed)
{
	const struct pmip__mag_target target = {.has_mn_id = true, .mn_id = {.type = PMIP_OPT_MN_ID, .u.mn_id = mn->mn_id}};
	struct pmip__mag_fmi *fmi = mn->fmi;
	uint8_t status = failed ? PMIP_UPA_REASON_UNSPECIFIED : PMIP_UPA_SUCCESS;
	struct pmip_dgram dgram;

	if (!fmi)
		return false;
	dgram = (struct pmip_dgram){.src = fmi->lma, .dst = fmi->local};
	mn->last_update = (struct pmip__last_update){.known = true, .status = status, .seq = fmi->seq};
	if (fmi->wants_answer)
		pmip__mag_upa(mag, &dgram, fmi->seq, &target, status, failed ? NULL : mn);
	if (failed) {
		pmip__mag_replace_off_link(mag, mn, fmi->kept, fmi->kept_count);
		pmip__mag_install(mag, mn);
	}
	pmip__mem_free(&mag->mem, fmi);
	mn->fmi = NULL;
	return true;
}

void pmip__mag_fmi_drop(struct pmip_mag *mag, struct pmip__mag_mn *mn)
{
	if (!mn->fmi)
		return;
	mn->last_update.known = false;
	pmip__mem_free(&mag->mem, mn->fmi);
	mn->fmi = NULL;
}
