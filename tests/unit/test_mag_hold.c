/* SPDX-License-Identifier: BSD-2-Clause */
/* When a PBU has to wait, and our link-local address: what tests/scenario/presence.scn and resync.scn cannot show. */
#include "mag_harness.h"

#include "base/mem.h"
#include "engine/mag.h"

static struct harness h;

static void setup(void)
{
	h_init(&h);
}

static void teardown(void)
{
	h_fini(&h);
}

START_TEST(presence_ranges)
{
	ck_assert_int_eq(pmip_mag_config_set_presence(h.config, 1, 0), PMIP_ERR_INVALID);
	ok(pmip_mag_config_set_presence(h.config, 0, 0));
	ok(pmip_mag_config_set_presence(h.config, UINT32_MAX, UINT32_MAX));
	h_start(&h);
	h_activate(&h);
	h_pass(&h, 560 * S);
	ck_assert_uint_eq(h_counter(&h, PBU_SENT), 2);
}
END_TEST

START_TEST(asked_where_it_is) /* MAG-31 */
{
	struct pmip_llid ll_id = unit_llid("02:00:00:00:00:01");

	ok(pmip_mag_config_set_presence(h.config, 100, 200));
	h_start(&h);
	h_activate(&h);
	h_pass(&h, 560 * S - 1);
	ck_assert_ptr_null(strchr(h.trace, 'Q'));
	h_pass(&h, 1);
	ck_assert_ptr_nonnull(strchr(h.trace, 'Q'));
	ck_assert_uint_eq(h.probe.link, LINK);
	ck_assert(pmip_llid_equal(&h.probe.ll_id, &ll_id));
	h_pass(&h, 200 * MS - 1);
	ck_assert_uint_eq(h_counter(&h, DETACHED), 0);
	h_pass(&h, 1);
	ck_assert_uint_eq(h_counter(&h, DETACHED), 1);
	ck_assert_uint_eq(h_last(&h)->bu.lifetime_s, 0);
	ck_assert_uint_eq(h_counter(&h, REFRESHED), 0);
}
END_TEST

START_TEST(asked_for_once) /* MAG-41: an answer that comes twice makes one PBU */
{
	ok(pmip_mag_config_set_presence(h.config, 100, 2000));
	h_start(&h);
	ok(h_attach_mn(&h));
	h_pass(&h, S);
	ck_assert_uint_eq(h.sents, 1);
	h_pass(&h, 500 * MS);
	ok(h_attach_mn(&h));
	ok(h_attach_mn(&h));
	h_pass(&h, 0);
	ck_assert_uint_eq(h.sents, 2);
	ck_assert_int_eq(h_state(&h), PMIP_BINDING_REGISTERING);
}
END_TEST

/* A mobile node of an engine whose link-local address the LMA chooses: addr. */
static void activate_with(const struct pmip_addr *addr)
{
	struct pmip_addr unspecified = {{0}};
	struct answer answer;

	ok(pmip_mag_config_set_fixed_link_local_address(h.config, &unspecified));
	h_start(&h);
	ok(h_attach_mn(&h));
	answer = h_answer(h_last(&h), 0);
	answer.options.lla = *addr;
	h_send(&h, &answer);
	ck_assert_int_eq(h_state(&h), PMIP_BINDING_ACTIVE);
}

START_TEST(another_link_local_address) /* MAG-18 */
{
	struct pmip_addr taken = unit_addr("fe80::1"), first;

	activate_with(&taken);
	ck_assert(pmip_addr_equal(&h.ra[h.ras - 1].src, &taken));
	ck_assert_int_eq(pmip_mag_link_local_in_use(h.mag, LINK, &taken, h.now), 1);
	h_pull(&h);
	ck_assert_uint_eq(h.sents, 2);
	first = h_last(&h)->options.lla;
	ck_assert(pmip_addr_is_link_local(&first));
	ck_assert(!pmip_addr_equal(&first, &taken));
	ck_assert_int_eq(pmip_mag_link_local_in_use(h.mag, LINK, &first, h.now), 1);
	h_pull(&h);
	ck_assert_uint_eq(h.sents, 3);
	ck_assert(!pmip_addr_equal(&h_last(&h)->options.lla, &first));
	h_reply(&h, 0);
	ck_assert(pmip_addr_equal(&h.ra[h.ras - 1].src, &h_last(&h)->options.lla));
	h.now.mono_us--;
	ck_assert_int_eq(pmip_mag_link_local_in_use(h.mag, LINK, &taken, h.now), PMIP_ERR_TIME);
}
END_TEST

START_TEST(no_memory_for_another_address) /* MAG-18: nothing changed; later it is done */
{
	struct pmip_addr taken = unit_addr("fe80::1");

	activate_with(&taken);
	/* A queue without room. */
	pmip__action_queue_fini(&h.mag->actions);
	pmip__action_queue_init(&h.mag->actions, &h.mag->mem);
	h.allocations = 0;
	h.fail_at = 1;
	ck_assert_int_eq(pmip_mag_link_local_in_use(h.mag, LINK, &taken, h.now), PMIP_ERR_NOMEM);
	ck_assert_uint_eq(h_info(&h).state, PMIP_BINDING_ACTIVE);
	h.fail_at = 0;
	ck_assert_int_eq(pmip_mag_link_local_in_use(h.mag, LINK, &taken, h.now), 1);
	h_pull(&h);
	ck_assert_uint_eq(h.sents, 2);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("mag_hold");
	TCase *tcase = tcase_create("mag_hold");

	tcase_add_checked_fixture(tcase, setup, teardown);
	tcase_add_test(tcase, presence_ranges);
	tcase_add_test(tcase, asked_where_it_is);
	tcase_add_test(tcase, asked_for_once);
	tcase_add_test(tcase, another_link_local_address);
	tcase_add_test(tcase, no_memory_for_another_address);
	suite_add_tcase(suite, tcase);
	return unit_run_suite(suite);
}
