/* SPDX-License-Identifier: BSD-2-Clause */
/* PBUs that must wait: for the mobile node's registration in progress, or, with Handoff Indicator 4, for the de-registration that
 * tells whether this is a handover (RFC 5213 section 5.4.1.2). They are kept as they came and run again from the start. */
#include "engine/lma.h"

#include "base/mem.h"

#include <string.h>

/* Held PBUs of one mobile node at most, each from another MAG. */
#define HELD_MAX 4
/* Trying again after running out of memory. */
#define RETRY_US 100000

static void drop(struct pmip_lma *lma, struct pmip__held *held)
{
	pmip__timerq_cancel(&lma->timers, &held->timer);
	pmip__list_del(&held->of_mn);
	pmip__mem_free(&lma->mem, held);
	lma->held_count--;
}

/* There is one of each MAG at most. LKP-W2. */
static struct pmip__held *held_of(const struct pmip__mn *mn, const struct pmip_addr *mag)
{
	for (const struct pmip__list *link = mn->held.next; link != &mn->held; link = link->next) {
		struct pmip__held *held = PMIP__CONTAINER(link, struct pmip__held, of_mn);

		if (pmip_addr_equal(&held->dgram.src, mag))
			return held;
	}
	return NULL;
}

static bool is_newer(const struct pmip__request *request, const struct pmip__held *held)
{
	return !pmip__freshness_check(&held->fresh, pmip__lma_timestamp_of(request), request->bu.seq, request->now.wall_us, UINT64_MAX);
}

void pmip__lma_hold_supersede(struct pmip_lma *lma, const struct pmip__request *request, struct pmip__mn *mn)
{
	struct pmip__held *held = held_of(mn, &request->dgram->src);

	if (held && is_newer(request, held)) {
		drop(lma, held);
		pmip__binding_cache_mn_tidy(&lma->cache, mn);
	}
}

/* A full house loses its oldest. */
static void make_room(struct pmip_lma *lma, struct pmip__mn *mn)
{
	unsigned int count = 0;

	for (struct pmip__list *link = mn->held.next; link != &mn->held; link = link->next)
		count++;
	if (count == HELD_MAX)
		drop(lma, PMIP__CONTAINER(mn->held.next, struct pmip__held, of_mn));
}

/* The wait is that of the first PBU: its retransmissions take its place, so that one PBA results, but do not make it longer.
 * LKP-W1, LKP-W2. */
int pmip__lma_hold(struct pmip_lma *lma, const struct pmip__request *request, struct pmip__mn *mn, bool timed)
{
	uint64_t until_us = request->now.mono_us + (uint64_t)lma->config.max_delay_before_new_bce_assign_ms * 1000;
	const struct pmip_dgram *dgram = request->dgram;
	struct pmip__held *held, *old = held_of(mn, &dgram->src);

	if (old && !is_newer(request, old)) {
		pmip__lma_ignore(lma, request, "a newer PBU from the same MAG waits already", "RFC 5213 5.5");
		return 0;
	}
	if (pmip__timerq_reserve(&lma->timers, lma->cache.count + lma->held_count + 1))
		return PMIP_ERR_NOMEM;
	held = pmip__mem_alloc(&lma->mem, sizeof(*held) + dgram->len);
	if (!held)
		return PMIP_ERR_NOMEM;
	if (old && old->timer.place)
		until_us = old->timer.at_us;
	if (old)
		drop(lma, old);
	make_room(lma, mn);
	memcpy(held->octets, dgram->data, dgram->len);
	held->dgram = *dgram;
	held->dgram.data = held->octets;
	held->mn = mn;
	held->timer.kind = PMIP__TIMER_HELD;
	pmip__freshness_accept(&held->fresh, pmip__lma_timestamp_of(request), request->bu.seq);
	pmip__list_add_tail(&mn->held, &held->of_mn);
	lma->held_count++;
	if (timed)
		pmip__timerq_set(&lma->timers, &held->timer, until_us);
	return 0;
}

/* Run a held PBU from the start. It is off its mobile node's list already. LKP-W5. */
static int run(struct pmip_lma *lma, struct pmip__held *held, struct pmip_now now, bool may_wait)
{
	struct pmip__request request = {
		.dgram = &held->dgram,
		.rule = pmip__lma_config_rule(&lma->config, &held->dgram.src),
		.now = now,
		.was_held = true,
		.may_wait = may_wait,
	};
	struct pmip_mh mh;
	int err = pmip__lma_reserve(lma);

	if (err)
		return err;
	/* What is tolerated may be less than when it came. */
	if (pmip__decode(&mh, &held->dgram, request.rule, &request.tolerated, NULL))
		return 0;
	return pmip__lma_request(lma, &request, &mh);
}

static int run_and_free(struct pmip_lma *lma, struct pmip__held *held, struct pmip_now now, bool may_wait)
{
	struct pmip__mn *mn = held->mn;
	int err;

	mn->pins++;
	pmip__timerq_cancel(&lma->timers, &held->timer);
	pmip__list_del(&held->of_mn);
	err = run(lma, held, now, may_wait);
	if (err) {
		pmip__list_add_tail(&mn->held, &held->of_mn);
		pmip__timerq_set(&lma->timers, &held->timer, now.mono_us + RETRY_US);
	} else {
		drop(lma, held);
	}
	mn->pins--;
	pmip__binding_cache_mn_tidy(&lma->cache, mn);
	return err;
}

void pmip__lma_hold_release(struct pmip_lma *lma, struct pmip__mn *mn, struct pmip_now now)
{
	struct pmip__list waiting;

	pmip__list_init(&waiting);
	while (!pmip__list_empty(&mn->held)) {
		struct pmip__list *link = mn->held.next;

		pmip__list_del(link);
		pmip__list_add_tail(&waiting, link);
	}
	mn->pins++;
	while (!pmip__list_empty(&waiting))
		run_and_free(lma, PMIP__CONTAINER(waiting.next, struct pmip__held, of_mn), now, true);
	mn->pins--;
	pmip__binding_cache_mn_tidy(&lma->cache, mn);
}

void pmip__lma_hold_stop_timers(struct pmip_lma *lma, struct pmip__mn *mn)
{
	for (struct pmip__list *link = mn->held.next; link != &mn->held; link = link->next)
		pmip__timerq_cancel(&lma->timers, &PMIP__CONTAINER(link, struct pmip__held, of_mn)->timer);
}

void pmip__lma_hold_end(struct pmip_lma *lma, struct pmip__mn *mn, uint64_t now_us)
{
	for (struct pmip__list *link = mn->held.next; link != &mn->held; link = link->next)
		pmip__timerq_set(&lma->timers, &PMIP__CONTAINER(link, struct pmip__held, of_mn)->timer, now_us);
}

/* LKP-W1. */
int pmip__lma_hold_timeout(struct pmip_lma *lma, struct pmip__held *held, struct pmip_now now)
{
	return run_and_free(lma, held, now, false);
}

void pmip__lma_hold_free_all(struct pmip_lma *lma)
{
	size_t cursor = 0;
	struct pmip__mn *mn;

	while ((mn = pmip__htable_next(&lma->cache.mns, &cursor)))
		while (!pmip__list_empty(&mn->held))
			drop(lma, PMIP__CONTAINER(mn->held.next, struct pmip__held, of_mn));
}
