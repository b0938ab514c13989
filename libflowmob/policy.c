/* SPDX-License-Identifier: BSD-2-Clause */
/* Rules are kept in the order in which they are asked. A rule applies when each condition of the table holds and one of its access
 * technologies has a tunnel that may be used. */
#include <flowmob/policy.h>

#include "base/buf.h"
#include "base/mem.h"

#include <string.h>

#define MINUTES_A_DAY 1440
#define US_PER_MINUTE UINT64_C(60000000)

struct class {
	char name[FLOWMOB_NAME_STRLEN];
	char pattern[FLOWMOB_PATTERN_STRLEN];
};

struct flowmob_policy {
	struct pmip_mem mem;
	struct flowmob_policy_rule *rules;
	size_t rule_count, rule_cap;
	struct class *classes;
	size_t class_count, class_cap;
};

int flowmob_policy_new(struct flowmob_policy **policy, const struct pmip_mem *mem)
{
	struct pmip_mem use = pmip__mem_resolve(mem);
	struct flowmob_policy *made = pmip__mem_alloc(&use, sizeof(*made));

	if (!made)
		return PMIP_ERR_NOMEM;
	made->mem = use;
	*policy = made;
	return 0;
}

void flowmob_policy_free(struct flowmob_policy *policy)
{
	if (!policy)
		return;
	pmip__mem_free(&policy->mem, policy->rules);
	pmip__mem_free(&policy->mem, policy->classes);
	pmip__mem_free(&policy->mem, policy);
}

/* Whether a text is there and ends within cap octets. */
static bool is_name(const char *text, size_t cap)
{
	return text[0] && memchr(text, '\0', cap);
}

int flowmob_policy_add_class(struct flowmob_policy *policy, const char *name, const char *pattern)
{
	void *classes = policy->classes;
	size_t name_len = strlen(name), pattern_len = strlen(pattern);
	struct class *made;
	int err;

	if (!name_len || name_len >= sizeof(made->name) || !pattern_len || pattern_len >= sizeof(made->pattern))
		return PMIP_ERR_INVALID;
	err = pmip__mem_grow(&policy->mem, &classes, &policy->class_cap, policy->class_count + 1, sizeof(*policy->classes));
	if (err)
		return err;
	policy->classes = classes;
	made = &policy->classes[policy->class_count++];
	memcpy(made->name, name, name_len + 1);
	memcpy(made->pattern, pattern, pattern_len + 1);
	return 0;
}

static bool has_class(const struct flowmob_policy *policy, const char *name)
{
	for (size_t i = 0; i < policy->class_count; i++)
		if (strcmp(policy->classes[i].name, name) == 0)
			return true;
	return false;
}

/* Its place among the rules, or their number. */
static size_t find_rule(const struct flowmob_policy *policy, const char *name)
{
	size_t i = 0;

	while (i < policy->rule_count && strcmp(policy->rules[i].name, name) != 0)
		i++;
	return i;
}

static bool rule_is_valid(const struct flowmob_policy_rule *rule)
{
	const struct flowmob_policy_load *load = &rule->load;

	return is_name(rule->name, sizeof(rule->name)) && memchr(rule->application, '\0', sizeof(rule->application)) &&
	       memchr(rule->mn_class, '\0', sizeof(rule->mn_class)) && memchr(rule->mn_id, '\0', sizeof(rule->mn_id)) &&
	       rule->weekdays < 1 << 7 && rule->minute_from < MINUTES_A_DAY && rule->minute_to <= MINUTES_A_DAY &&
	       !(rule->att_available & 1) && rule->prefer_count <= FLOWMOB_PREFER_MAX && rule->stay == !rule->prefer_count &&
	       (!load->in_use || (load->drop_min_permille <= load->drop_max_permille && load->drop_max_permille <= 1000 &&
				  load->rate_min_bps <= load->rate_max_bps));
}

int flowmob_policy_add_rule(struct flowmob_policy *policy, const struct flowmob_policy_rule *rule)
{
	void *rules = policy->rules;
	size_t at = 0;
	int err;

	if (!rule_is_valid(rule))
		return PMIP_ERR_INVALID;
	if (find_rule(policy, rule->name) < policy->rule_count)
		return PMIP_ERR_EXIST;
	if (rule->mn_class[0] && !has_class(policy, rule->mn_class))
		return PMIP_ERR_NOENT;
	err = pmip__mem_grow(&policy->mem, &rules, &policy->rule_cap, policy->rule_count + 1, sizeof(*policy->rules));
	if (err)
		return err;
	policy->rules = rules;
	while (at < policy->rule_count && policy->rules[at].priority <= rule->priority)
		at++;
	memmove(&policy->rules[at + 1], &policy->rules[at], (policy->rule_count - at) * sizeof(*policy->rules));
	policy->rules[at] = *rule;
	policy->rule_count++;
	return 0;
}

int flowmob_policy_del_rule(struct flowmob_policy *policy, const char *name)
{
	size_t at = find_rule(policy, name);

	if (at == policy->rule_count)
		return PMIP_ERR_NOENT;
	policy->rule_count--;
	memmove(&policy->rules[at], &policy->rules[at + 1], (policy->rule_count - at) * sizeof(*policy->rules));
	return 0;
}

const struct flowmob_policy_rule *flowmob_policy_next_rule(const struct flowmob_policy *policy, size_t *cursor)
{
	return *cursor < policy->rule_count ? &policy->rules[(*cursor)++] : NULL;
}

/* 1970-01-01 was a Thursday. A day is added first, so that an offset to the west does not go below 0. */
void flowmob_policy_set_time(struct flowmob_policy_input *input, uint64_t wall_us, int utc_offset_min)
{
	uint64_t minutes = wall_us / US_PER_MINUTE + (uint64_t)(MINUTES_A_DAY + utc_offset_min);

	input->minute = (uint16_t)(minutes % MINUTES_A_DAY);
	input->weekday = (uint8_t)((minutes / MINUTES_A_DAY + 2) % 7);
}

/* '*' stands for any octets, '?' for any one. On a mismatch the last '*' takes one octet more. */
static bool pattern_matches(const char *pattern, const char *text)
{
	const char *star = NULL, *resume = NULL;

	while (*text) {
		if (*pattern == '*') {
			star = ++pattern;
			resume = text;
		} else if (*pattern == '?' || *pattern == *text) {
			pattern++;
			text++;
		} else if (star) {
			pattern = star;
			text = ++resume;
		} else {
			return false;
		}
	}
	while (*pattern == '*')
		pattern++;
	return !*pattern;
}

struct question {
	const struct flowmob_policy *policy;
	const struct flowmob_policy_rule *rule;
	const struct flowmob_policy_input *input;
};

static bool application_holds(const struct question *q)
{
	return !q->rule->application[0] || (q->input->application && strcmp(q->rule->application, q->input->application) == 0);
}

static bool mn_id_holds(const struct question *q)
{
	char text[PMIP_MNID_STRLEN];

	return !q->rule->mn_id[0] || pattern_matches(q->rule->mn_id, pmip_mnid_format(&q->input->mn_id, text));
}

static bool class_holds(const struct question *q)
{
	char text[PMIP_MNID_STRLEN];

	if (!q->rule->mn_class[0])
		return true;
	pmip_mnid_format(&q->input->mn_id, text);
	for (size_t i = 0; i < q->policy->class_count; i++)
		if (strcmp(q->policy->classes[i].name, q->rule->mn_class) == 0 && pattern_matches(q->policy->classes[i].pattern, text))
			return true;
	return false;
}

static bool weekday_holds(const struct question *q)
{
	return !q->rule->weekdays || (q->rule->weekdays >> q->input->weekday & 1);
}

static bool minute_holds(const struct question *q)
{
	uint16_t from = q->rule->minute_from, to = q->rule->minute_to, minute = q->input->minute;

	if (from == to)
		return true;
	return from < to ? minute >= from && minute < to : minute >= from || minute < to;
}

static bool available_holds(const struct question *q)
{
	uint32_t there = 0;

	for (size_t i = 0; i < q->input->way_count; i++)
		if (q->input->ways[i].att < 32)
			there |= UINT32_C(1) << q->input->ways[i].att;
	return !(q->rule->att_available & ~there);
}

static bool load_holds(const struct question *q)
{
	const struct flowmob_policy_load *load = &q->rule->load;

	for (size_t i = 0; load->in_use && i < q->input->way_count; i++) {
		const struct flowmob_policy_way *way = &q->input->ways[i];

		if ((load->att ? way->att == load->att : way->tunnel == q->input->tunnel) && way->drop_permille >= load->drop_min_permille &&
		    way->drop_permille <= load->drop_max_permille && way->rate_bps >= load->rate_min_bps &&
		    way->rate_bps <= load->rate_max_bps)
			return true;
	}
	return !load->in_use;
}

static const struct condition {
	bool (*holds)(const struct question *q);
	const char *otherwise;
} conditions[] = {
	{application_holds, "another application"},
	{class_holds, "the mobile node is not of the class"},
	{mn_id_holds, "another mobile node"},
	{weekday_holds, "another day of the week"},
	{minute_holds, "another time of day"},
	{available_holds, "an access technology is not available"},
	{load_holds, "the load of the tunnel is another"},
};

/* The tunnel to use by one access technology: the one in use, else the one that carries least. */
static const struct flowmob_policy_way *way_by(const struct flowmob_policy_input *input, uint8_t att)
{
	const struct flowmob_policy_way *best = NULL;

	for (size_t i = 0; i < input->way_count; i++) {
		const struct flowmob_policy_way *way = &input->ways[i];

		if (way->att != att || !way->usable)
			continue;
		if (way->tunnel == input->tunnel)
			return way;
		if (!best || way->rate_bps < best->rate_bps)
			best = way;
	}
	return best;
}

/* NULL when the rule applies; decision is then filled. Else why not. */
static const char *ask(const struct question *q, struct flowmob_policy_decision *decision)
{
	for (size_t i = 0; i < PMIP__ARRAY_SIZE(conditions); i++)
		if (!conditions[i].holds(q))
			return conditions[i].otherwise;
	*decision = (struct flowmob_policy_decision){FLOWMOB_POLICY_STAY, 0, q->rule};
	if (q->rule->stay)
		return NULL;
	decision->verdict = FLOWMOB_POLICY_USE;
	for (size_t i = 0; i < q->rule->prefer_count; i++) {
		const struct flowmob_policy_way *way = way_by(q->input, q->rule->prefer[i]);

		if (way) {
			decision->tunnel = way->tunnel;
			return NULL;
		}
	}
	*decision = (struct flowmob_policy_decision){FLOWMOB_POLICY_NONE, 0, NULL};
	return "no tunnel by a preferred access technology may be used";
}

static void decide(const struct flowmob_policy *policy, const struct flowmob_policy_input *input,
		   struct flowmob_policy_decision *decision, struct pmip__text *text)
{
	struct question q = {policy, NULL, input};

	*decision = (struct flowmob_policy_decision){FLOWMOB_POLICY_NONE, 0, NULL};
	for (size_t i = 0; i < policy->rule_count && !decision->rule; i++) {
		const char *otherwise;

		q.rule = &policy->rules[i];
		otherwise = ask(&q, decision);
		if (text)
			pmip__text_add(text, "rule %s: %s%s\n", q.rule->name, otherwise ? "no, " : "applies", otherwise ? otherwise : "");
	}
}

int flowmob_policy_decide(const struct flowmob_policy *policy, struct flowmob_policy_decision *decision, const struct flowmob_policy_input *input)
{
	decide(policy, input, decision, NULL);
	return decision->rule != NULL;
}

size_t flowmob_policy_explain(const struct flowmob_policy *policy, char *buf, size_t cap, const struct flowmob_policy_input *input)
{
	struct flowmob_policy_decision decision;
	struct pmip__text text;

	pmip__text_init(&text, buf, cap);
	decide(policy, input, &decision, &text);
	if (decision.verdict == FLOWMOB_POLICY_NONE)
		pmip__text_add(&text, "decision: none, it stays on tunnel %u until that is congested\n", input->tunnel);
	else if (decision.verdict == FLOWMOB_POLICY_STAY)
		pmip__text_add(&text, "decision: it stays on tunnel %u whatever happens\n", input->tunnel);
	else if (decision.tunnel == input->tunnel)
		pmip__text_add(&text, "decision: it belongs on tunnel %u and is there\n", decision.tunnel);
	else
		pmip__text_add(&text, "decision: it belongs on tunnel %u, not on %u\n", decision.tunnel, input->tunnel);
	return text.len;
}
