/* SPDX-License-Identifier: BSD-2-Clause */
/** @file
 * Fixed parts and code spaces of the messages beside Binding Update, Acknowledgement and Error, which stand in pmip/wire.h.
 */
#ifndef PMIP_MESSAGE_H
#define PMIP_MESSAGE_H

#include <pmip/types.h>

#ifdef __cplusplus
extern "C" {
#endif

/** Mobility Header types. 10, Fast Neighbor Advertisement, is withdrawn (RFC 5568) and not known. */
enum pmip_mh_type {
	PMIP_MH_BRR = 0,                 /**< Binding Refresh Request, RFC 6275 section 6.1.2 */
	PMIP_MH_HOTI = 1,                /**< Home Test Init, RFC 6275 section 6.1.3 */
	PMIP_MH_COTI = 2,                /**< Care-of Test Init, RFC 6275 section 6.1.4 */
	PMIP_MH_HOT = 3,                 /**< Home Test, RFC 6275 section 6.1.5 */
	PMIP_MH_COT = 4,                 /**< Care-of Test, RFC 6275 section 6.1.6 */
	PMIP_MH_BU = 5,                  /**< Binding Update; with flag P a Proxy Binding Update */
	PMIP_MH_BA = 6,                  /**< Binding Acknowledgement; with flag P a Proxy Binding Acknowledgement */
	PMIP_MH_BE = 7,                  /**< Binding Error */
	PMIP_MH_FBU = 8,                 /**< Fast Binding Update, RFC 5568 section 6.2.2 */
	PMIP_MH_FBACK = 9,               /**< Fast Binding Acknowledgement, RFC 5568 section 6.2.3 */
	PMIP_MH_EXPERIMENTAL = 11,       /**< RFC 5096 section 3 */
	PMIP_MH_HOME_AGENT_SWITCH = 12,  /**< RFC 5142 section 4 */
	PMIP_MH_HEARTBEAT = 13,          /**< RFC 5847 section 3.3 */
	PMIP_MH_HI = 14,                 /**< Handover Initiate, RFC 5568 section 6.2.1.1, RFC 5949 section 6.1.1 */
	PMIP_MH_HACK = 15,               /**< Handover Acknowledge, RFC 5568 section 6.2.1.2, RFC 5949 section 6.1.2 */
	PMIP_MH_REVOCATION = 16,         /**< Binding Revocation Indication and Acknowledgement, RFC 5846 section 5 */
	PMIP_MH_LRI = 17,                /**< Localized Routing Initiation, RFC 6705 section 10.1 */
	PMIP_MH_LRA = 18,                /**< Localized Routing Acknowledgement, RFC 6705 section 10.2 */
	PMIP_MH_UPN = 19,                /**< Update Notification, RFC 7077 section 4.1; reason 8 is Flow Mobility Initiate (RFC 7864) */
	PMIP_MH_UPA = 20,                /**< Update Notification Acknowledgement, RFC 7077 section 4.2 */
	PMIP_MH_FLOW_BINDING = 21,       /**< Flow Binding Indication and Acknowledgement, RFC 7109 section 6.1 */
	PMIP_MH_SUBSCRIPTION_QUERY = 22, /**< RFC 7161 section 4.3.1 */
	PMIP_MH_SUBSCRIPTION_RESPONSE = 23, /**< RFC 7161 section 4.3.2 */
};

/** A lifetime that does not end: 0xffff of Localized Routing messages. */
#define PMIP_SECONDS_INFINITE UINT32_MAX

/** Flags of Handover Initiate. */
enum pmip_hi_flag {
	PMIP_HI_S = 0x80, /**< assign a new care-of address */
	PMIP_HI_U = 0x40, /**< buffer */
	PMIP_HI_P = 0x20, /**< proxy (RFC 5949) */
	PMIP_HI_F = 0x10, /**< forward (RFC 5949) */
};

/** Flags of Handover Acknowledge. */
enum pmip_hack_flag {
	PMIP_HACK_U = 0x80, /**< buffer */
	PMIP_HACK_P = 0x40, /**< proxy (RFC 5949) */
	PMIP_HACK_F = 0x20, /**< forward (RFC 5949) */
};

/** Which of the two Binding Revocation messages (RFC 5846 section 5). */
enum pmip_revocation_type {
	PMIP_REVOCATION_INDICATION = 1, /**< asks for it */
	PMIP_REVOCATION_ACK = 2,        /**< answers */
};

/** Flags of Binding Revocation (RFC 5846 section 5.1). */
enum pmip_revocation_flag {
	PMIP_REVOCATION_P = 0x8000, /**< proxy binding */
	PMIP_REVOCATION_V = 0x4000, /**< IPv4 home address binding only */
	PMIP_REVOCATION_G = 0x2000, /**< global */
};

/** Revocation triggers (RFC 5846 section 5.1); from 128 on with flag G only. */
enum pmip_revocation_trigger {
	PMIP_TRIGGER_UNSPECIFIED = 0,         /**< no reason is told */
	PMIP_TRIGGER_ADMINISTRATIVE = 1,      /**< the operator wants it */
	PMIP_TRIGGER_HANDOVER_SAME_ATT = 2,   /**< at another MAG now, same access type */
	PMIP_TRIGGER_HANDOVER_OTHER_ATT = 3,  /**< at another MAG now, another access type */
	PMIP_TRIGGER_HANDOVER_UNKNOWN = 4,    /**< at another MAG now, access type not known */
	PMIP_TRIGGER_USER_TERMINATION = 5,    /**< the user has ended the session */
	PMIP_TRIGGER_NETWORK_TERMINATION = 6, /**< the access network has ended the session */
	PMIP_TRIGGER_OUT_OF_SYNC = 7,         /**< the ends may know different bindings */
	PMIP_TRIGGER_PER_PEER_POLICY = 128,   /**< all bindings of this peer */
	PMIP_TRIGGER_LOCAL_POLICY = 129,      /**< all that the sender's policy says */
};

/** Status of a Binding Revocation Acknowledgement (RFC 5846 section 5.2). */
enum pmip_revocation_status {
	PMIP_REVOCATION_SUCCESS = 0,                  /**< revoked */
	PMIP_REVOCATION_PARTIAL_SUCCESS = 1,          /**< some of the bindings are revoked */
	PMIP_REVOCATION_NO_BINDING = 128,             /**< there is no such binding */
	PMIP_REVOCATION_IPV4_HOA_REQUIRED = 129,      /**< an IPv4 Home Address option is missing */
	PMIP_REVOCATION_GLOBAL_NOT_AUTHORIZED = 130,  /**< flag G is not for this sender */
	PMIP_REVOCATION_MN_IDENTITY_REQUIRED = 131,   /**< it does not say whose binding */
	PMIP_REVOCATION_MN_ATTACHED = 132,            /**< the mobile node is still here */
	PMIP_REVOCATION_TRIGGER_NOT_SUPPORTED = 133,  /**< unknown trigger */
	PMIP_REVOCATION_FUNCTION_NOT_SUPPORTED = 134, /**< nothing is revoked here */
	PMIP_REVOCATION_PROXY_NOT_SUPPORTED = 135,    /**< no proxy bindings are (flag P) */
};

/** Name of such a status, e.g. "binding does not exist"; NULL when it has none. Static. Since: 0.1. */
PMIP_API const char *pmip_revocation_status_name(uint8_t status);

/** Flags of an Update Notification (RFC 7077 section 4.1). */
enum pmip_upn_flag {
	PMIP_UPN_A = 0x8000, /**< acknowledgement wanted */
	PMIP_UPN_D = 0x4000, /**< retransmission */
};

/** Notification Reason (RFC 7077 section 4.1, RFC 7222 section 6, RFC 7864 section 4.3). */
enum pmip_upn_reason {
	PMIP_UPN_FORCE_REREGISTRATION = 1,      /**< send a PBU */
	PMIP_UPN_UPDATE_SESSION_PARAMETERS = 2, /**< take over what the options say */
	PMIP_UPN_VENDOR_SPECIFIC = 3,           /**< what a vendor's option says */
	PMIP_UPN_ANI_PARAMS_REQUESTED = 4,      /**< send a PBU that has an Access Network Identifier */
	PMIP_UPN_QOS_SERVICE_REQUEST = 5,       /**< quality of service (RFC 7222) */
	PMIP_UPN_PCSCF_RESTORATION_PCO = 6,     /**< 3GPP: another P-CSCF, by PCO */
	PMIP_UPN_PCSCF_RESTORATION_DHCP = 7,    /**< 3GPP: another P-CSCF, by DHCP */
	PMIP_UPN_FLOW_MOBILITY = 8,             /**< makes it a Flow Mobility Initiate */
};

/** Status of an Update Notification Acknowledgement (RFC 7077 section 4.2, RFC 7222, RFC 7864). */
enum pmip_upa_status {
	PMIP_UPA_SUCCESS = 0,                               /**< done */
	PMIP_UPA_FAILED_TO_UPDATE_SESSION_PARAMETERS = 128, /**< the session stays as it was */
	PMIP_UPA_MISSING_VENDOR_SPECIFIC_OPTION = 129,      /**< the vendor's option is missing */
	PMIP_UPA_CANNOT_MEET_QOS_SERVICE_REQUEST = 130,     /**< not with such quality (RFC 7222) */
	PMIP_UPA_REASON_UNSPECIFIED = 131,                  /**< refused (RFC 7864) */
	PMIP_UPA_MN_NOT_ATTACHED = 132,                     /**< the mobile node is not here (RFC 7864) */
};

/** Status of a Localized Routing Acknowledgement (RFC 6705 section 10.2). */
enum pmip_lra_status {
	PMIP_LRA_SUCCESS = 0,           /**< packets go the short way */
	PMIP_LRA_NOT_ALLOWED = 128,     /**< not for this traffic */
	PMIP_LRA_MN_NOT_ATTACHED = 129, /**< the mobile node is not here */
};

/** Which of the two Flow Binding messages (RFC 7109 section 6.1). */
enum pmip_flow_binding_type {
	PMIP_FLOW_BINDING_INDICATION = 1, /**< asks for it */
	PMIP_FLOW_BINDING_ACK = 2,        /**< answers */
};

/** Home Test Init, Care-of Test Init. */
struct pmip_test_init {
	uint8_t cookie[8]; /**< init cookie */
};

/** Home Test, Care-of Test. */
struct pmip_test {
	uint16_t nonce_index; /**< home or care-of nonce index */
	uint8_t cookie[8];    /**< as in the init */
	uint8_t token[8];     /**< keygen token */
};

/** Experimental Mobility Header: everything behind the checksum. */
struct pmip_experimental {
	struct pmip_bytes data; /**< view; 2 octets more than a multiple of 8 */
};

/** Home Agent Switch. */
struct pmip_home_agent_switch {
	struct pmip_bytes addresses; /**< view; 16 octets each, 0..255 of them */
};

/** Heartbeat. */
struct pmip_heartbeat {
	bool unsolicited; /**< U: a response nobody has asked for */
	bool response;    /**< R */
	uint32_t seq;     /**< sequence number */
};

/** Handover Initiate and Acknowledge. */
struct pmip_handover {
	uint16_t seq;  /**< sequence number */
	uint8_t flags; /**< enum pmip_hi_flag, enum pmip_hack_flag */
	uint8_t code;  /**< RFC 5568 sections 6.2.1.1 and 6.2.1.2 */
};

/** Binding Revocation Indication and Acknowledgement. */
struct pmip_revocation {
	uint8_t type;    /**< enum pmip_revocation_type; says whether trigger or status stands in the message */
	uint8_t trigger; /**< enum pmip_revocation_trigger; indication only */
	uint8_t status;  /**< enum pmip_revocation_status; acknowledgement only */
	uint16_t seq;    /**< sequence number */
	uint16_t flags;  /**< enum pmip_revocation_flag */
};

/** Localized Routing Initiation and Acknowledgement. */
struct pmip_localized_routing {
	uint16_t seq;        /**< sequence number */
	bool unsolicited;    /**< U; acknowledgement only */
	uint8_t status;      /**< enum pmip_lra_status; acknowledgement only */
	uint32_t lifetime_s; /**< seconds, 0..65534 or PMIP_SECONDS_INFINITE; 0 stops it */
};

/** Update Notification. */
struct pmip_upn {
	uint16_t seq;    /**< sequence number */
	uint16_t reason; /**< enum pmip_upn_reason */
	uint16_t flags;  /**< enum pmip_upn_flag */
};

/** Update Notification Acknowledgement. */
struct pmip_upa {
	uint16_t seq;   /**< sequence number */
	uint8_t status; /**< enum pmip_upa_status */
};

/** Flow Binding Indication and Acknowledgement. */
struct pmip_flow_binding {
	uint16_t type;   /**< enum pmip_flow_binding_type; says whether trigger and ack or status stand in the message */
	uint16_t seq;    /**< sequence number */
	uint8_t trigger; /**< RFC 7109 section 6.1.1; indication only */
	bool ack;        /**< A, acknowledgement wanted; indication only */
	uint8_t status;  /**< RFC 7109 section 6.1.2; acknowledgement only */
};

/** Subscription Query and Response. */
struct pmip_subscription {
	uint8_t seq; /**< sequence number */
	bool info;   /**< I: multicast subscription options follow; response only */
};

#ifdef __cplusplus
}
#endif

#endif
