/* SPDX-License-Identifier: BSD-2-Clause */
#include "state/peer_rule.h"

#include "unit.h"

static struct unit_mem counter;
static struct pmip_mem mem;

static void setup(void)
{
	counter = (struct unit_mem){0};
	mem = unit_mem_callbacks(&counter);
}

/* Peers 1..count, in an order of their own, each with its number in tolerate and one prefix. */
static int fill(struct pmip__peer_rules *rules, unsigned int count)
{
	struct pmip_addr a = unit_addr("2001:db8::1");
	int err = 0;

	for (unsigned int i = 0; i < count && !err; i++) {
		struct pmip_prefix p = unit_prefix("2001:db8:1::/64");
		struct pmip__peer_rule rule = {.tolerate = i * 7 % count + 1, .prefixes = &p, .prefix_count = 1};

		a.b[15] = p.addr.b[7] = (uint8_t)rule.tolerate;
		err = pmip__peer_rules_add(rules, &mem, &a, &rule);
	}
	return err;
}

static void check_filled(const struct pmip__peer_rules *rules, unsigned int count)
{
	struct pmip_addr a = unit_addr("2001:db8::1");
	const struct pmip__peer_rule *rule;

	for (unsigned int n = 1; n <= count; n++) {
		a.b[15] = (uint8_t)n;
		rule = pmip__peer_rules_find(rules, &a);
		ck_assert_ptr_nonnull(rule);
		ck_assert_uint_eq(rule->tolerate, n);
		ck_assert_uint_eq(rule->prefix_count, 1);
		ck_assert_uint_eq(rule->prefixes[0].addr.b[7], n);
	}
	a.b[15] = 0;
	ck_assert_ptr_null(pmip__peer_rules_find(rules, &a));
}

START_TEST(each_has_its_own)
{
	struct pmip__peer_rules rules = {0}, copy = {0};
	struct pmip_addr a = unit_addr("2001:db8::3");

	ck_assert_ptr_null(pmip__peer_rules_find(&rules, &a));
	ck_assert_int_eq(fill(&rules, 20), 0);
	check_filled(&rules, 20);
	ck_assert_int_eq(pmip__peer_rules_add(&rules, &mem, &a, &(struct pmip__peer_rule){.tolerate = 99}), PMIP_ERR_EXIST);
	ck_assert_int_eq(pmip__peer_rules_copy(&copy, &mem, &rules), 0);
	pmip__peer_rules_free(&rules, &mem);
	check_filled(&copy, 20);
	pmip__peer_rules_free(&copy, &mem);
	ck_assert_int_eq(counter.live, 0);
}
END_TEST

START_TEST(no_memory)
{
	struct pmip__peer_rules rules = {0};
	unsigned int n;

	counter.once = true;
	for (n = 1; unit_no_memory(&counter, n, fill(&rules, 3)); n++) {
		pmip__peer_rules_free(&rules, &mem);
		ck_assert_int_eq(counter.live, 0);
		rules = (struct pmip__peer_rules){0};
	}
	ck_assert_uint_ge(n, 6);
	check_filled(&rules, 3);
	pmip__peer_rules_free(&rules, &mem);
	ck_assert_int_eq(counter.live, 0);
}
END_TEST

START_TEST(prefixes_that_a_peer_may_have) /* SEC-3 */
{
	static const struct {
		const char *text;
		bool allowed, with_ipv4;
	} cases[] = {
		{"2001:db8:1::/48", true, true},        {"2001:db8:1:ff::/64", true, true},  {"2001:db8::/32", false, false},
		{"2001:db8:2::/64", true, true},        {"2001:db8:2::/63", false, false},   {"2001:db8:2:1::/64", false, false},
		{"::ffff:192.0.2.1/128", true, true},   {"::ffff:198.51.100.1/128", true, false},
	};
	struct pmip_prefix own[] = {unit_prefix("2001:db8:1::/48"), unit_prefix("2001:db8:2::/64"), unit_prefix("::ffff:192.0.2.0/120")};
	struct pmip__peer_rule rule = {.prefixes = own};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct pmip_prefix p = unit_prefix(cases[i].text);

		ck_assert(pmip__peer_rule_allows(NULL, &p));
		rule.prefix_count = 0;
		ck_assert(pmip__peer_rule_allows(&rule, &p));
		rule.prefix_count = 2;
		ck_assert_int_eq(pmip__peer_rule_allows(&rule, &p), cases[i].allowed);
		rule.prefix_count = 3;
		ck_assert_int_eq(pmip__peer_rule_allows(&rule, &p), cases[i].with_ipv4);
	}
}
END_TEST

int main(void)
{
	const TTest *tests[] = {each_has_its_own, no_memory, prefixes_that_a_peer_may_have, NULL};

	return unit_run_fixture("peer_rule", tests, setup, NULL);
}
