/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The bounded reader and writers: values, bounds, errors that stick. Blocks have exact sizes for the sanitizer.
 */
#include <stdlib.h>
#include <string.h>

#include <pmip/error.h>

#include "base/buf.h"
#include "unit.h"

START_TEST(test_reader)
{
	uint8_t *data = malloc(12);
	struct pmip__reader reader;

	ck_assert_ptr_nonnull(data);
	for (uint8_t i = 0; i < 12; i++)
		data[i] = (uint8_t)(0xf0 + i);
	pmip__reader_init(&reader, data, 12);
	ck_assert_uint_eq(pmip__get_u8(&reader), 0xf0);
	ck_assert_uint_eq(pmip__get_u16(&reader), 0xf1f2);
	ck_assert_uint_eq(pmip__get_u64(&reader), 0xf3f4f5f6f7f8f9fa);
	ck_assert_uint_eq(pmip__reader_left(&reader), 1);
	ck_assert(!reader.failed);
	ck_assert_uint_eq(pmip__get_u16(&reader), 0);
	ck_assert(reader.failed);
	/* It stays failed, also for what would fit. */
	ck_assert_uint_eq(pmip__get_u8(&reader), 0);
	ck_assert_ptr_null(pmip__get(&reader, 0));
	ck_assert_uint_eq(reader.pos, 11);
	pmip__reader_init(&reader, data, 12);
	ck_assert_ptr_eq(pmip__get(&reader, 12), data);
	ck_assert_ptr_eq(pmip__get(&reader, 0), data + 12);
	ck_assert_ptr_null(pmip__get(&reader, SIZE_MAX));
	free(data);
}
END_TEST

START_TEST(test_reader_empty)
{
	struct pmip__reader reader;

	pmip__reader_init(&reader, NULL, 0);
	ck_assert_uint_eq(pmip__reader_left(&reader), 0);
	ck_assert_uint_eq(pmip__get_u8(&reader), 0);
	ck_assert(reader.failed);
}
END_TEST

/* Writes 16 octets into cap; returns the error. */
static int write_all(uint8_t *buf, size_t cap, size_t *len)
{
	struct pmip__writer writer;

	pmip__writer_init(&writer, buf, cap);
	pmip__put_u8(&writer, 0x01);
	pmip__put_u16(&writer, 0x0203);
	pmip__put_u64(&writer, 0x0405060708090a0b);
	pmip__put(&writer, "\x0c\x0d", 2);
	pmip__put(&writer, NULL, 0);
	pmip__put_zero(&writer, 3);
	pmip__put_zero(&writer, 0);
	*len = writer.len;
	return writer.err;
}

START_TEST(test_writer)
{
	static const uint8_t want[16] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13};
	size_t len;

	for (size_t cap = 0; cap <= 17; cap++) {
		uint8_t *buf = malloc(cap == 0 ? 1 : cap);

		ck_assert_ptr_nonnull(buf);
		ck_assert_int_eq(write_all(buf, cap, &len), cap < 16 ? PMIP_ERR_NOBUF : 0);
		ck_assert_uint_le(len, cap);
		ck_assert_int_eq(memcmp(buf, want, len), 0);
		free(buf);
	}
	ck_assert_uint_eq(len, 16);
}
END_TEST

/* The first error stays, and nothing is written after it. */
START_TEST(test_writer_fail)
{
	struct pmip__writer writer;
	uint8_t buf[4] = {0};

	pmip__writer_init(&writer, buf, sizeof(buf));
	pmip__put_u8(&writer, 1);
	pmip__writer_fail(&writer, PMIP_ERR_OPT_LEN);
	pmip__writer_fail(&writer, PMIP_ERR_OPT_VALUE);
	pmip__put_u8(&writer, 2);
	ck_assert_int_eq(writer.err, PMIP_ERR_OPT_LEN);
	ck_assert_uint_eq(writer.len, 1);
	ck_assert_uint_eq(buf[1], 0);
}
END_TEST

START_TEST(test_is_zero)
{
	static const uint8_t data[] = {0, 0, 0, 1};

	ck_assert(pmip__is_zero(data, 0));
	ck_assert(pmip__is_zero(data, 3));
	ck_assert(!pmip__is_zero(data, 4));
	ck_assert(!pmip__is_zero(data + 3, 1));
}
END_TEST

START_TEST(test_text)
{
	static const uint8_t hex[] = {0x00, 0xab, 0x0f};

	for (size_t cap = 0; cap < 20; cap++) {
		char *buf = malloc(cap == 0 ? 1 : cap);
		struct pmip__text text;

		ck_assert_ptr_nonnull(buf);
		pmip__text_init(&text, buf, cap);
		ck_assert(cap == 0 || buf[0] == '\0');
		pmip__text_add(&text, "%s %d", "ab", 7);
		pmip__text_add(&text, "%s", "");
		pmip__text_add_hex(&text, hex, sizeof(hex), ":");
		pmip__text_add_hex(&text, hex, 0, ":");
		ck_assert_uint_eq(text.len, 12);
		if (cap > 0) {
			ck_assert_uint_eq(strlen(buf), cap > 12 ? 12 : cap - 1);
			ck_assert_int_eq(strncmp(buf, "ab 700:ab:0f", cap - 1), 0);
		}
		free(buf);
	}
}
END_TEST

int main(void)
{
	const TTest *tests[] = {
		test_reader, test_reader_empty, test_writer, test_writer_fail, test_is_zero, test_text, NULL,
	};

	return unit_run("buf", tests);
}
