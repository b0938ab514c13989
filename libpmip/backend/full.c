/* SPDX-License-Identifier: BSD-2-Clause */
#include "backend/full.h"
#include "backend/backend_log.h"
#include "backend/os.h"

#define TOLD_AGAIN_US UINT64_C(60000000)

void pmip__full_note(struct pmip__full *full, enum pmip_datapath_kind kind, int result, const struct pmip_log *log, const char *area)
{
	static const struct {
		const char *what, *setting;
	} room[] = {
		[PMIP_DATAPATH_TUNNEL_ENSURE] = { "tunnels", "max_tunnels" },
		[PMIP_DATAPATH_BINDING_SET] = { "prefixes", "max_bindings" },
		[PMIP_DATAPATH_PATH_SET] = { "further paths", "max_bindings" },
		[PMIP_DATAPATH_FLOW_SET] = { "flows", "max_flows" },
	};
	uint64_t now_us;

	if (result != PMIP_ERR_FULL)
		return;
	full->count++;
	now_us = pmip__clock_us(CLOCK_MONOTONIC);
	if ((size_t)kind >= sizeof(room) / sizeof(room[0]) || !room[kind].what ||
	    (full->told_us[kind] && now_us < full->told_us[kind] + TOLD_AGAIN_US))
		return;
	full->told_us[kind] = now_us;
	pmip__backend_log(log, PMIP_LOG_ERROR, area, "the map of %s is full, what comes is refused; raise %s", room[kind].what, room[kind].setting);
}
