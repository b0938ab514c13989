/* SPDX-License-Identifier: BSD-2-Clause */
/** @file
 * The mobile access gateway's protocol engine (RFC 5213 section 6). Sans-IO, used like pmip_lma.h, with the events of the access
 * links beside the messages: attach, detach, router solicitation.
 */
#ifndef PMIP_MAG_H
#define PMIP_MAG_H

#include <pmip/action.h>
#include <pmip/binding.h>
#include <pmip/error.h>
#include <pmip/mem.h>
#include <pmip/message.h>
#include <pmip/suboption.h>

#ifdef __cplusplus
extern "C" {
#endif

struct pmip_mag;
struct pmip_mag_config;

/** Most paths of a MAG. */
#define PMIP_MAG_PATHS_MAX 8

/** Make a configuration with the defaults of RFC 5213 section 9.2 and RFC 6543. @param[in] mem borrowed callbacks or NULL.
 * @retval 0 done  @retval PMIP_ERR_NOMEM. Since: 0.1. */
PMIP_API int pmip_mag_config_new(struct pmip_mag_config **config, const struct pmip_mem *mem);
/** Free a configuration; NULL is fine. Since: 0.1. */
PMIP_API void pmip_mag_config_free(struct pmip_mag_config *config);
/** Our Proxy-CoA: source of PBUs, our end of the tunnel. Required. @retval PMIP_ERR_INVALID not unicast. Since: 0.1. */
PMIP_API int pmip_mag_config_set_proxy_coa(struct pmip_mag_config *config, const struct pmip_addr *addr);
/** An address that mobile nodes can be registered by, and the network that it belongs to (RFC 8278 section 4.1). */
struct pmip_mag_path {
	size_t size;           /**< sizeof(struct pmip_mag_path), set by the caller */
	struct pmip_addr addr; /**< a Proxy-CoA, unicast */
	uint8_t bid;           /**< BID, 1..254, each its own */
	uint8_t label;         /**< label of the interface, for policies of the LMA; several may have the same */
	uint8_t att;           /**< enum pmip_att of the interface */
};

/** Add a path, the first of which is our Proxy-CoA's. A mobile node whose profile says so is then registered by all of them, when its LMA
 * grants that (RFC 8278): packets from it go by the first one that answers, packets to it come by any. The others follow when it is registered. The
 * LMA knows us by our Proxy-CoA as MAG Identifier. Not with GRE. @param[in] path copied.
 * @retval PMIP_ERR_INVALID an argument is outside its range  @retval PMIP_ERR_EXIST there is one with this address or BID
 * @retval PMIP_ERR_FULL there are PMIP_MAG_PATHS_MAX.
 * Since: 0.1. */
PMIP_API int pmip_mag_config_add_path(struct pmip_mag_config *config, const struct pmip_mag_path *path);
/** The LMA of every mobile node whose profile names none. Required. @retval PMIP_ERR_INVALID not unicast. Since: 0.1. */
PMIP_API int pmip_mag_config_set_lma(struct pmip_mag_config *config, const struct pmip_addr *addr);
/** What to tolerate of an LMA; default nothing of any. @param[in] lma its address, whether or not the configuration names it elsewhere.
 * @param[in] tolerate enum pmip_tolerance, those that a MAG may have.
 * @retval 0 done  @retval PMIP_ERR_EXIST said already  @retval PMIP_ERR_INVALID an argument is outside its range  @retval PMIP_ERR_NOMEM. Since: 0.1. */
PMIP_API int pmip_mag_config_add_tolerance(struct pmip_mag_config *config, const struct pmip_addr *lma, uint32_t tolerate);
/** Lifetime to ask for, seconds, 4..262140, rounded down to a multiple of 4; default 600. Since: 0.1. */
PMIP_API int pmip_mag_config_set_lifetime(struct pmip_mag_config *config, uint32_t lifetime_s);
/** TimestampBasedApproachInUse; default on. Off: order by sequence numbers (RFC 5213 section 5.5). Since: 0.1. */
PMIP_API int pmip_mag_config_set_timestamp_in_use(struct pmip_mag_config *config, bool on);
/** EnableLMARedirectFunction: say to LMAs that they may send a new session to another LMA, with which the binding is then; default off
 * (RFC 6463 section 7). Any unicast address is followed that our LMA names. Since: 0.1. */
PMIP_API int pmip_mag_config_set_redirect(struct pmip_mag_config *config, bool on);
/** FixedMAGLinkLocalAddressOnAllAccessLinks; default fe80::200:5eff:fe00:5213 (RFC 6543). :: = ask the LMA for one. Since: 0.1. */
PMIP_API int pmip_mag_config_set_fixed_link_local_address(struct pmip_mag_config *config, const struct pmip_addr *addr);
/** Router lifetime in Router Advertisements, seconds, 4..9000; default 1800. Since: 0.1. */
PMIP_API int pmip_mag_config_set_router_lifetime(struct pmip_mag_config *config, uint32_t lifetime_s);
/** MTU option in Router Advertisements: path MTU to the LMA less 40, 1280..65535; default 1460; 0 = none (RFC 5213 section 6.9.5). Since: 0.1. */
PMIP_API int pmip_mag_config_set_tunnel_mtu(struct pmip_mag_config *config, uint32_t mtu);
/** INITIAL_BINDACK_TIMEOUT and MAX_BINDACK_TIMEOUT, milliseconds; default 1000 and 32000 (RFC 6275 section 12). Since: 0.1. */
PMIP_API int pmip_mag_config_set_bindack_timeout(struct pmip_mag_config *config, uint32_t initial_ms, uint32_t max_ms);
/** Verify that a mobile node is there before its lifetime is extended and before a PBU is sent again (RFC 5213 sections 6.9.4, 6.13): when
 * its last sign, an attach event or Router Solicitation, is older than max_age_ms, the engine asks by PMIP_ACTION_PROBE; an attach
 * event is the answer, and without one within wait_ms the mobile node is detached. max_age_ms 0, the default: never asked, whoever
 * makes the events detaches who has gone. @retval PMIP_ERR_INVALID wait_ms is 0. Since: 0.1. */
PMIP_API int pmip_mag_config_set_presence(struct pmip_mag_config *config, uint32_t max_age_ms, uint32_t wait_ms);
/** Most mobile nodes attached at a time, 1..4294967295; default 100000. Since: 0.1. */
PMIP_API int pmip_mag_config_set_max_bindings(struct pmip_mag_config *config, uint32_t max);
/** Heartbeats to each LMA while there is a session with it (RFC 5847). Those of LMAs are answered in any case, and when one has restarted
 * its mobile nodes are registered again. @see pmip_lma_config_set_heartbeat() for arguments and errors. Since: 0.1. */
PMIP_API int pmip_mag_config_set_heartbeat(struct pmip_mag_config *config, uint32_t interval_s, uint32_t missing_allowed);
/** Restart Counter. @see pmip_lma_config_set_restart_counter(). Since: 0.1. */
PMIP_API int pmip_mag_config_set_restart_counter(struct pmip_mag_config *config, uint32_t value);
/** Handoff Indicator sent for a mobile node whose profile shares prefixes; default PMIP_HI_SHARED (RFC 7864), else the paper's "logical
 * interface". @param[in] hi 6..255. @retval PMIP_ERR_INVALID. Since: 0.1. */
PMIP_API int pmip_mag_config_set_hi_logical_interface(struct pmip_mag_config *config, uint8_t hi);
/** Take the paper's flow-mob option as well, which has the body of a Home Network Prefix option. @param[in] type its option type, for example
 * PMIP_OPT_EXPERIMENTAL; 0 = do not, the default. @retval PMIP_ERR_INVALID the type means something else. Since: 0.1. */
PMIP_API int pmip_mag_config_set_flowmob_option_type(struct pmip_mag_config *config, uint8_t type);
/** Serve mobile nodes without a profile, too, when their link-layer identifier is known: the MN-ID is an NAI made of it and this realm, for
 * example 02-00-00-00-00-01@example.org; each interface is then a mobile node of its own. @param[in] realm copied; letters, digits, "-"
 * and ".", at most 128 octets; NULL = they are denied, the default. @retval PMIP_ERR_INVALID. Since: 0.1. */
PMIP_API int pmip_mag_config_set_unknown_realm(struct pmip_mag_config *config, const char *realm);
/** Bulk registration (RFC 6602): ask the LMA to let mobile nodes be a group, whose lifetime one PBU extends. One whose profile has a
 * lifetime stays out of it. When the LMA has not answered the end of one, no group is extended as one for a lifetime, so that the end comes;
 * default off. @param[in] group how we name the group, 1..4294967295; 1 = all our mobile nodes, the default.
 * @retval PMIP_ERR_INVALID group is 0. Since: 0.1. */
PMIP_API int pmip_mag_config_set_bulk(struct pmip_mag_config *config, bool on, uint32_t group);
/** Whether the LMA is asked to have packets carried in GRE (RFC 5845). */
enum pmip_mag_gre {
	PMIP_MAG_GRE_OFF = 0,  /**< no */
	PMIP_MAG_GRE_ON = 1,   /**< yes, without keys */
	PMIP_MAG_GRE_KEYS = 2, /**< yes, each binding with keys of its own */
};

/** Use of GRE; default PMIP_MAG_GRE_OFF. Where the LMA does not grant it, packets go without. The datapath must know GRE.
 * @retval PMIP_ERR_INVALID. Since: 0.1. */
PMIP_API int pmip_mag_config_set_gre(struct pmip_mag_config *config, enum pmip_mag_gre use);
/** Add a policy profile: who may attach, told by MN-ID or link-layer identifier. @retval PMIP_ERR_EXIST there is one for this MN-ID or
 * link-layer identifier. @retval PMIP_ERR_INVALID a wildcard MN-ID, or an LMA that is not unicast. Since: 0.1. */
PMIP_API int pmip_mag_config_add_profile(struct pmip_mag_config *config, const struct pmip_profile *profile);

/** Make an engine. @param[in] config copied. @param[in] mem copied, or NULL. @param[in] hash_key 16 random octets; copied.
 * @retval 0 done  @retval PMIP_ERR_CONFIG Proxy-CoA or LMA missing, or there are paths with GRE or whose first is not the Proxy-CoA's
 * @retval PMIP_ERR_NOMEM. Since: 0.1. */
PMIP_API int pmip_mag_new(struct pmip_mag **mag, const struct pmip_mag_config *config, const struct pmip_mem *mem, const uint8_t hash_key[16]);
/** Free an engine and all its state; no action comes of it. NULL is fine. Since: 0.1. */
PMIP_API void pmip_mag_free(struct pmip_mag *mag);
/** Put a new configuration in force. Mobile nodes that it no longer allows are detached; another LMA serves a mobile node from its next
 * registration on; a change of Proxy-CoA or paths, or of whether the LMA chooses our link-local addresses, is refused. @retval 0 done
 * @retval PMIP_ERR_CONFIG as for pmip_mag_new()  @retval PMIP_ERR_NOMEM nothing changed. Since: 0.1. */
PMIP_API int pmip_mag_reconfigure(struct pmip_mag *mag, const struct pmip_mag_config *config, struct pmip_now now);

/** A mobile node has come to an access link. */
struct pmip_attach {
	size_t size;             /**< sizeof(struct pmip_attach) */
	uint32_t link;           /**< access link, not 0 */
	struct pmip_llid ll_id;  /**< its link-layer identifier; len 0 = take the profile's */
	struct pmip_mnid mn_id;  /**< view; len 0 = find the profile by ll_id */
	uint8_t att;             /**< enum pmip_att of the link */
	uint8_t hi;              /**< enum pmip_hi when the trigger is sure of it, else 0 = as the profile says, or unknown (RFC 5213 section 6.9.1.1) */
	uint32_t link_mtu;       /**< MTU of the access link, octets; 0 = not known */
	struct pmip_bytes access_network; /**< view; sub-options of the Access Network Identifier option that say where the link is (RFC 6757), at
					   * most 255 octets; told to an LMA that asks; len 0 = not known */
};

/** Attach event. Twice the same changes nothing but shows that the mobile node is there; on another link it is a handover inside this MAG.
 * @retval 0 done: a PBU is queued or the binding exists  @retval PMIP_ERR_DENIED no profile and no realm for such, or its service is disabled
 * @retval PMIP_ERR_INVALID an argument is outside its range  @retval PMIP_ERR_FULL there is no room  @retval PMIP_ERR_TIME now goes back
 * @retval PMIP_ERR_NOMEM nothing changed. Since: 0.1. */
PMIP_API int pmip_mag_attach(struct pmip_mag *mag, const struct pmip_attach *attach, struct pmip_now now);
/** Detach event: de-registers. @param[in] ll_id who has left, NULL = everybody on this link.
 * @return mobile nodes concerned, 0 = none  @retval PMIP_ERR_TIME, PMIP_ERR_NOMEM nothing changed. Since: 0.1. */
PMIP_API int pmip_mag_detach(struct pmip_mag *mag, uint32_t link, const struct pmip_llid *ll_id, struct pmip_now now);
/** A Router Solicitation: an attach event when the mobile node is not attached, else answered by a Router Advertisement, once
 * registered (RFC 5213 section 6.9.3). @see pmip_mag_attach() for arguments and errors. Since: 0.1. */
PMIP_API int pmip_mag_router_solicit(struct pmip_mag *mag, const struct pmip_attach *attach, struct pmip_now now);
/** A mobile node on this link uses a link-local address (a Neighbour Solicitation or Advertisement says so). Where the LMA has chosen
 * the same for us, another one takes its place and a PBU tells the LMA at once (RFC 5213 section 6.9.1.2). Whoever listens on the access
 * links has to call this: the engine does not see these messages, and pmip/access.h does not report them.
 * @return mobile nodes concerned, 0 = none  @retval PMIP_ERR_TIME, PMIP_ERR_NOMEM nothing changed. Since: 0.1. */
PMIP_API int pmip_mag_link_local_in_use(struct pmip_mag *mag, uint32_t link, const struct pmip_addr *addr, struct pmip_now now);
/** The clock behind wall_us has been synchronised to the source that all nodes of the domain share. Until then nothing is sent again that
 * the LMA has refused with PMIP_STATUS_TIMESTAMP_MISMATCH (event REFUSED), de-registrations apart (RFC 5213 section 6.9.1.2).
 * @return mobile nodes and groups of them that waited for it  @retval PMIP_ERR_TIME. Since: 0.1. */
PMIP_API int pmip_mag_clock_synchronised(struct pmip_mag *mag, struct pmip_now now);
/** Take in a message. @see pmip_lma_input(). Since: 0.1. */
PMIP_API int pmip_mag_input(struct pmip_mag *mag, const struct pmip_dgram *dgram, struct pmip_now now);
/** @see pmip_lma_next_deadline(). Since: 0.1. */
PMIP_API uint64_t pmip_mag_next_deadline(const struct pmip_mag *mag);
/** @see pmip_lma_handle_timeout(). Since: 0.1. */
PMIP_API int pmip_mag_handle_timeout(struct pmip_mag *mag, struct pmip_now now);
/** @see pmip_lma_next_action(). Since: 0.1. */
PMIP_API int pmip_mag_next_action(struct pmip_mag *mag, struct pmip_action *action);
/** @see pmip_lma_complete(); a failure here withdraws the binding and de-registers. Since: 0.1. */
PMIP_API int pmip_mag_complete(struct pmip_mag *mag, uint32_t id, int err, struct pmip_now now);
/** De-register every mobile node and take its forwarding down at once, without waiting for PBAs. Since: 0.1. */
PMIP_API int pmip_mag_shutdown(struct pmip_mag *mag, struct pmip_now now);

/** Revoke the binding of a mobile node (RFC 5846 section 9.2): the LMA is asked by a Binding Revocation Indication. When it has agreed, or has not answered two
 * of them, the binding goes, no PBU is sent for that, and the mobile node is denied until it attaches anew. It stays when the LMA refuses, or
 * when the mobile node attaches or detaches meanwhile. @param[in] mn_id borrowed. @param[in] trigger up to PMIP_TRIGGER_OUT_OF_SYNC.
 * @retval 0 asked  @retval PMIP_ERR_NOENT no such binding  @retval PMIP_ERR_EXIST its revocation is in progress
 * @retval PMIP_ERR_INVALID an argument is outside its range
 * @retval PMIP_ERR_FULL 65535 are in progress  @retval PMIP_ERR_TIME, PMIP_ERR_NOMEM nothing changed. Since: 0.1. */
PMIP_API int pmip_mag_revoke(struct pmip_mag *mag, const struct pmip_mnid *mn_id, enum pmip_revocation_trigger trigger, struct pmip_now now);
/** Revoke all bindings at an LMA by one global Indication (flag G, PMIP_TRIGGER_PER_PEER_POLICY; RFC 5846 section 9.2), in which our
 * identifier is our address. An LMA that refuses by status 130 is not asked again before the next pmip_mag_reconfigure().
 * @param[in] lma borrowed. @retval PMIP_ERR_NOENT there are none  @retval PMIP_ERR_DENIED it has refused
 * @see pmip_mag_revoke() for what comes of it and the other errors. Since: 0.1. */
PMIP_API int pmip_mag_revoke_lma(struct pmip_mag *mag, const struct pmip_addr *lma, struct pmip_now now);
/** Revoke a group of bindings (RFC 6602 section 5.1.3). @param[in] lma borrowed. @param[in] group its identifier by the LMA; 1 = any.
 * @retval PMIP_ERR_NOENT there is none  @see pmip_mag_revoke() for trigger, what comes of it and the other errors. Since: 0.1. */
PMIP_API int pmip_mag_revoke_group(struct pmip_mag *mag, const struct pmip_addr *lma, uint32_t group, enum pmip_revocation_trigger trigger,
				   struct pmip_now now);

/** How many Binding Update List entries there are. Since: 0.1. */
PMIP_API size_t pmip_mag_count_bindings(const struct pmip_mag *mag);
/** Walk all bindings. @see pmip_lma_next_binding(). Since: 0.1. */
PMIP_API int pmip_mag_next_binding(const struct pmip_mag *mag, size_t *cursor, struct pmip_binding_info *info);

/** A flow that comes here although its prefix is another MAG's, as the LMA has told it (RFC 7864 section 3.2.2). */
struct pmip_mag_flow_info {
	size_t size;       /**< sizeof(struct pmip_mag_flow_info), set by the caller */
	uint16_t fid;      /**< its number by the LMA, among those of its mobile node */
	uint16_t priority; /**< FID-PRI, lower is more important */
	struct pmip_selector selector; /**< which packets are of it */
};

/** Walk the flows of a mobile node that its LMA has told; none may mean that it does not tell them. @see pmip_lma_next_binding(). Since: 0.1. */
PMIP_API int pmip_mag_next_flow_of_mn(const struct pmip_mag *mag, size_t *cursor, struct pmip_mag_flow_info *info,
				      const struct pmip_mnid *mn_id);

/** What a MAG counts. */
enum pmip_mag_counter {
	PMIP_MAG_RECEIVED = 0,    /**< messages given to pmip_mag_input() */
	PMIP_MAG_BAD_CHECKSUM,    /**< dropped: checksum */
	PMIP_MAG_MALFORMED,       /**< dropped: any other decoding error */
	PMIP_MAG_UNKNOWN_TYPE,    /**< Mobility Header type not known */
	PMIP_MAG_PBA,             /**< Proxy Binding Acknowledgements decoded */
	PMIP_MAG_IGNORED,         /**< PBAs that answer nothing outstanding, or not what was asked */
	PMIP_MAG_PBU_SENT,        /**< PBUs, retransmissions included */
	PMIP_MAG_RETRANSMITTED,   /**< retransmissions alone */
	PMIP_MAG_ATTACHED,        /**< attach events that began a registration */
	PMIP_MAG_DENIED,          /**< attach events without a profile */
	PMIP_MAG_REGISTERED,      /**< first PBAs that accepted */
	PMIP_MAG_REFRESHED,       /**< extensions accepted */
	PMIP_MAG_REFUSED,         /**< PBAs with a status of 128 or above */
	PMIP_MAG_DETACHED,        /**< detach events */
	PMIP_MAG_EXPIRED,         /**< bindings whose lifetime ended unrefreshed */
	PMIP_MAG_RA_SENT,         /**< Router Advertisements asked for */
	PMIP_MAG_DATAPATH_FAILED, /**< datapath operations that came back with an error */
	PMIP_MAG_HEARTBEAT_SENT,  /**< heartbeat requests sent */
	PMIP_MAG_HEARTBEAT_ANSWERED, /**< those of them that were answered */
	PMIP_MAG_HEARTBEAT_MISSING, /**< those of them that were not answered until the next */
	PMIP_MAG_HEARTBEAT_RECEIVED, /**< heartbeat requests of the LMA, each answered */
	PMIP_MAG_BRI_SENT,        /**< Binding Revocation Indications, retransmissions included */
	PMIP_MAG_BRI,             /**< those of the LMA */
	PMIP_MAG_BRA,             /**< Binding Revocation Acknowledgements that answer ours */
	PMIP_MAG_REVOKED,         /**< bindings removed by revocation, ours or the LMA's */
	PMIP_MAG_UPN,             /**< Update Notifications of the LMA */
	PMIP_MAG_REDIRECTED,      /**< registrations that another LMA has taken (RFC 6463) */
	PMIP_MAG_GROUP_REFRESHED, /**< extensions of a group accepted (RFC 6602) */
	PMIP_MAG_TOLERATED_UNALIGNED_OPTIONS, /**< uses of each tolerance (pmip/tolerance.h), in their order */
	PMIP_MAG_TOLERATED_SHORT_HEADER_LEN, /**< "short-header-len" */
	PMIP_MAG_TOLERATED_PADDED_MN_ID, /**< "padded-mn-id" */
	PMIP_MAG_TOLERATED_NO_P_FLAG, /**< "no-p-flag" */
	PMIP_MAG_TOLERATED_NO_HI_ATT, /**< "no-hi-att" */
	PMIP_MAG_COUNTERS,        /**< how many there are */
};

/** Value of a counter. Since: 0.1. */
PMIP_API uint64_t pmip_mag_get_counter(const struct pmip_mag *mag, enum pmip_mag_counter counter);
/** Name of a counter, e.g. "retransmitted"; NULL when there is none. Static. Since: 0.1. */
PMIP_API const char *pmip_mag_counter_name(enum pmip_mag_counter counter);

#ifdef __cplusplus
}
#endif

#endif
