/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What each kind of field does: read and write. Printing: field_print.c.
 */
#include <string.h>

#include <pmip/error.h>
#include <pmip/message.h>
#include <pmip/option.h>

#include "wire/field.h"
#include "wire/selector.h"
#include "wire/utf8.h"

#define ADDR_OCTETS 16
#define INFINITE 0xffff /* on the wire (RFC 6705 section 10.1) */

static void read_octets(uint8_t *to, size_t n, struct pmip__reader *reader)
{
	const uint8_t *data = pmip__get(reader, n);

	if (data != NULL)
		memcpy(to, data, n);
}

static struct pmip_bytes read_bytes(size_t n, struct pmip__reader *reader)
{
	const uint8_t *data = pmip__get(reader, n);

	return (struct pmip_bytes){data, data == NULL ? 0 : n};
}

static struct pmip_bytes read_rest(struct pmip__reader *reader)
{
	return read_bytes(pmip__reader_left(reader), reader);
}

static void read_uint(const struct pmip_field *field, void *member, struct pmip__reader *reader)
{
	if (field->octets == 1)
		*(uint8_t *)member = pmip__get_u8(reader);
	else if (field->octets == 2)
		*(uint16_t *)member = pmip__get_u16(reader);
	else if (field->octets == 4)
		*(uint32_t *)member = (uint32_t)pmip__get_uint(reader, 4);
	else
		*(uint64_t *)member = pmip__get_uint(reader, field->octets);
}

/* The lowest bit of a mask as a factor. */
static uint32_t unit(uint32_t mask)
{
	return mask & (~mask + 1);
}

static void read_bits(const struct pmip_field *field, void *member, struct pmip__reader *reader)
{
	uint32_t value = (uint32_t)pmip__get_uint(reader, field->octets) & field->mask;

	if (field->kind == PMIP_FIELD_FLAG)
		*(bool *)member = value != 0;
	else
		*(uint8_t *)member = (uint8_t)(value / unit(field->mask));
	if (field->held && !reader->failed)
		reader->pos -= field->octets;
}

static void read_llid(struct pmip_llid *llid, struct pmip__reader *reader)
{
	struct pmip_bytes bytes = read_rest(reader);

	memset(llid, 0, sizeof(*llid));
	if (bytes.len > 0 && bytes.len <= PMIP_LLID_MAX) {
		memcpy(llid->b, bytes.data, bytes.len);
		llid->len = (uint8_t)bytes.len;
	}
}

/* mask: the octet behind the subtype is reserved. */
static void read_mnid(const struct pmip_field *field, struct pmip_mnid *mnid, struct pmip__reader *reader)
{
	struct pmip_bytes bytes;

	mnid->subtype = pmip__get_u8(reader);
	pmip__get(reader, field->mask);
	bytes = read_rest(reader);
	mnid->id = bytes.data;
	mnid->len = (uint8_t)bytes.len;
}

static void read_ip(const struct pmip_field *field, struct pmip_ip *ip, struct pmip__reader *reader)
{
	size_t len = field->octets != 0 ? field->octets : pmip__reader_left(reader);
	uint32_t size = field->octets != 0 ? 0 : len == 0 ? PMIP_IP_NONE : len == 4 ? PMIP_IP_4 : len == 16 ? PMIP_IP_16 : 8;

	memset(ip, 0, sizeof(*ip));
	if ((size & ~field->mask) != 0) {
		reader->failed = true;
		return;
	}
	ip->len = (uint8_t)len;
	read_octets(ip->b, len, reader);
}

static void read_lifetime(const struct pmip_field *field, uint32_t *seconds, struct pmip__reader *reader)
{
	uint16_t value = pmip__get_u16(reader);

	if (field->kind == PMIP_FIELD_SECONDS)
		*seconds = value == INFINITE ? PMIP_SECONDS_INFINITE : value;
	else
		*seconds = value * field->mask;
}

static void read_degrees(int32_t *member, struct pmip__reader *reader)
{
	uint32_t value = (uint32_t)pmip__get_uint(reader, 3);

	*member = (int32_t)(value ^ 0x800000) - 0x800000;
}

static int read_text(struct pmip_bytes *text, struct pmip__reader *reader, const char **rule)
{
	*text = read_rest(reader);
	if (pmip__is_utf8(text->data, text->len))
		return 0;
	*rule = "the text is not UTF-8";
	return PMIP_ERR_OPT_VALUE;
}

/* Home Agent Switch: fewer addresses than announced. */
static int read_addrs(struct pmip_bytes *addresses, struct pmip__reader *reader, const char **rule)
{
	size_t count = pmip__get_u8(reader);

	pmip__get_u8(reader);
	if (pmip__reader_left(reader) < count * ADDR_OCTETS) {
		*rule = "fewer addresses than announced";
		return PMIP_ERR_COUNT;
	}
	*addresses = read_bytes(count * ADDR_OCTETS, reader);
	return 0;
}

static void read_key(struct pmip_key *key, struct pmip__reader *reader)
{
	key->present = pmip__reader_left(reader) > 0;
	key->value = key->present ? (uint32_t)pmip__get_uint(reader, 4) : 0;
}

static int read_field(const struct pmip_field *field, void *member, struct pmip__reader *reader, const char **rule)
{
	switch (field->kind) {
	case PMIP_FIELD_END:
		break;
	case PMIP_FIELD_RESERVED:
		pmip__get(reader, field->octets);
		break;
	case PMIP_FIELD_UINT:
	case PMIP_FIELD_FLAGS:
		read_uint(field, member, reader);
		break;
	case PMIP_FIELD_FLAG:
	case PMIP_FIELD_BITS:
		read_bits(field, member, reader);
		break;
	case PMIP_FIELD_LIFETIME:
	case PMIP_FIELD_SECONDS:
		read_lifetime(field, member, reader);
		break;
	case PMIP_FIELD_DEGREES:
		read_degrees(member, reader);
		break;
	case PMIP_FIELD_TIMESTAMP:
	case PMIP_FIELD_NTP:
		*(uint64_t *)member = pmip__get_u64(reader);
		break;
	case PMIP_FIELD_ADDR:
		read_octets(member, ADDR_OCTETS, reader);
		break;
	case PMIP_FIELD_PREFIX:
		((struct pmip_prefix *)member)->len = pmip__get_u8(reader);
		read_octets(((struct pmip_prefix *)member)->addr.b, ADDR_OCTETS, reader);
		break;
	case PMIP_FIELD_IP:
		read_ip(field, member, reader);
		break;
	case PMIP_FIELD_MNID:
		read_mnid(field, member, reader);
		break;
	case PMIP_FIELD_LLID:
		read_llid(member, reader);
		break;
	case PMIP_FIELD_OCTETS:
		read_octets(member, field->octets, reader);
		break;
	case PMIP_FIELD_REST:
	case PMIP_FIELD_SUBOPTIONS:
		*(struct pmip_bytes *)member = read_rest(reader);
		break;
	case PMIP_FIELD_TEXT:
		return read_text(member, reader, rule);
	case PMIP_FIELD_STRING:
		*(struct pmip_bytes *)member = read_bytes(pmip__get_u8(reader), reader);
		break;
	case PMIP_FIELD_UINT16S:
		*(struct pmip_bytes *)member = read_rest(reader);
		reader->failed |= ((struct pmip_bytes *)member)->len % 2 != 0;
		break;
	case PMIP_FIELD_ADDRS:
		return read_addrs(member, reader, rule);
	case PMIP_FIELD_RECORDS:
		((struct pmip_records *)member)->count = pmip__get_u16(reader);
		((struct pmip_records *)member)->bytes = read_rest(reader);
		break;
	case PMIP_FIELD_KEY:
		read_key(member, reader);
		break;
	case PMIP_FIELD_SELECTOR:
		return pmip__selector_read(member, field->mask, reader, rule);
	}
	return 0;
}

int pmip__fields_read(const struct pmip_field *fields, void *owner, struct pmip__reader *reader, const char **rule)
{
	int err = 0;

	for (; fields->kind != PMIP_FIELD_END && err == 0 && !reader->failed; fields++)
		err = read_field(fields, (uint8_t *)owner + fields->at, reader, rule);
	return err;
}

static uint64_t member_uint(const struct pmip_field *field, const void *member)
{
	if (field->octets == 1)
		return *(const uint8_t *)member;
	if (field->octets == 2)
		return *(const uint16_t *)member;
	if (field->octets == 4)
		return *(const uint32_t *)member;
	return *(const uint64_t *)member;
}

static void write_lifetime(const struct pmip_field *field, uint32_t seconds, struct pmip__writer *writer)
{
	bool lifetime = field->kind == PMIP_FIELD_LIFETIME;
	uint32_t value = lifetime ? seconds / field->mask : seconds == PMIP_SECONDS_INFINITE ? INFINITE : seconds;

	if (value > UINT16_MAX || (!lifetime && value == INFINITE && seconds == INFINITE))
		pmip__writer_fail(writer, PMIP_ERR_INVALID);
	else
		pmip__put_u16(writer, (uint16_t)value);
}

static void write_degrees(int32_t value, struct pmip__writer *writer)
{
	if (value < -0x800000 || value > 0x7fffff)
		pmip__writer_fail(writer, PMIP_ERR_INVALID);
	else
		pmip__put_uint(writer, (uint32_t)value & 0xffffff, 3);
}

static void write_ip(const struct pmip_field *field, const struct pmip_ip *ip, struct pmip__writer *writer)
{
	uint32_t size = ip->len == 0 ? PMIP_IP_NONE : ip->len == 4 ? PMIP_IP_4 : ip->len == 16 ? PMIP_IP_16 : 8;

	if (field->octets != 0 ? ip->len != field->octets : (size & ~field->mask) != 0)
		pmip__writer_fail(writer, PMIP_ERR_INVALID);
	else
		pmip__put(writer, ip->b, ip->len);
}

static void write_text(const struct pmip_bytes *text, struct pmip__writer *writer)
{
	if (!pmip__is_utf8(text->data, text->len))
		pmip__writer_fail(writer, PMIP_ERR_OPT_VALUE);
	pmip__put(writer, text->data, text->len);
}

/* A count or length in front, when the octets are a whole number of elements that it can count. */
static void write_counted(const struct pmip_bytes *bytes, size_t element, size_t most, struct pmip__writer *writer)
{
	if (bytes->len % element != 0 || bytes->len / element > most)
		pmip__writer_fail(writer, PMIP_ERR_INVALID);
	else
		pmip__put_u8(writer, (uint8_t)(bytes->len / element));
}

static void write_mnid(const struct pmip_field *field, const struct pmip_mnid *mnid, struct pmip__writer *writer)
{
	pmip__put_u8(writer, mnid->subtype);
	pmip__put_zero(writer, field->mask);
	pmip__put(writer, mnid->id, mnid->len);
}

static void write_bytes(const struct pmip_bytes *bytes, struct pmip__writer *writer)
{
	pmip__put(writer, bytes->data, bytes->len);
}

static void write_field(const struct pmip_field *field, const void *member, struct pmip__writer *writer)
{
	const struct pmip_prefix *prefix = member;
	const struct pmip_bytes *bytes = member;

	switch (field->kind) {
	case PMIP_FIELD_END:
	case PMIP_FIELD_FLAG:
	case PMIP_FIELD_BITS:
		break;
	case PMIP_FIELD_RESERVED:
		pmip__put_zero(writer, field->octets);
		break;
	case PMIP_FIELD_UINT:
	case PMIP_FIELD_FLAGS:
		pmip__put_uint(writer, member_uint(field, member), field->octets);
		break;
	case PMIP_FIELD_LIFETIME:
	case PMIP_FIELD_SECONDS:
		write_lifetime(field, *(const uint32_t *)member, writer);
		break;
	case PMIP_FIELD_DEGREES:
		write_degrees(*(const int32_t *)member, writer);
		break;
	case PMIP_FIELD_TIMESTAMP:
	case PMIP_FIELD_NTP:
		pmip__put_u64(writer, *(const uint64_t *)member);
		break;
	case PMIP_FIELD_ADDR:
		pmip__put(writer, member, ADDR_OCTETS);
		break;
	case PMIP_FIELD_PREFIX:
		pmip__put_u8(writer, prefix->len);
		pmip__put(writer, prefix->addr.b, ADDR_OCTETS);
		break;
	case PMIP_FIELD_IP:
		write_ip(field, member, writer);
		break;
	case PMIP_FIELD_MNID:
		write_mnid(field, member, writer);
		break;
	case PMIP_FIELD_LLID:
		pmip__put(writer, ((const struct pmip_llid *)member)->b, ((const struct pmip_llid *)member)->len);
		break;
	case PMIP_FIELD_OCTETS:
		pmip__put(writer, member, field->octets);
		break;
	case PMIP_FIELD_REST:
	case PMIP_FIELD_SUBOPTIONS:
	case PMIP_FIELD_UINT16S:
		write_bytes(bytes, writer);
		break;
	case PMIP_FIELD_TEXT:
		write_text(bytes, writer);
		break;
	case PMIP_FIELD_STRING:
		write_counted(bytes, 1, UINT8_MAX, writer);
		write_bytes(bytes, writer);
		break;
	case PMIP_FIELD_ADDRS:
		write_counted(bytes, ADDR_OCTETS, UINT8_MAX, writer);
		pmip__put_u8(writer, 0);
		write_bytes(bytes, writer);
		break;
	case PMIP_FIELD_RECORDS:
		pmip__put_u16(writer, ((const struct pmip_records *)member)->count);
		write_bytes(&((const struct pmip_records *)member)->bytes, writer);
		break;
	case PMIP_FIELD_KEY:
		if (((const struct pmip_key *)member)->present)
			pmip__put_uint(writer, ((const struct pmip_key *)member)->value, 4);
		break;
	case PMIP_FIELD_SELECTOR:
		pmip__selector_write(member, field->mask, writer);
		break;
	}
}

/* What a FLAG or BITS field sets. */
static uint32_t held_bits(const struct pmip_field *field, const void *member, struct pmip__writer *writer)
{
	uint32_t value;

	if (field->kind == PMIP_FIELD_FLAG)
		return *(const bool *)member ? field->mask : 0;
	value = *(const uint8_t *)member * unit(field->mask);
	if ((value & ~field->mask) != 0)
		pmip__writer_fail(writer, PMIP_ERR_INVALID);
	return value;
}

void pmip__fields_write(const struct pmip_field *fields, const void *owner, struct pmip__writer *writer)
{
	uint32_t held = 0;

	for (; fields->kind != PMIP_FIELD_END; fields++) {
		const void *member = (const uint8_t *)owner + fields->at;

		if (fields->kind != PMIP_FIELD_FLAG && fields->kind != PMIP_FIELD_BITS) {
			write_field(fields, member, writer);
			continue;
		}
		held |= held_bits(fields, member, writer);
		if (fields->held)
			continue;
		pmip__put_uint(writer, held, fields->octets);
		held = 0;
	}
}

const struct pmip_field *pmip__fields_suboptions(const struct pmip_field *fields)
{
	for (; fields->kind != PMIP_FIELD_END; fields++) {
		if (fields->kind == PMIP_FIELD_SUBOPTIONS)
			return fields;
	}
	return NULL;
}
