/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The checksum of RFC 6275 section 6.1.1: the Internet checksum over an IPv6 pseudo-header and the message. There is no
 * "absent" value: a sum of 0 is sent as 0.
 */
#include "wire/checksum.h"

#include <pmip/wire.h>

#define CHECKSUM_OFFSET 4
#define CHECKSUM_END 6

/* 16-bit words summed up, the last one filled up with zeros; 2 * 1024 of them cannot overflow 32 bits. */
static uint32_t sum_words(const uint8_t *data, size_t len)
{
	uint32_t sum = 0;

	for (size_t i = 0; i + 1 < len; i += 2)
		sum += (uint32_t)data[i] << 8 | data[i + 1];
	return len % 2 ? sum + ((uint32_t)data[len - 1] << 8) : sum;
}

uint16_t pmip__checksum(const struct pmip_dgram *dgram, size_t len)
{
	uint32_t sum = sum_words(dgram->src.b, sizeof(dgram->src.b)) + sum_words(dgram->dst.b, sizeof(dgram->dst.b)) +
	      (uint32_t)len + PMIP_IPPROTO_MH;
	if (len > CHECKSUM_END)
		sum += sum_words(dgram->data, CHECKSUM_OFFSET) + sum_words(dgram->data + CHECKSUM_END, len - CHECKSUM_END);
	while (sum > 0xffff)
		sum = (sum & 0xffff) + (sum >> 16);
	return (uint16_t)~sum;
}

uint16_t pmip_mh_checksum(const struct pmip_dgram *dgram)
{
	size_t len = dgram->len;

	/* What stands behind the message's own end is not part of it. */
	if (len > CHECKSUM_END && len > ((size_t)dgram->data[1] + 1) * 8)
		len = ((size_t)dgram->data[1] + 1) * 8;
	return pmip__checksum(dgram, len);
}
