/* SPDX-License-Identifier: BSD-2-Clause */
/** @file
 * What stands inside options: sub-options of Flow Identification, Access Network Identifier and others, and traffic selectors.
 */
#ifndef PMIP_SUBOPTION_H
#define PMIP_SUBOPTION_H

#include <pmip/option.h>

#ifdef __cplusplus
extern "C" {
#endif

/** Whose sub-options. */
enum pmip_suboption_family {
	PMIP_SUB_NONE = 0,           /**< the option has none */
	PMIP_SUB_FLOW = 1,           /**< Flow Identification, IPv4 Traffic Offload Selector: enum pmip_flow_suboption */
	PMIP_SUB_ANI = 2,            /**< Access Network Identifier: enum pmip_ani_suboption */
	PMIP_SUB_MAG_PARAMETERS = 3, /**< LMA-Controlled MAG Parameters: enum pmip_mag_suboption */
	PMIP_SUB_QOS = 4,            /**< Quality of Service: enum pmip_qos_attribute */
	PMIP_SUB_CONTEXT = 5,        /**< Context Request: option types, opaque */
};

/** RFC 6089 section 4.2.1, RFC 7109 section 6.2. */
enum pmip_flow_suboption {
	PMIP_FLOW_PAD1 = 0,          /**< padding, one octet */
	PMIP_FLOW_PADN = 1,          /**< padding */
	PMIP_FLOW_BID_REFERENCE = 2, /**< the bindings that it goes by */
	PMIP_FLOW_SELECTOR = 3,      /**< which packets, enum pmip_selector_format */
	PMIP_FLOW_ACTION = 4,        /**< what is to become of it (RFC 7109) */
	PMIP_FLOW_TARGET_COA = 5,    /**< where to (RFC 7109) */
};

/** RFC 6757 section 3.1, RFC 7563 section 3. */
enum pmip_ani_suboption {
	PMIP_ANI_NETWORK = 1,      /**< name of network and access point */
	PMIP_ANI_GEO = 2,          /**< degrees */
	PMIP_ANI_OPERATOR = 3,     /**< who runs it */
	PMIP_ANI_CIVIC = 4,        /**< postal address (RFC 7563) */
	PMIP_ANI_UPDATE_TIMER = 6, /**< how often it may be told anew (RFC 7563) */
};

/** RFC 8127 section 3. */
enum pmip_mag_suboption {
	PMIP_MAG_REREGISTRATION = 1, /**< when a MAG is to register anew */
	PMIP_MAG_HEARTBEAT = 2,      /**< how often, and how often again */
};

/** RFC 7222 section 4.2. */
enum pmip_qos_attribute {
	PMIP_QOS_MN_MAX_DL = 1,      /**< the mobile node, downlink, most */
	PMIP_QOS_MN_MAX_UL = 2,      /**< the mobile node, uplink, most */
	PMIP_QOS_SESSION_MAX_DL = 3, /**< the session, downlink, most */
	PMIP_QOS_SESSION_MAX_UL = 4, /**< the session, uplink, most */
	PMIP_QOS_RETENTION = 5,      /**< Allocation and Retention Priority */
	PMIP_QOS_MAX_DL = 6,         /**< these flows, downlink, most */
	PMIP_QOS_MAX_UL = 7,         /**< these flows, uplink, most */
	PMIP_QOS_GUARANTEED_DL = 8,  /**< these flows, downlink, at least */
	PMIP_QOS_GUARANTEED_UL = 9,  /**< these flows, uplink, at least */
	PMIP_QOS_SELECTOR = 10,      /**< which flows */
	PMIP_QOS_VENDOR = 11,        /**< a vendor's own */
};

/** Formats of a traffic selector (RFC 6088 section 3). */
enum pmip_selector_format {
	PMIP_SELECTOR_IPV4 = 1, /**< of IPv4 packets (section 3.1) */
	PMIP_SELECTOR_IPV6 = 2, /**< of IPv6 packets (section 3.2) */
};

/** A traffic selector (RFC 6088). A start without an end means that value only; neither means any value. Which of them are there,
 * say flags: those of the format's list of fields, pmip_selector_fields(). Source is the correspondent, destination the mobile node. */
struct pmip_selector {
	uint8_t format;            /**< enum pmip_selector_format */
	uint16_t flags;            /**< upper 16 bits of the wire's flags, reserved ones as 0 */
	struct pmip_ip src_start;  /**< source address */
	struct pmip_ip src_end;    /**< source address */
	struct pmip_ip dst_start;  /**< destination address */
	struct pmip_ip dst_end;    /**< destination address */
	uint32_t spi_start;        /**< IPsec SPI */
	uint32_t spi_end;          /**< IPsec SPI */
	uint32_t label_start;      /**< flow label, 20 bits; IPv6 only */
	uint32_t label_end;        /**< flow label, 20 bits; IPv6 only */
	uint16_t src_port_start;   /**< source port */
	uint16_t src_port_end;     /**< source port */
	uint16_t dst_port_start;   /**< destination port */
	uint16_t dst_port_end;     /**< destination port */
	uint8_t class_start;       /**< traffic class or DS field; the two lowest bits count for nothing in matching */
	uint8_t class_end;         /**< traffic class or DS field */
	uint8_t protocol_start;    /**< next header or protocol */
	uint8_t protocol_end;      /**< next header or protocol */
};

/** Fields of a format's body, in struct pmip_selector: field n is there when bit 0x8000 >> n of flags is set, and each second one
 * is the end of the range that the one before starts. @return static list; NULL for an unknown format. Since: 0.1. */
PMIP_API const struct pmip_field *pmip_selector_fields(uint8_t format);

/** One sub-option. data is a view; u is filled for the types the table knows. */
struct pmip_suboption {
	uint8_t type;        /**< enum of the family; any octet survives */
	uint8_t len;         /**< octets behind the length octet; 0 for Pad1 */
	bool known;          /**< whether the table knows the type and u is filled */
	size_t offset;       /**< of the type octet, from the first sub-option; set by decoding only */
	const uint8_t *data; /**< borrowed */
	union {
		struct pmip_bytes bids;        /**< PMIP_FLOW_BID_REFERENCE: 2 octets each */
		struct pmip_selector selector; /**< PMIP_FLOW_SELECTOR, PMIP_QOS_SELECTOR */
		uint8_t action;                /**< PMIP_FLOW_ACTION: 11 add, 12 delete, 13 modify, 14 refresh, 15 move, 16 revoke */
		struct pmip_ip target_coa;     /**< PMIP_FLOW_TARGET_COA */
		struct {
			bool utf8;                 /**< E: name is UTF-8 */
			struct pmip_bytes name;    /**< network name, e.g. SSID */
			struct pmip_bytes ap_name; /**< access point name */
		} network;                     /**< PMIP_ANI_NETWORK */
		struct {
			int32_t latitude;  /**< degrees * 32768 */
			int32_t longitude; /**< degrees * 32768 */
		} geo;                 /**< PMIP_ANI_GEO */
		struct pmip_opt_coded_bytes operator_id; /**< PMIP_ANI_OPERATOR: 1 enterprise number, 2 realm */
		struct pmip_opt_coded_bytes civic; /**< PMIP_ANI_CIVIC: format and location */
		uint32_t update_timer_s;       /**< PMIP_ANI_UPDATE_TIMER: seconds, a multiple of 4 */
		struct {
			uint32_t start_s;   /**< seconds before expiry, a multiple of 4 */
			uint16_t initial_s; /**< first retransmission, seconds */
			uint16_t max_s;     /**< longest retransmission interval, seconds */
		} reregistration;       /**< PMIP_MAG_REREGISTRATION */
		struct {
			uint16_t interval_s; /**< seconds between heartbeats */
			uint16_t delay_s;    /**< seconds before a retransmission */
			uint16_t max;        /**< most retransmissions */
		} heartbeat;             /**< PMIP_MAG_HEARTBEAT */
		struct {
			bool service;   /**< S; session aggregates only */
			bool exceed;    /**< E; session aggregates only */
			uint32_t bps;   /**< bits per second */
		} rate;             /**< PMIP_QOS_*_DL, PMIP_QOS_*_UL */
		struct {
			uint8_t level;         /**< priority level, 0..15 */
			uint8_t capability;    /**< preemption capability, 0..3 */
			uint8_t vulnerability; /**< preemption vulnerability, 0..3 */
		} retention;               /**< PMIP_QOS_RETENTION */
		struct pmip_opt_vendor vendor; /**< PMIP_QOS_VENDOR */
	} u;                 /**< value by family and type */
};

/** One row of a family's table. */
struct pmip_suboption_info {
	uint8_t type;     /**< sub-option type */
	const char *name; /**< as the RFC prints it */
	const char *ref;  /**< RFC and section */
	uint8_t len_min;  /**< least legal length */
	uint8_t len_max;  /**< greatest legal length */
	bool repeats;     /**< may stand more than once in an option */
	const struct pmip_field *fields; /**< data in struct pmip_suboption; NULL: opaque (padding) */
};

/** Row for a type; NULL when the family's table does not know it. Static. Since: 0.1. */
PMIP_API const struct pmip_suboption_info *pmip_suboption_info(enum pmip_suboption_family family, uint8_t type);

/** Walks the sub-options of one option in the order of the wire, padding included. */
struct pmip_suboption_iter {
	enum pmip_suboption_family family; /**< whose */
	struct pmip_bytes area;            /**< borrowed */
	size_t offset;                     /**< of the next one in area */
};

/** Start at the first sub-option; an option that has none gives an empty walk. @param[in] option  borrowed. Since: 0.1. */
PMIP_API void pmip_suboption_iter_init(struct pmip_suboption_iter *iter, const struct pmip_option *option);

/** Take the next sub-option. Those of a decoded message are well formed, but of a Flow Identification with error set.
 * @retval 1 sub filled  @retval 0 no more
 * @retval PMIP_ERR_SUBOPT_TRUNC, PMIP_ERR_SUBOPT_LEN, PMIP_ERR_SUBOPT_VALUE, PMIP_ERR_SELECTOR_FORMAT, PMIP_ERR_OPT_VALUE
 * it is malformed, and there the walk ends. Since: 0.1. */
PMIP_API int pmip_suboption_next(struct pmip_suboption_iter *iter, struct pmip_suboption *sub);

/** Write a sub-option, from u when the family's table knows the type, else from data and len.
 * @return octets written  @retval PMIP_ERR_NOBUF cap is too small  @return another error: it cannot be written. Since: 0.1. */
PMIP_API int pmip_suboption_encode(uint8_t *buf, size_t cap, enum pmip_suboption_family family, const struct pmip_suboption *sub);

#ifdef __cplusplus
}
#endif

#endif
