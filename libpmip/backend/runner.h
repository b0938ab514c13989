/* SPDX-License-Identifier: BSD-2-Clause */
/* What the runner needs of an engine. Two tables, in runner_engine.c; tests bring their own. */
#ifndef PMIP_BACKEND_RUNNER_H
#define PMIP_BACKEND_RUNNER_H

#include <pmip/runner.h>

/* All required but access, which an LMA has not, and restore. */
struct pmip__engine {
	int (*input)(void *engine, const struct pmip_dgram *dgram, struct pmip_now now);
	int (*access)(void *engine, const struct pmip_access_event *event, struct pmip_now now);
	uint64_t (*next_deadline)(const void *engine);
	int (*handle_timeout)(void *engine, struct pmip_now now);
	int (*next_action)(void *engine, struct pmip_action *action);
	int (*complete)(void *engine, uint32_t id, int err, struct pmip_now now);
	/* A MAG has none. */
	int (*restore)(void *engine, const struct pmip_bytes *key, const struct pmip_bytes *value, struct pmip_now now);
};

int pmip__runner_new(struct pmip_runner **runner, const struct pmip__engine *ops, void *engine,
		     const struct pmip_runner_config *config);

#endif
