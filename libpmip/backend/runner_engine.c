/* SPDX-License-Identifier: BSD-2-Clause */
/* The two engines as the runner sees them. */
#include "runner.h"

static int lma_input(void *engine, const struct pmip_dgram *dgram, struct pmip_now now)
{
	return pmip_lma_input(engine, dgram, now);
}

static uint64_t lma_next_deadline(const void *engine)
{
	return pmip_lma_next_deadline(engine);
}

static int lma_handle_timeout(void *engine, struct pmip_now now)
{
	return pmip_lma_handle_timeout(engine, now);
}

static int lma_next_action(void *engine, struct pmip_action *action)
{
	return pmip_lma_next_action(engine, action);
}

static int lma_complete(void *engine, uint32_t id, int err, struct pmip_now now)
{
	return pmip_lma_complete(engine, id, err, now);
}

static int lma_restore(void *engine, const struct pmip_bytes *key, const struct pmip_bytes *value, struct pmip_now now)
{
	return pmip_lma_restore(engine, key, value, now);
}

static const struct pmip__engine lma_ops = {
	.input = lma_input,
	.next_deadline = lma_next_deadline,
	.handle_timeout = lma_handle_timeout,
	.next_action = lma_next_action,
	.complete = lma_complete,
	.restore = lma_restore,
};

int pmip_runner_new_lma(struct pmip_runner **runner, struct pmip_lma *lma,
			const struct pmip_runner_config *config)
{
	return pmip__runner_new(runner, &lma_ops, lma, config);
}

static int mag_input(void *engine, const struct pmip_dgram *dgram, struct pmip_now now)
{
	return pmip_mag_input(engine, dgram, now);
}

static int mag_access(void *engine, const struct pmip_access_event *event, struct pmip_now now)
{
	const struct pmip_attach *at = &event->attach;

	switch (event->type) {
	case PMIP_ACCESS_ATTACH:
	case PMIP_ACCESS_PRESENT:
		return pmip_mag_attach(engine, at, now);
	case PMIP_ACCESS_DETACH:
		return pmip_mag_detach(engine, at->link, at->ll_id.len ? &at->ll_id : NULL, now);
	case PMIP_ACCESS_SOLICIT:
		return pmip_mag_router_solicit(engine, at, now);
	case PMIP_ACCESS_ADDRESS_TAKEN:
		return pmip_mag_link_local_in_use(engine, at->link, &event->address, now);
	}
	return PMIP_ERR_INVALID;
}

static uint64_t mag_next_deadline(const void *engine)
{
	return pmip_mag_next_deadline(engine);
}

static int mag_handle_timeout(void *engine, struct pmip_now now)
{
	return pmip_mag_handle_timeout(engine, now);
}

static int mag_next_action(void *engine, struct pmip_action *action)
{
	return pmip_mag_next_action(engine, action);
}

static int mag_complete(void *engine, uint32_t id, int err, struct pmip_now now)
{
	return pmip_mag_complete(engine, id, err, now);
}

static const struct pmip__engine mag_ops = {
	.input = mag_input,
	.access = mag_access,
	.next_deadline = mag_next_deadline,
	.handle_timeout = mag_handle_timeout,
	.next_action = mag_next_action,
	.complete = mag_complete,
};

int pmip_runner_new_mag(struct pmip_runner **runner, struct pmip_mag *mag,
			const struct pmip_runner_config *config)
{
	return pmip__runner_new(runner, &mag_ops, mag, config);
}
