/* SPDX-License-Identifier: BSD-2-Clause */
/* Heartbeats (RFC 5847) at an LMA and at a MAG, each with the test as its peer. */
#include "heartbeat_rig.h"
#include "unit.h"

#include <stdio.h>
#include <string.h>

START_TEST(requests_while_there_is_a_session) /* HBT-1 */
{
	uint64_t begin_us;

	side_start(_i);
	side_pass(1000 * S);
	ck_assert_uint_eq(s.sents, 0);
	begin_us = side_now()->mono_us;
	side_attach();
	for (unsigned int i = 0; i < 10; i++) {
		struct pmip_addr self = unit_addr(s.self), peer = unit_addr(s.peer);

		ck_assert_uint_eq(s.sents, i + 1);
		ck_assert(!s.sent[i].message.response && !s.sent[i].message.unsolicited);
		ck_assert_uint_eq(s.sent[i].message.seq, s.sent[0].message.seq + i);
		ck_assert_uint_le(s.sent[i].at_us - begin_us - i * 60 * S, 1 * S);
		ck_assert_int_eq(s.sent[i].counter, NONE);
		ck_assert(pmip_addr_equal(&s.sent[i].src, &self));
		ck_assert(pmip_addr_equal(&s.sent[i].dst, &peer));
		side_respond(1);
		side_pass(60 * S);
	}
	ck_assert_uint_eq(counter(HEARTBEAT_SENT), 11);
	ck_assert_uint_eq(counter(HEARTBEAT_ANSWERED), 10);
	ck_assert_uint_eq(counter(HEARTBEAT_MISSING), 0);
	side_respond(1);
	side_detach();
	ck_assert_uint_eq(side_bindings(), 0);
	side_pass(1000 * S);
	ck_assert_uint_eq(s.sents, 11);
	side_attach();
	ck_assert_uint_eq(s.sents, 12);
	side_end();
}
END_TEST

START_TEST(interval_is_configured) /* HBT-1 */
{
	struct pmip_mag_config *mag;
	struct pmip_lma_config *lma;
	static const struct {
		uint32_t interval_s, missing;
		int err;
	} cases[] = {{0, 3, 0}, {30, 1, 0}, {3600, 100, 0}, {29, 3, PMIP_ERR_INVALID}, {3601, 3, PMIP_ERR_INVALID},
		     {60, 0, PMIP_ERR_INVALID}, {60, 101, PMIP_ERR_INVALID}};

	ok(pmip_mag_config_new(&mag, NULL));
	ok(pmip_lma_config_new(&lma, NULL));
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		ck_assert_int_eq(pmip_mag_config_set_heartbeat(mag, cases[i].interval_s, cases[i].missing), cases[i].err);
		ck_assert_int_eq(pmip_lma_config_set_heartbeat(lma, cases[i].interval_s, cases[i].missing), cases[i].err);
	}
	pmip_mag_config_free(mag);
	pmip_lma_config_free(lma);
	for (int i = 0; i < 2; i++) {
		side_start_with(i, 0, 3, true);
		side_attach();
		side_pass(4000 * S);
		ck_assert_uint_eq(s.sents, 0);
		side_end();
		side_start_with(i, 30, 3, false);
		side_attach();
		s.sents = 0;
		side_pass(300 * S);
		ck_assert_uint_eq(s.sents, 10);
		side_end();
	}
}
END_TEST

START_TEST(every_valid_request_is_answered) /* HBT-2, HBT-8 */
{
	static const uint32_t seqs[] = {0, 1, 1, 0xffffffff, 5};

	side_start(_i);
	for (unsigned int i = 0; i < 5; i++) {
		side_request(seqs[i]);
		ck_assert_uint_eq(s.sents, i + 1);
		ck_assert(s.sent[i].message.response && !s.sent[i].message.unsolicited);
		ck_assert_uint_eq(s.sent[i].message.seq, seqs[i]);
		ck_assert_int_eq(s.sent[i].counter, OWN_COUNTER);
	}
	ck_assert_uint_eq(counter(HEARTBEAT_RECEIVED), 5);
	/* What a request says about its sender's restarts is not looked at. */
	side_attach();
	side_respond(1);
	side_heartbeat_from(s.peer, false, false, 6, 99);
	ck_assert_uint_eq(s.events[PMIP_EVENT_PEER_RESTARTED], 0);
	side_pass(60 * S);
	side_respond(1);
	ck_assert_uint_eq(s.events[PMIP_EVENT_PEER_RESTARTED], 0);
	side_end();
}
END_TEST

START_TEST(missing_answers) /* HBT-3 */
{
	side_start(_i);
	side_attach();
	for (unsigned int i = 1; i <= 3; i++) {
		side_pass(60 * S);
		ck_assert_uint_eq(counter(HEARTBEAT_MISSING), i);
		ck_assert_uint_eq(s.events[PMIP_EVENT_PEER_UNREACHABLE], 0);
	}
	side_respond(1);
	side_pass(240 * S);
	ck_assert_uint_eq(counter(HEARTBEAT_MISSING), 6);
	ck_assert_uint_eq(s.events[PMIP_EVENT_PEER_UNREACHABLE], 0);
	side_pass(60 * S);
	ck_assert_uint_eq(s.events[PMIP_EVENT_PEER_UNREACHABLE], 1);
	side_pass(600 * S);
	ck_assert_uint_eq(s.events[PMIP_EVENT_PEER_UNREACHABLE], 1);
	ck_assert_uint_eq(s.events[PMIP_EVENT_PEER_REACHABLE], 0);
	ck_assert_uint_eq(side_bindings(), 1);
	side_respond(1);
	ck_assert_uint_eq(s.events[PMIP_EVENT_PEER_REACHABLE], 1);
	side_pass(240 * S);
	ck_assert_uint_eq(s.events[PMIP_EVENT_PEER_UNREACHABLE], 1);
	side_pass(60 * S);
	ck_assert_uint_eq(s.events[PMIP_EVENT_PEER_UNREACHABLE], 2);
	side_end();
}
END_TEST

START_TEST(only_the_last_request_is_answered) /* HBT-3, hostile */
{
	uint32_t seq;

	side_start(_i);
	side_heartbeat_from(s.peer, false, true, 0, 1);
	ck_assert_uint_eq(s.events[PMIP_EVENT_IGNORED], 1);
	side_attach();
	seq = s.sent[0].message.seq;
	side_heartbeat_from(s.peer, false, true, seq + 1, 1);
	side_heartbeat_from(s.peer, false, true, seq - 1, 1);
	side_heartbeat_from(NOBODY, false, true, seq, 1);
	ck_assert_uint_eq(s.events[PMIP_EVENT_IGNORED], 4);
	side_pass(60 * S);
	ck_assert_uint_eq(counter(HEARTBEAT_MISSING), 1);
	side_heartbeat_from(s.peer, false, true, seq, 1);
	ck_assert_uint_eq(counter(HEARTBEAT_ANSWERED), 0);
	side_respond(1);
	side_respond(2); /* again: a restart that nobody has told */
	ck_assert_uint_eq(counter(HEARTBEAT_ANSWERED), 1);
	ck_assert_uint_eq(s.events[PMIP_EVENT_PEER_RESTARTED], 0);
	ck_assert_uint_eq(s.events[PMIP_EVENT_IGNORED], 6);
	ck_assert_uint_eq(counter(IGNORED), 6);
	side_end();
}
END_TEST

START_TEST(first_counter_is_only_stored) /* HBT-4, HBT-8 */
{
	static const int64_t counters[] = {0xffffffff, 0, 0, 5, 4};
	static const unsigned int restarts[] = {0, 1, 1, 2, 3};

	side_start(_i);
	side_attach();
	for (size_t i = 0; i < 5; i++) {
		side_respond(counters[i]);
		ck_assert_uint_eq(s.events[PMIP_EVENT_PEER_RESTARTED], restarts[i]);
		side_pass(60 * S);
		if (s.lma.lma)
			side_attach(); /* it registers again each time */
	}
	side_respond(NONE); /* no option: it is alive, and that is all */
	ck_assert_uint_eq(s.events[PMIP_EVENT_PEER_RESTARTED], 3);
	side_end();
}
END_TEST

START_TEST(lma_removes_what_a_mag_has_lost) /* HBT-4 */
{
	struct pmip_binding_info info = {.size = sizeof(info)};
	size_t cursor = 0;

	side_start(0);
	side_pbu("mn1@example.com", 36000);
	side_pass(0);
	side_respond(1);
	side_pass(60 * S);
	side_respond(1);
	side_pbu("mn2@example.com", 36000); /* since the last answer */
	side_pbu("mn3@example.com", 36000);
	side_pbu("mn3@example.com", 0); /* its end is near anyway */
	ck_assert_uint_eq(side_bindings(), 3);
	side_pass(1 * S);
	side_unsolicited(2);
	ck_assert_uint_eq(s.events[PMIP_EVENT_PEER_RESTARTED], 1);
	ck_assert_uint_eq(side_bindings(), 3);
	side_pass(9 * S + 900 * MS);
	ck_assert_uint_eq(side_bindings(), 2);
	side_pass(200 * MS);
	ck_assert_uint_eq(side_bindings(), 1);
	ck_assert_str_eq(s.rule, "its MAG has restarted and not registered it again");
	side_pass(1000 * S);
	ck_assert_int_eq(pmip_lma_next_binding(s.lma.lma, &cursor, &info), 1);
	ck_assert_uint_eq(side_bindings(), 1);
	ck_assert_uint_eq(info.mn_id.id[2], '2');
	side_end();
}
END_TEST

START_TEST(lma_keeps_what_a_mag_registers_again) /* HBT-4 */
{
	struct pmip_binding_info before = {.size = sizeof(before)}, after = {.size = sizeof(after)};
	size_t cursor = 0;

	side_start(0);
	side_attach();
	side_pass(60 * S);
	side_respond(1);
	ck_assert_int_eq(pmip_lma_next_binding(s.lma.lma, &cursor, &before), 1);
	side_unsolicited(2);
	side_unsolicited(3); /* restarted twice */
	side_pass(5 * S);
	side_attach();
	side_pass(1000 * S);
	cursor = 0;
	ck_assert_int_eq(pmip_lma_next_binding(s.lma.lma, &cursor, &after), 1);
	ck_assert(pmip_prefix_equal(&before.prefix[0], &after.prefix[0]));
	ck_assert_uint_eq(s.events[PMIP_EVENT_BINDING_REMOVED], 0);
	ck_assert_uint_eq(after.expires_us, side_now()->mono_us - 1000 * S + 36000 * S);
	side_respond(3);
	side_unsolicited(4); /* and this time nobody comes back */
	side_pass(10 * S);
	ck_assert_uint_eq(side_bindings(), 0);
	side_end();
}
END_TEST

START_TEST(lma_touches_no_other_mags_sessions) /* HBT-4 */
{
	side_start(0);
	side_attach();
	side_respond(1);
	side_pass(1 * S);
	side_heartbeat_from(MAG2, true, true, 0, 1);
	side_pass(60 * S);
	side_heartbeat_from(MAG2, true, true, 0, 2);
	ck_assert_uint_eq(s.events[PMIP_EVENT_PEER_RESTARTED], 1);
	side_pass(100 * S);
	ck_assert_uint_eq(side_bindings(), 1);
	side_end();
}
END_TEST

START_TEST(mag_registers_everybody_again) /* HBT-4 */
{
	side_start(1);
	side_attach();
	side_respond(1);
	side_pass(10 * S);
	s.pbus = 0;
	side_unsolicited(2);
	side_pass(0);
	ck_assert_uint_eq(s.events[PMIP_EVENT_PEER_RESTARTED], 1);
	ck_assert_uint_eq(s.pbus, 1);
	ck_assert_uint_eq(side_bindings(), 1);
	ck_assert_uint_eq(s.events[PMIP_EVENT_BINDING_REMOVED], 0);
	/* Nobody answers it yet; another restart changes nothing about that. */
	side_unsolicited(3);
	side_pass(500 * MS);
	ck_assert_uint_eq(s.pbus, 1);
	side_end();
}
END_TEST

START_TEST(start_is_told_to_known_peers) /* HBT-6 */
{
	side_start_with(_i, 60, 3, true);
	side_pass(0);
	ck_assert_uint_eq(s.sents, _i % 2 ? 1 : 3);
	for (unsigned int i = 0; i < s.sents; i++) {
		struct pmip_addr self = unit_addr(s.self);

		ck_assert(s.sent[i].message.response && s.sent[i].message.unsolicited);
		ck_assert_int_eq(s.sent[i].counter, OWN_COUNTER);
		ck_assert(pmip_addr_equal(&s.sent[i].src, &self));
	}
	side_pass(1000 * S);
	ck_assert_uint_eq(s.sents, _i % 2 ? 1 : 3);
	side_end();
}
END_TEST

START_TEST(unsolicited_response_is_not_answered) /* HBT-6 */
{
	side_start(_i);
	side_attach();
	s.sents = 0;
	side_unsolicited(1);
	ck_assert_uint_eq(s.sents, 0);
	ck_assert_uint_eq(s.events[PMIP_EVENT_IGNORED], 0);
	ck_assert_uint_eq(s.events[PMIP_EVENT_PEER_RESTARTED], 0);
	side_heartbeat_from(s.peer, true, false, 1, 2); /* no such thing */
	side_heartbeat_from(NOBODY, true, true, 1, 2);
	side_heartbeat_from(NOBODY, false, false, 1, NONE);
	ck_assert_uint_eq(s.events[PMIP_EVENT_IGNORED], 3);
	ck_assert_uint_eq(counter(IGNORED), 3);
	ck_assert_uint_eq(s.sents, 0);
	side_end();
}
END_TEST

START_TEST(binding_error_ends_heartbeats) /* HBT-7 */
{
	side_start(_i);
	side_binding_error(PMIP_BE_UNKNOWN_TYPE); /* the MAG has told its LMA of its start; this LMA has told nobody anything */
	side_attach();
	ck_assert_uint_eq(s.sents, _i % 2 ? 0 : 1);
	side_end();

	side_start(_i);
	side_attach();
	side_binding_error(PMIP_BE_UNKNOWN_BINDING);
	side_pass(60 * S);
	ck_assert_uint_eq(s.sents, 2);
	side_binding_error(PMIP_BE_UNKNOWN_TYPE);
	ck_assert_ptr_nonnull(strstr(s.rule, "heartbeats"));
	side_pass(600 * S);
	side_attach();
	side_pass(600 * S);
	ck_assert_uint_eq(s.sents, 2);
	ck_assert_uint_eq(s.events[PMIP_EVENT_PEER_UNREACHABLE], 0);
	side_request(9); /* ours is not to wonder */
	ck_assert_uint_eq(s.sents, 3);
	side_end();
}
END_TEST

START_TEST(configuration_ends_silence) /* HBT-7 */
{
	struct pmip_lma_config *config;

	side_start(_i);
	side_attach();
	side_respond(1);
	side_pass(60 * S);
	side_binding_error(PMIP_BE_UNKNOWN_TYPE);
	side_pass(60 * S);
	ck_assert_uint_eq(s.sents, 2);
	if (s.lma.lma) {
		config = rig_config();
		ok(pmip_lma_config_set_heartbeat(config, 30, 1));
		ok(pmip_lma_reconfigure(s.lma.lma, config));
		pmip_lma_config_free(config);
	} else {
		ok(pmip_mag_config_set_heartbeat(s.mag.config, 30, 1));
		ok(pmip_mag_reconfigure(s.mag.mag, s.mag.config, *side_now()));
	}
	side_pass(30 * S);
	ck_assert_uint_gt(s.sents, 2);
	side_respond(2); /* what was known of it still is */
	ck_assert_uint_eq(s.events[PMIP_EVENT_PEER_RESTARTED], 1);
	side_end();
}
END_TEST

START_TEST(hostile_octets)
{
	struct pmip_mh mh = {.type = PMIP_MH_HEARTBEAT, .u.heartbeat = {true, true, 3}};
	uint8_t octets[64];
	size_t len;

	side_start(_i);
	side_attach();
	side_respond(1);
	len = side_encode(s.peer, &mh, 2, octets);
	for (size_t i = 0; i < len; i++)
		side_give(s.peer, octets, i);
	ck_assert_uint_eq(counter(MALFORMED) + counter(BAD_CHECKSUM), len);
	for (size_t i = 0; i < 8 * len; i++) {
		octets[i / 8] ^= (uint8_t)(1 << i % 8);
		side_give(s.peer, octets, len);
		octets[i / 8] ^= (uint8_t)(1 << i % 8);
	}
	ck_assert_uint_eq(s.events[PMIP_EVENT_PEER_RESTARTED], 0);
	for (uint32_t i = 0; i < 20000 / unit_one_of(); i++) {
		s.sents = 0;
		side_heartbeat_from(i % 3 ? NOBODY : s.peer, i % 2, i % 5, i, i);
		ck_assert_uint_le(s.sents, 1);
		/* Not even restart upon restart makes the MAG send more PBUs than it may. */
		side_pass(0);
	}
	ck_assert_uint_eq(side_bindings(), 1);
	ck_assert_uint_le(s.pbus, 3);
	side_end();
}
END_TEST

/* Restarting mobile nodes' registrations is spread out: so many a millisecond, not all at once. */
START_TEST(many_mobile_nodes_do_not_go_at_once) /* HBT-4 */
{
	struct pmip_attach attach = h_attach_of("", "", LINK);
	struct pmip_action action;
	unsigned int at_once;
	char id[32];

	memset(&s, 0, sizeof(s));
	s.self = H_COA;
	s.peer = H_LMA;
	h_init(&s.mag);
	for (int i = 0; i < 200; i++) {
		snprintf(id, sizeof(id), "many%d@example.com", i);
		h_profile(&s.mag, id, "");
	}
	h_start(&s.mag);
	for (int i = 0; i < 200; i++) {
		snprintf(id, sizeof(id), "many%d@example.com", i);
		attach.mn_id = h_mnid(id);
		ok(pmip_mag_attach(s.mag.mag, &attach, *side_now()));
		while (pmip_mag_next_action(s.mag.mag, &action)) {
			struct sent sent = {.dgram = action.u.send};
			struct answer answer;
			struct pmip_mh mh;
			uint8_t octets[1024];
			size_t len;

			if (action.type != PMIP_ACTION_SEND)
				continue;
			ok(pmip_mh_decode(&mh, NULL, &sent.dgram, 0));
			sent.bu = mh.u.bu;
			ok(pmip_binding_options_read(&sent.options, &mh));
			answer = h_answer(&sent, 0);
			answer.options.hnp[0].prefix.addr.b[7] = (uint8_t)i;
			len = h_encode(&answer, octets);
			side_give(H_LMA, octets, len);
			break;
		}
		side_pull();
	}
	ck_assert_uint_eq(side_bindings(), 200);
	side_unsolicited(1);
	side_pass(1 * S);
	s.pbus = 0;
	side_unsolicited(2);
	side_pass(0);
	at_once = s.pbus;
	ck_assert_uint_ge(at_once, 1);
	ck_assert_uint_le(at_once, 10);
	side_pass(250 * MS);
	ck_assert_uint_eq(s.pbus, 200);
	side_end();
}
END_TEST

static void mag_story(void)
{
	struct pmip_addr src = unit_addr(H_LMA), dst = unit_addr(H_COA);
	struct pmip_mh mh = {.type = PMIP_MH_HEARTBEAT};
	struct harness *h = &s.mag;
	uint8_t octets[64];

	ok(pmip_mag_config_set_heartbeat(h->config, 60, 3));
	h_start(h);
	h_pass(h, 0);
	ck_assert_uint_eq(h->others, 1);
	h_activate(h);
	h_pass(h, 60 * S);
	ck_assert_uint_eq(pmip_mag_get_counter(h->mag, PMIP_MAG_HEARTBEAT_SENT), 2);
	ok(h_reconfigure(h));
	ok(h_input(h, octets, side_encode(H_LMA, &mh, NONE, octets), &src, &dst));
	ck_assert_uint_eq(pmip_mag_get_counter(h->mag, PMIP_MAG_HEARTBEAT_RECEIVED), 1);
}

/* Each allocation fails once: the call says so, and done again it does the same. */
START_TEST(no_memory)
{
	memset(&s, 0, sizeof(s));
	s.self = H_COA;
	s.peer = H_LMA;
	h_without_memory(&s.mag, mag_story, 31);
}
END_TEST

START_TEST(no_memory_for_an_lma)
{
	static const uint8_t key[16];
	struct unit_mem counted = {0};
	struct pmip_mem mem = unit_mem_callbacks(&counted);
	struct pmip_lma_config *config = rig_config();
	struct pmip_addr lmaa = unit_addr(LMAA);
	struct pmip_now now = {S, WALL_US};
	struct pmip_action action;
	struct pmip_lma *lma;
	unsigned int told = 0, n;

	ok(pmip_lma_config_set_heartbeat(config, 60, 3));
	ok(pmip_lma_config_set_address(config, &lmaa));
	for (n = 1; unit_no_memory(&counted, n, pmip_lma_new(&lma, config, &mem, key)); n++)
		ck_assert_int_eq(counted.live, 0);
	ck_assert_uint_gt(n, 5);
	for (n = 1; unit_no_memory(&counted, n, pmip_lma_reconfigure(lma, config)); n++)
		ck_assert_uint_eq(pmip_lma_next_deadline(lma), 0); /* the start is to be told still */
	ck_assert_uint_eq(pmip_lma_next_deadline(lma), 60 * S);
	now.mono_us = 60 * S;
	for (n = 1; unit_no_memory(&counted, n, pmip_lma_handle_timeout(lma, now)); n++)
		ck_assert_uint_eq(pmip_lma_next_deadline(lma), 60 * S);
	ck_assert_uint_gt(n, 1);
	while (pmip_lma_next_action(lma, &action))
		told += action.type == PMIP_ACTION_SEND;
	ck_assert_uint_eq(told, 3);
	pmip_lma_free(lma);
	ck_assert_int_eq(counted.live, 0);
	pmip_lma_config_free(config);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("heartbeat");
	TCase *tcase = tcase_create("heartbeat");

	tcase_add_loop_test(tcase, requests_while_there_is_a_session, 0, 2);
	tcase_add_test(tcase, interval_is_configured);
	tcase_add_loop_test(tcase, every_valid_request_is_answered, 0, 2);
	tcase_add_loop_test(tcase, missing_answers, 0, 2);
	tcase_add_loop_test(tcase, only_the_last_request_is_answered, 0, 2);
	tcase_add_loop_test(tcase, first_counter_is_only_stored, 0, 2);
	tcase_add_test(tcase, lma_removes_what_a_mag_has_lost);
	tcase_add_test(tcase, lma_keeps_what_a_mag_registers_again);
	tcase_add_test(tcase, lma_touches_no_other_mags_sessions);
	tcase_add_test(tcase, mag_registers_everybody_again);
	tcase_add_test(tcase, many_mobile_nodes_do_not_go_at_once);
	tcase_add_loop_test(tcase, start_is_told_to_known_peers, 0, 2);
	tcase_add_loop_test(tcase, unsolicited_response_is_not_answered, 0, 2);
	tcase_add_loop_test(tcase, binding_error_ends_heartbeats, 0, 2);
	tcase_add_loop_test(tcase, configuration_ends_silence, 0, 2);
	tcase_add_loop_test(tcase, hostile_octets, 0, 2);
	tcase_add_test(tcase, no_memory);
	tcase_add_test(tcase, no_memory_for_an_lma);
	suite_add_tcase(suite, tcase);
	return unit_run_suite(suite);
}
