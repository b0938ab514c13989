/* SPDX-License-Identifier: BSD-2-Clause */
/* Profiles come from the operator, not from peers, so a fixed hash key does here. */
#include "state/profile.h"

#include "base/mem.h"
#include "base/mnid.h"

#include <pmip/error.h>
#include <string.h>

static const struct pmip__hash_key fixed_key = {0x70726f66696c6573, 0x706d697036};

struct entry;

/* One of the link-layer identifiers of a profile. */
struct name {
	const struct entry *entry;
	struct pmip_llid ll_id;
};

/* A profile and behind it the octets of its MN-ID. */
struct entry {
	struct pmip_profile profile;
	struct name name[1 + PMIP_ALIAS_MAX];
	uint8_t id[];
};

static uint64_t mnid_hash(const struct pmip_mnid *mn_id)
{
	return pmip__hash_mnid(&fixed_key, mn_id);
}

static uint64_t llid_hash(const struct pmip_llid *ll_id)
{
	return pmip__hash(&fixed_key, ll_id->b, ll_id->len);
}

static bool equal_mnid(const void *entry, const void *key)
{
	return pmip_mnid_equal(&((const struct pmip_profile *)entry)->mn_id, key);
}

static bool equal_llid(const void *entry, const void *key)
{
	return pmip_llid_equal(&((const struct name *)entry)->ll_id, key);
}

void pmip__profiles_init(struct pmip__profiles *profiles, const struct pmip_mem *mem)
{
	profiles->mem = *mem;
	pmip__htable_init(&profiles->by_mn_id, mem, equal_mnid);
	pmip__htable_init(&profiles->by_ll_id, mem, equal_llid);
}

void pmip__profiles_fini(struct pmip__profiles *profiles)
{
	size_t cursor = 0;
	void *entry;

	while ((entry = pmip__htable_next(&profiles->by_mn_id, &cursor)))
		pmip__mem_free(&profiles->mem, entry);
	pmip__htable_fini(&profiles->by_mn_id);
	pmip__htable_fini(&profiles->by_ll_id);
}

/* The link-layer identifiers of a profile. Returns how many there are. */
static unsigned int names_of(const struct pmip_profile *profile, struct pmip_llid ll_id[1 + PMIP_ALIAS_MAX])
{
	unsigned int count = 0;

	if (profile->ll_id.len)
		ll_id[count++] = profile->ll_id;
	for (unsigned int i = 0; i < profile->alias_count; i++)
		if (profile->alias[i].len)
			ll_id[count++] = profile->alias[i];
	return count;
}

static bool is_taken(const struct pmip__profiles *profiles, const struct pmip_llid *ll_id, unsigned int count)
{
	for (unsigned int i = 0; i < count; i++) {
		if (pmip__profiles_by_ll_id(profiles, &ll_id[i]))
			return true;
		for (unsigned int k = 0; k < i; k++)
			if (pmip_llid_equal(&ll_id[k], &ll_id[i]))
				return true;
	}
	return false;
}

/* PAP-12. */
int pmip__profiles_add(struct pmip__profiles *profiles, const struct pmip_profile *profile)
{
	struct pmip_llid ll_id[1 + PMIP_ALIAS_MAX];
	struct entry *entry;
	unsigned int names;

	if (profile->size < sizeof(*profile) || !profile->mn_id.len || profile->prefix_count > PMIP_HNP_MAX || profile->alias_count > PMIP_ALIAS_MAX ||
	    (profile->ipv4_addr.len && profile->ipv4_addr.len != 4))
		return PMIP_ERR_INVALID;
	names = names_of(profile, ll_id);
	if (pmip__htable_find(&profiles->by_mn_id, mnid_hash(&profile->mn_id), &profile->mn_id) || is_taken(profiles, ll_id, names))
		return PMIP_ERR_EXIST;
	if (pmip__htable_reserve(&profiles->by_mn_id, 1) || pmip__htable_reserve(&profiles->by_ll_id, names))
		return PMIP_ERR_NOMEM;
	entry = pmip__mem_alloc(&profiles->mem, sizeof(*entry) + profile->mn_id.len);
	if (!entry)
		return PMIP_ERR_NOMEM;
	entry->profile = *profile;
	memcpy(entry->id, profile->mn_id.id, profile->mn_id.len);
	entry->profile.mn_id.id = entry->id;
	pmip__htable_insert(&profiles->by_mn_id, mnid_hash(&profile->mn_id), entry);
	for (unsigned int i = 0; i < names; i++) {
		entry->name[i] = (struct name){entry, ll_id[i]};
		pmip__htable_insert(&profiles->by_ll_id, llid_hash(&ll_id[i]), &entry->name[i]);
	}
	return 0;
}

int pmip__profiles_add_all(struct pmip__profiles *profiles, const struct pmip__profiles *from)
{
	size_t cursor = 0;
	const struct pmip_profile *profile;

	while ((profile = pmip__profiles_next(from, &cursor))) {
		int err = pmip__profiles_add(profiles, profile);

		if (err)
			return err;
	}
	return 0;
}

const struct pmip_profile *pmip__profiles_by_mn_id(const struct pmip__profiles *profiles, const struct pmip_mnid *mn_id)
{
	uint8_t realm[PMIP_MNID_MAX + 1];
	struct pmip_mnid wildcard = {PMIP__MNID_NAI, 0, realm};
	const struct pmip_profile *found = pmip__htable_find(&profiles->by_mn_id, mnid_hash(mn_id), mn_id);
	const uint8_t *at;

	if (found || !mn_id->len)
		return found;
	realm[0] = '*';
	at = mn_id->subtype == PMIP__MNID_NAI ? memchr(mn_id->id, '@', mn_id->len) : NULL;
	if (at && at > mn_id->id) {
		size_t len = (size_t)(mn_id->id + mn_id->len - at);

		memcpy(realm + 1, at, len);
		wildcard.len = (uint8_t)(len + 1);
		found = pmip__htable_find(&profiles->by_mn_id, mnid_hash(&wildcard), &wildcard);
	}
	if (!found) {
		wildcard.len = 1;
		found = pmip__htable_find(&profiles->by_mn_id, mnid_hash(&wildcard), &wildcard);
	}
	return found;
}

const struct pmip_profile *pmip__profiles_by_ll_id(const struct pmip__profiles *profiles, const struct pmip_llid *ll_id)
{
	const struct name *name = pmip__htable_find(&profiles->by_ll_id, llid_hash(ll_id), ll_id);

	return name ? &name->entry->profile : NULL;
}

const struct pmip_profile *pmip__profiles_next(const struct pmip__profiles *profiles, size_t *cursor)
{
	return pmip__htable_next(&profiles->by_mn_id, cursor);
}
