/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Traffic selectors (RFC 6088 section 3): a word of flags, then the fields whose flag is set, in flag order and without gaps.
 */
#include <string.h>

#include <pmip/error.h>
#include <pmip/flow.h>

#include "wire/field.h"
#include "wire/selector.h"

#undef AT
#define AT(member) offsetof(struct pmip_selector, member)
#define IPV6(member, name_, key_) {.kind = PMIP_FIELD_IP, .octets = 16, .at = AT(member), .name = (name_), .key = (key_)}

#define FIRST_FLAG 0x8000

const struct pmip_field *pmip_selector_fields(uint8_t format)
{
	static const struct pmip_field ipv4[] = {
		IPV4(src_start, "Source", "A"),
		IPV4(src_end, "to", "B"),
		IPV4(dst_start, "Destination", "C"),
		IPV4(dst_end, "to", "D"),
		UINT(4, spi_start, "SPI", "E"),
		UINT(4, spi_end, "to", "F"),
		UINT(2, src_port_start, "Source port", "G"),
		UINT(2, src_port_end, "to", "H"),
		UINT(2, dst_port_start, "Destination port", "I"),
		UINT(2, dst_port_end, "to", "J"),
		UINT(1, class_start, "DS field", "K"),
		UINT(1, class_end, "to", "L"),
		UINT(1, protocol_start, "Protocol", "M"),
		UINT(1, protocol_end, "to", "N"),
		{.kind = PMIP_FIELD_END},
	};
	static const struct pmip_field ipv6[] = {
		IPV6(src_start, "Source", "A"),
		IPV6(src_end, "to", "B"),
		IPV6(dst_start, "Destination", "C"),
		IPV6(dst_end, "to", "D"),
		UINT(4, spi_start, "SPI", "E"),
		UINT(4, spi_end, "to", "F"),
		UINT(4, label_start, "Flow label", "G"),
		UINT(4, label_end, "to", "H"),
		UINT(2, src_port_start, "Source port", "I"),
		UINT(2, src_port_end, "to", "J"),
		UINT(2, dst_port_start, "Destination port", "K"),
		UINT(2, dst_port_end, "to", "L"),
		UINT(1, class_start, "Traffic class", "M"),
		UINT(1, class_end, "to", "N"),
		UINT(1, protocol_start, "Next header", "O"),
		UINT(1, protocol_end, "to", "P"),
		{.kind = PMIP_FIELD_END},
	};

	return format == PMIP_SELECTOR_IPV4 ? ipv4 : format == PMIP_SELECTOR_IPV6 ? ipv6 : NULL;
}

/* The flags that a format has. */
static uint16_t format_flags(const struct pmip_field *fields)
{
	uint16_t flags = 0;

	for (uint16_t flag = FIRST_FLAG; fields->kind != PMIP_FIELD_END; fields++, flag >>= 1)
		flags |= flag;
	return flags;
}

/* One field as a list of its own. */
static void single(struct pmip_field list[2], const struct pmip_field *field)
{
	list[0] = *field;
	list[1] = (struct pmip_field){.kind = PMIP_FIELD_END};
}

/* <0, 0, >0 as start is below, equal to, above end. */
static int compare(const struct pmip_field *start, const struct pmip_selector *selector)
{
	const uint8_t *a = (const uint8_t *)selector + start->at, *b = (const uint8_t *)selector + start[1].at;

	if (start->kind == PMIP_FIELD_IP)
		return memcmp(((const struct pmip_ip *)a)->b, ((const struct pmip_ip *)b)->b, start->octets);
	if (start->octets == 1)
		return *a - *b;
	if (start->octets == 2)
		return *(const uint16_t *)a - *(const uint16_t *)b;
	return *(const uint32_t *)a < *(const uint32_t *)b ? -1 : *(const uint32_t *)a > *(const uint32_t *)b;
}

static int check(const struct pmip_selector *selector, const struct pmip_field *field, const char **rule)
{
	for (uint16_t flag = FIRST_FLAG; field->kind != PMIP_FIELD_END; field += 2, flag >>= 2) {
		if ((selector->flags & flag >> 1) == 0)
			continue;
		*rule = "an end of a range without its start";
		if ((selector->flags & flag) == 0)
			return PMIP_ERR_SUBOPT_VALUE;
		*rule = "the end of a range lies below its start";
		if (compare(field, selector) > 0)
			return PMIP_ERR_SUBOPT_VALUE;
	}
	return 0;
}

int pmip__selector_read(struct pmip_selector *selector, bool qos, struct pmip__reader *reader, const char **rule)
{
	const struct pmip_field *fields;
	struct pmip_field list[2];
	uint16_t flag = FIRST_FLAG;
	uint8_t head[2];

	memset(selector, 0, sizeof(*selector));
	head[0] = pmip__get_u8(reader);
	head[1] = pmip__get_u8(reader);
	selector->format = head[qos];
	if (reader->failed)
		return 0;
	fields = pmip_selector_fields(selector->format);
	if (fields == NULL) {
		*rule = "the format of the traffic selector is not known";
		return PMIP_ERR_SELECTOR_FORMAT;
	}
	selector->flags = pmip__get_u16(reader) & format_flags(fields);
	pmip__get_u16(reader);
	for (const struct pmip_field *field = fields; field->kind != PMIP_FIELD_END; field++, flag >>= 1) {
		if ((selector->flags & flag) == 0)
			continue;
		single(list, field);
		pmip__fields_read(list, selector, reader, rule);
	}
	selector->label_start &= PMIP_FLOW_LABEL_MAX;
	selector->label_end &= PMIP_FLOW_LABEL_MAX;
	reader->failed |= pmip__reader_left(reader) > 0;
	return reader->failed ? 0 : check(selector, fields, rule);
}

void pmip__selector_write(const struct pmip_selector *selector, bool qos, struct pmip__writer *writer)
{
	const struct pmip_field *fields = pmip_selector_fields(selector->format);
	struct pmip_field list[2];
	uint16_t flag = FIRST_FLAG;
	const char *rule;

	if (fields == NULL)
		pmip__writer_fail(writer, PMIP_ERR_SELECTOR_FORMAT);
	else if ((selector->flags & ~format_flags(fields)) != 0 || check(selector, fields, &rule) < 0)
		pmip__writer_fail(writer, PMIP_ERR_SUBOPT_VALUE);
	if (writer->err != 0)
		return;
	pmip__put_u8(writer, qos ? 0 : selector->format);
	pmip__put_u8(writer, qos ? selector->format : 0);
	pmip__put_u16(writer, selector->flags);
	pmip__put_u16(writer, 0);
	for (; fields->kind != PMIP_FIELD_END; fields++, flag >>= 1) {
		if ((selector->flags & flag) == 0)
			continue;
		single(list, fields);
		pmip__fields_write(list, selector, writer);
	}
}

void pmip__selector_print(const struct pmip_selector *selector, struct pmip__text *text)
{
	const struct pmip_field *field = pmip_selector_fields(selector->format);
	char buf[PMIP_ADDR_STRLEN];

	pmip__text_add(text, "%s", selector->format == PMIP_SELECTOR_IPV4 ? "IPv4" : "IPv6");
	for (uint16_t flag = FIRST_FLAG; field != NULL && field->kind != PMIP_FIELD_END; field++, flag >>= 1) {
		const void *member = (const uint8_t *)selector + field->at;

		if ((selector->flags & flag) == 0)
			continue;
		pmip__text_add(text, ", %s ", field->name);
		if (field->kind == PMIP_FIELD_IP)
			pmip__text_add(text, "%s", pmip_ip_format(member, buf));
		else
			pmip__text_add(text, "%u", field->octets == 1 ? *(const uint8_t *)member :
				       field->octets == 2 ? *(const uint16_t *)member : *(const uint32_t *)member);
	}
}
