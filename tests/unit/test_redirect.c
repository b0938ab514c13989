/* SPDX-License-Identifier: BSD-2-Clause */
/* Runtime LMA assignment at LMAs (RFC 6463): the one that sends sessions on, and those that take them. */
#include "redirect_rig.h"

#include <string.h>

START_TEST(nothing_happens_unasked) /* RED-10 */
{
	world_init();
	ok(pmip_mag_config_set_redirect(w.mag.config, false));
	world_start();
	world_attach(0);
	ck_assert(!(w.node[RF].pbu.options.has & PMIP_HAS_REDIRECT_CAPABILITY));
	ck_assert_uint_eq(world_served(RF), 1);
	ck_assert_uint_eq(w.options.has & (PMIP_HAS_REDIRECT | PMIP_HAS_LOAD), 0);
	world_end();
}
END_TEST

START_TEST(a_pbu_is_sent_on) /* RED-11 */
{
	struct pmip_addr mag = unit_addr(H_COA);
	const struct sent *from, *to = &w.node[R2A].pbu;

	world_attach(0);
	from = &w.node[RF].pbu;
	ck_assert_uint_eq(w.node[R2A].pbus, 1);
	ck_assert(world_is(&to->dgram.src, RF));
	ck_assert(pmip_addr_equal(&to->options.alt_coa, &mag));
	ck_assert_uint_eq(to->options.has, (from->options.has & ~(unsigned int)PMIP_HAS_REDIRECT_CAPABILITY) | PMIP_HAS_ALT_COA);
	ck_assert_uint_eq(to->options.timestamp, from->options.timestamp);
	ck_assert_uint_ne(to->bu.seq, from->bu.seq);
	ck_assert_uint_eq(to->bu.lifetime_s, from->bu.lifetime_s);
	ck_assert_uint_eq(to->bu.flags, from->bu.flags);
	ck_assert_uint_eq(w.pba.seq, from->bu.seq);
	ck_assert_uint_eq(world_counter(RF, PMIP_LMA_FORWARDED), 1);
	ck_assert_uint_eq(world_counter(RF, PMIP_LMA_REDIRECTED), 1);
	ck_assert_uint_eq(w.node[RF].events[PMIP_EVENT_REDIRECTED], 1);
	ck_assert(world_is(&w.node[RF].redirected.peer, R2A));
	ck_assert(pmip_addr_equal(&w.node[RF].redirected.old_peer, &mag));
}
END_TEST

START_TEST(an_option_unknown_to_us_is_sent_on) /* RED-11, RED-14 */
{
	static const uint8_t data[] = {1, 2, 3};
	struct pmip_option unknown = {.type = 250, .len = sizeof(data), .data = data}, option;
	uint8_t octets[PMIP_MH_MAX];
	struct pmip_mh_writer writer = world_pbu2(octets, sizeof(octets));
	struct pmip_dgram dgram = {unit_addr(MAG2_ADDR), w.node[RF].addr, octets, 0};
	struct pmip_option_iter iter;
	struct pmip_mh mh;
	bool found = false;

	pmip_mh_add_option(&writer, &unknown);
	dgram.len = (size_t)pmip_mh_finish(&writer, &dgram.src, &dgram.dst);
	ok(world_input(&w.node[RF], &dgram));
	world_run();
	ok(pmip_mh_decode(&mh, NULL, &w.node[R2A].pbu.dgram, 0));
	pmip_option_iter_init(&iter, &mh);
	while (pmip_option_next(&iter, &option))
		found |= option.type == 250 && option.len == sizeof(data) && !memcmp(option.data, data, sizeof(data));
	ck_assert(found);
}
END_TEST

START_TEST(the_load_is_shared) /* RED-12, RED-21 */
{
	for (unsigned int i = 0; i < 10; i++)
		world_attach(i);
	ck_assert_uint_eq(world_bindings(RF), 0);
	ck_assert_uint_eq(world_bindings(R2A), 5);
	ck_assert_uint_eq(world_bindings(R2B), 5);
}
END_TEST

/* Give the rfLMA another list of r2LMAs. */
static void give_r2lmas(uint32_t max_a, uint16_t priority_b, uint32_t max_b)
{
	pmip_lma_config_free(w.node[RF].config);
	world_configure_lma(RF);
	ok(pmip_lma_config_add_r2lma(w.node[RF].config, &w.node[R2A].addr, 10, max_a));
	ok(pmip_lma_config_add_r2lma(w.node[RF].config, &w.node[R2B].addr, priority_b, max_b));
}

START_TEST(the_load_is_in_proportion) /* RED-12 */
{
	world_init();
	give_r2lmas(9, 10, 3);
	world_start();
	for (unsigned int i = 0; i < MNS; i++)
		world_attach(i);
	ck_assert_uint_eq(world_bindings(R2A), 9);
	ck_assert_uint_eq(world_bindings(R2B), 3);
	world_end();
}
END_TEST

START_TEST(priority_comes_first_and_nobody_is_overfilled) /* RED-12 */
{
	world_init();
	give_r2lmas(3, 11, 2);
	world_start();
	for (unsigned int i = 0; i < 3; i++)
		world_attach(i);
	ck_assert_uint_eq(world_bindings(R2A), 3);
	for (unsigned int i = 3; i < 5; i++)
		world_attach(i);
	ck_assert_uint_eq(world_bindings(R2B), 2);
	world_attach(5);
	ck_assert_uint_eq(world_bindings(RF), 1);
	/* What is known of them outlives a new configuration. */
	give_r2lmas(4, 9, 2);
	ok(world_reconfigure(RF));
	world_attach(6);
	world_attach(7);
	ck_assert_uint_eq(world_bindings(R2A), 4);
	ck_assert_uint_eq(world_bindings(R2B), 2);
	ck_assert_uint_eq(world_bindings(RF), 2);
	world_end();
}
END_TEST

START_TEST(some_are_ours) /* RED-10, RED-12 */
{
	world_init();
	ok(pmip_lma_config_set_redirect_above(w.node[RF].config, 3));
	world_start();
	for (unsigned int i = 0; i < 6; i++)
		world_attach(i);
	ck_assert_uint_eq(world_bindings(RF), 3);
	ck_assert_uint_eq(world_bindings(R2A) + world_bindings(R2B), 3);
	/* Whom we have, we keep. */
	world_pass(565 * S);
	ck_assert_uint_eq(world_bindings(RF), 3);
	ck_assert_uint_eq(world_counter(RF, PMIP_LMA_REFRESHED), 3);
	ck_assert_uint_eq(world_counter(RF, PMIP_LMA_FORWARDED), 3);
	world_end();
}
END_TEST

START_TEST(who_orders_by_sequence_stays) /* RED-10 */
{
	world_init();
	ok(pmip_mag_config_set_timestamp_in_use(w.mag.config, false));
	world_start();
	world_attach(0);
	ck_assert(w.node[RF].pbu.options.has & PMIP_HAS_REDIRECT_CAPABILITY);
	ck_assert_uint_eq(world_served(RF), 1);
	world_end();
}
END_TEST

START_TEST(fixed_prefixes_stay) /* RED-10 */
{
	struct pmip_profile fixed = {.size = sizeof(fixed), .mn_id = h_mnid(MN), .prefix_count = 1, .prefix = {unit_prefix("2001:db8:100:7::/64")}};

	world_init();
	ok(pmip_lma_config_add_profile(w.node[RF].config, &fixed));
	world_start();
	world_attach(0);
	ck_assert_uint_eq(world_served(RF), 1);
	world_end();
}
END_TEST

START_TEST(a_handover_finds_its_session) /* RED-13 */
{
	struct pmip_prefix prefix;

	world_attach(1);
	world_attach(0);
	ck_assert_uint_eq(world_served(R2B), 1);
	prefix = w.options.hnp[0].prefix;
	world_detach(0);
	world_pass(100 * MS);
	world_send_pbu2(&w.node[RF]);
	world_pass(2 * S);
	ck_assert(world_is(&w.pba_dgram.src, RF));
	ck_assert_uint_eq(w.pba.status, 0);
	ck_assert(pmip_prefix_equal(&w.options.hnp[0].prefix, &prefix));
	ck_assert(!memcmp(w.options.redirect.addr.b, w.node[R2B].addr.b, 16));
	ck_assert_uint_eq(world_bindings(R2B), 1);
	ck_assert_uint_eq(world_counter(R2B, PMIP_LMA_MOVED), 1);
}
END_TEST

START_TEST(the_oldest_is_forgotten) /* RED-13 */
{
	world_init();
	ok(pmip_lma_config_set_max_bindings(w.node[RF].config, 2));
	world_start();
	for (unsigned int i = 0; i < 3; i++)
		world_attach(i);
	ck_assert_uint_eq(world_bindings(R2A), 2);
	world_send_pbu2(&w.node[RF]);
	ck_assert_uint_eq(world_bindings(R2A), 2);
	ck_assert_uint_eq(world_bindings(R2B), 2);
	world_end();
}
END_TEST

START_TEST(what_the_mag_sends_again_is_sent_on_again) /* RED-11, RED-16 */
{
	uint16_t first;

	w.node[R2A].down = true;
	world_attach(0);
	world_pass(900 * MS);
	ck_assert_uint_eq(world_counter(RF, PMIP_LMA_FORWARDED), 1);
	w.node[R2A].down = false;
	world_pass(200 * MS);
	ck_assert_uint_eq(world_counter(RF, PMIP_LMA_FORWARDED), 2);
	ck_assert_uint_eq(world_served(R2A), 1);
	ck_assert_uint_eq(world_counter(RF, PMIP_LMA_REDIRECTED), 1);
	/* The first is no longer waited for. */
	first = (uint16_t)(w.node[R2A].pbu.bu.seq - 1);
	world_send_answer(&w.node[RF], &(struct answer){.src = w.node[R2A].addr, .dst = w.node[RF].addr, .flags = PMIP_BA_P, .seq = first,
							 .lifetime_s = 60, .options = w.node[R2A].pbu.options});
	ck_assert_uint_eq(world_counter(RF, PMIP_LMA_IGNORED), 1);
}
END_TEST

START_TEST(one_that_does_not_answer_is_avoided) /* RED-16 */
{
	w.node[R2A].down = true;
	world_attach(0);
	world_pass(2499 * MS);
	ck_assert_uint_eq(world_bindings(RF), 0);
	world_pass(1 * MS);
	ck_assert_uint_eq(world_bindings(RF), 1);
	ck_assert_uint_eq(world_served(RF), 1);
	ck_assert_uint_eq(w.options.has & PMIP_HAS_REDIRECT, 0);
	for (unsigned int i = 1; i < 4; i++)
		world_attach(i);
	ck_assert_uint_eq(world_bindings(R2B), 3);
	world_pass(60 * S);
	w.node[R2A].down = false;
	world_attach(4);
	ck_assert_uint_eq(world_bindings(R2A), 1);
}
END_TEST

START_TEST(one_without_room_is_followed_by_the_next) /* RED-15 */
{
	world_init();
	ok(pmip_lma_config_set_max_bindings(w.node[R2A].config, 1));
	ok(pmip_lma_config_set_max_bindings(w.node[R2B].config, 1));
	world_start();
	world_attach(0); /* at A */
	give_r2lmas(100, 11, 2); /* we believe that it has room */
	ok(world_reconfigure(RF));
	world_attach(1);
	ck_assert_uint_eq(w.node[R2A].events[PMIP_EVENT_REFUSED], 1);
	ck_assert_uint_eq(world_bindings(R2B), 1);
	ck_assert_uint_eq(w.node[RF].events[PMIP_EVENT_REDIRECT_FAILED], 1);
	world_attach(2); /* B is full, too */
	ck_assert_uint_eq(w.node[R2B].events[PMIP_EVENT_REFUSED], 1);
	ck_assert_uint_eq(world_bindings(RF), 1);
	ck_assert_uint_eq(h_counter(&w.mag, REFUSED), 0);
	world_end();
}
END_TEST

START_TEST(any_other_refusal_makes_it_ours) /* RED-15, RED-20 */
{
	world_init();
	pmip_lma_config_free(w.node[R2A].config);
	ok(pmip_lma_config_new(&w.node[R2A].config, NULL)); /* knows nobody */
	world_start();
	world_attach(0);
	ck_assert_uint_eq(w.node[R2A].pbus, 1);
	ck_assert_uint_eq(w.node[R2B].pbus, 0);
	ck_assert_uint_eq(world_bindings(RF), 1);
	ck_assert_uint_eq(w.node[RF].failed.status, PMIP_STATUS_MAG_NOT_AUTHORIZED_FOR_PROXY_REG);
	ck_assert_uint_eq(world_served(RF), 1);
	world_end();
}
END_TEST

/* With every sequence number that there is, or each step: those of the rfLMA are not told to anybody but the r2LMA. */
static void answer_all(struct answer answer, unsigned int step)
{
	for (unsigned int seq = 0; seq <= UINT16_MAX; seq += step) {
		answer.seq = (uint16_t)seq;
		world_send_answer(&w.node[RF], &answer);
	}
}

START_TEST(only_the_one_asked_answers) /* RED-14 */
{
	struct answer good = {.flags = PMIP_BA_P, .lifetime_s = 600, .src = w.node[R2A].addr, .dst = w.node[RF].addr}, bad;
	const unsigned int step = unit_one_of();

	w.node[R2A].down = true;
	world_attach(0);
	good.options = w.node[RF].pbu.options;
	good.options.hnp[0].prefix = unit_prefix("2001:db8:a00::/64");
	bad = good;
	bad.src = w.node[R2B].addr;
	answer_all(bad, step);
	bad = good;
	bad.options.mn_id = h_mnid("other@example.com");
	answer_all(bad, step);
	bad = good;
	bad.flags = 0;
	answer_all(bad, step);
	ck_assert_int_eq(h_state(&w.mag), PMIP_BINDING_REGISTERING);
	ck_assert_uint_eq(world_counter(RF, PMIP_LMA_IGNORED), 3 * (UINT16_MAX / step + 1));
	answer_all(good, 1);
	ck_assert_uint_eq(world_served(R2A), 1);
}
END_TEST

/* r2LMA: whom it takes. */

START_TEST(it_takes_only_from_those_listed) /* RED-22 */
{
	struct pmip_addr own = unit_addr(MAG2_ADDR);
	struct pmip_option coa = {.type = PMIP_OPT_ALT_COA, .u.alt_coa = own};
	static const struct {
		unsigned int from;
		const char *coa;
		uint8_t status;
	} cases[] = {
		{RF, MAG2_ADDR, 0},
		{RF, "2001:db8:f::9", PMIP_STATUS_MAG_NOT_AUTHORIZED_FOR_PROXY_REG},
		{RF, NULL, PMIP_STATUS_MAG_NOT_AUTHORIZED_FOR_PROXY_REG},
		{R2B, MAG2_ADDR, PMIP_STATUS_MAG_NOT_AUTHORIZED_FOR_PROXY_REG},
	};
	uint8_t octets[PMIP_MH_MAX];
	struct pmip_mh_writer writer = world_pbu2(octets, sizeof(octets));
	struct pmip_dgram dgram = {w.node[cases[_i].from].addr, w.node[R2A].addr, octets, 0};
	struct pmip_action action;
	bool told = false;

	if (cases[_i].coa) {
		coa.u.alt_coa = unit_addr(cases[_i].coa);
		pmip_mh_add_option(&writer, &coa);
	}
	dgram.len = (size_t)pmip_mh_finish(&writer, &dgram.src, &dgram.dst);
	ok(world_input(&w.node[R2A], &dgram));
	while (pmip_lma_next_action(w.node[R2A].lma, &action)) {
		struct pmip_binding_options options;
		struct pmip_mh mh;

		if (action.type == PMIP_ACTION_DATAPATH)
			ok(pmip_lma_complete(w.node[R2A].lma, action.u.datapath.id, 0, w.mag.now));
		if (action.type != PMIP_ACTION_SEND)
			continue;
		ok(pmip_mh_decode(&mh, NULL, &action.u.send, 0));
		ok(pmip_binding_options_read(&options, &mh));
		ck_assert_uint_eq(mh.u.ba.status, cases[_i].status);
		ck_assert_uint_eq(!!(options.has & PMIP_HAS_LOAD), cases[_i].from == RF);
		told = true;
	}
	ck_assert(told);
	if (!cases[_i].status) {
		struct pmip_binding_info info = {.size = sizeof(info)};
		size_t cursor = 0;

		ck_assert_int_eq(pmip_lma_next_binding(w.node[R2A].lma, &cursor, &info), 1);
		ck_assert(pmip_addr_equal(&info.remote, &own));
	}
}
END_TEST

START_TEST(a_list_has_limits) /* RED-12 */
{
	struct pmip_addr addr = unit_addr("2001:db8:e::1"), many = unit_addr("ff02::1");
	struct pmip_lma_config *config;

	ok(pmip_lma_config_new(&config, NULL));
	ck_assert_int_eq(pmip_lma_config_add_r2lma(config, &many, 0, 0), PMIP_ERR_INVALID);
	ck_assert_int_eq(pmip_lma_config_add_rflma(config, &many), PMIP_ERR_INVALID);
	ok(pmip_lma_config_add_r2lma(config, &addr, 0, 0));
	ck_assert_int_eq(pmip_lma_config_add_r2lma(config, &addr, 1, 1), PMIP_ERR_EXIST);
	ok(pmip_lma_config_add_rflma(config, &addr));
	ck_assert_int_eq(pmip_lma_config_add_rflma(config, &addr), PMIP_ERR_EXIST);
	for (uint8_t i = 2; i <= 32; i++) {
		addr.b[15] = i;
		ok(pmip_lma_config_add_r2lma(config, &addr, 0, 0));
	}
	addr.b[15] = 33;
	ck_assert_int_eq(pmip_lma_config_add_r2lma(config, &addr, 0, 0), PMIP_ERR_FULL);
	pmip_lma_config_free(config);
}
END_TEST

START_TEST(shutdown_forgets_all) /* RED-16 */
{
	w.node[R2A].down = true;
	world_attach(0);
	ok(pmip_lma_shutdown(w.node[RF].lma, w.mag.now));
	ck_assert_uint_eq(pmip_lma_next_deadline(w.node[RF].lma), UINT64_MAX);
}
END_TEST

START_TEST(no_memory_in_an_lma) /* the state is as it was, and it goes on */
{
	unsigned int all = 0;

	for (unsigned int fail_at = 0; fail_at <= all; fail_at++) {
		world_init();
		w.mem.fail_at = fail_at;
		w.mem.once = true;
		world_start();
		world_story();
		if (!fail_at)
			all = w.mem.calls;
		world_end();
	}
	ck_assert_uint_gt(all, 50);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("redirect");
	TCase *world = tcase_create("world"), *own = tcase_create("own world");

	tcase_set_timeout(own, 60);
	tcase_set_timeout(world, 60);
	tcase_add_checked_fixture(world, world_setup, world_end);
	tcase_add_test(world, a_pbu_is_sent_on);
	tcase_add_test(world, an_option_unknown_to_us_is_sent_on);
	tcase_add_test(world, the_load_is_shared);
	tcase_add_test(world, a_handover_finds_its_session);
	tcase_add_test(world, what_the_mag_sends_again_is_sent_on_again);
	tcase_add_test(world, one_that_does_not_answer_is_avoided);
	tcase_add_test(world, only_the_one_asked_answers);
	tcase_add_loop_test(world, it_takes_only_from_those_listed, 0, 4);
	tcase_add_test(world, shutdown_forgets_all);
	suite_add_tcase(suite, world);
	tcase_add_test(own, nothing_happens_unasked);
	tcase_add_test(own, the_load_is_in_proportion);
	tcase_add_test(own, priority_comes_first_and_nobody_is_overfilled);
	tcase_add_test(own, some_are_ours);
	tcase_add_test(own, who_orders_by_sequence_stays);
	tcase_add_test(own, fixed_prefixes_stay);
	tcase_add_test(own, the_oldest_is_forgotten);
	tcase_add_test(own, one_without_room_is_followed_by_the_next);
	tcase_add_test(own, any_other_refusal_makes_it_ours);
	tcase_add_test(own, a_list_has_limits);
	tcase_add_test(own, no_memory_in_an_lma);
	suite_add_tcase(suite, own);
	return unit_run_suite(suite);
}
