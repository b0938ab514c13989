/* SPDX-License-Identifier: BSD-2-Clause */
/* Single values: text to C and what to tell a user who wrote something else. Strict on purpose: a value is
 * taken whole or not. */
#include <config.h>

#include "common/settings.h"

#include <pmip/tolerance.h>

#include <pmip/optval.h>

#include <inttypes.h>
#include <net/if.h>
#include <stdlib.h>
#include <string.h>
#include <sys/un.h>

const struct setting_choice setting_technologies[] = {
	{ "virtual", PMIP_ATT_VIRTUAL }, { "ppp", PMIP_ATT_PPP }, { "ethernet", PMIP_ATT_ETHERNET }, { "wlan", PMIP_ATT_WLAN },
	{ "wimax", PMIP_ATT_WIMAX }, { "geran", PMIP_ATT_GERAN }, { "utran", PMIP_ATT_UTRAN }, { "eutran", PMIP_ATT_EUTRAN },
	{ NULL, 0 },
};

/* A whole decimal number at the beginning of text. @return what follows it, or NULL. */
static const char *number(uint64_t *out, const char *text)
{
	uint64_t value = 0;

	if (*text < '0' || *text > '9')
		return NULL;
	for (; *text >= '0' && *text <= '9'; text++) {
		if (value > UINT32_MAX)
			return NULL;
		value = value * 10 + (uint64_t)(*text - '0');
	}
	*out = value;
	return text;
}

static int parse_uint(const struct setting_row *row, const char *text, uint32_t *out)
{
	uint64_t value;
	const char *rest = number(&value, text);

	if (!rest || *rest != '\0' || value < row->min || value > row->max || value > UINT32_MAX)
		return -1;
	*out = (uint32_t)value;
	return 0;
}

static int parse_duration(const struct setting_row *row, const char *text, uint32_t *out)
{
	static const struct {
		const char *name;
		uint64_t ms;
	} units[] = { { "", 1000 }, { "s", 1000 }, { "ms", 1 }, { "min", 60000 }, { "h", 3600000 } };
	uint64_t value;
	const char *rest = number(&value, text);
	size_t i;

	if (!rest)
		return -1;
	for (i = 0; i < sizeof(units) / sizeof(units[0]); i++)
		if (strcmp(rest, units[i].name) == 0)
			break;
	if (i == sizeof(units) / sizeof(units[0]))
		return -1;
	value *= units[i].ms;
	if (value < row->min || value > row->max)
		return -1;
	if (row->type == SETTING_SECONDS && value % 1000 != 0)
		return -1;
	*out = (uint32_t)(row->type == SETTING_SECONDS ? value / 1000 : value);
	return 0;
}

static int parse_choice(const struct setting_row *row, const char *text, uint32_t *out)
{
	const struct setting_choice *choice;

	for (choice = row->choices; choice->name; choice++) {
		if (strcmp(choice->name, text) == 0) {
			*out = choice->value;
			return 0;
		}
	}
	return -1;
}

static int parse_bool(const char *text, bool *out)
{
	static const char *const names[] = { "false", "true", "no", "yes", "off", "on" };
	size_t i;

	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (strcmp(names[i], text) == 0) {
			*out = i % 2 == 1;
			return 0;
		}
	}
	return -1;
}

/* The kernel's rules for interface names, and no characters that would have to be quoted elsewhere. */
static bool is_interface_name(const char *text, size_t max)
{
	size_t len = strlen(text);

	if (len == 0 || len > max || strcmp(text, ".") == 0 || strcmp(text, "..") == 0)
		return false;
	for (; *text != '\0'; text++)
		if (*text <= ' ' || *text == 0x7f || strchr("/:\"\\", *text))
			return false;
	return true;
}

static int parse_addr(const struct setting_row *row, const char *text, struct pmip_addr *out)
{
	struct pmip_addr addr;

	bool link_local = row->type == SETTING_LINK_LOCAL;

	if (pmip_addr_parse(&addr, text))
		return -1;
	if (!(link_local && pmip_addr_is_unspecified(&addr)) &&
	    (!pmip_addr_is_unicast(&addr) || pmip_addr_is_link_local(&addr) != link_local))
		return -1;
	*out = addr;
	return 0;
}

/* Not of this network, not loopback, not multicast or beyond. */
static int parse_ipv4(const char *text, struct pmip_ip *out)
{
	struct pmip_ip ip;

	if (pmip_ip_parse(&ip, text) || ip.len != 4 || ip.b[0] == 0 || ip.b[0] == 127 || ip.b[0] >= 224)
		return -1;
	*out = ip;
	return 0;
}

static int parse_ipv4_subnet(const char *text, struct pmip_ipv4_home *out)
{
	const char *slash = strchr(text, '/'), *rest;
	char addr[PMIP_ADDR_STRLEN];
	struct pmip_prefix mapped;
	struct pmip_ip ip;
	uint64_t plen;

	if (!slash || (size_t)(slash - text) >= sizeof(addr))
		return -1;
	memcpy(addr, text, (size_t)(slash - text));
	addr[slash - text] = '\0';
	rest = number(&plen, slash + 1);
	if (parse_ipv4(addr, &ip) || !rest || *rest != '\0' || plen < 8 || plen > 32)
		return -1;
	mapped = (struct pmip_prefix){ pmip_addr_from_ipv4(ip.b), (uint8_t)(96 + plen) };
	if (!pmip_prefix_is_valid(&mapped))
		return -1;
	out->addr = ip;
	out->plen = (uint8_t)plen;
	return 0;
}

static int parse_ipv4_use(const char *text, struct setting_ipv4 *out)
{
	if (parse_bool(text, &out->use) == 0)
		return 0;
	out->use = parse_ipv4(text, &out->addr) == 0;
	return out->use ? 0 : -1;
}

static int parse_mac(const char *text, struct pmip_llid *out)
{
	static const struct pmip_llid zero = { .len = 6 };
	struct pmip_llid mac;

	if (pmip_llid_parse(&mac, text) || mac.len != 6 || mac.b[0] & 1 || pmip_llid_equal(&mac, &zero))
		return -1;
	*out = mac;
	return 0;
}

int setting_mnid_parse(struct setting_mnid *mnid, const char *text, enum setting_type type)
{
	size_t i, ats = 0, len = strlen(text);
	struct pmip_llid mac;

	if (type == SETTING_MNID && parse_mac(text, &mac) == 0) {
		memcpy(mnid->mac, mac.b, sizeof(mnid->mac));
		mnid->view = (struct pmip_mnid){ .subtype = 5, .len = 6, .id = mnid->mac };
		return 0;
	}
	if (len == 0 || len > PMIP_MNID_MAX)
		return -1;
	for (i = 0; i < len; i++) {
		if ((unsigned char)text[i] <= ' ' || text[i] == 0x7f || strchr(":,\"\\", text[i]))
			return -1;
		if (text[i] == '*' && (type != SETTING_NAI_WILD || i != 0 || (len > 1 && text[1] != '@')))
			return -1;
		ats += text[i] == '@';
	}
	if (ats > 1 || text[len - 1] == '@')
		return -1;
	mnid->view = (struct pmip_mnid){ .subtype = 1, .len = (uint8_t)len, .id = (const uint8_t *)text };
	return 0;
}

static int parse_name(const struct setting_row *row, const char *text, const char **out)
{
	size_t len = strlen(text);

	if (len == 0 || len > row->max)
		return -1;
	for (size_t i = 0; i < len; i++)
		if ((unsigned char)text[i] < ' ' || text[i] == 0x7f)
			return -1;
	*out = text;
	return 0;
}

/* One of two numbers of a place. @return what follows it, or NULL. */
static const char *parse_degrees(const char *text, double limit, int32_t *out)
{
	const char *digits = text + (*text == '-');
	char *end;
	double value;

	if (*digits < '0' || *digits > '9')
		return NULL;
	value = strtod(text, &end);
	if (value < -limit || value > limit || strspn(digits, "0123456789.") != (size_t)(end - digits))
		return NULL;
	*out = (int32_t)(value * 32768 + (value < 0 ? -0.5 : 0.5));
	return end;
}

static int parse_location(const char *text, struct setting_location *out)
{
	struct setting_location place = { .given = true };
	const char *rest = parse_degrees(text, 90, &place.latitude);

	if (!rest || *rest != ' ')
		return -1;
	rest = parse_degrees(rest + 1, 180, &place.longitude);
	if (!rest || *rest != '\0')
		return -1;
	*out = place;
	return 0;
}

static int parse_any_prefix(const char *text, struct pmip_prefix *out)
{
	struct pmip_ipv4_home subnet;

	if (parse_ipv4_subnet(text, &subnet))
		return pmip_prefix_parse(out, text) ? -1 : 0;
	*out = pmip_prefix_from_ipv4(subnet.addr.b, subnet.plen);
	return 0;
}

static bool is_of(const struct pmip_tolerance_info *info, enum setting_type type)
{
	return type == SETTING_LMA_TOLERANCE ? info->at_lma : info->at_mag;
}

static int parse_tolerance(const struct setting_row *row, const char *text, uint32_t *out)
{
	const struct pmip_tolerance_info *info;

	for (size_t i = 0; (info = pmip_tolerance_info_nth(i)); i++) {
		if (is_of(info, row->type) && strcmp(info->name, text) == 0) {
			*out = info->tolerance;
			return 0;
		}
	}
	return -1;
}

uint32_t setting_tolerances(const struct setting_list *list)
{
	const struct setting_tolerance *item = list->items;
	uint32_t all = 0;

	for (size_t i = 0; i < list->count; i++)
		all |= item[i].tolerance;
	return all;
}

static int parse_range(const struct setting_row *row, const char *text, struct setting_range *out)
{
	uint64_t from, to;
	const char *rest = number(&from, text);

	if (!rest)
		return -1;
	to = from;
	if (*rest == '-')
		rest = number(&to, rest + 1);
	if (!rest || *rest != '\0' || from < row->min || to > row->max || from > to)
		return -1;
	*out = (struct setting_range){ true, (uint32_t)from, (uint32_t)to };
	return 0;
}

static int parse_clock(const char *text, uint32_t *out)
{
	uint64_t hour, minute;
	const char *rest = number(&hour, text);

	if (!rest || *rest != ':' || strlen(text) != 5)
		return -1;
	rest = number(&minute, rest + 1);
	if (!rest || *rest != '\0' || minute > 59 || hour * 60 + minute > 1440)
		return -1;
	*out = (uint32_t)(hour * 60 + minute);
	return 0;
}

int setting_parse(const struct setting_row *row, const char *text, void *out)
{
	switch (row->type) {
	case SETTING_BOOL:
		return parse_bool(text, out);
	case SETTING_UINT:
		return parse_uint(row, text, out);
	case SETTING_MS:
	case SETTING_SECONDS:
		return parse_duration(row, text, out);
	case SETTING_CHOICE:
		return parse_choice(row, text, out);
	case SETTING_PATH:
		if (text[0] != '/' || strlen(text) >= sizeof(((struct sockaddr_un *)NULL)->sun_path))
			return -1;
		*(const char **)out = text;
		return 0;
	case SETTING_INTERFACE:
	case SETTING_PREFIX_NAME:
		if (!is_interface_name(text, row->type == SETTING_INTERFACE ? IFNAMSIZ - 1 : 8))
			return -1;
		*(const char **)out = text;
		return 0;
	case SETTING_ADDR:
	case SETTING_LINK_LOCAL:
		return parse_addr(row, text, out);
	case SETTING_PREFIX:
		return pmip_prefix_parse(out, text) ? -1 : 0;
	case SETTING_ANY_PREFIX:
		return parse_any_prefix(text, out);
	case SETTING_IPV4:
		return parse_ipv4(text, out);
	case SETTING_IPV4_SUBNET:
		return parse_ipv4_subnet(text, out);
	case SETTING_IPV4_USE:
		return parse_ipv4_use(text, out);
	case SETTING_MAC:
		return parse_mac(text, out);
	case SETTING_NAI:
	case SETTING_NAI_WILD:
	case SETTING_MNID:
		return setting_mnid_parse(out, text, row->type);
	case SETTING_NAME:
		return parse_name(row, text, out);
	case SETTING_LOCATION:
		return parse_location(text, out);
	case SETTING_RANGE:
		return parse_range(row, text, out);
	case SETTING_CLOCK:
		return parse_clock(text, out);
	case SETTING_LMA_TOLERANCE:
	case SETTING_MAG_TOLERANCE:
		return parse_tolerance(row, text, out);
	case SETTING_END:
	case SETTING_INCLUDE:
	case SETTING_MAP:
	case SETTING_LIST:
	default:
		return -1;
	}
}

static char *expect_choice(const struct setting_row *row, char *buf, size_t cap)
{
	const struct setting_choice *choice;
	size_t n = 0;

	buf[0] = '\0';
	for (choice = row->choices; choice->name && n < cap; choice++)
		n += (size_t)snprintf(buf + n, cap - n, "%s\"%s\"", n ? " or " : "", choice->name);
	return buf;
}

static char *expect_range(const struct setting_row *row, char *buf, size_t cap)
{
	const char *unit =
		row->type == SETTING_SECONDS || (row->min % 1000 == 0 && row->max % 1000 == 0) ? "s" : "ms";
	uint64_t scale = unit[0] == 's' ? 1000 : 1;

	if (row->type == SETTING_UINT)
		snprintf(buf, cap, "a whole number from %" PRIu64 " to %" PRIu64, row->min, row->max);
	else
		snprintf(buf, cap,
			 "a duration from %" PRIu64 "%s to %" PRIu64
			 "%s in whole %s, written with ms, s, min or h",
			 row->min / scale, unit, row->max / scale, unit,
			 row->type == SETTING_SECONDS ? "seconds" : "milliseconds");
	return buf;
}

static char *expect_list(const struct setting_row *row, char *buf, size_t cap)
{
	char item[256];

	setting_expect(row->rows, item, sizeof(item));
	if (row->max == SIZE_MAX)
		snprintf(buf, cap, "a list of %" PRIu64 " or more, each %s", row->min, item);
	else
		snprintf(buf, cap, "a list of %" PRIu64 " to %" PRIu64 ", each %s", row->min, row->max, item);
	return buf;
}

static char *expect_tolerance(const struct setting_row *row, char *buf, size_t cap)
{
	const struct pmip_tolerance_info *info;
	size_t n = 0;

	for (size_t i = 0; (info = pmip_tolerance_info_nth(i)) && n < cap; i++)
		if (is_of(info, row->type))
			n += (size_t)snprintf(buf + n, cap - n, "%s\"%s\"", n ? " or " : "", info->name);
	return buf;
}

static char *expect_map(const struct setting_row *row, char *buf, size_t cap)
{
	const struct setting_row *member;
	size_t n = 0;

	if (row->plain)
		n = strlen(setting_expect(row->rows, buf, cap));
	n += (size_t)snprintf(buf + n, cap - n, "%sa mapping of ", n ? ", or " : "");
	for (member = row->rows; member->type != SETTING_END && n < cap; member++)
		n += (size_t)snprintf(buf + n, cap - n, "%s%s", member == row->rows ? "" : ", ", member->key);
	return buf;
}

char *setting_expect(const struct setting_row *row, char *buf, size_t cap)
{
	static const char *const texts[] = {
		[SETTING_BOOL] = "\"true\" or \"false\"",
		[SETTING_PATH] = "an absolute path of at most 107 characters",
		[SETTING_INTERFACE] = "an interface name of 1 to 15 characters",
		[SETTING_PREFIX_NAME] = "the beginning of an interface name, 1 to 8 characters",
		[SETTING_ADDR] = "an IPv6 unicast address such as 2001:db8::1, not link-local",
		[SETTING_LINK_LOCAL] = "an IPv6 link-local address such as fe80::200:5eff:fe00:5213, or \"::\"",
		[SETTING_PREFIX] = "an IPv6 prefix such as 2001:db8:1::/64 without bits beyond its length",
		[SETTING_ANY_PREFIX] = "an IPv6 prefix such as 2001:db8:1::/56 or an IPv4 subnet such as 192.0.2.0/24, without bits beyond its length",
		[SETTING_IPV4] = "an IPv4 unicast address such as 192.0.2.1",
		[SETTING_IPV4_SUBNET] = "an IPv4 subnet such as 192.0.2.0/24, length 8 to 32, without bits beyond its length",
		[SETTING_IPV4_USE] = "\"true\" or \"false\" or an IPv4 unicast address such as 192.0.2.10",
		[SETTING_MAC] = "a unicast MAC address such as 02:00:00:00:00:01",
		[SETTING_NAI] = "a network access identifier such as mn1@example.org, no wildcard",
		[SETTING_NAI_WILD] =
			"a network access identifier such as mn1@example.org, or \"*@realm\" or \"*\"",
		[SETTING_MNID] = "a network access identifier such as mn1@example.org or a MAC address",
		[SETTING_CLOCK] = "a time of day from 00:00 to 24:00",
		[SETTING_LOCATION] = "latitude and longitude in degrees, such as \"52.52 13.405\"",
	};

	switch (row->type) {
	case SETTING_UINT:
	case SETTING_MS:
	case SETTING_SECONDS:
		return expect_range(row, buf, cap);
	case SETTING_CHOICE:
		return expect_choice(row, buf, cap);
	case SETTING_NAME:
		snprintf(buf, cap, "a text of 1 to %" PRIu64 " octets", row->max);
		return buf;
	case SETTING_RANGE:
		snprintf(buf, cap, "a whole number from %" PRIu64 " to %" PRIu64 ", or two such as 1000-2000", row->min, row->max);
		return buf;
	case SETTING_LIST:
		return expect_list(row, buf, cap);
	case SETTING_MAP:
		return expect_map(row, buf, cap);
	case SETTING_LMA_TOLERANCE:
	case SETTING_MAG_TOLERANCE:
		return expect_tolerance(row, buf, cap);
	case SETTING_END:
	case SETTING_INCLUDE:
		buf[0] = '\0';
		return buf;
	case SETTING_BOOL:
	case SETTING_PATH:
	case SETTING_INTERFACE:
	case SETTING_PREFIX_NAME:
	case SETTING_ADDR:
	case SETTING_LINK_LOCAL:
	case SETTING_PREFIX:
	case SETTING_ANY_PREFIX:
	case SETTING_IPV4:
	case SETTING_IPV4_SUBNET:
	case SETTING_IPV4_USE:
	case SETTING_MAC:
	case SETTING_NAI:
	case SETTING_NAI_WILD:
	case SETTING_MNID:
	case SETTING_LOCATION:
	case SETTING_CLOCK:
	default:
		snprintf(buf, cap, "%s", texts[row->type]);
		return buf;
	}
}
