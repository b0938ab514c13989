/* SPDX-License-Identifier: BSD-2-Clause */
/* Update Notifications at the MAG (RFC 7077 section 6): to register again, to say where a mobile node is, to hand something of a vendor's on.
 * Other parameters of a session are applied in mag_parameters.c. What cannot be done is refused when an answer is wanted. */
#include "engine/mag.h"

#include <assert.h>

#define REF "RFC 7077 6.1"

static void find_target(const struct pmip_mh *mh, struct pmip__mag_target *target)
{
	struct pmip_option_iter iter;
	struct pmip_option option;

	*target = (struct pmip__mag_target){.has_mn_id = false};
	pmip_option_iter_init(&iter, mh);
	while (pmip_option_next(&iter, &option)) {
		if (option.type == PMIP_OPT_MN_ID) {
			target->has_mn_id = option.u.mn_id.len > 0;
			target->mn_id = option;
		} else if (option.type == PMIP_OPT_MN_GROUP_ID) {
			target->has_group = true;
			target->group = option;
		}
	}
}

/* UPN-8. */
void pmip__mag_upa(struct pmip_mag *mag, const struct pmip_dgram *dgram, uint16_t seq, const struct pmip__mag_target *target, uint8_t status,
		   const struct pmip__mag_mn *of)
{
	struct pmip_mh upa = {.type = PMIP_MH_UPA, .u.upa = {.seq = seq, .status = status}};
	struct pmip_action action = {.type = PMIP_ACTION_SEND};
	uint8_t octets[PMIP__UPDATE_MAX];
	struct pmip_mh_writer writer;
	int len;

	pmip_mh_begin(&writer, octets, sizeof(octets), &upa);
	if (target->has_mn_id)
		pmip_mh_add_option(&writer, &target->mn_id);
	if (target->has_group)
		pmip_mh_add_option(&writer, &target->group);
	for (unsigned int i = 0; of && i < of->hnp_count; i++)
		if (of->hnp[i].off_link)
			pmip_mh_add_option(&writer, &(struct pmip_option){.type = PMIP_OPT_HNP, .u.hnp = of->hnp[i]});
	len = pmip_mh_finish(&writer, &dgram->dst, &dgram->src);
	assert(len > 0);
	action.u.send = (struct pmip_dgram){dgram->dst, dgram->src, octets, (size_t)len};
	pmip__action_queue_push(&mag->actions, &action);
}

/* What the last notification was for whoever this is about, and what came of it; NULL = nobody we know. */
static struct pmip__last_update *last_of(const struct pmip_mag *mag, const struct pmip__mag_target *target, const struct pmip_addr *lma)
{
	struct pmip__peer *peer = pmip__peers_find(&mag->heartbeat.peers, lma);
	struct pmip__mag_mn *mn;

	if (!target->has_mn_id)
		return peer ? &peer->last_update : NULL;
	mn = pmip__mag_list_find(mag, &target->mn_id.u.mn_id);
	return mn && pmip__mag_is_lma_of(mn, lma) ? &mn->last_update : NULL;
}

/* Registered with this LMA, and not about to end. */
static bool is_registered(const struct pmip__mag_mn *mn, const struct pmip_addr *lma)
{
	return pmip__mag_is_registered(mn) && pmip__mag_is_lma_of(mn, lma);
}

static void tell_vendor(struct pmip_mag *mag, const struct pmip_dgram *dgram, const struct pmip__mag_target *target, const struct pmip_mh *mh)
{
	struct pmip_event event = {.type = PMIP_EVENT_VENDOR, .peer = dgram->src, .ref = REF};
	struct pmip_option_iter iter;
	struct pmip_option option;

	if (target->has_mn_id)
		event.mn_id = target->mn_id.u.mn_id;
	if (target->has_group)
		event.group = target->group.u.group.id;
	pmip_option_iter_init(&iter, mh);
	if (pmip_option_next_of(&iter, &option, PMIP_OPT_VENDOR_SPECIFIC)) { /* one is what is reserved for */
		event.vendor = option.u.vendor.vendor;
		event.vendor_subtype = option.u.vendor.subtype;
		event.data = option.u.vendor.data;
		pmip__mag_notify(mag, &event);
	}
}

/* A PBU at once, or when it has shown that it is there; unless one is outstanding or the end of the binding is asked for. It is of this
 * mobile node alone. */
static void reregister(struct pmip_mag *mag, struct pmip__mag_mn *mn, struct pmip_now now)
{
	if (mn->state != PMIP_BINDING_ACTIVE || mn->revoking)
		return;
	pmip__mag_bulk_leave(mag, mn);
	if (pmip__mag_is_present(mag, mn, &mn->life, now))
		pmip__mag_refresh(mag, mn, PMIP_HI_UNCHANGED, now);
}

/* UPN-6. */
static uint8_t obey_one(struct pmip_mag *mag, struct pmip__mag_mn *mn, const struct pmip_dgram *dgram, const struct pmip_mh *mh,
			struct pmip_now now)
{
	switch (mh->u.upn.reason) {
	case PMIP_UPN_FORCE_REREGISTRATION:
		if (!pmip__mag_path_refresh(mag, mn, &dgram->dst, now))
			reregister(mag, mn, now);
		return PMIP_UPA_SUCCESS;
	case PMIP_UPN_UPDATE_SESSION_PARAMETERS:
		return pmip__mag_update_parameters(mag, mn, mh, now);
	case PMIP_UPN_ANI_PARAMS_REQUESTED:
		if (!pmip__mag_has_access_network(mn))
			return PMIP_UPA_REASON_UNSPECIFIED;
		mn->tell_access_network = true;
		reregister(mag, mn, now);
		return PMIP_UPA_SUCCESS;
	case PMIP_UPN_VENDOR_SPECIFIC:
		return PMIP_UPA_SUCCESS;
	case PMIP_UPN_FLOW_MOBILITY:
		return pmip__mag_fmi(mag, mn, dgram, mh);
	default:
		return PMIP_UPA_REASON_UNSPECIFIED;
	}
}

static bool is_in_group(const struct pmip__mag_mn *mn, uint32_t id)
{
	return id == PMIP__GROUP_ALL || (mn->group && mn->group->id == id);
}

/* Registration of a group begins now, one after the other. What is of one session cannot be of all. UPN-3, UPN-6. */
static uint8_t obey_group(struct pmip_mag *mag, uint32_t id, const struct pmip_addr *lma, const struct pmip_mh *mh, struct pmip_now now)
{
	bool access = mh->u.upn.reason == PMIP_UPN_ANI_PARAMS_REQUESTED;
	uint64_t at_us = now.mono_us;
	struct pmip__mag_mn *mn;
	size_t cursor = 0, count = 0;

	if (mh->u.upn.reason == PMIP_UPN_UPDATE_SESSION_PARAMETERS)
		return PMIP_UPA_FAILED_TO_UPDATE_SESSION_PARAMETERS;
	if (mh->u.upn.reason > PMIP_UPN_ANI_PARAMS_REQUESTED)
		return PMIP_UPA_REASON_UNSPECIFIED;
	while ((mn = pmip__htable_next(&mag->by_mn_id, &cursor))) {
		if (!is_registered(mn, lma) || !is_in_group(mn, id) || (access && !pmip__mag_has_access_network(mn)))
			continue;
		count++;
		mn->tell_access_network = mn->tell_access_network || access;
		if (mn->state != PMIP_BINDING_ACTIVE || mh->u.upn.reason == PMIP_UPN_VENDOR_SPECIFIC)
			continue;
		if (access || id == PMIP__GROUP_ALL)
			pmip__mag_bulk_leave(mag, mn); /* by itself, so that both ends agree on who there is */
		pmip__mag_refresh_at(mag, mn, &at_us);
	}
	return count ? PMIP_UPA_SUCCESS : access ? PMIP_UPA_REASON_UNSPECIFIED : PMIP_UPA_MN_NOT_ATTACHED;
}

/* UPN-3. */
static uint8_t obey(struct pmip_mag *mag, const struct pmip_dgram *dgram, const struct pmip__mag_target *target, const struct pmip_mh *mh,
		    struct pmip_now now)
{
	struct pmip__mag_mn *mn = target->has_mn_id ? pmip__mag_list_find(mag, &target->mn_id.u.mn_id) : NULL;
	uint8_t status;

	if (!target->has_mn_id)
		status = obey_group(mag, target->group.u.group.id, &dgram->src, mh, now);
	else
		status = mn && is_registered(mn, &dgram->src) ? obey_one(mag, mn, dgram, mh, now) : PMIP_UPA_MN_NOT_ATTACHED;
	if (!status && mh->u.upn.reason == PMIP_UPN_VENDOR_SPECIFIC)
		tell_vendor(mag, dgram, target, mh);
	return status;
}

static void refuse(struct pmip_mag *mag, const struct pmip_dgram *dgram, const struct pmip__mag_target *target, uint8_t status)
{
	struct pmip_event event = {.type = PMIP_EVENT_UPDATE_FAILED, .peer = dgram->src, .status = status, .ref = REF};

	if (target->has_mn_id)
		event.mn_id = target->mn_id.u.mn_id;
	pmip__mag_notify(mag, &event);
}

/* UPN-3, UPN-5: what the message itself forbids, then what comes of it. A second copy is answered like the first. */
static void take(struct pmip_mag *mag, const struct pmip_dgram *dgram, const struct pmip_mh *mh, struct pmip_now now)
{
	struct pmip__last_update *last;
	struct pmip_diag diag = {0};
	struct pmip__mag_target target;
	bool is_fmi = mh->u.upn.reason == PMIP_UPN_FLOW_MOBILITY;
	uint8_t status;
	int err = pmip_mh_validate(mh, &diag, PMIP_ROLE_MAG);

	if (err && diag.reaction == PMIP_REACT_FLOW_REJECT && is_fmi) /* all of it, or nothing */
		diag = (struct pmip_diag){.reaction = PMIP_REACT_REPLY, .status = PMIP_UPA_REASON_UNSPECIFIED};
	if (err && diag.reaction != PMIP_REACT_REPLY) {
		pmip__mag_ignore(mag, dgram, NULL, diag.rule, diag.ref);
		return;
	}
	mag->counters[PMIP_MAG_UPN]++;
	find_target(mh, &target);
	last = last_of(mag, &target, &dgram->src);
	if (last && last->known && last->seq == mh->u.upn.seq) {
		status = last->status;
	} else {
		status = err ? diag.status : obey(mag, dgram, &target, mh, now);
		if (status && status != PMIP__UPDATE_PENDING)
			refuse(mag, dgram, &target, status);
		if (last)
			*last = (struct pmip__last_update){.known = true, .status = status, .seq = mh->u.upn.seq};
	}
	if ((mh->u.upn.flags & PMIP_UPN_A) && status != PMIP__UPDATE_PENDING)
		pmip__mag_upa(mag, dgram, mh->u.upn.seq, &target, status,
			      is_fmi && !status ? pmip__mag_list_find(mag, &target.mn_id.u.mn_id) : NULL);
}

void pmip__mag_upn(struct pmip_mag *mag, const struct pmip_dgram *dgram, const struct pmip_mh *mh, struct pmip_now now)
{
	if (pmip__mag_is_for_us(mag, dgram, NULL, REF))
		take(mag, dgram, mh, now);
}
