/* SPDX-License-Identifier: BSD-2-Clause */
#include "libflowmob/flow_id.h"

static uint32_t block_of(uint32_t id)
{
	return id / FLOWMOB__ID_BLOCK;
}

/* Go to the first id of the next block that may be begun; false when there is none. */
static bool begin_block(struct flowmob__flow_ids *ids, uint64_t mono_us)
{
	uint32_t first = block_of(ids->next);

	for (uint32_t i = 0; i < FLOWMOB__ID_BLOCKS; i++) {
		uint32_t block = (first + i) % FLOWMOB__ID_BLOCKS;

		if (ids->rest_us[block] <= mono_us) {
			ids->next = block * FLOWMOB__ID_BLOCK;
			return true;
		}
	}
	return false;
}

uint32_t flowmob__flow_id_take(struct flowmob__flow_ids *ids, uint64_t mono_us)
{
	if (ids->next % FLOWMOB__ID_BLOCK == 0 && !begin_block(ids, mono_us))
		return 0;
	/* 0 stands for no flow. */
	if (ids->next == 0)
		ids->next = 1;
	return ids->next++;
}

void flowmob__flow_id_give_back(struct flowmob__flow_ids *ids, uint32_t id, uint64_t mono_us)
{
	uint32_t block = block_of(id);

	ids->rest_us[block] = mono_us + FLOWMOB__ID_REST_US;
	if (block == block_of(ids->next) && id >= ids->next)
		ids->next = (block + 1) * FLOWMOB__ID_BLOCK;
}
