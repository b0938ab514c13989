/* SPDX-License-Identifier: BSD-2-Clause */
/** @file
 * Mobility Header messages: bytes to structures and back (RFC 6275 section 6.1, RFC 5213 section 8).
 *
 * Decoding allocates nothing; what it hands out are views into the caller's buffer. Encoding writes to a caller's buffer
 * and never truncates. None of the functions keeps anything.
 */
#ifndef PMIP_WIRE_H
#define PMIP_WIRE_H

#include <pmip/error.h>
#include <pmip/message.h>
#include <pmip/option.h>
#include <pmip/suboption.h>
#include <pmip/tolerance.h>
#include <pmip/types.h>

#ifdef __cplusplus
extern "C" {
#endif

/** IPv6 Next Header of the Mobility Header (RFC 6275 section 6.1.1). */
#define PMIP_IPPROTO_MH 135
/** Most octets of a Mobility Header message: (255 + 1) * 8. */
#define PMIP_MH_MAX 2048

/** Flags of a Binding Update (RFC 6275 section 6.1.7, RFC 5213 section 8.1). */
enum pmip_bu_flag {
	PMIP_BU_A = 0x8000, /**< acknowledgement wanted */
	PMIP_BU_H = 0x4000, /**< home registration */
	PMIP_BU_L = 0x2000, /**< link-local compatibility */
	PMIP_BU_K = 0x1000, /**< key management mobility */
	PMIP_BU_M = 0x0800, /**< MAP registration */
	PMIP_BU_R = 0x0400, /**< mobile router */
	PMIP_BU_P = 0x0200, /**< proxy registration */
	PMIP_BU_F = 0x0100, /**< force UDP encapsulation */
	PMIP_BU_T = 0x0080, /**< TLV header */
	PMIP_BU_B = 0x0040, /**< bulk */
	PMIP_BU_S = 0x0020, /**< multicast */
	PMIP_BU_D = 0x0010, /**< distributed mobility */
};

/** Flags of a Binding Acknowledgement (RFC 6275 section 6.1.8, RFC 5213 section 8.2). */
enum pmip_ba_flag {
	PMIP_BA_K = 0x80, /**< key management mobility */
	PMIP_BA_R = 0x40, /**< mobile router */
	PMIP_BA_P = 0x20, /**< proxy registration */
	PMIP_BA_T = 0x10, /**< TLV header */
	PMIP_BA_B = 0x08, /**< bulk */
	PMIP_BA_S = 0x04, /**< multicast */
	PMIP_BA_D = 0x02, /**< distributed mobility */
};

/** Status of a Binding Acknowledgement. Below 128 accepted, from 128 on rejected (RFC 6275 section 6.1.8, RFC 5213 section 8.9). */
enum pmip_status {
	PMIP_STATUS_ACCEPTED = 0, /**< RFC 6275 */
	PMIP_STATUS_ACCEPTED_PREFIX_DISCOVERY = 1, /**< RFC 6275 */
	PMIP_STATUS_GRE_KEY_OPTION_NOT_REQUIRED = 2, /**< RFC 5845 */
	PMIP_STATUS_GRE_TUNNELING_BUT_TLV_HEADER_NOT_SUPPORTED = 3, /**< RFC 5845 */
	PMIP_STATUS_MCOA_NOTCOMPLETE = 4, /**< RFC 5648 */
	PMIP_STATUS_MCOA_RETURNHOME_WO_NDP = 5, /**< RFC 5648 */
	PMIP_STATUS_PBU_ACCEPTED_TB_IGNORED_SETTINGSMISMATCH = 6, /**< RFC 6058 */
	PMIP_STATUS_REASON_UNSPECIFIED = 128, /**< RFC 6275 */
	PMIP_STATUS_ADMIN_PROHIBITED = 129, /**< RFC 6275 */
	PMIP_STATUS_INSUFFICIENT_RESOURCES = 130, /**< RFC 6275 */
	PMIP_STATUS_HOME_REG_NOT_SUPPORTED = 131, /**< RFC 6275 */
	PMIP_STATUS_NOT_HOME_SUBNET = 132, /**< RFC 6275 */
	PMIP_STATUS_NOT_HOME_AGENT = 133, /**< RFC 6275 */
	PMIP_STATUS_DAD_FAILED = 134, /**< RFC 6275 */
	PMIP_STATUS_SEQ_OUT_OF_WINDOW = 135, /**< RFC 6275 */
	PMIP_STATUS_EXPIRED_HOME_NONCE_INDEX = 136, /**< RFC 6275 */
	PMIP_STATUS_EXPIRED_CARE_OF_NONCE_INDEX = 137, /**< RFC 6275 */
	PMIP_STATUS_EXPIRED_NONCES = 138, /**< RFC 6275 */
	PMIP_STATUS_REG_TYPE_CHANGE_DISALLOWED = 139, /**< RFC 6275 */
	PMIP_STATUS_MOBILE_ROUTER_NOT_PERMITTED = 140, /**< RFC 3963 */
	PMIP_STATUS_INVALID_PREFIX = 141, /**< RFC 3963 */
	PMIP_STATUS_NOT_AUTHORIZED_FOR_PREFIX = 142, /**< RFC 3963 */
	PMIP_STATUS_FORWARDING_SETUP_FAILED = 143, /**< RFC 3963 */
	PMIP_STATUS_MIPV6_ID_MISMATCH = 144, /**< RFC 4285 */
	PMIP_STATUS_MIPV6_MESG_ID_REQD = 145, /**< RFC 4285 */
	PMIP_STATUS_MIPV6_AUTH_FAIL = 146, /**< RFC 4285 */
	PMIP_STATUS_HOME_KEYGEN_TOKEN_UNAVAILABLE = 147, /**< RFC 4866 */
	PMIP_STATUS_CGA_SIGNATURE_FAILED = 148, /**< RFC 4866 */
	PMIP_STATUS_HOME_KEYGEN_TOKEN_EXISTS = 149, /**< RFC 4866 */
	PMIP_STATUS_NON_NULL_HOME_NONCE_INDEX = 150, /**< RFC 4866 */
	PMIP_STATUS_SERVICE_AUTHORIZATION_FAILED = 151, /**< RFC 5149 */
	PMIP_STATUS_PROXY_REG_NOT_ENABLED = 152, /**< RFC 5213 */
	PMIP_STATUS_NOT_LMA_FOR_THIS_MOBILE_NODE = 153, /**< RFC 5213 */
	PMIP_STATUS_MAG_NOT_AUTHORIZED_FOR_PROXY_REG = 154, /**< RFC 5213 */
	PMIP_STATUS_NOT_AUTHORIZED_FOR_HOME_NETWORK_PREFIX = 155, /**< RFC 5213 */
	PMIP_STATUS_TIMESTAMP_MISMATCH = 156, /**< RFC 5213 */
	PMIP_STATUS_TIMESTAMP_LOWER_THAN_PREV_ACCEPTED = 157, /**< RFC 5213 */
	PMIP_STATUS_MISSING_HOME_NETWORK_PREFIX_OPTION = 158, /**< RFC 5213 */
	PMIP_STATUS_BCE_PBU_PREFIX_SET_DO_NOT_MATCH = 159, /**< RFC 5213 */
	PMIP_STATUS_MISSING_MN_IDENTIFIER_OPTION = 160, /**< RFC 5213 */
	PMIP_STATUS_MISSING_HANDOFF_INDICATOR_OPTION = 161, /**< RFC 5213 */
	PMIP_STATUS_MISSING_ACCESS_TECH_TYPE_OPTION = 162, /**< RFC 5213 */
	PMIP_STATUS_GRE_KEY_OPTION_REQUIRED = 163, /**< RFC 5845 */
	PMIP_STATUS_MCOA_MALFORMED = 164, /**< RFC 5648 */
	PMIP_STATUS_MCOA_NON_MCOA_BINDING_EXISTS = 165, /**< RFC 5648 */
	PMIP_STATUS_MCOA_PROHIBITED = 166, /**< RFC 5648 */
	PMIP_STATUS_MCOA_UNKNOWN_COA = 167, /**< RFC 5648 */
	PMIP_STATUS_MCOA_BULK_REGISTRATION_PROHIBITED = 168, /**< RFC 5648 */
	PMIP_STATUS_MCOA_SIMULTANEOUS_PROHIBITED = 169, /**< RFC 5648 */
	PMIP_STATUS_NOT_AUTHORIZED_FOR_IPV4_MOBILITY_SERVICE = 170, /**< RFC 5844 */
	PMIP_STATUS_NOT_AUTHORIZED_FOR_IPV4_HOME_ADDRESS = 171, /**< RFC 5844 */
	PMIP_STATUS_NOT_AUTHORIZED_FOR_IPV6_MOBILITY_SERVICE = 172, /**< RFC 5844 */
	PMIP_STATUS_MULTIPLE_IPV4_HOME_ADDRESS_ASSIGNMENT_NOT_SUPPORTED = 173, /**< RFC 5844 */
	PMIP_STATUS_INVALID_CARE_OF_ADDRESS = 174, /**< RFC 6275 */
	PMIP_STATUS_INVALID_MOBILE_NODE_GROUP_IDENTIFIER = 175, /**< RFC 6602 */
	PMIP_STATUS_REINIT_SA_WITH_HAC = 176, /**< RFC 6618 */
	PMIP_STATUS_NOT_AUTHORIZED_FOR_DELEGATED_MNP = 177, /**< RFC 7148 */
	PMIP_STATUS_REQUESTED_DMNP_IN_USE = 178, /**< RFC 7148 */
	PMIP_STATUS_CANNOT_MEET_QOS_SERVICE_REQUEST = 179, /**< RFC 7222 */
	PMIP_STATUS_CANNOT_SUPPORT_MULTIPATH_BINDING = 180, /**< RFC 8278 */
};

/** Name of a status as the RFC prints it, e.g. "TIMESTAMP_MISMATCH"; "status N" has no name and gives NULL. Static. Since: 0.1. */
PMIP_API const char *pmip_status_name(uint8_t status);

/** Fixed part of a Binding Update (RFC 6275 section 6.1.7). */
struct pmip_bu {
	uint16_t seq;        /**< sequence number */
	uint16_t flags;      /**< enum pmip_bu_flag, reserved bits as received */
	uint32_t lifetime_s; /**< seconds, 0..262140, encoded rounded down to a multiple of 4; 0 = de-registration */
};

/** Fixed part of a Binding Acknowledgement (RFC 6275 section 6.1.8). */
struct pmip_ba {
	uint8_t status;      /**< enum pmip_status; any octet survives */
	uint8_t flags;       /**< enum pmip_ba_flag, reserved bit as received */
	uint16_t seq;        /**< sequence number */
	uint32_t lifetime_s; /**< seconds, 0..262140, encoded rounded down to a multiple of 4 */
};

/** Binding Error status (RFC 6275 section 6.1.9). */
enum pmip_be_status {
	PMIP_BE_UNKNOWN_BINDING = 1, /**< no binding for the Home Address option */
	PMIP_BE_UNKNOWN_TYPE = 2,    /**< Mobility Header type not recognised */
};

/** Fixed part of a Binding Error (RFC 6275 section 6.1.9). */
struct pmip_be {
	uint8_t status;             /**< enum pmip_be_status */
	struct pmip_addr home_addr; /**< home address, or :: */
};

/** A decoded message. The option area has been checked whole, so walking it cannot fail. */
struct pmip_mh {
	uint8_t type;            /**< enum pmip_mh_type */
	size_t len;              /**< octets of the message: what Header Len says, unless pmip_mh_decode_tolerant() knows better */
	const uint8_t *data;     /**< first octet of the message; borrowed */
	size_t options_offset;   /**< octets from data to the first option */
	bool mn_id_padded;       /**< zero octets behind a network access identifier are no part of it; see pmip_mh_decode_tolerant() */
	union {
		struct pmip_bu bu; /**< type PMIP_MH_BU */
		struct pmip_ba ba; /**< type PMIP_MH_BA */
		struct pmip_be be; /**< type PMIP_MH_BE */
		struct pmip_test_init test_init; /**< type PMIP_MH_HOTI, PMIP_MH_COTI */
		struct pmip_test test; /**< type PMIP_MH_HOT, PMIP_MH_COT */
		struct pmip_bu fbu; /**< type PMIP_MH_FBU */
		struct pmip_ba fback; /**< type PMIP_MH_FBACK */
		struct pmip_experimental experimental; /**< type PMIP_MH_EXPERIMENTAL */
		struct pmip_home_agent_switch home_agent_switch; /**< type PMIP_MH_HOME_AGENT_SWITCH */
		struct pmip_heartbeat heartbeat; /**< type PMIP_MH_HEARTBEAT */
		struct pmip_handover handover; /**< type PMIP_MH_HI, PMIP_MH_HACK */
		struct pmip_revocation revocation; /**< type PMIP_MH_REVOCATION */
		struct pmip_localized_routing localized_routing; /**< type PMIP_MH_LRI, PMIP_MH_LRA */
		struct pmip_upn upn; /**< type PMIP_MH_UPN */
		struct pmip_upa upa; /**< type PMIP_MH_UPA */
		struct pmip_flow_binding flow_binding; /**< type PMIP_MH_FLOW_BINDING */
		struct pmip_subscription subscription; /**< type PMIP_MH_SUBSCRIPTION_QUERY, _RESPONSE */
	} u;                     /**< fixed part by type */
};

/** What the library knows about a message. Binding Revocation and Flow Binding are two messages of one type each. */
struct pmip_mh_info {
	uint8_t type;            /**< enum pmip_mh_type */
	uint8_t subtype;         /**< which of the two of that type; 0 where there is but one */
	const char *name;        /**< as the RFC prints it */
	const char *id;          /**< short name for programs */
	const char *ref;         /**< RFC and section */
	uint8_t hdr_len_min;     /**< least legal Header Len */
	uint8_t options_offset;  /**< octets before the first option, unless the fixed part varies; least then */
	const struct pmip_field *fields; /**< fixed part from octet 6 on, in struct pmip_mh */
};

/** Row for a message. @param[in] mh  only type, u.revocation.type and u.flow_binding.type are read.
 * @return static; NULL when the library does not know it. Since: 0.1. */
PMIP_API const struct pmip_mh_info *pmip_mh_info(const struct pmip_mh *mh);

/** Row by its number, for listing all of them. @return static; NULL behind the last. Since: 0.1. */
PMIP_API const struct pmip_mh_info *pmip_mh_info_nth(size_t n);

/** Options of pmip_mh_decode(). */
enum pmip_decode_flag {
	PMIP_DECODE_NO_CHECKSUM = 0x01, /**< do not verify the checksum: somebody else has, or it is carried in UDP (RFC 5844 section 4.1.3.1) */
};

/** Decode and check one message: the receive checks of RFC 6275 section 9.2 in order, then every option.
 * Octets behind the message's own end are ignored. Unknown option types are kept and skipped.
 * @param[out] mh     filled on success; on error only mh->type, mh->len may have been set.
 * @param[out] diag   filled on error when not NULL.
 * @param[in]  dgram  message and addresses; borrowed, must outlive mh.
 * @param[in]  flags  enum pmip_decode_flag.
 * @retval 0 done
 * @retval PMIP_ERR_SHORT, PMIP_ERR_CHECKSUM  drop in silence
 * @retval PMIP_ERR_TYPE_UNKNOWN              answer Binding Error 2
 * @retval PMIP_ERR_PAYLOAD_PROTO, PMIP_ERR_HDR_LEN  may be answered by ICMPv6 Parameter Problem
 * @retval PMIP_ERR_OPT_TRUNC, PMIP_ERR_OPT_LEN, PMIP_ERR_OPT_VALUE, PMIP_ERR_OPT_DUP, PMIP_ERR_OPT_ORDER  drop, or as diag->reaction says
 * @retval PMIP_ERR_SUBOPT_TRUNC, PMIP_ERR_SUBOPT_LEN, PMIP_ERR_SUBOPT_VALUE, PMIP_ERR_SUBOPT_DUP, PMIP_ERR_SELECTOR_FORMAT,
 * PMIP_ERR_COUNT, PMIP_ERR_VALUE  the same. Since: 0.1. */
PMIP_API int pmip_mh_decode(struct pmip_mh *mh, struct pmip_diag *diag, const struct pmip_dgram *dgram, unsigned int flags);

/** The same for a peer of which something is tolerated. A message that pmip_mh_decode() refuses is looked at once more where the datagram is shorter
 * or longer than Header Len says; then the checksum has to be right over the whole datagram. Identifiers are handed out without their padding.
 * @param[out] used      those tolerances that the message has needed; 0 on error.
 * @param[out] diag      on error that of pmip_mh_decode().
 * @param[in]  tolerate  enum pmip_tolerance; PMIP_TOLERATE_UNALIGNED_OPTIONS, _SHORT_HEADER_LEN and _PADDED_MN_ID are looked at.
 * @retval 0 done  @return what pmip_mh_decode() returns. Since: 0.1. */
PMIP_API int pmip_mh_decode_tolerant(struct pmip_mh *mh, uint32_t *used, struct pmip_diag *diag, const struct pmip_dgram *dgram,
				     unsigned int flags, uint32_t tolerate);

/** Who has received a message. */
enum pmip_role {
	PMIP_ROLE_ANY = 0, /**< only what holds for everybody */
	PMIP_ROLE_LMA = 1, /**< local mobility anchor */
	PMIP_ROLE_MAG = 2, /**< mobile access gateway */
};

/** What can be said about a decoded message without knowing any session: options that must or must not be there, values that
 * contradict each other, flows that are malformed. The first fault decides, in the order in which RFC 5213 section 5.3.1 and its
 * like name the checks. Messages that the role does not receive have nothing to check.
 * @param[in]  mh    decoded by pmip_mh_decode().
 * @param[out] diag  filled on error when not NULL; reaction and status say what to answer.
 * @param[in]  role  who looks at it.
 * @retval 0 no objection
 * @retval PMIP_ERR_MISSING an option is missing: diag->option  @retval PMIP_ERR_HNP_MIX ALL_ZERO beside other prefixes
 * @retval PMIP_ERR_BULK_MIXED options of one session in a message for a group
 * @retval PMIP_ERR_VALUE, PMIP_ERR_OPT_VALUE  a value that this message must not have
 * @return any error with PMIP_REACT_FLOW_REJECT in diag: a Flow Identification is malformed; the rest of the message stands. Since: 0.1. */
PMIP_API int pmip_mh_validate(const struct pmip_mh *mh, struct pmip_diag *diag, enum pmip_role role);

/** Walks the options of a decoded message in the order of the wire, Pad1 and PadN included. */
struct pmip_option_iter {
	const struct pmip_mh *mh; /**< borrowed */
	size_t offset;            /**< of the next option, octets from mh->data */
};

/** Start at the first option. Since: 0.1. */
PMIP_API void pmip_option_iter_init(struct pmip_option_iter *iter, const struct pmip_mh *mh);

/** Take the next option.
 * @retval 1 option filled  @retval 0 no more. Since: 0.1. */
PMIP_API int pmip_option_next(struct pmip_option_iter *iter, struct pmip_option *option);

/** Take the next option of one type; those before it are skipped without being read. @param[in] type not PMIP_OPT_PAD1.
 * @retval 1 option filled  @retval 0 no more. Since: 0.1. */
PMIP_API int pmip_option_next_of(struct pmip_option_iter *iter, struct pmip_option *option, uint8_t type);

/** Writes one message: begin, options, finish. Errors stick, so that only the last call need be looked at. */
struct pmip_mh_writer {
	uint8_t *buf; /**< borrowed */
	size_t cap;   /**< octets in buf */
	size_t len;   /**< octets written */
	int err;      /**< first error, or 0 */
	bool unaligned; /**< options follow each other without padding; set between begin and add_option */
};

/** Write the header and the fixed part. @param[in] mh only type and u are read. Since: 0.1. */
PMIP_API void pmip_mh_begin(struct pmip_mh_writer *writer, uint8_t *buf, size_t cap, const struct pmip_mh *mh);

/** Append an option after the padding its alignment asks for (WIRE order is the caller's).
 * A type that the option table knows is built from option->u, any other from option->data and option->len; Pad1 and PadN are
 * written as they are. Since: 0.1. */
PMIP_API void pmip_mh_add_option(struct pmip_mh_writer *writer, const struct pmip_option *option);

/** Pad to a multiple of 8, fill in Header Len and the checksum.
 * @param[in] src, dst  the addresses of the packet; src NULL: it will be carried in UDP, where the checksum is sent as 0 (RFC 5844
 * section 4.1.3.1).
 * @return octets of the message  @retval PMIP_ERR_NOBUF cap or PMIP_MH_MAX exceeded
 * @retval PMIP_ERR_OPT_VALUE, PMIP_ERR_OPT_LEN an option cannot be written
 * @retval PMIP_ERR_TYPE_UNKNOWN pmip_mh_begin() does not know the type
 * @retval PMIP_ERR_INVALID a value does not fit its field, e.g. a lifetime over 262140 seconds. Since: 0.1. */
PMIP_API int pmip_mh_finish(struct pmip_mh_writer *writer, const struct pmip_addr *src, const struct pmip_addr *dst);

/** Which options pmip_binding_options_read() found. */
enum pmip_binding_option_bit {
	PMIP_HAS_MN_ID = 0x01,                 /**< Mobile Node Identifier */
	PMIP_HAS_HI = 0x02,                    /**< Handoff Indicator */
	PMIP_HAS_ATT = 0x04,                   /**< Access Technology Type */
	PMIP_HAS_TIMESTAMP = 0x08,             /**< Timestamp */
	PMIP_HAS_LL_ID = 0x10,                 /**< Mobile Node Link-layer Identifier */
	PMIP_HAS_LLA = 0x20,                   /**< Link-local Address */
	PMIP_HAS_ALT_COA = 0x40,               /**< Alternate Care-of Address */
	PMIP_HAS_GRE_KEY = 0x80,               /**< GRE Key */
	PMIP_HAS_IPV4_REQUEST = 0x100,         /**< IPv4 Home Address Request */
	PMIP_HAS_IPV4_REPLY = 0x200,           /**< IPv4 Home Address Reply */
	PMIP_HAS_IPV4_ROUTER = 0x400,          /**< IPv4 Default-Router Address */
	PMIP_HAS_IPV4_DHCP_MODE = 0x800,       /**< IPv4 DHCP Support Mode */
	PMIP_HAS_REDIRECT_CAPABILITY = 0x1000, /**< Redirect-Capability */
	PMIP_HAS_REDIRECT = 0x2000,            /**< Redirect */
	PMIP_HAS_LOAD = 0x4000,                /**< Load Information */
	PMIP_HAS_GROUP = 0x8000,               /**< Mobile Node Group Identifier */
	PMIP_HAS_MAG_PARAMETERS = 0x10000,     /**< LMA-Controlled MAG Parameters */
	PMIP_HAS_MULTIPATH = 0x20000,          /**< MAG Multipath Binding */
	PMIP_HAS_MAG_ID = 0x40000,             /**< MAG Identifier */
};

/** What PBU and PBA have in common: the PMIPv6 options, one field each. */
struct pmip_binding_options {
	unsigned int has;        /**< enum pmip_binding_option_bit */
	struct pmip_mnid mn_id;  /**< view; Mobile Node Identifier */
	unsigned int hnp_count;  /**< Home Network Prefix options, 0..PMIP_HNP_MAX */
	struct pmip_opt_hnp hnp[PMIP_HNP_MAX]; /**< in order of appearance */
	uint8_t flowmob_type;    /**< option type that off-link prefixes have; 0 = Home Network Prefix with flag L (RFC 7864 section 4.1), else that of
				  * the paper's flow-mob option, which has the same body */
	uint8_t hi;              /**< enum pmip_hi */
	uint8_t att;             /**< enum pmip_att */
	uint64_t timestamp;      /**< Timestamp option as on the wire: seconds << 16 | 1/65536 s */
	struct pmip_llid ll_id;  /**< Mobile Node Link-layer Identifier; all-zero ones come out as not known */
	struct pmip_addr lla;    /**< Link-local Address */
	struct pmip_addr alt_coa; /**< Alternate Care-of Address */
	struct pmip_key gre_key; /**< GRE Key: downlink in a PBU, uplink in a PBA (RFC 5845 section 3.3) */
	struct pmip_opt_ipv4 ipv4_request; /**< IPv4 Home Address Request; 0.0.0.0 asks the LMA for one */
	struct pmip_opt_ipv4 ipv4_reply; /**< IPv4 Home Address Reply */
	struct pmip_ip ipv4_router; /**< IPv4 Default-Router Address */
	bool ipv4_dhcp_server;   /**< IPv4 DHCP Support Mode: the MAG is the server, not a relay */
	struct pmip_opt_redirect redirect; /**< Redirect */
	struct pmip_opt_load load; /**< Load Information */
	struct pmip_opt_group group; /**< Mobile Node Group Identifier */
	struct pmip_bytes mag_parameters; /**< view; sub-options of LMA-Controlled MAG Parameters */
	struct pmip_opt_multipath multipath; /**< MAG Multipath Binding */
	struct pmip_mnid mag_id; /**< view; MAG Identifier */
};

/** Gather the options of a decoded PBU or PBA.
 * @retval 0 done  @retval PMIP_ERR_TOO_MANY more HNPs than PMIP_HNP_MAX, or a link-layer identifier over PMIP_LLID_MAX; what fitted
 * is filled in. Since: 0.1. */
PMIP_API int pmip_binding_options_read(struct pmip_binding_options *options, const struct pmip_mh *mh);

/** Gather the paper's flow-mob options too: options of another type with the body of a Home Network Prefix option. They come out as
 * off-link prefixes. What is no such body is skipped. @param[in] type the option type agreed upon.
 * @retval 0 done  @retval PMIP_ERR_TOO_MANY as above. Since: 0.1. */
PMIP_API int pmip_binding_options_read_flowmob(struct pmip_binding_options *options, const struct pmip_mh *mh, uint8_t type);

/** Append them in canonical order: MN-ID, HNPs, HI, ATT, Timestamp, LL-ID, LLA, Alternate CoA, then the rest by type. Since: 0.1. */
PMIP_API void pmip_binding_options_write(struct pmip_mh_writer *writer, const struct pmip_binding_options *options);

/** Print a decoded message for people, one line per field, indented.
 * @return octets the whole text needs without the NUL, as snprintf() does; buf is always NUL-terminated when cap > 0. Since: 0.1. */
PMIP_API size_t pmip_mh_print(const struct pmip_mh *mh, char *buf, size_t cap);

/** Mobility Header checksum over pseudo-header and message, with the checksum field taken as zero (RFC 6275 section 6.1.1).
 * Octets behind the message's own end do not count.
 * @return in host order. Since: 0.1. */
PMIP_API uint16_t pmip_mh_checksum(const struct pmip_dgram *dgram);

/** Timestamp option value of a wall-clock time (RFC 5213 section 8.8). Since: 0.1. */
PMIP_API uint64_t pmip_timestamp_from_us(uint64_t wall_us);

/** Microseconds since 1970 of a Timestamp option value, rounded down; UINT64_MAX when that does not fit. Since: 0.1. */
PMIP_API uint64_t pmip_timestamp_to_us(uint64_t timestamp);

#ifdef __cplusplus
}
#endif

#endif
