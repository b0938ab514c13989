/* SPDX-License-Identifier: BSD-2-Clause */
/** @file
 * The local mobility anchor's protocol engine (RFC 5213 section 5). Sans-IO: messages and time go in, actions are pulled out.
 *
 *     pmip_lma_input(lma, &dgram, now);                 a Mobility Header message has come
 *     while (pmip_lma_next_action(lma, &action) == 1)   do it; answer each datapath operation by
 *             pmip_lma_complete(lma, id, err, now);     which may queue more actions
 *     pmip_lma_next_deadline(lma)                       call pmip_lma_handle_timeout() then
 *
 * A context and everything from it belong to one thread at a time; different contexts are independent; the library has no
 * globals, no threads, no locks.
 */
#ifndef PMIP_LMA_H
#define PMIP_LMA_H

#include <pmip/action.h>
#include <pmip/binding.h>
#include <pmip/error.h>
#include <pmip/flow.h>
#include <pmip/mem.h>
#include <pmip/message.h>
#include <pmip/optval.h>

#ifdef __cplusplus
extern "C" {
#endif

struct pmip_lma;
struct pmip_lma_config;

/** Most LMAs that sessions may be sent to. */
#define PMIP_LMA_R2LMA_MAX 32

/** Make a configuration with the defaults of RFC 5213 section 9.1. @param[in] mem borrowed callbacks or NULL.
 * @retval 0 done  @retval PMIP_ERR_NOMEM. Since: 0.1. */
PMIP_API int pmip_lma_config_new(struct pmip_lma_config **config, const struct pmip_mem *mem);
/** Free a configuration; NULL is fine. Since: 0.1. */
PMIP_API void pmip_lma_config_free(struct pmip_lma_config *config);
/** Most bindings at a time, 1..4294967295; default 1000000. One more is refused with status 130. Since: 0.1. */
PMIP_API int pmip_lma_config_set_max_bindings(struct pmip_lma_config *config, uint32_t max);
/** Most flows at a time; default 500000, 0 = none. Since: 0.1. */
PMIP_API int pmip_lma_config_set_max_flows(struct pmip_lma_config *config, uint32_t max);
/** Longest lifetime granted, seconds, 4..262140, rounded down to a multiple of 4; default 3600. Since: 0.1. */
PMIP_API int pmip_lma_config_set_max_lifetime(struct pmip_lma_config *config, uint32_t lifetime_s);
/** MinDelayBeforeBCEDelete, milliseconds; default 10000 (RFC 5213 section 9.1). Since: 0.1. */
PMIP_API int pmip_lma_config_set_min_delay_before_bce_delete(struct pmip_lma_config *config, uint32_t delay_ms);
/** MaxDelayBeforeNewBCEAssign, milliseconds; default 1500; 0 = do not wait (RFC 5213 section 9.1). Since: 0.1. */
PMIP_API int pmip_lma_config_set_max_delay_before_new_bce_assign(struct pmip_lma_config *config, uint32_t delay_ms);
/** TimestampValidityWindow, milliseconds; default 300 (RFC 5213 section 9.1). Since: 0.1. */
PMIP_API int pmip_lma_config_set_timestamp_validity_window(struct pmip_lma_config *config, uint32_t window_ms);
/** TimestampBasedApproachInUse: PBUs that have a timestamp are ordered by it; default on. Off: all are ordered by their sequence numbers, timestamps
 * are given back and no more (RFC 5213 sections 5.5 and 9.3). Since: 0.1. */
PMIP_API int pmip_lma_config_set_timestamp_in_use(struct pmip_lma_config *config, bool on);
/** MobileNodeGeneratedTimestampInUse: do not hold timestamps against our clock; default off. Only where timestamps are in use (RFC 5213 section
 * 9.3). Since: 0.1. */
PMIP_API int pmip_lma_config_set_mobile_node_generated_timestamp(struct pmip_lma_config *config, bool on);
/** When a PBU may be a handover (Handoff Indicator 4) and the mobile node has one session, ask the MAG of that by a Binding Revocation
 * Indication whether it has left, and wait for the answer in place of MaxDelayBeforeNewBCEAssign (RFC 5846 section 8.1); default off. With
 * that delay at 0 there is nothing to wait for. Since: 0.1. */
PMIP_API int pmip_lma_config_set_revoke_on_unknown_handoff(struct pmip_lma_config *config, bool on);
/** Bulk registration (RFC 6602): the mobile nodes of a MAG that asks for it are a group, which one PBU extends or ends. One whose
 * profile has a lifetime or flow mobility stays out of it. Of a handover the old MAG is told by a Binding Revocation Indication; when it does
 * not answer, its group is dissolved, and it asks for each by itself. That a MAG has restarted and knows none of them, heartbeats show.
 *
 * A PBU for a group that comes from its Proxy-CoA and has an Alternate Care-of Address option takes all of it there, by one operation of the
 * datapath: for a MAG whose tunnels get another address, or go to one that stands by for it. RFC 6602 does not say so, RFC 5213 section 6.9.1.5
 * does of a single mobile node; no message lets another MAG take a group by itself. It is all or nothing: where a binding of that tunnel is not
 * in the group or has more to it than prefixes and an IPv4 home address, or the other tunnel has a group already, the answer is status 175,
 * and the MAG asks for each. pmip_mag does not send it. Default off. Since: 0.1. */
PMIP_API int pmip_lma_config_set_bulk(struct pmip_lma_config *config, bool on);
/** MAGs with several egress addresses may register a mobile node by each of them, when its profile says so (RFC 8278): the bindings share its
 * prefixes, the oldest is the default path, and flows may be moved between them. An IPv4 home address stays with the first. A PBU that asks for
 * it without that permission is refused with status 180; off, the default: that it asks is not understood. Since: 0.1. */
PMIP_API int pmip_lma_config_set_multipath(struct pmip_lma_config *config, bool on);
/** Add a pool of Home Network Prefixes. @param[in] hnp_len length of each, pool->len..128, and at most pool->len + 24.
 * @retval 0 done  @retval PMIP_ERR_INVALID an argument is outside its range  @retval PMIP_ERR_EXIST overlaps another pool
 * @retval PMIP_ERR_NOMEM. Since: 0.1. */
PMIP_API int pmip_lma_config_add_pool(struct pmip_lma_config *config, const struct pmip_prefix *pool, uint8_t hnp_len);
/** Add a pool of IPv4 home addresses (RFC 5844): all of a subnet but its network and broadcast address and its default router.
 * @param[in] subnet first address. @param[in] plen prefix length, 8..32. @param[in] router default router, in the subnet; told to MAGs.
 * @retval 0 done  @retval PMIP_ERR_INVALID an argument is outside its range  @retval PMIP_ERR_EXIST overlaps another pool
 * @retval PMIP_ERR_NOMEM. Since: 0.1. */
PMIP_API int pmip_lma_config_add_ipv4_pool(struct pmip_lma_config *config, const struct pmip_ip *subnet, uint8_t plen,
					   const struct pmip_ip *router);
/** Whether packets between LMA and MAG are carried in GRE (RFC 5845). */
enum pmip_lma_gre {
	PMIP_LMA_GRE_OFF = 0,      /**< never; a PBU that asks for it is accepted with status 2 */
	PMIP_LMA_GRE_ALLOWED = 1,  /**< when a PBU asks for it, with keys or without as the PBU says */
	PMIP_LMA_GRE_REQUIRED = 2, /**< always; a PBU that does not ask for it is refused with status 163 */
};

/** Use of GRE; default PMIP_LMA_GRE_OFF. The datapath must know GRE. @retval PMIP_ERR_INVALID. Since: 0.1. */
PMIP_API int pmip_lma_config_set_gre(struct pmip_lma_config *config, enum pmip_lma_gre use);
/** When there is a tunnel to a MAG (RFC 5213 section 5.6.1). */
enum pmip_tunnel_kind {
	PMIP_TUNNEL_DYNAMIC = 0, /**< while a binding uses it */
	PMIP_TUNNEL_STATIC = 1,  /**< always: made at the start, taken down by pmip_lma_shutdown() or a new configuration only */
};

/** A MAG, and how the LMA is to treat it. */
struct pmip_peer {
	size_t size;           /**< sizeof(struct pmip_peer), set by the caller */
	struct pmip_addr addr; /**< its address, unicast */
	uint32_t tolerate;     /**< enum pmip_tolerance, those that an LMA may have; 0 = none: be strict */
	const struct pmip_prefix *prefixes; /**< its mobile nodes have Home Network Prefixes within these only; IPv4 home addresses are bound so, too,
					     * where one of these is an IPv4-mapped prefix (RFC 5213 section 4) */
	size_t prefix_count;   /**< how many of them; 0 = any prefix */
	enum pmip_tunnel_kind tunnel; /**< a static one needs pmip_lma_config_set_address() */
};

/** Add a MAG that may register mobile nodes (RFC 5213 section 4). @param[in] peer copied.
 * @retval 0 done  @retval PMIP_ERR_EXIST listed already  @retval PMIP_ERR_INVALID an argument is outside its range
 * @retval PMIP_ERR_NOMEM. Since: 0.1. */
PMIP_API int pmip_lma_config_add_peer(struct pmip_lma_config *config, const struct pmip_peer *peer);
/** Let a MAG revoke all its bindings by one global Indication (RFC 5846 section 8.2); anybody else gets status 130.
 * @retval PMIP_ERR_EXIST listed already  @retval PMIP_ERR_INVALID not unicast. Since: 0.1. */
PMIP_API int pmip_lma_config_allow_global_revocation(struct pmip_lma_config *config, const struct pmip_addr *mag);
/** Our address (LMAA): source of messages to MAGs that have not sent any yet; default none, then there are no such messages.
 * @retval PMIP_ERR_INVALID not unicast. Since: 0.1. */
PMIP_API int pmip_lma_config_set_address(struct pmip_lma_config *config, const struct pmip_addr *addr);
/** Add an LMA that new sessions may be sent to, when their MAG allows it and orders PBUs by timestamps (RFC 6463: r2LMA). Of
 * several the one with the lowest priority value is asked, and of those the one with the least load in proportion to what it can take. It
 * has to list us by pmip_lma_config_add_rflma(), and the MAGs. Mobile nodes with fixed prefixes stay with us.
 * @param[in] priority 0..65535, lower is better.
 * @param[in] max_sessions most sessions there; 0 = as many as it tells.
 * @retval PMIP_ERR_EXIST listed already  @retval PMIP_ERR_FULL there are PMIP_LMA_R2LMA_MAX
 * @retval PMIP_ERR_INVALID not unicast. Since: 0.1. */
PMIP_API int pmip_lma_config_add_r2lma(struct pmip_lma_config *config, const struct pmip_addr *addr, uint16_t priority, uint32_t max_sessions);
/** How many sessions we take before we send new ones to others; default 0: all that others take. Since: 0.1. */
PMIP_API int pmip_lma_config_set_redirect_above(struct pmip_lma_config *config, uint32_t sessions);
/** Add an LMA that may send sessions of our MAGs to us (EnableLMARedirectAcceptFunction, RFC 6463 section 7); it is told our load.
 * @retval PMIP_ERR_EXIST listed already  @retval PMIP_ERR_INVALID not unicast. Since: 0.1. */
PMIP_API int pmip_lma_config_add_rflma(struct pmip_lma_config *config, const struct pmip_addr *addr);
/** Heartbeats to MAGs with a session (RFC 5847). Those of MAGs are answered in any case, and a MAG that has restarted has the time of
 * MinDelayBeforeBCEDelete to register its mobile nodes again. @param[in] interval_s HEARTBEAT_INTERVAL, seconds, 30..3600;
 * 0 = send none, the default. @param[in] missing_allowed MISSING_HEARTBEATS_ALLOWED, 1..100; default 3.
 * @retval PMIP_ERR_INVALID. Since: 0.1. */
PMIP_API int pmip_lma_config_set_heartbeat(struct pmip_lma_config *config, uint32_t interval_s, uint32_t missing_allowed);
/** When an Update Notification is sent again (RFC 7077 section 7). @param[in] delay_ms MIN_DELAY_BEFORE_UPN_RETRANSMIT, milliseconds,
 * 500..5000; default 1000. @param[in] max_retransmit MAX_UPN_RETRANSMIT_COUNT, 0..5; default 1. @retval PMIP_ERR_INVALID. Since: 0.1. */
PMIP_API int pmip_lma_config_set_update_retransmission(struct pmip_lma_config *config, uint32_t delay_ms, uint32_t max_retransmit);
/** When MAGs are to extend lifetimes and how long to wait for answers, told in every acceptance (RFC 8127 section 3.1.1); default: not told.
 * @param[in] start_s seconds before the end, 4..262140, rounded down to a multiple of 4.
 * @param[in] initial_s first retransmission, seconds, from 1
 * on. @param[in] max_s longest wait, seconds, at least initial_s. All 0: do not tell. @retval PMIP_ERR_INVALID. Since: 0.1. */
PMIP_API int pmip_lma_config_set_mag_reregistration(struct pmip_lma_config *config, uint32_t start_s, uint16_t initial_s, uint16_t max_s);
/** What the heartbeats of MAGs are to be like, told in every acceptance (RFC 8127 section 3.1.2); default: not told.
 * @param[in] interval_s seconds, 30..3600. @param[in] delay_s from an unanswered one to the next, seconds, at most interval_s; 0 = interval_s.
 * @param[in] max how many in a row may be unanswered, from 1 on. All 0: do not tell. @retval PMIP_ERR_INVALID. Since: 0.1. */
PMIP_API int pmip_lma_config_set_mag_heartbeat(struct pmip_lma_config *config, uint16_t interval_s, uint16_t delay_s, uint16_t max);
/** Restart Counter, told in answers to heartbeats; default 0. To be another one after each start that knows nothing of the sessions
 * before it (RFC 5847 section 3.2). Since: 0.1. */
PMIP_API int pmip_lma_config_set_restart_counter(struct pmip_lma_config *config, uint32_t value);
/** Have what must not be lost stored: bindings with all that belongs to them, and flows that were moved, leave as PMIP_ACTION_STORE, and a PBA
 * that accepts waits for it; default off. Looked at by pmip_lma_new() alone. Since: 0.1. */
PMIP_API int pmip_lma_config_set_store(struct pmip_lma_config *config, bool on);
/** Whether and how several attachments of a mobile node work together; default PMIP_FLOWMOB_RFC7864. @retval PMIP_ERR_INVALID. Since: 0.1. */
PMIP_API int pmip_lma_config_set_flowmob(struct pmip_lma_config *config, enum pmip_flowmob flowmob);
/** Tell MAGs of the flows that are moved to them, too, when their prefix is another MAG's: Flow Mobility Initiate and PBA list each by a Flow
 * Identification with a traffic selector, at most 16 for a mobile node at one MAG, and every move waits for the MAG; with PMIP_FLOWMOB_RFC7864,
 * default off (RFC 7864 section 3.2.2). Since: 0.1. */
PMIP_API int pmip_lma_config_set_flowmob_flows(struct pmip_lma_config *config, bool on);
/** The paper's Handoff Indicator "logical interface", accepted beside PMIP_HI_SHARED: attachments are then told apart by Proxy-CoA and access
 * technology, since all may show one link-layer identifier. @param[in] hi 7..255, or 0 = none, the default.
 * @retval PMIP_ERR_INVALID. Since: 0.1. */
PMIP_API int pmip_lma_config_set_hi_logical_interface(struct pmip_lma_config *config, uint8_t hi);
/** Type of the paper's flow-mob option, which has the body of a Home Network Prefix option; default PMIP_OPT_EXPERIMENTAL.
 * @retval PMIP_ERR_INVALID the type means something else. Since: 0.1. */
PMIP_API int pmip_lma_config_set_flowmob_option_type(struct pmip_lma_config *config, uint8_t type);
/** Add a policy profile. @retval PMIP_ERR_EXIST there is one for this MN-ID or one of the link-layer identifiers. @retval PMIP_ERR_INVALID no
 * MN-ID, too many prefixes or link-layer identifiers, or no IPv4 address where one is fixed. @retval PMIP_ERR_NOMEM. Since: 0.1. */
PMIP_API int pmip_lma_config_add_profile(struct pmip_lma_config *config, const struct pmip_profile *profile);

/** Make an engine; it may have actions at once. @param[in] config copied. @param[in] mem copied, or NULL.
 * @param[in] hash_key 16 random octets against
 * chosen identifiers; copied. @retval 0 done
 * @retval PMIP_ERR_CONFIG a fixed IPv4 home address is in no pool, a static tunnel has no address of ours, or
 * timestamps are those of mobile nodes and not in use  @retval PMIP_ERR_NOMEM. Since: 0.1. */
PMIP_API int pmip_lma_new(struct pmip_lma **lma, const struct pmip_lma_config *config, const struct pmip_mem *mem, const uint8_t hash_key[16]);
/** Free an engine and all its state; no action comes of it. NULL is fine. Since: 0.1. */
PMIP_API void pmip_lma_free(struct pmip_lma *lma);
/** Put a new configuration in force. Bindings stay; those it no longer allows are refused at their next PBU. Pools may grow in
 * number; one that still has bindings stays until they are gone. @retval 0 done  @retval PMIP_ERR_CONFIG as for pmip_lma_new(),
 * PMIP_ERR_NOMEM: nothing changed. Since: 0.1. */
PMIP_API int pmip_lma_reconfigure(struct pmip_lma *lma, const struct pmip_lma_config *config);

/** Take in a message. Whatever a peer sends is no error of this call: it becomes actions and counters.
 * @retval 0 done  @retval PMIP_ERR_TIME, PMIP_ERR_NOMEM nothing changed. Since: 0.1. */
PMIP_API int pmip_lma_input(struct pmip_lma *lma, const struct pmip_dgram *dgram, struct pmip_now now);
/** When to call pmip_lma_handle_timeout(): monotonic microseconds, PMIP_TIME_NONE = never. Since: 0.1. */
PMIP_API uint64_t pmip_lma_next_deadline(const struct pmip_lma *lma);
/** Do what has fallen due. @retval 0 done  @retval PMIP_ERR_TIME, PMIP_ERR_NOMEM call again. Since: 0.1. */
PMIP_API int pmip_lma_handle_timeout(struct pmip_lma *lma, struct pmip_now now);
/** Take the next action. @retval 1 action filled  @retval 0 no more. Since: 0.1. */
PMIP_API int pmip_lma_next_action(struct pmip_lma *lma, struct pmip_action *action);
/** Tell the result of a datapath operation, or of storing a record.
 * @param[in] err 0, or an enum pmip_err: the PBU behind it is then refused with status 130
 * and its state rolled back. @retval 0 done  @retval PMIP_ERR_NOENT no such operation is open  @retval PMIP_ERR_NOMEM. Since: 0.1. */
PMIP_API int pmip_lma_complete(struct pmip_lma *lma, uint32_t id, int err, struct pmip_now now);
/** Put back what a process before this one has stored, one record after the other, in the order of their keys as octets, before anything else
 * is done with a new engine that stores, too. What the record says is in force as it was, with the lifetime that is left by the wall clock, and the
 * datapath is told it: do the actions that come of it in between. Nothing is told by events.
 * @param[in] key, value as PMIP_ACTION_STORE has said them.
 * @retval 0 done  @retval PMIP_ERR_NOENT this is no record of an LMA's  @retval PMIP_ERR_INVALID damaged
 * @retval PMIP_ERR_UNSUPPORTED of a version that
 * this one does not know, or the engine does not store  @retval PMIP_ERR_EXIST another record has said something else
 * @retval PMIP_ERR_STALE a flow
 * whose attachment is not there  @retval PMIP_ERR_FULL more flows than are allowed
 * @retval PMIP_ERR_NOMEM. On error nothing has changed. Since: 0.1. */
PMIP_API int pmip_lma_restore(struct pmip_lma *lma, const struct pmip_bytes *key, const struct pmip_bytes *value, struct pmip_now now);
/** Remove every binding in an orderly way: their forwarding is taken down by datapath actions. Since: 0.1. */
PMIP_API int pmip_lma_shutdown(struct pmip_lma *lma, struct pmip_now now);

/** Revoke bindings of one mobile node (RFC 5846 section 8): each MAG concerned is asked by a Binding Revocation Indication. A binding goes
 * when its MAG has agreed or has not answered two of them; it stays when the MAG refuses, or when a PBU for it is accepted meanwhile. With
 * the trigger PMIP_TRIGGER_ADMINISTRATIVE such PBUs are refused with status 129 until then.
 * @param[in] prefix  revoke this one only; an IPv4 home address is ::ffff:a.b.c.d/128; NULL = all of them. Borrowed like mn_id.
 * @param[in] trigger  why; those of one mobile node, up to PMIP_TRIGGER_OUT_OF_SYNC.
 * @retval 0 asked  @retval PMIP_ERR_NOENT no such binding, or it is just being registered or has been de-registered
 * @retval PMIP_ERR_EXIST its revocation is in progress  @retval PMIP_ERR_INVALID an argument is outside its range
 * @retval PMIP_ERR_FULL 65535 are in progress
 * @retval PMIP_ERR_TIME, PMIP_ERR_NOMEM nothing changed. Since: 0.1. */
PMIP_API int pmip_lma_revoke(struct pmip_lma *lma, const struct pmip_mnid *mn_id, const struct pmip_prefix *prefix,
			     enum pmip_revocation_trigger trigger, struct pmip_now now);
/** Revoke all bindings at one MAG by a global Indication (flag G, PMIP_TRIGGER_PER_PEER_POLICY). @param[in] proxy_coa borrowed.
 * @retval PMIP_ERR_NOENT it has none  @see pmip_lma_revoke() for what comes of it and the other errors. Since: 0.1. */
PMIP_API int pmip_lma_revoke_mag(struct pmip_lma *lma, const struct pmip_addr *proxy_coa, struct pmip_now now);
/** Revoke all bindings of a realm, whatever MAG they are at, by one global Indication to each (flag G, PMIP_TRIGGER_LOCAL_POLICY). Realms below
 * it are others. @param[in] realm an NAI "@realm", borrowed. @retval PMIP_ERR_INVALID it is none
 * @retval PMIP_ERR_NOENT it has no bindings  @see pmip_lma_revoke() for what comes of it and the other errors. Since: 0.1. */
PMIP_API int pmip_lma_revoke_realm(struct pmip_lma *lma, const struct pmip_mnid *realm, struct pmip_now now);
/** Revoke the group of bindings that a MAG registers in bulk (RFC 6602 section 5.1.3). @param[in] proxy_coa borrowed; NULL = that of every MAG.
 * @retval PMIP_ERR_NOENT there is none  @see pmip_lma_revoke() for trigger, what comes of it and the other errors. Since: 0.1. */
PMIP_API int pmip_lma_revoke_group(struct pmip_lma *lma, const struct pmip_addr *proxy_coa, enum pmip_revocation_trigger trigger,
				   struct pmip_now now);

/** Have a mobile node registered again: each MAG it is at is sent an Update Notification, FORCE-REREGISTRATION (RFC 7077 section 5). It
 * answers with an acknowledgement and a PBU; without the first it is told once more.
 * @retval 0 sent  @retval PMIP_ERR_NOENT no such binding  @retval PMIP_ERR_FULL 65535 are unanswered  @retval PMIP_ERR_TIME nothing changed
 * @retval PMIP_ERR_UNSUPPORTED no MAG it is at knows them: each has answered one by Binding Error, which counts until pmip_lma_reconfigure()
 * @retval PMIP_ERR_NOMEM some MAGs may have been told. Since: 0.1. */
PMIP_API int pmip_lma_force_reregistration(struct pmip_lma *lma, const struct pmip_mnid *mn_id, struct pmip_now now);
/** The same for all mobile nodes of a MAG, by one notification. @param[in] proxy_coa borrowed.
 * @see pmip_lma_force_reregistration(). Since: 0.1. */
PMIP_API int pmip_lma_force_reregistration_mag(struct pmip_lma *lma, const struct pmip_addr *proxy_coa, struct pmip_now now);
/** Ask where a mobile node is: the MAG registers it again with an Access Network Identifier (ANI-PARAMS-REQUESTED), which
 * PMIP_EVENT_ACCESS_NETWORK then tells. @see pmip_lma_force_reregistration(). Since: 0.1. */
PMIP_API int pmip_lma_request_access_network(struct pmip_lma *lma, const struct pmip_mnid *mn_id, struct pmip_now now);
/** Tell the MAG of a mobile node something in a vendor's own way (VENDOR-SPECIFIC-REASON). @param[in] vendor borrowed; data of 250 octets at
 * most, else PMIP_ERR_INVALID. @see pmip_lma_force_reregistration() for the other errors. Since: 0.1. */
PMIP_API int pmip_lma_notify_vendor(struct pmip_lma *lma, const struct pmip_mnid *mn_id, const struct pmip_opt_vendor *vendor,
				    struct pmip_now now);
/** Give a mobile node another Home Network Prefix in place of one (RFC 8191): it is forwarded, the MAG is told (UPDATE-SESSION-PARAMETERS), and
 * when it has agreed, the old one goes and PMIP_EVENT_RENUMBERED tells so. When the MAG refuses or does not answer, the old one stays.
 * @param[in] old one that it has. @param[in] other one of its profile, or a free one of a pool; NULL = choose one. All borrowed.
 * @retval 0 begun  @retval PMIP_ERR_NOENT no such binding, or it is just being registered  @retval PMIP_ERR_EXIST other is in use, or another
 * renumbering or a revocation of the session is in progress
 * @retval PMIP_ERR_INVALID other is neither of its profile nor of a pool, or none that its MAG
 * may have
 * @retval PMIP_ERR_FULL the pools are, or 65535 notifications are unanswered
 * @retval PMIP_ERR_UNSUPPORTED the MAG knows no notifications, or the
 * prefix is shared by several attachments, which are not paths of one MAG
 * @retval PMIP_ERR_TIME, PMIP_ERR_NOMEM nothing changed. Since: 0.1. */
PMIP_API int pmip_lma_renumber(struct pmip_lma *lma, const struct pmip_mnid *mn_id, const struct pmip_prefix *old,
			       const struct pmip_prefix *other, struct pmip_now now);

/** A tunnel as the LMA has it. */
struct pmip_tunnel_info {
	size_t size;             /**< sizeof(struct pmip_tunnel_info), set by the caller */
	uint32_t tunnel;         /**< its number, as in struct pmip_binding_info */
	struct pmip_addr local;  /**< our end */
	struct pmip_addr remote; /**< the MAG's end, the Proxy-CoA */
};

/** Walk all tunnels. @see pmip_lma_next_binding(). Since: 0.1. */
PMIP_API int pmip_lma_next_tunnel(const struct pmip_lma *lma, size_t *cursor, struct pmip_tunnel_info *info);

/** A flow as the LMA has it. */
struct pmip_flow_info {
	size_t size;            /**< sizeof(struct pmip_flow_info), set by the caller */
	uint32_t flow_id;       /**< number of the flow, never 0 */
	struct pmip_flow flow;  /**< as it was added */
	struct pmip_mnid mn_id; /**< view, valid until the next call to the engine */
	uint32_t tunnel;        /**< number of the tunnel it goes through, as in struct pmip_binding_info */
	struct pmip_addr remote; /**< that tunnel's far end, the Proxy-CoA */
	bool is_default;        /**< it goes where its prefix goes, and follows it */
	bool is_moving;         /**< a move is under way */
	uint16_t fid;           /**< FID by which MAGs know it, and its FID-PRI; 0 = none has been told of it */
	uint16_t bid;           /**< BID of the binding that it goes over, as in struct pmip_binding_info */
};

/** Have a flow counted, and be able to move it. One that is known already stays as it is.
 * @param[out] info  its number and tunnel; info->size is set by the caller. @param[in] flow borrowed; its destination tells whose it is.
 * @retval 0 done  @retval PMIP_ERR_NOENT its destination is no mobile node's  @retval PMIP_ERR_FULL as many flows as are allowed
 * @retval PMIP_ERR_TIME, PMIP_ERR_NOMEM nothing changed. Since: 0.1. */
PMIP_API int pmip_lma_add_flow(struct pmip_lma *lma, struct pmip_flow_info *info, const struct pmip_flow *flow, struct pmip_now now);
/** Move a flow to another tunnel of its mobile node. The event FLOW_MOVED or FLOW_MOVE_FAILED tells how it ended; until then, and when it
 * fails, its packets go where they went. In its binding's own tunnel it follows the binding again. With PMIP_FLOWMOB_RFC7864 the MAG behind the
 * tunnel must have said that it has the flow's prefix, as its own or by a Flow Mobility Acknowledge; if not it is asked first (RFC 7864
 * section 3.2.2), which takes as long as an Update Notification may.
 * @param[in] tunnel_in_use where the caller believes it to be. @param[in] wanted number of a tunnel, 0 = any other that can carry it.
 * @retval 0 under way  @retval PMIP_ERR_NOENT no such flow  @retval PMIP_ERR_STALE it is in another tunnel than the caller believes
 * @retval PMIP_ERR_FULL its MAG can be told of no more flows, or of none more of this mobile node by a number of its own
 * @retval PMIP_ERR_NO_PATH no (such) other tunnel reaches the mobile node under the flow's prefix  @retval PMIP_ERR_AGAIN a move is under way
 * @retval PMIP_ERR_TIME, PMIP_ERR_NOMEM nothing changed. Since: 0.1. */
PMIP_API int pmip_lma_move_flow(struct pmip_lma *lma, uint32_t flow_id, uint32_t tunnel_in_use, uint32_t wanted, struct pmip_now now);
/** Forget a flow: its packets go where its binding goes. @retval 0 done, or there was none  @retval PMIP_ERR_TIME, PMIP_ERR_NOMEM nothing
 * changed. Since: 0.1. */
PMIP_API int pmip_lma_del_flow(struct pmip_lma *lma, uint32_t flow_id, struct pmip_now now);
/** Forget a flow of which no packet has come for too long, wherever it goes: as pmip_lma_del_flow(), counted, and FLOW_REMOVED says why. The
 * same returns. Since: 0.1. */
PMIP_API int pmip_lma_expire_flow(struct pmip_lma *lma, uint32_t flow_id, struct pmip_now now);
/** Find a flow. @retval 0 info filled  @retval PMIP_ERR_NOENT. Since: 0.1. */
PMIP_API int pmip_lma_find_flow(const struct pmip_lma *lma, struct pmip_flow_info *info, const struct pmip_flow *flow);
/** Walk the flows of one mobile node. @param[in,out] cursor number of the flow before, 0 to start; when that is gone the walk ends.
 * @retval 1 info filled  @retval 0 no more. Since: 0.1. */
PMIP_API int pmip_lma_next_flow_of_mn(const struct pmip_lma *lma, size_t *cursor, struct pmip_flow_info *info, const struct pmip_mnid *mn_id);
/** How many flows there are. Since: 0.1. */
PMIP_API size_t pmip_lma_count_flows(const struct pmip_lma *lma);
/** Look a flow up. @retval 0 info filled  @retval PMIP_ERR_NOENT. Since: 0.1. */
PMIP_API int pmip_lma_get_flow(const struct pmip_lma *lma, struct pmip_flow_info *info, uint32_t flow_id);
/** Walk all flows. @see pmip_lma_next_binding(). Since: 0.1. */
PMIP_API int pmip_lma_next_flow(const struct pmip_lma *lma, size_t *cursor, struct pmip_flow_info *info);

/** How many bindings there are. Since: 0.1. */
PMIP_API size_t pmip_lma_count_bindings(const struct pmip_lma *lma);
/** Look a binding up by a prefix of its session. @retval 0 info filled  @retval PMIP_ERR_NOENT. Since: 0.1. */
PMIP_API int pmip_lma_find_binding(const struct pmip_lma *lma, struct pmip_binding_info *info, const struct pmip_prefix *prefix);
/** Walk all bindings. @param[in,out] cursor 0 to start; the order is that of no meaning, and the walk starts anew once the engine
 * has been called. @retval 1 info filled  @retval 0 no more. Since: 0.1. */
PMIP_API int pmip_lma_next_binding(const struct pmip_lma *lma, size_t *cursor, struct pmip_binding_info *info);
/** Walk the bindings of one mobile node. @see pmip_lma_next_binding(). Since: 0.1. */
PMIP_API int pmip_lma_next_binding_of_mn(const struct pmip_lma *lma, size_t *cursor, struct pmip_binding_info *info, const struct pmip_mnid *mn_id);
/** Walk the bindings at one Proxy-CoA. @see pmip_lma_next_binding(). Since: 0.1. */
PMIP_API int pmip_lma_next_binding_of_mag(const struct pmip_lma *lma, size_t *cursor, struct pmip_binding_info *info, const struct pmip_addr *proxy_coa);

/** What an LMA counts. */
enum pmip_lma_counter {
	PMIP_LMA_RECEIVED = 0,     /**< messages given to pmip_lma_input() */
	PMIP_LMA_BAD_CHECKSUM,     /**< dropped: checksum */
	PMIP_LMA_MALFORMED,        /**< dropped: any other decoding error */
	PMIP_LMA_UNKNOWN_TYPE,     /**< Mobility Header type not known */
	PMIP_LMA_PBU,              /**< Proxy Binding Updates decoded */
	PMIP_LMA_ACCEPTED,         /**< PBUs answered with a status below 128 */
	PMIP_LMA_REFUSED,          /**< PBUs answered with a status of 128 or above */
	PMIP_LMA_IGNORED,          /**< messages that get no answer by rule */
	PMIP_LMA_ADDED,            /**< bindings made */
	PMIP_LMA_MOVED,            /**< handovers between MAGs */
	PMIP_LMA_REFRESHED,        /**< lifetimes extended */
	PMIP_LMA_RELEASED,         /**< de-registrations */
	PMIP_LMA_EXPIRED,          /**< bindings whose lifetime ended */
	PMIP_LMA_DATAPATH_FAILED,  /**< datapath operations that came back with an error */
	PMIP_LMA_STORE_FAILED,     /**< registrations refused because they could not be stored */
	PMIP_LMA_HEARTBEAT_SENT,   /**< heartbeat requests sent */
	PMIP_LMA_HEARTBEAT_ANSWERED, /**< those of them that were answered */
	PMIP_LMA_HEARTBEAT_MISSING, /**< those of them that were not answered until the next */
	PMIP_LMA_HEARTBEAT_RECEIVED, /**< heartbeat requests of MAGs, each answered */
	PMIP_LMA_BRI_SENT,         /**< Binding Revocation Indications, retransmissions included */
	PMIP_LMA_BRI,              /**< those of MAGs */
	PMIP_LMA_BRA,              /**< Binding Revocation Acknowledgements that answer ours */
	PMIP_LMA_REVOKED,          /**< bindings removed by revocation, ours or a MAG's */
	PMIP_LMA_UPN_SENT,         /**< Update Notifications, retransmissions included */
	PMIP_LMA_UPA,              /**< Update Notification Acknowledgements that answer ours */
	PMIP_LMA_FLOWS_MOVED,      /**< flows moved to another tunnel because somebody asked for it */
	PMIP_LMA_FLOWS_IDLE,       /**< flows that pmip_lma_expire_flow() has ended */
	PMIP_LMA_BINDINGS_FULL,    /**< PBUs refused because there are as many bindings as there may be */
	PMIP_LMA_FLOWS_FULL,       /**< flows not taken because there are as many as there may be */
	PMIP_LMA_FORWARDED,        /**< PBUs sent on to other LMAs (RFC 6463) */
	PMIP_LMA_REDIRECTED,       /**< those of them that were accepted there */
	PMIP_LMA_REDIRECT_FAILED,  /**< those of them that were refused or not answered */
	PMIP_LMA_GROUP_REFRESHED,  /**< PBUs that extended a group (RFC 6602) */
	PMIP_LMA_TOLERATED_ATT_ZERO, /**< uses of each tolerance (pmip/tolerance.h), in their order */
	PMIP_LMA_TOLERATED_HOST_ORDER_TIMESTAMP, /**< "host-order-timestamp" */
	PMIP_LMA_TOLERATED_EXACT_ECHO, /**< "exact-echo" */
	PMIP_LMA_TOLERATED_UNALIGNED_OPTIONS, /**< "unaligned-options" */
	PMIP_LMA_TOLERATED_SHORT_HEADER_LEN, /**< "short-header-len" */
	PMIP_LMA_TOLERATED_PADDED_MN_ID, /**< "padded-mn-id" */
	PMIP_LMA_COUNTERS,         /**< how many there are */
};

/** Value of a counter. Since: 0.1. */
PMIP_API uint64_t pmip_lma_get_counter(const struct pmip_lma *lma, enum pmip_lma_counter counter);
/** Name of a counter, e.g. "bad_checksum"; NULL when there is none. Static. Since: 0.1. */
PMIP_API const char *pmip_lma_counter_name(enum pmip_lma_counter counter);

#ifdef __cplusplus
}
#endif

#endif
