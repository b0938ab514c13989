/* SPDX-License-Identifier: BSD-2-Clause */
/* The LMA's Binding Cache (RFC 5213 section 5.1): sessions, found by MN-ID, by prefix and by Proxy-CoA.
 *
 * The sessions of one mobile node hang on its struct pmip__mn, which is the flow-mob list of the paper's section 3.2.2; the sessions
 * at one Proxy-CoA hang on its tunnel, which lives as long as something refers to it (section 5.6.1).
 */
#ifndef PMIP_STATE_BINDING_CACHE_H
#define PMIP_STATE_BINDING_CACHE_H

#include "base/hash.h"
#include "base/htable.h"
#include "base/list.h"
#include "base/timerq.h"
#include "state/freshness.h"

#include <pmip/action.h>
#include <pmip/binding.h>

/* An IPv6-in-IPv6 tunnel between an address of ours and a Proxy-CoA. */
struct pmip__tunnel {
	struct pmip_addr local, remote;
	struct pmip_addr mag; /* where messages to its MAG go: remote, unless that is an Alternate Care-of Address */
	struct pmip__list sessions;
	uint32_t id;   /* never 0; tells tunnels apart for those who speak of flows */
	uint32_t group;                     /* identifier of the group of those sessions that are in it, 0 = there was none yet (RFC 6602) */
	struct pmip__freshness group_fresh; /* of requests for the group */
	uint64_t group_until_us;            /* the last of them extended it until then */
	uint32_t refs; /* sessions, registrations that may have to go back to it, flows, and what waits for its MAG */
	bool up;       /* the datapath has said so */
	bool moving;   /* a group is on its way from or to it */
};

/* A mobile node, as long as it has a session or a PBU on hold. */
struct pmip__mn {
	struct pmip_mnid mn_id;
	struct pmip__list sessions;
	struct pmip__list held; /* PBUs that wait; the engine's */
	struct pmip__list changed; /* in the cache's list of those with other prefixes than its MAGs may have been told */
	uint32_t number;        /* never 0; tells mobile nodes apart in the datapath */
	uint16_t epoch;         /* never 0; changes with the prefixes that its attachments have */
	uint16_t pins : 15;     /* reasons to stay although there is nothing left of it */
	uint16_t unstored : 1;  /* the store has to be told of it */
	uint8_t id[];
};

/* A Home Network Prefix of a session, or its IPv4 home address as ::ffff:a.b.c.d/128. */
struct pmip__hnp {
	struct pmip_prefix prefix;
	uint8_t index;  /* place in the session's array; PMIP__INDEX_IPV4 = in its extras */
	bool from_pool; /* goes back to its pool with the session */
};

#define PMIP__INDEX_IPV4 0xff

/* One of several paths of a MAG to a mobile node (RFC 8278). */
struct pmip__path {
	uint8_t bid; /* 0 = it has not asked for several */
	uint8_t label, att;
	uint32_t mag; /* a hash of the MAG's identifier */
};

/* What few sessions have, apart so that it costs the others nothing: an IPv4 home address (RFC 5844), GRE (RFC 5845), a path of several. */
struct pmip__extras {
	struct pmip__session *session;
	struct pmip__hnp ipv4; /* prefix.len 0 = none */
	uint8_t ipv4_plen;
	uint8_t ipv4_router[4];
	bool shares_ipv4; /* its MAG has that of the anchor */
	struct pmip_gre gre;
	bool has_key;  /* an uplink key of its own, */
	uint32_t key;  /* this one */
	struct pmip__path path;
};

/* What one accepted PBU says; replaced as a whole by the next, put back as a whole when that fails. */
struct pmip__registration {
	struct pmip__tunnel *tunnel;
	struct pmip_llid ll_id;
	struct pmip_addr lla;
	uint8_t att, hi;
	bool bulk; /* in the group of its tunnel */
	uint32_t lifetime_s;
	struct pmip__freshness fresh;
	uint64_t received_us; /* wall clock at the last accepted PBU; 0 when it had no Timestamp (RFC 5213 section 5.1) */
};

/* Whether a revocation of ours is in progress. */
enum pmip__revoking {
	PMIP__NOT_REVOKING,
	PMIP__REVOKING,
	PMIP__REVOKING_ADMINISTRATIVELY,
	PMIP__REVOKING_FOR_HANDOVER, /* PBUs wait for its outcome */
};

/* A Binding Cache Entry: one attachment of a mobile node. Those with the same set number share prefixes (RFC 7864 section 3.2.1); the
 * prefixes, and with them the default path, are the anchor's, the one that has been there longest. */
struct pmip__session {
	struct pmip__list of_mn, of_tunnel;
	struct pmip__mn *mn;
	struct pmip__registration reg;
	uint8_t state;            /* enum pmip_binding_state */
	bool lost : 1;            /* its MAG has restarted since it registered it */
	bool unsure : 1;          /* its prefixes or its path were set without waiting for the result */
	bool moved : 1;           /* with its group to this tunnel, which is not done yet */
	bool replaced : 1;        /* another path has taken its place: it goes when timers are next looked at */
	uint8_t revoking;         /* enum pmip__revoking; if so, the sequence number (RFC 5846 section 8.1) */
	uint8_t refusal;          /* the status that said so when refused was set, 0 = there was no answer */
	uint16_t revocation_seq;
	uint16_t epoch;           /* of the mobile node when its MAG last had the prefixes at other MAGs; 0 = never */
	struct pmip__timer timer; /* expiry, or the end of delete-wait */
	struct pmip__txn *txn;    /* registration whose forwarding is being set up; the engine's */
	struct pmip__extras *extras; /* NULL = none */
	uint16_t told;            /* as epoch, when it was last told of them */
	uint16_t refused;         /* the same when it last would not have them; 0 = never */
	uint16_t telling;         /* the same when a Flow Mobility Initiate was sent that is not answered yet; 0 = there is none */
	uint16_t fmi_seq;         /* its sequence number */
	uint16_t bid;             /* never 0; tells the sessions of a mobile node apart (RFC 7864 section 5) */
	uint8_t set;
	bool has_path;            /* the datapath lets its tunnel carry what other attachments have bound */
	uint8_t hnp_count;        /* 0 = the anchor has them, unless it has IPv4 alone */
	struct pmip__hnp hnp[];   /* with room for those that it may take over */
};

struct pmip__binding_cache {
	struct pmip_mem mem;
	struct pmip__hash_key key;
	struct pmip__htable mns, prefixes, tunnels;
	uint32_t last_number; /* of a mobile node */
	uint32_t last_tunnel; /* its number */
	uint32_t lengths[129]; /* how many prefixes there are of each length */
	struct pmip__htable keys; /* extras, by uplink key */
	uint32_t last_key;
	size_t count; /* sessions */
	struct pmip__list changed; /* mobile nodes */
	bool stores; /* else nothing is ever to be stored */
	struct pmip__mn **unstored; /* what the store has to be told of, and how many there is room for */
	size_t unstored_count, unstored_cap;
	bool unstored_more; /* there was no memory for some, which have to be looked for */
};

void pmip__binding_cache_init(struct pmip__binding_cache *cache, const struct pmip_mem *mem, const uint8_t hash_key[16]);
/* Frees every session, mobile node and tunnel. Timers are not cancelled. */
void pmip__binding_cache_fini(struct pmip__binding_cache *cache);

struct pmip__mn *pmip__binding_cache_mn(const struct pmip__binding_cache *cache, const struct pmip_mnid *mn_id);
struct pmip__session *pmip__binding_cache_by_prefix(const struct pmip__binding_cache *cache, const struct pmip_prefix *prefix);

/* The session that has the longest prefix with this address in it; NULL = none. */
struct pmip__session *pmip__binding_cache_by_addr(const struct pmip__binding_cache *cache, const struct pmip_addr *addr);

/* Find or make a mobile node. NULL = no memory. */
struct pmip__mn *pmip__binding_cache_mn_ensure(struct pmip__binding_cache *cache, const struct pmip_mnid *mn_id);
/* The prefixes of a session, and of those that share them, are others than before; what their own MAGs have been told of the prefixes
 * elsewhere is as right as before. */
void pmip__binding_cache_prefixes_changed(struct pmip__binding_cache *cache, struct pmip__session *session);
/* Its MAGs may have to be told of its prefixes. */
void pmip__binding_cache_mn_touch(struct pmip__binding_cache *cache, struct pmip__mn *mn);
/* Take the first of those from their list, NULL = there is none. */
struct pmip__mn *pmip__binding_cache_next_changed(struct pmip__binding_cache *cache);
/* What the store has of a mobile node is out of date. What changes the addresses of a session in here says so itself. */
void pmip__binding_cache_unstored(struct pmip__binding_cache *cache, struct pmip__mn *mn);
/* Take one of those whose record is out of date; the caller tidies it. NULL = there is none. */
struct pmip__mn *pmip__binding_cache_next_unstored(struct pmip__binding_cache *cache);
/* Forget a mobile node that has no session, held PBU or pin left, and whose end the store knows. */
void pmip__binding_cache_mn_tidy(struct pmip__binding_cache *cache, struct pmip__mn *mn);

/* NULL = there is none. */
struct pmip__tunnel *pmip__binding_cache_tunnel(const struct pmip__binding_cache *cache, const struct pmip_addr *local,
						const struct pmip_addr *remote);
/* Find or make a tunnel and refer to it. NULL = no memory. */
struct pmip__tunnel *pmip__binding_cache_tunnel_get(struct pmip__binding_cache *cache, const struct pmip_addr *local,
						    const struct pmip_addr *remote);
/* Drop a reference. True when it was the last: the tunnel is gone, its ends are in *ends. */
bool pmip__binding_cache_tunnel_put(struct pmip__binding_cache *cache, struct pmip__tunnel *tunnel, struct pmip__tunnel *ends);

/* Make a session of a mobile node with its prefixes (the caller's array; index is filled in). NULL = no memory. */
struct pmip__session *pmip__binding_cache_add(struct pmip__binding_cache *cache, struct pmip__mn *mn,
					      const struct pmip__hnp *hnp, unsigned int hnp_count);
/* Make a session that shares the prefixes of another. NULL = no memory. */
struct pmip__session *pmip__binding_cache_add_sharing(struct pmip__binding_cache *cache, const struct pmip__session *anchor);
/* Make a session as it was, with these prefixes and room for so many; it is in no tunnel yet. NULL = no memory. */
struct pmip__session *pmip__binding_cache_put_back(struct pmip__binding_cache *cache, struct pmip__mn *mn, uint8_t set, uint16_t bid,
						   const struct pmip__hnp *hnp, unsigned int count, unsigned int room);
/* Give it back its uplink key, which none has. 0, or PMIP_ERR_NOMEM with nothing changed. */
int pmip__binding_cache_put_back_gre(struct pmip__binding_cache *cache, struct pmip__session *session, const struct pmip_gre *gre);
/* Whether a session has this uplink key. */
bool pmip__binding_cache_has_key(const struct pmip__binding_cache *cache, uint32_t key);
/* A session by its place in the list of its mobile node, and in that of its tunnel. */
static inline struct pmip__session *pmip__session_of_mn(const struct pmip__list *link)
{
	return PMIP__CONTAINER(link, struct pmip__session, of_mn);
}

static inline struct pmip__session *pmip__session_of_tunnel(const struct pmip__list *link)
{
	return PMIP__CONTAINER(link, struct pmip__session, of_tunnel);
}

/* The session whose prefixes this one has, itself or another. */
struct pmip__session *pmip__binding_cache_anchor(const struct pmip__session *session);
/* Its prefixes are another's from now on, which shared them; its IPv4 home address too, if that shared it. */
void pmip__binding_cache_hand_over(struct pmip__binding_cache *cache, struct pmip__session *anchor, struct pmip__session *heir);
/* The oldest session that shares an anchor's prefixes, NULL = none. */
struct pmip__session *pmip__binding_cache_heir(const struct pmip__session *anchor);
/* Give a session a prefix in place of one that it has, which is returned. */
struct pmip__hnp pmip__binding_cache_swap_prefix(struct pmip__binding_cache *cache, struct pmip__session *session,
						 const struct pmip_prefix *old, const struct pmip__hnp *hnp);
/* The session that a prefix or an address belongs to. */
struct pmip__session *pmip__binding_cache_owner(const struct pmip__hnp *hnp);
/* Give a session an IPv4 home address (the caller's; index is filled in). 0, or PMIP_ERR_NOMEM with nothing changed. */
int pmip__binding_cache_add_ipv4(struct pmip__binding_cache *cache, struct pmip__session *session, const struct pmip__hnp *ipv4,
				 uint8_t plen, const uint8_t router[4]);
/* Take it away again. */
void pmip__binding_cache_drop_ipv4(struct pmip__binding_cache *cache, struct pmip__session *session);
/* Have a session's packets look like this; with gre->recv.present it gets an uplink key that no other has, or keeps the one it had,
 * whatever gre->recv.value is. 0, or PMIP_ERR_NOMEM with nothing changed. */
int pmip__binding_cache_set_gre(struct pmip__binding_cache *cache, struct pmip__session *session, const struct pmip_gre *gre);
/* Have it be this path of several, or the only one. 0, or PMIP_ERR_NOMEM with nothing changed. */
int pmip__binding_cache_set_path(struct pmip__binding_cache *cache, struct pmip__session *session, const struct pmip__path *path);
/* Whether the MAG of an attachment under another's prefixes has the anchor's IPv4 home address as well. @return 0 or PMIP_ERR_NOMEM. */
int pmip__binding_cache_share_ipv4(struct pmip__binding_cache *cache, struct pmip__session *session, bool shares);
bool pmip__session_shares_ipv4(const struct pmip__session *session);
struct pmip__path pmip__session_path(const struct pmip__session *session);
/* Free what of its extras is not in use any more. */
void pmip__binding_cache_tidy_extras(struct pmip__binding_cache *cache, struct pmip__session *session);
/* The prefixes of a session and behind them its IPv4 home address. */
unsigned int pmip__session_address_count(const struct pmip__session *session);
const struct pmip__hnp *pmip__session_address(const struct pmip__session *session, unsigned int i);
/* Its IPv4 home address; NULL = none. */
const struct pmip__hnp *pmip__session_ipv4(const struct pmip__session *session);
/* Take one of several prefixes from a session. */
void pmip__binding_cache_drop_prefix(struct pmip__binding_cache *cache, struct pmip__session *session, unsigned int index);
/* Take a session out and free it; its tunnel reference is the caller's to drop then. The mobile node is tidied. */
void pmip__binding_cache_remove(struct pmip__binding_cache *cache, struct pmip__session *session);
/* Put the session on the list of its registration's tunnel, wherever it was. */
void pmip__binding_cache_relink(struct pmip__session *session);

#endif
