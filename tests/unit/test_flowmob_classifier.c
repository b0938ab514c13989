/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Both classifiers: what rules decide, and that the fast one decides as the plain one does, whatever the rules and packets.
 */
#include <flowmob/applications.h>
#include <flowmob/classifier.h>

#include "../fuzz/classifier_script.h"
#include "packet_maker.h"

#define LTE 1
#define WLAN 2

static const uint8_t key[16] = "classifiers' key";
static const uint32_t both_paths[] = {LTE, WLAN};
static struct unit_mem counter;
static struct flowmob_classifier *classifiers[2]; /* enum flowmob_classifier_kind */
static struct flowmob_decision decision;
static struct flowmob_packet packet;

static void setup(void)
{
	struct pmip_mem mem = unit_mem_callbacks(&counter);

	for (int kind = FLOWMOB_CLASSIFIER_LINEAR; kind <= FLOWMOB_CLASSIFIER_TUPLE; kind++)
		ck_assert_int_eq(flowmob_classifier_new(&classifiers[kind], (enum flowmob_classifier_kind)kind, FLOWMOB_DOWNLINK, 100, &mem, key), 0);
}

static void teardown(void)
{
	for (int kind = FLOWMOB_CLASSIFIER_LINEAR; kind <= FLOWMOB_CLASSIFIER_TUPLE; kind++)
		flowmob_classifier_free(classifiers[kind]);
	flowmob_classifier_free(NULL);
	ck_assert_int_eq(counter.live, 0);
}

static struct pmip_selector source_port(uint16_t from, uint16_t to)
{
	return (struct pmip_selector){.format = PMIP_SELECTOR_IPV6, .flags = 0x00c0, .src_port_start = from, .src_port_end = to};
}

static struct flowmob_rule rule_of(uint32_t id, uint32_t priority, const struct pmip_selector *selector, uint32_t path)
{
	return (struct flowmob_rule){
		.id = id,
		.priority = priority,
		.active = true,
		.verdict = FLOWMOB_VERDICT_FORWARD,
		.path = {path},
		.path_count = 1,
		.selectors = selector,
		.selector_count = 1,
	};
}

static void add_to_both(const struct flowmob_rule *rule)
{
	for (int kind = FLOWMOB_CLASSIFIER_LINEAR; kind <= FLOWMOB_CLASSIFIER_TUPLE; kind++)
		ck_assert_int_eq(flowmob_classifier_add(classifiers[kind], rule), 0);
}

/* What both decide of a TCP packet from that port; the rule, or 0, or the error. */
static int decide_with(uint16_t port, const uint32_t *paths, size_t path_count)
{
	struct maker maker;
	int how[2];

	make_ipv6(&maker, "2001:db8:c::1", "2001:db8:100::2", 6);
	make_ports(&maker, port, 50000);
	ck_assert_int_eq(flowmob_packet_decode(&packet, maker.buf, make_end(&maker)), 0);
	for (int kind = FLOWMOB_CLASSIFIER_TUPLE; kind >= FLOWMOB_CLASSIFIER_LINEAR; kind--) {
		struct flowmob_decision before = decision;

		how[kind] = flowmob_classifier_decide(classifiers[kind], &decision, &packet, paths, path_count);
		if (kind == FLOWMOB_CLASSIFIER_LINEAR && how[kind] >= 0)
			ck_assert(before.verdict == decision.verdict && before.path == decision.path && before.rule == decision.rule);
	}
	ck_assert_int_eq(how[0], how[1]);
	ck_assert(how[0] < 0 || how[0] == (decision.rule != 0));
	return how[0] < 0 ? how[0] : (int)decision.rule;
}

static int decide(uint16_t port)
{
	return decide_with(port, both_paths, 2);
}

START_TEST(ascending_priority_first_active_match) /* FMC-1 */
{
	struct pmip_selector all = {.format = PMIP_SELECTOR_IPV6}, low = source_port(1, 1023), web = source_port(443, 443);
	struct flowmob_rule rules[] = {rule_of(1, 30, &all, WLAN), rule_of(2, 20, &low, LTE), rule_of(9, 10, &web, WLAN), rule_of(3, 10, &web, LTE)};

	ck_assert_int_eq(decide(443), 0);
	ck_assert(decision.verdict == FLOWMOB_VERDICT_FORWARD && decision.path == LTE);
	for (size_t i = 0; i < PMIP__ARRAY_SIZE(rules); i++)
		add_to_both(&rules[i]);
	ck_assert_int_eq(decide(443), 3);
	ck_assert_uint_eq(decision.path, LTE);
	ck_assert_int_eq(decide(80), 2);
	ck_assert_int_eq(decide(1024), 1);
	ck_assert_uint_eq(decision.path, WLAN);
	for (int kind = FLOWMOB_CLASSIFIER_LINEAR; kind <= FLOWMOB_CLASSIFIER_TUPLE; kind++) {
		ck_assert_int_eq(flowmob_classifier_set_active(classifiers[kind], 3, false), 0);
		ck_assert_int_eq(flowmob_classifier_set_active(classifiers[kind], 4, false), PMIP_ERR_NOENT);
	}
	ck_assert_int_eq(decide(443), 9);
	for (int kind = FLOWMOB_CLASSIFIER_LINEAR; kind <= FLOWMOB_CLASSIFIER_TUPLE; kind++) {
		ck_assert_int_eq(flowmob_classifier_set_active(classifiers[kind], 3, true), 0);
		ck_assert_int_eq(flowmob_classifier_del(classifiers[kind], 2), 0);
		ck_assert_int_eq(flowmob_classifier_del(classifiers[kind], 2), PMIP_ERR_NOENT);
	}
	ck_assert_int_eq(decide(443), 3);
	ck_assert_int_eq(decide(80), 1);
}
END_TEST

/* The very last place in the order is one too. */
START_TEST(highest_priority_number)
{
	struct pmip_selector all = {.format = PMIP_SELECTOR_IPV6};
	struct flowmob_rule rule = rule_of(UINT32_MAX, UINT32_MAX, &all, WLAN);

	add_to_both(&rule);
	ck_assert_int_eq(decide(443), (int)UINT32_MAX);
}
END_TEST

START_TEST(first_valid_path) /* FMC-2, FLO-8, FLO-9 */
{
	struct pmip_selector all = {.format = PMIP_SELECTOR_IPV6};
	struct flowmob_rule first = rule_of(1, 1, &all, WLAN), second = rule_of(2, 2, &all, LTE);
	const uint32_t lte[] = {LTE}, wlan[] = {WLAN}, third[] = {3}, other[] = {7};

	first.path[1] = 3;
	first.path_count = 2;
	add_to_both(&first);
	add_to_both(&second);
	ck_assert_int_eq(decide_with(1, both_paths, 2), 1);
	ck_assert_uint_eq(decision.path, WLAN);
	ck_assert_int_eq(decide_with(1, wlan, 1), 1);
	ck_assert_int_eq(decide_with(1, third, 1), 1);
	ck_assert_uint_eq(decision.path, 3);
	/* None of its paths is there: as if it were not, until one comes back. */
	ck_assert_int_eq(decide_with(1, lte, 1), 2);
	ck_assert_int_eq(decide_with(1, other, 1), 0);
	ck_assert_uint_eq(decision.path, 7);
	ck_assert_int_eq(decide_with(1, NULL, 0), PMIP_ERR_NOENT);
}
END_TEST

START_TEST(drop_needs_no_path)
{
	struct pmip_selector web = source_port(443, 443);
	struct flowmob_rule rule = rule_of(1, 1, &web, 0);

	rule.verdict = FLOWMOB_VERDICT_DROP;
	rule.path_count = 0;
	add_to_both(&rule);
	ck_assert_int_eq(decide_with(443, NULL, 0), 1);
	ck_assert(decision.verdict == FLOWMOB_VERDICT_DROP && decision.path == 0);
	ck_assert_int_eq(decide(80), 0);
}
END_TEST

START_TEST(signalling_and_later_fragments_take_the_default_path) /* FMC-3, FMC-4 */
{
	struct pmip_selector all = {.format = PMIP_SELECTOR_IPV6};
	struct flowmob_rule rule = rule_of(1, 1, &all, WLAN);
	struct maker maker;

	add_to_both(&rule);
	for (int what = 0; what < 4; what++) {
		bool ruled = what == 0 || what == 3;

		make_ipv6(&maker, "2001:db8:c::1", "2001:db8:100::2", what < 2 ? 58 : 44);
		if (what >= 2)
			make_fragment(&maker, 17, what == 2 ? 1448 : 0, true, 7);
		/* An echo reply, a Neighbour Advertisement, data. */
		make_ports(&maker, (uint16_t)(what == 0 ? 129 << 8 : 136 << 8), 0);
		ck_assert_int_eq(flowmob_packet_decode(&packet, maker.buf, make_end(&maker)), 0);
		for (int kind = FLOWMOB_CLASSIFIER_LINEAR; kind <= FLOWMOB_CLASSIFIER_TUPLE; kind++) {
			ck_assert_int_eq(flowmob_classifier_decide(classifiers[kind], &decision, &packet, both_paths, 2), ruled);
			ck_assert_uint_eq(decision.path, ruled ? WLAN : LTE);
		}
	}
}
END_TEST

START_TEST(what_is_no_rule)
{
	struct pmip_selector all = {.format = PMIP_SELECTOR_IPV6}, none = {.format = 9}, many[101];
	struct flowmob_rule good = rule_of(1, 1, &all, WLAN);

	for (size_t i = 0; i < PMIP__ARRAY_SIZE(many); i++)
		many[i] = source_port(1, (uint16_t)(i + 1));
	for (int kind = FLOWMOB_CLASSIFIER_LINEAR; kind <= FLOWMOB_CLASSIFIER_TUPLE; kind++) {
		struct flowmob_classifier *c = classifiers[kind];
		struct flowmob_rule rule = good;
		size_t cursor = 0;

		rule.id = 0;
		ck_assert_int_eq(flowmob_classifier_add(c, &rule), PMIP_ERR_INVALID);
		rule = good;
		rule.path_count = 0;
		ck_assert_int_eq(flowmob_classifier_add(c, &rule), PMIP_ERR_INVALID);
		rule.path_count = FLOWMOB_RULE_PATHS_MAX + 1;
		ck_assert_int_eq(flowmob_classifier_add(c, &rule), PMIP_ERR_INVALID);
		rule = good;
		rule.selector_count = 0;
		ck_assert_int_eq(flowmob_classifier_add(c, &rule), PMIP_ERR_INVALID);
		rule = good;
		rule.verdict = FLOWMOB_VERDICT_DROP;
		ck_assert_int_eq(flowmob_classifier_add(c, &rule), PMIP_ERR_INVALID);
		rule = good;
		rule.selectors = &none;
		ck_assert_int_eq(flowmob_classifier_add(c, &rule), PMIP_ERR_SELECTOR_FORMAT);
		rule = good;
		rule.selectors = many;
		rule.selector_count = 101;
		ck_assert_int_eq(flowmob_classifier_add(c, &rule), PMIP_ERR_FULL);
		ck_assert_ptr_null(flowmob_classifier_next(c, &cursor));
		rule.selector_count = 100;
		ck_assert_int_eq(flowmob_classifier_add(c, &rule), 0);
		ck_assert_int_eq(flowmob_classifier_add(c, &good), PMIP_ERR_EXIST);
		good.id = 2;
		ck_assert_int_eq(flowmob_classifier_add(c, &good), PMIP_ERR_FULL);
		ck_assert_int_eq(flowmob_classifier_del(c, 1), 0);
		ck_assert_int_eq(flowmob_classifier_add(c, &good), 0);
		good.id = 1;
	}
	ck_assert_int_eq(flowmob_classifier_new(&classifiers[0], FLOWMOB_CLASSIFIER_LINEAR, FLOWMOB_DOWNLINK, 0, NULL, key), PMIP_ERR_INVALID);
}
END_TEST

START_TEST(rules_can_be_looked_at)
{
	struct pmip_selector selectors[] = {source_port(80, 80), source_port(443, 443)};
	struct flowmob_rule rule = rule_of(5, 2, selectors, WLAN);

	rule.selector_count = 2;
	for (uint32_t i = 0; i < 3; i++, rule.id++, rule.priority--)
		add_to_both(&rule);
	memset(selectors, 0, sizeof(selectors));
	for (int kind = FLOWMOB_CLASSIFIER_LINEAR; kind <= FLOWMOB_CLASSIFIER_TUPLE; kind++) {
		const struct flowmob_rule *found = flowmob_classifier_get(classifiers[kind], 6);
		size_t cursor = 0;

		ck_assert(found != NULL && found->priority == 1 && found->selector_count == 2);
		ck_assert_uint_eq(found->selectors[1].src_port_start, 443);
		ck_assert_ptr_null(flowmob_classifier_get(classifiers[kind], 4));
		for (uint32_t id = 7; id >= 5; id--)
			ck_assert_uint_eq(flowmob_classifier_next(classifiers[kind], &cursor)->id, id);
		ck_assert_ptr_null(flowmob_classifier_next(classifiers[kind], &cursor));
	}
	ck_assert_int_eq(decide(443), 7);
	ck_assert_int_eq(decide(80), 7);
	ck_assert_int_eq(decide(81), 0);
}
END_TEST

/* Every allocation of an addition fails in turn: what was decided before is decided after, and the same addition succeeds then. */
START_TEST(no_memory_changes_nothing)
{
	struct pmip_selector all = {.format = PMIP_SELECTOR_IPV6}, selectors[40];
	struct flowmob_rule first = rule_of(1, 9, &all, WLAN), rule = rule_of(2, 1, selectors, LTE);

	rule.selector_count = PMIP__ARRAY_SIZE(selectors);
	for (uint16_t i = 0; i < PMIP__ARRAY_SIZE(selectors); i++)
		selectors[i] = source_port(i, (uint16_t)(i + i % 2));
	add_to_both(&first);
	ck_assert_int_eq(decide(3), 1);
	for (int kind = FLOWMOB_CLASSIFIER_LINEAR; kind <= FLOWMOB_CLASSIFIER_TUPLE; kind++) {
		unsigned int nth;
		int live = counter.live;

		for (nth = 1; unit_no_memory(&counter, nth, flowmob_classifier_add(classifiers[kind], &rule)); nth++) {
			ck_assert_int_eq(counter.live, live);
			ck_assert_int_eq(flowmob_classifier_decide(classifiers[kind], &decision, &packet, both_paths, 2), 1);
			ck_assert_uint_eq(decision.rule, 1);
		}
		ck_assert_uint_gt(nth, kind == FLOWMOB_CLASSIFIER_TUPLE ? 20 : 1);
	}
}
END_TEST

START_TEST(both_decide_the_same) /* FMC-1 */
{
	static uint8_t script[4096];
	struct script_counts counts = {0};
	uint64_t random = 20131114;

	for (int i = 0; i < 1200; i++) {
		for (size_t n = 0; n < sizeof(script); n++) {
			random = random * UINT64_C(6364136223846793005) + 1442695040888963407;
			script[n] = (uint8_t)(random >> 56);
		}
		classifier_script(&counts, script, sizeof(script));
	}
	ck_assert_uint_gt(counts.packets, 200000);
	/* Both answers are common, or the comparison says little. */
	ck_assert_uint_gt(counts.decided, counts.packets / 10);
	ck_assert_uint_lt(counts.decided, counts.packets / 10 * 9);
	ck_assert_uint_gt(counts.rules, 20000);
}
END_TEST

START_TEST(applications)
{
	struct pmip_mem mem = unit_mem_callbacks(&counter);
	struct pmip_selector http = source_port(80, 80), https = source_port(443, 443), bad = {.format = 9};
	struct flowmob_rule rule = rule_of(1, 1, NULL, WLAN);
	struct flowmob_applications *names = NULL;
	unsigned int nth;
	char long_name[FLOWMOB_APPLICATION_STRLEN + 1] = {0};

	for (nth = 1; unit_no_memory(&counter, nth, flowmob_applications_new(&names, &mem)); nth++)
		ck_assert_ptr_null(names);
	ck_assert_uint_gt(nth, 1);
	ck_assert_int_eq(flowmob_applications_get(names, &rule.selectors, &rule.selector_count, "web"), PMIP_ERR_NOENT);
	for (nth = 1; unit_no_memory(&counter, nth, flowmob_applications_add(names, "web", &http)); nth++)
		ck_assert_int_eq(flowmob_applications_get(names, &rule.selectors, &rule.selector_count, "web"), PMIP_ERR_NOENT);
	ck_assert_uint_gt(nth, 2);
	ck_assert_int_eq(flowmob_applications_add(names, "mail", &http), 0);
	ck_assert_int_eq(flowmob_applications_add(names, "web", &https), 0);
	ck_assert_int_eq(flowmob_applications_add(names, "web", &bad), PMIP_ERR_SELECTOR_FORMAT);
	ck_assert_int_eq(flowmob_applications_add(names, "", &http), PMIP_ERR_INVALID);
	memset(long_name, 'x', sizeof(long_name) - 1);
	ck_assert_int_eq(flowmob_applications_add(names, long_name, &http), PMIP_ERR_INVALID);
	ck_assert_int_eq(flowmob_applications_del(names, "mail"), 0);
	ck_assert_int_eq(flowmob_applications_del(names, "mail"), PMIP_ERR_NOENT);
	ck_assert_int_eq(flowmob_applications_get(names, &rule.selectors, &rule.selector_count, "web"), 0);
	ck_assert_uint_eq(rule.selector_count, 2);
	add_to_both(&rule);
	ck_assert_int_eq(flowmob_applications_add(names, "secure", &https), 0);
	packet = (struct flowmob_packet){.version = 6, .has_ports = true, .flow = {.protocol = 6, .src_port = 443}};
	ck_assert_str_eq(flowmob_applications_match(names, &packet), "web"); /* the one begun first */
	ck_assert_int_eq(flowmob_applications_del(names, "web"), 0);
	ck_assert_str_eq(flowmob_applications_match(names, &packet), "secure");
	packet.flow.src_port = 80;
	ck_assert_ptr_null(flowmob_applications_match(names, &packet));
	flowmob_applications_free(names);
	flowmob_applications_free(NULL);
	ck_assert(decide(80) == 1 && decide(443) == 1 && decide(81) == 0);
}
END_TEST

int main(void)
{
	const TTest *tests[] = {
		ascending_priority_first_active_match, highest_priority_number, first_valid_path, drop_needs_no_path,
		signalling_and_later_fragments_take_the_default_path, what_is_no_rule, rules_can_be_looked_at, no_memory_changes_nothing,
		both_decide_the_same, applications, NULL,
	};

	return unit_run_fixture("flowmob_classifier", tests, setup, teardown);
}
