/* SPDX-License-Identifier: BSD-2-Clause */
#include "engine/action_queue.h"

#include "unit.h"

static struct unit_mem counter;
static struct pmip_mem mem;
static struct pmip__action_queue queue;

static void setup(void)
{
	counter = (struct unit_mem){0};
	mem = unit_mem_callbacks(&counter);
	pmip__action_queue_init(&queue, &mem);
}

static void finish(void)
{
	pmip__action_queue_fini(&queue);
	ck_assert_int_eq(counter.live, 0);
}

static void push_op(uint32_t id)
{
	struct pmip_action action = {.type = PMIP_ACTION_DATAPATH, .u.datapath.id = id};

	pmip__action_queue_push(&queue, &action);
}

static void push_send(const char *text)
{
	struct pmip_action action = {
		.type = PMIP_ACTION_SEND,
		.u.send = {.data = (const uint8_t *)text, .len = strlen(text)},
	};

	pmip__action_queue_push(&queue, &action);
}

static void expect_op(uint32_t id)
{
	struct pmip_action action;

	ck_assert_int_eq(pmip__action_queue_next(&queue, &action), 1);
	ck_assert_int_eq(action.type, PMIP_ACTION_DATAPATH);
	ck_assert_uint_eq(action.u.datapath.id, id);
}

static void expect_send(const char *text)
{
	struct pmip_action action;

	ck_assert_int_eq(pmip__action_queue_next(&queue, &action), 1);
	ck_assert_int_eq(action.type, PMIP_ACTION_SEND);
	ck_assert_uint_eq(action.u.send.len, strlen(text));
	if (*text)
		ck_assert_mem_eq(action.u.send.data, text, strlen(text));
}

static void expect_nothing(void)
{
	struct pmip_action action;

	ck_assert_int_eq(pmip__action_queue_next(&queue, &action), 0);
}

START_TEST(in_order)
{
	setup();
	expect_nothing();
	ck_assert_int_eq(pmip__action_queue_reserve(&queue, 3, 5), 0);
	push_op(1);
	push_send("hello");
	push_op(2);
	expect_op(1);
	expect_send("hello");
	expect_op(2);
	expect_nothing();
	expect_nothing();
	finish();
}
END_TEST

/* Octets belong to the queue from the push on, and stay right when it grows while actions wait. */
START_TEST(octets_are_copied)
{
	char text[] = "first";

	setup();
	ck_assert_int_eq(pmip__action_queue_reserve(&queue, 1, 5), 0);
	push_send(text);
	memset(text, 'x', 5);
	for (int i = 0; i < 100; i++) {
		ck_assert_int_eq(pmip__action_queue_reserve(&queue, 1, 9), 0);
		push_send("a message");
	}
	expect_send("first");
	for (int i = 0; i < 100; i++)
		expect_send("a message");
	expect_nothing();
	finish();
}
END_TEST

START_TEST(every_kind_with_a_view)
{
	static const uint8_t octets[] = {1, 2, 3, 4, 5, 6, 7, 8};
	struct pmip_action action = {.type = PMIP_ACTION_PARAM_PROBLEM};

	setup();
	ck_assert_int_eq(pmip__action_queue_reserve(&queue, 4, 8), 0);
	action.u.param_problem = (struct pmip_param_problem){{.data = octets, .len = 5}, 17};
	pmip__action_queue_push(&queue, &action);
	action = (struct pmip_action){.type = PMIP_ACTION_NOTIFY};
	action.u.event = (struct pmip_event){.type = PMIP_EVENT_REFUSED, .mn_id = {1, 3, octets + 5}};
	pmip__action_queue_push(&queue, &action);
	action = (struct pmip_action){.type = PMIP_ACTION_RA, .u.ra.link = 9};
	pmip__action_queue_push(&queue, &action);
	/* A view of nothing stays what it was. */
	push_send("");

	ck_assert_int_eq(pmip__action_queue_next(&queue, &action), 1);
	ck_assert_uint_eq(action.u.param_problem.pointer, 17);
	ck_assert_ptr_ne(action.u.param_problem.dgram.data, octets);
	ck_assert_mem_eq(action.u.param_problem.dgram.data, octets, 5);
	ck_assert_int_eq(pmip__action_queue_next(&queue, &action), 1);
	ck_assert_uint_eq(action.u.event.mn_id.len, 3);
	ck_assert_mem_eq(action.u.event.mn_id.id, octets + 5, 3);
	ck_assert_int_eq(pmip__action_queue_next(&queue, &action), 1);
	ck_assert_uint_eq(action.u.ra.link, 9);
	expect_send("");
	expect_nothing();
	finish();
}
END_TEST

/* A queue that is pulled empty again and again does not grow. */
START_TEST(reused)
{
	unsigned int calls;

	setup();
	ck_assert_int_eq(pmip__action_queue_reserve(&queue, 2, 7), 0);
	calls = counter.calls;
	for (uint32_t i = 1; i < 1000; i++) {
		ck_assert_int_eq(pmip__action_queue_reserve(&queue, 2, 7), 0);
		push_send("message");
		push_op(i);
		expect_send("message");
		expect_op(i);
		expect_nothing();
	}
	ck_assert_uint_eq(counter.calls, calls);
	finish();
}
END_TEST

/* Either array cannot grow: told, and what waits is still there. */
START_TEST(no_memory_keeps_what_waits)
{
	bool failed = true;
	unsigned int n;

	for (n = 1; failed; n++) {
		setup();
		ck_assert_int_eq(pmip__action_queue_reserve(&queue, 2, 7), 0);
		push_send("message");
		push_op(5);
		failed = unit_no_memory(&counter, n, pmip__action_queue_reserve(&queue, 100, 1000));
		ck_assert_int_eq(pmip__action_queue_reserve(&queue, SIZE_MAX / 2, 0), PMIP_ERR_NOMEM);
		expect_send("message");
		expect_op(5);
		expect_nothing();
		finish();
	}
	ck_assert_uint_gt(n, 3);
}
END_TEST

int main(void)
{
	const TTest *tests[] = {
		in_order, octets_are_copied, every_kind_with_a_view, reused, no_memory_keeps_what_waits, NULL,
	};

	return unit_run("action_queue", tests);
}
