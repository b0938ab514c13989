/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Options 0 to 21: Mobile IPv6 (RFC 6275 section 6.2), identification and security (RFC 4283, RFC 4285, RFC 4866), and others' uses
 * of it (RFC 3963, RFC 5026, RFC 5094, RFC 5096, RFC 5149, RFC 5568).
 */
#include "base/mnid.h"
#include "wire/option_table.h"
#include "wire/utf8.h"

#define OWNER struct pmip_option
#define LIFETIME_UNIT 4 /* seconds (RFC 6275 section 6.1.7) */
#define HNP_OCTETS 18   /* of an option laid out as a Home Network Prefix */

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
	if (mnid->subtype == PMIP__MNID_NAI && !pmip__is_utf8(mnid->id, mnid->len)) {
		*rule = "the NAI is not UTF-8";
		return PMIP_ERR_OPT_VALUE;
	}
	return 0;
}

/* As large as a Home Network Prefix, an experimental option is one that means flow mobility, and is aligned like one. */
static uint8_t align_experimental(uint8_t len, uint8_t *y)
{
	*y = len == HNP_OCTETS ? 4 : 0;
	return len == HNP_OCTETS ? 8 : 1;
}

const struct pmip__option_row pmip__rows_mip6[] = {
	[PMIP_OPT_PAD1] = {ROW(PMIP_OPT_PAD1, "Pad1", "Pad1", "RFC 6275 6.2.2", 0, 0, 1, 0, REPEATS, ANY, NULL)},
	[PMIP_OPT_PADN] = {ROW(PMIP_OPT_PADN, "PadN", "PadN", "RFC 6275 6.2.3", 0, 253, 1, 0, REPEATS, ANY, NULL)},
	[PMIP_OPT_REFRESH_ADVICE] = {
		ROW(PMIP_OPT_REFRESH_ADVICE, "Binding Refresh Advice", "BRA", "RFC 6275 6.2.4", 2, 2, 2, 0, ONCE,
		    IN(BA) | IN(HOME_AGENT_SWITCH), FIELDS(LIFETIME(LIFETIME_UNIT, refresh_s, "Refresh interval", "refresh_interval"))),
	},
	[PMIP_OPT_ALT_COA] = {
		ROW(PMIP_OPT_ALT_COA, "Alternate Care-of Address", "AltCoA", "RFC 6275 6.2.5", 16, 16, 8, 6, ONCE, IN(BU) | IN(REVOCATION),
		    FIELDS(FIELD(ADDR, alt_coa, "Address", "address"))),
	},
	[PMIP_OPT_NONCE_INDICES] = {
		ROW(PMIP_OPT_NONCE_INDICES, "Nonce Indices", "NonceIndices", "RFC 6275 6.2.6", 4, 4, 2, 0, ONCE, IN(BU),
		    FIELDS(UINT(2, nonce_indices.home, "Home nonce index", "home"),
			   UINT(2, nonce_indices.care_of, "Care-of nonce index", "careof"))),
	},
	[PMIP_OPT_BINDING_AUTH] = {
		ROW(PMIP_OPT_BINDING_AUTH, "Binding Authorization Data", "BindingAuthData", "RFC 6275 6.2.7", 1, 255, 8, 2, REPEATS,
		    IN(BU) | IN(BA), FIELDS(FIELD(REST, bytes, "Authenticator", "authenticator"))),
		.last = true,
	},
	[PMIP_OPT_MNP] = {
		ROW(PMIP_OPT_MNP, "Mobile Network Prefix", "MNP", "RFC 3963 4.3", 18, 18, 8, 4, REPEATS, IN(BU),
		    FIELDS(RESERVED(1), FIELD(PREFIX, prefix, "Prefix", "prefix"))),
		.check = pmip__check_prefix,
	},
	[PMIP_OPT_MH_LLA] = {
		ROW(PMIP_OPT_MH_LLA, "Mobility Header Link-Layer Address", "MHLLA", "RFC 5568 6.4.4", 2, 255, 1, 0, REPEATS,
		    IN(FBU) | IN(HI), FIELDS(UINT(1, mh_lla.code, "Code", "code"), FIELD(REST, mh_lla.bytes, "Address", "lla"))),
	},
	[PMIP_OPT_MN_ID] = {
		ROW(PMIP_OPT_MN_ID, "Mobile Node Identifier", "MN-ID", "RFC 4283 3", 1, 255, 1, 0, ONCE, ANY,
		    FIELDS(FIELD(MNID, mn_id, "Identifier", "nai"))),
		.check = check_mn_id,
		.repeats_in = IN(LRI) | IN(LRA),
	},
	[PMIP_OPT_AUTH] = {
		ROW(PMIP_OPT_AUTH, "Mobility Message Authentication", "AUTH", "RFC 4285 5", 5, 255, 4, 1, REPEATS, IN(BU) | IN(BA),
		    FIELDS(UINT(1, auth.subtype, "Subtype", "subtype"), UINT(4, auth.spi, "SPI", "spi"),
			   FIELD(REST, auth.data, "Authenticator", "data"))),
	},
	[PMIP_OPT_MESG_ID] = {
		ROW(PMIP_OPT_MESG_ID, "Mobility Message Replay Protection", "MESG-ID", "RFC 4285 6", 8, 8, 8, 2, REPEATS,
		    IN(BU) | IN(BA), FIELDS(FIELD(NTP, mesg_id, "Timestamp", "ntp_timestamp"))),
	},
	[PMIP_OPT_CGA_REQUEST] = {
		ROW(PMIP_OPT_CGA_REQUEST, "CGA Parameters Request", "CGAParamsRequest", "RFC 4866 5.4", 0, 0, 1, 0, REPEATS, IN(BU), NO_FIELDS),
	},
	[PMIP_OPT_CGA_PARAMETERS] = {
		ROW(PMIP_OPT_CGA_PARAMETERS, "CGA Parameters", "CGAParams", "RFC 4866 5.1", 1, 255, 1, 0, REPEATS, IN(BU) | IN(BA),
		    FIELDS(FIELD(REST, bytes, "Parameters", "data"))),
	},
	[PMIP_OPT_SIGNATURE] = {
		ROW(PMIP_OPT_SIGNATURE, "Signature", "Signature", "RFC 4866 5.2", 1, 255, 1, 0, REPEATS, IN(BU) | IN(BA),
		    FIELDS(FIELD(REST, bytes, "Signature", "data"))),
	},
	[PMIP_OPT_HOME_KEYGEN_TOKEN] = {
		ROW(PMIP_OPT_HOME_KEYGEN_TOKEN, "Permanent Home Keygen Token", "PermHomeKeygenToken", "RFC 4866 5.3", 1, 255, 1, 0, REPEATS,
		    IN(BA), FIELDS(FIELD(REST, bytes, "Token", "data"))),
	},
	[PMIP_OPT_COT_INIT] = {
		ROW(PMIP_OPT_COT_INIT, "Care-of Test Init", "CoTestInit", "RFC 4866 5.5", 0, 0, 1, 0, REPEATS, IN(BU), NO_FIELDS),
	},
	[PMIP_OPT_COT] = {
		ROW(PMIP_OPT_COT, "Care-of Test", "CoTest", "RFC 4866 5.6", 8, 8, 1, 0, REPEATS, IN(BA),
		    FIELDS(OCTETS(8, token, "Token", "token"))),
	},
	[PMIP_OPT_DNS_UPDATE] = {
		ROW(PMIP_OPT_DNS_UPDATE, "DNS-UPDATE-TYPE", "DNSUpdate", "RFC 5026 8.1", 2, 255, 1, 0, REPEATS, IN(BU) | IN(BA),
		    FIELDS(UINT(1, dns_update.status, "Status", "status"), FLAG(1, 0x80, false, dns_update.remove, "Remove", "remove"),
			   FIELD(REST, dns_update.fqdn, "FQDN", "mn_id"))),
	},
	[PMIP_OPT_EXPERIMENTAL] = {
		ROW(PMIP_OPT_EXPERIMENTAL, "Experimental", "Experimental", "RFC 5096 4", 0, 255, 1, 0, REPEATS, ANY,
		    FIELDS(FIELD(REST, bytes, "Data", "data"))),
		.align = align_experimental,
	},
	[PMIP_OPT_VENDOR_SPECIFIC] = {
		ROW(PMIP_OPT_VENDOR_SPECIFIC, "Vendor Specific", "VendorSpecific", "RFC 5094 3", 5, 255, 4, 2, REPEATS, ANY,
		    FIELDS(UINT(4, vendor.vendor, "Vendor", "vendor"), UINT(1, vendor.subtype, "Sub-type", "subtype"),
			   FIELD(REST, vendor.data, "Data", "data"))),
	},
	[PMIP_OPT_SERVICE_SELECTION] = {
		ROW(PMIP_OPT_SERVICE_SELECTION, "Service Selection", "ServiceSelection", "RFC 5149 3", 1, 255, 1, 0, ONCE, IN(BU) | IN(BA),
		    FIELDS(FIELD(TEXT, text, "Identifier", "identifier"))),
	},
	[PMIP_OPT_FMIP_AUTH] = {
		ROW(PMIP_OPT_FMIP_AUTH, "Binding Authorization Data for FMIPv6", "BADF", "RFC 5568 6.4.5", 4, 255, 1, 0, REPEATS,
		    IN(FBU) | IN(FBACK), FIELDS(UINT(4, auth.spi, "SPI", "spi"), FIELD(REST, auth.data, "Authenticator", "authenticator"))),
	},
};
