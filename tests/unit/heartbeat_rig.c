/* SPDX-License-Identifier: BSD-2-Clause */
#include "heartbeat_rig.h"

#include <stdlib.h>
#include <string.h>

struct side s;

struct pmip_now *side_now(void)
{
	return s.lma.lma ? &s.lma.now : &s.mag.now;
}

static void keep_heartbeat(const struct pmip_dgram *dgram)
{
	struct pmip_option_iter iter;
	struct pmip_option option;
	struct pmip_mh mh;

	ok(pmip_mh_decode(&mh, NULL, dgram, 0));
	s.pbus += mh.type == PMIP_MH_BU;
	if (mh.type != PMIP_MH_HEARTBEAT)
		return;
	ck_assert_uint_lt(s.sents, 64);
	s.sent[s.sents].message = mh.u.heartbeat;
	s.sent[s.sents].src = dgram->src;
	s.sent[s.sents].dst = dgram->dst;
	s.sent[s.sents].at_us = side_now()->mono_us;
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

void side_pull(void)
{
	struct pmip_action action;

	while (s.lma.lma ? pmip_lma_next_action(s.lma.lma, &action) : pmip_mag_next_action(s.mag.mag, &action)) {
		if (action.type == PMIP_ACTION_SEND)
			keep_heartbeat(&action.u.send);
		else if (action.type == PMIP_ACTION_NOTIFY)
			keep_event(&action.u.event);
		else if (action.type == PMIP_ACTION_DATAPATH)
			ok(s.lma.lma ? pmip_lma_complete(s.lma.lma, action.u.datapath.id, 0, *side_now())
				     : pmip_mag_complete(s.mag.mag, action.u.datapath.id, 0, *side_now()));
	}
}

static uint64_t deadline(void)
{
	return s.lma.lma ? pmip_lma_next_deadline(s.lma.lma) : pmip_mag_next_deadline(s.mag.mag);
}

void side_pass(uint64_t us)
{
	uint64_t end = side_now()->mono_us + us, at;

	while ((at = deadline()) <= end) {
		if (at > side_now()->mono_us) {
			side_now()->wall_us += at - side_now()->mono_us;
			side_now()->mono_us = at;
		}
		ok(s.lma.lma ? pmip_lma_handle_timeout(s.lma.lma, *side_now()) : pmip_mag_handle_timeout(s.mag.mag, *side_now()));
		side_pull();
	}
	side_now()->wall_us += end - side_now()->mono_us;
	side_now()->mono_us = end;
}

void side_give(const char *from, const uint8_t *octets, size_t len)
{
	uint8_t *exact = malloc(len ? len : 1);
	struct pmip_dgram dgram = {unit_addr(from), unit_addr(s.self), exact, len};

	memcpy(exact, octets, len);
	ok(s.lma.lma ? pmip_lma_input(s.lma.lma, &dgram, *side_now()) : pmip_mag_input(s.mag.mag, &dgram, *side_now()));
	free(exact);
	side_pull();
}

size_t side_encode(const char *from, const struct pmip_mh *mh, int64_t counter, uint8_t octets[64])
{
	struct pmip_option option = {.type = PMIP_OPT_RESTART_COUNTER, .known = true};
	struct pmip_addr src = unit_addr(from), dst = unit_addr(s.self);
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

void side_heartbeat_from(const char *from, bool unsolicited, bool response, uint32_t seq, int64_t counter)
{
	struct pmip_mh mh = {.type = PMIP_MH_HEARTBEAT, .u.heartbeat = {unsolicited, response, seq}};
	uint8_t octets[64];

	side_give(from, octets, side_encode(from, &mh, counter, octets));
}

void side_request(uint32_t seq)
{
	side_heartbeat_from(s.peer, false, false, seq, NONE);
}

void side_respond(int64_t counter)
{
	ck_assert_uint_gt(s.sents, 0);
	ck_assert(!s.sent[s.sents - 1].message.response);
	side_heartbeat_from(s.peer, false, true, s.sent[s.sents - 1].message.seq, counter);
}

void side_unsolicited(int64_t counter)
{
	side_heartbeat_from(s.peer, true, true, 4711, counter);
}

void side_binding_error(uint8_t status)
{
	struct pmip_mh mh = {.type = PMIP_MH_BE, .u.be = {.status = status}};
	uint8_t octets[64];

	side_give(s.peer, octets, side_encode(s.peer, &mh, NONE, octets));
}

void side_pbu(const char *mn, uint32_t lifetime_s)
{
	struct pbu message = {.mn = mn, .hnp = {"0"}, .ll_id = "02:00:00:5e:10:01", .lifetime_s = lifetime_s};
	uint8_t buf[PMIP_MH_MAX];
	struct pmip_dgram dgram;

	side_now()->mono_us += 1000;
	side_now()->wall_us += 1000;
	rig_encode(&s.lma, &message, buf, sizeof(buf), &dgram);
	ok(pmip_lma_input(s.lma.lma, &dgram, *side_now()));
	side_pull();
}

void side_attach(void)
{
	struct pmip_attach attach = h_attach_of("", "02:00:00:00:00:01", LINK);
	struct pmip_action action;
	struct sent sent = {.len = 0};
	struct answer answer;
	struct pmip_mh mh;
	uint8_t octets[1024];
	size_t len;

	if (s.lma.lma) {
		side_pbu("mn1@example.com", 36000);
		side_pass(0);
		return;
	}
	ok(pmip_mag_attach(s.mag.mag, &attach, s.mag.now));
	while (pmip_mag_next_action(s.mag.mag, &action)) {
		if (action.type != PMIP_ACTION_SEND)
			continue;
		sent.dgram = action.u.send;
		ok(pmip_mh_decode(&mh, NULL, &sent.dgram, 0));
		sent.bu = mh.u.bu;
		sent.len = mh.len;
		ok(pmip_binding_options_read(&sent.options, &mh));
	}
	if (!sent.len) /* it is there already */
		return;
	answer = h_answer(&sent, 0);
	answer.lifetime_s = 36000;
	len = h_encode(&answer, octets);
	side_give(H_LMA, octets, len);
	side_pass(0);
}

void side_detach(void)
{
	if (s.lma.lma) {
		side_pbu("mn1@example.com", 0);
		side_pass(10 * S);
	} else {
		ck_assert_int_eq(pmip_mag_detach(s.mag.mag, LINK, NULL, s.mag.now), 1);
		side_pull();
		side_pass(2 * S);
	}
}

size_t side_bindings(void)
{
	return s.lma.lma ? pmip_lma_count_bindings(s.lma.lma) : pmip_mag_count_bindings(s.mag.mag);
}

void side_start_with(int i, uint32_t interval_s, uint32_t missing, bool with_address)
{
	struct pmip_lma_config *config;
	struct pmip_addr lmaa = unit_addr(LMAA);

	memset(&s, 0, sizeof(s));
	s.self = i % 2 ? H_COA : LMAA;
	s.peer = i % 2 ? H_LMA : MAG1;
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

void side_start(int i)
{
	side_start_with(i, 60, 3, false);
	side_pass(0);
	s.sents = 0;
	memset(s.events, 0, sizeof(s.events));
}

void side_end(void)
{
	if (s.lma.lma)
		rig_fini(&s.lma);
	else
		h_fini(&s.mag);
}
