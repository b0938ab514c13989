/* SPDX-License-Identifier: BSD-2-Clause */
/* Inside the flow manager: what its procedures share. manager.c has its doors, manager_input.c takes in what the LMA says, manager_flow.c makes,
 * moves and ends flows, manager_watch.c decides which are to be moved, by the rates of manager_rate.c, manager_nodes.c knows the mobile nodes.
 *
 * A flow is in the flow table from its first packet on. States:
 *
 *     ASKED    ADD is sent, packets wait; by the answer KNOWN or VOID, after 500 ms LATE
 *     LATE     as ASKED, but packets pass unmarked; given up after 10 s
 *     VOID     the LMA does not want it: packets pass unmarked; forgotten after 1 s, so that the next one asks again
 *     KNOWN    the LMA knows it and has told its id and tunnel
 */
#ifndef FLOWMOB_LIB_MANAGER_H
#define FLOWMOB_LIB_MANAGER_H

#include "base/timerq.h"
#include "libflowmob/manager_nodes.h"

#include <flowmob/flow_table.h>
#include <flowmob/fragment_table.h>
#include <flowmob/manager.h>

#define FLOWMOB__US_PER_MS UINT64_C(1000)
#define FLOWMOB__US_PER_S UINT64_C(1000000)
/* FMP-2: how long a packet waits. */
#define FLOWMOB__HOLD_US (500 * FLOWMOB__US_PER_MS)
/* Packets of one flow that wait at most; further ones pass unmarked. */
#define FLOWMOB__HELD_MAX 16
/* How long a request is waited for. A MOVE may have to wait for a MAG's answer to Update Notifications (RFC 7077), so it is long. */
#define FLOWMOB__ANSWER_US (10 * FLOWMOB__US_PER_S)
#define FLOWMOB__VOID_US FLOWMOB__US_PER_S
/* First fragments remembered: so many, so long (RFC 8200 section 4.5). */
#define FLOWMOB__FRAGMENTS 1024
#define FLOWMOB__FRAGMENT_MS 60000
/* FMP-12: between attempts to connect. */
#define FLOWMOB__BACKOFF_MIN_US FLOWMOB__US_PER_S
#define FLOWMOB__BACKOFF_MAX_US (30 * FLOWMOB__US_PER_S)
/* How often a flow is held against the policy, besides when something happens to it: rules know times of day and loads. */
#define FLOWMOB__POLICY_US (10 * FLOWMOB__US_PER_S)
/* What dealing with one flow queues at most: the packets held, a message, a notification, a result. */
#define FLOWMOB__FLOW_ACTIONS (FLOWMOB__HELD_MAX + FLOWMOB__KNOWN_ACTIONS)
/* The same for one that the LMA knows. */
#define FLOWMOB__KNOWN_ACTIONS 3
/* What one step queues at most besides what it does to flows. */
#define FLOWMOB__STEP_ACTIONS 4

struct flowmob_manager_config {
	struct pmip_mem mem;
	uint32_t max_flows, max_pending, max_attachments;
	uint32_t flow_idle_timeout_s;
	uint32_t period_ms;
	uint32_t drop_permille, min_packets;
	uint32_t hysteresis_ms;
	bool throughput_drop;
	bool lma_counters;
	enum flowmob_watch watch;
	int utc_offset_min;
};

enum flowmob__flow_state {
	FLOWMOB__ASKED,
	FLOWMOB__LATE,
	FLOWMOB__VOID,
	FLOWMOB__KNOWN,
};

/* Packets that wait for an answer. */
struct flowmob__held {
	unsigned int count;
	uint64_t handle[FLOWMOB__HELD_MAX];
};

/* What is known of a flow besides its entry in the flow table, whose user this is. */
struct flowmob__flow {
	struct flowmob_flow *entry;
	enum flowmob__flow_state state;
	struct pmip__timer timer;      /* ASKED, LATE, VOID: end of the state; KNOWN: end of the wait for MOVE's answer */
	struct flowmob__held *held;    /* ASKED only */
	uint16_t request;              /* ADD or MOVE that is not answered yet; 0 = none */
	uint32_t command;              /* an operator's, to be told the result of the request; 0 = none */
	const char *application;       /* borrowed; NULL = none */
	/* KNOWN only: */
	uint32_t id;                   /* the LMA's */
	struct flowmob__node *node;    /* NULL = not known */
	struct flowmob__tunnel *tunnel;
	struct pmip__list of_node, of_tunnel;
	struct pmip__list counted;     /* in the manager's list of those that have counted since the last evaluation */
	struct pmip__list to_ask;      /* in one of the manager's lists of those that the policy is to be asked for */
	enum flowmob_reason reason;    /* why it is there */
	enum flowmob_reason wish;      /* why the MOVE was sent */
	bool by_hand;                  /* an operator has moved it there: no matter for the policy */
	bool is_counted;               /* by the LMA, so much: */
	uint64_t lma_octets;
	uint64_t octets;               /* when its rates were made */
	uint64_t judged_us;            /* that was then */
	uint64_t span_us;              /* and these were the octets of so long; it has been looked at so often since, and had counted nothing */
	uint64_t rate_bps, average_bps; /* then; see flowmob__rate_of() */
	uint32_t samples;              /* that the average is of */
	uint64_t movable_us;           /* not moved of our own accord before */
	uint64_t asked_us;             /* when the policy was asked last */
	uint32_t asked_policy;         /* which one: manager->policies then */
	uint64_t hold_us;              /* how long it stayed after the last time */
};

enum flowmob__link_state {
	FLOWMOB__DOWN,         /* waiting to connect */
	FLOWMOB__CONNECTING,   /* the caller has been asked to */
	FLOWMOB__SYNC_TUNNELS, /* waiting for the answer to TUNNELS */
	FLOWMOB__SYNC_FLOWS,   /* waiting for the answer to LIST */
	FLOWMOB__READY,
};

struct flowmob__actions {
	struct flowmob_action *queue;
	size_t first, count, cap;
	bool closed; /* nothing is queued any more */
};

struct flowmob_manager {
	struct pmip_mem mem;
	struct flowmob_manager_config config;
	const struct flowmob_policy *policy;             /* borrowed; NULL = none */
	const struct flowmob_applications *applications; /* borrowed; NULL = none */
	struct flowmob_flow_table *table;
	struct flowmob_fragment_table *fragments; /* first fragments -> tunnel */
	struct pmip__htable by_id;      /* flows that are KNOWN, by the LMA's id */
	struct pmip__htable by_request; /* flows with a request, whose number is its hash: nobody but us chooses it */
	struct flowmob__nodes nodes;
	struct pmip__timerq timers;
	struct flowmob__actions actions;
	size_t held;     /* packets */
	size_t commands; /* operators' that wait */
	enum flowmob__link_state link;
	uint64_t link_us;  /* DOWN: connect then; SYNC: give up then */
	uint64_t backoff_us;
	uint16_t request;  /* the last one used */
	uint16_t sync;     /* the last request of TUNNELS or LIST */
	uint16_t counting; /* request of counters that is not answered to its end; 0 = none */
	uint64_t last_us;
	uint64_t poll_us, evaluated_us;
	uint64_t span_us;  /* between two looks at the same flow, the last time; 0 = not known */
	struct pmip__list counted; /* flows with new octets */
	struct pmip__list to_ask;  /* the flow that the policy was asked for longest ago first */
	struct pmip__list hindered; /* flows that it was to be asked for when they could not be moved */
	uint32_t policies; /* that have been set */
	uint64_t counters[FLOWMOB_MANAGER_COUNTERS];
};

/* manager.c */
/* Make the next n pushes succeed, and those of a step besides. 0 or PMIP_ERR_NOMEM. */
int flowmob__manager_reserve(struct flowmob_manager *manager, size_t n);
void flowmob__manager_push(struct flowmob_manager *manager, const struct flowmob_action *action);
void flowmob__manager_send(struct flowmob_manager *manager, const struct flowmob_fmp *message);
/* A request id that is not waited for. */
uint16_t flowmob__manager_next_request(struct flowmob_manager *manager);
/* What every call that takes the time begins with, with room for n actions. 0, PMIP_ERR_TIME or PMIP_ERR_NOMEM. */
int flowmob__manager_enter(struct flowmob_manager *manager, size_t n, struct pmip_now now);
/* End the connection, from our side. Needs room for flowmob__manager_loss() actions. */
void flowmob__manager_disconnect(struct flowmob_manager *manager);
/* What the loss of the connection queues at most. */
size_t flowmob__manager_loss(const struct flowmob_manager *manager);

/* manager_flow.c */
/* Ask the LMA for the flow of a packet, which is not in the table. 0, PMIP_ERR_FULL or PMIP_ERR_NOMEM; nothing has changed then. */
int flowmob__flow_ask(struct flowmob_manager *manager, struct flowmob__flow **asked, const struct flowmob_packet *packet);
/* Let a packet wait; false = no more may. */
bool flowmob__flow_hold(struct flowmob_manager *manager, struct flowmob__flow *flow, uint64_t handle);
/* The LMA has answered ADD. 0, or PMIP_ERR_NOMEM and nothing has changed. */
int flowmob__flow_answered(struct flowmob_manager *manager, struct flowmob__flow *flow, const struct flowmob_fmp *answer);
/* The LMA has listed a flow. 0, PMIP_ERR_FULL, or PMIP_ERR_NOMEM and nothing has changed. */
int flowmob__flow_adopt(struct flowmob_manager *manager, const struct flowmob_placed_flow *listed);
/* The LMA has put a flow somewhere. 0, or PMIP_ERR_NOMEM and nothing has changed. */
int flowmob__flow_place(struct flowmob_manager *manager, struct flowmob__flow *flow, uint32_t tunnel, enum flowmob_reason reason);
/* Ask the LMA to move a flow that has no request open. 0, PMIP_ERR_FULL or PMIP_ERR_NOMEM. */
int flowmob__flow_move(struct flowmob_manager *manager, struct flowmob__flow *flow, uint32_t wanted, enum flowmob_reason wish);
/* The LMA has answered MOVE. 0, or PMIP_ERR_NOMEM and nothing has changed. */
int flowmob__flow_move_answered(struct flowmob_manager *manager, struct flowmob__flow *flow, const struct flowmob_fmp *answer);
/* Forget a flow; tell: the LMA too. Packets held pass. */
void flowmob__flow_end(struct flowmob_manager *manager, struct flowmob__flow *flow, enum flowmob_reason reason, bool tell);
/* Have the LMA end a flow that is not known here, or no longer. */
void flowmob__flow_send_del(struct flowmob_manager *manager, uint32_t id);
/* Its timer is due. */
void flowmob__flow_timeout(struct flowmob_manager *manager, struct flowmob__flow *flow);
/* Forget all flows without a word but to those who wait: packets held pass, commands fail. */
void flowmob__flow_forget_all(struct flowmob_manager *manager);
/* Put a packet's verdict into the queue. */
void flowmob__flow_verdict(struct flowmob_manager *manager, uint64_t handle, uint32_t tunnel);
struct flowmob__flow *flowmob__flow_by_id(const struct flowmob_manager *manager, uint32_t id);

/* manager_watch.c */
/* Another tunnel for a flow; NULL = it stays. forced: even one that is congested is better. */
struct flowmob__tunnel *flowmob__watch_target(const struct flowmob_manager *manager, const struct flowmob__flow *flow, bool forced,
					      struct pmip_now now);
/* flowmob__flow_move() there: the flow is not moved again for a while, and its load counts there at once. The same errors. */
int flowmob__watch_move(struct flowmob_manager *manager, struct flowmob__flow *flow, struct flowmob__tunnel *target,
			enum flowmob_reason wish);
/* Hold a flow against the policy, and ask for it to be moved if it should be elsewhere. 0, or PMIP_ERR_NOMEM. */
int flowmob__watch_policy(struct flowmob_manager *manager, struct flowmob__flow *flow, struct pmip_now now);
/* Ask the policy for a flow with the next evaluation; also for one that is known from now on. */
void flowmob__watch_ask_soon(struct flowmob_manager *manager, struct flowmob__flow *flow);
/* What the policy is asked with, of a flow whose node is known. */
struct flowmob__ways {
	struct flowmob_policy_way way[FLOWMOB__ATTACHMENTS_MAX];
	struct flowmob_policy_input input; /* views way */
};
void flowmob__watch_ways(const struct flowmob_manager *manager, const struct flowmob__flow *flow, struct flowmob__ways *ways,
			 struct pmip_now now);

/* manager_rate.c */
/* A packet of a flow has been seen, or several. */
void flowmob__rate_seen(struct flowmob_manager *manager, struct flowmob__flow *flow, uint32_t label, uint64_t octets, uint64_t mono_us);
/* The LMA says what a flow has counted. */
void flowmob__rate_counted(struct flowmob_manager *manager, const struct flowmob_flow_count *count);
/* Make rates of what has been counted. */
void flowmob__rate_judge_tunnel(struct flowmob_manager *manager, struct flowmob__tunnel *tunnel, uint64_t period_us);
void flowmob__rate_judge_flows(struct flowmob_manager *manager, uint64_t period_us);
/* Bits per second of a flow by now, of the last few samples and over a longer time. */
uint64_t flowmob__rate_of(const struct flowmob_manager *manager, const struct flowmob__flow *flow);
uint64_t flowmob__rate_average(const struct flowmob_manager *manager, const struct flowmob__flow *flow);
/* Whether the one is below half of the other. */
bool flowmob__rate_has_fallen(const struct flowmob_manager *manager, const struct flowmob__flow *flow);

#endif
