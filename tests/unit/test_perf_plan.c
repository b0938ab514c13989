/* SPDX-License-Identifier: BSD-2-Clause */
#include "perf/plan.h"

#include <string.h>

#include "perf/waiting.h"
#include "unit.h"

#define CLIENTS 1000
#define EVENTS 50000

static const struct plan_settings usual = {.clients = CLIENTS, .mags = 3, .handover = 20, .release = 10, .seed = 5213};

static void draw(const struct plan_settings *settings, struct plan_event events[EVENTS])
{
	struct plan plan;

	ck_assert_int_eq(plan_init(&plan, settings), 0);
	for (unsigned int i = 0; i < EVENTS; i++)
		events[i] = plan_next(&plan);
	plan_fini(&plan);
}

static bool same(const struct plan_event *a, const struct plan_event *b)
{
	for (unsigned int i = 0; i < EVENTS; i++)
		if (a[i].client != b[i].client || a[i].kind != b[i].kind || a[i].mag != b[i].mag)
			return false;
	return true;
}

START_TEST(a_seed_is_a_sequence)
{
	static struct plan_event first[EVENTS], second[EVENTS], third[EVENTS];
	struct plan_settings other = usual;

	other.seed++;
	draw(&usual, first);
	draw(&usual, second);
	draw(&other, third);
	ck_assert(same(first, second));
	ck_assert(!same(first, third));
}
END_TEST

/* Who is registered is refreshed, handed over to another MAG or released; who is not, is registered. All come first. */
START_TEST(events_make_sense)
{
	static struct plan_event events[EVENTS];
	bool bound[CLIENTS] = {false};
	uint8_t mag[CLIENTS] = {0};

	draw(&usual, events);
	for (unsigned int i = 0; i < EVENTS; i++) {
		const struct plan_event *event = &events[i];

		ck_assert_uint_lt(event->client, CLIENTS);
		ck_assert_uint_lt(event->mag, 3);
		if (i < CLIENTS)
			ck_assert_uint_eq(event->kind, PLAN_REGISTER);
		ck_assert_int_eq(bound[event->client], event->kind != PLAN_REGISTER);
		if (event->kind == PLAN_HANDOVER)
			ck_assert_uint_ne(mag[event->client], event->mag);
		else if (event->kind != PLAN_REGISTER)
			ck_assert_uint_eq(mag[event->client], event->mag);
		bound[event->client] = event->kind != PLAN_RELEASE;
		mag[event->client] = event->mag;
	}
}
END_TEST

START_TEST(percentages_are_kept)
{
	static struct plan_event events[EVENTS];
	double seen[PLAN_KINDS] = {0};

	draw(&usual, events);
	for (unsigned int i = CLIENTS; i < EVENTS; i++)
		seen[events[i].kind] += 100.0 / (EVENTS - CLIENTS);
	/* Drawn by lot, but by the same lot each time. */
	ck_assert_double_eq_tol(seen[PLAN_HANDOVER], 20, 1);
	ck_assert_double_eq_tol(seen[PLAN_RELEASE], 10, 1);
	ck_assert_double_eq_tol(seen[PLAN_REGISTER], 10, 1);
	ck_assert_double_eq_tol(seen[PLAN_REFRESH], 60, 2);
}
END_TEST

/* So that with a window of some hundred nobody has to wait for an answer first. */
START_TEST(a_client_rests_after_an_event)
{
	static struct plan_event events[EVENTS];
	unsigned int last[CLIENTS], soon = 0;

	memset(last, 0, sizeof(last));
	draw(&usual, events);
	for (unsigned int i = 0; i < EVENTS; i++) {
		soon += i >= CLIENTS && i - last[events[i].client] < CLIENTS / 4 && events[i].kind != PLAN_REGISTER;
		last[events[i].client] = i;
	}
	ck_assert_uint_lt(soon, EVENTS / 100);
}
END_TEST

START_TEST(extremes)
{
	static struct plan_event events[EVENTS];
	const struct plan_settings alone = {.clients = 1, .mags = 1, .handover = 50, .release = 25, .seed = 0};
	const struct plan_settings leaving = {.clients = 2, .mags = 2, .release = 50, .seed = UINT64_MAX};

	draw(&alone, events);
	for (unsigned int i = 0; i < EVENTS; i++)
		ck_assert(events[i].client == 0 && events[i].mag == 0 && events[i].kind != PLAN_HANDOVER);
	draw(&leaving, events);
	for (unsigned int i = 2; i < EVENTS; i++)
		ck_assert(events[i].client < 2 && events[i].kind != PLAN_HANDOVER);
}
END_TEST

/* 1, 3, 7, 15, 23 seconds with a longest wait of 8. */
START_TEST(waits_double)
{
	static const uint64_t expected[] = {1, 3, 7, 15, 23};
	struct waiting waiting;

	ck_assert_int_eq(waiting_init(&waiting, 1, 5, 1, 8), 0);
	for (unsigned int i = 0; i < 5; i++)
		ck_assert_uint_eq(waiting.after_ns[i], expected[i]);
	waiting_fini(&waiting);
}
END_TEST

START_TEST(who_waits_stands_in_order)
{
	struct waiting waiting;

	ck_assert_int_eq(waiting_init(&waiting, 5, 2, 1, 1), 0);
	ck_assert_uint_eq(waiting_first(&waiting, 0), WAITING_NONE);
	for (uint32_t i = 0; i < 5; i++)
		waiting_add(&waiting, i, 0);
	waiting_remove(&waiting, 2, 0); /* from the middle, */
	waiting_remove(&waiting, 4, 0); /* the end, */
	waiting_remove(&waiting, 0, 0); /* the begin */
	waiting_add(&waiting, 0, 1);
	waiting_add(&waiting, 4, 0);
	ck_assert_uint_eq(waiting_first(&waiting, 1), 0);
	for (uint32_t i = 1; i < 5; i++) {
		if (i == 2)
			continue;
		ck_assert_uint_eq(waiting_first(&waiting, 0), i);
		waiting_remove(&waiting, i, 0);
	}
	ck_assert_uint_eq(waiting_first(&waiting, 0), WAITING_NONE);
	waiting_fini(&waiting);
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {
		a_seed_is_a_sequence, events_make_sense, percentages_are_kept, a_client_rests_after_an_event, extremes, waits_double,
		who_waits_stands_in_order, NULL,
	};

	return unit_run("perf_plan", tests);
}
