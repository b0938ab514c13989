/* SPDX-License-Identifier: BSD-2-Clause */
/* Inside of the flow table, for its test. */
#ifndef FLOWMOB_LIB_FLOW_TABLE_H
#define FLOWMOB_LIB_FLOW_TABLE_H

#include <flowmob/flow_table.h>

#include "base/hash.h"
#include "base/htable.h"
#include "base/list.h"
#include "libflowmob/flow_id.h"

struct flowmob_flow_table {
	struct pmip_mem mem;
	struct pmip__hash_key key;
	struct pmip__htable by_flow;
	struct pmip__htable by_id;
	struct pmip__list by_seen; /* the flow without packets for longest first */
	uint32_t max_flows;
	uint64_t idle_us;
	uint64_t now_us; /* latest time seen: what keeps by_seen in order */
	struct flowmob__flow_ids ids;
};

#endif
