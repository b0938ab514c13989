/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What each kind of field looks like to people. Text from the network may end on a terminal: nothing but printable ASCII leaves here.
 */
#include <pmip/message.h>
#include <pmip/option.h>

#include "wire/field.h"
#include "wire/selector.h"

/* What has no letter follows as a number, so that nothing a peer sent is hidden. */
void pmip__print_flags(uint16_t flags, uint8_t octets, const char *letters, struct pmip__text *text)
{
	for (uint16_t top = octets == 1 ? 0x80 : 0x8000; *letters != '\0'; letters++, top >>= 1) {
		if ((flags & top) != 0 && *letters != ' ') {
			pmip__text_add(text, "%c", *letters);
			flags &= (uint16_t)~top;
		}
	}
	if (flags != 0)
		pmip__text_add(text, "+0x%x", flags);
}

static void print_uint(const struct pmip_field *field, const void *member, struct pmip__text *text)
{
	uint64_t value = field->octets == 1 ? *(const uint8_t *)member : field->octets == 2 ? *(const uint16_t *)member :
			 field->octets == 4 ? *(const uint32_t *)member : *(const uint64_t *)member;
	const char *name = field->value_name == NULL || value > UINT8_MAX ? NULL : field->value_name((uint8_t)value);

	pmip__text_add(text, "%llu", (unsigned long long)value);
	if (name != NULL)
		pmip__text_add(text, " (%s)", name);
}

static void print_timestamp(uint64_t timestamp, struct pmip__text *text)
{
	uint64_t us = ((timestamp & 0xffff) * 1000000) >> 16;

	pmip__text_add(text, "%llu.%06llu s", (unsigned long long)(timestamp >> 16), (unsigned long long)us);
}

static void print_string(const struct pmip_bytes *bytes, struct pmip__text *text)
{
	for (size_t i = 0; i < bytes->len; i++)
		pmip__text_add(text, bytes->data[i] >= 0x20 && bytes->data[i] < 0x7f ? "%c" : "\\x%02x", bytes->data[i]);
}

static void print_uint16s(const struct pmip_bytes *bytes, struct pmip__text *text)
{
	for (size_t i = 0; i + 1 < bytes->len; i += 2)
		pmip__text_add(text, "%s%u", i == 0 ? "" : ", ", bytes->data[i] << 8 | bytes->data[i + 1]);
}

static void print_addrs(const struct pmip_bytes *bytes, struct pmip__text *text)
{
	char buf[PMIP_ADDR_STRLEN];

	for (size_t i = 0; i + sizeof(struct pmip_addr) <= bytes->len; i += sizeof(struct pmip_addr))
		pmip__text_add(text, "%s%s", i == 0 ? "" : ", ", pmip_addr_format((const struct pmip_addr *)(bytes->data + i), buf));
}

static void print_value(const struct pmip_field *field, const void *member, struct pmip__text *text)
{
	char buf[PMIP_MNID_STRLEN];
	const struct pmip_bytes *bytes = member;

	switch (field->kind) {
	case PMIP_FIELD_END:
	case PMIP_FIELD_RESERVED:
	case PMIP_FIELD_SUBOPTIONS:
		break;
	case PMIP_FIELD_UINT:
		print_uint(field, member, text);
		break;
	case PMIP_FIELD_FLAG:
		pmip__text_add(text, "%s", *(const bool *)member ? "yes" : "no");
		break;
	case PMIP_FIELD_BITS:
		pmip__text_add(text, "%u", *(const uint8_t *)member);
		break;
	case PMIP_FIELD_FLAGS:
		pmip__print_flags(field->octets == 1 ? *(const uint8_t *)member : *(const uint16_t *)member, field->octets, field->letters,
				  text);
		break;
	case PMIP_FIELD_LIFETIME:
		pmip__text_add(text, "%u s", *(const uint32_t *)member);
		break;
	case PMIP_FIELD_SECONDS:
		pmip__text_add(text, *(const uint32_t *)member == PMIP_SECONDS_INFINITE ? "infinite" : "%u s", *(const uint32_t *)member);
		break;
	case PMIP_FIELD_DEGREES:
		pmip__text_add(text, "%.5f degrees", *(const int32_t *)member / 32768.0);
		break;
	case PMIP_FIELD_TIMESTAMP:
		print_timestamp(*(const uint64_t *)member, text);
		break;
	case PMIP_FIELD_NTP:
		pmip__text_add(text, "0x%016llx", (unsigned long long)*(const uint64_t *)member);
		break;
	case PMIP_FIELD_ADDR:
		pmip__text_add(text, "%s", pmip_addr_format(member, buf));
		break;
	case PMIP_FIELD_PREFIX:
		pmip__text_add(text, "%s", pmip_prefix_format(member, buf));
		break;
	case PMIP_FIELD_IP:
		pmip__text_add(text, "%s", pmip_ip_format(member, buf));
		break;
	case PMIP_FIELD_MNID:
		pmip__text_add(text, "%s", pmip_mnid_format(member, buf));
		break;
	case PMIP_FIELD_LLID:
		pmip__text_add(text, "%s", pmip_llid_format(member, buf));
		break;
	case PMIP_FIELD_OCTETS:
		pmip__text_add_hex(text, member, field->octets, "");
		break;
	case PMIP_FIELD_REST:
		pmip__text_add_hex(text, bytes->data, bytes->len, "");
		break;
	case PMIP_FIELD_TEXT:
	case PMIP_FIELD_STRING:
		print_string(bytes, text);
		break;
	case PMIP_FIELD_UINT16S:
		print_uint16s(bytes, text);
		break;
	case PMIP_FIELD_ADDRS:
		print_addrs(bytes, text);
		break;
	case PMIP_FIELD_RECORDS:
		pmip__text_add(text, "%u of them, ", ((const struct pmip_records *)member)->count);
		pmip__text_add_hex(text, ((const struct pmip_records *)member)->bytes.data, ((const struct pmip_records *)member)->bytes.len, "");
		break;
	case PMIP_FIELD_KEY:
		pmip__text_add(text, ((const struct pmip_key *)member)->present ? "%u" : "none", ((const struct pmip_key *)member)->value);
		break;
	case PMIP_FIELD_SELECTOR:
		pmip__selector_print(member, text);
		break;
	}
}

void pmip__fields_print(const struct pmip_field *fields, const void *owner, const char *indent, struct pmip__text *text)
{
	for (; fields->kind != PMIP_FIELD_END; fields++) {
		if (fields->kind == PMIP_FIELD_RESERVED || fields->kind == PMIP_FIELD_SUBOPTIONS)
			continue;
		pmip__text_add(text, "%s%s: ", indent, fields->name);
		print_value(fields, (const uint8_t *)owner + fields->at, text);
		pmip__text_add(text, "\n");
	}
}
