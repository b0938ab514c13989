/* SPDX-License-Identifier: BSD-2-Clause */
/* GRE between LMA and MAG (RFC 5845 section 5): the option of a PBU asks for it, with the MAG's downlink key or without keys; the option of
 * the PBA grants it, with our uplink key when there was one. A session keeps its uplink key as long as keys are in use, wherever the mobile
 * node goes; the downlink key is that of the MAG it is at. */
#include "engine/lma.h"

#include "engine/gre.h"

/* What a session's packets look like, seen from here. */
struct pmip_gre pmip__lma_gre_of(const struct pmip__session *session)
{
	return session->extras ? session->extras->gre : (struct pmip_gre){.in_use = false};
}

/* GRE-1, GRE-2, GRE-3, GRE-5. */
enum pmip_status pmip__lma_gre_decide(const struct pmip_lma *lma, struct pmip__request *request)
{
	const struct pmip_binding_options *options = &request->reply.options;
	const struct pmip_key *key = &options->gre_key;

	request->gre = (struct pmip_gre){.in_use = false};
	request->reply.accepted = PMIP_STATUS_ACCEPTED;
	if (!(options->has & PMIP_HAS_GRE_KEY))
		return lma->config.gre == PMIP_LMA_GRE_REQUIRED ? PMIP_STATUS_GRE_KEY_OPTION_REQUIRED : PMIP_STATUS_ACCEPTED;
	if (lma->config.gre == PMIP_LMA_GRE_OFF) {
		request->reply.accepted = PMIP_STATUS_GRE_KEY_OPTION_NOT_REQUIRED;
		return PMIP_STATUS_ACCEPTED;
	}
	/* Packets are not given a TLV header (RFC 5845 section 7.4). */
	if (request->bu.flags & PMIP_BU_T)
		request->reply.accepted = PMIP_STATUS_GRE_TUNNELING_BUT_TLV_HEADER_NOT_SUPPORTED;
	request->gre = (struct pmip_gre){.in_use = true, .send = *key, .recv.present = key->present};
	return PMIP_STATUS_ACCEPTED;
}

/* The uplink key is the session's own, so that only its presence counts. GRE-4. */
bool pmip__lma_gre_changes(const struct pmip__request *request, const struct pmip__session *session)
{
	struct pmip_gre now = pmip__lma_gre_of(session), wanted = request->gre;

	wanted.recv.value = now.recv.value;
	return !pmip__gre_equal(&now, &wanted);
}
