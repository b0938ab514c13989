/* SPDX-License-Identifier: BSD-2-Clause */
/* Which LMA serves a mobile node: the one that its profile names, else the general one, until a redirection (RFC 6463) says
 * otherwise. An LMA that the configuration does not name is known as long as it serves a mobile node. */
#include "engine/mag.h"

/* The LMAs that a configuration names. 0 or PMIP_ERR_NOMEM. */
static int collect(struct pmip__addr_set *set, const struct pmip_mem *mem, const struct pmip__mag_settings *settings,
		   const struct pmip__profiles *profiles)
{
	int err = pmip__addr_set_add(set, mem, &settings->lma);
	const struct pmip_profile *profile;
	size_t cursor = 0;

	while (err != PMIP_ERR_NOMEM && (profile = pmip__profiles_next(profiles, &cursor)))
		if (!pmip_addr_is_unspecified(&profile->lma))
			err = pmip__addr_set_add(set, mem, &profile->lma);
	return err == PMIP_ERR_NOMEM ? err : 0;
}

int pmip__mag_lmas_configure(struct pmip_mag *mag, const struct pmip__mag_settings *settings, const struct pmip__profiles *profiles,
			     uint64_t now_us)
{
	struct pmip__addr_set lmas = {0};
	int err = collect(&lmas, &mag->mem, settings, profiles);

	if (!err)
		err = pmip__heartbeat_configure(&mag->heartbeat, &settings->heartbeat, &lmas, &settings->proxy_coa, now_us);
	pmip__addr_set_free(&lmas, &mag->mem);
	return err;
}

bool pmip__mag_is_for_us(struct pmip_mag *mag, const struct pmip_dgram *dgram, const struct pmip_mnid *mn_id, const char *ref)
{
	const char *rule = NULL;

	if (!pmip__peers_find(&mag->heartbeat.peers, &dgram->src))
		rule = "not from an LMA of ours";
	else if (!pmip__mag_is_ours(mag, &dgram->dst))
		rule = "not to our Proxy-CoA";
	if (rule)
		pmip__mag_ignore(mag, dgram, mn_id, rule, ref);
	return !rule;
}

struct pmip__peer *pmip__mag_home_lma(const struct pmip_mag *mag, const struct pmip_mnid *mn_id)
{
	const struct pmip_profile *profile = pmip__profiles_by_mn_id(&mag->profiles, mn_id);
	bool named = profile && !pmip_addr_is_unspecified(&profile->lma);

	return pmip__peers_find(&mag->heartbeat.peers, named ? &profile->lma : &mag->settings.lma);
}

void pmip__mag_set_lma(struct pmip_mag *mag, struct pmip__mag_mn *mn, struct pmip__peer *lma)
{
	struct pmip__peer *old = mn->lma;

	if (lma)
		lma->mns++;
	mn->lma = lma;
	if (!old)
		return;
	old->mns--;
	pmip__heartbeat_forget(&mag->heartbeat, old);
}

bool pmip__mag_is_lma_of(const struct pmip__mag_mn *mn, const struct pmip_addr *addr)
{
	return pmip_addr_equal(&mn->lma->remote, addr);
}
