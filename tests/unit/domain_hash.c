/* SPDX-License-Identifier: BSD-2-Clause */
#include "domain_hash.h"

/* The hash as it grows. */
static uint64_t hash;

static void hash_octets(const void *data, size_t len)
{
	const uint8_t *octets = data;

	for (size_t i = 0; i < len; i++)
		hash = (hash ^ octets[i]) * UINT64_C(0x100000001b3);
}

static void hash_number(uint64_t number)
{
	hash_octets(&number, sizeof(number));
}

static void hash_prefixes(unsigned int count, const struct pmip_prefix *prefix)
{
	hash_number(count);
	for (unsigned int i = 0; i < count; i++) {
		hash_octets(prefix[i].addr.b, sizeof(prefix[i].addr.b));
		hash_number(prefix[i].len);
	}
}

static void hash_event(const struct pmip_event *event)
{
	hash_number(event->type);
	hash_octets(event->mn_id.id, event->mn_id.len);
	hash_octets(event->peer.b, sizeof(event->peer.b));
	hash_octets(event->old_peer.b, sizeof(event->old_peer.b));
	hash_octets(event->ll_id.b, event->ll_id.len);
	hash_number(event->link);
	hash_number(event->status);
	hash_number(event->lifetime_s);
	hash_number((uint64_t)event->err);
	hash_prefixes(event->prefix_count, event->prefix);
	hash_octets(event->ipv4.addr.b, event->ipv4.addr.len);
}

static void hash_key(const struct pmip_key *key)
{
	hash_number(key->present ? key->value : UINT64_MAX);
}

uint64_t domain_hash_action(uint64_t before, uint64_t node, uint64_t now_us, const struct pmip_action *action)
{
	hash = before;
	hash_number(node);
	hash_number(now_us);
	hash_number(action->type);
	if (action->type == PMIP_ACTION_SEND) {
		hash_octets(action->u.send.dst.b, sizeof(action->u.send.dst.b));
		hash_octets(action->u.send.data, action->u.send.len);
	} else if (action->type == PMIP_ACTION_DATAPATH) {
		hash_number(action->u.datapath.id);
		hash_number(action->u.datapath.kind);
		hash_octets(action->u.datapath.remote.b, sizeof(action->u.datapath.remote.b));
		hash_prefixes(1, &action->u.datapath.prefix);
		hash_number(action->u.datapath.link);
		hash_number(action->u.datapath.gre.in_use);
		hash_key(&action->u.datapath.gre.send);
		hash_key(&action->u.datapath.gre.recv);
	} else if (action->type == PMIP_ACTION_RA) {
		hash_number(action->u.ra.link);
		hash_octets(action->u.ra.ll_id.b, action->u.ra.ll_id.len);
		hash_number(action->u.ra.router_lifetime_s);
		hash_number(action->u.ra.lifetime_s);
		hash_prefixes(action->u.ra.prefix_count, action->u.ra.prefix);
	} else if (action->type == PMIP_ACTION_NOTIFY) {
		hash_event(&action->u.event);
	}
	return hash;
}
