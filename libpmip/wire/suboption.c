/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The TLV inside options. A sub-option area ends exactly where its option does.
 */
#include <string.h>

#include <pmip/error.h>

#include "wire/field.h"
#include "wire/option_table.h"
#include "wire/suboption.h"

#define PAD1 0 /* of the flow family, the only one with padding (RFC 6089 section 4.2.1) */

const struct pmip_suboption_info *pmip_suboption_info(enum pmip_suboption_family family, uint8_t type)
{
	const struct pmip__suboption_row *row = pmip__suboption_row(family, type);

	return row == NULL ? NULL : &row->info;
}

void pmip_suboption_iter_init(struct pmip_suboption_iter *iter, const struct pmip_option *option)
{
	const struct pmip_option_info *info = pmip_option_info(option->type);
	const struct pmip_field *field = info == NULL || info->fields == NULL ? NULL : pmip__fields_suboptions(info->fields);

	*iter = (struct pmip_suboption_iter){.family = PMIP_SUB_NONE};
	if (field == NULL)
		return;
	iter->family = (enum pmip_suboption_family)field->mask;
	iter->area = *(const struct pmip_bytes *)((const uint8_t *)option + field->at);
}

static int read_value(struct pmip_suboption *sub, const struct pmip__suboption_row *row, const char **rule)
{
	struct pmip__reader value;
	int err;

	*rule = "the length is not one the sub-option's format allows";
	if (sub->len < row->info.len_min || sub->len > row->info.len_max)
		return PMIP_ERR_SUBOPT_LEN;
	if (row->info.fields == NULL)
		return 0;
	pmip__reader_init(&value, sub->data, sub->len);
	err = pmip__fields_read(row->info.fields, sub, &value, rule);
	if (err < 0)
		return err;
	if (value.failed || pmip__reader_left(&value) > 0)
		return PMIP_ERR_SUBOPT_LEN;
	return row->check == NULL ? 0 : row->check(sub, rule);
}

static int next(struct pmip_suboption_iter *iter, struct pmip_suboption *sub, const char **rule)
{
	const struct pmip__suboption_row *row;
	struct pmip__reader reader;

	if (iter->offset >= iter->area.len)
		return 0;
	pmip__reader_init(&reader, iter->area.data, iter->area.len);
	pmip__get(&reader, iter->offset);
	memset(sub, 0, sizeof(*sub));
	sub->offset = iter->offset;
	sub->type = pmip__get_u8(&reader);
	if (iter->family != PMIP_SUB_FLOW || sub->type != PAD1)
		sub->len = pmip__get_u8(&reader);
	sub->data = pmip__get(&reader, sub->len);
	if (reader.failed) {
		*rule = "the sub-option runs past the end of its option";
		return PMIP_ERR_SUBOPT_TRUNC;
	}
	row = pmip__suboption_row(iter->family, sub->type);
	if (row != NULL) {
		int err = read_value(sub, row, rule);

		if (err < 0)
			return err;
		sub->known = true;
	}
	iter->offset = reader.pos;
	return 1;
}

int pmip_suboption_next(struct pmip_suboption_iter *iter, struct pmip_suboption *sub)
{
	const char *rule;

	return next(iter, sub, &rule);
}

int pmip__suboptions_check(const struct pmip_option *option, const char **rule)
{
	struct pmip_suboption_iter iter;
	struct pmip_suboption sub;
	bool seen[256] = {false};
	int err;

	pmip_suboption_iter_init(&iter, option);
	for (;;) {
		err = next(&iter, &sub, rule);
		if (err <= 0)
			return err;
		if (sub.known && seen[sub.type] && !pmip_suboption_info(iter.family, sub.type)->repeats) {
			*rule = "the sub-option may stand once only";
			return PMIP_ERR_SUBOPT_DUP;
		}
		seen[sub.type] = true;
	}
}

int pmip_suboption_encode(uint8_t *buf, size_t cap, enum pmip_suboption_family family, const struct pmip_suboption *sub)
{
	const struct pmip__suboption_row *row = pmip__suboption_row(family, sub->type);
	bool pad1 = family == PMIP_SUB_FLOW && sub->type == PAD1;
	struct pmip__writer writer;
	const char *rule;
	size_t len;

	pmip__writer_init(&writer, buf, cap);
	pmip__put_u8(&writer, sub->type);
	if (!pad1)
		pmip__put_u8(&writer, sub->len);
	if (row == NULL || row->info.fields == NULL) {
		if (sub->data == NULL)
			pmip__put_zero(&writer, sub->len);
		else
			pmip__put(&writer, sub->data, sub->len);
		return writer.err != 0 ? writer.err : (int)writer.len;
	}
	if (row->check != NULL && row->check(sub, &rule) < 0)
		return row->check(sub, &rule);
	pmip__fields_write(row->info.fields, sub, &writer);
	if (writer.err != 0)
		return writer.err;
	len = writer.len - 2;
	if (len < row->info.len_min || len > row->info.len_max)
		return PMIP_ERR_SUBOPT_LEN;
	buf[1] = (uint8_t)len;
	return (int)writer.len;
}
