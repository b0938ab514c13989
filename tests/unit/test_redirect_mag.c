/* SPDX-License-Identifier: BSD-2-Clause */
/* Runtime LMA assignment at a MAG (RFC 6463). */
#include "redirect_rig.h"

START_TEST(only_what_begins_a_session_asks) /* RED-1 */
{
	world_attach(0);
	ck_assert(w.node[RF].pbu.options.has & PMIP_HAS_REDIRECT_CAPABILITY);
	world_pass(565 * S);
	ck_assert_uint_eq(w.node[R2A].pbus, 2);
	ck_assert_uint_eq(w.node[R2A].pbu.options.hi, PMIP_HI_UNCHANGED);
	ck_assert(!(w.node[R2A].pbu.options.has & PMIP_HAS_REDIRECT_CAPABILITY));
	world_detach(0);
	ck_assert_uint_eq(w.node[R2A].pbu.bu.lifetime_s, 0);
	ck_assert(!(w.node[R2A].pbu.options.has & PMIP_HAS_REDIRECT_CAPABILITY));
	ck_assert_uint_eq(w.node[RF].pbus, 1);
}
END_TEST

START_TEST(what_is_sent_again_asks_again) /* RED-1 */
{
	w.node[RF].down = true;
	world_attach(0);
	world_pass(1 * S);
	w.node[RF].down = false;
	world_pass(2 * S);
	ck_assert_uint_eq(w.node[RF].pbus, 1);
	ck_assert(w.node[RF].pbu.options.has & PMIP_HAS_REDIRECT_CAPABILITY);
	ck_assert_uint_eq(world_served(R2A), 1);
}
END_TEST

START_TEST(the_binding_is_with_the_other) /* RED-2, RED-6, RED-14 */
{
	struct pmip_binding_info info;
	const struct pmip_event *event = NULL;

	world_attach(0);
	ck_assert(world_is(&w.pba_dgram.src, RF));
	info = h_info(&w.mag);
	ck_assert_int_eq(info.state, PMIP_BINDING_ACTIVE);
	ck_assert(world_is(&info.remote, R2A));
	ck_assert_uint_eq(w.mag.ops, 2);
	ck_assert(world_is(&w.mag.op[0].remote, R2A));
	ck_assert(world_is(&w.mag.op[1].remote, R2A));
	ck_assert_uint_eq(world_bindings(RF), 0);
	ck_assert_uint_eq(world_bindings(R2A), 1);
	for (unsigned int i = 0; i < w.mag.events; i++)
		if (w.mag.event[i].type == PMIP_EVENT_REDIRECTED)
			event = &w.mag.event[i];
	ck_assert_ptr_nonnull(event);
	ck_assert(world_is(&event->peer, R2A));
	ck_assert(world_is(&event->old_peer, RF));
	ck_assert_uint_eq(event->load.sessions, 1);
	ck_assert_uint_eq(event->load.max_sessions, 1000000);
	ck_assert_uint_eq(h_counter(&w.mag, REDIRECTED), 1);
	world_detach(0);
	world_pass(11 * S);
	ck_assert_uint_eq(world_bindings(R2A), 0);
	ck_assert_uint_eq(h_count_ops(&w.mag, PMIP_DATAPATH_TUNNEL_RELEASE), 1);
	ck_assert(world_is(&w.mag.op[w.mag.ops - 1].remote, R2A));
}
END_TEST

/* The rfLMA's own session, with a Redirect option of the test in the PBA. */
static void accept_with(const struct pmip_opt_redirect *redirect)
{
	struct answer answer = h_answer(&w.node[RF].pbu, 0);

	answer.options.has &= ~(unsigned int)PMIP_HAS_REDIRECT_CAPABILITY;
	answer.options.has |= PMIP_HAS_REDIRECT;
	answer.options.redirect = *redirect;
	h_send(&w.mag, &answer);
}

static struct pmip_opt_redirect redirect_to(const char *text)
{
	struct pmip_ip addr = unit_ip(text);

	return (struct pmip_opt_redirect){.ipv4 = addr.len == 4, .ipv6 = addr.len != 4, .addr = addr};
}

START_TEST(some_are_not_followed) /* RED-3, RED-4 */
{
	static const struct {
		bool asked;
		const char *to;
	} cases[] = {{false, "2001:db8:f::a1"}, {true, "192.0.2.1"}, {true, "ff02::1"}, {true, "::"}, {true, H_COA}};
	struct pmip_opt_redirect redirect = redirect_to(cases[_i].to);
	struct pmip_binding_info info;

	world_init();
	ok(pmip_mag_config_set_redirect(w.mag.config, cases[_i].asked));
	world_start();
	w.node[RF].down = true; /* the test answers for it */
	world_attach(0);
	w.node[RF].pbu = *h_last(&w.mag);
	accept_with(&redirect);
	info = h_info(&w.mag);
	ck_assert_int_eq(info.state, PMIP_BINDING_ACTIVE);
	ck_assert(world_is(&info.remote, RF));
	ck_assert_uint_eq(h_counter(&w.mag, IGNORED), 1);
	ck_assert_uint_eq(h_count_events(&w.mag, PMIP_EVENT_IGNORED), 1);
	ck_assert_uint_eq(h_counter(&w.mag, REDIRECTED), 0);
	world_end();
}
END_TEST

START_TEST(a_refresh_is_not_redirected) /* RED-3 */
{
	struct pmip_opt_redirect redirect = redirect_to("2001:db8:f::b1");

	world_attach(0);
	w.node[R2A].down = true;
	world_pass(561 * S);
	w.node[RF].pbu = *h_last(&w.mag);
	accept_with(&redirect);
	ck_assert_uint_eq(world_served(R2A), 1);
}
END_TEST

START_TEST(what_is_lost_begins_where_configured) /* RED-5, RED-16, MAG-15 */
{
	const bool all_down = _i;

	world_attach(0);
	w.node[R2A].down = true;
	w.node[R2B].down = all_down;
	world_pass(599 * S);
	ck_assert_uint_eq(w.node[RF].pbus, 1);
	/* Where it has been before does not answer, and nobody else has its prefix: it gets another one. */
	world_pass(4 * S);
	ck_assert_uint_eq(h_counter(&w.mag, EXPIRED), 1);
	ck_assert_uint_eq(h_counter(&w.mag, REFUSED), 1);
	ck_assert_uint_eq(world_counter(RF, PMIP_LMA_REDIRECT_FAILED), 1);
	ck_assert_uint_eq(w.node[RF].events[PMIP_EVENT_REDIRECT_FAILED], 1);
	ck_assert_uint_eq(w.node[RF].failed.status, 0);
	ck_assert(world_is(&w.node[RF].failed.peer, R2A));
	world_pass(3 * S);
	ck_assert_uint_eq(world_served(all_down ? RF : R2B), 1);
	ck_assert_uint_eq(world_bindings(RF), all_down);
}
END_TEST

START_TEST(it_is_off_by_default) /* RED-20 */
{
	struct harness h;

	h_init(&h);
	h_start(&h);
	ok(h_attach_mn(&h));
	ck_assert(!(h_last(&h)->options.has & PMIP_HAS_REDIRECT_CAPABILITY));
	h_fini(&h);
}
END_TEST

START_TEST(heartbeats_tell_of_the_loss) /* RED-5, HBT-3 */
{
	world_init();
	ok(pmip_mag_config_set_heartbeat(w.mag.config, 30, 1));
	world_start();
	for (unsigned int i = 0; i < 4; i++)
		world_attach(i);
	ck_assert_uint_eq(world_served(R2A), 2);
	ck_assert_uint_eq(world_served(R2B), 2);
	world_pass(100 * S);
	ck_assert_uint_eq(world_counter(R2A, PMIP_LMA_HEARTBEAT_RECEIVED), 4);
	ck_assert_uint_eq(world_counter(RF, PMIP_LMA_HEARTBEAT_RECEIVED), 0);
	w.node[R2A].down = true;
	world_pass(95 * S);
	ck_assert_uint_eq(world_served(R2A), 0);
	ck_assert_uint_eq(world_served(R2B) + world_served(RF), 4);
	ck_assert_uint_eq(h_counter(&w.mag, EXPIRED), 2);
	world_end();
}
END_TEST

START_TEST(no_memory_in_the_mag)
{
	long all = 0;

	for (long fail_at = 0; fail_at <= all; fail_at++) {
		long before;

		world_init();
		before = w.mag.allocations;
		w.mag.fail_at = fail_at ? before + fail_at : 0;
		world_start();
		world_story();
		if (!fail_at)
			all = w.mag.allocations - before;
		world_end();
	}
	ck_assert_int_gt(all, 10);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("redirect_mag");
	TCase *world = tcase_create("world"), *own = tcase_create("own world");

	tcase_add_checked_fixture(world, world_setup, world_end);
	tcase_add_test(world, only_what_begins_a_session_asks);
	tcase_add_test(world, what_is_sent_again_asks_again);
	tcase_add_test(world, the_binding_is_with_the_other);
	tcase_add_test(world, a_refresh_is_not_redirected);
	tcase_add_loop_test(world, what_is_lost_begins_where_configured, 0, 2);
	suite_add_tcase(suite, world);
	tcase_set_timeout(own, 60);
	tcase_add_loop_test(own, some_are_not_followed, 0, 5);
	tcase_add_test(own, it_is_off_by_default);
	tcase_add_test(own, heartbeats_tell_of_the_loss);
	tcase_add_test(own, no_memory_in_the_mag);
	suite_add_tcase(suite, own);
	return unit_run_suite(suite);
}
