/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Each field of both formats at the edges of its range, and what packets without the field do.
 */
#include <flowmob/selector.h>
#include <pmip/field.h>

#include "packet_maker.h"

static struct flowmob_packet packet;

static void ipv6_packet(uint8_t proto)
{
	packet = (struct flowmob_packet){
		.version = 6,
		.flow = {.label = 0x54321, .protocol = proto},
		.traffic_class = 0xb8,
		.has_ports = proto == 6 || proto == 17,
		.has_spi = proto == 50,
	};
	packet.flow.src = unit_addr("2001:db8:c::80");
	packet.flow.dst = unit_addr("2001:db8:100::2");
	if (packet.has_ports) {
		packet.flow.src_port = 443;
		packet.flow.dst_port = 50000;
	}
	packet.spi = packet.has_spi ? 0x80000000 : 0;
}

static void ipv4_packet(uint8_t proto)
{
	ipv6_packet(proto);
	packet.version = 4;
	packet.flow.label = 0;
	packet.flow.src = pmip_addr_from_ipv4((const uint8_t[]){192, 0, 2, 128});
	packet.flow.dst = pmip_addr_from_ipv4((const uint8_t[]){198, 51, 100, 2});
}

static int match(const struct pmip_selector *selector)
{
	return flowmob_selector_match(selector, FLOWMOB_DOWNLINK, &packet);
}

/* The field of a format that begins a range, and its flag. */
static const struct pmip_field *field_at(uint8_t format, size_t at, uint16_t *flag)
{
	const struct pmip_field *field = pmip_selector_fields(format);

	for (*flag = 0x8000; field->at != at; field++)
		*flag >>= 1;
	return field;
}

static uint16_t flag_of(uint8_t format, size_t at)
{
	uint16_t flag;

	field_at(format, at, &flag);
	return flag;
}

#define AT(member) offsetof(struct pmip_selector, member)
#define FLAG(member) flag_of(PMIP_SELECTOR_IPV6, AT(member))

static void put(struct pmip_selector *selector, const struct pmip_field *field, uint32_t value)
{
	uint8_t *member = (uint8_t *)selector + field->at;

	if (field->octets == 1)
		*member = (uint8_t)value;
	else if (field->octets == 2)
		*(uint16_t *)(void *)member = (uint16_t)value;
	else
		*(uint32_t *)(void *)member = value;
}

/* The packet's value, one below and one above, alone and as either end of a range. */
static void check_number(uint8_t format, size_t at, uint32_t value, uint32_t unit, uint32_t top)
{
	const struct {
		uint32_t start, end;
		bool range;
		int expected;
	} rows[] = {
		{value, 0, false, 1},         {value + unit, 0, false, 0},  {value - unit, 0, false, 0},
		{value - unit, value, true, 1}, {value, value, true, 1},    {value - unit, value - unit, true, 0},
		{value, top, true, 1},        {value + unit, top, true, 0}, {0, top, true, 1},
	};

	for (size_t i = 0; i < PMIP__ARRAY_SIZE(rows); i++) {
		struct pmip_selector s = {.format = format};
		uint16_t flag;
		const struct pmip_field *field = field_at(format, at, &flag);

		s.flags = rows[i].range ? (uint16_t)(flag | flag >> 1) : flag;
		put(&s, field, rows[i].start);
		put(&s, field + 1, rows[i].end);
		ck_assert_msg(match(&s) == rows[i].expected, "%s, row %zu", field->name, i);
	}
}

static void check_addr(uint8_t format, size_t at, const char *value, const char *below, const char *above, const char *top)
{
	const struct {
		const char *start, *end;
		int expected;
	} rows[] = {
		{value, NULL, 1},  {above, NULL, 0},  {below, NULL, 0}, {below, value, 1}, {value, value, 1},
		{below, below, 0}, {value, top, 1},   {above, top, 0},  {below, top, 1},
	};

	for (size_t i = 0; i < PMIP__ARRAY_SIZE(rows); i++) {
		struct pmip_selector s = {.format = format};
		uint16_t flag;
		const struct pmip_field *field = field_at(format, at, &flag);
		struct pmip_ip *member = (struct pmip_ip *)(void *)((uint8_t *)&s + at);

		s.flags = rows[i].end != NULL ? (uint16_t)(flag | flag >> 1) : flag;
		member[0] = unit_ip(rows[i].start);
		if (rows[i].end != NULL)
			member[1] = unit_ip(rows[i].end);
		ck_assert_msg(match(&s) == rows[i].expected, "%s, row %zu", field->name, i);
	}
}

START_TEST(every_field_of_ipv6) /* FMC-5 */
{
	ipv6_packet(6);
	check_addr(PMIP_SELECTOR_IPV6, AT(src_start), "2001:db8:c::80", "2001:db8:c::7f", "2001:db8:c::81",
		   "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff");
	check_addr(PMIP_SELECTOR_IPV6, AT(dst_start), "2001:db8:100::2", "2001:db8:ff:ffff:ffff:ffff:ffff:ffff", "2001:db8:100:1::",
		   "2001:db8:100:2::");
	check_number(PMIP_SELECTOR_IPV6, AT(src_port_start), 443, 1, 65535);
	check_number(PMIP_SELECTOR_IPV6, AT(dst_port_start), 50000, 1, 65535);
	check_number(PMIP_SELECTOR_IPV6, AT(label_start), 0x54321, 1, 0xfffff);
	check_number(PMIP_SELECTOR_IPV6, AT(class_start), 0xb8, 4, 255);
	check_number(PMIP_SELECTOR_IPV6, AT(protocol_start), 6, 1, 255);
	ipv6_packet(50);
	check_number(PMIP_SELECTOR_IPV6, AT(spi_start), 0x80000000, 1, 0xffffffff);
}
END_TEST

START_TEST(every_field_of_ipv4) /* FMC-5 */
{
	ipv4_packet(17);
	check_addr(PMIP_SELECTOR_IPV4, AT(src_start), "192.0.2.128", "192.0.2.127", "192.0.2.129", "255.255.255.255");
	check_addr(PMIP_SELECTOR_IPV4, AT(dst_start), "198.51.100.2", "198.51.99.255", "198.51.101.0", "198.51.101.255");
	check_number(PMIP_SELECTOR_IPV4, AT(src_port_start), 443, 1, 65535);
	check_number(PMIP_SELECTOR_IPV4, AT(dst_port_start), 50000, 1, 65535);
	check_number(PMIP_SELECTOR_IPV4, AT(class_start), 0xb8, 4, 255);
	check_number(PMIP_SELECTOR_IPV4, AT(protocol_start), 17, 1, 255);
	ipv4_packet(50);
	check_number(PMIP_SELECTOR_IPV4, AT(spi_start), 0x80000000, 1, 0xffffffff);
}
END_TEST

START_TEST(nothing_asked_is_anything_of_its_version) /* FMC-5 */
{
	struct pmip_selector ipv4 = {.format = PMIP_SELECTOR_IPV4}, ipv6 = {.format = PMIP_SELECTOR_IPV6};

	for (unsigned int proto = 0; proto < 256; proto++) {
		ipv6_packet((uint8_t)proto);
		ck_assert(match(&ipv6) == 1 && match(&ipv4) == 0);
		ipv4_packet((uint8_t)proto);
		ck_assert(match(&ipv6) == 0 && match(&ipv4) == 1);
	}
}
END_TEST

START_TEST(ecn_does_not_count) /* FMC-5 */
{
	struct pmip_selector s = {.format = PMIP_SELECTOR_IPV6, .flags = FLAG(class_start)};

	ipv6_packet(6);
	for (uint8_t ecn = 0; ecn < 16; ecn++) {
		packet.traffic_class = (uint8_t)(0xb8 | ecn % 4);
		s.class_start = (uint8_t)(0xb8 | ecn / 4);
		ck_assert_int_eq(match(&s), 1);
	}
	/* A range from 0xbb is one from 0xb8. */
	s.flags |= FLAG(class_end);
	s.class_start = 0xbb;
	s.class_end = 0xbc;
	packet.traffic_class = 0xb8;
	ck_assert_int_eq(match(&s), 1);
	packet.traffic_class = 0xbf;
	ck_assert_int_eq(match(&s), 1);
	packet.traffic_class = 0xc0;
	ck_assert_int_eq(match(&s), 0);
}
END_TEST

START_TEST(packets_without_the_field) /* FMC-6 */
{
	struct pmip_selector ports = {
		.format = PMIP_SELECTOR_IPV6,
		.flags = FLAG(src_port_start) | FLAG(src_port_end),
		.src_port_end = 65535,
	};
	struct pmip_selector spi = {
		.format = PMIP_SELECTOR_IPV6,
		.flags = FLAG(spi_start) | FLAG(spi_end),
		.spi_end = UINT32_MAX,
	};
	struct pmip_selector protocol = {
		.format = PMIP_SELECTOR_IPV6, .flags = FLAG(protocol_start), .protocol_start = 17,
	};
	struct maker maker;

	for (unsigned int proto = 0; proto < 256; proto++) {
		ipv6_packet((uint8_t)proto);
		ck_assert_int_eq(match(&ports), proto == 6 || proto == 17);
		ck_assert_int_eq(match(&spi), proto == 50);
	}
	/* An Authentication Header has an SPI, and what it protects has ports. */
	make_ipv6(&maker, "2001:db8:c::80", "2001:db8:100::2", 51);
	make_ah(&maker, 17, 9);
	make_ports(&maker, 1, 2);
	ck_assert_int_eq(flowmob_packet_decode(&packet, maker.buf, make_end(&maker)), 0);
	ck_assert(match(&ports) == 1 && match(&spi) == 1 && match(&protocol) == 1);
	/* A later fragment has neither, nor a protocol that could be relied on. */
	make_ipv6(&maker, "2001:db8:c::80", "2001:db8:100::2", 44);
	make_fragment(&maker, 17, 8, false, 1);
	make_ports(&maker, 1, 2);
	ck_assert_int_eq(flowmob_packet_decode(&packet, maker.buf, make_end(&maker)), 0);
	ck_assert(match(&ports) == 0 && match(&spi) == 0 && match(&protocol) == 0);
}
END_TEST

START_TEST(uplink_is_the_other_way_round) /* PAP-20 */
{
	struct pmip_selector s = {
		.format = PMIP_SELECTOR_IPV6,
		.flags = FLAG(src_start) | FLAG(dst_start) | FLAG(src_port_start) |
			 FLAG(dst_port_start) | FLAG(label_start),
		.src_start = unit_ip("2001:db8:c::80"),
		.dst_start = unit_ip("2001:db8:100::2"),
		.src_port_start = 443,
		.dst_port_start = 50000,
		.label_start = 0x54321,
	};

	ipv6_packet(6);
	ck_assert_int_eq(match(&s), 1);
	ck_assert_int_eq(flowmob_selector_match(&s, FLOWMOB_UPLINK, &packet), 0);
	packet.flow = pmip_flow_reverse(&packet.flow);
	packet.flow.label = 0x777;
	ck_assert_int_eq(match(&s), 0);
	ck_assert_int_eq(flowmob_selector_match(&s, FLOWMOB_UPLINK, &packet), 1);
	packet.flow.dst_port++;
	ck_assert_int_eq(flowmob_selector_match(&s, FLOWMOB_UPLINK, &packet), 0);
}
END_TEST

START_TEST(what_is_no_selector)
{
	struct pmip_selector s = {.format = 3};

	ipv6_packet(6);
	ck_assert_int_eq(match(&s), PMIP_ERR_SELECTOR_FORMAT);
	s.format = PMIP_SELECTOR_IPV6;
	s.flags = FLAG(src_port_end);
	ck_assert_int_eq(match(&s), PMIP_ERR_SUBOPT_VALUE);
	s.flags |= FLAG(src_port_start);
	s.src_port_start = 2;
	s.src_port_end = 1;
	ck_assert_int_eq(match(&s), PMIP_ERR_SUBOPT_VALUE);
	s.flags = FLAG(src_start);
	s.src_start = unit_ip("192.0.2.1");
	ck_assert_int_eq(match(&s), PMIP_ERR_SUBOPT_VALUE);
	s.flags |= FLAG(src_end);
	s.src_start = unit_ip("2001:db8::1");
	s.src_end = unit_ip("2001:db8::");
	ck_assert_int_eq(match(&s), PMIP_ERR_SUBOPT_VALUE);
}
END_TEST

int main(void)
{
	const TTest *tests[] = {
		every_field_of_ipv6, every_field_of_ipv4, nothing_asked_is_anything_of_its_version, ecn_does_not_count, packets_without_the_field,
		uplink_is_the_other_way_round, what_is_no_selector, NULL,
	};

	return unit_run("flowmob_selector", tests);
}
