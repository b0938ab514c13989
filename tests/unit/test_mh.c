/* SPDX-License-Identifier: BSD-2-Clause */
/* Whole messages: what the vectors (test_vectors.c) do not show. */
#include "unit.h"

#include <pmip/wire.h>
#include <stdio.h>
#include <string.h>

#include "base/buf.h"

/* A small PBU to start from. */
static const struct pmip_mh pbu = {.type = PMIP_MH_BU, .u.bu = {.seq = 7, .flags = PMIP_BU_A | PMIP_BU_P, .lifetime_s = 62}};
static const struct pmip_addr src = {{0x20, 0x01, [15] = 1}}, dst = {{0x20, 0x01, [15] = 2}};

static int decode(struct pmip_mh *mh, const uint8_t *buf, int len)
{
	struct pmip_dgram dgram = {.src = src, .dst = dst, .data = buf, .len = (size_t)len};

	ck_assert_int_gt(len, 0);
	return pmip_mh_decode(mh, NULL, &dgram, 0);
}

START_TEST(test_lifetime)
{
	struct pmip_mh mh = pbu, back;
	struct pmip_mh_writer writer;
	uint8_t buf[64];

	pmip_mh_begin(&writer, buf, sizeof(buf), &mh);
	ck_assert_int_eq(decode(&back, buf, pmip_mh_finish(&writer, &src, &dst)), 0);
	ck_assert_uint_eq(back.u.bu.lifetime_s, 60);
	mh.u.bu.lifetime_s = 262140;
	pmip_mh_begin(&writer, buf, sizeof(buf), &mh);
	ck_assert_int_eq(decode(&back, buf, pmip_mh_finish(&writer, &src, &dst)), 0);
	ck_assert_uint_eq(back.u.bu.lifetime_s, 262140);
	mh.u.bu.lifetime_s = 262144;
	pmip_mh_begin(&writer, buf, sizeof(buf), &mh);
	ck_assert_int_eq(pmip_mh_finish(&writer, &src, &dst), PMIP_ERR_INVALID);
}
END_TEST

START_TEST(test_unknown_type)
{
	struct pmip_mh mh = {.type = 200};
	struct pmip_mh_writer writer;
	uint8_t buf[64];
	char text[64];

	pmip_mh_begin(&writer, buf, sizeof(buf), &mh);
	pmip_mh_add_option(&writer, &(struct pmip_option){.type = PMIP_OPT_HI});
	ck_assert_int_eq(pmip_mh_finish(&writer, &src, &dst), PMIP_ERR_TYPE_UNKNOWN);
	pmip_mh_print(&mh, text, sizeof(text));
	ck_assert_str_eq(text, "Unknown message 200\n");
	mh.type = 10; /* Fast Neighbor Advertisement is withdrawn */
	pmip_mh_begin(&writer, buf, sizeof(buf), &mh);
	ck_assert_int_eq(writer.err, PMIP_ERR_TYPE_UNKNOWN);
}
END_TEST

/* GEN-8: 2048 octets and not one more, however large the buffer. */
START_TEST(test_largest)
{
	static const uint8_t blob[255];
	static uint8_t buf[PMIP_MH_MAX + 512];
	struct pmip_option option = {.type = 200, .len = 252, .data = blob};
	struct pmip_mh_writer writer;
	struct pmip_mh mh;

	for (uint8_t last = 8; last < 12; last++) {
		pmip_mh_begin(&writer, buf, sizeof(buf), &pbu);
		option.len = 252;
		for (int i = 0; i < 7; i++)
			pmip_mh_add_option(&writer, &option);
		option.len = 242;
		pmip_mh_add_option(&writer, &option);
		ck_assert_uint_eq(writer.len, 2034);
		option.len = (uint8_t)(last + 4);
		pmip_mh_add_option(&writer, &option);
		if (last == 8)
			ck_assert_int_eq(decode(&mh, buf, pmip_mh_finish(&writer, &src, &dst)), 0);
		else
			ck_assert_int_eq(pmip_mh_finish(&writer, &src, &dst), PMIP_ERR_NOBUF);
	}
	ck_assert_uint_eq(mh.len, PMIP_MH_MAX);
}
END_TEST

/* More prefixes than are kept: decoded, and told. */
START_TEST(test_too_many)
{
	struct pmip_option hnp = {.type = PMIP_OPT_HNP, .u.hnp.prefix = {{{0x20, 0x01, 0x0d, 0xb8}}, 64}};
	struct pmip_option long_id = {.type = PMIP_OPT_LL_ID, .len = 2 + 40, .data = (const uint8_t[42]){0, 0, 1}};
	struct pmip_binding_options options;
	struct pmip_mh_writer writer;
	uint8_t buf[PMIP_MH_MAX];
	struct pmip_mh mh;

	pmip_mh_begin(&writer, buf, sizeof(buf), &pbu);
	for (uint8_t i = 0; i < 40; i++) {
		hnp.u.hnp.prefix.addr.b[7] = i;
		pmip_mh_add_option(&writer, &hnp);
	}
	ck_assert_int_eq(decode(&mh, buf, pmip_mh_finish(&writer, &src, &dst)), 0);
	ck_assert_int_eq(pmip_binding_options_read(&options, &mh), PMIP_ERR_TOO_MANY);
	ck_assert_uint_eq(options.hnp_count, PMIP_HNP_MAX);
	ck_assert_uint_eq(options.hnp[PMIP_HNP_MAX - 1].prefix.addr.b[7], PMIP_HNP_MAX - 1);

	pmip_mh_begin(&writer, buf, sizeof(buf), &pbu);
	pmip_mh_add_option(&writer, &long_id);
	ck_assert_int_eq(decode(&mh, buf, pmip_mh_finish(&writer, &src, &dst)), 0);
	ck_assert_int_eq(pmip_binding_options_read(&options, &mh), PMIP_ERR_TOO_MANY);
	ck_assert_uint_eq(options.has & PMIP_HAS_LL_ID, 0);
}
END_TEST

/* RFC 5213 section 8.6: an all-zero link-layer identifier is none. */
START_TEST(test_zero_ll_id)
{
	struct pmip_option option = {.type = PMIP_OPT_LL_ID, .u.ll_id.len = 6};
	struct pmip_binding_options options;
	struct pmip_mh_writer writer;
	struct pmip_mh mh;
	uint8_t buf[64];

	pmip_mh_begin(&writer, buf, sizeof(buf), &pbu);
	pmip_mh_add_option(&writer, &option);
	ck_assert_int_eq(decode(&mh, buf, pmip_mh_finish(&writer, &src, &dst)), 0);
	ck_assert_int_eq(pmip_binding_options_read(&options, &mh), 0);
	ck_assert_uint_eq(options.has, 0);
	ck_assert_uint_eq(options.ll_id.len, 0);
}
END_TEST

START_TEST(test_print)
{
	static const uint8_t id[] = {'a', 0x1b, '@', 'b'}, blob[] = {1, 0xff};
	struct pmip_binding_options options = {
		.has = PMIP_HAS_MN_ID | PMIP_HAS_HI | PMIP_HAS_ATT | PMIP_HAS_TIMESTAMP | PMIP_HAS_LL_ID | PMIP_HAS_LLA,
		.mn_id = {1, sizeof(id), id}, .hnp_count = 1, .hnp = {{true, {{{0x20, 0x01, 0x0d, 0xb8}}, 64}}},
		.hi = 3, .att = 99, .timestamp = 0x18000, .ll_id = {2, {0xab, 0xcd}}, .lla = {{0xfe, 0x80, [15] = 1}},
	};
	struct pmip_mh mh = {.type = PMIP_MH_BA, .u.ba = {.status = 156, .flags = 0x21, .seq = 9, .lifetime_s = 8}};
	struct pmip_mh_writer writer;
	struct pmip_mh back;
	uint8_t buf[256];
	char text[2048];

	pmip_mh_begin(&writer, buf, sizeof(buf), &mh);
	pmip_binding_options_write(&writer, &options);
	pmip_mh_add_option(&writer, &(struct pmip_option){.type = 200, .len = 2, .data = blob});
	ck_assert_int_eq(decode(&back, buf, pmip_mh_finish(&writer, &src, &dst)), 0);
	pmip_mh_print(&back, text, sizeof(text));
	ck_assert_str_eq(text,
			 "Binding Acknowledgement, 96 octets\n"
			 "  Status: 156 (TIMESTAMP_MISMATCH)\n"
			 "  Flags: P+0x1\n"
			 "  Sequence: 9\n"
			 "  Lifetime: 8 s\n"
			 "  Mobile Node Identifier\n"
			 "    Identifier: a\\x1b@b\n"
			 "  Home Network Prefix\n"
			 "    Off-link: yes\n"
			 "    Prefix: 2001:db8::/64\n"
			 "  Handoff Indicator\n"
			 "    Value: 3 (handoff between MAGs)\n"
			 "  Access Technology Type\n"
			 "    Value: 99\n"
			 "  Timestamp\n"
			 "    Time: 1.500000 s\n"
			 "  Mobile Node Link-layer Identifier\n"
			 "    Identifier: ab:cd\n"
			 "  Link-local Address\n"
			 "    Address: fe80::1\n"
			 "  Unknown option 200, 2 octets: 01ff\n");
	ck_assert_uint_eq(pmip_mh_print(&back, NULL, 0), strlen(text));
}
END_TEST

START_TEST(test_flowmob_option) /* PAP-2: a Home Network Prefix option but for the type, aligned like one or not at all */
{
	const bool unaligned = _i;
	const size_t at = unaligned ? 16 : 20;
	struct pmip_binding_options options = {
		.has = PMIP_HAS_MN_ID, .mn_id = {1, 1, (const uint8_t *)"a"}, .hnp_count = 1, .hnp = {{true, {{{0x20, 0x01, 0x0d, 0xb8}}, 64}}},
		.flowmob_type = 200,
	};
	struct pmip_mh mh = {.type = PMIP_MH_BA, .u.ba = {.flags = PMIP_BA_P}};
	struct pmip_binding_options read = {.hnp_count = 0};
	struct pmip_mh_writer writer;
	struct pmip_mh back;
	uint8_t buf[64];

	pmip_mh_begin(&writer, buf, sizeof(buf), &mh);
	writer.unaligned = unaligned;
	pmip_binding_options_write(&writer, &options);
	ck_assert_uint_eq(writer.len, at + 20);
	ck_assert_uint_eq(buf[at], 200);
	ck_assert_uint_eq(buf[at + 1], 18);
	ck_assert_int_eq(decode(&back, buf, pmip_mh_finish(&writer, &src, &dst)), 0);
	ck_assert_int_eq(pmip_binding_options_read_flowmob(&read, &back, 200), 0);
	ck_assert_uint_eq(read.hnp_count, 1);
	ck_assert(read.hnp[0].off_link);
	ck_assert(pmip_prefix_equal(&read.hnp[0].prefix, &options.hnp[0].prefix));
	pmip_mh_begin(&writer, buf, at + 19, &mh);
	writer.unaligned = unaligned;
	pmip_binding_options_write(&writer, &options);
	ck_assert_int_eq(pmip_mh_finish(&writer, &src, &dst), PMIP_ERR_NOBUF);
}
END_TEST

START_TEST(test_binding_error)
{
	struct pmip_mh mh = {.type = PMIP_MH_BE, .u.be = {.status = PMIP_BE_UNKNOWN_TYPE}};
	struct pmip_mh_writer writer;
	struct pmip_mh back;
	uint8_t buf[24];
	char text[256];

	for (uint8_t status = 1; status <= 3; status++) {
		mh.u.be.status = status;
		pmip_mh_begin(&writer, buf, sizeof(buf), &mh);
		ck_assert_int_eq(decode(&back, buf, pmip_mh_finish(&writer, &src, &dst)), 0);
		ck_assert_uint_eq(back.u.be.status, status);
		pmip_mh_print(&back, text, sizeof(text));
		ck_assert_int_eq(strstr(text, " (un") != NULL, status < 3);
	}
}
END_TEST

START_TEST(test_status_name)
{
	size_t names = 0;

	ck_assert_str_eq(pmip_status_name(PMIP_STATUS_TIMESTAMP_MISMATCH), "TIMESTAMP_MISMATCH");
	ck_assert_str_eq(pmip_status_name(0), "Binding Update accepted");
	ck_assert_str_eq(pmip_status_name(180), "CANNOT_SUPPORT_MULTIPATH_BINDING");
	ck_assert_ptr_null(pmip_status_name(7));
	ck_assert_ptr_null(pmip_status_name(255));
	for (unsigned int status = 0; status < 256; status++)
		names += pmip_status_name((uint8_t)status) != NULL;
	ck_assert_uint_eq(names, 7 + 53);
}
END_TEST

/* RFC 5213 section 8.8, and the example of 2010-01-01T00:00:00.5Z. */
START_TEST(test_timestamp)
{
	ck_assert_uint_eq(pmip_timestamp_from_us(1262304000500000), 0x00004b3d3b008000);
	ck_assert_uint_eq(pmip_timestamp_to_us(0x00004b3d3b008000), 1262304000500000);
	ck_assert_uint_eq(pmip_timestamp_from_us(0), 0);
	ck_assert_uint_eq(pmip_timestamp_from_us(999999), 0xffff);
	ck_assert_uint_eq(pmip_timestamp_to_us(1), 15);
	ck_assert_uint_eq(pmip_timestamp_to_us(UINT64_MAX), UINT64_MAX);
	ck_assert_uint_eq(pmip_timestamp_to_us((18446744073709ULL << 16) | 0xffff), UINT64_MAX);
	ck_assert_uint_eq(pmip_timestamp_to_us(18446744073709ULL << 16), 18446744073709000000ULL);
	ck_assert_uint_eq(pmip_timestamp_from_us(UINT64_MAX) >> 16, 18446744073709ULL);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("mh");
	TCase *tcase = tcase_create("mh");

	tcase_add_test(tcase, test_lifetime);
	tcase_add_test(tcase, test_unknown_type);
	tcase_add_test(tcase, test_largest);
	tcase_add_test(tcase, test_too_many);
	tcase_add_test(tcase, test_zero_ll_id);
	tcase_add_test(tcase, test_print);
	tcase_add_loop_test(tcase, test_flowmob_option, 0, 2);
	tcase_add_test(tcase, test_binding_error);
	tcase_add_test(tcase, test_status_name);
	tcase_add_test(tcase, test_timestamp);
	suite_add_tcase(suite, tcase);
	return unit_run_suite(suite);
}
