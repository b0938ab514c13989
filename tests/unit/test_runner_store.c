/* SPDX-License-Identifier: BSD-2-Clause */
/* What the runner does with the records of an engine that follows a script: each of its results that is the last one open brings about a
 * message. */
#include <string.h>
#include <unistd.h>

#include "backend/runner.h"
#include "unit.h"

#define QUEUE_MAX 2048

static struct fake {
	char trace[256]; /* K commit, S submit, C complete, T send, Y timeout of the store */
	size_t trace_len;
	struct pmip_action queue[QUEUE_MAX];
	size_t head, tail;
	uint32_t open;
	int last_result, commit_error, sync_ms;
	size_t sent, recvs, largest_commit, nomem_completes;
	uint8_t records;
	uint8_t message[16];
	int pipe[2];
	struct pmip_runner *runner;
} f;

static void note(char c)
{
	if (f.trace_len < sizeof(f.trace) - 1)
		f.trace[f.trace_len++] = c;
}

static int io_fd(void *ctx)
{
	(void)ctx;
	return f.pipe[0];
}

static int io_recv(void *ctx, struct pmip_dgram *in, size_t n)
{
	(void)ctx;
	(void)in;
	(void)n;
	f.recvs++;
	return 0;
}

static int io_send(void *ctx, const struct pmip_dgram *out, size_t n)
{
	(void)ctx;
	(void)out;
	note('T');
	f.sent += n;
	return (int)n;
}

static int io_problem(void *ctx, const struct pmip_param_problem *problem)
{
	(void)ctx;
	(void)problem;
	return 0;
}

static void no_free(void *ctx)
{
	(void)ctx;
}

static const struct pmip_io_ops io_ops = {sizeof(io_ops), io_fd, io_recv, io_send, io_problem, no_free, NULL};

static int dp_submit(void *ctx, int *results, const struct pmip_datapath_op *ops, size_t n)
{
	(void)ctx;
	(void)ops;
	note('S');
	memset(results, 0, n * sizeof(*results));
	return 0;
}

static const struct pmip_datapath_ops dp_ops = {.size = sizeof(dp_ops), .name = "fake", .submit = dp_submit};

static int store_commit(void *ctx, const struct pmip_store_op *records, size_t n)
{
	(void)ctx;
	for (size_t i = 0; i < n; i++) { /* the octets are still the ones that were there when it was said */
		ck_assert_uint_eq(records[i].key.data[0], records[i].value.len ? records[i].value.data[1] : 5);
		ck_assert_uint_gt(records[i].key.len, 0);
	}
	note('K');
	f.largest_commit = n > f.largest_commit ? n : f.largest_commit;
	return f.commit_error;
}

/* Keys of one octet, from 1 on. */
static int store_next(void *ctx, struct pmip_bytes *key, struct pmip_bytes *value, const struct pmip_bytes *after)
{
	static uint8_t octet;

	(void)ctx;
	octet = (uint8_t)(after->len ? after->data[0] + 1 : 1);
	if (octet > f.records)
		return 0;
	*key = *value = (struct pmip_bytes){&octet, 1};
	return 1;
}

static int store_timeout_ms(void *ctx, uint64_t mono_us)
{
	(void)ctx;
	(void)mono_us;
	return f.sync_ms;
}

static int store_timeout(void *ctx, uint64_t mono_us)
{
	(void)ctx;
	(void)mono_us;
	note('Y');
	f.sync_ms = -1;
	return 0;
}

static const struct pmip_store_ops store_ops = {sizeof(store_ops), "fake", store_commit, store_next, store_timeout_ms, store_timeout, no_free};

static void want(struct pmip_action action)
{
	f.queue[f.tail++ % QUEUE_MAX] = action;
}

static void want_op(uint32_t id)
{
	f.open++;
	want((struct pmip_action){.type = PMIP_ACTION_DATAPATH, .u.datapath = {.id = id}});
}

static void want_record(uint32_t id)
{
	f.open += id != 0;
	want((struct pmip_action){.type = PMIP_ACTION_STORE, .u.store = {.id = id}});
}

static void want_message(bool durable)
{
	want((struct pmip_action){.type = PMIP_ACTION_SEND, .durable = durable, .u.send = {.data = f.message, .len = sizeof(f.message)}});
}

static int engine_input(void *engine, const struct pmip_dgram *dgram, struct pmip_now now)
{
	(void)engine;
	(void)dgram;
	(void)now;
	return 0;
}

static uint64_t engine_deadline(const void *engine)
{
	(void)engine;
	return PMIP_TIME_NONE;
}

static int engine_timeout(void *engine, struct pmip_now now)
{
	(void)engine;
	(void)now;
	return 0;
}

/* A record is said in octets that the next call changes. */
static int engine_next(void *engine, struct pmip_action *action)
{
	static uint8_t scratch[2];

	(void)engine;
	if (f.head == f.tail)
		return 0;
	*action = f.queue[f.head++ % QUEUE_MAX];
	scratch[0] = scratch[1] = (uint8_t)f.head;
	if (action->type == PMIP_ACTION_STORE) {
		action->u.store.key = (struct pmip_bytes){scratch, 1};
		action->u.store.value = (struct pmip_bytes){scratch, 2};
	}
	return 1;
}

static int engine_complete(void *engine, uint32_t id, int err, struct pmip_now now)
{
	(void)engine;
	(void)id;
	(void)now;
	if (f.nomem_completes) {
		f.nomem_completes--;
		return PMIP_ERR_NOMEM;
	}
	note('C');
	f.last_result = err;
	if (--f.open == 0)
		want_message(false);
	return 0;
}

/* Has forwarding set up for each but those that it cannot use. */
static int engine_restore(void *engine, const struct pmip_bytes *key, const struct pmip_bytes *value, struct pmip_now now)
{
	(void)engine;
	(void)value;
	(void)now;
	switch (key->data[0]) {
	case 3:
		return PMIP_ERR_NOENT;
	case 4:
		return PMIP_ERR_INVALID;
	case 5:
		return PMIP_ERR_STALE;
	}
	want_op(key->data[0]);
	f.open++; /* nothing is sent */
	return 0;
}

static const struct pmip__engine engine_ops = {engine_input, NULL,	      engine_deadline, engine_timeout,
					       engine_next,  engine_complete, engine_restore};

static void setup(void)
{
	struct pmip_runner_config config = {.size = sizeof(config), .io = {&io_ops, &f}, .datapath = {&dp_ops, &f}, .store = {&store_ops, &f}};

	memset(&f, 0, sizeof(f));
	f.sync_ms = -1;
	ck_assert_int_eq(pipe(f.pipe), 0);
	ck_assert_int_eq(pmip__runner_new(&f.runner, &engine_ops, &f, &config), 0);
}

static void teardown(void)
{
	pmip_runner_free(f.runner);
	close(f.pipe[0]);
	close(f.pipe[1]);
}

static struct pmip_runner_counters counters(void)
{
	struct pmip_runner_counters c = {.size = sizeof(c)};

	ck_assert_int_eq(pmip_runner_get_counters(f.runner, &c), 0);
	return c;
}

START_TEST(records_are_one_transaction_and_come_first)
{
	for (uint32_t i = 0; i < 10; i++)
		want_record(i % 2 ? i : 0);
	want_op(11);
	want_message(true);
	ck_assert_int_eq(pmip_runner_process(f.runner), 0);
	ck_assert_str_eq(f.trace, "KSCCCCCCT");
	ck_assert_uint_eq(f.largest_commit, 10);
	ck_assert_uint_eq(f.sent, 2);
	ck_assert_uint_eq(counters().stored, 10);
	ck_assert_uint_eq(counters().store_commits, 1);
}
END_TEST

START_TEST(what_was_not_stored_is_not_acknowledged)
{
	f.commit_error = PMIP_ERR_FULL;
	want_record(1);
	want_message(true);
	want_message(false);
	ck_assert_int_eq(pmip_runner_process(f.runner), 0);
	ck_assert_str_eq(f.trace, "KCT");
	ck_assert_int_eq(f.last_result, PMIP_ERR_FULL);
	ck_assert_uint_eq(f.sent, 2); /* the one that did not depend on it, and what the engine says to the failure */
	ck_assert_uint_eq(counters().store_failed, 1);
	ck_assert_uint_eq(counters().stored, 0);
	f.commit_error = 0;
	want_record(0);
	want_message(true);
	ck_assert_int_eq(pmip_runner_process(f.runner), 0);
	ck_assert_uint_eq(f.sent, 3);
}
END_TEST

START_TEST(a_result_that_cannot_be_taken_is_told_again)
{
	f.nomem_completes = 1;
	want_record(1);
	ck_assert_int_eq(pmip_runner_process(f.runner), PMIP_ERR_NOMEM);
	ck_assert_int_eq(pmip_runner_timeout_ms(f.runner), 0);
	ck_assert_int_eq(pmip_runner_process(f.runner), 0);
	ck_assert_str_eq(f.trace, "KCT");
}
END_TEST

START_TEST(more_records_than_fit)
{
	for (uint32_t i = 1; i <= 1000; i++)
		want_record(i);
	ck_assert_int_eq(pmip_runner_process(f.runner), 0);
	ck_assert_uint_eq(f.open, 0);
	ck_assert_uint_eq(counters().stored, 1000);
	ck_assert_uint_le(counters().store_commits, 8);
}
END_TEST

START_TEST(the_disk_is_waited_for_when_it_is_time)
{
	f.sync_ms = 30;
	ck_assert_int_eq(pmip_runner_timeout_ms(f.runner), 30);
	ck_assert_int_eq(pmip_runner_process(f.runner), 0);
	ck_assert_str_eq(f.trace, "");
	f.sync_ms = 0;
	ck_assert_int_eq(pmip_runner_process(f.runner), 0);
	ck_assert_str_eq(f.trace, "Y");
	ck_assert_int_eq(pmip_runner_timeout_ms(f.runner), -1);
}
END_TEST

START_TEST(records_are_put_back_without_a_message)
{
	struct pmip_runner_restored restored = {.size = sizeof(restored)};

	f.records = 200;
	ck_assert_int_eq(pmip_runner_restore(f.runner, &restored), 0);
	ck_assert_uint_eq(restored.records, 197);
	ck_assert_uint_eq(restored.skipped, 1);
	ck_assert_uint_eq(f.sent, 0);
	ck_assert_uint_eq(f.recvs, 0);
	ck_assert_uint_eq(counters().datapath_ops, 197);
	ck_assert_uint_ge(counters().datapath_batches, 4);
	ck_assert_uint_eq(counters().stored, 1); /* the stale one is deleted */
	ck_assert_int_eq(pmip_runner_restore(f.runner, NULL), 0);
}
END_TEST

START_TEST(without_a_store_nothing_is_put_back)
{
	struct pmip_runner_config config = {.size = sizeof(config), .io = {&io_ops, &f}, .datapath = {&dp_ops, &f}};

	pmip_runner_free(f.runner);
	ck_assert_int_eq(pmip__runner_new(&f.runner, &engine_ops, &f, &config), 0);
	ck_assert_int_eq(pmip_runner_restore(f.runner, NULL), PMIP_ERR_INVALID);
	want_record(1);
	ck_assert_int_eq(pmip_runner_process(f.runner), 0);
	ck_assert_int_eq(f.last_result, PMIP_ERR_UNSUPPORTED);
}
END_TEST

int main(void)
{
	const TTest *tests[] = {
		records_are_one_transaction_and_come_first,
		what_was_not_stored_is_not_acknowledged,
		a_result_that_cannot_be_taken_is_told_again,
		more_records_than_fit,
		the_disk_is_waited_for_when_it_is_time,
		records_are_put_back_without_a_message,
		without_a_store_nothing_is_put_back,
		NULL,
	};

	return unit_run_fixture("runner_store", tests, setup, teardown);
}
