/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The check of utf8.h.
 */
#include <string.h>

#include "wire/utf8.h"

/* Octets of the UTF-8 sequence that starts at s with an octet from 0x80 on (RFC 3629 section 4), 0 when it is not one. */
static size_t utf8_sequence(const uint8_t *s, size_t left)
{
	uint8_t first = s[0], low = 0x80, high = 0xbf;
	size_t len;

	if (first < 0xc2 || first > 0xf4)
		return 0;
	len = first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
	if (left < len)
		return 0;
	/* The second octet excludes overlong forms, surrogates and what is beyond U+10FFFF. */
	if (first == 0xe0)
		low = 0xa0;
	else if (first == 0xf0)
		low = 0x90;
	else if (first == 0xed)
		high = 0x9f;
	else if (first == 0xf4)
		high = 0x8f;
	if (s[1] < low || s[1] > high)
		return 0;
	for (size_t i = 2; i < len; i++) {
		if ((s[i] & 0xc0) != 0x80)
			return 0;
	}
	return len;
}

bool pmip__is_utf8(const uint8_t *s, size_t len)
{
	uint64_t word;
	size_t n;

	for (; len > 0; s += n, len -= n) {
		/* Most is ASCII, and looked at by eight. */
		if (len >= sizeof(word)) {
			memcpy(&word, s, sizeof(word));
			n = sizeof(word);
			if ((word & 0x8080808080808080) == 0)
				continue;
		}
		n = *s < 0x80 ? 1 : utf8_sequence(s, len);
		if (n == 0)
			return false;
	}
	return true;
}
