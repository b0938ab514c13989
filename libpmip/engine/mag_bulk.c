/* SPDX-License-Identifier: BSD-2-Clause */
/* Bulk registration at the MAG (RFC 6602 section 5.1): mobile nodes that the LMA has put into a group are registered one by one, and
 * extended together. 1. The lifetime of one of them is nearly over; 2. a PBU for the group leaves, and again until it is
 * answered; 3. an acceptance extends all that were registered when it left, a refusal ends the group, and each is extended by itself.
 * Without an answer each comes to its own end.
 *
 * Such a PBU does not say who is in the group, so that it must not be sent while the LMA may think of more than we do: when a session has
 * been left to its end there, none is until that has come. BLK-4. */
#include "engine/mag.h"

#include "base/mem.h"

#include <assert.h>

#define REF "RFC 6602 5.1"
/* Octets of a PBU for a group: fixed part 12, group 8, Timestamp 10, and padding. */
#define GROUP_PBU_MAX 48
/* A de-registration is sent again so often. */
#define DEREGISTRATIONS_MAX 3
/* How long a PBU may be under way. */
#define UNDER_WAY_S 4

struct key {
	const struct pmip_addr *lma;
	uint32_t id;
};

static bool equal_group(const void *entry, const void *key)
{
	const struct pmip__mag_group *group = entry;
	const struct key *wanted = key;

	return group->id == wanted->id && pmip_addr_equal(&group->lma, wanted->lma);
}

static uint64_t hash_group(const struct pmip_mag *mag, const struct pmip_addr *lma, uint32_t id)
{
	return pmip__hash(&mag->key, lma->b, sizeof(lma->b)) ^ pmip__hash(&mag->key, &id, sizeof(id));
}

static struct pmip__mag_mn *of_group(const struct pmip__list *link)
{
	return PMIP__CONTAINER(link, struct pmip__mag_mn, of_group);
}

void pmip__mag_bulk_init(struct pmip_mag *mag)
{
	pmip__htable_init(&mag->groups, &mag->mem, equal_group);
}

void pmip__mag_bulk_fini(struct pmip_mag *mag)
{
	size_t cursor = 0;
	void *group;

	while ((group = pmip__htable_next(&mag->groups, &cursor)))
		pmip__mem_free(&mag->mem, group);
	pmip__mem_free(&mag->mem, mag->spare_group);
	pmip__htable_fini(&mag->groups);
}

static struct pmip__mag_group *find(const struct pmip_mag *mag, const struct pmip_addr *lma, uint32_t id)
{
	struct key key = {lma, id};

	return pmip__htable_find(&mag->groups, hash_group(mag, lma, id), &key);
}

int pmip__mag_bulk_reserve(struct pmip_mag *mag, const struct pmip_mh *mh)
{
	if (!mag->settings.bulk || !(mh->u.ba.flags & PMIP_BA_B))
		return 0;
	if (pmip__htable_reserve(&mag->groups, 1) ||
	    pmip__timerq_reserve(&mag->timers, PMIP__MAG_TIMERS(mag, mag->by_mn_id.count) + 1))
		return PMIP_ERR_NOMEM;
	if (!mag->spare_group)
		mag->spare_group = pmip__mem_alloc(&mag->mem, sizeof(*mag->spare_group));
	return mag->spare_group ? 0 : PMIP_ERR_NOMEM;
}

/* Who has a lifetime of his own cannot share that of others. */
static bool may_share(const struct pmip_mag *mag, const struct pmip_profile *profile)
{
	return mag->settings.bulk && (!profile || !profile->lifetime_s);
}

/* BLK-1. */
void pmip__mag_bulk_ask(const struct pmip_mag *mag, const struct pmip_profile *profile, const struct pmip__mag_mn *mn, struct pmip_mh *mh,
			struct pmip_binding_options *options)
{
	if (mn->state == PMIP_BINDING_DEREGISTERING || !may_share(mag, profile) || (options->has & PMIP_HAS_MULTIPATH))
		return;
	mh->u.bu.flags |= PMIP_BU_B;
	options->has |= PMIP_HAS_GROUP;
	options->group = (struct pmip_opt_group){PMIP__GROUP_BULK, mag->settings.bulk_group};
}

/* What the LMA does not hear of it would extend with the group for ever. It says nothing when the mobile node is at another MAG already
 * (RFC 5213 section 5.3.5), so there must be an end. MAG-50. */
bool pmip__mag_bulk_insists(const struct pmip_mag *mag, const struct pmip__mag_mn *mn)
{
	return !mn->elsewhere && may_share(mag, pmip__profiles_by_mn_id(&mag->profiles, &mn->mn_id)) &&
	       mn->retransmit.sends <= DEREGISTRATIONS_MAX;
}

static void drop(struct pmip_mag *mag, struct pmip__mag_group *group)
{
	pmip__timerq_cancel(&mag->timers, &group->send);
	pmip__htable_remove(&mag->groups, hash_group(mag, &group->lma, group->id), group);
	pmip__mem_free(&mag->mem, group);
}

static void take_out(struct pmip__mag_mn *mn)
{
	pmip__list_del(&mn->of_group);
	mn->group = NULL;
}

void pmip__mag_bulk_leave(struct pmip_mag *mag, struct pmip__mag_mn *mn)
{
	struct pmip__mag_group *group = mn->group;

	if (!group)
		return;
	take_out(mn);
	if (pmip__list_empty(&group->mns))
		drop(mag, group);
}

static struct pmip__mag_group *add(struct pmip_mag *mag, const struct pmip_addr *lma, uint32_t id)
{
	struct pmip__mag_group *group = mag->spare_group;

	mag->spare_group = NULL;
	group->lma = *lma;
	group->id = id;
	group->seq = mag->seq;
	group->send.kind = PMIP__MAG_ON_GROUP;
	pmip__list_init(&group->mns);
	pmip__htable_insert(&mag->groups, hash_group(mag, lma, id), group);
	return group;
}

/* BLK-1. */
void pmip__mag_bulk_accepted(struct pmip_mag *mag, const struct pmip_profile *profile, struct pmip__mag_mn *mn, const struct pmip_ba *ba,
			     const struct pmip_binding_options *options, uint64_t sent_us)
{
	struct pmip__mag_group *group;

	mn->in_group = (ba->flags & PMIP_BA_B) != 0;
	if (sent_us < mn->apart_us || !may_share(mag, profile) || !(ba->flags & PMIP_BA_B) || options->group.subtype != PMIP__GROUP_BULK || !options->group.id) {
		pmip__mag_bulk_leave(mag, mn);
		return;
	}
	group = find(mag, &mn->lma->remote, options->group.id);
	if (group && group == mn->group)
		return;
	if (!group)
		group = add(mag, &mn->lma->remote, options->group.id);
	pmip__mag_bulk_leave(mag, mn);
	mn->group = group;
	pmip__list_add_tail(&group->mns, &mn->of_group);
}

static struct pmip_event event_of(const struct pmip__mag_group *group, enum pmip_event_type type)
{
	return (struct pmip_event){.type = type, .peer = group->lma, .group = group->id};
}

/* BLK-2. */
static size_t encode(const struct pmip_mag *mag, const struct pmip__mag_group *group, uint32_t lifetime_s, uint8_t octets[GROUP_PBU_MAX])
{
	struct pmip_mh mh = {
		.type = PMIP_MH_BU,
		.u.bu = {.seq = group->seq, .flags = PMIP_BU_A | PMIP_BU_P, .lifetime_s = lifetime_s},
	};
	struct pmip_binding_options options = {
		.has = PMIP_HAS_GROUP,
		.timestamp = group->timestamp,
		.group = {PMIP__GROUP_BULK, group->id},
	};
	struct pmip_mh_writer writer;
	int len;

	if (group->with_timestamp)
		options.has |= PMIP_HAS_TIMESTAMP;
	pmip_mh_begin(&writer, octets, GROUP_PBU_MAX, &mh);
	pmip_binding_options_write(&writer, &options);
	len = pmip_mh_finish(&writer, &mag->settings.proxy_coa, &group->lma);
	assert(len > 0);
	return (size_t)len;
}

static void send(struct pmip_mag *mag, struct pmip__mag_group *group, uint32_t lifetime_s, struct pmip_now now)
{
	struct pmip_event event = event_of(group, PMIP_EVENT_PBU_SENT);
	struct pmip_action action = {.type = PMIP_ACTION_SEND};
	uint8_t octets[GROUP_PBU_MAX];

	group->with_timestamp = mag->settings.timestamp_in_use;
	group->seq = group->with_timestamp ? ++mag->seq : (uint16_t)(group->seq + 1);
	if (group->with_timestamp)
		group->timestamp = pmip__mag_next_timestamp(group->timestamp, now);
	action.u.send = (struct pmip_dgram){mag->settings.proxy_coa, group->lma, octets, encode(mag, group, lifetime_s, octets)};
	pmip__action_queue_push(&mag->actions, &action);
	mag->counters[PMIP_MAG_PBU_SENT]++;
	pmip__mag_notify(mag, &event);
}

/* MAG-40, MAG-43. */
static void transmit(struct pmip_mag *mag, struct pmip__mag_group *group, struct pmip_now now)
{
	uint64_t at_us = pmip__retransmit_allowed_us(&group->retransmit, now.mono_us);

	if (at_us <= now.mono_us) {
		if (group->retransmit.sends)
			mag->counters[PMIP_MAG_RETRANSMITTED]++;
		send(mag, group, mag->settings.lifetime_s, now);
		at_us = pmip__retransmit_sent(&group->retransmit, group->seq, now.mono_us, mag->settings.bindack_initial_ms,
					      mag->settings.bindack_max_ms);
	}
	pmip__timerq_set(&mag->timers, &group->send, at_us);
}

/* Step 1. BLK-3. */
void pmip__mag_bulk_refresh(struct pmip_mag *mag, struct pmip__mag_mn *mn, struct pmip_now now)
{
	struct pmip__mag_group *group = mn->group;

	pmip__timerq_set(&mag->timers, &mn->life, mn->expires_us);
	if (group->refreshing)
		return;
	group->refreshing = true;
	pmip__retransmit_begin(&group->retransmit);
	transmit(mag, group, now);
}

/* Step 2. */
void pmip__mag_bulk_on_timer(struct pmip_mag *mag, struct pmip__mag_group *group, struct pmip_now now)
{
	struct pmip_event event = event_of(group, PMIP_EVENT_UNANSWERED);

	if (group->retransmit.sends)
		pmip__mag_notify(mag, &event);
	transmit(mag, group, now);
}

static void finish(struct pmip_mag *mag, struct pmip__mag_group *group)
{
	group->refreshing = false;
	pmip__timerq_cancel(&mag->timers, &group->send);
}

bool pmip__mag_bulk_is_due(const struct pmip_mag *mag, const struct pmip__mag_mn *mn, struct pmip_now now)
{
	return mn->group && mag->alone_until_us <= now.mono_us;
}

/* No LMA extends a session for longer than we ask. */
static void be_alone(struct pmip_mag *mag, struct pmip_now now)
{
	mag->alone_until_us = now.mono_us + (mag->settings.lifetime_s + UNDER_WAY_S) * PMIP__US_PER_S;
}

/* BLK-4. */
void pmip__mag_bulk_doubt(struct pmip_mag *mag, struct pmip__mag_mn *mn, struct pmip_now now)
{
	bool is_alone = mag->alone_until_us > now.mono_us;
	struct pmip__mag_group *group;
	size_t cursor = 0;

	mn->in_group = false;
	if (!mag->settings.bulk || mn->elsewhere)
		return;
	be_alone(mag, now);
	while (!is_alone && (group = pmip__htable_next(&mag->groups, &cursor))) {
		uint64_t at_us = now.mono_us;

		finish(mag, group);
		for (struct pmip__list *link = group->mns.next; link != &group->mns; link = link->next)
			if (of_group(link)->state == PMIP_BINDING_ACTIVE)
				pmip__mag_refresh_at(mag, of_group(link), &at_us);
	}
}

void pmip__mag_bulk_apart(struct pmip_mag *mag, struct pmip__mag_mn *mn, struct pmip_now now)
{
	mn->apart_us = now.mono_us;
	pmip__mag_bulk_leave(mag, mn);
}

/* Step 3. What was registered later than the request left has its own time. BLK-3. */
static void accept(struct pmip_mag *mag, struct pmip__mag_group *group, uint32_t lifetime_s, uint64_t sent_us)
{
	struct pmip_event event = event_of(group, PMIP_EVENT_GROUP_REFRESHED);

	for (struct pmip__list *link = group->mns.next; link != &group->mns; link = link->next) {
		struct pmip__mag_mn *mn = of_group(link);

		if (mn->state != PMIP_BINDING_ACTIVE || mn->expires_us - mn->lifetime_s * PMIP__US_PER_S > sent_us)
			continue;
		pmip__mag_begin_lifetime(mag, mn, lifetime_s, sent_us);
		event.count++;
	}
	finish(mag, group);
	mag->counters[PMIP_MAG_REFRESHED] += event.count;
	mag->counters[PMIP_MAG_GROUP_REFRESHED]++;
	event.lifetime_s = lifetime_s;
	pmip__mag_notify(mag, &event);
}

static void dissolve(struct pmip_mag *mag, struct pmip__mag_group *group, struct pmip_now now)
{
	uint64_t at_us = now.mono_us;

	while (!pmip__list_empty(&group->mns)) {
		struct pmip__mag_mn *mn = of_group(group->mns.next);

		take_out(mn);
		if (mn->state == PMIP_BINDING_ACTIVE)
			pmip__mag_refresh_at(mag, mn, &at_us);
	}
	drop(mag, group);
}

void pmip__mag_bulk_dissolve(struct pmip_mag *mag, const struct pmip_addr *lma, struct pmip_now now)
{
	struct pmip__mag_group *group;
	size_t cursor = 0;

	while ((group = pmip__htable_next(&mag->groups, &cursor))) {
		if (!pmip_addr_equal(&group->lma, lma))
			continue;
		dissolve(mag, group, now);
		cursor = 0; /* the table has changed */
	}
}

/* Its request is outstanding, but is not sent again: the LMA has refused it for its timestamp. */
static bool waits_for_clock(const struct pmip__mag_group *group)
{
	return group->refreshing && !group->send.place;
}

/* MAG-14. */
int pmip__mag_bulk_clock_synchronised(struct pmip_mag *mag, struct pmip_now now)
{
	struct pmip__mag_group *group;
	size_t cursor = 0;
	int count = 0;

	while ((group = pmip__htable_next(&mag->groups, &cursor))) {
		if (!waits_for_clock(group))
			continue;
		pmip__retransmit_begin(&group->retransmit);
		pmip__timerq_set(&mag->timers, &group->send, now.mono_us);
		count++;
	}
	return count;
}

/* As for one mobile node. MAG-13, MAG-14, BLK-2. */
static void refuse(struct pmip_mag *mag, struct pmip__mag_group *group, const struct pmip_ba *ba, struct pmip_now now)
{
	struct pmip_event event = event_of(group, PMIP_EVENT_REFUSED);

	event.status = ba->status;
	mag->counters[PMIP_MAG_REFUSED]++;
	pmip__mag_notify(mag, &event);
	if (ba->status == PMIP_STATUS_SEQ_OUT_OF_WINDOW)
		group->seq = ba->seq;
	if (ba->status == PMIP_STATUS_TIMESTAMP_MISMATCH)
		pmip__timerq_cancel(&mag->timers, &group->send);
	else if (!pmip__mag_is_out_of_order(ba->status))
		dissolve(mag, group, now);
	else if (!waits_for_clock(group) && group->retransmit.sends < PMIP__FAST_RETRIES)
		transmit(mag, group, now);
}

void pmip__mag_bulk_pba(struct pmip_mag *mag, const struct pmip_dgram *dgram, const struct pmip_ba *ba,
			const struct pmip_binding_options *options, struct pmip_now now)
{
	struct pmip__mag_group *group = find(mag, &dgram->src, options->group.id);
	uint64_t sent_us = 0;
	bool answers = group && group->refreshing && pmip__retransmit_match(&group->retransmit, ba->seq, &sent_us);

	/* The status that says so carries the sequence number last accepted instead of ours (RFC 6275 section 9.5.1). */
	if (group && group->refreshing && ba->status == PMIP_STATUS_SEQ_OUT_OF_WINDOW && !group->with_timestamp &&
	    group->retransmit.sends)
		answers = true;
	if (!answers)
		pmip__mag_ignore(mag, dgram, NULL, "answers nothing outstanding", REF);
	else if (ba->status >= PMIP_STATUS_REASON_UNSPECIFIED)
		refuse(mag, group, ba, now);
	else if (!ba->lifetime_s)
		pmip__mag_ignore(mag, dgram, NULL, "accepts with lifetime 0", REF);
	else
		accept(mag, group, ba->lifetime_s, sent_us);
}

void pmip__mag_bulk_deregister_all(struct pmip_mag *mag, struct pmip_now now)
{
	struct pmip__mag_group *group;
	size_t cursor = 0;

	while ((group = pmip__htable_next(&mag->groups, &cursor))) {
		group->ended = pmip__retransmit_allowed_us(&group->retransmit, now.mono_us) <= now.mono_us;
		if (group->ended)
			send(mag, group, 0, now);
	}
	be_alone(mag, now);
}
