/* SPDX-License-Identifier: BSD-2-Clause */
/* Proxy Binding Updates: what goes into them, when they are sent and sent again (RFC 5213 sections 6.9.1.3,
 * 6.9.1.5, 6.9.4).
 *
 * A request is one purpose - registration, extension, de-registration - with as many transmissions as it
 * takes, each with a timestamp and a sequence number of its own. An answer to any of them answers the
 * request. */
#include "engine/mag.h"

#include <assert.h>

/* A clock that has been put back by more than this was wrong before: its old timestamps are not to be outdone. */
#define CLOCK_STEP (UINT64_C(1) << 16)

static uint32_t lifetime_to_ask(const struct pmip_mag *mag, const struct pmip_profile *profile)
{
	uint32_t lifetime_s = profile && profile->lifetime_s ? profile->lifetime_s : mag->settings.lifetime_s;

	return lifetime_s - lifetime_s % 4;
}

/* Also within one tick of the clock (RFC 5213 section 5.5). MAG-42. */
uint64_t pmip__mag_next_timestamp(uint64_t last, struct pmip_now now)
{
	uint64_t timestamp = pmip_timestamp_from_us(now.wall_us);

	return timestamp <= last && last - timestamp < CLOCK_STEP ? last + 1 : timestamp;
}

/* With timestamps the sequence number only matches answers to requests, and one counter does for all;
 * without them it orders the requests for one mobile node (RFC 5213 section 5.5). MAG-2, MAG-42. */
static uint16_t next_seq(struct pmip_mag *mag, const struct pmip__mag_mn *mn)
{
	return mag->settings.timestamp_in_use ? ++mag->seq : (uint16_t)(mn->seq + 1);
}

/* The prefixes that are the mobile node's own; with none known, one ALL_ZERO option asks for some (RFC 5213
 * section 6.9.1.1), unless only IPv4 is asked for. MAG-3, MAG-32, V4-11. */
static void add_prefixes(struct pmip_binding_options *options, const struct pmip_profile *profile, const struct pmip__mag_mn *mn)
{
	for (unsigned int i = 0; i < mn->hnp_count; i++)
		if (!mn->hnp[i].off_link)
			options->hnp[options->hnp_count++] = mn->hnp[i];
	if (!options->hnp_count && pmip__mag_asks_ipv6(profile, mn))
		options->hnp_count = 1;
}

/* Where the mobile node is, when the LMA has asked (RFC 7077 section 4.1, RFC 6757 section 3). UPN-6. */
static void add_access_network(struct pmip_mh_writer *writer, const struct pmip__mag_mn *mn)
{
	struct pmip_option option = {.type = PMIP_OPT_ANI};

	if (!mn->tell_access_network || !pmip__mag_has_access_network(mn))
		return;
	option.u.suboptions = (struct pmip_bytes){mn->link->access_network, mn->link->access_network_len};
	pmip_mh_add_option(writer, &option);
}

/* MAG-2, MAG-5, MAG-50. */
static size_t encode(const struct pmip_mag *mag, struct pmip__mag_mn *mn, uint8_t *octets)
{
	const struct pmip_profile *profile = pmip__profiles_by_mn_id(&mag->profiles, &mn->mn_id);
	struct pmip_mh mh = {
		.type = PMIP_MH_BU,
		.u.bu = {
			.seq = mn->seq,
			.flags = PMIP_BU_A | PMIP_BU_P,
			.lifetime_s = mn->state == PMIP_BINDING_DEREGISTERING ? 0 : lifetime_to_ask(mag, profile),
		},
	};
	struct pmip_binding_options options = {
		.has = PMIP_HAS_MN_ID | PMIP_HAS_HI | PMIP_HAS_ATT,
		.mn_id = mn->mn_id,
		.hi = mn->hi,
		.att = mn->att,
		.timestamp = mn->timestamp,
		.ll_id = mn->ll_id,
		.lla = mn->lla,
	};
	struct pmip_mh_writer writer;
	int len;

	if (mn->with_timestamp)
		options.has |= PMIP_HAS_TIMESTAMP;
	if (mn->ll_id.len)
		options.has |= PMIP_HAS_LL_ID;
	if (mn->may_redirect)
		options.has |= PMIP_HAS_REDIRECT_CAPABILITY;
	if (pmip_addr_is_unspecified(&mag->settings.fixed_lla))
		options.has |= PMIP_HAS_LLA;
	add_prefixes(&options, profile, mn);
	if (pmip__mag_asks_ipv4(profile, mn) || (!mh.u.bu.lifetime_s && mn->ipv4.addr.len))
		pmip__mag_ask_ipv4(profile, mn, &options);
	if (mh.u.bu.lifetime_s)
		pmip__mag_ask_gre(mag, mn, &options);
	pmip__mag_path_ask(mag, profile, mn, mn->first,
			   mn->state == PMIP_BINDING_REGISTERING || (mn->replaces && mn->state == PMIP_BINDING_REFRESHING), &options);
	pmip__mag_bulk_ask(mag, profile, mn, &mh, &options);
	pmip_mh_begin(&writer, octets, PMIP__PBU_MAX, &mh);
	pmip_binding_options_write(&writer, &options);
	add_access_network(&writer, mn);
	len = pmip_mh_finish(&writer, pmip__mag_local(mag, mn), &mn->lma->remote);
	assert(len > 0);
	return (size_t)len;
}

/* MAG-43. */
void pmip__mag_transmit(struct pmip_mag *mag, struct pmip__mag_mn *mn, struct pmip_now now)
{
	uint64_t allowed_us = pmip__retransmit_allowed_us(&mn->retransmit, now.mono_us);
	struct pmip_action action = {.type = PMIP_ACTION_SEND};
	uint8_t octets[PMIP__PBU_MAX];
	struct pmip_event event;
	uint64_t again_us;

	if (mn->clock_refused && mn->state != PMIP_BINDING_DEREGISTERING) {
		pmip__timerq_cancel(&mag->timers, &mn->send);
		return;
	}
	if (allowed_us > now.mono_us) {
		pmip__timerq_set(&mag->timers, &mn->send, allowed_us);
		return;
	}
	pmip__mag_list_set_seq(mag, mn, next_seq(mag, mn));
	mn->with_timestamp = mag->settings.timestamp_in_use;
	if (mn->with_timestamp)
		mn->timestamp = pmip__mag_next_timestamp(mn->timestamp, now);
	action.u.send = (struct pmip_dgram){*pmip__mag_local(mag, mn), mn->lma->remote, octets, encode(mag, mn, octets)};
	pmip__action_queue_push(&mag->actions, &action);
	mag->counters[PMIP_MAG_PBU_SENT]++;
	if (mn->retransmit.sends)
		mag->counters[PMIP_MAG_RETRANSMITTED]++;
	event = pmip__mag_event(mn, PMIP_EVENT_PBU_SENT);
	pmip__mag_notify(mag, &event);
	again_us = pmip__retransmit_sent(&mn->retransmit, mn->seq, now.mono_us,
					 mn->bindack_initial_ms ? mn->bindack_initial_ms : mag->settings.bindack_initial_ms,
					 mn->bindack_max_ms ? mn->bindack_max_ms : mag->settings.bindack_max_ms);
	pmip__timerq_set(&mag->timers, &mn->send, again_us);
}

/* MAG-6, RED-1. */
static void request(struct pmip_mag *mag, struct pmip__mag_mn *mn, enum pmip_binding_state state, uint8_t hi,
		    struct pmip_now now)
{
	pmip__mag_enter(mag, mn, state);
	mn->hi = hi;
	mn->may_redirect = mag->settings.redirect && state == PMIP_BINDING_REGISTERING;
	mn->revoking = false; /* what is asked for now counts */
	mn->elsewhere = mn->elsewhere && state == PMIP_BINDING_DEREGISTERING;
	pmip__retransmit_begin(&mn->retransmit);
	pmip__mag_transmit(mag, mn, now);
}

void pmip__mag_register(struct pmip_mag *mag, struct pmip__mag_mn *mn, uint8_t hi, struct pmip_now now)
{
	struct pmip__peer *lma = pmip__mag_home_lma(mag, &mn->mn_id);

	if (mn->in_group && lma != mn->lma)
		pmip__mag_bulk_doubt(mag, mn, now);
	pmip__mag_set_lma(mag, mn, lma);
	request(mag, mn, PMIP_BINDING_REGISTERING, hi, now);
}

void pmip__mag_refresh(struct pmip_mag *mag, struct pmip__mag_mn *mn, uint8_t hi, struct pmip_now now)
{
	pmip__timerq_set(&mag->timers, &mn->life, mn->expires_us);
	request(mag, mn, PMIP_BINDING_REFRESHING, hi, now);
}

void pmip__mag_refresh_at(struct pmip_mag *mag, struct pmip__mag_mn *mn, uint64_t *at_us)
{
	if (*at_us < mn->life.at_us)
		pmip__timerq_set(&mag->timers, &mn->life, *at_us);
	*at_us += PMIP__REREGISTER_GAP_US;
}

/* MAG-4, PAP-1. */
uint8_t pmip__mag_first_hi(const struct pmip_mag *mag, const struct pmip__mag_mn *mn)
{
	const struct pmip_profile *profile = pmip__profiles_by_mn_id(&mag->profiles, &mn->mn_id);

	return profile && profile->shares_prefixes ? mag->settings.hi_logical_interface : PMIP_HI_UNKNOWN;
}

/* MAG-50. */
void pmip__mag_deregister(struct pmip_mag *mag, struct pmip__mag_mn *mn, struct pmip_now now)
{
	pmip__mag_paths_deregister(mag, mn, now);
	request(mag, mn, PMIP_BINDING_DEREGISTERING, PMIP_HI_UNKNOWN, now);
}

void pmip__mag_deregistered(struct pmip_mag *mag, struct pmip__mag_mn *mn, struct pmip_now now)
{
	pmip__mag_withdraw(mag, mn, false, "de-registered", "RFC 5213 6.9.1.4");
	if (mn->link)
		pmip__mag_enter(mag, mn, PMIP_BINDING_DENIED);
	else
		pmip__mag_go_idle(mag, mn, now);
}

void pmip__mag_go_idle(struct pmip_mag *mag, struct pmip__mag_mn *mn, struct pmip_now now)
{
	uint64_t forget_us = pmip__retransmit_last_us(&mn->retransmit) + PMIP__US_PER_S;

	pmip__mag_enter(mag, mn, PMIP__MAG_IDLE);
	pmip__mag_forget_addresses(mn);
	mn->in_group = mn->gre_refused = mn->paths_refused = false;
	mn->lla = (struct pmip_addr){0};
	pmip__timerq_set(&mag->timers, &mn->send, forget_us > now.mono_us ? forget_us : now.mono_us);
}

/* MAG-40, MAG-50. */
void pmip__mag_on_send_timer(struct pmip_mag *mag, struct pmip__mag_mn *mn, struct pmip_now now)
{
	struct pmip_event event;

	if (mn->state == PMIP__MAG_IDLE) {
		pmip__timerq_cancel(&mag->timers, &mn->send);
		pmip__mag_list_remove(mag, mn);
		return;
	}
	if (!mn->retransmit.sends) {
		pmip__mag_transmit(mag, mn, now);
		return;
	}
	if (mn->state != PMIP_BINDING_DEREGISTERING && !pmip__mag_is_present(mag, mn, &mn->send, now))
		return;
	event = pmip__mag_event(mn, PMIP_EVENT_UNANSWERED);
	pmip__mag_notify(mag, &event);
	if (mn->state == PMIP_BINDING_DEREGISTERING && pmip__mag_bulk_insists(mag, mn)) {
		pmip__mag_withdraw(mag, mn, false, "de-registered, no answer yet", "RFC 5213 6.9.1.4");
		pmip__mag_transmit(mag, mn, now);
	} else if (mn->state == PMIP_BINDING_DEREGISTERING) {
		pmip__mag_bulk_doubt(mag, mn, now);
		pmip__mag_deregistered(mag, mn, now);
	} else if (!pmip__mag_path_change(mag, mn, now)) {
		pmip__mag_transmit(mag, mn, now);
	}
}

/* MAG-30, MAG-32, RED-5. */
void pmip__mag_on_life_timer(struct pmip_mag *mag, struct pmip__mag_mn *mn, struct pmip_now now)
{
	if (now.mono_us < mn->expires_us && mn->revoking) {
		/* Not extended while its end is asked for; when that is refused, it will be. */
		uint64_t later_us = now.mono_us + PMIP__US_PER_S;

		pmip__timerq_set(&mag->timers, &mn->life, later_us < mn->expires_us ? later_us : mn->expires_us);
		return;
	}
	if (now.mono_us < mn->expires_us) {
		if (!pmip__mag_is_present(mag, mn, &mn->life, now))
			return;
		if (pmip__mag_bulk_is_due(mag, mn, now))
			pmip__mag_bulk_refresh(mag, mn, now);
		else
			pmip__mag_refresh(mag, mn, PMIP_HI_UNCHANGED, now);
		return;
	}
	if (pmip__mag_path_change(mag, mn, now))
		return;
	mag->counters[PMIP_MAG_EXPIRED]++;
	if (mn->lma->unreachable)
		pmip__mag_withdraw(mag, mn, true, "its LMA is unreachable", "RFC 6463 5.2");
	else
		pmip__mag_withdraw(mag, mn, true, "lifetime over, no answer from the LMA", "RFC 5213 6.9.1.3");
	pmip__mag_register(mag, mn, pmip__mag_first_hi(mag, mn), now);
}
