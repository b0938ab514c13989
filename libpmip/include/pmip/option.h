/* SPDX-License-Identifier: BSD-2-Clause */
/** @file
 * Mobility options as structures (RFC 6275 section 6.2, RFC 5213 section 8.3 to 8.8).
 */
#ifndef PMIP_OPTION_H
#define PMIP_OPTION_H

#include <pmip/types.h>

#ifdef __cplusplus
extern "C" {
#endif

/** Option types that the table knows. */
enum pmip_option_type {
	PMIP_OPT_PAD1 = 0,       /**< RFC 6275 section 6.2.2 */
	PMIP_OPT_PADN = 1,       /**< RFC 6275 section 6.2.3 */
	PMIP_OPT_ALT_COA = 3,    /**< Alternate Care-of Address, RFC 6275 section 6.2.5 */
	PMIP_OPT_MN_ID = 8,      /**< Mobile Node Identifier, RFC 4283 section 3 */
	PMIP_OPT_HNP = 22,       /**< Home Network Prefix, RFC 5213 section 8.3 */
	PMIP_OPT_HI = 23,        /**< Handoff Indicator, RFC 5213 section 8.4 */
	PMIP_OPT_ATT = 24,       /**< Access Technology Type, RFC 5213 section 8.5 */
	PMIP_OPT_LL_ID = 25,     /**< Mobile Node Link-layer Identifier, RFC 5213 section 8.6 */
	PMIP_OPT_LLA = 26,       /**< Link-local Address, RFC 5213 section 8.7 */
	PMIP_OPT_TIMESTAMP = 27, /**< RFC 5213 section 8.8 */
};

/** Handoff Indicator values (RFC 5213 section 8.4, RFC 7864 section 7). */
enum pmip_hi {
	PMIP_HI_NEW_INTERFACE = 1,   /**< attachment over a new interface */
	PMIP_HI_BETWEEN_INTERFACES = 2, /**< handoff between two interfaces of the mobile node */
	PMIP_HI_BETWEEN_MAGS = 3,    /**< handoff between MAGs on the same interface */
	PMIP_HI_UNKNOWN = 4,         /**< handoff state unknown */
	PMIP_HI_UNCHANGED = 5,       /**< re-registration */
	PMIP_HI_SHARED = 6,          /**< new interface sharing prefixes (RFC 7864) */
};

/** Access Technology Type values (RFC 5213 section 8.5). */
enum pmip_att {
	PMIP_ATT_VIRTUAL = 1,   /**< logical interface */
	PMIP_ATT_PPP = 2,
	PMIP_ATT_ETHERNET = 3,  /**< IEEE 802.3 */
	PMIP_ATT_WLAN = 4,      /**< IEEE 802.11 */
	PMIP_ATT_WIMAX = 5,     /**< IEEE 802.16e */
	PMIP_ATT_GERAN = 6,     /**< 3GPP GERAN */
	PMIP_ATT_UTRAN = 7,     /**< 3GPP UTRAN */
	PMIP_ATT_EUTRAN = 8,    /**< 3GPP E-UTRAN */
};

/** Home Network Prefix option (RFC 5213 section 8.3, flag L RFC 7864 section 4.1). */
struct pmip_opt_hnp {
	bool off_link;             /**< L: reachable off-link; route it to the mobile node, never advertise it */
	struct pmip_prefix prefix; /**< ALL_ZERO asks the LMA for one; its length is then 0 */
};

/** One option. data is a view; u is filled for the types the table knows. */
struct pmip_option {
	uint8_t type;        /**< enum pmip_option_type; any octet survives */
	uint8_t len;         /**< Option Length: octets behind the length octet; 0 for Pad1 */
	bool known;          /**< whether the table knows the type and u is filled; Pad1 and PadN have nothing to fill */
	size_t offset;       /**< of the type octet, from the first octet of the message; set by decoding only */
	const uint8_t *data; /**< borrowed; option data */
	union {
		struct pmip_mnid mn_id;    /**< PMIP_OPT_MN_ID */
		struct pmip_opt_hnp hnp;   /**< PMIP_OPT_HNP */
		uint8_t hi;                /**< PMIP_OPT_HI: enum pmip_hi */
		uint8_t att;               /**< PMIP_OPT_ATT: enum pmip_att */
		struct pmip_llid ll_id;    /**< PMIP_OPT_LL_ID; longer identifiers than PMIP_LLID_MAX leave len 0 here and stay in data, also for encoding */
		struct pmip_addr lla;      /**< PMIP_OPT_LLA */
		struct pmip_addr alt_coa;  /**< PMIP_OPT_ALT_COA */
		uint64_t timestamp;        /**< PMIP_OPT_TIMESTAMP: seconds << 16 | 1/65536 s */
	} u;                 /**< value by type */
};

/** One row of the option table: everything the library knows about a type. */
struct pmip_option_info {
	uint8_t type;         /**< option type */
	const char *name;     /**< as the RFC prints it */
	const char *ref;      /**< RFC and section */
	uint8_t len_min;      /**< least legal Option Length */
	uint8_t len_max;      /**< greatest legal Option Length */
	uint8_t align_n;      /**< the type octet stands at align_n * x + align_y; 1 = anywhere */
	uint8_t align_y;      /**< see align_n */
	bool repeats;         /**< may stand more than once in a message */
};

/** Row for a type; NULL when the table does not know it. Static. Since: 0.1. */
PMIP_API const struct pmip_option_info *pmip_option_info(uint8_t type);

#ifdef __cplusplus
}
#endif

#endif
