/* SPDX-License-Identifier: BSD-2-Clause */
/* What many bindings cost a datapath of an LMA: bench_datapath bpf|netlink BINDINGS OTHERS [ROUNDS]
 *
 * In a network namespace of its own it binds that many prefixes, one in a submit() and 64, moves all of them to another tunnel, by 64 in a submit()
 * and by one operation, in turn, and leaves them to a successor, who finds, names and sweeps them, beside OTHERS routes of somebody else's. It prints one
 * row for tests/bench/run.py, of medians. Exit status 77: this kernel has no such datapath. */
#include "config.h"

#include <net/if.h>
#include <pmip/datapath.h>
#include <sched.h>
#include <string.h>

#include "backend/nl.h"
#include "bench.h"

enum { TURN = 64, ROUNDS_MAX = 32, SKIP = 77, FOREIGN = 4 };

static struct pmip_datapath datapath;
static struct pmip_datapath_config config = { .size = sizeof(config), .role = PMIP_DATAPATH_LMA, .core_count = 1, .core = { "lo" }, .pool_count = 1 };
static int (*make)(struct pmip_datapath *datapath, const struct pmip_datapath_config *config);

static struct pmip_addr address(uint8_t last)
{
	return (struct pmip_addr){ { 0x20, 0x01, 0x0d, 0xb8, [15] = last } };
}

static struct pmip_prefix nth(uint8_t pool, uint32_t i)
{
	return (struct pmip_prefix){ { { 0x20, 0x01, 0x0d, 0xb8, pool, (uint8_t)(i >> 16), (uint8_t)(i >> 8), (uint8_t)i } }, 64 };
}

static void submit(const struct pmip_datapath_op *ops, size_t n)
{
	int results[TURN];

	check(datapath.ops->submit(datapath.ctx, results, ops, n), "submit");
	for (size_t i = 0; i < n; i++)
		check(results[i], "an operation");
}

static void operate(enum pmip_datapath_kind kind, uint8_t mag, uint8_t old)
{
	submit(&(struct pmip_datapath_op){ .id = 1, .kind = kind, .local = address(1), .remote = address(mag), .old_remote = address(old) }, 1);
}

/* @return seconds. */
static double bind_all(uint32_t n, uint8_t mag, size_t at_once)
{
	struct pmip_datapath_op ops[TURN];
	double start = seconds();
	size_t count = 0;

	for (uint32_t i = 0; i < n; i++) {
		ops[count++] = (struct pmip_datapath_op){ .id = 1, .kind = PMIP_DATAPATH_BINDING_SET, .local = address(1), .remote = address(mag),
							  .prefix = nth(0xa0, i), .group = i + 1 };
		if (count == at_once || i == n - 1) {
			submit(ops, count);
			count = 0;
		}
	}
	return seconds() - start;
}

static double move(uint8_t to, uint8_t from)
{
	double start = seconds();

	operate(PMIP_DATAPATH_TUNNEL_MOVE, to, from);
	return seconds() - start;
}

static void begin(void)
{
	int err = make(&datapath, &config);

	if (err == PMIP_ERR_UNSUPPORTED)
		exit(SKIP);
	check(err, "the datapath");
	operate(PMIP_DATAPATH_TUNNEL_ENSURE, 2, 0);
	operate(PMIP_DATAPATH_TUNNEL_ENSURE, 3, 0);
}

static double median_us(double *values, unsigned int n)
{
	qsort(values, n, sizeof(*values), by_size);
	return values[n / 2] * 1e6;
}

/* Routes that are not the datapath's. */
static void add_others(uint32_t n)
{
	struct pmip__nl *nl;
	int *results = calloc(n + 1, sizeof(*results));

	check(results ? pmip__nl_new(&nl, NETLINK_ROUTE, FOREIGN, NULL) : PMIP_ERR_NOMEM, "a netlink socket");
	for (uint32_t i = 0; i < n; i++) {
		struct pmip__route route = { .dst = nth(0xb0, i) };

		pmip__nl_route_set(nl, &route, &results[i]);
	}
	check(pmip__nl_flush(nl), "other routes");
	for (uint32_t i = 0; i < n; i++)
		check(results[i], "another route");
	pmip__nl_free(nl);
	free(results);
}

int main(int argc, char **argv)
{
	uint32_t bindings = argc > 2 ? (uint32_t)strtoul(argv[2], NULL, 10) : 0, others = argc > 3 ? (uint32_t)strtoul(argv[3], NULL, 10) : 0;
	unsigned int rounds = argc > 4 ? (unsigned int)strtoul(argv[4], NULL, 10) : 5;
	double one[ROUNDS_MAX], many[ROUNDS_MAX], each[ROUNDS_MAX], whole[ROUNDS_MAX], start, found, named;
	struct pmip_datapath_counters counters = { .size = sizeof(counters) };

	if (bindings == 0 || rounds == 0 || rounds > ROUNDS_MAX || unshare(CLONE_NEWNET) < 0)
		return 1;
	make = strcmp(argv[1], "bpf") == 0 ? pmip_datapath_bpf_new : pmip_datapath_netlink_new;
	config.max_bindings = bindings + TURN;
	config.pool[0] = (struct pmip_prefix){ nth(0xa0, 0).addr, 40 };
	for (unsigned int i = 0; i < rounds; i++) {
		begin();
		one[i] = bind_all(bindings, 2, 1);
		datapath.ops->free(datapath.ctx, false);
		begin();
		many[i] = bind_all(bindings, 2, TURN);
		each[i] = bind_all(bindings, 3, TURN);
		whole[i] = move(2, 3);
		if (i < rounds - 1)
			datapath.ops->free(datapath.ctx, false);
	}
	add_others(others);
	datapath.ops->free(datapath.ctx, true);
	start = seconds();
	begin();
	found = seconds();
	bind_all(bindings, 2, TURN);
	named = seconds();
	check(datapath.ops->sweep(datapath.ctx), "sweep");
	printf("{\"table\": \"datapath\", \"datapath\": \"%s\", \"bindings\": %u, \"others\": %u, \"one_us\": %.2f, \"many_us\": %.2f, "
	       "\"each_us\": %.0f, \"whole_us\": %.0f, \"found_us\": %.0f, \"named_us\": %.0f, \"swept_us\": %.0f}\n",
	       datapath.ops->name, bindings, others, median_us(one, rounds) / bindings, median_us(many, rounds) / bindings,
	       median_us(each, rounds), median_us(whole, rounds), (found - start) * 1e6, (named - found) * 1e6, (seconds() - named) * 1e6);
	check(datapath.ops->counters(datapath.ctx, &counters), "counters");
	datapath.ops->free(datapath.ctx, false);
	return counters.bindings == bindings ? 0 : 1;
}
