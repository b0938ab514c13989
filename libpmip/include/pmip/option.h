/* SPDX-License-Identifier: BSD-2-Clause */
/** @file
 * Mobility options as structures (RFC 6275 section 6.2, RFC 5213 section 8.3 to 8.8).
 */
#ifndef PMIP_OPTION_H
#define PMIP_OPTION_H

#include <pmip/field.h>
#include <pmip/optval.h>
#include <pmip/types.h>

#ifdef __cplusplus
extern "C" {
#endif

/** Option types that the table knows. 60 and 61 count their length in words (RFC 7411), which no walker can know: they are skipped as
 * unknown. */
enum pmip_option_type {
	PMIP_OPT_PAD1 = 0, /**< RFC 6275 section 6.2.2 */
	PMIP_OPT_PADN = 1, /**< RFC 6275 section 6.2.3 */
	PMIP_OPT_REFRESH_ADVICE = 2, /**< Binding Refresh Advice, RFC 6275 section 6.2.4 */
	PMIP_OPT_ALT_COA = 3, /**< Alternate Care-of Address, RFC 6275 section 6.2.5 */
	PMIP_OPT_NONCE_INDICES = 4, /**< RFC 6275 section 6.2.6 */
	PMIP_OPT_BINDING_AUTH = 5, /**< Binding Authorization Data, RFC 6275 section 6.2.7 */
	PMIP_OPT_MNP = 6, /**< Mobile Network Prefix, RFC 3963 section 4.3 */
	PMIP_OPT_MH_LLA = 7, /**< Mobility Header Link-Layer Address, RFC 5568 section 6.4.4 */
	PMIP_OPT_MN_ID = 8, /**< Mobile Node Identifier, RFC 4283 section 3 */
	PMIP_OPT_AUTH = 9, /**< Mobility Message Authentication, RFC 4285 section 5 */
	PMIP_OPT_MESG_ID = 10, /**< Mobility Message Replay Protection, RFC 4285 section 6 */
	PMIP_OPT_CGA_REQUEST = 11, /**< CGA Parameters Request, RFC 4866 section 5.4 */
	PMIP_OPT_CGA_PARAMETERS = 12, /**< RFC 4866 section 5.1 */
	PMIP_OPT_SIGNATURE = 13, /**< RFC 4866 section 5.2 */
	PMIP_OPT_HOME_KEYGEN_TOKEN = 14, /**< Permanent Home Keygen Token, RFC 4866 section 5.3 */
	PMIP_OPT_COT_INIT = 15, /**< Care-of Test Init, RFC 4866 section 5.5 */
	PMIP_OPT_COT = 16, /**< Care-of Test, RFC 4866 section 5.6 */
	PMIP_OPT_DNS_UPDATE = 17, /**< DNS-UPDATE-TYPE, RFC 5026 section 8.1 */
	PMIP_OPT_EXPERIMENTAL = 18, /**< RFC 5096 section 4 */
	PMIP_OPT_VENDOR_SPECIFIC = 19, /**< RFC 5094 section 3 */
	PMIP_OPT_SERVICE_SELECTION = 20, /**< RFC 5149 section 3 */
	PMIP_OPT_FMIP_AUTH = 21, /**< Binding Authorization Data for FMIPv6, RFC 5568 section 6.4.5 */
	PMIP_OPT_HNP = 22, /**< Home Network Prefix, RFC 5213 section 8.3 */
	PMIP_OPT_HI = 23, /**< Handoff Indicator, RFC 5213 section 8.4 */
	PMIP_OPT_ATT = 24, /**< Access Technology Type, RFC 5213 section 8.5 */
	PMIP_OPT_LL_ID = 25, /**< Mobile Node Link-layer Identifier, RFC 5213 section 8.6 */
	PMIP_OPT_LLA = 26, /**< Link-local Address, RFC 5213 section 8.7 */
	PMIP_OPT_TIMESTAMP = 27, /**< RFC 5213 section 8.8 */
	PMIP_OPT_RESTART_COUNTER = 28, /**< RFC 5847 section 3.4 */
	PMIP_OPT_IPV4_HOA = 29, /**< IPv4 Home Address, RFC 5555 section 3.1.1 */
	PMIP_OPT_IPV4_ACK = 30, /**< IPv4 Address Acknowledgement, RFC 5555 section 3.2.1 */
	PMIP_OPT_NAT_DETECTION = 31, /**< RFC 5555 section 3.2.2 */
	PMIP_OPT_IPV4_COA = 32, /**< IPv4 Care-of Address, RFC 5555 section 3.1.2 */
	PMIP_OPT_GRE_KEY = 33, /**< RFC 5845 section 6.1 */
	PMIP_OPT_MH_ADDR_PREFIX = 34, /**< Mobility Header IPv6 Address/Prefix, RFC 5568 section 6.4.2 */
	PMIP_OPT_BID = 35, /**< Binding Identifier, RFC 5648 section 4.1 */
	PMIP_OPT_IPV4_HOA_REQUEST = 36, /**< IPv4 Home Address Request, RFC 5844 section 3.3.1 */
	PMIP_OPT_IPV4_HOA_REPLY = 37, /**< IPv4 Home Address Reply, RFC 5844 section 3.3.2 */
	PMIP_OPT_IPV4_ROUTER = 38, /**< IPv4 Default-Router Address, RFC 5844 section 3.3.3 */
	PMIP_OPT_IPV4_DHCP_MODE = 39, /**< IPv4 DHCP Support Mode, RFC 5844 section 3.3.4 */
	PMIP_OPT_CONTEXT_REQUEST = 40, /**< RFC 5949 section 6.2.1 */
	PMIP_OPT_LMA_ADDR = 41, /**< Local Mobility Anchor Address, RFC 5949 section 6.2.2 */
	PMIP_OPT_LLA_IID = 42, /**< Mobile Node Link-local Address Interface Identifier, RFC 5949 section 6.2.3 */
	PMIP_OPT_TRANSIENT_BINDING = 43, /**< RFC 6058 section 4.3 */
	PMIP_OPT_FLOW_SUMMARY = 44, /**< RFC 6089 section 4.3 */
	PMIP_OPT_FLOW_ID = 45, /**< Flow Identification, RFC 6089 section 4.2 */
	PMIP_OPT_REDIRECT_CAPABILITY = 46, /**< RFC 6463 section 4.1 */
	PMIP_OPT_REDIRECT = 47, /**< RFC 6463 section 4.2 */
	PMIP_OPT_LOAD_INFORMATION = 48, /**< RFC 6463 section 4.3 */
	PMIP_OPT_ALT_IPV4_COA = 49, /**< Alternate IPv4 Care-of Address, RFC 6463 section 4.4 */
	PMIP_OPT_MN_GROUP_ID = 50, /**< Mobile Node Group Identifier, RFC 6602 section 4.3 */
	PMIP_OPT_MAG_ADDR = 51, /**< MAG IPv6 Address, RFC 6705 section 11.1 */
	PMIP_OPT_ANI = 52, /**< Access Network Identifier, RFC 6757 section 3 */
	PMIP_OPT_IPV4_OFFLOAD = 53, /**< IPv4 Traffic Offload Selector, RFC 6909 section 3.1 */
	PMIP_OPT_MULTICAST_SELECTOR = 54, /**< Dynamic IP Multicast Selector, RFC 7028 section 5.1 */
	PMIP_OPT_DELEGATED_MNP = 55, /**< Delegated Mobile Network Prefix, RFC 7148 section 4.1 */
	PMIP_OPT_MULTICAST_IPV4 = 56, /**< Active Multicast Subscription for IPv4, RFC 7161 section 4.1 */
	PMIP_OPT_MULTICAST_IPV6 = 57, /**< Active Multicast Subscription for IPv6, RFC 7161 section 4.1 */
	PMIP_OPT_QOS = 58, /**< Quality of Service, RFC 7222 section 4.1 */
	PMIP_OPT_LMA_USER_PLANE = 59, /**< LMA User-Plane Address, RFC 7389 section 4 */
	PMIP_OPT_MAG_PARAMETERS = 62, /**< LMA-Controlled MAG Parameters, RFC 8127 section 3.1 */
	PMIP_OPT_MAG_MULTIPATH = 63, /**< MAG Multipath Binding, RFC 8278 section 4.1 */
	PMIP_OPT_MAG_ID = 64, /**< MAG Identifier, RFC 8278 section 4.2 */
	PMIP_OPT_ANCHORED_PREFIX = 65, /**< RFC 8885 section 4.3 */
	PMIP_OPT_LOCAL_PREFIX = 66, /**< RFC 8885 section 4.4 */
	PMIP_OPT_PREVIOUS_MAAR = 67, /**< RFC 8885 section 4.5 */
	PMIP_OPT_SERVING_MAAR = 68, /**< RFC 8885 section 4.6 */
	PMIP_OPT_DLIF_LLA = 69, /**< DLIF Link-Local Address, RFC 8885 section 4.7 */
	PMIP_OPT_DLIF_LL = 70, /**< DLIF Link-Layer Address, RFC 8885 section 4.8 */
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
		uint32_t refresh_s;        /**< PMIP_OPT_REFRESH_ADVICE: seconds, a multiple of 4 */
		struct pmip_opt_nonce_indices nonce_indices; /**< PMIP_OPT_NONCE_INDICES */
		struct pmip_bytes bytes;   /**< one opaque view: BINDING_AUTH, CGA_PARAMETERS, SIGNATURE, HOME_KEYGEN_TOKEN, EXPERIMENTAL, DLIF_LL */
		struct pmip_prefix prefix; /**< PMIP_OPT_MNP, ANCHORED_PREFIX, LOCAL_PREFIX */
		struct pmip_opt_coded_bytes mh_lla; /**< PMIP_OPT_MH_LLA: code 2 = of the mobile node */
		struct pmip_opt_auth auth; /**< PMIP_OPT_AUTH, FMIP_AUTH (without subtype) */
		uint64_t mesg_id;          /**< PMIP_OPT_MESG_ID: NTP timestamp */
		uint8_t token[8];          /**< PMIP_OPT_COT, LLA_IID: the interface identifier */
		struct pmip_opt_dns_update dns_update; /**< PMIP_OPT_DNS_UPDATE */
		struct pmip_opt_vendor vendor; /**< PMIP_OPT_VENDOR_SPECIFIC */
		struct pmip_bytes text;    /**< PMIP_OPT_SERVICE_SELECTION: UTF-8 */
		uint32_t restart_counter;  /**< PMIP_OPT_RESTART_COUNTER */
		struct pmip_opt_ipv4 ipv4; /**< PMIP_OPT_IPV4_HOA, IPV4_ACK, IPV4_HOA_REQUEST, IPV4_HOA_REPLY */
		struct pmip_opt_nat nat;   /**< PMIP_OPT_NAT_DETECTION */
		struct pmip_ip ip;         /**< PMIP_OPT_IPV4_COA, IPV4_ROUTER, ALT_IPV4_COA, LMA_USER_PLANE (or none) */
		struct pmip_key gre_key;   /**< PMIP_OPT_GRE_KEY */
		struct pmip_opt_coded_prefix addr_prefix; /**< PMIP_OPT_MH_ADDR_PREFIX */
		struct pmip_opt_bid bid;   /**< PMIP_OPT_BID */
		bool dhcp_server;          /**< PMIP_OPT_IPV4_DHCP_MODE: S, the MAG is the server */
		struct pmip_bytes suboptions; /**< PMIP_OPT_CONTEXT_REQUEST, ANI, MAG_PARAMETERS; see pmip_suboption_iter_init() */
		struct pmip_opt_lma_addr lma_addr; /**< PMIP_OPT_LMA_ADDR */
		struct pmip_opt_transient transient; /**< PMIP_OPT_TRANSIENT_BINDING */
		struct pmip_bytes flow_ids; /**< PMIP_OPT_FLOW_SUMMARY: 2 octets each */
		struct pmip_opt_flow_id flow_id; /**< PMIP_OPT_FLOW_ID */
		struct pmip_opt_redirect redirect; /**< PMIP_OPT_REDIRECT */
		struct pmip_opt_load load; /**< PMIP_OPT_LOAD_INFORMATION */
		struct pmip_opt_group group; /**< PMIP_OPT_MN_GROUP_ID */
		struct pmip_opt_mag_addr mag_addr; /**< PMIP_OPT_MAG_ADDR */
		struct pmip_opt_offload offload; /**< PMIP_OPT_IPV4_OFFLOAD */
		struct pmip_opt_multicast_selector multicast_selector; /**< PMIP_OPT_MULTICAST_SELECTOR */
		struct pmip_opt_delegated delegated; /**< PMIP_OPT_DELEGATED_MNP */
		struct pmip_opt_coded_bytes multicast; /**< PMIP_OPT_MULTICAST_IPV4, MULTICAST_IPV6: IGMP or MLD type and records */
		struct pmip_opt_qos qos;   /**< PMIP_OPT_QOS */
		struct pmip_opt_multipath multipath; /**< PMIP_OPT_MAG_MULTIPATH */
		struct pmip_mnid mag_id;   /**< PMIP_OPT_MAG_ID */
		struct pmip_opt_previous_maar previous_maar; /**< PMIP_OPT_PREVIOUS_MAAR */
		struct pmip_addr addr;     /**< PMIP_OPT_SERVING_MAAR, DLIF_LLA */
	} u;                 /**< value by type */
};

/** One row of the option table: everything the library knows about a type. */
struct pmip_option_info {
	uint8_t type;         /**< option type */
	const char *name;     /**< as the RFC prints it */
	const char *id;       /**< short name for programs */
	const char *ref;      /**< RFC and section */
	uint8_t len_min;      /**< least legal Option Length */
	uint8_t len_max;      /**< greatest legal Option Length */
	uint8_t align_n;      /**< the type octet stands at align_n * x + align_y; 1 = anywhere */
	uint8_t align_y;      /**< see align_n */
	bool repeats;         /**< may stand more than once in a message */
	uint32_t messages;    /**< where it is defined for: bit n is MH type n; all ones: anywhere. Not enforced on receipt */
	const struct pmip_field *fields; /**< option data in struct pmip_option; NULL: opaque (padding) */
};

/** Row for a type; NULL when the table does not know it. Static. Since: 0.1. */
PMIP_API const struct pmip_option_info *pmip_option_info(uint8_t type);

#ifdef __cplusplus
}
#endif

#endif
