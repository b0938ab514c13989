/* SPDX-License-Identifier: BSD-2-Clause */
/** @file
 * The flow socket: how a flow manager, which decides where flows go, and an LMA, which owns bindings and forwarding, talk to each other.
 * This page is the whole protocol, for those who have another manager or another LMA.
 *
 * Transport. One connection of a UNIX socket of type SOCK_SEQPACKET; the LMA listens, one manager is connected at a time. A packet is one
 * message, of FLOWMOB_FMP_MAX octets at most. Requests, their answers and events share the connection, so that all of them have one order.
 * Integers are big-endian, addresses in network order, IPv4 addresses mapped (::ffff:a.b.c.d). Octets marked 0 are sent as 0 and refused
 * otherwise.
 *
 * Message = header, body:
 *
 *     version 8    FLOWMOB_FMP_VERSION
 *     op 8         enum flowmob_fmp_op; an answer has the bit FLOWMOB_FMP_ANSWER set
 *     request 16   chosen by the manager, repeated in the answer; 0 in events
 *     length 16    octets of the body
 *     status 16    enum flowmob_fmp_status in an answer; 0 otherwise
 *
 * Parts of bodies:
 *
 *     FLOW (44)    source 128, destination 128, flow label 32 (20 bits), source port 16, destination port 16, protocol 8, 0 24
 *     PLACE (8)    flow id 32, tunnel id 32; neither is 0
 *     MN-ID        subtype 8, length 8, octets
 *     SCOPE (4)    enum flowmob_watch 8, 0 24
 *     FLOW COUNT (24)    flow id 32, idle 32 (milliseconds since its last packet; 0xffffffff = none has come), packets 64, octets 64
 *     TUNNEL COUNT (32)  tunnel id 32, 0 32, packets 64, octets 64, dropped packets 64
 *     ATTACHMENT   tunnel id 32, Proxy-CoA 128, access technology 8, model 8 (enum flowmob_model), number of prefixes 8 (1..8),
 *                  for each prefix: length 8, address 128; then an MN-ID that is not empty
 *
 * Requests of the manager, and the body of the answer when the status is OK. With any other status it is empty, but for STALE.
 *
 *     ADD      FLOW                                  PLACE, or empty: the destination is in no Home Network Prefix. A flow that is known
 *                                                    has the place that it had.
 *     MOVE     flow id 32, tunnel in use 32,         PLACE: where the flow goes now; the new way is in force. STALE when it was not on the
 *              tunnel wanted 32 (0 = any other       tunnel named as in use: PLACE says where it is, and nothing has changed. NO_TUNNEL when
 *              of the mobile node)                   the mobile node has no other or not the one wanted. The answer waits for the MAG where
 *                                                    it must be told first (RFC 7864 section 3.2).
 *     DEL      flow id 32                            empty; an id that is not known is OK too
 *     LIST     empty                                 more 8, 0 8, number 16, so many of {PLACE, FLOW}: all flows that are known
 *     TUNNELS  MN-ID; length 0 = of all              more 8, 0 8, number 16, so many ATTACHMENTs
 *     WATCH    SCOPE                                 empty: from now on FLOW_SEEN tells of flows to these mobile nodes. REFUSED when the
 *                                                    LMA's datapath cannot see flows. In force as long as the connection
 *     FLOW_COUNTERS    empty                         more 8, 0 8, number 16, span 32, so many FLOW COUNTs: of flows that have counted in the last
 *                                                    span milliseconds. Span 0: of all flows, whatever they had counted. REFUSED when the
 *                                                    LMA's datapath does not count flows, BUSY when the last one is not answered to its end
 *     TUNNEL_COUNTERS  empty                         more 8, 0 8, number 16, so many TUNNEL COUNTs: of all tunnels. REFUSED as above
 *
 * LIST, TUNNELS and the counters are answered by one message or more; more is 1 in all of them but the last. Those of LIST and TUNNELS are sent
 * without a pause: no event comes between them, and those after them tell of changes to just what they listed. Counters are of what was sent
 * to mobile nodes; one that is lower than before began anew.
 *
 * No answer to FLOW_COUNTERS looks at more than 32768 flows or at an eighth of all, whichever is more: with more of them than that, the next
 * request goes on where the last one ended, and span is the time since it was the turn of the same flows. A connection's first round over all
 * flows has span 0. A flow that is not told has not counted in that time.
 *
 * Events of the LMA:
 *
 *     BINDING_ADDED    ATTACHMENT   a mobile node can be reached through a tunnel: its first one, or a further one; also when some of its
 *                                   prefixes have changed. Sent before any flow is placed there
 *     BINDING_DELETED  ATTACHMENT   no longer: de-registered, expired, revoked, or now elsewhere, and then behind the BINDING_ADDED of its
 *                                   new place. The manager deletes the flows to prefixes that no other attachment has (weak host), and
 *                                   moves those on the tunnel to another one of the mobile node (logical interface)
 *     FLOW_MOVED       PLACE        the LMA has moved a flow of its own accord
 *     FLOW_GONE        flow id 32   it has deleted one
 *     FLOW_SEEN        FLOW         a packet of a flow that is not known went its way to a watched mobile node, which was not made to wait; told again
 *                                   while it is not known, but not more than once a second
 *
 * Flow ids are unique while in use and not used again within 60 s. Tunnel ids name a tunnel for as long as it is there. An attachment is
 * known by its mobile node, tunnel, access technology and any of its prefixes.
 *
 * Either side may die and come back. A manager that connects asks TUNNELS (all) and then LIST, and takes over what is listed: an LMA that was
 * restarted lists nothing, so nothing is steered; one that went on forwarding lists what it steers, so nothing is steered without a manager
 * that knows. An LMA that has had no manager for FLOWMOB_FMP_ORPHAN_S deletes all flows: their packets go by the binding cache again. A
 * manager that loses the connection forgets all flows at once, lets packets pass unmarked, and tries again after 1, 2, 4 ... 30 s.
 *
 * A message that cannot be decoded is answered with status MALFORMED (an op not known: UNKNOWN_OP; another version: VERSION_UNKNOWN) if
 * it is a request with a whole header; otherwise the connection is closed.
 */
#ifndef FLOWMOB_FMP_H
#define FLOWMOB_FMP_H

#include <flowmob/api.h>
#include <pmip/error.h>
#include <pmip/flow.h>

#ifdef __cplusplus
extern "C" {
#endif

/** Version of the protocol. */
#define FLOWMOB_FMP_VERSION 1
/** Octets of the header. */
#define FLOWMOB_FMP_HEADER 8
/** Most octets of a message. */
#define FLOWMOB_FMP_MAX 4096
/** Bit of the op of an answer. */
#define FLOWMOB_FMP_ANSWER 0x80
/** Most flows in one answer to LIST. */
#define FLOWMOB_FMP_FLOWS_MAX 64
/** Most flows in one answer to FLOW_COUNTERS. */
#define FLOWMOB_FMP_FLOW_COUNTS_MAX 128
/** Most tunnels in one answer to TUNNEL_COUNTERS. */
#define FLOWMOB_FMP_TUNNEL_COUNTS_MAX 64
/** Most attachments in one answer to TUNNELS. */
#define FLOWMOB_FMP_ATTACHMENTS_MAX 8
/** How long an LMA without a manager keeps its flows, seconds. */
#define FLOWMOB_FMP_ORPHAN_S 60

/** What a message is. */
enum flowmob_fmp_op {
	FLOWMOB_FMP_ADD = 0x01,     /**< request: a flow has been seen */
	FLOWMOB_FMP_MOVE = 0x02,    /**< request: send it through another tunnel */
	FLOWMOB_FMP_DEL = 0x03,     /**< request: forget it */
	FLOWMOB_FMP_LIST = 0x04,    /**< request: which flows are known */
	FLOWMOB_FMP_TUNNELS = 0x05, /**< request: through which tunnels a mobile node, or each, can be reached */
	FLOWMOB_FMP_WATCH = 0x06,   /**< request: tell of flows that are not known */
	FLOWMOB_FMP_FLOW_COUNTERS = 0x07,   /**< request: what each flow has counted */
	FLOWMOB_FMP_TUNNEL_COUNTERS = 0x08, /**< request: what each tunnel has counted */
	FLOWMOB_FMP_BINDING_ADDED = 0x41,   /**< event */
	FLOWMOB_FMP_BINDING_DELETED = 0x42, /**< event */
	FLOWMOB_FMP_FLOW_MOVED = 0x43,      /**< event */
	FLOWMOB_FMP_FLOW_GONE = 0x44,       /**< event */
	FLOWMOB_FMP_FLOW_SEEN = 0x45,       /**< event */
};

/** How a request went. Values never change meaning. */
enum flowmob_fmp_status {
	FLOWMOB_FMP_OK = 0,         /**< done */
	FLOWMOB_FMP_NOENT = 1,      /**< no such flow or mobile node */
	FLOWMOB_FMP_STALE = 2,      /**< MOVE: the flow is on another tunnel than was said; nothing changed */
	FLOWMOB_FMP_NO_TUNNEL = 3,  /**< MOVE: the mobile node has no other tunnel, or not the one wanted; nothing changed */
	FLOWMOB_FMP_REFUSED = 4,    /**< MAG or datapath refused; nothing changed */
	FLOWMOB_FMP_FULL = 5,       /**< a limit of the LMA is reached */
	FLOWMOB_FMP_MALFORMED = 6,  /**< the request cannot be decoded */
	FLOWMOB_FMP_UNKNOWN_OP = 7, /**< op not known */
	FLOWMOB_FMP_VERSION_UNKNOWN = 8, /**< version not known; that of the answer is */
	FLOWMOB_FMP_BUSY = 9,       /**< MOVE: one of this flow is under way; nothing changed */
};

/** Whose flows are watched. */
enum flowmob_watch {
	FLOWMOB_WATCH_NONE = 0,    /**< nobody's */
	FLOWMOB_WATCH_MOVABLE = 1, /**< of mobile nodes that can be reached through several tunnels */
	FLOWMOB_WATCH_ALL = 2,     /**< of all */
};

/** How a mobile node with several interfaces uses them. */
enum flowmob_model {
	FLOWMOB_MODEL_WEAK_HOST = 1,         /**< each interface has addresses and a session of its own */
	FLOWMOB_MODEL_LOGICAL_INTERFACE = 2, /**< all share their addresses */
};

/** One way to reach a mobile node. */
struct flowmob_attachment {
	uint32_t tunnel;            /**< tunnel id, never 0 */
	struct pmip_addr proxy_coa; /**< the MAG */
	uint8_t att;                /**< enum pmip_att; of one of a MAG's several paths (RFC 8278) that of the path */
	enum flowmob_model model;   /**< see there */
	struct pmip_mnid mn_id;     /**< view; not empty */
	unsigned int prefix_count;  /**< 1..PMIP_HNP_MAX */
	struct pmip_prefix prefix[PMIP_HNP_MAX]; /**< Home Network Prefixes of the session */
};

/** Where a flow goes. */
struct flowmob_place {
	uint32_t flow_id; /**< never 0 */
	uint32_t tunnel;  /**< tunnel id, never 0 */
};

/** A flow and where it goes. */
struct flowmob_placed_flow {
	struct flowmob_place place; /**< id and tunnel */
	struct pmip_flow flow;      /**< what it is */
};

/** What a flow has counted. */
struct flowmob_flow_count {
	uint32_t flow_id; /**< never 0 */
	uint32_t idle_ms; /**< since its last packet; UINT32_MAX = none has come */
	uint64_t packets; /**< sent to the mobile node */
	uint64_t octets;  /**< of these */
};

/** What a tunnel has counted. */
struct flowmob_tunnel_count {
	uint32_t tunnel;  /**< tunnel id, never 0 */
	uint64_t packets; /**< put into it */
	uint64_t octets;  /**< of these, without the tunnel's header */
	uint64_t dropped; /**< packets that the LMA's kernel dropped on their way out, as far as it tells */
};

/** One message. Which member of u it has follows from op and status; see the tables above. */
struct flowmob_fmp {
	uint8_t op;       /**< enum flowmob_fmp_op, with FLOWMOB_FMP_ANSWER in an answer */
	uint16_t request; /**< which request; 0 in events */
	uint16_t status;  /**< enum flowmob_fmp_status; 0 but in answers */
	union {
		struct pmip_flow flow;                /**< ADD, FLOW_SEEN */
		struct flowmob_place place;           /**< answers to ADD and MOVE, FLOW_MOVED; both 0 = empty answer to ADD */
		struct {
			struct flowmob_place in_use;  /**< which flow, and the tunnel it is believed to be on */
			uint32_t wanted;              /**< tunnel id; 0 = any other */
		} move;                               /**< MOVE */
		uint32_t flow_id;                     /**< DEL, FLOW_GONE; never 0 */
		struct pmip_mnid mn_id;               /**< view; TUNNELS; len 0 = all */
		struct flowmob_attachment attachment; /**< BINDING_ADDED, BINDING_DELETED */
		struct {
			bool more;                    /**< another answer follows */
			unsigned int count;           /**< 0..FLOWMOB_FMP_FLOWS_MAX */
			struct flowmob_placed_flow flow[FLOWMOB_FMP_FLOWS_MAX]; /**< so many */
		} list;                               /**< answer to LIST */
		struct {
			bool more;                    /**< another answer follows */
			unsigned int count;           /**< 0..FLOWMOB_FMP_ATTACHMENTS_MAX */
			struct flowmob_attachment attachment[FLOWMOB_FMP_ATTACHMENTS_MAX]; /**< so many */
		} tunnels;                            /**< answer to TUNNELS */
		enum flowmob_watch watch;             /**< WATCH */
		struct {
			bool more;                    /**< another answer follows */
			uint32_t span_ms;             /**< the time in which these have counted; 0 = since they were set */
			unsigned int count;           /**< 0..FLOWMOB_FMP_FLOW_COUNTS_MAX */
			struct flowmob_flow_count flow[FLOWMOB_FMP_FLOW_COUNTS_MAX]; /**< so many */
		} flow_counters;                      /**< answer to FLOW_COUNTERS */
		struct {
			bool more;                    /**< another answer follows */
			unsigned int count;           /**< 0..FLOWMOB_FMP_TUNNEL_COUNTS_MAX */
			struct flowmob_tunnel_count tunnel[FLOWMOB_FMP_TUNNEL_COUNTS_MAX]; /**< so many */
		} tunnel_counters;                    /**< answer to TUNNEL_COUNTERS */
	} u; /**< by type */
};

/** Read a message.
 * @param[out] message  filled on success; views into buf. On an error op and request are filled when there is a whole header, else 0.
 * @param[in]  buf      one packet. @param[in] len its octets.
 * @retval 0 done  @retval PMIP_ERR_SHORT fewer octets than header or length say  @retval PMIP_ERR_COUNT more octets, or another length than
 * the body has  @retval PMIP_ERR_UNSUPPORTED another version  @retval PMIP_ERR_TYPE_UNKNOWN op not known  @retval PMIP_ERR_VALUE a field
 * has a value that is not allowed. Since: 0.1. */
FLOWMOB_API int flowmob_fmp_decode(struct flowmob_fmp *message, const uint8_t *buf, size_t len);

/** Write a message.
 * @param[out] buf  cap octets; FLOWMOB_FMP_MAX are always enough.
 * @return octets written, or  @retval PMIP_ERR_NOBUF buf is too small  @retval PMIP_ERR_INVALID flowmob_fmp_decode() would refuse it.
 * Since: 0.1. */
FLOWMOB_API int flowmob_fmp_encode(uint8_t *buf, size_t cap, const struct flowmob_fmp *message);

/** Name of an op, e.g. "move", "move-answer"; NULL when there is none. Static. Since: 0.1. */
FLOWMOB_API const char *flowmob_fmp_op_name(uint8_t op);
/** Name of a status, e.g. "no-tunnel"; NULL when there is none. Static. Since: 0.1. */
FLOWMOB_API const char *flowmob_fmp_status_name(uint16_t status);

#ifdef __cplusplus
}
#endif

#endif
