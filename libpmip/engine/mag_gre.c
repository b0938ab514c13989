/* SPDX-License-Identifier: BSD-2-Clause */
/* GRE between MAG and LMA (RFC 5845 section 4): a PBU that registers asks for it, with the same downlink key for one mobile node; the option
 * of the PBA grants it. Without that packets go as ever, and it is not asked for again: where the LMA has said that the session needs none, by that
 * session; where it does not know the option, by anybody. */
#include "engine/mag.h"

#include "engine/gre.h"

/* GRE-6, GRE-8. */
void pmip__mag_ask_gre(const struct pmip_mag *mag, struct pmip__mag_mn *mn, struct pmip_binding_options *options)
{
	mn->gre_asked = mn->gre_refused || mn->lma->refuses_gre ? PMIP_MAG_GRE_OFF : mag->settings.gre;
	if (mn->gre_asked == PMIP_MAG_GRE_OFF)
		return;
	options->has |= PMIP_HAS_GRE_KEY;
	options->gre_key = (struct pmip_key){.present = mn->gre_asked == PMIP_MAG_GRE_KEYS, .value = mn->gre_key};
}

/* GRE-7, GRE-8. */
bool pmip__mag_gre_accept(struct pmip__mag_mn *mn, const struct pmip_binding_options *options, uint8_t status)
{
	struct pmip_gre old = mn->gre;
	bool granted = (options->has & PMIP_HAS_GRE_KEY) && mn->gre_asked != PMIP_MAG_GRE_OFF;

	mn->gre = (struct pmip_gre){.in_use = granted};
	if (granted) {
		mn->gre.send = options->gre_key;
		mn->gre.recv = (struct pmip_key){.present = mn->gre_asked == PMIP_MAG_GRE_KEYS, .value = mn->gre_key};
	} else if (mn->gre_asked != PMIP_MAG_GRE_OFF) {
		mn->gre_refused = status == PMIP_STATUS_GRE_KEY_OPTION_NOT_REQUIRED;
		mn->lma->refuses_gre = !mn->gre_refused;
	}
	return !pmip__gre_equal(&old, &mn->gre);
}

/* GRE-8. */
bool pmip__mag_gre_required(const struct pmip_mag *mag, struct pmip__mag_mn *mn, uint8_t status)
{
	if (status != PMIP_STATUS_GRE_KEY_OPTION_REQUIRED || mn->gre_asked != PMIP_MAG_GRE_OFF || mag->settings.gre == PMIP_MAG_GRE_OFF)
		return false;
	mn->gre_refused = mn->lma->refuses_gre = false;
	return true;
}
