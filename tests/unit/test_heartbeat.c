/* SPDX-License-Identifier: BSD-2-Clause */
/* Heartbeats (RFC 5847) at an LMA and at a MAG, each with the test as its peer. */
#include "lma_rig.h"
#include "mag_harness.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LMAA "2001:db8:1a::1"
#define MAG1 "2001:db8:a::1"
#define MAG2 "2001:db8:b::1"
#define MAG_COA "2001:db8:f::1"
#define MAG_LMA "2001:db8:f::ff"
#define NOBODY "2001:db8:dead::1"
#define OWN_COUNTER 7
#define NONE (-1)

/* An engine under test, of either kind. */
struct side {
	struct rig lma;    /* lma.lma NULL = it is the MAG */
	struct harness mag;
	const char *self, *peer;
	/* Heartbeats that it has sent. */
	struct {
		struct pmip_heartbeat message;
		struct pmip_addr src, dst;
		int64_t counter; /* NONE = no option */
		uint64_t at_us;
	} sent[64];
	unsigned int sents;
	unsigned int events[PMIP_EVENT_PEER_RESTARTED + 1];
	unsigned int removed, pbus;
	const char *rule; /* of the last event that has one */
};

static struct side s;

static struct pmip_now *now(void)
{
	return s.lma.lma ? &s.lma.now : &s.mag.now;
}

static void keep_heartbeat(const struct pmip_dgram *dgram)
{
	struct pmip_option_iter iter;
	struct pmip_option option;
	struct pmip_mh mh;

	ok(pmip_mh_decode(&mh, dgram, 0, NULL));
	s.pbus += mh.type == PMIP_MH_BU;
	if (mh.type != PMIP_MH_HEARTBEAT)
		return;
	ck_assert_uint_lt(s.sents, 64);
	s.sent[s.sents].message = mh.u.heartbeat;
	s.sent[s.sents].src = dgram->src;
	s.sent[s.sents].dst = dgram->dst;
	s.sent[s.sents].at_us = now()->mono_us;
	s.sent[s.sents].counter = NONE;
	pmip_option_iter_init(&iter, &mh);
	while (pmip_option_next(&iter, &option))
		if (option.type == PMIP_OPT_RESTART_COUNTER)
			s.sent[s.sents].counter = option.u.restart_counter;
	s.sents++;
}

static void keep_event(const struct pmip_event *event)
{
	s.events[event->type]++;
	if (event->rule)
		s.rule = event->rule;
}

/* Do what the engine wants, looking at it first. */
static void pull(void)
{
	struct pmip_action action;

	while (s.lma.lma ? pmip_lma_next_action(s.lma.lma, &action) : pmip_mag_next_action(s.mag.mag, &action)) {
		if (action.type == PMIP_ACTION_SEND)
			keep_heartbeat(&action.u.send);
		else if (action.type == PMIP_ACTION_NOTIFY)
			keep_event(&action.u.event);
		else if (action.type == PMIP_ACTION_DATAPATH)
			ok(s.lma.lma ? pmip_lma_complete(s.lma.lma, action.u.datapath.id, 0, *now())
				     : pmip_mag_complete(s.mag.mag, action.u.datapath.id, 0, *now()));
	}
}

static uint64_t deadline(void)
{
	return s.lma.lma ? pmip_lma_next_deadline(s.lma.lma) : pmip_mag_next_deadline(s.mag.mag);
}

static void pass(uint64_t us)
{
	uint64_t end = now()->mono_us + us, at;

	while ((at = deadline()) <= end) {
		if (at > now()->mono_us) {
			now()->wall_us += at - now()->mono_us;
			now()->mono_us = at;
		}
		ok(s.lma.lma ? pmip_lma_handle_timeout(s.lma.lma, *now()) : pmip_mag_handle_timeout(s.mag.mag, *now()));
		pull();
	}
	now()->wall_us += end - now()->mono_us;
	now()->mono_us = end;
}

/* In a block of its exact size, for the address sanitizer. */
static void give(const char *from, const uint8_t *octets, size_t len)
{
	uint8_t *exact = malloc(len ? len : 1);
	struct pmip_dgram dgram = {h_addr(from), h_addr(s.self), exact, len};

	memcpy(exact, octets, len);
	ok(s.lma.lma ? pmip_lma_input(s.lma.lma, &dgram, *now()) : pmip_mag_input(s.mag.mag, &dgram, *now()));
	free(exact);
	pull();
}

static size_t encode(const char *from, const struct pmip_mh *mh, int64_t counter, uint8_t octets[64])
{
	struct pmip_option option = {.type = PMIP_OPT_RESTART_COUNTER, .known = true};
	struct pmip_addr src = h_addr(from), dst = h_addr(s.self);
	struct pmip_mh_writer writer;
	int len;

	option.u.restart_counter = (uint32_t)counter;
	pmip_mh_begin(&writer, octets, 64, mh);
	if (counter != NONE)
		pmip_mh_add_option(&writer, &option);
	len = pmip_mh_finish(&writer, &src, &dst);
	ck_assert_int_gt(len, 0);
	return (size_t)len;
}

static void heartbeat_from(const char *from, bool unsolicited, bool response, uint32_t seq, int64_t counter)
{
	struct pmip_mh mh = {.type = PMIP_MH_HEARTBEAT, .u.heartbeat = {unsolicited, response, seq}};
	uint8_t octets[64];

	give(from, octets, encode(from, &mh, counter, octets));
}

static void request(uint32_t seq)
{
	heartbeat_from(s.peer, false, false, seq, NONE);
}

/* Answer the last request. */
static void respond(int64_t counter)
{
	ck_assert_uint_gt(s.sents, 0);
	ck_assert(!s.sent[s.sents - 1].message.response);
	heartbeat_from(s.peer, false, true, s.sent[s.sents - 1].message.seq, counter);
}

static void unsolicited(int64_t counter)
{
	heartbeat_from(s.peer, true, true, 4711, counter);
}

static void binding_error(uint8_t status)
{
	struct pmip_mh mh = {.type = PMIP_MH_BE, .u.be = {.status = status}};
	uint8_t octets[64];

	give(s.peer, octets, encode(s.peer, &mh, NONE, octets));
}

static void pbu(const char *mn, uint32_t lifetime_s)
{
	struct pbu message = {.mn = mn, .hnp = {"0"}, .ll_id = "02:00:00:5e:10:01", .lifetime_s = lifetime_s};
	uint8_t buf[PMIP_MH_MAX];
	struct pmip_dgram dgram;

	now()->mono_us += 1000;
	now()->wall_us += 1000;
	rig_encode(&s.lma, &message, buf, sizeof(buf), &dgram);
	ok(pmip_lma_input(s.lma.lma, &dgram, *now()));
	pull();
}

/* The one session, registered. */
static void attach(void)
{
	struct pmip_attach attach = h_attach_of("", "02:00:00:00:00:01", LINK);
	struct pmip_action action;
	struct answer answer;
	struct sent sent;
	struct pmip_mh mh;
	uint8_t octets[1024];
	size_t len;

	if (s.lma.lma) {
		pbu("mn1@example.com", 36000);
		pass(0);
		return;
	}
	ok(pmip_mag_attach(s.mag.mag, &attach, s.mag.now));
	while (pmip_mag_next_action(s.mag.mag, &action)) {
		if (action.type != PMIP_ACTION_SEND)
			continue;
		sent.dgram = action.u.send;
		ok(pmip_mh_decode(&mh, &sent.dgram, 0, NULL));
		sent.bu = mh.u.bu;
		ok(pmip_binding_options_read(&sent.options, &mh));
	}
	answer = h_answer(&sent, 0);
	answer.lifetime_s = 36000;
	len = h_encode(&answer, octets);
	give(MAG_LMA, octets, len);
	pass(0);
}

static void detach(void)
{
	if (s.lma.lma) {
		pbu("mn1@example.com", 0);
		pass(10 * S);
	} else {
		ck_assert_int_eq(pmip_mag_detach(s.mag.mag, LINK, NULL, s.mag.now), 1);
		pull();
		pass(2 * S);
	}
}

static size_t bindings(void)
{
	return s.lma.lma ? pmip_lma_binding_count(s.lma.lma) : pmip_mag_binding_count(s.mag.mag);
}

#define counter(name) \
	(s.lma.lma ? pmip_lma_get_counter(s.lma.lma, PMIP_LMA_##name) : pmip_mag_get_counter(s.mag.mag, PMIP_MAG_##name))

/* i even: the LMA, odd: the MAG. */
static void start_with(int i, uint32_t interval_s, uint32_t missing, bool with_address)
{
	struct pmip_lma_config *config;
	struct pmip_addr lmaa = h_addr(LMAA);

	memset(&s, 0, sizeof(s));
	s.self = i % 2 ? MAG_COA : LMAA;
	s.peer = i % 2 ? MAG_LMA : MAG1;
	if (i % 2) {
		h_init(&s.mag);
		ok(pmip_mag_config_set_heartbeat(s.mag.config, interval_s, missing));
		ok(pmip_mag_config_set_restart_counter(s.mag.config, OWN_COUNTER));
		h_start(&s.mag);
		return;
	}
	config = rig_config();
	ok(pmip_lma_config_set_max_lifetime(config, 36000));
	ok(pmip_lma_config_set_heartbeat(config, interval_s, missing));
	ok(pmip_lma_config_set_restart_counter(config, OWN_COUNTER));
	if (with_address)
		ok(pmip_lma_config_set_address(config, &lmaa));
	rig_init(&s.lma, config, NULL);
}

/* Heartbeats every 60 s, three may be missing; nothing is told at the start. */
static void start(int i)
{
	start_with(i, 60, 3, false);
	pass(0);
	s.sents = 0;
	memset(s.events, 0, sizeof(s.events));
}

static void end(void)
{
	if (s.lma.lma)
		rig_fini(&s.lma);
	else
		h_fini(&s.mag);
}

START_TEST(requests_while_there_is_a_session) /* HBT-1 */
{
	uint64_t begin_us;

	start(_i);
	pass(1000 * S);
	ck_assert_uint_eq(s.sents, 0);
	begin_us = now()->mono_us;
	attach();
	for (unsigned int i = 0; i < 10; i++) {
		struct pmip_addr self = h_addr(s.self), peer = h_addr(s.peer);

		ck_assert_uint_eq(s.sents, i + 1);
		ck_assert(!s.sent[i].message.response && !s.sent[i].message.unsolicited);
		ck_assert_uint_eq(s.sent[i].message.seq, s.sent[0].message.seq + i);
		ck_assert_uint_le(s.sent[i].at_us - begin_us - i * 60 * S, 1 * S);
		ck_assert_int_eq(s.sent[i].counter, NONE);
		ck_assert(pmip_addr_equal(&s.sent[i].src, &self));
		ck_assert(pmip_addr_equal(&s.sent[i].dst, &peer));
		respond(1);
		pass(60 * S);
	}
	ck_assert_uint_eq(counter(HEARTBEAT_SENT), 11);
	ck_assert_uint_eq(counter(HEARTBEAT_ANSWERED), 10);
	ck_assert_uint_eq(counter(HEARTBEAT_MISSING), 0);
	respond(1);
	detach();
	ck_assert_uint_eq(bindings(), 0);
	pass(1000 * S);
	ck_assert_uint_eq(s.sents, 11);
	attach();
	ck_assert_uint_eq(s.sents, 12);
	end();
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
		start_with(i, 0, 3, true);
		attach();
		pass(4000 * S);
		ck_assert_uint_eq(s.sents, 0);
		end();
		start_with(i, 30, 3, false);
		attach();
		s.sents = 0;
		pass(300 * S);
		ck_assert_uint_eq(s.sents, 10);
		end();
	}
}
END_TEST

START_TEST(every_valid_request_is_answered) /* HBT-2, HBT-8 */
{
	static const uint32_t seqs[] = {0, 1, 1, 0xffffffff, 5};

	start(_i);
	for (unsigned int i = 0; i < 5; i++) {
		request(seqs[i]);
		ck_assert_uint_eq(s.sents, i + 1);
		ck_assert(s.sent[i].message.response && !s.sent[i].message.unsolicited);
		ck_assert_uint_eq(s.sent[i].message.seq, seqs[i]);
		ck_assert_int_eq(s.sent[i].counter, OWN_COUNTER);
	}
	ck_assert_uint_eq(counter(HEARTBEAT_RECEIVED), 5);
	/* What a request says about its sender's restarts is not looked at. */
	attach();
	respond(1);
	heartbeat_from(s.peer, false, false, 6, 99);
	ck_assert_uint_eq(s.events[PMIP_EVENT_PEER_RESTARTED], 0);
	pass(60 * S);
	respond(1);
	ck_assert_uint_eq(s.events[PMIP_EVENT_PEER_RESTARTED], 0);
	end();
}
END_TEST

START_TEST(missing_answers) /* HBT-3 */
{
	start(_i);
	attach();
	for (unsigned int i = 1; i <= 3; i++) {
		pass(60 * S);
		ck_assert_uint_eq(counter(HEARTBEAT_MISSING), i);
		ck_assert_uint_eq(s.events[PMIP_EVENT_PEER_UNREACHABLE], 0);
	}
	respond(1);
	pass(240 * S);
	ck_assert_uint_eq(counter(HEARTBEAT_MISSING), 6);
	ck_assert_uint_eq(s.events[PMIP_EVENT_PEER_UNREACHABLE], 0);
	pass(60 * S);
	ck_assert_uint_eq(s.events[PMIP_EVENT_PEER_UNREACHABLE], 1);
	pass(600 * S);
	ck_assert_uint_eq(s.events[PMIP_EVENT_PEER_UNREACHABLE], 1);
	ck_assert_uint_eq(s.events[PMIP_EVENT_PEER_REACHABLE], 0);
	ck_assert_uint_eq(bindings(), 1);
	respond(1);
	ck_assert_uint_eq(s.events[PMIP_EVENT_PEER_REACHABLE], 1);
	pass(240 * S);
	ck_assert_uint_eq(s.events[PMIP_EVENT_PEER_UNREACHABLE], 1);
	pass(60 * S);
	ck_assert_uint_eq(s.events[PMIP_EVENT_PEER_UNREACHABLE], 2);
	end();
}
END_TEST

START_TEST(only_the_last_request_is_answered) /* HBT-3, hostile */
{
	uint32_t seq;

	start(_i);
	heartbeat_from(s.peer, false, true, 0, 1);
	ck_assert_uint_eq(s.events[PMIP_EVENT_IGNORED], 1);
	attach();
	seq = s.sent[0].message.seq;
	heartbeat_from(s.peer, false, true, seq + 1, 1);
	heartbeat_from(s.peer, false, true, seq - 1, 1);
	heartbeat_from(NOBODY, false, true, seq, 1);
	ck_assert_uint_eq(s.events[PMIP_EVENT_IGNORED], 4);
	pass(60 * S);
	ck_assert_uint_eq(counter(HEARTBEAT_MISSING), 1);
	heartbeat_from(s.peer, false, true, seq, 1);
	ck_assert_uint_eq(counter(HEARTBEAT_ANSWERED), 0);
	respond(1);
	respond(2); /* again: a restart that nobody has told */
	ck_assert_uint_eq(counter(HEARTBEAT_ANSWERED), 1);
	ck_assert_uint_eq(s.events[PMIP_EVENT_PEER_RESTARTED], 0);
	ck_assert_uint_eq(s.events[PMIP_EVENT_IGNORED], 6);
	ck_assert_uint_eq(counter(IGNORED), 6);
	end();
}
END_TEST

START_TEST(first_counter_is_only_stored) /* HBT-4, HBT-8 */
{
	static const int64_t counters[] = {0xffffffff, 0, 0, 5, 4};
	static const unsigned int restarts[] = {0, 1, 1, 2, 3};

	start(_i);
	attach();
	for (size_t i = 0; i < 5; i++) {
		respond(counters[i]);
		ck_assert_uint_eq(s.events[PMIP_EVENT_PEER_RESTARTED], restarts[i]);
		pass(60 * S);
		if (s.lma.lma)
			attach(); /* it registers again each time */
	}
	respond(NONE); /* no option: it is alive, and that is all */
	ck_assert_uint_eq(s.events[PMIP_EVENT_PEER_RESTARTED], 3);
	end();
}
END_TEST

START_TEST(lma_removes_what_a_mag_has_lost) /* HBT-4 */
{
	start(0);
	pbu("mn1@example.com", 36000);
	pass(0);
	respond(1);
	pass(60 * S);
	respond(1);
	pbu("mn2@example.com", 36000); /* since the last answer */
	pbu("mn3@example.com", 36000);
	pbu("mn3@example.com", 0); /* its end is near anyway */
	ck_assert_uint_eq(bindings(), 3);
	pass(1 * S);
	unsolicited(2);
	ck_assert_uint_eq(s.events[PMIP_EVENT_PEER_RESTARTED], 1);
	ck_assert_uint_eq(bindings(), 3);
	pass(9 * S + 900 * MS);
	ck_assert_uint_eq(bindings(), 2);
	pass(200 * MS);
	ck_assert_uint_eq(bindings(), 1);
	ck_assert_str_eq(s.rule, "its MAG has restarted and not registered it again");
	pass(1000 * S);
	ck_assert_uint_eq(bindings(), 1);
	end();
}
END_TEST

START_TEST(lma_keeps_what_a_mag_registers_again) /* HBT-4 */
{
	struct pmip_binding_info before = {.size = sizeof(before)}, after = {.size = sizeof(after)};
	size_t cursor = 0;

	start(0);
	attach();
	pass(60 * S);
	respond(1);
	ck_assert_int_eq(pmip_lma_binding_next(s.lma.lma, &cursor, &before), 1);
	unsolicited(2);
	unsolicited(3); /* restarted twice */
	pass(5 * S);
	attach();
	pass(1000 * S);
	cursor = 0;
	ck_assert_int_eq(pmip_lma_binding_next(s.lma.lma, &cursor, &after), 1);
	ck_assert(pmip_prefix_equal(&before.prefix[0], &after.prefix[0]));
	ck_assert_uint_eq(s.events[PMIP_EVENT_BINDING_REMOVED], 0);
	ck_assert_uint_eq(after.expires_us, now()->mono_us - 1000 * S + 36000 * S);
	end();
}
END_TEST

START_TEST(lma_touches_no_other_mags_sessions) /* HBT-4 */
{
	start(0);
	attach();
	respond(1);
	heartbeat_from(MAG2, true, true, 0, 1);
	pass(60 * S);
	heartbeat_from(MAG2, true, true, 0, 2);
	ck_assert_uint_eq(s.events[PMIP_EVENT_PEER_RESTARTED], 1);
	pass(100 * S);
	ck_assert_uint_eq(bindings(), 1);
	end();
}
END_TEST

START_TEST(mag_registers_everybody_again) /* HBT-4 */
{
	start(1);
	attach();
	respond(1);
	pass(10 * S);
	s.pbus = 0;
	unsolicited(2);
	pass(0);
	ck_assert_uint_eq(s.events[PMIP_EVENT_PEER_RESTARTED], 1);
	ck_assert_uint_eq(s.pbus, 1);
	ck_assert_uint_eq(bindings(), 1);
	ck_assert_uint_eq(s.events[PMIP_EVENT_BINDING_REMOVED], 0);
	/* Nobody answers it yet; another restart changes nothing about that. */
	unsolicited(3);
	pass(500 * MS);
	ck_assert_uint_eq(s.pbus, 1);
	end();
}
END_TEST

START_TEST(start_is_told_to_known_peers) /* HBT-6 */
{
	start_with(_i, 60, 3, true);
	pass(0);
	ck_assert_uint_eq(s.sents, _i % 2 ? 1 : 3);
	for (unsigned int i = 0; i < s.sents; i++) {
		struct pmip_addr self = h_addr(s.self);

		ck_assert(s.sent[i].message.response && s.sent[i].message.unsolicited);
		ck_assert_int_eq(s.sent[i].counter, OWN_COUNTER);
		ck_assert(pmip_addr_equal(&s.sent[i].src, &self));
	}
	pass(1000 * S);
	ck_assert_uint_eq(s.sents, _i % 2 ? 1 : 3);
	end();
}
END_TEST

START_TEST(unsolicited_response_is_not_answered) /* HBT-6 */
{
	start(_i);
	attach();
	s.sents = 0;
	unsolicited(1);
	ck_assert_uint_eq(s.sents, 0);
	ck_assert_uint_eq(s.events[PMIP_EVENT_IGNORED], 0);
	ck_assert_uint_eq(s.events[PMIP_EVENT_PEER_RESTARTED], 0);
	heartbeat_from(s.peer, true, false, 1, 2); /* no such thing */
	heartbeat_from(NOBODY, true, true, 1, 2);
	heartbeat_from(NOBODY, false, false, 1, NONE);
	ck_assert_uint_eq(s.events[PMIP_EVENT_IGNORED], 3);
	ck_assert_uint_eq(counter(IGNORED), 3);
	ck_assert_uint_eq(s.sents, 0);
	end();
}
END_TEST

START_TEST(binding_error_ends_heartbeats) /* HBT-7 */
{
	start(_i);
	binding_error(PMIP_BE_UNKNOWN_TYPE); /* the MAG has told its LMA of its start; this LMA has told nobody anything */
	attach();
	ck_assert_uint_eq(s.sents, _i % 2 ? 0 : 1);
	end();

	start(_i);
	attach();
	binding_error(PMIP_BE_UNKNOWN_BINDING);
	pass(60 * S);
	ck_assert_uint_eq(s.sents, 2);
	binding_error(PMIP_BE_UNKNOWN_TYPE);
	ck_assert_ptr_nonnull(strstr(s.rule, "heartbeats"));
	pass(600 * S);
	attach();
	pass(600 * S);
	ck_assert_uint_eq(s.sents, 2);
	ck_assert_uint_eq(s.events[PMIP_EVENT_PEER_UNREACHABLE], 0);
	request(9); /* ours is not to wonder */
	ck_assert_uint_eq(s.sents, 3);
	end();
}
END_TEST

START_TEST(configuration_ends_silence) /* HBT-7 */
{
	struct pmip_lma_config *config;

	start(_i);
	attach();
	respond(1);
	pass(60 * S);
	binding_error(PMIP_BE_UNKNOWN_TYPE);
	pass(60 * S);
	ck_assert_uint_eq(s.sents, 2);
	if (s.lma.lma) {
		config = rig_config();
		ok(pmip_lma_config_set_heartbeat(config, 30, 1));
		ok(pmip_lma_reconfigure(s.lma.lma, config));
		pmip_lma_config_free(config);
	} else {
		ok(pmip_mag_config_set_heartbeat(s.mag.config, 30, 1));
		ok(pmip_mag_reconfigure(s.mag.mag, s.mag.config, *now()));
	}
	pass(30 * S);
	ck_assert_uint_gt(s.sents, 2);
	respond(2); /* what was known of it still is */
	ck_assert_uint_eq(s.events[PMIP_EVENT_PEER_RESTARTED], 1);
	end();
}
END_TEST

START_TEST(hostile_octets)
{
	struct pmip_mh mh = {.type = PMIP_MH_HEARTBEAT, .u.heartbeat = {true, true, 3}};
	uint8_t octets[64];
	size_t len;

	start(_i);
	attach();
	respond(1);
	len = encode(s.peer, &mh, 2, octets);
	for (size_t i = 0; i < len; i++)
		give(s.peer, octets, i);
	ck_assert_uint_eq(counter(MALFORMED) + counter(BAD_CHECKSUM), len);
	for (size_t i = 0; i < 8 * len; i++) {
		octets[i / 8] ^= (uint8_t)(1 << i % 8);
		give(s.peer, octets, len);
		octets[i / 8] ^= (uint8_t)(1 << i % 8);
	}
	ck_assert_uint_eq(s.events[PMIP_EVENT_PEER_RESTARTED], 0);
	for (uint32_t i = 0; i < 20000; i++) {
		s.sents = 0;
		heartbeat_from(i % 3 ? NOBODY : s.peer, i % 2, i % 5, i, i);
		ck_assert_uint_le(s.sents, 1);
		/* Not even restart upon restart makes the MAG send more PBUs than it may. */
		pass(0);
	}
	ck_assert_uint_eq(bindings(), 1);
	ck_assert_uint_le(s.pbus, 3);
	end();
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
	s.self = MAG_COA;
	s.peer = MAG_LMA;
	h_init(&s.mag);
	for (int i = 0; i < 200; i++) {
		snprintf(id, sizeof(id), "many%d@example.com", i);
		h_profile(&s.mag, id, "");
	}
	h_start(&s.mag);
	for (int i = 0; i < 200; i++) {
		snprintf(id, sizeof(id), "many%d@example.com", i);
		attach.mn_id = h_mnid(id);
		ok(pmip_mag_attach(s.mag.mag, &attach, *now()));
		while (pmip_mag_next_action(s.mag.mag, &action)) {
			struct sent sent = {.dgram = action.u.send};
			struct answer answer;
			struct pmip_mh mh;
			uint8_t octets[1024];
			size_t len;

			if (action.type != PMIP_ACTION_SEND)
				continue;
			ok(pmip_mh_decode(&mh, &sent.dgram, 0, NULL));
			sent.bu = mh.u.bu;
			ok(pmip_binding_options_read(&sent.options, &mh));
			answer = h_answer(&sent, 0);
			answer.options.hnp[0].prefix.addr.b[7] = (uint8_t)i;
			len = h_encode(&answer, octets);
			give(MAG_LMA, octets, len);
			break;
		}
		pull();
	}
	ck_assert_uint_eq(bindings(), 200);
	unsolicited(1);
	pass(1 * S);
	s.pbus = 0;
	unsolicited(2);
	pass(0);
	at_once = s.pbus;
	ck_assert_uint_ge(at_once, 1);
	ck_assert_uint_le(at_once, 10);
	pass(250 * MS);
	ck_assert_uint_eq(s.pbus, 200);
	end();
}
END_TEST

/* Each allocation fails once: the call says so, and done again it does the same. */
START_TEST(no_memory)
{
	for (long fail_at = 1;; fail_at++) {
		struct harness *h = &s.mag;
		uint8_t octets[64];
		struct pmip_mh mh = {.type = PMIP_MH_HEARTBEAT};

		memset(&s, 0, sizeof(s));
		s.self = MAG_COA;
		s.peer = MAG_LMA;
		h_init_failing(h, fail_at);
		ok(pmip_mag_config_set_heartbeat(h->config, 60, 3));
		h_start(h);
		h_pass(h, 0);
		ck_assert_uint_eq(h->others, 1);
		h_activate(h);
		h_pass(h, 60 * S);
		ck_assert_uint_eq(pmip_mag_get_counter(h->mag, PMIP_MAG_HEARTBEAT_SENT), 2);
		ok(h_reconfigure(h));
		{
			struct pmip_addr src = h_addr(MAG_LMA), dst = h_addr(MAG_COA);

			ok(h_input(h, octets, encode(MAG_LMA, &mh, NONE, octets), &src, &dst));
		}
		ck_assert_uint_eq(pmip_mag_get_counter(h->mag, PMIP_MAG_HEARTBEAT_RECEIVED), 1);
		h_fini(h);
		if (!h->failed)
			break;
	}
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
	suite_add_tcase(suite, tcase);
	return h_main(suite);
}
