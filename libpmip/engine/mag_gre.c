/* SPDX-License-Identifier: BSD-2-Clause */
/* GRE between MAG and LMA (RFC 5845 section 3): every PBU that registers asks for it anew, with the same downlink key for one mobile node;
 * the option of the PBA grants it, and without that packets go as ever. */
#include "engine/mag.h"

#include "engine/gre.h"

/* GRE-6. */
void pmip__mag_ask_gre(const struct pmip_mag *mag, struct pmip__mag_mn *mn, struct pmip_binding_options *options)
{
	mn->gre_asked = mag->settings.gre;
	if (mn->gre_asked == PMIP_MAG_GRE_OFF)
		return;
	options->has |= PMIP_HAS_GRE_KEY;
	options->gre_key = (struct pmip_key){.present = mn->gre_asked == PMIP_MAG_GRE_KEYS, .value = mn->gre_key};
}

/* GRE-7, GRE-8. */
bool pmip__mag_gre_accept(struct pmip__mag_mn *mn, const struct pmip_binding_options *options)
{
	struct pmip_gre old = mn->gre;

	mn->gre = (struct pmip_gre){.in_use = false};
	if ((options->has & PMIP_HAS_GRE_KEY) && mn->gre_asked != PMIP_MAG_GRE_OFF) {
		mn->gre.in_use = true;
		mn->gre.send = options->gre_key;
		mn->gre.recv = (struct pmip_key){.present = mn->gre_asked == PMIP_MAG_GRE_KEYS, .value = mn->gre_key};
	}
	return !pmip__gre_equal(&old, &mn->gre);
}
