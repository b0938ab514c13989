/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The value types of pmip/types.h: addresses, prefixes, link-layer and mobile node identifiers.
 */
#include <arpa/inet.h>
#include <string.h>

#include <pmip/error.h>
#include <pmip/types.h>

#include "base/buf.h"
#include "base/mnid.h"
#include "base/prefix.h"

#define MAPPED_LEN 96	   /* of ::ffff:0.0.0.0 */

int pmip_addr_parse(struct pmip_addr *addr, const char *text)
{
	struct pmip_addr parsed;

	if (inet_pton(AF_INET6, text, parsed.b) != 1)
		return PMIP_ERR_SYNTAX;
	*addr = parsed;
	return 0;
}

char *pmip_addr_format(const struct pmip_addr *addr, char buf[PMIP_ADDR_STRLEN])
{
	inet_ntop(AF_INET6, addr->b, buf, PMIP_ADDR_STRLEN);
	return buf;
}

char *pmip_ip_format(const struct pmip_ip *ip, char buf[PMIP_ADDR_STRLEN])
{
	if (ip->len == 4 || ip->len == 16)
		inet_ntop(ip->len == 4 ? AF_INET : AF_INET6, ip->b, buf, PMIP_ADDR_STRLEN);
	else
		memcpy(buf, "none", sizeof("none"));
	return buf;
}

int pmip_ip_parse(struct pmip_ip *ip, const char *text)
{
	struct pmip_ip parsed = {0};

	if (inet_pton(AF_INET, text, parsed.b) == 1)
		parsed.len = 4;
	else if (inet_pton(AF_INET6, text, parsed.b) == 1)
		parsed.len = 16;
	else
		return PMIP_ERR_SYNTAX;
	*ip = parsed;
	return 0;
}

bool pmip_addr_equal(const struct pmip_addr *a, const struct pmip_addr *b)
{
	return memcmp(a->b, b->b, sizeof(a->b)) == 0;
}

bool pmip_addr_is_unspecified(const struct pmip_addr *a)
{
	static const struct pmip_addr unspecified;

	return pmip_addr_equal(a, &unspecified);
}

bool pmip_addr_is_unicast(const struct pmip_addr *a)
{
	static const struct pmip_addr loopback = {{[15] = 1}};

	return a->b[0] != 0xff && !pmip_addr_is_unspecified(a) && !pmip_addr_equal(a, &loopback);
}

bool pmip_addr_is_link_local(const struct pmip_addr *a)
{
	return a->b[0] == 0xfe && (a->b[1] & 0xc0) == 0x80;
}

bool pmip_addr_is_ipv4_mapped(const struct pmip_addr *a)
{
	static const struct pmip_addr mapped = {{[10] = 0xff, [11] = 0xff}};

	return memcmp(a->b, mapped.b, 12) == 0;
}

struct pmip_addr pmip_addr_from_ipv4(const uint8_t ipv4[4])
{
	return (struct pmip_addr){{[10] = 0xff, [11] = 0xff, [12] = ipv4[0], [13] = ipv4[1], [14] = ipv4[2], [15] = ipv4[3]}};
}

/* A decimal number 0..128 without leading zeros, up to the end of the text. */
static int parse_prefix_len(uint8_t *len, const char *text)
{
	unsigned int value = 0;
	size_t digits = strspn(text, "0123456789");

	if (digits < 1 || digits > 3 || text[digits] != '\0' || (digits > 1 && text[0] == '0'))
		return PMIP_ERR_SYNTAX;
	for (size_t i = 0; i < digits; i++)
		value = value * 10 + (unsigned int)(text[i] - '0');
	if (value > 128)
		return PMIP_ERR_SYNTAX;
	*len = (uint8_t)value;
	return 0;
}

int pmip_prefix_parse(struct pmip_prefix *prefix, const char *text)
{
	char addr_text[PMIP_ADDR_STRLEN];
	const char *slash = strchr(text, '/');
	struct pmip_prefix parsed;
	size_t n;

	if (slash == NULL)
		return PMIP_ERR_SYNTAX;
	n = (size_t)(slash - text);
	if (n >= sizeof(addr_text))
		return PMIP_ERR_SYNTAX;
	memcpy(addr_text, text, n);
	addr_text[n] = '\0';
	if (pmip_addr_parse(&parsed.addr, addr_text) < 0 || parse_prefix_len(&parsed.len, slash + 1) < 0 ||
	    !pmip_prefix_is_valid(&parsed))
		return PMIP_ERR_SYNTAX;
	*prefix = parsed;
	return 0;
}

char *pmip_prefix_format(const struct pmip_prefix *prefix, char buf[PMIP_PREFIX_STRLEN])
{
	char addr_text[PMIP_ADDR_STRLEN];
	struct pmip__text text;

	pmip__text_init(&text, buf, PMIP_PREFIX_STRLEN);
	pmip__text_add(&text, "%s/%u", pmip_addr_format(&prefix->addr, addr_text), prefix->len);
	return buf;
}

bool pmip_prefix_equal(const struct pmip_prefix *a, const struct pmip_prefix *b)
{
	return a->len == b->len && pmip_addr_equal(&a->addr, &b->addr);
}

bool pmip_prefix_contains(const struct pmip_prefix *prefix, const struct pmip_addr *addr)
{
	for (size_t i = 0; i < sizeof(addr->b); i++) {
		if ((prefix->addr.b[i] ^ addr->b[i]) & pmip__prefix_mask(prefix->len, i))
			return false;
	}
	return true;
}

bool pmip_prefix_is_valid(const struct pmip_prefix *prefix)
{
	size_t whole = prefix->len / 8;

	if (prefix->len >= 128)
		return prefix->len == 128;
	return !(prefix->addr.b[whole] & ~pmip__prefix_mask(prefix->len, whole)) &&
	       pmip__is_zero(prefix->addr.b + whole + 1, sizeof(prefix->addr.b) - whole - 1);
}

struct pmip_prefix pmip_prefix_from_ipv4(const uint8_t ipv4[4], uint8_t plen)
{
	return (struct pmip_prefix){pmip_addr_from_ipv4(ipv4), (uint8_t)(MAPPED_LEN + plen)};
}

bool pmip_prefix_is_ipv4(const struct pmip_prefix *prefix)
{
	return prefix->len >= MAPPED_LEN && pmip_addr_is_ipv4_mapped(&prefix->addr);
}

static int hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

int pmip_llid_parse(struct pmip_llid *llid, const char *text)
{
	struct pmip_llid parsed = {0};

	for (;;) {
		int high = hex_digit(text[0]);
		int low = high < 0 ? -1 : hex_digit(text[1]);

		if (low < 0 || parsed.len == PMIP_LLID_MAX)
			return PMIP_ERR_SYNTAX;
		parsed.b[parsed.len++] = (uint8_t)(high << 4 | low);
		text += 2;
		if (*text == '\0')
			break;
		if (*text++ != ':')
			return PMIP_ERR_SYNTAX;
	}
	*llid = parsed;
	return 0;
}

char *pmip_llid_format(const struct pmip_llid *llid, char buf[PMIP_LLID_STRLEN])
{
	struct pmip__text text;

	pmip__text_init(&text, buf, PMIP_LLID_STRLEN);
	pmip__text_add_hex(&text, llid->b, llid->len, ":");
	return buf;
}

bool pmip_llid_equal(const struct pmip_llid *a, const struct pmip_llid *b)
{
	return a->len == b->len && memcmp(a->b, b->b, a->len) == 0;
}

char *pmip_mnid_format(const struct pmip_mnid *mnid, char buf[PMIP_MNID_STRLEN])
{
	struct pmip__text text;

	pmip__text_init(&text, buf, PMIP_MNID_STRLEN);
	if (mnid->subtype != PMIP__MNID_NAI) {
		pmip__text_add(&text, "%u:", mnid->subtype);
		pmip__text_add_hex(&text, mnid->id, mnid->len, "");
		return buf;
	}
	/* A name comes from the network and may end on a terminal: nothing but printable ASCII leaves here. */
	for (size_t i = 0; i < mnid->len; i++) {
		uint8_t c = mnid->id[i];

		if (c >= 0x20 && c < 0x7f)
			pmip__text_add(&text, "%c", c);
		else
			pmip__text_add(&text, "\\x%02x", c);
	}
	return buf;
}

bool pmip_mnid_equal(const struct pmip_mnid *a, const struct pmip_mnid *b)
{
	return a->subtype == b->subtype && a->len == b->len && (a->len == 0 || memcmp(a->id, b->id, a->len) == 0);
}
