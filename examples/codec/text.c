/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Hexadecimal digits and addresses from text.
 */
#include <ctype.h>
#include <string.h>

#include "codec/json.h"

static int digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c = (char)tolower((unsigned char)c);
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

int hex_read(const char *text, uint8_t *out, size_t cap)
{
	size_t n = 0;

	for (;; text += 2) {
		while (isspace((unsigned char)*text))
			text++;
		if (*text == '\0')
			return (int)n;
		if (digit(text[0]) < 0 || digit(text[1]) < 0 || n == cap)
			return -1;
		out[n++] = (uint8_t)(digit(text[0]) << 4 | digit(text[1]));
	}
}

int address_read(const char *text, struct pmip_addr *addr)
{
	struct pmip_ip ip;

	if (pmip_ip_parse(&ip, text) < 0)
		return -1;
	memset(addr, 0, sizeof(*addr));
	if (ip.len == 4) {
		addr->b[10] = addr->b[11] = 0xff;
		memcpy(addr->b + 12, ip.b, 4);
	} else {
		memcpy(addr->b, ip.b, 16);
	}
	return 0;
}
