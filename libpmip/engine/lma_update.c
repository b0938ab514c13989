/* SPDX-License-Identifier: BSD-2-Clause */
/* Update Notifications at the LMA (RFC 7077 section 5): a MAG is told to register a mobile node again. */
#include "engine/lma.h"

#define REF "RFC 7077 5"

static void notify(struct pmip_lma *lma, enum pmip_event_type type, const struct pmip__update *update, uint8_t status)
{
	struct pmip_event event = {
		.type = type,
		.mn_id = update->request.mn_id,
		.peer = update->request.peer,
		.status = status,
		.ref = REF,
	};

	pmip__lma_notify(lma, &event);
}

static int ask(struct pmip_lma *lma, const struct pmip__session *session, struct pmip_now now)
{
	const struct pmip__tunnel *tunnel = session->reg.tunnel;
	struct pmip__update *update;
	int err = pmip__lma_reserve(lma);

	if (!err)
		err = pmip__update_add(&lma->updates, &update, &tunnel->local, &tunnel->remote, PMIP_UPN_FORCE_REREGISTRATION,
				       &session->mn->mn_id);
	if (err)
		return err;
	lma->counters[PMIP_LMA_UPN_SENT]++;
	pmip__update_send(&lma->updates, update, &lma->actions, now.mono_us);
	notify(lma, PMIP_EVENT_UPDATE_SENT, update, 0);
	return 0;
}

/* Whether an earlier session of the mobile node is at the same MAG, which is then asked already. */
static bool is_repeated(const struct pmip__mn *mn, const struct pmip__list *link, const struct pmip__tunnel *tunnel)
{
	for (const struct pmip__list *before = mn->sessions.next; before != link; before = before->next) {
		const struct pmip__session *session = PMIP__CONTAINER(before, const struct pmip__session, of_mn);

		if (session->reg.tunnel == tunnel && session->state == PMIP_BINDING_ACTIVE)
			return true;
	}
	return false;
}

int pmip_lma_force_reregistration(struct pmip_lma *lma, const struct pmip_mnid *mn_id, struct pmip_now now)
{
	const struct pmip__mn *mn = pmip__binding_cache_mn(&lma->cache, mn_id);
	int err = PMIP_ERR_NOENT;

	if (now.mono_us < lma->last_us)
		return PMIP_ERR_TIME;
	if (!mn)
		return PMIP_ERR_NOENT;
	for (const struct pmip__list *link = mn->sessions.next; link != &mn->sessions; link = link->next) {
		const struct pmip__session *session = PMIP__CONTAINER(link, const struct pmip__session, of_mn);

		if (session->state != PMIP_BINDING_ACTIVE || is_repeated(mn, link, session->reg.tunnel))
			continue;
		err = ask(lma, session, now);
		if (err)
			return err;
	}
	if (!err)
		lma->last_us = now.mono_us;
	return err;
}

/* UPN-8. */
void pmip__lma_upa(struct pmip_lma *lma, const struct pmip_dgram *dgram, const struct pmip_mh *mh)
{
	const struct pmip__request about = {.dgram = dgram};
	struct pmip__update *update = pmip__update_of(pmip__outstanding_match(&lma->updates, dgram, mh->u.upa.seq));
	uint8_t status = mh->u.upa.status;

	if (!update) {
		pmip__lma_ignore(lma, &about, "answers no Update Notification of ours", REF);
		return;
	}
	lma->counters[PMIP_LMA_UPA]++;
	if (status >= PMIP_UPA_FAILED_TO_UPDATE_SESSION_PARAMETERS)
		notify(lma, PMIP_EVENT_UPDATE_FAILED, update, status);
	pmip__outstanding_remove(&lma->updates, &update->request);
}

/* UPN-2. */
int pmip__lma_update_timeout(struct pmip_lma *lma, struct pmip_now now)
{
	struct pmip__update *update;

	while ((update = pmip__update_of(pmip__outstanding_due(&lma->updates, now.mono_us)))) {
		int err = pmip__lma_reserve(lma);

		if (err)
			return err;
		if (!pmip__update_is_spent(update)) {
			lma->counters[PMIP_LMA_UPN_SENT]++;
			pmip__update_send(&lma->updates, update, &lma->actions, now.mono_us);
			continue;
		}
		notify(lma, PMIP_EVENT_UPDATE_FAILED, update, 0);
		pmip__outstanding_remove(&lma->updates, &update->request);
	}
	return 0;
}

void pmip__lma_update_drop_all(struct pmip_lma *lma)
{
	struct pmip__update *update;
	size_t cursor = 0;

	while ((update = pmip__htable_next(&lma->updates.by_seq, &cursor))) {
		pmip__outstanding_remove(&lma->updates, &update->request);
		cursor = 0;
	}
}
