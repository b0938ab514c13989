/* SPDX-License-Identifier: BSD-2-Clause */
/* Interfaces as the logical interface needs them, by rtnetlink. */
#ifndef FLOWMOB_BACKEND_LOGICAL_LINK_H
#define FLOWMOB_BACKEND_LOGICAL_LINK_H

#include <net/if.h>

#include "backend/nl.h"

enum flowmob__link_kind { FLOWMOB__LINK_OTHER, FLOWMOB__LINK_BOND, FLOWMOB__LINK_VETH };

/* What the kernel says of an interface. */
struct flowmob__link {
	uint32_t index;
	char name[IF_NAMESIZE];
	unsigned int flags; /* IFF_ */
	bool ethernet;
	uint8_t mac[6];
	uint32_t mtu;
	uint32_t master;
	uint32_t peer; /* a veth's */
	enum flowmob__link_kind kind;
	uint8_t mode;    /* a bonding device's */
	uint32_t active; /* its active slave, 0 = none */
	uint16_t queue_id; /* a bonding device's slave's */
	bool up;           /* it has a link; with a bonding device it is that which says so */
	uint64_t tx_packets;
	uint64_t rx_packets;
};

struct flowmob__links {
	struct flowmob__link *links;
	size_t count;
	size_t cap;
	bool failed; /* no memory */
};

/* All interfaces. @retval 0, PMIP_ERR_NOMEM or PMIP_ERR_OS; free in any case. */
int flowmob__links_read(struct flowmob__links *links, struct pmip__nl *nl);
void flowmob__links_free(struct flowmob__links *links);
/* NULL = no such. */
const struct flowmob__link *flowmob__links_by_index(const struct flowmob__links *links, uint32_t index);
const struct flowmob__link *flowmob__links_by_name(const struct flowmob__links *links, const char *name);

/* What is to be different; zero fields stay as they are. */
struct flowmob__link_change {
	unsigned int flags; /* of those in mask */
	unsigned int mask;
	const uint8_t *mac;
	uint32_t mtu;
	const uint32_t *master; /* 0 = none */
	uint16_t queue_id;      /* of a bonding device's slave */
	uint32_t active;        /* slave of a bonding device */
	bool accept_all;        /* a bonding device: take what comes in by any slave */
};

/* Queue a change, as in nl.h. */
void flowmob__link_change(struct pmip__nl *nl, const char *name, const struct flowmob__link_change *change, int *result);
/* Make a bonding device. With a kernel that knows of none it is no error, and there is none afterwards. */
int flowmob__link_make_bond(struct pmip__nl *nl, const char *name);
/* Make a veth device, whose other end gets a name of the kernel's. */
int flowmob__link_make_veth(struct pmip__nl *nl, const char *name);
int flowmob__link_delete(struct pmip__nl *nl, const char *name);

#endif
