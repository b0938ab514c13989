/* SPDX-License-Identifier: BSD-2-Clause */
/* Inside the LMA engine: what its procedures share. The way of a PBU: lma.c takes it in, lma_request.c checks it in the order of
 * RFC 5213 section 5.3.1, lma_lookup.c says which session it means (section 5.4.1), lma_redirect.c has another LMA act (RFC 6463),
 * lma_gre.c and lma_ipv4.c decide about GRE and an IPv4 home address (RFC 5845, RFC 5844), lma_multipath.c has the paths of one MAG (RFC 8278), lma_register.c acts on all that (RFC 5213
 * sections 5.3.2 to 5.3.5), lma_tunnel.c has the tunnels, lma_hold.c keeps it when it must wait, lma_reply.c builds the PBA (section 5.3.6). Mobile nodes with several
 * attachments: lma_share.c has prefixes that attachments share and paths, lma_flow.c single flows, lma_fmi.c what MAGs are told of prefixes
 * at other MAGs (RFC 7864). */
#ifndef PMIP_ENGINE_LMA_H
#define PMIP_ENGINE_LMA_H

#include "engine/action_queue.h"
#include "engine/group.h"
#include "engine/heartbeat.h"
#include "engine/input.h"
#include "engine/revocation.h"
#include "engine/tolerance.h"
#include "engine/update.h"
#include "state/addr_set.h"
#include "state/binding_cache.h"
#include "state/flow_cache.h"
#include "state/peer_rule.h"
#include "state/prefix_pool.h"
#include "state/profile.h"
#include "state/record.h"

#include <pmip/lma.h>
#include <pmip/wire.h>

/* Sessions of one mobile node at most; one more is refused with status 130. */
#define PMIP__LMA_SESSIONS_MAX 16
/* Most operations of a registration: tunnel, path, prefixes, IPv4 home address. */
#define PMIP__TXN_OPS (2 + PMIP_HNP_MAX + 1)

/* What one step (a message, a timer, a completion) may queue at most. A step touches one session, so: a tunnel, its prefixes set and
 * put back, a path for each session of its mobile node, and a few events; the octets are one PBA and the MN-IDs of the events. */
#define PMIP__LMA_STEP_ACTIONS (2 * PMIP__TXN_OPS + PMIP__LMA_SESSIONS_MAX + 8 + PMIP_TOLERANCES)
#define PMIP__LMA_STEP_OCTETS 4096

struct pmip__pool_config {
	struct pmip_prefix prefix; /* that of IPv4 home addresses is a mapped one */
	uint8_t hnp_len;
	uint8_t router[4]; /* of IPv4 home addresses */
};

struct pmip_lma_config {
	struct pmip_mem mem;
	uint32_t max_bindings, max_flows, max_lifetime_s;
	uint32_t min_delay_before_bce_delete_ms, max_delay_before_new_bce_assign_ms, timestamp_window_ms;
	bool timestamp_in_use, mobile_node_generated_timestamp, revoke_on_unknown_handoff, bulk, multipath;
	struct pmip__pool_config *pools;
	size_t pool_count, pool_cap;
	struct pmip__heartbeat_config heartbeat;
	struct pmip__update_config update;
	struct pmip_suboption mag_reregistration, mag_heartbeat; /* for MAGs; type 0 = none */
	enum pmip_lma_gre gre;
	struct pmip_addr address; /* :: = not said */
	enum pmip_flowmob flowmob;
	uint8_t hi_logical_interface; /* besides PMIP_HI_SHARED; 0 = none */
	uint8_t flowmob_option_type;  /* of PMIP_FLOWMOB_PAPER2011 */
	bool flowmob_flows;           /* MAGs are told of flows, too */
	struct pmip__peer_rules mags;
	struct pmip__r2lma *r2lmas;
	size_t r2lma_count, r2lma_cap;
	uint32_t redirect_above;
	struct pmip__addr_set rflmas; /* those that may send sessions to us */
	struct pmip__addr_set global_revokers; /* MAGs that may revoke all their bindings at once (RFC 5846 section 8.2) */
	struct pmip__profiles profiles;
	bool store; /* what is to outlive the process leaves as actions; looked at once, by pmip_lma_new() */
};

/* An LMA that sessions may be sent to (RFC 6463: r2LMA), and what is known of it. */
struct pmip__r2lma {
	struct pmip_addr addr;
	uint32_t max_sessions; /* 0 = what it tells */
	uint16_t priority;
	struct pmip_opt_load load; /* as told last; sessions: and those sent to it since */
	uint64_t avoid_until_us;   /* it has not answered */
};

/* Deep copy with the allocator of to, which is uninitialised. On failure to is empty. */
int pmip__lma_config_copy(struct pmip_lma_config *to, const struct pmip_lma_config *from, const struct pmip_mem *mem);
void pmip__lma_config_fini(struct pmip_lma_config *config);
/* What the configuration says of a MAG; NULL = it is none of ours. */
const struct pmip__peer_rule *pmip__lma_config_rule(const struct pmip_lma_config *config, const struct pmip_addr *mag);

/* Everything about a PBU that its answer repeats (RFC 5213 section 5.3.6). */
struct pmip__reply {
	struct pmip_addr from, to;
	uint16_t seq;
	uint8_t accepted;    /* status of the PBA when it is accepted */
	uint8_t ipv4_status; /* why no IPv4 home address is given; 0 = no reason */
	/* What the MAG needs because it is not perfect: zero octets behind its MN-ID, the order of its Timestamp, nothing but what it has sent. */
	uint8_t mn_id_padding;
	enum pmip__timestamp_order timestamp_order;
	bool exact_echo;
	bool flow_mobility; /* of the mobile node */
	const char *rule; /* why it is refused, besides the status; static, NULL = nothing */
	struct pmip_binding_options options; /* of the PBU */
};

/* What a PBU that is accepted does to the session's IPv4 home address. */
struct pmip__ipv4_change {
	bool add, drop;
	bool shares;          /* that of the attachment which has the prefixes */
	struct pmip__hnp hnp; /* the one to add, taken from its pool */
	uint8_t plen;
	uint8_t router[4];
};

/* A PBU on its way through the engine. */
struct pmip__request {
	const struct pmip_dgram *dgram;
	struct pmip_bu bu;
	struct pmip__reply reply;
	const struct pmip__peer_rule *rule; /* of the sender; NULL = it is no MAG of ours */
	const struct pmip__peer_rule *mag;  /* of the MAG that it is about */
	uint32_t tolerated;                 /* what it has needed of what is tolerated */
	struct pmip_addr proxy_coa;
	const struct pmip_profile *profile;
	struct pmip__ipv4_change ipv4;
	struct pmip_gre gre; /* wanted; our key is left open */
	struct pmip_now now;
	bool by_timestamp; /* has one, and such are in use */
	bool repeats_ipv4; /* asks for IPv4 home addresses */
	bool too_many; /* more prefixes or a longer link-layer identifier than are kept */
	bool was_held; /* taken up again: the clock has moved on, so its timestamp is not held against it any more */
	bool may_wait; /* MaxDelayBeforeNewBCEAssign has not passed yet */
	struct pmip__path path; /* that it asks for; bid 0 = none */
	bool replaces; /* the session's other paths end when it is accepted */
	uint32_t tried; /* r2LMAs that will not do, a bit for each of the configuration */
};

/* The timestamp that orders it; NULL = its sequence number does. */
static inline const uint64_t *pmip__lma_timestamp_of(const struct pmip__request *request)
{
	return request->by_timestamp ? &request->reply.options.timestamp : NULL;
}

/* What a PBU means. */
enum pmip__outcome {
	PMIP__OUTCOME_NEW,
	PMIP__OUTCOME_UPDATE, /* match.session */
	PMIP__OUTCOME_SHARE,  /* a new session that shares match.anchor's prefixes */
	PMIP__OUTCOME_REJECT, /* match.status */
	PMIP__OUTCOME_IGNORE, /* match.rule */
	PMIP__OUTCOME_WAIT,   /* for the session's de-registration */
};

struct pmip__match {
	struct pmip__session *session;
	struct pmip__session *anchor;
	enum pmip_status status;
	bool replaces; /* the other paths of match.session end */
	const char *rule;
};

struct pmip__group_move;

/* A datapath operation whose result decides about a registration, a renumbering, a group's move or a flow. */
struct pmip__op {
	uint32_t id; /* 0 = not open */
	struct pmip__txn *txn;                 /* whose it is; all NULL = of a flow */
	struct pmip__renumbering *renumbering;
	struct pmip__group_move *move;
};

/* A registration whose forwarding is being set up. */
struct pmip__txn {
	struct pmip__session *session;
	struct pmip__reply reply;
	struct pmip__registration old; /* what to go back to; tunnel NULL = the session is new */
	enum pmip_binding_state old_state;
	uint64_t old_deadline_us;
	unsigned int open; /* operations */
	int err;           /* the first that failed, */
	bool store_failed; /* which was the store's */
	struct pmip__op ops[PMIP__TXN_OPS + 1]; /* and the store's */
	uint32_t store_id; /* the one of them that is the store's; 0 = none */
	bool store_asked;  /* it has left */
	bool stays;        /* nothing changes in the kernel */
	bool replaces;     /* the session's other paths end when it is done */
	bool added_ipv4;   /* the session had no IPv4 home address before */
	bool drops_ipv4;   /* and will have none when this is done */
	bool drops_prefixes; /* it will have an IPv4 home address alone */
	struct pmip_gre old_gre;
	struct pmip__path old_path;
	bool old_shares_ipv4;
};

/* A PBU that waits for a session: until its registration is complete, until it is de-registered (HI = 4), or until its MAG has said
 * whether the mobile node is still there (RFC 5846 section 8.1). */
struct pmip__held {
	struct pmip__list of_mn;
	struct pmip__mn *mn;
	struct pmip__timer timer; /* set: how long it waits for a de-registration */
	struct pmip__freshness fresh;
	struct pmip_dgram dgram;
	uint8_t octets[];
};

/* Sessions sent to other LMAs (RFC 6463); lma_redirect.c. */
struct pmip__redirection {
	struct pmip__outstanding_set forwarded; /* PBUs that an r2LMA is to answer */
	struct pmip__htable assigned;           /* mobile nodes that an r2LMA has or is to have, by MN-ID */
	struct pmip__list by_age;
};

/* Kinds of timers. */
enum { PMIP__TIMER_SESSION, PMIP__TIMER_HELD };

struct pmip_lma {
	struct pmip_mem mem;
	struct pmip_lma_config config;
	struct pmip__prefix_pool *pools; /* config.pool_count of them */
	struct pmip__binding_cache cache;
	struct pmip__flow_cache flows;
	size_t held_count;
	struct pmip__timerq timers;
	struct pmip__heartbeat heartbeat;
	struct pmip__action_queue actions;
	struct pmip__htable ops; /* open, by id */
	struct pmip__input input;
	struct pmip__outstanding_set revocations;
	struct pmip__outstanding_set updates;
	struct pmip__redirection redirection;
	struct pmip__lma_store *store; /* NULL = none */
	uint32_t last_op, last_group;
	uint64_t last_us;
	uint64_t wall_offset_us; /* what the wall clock was ahead of the other when somebody called last, modulo 2^64 */
	uint64_t counters[PMIP_LMA_COUNTERS];
};

/* lma.c */
int pmip__lma_reserve(struct pmip_lma *lma);
/* What every call that takes the time begins with. */
int pmip__lma_enter(struct pmip_lma *lma, struct pmip_now now);
void pmip__lma_notify(struct pmip_lma *lma, const struct pmip_event *event);
/* An event about a session, its fields filled in. */
struct pmip_event pmip__lma_session_event(enum pmip_event_type type, const struct pmip__session *session);
/* Queue an operation whose result only counts, and one that a registration waits for. */
void pmip__lma_op_untracked(struct pmip_lma *lma, struct pmip_datapath_op op);
void pmip__lma_op(struct pmip_lma *lma, struct pmip__txn *txn, struct pmip_datapath_op op);
/* A registration waits for what the store is told of its mobile node next. */
void pmip__lma_op_store(struct pmip_lma *lma, struct pmip__txn *txn);
/* The same for any *open, which needs room in the table. Whose it is, is the caller's to set. */
void pmip__lma_op_open(struct pmip_lma *lma, struct pmip__op *open, struct pmip_datapath_op op);

/* The sender of a message has needed these tolerances. */
void pmip__lma_tolerated(struct pmip_lma *lma, const struct pmip_addr *mag, uint32_t used);

/* Whether a message comes in order after the last one of its kind: a status. any_time: its timestamp is not held against our clock. */
enum pmip_status pmip__lma_check_fresh(const struct pmip_lma *lma, const struct pmip__request *request, const struct pmip__freshness *last,
				       bool any_time);
/* lma_request.c: check a PBU and act on it. 0, or PMIP_ERR_NOMEM with nothing changed. */
int pmip__lma_request(struct pmip_lma *lma, struct pmip__request *request, const struct pmip_mh *mh);
void pmip__lma_ignore(struct pmip_lma *lma, const struct pmip__request *request, const char *rule, const char *ref);

/* lma_lookup.c */
/* Whether a session has the prefixes that are named, and no others. */
bool pmip__lma_has_prefixes(const struct pmip__session *session, const struct pmip_binding_options *options);
/* What a PBU is about; mn: who it names, NULL = nobody who is known. */
enum pmip__outcome pmip__lma_lookup(const struct pmip_lma *lma, const struct pmip__request *request, const struct pmip__mn *mn,
				    struct pmip__match *match);

/* lma_register.c */
/* The lifetime granted: what was asked for, within what configuration and profile (NULL = none) allow. */
uint32_t pmip__lma_grant(const struct pmip_lma *lma, uint32_t asked_s, const struct pmip_profile *profile);
/* A registration is accepted: its lifetime begins. */
void pmip__lma_start_lifetime(struct pmip_lma *lma, struct pmip__session *session, uint64_t now_us);
/* anchor: whose prefixes it shares; NULL = it gets its own. */
int pmip__lma_register_new(struct pmip_lma *lma, const struct pmip__request *request, const struct pmip__session *anchor);
int pmip__lma_register_update(struct pmip_lma *lma, const struct pmip__request *request, struct pmip__session *session);
void pmip__lma_deregister(struct pmip_lma *lma, const struct pmip__request *request, struct pmip__session *session);
/* Stop forwarding, and keep the session for MinDelayBeforeBCEDelete. */
void pmip__lma_release(struct pmip_lma *lma, struct pmip__session *session, uint64_t now_us);
/* All operations of a registration have come back: answer it, or roll it back. Returns the mobile node if PBUs wait for it. */
struct pmip__mn *pmip__lma_register_finish(struct pmip_lma *lma, struct pmip__txn *txn, struct pmip_now now);
/* Take a session's forwarding down and forget it. Prefixes that others share stay with them. */
void pmip__lma_remove(struct pmip_lma *lma, struct pmip__session *session, const char *rule, const char *ref);

/* What forwards a prefix of a session into its tunnel; which one is the caller's to set. */
struct pmip_datapath_op pmip__lma_binding_op(const struct pmip__session *session);
/* Forward its prefixes into its tunnel, whatever comes of it: its next registration makes sure. */
void pmip__lma_put_forwarding(struct pmip_lma *lma, struct pmip__session *session);
/* The same, and its path, once more for one that is unsure of them: it has been extended, and a PBU of its own may not come any more. */
void pmip__lma_repeat_forwarding(struct pmip_lma *lma, struct pmip__session *session);

/* lma_tunnel.c */
/* Drop a reference to a tunnel; the last one takes it down. NULL is fine. */
void pmip__lma_put_tunnel(struct pmip_lma *lma, struct pmip__tunnel *tunnel);
/* Make the static tunnels of a configuration that is to come into force; room for letting go those of the one in force is reserved. 0, or
 * PMIP_ERR_CONFIG or _NOMEM. */
int pmip__lma_static_tunnels_make(struct pmip_lma *lma, struct pmip_lma_config *config);
/* Let them go: the configuration has none any more. */
void pmip__lma_static_tunnels_end(struct pmip_lma *lma, struct pmip_lma_config *config);

/* lma_share.c */
/* Whether its MAGs may be told of what it has elsewhere. */
bool pmip__lma_is_flow_mobile(const struct pmip_lma *lma, const struct pmip__mn *mn);
/* The prefixes that the mobile node has at other MAGs: as many as the session has room for beside its own. Returns how many. */
unsigned int pmip__lma_elsewhere(const struct pmip_lma *lma, const struct pmip__session *session, struct pmip_prefix prefix[PMIP_HNP_MAX]);
/* Whether its prefixes are also another session's. */
bool pmip__lma_is_sharing(const struct pmip__session *session);
/* Add the prefixes that the mobile node has at other MAGs to what this one is told. exact_echo: its PBAs will not tell it. */
void pmip__lma_announce(struct pmip_lma *lma, struct pmip__session *session, struct pmip_binding_options *options,
			const struct pmip__reply *reply);
/* Let each tunnel of a mobile node with several attachments carry all that is bound to it, and those of others not. */
void pmip__lma_follow_paths(struct pmip_lma *lma, const struct pmip__mn *mn);
/* A session is in this tunnel no more. */
void pmip__lma_leave_path(struct pmip_lma *lma, const struct pmip__session *session, const struct pmip__tunnel *tunnel);

/* lma_flow_query.c */
void pmip__lma_flow_fill(struct pmip_flow_info *info, const struct pmip__flow *flow);

/* lma_flow.c */
/* The operation of a flow has come back. */
void pmip__lma_flow_completed(struct pmip_lma *lma, struct pmip__op *op, int err);
/* Forget such an operation. */
void pmip__lma_flow_abandon(struct pmip_lma *lma, struct pmip__op *op);
/* A session has gone to another tunnel: its flows go with it. */
void pmip__lma_flows_follow(struct pmip_lma *lma, const struct pmip__session *session);
/* A session is registered anew: what the datapath has refused of its flows is asked for again. */
void pmip__lma_flows_make_sure(struct pmip_lma *lma, const struct pmip__session *session);
/* The MAG of a session has the IPv4 home address of another no more: flows to it go on over that. */
void pmip__lma_flows_leave_ipv4(struct pmip_lma *lma, const struct pmip__session *session);
/* A session has a prefix, or an IPv4 home address, no more: flows to it end. */
void pmip__lma_flows_end_at(struct pmip_lma *lma, const struct pmip__session *session, const struct pmip_prefix *gone);
/* A session goes, or drops its packets: its flows go on over others, or end. heir: has its prefixes from now on, NULL = nobody has. */
void pmip__lma_flows_leave(struct pmip_lma *lma, const struct pmip__session *session, struct pmip__session *heir);
/* The flows of prefixes at other MAGs that its MAG is to be told of. Returns how many. */
unsigned int pmip__lma_told_flows(const struct pmip_lma *lma, const struct pmip__session *session, struct pmip__told_flow told[PMIP__TOLD_FLOWS_MAX]);
/* What the MAG of a session has been told, or has said to it, is known now: moves that wait for it go on. */
void pmip__lma_flows_told(struct pmip_lma *lma, const struct pmip__session *session);
/* Let the forwarding of some of the flows that have changed follow; of those that there is no memory for, later. */
void pmip__lma_flows_settle(struct pmip_lma *lma);

/* A flow that was moved, as its record says; it is not here yet. 0, or PMIP_ERR_FULL or _NOMEM with nothing changed. */
int pmip__lma_flow_put_back(struct pmip_lma *lma, struct pmip__session *anchor, struct pmip__session *over,
			    const struct pmip__flow_record *record);

/* lma_store.c */
/* 0 or PMIP_ERR_NOMEM. */
int pmip__lma_store_init(struct pmip_lma *lma);
/* What is to be stored next; false = nothing. */
bool pmip__lma_store_next(struct pmip_lma *lma, struct pmip_action *action);
/* A flow has gone to another session, or is over. */
void pmip__lma_store_flow(struct pmip_lma *lma, struct pmip__flow *flow);

/* lma_fmi.c */
/* Whether the MAG of a session can be told by a Flow Mobility Initiate of prefixes at others. */
bool pmip__lma_fmi_is_possible(const struct pmip_lma *lma, const struct pmip__session *session);
/* Tell it, unless that is under way. 0, or PMIP_ERR_NO_PATH: it is not possible, PMIP_ERR_FULL or PMIP_ERR_NOMEM. */
int pmip__lma_fmi_tell(struct pmip_lma *lma, struct pmip__session *session);
/* What is under way is of no use any more. */
void pmip__lma_fmi_cancel(struct pmip_lma *lma, struct pmip__session *session);
/* Its answer; whether it is one that is good. */
bool pmip__lma_fmi_is_granted(const struct pmip__update *update, const struct pmip_mh *mh);
/* What comes of it; without effect for other notifications. */
void pmip__lma_fmi_finish(struct pmip_lma *lma, const struct pmip__update *update);
void pmip__lma_fmi_fail(struct pmip_lma *lma, const struct pmip__update *update, uint8_t status);
/* Tell the MAGs of some of the mobile nodes whose prefixes have changed; those that there is no memory for, later. */
void pmip__lma_fmi_settle(struct pmip_lma *lma);

/* lma_prefix.c */
int pmip__lma_pools_new(struct pmip__prefix_pool **pools, const struct pmip_lma_config *config, const struct pmip_mem *mem,
			const struct pmip__binding_cache *cache);
void pmip__lma_pools_free(struct pmip__prefix_pool *pools, size_t count, const struct pmip_mem *mem);
/* The prefixes of a new session. Returns a status. */
enum pmip_status pmip__lma_prefixes_assign(struct pmip_lma *lma, const struct pmip__request *request, struct pmip__hnp *hnp,
					   unsigned int *count);
/* Set a prefix aside for a session; wanted: NULL = any of the pools. 0, PMIP_ERR_FULL, _EXIST or _INVALID. */
int pmip__lma_prefix_take(struct pmip_lma *lma, const struct pmip__session *session, const struct pmip_prefix *wanted, struct pmip__hnp *hnp);
void pmip__lma_prefixes_release(struct pmip_lma *lma, const struct pmip__hnp *hnp, unsigned int count);

/* The pool of a prefix or an IPv4 home address, among these or ours; NULL = none. */
struct pmip__prefix_pool *pmip__lma_pool_among(struct pmip__prefix_pool *pools, size_t count, const struct pmip_prefix *prefix);
struct pmip__prefix_pool *pmip__lma_pool_of(const struct pmip_lma *lma, const struct pmip_prefix *prefix);
/* One from the first pool of the kind that has one left which mobile nodes may have at this MAG, by preference that of the MN-ID. False = there is
 * none. */
bool pmip__lma_pool_alloc(struct pmip_lma *lma, const struct pmip_mnid *mn_id, const struct pmip__peer_rule *mag, bool ipv4,
			  struct pmip_prefix *prefix);
/* What the configuration says of the MAG that a session is at. */
const struct pmip__peer_rule *pmip__lma_mag_of(const struct pmip_lma *lma, const struct pmip__session *session);

/* lma_ipv4.c */
bool pmip__lma_is_ipv4_pool(const struct pmip__pool_config *pool);
struct pmip_prefix pmip__lma_ipv4_prefix(const struct pmip_ip *addr);
struct pmip_ip pmip__lma_ipv4_of_prefix(const struct pmip_prefix *prefix);
/* Leave out of the pools of IPv4 home addresses what is none, and what profiles fix. 0 or PMIP_ERR_CONFIG. */
int pmip__lma_ipv4_pools_prepare(struct pmip__prefix_pool *pools, const struct pmip_lma_config *config);
/* What becomes of IPv4: fills request->ipv4 and reply.ipv4_status. session: NULL = a new one; anchor: whose prefixes
 * a new one shares, or NULL. A status refuses the PBU. */
enum pmip_status pmip__lma_ipv4_decide(struct pmip_lma *lma, struct pmip__request *request, const struct pmip__session *session,
				       const struct pmip__session *anchor);
/* An address that was decided on and not given to a session goes back. */
void pmip__lma_ipv4_give_back(struct pmip_lma *lma, const struct pmip__request *request);
/* Take a session's IPv4 home address and its forwarding away. */
void pmip__lma_ipv4_drop(struct pmip_lma *lma, struct pmip__session *session);
struct pmip_ipv4_home pmip__lma_ipv4_of(const struct pmip__session *session);

/* lma_gre.c */
struct pmip_gre pmip__lma_gre_of(const struct pmip__session *session);
/* What becomes of GRE: fills request->gre and reply.accepted. A status refuses the PBU. */
enum pmip_status pmip__lma_gre_decide(const struct pmip_lma *lma, struct pmip__request *request);
/* Whether the session's packets look different from what is wanted. */
bool pmip__lma_gre_changes(const struct pmip__request *request, const struct pmip__session *session);

/* lma_multipath.c */
/* Take in what a PBU says of paths; one that is not to be understood is as if it were not there. */
void pmip__lma_multipath_read(const struct pmip_lma *lma, struct pmip__request *request);
enum pmip_status pmip__lma_multipath_check(const struct pmip__request *request);
/* The session of the mobile node, if that is known, by the same MAG that has paths and is meant; NULL = none. */
struct pmip__session *pmip__lma_multipath_find(const struct pmip__request *request, const struct pmip__mn *mn);
/* Which path of that session it is about: match.session, NULL = a new one. */
void pmip__lma_multipath_match(const struct pmip__request *request, struct pmip__session *session, struct pmip__match *match);
/* What another MAG, or one that does not ask for paths, says of a session that has several: of all of them, or of its own. */
void pmip__lma_multipath_from_elsewhere(const struct pmip__request *request, struct pmip__match *match);
/* A PBU of the path of this session has been accepted. */
void pmip__lma_multipath_accepted(struct pmip_lma *lma, struct pmip__session *session, const struct pmip_opt_multipath *option, bool replaces,
				  uint64_t now_us);

/* lma_reply.c */
void pmip__lma_reply_refuse(struct pmip_lma *lma, const struct pmip__reply *reply, enum pmip_status status,
			    struct pmip_now now);
void pmip__lma_reply_accept(struct pmip_lma *lma, const struct pmip__reply *reply, struct pmip__session *session,
			    uint32_t lifetime_s);

/* The answer to a request for a group. */
void pmip__lma_reply_group(struct pmip_lma *lma, const struct pmip__reply *reply, enum pmip_status status, uint32_t lifetime_s,
			   struct pmip_now now);

/* lma_parameters.c */
/* Most octets of both sub-options for MAGs. */
#define PMIP__MAG_PARAMETERS_MAX 16
/* Those that are configured. */
struct pmip_bytes pmip__lma_parameters(const struct pmip_lma *lma, uint8_t octets[PMIP__MAG_PARAMETERS_MAX]);

/* lma_bulk.c */
/* Whether a PBU asks for a place in the group of its MAG, and gets it; makes the group when it is the first. */
bool pmip__lma_bulk_join(struct pmip_lma *lma, const struct pmip__request *request, struct pmip__tunnel *tunnel);
/* Whether requests for the group of its tunnel concern a session. */
bool pmip__lma_bulk_is_member(const struct pmip__session *session);
/* Whether the group of a tunnel is meant. */
bool pmip__lma_bulk_is_group(const struct pmip__tunnel *tunnel, const struct pmip_opt_group *group);
/* Its MAG may think that others are in it than we do: end the group, so that the MAG asks for each by itself. */
void pmip__lma_bulk_dissolve(struct pmip_lma *lma, struct pmip__tunnel *tunnel);
/* A session that was stored as a member of a group comes back; whether it is one. */
bool pmip__lma_bulk_put_back(struct pmip__tunnel *tunnel, uint32_t group, const struct pmip__freshness *fresh);
/* A group has got a lifetime, and so many are in it: accept, count, tell. */
void pmip__lma_bulk_refreshed(struct pmip_lma *lma, const struct pmip__reply *reply, const struct pmip__tunnel *tunnel, uint32_t lifetime_s,
			      size_t count, struct pmip_now now);

/* lma_bulk_move.c */
/* The tunnel of the group that a PBU takes to another Proxy-CoA; NULL = it does not. */
struct pmip__tunnel *pmip__lma_bulk_left(const struct pmip_lma *lma, const struct pmip__request *request);
enum pmip_status pmip__lma_bulk_check_move(const struct pmip_lma *lma, const struct pmip__request *request, const struct pmip__tunnel *left);
/* Begin to. 0, or PMIP_ERR_NOMEM with nothing changed. */
int pmip__lma_bulk_move(struct pmip_lma *lma, const struct pmip__request *request, struct pmip__tunnel *from);
/* Room for what the end of it queues: 0 or PMIP_ERR_NOMEM. One of its operations is done; and it comes to nothing, with the engine. */
int pmip__lma_bulk_moved_reserve(struct pmip_lma *lma, const struct pmip__group_move *move);
void pmip__lma_bulk_moved(struct pmip_lma *lma, struct pmip__group_move *move, int err, struct pmip_now now);
void pmip__lma_bulk_move_abandon(struct pmip_lma *lma, struct pmip__group_move *move);

/* A PBU for a group. 0, or PMIP_ERR_NOMEM with nothing changed. */
int pmip__lma_bulk(struct pmip_lma *lma, const struct pmip__request *request, const struct pmip_mh *mh);

/* lma_heartbeat.c */
void pmip__lma_heartbeat(struct pmip_lma *lma, const struct pmip__request *request, const struct pmip_mh *mh);
void pmip__lma_heartbeat_timeout(struct pmip_lma *lma, struct pmip__peer *peer, struct pmip_now now);

/* lma_hold.c */
int pmip__lma_hold(struct pmip_lma *lma, const struct pmip__request *request, struct pmip__mn *mn, bool timed);
/* A newer PBU from the same MAG than one that is held has its own answer; the held one gets none. */
void pmip__lma_hold_supersede(struct pmip_lma *lma, const struct pmip__request *request, struct pmip__mn *mn);
/* Take up again what waits for this mobile node. */
void pmip__lma_hold_release(struct pmip_lma *lma, struct pmip__mn *mn, struct pmip_now now);
/* Wait without a timer: until somebody says what is next. */
void pmip__lma_hold_stop_timers(struct pmip_lma *lma, struct pmip__mn *mn);
/* The wait of all that is held for this mobile node is over; it is taken up again when timers are next looked at. */
void pmip__lma_hold_end(struct pmip_lma *lma, struct pmip__mn *mn, uint64_t now_us);
int pmip__lma_hold_timeout(struct pmip_lma *lma, struct pmip__held *held, struct pmip_now now);
void pmip__lma_hold_free_all(struct pmip_lma *lma);

/* lma_revoke.c */
/* A PBU that may be a handover waits for this session: ask its MAG to give it up, if that is configured. */
void pmip__lma_ask_old_mag(struct pmip_lma *lma, struct pmip__session *session, struct pmip_now now);
/* A member of a tunnel's group has gone to another MAG: tell the old one. */
void pmip__lma_tell_old_mag(struct pmip_lma *lma, const struct pmip__mn *mn, struct pmip__tunnel *old, enum pmip_revocation_trigger trigger,
			    struct pmip_now now);
int pmip__lma_revocation(struct pmip_lma *lma, const struct pmip_dgram *dgram, const struct pmip_mh *mh);
int pmip__lma_revocation_timeout(struct pmip_lma *lma, struct pmip_now now);
/* What removing a session may queue: its event, its prefixes and its tunnel, and paths when there are other sessions. */
size_t pmip__lma_removal_actions(const struct pmip__session *session);
/* Reserve for so much beside one step. */
int pmip__lma_reserve_more(struct pmip_lma *lma, size_t actions, size_t octets);
void pmip__lma_revoke_session(struct pmip_lma *lma, struct pmip__session *session, const char *rule);
/* Take one of several prefixes from a session; the last one, or NULL, takes the session. */
void pmip__lma_revoke_prefix(struct pmip_lma *lma, struct pmip__session *session, const struct pmip_prefix *prefix, const char *rule);
/* Give all of ours up, as if they had never been. */
int pmip__lma_revocation_drop_all(struct pmip_lma *lma);

/* lma_redirect.c */
void pmip__lma_redirect_init(struct pmip_lma *lma);
void pmip__lma_redirect_fini(struct pmip_lma *lma);
/* Keep what is known of r2LMAs that stay. */
void pmip__lma_redirect_inherit(struct pmip_lma_config *to, const struct pmip_lma_config *from);
/* The r2LMAs are others: those that were asked before may be asked again. */
void pmip__lma_redirect_anew(struct pmip_lma *lma);
/* A new session: 1 = an r2LMA is asked to take it, 0 = it is ours, or PMIP_ERR_NOMEM. */
int pmip__lma_redirect(struct pmip_lma *lma, const struct pmip__request *request);
/* We have the session: no r2LMA has it any more. */
void pmip__lma_redirect_forget(struct pmip_lma *lma, const struct pmip__request *request);
int pmip__lma_redirect_answer(struct pmip_lma *lma, const struct pmip_dgram *dgram, const struct pmip_mh *mh, struct pmip_now now);
int pmip__lma_redirect_timeout(struct pmip_lma *lma, struct pmip_now now);
void pmip__lma_redirect_drop_all(struct pmip_lma *lma);
/* What an LMA that sends sessions to us is told of our load. */
struct pmip_opt_load pmip__lma_load(const struct pmip_lma *lma);

/* lma_bri.c */
int pmip__lma_bri(struct pmip_lma *lma, const struct pmip_dgram *dgram, const struct pmip_mh *mh);

/* lma_update.c */
void pmip__lma_upa(struct pmip_lma *lma, const struct pmip_dgram *dgram, const struct pmip_mh *mh);
int pmip__lma_update_timeout(struct pmip_lma *lma, struct pmip_now now);
/* Make a notification to the MAG behind a tunnel, which is not sent yet. 0, or PMIP_ERR_UNSUPPORTED, _FULL or _NOMEM. */
int pmip__lma_update_new(struct pmip_lma *lma, struct pmip__update **made, const struct pmip__tunnel *tunnel,
			 const struct pmip__update_content *content, const struct pmip_mnid *mn_id);
/* Send it, the first time or again. */
void pmip__lma_update_send(struct pmip_lma *lma, struct pmip__update *update, uint64_t now_us);
void pmip__lma_update_forget(struct pmip_lma *lma, struct pmip__update *update);
/* It comes to nothing. status: of the answer, 0 = there is none. */
void pmip__lma_update_fail(struct pmip_lma *lma, struct pmip__update *update, uint8_t status, const char *rule);
/* A Binding Error says that a message of ours is not known. True: it was a notification, and the MAG gets no more of them. */
bool pmip__lma_update_refused(struct pmip_lma *lma, const struct pmip_addr *mag);
/* Give all of ours up; and free what belongs to them, with nothing else done. */
int pmip__lma_update_drop_all(struct pmip_lma *lma);
void pmip__lma_update_free_all(struct pmip_lma *lma);

/* lma_renumber.c: what a notification that renumbers comes to; without effect for others. */
void pmip__lma_renumbering_completed(struct pmip_lma *lma, struct pmip__renumbering *renumbering, int err, struct pmip_now now);
void pmip__lma_renumbering_finish(struct pmip_lma *lma, struct pmip__update *update);
void pmip__lma_renumbering_undo(struct pmip_lma *lma, struct pmip__update *update);
void pmip__lma_renumbering_free(struct pmip_lma *lma, struct pmip__update *update);
/* The pools are others: what renumberings have set aside is taken in these, too. */
void pmip__lma_renumberings_keep(struct pmip_lma *lma);

#endif
