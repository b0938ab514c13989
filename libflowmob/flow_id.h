/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Flow ids: 32 bits, never 0, and not again within 60 s of being given back. FMP-8.
 *
 * They are handed out in ascending order, round and round. To remember when each was given back would cost memory without limit, so it is
 * remembered by block of BLOCK ids, and a block is begun only when nothing of it was given back lately. One that is given back
 * ahead in the block at hand, by a flow that has lived for a whole round, ends that block.
 */
#ifndef FLOWMOB_FLOW_ID_H
#define FLOWMOB_FLOW_ID_H

#include <stdbool.h>
#include <stdint.h>

#define FLOWMOB__ID_REST_US UINT64_C(60000000)
#define FLOWMOB__ID_BLOCK (UINT32_C(1) << 22)
#define FLOWMOB__ID_BLOCKS 1024 /* of FLOWMOB__ID_BLOCK ids: 2^32 */

struct flowmob__flow_ids {
	uint32_t next;                         /* to hand out, if it is not in use still; 0 to begin with */
	uint64_t rest_us[FLOWMOB__ID_BLOCKS]; /* of each block: not to be begun before */
};

/* The next id that is not resting, 0 = all are. The caller asks again if it has the one it gets in use. */
uint32_t flowmob__flow_id_take(struct flowmob__flow_ids *ids, uint64_t mono_us);
void flowmob__flow_id_give_back(struct flowmob__flow_ids *ids, uint32_t id, uint64_t mono_us);

#endif
