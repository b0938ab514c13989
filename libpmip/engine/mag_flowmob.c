/* SPDX-License-Identifier: BSD-2-Clause */
/* Prefixes that a mobile node has at another MAG, and may use here as well (RFC 7864 section 4.1, the paper's section 3.2.2): they are routed
 * to it by its link-local address, never advertised and never registered by us. MAG-20, PAP-15.
 *
 * PBAs say which they are, and so does a Flow Mobility Initiate (section 3.2.2), each time all of them. That is answered when they are
 * forwarded: the LMA then sends flows here. */
#include "engine/mag.h"

#include "base/mem.h"

#include <string.h>

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

/* The Flow Identifications of a message. */
static unsigned int count_flows(const struct pmip_mh *mh)
{
	struct pmip_option_iter iter;
	struct pmip_option option;
	unsigned int count = 0;

	pmip_option_iter_init(&iter, mh);
	while (pmip_option_next_of(&iter, &option, PMIP_OPT_FLOW_ID))
		count++;
	return count;
}

int pmip__mag_flowmob_reserve(struct pmip_mag *mag, const struct pmip_mh *mh)
{
	bool is_fmi = mh->type == PMIP_MH_UPN && mh->u.upn.reason == PMIP_UPN_FLOW_MOBILITY, has_flows = count_flows(mh);

	if (is_fmi && !mag->spare_fmi)
		mag->spare_fmi = pmip__mem_alloc(&mag->mem, sizeof(*mag->spare_fmi));
	if (has_flows && !mag->spare_flows)
		mag->spare_flows = pmip__mem_alloc(&mag->mem, sizeof(*mag->spare_flows));
	return (is_fmi && !mag->spare_fmi) || (has_flows && !mag->spare_flows) ? PMIP_ERR_NOMEM : 0;
}

static bool find_selector(const struct pmip_option *option, struct pmip_selector *selector)
{
	struct pmip_suboption_iter iter;
	struct pmip_suboption sub;

	pmip_suboption_iter_init(&iter, option);
	while (pmip_suboption_next(&iter, &sub) > 0) {
		if (sub.type != PMIP_FLOW_SELECTOR)
			continue;
		*selector = sub.u.selector;
		return true;
	}
	return false;
}

/* What a message tells; NULL = no flows. One without a selector is none, and so are more than are kept. FLO-6. */
static struct pmip__mag_flows *read_flows(struct pmip_mag *mag, const struct pmip_mh *mh)
{
	struct pmip__mag_flows *flows = mag->spare_flows;
	struct pmip_option_iter iter;
	struct pmip_option option;

	if (!count_flows(mh))
		return NULL;
	mag->spare_flows = NULL;
	flows->count = 0;
	pmip_option_iter_init(&iter, mh);
	while (flows->count < PMIP__TOLD_FLOWS_MAX && pmip_option_next_of(&iter, &option, PMIP_OPT_FLOW_ID)) {
		if (!find_selector(&option, &flows->flow[flows->count].selector))
			continue;
		flows->flow[flows->count].fid = option.u.flow_id.fid;
		flows->flow[flows->count++].priority = option.u.flow_id.priority;
	}
	return flows;
}

void pmip__mag_forget_flows(struct pmip_mag *mag, struct pmip__mag_mn *mn)
{
	pmip__mem_free(&mag->mem, mn->flows);
	mn->flows = NULL;
}

/* FLO-6. */
void pmip__mag_take_flows(struct pmip_mag *mag, struct pmip__mag_mn *mn, const struct pmip_mh *mh)
{
	pmip__mag_forget_flows(mag, mn);
	mn->flows = read_flows(mag, mh);
}

int pmip_mag_next_flow_of_mn(const struct pmip_mag *mag, size_t *cursor, struct pmip_mag_flow_info *info, const struct pmip_mnid *mn_id)
{
	const struct pmip__mag_mn *mn = pmip__mag_list_find(mag, mn_id);
	struct pmip_mag_flow_info all = {.size = info->size};

	if (!mn || !mn->flows || *cursor >= mn->flows->count)
		return 0;
	all.fid = mn->flows->flow[*cursor].fid;
	all.priority = mn->flows->flow[*cursor].priority;
	all.selector = mn->flows->flow[(*cursor)++].selector;
	memcpy(info, &all, info->size < sizeof(all) ? info->size : sizeof(all));
	return 1;
}

/* One that is being obeyed gives way to this one. */
static void begin(struct pmip_mag *mag, struct pmip__mag_mn *mn, const struct pmip_dgram *dgram, const struct pmip_mh *mh)
{
	if (!mn->fmi) {
		mn->fmi = mag->spare_fmi;
		mag->spare_fmi = NULL;
		mn->fmi->flows = NULL;
		mn->fmi->kept_count = 0;
		for (unsigned int i = 0; i < mn->hnp_count; i++)
			if (mn->hnp[i].off_link)
				mn->fmi->kept[mn->fmi->kept_count++] = mn->hnp[i];
	}
	pmip__mem_free(&mag->mem, mn->fmi->flows);
	mn->fmi->flows = read_flows(mag, mh);
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

/* What it tells of flows holds from now on. */
static void adopt_flows(struct pmip_mag *mag, struct pmip__mag_mn *mn)
{
	pmip__mag_forget_flows(mag, mn);
	mn->flows = mn->fmi->flows;
	mn->fmi->flows = NULL;
}

/* FLO-3, FLO-5, FLO-7. */
uint8_t pmip__mag_fmi(struct pmip_mag *mag, struct pmip__mag_mn *mn, const struct pmip_dgram *dgram, const struct pmip_mh *mh)
{
	struct pmip_binding_options options;

	if (pmip_binding_options_read(&options, mh) || count_flows(mh) > PMIP__TOLD_FLOWS_MAX || !is_possible(mn, &options))
		return PMIP_UPA_REASON_UNSPECIFIED;
	begin(mag, mn, dgram, mh);
	if (pmip__mag_replace_off_link(mag, mn, options.hnp, options.hnp_count))
		pmip__mag_install(mag, mn);
	if (mn->forwarding == PMIP__MAG_INSTALLING)
		return PMIP__UPDATE_PENDING;
	adopt_flows(mag, mn);
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
	} else {
		adopt_flows(mag, mn);
	}
	pmip__mem_free(&mag->mem, fmi->flows);
	pmip__mem_free(&mag->mem, fmi);
	mn->fmi = NULL;
	return true;
}

void pmip__mag_fmi_drop(struct pmip_mag *mag, struct pmip__mag_mn *mn)
{
	if (!mn->fmi)
		return;
	mn->last_update.known = false;
	pmip__mem_free(&mag->mem, mn->fmi->flows);
	pmip__mem_free(&mag->mem, mn->fmi);
	mn->fmi = NULL;
}
