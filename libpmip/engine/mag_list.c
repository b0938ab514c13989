/* SPDX-License-Identifier: BSD-2-Clause */
/* The mobile nodes of a MAG (Binding Update List, RFC 5213 section 6.1), found by MN-ID, by where they are,
 * by the sequence number of the PBU outstanding, and by GRE key. Adding one makes room for it in every table, so that
 * nothing later can fail. */
#include "engine/mag.h"

#include "base/mem.h"

#include <string.h>

struct access {
	uint32_t link;
	const struct pmip_llid *ll_id;
};

static bool equal_mn_id(const void *entry, const void *key)
{
	return pmip_mnid_equal(&((const struct pmip__mag_mn *)entry)->mn_id, key);
}

static bool equal_access(const void *entry, const void *key)
{
	const struct pmip__mag_mn *mn = entry;
	const struct access *access = key;

	return mn->link_number == access->link && pmip_llid_equal(&mn->ll_id, access->ll_id);
}

static bool equal_seq(const void *entry, const void *key)
{
	return ((const struct pmip__mag_mn *)entry)->seq == *(const uint16_t *)key;
}

static bool equal_gre_key(const void *entry, const void *key)
{
	return ((const struct pmip__mag_mn *)entry)->gre_key == *(const uint32_t *)key;
}

static bool equal_link(const void *entry, const void *key)
{
	return ((const struct pmip__mag_link *)entry)->number == *(const uint32_t *)key;
}

static uint64_t hash_mn_id(const struct pmip_mag *mag, const struct pmip_mnid *mn_id)
{
	return pmip__hash_mnid(&mag->key, mn_id);
}

static uint64_t hash_link(const struct pmip_mag *mag, uint32_t number)
{
	return pmip__hash(&mag->key, &number, sizeof(number));
}

static uint64_t hash_access(const struct pmip_mag *mag, uint32_t link, const struct pmip_llid *ll_id)
{
	return pmip__hash(&mag->key, ll_id->b, ll_id->len) ^ hash_link(mag, link);
}

static uint64_t hash_seq(const struct pmip_mag *mag, uint16_t seq)
{
	return pmip__hash(&mag->key, &seq, sizeof(seq));
}

void pmip__mag_list_init(struct pmip_mag *mag)
{
	pmip__htable_init(&mag->by_mn_id, &mag->mem, equal_mn_id);
	pmip__htable_init(&mag->by_access, &mag->mem, equal_access);
	pmip__htable_init(&mag->by_seq, &mag->mem, equal_seq);
	pmip__htable_init(&mag->by_gre_key, &mag->mem, equal_gre_key);
	/* Packets that are still under way after a restart have other keys. */
	mag->last_gre_key = (uint32_t)pmip__hash(&mag->key, "downlink", 8);
	pmip__htable_init(&mag->links, &mag->mem, equal_link);
	pmip__timerq_init(&mag->timers, &mag->mem);
}

void pmip__mag_list_fini(struct pmip_mag *mag)
{
	size_t cursor = 0;
	struct pmip__mag_mn *mn;
	void *entry;

	while ((mn = pmip__htable_next(&mag->by_mn_id, &cursor))) {
		pmip__mag_fmi_drop(mag, mn);
		pmip__mag_forget_flows(mag, mn);
		pmip__mem_free(&mag->mem, mn->paths);
		pmip__mem_free(&mag->mem, mn);
	}
	pmip__mem_free(&mag->mem, mag->spare_fmi);
	pmip__mem_free(&mag->mem, mag->spare_flows);
	cursor = 0;
	while ((entry = pmip__htable_next(&mag->links, &cursor)))
		pmip__mem_free(&mag->mem, entry);
	pmip__htable_fini(&mag->by_mn_id);
	pmip__htable_fini(&mag->by_access);
	pmip__htable_fini(&mag->by_seq);
	pmip__htable_fini(&mag->by_gre_key);
	pmip__htable_fini(&mag->links);
	pmip__timerq_fini(&mag->timers);
}

struct pmip__mag_mn *pmip__mag_list_find(const struct pmip_mag *mag, const struct pmip_mnid *mn_id)
{
	return pmip__htable_find(&mag->by_mn_id, hash_mn_id(mag, mn_id), mn_id);
}

struct pmip__mag_mn *pmip__mag_list_find_access(const struct pmip_mag *mag, uint32_t link, const struct pmip_llid *ll_id)
{
	struct access access = {link, ll_id};

	return pmip__htable_find(&mag->by_access, hash_access(mag, link, ll_id), &access);
}

struct pmip__mag_mn *pmip__mag_list_find_seq(const struct pmip_mag *mag, uint16_t seq)
{
	return pmip__htable_find(&mag->by_seq, hash_seq(mag, seq), &seq);
}

struct pmip__mag_link *pmip__mag_list_find_link(const struct pmip_mag *mag, uint32_t number)
{
	return pmip__htable_find(&mag->links, hash_link(mag, number), &number);
}

/* GRE-6. */
static void give_gre_key(struct pmip_mag *mag, struct pmip__mag_mn *mn)
{
	do
		mn->gre_key = ++mag->last_gre_key;
	while (pmip__htable_find(&mag->by_gre_key, pmip__htable_number(mn->gre_key), &mn->gre_key));
	pmip__htable_insert(&mag->by_gre_key, pmip__htable_number(mn->gre_key), mn);
}

struct pmip__mag_mn *pmip__mag_list_add(struct pmip_mag *mag, const struct pmip_mnid *mn_id)
{
	size_t all = mag->by_mn_id.count + 1;
	struct pmip__mag_mn *mn;

	if (pmip__htable_reserve(&mag->by_mn_id, 1) || pmip__htable_reserve(&mag->by_gre_key, 1) ||
	    pmip__htable_reserve(&mag->by_access, all - mag->by_access.count) ||
	    pmip__htable_reserve(&mag->by_seq, all - mag->by_seq.count) || pmip__timerq_reserve(&mag->timers, PMIP__MAG_TIMERS(mag, all)))
		return NULL;
	mn = pmip__mem_alloc(&mag->mem, sizeof(*mn) + mn_id->len);
	if (!mn)
		return NULL;
	if (pmip__mag_paths_new(mag, mn)) {
		pmip__mem_free(&mag->mem, mn);
		return NULL;
	}
	memcpy(mn->id, mn_id->id, mn_id->len);
	mn->mn_id = (struct pmip_mnid){mn_id->subtype, mn_id->len, mn->id};
	mn->send.kind = PMIP__MAG_ON_SEND;
	mn->life.kind = PMIP__MAG_ON_LIFE;
	mn->ra.kind = PMIP__MAG_ON_RA;
	mn->expires_us = PMIP_TIME_NONE;
	mn->seq = mag->seq;
	pmip__list_init(&mn->of_link);
	pmip__list_init(&mn->of_group);
	pmip__mag_set_lma(mag, mn, pmip__mag_home_lma(mag, mn_id));
	pmip__htable_insert(&mag->by_mn_id, hash_mn_id(mag, mn_id), mn);
	give_gre_key(mag, mn);
	mag->idle++;
	return mn;
}

void pmip__mag_list_remove(struct pmip_mag *mag, struct pmip__mag_mn *mn)
{
	pmip__htable_remove(&mag->by_mn_id, hash_mn_id(mag, &mn->mn_id), mn);
	pmip__htable_remove(&mag->by_gre_key, pmip__htable_number(mn->gre_key), mn);
	mag->idle--;
	pmip__mag_set_lma(mag, mn, NULL);
	pmip__mem_free(&mag->mem, mn->paths);
	pmip__mem_free(&mag->mem, mn);
}

struct pmip__mag_link *pmip__mag_list_link(struct pmip_mag *mag, uint32_t number)
{
	struct pmip__mag_link *link = pmip__mag_list_find_link(mag, number);

	if (link || pmip__htable_reserve(&mag->links, 1))
		return link;
	link = pmip__mem_alloc(&mag->mem, sizeof(*link));
	if (!link)
		return NULL;
	link->number = number;
	pmip__list_init(&link->mns);
	pmip__htable_insert(&mag->links, hash_link(mag, number), link);
	return link;
}

void pmip__mag_list_drop_link(struct pmip_mag *mag, struct pmip__mag_link *link)
{
	if (!pmip__list_empty(&link->mns))
		return;
	pmip__htable_remove(&mag->links, hash_link(mag, link->number), link);
	pmip__mem_free(&mag->mem, link);
}

static void unlist(struct pmip_mag *mag, struct pmip__mag_mn *mn)
{
	if (!mn->link)
		return;
	if (mn->ll_id.len)
		pmip__htable_remove(&mag->by_access, hash_access(mag, mn->link_number, &mn->ll_id), mn);
	pmip__list_del(&mn->of_link);
	mn->link = NULL;
}

void pmip__mag_list_place(struct pmip_mag *mag, struct pmip__mag_mn *mn, struct pmip__mag_link *link,
			  const struct pmip_llid *ll_id)
{
	struct pmip__mag_link *old = mn->link;

	unlist(mag, mn);
	mn->link = link;
	mn->link_number = link->number;
	mn->ll_id = *ll_id;
	pmip__list_add_tail(&link->mns, &mn->of_link);
	if (ll_id->len)
		pmip__htable_insert(&mag->by_access, hash_access(mag, link->number, ll_id), mn);
	if (old)
		pmip__mag_list_drop_link(mag, old);
}

void pmip__mag_list_leave(struct pmip_mag *mag, struct pmip__mag_mn *mn)
{
	struct pmip__mag_link *old = mn->link;

	unlist(mag, mn);
	if (old)
		pmip__mag_list_drop_link(mag, old);
}

void pmip__mag_list_set_seq(struct pmip_mag *mag, struct pmip__mag_mn *mn, uint16_t seq)
{
	pmip__mag_list_unset_seq(mag, mn);
	mn->seq = seq;
	mn->seq_listed = true;
	pmip__htable_insert(&mag->by_seq, hash_seq(mag, seq), mn);
}

void pmip__mag_list_unset_seq(struct pmip_mag *mag, struct pmip__mag_mn *mn)
{
	if (!mn->seq_listed)
		return;
	mn->seq_listed = false;
	pmip__htable_remove(&mag->by_seq, hash_seq(mag, mn->seq), mn);
}
