/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Octets to flow: every header that may stand before the ports, every place where a packet may be cut off, and what is signalling.
 */
#include <flowmob/packet.h>

#include "packet_maker.h"

#define CN "2001:db8:c::1"
#define MN "2001:db8:100::2"
#define CN4 "192.0.2.1"
#define MN4 "198.51.100.2"

static struct maker maker;
static struct flowmob_packet packet;

/* Parse the first n octets, in a block that ends where they do. */
static int parse(size_t n)
{
	uint8_t *copy = malloc(n > 0 ? n : 1);
	int err;

	ck_assert_ptr_nonnull(copy);
	memcpy(copy, maker.buf, n);
	err = flowmob_packet_decode(&packet, copy, n);
	free(copy);
	return err;
}

/* The packet made is one; all that is cut off before needed octets is not, and what is cut off behind them changes nothing. */
static void good(size_t needed)
{
	size_t len = make_end(&maker);
	struct pmip_flow flow;

	ck_assert_int_eq(parse(len), 0);
	ck_assert_uint_eq(packet.total_len, len);
	flow = packet.flow;
	for (size_t n = 0; n < len; n++) {
		ck_assert_int_eq(parse(n), n < needed ? PMIP_ERR_SHORT : 0);
		if (n >= needed)
			ck_assert(pmip_flow_equal(&packet.flow, &flow) && packet.flow.label == flow.label && packet.total_len == len);
	}
	ck_assert_int_eq(parse(len), 0);
}

static void is_flow(const char *text)
{
	char buf[PMIP_FLOW_STRLEN];

	ck_assert_str_eq(pmip_flow_format(&packet.flow, buf), text);
}

START_TEST(ports_of_five_protocols) /* FMC-6 */
{
	static const uint8_t protocols[] = {6, 17, 33, 132, 136};

	for (size_t i = 0; i < PMIP__ARRAY_SIZE(protocols); i++) {
		make_ipv6(&maker, CN, MN, protocols[i]);
		make_ports(&maker, 443, 50000);
		pmip__put_zero(&maker.writer, 100);
		good(44);
		ck_assert(packet.has_ports && !packet.has_spi && !packet.is_fragment && !packet.is_signalling);
		ck_assert_uint_eq(packet.flow.src_port, 443);
		ck_assert_uint_eq(packet.flow.dst_port, 50000);
		ck_assert_uint_eq(packet.flow.protocol, protocols[i]);
		ck_assert_uint_eq(packet.payload_offset, 40);
	}
	make_ipv6(&maker, CN, MN, 6);
	make_ports(&maker, 443, 50000);
	good(44);
	is_flow("tcp [2001:db8:c::1]:443 > [2001:db8:100::2]:50000 label 0xa1b2c");
	ck_assert_uint_eq(packet.traffic_class, 0xb9);
	ck_assert_uint_eq(packet.version, 6);
}
END_TEST

START_TEST(no_ports) /* FMC-6 */
{
	make_ipv6(&maker, CN, MN, 58);
	make_ports(&maker, 128 << 8, 0); /* echo request */
	good(41);
	is_flow("icmpv6 [2001:db8:c::1]:0 > [2001:db8:100::2]:0 label 0xa1b2c");
	ck_assert(!packet.has_ports && !packet.has_spi && !packet.is_signalling);
	make_ipv6(&maker, CN, MN, 50);
	pmip__put_uint(&maker.writer, 0xdeadbeef, 4);
	good(44);
	is_flow("esp [2001:db8:c::1]:0 > [2001:db8:100::2]:0 label 0xa1b2c");
	ck_assert(!packet.has_ports && packet.has_spi);
	ck_assert_uint_eq(packet.spi, 0xdeadbeef);
	make_ipv6(&maker, CN, MN, 59);
	good(40);
	is_flow("59 [2001:db8:c::1]:0 > [2001:db8:100::2]:0 label 0xa1b2c");
}
END_TEST

/* The upper-layer protocol is what stands behind all extension headers. FMC-5. */
START_TEST(extension_headers)
{
	make_ipv6(&maker, CN, MN, 0);
	make_extension(&maker, 60, 8);
	make_extension(&maker, 43, 264);
	make_extension(&maker, 51, 24);
	make_ah(&maker, 60, 77);
	make_extension(&maker, 17, 1600);
	make_ports(&maker, 1, 2);
	good(maker.writer.len);
	is_flow("udp [2001:db8:c::1]:1 > [2001:db8:100::2]:2 label 0xa1b2c");
	ck_assert(packet.has_spi);
	ck_assert_uint_eq(packet.spi, 77);
	ck_assert_uint_eq(packet.payload_offset, maker.writer.len - 4);
	make_ipv6(&maker, CN, MN, 51);
	make_ah(&maker, 50, 77);
	pmip__put_uint(&maker.writer, 78, 4);
	good(maker.writer.len);
	ck_assert_uint_eq(packet.spi, 78);
}
END_TEST

START_TEST(extension_headers_are_limited)
{
	for (int n = 0; n < 40; n++) {
		make_ipv6(&maker, CN, MN, n > 0 ? 60 : 6);
		for (int i = n; i > 0; i--)
			make_extension(&maker, i > 1 ? 60 : 6, 8);
		make_ports(&maker, 1, 2);
		ck_assert_int_eq(parse(make_end(&maker)), n <= FLOWMOB_EXTENSION_HEADERS_MAX ? 0 : PMIP_ERR_TOO_MANY);
	}
}
END_TEST

START_TEST(ipv4)
{
	for (uint8_t options = 0; options <= 40; options = (uint8_t)(options + 4)) {
		make_ipv4(&maker, CN4, MN4, 6, options, 0x4000);
		make_ports(&maker, 443, 50000);
		pmip__put_zero(&maker.writer, 16);
		good(24u + options);
		is_flow("tcp 192.0.2.1:443 > 198.51.100.2:50000");
		ck_assert(packet.has_ports && !packet.is_fragment && !packet.is_signalling);
		ck_assert_uint_eq(packet.payload_offset, 20u + options);
		ck_assert_uint_eq(packet.traffic_class, 0xb9);
	}
	make_ipv4(&maker, CN4, MN4, 51, 0, 0);
	make_ah(&maker, 17, 9);
	make_ports(&maker, 1, 2);
	good(maker.writer.len);
	is_flow("udp 192.0.2.1:1 > 198.51.100.2:2");
	ck_assert(packet.has_spi && packet.spi == 9);
	/* Numbers of IPv6's extension headers mean nothing here. */
	make_ipv4(&maker, CN4, MN4, 43, 0, 0);
	good(20);
	is_flow("43 192.0.2.1:0 > 198.51.100.2:0");
}
END_TEST

START_TEST(ipv6_fragments) /* FMC-3 */
{
	make_ipv6(&maker, CN, MN, 44);
	make_fragment(&maker, 60, 0, true, 0x01020304);
	make_extension(&maker, 17, 8);
	make_ports(&maker, 1, 2);
	good(maker.writer.len);
	ck_assert(packet.is_fragment && packet.is_first_fragment && packet.has_ports);
	ck_assert_uint_eq(packet.fragment_id, 0x01020304);
	ck_assert_uint_eq(packet.fragment_protocol, 0);
	is_flow("udp [2001:db8:c::1]:1 > [2001:db8:100::2]:2 label 0xa1b2c");
	make_ipv6(&maker, CN, MN, 44);
	make_fragment(&maker, 17, 1448, false, 0x01020304);
	make_ports(&maker, 1, 2);
	good(48);
	ck_assert(packet.is_fragment && !packet.is_first_fragment && !packet.has_ports && packet.flow.src_port == 0);
	ck_assert_uint_eq(packet.fragment_offset, 1448);
	ck_assert_uint_eq(packet.payload_offset, 48);
	make_ipv6(&maker, CN, MN, 44);
	make_fragment(&maker, 17, 0xfff8, false, 1);
	good(48);
	ck_assert_uint_eq(packet.fragment_offset, 0xfff8);
	make_ipv6(&maker, CN, MN, 44);
	make_fragment(&maker, 17, 0, false, 1);
	make_ports(&maker, 1, 2);
	good(52);
	ck_assert(!packet.is_fragment && !packet.is_first_fragment && packet.has_ports);
	/* Data of a later fragment is no header, whatever it looks like. */
	make_ipv6(&maker, CN, MN, 44);
	make_fragment(&maker, 44, 8, true, 1);
	make_fragment(&maker, 17, 0, true, 2);
	make_ports(&maker, 1, 2);
	good(48);
	ck_assert_uint_eq(packet.fragment_id, 1);
}
END_TEST

START_TEST(ipv4_fragments) /* FMC-3 */
{
	make_ipv4(&maker, CN4, MN4, 51, 4, 0x2000);
	make_ah(&maker, 17, 9);
	make_ports(&maker, 1, 2);
	good(maker.writer.len);
	ck_assert(packet.is_fragment && packet.is_first_fragment && packet.has_ports);
	ck_assert_uint_eq(packet.fragment_id, 0x1234);
	ck_assert_uint_eq(packet.fragment_protocol, 51);
	make_ipv4(&maker, CN4, MN4, 51, 0, 0x0010);
	make_ah(&maker, 17, 9);
	good(20);
	ck_assert(packet.is_fragment && !packet.is_first_fragment && !packet.has_ports && !packet.has_spi);
	ck_assert_uint_eq(packet.fragment_offset, 128);
	ck_assert_uint_eq(packet.fragment_protocol, 51);
}
END_TEST

START_TEST(what_the_header_says_of_lengths)
{
	make_ipv6(&maker, CN, MN, 17);
	make_ports(&maker, 1, 2);
	make_end(&maker);
	maker.buf[5] = 3; /* the packet ends inside the ports, whatever stands behind it */
	ck_assert_int_eq(parse(44), PMIP_ERR_SHORT);
	make_ipv6(&maker, CN, MN, 0);
	make_extension(&maker, 17, 8);
	make_ports(&maker, 1, 2);
	pmip__put_zero(&maker.writer, 2000 - 52);
	make_end(&maker);
	maker.buf[4] = maker.buf[5] = 0; /* a jumbogram: as much as there is */
	ck_assert_int_eq(parse(2000), 0);
	ck_assert_uint_eq(packet.total_len, 2000);
	make_ipv4(&maker, CN4, MN4, 17, 8, 0);
	make_ports(&maker, 1, 2);
	make_end(&maker);
	maker.buf[3] = 27;
	ck_assert_int_eq(parse(32), PMIP_ERR_VALUE);
	maker.buf[3] = 31;
	ck_assert_int_eq(parse(32), PMIP_ERR_SHORT);
	maker.buf[0] = 0x44;
	ck_assert_int_eq(parse(32), PMIP_ERR_VALUE);
	for (unsigned int version = 0; version < 16; version++) {
		maker.buf[0] = (uint8_t)(version << 4 | 5);
		if (version != 4 && version != 6)
			ck_assert_int_eq(parse(32), PMIP_ERR_VALUE);
	}
}
END_TEST

static bool signalling(const char *src, const char *dst, uint8_t proto, uint16_t src_port, uint16_t dst_port)
{
	if (strchr(src, ':') != NULL)
		make_ipv6(&maker, src, dst, proto);
	else
		make_ipv4(&maker, src, dst, proto, 0, 0);
	make_ports(&maker, src_port, dst_port);
	ck_assert_int_eq(parse(make_end(&maker)), 0);
	return packet.is_signalling;
}

START_TEST(signalling_is_known) /* FMC-4 */
{
	ck_assert(signalling(CN, MN, 135, 0x3b01, 0x0500));
	for (unsigned int type = 0; type < 256; type++)
		ck_assert_int_eq(signalling(CN, MN, 58, (uint16_t)(type << 8), 0), (type >= 130 && type <= 137) || type == 143);
	ck_assert(signalling(CN, MN, 17, 547, 546) && signalling(MN, CN, 17, 546, 547));
	ck_assert(!signalling(CN, MN, 6, 547, 546) && !signalling(CN, MN, 17, 546, 545) && !signalling(CN, MN, 17, 67, 68));
	ck_assert(signalling(CN4, MN4, 17, 67, 68) && signalling(MN4, CN4, 17, 68, 67) && !signalling(CN4, MN4, 17, 547, 546));
	ck_assert(signalling("fe80::1", MN, 6, 1, 2) && signalling(CN, "fe80::1", 6, 1, 2) && signalling(CN, "ff0e::1", 17, 1, 2));
	ck_assert(signalling("169.254.1.1", MN4, 6, 1, 2) && signalling(CN4, "224.0.0.22", 2, 0, 0));
	ck_assert(signalling(CN4, "255.255.255.255", 17, 1, 2) && !signalling("169.253.1.1", "223.255.255.255", 17, 1, 2));
	/* Behind a hop-by-hop router alert, as MLD comes. */
	make_ipv6(&maker, CN, MN, 0);
	make_extension(&maker, 58, 8);
	make_ports(&maker, 143 << 8, 0);
	good(49);
	ck_assert(packet.is_signalling);
}
END_TEST

START_TEST(icmp_errors_show_what_they_are_about)
{
	struct flowmob_packet cause;
	size_t len;

	for (unsigned int type = 0; type < 256; type++) {
		signalling(CN, MN, 58, (uint16_t)(type << 8), 0);
		ck_assert_int_eq(packet.is_icmp_error, type < 128);
		signalling(CN4, MN4, 1, (uint16_t)(type << 8), 0);
		ck_assert_int_eq(packet.is_icmp_error, (type >= 3 && type <= 5) || type == 11 || type == 12);
		signalling(CN, MN, 17, (uint16_t)(type << 8), 0);
		ck_assert(!packet.is_icmp_error);
	}
	/* The packet that it is about goes the other way, and may be cut off. */
	for (int version = 4; version <= 6; version += 2) {
		struct maker inner;

		if (version == 6) {
			make_ipv6(&inner, CN, MN, 0);
			make_extension(&inner, 17, 8);
		} else {
			make_ipv4(&inner, CN4, MN4, 17, 4, 0);
		}
		make_ports(&inner, 443, 50000);
		len = make_end(&inner);
		if (version == 6)
			make_ipv6(&maker, MN, CN, 58);
		else
			make_ipv4(&maker, MN4, CN4, 1, 0, 0);
		pmip__put_u8(&maker.writer, version == 6 ? 1 : 3);
		pmip__put_zero(&maker.writer, 7);
		pmip__put(&maker.writer, inner.buf, len);
		make_end(&maker);
		len = maker.writer.len;
		ck_assert_int_eq(parse(len), 0);
		ck_assert_int_eq(flowmob_packet_decode_cause(&cause, &packet, maker.buf, len), 0);
		ck_assert(pmip_addr_equal(&cause.flow.src, &packet.flow.dst) && pmip_addr_equal(&cause.flow.dst, &packet.flow.src));
		ck_assert_uint_eq(cause.flow.protocol, 17);
		ck_assert_uint_eq(cause.flow.src_port, 443);
		ck_assert_uint_eq(cause.flow.dst_port, 50000);
		for (size_t cut = packet.payload_offset; cut < len; cut++) {
			int err = flowmob_packet_decode_cause(&cause, &packet, maker.buf, cut);

			ck_assert_int_eq(err, cut < packet.payload_offset + 8 + inner.writer.len ? PMIP_ERR_SHORT : 0);
		}
	}
}
END_TEST

int main(void)
{
	const TTest *tests[] = {
		ports_of_five_protocols, no_ports, extension_headers, extension_headers_are_limited, ipv4, ipv6_fragments, ipv4_fragments,
		what_the_header_says_of_lengths, signalling_is_known, icmp_errors_show_what_they_are_about, NULL,
	};

	return unit_run("flowmob_packet", tests);
}
