/* SPDX-License-Identifier: BSD-2-Clause */
/* A group goes to another Proxy-CoA of its MAG (lma_bulk_move.c). */
#include "lma_rig.h"

#include <stdio.h>

#define MAG1 "2001:db8:a::1"
#define MAG2 "2001:db8:b::1"
#define MAG3 "2001:db8:c::1"
#define OTHER "2001:db8:a::77" /* no MAG by itself */
#define MN1 "mn1@example.com"
#define MN2 "mn2@example.com"
#define MN3 "mn3@example.com"
#define HNP1 "2001:db8:100:1::/64"
#define HNP2 "2001:db8:100:2::/64"
#define HNP3 "2001:db8:100:3::/64"
#define MANY 100

static struct rig rig;
static uint32_t group;

static struct pmip_lma_config *config(void)
{
	struct pmip_lma_config *config = rig_config();

	const struct pmip_profile many = {.size = sizeof(many), .mn_id = {1, 6, (const uint8_t *)"*@many"}};

	ck_assert_int_eq(pmip_lma_config_set_bulk(config, true), 0);
	ck_assert_int_eq(pmip_lma_config_add_profile(config, &many), 0);
	return config;
}

static int join(const char *mn, const char *hnp, const char *mag)
{
	int status = rig_pbu(&rig, &(struct pbu){.mn = mn, .mag = mag, .hnp = {hnp}, .lifetime_s = 600, .group = 1,
						 .flags = PMIP_BU_A | PMIP_BU_P | PMIP_BU_B});

	rig_advance(&rig, 1);
	return status;
}

static int ask(const char *from, const char *alt_coa, uint32_t id, uint32_t lifetime_s)
{
	int status = rig_pbu(&rig, &(struct pbu){.mag = from, .alt_coa = alt_coa, .hi = -1, .att = -1, .lifetime_s = lifetime_s, .group = id});

	rig_advance(&rig, 1);
	return status;
}

static void join_both(void)
{
	ck_assert_int_eq(join(MN1, HNP1, MAG1), 0);
	ck_assert_int_eq(join(MN2, HNP2, MAG1), 0);
	group = rig.options.group.id;
	ck_assert_uint_gt(group, 1);
}

static void setup(void)
{
	rig_init(&rig, config(), NULL);
	join_both();
}

static void teardown(void)
{
	rig_fini(&rig);
}

static bool is_at(const char *hnp, const char *mag)
{
	struct pmip_addr addr = unit_addr(mag);
	struct pmip_binding_info info = rig_binding(&rig, hnp);

	return pmip_addr_equal(&info.remote, &addr);
}

/* Of the operations from now on the results are not told. */
static void hold(void)
{
	rig_forget(&rig);
	rig.hold = true;
}

/* BLK-5: one operation, whatever the size; the rest is as after a handover of each. */
START_TEST(all_at_once)
{
	ck_assert_int_eq(ask(MAG1, MAG2, group, 300), PMIP_STATUS_ACCEPTED);
	ck_assert_uint_eq(rig.options.group.id, group);
	ck_assert_uint_eq(rig.pba.lifetime_s, 300);
	ck_assert_uint_eq(rig_count_ops(&rig, PMIP_DATAPATH_TUNNEL_MOVE), 1);
	ck_assert_uint_eq(rig_count_ops(&rig, PMIP_DATAPATH_BINDING_SET), 2); /* those of before */
	ck_assert_uint_eq(rig_count_ops(&rig, PMIP_DATAPATH_TUNNEL_RELEASE), 1);
	ck_assert_str_eq(rig_forwarding(&rig, HNP1), MAG2);
	ck_assert_str_eq(rig_forwarding(&rig, HNP2), MAG2);
	ck_assert(is_at(HNP1, MAG2) && is_at(HNP2, MAG2));
	ck_assert_uint_eq(rig_binding(&rig, HNP1).lifetime_s, 300);
	ck_assert(rig_has_event(&rig, PMIP_EVENT_BINDING_MOVED) && rig_has_event(&rig, PMIP_EVENT_GROUP_REFRESHED));
	rig_forget(&rig);
	ck_assert_int_eq(ask(MAG2, NULL, group, 600), PMIP_STATUS_ACCEPTED);
	ck_assert_uint_eq(rig.op_count, 0);
	ck_assert_int_eq(ask(MAG1, NULL, group, 600), PMIP_STATUS_INVALID_MOBILE_NODE_GROUP_IDENTIFIER);
	ck_assert_int_eq(ask(MAG2, MAG1, group, 600), PMIP_STATUS_ACCEPTED);
	ck_assert(is_at(HNP1, MAG1) && is_at(HNP2, MAG1));
	ck_assert_int_eq(ask(MAG1, OTHER, group, 600), PMIP_STATUS_ACCEPTED);
	ck_assert(is_at(HNP1, OTHER) && is_at(HNP2, OTHER));
	ck_assert_uint_eq(rig_count_ops(&rig, PMIP_DATAPATH_TUNNEL_MOVE), 2);
}
END_TEST

/* BLK-5: nothing is acknowledged that is not forwarding. */
START_TEST(not_before_it_is_done)
{
	hold();
	ck_assert_int_eq(ask(MAG1, MAG2, group, 600), -1);
	ck_assert_int_eq(ask(MAG1, MAG2, group, 600), -1); /* sent again */
	ck_assert_int_eq(ask(MAG2, NULL, group, 600), -1);
	ck_assert_uint_eq(rig_count_ops(&rig, PMIP_DATAPATH_TUNNEL_MOVE), 1);
	ck_assert_int_eq(join(MN2, HNP2, MAG2), -1); /* a transaction of its own */
	ck_assert_uint_eq(rig_count_ops(&rig, PMIP_DATAPATH_BINDING_SET), 1);
	rig_complete_held(&rig, 0);
	ck_assert_int_eq(rig.pba.status, PMIP_STATUS_ACCEPTED);
	ck_assert(is_at(HNP1, MAG2) && is_at(HNP2, MAG2));
	ck_assert_int_eq(ask(MAG2, NULL, group, 600), PMIP_STATUS_ACCEPTED);
}
END_TEST

/* BLK-5: when the datapath cannot, all is as before; the MAG asks for each, and forwarding is made sure of. */
START_TEST(all_or_nothing)
{
	hold();
	ask(MAG1, MAG2, group, 600);
	rig_complete_held(&rig, PMIP_ERR_OS);
	ck_assert_int_eq(rig.pba.status, PMIP_STATUS_INSUFFICIENT_RESOURCES);
	ck_assert(is_at(HNP1, MAG1) && is_at(HNP2, MAG1));
	ck_assert_uint_eq(rig_binding(&rig, HNP1).lifetime_s, 600);
	ck_assert(!rig_has_event(&rig, PMIP_EVENT_BINDING_MOVED));
	ck_assert_int_eq(ask(MAG1, NULL, group, 600), PMIP_STATUS_INVALID_MOBILE_NODE_GROUP_IDENTIFIER);
	rig_forget(&rig);
	ck_assert_int_eq(join(MN1, HNP1, MAG1), PMIP_STATUS_ACCEPTED);
	ck_assert_str_eq(rig_forwarding(&rig, HNP1), MAG1);
	ck_assert_int_eq(join(MN2, HNP2, MAG1), PMIP_STATUS_ACCEPTED);
	ck_assert_str_eq(rig_forwarding(&rig, HNP2), MAG1);
}
END_TEST

/* BLK-5: what has gone meanwhile is let be. */
START_TEST(meanwhile)
{
	for (int err = 0; err >= PMIP_ERR_OS; err += PMIP_ERR_OS) {
		hold();
		ask(MAG1, MAG2, group, 600);
		ck_assert_int_eq(rig_pbu(&rig, &(struct pbu){.mn = MN1, .mag = MAG2, .hnp = {HNP1}}), PMIP_STATUS_ACCEPTED);
		rig_complete_held(&rig, err);
		ck_assert_int_eq(rig_binding(&rig, HNP1).state, PMIP_BINDING_DELETE_WAIT);
		ck_assert_str_eq(rig_forwarding(&rig, HNP1), "-");
		ck_assert(is_at(HNP2, err ? MAG1 : MAG2));
		teardown();
		setup();
	}
}
END_TEST

/* BLK-5: the rest is asked for one by one. */
START_TEST(only_what_is_simple)
{
	const enum pmip_status no = PMIP_STATUS_INVALID_MOBILE_NODE_GROUP_IDENTIFIER;

	ck_assert_int_eq(ask(MAG1, MAG2, group, 0), no);
	ck_assert_int_eq(ask(MAG1, MAG2, 1, 600), no);
	ck_assert_int_eq(ask(MAG1, MAG2, group + 1, 600), no);
	ck_assert_int_eq(ask(MAG2, MAG1, group + 1, 600), no);
	ck_assert_int_eq(ask(OTHER, MAG2, group, 600), PMIP_STATUS_MAG_NOT_AUTHORIZED_FOR_PROXY_REG);
	ck_assert_int_eq(join(MN3, HNP3, MAG2), 0);
	ck_assert_int_eq(ask(MAG1, MAG2, group, 600), no); /* there is a group */
	ck_assert_int_eq(rig_pbu(&rig, &(struct pbu){.mn = MN3, .mag = MAG1, .hnp = {HNP3}, .hi = PMIP_HI_BETWEEN_MAGS, .lifetime_s = 600}), 0);
	rig_advance(&rig, 1);
	ck_assert_int_eq(ask(MAG1, OTHER, group, 600), no); /* somebody is not in it */
	ck_assert_uint_eq(rig_count_ops(&rig, PMIP_DATAPATH_TUNNEL_MOVE), 0);
	ck_assert_int_eq(rig_pbu(&rig, &(struct pbu){.mn = MN3, .mag = MAG1, .hnp = {HNP3}}), 0);
	rig_advance(&rig, 1);
	ck_assert_int_eq(ask(MAG1, OTHER, group, 600), 0); /* who is going is not in the way */
	ck_assert_int_eq(rig_binding(&rig, HNP3).state, PMIP_BINDING_DELETE_WAIT);
	ck_assert(is_at(HNP3, MAG1) && is_at(HNP1, OTHER));
}
END_TEST

/* BLK-5: so many that what is told of them does not fit what a step is given by itself. */
START_TEST(many_with_long_names)
{
	char mn[80];

	for (int i = 0; i < MANY; i++) {
		snprintf(mn, sizeof(mn), "%070d@many", i);
		rig_forget(&rig);
		ck_assert_int_eq(join(mn, "0", MAG1), 0);
	}
	rig_forget(&rig);
	ck_assert_int_eq(ask(MAG1, MAG2, group, 300), PMIP_STATUS_ACCEPTED);
	ck_assert_uint_eq(rig_count_ops(&rig, PMIP_DATAPATH_TUNNEL_MOVE), 1);
	ck_assert_uint_eq(rig.event_count, MANY + 3);
	for (unsigned int i = 0; i < MANY + 2; i++)
		ck_assert_int_eq(rig.events[i].type, PMIP_EVENT_BINDING_MOVED);
	ck_assert_int_eq(rig.events[MANY + 2].type, PMIP_EVENT_GROUP_REFRESHED);
	ck_assert_uint_eq(rig.events[MANY + 2].count, MANY + 2);
}
END_TEST

/* BLK-5: while a group leaves a tunnel, no other one goes there. */
START_TEST(one_move_at_a_time)
{
	uint32_t other;

	ck_assert_int_eq(join(MN3, HNP3, MAG2), 0);
	other = rig.options.group.id;
	hold();
	ck_assert_int_eq(ask(MAG1, OTHER, group, 600), -1);
	ck_assert_int_eq(ask(MAG2, MAG1, other, 600), PMIP_STATUS_INVALID_MOBILE_NODE_GROUP_IDENTIFIER);
	rig_complete_held(&rig, PMIP_ERR_OS);
	ck_assert(is_at(HNP1, MAG1) && is_at(HNP3, MAG2));
	ck_assert_int_eq(ask(MAG2, MAG1, other, 600), PMIP_STATUS_ACCEPTED);
	ck_assert(is_at(HNP3, MAG1));
}
END_TEST

/* BLK-5: nothing is extended when everybody has gone. */
START_TEST(all_have_gone_meanwhile)
{
	hold();
	ask(MAG1, MAG2, group, 600);
	ck_assert_int_eq(rig_pbu(&rig, &(struct pbu){.mn = MN1, .mag = MAG2, .hnp = {HNP1}}), PMIP_STATUS_ACCEPTED);
	ck_assert_int_eq(rig_pbu(&rig, &(struct pbu){.mn = MN2, .mag = MAG2, .hnp = {HNP2}}), PMIP_STATUS_ACCEPTED);
	rig_complete_held(&rig, 0);
	ck_assert_int_eq(rig.pba.status, PMIP_STATUS_INVALID_MOBILE_NODE_GROUP_IDENTIFIER);
	ck_assert(!rig_has_event(&rig, PMIP_EVENT_GROUP_REFRESHED));
}
END_TEST

static void heartbeat_of(const char *mag, uint32_t restart_counter)
{
	rig_heartbeat(&rig, mag, restart_counter);
	rig_advance(&rig, 1);
}

/* BLK-5, HBT-4: their packets have gone over, which is told; the MAG that has forgotten them does not extend them. */
START_TEST(lost_meanwhile)
{
	heartbeat_of(MAG1, 1);
	hold();
	ask(MAG1, OTHER, group, 600);
	heartbeat_of(MAG1, 2);
	rig_complete_held(&rig, 0);
	ck_assert_int_eq(rig.pba.status, PMIP_STATUS_INVALID_MOBILE_NODE_GROUP_IDENTIFIER);
	ck_assert(rig_has_event(&rig, PMIP_EVENT_BINDING_MOVED));
	ck_assert(is_at(HNP1, OTHER) && is_at(HNP2, OTHER));
	rig_advance(&rig, 20000);
	ck_assert_uint_eq(pmip_lma_count_bindings(rig.lma), 0);
}
END_TEST

static struct pmip_lma_config *flowmob_config(void)
{
	struct pmip_profile profile = {.size = sizeof(profile), .mn_id = {1, 13, (const uint8_t *)"flows@example"}, .flow_mobility = true};
	struct pmip_lma_config *made = config();

	ck_assert_int_eq(pmip_lma_config_add_profile(made, &profile), 0);
	return made;
}

static unsigned int initiates_to(const char *mag)
{
	struct pmip_addr addr = unit_addr(mag);
	unsigned int n = 0;

	for (unsigned int i = 0; i < rig.event_count; i++)
		n += rig.events[i].type == PMIP_EVENT_UPDATE_SENT && pmip_addr_equal(&rig.events[i].peer, &addr);
	return n;
}

/* BLK-5, FLO-3: what a MAG is being told of a mobile node's other prefixes is told again where the group has gone. */
START_TEST(told_again)
{
	struct pmip_lma_config *before = config(), *after = flowmob_config();
	const char *mn = "flows@example";
	struct pmip_profile profile = {.size = sizeof(profile), .mn_id = {1, 13, (const uint8_t *)mn}};
	struct pmip_flow flow = {.src = unit_addr("2001:db8:cc::1"), .dst = unit_addr("2001:db8:100:2::5"), .protocol = 6, .dst_port = 50000};
	struct pmip_flow_info info = {.size = sizeof(info)};

	teardown();
	ck_assert_int_eq(pmip_lma_config_add_profile(before, &profile), 0);
	rig_init(&rig, before, NULL);
	ck_assert_int_eq(join(mn, HNP1, MAG1), 0);
	group = rig.options.group.id;
	ck_assert_int_eq(rig_pbu(&rig, &(struct pbu){.mn = mn, .mag = MAG2, .hnp = {HNP2}, .hi = PMIP_HI_NEW_INTERFACE, .lifetime_s = 600}), 0);
	ck_assert_int_eq(pmip_lma_reconfigure(rig.lma, after), 0);
	pmip_lma_config_free(after);
	ck_assert_int_eq(pmip_lma_add_flow(rig.lma, &info, &flow, rig.now), 0);
	ck_assert_int_eq(pmip_lma_move_flow(rig.lma, info.flow_id, info.tunnel, 0, rig.now), 0);
	rig_run(&rig);
	ck_assert_uint_eq(initiates_to(MAG1), 1);
	hold();
	ck_assert_int_eq(ask(MAG1, MAG3, group, 600), -1);
	rig_advance(&rig, 10000);
	ck_assert_uint_eq(rig.pba_count, 0);
	rig_complete_held(&rig, 0);
	ck_assert(is_at(HNP1, MAG3));
	ck_assert_uint_eq(initiates_to(MAG3), 1);
	ck_assert_uint_eq(initiates_to(MAG1), 0);
}
END_TEST

static void story(void)
{
	join_both();
	ck_assert_int_eq(ask(MAG1, MAG2, group, 600), PMIP_STATUS_ACCEPTED);
	ck_assert(is_at(HNP1, MAG2) && is_at(HNP2, MAG2));
	hold();
	ask(MAG2, OTHER, group, 600); /* under way when all ends */
	rig.hold = false;
}

START_TEST(without_memory)
{
	rig_without_memory(&rig, config, story, 20);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("bulk_move");
	TCase *tcase = tcase_create("move"), *memory = tcase_create("memory");

	tcase_add_checked_fixture(tcase, setup, teardown);
	tcase_add_test(tcase, all_at_once);
	tcase_add_test(tcase, not_before_it_is_done);
	tcase_add_test(tcase, all_or_nothing);
	tcase_add_test(tcase, meanwhile);
	tcase_add_test(tcase, only_what_is_simple);
	tcase_add_test(tcase, many_with_long_names);
	tcase_add_test(tcase, one_move_at_a_time);
	tcase_add_test(tcase, all_have_gone_meanwhile);
	tcase_add_test(tcase, lost_meanwhile);
	tcase_add_test(tcase, told_again);
	suite_add_tcase(suite, tcase);
	tcase_add_test(memory, without_memory);
	suite_add_tcase(suite, memory);
	return unit_run_suite(suite);
}
