/* SPDX-License-Identifier: BSD-2-Clause */
#include "redirect_rig.h"

#include <stdio.h>
#include <string.h>

struct world w;

static const char *const addrs[LMAS] = {H_LMA, "2001:db8:f::a1", "2001:db8:f::b1"};
static const char *const pools[LMAS] = {"2001:db8:100::/48", "2001:db8:a00::/48", "2001:db8:b00::/48"};

/* A call to an LMA. */
#define again(expr) unit_again(unit_mem_failed(&w.mem), expr)

static void mn_of(unsigned int i, char id[32], char ll_id[32])
{
	if (i)
		snprintf(id, 32, "mn%u@example.com", i);
	else
		snprintf(id, 32, MN);
	snprintf(ll_id, 32, "02:00:00:00:00:%02x", i + 1);
}

static void enqueue(const struct pmip_dgram *dgram)
{
	struct sent *sent = &w.queue[w.queued++];

	ck_assert_uint_le(w.queued, sizeof(w.queue) / sizeof(w.queue[0]));
	memcpy(sent->octets, dgram->data, dgram->len);
	sent->dgram = *dgram;
	sent->dgram.data = sent->octets;
}

void world_configure_lma(unsigned int i)
{
	static const char *const mags[] = {H_COA, MAG2_ADDR};
	struct node *node = &w.node[i];
	struct pmip_prefix pool = unit_prefix(pools[i]);
	struct pmip_profile everybody = {.size = sizeof(everybody), .mn_id = h_mnid("*")};

	node->addr = unit_addr(addrs[i]);
	ok(pmip_lma_config_new(&node->config, NULL));
	ok(pmip_lma_config_add_pool(node->config, &pool, 64));
	ok(pmip_lma_config_add_profile(node->config, &everybody));
	for (size_t j = 0; j < 2; j++) {
		struct pmip_addr mag = unit_addr(mags[j]);

		ok(pmip_lma_config_add_peer(node->config, &(struct pmip_peer){.size = sizeof(struct pmip_peer), .addr = mag}));
	}
}

void world_init(void)
{
	char id[32], ll_id[32];

	memset(&w, 0, sizeof(w));
	for (unsigned int i = 0; i < LMAS; i++)
		world_configure_lma(i);
	for (unsigned int i = R2A; i < LMAS; i++) {
		ok(pmip_lma_config_add_r2lma(w.node[RF].config, &w.node[i].addr, 10, 0));
		ok(pmip_lma_config_add_rflma(w.node[i].config, &w.node[RF].addr));
	}
	h_init(&w.mag);
	w.mag.on_send = enqueue;
	ok(pmip_mag_config_set_redirect(w.mag.config, true));
	for (unsigned int i = 1; i < MNS; i++) {
		mn_of(i, id, ll_id);
		h_profile(&w.mag, id, ll_id);
	}
}

void world_start(void)
{
	static const uint8_t key[16] = "0123456789abcde";
	struct pmip_mem mem = unit_mem_callbacks(&w.mem);

	for (unsigned int i = 0; i < LMAS; i++)
		ok(again(pmip_lma_new(&w.node[i].lma, w.node[i].config, &mem, key)));
	h_start(&w.mag);
	h_pull(&w.mag);
}

void world_setup(void)
{
	world_init();
	world_start();
}

void world_end(void)
{
	for (unsigned int i = 0; i < LMAS; i++) {
		pmip_lma_free(w.node[i].lma);
		pmip_lma_config_free(w.node[i].config);
	}
	ck_assert_int_eq(w.mem.live, 0);
	h_fini(&w.mag);
}

static struct node *node_at(const struct pmip_addr *addr)
{
	for (unsigned int i = 0; i < LMAS; i++)
		if (pmip_addr_equal(&w.node[i].addr, addr))
			return &w.node[i];
	return NULL;
}

static void note_pbu(struct node *node, const struct pmip_dgram *dgram)
{
	struct pmip_mh mh;

	if (pmip_mh_decode(&mh, NULL, dgram, 0) || mh.type != PMIP_MH_BU)
		return;
	node->pbus++;
	memcpy(node->pbu.octets, dgram->data, dgram->len);
	node->pbu.dgram = *dgram;
	node->pbu.dgram.data = node->pbu.octets;
	ok(pmip_mh_decode(&mh, NULL, &node->pbu.dgram, 0));
	node->pbu.bu = mh.u.bu;
	ok(pmip_binding_options_read(&node->pbu.options, &mh));
}

static void note_pba(const struct pmip_dgram *dgram)
{
	struct pmip_mh mh;

	w.pbas++;
	memcpy(w.octets, dgram->data, dgram->len);
	w.pba_dgram = *dgram;
	w.pba_dgram.data = w.octets;
	ok(pmip_mh_decode(&mh, NULL, &w.pba_dgram, 0));
	w.pba = mh.u.ba;
	ok(pmip_binding_options_read(&w.options, &mh));
}

/* To an LMA, to the MAG, or to the second MAG, which only notes it. */
static void deliver(const struct pmip_dgram *dgram)
{
	struct node *from = node_at(&dgram->src), *to = node_at(&dgram->dst);
	struct pmip_addr mag = unit_addr(H_COA);

	if ((from && from->down) || (to && to->down))
		return;
	if (to) {
		ok(world_input(to, dgram));
		return;
	}
	note_pba(dgram);
	if (pmip_addr_equal(&dgram->dst, &mag))
		ok(h_input(&w.mag, w.octets, dgram->len, &dgram->src, &dgram->dst));
}

static void note_event(struct node *node, const struct pmip_event *event)
{
	node->events[event->type]++;
	if (event->type == PMIP_EVENT_REDIRECTED)
		node->redirected = *event;
	else if (event->type == PMIP_EVENT_REDIRECT_FAILED)
		node->failed = *event;
}

/* One action of an LMA; what it sends is copied, since calls to the LMA follow. */
static bool run_one(struct node *node)
{
	struct pmip_action action;
	uint8_t octets[PMIP_MH_MAX];
	int err;

	if (!pmip_lma_next_action(node->lma, &action))
		return false;
	if (action.type == PMIP_ACTION_SEND) {
		memcpy(octets, action.u.send.data, action.u.send.len);
		action.u.send.data = octets;
		deliver(&action.u.send);
	} else if (action.type == PMIP_ACTION_DATAPATH) {
		err = w.fail_op ? PMIP_ERR_OS : 0;
		w.fail_op = false;
		ok(again(pmip_lma_complete(node->lma, action.u.datapath.id, err, w.mag.now)));
	} else if (action.type == PMIP_ACTION_NOTIFY) {
		note_event(node, &action.u.event);
	}
	return true;
}

/* Nothing joins the queue meanwhile: LMAs answer by actions. */
static void deliver_queue(void)
{
	for (unsigned int i = 0; i < w.queued; i++)
		deliver(&w.queue[i].dgram);
	w.queued = 0;
}

void world_run(void)
{
	bool more = true;

	while (more) {
		more = w.queued > 0;
		deliver_queue();
		for (unsigned int i = 0; i < LMAS; i++)
			more |= run_one(&w.node[i]);
	}
	if (w.mag.sents > 40)
		h_clear_log(&w.mag);
}

void world_pass(uint64_t us)
{
	uint64_t end_us = w.mag.now.mono_us + us;

	while (w.mag.now.mono_us < end_us) {
		uint64_t at_us = end_us;

		for (unsigned int i = 0; i < LMAS; i++)
			if (pmip_lma_next_deadline(w.node[i].lma) < at_us)
				at_us = pmip_lma_next_deadline(w.node[i].lma);
		if (pmip_mag_next_deadline(w.mag.mag) < at_us)
			at_us = pmip_mag_next_deadline(w.mag.mag);
		h_pass(&w.mag, at_us > w.mag.now.mono_us ? at_us - w.mag.now.mono_us : 0);
		for (unsigned int i = 0; i < LMAS; i++)
			ok(again(pmip_lma_handle_timeout(w.node[i].lma, w.mag.now)));
		world_run();
	}
}

void world_attach(unsigned int i)
{
	char id[32], ll_id[32];
	struct pmip_attach attach;

	mn_of(i, id, ll_id);
	attach = h_attach_of("", ll_id, LINK);
	ok(h_attach(&w.mag, &attach));
	world_run();
}

void world_detach(unsigned int i)
{
	char id[32], ll_id[32];
	struct pmip_llid llid;

	mn_of(i, id, ll_id);
	llid = unit_llid(ll_id);
	ck_assert_int_eq(h_detach(&w.mag, LINK, &llid), 1);
	world_run();
}

int world_input(struct node *node, const struct pmip_dgram *dgram)
{
	note_pbu(node, dgram);
	return again(pmip_lma_input(node->lma, dgram, w.mag.now));
}

struct pmip_mh_writer world_pbu2(uint8_t *octets, size_t cap)
{
	struct pmip_mh mh = {.type = PMIP_MH_BU, .u.bu = {.seq = 7, .flags = PMIP_BU_A | PMIP_BU_P, .lifetime_s = 600}};
	struct pmip_binding_options options = {
		.has = PMIP_HAS_MN_ID | PMIP_HAS_HI | PMIP_HAS_ATT | PMIP_HAS_TIMESTAMP | PMIP_HAS_LL_ID | PMIP_HAS_REDIRECT_CAPABILITY,
		.mn_id = h_mnid(MN),
		.hi = PMIP_HI_UNKNOWN,
		.att = PMIP_ATT_WLAN,
		.timestamp = pmip_timestamp_from_us(w.mag.now.wall_us),
		.ll_id = unit_llid("02:00:00:00:00:01"),
		.hnp_count = 1,
	};
	struct pmip_mh_writer writer;

	pmip_mh_begin(&writer, octets, cap, &mh);
	pmip_binding_options_write(&writer, &options);
	return writer;
}

void world_send_pbu2(const struct node *node)
{
	uint8_t octets[PMIP_MH_MAX];
	struct pmip_mh_writer writer = world_pbu2(octets, sizeof(octets));
	struct pmip_dgram dgram = {unit_addr(MAG2_ADDR), node->addr, octets, 0};

	dgram.len = (size_t)pmip_mh_finish(&writer, &dgram.src, &dgram.dst);
	deliver(&dgram);
	world_run();
}

void world_send_answer(struct node *to, const struct answer *answer)
{
	uint8_t octets[1024];
	struct pmip_dgram dgram = {answer->src, to->addr, octets, h_encode(answer, octets)};

	ok(world_input(to, &dgram));
	world_run();
}

size_t world_bindings(unsigned int lma)
{
	return pmip_lma_count_bindings(w.node[lma].lma);
}

unsigned int world_served(unsigned int lma)
{
	struct pmip_binding_info info = {.size = sizeof(info)};
	unsigned int count = 0;
	size_t cursor = 0;

	while (pmip_mag_next_binding(w.mag.mag, &cursor, &info))
		count += info.state == PMIP_BINDING_ACTIVE && world_is(&info.remote, lma);
	return count;
}

uint64_t world_counter(unsigned int lma, enum pmip_lma_counter counter)
{
	return pmip_lma_get_counter(w.node[lma].lma, counter);
}

bool world_is(const struct pmip_addr *addr, unsigned int lma)
{
	return pmip_addr_equal(addr, &w.node[lma].addr);
}

int world_reconfigure(unsigned int lma)
{
	return again(pmip_lma_reconfigure(w.node[lma].lma, w.node[lma].config));
}

void world_story(void)
{
	world_attach(0);
	world_attach(1);
	w.node[R2B].down = true;
	world_attach(2);
	world_attach(3);
	world_pass(5 * S);
	world_send_pbu2(&w.node[RF]);
	world_pass(3 * S);
	w.fail_op = true;
	world_attach(4);
	ok(world_reconfigure(RF));
	w.node[R2A].down = true;
	world_pass(700 * S);
	ck_assert_uint_gt(world_served(RF), 1);
	ok(pmip_lma_shutdown(w.node[R2A].lma, w.mag.now));
}
