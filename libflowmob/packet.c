/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Packets as they come from the cable: IPv4 (RFC 791), IPv6 and its extension headers (RFC 8200), Authentication Header (RFC 4302), ESP
 * (RFC 4303), Mobility Header (RFC 6275). The upper-layer protocol is what stands behind all extension headers. FMC-5.
 */
#include <flowmob/packet.h>

#include "base/buf.h"

#define IPV4_HEADER 20
#define IPV6_HEADER 40
#define ICMP_HEADER 8 /* of an error, before the packet that it is about */
#define IPV4_OFFSET 0x1fff /* Fragment Offset */
#define IPV4_MORE 0x2000   /* MF */
#define IPV6_OFFSET 0xfff8 /* Fragment Offset, in octets as it stands */
#define IPV6_MORE 0x0001   /* M */

enum protocol {
	HOP_BY_HOP = 0,
	ICMP = 1,
	TCP = 6,
	UDP = 17,
	DCCP = 33,
	ROUTING = 43,
	FRAGMENT = 44,
	ESP = 50,
	AH = 51,
	ICMPV6 = 58,
	DESTINATION_OPTIONS = 60,
	SCTP = 132,
	MOBILITY = 135,
	UDP_LITE = 136,
};

static void get_ipv4(struct pmip_addr *addr, struct pmip__reader *reader)
{
	const uint8_t *octets = pmip__get(reader, 4);

	if (octets != NULL)
		*addr = pmip_addr_from_ipv4(octets);
}

/* The rest of a reader ends where the packet does, if that is nearer. */
static void limit(struct pmip__reader *reader, size_t total_len)
{
	if (reader->len > total_len)
		reader->len = total_len;
}

/* Returns the Protocol, or an error. */
static int read_ipv4(struct flowmob_packet *packet, struct pmip__reader *reader)
{
	uint8_t first = pmip__get_u8(reader), protocol;
	size_t header = (size_t)(first & 0x0f) * 4;
	uint16_t fragment;

	packet->traffic_class = pmip__get_u8(reader);
	packet->total_len = pmip__get_u16(reader);
	packet->fragment_id = pmip__get_u16(reader);
	fragment = pmip__get_u16(reader);
	pmip__get_u8(reader);
	protocol = pmip__get_u8(reader);
	pmip__get_u16(reader);
	get_ipv4(&packet->flow.src, reader);
	get_ipv4(&packet->flow.dst, reader);
	if (reader->failed)
		return PMIP_ERR_SHORT;
	if (header < IPV4_HEADER || packet->total_len < header)
		return PMIP_ERR_VALUE;
	pmip__get(reader, header - IPV4_HEADER);
	limit(reader, packet->total_len);
	packet->fragment_offset = (uint16_t)((fragment & IPV4_OFFSET) * 8);
	packet->is_fragment = (fragment & (IPV4_OFFSET | IPV4_MORE)) != 0;
	packet->fragment_protocol = packet->is_fragment ? protocol : 0;
	return protocol;
}

/* Returns the Next Header, or an error. */
static int read_ipv6(struct flowmob_packet *packet, struct pmip__reader *reader)
{
	uint64_t first = pmip__get_uint(reader, 4);
	size_t payload_len = pmip__get_u16(reader);
	uint8_t next = pmip__get_u8(reader);

	pmip__get_u8(reader);
	packet->traffic_class = (uint8_t)(first >> 20);
	packet->flow.label = first & PMIP_FLOW_LABEL_MAX;
	packet->flow.src = pmip__get_addr(reader);
	packet->flow.dst = pmip__get_addr(reader);
	packet->total_len = IPV6_HEADER + payload_len;
	/* A jumbogram's length is in an option (RFC 2675 section 2); what the stack builds for segmentation looks the same. */
	if (payload_len == 0 && next == HOP_BY_HOP)
		packet->total_len = reader->len;
	limit(reader, packet->total_len);
	return reader->failed ? PMIP_ERR_SHORT : next;
}

static bool is_extension(uint8_t version, int next)
{
	return next == AH || (version == 6 && (next == HOP_BY_HOP || next == ROUTING || next == FRAGMENT || next == DESTINATION_OPTIONS));
}

static bool is_later_fragment(const struct flowmob_packet *packet)
{
	return packet->is_fragment && packet->fragment_offset > 0;
}

/* Reads one extension header. Returns the Next Header; the reader fails where the header is cut off. */
static uint8_t read_extension(struct flowmob_packet *packet, int header, struct pmip__reader *reader)
{
	uint8_t next = pmip__get_u8(reader), len = pmip__get_u8(reader);
	uint16_t fragment;

	switch (header) {
	case FRAGMENT:
		fragment = pmip__get_u16(reader);
		packet->fragment_offset = fragment & IPV6_OFFSET;
		packet->fragment_id = (uint32_t)pmip__get_uint(reader, 4);
		/* A whole packet in one fragment is none (RFC 6946). */
		packet->is_fragment = (fragment & (IPV6_OFFSET | IPV6_MORE)) != 0;
		break;
	case AH:
		pmip__get_u16(reader);
		packet->spi = (uint32_t)pmip__get_uint(reader, 4);
		packet->has_spi = true;
		pmip__get(reader, (size_t)len * 4);
		break;
	default:
		pmip__get(reader, ((size_t)len + 1) * 8 - 2);
	}
	return next;
}

/* Goes to the upper-layer header, or to where a later fragment's data begins. */
static int skip_extensions(struct flowmob_packet *packet, int next, struct pmip__reader *reader)
{
	for (int headers = 0; is_extension(packet->version, next) && !is_later_fragment(packet); headers++) {
		if (headers == FLOWMOB_EXTENSION_HEADERS_MAX)
			return PMIP_ERR_TOO_MANY;
		next = read_extension(packet, next, reader);
		if (reader->failed)
			return PMIP_ERR_SHORT;
	}
	packet->flow.protocol = (uint8_t)next;
	return 0;
}

/* ICMPv6 types of neighbour discovery (RFC 4861) and multicast listener discovery (RFC 2710, RFC 3810). */
static bool is_discovery(uint8_t type)
{
	return (type >= 130 && type <= 137) || type == 143;
}

/* Destination unreachable, source quench, redirect, time exceeded, parameter problem (RFC 792). */
static bool is_icmp_error(uint8_t type)
{
	return (type >= 3 && type <= 5) || type == 11 || type == 12;
}

/* To a DHCP client or server: RFC 8415 section 7.2, RFC 2131 section 4.1. */
static bool is_dhcp(const struct flowmob_packet *packet)
{
	uint16_t client = packet->version == 6 ? 546 : 68, server = packet->version == 6 ? 547 : 67;

	return packet->flow.protocol == UDP && (packet->flow.dst_port == client || packet->flow.dst_port == server);
}

/* Ports, SPI, and what only the upper layer can tell of signalling. FMC-4, FMC-6. */
static void read_upper_layer(struct flowmob_packet *packet, struct pmip__reader *reader)
{
	uint8_t type;

	switch (packet->flow.protocol) {
	case TCP:
	case UDP:
	case UDP_LITE:
	case DCCP:
	case SCTP:
		packet->flow.src_port = pmip__get_u16(reader);
		packet->flow.dst_port = pmip__get_u16(reader);
		packet->has_ports = true;
		packet->is_signalling = is_dhcp(packet);
		break;
	case ESP:
		packet->spi = (uint32_t)pmip__get_uint(reader, 4);
		packet->has_spi = true;
		break;
	case ICMP:
		packet->is_icmp_error = is_icmp_error(pmip__get_u8(reader));
		break;
	case ICMPV6:
		type = pmip__get_u8(reader);
		packet->is_signalling = is_discovery(type);
		packet->is_icmp_error = !(type & 0x80); /* RFC 4443 section 2.1 */
		break;
	/* Nothing stands behind a Mobility Header (RFC 6275 section 9.2). */
	case MOBILITY:
		packet->is_signalling = true;
		break;
	default:
		break;
	}
}

/* Whether an address is good on one link only, or is that of a group. FMC-4. */
static bool is_local(const struct pmip_addr *addr)
{
	const uint8_t *ipv4 = addr->b + 12;

	if (!pmip_addr_is_ipv4_mapped(addr))
		return addr->b[0] == 0xff || pmip_addr_is_link_local(addr);
	/* RFC 3927; multicast, reserved and broadcast from 224 up. */
	return (ipv4[0] == 169 && ipv4[1] == 254) || ipv4[0] >= 224;
}

int flowmob_packet_decode(struct flowmob_packet *packet, const uint8_t *data, size_t len)
{
	struct pmip__reader reader;
	int next;

	pmip__reader_init(&reader, data, len);
	*packet = (struct flowmob_packet){.version = len > 0 ? data[0] >> 4 : 0};
	if (len == 0)
		return PMIP_ERR_SHORT;
	if (packet->version == 4)
		next = read_ipv4(packet, &reader);
	else if (packet->version == 6)
		next = read_ipv6(packet, &reader);
	else
		next = PMIP_ERR_VALUE;
	if (next < 0)
		return next;
	next = skip_extensions(packet, next, &reader);
	if (next < 0)
		return next;
	packet->is_first_fragment = packet->is_fragment && packet->fragment_offset == 0;
	packet->payload_offset = reader.pos;
	if (!is_later_fragment(packet))
		read_upper_layer(packet, &reader);
	packet->is_signalling |= is_local(&packet->flow.src) || is_local(&packet->flow.dst);
	return reader.failed ? PMIP_ERR_SHORT : 0;
}

int flowmob_packet_decode_cause(struct flowmob_packet *cause, const struct flowmob_packet *error, const uint8_t *data, size_t len)
{
	size_t at = error->payload_offset + ICMP_HEADER;

	return at < len ? flowmob_packet_decode(cause, data + at, len - at) : PMIP_ERR_SHORT;
}
