/* SPDX-License-Identifier: BSD-2-Clause */
/* The flow manager's configuration. FMP-10. */
#include "libflowmob/manager.h"

#include "base/mem.h"

int flowmob_manager_config_new(struct flowmob_manager_config **config, const struct pmip_mem *mem)
{
	struct pmip_mem use = pmip__mem_resolve(mem);
	struct flowmob_manager_config *made = pmip__mem_alloc(&use, sizeof(*made));

	if (!made)
		return PMIP_ERR_NOMEM;
	*made = (struct flowmob_manager_config){
		.mem = use,
		.max_flows = 1000000,
		.max_pending = 4096,
		.max_attachments = 1000000,
		.flow_idle_timeout_s = 60,
		.period_ms = 1000,
		.drop_permille = 50,
		.min_packets = 20,
		.hysteresis_ms = 5000,
	};
	*config = made;
	return 0;
}

void flowmob_manager_config_free(struct flowmob_manager_config *config)
{
	if (!config)
		return;
	pmip__mem_free(&config->mem, config);
}

/* 0, or PMIP_ERR_INVALID and nothing has changed. */
static int set(uint32_t *setting, uint32_t value, uint32_t least, uint32_t most)
{
	if (value < least || value > most)
		return PMIP_ERR_INVALID;
	*setting = value;
	return 0;
}

int flowmob_manager_config_set_max_flows(struct flowmob_manager_config *config, uint32_t max)
{
	return set(&config->max_flows, max, 1, UINT32_MAX);
}

int flowmob_manager_config_set_max_pending(struct flowmob_manager_config *config, uint32_t max)
{
	return set(&config->max_pending, max, 1, 65000);
}

int flowmob_manager_config_set_max_attachments(struct flowmob_manager_config *config, uint32_t max)
{
	return set(&config->max_attachments, max, 1, UINT32_MAX);
}

int flowmob_manager_config_set_flow_idle_timeout(struct flowmob_manager_config *config, uint32_t timeout_s)
{
	return set(&config->flow_idle_timeout_s, timeout_s, 1, 86400);
}

int flowmob_manager_config_set_period(struct flowmob_manager_config *config, uint32_t period_ms)
{
	return set(&config->period_ms, period_ms, 100, 60000);
}

int flowmob_manager_config_set_congestion(struct flowmob_manager_config *config, uint32_t drop_permille, uint32_t min_packets)
{
	if (!min_packets)
		return PMIP_ERR_INVALID;
	if (set(&config->drop_permille, drop_permille, 1, 999))
		return PMIP_ERR_INVALID;
	config->min_packets = min_packets;
	return 0;
}

int flowmob_manager_config_set_hysteresis(struct flowmob_manager_config *config, uint32_t hysteresis_ms)
{
	return set(&config->hysteresis_ms, hysteresis_ms, 1, 300000);
}

int flowmob_manager_config_set_throughput_drop(struct flowmob_manager_config *config, bool on)
{
	config->throughput_drop = on;
	return 0;
}

int flowmob_manager_config_set_watch(struct flowmob_manager_config *config, enum flowmob_watch watch)
{
	if (watch > FLOWMOB_WATCH_ALL)
		return PMIP_ERR_INVALID;
	config->watch = watch;
	return 0;
}

int flowmob_manager_config_set_lma_counters(struct flowmob_manager_config *config, bool on)
{
	config->lma_counters = on;
	return 0;
}

int flowmob_manager_config_set_utc_offset(struct flowmob_manager_config *config, int offset_min)
{
	if (offset_min < -1440 || offset_min > 1440)
		return PMIP_ERR_INVALID;
	config->utc_offset_min = offset_min;
	return 0;
}
