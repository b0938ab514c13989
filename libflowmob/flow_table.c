/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Flows by identity, and by the time of their last packet, so that finding idle ones costs nothing but what there is of them. PAP-20.
 */
#include <flowmob/flow_table.h>

#include "base/hash.h"
#include "base/htable.h"
#include "base/list.h"
#include "base/mem.h"

struct flowmob_flow_table {
	struct pmip_mem mem;
	struct pmip__hash_key key;
	struct pmip__htable by_flow;
	struct pmip__list by_seen; /* the flow without packets for longest first */
	uint32_t max_flows;
	uint64_t idle_us;
	uint64_t now_us; /* latest time seen: what keeps by_seen in order */
};

struct entry {
	struct flowmob_flow public;
	struct pmip__list by_seen;
	uint64_t hash;
};

static struct entry *entry_of(const struct flowmob_flow *flow)
{
	return PMIP__CONTAINER(flow, struct entry, public);
}

static bool equal_flow(const void *entry, const void *key)
{
	return pmip_flow_equal(&((const struct entry *)entry)->public.flow, key);
}

static uint64_t hash_flow(const struct flowmob_flow_table *table, const struct pmip_flow *flow)
{
	return pmip__hash_flow(&table->key, flow);
}

static void advance(struct flowmob_flow_table *table, uint64_t mono_us)
{
	if (mono_us > table->now_us)
		table->now_us = mono_us;
}

int flowmob_flow_table_new(struct flowmob_flow_table **table, uint32_t max_flows, uint32_t idle_timeout_ms, const struct pmip_mem *mem,
			   const uint8_t hash_key[16])
{
	struct pmip_mem resolved = pmip__mem_resolve(mem);
	struct flowmob_flow_table *made;

	if (max_flows == 0 || idle_timeout_ms == 0)
		return PMIP_ERR_INVALID;
	made = pmip__mem_alloc(&resolved, sizeof(*made));
	if (made == NULL)
		return PMIP_ERR_NOMEM;
	made->mem = resolved;
	made->key = pmip__hash_key(hash_key);
	pmip__htable_init(&made->by_flow, &resolved, equal_flow);
	pmip__list_init(&made->by_seen);
	made->max_flows = max_flows;
	made->idle_us = (uint64_t)idle_timeout_ms * 1000;
	*table = made;
	return 0;
}

void flowmob_flow_table_free(struct flowmob_flow_table *table)
{
	struct flowmob_flow *flow;

	if (table == NULL)
		return;
	while ((flow = flowmob_flow_table_next(table, NULL)) != NULL) {
		pmip__list_del(&entry_of(flow)->by_seen);
		pmip__mem_free(&table->mem, entry_of(flow));
	}
	pmip__htable_fini(&table->by_flow);
	pmip__mem_free(&table->mem, table);
}

int flowmob_flow_table_add(struct flowmob_flow_table *table, struct flowmob_flow **added, const struct pmip_flow *flow, uint32_t path,
			   uint64_t mono_us)
{
	uint64_t hash = hash_flow(table, flow);
	struct entry *entry;
	int err;

	if (pmip__htable_find(&table->by_flow, hash, flow) != NULL)
		return PMIP_ERR_EXIST;
	if (table->by_flow.count >= table->max_flows)
		return PMIP_ERR_FULL;
	err = pmip__htable_reserve(&table->by_flow, 1);
	if (err < 0)
		return err;
	entry = pmip__mem_alloc(&table->mem, sizeof(*entry));
	if (entry == NULL)
		return PMIP_ERR_NOMEM;
	advance(table, mono_us);
	entry->hash = hash;
	entry->public.path = path;
	entry->public.flow = *flow;
	entry->public.seen_us = table->now_us;
	pmip__htable_insert(&table->by_flow, hash, entry);
	pmip__list_add_tail(&table->by_seen, &entry->by_seen);
	*added = &entry->public;
	return 0;
}

struct flowmob_flow *flowmob_flow_table_find(const struct flowmob_flow_table *table, const struct pmip_flow *flow)
{
	struct entry *entry = pmip__htable_find(&table->by_flow, hash_flow(table, flow), flow);

	return entry != NULL ? &entry->public : NULL;
}

void flowmob_flow_table_seen(struct flowmob_flow_table *table, struct flowmob_flow *flow, uint32_t label, uint64_t octets, uint64_t mono_us)
{
	struct entry *entry = entry_of(flow);

	advance(table, mono_us);
	flow->flow.label = label;
	flow->octets += octets;
	flow->seen_us = table->now_us;
	pmip__list_del(&entry->by_seen);
	pmip__list_add_tail(&table->by_seen, &entry->by_seen);
}

void flowmob_flow_table_del(struct flowmob_flow_table *table, struct flowmob_flow *flow, uint64_t mono_us)
{
	struct entry *entry = entry_of(flow);

	advance(table, mono_us);
	pmip__htable_remove(&table->by_flow, entry->hash, entry);
	pmip__list_del(&entry->by_seen);
	pmip__mem_free(&table->mem, entry);
}

struct flowmob_flow *flowmob_flow_table_idle(const struct flowmob_flow_table *table, uint64_t mono_us)
{
	return flowmob_flow_table_next_deadline(table) <= mono_us ? flowmob_flow_table_next(table, NULL) : NULL;
}

uint64_t flowmob_flow_table_next_deadline(const struct flowmob_flow_table *table)
{
	const struct flowmob_flow *first = flowmob_flow_table_next(table, NULL);

	return first != NULL ? first->seen_us + table->idle_us : PMIP_TIME_NONE;
}

uint32_t flowmob_flow_table_count(const struct flowmob_flow_table *table)
{
	return (uint32_t)table->by_flow.count;
}

struct flowmob_flow *flowmob_flow_table_next(const struct flowmob_flow_table *table, const struct flowmob_flow *flow)
{
	const struct pmip__list *link = flow != NULL ? entry_of(flow)->by_seen.next : table->by_seen.next;

	return link != &table->by_seen ? &PMIP__CONTAINER(link, struct entry, by_seen)->public : NULL;
}
