/* SPDX-License-Identifier: BSD-2-Clause */
#include "domain_hash.h"
#include "domain_world.h"

#include "engine/lma.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct domain_world d;

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

static bool percent(uint32_t chance)
{
	return pick(100) < chance;
}

static struct pmip_now now_at(const struct node *node)
{
	return (struct pmip_now){d.now_us, UINT64_C(1700000000000000) + d.now_us + (uint64_t)node->clock_us};
}

/* ---- what is going to happen: a heap by time, then by order ---- */

static bool before(const struct happening *a, const struct happening *b)
{
	return a->at_us != b->at_us ? a->at_us < b->at_us : a->order < b->order;
}

static struct happening *happen(uint64_t in_us, size_t octets)
{
	struct happening *h = calloc(1, sizeof(*h) + octets);
	size_t i;

	must(h);
	h->at_us = d.now_us + in_us;
	h->order = d.order++;
	if (d.heaped == d.heap_cap) {
		d.heap_cap = d.heap_cap * 2 + 64;
		d.heap = realloc(d.heap, d.heap_cap * sizeof(*d.heap));
		must(d.heap);
	}
	for (i = d.heaped++; i && before(h, d.heap[(i - 1) / 2]); i = (i - 1) / 2)
		d.heap[i] = d.heap[(i - 1) / 2];
	d.heap[i] = h;
	return h;
}

static struct happening *next_happening(void)
{
	struct happening *first = d.heap[0], *last = d.heap[--d.heaped];
	size_t i = 0, child;

	while ((child = 2 * i + 1) < d.heaped) {
		child += child + 1 < d.heaped && before(d.heap[child + 1], d.heap[child]);
		if (!before(d.heap[child], last))
			break;
		d.heap[i] = d.heap[child];
		i = child;
	}
	d.heap[i] = last;
	return first;
}

static void deliver_later(const struct pmip_dgram *dgram)
{
	uint32_t longest_us = percent(d.plan->late) ? 2000000 : 100000;
	struct happening *h = happen(MS + (d.calm ? 0 : pick(longest_us)), dgram->len);

	h->kind = MESSAGE;
	h->dgram = *dgram;
	memcpy(h->octets, dgram->data, dgram->len);
	h->dgram.data = h->octets;
}

static void send_message(const struct pmip_dgram *dgram)
{
	if (d.calm || !percent(d.plan->loss))
		deliver_later(dgram);
	if (!d.calm && percent(d.plan->twice))
		deliver_later(dgram);
}

/* ---- datapath ---- */

uint8_t node_of(const struct pmip_addr *addr)
{
	int n = 0;

	while (n < d.nodes && !pmip_addr_equal(&d.node[n].addr, addr))
		n++;
	must(n < d.nodes);
	return (uint8_t)n;
}

struct forwarding *forwarding_of(const struct node *node, const struct pmip_prefix *prefix)
{
	const uint8_t *b = prefix->addr.b;

	if (pmip_addr_is_ipv4_mapped(&prefix->addr))
		return &node->forwarding[PREFIXES + ((b[13] & 1) << 16 | b[14] << 8 | b[15])];
	return &node->forwarding[(b[4] >> 5) << 16 | b[6] << 8 | b[7]];
}

static void clear(struct node *node, struct forwarding *at)
{
	node->forwardings -= at->set;
	node->through[at->remote] -= at->set;
	at->set = false;
}

static void unsteer(struct node *node, struct steering *flow)
{
	node->through[flow->remote] -= flow->away;
	flow->set = flow->away = flow->stale = false;
	flow->remote = 0;
}

/* The flow of a mobile node goes to its port. */
static int steer(struct node *node, const struct pmip_datapath_op *op)
{
	struct steering *flow = &d.flow[op->flow.dst_port];
	bool away = !pmip_addr_is_unspecified(&op->remote);

	if (op->kind == PMIP_DATAPATH_FLOW_CLEAR && !pmip_addr_equal(&flow->dst, &op->flow.dst))
		return 0; /* another one has taken its place */
	if (away && !node->tunnel[node_of(&op->remote)])
		return PMIP_ERR_NOENT;
	unsteer(node, flow);
	flow->set = op->kind == PMIP_DATAPATH_FLOW_SET;
	flow->named = true;
	flow->away = away;
	flow->dst = op->flow.dst;
	flow->remote = away ? node_of(&op->remote) : 0;
	node->through[flow->remote] += away;
	return 0;
}

static int operate(struct node *node, const struct pmip_datapath_op *op)
{
	struct forwarding *at = forwarding_of(node, &op->prefix);
	uint8_t remote = op->kind == PMIP_DATAPATH_BINDING_CLEAR || op->kind >= PMIP_DATAPATH_FLOW_SET ? 0 : node_of(&op->remote);
	bool may_fail = op->kind == PMIP_DATAPATH_TUNNEL_ENSURE || op->kind == PMIP_DATAPATH_BINDING_SET || op->kind == PMIP_DATAPATH_FLOW_SET;

	if (may_fail && !d.calm && !d.reviving && node->fails_in && --node->fails_in == 0) {
		node->fails_in = d.plan->fail_every / 2 + pick(d.plan->fail_every);
		/* Without waiting for the result the LMA may go on to release the old tunnel. */
		if (op->kind == PMIP_DATAPATH_BINDING_SET && op->id >> 31)
			clear(node, at);
		if (op->kind == PMIP_DATAPATH_FLOW_SET)
			d.flow[op->flow.dst_port].stale = true;
		return PMIP_ERR_OS;
	}
	switch (op->kind) {
	case PMIP_DATAPATH_TUNNEL_ENSURE:
		node->tunnel[remote] = node->tunnel_named[remote] = true;
		break;
	case PMIP_DATAPATH_TUNNEL_RELEASE:
		for (int mn = 0; mn < d.plan->mns && d.plan->flows && d.plan->fail_every; mn++)
			if (d.flow[mn].stale && d.flow[mn].away && d.flow[mn].remote == remote)
				unsteer(node, &d.flow[mn]);
		must(!node->through[remote]);
		node->tunnel[remote] = false;
		break;
	case PMIP_DATAPATH_BINDING_SET:
		if (!node->tunnel[remote])
			return PMIP_ERR_NOENT;
		clear(node, at);
		*at = (struct forwarding){true, true, remote, op->link, op->gre};
		node->forwardings++;
		node->through[remote]++;
		break;
	case PMIP_DATAPATH_BINDING_CLEAR:
		clear(node, at);
		break;
	case PMIP_DATAPATH_TUNNEL_MOVE:
		must(false); /* no MAG of the domain has another Proxy-CoA */
		break;
	case PMIP_DATAPATH_PATH_SET:
	case PMIP_DATAPATH_PATH_CLEAR:
		must(d.plan->flows);
		break;
	case PMIP_DATAPATH_FLOW_SET:
	case PMIP_DATAPATH_FLOW_CLEAR:
		return steer(node, op);
	}
	return 0;
}

size_t tunnels_of(const struct node *node)
{
	size_t count = 0;

	for (int n = 0; n < d.nodes; n++)
		count += node->tunnel[n];
	return count;
}

/* ---- engines ---- */

static int next_action(struct node *node, struct pmip_action *action)
{
	return node->lma ? pmip_lma_next_action(node->lma, action) : pmip_mag_next_action(node->mag, action);
}

/* It was the message that was late. */
static void look_at_clock(const struct node *node)
{
	struct happening *h = happen(S, 0);

	h->kind = CLOCK;
	h->mag = (int)(node - d.node);
}

static void kill_and_begin(struct node *node);

static bool is_killed(const struct node *node)
{
	return node->lma && d.plan->kill_every && !d.calm && !d.reviving && !pick(d.plan->kill_every);
}

/* A store that is full now and then. */
static int store(struct node *node, const struct pmip_store_op *record)
{
	if (record->id && !d.calm && d.plan->fail_every && !pick(d.plan->fail_every))
		return PMIP_ERR_FULL;
	shelf_put(&node->shelf, record);
	return 0;
}

/* A turn: do everything, then hand back the results. It may end in the middle, with its LMA. */
static void turn(struct node *node)
{
	static struct {
		uint32_t id;
		int err;
	} done[2 * DOMAIN_MNS];
	struct pmip_action action;
	bool killed;
	size_t count;

	do {
		count = 0;
		while (!(killed = is_killed(node)) && next_action(node, &action)) {
			if (action.type == PMIP_ACTION_STORE) {
				done[count].id = action.u.store.id;
				done[count].err = store(node, &action.u.store);
				count += action.u.store.id != 0;
				continue;
			}
			d.hash = domain_hash_action(d.hash, (uint64_t)(node - d.node), d.now_us, &action);
			if (action.type == PMIP_ACTION_SEND)
				send_message(&action.u.send);
			if (node->mag && action.type == PMIP_ACTION_NOTIFY && action.u.event.type == PMIP_EVENT_REFUSED &&
			    action.u.event.status == PMIP_STATUS_TIMESTAMP_MISMATCH)
				look_at_clock(node);
			if (action.type != PMIP_ACTION_DATAPATH)
				continue;
			must(count < 2 * DOMAIN_MNS);
			done[count].id = action.u.datapath.id;
			done[count++].err = operate(node, &action.u.datapath);
		}
		if (killed) {
			kill_and_begin(node);
			return;
		}
		for (size_t i = 0; i < count; i++)
			must(!(node->lma ? pmip_lma_complete(node->lma, done[i].id, done[i].err, now_at(node))
						   : pmip_mag_complete(node->mag, done[i].id, done[i].err, now_at(node))));
	} while (count);
}

struct pmip_attach attach_of(int mn, uint32_t link, char name[32])
{
	struct pmip_attach attach = {.size = sizeof(attach), .link = link, .att = PMIP_ATT_WLAN,
				     .hi = is_double(mn) && !is_sharing(mn) ? PMIP_HI_NEW_INTERFACE : 0};

	snprintf(name, 32, "mn%d@example.com", mn - is_twin(mn));
	attach.mn_id = (struct pmip_mnid){1, (uint8_t)strlen(name), (const uint8_t *)name};
	attach.ll_id = (struct pmip_llid){6, {2, 0, 0, 0, (uint8_t)(mn >> 8), (uint8_t)mn}};
	return attach;
}

static void come(int mn, int mag, uint32_t link, bool solicit)
{
	struct node *node = &d.node[d.plan->lmas + mag];
	char name[32];
	struct pmip_attach attach = attach_of(mn, link, name);

	d.at[mn] = mag;
	d.link[mn] = link;
	must(!(solicit ? pmip_mag_router_solicit(node->mag, &attach, now_at(node))
				 : pmip_mag_attach(node->mag, &attach, now_at(node))));
	turn(node);
}

static void go(int mn, int mag, uint32_t link)
{
	struct node *node = &d.node[d.plan->lmas + mag];
	char name[32];
	struct pmip_attach attach = attach_of(mn, link, name);

	if (d.at[mn] == mag)
		d.at[mn] = NOWHERE;
	/* It may have been shut down meanwhile. */
	must(pmip_mag_detach(node->mag, link, &attach.ll_id, now_at(node)) == 1 || d.plan->bulk);
	turn(node);
}

static void take(struct happening *h)
{
	struct node *node;

	if (h->kind == MESSAGE) {
		node = &d.node[node_of(&h->dgram.dst)];
		must(!(node->lma ? pmip_lma_input(node->lma, &h->dgram, now_at(node))
					   : pmip_mag_input(node->mag, &h->dgram, now_at(node))));
		turn(node);
	} else if (h->kind == CLOCK) {
		must(pmip_mag_clock_synchronised(d.node[h->mag].mag, now_at(&d.node[h->mag])) >= 0);
	} else {
		d.busy[h->mn]--;
		if (h->kind == COME)
			come(h->mn, h->mag, h->link, false);
		else
			go(h->mn, h->mag, h->link);
	}
	free(h);
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
		struct node *due = NULL;

		for (int n = 0; n < d.nodes; n++)
			if (deadline(&d.node[n]) <= at_us)
				at_us = deadline(&d.node[n]), due = &d.node[n];
		if (d.heaped && d.heap[0]->at_us <= at_us)
			at_us = d.heap[0]->at_us, due = NULL;
		else if (!due)
			break;
		if (at_us > d.now_us)
			d.now_us = at_us;
		if (!due) {
			take(next_happening());
			continue;
		}
		must(!(due->lma ? pmip_lma_handle_timeout(due->lma, now_at(due))
					  : pmip_mag_handle_timeout(due->mag, now_at(due))));
		turn(due);
	}
	d.now_us = end_us;
}

/* ---- mobile nodes ---- */

static void plan_move(int mn, enum kind kind, int mag, uint32_t link, uint32_t in_us)
{
	struct happening *h = happen(in_us, 0);

	h->kind = kind;
	h->mn = mn;
	h->mag = mag;
	h->link = link;
	d.busy[mn]++;
}

/* Many lose their bindings at once: all of one MAG, or the group that one is in. */
static void end_many(int mn)
{
	int at = mn % d.plan->mags;
	struct node *node = &d.node[d.plan->lmas + at], *lma = &d.node[pick((uint32_t)d.plan->lmas)];
	struct pmip_binding_info info = {.size = sizeof(info)};
	size_t cursor = 0;
	int err = 0;

	if (!pick(3)) {
		err = pmip_lma_revoke_group(lma->lma, &node->addr, PMIP_TRIGGER_UNSPECIFIED, now_at(lma));
	} else if (pick(2)) {
		if (pmip_mag_next_binding(node->mag, &cursor, &info) && info.group)
			err = pmip_mag_revoke_group(node->mag, &info.remote, info.group, PMIP_TRIGGER_OUT_OF_SYNC, now_at(node));
	} else {
		err = pmip_mag_shutdown(node->mag, now_at(node));
		for (mn = 0; mn < d.plan->mns; mn++)
			d.at[mn] = d.at[mn] == at ? NOWHERE : d.at[mn];
	}
	must(!err || err == PMIP_ERR_NOENT);
	turn(node);
	turn(lma);
}

/* The old MAG sees it leave before or after the new one sees it come. */
static void anything(void)
{
	int mn = (int)pick((uint32_t)d.plan->mns), from = d.at[mn], to = (int)pick((uint32_t)d.plan->mags);
	uint32_t link = pick(2) ? 1 : 2 + (uint32_t)mn; /* one that many share, or one of its own */
	uint32_t come_us = pick(50000), go_us = come_us + 1 + pick(50000);

	if (d.plan->bulk && !pick(200))
		end_many(mn);
	if (is_double(mn))
		to = to - to % 2 + is_twin(mn);
	if (d.busy[mn] || to >= d.plan->mags)
		return;
	if (from == NOWHERE || to == from) {
		plan_move(mn, COME, to, link, 0);
		return;
	}
	if (!pick(5)) {
		plan_move(mn, GO, from, d.link[mn], 0);
		return;
	}
	plan_move(mn, COME, to, link, come_us);
	plan_move(mn, GO, from, d.link[mn], pick(2) ? 0 : go_us);
}

/* Somebody wants the flow of a mobile node to go another way, or to be another one. */
static void anything_of_flows(void)
{
	int mn = (int)pick((uint32_t)d.plan->mns);
	struct pmip_binding_info info = {.size = sizeof(info)};
	struct pmip_flow_info known = {.size = sizeof(known)};
	struct pmip_flow flow = {.protocol = 6, .src_port = 443, .dst_port = (uint16_t)mn};
	struct node *lma = &d.node[0];
	size_t cursor = 0;
	char name[32];
	struct pmip_attach attach = attach_of(mn, 1, name);
	int err;

	if (!is_double(mn) || !pmip_lma_next_binding_of_mn(lma->lma, &cursor, &info, &attach.mn_id) || !info.prefix_count)
		return;
	if (pmip_lma_get_flow(lma->lma, &known, d.flow[mn].id)) {
		flow.src = lma->addr;
		flow.dst = info.prefix[0].addr;
		flow.dst.b[15] = 5;
		err = pmip_lma_add_flow(lma->lma, &known, &flow, now_at(lma));
		d.flow[mn].id = err ? 0 : known.flow_id;
	} else if (!pick(8)) {
		err = pmip_lma_del_flow(lma->lma, known.flow_id, now_at(lma));
	} else {
		err = pmip_lma_move_flow(lma->lma, known.flow_id, known.tunnel, 0, now_at(lma));
	}
	must(!err || err == PMIP_ERR_NOENT || err == PMIP_ERR_NO_PATH || err == PMIP_ERR_AGAIN);
	turn(lma);
}

/* ---- beginning and end ---- */

static void start_lma(struct node *node)
{
	struct pmip_profile profile = {.size = sizeof(profile), .mn_id = {1, 13, (const uint8_t *)"*@example.com"}, .ipv4 = true,
				       .flow_mobility = d.plan->flows};
	uint8_t second = node == d.node ? 18 : 19;
	struct pmip_ip subnet = {4, {198, second, 0, 0}}, router = {4, {198, second, 0, 1}};
	struct pmip_lma_config *config;
	struct pmip_prefix pool;

	ck_assert_int_eq(pmip_lma_config_new(&config, &mem), 0);
	pool = unit_prefix(node == d.node ? "2001:db8:1000::/48" : "2001:db8:2000::/48");
	ck_assert_int_eq(pmip_lma_config_add_pool(config, &pool, 64), 0);
	ck_assert_int_eq(pmip_lma_config_add_ipv4_pool(config, &subnet, 16, &router), 0);
	ck_assert_int_eq(pmip_lma_config_set_gre(config, PMIP_LMA_GRE_ALLOWED), 0);
	ck_assert_int_eq(pmip_lma_config_add_profile(config, &profile), 0);
	for (int i = 1; i < d.plan->lmas; i++)
		ck_assert_int_eq(node == d.node ? pmip_lma_config_add_r2lma(config, &d.node[i].addr, 0, 0)
						: pmip_lma_config_add_rflma(config, &d.node[0].addr), 0);
	ck_assert_int_eq(pmip_lma_config_set_revoke_on_unknown_handoff(config, d.plan->asks_old_mags), 0);
	ck_assert_int_eq(pmip_lma_config_set_bulk(config, d.plan->bulk), 0);
	ck_assert_int_eq(pmip_lma_config_set_store(config, d.plan->kill_every > 0), 0);
	ck_assert_int_eq(pmip_lma_config_set_flowmob_flows(config, d.plan->flows && d.plan->seed % 4 == 1), 0);
	ck_assert_int_eq(pmip_lma_config_set_redirect_above(config, (uint32_t)d.plan->mns / 4), 0);
	for (int i = d.plan->lmas; i < d.nodes; i++)
		ck_assert_int_eq(pmip_lma_config_add_peer(config, &(struct pmip_peer){.size = sizeof(struct pmip_peer), .addr = d.node[i].addr}), 0);
	ck_assert_int_eq(pmip_lma_new(&node->lma, config, &mem, (const uint8_t[16]){7}), 0);
	pmip_lma_config_free(config);
}

/* What the kernel has and nobody has named since the LMA has begun. */
static void sweep(struct node *node)
{
	for (int mn = 0; mn < d.plan->mns; mn++)
		if (d.flow[mn].set && !d.flow[mn].named)
			unsteer(node, &d.flow[mn]);
	for (size_t i = 0; i < 2 * PREFIXES; i++)
		if (node->forwarding[i].set && !node->forwarding[i].named)
			clear(node, &node->forwarding[i]);
	for (int n = 0; n < d.nodes; n++) {
		must(node->tunnel_named[n] || !node->through[n]);
		node->tunnel[n] = node->tunnel[n] && node->tunnel_named[n];
	}
}

/* Nobody has been told its number. */
static void forget_flows(const struct node *node)
{
	struct pmip_flow_info known = {.size = sizeof(known)};

	for (int mn = 0; mn < d.plan->mns; mn++)
		if (pmip_lma_get_flow(node->lma, &known, d.flow[mn].id) || known.flow.dst_port != mn)
			d.flow[mn].id = 0;
}

/* Where prefixes are that have been stored and acknowledged. */
static size_t note_bindings(const struct node *node, struct pmip_prefix prefix[], struct pmip_addr mag[])
{
	size_t count = 0, cursor = 0;
	const struct pmip__hnp *hnp;

	while ((hnp = pmip__htable_next(&node->lma->cache.prefixes, &cursor))) {
		const struct pmip__session *session = pmip__binding_cache_owner(hnp);

		if (session->txn || session->mn->unstored || session->state != PMIP_BINDING_ACTIVE)
			continue;
		must(count < 2 * DOMAIN_MNS);
		prefix[count] = hnp->prefix;
		mag[count++] = session->reg.tunnel->remote;
	}
	return count;
}

static void check_bindings(const struct node *node, const struct pmip_prefix prefix[], const struct pmip_addr mag[], size_t count)
{
	for (size_t i = 0; i < count; i++) {
		const struct pmip__session *session = pmip__binding_cache_by_prefix(&node->lma->cache, &prefix[i]);

		must(session && session->state == PMIP_BINDING_ACTIVE && pmip_addr_equal(&session->reg.tunnel->remote, &mag[i]));
		must(forwarding_of(node, &prefix[i])->set && forwarding_of(node, &prefix[i])->remote == node_of(&mag[i]));
	}
}

/* The LMA goes wherever it is, the kernel stays. What nobody has named by the time that all records are back goes at once. */
static void kill_and_begin(struct node *node)
{
	static struct pmip_prefix prefix[2 * DOMAIN_MNS];
	static struct pmip_addr mag[2 * DOMAIN_MNS];
	size_t count = note_bindings(node, prefix, mag);

	d.kills++;
	d.reviving = true;
	pmip_lma_free(node->lma);
	for (size_t i = 0; i < 2 * PREFIXES; i++)
		node->forwarding[i].named = false;
	memset(node->tunnel_named, 0, sizeof(node->tunnel_named));
	for (int mn = 0; mn < d.plan->mns; mn++)
		d.flow[mn].named = false;
	start_lma(node);
	for (size_t i = 0; i < node->shelf.count;) {
		struct pmip_bytes key = shelf_key(&node->shelf, i), value = shelf_value(&node->shelf, i);
		int err = pmip_lma_restore(node->lma, &key, &value, now_at(node));

		must(!err || err == PMIP_ERR_STALE); /* its attachment's record was gone, and its own not yet */
		if (err)
			shelf_put(&node->shelf, &(struct pmip_store_op){.key = key});
		i += !err;
	}
	turn(node);
	d.reviving = false;
	sweep(node);
	forget_flows(node);
	check_bindings(node, prefix, mag, count);
}

static void start_mag(struct node *node)
{
	struct pmip_mag_config *config;
	char name[32];

	ck_assert_int_eq(pmip_mag_config_new(&config, &mem), 0);
	ck_assert_int_eq(pmip_mag_config_set_proxy_coa(config, &node->addr), 0);
	ck_assert_int_eq(pmip_mag_config_set_lma(config, &d.node[0].addr), 0);
	ck_assert_int_eq(pmip_mag_config_set_lifetime(config, LIFETIME_S), 0);
	ck_assert_int_eq(pmip_mag_config_set_bulk(config, d.plan->bulk, 1), 0);
	ck_assert_int_eq(pmip_mag_config_set_redirect(config, d.plan->lmas > 1), 0);
	/* One MAG of three has no GRE, one has it without keys, one with keys. */
	ck_assert_int_eq(pmip_mag_config_set_gre(config, (enum pmip_mag_gre)((node - d.node) % 3)), 0);
	for (int mn = 0; mn < d.plan->mns; mn++) {
		struct pmip_attach attach = attach_of(mn, 1, name);
		struct pmip_profile profile = {.size = sizeof(profile), .mn_id = attach.mn_id, .ll_id = attach.ll_id, .ipv4 = has_ipv4(mn),
					       .no_ipv6 = !has_ipv6(mn), .shares_prefixes = is_sharing(mn)};

		if (is_twin(mn))
			continue;
		ck_assert_int_eq(pmip_mag_config_add_profile(config, &profile), 0);
	}
	ck_assert_int_eq(pmip_mag_new(&node->mag, config, &mem, (const uint8_t[16]){7}), 0);
	pmip_mag_config_free(config);
}

static void start(const struct domain_plan *plan)
{
	memset(&d, 0, sizeof(d));
	d.plan = plan;
	d.nodes = plan->lmas + plan->mags;
	d.random = plan->seed * UINT64_C(0x9e3779b97f4a7c15) + 1;
	d.hash = DOMAIN_HASH_START;
	for (int n = 0; n < d.nodes; n++) {
		char text[PMIP_ADDR_STRLEN];

		snprintf(text, sizeof(text), "2001:db8:f::%x", (unsigned int)n + 1);
		d.node[n].addr = unit_addr(text);
		d.node[n].clock_us = n ? (int64_t)pick(40000) - 20000 : 0;
		d.node[n].fails_in = plan->fail_every;
		d.node[n].forwarding = calloc(2 * PREFIXES, sizeof(*d.node[n].forwarding));
		ck_assert_ptr_nonnull(d.node[n].forwarding);
	}
	for (int n = 0; n < d.nodes; n++)
		if (n < plan->lmas)
			start_lma(&d.node[n]);
		else
			start_mag(&d.node[n]);
	for (int mn = 0; mn < plan->mns; mn++)
		d.at[mn] = NOWHERE;
}

static void stop(void)
{
	for (int n = d.plan->lmas; n < d.nodes; n++) {
		ck_assert_int_eq(pmip_mag_shutdown(d.node[n].mag, now_at(&d.node[n])), 0);
		turn(&d.node[n]);
		ck_assert_uint_eq(d.node[n].forwardings + tunnels_of(&d.node[n]), 0);
	}
	run_until(d.now_us + 15 * S);
	for (int lma = 0; lma < d.plan->lmas; lma++) {
		ck_assert_uint_eq(pmip_lma_count_bindings(d.node[lma].lma), 0);
		ck_assert_uint_eq(pmip_lma_count_flows(d.node[lma].lma), 0);
		ck_assert_uint_eq(d.node[lma].forwardings + tunnels_of(&d.node[lma]), 0);
		ck_assert_uint_eq(d.node[lma].lma->pools[0].used, 0);
		ck_assert_uint_eq(d.node[lma].lma->pools[1].used, RESERVED_IPV4);
		ck_assert_uint_eq(d.node[lma].lma->cache.keys.count, 0);
		pmip_lma_free(d.node[lma].lma);
		ck_assert_uint_eq(d.node[lma].shelf.count, 0);
		shelf_clear(&d.node[lma].shelf);
	}
	ck_assert_uint_eq(d.heaped, 0);
	for (int n = 0; n < d.nodes; n++) {
		pmip_mag_free(d.node[n].mag);
		free(d.node[n].forwarding);
	}
	free(d.heap);
	ck_assert_int_eq(d.in_use, 0);
}

uint64_t domain_run(const struct domain_plan *plan)
{
	start(plan);
	while (d.now_us < plan->chaos_us) {
		run_until(d.now_us + pick(plan->pause_us));
		anything();
		if (plan->flows)
			anything_of_flows();
	}
	d.calm = true;
	run_until(d.now_us + 5 * S);
	/* Who was refused for a passing reason asks again; what was revoked, a Router Solicitation does not bring back. */
	for (int mn = 0; mn < plan->mns; mn++)
		if (d.at[mn] != NOWHERE)
			come(mn, d.at[mn], d.link[mn], !plan->bulk);
	run_until(d.now_us + 2 * LIFETIME_S * S);
	domain_check();
	stop();
	return d.hash;
}
