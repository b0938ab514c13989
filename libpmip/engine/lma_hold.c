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

/* A newer PBU from the same MAG takes the place of the older, so that one PBA results; a full house loses its oldest.
 * LKP-W2. */
static void make_room(struct pmip_lma *lma, struct pmip__mn *mn, const struct pmip_dgram *dgram)
{
	unsigned int count = 0;

	for (struct pmip__list *link = mn->held.next, *next; link != &mn->held; link = next) {
		struct pmip__held *held = PMIP__CONTAINER(link, struct pmip__held, of_mn);

		next = link->next;
		if (pmip_addr_equal(&held->dgram.src, &dgram->src))
			drop(lma, held);
		else
			count++;
	}
	if (count == HELD_MAX)
		drop(lma, PMIP__CONTAINER(mn->held.next, struct pmip__held, of_mn));
}

/* LKP-W1. */
int pmip__lma_hold(struct pmip_lma *lma, const struct pmip__request *request, struct pmip__mn *mn, bool for_registration)
{
	const struct pmip_dgram *dgram = request->dgram;
	struct pmip__held *held;

	if (pmip__timerq_reserve(&lma->timers, lma->cache.count + lma->held_count + 1))
		return PMIP_ERR_NOMEM;
	held = pmip__mem_alloc(&lma->mem, sizeof(*held) + dgram->len);
	if (!held)
		return PMIP_ERR_NOMEM;
	make_room(lma, mn, dgram);
	memcpy(held->octets, dgram->data, dgram->len);
	held->dgram = *dgram;
	held->dgram.data = held->octets;
	held->mn = mn;
	held->timer.kind = PMIP__TIMER_HELD;
	pmip__list_add_tail(&mn->held, &held->of_mn);
	lma->held_count++;
	if (!for_registration)
		pmip__timerq_set(&lma->timers, &held->timer,
				 request->now.mono_us + (uint64_t)lma->config.max_delay_before_new_bce_assign_ms * 1000);
	return 0;
}

/* Run a held PBU from the start. It is off its mobile node's list already. LKP-W5. */
static int run(struct pmip_lma *lma, struct pmip__held *held, struct pmip_now now, bool may_wait)
{
	struct pmip__request request = {.dgram = &held->dgram, .now = now, .was_held = true, .may_wait = may_wait};
	struct pmip_mh mh;
	int err = pmip__lma_reserve(lma);

	if (err)
		return err;
	/* It was decoded once; its checksum was right then. */
	err = pmip_mh_decode(&mh, &held->dgram, PMIP_DECODE_NO_CHECKSUM, NULL);
	return err ? err : pmip__lma_request(lma, &request, &mh);
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
