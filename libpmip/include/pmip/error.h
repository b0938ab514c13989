/* SPDX-License-Identifier: BSD-2-Clause */
/** @file
 * Error codes. Functions return 0 or a count on success and one of these, always negative, on failure.
 * The thousand tells the class: 1 wire, 2 state, 3 policy and configuration, 4 backend, 9 fatal.
 * A library error is not a protocol status: what goes into a Proxy Binding Acknowledgement is enum pmip_status.
 */
#ifndef PMIP_ERROR_H
#define PMIP_ERROR_H

#include <pmip/types.h>

#ifdef __cplusplus
extern "C" {
#endif

/** Why a call failed. Values never change meaning. */
enum pmip_err {
	/* wire: what a peer sent, or what cannot be written */
	PMIP_ERR_SHORT = -1001,         /**< fewer octets than the header announces (RFC 6275 section 9.2) */
	PMIP_ERR_CHECKSUM = -1002,      /**< wrong checksum (RFC 6275 section 6.1.1) */
	PMIP_ERR_TYPE_UNKNOWN = -1003,  /**< Mobility Header type not known (RFC 6275 section 9.2) */
	PMIP_ERR_PAYLOAD_PROTO = -1004, /**< Payload Proto is not 59 (RFC 6275 section 9.2) */
	PMIP_ERR_HDR_LEN = -1005,       /**< Header Len below the type's minimum (RFC 6275 section 9.2) */
	PMIP_ERR_OPT_TRUNC = -1006,     /**< an option runs past the end of the message */
	PMIP_ERR_OPT_LEN = -1007,       /**< an option's length is not one its format allows */
	PMIP_ERR_OPT_VALUE = -1008,     /**< an option's value is not one its format allows */
	PMIP_ERR_OPT_DUP = -1009,       /**< an option that may stand once stands twice */
	PMIP_ERR_OPT_ORDER = -1010,     /**< an option stands where it must not */
	PMIP_ERR_TOO_MANY = -1011,      /**< more repeated options than are kept, e.g. PMIP_HNP_MAX */
	PMIP_ERR_NOBUF = -1012,         /**< the buffer is too small, or the message would exceed 2048 octets */
	PMIP_ERR_SUBOPT_TRUNC = -1013,  /**< a sub-option runs past the end of its option */
	PMIP_ERR_SUBOPT_LEN = -1014,    /**< a sub-option's length is not one its format allows */
	PMIP_ERR_SUBOPT_VALUE = -1015,  /**< a sub-option's value is not one its format allows */
	PMIP_ERR_SUBOPT_DUP = -1016,    /**< a sub-option that may stand once stands twice in its option */
	PMIP_ERR_SELECTOR_FORMAT = -1017, /**< a traffic selector format not known (RFC 6089 section 5.3.2.1) */
	PMIP_ERR_COUNT = -1018,         /**< fewer or more elements than a count announces */
	PMIP_ERR_VALUE = -1019,         /**< a field of the fixed part has a value that its format does not allow */
	PMIP_ERR_MISSING = -1020,       /**< an option that the message must carry is missing */
	PMIP_ERR_HNP_MIX = -1021,       /**< ALL_ZERO beside other Home Network Prefixes (RFC 5213 section 6.9.1.1) */
	PMIP_ERR_BULK_MIXED = -1022,    /**< options of one session in a message for a group (RFC 6602 section 5) */
	/* state */
	PMIP_ERR_NOENT = -2001,  /**< no such binding, tunnel, link or action */
	PMIP_ERR_EXIST = -2002,  /**< there is one already */
	PMIP_ERR_FULL = -2003,   /**< a configured limit is reached */
	PMIP_ERR_TIME = -2004,   /**< the monotonic clock went back; nothing changed */
	PMIP_ERR_INVALID = -2005, /**< an argument outside its range */
	PMIP_ERR_STALE = -2006,  /**< what the caller knows is out of date: ask again first */
	PMIP_ERR_NO_PATH = -2007, /**< the mobile node cannot be reached another way */
	/* policy and configuration */
	PMIP_ERR_SYNTAX = -3001, /**< text that cannot be read */
	PMIP_ERR_CONFIG = -3002, /**< settings that do not fit together */
	PMIP_ERR_DENIED = -3003, /**< policy forbids it */
	/* backend */
	PMIP_ERR_AGAIN = -4001,       /**< would block */
	PMIP_ERR_OS = -4002,          /**< the operating system refused; the backend keeps the OS error */
	PMIP_ERR_UNSUPPORTED = -4003, /**< this kernel or build cannot do it */
	/* fatal */
	PMIP_ERR_NOMEM = -9001,   /**< no memory; the object is as it was before the call */
	PMIP_ERR_REENTRY = -9002, /**< called from inside one of the object's own callbacks */
};

/** One sentence for people. Never NULL, static. Since: 0.1. */
PMIP_API const char *pmip_strerror(int err);

/** The name of the code, "PMIP_ERR_NOMEM"; "PMIP_OK" for 0 and above. Never NULL, static. Since: 0.1. */
PMIP_API const char *pmip_err_name(int err);

/** Whether the caller should give up the object rather than go on (the 9000 class). Since: 0.1. */
PMIP_API bool pmip_err_is_fatal(int err);

/** What the receiver of a bad message is to do. */
enum pmip_reaction {
	PMIP_REACT_DROP = 0,          /**< drop it, no answer */
	PMIP_REACT_ICMP = 1,          /**< drop it; may be answered by ICMPv6 Parameter Problem with pointer pmip_diag.offset */
	PMIP_REACT_BINDING_ERROR = 2, /**< drop it; Binding Error with pmip_diag.status */
	PMIP_REACT_REPLY = 3,         /**< the acknowledgement that belongs to the message, with pmip_diag.status */
	PMIP_REACT_FLOW_REJECT = 4,   /**< accept it, refuse one flow of it with pmip_diag.status */
	PMIP_REACT_IGNORE = 5,        /**< take the acknowledgement as if it had not come (RFC 8127 section 5.2) */
};

/** Where and why a message was refused; filled by pmip_mh_decode() and pmip_mh_validate(). */
struct pmip_diag {
	size_t offset;    /**< octets from the first of the Mobility Header */
	uint8_t option;   /**< option type, 0 when the fault is not in an option */
	const char *rule; /**< the rule broken, for people; static; NULL when nothing failed */
	const char *ref;  /**< where the rule stands, e.g. "RFC 5213 8.3"; static */
	enum pmip_reaction reaction; /**< what to do */
	uint8_t status;   /**< of the reply or of the flow, by reaction; of a Binding Error */
};

#ifdef __cplusplus
}
#endif

#endif
