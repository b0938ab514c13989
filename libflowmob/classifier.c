/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Rules, and the decision that comes of them; how the one that decides is found is classifier_linear.c or classifier_tuple.c.
 */
#include "libflowmob/classifier.h"

#include <string.h>

#include "base/mem.h"
#include "libflowmob/packet.h"

static bool equal_id(const void *entry, const void *key)
{
	return ((const struct flowmob__rule *)entry)->public.id == *(const uint32_t *)key;
}

static uint64_t hash_id(const struct flowmob_classifier *classifier, uint32_t id)
{
	return pmip__hash(&classifier->key, &id, sizeof(id));
}

static struct flowmob__rule *find_rule(const struct flowmob_classifier *classifier, uint32_t id)
{
	return pmip__htable_find(&classifier->by_id, hash_id(classifier, id), &id);
}

int flowmob_classifier_new(struct flowmob_classifier **classifier, enum flowmob_classifier_kind kind, enum flowmob_direction direction,
			   uint32_t max_selectors, const struct pmip_mem *mem, const uint8_t hash_key[16])
{
	struct pmip_mem resolved = pmip__mem_resolve(mem);
	struct flowmob_classifier *made;

	if (max_selectors == 0)
		return PMIP_ERR_INVALID;
	made = pmip__mem_alloc(&resolved, sizeof(*made));
	if (made == NULL)
		return PMIP_ERR_NOMEM;
	made->mem = resolved;
	made->key = pmip__hash_key(hash_key);
	made->ops = kind == FLOWMOB_CLASSIFIER_TUPLE ? &flowmob__classifier_tuple : &flowmob__classifier_linear;
	made->direction = direction;
	made->max_selectors = max_selectors;
	pmip__htable_init(&made->by_id, &resolved, equal_id);
	if (made->ops->init != NULL)
		made->ops->init(made);
	*classifier = made;
	return 0;
}

void flowmob_classifier_free(struct flowmob_classifier *classifier)
{
	if (classifier == NULL)
		return;
	while (classifier->count > 0)
		flowmob_classifier_del(classifier, classifier->rules[classifier->count - 1]->public.id);
	if (classifier->ops->fini != NULL)
		classifier->ops->fini(classifier);
	pmip__htable_fini(&classifier->by_id);
	pmip__mem_free(&classifier->mem, classifier->rules);
	pmip__mem_free(&classifier->mem, classifier);
}

static bool is_rule(const struct flowmob_rule *rule)
{
	if (rule->id == 0 || rule->selector_count == 0)
		return false;
	if (rule->verdict == FLOWMOB_VERDICT_DROP)
		return rule->path_count == 0;
	return rule->verdict == FLOWMOB_VERDICT_FORWARD && rule->path_count > 0 && rule->path_count <= FLOWMOB_RULE_PATHS_MAX;
}

/* A copy of the caller's rule with its selectors, compiled. */
static int make_rule(const struct flowmob_classifier *classifier, struct flowmob__rule **rule, const struct flowmob_rule *from)
{
	struct flowmob__rule *made;
	struct pmip_selector *copies;
	size_t size;
	int err = 0;

	if (__builtin_mul_overflow(from->selector_count, sizeof(made->entries[0]) + sizeof(*copies), &size) ||
	    __builtin_add_overflow(size, sizeof(*made), &size))
		return PMIP_ERR_NOMEM;
	made = pmip__mem_alloc(&classifier->mem, size);
	if (made == NULL)
		return PMIP_ERR_NOMEM;
	copies = (struct pmip_selector *)(made->entries + from->selector_count);
	memcpy(copies, from->selectors, from->selector_count * sizeof(*copies));
	made->public = *from;
	made->public.selectors = copies;
	made->order = (uint64_t)from->priority << 32 | from->id;
	for (size_t i = 0; i < from->selector_count && err == 0; i++) {
		made->entries[i].rule = made;
		err = flowmob__selector_compile(&made->entries[i].selector, &copies[i], classifier->direction);
	}
	if (err < 0) {
		pmip__mem_free(&classifier->mem, made);
		return err;
	}
	*rule = made;
	return 0;
}

static int reserve(struct flowmob_classifier *classifier)
{
	void *rules = classifier->rules;
	int err = pmip__mem_grow(&classifier->mem, &rules, &classifier->cap, classifier->count + 1, sizeof(struct flowmob__rule *));

	classifier->rules = rules;
	return err < 0 ? err : pmip__htable_reserve(&classifier->by_id, 1);
}

/* Where in the order a rule is or belongs: the number of those before it. */
static size_t place_of(const struct flowmob_classifier *classifier, uint64_t order)
{
	size_t from = 0, to = classifier->count;

	while (from < to) {
		size_t middle = from + (to - from) / 2;

		if (classifier->rules[middle]->order < order)
			from = middle + 1;
		else
			to = middle;
	}
	return from;
}

int flowmob_classifier_add(struct flowmob_classifier *classifier, const struct flowmob_rule *rule)
{
	struct flowmob__rule *made;
	size_t place;
	int err;

	if (!is_rule(rule))
		return PMIP_ERR_INVALID;
	if (find_rule(classifier, rule->id) != NULL)
		return PMIP_ERR_EXIST;
	if (rule->selector_count > classifier->max_selectors - classifier->selectors)
		return PMIP_ERR_FULL;
	err = make_rule(classifier, &made, rule);
	if (err < 0)
		return err;
	err = reserve(classifier);
	if (err == 0 && classifier->ops->add != NULL)
		err = classifier->ops->add(classifier, made);
	if (err < 0) {
		pmip__mem_free(&classifier->mem, made);
		return err;
	}
	place = place_of(classifier, made->order);
	memmove(classifier->rules + place + 1, classifier->rules + place, (classifier->count - place) * sizeof(*classifier->rules));
	classifier->rules[place] = made;
	classifier->count++;
	classifier->selectors += (uint32_t)rule->selector_count;
	pmip__htable_insert(&classifier->by_id, hash_id(classifier, rule->id), made);
	return 0;
}

int flowmob_classifier_del(struct flowmob_classifier *classifier, uint32_t id)
{
	struct flowmob__rule *rule = find_rule(classifier, id);
	size_t place;

	if (rule == NULL)
		return PMIP_ERR_NOENT;
	if (classifier->ops->del != NULL)
		classifier->ops->del(classifier, rule);
	place = place_of(classifier, rule->order);
	classifier->count--;
	memmove(classifier->rules + place, classifier->rules + place + 1, (classifier->count - place) * sizeof(*classifier->rules));
	classifier->selectors -= (uint32_t)rule->public.selector_count;
	pmip__htable_remove(&classifier->by_id, hash_id(classifier, id), rule);
	pmip__mem_free(&classifier->mem, rule);
	return 0;
}

int flowmob_classifier_set_active(struct flowmob_classifier *classifier, uint32_t id, bool active)
{
	struct flowmob__rule *rule = find_rule(classifier, id);

	if (rule == NULL)
		return PMIP_ERR_NOENT;
	rule->public.active = active;
	return 0;
}

const struct flowmob_rule *flowmob_classifier_get(const struct flowmob_classifier *classifier, uint32_t id)
{
	const struct flowmob__rule *rule = find_rule(classifier, id);

	return rule != NULL ? &rule->public : NULL;
}

const struct flowmob_rule *flowmob_classifier_next(const struct flowmob_classifier *classifier, size_t *cursor)
{
	return *cursor < classifier->count ? &classifier->rules[(*cursor)++]->public : NULL;
}

/* The first path of a rule that can be used; false when none can. FMC-2. */
static bool pick_path(uint32_t *path, const struct flowmob_rule *rule, const uint32_t *paths, size_t path_count)
{
	for (size_t i = 0; i < rule->path_count; i++) {
		for (size_t j = 0; j < path_count; j++) {
			if (rule->path[i] == paths[j]) {
				*path = paths[j];
				return true;
			}
		}
	}
	return false;
}

/* FLO-9. */
bool flowmob__rule_counts(const struct flowmob__rule *rule, const struct flowmob__query *query)
{
	uint32_t path;

	return rule->public.active && (rule->public.verdict == FLOWMOB_VERDICT_DROP || pick_path(&path, &rule->public, query->paths, query->path_count));
}

/* Signalling finds its own way, and what a later fragment is part of is not for its own fields to tell. FMC-3, FMC-4. */
int flowmob_classifier_decide(const struct flowmob_classifier *classifier, struct flowmob_decision *decision,
			      const struct flowmob_packet *packet, const uint32_t *paths, size_t path_count)
{
	struct flowmob__query query = {.paths = paths, .path_count = path_count};
	const struct flowmob__rule *rule = NULL;

	if (flowmob__packet_has_flow(packet)) {
		flowmob__key_of(&query.key, packet, classifier->direction);
		rule = classifier->ops->match(classifier, &query);
	}
	if (rule != NULL) {
		*decision = (struct flowmob_decision){.verdict = rule->public.verdict, .rule = rule->public.id};
		pick_path(&decision->path, &rule->public, paths, path_count);
		return 1;
	}
	if (path_count == 0)
		return PMIP_ERR_NOENT;
	*decision = (struct flowmob_decision){.verdict = FLOWMOB_VERDICT_FORWARD, .path = paths[0]};
	return 0;
}
