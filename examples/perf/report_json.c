/* SPDX-License-Identifier: BSD-2-Clause */
#include "perf/report.h"

#include <jansson.h>
#include <stdio.h>

static json_t *count(uint64_t value)
{
	return json_integer((json_int_t)value);
}

static json_t *latency(const struct histogram *histogram)
{
	json_t *object = json_object();

	json_object_set_new(object, "min", json_real((double)histogram->min / 1e3));
	json_object_set_new(object, "p50", json_real((double)histogram_permille(histogram, 500) / 1e3));
	json_object_set_new(object, "p90", json_real((double)histogram_permille(histogram, 900) / 1e3));
	json_object_set_new(object, "p99", json_real((double)histogram_permille(histogram, 990) / 1e3));
	json_object_set_new(object, "p99.9", json_real((double)histogram_permille(histogram, 999) / 1e3));
	json_object_set_new(object, "max", json_real((double)histogram->max / 1e3));
	return object;
}

static void put_kind(json_t *object, const struct stats_kind *kind)
{
	json_object_set_new(object, "events", count(kind->begun));
	json_object_set_new(object, "sent", count(stats_sent(kind)));
	json_object_set_new(object, "received", count(stats_received(kind)));
	json_object_set_new(object, "accepted", count(kind->accepted));
	json_object_set_new(object, "lost", count(kind->lost));
	json_object_set_new(object, "retransmissions", count(kind->again));
	json_object_set_new(object, "latency_us", latency(&kind->latency_ns));
}

static json_t *phases(const struct stats *stats)
{
	return json_pack("{s:f,s:f}", "register", stats_rate(&stats->first), "mix", stats_rate(&stats->mix));
}

static json_t *kinds(const struct stats *stats)
{
	json_t *object = json_object();

	for (unsigned int i = 0; i < PLAN_KINDS; i++) {
		json_t *kind = json_object();

		put_kind(kind, &stats->kinds[i]);
		json_object_set_new(kind, "refused", count(stats->kinds[i].refused));
		json_object_set_new(object, plan_kind_name((enum plan_kind)i), kind);
	}
	return object;
}

/* How often each status that refuses has come. */
static json_t *refused(const struct stats *stats)
{
	json_t *object = json_object();
	char text[8];

	for (unsigned int status = PMIP_STATUS_REASON_UNSPECIFIED; status < 256; status++) {
		if (stats->status[status] == 0)
			continue;
		snprintf(text, sizeof(text), "%u", status);
		json_object_set_new(object, text, count(stats->status[status]));
	}
	return object;
}

static json_t *wrong(const struct stats *stats)
{
	json_t *object = json_object();

	for (unsigned int fault = FAULT_NONE + 1; fault < FAULT_COUNT; fault++)
		if (stats->faults[fault] > 0)
			json_object_set_new(object, fault_name((enum fault)fault), count(stats->faults[fault]));
	return object;
}

static json_t *failures(unsigned int failed)
{
	json_t *array = json_array();

	for (unsigned int bit = 1; bit <= failed; bit <<= 1)
		if (failed & bit)
			json_array_append_new(array, json_string(report_name((enum expectation)bit)));
	return array;
}

void report_json(const struct settings *settings, const struct stats *stats, const struct stats *echo)
{
	struct stats_kind all = {.begun = 0};
	json_t *object = json_object();

	stats_sum(stats, &all);
	json_object_set_new(object, "clients", count(settings->plan.clients));
	json_object_set_new(object, "seed", count(settings->plan.seed));
	put_kind(object, &all);
	json_object_set_new(object, "refused", refused(stats));
	json_object_set_new(object, "rate", phases(stats));
	json_object_set_new(object, "kinds", kinds(stats));
	json_object_set_new(object, "duplicate_prefixes", count(stats->duplicates));
	json_object_set_new(object, "changed_prefixes", count(stats->changed));
	json_object_set_new(object, "wrong_answers", wrong(stats));
	json_object_set_new(object, "malformed", count(stats->malformed));
	json_object_set_new(object, "surplus", count(stats->surplus));
	json_object_set_new(object, "other", count(stats->other));
	json_object_set_new(object, "unsent", count(stats->unsent));
	json_object_set_new(object, "skipped", count(stats->skipped));
	if (echo != NULL)
		json_object_set_new(object, "echo_rate", phases(echo));
	json_object_set_new(object, "failed", failures(report_failed(settings, stats, &all)));
	json_dumpf(object, stdout, JSON_COMPACT | JSON_REAL_PRECISION(6));
	putchar('\n');
	json_decref(object);
}
