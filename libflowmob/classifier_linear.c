/* SPDX-License-Identifier: BSD-2-Clause */
/* Rule by rule: slow, and so plain that the other way is held against it. FMC-1. */
#include "libflowmob/classifier.h"

static const struct flowmob__rule *match(const struct flowmob_classifier *classifier, const struct flowmob__query *query)
{
	for (size_t i = 0; i < classifier->count; i++) {
		const struct flowmob__rule *rule = classifier->rules[i];

		for (size_t j = 0; j < rule->public.selector_count; j++)
			if (flowmob__selector_match(&rule->entries[j].selector, &query->key) && flowmob__rule_counts(rule, query))
				return rule;
	}
	return NULL;
}

const struct flowmob__classifier_ops flowmob__classifier_linear = {.match = match};
