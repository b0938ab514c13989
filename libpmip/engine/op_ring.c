/* SPDX-License-Identifier: BSD-2-Clause */
/* Ids count modulo 2^32; the slot of an id is its low bits. Id 0 takes a slot like any other, but is never open. */
#include "engine/op_ring.h"

#include "base/mem.h"

#include <assert.h>
#include <pmip/error.h>

void pmip__op_ring_init(struct pmip__op_ring *ring, const struct pmip_mem *mem)
{
	*ring = (struct pmip__op_ring){.mem = *mem, .first = 1, .next = 1};
}

void pmip__op_ring_fini(struct pmip__op_ring *ring)
{
	pmip__mem_free(&ring->mem, ring->slots);
}

static struct pmip__op_slot *slot_of(const struct pmip__op_ring *ring, uint32_t id)
{
	if (id - ring->first >= ring->next - ring->first)
		return NULL;
	return &ring->slots[id & (ring->cap - 1)];
}

int pmip__op_ring_reserve(struct pmip__op_ring *ring, size_t n)
{
	size_t need = (size_t)(ring->next - ring->first) + n + 1; /* one for id 0 */
	size_t cap = ring->cap ? ring->cap : 16;
	struct pmip__op_slot *slots;

	while (cap < need)
		cap *= 2;
	if (cap == ring->cap)
		return 0;
	if (cap > UINT32_MAX / 2)
		return PMIP_ERR_NOMEM;
	slots = pmip__mem_alloc(&ring->mem, cap * sizeof(*slots));
	if (!slots)
		return PMIP_ERR_NOMEM;
	for (uint32_t id = ring->first; id != ring->next; id++)
		slots[id & (cap - 1)] = *slot_of(ring, id);
	pmip__mem_free(&ring->mem, ring->slots);
	ring->slots = slots;
	ring->cap = (uint32_t)cap;
	return 0;
}

static uint32_t append(struct pmip__op_ring *ring, void *owner, uint8_t kind, bool open)
{
	uint32_t id = ring->next;

	assert(id - ring->first < ring->cap);
	ring->next++;
	ring->slots[id & (ring->cap - 1)] = (struct pmip__op_slot){owner, open, kind};
	return id;
}

uint32_t pmip__op_ring_open(struct pmip__op_ring *ring, void *owner, uint8_t kind)
{
	if (ring->next == 0)
		append(ring, NULL, 0, false);
	return append(ring, owner, kind, true);
}

bool pmip__op_ring_close(struct pmip__op_ring *ring, uint32_t id, void **owner, uint8_t *kind)
{
	struct pmip__op_slot *slot = slot_of(ring, id);

	if (!slot || !slot->open)
		return false;
	*owner = slot->owner;
	*kind = slot->kind;
	slot->open = false;
	while ((slot = slot_of(ring, ring->first)) && !slot->open)
		ring->first++;
	return true;
}

void pmip__op_ring_disown(struct pmip__op_ring *ring, uint32_t first, uint32_t end)
{
	for (uint32_t id = first; id != end; id++) {
		struct pmip__op_slot *slot = slot_of(ring, id);

		if (slot)
			slot->owner = NULL;
	}
}
