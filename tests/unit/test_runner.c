/* SPDX-License-Identifier: BSD-2-Clause */
/* The turn of the runner, over backends that write down what they are told and an engine that
 * follows a script: each message wants `ops_per_message` datapath operations; when no result is
 * open any more, a message is to be sent. */
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "backend/runner.h"
#include "unit.h"

#define TRACE_MAX 4096
#define PENDING_MAX 4096

static struct fake {
	char trace[TRACE_MAX]; /* one letter per call that matters: I input, S submit, C complete, T
				  send, R ra, P problem, N notify */
	size_t trace_len;
	size_t waiting; /* messages the io has */
	size_t largest_send, largest_submit;
	size_t sent, recvs;
	int submit_error;
	size_t events_waiting;
	struct pmip_action queue[PENDING_MAX];
	size_t head, tail;
	uint32_t open_ops;
	uint32_t next_id;
	size_t ops_per_message;
	size_t nomem_completes; /* refuse so many complete() calls */
	size_t nomem_events;
	int last_result;
	uint64_t deadline;
	uint8_t message[16];
	uint8_t sent_octet;
	struct pmip_runner *runner;
	int reentry;
	int pipe[2];
	size_t seen;
	size_t flows_waiting, flows_seen;
	int flow_pipe[2];
	size_t links_calls;
	int link_pipe[2];
} f;

static void note(char c)
{
	if (f.trace_len < TRACE_MAX - 1)
		f.trace[f.trace_len++] = c;
}

/* io */

static int io_fd(void *ctx)
{
	(void)ctx;
	return f.pipe[0];
}

static int io_other_fd(void *ctx)
{
	(void)ctx;
	return f.flow_pipe[0];
}

static int io_recv(void *ctx, struct pmip_dgram *in, size_t n)
{
	size_t got = f.waiting < n ? f.waiting : n;

	(void)ctx;
	f.recvs++;
	for (size_t i = 0; i < got; i++)
		in[i] = (struct pmip_dgram){.data = f.message, .len = sizeof(f.message)};
	f.waiting -= got;
	return (int)got;
}

static int io_send(void *ctx, const struct pmip_dgram *out, size_t n)
{
	(void)ctx;
	note('T');
	f.largest_send = n > f.largest_send ? n : f.largest_send;
	f.sent += n;
	f.sent_octet = out[0].data[0];
	return (int)n;
}

static int io_problem(void *ctx, const struct pmip_param_problem *problem)
{
	(void)ctx;
	(void)problem;
	note('P');
	return 0;
}

static void no_free(void *ctx)
{
	(void)ctx;
}

static const struct pmip_io_ops io_ops = {sizeof(io_ops), io_fd,      io_recv,
					  io_send,	  io_problem, no_free,	  NULL};

/* datapath */

static int dp_submit(void *ctx, int *results, const struct pmip_datapath_op *ops, size_t n)
{
	(void)ctx;
	(void)ops;
	note('S');
	f.largest_submit = n > f.largest_submit ? n : f.largest_submit;
	if (f.submit_error)
		return f.submit_error;
	memset(results, 0, n * sizeof(*results));
	return 0;
}

/* A datapath that sees flows, as many as f.flows_waiting; it tells with the pipe that messages come by. */
static int dp_watch(void *ctx, enum pmip_datapath_watch watch)
{
	(void)ctx;
	(void)watch;
	return 0;
}

static int dp_unknown(void *ctx, void (*each)(void *user, const struct pmip_flow *flow), void *user)
{
	struct pmip_flow flow = {.protocol = 17, .dst_port = 7};
	int n = 0;

	(void)ctx;
	for (; f.flows_waiting; f.flows_waiting--, n++)
		each(user, &flow);
	return n;
}

static int dp_links_fd(void *ctx)
{
	(void)ctx;
	return f.link_pipe[0];
}

static int dp_links(void *ctx)
{
	(void)ctx;
	f.links_calls++;
	return 0;
}

static const struct pmip_datapath_ops dp_ops = {.size = sizeof(dp_ops),
						.name = "fake",
						.submit = dp_submit,
						.watch = dp_watch,
						.unknown_fd = io_other_fd,
						.unknown = dp_unknown,
						.links_fd = dp_links_fd,
						.links = dp_links};

/* access */

static int access_recv(void *ctx, struct pmip_access_event *events, size_t n)
{
	size_t got = f.events_waiting < n ? f.events_waiting : n;

	(void)ctx;
	for (size_t i = 0; i < got; i++)
		events[i] =
			(struct pmip_access_event){.type = PMIP_ACCESS_ATTACH, .trigger = "test"};
	f.events_waiting -= got;
	return (int)got;
}

static int access_ra(void *ctx, const struct pmip_ra *ra)
{
	(void)ctx;
	(void)ra;
	note('R');
	return 0;
}

static int access_probe(void *ctx, const struct pmip_probe *probe)
{
	(void)ctx;
	ck_assert_uint_eq(probe->link, 7);
	note('Q');
	return 0;
}

static int access_timeout_ms(void *ctx, uint64_t mono_us)
{
	(void)ctx;
	(void)mono_us;
	return 700;
}

static void access_timeout(void *ctx, uint64_t mono_us)
{
	(void)ctx;
	(void)mono_us;
}

/* Never readable: the runner wants a descriptor, and nothing here waits on it. */
static int access_fd(void *ctx)
{
	(void)ctx;
	return f.pipe[1];
}

static const struct pmip_access_ops access_ops = {
	sizeof(access_ops), access_fd,	    access_recv, access_ra,
	access_timeout_ms,  access_timeout, no_free,	  access_probe};

/* engine */

static void want(struct pmip_action action)
{
	f.queue[f.tail++ % PENDING_MAX] = action;
}

static void want_op_of(enum pmip_datapath_kind kind)
{
	f.open_ops++;
	want((struct pmip_action){.type = PMIP_ACTION_DATAPATH, .u.datapath = {.id = ++f.next_id, .kind = kind}});
}

static void want_op(void)
{
	want_op_of(PMIP_DATAPATH_BINDING_SET);
}

static int engine_input(void *engine, const struct pmip_dgram *dgram, struct pmip_now now)
{
	(void)engine;
	(void)dgram;
	(void)now;
	note('I');
	for (size_t i = 0; i < f.ops_per_message; i++)
		want_op();
	if (!f.ops_per_message)
		want((struct pmip_action){.type = PMIP_ACTION_SEND,
					  .u.send = {.data = f.message, .len = sizeof(f.message)}});
	return 0;
}

static int engine_access(void *engine, const struct pmip_access_event *event, struct pmip_now now)
{
	(void)engine;
	(void)event;
	(void)now;
	if (f.nomem_events) {
		f.nomem_events--;
		return PMIP_ERR_NOMEM;
	}
	note('A');
	want((struct pmip_action){.type = PMIP_ACTION_RA});
	want_op();
	return 0;
}

static uint64_t engine_deadline(const void *engine)
{
	(void)engine;
	return f.deadline;
}

static int engine_timeout(void *engine, struct pmip_now now)
{
	(void)engine;
	(void)now;
	f.deadline = PMIP_TIME_NONE;
	note('D');
	return 0;
}

static int engine_next(void *engine, struct pmip_action *action)
{
	(void)engine;
	if (f.head == f.tail)
		return 0;
	*action = f.queue[f.head++ % PENDING_MAX];
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
	f.message[0]++; /* views of the actions before die here */
	if (--f.open_ops == 0)
		want((struct pmip_action){.type = PMIP_ACTION_SEND,
					  .u.send = {.data = f.message, .len = sizeof(f.message)}});
	return 0;
}

static const struct pmip__engine engine_ops = {engine_input,   engine_access, engine_deadline,
					       engine_timeout, engine_next,   engine_complete,
					       NULL};

static void notify(void *user, const struct pmip_event *event, struct pmip_now now)
{
	(void)user;
	(void)event;
	(void)now;
	note('N');
	f.reentry = pmip_runner_process(f.runner);
}

static void flow_seen(void *user, const struct pmip_flow *flow, struct pmip_now now)
{
	(void)user;
	ck_assert_uint_eq(flow->dst_port, 7);
	ck_assert_uint_gt(now.mono_us, 0);
	f.flows_seen++;
}

static void access_seen(void *user, const struct pmip_access_event *event, struct pmip_now now)
{
	(void)user;
	(void)event;
	(void)now;
	f.seen++;
}

static void setup(void)
{
	struct pmip_runner_config config = {.size = sizeof(config),
					    .io = {&io_ops, &f},
					    .datapath = {&dp_ops, &f},
					    .access = {&access_ops, &f},
					    .notify = notify,
					    .access_seen = access_seen,
					    .flow_seen = flow_seen};

	memset(&f, 0, sizeof(f));
	f.deadline = PMIP_TIME_NONE;
	f.ops_per_message = 1;
	ck_assert_int_eq(pipe(f.pipe), 0);
	ck_assert_int_eq(pipe(f.flow_pipe), 0);
	ck_assert_int_eq(pipe(f.link_pipe), 0);
	ck_assert_int_eq(pmip__runner_new(&f.runner, &engine_ops, &f, &config), 0);
}

static void teardown(void)
{
	pmip_runner_free(f.runner);
	close(f.pipe[0]);
	close(f.pipe[1]);
	close(f.flow_pipe[0]);
	close(f.flow_pipe[1]);
	close(f.link_pipe[0]);
	close(f.link_pipe[1]);
}

static struct pmip_runner_counters counters(void)
{
	struct pmip_runner_counters c = {.size = sizeof(c)};

	ck_assert_int_eq(pmip_runner_get_counters(f.runner, &c), 0);
	return c;
}

START_TEST(reply_waits_for_its_forwarding)
{
	f.waiting = 1;
	ck_assert_int_eq(pmip_runner_process(f.runner), 1);
	ck_assert_str_eq(f.trace, "ISCT");
	ck_assert_uint_eq(f.sent_octet, f.message[0]);
}
END_TEST

START_TEST(a_probe_is_the_access_links_matter) /* MAG-31, MAG-41 */
{
	want((struct pmip_action){.type = PMIP_ACTION_PROBE, .u.probe.link = 7});
	ck_assert_int_eq(pmip_runner_process(f.runner), 0);
	ck_assert_str_eq(f.trace, "Q");
}
END_TEST

START_TEST(a_batch_is_one_submit_and_one_send)
{
	struct pmip_runner_counters c;

	f.waiting = 40;
	f.ops_per_message = 2;
	ck_assert_int_eq(pmip_runner_process(f.runner), 40);
	c = counters();
	ck_assert_uint_eq(f.largest_submit, 80);
	ck_assert_uint_eq(c.datapath_batches, 1);
	ck_assert_uint_eq(c.datapath_ops, 80);
	ck_assert_uint_eq(c.received, 40);
	ck_assert_uint_eq(c.turns, 1);
	ck_assert_uint_eq(strcspn(f.trace, "T"), f.trace_len - 1);
}
END_TEST

START_TEST(flows_do_not_hold_up_what_they_follow) /* FLO-11 */
{
	want_op_of(PMIP_DATAPATH_BINDING_CLEAR);
	want_op_of(PMIP_DATAPATH_PATH_CLEAR);
	for (size_t i = 0; i < 4; i++) {
		want_op_of(PMIP_DATAPATH_FLOW_SET);
		want((struct pmip_action){.type = PMIP_ACTION_NOTIFY});
	}
	ck_assert_int_eq(pmip_runner_process(f.runner), 0);
	ck_assert_str_eq(f.trace, "SCCCNNNNSCCCT");
}
END_TEST

/* The move of a whole tunnel is none of a flow: it neither ends a batch nor is held up. */
START_TEST(flows_do_not_hold_up_the_move_of_a_tunnel)
{
	want_op_of(PMIP_DATAPATH_TUNNEL_ENSURE);
	want_op_of(PMIP_DATAPATH_TUNNEL_MOVE);
	want_op_of(PMIP_DATAPATH_FLOW_SET);
	want_op_of(PMIP_DATAPATH_FLOW_SET);
	ck_assert_int_eq(pmip_runner_process(f.runner), 0);
	ck_assert_str_eq(f.trace, "SCCCSCT");
}
END_TEST

START_TEST(replies_leave_together)
{
	f.waiting = 40;
	f.ops_per_message = 0;
	ck_assert_int_eq(pmip_runner_process(f.runner), 40);
	ck_assert_uint_eq(f.largest_send, 40);
	ck_assert_uint_eq(counters().sent, 40);
}
END_TEST

START_TEST(more_than_fits_goes_in_several_batches)
{
	f.waiting = PMIP_IO_BATCH;
	f.ops_per_message = 10;
	ck_assert_int_eq(pmip_runner_process(f.runner), PMIP_IO_BATCH);
	ck_assert_uint_eq(counters().datapath_ops, 10 * PMIP_IO_BATCH);
	ck_assert_uint_gt(counters().datapath_batches, 1);
	ck_assert_uint_eq(f.open_ops, 0);
	ck_assert_uint_eq(f.sent, 1);
}
END_TEST

START_TEST(many_sends_at_once_all_leave)
{
	for (int i = 0; i < 1000; i++)
		want((struct pmip_action){.type = PMIP_ACTION_SEND,
					  .u.send = {.data = f.message, .len = sizeof(f.message)}});
	ck_assert_int_eq(pmip_runner_process(f.runner), 0);
	ck_assert_uint_eq(f.sent, 1000);
	ck_assert_uint_gt(f.largest_send, 32);
}
END_TEST

START_TEST(one_call_is_bounded)
{
	f.waiting = 100000;
	ck_assert_int_eq(pmip_runner_process(f.runner), 16 * PMIP_IO_BATCH);
	ck_assert_uint_eq(f.recvs, 16);
}
END_TEST

START_TEST(a_short_batch_ends_the_call)
{
	f.waiting = PMIP_IO_BATCH + 1;
	ck_assert_int_eq(pmip_runner_process(f.runner), PMIP_IO_BATCH + 1);
	ck_assert_uint_eq(f.recvs, 2);
}
END_TEST

START_TEST(a_refused_batch_is_told_to_each)
{
	f.waiting = 3;
	f.submit_error = PMIP_ERR_OS;
	ck_assert_int_eq(pmip_runner_process(f.runner), 3);
	ck_assert_int_eq(f.last_result, PMIP_ERR_OS);
	ck_assert_uint_eq(f.open_ops, 0);
}
END_TEST

START_TEST(results_survive_want_of_memory)
{
	f.waiting = 2;
	f.nomem_completes = 1;
	ck_assert_int_eq(pmip_runner_process(f.runner), PMIP_ERR_NOMEM);
	ck_assert_uint_eq(f.sent, 0);
	ck_assert_int_eq(pmip_runner_timeout_ms(f.runner), 0);
	ck_assert_int_eq(pmip_runner_process(f.runner), 0);
	ck_assert_str_eq(f.trace, "IISCCT");
	ck_assert_uint_eq(counters().datapath_batches, 1);
}
END_TEST

START_TEST(events_survive_want_of_memory)
{
	f.events_waiting = 3;
	f.nomem_events = 1;
	ck_assert_int_eq(pmip_runner_process(f.runner), PMIP_ERR_NOMEM);
	ck_assert_int_eq(pmip_runner_timeout_ms(f.runner), 0);
	ck_assert_int_eq(pmip_runner_process(f.runner), 3);
	ck_assert_uint_eq(f.seen, 3);
	ck_assert_str_eq(f.trace, "AAASCCCTRRR");
}
END_TEST

START_TEST(problems_and_events_are_done_on_the_spot)
{
	want((struct pmip_action){.type = PMIP_ACTION_PARAM_PROBLEM});
	want((struct pmip_action){.type = PMIP_ACTION_NOTIFY});
	ck_assert_int_eq(pmip_runner_process(f.runner), 0);
	ck_assert_str_eq(f.trace, "PN");
	ck_assert_int_eq(f.reentry, PMIP_ERR_REENTRY);
}
END_TEST

START_TEST(timeouts)
{
	uint64_t now = pmip_runner_now().mono_us;

	ck_assert_int_eq(pmip_runner_timeout_ms(f.runner), 700);
	f.deadline = now + 300500;
	ck_assert_int_ge(pmip_runner_timeout_ms(f.runner), 290);
	ck_assert_int_le(pmip_runner_timeout_ms(f.runner), 301);
	f.deadline = now;
	ck_assert_int_eq(pmip_runner_timeout_ms(f.runner), 0);
	ck_assert_int_eq(pmip_runner_process(f.runner), 0);
	ck_assert_str_eq(f.trace, "D");
}
END_TEST

START_TEST(what_is_required)
{
	struct pmip_runner_config config = {
		.size = sizeof(config), .io = {&io_ops, &f}, .datapath = {&dp_ops, &f}};
	struct pmip_runner *r = NULL;
	struct pmip_runner_counters c = {.size = 1};

	ck_assert_int_eq(pmip__runner_new(&r, &engine_ops, &f, &config), PMIP_ERR_INVALID);
	config.datapath.ops = NULL;
	config.access = (struct pmip_access){&access_ops, &f};
	ck_assert_int_eq(pmip__runner_new(&r, &engine_ops, &f, &config), PMIP_ERR_INVALID);
	ck_assert_ptr_null(r);
	ck_assert_int_eq(pmip_runner_get_counters(f.runner, &c), PMIP_ERR_INVALID);
}
END_TEST

START_TEST(readable_when_a_message_waits)
{
	struct pollfd p = {.fd = pmip_runner_fd(f.runner), .events = POLLIN};

	ck_assert_int_eq(poll(&p, 1, 0), 0);
	ck_assert_int_eq(write(f.pipe[1], "x", 1), 1);
	ck_assert_int_eq(poll(&p, 1, 0), 1);
}
END_TEST

START_TEST(flows_that_the_datapath_sees_are_told) /* FMP-1 */
{
	struct pollfd p = {.fd = pmip_runner_fd(f.runner), .events = POLLIN};

	ck_assert_int_eq(poll(&p, 1, 0), 0);
	ck_assert_int_eq(write(f.flow_pipe[1], "x", 1), 1);
	ck_assert_int_eq(poll(&p, 1, 0), 1);
	f.flows_waiting = 3;
	ck_assert_int_eq(pmip_runner_process(f.runner), 0);
	ck_assert_uint_eq(f.flows_seen, 3);
}
END_TEST

START_TEST(the_datapath_looks_after_interfaces) /* TUN-10 */
{
	struct pollfd p = {.fd = pmip_runner_fd(f.runner), .events = POLLIN};
	uint64_t until = pmip_runner_now().mono_us + 1000000;

	ck_assert_int_eq(poll(&p, 1, 0), 0);
	ck_assert_int_eq(write(f.link_pipe[1], "x", 1), 1);
	ck_assert_int_eq(poll(&p, 1, 0), 1);
	for (size_t n = 1; n < 4; n++) {
		ck_assert_int_eq(pmip_runner_process(f.runner), 0);
		ck_assert_uint_eq(f.links_calls, n);
	}
	/* Messages go first, but not for ever. */
	while (f.links_calls < 4 && pmip_runner_now().mono_us < until) {
		f.waiting = 1;
		ck_assert_int_eq(pmip_runner_process(f.runner), 1);
		f.trace_len = 0;
	}
	ck_assert_uint_eq(f.links_calls, 4);
}
END_TEST

int main(void)
{
	const TTest *tests[] = {
		reply_waits_for_its_forwarding, a_probe_is_the_access_links_matter, a_batch_is_one_submit_and_one_send,
		flows_do_not_hold_up_what_they_follow, flows_do_not_hold_up_the_move_of_a_tunnel, replies_leave_together,
		more_than_fits_goes_in_several_batches, many_sends_at_once_all_leave, one_call_is_bounded,
		a_short_batch_ends_the_call, a_refused_batch_is_told_to_each, results_survive_want_of_memory,
		events_survive_want_of_memory, problems_and_events_are_done_on_the_spot, timeouts, what_is_required,
		readable_when_a_message_waits, flows_that_the_datapath_sees_are_told, the_datapath_looks_after_interfaces, NULL,
	};

	return unit_run_fixture("runner", tests, setup, teardown);
}
