/* SPDX-License-Identifier: BSD-2-Clause */
/* What an engine does about messages that fail the receive checks, and about those that only just pass (RFC 6275 sections 6.2.1, 9.2
 * and 9.3.3), seen from outside an LMA. */
#include "lma_rig.h"
#include "unit.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#define MIN_MTU 1280
#define IPV6_HEADER 40

static struct rig rig;
/* What came out of the last message. */
static unsigned int errors, pbas, problems;
static int err;
static size_t longest, pointer;
static struct pmip_be be;

static void setup(void)
{
	rig_init(&rig, rig_config(), NULL);
}

static void teardown(void)
{
	rig_fini(&rig);
}

static void sent(const struct pmip_dgram *dgram)
{
	struct pmip_mh mh;

	ck_assert_int_eq(pmip_mh_decode(&mh, NULL, dgram, 0), 0);
	longest = dgram->len > longest ? dgram->len : longest;
	if (mh.type == PMIP_MH_BA)
		pbas++;
	if (mh.type == PMIP_MH_BE)
		errors++, be = mh.u.be;
}

/* The LMA gets these octets, copied to where one too many would be noticed, and says what it says. */
static void input_from(const char *src, const uint8_t *octets, size_t len)
{
	uint8_t *exact = malloc(len ? len : 1);
	struct pmip_dgram dgram = {unit_addr(src), unit_addr("2001:db8:1a::1"), exact, len};
	struct pmip_action action;

	memcpy(exact, octets, len);
	errors = pbas = problems = 0;
	err = 0;
	ck_assert_int_eq(pmip_lma_input(rig.lma, &dgram, rig.now), 0);
	while (pmip_lma_next_action(rig.lma, &action)) {
		if (action.type == PMIP_ACTION_SEND)
			sent(&action.u.send);
		if (action.type == PMIP_ACTION_PARAM_PROBLEM) {
			problems++;
			pointer = action.u.param_problem.pointer;
			longest = action.u.param_problem.dgram.len;
		}
		if (action.type == PMIP_ACTION_NOTIFY && action.u.event.type == PMIP_EVENT_MALFORMED)
			err = action.u.event.err;
		if (action.type == PMIP_ACTION_DATAPATH)
			ck_assert_int_eq(pmip_lma_complete(rig.lma, action.u.datapath.id, 0, rig.now), 0);
	}
	free(exact);
}

/* The same with the checksum put right. */
static void input(const char *src, uint8_t *octets, size_t len)
{
	struct pmip_dgram dgram = {unit_addr(src), unit_addr("2001:db8:1a::1"), octets, len};
	uint16_t sum = pmip_mh_checksum(&dgram);

	octets[4] = (uint8_t)(sum >> 8);
	octets[5] = (uint8_t)sum;
	input_from(src, octets, len);
}

static void silent(int expected)
{
	ck_assert_int_eq(err, expected);
	ck_assert_uint_eq(errors + pbas + problems, 0);
}

/* Everything is wrong with it at first; each fault that is mended brings out the next. */
START_TEST(checks_in_their_order) /* GEN-1, GEN-2, GEN-5, LMA-2 */
{
	uint8_t octets[16] = {6, 200, 200, [6] = 0, 1, 0x82, 0, 0, 150, 23, 1, 0, 0};

	input_from("2001:db8:a::1", octets, 7);
	silent(PMIP_ERR_SHORT);
	input_from("2001:db8:a::1", octets, sizeof(octets));
	silent(PMIP_ERR_SHORT);
	octets[1] = 0;
	octets[4] = 0x55;
	input_from("2001:db8:a::1", octets, sizeof(octets));
	silent(PMIP_ERR_CHECKSUM);
	input("2001:db8:a::1", octets, sizeof(octets));
	ck_assert_int_eq(err, PMIP_ERR_TYPE_UNKNOWN);
	ck_assert_uint_eq(errors, 1);
	octets[2] = PMIP_MH_BU;
	input("2001:db8:a::1", octets, sizeof(octets));
	ck_assert_int_eq(err, PMIP_ERR_PAYLOAD_PROTO);
	ck_assert_uint_eq(problems, 1);
	ck_assert_uint_eq(pointer, 0);
	octets[0] = 59;
	input("2001:db8:a::1", octets, sizeof(octets));
	ck_assert_int_eq(err, PMIP_ERR_HDR_LEN);
	ck_assert_uint_eq(problems, 1);
	ck_assert_uint_eq(pointer, 1);
	octets[1] = 1;
	input("2001:db8:a::1", octets, sizeof(octets)); /* a Handoff Indicator of one octet */
	ck_assert_uint_eq(errors + pbas + problems, 0);
	ck_assert_int_lt(err, 0);
	ck_assert_uint_eq(pmip_lma_get_counter(rig.lma, PMIP_LMA_PBU), 0);
	ck_assert_uint_eq(pmip_lma_get_counter(rig.lma, PMIP_LMA_MALFORMED), 5);
	octets[13] = 2;
	input("2001:db8:a::1", octets, sizeof(octets)); /* whole at last: only now it is missed that it has no MN-ID */
	ck_assert_int_eq(err, 0);
	ck_assert_uint_eq(pbas, 1);
}
END_TEST

START_TEST(unknown_type_is_told_to_unicast_sources) /* GEN-3 */
{
	uint8_t octets[8] = {59, 0, 200};

	input("ff02::1", octets, sizeof(octets));
	silent(PMIP_ERR_TYPE_UNKNOWN);
	input("::", octets, sizeof(octets));
	silent(PMIP_ERR_TYPE_UNKNOWN);
	input("2001:db8:bad::1", octets, sizeof(octets));
	ck_assert_uint_eq(errors, 1);
	ck_assert_uint_eq(be.status, PMIP_BE_UNKNOWN_TYPE);
	ck_assert(pmip_addr_is_unspecified(&be.home_addr));
	for (int i = 0; i < 100; i++)
		input("2001:db8:bad::1", octets, sizeof(octets));
	ck_assert_uint_eq(errors, 0); /* its rate is limited */
	rig.now.mono_us += 1000000;
	input("2001:db8:bad::1", octets, sizeof(octets));
	ck_assert_uint_eq(errors, 1);
}
END_TEST

static void begin(struct pmip_mh_writer *writer, uint8_t *octets)
{
	struct pmip_mh mh = {.type = PMIP_MH_BU, .u.bu = {.seq = 1, .flags = PMIP_BU_A | PMIP_BU_P, .lifetime_s = 600}};

	pmip_mh_begin(writer, octets, PMIP_MH_MAX, &mh);
}

static size_t finish(struct pmip_mh_writer *writer)
{
	struct pmip_addr src = unit_addr("2001:db8:a::1"), dst = unit_addr("2001:db8:1a::1");
	int len = pmip_mh_finish(writer, &src, &dst);

	ck_assert_int_gt(len, 0);
	return (size_t)len;
}

static struct pmip_binding_options options_of(const char *mn_id, uint64_t wall_us)
{
	return (struct pmip_binding_options){
		.has = PMIP_HAS_MN_ID | PMIP_HAS_HI | PMIP_HAS_ATT | PMIP_HAS_TIMESTAMP,
		.mn_id = {1, (uint8_t)strlen(mn_id), (const uint8_t *)mn_id},
		.hi = PMIP_HI_UNKNOWN,
		.att = PMIP_ATT_WLAN,
		.timestamp = pmip_timestamp_from_us(wall_us),
		.hnp_count = 1,
	};
}

START_TEST(unknown_options_are_skipped) /* GEN-4 */
{
	struct pmip_option unknown = {.type = 250, .len = 7, .data = (const uint8_t *)"\xff\0\xff\1\2\3\4"};
	struct pmip_binding_options options = options_of("mn1@example.com", rig.now.wall_us);
	struct pmip_mh_writer writer;
	uint8_t octets[PMIP_MH_MAX];

	begin(&writer, octets);
	pmip_mh_add_option(&writer, &unknown);
	pmip_binding_options_write(&writer, &options);
	unknown.len = 0;
	pmip_mh_add_option(&writer, &unknown);
	input_from("2001:db8:a::1", octets, finish(&writer));
	ck_assert_uint_eq(pbas, 1);
	ck_assert_uint_eq(pmip_lma_count_bindings(rig.lma), 1);
}
END_TEST

/* As much as a PBU can say, so that an answer repeats it all. */
START_TEST(one_answer_that_fits) /* SEC-6 */
{
	static uint8_t garbage[PMIP_MH_MAX] = {6, 255, PMIP_MH_BU};
	struct pmip_binding_options options;
	char mn_id[255];
	struct pmip_mh_writer writer;
	uint8_t octets[PMIP_MH_MAX];

	memset(mn_id, 'm', sizeof(mn_id));
	memcpy(mn_id + 246, "@guests", 8);
	options = options_of(mn_id, rig.now.wall_us);
	options.has |= PMIP_HAS_LL_ID | PMIP_HAS_LLA;
	options.ll_id.len = PMIP_LLID_MAX;
	memset(options.ll_id.b, 7, PMIP_LLID_MAX);
	options.lla = unit_addr("fe80::1");
	options.hnp_count = PMIP_HNP_MAX;
	for (unsigned int i = 0; i < PMIP_HNP_MAX; i++) {
		options.hnp[i].prefix = unit_prefix("2001:db8:100::/64");
		options.hnp[i].prefix.addr.b[7] = (uint8_t)i;
	}
	begin(&writer, octets);
	pmip_binding_options_write(&writer, &options);
	input_from("2001:db8:a::1", octets, finish(&writer));
	ck_assert_uint_eq(pbas, 1);
	ck_assert_uint_gt(longest, 400);
	ck_assert_uint_le(longest + IPV6_HEADER, MIN_MTU);
	input("2001:db8:bad::1", garbage, sizeof(garbage));
	ck_assert_uint_eq(problems, 1);
	ck_assert_uint_eq(pbas + errors, 0);
	/* In the ICMPv6 error: two IPv6 headers and 8 octets of its own. */
	ck_assert_uint_le(longest + 2 * IPV6_HEADER + 8, MIN_MTU);
}
END_TEST

/* The least of many tries: others have the processor as well. */
static double seconds_to_decode(const uint8_t *octets, size_t len)
{
	struct pmip_dgram dgram = {unit_addr("2001:db8:a::1"), unit_addr("2001:db8:1a::1"), octets, len};
	struct timespec before, after;
	double seconds, least = 1;
	struct pmip_mh mh;

	for (int i = 0; i < 200; i++) {
		clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &before);
		for (int k = 0; k < 10; k++)
			ck_assert_int_eq(pmip_mh_decode(&mh, NULL, &dgram, 0), 0);
		clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &after);
		seconds = (double)(after.tv_sec - before.tv_sec) + (double)(after.tv_nsec - before.tv_nsec) / 1e9;
		least = seconds < least ? seconds : least;
	}
	return least;
}

/* Four times the octets, at most eight times the time; were each option held against all before it, it would be sixteen times. */
START_TEST(decoding_takes_linear_time) /* GEN-6 */
{
	struct pmip_option option = {.type = PMIP_OPT_HNP, .u.hnp.prefix = {unit_addr("2001:db8::"), 64}};
	struct pmip_mh_writer writer;
	uint8_t small[PMIP_MH_MAX], large[PMIP_MH_MAX];
	size_t few, many;

	begin(&writer, small);
	for (uint8_t i = 0; i < 20; i++) {
		option.u.hnp.prefix.addr.b[7] = i;
		pmip_mh_add_option(&writer, &option);
	}
	few = finish(&writer);
	begin(&writer, large);
	for (uint8_t i = 0; i < 80; i++) {
		option.u.hnp.prefix.addr.b[7] = i;
		pmip_mh_add_option(&writer, &option);
	}
	many = finish(&writer);
	ck_assert_uint_gt(many, few * 15 / 4);
	ck_assert(seconds_to_decode(large, many) < 8 * seconds_to_decode(small, few));
}
END_TEST

int main(void)
{
	const TTest *tests[] = {
		checks_in_their_order, unknown_type_is_told_to_unicast_sources, unknown_options_are_skipped,
		one_answer_that_fits, decoding_takes_linear_time, NULL,
	};

	return unit_run_fixture("input", tests, setup, teardown);
}
