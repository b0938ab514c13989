/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The checksum of RFC 6275 section 6.1.1: the Internet checksum over an IPv6 pseudo-header and the message. There is no
 * "absent" value: a sum of 0 is sent as 0.
 */
#include "wire/checksum.h"

#include <pmip/wire.h>
#include <string.h>

#define CHECKSUM_OFFSET 4
#define CHECKSUM_END 6

/* Words of this machine's byte order summed up, the last one filled up with zeros: the order does not matter to the sum as long as the result is
 * taken by octets (RFC 1071 section 2). In 64 bits nothing overflows. */
static uint64_t sum_words(const uint8_t *data, size_t len)
{
	uint64_t sum = 0, two;
	uint32_t word;

	for (; len >= sizeof(two); data += sizeof(two), len -= sizeof(two)) {
		memcpy(&two, data, sizeof(two));
		sum += (two & UINT32_MAX) + (two >> 32);
	}
	for (; len >= sizeof(word); data += sizeof(word), len -= sizeof(word)) {
		memcpy(&word, data, sizeof(word));
		sum += word;
	}
	word = 0;
	memcpy(&word, data, len);
	return sum + word;
}

uint16_t pmip__checksum(const struct pmip_dgram *dgram, size_t len)
{
	const uint8_t rest[8] = {0, 0, (uint8_t)(len >> 8), (uint8_t)len, 0, 0, 0, PMIP_IPPROTO_MH};
	uint64_t sum = sum_words(dgram->src.b, sizeof(dgram->src.b)) + sum_words(dgram->dst.b, sizeof(dgram->dst.b)) +
		       sum_words(rest, sizeof(rest));
	uint8_t octets[2];
	uint16_t folded;

	if (len > CHECKSUM_END)
		sum += sum_words(dgram->data, CHECKSUM_OFFSET) + sum_words(dgram->data + CHECKSUM_END, len - CHECKSUM_END);
	while (sum > 0xffff)
		sum = (sum & 0xffff) + (sum >> 16);
	folded = (uint16_t)~sum;
	memcpy(octets, &folded, sizeof(octets));
	return (uint16_t)(octets[0] << 8 | octets[1]);
}

uint16_t pmip_mh_checksum(const struct pmip_dgram *dgram)
{
	size_t len = dgram->len;

	/* What stands behind the message's own end is not part of it. */
	if (len > CHECKSUM_END && len > ((size_t)dgram->data[1] + 1) * 8)
		len = ((size_t)dgram->data[1] + 1) * 8;
	return pmip__checksum(dgram, len);
}
