/* SPDX-License-Identifier: BSD-2-Clause */
/* What an LMA stores, and what another one makes of it. */
#include "lma_rig.h"
#include "shelf.h"
#include "unit.h"

#include "engine/lma.h"

#define MN1 "mn1@example.com"
#define MN2 "mn2@example.com"
#define MAG1 "2001:db8:a::1"
#define MAG2 "2001:db8:b::1"
#define LL1 "02:00:00:5e:10:01"
#define LL2 "02:00:00:5e:10:02"
#define GRANTED 600u
#define ALLOCATIONS_MAX 100

static struct rig rig;
static struct shelf shelf;
static uint16_t seq;

static struct pmip_lma_config *config_of(void)
{
	static const struct pmip_profile double_profile = {.size = sizeof(double_profile),
		.mn_id = {1, 14, (const uint8_t *)"double@example"}, .flow_mobility = true, .ipv4 = true};
	static const struct pmip_profile ipv4_profile = {.size = sizeof(ipv4_profile), .mn_id = {1, 12, (const uint8_t *)"ipv4@example"}, .ipv4 = true};
	struct pmip_lma_config *config = rig_config();
	struct pmip_ip subnet = unit_ip("198.51.100.0"), router = unit_ip("198.51.100.1");

	ck_assert_int_eq(pmip_lma_config_set_store(config, true), 0);
	ck_assert_int_eq(pmip_lma_config_add_ipv4_pool(config, &subnet, 24, &router), 0);
	ck_assert_int_eq(pmip_lma_config_add_profile(config, &double_profile), 0);
	ck_assert_int_eq(pmip_lma_config_add_profile(config, &ipv4_profile), 0);
	ck_assert_int_eq(pmip_lma_config_set_gre(config, PMIP_LMA_GRE_ALLOWED), 0);
	return config;
}

static void setup(void)
{
	rig_init(&rig, config_of(), NULL);
	rig.shelf = &shelf;
}

static void teardown(void)
{
	rig_fini(&rig);
	shelf_clear(&shelf);
}

static void kill_and_begin(uint64_t after_us)
{
	rig_kill_and_begin(&rig, config_of(), &shelf, after_us);
}

static int restore(size_t i)
{
	return rig_restore(&rig, &shelf, i);
}

static void restart(uint64_t after_us)
{
	rig_restart(&rig, config_of(), &shelf, after_us);
}

static struct pbu pbu_of(const char *mn, const char *mag, uint32_t lifetime_s)
{
	return (struct pbu){.mn = mn, .mag = mag, .hnp = {"0"}, .ll_id = LL1, .lifetime_s = lifetime_s, .seq = ++seq};
}

static int register_at(const char *mn, const char *mag, uint32_t lifetime_s)
{
	struct pbu pbu = pbu_of(mn, mag, lifetime_s);

	return rig_pbu(&rig, &pbu);
}

/* Two attachments of one mobile node, with prefixes of their own or the same; the second one named. */
static void attach_both(uint8_t hi)
{
	struct pbu pbu = pbu_of("double@example", MAG1, GRANTED);

	ck_assert_int_eq(rig_pbu(&rig, &pbu), 0);
	pbu = pbu_of("double@example", MAG2, GRANTED);
	pbu.ll_id = LL2;
	pbu.hi = hi;
	ck_assert_int_eq(rig_pbu(&rig, &pbu), 0);
	ck_assert_uint_eq(pmip_lma_count_bindings(rig.lma), 2);
}

static unsigned int bindings(struct pmip_binding_info *info, unsigned int max)
{
	unsigned int count = 0;
	size_t cursor = 0;

	for (; count < max; count++) {
		info[count] = (struct pmip_binding_info){.size = sizeof(info[count])};
		if (!pmip_lma_next_binding(rig.lma, &cursor, &info[count]))
			break;
	}
	return count;
}

#define SAME(member) ck_assert_mem_eq(&before->member, &after->member, sizeof(before->member))

/* All but when it expires, and the view of the MN-ID, which goes with the engine. Member by member: there are gaps between them. */
static void ck_assert_alike(const struct pmip_binding_info *before, const struct pmip_binding_info *after)
{
	SAME(ll_id); SAME(att); SAME(hi); SAME(state); SAME(local); SAME(remote); SAME(tunnel); SAME(link); SAME(lifetime_s); SAME(seq);
	SAME(timestamp); SAME(prefix_count); SAME(prefix); SAME(received_us); SAME(shares); SAME(is_default); SAME(revoking); SAME(group);
	SAME(ipv4); SAME(gre.in_use); SAME(gre.send.present); SAME(gre.send.value); SAME(gre.recv.present); SAME(gre.recv.value);
	SAME(bid); SAME(priority); SAME(path_bid); SAME(path_label); SAME(path_att); SAME(off_link_count);
}

/* The clock is another one. */
static void ck_assert_same(const struct pmip_binding_info *before, const struct pmip_binding_info *after, uint64_t passed_us,
			   struct pmip_now was)
{
	ck_assert_uint_eq(before->expires_us - was.mono_us - passed_us, after->expires_us - rig.now.mono_us);
	ck_assert_alike(before, after);
}

static void ck_assert_comes_back(void)
{
	struct pmip_binding_info before[4], after[4];
	struct pmip_now was = rig.now;
	unsigned int count = bindings(before, 4);
	unsigned int records = (unsigned int)shelf.count;

	ck_assert_uint_gt(count, 0);
	restart(7000000);
	ck_assert_uint_eq(bindings(after, 4), count);
	for (unsigned int i = 0; i < count; i++) {
		for (unsigned int j = 0; j < count; j++)
			if (before[i].bid == after[j].bid)
				ck_assert_same(&before[i], &after[j], 7000000, was);
	}
	ck_assert_uint_eq(shelf.count, records);
}

START_TEST(a_binding_comes_back)
{
	char prefix[PMIP_PREFIX_STRLEN];

	ck_assert_int_eq(register_at(MN1, MAG1, GRANTED), 0);
	ck_assert_uint_eq(shelf.written, 1);
	pmip_prefix_format(&rig.options.hnp[0].prefix, prefix);
	ck_assert_comes_back();
	ck_assert_str_eq(rig_forwarding(&rig, prefix), MAG1);
	ck_assert_uint_eq(rig.pba_count, 0);
	/* It is the same session: a handover keeps the prefix, and an extension too. */
	ck_assert_int_eq(register_at(MN1, MAG1, GRANTED), 0);
	ck_assert_uint_eq(pmip_lma_count_bindings(rig.lma), 1);
	rig_binding(&rig, prefix);
	/* The prefix is taken: others get others. */
	ck_assert_int_eq(register_at(MN2, MAG1, GRANTED), 0);
	ck_assert_uint_eq(pmip_lma_count_bindings(rig.lma), 2);
}
END_TEST

START_TEST(ipv4_and_gre_come_back)
{
	struct pbu pbu = pbu_of("ipv4@example", MAG1, GRANTED);
	struct pmip_binding_info info[1];

	pbu.ipv4 = "0.0.0.0";
	pbu.gre = "0x1234";
	ck_assert_int_eq(rig_pbu(&rig, &pbu), 0);
	ck_assert_uint_eq(bindings(info, 1), 1);
	ck_assert_uint_eq(info[0].ipv4.addr.len, 4);
	ck_assert(info[0].gre.in_use && info[0].gre.send.present && info[0].gre.recv.present);
	ck_assert_comes_back();
}
END_TEST

START_TEST(attachments_come_back)
{
	attach_both(PMIP_HI_NEW_INTERFACE);
	ck_assert_comes_back();
}
END_TEST

START_TEST(shared_prefixes_come_back)
{
	attach_both(PMIP_HI_SHARED);
	ck_assert_comes_back();
}
END_TEST

START_TEST(a_shared_ipv4_home_address_comes_back) /* V4-15 */
{
	struct pbu pbu = pbu_of("double@example", MAG1, GRANTED);
	struct pmip_binding_info info[2];

	pbu.ipv4 = "0.0.0.0";
	ck_assert_int_eq(rig_pbu(&rig, &pbu), 0);
	pbu = pbu_of("double@example", MAG2, GRANTED);
	pbu.ipv4 = "0.0.0.0";
	pbu.ll_id = LL2;
	pbu.hi = PMIP_HI_SHARED;
	ck_assert_int_eq(rig_pbu(&rig, &pbu), 0);
	ck_assert_uint_eq(bindings(info, 2), 2);
	ck_assert_uint_eq(info[0].ipv4.addr.len, 4);
	ck_assert_mem_eq(&info[0].ipv4, &info[1].ipv4, sizeof(info[0].ipv4));
	ck_assert_comes_back();
	pbu.hi = PMIP_HI_UNCHANGED;
	pbu.ipv4 = NULL;
	pbu.seq = ++seq;
	rig_advance(&rig, 1000);
	ck_assert_int_eq(rig_pbu(&rig, &pbu), 0);
	ck_assert_uint_eq(bindings(info, 2), 2);
	ck_assert_uint_eq(info[0].ipv4.addr.len + info[1].ipv4.addr.len, 4);
	ck_assert_comes_back();
}
END_TEST

START_TEST(what_is_extended_is_written_and_answered_after)
{
	struct pmip_binding_info info[1];

	ck_assert_int_eq(register_at(MN1, MAG1, GRANTED), 0);
	rig_advance(&rig, 100000);
	rig_forget(&rig);
	ck_assert_int_eq(register_at(MN1, MAG1, GRANTED), 0);
	ck_assert_uint_eq(rig.op_count, 0);
	ck_assert(rig_has_event(&rig, PMIP_EVENT_BINDING_REFRESHED));
	ck_assert_uint_eq(shelf.written, 2);
	restart(0);
	ck_assert_uint_eq(bindings(info, 1), 1);
	ck_assert_uint_eq(info[0].expires_us - rig.now.mono_us, GRANTED * UINT64_C(1000000));
}
END_TEST

/* What is not stored is not accepted; the registration before is in force. */
START_TEST(what_is_not_stored_is_refused)
{
	struct pmip_binding_info before[1], after[1];

	rig.store_fails = 1;
	ck_assert_int_eq(register_at(MN1, MAG1, GRANTED), 130);
	ck_assert_uint_eq(pmip_lma_count_bindings(rig.lma), 0);
	ck_assert_uint_eq(shelf.count, 0);
	ck_assert(rig_has_event(&rig, PMIP_EVENT_STORE_FAILED));
	for (unsigned int i = 0; i < rig.event_count; i++)
		if (rig.events[i].type == PMIP_EVENT_REFUSED || rig.events[i].type == PMIP_EVENT_BINDING_REMOVED)
			ck_assert_str_eq(rig.events[i].rule, "the store has no room for it");
	ck_assert(rig_has_event(&rig, PMIP_EVENT_REFUSED) && rig_has_event(&rig, PMIP_EVENT_BINDING_REMOVED));
	ck_assert_uint_eq(pmip_lma_get_counter(rig.lma, PMIP_LMA_STORE_FAILED), 1);
	ck_assert_int_eq(register_at(MN1, MAG1, GRANTED), 0);
	for (int i = 0; i < 2; i++) {
		rig_advance(&rig, 100000);
		ck_assert_uint_eq(bindings(before, 1), 1);
		rig.store_fails = 1;
		ck_assert_int_eq(register_at(MN1, i ? MAG2 : MAG1, GRANTED), 130);
		ck_assert_uint_eq(bindings(after, 1), 1);
		ck_assert_alike(&before[0], &after[0]);
		ck_assert_uint_eq(before[0].expires_us, after[0].expires_us);
		ck_assert_comes_back();
	}
}
END_TEST

START_TEST(what_ends_is_deleted)
{
	ck_assert_int_eq(register_at(MN1, MAG1, GRANTED), 0);
	ck_assert_int_eq(register_at(MN1, MAG1, 0), 0);
	ck_assert_uint_eq(shelf.count, 1); /* for MinDelayBeforeBCEDelete */
	ck_assert_comes_back();
	rig_advance(&rig, 20000);
	ck_assert_uint_eq(shelf.count, 0);
	ck_assert_int_eq(register_at(MN1, MAG1, 8), 0);
	ck_assert_uint_eq(shelf.count, 1);
	rig_advance(&rig, 20000);
	ck_assert_uint_eq(shelf.count, 0);
	ck_assert_int_eq(register_at(MN1, MAG1, GRANTED), 0);
	ck_assert_int_eq(pmip_lma_shutdown(rig.lma, rig.now), 0);
	rig_run(&rig);
	ck_assert_uint_eq(shelf.count, 0);
}
END_TEST

START_TEST(what_has_ended_meanwhile_ends_at_once)
{
	ck_assert_int_eq(register_at(MN1, MAG1, 60), 0);
	restart(61 * UINT64_C(1000000));
	ck_assert_uint_eq(pmip_lma_count_bindings(rig.lma), 1);
	rig_advance(&rig, 0);
	ck_assert_uint_eq(pmip_lma_count_bindings(rig.lma), 0);
	ck_assert_uint_eq(shelf.count, 0);
}
END_TEST

START_TEST(a_clock_that_goes_back_makes_nothing_longer)
{
	struct pmip_binding_info info[1];

	ck_assert_int_eq(register_at(MN1, MAG1, 60), 0);
	restart(-UINT64_C(3600000000));
	ck_assert_uint_eq(bindings(info, 1), 1);
	ck_assert_uint_eq(info[0].expires_us - rig.now.mono_us, 60 * UINT64_C(1000000));
}
END_TEST

/* ORD-5: what was seen before is old. */
START_TEST(order_is_kept)
{
	struct pbu pbu = pbu_of(MN1, MAG1, GRANTED);

	pbu.by_sequence = true;
	pbu.seq = 100;
	ck_assert_int_eq(rig_pbu(&rig, &pbu), 0);
	restart(0);
	ck_assert_int_eq(rig_pbu(&rig, &pbu), PMIP_STATUS_SEQ_OUT_OF_WINDOW);
	pbu.seq = 101;
	ck_assert_int_eq(rig_pbu(&rig, &pbu), 0);
}
END_TEST

/* Every value cut short, and with every octet changed, by itself: an error, or something that an LMA can work with. */
START_TEST(damage_is_told)
{
	struct shelf other = {0};
	uint8_t good[8192];
	size_t len;

	attach_both(PMIP_HI_NEW_INTERFACE);
	ck_assert_uint_eq(shelf.count, 1);
	len = shelf.records[0]->value_len;
	memcpy(good, shelf.records[0]->value, len);
	for (size_t cut = 0; cut < len; cut++) {
		kill_and_begin(0);
		shelf.records[0]->value_len = cut;
		ck_assert_int_eq(restore(0), PMIP_ERR_INVALID);
		ck_assert_uint_eq(pmip_lma_count_bindings(rig.lma), 0);
	}
	shelf.records[0]->value_len = len;
	for (size_t i = 0; i < len; i++) {
		for (unsigned int flip = 1; flip < 256; flip = flip * 2 + 1) {
			int err;

			kill_and_begin(0);
			rig.shelf = &other;
			shelf.records[0]->value[i] = (uint8_t)(good[i] ^ flip);
			err = restore(0);
			/* Version 1 is the same without groups. */
			ck_assert_int_eq(err, i == 0 && (good[0] ^ flip) != 1 ? PMIP_ERR_UNSUPPORTED : err == PMIP_ERR_INVALID ? err : 0);
			ck_assert_uint_eq(pmip_lma_count_bindings(rig.lma), err ? 0 : 2);
			while (pmip_lma_next_deadline(rig.lma) < rig.now.mono_us + GRANTED * UINT64_C(1000000))
				rig_advance(&rig, 1000);
			ck_assert_int_eq(pmip_lma_shutdown(rig.lma, rig.now), 0);
			rig_forget(&rig);
			rig_run(&rig);
			shelf_clear(&other);
		}
		shelf.records[0]->value[i] = good[i];
	}
}
END_TEST

START_TEST(other_keys_are_left_alone)
{
	static const uint8_t mine[] = {1, 2}, kind[] = {0x10}, value[] = {1};
	struct pmip_bytes key = {mine, sizeof(mine)}, one = {value, sizeof(value)};

	ck_assert_int_eq(pmip_lma_restore(rig.lma, &key, &one, rig.now), PMIP_ERR_NOENT);
	key = (struct pmip_bytes){kind, sizeof(kind)};
	ck_assert_int_eq(pmip_lma_restore(rig.lma, &key, &one, rig.now), PMIP_ERR_INVALID);
	key.len = 0;
	ck_assert_int_eq(pmip_lma_restore(rig.lma, &key, &one, rig.now), PMIP_ERR_NOENT);
	ck_assert_int_eq(register_at(MN1, MAG1, GRANTED), 0);
	ck_assert_int_eq(restore(0), PMIP_ERR_EXIST);
}
END_TEST

START_TEST(memory_runs_out)
{
	unsigned int fail_at = 0;
	int err = PMIP_ERR_NOMEM;

	attach_both(PMIP_HI_NEW_INTERFACE);
	while (err) {
		struct unit_mem mem = {0};
		struct pmip_mem callbacks = unit_mem_callbacks(&mem);
		struct pmip_now now = rig.now;

		ck_assert_uint_lt(++fail_at, ALLOCATIONS_MAX);
		rig_fini(&rig);
		rig_init(&rig, config_of(), &callbacks);
		rig.shelf = &shelf;
		rig.now = now;
		mem.calls = 0;
		mem.fail_at = fail_at;
		err = restore(0);
		ck_assert_int_eq(err, err ? PMIP_ERR_NOMEM : 0);
		ck_assert_uint_eq(pmip_lma_count_bindings(rig.lma), err ? 0 : 2);
		mem.fail_at = 0;
		if (err)
			ck_assert_int_eq(restore(0), 0);
		rig_run(&rig);
		ck_assert_uint_eq(pmip_lma_count_bindings(rig.lma), 2);
		rig_fini(&rig);
		ck_assert_int_eq(mem.live, 0);
		rig_init(&rig, config_of(), NULL);
		rig.shelf = &shelf;
		rig.now = now;
	}
	ck_assert_uint_gt(fail_at, 5);
}
END_TEST

/* The second of two records is of a flow that was moved to the second attachment. */
static struct pmip_flow_info move_a_flow(void)
{
	struct pmip_flow_info info = {.size = sizeof(info)};
	struct pmip_binding_info at[2];
	struct pmip_flow flow = {.src = unit_addr("2001:db8:c::2"), .protocol = 17, .src_port = 5000, .dst_port = 7000, .label = 0x12345};

	attach_both(PMIP_HI_SHARED);
	ck_assert_uint_eq(bindings(at, 2), 2);
	flow.dst = at[0].prefix[0].addr;
	flow.dst.b[15] = 9;
	ck_assert_int_eq(pmip_lma_add_flow(rig.lma, &info, &flow, rig.now), 0);
	rig_run(&rig);
	ck_assert_uint_eq(shelf.count, 1); /* it goes where its prefix goes */
	ck_assert_int_eq(pmip_lma_move_flow(rig.lma, info.flow_id, info.tunnel, 0, rig.now), 0);
	rig_run(&rig);
	ck_assert_uint_eq(shelf.count, 2);
	ck_assert_int_eq(pmip_lma_get_flow(rig.lma, &info, info.flow_id), 0);
	ck_assert(!info.is_default);
	return info;
}

START_TEST(a_moved_flow_comes_back)
{
	struct pmip_flow_info before = move_a_flow(), after = {.size = sizeof(after)};
	const struct pmip_datapath_op *op;

	rig_forget(&rig);
	restart(0);
	ck_assert_int_eq(pmip_lma_get_flow(rig.lma, &after, before.flow_id), 0);
	ck_assert(pmip_flow_equal(&before.flow, &after.flow) && before.flow.label == after.flow.label);
	ck_assert(pmip_addr_equal(&before.remote, &after.remote));
	ck_assert_uint_eq(before.tunnel, after.tunnel);
	ck_assert_uint_eq(before.bid, after.bid);
	ck_assert(!after.is_default && !after.is_moving);
	op = &rig.ops[rig.op_count - 1];
	ck_assert_int_eq(op->kind, PMIP_DATAPATH_FLOW_SET);
	ck_assert_uint_eq(op->tunnel, before.tunnel);
	ck_assert_int_eq(restore(1), PMIP_ERR_EXIST);
	/* Its attachment goes, and it goes where its prefix goes; that need not be stored. */
	before.flow.src_port++;
	ck_assert_int_eq(pmip_lma_add_flow(rig.lma, &after, &before.flow, rig.now), 0);
	ck_assert_uint_gt(after.flow_id, before.flow_id);
	ck_assert_int_eq(pmip_lma_move_flow(rig.lma, before.flow_id, before.tunnel, 0, rig.now), 0);
	rig_run(&rig);
	ck_assert_uint_eq(shelf.count, 1);
}
END_TEST

START_TEST(a_moved_flow_that_ends_is_deleted)
{
	struct pmip_flow_info info = move_a_flow();

	restart(0);
	ck_assert_int_eq(pmip_lma_del_flow(rig.lma, info.flow_id, rig.now), 0);
	rig_run(&rig);
	ck_assert_uint_eq(shelf.count, 1);
	ck_assert_uint_eq(pmip_lma_count_flows(rig.lma), 0);
}
END_TEST

START_TEST(a_moved_flow_without_packets_ends_and_that_is_told) /* FMP-10 */
{
	struct pmip_flow_info info = move_a_flow();
	const struct pmip_event *event;

	rig_forget(&rig);
	ck_assert_int_eq(pmip_lma_expire_flow(rig.lma, info.flow_id, rig.now), 0);
	rig_run(&rig);
	ck_assert_uint_eq(shelf.count, 1);
	ck_assert_uint_eq(pmip_lma_count_flows(rig.lma), 0);
	ck_assert_uint_eq(pmip_lma_get_counter(rig.lma, PMIP_LMA_FLOWS_IDLE), 1);
	ck_assert_int_eq(rig.ops[rig.op_count - 1].kind, PMIP_DATAPATH_FLOW_CLEAR);
	event = &rig.events[rig.event_count - 1];
	ck_assert_int_eq(event->type, PMIP_EVENT_FLOW_REMOVED);
	ck_assert_uint_eq(event->flow_id, info.flow_id);
	ck_assert_str_eq(event->rule, "no packet for too long");
	ck_assert_int_eq(pmip_lma_expire_flow(rig.lma, info.flow_id, rig.now), 0);
	ck_assert_uint_eq(pmip_lma_get_counter(rig.lma, PMIP_LMA_FLOWS_IDLE), 1);
}
END_TEST

START_TEST(a_flow_without_its_attachment_is_stale)
{
	move_a_flow();
	kill_and_begin(0);
	ck_assert_int_eq(restore(1), PMIP_ERR_STALE);
	ck_assert_uint_eq(pmip_lma_count_flows(rig.lma), 0);
}
END_TEST

START_TEST(damage_of_a_flow_is_told)
{
	size_t len;

	move_a_flow();
	len = shelf.records[1]->value_len;
	kill_and_begin(0);
	ck_assert_int_eq(restore(0), 0);
	for (size_t cut = 0; cut < len; cut++) {
		shelf.records[1]->value_len = cut;
		ck_assert_int_eq(restore(1), PMIP_ERR_INVALID);
	}
	shelf.records[1]->value_len = len;
	shelf.records[1]->value[0]++;
	ck_assert_int_eq(restore(1), PMIP_ERR_UNSUPPORTED);
	shelf.records[1]->value[0]--;
	len = shelf.records[1]->key_len;
	for (size_t cut = 1; cut < len; cut++) {
		shelf.records[1]->key_len = cut;
		ck_assert_int_eq(restore(1), PMIP_ERR_INVALID);
	}
	shelf.records[1]->key_len = len;
	ck_assert_uint_eq(pmip_lma_count_flows(rig.lma), 0);
	ck_assert_int_eq(restore(1), 0);
	rig_run(&rig);
	ck_assert_uint_eq(pmip_lma_count_flows(rig.lma), 1);
}
END_TEST

START_TEST(memory_runs_out_for_a_flow)
{
	unsigned int fail_at = 0;
	int err = PMIP_ERR_NOMEM;

	move_a_flow();
	while (err) {
		struct unit_mem mem = {0};
		struct pmip_mem callbacks = unit_mem_callbacks(&mem);
		struct pmip_now now = rig.now;

		ck_assert_uint_lt(++fail_at, ALLOCATIONS_MAX);
		rig_fini(&rig);
		rig_init(&rig, config_of(), &callbacks);
		rig.shelf = &shelf;
		rig.now = now;
		ck_assert_int_eq(restore(0), 0);
		mem.calls = 0;
		mem.fail_at = fail_at;
		err = restore(1);
		ck_assert_int_eq(err, err ? PMIP_ERR_NOMEM : 0);
		ck_assert_uint_eq(pmip_lma_count_flows(rig.lma), !err);
		mem.fail_at = 0;
		if (err)
			ck_assert_int_eq(restore(1), 0);
		rig_run(&rig);
		rig_fini(&rig);
		ck_assert_int_eq(mem.live, 0);
		rig_init(&rig, config_of(), NULL);
		rig.shelf = &shelf;
		rig.now = now;
	}
	ck_assert_uint_gt(fail_at, 3);
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {
		a_binding_comes_back,
		ipv4_and_gre_come_back,
		a_shared_ipv4_home_address_comes_back,
		attachments_come_back,
		shared_prefixes_come_back,
		what_is_extended_is_written_and_answered_after,
		what_is_not_stored_is_refused,
		what_ends_is_deleted,
		what_has_ended_meanwhile_ends_at_once,
		a_clock_that_goes_back_makes_nothing_longer,
		order_is_kept,
		damage_is_told,
		other_keys_are_left_alone,
		memory_runs_out,
		a_moved_flow_comes_back,
		a_moved_flow_that_ends_is_deleted, a_moved_flow_without_packets_ends_and_that_is_told,
		a_flow_without_its_attachment_is_stale,
		damage_of_a_flow_is_told,
		memory_runs_out_for_a_flow,
		NULL,
	};

	return unit_run_fixture("lma_store", tests, setup, teardown);
}
