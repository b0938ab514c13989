/* SPDX-License-Identifier: BSD-2-Clause */
/* Rounds of flow counters (examples/lma/flow_counting.c). */
#include "lma_rig.h"

#include "lma/flow_counting.h"

#include <unistd.h>

#define FLOWS 3

static struct rig rig;
static struct daemon lma;
static struct flow_counting *counting;
static struct flowmob_fmp answer;
static uint64_t seen_us[FLOWS]; /* flow i + 1 */
static unsigned int told[FLOWS], answers;
static int breaks_at; /* the flow that the datapath cannot read; FLOWS = it can */

/* In the place of flow_link.c. */
void flow_link_send(struct flow_link *link, const struct flowmob_fmp *message)
{
	(void)link;
	for (unsigned int i = 0; i < message->u.flow_counters.count; i++)
		told[message->u.flow_counters.flow[i].flow_id - 1]++;
	answer = *message;
	answers++;
}

/* One at a time. */
static int flows(void *ctx, uint64_t *place, size_t count, void (*each)(void *user, const struct pmip_flow_counters *counters), void *user)
{
	struct pmip_flow_counters counters = {.packets = 1, .flow_id = (uint32_t)*place + 1, .seen_us = seen_us[*place]};

	(void)ctx;
	ck_assert_uint_gt(count, 0);
	if ((int)*place == breaks_at)
		return PMIP_ERR_OS;
	each(user, &counters);
	*place = (*place + 1) % FLOWS;
	return 1;
}

static const struct pmip_datapath_ops ops = {.size = sizeof(ops), .name = "one at a time", .flows = flows};

static void setup(void)
{
	rig_init(&rig, rig_config(), NULL);
	lma = (struct daemon){.engine = rig.lma, .datapath = {&ops, NULL}, .base = event_base_new()};
	ck_assert_int_eq(flow_counting_new(&counting, &lma, NULL), 0);
	breaks_at = FLOWS;
}

static void teardown(void)
{
	flow_counting_free(counting);
	event_base_free(lma.base);
	rig_fini(&rig);
}

/* Ask, and go on until that is answered. @return the status */
static enum flowmob_fmp_status ask(void)
{
	const struct flowmob_fmp request = {.op = FLOWMOB_FMP_FLOW_COUNTERS, .request = 7};

	memset(told, 0, sizeof(told));
	answers = 0;
	flow_counting_flows(counting, &request);
	while (!answers || answer.u.flow_counters.more)
		event_base_loop(lma.base, EVLOOP_ONCE);
	ck_assert_uint_eq(answer.request, 7);
	return (enum flowmob_fmp_status)answer.status;
}

static void count_now(int flow)
{
	seen_us[flow] = pmip_runner_now().mono_us;
	usleep(30000);
}

START_TEST(what_has_not_counted_is_not_told_again) /* FMP-10 */
{
	for (int i = 0; i < FLOWS; i++)
		count_now(i);
	ck_assert_int_eq(ask(), FLOWMOB_FMP_OK);
	ck_assert_uint_eq(told[0] + told[1] + told[2], 3);
	count_now(1);
	ck_assert_int_eq(ask(), FLOWMOB_FMP_OK);
	ck_assert_uint_eq(told[1], 1);
	ck_assert_uint_eq(told[0] + told[2], 0);
	ck_assert_uint_gt(answer.u.flow_counters.span_ms, 0);
}
END_TEST

/* The datapath breaks a round off: what it has not come to is told in the next. */
START_TEST(a_round_that_breaks_off_forgets_none) /* FMP-10 */
{
	for (int i = 0; i < FLOWS; i++)
		count_now(i);
	breaks_at = 2;
	ck_assert_int_eq(ask(), FLOWMOB_FMP_REFUSED);
	breaks_at = FLOWS;
	ck_assert_int_eq(ask(), FLOWMOB_FMP_OK);
	ck_assert_uint_eq(told[2], 1);
	ck_assert_uint_eq(answer.u.flow_counters.span_ms, 0); /* nothing was told to its end before */
	count_now(2);
	breaks_at = 1;
	ck_assert_int_eq(ask(), FLOWMOB_FMP_REFUSED);
	ck_assert_int_eq(ask(), FLOWMOB_FMP_REFUSED);
	breaks_at = FLOWS;
	ck_assert_int_eq(ask(), FLOWMOB_FMP_OK);
	ck_assert_uint_eq(told[2], 1);
	ck_assert_uint_eq(told[0] + told[1], 0);
	ck_assert_uint_ge(answer.u.flow_counters.span_ms, 30);
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {what_has_not_counted_is_not_told_again, a_round_that_breaks_off_forgets_none, NULL};

	return unit_run_fixture("flow_counting", tests, setup, teardown);
}
