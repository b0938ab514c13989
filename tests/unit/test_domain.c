/* SPDX-License-Identifier: BSD-2-Clause */
/* A domain in one process: an LMA, three MAGs and fifty mobile nodes that come, move and go, on a network
 * that loses, doubles, delays and reorders, with a datapath that fails now and then. Once it is quiet,
 * everybody must agree. The seed alone decides what happens. */
#include <check.h>
#include <pmip/pmip.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MAGS 3
#define NODES (1 + MAGS) /* the LMA is node 0 */
#define MNS 50
#define SEEDS 25
#define S UINT64_C(1000000)
#define MS UINT64_C(1000)
#define CHAOS_US (60 * S)
#define LIFETIME_S 40
#define NOWHERE (-1)

struct message {
	uint64_t at_us;
	struct pmip_dgram dgram;
	uint8_t octets[512];
};

/* What a node's datapath was told to do. */
struct forwarding {
	struct pmip_prefix prefix;
	struct pmip_addr remote;
	uint32_t link;
};

struct node {
	struct pmip_addr addr;
	struct pmip_lma *lma;
	struct pmip_mag *mag;
	int64_t clock_us; /* how much its clock is ahead */
	struct pmip_addr tunnel[NODES];
	size_t tunnels;
	struct forwarding forwarding[2 * MNS];
	size_t forwardings;
	int fails_in; /* operations until the next one that fails */
};

static struct {
	uint64_t random;
	uint64_t now_us;
	bool calm;
	struct node node[NODES];
	struct message *message[1024];
	size_t messages;
	int at[MNS]; /* index of the MAG */
	uint32_t link[MNS];
	long in_use;
} d;

static void *counted_realloc(void *user, void *ptr, size_t size)
{
	(void)user;
	d.in_use += !ptr;
	return realloc(ptr, size);
}

static void counted_free(void *user, void *ptr)
{
	(void)user;
	d.in_use -= ptr != NULL;
	free(ptr);
}

static const struct pmip_mem mem = {sizeof(mem), NULL, counted_realloc, counted_free};

static uint32_t pick(uint32_t below)
{
	d.random ^= d.random << 13;
	d.random ^= d.random >> 7;
	d.random ^= d.random << 17;
	return (uint32_t)(d.random >> 32) % below;
}

static struct pmip_now now_at(const struct node *node)
{
	return (struct pmip_now){d.now_us, UINT64_C(1700000000000000) + d.now_us + (uint64_t)node->clock_us};
}

static void deliver_later(const struct pmip_dgram *dgram)
{
	struct message *message = malloc(sizeof(*message));

	ck_assert_uint_lt(d.messages, 1024);
	ck_assert_uint_le(dgram->len, sizeof(message->octets));
	message->at_us = d.now_us + MS + (d.calm ? 0 : pick(pick(10) ? 100000 : 2000000));
	message->dgram = *dgram;
	memcpy(message->octets, dgram->data, dgram->len);
	message->dgram.data = message->octets;
	d.message[d.messages++] = message;
}

static void send_message(const struct pmip_dgram *dgram)
{
	if (d.calm || pick(10) > 1)
		deliver_later(dgram);
	if (!d.calm && !pick(10))
		deliver_later(dgram);
}

static bool has_tunnel(const struct node *node, const struct pmip_addr *remote)
{
	for (size_t i = 0; i < node->tunnels; i++)
		if (pmip_addr_equal(&node->tunnel[i], remote))
			return true;
	return false;
}

static struct forwarding *find_forwarding(struct node *node, const struct pmip_prefix *prefix)
{
	for (size_t i = 0; i < node->forwardings; i++)
		if (pmip_prefix_equal(&node->forwarding[i].prefix, prefix))
			return &node->forwarding[i];
	return NULL;
}

static void tunnel_release(struct node *node, const struct pmip_addr *remote)
{
	for (size_t i = 0; i < node->forwardings; i++)
		ck_assert(!pmip_addr_equal(&node->forwarding[i].remote, remote));
	for (size_t i = 0; i < node->tunnels; i++)
		if (pmip_addr_equal(&node->tunnel[i], remote))
			node->tunnel[i--] = node->tunnel[--node->tunnels];
}

static int operate(struct node *node, const struct pmip_datapath_op *op)
{
	struct forwarding *at = find_forwarding(node, &op->prefix);
	bool makes = op->kind == PMIP_DATAPATH_TUNNEL_ENSURE || op->kind == PMIP_DATAPATH_BINDING_SET;

	if (makes && !d.calm && --node->fails_in == 0) {
		node->fails_in = 20 + (int)pick(60);
		return PMIP_ERR_OS;
	}
	switch (op->kind) {
	case PMIP_DATAPATH_TUNNEL_ENSURE:
		if (!has_tunnel(node, &op->remote))
			node->tunnel[node->tunnels++] = op->remote;
		break;
	case PMIP_DATAPATH_TUNNEL_RELEASE:
		tunnel_release(node, &op->remote);
		break;
	case PMIP_DATAPATH_BINDING_SET:
		if (!has_tunnel(node, &op->remote))
			return PMIP_ERR_NOENT;
		if (!at)
			at = &node->forwarding[node->forwardings++];
		*at = (struct forwarding){op->prefix, op->remote, op->link};
		break;
	case PMIP_DATAPATH_BINDING_CLEAR:
		if (at)
			*at = node->forwarding[--node->forwardings];
		break;
	}
	return 0;
}

static int next_action(struct node *node, struct pmip_action *action)
{
	return node->lma ? pmip_lma_next_action(node->lma, action) : pmip_mag_next_action(node->mag, action);
}

/* A turn: do everything, then hand back the results. */
static void turn(struct node *node)
{
	struct pmip_action action;
	struct {
		uint32_t id;
		int err;
	} done[256];
	size_t count;

	do {
		count = 0;
		while (next_action(node, &action)) {
			if (action.type == PMIP_ACTION_SEND)
				send_message(&action.u.send);
			if (action.type != PMIP_ACTION_DATAPATH)
				continue;
			ck_assert_uint_lt(count, 256);
			done[count].id = action.u.datapath.id;
			done[count++].err = operate(node, &action.u.datapath);
		}
		for (size_t i = 0; i < count; i++)
			ck_assert_int_eq(node->lma ? pmip_lma_complete(node->lma, done[i].id, done[i].err, now_at(node))
						   : pmip_mag_complete(node->mag, done[i].id, done[i].err, now_at(node)), 0);
	} while (count);
}

static void take_message(size_t i)
{
	struct message *message = d.message[i];

	d.message[i] = d.message[--d.messages];
	for (size_t n = 0; n < NODES; n++) {
		struct node *node = &d.node[n];

		if (!pmip_addr_equal(&node->addr, &message->dgram.dst))
			continue;
		ck_assert_int_eq(node->lma ? pmip_lma_input(node->lma, &message->dgram, now_at(node))
					   : pmip_mag_input(node->mag, &message->dgram, now_at(node)), 0);
		turn(node);
	}
	free(message);
}

static uint64_t deadline(const struct node *node)
{
	return node->lma ? pmip_lma_next_deadline(node->lma) : pmip_mag_next_deadline(node->mag);
}

/* Everything until then, in order of time. */
static void run_until(uint64_t end_us)
{
	for (;;) {
		uint64_t at_us = end_us;
		size_t first = SIZE_MAX;
		struct node *due = NULL;

		for (size_t n = 0; n < NODES; n++)
			if (deadline(&d.node[n]) <= at_us)
				at_us = deadline(&d.node[n]), due = &d.node[n];
		for (size_t i = 0; i < d.messages; i++)
			if (d.message[i]->at_us <= at_us)
				at_us = d.message[i]->at_us, first = i;
		if (at_us > d.now_us)
			d.now_us = at_us;
		if (first != SIZE_MAX) {
			take_message(first);
		} else if (due) {
			ck_assert_int_eq(due->lma ? pmip_lma_handle_timeout(due->lma, now_at(due))
						  : pmip_mag_handle_timeout(due->mag, now_at(due)), 0);
			turn(due);
		} else {
			return;
		}
	}
}

static struct pmip_attach attach_of(int mn, uint32_t link, char name[32])
{
	struct pmip_attach attach = {.size = sizeof(attach), .link = link, .att = PMIP_ATT_WLAN};

	snprintf(name, 32, "mn%d@example.com", mn);
	attach.mn_id = (struct pmip_mnid){1, (uint8_t)strlen(name), (const uint8_t *)name};
	attach.ll_id = (struct pmip_llid){6, {2, 0, 0, 0, 0, (uint8_t)mn}};
	return attach;
}

static void come(int mn, int mag, bool solicit)
{
	struct node *node = &d.node[1 + mag];
	char name[32];
	struct pmip_attach attach;

	if (!solicit) {
		d.at[mn] = mag;
		d.link[mn] = pick(2) ? 1 : 2 + (uint32_t)mn; /* one that many share, or one of its own */
	}
	attach = attach_of(mn, d.link[mn], name);
	ck_assert_int_eq(solicit ? pmip_mag_router_solicit(node->mag, &attach, now_at(node))
				 : pmip_mag_attach(node->mag, &attach, now_at(node)), 0);
	turn(node);
}

static void go(int mn, int mag, uint32_t link)
{
	struct node *node = &d.node[1 + mag];
	char name[32];
	struct pmip_attach attach = attach_of(mn, link, name);

	ck_assert_int_eq(pmip_mag_detach(node->mag, link, &attach.ll_id, now_at(node)), 1);
	turn(node);
}

/* The old MAG sees it leave before or after the new one sees it come. */
static void anything(void)
{
	int mn = (int)pick(MNS), from = d.at[mn], to = (int)pick(MAGS);
	uint32_t old_link = d.link[mn];
	bool early = pick(2);

	if (from == NOWHERE || to == from) {
		come(mn, to, false);
	} else if (!pick(5)) {
		d.at[mn] = NOWHERE;
		go(mn, from, old_link);
	} else {
		if (early)
			go(mn, from, old_link);
		run_until(d.now_us + pick(50000));
		come(mn, to, false);
		run_until(d.now_us + pick(50000));
		if (!early)
			go(mn, from, old_link);
	}
}

static void start_lma(struct node *node)
{
	struct pmip_profile profile = {.mn_id = {1, 13, (const uint8_t *)"*@example.com"}};
	struct pmip_lma_config *config;
	struct pmip_prefix pool;

	ck_assert_int_eq(pmip_lma_config_new(&config, &mem), 0);
	ck_assert_int_eq(pmip_prefix_parse(&pool, "2001:db8:1000::/56"), 0);
	ck_assert_int_eq(pmip_lma_config_add_pool(config, &pool, 64), 0);
	ck_assert_int_eq(pmip_lma_config_add_profile(config, &profile), 0);
	for (int i = 1; i < NODES; i++)
		ck_assert_int_eq(pmip_lma_config_add_mag(config, &d.node[i].addr), 0);
	ck_assert_int_eq(pmip_lma_new(&node->lma, config, &mem, (const uint8_t[16]){7}), 0);
	pmip_lma_config_free(config);
}

static void start_mag(struct node *node)
{
	struct pmip_mag_config *config;
	char name[32];

	ck_assert_int_eq(pmip_mag_config_new(&config, &mem), 0);
	ck_assert_int_eq(pmip_mag_config_set_proxy_coa(config, &node->addr), 0);
	ck_assert_int_eq(pmip_mag_config_set_lma(config, &d.node[0].addr), 0);
	ck_assert_int_eq(pmip_mag_config_set_lifetime(config, LIFETIME_S), 0);
	for (int mn = 0; mn < MNS; mn++) {
		struct pmip_attach attach = attach_of(mn, 1, name);
		struct pmip_profile profile = {.mn_id = attach.mn_id, .ll_id = attach.ll_id};

		ck_assert_int_eq(pmip_mag_config_add_profile(config, &profile), 0);
	}
	ck_assert_int_eq(pmip_mag_new(&node->mag, config, &mem, (const uint8_t[16]){7}), 0);
	pmip_mag_config_free(config);
}

static void start(uint64_t seed)
{
	memset(&d, 0, sizeof(d));
	d.random = seed * UINT64_C(0x9e3779b97f4a7c15) + 1;
	for (int n = 0; n < NODES; n++) {
		char text[PMIP_ADDR_STRLEN];

		snprintf(text, sizeof(text), "2001:db8:f::%x", n + 1);
		ck_assert_int_eq(pmip_addr_parse(&d.node[n].addr, text), 0);
		d.node[n].clock_us = n ? (int64_t)pick(40000) - 20000 : 0;
		d.node[n].fails_in = 50;
	}
	start_lma(&d.node[0]);
	for (int n = 1; n < NODES; n++)
		start_mag(&d.node[n]);
	for (int mn = 0; mn < MNS; mn++)
		d.at[mn] = NOWHERE;
}

/* The datapath of a node does exactly what its binding says. */
static void check_forwarding(struct node *node, const struct pmip_binding_info *info)
{
	for (unsigned int i = 0; i < info->prefix_count; i++) {
		const struct forwarding *at = find_forwarding(node, &info->prefix[i]);

		ck_assert_ptr_nonnull(at);
		ck_assert(pmip_addr_equal(&at->remote, &info->remote));
		ck_assert_uint_eq(at->link, info->link);
	}
	ck_assert(has_tunnel(node, &info->remote));
}

static size_t check_mag(struct node *node, int mag)
{
	struct pmip_binding_info info = {.size = sizeof(info)};
	size_t cursor = 0, count = 0;

	while (pmip_mag_binding_next(node->mag, &cursor, &info)) {
		int mn = info.ll_id.b[5];

		ck_assert_int_eq(d.at[mn], mag);
		ck_assert_uint_eq(info.link, d.link[mn]);
		ck_assert(info.state == PMIP_BINDING_ACTIVE || info.state == PMIP_BINDING_REFRESHING);
		check_forwarding(node, &info);
		count++;
	}
	ck_assert_uint_eq(count, pmip_mag_binding_count(node->mag));
	ck_assert_uint_eq(node->forwardings, count);
	ck_assert_uint_eq(node->tunnels, count > 0);
	return count;
}

static void check_mn(int mn)
{
	struct pmip_binding_info info = {.size = sizeof(info)};
	char name[32];
	struct pmip_attach attach = attach_of(mn, 1, name);
	size_t cursor = 0;
	int count = 0;

	while (pmip_lma_binding_next_of_mn(d.node[0].lma, &cursor, &info, &attach.mn_id)) {
		count++;
		ck_assert_int_ne(d.at[mn], NOWHERE);
		ck_assert_int_eq(info.state, PMIP_BINDING_ACTIVE);
		ck_assert(pmip_addr_equal(&info.remote, &d.node[1 + d.at[mn]].addr));
		ck_assert_uint_eq(info.prefix_count, 1);
		ck_assert_ptr_nonnull(find_forwarding(&d.node[1 + d.at[mn]], &info.prefix[0]));
		check_forwarding(&d.node[0], &info);
	}
	ck_assert_int_eq(count, d.at[mn] != NOWHERE);
}

static void check_all(void)
{
	size_t attached = 0, count = 0, in_use_tunnels = 0;

	for (int mn = 0; mn < MNS; mn++) {
		check_mn(mn);
		attached += d.at[mn] != NOWHERE;
	}
	for (int mag = 0; mag < MAGS; mag++) {
		size_t here = check_mag(&d.node[1 + mag], mag);

		count += here;
		in_use_tunnels += here > 0;
	}
	ck_assert_uint_eq(count, attached);
	ck_assert_uint_eq(pmip_lma_binding_count(d.node[0].lma), attached);
	/* One forwarding entry a binding, and prefixes are unique in it. */
	ck_assert_uint_eq(d.node[0].forwardings, attached);
	ck_assert_uint_eq(d.node[0].tunnels, in_use_tunnels);
}

START_TEST(agrees_once_quiet)
{
	start((uint64_t)_i + 1);
	while (d.now_us < CHAOS_US) {
		run_until(d.now_us + pick(40000));
		anything();
	}
	d.calm = true;
	run_until(d.now_us + 5 * S);
	for (int mn = 0; mn < MNS; mn++) /* who was refused for a passing reason asks again */
		if (d.at[mn] != NOWHERE)
			come(mn, d.at[mn], true);
	run_until(d.now_us + 2 * LIFETIME_S * S);
	check_all();
	for (int n = 1; n < NODES; n++) {
		ck_assert_int_eq(pmip_mag_shutdown(d.node[n].mag, now_at(&d.node[n])), 0);
		turn(&d.node[n]);
		ck_assert_uint_eq(d.node[n].forwardings + d.node[n].tunnels, 0);
	}
	run_until(d.now_us + 15 * S);
	ck_assert_uint_eq(pmip_lma_binding_count(d.node[0].lma), 0);
	ck_assert_uint_eq(d.node[0].forwardings + d.node[0].tunnels, 0);
	ck_assert_uint_eq(d.messages, 0);
	pmip_lma_free(d.node[0].lma);
	for (int n = 1; n < NODES; n++)
		pmip_mag_free(d.node[n].mag);
	ck_assert_int_eq(d.in_use, 0);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("domain");
	TCase *tcase = tcase_create("domain");
	SRunner *runner;
	int failed;

	tcase_add_loop_test(tcase, agrees_once_quiet, 0, SEEDS);
	tcase_set_timeout(tcase, 60);
	suite_add_tcase(suite, tcase);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
