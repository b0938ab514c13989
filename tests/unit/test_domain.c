/* SPDX-License-Identifier: BSD-2-Clause */
/* Domains of one LMA or two, once small with many seeds and rough weather, once as large as it should work. */
#include "domain.h"
#include "unit.h"

#define SEEDS 50 /* DOMAIN_SEEDS in the environment asks for more or fewer */
#define S UINT64_C(1000000)

/* Unoptimised, and with sanitizers, it takes long: fewer mobile nodes then. */
#ifdef __OPTIMIZE__
#define LARGE DOMAIN_MNS
#else
#define LARGE (DOMAIN_MNS / 5)
#endif

/* Fifty mobile nodes, three MAGs, every other time two LMAs, and a network that is late. */
static struct domain_plan small(int i)
{
	return (struct domain_plan){
		.seed = (uint64_t)i + 1,
		.lmas = 1 + i % 2,
		.mags = 3,
		.mns = 50,
		.late = 10,
		.asks_old_mags = i % 3 == 0,
	};
}

/* FLO-3, FLO-5, FLO-11, PAP-14, PAP-16: with one LMA some mobile nodes have two interfaces and flows; MAGs and datapaths agree about those.
 * LKP-W3, RED-2, RED-5, RED-13, RED-16: with two LMAs each mobile node ends with one session, at the LMA that its MAG has it with. */
START_TEST(agrees_once_quiet)
{
	struct domain_plan plan = small(_i);

	plan.chaos_us = 60 * S;
	plan.pause_us = 50000;
	plan.loss = 20;
	plan.twice = 10;
	plan.fail_every = 50;
	plan.flows = _i % 2 == 0;
	domain_run(&plan);
}
END_TEST

/* BLK-2, BLK-3, REV-12: groups are extended, de-registered and revoked, by either end, while messages get lost. */
START_TEST(groups_agree_once_quiet)
{
	struct domain_plan plan = small(_i);

	plan.chaos_us = 120 * S;
	plan.pause_us = 100000;
	plan.loss = 5;
	plan.twice = 3;
	plan.fail_every = _i % 4 ? 0 : 200;
	plan.bulk = true;
	domain_run(&plan);
}
END_TEST

/* The LMA is killed in the middle of what it does, dozens of times, while the network is late, and each time another goes on from its records. */
START_TEST(agrees_although_the_lma_is_killed)
{
	struct domain_plan plan = small(_i);

	plan.lmas = 1;
	plan.chaos_us = 60 * S;
	plan.pause_us = 50000;
	plan.loss = 10;
	plan.twice = 5;
	plan.fail_every = _i % 4 ? 0 : 100;
	plan.flows = _i % 2 == 0;
	plan.bulk = _i % 4 == 1;
	plan.kill_every = 300;
	domain_run(&plan);
}
END_TEST

/* DOMAIN_SCALE_MNS in the environment asks for another size, for slow tools. Each mobile node moves three times, on average. */
static struct domain_plan large(uint64_t seed, int lmas)
{
	const char *mns = getenv("DOMAIN_SCALE_MNS");
	struct domain_plan plan = {
		.seed = seed,
		.lmas = lmas,
		.mags = DOMAIN_MAGS,
		.mns = mns ? (int)strtol(mns, NULL, 10) : LARGE,
		.chaos_us = 60 * S,
		.loss = 5,
		.twice = 3,
		.late = 2,
	};

	ck_assert_int_gt(plan.mns, 0);
	ck_assert_int_le(plan.mns, DOMAIN_MNS);
	plan.pause_us = (uint32_t)(plan.chaos_us * 2 / 3 / (uint64_t)plan.mns);
	return plan;
}

START_TEST(large_and_the_same_every_time)
{
	struct domain_plan plan = large(5213, 2);
	uint64_t hash = domain_run(&plan);

	ck_assert_uint_eq(domain_run(&plan), hash);
	plan.seed++;
	plan.mns = plan.mns / 100 + 1;
	ck_assert_uint_ne(domain_run(&plan), hash);
}
END_TEST

/* FLO-3, FLO-5, FLO-11, PAP-14, PAP-16 */
START_TEST(large_with_flows)
{
	struct domain_plan plan = large(7864, 1);

	plan.flows = true;
	domain_run(&plan);
}
END_TEST

int main(void)
{
	const char *text = getenv("DOMAIN_SEEDS");
	int seeds = text ? (int)strtol(text, NULL, 10) : SEEDS;
	Suite *suite = suite_create("domain");
	TCase *tcase = tcase_create("domain");

	tcase_add_loop_test(tcase, agrees_once_quiet, 0, seeds);
	tcase_add_loop_test(tcase, groups_agree_once_quiet, 0, seeds);
	tcase_add_loop_test(tcase, agrees_although_the_lma_is_killed, 0, seeds);
	tcase_add_test(tcase, large_and_the_same_every_time);
	tcase_add_test(tcase, large_with_flows);
	tcase_set_timeout(tcase, 120);
	suite_add_tcase(suite, tcase);
	return unit_run_suite(suite);
}
