/* SPDX-License-Identifier: BSD-2-Clause */
/* A MAG with several addresses (RFC 8278): settings, room for as many paths as there may be, and memory that runs out. What it
 * says and does is in tests/scenario/multipath-mag.scn. */
#include "mag_harness.h"

static struct harness h;

static struct pmip_mag_path path_of(unsigned int number)
{
	struct pmip_mag_path path = {.size = sizeof(path), .addr = unit_addr(H_COA), .bid = (uint8_t)number, .label = 9, .att = PMIP_ATT_WLAN};

	path.addr.b[13] = (uint8_t)(number - 1);
	return path;
}

static void give_paths(unsigned int count)
{
	struct pmip_profile profile = {.size = sizeof(profile), .mn_id = h_mnid("b@example.com"), .ll_id = unit_llid("02:00:00:00:00:02"), .multipath = true};

	h_add_profile(&h, &profile);
	for (unsigned int i = 1; i <= count; i++) {
		struct pmip_mag_path path = path_of(i);

		ok(pmip_mag_config_add_path(h.config, &path));
	}
}

static void attach(void)
{
	struct pmip_attach attach = h_attach_of("", "02:00:00:00:00:02", LINK);

	ok(h_attach(&h, &attach));
}

/* The LMA accepts PBU number n. */
static void accept(unsigned int n)
{
	struct answer answer = h_answer(&h.sent[n], 0);

	ck_assert(answer.options.has & PMIP_HAS_MULTIPATH);
	answer.options.has &= ~(unsigned int)PMIP_HAS_MAG_ID;
	if (!n)
		answer.options.hnp[0].prefix = unit_prefix("2001:db8:1::/64");
	h_send(&h, &answer);
}

/* The LMA accepts the end by the first path, whose PBU is the last. */
static void accept_end(void)
{
	h_reply(&h, 0);
	ck_assert_uint_eq(pmip_mag_count_bindings(h.mag), 0);
}

START_TEST(settings) /* MPB-1 */
{
	struct pmip_mag_path path = path_of(1), bad = path;
	struct pmip_mag *other;

	h_init(&h);
	bad.bid = 0;
	ck_assert_int_eq(pmip_mag_config_add_path(h.config, &bad), PMIP_ERR_INVALID);
	bad.bid = 255;
	ck_assert_int_eq(pmip_mag_config_add_path(h.config, &bad), PMIP_ERR_INVALID);
	bad = path;
	bad.att = 0;
	ck_assert_int_eq(pmip_mag_config_add_path(h.config, &bad), PMIP_ERR_INVALID);
	bad = path;
	bad.addr = unit_addr("ff02::1");
	ck_assert_int_eq(pmip_mag_config_add_path(h.config, &bad), PMIP_ERR_INVALID);
	bad = path;
	bad.size--;
	ck_assert_int_eq(pmip_mag_config_add_path(h.config, &bad), PMIP_ERR_INVALID);
	bad = path_of(2);
	ok(pmip_mag_config_add_path(h.config, &bad));
	ck_assert_int_eq(pmip_mag_new(&other, h.config, NULL, (const uint8_t[16]){0}), PMIP_ERR_CONFIG);
	ck_assert_int_eq(pmip_mag_config_add_path(h.config, &bad), PMIP_ERR_EXIST);
	bad.bid = 3;
	ck_assert_int_eq(pmip_mag_config_add_path(h.config, &bad), PMIP_ERR_EXIST);
	h_fini(&h);
}
END_TEST

START_TEST(not_with_gre_nor_changed) /* MPB-1 */
{
	struct pmip_mag_path path = path_of(3);

	h_init(&h);
	give_paths(2);
	h_start(&h);
	ok(pmip_mag_config_add_path(h.config, &path));
	ck_assert_int_eq(pmip_mag_reconfigure(h.mag, h.config, h.now), PMIP_ERR_CONFIG);
	ok(pmip_mag_config_set_gre(h.config, PMIP_MAG_GRE_ON));
	ck_assert_int_eq(pmip_mag_reconfigure(h.mag, h.config, h.now), PMIP_ERR_CONFIG);
	h_fini(&h);
}
END_TEST

/* All paths there may be: registered, extended, ended at once. */
static void life(long fail_at)
{
	struct pmip_mag_path path = path_of(9);

	h_init_failing(&h, fail_at);
	give_paths(PMIP_MAG_PATHS_MAX);
	ck_assert_int_eq(pmip_mag_config_add_path(h.config, &path), PMIP_ERR_FULL);
	h_start(&h);
	attach();
	accept(0);
	ck_assert_uint_eq(h.sents, PMIP_MAG_PATHS_MAX);
	for (unsigned int i = 1; i < PMIP_MAG_PATHS_MAX; i++)
		accept(i);
	ck_assert_uint_eq(h_count_ops(&h, PMIP_DATAPATH_PATH_SET), PMIP_MAG_PATHS_MAX - 1);
	ck_assert_uint_eq(h_info(&h).path_bid, 1);
	h_clear_log(&h);
	h_pass(&h, 561 * S);
	ck_assert_uint_ge(h.sents, PMIP_MAG_PATHS_MAX);
	h_clear_log(&h);
	ck_assert_int_eq(h_detach(&h, LINK, NULL), 1);
	ck_assert_uint_eq(h.sents, PMIP_MAG_PATHS_MAX);
	accept_end();
	ck_assert_uint_eq(h_count_ops(&h, PMIP_DATAPATH_PATH_CLEAR), PMIP_MAG_PATHS_MAX - 1);
	ck_assert_uint_eq(h_count_ops(&h, PMIP_DATAPATH_TUNNEL_RELEASE), PMIP_MAG_PATHS_MAX);
}

START_TEST(as_many_as_there_may_be) /* MPB-1 */
{
	life(0);
	h_fini(&h);
}
END_TEST

START_TEST(no_memory)
{
	long all;

	life(0);
	all = h.allocations;
	h_fini(&h);
	for (long fail_at = 1; fail_at <= all; fail_at++) {
		life(fail_at);
		h_fini(&h);
	}
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("mag_path");
	TCase *tc = tcase_create("all");

	suite_add_tcase(suite, tc);
	tcase_add_test(tc, settings);
	tcase_add_test(tc, not_with_gre_nor_changed);
	tcase_add_test(tc, as_many_as_there_may_be);
	tcase_add_test(tc, no_memory);
	return unit_run_suite(suite);
}
