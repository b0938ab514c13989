/* SPDX-License-Identifier: BSD-2-Clause */
/* A MAG with several LMAs: whose they are, and what each of them may say. */
#include "revoke_rig.h"

#define OTHER "2001:db8:f::ee"
#define B "b@example.com"

/* mn@example.com with the general LMA, b@example.com with the other one. */
static void give_profile(struct harness *h, const char *mn, const char *ll_id, const char *lma)
{
	h_add_profile(h, &(struct pmip_profile){.size = sizeof(struct pmip_profile),
		.mn_id = h_mnid(mn), .ll_id = unit_llid(ll_id), .lma = unit_addr(lma)});
}

static void setup(void)
{
	h_init(&mag);
	give_profile(&mag, B, "02:00:00:00:00:02", OTHER);
	ok(pmip_mag_config_set_heartbeat(mag.config, 60, 3));
	h_start(&mag);
	h_pull(&mag);
	h_pass(&mag, 1 * S);
	h_clear_log(&mag);
}

static int attach_b(void)
{
	struct pmip_attach attach = h_attach_of("", "02:00:00:00:00:02", LINK + 1);

	return h_attach(&mag, &attach);
}

static struct answer answer_of(const struct sent *pbu, const char *hnp)
{
	struct answer answer = h_answer(pbu, 0);

	answer.options.hnp[0].prefix = unit_prefix(hnp);
	return answer;
}

/* Both registered. */
static void both(void)
{
	struct answer answer;

	ok(h_attach_mn(&mag));
	h_reply(&mag, 0);
	ok(attach_b());
	answer = answer_of(h_last(&mag), "2001:db8:2::/64");
	h_send(&mag, &answer);
}

static struct pmip_binding_info info_of(const char *mn)
{
	struct pmip_binding_info info = {.size = sizeof(info)};
	size_t cursor = 0;

	while (pmip_mag_next_binding(mag.mag, &cursor, &info))
		if (names(&info.mn_id, mn))
			return info;
	ck_abort_msg("%s has no binding", mn);
}

static bool is(const struct pmip_addr *addr, const char *text)
{
	struct pmip_addr wanted = unit_addr(text);

	return pmip_addr_equal(addr, &wanted);
}

static unsigned int pbus_to(const char *lma)
{
	unsigned int count = 0;

	for (unsigned int i = 0; i < mag.sents; i++)
		count += is(&mag.sent[i].dgram.dst, lma);
	return count;
}

static unsigned int ops_to(const char *lma, enum pmip_datapath_kind kind)
{
	unsigned int count = 0;

	for (unsigned int i = 0; i < mag.ops; i++)
		count += mag.op[i].kind == kind && is(&mag.op[i].remote, lma);
	return count;
}

START_TEST(each_has_its_own) /* MAG-45, TUN-7 */
{
	struct pmip_binding_info info;

	both();
	ck_assert_uint_eq(pbus_to(H_LMA), 1);
	ck_assert_uint_eq(pbus_to(OTHER), 1);
	ck_assert_uint_eq(ops_to(H_LMA, PMIP_DATAPATH_TUNNEL_ENSURE), 1);
	ck_assert_uint_eq(ops_to(H_LMA, PMIP_DATAPATH_BINDING_SET), 1);
	ck_assert_uint_eq(ops_to(OTHER, PMIP_DATAPATH_TUNNEL_ENSURE), 1);
	ck_assert_uint_eq(ops_to(OTHER, PMIP_DATAPATH_BINDING_SET), 1);
	info = info_of(MN);
	ck_assert(is(&info.remote, H_LMA));
	info = info_of(B);
	ck_assert(is(&info.remote, OTHER));
	h_clear_log(&mag);
	h_detach(&mag, LINK + 1, NULL);
	ck_assert_uint_eq(pbus_to(OTHER), 1);
	h_reply(&mag, 0);
	ck_assert_uint_eq(ops_to(OTHER, PMIP_DATAPATH_TUNNEL_RELEASE), 1);
	ck_assert_uint_eq(ops_to(H_LMA, PMIP_DATAPATH_TUNNEL_RELEASE), 0);
}
END_TEST

START_TEST(only_its_own_answers) /* MAG-46 */
{
	struct answer answer;

	ok(attach_b());
	answer = answer_of(h_last(&mag), "2001:db8:2::/64");
	answer.src = unit_addr(H_LMA);
	h_send(&mag, &answer);
	ck_assert_int_eq(info_of(B).state, PMIP_BINDING_REGISTERING);
	/* Nor does it end the registration by naming somebody unknown. */
	answer.options.mn_id = h_mnid("nobody@example.com");
	h_send(&mag, &answer);
	ck_assert_int_eq(info_of(B).state, PMIP_BINDING_REGISTERING);
	answer.src = unit_addr("2001:db8:f::dd");
	h_send(&mag, &answer);
	ck_assert_uint_eq(h_counter(&mag, IGNORED), 3);
	answer = answer_of(h_last(&mag), "2001:db8:2::/64");
	h_send(&mag, &answer);
	ck_assert_int_eq(info_of(B).state, PMIP_BINDING_ACTIVE);
}
END_TEST

START_TEST(only_its_own_revokes) /* MAG-46, REV-7 */
{
	struct message bri = bri_for_mag(PMIP_TRIGGER_ADMINISTRATIVE);

	both();
	bri.src = OTHER;
	ck_assert_uint_eq(ask_mag(&bri), PMIP_REVOCATION_NO_BINDING);
	bri.mn = NULL;
	bri.hnp[0] = NULL;
	bri.fixed.flags = P | G;
	bri.fixed.trigger = PMIP_TRIGGER_PER_PEER_POLICY;
	ck_assert_uint_eq(ask_mag(&bri), PMIP_REVOCATION_SUCCESS);
	ck_assert_int_eq(info_of(MN).state, PMIP_BINDING_ACTIVE);
	ck_assert_int_eq(info_of(B).state, PMIP_BINDING_DENIED);
	ck_assert_uint_eq(h_counter(&mag, REVOKED), 1);
	bri.src = "2001:db8:f::dd";
	h_clear_log(&mag);
	to_mag(&bri);
	ck_assert_uint_eq(mag.others, 0);
}
END_TEST

START_TEST(revocations_of_ours_go_there) /* MAG-45, REV-1 */
{
	struct pmip_mnid b = h_mnid(B);

	both();
	h_clear_log(&mag);
	ok(pmip_mag_revoke(mag.mag, &b, PMIP_TRIGGER_UNSPECIFIED, mag.now));
	h_pull(&mag);
	ck_assert_uint_eq(mag.others, 1);
	ck_assert(is(&mag.other.dgram.dst, OTHER));
	ck_assert(is(&mag.event[0].peer, OTHER));
}
END_TEST

static void send_upn(const char *lma)
{
	struct pmip_mh mh = {.type = PMIP_MH_UPN, .u.upn = {.seq = 1, .reason = PMIP_UPN_FORCE_REREGISTRATION, .flags = PMIP_UPN_A}};
	struct pmip_option mn_id = {.type = PMIP_OPT_MN_ID, .u.mn_id = h_mnid(B)};
	struct pmip_addr src = unit_addr(lma), dst = unit_addr(H_COA);
	struct pmip_mh_writer writer;
	uint8_t octets[320];

	pmip_mh_begin(&writer, octets, sizeof(octets), &mh);
	pmip_mh_add_option(&writer, &mn_id);
	ok(h_input(&mag, octets, (size_t)pmip_mh_finish(&writer, &src, &dst), &src, &dst));
}

START_TEST(only_its_own_has_it_registered_again) /* MAG-46, UPN-5 */
{
	both();
	send_upn(H_LMA);
	send_upn("2001:db8:f::dd");
	ck_assert_int_eq(info_of(B).state, PMIP_BINDING_ACTIVE);
	send_upn(OTHER);
	ck_assert_int_eq(info_of(B).state, PMIP_BINDING_REFRESHING);
}
END_TEST

/* Answers the last heartbeat. */
static void answer_heartbeat(uint32_t restart_counter)
{
	struct pmip_option counter = {.type = PMIP_OPT_RESTART_COUNTER, .u.restart_counter = restart_counter};
	struct pmip_addr src = mag.other.dgram.dst, dst = mag.other.dgram.src;
	struct pmip_mh_writer writer;
	struct pmip_mh mh;
	uint8_t octets[64];

	ok(pmip_mh_decode(&mh, NULL, &mag.other.dgram, 0));
	ck_assert_int_eq(mh.type, PMIP_MH_HEARTBEAT);
	mh.u.heartbeat.response = true;
	pmip_mh_begin(&writer, octets, sizeof(octets), &mh);
	pmip_mh_add_option(&writer, &counter);
	ok(h_input(&mag, octets, (size_t)pmip_mh_finish(&writer, &src, &dst), &src, &dst));
}

START_TEST(heartbeats_go_to_each_with_a_session) /* HBT-1, HBT-4, MAG-45, MAG-46 */
{
	struct answer answer;

	ok(attach_b());
	answer = answer_of(h_last(&mag), "2001:db8:2::/64");
	h_send(&mag, &answer);
	h_pass(&mag, 1 * S);
	ck_assert_uint_eq(h_counter(&mag, HEARTBEAT_SENT), 1);
	ck_assert(is(&mag.other.dgram.dst, OTHER));
	answer_heartbeat(1);
	ok(h_attach_mn(&mag));
	h_reply(&mag, 0);
	h_pass(&mag, 60 * S - 1);
	ck_assert_uint_eq(h_counter(&mag, HEARTBEAT_SENT), 3);
	ck_assert(is(&mag.other.dgram.dst, OTHER));
	h_clear_log(&mag);
	answer_heartbeat(2);
	h_pass(&mag, 100 * MS);
	ck_assert_uint_eq(mag.sents, 1);
	ck_assert(is(&h_last(&mag)->dgram.dst, OTHER));
	ck_assert_int_eq(info_of(MN).state, PMIP_BINDING_ACTIVE);
	ck_assert_int_eq(info_of(B).state, PMIP_BINDING_REFRESHING);
}
END_TEST

static bool serves(const struct harness *h, const char *lma)
{
	struct pmip_binding_info info = h_info(h);

	return is(&info.remote, lma);
}

/* Another LMA configured serves from the next registration on; until then the old one is heard. */
static void story(void)
{
	struct pmip_addr other = unit_addr(OTHER);
	struct harness *h = &mag;

	h_start(h);
	h_activate(h);
	ok(pmip_mag_config_set_lma(h->config, &other));
	ok(h_reconfigure(h));
	ck_assert(serves(h, H_LMA));
	h_pass(h, 565 * S);
	ck_assert(is(&h_last(h)->dgram.dst, H_LMA));
	h_reply(h, 0);
	ck_assert_int_eq(h_state(h), PMIP_BINDING_ACTIVE);
	h_detach(h, LINK, NULL);
	ck_assert(is(&h_last(h)->dgram.dst, H_LMA));
	h_reply(h, 0);
	h_pass(h, 2 * S);
	ok(h_attach_mn(h));
	ck_assert(is(&h_last(h)->dgram.dst, OTHER));
	h_reply(h, 0);
	ck_assert(serves(h, OTHER));
	give_profile(h, B, "02:00:00:00:00:02", OTHER);
	ok(h_reconfigure(h));
	h_detach(h, LINK, NULL);
	h_reply(h, 0);
}

START_TEST(another_serves_the_next_registration) /* MAG-45 */
{
	h_without_memory(&mag, story, 11);
}
END_TEST

START_TEST(an_lma_is_unicast) /* MAG-45 */
{
	struct pmip_profile profile = {.size = sizeof(profile), .mn_id = h_mnid("c@example.com"), .lma = unit_addr("ff02::1")};

	ck_assert_int_eq(pmip_mag_config_add_profile(mag.config, &profile), PMIP_ERR_INVALID);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("mag_lma");
	TCase *several = tcase_create("several"), *memory = tcase_create("memory");

	tcase_add_checked_fixture(several, setup, mag_teardown);
	tcase_add_test(several, each_has_its_own);
	tcase_add_test(several, only_its_own_answers);
	tcase_add_test(several, only_its_own_revokes);
	tcase_add_test(several, revocations_of_ours_go_there);
	tcase_add_test(several, only_its_own_has_it_registered_again);
	tcase_add_test(several, heartbeats_go_to_each_with_a_session);
	tcase_add_test(several, an_lma_is_unicast);
	suite_add_tcase(suite, several);
	tcase_add_test(memory, another_serves_the_next_registration);
	suite_add_tcase(suite, memory);
	return unit_run_suite(suite);
}
