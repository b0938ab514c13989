/* SPDX-License-Identifier: BSD-2-Clause */
/* What the ways to search rules have in common. */
#ifndef FLOWMOB_LIB_CLASSIFIER_H
#define FLOWMOB_LIB_CLASSIFIER_H

#include <flowmob/classifier.h>

#include "base/hash.h"
#include "base/htable.h"
#include "base/list.h"
#include "libflowmob/selector.h"

/* One selector of a rule. */
struct flowmob__entry {
	struct flowmob__rule *rule;
	struct flowmob__selector selector;
	struct flowmob__bucket *bucket; /* classifier_tuple.c: where it is */
	struct pmip__list in_bucket;
};

struct flowmob__rule {
	struct flowmob_rule public;
	uint64_t order; /* priority, then id */
	struct flowmob__entry entries[]; /* one for each selector; behind them the selectors that public shows */
};

/* What a packet is held against. */
struct flowmob__query {
	struct flowmob__key key;
	const uint32_t *paths;
	size_t path_count;
};

/* A way to search. The functions that are NULL have nothing to do. */
struct flowmob__classifier_ops {
	void (*init)(struct flowmob_classifier *classifier);
	void (*fini)(struct flowmob_classifier *classifier); /* there are no rules any more */
	int (*add)(struct flowmob_classifier *classifier, struct flowmob__rule *rule); /* 0, or PMIP_ERR_NOMEM and nothing changed */
	void (*del)(struct flowmob_classifier *classifier, struct flowmob__rule *rule);
	/* REQUIRED: the first rule in order that counts and has a selector that means the packet; NULL = none. */
	const struct flowmob__rule *(*match)(const struct flowmob_classifier *classifier, const struct flowmob__query *query);
};

extern const struct flowmob__classifier_ops flowmob__classifier_linear;
extern const struct flowmob__classifier_ops flowmob__classifier_tuple;

struct flowmob_classifier {
	struct pmip_mem mem;
	struct pmip__hash_key key;
	const struct flowmob__classifier_ops *ops;
	enum flowmob_direction direction;
	uint32_t max_selectors, selectors;
	struct flowmob__rule **rules; /* in their order */
	size_t count, cap;
	struct pmip__htable by_id;
	struct {
		struct pmip__htable buckets;
		struct flowmob__tuple **tuples; /* by their best rule */
		size_t count, cap;
		uint32_t last_id;
	} tuple_space; /* classifier_tuple.c */
};

/* Whether a rule may decide at all: it is active, and one of its paths can be used. */
bool flowmob__rule_counts(const struct flowmob__rule *rule, const struct flowmob__query *query);

#endif
