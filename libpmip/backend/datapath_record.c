/* SPDX-License-Identifier: BSD-2-Clause */
/* A datapath that forwards nothing and remembers every operation, for tests and simulation. */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include <pmip/datapath.h>

struct record {
	struct pmip_datapath_op *ops;
	size_t count;
	size_t cap;
	size_t left; /* operations it still accepts */
};

static int record_submit(void *ctx, int *results, const struct pmip_datapath_op *ops, size_t n)
{
	struct record *record = ctx;

	if (record->count + n > record->cap) {
		size_t cap = (record->count + n) * 2;
		struct pmip_datapath_op *more = reallocarray(record->ops, cap, sizeof(*more));

		if (!more)
			return PMIP_ERR_NOMEM;
		record->ops = more;
		record->cap = cap;
	}
	for (size_t i = 0; i < n; i++) {
		record->ops[record->count++] = ops[i];
		results[i] = record->left ? 0 : PMIP_ERR_OS;
		if (record->left && record->left != SIZE_MAX)
			record->left--;
	}
	return 0;
}

static int record_sweep(void *ctx)
{
	(void)ctx;
	return 0;
}

static int record_counters(void *ctx, struct pmip_datapath_counters *out)
{
	size_t size = out->size;

	(void)ctx;
	memset(out, 0xff, size < sizeof(*out) ? size : sizeof(*out));
	out->size = size;
	return 0;
}

static void record_free(void *ctx, bool keep)
{
	struct record *record = ctx;

	(void)keep;
	if (!record)
		return;
	free(record->ops);
	free(record);
}

static const struct pmip_datapath_ops record_ops = {
	.size = sizeof(record_ops),
	.name = "record",
	.submit = record_submit,
	.sweep = record_sweep,
	.counters = record_counters,
	.free = record_free,
};

int pmip_datapath_record_new(struct pmip_datapath *datapath, size_t fail_after)
{
	struct record *record = calloc(1, sizeof(*record));

	if (!record)
		return PMIP_ERR_NOMEM;
	record->left = fail_after;
	*datapath = (struct pmip_datapath){ .ops = &record_ops, .ctx = record };
	return 0;
}

const struct pmip_datapath_op *pmip_datapath_record_get(const struct pmip_datapath *datapath,
							size_t *count)
{
	const struct record *record = datapath->ctx;

	*count = record->count;
	return record->ops;
}
