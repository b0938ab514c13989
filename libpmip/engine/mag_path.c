/* SPDX-License-Identifier: BSD-2-Clause */
/* Several paths to the LMA of a mobile node (RFC 8278). Its entry is about the first, which is registered, extended and ended like the only
 * one of other mobile nodes (mag_register.c). The PBA says whether there may be others; these are registered then, one PBU and one lifetime each,
 * with the prefixes that the first has been given, so that an LMA which does not know of them is met by one path only (section 4.4).
 *
 * A further path carries what the LMA sends by it. When the first does not answer any more, one of the others takes its place. */
#include "engine/mag.h"

#include "base/mem.h"

#include <assert.h>

#define REF "RFC 8278 4.4"
/* So many PBUs by one path without an answer, and another one is tried. */
#define TRIES 3
/* Subtype of an identifier that is an IPv6 address (RFC 8371 section 3). */
#define IPV6_ADDRESS 2

const struct pmip_addr *pmip__mag_local(const struct pmip_mag *mag, const struct pmip__mag_mn *mn)
{
	return mn && mn->paths ? &mag->settings.path[mn->first].addr : &mag->settings.proxy_coa;
}

bool pmip__mag_is_ours(const struct pmip_mag *mag, const struct pmip_addr *addr)
{
	bool found = pmip_addr_equal(addr, &mag->settings.proxy_coa);

	for (unsigned int i = 0; i < mag->settings.path_count; i++)
		found = found || pmip_addr_equal(addr, &mag->settings.path[i].addr);
	return found;
}

struct pmip__mag_path *pmip__mag_path_at(const struct pmip_mag *mag, const struct pmip__mag_mn *mn, const struct pmip_addr *addr)
{
	for (unsigned int i = 0; mn->paths && i < mag->settings.path_count; i++)
		if (i != mn->first && pmip_addr_equal(addr, &mag->settings.path[i].addr))
			return &mn->paths[i];
	return NULL;
}

int pmip__mag_paths_new(struct pmip_mag *mag, struct pmip__mag_mn *mn)
{
	unsigned int count = mag->settings.path_count;

	if (!count)
		return 0;
	mn->paths = pmip__mem_alloc(&mag->mem, count * sizeof(*mn->paths));
	if (!mn->paths)
		return PMIP_ERR_NOMEM;
	for (unsigned int i = 0; i < count; i++) {
		mn->paths[i].mn = mn;
		mn->paths[i].timer.kind = PMIP__MAG_ON_PATH;
		mn->paths[i].seq = mag->seq;
	}
	if (!++mag->last_number)
		mag->last_number++;
	mn->number = mag->last_number;
	return 0;
}

static unsigned int index_of(const struct pmip__mag_path *path)
{
	return (unsigned int)(path - path->mn->paths);
}

static const struct pmip_addr *local_of(const struct pmip_mag *mag, const struct pmip__mag_path *path)
{
	return &mag->settings.path[index_of(path)].addr;
}

/* A logical interface has attachments of its own, whose prefixes are the same. */
static bool are_wanted(const struct pmip_profile *profile, const struct pmip__mag_mn *mn)
{
	return mn->paths && !mn->paths_refused && profile && profile->multipath && !profile->shares_prefixes;
}

/* MPB-1, MPB-2. */
void pmip__mag_path_ask(const struct pmip_mag *mag, const struct pmip_profile *profile, const struct pmip__mag_mn *mn, unsigned int index,
			bool alone, struct pmip_binding_options *options)
{
	const struct pmip_mag_path *path = &mag->settings.path[index];

	if (!are_wanted(profile, mn))
		return;
	options->has |= PMIP_HAS_MULTIPATH | PMIP_HAS_MAG_ID;
	options->multipath = (struct pmip_opt_multipath){.att = path->att, .label = path->label, .bid = path->bid, .overwrite = alone};
	options->mag_id = (struct pmip_mnid){IPV6_ADDRESS, sizeof(mag->settings.proxy_coa.b), mag->settings.proxy_coa.b};
}

/* ---- PBUs ---- */

static size_t encode(const struct pmip_mag *mag, const struct pmip__mag_path *path, uint32_t lifetime_s, uint8_t *octets)
{
	const struct pmip__mag_mn *mn = path->mn;
	const struct pmip_profile *profile = pmip__profiles_by_mn_id(&mag->profiles, &mn->mn_id);
	struct pmip_mh mh = {
		.type = PMIP_MH_BU,
		.u.bu = {.seq = path->seq, .flags = PMIP_BU_A | PMIP_BU_P, .lifetime_s = lifetime_s},
	};
	struct pmip_binding_options options = {
		.has = PMIP_HAS_MN_ID | PMIP_HAS_HI | PMIP_HAS_ATT,
		.mn_id = mn->mn_id,
		.hi = path->hi,
		.att = mn->att,
		.timestamp = path->timestamp,
		.ll_id = mn->ll_id,
		.lla = mn->lla,
	};
	struct pmip_mh_writer writer;
	int len;

	if (path->with_timestamp)
		options.has |= PMIP_HAS_TIMESTAMP;
	if (mn->ll_id.len)
		options.has |= PMIP_HAS_LL_ID;
	if (pmip_addr_is_unspecified(&mag->settings.fixed_lla))
		options.has |= PMIP_HAS_LLA;
	for (unsigned int i = 0; i < mn->hnp_count; i++)
		if (!mn->hnp[i].off_link)
			options.hnp[options.hnp_count++] = mn->hnp[i];
	pmip__mag_path_ask(mag, profile, mn, index_of(path), false, &options);
	pmip_mh_begin(&writer, octets, PMIP__PBU_MAX, &mh);
	pmip_binding_options_write(&writer, &options);
	len = pmip_mh_finish(&writer, local_of(mag, path), &mn->lma->remote);
	assert(len > 0);
	return (size_t)len;
}

static void send(struct pmip_mag *mag, struct pmip__mag_path *path, uint32_t lifetime_s, struct pmip_now now)
{
	struct pmip_action action = {.type = PMIP_ACTION_SEND};
	uint8_t octets[PMIP__PBU_MAX];

	path->with_timestamp = mag->settings.timestamp_in_use;
	path->seq = path->with_timestamp ? ++mag->seq : (uint16_t)(path->seq + 1);
	if (path->with_timestamp)
		path->timestamp = pmip__mag_next_timestamp(path->timestamp, now);
	action.u.send = (struct pmip_dgram){*local_of(mag, path), path->mn->lma->remote, octets, encode(mag, path, lifetime_s, octets)};
	pmip__action_queue_push(&mag->actions, &action);
	mag->counters[PMIP_MAG_PBU_SENT]++;
	if (path->retransmit.sends)
		mag->counters[PMIP_MAG_RETRANSMITTED]++;
}

static void wait_until(struct pmip_mag *mag, struct pmip__mag_path *path, uint64_t at_us)
{
	if (path->state == PMIP_BINDING_REFRESHING && path->expires_us < at_us)
		at_us = path->expires_us;
	pmip__timerq_set(&mag->timers, &path->timer, at_us);
}

/* MAG-43. */
static void transmit(struct pmip_mag *mag, struct pmip__mag_path *path, struct pmip_now now)
{
	const struct pmip__mag_mn *mn = path->mn;
	const struct pmip_profile *profile = pmip__profiles_by_mn_id(&mag->profiles, &mn->mn_id);
	uint32_t lifetime_s = profile && profile->lifetime_s ? profile->lifetime_s : mag->settings.lifetime_s;
	uint64_t at_us = pmip__retransmit_allowed_us(&path->retransmit, now.mono_us);

	if (at_us <= now.mono_us) {
		send(mag, path, lifetime_s - lifetime_s % 4, now);
		at_us = pmip__retransmit_sent(&path->retransmit, path->seq, now.mono_us,
					      mn->bindack_initial_ms ? mn->bindack_initial_ms : mag->settings.bindack_initial_ms,
					      mn->bindack_max_ms ? mn->bindack_max_ms : mag->settings.bindack_max_ms);
	}
	wait_until(mag, path, at_us);
}

static void request(struct pmip_mag *mag, struct pmip__mag_path *path, enum pmip_binding_state state, uint8_t hi, struct pmip_now now)
{
	path->state = state;
	path->hi = hi;
	pmip__retransmit_begin(&path->retransmit);
	transmit(mag, path, now);
}

/* ---- forwarding ---- */

static uint32_t operate(struct pmip_mag *mag, struct pmip__mag_path *path, enum pmip_datapath_kind kind, bool owned)
{
	const struct pmip__mag_mn *mn = path->mn;
	struct pmip_action action = {.type = PMIP_ACTION_DATAPATH};
	bool is_path = kind == PMIP_DATAPATH_PATH_SET || kind == PMIP_DATAPATH_PATH_CLEAR;

	action.u.datapath = (struct pmip_datapath_op){
		.id = pmip__op_ring_open(&mag->ops, owned ? path : NULL, PMIP__MAG_ON_PATH),
		.kind = kind,
		.local = *local_of(mag, path),
		.remote = mn->lma->remote,
		.group = is_path ? mn->number : 0,
	};
	pmip__action_queue_push(&mag->actions, &action);
	return action.u.datapath.id;
}

static void open_path(struct pmip_mag *mag, struct pmip__mag_path *path)
{
	if (path->open)
		return;
	path->open = true;
	path->mn->lma->path_users[index_of(path)]++;
	path->op_first = operate(mag, path, PMIP_DATAPATH_TUNNEL_ENSURE, true);
	path->op_end = operate(mag, path, PMIP_DATAPATH_PATH_SET, true) + 1;
}

static void close_path(struct pmip_mag *mag, struct pmip__mag_path *path)
{
	if (!path->open)
		return;
	path->open = false;
	pmip__op_ring_disown(&mag->ops, path->op_first, path->op_end);
	path->op_first = path->op_end = 0;
	operate(mag, path, PMIP_DATAPATH_PATH_CLEAR, false);
	if (!--path->mn->lma->path_users[index_of(path)])
		operate(mag, path, PMIP_DATAPATH_TUNNEL_RELEASE, false);
}

static void stop(struct pmip_mag *mag, struct pmip__mag_path *path)
{
	path->state = PMIP__MAG_IDLE;
	path->asking = false;
	pmip__timerq_cancel(&mag->timers, &path->timer);
}

static void give_up(struct pmip_mag *mag, struct pmip__mag_path *path)
{
	stop(mag, path);
	close_path(mag, path);
}

void pmip__mag_path_completed(struct pmip_mag *mag, struct pmip__mag_path *path, int err, struct pmip_now now)
{
	struct pmip_event event = {.type = PMIP_EVENT_DATAPATH_FAILED};

	if (!err)
		return;
	if (path)
		event = pmip__mag_event(path->mn, PMIP_EVENT_DATAPATH_FAILED);
	event.err = err;
	event.rule = "of a further path";
	mag->counters[PMIP_MAG_DATAPATH_FAILED]++;
	pmip__mag_notify(mag, &event);
	if (!path)
		return;
	if (path->state != PMIP__MAG_IDLE)
		send(mag, path, 0, now); /* the LMA must not send by it */
	give_up(mag, path);
}

/* ---- all of a mobile node ---- */

#define FOR_EACH(mag, mn, path) \
	for (struct pmip__mag_path *path = (mn)->paths; path && path < (mn)->paths + (mag)->settings.path_count; path++)

void pmip__mag_paths_granted(struct pmip_mag *mag, const struct pmip_profile *profile, struct pmip__mag_mn *mn,
			     const struct pmip_binding_options *options)
{
	bool wanted = are_wanted(profile, mn);

	mn->multipath = wanted && (options->has & PMIP_HAS_MULTIPATH);
	mn->replaces = false;
	if (mn->multipath)
		return;
	mn->paths_refused = mn->paths_refused || wanted;
	FOR_EACH (mag, mn, path)
		give_up(mag, path);
}

bool pmip__mag_paths_refused(struct pmip_mag *mag, struct pmip__mag_mn *mn, uint8_t status)
{
	if (status != PMIP_STATUS_CANNOT_SUPPORT_MULTIPATH_BINDING || !mn->paths || mn->paths_refused)
		return false;
	mn->paths_refused = true;
	mn->multipath = false;
	FOR_EACH (mag, mn, path)
		give_up(mag, path);
	return true;
}

void pmip__mag_paths_begin(struct pmip_mag *mag, struct pmip__mag_mn *mn, struct pmip_now now)
{
	if (!mn->multipath || mn->replaces || mn->forwarding != PMIP__MAG_UP || !pmip__mag_is_registered(mn) || !pmip__mag_own_prefixes(mn, NULL))
		return;
	FOR_EACH (mag, mn, path)
		if (path->state == PMIP__MAG_IDLE && index_of(path) != mn->first)
			request(mag, path, PMIP_BINDING_REGISTERING, PMIP_HI_UNKNOWN, now);
}

void pmip__mag_paths_refresh_at(struct pmip_mag *mag, struct pmip__mag_mn *mn, uint64_t *at_us)
{
	FOR_EACH (mag, mn, path) {
		if (path->state != PMIP_BINDING_ACTIVE)
			continue;
		if (*at_us < path->timer.at_us)
			pmip__timerq_set(&mag->timers, &path->timer, *at_us);
		*at_us += PMIP__REREGISTER_GAP_US;
	}
}

void pmip__mag_paths_saw(struct pmip_mag *mag, struct pmip__mag_mn *mn, struct pmip_now now)
{
	FOR_EACH (mag, mn, path)
		if (path->asking && path->state != PMIP__MAG_IDLE)
			pmip__timerq_set(&mag->timers, &path->timer, now.mono_us);
}

bool pmip__mag_path_refresh(struct pmip_mag *mag, struct pmip__mag_mn *mn, const struct pmip_addr *addr, struct pmip_now now)
{
	struct pmip__mag_path *path = pmip__mag_path_at(mag, mn, addr);

	if (path && path->state == PMIP_BINDING_ACTIVE)
		pmip__timerq_set(&mag->timers, &path->timer, now.mono_us);
	return path;
}

/* REV-7. */
bool pmip__mag_path_revoked(struct pmip_mag *mag, struct pmip__mag_path *path)
{
	if (path->state == PMIP__MAG_IDLE)
		return false;
	give_up(mag, path);
	return true;
}

/* MAG-50. */
void pmip__mag_paths_deregister(struct pmip_mag *mag, struct pmip__mag_mn *mn, struct pmip_now now)
{
	FOR_EACH (mag, mn, path) {
		if (path->state == PMIP__MAG_IDLE)
			continue;
		path->hi = PMIP_HI_UNKNOWN;
		pmip__retransmit_begin(&path->retransmit);
		send(mag, path, 0, now);
		stop(mag, path);
	}
}

void pmip__mag_paths_stop(struct pmip_mag *mag, struct pmip__mag_mn *mn)
{
	FOR_EACH (mag, mn, path)
		stop(mag, path);
}

void pmip__mag_paths_close(struct pmip_mag *mag, struct pmip__mag_mn *mn)
{
	FOR_EACH (mag, mn, path)
		give_up(mag, path);
	mn->multipath = false;
}

/* ---- the first path is another one ---- */

static struct pmip__mag_path *standing(const struct pmip_mag *mag, struct pmip__mag_mn *mn, struct pmip_now now)
{
	FOR_EACH (mag, mn, path)
		if ((path->state == PMIP_BINDING_ACTIVE || path->state == PMIP_BINDING_REFRESHING) && path->open && path->expires_us > now.mono_us)
			return path;
	return NULL;
}

/* What was said of it is now said of the entry. The LMA is told at once to send by it alone (flag O), and the others are registered anew when it
 * has agreed. MPB-2. */
static void promote(struct pmip_mag *mag, struct pmip__mag_mn *mn, const struct pmip__mag_path *path, struct pmip_now now)
{
	struct pmip__mag_path *former = &mn->paths[mn->first];
	struct pmip_event event;

	former->seq = mn->seq;
	former->timestamp = mn->timestamp;
	pmip__mag_list_unset_seq(mag, mn);
	mn->seq = path->seq;
	mn->timestamp = path->timestamp;
	mn->retransmit = path->retransmit;
	mn->lifetime_s = path->lifetime_s;
	mn->expires_us = path->expires_us;
	mn->first = (uint8_t)index_of(path);
	mn->replaces = true;
	pmip__mag_paths_stop(mag, mn);
	pmip__mag_redirect_forwarding(mag, mn, index_of(former));
	event = pmip__mag_event(mn, PMIP_EVENT_BINDING_REFRESHED);
	event.rule = "another path is the first now";
	event.ref = REF;
	pmip__mag_notify(mag, &event);
	pmip__mag_refresh(mag, mn, PMIP_HI_UNCHANGED, now);
}

bool pmip__mag_path_change(struct pmip_mag *mag, struct pmip__mag_mn *mn, struct pmip_now now)
{
	const struct pmip_profile *profile = pmip__profiles_by_mn_id(&mag->profiles, &mn->mn_id);
	bool tried = mn->retransmit.sends && mn->retransmit.sends % TRIES == 0;
	struct pmip__mag_path *path;

	if (!are_wanted(profile, mn))
		return false;
	if (mn->state == PMIP_BINDING_REGISTERING && tried)
		mn->first = (uint8_t)((mn->first + 1U) % mag->settings.path_count);
	if (!pmip__mag_is_registered(mn) || (now.mono_us < mn->expires_us && !tried))
		return false;
	path = standing(mag, mn, now);
	if (path)
		promote(mag, mn, path, now);
	return path;
}

/* ---- one path ---- */

/* MAG-30, MAG-40. */
void pmip__mag_path_on_timer(struct pmip_mag *mag, struct pmip__mag_path *path, struct pmip_now now)
{
	if (path->state == PMIP_BINDING_REFRESHING && now.mono_us >= path->expires_us) {
		give_up(mag, path);
		request(mag, path, PMIP_BINDING_REGISTERING, PMIP_HI_UNKNOWN, now);
		return;
	}
	path->asking = !pmip__mag_is_present(mag, path->mn, &path->timer, now);
	if (path->asking)
		return;
	if (path->state == PMIP_BINDING_ACTIVE)
		request(mag, path, PMIP_BINDING_REFRESHING, PMIP_HI_UNCHANGED, now);
	else
		transmit(mag, path, now);
}

/* An LMA that does not know of paths has taken this one for a handover: it is told where the mobile node is (RFC 8278 section 4.4). */
static void not_understood(struct pmip_mag *mag, struct pmip__mag_mn *mn, struct pmip_now now)
{
	mn->paths_refused = true;
	mn->multipath = false;
	FOR_EACH (mag, mn, path)
		give_up(mag, path);
	if (mn->state == PMIP_BINDING_ACTIVE)
		pmip__mag_refresh(mag, mn, PMIP_HI_UNKNOWN, now);
}

static void accept(struct pmip_mag *mag, struct pmip__mag_path *path, uint32_t lifetime_s, uint64_t sent_us)
{
	uint32_t refresh_s = pmip__mag_refresh_after(path->mn, lifetime_s);

	mag->counters[path->state == PMIP_BINDING_REFRESHING ? PMIP_MAG_REFRESHED : PMIP_MAG_REGISTERED]++;
	path->state = PMIP_BINDING_ACTIVE;
	path->lifetime_s = lifetime_s;
	path->refresh_us = sent_us + refresh_s * PMIP__US_PER_S;
	path->expires_us = sent_us + lifetime_s * PMIP__US_PER_S;
	pmip__timerq_set(&mag->timers, &path->timer, path->refresh_us);
	open_path(mag, path);
}

/* What cannot be mended by sending again ends the path, until the first is extended. */
static void refuse(struct pmip_mag *mag, struct pmip__mag_path *path, const struct pmip_ba *ba, struct pmip_now now)
{
	struct pmip_event event = pmip__mag_event(path->mn, PMIP_EVENT_REFUSED);

	event.status = ba->status;
	event.rule = "a further path";
	event.ref = REF;
	mag->counters[PMIP_MAG_REFUSED]++;
	pmip__mag_notify(mag, &event);
	if (pmip__mag_paths_refused(mag, path->mn, ba->status))
		return;
	if (!pmip__mag_is_out_of_order(ba->status)) {
		give_up(mag, path);
		return;
	}
	if (ba->status == PMIP_STATUS_SEQ_OUT_OF_WINDOW)
		path->seq = ba->seq;
	if (path->retransmit.sends < PMIP__FAST_RETRIES)
		transmit(mag, path, now);
}

static bool repeats_request(const struct pmip__mag_path *path, const struct pmip_binding_options *options)
{
	const struct pmip__mag_mn *mn = path->mn;

	return (options->has & PMIP_HAS_HI) && options->hi == path->hi && (options->has & PMIP_HAS_ATT) && options->att == mn->att &&
	       (!mn->ll_id.len || ((options->has & PMIP_HAS_LL_ID) && pmip_llid_equal(&options->ll_id, &mn->ll_id)));
}

/* MPB-1. */
const char *pmip__mag_path_pba(struct pmip_mag *mag, struct pmip__mag_path *path, const struct pmip_ba *ba,
			       const struct pmip_binding_options *options, struct pmip_now now)
{
	bool by_seq = ba->status == PMIP_STATUS_SEQ_OUT_OF_WINDOW && !path->with_timestamp && path->retransmit.sends;
	uint64_t sent_us = now.mono_us;

	if ((path->state != PMIP_BINDING_REGISTERING && path->state != PMIP_BINDING_REFRESHING) ||
	    (!by_seq && !pmip__retransmit_match(&path->retransmit, ba->seq, &sent_us)))
		return "answers nothing outstanding";
	if (!repeats_request(path, options))
		return "differs from the request";
	if (ba->status >= PMIP_STATUS_REASON_UNSPECIFIED) {
		refuse(mag, path, ba, now);
		return NULL;
	}
	if (!(options->has & PMIP_HAS_MULTIPATH)) {
		not_understood(mag, path->mn, now);
		return NULL;
	}
	if (!ba->lifetime_s || !pmip__mag_same_prefixes(path->mn, options))
		return "accepts a path with lifetime 0 or other prefixes";
	accept(mag, path, ba->lifetime_s, sent_us);
	return NULL;
}
