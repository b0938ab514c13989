/* SPDX-License-Identifier: BSD-2-Clause */
/* What a MAG can be told, and what not. */
#include "mag_harness.h"

#include <string.h>

static struct harness h;

static void setup(void)
{
	h_init(&h);
	h_start(&h);
}

static void teardown(void)
{
	h_fini(&h);
}

START_TEST(configuration_ranges)
{
	struct pmip_addr none = {{0}}, lla = unit_addr("fe80::1"), global = unit_addr("2001:db8::1");
	struct pmip_profile profile = {.size = sizeof(profile), .mn_id = h_mnid("mn@example.com")};
	struct pmip_mag_config *config;
	struct pmip_mag *mag = NULL;

	ok(pmip_mag_config_new(&config, NULL));
	ck_assert_int_eq(pmip_mag_new(&mag, config, NULL, (const uint8_t[16]){0}), PMIP_ERR_CONFIG);
	ck_assert_int_eq(pmip_mag_config_set_proxy_coa(config, &none), PMIP_ERR_INVALID);
	ck_assert_int_eq(pmip_mag_config_set_lma(config, &none), PMIP_ERR_INVALID);
	ck_assert_int_eq(pmip_mag_config_set_lifetime(config, 3), PMIP_ERR_INVALID);
	ck_assert_int_eq(pmip_mag_config_set_lifetime(config, 262141), PMIP_ERR_INVALID);
	ok(pmip_mag_config_set_lifetime(config, 262140));
	ck_assert_int_eq(pmip_mag_config_set_fixed_link_local_address(config, &global), PMIP_ERR_INVALID);
	ok(pmip_mag_config_set_fixed_link_local_address(config, &lla));
	ck_assert_int_eq(pmip_mag_config_set_router_lifetime(config, 3), PMIP_ERR_INVALID);
	ck_assert_int_eq(pmip_mag_config_set_router_lifetime(config, 9001), PMIP_ERR_INVALID);
	ok(pmip_mag_config_set_router_lifetime(config, 9000));
	ck_assert_int_eq(pmip_mag_config_set_tunnel_mtu(config, 1279), PMIP_ERR_INVALID);
	ck_assert_int_eq(pmip_mag_config_set_tunnel_mtu(config, 65536), PMIP_ERR_INVALID);
	ok(pmip_mag_config_set_tunnel_mtu(config, 0));
	ck_assert_int_eq(pmip_mag_config_set_bindack_timeout(config, 0, 1), PMIP_ERR_INVALID);
	ck_assert_int_eq(pmip_mag_config_set_bindack_timeout(config, 2, 1), PMIP_ERR_INVALID);
	ok(pmip_mag_config_set_bindack_timeout(config, 1, 1));
	ck_assert_int_eq(pmip_mag_config_set_max_bindings(config, 0), PMIP_ERR_INVALID);
	ok(pmip_mag_config_add_profile(config, &profile));
	ck_assert_int_eq(pmip_mag_config_add_profile(config, &profile), PMIP_ERR_EXIST);
	profile.mn_id = h_mnid("*@example.com");
	ck_assert_int_eq(pmip_mag_config_add_profile(config, &profile), PMIP_ERR_INVALID);
	profile.mn_id = h_mnid("*");
	ck_assert_int_eq(pmip_mag_config_add_profile(config, &profile), PMIP_ERR_INVALID);
	profile.mn_id = h_mnid("*star@example.com");
	profile.lifetime_s = 3;
	ck_assert_int_eq(pmip_mag_config_add_profile(config, &profile), PMIP_ERR_INVALID);
	profile.lifetime_s = 8;
	ok(pmip_mag_config_add_profile(config, &profile));
	pmip_mag_config_free(config);
	pmip_mag_config_free(NULL);
	pmip_mag_free(NULL);
}
END_TEST

START_TEST(counters_have_names)
{
	for (int i = 0; i < PMIP_MAG_COUNTERS; i++)
		ck_assert_ptr_nonnull(pmip_mag_counter_name((enum pmip_mag_counter)i));
	ck_assert_ptr_null(pmip_mag_counter_name(PMIP_MAG_COUNTERS));
	ck_assert_uint_eq(pmip_mag_get_counter(h.mag, PMIP_MAG_COUNTERS), 0);
}
END_TEST

START_TEST(a_realm_for_who_is_in_no_profile)
{
	static const char *const bad[] = {"", "a@b", ".example", "a b", "x/y"};
	char longest[130] = {0};

	memset(longest, 'x', 129);
	for (unsigned int i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		ck_assert_int_eq(pmip_mag_config_set_unknown_realm(h.config, bad[i]), PMIP_ERR_INVALID);
	ck_assert_int_eq(pmip_mag_config_set_unknown_realm(h.config, longest), PMIP_ERR_INVALID);
	ok(pmip_mag_config_set_unknown_realm(h.config, longest + 1));
	ok(pmip_mag_config_set_unknown_realm(h.config, NULL));
	ok(pmip_mag_config_set_unknown_realm(h.config, "guests.example"));
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {configuration_ranges, counters_have_names, a_realm_for_who_is_in_no_profile, NULL};

	return unit_run_fixture("mag_config", tests, setup, teardown);
}
