/* SPDX-License-Identifier: BSD-2-Clause */
/* IPv4 home addresses at the LMA beside what scenario/ipv4.scn shows: configuration, revocation, lack of memory. */
#include "revoke_rig.h"
#include "unit.h"

#define V4 "v4@example.com"
#define LL "02:00:00:00:00:04"

static int add_pool(struct pmip_lma_config *config, const char *subnet, uint8_t plen, const char *router)
{
	struct pmip_ip first = unit_ip(subnet), at = unit_ip(router);

	return pmip_lma_config_add_ipv4_pool(config, &first, plen, &at);
}

static int add_profile(struct pmip_lma_config *config, const char *mn, const char *fixed)
{
	struct pmip_profile profile = {.size = sizeof(profile), .mn_id = h_mnid(mn), .ipv4 = true};

	if (fixed)
		profile.ipv4_addr = unit_ip(fixed);
	return pmip_lma_config_add_profile(config, &profile);
}

static struct pmip_lma_config *config_v4(void)
{
	struct pmip_lma_config *config = rig_config();

	ok(add_pool(config, "198.51.100.0", 24, "198.51.100.1"));
	ok(add_profile(config, V4, NULL));
	ok(add_profile(config, "w4@example.com", NULL));
	return config;
}

static void setup(void)
{
	rig_init(&rig, config_v4(), NULL);
}

static int ask(const char *mn, const char *hnp, const char *ipv4, uint32_t lifetime_s)
{
	return rig_pbu(&rig, &(struct pbu){.mn = mn, .hnp = {hnp}, .ipv4 = ipv4, .ll_id = LL, .lifetime_s = lifetime_s});
}

/* The address in the last PBA, as a prefix. */
static const char *mapped(void)
{
	static char text[PMIP_PREFIX_STRLEN];
	struct pmip_prefix prefix_of = {pmip_addr_from_ipv4(rig.options.ipv4_reply.addr.b), 128};

	return pmip_prefix_format(&prefix_of, text);
}

START_TEST(pools_that_are_none) /* V4-1 */
{
	struct pmip_prefix prefix_mapped = unit_prefix("::ffff:203.0.113.0/120");
	struct pmip_ip v6 = unit_ip("2001:db8::1"), v4 = unit_ip("203.0.113.1");
	struct pmip_lma_config *config = config_v4();

	ck_assert_int_eq(add_pool(config, "203.0.113.1", 24, "203.0.113.1"), PMIP_ERR_INVALID);
	ck_assert_int_eq(add_pool(config, "203.0.113.0", 24, "203.0.112.1"), PMIP_ERR_INVALID);
	ck_assert_int_eq(add_pool(config, "203.0.113.0", 33, "203.0.113.1"), PMIP_ERR_INVALID);
	ck_assert_int_eq(add_pool(config, "0.0.0.0", 7, "0.0.0.1"), PMIP_ERR_INVALID);
	ck_assert_int_eq(pmip_lma_config_add_ipv4_pool(config, &v6, 24, &v4), PMIP_ERR_INVALID);
	ck_assert_int_eq(pmip_lma_config_add_ipv4_pool(config, &v4, 32, &v6), PMIP_ERR_INVALID);
	ck_assert_int_eq(pmip_lma_config_add_pool(config, &prefix_mapped, 128), PMIP_ERR_INVALID);
	ck_assert_int_eq(add_pool(config, "198.51.100.128", 25, "198.51.100.129"), PMIP_ERR_EXIST);
	ok(add_pool(config, "203.0.113.0", 31, "203.0.113.1"));
	pmip_lma_config_free(config);
}
END_TEST

START_TEST(small_subnets_have_no_broadcast_address) /* V4-1 */
{
	struct pmip_lma_config *config = rig_config();

	rig_fini(&rig);
	ok(add_pool(config, "203.0.113.0", 31, "203.0.113.1"));
	ok(add_profile(config, V4, NULL));
	rig_init(&rig, config, NULL);
	ok(ask(V4, "0", "0.0.0.0", 600));
	ck_assert_str_eq(mapped(), "::ffff:203.0.113.0/128");
	ck_assert_uint_eq(rig.options.ipv4_reply.plen, 31);
	ck_assert_mem_eq(rig.options.ipv4_router.b, ((uint8_t[]){203, 0, 113, 1}), 4);
	ck_assert(rig.options.ipv4_dhcp_server);
}
END_TEST

/* An address that a profile fixes lies in a pool, and is neither the router's nor another profile's. */
START_TEST(fixed_addresses) /* V4-1 */
{
	static const char *const fixed[] = {"203.0.113.1", "198.51.100.1", "198.51.100.255", "198.51.100.9"};
	static const uint8_t key[16] = "fixed";
	struct pmip_profile six = {.size = sizeof(six), .mn_id = h_mnid("six@example.com"), .ipv4 = true, .ipv4_addr = unit_ip("2001:db8::1")};
	struct pmip_lma *lma;

	for (size_t i = 0; i < sizeof(fixed) / sizeof(fixed[0]); i++) {
		struct pmip_lma_config *config = config_v4();

		ok(add_profile(config, "first@example.com", "198.51.100.9"));
		ok(pmip_lma_reconfigure(rig.lma, config));
		ok(add_profile(config, "second@example.com", fixed[i]));
		ck_assert_int_eq(pmip_lma_new(&lma, config, NULL, key), PMIP_ERR_CONFIG);
		ck_assert_int_eq(pmip_lma_reconfigure(rig.lma, config), PMIP_ERR_CONFIG);
		ck_assert_int_eq(pmip_lma_config_add_profile(config, &six), PMIP_ERR_INVALID);
		pmip_lma_config_free(config);
	}
	ok(rig_pbu(&rig, &(struct pbu){.mn = "first@example.com", .hnp = {"0"}, .ipv4 = "0.0.0.0", .lifetime_s = 600, .hi = 1}));
	ck_assert_str_eq(mapped(), "::ffff:198.51.100.9/128");
}
END_TEST

/* What is in use is in use after a new configuration, and shown by address, by mobile node and in the walk. */
START_TEST(reconfigured_and_read) /* V4-1 */
{
	struct pmip_binding_info info = {.size = sizeof(info)};
	struct pmip_lma_config *config = config_v4();
	size_t cursor = 0, walked = 0;

	ok(ask(V4, NULL, "198.51.100.77", 600));
	ok(pmip_lma_reconfigure(rig.lma, config));
	pmip_lma_config_free(config);
	ck_assert_int_eq(ask("w4@example.com", NULL, "198.51.100.77", 600), 171);
	info = rig_binding(&rig, "::ffff:198.51.100.77/128");
	ck_assert_uint_eq(info.prefix_count, 0);
	ck_assert_uint_eq(info.ipv4.plen, 24);
	ck_assert_mem_eq(info.ipv4.addr.b, ((uint8_t[]){198, 51, 100, 77}), 4);
	ck_assert_mem_eq(info.ipv4.router.b, ((uint8_t[]){198, 51, 100, 1}), 4);
	ok(ask("w4@example.com", "0", "0.0.0.0", 600));
	while (pmip_lma_next_binding(rig.lma, &cursor, &info))
		walked++;
	ck_assert_uint_eq(walked, 2);
	ok(pmip_lma_shutdown(rig.lma, rig.now));
	rig_run(&rig);
	ck_assert_uint_eq(bindings(), 0);
	ck_assert_str_eq(rig_forwarding(&rig, "::ffff:198.51.100.77/128"), "-");
}
END_TEST

START_TEST(the_lma_revokes_the_address_only) /* REV-8 */
{
	struct said said;

	ok(ask(V4, "0", "198.51.100.77", 600));
	ck_assert_int_eq(revoke(V4, "::ffff:198.51.100.78/128", PMIP_TRIGGER_UNSPECIFIED), PMIP_ERR_NOENT);
	ok(revoke(V4, mapped(), PMIP_TRIGGER_UNSPECIFIED));
	said = last_of_lma();
	ck_assert_uint_eq(said.fixed.flags, P | V);
	ck_assert_uint_eq(said.prefixes, 0);
	ck_assert_uint_eq(said.ipv4.plen, 24);
	ck_assert_mem_eq(said.ipv4.addr.b, ((uint8_t[]){198, 51, 100, 77}), 4);
	ck_assert_mem_eq(rig.events[rig.event_count - 1].ipv4.addr.b, ((uint8_t[]){198, 51, 100, 77}), 4);
	answer_lma(0);
	ck_assert_uint_eq(bindings(), 1);
	ck_assert_str_eq(rig_forwarding(&rig, "::ffff:198.51.100.77/128"), "-");
	ok(ask("w4@example.com", NULL, "198.51.100.77", 600));
}
END_TEST

START_TEST(the_lma_revokes_all_there_is) /* REV-8 */
{
	ok(ask(V4, NULL, "198.51.100.77", 600));
	ok(revoke(V4, mapped(), PMIP_TRIGGER_UNSPECIFIED));
	answer_lma(0);
	ck_assert_uint_eq(bindings(), 0);
	ok(ask(V4, "0", "198.51.100.77", 600));
	ok(revoke(V4, NULL, PMIP_TRIGGER_UNSPECIFIED));
	ck_assert_uint_eq(last_of_lma().fixed.flags, P);
	answer_lma(0);
	ck_assert_uint_eq(bindings(), 0);
	ok(ask("w4@example.com", NULL, "198.51.100.77", 600));
}
END_TEST

/* The prefix goes, the address stays; and an address that has gone by itself takes nothing else with it. */
START_TEST(what_is_left_after_a_revocation) /* REV-8 */
{
	struct message bra = {.src = MAG1, .dst = LMAA, .fixed = {PMIP_REVOCATION_ACK, 0, 0, 0, P | V}};
	char hnp[PMIP_PREFIX_STRLEN];

	ok(ask(V4, "0", "198.51.100.77", 600));
	pmip_prefix_format(&rig.options.hnp[0].prefix, hnp);
	ok(revoke(V4, hnp, PMIP_TRIGGER_UNSPECIFIED));
	answer_lma(0);
	ck_assert_uint_eq(rig_binding(&rig, "::ffff:198.51.100.77/128").prefix_count, 0);
	ok(ask("w4@example.com", "0", "198.51.100.78", 600));
	pmip_prefix_format(&rig.options.hnp[0].prefix, hnp);
	ok(revoke("w4@example.com", "::ffff:198.51.100.78/128", PMIP_TRIGGER_UNSPECIFIED));
	bra.fixed.seq = last_of_lma().fixed.seq;
	ok(ask("w4@example.com", NULL, "198.51.100.78", 0));
	to_lma(&bra);
	ck_assert_uint_eq(rig_binding(&rig, hnp).ipv4.addr.len, 0);
	ck_assert_int_eq(rig_binding(&rig, hnp).state, PMIP_BINDING_ACTIVE);
}
END_TEST

START_TEST(a_mag_revokes_the_address) /* REV-8 */
{
	struct message bri = {.src = MAG1, .dst = LMAA, .fixed = {PMIP_REVOCATION_INDICATION, 1, 0, 9, P | V}, .mn = V4,
			      .ipv4 = "192.0.2.10"};

	ok(ask(V4, "0", "198.51.100.77", 600));
	/* It names an address that nobody has; then a prefix beside it, then none at all. */
	ck_assert_int_eq(ask_lma(&bri), PMIP_REVOCATION_NO_BINDING);
	bri.hnp[0] = "2001:db8:100::/64";
	ck_assert_int_eq(ask_lma(&bri), PMIP_REVOCATION_NO_BINDING);
	bri.hnp[0] = NULL;
	bri.ipv4 = NULL;
	ck_assert_int_eq(ask_lma(&bri), PMIP_REVOCATION_IPV4_HOA_REQUIRED);
	ck_assert_uint_eq(rig_binding(&rig, "::ffff:198.51.100.77/128").prefix_count, 1);
	bri.ipv4 = "198.51.100.77";
	ck_assert_int_eq(ask_lma(&bri), 0);
	ck_assert_uint_eq(bindings(), 1);
	ck_assert_str_eq(rig_forwarding(&rig, "::ffff:198.51.100.77/128"), "-");
	ck_assert_int_eq(ask_lma(&bri), PMIP_REVOCATION_NO_BINDING);
}
END_TEST

/* Of two attachments that share a prefix the first alone has asked for an address: without it, or without the prefix, the second goes on. */
START_TEST(attachments_that_share_a_prefix) /* REV-8, V4-15 */
{
	struct pmip_lma_config *config = config_v4();
	char hnp[PMIP_PREFIX_STRLEN];
	struct pbu second = {.mn = V4, .mag = MAG2, .hnp = {hnp}, .ll_id = "02:00:00:00:00:05", .hi = PMIP_HI_SHARED, .lifetime_s = 600};

	ok(pmip_lma_config_set_flowmob(config, PMIP_FLOWMOB_RFC7864));
	ok(pmip_lma_reconfigure(rig.lma, config));
	pmip_lma_config_free(config);
	ok(ask(V4, "0", "198.51.100.77", 600));
	pmip_prefix_format(&rig.options.hnp[0].prefix, hnp);
	ok(rig_pbu(&rig, &second));
	ck_assert_uint_eq(bindings(), 2);
	ok(revoke(V4, "::ffff:198.51.100.77/128", PMIP_TRIGGER_UNSPECIFIED));
	answer_lma(0);
	ck_assert_uint_eq(bindings(), 2);
	ck_assert_str_eq(rig_forwarding(&rig, hnp), MAG1);
	ok(ask(V4, hnp, "198.51.100.77", 600));
	ok(revoke(V4, hnp, PMIP_TRIGGER_UNSPECIFIED));
	answer_lma(0);
	ck_assert_uint_eq(bindings(), 1);
	ck_assert_str_eq(rig_forwarding(&rig, hnp), MAG2);
	ck_assert_str_eq(rig_forwarding(&rig, "::ffff:198.51.100.77/128"), "-");
	ok(ask("w4@example.com", NULL, "198.51.100.77", 600));
}
END_TEST

/* The second has it as well, until it is revoked. */
START_TEST(attachments_that_share_the_address) /* REV-8, V4-15 */
{
	struct pmip_lma_config *config = config_v4();
	char hnp[PMIP_PREFIX_STRLEN];
	struct pbu second = {.mn = V4, .mag = MAG2, .hnp = {hnp}, .ipv4 = "0.0.0.0", .ll_id = "02:00:00:00:00:05", .hi = PMIP_HI_SHARED, .lifetime_s = 600};

	ok(pmip_lma_config_set_flowmob(config, PMIP_FLOWMOB_RFC7864));
	ok(pmip_lma_reconfigure(rig.lma, config));
	pmip_lma_config_free(config);
	ok(ask(V4, "0", "198.51.100.77", 600));
	pmip_prefix_format(&rig.options.hnp[0].prefix, hnp);
	ok(rig_pbu(&rig, &second));
	ck_assert_str_eq(mapped(), "::ffff:198.51.100.77/128");
	ok(revoke(V4, "::ffff:198.51.100.77/128", PMIP_TRIGGER_UNSPECIFIED));
	answer_lma(0);
	ck_assert_uint_eq(bindings(), 2);
	second.hi = PMIP_HI_UNCHANGED;
	second.ipv4 = "198.51.100.77";
	ok(rig_pbu(&rig, &second));
	ck_assert_uint_eq(rig.options.ipv4_reply.status, PMIP_IPV4_ADMIN_PROHIBITED);
	ok(ask(V4, hnp, "198.51.100.77", 600));
	ok(rig_pbu(&rig, &second));
	ck_assert_uint_eq(rig.options.ipv4_reply.status, 0);
	ok(revoke(V4, hnp, PMIP_TRIGGER_UNSPECIFIED));
	answer_lma(0);
	ck_assert_uint_eq(bindings(), 1);
	ck_assert_str_eq(rig_forwarding(&rig, hnp), MAG2);
	ck_assert_str_eq(rig_forwarding(&rig, "::ffff:198.51.100.77/128"), MAG2);
}
END_TEST

static struct pmip_lma_config *config_of_two(void)
{
	struct pmip_lma_config *config = rig_config();

	ok(add_pool(config, "203.0.113.0", 30, "203.0.113.1"));
	ok(add_profile(config, V4, NULL));
	ok(pmip_lma_config_set_flowmob(config, PMIP_FLOWMOB_RFC7864));
	return config;
}

/* Comes with both, loses IPv4, has it again, moves, goes; the pool has two addresses, so that one lost is missed. */
static void life(void)
{
	for (unsigned int i = 0; i < 3; i++) {
		struct pbu pbu = {.mn = V4, .hnp = {i ? "0" : NULL}, .ll_id = LL, .lifetime_s = 600, .ipv4 = "0.0.0.0"};

		ok(rig_pbu(&rig, &pbu));
		ck_assert_str_eq(mapped(), "::ffff:203.0.113.2/128");
		if (i) {
			pbu.ipv4 = NULL;
			ok(rig_pbu(&rig, &pbu));
			pbu.ipv4 = "203.0.113.2";
			ok(rig_pbu(&rig, &pbu));
			ck_assert_uint_eq(rig.options.ipv4_reply.status, 0);
		}
		pbu.mag = MAG2;
		ok(rig_pbu(&rig, &pbu));
		pbu.lifetime_s = 0;
		ok(rig_pbu(&rig, &pbu));
		rig_advance(&rig, 10000);
		ck_assert_uint_eq(bindings(), 0);
	}
}

START_TEST(out_of_memory_anywhere) /* V4-3, V4-7 */
{
	rig_fini(&rig);
	rig_without_memory(&rig, config_of_two, life, 25);
}
END_TEST

/* A second attachment comes, gives the address up and has it again, moves, and gets it for itself when the first goes. */
static void life_of_two(void)
{
	struct pbu first = {.mn = V4, .hnp = {"0"}, .ll_id = LL, .lifetime_s = 600, .ipv4 = "0.0.0.0"};
	char hnp[PMIP_PREFIX_STRLEN];
	struct pbu second = {.mn = V4, .mag = MAG2, .hnp = {hnp}, .ipv4 = "0.0.0.0", .ll_id = "02:00:00:00:00:05", .hi = PMIP_HI_SHARED, .lifetime_s = 600};

	ok(rig_pbu(&rig, &first));
	pmip_prefix_format(&rig.options.hnp[0].prefix, hnp);
	for (unsigned int i = 0; i < 3; i++) {
		second.ipv4 = i == 1 ? NULL : "0.0.0.0";
		ok(rig_pbu(&rig, &second));
		second.hi = PMIP_HI_UNCHANGED;
		if (i != 1)
			ck_assert_str_eq(mapped(), "::ffff:203.0.113.2/128");
	}
	second.mag = MAG1;
	second.hi = PMIP_HI_BETWEEN_MAGS;
	ok(rig_pbu(&rig, &second));
	second.mag = MAG2;
	ok(rig_pbu(&rig, &second));
	first.lifetime_s = 0;
	ok(rig_pbu(&rig, &first));
	ck_assert_uint_eq(bindings(), 1);
	ck_assert_str_eq(rig_forwarding(&rig, "::ffff:203.0.113.2/128"), MAG2);
	second.lifetime_s = 0;
	ok(rig_pbu(&rig, &second));
	rig_advance(&rig, 10000);
	ck_assert_uint_eq(bindings(), 0);
}

START_TEST(out_of_memory_while_sharing) /* V4-15 */
{
	rig_fini(&rig);
	rig_without_memory(&rig, config_of_two, life_of_two, 12);
}
END_TEST

int main(void)
{
	const TTest *tests[] = {
		pools_that_are_none, small_subnets_have_no_broadcast_address, fixed_addresses, reconfigured_and_read,
		the_lma_revokes_the_address_only, the_lma_revokes_all_there_is, what_is_left_after_a_revocation,
		a_mag_revokes_the_address, attachments_that_share_a_prefix, attachments_that_share_the_address,
		out_of_memory_anywhere, out_of_memory_while_sharing, NULL,
	};

	return unit_run_fixture("lma_ipv4", tests, setup, lma_teardown);
}
