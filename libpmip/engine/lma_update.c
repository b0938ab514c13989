/* SPDX-License-Identifier: BSD-2-Clause */
/* Update Notifications at the LMA (RFC 7077 section 5): MAGs are told to register again, to say where a mobile node is, or something
 * in a vendor's own way. What changes the prefixes of a mobile node is in lma_renumber.c. */
#include "engine/lma.h"

#include <string.h>

#define REF "RFC 7077 5"

static void notify(struct pmip_lma *lma, enum pmip_event_type type, const struct pmip__update *update, uint8_t status, const char *rule)
{
	struct pmip_event event = {
		.type = type,
		.mn_id = update->request.mn_id,
		.peer = update->request.peer,
		.status = status,
		.rule = rule,
		.ref = REF,
		.group = update->content.group,
	};

	pmip__lma_notify(lma, &event);
}

void pmip__lma_update_send(struct pmip_lma *lma, struct pmip__update *update, uint64_t now_us)
{
	bool first = !update->request.sends;

	lma->counters[PMIP_LMA_UPN_SENT]++;
	pmip__update_send(&lma->updates, update, &lma->config.update, &lma->actions, now_us);
	if (first)
		notify(lma, PMIP_EVENT_UPDATE_SENT, update, 0, NULL);
}

int pmip__lma_update_new(struct pmip_lma *lma, struct pmip__update **made, const struct pmip__tunnel *tunnel,
			 const struct pmip__update_content *content, const struct pmip_mnid *mn_id)
{
	const struct pmip__peer *peer = pmip__peers_find(&lma->heartbeat.peers, &tunnel->mag);
	int err = peer && peer->refuses_updates ? PMIP_ERR_UNSUPPORTED : pmip__lma_reserve(lma);

	return err ? err : pmip__update_add(&lma->updates, made, &tunnel->local, &tunnel->mag, content, mn_id);
}

static int tell(struct pmip_lma *lma, const struct pmip__tunnel *tunnel, const struct pmip__update_content *content,
		const struct pmip_mnid *mn_id, struct pmip_now now)
{
	struct pmip__update *update;
	int err = pmip__lma_update_new(lma, &update, tunnel, content, mn_id);

	if (!err)
		pmip__lma_update_send(lma, update, now.mono_us);
	return err;
}

/* Whether an earlier session of the mobile node is at the same MAG, which is then told already. */
static bool is_repeated(const struct pmip__mn *mn, const struct pmip__list *link, const struct pmip__tunnel *tunnel)
{
	for (const struct pmip__list *before = mn->sessions.next; before != link; before = before->next) {
		const struct pmip__session *session = pmip__session_of_mn(before);

		if (session->reg.tunnel == tunnel && session->state == PMIP_BINDING_ACTIVE)
			return true;
	}
	return false;
}

/* Each MAG that the mobile node is at; one that knows no notifications keeps none from being told. */
static int tell_mags(struct pmip_lma *lma, const struct pmip_mnid *mn_id, const struct pmip__update_content *content, struct pmip_now now)
{
	const struct pmip__mn *mn = pmip__binding_cache_mn(&lma->cache, mn_id);
	int result = PMIP_ERR_NOENT;

	if (now.mono_us < lma->last_us)
		return PMIP_ERR_TIME;
	if (!mn)
		return PMIP_ERR_NOENT;
	for (const struct pmip__list *link = mn->sessions.next; link != &mn->sessions; link = link->next) {
		const struct pmip__session *session = pmip__session_of_mn(link);
		int err;

		if (session->state != PMIP_BINDING_ACTIVE || is_repeated(mn, link, session->reg.tunnel))
			continue;
		err = tell(lma, session->reg.tunnel, content, &mn->mn_id, now);
		if (err && err != PMIP_ERR_UNSUPPORTED)
			return err;
		result = result ? err : 0;
	}
	if (!result)
		lma->last_us = now.mono_us;
	return result;
}

/* UPN-6. */
int pmip_lma_force_reregistration(struct pmip_lma *lma, const struct pmip_mnid *mn_id, struct pmip_now now)
{
	return tell_mags(lma, mn_id, &(struct pmip__update_content){.reason = PMIP_UPN_FORCE_REREGISTRATION}, now);
}

int pmip_lma_request_access_network(struct pmip_lma *lma, const struct pmip_mnid *mn_id, struct pmip_now now)
{
	return tell_mags(lma, mn_id, &(struct pmip__update_content){.reason = PMIP_UPN_ANI_PARAMS_REQUESTED}, now);
}

int pmip_lma_notify_vendor(struct pmip_lma *lma, const struct pmip_mnid *mn_id, const struct pmip_opt_vendor *vendor, struct pmip_now now)
{
	struct pmip__update_content content = {.reason = PMIP_UPN_VENDOR_SPECIFIC, .vendor = *vendor};

	if (vendor->data.len > sizeof(content.vendor_data))
		return PMIP_ERR_INVALID;
	if (vendor->data.len)
		memcpy(content.vendor_data, vendor->data.data, vendor->data.len);
	return tell_mags(lma, mn_id, &content, now);
}

/* UPN-3. */
int pmip_lma_force_reregistration_mag(struct pmip_lma *lma, const struct pmip_addr *proxy_coa, struct pmip_now now)
{
	const struct pmip__update_content all = {.reason = PMIP_UPN_FORCE_REREGISTRATION, .group = PMIP__GROUP_ALL};
	const struct pmip__tunnel *tunnel;
	int err = PMIP_ERR_NOENT;
	size_t cursor = 0;

	if (now.mono_us < lma->last_us)
		return PMIP_ERR_TIME;
	while ((!err || err == PMIP_ERR_NOENT) && (tunnel = pmip__htable_next(&lma->cache.tunnels, &cursor)))
		if (pmip_addr_equal(&tunnel->remote, proxy_coa) && !pmip__list_empty(&tunnel->sessions))
			err = tell(lma, tunnel, &all, &(struct pmip_mnid){0}, now);
	if (!err)
		lma->last_us = now.mono_us;
	return err;
}

void pmip__lma_update_forget(struct pmip_lma *lma, struct pmip__update *update)
{
	pmip__lma_renumbering_free(lma, update);
	pmip__outstanding_remove(&lma->updates, &update->request);
}

void pmip__lma_update_fail(struct pmip_lma *lma, struct pmip__update *update, uint8_t status, const char *rule)
{
	notify(lma, PMIP_EVENT_UPDATE_FAILED, update, status, rule);
	pmip__lma_fmi_fail(lma, update, status);
	pmip__lma_renumbering_undo(lma, update);
	pmip__lma_update_forget(lma, update);
}

/* UPN-8. */
void pmip__lma_upa(struct pmip_lma *lma, const struct pmip_dgram *dgram, const struct pmip_mh *mh)
{
	const struct pmip__request about = {.dgram = dgram};
	struct pmip__update *update = pmip__update_of(pmip__outstanding_match(&lma->updates, dgram, mh->u.upa.seq));

	if (!update || !update->request.sends) {
		pmip__lma_ignore(lma, &about, "answers no Update Notification of ours", REF);
		return;
	}
	lma->counters[PMIP_LMA_UPA]++;
	if (mh->u.upa.status >= PMIP_UPA_FAILED_TO_UPDATE_SESSION_PARAMETERS) {
		pmip__lma_update_fail(lma, update, mh->u.upa.status, NULL);
		return;
	}
	if (!pmip__lma_fmi_is_granted(update, mh)) {
		pmip__lma_update_fail(lma, update, 0, "the MAG agrees, but not to all prefixes");
		return;
	}
	pmip__lma_fmi_finish(lma, update);
	pmip__lma_renumbering_finish(lma, update);
	pmip__lma_update_forget(lma, update);
}

static struct pmip__update *any_to(const struct pmip_lma *lma, const struct pmip_addr *peer)
{
	struct pmip__update *update;
	size_t cursor = 0;

	while ((update = pmip__htable_next(&lma->updates.by_seq, &cursor)))
		if (pmip_addr_equal(&update->request.peer, peer) && update->request.sends)
			return update;
	return NULL;
}

/* The others to this MAG come to their end by their timers. UPN-4. */
bool pmip__lma_update_refused(struct pmip_lma *lma, const struct pmip_addr *mag)
{
	struct pmip__update *update = any_to(lma, mag);
	struct pmip__peer *peer = pmip__peers_find(&lma->heartbeat.peers, mag);

	if (!update || !peer)
		return false;
	peer->refuses_updates = true;
	pmip__lma_update_fail(lma, update, 0, "the MAG does not know Update Notifications and gets no more of them");
	return true;
}

/* UPN-2. */
int pmip__lma_update_timeout(struct pmip_lma *lma, struct pmip_now now)
{
	struct pmip__update *update;

	while ((update = pmip__update_of(pmip__outstanding_due(&lma->updates, now.mono_us)))) {
		const struct pmip__peer *peer = pmip__peers_find(&lma->heartbeat.peers, &update->request.peer);
		int err = pmip__lma_reserve(lma);

		if (err)
			return err;
		if (pmip__update_is_spent(update, &lma->config.update) || (peer && peer->refuses_updates))
			pmip__lma_update_fail(lma, update, 0, "no answer to the Update Notification");
		else
			pmip__lma_update_send(lma, update, now.mono_us);
	}
	return 0;
}

int pmip__lma_update_drop_all(struct pmip_lma *lma)
{
	struct pmip__update *update;
	size_t cursor = 0;
	int err = 0;

	while (!err && (update = pmip__htable_any(&lma->updates.by_seq, &cursor))) {
		pmip__lma_fmi_fail(lma, update, 0);
		pmip__lma_renumbering_undo(lma, update);
		pmip__lma_update_forget(lma, update);
		err = pmip__lma_reserve(lma);
	}
	return err;
}

void pmip__lma_update_free_all(struct pmip_lma *lma)
{
	struct pmip__update *update;
	size_t cursor = 0;

	while ((update = pmip__htable_next(&lma->updates.by_seq, &cursor)))
		pmip__lma_renumbering_free(lma, update);
}
