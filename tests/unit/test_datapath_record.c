/* SPDX-License-Identifier: BSD-2-Clause */
#include "unit.h"

#include <stdlib.h>
#include <string.h>


#include <pmip/datapath.h>

static struct pmip_datapath_op op_number(uint32_t id)
{
	return (struct pmip_datapath_op){ .id = id,
					  .kind = PMIP_DATAPATH_BINDING_CLEAR,
					  .prefix = { .len = 64 } };
}

START_TEST(keeps_order)
{
	struct pmip_datapath datapath;
	const struct pmip_datapath_op *told;
	size_t count = 1;

	ck_assert_int_eq(pmip_datapath_record_new(&datapath, SIZE_MAX), 0);
	pmip_datapath_record_get(&datapath, &count);
	ck_assert_uint_eq(count, 0);
	for (uint32_t id = 1; id < 100; id += 2) {
		struct pmip_datapath_op ops[2] = { op_number(id), op_number(id + 1) };
		int results[2] = { -1, -1 };

		ck_assert_int_eq(datapath.ops->submit(datapath.ctx, results, ops, 2), 0);
		ck_assert_int_eq(results[0], 0);
		ck_assert_int_eq(results[1], 0);
	}
	told = pmip_datapath_record_get(&datapath, &count);
	ck_assert_uint_eq(count, 100);
	for (uint32_t i = 0; i < count; i++)
		ck_assert_uint_eq(told[i].id, i + 1);
	ck_assert_int_eq(datapath.ops->sweep(datapath.ctx), 0);
	datapath.ops->free(datapath.ctx, false);
}
END_TEST

START_TEST(refuses_after)
{
	struct pmip_datapath_op ops[4] = { op_number(1), op_number(2), op_number(3), op_number(4) };
	int results[4] = { 1, 1, 1, 1 };
	struct pmip_datapath datapath;
	size_t count;

	ck_assert_int_eq(pmip_datapath_record_new(&datapath, 3), 0);
	ck_assert_int_eq(datapath.ops->submit(datapath.ctx, results, ops, 4), 0);
	ck_assert_int_eq(results[2], 0);
	ck_assert_int_eq(results[3], PMIP_ERR_OS);
	ck_assert_int_eq(datapath.ops->submit(datapath.ctx, results, ops, 1), 0);
	ck_assert_int_eq(results[0], PMIP_ERR_OS);
	pmip_datapath_record_get(&datapath, &count);
	ck_assert_uint_eq(count, 5);
	datapath.ops->free(datapath.ctx, true);
}
END_TEST

/* An older caller's shorter struct must not be written past. */
START_TEST(counters_respect_size)
{
	struct pmip_datapath_counters counters = {
		.size = offsetof(struct pmip_datapath_counters, encap), .encap = 7
	};
	struct pmip_datapath datapath;

	ck_assert_int_eq(pmip_datapath_record_new(&datapath, SIZE_MAX), 0);
	ck_assert_int_eq(datapath.ops->counters(datapath.ctx, &counters), 0);
	ck_assert(counters.bindings == UINT64_MAX);
	ck_assert(counters.encap == 7);
	ck_assert_uint_eq(counters.size, offsetof(struct pmip_datapath_counters, encap));
	datapath.ops->free(datapath.ctx, false);
}
END_TEST

int main(void)
{
	const TTest *tests[] = {
		keeps_order, refuses_after, counters_respect_size, NULL,
	};

	return unit_run("datapath_record", tests);
}
