/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The TLV of RFC 6275 section 6.2.1, driven by the option table.
 */
#include <string.h>

#include <pmip/error.h>

#include "wire/option.h"
#include "wire/option_table.h"

static int read_value(struct pmip_option *option, const struct pmip__option_row *row, const char **rule)
{
	struct pmip__reader value;
	int err;

	*rule = "the Option Length is not one the option's format allows";
	if (option->len < row->info.len_min || option->len > row->info.len_max)
		return PMIP_ERR_OPT_LEN;
	if (row->info.fields == NULL)
		return 0;
	pmip__reader_init(&value, option->data, option->len);
	err = pmip__fields_read(row->info.fields, option, &value, rule);
	if (err < 0)
		return err;
	if (value.failed || pmip__reader_left(&value) > 0)
		return PMIP_ERR_OPT_LEN;
	return row->check == NULL ? 0 : row->check(option, rule);
}

int pmip__option_read(struct pmip__reader *reader, struct pmip_option *option, const char **rule)
{
	const struct pmip__option_row *row;

	memset(option, 0, sizeof(*option));
	option->offset = reader->pos;
	option->type = pmip__get_u8(reader);
	if (option->type != PMIP_OPT_PAD1)
		option->len = pmip__get_u8(reader);
	option->data = pmip__get(reader, option->len);
	if (reader->failed) {
		*rule = "the option runs past the end of the message";
		return PMIP_ERR_OPT_TRUNC;
	}
	row = pmip__option_row(option->type);
	if (row == NULL)
		return 0;
	option->known = true;
	return read_value(option, row, rule);
}

void pmip__padding_write(struct pmip__writer *writer, size_t n)
{
	if (n == 1) {
		pmip__put_u8(writer, PMIP_OPT_PAD1);
	} else if (n > 1) {
		pmip__put_u8(writer, PMIP_OPT_PADN);
		pmip__put_u8(writer, (uint8_t)(n - 2));
		pmip__put_zero(writer, n - 2);
	}
}

static void align(struct pmip__writer *writer, const struct pmip__option_row *row, uint8_t len)
{
	uint8_t y = row->info.align_y;
	uint8_t n = row->align == NULL ? row->info.align_n : row->align(len, &y);

	pmip__padding_write(writer, (y + n - writer->len % n) % n);
}

static void write_tlv(struct pmip__writer *writer, uint8_t type, const uint8_t *data, uint8_t len)
{
	pmip__put_u8(writer, type);
	if (type == PMIP_OPT_PAD1)
		return;
	pmip__put_u8(writer, len);
	if (data == NULL)
		pmip__put_zero(writer, len);
	else
		pmip__put(writer, data, len);
}

/* Build the option data from u. Its length is known only then, and the alignment may hang on it. */
static void write_known(struct pmip__writer *writer, const struct pmip__option_row *row, const struct pmip_option *option,
			bool unaligned)
{
	struct pmip_option checked = *option;
	struct pmip__writer value;
	const char *rule;
	uint8_t buf[256]; /* one more than the longest, so that too long shows */
	int err = row->check == NULL ? 0 : row->check(&checked, &rule);

	pmip__writer_init(&value, buf, sizeof(buf));
	/* An identifier too long for u is still whole in data. */
	if (option->type == PMIP_OPT_LL_ID && option->u.ll_id.len == 0 && option->len > 2 + PMIP_LLID_MAX)
		pmip__put(&value, option->data, option->len);
	else
		pmip__fields_write(row->info.fields, &checked, &value);
	if (err == 0)
		err = value.err;
	if (err == 0 && (value.len < row->info.len_min || value.len > row->info.len_max))
		err = PMIP_ERR_OPT_LEN;
	if (err != 0) {
		pmip__writer_fail(writer, err);
		return;
	}
	if (!unaligned)
		align(writer, row, (uint8_t)value.len);
	write_tlv(writer, option->type, buf, (uint8_t)value.len);
}

void pmip__option_write(struct pmip__writer *writer, const struct pmip_option *option, bool unaligned)
{
	const struct pmip__option_row *row = pmip__option_row(option->type);

	if (row == NULL || row->info.fields == NULL)
		write_tlv(writer, option->type, option->data, option->len);
	else
		write_known(writer, row, option, unaligned);
}
