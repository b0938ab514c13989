/* SPDX-License-Identifier: BSD-2-Clause */
/* The interfaces of a mobile node and their ways out. Each has a mark, and a rule and a routing table of ours by which packets with that mark leave
 * through its default routers. What is known is read from the kernel, and read again when the kernel tells that something has changed. */
#ifndef FLOWMOB_BACKEND_INTERFACE_ROUTES_H
#define FLOWMOB_BACKEND_INTERFACE_ROUTES_H

#include <net/if.h>

#include <flowmob/weak_host.h>
#include <pmip/error.h>
#include <pmip/log.h>

/* Index into what there is for each family. */
enum { FLOWMOB__IPV6, FLOWMOB__IPV4, FLOWMOB__FAMILIES };

struct flowmob__interface {
	char name[IF_NAMESIZE];
	uint32_t mark;
	uint32_t table;
	uint32_t index; /* 0 = it is not there */
	bool up;        /* and has a carrier */
	bool ethernet;
	uint32_t mtu;
	struct {
		bool there;
		struct pmip_addr router; /* :: = none, the peer of a point-to-point link takes it all */
	} way[FLOWMOB__FAMILIES]; /* default route */
};

/* Who is told. Called from flowmob__interface_routes_read() alone. */
struct flowmob__interface_watch {
	void *user;
	/* What was has become what is: never equal. */
	void (*interface)(void *user, const struct flowmob__interface *was, const struct flowmob__interface *is);
	/* An address of this machine, of whichever interface, has come or gone; NULL = of no interest. */
	void (*address)(void *user, const struct pmip_addr *addr, bool there);
};

struct flowmob__interface_routes;

/* Make rules and tables, and remove those that a killed process has left. Nothing is told yet. */
int flowmob__interface_routes_new(struct flowmob__interface_routes **routes, const struct flowmob_weak_host_config *config,
				  const struct flowmob__interface_watch *watch, const struct pmip_log *log);
/* Remove them; NULL is fine. */
void flowmob__interface_routes_free(struct flowmob__interface_routes *routes);
/* Readable when there is news. */
int flowmob__interface_routes_fd(const struct flowmob__interface_routes *routes);
/* Take what news there is, without blocking. The first call tells everything. */
void flowmob__interface_routes_read(struct flowmob__interface_routes *routes);
/* Interface i of the configuration; NULL = there are no more. */
const struct flowmob__interface *flowmob__interface_routes_get(const struct flowmob__interface_routes *routes, unsigned int i);

#endif
