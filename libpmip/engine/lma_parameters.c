/* SPDX-License-Identifier: BSD-2-Clause */
/* Times that the LMA gives its MAGs: the LMA-Controlled MAG Parameters of every PBA that accepts (RFC 8127 section 4). */
#include "engine/lma.h"

#include <assert.h>

#define LIFETIME_MAX_S 262140

int pmip_lma_config_set_mag_reregistration(struct pmip_lma_config *config, uint32_t start_s, uint16_t initial_s, uint16_t max_s)
{
	bool none = !start_s && !initial_s && !max_s;

	if (!none && (start_s < 4 || start_s > LIFETIME_MAX_S || !initial_s || max_s < initial_s))
		return PMIP_ERR_INVALID;
	config->mag_reregistration.type = none ? 0 : PMIP_MAG_REREGISTRATION;
	config->mag_reregistration.u.reregistration.start_s = start_s - start_s % 4;
	config->mag_reregistration.u.reregistration.initial_s = initial_s;
	config->mag_reregistration.u.reregistration.max_s = max_s;
	return 0;
}

int pmip_lma_config_set_mag_heartbeat(struct pmip_lma_config *config, uint16_t interval_s, uint16_t delay_s, uint16_t max)
{
	bool none = !interval_s && !delay_s && !max;

	if (!none && (interval_s < PMIP__HEARTBEAT_INTERVAL_MIN_S || interval_s > PMIP__HEARTBEAT_INTERVAL_MAX_S ||
		      delay_s > interval_s || !max))
		return PMIP_ERR_INVALID;
	config->mag_heartbeat.type = none ? 0 : PMIP_MAG_HEARTBEAT;
	config->mag_heartbeat.u.heartbeat.interval_s = interval_s;
	config->mag_heartbeat.u.heartbeat.delay_s = delay_s;
	config->mag_heartbeat.u.heartbeat.max = max;
	return 0;
}

/* LCM-1, HBT-9. */
struct pmip_bytes pmip__lma_parameters(const struct pmip_lma *lma, uint8_t octets[PMIP__MAG_PARAMETERS_MAX])
{
	const struct pmip_suboption *const subs[] = {&lma->config.mag_reregistration, &lma->config.mag_heartbeat};
	struct pmip_bytes area = {octets, 0};

	for (size_t i = 0; i < sizeof(subs) / sizeof(subs[0]); i++) {
		int len = subs[i]->type ? pmip_suboption_encode(octets + area.len, PMIP__MAG_PARAMETERS_MAX - area.len,
							       PMIP_SUB_MAG_PARAMETERS, subs[i]) : 0;

		assert(len >= 0);
		area.len += (size_t)len;
	}
	return area;
}
