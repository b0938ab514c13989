/* SPDX-License-Identifier: BSD-2-Clause */
/* Packets for the tests of libflowmob, put together header by header. */
#ifndef PMIP_TESTS_PACKET_MAKER_H
#define PMIP_TESTS_PACKET_MAKER_H

#include <pmip/flow.h>
#include <string.h>

#include "base/buf.h"
#include "unit.h"

struct maker {
	uint8_t buf[2048];
	struct pmip__writer writer;
	uint8_t version;
};

/* The IP header; next is the protocol of what stands behind it. */
static inline void make_ipv6(struct maker *maker, const char *src, const char *dst, uint8_t next)
{
	struct pmip_addr addr;

	maker->version = 6;
	pmip__writer_init(&maker->writer, maker->buf, sizeof(maker->buf));
	pmip__put_uint(&maker->writer, 0x6b9a1b2c, 4); /* traffic class 0xb9, label 0xa1b2c */
	pmip__put_u16(&maker->writer, 0);
	pmip__put_u8(&maker->writer, next);
	pmip__put_u8(&maker->writer, 64);
	addr = unit_addr(src);
	pmip__put(&maker->writer, addr.b, 16);
	addr = unit_addr(dst);
	pmip__put(&maker->writer, addr.b, 16);
}

/* options: octets of them, a multiple of 4. fragment: flags and offset as in the header. */
static inline void make_ipv4(struct maker *maker, const char *src, const char *dst, uint8_t next, uint8_t options, uint16_t fragment)
{
	struct pmip_ip addr;

	maker->version = 4;
	pmip__writer_init(&maker->writer, maker->buf, sizeof(maker->buf));
	pmip__put_u8(&maker->writer, (uint8_t)(0x45 + options / 4));
	pmip__put_u8(&maker->writer, 0xb9);
	pmip__put_u16(&maker->writer, 0);
	pmip__put_u16(&maker->writer, 0x1234);
	pmip__put_u16(&maker->writer, fragment);
	pmip__put_u8(&maker->writer, 64);
	pmip__put_u8(&maker->writer, next);
	pmip__put_u16(&maker->writer, 0);
	addr = unit_ip(src);
	pmip__put(&maker->writer, addr.b, 4);
	addr = unit_ip(dst);
	pmip__put(&maker->writer, addr.b, 4);
	pmip__put_zero(&maker->writer, options);
}

/* An extension header of len octets: hop-by-hop options, routing, destination options. */
static inline void make_extension(struct maker *maker, uint8_t next, size_t len)
{
	pmip__put_u8(&maker->writer, next);
	pmip__put_u8(&maker->writer, (uint8_t)(len / 8 - 1));
	pmip__put_zero(&maker->writer, len - 2);
}

static inline void make_fragment(struct maker *maker, uint8_t next, uint16_t offset, bool more, uint32_t id)
{
	pmip__put_u8(&maker->writer, next);
	pmip__put_u8(&maker->writer, 0);
	pmip__put_u16(&maker->writer, (uint16_t)(offset | more));
	pmip__put_uint(&maker->writer, id, 4);
}

/* An Authentication Header with a check value of 12 octets. */
static inline void make_ah(struct maker *maker, uint8_t next, uint32_t spi)
{
	pmip__put_u8(&maker->writer, next);
	pmip__put_u8(&maker->writer, 4);
	pmip__put_u16(&maker->writer, 0);
	pmip__put_uint(&maker->writer, spi, 4);
	pmip__put_zero(&maker->writer, 16);
}

static inline void make_ports(struct maker *maker, uint16_t src, uint16_t dst)
{
	pmip__put_u16(&maker->writer, src);
	pmip__put_u16(&maker->writer, dst);
}

/* Puts the length in, and returns it. */
static inline size_t make_end(struct maker *maker)
{
	size_t len = maker->writer.len, told = maker->version == 6 ? len - 40 : len, at = maker->version == 6 ? 4 : 2;

	ck_assert_int_eq(maker->writer.err, 0);
	maker->buf[at] = (uint8_t)(told >> 8);
	maker->buf[at + 1] = (uint8_t)told;
	return len;
}

#endif
