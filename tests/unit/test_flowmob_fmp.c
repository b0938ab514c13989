/* SPDX-License-Identifier: BSD-2-Clause */
#include "unit.h"

#include <flowmob/fmp.h>
#include <stdio.h>
#include <string.h>

static struct pmip_flow flow(void)
{
	return (struct pmip_flow){
		.src = unit_addr("2001:db8:1::2"), .dst = unit_addr("2001:db8:f::3"), .label = 0xabcde, .protocol = 17, .src_port = 443, .dst_port = 50000};
}

static struct flowmob_attachment attachment(void)
{
	return (struct flowmob_attachment){
		.tunnel = 9,
		.proxy_coa = unit_addr("2001:db8:a::1"),
		.att = 4,
		.model = FLOWMOB_MODEL_LOGICAL_INTERFACE,
		.mn_id = {1, 4, (const uint8_t *)"mn@x"},
		.prefix_count = 2,
		.prefix = {unit_prefix("2001:db8:f::/64"), unit_prefix("2001:db8:e::/56")},
	};
}

#define ANSWER FLOWMOB_FMP_ANSWER
#define PLACE(id, on) .u.place = {id, on}

/* One of each kind of message. */
static const struct flowmob_fmp templates[] = {
	{.op = FLOWMOB_FMP_ADD},
	{.op = FLOWMOB_FMP_ADD | ANSWER, PLACE(0x01020304, 9)},
	{.op = FLOWMOB_FMP_ADD | ANSWER}, /* in no prefix */
	{.op = FLOWMOB_FMP_MOVE, .u.move = {{5, 9}, 0x0a0b0c0d}},
	{.op = FLOWMOB_FMP_MOVE | ANSWER, PLACE(5, 8)},
	{.op = FLOWMOB_FMP_MOVE | ANSWER, .status = FLOWMOB_FMP_STALE, PLACE(5, 7)},
	{.op = FLOWMOB_FMP_MOVE | ANSWER, .status = FLOWMOB_FMP_NO_TUNNEL},
	{.op = FLOWMOB_FMP_DEL, .u.flow_id = 0xfffffffe},
	{.op = FLOWMOB_FMP_DEL | ANSWER},
	{.op = FLOWMOB_FMP_LIST},
	{.op = FLOWMOB_FMP_LIST | ANSWER, .u.list = {.more = true, .count = 2}},
	{.op = FLOWMOB_FMP_TUNNELS, .u.mn_id = {1, 4, (const uint8_t *)"mn@x"}},
	{.op = FLOWMOB_FMP_TUNNELS},
	{.op = FLOWMOB_FMP_TUNNELS | ANSWER, .u.tunnels = {.count = 2}},
	{.op = FLOWMOB_FMP_BINDING_ADDED},
	{.op = FLOWMOB_FMP_BINDING_DELETED},
	{.op = FLOWMOB_FMP_FLOW_MOVED, PLACE(5, 8)},
	{.op = FLOWMOB_FMP_FLOW_GONE, .u.flow_id = 5},
	{.op = FLOWMOB_FMP_FLOW_SEEN},
	{.op = FLOWMOB_FMP_WATCH, .u.watch = FLOWMOB_WATCH_ALL},
	{.op = FLOWMOB_FMP_WATCH | ANSWER, .status = FLOWMOB_FMP_REFUSED},
	{.op = FLOWMOB_FMP_FLOW_COUNTERS},
	{.op = FLOWMOB_FMP_FLOW_COUNTERS | ANSWER, .u.flow_counters = {true, 1000, 2, {{5, 20, 3, 0x102030405}, {6, UINT32_MAX, 0, 0}}}},
	{.op = FLOWMOB_FMP_TUNNEL_COUNTERS},
	{.op = FLOWMOB_FMP_TUNNEL_COUNTERS | ANSWER, .u.tunnel_counters = {false, 1, {{9, 3, 0x102030405, 7}}}},
};

/* Number i, with the parts that are not constant; valid until the next call. NULL = no more. */
static const struct flowmob_fmp *message(size_t i)
{
	static struct flowmob_fmp made;

	if (i >= sizeof(templates) / sizeof(templates[0]))
		return NULL;
	made = templates[i];
	made.request = made.op & 0x40 ? 0 : (uint16_t)(0x100 + i);
	switch (made.op) {
	case FLOWMOB_FMP_ADD:
	case FLOWMOB_FMP_FLOW_SEEN:
		made.u.flow = flow();
		break;
	case FLOWMOB_FMP_LIST | ANSWER:
		made.u.list.flow[0] = (struct flowmob_placed_flow){{1, 9}, flow()};
		made.u.list.flow[1] = (struct flowmob_placed_flow){{2, 8}, flow()};
		break;
	case FLOWMOB_FMP_TUNNELS | ANSWER:
		made.u.tunnels.attachment[0] = made.u.tunnels.attachment[1] = attachment();
		made.u.tunnels.attachment[1].prefix_count = 1;
		break;
	case FLOWMOB_FMP_BINDING_ADDED:
		made.u.attachment = attachment();
		break;
	case FLOWMOB_FMP_BINDING_DELETED:
		made.u.attachment = attachment();
		made.u.attachment.model = FLOWMOB_MODEL_WEAK_HOST;
		break;
	}
	return &made;
}

/* Decode a copy of exactly len octets, so that reading past the end is found. */
static int decode(struct flowmob_fmp *out, const uint8_t *buf, size_t len)
{
	uint8_t *copy = malloc(len ? len : 1);
	int err;

	memcpy(copy, buf, len);
	err = flowmob_fmp_decode(out, copy, len);
	free(copy);
	return err;
}

START_TEST(golden_octets)
{
	static const char *const golden[] = {
		"01010100002c0000" "20010db8000100000000000000000002" "20010db8000f00000000000000000003" "000abcde01bbc35011000000",
		"0181010100080000" "0102030400000009",
		"0181010200000000",
		"01020103000c0000" "00000005" "00000009" "0a0b0c0d",
		"0182010400080000" "0000000500000008",
		"0182010500080002" "0000000500000007",
		"0182010600000003",
		"0103010700040000" "fffffffe",
		"0183010800000000",
		"0104010900000000",
		"0184010a006c0000" "01000002" "0000000100000009" "20010db8000100000000000000000002" "20010db8000f00000000000000000003"
		"000abcde01bbc35011000000" "0000000200000008" "20010db8000100000000000000000002" "20010db8000f00000000000000000003"
		"000abcde01bbc35011000000",
		"0105010b00060000" "01046d6e4078",
		"0105010c00020000" "0000",
		"0185010d00710000" "00000002"
		"00000009" "20010db8000a00000000000000000001" "040202" "40" "20010db8000f00000000000000000000"
		"38" "20010db8000e00000000000000000000" "01046d6e4078"
		"00000009" "20010db8000a00000000000000000001" "040201" "40" "20010db8000f00000000000000000000" "01046d6e4078",
		"01410000003f0000" "00000009" "20010db8000a00000000000000000001" "040202" "40" "20010db8000f00000000000000000000"
		"38" "20010db8000e00000000000000000000" "01046d6e4078",
		"01420000003f0000" "00000009" "20010db8000a00000000000000000001" "040102" "40" "20010db8000f00000000000000000000"
		"38" "20010db8000e00000000000000000000" "01046d6e4078",
		"0143000000080000" "0000000500000008",
		"0144000000040000" "00000005",
		"01450000002c0000" "20010db8000100000000000000000002" "20010db8000f00000000000000000003" "000abcde01bbc35011000000",
		"0106011300040000" "02000000",
		"0186011400000004",
		"0107011500000000",
		"0187011600380000" "01000002" "000003e8" "00000005" "00000014" "0000000000000003" "0000000102030405"
		"00000006" "ffffffff" "0000000000000000" "0000000000000000",
		"0108011700000000",
		"0188011800240000" "00000001" "00000009" "00000000" "0000000000000003" "0000000102030405" "0000000000000007",
	};
	uint8_t buf[FLOWMOB_FMP_MAX];
	char hex[2 * FLOWMOB_FMP_MAX + 1];

	for (size_t i = 0; i < sizeof(golden) / sizeof(golden[0]); i++) {
		int len = flowmob_fmp_encode(buf, sizeof(buf), message(i));

		ck_assert_int_ge(len, FLOWMOB_FMP_HEADER);
		for (int o = 0; o < len; o++)
			snprintf(hex + 2 * o, 3, "%02x", buf[o]);
		ck_assert_str_eq(hex, golden[i]);
	}
	ck_assert_ptr_null(message(sizeof(golden) / sizeof(golden[0])));
}
END_TEST

START_TEST(decoded_encodes_to_the_same_octets)
{
	uint8_t buf[FLOWMOB_FMP_MAX], again[FLOWMOB_FMP_MAX];
	struct flowmob_fmp out;

	for (size_t i = 0; message(i); i++) {
		int len = flowmob_fmp_encode(buf, sizeof(buf), message(i));

		ck_assert_int_eq(flowmob_fmp_decode(&out, buf, (size_t)len), 0);
		ck_assert_uint_eq(out.op, message(i)->op);
		ck_assert_uint_eq(out.request, message(i)->request);
		ck_assert_uint_eq(out.status, message(i)->status);
		ck_assert_int_eq(flowmob_fmp_encode(again, sizeof(again), &out), len);
		ck_assert_mem_eq(again, buf, (size_t)len);
	}
}
END_TEST

START_TEST(fields_arrive)
{
	uint8_t buf[FLOWMOB_FMP_MAX];
	struct flowmob_fmp out;
	int len = flowmob_fmp_encode(buf, sizeof(buf), message(0));

	ck_assert_int_eq(flowmob_fmp_decode(&out, buf, (size_t)len), 0);
	ck_assert(pmip_flow_equal(&out.u.flow, &message(0)->u.flow));
	ck_assert_uint_eq(out.u.flow.label, 0xabcde);
	len = flowmob_fmp_encode(buf, sizeof(buf), message(14));
	ck_assert_int_eq(flowmob_fmp_decode(&out, buf, (size_t)len), 0);
	ck_assert(pmip_mnid_equal(&out.u.attachment.mn_id, &message(14)->u.attachment.mn_id));
	ck_assert(pmip_prefix_equal(&out.u.attachment.prefix[1], &message(14)->u.attachment.prefix[1]));
	len = flowmob_fmp_encode(buf, sizeof(buf), message(2));
	ck_assert_int_eq(flowmob_fmp_decode(&out, buf, (size_t)len), 0);
	ck_assert_uint_eq(out.u.place.flow_id, 0);
	ck_assert_uint_eq(out.u.place.tunnel, 0);
}
END_TEST

START_TEST(every_truncation_is_refused)
{
	uint8_t buf[FLOWMOB_FMP_MAX];
	struct flowmob_fmp out;

	for (size_t i = 0; message(i); i++) {
		size_t len = (size_t)flowmob_fmp_encode(buf, sizeof(buf), message(i));

		for (size_t cut = 0; cut < len; cut++) {
			uint8_t shorter[FLOWMOB_FMP_MAX];

			ck_assert_int_eq(decode(&out, buf, cut), PMIP_ERR_SHORT);
			if (cut < FLOWMOB_FMP_HEADER)
				continue;
			/* The header says so as well: nothing but an answer to ADD has a body that may be left out. */
			memcpy(shorter, buf, cut);
			shorter[4] = (uint8_t)((cut - FLOWMOB_FMP_HEADER) >> 8);
			shorter[5] = (uint8_t)(cut - FLOWMOB_FMP_HEADER);
			ck_assert_int_eq(decode(&out, shorter, cut), i == 1 && cut == FLOWMOB_FMP_HEADER ? 0 : PMIP_ERR_COUNT);
		}
	}
}
END_TEST

START_TEST(every_extra_octet_is_refused)
{
	uint8_t buf[FLOWMOB_FMP_MAX + 1];
	struct flowmob_fmp out;

	for (size_t i = 0; message(i); i++) {
		size_t len = (size_t)flowmob_fmp_encode(buf, sizeof(buf), message(i));

		buf[len] = 0;
		ck_assert_int_eq(decode(&out, buf, len + 1), PMIP_ERR_COUNT);
		buf[4] = (uint8_t)((len + 1 - FLOWMOB_FMP_HEADER) >> 8);
		buf[5] = (uint8_t)(len + 1 - FLOWMOB_FMP_HEADER);
		/* One octet behind nothing is a place cut short. */
		ck_assert_int_eq(decode(&out, buf, len + 1), PMIP_ERR_COUNT);
	}
}
END_TEST

static const struct {
	size_t message;
	size_t offset;
	uint8_t value;
	int err;
} corruptions[] = {
	{0, 0, 2, PMIP_ERR_UNSUPPORTED},
	{0, 1, 0, PMIP_ERR_TYPE_UNKNOWN},
	{0, 1, 9, PMIP_ERR_TYPE_UNKNOWN},
	{14, 1, 0xc1, PMIP_ERR_TYPE_UNKNOWN}, /* an event has no answer */
	{0, 7, 1, PMIP_ERR_VALUE},            /* a request with a status */
	{16, 3, 1, PMIP_ERR_VALUE},           /* an event with a request id */
	{0, 41, 0x10, PMIP_ERR_VALUE},        /* label of more than 20 bits */
	{0, 51, 1, PMIP_ERR_VALUE},           /* octets that are 0 */
	{16, 11, 0, PMIP_ERR_VALUE},          /* flow id 0 */
	{16, 15, 0, PMIP_ERR_VALUE},          /* tunnel id 0 */
	{17, 11, 0, PMIP_ERR_VALUE},          /* flow id 0 */
	{3, 11, 0, PMIP_ERR_VALUE},           /* flow id 0 */
	{10, 8, 2, PMIP_ERR_VALUE},           /* more is 0 or 1 */
	{10, 9, 1, PMIP_ERR_VALUE},           /* octet that is 0 */
	{10, 11, 1, PMIP_ERR_COUNT},          /* fewer than there are */
	{10, 11, 3, PMIP_ERR_COUNT},          /* more than there are */
	{10, 11, 65, PMIP_ERR_VALUE},         /* more than there may be */
	{13, 11, 9, PMIP_ERR_VALUE},          /* more than there may be */
	{12, 8, 1, PMIP_ERR_VALUE},           /* subtype of no identifier */
	{14, 11, 0, PMIP_ERR_VALUE},          /* tunnel id 0 */
	{14, 29, 0, PMIP_ERR_VALUE},          /* model */
	{14, 29, 3, PMIP_ERR_VALUE},          /* model */
	{14, 30, 9, PMIP_ERR_VALUE},          /* prefixes, too many */
	{14, 31, 129, PMIP_ERR_VALUE},        /* prefix length */
	{14, 31, 40, PMIP_ERR_VALUE},         /* bits beyond the prefix length */
	{19, 8, 3, PMIP_ERR_VALUE},           /* scope */
	{19, 11, 1, PMIP_ERR_VALUE},          /* octet that is 0 */
	{22, 19, 0, PMIP_ERR_VALUE},          /* flow id 0 */
	{22, 11, 129, PMIP_ERR_VALUE},        /* more than there may be */
	{22, 11, 1, PMIP_ERR_COUNT},          /* fewer than there are */
	{24, 15, 0, PMIP_ERR_VALUE},          /* tunnel id 0 */
	{24, 19, 1, PMIP_ERR_VALUE},          /* octet that is 0 */
	{24, 11, 65, PMIP_ERR_VALUE},         /* more than there may be */
};

START_TEST(corruption_is_refused)
{
	uint8_t buf[FLOWMOB_FMP_MAX];
	struct flowmob_fmp out;

	for (size_t i = 0; i < sizeof(corruptions) / sizeof(corruptions[0]); i++) {
		size_t len = (size_t)flowmob_fmp_encode(buf, sizeof(buf), message(corruptions[i].message));

		ck_assert_uint_ne(buf[corruptions[i].offset], corruptions[i].value);
		buf[corruptions[i].offset] = corruptions[i].value;
		ck_assert_msg(decode(&out, buf, len) == corruptions[i].err, "corruption %zu", i);
	}
}
END_TEST

START_TEST(no_corruption_is_taken_for_another_message)
{
	uint8_t buf[FLOWMOB_FMP_MAX], again[FLOWMOB_FMP_MAX];
	struct flowmob_fmp out;

	for (size_t i = 0; message(i); i++) {
		size_t len = (size_t)flowmob_fmp_encode(buf, sizeof(buf), message(i));

		for (size_t bit = 0; bit < 8 * len; bit++) {
			buf[bit / 8] ^= (uint8_t)(1 << bit % 8);
			if (flowmob_fmp_decode(&out, buf, len) == 0) {
				ck_assert_int_eq(flowmob_fmp_encode(again, sizeof(again), &out), (int)len);
				ck_assert_mem_eq(again, buf, len);
			}
			buf[bit / 8] ^= (uint8_t)(1 << bit % 8);
		}
	}
}
END_TEST

START_TEST(bad_request_can_be_answered)
{
	uint8_t buf[FLOWMOB_FMP_MAX];
	struct flowmob_fmp out;
	int len = flowmob_fmp_encode(buf, sizeof(buf), message(3));

	buf[0] = 9;
	ck_assert_int_eq(decode(&out, buf, (size_t)len), PMIP_ERR_UNSUPPORTED);
	ck_assert_uint_eq(out.op, FLOWMOB_FMP_MOVE);
	ck_assert_uint_eq(out.request, 0x103);
	ck_assert_int_eq(decode(&out, buf, 7), PMIP_ERR_SHORT);
	ck_assert_uint_eq(out.op, 0);
	/* With an error the body is empty, whatever the op. */
	for (uint8_t op = FLOWMOB_FMP_ADD; op <= FLOWMOB_FMP_TUNNEL_COUNTERS; op++) {
		struct flowmob_fmp refusal = {
			.op = op | FLOWMOB_FMP_ANSWER, .request = 7, .status = FLOWMOB_FMP_MALFORMED};

		ck_assert_int_eq(flowmob_fmp_encode(buf, sizeof(buf), &refusal), FLOWMOB_FMP_HEADER);
		ck_assert_int_eq(decode(&out, buf, FLOWMOB_FMP_HEADER), 0);
		ck_assert_uint_eq(out.status, FLOWMOB_FMP_MALFORMED);
	}
}
END_TEST

static void refuses(const struct flowmob_fmp *message)
{
	uint8_t buf[FLOWMOB_FMP_MAX];

	ck_assert_int_eq(flowmob_fmp_encode(buf, sizeof(buf), message), PMIP_ERR_INVALID);
}

START_TEST(encode_refuses_what_decode_refuses)
{
	static struct flowmob_fmp bad;
	uint8_t buf[FLOWMOB_FMP_MAX];

	for (size_t i = 0; message(i); i++) {
		int len = flowmob_fmp_encode(buf, sizeof(buf), message(i));

		for (int cap = 0; cap < len; cap++)
			ck_assert_int_eq(flowmob_fmp_encode(buf, (size_t)cap, message(i)), PMIP_ERR_NOBUF);
	}
	bad = *message(0);
	bad.op = 0x20;
	refuses(&bad);
	bad = *message(0);
	bad.u.flow.label = 0x100000;
	refuses(&bad);
	bad = *message(4);
	bad.u.place.tunnel = 0;
	refuses(&bad);
	bad = *message(10);
	bad.u.list.count = FLOWMOB_FMP_FLOWS_MAX + 1;
	refuses(&bad);
	bad = *message(13);
	bad.u.tunnels.count = FLOWMOB_FMP_ATTACHMENTS_MAX + 1;
	refuses(&bad);
	bad = *message(19);
	bad.u.watch = 3;
	refuses(&bad);
	bad = *message(22);
	bad.u.flow_counters.count = FLOWMOB_FMP_FLOW_COUNTS_MAX + 1;
	refuses(&bad);
	bad = *message(24);
	bad.u.tunnel_counters.count = FLOWMOB_FMP_TUNNEL_COUNTS_MAX + 1;
	refuses(&bad);
	bad = *message(14);
	bad.u.attachment.mn_id.len = 0;
	refuses(&bad);
	bad.u.attachment = message(14)->u.attachment;
	bad.u.attachment.prefix[0].addr.b[15] = 1;
	refuses(&bad);
}
END_TEST

START_TEST(fullest_messages_fit)
{
	static struct flowmob_fmp full;
	static uint8_t id[PMIP_MNID_MAX];
	uint8_t buf[FLOWMOB_FMP_MAX];

	full = (struct flowmob_fmp){.op = FLOWMOB_FMP_LIST | FLOWMOB_FMP_ANSWER};
	full.u.list.count = FLOWMOB_FMP_FLOWS_MAX;
	for (size_t i = 0; i < FLOWMOB_FMP_FLOWS_MAX; i++)
		full.u.list.flow[i] = (struct flowmob_placed_flow){{1, 1}, flow()};
	ck_assert_int_gt(flowmob_fmp_encode(buf, sizeof(buf), &full), 0);
	full = (struct flowmob_fmp){.op = FLOWMOB_FMP_TUNNELS | FLOWMOB_FMP_ANSWER};
	full.u.tunnels.count = FLOWMOB_FMP_ATTACHMENTS_MAX;
	for (size_t i = 0; i < FLOWMOB_FMP_ATTACHMENTS_MAX; i++) {
		struct flowmob_attachment *at = &full.u.tunnels.attachment[i];

		*at = attachment();
		at->mn_id = (struct pmip_mnid){1, PMIP_MNID_MAX, id};
		at->prefix_count = PMIP_HNP_MAX;
		for (unsigned int p = 0; p < PMIP_HNP_MAX; p++)
			at->prefix[p] = unit_prefix("2001:db8::/64");
	}
	ck_assert_int_gt(flowmob_fmp_encode(buf, sizeof(buf), &full), 0);
	full = (struct flowmob_fmp){.op = FLOWMOB_FMP_FLOW_COUNTERS | FLOWMOB_FMP_ANSWER};
	full.u.flow_counters.count = FLOWMOB_FMP_FLOW_COUNTS_MAX;
	for (size_t i = 0; i < FLOWMOB_FMP_FLOW_COUNTS_MAX; i++)
		full.u.flow_counters.flow[i].flow_id = 1;
	ck_assert_int_gt(flowmob_fmp_encode(buf, sizeof(buf), &full), 0);
	full = (struct flowmob_fmp){.op = FLOWMOB_FMP_TUNNEL_COUNTERS | FLOWMOB_FMP_ANSWER};
	full.u.tunnel_counters.count = FLOWMOB_FMP_TUNNEL_COUNTS_MAX;
	for (size_t i = 0; i < FLOWMOB_FMP_TUNNEL_COUNTS_MAX; i++)
		full.u.tunnel_counters.tunnel[i].tunnel = 1;
	ck_assert_int_gt(flowmob_fmp_encode(buf, sizeof(buf), &full), 0);
}
END_TEST

START_TEST(names)
{
	ck_assert_str_eq(flowmob_fmp_op_name(FLOWMOB_FMP_MOVE), "move");
	ck_assert_str_eq(flowmob_fmp_op_name(FLOWMOB_FMP_MOVE | FLOWMOB_FMP_ANSWER), "move-answer");
	ck_assert_str_eq(flowmob_fmp_op_name(FLOWMOB_FMP_FLOW_GONE), "flow-gone");
	ck_assert_ptr_null(flowmob_fmp_op_name(FLOWMOB_FMP_FLOW_GONE | FLOWMOB_FMP_ANSWER));
	ck_assert_ptr_null(flowmob_fmp_op_name(0));
	ck_assert_str_eq(flowmob_fmp_status_name(FLOWMOB_FMP_STALE), "stale");
	ck_assert_str_eq(flowmob_fmp_status_name(FLOWMOB_FMP_BUSY), "busy");
	ck_assert_ptr_null(flowmob_fmp_status_name(10));
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {
		golden_octets,
		decoded_encodes_to_the_same_octets,
		fields_arrive,
		every_truncation_is_refused,
		every_extra_octet_is_refused,
		corruption_is_refused,
		no_corruption_is_taken_for_another_message,
		bad_request_can_be_answered,
		encode_refuses_what_decode_refuses,
		fullest_messages_fit,
		names,
		NULL,
	};

	return unit_run("flowmob_fmp", tests);
}
