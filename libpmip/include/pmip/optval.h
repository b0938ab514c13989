/* SPDX-License-Identifier: BSD-2-Clause */
/** @file
 * Values of single mobility options, for struct pmip_option.
 */
#ifndef PMIP_OPTVAL_H
#define PMIP_OPTVAL_H

#include <pmip/types.h>

#ifdef __cplusplus
extern "C" {
#endif

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
	PMIP_ATT_VIRTUAL = 1,  /**< logical interface */
	PMIP_ATT_PPP = 2,      /**< Point-to-Point Protocol */
	PMIP_ATT_ETHERNET = 3, /**< IEEE 802.3 */
	PMIP_ATT_WLAN = 4,     /**< IEEE 802.11 */
	PMIP_ATT_WIMAX = 5,    /**< IEEE 802.16e */
	PMIP_ATT_GERAN = 6,    /**< 3GPP GERAN */
	PMIP_ATT_UTRAN = 7,    /**< 3GPP UTRAN */
	PMIP_ATT_EUTRAN = 8,   /**< 3GPP E-UTRAN */
};

/** Home Network Prefix option (RFC 5213 section 8.3, flag L RFC 7864 section 4.1). */
struct pmip_opt_hnp {
	bool off_link;             /**< L: reachable off-link; route it to the mobile node, never advertise it */
	struct pmip_prefix prefix; /**< ALL_ZERO asks the LMA for one; its length is then 0 */
};

/** Nonce Indices. */
struct pmip_opt_nonce_indices {
	uint16_t home;    /**< home nonce index */
	uint16_t care_of; /**< care-of nonce index */
};

/** A code and an opaque rest. */
struct pmip_opt_coded_bytes {
	uint8_t code;            /**< by option */
	struct pmip_bytes bytes; /**< view */
};

/** Mobility Message Authentication, Binding Authorization Data for FMIPv6. */
struct pmip_opt_auth {
	uint8_t subtype;        /**< 1 MN-HA, 2 MN-AAA (RFC 4285 section 5) */
	uint32_t spi;           /**< Mobility SPI */
	struct pmip_bytes data; /**< view; authenticator */
};

/** DNS-UPDATE-TYPE. */
struct pmip_opt_dns_update {
	uint8_t status;         /**< RFC 5026 section 8.1 */
	bool remove;            /**< R */
	struct pmip_bytes fqdn; /**< view; as on the wire */
};

/** Vendor Specific; also as a QoS attribute. */
struct pmip_opt_vendor {
	uint32_t vendor;        /**< private enterprise number */
	uint8_t subtype;        /**< the vendor's */
	struct pmip_bytes data; /**< view */
};

/** Status of an IPv4 Home Address Reply (RFC 5844 section 3.3.2). */
enum pmip_ipv4_status {
	PMIP_IPV4_SUCCESS = 0,              /**< assigned */
	PMIP_IPV4_REASON_UNSPECIFIED = 128, /**< refused */
	PMIP_IPV4_ADMIN_PROHIBITED = 129,   /**< the operator does not want it */
	PMIP_IPV4_INCORRECT = 130,          /**< not an address of this LMA, or not the one that the session has */
	PMIP_IPV4_INVALID = 131,            /**< not an address of one node */
	PMIP_IPV4_NOT_AVAILABLE = 132,      /**< dynamic assignment is not available */
};

/** Its name for people, e.g. "administratively prohibited"; NULL when it has none. Static. Since: 0.1. */
PMIP_API const char *pmip_ipv4_status_name(uint8_t status);

/** IPv4 Home Address, its acknowledgement, request and reply. */
struct pmip_opt_ipv4 {
	uint8_t status;      /**< enum pmip_ipv4_status; acknowledgement and reply only */
	uint8_t plen;        /**< prefix length, 0..32 */
	bool prefix;         /**< P, a prefix is asked for; IPv4 Home Address only */
	struct pmip_ip addr; /**< 4 octets */
};

/** NAT Detection. */
struct pmip_opt_nat {
	bool force;         /**< F: encapsulate in UDP in any case */
	uint32_t refresh_s; /**< seconds; 0 says nothing, all ones: no keepalives needed */
};

/** An optional 32-bit key. */
struct pmip_key {
	bool present;   /**< whether there is one */
	uint32_t value; /**< key */
};

/** Mobility Header IPv6 Address/Prefix. */
struct pmip_opt_coded_prefix {
	uint8_t code;          /**< RFC 5568 section 6.4.2 */
	uint8_t plen;          /**< prefix length, 0..128 */
	struct pmip_addr addr; /**< address or prefix */
};

/** Binding Identifier. */
struct pmip_opt_bid {
	uint16_t bid;       /**< never 0 */
	uint8_t status;     /**< enum pmip_status of this binding; acknowledgement only */
	bool home;          /**< H: at home and away at the same time */
	uint8_t priority;   /**< BID-PRI, 0..127 (RFC 6089 section 4.1) */
	struct pmip_ip coa; /**< care-of address, or none */
};

/** Local Mobility Anchor Address. */
struct pmip_opt_lma_addr {
	uint8_t code;        /**< 1 IPv6, 2 IPv4 */
	struct pmip_ip addr; /**< address */
};

/** Transient Binding. */
struct pmip_opt_transient {
	bool late;               /**< L: late path switch */
	uint8_t lifetime_100ms;  /**< tenths of a second */
};

/** Flow Identification. A malformed one refuses its own flow only: such an option is decoded, with error and reject set. */
struct pmip_opt_flow_id {
	uint16_t fid;                 /**< flow identifier; 0 is refused */
	uint16_t priority;            /**< FID-PRI, lower is more important; 0 is refused */
	uint8_t status;               /**< as on the wire: 0 success, 128..133 */
	struct pmip_bytes suboptions; /**< view; see pmip_suboption_iter_init() */
	int error;                    /**< 0, or the enum pmip_err of what is wrong with the flow; decoding only */
	uint8_t reject;               /**< status to answer for this flow, enum pmip_flow_status; 0 when error is */
	const char *rule;             /**< what is wrong, for people; static; NULL when error is 0 */
};

/** Status of a flow (RFC 6089 section 4.2). */
enum pmip_flow_status {
	PMIP_FLOW_SUCCESS = 0,                  /**< bound */
	PMIP_FLOW_ADMIN_PROHIBITED = 128,       /**< the operator does not want it */
	PMIP_FLOW_REASON_UNSPECIFIED = 129,     /**< refused */
	PMIP_FLOW_MALFORMED = 130,              /**< its Flow Identification option is */
	PMIP_FLOW_BID_NOT_FOUND = 131,          /**< there is no such Binding ID */
	PMIP_FLOW_FID_NOT_FOUND = 132,          /**< there is no such Flow ID */
	PMIP_FLOW_SELECTOR_NOT_SUPPORTED = 133, /**< unknown format of a traffic selector */
};

/** Redirect. */
struct pmip_opt_redirect {
	bool ipv6;           /**< K */
	bool ipv4;           /**< N; exactly one of them is set */
	struct pmip_ip addr; /**< r2LMA */
};

/** Load Information. */
struct pmip_opt_load {
	uint16_t priority;         /**< lower is better */
	uint32_t sessions;         /**< in use */
	uint32_t max_sessions;     /**< most of them */
	uint32_t used_capacity;    /**< kilobytes per second */
	uint32_t max_capacity;     /**< kilobytes per second */
};

/** Mobile Node Group Identifier. */
struct pmip_opt_group {
	uint8_t subtype; /**< 1 Bulk Binding Update Group */
	uint32_t id;     /**< 0 reserved, 1 all sessions */
};

/** MAG IPv6 Address. */
struct pmip_opt_mag_addr {
	uint8_t len;           /**< bits, 128 */
	struct pmip_addr addr; /**< address */
};

/** IPv4 Traffic Offload Selector. */
struct pmip_opt_offload {
	bool mode;                    /**< M */
	struct pmip_bytes suboptions; /**< view; one traffic selector */
};

/** Multicast address records, as in IGMPv3 and MLDv2 reports. */
struct pmip_records {
	uint16_t count;          /**< how many */
	struct pmip_bytes bytes; /**< view; see pmip_record_len() */
};

/** Dynamic IP Multicast Selector. */
struct pmip_opt_multicast_selector {
	uint8_t protocol;            /**< message type of the report: 143 MLDv2, 34 IGMPv3 */
	bool mode;                   /**< M */
	struct pmip_records records; /**< records */
};

/** Delegated Mobile Network Prefix. */
struct pmip_opt_delegated {
	bool ipv4;             /**< V */
	uint8_t plen;          /**< prefix length, 0..128 or 0..32 */
	struct pmip_ip prefix; /**< first address */
};

/** Quality of Service. */
struct pmip_opt_qos {
	uint8_t service_request; /**< SR-ID; 0: to be assigned */
	uint8_t dscp;            /**< 0..63 */
	uint8_t operation;       /**< 0 response, 1 allocate, 2 de-allocate, 3 modify, 4 query, 5 negotiate */
	struct pmip_bytes attributes; /**< view; see pmip_suboption_iter_init() */
};

/** MAG Multipath Binding. */
struct pmip_opt_multipath {
	uint8_t att;     /**< enum pmip_att of the MAG's uplink */
	uint8_t label;   /**< interface label */
	uint8_t bid;     /**< binding identifier */
	bool bulk;       /**< B */
	bool overwrite;  /**< O */
};

/** Previous MAAR. */
struct pmip_opt_previous_maar {
	uint8_t plen;            /**< of prefix, 0..128 */
	struct pmip_addr maar;   /**< address of the MAAR */
	struct pmip_addr prefix; /**< anchored there */
};

/** Octets of the first multicast address record; what is not IGMPv3 or MLDv2 is one record as a whole.
 * @param[in] protocol  as in struct pmip_opt_multicast_selector.
 * @return octets, at most len  @retval 0 the record does not fit. Since: 0.1. */
PMIP_API size_t pmip_record_len(uint8_t protocol, const uint8_t *data, size_t len);

#ifdef __cplusplus
}
#endif

#endif
