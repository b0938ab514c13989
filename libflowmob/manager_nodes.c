/* SPDX-License-Identifier: BSD-2-Clause */
/* Nodes, tunnels and prefixes are counted: each is there as long as something refers to it. FMP-11. */
#include "libflowmob/manager_nodes.h"

#include "base/mem.h"
#include "base/prefix.h"

#include <assert.h>
#include <string.h>

struct owned_prefix {
	struct pmip_prefix prefix;
	struct flowmob__node *node;
	size_t users; /* attachments */
};

static bool equal_mn_id(const void *entry, const void *key)
{
	return pmip_mnid_equal(&((const struct flowmob__node *)entry)->mn_id, key);
}

static bool equal_tunnel(const void *entry, const void *key)
{
	return ((const struct flowmob__tunnel *)entry)->id == *(const uint32_t *)key;
}

static bool equal_prefix(const void *entry, const void *key)
{
	return pmip_prefix_equal(&((const struct owned_prefix *)entry)->prefix, key);
}

static uint64_t hash_mn_id(const struct flowmob__nodes *nodes, const struct pmip_mnid *mn_id)
{
	return pmip__hash_mnid(&nodes->key, mn_id);
}

static uint64_t hash_tunnel(const struct flowmob__nodes *nodes, uint32_t id)
{
	return pmip__hash(&nodes->key, &id, sizeof(id));
}

static uint64_t hash_prefix(const struct flowmob__nodes *nodes, const struct pmip_prefix *prefix)
{
	return pmip__hash_prefix(&nodes->key, prefix);
}

void flowmob__nodes_init(struct flowmob__nodes *nodes, const struct pmip_mem *mem, const uint8_t hash_key[16], size_t max)
{
	*nodes = (struct flowmob__nodes){.mem = *mem, .key = pmip__hash_key(hash_key), .max = max};
	pmip__htable_init(&nodes->by_mn_id, mem, equal_mn_id);
	pmip__htable_init(&nodes->tunnels, mem, equal_tunnel);
	pmip__htable_init(&nodes->prefixes, mem, equal_prefix);
}

void flowmob__nodes_clear(struct flowmob__nodes *nodes)
{
	struct flowmob__node *node;
	size_t cursor = 0;

	while ((node = pmip__htable_any(&nodes->by_mn_id, &cursor))) {
		while (!pmip__list_empty(&node->attachments))
			flowmob__nodes_remove(nodes, PMIP__CONTAINER(node->attachments.next, struct flowmob__attachment, of_node));
		flowmob__nodes_put(nodes, node);
	}
}

void flowmob__nodes_fini(struct flowmob__nodes *nodes)
{
	flowmob__nodes_clear(nodes);
	assert(!nodes->tunnels.count && !nodes->prefixes.count);
	pmip__htable_fini(&nodes->by_mn_id);
	pmip__htable_fini(&nodes->tunnels);
	pmip__htable_fini(&nodes->prefixes);
}

struct flowmob__tunnel *flowmob__nodes_tunnel(const struct flowmob__nodes *nodes, uint32_t id)
{
	return pmip__htable_find(&nodes->tunnels, hash_tunnel(nodes, id), &id);
}

struct flowmob__tunnel *flowmob__nodes_use_tunnel(struct flowmob__nodes *nodes, uint32_t id)
{
	struct flowmob__tunnel *tunnel = flowmob__nodes_tunnel(nodes, id);

	if (!tunnel) {
		if (pmip__htable_reserve(&nodes->tunnels, 1))
			return NULL;
		tunnel = pmip__mem_alloc(&nodes->mem, sizeof(*tunnel));
		if (!tunnel)
			return NULL;
		tunnel->id = id;
		pmip__list_init(&tunnel->flows);
		pmip__htable_insert(&nodes->tunnels, hash_tunnel(nodes, id), tunnel);
	}
	tunnel->users++;
	return tunnel;
}

void flowmob__nodes_put_tunnel(struct flowmob__nodes *nodes, struct flowmob__tunnel *tunnel)
{
	if (--tunnel->users)
		return;
	pmip__htable_remove(&nodes->tunnels, hash_tunnel(nodes, tunnel->id), tunnel);
	pmip__mem_free(&nodes->mem, tunnel);
}

static struct flowmob__node *make_node(struct flowmob__nodes *nodes, const struct pmip_mnid *mn_id)
{
	struct flowmob__node *node;
	uint8_t *id;

	if (pmip__htable_reserve(&nodes->by_mn_id, 1))
		return NULL;
	node = pmip__mem_alloc(&nodes->mem, sizeof(*node) + mn_id->len);
	if (!node)
		return NULL;
	id = (uint8_t *)(node + 1);
	memcpy(id, mn_id->id, mn_id->len);
	node->mn_id = (struct pmip_mnid){mn_id->subtype, mn_id->len, id};
	pmip__list_init(&node->attachments);
	pmip__list_init(&node->flows);
	pmip__htable_insert(&nodes->by_mn_id, hash_mn_id(nodes, mn_id), node);
	return node;
}

void flowmob__nodes_put(struct flowmob__nodes *nodes, struct flowmob__node *node)
{
	if (node->attachment_count || node->flow_count)
		return;
	pmip__htable_remove(&nodes->by_mn_id, hash_mn_id(nodes, &node->mn_id), node);
	pmip__mem_free(&nodes->mem, node);
}

static void put_prefix(struct flowmob__nodes *nodes, const struct pmip_prefix *prefix)
{
	uint64_t hash = hash_prefix(nodes, prefix);
	struct owned_prefix *owned = pmip__htable_find(&nodes->prefixes, hash, prefix);

	if (--owned->users)
		return;
	nodes->lengths[prefix->len]--;
	pmip__htable_remove(&nodes->prefixes, hash, owned);
	pmip__mem_free(&nodes->mem, owned);
}

static int use_prefix(struct flowmob__nodes *nodes, const struct pmip_prefix *prefix, struct flowmob__node *node)
{
	uint64_t hash = hash_prefix(nodes, prefix);
	struct owned_prefix *owned = pmip__htable_find(&nodes->prefixes, hash, prefix);

	if (owned && owned->node != node)
		return PMIP_ERR_EXIST;
	if (!owned) {
		if (pmip__htable_reserve(&nodes->prefixes, 1))
			return PMIP_ERR_NOMEM;
		owned = pmip__mem_alloc(&nodes->mem, sizeof(*owned));
		if (!owned)
			return PMIP_ERR_NOMEM;
		owned->prefix = *prefix;
		owned->node = node;
		pmip__htable_insert(&nodes->prefixes, hash, owned);
		nodes->lengths[prefix->len]++;
	}
	owned->users++;
	return 0;
}

/* All of them or none. */
static int use_prefixes(struct flowmob__nodes *nodes, const struct flowmob_attachment *from, struct flowmob__node *node)
{
	for (unsigned int i = 0; i < from->prefix_count; i++) {
		int err = use_prefix(nodes, &from->prefix[i], node);

		if (err) {
			while (i-- > 0)
				put_prefix(nodes, &from->prefix[i]);
			return err;
		}
	}
	return 0;
}

static void put_prefixes(struct flowmob__nodes *nodes, const struct flowmob__attachment *attachment)
{
	for (unsigned int i = 0; i < attachment->prefix_count; i++)
		put_prefix(nodes, &attachment->prefix[i]);
}

static void set_prefixes(struct flowmob__attachment *attachment, const struct flowmob_attachment *from)
{
	attachment->prefix_count = from->prefix_count;
	memcpy(attachment->prefix, from->prefix, sizeof(attachment->prefix));
}

static struct flowmob__node *find_node(const struct flowmob__nodes *nodes, const struct pmip_mnid *mn_id)
{
	return pmip__htable_find(&nodes->by_mn_id, hash_mn_id(nodes, mn_id), mn_id);
}

static bool has_common_prefix(const struct flowmob__attachment *known, const struct flowmob_attachment *attachment)
{
	for (unsigned int i = 0; i < known->prefix_count; i++)
		for (unsigned int k = 0; k < attachment->prefix_count; k++)
			if (pmip_prefix_equal(&known->prefix[i], &attachment->prefix[k]))
				return true;
	return false;
}

/* NULL has none. */
static struct flowmob__attachment *find_attachment(const struct flowmob__node *node, const struct flowmob_attachment *attachment)
{
	for (struct pmip__list *link = node ? node->attachments.next : NULL; node && link != &node->attachments; link = link->next) {
		struct flowmob__attachment *known = PMIP__CONTAINER(link, struct flowmob__attachment, of_node);

		if (known->tunnel->id == attachment->tunnel && known->att == attachment->att && has_common_prefix(known, attachment))
			return known;
	}
	return NULL;
}

struct flowmob__attachment *flowmob__nodes_find(const struct flowmob__nodes *nodes, const struct flowmob_attachment *attachment)
{
	return find_attachment(find_node(nodes, &attachment->mn_id), attachment);
}

/* With its node, prefixes and tunnel in hand or not at all. */
static int make_attachment(struct flowmob__nodes *nodes, struct flowmob__node *node, const struct flowmob_attachment *from)
{
	struct flowmob__attachment *made = pmip__mem_alloc(&nodes->mem, sizeof(*made));
	int err = PMIP_ERR_NOMEM;

	if (!made)
		return err;
	made->tunnel = flowmob__nodes_use_tunnel(nodes, from->tunnel);
	if (!made->tunnel)
		goto free;
	err = use_prefixes(nodes, from, node);
	if (err)
		goto put;
	made->node = node;
	made->att = from->att;
	set_prefixes(made, from);
	pmip__list_add_tail(&node->attachments, &made->of_node);
	node->attachment_count++;
	nodes->count++;
	return 0;
put:
	flowmob__nodes_put_tunnel(nodes, made->tunnel);
free:
	pmip__mem_free(&nodes->mem, made);
	return err;
}

int flowmob__nodes_add(struct flowmob__nodes *nodes, struct flowmob__node **added, const struct flowmob_attachment *attachment)
{
	struct flowmob__node *node = find_node(nodes, &attachment->mn_id);
	struct flowmob__attachment *known = find_attachment(node, attachment);
	int err;

	if (known) {
		err = use_prefixes(nodes, attachment, node);
		if (err)
			return err;
		put_prefixes(nodes, known);
		set_prefixes(known, attachment);
		*added = node;
		return 0;
	}
	if (nodes->count >= nodes->max || (node && node->attachment_count >= FLOWMOB__ATTACHMENTS_MAX))
		return PMIP_ERR_FULL;
	if (!node)
		node = make_node(nodes, &attachment->mn_id);
	if (!node)
		return PMIP_ERR_NOMEM;
	err = make_attachment(nodes, node, attachment);
	if (err)
		flowmob__nodes_put(nodes, node);
	else
		*added = node;
	return err;
}

void flowmob__nodes_remove(struct flowmob__nodes *nodes, struct flowmob__attachment *attachment)
{
	put_prefixes(nodes, attachment);
	flowmob__nodes_put_tunnel(nodes, attachment->tunnel);
	pmip__list_del(&attachment->of_node);
	attachment->node->attachment_count--;
	nodes->count--;
	pmip__mem_free(&nodes->mem, attachment);
}

struct flowmob__node *flowmob__nodes_by_addr(const struct flowmob__nodes *nodes, const struct pmip_addr *addr)
{
	for (uint8_t len = 129; len-- > 0;) {
		const struct owned_prefix *owned;
		struct pmip_prefix prefix;

		if (!nodes->lengths[len])
			continue;
		prefix = pmip__prefix_of(addr, len);
		owned = pmip__htable_find(&nodes->prefixes, hash_prefix(nodes, &prefix), &prefix);
		if (owned)
			return owned->node;
	}
	return NULL;
}

bool flowmob__node_has_tunnel(const struct flowmob__node *node, const struct flowmob__tunnel *tunnel)
{
	for (const struct pmip__list *link = node->attachments.next; link != &node->attachments; link = link->next)
		if (PMIP__CONTAINER(link, struct flowmob__attachment, of_node)->tunnel == tunnel)
			return true;
	return false;
}
