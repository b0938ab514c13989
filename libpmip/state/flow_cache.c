/* SPDX-License-Identifier: BSD-2-Clause */
#include "state/flow_cache.h"

#include "base/mem.h"

static bool equal_id(const void *entry, const void *key)
{
	return ((const struct pmip__flow *)entry)->id == *(const uint32_t *)key;
}

static bool equal_flow(const void *entry, const void *key)
{
	return pmip_flow_equal(&((const struct pmip__flow *)entry)->flow, key);
}

static bool equal_owner(const void *entry, const void *key)
{
	return ((const struct pmip__flow_owner *)entry)->mn == key;
}

static uint64_t hash_flow(const struct pmip__flow_cache *cache, const struct pmip_flow *flow)
{
	return pmip__hash_flow(cache->key, flow);
}

void pmip__flow_cache_init(struct pmip__flow_cache *cache, const struct pmip_mem *mem, const struct pmip__hash_key *key)
{
	*cache = (struct pmip__flow_cache){.mem = *mem, .key = key};
	pmip__htable_init(&cache->by_id, mem, equal_id);
	pmip__htable_init(&cache->by_flow, mem, equal_flow);
	pmip__htable_init(&cache->owners, mem, equal_owner);
	pmip__list_init(&cache->changed);
	pmip__list_init(&cache->unstored);
}

void pmip__flow_cache_fini(struct pmip__flow_cache *cache)
{
	size_t cursor = 0;
	struct pmip__flow *flow;
	void *owner;

	while ((flow = pmip__flow_cache_next_changed(cache)))
		if (!flow->owner)
			pmip__mem_free(&cache->mem, flow);
	while ((flow = pmip__htable_next(&cache->by_id, &cursor)))
		pmip__mem_free(&cache->mem, flow);
	cursor = 0;
	while ((owner = pmip__htable_next(&cache->owners, &cursor)))
		pmip__mem_free(&cache->mem, owner);
	pmip__htable_fini(&cache->by_id);
	pmip__htable_fini(&cache->by_flow);
	pmip__htable_fini(&cache->owners);
}

struct pmip__flow *pmip__flow_cache_by_id(const struct pmip__flow_cache *cache, uint32_t id)
{
	return pmip__htable_find(&cache->by_id, pmip__htable_number(id), &id);
}

struct pmip__flow *pmip__flow_cache_by_flow(const struct pmip__flow_cache *cache, const struct pmip_flow *flow)
{
	return pmip__htable_find(&cache->by_flow, hash_flow(cache, flow), flow);
}

struct pmip__flow_owner *pmip__flow_cache_owner(const struct pmip__flow_cache *cache, const struct pmip__mn *mn)
{
	return cache->owners.count ? pmip__htable_find(&cache->owners, pmip__htable_number(mn->number), mn) : NULL;
}

/* Found or made. NULL = no memory. */
static struct pmip__flow_owner *owner_of(struct pmip__flow_cache *cache, struct pmip__mn *mn)
{
	struct pmip__flow_owner *owner = pmip__flow_cache_owner(cache, mn);

	if (owner || pmip__htable_reserve(&cache->owners, 1))
		return owner;
	owner = pmip__mem_alloc(&cache->mem, sizeof(*owner));
	if (!owner)
		return NULL;
	owner->mn = mn;
	pmip__list_init(&owner->flows);
	pmip__htable_insert(&cache->owners, pmip__htable_number(mn->number), owner);
	return owner;
}

static void tidy(struct pmip__flow_cache *cache, struct pmip__flow_owner *owner)
{
	if (!pmip__list_empty(&owner->flows))
		return;
	pmip__htable_remove(&cache->owners, pmip__htable_number(owner->mn->number), owner);
	pmip__mem_free(&cache->mem, owner);
}

/* Numbers follow each other, so that one comes back only after four thousand million others. FMP-8. */
static uint32_t unused_id(struct pmip__flow_cache *cache)
{
	do
		cache->last_id++;
	while (!cache->last_id || pmip__flow_cache_by_id(cache, cache->last_id));
	return cache->last_id;
}

struct pmip__flow *pmip__flow_cache_add(struct pmip__flow_cache *cache, struct pmip__session *anchor, const struct pmip_flow *flow)
{
	struct pmip__flow_owner *owner;
	struct pmip__flow *added;

	if (pmip__htable_reserve(&cache->by_id, 1) || pmip__htable_reserve(&cache->by_flow, 1))
		return NULL;
	owner = owner_of(cache, anchor->mn);
	if (!owner)
		return NULL;
	added = pmip__mem_alloc(&cache->mem, sizeof(*added));
	if (!added) {
		tidy(cache, owner);
		return NULL;
	}
	added->owner = owner;
	added->anchor = anchor;
	added->flow = *flow;
	added->id = unused_id(cache);
	pmip__list_init(&added->changed);
	pmip__list_init(&added->unstored);
	pmip__list_add_tail(&owner->flows, &added->of_owner);
	pmip__htable_insert(&cache->by_id, pmip__htable_number(added->id), added);
	pmip__htable_insert(&cache->by_flow, hash_flow(cache, flow), added);
	return added;
}

void pmip__flow_cache_end(struct pmip__flow_cache *cache, struct pmip__flow *flow)
{
	struct pmip__flow_owner *owner = flow->owner;

	pmip__htable_remove(&cache->by_id, pmip__htable_number(flow->id), flow);
	pmip__htable_remove(&cache->by_flow, hash_flow(cache, &flow->flow), flow);
	pmip__list_del(&flow->of_owner);
	flow->owner = NULL;
	flow->anchor = flow->over = NULL;
	tidy(cache, owner);
	pmip__flow_cache_touch(cache, flow);
}

/* 0 is what those have that have none. With all in use the search would not end, and one by one it would be long before: so they are all
 * written down first. */
bool pmip__flow_cache_name(struct pmip__flow *flow)
{
	struct pmip__flow_owner *owner = flow->owner;
	uint8_t used[(UINT16_MAX + 1) / 8] = {1};
	uint16_t fid = owner->last_fid;

	if (flow->fid)
		return true;
	for (const struct pmip__list *link = owner->flows.next; link != &owner->flows; link = link->next) {
		uint16_t other = PMIP__CONTAINER(link, struct pmip__flow, of_owner)->fid;

		used[other / 8] |= (uint8_t)(1 << other % 8);
	}
	do
		fid++;
	while (fid != owner->last_fid && used[fid / 8] & 1 << fid % 8);
	if (used[fid / 8] & 1 << fid % 8)
		return false;
	flow->fid = owner->last_fid = fid;
	return true;
}

void pmip__flow_cache_touch(struct pmip__flow_cache *cache, struct pmip__flow *flow)
{
	if (pmip__list_empty(&flow->changed))
		pmip__list_add_tail(&cache->changed, &flow->changed);
}

void pmip__flow_cache_unstored(struct pmip__flow_cache *cache, struct pmip__flow *flow)
{
	if (cache->stores && pmip__list_empty(&flow->unstored))
		pmip__list_add_tail(&cache->unstored, &flow->unstored);
}

void pmip__flow_cache_renumber(struct pmip__flow_cache *cache, struct pmip__flow *flow, uint32_t id)
{
	pmip__htable_remove(&cache->by_id, pmip__htable_number(flow->id), flow);
	flow->id = id;
	pmip__htable_insert(&cache->by_id, pmip__htable_number(id), flow);
	cache->last_id = id > cache->last_id ? id : cache->last_id;
}

struct pmip__flow *pmip__flow_cache_next_changed(struct pmip__flow_cache *cache)
{
	struct pmip__list *link = cache->changed.next;

	if (link == &cache->changed)
		return NULL;
	pmip__list_del(link);
	return PMIP__CONTAINER(link, struct pmip__flow, changed);
}

struct pmip__session *pmip__flow_session(const struct pmip__flow *flow)
{
	return flow->over ? flow->over : flow->anchor;
}
