/* SPDX-License-Identifier: BSD-2-Clause */
/* Datapath operations that have been asked for and not yet answered. They are answered soon and nearly in
 * order, so a ring holds them: from the oldest open one to the newest. */
#ifndef PMIP_ENGINE_OP_RING_H
#define PMIP_ENGINE_OP_RING_H

#include <pmip/mem.h>

struct pmip__op_slot {
	void *owner; /* whom the result concerns; NULL = nobody any more */
	bool open;
	uint8_t kind; /* what the owner is */
};

struct pmip__op_ring {
	struct pmip_mem mem;
	struct pmip__op_slot *slots;
	uint32_t cap;         /* power of two, or 0 */
	uint32_t first, next; /* ids; first == next = none open */
};

void pmip__op_ring_init(struct pmip__op_ring *ring, const struct pmip_mem *mem);
void pmip__op_ring_fini(struct pmip__op_ring *ring);
/* Make the next n calls of _open() succeed. 0 or PMIP_ERR_NOMEM. */
int pmip__op_ring_reserve(struct pmip__op_ring *ring, size_t n);
/* The id of a new operation, never 0. Ids follow each other, 0 left out. */
uint32_t pmip__op_ring_open(struct pmip__op_ring *ring, void *owner, uint8_t kind);
/* Take an operation out. @return false when it is not open. */
bool pmip__op_ring_close(struct pmip__op_ring *ring, uint32_t id, void **owner, uint8_t *kind);
/* Leave the operations from first up to, not including, end to nobody; those not open do not matter. */
void pmip__op_ring_disown(struct pmip__op_ring *ring, uint32_t first, uint32_t end);

#endif
