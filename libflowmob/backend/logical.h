/* SPDX-License-Identifier: BSD-2-Clause */
/* Inside of a logical interface: logical.c is what callers see, logical_load.c the programs and their map, logical_bonding.c and logical_bpf.c
 * the two kinds. */
#ifndef FLOWMOB_BACKEND_LOGICAL_H
#define FLOWMOB_BACKEND_LOGICAL_H

#include <flowmob/logical.h>

#include "backend/bpf_attach.h"
#include "backend/bpf_inherit.h"
#include "libflowmob/backend/bpf/logical_maps.h"
#include "libflowmob/backend/logical_link.h"

/* The program by which a logical interface is found again. */
#define FLOWMOB__LEAVE "flowmob_leave"

struct logical_bpf;
struct pmip__rtnl;

/* One kind. Functions return 0 or an enum pmip_err and log why. */
struct flowmob__logical_ops {
	enum flowmob_logical_kind kind;
	uint8_t slaves_max;
	/* Make its device, which may turn out not to be there afterwards: the kernel knows no such. */
	int (*make)(struct flowmob_logical *logical);
	/* Bring up what make() has made, or somebody else. */
	int (*take_over)(struct flowmob_logical *logical, const struct flowmob__links *links, const struct flowmob__link *self);
	/* Make an interface the slave at a place; own is what will be remembered of it, and what it is given back by. */
	int (*take)(struct flowmob_logical *logical, const struct flowmob__link *self, const struct flowmob__link *slave, uint8_t place,
		    struct flowmob__slave *own);
	int (*give_back)(struct flowmob_logical *logical, const struct flowmob__link *slave, const struct flowmob__slave *own);
	int (*set_active)(struct flowmob_logical *logical, const struct flowmob__link *slave, uint8_t place);
	/* Which slave is active, its place, now that it is known which have links. */
	uint8_t (*follow)(struct flowmob_logical *logical, const struct flowmob__links *links, const struct flowmob__link *self);
};

extern const struct flowmob__logical_ops flowmob__logical_bonding, flowmob__logical_bpf;

struct flowmob_logical {
	struct pmip_log log;
	char name[IF_NAMESIZE];
	const struct flowmob__logical_ops *ops;
	struct pmip__nl *nl;
	struct pmip__rtnl *rtnl;
	bool news;                         /* interfaces have changed */
	struct logical_bpf *skeleton;      /* NULL: opened only */
	int flows;                         /* map, -1 = none */
	struct flowmob__logical *state;    /* the map; NULL = none */
};

/* The place of a slave, by the index of its interface; 0 = it is none. */
uint8_t flowmob__logical_place(const struct flowmob_logical *logical, uint32_t ifindex);
/* Change an interface step by step. @return the first error, behind which the kernel has been asked for the other steps, too */
int flowmob__logical_steps(struct flowmob_logical *logical, const char *name, const struct flowmob__link_change *steps, size_t n);

/* Load the programs; the state is a predecessor's if there is one. */
int flowmob__logical_load(struct flowmob_logical *logical, uint32_t ifindex);
/* Find the state of programs that are in force. @retval PMIP_ERR_NOENT there are none */
int flowmob__logical_find(struct flowmob_logical *logical, uint32_t ifindex);
void flowmob__logical_unload(struct flowmob_logical *logical);
/* Put a loaded program in force on an interface. */
int flowmob__logical_attach(struct flowmob_logical *logical, uint32_t ifindex, bool egress);
void flowmob__logical_detach(const struct flowmob_logical *logical, uint32_t ifindex, bool egress);
/* Forget flows that were learned from a slave; place 0 = from any. */
void flowmob__logical_forget_flows(const struct flowmob_logical *logical, uint8_t place);

#endif
