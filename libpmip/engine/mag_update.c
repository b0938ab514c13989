/* SPDX-License-Identifier: BSD-2-Clause */
/* Update Notifications at the MAG (RFC 7077 section 6): told to register a mobile node again, it extends the binding at once. Whatever
 * else the LMA asks for is not built, and refused when it wants an answer. */
#include "engine/mag.h"

#include <assert.h>

#define REF "RFC 7077 6.1"

/* Who is meant, by the option that the answer repeats. */
struct target {
	bool has_mn_id, has_group;
	struct pmip_option mn_id, group;
};

static void find_target(const struct pmip_mh *mh, struct target *target)
{
	struct pmip_option_iter iter;
	struct pmip_option option;

	*target = (struct target){.has_mn_id = false};
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
static void answer(struct pmip_mag *mag, const struct pmip_dgram *dgram, const struct pmip_mh *mh, const struct target *target,
		   uint8_t status)
{
	struct pmip_mh upa = {.type = PMIP_MH_UPA, .u.upa = {.seq = mh->u.upn.seq, .status = status}};
	struct pmip_action action = {.type = PMIP_ACTION_SEND};
	uint8_t octets[PMIP__UPDATE_MAX];
	struct pmip_mh_writer writer;
	int len;

	pmip_mh_begin(&writer, octets, sizeof(octets), &upa);
	if (target->has_mn_id)
		pmip_mh_add_option(&writer, &target->mn_id);
	if (target->has_group)
		pmip_mh_add_option(&writer, &target->group);
	len = pmip_mh_finish(&writer, &dgram->dst, &dgram->src);
	assert(len > 0);
	action.u.send = (struct pmip_dgram){dgram->dst, dgram->src, octets, (size_t)len};
	pmip__action_queue_push(&mag->actions, &action);
}

/* UPN-5, UPN-6. A second copy is answered like the first, and asks for nothing more. Groups are not built. */
static uint8_t reregister(struct pmip_mag *mag, const struct target *target, const struct pmip_addr *lma, uint16_t seq, struct pmip_now now)
{
	struct pmip__mag_mn *mn = target->has_mn_id ? pmip__mag_list_find(mag, &target->mn_id.u.mn_id) : NULL;

	if (!target->has_mn_id)
		return PMIP_UPA_REASON_UNSPECIFIED;
	if (mn && mn->was_updated && mn->update_seq == seq)
		return PMIP_UPA_SUCCESS;
	if (!mn || !pmip__mag_is_lma_of(mn, lma) || (mn->state != PMIP_BINDING_ACTIVE && mn->state != PMIP_BINDING_REFRESHING))
		return PMIP_UPA_MN_NOT_ATTACHED;
	mn->was_updated = true;
	mn->update_seq = seq;
	if (mn->state == PMIP_BINDING_ACTIVE && !mn->revoking && pmip__mag_is_present(mag, mn, &mn->life, now))
		pmip__mag_refresh(mag, mn, PMIP_HI_UNCHANGED, now);
	return PMIP_UPA_SUCCESS;
}

/* UPN-3, UPN-6: what the message itself forbids, then what is not built. */
static uint8_t check(const struct pmip_mh *mh)
{
	struct pmip_diag diag = {0};

	if (pmip_mh_validate(mh, PMIP_ROLE_MAG, &diag) && diag.reaction == PMIP_REACT_REPLY)
		return diag.status;
	if (mh->u.upn.reason == PMIP_UPN_FORCE_REREGISTRATION)
		return PMIP_UPA_SUCCESS;
	return mh->u.upn.reason == PMIP_UPN_UPDATE_SESSION_PARAMETERS ? PMIP_UPA_FAILED_TO_UPDATE_SESSION_PARAMETERS
								      : PMIP_UPA_REASON_UNSPECIFIED;
}

static void refuse(struct pmip_mag *mag, const struct pmip_dgram *dgram, const struct target *target, uint8_t status)
{
	struct pmip_event event = {.type = PMIP_EVENT_UPDATE_FAILED, .peer = dgram->src, .status = status, .ref = REF};

	if (target->has_mn_id)
		event.mn_id = target->mn_id.u.mn_id;
	pmip__mag_notify(mag, &event);
}

static void take(struct pmip_mag *mag, const struct pmip_dgram *dgram, const struct pmip_mh *mh, struct pmip_now now)
{
	struct pmip_diag diag = {0};
	struct target target;
	uint8_t status;

	if (pmip_mh_validate(mh, PMIP_ROLE_MAG, &diag) && diag.reaction != PMIP_REACT_REPLY) {
		pmip__mag_ignore(mag, dgram, NULL, diag.rule, diag.ref);
		return;
	}
	mag->counters[PMIP_MAG_UPN]++;
	find_target(mh, &target);
	status = check(mh);
	if (!status)
		status = reregister(mag, &target, &dgram->src, mh->u.upn.seq, now);
	if (status)
		refuse(mag, dgram, &target, status);
	if (mh->u.upn.flags & PMIP_UPN_A)
		answer(mag, dgram, mh, &target, status);
}

void pmip__mag_upn(struct pmip_mag *mag, const struct pmip_dgram *dgram, const struct pmip_mh *mh, struct pmip_now now)
{
	if (!pmip__mag_knows_lma(mag, &dgram->src))
		pmip__mag_ignore(mag, dgram, NULL, "not from an LMA of ours", REF);
	else if (!pmip_addr_equal(&dgram->dst, &mag->settings.proxy_coa))
		pmip__mag_ignore(mag, dgram, NULL, "not to our Proxy-CoA", REF);
	else
		take(mag, dgram, mh, now);
}
