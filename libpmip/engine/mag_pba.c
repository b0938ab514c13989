/* SPDX-License-Identifier: BSD-2-Clause */
/* Proxy Binding Acknowledgements (RFC 5213 section 6.9.1.2). 1. Is it for us, and whole? 2. Which request
 * does it answer? 3. Does it repeat what was asked? 4. It accepts or refuses. */
#include "engine/mag.h"

#include "base/mnid.h"

#define REF "RFC 5213 6.9.1.2"
/* A lifetime is extended so long before its end, unless the LMA says otherwise (RFC 8127 section 3.1.1). */
#define REFRESH_BEFORE_S 40

struct pba {
	const struct pmip_dgram *dgram;
	const struct pmip_mh *mh;
	struct pmip_ba ba;
	struct pmip_binding_options options;
	const struct pmip_profile *profile; /* of the mobile node, NULL = none any more */
	struct pmip_ipv4_home ipv4;         /* granted; addr none = nothing */
	uint64_t sent_us; /* of the PBU that it answers */
	uint32_t tolerate, tolerated; /* of the LMA, and what of that it has needed */
	struct pmip_now now;
};

/* tolerance: with which it would not be ignored, 0 = there is none. */
static void notify_ignored(struct pmip_mag *mag, const struct pmip_dgram *dgram, const struct pmip_mnid *mn_id, const char *rule,
			   const char *ref, enum pmip_tolerance tolerance)
{
	struct pmip_event event = {.type = PMIP_EVENT_IGNORED, .peer = dgram->src, .rule = rule, .ref = ref, .tolerance = tolerance};

	if (mn_id)
		event.mn_id = *mn_id;
	mag->counters[PMIP_MAG_IGNORED]++;
	pmip__mag_notify(mag, &event);
}

void pmip__mag_ignore(struct pmip_mag *mag, const struct pmip_dgram *dgram, const struct pmip_mnid *mn_id, const char *rule,
		      const char *ref)
{
	notify_ignored(mag, dgram, mn_id, rule, ref, 0);
}

static void ignore(struct pmip_mag *mag, const struct pba *pba, const char *rule)
{
	pmip__mag_ignore(mag, pba->dgram, &pba->options.mn_id, rule, REF);
}

/* TOL-3. */
static void ignore_without(struct pmip_mag *mag, const struct pba *pba, const char *rule, enum pmip_tolerance tolerance)
{
	notify_ignored(mag, pba->dgram, &pba->options.mn_id, rule, REF, tolerance);
}

/* Whether the LMA may go without something. It is noted as used. */
static bool tolerates(struct pba *pba, enum pmip_tolerance tolerance)
{
	pba->tolerated |= pba->tolerate & tolerance;
	return pba->tolerate & tolerance;
}

/* No more requests until it attaches again. MAG-11, MAG-12, MAG-16. */
static void deny(struct pmip_mag *mag, struct pmip__mag_mn *mn, bool for_good, const char *rule, struct pmip_now now)
{
	if (mn->in_group)
		pmip__mag_bulk_doubt(mag, mn, now);
	pmip__mag_paths_deregister(mag, mn, now);
	pmip__mag_withdraw(mag, mn, true, rule, REF);
	pmip__mag_forget_addresses(mn);
	mn->denied_for_good = for_good;
	pmip__mag_enter(mag, mn, PMIP_BINDING_DENIED);
}

/* TOL-7. */
static bool is_whole(struct pba *pba, const struct pmip__mag_mn *mn)
{
	bool has_hi_att = pba->options.has & PMIP_HAS_HI && pba->options.has & PMIP_HAS_ATT;

	if (mn->ll_id.len && !(pba->options.has & PMIP_HAS_LL_ID))
		return false;
	return has_hi_att || tolerates(pba, PMIP_TOLERATE_NO_HI_ATT);
}

/* The tolerance with which it would be whole; 0 = there is none. */
static enum pmip_tolerance tolerance_of(const struct pba *pba, const struct pmip__mag_mn *mn)
{
	return mn->ll_id.len && !(pba->options.has & PMIP_HAS_LL_ID) ? 0 : PMIP_TOLERATE_NO_HI_ATT;
}

/* Options that it may go without have been looked at. MAG-11. */
static bool repeats_request(const struct pba *pba, const struct pmip__mag_mn *mn)
{
	const struct pmip_binding_options *options = &pba->options;

	return (options->hi == mn->hi || !(options->has & PMIP_HAS_HI)) && (options->att == mn->att || !(options->has & PMIP_HAS_ATT)) &&
	       (!mn->ll_id.len || pmip_llid_equal(&options->ll_id, &mn->ll_id));
}

bool pmip__mag_is_usable_prefix(const struct pmip_prefix *prefix)
{
	return prefix->len && pmip_addr_is_unicast(&prefix->addr) && !pmip_addr_is_link_local(&prefix->addr);
}

/* Does an acceptance give all that is needed? NULL, or what is wrong. */
static const char *flaw(const struct pmip_mag *mag, const struct pba *pba, const struct pmip__mag_mn *mn)
{
	const struct pmip_binding_options *options = &pba->options;
	const char *ipv4 = pmip__mag_ipv4_flaw(&pba->ipv4);
	unsigned int own = 0;

	for (unsigned int i = 0; i < options->hnp_count; i++) {
		if (!pmip__mag_is_usable_prefix(&options->hnp[i].prefix))
			return "accepts with a prefix that cannot be used";
		own += !options->hnp[i].off_link;
	}
	if (ipv4)
		return ipv4;
	if (!own && !pba->ipv4.addr.len)
		return "accepts without a Home Network Prefix";
	if (!pba->ba.lifetime_s)
		return "accepts with lifetime 0";
	if ((pba->ba.flags & PMIP_BA_B) && !(options->has & PMIP_HAS_GROUP))
		return "grants bulk registration without a group"; /* BLK-1 */
	if (mn->with_timestamp && !(options->has & PMIP_HAS_TIMESTAMP))
		return "accepts without the Timestamp option";
	if (pmip_addr_is_unspecified(&mag->settings.fixed_lla) && !pmip_addr_is_link_local(&options->lla))
		return "accepts without a Link-local Address";
	return NULL;
}

/* The prefixes that are its own here. */
bool pmip__mag_same_prefixes(const struct pmip__mag_mn *mn, const struct pmip_binding_options *options)
{
	unsigned int own = 0;

	for (unsigned int i = 0; i < mn->hnp_count; i++)
		if (!mn->hnp[i].off_link && !pmip__mag_has_prefix(options->hnp, options->hnp_count, &mn->hnp[i]))
			return false;
	for (unsigned int i = 0; i < options->hnp_count; i++)
		own += !options->hnp[i].off_link;
	return own == pmip__mag_own_prefixes(mn, NULL);
}

/* 40 seconds before its end, or at its half when it is short. MAG-30. */
uint32_t pmip__mag_refresh_after(const struct pmip__mag_mn *mn, uint32_t lifetime_s)
{
	uint32_t before_s = mn->refresh_before_s ? mn->refresh_before_s : REFRESH_BEFORE_S;

	return lifetime_s < 2 * before_s ? lifetime_s / 2 : lifetime_s - before_s;
}

/* The lifetime granted counts, from when the request left, since the LMA cannot have begun to count before. MAG-19. */
void pmip__mag_begin_lifetime(struct pmip_mag *mag, struct pmip__mag_mn *mn, uint32_t lifetime_s, uint64_t sent_us)
{
	uint32_t refresh_s = pmip__mag_refresh_after(mn, lifetime_s);

	mn->lifetime_s = lifetime_s;
	mn->expires_us = sent_us + lifetime_s * PMIP__US_PER_S;
	pmip__timerq_set(&mag->timers, &mn->life, sent_us + refresh_s * PMIP__US_PER_S);
}

/* MAG-17, MAG-18, V4-12. */
static void accept(struct pmip_mag *mag, struct pmip__mag_mn *mn, const struct pba *pba)
{
	const struct pmip_binding_options *options = &pba->options;
	bool extension = mn->state == PMIP_BINDING_REFRESHING;
	bool is_new = !mn->hnp_count && options->hnp_count; /* forwarding is to be set */
	struct pmip_event event;

	mag->counters[extension ? PMIP_MAG_REFRESHED : PMIP_MAG_REGISTERED]++;
	if (mn->hnp_count && extension && !pmip__mag_same_prefixes(mn, options))
		pmip__mag_withdraw(mag, mn, true, "other prefixes assigned", REF);
	pmip__mag_enter(mag, mn, PMIP_BINDING_ACTIVE);
	mn->clock_refused = false;
	pmip__mag_take_times(mn, options);
	pmip__mag_begin_lifetime(mag, mn, pba->ba.lifetime_s, pba->sent_us);
	pmip__mag_redirect(mag, mn, pba->dgram, options);
	pmip__mag_take_heartbeat(mn, options);
	pmip__mag_paths_granted(mag, pba->profile, mn, options);
	pmip__mag_bulk_accepted(mag, pba->profile, mn, &pba->ba, options, pba->sent_us);
	pmip__heartbeat_wake(&mag->heartbeat, &mn->lma->remote, &mag->settings.proxy_coa, pba->now.mono_us);
	mn->lla = options->lla;
	mn->tell_access_network = false;
	if (mn->forwarding == PMIP__MAG_DOWN || is_new) {
		mn->hnp_count = options->hnp_count;
		for (unsigned int i = 0; i < options->hnp_count; i++)
			mn->hnp[i] = options->hnp[i];
	} else if (pmip__mag_replace_off_link(mag, mn, options->hnp, options->hnp_count)) {
		is_new = true;
	}
	pmip__mag_take_flows(mag, mn, pba->mh);
	if (pmip__mag_ipv4_accept(mag, pba->profile, mn, options, &pba->ipv4))
		is_new = true;
	if (pmip__mag_gre_accept(mn, options, pba->ba.status))
		is_new = true;
	if (mn->forwarding == PMIP__MAG_DOWN) {
		pmip__mag_install(mag, mn);
		return;
	}
	event = pmip__mag_event(mn, PMIP_EVENT_BINDING_REFRESHED);
	pmip__mag_notify(mag, &event);
	if (is_new)
		pmip__mag_install(mag, mn);
	else if (mn->forwarding == PMIP__MAG_UP)
		pmip__mag_advertise(mag, mn, pba->now);
	pmip__mag_paths_begin(mag, mn, pba->now);
}

/* The request may be repeated as it is. Only a refusal of the last transmission counts: a later one may fare better.
 * MAG-13. */
static void retry(struct pmip_mag *mag, struct pmip__mag_mn *mn, const struct pba *pba)
{
	if (pba->ba.status == PMIP_STATUS_SEQ_OUT_OF_WINDOW)
		pmip__mag_list_set_seq(mag, mn, pba->ba.seq);
	else if (pba->ba.seq != mn->seq)
		return;
	if (mn->retransmit.sends < PMIP__FAST_RETRIES && pmip__mag_is_present(mag, mn, &mn->send, pba->now))
		pmip__mag_transmit(mag, mn, pba->now);
}

/* MAG-12, MAG-14, MAG-15, MAG-16, MAG-33. */
static void refuse(struct pmip_mag *mag, struct pmip__mag_mn *mn, const struct pba *pba)
{
	struct pmip_event event = pmip__mag_event(mn, PMIP_EVENT_REFUSED);
	uint8_t status = pba->ba.status;

	event.status = status;
	mag->counters[PMIP_MAG_REFUSED]++;
	pmip__mag_notify(mag, &event);
	if (mn->state == PMIP_BINDING_DEREGISTERING) {
		if (pmip__mag_bulk_insists(mag, mn))
			return;
		if (mn->in_group)
			pmip__mag_bulk_doubt(mag, mn, pba->now);
		pmip__mag_deregistered(mag, mn, pba->now);
		return;
	}
	if (status == PMIP_STATUS_TIMESTAMP_MISMATCH) {
		pmip__mag_clock_refused(mag, mn);
		return;
	}
	if (pmip__mag_is_out_of_order(status)) {
		retry(mag, mn, pba);
		return;
	}
	if (pmip__mag_gre_required(mag, mn, status) || pmip__mag_paths_refused(mag, mn, status)) {
		if (mn->state == PMIP_BINDING_REFRESHING)
			pmip__mag_refresh(mag, mn, mn->hi, pba->now);
		else
			pmip__mag_register(mag, mn, mn->hi, pba->now);
		return;
	}
	if (pmip__mag_goes_on_without(mag, pba->profile, mn, status, pba->now))
		return;
	if (pmip__mag_address_count(mn) && (status == PMIP_STATUS_NOT_AUTHORIZED_FOR_HOME_NETWORK_PREFIX ||
					    status == PMIP_STATUS_BCE_PBU_PREFIX_SET_DO_NOT_MATCH)) {
		pmip__mag_withdraw(mag, mn, true, "prefixes refused", REF);
		pmip__mag_forget_addresses(mn);
		pmip__mag_register(mag, mn, pmip__mag_first_hi(mag, mn), pba->now);
		return;
	}
	deny(mag, mn, status == PMIP_STATUS_PROXY_REG_NOT_ENABLED, "refused by the LMA", pba->now);
}

/* The status that says so carries the sequence number last accepted instead of ours (RFC 6275 section 9.5.1).
 * MAG-10, MAG-44. */
static bool answers(struct pba *pba, const struct pmip__mag_mn *mn)
{
	if (!pmip__mag_allows(mn, PMIP__MAG_ON_PBA))
		return false;
	if (pba->ba.status == PMIP_STATUS_SEQ_OUT_OF_WINDOW && !mn->with_timestamp && mn->retransmit.sends)
		return true;
	return pmip__retransmit_match(&mn->retransmit, pba->ba.seq, &pba->sent_us);
}

/* An answer with somebody else's MN-ID, whom we do not know: whose request it answers, only its sequence
 * number tells. MAG-11. */
static void wrong_mn_id(struct pmip_mag *mag, const struct pba *pba)
{
	struct pmip__mag_mn *mn = mag->settings.timestamp_in_use ? pmip__mag_list_find_seq(mag, pba->ba.seq) : NULL;
	struct pmip_mnid bare;
	bool is_padded = pmip__mnid_unpad(&pba->options.mn_id, &bare) && pmip__mag_list_find(mag, &bare);

	ignore_without(mag, pba, "no such mobile node", is_padded ? PMIP_TOLERATE_PADDED_MN_ID : 0);
	if (mn && pmip__mag_is_lma_of(mn, &pba->dgram->src) &&
	    (mn->state == PMIP_BINDING_REGISTERING || mn->state == PMIP_BINDING_REFRESHING))
		deny(mag, mn, true, "answered with another Mobile Node Identifier", pba->now);
}

static void take(struct pmip_mag *mag, struct pba *pba)
{
	struct pmip__mag_mn *mn = pmip__mag_list_find(mag, &pba->options.mn_id);
	struct pmip__mag_path *path = mn ? pmip__mag_path_at(mag, mn, &pba->dgram->dst) : NULL;
	const char *rule = NULL;

	pba->profile = pmip__profiles_by_mn_id(&mag->profiles, &pba->options.mn_id);
	if (mn)
		pba->ipv4 = pmip__mag_ipv4_granted(pba->profile, mn, &pba->options);
	if ((pba->options.has & (PMIP_HAS_MN_ID | PMIP_HAS_GROUP)) == PMIP_HAS_GROUP) {
		pmip__mag_bulk_pba(mag, pba->dgram, &pba->ba, &pba->options, pba->now);
	} else if (!(pba->options.has & PMIP_HAS_MN_ID)) {
		ignore(mag, pba, "lacks the Mobile Node Identifier");
	} else if (!mn) {
		wrong_mn_id(mag, pba);
	} else if (!pmip__mag_is_lma_of(mn, &pba->dgram->src)) {
		ignore(mag, pba, "not from the LMA of this mobile node");
	} else if (path) {
		rule = pmip__mag_path_pba(mag, path, &pba->ba, &pba->options, pba->now);
		if (rule)
			ignore(mag, pba, rule);
	} else if (!answers(pba, mn)) {
		ignore(mag, pba, "answers nothing outstanding");
	} else if (!is_whole(pba, mn)) {
		ignore_without(mag, pba, "lacks options of the request", tolerance_of(pba, mn));
	} else if (!repeats_request(pba, mn)) {
		ignore(mag, pba, "differs from the request");
		if (mn->state != PMIP_BINDING_DEREGISTERING)
			deny(mag, mn, true, "answer differs from the request", pba->now);
	} else if (pba->ba.status >= PMIP_STATUS_REASON_UNSPECIFIED) {
		refuse(mag, mn, pba);
	} else if (mn->state == PMIP_BINDING_DEREGISTERING) {
		pmip__mag_deregistered(mag, mn, pba->now);
	} else if ((rule = flaw(mag, pba, mn))) {
		ignore(mag, pba, rule);
	} else {
		accept(mag, mn, pba);
	}
}

/* TOL-6. */
uint32_t pmip__mag_pba(struct pmip_mag *mag, const struct pmip_dgram *dgram, const struct pmip_mh *mh, uint32_t tolerate,
		       struct pmip_now now)
{
	struct pba pba = {.dgram = dgram, .mh = mh, .ba = mh->u.ba, .tolerate = tolerate, .now = now};
	int err = pmip_binding_options_read(&pba.options, mh);

	if (!err && mag->settings.flowmob_option_type)
		err = pmip_binding_options_read_flowmob(&pba.options, mh, mag->settings.flowmob_option_type);
	if (!(mh->u.ba.flags & PMIP_BA_P) && !tolerates(&pba, PMIP_TOLERATE_NO_P_FLAG))
		ignore_without(mag, &pba, "flag P is not set", PMIP_TOLERATE_NO_P_FLAG);
	else if (!pmip__mag_is_for_us(mag, dgram, &pba.options.mn_id, REF))
		return 0;
	else if (err)
		ignore(mag, &pba, "more prefixes, or a longer link-layer identifier, than are kept");
	else
		take(mag, &pba);
	return pba.tolerated;
}
