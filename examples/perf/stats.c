/* SPDX-License-Identifier: BSD-2-Clause */
#include "perf/stats.h"

void stats_sum(const struct stats *stats, struct stats_kind *all)
{
	for (unsigned int i = 0; i < PLAN_KINDS; i++) {
		const struct stats_kind *kind = &stats->kinds[i];

		all->begun += kind->begun;
		all->accepted += kind->accepted;
		all->refused += kind->refused;
		all->lost += kind->lost;
		all->again += kind->again;
		histogram_merge(&all->latency_ns, &kind->latency_ns);
	}
}

double stats_rate(const struct stats_phase *phase)
{
	if (phase->end_ns <= phase->start_ns)
		return 0;
	return (double)phase->events * 1e9 / (double)(phase->end_ns - phase->start_ns);
}

uint64_t stats_wrong(const struct stats *stats)
{
	uint64_t wrong = 0;

	for (unsigned int i = FAULT_NONE + 1; i < FAULT_COUNT; i++)
		wrong += stats->faults[i];
	return wrong;
}
