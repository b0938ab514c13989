/* SPDX-License-Identifier: BSD-2-Clause */
#include "unit.h"

#include <flowmob/policy.h>
#include <stdio.h>
#include <string.h>

enum { WLAN = 4, LTE = 8 };
enum { WLAN_TUNNEL = 11, LTE_TUNNEL = 12, LTE_TUNNEL_2 = 13 };

static struct unit_mem counting;
static struct flowmob_policy *policy;
static struct flowmob_policy_way ways[3];
static struct flowmob_policy_input input;

static void setup(void)
{
	struct pmip_mem mem = unit_mem_callbacks(&counting);

	ck_assert_int_eq(flowmob_policy_new(&policy, &mem), 0);
	ways[0] = (struct flowmob_policy_way){WLAN_TUNNEL, WLAN, true, 10, 5000000};
	ways[1] = (struct flowmob_policy_way){LTE_TUNNEL, LTE, true, 0, 2000000};
	ways[2] = (struct flowmob_policy_way){LTE_TUNNEL_2, LTE, true, 0, 1000000};
	input = (struct flowmob_policy_input){
		.application = "video",
		.mn_id = {1, 15, (const uint8_t *)"alice@example.o"},
		.ways = ways,
		.way_count = 3,
		.tunnel = WLAN_TUNNEL,
		.minute = 12 * 60,
		.weekday = 2,
	};
}

static void teardown(void)
{
	flowmob_policy_free(policy);
	flowmob_policy_free(NULL);
	ck_assert_int_eq(counting.live, 0);
}

/* A rule without conditions that sends everything by LTE. */
static struct flowmob_policy_rule rule(const char *name, uint32_t priority)
{
	struct flowmob_policy_rule made = {.priority = priority, .prefer_count = 1, .prefer = {LTE}};

	snprintf(made.name, sizeof(made.name), "%s", name);
	return made;
}

static void add(struct flowmob_policy_rule made)
{
	ck_assert_int_eq(flowmob_policy_add_rule(policy, &made), 0);
}

static void decides(enum flowmob_policy_verdict verdict, uint32_t tunnel, const char *name)
{
	struct flowmob_policy_decision decision;

	flowmob_policy_decide(policy, &decision, &input);

	ck_assert_int_eq(decision.verdict, verdict);
	ck_assert_uint_eq(decision.tunnel, tunnel);
	if (name)
		ck_assert_str_eq(decision.rule->name, name);
	else
		ck_assert_ptr_null(decision.rule);
}

START_TEST(no_rule_no_decision)
{
	decides(FLOWMOB_POLICY_NONE, 0, NULL);
}
END_TEST

START_TEST(least_loaded_tunnel_of_the_technology)
{
	add(rule("lte", 1));
	decides(FLOWMOB_POLICY_USE, LTE_TUNNEL_2, "lte");
	ways[2].rate_bps = 3000000;
	decides(FLOWMOB_POLICY_USE, LTE_TUNNEL, "lte");
	/* A flow that is there already stays. */
	input.tunnel = LTE_TUNNEL_2;
	decides(FLOWMOB_POLICY_USE, LTE_TUNNEL_2, "lte");
	ways[2].usable = false;
	decides(FLOWMOB_POLICY_USE, LTE_TUNNEL, "lte");
}
END_TEST

START_TEST(technologies_in_order_and_then_the_next_rule)
{
	struct flowmob_policy_rule both = rule("both", 1), rest = rule("rest", 2);

	both.prefer_count = 2;
	both.prefer[0] = WLAN;
	both.prefer[1] = LTE;
	rest.prefer_count = 0;
	rest.stay = true;
	add(both);
	add(rest);
	decides(FLOWMOB_POLICY_USE, WLAN_TUNNEL, "both");
	ways[0].usable = false;
	decides(FLOWMOB_POLICY_USE, LTE_TUNNEL_2, "both");
	ways[1].usable = ways[2].usable = false;
	decides(FLOWMOB_POLICY_STAY, 0, "rest");
}
END_TEST

START_TEST(low_priority_first_equal_ones_as_added)
{
	static const char *const order[] = {"a", "b", "c", "d"};
	const struct flowmob_policy_rule *at;
	size_t cursor = 0;

	add(rule("d", 9));
	add(rule("b", 5));
	add(rule("a", 1));
	add(rule("c", 5));
	for (size_t i = 0; i < 4; i++) {
		at = flowmob_policy_next_rule(policy, &cursor);
		ck_assert_str_eq(at->name, order[i]);
	}
	ck_assert_ptr_null(flowmob_policy_next_rule(policy, &cursor));
	decides(FLOWMOB_POLICY_USE, LTE_TUNNEL_2, "a");
	ck_assert_int_eq(flowmob_policy_del_rule(policy, "a"), 0);
	ck_assert_int_eq(flowmob_policy_del_rule(policy, "a"), PMIP_ERR_NOENT);
	decides(FLOWMOB_POLICY_USE, LTE_TUNNEL_2, "b");
}
END_TEST

START_TEST(application)
{
	struct flowmob_policy_rule video = rule("video", 1);

	snprintf(video.application, sizeof(video.application), "%s", "video");
	add(video);
	decides(FLOWMOB_POLICY_USE, LTE_TUNNEL_2, "video");
	input.application = "voice";
	decides(FLOWMOB_POLICY_NONE, 0, NULL);
	input.application = NULL;
	decides(FLOWMOB_POLICY_NONE, 0, NULL);
}
END_TEST

START_TEST(mobile_node_patterns)
{
	static const struct {
		const char *pattern, *id;
		bool matches;
	} cases[] = {
		{"*", "alice@example.org", true},
		{"alice@example.org", "alice@example.org", true},
		{"alice@example.org", "alice@example.or", false},
		{"alice@example.org", "alice@example.org2", false},
		{"*@example.org", "alice@example.org", true},
		{"*@example.org", "alice@example.com", false},
		{"*@example.org", "@example.org", true},
		{"al?ce@*", "alice@example.org", true},
		{"al?ce@*", "alce@example.org", false},
		{"*a*a*b", "aaaaaaaaaaaaaaaaaaaac", false},
		{"*a*a*b", "xaxaxab", true},
		{"a**", "a", true},
		{"?", "ab", false},
	};
	struct flowmob_policy_rule by_id = rule("id", 1);
	struct flowmob_policy_decision decision;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		memset(by_id.mn_id, 0, sizeof(by_id.mn_id));
		snprintf(by_id.mn_id, sizeof(by_id.mn_id), "%s", cases[i].pattern);
		add(by_id);
		input.mn_id = (struct pmip_mnid){1, (uint8_t)strlen(cases[i].id), (const uint8_t *)cases[i].id};
		ck_assert_msg((flowmob_policy_decide(policy, &decision, &input) == 1) == cases[i].matches, "%s %s", cases[i].pattern,
			      cases[i].id);
		ck_assert_int_eq(flowmob_policy_del_rule(policy, "id"), 0);
	}
}
END_TEST

START_TEST(classes_of_mobile_nodes)
{
	struct flowmob_policy_rule gold = rule("gold", 1);

	snprintf(gold.mn_class, sizeof(gold.mn_class), "%s", "gold");
	ck_assert_int_eq(flowmob_policy_add_rule(policy, &gold), PMIP_ERR_NOENT);
	ck_assert_int_eq(flowmob_policy_add_class(policy, "gold", "bob@*"), 0);
	ck_assert_int_eq(flowmob_policy_add_class(policy, "iron", "alice@*"), 0);
	add(gold);
	decides(FLOWMOB_POLICY_NONE, 0, NULL);
	ck_assert_int_eq(flowmob_policy_add_class(policy, "gold", "alice@*"), 0);
	decides(FLOWMOB_POLICY_USE, LTE_TUNNEL_2, "gold");
	ck_assert_int_eq(flowmob_policy_add_class(policy, "", "x"), PMIP_ERR_INVALID);
	ck_assert_int_eq(flowmob_policy_add_class(policy, "x", ""), PMIP_ERR_INVALID);
	ck_assert_int_eq(flowmob_policy_add_class(policy, "a name that is longer than it may be", "x"), PMIP_ERR_INVALID);
}
END_TEST

START_TEST(time_of_day_and_week)
{
	static const struct {
		uint16_t from, to, minute;
		uint8_t weekdays, weekday;
		bool matches;
	} cases[] = {
		{0, 0, 0, 0, 0, true},
		{480, 1020, 479, 0, 0, false},
		{480, 1020, 480, 0, 0, true},
		{480, 1020, 1019, 0, 0, true},
		{480, 1020, 1020, 0, 0, false},
		{1320, 360, 1439, 0, 0, true}, /* past midnight */
		{1320, 360, 0, 0, 0, true},
		{1320, 360, 359, 0, 0, true},
		{1320, 360, 360, 0, 0, false},
		{0, 1440, 1439, 0, 0, true},
		{0, 0, 600, 0x1f, 4, true}, /* Monday to Friday */
		{0, 0, 600, 0x1f, 5, false},
		{0, 0, 600, 0x40, 6, true},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct flowmob_policy_rule timed = rule("timed", 1);
		struct flowmob_policy_decision decision;

		timed.minute_from = cases[i].from;
		timed.minute_to = cases[i].to;
		timed.weekdays = cases[i].weekdays;
		input.minute = cases[i].minute;
		input.weekday = cases[i].weekday;
		add(timed);
		ck_assert_msg((flowmob_policy_decide(policy, &decision, &input) == 1) == cases[i].matches, "case %zu", i);
		ck_assert_int_eq(flowmob_policy_del_rule(policy, "timed"), 0);
	}
}
END_TEST

START_TEST(local_time)
{
	static const uint64_t minute_us = 60000000;

	flowmob_policy_set_time(&input, 0, 0); /* Thursday, midnight */
	ck_assert_uint_eq(input.minute, 0);
	ck_assert_uint_eq(input.weekday, 3);
	flowmob_policy_set_time(&input, 0, -60);
	ck_assert_uint_eq(input.minute, 23 * 60);
	ck_assert_uint_eq(input.weekday, 2);
	flowmob_policy_set_time(&input, 29400000 * minute_us, 120); /* 2025-11-24 16:00 UTC, a Monday */
	ck_assert_uint_eq(input.minute, 29400000 % 1440 + 120);
	ck_assert_uint_eq(input.weekday, (3 + 29400000 / 1440) % 7);
}
END_TEST

START_TEST(available_technologies)
{
	struct flowmob_policy_rule both = rule("both", 1);

	both.att_available = 1 << WLAN | 1 << LTE;
	add(both);
	decides(FLOWMOB_POLICY_USE, LTE_TUNNEL_2, "both");
	ways[0].att = 5;
	decides(FLOWMOB_POLICY_NONE, 0, NULL);
	ways[0].att = 200;
	decides(FLOWMOB_POLICY_NONE, 0, NULL);
}
END_TEST

START_TEST(load_of_a_tunnel)
{
	struct flowmob_policy_rule busy = rule("busy", 1);

	busy.load = (struct flowmob_policy_load){true, 0, 10, 1000, 0, UINT64_MAX};
	add(busy);
	decides(FLOWMOB_POLICY_USE, LTE_TUNNEL_2, "busy");
	ways[0].drop_permille = 9;
	decides(FLOWMOB_POLICY_NONE, 0, NULL);
	ck_assert_int_eq(flowmob_policy_del_rule(policy, "busy"), 0);
	/* Another tunnel than that in use: by its technology. */
	busy.load = (struct flowmob_policy_load){true, LTE, 0, 0, 0, 1500000};
	add(busy);
	decides(FLOWMOB_POLICY_USE, LTE_TUNNEL_2, "busy");
	ways[2].rate_bps = 1500001;
	decides(FLOWMOB_POLICY_NONE, 0, NULL);
}
END_TEST

START_TEST(explained)
{
	struct flowmob_policy_rule first = rule("voice-first", 1), night = rule("night", 2), rest = rule("rest", 3);
	static const char *const expected = "rule voice-first: no, another application\n"
					    "rule night: no, another time of day\n"
					    "rule rest: applies\n"
					    "decision: it belongs on tunnel 13, not on 11\n";
	char text[400];

	snprintf(first.application, sizeof(first.application), "%s", "voice");
	night.minute_from = 22 * 60;
	night.minute_to = 6 * 60;
	add(first);
	add(night);
	add(rest);
	ck_assert_uint_eq(flowmob_policy_explain(policy, text, sizeof(text), &input), strlen(expected));
	ck_assert_str_eq(text, expected);
	ck_assert_uint_eq(flowmob_policy_explain(policy, text, 10, &input), strlen(expected));
	ck_assert_uint_eq(strlen(text), 9);
	ck_assert_uint_eq(flowmob_policy_explain(policy, NULL, 0, &input), strlen(expected));
	ways[1].usable = ways[2].usable = false;
	flowmob_policy_explain(policy, text, sizeof(text), &input);
	ck_assert_ptr_nonnull(strstr(text, "rule rest: no, no tunnel by a preferred access technology may be used\n"));
	ck_assert_ptr_nonnull(strstr(text, "decision: none, it stays on tunnel 11 until that is congested\n"));
}
END_TEST

START_TEST(bad_rules_are_refused)
{
	struct flowmob_policy_rule good = rule("good", 1), bad[10];

	for (size_t i = 0; i < 10; i++)
		bad[i] = good;
	bad[0].name[0] = '\0';
	memset(bad[1].name, 'x', sizeof(bad[1].name));
	memset(bad[2].mn_id, 'x', sizeof(bad[2].mn_id));
	bad[3].weekdays = 0x80;
	bad[4].minute_from = 1440;
	bad[5].minute_to = 1441;
	bad[6].stay = true;
	bad[7].prefer_count = 0;
	bad[8].prefer_count = FLOWMOB_PREFER_MAX + 1;
	bad[9].load = (struct flowmob_policy_load){true, 0, 2, 1, 0, 0};
	for (size_t i = 0; i < 10; i++)
		ck_assert_msg(flowmob_policy_add_rule(policy, &bad[i]) == PMIP_ERR_INVALID, "rule %zu", i);
	add(good);
	ck_assert_int_eq(flowmob_policy_add_rule(policy, &good), PMIP_ERR_EXIST);
}
END_TEST

START_TEST(no_memory_nothing_changed)
{
	struct unit_mem failing = {0};
	struct pmip_mem mem = unit_mem_callbacks(&failing);
	struct flowmob_policy *other = NULL;
	struct flowmob_policy_rule made = rule("lte", 1);
	size_t cursor = 0;
	unsigned int n;

	for (n = 1; unit_no_memory(&failing, n, flowmob_policy_new(&other, &mem)); n++)
		ck_assert_ptr_null(other);
	ck_assert_uint_gt(n, 1);
	for (n = 1; unit_no_memory(&failing, n, flowmob_policy_add_rule(other, &made)); n++)
		ck_assert_ptr_null(flowmob_policy_next_rule(other, &cursor));
	ck_assert_uint_gt(n, 1);
	made = rule("gold", 1);
	snprintf(made.mn_class, sizeof(made.mn_class), "%s", "gold");
	for (n = 1; unit_no_memory(&failing, n, flowmob_policy_add_class(other, "gold", "*")); n++)
		ck_assert_int_eq(flowmob_policy_add_rule(other, &made), PMIP_ERR_NOENT);
	ck_assert_uint_gt(n, 1);
	ck_assert_int_eq(flowmob_policy_add_rule(other, &made), 0);
	flowmob_policy_free(other);
	ck_assert_int_eq(failing.live, 0);
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {
		no_rule_no_decision,
		least_loaded_tunnel_of_the_technology,
		technologies_in_order_and_then_the_next_rule,
		low_priority_first_equal_ones_as_added,
		application,
		mobile_node_patterns,
		classes_of_mobile_nodes,
		time_of_day_and_week,
		local_time,
		available_technologies,
		load_of_a_tunnel,
		explained,
		bad_rules_are_refused,
		no_memory_nothing_changed,
		NULL,
	};

	return unit_run_fixture("flowmob_policy", tests, setup, teardown);
}
