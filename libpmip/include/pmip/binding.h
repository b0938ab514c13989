/* SPDX-License-Identifier: BSD-2-Clause */
/** @file
 * What is known of mobile nodes: the policy profile that configuration gives (RFC 5213 sections 5.2 and 6.2) and the bindings
 * that an engine holds (sections 5.1 and 6.1).
 */
#ifndef PMIP_BINDING_H
#define PMIP_BINDING_H

#include <pmip/action.h>

#ifdef __cplusplus
extern "C" {
#endif

/** Most link-layer identifiers of one mobile node beside its first. */
#define PMIP_ALIAS_MAX 3

/** Policy profile of one mobile node, or of a class of them. Copied wherever it is given. */
struct pmip_profile {
	size_t size;            /**< sizeof(struct pmip_profile), set by the caller */
	struct pmip_mnid mn_id; /**< whom it is for; an NAI "*@realm" stands for the whole realm, "*" for everybody (LMA only) */
	struct pmip_llid ll_id; /**< MAG: the link-layer identifier that tells this mobile node; len 0 = none */
	unsigned int alias_count; /**< MAG: further interfaces of it, 0..PMIP_ALIAS_MAX */
	struct pmip_llid alias[PMIP_ALIAS_MAX]; /**< MAG: their link-layer identifiers, which tell the same mobile node */
	bool shares_prefixes;   /**< MAG: all its interfaces have the same prefixes, as a logical interface has (RFC 7864 section 3.2.1) */
	bool flow_mobility;     /**< LMA: its MAGs are told of the prefixes that it has at other MAGs, so that flows can be moved (RFC 7864) */
	bool disabled;          /**< the proxy mobility service is refused (status 152) */
	uint32_t lifetime_s;    /**< lifetime to ask for (MAG) or to grant at most (LMA), seconds; 0 = the engine's setting */
	struct pmip_addr lma;   /**< MAG: its LMA; :: = the engine's */
	unsigned int prefix_count; /**< LMA: fixed Home Network Prefixes; 0 = from the pool */
	struct pmip_prefix prefix[PMIP_HNP_MAX]; /**< LMA: used only by this mobile node */
	bool ipv4;              /**< the IPv4 mobility service (RFC 5844): LMA: it may have it; MAG: ask for it */
	struct pmip_ip ipv4_addr; /**< with ipv4, LMA: fixed IPv4 home address, in a pool of them and used only by this mobile node;
				     MAG: the one to ask for at first; none = any */
	bool multipath;         /**< the paths of a MAG are used together (RFC 8278): LMA: it may have several; MAG: ask for all that there are */
	bool no_ipv6;           /**< no IPv6 mobility service: LMA: Home Network Prefixes are refused (status 172); MAG: asks for none */
};

/** How flow mobility is spoken between LMA and MAGs. */
enum pmip_flowmob {
	PMIP_FLOWMOB_OFF = 0,       /**< plain RFC 5213: one attachment has one set of prefixes */
	PMIP_FLOWMOB_RFC7864 = 1,   /**< Handoff Indicator 6, flag L of the Home Network Prefix option */
	PMIP_FLOWMOB_PAPER2011 = 2, /**< the paper's Handoff Indicator and flow-mob option */
};

/** State of a binding. */
enum pmip_binding_state {
	PMIP_BINDING_REGISTERING = 1, /**< LMA: forwarding is being set up; MAG: waiting for the first PBA */
	PMIP_BINDING_ACTIVE = 2,      /**< registered and forwarding */
	PMIP_BINDING_DELETE_WAIT = 3, /**< LMA: de-registered, its packets are dropped (RFC 5213 section 5.3.5) */
	PMIP_BINDING_REFRESHING = 4,  /**< MAG: active, waiting for the PBA of an extension */
	PMIP_BINDING_DEREGISTERING = 5, /**< MAG: waiting for the PBA of a de-registration */
	PMIP_BINDING_DENIED = 6,      /**< MAG: refused; nothing is sent until it attaches again */
};

/** Name of a state, e.g. "delete-wait"; NULL when there is none. Static. Since: 0.1. */
PMIP_API const char *pmip_binding_state_name(enum pmip_binding_state state);

/** A binding as a reader sees it: a Binding Cache Entry (LMA) or a Binding Update List entry (MAG). */
struct pmip_binding_info {
	size_t size;               /**< sizeof(struct pmip_binding_info), set by the caller */
	struct pmip_mnid mn_id;    /**< view, valid until the next call to the engine */
	struct pmip_llid ll_id;    /**< link-layer identifier; len 0 = none */
	uint8_t att;               /**< enum pmip_att */
	uint8_t hi;                /**< Handoff Indicator of the last registration */
	enum pmip_binding_state state; /**< see there */
	struct pmip_addr local;    /**< our end of the tunnel: LMAA or Proxy-CoA */
	struct pmip_addr remote;   /**< the peer's end */
	uint32_t tunnel;           /**< LMA: number of the tunnel, never 0 while there is one; MAG: 0 */
	uint32_t link;             /**< MAG: access link */
	uint32_t lifetime_s;       /**< granted lifetime */
	uint64_t expires_us;       /**< monotonic clock; PMIP_TIME_NONE = not registered */
	uint16_t seq;              /**< last accepted (LMA) or sent (MAG) sequence number */
	uint64_t timestamp;        /**< last accepted (LMA) or sent (MAG) Timestamp option, 0 = none */
	unsigned int prefix_count; /**< 0..PMIP_HNP_MAX */
	struct pmip_prefix prefix[PMIP_HNP_MAX]; /**< Home Network Prefixes */
	uint64_t received_us;      /**< LMA: wall clock when the last accepted PBU with a Timestamp came, 0 = it had none; MAG: 0 */
	bool shares;               /**< LMA: other bindings have the same prefixes (RFC 7864 section 3.2.1) */
	bool is_default;           /**< LMA: its tunnel carries the prefixes, but for flows that were moved */
	bool revoking;             /**< a revocation that we have asked for is in progress */
	uint32_t group;            /**< identifier of its group by the LMA, 0 = in none (RFC 6602) */
	struct pmip_ipv4_home ipv4; /**< IPv4 home address (RFC 5844) */
	struct pmip_gre gre;       /**< how its packets are encapsulated (RFC 5845) */
	uint16_t bid;              /**< LMA: tells the bindings of a mobile node apart, never 0 (BID, RFC 7864 section 5) */
	uint16_t priority;         /**< LMA: BID-PRI, from 1 on; of bindings with the same prefixes the lowest is the default path */
	uint8_t path_bid;          /**< its path's BID (RFC 8278), 1..254; 0 = multipath is off; MAG: that of its first path */
	uint8_t path_label;        /**< label of the MAG's interface that it goes over */
	uint8_t path_att;          /**< enum pmip_att of that interface */
	unsigned int off_link_count; /**< MAG: 0..PMIP_HNP_MAX */
	struct pmip_prefix off_link[PMIP_HNP_MAX]; /**< MAG: prefixes that the mobile node has at other MAGs, forwarded here as well (RFC 7864) */
};

#ifdef __cplusplus
}
#endif

#endif
