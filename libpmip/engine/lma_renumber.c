/* SPDX-License-Identifier: BSD-2-Clause */
/* Another Home Network Prefix in place of one that a mobile node has (RFC 8191): 1. the new one is set aside and forwarding of it is
 * set up; 2. when that stands, the MAG is told the set of prefixes that the mobile node is to have; 3. when it has agreed, the
 * session takes the new one and forwarding of the old one ends. Until then the old one is the session's, and whatever goes wrong
 * leaves it so. */
#include "engine/lma.h"

#include "base/mem.h"
#include "engine/gre.h"

struct pmip__renumbering {
	struct pmip__op op;
	struct pmip__update *update;
	struct pmip__tunnel *tunnel; /* a reference */
	struct pmip_gre gre;
	struct pmip_prefix old;
	struct pmip__hnp other;
};

static struct pmip__session *session_of(const struct pmip_lma *lma, const struct pmip_mnid *mn_id, const struct pmip_prefix *prefix)
{
	struct pmip__session *session = pmip__binding_cache_by_prefix(&lma->cache, prefix);

	if (!session || pmip_addr_is_ipv4_mapped(&prefix->addr) || !pmip_mnid_equal(&session->mn->mn_id, mn_id) ||
	    session->state != PMIP_BINDING_ACTIVE || session->txn)
		return NULL;
	return session;
}

/* The session as it was when the renumbering began. */
static struct pmip__session *session_concerned(const struct pmip_lma *lma, const struct pmip__update *update)
{
	const struct pmip__renumbering *renumbering = update->renumbering;
	struct pmip__session *session = session_of(lma, &update->request.mn_id, &renumbering->old);
	struct pmip_gre gre;

	if (!session || session->reg.tunnel != renumbering->tunnel)
		return NULL;
	gre = pmip__lma_gre_of(session);
	return pmip__gre_equal(&gre, &renumbering->gre) ? session : NULL;
}

/* Whether this session is being renumbered, or any to this prefix. */
static bool is_under_way(const struct pmip_lma *lma, const struct pmip__session *session, const struct pmip_prefix *other)
{
	const struct pmip__update *update;
	size_t cursor = 0;

	while ((update = pmip__htable_next(&lma->updates.by_seq, &cursor)))
		if (update->renumbering && ((other && pmip_prefix_equal(&update->renumbering->other.prefix, other)) ||
					    session_concerned(lma, update) == session))
			return true;
	return false;
}

/* Step 1. */
static int begin(struct pmip_lma *lma, struct pmip__session *session, const struct pmip_prefix *old, const struct pmip__hnp *other)
{
	struct pmip__update_content content = {.reason = PMIP_UPN_UPDATE_SESSION_PARAMETERS, .prefix_count = session->hnp_count};
	struct pmip__tunnel *tunnel = session->reg.tunnel;
	struct pmip_datapath_op op = pmip__lma_binding_op(session);
	struct pmip__renumbering *made;
	struct pmip__update *update;
	int err;

	for (unsigned int i = 0; i < session->hnp_count; i++)
		content.prefix[i] = pmip_prefix_equal(&session->hnp[i].prefix, old) ? other->prefix : session->hnp[i].prefix;
	if (pmip__htable_reserve(&lma->ops, 1))
		return PMIP_ERR_NOMEM;
	made = pmip__mem_alloc(&lma->mem, sizeof(*made));
	if (!made)
		return PMIP_ERR_NOMEM;
	err = pmip__lma_update_new(lma, &update, tunnel, &content, &session->mn->mn_id);
	if (err) {
		pmip__mem_free(&lma->mem, made);
		return err;
	}
	tunnel->refs++;
	made->update = update;
	made->tunnel = tunnel;
	made->gre = op.gre;
	made->old = *old;
	made->other = *other;
	made->op.renumbering = made;
	op.prefix = other->prefix;
	update->renumbering = made;
	pmip__lma_op_open(lma, &made->op, op);
	return 0;
}

/* UPN-7. */
int pmip_lma_renumber(struct pmip_lma *lma, const struct pmip_mnid *mn_id, const struct pmip_prefix *old, const struct pmip_prefix *other,
		      struct pmip_now now)
{
	struct pmip__session *session = session_of(lma, mn_id, old);
	struct pmip__hnp hnp = {.from_pool = true};
	int err;

	if (now.mono_us < lma->last_us)
		return PMIP_ERR_TIME;
	if (!session)
		return PMIP_ERR_NOENT;
	if (pmip__lma_is_sharing(session) && !pmip__session_path(session).bid)
		return PMIP_ERR_UNSUPPORTED; /* several MAGs would have to change at once; several paths are one MAG's */
	if (session->revoking || is_under_way(lma, session, other))
		return PMIP_ERR_EXIST;
	err = pmip__lma_prefix_take(lma, session, other, &hnp);
	if (err)
		return err;
	err = begin(lma, session, old, &hnp);
	if (err)
		pmip__lma_prefixes_release(lma, &hnp, 1);
	else
		lma->last_us = now.mono_us;
	return err;
}

/* Step 2. */
void pmip__lma_renumbering_completed(struct pmip_lma *lma, struct pmip__renumbering *renumbering, int err, struct pmip_now now)
{
	struct pmip__update *update = renumbering->update;

	if (!err && session_concerned(lma, update)) {
		pmip__lma_update_send(lma, update, now.mono_us);
		return;
	}
	pmip__lma_update_fail(lma, update, 0,
			      err ? "forwarding of the new prefix could not be set up" : "the session has changed meanwhile");
}

static void stop_forwarding(struct pmip_lma *lma, const struct pmip_prefix *prefix)
{
	pmip__lma_op_untracked(lma, (struct pmip_datapath_op){.kind = PMIP_DATAPATH_BINDING_CLEAR, .prefix = *prefix});
}

void pmip__lma_renumbering_undo(struct pmip_lma *lma, struct pmip__update *update)
{
	struct pmip__renumbering *renumbering = update->renumbering;

	if (!renumbering)
		return;
	if (!pmip__binding_cache_by_prefix(&lma->cache, &renumbering->other.prefix)) { /* else it is a session's by now */
		stop_forwarding(lma, &renumbering->other.prefix);
		pmip__lma_prefixes_release(lma, &renumbering->other, 1);
	}
	pmip__lma_put_tunnel(lma, renumbering->tunnel);
}

/* Step 3. Where the session has gone on without waiting, there is nothing left to renumber. */
void pmip__lma_renumbering_finish(struct pmip_lma *lma, struct pmip__update *update)
{
	struct pmip__renumbering *renumbering = update->renumbering;
	struct pmip__session *session;
	struct pmip_event event;
	struct pmip__hnp old;

	if (!renumbering)
		return;
	session = session_concerned(lma, update);
	if (!session || pmip__binding_cache_by_prefix(&lma->cache, &renumbering->other.prefix)) {
		pmip__lma_renumbering_undo(lma, update);
		return;
	}
	old = pmip__binding_cache_swap_prefix(&lma->cache, session, &renumbering->old, &renumbering->other);
	stop_forwarding(lma, &old.prefix);
	pmip__lma_flows_end_at(lma, session, &old.prefix);
	pmip__lma_prefixes_release(lma, &old, 1);
	pmip__binding_cache_prefixes_changed(&lma->cache, session);
	event = pmip__lma_session_event(PMIP_EVENT_RENUMBERED, session);
	pmip__lma_notify(lma, &event);
	pmip__lma_put_tunnel(lma, renumbering->tunnel);
}

void pmip__lma_renumberings_keep(struct pmip_lma *lma)
{
	const struct pmip__update *update;
	struct pmip__prefix_pool *pool;
	size_t cursor = 0;

	while ((update = pmip__htable_next(&lma->updates.by_seq, &cursor))) {
		pool = update->renumbering ? pmip__lma_pool_of(lma, &update->renumbering->other.prefix) : NULL;
		if (pool)
			pmip__prefix_pool_take(pool, &update->renumbering->other.prefix);
	}
}

void pmip__lma_renumbering_free(struct pmip_lma *lma, struct pmip__update *update)
{
	struct pmip__renumbering *renumbering = update->renumbering;

	if (!renumbering)
		return;
	if (renumbering->op.id)
		pmip__htable_remove(&lma->ops, pmip__htable_number(renumbering->op.id), &renumbering->op);
	pmip__mem_free(&lma->mem, renumbering);
	update->renumbering = NULL;
}
