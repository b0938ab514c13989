/* SPDX-License-Identifier: BSD-2-Clause */
/* One MAG (mag_harness.h), the LMA that it is configured with (rfLMA) and two that sessions may be sent to (r2LMAs), joined by a network that
 * delivers at once and drops what goes to or comes from a node that is down. */
#ifndef TESTS_UNIT_REDIRECT_RIG_H
#define TESTS_UNIT_REDIRECT_RIG_H

#include "mag_harness.h"
#include "unit.h"

#include <pmip/pmip.h>

#define MAG2_ADDR "2001:db8:f::2"
#define MNS 12

enum { RF, R2A, R2B, LMAS };

struct node {
	struct pmip_addr addr;
	struct pmip_lma_config *config;
	struct pmip_lma *lma;
	bool down;
	unsigned int pbus;       /* that have come to it, the last of which was */
	struct sent pbu;
	unsigned int events[64]; /* by type, of these two also the last */
	struct pmip_event redirected, failed;
};

struct world {
	struct harness mag;
	struct sent queue[64]; /* what the MAG has sent and the network has not delivered */
	unsigned int queued;
	struct node node[LMAS];
	struct unit_mem mem; /* of the LMAs */
	bool fail_op;        /* the next datapath operation of an LMA fails */
	unsigned int pbas;   /* that have come to the MAGs, the last of which was */
	struct pmip_dgram pba_dgram;
	struct pmip_ba pba;
	struct pmip_binding_options options;
	uint8_t octets[PMIP_MH_MAX];
};

extern struct world w;

/* Configurations: the MAG may be redirected, the rfLMA sends every session on, all LMAs know all MAGs and mobile nodes; to be changed
 * before world_start(). */
void world_init(void);
void world_start(void);
void world_end(void);
/* The two of them. */
void world_setup(void);

/* Deliver what was sent, until there is nothing more. */
void world_run(void);
void world_pass(uint64_t us);
/* Mobile node number i, 0..MNS-1, comes to the MAG, and leaves it. */
void world_attach(unsigned int i);
void world_detach(unsigned int i);
/* A message from anywhere to an LMA; its result. */
int world_input(struct node *node, const struct pmip_dgram *dgram);
/* A PBU of the second MAG for mobile node 0, with HI 4: begun, and sent. */
struct pmip_mh_writer world_pbu2(uint8_t *octets, size_t cap);
void world_send_pbu2(const struct node *node);
void world_send_answer(struct node *to, const struct answer *answer);

size_t world_bindings(unsigned int lma);
/* Mobile nodes of the MAG that this LMA serves, and that are active. */
unsigned int world_served(unsigned int lma);
uint64_t world_counter(unsigned int lma, enum pmip_lma_counter counter);
bool world_is(const struct pmip_addr *addr, unsigned int lma);
int world_reconfigure(unsigned int lma);
/* The configuration of an LMA that knows all MAGs and mobile nodes, and no other LMA. */
void world_configure_lma(unsigned int lma);
/* Mobile nodes are sent on, accepted, handed over, not answered, refused, lost. */
void world_story(void);

#endif
