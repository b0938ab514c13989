/* SPDX-License-Identifier: BSD-2-Clause */
/* What happens on access links: mobile nodes come, solicit routers, move between our links and leave (RFC
 * 5213 sections 6.9.1.1, 6.9.1.4 and 6.9.3).
 *
 * The engine believes these events; each but the last shows that the mobile node is there. */
#include "engine/mag.h"

#include "base/buf.h"
#include "base/mnid.h"

#include <string.h>

/* Who an attach event is about. */
struct who {
	const struct pmip_profile *profile; /* NULL = none */
	struct pmip__mag_mn *mn; /* NULL = not known yet */
	struct pmip_llid ll_id;
	struct pmip_mnid mn_id;
	uint8_t id[PMIP_MNID_MAX]; /* of one without a profile */
};

/* Sub-options that can stand in a PBU as they are. */
static bool is_access_network(const struct pmip_bytes *area)
{
	struct pmip_option option = {.type = PMIP_OPT_ANI, .known = true, .u.suboptions = *area};
	struct pmip_suboption_iter iter;
	struct pmip_suboption sub;
	int more;

	if (area->len > UINT8_MAX)
		return false;
	pmip_suboption_iter_init(&iter, &option);
	while ((more = pmip_suboption_next(&iter, &sub)) > 0)
		continue;
	return !more;
}

static bool is_well_formed(const struct pmip_attach *attach)
{
	return attach->size >= sizeof(*attach) && is_access_network(&attach->access_network) && attach->link && attach->att && attach->hi <= PMIP_HI_SHARED &&
	       attach->hi != PMIP_HI_UNCHANGED && attach->ll_id.len <= PMIP_LLID_MAX && attach->mn_id.len <= PMIP_MNID_MAX;
}

/* An all-zero identifier is none (RFC 5213 section 8.6). MAG-5. */
static struct pmip_llid normal_ll_id(const struct pmip_llid *ll_id)
{
	return pmip__is_zero(ll_id->b, ll_id->len) ? (struct pmip_llid){0} : *ll_id;
}

/* An NAI whose user is the link-layer identifier, 02-00-00-00-00-01@example.org. PAP-12. */
struct pmip_mnid pmip__mag_name_unknown(const struct pmip__mag_settings *settings, const struct pmip_llid *ll_id, uint8_t id[PMIP_MNID_MAX])
{
	static const char digits[] = "0123456789abcdef";
	uint8_t len = 0;

	if (!settings->realm_len || !ll_id->len)
		return (struct pmip_mnid){0};
	for (unsigned int i = 0; i < ll_id->len; i++) {
		id[len++] = (uint8_t)digits[ll_id->b[i] >> 4];
		id[len++] = (uint8_t)digits[ll_id->b[i] & 0xf];
		id[len++] = i + 1u < ll_id->len ? '-' : '@';
	}
	memcpy(id + len, settings->realm, settings->realm_len);
	return (struct pmip_mnid){PMIP__MNID_NAI, (uint8_t)(len + settings->realm_len), id};
}

/* The MN-ID tells, where there is one; else who is known to be there; else whose link-layer identifier it is, the same for all interfaces
 * of one mobile node. MAG-1, PAP-12. */
static int identify(const struct pmip_mag *mag, const struct pmip_attach *attach, struct who *who)
{
	*who = (struct who){.ll_id = normal_ll_id(&attach->ll_id)};
	if (attach->mn_id.len) {
		who->profile = pmip__profiles_by_mn_id(&mag->profiles, &attach->mn_id);
	} else if (who->ll_id.len) {
		who->mn = pmip__mag_list_find_access(mag, attach->link, &who->ll_id);
		who->profile = who->mn ? pmip__profiles_by_mn_id(&mag->profiles, &who->mn->mn_id)
				       : pmip__profiles_by_ll_id(&mag->profiles, &who->ll_id);
		if (!who->profile)
			who->mn_id = pmip__mag_name_unknown(&mag->settings, &who->ll_id, who->id);
	} else {
		return PMIP_ERR_INVALID;
	}
	if (who->profile)
		who->mn_id = who->profile->mn_id;
	if (!who->mn_id.len || (who->profile && who->profile->disabled))
		return PMIP_ERR_DENIED;
	if (!who->mn)
		who->mn = pmip__mag_list_find(mag, &who->mn_id);
	if (!who->ll_id.len && who->mn && who->mn->link_number == attach->link)
		who->ll_id = who->mn->ll_id;
	if (!who->ll_id.len && who->profile)
		who->ll_id = normal_ll_id(&who->profile->ll_id);
	return 0;
}

static bool is_binding(const struct pmip__mag_mn *mn)
{
	return mn && mn->state != PMIP__MAG_IDLE;
}

/* Everything that can fail, so that nothing does once the state changes. */
static int prepare(struct pmip_mag *mag, const struct pmip_attach *attach, struct who *who, struct pmip__mag_link **link)
{
	if (!is_binding(who->mn) && pmip_mag_count_bindings(mag) >= mag->settings.max_bindings)
		return PMIP_ERR_FULL;
	if (pmip__mag_reserve_steps(mag, 1))
		return PMIP_ERR_NOMEM;
	*link = pmip__mag_list_link(mag, attach->link);
	if (!*link)
		return PMIP_ERR_NOMEM;
	if (!who->mn)
		who->mn = pmip__mag_list_add(mag, &who->mn_id);
	if (!who->mn) {
		pmip__mag_list_drop_link(mag, *link);
		return PMIP_ERR_NOMEM;
	}
	return 0;
}

/* One link-layer identifier on one link is one mobile node: whoever had it before has gone. */
static void place(struct pmip_mag *mag, const struct who *who, struct pmip__mag_link *link, const struct pmip_attach *attach,
		  struct pmip_now now)
{
	struct pmip__mag_mn *mn = who->mn;
	struct pmip__mag_mn *other = who->ll_id.len ? pmip__mag_list_find_access(mag, link->number, &who->ll_id) : NULL;
	struct pmip_event event;

	pmip__mag_list_place(mag, mn, link, &who->ll_id);
	if (attach->access_network.len) {
		link->access_network_len = (uint8_t)attach->access_network.len;
		memcpy(link->access_network, attach->access_network.data, attach->access_network.len);
	}
	if (other && other != mn)
		pmip__mag_detach_mn(mag, other, false, now);
	mn->att = attach->att;
	event = pmip__mag_event(mn, PMIP_EVENT_ATTACHED);
	pmip__mag_notify(mag, &event);
}

/* The mobile node has gone to another of our links, or shows another link-layer identifier. The LMA goes on
 * sending to us, so forwarding follows at once, and the PBU tells of it. MAG-4. */
static void handover(struct pmip_mag *mag, const struct who *who, struct pmip__mag_link *link, const struct pmip_attach *attach,
		     struct pmip_now now)
{
	struct pmip__mag_mn *mn = who->mn;
	bool other_link = mn->link != link;
	uint8_t hi = attach->att == mn->att ? PMIP_HI_BETWEEN_MAGS : PMIP_HI_BETWEEN_INTERFACES;

	place(mag, who, link, attach, now);
	if (other_link)
		pmip__mag_install(mag, mn);
	else if (mn->forwarding == PMIP__MAG_UP)
		pmip__mag_advertise(mag, mn, now);
	pmip__mag_refresh(mag, mn, attach->hi ? attach->hi : hi, now);
}

/* MAG-1, MAG-51. */
static void arrive(struct pmip_mag *mag, const struct who *who, struct pmip__mag_link *link, const struct pmip_attach *attach,
		   struct pmip_now now)
{
	struct pmip__mag_mn *mn = who->mn;
	bool same_request = mn->state == PMIP_BINDING_REGISTERING && attach->att == mn->att &&
			    pmip_llid_equal(&mn->ll_id, &who->ll_id);

	if (pmip__mag_is_registered(mn)) {
		handover(mag, who, link, attach, now);
		return;
	}
	place(mag, who, link, attach, now);
	if (same_request)
		return;
	pmip__mag_withdraw(mag, mn, false, "attached again", "RFC 5213 6.9.1.1");
	mn->ipv4_refused = mn->ipv6_refused = mn->gre_refused = mn->paths_refused = false;
	pmip__mag_register(mag, mn, attach->hi ? attach->hi : pmip__mag_first_hi(mag, mn), now);
}

/* MAG-1. */
static bool is_there(const struct who *who, const struct pmip_attach *attach)
{
	const struct pmip__mag_mn *mn = who->mn;

	return mn && mn->link && mn->link_number == attach->link && mn->att == attach->att &&
	       pmip_llid_equal(&mn->ll_id, &who->ll_id) &&
	       (mn->state == PMIP_BINDING_REGISTERING || pmip__mag_is_registered(mn));
}

static int attach_event(struct pmip_mag *mag, const struct pmip_attach *attach, bool solicited, struct pmip_now now)
{
	struct pmip__mag_link *link;
	struct who who;
	int err;

	if (!is_well_formed(attach))
		return PMIP_ERR_INVALID;
	if (now.mono_us < mag->last_us)
		return PMIP_ERR_TIME;
	err = identify(mag, attach, &who);
	if (!err && solicited && who.mn && who.mn->state == PMIP_BINDING_DENIED && who.mn->denied_for_good)
		err = PMIP_ERR_DENIED;
	if (err == PMIP_ERR_DENIED)
		mag->counters[PMIP_MAG_DENIED]++;
	if (err)
		return err;
	err = prepare(mag, attach, &who, &link);
	if (err)
		return err;
	mag->last_us = now.mono_us;
	who.mn->link_mtu = attach->link_mtu;
	pmip__mag_saw(mag, who.mn, now);
	if (!is_there(&who, attach)) {
		mag->counters[PMIP_MAG_ATTACHED]++;
		arrive(mag, &who, link, attach, now);
	} else if (solicited && who.mn->forwarding == PMIP__MAG_UP) {
		pmip__mag_answer_solicit(mag, who.mn, now);
	}
	return 0;
}

int pmip_mag_attach(struct pmip_mag *mag, const struct pmip_attach *attach, struct pmip_now now)
{
	return attach_event(mag, attach, false, now);
}

/* Before the mobile node is registered there is nothing to answer: it is told once it is (RFC 5213 section 6.9.3).
 * RA-1. */
int pmip_mag_router_solicit(struct pmip_mag *mag, const struct pmip_attach *attach, struct pmip_now now)
{
	return attach_event(mag, attach, true, now);
}

/* MAG-50, MAG-41. */
void pmip__mag_detach_mn(struct pmip_mag *mag, struct pmip__mag_mn *mn, bool tell, struct pmip_now now)
{
	struct pmip_event event = pmip__mag_event(mn, PMIP_EVENT_DETACHED);

	mag->counters[PMIP_MAG_DETACHED]++;
	if (tell && mn->announced)
		pmip__mag_deprecate(mag, mn);
	pmip__mag_list_leave(mag, mn);
	pmip__mag_notify(mag, &event);
	if (mn->state == PMIP_BINDING_DENIED)
		pmip__mag_go_idle(mag, mn, now);
	else if (mn->state != PMIP_BINDING_DEREGISTERING)
		pmip__mag_deregister(mag, mn, now);
}

static size_t mns_on(const struct pmip__mag_link *link)
{
	size_t count = 0;

	for (const struct pmip__list *at = link->mns.next; at != &link->mns; at = at->next)
		count++;
	return count;
}

int pmip_mag_detach(struct pmip_mag *mag, uint32_t link_number, const struct pmip_llid *ll_id, struct pmip_now now)
{
	struct pmip__mag_link *link = pmip__mag_list_find_link(mag, link_number);
	struct pmip__mag_mn *mn = NULL;
	size_t count = 0;

	if (now.mono_us < mag->last_us)
		return PMIP_ERR_TIME;
	if (link && !ll_id)
		count = mns_on(link);
	else if (link && ll_id->len && ll_id->len <= PMIP_LLID_MAX)
		mn = pmip__mag_list_find_access(mag, link_number, ll_id);
	if (mn)
		count = 1;
	if (pmip__mag_reserve_detach(mag, count))
		return PMIP_ERR_NOMEM;
	mag->last_us = now.mono_us;
	for (size_t i = 0; i < count; i++)
		pmip__mag_detach_mn(mag, mn ? mn : PMIP__CONTAINER(link->mns.next, struct pmip__mag_mn, of_link), false, now);
	return (int)count;
}
