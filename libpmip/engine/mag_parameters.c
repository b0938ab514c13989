/* SPDX-License-Identifier: BSD-2-Clause */
/* Parameters that the LMA gives. By a PBA: when to extend, how long to wait for answers, heartbeats (RFC 8127 section 3.1). By an Update
 * Notification (RFC 7077 section 6.1): the prefixes of a session, which are renumbered (RFC 8191 section 5), and our link-local address towards the
 * mobile node; all that it asks for is done, or nothing. */
#include "engine/mag.h"

/* What may stand in such a notification beside prefixes. */
#define KNOWN ((unsigned int)(PMIP_HAS_MN_ID | PMIP_HAS_LLA))

/* One of the sub-options of a PBA, if it is there. Zeros have not come through decoding. */
static bool find_parameter(const struct pmip_binding_options *options, uint8_t type, struct pmip_suboption *sub)
{
	struct pmip_option option = {.type = PMIP_OPT_MAG_PARAMETERS, .known = true, .u.suboptions = options->mag_parameters};
	struct pmip_suboption_iter iter;

	pmip_suboption_iter_init(&iter, &option);
	while (pmip_suboption_next(&iter, sub) > 0)
		if (sub->type == type)
			return true;
	return false;
}

/* LCM-1. */
void pmip__mag_take_times(struct pmip__mag_mn *mn, const struct pmip_binding_options *options)
{
	struct pmip_suboption sub;

	mn->refresh_before_s = mn->bindack_initial_ms = mn->bindack_max_ms = 0;
	if (!find_parameter(options, PMIP_MAG_REREGISTRATION, &sub))
		return;
	mn->refresh_before_s = sub.u.reregistration.start_s;
	mn->bindack_initial_ms = sub.u.reregistration.initial_s * 1000;
	mn->bindack_max_ms = sub.u.reregistration.max_s * 1000;
}

/* HBT-9. */
void pmip__mag_take_heartbeat(struct pmip__mag_mn *mn, const struct pmip_binding_options *options)
{
	struct pmip_suboption sub;

	pmip__heartbeat_control(mn->lma, find_parameter(options, PMIP_MAG_HEARTBEAT, &sub) ? &sub : NULL);
}

static bool are_good_prefixes(const struct pmip__mag_mn *mn, const struct pmip_binding_options *options)
{
	for (unsigned int i = 0; i < options->hnp_count; i++)
		if (options->hnp[i].off_link || !pmip__mag_is_usable_prefix(&options->hnp[i].prefix) ||
		    pmip__mag_has_prefix(options->hnp, i, &options->hnp[i]))
			return false;
	return options->hnp_count + mn->hnp_count - pmip__mag_own_prefixes(mn, NULL) <= PMIP_HNP_MAX;
}

/* With a PBU outstanding it is not known what the LMA will say of the prefixes in it. */
static bool is_possible(const struct pmip_mag *mag, const struct pmip__mag_mn *mn, const struct pmip_binding_options *options)
{
	if (mn->state != PMIP_BINDING_ACTIVE || mn->forwarding != PMIP__MAG_UP || mn->revoking)
		return false;
	if ((options->has & ~KNOWN) || !(options->hnp_count || (options->has & PMIP_HAS_LLA)))
		return false;
	if ((options->has & PMIP_HAS_LLA) &&
	    (!pmip_addr_is_unspecified(&mag->settings.fixed_lla) || !pmip_addr_is_link_local(&options->lla)))
		return false;
	return are_good_prefixes(mn, options);
}

/* The old ones are deprecated at once, the new ones advertised when they are forwarded. UPN-7. */
static void renumber(struct pmip_mag *mag, struct pmip__mag_mn *mn, const struct pmip_binding_options *options)
{
	struct pmip_opt_hnp kept[PMIP_HNP_MAX];
	unsigned int count = 0;
	struct pmip_event event;

	for (unsigned int i = mn->hnp_count; i > 0; i--)
		if (!mn->hnp[i - 1].off_link && !pmip__mag_has_prefix(options->hnp, options->hnp_count, &mn->hnp[i - 1]))
			pmip__mag_withdraw_prefix(mag, mn, i - 1, false);
	for (unsigned int i = 0; i < mn->hnp_count; i++)
		if (mn->hnp[i].off_link)
			kept[count++] = mn->hnp[i];
	mn->hnp_count = options->hnp_count + count;
	for (unsigned int i = 0; i < mn->hnp_count; i++)
		mn->hnp[i] = i < options->hnp_count ? options->hnp[i] : kept[i - options->hnp_count];
	pmip__mag_install(mag, mn);
	event = pmip__mag_event(mn, PMIP_EVENT_RENUMBERED);
	pmip__mag_notify(mag, &event);
}

uint8_t pmip__mag_update_parameters(struct pmip_mag *mag, struct pmip__mag_mn *mn, const struct pmip_mh *mh, struct pmip_now now)
{
	struct pmip_binding_options options;

	if (pmip_binding_options_read(&options, mh) || !is_possible(mag, mn, &options))
		return PMIP_UPA_FAILED_TO_UPDATE_SESSION_PARAMETERS;
	if (options.has & PMIP_HAS_LLA)
		mn->lla = options.lla;
	if (options.hnp_count)
		renumber(mag, mn, &options);
	else
		pmip__mag_advertise(mag, mn, now);
	return PMIP_UPA_SUCCESS;
}
