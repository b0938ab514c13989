/* SPDX-License-Identifier: BSD-2-Clause */
/* What access_linux.c (sockets, probes, the backend's functions), access_watch.c (who is on which link) and
 * access_address.c (our addresses, where the LMA chooses them) share. */
#ifndef PMIP_BACKEND_ACCESS_LINUX_H
#define PMIP_BACKEND_ACCESS_LINUX_H

#include <linux/if_packet.h>
#include <sys/socket.h>

#include <pmip/access.h>

#include "link.h"
#include "nd.h"

#define PMIP__ACCESS_AREA "access"
#define FRAMES 32
#define FRAME_BYTES 2048

struct station {
	uint8_t mac[6];
	bool has_addr;
	struct pmip_addr addr;
	unsigned int asked; /* probes since the last sign of life */
	uint64_t due_us;    /* next probe */
	bool wanted;	    /* somebody waits for its next sign of life */
};

/* Our link-local address towards a mobile node, where the LMA chooses it. */
struct own_address {
	struct pmip_llid who;  /* len 0: the one mobile node of the link */
	struct pmip_addr addr; /* :: = none now */
	uint64_t told_us;      /* when it was last told to be the mobile node's; 0 = never */
	uint64_t ask_us;       /* when to ask again whether it is */
};

/* Settings of neighbour discovery on a link that is ours; see access_watch.c. */
#define NEIGHBOUR_SETTINGS 3

struct link {
	char name[IFNAMSIZ];
	uint8_t att;
	uint8_t mn_subtype;
	uint8_t mn_len; /* > 0: the one mobile node of this link */
	uint8_t mn_id[PMIP_MNID_MAX];
	uint8_t access_network_len;
	uint8_t access_network[UINT8_MAX];
	uint32_t index; /* 0 = no such interface now */
	uint32_t mtu;
	bool listed; /* named by the listing under way */
	bool up;
	bool addressed;
	bool attached; /* ATTACH told for mn_id */
	bool wanted;   /* the next sign of life of mn_id */
	bool own_mac_known;
	uint8_t own_mac[6];
	int own_gen_mode;
	int own_neighbour[NEIGHBOUR_SETTINGS]; /* -1 = not known */
	struct station *stations;
	size_t count, room;
	struct own_address *owns;
	size_t own_count, own_room;
	uint64_t query_due_us; /* while there are no stations */
};

struct queued {
	enum pmip_access_event_type type;
	const struct link *link;
	uint32_t index;
	struct pmip_llid ll_id;
	struct pmip_addr address;
	const char *trigger;
};

struct access {
	int epoll_fd;
	int packet_fd;
	struct pmip__rtnl *rtnl;
	struct pmip_log log;
	bool lma_chooses; /* our link-local addresses; then link_local is on no interface, for questions only */
	struct pmip_addr link_local;
	uint8_t mac[6];
	uint64_t interval_us;
	uint64_t due_us; /* no probe earlier than this */
	struct link *links;
	size_t link_count;
	struct queued *queue; /* ring */
	size_t queue_cap, head, queued;
	struct mmsghdr msg[FRAMES];
	struct iovec iov[FRAMES];
	struct sockaddr_ll from[FRAMES];
	uint8_t frame[FRAMES][FRAME_BYTES];
};

/* access_watch.c */

/* Whether the queue has room for n more events. */
bool pmip__access_has_room(const struct access *a, size_t n);
struct link *pmip__access_link_by_index(struct access *a, uint32_t index);
struct link *pmip__access_link_by_name(struct access *a, const char *name);
/* News of an interface, ours or another (pmip__link_fn). */
void pmip__access_link_news(void *access, const struct pmip__link_info *info);
void pmip__access_link_give_back(struct access *a, const struct link *l);
/* A frame on the link has shown somebody. */
void pmip__access_station_seen(struct access *a, struct link *l, const struct pmip__nd_seen *seen,
			       uint64_t now);
/* Somebody asks for signs of life of this mobile node, len 0 = of everybody on the link. */
void pmip__access_link_ask(struct access *a, struct link *l, const struct pmip_llid *ll_id, uint64_t now);
/* Somebody no longer answers. */
void pmip__access_station_lost(struct access *a, struct link *l, struct station *s);
/* An address of ours on the link is a mobile node's too. There is room. */
void pmip__access_tell_taken(struct access *a, const struct link *l, const struct pmip_addr *addr, const char *trigger);

/* access_address.c; for nothing where our address is the same on all links */

/* Have the address that the Router Advertisement is from, instead of the one before. @return whether it may be sent */
bool pmip__access_address_use(struct access *a, struct link *l, const struct pmip_llid *who, const struct pmip_ra *ra);
/* Ask what is due. */
void pmip__access_address_timeout(struct access *a, struct link *l, uint64_t now);
/* The mobile node needs it no longer. */
void pmip__access_address_drop(struct access *a, struct link *l, const struct pmip_llid *who);
void pmip__access_address_drop_all(struct access *a, struct link *l);
/* A frame on the link has shown whose an address is. */
void pmip__access_address_seen(struct access *a, struct link *l, const struct pmip__nd_seen *seen);
/* The address to ask a station from. */
const struct pmip_addr *pmip__access_address_towards(const struct access *a, const struct link *l, const struct station *s);

/* access_linux.c */

int pmip__access_send(struct access *a, uint32_t index, const uint8_t *frame, size_t len);
void pmip__access_send_query(struct access *a, const struct link *l);
/* Something falls due: remember when, there and as the earliest of all. */
void pmip__access_due_at(struct access *a, uint64_t *due_us, uint64_t when_us);

#endif
