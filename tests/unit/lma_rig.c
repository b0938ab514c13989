/* SPDX-License-Identifier: BSD-2-Clause */
#include "lma_rig.h"
#include "shelf.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

#define LMAA "2001:db8:1a::1"

struct pmip_lma_config *rig_config(void)
{
	static const char *const mns[] = {"mn1@example.com", "mn2@example.com", "mn3@example.com"};
	struct pmip_lma_config *config;
	struct pmip_prefix pool;
	struct pmip_addr mag;
	struct pmip_profile fixed = {.size = sizeof(fixed), .mn_id = {1, 13, (const uint8_t *)"fixed@example"}, .prefix_count = 2};
	struct pmip_profile off = {.size = sizeof(off), .mn_id = {1, 11, (const uint8_t *)"off@example"}, .disabled = true};
	struct pmip_profile realm = {.size = sizeof(realm), .mn_id = {1, 8, (const uint8_t *)"*@guests"}, .lifetime_s = 60};

	ck_assert_int_eq(pmip_lma_config_new(&config, NULL), 0);
	pool = unit_prefix("2001:db8:100::/48");
	ck_assert_int_eq(pmip_lma_config_add_pool(config, &pool, 64), 0);
	for (int i = 1; i <= 3; i++) {
		mag = unit_addr("2001:db8:a::1");
		mag.b[5] = (uint8_t)(9 + i);
		ck_assert_int_eq(pmip_lma_config_add_peer(config, &(struct pmip_peer){.size = sizeof(struct pmip_peer), .addr = mag}), 0);
	}
	for (size_t i = 0; i < sizeof(mns) / sizeof(mns[0]); i++) {
		struct pmip_profile profile = {.size = sizeof(profile), .mn_id = {1, (uint8_t)strlen(mns[i]), (const uint8_t *)mns[i]}};

		ck_assert_int_eq(pmip_lma_config_add_profile(config, &profile), 0);
	}
	fixed.prefix[0] = unit_prefix("2001:db8:100:f::/64");
	fixed.prefix[1] = unit_prefix("2001:db8:feed::/64");
	ck_assert_int_eq(pmip_lma_config_add_profile(config, &fixed), 0);
	ck_assert_int_eq(pmip_lma_config_add_profile(config, &off), 0);
	ck_assert_int_eq(pmip_lma_config_add_profile(config, &realm), 0);
	return config;
}

void rig_init(struct rig *rig, struct pmip_lma_config *config, const struct pmip_mem *mem)
{
	static const uint8_t key[16] = "0123456789abcde";

	*rig = (struct rig){.now = {1000000, 1700000000ULL * 1000000}};
	if (pmip_lma_new(&rig->lma, config, mem, key))
		rig->lma = NULL;
	pmip_lma_config_free(config);
}

void rig_fini(struct rig *rig)
{
	pmip_lma_free(rig->lma);
	rig->lma = NULL;
}

void rig_forget(struct rig *rig)
{
	rig->op_count = rig->event_count = rig->pba_count = 0;
}

static void fill_options(const struct rig *rig, const struct pbu *pbu, struct pmip_binding_options *o)
{
	*o = (struct pmip_binding_options){0};
	if (pbu->mn) {
		o->has |= PMIP_HAS_MN_ID;
		o->mn_id = (struct pmip_mnid){1, (uint8_t)strlen(pbu->mn), (const uint8_t *)pbu->mn};
	}
	for (; o->hnp_count < 3 && pbu->hnp[o->hnp_count]; o->hnp_count++)
		if (strcmp(pbu->hnp[o->hnp_count], "0"))
			o->hnp[o->hnp_count].prefix = unit_prefix(pbu->hnp[o->hnp_count]);
	if (pbu->hi >= 0) {
		o->has |= PMIP_HAS_HI;
		o->hi = (uint8_t)(pbu->hi_zero ? 0 : pbu->hi ? pbu->hi : PMIP_HI_UNKNOWN);
	}
	if (pbu->att >= 0) {
		o->has |= PMIP_HAS_ATT;
		o->att = (uint8_t)(pbu->att_zero ? 0 : pbu->att ? pbu->att : PMIP_ATT_WLAN);
	}
	if (!pbu->by_sequence) {
		o->has |= PMIP_HAS_TIMESTAMP;
		o->timestamp = pmip_timestamp_from_us(rig->now.wall_us + (uint64_t)pbu->skew_us);
	}
	if (pbu->ll_id) {
		o->has |= PMIP_HAS_LL_ID;
		o->ll_id = unit_llid(pbu->ll_id);
	}
	if (pbu->lla) {
		o->has |= PMIP_HAS_LLA;
		o->lla = unit_addr(pbu->lla);
	}
	if (pbu->alt_coa) {
		o->has |= PMIP_HAS_ALT_COA;
		o->alt_coa = unit_addr(pbu->alt_coa);
	}
	if (pbu->gre) {
		o->has |= PMIP_HAS_GRE_KEY;
		o->gre_key.present = strcmp(pbu->gre, "none") != 0;
		o->gre_key.value = (uint32_t)strtoul(pbu->gre, NULL, 0);
	}
	if (pbu->group) {
		o->has |= PMIP_HAS_GROUP;
		o->group = (struct pmip_opt_group){1, pbu->group};
	}
	if (pbu->ipv4) {
		o->has |= PMIP_HAS_IPV4_REQUEST;
		o->ipv4_request.addr = unit_ip(pbu->ipv4);
	}
}

size_t rig_encode(const struct rig *rig, const struct pbu *pbu, uint8_t *buf, size_t cap, struct pmip_dgram *dgram)
{
	struct pmip_mh mh = {.type = PMIP_MH_BU};
	struct pmip_mh_writer writer;
	struct pmip_binding_options options;
	int len;

	mh.u.bu = (struct pmip_bu){
		.seq = pbu->seq,
		.flags = (uint16_t)(pbu->flags ? pbu->flags : PMIP_BU_A | PMIP_BU_P),
		.lifetime_s = pbu->lifetime_s,
	};
	fill_options(rig, pbu, &options);
	*dgram = (struct pmip_dgram){.src = unit_addr(pbu->mag ? pbu->mag : "2001:db8:a::1"), .dst = unit_addr(LMAA)};
	pmip_mh_begin(&writer, buf, cap, &mh);
	pmip_binding_options_write(&writer, &options);
	len = pmip_mh_finish(&writer, &dgram->src, &dgram->dst);
	ck_assert_int_gt(len, 0);
	dgram->data = buf;
	dgram->len = (size_t)len;
	return dgram->len;
}

static void keep_pba(struct rig *rig, const struct pmip_dgram *dgram)
{
	struct pmip_mh mh;

	memcpy(rig->octets, dgram->data, dgram->len);
	rig->pba_dgram = *dgram;
	rig->pba_dgram.data = rig->octets;
	ck_assert_int_eq(pmip_mh_decode(&mh, NULL, &rig->pba_dgram, 0), 0);
	if (mh.type != PMIP_MH_BA)
		return;
	rig->pba = mh.u.ba;
	ck_assert_int_eq(pmip_binding_options_read(&rig->options, &mh), 0);
	rig->pba_count++;
}

/* A result that could not be taken in for want of memory is told again. */
static void complete(struct rig *rig, uint32_t id, int result)
{
	ck_assert_int_eq(unit_again(rig_failed(rig), pmip_lma_complete(rig->lma, id, result, rig->now)), 0);
}

static void store(struct rig *rig, const struct pmip_store_op *record)
{
	bool fails = rig->store_fails > 0;

	ck_assert_ptr_nonnull(rig->shelf);
	rig->store_fails -= fails;
	if (!fails)
		shelf_put(rig->shelf, record);
	if (record->id)
		complete(rig, record->id, fails ? PMIP_ERR_FULL : 0);
}

void rig_run(struct rig *rig)
{
	struct pmip_action action;

	while (pmip_lma_next_action(rig->lma, &action)) {
		switch (action.type) {
		case PMIP_ACTION_DATAPATH:
			ck_assert_uint_lt(rig->op_count, RIG_MAX);
			rig->ops[rig->op_count++] = action.u.datapath;
			if (rig->hold)
				break;
			complete(rig, action.u.datapath.id, rig->fail_next ? PMIP_ERR_OS : 0);
			rig->fail_next -= rig->fail_next > 0;
			break;
		case PMIP_ACTION_SEND:
			keep_pba(rig, &action.u.send);
			break;
		case PMIP_ACTION_NOTIFY:
			ck_assert_uint_lt(rig->event_count, RIG_MAX);
			rig->events[rig->event_count] = action.u.event;
			rig->events[rig->event_count++].mn_id.id = NULL;
			break;
		case PMIP_ACTION_PARAM_PROBLEM:
			break;
		case PMIP_ACTION_STORE:
			store(rig, &action.u.store);
			break;
		case PMIP_ACTION_RA:
		case PMIP_ACTION_PROBE:
			ck_abort_msg("an LMA has no access links");
		}
	}
}

void rig_complete_held(struct rig *rig, int err)
{
	unsigned int count = rig->op_count;

	rig->hold = false;
	for (unsigned int i = 0; i < count; i++)
		ck_assert_int_eq(pmip_lma_complete(rig->lma, rig->ops[i].id, err, rig->now), 0);
	rig_run(rig);
}

int rig_pbu(struct rig *rig, const struct pbu *pbu)
{
	uint8_t buf[PMIP_MH_MAX], *exact;
	struct pmip_dgram dgram;
	size_t len = rig_encode(rig, pbu, buf, sizeof(buf), &dgram);
	unsigned int before = rig->pba_count;
	size_t bindings = pmip_lma_count_bindings(rig->lma);

	rig->now.mono_us += 1000;
	rig->now.wall_us += 1000;
	exact = malloc(len);
	memcpy(exact, buf, len);
	dgram.data = exact;
	ck_assert_int_eq(unit_again(rig_failed(rig) && pmip_lma_count_bindings(rig->lma) == bindings,
				    pmip_lma_input(rig->lma, &dgram, rig->now)), 0);
	free(exact);
	rig_run(rig);
	return rig->pba_count > before ? rig->pba.status : -1;
}

void rig_advance(struct rig *rig, uint64_t ms)
{
	struct pmip_now end = {rig->now.mono_us + ms * 1000, rig->now.wall_us + ms * 1000};
	uint64_t at;

	while ((at = pmip_lma_next_deadline(rig->lma)) <= end.mono_us) {
		if (at > rig->now.mono_us) {
			rig->now.wall_us += at - rig->now.mono_us;
			rig->now.mono_us = at;
		}
		ck_assert_int_eq(pmip_lma_handle_timeout(rig->lma, rig->now), 0);
		rig_run(rig);
	}
	rig->now = end;
}

struct pmip_binding_info rig_binding(const struct rig *rig, const char *prefix)
{
	struct pmip_binding_info info = {.size = sizeof(info)};
	struct pmip_prefix p;

	p = unit_prefix(prefix);
	ck_assert_msg(!pmip_lma_find_binding(rig->lma, &info, &p), "no binding has %s", prefix);
	return info;
}

bool rig_has_event(const struct rig *rig, enum pmip_event_type type)
{
	for (unsigned int i = 0; i < rig->event_count; i++)
		if (rig->events[i].type == type)
			return true;
	return false;
}

unsigned int rig_count_ops(const struct rig *rig, enum pmip_datapath_kind kind)
{
	unsigned int count = 0;

	for (unsigned int i = 0; i < rig->op_count; i++)
		count += rig->ops[i].kind == kind;
	return count;
}

int rig_input(struct rig *rig, const char *mag, const struct pmip_mh *mh, const struct pmip_option *option)
{
	struct pmip_dgram dgram = {unit_addr(mag), unit_addr(LMAA), NULL, 0};
	struct pmip_mh_writer writer;
	uint8_t octets[128];

	pmip_mh_begin(&writer, octets, sizeof(octets), mh);
	pmip_mh_add_option(&writer, option);
	dgram.len = (size_t)pmip_mh_finish(&writer, &dgram.src, &dgram.dst);
	dgram.data = octets;
	return pmip_lma_input(rig->lma, &dgram, rig->now);
}

void rig_heartbeat(struct rig *rig, const char *mag, uint32_t restart_counter)
{
	const struct pmip_mh mh = {.type = PMIP_MH_HEARTBEAT, .u.heartbeat = {.unsolicited = true, .response = true, .seq = 4711}};
	const struct pmip_option option = {.type = PMIP_OPT_RESTART_COUNTER, .u.restart_counter = restart_counter};

	ck_assert_int_eq(rig_input(rig, mag, &mh, &option), 0);
	rig_run(rig);
}

void rig_kill_and_begin(struct rig *rig, struct pmip_lma_config *config, struct shelf *shelf, uint64_t after_us)
{
	struct pmip_now now = {5000000, rig->now.wall_us + after_us};

	rig_fini(rig);
	rig_init(rig, config, NULL);
	rig->shelf = shelf;
	rig->now = now;
}

int rig_restore(struct rig *rig, const struct shelf *shelf, size_t i)
{
	struct pmip_bytes key = shelf_key(shelf, i), value = shelf_value(shelf, i);

	return pmip_lma_restore(rig->lma, &key, &value, rig->now);
}

void rig_restart(struct rig *rig, struct pmip_lma_config *config, struct shelf *shelf, uint64_t after_us)
{
	rig_kill_and_begin(rig, config, shelf, after_us);
	for (size_t i = 0; i < shelf->count; i++)
		ck_assert_int_eq(rig_restore(rig, shelf, i), 0);
	rig_run(rig);
}

const char *rig_forwarding(const struct rig *rig, const char *prefix)
{
	static char text[PMIP_ADDR_STRLEN];
	char old[PMIP_ADDR_STRLEN];
	struct pmip_prefix p;

	p = unit_prefix(prefix);
	memcpy(text, "-", 2);
	for (unsigned int i = 0; i < rig->op_count; i++) {
		const struct pmip_datapath_op *op = &rig->ops[i];

		if (op->kind == PMIP_DATAPATH_BINDING_SET && pmip_prefix_equal(&op->prefix, &p))
			pmip_addr_format(&op->remote, text);
		if (op->kind == PMIP_DATAPATH_BINDING_CLEAR && pmip_prefix_equal(&op->prefix, &p))
			memcpy(text, "-", 2);
		pmip_addr_format(&op->old_remote, old);
		if (op->kind == PMIP_DATAPATH_TUNNEL_MOVE && !strcmp(text, old))
			pmip_addr_format(&op->remote, text);
	}
	return text;
}

bool rig_failed(const struct rig *rig)
{
	return rig->scarce && unit_mem_failed(rig->scarce);
}

void rig_without_memory(struct rig *rig, struct pmip_lma_config *(*config)(void), void (*story)(void), unsigned int least)
{
	static struct unit_mem mem; /* outlives the teardown */
	struct pmip_mem callbacks = unit_mem_callbacks(&mem);
	unsigned int fail_at = 0;

	do {
		mem = (struct unit_mem){.fail_at = ++fail_at, .once = true};
		rig_init(rig, config(), &callbacks);
		rig->scarce = &mem;
		if (rig->lma)
			story();
		else
			ck_assert(unit_mem_failed(&mem));
		rig_fini(rig);
		ck_assert_int_eq(mem.live, 0);
	} while (unit_mem_failed(&mem));
	ck_assert_uint_ge(fail_at - 1, least);
}
