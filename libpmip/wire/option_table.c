/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The option table (RFC 6275 section 6.2, RFC 4283, RFC 5213 section 8.3 to 8.8) and the checks of single values.
 */
#include <stddef.h>
#include <string.h>

#include <pmip/error.h>

#include "wire/option_table.h"

#define AT(member) offsetof(struct pmip_option, member)
#define END {.kind = PMIP__FIELD_END}
#define RESERVED(octets) {.kind = PMIP__FIELD_RESERVED, .arg = (octets)}
#define FIELDS(...) ((const struct pmip__field[]){__VA_ARGS__, END})

static const char *hi_name(uint8_t value)
{
	static const char *const names[] = {
		[PMIP_HI_NEW_INTERFACE] = "attachment over a new interface",
		[PMIP_HI_BETWEEN_INTERFACES] = "handoff between two interfaces",
		[PMIP_HI_BETWEEN_MAGS] = "handoff between MAGs",
		[PMIP_HI_UNKNOWN] = "handoff state unknown",
		[PMIP_HI_UNCHANGED] = "handoff state not changed",
		[PMIP_HI_SHARED] = "attachment over a new interface sharing prefixes",
	};

	return value < PMIP__ARRAY_SIZE(names) ? names[value] : NULL;
}

static const char *att_name(uint8_t value)
{
	static const char *const names[] = {
		[PMIP_ATT_VIRTUAL] = "virtual",       [PMIP_ATT_PPP] = "PPP",
		[PMIP_ATT_ETHERNET] = "IEEE 802.3",   [PMIP_ATT_WLAN] = "IEEE 802.11a/b/g",
		[PMIP_ATT_WIMAX] = "IEEE 802.16e",    [PMIP_ATT_GERAN] = "3GPP GERAN",
		[PMIP_ATT_UTRAN] = "3GPP UTRAN",      [PMIP_ATT_EUTRAN] = "3GPP E-UTRAN",
	};

	return value < PMIP__ARRAY_SIZE(names) ? names[value] : NULL;
}

/* Octets of the UTF-8 sequence that starts at s (RFC 3629 section 4), 0 when it is not one. */
static size_t utf8_sequence(const uint8_t *s, size_t left)
{
	uint8_t first = s[0], low = 0x80, high = 0xbf;
	size_t len;

	if (first < 0x80)
		return 1;
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

static bool is_utf8(const uint8_t *s, size_t len)
{
	size_t n;

	for (; len > 0; s += n, len -= n) {
		n = utf8_sequence(s, len);
		if (n == 0)
			return false;
	}
	return true;
}

/* RFC 4283 section 3, RFC 8371 section 4. An empty identifier passes with every subtype: an LMA sends one when it misses the
 * option (RFC 5213 section 5.3.6), and what to say to a MAG that does is for the LMA to decide. */
static int check_mn_id(struct pmip_option *option, const char **rule)
{
	static const uint8_t lengths[] = {[2] = 16, [3] = 8, [4] = 4, [5] = 6, [6] = 8, [7] = 10}; /* by subtype, 0: any */
	const struct pmip_mnid *mnid = &option->u.mn_id;
	uint8_t want = mnid->subtype < PMIP__ARRAY_SIZE(lengths) ? lengths[mnid->subtype] : 0;

	if (mnid->len == 0)
		return 0;
	if (want != 0 && mnid->len != want) {
		*rule = "the identifier's length does not fit its subtype";
		return PMIP_ERR_OPT_LEN;
	}
	if (mnid->subtype == 1 && !is_utf8(mnid->id, mnid->len)) {
		*rule = "the NAI is not UTF-8";
		return PMIP_ERR_OPT_VALUE;
	}
	return 0;
}

/* RFC 5213 section 8.3. The length beside ALL_ZERO means nothing: it becomes 0. */
static int check_hnp(struct pmip_option *option, const char **rule)
{
	struct pmip_prefix *prefix = &option->u.hnp.prefix;

	if (pmip_addr_is_unspecified(&prefix->addr))
		prefix->len = 0;
	if (pmip_prefix_is_valid(prefix))
		return 0;
	*rule = "the prefix length is over 128, or bits beyond it are set";
	return PMIP_ERR_OPT_VALUE;
}

/* ALL_ZERO is a request, not a prefix: the LMA refuses two of them (status 128). */
static bool same_hnp(const struct pmip_option *a, const struct pmip_option *b)
{
	return !pmip_addr_is_unspecified(&a->u.hnp.prefix.addr) && pmip_prefix_equal(&a->u.hnp.prefix, &b->u.hnp.prefix);
}

/* RFC 5213 section 8.6 leaves the choice: we align the identifier, which stands four octets behind the type, naturally. */
static uint8_t align_ll_id(uint8_t len, uint8_t *y)
{
	uint8_t id_len = (uint8_t)(len - 2);

	*y = id_len % 8 == 0 ? 4 : 0;
	return id_len % 8 == 0 ? 8 : id_len % 4 == 0 ? 4 : 2;
}

#define ONCE false
#define REPEATS true
#define INFO(type_, name_, ref_, min, max, n, y, repeats_) \
	.info = {.type = (type_), .name = (name_), .ref = (ref_), .len_min = (min), .len_max = (max), .align_n = (n), \
		 .align_y = (y), .repeats = (repeats_)}

static const struct pmip__option_row table[] = {
	[PMIP_OPT_PAD1] = {INFO(PMIP_OPT_PAD1, "Pad1", "RFC 6275 6.2.2", 0, 0, 1, 0, REPEATS)},
	[PMIP_OPT_PADN] = {INFO(PMIP_OPT_PADN, "PadN", "RFC 6275 6.2.3", 0, 253, 1, 0, REPEATS)},
	[PMIP_OPT_ALT_COA] = {
		INFO(PMIP_OPT_ALT_COA, "Alternate Care-of Address", "RFC 6275 6.2.5", 16, 16, 8, 6, ONCE),
		.fields = FIELDS({PMIP__FIELD_ADDR, .at = AT(u.alt_coa), .name = "Address"}),
	},
	[PMIP_OPT_MN_ID] = {
		INFO(PMIP_OPT_MN_ID, "Mobile Node Identifier", "RFC 4283 3", 1, 255, 1, 0, ONCE),
		.fields = FIELDS({PMIP__FIELD_MNID, .at = AT(u.mn_id), .name = "Identifier"}),
		.check = check_mn_id,
	},
	[PMIP_OPT_HNP] = {
		INFO(PMIP_OPT_HNP, "Home Network Prefix", "RFC 5213 8.3", 18, 18, 8, 4, REPEATS),
		.fields = FIELDS({PMIP__FIELD_FLAG, .arg = 0x80, .at = AT(u.hnp.off_link), .name = "Off-link"},
				 {PMIP__FIELD_PREFIX, .at = AT(u.hnp.prefix), .name = "Prefix"}),
		.check = check_hnp,
		.same = same_hnp,
	},
	[PMIP_OPT_HI] = {
		INFO(PMIP_OPT_HI, "Handoff Indicator", "RFC 5213 8.4", 2, 2, 1, 0, ONCE),
		.fields = FIELDS(RESERVED(1), {PMIP__FIELD_U8, .at = AT(u.hi), .name = "Value", .value_name = hi_name}),
	},
	[PMIP_OPT_ATT] = {
		INFO(PMIP_OPT_ATT, "Access Technology Type", "RFC 5213 8.5", 2, 2, 1, 0, ONCE),
		.fields = FIELDS(RESERVED(1), {PMIP__FIELD_U8, .at = AT(u.att), .name = "Value", .value_name = att_name}),
	},
	[PMIP_OPT_LL_ID] = {
		INFO(PMIP_OPT_LL_ID, "Mobile Node Link-layer Identifier", "RFC 5213 8.6", 3, 255, 2, 0, ONCE),
		.fields = FIELDS(RESERVED(2), {PMIP__FIELD_LLID, .at = AT(u.ll_id), .name = "Identifier"}),
		.align = align_ll_id,
	},
	[PMIP_OPT_LLA] = {
		INFO(PMIP_OPT_LLA, "Link-local Address", "RFC 5213 8.7", 16, 16, 8, 6, ONCE),
		.fields = FIELDS({PMIP__FIELD_ADDR, .at = AT(u.lla), .name = "Address"}),
	},
	[PMIP_OPT_TIMESTAMP] = {
		INFO(PMIP_OPT_TIMESTAMP, "Timestamp", "RFC 5213 8.8", 8, 8, 8, 2, ONCE),
		.fields = FIELDS({PMIP__FIELD_TIMESTAMP, .at = AT(u.timestamp), .name = "Time"}),
	},
};

const struct pmip__option_row *pmip__option_row(uint8_t type)
{
	if (type >= PMIP__ARRAY_SIZE(table) || table[type].info.name == NULL)
		return NULL;
	return &table[type];
}

const struct pmip_option_info *pmip_option_info(uint8_t type)
{
	const struct pmip__option_row *row = pmip__option_row(type);

	return row == NULL ? NULL : &row->info;
}
