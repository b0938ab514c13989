/* SPDX-License-Identifier: BSD-2-Clause */
/* What a registration costs the LMA engine, and a binding in memory: bench_lma [--quick]
 *
 * At each size that many mobile nodes are registered; then more are registered, moved, extended and removed again, and each is timed:
 * message in, decoded, bound, operations out and completed, PBA out. The baseline of the same run is decoding the same PBU alone. --quick only shows that it runs.
 */
#include <malloc.h>
#include <pmip/pmip.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench.h"

static size_t heap;
static struct pmip_lma *lma;
static struct pmip_now now = {1, UINT64_C(1700000000000000)};
static uint64_t replies;
#define BATCHES 100

static uint32_t rounds = 20000; /* a multiple of BATCHES */

static void *counting_realloc(void *user, void *ptr, size_t size)
{
	void *bigger;

	(void)user;
	heap -= ptr ? malloc_usable_size(ptr) + sizeof(size_t) : 0;
	bigger = realloc(ptr, size);
	if (!bigger)
		exit(1);
	heap += malloc_usable_size(bigger) + sizeof(size_t);
	return bigger;
}

static void counting_free(void *user, void *ptr)
{
	(void)user;
	heap -= ptr ? malloc_usable_size(ptr) + sizeof(size_t) : 0;
	free(ptr);
}

static struct pmip_addr mag_address(uint32_t mag)
{
	struct pmip_addr addr = {{0x20, 0x01, 0x0d, 0xb8, 0, 0xa}};

	addr.b[14] = (uint8_t)(mag >> 8);
	addr.b[15] = (uint8_t)mag;
	return addr;
}

struct message {
	uint8_t octets[512];
	struct pmip_dgram dgram;
};

static void write_pbu(struct message *message, uint32_t mn, uint32_t mag, uint32_t lifetime_s)
{
	char id[32];
	struct pmip_mh mh = {.type = PMIP_MH_BU, .u.bu = {.flags = PMIP_BU_A | PMIP_BU_P, .lifetime_s = lifetime_s}};
	struct pmip_binding_options options = {
		.has = PMIP_HAS_MN_ID | PMIP_HAS_HI | PMIP_HAS_ATT | PMIP_HAS_TIMESTAMP | PMIP_HAS_LL_ID,
		.mn_id = {1, (uint8_t)snprintf(id, sizeof(id), "mn%u@example.org", mn), (const uint8_t *)id},
		.hnp_count = 1,
		.hi = PMIP_HI_UNKNOWN,
		.att = PMIP_ATT_WLAN,
		.timestamp = pmip_timestamp_from_us(now.wall_us),
		.ll_id = {6, {2, 0, (uint8_t)(mn >> 24), (uint8_t)(mn >> 16), (uint8_t)(mn >> 8), (uint8_t)mn}},
	};
	struct pmip_mh_writer writer;
	int len;

	message->dgram = (struct pmip_dgram){mag_address(mag), mag_address(0xffff), message->octets, 0};
	pmip_mh_begin(&writer, message->octets, sizeof(message->octets), &mh);
	pmip_binding_options_write(&writer, &options);
	len = pmip_mh_finish(&writer, &message->dgram.src, &message->dgram.dst);
	check(len, "writing a PBU");
	message->dgram.len = (size_t)len;
}

static void take_in(const struct message *message)
{
	struct pmip_action action;

	check(pmip_lma_input(lma, &message->dgram, now), "input");
	while (pmip_lma_next_action(lma, &action)) {
		if (action.type == PMIP_ACTION_DATAPATH)
			check(pmip_lma_complete(lma, action.u.datapath.id, 0, now), "completion");
		replies += action.type == PMIP_ACTION_SEND;
	}
}

/* Microseconds each of so many messages takes; every one must be answered. The median of batches, so that a table that happens to grow does not show
 * in one size and hide in another; the longest batch shows it. */
static double time_round(struct message *messages, uint32_t first, uint32_t mag, uint32_t lifetime_s, double *longest_us)
{
	double took[BATCHES], start;
	uint32_t batch = rounds / BATCHES;

	now.mono_us += 1000;
	now.wall_us += 1000;
	for (uint32_t i = 0; i < rounds; i++)
		write_pbu(&messages[i], first + i, mag, lifetime_s);
	replies = 0;
	for (uint32_t n = 0; n < BATCHES; n++) {
		start = seconds();
		for (uint32_t i = n * batch; i < (n + 1) * batch; i++)
			take_in(&messages[i]);
		took[n] = seconds() - start;
	}
	if (replies != rounds)
		check(PMIP_ERR_INVALID, "a PBU was not answered");
	qsort(took, BATCHES, sizeof(took[0]), by_size);
	*longest_us = took[BATCHES - 1] * 1e6;
	return took[BATCHES / 2] * 1e6 / batch;
}

static double time_decoding(const struct message *messages)
{
	double start = seconds();
	struct pmip_mh mh;

	for (uint32_t i = 0; i < rounds; i++)
		check(pmip_mh_decode(&mh, NULL, &messages[i].dgram, 0), "decoding");
	return (seconds() - start) * 1e6 / rounds;
}

static struct pmip_lma *make(uint32_t mags)
{
	static const uint8_t key[16] = "bench bench benc";
	struct pmip_mem mem = {sizeof(mem), NULL, counting_realloc, counting_free};
	struct pmip_profile everybody = {.size = sizeof(everybody), .mn_id = {1, 1, (const uint8_t *)"*"}};
	struct pmip_lma_config *config;
	struct pmip_prefix pool;
	struct pmip_lma *made;

	check(pmip_lma_config_new(&config, NULL), "configuration");
	check(pmip_prefix_parse(&pool, "2001:d00::/40"), "pool");
	check(pmip_lma_config_add_pool(config, &pool, 64), "pool");
	check(pmip_lma_config_set_max_bindings(config, UINT32_MAX), "limit");
	check(pmip_lma_config_add_profile(config, &everybody), "profile");
	for (uint32_t mag = 0; mag < mags; mag++) {
		struct pmip_addr addr = mag_address(mag);

		check(pmip_lma_config_add_peer(config, &(struct pmip_peer){.size = sizeof(struct pmip_peer), .addr = addr}), "MAG");
	}
	check(pmip_lma_new(&made, config, &mem, key), "engine");
	pmip_lma_config_free(config);
	return made;
}

static void bench(const char *growing, uint32_t bindings, uint32_t mags, struct message *messages)
{
	size_t empty;
	double octets, first, move, extend, release, decode, longest_us, other_us;

	lma = make(mags);
	write_pbu(&messages[0], 0, 0, 3600);
	take_in(&messages[0]);
	empty = heap; /* the first one also brings queues, whose size does not grow with the bindings */
	for (uint32_t mn = 1; mn < bindings; mn++) {
		write_pbu(&messages[0], mn, mn % mags, 3600);
		take_in(&messages[0]);
	}
	octets = (double)(heap - empty) / (bindings - 1);
	first = time_round(messages, bindings, 0, 3600, &longest_us);
	decode = time_decoding(messages);
	move = time_round(messages, bindings, 1, 3600, &other_us);
	extend = time_round(messages, bindings, 1, 3600, &other_us);
	release = time_round(messages, bindings, 1, 0, &other_us);
	printf("{\"table\": \"engine\", \"growing\": \"%s\", \"bindings\": %u, \"mags\": %u, \"octets\": %.0f, \"decode_us\": %.3f, \"new_us\": %.3f, "
	       "\"move_us\": %.3f, \"extend_us\": %.3f, \"release_us\": %.3f, \"longest_us\": %.0f}\n",
	       growing, bindings, mags, octets, decode, first, move, extend, release, longest_us);
	fflush(stdout);
	pmip_lma_free(lma);
}

int main(int argc, char **argv)
{
	struct message *messages = malloc(rounds * sizeof(*messages));
	bool quick = argc > 1 && !strcmp(argv[1], "--quick");

	if (!messages)
		return 1;
	if (quick)
		rounds = 100;
	for (uint32_t bindings = quick ? 100 : 1000; bindings <= (quick ? 100 : 1000000); bindings *= 10)
		bench("bindings", bindings, 16, messages);
	for (uint32_t mags = 2; mags <= (quick ? 2 : 20000); mags *= 100)
		bench("mags", quick ? 100 : 100000, mags, messages);
	free(messages);
	return 0;
}
