/* SPDX-License-Identifier: BSD-2-Clause */
/* Numbers of flows; what else the cache does is in tests/scenario/flows.scn. */
#include "base/mem.h"
#include "state/flow_cache.h"

#include "unit.h"

static const struct pmip__hash_key key = {1, 2};
static struct unit_mem counter;
static struct pmip__flow_cache cache;
static struct pmip__mn mn;
static struct pmip__session anchor;

static void setup(void)
{
	struct pmip_mem mem = unit_mem_callbacks(&counter);

	pmip__flow_cache_init(&cache, &mem, &key);
	anchor.mn = &mn;
}

static void teardown(void)
{
	pmip__flow_cache_fini(&cache);
	ck_assert_int_eq(counter.live, 0);
}

static struct pmip__flow *add(uint16_t port)
{
	struct pmip_flow flow = {.protocol = 17, .dst_port = port};
	struct pmip__flow *added = pmip__flow_cache_add(&cache, &anchor, &flow);

	ck_assert_ptr_nonnull(added);
	ck_assert_ptr_eq(pmip__flow_cache_by_id(&cache, added->id), added);
	return added;
}

static void end(struct pmip__flow *flow)
{
	pmip__flow_cache_end(&cache, flow);
	ck_assert_ptr_eq(pmip__flow_cache_next_changed(&cache), flow);
	pmip__mem_free(&cache.mem, flow);
}

START_TEST(number_is_not_used_again_soon) /* FMP-8 */
{
	uint32_t last = add(1)->id;

	/* What 60 s may bring is far less than all numbers, which come one after the other. */
	for (uint32_t i = 0; i < 20000 / unit_one_of(); i++) {
		struct pmip__flow *flow = add(2);

		ck_assert_uint_eq(flow->id, last + 1);
		last = flow->id;
		end(flow);
	}
}
END_TEST

START_TEST(number_is_never_0_nor_in_use) /* FMP-8 */
{
	struct pmip__flow *old = add(1), *second = add(2);

	ck_assert_uint_eq(old->id, 1);
	ck_assert_uint_eq(second->id, 2);
	/* Once round. */
	cache.last_id = UINT32_MAX - 1;
	ck_assert_uint_eq(add(3)->id, UINT32_MAX);
	ck_assert_uint_eq(add(4)->id, 3);
	/* One that is over may be had again then. */
	end(old);
	cache.last_id = UINT32_MAX;
	ck_assert_uint_eq(add(5)->id, 1);
	ck_assert_uint_eq(add(6)->id, 4);
}
END_TEST

START_TEST(a_mobile_node_has_no_more_names_than_there_are) /* FLO-6 */
{
	struct pmip__flow *flow = NULL, *middle = NULL, *late = add(0);

	for (uint32_t i = 1; i <= UINT16_MAX; i++) {
		flow = add((uint16_t)i);
		if (i > 2)
			flow->fid = (uint16_t)i;
		else
			ck_assert(pmip__flow_cache_name(flow));
		ck_assert_uint_eq(flow->fid, i);
		middle = i == 4711 ? flow : middle;
	}
	ck_assert(!pmip__flow_cache_name(late));
	ck_assert_uint_eq(late->fid, 0);
	/* What has a name keeps it. */
	ck_assert(pmip__flow_cache_name(flow));
	ck_assert_uint_eq(flow->fid, UINT16_MAX);
	end(middle);
	ck_assert(pmip__flow_cache_name(late));
	ck_assert_uint_eq(late->fid, 4711);
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {
		number_is_not_used_again_soon, number_is_never_0_nor_in_use, a_mobile_node_has_no_more_names_than_there_are, NULL,
	};

	return unit_run_fixture("flow_cache", tests, setup, teardown);
}
