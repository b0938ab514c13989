/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What flows and tunnels have counted, and the bit rates that are made of it. FMP-10.
 *
 * There may be a hundred thousand flows, most of which say nothing: a period deals with those that have counted something in it, and rates of the
 * others are as they were then, less what the time since has taken of them. A flow's octets are not always those of a period: an LMA with
 * many flows is asked for some of them each time.
 */
#include "libflowmob/manager.h"

/* A bit rate has an average that says something after so many samples, and from so much on. */
#define AVERAGE_SAMPLES 10
#define AVERAGE_MIN_BPS 64000
/* After so many samples of nothing there is nothing left of an average. */
#define SILENT_MAX 1000
/* Fractions of 1 are integers of so many bits; a bit rate times one fits 64 up to a terabit per second. */
#define FRACTION_BITS 24

void flowmob__rate_seen(struct flowmob_manager *manager, struct flowmob__flow *flow, uint32_t label, uint64_t octets, uint64_t mono_us)
{
	flowmob_flow_table_seen(manager->table, flow->entry, label, octets, mono_us);
	if (flow->state == FLOWMOB__KNOWN && pmip__list_empty(&flow->counted))
		pmip__list_add_tail(&manager->counted, &flow->counted);
}

int flowmob_manager_add_flow_octets(struct flowmob_manager *manager, uint32_t flow_id, uint64_t octets, struct pmip_now now)
{
	struct flowmob__flow *flow = flowmob__flow_by_id(manager, flow_id);

	if (!flow)
		return PMIP_ERR_NOENT;
	if (octets)
		flowmob__rate_seen(manager, flow, flow->entry->flow.label, octets, now.mono_us);
	return 0;
}

/* What a counter has grown by; one that is lower than before was set to 0 between. */
static uint64_t grown(uint64_t *last, uint64_t value)
{
	uint64_t by = value >= *last ? value - *last : value;

	*last = value;
	return by;
}

void flowmob__rate_counted(struct flowmob_manager *manager, const struct flowmob_flow_count *count)
{
	struct flowmob__flow *flow = flowmob__flow_by_id(manager, count->flow_id);
	uint64_t by;

	if (!flow)
		return;
	by = grown(&flow->lma_octets, count->octets);
	if (by)
		flowmob__rate_seen(manager, flow, flow->entry->flow.label, by, manager->last_us);
	/* What came before anybody looked is no bit rate. */
	if (!flow->is_counted)
		flow->octets = flow->entry->octets;
	flow->is_counted = true;
}

int flowmob_manager_set_tunnel_counters(struct flowmob_manager *manager, uint32_t tunnel, uint64_t packets, uint64_t octets,
					uint64_t dropped)
{
	struct flowmob__tunnel *found = flowmob__nodes_tunnel(&manager->nodes, tunnel);
	uint64_t by_sent, by_dropped, by_octets;

	if (!found)
		return PMIP_ERR_NOENT;
	by_sent = grown(&found->sent, packets);
	by_dropped = grown(&found->dropped, dropped);
	by_octets = grown(&found->octets, octets);
	if (found->counted) {
		found->delta_sent += by_sent;
		found->delta_dropped += by_dropped;
		found->delta_octets += by_octets;
	}
	found->counted = true;
	return 0;
}

static uint64_t bits_per_s(uint64_t octets, uint64_t period_us)
{
	return octets * 8 * FLOWMOB__US_PER_S / period_us;
}

/* FMP-10b. */
void flowmob__rate_judge_tunnel(struct flowmob_manager *manager, struct flowmob__tunnel *tunnel, uint64_t period_us)
{
	uint64_t all = tunnel->delta_sent + tunnel->delta_dropped;

	tunnel->rate_bps = (tunnel->rate_bps + bits_per_s(tunnel->delta_octets, period_us)) / 2;
	tunnel->drop_permille = (uint16_t)(all ? tunnel->delta_dropped * 1000 / all : 0);
	tunnel->congested = all >= manager->config.min_packets && tunnel->delta_dropped * 1000 > manager->config.drop_permille * all;
	tunnel->delta_sent = tunnel->delta_dropped = tunnel->delta_octets = 0;
	if (!tunnel->congested)
		return;
	tunnel->calm_us = manager->last_us + manager->config.hysteresis_ms * FLOWMOB__US_PER_MS;
	manager->counters[FLOWMOB_MANAGER_CONGESTED]++;
}

/* How often a flow has been looked at since it was judged, and had counted nothing. It may be a little early. */
static uint64_t silent(const struct flowmob_manager *manager, const struct flowmob__flow *flow)
{
	uint64_t times = flow->span_us ? (manager->last_us - flow->judged_us + flow->span_us / 8) / flow->span_us : 0;

	return times < SILENT_MAX ? times : SILENT_MAX;
}

static uint64_t rate_after(const struct flowmob__flow *flow, uint64_t times)
{
	return times < 64 ? flow->rate_bps >> times : 0;
}

static uint64_t average_after(const struct flowmob__flow *flow, uint64_t times)
{
	uint64_t left = UINT64_C(1) << FRACTION_BITS, factor = left / 16 * 15;

	for (; times; times >>= 1) {
		if (times & 1)
			left = left * factor >> FRACTION_BITS;
		factor = factor * factor >> FRACTION_BITS;
	}
	return flow->average_bps * left >> FRACTION_BITS;
}

uint64_t flowmob__rate_of(const struct flowmob_manager *manager, const struct flowmob__flow *flow)
{
	return rate_after(flow, silent(manager, flow));
}

uint64_t flowmob__rate_average(const struct flowmob_manager *manager, const struct flowmob__flow *flow)
{
	return average_after(flow, silent(manager, flow));
}

/* FMP-10d. */
bool flowmob__rate_has_fallen(const struct flowmob_manager *manager, const struct flowmob__flow *flow)
{
	uint64_t average = flowmob__rate_average(manager, flow);

	return flow->samples && flow->samples + silent(manager, flow) > AVERAGE_SAMPLES && average >= AVERAGE_MIN_BPS &&
	       flowmob__rate_of(manager, flow) < average / 2;
}

/* The last few samples weigh most in the one, some thirty in the other. */
static void judge(const struct flowmob_manager *manager, struct flowmob__flow *flow, uint64_t span_us)
{
	uint64_t sample = bits_per_s(flow->entry->octets - flow->octets, span_us), times = silent(manager, flow);

	times -= times > 0; /* this one is no silence */
	flow->octets = flow->entry->octets;
	flow->rate_bps = flow->samples ? (rate_after(flow, times) + sample) / 2 : sample;
	flow->average_bps = flow->samples ? (15 * average_after(flow, times) + sample) / 16 : sample;
	flow->samples += 1 + (flow->samples ? (uint32_t)times : 0);
	flow->judged_us = manager->last_us;
	flow->span_us = span_us;
}

void flowmob__rate_judge_flows(struct flowmob_manager *manager, uint64_t period_us)
{
	uint64_t span_us = manager->config.lma_counters && manager->span_us ? manager->span_us : period_us;

	while (!pmip__list_empty(&manager->counted)) {
		struct flowmob__flow *flow = PMIP__CONTAINER(manager->counted.next, struct flowmob__flow, counted);

		pmip__list_del(&flow->counted);
		if (flow->octets != flow->entry->octets)
			judge(manager, flow, span_us);
	}
}
