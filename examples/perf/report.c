/* SPDX-License-Identifier: BSD-2-Clause */
#include "perf/report.h"

#include <inttypes.h>
#include <stdio.h>

unsigned int report_failed(const struct settings *settings, const struct stats *stats, const struct stats_kind *all)
{
	unsigned int failed = 0;

	if ((double)(all->lost + all->refused) * 100 > settings->max_drop * (double)all->begun)
		failed |= EXPECT_DROP;
	if (settings->max_p99_ms > 0 && (double)histogram_permille(&all->latency_ns, 990) > settings->max_p99_ms * 1e6)
		failed |= EXPECT_P99;
	if (stats->duplicates > 0)
		failed |= EXPECT_UNIQUE;
	if (stats->changed > 0)
		failed |= EXPECT_SAME;
	if (stats_wrong(stats) > 0 || stats->malformed > 0)
		failed |= EXPECT_RIGHT;
	return failed;
}

const char *report_name(enum expectation expectation)
{
	switch (expectation) {
	case EXPECT_DROP:
		return "max-drop";
	case EXPECT_P99:
		return "max-p99";
	case EXPECT_UNIQUE:
		return "unique prefixes";
	case EXPECT_SAME:
		return "same prefixes";
	case EXPECT_RIGHT:
	default:
		return "right answers";
	}
}

static void print_row(const char *name, const struct stats_kind *kind)
{
	static const unsigned int permilles[] = {500, 900, 990, 999};

	printf("%-9s%10" PRIu64 "%10" PRIu64 "%10" PRIu64 "%9" PRIu64 "%8" PRIu64 "%8" PRIu64 " %9.3f", name, kind->begun, stats_sent(kind),
	       kind->accepted, kind->refused, kind->lost, kind->again, (double)kind->latency_ns.min / 1e6);
	for (unsigned int i = 0; i < sizeof(permilles) / sizeof(*permilles); i++)
		printf(" %9.3f", (double)histogram_permille(&kind->latency_ns, permilles[i]) / 1e6);
	printf(" %9.3f\n", (double)kind->latency_ns.max / 1e6);
}

static void print_phase(const char *name, const struct stats_phase *phase, const struct stats_phase *echo)
{
	double rate = stats_rate(phase), ceiling = echo != NULL ? stats_rate(echo) : 0;

	if (phase->events == 0)
		return;
	printf("%s: %" PRIu64 " answered in %.3f s, %.0f a second", name, phase->events, (double)(phase->end_ns - phase->start_ns) / 1e9, rate);
	if (ceiling > 0)
		printf("; echo %.0f a second, ratio %.3f", ceiling, rate / ceiling);
	putchar('\n');
}

static void print_statuses(const struct stats *stats)
{
	for (unsigned int status = 1; status < 256; status++) {
		const char *name = pmip_status_name((uint8_t)status);

		if (stats->status[status] > 0)
			printf("status %u %s: %" PRIu64 "\n", status, name != NULL ? name : "", stats->status[status]);
	}
	for (unsigned int fault = FAULT_NONE + 1; fault < FAULT_COUNT; fault++)
		if (stats->faults[fault] > 0)
			printf("wrong answer, %s: %" PRIu64 "\n", fault_name((enum fault)fault), stats->faults[fault]);
}

void report_table(const struct settings *settings, const struct stats *stats, const struct stats *echo)
{
	struct stats_kind all = {.begun = 0};
	unsigned int failed;

	stats_sum(stats, &all);
	printf("%-9s%10s%10s%10s%9s%8s%8s %9s %9s %9s %9s %9s %9s\n", "", "events", "sent", "accepted", "refused", "lost", "again", "min ms", "p50",
	       "p90", "p99", "p99.9", "max");
	for (unsigned int i = 0; i < PLAN_KINDS; i++)
		if (stats->kinds[i].begun > 0)
			print_row(plan_kind_name((enum plan_kind)i), &stats->kinds[i]);
	print_row("all", &all);
	print_phase("first registrations", &stats->first, echo != NULL ? &echo->first : NULL);
	print_phase("mix", &stats->mix, echo != NULL ? &echo->mix : NULL);
	print_statuses(stats);
	printf("prefixes: %" PRIu64 " that another client has, %" PRIu64 " changed; answers: %" PRIu64 " surplus, %" PRIu64 " malformed, %" PRIu64
	       " about others; %" PRIu64 " PBUs not sent, %" PRIu64 " events skipped\n",
	       stats->duplicates, stats->changed, stats->surplus, stats->malformed, stats->other, stats->unsent, stats->skipped);
	failed = report_failed(settings, stats, &all);
	for (unsigned int bit = 1; bit <= failed; bit <<= 1)
		if (failed & bit)
			printf("FAILED: %s\n", report_name((enum expectation)bit));
}
