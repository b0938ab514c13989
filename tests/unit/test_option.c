/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The option table and single options: each length, each value rule, alignment and padding.
 */
#include "unit.h"
#include "vector.h"

#include "wire/option.h"
#include "wire/option_table.h"
#include "wire/mh_table.h"

/* Decodes type, len, data from an exact-size block. */
static int read_option(struct pmip_option *option, uint8_t type, uint8_t len, const uint8_t *data)
{
	uint8_t tlv[257] = {type, len};
	struct pmip__reader reader;
	const char *rule = NULL;
	uint8_t *copy;
	int err;

	memcpy(tlv + 2, data, len);
	copy = vector_copy(tlv, 2u + len);
	pmip__reader_init(&reader, copy, 2u + len);
	err = pmip__option_read(&reader, option, &rule);
	ck_assert_int_eq(err < 0, rule != NULL && reader.pos == 2u + len && err < 0);
	option->data = NULL; /* gone with the block */
	free(copy);
	return err;
}

/* The least and the most octets of a field. */
static size_t width(const struct pmip_field *field, bool most)
{
	switch (field->kind) {
	case PMIP_FIELD_RESERVED:
	case PMIP_FIELD_UINT:
	case PMIP_FIELD_FLAGS:
	case PMIP_FIELD_OCTETS:
		return field->octets;
	case PMIP_FIELD_FLAG:
	case PMIP_FIELD_BITS:
		return field->held ? 0 : field->octets;
	case PMIP_FIELD_LIFETIME:
	case PMIP_FIELD_SECONDS:
	case PMIP_FIELD_ADDRS:
	case PMIP_FIELD_RECORDS:
		return 2;
	case PMIP_FIELD_DEGREES:
		return 3;
	case PMIP_FIELD_TIMESTAMP:
	case PMIP_FIELD_NTP:
		return 8;
	case PMIP_FIELD_ADDR:
		return 16;
	case PMIP_FIELD_PREFIX:
		return 17;
	case PMIP_FIELD_IP:
		if (field->octets != 0)
			return field->octets;
		return most ? 16 : (field->mask & PMIP_IP_NONE) != 0 ? 0 : 4;
	case PMIP_FIELD_KEY:
		return most ? 4 : 0;
	case PMIP_FIELD_MNID:
	case PMIP_FIELD_STRING:
		return 1 + field->mask;
	case PMIP_FIELD_END:
	case PMIP_FIELD_LLID:
	case PMIP_FIELD_REST:
	case PMIP_FIELD_TEXT:
	case PMIP_FIELD_UINT16S:
	case PMIP_FIELD_SUBOPTIONS:
	case PMIP_FIELD_SELECTOR:
	default:
		return 0;
	}
}

static size_t total_width(const struct pmip_field *field, bool most)
{
	size_t sum = 0;

	for (; field->kind != PMIP_FIELD_END; field++)
		sum += width(field, most);
	return sum;
}

/* The descriptors of a row must fill what its lengths say; a field that takes what is left may ask for one octet or pair more. */
static void assert_widths(const struct pmip_field *fields, uint8_t len_min, uint8_t len_max)
{
	size_t least = total_width(fields, false), most = total_width(fields, true);

	ck_assert_uint_le(least, len_min);
	ck_assert_uint_le(len_min - least, 2);
	ck_assert_msg(most == len_max || len_max >= 254, "%zu %u", most, len_max);
}

START_TEST(test_table)
{
	unsigned int rows = 0, messages = 0;
	const struct pmip_mh_info *mh;

	for (; (mh = pmip_mh_info_nth(messages)) != NULL; messages++) {
		struct pmip_mh named = {.type = mh->type};

		if (mh->type == PMIP_MH_REVOCATION)
			named.u.revocation.type = mh->subtype;
		else if (mh->type == PMIP_MH_FLOW_BINDING)
			named.u.flow_binding.type = mh->subtype;
		ck_assert_ptr_eq(pmip_mh_info(&named), mh);
		ck_assert(mh->type == PMIP_MH_EXPERIMENTAL ||
			  total_width(mh->fields, false) == (size_t)mh->options_offset - PMIP__MH_HEADER);
		ck_assert_uint_le(mh->options_offset, (mh->hdr_len_min + 1u) * 8);
	}
	for (unsigned int type = 0; type < 256; type++) {
		const struct pmip__option_row *row = pmip__option_row((uint8_t)type);

		ck_assert_ptr_eq(pmip_option_info((uint8_t)type), row == NULL ? NULL : &row->info);
		if (row == NULL)
			continue;
		rows++;
		ck_assert_uint_eq(row->info.type, type);
		ck_assert_int_eq(strncmp(row->info.ref, "RFC ", 4), 0);
		ck_assert_uint_le(row->info.len_min, row->info.len_max);
		ck_assert_uint_lt(row->info.align_y, row->info.align_n);
		ck_assert_uint_ne(row->info.messages, 0);
		if (row->info.fields != NULL)
			assert_widths(row->info.fields, row->info.len_min, row->info.len_max);
	}
	ck_assert_uint_eq(rows, 69); /* 0 to 70 without 60 and 61 */
	ck_assert_uint_eq(messages, 25); /* 0 to 23 without 10, two of them twice */
	ck_assert_uint_eq(pmip_option_info(PMIP_OPT_HNP)->align_n, 8);
	ck_assert_uint_eq(pmip_option_info(PMIP_OPT_HNP)->align_y, 4);
	ck_assert(pmip_option_info(PMIP_OPT_HNP)->repeats && !pmip_option_info(PMIP_OPT_HI)->repeats);
}
END_TEST

/* Lengths of options whose legal ones are not a range, as the RFCs list them; closed by 255. */
static const struct {
	uint8_t type, lengths[4];
} few[] = {
	{PMIP_OPT_GRE_KEY, {2, 6, 255}},   {PMIP_OPT_BID, {4, 8, 20, 255}},        {PMIP_OPT_LMA_ADDR, {6, 18, 255}},
	{PMIP_OPT_REDIRECT, {6, 18, 255}}, {PMIP_OPT_DELEGATED_MNP, {6, 18, 255}}, {PMIP_OPT_LMA_USER_PLANE, {2, 6, 18, 255}},
};

static bool is_legal(const struct pmip_option_info *info, unsigned int len)
{
	if (info == NULL)
		return true;
	for (size_t i = 0; i < sizeof(few) / sizeof(few[0]); i++) {
		if (few[i].type != info->type)
			continue;
		for (const uint8_t *p = few[i].lengths; *p != 255; p++) {
			if (*p == len)
				return true;
		}
		return false;
	}
	return len >= info->len_min && len <= info->len_max && (info->type != PMIP_OPT_FLOW_SUMMARY || len % 2 == 0);
}

/* Every length of every type: what the table does not list is refused. Zeros are no legal value of some. */
START_TEST(test_lengths)
{
	static const uint8_t zeros[255];
	struct pmip_option option;

	for (unsigned int type = 1; type < 256; type++) {
		const struct pmip_option_info *info = pmip_option_info((uint8_t)type);

		for (unsigned int len = 0; len < 256; len++) {
			bool legal = is_legal(info, len);
			int err = read_option(&option, (uint8_t)type, (uint8_t)len, zeros);

			if (type == PMIP_OPT_DELEGATED_MNP && len == 6)
				continue; /* legal with flag V only */
			ck_assert_msg(legal ? err != PMIP_ERR_OPT_LEN : err == PMIP_ERR_OPT_LEN, "type %u len %u: %d", type, len, err);
			ck_assert_int_eq(option.known, info != NULL);
		}
	}
}
END_TEST

static int read_mn_id(uint8_t subtype, const char *id, size_t len)
{
	uint8_t data[255] = {subtype};
	struct pmip_option option;

	memcpy(data + 1, id, len);
	return read_option(&option, PMIP_OPT_MN_ID, (uint8_t)(len + 1), data);
}

/* RFC 8371 section 4; an empty identifier passes whatever the subtype. */
START_TEST(test_mn_id_lengths)
{
	static const uint8_t want[] = {0, 0, 16, 8, 4, 6, 8, 10, 0, 0};
	static const char zeros[254];

	for (uint8_t subtype = 0; subtype < sizeof(want); subtype++) {
		for (size_t len = 0; len <= 254; len++) {
			bool legal = len == 0 || want[subtype] == 0 || want[subtype] == len;

			ck_assert_int_eq(read_mn_id(subtype, zeros, len), legal ? 0 : PMIP_ERR_OPT_LEN);
		}
	}
}
END_TEST

static const struct {
	const char *text;
	bool legal;
} utf8[] = {
	{"mn1@example.com", true},  {"\x7f", true},              {"\x80", false},         {"\xc3\xa9@x", true},
	{"\xc3", false},            {"\xc0\x80", false},         {"\xc1\xbf", false},     {"\xc2\x7f", false},
	{"\xc2\xc0", false},        {"\xe0\xa0\x80", true},      {"\xe0\x9f\xbf", false}, {"\xed\x9f\xbf", true},
	{"\xed\xa0\x80", false},    {"\xef\xbf\xbf", true},      {"\xe2\x82", false},     {"\xe2\x82\x28", false},
	{"\xf0\x90\x80\x80", true}, {"\xf0\x8f\xbf\xbf", false}, {"\xf4\x8f\xbf\xbf", true},
	{"\xf4\x90\x80\x80", false}, {"\xf5\x80\x80\x80", false}, {"\xff", false},        {"\xf0\x9f\x98", false},
	{"a\xf0\x9f\x98\x80", true}, {"a\xf0\x9f\x98\x80\xbf", false},
};

START_TEST(test_nai_utf8)
{
	ck_assert_int_eq(read_mn_id(1, utf8[_i].text, strlen(utf8[_i].text)), utf8[_i].legal ? 0 : PMIP_ERR_OPT_VALUE);
	ck_assert_int_eq(read_mn_id(8, utf8[_i].text, strlen(utf8[_i].text)), 0);
}
END_TEST

static int read_hnp(struct pmip_option *option, uint8_t first, uint8_t plen, const char *addr)
{
	uint8_t data[18] = {first, plen};
	struct pmip_addr parsed;

	parsed = unit_addr(addr);
	memcpy(data + 2, parsed.b, 16);
	return read_option(option, PMIP_OPT_HNP, 18, data);
}

START_TEST(test_hnp_values)
{
	struct pmip_option option;

	ck_assert_int_eq(read_hnp(&option, 0x80, 64, "2001:db8::"), 0);
	ck_assert(option.u.hnp.off_link && option.u.hnp.prefix.len == 64);
	ck_assert_int_eq(read_hnp(&option, 0x7f, 65, "2001:db8:0:0:8000::"), 0);
	ck_assert(!option.u.hnp.off_link);
	ck_assert_int_eq(read_hnp(&option, 0, 64, "2001:db8:0:0:8000::"), PMIP_ERR_OPT_VALUE);
	ck_assert_int_eq(read_hnp(&option, 0, 128, "2001:db8::1"), 0);
	ck_assert_int_eq(read_hnp(&option, 0, 129, "2001:db8::1"), PMIP_ERR_OPT_VALUE);
	ck_assert_int_eq(read_hnp(&option, 0, 0, "8000::"), PMIP_ERR_OPT_VALUE);
	/* The length beside ALL_ZERO is undefined: ignored, and given back as 0. */
	ck_assert_int_eq(read_hnp(&option, 0, 200, "::"), 0);
	ck_assert_uint_eq(option.u.hnp.prefix.len, 0);
}
END_TEST

static const struct pmip_mh pbu = {.type = PMIP_MH_BU};
static const struct pmip_addr here = {{0xfe, 0x80, [15] = 1}};

static int decode_two(const struct pmip_option *a, const struct pmip_option *b, struct pmip_diag *diag)
{
	struct pmip_mh_writer writer;
	struct pmip_dgram dgram = {.src = here, .dst = here};
	uint8_t buf[512];
	struct pmip_mh mh;
	int len;

	pmip_mh_begin(&writer, buf, sizeof(buf), &pbu);
	pmip_mh_add_option(&writer, a);
	pmip_mh_add_option(&writer, b);
	len = pmip_mh_finish(&writer, &here, &here);
	ck_assert_int_gt(len, 0);
	dgram.data = buf;
	dgram.len = (size_t)len;
	return pmip_mh_decode(&mh, diag, &dgram, 0);
}

START_TEST(test_repetition)
{
	struct pmip_option a = {.type = PMIP_OPT_HNP, .u.hnp = {false, {{{0x20, 0x01}}, 64}}}, b = a;
	struct pmip_diag diag;

	ck_assert_int_eq(decode_two(&a, &b, &diag), PMIP_ERR_OPT_DUP);
	ck_assert_uint_eq(diag.option, PMIP_OPT_HNP);
	ck_assert_str_eq(diag.ref, "RFC 5213 8.3");
	b.u.hnp.off_link = true;
	ck_assert_int_eq(decode_two(&a, &b, NULL), PMIP_ERR_OPT_DUP);
	b.u.hnp.prefix.len = 48;
	ck_assert_int_eq(decode_two(&a, &b, NULL), 0);
	memset(&a.u, 0, sizeof(a.u));
	ck_assert_int_eq(decode_two(&a, &a, NULL), 0);
	a.type = b.type = PMIP_OPT_ATT;
	ck_assert_int_eq(decode_two(&a, &b, NULL), PMIP_ERR_OPT_DUP);
	a = b = (struct pmip_option){.type = 200};
	ck_assert_int_eq(decode_two(&a, &b, NULL), 0);
}
END_TEST

/* Appends the option at each place and looks where its type octet lands. */
static void assert_align(const struct pmip_option *option, size_t n, size_t y)
{
	for (size_t at = 0; at < 8; at++) {
		struct pmip__writer writer;
		uint8_t buf[300];
		size_t pad;

		pmip__writer_init(&writer, buf, sizeof(buf));
		for (size_t i = 0; i < at; i++)
			pmip__put_u8(&writer, 0xee);
		pmip__option_write(&writer, option, false);
		ck_assert_int_eq(writer.err, 0);
		for (pad = 0; (at + pad) % n != y; pad++)
			;
		ck_assert_uint_eq(buf[at + pad], option->type);
		/* 1 octet: Pad1; more: one PadN of zeros */
		if (pad == 1)
			ck_assert_uint_eq(buf[at], PMIP_OPT_PAD1);
		for (size_t i = 0; pad > 1 && i < pad; i++)
			ck_assert_uint_eq(buf[at + i], i == 0 ? 1 : i == 1 ? pad - 2 : 0);
	}
}

START_TEST(test_alignment)
{
	struct pmip_option option = {.type = PMIP_OPT_LL_ID};

	for (uint8_t len = 1; len <= PMIP_LLID_MAX; len++) {
		option.u.ll_id.len = len;
		assert_align(&option, len % 8 == 0 ? 8 : len % 4 == 0 ? 4 : 2, len % 8 == 0 ? 4 : 0);
	}
	assert_align(&(struct pmip_option){.type = PMIP_OPT_HNP}, 8, 4);
	assert_align(&(struct pmip_option){.type = PMIP_OPT_LLA}, 8, 6);
	assert_align(&(struct pmip_option){.type = PMIP_OPT_ALT_COA}, 8, 6);
	assert_align(&(struct pmip_option){.type = PMIP_OPT_TIMESTAMP}, 8, 2);
	assert_align(&(struct pmip_option){.type = PMIP_OPT_HI}, 1, 0);
	assert_align(&(struct pmip_option){.type = PMIP_OPT_ATT}, 1, 0);
	assert_align(&(struct pmip_option){.type = PMIP_OPT_MN_ID}, 1, 0);
	assert_align(&(struct pmip_option){.type = 200}, 1, 0);
}
END_TEST

static int write_option(const struct pmip_option *option, uint8_t *buf, size_t cap, size_t *len)
{
	struct pmip__writer writer;

	pmip__writer_init(&writer, buf, cap);
	pmip__option_write(&writer, option, false);
	*len = writer.len;
	return writer.err;
}

/* What cannot be written says so and writes nothing. */
START_TEST(test_refused)
{
	static const uint8_t id[255] = {0xff};
	struct pmip_option option = {.type = PMIP_OPT_MN_ID, .u.mn_id = {8, 255, id}};
	uint8_t buf[300];
	size_t len;

	ck_assert_int_eq(write_option(&option, buf, sizeof(buf), &len), PMIP_ERR_OPT_LEN);
	ck_assert_uint_eq(len, 0);
	option.u.mn_id.len = 254;
	ck_assert_int_eq(write_option(&option, buf, sizeof(buf), &len), 0);
	ck_assert_uint_eq(len, 257);
	ck_assert_int_eq(write_option(&option, buf, 256, &len), PMIP_ERR_NOBUF);
	option.u.mn_id = (struct pmip_mnid){1, 1, id};
	ck_assert_int_eq(write_option(&option, buf, sizeof(buf), &len), PMIP_ERR_OPT_VALUE);
	option.u.mn_id = (struct pmip_mnid){5, 5, id};
	ck_assert_int_eq(write_option(&option, buf, sizeof(buf), &len), PMIP_ERR_OPT_LEN);
	option.u.mn_id = (struct pmip_mnid){1, 0, NULL};
	ck_assert_int_eq(write_option(&option, buf, sizeof(buf), &len), 0);
	ck_assert_uint_eq(len, 3);
	option = (struct pmip_option){.type = PMIP_OPT_HNP, .u.hnp.prefix = {here, 64}};
	ck_assert_int_eq(write_option(&option, buf, sizeof(buf), &len), PMIP_ERR_OPT_VALUE);
	option = (struct pmip_option){.type = PMIP_OPT_LL_ID};
	ck_assert_int_eq(write_option(&option, buf, sizeof(buf), &len), PMIP_ERR_OPT_LEN);
}
END_TEST

/* An identifier too long for struct pmip_llid survives a round trip; so do unknown options and padding. */
START_TEST(test_opaque)
{
	static const uint8_t data[255] = {0, 0, 1, 2, 3};
	struct pmip_option option = {.type = PMIP_OPT_LL_ID, .len = 255, .data = data}, back;
	uint8_t buf[300];
	size_t len;

	ck_assert_int_eq(write_option(&option, buf, sizeof(buf), &len), 0);
	ck_assert_uint_eq(len, 257);
	ck_assert_int_eq(memcmp(buf + 2, data, 255), 0);
	ck_assert_int_eq(read_option(&back, buf[0], buf[1], buf + 2), 0);
	ck_assert(back.known && back.u.ll_id.len == 0);
	option.type = 200;
	ck_assert_int_eq(write_option(&option, buf, sizeof(buf), &len), 0);
	ck_assert_uint_eq(len, 257);
	option = (struct pmip_option){.type = PMIP_OPT_PADN, .len = 3, .data = data + 2};
	ck_assert_int_eq(write_option(&option, buf, sizeof(buf), &len), 0);
	ck_assert_int_eq(memcmp(buf, (const uint8_t[]){1, 3, 1, 2, 3}, 5), 0);
	option.data = NULL;
	ck_assert_int_eq(write_option(&option, buf, sizeof(buf), &len), 0);
	ck_assert_int_eq(memcmp(buf, (const uint8_t[]){1, 3, 0, 0, 0}, 5), 0);
	option = (struct pmip_option){.type = PMIP_OPT_PAD1};
	ck_assert_int_eq(write_option(&option, buf, sizeof(buf), &len), 0);
	ck_assert_uint_eq(len, 1);
}
END_TEST

/* A message that was never decoded cannot make the iterator leave it. */
START_TEST(test_iterator_bounds)
{
	uint8_t *data = vector_copy((const uint8_t[]){59, 1, 5, 0, 0, 0, 0, 0, 0, 0, 0, 0, 200, 9, 0, 0}, 16);
	struct pmip_mh mh = {.type = PMIP_MH_BU, .len = 16, .data = data, .options_offset = 12};
	struct pmip_option_iter iter;
	struct pmip_option option;

	pmip_option_iter_init(&iter, &mh);
	ck_assert_int_eq(pmip_option_next(&iter, &option), 0);
	iter.offset = 17;
	ck_assert_int_eq(pmip_option_next(&iter, &option), 0);
	iter.offset = 16;
	ck_assert_int_eq(pmip_option_next(&iter, &option), 0);
	free(data);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("option");
	TCase *tcase = tcase_create("option");

	tcase_add_test(tcase, test_table);
	tcase_add_test(tcase, test_lengths);
	tcase_add_test(tcase, test_mn_id_lengths);
	tcase_add_loop_test(tcase, test_nai_utf8, 0, (int)(sizeof(utf8) / sizeof(utf8[0])));
	tcase_add_test(tcase, test_hnp_values);
	tcase_add_test(tcase, test_repetition);
	tcase_add_test(tcase, test_alignment);
	tcase_add_test(tcase, test_refused);
	tcase_add_test(tcase, test_opaque);
	tcase_add_test(tcase, test_iterator_bounds);
	suite_add_tcase(suite, tcase);
	return unit_run_suite(suite);
}
