/* SPDX-License-Identifier: BSD-2-Clause */
/* Runtime LMA assignment at the LMA (RFC 6463 section 5.3): a pool of LMAs shares the load of those that MAGs are configured with.
 *
 * 1. A MAG registers a mobile node with us (rfLMA), and says that it can be redirected. 2. We send the PBU on to another LMA (r2LMA), the
 * MAG's Proxy-CoA in an Alternate Care-of Address option. 3. The r2LMA makes the session and answers, telling its load. 4. We
 * answer the MAG with what the r2LMA has said, and its address in a Redirect option. From then on MAG and r2LMA know each other. When the
 * r2LMA refuses or does not answer in time, another is asked, or the session is ours.
 *
 * How LMAs talk to each other the RFC leaves open. Here step 2 and 3 are a PBU and a PBA, as between MAG and LMA, with
 * the MAG's Timestamp, by which the r2LMA goes on ordering the MAG's own PBUs, and a sequence number of ours; so sessions of MAGs that order
 * by sequence numbers stay with us. The MAG sends lost PBUs again, and we send them on again: we have no retransmission of our own.
 *
 * Who has been given to which r2LMA is remembered, the latest of them: another MAG that a mobile node moves to asks us, too, and
 * there its session is (RFC 6463 section 6). Nobody tells us its end; then it begins anew at the same r2LMA. */
#include "engine/lma.h"

#include "base/mem.h"

#include <string.h>

#define REF "RFC 6463 5.3"
#define US_PER_MS UINT64_C(1000)
/* How long an r2LMA may take beyond MaxDelayBeforeNewBCEAssign, for which it may have to wait itself. */
#define ANSWER_US UINT64_C(1000000)
/* An r2LMA that has not answered is not asked for so long. */
#define AVOID_US UINT64_C(60000000)
/* Trying again after running out of memory. */
#define RETRY_US 100000
/* Most octets of a message: what fits the least MTU of IPv6. SEC-6. */
#define MESSAGE_MAX 1240
#define ALL_TRIED UINT32_MAX

/* A mobile node that an r2LMA has, or is to have. */
struct assigned {
	struct pmip__list of_age;
	struct pmip__list forwarded; /* its PBUs that wait for an answer, each from another MAG */
	struct pmip_addr r2lma;
	struct pmip_mnid mn_id;
	uint8_t id[];
};

/* A PBU that an r2LMA is to answer. */
struct forwarded {
	struct pmip__outstanding request;
	struct pmip__list of_mn;
	struct assigned *assigned;
	uint32_t tried;          /* r2LMAs that were asked before */
	uint16_t seq;            /* the MAG's */
	struct pmip_dgram dgram; /* as it came */
	uint8_t octets[];
};

static bool equal_mn_id(const void *entry, const void *key)
{
	return pmip_mnid_equal(&((const struct assigned *)entry)->mn_id, key);
}

static uint64_t hash_mn_id(const struct pmip_lma *lma, const struct pmip_mnid *mn_id)
{
	return pmip__hash_mnid(&lma->cache.key, mn_id);
}

static struct assigned *find_assigned(const struct pmip_lma *lma, const struct pmip_mnid *mn_id)
{
	return lma->redirection.assigned.count ? pmip__htable_find(&lma->redirection.assigned, hash_mn_id(lma, mn_id), mn_id) : NULL;
}

static void unassign(struct pmip_lma *lma, struct assigned *assigned)
{
	pmip__htable_remove(&lma->redirection.assigned, hash_mn_id(lma, &assigned->mn_id), assigned);
	pmip__list_del(&assigned->of_age);
	pmip__mem_free(&lma->mem, assigned);
}

static void drop(struct pmip_lma *lma, struct forwarded *forwarded)
{
	pmip__list_del(&forwarded->of_mn);
	pmip__outstanding_remove(&lma->redirection.forwarded, &forwarded->request);
}

void pmip__lma_redirect_init(struct pmip_lma *lma)
{
	/* What sequence numbers begin with is as random as the key. */
	pmip__outstanding_init(&lma->redirection.forwarded, &lma->mem, (uint16_t)pmip__hash(&lma->cache.key, "PBU", 3));
	pmip__htable_init(&lma->redirection.assigned, &lma->mem, equal_mn_id);
	pmip__list_init(&lma->redirection.by_age);
}

void pmip__lma_redirect_drop_all(struct pmip_lma *lma)
{
	struct forwarded *forwarded;
	size_t cursor = 0;

	while ((forwarded = pmip__htable_any(&lma->redirection.forwarded.by_seq, &cursor)))
		drop(lma, forwarded);
	while (!pmip__list_empty(&lma->redirection.by_age))
		unassign(lma, PMIP__CONTAINER(lma->redirection.by_age.next, struct assigned, of_age));
}

void pmip__lma_redirect_fini(struct pmip_lma *lma)
{
	pmip__lma_redirect_drop_all(lma);
	pmip__outstanding_fini(&lma->redirection.forwarded);
	pmip__htable_fini(&lma->redirection.assigned);
}

static struct pmip__r2lma *find_r2lma(const struct pmip_lma_config *config, const struct pmip_addr *addr)
{
	for (size_t i = 0; i < config->r2lma_count; i++)
		if (pmip_addr_equal(&config->r2lmas[i].addr, addr))
			return &config->r2lmas[i];
	return NULL;
}

void pmip__lma_redirect_inherit(struct pmip_lma_config *to, const struct pmip_lma_config *from)
{
	for (size_t i = 0; i < to->r2lma_count; i++) {
		const struct pmip__r2lma *known = find_r2lma(from, &to->r2lmas[i].addr);

		if (!known)
			continue;
		to->r2lmas[i].load = known->load;
		to->r2lmas[i].avoid_until_us = known->avoid_until_us;
	}
}

void pmip__lma_redirect_anew(struct pmip_lma *lma)
{
	struct forwarded *forwarded;
	size_t cursor = 0;

	while ((forwarded = pmip__htable_next(&lma->redirection.forwarded.by_seq, &cursor)))
		forwarded->tried = 0;
}

static uint32_t capacity_of(const struct pmip__r2lma *r2lma)
{
	if (r2lma->max_sessions)
		return r2lma->max_sessions;
	return r2lma->load.max_sessions ? r2lma->load.max_sessions : UINT32_MAX;
}

/* RED-12. */
static bool is_better(const struct pmip__r2lma *a, const struct pmip__r2lma *b)
{
	if (a->priority != b->priority)
		return a->priority < b->priority;
	return (uint64_t)a->load.sessions * capacity_of(b) < (uint64_t)b->load.sessions * capacity_of(a);
}

/* The one that has had the mobile node before, else the best that has room. RED-12, RED-13. */
static struct pmip__r2lma *choose(const struct pmip_lma *lma, const struct assigned *assigned, uint32_t tried, uint64_t now_us)
{
	struct pmip__r2lma *best = NULL;

	for (size_t i = 0; i < lma->config.r2lma_count; i++) {
		struct pmip__r2lma *r2lma = &lma->config.r2lmas[i];

		if (tried & UINT32_C(1) << i || now_us < r2lma->avoid_until_us)
			continue;
		if (assigned && pmip_addr_equal(&assigned->r2lma, &r2lma->addr))
			return r2lma;
		if (r2lma->load.sessions < capacity_of(r2lma) && (!best || is_better(r2lma, best)))
			best = r2lma;
	}
	return best;
}

/* A prefix that is asked for is ours, unless an r2LMA has the mobile node. A mobile node with a session here has all of them
 * here. RED-10. */
static bool may_be_redirected(const struct pmip_lma *lma, const struct pmip__request *request, const struct assigned *assigned)
{
	const unsigned int need = PMIP_HAS_REDIRECT_CAPABILITY | PMIP_HAS_TIMESTAMP;
	const struct pmip_binding_options *options = &request->reply.options;
	const struct pmip__mn *mn = pmip__binding_cache_mn(&lma->cache, &options->mn_id);

	if ((options->has & need) != need || request->profile->prefix_count || (mn && !pmip__list_empty(&mn->sessions)))
		return false;
	if (assigned)
		return true;
	return pmip_addr_is_unspecified(&options->hnp[0].prefix.addr) && lma->cache.count >= lma->config.redirect_above;
}

/* Whoever makes room for another one when there is none: the oldest, unless it waits for an answer. NULL = nobody. Its r2LMA keeps it. */
static struct assigned *oldest_of(const struct pmip_lma *lma)
{
	struct assigned *oldest = PMIP__CONTAINER(lma->redirection.by_age.next, struct assigned, of_age);

	return pmip__list_empty(&lma->redirection.by_age) || !pmip__list_empty(&oldest->forwarded) ? NULL : oldest;
}

static struct assigned *assign(struct pmip_lma *lma, const struct pmip_mnid *mn_id)
{
	struct assigned *made;

	if (pmip__htable_reserve(&lma->redirection.assigned, 1))
		return NULL;
	made = pmip__mem_alloc(&lma->mem, sizeof(*made) + mn_id->len);
	if (!made)
		return NULL;
	memcpy(made->id, mn_id->id, mn_id->len);
	made->mn_id = (struct pmip_mnid){mn_id->subtype, mn_id->len, made->id};
	pmip__list_init(&made->forwarded);
	pmip__list_init(&made->of_age);
	pmip__htable_insert(&lma->redirection.assigned, hash_mn_id(lma, mn_id), made);
	return made;
}

static struct forwarded *forwarded_of(const struct assigned *assigned, const struct pmip_addr *mag)
{
	for (const struct pmip__list *link = assigned->forwarded.next; link != &assigned->forwarded; link = link->next) {
		struct forwarded *forwarded = PMIP__CONTAINER(link, struct forwarded, of_mn);

		if (pmip_addr_equal(&forwarded->dgram.src, mag))
			return forwarded;
	}
	return NULL;
}

/* Copy a message but for options of two types. */
static void copy_options(struct pmip_mh_writer *writer, const struct pmip_mh *from, uint8_t but, uint8_t nor)
{
	struct pmip_option_iter iter;
	struct pmip_option option;

	pmip_option_iter_init(&iter, from);
	while (pmip_option_next(&iter, &option))
		if (option.type != PMIP_OPT_PAD1 && option.type != PMIP_OPT_PADN && option.type != but && option.type != nor)
			pmip_mh_add_option(writer, &option);
}

/* Send a message. False: it is too long. */
static bool send_message(struct pmip_lma *lma, struct pmip_mh_writer *writer, const struct pmip_addr *from, const struct pmip_addr *to)
{
	int len = pmip_mh_finish(writer, from, to);
	struct pmip_action action = {.type = PMIP_ACTION_SEND, .u.send = {*from, *to, writer->buf, (size_t)len}};

	if (len > 0)
		pmip__action_queue_push(&lma->actions, &action);
	return len > 0;
}

/* Step 2. RED-11. */
static bool send_pbu(struct pmip_lma *lma, const struct forwarded *forwarded, const struct pmip__request *request)
{
	struct pmip_option alt_coa = {.type = PMIP_OPT_ALT_COA, .u.alt_coa = request->proxy_coa};
	struct pmip_mh mh = {.type = PMIP_MH_BU, .u.bu = request->bu}, from;
	struct pmip_mh_writer writer;
	uint8_t octets[MESSAGE_MAX];

	/* It was decoded once; its checksum was right then. */
	pmip_mh_decode(&from, NULL, &forwarded->dgram, PMIP_DECODE_NO_CHECKSUM);
	mh.u.bu.seq = forwarded->request.seq;
	pmip_mh_begin(&writer, octets, sizeof(octets), &mh);
	copy_options(&writer, &from, PMIP_OPT_REDIRECT_CAPABILITY, PMIP_OPT_ALT_COA);
	pmip_mh_add_option(&writer, &alt_coa);
	return send_message(lma, &writer, &forwarded->request.local, &forwarded->request.peer);
}

/* Keep a PBU and send it on. 1 = done, 0 = it cannot be, or PMIP_ERR_NOMEM. */
static int forward(struct pmip_lma *lma, const struct pmip__request *request, struct assigned *assigned, const struct pmip_addr *r2lma)
{
	struct pmip__redirection *redirection = &lma->redirection;
	uint64_t wait_us = lma->config.max_delay_before_new_bce_assign_ms * US_PER_MS + ANSWER_US;
	const struct pmip_dgram *dgram = request->dgram;
	struct pmip__outstanding *added;
	struct forwarded *forwarded;
	int err = pmip__outstanding_add(&redirection->forwarded, &added, sizeof(*forwarded) + dgram->len, &dgram->dst, r2lma,
					&request->reply.options.mn_id);

	if (err)
		return err == PMIP_ERR_FULL ? 0 : err;
	forwarded = (struct forwarded *)added;
	pmip__list_init(&forwarded->of_mn);
	memcpy(forwarded->octets, dgram->data, dgram->len);
	forwarded->dgram = *dgram;
	forwarded->dgram.data = forwarded->octets;
	forwarded->assigned = assigned;
	forwarded->tried = request->tried;
	forwarded->seq = request->bu.seq;
	if (!send_pbu(lma, forwarded, request)) {
		drop(lma, forwarded);
		return 0;
	}
	pmip__timerq_set(&redirection->forwarded.timers, &added->timer, request->now.mono_us + wait_us);
	lma->counters[PMIP_LMA_FORWARDED]++;
	assigned->r2lma = *r2lma;
	pmip__list_add_tail(&assigned->forwarded, &forwarded->of_mn);
	pmip__list_del(&assigned->of_age);
	pmip__list_add_tail(&redirection->by_age, &assigned->of_age);
	return 1;
}

/* Steps 1 and 2. What the MAG sends again takes the place of what it has sent, but not more time. */
int pmip__lma_redirect(struct pmip_lma *lma, const struct pmip__request *request)
{
	struct assigned *assigned = find_assigned(lma, &request->reply.options.mn_id), *made = NULL;
	struct forwarded *old = assigned ? forwarded_of(assigned, &request->dgram->src) : NULL;
	bool full = !assigned && lma->redirection.assigned.count >= lma->config.max_bindings;
	struct assigned *oldest = full ? oldest_of(lma) : NULL;
	struct pmip__request wish = *request;
	struct pmip__r2lma *r2lma;
	int result;

	if (!may_be_redirected(lma, request, assigned))
		return 0;
	if (old)
		wish.tried |= old->tried;
	r2lma = choose(lma, assigned, wish.tried, request->now.mono_us);
	if (!r2lma || (full && !oldest))
		return 0;
	if (!assigned)
		assigned = made = assign(lma, &request->reply.options.mn_id);
	result = assigned ? forward(lma, &wish, assigned, &r2lma->addr) : PMIP_ERR_NOMEM;
	if (result != 1) {
		if (made)
			unassign(lma, made);
		return result;
	}
	if (oldest)
		unassign(lma, oldest);
	if (!old) {
		r2lma->load.sessions += r2lma->load.sessions < UINT32_MAX;
		return 1;
	}
	pmip__timerq_set(&lma->redirection.forwarded.timers,
			 &PMIP__CONTAINER(assigned->forwarded.prev, struct forwarded, of_mn)->request.timer, old->request.timer.at_us);
	drop(lma, old);
	return 1;
}

void pmip__lma_redirect_forget(struct pmip_lma *lma, const struct pmip__request *request)
{
	struct assigned *assigned = find_assigned(lma, &request->reply.options.mn_id);
	struct forwarded *forwarded = assigned ? forwarded_of(assigned, &request->dgram->src) : NULL;

	if (forwarded)
		drop(lma, forwarded);
	if (assigned && pmip__list_empty(&assigned->forwarded))
		unassign(lma, assigned);
}

static void notify(struct pmip_lma *lma, enum pmip_event_type type, const struct forwarded *forwarded, const struct pmip_ba *ba,
		   const struct pmip_opt_load *load)
{
	struct pmip_event event = {
		.type = type,
		.mn_id = forwarded->request.mn_id,
		.peer = forwarded->request.peer,
		.old_peer = forwarded->dgram.src,
		.status = ba->status,
		.lifetime_s = ba->lifetime_s,
		.load = *load,
	};

	pmip__lma_notify(lma, &event);
}

/* The r2LMA does not take it: begin from the start, without those tried. */
static int give_up(struct pmip_lma *lma, struct forwarded *forwarded, const struct pmip_ba *ba, uint32_t tried, struct pmip_now now)
{
	struct pmip__request request = {
		.dgram = &forwarded->dgram,
		.rule = pmip__lma_config_rule(&lma->config, &forwarded->dgram.src),
		.now = now,
		.was_held = true,
		.may_wait = true,
		.tried = tried,
	};
	struct pmip__list *place = &forwarded->assigned->forwarded;
	struct pmip_opt_load none = {0};
	struct pmip_mh mh;
	int err;

	pmip__list_del(&forwarded->of_mn);
	pmip_mh_decode(&mh, NULL, &forwarded->dgram, PMIP_DECODE_NO_CHECKSUM);
	err = pmip__lma_request(lma, &request, &mh);
	if (err) {
		pmip__list_add_tail(place, &forwarded->of_mn);
		return err;
	}
	lma->counters[PMIP_LMA_REDIRECT_FAILED]++;
	notify(lma, PMIP_EVENT_REDIRECT_FAILED, forwarded, ba, &none);
	drop(lma, forwarded);
	return 0;
}

static bool is_accepted(const struct pmip_ba *ba)
{
	return ba->status < PMIP_STATUS_REASON_UNSPECIFIED;
}

/* Step 4. RED-14. */
static bool relay(struct pmip_lma *lma, const struct forwarded *forwarded, const struct pmip_mh *pba)
{
	struct pmip_option redirect = {.type = PMIP_OPT_REDIRECT, .u.redirect = {.ipv6 = true, .addr.len = 16}};
	struct pmip_mh mh = {.type = PMIP_MH_BA, .u.ba = pba->u.ba};
	struct pmip_mh_writer writer;
	uint8_t octets[MESSAGE_MAX];

	memcpy(redirect.u.redirect.addr.b, forwarded->request.peer.b, 16);
	mh.u.ba.seq = forwarded->seq;
	pmip_mh_begin(&writer, octets, sizeof(octets), &mh);
	copy_options(&writer, pba, PMIP_OPT_REDIRECT, PMIP_OPT_REDIRECT_CAPABILITY);
	if (is_accepted(&pba->u.ba))
		pmip_mh_add_option(&writer, &redirect);
	return send_message(lma, &writer, &forwarded->dgram.dst, &forwarded->dgram.src);
}

/* What is wrong with an answer, NULL = nothing. */
static const char *flaw(const struct forwarded *forwarded, const struct pmip_ba *ba, const struct pmip_binding_options *options)
{
	if (!forwarded)
		return "answers no PBU that we have sent on";
	if (!(ba->flags & PMIP_BA_P))
		return "flag P is not set";
	if (!(options->has & PMIP_HAS_MN_ID) || !pmip_mnid_equal(&options->mn_id, &forwarded->request.mn_id))
		return "answers for another mobile node";
	return NULL;
}

static uint32_t bit_of(const struct pmip_lma *lma, const struct pmip__r2lma *r2lma)
{
	return r2lma ? UINT32_C(1) << (r2lma - lma->config.r2lmas) : 0;
}

/* RED-14, RED-15. */
int pmip__lma_redirect_answer(struct pmip_lma *lma, const struct pmip_dgram *dgram, const struct pmip_mh *mh, struct pmip_now now)
{
	const struct pmip_ba *ba = &mh->u.ba;
	struct forwarded *forwarded = (struct forwarded *)pmip__outstanding_match(&lma->redirection.forwarded, dgram, ba->seq);
	struct pmip__r2lma *r2lma = find_r2lma(&lma->config, &dgram->src);
	const struct pmip__request about = {.dgram = dgram};
	struct pmip_binding_options options;
	const char *rule;
	uint32_t tried;

	pmip_binding_options_read(&options, mh);
	rule = flaw(forwarded, ba, &options);
	if (rule) {
		pmip__lma_ignore(lma, &about, rule, REF);
		return 0;
	}
	if (r2lma && options.has & PMIP_HAS_LOAD)
		r2lma->load = options.load;
	/* Where there is a newer registration, the session is there: the MAG has to ask anew. */
	if ((is_accepted(ba) || ba->status == PMIP_STATUS_TIMESTAMP_LOWER_THAN_PREV_ACCEPTED) && relay(lma, forwarded, mh)) {
		lma->counters[is_accepted(ba) ? PMIP_LMA_REDIRECTED : PMIP_LMA_REDIRECT_FAILED]++;
		notify(lma, is_accepted(ba) ? PMIP_EVENT_REDIRECTED : PMIP_EVENT_REDIRECT_FAILED, forwarded, ba, &options.load);
		drop(lma, forwarded);
		return 0;
	}
	/* One that has no room says nothing about the others; any other reason would be theirs, too. */
	tried = ba->status == PMIP_STATUS_INSUFFICIENT_RESOURCES ? forwarded->tried | bit_of(lma, r2lma) : ALL_TRIED;
	return give_up(lma, forwarded, ba, tried, now);
}

/* RED-16. */
int pmip__lma_redirect_timeout(struct pmip_lma *lma, struct pmip_now now)
{
	const struct pmip_ba unanswered = {0};
	struct pmip__outstanding *request;

	while ((request = pmip__outstanding_due(&lma->redirection.forwarded, now.mono_us))) {
		struct pmip__r2lma *r2lma = find_r2lma(&lma->config, &request->peer);
		int err = pmip__lma_reserve(lma);

		if (!err)
			err = give_up(lma, (struct forwarded *)request, &unanswered, ALL_TRIED, now);
		if (err) {
			pmip__timerq_set(&lma->redirection.forwarded.timers, &request->timer, now.mono_us + RETRY_US);
			return err;
		}
		if (r2lma)
			r2lma->avoid_until_us = now.mono_us + AVOID_US;
	}
	return 0;
}

/* RED-21. */
struct pmip_opt_load pmip__lma_load(const struct pmip_lma *lma)
{
	return (struct pmip_opt_load){.sessions = (uint32_t)lma->cache.count, .max_sessions = lma->config.max_bindings};
}
