/* SPDX-License-Identifier: BSD-2-Clause */
#include "state/binding_cache.h"

#include "base/mem.h"
#include "base/prefix.h"

#include <string.h>

struct tunnel_key {
	const struct pmip_addr *local, *remote;
};

static bool equal_mn(const void *entry, const void *key)
{
	return pmip_mnid_equal(&((const struct pmip__mn *)entry)->mn_id, key);
}

static bool equal_hnp(const void *entry, const void *key)
{
	return pmip_prefix_equal(&((const struct pmip__hnp *)entry)->prefix, key);
}

static bool equal_tunnel(const void *entry, const void *key)
{
	const struct pmip__tunnel *tunnel = entry;
	const struct tunnel_key *ends = key;

	return pmip_addr_equal(&tunnel->local, ends->local) && pmip_addr_equal(&tunnel->remote, ends->remote);
}

static bool equal_gre_key(const void *entry, const void *key)
{
	return ((const struct pmip__extras *)entry)->key == *(const uint32_t *)key;
}

static uint64_t hash_mn(const struct pmip__binding_cache *cache, const struct pmip_mnid *mn_id)
{
	return pmip__hash_mnid(&cache->key, mn_id);
}

static uint64_t hash_prefix(const struct pmip__binding_cache *cache, const struct pmip_prefix *prefix)
{
	return pmip__hash_prefix(&cache->key, prefix);
}

static uint64_t hash_ends(const struct pmip__binding_cache *cache, const struct pmip_addr *local,
			  const struct pmip_addr *remote)
{
	uint8_t both[32];

	memcpy(both, local->b, 16);
	memcpy(both + 16, remote->b, 16);
	return pmip__hash(&cache->key, both, sizeof(both));
}

void pmip__binding_cache_init(struct pmip__binding_cache *cache, const struct pmip_mem *mem, const uint8_t hash_key[16])
{
	*cache = (struct pmip__binding_cache){.mem = *mem, .key = pmip__hash_key(hash_key)};
	pmip__htable_init(&cache->mns, mem, equal_mn);
	pmip__htable_init(&cache->prefixes, mem, equal_hnp);
	pmip__htable_init(&cache->tunnels, mem, equal_tunnel);
	pmip__htable_init(&cache->keys, mem, equal_gre_key);
	pmip__list_init(&cache->changed);
	/* Packets that are still under way after a restart have other keys. */
	cache->last_key = (uint32_t)pmip__hash(&cache->key, "uplink", 6);
}

void pmip__binding_cache_fini(struct pmip__binding_cache *cache)
{
	size_t cursor = 0;
	struct pmip__mn *mn;
	void *tunnel;

	while ((mn = pmip__htable_next(&cache->mns, &cursor))) {
		while (!pmip__list_empty(&mn->sessions)) {
			struct pmip__session *session = pmip__session_of_mn(mn->sessions.next);

			pmip__list_del(&session->of_mn);
			pmip__mem_free(&cache->mem, session->extras);
			pmip__mem_free(&cache->mem, session);
		}
		pmip__mem_free(&cache->mem, mn);
	}
	cursor = 0;
	while ((tunnel = pmip__htable_next(&cache->tunnels, &cursor)))
		pmip__mem_free(&cache->mem, tunnel);
	pmip__mem_free(&cache->mem, cache->unstored);
	pmip__htable_fini(&cache->mns);
	pmip__htable_fini(&cache->prefixes);
	pmip__htable_fini(&cache->tunnels);
	pmip__htable_fini(&cache->keys);
}

struct pmip__mn *pmip__binding_cache_mn(const struct pmip__binding_cache *cache, const struct pmip_mnid *mn_id)
{
	return pmip__htable_find(&cache->mns, hash_mn(cache, mn_id), mn_id);
}

struct pmip__session *pmip__binding_cache_owner(const struct pmip__hnp *hnp)
{
	if (hnp->index == PMIP__INDEX_IPV4)
		return PMIP__CONTAINER(hnp, struct pmip__extras, ipv4)->session;
	return PMIP__CONTAINER(hnp - hnp->index, struct pmip__session, hnp);
}

struct pmip__session *pmip__binding_cache_by_prefix(const struct pmip__binding_cache *cache, const struct pmip_prefix *prefix)
{
	struct pmip__hnp *hnp = pmip__htable_find(&cache->prefixes, hash_prefix(cache, prefix), prefix);

	return hnp ? pmip__binding_cache_owner(hnp) : NULL;
}

struct pmip__session *pmip__binding_cache_by_addr(const struct pmip__binding_cache *cache, const struct pmip_addr *addr)
{
	struct pmip__session *session = NULL;

	for (unsigned int len = 128; len > 0 && !session; len--) {
		struct pmip_prefix prefix;

		if (!cache->lengths[len])
			continue;
		prefix = pmip__prefix_of(addr, (uint8_t)len);
		session = pmip__binding_cache_by_prefix(cache, &prefix);
	}
	return session;
}

/* A prefix joins the table, and leaves it. */
static void insert(struct pmip__binding_cache *cache, struct pmip__hnp *hnp)
{
	pmip__htable_insert(&cache->prefixes, hash_prefix(cache, &hnp->prefix), hnp);
	cache->lengths[hnp->prefix.len]++;
}

static void take_out(struct pmip__binding_cache *cache, struct pmip__hnp *hnp)
{
	pmip__htable_remove(&cache->prefixes, hash_prefix(cache, &hnp->prefix), hnp);
	cache->lengths[hnp->prefix.len]--;
}

struct pmip__mn *pmip__binding_cache_mn_ensure(struct pmip__binding_cache *cache, const struct pmip_mnid *mn_id)
{
	struct pmip__mn *mn = pmip__binding_cache_mn(cache, mn_id);

	if (mn)
		return mn;
	if (pmip__htable_reserve(&cache->mns, 1))
		return NULL;
	mn = pmip__mem_alloc(&cache->mem, sizeof(*mn) + mn_id->len);
	if (!mn)
		return NULL;
	memcpy(mn->id, mn_id->id, mn_id->len);
	mn->mn_id = (struct pmip_mnid){mn_id->subtype, mn_id->len, mn->id};
	mn->number = ++cache->last_number ? cache->last_number : ++cache->last_number;
	mn->epoch = 1;
	pmip__list_init(&mn->sessions);
	pmip__list_init(&mn->held);
	pmip__list_init(&mn->changed);
	pmip__htable_insert(&cache->mns, hash_mn(cache, mn_id), mn);
	return mn;
}

static void keep_up(uint16_t *epoch, uint16_t old, uint16_t now)
{
	if (*epoch == old)
		*epoch = now;
}

void pmip__binding_cache_prefixes_changed(struct pmip__binding_cache *cache, struct pmip__session *session)
{
	struct pmip__mn *mn = session->mn;
	uint16_t old = mn->epoch;

	if (!++mn->epoch)
		mn->epoch = 1;
	for (struct pmip__list *link = mn->sessions.next; link != &mn->sessions; link = link->next) {
		struct pmip__session *own = pmip__session_of_mn(link);

		if (own->set != session->set)
			continue;
		keep_up(&own->epoch, old, mn->epoch);
		keep_up(&own->told, old, mn->epoch);
		keep_up(&own->telling, old, mn->epoch);
		keep_up(&own->refused, old, mn->epoch);
	}
	if (mn->sessions.next != mn->sessions.prev)
		pmip__binding_cache_mn_touch(cache, mn);
}

void pmip__binding_cache_mn_touch(struct pmip__binding_cache *cache, struct pmip__mn *mn)
{
	if (pmip__list_empty(&mn->changed))
		pmip__list_add_tail(&cache->changed, &mn->changed);
}

struct pmip__mn *pmip__binding_cache_next_changed(struct pmip__binding_cache *cache)
{
	struct pmip__list *link = cache->changed.next;

	if (link == &cache->changed)
		return NULL;
	pmip__list_del(link);
	return PMIP__CONTAINER(link, struct pmip__mn, changed);
}

void pmip__binding_cache_unstored(struct pmip__binding_cache *cache, struct pmip__mn *mn)
{
	void *array = cache->unstored;
	int err;

	if (!cache->stores || mn->unstored)
		return;
	mn->unstored = true;
	err = pmip__mem_grow(&cache->mem, &array, &cache->unstored_cap, cache->unstored_count + 1, sizeof(cache->unstored[0]));
	cache->unstored = array;
	if (err)
		cache->unstored_more = true;
	else
		cache->unstored[cache->unstored_count++] = mn;
}

static struct pmip__mn *look_for_unstored(struct pmip__binding_cache *cache)
{
	struct pmip__mn *mn;
	size_t cursor = 0;

	while ((mn = pmip__htable_next(&cache->mns, &cursor)))
		if (mn->unstored)
			return mn;
	cache->unstored_more = false;
	return NULL;
}

struct pmip__mn *pmip__binding_cache_next_unstored(struct pmip__binding_cache *cache)
{
	struct pmip__mn *mn = NULL;

	if (cache->unstored_count)
		mn = cache->unstored[--cache->unstored_count];
	else if (cache->unstored_more)
		mn = look_for_unstored(cache);
	if (mn)
		mn->unstored = false;
	return mn;
}

void pmip__binding_cache_mn_tidy(struct pmip__binding_cache *cache, struct pmip__mn *mn)
{
	if (!pmip__list_empty(&mn->sessions) || !pmip__list_empty(&mn->held) || mn->unstored || mn->pins)
		return;
	pmip__htable_remove(&cache->mns, hash_mn(cache, &mn->mn_id), mn);
	pmip__list_del(&mn->changed);
	pmip__mem_free(&cache->mem, mn);
}

struct pmip__tunnel *pmip__binding_cache_tunnel(const struct pmip__binding_cache *cache, const struct pmip_addr *local,
						const struct pmip_addr *remote)
{
	struct tunnel_key key = {local, remote};

	return pmip__htable_find(&cache->tunnels, hash_ends(cache, local, remote), &key);
}

/* TUN-1. */
struct pmip__tunnel *pmip__binding_cache_tunnel_get(struct pmip__binding_cache *cache, const struct pmip_addr *local,
						    const struct pmip_addr *remote)
{
	struct pmip__tunnel *tunnel = pmip__binding_cache_tunnel(cache, local, remote);

	if (!tunnel) {
		if (pmip__htable_reserve(&cache->tunnels, 1))
			return NULL;
		tunnel = pmip__mem_alloc(&cache->mem, sizeof(*tunnel));
		if (!tunnel)
			return NULL;
		tunnel->local = *local;
		tunnel->remote = tunnel->mag = *remote;
		tunnel->id = ++cache->last_tunnel ? cache->last_tunnel : ++cache->last_tunnel;
		pmip__list_init(&tunnel->sessions);
		pmip__htable_insert(&cache->tunnels, hash_ends(cache, local, remote), tunnel);
	}
	tunnel->refs++;
	return tunnel;
}

bool pmip__binding_cache_tunnel_put(struct pmip__binding_cache *cache, struct pmip__tunnel *tunnel, struct pmip__tunnel *ends)
{
	if (--tunnel->refs)
		return false;
	*ends = *tunnel;
	pmip__htable_remove(&cache->tunnels, hash_ends(cache, &tunnel->local, &tunnel->remote), tunnel);
	pmip__mem_free(&cache->mem, tunnel);
	return true;
}

/* The lowest that none of its sessions has. */
static uint16_t unused_bid(const struct pmip__mn *mn)
{
	uint16_t bid = 0;
	bool used = true;

	while (used) {
		used = false;
		bid++;
		for (const struct pmip__list *link = mn->sessions.next; link != &mn->sessions; link = link->next)
			used = used || pmip__session_of_mn(link)->bid == bid;
	}
	return bid;
}

static struct pmip__session *add(struct pmip__binding_cache *cache, struct pmip__mn *mn, uint8_t set, unsigned int room)
{
	struct pmip__session *session = pmip__mem_alloc(&cache->mem, offsetof(struct pmip__session, hnp) + room * sizeof(session->hnp[0]));

	if (!session)
		return NULL;
	session->mn = mn;
	session->set = set;
	session->bid = unused_bid(mn);
	pmip__list_init(&session->of_tunnel);
	pmip__list_add_tail(&mn->sessions, &session->of_mn);
	cache->count++;
	return session;
}

/* The anchor of a set, or the first of the others in it. */
static struct pmip__session *find_in_set(const struct pmip__mn *mn, uint8_t set, bool anchor)
{
	for (struct pmip__list *link = mn->sessions.next; link != &mn->sessions; link = link->next) {
		struct pmip__session *session = pmip__session_of_mn(link);

		if (session->set == set && (pmip__session_address_count(session) > 0) == anchor)
			return session;
	}
	return NULL;
}

static uint8_t unused_set(const struct pmip__mn *mn)
{
	uint8_t set = 0;

	while (find_in_set(mn, set, true))
		set++;
	return set;
}

struct pmip__session *pmip__binding_cache_anchor(const struct pmip__session *session)
{
	return find_in_set(session->mn, session->set, true);
}

struct pmip__session *pmip__binding_cache_heir(const struct pmip__session *anchor)
{
	return find_in_set(anchor->mn, anchor->set, false);
}

struct pmip__session *pmip__binding_cache_add_sharing(struct pmip__binding_cache *cache, const struct pmip__session *anchor)
{
	return add(cache, anchor->mn, anchor->set, anchor->hnp_count);
}

static struct pmip__session *add_with(struct pmip__binding_cache *cache, struct pmip__mn *mn, uint8_t set, const struct pmip__hnp *hnp,
				      unsigned int hnp_count, unsigned int room)
{
	struct pmip__session *session;

	if (pmip__htable_reserve(&cache->prefixes, hnp_count))
		return NULL;
	session = add(cache, mn, set, room);
	if (!session)
		return NULL;
	session->hnp_count = (uint8_t)hnp_count;
	for (unsigned int i = 0; i < hnp_count; i++) {
		session->hnp[i] = hnp[i];
		session->hnp[i].index = (uint8_t)i;
		insert(cache, &session->hnp[i]);
	}
	return session;
}

struct pmip__session *pmip__binding_cache_add(struct pmip__binding_cache *cache, struct pmip__mn *mn,
					      const struct pmip__hnp *hnp, unsigned int hnp_count)
{
	return add_with(cache, mn, unused_set(mn), hnp, hnp_count, hnp_count);
}

struct pmip__session *pmip__binding_cache_put_back(struct pmip__binding_cache *cache, struct pmip__mn *mn, uint8_t set, uint16_t bid,
						   const struct pmip__hnp *hnp, unsigned int count, unsigned int room)
{
	struct pmip__session *session = add_with(cache, mn, set, hnp, count, room);

	if (session)
		session->bid = bid;
	return session;
}

void pmip__binding_cache_hand_over(struct pmip__binding_cache *cache, struct pmip__session *anchor, struct pmip__session *heir)
{
	for (; heir->hnp_count < anchor->hnp_count; heir->hnp_count++) {
		struct pmip__hnp *from = &anchor->hnp[heir->hnp_count], *to = &heir->hnp[heir->hnp_count];

		take_out(cache, from);
		*to = *from;
		insert(cache, to);
	}
	anchor->hnp_count = 0;
	pmip__binding_cache_unstored(cache, heir->mn);
	if (!pmip__session_ipv4(anchor) || !pmip__session_shares_ipv4(heir))
		return;
	take_out(cache, &anchor->extras->ipv4);
	heir->extras->ipv4 = anchor->extras->ipv4;
	heir->extras->ipv4_plen = anchor->extras->ipv4_plen;
	memcpy(heir->extras->ipv4_router, anchor->extras->ipv4_router, sizeof(heir->extras->ipv4_router));
	heir->extras->shares_ipv4 = false;
	insert(cache, &heir->extras->ipv4);
	anchor->extras->ipv4.prefix.len = 0;
}

static struct pmip__extras *ensure_extras(struct pmip__binding_cache *cache, struct pmip__session *session)
{
	if (session->extras)
		return session->extras;
	session->extras = pmip__mem_alloc(&cache->mem, sizeof(*session->extras));
	if (session->extras)
		session->extras->session = session;
	return session->extras;
}

int pmip__binding_cache_add_ipv4(struct pmip__binding_cache *cache, struct pmip__session *session, const struct pmip__hnp *ipv4,
				 uint8_t plen, const uint8_t router[4])
{
	struct pmip__extras *extras;

	if (pmip__htable_reserve(&cache->prefixes, 1))
		return PMIP_ERR_NOMEM;
	extras = ensure_extras(cache, session);
	if (!extras)
		return PMIP_ERR_NOMEM;
	extras->ipv4 = *ipv4;
	extras->ipv4.index = PMIP__INDEX_IPV4;
	extras->ipv4_plen = plen;
	memcpy(extras->ipv4_router, router, sizeof(extras->ipv4_router));
	insert(cache, &extras->ipv4);
	return 0;
}

void pmip__binding_cache_drop_ipv4(struct pmip__binding_cache *cache, struct pmip__session *session)
{
	pmip__binding_cache_unstored(cache, session->mn);
	take_out(cache, &session->extras->ipv4);
	session->extras->ipv4.prefix.len = 0;
	pmip__binding_cache_tidy_extras(cache, session);
}

/* GRE-4. */
int pmip__binding_cache_set_gre(struct pmip__binding_cache *cache, struct pmip__session *session, const struct pmip_gre *gre)
{
	struct pmip__extras *extras;

	if (!gre->in_use && !session->extras)
		return 0;
	if (gre->recv.present && pmip__htable_reserve(&cache->keys, 1))
		return PMIP_ERR_NOMEM;
	extras = ensure_extras(cache, session);
	if (!extras)
		return PMIP_ERR_NOMEM;
	if (gre->recv.present && !extras->has_key) {
		do
			extras->key = ++cache->last_key;
		while (pmip__htable_find(&cache->keys, pmip__htable_number(extras->key), &extras->key));
		extras->has_key = true;
		pmip__htable_insert(&cache->keys, pmip__htable_number(extras->key), extras);
	}
	extras->gre = *gre;
	extras->gre.recv.value = gre->recv.present ? extras->key : 0;
	return 0;
}

bool pmip__binding_cache_has_key(const struct pmip__binding_cache *cache, uint32_t key)
{
	return pmip__htable_find(&cache->keys, pmip__htable_number(key), &key);
}

int pmip__binding_cache_put_back_gre(struct pmip__binding_cache *cache, struct pmip__session *session, const struct pmip_gre *gre)
{
	struct pmip__extras *extras;

	if (pmip__htable_reserve(&cache->keys, 1))
		return PMIP_ERR_NOMEM;
	extras = ensure_extras(cache, session);
	if (!extras)
		return PMIP_ERR_NOMEM;
	extras->gre = *gre;
	extras->has_key = gre->recv.present;
	extras->key = gre->recv.value;
	if (extras->has_key)
		pmip__htable_insert(&cache->keys, pmip__htable_number(extras->key), extras);
	return 0;
}

int pmip__binding_cache_set_path(struct pmip__binding_cache *cache, struct pmip__session *session, const struct pmip__path *path)
{
	if ((path->bid || session->extras) && !ensure_extras(cache, session))
		return PMIP_ERR_NOMEM;
	if (session->extras)
		session->extras->path = *path;
	return 0;
}

int pmip__binding_cache_share_ipv4(struct pmip__binding_cache *cache, struct pmip__session *session, bool shares)
{
	if (shares && !ensure_extras(cache, session))
		return PMIP_ERR_NOMEM;
	if (session->extras)
		session->extras->shares_ipv4 = shares;
	return 0;
}

bool pmip__session_shares_ipv4(const struct pmip__session *session)
{
	return session->extras && session->extras->shares_ipv4;
}

struct pmip__path pmip__session_path(const struct pmip__session *session)
{
	return session->extras ? session->extras->path : (struct pmip__path){0};
}

void pmip__binding_cache_tidy_extras(struct pmip__binding_cache *cache, struct pmip__session *session)
{
	struct pmip__extras *extras = session->extras;

	if (!extras)
		return;
	if (extras->has_key && !extras->gre.recv.present) {
		pmip__htable_remove(&cache->keys, pmip__htable_number(extras->key), extras);
		extras->has_key = false;
	}
	if (extras->ipv4.prefix.len || extras->shares_ipv4 || extras->gre.in_use || extras->path.bid)
		return;
	pmip__mem_free(&cache->mem, extras);
	session->extras = NULL;
}

const struct pmip__hnp *pmip__session_ipv4(const struct pmip__session *session)
{
	return session->extras && session->extras->ipv4.prefix.len ? &session->extras->ipv4 : NULL;
}

unsigned int pmip__session_address_count(const struct pmip__session *session)
{
	return pmip__session_ipv4(session) ? session->hnp_count + 1u : session->hnp_count;
}

const struct pmip__hnp *pmip__session_address(const struct pmip__session *session, unsigned int i)
{
	return i < session->hnp_count ? &session->hnp[i] : pmip__session_ipv4(session);
}

void pmip__binding_cache_drop_prefix(struct pmip__binding_cache *cache, struct pmip__session *session, unsigned int index)
{
	struct pmip__hnp *hole = &session->hnp[index], *last = &session->hnp[session->hnp_count - 1];

	pmip__binding_cache_unstored(cache, session->mn);
	take_out(cache, hole);
	session->hnp_count--;
	if (hole == last)
		return;
	take_out(cache, last);
	*hole = *last;
	hole->index = (uint8_t)index;
	insert(cache, hole);
}

struct pmip__hnp pmip__binding_cache_swap_prefix(struct pmip__binding_cache *cache, struct pmip__session *session,
						 const struct pmip_prefix *old, const struct pmip__hnp *hnp)
{
	struct pmip__hnp *place = session->hnp, before;

	while (!pmip_prefix_equal(&place->prefix, old))
		place++;
	before = *place;
	pmip__binding_cache_unstored(cache, session->mn);
	take_out(cache, place);
	*place = *hnp;
	place->index = before.index;
	insert(cache, place);
	return before;
}

void pmip__binding_cache_remove(struct pmip__binding_cache *cache, struct pmip__session *session)
{
	struct pmip__mn *mn = session->mn;

	pmip__binding_cache_unstored(cache, mn);
	for (unsigned int i = 0; i < session->hnp_count; i++)
		take_out(cache, &session->hnp[i]);
	if (session->extras) {
		session->extras->gre = (struct pmip_gre){.in_use = false};
		session->extras->path.bid = 0;
		session->extras->shares_ipv4 = false;
	}
	if (pmip__session_ipv4(session))
		pmip__binding_cache_drop_ipv4(cache, session);
	pmip__binding_cache_tidy_extras(cache, session);
	pmip__list_del(&session->of_mn);
	pmip__list_del(&session->of_tunnel);
	pmip__mem_free(&cache->mem, session);
	cache->count--;
	pmip__binding_cache_mn_tidy(cache, mn);
}

void pmip__binding_cache_relink(struct pmip__session *session)
{
	pmip__list_del(&session->of_tunnel);
	pmip__list_add_tail(&session->reg.tunnel->sessions, &session->of_tunnel);
}
