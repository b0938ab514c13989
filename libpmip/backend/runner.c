/* SPDX-License-Identifier: BSD-2-Clause */
/* Runs an engine over its backends. A call takes up to BATCHES_PER_CALL rounds of:
 *   1. a batch of messages and of access events into the engine, and what has fallen due; flows seen are told;
 *   2. actions out: datapath operations and what is to be sent are gathered, the rest is done on
 * the spot; records are gathered, too, and stored before the next thing that is no record;
 *   3. the operations to the datapath as one batch, each result back into the engine; from 2 again
 * until nothing comes of it;
 *   4. what is to be sent, in one batch. So no reply overtakes the forwarding that it promises.
 * Nothing pulled out of the engine is lost when memory runs out: results not yet taken by it and
 * access events not yet seen by it wait in the runner for the next call. A message not taken for
 * want of memory is lost as on a network: its sender repeats it. */
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "os.h"
#include "runner.h"

#define AREA "runner"
#define BATCHES_PER_CALL 16
#define LINKS_US	 100000
#define OPS_MAX 256
#define SEND_MAX PMIP_IO_BATCH
#define RA_MAX 64
#define MESSAGE_MAX 2048 /* Header Len is one octet of 8-octet units */
#define RECORDS_MAX 256
#define RECORD_OCTETS (PMIP_STORE_KEY_MAX + PMIP_STORE_VALUE_MAX)
#define RECORDS_OCTETS (8 * RECORD_OCTETS) /* a few of the largest; most are a fortieth */
#define RESTORE_AT_ONCE 64

struct pmip_runner {
	const struct pmip__engine *ops;
	void *engine;
	struct pmip_runner_config config;
	struct pmip_log log;
	int epoll_fd;
	bool running;
	uint64_t links_us; /* when interfaces were last looked after */
	struct pmip_runner_counters counters;

	struct pmip_dgram in[PMIP_IO_BATCH];
	struct pmip_access_event event[PMIP_IO_BATCH];
	size_t event_at, event_count;
	struct pmip_datapath_op op[OPS_MAX];
	int result[OPS_MAX];
	size_t op_count, done_at,
		done_count; /* gathered; [done_at, done_count) done but not told */
	struct pmip_store_op record[RECORDS_MAX];
	size_t record_count, records_len; /* gathered */
	bool store_failed; /* something has come to nothing since there was nothing left to do */
	uint32_t stored_id[RECORDS_MAX]; /* that the engine waits for, and is not told of yet */
	int stored[RECORDS_MAX];         /* what came of it */
	size_t stored_count, told_count;
	struct pmip_dgram out[SEND_MAX];
	size_t out_count;
	struct pmip_ra ra[RA_MAX];
	size_t ra_count;
	uint8_t out_buf[SEND_MAX][MESSAGE_MAX];
	uint8_t records_buf[RECORDS_OCTETS];
};

struct pmip_now pmip_runner_now(void)
{
	return (struct pmip_now){.mono_us = pmip__clock_us(CLOCK_MONOTONIC),
				 .wall_us = pmip__clock_us(CLOCK_REALTIME)};
}

/* Step 4. */
static void flush(struct pmip_runner *r)
{
	if (r->out_count) {
		int sent = r->config.io.ops->send(r->config.io.ctx, r->out, r->out_count);
		size_t left = sent > 0 ? (size_t)sent : 0;

		r->counters.sends++;
		r->counters.sent += left;
		r->counters.send_failed += r->out_count - left;
		r->out_count = 0;
	}
	for (size_t i = 0; i < r->ra_count; i++)
		if (r->config.access.ops->send_ra(r->config.access.ctx, &r->ra[i]) < 0)
			pmip__backend_log(
				&r->log, PMIP_LOG_DEBUG, AREA,
				"no Router Advertisement on interface %u: it is gone or down",
				r->ra[i].link);
	r->ra_count = 0;
}

static void gather_message(struct pmip_runner *r, const struct pmip_dgram *message)
{
	uint8_t *copy = r->out_buf[r->out_count];

	if (message->len > MESSAGE_MAX) {
		r->counters.send_failed++;
		return;
	}
	memcpy(copy, message->data, message->len);
	r->out[r->out_count] = *message;
	r->out[r->out_count++].data = copy;
}

/* Records that were gathered, as one transaction. */
static void store(struct pmip_runner *r)
{
	const struct pmip_store *to = &r->config.store;
	int err = PMIP_ERR_UNSUPPORTED;

	if (!r->record_count)
		return;
	if (to->ops)
		err = to->ops->commit(to->ctx, r->record, r->record_count);
	r->counters.store_commits++;
	r->counters.stored += err ? 0 : r->record_count;
	r->counters.store_failed += err != 0;
	if (err && !r->store_failed)
		pmip__backend_log(&r->log, PMIP_LOG_ERROR, AREA, "%zu records could not be stored: %s; nothing of them is acknowledged",
				  r->record_count, pmip_strerror(err));
	r->store_failed = r->store_failed || err;
	for (size_t i = 0; i < r->record_count; i++) {
		if (!r->record[i].id)
			continue;
		r->stored_id[r->stored_count] = r->record[i].id;
		r->stored[r->stored_count++] = err;
	}
	r->record_count = r->records_len = 0;
}

static struct pmip_bytes keep_octets(struct pmip_runner *r, const struct pmip_bytes *octets)
{
	uint8_t *copy = r->records_buf + r->records_len;

	if (octets->len)
		memcpy(copy, octets->data, octets->len);
	r->records_len += octets->len;
	return (struct pmip_bytes){copy, octets->len};
}

static void gather_record(struct pmip_runner *r, const struct pmip_store_op *record)
{
	struct pmip_store_op *kept = &r->record[r->record_count++];

	kept->id = record->id;
	kept->key = keep_octets(r, &record->key);
	kept->value = keep_octets(r, &record->value);
}

static void take_action(struct pmip_runner *r, const struct pmip_action *action,
			struct pmip_now now)
{
	const struct pmip_io *io = &r->config.io;

	if (action->type != PMIP_ACTION_STORE)
		store(r);
	switch (action->type) {
	case PMIP_ACTION_STORE:
		gather_record(r, &action->u.store);
		break;
	case PMIP_ACTION_DATAPATH:
		r->op[r->op_count++] = action->u.datapath;
		break;
	case PMIP_ACTION_SEND:
		if (!action->durable || !r->store_failed)
			gather_message(r, &action->u.send);
		break;
	case PMIP_ACTION_RA:
		if (r->config.access.ops)
			r->ra[r->ra_count++] = action->u.ra;
		break;
	case PMIP_ACTION_PROBE:
		if (r->config.access.ops && r->config.access.ops->probe)
			r->config.access.ops->probe(r->config.access.ctx, &action->u.probe);
		break;
	case PMIP_ACTION_PARAM_PROBLEM:
		io->ops->param_problem(io->ctx, &action->u.param_problem);
		break;
	case PMIP_ACTION_NOTIFY:
		if (r->config.notify)
			r->config.notify(r->config.user, &action->u.event, now);
		break;
	}
}

static bool is_of_flow(const struct pmip_datapath_op *op)
{
	return op->kind == PMIP_DATAPATH_FLOW_SET || op->kind == PMIP_DATAPATH_FLOW_CLEAR;
}

/* Where an attachment has gone, its flows follow, maybe thousands and each with an event: what is done about its prefixes and paths, by
 * which all of them may be helped already, does not wait until a batch of them is full. */
static bool flows_follow(const struct pmip_runner *r)
{
	return r->op_count > 1 && is_of_flow(&r->op[r->op_count - 1]) && !is_of_flow(&r->op[r->op_count - 2]);
}

/* Step 2. An action is pulled only when there is room for it, of whatever kind it is. @return
 * whether there may be more. */
static bool pull(struct pmip_runner *r, struct pmip_now now)
{
	struct pmip_action action;
	bool more = true;

	while (more && r->op_count < OPS_MAX && r->out_count < SEND_MAX && r->ra_count < RA_MAX &&
	       r->stored_count + r->record_count < RECORDS_MAX && r->records_len + RECORD_OCTETS <= RECORDS_OCTETS) {
		more = r->ops->next_action(r->engine, &action) == 1;
		if (more)
			take_action(r, &action, now);
		if (more && action.type == PMIP_ACTION_DATAPATH && flows_follow(r))
			break;
	}
	store(r);
	return more;
}

static void submit(struct pmip_runner *r)
{
	const struct pmip_datapath *dp = &r->config.datapath;
	int err = dp->ops->submit(dp->ctx, r->result, r->op, r->op_count);

	for (size_t i = 0; err < 0 && i < r->op_count; i++)
		r->result[i] = err;
	r->counters.datapath_ops += r->op_count;
	r->counters.datapath_batches++;
	r->done_at = 0;
	r->done_count = r->op_count;
	r->op_count = 0;
}

/* Step 3's second half. An operation that the engine has forgotten (PMIP_ERR_NOENT) is no concern
 * of ours. */
static int tell_results(struct pmip_runner *r, struct pmip_now now)
{
	for (; r->told_count < r->stored_count; r->told_count++)
		if (r->ops->complete(r->engine, r->stored_id[r->told_count], r->stored[r->told_count], now) == PMIP_ERR_NOMEM)
			return PMIP_ERR_NOMEM;
	r->told_count = r->stored_count = 0;
	while (r->done_at < r->done_count) {
		size_t i = r->done_at;

		if (r->ops->complete(r->engine, r->op[i].id, r->result[i], now) == PMIP_ERR_NOMEM)
			return PMIP_ERR_NOMEM;
		r->done_at++;
	}
	return 0;
}

/* Steps 2 to 4, until the engine has nothing more to say. */
static int settle(struct pmip_runner *r, struct pmip_now now)
{
	int err = tell_results(r, now);
	bool more = true;

	while (!err && more) {
		more = pull(r, now);
		if (r->op_count || r->stored_count) {
			if (r->op_count)
				submit(r);
			err = tell_results(r, now);
			more = true;
		} else if (more) {
			flush(r);
		}
	}
	if (!err)
		r->store_failed = false;
	/* What is gathered so far is safe to send even if a result could not be told: it was said
	 * before that. */
	flush(r);
	return err;
}

static int keep_first(int err, int more)
{
	return err ? err : more;
}

static int take_messages(struct pmip_runner *r, struct pmip_now now, int *err)
{
	int got = r->config.io.ops->recv(r->config.io.ctx, r->in, PMIP_IO_BATCH);

	if (got < 0) {
		*err = keep_first(*err, got);
		return 0;
	}
	for (int i = 0; i < got; i++)
		if (r->ops->input(r->engine, &r->in[i], now) == PMIP_ERR_NOMEM)
			*err = keep_first(*err, PMIP_ERR_NOMEM);
	r->counters.received += (uint64_t)got;
	r->counters.receives += got > 0;
	return got;
}

static int take_events(struct pmip_runner *r, struct pmip_now now, int *err)
{
	const struct pmip_access *access = &r->config.access;
	int taken = 0, got;

	if (!access->ops)
		return 0;
	if (r->event_at == r->event_count) {
		access->ops->handle_timeout(access->ctx, now.mono_us);
		got = access->ops->recv(access->ctx, r->event, PMIP_IO_BATCH);
		if (got < 0)
			*err = keep_first(*err, got);
		r->event_at = 0;
		r->event_count = got > 0 ? (size_t)got : 0;
		for (size_t i = 0; r->config.access_seen && i < r->event_count; i++)
			r->config.access_seen(r->config.user, &r->event[i], now);
	}
	for (; r->event_at < r->event_count; r->event_at++, taken++) {
		if (r->ops->access(r->engine, &r->event[r->event_at], now) == PMIP_ERR_NOMEM) {
			*err = keep_first(*err, PMIP_ERR_NOMEM);
			break;
		}
	}
	return taken;
}

struct sight {
	const struct pmip_runner *runner;
	struct pmip_now now;
};

static void tell_flow(void *user, const struct pmip_flow *flow)
{
	const struct sight *sight = user;

	sight->runner->config.flow_seen(sight->runner->config.user, flow, sight->now);
}

static bool watches_flows(const struct pmip_runner *r)
{
	return r->config.flow_seen && r->config.datapath.ops->watch;
}

static void take_flows(struct pmip_runner *r, struct pmip_now now, int *err)
{
	struct sight sight = {.runner = r, .now = now};
	int got = watches_flows(r) ? r->config.datapath.ops->unknown(r->config.datapath.ctx, tell_flow, &sight) : 0;

	if (got < 0)
		*err = keep_first(*err, got);
}

/* Interfaces come and go seldom: what is to be done about it waits for a turn without messages, but no longer than LINKS_US. */
static void take_links(struct pmip_runner *r, struct pmip_now now, int taken, int *err)
{
	const struct pmip_datapath *to = &r->config.datapath;

	if (!to->ops->links || (taken > 0 && now.mono_us - r->links_us < LINKS_US))
		return;
	r->links_us = now.mono_us;
	*err = keep_first(*err, to->ops->links(to->ctx));
}

static void sync_store(struct pmip_runner *r, struct pmip_now now, int *err)
{
	const struct pmip_store *to = &r->config.store;

	if (to->ops && to->ops->timeout_ms && !to->ops->timeout_ms(to->ctx, now.mono_us))
		*err = keep_first(*err, to->ops->handle_timeout(to->ctx, now.mono_us));
}

static int run(struct pmip_runner *r, struct pmip_now now, bool *full)
{
	int err = 0, messages, events;

	messages = take_messages(r, now, &err);
	events = take_events(r, now, &err);
	take_flows(r, now, &err);
	take_links(r, now, messages + events, &err);
	if (r->ops->next_deadline(r->engine) <= now.mono_us)
		err = keep_first(err, r->ops->handle_timeout(r->engine, now));
	err = keep_first(err, settle(r, now));
	sync_store(r, now, &err);
	*full = messages == PMIP_IO_BATCH || events == PMIP_IO_BATCH;
	return err ? err : messages + events;
}

int pmip_runner_process(struct pmip_runner *r)
{
	struct pmip_now began = pmip_runner_now(), now = began;
	uint64_t ops = r->counters.datapath_ops, sent = r->counters.sent;
	int taken = 0, got = 0;
	bool full = true;

	if (r->running)
		return PMIP_ERR_REENTRY;
	r->running = true;
	/* A batch that is not full has emptied the socket; more that comes meanwhile makes the
	 * descriptor readable. */
	for (int i = 0; i < BATCHES_PER_CALL && full && got >= 0; i++) {
		if (i)
			now = pmip_runner_now();
		got = run(r, now, &full);
		taken += got > 0 ? got : 0;
	}
	if (taken || ops != r->counters.datapath_ops || sent != r->counters.sent)
		r->counters.turns++;
	r->counters.busy_us += pmip__clock_us(CLOCK_MONOTONIC) - began.mono_us;
	r->running = false;
	return got < 0 ? got : taken;
}

int pmip_runner_fd(const struct pmip_runner *r)
{
	return r->epoll_fd;
}

/* Rounded up, so that what is due is due when the caller wakes. */
static int until_ms(uint64_t deadline_us, uint64_t now_us)
{
	uint64_t ms = deadline_us <= now_us ? 0 : (deadline_us - now_us + 999) / 1000;

	return ms > INT32_MAX ? INT32_MAX : (int)ms;
}

static int earlier(int a, int b)
{
	if (a < 0 || b < 0)
		return a < 0 ? b : a;
	return a < b ? a : b;
}

int pmip_runner_timeout_ms(const struct pmip_runner *r)
{
	uint64_t now = pmip__clock_us(CLOCK_MONOTONIC), deadline = r->ops->next_deadline(r->engine);
	int access = r->config.access.ops
			     ? r->config.access.ops->timeout_ms(r->config.access.ctx, now)
			     : -1;
	int engine = deadline == PMIP_TIME_NONE ? -1 : until_ms(deadline, now);
	const struct pmip_store *to = &r->config.store;
	int sync = to->ops && to->ops->timeout_ms ? to->ops->timeout_ms(to->ctx, now) : -1;

	if (r->event_at < r->event_count || r->done_at < r->done_count || r->told_count < r->stored_count)
		return 0;
	return earlier(earlier(access, engine), sync);
}

/* It was to be deleted together with what it depends on. */
static void forget(struct pmip_runner *r, const struct pmip_bytes *key)
{
	if (r->record_count == RECORDS_MAX)
		store(r);
	gather_record(r, &(struct pmip_store_op){.key = *key});
}

static void skip(const struct pmip_runner *r, const struct pmip_bytes *key, int err, uint64_t *skipped)
{
	char text[2 * 32 + 1] = "";

	for (size_t i = 0; i < key->len && i < 32; i++)
		snprintf(text + 2 * i, 3, "%02x", key->data[i]);
	if ((*skipped)++ < 10)
		pmip__backend_log(&r->log, PMIP_LOG_WARN, AREA, "the record %s%s of the store is left out: %s", text,
				  key->len > 32 ? "..." : "", pmip_strerror(err));
}

int pmip_runner_restore(struct pmip_runner *r, struct pmip_runner_restored *restored)
{
	struct pmip_runner_restored all = {.size = restored ? restored->size : 0};
	const struct pmip_store *from = &r->config.store;
	struct pmip_bytes key = {0}, value;
	struct pmip_now now = pmip_runner_now();
	int got = 0, err = 0;

	if (!from->ops || !r->ops->restore)
		return PMIP_ERR_INVALID;
	while (!err && (got = from->ops->next(from->ctx, &key, &value, &key)) == 1) {
		int result = r->ops->restore(r->engine, &key, &value, now);

		if (result == PMIP_ERR_NOMEM)
			err = result;
		else if (result == PMIP_ERR_STALE)
			forget(r, &key);
		else if (result && result != PMIP_ERR_NOENT)
			skip(r, &key, result, &all.skipped);
		else if (!result && ++all.records % RESTORE_AT_ONCE == 0)
			err = settle(r, now);
	}
	err = keep_first(keep_first(err, got < 0 ? got : 0), settle(r, now));
	if (all.skipped > 10)
		pmip__backend_log(&r->log, PMIP_LOG_WARN, AREA, "%llu records of the store are left out in all", (unsigned long long)all.skipped);
	if (restored)
		memcpy(restored, &all, all.size < sizeof(all) ? all.size : sizeof(all));
	return err;
}

int pmip_runner_get_counters(const struct pmip_runner *r, struct pmip_runner_counters *counters)
{
	size_t size = counters->size < sizeof(*counters) ? counters->size : sizeof(*counters);

	if (size < sizeof(counters->size))
		return PMIP_ERR_INVALID;
	memcpy(counters, &r->counters, size);
	counters->size = size;
	return 0;
}

static int watch(int epoll_fd, int fd)
{
	struct epoll_event readable = {.events = EPOLLIN};

	return epoll_ctl(epoll_fd, EPOLL_CTL_ADD, fd, &readable);
}

int pmip__runner_new(struct pmip_runner **runner, const struct pmip__engine *ops, void *engine,
		     const struct pmip_runner_config *config)
{
	const struct pmip_access *access = &config->access;
	struct pmip_runner *r;

	if (!engine || !config->io.ops || !config->datapath.ops || (ops->access && !access->ops))
		return PMIP_ERR_INVALID;
	r = calloc(1, sizeof(*r));
	if (!r)
		return PMIP_ERR_NOMEM;
	r->ops = ops;
	r->engine = engine;
	r->counters.size = sizeof(r->counters);
	memcpy(&r->config, config,
	       config->size < sizeof(r->config) ? config->size : sizeof(r->config));
	pmip__log_copy(&r->log, config->log);
	if (!ops->access)
		r->config.access = (struct pmip_access){0};
	r->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
	if (r->epoll_fd < 0 || watch(r->epoll_fd, config->io.ops->fd(config->io.ctx)) < 0 ||
	    (r->config.access.ops && watch(r->epoll_fd, access->ops->fd(access->ctx)) < 0) ||
	    (watches_flows(r) && watch(r->epoll_fd, config->datapath.ops->unknown_fd(config->datapath.ctx)) < 0) ||
	    (config->datapath.ops->links && watch(r->epoll_fd, config->datapath.ops->links_fd(config->datapath.ctx)) < 0)) {
		pmip__backend_log(&r->log, PMIP_LOG_ERROR, AREA,
				  "cannot watch the backends' descriptors: %s", strerror(errno));
		pmip_runner_free(r);
		return PMIP_ERR_OS;
	}
	*runner = r;
	return 0;
}

void pmip_runner_free(struct pmip_runner *r)
{
	if (!r)
		return;
	if (r->epoll_fd >= 0)
		close(r->epoll_fd);
	free(r);
}
