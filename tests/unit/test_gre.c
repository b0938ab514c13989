/* SPDX-License-Identifier: BSD-2-Clause */
/* GRE between LMA and MAG beside what scenario/gre.scn shows: configuration, which keys there are, lack of memory. */
#include "revoke_rig.h"
#include "unit.h"

#include "engine/lma.h"
#include "engine/mag.h"

#define LL "02:00:00:00:00:01"

static struct pmip_lma_config *gre_config(void)
{
	struct pmip_lma_config *config = rig_config();

	ok(pmip_lma_config_set_gre(config, PMIP_LMA_GRE_ALLOWED));
	return config;
}

static void setup(void)
{
	rig_init(&rig, gre_config(), NULL);
}

static uint32_t key_of(const char *mn, const char *downlink)
{
	struct pbu pbu = {.mn = mn, .hnp = {"0"}, .ll_id = LL, .lifetime_s = 600, .gre = downlink};

	ok(rig_pbu(&rig, &pbu));
	pmip_prefix_format(&rig.options.hnp[0].prefix, prefix);
	ck_assert(rig.options.has & PMIP_HAS_GRE_KEY);
	ck_assert(rig.options.gre_key.present);
	return rig.options.gre_key.value;
}

START_TEST(settings) /* GRE-1, GRE-6 */
{
	struct pmip_lma_config *config = rig_config();

	ck_assert_int_eq(pmip_lma_config_set_gre(config, (enum pmip_lma_gre)3), PMIP_ERR_INVALID);
	pmip_lma_config_free(config);
	h_init(&mag);
	ck_assert_int_eq(pmip_mag_config_set_gre(mag.config, (enum pmip_mag_gre)3), PMIP_ERR_INVALID);
	h_fini(&mag);
}
END_TEST

/* What each end sends the other must have. */
START_TEST(keys_go_both_ways) /* GRE-2, GRE-4, GRE-7 */
{
	uint32_t uplink = key_of(MN1, "0xd0d0");
	struct pmip_gre gre = rig_binding(&rig, prefix).gre;

	ck_assert(gre.in_use && gre.send.present && gre.recv.present);
	ck_assert_uint_eq(gre.send.value, 0xd0d0);
	ck_assert_uint_eq(gre.recv.value, uplink);
	ck_assert_mem_eq(&rig.ops[rig.op_count - 1].gre, &gre, sizeof(gre));
}
END_TEST

START_TEST(keys_of_a_mag) /* GRE-6, GRE-7 */
{
	struct answer answer;
	struct pmip_gre gre;

	h_init(&mag);
	ok(pmip_mag_config_set_gre(mag.config, PMIP_MAG_GRE_KEYS));
	h_start(&mag);
	ok(h_attach_mn(&mag));
	answer = h_answer(h_last(&mag), 0);
	ck_assert(answer.options.gre_key.present);
	answer.options.gre_key.value ^= 0xffff;
	h_send(&mag, &answer);
	gre = h_info(&mag).gre;
	ck_assert(gre.in_use && gre.send.present && gre.recv.present);
	ck_assert_uint_eq(gre.send.value, answer.options.gre_key.value);
	ck_assert_uint_eq(gre.recv.value, h_last(&mag)->options.gre_key.value);
	ck_assert_int_eq(mag.op[1].kind, PMIP_DATAPATH_BINDING_SET);
	ck_assert_mem_eq(&mag.op[1].gre, &gre, sizeof(gre));
	h_fini(&mag);
}
END_TEST

/* When all have been given once, those in use are passed over. */
START_TEST(keys_in_use_are_not_given_again) /* GRE-4, GRE-6 */
{
	struct pmip_attach second = h_attach_of("second@example.com", "02:00:00:00:00:02", LINK);
	uint32_t first = key_of(MN1, "1");

	rig.lma->cache.last_key = first - 1;
	ck_assert_uint_eq(key_of("mn2@example.com", "1"), first + 1);
	h_init(&mag);
	h_profile(&mag, "second@example.com", "02:00:00:00:00:02");
	ok(pmip_mag_config_set_gre(mag.config, PMIP_MAG_GRE_KEYS));
	h_start(&mag);
	mag.mag->last_gre_key = UINT32_MAX;
	ok(h_attach_mn(&mag));
	ck_assert_uint_eq(h_last(&mag)->options.gre_key.value, 0);
	mag.mag->last_gre_key = UINT32_MAX;
	ok(h_attach(&mag, &second));
	ck_assert_uint_eq(h_last(&mag)->options.gre_key.value, 1);
	h_fini(&mag);
}
END_TEST

START_TEST(keys_are_given_back) /* GRE-4 */
{
	struct pbu pbu = {.mn = MN1, .hnp = {"0"}, .ll_id = LL, .lifetime_s = 600};

	key_of(MN1, "1");
	key_of("mn2@example.com", "1");
	ck_assert_uint_eq(rig.lma->cache.keys.count, 2);
	ok(rig_pbu(&rig, &pbu));
	ck_assert_uint_eq(rig.lma->cache.keys.count, 1);
	rig_advance(&rig, 600000);
	ck_assert_uint_eq(bindings(), 0);
	ck_assert_uint_eq(rig.lma->cache.keys.count, 0);
}
END_TEST

static void life(void)
{
	static const struct {
		const char *mag, *gre;
		uint32_t lifetime_s;
	} steps[] = {{MAG1, "1", 600}, {MAG1, NULL, 600}, {MAG1, "none", 600}, {MAG2, "2", 600}, {MAG2, "2", 0}, {MAG1, "3", 600}};

	for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
		struct pbu pbu = {.mn = MN1, .mag = steps[i].mag, .hnp = {"0"}, .ll_id = LL, .lifetime_s = steps[i].lifetime_s,
				  .gre = steps[i].gre};

		ok(rig_pbu(&rig, &pbu));
		ck_assert_int_eq((rig.options.has & PMIP_HAS_GRE_KEY) != 0, steps[i].gre && steps[i].lifetime_s);
	}
}

START_TEST(out_of_memory_anywhere) /* GRE-4 */
{
	rig_fini(&rig);
	rig_without_memory(&rig, gre_config, life, 20);
}
END_TEST

int main(void)
{
	const TTest *tests[] = {
		settings, keys_go_both_ways, keys_of_a_mag, keys_in_use_are_not_given_again, keys_are_given_back,
		out_of_memory_anywhere, NULL,
	};

	return unit_run_fixture("gre", tests, setup, lma_teardown);
}
