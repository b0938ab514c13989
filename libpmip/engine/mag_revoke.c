/* SPDX-License-Identifier: BSD-2-Clause */
/* Binding Revocation at the MAG (RFC 5846 section 9). A binding that is revoked goes without a PBU, and its mobile node is
 * denied until it attaches anew. An Indication of ours marks the binding; whatever else is asked of the LMA for it meanwhile takes the
 * mark away, and then the answer concerns nobody. */
#include "engine/mag.h"

#define REF "RFC 5846 9.1"

bool pmip__mag_has_binding(const struct pmip__mag_mn *mn)
{
	return pmip__mag_address_count(mn) && (pmip__mag_is_registered(mn) || mn->state == PMIP_BINDING_DEREGISTERING);
}

static void notify(struct pmip_mag *mag, enum pmip_event_type type, const struct pmip_addr *lma, const struct pmip_mnid *mn_id,
		   uint8_t status, const char *rule)
{
	struct pmip_event event = {
		.type = type,
		.mn_id = *mn_id,
		.peer = *lma,
		.status = status,
		.rule = rule,
		.ref = REF,
	};

	pmip__mag_notify(mag, &event);
}

/* REV-10. */
void pmip__mag_revoked(struct pmip_mag *mag, struct pmip__mag_mn *mn, const char *rule, struct pmip_now now)
{
	mag->counters[PMIP_MAG_REVOKED]++;
	mn->in_group = false;
	pmip__mag_paths_deregister(mag, mn, now); /* of these nothing was said */
	pmip__mag_withdraw(mag, mn, mn->link != NULL, rule, REF);
	if (!mn->link) {
		pmip__mag_go_idle(mag, mn, now);
		return;
	}
	pmip__mag_forget_addresses(mn);
	mn->denied_for_good = true;
	pmip__mag_enter(mag, mn, PMIP_BINDING_DENIED);
}

/* Responder. */

static bool has_prefix(const struct pmip__mag_mn *mn, const struct pmip_prefix *prefix, unsigned int *index)
{
	for (*index = 0; *index < mn->hnp_count; ++*index)
		if (pmip_prefix_equal(&mn->hnp[*index].prefix, prefix))
			return true;
	return false;
}

static bool is_ipv4_of(const struct pmip__mag_mn *mn, const struct pmip_prefix *prefix)
{
	struct pmip_prefix own = pmip__mag_ipv4_prefix(mn);

	return mn->ipv4.addr.len && pmip_prefix_equal(&own, prefix);
}

/* How many of the prefixes it names the mobile node has; the others are noted as failed. */
static unsigned int count_named(struct pmip__bri *bri, const struct pmip__mag_mn *mn)
{
	struct pmip_option_iter iter;
	struct pmip_prefix prefix;
	unsigned int count = 0, index;

	pmip_option_iter_init(&iter, bri->mh);
	while (pmip__bri_next_prefix(&iter, &prefix)) {
		if (mn && (has_prefix(mn, &prefix, &index) || is_ipv4_of(mn, &prefix)))
			count++;
		else
			pmip__bri_add_failed(bri, &prefix);
	}
	return count;
}

static bool is_own(const struct pmip__mag_mn *mn, unsigned int index)
{
	return !mn->hnp[index].off_link;
}

/* Whether the mobile node keeps a prefix of its own, or its IPv4 home address, without those named. */
static bool keeps_some(const struct pmip__bri *bri, const struct pmip__mag_mn *mn)
{
	bool named[PMIP_HNP_MAX] = {false}, names_ipv4 = false;
	struct pmip_option_iter iter;
	struct pmip_prefix prefix;
	unsigned int index;

	pmip_option_iter_init(&iter, bri->mh);
	while (pmip__bri_next_prefix(&iter, &prefix))
		if (has_prefix(mn, &prefix, &index))
			named[index] = true;
		else if (is_ipv4_of(mn, &prefix))
			names_ipv4 = true;
	for (index = 0; index < mn->hnp_count; index++)
		if (!named[index] && is_own(mn, index))
			return true;
	return mn->ipv4.addr.len && !names_ipv4;
}

/* What is revoked is not asked for again before the mobile node attaches anew. REV-8. */
static void end_one(struct pmip_mag *mag, struct pmip__mag_mn *mn, const struct pmip_prefix *prefix)
{
	unsigned int index;

	if (has_prefix(mn, prefix, &index)) {
		pmip__mag_withdraw_prefix(mag, mn, index, is_own(mn, index) && pmip__mag_own_prefixes(mn, NULL) == 1);
		mn->ipv6_refused = mn->ipv6_refused || !pmip__mag_own_prefixes(mn, NULL);
	} else if (is_ipv4_of(mn, prefix)) {
		pmip__mag_withdraw_ipv4(mag, mn);
		mn->ipv4_refused = true;
	}
}

static void end_named(struct pmip_mag *mag, const struct pmip__bri *bri, struct pmip__mag_mn *mn, struct pmip_now now)
{
	struct pmip_option_iter iter;
	struct pmip_prefix prefix;

	if (!bri->names_some || !keeps_some(bri, mn)) {
		pmip__mag_revoked(mag, mn, "revoked by the LMA", now);
		return;
	}
	pmip_option_iter_init(&iter, bri->mh);
	while (pmip__bri_next_prefix(&iter, &prefix))
		end_one(mag, mn, &prefix);
}

/* One mobile node. Triggers that tell of a handover revoke nothing while it is still here (RFC 5846 section 9.1). REV-7, REV-9. */
static uint8_t revoke_one(struct pmip_mag *mag, struct pmip__bri *bri, const struct pmip_dgram *dgram, struct pmip_now now)
{
	uint8_t trigger = bri->mh->u.revocation.trigger;
	struct pmip__mag_mn *mn = pmip__mag_list_find(mag, &bri->mn_id);
	struct pmip__mag_path *path;
	unsigned int count;

	if (mn && !(pmip__mag_has_binding(mn) && pmip__mag_is_lma_of(mn, &dgram->src)))
		mn = NULL;
	path = mn ? pmip__mag_path_at(mag, mn, &dgram->dst) : NULL;
	if (path)
		return pmip__mag_path_revoked(mag, path) ? PMIP_REVOCATION_SUCCESS : PMIP_REVOCATION_NO_BINDING;
	count = count_named(bri, mn);
	if (!mn || (bri->names_some && !count))
		return PMIP_REVOCATION_NO_BINDING;
	if (mn->link && trigger >= PMIP_TRIGGER_HANDOVER_SAME_ATT && trigger <= PMIP_TRIGGER_HANDOVER_UNKNOWN) {
		pmip__mag_bulk_apart(mag, mn, now); /* BLK-4 */
		mn->elsewhere = mn->state == PMIP_BINDING_ACTIVE;
		return PMIP_REVOCATION_MN_ATTACHED;
	}
	end_named(mag, bri, mn, now);
	return bri->failed_count ? PMIP_REVOCATION_PARTIAL_SUCCESS : PMIP_REVOCATION_SUCCESS;
}

static void take_bri(struct pmip_mag *mag, const struct pmip_dgram *dgram, const struct pmip_mh *mh, struct pmip_now now)
{
	struct pmip__bri bri;
	uint8_t status;

	mag->counters[PMIP_MAG_BRI]++;
	pmip__bri_read(&bri, mh);
	status = pmip__bri_check(&bri, PMIP_ROLE_MAG);
	if (!status && bri.has_alt_coa && !pmip__mag_is_ours(mag, &bri.alt_coa))
		status = PMIP_REVOCATION_NO_BINDING;
	if (!status && (bri.has_group || mh->u.revocation.flags & PMIP_REVOCATION_G))
		status = pmip__mag_revoke_many(mag, &bri, &dgram->src, now);
	else if (!status)
		status = revoke_one(mag, &bri, dgram, now);
	notify(mag, status < PMIP_REVOCATION_NO_BINDING ? PMIP_EVENT_REVOKED : PMIP_EVENT_REVOCATION_FAILED, &dgram->src, &bri.mn_id,
	       status, "asked for by the LMA");
	pmip__bri_answer(&bri, dgram, status, &mag->actions);
}

/* Initiator. */

/* REV-1. */
static struct pmip__mag_mn *find_marked(const struct pmip_mag *mag, const struct pmip__revocation *revocation)
{
	struct pmip__mag_mn *mn = pmip__mag_list_find(mag, &revocation->request.mn_id);

	return mn && mn->revoking && mn->revocation_seq == revocation->request.seq ? mn : NULL;
}

/* An end that was asked for did not come about, or something was asked for since: what the LMA has now, it says. BLK-4. */
static void ask_anew(struct pmip_mag *mag, const struct pmip__revocation *revocation, struct pmip_now now)
{
	struct pmip__mag_mn *mn = pmip__mag_list_find(mag, &revocation->request.mn_id);
	uint64_t at_us = now.mono_us;

	if (!mn || !mn->in_group)
		return;
	pmip__mag_bulk_apart(mag, mn, now);
	if (mn->state == PMIP_BINDING_ACTIVE)
		pmip__mag_refresh_at(mag, mn, &at_us);
}

static void take_bra(struct pmip_mag *mag, const struct pmip_dgram *dgram, const struct pmip_revocation *bra, struct pmip_now now)
{
	struct pmip__revocation *revocation = pmip__revocation_of(pmip__outstanding_match(&mag->revocations, dgram, bra->seq));
	struct pmip__mag_mn *mn;

	if (!revocation) {
		pmip__mag_ignore(mag, dgram, NULL, "answers no revocation of ours", "RFC 5846 9.2");
		return;
	}
	mag->counters[PMIP_MAG_BRA]++;
	if (pmip__revocation_is_of_many(revocation)) {
		pmip__mag_bra_of_many(mag, revocation, bra->status, now);
		return;
	}
	mn = find_marked(mag, revocation);
	if (pmip__revocation_succeeded(revocation, bra->status)) {
		notify(mag, PMIP_EVENT_REVOKED, &dgram->src, &revocation->request.mn_id, bra->status, NULL);
		if (mn)
			pmip__mag_revoked(mag, mn, "revoked", now);
	} else {
		notify(mag, PMIP_EVENT_REVOCATION_FAILED, &dgram->src, &revocation->request.mn_id, bra->status, NULL);
		if (mn)
			mn->revoking = false;
	}
	ask_anew(mag, revocation, now);
	pmip__outstanding_remove(&mag->revocations, &revocation->request);
}

static int time_out(struct pmip_mag *mag, struct pmip__revocation *revocation, struct pmip_now now)
{
	struct pmip__mag_mn *mn;

	if (pmip__revocation_is_of_many(revocation))
		return pmip__mag_time_out_of_many(mag, revocation, now);
	mn = find_marked(mag, revocation);
	if (mn && !pmip__revocation_is_spent(revocation)) {
		mag->counters[PMIP_MAG_BRI_SENT]++;
		pmip__revocation_send(&mag->revocations, revocation, &mag->actions, now.mono_us);
		return 0;
	}
	if (mn) {
		notify(mag, PMIP_EVENT_REVOKED, &mn->lma->remote, &mn->mn_id, 0, "no answer to the Binding Revocation Indication");
		if (mn->in_group)
			pmip__mag_bulk_doubt(mag, mn, now);
		pmip__mag_revoked(mag, mn, "revoked, without an answer from the LMA", now);
	}
	ask_anew(mag, revocation, now);
	pmip__outstanding_remove(&mag->revocations, &revocation->request);
	return 0;
}

int pmip__mag_revocation_timeout(struct pmip_mag *mag, struct pmip_now now)
{
	struct pmip__revocation *revocation;
	int err = 0;

	while (!err && (revocation = pmip__revocation_of(pmip__outstanding_due(&mag->revocations, now.mono_us)))) {
		err = pmip__mag_reserve_steps(mag, 1);
		if (!err)
			err = time_out(mag, revocation, now);
	}
	return err;
}

int pmip_mag_revoke(struct pmip_mag *mag, const struct pmip_mnid *mn_id, enum pmip_revocation_trigger trigger, struct pmip_now now)
{
	struct pmip__mag_mn *mn = pmip__mag_list_find(mag, mn_id);
	struct pmip_prefix prefix[PMIP_HNP_MAX];
	struct pmip__revocation_wish wish = {
		.local = *pmip__mag_local(mag, mn),
		.trigger = (uint8_t)trigger,
		.mn_id = *mn_id,
		.prefix = prefix,
	};
	struct pmip__revocation *made;
	int err;

	if ((unsigned int)trigger > PMIP_TRIGGER_OUT_OF_SYNC)
		return PMIP_ERR_INVALID;
	if (now.mono_us < mag->last_us)
		return PMIP_ERR_TIME;
	if (!mn || !pmip__mag_is_registered(mn))
		return PMIP_ERR_NOENT;
	if (mn->revoking)
		return PMIP_ERR_EXIST;
	wish.peer = mn->lma->remote;
	/* With IPv4 among them nothing is named, which means all of it. */
	if (!mn->ipv4.addr.len)
		wish.prefix_count = pmip__mag_own_prefixes(mn, prefix);
	if (pmip__mag_reserve_steps(mag, 1))
		return PMIP_ERR_NOMEM;
	err = pmip__revocation_add(&mag->revocations, &made, &wish);
	if (err)
		return err;
	mag->last_us = now.mono_us;
	mag->counters[PMIP_MAG_BRI_SENT]++;
	mn->revoking = true;
	mn->revocation_seq = made->request.seq;
	pmip__revocation_send(&mag->revocations, made, &mag->actions, now.mono_us);
	notify(mag, PMIP_EVENT_REVOCATION_SENT, &mn->lma->remote, &mn->mn_id, 0, NULL);
	return 0;
}

void pmip__mag_revocation(struct pmip_mag *mag, const struct pmip_dgram *dgram, const struct pmip_mh *mh, struct pmip_now now)
{
	if (!pmip__mag_is_for_us(mag, dgram, NULL, REF))
		return;
	if (mh->u.revocation.type == PMIP_REVOCATION_ACK)
		take_bra(mag, dgram, &mh->u.revocation, now);
	else
		take_bri(mag, dgram, mh, now);
}
