/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What each kind of field does: read, write, print. A kind has one case in each of the three.
 */
#include <string.h>

#include <pmip/error.h>

#include "wire/field.h"

static void read_llid(struct pmip_llid *llid, struct pmip__reader *reader)
{
	size_t len = pmip__reader_left(reader);
	const uint8_t *data = pmip__get(reader, len);

	memset(llid, 0, sizeof(*llid));
	if (data != NULL && len <= PMIP_LLID_MAX) {
		memcpy(llid->b, data, len);
		llid->len = (uint8_t)len;
	}
}

static void read_mnid(struct pmip_mnid *mnid, struct pmip__reader *reader)
{
	size_t len;

	mnid->subtype = pmip__get_u8(reader);
	len = pmip__reader_left(reader);
	mnid->id = pmip__get(reader, len);
	mnid->len = (uint8_t)len;
}

static void read_addr(struct pmip_addr *addr, struct pmip__reader *reader)
{
	const uint8_t *data = pmip__get(reader, sizeof(addr->b));

	if (data != NULL)
		memcpy(addr->b, data, sizeof(addr->b));
}

static void read_field(const struct pmip__field *field, void *member, struct pmip__reader *reader)
{
	struct pmip_prefix *prefix;

	switch (field->kind) {
	case PMIP__FIELD_END:
		break;
	case PMIP__FIELD_RESERVED:
		pmip__get(reader, field->arg);
		break;
	case PMIP__FIELD_U8:
	case PMIP__FIELD_FLAGS8:
		*(uint8_t *)member = pmip__get_u8(reader);
		break;
	case PMIP__FIELD_U16:
	case PMIP__FIELD_FLAGS16:
		*(uint16_t *)member = pmip__get_u16(reader);
		break;
	case PMIP__FIELD_FLAG:
		*(bool *)member = (pmip__get_u8(reader) & field->arg) != 0;
		break;
	case PMIP__FIELD_LIFETIME:
		*(uint32_t *)member = (uint32_t)pmip__get_u16(reader) * field->arg;
		break;
	case PMIP__FIELD_TIMESTAMP:
		*(uint64_t *)member = pmip__get_u64(reader);
		break;
	case PMIP__FIELD_ADDR:
		read_addr(member, reader);
		break;
	case PMIP__FIELD_PREFIX:
		prefix = member;
		prefix->len = pmip__get_u8(reader);
		read_addr(&prefix->addr, reader);
		break;
	case PMIP__FIELD_MNID:
		read_mnid(member, reader);
		break;
	case PMIP__FIELD_LLID:
		read_llid(member, reader);
		break;
	}
}

void pmip__fields_read(const struct pmip__field *fields, void *owner, struct pmip__reader *reader)
{
	for (; fields->kind != PMIP__FIELD_END; fields++)
		read_field(fields, (uint8_t *)owner + fields->at, reader);
}

static void write_lifetime(uint32_t lifetime_s, uint8_t unit_s, struct pmip__writer *writer)
{
	uint32_t units = lifetime_s / unit_s;

	if (units > UINT16_MAX)
		pmip__writer_fail(writer, PMIP_ERR_INVALID);
	else
		pmip__put_u16(writer, (uint16_t)units);
}

static void write_field(const struct pmip__field *field, const void *member, struct pmip__writer *writer)
{
	const struct pmip_prefix *prefix;
	const struct pmip_mnid *mnid;
	const struct pmip_llid *llid;

	switch (field->kind) {
	case PMIP__FIELD_END:
		break;
	case PMIP__FIELD_RESERVED:
		pmip__put_zero(writer, field->arg);
		break;
	case PMIP__FIELD_U8:
	case PMIP__FIELD_FLAGS8:
		pmip__put_u8(writer, *(const uint8_t *)member);
		break;
	case PMIP__FIELD_U16:
	case PMIP__FIELD_FLAGS16:
		pmip__put_u16(writer, *(const uint16_t *)member);
		break;
	case PMIP__FIELD_FLAG:
		pmip__put_u8(writer, *(const bool *)member ? field->arg : 0);
		break;
	case PMIP__FIELD_LIFETIME:
		write_lifetime(*(const uint32_t *)member, field->arg, writer);
		break;
	case PMIP__FIELD_TIMESTAMP:
		pmip__put_u64(writer, *(const uint64_t *)member);
		break;
	case PMIP__FIELD_ADDR:
		pmip__put(writer, member, sizeof(struct pmip_addr));
		break;
	case PMIP__FIELD_PREFIX:
		prefix = member;
		pmip__put_u8(writer, prefix->len);
		pmip__put(writer, prefix->addr.b, sizeof(prefix->addr.b));
		break;
	case PMIP__FIELD_MNID:
		mnid = member;
		pmip__put_u8(writer, mnid->subtype);
		pmip__put(writer, mnid->id, mnid->len);
		break;
	case PMIP__FIELD_LLID:
		llid = member;
		pmip__put(writer, llid->b, llid->len);
		break;
	}
}

void pmip__fields_write(const struct pmip__field *fields, const void *owner, struct pmip__writer *writer)
{
	for (; fields->kind != PMIP__FIELD_END; fields++)
		write_field(fields, (const uint8_t *)owner + fields->at, writer);
}

/* The letters of the set bits; what has no letter follows as a number, so that nothing a peer sent is hidden. */
static void print_flags(uint16_t flags, uint16_t top, const char *letters, struct pmip__text *text)
{
	for (; *letters != '\0'; letters++, top >>= 1) {
		if (flags & top)
			pmip__text_add(text, "%c", *letters);
		flags &= (uint16_t)~top;
	}
	if (flags != 0)
		pmip__text_add(text, "+0x%x", flags);
}

static void print_u8(const struct pmip__field *field, uint8_t value, struct pmip__text *text)
{
	const char *name = field->value_name == NULL ? NULL : field->value_name(value);

	pmip__text_add(text, "%u", value);
	if (name != NULL)
		pmip__text_add(text, " (%s)", name);
}

static void print_timestamp(uint64_t timestamp, struct pmip__text *text)
{
	uint64_t us = ((timestamp & 0xffff) * 1000000) >> 16;

	pmip__text_add(text, "%llu.%06llu s", (unsigned long long)(timestamp >> 16), (unsigned long long)us);
}

static void print_value(const struct pmip__field *field, const void *member, struct pmip__text *text)
{
	char buf[PMIP_MNID_STRLEN];

	switch (field->kind) {
	case PMIP__FIELD_END:
	case PMIP__FIELD_RESERVED:
		break;
	case PMIP__FIELD_U8:
		print_u8(field, *(const uint8_t *)member, text);
		break;
	case PMIP__FIELD_U16:
		pmip__text_add(text, "%u", *(const uint16_t *)member);
		break;
	case PMIP__FIELD_FLAG:
		pmip__text_add(text, "%s", *(const bool *)member ? "yes" : "no");
		break;
	case PMIP__FIELD_FLAGS8:
		print_flags(*(const uint8_t *)member, 0x80, field->letters, text);
		break;
	case PMIP__FIELD_FLAGS16:
		print_flags(*(const uint16_t *)member, 0x8000, field->letters, text);
		break;
	case PMIP__FIELD_LIFETIME:
		pmip__text_add(text, "%u s", *(const uint32_t *)member);
		break;
	case PMIP__FIELD_TIMESTAMP:
		print_timestamp(*(const uint64_t *)member, text);
		break;
	case PMIP__FIELD_ADDR:
		pmip__text_add(text, "%s", pmip_addr_format(member, buf));
		break;
	case PMIP__FIELD_PREFIX:
		pmip__text_add(text, "%s", pmip_prefix_format(member, buf));
		break;
	case PMIP__FIELD_MNID:
		pmip__text_add(text, "%s", pmip_mnid_format(member, buf));
		break;
	case PMIP__FIELD_LLID:
		pmip__text_add(text, "%s", pmip_llid_format(member, buf));
		break;
	}
}

void pmip__fields_print(const struct pmip__field *fields, const void *owner, const char *indent,
			struct pmip__text *text)
{
	for (; fields->kind != PMIP__FIELD_END; fields++) {
		if (fields->kind == PMIP__FIELD_RESERVED)
			continue;
		pmip__text_add(text, "%s%s: ", indent, fields->name);
		print_value(fields, (const uint8_t *)owner + fields->at, text);
		pmip__text_add(text, "\n");
	}
}
