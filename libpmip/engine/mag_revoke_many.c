/* SPDX-License-Identifier: BSD-2-Clause */
/* Binding Revocation of many at the MAG: all that an LMA serves, a realm of them, a group (RFC 5846 sections 8.2 and 9.1, RFC 6602 section
 * 5.1.3). As with a single one an Indication of ours marks the bindings, and only those that still bear the mark go. */
#include "engine/mag.h"

#define REF "RFC 5846 9.2"
/* MN-Identifier of type IPv6 address (RFC 8371 section 3.2): who a MAG says it is. */
#define IPV6_ADDRESS 2

/* What a revocation of many is about. */
struct scope {
	struct pmip_addr lma;
	uint32_t group;                /* identifier by the LMA, 0 = no matter */
	const struct pmip_mnid *realm; /* NULL = no matter */
};

static bool is_in(const struct pmip__mag_mn *mn, const struct scope *scope)
{
	if (!pmip__mag_has_binding(mn) || !pmip__mag_is_lma_of(mn, &scope->lma))
		return false;
	if (scope->realm)
		return pmip__is_of_realm(&mn->mn_id, scope->realm);
	return !scope->group || (mn->group && (scope->group == PMIP__GROUP_ALL || mn->group->id == scope->group));
}

static struct scope scope_of(const struct pmip__bri *bri, const struct pmip_addr *lma)
{
	bool realm = !bri->has_group && bri->mh->u.revocation.trigger == PMIP_TRIGGER_LOCAL_POLICY;

	return (struct scope){.lma = *lma, .group = bri->has_group ? bri->group.id : 0, .realm = realm ? &bri->mn_id : NULL};
}

static bool is_marked(const struct pmip__mag_mn *mn, const struct pmip__revocation *revocation)
{
	return mn->revoking && mn->revocation_seq == revocation->request.seq && pmip__mag_is_lma_of(mn, &revocation->request.peer);
}

/* Room for the end of every binding that there is, beside one step. */
static int reserve_all(struct pmip_mag *mag)
{
	size_t cursor = 0, actions = 0, octets = 0, ops = 0;
	const struct pmip__mag_mn *mn;

	while ((mn = pmip__htable_next(&mag->by_mn_id, &cursor))) {
		if (!pmip__mag_has_binding(mn))
			continue;
		/* Router Advertisement, tunnel, BINDING_REMOVED, prefixes, further paths. */
		actions += 3 + pmip__mag_address_count(mn) + mag->settings.path_count * PMIP__MAG_PATH_ACTIONS;
		octets += mn->mn_id.len + mag->settings.path_count * PMIP__PBU_MAX;
		ops += 1 + pmip__mag_address_count(mn) + mag->settings.path_count * PMIP__MAG_PATH_OPS;
	}
	return pmip__mag_reserve(mag, PMIP__MAG_STEP_ACTIONS + actions, PMIP__MAG_STEP_OCTETS + octets, PMIP__MAG_STEP_OPS + ops);
}

static bool names_group(const struct pmip_mh *mh)
{
	struct pmip__bri bri;

	pmip__bri_read(&bri, mh);
	return bri.has_group;
}

int pmip__mag_revocation_reserve(struct pmip_mag *mag, const struct pmip_dgram *dgram, const struct pmip_mh *mh)
{
	const struct pmip_revocation *fixed = &mh->u.revocation;
	const struct pmip__revocation *ours;
	bool many;

	if (fixed->type == PMIP_REVOCATION_INDICATION) {
		many = (fixed->flags & PMIP_REVOCATION_G) || names_group(mh);
	} else {
		ours = pmip__revocation_of(pmip__outstanding_match(&mag->revocations, dgram, fixed->seq));
		many = ours && pmip__revocation_is_of_many(ours);
	}
	return many ? reserve_all(mag) : 0;
}

/* REV-4, REV-12. */
uint8_t pmip__mag_revoke_many(struct pmip_mag *mag, const struct pmip__bri *bri, const struct pmip_addr *lma, struct pmip_now now)
{
	struct scope scope = scope_of(bri, lma);
	struct pmip__mag_mn *mn;
	size_t cursor = 0, count = 0;

	while ((mn = pmip__htable_next(&mag->by_mn_id, &cursor))) {
		if (!is_in(mn, &scope))
			continue;
		count++;
		pmip__mag_revoked(mag, mn, "revoked by the LMA, with others", now);
	}
	/* Of all bindings there may be none, a realm or a group without any is not known. */
	return count || !(scope.group || scope.realm) ? PMIP_REVOCATION_SUCCESS : PMIP_REVOCATION_NO_BINDING;
}

/* Initiator. */

static void notify(struct pmip_mag *mag, enum pmip_event_type type, const struct pmip__revocation *revocation, uint8_t status,
		   const char *rule)
{
	struct pmip_event event = {
		.type = type,
		.peer = revocation->request.peer,
		.status = status,
		.rule = rule,
		.ref = REF,
		.group = revocation->group,
	};

	pmip__mag_notify(mag, &event);
}

/* Take the mark from all that bear it, and the bindings when they are to go. rule: NULL = they stay. */
static void settle(struct pmip_mag *mag, struct pmip__revocation *revocation, const char *rule, bool unanswered, struct pmip_now now)
{
	struct pmip__mag_mn *mn;
	size_t cursor = 0;

	while ((mn = pmip__htable_next(&mag->by_mn_id, &cursor))) {
		if (!is_marked(mn, revocation))
			continue;
		mn->revoking = false;
		if (rule && unanswered && mn->in_group)
			pmip__mag_bulk_doubt(mag, mn, now);
		if (rule)
			pmip__mag_revoked(mag, mn, rule, now);
	}
	pmip__mag_bulk_dissolve(mag, &revocation->request.peer, now);
	pmip__outstanding_remove(&mag->revocations, &revocation->request);
}

/* REV-10, REV-13. */
void pmip__mag_bra_of_many(struct pmip_mag *mag, struct pmip__revocation *revocation, uint8_t status, struct pmip_now now)
{
	bool success = pmip__revocation_succeeded(revocation, status);
	bool never = status == PMIP_REVOCATION_GLOBAL_NOT_AUTHORIZED;
	struct pmip__peer *lma = pmip__peers_find(&mag->heartbeat.peers, &revocation->request.peer);

	if (never && lma)
		lma->refuses_global = true;
	notify(mag, success ? PMIP_EVENT_REVOKED : PMIP_EVENT_REVOCATION_FAILED, revocation, status,
	       never ? "the LMA allows no global revocation, and is asked for none any more" : NULL);
	settle(mag, revocation, success ? "revoked, with others" : NULL, false, now);
}

static bool any_marked(const struct pmip_mag *mag, const struct pmip__revocation *revocation)
{
	const struct pmip__mag_mn *mn;
	size_t cursor = 0;

	while ((mn = pmip__htable_next(&mag->by_mn_id, &cursor)))
		if (is_marked(mn, revocation))
			return true;
	return false;
}

/* REV-2. */
int pmip__mag_time_out_of_many(struct pmip_mag *mag, struct pmip__revocation *revocation, struct pmip_now now)
{
	if (!any_marked(mag, revocation)) {
		settle(mag, revocation, NULL, false, now);
	} else if (!pmip__revocation_is_spent(revocation)) {
		mag->counters[PMIP_MAG_BRI_SENT]++;
		pmip__revocation_send(&mag->revocations, revocation, &mag->actions, now.mono_us);
	} else {
		if (reserve_all(mag))
			return PMIP_ERR_NOMEM;
		notify(mag, PMIP_EVENT_REVOKED, revocation, 0, "no answer to the Binding Revocation Indication");
		settle(mag, revocation, "revoked, without an answer from the LMA", true, now);
	}
	return 0;
}

/* The settled ones of a scope get the mark. It takes the place of a revocation of each alone. REV-1. */
static size_t mark(struct pmip_mag *mag, const struct scope *scope, uint16_t seq, bool really)
{
	struct pmip__mag_mn *mn;
	size_t cursor = 0, count = 0;

	while ((mn = pmip__htable_next(&mag->by_mn_id, &cursor))) {
		if (!is_in(mn, scope) || mn->state == PMIP_BINDING_DEREGISTERING)
			continue;
		count++;
		if (!really)
			continue;
		mn->revoking = true;
		mn->revocation_seq = seq;
	}
	return count;
}

static int ask(struct pmip_mag *mag, const struct scope *scope, struct pmip__revocation_wish *wish, struct pmip_now now)
{
	struct pmip__revocation *made;
	int err;

	if (!mark(mag, scope, 0, false))
		return PMIP_ERR_NOENT;
	wish->local = mag->settings.proxy_coa;
	wish->peer = scope->lma;
	wish->group = scope->group;
	err = pmip__mag_reserve_steps(mag, 1);
	if (!err)
		err = pmip__revocation_add(&mag->revocations, &made, wish);
	if (err)
		return err;
	mag->last_us = now.mono_us;
	mark(mag, scope, made->request.seq, true);
	mag->counters[PMIP_MAG_BRI_SENT]++;
	pmip__revocation_send(&mag->revocations, made, &mag->actions, now.mono_us);
	notify(mag, PMIP_EVENT_REVOCATION_SENT, made, 0, NULL);
	return 0;
}

/* REV-5. */
int pmip_mag_revoke_lma(struct pmip_mag *mag, const struct pmip_addr *lma, struct pmip_now now)
{
	const struct pmip__peer *peer = pmip__peers_find(&mag->heartbeat.peers, lma);
	struct scope scope = {.lma = *lma};
	struct pmip__revocation_wish wish = {
		.trigger = PMIP_TRIGGER_PER_PEER_POLICY,
		.mn_id = {IPV6_ADDRESS, sizeof(mag->settings.proxy_coa.b), mag->settings.proxy_coa.b},
	};

	if (now.mono_us < mag->last_us)
		return PMIP_ERR_TIME;
	if (!peer)
		return PMIP_ERR_NOENT;
	return peer->refuses_global ? PMIP_ERR_DENIED : ask(mag, &scope, &wish, now);
}

/* REV-12. */
int pmip_mag_revoke_group(struct pmip_mag *mag, const struct pmip_addr *lma, uint32_t group, enum pmip_revocation_trigger trigger,
			  struct pmip_now now)
{
	struct scope scope = {.lma = *lma, .group = group};
	struct pmip__revocation_wish wish = {.trigger = (uint8_t)trigger};

	if ((unsigned int)trigger > PMIP_TRIGGER_OUT_OF_SYNC || !group)
		return PMIP_ERR_INVALID;
	if (now.mono_us < mag->last_us)
		return PMIP_ERR_TIME;
	return ask(mag, &scope, &wish, now);
}
