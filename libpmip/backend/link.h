/* SPDX-License-Identifier: BSD-2-Clause */
/* Interfaces by rtnetlink: what becomes of them, and giving them the MAG's addresses. Used by
 * access_linux.c, and for the news by bpf_core.c. */
#ifndef PMIP_BACKEND_LINK_H
#define PMIP_BACKEND_LINK_H

#include <net/if.h>
#include <linux/if.h>

#include <pmip/error.h>
#include <pmip/log.h>

struct pmip__rtnl;

/* What the kernel says about an interface. */
struct pmip__link_info {
	uint32_t index; /* 0: a full listing has ended; what it did not name is gone */
	bool gone;	/* it has left this network namespace; only index is filled */
	char name[IFNAMSIZ];
	unsigned int flags; /* IFF_ */
	bool ethernet;
	uint8_t mac[6];
	uint32_t mtu;
	int addr_gen_mode; /* IN6_ADDR_GEN_MODE_, -1 = not told */
};

typedef void (*pmip__link_fn)(void *user, const struct pmip__link_info *info);

/* Watch interfaces; a full listing comes first. each is called from pmip__rtnl_read() and may call
 * all but that. */
int pmip__rtnl_new(struct pmip__rtnl **rtnl, pmip__link_fn each, void *user,
		   const struct pmip_log *log);
void pmip__rtnl_free(struct pmip__rtnl *rtnl);
int pmip__rtnl_fd(const struct pmip__rtnl *rtnl);
/* Read one batch of news without blocking: 1 read, 0 none waiting, negative enum pmip_err. */
int pmip__rtnl_read(struct pmip__rtnl *rtnl);
/* Give an interface our MAC address, and keep the kernel from making link-local addresses on it. */
int pmip__rtnl_take(struct pmip__rtnl *rtnl, const struct pmip__link_info *info,
		    const uint8_t mac[6]);
/* Give an interface a link-local address, usable at once; NULL = none. others: there may be more, remove them. */
int pmip__rtnl_set_link_local(struct pmip__rtnl *rtnl, uint32_t index, const struct pmip_addr *addr,
			      bool others);
void pmip__rtnl_remove_link_local(struct pmip__rtnl *rtnl, uint32_t index, const struct pmip_addr *addr);
/* Undo it all: our address away (NULL = none), the interface's own MAC address (NULL = not known) and link-local
 * address back. */
int pmip__rtnl_give_back(struct pmip__rtnl *rtnl, uint32_t index, const struct pmip_addr *addr,
			 const uint8_t *mac, int addr_gen_mode);

#endif
