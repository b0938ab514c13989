/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Messages in captured packets: IPv6 with its extension headers, or IPv4 and UDP port 5436. The addresses are those that the checksum
 * is over (RFC 6275 section 6.1.1): a Home Address option stands for the source, a routing header to come for the destination.
 */
#ifdef HAVE_CONFIG_H
#include <config.h>
#endif
#include <string.h>

#ifdef HAVE_PCAP
#include <pcap/pcap.h>
#endif

#include "codec/decode.h"

#define IPV6_HEADER 40
#define IPV4_HEADER 20
#define UDP_HEADER 8
#define UDP_PORT 5436 /* RFC 5844 section 4 */
#define PROTO_HOP_BY_HOP 0
#define PROTO_UDP 17
#define PROTO_ROUTING 43
#define PROTO_FRAGMENT 44
#define PROTO_DESTINATION 60
#define OPTION_HOME_ADDRESS 0xc9
#define ROUTING_HOME_ADDRESS 2

static unsigned int u16(const uint8_t *p)
{
	return (unsigned int)(p[0] << 8 | p[1]);
}

static void read_home_address(const uint8_t *header, size_t len, struct pmip_addr *src)
{
	for (size_t at = 2; at + 2 <= len; at += header[at] == 0 ? 1 : 2u + header[at + 1]) {
		if (header[at] == OPTION_HOME_ADDRESS && header[at + 1] == sizeof(src->b) && at + 2 + sizeof(src->b) <= len)
			memcpy(src->b, header + at + 2, sizeof(src->b));
	}
}

static void show_ipv6(const uint8_t *packet, size_t len, show_fn *show, void *user)
{
	struct pmip_dgram dgram;
	size_t at = IPV6_HEADER, end, header;
	uint8_t next;

	if (len < IPV6_HEADER)
		return;
	next = packet[6];
	end = IPV6_HEADER + u16(packet + 4) < len ? IPV6_HEADER + u16(packet + 4) : len;
	memcpy(dgram.src.b, packet + 8, sizeof(dgram.src.b));
	memcpy(dgram.dst.b, packet + 24, sizeof(dgram.dst.b));
	while (next == PROTO_HOP_BY_HOP || next == PROTO_ROUTING || next == PROTO_DESTINATION) {
		if (at + 8 > end || at + (packet[at + 1] + 1u) * 8 > end)
			return;
		header = (packet[at + 1] + 1u) * 8;
		if (next == PROTO_DESTINATION)
			read_home_address(packet + at, header, &dgram.src);
		if (next == PROTO_ROUTING && packet[at + 2] == ROUTING_HOME_ADDRESS && packet[at + 3] == 1 && header == 24)
			memcpy(dgram.dst.b, packet + at + 8, sizeof(dgram.dst.b));
		next = packet[at];
		at += header;
	}
	if (next != PMIP_IPPROTO_MH)
		return;
	dgram.data = packet + at;
	dgram.len = end - at;
	show(&dgram, false, user);
}

static void map_ipv4(const uint8_t *from, struct pmip_addr *addr)
{
	memset(addr, 0, sizeof(*addr));
	addr->b[10] = addr->b[11] = 0xff;
	memcpy(addr->b + 12, from, 4);
}

static void show_ipv4(const uint8_t *packet, size_t len, show_fn *show, void *user)
{
	size_t header = (size_t)(packet[0] & 15) * 4, end = len;
	struct pmip_dgram dgram;
	const uint8_t *udp = packet + header;

	if (header < IPV4_HEADER || len < header + UDP_HEADER || packet[9] != PROTO_UDP || (u16(packet + 6) & 0x1fff) != 0)
		return;
	if (u16(udp) != UDP_PORT && u16(udp + 2) != UDP_PORT)
		return;
	if (u16(udp + 4) >= UDP_HEADER && header + u16(udp + 4) < end)
		end = header + u16(udp + 4);
	map_ipv4(packet + 12, &dgram.src);
	map_ipv4(packet + 16, &dgram.dst);
	dgram.data = udp + UDP_HEADER;
	dgram.len = end - header - UDP_HEADER;
	show(&dgram, true, user);
}

void show_packet(const uint8_t *packet, size_t len, show_fn *show, void *user)
{
	if (len >= IPV4_HEADER && packet[0] >> 4 == 4)
		show_ipv4(packet, len, show, user);
	else if (len > 0 && packet[0] >> 4 == 6)
		show_ipv6(packet, len, show, user);
}

/* The first octet of every kind of capture file is one with which no line of text starts. */
bool is_capture(FILE *in)
{
	int c = getc(in), second;

	if (c != EOF)
		ungetc(c, in);
	if (c != '\n')
		return c == 0xd4 || c == 0xa1 || c == 0x4d;
	/* pcapng: 0a 0d 0d 0a; two octets can be looked at in a file only. */
	getc(in);
	second = getc(in);
	if (fseek(in, 0, SEEK_SET) == 0)
		return second == '\r';
	if (second != EOF)
		ungetc(second, in);
	return false;
}

#ifdef HAVE_PCAP
/* Octets of the link-layer header before IP, by link type; -1: not known. */
static int link_header(int type, const uint8_t *frame, size_t len)
{
	int n = 14;

	switch (type) {
	case DLT_RAW:
	case 101: /* LINKTYPE_RAW */
	case 228: /* LINKTYPE_IPV4 */
	case 229: /* LINKTYPE_IPV6 */
		return 0;
	case DLT_NULL:
	case DLT_LOOP:
		return 4;
	case DLT_LINUX_SLL:
		return 16;
	case 276: /* LINKTYPE_LINUX_SLL2 */
		return 20;
	case DLT_EN10MB:
		while ((size_t)n + 4 <= len && (u16(frame + n - 2) == 0x8100 || u16(frame + n - 2) == 0x88a8))
			n += 4;
		return n;
	default:
		return -1;
	}
}

unsigned int read_capture(FILE *in, const char *name, show_fn *show, void *user)
{
	char error[PCAP_ERRBUF_SIZE];
	struct pcap_pkthdr *header;
	const uint8_t *frame;
	pcap_t *pcap = pcap_fopen_offline(in, error);
	int status;

	if (pcap == NULL) {
		fprintf(stderr, "%s: %s\n", name, error);
		return 1;
	}
	while ((status = pcap_next_ex(pcap, &header, &frame)) > 0) {
		int skip = link_header(pcap_datalink(pcap), frame, header->caplen);

		if (skip < 0) {
			fprintf(stderr, "%s: link type %d is not known: capture on Ethernet, or with tcpdump -y RAW\n", name, pcap_datalink(pcap));
			break;
		}
		if ((size_t)skip <= header->caplen)
			show_packet(frame + skip, header->caplen - (size_t)skip, show, user);
	}
	if (status == PCAP_ERROR)
		fprintf(stderr, "%s: %s\n", name, pcap_geterr(pcap));
	pcap_close(pcap);
	return status != PCAP_ERROR_BREAK;
}
#else
unsigned int read_capture(FILE *in, const char *name, show_fn *show, void *user)
{
	(void)show;
	(void)user;
	fclose(in);
	fprintf(stderr, "%s: this pmip-decode was built without libpcap: give lines \"SRC DST HEX\", or build it with libpcap-dev\n", name);
	return 1;
}
#endif
