/* SPDX-License-Identifier: BSD-2-Clause */
/* Neighbour discovery and multicast listener messages as Ethernet frames: reading what a mobile node
 * says, writing what the MAG says to it. Pure: no system call. Used by access_linux.c alone. */
#ifndef PMIP_BACKEND_ND_H
#define PMIP_BACKEND_ND_H

#include <linux/filter.h>

#include <pmip/action.h>

/* Longest frame that the functions below write. */
#define PMIP__ND_FRAME_MAX 512

/* What a frame shows about its sender. */
enum pmip__nd_kind {
	PMIP__ND_NOTHING = 0, /* not ours, or not valid */
	PMIP__ND_SIGN = 1,    /* somebody is there */
	PMIP__ND_SOLICIT = 2, /* a Router Solicitation */
};

struct pmip__nd_seen {
	enum pmip__nd_kind kind;
	uint8_t mac[6];
	bool has_addr; /* the sender owns this link-local address */
	struct pmip_addr addr;
	struct pmip_addr claimed; /* the address that it says is its own, or :: */
};

/* Socket filter that lets pass what pmip__nd_read() may want. */
extern const struct sock_fprog pmip__nd_filter;

void pmip__nd_read(struct pmip__nd_seen *seen, const uint8_t *frame, size_t len);
/* Each writes PMIP__ND_FRAME_MAX octets at most and returns how many. mac: ours. */
size_t pmip__nd_write_ra(uint8_t *frame, const uint8_t mac[6], const struct pmip_ra *ra);
size_t pmip__nd_write_ns(uint8_t *frame, const uint8_t mac[6], const struct pmip_addr *src,
			 const uint8_t to[6], const struct pmip_addr *target);
/* Duplicate address detection for an address of ours. */
size_t pmip__nd_write_dad(uint8_t *frame, const uint8_t mac[6], const struct pmip_addr *target);
/* Multicast Listener General Query with no delay allowed: whoever hears it tells its link-local
 * address. */
size_t pmip__nd_write_query(uint8_t *frame, const uint8_t mac[6], const struct pmip_addr *src);

#endif
