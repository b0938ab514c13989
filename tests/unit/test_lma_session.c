/* SPDX-License-Identifier: BSD-2-Clause */
/* Sessions come, move, stay and go: LMA, DER and TUN of the requirement list. */
#include "lma_rig.h"
#include "unit.h"

#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#define MN "mn1@example.com"
#define MAG1 "2001:db8:a::1"
#define MAG2 "2001:db8:b::1"
#define LL1 "02:00:00:5e:10:01"

static struct rig rig;
static char prefix[PMIP_PREFIX_STRLEN];

static void setup(void)
{
	rig_init(&rig, rig_config(), NULL);
}

static void teardown(void)
{
	rig_fini(&rig);
}

static int pbu_of(const char *mn, const char *mag, const char *ll_id, uint32_t lifetime_s)
{
	struct pbu pbu = {.mn = mn, .mag = mag, .hnp = {"0"}, .ll_id = ll_id, .lifetime_s = lifetime_s};

	return rig_pbu(&rig, &pbu);
}

/* mn1 at MAG1. */
static void attach(void)
{
	ck_assert_int_eq(pbu_of(MN, MAG1, LL1, 600), 0);
	pmip_prefix_format(&rig.options.hnp[0].prefix, prefix);
	rig_forget(&rig);
}

START_TEST(lma_23_tunnel_then_route_then_pba) /* LMA-23, TUN-1 */
{
	ck_assert_int_eq(pbu_of(MN, MAG1, LL1, 600), 0);
	ck_assert_uint_eq(rig.op_count, 2);
	ck_assert_int_eq(rig.ops[0].kind, PMIP_DATAPATH_TUNNEL_ENSURE);
	ck_assert_int_eq(rig.ops[1].kind, PMIP_DATAPATH_BINDING_SET);
	ck_assert(rig_has_event(&rig, PMIP_EVENT_BINDING_ADDED));
	ck_assert_uint_eq(pmip_lma_get_counter(rig.lma, PMIP_LMA_ADDED), 1);
}
END_TEST

START_TEST(no_pba_before_forwarding_is_there) /* LMA-23 */
{
	rig.hold = true;
	ck_assert_int_eq(pbu_of(MN, MAG1, LL1, 600), -1);
	ck_assert_uint_eq(rig.op_count, 2);
	ck_assert_int_eq(pmip_lma_complete(rig.lma, rig.ops[0].id, 0, rig.now), 0);
	rig_run(&rig);
	ck_assert_uint_eq(rig.pba_count, 0);
	ck_assert_int_eq(pmip_lma_complete(rig.lma, rig.ops[1].id, 0, rig.now), 0);
	rig_run(&rig);
	ck_assert_uint_eq(rig.pba_count, 1);
	ck_assert_int_eq(pmip_lma_complete(rig.lma, rig.ops[1].id, 0, rig.now), PMIP_ERR_NOENT);
}
END_TEST

START_TEST(lma_20_prefixes_fixed_by_the_profile) /* LMA-20 */
{
	struct pbu pbu = {.mn = "fixed@example", .hnp = {"0"}, .lifetime_s = 600};

	ck_assert_int_eq(rig_pbu(&rig, &pbu), 0);
	ck_assert_uint_eq(rig.options.hnp_count, 2);
	ck_assert_str_eq(rig_forwarding(&rig, "2001:db8:feed::/64"), MAG1);
	ck_assert_str_eq(rig_forwarding(&rig, "2001:db8:100:f::/64"), MAG1);
	/* A second interface gets one from the pool. */
	pbu.ll_id = LL1;
	pbu.hi = 1;
	ck_assert_int_eq(rig_pbu(&rig, &pbu), 0);
	ck_assert_uint_eq(rig.options.hnp_count, 1);
}
END_TEST

START_TEST(lma_20_pool_exhaustion_is_130) /* LMA-20 */
{
	struct pmip_lma_config *config;
	struct pmip_prefix pool;
	struct pmip_addr mag;
	struct pmip_profile everybody = {.size = sizeof(everybody), .mn_id = {1, 1, (const uint8_t *)"*"}};
	char mn[32];

	rig_fini(&rig);
	ck_assert_int_eq(pmip_lma_config_new(&config, NULL), 0);
	pool = unit_prefix("2001:db8:100::/62");
	ck_assert_int_eq(pmip_lma_config_add_pool(config, &pool, 64), 0);
	mag = unit_addr(MAG1);
	ck_assert_int_eq(pmip_lma_config_add_peer(config, &(struct pmip_peer){.size = sizeof(struct pmip_peer), .addr = mag}), 0);
	ck_assert_int_eq(pmip_lma_config_add_profile(config, &everybody), 0);
	rig_init(&rig, config, NULL);
	for (int i = 0; i < 4; i++) {
		snprintf(mn, sizeof(mn), "mn%d@example", i);
		ck_assert_int_eq(pbu_of(mn, MAG1, NULL, 600), 0);
	}
	ck_assert_int_eq(pbu_of("one@too.many", MAG1, NULL, 600), 130);
	ck_assert_uint_eq(pmip_lma_count_bindings(rig.lma), 4);
	/* An expired one makes room. */
	rig_advance(&rig, 601000);
	ck_assert_int_eq(pbu_of("one@too.many", MAG1, NULL, 600), 0);
}
END_TEST

START_TEST(a_mobile_node_gets_the_prefix_it_had_even_from_a_fresh_lma)
{
	char before[PMIP_PREFIX_STRLEN];

	attach();
	snprintf(before, sizeof(before), "%s", prefix);
	rig_fini(&rig);
	rig_init(&rig, rig_config(), NULL);
	ck_assert_int_eq(pbu_of("mn2@example.com", MAG1, NULL, 600), 0);
	attach();
	ck_assert_str_eq(prefix, before);
}
END_TEST

START_TEST(max_bindings_is_130)
{
	struct pmip_lma_config *config = rig_config();

	rig_fini(&rig);
	ck_assert_int_eq(pmip_lma_config_set_max_bindings(config, 1), 0);
	rig_init(&rig, config, NULL);
	attach();
	rig_forget(&rig);
	ck_assert_int_eq(pbu_of("mn2@example.com", MAG1, NULL, 600), 130);
	ck_assert_int_eq(rig.events[0].type, PMIP_EVENT_REFUSED);
	ck_assert_str_eq(rig.events[0].rule, "there are as many bindings as max_bindings allows");
	ck_assert_uint_eq(pmip_lma_get_counter(rig.lma, PMIP_LMA_BINDINGS_FULL), 1);
	ck_assert_int_eq(pbu_of(MN, MAG2, LL1, 600), 0);
}
END_TEST

START_TEST(lma_30_refresh_touches_no_forwarding) /* LMA-30 */
{
	attach();
	rig_advance(&rig, 500000);
	ck_assert_int_eq(pbu_of(MN, MAG1, LL1, 600), 0);
	ck_assert_uint_eq(rig.op_count, 0);
	ck_assert(rig_has_event(&rig, PMIP_EVENT_BINDING_REFRESHED));
	rig_advance(&rig, 500000);
	ck_assert_uint_eq(rig_binding(&rig, prefix).state, PMIP_BINDING_ACTIVE);
}
END_TEST

START_TEST(lma_31_handoff_new_tunnel_routes_then_old_tunnel) /* LMA-31 */
{
	attach();
	ck_assert_int_eq(pbu_of(MN, MAG2, LL1, 600), 0);
	ck_assert_uint_eq(rig.op_count, 3);
	ck_assert_int_eq(rig.ops[0].kind, PMIP_DATAPATH_TUNNEL_ENSURE);
	ck_assert_int_eq(rig.ops[1].kind, PMIP_DATAPATH_BINDING_SET);
	ck_assert_int_eq(rig.ops[2].kind, PMIP_DATAPATH_TUNNEL_RELEASE);
	ck_assert_int_eq(rig.events[rig.event_count - 1].type, PMIP_EVENT_BINDING_MOVED);
	ck_assert_uint_eq(rig.events[rig.event_count - 1].old_att, rig.events[rig.event_count - 1].att);
	ck_assert_uint_ne(rig.events[rig.event_count - 1].old_att, 0);
	ck_assert_str_eq(rig_forwarding(&rig, prefix), MAG2);
	ck_assert_uint_eq(pmip_lma_get_counter(rig.lma, PMIP_LMA_MOVED), 1);
}
END_TEST

START_TEST(tun_7_reference_counts) /* TUN-1, TUN-7 */
{
	struct pmip_addr mag;
	struct pmip_binding_info info = {.size = sizeof(info)};
	struct pmip_tunnel_info tunnel = {.size = sizeof(tunnel)};
	size_t cursor = 0, at_mag1 = 0;

	attach();
	ck_assert_int_eq(pbu_of("mn2@example.com", MAG1, NULL, 600), 0);
	ck_assert_uint_eq(rig_count_ops(&rig, PMIP_DATAPATH_TUNNEL_ENSURE), 0); /* it is there already */
	mag = unit_addr(MAG1);
	while (pmip_lma_next_binding_of_mag(rig.lma, &cursor, &info, &mag))
		at_mag1++;
	ck_assert_uint_eq(at_mag1, 2);
	cursor = 0;
	ck_assert_int_eq(pmip_lma_next_tunnel(rig.lma, &cursor, &tunnel), 1);
	ck_assert(tunnel.tunnel == info.tunnel && pmip_addr_equal(&tunnel.remote, &mag));
	ck_assert_int_eq(pmip_lma_next_tunnel(rig.lma, &cursor, &tunnel), 0);
	rig_forget(&rig);
	ck_assert_int_eq(pbu_of(MN, MAG2, LL1, 600), 0);
	ck_assert_int_eq(pbu_of(MN, MAG2, LL1, 600), 0); /* a retransmission */
	ck_assert_uint_eq(rig_count_ops(&rig, PMIP_DATAPATH_TUNNEL_RELEASE), 0);
	ck_assert_int_eq(pbu_of("mn2@example.com", MAG1, NULL, 0), -1); /* DER: no LL-ID, HI 4: cannot be told */
	rig_advance(&rig, 601000);
	ck_assert_uint_eq(rig_count_ops(&rig, PMIP_DATAPATH_TUNNEL_RELEASE), 2);
	ck_assert_uint_eq(pmip_lma_count_bindings(rig.lma), 0);
}
END_TEST

START_TEST(der_1_from_elsewhere_is_ignored) /* DER-1 */
{
	attach();
	ck_assert_int_eq(pbu_of(MN, MAG2, LL1, 0), -1);
	ck_assert_uint_eq(rig_binding(&rig, prefix).state, PMIP_BINDING_ACTIVE);
	ck_assert_uint_eq(rig.op_count, 0);
	ck_assert(rig_has_event(&rig, PMIP_EVENT_IGNORED));
}
END_TEST

START_TEST(der_2_3_5_delete_wait_then_gone) /* DER-2, DER-5 */
{
	attach();
	ck_assert_int_eq(pbu_of(MN, MAG1, LL1, 0), 0);
	ck_assert_uint_eq(rig.pba.lifetime_s, 0);
	ck_assert_str_eq(rig_forwarding(&rig, prefix), "-"); /* DER-3 */
	ck_assert_uint_eq(rig_binding(&rig, prefix).state, PMIP_BINDING_DELETE_WAIT);
	rig_advance(&rig, 9900);
	ck_assert_uint_eq(pmip_lma_count_bindings(rig.lma), 1);
	/* DER-6: a second one is answered and does not restart the timer. */
	ck_assert_int_eq(pbu_of(MN, MAG1, LL1, 0), 0);
	rig_advance(&rig, 200);
	ck_assert_uint_eq(pmip_lma_count_bindings(rig.lma), 0);
	ck_assert_uint_eq(rig_count_ops(&rig, PMIP_DATAPATH_TUNNEL_RELEASE), 1);
	ck_assert(rig_has_event(&rig, PMIP_EVENT_BINDING_REMOVED));
	ck_assert_uint_eq(pmip_lma_get_counter(rig.lma, PMIP_LMA_RELEASED), 1);
	ck_assert_uint_eq(pmip_lma_get_counter(rig.lma, PMIP_LMA_EXPIRED), 0);
}
END_TEST

START_TEST(der_4_back_within_delete_wait) /* DER-4 */
{
	attach();
	ck_assert_int_eq(pbu_of(MN, MAG1, LL1, 0), 0);
	ck_assert_int_eq(pbu_of(MN, MAG1, LL1, 600), 0);
	ck_assert_str_eq(rig_forwarding(&rig, prefix), MAG1);
	ck_assert_int_eq(pbu_of(MN, MAG1, LL1, 0), 0);
	ck_assert_int_eq(pbu_of(MN, MAG2, LL1, 600), 0);
	ck_assert_str_eq(rig_forwarding(&rig, prefix), MAG2);
	rig_advance(&rig, 60000);
	ck_assert_uint_eq(rig_binding(&rig, prefix).state, PMIP_BINDING_ACTIVE);
	ck_assert_uint_eq(rig_count_ops(&rig, PMIP_DATAPATH_TUNNEL_RELEASE), 1);
}
END_TEST

START_TEST(der_7_expiry_deletes_at_once) /* DER-7 */
{
	attach();
	rig_advance(&rig, 599000);
	ck_assert_uint_eq(pmip_lma_count_bindings(rig.lma), 1);
	rig_advance(&rig, 2000);
	ck_assert_uint_eq(pmip_lma_count_bindings(rig.lma), 0);
	ck_assert_str_eq(rig_forwarding(&rig, prefix), "-");
	ck_assert_uint_eq(rig_count_ops(&rig, PMIP_DATAPATH_BINDING_CLEAR), 1);
	ck_assert_uint_eq(rig_count_ops(&rig, PMIP_DATAPATH_TUNNEL_RELEASE), 1);
	ck_assert_uint_eq(pmip_lma_get_counter(rig.lma, PMIP_LMA_EXPIRED), 1);
	ck_assert_uint_eq(pmip_lma_next_deadline(rig.lma), PMIP_TIME_NONE);
}
END_TEST

/* Its lifetime ends while its forwarding is being changed: what comes of that decides. */
START_TEST(der_7_not_while_it_is_being_registered) /* DER-7 */
{
	for (int err = 0; err >= PMIP_ERR_OS; err += PMIP_ERR_OS) {
		ck_assert_int_eq(pbu_of(MN, MAG1, LL1, 600), 0);
		rig_forget(&rig);
		rig.hold = true;
		ck_assert_int_eq(pbu_of(MN, MAG2, LL1, 600), -1);
		rig_advance(&rig, 600000);
		ck_assert_uint_eq(pmip_lma_count_bindings(rig.lma), 1);
		ck_assert_uint_eq(pmip_lma_next_deadline(rig.lma), PMIP_TIME_NONE);
		rig_complete_held(&rig, err);
		ck_assert_int_eq(rig.pba.status, err ? PMIP_STATUS_INSUFFICIENT_RESOURCES : PMIP_STATUS_ACCEPTED);
		rig_advance(&rig, err ? 0 : 599000);
		ck_assert_uint_eq(pmip_lma_count_bindings(rig.lma), !err); /* refused, it is what it was, and over */
		rig_advance(&rig, 2000);
		ck_assert_uint_eq(pmip_lma_count_bindings(rig.lma), 0);
	}
}
END_TEST

START_TEST(reconfigure_keeps_bindings_and_refuses_later)
{
	struct pmip_lma_config *config;
	struct pmip_prefix pool;

	attach();
	ck_assert_int_eq(pmip_lma_config_new(&config, NULL), 0);
	pool = unit_prefix("2001:db8:100::/48");
	ck_assert_int_eq(pmip_lma_config_add_pool(config, &pool, 64), 0);
	ck_assert_int_eq(pmip_lma_reconfigure(rig.lma, config), 0);
	pmip_lma_config_free(config);
	ck_assert_uint_eq(pmip_lma_count_bindings(rig.lma), 1);
	ck_assert_int_eq(pbu_of(MN, MAG1, LL1, 600), 154);
	config = rig_config();
	ck_assert_int_eq(pmip_lma_reconfigure(rig.lma, config), 0);
	pmip_lma_config_free(config);
	ck_assert_int_eq(pbu_of(MN, MAG1, LL1, 600), 0);
	/* The prefix in use was not given away meanwhile. */
	ck_assert_int_eq(pbu_of(MN, MAG1, "02:00:00:00:00:99", 600), -1);
	rig_advance(&rig, 2000);
	ck_assert_uint_eq(pmip_lma_count_bindings(rig.lma), 2);
}
END_TEST

START_TEST(shutdown_takes_everything_down)
{
	attach();
	ck_assert_int_eq(pbu_of("mn2@example.com", MAG2, NULL, 600), 0);
	rig.hold = true;
	ck_assert_int_eq(pbu_of("mn3@example.com", MAG2, NULL, 600), -1);
	ck_assert_int_eq(pbu_of(MN, MAG2, LL1, 600), -1);
	rig.hold = false;
	rig_forget(&rig);
	ck_assert_int_eq(pmip_lma_shutdown(rig.lma, rig.now), 0);
	rig_run(&rig);
	ck_assert_uint_eq(pmip_lma_count_bindings(rig.lma), 0);
	ck_assert_uint_eq(rig_count_ops(&rig, PMIP_DATAPATH_BINDING_CLEAR), 3);
	ck_assert_uint_eq(rig_count_ops(&rig, PMIP_DATAPATH_TUNNEL_RELEASE), 2);
	ck_assert_uint_eq(pmip_lma_next_deadline(rig.lma), PMIP_TIME_NONE);
}
END_TEST

START_TEST(all_bindings_can_be_walked)
{
	struct pmip_binding_info info = {.size = sizeof(info)};
	size_t cursor = 0, seen = 0;
	struct pbu fixed = {.mn = "fixed@example", .hnp = {"0"}, .lifetime_s = 600};

	attach();
	ck_assert_int_eq(rig_pbu(&rig, &fixed), 0);
	while (pmip_lma_next_binding(rig.lma, &cursor, &info)) {
		seen++;
		ck_assert_uint_eq(info.state, PMIP_BINDING_ACTIVE);
		ck_assert_str_eq(pmip_binding_state_name(info.state), "active");
	}
	ck_assert_uint_eq(seen, 2);
}
END_TEST

/* A program made with an older header has a shorter struct: nothing behind it is written. */
START_TEST(info_of_a_smaller_size)
{
	struct pmip_binding_info info = {.size = offsetof(struct pmip_binding_info, received_us), .received_us = 4711};
	size_t cursor = 0;

	attach();
	ck_assert_int_eq(pmip_lma_next_binding(rig.lma, &cursor, &info), 1);
	ck_assert_uint_eq(info.prefix_count, 1);
	ck_assert_uint_eq(info.size, offsetof(struct pmip_binding_info, received_us));
	ck_assert_uint_eq(info.received_us, 4711);
}
END_TEST

START_TEST(config_refuses_what_does_not_fit)
{
	struct pmip_lma_config *config = rig_config();
	struct pmip_prefix pool;
	struct pmip_addr mag;

	pool = unit_prefix("2001:db8:100:8000::/50");
	ck_assert_int_eq(pmip_lma_config_add_pool(config, &pool, 64), PMIP_ERR_EXIST);
	pool = unit_prefix("2001:db8::/32");
	ck_assert_int_eq(pmip_lma_config_add_pool(config, &pool, 56), PMIP_ERR_EXIST);
	pool = unit_prefix("2001:db9::/32");
	ck_assert_int_eq(pmip_lma_config_add_pool(config, &pool, 64), PMIP_ERR_INVALID);
	ck_assert_int_eq(pmip_lma_config_add_pool(config, &pool, 31), PMIP_ERR_INVALID);
	mag = unit_addr(MAG1);
	ck_assert_int_eq(pmip_lma_config_add_peer(config, &(struct pmip_peer){.size = sizeof(struct pmip_peer), .addr = mag}), PMIP_ERR_EXIST);
	mag = unit_addr("ff02::1");
	ck_assert_int_eq(pmip_lma_config_add_peer(config, &(struct pmip_peer){.size = sizeof(struct pmip_peer), .addr = mag}), PMIP_ERR_INVALID);
	ck_assert_int_eq(pmip_lma_config_set_max_lifetime(config, 3), PMIP_ERR_INVALID);
	ck_assert_int_eq(pmip_lma_config_set_max_lifetime(config, 262141), PMIP_ERR_INVALID);
	ck_assert_int_eq(pmip_lma_config_set_max_bindings(config, 0), PMIP_ERR_INVALID);
	pmip_lma_config_free(config);
	pmip_lma_config_free(NULL);
}
END_TEST

/* What comes of a configuration, for a new engine and for a running one, which goes on as it was. */
static void check_config(const struct pmip_lma_config *config, int wanted)
{
	static const uint8_t key[16];
	struct pmip_lma *lma = NULL;

	ck_assert_int_eq(pmip_lma_new(&lma, config, NULL, key), wanted);
	pmip_lma_free(lma);
	ck_assert_int_eq(pmip_lma_reconfigure(rig.lma, config), wanted);
}

START_TEST(settings_that_contradict_each_other) /* ORD-3, TUN-1 */
{
	struct pmip_lma_config *config = rig_config();
	struct pmip_peer peer = {.size = sizeof(peer), .tunnel = PMIP_TUNNEL_STATIC};
	struct pmip_addr lma;

	ck_assert_int_eq(pmip_lma_config_set_mobile_node_generated_timestamp(config, true), 0);
	check_config(config, 0);
	ck_assert_int_eq(pmip_lma_config_set_timestamp_in_use(config, false), 0);
	check_config(config, PMIP_ERR_CONFIG);
	ck_assert_int_eq(pmip_lma_config_set_mobile_node_generated_timestamp(config, false), 0);
	check_config(config, 0);
	peer.addr = unit_addr("2001:db8:d::1");
	peer.tunnel = (enum pmip_tunnel_kind)2;
	ck_assert_int_eq(pmip_lma_config_add_peer(config, &peer), PMIP_ERR_INVALID);
	peer.tunnel = PMIP_TUNNEL_STATIC;
	ck_assert_int_eq(pmip_lma_config_add_peer(config, &peer), 0);
	check_config(config, PMIP_ERR_CONFIG);
	rig_run(&rig);
	ck_assert_uint_eq(rig.op_count, 0);
	lma = unit_addr("2001:db8:1a::1");
	ck_assert_int_eq(pmip_lma_config_set_address(config, &lma), 0);
	check_config(config, 0);
	rig_run(&rig);
	ck_assert_uint_eq(rig.op_count, 1);
	ck_assert_int_eq(rig.ops[0].kind, PMIP_DATAPATH_TUNNEL_ENSURE);
	ck_assert(pmip_addr_equal(&rig.ops[0].remote, &peer.addr));
	ck_assert(pmip_addr_equal(&rig.ops[0].local, &lma));
	pmip_lma_config_free(config);
}
END_TEST

START_TEST(what_a_binding_holds) /* LMA-22 */
{
	struct pbu pbu = {.mn = "fixed@example", .mag = MAG2, .hnp = {"0"}, .ll_id = LL1, .lla = "fe80::5", .hi = 1,
			  .att = PMIP_ATT_EUTRAN, .lifetime_s = 300, .skew_us = 77000};
	struct pmip_binding_info info;
	char text[PMIP_ADDR_STRLEN];

	ck_assert_int_eq(rig_pbu(&rig, &pbu), 0);
	info = rig_binding(&rig, "2001:db8:feed::/64");
	ck_assert_mem_eq(info.mn_id.id, pbu.mn, info.mn_id.len);
	ck_assert_uint_eq(info.ll_id.len, 6);
	ck_assert_uint_eq(info.att, PMIP_ATT_EUTRAN);
	ck_assert_uint_eq(info.hi, 1);
	ck_assert_uint_eq(info.prefix_count, 2);
	ck_assert_uint_eq(info.prefix[0].len, 64);
	ck_assert_str_eq(pmip_addr_format(&info.remote, text), MAG2);
	ck_assert_str_eq(pmip_addr_format(&info.local, text), "2001:db8:1a::1");
	ck_assert_uint_eq(info.lifetime_s, 300);
	ck_assert_uint_eq(info.expires_us, rig.now.mono_us + 300000000);
	ck_assert_uint_eq(info.timestamp, pmip_timestamp_from_us(rig.now.wall_us - 1000 + 77000));
	ck_assert_uint_eq(info.received_us, rig.now.wall_us);
	pbu = (struct pbu){.mn = MN, .hnp = {"0"}, .lifetime_s = 600, .by_sequence = true, .seq = 99};
	ck_assert_int_eq(rig_pbu(&rig, &pbu), 0);
	info = rig_binding(&rig, pmip_prefix_format(&rig.options.hnp[0].prefix, prefix));
	ck_assert_uint_eq(info.ll_id.len, 0);
	ck_assert_uint_eq(info.seq, 99);
	ck_assert_uint_eq(info.timestamp, 0);
	ck_assert_uint_eq(info.received_us, 0);
}
END_TEST

START_TEST(handoff_takes_the_new_values) /* LMA-32 */
{
	struct pbu pbu = {.mn = MN, .hnp = {"0"}, .ll_id = LL1, .lla = "fe80::5", .lifetime_s = 600};
	struct pmip_binding_info info;

	ck_assert_int_eq(rig_pbu(&rig, &pbu), 0);
	pmip_prefix_format(&rig.options.hnp[0].prefix, prefix);
	pbu = (struct pbu){.mn = MN, .mag = MAG2, .hnp = {"0"}, .ll_id = "02:00:00:5e:20:02", .lla = "fe80::6", .hi = 2,
			   .att = PMIP_ATT_EUTRAN, .lifetime_s = 600};
	ck_assert_int_eq(rig_pbu(&rig, &pbu), 0);
	info = rig_binding(&rig, prefix);
	ck_assert_uint_eq(info.ll_id.b[5], 2);
	ck_assert_uint_eq(info.att, PMIP_ATT_EUTRAN);
	pbu.lla = "::";
	ck_assert_int_eq(rig_pbu(&rig, &pbu), 0);
	ck_assert_uint_eq(rig.options.lla.b[15], 6);
}
END_TEST

START_TEST(prefixes_return_after_delete_wait) /* DER-2, DER-5 */
{
	struct pmip_lma_config *config = rig_config();
	struct pbu pbu = {.mn = "fixed@example", .hnp = {"0"}, .ll_id = LL1, .lifetime_s = 600};

	rig_fini(&rig);
	ck_assert_int_eq(pmip_lma_config_set_min_delay_before_bce_delete(config, 3000), 0);
	rig_init(&rig, config, NULL);
	attach();
	ck_assert_int_eq(rig_pbu(&rig, &pbu), 0);
	ck_assert_int_eq(pbu_of(MN, MAG1, LL1, 0), 0);
	/* Nobody else may have it while it waits, then anybody. */
	pbu = (struct pbu){.mn = "mn2@example.com", .hnp = {prefix}, .lifetime_s = 600};
	rig_advance(&rig, 2900);
	ck_assert_int_eq(rig_pbu(&rig, &pbu), 155);
	rig_advance(&rig, 200);
	ck_assert_int_eq(rig_pbu(&rig, &pbu), 0);
	ck_assert_str_eq(rig_forwarding(&rig, prefix), MAG1);
}
END_TEST

START_TEST(the_wall_clock_moves_no_timer) /* GEN-10 */
{
	uint64_t deadline_us;

	attach();
	deadline_us = pmip_lma_next_deadline(rig.lma);
	rig.now.wall_us += 86400ULL * 1000000;
	rig_advance(&rig, 599000);
	rig.now.wall_us -= 2 * 86400ULL * 1000000;
	rig_advance(&rig, 500);
	ck_assert_uint_eq(pmip_lma_next_deadline(rig.lma), deadline_us);
	ck_assert_uint_eq(pmip_lma_count_bindings(rig.lma), 1);
	rig_advance(&rig, 600);
	ck_assert_uint_eq(pmip_lma_count_bindings(rig.lma), 0);
}
END_TEST

int main(void)
{
	const TTest *tests[] = {
		lma_23_tunnel_then_route_then_pba, no_pba_before_forwarding_is_there,
		lma_20_prefixes_fixed_by_the_profile, lma_20_pool_exhaustion_is_130,
		a_mobile_node_gets_the_prefix_it_had_even_from_a_fresh_lma, max_bindings_is_130,
		lma_30_refresh_touches_no_forwarding, lma_31_handoff_new_tunnel_routes_then_old_tunnel,
		tun_7_reference_counts, der_1_from_elsewhere_is_ignored, der_2_3_5_delete_wait_then_gone,
		der_4_back_within_delete_wait, der_7_expiry_deletes_at_once, der_7_not_while_it_is_being_registered,
		reconfigure_keeps_bindings_and_refuses_later, shutdown_takes_everything_down,
		all_bindings_can_be_walked, info_of_a_smaller_size, config_refuses_what_does_not_fit,
		settings_that_contradict_each_other,
		what_a_binding_holds, handoff_takes_the_new_values, prefixes_return_after_delete_wait,
		the_wall_clock_moves_no_timer, NULL,
	};

	return unit_run_fixture("lma_session", tests, setup, teardown);
}
