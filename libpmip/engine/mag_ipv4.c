/* SPDX-License-Identifier: BSD-2-Clause */
/* IPv4 home addresses at the MAG (RFC 5844 section 3.2): asked for where the profile says so, by name once one is known. What the LMA
 * refuses is not asked for again before the mobile node attaches anew, so that no refusal leads to the same request; but an address that
 * was assigned before and is refused now is first given up for any other. */
#include "engine/mag.h"

#include <string.h>

bool pmip__mag_asks_ipv4(const struct pmip_profile *profile, const struct pmip__mag_mn *mn)
{
	return profile && profile->ipv4 && !mn->ipv4_refused;
}

bool pmip__mag_asks_ipv6(const struct pmip_profile *profile, const struct pmip__mag_mn *mn)
{
	return !(profile && profile->no_ipv6) && !mn->ipv6_refused;
}

struct pmip_prefix pmip__mag_ipv4_prefix(const struct pmip__mag_mn *mn)
{
	return pmip_prefix_from_ipv4(mn->ipv4.addr.b, 32);
}

/* The one it has, else the one of its profile, else any. V4-11. */
void pmip__mag_ask_ipv4(const struct pmip_profile *profile, const struct pmip__mag_mn *mn, struct pmip_binding_options *options)
{
	struct pmip_opt_ipv4 *request = &options->ipv4_request;

	options->has |= PMIP_HAS_IPV4_REQUEST;
	if (mn->ipv4.addr.len)
		*request = (struct pmip_opt_ipv4){.plen = mn->ipv4.plen, .addr = mn->ipv4.addr};
	else if (profile && profile->ipv4_addr.len)
		*request = (struct pmip_opt_ipv4){.plen = 32, .addr = profile->ipv4_addr};
	else
		request->addr.len = 4;
}

struct pmip_ipv4_home pmip__mag_ipv4_granted(const struct pmip_profile *profile, const struct pmip__mag_mn *mn,
					     const struct pmip_binding_options *options)
{
	struct pmip_ipv4_home home = {.plen = options->ipv4_reply.plen, .addr = options->ipv4_reply.addr};

	if (!(options->has & PMIP_HAS_IPV4_REPLY) || options->ipv4_reply.status >= PMIP_IPV4_REASON_UNSPECIFIED ||
	    !pmip__mag_asks_ipv4(profile, mn))
		return (struct pmip_ipv4_home){0};
	if (options->has & PMIP_HAS_IPV4_ROUTER)
		home.router = options->ipv4_router;
	return home;
}

const char *pmip__mag_ipv4_flaw(const struct pmip_ipv4_home *granted)
{
	const struct pmip_ip *addr = &granted->addr;

	if (addr->len && (!addr->b[0] || addr->b[0] == 127 || addr->b[0] >= 224))
		return "accepts with an IPv4 home address that cannot be used";
	return NULL;
}

static bool same_addr(const struct pmip_ip *a, const struct pmip_ip *b)
{
	return a->len == b->len && !memcmp(a->b, b->b, a->len);
}

/* Registered, but without the address that was asked for: the operator is told. V4-13. */
static void note_refusal(struct pmip_mag *mag, struct pmip__mag_mn *mn, const struct pmip_binding_options *options)
{
	bool said = options->has & PMIP_HAS_IPV4_REPLY;
	struct pmip_event event = pmip__mag_event(mn, PMIP_EVENT_IPV4_REFUSED);

	event.status = said ? options->ipv4_reply.status : (uint8_t)PMIP_IPV4_REASON_UNSPECIFIED;
	event.rule = said ? NULL : "the LMA says nothing of IPv4";
	mn->ipv4_refused = !mn->ipv4.addr.len;
	pmip__mag_notify(mag, &event);
}

/* V4-12. */
bool pmip__mag_ipv4_accept(struct pmip_mag *mag, const struct pmip_profile *profile, struct pmip__mag_mn *mn,
			   const struct pmip_binding_options *options, const struct pmip_ipv4_home *granted)
{
	bool same = same_addr(&granted->addr, &mn->ipv4.addr);

	if (!granted->addr.len && pmip__mag_asks_ipv4(profile, mn))
		note_refusal(mag, mn, options);
	if (!same)
		pmip__mag_withdraw_ipv4(mag, mn);
	mn->ipv4 = *granted;
	return granted->addr.len && !same;
}

/* One that was assigned before, perhaps by another LMA, may be refused and any other not. */
static bool may_be_another(const struct pmip__mag_mn *mn, uint8_t status)
{
	return mn->ipv4.addr.len && status == PMIP_STATUS_NOT_AUTHORIZED_FOR_IPV4_HOME_ADDRESS;
}

/* Register with what is left to ask for. */
static void register_anew(struct pmip_mag *mag, struct pmip__mag_mn *mn, struct pmip_now now)
{
	pmip__mag_register(mag, mn, mn->state == PMIP_BINDING_REGISTERING ? mn->hi : pmip__mag_first_hi(mag, mn), now);
}

static void go_on_without_ipv4(struct pmip_mag *mag, struct pmip__mag_mn *mn, uint8_t status, struct pmip_now now)
{
	mn->ipv4_refused = !may_be_another(mn, status);
	if (mn->hnp_count)
		pmip__mag_withdraw_ipv4(mag, mn);
	else
		pmip__mag_withdraw(mag, mn, true, "IPv4 home address refused", "RFC 5844 3.2.3.2");
	mn->ipv4 = (struct pmip_ipv4_home){0};
	if (mn->state == PMIP_BINDING_REFRESHING && mn->hnp_count)
		pmip__mag_refresh(mag, mn, mn->hi, now);
	else
		register_anew(mag, mn, now);
}

static bool refuses_ipv4(uint8_t status)
{
	return status == PMIP_STATUS_NOT_AUTHORIZED_FOR_IPV4_MOBILITY_SERVICE ||
	       status == PMIP_STATUS_NOT_AUTHORIZED_FOR_IPV4_HOME_ADDRESS ||
	       status == PMIP_STATUS_MULTIPLE_IPV4_HOME_ADDRESS_ASSIGNMENT_NOT_SUPPORTED;
}

/* V4-13, V4-14. */
bool pmip__mag_goes_on_without(struct pmip_mag *mag, const struct pmip_profile *profile, struct pmip__mag_mn *mn, uint8_t status,
			       struct pmip_now now)
{
	bool ipv6 = pmip__mag_asks_ipv6(profile, mn);

	if (!pmip__mag_asks_ipv4(profile, mn))
		return false;
	if (refuses_ipv4(status) && (ipv6 || may_be_another(mn, status))) {
		go_on_without_ipv4(mag, mn, status, now);
		return true;
	}
	if (!ipv6 || status != PMIP_STATUS_NOT_AUTHORIZED_FOR_IPV6_MOBILITY_SERVICE)
		return false;
	mn->ipv6_refused = true;
	pmip__mag_withdraw(mag, mn, true, "IPv6 refused", "RFC 5844 3.2.3.2");
	mn->hnp_count = 0;
	register_anew(mag, mn, now);
	return true;
}
