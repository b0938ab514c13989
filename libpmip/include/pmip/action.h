/* SPDX-License-Identifier: BSD-2-Clause */
/** @file
 * What an engine wants done. Engines call nobody: the caller pulls actions with pmip_lma_next_action() or
 * pmip_mag_next_action() until there are none, does them, and hands the result of each datapath operation back.
 *
 * Views inside an action stay valid until the next call to the same engine but its getters.
 */
#ifndef PMIP_ACTION_H
#define PMIP_ACTION_H

#include <pmip/flow.h>
#include <pmip/optval.h>
#include <pmip/tolerance.h>

#ifdef __cplusplus
extern "C" {
#endif

/** Kinds of actions. */
enum pmip_action_type {
	PMIP_ACTION_DATAPATH = 1,      /**< forwarding: do it, then call pmip_lma_complete() or pmip_mag_complete() */
	PMIP_ACTION_SEND = 2,          /**< a Mobility Header message to send */
	PMIP_ACTION_RA = 3,            /**< a Router Advertisement to send (MAG) */
	PMIP_ACTION_PARAM_PROBLEM = 4, /**< an ICMPv6 Parameter Problem code 0 about a received message (RFC 6275 section 9.2) */
	PMIP_ACTION_NOTIFY = 5,        /**< something happened; nothing need be done */
	PMIP_ACTION_PROBE = 6,         /**< ask whether a mobile node is still there; pmip_mag_attach() is the answer that it is (MAG) */
	/** LMA: have this outlive the process, see pmip_lma_config_set_store(); then, when its id is not 0, call pmip_lma_complete(). Those that
	 * follow each other are one transaction; it has come to its end, well or not, before a later action of another type is done. */
	PMIP_ACTION_STORE = 7,
};

/** Datapath operations. Each is idempotent; ENSURE/RELEASE and SET/CLEAR are each other's inverse. Those of paths and flows are an LMA's. */
enum pmip_datapath_kind {
	PMIP_DATAPATH_TUNNEL_ENSURE = 1,  /**< make the IPv6-in-IPv6 tunnel local-remote if there is none (RFC 5213 section 5.6.1) */
	PMIP_DATAPATH_TUNNEL_RELEASE = 2, /**< remove it; no binding uses it any more */
	PMIP_DATAPATH_BINDING_SET = 3,    /**< forward prefix through the tunnel, replacing where it went before */
	PMIP_DATAPATH_BINDING_CLEAR = 4,  /**< stop forwarding prefix; its packets are dropped from now on */
	PMIP_DATAPATH_PATH_SET = 5,       /**< packets of prefixes bound with this group may also come out of this tunnel (RFC 7864, RFC 8278) */
	/** no longer; flows of the group that were sent into this tunnel may go where their binding goes until they are set again */
	PMIP_DATAPATH_PATH_CLEAR = 6,
	PMIP_DATAPATH_FLOW_SET = 7,       /**< count the packets of flow; send them into this tunnel, or where their binding goes when remote is :: */
	PMIP_DATAPATH_FLOW_CLEAR = 8,     /**< forget flow; its packets go where their binding goes */
	/** All bindings of the tunnel local-old_remote go through local-remote from now on, as if each had been set there; both are there, and where
	 * bindings with GRE go does not change. When it fails all are where they were, as well as that could be done. */
	PMIP_DATAPATH_TUNNEL_MOVE = 9,
};

/** How packets of a binding are encapsulated when GRE was agreed upon (RFC 5845); the keys are looked at only if so. */
struct pmip_gre {
	bool in_use;           /**< false: IPv6 (or IPv4) directly in IPv6 */
	struct pmip_key send;  /**< key of packets we put into the tunnel */
	struct pmip_key recv;  /**< key that packets out of the tunnel must have */
};

/** One datapath operation. The tunnel is named by its two ends in every kind but BINDING_CLEAR and FLOW_CLEAR, where they are zero.
 * At an LMA a binding sends packets to prefix into the tunnel. At a MAG it sends packets from prefix that come in on link into
 * the tunnel, and packets to prefix from the tunnel out on link (RFC 5213 sections 5.6.2 and 6.10.5). */
struct pmip_datapath_op {
	uint32_t id;               /**< name of the operation, never 0; for _complete() */
	enum pmip_datapath_kind kind; /**< what to do */
	struct pmip_addr local;    /**< our end of the tunnel */
	struct pmip_addr remote;   /**< the peer's end */
	struct pmip_addr old_remote; /**< TUNNEL_MOVE: the peer's end of the tunnel that is left */
	struct pmip_prefix prefix; /**< BINDING_SET, BINDING_CLEAR; an IPv4 home address is ::ffff:a.b.c.d/128 (RFC 5844) */
	struct pmip_gre gre;       /**< BINDING_SET; FLOW_SET: of the tunnel */
	uint32_t group;            /**< BINDING_SET, PATH_SET, PATH_CLEAR, FLOW_SET into a tunnel: number of a mobile node that has several paths; 0 = has not */
	struct pmip_addr via;      /**< MAG: BINDING_SET: next hop on link, when prefix is not on-link there (RFC 7864 section 4.1); :: = it is */
	struct pmip_flow flow;     /**< FLOW_SET, FLOW_CLEAR; the label does not matter */
	uint32_t tunnel;           /**< FLOW_SET: number of the tunnel, as events tell it, for pmip_flow_mark(); 0 when remote is :: */
	uint32_t flow_id;          /**< FLOW_SET: number of the flow, to be told with its counters */
	uint32_t link;             /**< MAG: access link, the interface index with the Linux backends; 0 at an LMA */
};

/** A Router Advertisement to one mobile node (RFC 5213 section 6.9.3). */
struct pmip_ra {
	uint32_t link;             /**< access link */
	struct pmip_llid ll_id;    /**< the mobile node's link-layer address; not known (len 0) = all nodes */
	struct pmip_addr src;      /**< the MAG's link-local address on every link of the domain */
	uint32_t router_lifetime_s; /**< 0..9000; 0 = no longer a default router */
	uint32_t lifetime_s;       /**< valid and preferred lifetime of the prefixes; 0 = deprecate */
	uint32_t mtu;              /**< MTU option, octets; 0 = none */
	unsigned int prefix_count; /**< 0..PMIP_HNP_MAX */
	struct pmip_prefix prefix[PMIP_HNP_MAX]; /**< on-link, autonomous */
};

/** Events told by PMIP_ACTION_NOTIFY. */
enum pmip_event_type {
	PMIP_EVENT_ATTACHED = 1,        /**< MAG: a mobile node was seen on an access link */
	PMIP_EVENT_DETACHED = 2,        /**< MAG: it has left */
	PMIP_EVENT_BINDING_ADDED = 3,   /**< registered and forwarding */
	PMIP_EVENT_BINDING_MOVED = 4,   /**< LMA: now at another Proxy-CoA */
	PMIP_EVENT_BINDING_REFRESHED = 5, /**< lifetime extended */
	PMIP_EVENT_BINDING_RELEASED = 6, /**< LMA: de-registered, kept for MinDelayBeforeBCEDelete */
	PMIP_EVENT_BINDING_REMOVED = 7, /**< gone; rule says why */
	PMIP_EVENT_REFUSED = 8,         /**< LMA: a PBU was answered with status; MAG: a PBA said so */
	PMIP_EVENT_MALFORMED = 9,       /**< a message could not be decoded: err, diag */
	PMIP_EVENT_DATAPATH_FAILED = 10, /**< a datapath operation came back with err */
	PMIP_EVENT_UNANSWERED = 11,     /**< MAG: no PBA for a PBU; it goes on trying */
	PMIP_EVENT_IGNORED = 12,        /**< a well-formed message was ignored; rule says why */
	PMIP_EVENT_PBU_SENT = 13,       /**< MAG: a PBU left for the LMA */
	PMIP_EVENT_PEER_UNREACHABLE = 14, /**< peer has left more heartbeats unanswered than are allowed (RFC 5847 section 3.1) */
	PMIP_EVENT_PEER_REACHABLE = 15, /**< it answers again */
	PMIP_EVENT_PEER_RESTARTED = 16, /**< its Restart Counter has changed: it has lost its sessions (RFC 5847 section 3.2) */
	PMIP_EVENT_REVOCATION_SENT = 17, /**< a Binding Revocation Indication left for the peer; without MN-ID: for all bindings there */
	PMIP_EVENT_REVOKED = 18,        /**< a revocation is done, ours or the peer's; rule says so when ours had no answer */
	PMIP_EVENT_REVOCATION_FAILED = 19, /**< a revocation was refused with status, ours or the peer's; the bindings stay */
	PMIP_EVENT_UPDATE_SENT = 20,    /**< LMA: an Update Notification left for the MAG */
	PMIP_EVENT_UPDATE_FAILED = 21,  /**< an Update Notification was refused with status (enum pmip_upa_status); LMA: 0 = not answered */
	PMIP_EVENT_FLOW_ADDED = 22,     /**< LMA: a flow is known from now on: flow_id, flow, tunnel */
	PMIP_EVENT_FLOW_MOVED = 23,     /**< LMA: it goes through another tunnel, because it was moved or its attachment was */
	PMIP_EVENT_FLOW_MOVE_FAILED = 24, /**< LMA: a move came to nothing: err; status (enum pmip_upa_status) when a MAG has refused it, rule */
	PMIP_EVENT_FLOW_REMOVED = 25,   /**< LMA: it is no flow any more */
	PMIP_EVENT_REDIRECTED = 26,     /**< a session begins at another LMA than was asked (RFC 6463) */
	PMIP_EVENT_REDIRECT_FAILED = 27, /**< LMA: another LMA refused a session with status; 0 = it did not answer */
	PMIP_EVENT_GROUP_REFRESHED = 28, /**< the lifetime of a group was extended: of count bindings (RFC 6602) */
	PMIP_EVENT_GROUP_RELEASED = 29, /**< LMA: a group was de-registered, each binding of it tells so itself */
	PMIP_EVENT_RENUMBERED = 30,     /**< a mobile node has other prefixes now, those told (RFC 8191) */
	PMIP_EVENT_VENDOR = 31,         /**< MAG: the LMA says something in a vendor's own way: vendor, vendor_subtype, data (RFC 7077 section 4.1) */
	PMIP_EVENT_ACCESS_NETWORK = 32, /**< LMA: where a mobile node is: data, sub-options of Access Network Identifier (RFC 6757) */
	PMIP_EVENT_IPV4_REFUSED = 33,   /**< registered without the IPv4 home address that was asked for; status is enum pmip_ipv4_status */
	PMIP_EVENT_TOLERATED = 34,      /**< peer does not keep to the RFCs and something of it was let pass: tolerance; of each peer and tolerance told once an hour at most */
	PMIP_EVENT_STORE_FAILED = 35,   /**< LMA: what a registration waits for was not stored: err; it is refused */
};

/** Name of an event, e.g. "binding-moved"; NULL when there is none. Static. Since: 0.1. */
PMIP_API const char *pmip_event_name(enum pmip_event_type type);

/** One event. Fields that do not apply are zero. */
struct pmip_event {
	enum pmip_event_type type; /**< what happened */
	struct pmip_mnid mn_id;    /**< view; whom it is about */
	struct pmip_addr peer;     /**< LMA: the MAG's Proxy-CoA, or the sender; MAG: the LMA; REDIRECTED, REDIRECT_FAILED: the other LMA */
	struct pmip_addr old_peer; /**< BINDING_MOVED: the Proxy-CoA before; REDIRECTED, REDIRECT_FAILED: the LMA (MAG) or the MAG (LMA) that asked */
	struct pmip_llid ll_id;    /**< the mobile node's link-layer identifier */
	uint32_t link;             /**< MAG: access link */
	uint8_t status;            /**< REFUSED: enum pmip_status; REVOKED, REVOCATION_FAILED: enum pmip_revocation_status; others: see the type */
	uint32_t lifetime_s;       /**< granted lifetime, seconds */
	uint32_t flow_id;          /**< FLOW_*: number of the flow */
	struct pmip_flow flow;     /**< FLOW_* */
	uint32_t tunnel;           /**< FLOW_*, BINDING_* at an LMA: number of the tunnel; peer is its far end */
	uint32_t old_tunnel;       /**< BINDING_MOVED, FLOW_MOVED: number of the tunnel before; 0 = not known */
	uint8_t att;               /**< BINDING_* at an LMA: enum pmip_att; of one of several paths that of the path */
	uint8_t old_att;           /**< BINDING_MOVED, BINDING_REFRESHED at an LMA: the one before; 0 = not known */
	bool shares;               /**< BINDING_* at an LMA: other bindings have the same prefixes */
	struct pmip_opt_load load; /**< REDIRECTED: what the other LMA tells of itself; max_sessions 0 = nothing */
	int err;                   /**< MALFORMED, DATAPATH_FAILED, FLOW_MOVE_FAILED: enum pmip_err */
	const char *rule;          /**< MALFORMED, IGNORED, BINDING_REMOVED, REVOKED, REVOCATION_FAILED, UPDATE_FAILED, FLOW_MOVE_FAILED,
					IPV4_REFUSED: why, for people; static, may be NULL */
	const char *ref;           /**< the RFC section of rule; static, may be NULL */
	unsigned int prefix_count; /**< 0..PMIP_HNP_MAX */
	struct pmip_prefix prefix[PMIP_HNP_MAX]; /**< the session's prefixes */
	struct pmip_ipv4_home ipv4; /**< the session's IPv4 home address */
	enum pmip_tolerance tolerance; /**< TOLERATED: which was used; REFUSED, MALFORMED, IGNORED: which would have let it pass, 0 = none */
	uint32_t group;            /**< identifier of a group by the LMA, 0 = about none (RFC 6602) */
	size_t count;              /**< GROUP_REFRESHED, GROUP_RELEASED: bindings concerned */
	uint32_t vendor;           /**< VENDOR: private enterprise number */
	uint8_t vendor_subtype;    /**< VENDOR: the vendor's */
	struct pmip_bytes data;    /**< view; VENDOR, ACCESS_NETWORK: see there */
};

/** An ICMPv6 Parameter Problem to send (RFC 4443 section 3.4). */
struct pmip_param_problem {
	struct pmip_dgram dgram; /**< the offending message; its sender gets the answer */
	uint32_t pointer;        /**< octets from the first of the Mobility Header */
};

/** A mobile node to ask, for example by a Neighbour Solicitation (RFC 4861 section 7.3). */
struct pmip_probe {
	uint32_t link;           /**< access link */
	struct pmip_llid ll_id;  /**< its link-layer identifier; not known (len 0) = everybody there */
};

/** A record of a store: a key, and what stands under it. Both are views. */
struct pmip_store_op {
	uint32_t id;             /**< for pmip_lma_complete(); 0 = nobody waits for the result */
	struct pmip_bytes key;   /**< 1..256 octets */
	struct pmip_bytes value; /**< replaces what stands there, 1..8192 octets; len 0 = delete what stands there, if anything does */
};

/** One thing to do. */
struct pmip_action {
	enum pmip_action_type type; /**< which of u */
	bool durable;               /**< SEND: not if a STORE since there was nothing left to do has come to nothing; it is asked for again */
	union {
		struct pmip_datapath_op datapath;        /**< PMIP_ACTION_DATAPATH */
		struct pmip_dgram send;                  /**< PMIP_ACTION_SEND */
		struct pmip_ra ra;                       /**< PMIP_ACTION_RA */
		struct pmip_param_problem param_problem; /**< PMIP_ACTION_PARAM_PROBLEM */
		struct pmip_event event;                 /**< PMIP_ACTION_NOTIFY */
		struct pmip_probe probe;                 /**< PMIP_ACTION_PROBE */
		struct pmip_store_op store;              /**< PMIP_ACTION_STORE */
	} u; /**< by type */
};

#ifdef __cplusplus
}
#endif

#endif
