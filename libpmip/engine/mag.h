/* SPDX-License-Identifier: BSD-2-Clause */
/* Inside the MAG engine: what its procedures share. mag.c has the public calls, mag_config.c the settings, mag_list.c the mobile nodes
 * (Binding Update List), mag_attach.c what happens on access links (RFC 5213 sections 6.9.1.1 and 6.9.1.4),
 * mag_register.c PBUs and timers (sections 6.9.1.3 and 6.9.4), mag_pba.c their answers (section 6.9.1.2),
 * mag_lma.c which LMA serves whom,
 * mag_forward.c tunnel and prefixes (section 6.10), mag_ra.c Router Advertisements (section 6.9.3),
 * mag_bulk.c mobile nodes registered as a group (RFC 6602), mag_revoke.c and mag_revoke_many.c revocation of one and of many (RFC 5846),
 * mag_update.c Update Notifications (RFC 7077), mag_parameters.c what an LMA gives to change (RFC 8127, RFC 8191),
 * mag_heartbeat.c what heartbeats tell of the LMAs (RFC 5847), mag_redirect.c how an LMA names another one (RFC 6463),
 * mag_ipv4.c and mag_gre.c what PBUs and PBAs say of IPv4 home addresses and GRE (RFC 5844, RFC 5845),
 * mag_flowmob.c prefixes at other MAGs, and Flow Mobility Initiate (RFC 7864),
 * mag_path.c further paths to an LMA (RFC 8278),
 * mag_hold.c when a PBU has to wait, mag_lla.c when our link-local address is taken.
 *
 * States of a mobile node, and what leads from one to the next:
 *
 *     idle           -> registering    attached: PBU
 *     registering    -> active         PBA accepts; forwarding is then set up, and only when it stands the mobile node is told
 *     active         -> refreshing     lifetime nearly over, or moved to another of our links: PBU
 *     refreshing     -> active         PBA accepts
 *     any of these   -> deregistering  detached, or forwarding failed: PBU with lifetime 0
 *     any of these   -> denied         PBA refuses for good, or revoked
 *     active, refr.  -> registering    lifetime over, or prefixes refused
 *     deregistering  -> idle           PBA, or INITIAL_BINDACK_TIMEOUT over, with bulk registration some PBUs later; revoked; -> denied
 *                                      when still on the link
 *     deregistering, denied -> registering  attached again
 *     any            -> idle           shut down; denied and detached
 *
 * An idle one is no binding; it is kept until MAX_UPDATE_RATE has nothing against its next PBU, and then
 * forgotten. */
#ifndef PMIP_ENGINE_MAG_H
#define PMIP_ENGINE_MAG_H

#include "base/list.h"
#include "base/timerq.h"
#include "engine/action_queue.h"
#include "engine/group.h"
#include "engine/heartbeat.h"
#include "engine/input.h"
#include "engine/op_ring.h"
#include "engine/retransmit.h"
#include "engine/revocation.h"
#include "engine/tolerance.h"
#include "engine/update.h"
#include "state/peer_rule.h"
#include "state/profile.h"

#include <pmip/mag.h>
#include <pmip/wire.h>

#define PMIP__US_PER_S UINT64_C(1000000)
#define PMIP__US_PER_MS UINT64_C(1000)
/* Where an LMA is lost, all its mobile nodes are registered again: so much time from one to the next. */
#define PMIP__REREGISTER_GAP_US 1000
/* Transmissions of one request that may follow a refusal at once; then the back-off rules. */
#define PMIP__FAST_RETRIES 4

/* Most octets of a PBU: 12 fixed, MN-ID 257, HNPs 8 * 20, HI 4, ATT 4, Timestamp 10, LL-ID 36, LLA 18, group 8,
 * GRE Key 8, IPv4 Home Address Request 8, Redirect-Capability 4, MAG Multipath Binding 8, MAG Identifier 20,
 * Access Network Identifier 257, and padding
 * before each. */
#define PMIP__PBU_MAX 960
/* What one step (a message, a timer, a completion, an attach event) may queue at most. The longest takes
 * down the forwarding of one mobile node and sets it up anew, sends a PBU for each of two, and tells of each
 * change. */
#define PMIP__MAG_STEP_ACTIONS (PMIP__MAG_STEP_OPS + 15 + PMIP_TOLERANCES)
#define PMIP__MAG_STEP_OCTETS (2 * PMIP__PBU_MAX + 11 * PMIP_MNID_MAX)
#define PMIP__MAG_STEP_OPS (2 * (1 + PMIP_HNP_MAX + 1)) /* tunnel, prefixes, IPv4 home address */
/* The same of a detachment: the event, the Router Advertisement, the PBU and its event. */
#define PMIP__MAG_DETACH_ACTIONS 4
#define PMIP__MAG_DETACH_OCTETS (PMIP__PBU_MAX + 2 * PMIP_MNID_MAX)

/* The same of each further path of a mobile node: a PBU, and its tunnel opened, closed and let go. */
#define PMIP__MAG_PATH_ACTIONS 5
#define PMIP__MAG_PATH_OPS 4

/* Longest realm of mobile nodes without a profile. */
#define PMIP__REALM_MAX 128

struct pmip__mag_settings {
	struct pmip_mag_path path[PMIP_MAG_PATHS_MAX]; /* the first is the Proxy-CoA's */
	unsigned int path_count;
	struct pmip_addr proxy_coa, lma, fixed_lla;
	uint32_t lifetime_s, router_lifetime_s, tunnel_mtu, bindack_initial_ms, bindack_max_ms, max_bindings;
	uint32_t presence_age_ms, presence_wait_ms;
	uint32_t bulk_group; /* how we name the group of ours to an LMA (RFC 6602) */
	bool timestamp_in_use, redirect, bulk;
	uint8_t hi_logical_interface; /* what is sent for prefixes that are shared */
	uint8_t flowmob_option_type;  /* of the paper's option; 0 = not understood */
	enum pmip_mag_gre gre;
	uint8_t realm_len; /* of mobile nodes without a profile; 0 = they are denied */
	uint8_t realm[PMIP__REALM_MAX];
	struct pmip__heartbeat_config heartbeat;
};

struct pmip_mag_config {
	struct pmip_mem mem;
	struct pmip__mag_settings settings;
	struct pmip__profiles profiles;
	struct pmip__peer_rules lmas; /* those that something is tolerated of */
};

/* The state that is none to the outside. */
#define PMIP__MAG_IDLE ((enum pmip_binding_state)0)

/* What may happen to a mobile node. */
enum pmip__mag_event {
	PMIP__MAG_ON_ATTACH = 0x01,
	PMIP__MAG_ON_DETACH = 0x02,
	PMIP__MAG_ON_PBA = 0x04,
	PMIP__MAG_ON_SEND = 0x08, /* timer: send (again), or give up waiting */
	PMIP__MAG_ON_LIFE = 0x10, /* timer: refresh, or expiry */
	PMIP__MAG_ON_RA = 0x20,   /* timer: advertise again */
	PMIP__MAG_ON_COMPLETE = 0x40,
	PMIP__MAG_ON_GROUP = 0x80, /* timer of a group, no event of a mobile node */
	PMIP__MAG_ON_PATH = 0x81,  /* timer of a path, no event either */
};

/* Forwarding of a mobile node's prefixes. */
enum pmip__mag_forwarding {
	PMIP__MAG_DOWN,
	PMIP__MAG_INSTALLING, /* operations open */
	PMIP__MAG_UP,
};

/* An access link with somebody on it. */
struct pmip__mag_link {
	uint32_t number;
	struct pmip__list mns;
	uint8_t access_network_len; /* sub-options of an Access Network Identifier; 0 = not known */
	uint8_t access_network[UINT8_MAX];
};

/* Mobile nodes that their LMA lets us register as one (RFC 6602). */
struct pmip__mag_group {
	struct pmip_addr lma;
	uint32_t id; /* the LMA's */
	struct pmip__list mns;
	struct pmip__timer send;
	struct pmip__retransmit retransmit;
	bool refreshing;     /* a request for it is outstanding */
	bool ended;          /* it has been de-registered as a whole */
	bool with_timestamp; /* the last request had one */
	uint16_t seq;
	uint64_t timestamp;
};

/* Flows that come here although their prefix is another MAG's, as the LMA tells them (RFC 7864 section 3.2.2). */
struct pmip__mag_flows {
	unsigned int count;
	struct {
		uint16_t fid, priority;
		struct pmip_selector selector;
	} flow[PMIP__TOLD_FLOWS_MAX];
};

/* A Flow Mobility Initiate whose prefixes are not forwarded yet (RFC 7864 section 3.2.2). */
struct pmip__mag_fmi {
	struct pmip_addr local, lma;
	uint16_t seq;
	bool wants_answer;
	struct pmip__mag_flows *flows; /* that it tells, NULL = none */
	unsigned int kept_count; /* off-link prefixes that there were before: they stay if it fails */
	struct pmip_opt_hnp kept[PMIP_HNP_MAX];
};

/* A further path to the LMA of a mobile node (RFC 8278). */
struct pmip__mag_path {
	struct pmip__mag_mn *mn;
	enum pmip_binding_state state; /* idle, registering, active or refreshing */
	bool open;           /* the datapath has been told of it */
	bool asking;         /* it waits for the mobile node to show that it is there */
	bool with_timestamp; /* the last PBU had one */
	uint8_t hi;          /* of the last request */
	uint16_t seq;        /* of the last PBU */
	uint64_t timestamp;  /* of the last PBU that had one */
	struct pmip__retransmit retransmit;
	struct pmip__timer timer; /* of what comes next: PBU, extension or expiry */
	uint32_t lifetime_s;
	uint64_t refresh_us, expires_us;
	uint32_t op_first, op_end;
};

struct pmip__mag_mn {
	struct pmip__list of_link, of_group;
	struct pmip__mag_link *link; /* NULL = not attached */
	struct pmip__peer *lma;      /* that serves it */
	struct pmip__mag_group *group; /* NULL = none, or not registered */
	uint32_t link_number;        /* where it is or was last */
	uint32_t link_mtu;
	struct pmip_llid ll_id; /* never all zero */
	uint8_t att;
	uint8_t hi; /* of the last request */
	enum pmip_binding_state state;
	struct pmip__mag_path *paths; /* one for each of the settings; NULL = there are none */
	uint8_t first;        /* the one that this entry is about, and which the others follow */
	bool multipath;       /* the LMA has granted others */
	bool replaces;        /* the next PBU is to end what the LMA has of others */
	bool paths_refused;   /* it has not, and is not asked again until the mobile node attaches again */
	uint32_t number;      /* by which the datapath knows it when it has several; never 0 */
	bool denied_for_good; /* only an attach event ends the denial, no Router Solicitation */
	bool with_timestamp;  /* the last PBU had one */
	bool may_redirect;    /* the request says so (RFC 6463) */
	bool seq_listed;      /* in by_seq */
	bool announced;       /* BINDING_ADDED has been told */
	bool elsewhere;       /* the LMA has said so, and we have asked for nothing since */
	bool in_group;        /* of the LMA, as far as we know; group says whether we extend it so */
	uint64_t apart_us;    /* answers to what was sent earlier put it in no group */
	bool revoking;        /* a revocation of ours is in progress, and which */
	uint16_t revocation_seq;
	bool clock_refused;   /* by the LMA, and not synchronised since */
	uint64_t ask_end_us;  /* until when it is asked whether it is there; 0 = it is not */
	uint64_t seen_us;     /* when it last showed that it is there */
	bool tell_access_network; /* in the next PBU */
	/* Times that its LMA gives (RFC 8127 section 3.1.1), 0 = none. */
	uint32_t refresh_before_s, bindack_initial_ms, bindack_max_ms;
	struct pmip__last_update last_update;
	struct pmip__mag_fmi *fmi; /* NULL = none */
	struct pmip__mag_flows *flows; /* NULL = none */
	uint16_t seq;         /* of the last PBU */
	uint64_t timestamp;   /* of the last PBU that had one */
	struct pmip__retransmit retransmit;
	struct pmip__timer send, life, ra;
	/* the binding */
	uint32_t lifetime_s;
	uint64_t expires_us; /* PMIP_TIME_NONE = none */
	struct pmip_addr lla; /* ours towards it, when the LMA chooses */
	uint32_t lla_changes; /* how often that was taken */
	struct pmip_opt_hnp hnp[PMIP_HNP_MAX];
	unsigned int hnp_count;
	struct pmip_ipv4_home ipv4;
	struct pmip_gre gre;
	uint32_t gre_key;            /* downlink key, no other's here */
	enum pmip_mag_gre gre_asked; /* by the last PBU */
	bool gre_refused;            /* the LMA has said that this session needs none */
	bool ipv4_refused, ipv6_refused; /* not asked for any more until it attaches again */
	/* its forwarding */
	enum pmip__mag_forwarding forwarding;
	uint32_t op_first, op_end;
	unsigned int ops_open;
	uint64_t ra_us; /* time of the last Router Advertisement */
	struct pmip_mnid mn_id;
	uint8_t id[];
};

/* How many timers so many mobile nodes, and the groups that there are, have. */
#define PMIP__MAG_TIMERS(mag, mns) ((3 + (mag)->settings.path_count) * (mns) + (mag)->groups.count)

struct pmip_mag {
	struct pmip_mem mem;
	struct pmip__mag_settings settings;
	struct pmip__profiles profiles;
	struct pmip__peer_rules lmas;
	struct pmip__hash_key key;
	struct pmip__htable by_mn_id;  /* every mobile node */
	struct pmip__htable by_access; /* the attached ones by link and link-layer identifier */
	struct pmip__htable by_seq;    /* those with an outstanding PBU, by its sequence number */
	struct pmip__htable by_gre_key; /* every mobile node */
	struct pmip__htable links;
	struct pmip__htable groups;
	struct pmip__mag_group *spare_group; /* for the next one */
	struct pmip__mag_fmi *spare_fmi;
	struct pmip__mag_flows *spare_flows;
	uint64_t alone_until_us;             /* until then each is extended by itself */
	uint32_t last_gre_key, last_number;
	size_t idle; /* mobile nodes that are no binding */
	uint16_t seq;
	uint64_t last_us;
	struct pmip__timerq timers;
	struct pmip__heartbeat heartbeat;
	struct pmip__action_queue actions;
	struct pmip__op_ring ops;
	struct pmip__input input;
	struct pmip__outstanding_set revocations;
	uint64_t counters[PMIP_MAG_COUNTERS];
};

/* mag.c */
int pmip__mag_reserve(struct pmip_mag *mag, size_t actions, size_t octets, size_t ops);
/* Reserve for so many steps. */
int pmip__mag_reserve_steps(struct pmip_mag *mag, size_t steps);
/* Reserve for so many detachments. */
int pmip__mag_reserve_detach(struct pmip_mag *mag, size_t count);
/* An event about a mobile node, its fields filled in. */
struct pmip_event pmip__mag_event(const struct pmip__mag_mn *mn, enum pmip_event_type type);
void pmip__mag_notify(struct pmip_mag *mag, const struct pmip_event *event);
/* May this happen in the state the mobile node is in? */
bool pmip__mag_allows(const struct pmip__mag_mn *mn, enum pmip__mag_event event);
/* The LMA has a session of it, whose end nobody has asked for. */
static inline bool pmip__mag_is_registered(const struct pmip__mag_mn *mn)
{
	return mn->state == PMIP_BINDING_ACTIVE || mn->state == PMIP_BINDING_REFRESHING;
}

/* Whether the PBU can say where it is (RFC 6757). */
static inline bool pmip__mag_has_access_network(const struct pmip__mag_mn *mn)
{
	return mn->link && mn->link->access_network_len;
}

/* Go to a state; timers that mean nothing there stop. */
void pmip__mag_enter(struct pmip_mag *mag, struct pmip__mag_mn *mn, enum pmip_binding_state state);

/* mag_list.c */
void pmip__mag_list_init(struct pmip_mag *mag);
void pmip__mag_list_fini(struct pmip_mag *mag);
struct pmip__mag_mn *pmip__mag_list_find(const struct pmip_mag *mag, const struct pmip_mnid *mn_id);
struct pmip__mag_mn *pmip__mag_list_find_access(const struct pmip_mag *mag, uint32_t link, const struct pmip_llid *ll_id);
struct pmip__mag_mn *pmip__mag_list_find_seq(const struct pmip_mag *mag, uint16_t seq);
struct pmip__mag_link *pmip__mag_list_find_link(const struct pmip_mag *mag, uint32_t number);
/* A new mobile node, idle; NULL = no memory. */
struct pmip__mag_mn *pmip__mag_list_add(struct pmip_mag *mag, const struct pmip_mnid *mn_id);
void pmip__mag_list_remove(struct pmip_mag *mag, struct pmip__mag_mn *mn);
/* The link, made if there is none; NULL = no memory. One that nobody is placed on is to be dropped again. */
struct pmip__mag_link *pmip__mag_list_link(struct pmip_mag *mag, uint32_t number);
void pmip__mag_list_drop_link(struct pmip_mag *mag, struct pmip__mag_link *link);
/* Put a mobile node on a link, and take it off. A link that nobody is on any more is dropped. */
void pmip__mag_list_place(struct pmip_mag *mag, struct pmip__mag_mn *mn, struct pmip__mag_link *link,
			  const struct pmip_llid *ll_id);
void pmip__mag_list_leave(struct pmip_mag *mag, struct pmip__mag_mn *mn);
/* The PBU outstanding has this sequence number. */
void pmip__mag_list_set_seq(struct pmip_mag *mag, struct pmip__mag_mn *mn, uint16_t seq);
void pmip__mag_list_unset_seq(struct pmip_mag *mag, struct pmip__mag_mn *mn);

/* mag_ipv4.c; profile: the mobile node's, NULL = none any more */
/* Which families the mobile node is registered for: what its profile says, less what the LMA has refused. */
bool pmip__mag_asks_ipv4(const struct pmip_profile *profile, const struct pmip__mag_mn *mn);
bool pmip__mag_asks_ipv6(const struct pmip_profile *profile, const struct pmip__mag_mn *mn);
/* Add the option of a PBU. */
void pmip__mag_ask_ipv4(const struct pmip_profile *profile, const struct pmip__mag_mn *mn, struct pmip_binding_options *options);
/* What a PBA grants; addr none = nothing. */
struct pmip_ipv4_home pmip__mag_ipv4_granted(const struct pmip_profile *profile, const struct pmip__mag_mn *mn,
					     const struct pmip_binding_options *options);
/* NULL, or what is wrong with it. */
const char *pmip__mag_ipv4_flaw(const struct pmip_ipv4_home *granted);
/* Take in what a PBA that accepts says. Returns whether forwarding has to be set for it. */
bool pmip__mag_ipv4_accept(struct pmip_mag *mag, const struct pmip_profile *profile, struct pmip__mag_mn *mn,
			   const struct pmip_binding_options *options, const struct pmip_ipv4_home *granted);
/* A status that refuses one family only: go on with the other. False = it is not that. */
bool pmip__mag_goes_on_without(struct pmip_mag *mag, const struct pmip_profile *profile, struct pmip__mag_mn *mn, uint8_t status,
			       struct pmip_now now);
struct pmip_prefix pmip__mag_ipv4_prefix(const struct pmip__mag_mn *mn);

/* mag_gre.c */
/* Add the option of a PBU. */
void pmip__mag_ask_gre(const struct pmip_mag *mag, struct pmip__mag_mn *mn, struct pmip_binding_options *options);
/* Take in what a PBA that accepts says. Returns whether forwarding has to be set for it. */
bool pmip__mag_gre_accept(struct pmip__mag_mn *mn, const struct pmip_binding_options *options, uint8_t status);
/* Whether a refusal says that it is to be asked for after all. */
bool pmip__mag_gre_required(const struct pmip_mag *mag, struct pmip__mag_mn *mn, uint8_t status);

/* mag_attach.c */
/* The MN-ID of a mobile node without a profile, in id; len 0 = it has none and is denied. */
struct pmip_mnid pmip__mag_name_unknown(const struct pmip__mag_settings *settings, const struct pmip_llid *ll_id, uint8_t id[PMIP_MNID_MAX]);
/* tell: let the mobile node know by a Router Advertisement. */
void pmip__mag_detach_mn(struct pmip_mag *mag, struct pmip__mag_mn *mn, bool tell, struct pmip_now now);

/* mag_bulk.c */
/* Make what joining a group takes, before a PBA is looked at. 0 or PMIP_ERR_NOMEM. */
int pmip__mag_bulk_reserve(struct pmip_mag *mag, const struct pmip_mh *mh);
void pmip__mag_bulk_init(struct pmip_mag *mag);
void pmip__mag_bulk_fini(struct pmip_mag *mag);
/* Ask for a place in a group by the PBU for this mobile node. */
void pmip__mag_bulk_ask(const struct pmip_mag *mag, const struct pmip_profile *profile, const struct pmip__mag_mn *mn, struct pmip_mh *mh,
			struct pmip_binding_options *options);
/* A PBA has accepted what was sent then: the mobile node is in the group that it says, or in none. */
void pmip__mag_bulk_accepted(struct pmip_mag *mag, const struct pmip_profile *profile, struct pmip__mag_mn *mn, const struct pmip_ba *ba,
			     const struct pmip_binding_options *options, uint64_t sent_us);
/* Whether a de-registration that nobody has answered is to be sent again. */
bool pmip__mag_bulk_insists(const struct pmip_mag *mag, const struct pmip__mag_mn *mn);
void pmip__mag_bulk_leave(struct pmip_mag *mag, struct pmip__mag_mn *mn);
/* Its session may still be in a group of the LMA's, and we have no more to do with it: let it come to its end. */
void pmip__mag_bulk_doubt(struct pmip_mag *mag, struct pmip__mag_mn *mn, struct pmip_now now);
/* Its session may be in the group no more, or at another MAG: extend it by itself. */
void pmip__mag_bulk_apart(struct pmip_mag *mag, struct pmip__mag_mn *mn, struct pmip_now now);
/* The same of all groups of an LMA, and now. */
void pmip__mag_bulk_dissolve(struct pmip_mag *mag, const struct pmip_addr *lma, struct pmip_now now);
/* Whether it is extended with its group. */
bool pmip__mag_bulk_is_due(const struct pmip_mag *mag, const struct pmip__mag_mn *mn, struct pmip_now now);
/* The lifetime of a mobile node in a group is nearly over: extend it with the group's. */
void pmip__mag_bulk_refresh(struct pmip_mag *mag, struct pmip__mag_mn *mn, struct pmip_now now);
void pmip__mag_bulk_on_timer(struct pmip_mag *mag, struct pmip__mag_group *group, struct pmip_now now);
void pmip__mag_bulk_pba(struct pmip_mag *mag, const struct pmip_dgram *dgram, const struct pmip_ba *ba,
			const struct pmip_binding_options *options, struct pmip_now now);
/* Groups whose PBU the LMA has refused for its timestamp are extended now. Returns how many. */
int pmip__mag_bulk_clock_synchronised(struct pmip_mag *mag, struct pmip_now now);
/* De-register every group as a whole, once: two actions and a PBU's octets for each. */
void pmip__mag_bulk_deregister_all(struct pmip_mag *mag, struct pmip_now now);

/* mag_register.c */
/* A Timestamp for a PBU, later than the last one. */
uint64_t pmip__mag_next_timestamp(uint64_t last, struct pmip_now now);
void pmip__mag_register(struct pmip_mag *mag, struct pmip__mag_mn *mn, uint8_t hi, struct pmip_now now);
void pmip__mag_refresh(struct pmip_mag *mag, struct pmip__mag_mn *mn, uint8_t hi, struct pmip_now now);
/* Begin the extension at this time if it would begin later. The time advances to that of the next mobile node. */
void pmip__mag_refresh_at(struct pmip_mag *mag, struct pmip__mag_mn *mn, uint64_t *at_us);
/* Handoff Indicator when nobody is sure what has happened. */
uint8_t pmip__mag_first_hi(const struct pmip_mag *mag, const struct pmip__mag_mn *mn);
void pmip__mag_deregister(struct pmip_mag *mag, struct pmip__mag_mn *mn, struct pmip_now now);
void pmip__mag_deregistered(struct pmip_mag *mag, struct pmip__mag_mn *mn, struct pmip_now now);
/* Nothing is left of the binding: forget the mobile node as soon as may be. */
void pmip__mag_go_idle(struct pmip_mag *mag, struct pmip__mag_mn *mn, struct pmip_now now);
/* Send what the state calls for, now or as soon as MAX_UPDATE_RATE allows. */
void pmip__mag_transmit(struct pmip_mag *mag, struct pmip__mag_mn *mn, struct pmip_now now);
void pmip__mag_on_send_timer(struct pmip_mag *mag, struct pmip__mag_mn *mn, struct pmip_now now);
void pmip__mag_on_life_timer(struct pmip_mag *mag, struct pmip__mag_mn *mn, struct pmip_now now);

/* mag_hold.c */
/* Whether a PBU may be sent again for it now. If not, it is asked, and the timer set for what is to be done anew with the
 * answer; or it has not answered, and is detached. */
bool pmip__mag_is_present(struct pmip_mag *mag, struct pmip__mag_mn *mn, struct pmip__timer *timer, struct pmip_now now);
/* It has shown that it is there. */
void pmip__mag_saw(struct pmip_mag *mag, struct pmip__mag_mn *mn, struct pmip_now now);
/* No PBU registers it until our clock has been synchronised. */
void pmip__mag_clock_refused(struct pmip_mag *mag, struct pmip__mag_mn *mn);

/* mag_parameters.c */
/* When to extend and how long to wait, and what heartbeats are like, as a PBA says; what it does not give is ours again. */
void pmip__mag_take_times(struct pmip__mag_mn *mn, const struct pmip_binding_options *options);
void pmip__mag_take_heartbeat(struct pmip__mag_mn *mn, const struct pmip_binding_options *options);
/* Change what a notification tells to change. Returns the status of the answer. */
uint8_t pmip__mag_update_parameters(struct pmip_mag *mag, struct pmip__mag_mn *mn, const struct pmip_mh *mh, struct pmip_now now);

/* mag_pba.c */
/* A refusal after which the request may be repeated as it is. */
static inline bool pmip__mag_is_out_of_order(uint8_t status)
{
	return status == PMIP_STATUS_TIMESTAMP_LOWER_THAN_PREV_ACCEPTED || status == PMIP_STATUS_SEQ_OUT_OF_WINDOW;
}

/* Whether these are the prefixes that are its own here. */
bool pmip__mag_same_prefixes(const struct pmip__mag_mn *mn, const struct pmip_binding_options *options);
bool pmip__mag_is_usable_prefix(const struct pmip_prefix *prefix);
/* How long after its beginning a lifetime is to be extended, seconds. */
uint32_t pmip__mag_refresh_after(const struct pmip__mag_mn *mn, uint32_t lifetime_s);
/* The lifetime granted begins, from when the request left. */
void pmip__mag_begin_lifetime(struct pmip_mag *mag, struct pmip__mag_mn *mn, uint32_t lifetime_s, uint64_t sent_us);
/* tolerate: of the LMA. Returns what of that was needed. */
uint32_t pmip__mag_pba(struct pmip_mag *mag, const struct pmip_dgram *dgram, const struct pmip_mh *mh, uint32_t tolerate,
		       struct pmip_now now);
void pmip__mag_ignore(struct pmip_mag *mag, const struct pmip_dgram *dgram, const struct pmip_mnid *mn_id, const char *rule,
		      const char *ref);

/* mag_path.c */
/* The address that a mobile node is registered by first; NULL = nobody's in particular. */
const struct pmip_addr *pmip__mag_local(const struct pmip_mag *mag, const struct pmip__mag_mn *mn);
/* Whether it is one of our addresses. */
bool pmip__mag_is_ours(const struct pmip_mag *mag, const struct pmip_addr *addr);
/* The further path of this address; NULL = it is none. */
struct pmip__mag_path *pmip__mag_path_at(const struct pmip_mag *mag, const struct pmip__mag_mn *mn, const struct pmip_addr *addr);
/* Make its paths. 0 or PMIP_ERR_NOMEM. */
int pmip__mag_paths_new(struct pmip_mag *mag, struct pmip__mag_mn *mn);
/* Add the options of a PBU by this path. alone: nothing that the LMA has of others counts any more. */
void pmip__mag_path_ask(const struct pmip_mag *mag, const struct pmip_profile *profile, const struct pmip__mag_mn *mn, unsigned int index,
			bool alone, struct pmip_binding_options *options);
/* A PBA that accepts the first: are others granted? */
void pmip__mag_paths_granted(struct pmip_mag *mag, const struct pmip_profile *profile, struct pmip__mag_mn *mn,
			     const struct pmip_binding_options *options);
/* Whether a refusal of the first says that there are to be no others; they end. */
bool pmip__mag_paths_refused(struct pmip_mag *mag, struct pmip__mag_mn *mn, uint8_t status);
/* Register by those that are granted and idle, once the first stands. */
void pmip__mag_paths_begin(struct pmip_mag *mag, struct pmip__mag_mn *mn, struct pmip_now now);
/* Extend them as soon as they may. The time advances to that of the next. */
void pmip__mag_paths_refresh_at(struct pmip_mag *mag, struct pmip__mag_mn *mn, uint64_t *at_us);
/* The mobile node has shown that it is there: what waits for that goes on. */
void pmip__mag_paths_saw(struct pmip_mag *mag, struct pmip__mag_mn *mn, struct pmip_now now);
/* Extend the one of this address now. False = it is none that could be. */
bool pmip__mag_path_refresh(struct pmip_mag *mag, struct pmip__mag_mn *mn, const struct pmip_addr *addr, struct pmip_now now);
/* De-register by each; no answer is waited for. */
void pmip__mag_paths_deregister(struct pmip_mag *mag, struct pmip__mag_mn *mn, struct pmip_now now);
/* They are registered no more, as far as we are concerned. */
void pmip__mag_paths_stop(struct pmip_mag *mag, struct pmip__mag_mn *mn);
/* Take their tunnels down. */
void pmip__mag_paths_close(struct pmip_mag *mag, struct pmip__mag_mn *mn);
/* The first does not answer: another one takes its place. False = there is none that could; the next one is tried when it is not
 * registered yet. */
bool pmip__mag_path_change(struct pmip_mag *mag, struct pmip__mag_mn *mn, struct pmip_now now);
void pmip__mag_path_on_timer(struct pmip_mag *mag, struct pmip__mag_path *path, struct pmip_now now);
/* The LMA has ended this one. False = there is none. */
bool pmip__mag_path_revoked(struct pmip_mag *mag, struct pmip__mag_path *path);
/* A PBA by this path. NULL, or why it is ignored. */
const char *pmip__mag_path_pba(struct pmip_mag *mag, struct pmip__mag_path *path, const struct pmip_ba *ba,
			       const struct pmip_binding_options *options, struct pmip_now now);
/* An operation for it has come back. */
void pmip__mag_path_completed(struct pmip_mag *mag, struct pmip__mag_path *path, int err, struct pmip_now now);

/* mag_heartbeat.c */
void pmip__mag_heartbeat(struct pmip_mag *mag, const struct pmip_dgram *dgram, const struct pmip_mh *mh, struct pmip_now now);
void pmip__mag_binding_error(struct pmip_mag *mag, const struct pmip_dgram *dgram, const struct pmip_mh *mh);

/* mag_lma.c */
/* Know the LMAs that a configuration names. 0, or PMIP_ERR_NOMEM with nothing changed. */
int pmip__mag_lmas_configure(struct pmip_mag *mag, const struct pmip__mag_settings *settings, const struct pmip__profiles *profiles,
			     uint64_t now_us);
/* Whether a message is from an LMA that is known, and to our Proxy-CoA; otherwise it is ignored. mn_id: NULL = of nobody. */
bool pmip__mag_is_for_us(struct pmip_mag *mag, const struct pmip_dgram *dgram, const struct pmip_mnid *mn_id, const char *ref);
/* The one to register with. */
struct pmip__peer *pmip__mag_home_lma(const struct pmip_mag *mag, const struct pmip_mnid *mn_id);
/* Have another LMA serve a mobile node that is not forwarded; NULL = none, for the last time. */
void pmip__mag_set_lma(struct pmip_mag *mag, struct pmip__mag_mn *mn, struct pmip__peer *lma);
bool pmip__mag_is_lma_of(const struct pmip__mag_mn *mn, const struct pmip_addr *addr);

/* mag_redirect.c */
/* Follow the Redirect option of a PBA that accepts a registration, if there is one. Room for one more LMA is reserved. */
void pmip__mag_redirect(struct pmip_mag *mag, struct pmip__mag_mn *mn, const struct pmip_dgram *dgram,
			const struct pmip_binding_options *options);
/* An LMA does not answer heartbeats any more. */
void pmip__mag_redirect_lost(struct pmip_mag *mag, const struct pmip__peer *lma, struct pmip_now now);

/* mag_forward.c */
void pmip__mag_install(struct pmip_mag *mag, struct pmip__mag_mn *mn);
/* Take forwarding down and forget the binding, if there are any. tell: let the mobile node know. */
void pmip__mag_withdraw(struct pmip_mag *mag, struct pmip__mag_mn *mn, bool tell, const char *rule, const char *ref);
/* The first path is another one: forwarding goes over to it. old: the one that it was. */
void pmip__mag_redirect_forwarding(struct pmip_mag *mag, struct pmip__mag_mn *mn, unsigned int old);
/* The IPv4 home address is no longer there. */
void pmip__mag_withdraw_ipv4(struct pmip_mag *mag, struct pmip__mag_mn *mn);
/* Forget prefixes, IPv4 home address and GRE; their forwarding is down. */
void pmip__mag_forget_addresses(struct pmip__mag_mn *mn);
/* The prefixes that are the mobile node's own, into prefix unless it is NULL. Returns how many. */
unsigned int pmip__mag_own_prefixes(const struct pmip__mag_mn *mn, struct pmip_prefix prefix[PMIP_HNP_MAX]);
unsigned int pmip__mag_address_count(const struct pmip__mag_mn *mn);
/* Stop forwarding one of several prefixes, and tell the mobile node; with the last of its own no router is left for IPv6. */
void pmip__mag_withdraw_prefix(struct pmip_mag *mag, struct pmip__mag_mn *mn, unsigned int index, bool is_last);
void pmip__mag_completed(struct pmip_mag *mag, struct pmip__mag_mn *mn, int err, struct pmip_now now);

/* mag_flowmob.c */
bool pmip__mag_has_prefix(const struct pmip_opt_hnp *hnp, unsigned int count, const struct pmip_opt_hnp *wanted);
/* The mobile node's own link-local address; :: = not known. */
struct pmip_addr pmip__mag_mn_lla(const struct pmip__mag_mn *mn);
/* The off-link ones among these prefixes are all that it has elsewhere. Returns whether forwarding has to be set for new ones. */
bool pmip__mag_replace_off_link(struct pmip_mag *mag, struct pmip__mag_mn *mn, const struct pmip_opt_hnp *hnp, unsigned int count);
/* Make what a Flow Mobility Initiate, and flows in any message, take, before it is looked at. 0 or PMIP_ERR_NOMEM. */
int pmip__mag_flowmob_reserve(struct pmip_mag *mag, const struct pmip_mh *mh);
/* Obey one. Returns the status of the answer, or PMIP__UPDATE_PENDING: it follows when forwarding stands. */
uint8_t pmip__mag_fmi(struct pmip_mag *mag, struct pmip__mag_mn *mn, const struct pmip_dgram *dgram, const struct pmip_mh *mh);
/* Forwarding stands, or cannot be set up; with one under way it is answered. False: there is none. */
bool pmip__mag_fmi_done(struct pmip_mag *mag, struct pmip__mag_mn *mn, bool failed);
/* The flows that a message tells are all that there are. */
void pmip__mag_take_flows(struct pmip_mag *mag, struct pmip__mag_mn *mn, const struct pmip_mh *mh);
void pmip__mag_forget_flows(struct pmip_mag *mag, struct pmip__mag_mn *mn);
/* One under way comes to nothing with the mobile node's forwarding; the LMA will ask again. */
void pmip__mag_fmi_drop(struct pmip_mag *mag, struct pmip__mag_mn *mn);

/* mag_ra.c */
/* Advertise its prefixes to a mobile node, and again in time. */
void pmip__mag_advertise(struct pmip_mag *mag, struct pmip__mag_mn *mn, struct pmip_now now);
/* Answer a Router Solicitation, unless an advertisement has just left. */
void pmip__mag_answer_solicit(struct pmip_mag *mag, struct pmip__mag_mn *mn, struct pmip_now now);
/* Tell it that router and prefixes serve it no more. */
void pmip__mag_deprecate(struct pmip_mag *mag, const struct pmip__mag_mn *mn);
/* Tell it that this prefix serves it no more, the router still does. */
void pmip__mag_deprecate_prefix(struct pmip_mag *mag, const struct pmip__mag_mn *mn, const struct pmip_prefix *prefix);

/* mag_revoke.c */
/* Registered at some time, and not given up since. */
bool pmip__mag_has_binding(const struct pmip__mag_mn *mn);
/* A binding has been revoked: it goes. */
void pmip__mag_revoked(struct pmip_mag *mag, struct pmip__mag_mn *mn, const char *rule, struct pmip_now now);
void pmip__mag_revocation(struct pmip_mag *mag, const struct pmip_dgram *dgram, const struct pmip_mh *mh, struct pmip_now now);
int pmip__mag_revocation_timeout(struct pmip_mag *mag, struct pmip_now now);

/* mag_revoke_many.c */
/* Reserve what a revocation message may queue beyond one step. */
int pmip__mag_revocation_reserve(struct pmip_mag *mag, const struct pmip_dgram *dgram, const struct pmip_mh *mh);
/* Obey an Indication for many. Returns the status of the answer. */
uint8_t pmip__mag_revoke_many(struct pmip_mag *mag, const struct pmip__bri *bri, const struct pmip_addr *lma, struct pmip_now now);
/* The answer to one of ours, and none in time. */
void pmip__mag_bra_of_many(struct pmip_mag *mag, struct pmip__revocation *revocation, uint8_t status, struct pmip_now now);
int pmip__mag_time_out_of_many(struct pmip_mag *mag, struct pmip__revocation *revocation, struct pmip_now now);

/* mag_update.c */
/* No status: there is no answer yet. */
#define PMIP__UPDATE_PENDING 0xff
/* Whom a notification is about, by the option that its answer repeats. */
struct pmip__mag_target {
	bool has_mn_id, has_group;
	struct pmip_option mn_id, group;
};
/* Answer one. of: the mobile node whose prefixes at other MAGs are named, NULL = none are. */
void pmip__mag_upa(struct pmip_mag *mag, const struct pmip_dgram *dgram, uint16_t seq, const struct pmip__mag_target *target, uint8_t status,
		   const struct pmip__mag_mn *of);
void pmip__mag_upn(struct pmip_mag *mag, const struct pmip_dgram *dgram, const struct pmip_mh *mh, struct pmip_now now);

#endif
