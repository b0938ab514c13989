/* SPDX-License-Identifier: BSD-2-Clause */
#include "perf/message.h"

#include <string.h>

#include "perf/echo.h"
#include "unit.h"

static struct naming naming;
static uint8_t octets[MESSAGE_MAX];
static struct request request;
static struct answer answer;

static void setup(void)
{
	ck_assert_int_eq(naming_init(&naming, "mn#@example.org", 95, 10), 0);
	request = (struct request){.client = 5, .kind = PLAN_REGISTER, .seq = 7, .lifetime_s = 600, .timestamp = 1};
}

/* The message as it comes. */
static struct pmip_dgram arrived(size_t len)
{
	return (struct pmip_dgram){unit_addr("2001:db8::1"), unit_addr("2001:db8::2"), octets, len};
}

static struct pmip_dgram write_pbu(void)
{
	struct pmip_dgram dgram = arrived(0);

	dgram.len = message_write(&naming, &request, octets, &dgram);
	return dgram;
}

/* A PBA that repeats the PBU, as the responder makes it, and the prefix that an LMA would give. */
static void take_answer(const char *prefix)
{
	struct pmip_dgram dgram = write_pbu();

	ck_assert(echo_answer(octets, dgram.len));
	ck_assert_int_eq(message_read(&naming, &dgram, &answer), MESSAGE_ANSWER);
	answer.options.hnp[0].prefix = unit_prefix(prefix);
}

START_TEST(a_pbu_is_a_good_one)
{
	struct pmip_binding_options options;
	struct pmip_dgram dgram = write_pbu();
	struct pmip_mh mh;

	ck_assert_int_eq(pmip_mh_decode(&mh, NULL, &dgram, 0), 0);
	ck_assert_int_eq(pmip_mh_validate(&mh, NULL, PMIP_ROLE_LMA), 0);
	ck_assert_uint_eq(mh.type, PMIP_MH_BU);
	ck_assert_uint_eq(mh.u.bu.seq, 7);
	ck_assert_uint_eq(mh.u.bu.lifetime_s, 600);
	ck_assert_uint_eq(mh.u.bu.flags, PMIP_BU_A | PMIP_BU_P);
	ck_assert_int_eq(pmip_binding_options_read(&options, &mh), 0);
	ck_assert_uint_eq(options.mn_id.len, strlen("mn100@example.org"));
	ck_assert_mem_eq(options.mn_id.id, "mn100@example.org", options.mn_id.len);
	ck_assert_uint_eq(options.hnp_count, 1);
	ck_assert_uint_eq(options.hnp[0].prefix.len, 0);
	ck_assert_uint_eq(options.ll_id.b[5], 100);
	request.timestamp = 0;
	dgram = write_pbu();
	ck_assert_int_eq(pmip_mh_decode(&mh, NULL, &dgram, 0), 0);
	ck_assert_int_eq(pmip_binding_options_read(&options, &mh), 0);
	ck_assert(!(options.has & PMIP_HAS_TIMESTAMP));
}
END_TEST

START_TEST(handoff_indicators)
{
	static const uint8_t expected[PLAN_KINDS] = {1, 5, 3, 4};
	struct pmip_binding_options options;
	struct pmip_mh mh;

	for (unsigned int kind = 0; kind < PLAN_KINDS; kind++) {
		struct pmip_dgram dgram;

		request.kind = (enum plan_kind)kind;
		dgram = write_pbu();
		ck_assert_int_eq(pmip_mh_decode(&mh, NULL, &dgram, 0), 0);
		ck_assert_int_eq(pmip_binding_options_read(&options, &mh), 0);
		ck_assert_uint_eq(options.hi, expected[kind]);
	}
}
END_TEST

START_TEST(an_answer_that_repeats_all_is_right)
{
	take_answer("2001:db8:1::/64");
	ck_assert_uint_eq(answer.client, 5);
	ck_assert_uint_eq(answer.status, 0);
	ck_assert_uint_eq(answer.seq, 7);
	ck_assert_uint_eq(answer.lifetime_s, 600);
	ck_assert_int_eq(message_check(&naming, &answer, &request), FAULT_NONE);
}
END_TEST

START_TEST(each_fault_is_seen)
{
	const struct request asked = request;
	struct answer good;

	take_answer("2001:db8:1::/64");
	good = answer;
#define CHECK(change, fault)                                                             \
	do {                                                                             \
		answer = good;                                                           \
		change;                                                                  \
		ck_assert_int_eq(message_check(&naming, &answer, &asked), fault);        \
		ck_assert_ptr_nonnull(fault_name(fault));                                \
	} while (0)
	CHECK(answer.options.hi = 4, FAULT_HI);
	CHECK(answer.options.has &= ~(unsigned int)PMIP_HAS_HI, FAULT_HI);
	CHECK(answer.options.att = 4, FAULT_ATT);
	CHECK(answer.options.has &= ~(unsigned int)PMIP_HAS_ATT, FAULT_ATT);
	CHECK(answer.options.ll_id.b[5]++, FAULT_LL_ID);
	CHECK(answer.options.has &= ~(unsigned int)PMIP_HAS_LL_ID, FAULT_LL_ID);
	CHECK(answer.options.timestamp++, FAULT_TIMESTAMP);
	CHECK(answer.options.has &= ~(unsigned int)PMIP_HAS_TIMESTAMP, FAULT_TIMESTAMP);
	CHECK(answer.lifetime_s = 0, FAULT_LIFETIME);
	CHECK(answer.lifetime_s = 604, FAULT_LIFETIME);
	CHECK(answer.lifetime_s = 4, FAULT_NONE);
	CHECK(answer.options.hnp_count = 0, FAULT_NO_PREFIX);
	CHECK(answer.options.hnp_count = 2, FAULT_NO_PREFIX);
	CHECK(answer.options.hnp[0].prefix.len = 0, FAULT_NO_PREFIX);
	/* The answer to an earlier PBU of the same event has that one's timestamp. */
	CHECK(answer.seq--; answer.options.timestamp++, FAULT_NONE);
#undef CHECK
}
END_TEST

START_TEST(a_release_needs_no_prefix)
{
	request.kind = PLAN_RELEASE;
	request.lifetime_s = 0;
	take_answer("2001:db8:1::/64");
	answer.options.hnp_count = 0;
	ck_assert_int_eq(message_check(&naming, &answer, &request), FAULT_NONE);
}
END_TEST

/* Read an answer about this identifier. */
static enum message_type read_about(const char *mn_id)
{
	struct pmip_mh mh = {.type = PMIP_MH_BA, .u.ba = {.flags = PMIP_BA_P}};
	struct pmip_binding_options options = {
		.has = PMIP_HAS_MN_ID,
		.mn_id = {1, (uint8_t)strlen(mn_id), (const uint8_t *)mn_id},
	};
	struct pmip_dgram dgram = arrived(0);
	struct pmip_mh_writer writer;
	int len;

	pmip_mh_begin(&writer, octets, sizeof(octets), &mh);
	pmip_binding_options_write(&writer, &options);
	len = pmip_mh_finish(&writer, &dgram.src, &dgram.dst);
	ck_assert_int_gt(len, 0);
	dgram.len = (size_t)len;
	return message_read(&naming, &dgram, &answer);
}

START_TEST(whose_answer_it_is)
{
	static const char *const others[] = {
		"mn94@example.org", "mn105@example.org", "mn@example.org", "mn095@example.org", "mn9x@example.org", "mn 95@example.org",
		"95@example.org", "mn95@example.com", "mn4294967391@example.org", "mn99999999999999999999999999@example.org", "m", "mn95",
	};

	ck_assert_int_eq(read_about("mn95@example.org"), MESSAGE_ANSWER);
	ck_assert_uint_eq(answer.client, 0);
	ck_assert_int_eq(read_about("mn104@example.org"), MESSAGE_ANSWER);
	ck_assert_uint_eq(answer.client, 9);
	for (unsigned int i = 0; i < sizeof(others) / sizeof(*others); i++)
		ck_assert_msg(read_about(others[i]) == MESSAGE_OTHER, "%s", others[i]);
}
END_TEST

START_TEST(names_need_one_place_for_the_number)
{
	struct naming other;
	char text[200];

	ck_assert_int_eq(naming_init(&other, "#", 0, 1), 0);
	ck_assert_int_eq(naming_init(&other, "mn@example.org", 0, 1), -1);
	ck_assert_int_eq(naming_init(&other, "##", 0, 1), -1);
	memset(text, 'x', sizeof(text));
	text[0] = '#';
	text[118] = '\0';
	ck_assert_int_eq(naming_init(&other, text, 0, 1), 0);
	text[118] = 'x';
	text[119] = '\0';
	ck_assert_int_eq(naming_init(&other, text, 0, 1), -1);
}
END_TEST

START_TEST(other_messages)
{
	struct pmip_dgram dgram = write_pbu();

	ck_assert_int_eq(message_read(&naming, &dgram, &answer), MESSAGE_OTHER);
	dgram.len = 10;
	ck_assert_int_eq(message_read(&naming, &dgram, &answer), MESSAGE_MALFORMED);
	ck_assert(!echo_answer(octets, 10));
	octets[2] = PMIP_MH_HEARTBEAT;
	ck_assert(!echo_answer(octets, sizeof(octets)));
}
END_TEST

START_TEST(heartbeats_are_answered)
{
	struct pmip_mh mh = {.type = PMIP_MH_HEARTBEAT, .u.heartbeat = {.seq = 99}};
	struct pmip_dgram request_dgram = arrived(0), response;
	uint8_t response_octets[MESSAGE_MAX];
	struct pmip_option_iter iter;
	struct pmip_option option;
	struct pmip_mh_writer writer;
	int len;

	pmip_mh_begin(&writer, octets, sizeof(octets), &mh);
	len = pmip_mh_finish(&writer, &request_dgram.src, &request_dgram.dst);
	ck_assert_int_gt(len, 0);
	request_dgram.len = (size_t)len;
	ck_assert_int_eq(message_read(&naming, &request_dgram, &answer), MESSAGE_HEARTBEAT);
	response = (struct pmip_dgram){request_dgram.dst, request_dgram.src, response_octets, message_write_heartbeat(&request_dgram, response_octets)};
	ck_assert_int_eq(pmip_mh_decode(&mh, NULL, &response, 0), 0);
	ck_assert(mh.u.heartbeat.response);
	ck_assert_uint_eq(mh.u.heartbeat.seq, 99);
	pmip_option_iter_init(&iter, &mh);
	ck_assert_int_eq(pmip_option_next_of(&iter, &option, PMIP_OPT_RESTART_COUNTER), 1);
	ck_assert_int_eq(message_read(&naming, &response, &answer), MESSAGE_OTHER);
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {
		a_pbu_is_a_good_one, handoff_indicators, an_answer_that_repeats_all_is_right, each_fault_is_seen, a_release_needs_no_prefix,
		whose_answer_it_is, names_need_one_place_for_the_number, other_messages, heartbeats_are_answered, NULL,
	};

	return unit_run_fixture("perf_message", tests, setup, NULL);
}
