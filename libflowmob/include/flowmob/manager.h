/* SPDX-License-Identifier: BSD-2-Clause */
/** @file
 * The flow manager: knows the flows to mobile nodes and decides by which of its tunnels each one goes (RFC 7864, and the paper's section 3.3).
 * Sans-IO like pmip/lma.h: packets, messages of the flow socket (flowmob/fmp.h), counters and time go in, actions are pulled out.
 *
 *     flowmob_manager_input_packet(manager, &packet, handle, now);          a packet waits for its verdict
 *     flowmob_manager_input(manager, data, len, now);                       the LMA says something
 *     flowmob_manager_handle_timeout(manager, now);                         at flowmob_manager_next_deadline()
 *     while (flowmob_manager_next_action(manager, &action) == 1)            after each of them: do it
 *
 * An unknown flow is told to the LMA once, and its packets wait until the LMA says where it goes, or for 500 ms. The kernel mark of a packet
 * names the tunnel, so that there is one rule for each tunnel and none for a flow. The table of flows follows what the LMA has confirmed, never
 * what has been asked. Without a connection to the LMA packets pass unmarked.
 *
 * A context and everything from it belong to one thread at a time; different contexts are independent.
 */
#ifndef FLOWMOB_MANAGER_H
#define FLOWMOB_MANAGER_H

#include <flowmob/api.h>
#include <flowmob/applications.h>
#include <flowmob/fmp.h>
#include <flowmob/packet.h>
#include <flowmob/policy.h>
#include <pmip/error.h>
#include <pmip/mem.h>

#ifdef __cplusplus
extern "C" {
#endif

/** Most octets of a message to the LMA. */
#define FLOWMOB_REQUEST_MAX 64

struct flowmob_manager;
struct flowmob_manager_config;

/** Make a configuration with the defaults. @param[in] mem copied, or NULL. @retval 0 done  @retval PMIP_ERR_NOMEM. Since: 0.1. */
FLOWMOB_API int flowmob_manager_config_new(struct flowmob_manager_config **config, const struct pmip_mem *mem);
/** Free a configuration; NULL is fine. Since: 0.1. */
FLOWMOB_API void flowmob_manager_config_free(struct flowmob_manager_config *config);
/** Most flows at a time, those included that the LMA is being asked for, 1..4294967295; default 1000000. Packets of others pass unmarked.
 * @retval PMIP_ERR_INVALID. Since: 0.1. */
FLOWMOB_API int flowmob_manager_config_set_max_flows(struct flowmob_manager_config *config, uint32_t max);
/** Most requests that are not answered yet, 1..65000; default 4096. @retval PMIP_ERR_INVALID. Since: 0.1. */
FLOWMOB_API int flowmob_manager_config_set_max_pending(struct flowmob_manager_config *config, uint32_t max);
/** Most attachments of mobile nodes, 1..4294967295; default 1000000. @retval PMIP_ERR_INVALID. Since: 0.1. */
FLOWMOB_API int flowmob_manager_config_set_max_attachments(struct flowmob_manager_config *config, uint32_t max);
/** How long a flow stays without a packet, seconds, 1..86400; default 60. @retval PMIP_ERR_INVALID. Since: 0.1. */
FLOWMOB_API int flowmob_manager_config_set_flow_idle_timeout(struct flowmob_manager_config *config, uint32_t timeout_s);
/** How often counters are looked at, milliseconds, 100..60000; default 1000. @retval PMIP_ERR_INVALID. Since: 0.1. */
FLOWMOB_API int flowmob_manager_config_set_period(struct flowmob_manager_config *config, uint32_t period_ms);
/** When a tunnel counts as congested: more than so many of a thousand packets of a period are dropped, out of so many at least.
 * @param[in] drop_permille 1..999; default 50. @param[in] min_packets 1..4294967295; default 20. @retval PMIP_ERR_INVALID. Since: 0.1. */
FLOWMOB_API int flowmob_manager_config_set_congestion(struct flowmob_manager_config *config, uint32_t drop_permille, uint32_t min_packets);
/** How long a flow that has been moved stays where it is, and for how long a tunnel that was congested is no target, milliseconds,
 * 1..300000; default 5000. A flow that is moved again soon after stays twice as long each time, up to 300 s. @retval PMIP_ERR_INVALID.
 * Since: 0.1. */
FLOWMOB_API int flowmob_manager_config_set_hysteresis(struct flowmob_manager_config *config, uint32_t hysteresis_ms);
/** Move a flow as well when its bit rate falls below half of its average; default off: a sender may just have less to say. Since: 0.1. */
FLOWMOB_API int flowmob_manager_config_set_throughput_drop(struct flowmob_manager_config *config, bool on);
/** Local time for the policy, minutes east of UTC, -1440..1440; default 0. @retval PMIP_ERR_INVALID. Since: 0.1. */
FLOWMOB_API int flowmob_manager_config_set_utc_offset(struct flowmob_manager_config *config, int offset_min);

/** Whose flows the LMA tells of when a packet of them has gone its way (FLOW_SEEN); default FLOWMOB_WATCH_NONE, for a program that has packets wait.
 * @retval PMIP_ERR_INVALID. Since: 0.1. */
FLOWMOB_API int flowmob_manager_config_set_watch(struct flowmob_manager_config *config, enum flowmob_watch watch);
/** Ask the LMA in each period what flows and tunnels have counted, and evaluate that; default off. FLOWMOB_ACTION_POLL does not come then. Since: 0.1. */
FLOWMOB_API int flowmob_manager_config_set_lma_counters(struct flowmob_manager_config *config, bool on);

/** Make a manager, without a connection and a policy; its first deadline is now. @param[in] config copied. @param[in] mem copied, or NULL.
 * @param[in] hash_key 16 random octets against chosen flows; copied. @retval 0 done  @retval PMIP_ERR_NOMEM. Since: 0.1. */
FLOWMOB_API int flowmob_manager_new(struct flowmob_manager **manager, const struct flowmob_manager_config *config,
				    const struct pmip_mem *mem, const uint8_t hash_key[16]);
/** What decides from now on. Flows are held against it at the next evaluation.
 * @param[in] policy, applications borrowed until replaced; NULL = none.
 * Either may be changed in between, but for names of applications, which must stay until then. Since: 0.1. */
FLOWMOB_API void flowmob_manager_set_policy(struct flowmob_manager *manager, const struct flowmob_policy *policy,
					    const struct flowmob_applications *applications);
/** Free a manager; no action comes of it: packets still held are the caller's. NULL is fine. Since: 0.1. */
FLOWMOB_API void flowmob_manager_free(struct flowmob_manager *manager);

/** The flow socket has been connected, or the connection is lost or could not be made. When it is lost every flow is forgotten.
 * @retval 0 done  @retval PMIP_ERR_TIME, PMIP_ERR_NOMEM nothing changed. Since: 0.1. */
FLOWMOB_API int flowmob_manager_set_socket_up(struct flowmob_manager *manager, bool up, struct pmip_now now);
/** Take in a message of the LMA, one packet of the socket. What it sends is no error of this call; what cannot be decoded, or is no answer or
 * event, ends the connection.
 * @retval 0 done  @retval PMIP_ERR_TIME nothing changed  @retval PMIP_ERR_NOMEM give it again: of a list some may have been taken in, for
 * an added binding some flows moved; anything else has not changed. Since: 0.1. */
FLOWMOB_API int flowmob_manager_input(struct flowmob_manager *manager, const uint8_t *data, size_t len, struct pmip_now now);
/** Take in a packet to a mobile node. FLOWMOB_ACTION_VERDICT with its handle follows, at once or when the LMA has answered. A later fragment
 * goes where the first one of its packet went, if that is known.
 * @param[in] handle  names the packet; never looked at.
 * @retval 0 done  @retval PMIP_ERR_TIME, PMIP_ERR_NOMEM nothing changed; no verdict follows. Since: 0.1. */
FLOWMOB_API int flowmob_manager_input_packet(struct flowmob_manager *manager, const struct flowmob_packet *packet, uint64_t handle,
				       struct pmip_now now);
/** Packets of a flow that were not given to flowmob_manager_input_packet() but counted elsewhere, since the last time. They keep the flow from
 * being idle, and make its bit rate. @retval 0 done  @retval PMIP_ERR_NOENT no such flow. Since: 0.1. */
FLOWMOB_API int flowmob_manager_add_flow_octets(struct flowmob_manager *manager, uint32_t flow_id, uint64_t octets, struct pmip_now now);
/** Counters of a tunnel, as they stand. One that is lower than the last time counts from there. @param[in] packets sent into it. @param[in] octets of these.
 * @param[in] dropped packets that the kernel dropped on their way out.
 * @retval 0 done  @retval PMIP_ERR_NOENT no such tunnel. Since: 0.1. */
FLOWMOB_API int flowmob_manager_set_tunnel_counters(struct flowmob_manager *manager, uint32_t tunnel, uint64_t packets, uint64_t octets,
						    uint64_t dropped);
/** Look at the counters that came since the last time, and move flows that should be elsewhere. To be called after FLOWMOB_ACTION_POLL.
 * @retval 0 done  @retval PMIP_ERR_TIME nothing changed  @retval PMIP_ERR_NOMEM some flows were not looked at. Since: 0.1. */
FLOWMOB_API int flowmob_manager_evaluate(struct flowmob_manager *manager, struct pmip_now now);
/** A tunnel works, or does no longer: then its flows are moved, and none are moved to it. To be told again when the tunnel is new, and after
 * FLOWMOB_ACTION_FORGET_ALL: it counts as working then.
 * @retval 0 done  @retval PMIP_ERR_NOENT no such tunnel  @retval PMIP_ERR_TIME nothing changed  @retval PMIP_ERR_NOMEM some flows were not
 * moved. Since: 0.1. */
FLOWMOB_API int flowmob_manager_set_tunnel_up(struct flowmob_manager *manager, uint32_t tunnel, bool up, struct pmip_now now);

/** An operator adds a flow, as if a packet of it had come. @param[in] command comes back in FLOWMOB_ACTION_RESULT; not 0.
 * @retval 0 the result follows  @retval PMIP_ERR_EXIST the flow is known or being asked for  @retval PMIP_ERR_AGAIN no connection
 * @retval PMIP_ERR_FULL there is no room  @retval PMIP_ERR_INVALID an argument is outside its range
 * @retval PMIP_ERR_TIME, PMIP_ERR_NOMEM nothing changed. Since: 0.1. */
FLOWMOB_API int flowmob_manager_add_flow(struct flowmob_manager *manager, const struct pmip_flow *flow, uint32_t command,
					 struct pmip_now now);
/** An operator moves a flow. The policy leaves it there; congestion does not. @param[in] wanted tunnel id; 0 = any other.
 * @param[in] command as above.
 * @retval 0 the result follows  @retval PMIP_ERR_NOENT no such flow  @retval PMIP_ERR_EXIST it is being moved  @retval PMIP_ERR_AGAIN no
 * connection  @retval PMIP_ERR_FULL there is no room  @retval PMIP_ERR_INVALID an argument is outside its range
 * @retval PMIP_ERR_TIME, PMIP_ERR_NOMEM nothing changed. Since: 0.1. */
FLOWMOB_API int flowmob_manager_move_flow(struct flowmob_manager *manager, uint32_t flow_id, uint32_t wanted, uint32_t command,
					  struct pmip_now now);
/** An operator deletes a flow. It comes back with its next packet. @retval 0 done  @retval PMIP_ERR_NOENT no such flow
 * @retval PMIP_ERR_TIME, PMIP_ERR_NOMEM nothing changed. Since: 0.1. */
FLOWMOB_API int flowmob_manager_del_flow(struct flowmob_manager *manager, uint32_t flow_id, struct pmip_now now);

/** When to call flowmob_manager_handle_timeout(): monotonic microseconds, PMIP_TIME_NONE = never. Since: 0.1. */
FLOWMOB_API uint64_t flowmob_manager_next_deadline(const struct flowmob_manager *manager);
/** Do what has fallen due. @retval 0 done  @retval PMIP_ERR_TIME, PMIP_ERR_NOMEM call again. Since: 0.1. */
FLOWMOB_API int flowmob_manager_handle_timeout(struct flowmob_manager *manager, struct pmip_now now);

/** Kinds of actions. */
enum flowmob_action_type {
	FLOWMOB_ACTION_CONNECT = 1,    /**< connect the flow socket, then call flowmob_manager_set_socket_up() */
	FLOWMOB_ACTION_DISCONNECT = 2, /**< close it; do not call flowmob_manager_set_socket_up() */
	FLOWMOB_ACTION_SEND = 3,       /**< a message to the LMA */
	FLOWMOB_ACTION_VERDICT = 4,    /**< let a packet pass */
	FLOWMOB_ACTION_FLOW = 5,       /**< a flow is there, elsewhere, or gone: a datapath that marks flows itself is to follow */
	FLOWMOB_ACTION_FORGET_ALL = 6, /**< all flows are gone, also those of a process before this one */
	FLOWMOB_ACTION_POLL = 7,       /**< give counters, then call flowmob_manager_evaluate() */
	FLOWMOB_ACTION_RESULT = 8,     /**< what has come of an operator's command */
};

/** Why a flow is where it is, or gone. */
enum flowmob_reason {
	FLOWMOB_REASON_PACKET = 1,     /**< a packet of it was seen */
	FLOWMOB_REASON_LISTED = 2,     /**< the LMA knew it when the connection was made */
	FLOWMOB_REASON_OPERATOR = 3,   /**< an operator said so */
	FLOWMOB_REASON_POLICY = 4,     /**< a rule of the policy says so */
	FLOWMOB_REASON_CONGESTION = 5, /**< its tunnel was congested */
	FLOWMOB_REASON_THROUGHPUT = 6, /**< its bit rate had fallen below half of its average */
	FLOWMOB_REASON_BINDING = 7,    /**< its tunnel reaches the mobile node no longer */
	FLOWMOB_REASON_LMA = 8,        /**< the LMA did it */
	FLOWMOB_REASON_IDLE = 9,       /**< no packet for too long */
	FLOWMOB_REASON_TUNNEL_DOWN = 10, /**< its tunnel is down */
};

/** Name of a reason, e.g. "congestion"; NULL when there is none. Static. Since: 0.1. */
FLOWMOB_API const char *flowmob_reason_name(enum flowmob_reason reason);

/** What has become of a flow. */
struct flowmob_flow_event {
	uint32_t flow_id;           /**< the LMA's name for it */
	uint32_t tunnel;            /**< where it goes; 0 = it is gone */
	uint32_t old_tunnel;        /**< where it went before; 0 = it is new */
	struct pmip_flow flow;      /**< what it is */
	enum flowmob_reason reason; /**< why */
};

/** One thing to do. */
struct flowmob_action {
	enum flowmob_action_type type; /**< which of u */
	union {
		struct {
			uint8_t data[FLOWMOB_REQUEST_MAX]; /**< one packet of the socket */
			size_t len;                        /**< its octets */
		} send;                                    /**< FLOWMOB_ACTION_SEND */
		struct {
			uint64_t handle;                   /**< which packet */
			uint32_t tunnel;                   /**< mark it for this tunnel; 0 = leave it without a mark */
		} verdict;                                 /**< FLOWMOB_ACTION_VERDICT */
		struct flowmob_flow_event flow;            /**< FLOWMOB_ACTION_FLOW */
		struct {
			uint32_t command;                  /**< which */
			int err;                           /**< 0 = the LMA has answered; PMIP_ERR_AGAIN = it has not */
			uint16_t status;                   /**< enum flowmob_fmp_status */
			struct flowmob_place place;        /**< where the flow is; both 0 = it is not, or not known */
		} result;                                  /**< FLOWMOB_ACTION_RESULT */
	} u;                                               /**< by type */
};

/** Take the next action. @retval 1 action filled  @retval 0 no more. Since: 0.1. */
FLOWMOB_API int flowmob_manager_next_action(struct flowmob_manager *manager, struct flowmob_action *action);

/** A flow as a reader sees it. */
struct flowmob_flow_info {
	size_t size;              /**< sizeof(struct flowmob_flow_info), set by the caller */
	uint32_t flow_id;         /**< the LMA's name for it */
	uint32_t tunnel;          /**< where it goes */
	struct pmip_flow flow;    /**< what it is */
	const char *application;  /**< NULL = none of those that there are */
	struct pmip_mnid mn_id;   /**< view, valid until the next call; len 0 = not known */
	uint64_t octets;          /**< seen so far */
	uint64_t rate_bps;        /**< bits per second, of the last few periods */
	uint64_t average_bps;     /**< bits per second, over a longer time */
	uint64_t seen_us;         /**< when its last packet came, monotonic clock */
	enum flowmob_reason reason; /**< why it is there */
};

/** Walk the flows. @param[in,out] cursor flow id of the one before, 0 to start; it may be gone only if the walk starts anew.
 * @retval 1 info filled  @retval 0 no more. Since: 0.1. */
FLOWMOB_API int flowmob_manager_next_flow(const struct flowmob_manager *manager, size_t *cursor, struct flowmob_flow_info *info);
/** Look a flow up. @retval 0 info filled  @retval PMIP_ERR_NOENT. Since: 0.1. */
FLOWMOB_API int flowmob_manager_get_flow(const struct flowmob_manager *manager, struct flowmob_flow_info *info, uint32_t flow_id);
/** Tell what the policy makes of a flow, and why; nothing is done. @see flowmob_policy_explain().
 * @return octets of the whole text, or  @retval PMIP_ERR_NOENT no such flow, or no policy. Since: 0.1. */
FLOWMOB_API int flowmob_manager_explain(const struct flowmob_manager *manager, char *buf, size_t cap, uint32_t flow_id, struct pmip_now now);
/** Whether the connection is made and what the LMA knows has been taken over. Since: 0.1. */
FLOWMOB_API bool flowmob_manager_is_ready(const struct flowmob_manager *manager);

/** What a manager counts. */
enum flowmob_manager_counter {
	FLOWMOB_MANAGER_PACKETS = 0,  /**< packets taken in */
	FLOWMOB_MANAGER_UNMARKED,     /**< those that passed without a mark */
	FLOWMOB_MANAGER_UNANSWERED,   /**< flows whose packets waited in vain */
	FLOWMOB_MANAGER_FULL,         /**< flows, attachments and requests beyond a limit */
	FLOWMOB_MANAGER_LMA_FULL,     /**< flows that the LMA has no room for */
	FLOWMOB_MANAGER_ADDED,        /**< flows that got a place */
	FLOWMOB_MANAGER_MOVED,        /**< moves done, by whomever */
	FLOWMOB_MANAGER_MOVE_FAILED,  /**< moves asked for and not done */
	FLOWMOB_MANAGER_DELETED,      /**< flows gone, idle ones included */
	FLOWMOB_MANAGER_IDLE,         /**< flows gone because they were idle */
	FLOWMOB_MANAGER_CONGESTED,    /**< periods in which a tunnel was congested */
	FLOWMOB_MANAGER_DISCONNECTED, /**< connections lost */
	FLOWMOB_MANAGER_MALFORMED,    /**< messages that ended a connection */
	FLOWMOB_MANAGER_COUNTERS,     /**< how many there are */
};

/** Value of a counter. Since: 0.1. */
FLOWMOB_API uint64_t flowmob_manager_get_counter(const struct flowmob_manager *manager, enum flowmob_manager_counter counter);
/** Name of a counter, e.g. "move_failed"; NULL when there is none. Static. Since: 0.1. */
FLOWMOB_API const char *flowmob_manager_counter_name(enum flowmob_manager_counter counter);

#ifdef __cplusplus
}
#endif

#endif
