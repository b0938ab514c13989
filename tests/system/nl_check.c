/* SPDX-License-Identifier: BSD-2-Clause */
/* Drives backend/nl.h and nl_nexthop.h in a network namespace that nl.sh has made, with links nl0 and nl1.
 *   nl_check fill         leaves routes and nexthops for nl.sh to look at with `ip`
 *   nl_check empty        removes them all
 *   nl_check measure N    N routes one by one, many in a send, and through a nexthop; what moving them and finding them again takes */
#include <arpa/inet.h>
#include <net/if.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "backend/nl.h"
#include "backend/nl_nexthop.h"

enum { PROTOCOL = 213, FOREIGN = 214, TABLE = 5213, MANY = 1000 };

static const uint32_t NEXTHOP = 213U << 24 | 1;

static unsigned int complaints;

static void complain(void *user, enum pmip_log_level level, const char *area, const char *message)
{
	(void)user;
	complaints++;
	fprintf(stderr, "  log %d %s: %s\n", (int)level, area, message);
}

#define CHECK(condition)                                                                  \
	do {                                                                              \
		if (!(condition)) {                                                       \
			fprintf(stderr, "%s:%d: not so: %s\n", __FILE__, __LINE__, #condition); \
			exit(1);                                                          \
		}                                                                         \
	} while (0)

static struct pmip_prefix prefix(const char *text, uint8_t len)
{
	struct pmip_prefix p = { .len = len };

	CHECK(inet_pton(AF_INET6, text, &p.addr) == 1);
	return p;
}

static struct pmip_prefix nth(unsigned int i)
{
	struct pmip_prefix p = prefix("2001:db8:100::", 64);

	p.addr.b[5] = (uint8_t)(i >> 16);
	p.addr.b[6] = (uint8_t)(i >> 8);
	p.addr.b[7] = (uint8_t)i;
	return p;
}

struct found {
	unsigned int routes, sourced, blackholes, rules, mtu;
};

static void found_route(void *user, const struct pmip__route *route)
{
	struct found *found = user;

	found->routes++;
	found->sourced += route->src.len > 0;
	found->blackholes += route->oif == 0;
	found->mtu = route->mtu > found->mtu ? route->mtu : found->mtu;
}

static void found_rule(void *user, const struct pmip__rule *rule)
{
	struct found *found = user;

	CHECK(strcmp(rule->iif, "nl0") == 0 && rule->table == TABLE && rule->priority == TABLE);
	found->rules++;
}

static struct found look(struct pmip__nl *nl)
{
	struct found found = { 0 };

	CHECK(pmip__nl_each_route(nl, found_route, &found) == 0);
	CHECK(pmip__nl_each_rule(nl, found_rule, &found) == 0);
	return found;
}

static double seconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

/* More than the queue holds, so that it flushes itself. */
static void many(struct pmip__nl *nl, uint32_t oif)
{
	static int results[MANY];
	struct pmip__route route = { .oif = oif };
	double start = seconds();
	unsigned int i;

	for (i = 0; i < MANY; i++) {
		results[i] = 1;
		route.dst = nth(i);
		pmip__nl_route_set(nl, &route, &results[i]);
	}
	CHECK(pmip__nl_flush(nl) == 0);
	for (i = 0; i < MANY; i++)
		CHECK(results[i] == 0);
	CHECK(look(nl).routes == MANY);
	printf("%d routes in %.1f ms\n", MANY, (seconds() - start) * 1e3);
	for (i = 0; i < MANY; i++) {
		results[i] = 1;
		route.dst = nth(i);
		pmip__nl_route_del(nl, &route, &results[i]);
	}
	CHECK(pmip__nl_flush(nl) == 0);
	for (i = 0; i < MANY; i++)
		CHECK(results[i] == 0);
	CHECK(look(nl).routes == 0);
}

static void fill(struct pmip__nl *nl)
{
	uint32_t nl0 = if_nametoindex("nl0"), nl1 = if_nametoindex("nl1");
	struct pmip__route hnp = { .dst = prefix("2001:db8:1::", 64), .oif = nl0, .mtu = 1400, .metric = 213 };
	struct pmip__route pool = { .dst = prefix("2001:db8::", 32) };
	struct pmip__route back = { .src = prefix("2001:db8:1::", 64), .oif = nl0, .table = TABLE };
	struct pmip__route drop = { .table = TABLE };
	struct pmip__route bad = { .dst = prefix("2001:db8:2::", 64), .oif = 9999 };
	struct pmip__route ipv4 = { .dst = prefix("::ffff:192.0.2.7", 128), .oif = nl0, .metric = 213 };
	struct pmip__route ipv4_drop = { .dst = pmip__nl_ipv4, .table = TABLE };
	struct pmip__rule rule = { .iif = "nl0", .table = TABLE, .priority = TABLE };
	struct pmip__rule ipv4_rule = { .src = prefix("::ffff:192.0.2.7", 128), .iif = "nl0", .table = TABLE, .priority = TABLE };
	int results[17] = { 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1 };
	struct found found;
	size_t i;

	CHECK(nl0 != 0 && nl1 != 0);
	pmip__nl_route_set(nl, &hnp, &results[0]);
	pmip__nl_route_set(nl, &pool, &results[1]);
	pmip__nl_route_set(nl, &back, &results[2]);
	pmip__nl_route_set(nl, &drop, &results[3]);
	pmip__nl_route_set(nl, &bad, &results[4]); /* in the middle: the others are done all the same */
	pmip__nl_rule_set(nl, &rule, &results[5]);
	pmip__nl_rule_set(nl, &rule, &results[6]);
	hnp.oif = nl1;
	pmip__nl_route_set(nl, &hnp, &results[7]); /* the move */
	pmip__nl_route_set(nl, &pool, &results[8]);
	bad.oif = 0;
	pmip__nl_route_del(nl, &bad, &results[9]);
	rule.iif = "nl9";
	pmip__nl_rule_del(nl, &rule, &results[10]);
	bad.table = 4711;
	pmip__nl_route_del(nl, &bad, &results[11]);
	pmip__nl_route_set(nl, &ipv4, &results[12]);
	ipv4.oif = nl1;
	pmip__nl_route_set(nl, &ipv4, &results[13]);
	pmip__nl_route_set(nl, &ipv4_drop, &results[14]);
	pmip__nl_rule_set(nl, &ipv4_rule, &results[15]);
	pmip__nl_rule_set(nl, &ipv4_rule, &results[16]);
	CHECK(results[0] == 1);
	CHECK(pmip__nl_flush(nl) == 0);
	for (i = 0; i < sizeof(results) / sizeof(results[0]); i++)
		CHECK(results[i] == (i == 4 ? PMIP_ERR_OS : 0));
	CHECK(complaints == 1);
	found = look(nl);
	CHECK(found.routes == 6 && found.sourced == 1 && found.blackholes == 3 && found.rules == 2 && found.mtu == 1400);
}

static void keep_nexthop(void *user, const struct pmip__nexthop *nexthop)
{
	struct pmip__nexthop *ours = user;

	if (nexthop->protocol == PROTOCOL)
		*ours = *nexthop;
}

/* One that two routes name, made twice, then given another device. */
static void fill_nexthop(struct pmip__nl *nl)
{
	struct pmip__nexthop nexthop = { .id = NEXTHOP, .oif = if_nametoindex("nl0") }, nowhere = { .id = NEXTHOP + 1, .oif = nexthop.oif }, found;
	struct pmip__route hnp = { .dst = prefix("2001:db8:3::", 64), .nexthop = NEXTHOP, .metric = 213 };
	struct pmip__route ipv4 = { .dst = prefix("::ffff:192.0.2.9", 128), .nexthop = NEXTHOP, .metric = 213 };
	struct pmip__route sourced = { .src = prefix("2001:db8:3::", 64), .nexthop = NEXTHOP, .table = TABLE };
	int results[7] = { 1, 1, 1, 1, 1, 1, 1 };
	size_t i;

	pmip__nl_nexthop_add(nl, &nexthop, false, &results[0]);
	pmip__nl_nexthop_add(nl, &nexthop, true, &results[1]);
	pmip__nl_route_set(nl, &hnp, &results[2]);
	pmip__nl_route_set(nl, &ipv4, &results[3]);
	pmip__nl_nexthop_del(nl, nowhere.id, &results[4]);
	nexthop.oif = if_nametoindex("nl1");
	pmip__nl_nexthop_move(nl, &nexthop, &results[5]);
	pmip__nl_nexthop_move(nl, &nowhere, &results[6]);
	CHECK(pmip__nl_flush(nl) == 0);
	for (i = 0; i < sizeof(results) / sizeof(results[0]); i++)
		CHECK(results[i] == (i == 6 ? PMIP_ERR_OS : 0));
	pmip__nl_nexthop_add(nl, &nexthop, false, &results[0]);
	pmip__nl_route_set(nl, &sourced, &results[1]);
	CHECK(pmip__nl_flush(nl) == 0 && results[0] == PMIP_ERR_OS && results[1] == PMIP_ERR_OS); /* which is why a MAG has none */
	CHECK(pmip__nl_each_nexthop(nl, keep_nexthop, &found) == 0 && found.id == NEXTHOP && found.oif == nexthop.oif);
}

struct emptying {
	struct pmip__route routes[8];
	unsigned int routes_n, rules_n;
};

static void keep_route(void *user, const struct pmip__route *route)
{
	struct emptying *e = user;

	CHECK(e->routes_n < 8);
	e->routes[e->routes_n++] = *route;
}

static void empty(struct pmip__nl *nl)
{
	struct pmip__rule rule = { .iif = "nl0", .table = TABLE, .priority = TABLE };
	struct emptying e = { .routes_n = 0 };
	struct pmip__rule ipv4_rule = { .src = prefix("::ffff:192.0.2.7", 128), .priority = TABLE };
	int results[8], result, ipv4_result, nexthop_result;
	struct found found;
	unsigned int i;

	CHECK(pmip__nl_each_route(nl, keep_route, &e) == 0);
	for (i = 0; i < e.routes_n; i++)
		pmip__nl_route_del(nl, &e.routes[i], &results[i]);
	pmip__nl_rule_del(nl, &rule, &result);
	pmip__nl_rule_del(nl, &ipv4_rule, &ipv4_result);
	pmip__nl_nexthop_del(nl, NEXTHOP, &nexthop_result);
	CHECK(pmip__nl_flush(nl) == 0);
	for (i = 0; i < e.routes_n; i++)
		CHECK(results[i] == 0);
	found = look(nl);
	CHECK(result == 0 && ipv4_result == 0 && nexthop_result == 0 && found.routes == 0 && found.rules == 0);
}

/* Set, or remove, n routes, each awaited or many in a send. @return routes a second. */
static double change(struct pmip__nl *nl, struct pmip__route *route, unsigned int n, bool remove, bool one_by_one)
{
	int *results = calloc(n, sizeof(*results));
	double start = seconds();
	unsigned int i;

	CHECK(results != NULL);
	for (i = 0; i < n; i++) {
		route->dst = nth(i);
		if (remove)
			pmip__nl_route_del(nl, route, &results[i]);
		else
			pmip__nl_route_set(nl, route, &results[i]);
		if (one_by_one)
			pmip__nl_flush(nl);
	}
	pmip__nl_flush(nl);
	start = seconds() - start;
	for (i = 0; i < n; i++)
		CHECK(results[i] == 0);
	free(results);
	return n / start;
}

static void count_route(void *user, const struct pmip__route *route)
{
	(void)route;
	++*(unsigned int *)user;
}

/* What the walk of our own takes, in ms, when there are n of them. */
static double walk(struct pmip__nl *nl, unsigned int n)
{
	double start = seconds();
	unsigned int count = 0;

	CHECK(pmip__nl_each_route(nl, count_route, &count) == 0 && count == n);
	return (seconds() - start) * 1e3;
}

static double move(struct pmip__nl *nl, const struct pmip__nexthop *nexthop)
{
	double start = seconds();
	int result = 1;

	pmip__nl_nexthop_move(nl, nexthop, &result);
	pmip__nl_flush(nl);
	CHECK(result == 0);
	return (seconds() - start) * 1e3;
}

static void measure(struct pmip__nl *nl, unsigned int n)
{
	struct pmip__nexthop nexthop = { .id = NEXTHOP, .oif = if_nametoindex("nl0") };
	struct pmip__route plain = { .oif = if_nametoindex("nl0"), .metric = 512 }, ours = { .nexthop = NEXTHOP, .metric = 512 };
	struct pmip__route foreign = { .oif = if_nametoindex("nl1"), .metric = 600 };
	struct pmip__nl *other;
	double single, batch;
	int result = 1;

	CHECK(pmip__nl_new(&other, NETLINK_ROUTE, FOREIGN, NULL) == 0);
	single = change(nl, &plain, n, false, true);
	change(nl, &plain, n, true, false);
	batch = change(nl, &plain, n, false, false);
	printf("set %u routes, per second: one by one %.0f k, many in a send %.0f k", n, single / 1e3, batch / 1e3);
	plain.oif = if_nametoindex("nl1");
	batch = change(nl, &plain, n, false, false);
	printf("; moved, many in a send, %.1f ms", n / batch * 1e3);
	change(nl, &plain, n, true, false);
	pmip__nl_nexthop_add(nl, &nexthop, false, &result);
	batch = change(nl, &ours, n, false, false);
	CHECK(result == 0);
	nexthop.oif = if_nametoindex("nl1");
	printf("\nthrough a nexthop %.0f k; moved, one message, %.1f ms", batch / 1e3, move(nl, &nexthop));
	printf("\nfound again in %.1f ms", walk(nl, n));
	change(other, &foreign, 4 * n, false, false);
	printf(", beside four times as many of others in %.1f ms; theirs are found in %.1f ms\n", walk(nl, n), walk(other, 4 * n));
	batch = seconds();
	pmip__nl_nexthop_del(nl, NEXTHOP, &result);
	pmip__nl_flush(nl);
	CHECK(result == 0);
	printf("removed with the nexthop in %.1f ms\n", (seconds() - batch) * 1e3);
	walk(nl, 0);
	change(other, &foreign, 4 * n, true, false);
	pmip__nl_free(other);
}

int main(int argc, char **argv)
{
	struct pmip_log log = { .size = sizeof(log), .write = complain };
	struct pmip__nl *nl;

	CHECK(argc == 2 || argc == 3);
	CHECK(pmip__nl_new(&nl, NETLINK_ROUTE, PROTOCOL, &log) == 0);
	if (argc == 3 && strcmp(argv[1], "measure") == 0) {
		measure(nl, (unsigned int)strtoul(argv[2], NULL, 10));
	} else if (strcmp(argv[1], "fill") == 0) {
		many(nl, if_nametoindex("nl0"));
		fill(nl);
		fill_nexthop(nl);
	} else {
		empty(nl);
	}
	pmip__nl_free(nl);
	return 0;
}
