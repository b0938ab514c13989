/* SPDX-License-Identifier: BSD-2-Clause */
/* One thread, one socket, one loop: begin what may begin, send it in a batch, take in what has come, send again what is overdue, sleep. */
#define _GNU_SOURCE /* ppoll */
#include "perf/generator.h"

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "perf/client.h"
#include "perf/prefix_set.h"
#include "perf/waiting.h"

#define NS_PER_S UINT64_C(1000000000)
#define NS_PER_MS UINT64_C(1000000)
#define LONGEST_WAIT_NS (32 * NS_PER_S) /* MAX_BINDACK_TIMEOUT, RFC 6275 section 12 */
#define RECEIVE_ROUNDS 4 /* batches before it is time to send again */

struct generator {
	const struct settings *settings;
	struct pmip_addr peer;
	bool is_echo;
	struct pmip_io io;
	struct plan plan;
	struct prefix_set prefixes;
	struct waiting waiting;
	struct client *clients;
	struct stats stats;
	struct stats_phase *phase;
	uint64_t begun;       /* events taken from the plan in this phase, and how many there are */
	uint64_t phase_events;
	uint32_t busy;        /* clients that wait for an answer */
	bool is_held;         /* an event whose client is busy, and has another one to follow: it has to wait */
	struct plan_event held;
	uint64_t now_ns;      /* monotonic */
	uint64_t now_stamp;   /* wall clock, as in the Timestamp option */
	uint64_t told_ns;     /* when the last line was written, and what had been answered by then */
	uint64_t told_events;
	unsigned int batched;
	struct pmip_dgram batch[PMIP_IO_BATCH];
	uint8_t octets[PMIP_IO_BATCH][MESSAGE_MAX];
};

static void say(void *user, enum pmip_log_level level, const char *area, const char *message)
{
	(void)user;
	(void)area;
	if (level <= PMIP_LOG_WARN)
		fprintf(stderr, "pmip-perf: %s\n", message);
}

static void read_clocks(struct generator *generator)
{
	struct timespec mono, wall;

	clock_gettime(CLOCK_MONOTONIC, &mono);
	clock_gettime(CLOCK_REALTIME, &wall);
	generator->now_ns = (uint64_t)mono.tv_sec * NS_PER_S + (uint64_t)mono.tv_nsec;
	generator->now_stamp = pmip_timestamp_from_us((uint64_t)wall.tv_sec * 1000000 + (uint64_t)wall.tv_nsec / 1000);
}

static void flush(struct generator *generator)
{
	int left;

	if (generator->batched == 0)
		return;
	left = generator->io.ops->send(generator->io.ctx, generator->batch, generator->batched);
	generator->stats.unsent += generator->batched - (unsigned int)left;
	generator->batched = 0;
}

/* Room for one more message. */
static uint8_t *next_octets(struct generator *generator)
{
	if (generator->batched == PMIP_IO_BATCH)
		flush(generator);
	return generator->octets[generator->batched];
}

static void put(struct generator *generator, const struct pmip_addr *from, size_t len)
{
	generator->batch[generator->batched] = (struct pmip_dgram){*from, generator->peer, generator->octets[generator->batched], len};
	generator->batched++;
}

static struct request request_of(const struct generator *generator, uint32_t number)
{
	const struct client *client = &generator->clients[number];
	bool names = client->kind == PLAN_REFRESH || client->kind == PLAN_HANDOVER;

	return (struct request){
		.client = number,
		.kind = (enum plan_kind)client->kind,
		.seq = client->seq,
		.lifetime_s = client->kind == PLAN_RELEASE ? 0 : generator->settings->lifetime_s,
		.timestamp = generator->settings->no_timestamp ? 0 : client->timestamp,
		.prefix = names ? prefix_set_get(&generator->prefixes, number) : NULL,
	};
}

/* A new sequence number and timestamp each time (RFC 6275 section 11.8, RFC 5213 section 5.5). */
static void transmit(struct generator *generator, uint32_t number)
{
	struct client *client = &generator->clients[number];
	const struct pmip_addr *from = &generator->settings->mags[client->mag];
	struct pmip_dgram addresses = {*from, generator->peer, NULL, 0};
	uint8_t *octets = next_octets(generator);
	struct request request;

	client->seq++;
	client->timestamp = generator->now_stamp > client->timestamp ? generator->now_stamp : client->timestamp + 1;
	request = request_of(generator, number);
	put(generator, from, message_write(&generator->settings->naming, &request, octets, &addresses));
	waiting_add(&generator->waiting, number, client->sends++);
}

/* Where an event before has failed, its client is not what the plan takes it for. */
static bool adapt(struct generator *generator, const struct client *client, struct plan_event *event)
{
	if (!client->bound && event->kind == PLAN_RELEASE) {
		generator->stats.skipped++;
		return false;
	}
	if (!client->bound)
		event->kind = PLAN_REGISTER;
	else if (event->kind == PLAN_REGISTER || (event->kind == PLAN_HANDOVER && event->mag == client->mag))
		event->kind = PLAN_REFRESH;
	if (event->kind == PLAN_REFRESH || event->kind == PLAN_RELEASE)
		event->mag = client->mag;
	return true;
}

static void begin(struct generator *generator, struct plan_event event)
{
	struct client *client = &generator->clients[event.client];

	if (!adapt(generator, client, &event))
		return;
	client->kind = event.kind;
	client->mag = event.mag;
	client->sends = 0;
	client->sent_ns = generator->now_ns;
	generator->busy++;
	generator->stats.kinds[event.kind].begun++;
	transmit(generator, event.client);
	/* From its release on another client may have the prefix. */
	if (event.kind == PLAN_RELEASE)
		prefix_set_remove(&generator->prefixes, event.client);
}

/* The event of a client is over, and the next one may begin. */
static void end(struct generator *generator, uint32_t number)
{
	struct client *client = &generator->clients[number];
	struct plan_event next = {number, client->next_kind, client->next_mag};

	waiting_remove(&generator->waiting, number, client->sends - 1U);
	client->kind = client->next_kind = CLIENT_IDLE;
	generator->busy--;
	if (next.kind != CLIENT_IDLE)
		begin(generator, next);
}

/* @return whether it could be taken. */
static bool take(struct generator *generator, const struct plan_event *event)
{
	struct client *client = &generator->clients[event->client];

	if (client->kind == CLIENT_IDLE) {
		begin(generator, *event);
	} else if (client->next_kind == CLIENT_IDLE) {
		client->next_kind = event->kind;
		client->next_mag = event->mag;
	} else {
		return false;
	}
	return true;
}

static bool period_is_over(const struct generator *generator)
{
	return generator->phase == &generator->stats.mix && generator->settings->period_s > 0 &&
	       generator->now_ns - generator->phase->start_ns >= generator->settings->period_s * NS_PER_S;
}

/* How many events of the phase may have begun by now. */
static uint64_t due(const struct generator *generator)
{
	double by_rate = (double)generator->settings->rate * (double)(generator->now_ns - generator->phase->start_ns) / 1e9 + 1;

	if (period_is_over(generator))
		return generator->begun;
	if (generator->settings->rate > 0 && by_rate < (double)generator->phase_events)
		return (uint64_t)by_rate;
	return generator->phase_events;
}

/* Whether one more may wait for its answer. */
static bool has_room(const struct generator *generator)
{
	return !generator->is_held && (generator->settings->window == 0 || generator->busy < generator->settings->window);
}

static void begin_events(struct generator *generator)
{
	uint64_t until = due(generator);

	if (generator->is_held)
		generator->is_held = !take(generator, &generator->held);
	/* At most a batch, so that a slow sender still listens. */
	for (unsigned int i = 0; i < PMIP_IO_BATCH && has_room(generator) && generator->begun < until; i++) {
		generator->held = plan_next(&generator->plan);
		generator->begun++;
		generator->is_held = !take(generator, &generator->held);
	}
}

/* The prefix of a client that is registered now. */
static void note_prefix(struct generator *generator, uint32_t number, const struct pmip_prefix *prefix)
{
	const struct pmip_prefix *before = prefix_set_get(&generator->prefixes, number);

	if (before != NULL && pmip_prefix_equal(before, prefix))
		return;
	generator->stats.changed += before != NULL;
	prefix_set_remove(&generator->prefixes, number);
	generator->stats.duplicates += !prefix_set_add(&generator->prefixes, number, prefix);
}

static void accepted(struct generator *generator, const struct answer *answer, const struct pmip_addr *to)
{
	struct client *client = &generator->clients[answer->client];
	struct request request = request_of(generator, answer->client);
	enum fault fault = message_check(&generator->settings->naming, answer, &request);

	client->bound = client->kind != PLAN_RELEASE;
	if (generator->is_echo)
		return;
	if (fault == FAULT_NONE && !pmip_addr_equal(to, &generator->settings->mags[client->mag]))
		fault = FAULT_ADDRESS;
	generator->stats.faults[fault]++;
	if (client->bound && answer->options.hnp_count > 0 && answer->options.hnp[0].prefix.len > 0)
		note_prefix(generator, answer->client, &answer->options.hnp[0].prefix);
}

static void answered(struct generator *generator, const struct answer *answer, const struct pmip_addr *to)
{
	struct client *client = &generator->clients[answer->client];
	struct stats_kind *kind = &generator->stats.kinds[client->kind % PLAN_KINDS];

	if (client->kind == CLIENT_IDLE || (uint16_t)(client->seq - answer->seq) >= client->sends) {
		generator->stats.surplus++;
		return;
	}
	histogram_add(&kind->latency_ns, generator->now_ns - client->sent_ns);
	generator->stats.status[answer->status]++;
	generator->phase->events++;
	generator->phase->end_ns = generator->now_ns;
	if (answer->status < PMIP_STATUS_REASON_UNSPECIFIED) {
		kind->accepted++;
		accepted(generator, answer, to);
	} else {
		kind->refused++;
		client->bound = client->bound && client->kind == PLAN_REFRESH;
		if (!client->bound)
			prefix_set_remove(&generator->prefixes, answer->client);
	}
	end(generator, answer->client);
}

static void take_in(struct generator *generator, const struct pmip_dgram *dgram)
{
	struct answer answer;
	uint8_t *octets;

	if (!pmip_addr_equal(&dgram->src, &generator->peer)) {
		generator->stats.other++;
		return;
	}
	switch (message_read(&generator->settings->naming, dgram, &answer)) {
	case MESSAGE_ANSWER:
		answered(generator, &answer, &dgram->dst);
		break;
	case MESSAGE_HEARTBEAT:
		octets = next_octets(generator);
		put(generator, &dgram->dst, message_write_heartbeat(dgram, octets));
		break;
	case MESSAGE_MALFORMED:
		generator->stats.malformed++;
		break;
	case MESSAGE_OTHER:
	default:
		generator->stats.other++;
		break;
	}
}

/* @return messages, or a negative error. */
static int receive(struct generator *generator)
{
	struct pmip_dgram in[PMIP_IO_BATCH];
	int got, all = 0;

	for (unsigned int i = 0; i < RECEIVE_ROUNDS; i++) {
		got = generator->io.ops->recv(generator->io.ctx, in, PMIP_IO_BATCH);
		if (got <= 0)
			return got < 0 ? got : all;
		read_clocks(generator);
		for (int j = 0; j < got; j++)
			take_in(generator, &in[j]);
		all += got;
		if (got < PMIP_IO_BATCH)
			break;
	}
	return all;
}

static void lost(struct generator *generator, uint32_t number)
{
	struct client *client = &generator->clients[number];

	generator->stats.kinds[client->kind].lost++;
	client->bound = false; /* nobody knows */
	prefix_set_remove(&generator->prefixes, number);
	end(generator, number);
}

/* @return when the next one is overdue, UINT64_MAX = never */
static uint64_t send_again(struct generator *generator)
{
	struct waiting *waiting = &generator->waiting;
	uint64_t next_ns = UINT64_MAX;

	for (unsigned int level = 0; level < waiting->levels; level++) {
		uint32_t number;

		while ((number = waiting_first(waiting, level)) != WAITING_NONE) {
			struct client *client = &generator->clients[number];
			uint64_t at_ns = client->sent_ns + waiting->after_ns[level];

			if (at_ns > generator->now_ns) {
				next_ns = at_ns < next_ns ? at_ns : next_ns;
				break;
			}
			if (level + 1 == waiting->levels) {
				lost(generator, number);
				continue;
			}
			waiting_remove(waiting, number, level);
			generator->stats.kinds[client->kind].again++;
			transmit(generator, number);
		}
	}
	return next_ns;
}

static void tell(struct generator *generator)
{
	uint64_t interval_ns = generator->settings->interval_s * NS_PER_S, events = generator->stats.first.events + generator->stats.mix.events;
	struct stats_kind *all;

	if (interval_ns == 0 || generator->now_ns - generator->told_ns < interval_ns)
		return;
	all = calloc(1, sizeof(*all));
	if (all == NULL)
		return;
	stats_sum(&generator->stats, all);
	fprintf(stderr, "%s: answered %llu, %.0f/s; refused %llu, lost %llu, sent again %llu, waiting %u; p99 so far %.3f ms\n",
		generator->is_echo ? "echo" : generator->phase == &generator->stats.first ? "register" : "mix", (unsigned long long)events,
		(double)(events - generator->told_events) * 1e9 / (double)(generator->now_ns - generator->told_ns), (unsigned long long)all->refused,
		(unsigned long long)all->lost, (unsigned long long)all->again, generator->busy,
		(double)histogram_permille(&all->latency_ns, 990) / 1e6);
	free(all);
	generator->told_ns = generator->now_ns;
	generator->told_events = events;
}

/* Sleep until something comes, is overdue, or may begin. */
static void wait_for(struct generator *generator, uint64_t until_ns)
{
	struct pollfd poll_fd = {generator->io.ops->fd(generator->io.ctx), POLLIN, 0};
	uint64_t wait_ns = 100 * NS_PER_MS; /* --period and --interval end */
	struct timespec wait;

	if (generator->settings->rate > 0 && has_room(generator) && generator->begun < generator->phase_events) {
		uint64_t at_ns = generator->phase->start_ns + (uint64_t)((double)generator->begun * 1e9 / generator->settings->rate) + 1;

		until_ns = at_ns < until_ns ? at_ns : until_ns;
	}
	if (until_ns <= generator->now_ns)
		return;
	if (until_ns - generator->now_ns < wait_ns)
		wait_ns = until_ns - generator->now_ns;
	wait = (struct timespec){0, (long)wait_ns};
	ppoll(&poll_fd, 1, &wait, NULL);
}

static bool is_over(const struct generator *generator)
{
	return generator->busy == 0 && !generator->is_held && (generator->begun >= generator->phase_events || period_is_over(generator));
}

static int run_phase(struct generator *generator, struct stats_phase *phase, uint64_t events, const volatile int *stop)
{
	generator->phase = phase;
	generator->phase_events = events;
	generator->begun = 0;
	read_clocks(generator);
	phase->start_ns = phase->end_ns = generator->told_ns = generator->now_ns;
	while (!*stop) {
		int got;
		uint64_t next_ns;

		begin_events(generator);
		flush(generator);
		got = receive(generator);
		if (got < 0)
			return -1;
		flush(generator); /* what followed an answer at once */
		read_clocks(generator);
		next_ns = send_again(generator);
		flush(generator);
		tell(generator);
		if (is_over(generator))
			break;
		if (got == 0 && !(has_room(generator) && generator->begun < due(generator)))
			wait_for(generator, next_ns);
	}
	return 0;
}

int generator_run(struct generator *generator, const volatile int *stop)
{
	if (run_phase(generator, &generator->stats.first, generator->settings->plan.clients, stop) != 0)
		return -1;
	if (generator->settings->events == 0)
		return 0;
	return run_phase(generator, &generator->stats.mix, generator->settings->events, stop);
}

struct generator *generator_new(const struct settings *settings, const struct pmip_addr *peer, bool is_echo)
{
	struct pmip_log log = {sizeof(log), NULL, say};
	uint32_t count = settings->plan.clients;
	struct generator *generator = calloc(1, sizeof(*generator));

	if (generator == NULL)
		goto no_memory;
	generator->settings = settings;
	generator->peer = *peer;
	generator->is_echo = is_echo;
	generator->clients = calloc(count, sizeof(*generator->clients));
	if (generator->clients == NULL || plan_init(&generator->plan, &settings->plan) != 0 ||
	    prefix_set_init(&generator->prefixes, count) != 0 ||
	    waiting_init(&generator->waiting, count, settings->retries + 1, settings->timeout_ms * NS_PER_MS, LONGEST_WAIT_NS) != 0)
		goto no_memory;
	for (uint32_t i = 0; i < count; i++)
		generator->clients[i].kind = generator->clients[i].next_kind = CLIENT_IDLE;
	if (pmip_io_raw_new(&generator->io, &(struct pmip_addr){{0}}, &log) == 0)
		return generator;
	generator_free(generator);
	return NULL;
no_memory:
	fputs("pmip-perf: out of memory\n", stderr);
	generator_free(generator);
	return NULL;
}

void generator_free(struct generator *generator)
{
	if (generator == NULL)
		return;
	if (generator->io.ops != NULL)
		generator->io.ops->free(generator->io.ctx);
	plan_fini(&generator->plan);
	prefix_set_fini(&generator->prefixes);
	waiting_fini(&generator->waiting);
	free(generator->clients);
	free(generator);
}

const struct stats *generator_stats(const struct generator *generator)
{
	return &generator->stats;
}
