/* SPDX-License-Identifier: BSD-2-Clause */
/* The MAG engine's public calls: the edge where time is checked and room for actions is reserved, so that
 * the procedures behind it cannot fail. */
#include "engine/mag.h"

#include "base/mem.h"

#include <assert.h>
#include <string.h>

#define STATES (PMIP_BINDING_DENIED + 1)
#define BIT(state) (1U << (unsigned int)(state))

/* What may happen in a state, and where it may lead. */
static const struct {
	unsigned int events; /* enum pmip__mag_event */
	unsigned int next;   /* BIT() of states */
} machine[STATES] = {
	[PMIP__MAG_IDLE] = {
		PMIP__MAG_ON_ATTACH | PMIP__MAG_ON_SEND,
		BIT(PMIP_BINDING_REGISTERING),
	},
	[PMIP_BINDING_REGISTERING] = {
		PMIP__MAG_ON_ATTACH | PMIP__MAG_ON_DETACH | PMIP__MAG_ON_PBA | PMIP__MAG_ON_SEND,
		BIT(PMIP_BINDING_REGISTERING) | BIT(PMIP_BINDING_ACTIVE) | BIT(PMIP_BINDING_DEREGISTERING) |
			BIT(PMIP_BINDING_DENIED) | BIT(PMIP__MAG_IDLE),
	},
	[PMIP_BINDING_ACTIVE] = {
		PMIP__MAG_ON_ATTACH | PMIP__MAG_ON_DETACH | PMIP__MAG_ON_LIFE | PMIP__MAG_ON_RA | PMIP__MAG_ON_COMPLETE,
		BIT(PMIP_BINDING_REFRESHING) | BIT(PMIP_BINDING_REGISTERING) | BIT(PMIP_BINDING_DEREGISTERING) |
			BIT(PMIP_BINDING_DENIED) | BIT(PMIP__MAG_IDLE),
	},
	[PMIP_BINDING_REFRESHING] = {
		PMIP__MAG_ON_ATTACH | PMIP__MAG_ON_DETACH | PMIP__MAG_ON_PBA | PMIP__MAG_ON_SEND | PMIP__MAG_ON_LIFE |
			PMIP__MAG_ON_RA | PMIP__MAG_ON_COMPLETE,
		BIT(PMIP_BINDING_REFRESHING) | BIT(PMIP_BINDING_ACTIVE) | BIT(PMIP_BINDING_REGISTERING) |
			BIT(PMIP_BINDING_DEREGISTERING) | BIT(PMIP_BINDING_DENIED) | BIT(PMIP__MAG_IDLE),
	},
	[PMIP_BINDING_DEREGISTERING] = {
		PMIP__MAG_ON_ATTACH | PMIP__MAG_ON_DETACH | PMIP__MAG_ON_PBA | PMIP__MAG_ON_SEND,
		BIT(PMIP_BINDING_REGISTERING) | BIT(PMIP_BINDING_DENIED) | BIT(PMIP__MAG_IDLE),
	},
	[PMIP_BINDING_DENIED] = {
		PMIP__MAG_ON_ATTACH | PMIP__MAG_ON_DETACH,
		BIT(PMIP_BINDING_REGISTERING) | BIT(PMIP__MAG_IDLE),
	},
};

bool pmip__mag_allows(const struct pmip__mag_mn *mn, enum pmip__mag_event event)
{
	return machine[mn->state].events & event;
}

void pmip__mag_enter(struct pmip_mag *mag, struct pmip__mag_mn *mn, enum pmip_binding_state state)
{
	assert(machine[mn->state].next & BIT(state));
	mag->idle -= mn->state == PMIP__MAG_IDLE;
	mag->idle += state == PMIP__MAG_IDLE;
	mn->state = state;
	mn->ask_end_us = 0;
	if (!pmip__mag_is_registered(mn)) {
		pmip__mag_bulk_leave(mag, mn);
		pmip__mag_paths_stop(mag, mn);
	}
	if (state == PMIP__MAG_IDLE || state == PMIP_BINDING_DENIED)
		mn->revoking = false; /* there is nothing left to revoke */
	if (!pmip__mag_allows(mn, PMIP__MAG_ON_SEND))
		pmip__timerq_cancel(&mag->timers, &mn->send);
	if (!pmip__mag_allows(mn, PMIP__MAG_ON_LIFE))
		pmip__timerq_cancel(&mag->timers, &mn->life);
	if (!pmip__mag_allows(mn, PMIP__MAG_ON_RA))
		pmip__timerq_cancel(&mag->timers, &mn->ra);
	if (!pmip__mag_allows(mn, PMIP__MAG_ON_PBA))
		pmip__mag_list_unset_seq(mag, mn);
}

int pmip__mag_reserve(struct pmip_mag *mag, size_t actions, size_t octets, size_t ops)
{
	int err = pmip__action_queue_reserve(&mag->actions, actions, octets);

	return err ? err : pmip__op_ring_reserve(&mag->ops, ops);
}

int pmip__mag_reserve_steps(struct pmip_mag *mag, size_t steps)
{
	size_t paths = mag->settings.path_count;

	return pmip__mag_reserve(mag, steps * (PMIP__MAG_STEP_ACTIONS + paths * PMIP__MAG_PATH_ACTIONS),
				 steps * (PMIP__MAG_STEP_OCTETS + paths * PMIP__PBU_MAX),
				 steps * (PMIP__MAG_STEP_OPS + paths * PMIP__MAG_PATH_OPS));
}

int pmip__mag_reserve_detach(struct pmip_mag *mag, size_t count)
{
	size_t paths = mag->settings.path_count;

	return pmip__mag_reserve(mag, (PMIP__MAG_DETACH_ACTIONS + paths) * count, (PMIP__MAG_DETACH_OCTETS + paths * PMIP__PBU_MAX) * count, 0);
}

struct pmip_event pmip__mag_event(const struct pmip__mag_mn *mn, enum pmip_event_type type)
{
	struct pmip_event event = {
		.type = type,
		.mn_id = mn->mn_id,
		.peer = mn->lma->remote,
		.ll_id = mn->ll_id,
		.link = mn->link_number,
		.lifetime_s = mn->lifetime_s,
	};

	event.prefix_count = pmip__mag_own_prefixes(mn, event.prefix);
	event.ipv4 = mn->ipv4;
	return event;
}

void pmip__mag_notify(struct pmip_mag *mag, const struct pmip_event *event)
{
	struct pmip_action action = {.type = PMIP_ACTION_NOTIFY, .u.event = *event};

	pmip__action_queue_push(&mag->actions, &action);
}

static bool is_complete(const struct pmip__mag_settings *settings)
{
	if (pmip_addr_is_unspecified(&settings->proxy_coa) || pmip_addr_is_unspecified(&settings->lma))
		return false;
	return !settings->path_count ||
	       (pmip_addr_equal(&settings->path[0].addr, &settings->proxy_coa) && settings->gre == PMIP_MAG_GRE_OFF);
}

static bool same_paths(const struct pmip__mag_settings *a, const struct pmip__mag_settings *b)
{
	bool same = a->path_count == b->path_count;

	for (unsigned int i = 0; same && i < a->path_count; i++)
		same = pmip_addr_equal(&a->path[i].addr, &b->path[i].addr) && a->path[i].bid == b->path[i].bid &&
		       a->path[i].label == b->path[i].label && a->path[i].att == b->path[i].att;
	return same;
}

int pmip_mag_new(struct pmip_mag **mag, const struct pmip_mag_config *config, const struct pmip_mem *mem,
		 const uint8_t hash_key[16])
{
	struct pmip_mem own = pmip__mem_resolve(mem);
	struct pmip_mag *made;

	if (!is_complete(&config->settings))
		return PMIP_ERR_CONFIG;
	made = pmip__mem_alloc(&own, sizeof(*made));
	if (!made)
		return PMIP_ERR_NOMEM;
	made->mem = own;
	made->settings = config->settings;
	made->key = pmip__hash_key(hash_key);
	pmip__profiles_init(&made->profiles, &own);
	pmip__mag_list_init(made);
	pmip__mag_bulk_init(made);
	pmip__action_queue_init(&made->actions, &own);
	pmip__op_ring_init(&made->ops, &own);
	pmip__outstanding_init(&made->revocations, &own, 0);
	pmip__heartbeat_init(&made->heartbeat, &own, &made->actions, &made->counters[PMIP_MAG_HEARTBEAT_SENT]);
	if (pmip__profiles_add_all(&made->profiles, &config->profiles) || pmip__peer_rules_copy(&made->lmas, &own, &config->lmas) ||
	    pmip__mag_lmas_configure(made, &made->settings, &made->profiles, 0)) {
		pmip_mag_free(made);
		return PMIP_ERR_NOMEM;
	}
	pmip__heartbeat_start(&made->heartbeat);
	*mag = made;
	return 0;
}

void pmip_mag_free(struct pmip_mag *mag)
{
	struct pmip_mem mem;

	if (!mag)
		return;
	mem = mag->mem;
	pmip__profiles_fini(&mag->profiles);
	pmip__peer_rules_free(&mag->lmas, &mem);
	pmip__mag_list_fini(mag);
	pmip__mag_bulk_fini(mag);
	pmip__heartbeat_fini(&mag->heartbeat);
	pmip__action_queue_fini(&mag->actions);
	pmip__op_ring_fini(&mag->ops);
	pmip__outstanding_fini(&mag->revocations);
	pmip__mem_free(&mem, mag);
}

static bool is_allowed(const struct pmip__profiles *profiles, const struct pmip__mag_settings *settings, const struct pmip__mag_mn *mn)
{
	const struct pmip_profile *profile = pmip__profiles_by_mn_id(profiles, &mn->mn_id);
	uint8_t id[PMIP_MNID_MAX];
	struct pmip_mnid unknown;

	if (profile)
		return !profile->disabled;
	unknown = pmip__mag_name_unknown(settings, &mn->ll_id, id);
	return pmip_mnid_equal(&unknown, &mn->mn_id);
}

static size_t count_not_allowed(const struct pmip_mag *mag, const struct pmip__profiles *profiles,
				const struct pmip__mag_settings *settings)
{
	const struct pmip__mag_mn *mn;
	size_t cursor = 0, count = 0;

	while ((mn = pmip__htable_next(&mag->by_mn_id, &cursor)))
		count += mn->link && !is_allowed(profiles, settings, mn);
	return count;
}

int pmip_mag_reconfigure(struct pmip_mag *mag, const struct pmip_mag_config *config, struct pmip_now now)
{
	struct pmip__profiles profiles;
	struct pmip__peer_rules lmas = {0};
	struct pmip__mag_mn *mn;
	size_t cursor = 0, leaving;

	if (now.mono_us < mag->last_us)
		return PMIP_ERR_TIME;
	if (!pmip_addr_equal(&config->settings.proxy_coa, &mag->settings.proxy_coa) ||
	    !is_complete(&config->settings) || !same_paths(&config->settings, &mag->settings) ||
	    pmip_addr_is_unspecified(&config->settings.fixed_lla) != pmip_addr_is_unspecified(&mag->settings.fixed_lla))
		return PMIP_ERR_CONFIG;
	pmip__profiles_init(&profiles, &mag->mem);
	if (pmip__profiles_add_all(&profiles, &config->profiles) || pmip__peer_rules_copy(&lmas, &mag->mem, &config->lmas))
		goto nomem;
	leaving = count_not_allowed(mag, &profiles, &config->settings);
	if (pmip__mag_reserve_detach(mag, leaving) ||
	    pmip__mag_lmas_configure(mag, &config->settings, &profiles, now.mono_us))
		goto nomem;
	mag->last_us = now.mono_us;
	mag->settings = config->settings;
	pmip__profiles_fini(&mag->profiles);
	mag->profiles = profiles;
	pmip__peer_rules_free(&mag->lmas, &mag->mem);
	mag->lmas = lmas;
	while ((mn = pmip__htable_next(&mag->by_mn_id, &cursor)))
		if (mn->link && !is_allowed(&mag->profiles, &mag->settings, mn))
			pmip__mag_detach_mn(mag, mn, true, now);
	return 0;
nomem:
	pmip__profiles_fini(&profiles);
	pmip__peer_rules_free(&lmas, &mag->mem);
	return PMIP_ERR_NOMEM;
}

static void count_error(struct pmip_mag *mag, int err)
{
	if (err == PMIP_ERR_CHECKSUM)
		mag->counters[PMIP_MAG_BAD_CHECKSUM]++;
	else if (err == PMIP_ERR_TYPE_UNKNOWN)
		mag->counters[PMIP_MAG_UNKNOWN_TYPE]++;
	else
		mag->counters[PMIP_MAG_MALFORMED]++;
}

static uint32_t dispatch(struct pmip_mag *mag, const struct pmip_dgram *dgram, const struct pmip_mh *mh, uint32_t tolerate,
			 struct pmip_now now)
{
	switch (mh->type) {
	case PMIP_MH_BA:
		mag->counters[PMIP_MAG_PBA]++;
		return pmip__mag_pba(mag, dgram, mh, tolerate, now);
	case PMIP_MH_HEARTBEAT:
		pmip__mag_heartbeat(mag, dgram, mh, now);
		break;
	case PMIP_MH_REVOCATION:
		pmip__mag_revocation(mag, dgram, mh, now);
		break;
	case PMIP_MH_UPN:
		pmip__mag_upn(mag, dgram, mh, now);
		break;
	case PMIP_MH_BE:
		pmip__mag_binding_error(mag, dgram, mh);
		break;
	default:
		pmip__mag_ignore(mag, dgram, NULL, "not a message for a MAG", "RFC 5213 6.9.1.2");
		break;
	}
	return 0;
}

/* GEN-1, GEN-2. */
int pmip_mag_input(struct pmip_mag *mag, const struct pmip_dgram *dgram, struct pmip_now now)
{
	const struct pmip__peer_rule *rule = pmip__peer_rules_find(&mag->lmas, &dgram->src);
	struct pmip_diag diag;
	struct pmip_mh mh;
	uint32_t used;
	int err;

	if (now.mono_us < mag->last_us)
		return PMIP_ERR_TIME;
	if (pmip__mag_reserve_steps(mag, 1))
		return PMIP_ERR_NOMEM;
	err = pmip__decode(&mh, dgram, rule, &used, &diag);
	if (!err && mh.type == PMIP_MH_REVOCATION && pmip__mag_revocation_reserve(mag, dgram, &mh))
		return PMIP_ERR_NOMEM;
	if (!err && mh.type == PMIP_MH_BA && (pmip__heartbeat_reserve(&mag->heartbeat) || pmip__mag_bulk_reserve(mag, &mh)))
		return PMIP_ERR_NOMEM;
	if (!err && (mh.type == PMIP_MH_UPN || mh.type == PMIP_MH_BA) && pmip__mag_flowmob_reserve(mag, &mh))
		return PMIP_ERR_NOMEM;
	mag->last_us = now.mono_us;
	mag->counters[PMIP_MAG_RECEIVED]++;
	if (err) {
		count_error(mag, err);
		pmip__input_error(&mag->input, &mag->actions, dgram, err, &diag, now.mono_us);
		return 0;
	}
	used |= dispatch(mag, dgram, &mh, rule ? rule->tolerate : 0, now);
	if (used)
		pmip__tolerance_used(&mag->heartbeat, &dgram->src, used, &mag->counters[PMIP_MAG_TOLERATED_UNALIGNED_OPTIONS],
				     PMIP_TOLERATE_UNALIGNED_OPTIONS, now.mono_us);
	return 0;
}

uint64_t pmip_mag_next_deadline(const struct pmip_mag *mag)
{
	uint64_t at_us = pmip__timerq_next(&mag->timers), heartbeat_us = pmip__heartbeat_next(&mag->heartbeat),
		 revocation_us = pmip__timerq_next(&mag->revocations.timers);

	at_us = at_us < heartbeat_us ? at_us : heartbeat_us;
	return at_us < revocation_us ? at_us : revocation_us;
}

static void fire(struct pmip_mag *mag, struct pmip__timer *timer, struct pmip_now now)
{
	struct pmip__mag_mn *mn;

	if (timer->kind == PMIP__MAG_ON_SEND) {
		pmip__mag_on_send_timer(mag, PMIP__CONTAINER(timer, struct pmip__mag_mn, send), now);
	} else if (timer->kind == PMIP__MAG_ON_LIFE) {
		pmip__mag_on_life_timer(mag, PMIP__CONTAINER(timer, struct pmip__mag_mn, life), now);
	} else if (timer->kind == PMIP__MAG_ON_GROUP) {
		pmip__mag_bulk_on_timer(mag, PMIP__CONTAINER(timer, struct pmip__mag_group, send), now);
	} else if (timer->kind == PMIP__MAG_ON_PATH) {
		pmip__mag_path_on_timer(mag, PMIP__CONTAINER(timer, struct pmip__mag_path, timer), now);
	} else {
		mn = PMIP__CONTAINER(timer, struct pmip__mag_mn, ra);
		pmip__mag_advertise(mag, mn, now);
	}
}

int pmip_mag_handle_timeout(struct pmip_mag *mag, struct pmip_now now)
{
	struct pmip__timer *timer;
	struct pmip__peer *peer;

	if (now.mono_us < mag->last_us)
		return PMIP_ERR_TIME;
	mag->last_us = now.mono_us;
	while ((timer = pmip__timerq_due(&mag->timers, now.mono_us))) {
		if (pmip__mag_reserve_steps(mag, 1))
			return PMIP_ERR_NOMEM;
		fire(mag, timer, now);
	}
	while ((peer = pmip__heartbeat_due(&mag->heartbeat, now.mono_us))) {
		if (pmip__mag_reserve(mag, PMIP__HEARTBEAT_ACTIONS, PMIP__HEARTBEAT_OCTETS, 0))
			return PMIP_ERR_NOMEM;
		pmip__heartbeat_fire(&mag->heartbeat, peer, peer->tunnel_users, now.mono_us);
		if (peer->unreachable)
			pmip__mag_redirect_lost(mag, peer, now);
	}
	return pmip__mag_revocation_timeout(mag, now);
}

int pmip_mag_next_action(struct pmip_mag *mag, struct pmip_action *action)
{
	return pmip__action_queue_next(&mag->actions, action);
}

int pmip_mag_complete(struct pmip_mag *mag, uint32_t id, int err, struct pmip_now now)
{
	void *owner;
	uint8_t kind;

	if (now.mono_us < mag->last_us)
		return PMIP_ERR_TIME;
	if (pmip__mag_reserve_steps(mag, 1))
		return PMIP_ERR_NOMEM;
	mag->last_us = now.mono_us;
	if (!pmip__op_ring_close(&mag->ops, id, &owner, &kind))
		return PMIP_ERR_NOENT;
	if (kind == PMIP__MAG_ON_PATH)
		pmip__mag_path_completed(mag, owner, err, now);
	else
		pmip__mag_completed(mag, owner, err, now);
	return 0;
}

/* One PBU that nobody waits for an answer to. MAX_UPDATE_RATE holds here too; where it forbids the PBU, the
 * lifetime ends the binding. */
static void shut_down(struct pmip_mag *mag, struct pmip__mag_mn *mn, struct pmip_now now)
{
	bool asked = mn->state == PMIP_BINDING_DEREGISTERING || (mn->group && mn->group->ended);

	if (!asked && mn->state != PMIP_BINDING_DENIED &&
	    pmip__retransmit_allowed_us(&mn->retransmit, now.mono_us) == now.mono_us)
		pmip__mag_deregister(mag, mn, now);
	pmip__mag_withdraw(mag, mn, true, "shut down", NULL);
	pmip__mag_list_leave(mag, mn);
	pmip__mag_go_idle(mag, mn, now);
}

int pmip_mag_shutdown(struct pmip_mag *mag, struct pmip_now now)
{
	size_t cursor = 0, actions = 2 * mag->groups.count, octets = PMIP__PBU_MAX * mag->groups.count, ops = 0;
	const size_t paths = mag->settings.path_count;
	struct pmip__mag_mn *mn;

	if (now.mono_us < mag->last_us)
		return PMIP_ERR_TIME;
	while ((mn = pmip__htable_next(&mag->by_mn_id, &cursor))) {
		/* PBU and its event, Router Advertisement, tunnel, BINDING_REMOVED, prefixes. */
		actions += 5 + pmip__mag_address_count(mn) + paths * PMIP__MAG_PATH_ACTIONS;
		octets += (1 + paths) * PMIP__PBU_MAX + 2 * PMIP_MNID_MAX;
		ops += 1 + pmip__mag_address_count(mn) + paths * PMIP__MAG_PATH_OPS;
	}
	if (pmip__mag_reserve(mag, actions, octets, ops))
		return PMIP_ERR_NOMEM;
	mag->last_us = now.mono_us;
	pmip__mag_bulk_deregister_all(mag, now);
	cursor = 0;
	while ((mn = pmip__htable_next(&mag->by_mn_id, &cursor)))
		if (mn->state != PMIP__MAG_IDLE)
			shut_down(mag, mn, now);
	return 0;
}

size_t pmip_mag_count_bindings(const struct pmip_mag *mag)
{
	return mag->by_mn_id.count - mag->idle;
}

/* A binding whose forwarding does not stand yet is being registered still, as far as anybody outside can tell. */
static enum pmip_binding_state public_state(const struct pmip__mag_mn *mn)
{
	return pmip__mag_is_registered(mn) && !mn->announced ? PMIP_BINDING_REGISTERING : mn->state;
}

static void describe(const struct pmip_mag *mag, const struct pmip__mag_mn *mn, struct pmip_binding_info *info)
{
	struct pmip_binding_info all = {
		.size = info->size,
		.mn_id = mn->mn_id,
		.ll_id = mn->ll_id,
		.att = mn->att,
		.hi = mn->hi,
		.state = public_state(mn),
		.local = *pmip__mag_local(mag, mn),
		.remote = mn->lma->remote,
		.link = mn->link_number,
		.lifetime_s = mn->lifetime_s,
		.expires_us = mn->expires_us,
		.seq = mn->seq,
		.timestamp = mn->timestamp,
		.revoking = mn->revoking,
		.group = mn->group ? mn->group->id : 0,
		.ipv4 = mn->ipv4,
		.gre = mn->gre,
	};

	if (mn->multipath) {
		all.path_bid = mag->settings.path[mn->first].bid;
		all.path_label = mag->settings.path[mn->first].label;
		all.path_att = mag->settings.path[mn->first].att;
	}
	all.prefix_count = pmip__mag_own_prefixes(mn, all.prefix);
	for (unsigned int i = 0; i < mn->hnp_count; i++)
		if (mn->hnp[i].off_link)
			all.off_link[all.off_link_count++] = mn->hnp[i].prefix;
	memcpy(info, &all, info->size < sizeof(all) ? info->size : sizeof(all));
}

int pmip_mag_next_binding(const struct pmip_mag *mag, size_t *cursor, struct pmip_binding_info *info)
{
	const struct pmip__mag_mn *mn;

	while ((mn = pmip__htable_next(&mag->by_mn_id, cursor))) {
		if (mn->state == PMIP__MAG_IDLE)
			continue;
		describe(mag, mn, info);
		return 1;
	}
	return 0;
}

uint64_t pmip_mag_get_counter(const struct pmip_mag *mag, enum pmip_mag_counter counter)
{
	return (unsigned int)counter < PMIP_MAG_COUNTERS ? mag->counters[counter] : 0;
}

const char *pmip_mag_counter_name(enum pmip_mag_counter counter)
{
	static const char *const names[PMIP_MAG_COUNTERS] = {
		[PMIP_MAG_RECEIVED] = "received",
		[PMIP_MAG_BAD_CHECKSUM] = "bad_checksum",
		[PMIP_MAG_MALFORMED] = "malformed",
		[PMIP_MAG_UNKNOWN_TYPE] = "unknown_type",
		[PMIP_MAG_PBA] = "pba",
		[PMIP_MAG_IGNORED] = "ignored",
		[PMIP_MAG_PBU_SENT] = "pbu_sent",
		[PMIP_MAG_RETRANSMITTED] = "retransmitted",
		[PMIP_MAG_ATTACHED] = "attached",
		[PMIP_MAG_DENIED] = "denied",
		[PMIP_MAG_REGISTERED] = "registered",
		[PMIP_MAG_REFRESHED] = "refreshed",
		[PMIP_MAG_REFUSED] = "refused",
		[PMIP_MAG_DETACHED] = "detached",
		[PMIP_MAG_EXPIRED] = "expired",
		[PMIP_MAG_RA_SENT] = "ra_sent",
		[PMIP_MAG_DATAPATH_FAILED] = "datapath_failed",
		[PMIP_MAG_HEARTBEAT_SENT] = "heartbeat_sent",
		[PMIP_MAG_HEARTBEAT_ANSWERED] = "heartbeat_answered",
		[PMIP_MAG_HEARTBEAT_MISSING] = "heartbeat_missing",
		[PMIP_MAG_HEARTBEAT_RECEIVED] = "heartbeat_received",
		[PMIP_MAG_BRI_SENT] = "bri_sent",
		[PMIP_MAG_BRI] = "bri",
		[PMIP_MAG_BRA] = "bra",
		[PMIP_MAG_REVOKED] = "revoked",
		[PMIP_MAG_UPN] = "upn",
		[PMIP_MAG_REDIRECTED] = "redirected",
		[PMIP_MAG_GROUP_REFRESHED] = "group_refreshed",
		[PMIP_MAG_TOLERATED_UNALIGNED_OPTIONS] = "tolerated_unaligned_options",
		[PMIP_MAG_TOLERATED_SHORT_HEADER_LEN] = "tolerated_short_header_len",
		[PMIP_MAG_TOLERATED_PADDED_MN_ID] = "tolerated_padded_mn_id",
		[PMIP_MAG_TOLERATED_NO_P_FLAG] = "tolerated_no_p_flag",
		[PMIP_MAG_TOLERATED_NO_HI_ATT] = "tolerated_no_hi_att",
	};

	return (unsigned int)counter < PMIP_MAG_COUNTERS ? names[counter] : NULL;
}
