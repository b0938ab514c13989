/* SPDX-License-Identifier: BSD-2-Clause */
#include "perf/plan.h"

#include <stdlib.h>

#define TRIES 8
#define REST_MAX 4096

const char *plan_kind_name(enum plan_kind kind)
{
	static const char *const names[PLAN_KINDS] = {"register", "refresh", "handover", "release"};

	return names[kind];
}

int plan_init(struct plan *plan, const struct plan_settings *settings)
{
	*plan = (struct plan){.settings = *settings, .random = settings->seed};
	plan->order = calloc(settings->clients, sizeof(*plan->order));
	plan->last = calloc(settings->clients, sizeof(*plan->last));
	plan->mag = calloc(settings->clients, sizeof(*plan->mag));
	if (plan->order == NULL || plan->last == NULL || plan->mag == NULL) {
		plan_fini(plan);
		return -1;
	}
	for (uint32_t i = 0; i < settings->clients; i++)
		plan->order[i] = i;
	return 0;
}

void plan_fini(struct plan *plan)
{
	free(plan->order);
	free(plan->last);
	free(plan->mag);
	plan->order = plan->last = NULL;
	plan->mag = NULL;
}

/* SplitMix64: any seed is a good one, 0 as well. */
static uint32_t random_below(struct plan *plan, uint32_t n)
{
	uint64_t z = plan->random += UINT64_C(0x9e3779b97f4a7c15);

	z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
	z ^= z >> 31;
	return (uint32_t)(((z >> 32) * n) >> 32);
}

/* A place in the order. A client has a rest where there are others: while its last PBU is unanswered, it could only wait. */
static uint32_t pick(struct plan *plan, uint32_t first, uint32_t count)
{
	uint32_t rest = count / 2 < REST_MAX ? count / 2 : REST_MAX, place = first;

	for (unsigned int i = 0; i < TRIES; i++) {
		place = first + random_below(plan, count);
		if ((uint32_t)plan->made - plan->last[plan->order[place]] > rest)
			break;
	}
	return place;
}

static void swap(struct plan *plan, uint32_t a, uint32_t b)
{
	uint32_t client = plan->order[a];

	plan->order[a] = plan->order[b];
	plan->order[b] = client;
}

static enum plan_kind draw_kind(struct plan *plan)
{
	unsigned int percent = random_below(plan, 100);
	bool all = plan->bound == plan->settings.clients, none = plan->bound == 0;

	if (none)
		return PLAN_REGISTER;
	if (percent < plan->settings.handover)
		return plan->settings.mags > 1 ? PLAN_HANDOVER : PLAN_REFRESH;
	percent -= plan->settings.handover;
	if (percent < plan->settings.release)
		return PLAN_RELEASE;
	percent -= plan->settings.release;
	return percent < plan->settings.release && !all ? PLAN_REGISTER : PLAN_REFRESH;
}

struct plan_event plan_next(struct plan *plan)
{
	uint32_t clients = plan->settings.clients;
	bool first = plan->made < clients;
	enum plan_kind kind = first ? PLAN_REGISTER : draw_kind(plan);
	uint8_t mags = plan->settings.mags;
	uint32_t place, client;

	if (first)
		place = plan->bound;
	else if (kind == PLAN_REGISTER)
		place = pick(plan, plan->bound, clients - plan->bound);
	else
		place = pick(plan, 0, plan->bound);
	client = plan->order[place];
	if (kind == PLAN_REGISTER) {
		swap(plan, place, plan->bound++);
		plan->mag[client] = (uint8_t)random_below(plan, mags);
	} else if (kind == PLAN_RELEASE) {
		swap(plan, place, --plan->bound);
	} else if (kind == PLAN_HANDOVER) {
		plan->mag[client] = (uint8_t)((plan->mag[client] + 1U + random_below(plan, mags - 1U)) % mags);
	}
	plan->last[client] = (uint32_t)plan->made++;
	return (struct plan_event){client, (uint8_t)kind, plan->mag[client]};
}
