/* SPDX-License-Identifier: BSD-2-Clause */
/* Applications, classes and rules of a configuration as libflowmob has them. */
#include <config.h>

#include "flow-manager/manager.h"

#include <stddef.h>
#include <stdio.h>
#include <string.h>

/* A policy in the making. */
struct making {
	struct flowmob_policy *policy;
	struct flowmob_applications *applications;
	struct report *report; /* NULL = nothing can be wrong */
	int err;               /* the first one */
};

static void failed(struct making *making, unsigned int line, const char *key, int err, const char *name)
{
	if (making->err == 0)
		making->err = err;
	if (!making->report)
		return;
	report_add(making->report, line, key, "found \"%s\": %s", name,
		   err == PMIP_ERR_EXIST   ? "there is one of this name, expected another name"
		   : err == PMIP_ERR_NOENT ? "there is none of this name, expected one that is defined"
		   : err == PMIP_ERR_SUBOPT_VALUE ? "its addresses are of two versions of IP, expected one"
					   : pmip_strerror(err));
}

#define FIELD(name) offsetof(struct pmip_selector, name)

/* Say that a field is there, by its place in the structure. */
static void set_flag(struct pmip_selector *selector, size_t at)
{
	const struct pmip_field *field = pmip_selector_fields(selector->format);

	for (unsigned int n = 0; n < 16 && field[n].name; n++)
		if (field[n].at == at)
			selector->flags |= (uint16_t)(0x8000u >> n);
}

/* First and last address of a prefix. */
static void set_prefix(struct pmip_selector *selector, struct pmip_ip *start, struct pmip_ip *end, size_t at, const struct pmip_prefix *prefix)
{
	uint8_t skip = pmip_prefix_is_ipv4(prefix) ? 12 : 0;

	if (prefix->len == 0)
		return;
	start->len = end->len = (uint8_t)(16 - skip);
	for (uint8_t i = 0; i < start->len; i++) {
		uint8_t fixed = prefix->len > 8 * (i + skip) ? (uint8_t)(prefix->len - 8 * (i + skip)) : 0;

		start->b[i] = prefix->addr.b[i + skip];
		end->b[i] = (uint8_t)(start->b[i] | (fixed >= 8 ? 0 : 0xff >> fixed));
	}
	set_flag(selector, at);
	set_flag(selector, at + sizeof(*start));
}

static void set_ports(struct pmip_selector *selector, uint16_t *start, uint16_t *end, size_t at, const struct setting_range *range)
{
	if (!range->given)
		return;
	*start = (uint16_t)range->from;
	*end = (uint16_t)range->to;
	set_flag(selector, at);
	set_flag(selector, at + sizeof(*start));
}

static struct pmip_selector selector_of(const struct fm_selector *from, uint8_t format)
{
	struct pmip_selector s = { .format = format };

	set_prefix(&s, &s.src_start, &s.src_end, FIELD(src_start), &from->source);
	set_prefix(&s, &s.dst_start, &s.dst_end, FIELD(dst_start), &from->destination);
	set_ports(&s, &s.src_port_start, &s.src_port_end, FIELD(src_port_start), &from->source_port);
	set_ports(&s, &s.dst_port_start, &s.dst_port_end, FIELD(dst_port_start), &from->destination_port);
	if (from->protocol) {
		s.protocol_start = s.protocol_end = (uint8_t)from->protocol;
		set_flag(&s, FIELD(protocol_start));
		set_flag(&s, FIELD(protocol_end));
	}
	return s;
}

/* Of which versions of IP it is. */
static bool is_of(const struct fm_selector *selector, bool ipv4)
{
	return (selector->source.len == 0 || pmip_prefix_is_ipv4(&selector->source) == ipv4) &&
	       (selector->destination.len == 0 || pmip_prefix_is_ipv4(&selector->destination) == ipv4);
}

static void add_application(struct making *making, const struct fm_application *application)
{
	const struct fm_selector *from = application->selectors.items;
	struct pmip_selector selector;
	int err;

	for (size_t i = 0; i < application->selectors.count; i++) {
		if (from[i].line == 0)
			continue;
		err = is_of(&from[i], false) || is_of(&from[i], true) ? 0 : PMIP_ERR_SUBOPT_VALUE;
		selector = selector_of(&from[i], PMIP_SELECTOR_IPV6);
		if (is_of(&from[i], false))
			err = flowmob_applications_add(making->applications, application->name, &selector);
		selector = selector_of(&from[i], PMIP_SELECTOR_IPV4);
		if (!err && is_of(&from[i], true))
			err = flowmob_applications_add(making->applications, application->name, &selector);
		if (err)
			failed(making, from[i].line, "applications", err, application->name);
	}
}

static void add_class(struct making *making, const struct fm_class *class)
{
	const struct setting_name *pattern = class->mobile_nodes.items;
	int err;

	for (size_t i = 0; i < class->mobile_nodes.count; i++) {
		err = pattern[i].line ? flowmob_policy_add_class(making->policy, class->name, pattern[i].name) : 0;
		if (err)
			failed(making, pattern[i].line, "classes", err, class->name);
	}
}

static uint32_t bits_of(const struct setting_list *list)
{
	const struct fm_choice *choice = list->items;
	uint32_t bits = 0;

	for (size_t i = 0; i < list->count; i++)
		bits |= 1u << choice[i].value;
	return bits;
}

static void copy_text(char *to, size_t cap, const char *from)
{
	snprintf(to, cap, "%s", from ? from : "");
}

static struct flowmob_policy_rule rule_of(const struct fm_rule *from)
{
	const struct fm_choice *prefer = from->prefer.items;
	struct flowmob_policy_rule rule = {
		.priority = from->priority,
		.weekdays = (uint8_t)bits_of(&from->days),
		.minute_from = (uint16_t)(from->from % 1440),
		.minute_to = (uint16_t)from->to,
		.att_available = bits_of(&from->available),
		.load = { .in_use = from->drop_permille.given || from->rate_kbps.given, .att = (uint8_t)from->load_technology,
			  .drop_max_permille = 1000, .rate_max_bps = UINT64_MAX },
		.stay = from->stay,
		.prefer_count = (uint8_t)from->prefer.count,
	};

	copy_text(rule.name, sizeof(rule.name), from->name);
	copy_text(rule.application, sizeof(rule.application), from->application);
	copy_text(rule.mn_class, sizeof(rule.mn_class), from->mn_class);
	copy_text(rule.mn_id, sizeof(rule.mn_id), from->mobile_node);
	if (from->drop_permille.given) {
		rule.load.drop_min_permille = (uint16_t)from->drop_permille.from;
		rule.load.drop_max_permille = (uint16_t)from->drop_permille.to;
	}
	if (from->rate_kbps.given) {
		rule.load.rate_min_bps = (uint64_t)from->rate_kbps.from * 1000;
		rule.load.rate_max_bps = (uint64_t)from->rate_kbps.to * 1000;
	}
	for (size_t i = 0; i < from->prefer.count; i++)
		rule.prefer[i] = (uint8_t)prefer[i].value;
	return rule;
}

static void add_rule(struct making *making, const struct fm_rule *from)
{
	struct flowmob_policy_rule rule = rule_of(from);
	const struct pmip_selector *selectors;
	size_t count;
	int err = 0;

	if (from->stay == (from->prefer.count > 0)) {
		if (making->report)
			report_add(making->report, from->line, "rules", "found %s in rule \"%s\", expected one of them",
				   from->stay ? "both prefer and stay" : "neither prefer nor stay", from->name);
		return;
	}
	if (from->application)
		err = flowmob_applications_get(making->applications, &selectors, &count, from->application);
	if (err) {
		failed(making, from->line, "rules", err, from->application);
		return;
	}
	err = flowmob_policy_add_rule(making->policy, &rule);
	if (err)
		failed(making, from->line, "rules", err, err == PMIP_ERR_NOENT ? from->mn_class : from->name);
}

int fm_policy_make(struct flowmob_policy **policy, struct flowmob_applications **applications, const struct fm_settings *s,
		   struct report *report)
{
	const struct fm_application *application = s->applications.items;
	const struct fm_class *class = s->classes.items;
	const struct fm_rule *rule = s->rules.items;
	struct making making = { .report = report };

	making.err = flowmob_policy_new(&making.policy, NULL);
	if (!making.err)
		making.err = flowmob_applications_new(&making.applications, NULL);
	for (size_t i = 0; !making.err && i < s->applications.count; i++)
		if (application[i].line)
			add_application(&making, &application[i]);
	for (size_t i = 0; making.policy && making.applications && i < s->classes.count; i++)
		if (class[i].line)
			add_class(&making, &class[i]);
	for (size_t i = 0; making.policy && making.applications && i < s->rules.count; i++)
		if (rule[i].line)
			add_rule(&making, &rule[i]);
	if (making.err || !policy) {
		flowmob_policy_free(making.policy);
		flowmob_applications_free(making.applications);
		return making.err ? -1 : 0;
	}
	*policy = making.policy;
	*applications = making.applications;
	return 0;
}
