/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Traffic selectors of RFC 6088 against packets. Both are put into one form, so that matching is the same comparison for every field.
 * FMC-5, FMC-6.
 */
#include "libflowmob/selector.h"

#include <pmip/field.h>
#include <string.h>

#define CLASS_MASK 0xfc /* without the ECN bits (RFC 6088 section 3) */
#define FIRST_FLAG 0x8000
#define AT(member) offsetof(struct pmip_selector, member)

static uint64_t load_be64(const uint8_t *p)
{
	uint64_t v = 0;

	for (size_t i = 0; i < 8; i++)
		v = v << 8 | p[i];
	return v;
}

static void load_addr(uint64_t to[2], const struct pmip_addr *addr)
{
	to[0] = load_be64(addr->b);
	to[1] = load_be64(addr->b + 8);
}

void flowmob__key_of(struct flowmob__key *key, const struct flowmob_packet *packet, enum flowmob_direction direction)
{
	struct pmip_flow flow = direction == FLOWMOB_UPLINK ? pmip_flow_reverse(&packet->flow) : packet->flow;

	load_addr(key->addr, &flow.src);
	load_addr(key->addr + 2, &flow.dst);
	key->number[FLOWMOB__VERSION] = packet->version;
	key->number[FLOWMOB__PROTOCOL] = flow.protocol;
	key->number[FLOWMOB__SRC_PORT] = flow.src_port;
	key->number[FLOWMOB__DST_PORT] = flow.dst_port;
	key->number[FLOWMOB__LABEL] = flow.label;
	key->number[FLOWMOB__CLASS] = packet->traffic_class & CLASS_MASK;
	key->number[FLOWMOB__SPI] = packet->spi;
	key->has = 1u << FLOWMOB__VERSION | 1u << FLOWMOB__LABEL | 1u << FLOWMOB__CLASS;
	if (!packet->is_fragment || packet->is_first_fragment)
		key->has |= 1u << FLOWMOB__PROTOCOL;
	if (packet->has_ports)
		key->has |= 1u << FLOWMOB__SRC_PORT | 1u << FLOWMOB__DST_PORT;
	if (packet->has_spi)
		key->has |= 1u << FLOWMOB__SPI;
}

/* A field that is not an address: where its range stands in our form, and which bits of it count. */
static const struct number_field {
	uint16_t at;
	uint8_t number;
	uint32_t mask;
} number_fields[] = {
	{AT(spi_start), FLOWMOB__SPI, UINT32_MAX},
	{AT(label_start), FLOWMOB__LABEL, PMIP_FLOW_LABEL_MAX},
	{AT(src_port_start), FLOWMOB__SRC_PORT, UINT16_MAX},
	{AT(dst_port_start), FLOWMOB__DST_PORT, UINT16_MAX},
	{AT(class_start), FLOWMOB__CLASS, CLASS_MASK},
	{AT(protocol_start), FLOWMOB__PROTOCOL, UINT8_MAX},
};

static const void *member(const struct pmip_selector *selector, const struct pmip_field *field)
{
	return (const uint8_t *)selector + field->at;
}

static uint32_t get_number(const struct pmip_selector *selector, const struct pmip_field *field)
{
	const void *value = member(selector, field);

	if (field->octets == 1)
		return *(const uint8_t *)value;
	if (field->octets == 2)
		return *(const uint16_t *)value;
	return *(const uint32_t *)value;
}

static int get_addr(uint64_t to[2], const struct pmip_selector *selector, const struct pmip_field *field)
{
	const struct pmip_ip *ip = member(selector, field);
	struct pmip_addr addr;

	if (ip->len != field->octets)
		return PMIP_ERR_SUBOPT_VALUE;
	if (ip->len == 4)
		addr = pmip_addr_from_ipv4(ip->b);
	else
		memcpy(addr.b, ip->b, sizeof(addr.b));
	load_addr(to, &addr);
	return 0;
}

static bool not_above(const uint64_t a[2], const uint64_t b[2])
{
	return a[0] < b[0] || (a[0] == b[0] && a[1] <= b[1]);
}

static int compile_addr(struct flowmob__selector *compiled, const struct pmip_selector *selector, const struct pmip_field *start,
			const struct pmip_field *end)
{
	size_t half = start->at == AT(src_start) ? 0 : 2;

	if (get_addr(compiled->start.addr + half, selector, start) < 0 || get_addr(compiled->end.addr + half, selector, end) < 0 ||
	    !not_above(compiled->start.addr + half, compiled->end.addr + half))
		return PMIP_ERR_SUBOPT_VALUE;
	return 0;
}

static int compile_number(struct flowmob__selector *compiled, const struct pmip_selector *selector, const struct pmip_field *start,
			  const struct pmip_field *end, enum flowmob_direction direction)
{
	const struct number_field *field = number_fields;
	uint32_t from, to;

	while (field->at != start->at)
		field++;
	from = get_number(selector, start) & field->mask;
	to = get_number(selector, end) & field->mask;
	if (from > to)
		return PMIP_ERR_SUBOPT_VALUE;
	/* The uplink has a label of its own. PAP-20. */
	if (field->number == FLOWMOB__LABEL && direction == FLOWMOB_UPLINK)
		return 0;
	compiled->start.number[field->number] = from;
	compiled->end.number[field->number] = to;
	compiled->start.has |= 1u << field->number;
	return 0;
}

int flowmob__selector_compile(struct flowmob__selector *compiled, const struct pmip_selector *selector, enum flowmob_direction direction)
{
	const struct pmip_field *field = pmip_selector_fields(selector->format);
	int err = 0;

	if (field == NULL)
		return PMIP_ERR_SELECTOR_FORMAT;
	memset(&compiled->start, 0, sizeof(compiled->start));
	memset(&compiled->end, 0xff, sizeof(compiled->end));
	compiled->start.number[FLOWMOB__VERSION] = selector->format == PMIP_SELECTOR_IPV4 ? 4 : 6;
	compiled->end.number[FLOWMOB__VERSION] = compiled->start.number[FLOWMOB__VERSION];
	for (uint16_t flag = FIRST_FLAG; field->kind != PMIP_FIELD_END && err == 0; field += 2, flag >>= 2) {
		bool has_start = (selector->flags & flag) != 0, has_end = (selector->flags & flag >> 1) != 0;
		const struct pmip_field *end = has_end ? field + 1 : field;

		if (!has_start)
			err = has_end ? PMIP_ERR_SUBOPT_VALUE : 0;
		else if (field->kind == PMIP_FIELD_IP)
			err = compile_addr(compiled, selector, field, end);
		else
			err = compile_number(compiled, selector, field, end, direction);
	}
	return err;
}

bool flowmob__selector_match(const struct flowmob__selector *compiled, const struct flowmob__key *key)
{
	const struct flowmob__key *start = &compiled->start, *end = &compiled->end;

	if ((start->has & ~key->has) != 0)
		return false;
	for (size_t i = 0; i < FLOWMOB__NUMBERS; i++)
		if (key->number[i] < start->number[i] || key->number[i] > end->number[i])
			return false;
	return not_above(start->addr, key->addr) && not_above(key->addr, end->addr) &&
	       not_above(start->addr + 2, key->addr + 2) && not_above(key->addr + 2, end->addr + 2);
}

int flowmob_selector_match(const struct pmip_selector *selector, enum flowmob_direction direction, const struct flowmob_packet *packet)
{
	struct flowmob__selector compiled;
	struct flowmob__key key;
	int err = flowmob__selector_compile(&compiled, selector, direction);

	if (err < 0)
		return err;
	flowmob__key_of(&key, packet, direction);
	return flowmob__selector_match(&compiled, &key);
}
