/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Tuple space search (Srinivasan, Suri, Varghese 1999). FMC-1.
 *
 * A tuple is a set of bits that selectors fix: a number that is asked exactly is all its bits, the addresses of a range are the octets that
 * its two ends have in common, any other range is no bits. Selectors of one tuple that agree in these bits share a bucket, found by
 * hashing the packet's bits. What is in the bucket is then held against the packet as a whole, in the order of the rules, so that
 * what a tuple cannot express costs time but is never wrong. Tuples are visited by their best rule, until none can have a better one.
 */
#include <string.h>

#include "base/mem.h"
#include "libflowmob/classifier.h"

struct flowmob__tuple {
	struct flowmob__key mask;  /* bits that are fixed; has: numbers that are asked, fixed or not */
	uint32_t id;               /* makes keys of different tuples different */
	uint64_t best;             /* no rule in it has a lower order; the first one's, unless that was deleted */
	size_t buckets;            /* at least one */
};

struct flowmob__bucket {
	struct flowmob__tuple *tuple;
	struct flowmob__key key;   /* masked; has: the tuple's id */
	uint64_t hash;
	struct pmip__list entries; /* in the order of the rules; at least one */
};

static struct flowmob__entry *entry_of(const struct pmip__list *link)
{
	return PMIP__CONTAINER(link, struct flowmob__entry, in_bucket);
}

static bool equal_bucket(const void *bucket, const void *key)
{
	return memcmp(&((const struct flowmob__bucket *)bucket)->key, key, sizeof(struct flowmob__key)) == 0;
}

/* The leading octets that two addresses have in common, as a mask of 128 bits. */
static void mask_addr(uint64_t mask[2], const uint64_t start[2], const uint64_t end[2])
{
	for (size_t octet = 0; octet < 16; octet++) {
		uint64_t bits = UINT64_C(0xff) << (56 - octet % 8 * 8);

		if (((start[octet / 8] ^ end[octet / 8]) & bits) != 0)
			return;
		mask[octet / 8] |= bits;
	}
}

static struct flowmob__key mask_of(const struct flowmob__selector *selector)
{
	struct flowmob__key mask = {.has = selector->start.has};

	mask_addr(mask.addr, selector->start.addr, selector->end.addr);
	mask_addr(mask.addr + 2, selector->start.addr + 2, selector->end.addr + 2);
	for (size_t i = 0; i < FLOWMOB__NUMBERS; i++)
		if (selector->start.number[i] == selector->end.number[i])
			mask.number[i] = UINT32_MAX;
	return mask;
}

static struct flowmob__key masked(const struct flowmob__key *key, const struct flowmob__tuple *tuple)
{
	struct flowmob__key bits;

	for (size_t i = 0; i < 4; i++)
		bits.addr[i] = key->addr[i] & tuple->mask.addr[i];
	for (size_t i = 0; i < FLOWMOB__NUMBERS; i++)
		bits.number[i] = key->number[i] & tuple->mask.number[i];
	bits.has = tuple->id;
	return bits;
}

static struct flowmob__bucket *find_bucket(const struct flowmob_classifier *classifier, const struct flowmob__key *bits, uint64_t hash)
{
	return pmip__htable_find(&classifier->tuple_space.buckets, hash, bits);
}

/* The first rule of a bucket that decides, if it comes before best. */
static const struct flowmob__rule *match_bucket(const struct flowmob__bucket *bucket, const struct flowmob__query *query,
						const struct flowmob__rule *best)
{
	for (const struct pmip__list *link = bucket->entries.next; link != &bucket->entries; link = link->next) {
		const struct flowmob__entry *entry = entry_of(link);

		if (best != NULL && entry->rule->order >= best->order)
			break;
		if (flowmob__selector_match(&entry->selector, &query->key) && flowmob__rule_counts(entry->rule, query))
			return entry->rule;
	}
	return best;
}

static const struct flowmob__rule *match(const struct flowmob_classifier *classifier, const struct flowmob__query *query)
{
	const struct flowmob__rule *best = NULL;

	for (size_t i = 0; i < classifier->tuple_space.count; i++) {
		const struct flowmob__tuple *tuple = classifier->tuple_space.tuples[i];
		const struct flowmob__bucket *bucket;
		struct flowmob__key bits;

		if (best != NULL && tuple->best >= best->order)
			break;
		if ((tuple->mask.has & ~query->key.has) != 0)
			continue;
		bits = masked(&query->key, tuple);
		bucket = find_bucket(classifier, &bits, pmip__hash(&classifier->key, &bits, sizeof(bits)));
		if (bucket != NULL)
			best = match_bucket(bucket, query, best);
	}
	return best;
}

/* Put a tuple where it belongs; there is room. */
static void place_tuple(struct flowmob_classifier *classifier, struct flowmob__tuple *tuple)
{
	struct flowmob__tuple **tuples = classifier->tuple_space.tuples;
	size_t i = classifier->tuple_space.count++;

	for (; i > 0 && tuples[i - 1]->best > tuple->best; i--)
		tuples[i] = tuples[i - 1];
	tuples[i] = tuple;
}

static void unplace_tuple(struct flowmob_classifier *classifier, const struct flowmob__tuple *tuple)
{
	struct flowmob__tuple **tuples = classifier->tuple_space.tuples;
	size_t i = 0;

	while (tuples[i] != tuple)
		i++;
	for (classifier->tuple_space.count--; i < classifier->tuple_space.count; i++)
		tuples[i] = tuples[i + 1];
}

static struct flowmob__tuple *find_tuple(const struct flowmob_classifier *classifier, const struct flowmob__key *mask)
{
	for (size_t i = 0; i < classifier->tuple_space.count; i++)
		if (memcmp(&classifier->tuple_space.tuples[i]->mask, mask, sizeof(*mask)) == 0)
			return classifier->tuple_space.tuples[i];
	return NULL;
}

/* A tuple without buckets, not placed yet. */
static struct flowmob__tuple *make_tuple(struct flowmob_classifier *classifier, const struct flowmob__key *mask)
{
	void *tuples = classifier->tuple_space.tuples;
	struct flowmob__tuple *tuple;
	int err = pmip__mem_grow(&classifier->mem, &tuples, &classifier->tuple_space.cap, classifier->tuple_space.count + 1,
				 sizeof(struct flowmob__tuple *));

	classifier->tuple_space.tuples = tuples;
	tuple = err == 0 ? pmip__mem_alloc(&classifier->mem, sizeof(*tuple)) : NULL;
	if (tuple == NULL)
		return NULL;
	tuple->mask = *mask;
	tuple->id = ++classifier->tuple_space.last_id;
	tuple->best = UINT64_MAX;
	return tuple;
}

/* The bucket of a selector in a tuple: the one there is, or a new one without entries; NULL = no memory. */
static struct flowmob__bucket *need_bucket(struct flowmob_classifier *classifier, struct flowmob__tuple *tuple,
					   const struct flowmob__selector *selector)
{
	struct flowmob__key bits = masked(&selector->start, tuple);
	uint64_t hash = pmip__hash(&classifier->key, &bits, sizeof(bits));
	struct flowmob__bucket *bucket = find_bucket(classifier, &bits, hash);

	if (bucket != NULL)
		return bucket;
	if (pmip__htable_reserve(&classifier->tuple_space.buckets, 1) < 0)
		return NULL;
	bucket = pmip__mem_alloc(&classifier->mem, sizeof(*bucket));
	if (bucket == NULL)
		return NULL;
	bucket->tuple = tuple;
	bucket->key = bits;
	bucket->hash = hash;
	pmip__list_init(&bucket->entries);
	tuple->buckets++;
	pmip__htable_insert(&classifier->tuple_space.buckets, hash, bucket);
	return bucket;
}

static int add_entry(struct flowmob_classifier *classifier, struct flowmob__entry *entry)
{
	struct flowmob__key mask = mask_of(&entry->selector);
	struct flowmob__tuple *found = find_tuple(classifier, &mask), *tuple = found != NULL ? found : make_tuple(classifier, &mask);
	struct pmip__list *link;

	if (tuple == NULL)
		return PMIP_ERR_NOMEM;
	entry->bucket = need_bucket(classifier, tuple, &entry->selector);
	if (entry->bucket == NULL) {
		if (found == NULL)
			pmip__mem_free(&classifier->mem, tuple);
		return PMIP_ERR_NOMEM;
	}
	if (found == NULL)
		place_tuple(classifier, tuple);
	for (link = entry->bucket->entries.prev; link != &entry->bucket->entries; link = link->prev)
		if (entry_of(link)->rule->order <= entry->rule->order)
			break;
	pmip__list_add_tail(link->next, &entry->in_bucket);
	if (entry->rule->order < tuple->best) {
		unplace_tuple(classifier, tuple);
		tuple->best = entry->rule->order;
		place_tuple(classifier, tuple);
	}
	return 0;
}

static void del_entry(struct flowmob_classifier *classifier, struct flowmob__entry *entry)
{
	struct flowmob__bucket *bucket = entry->bucket;
	struct flowmob__tuple *tuple = bucket->tuple;

	pmip__list_del(&entry->in_bucket);
	if (pmip__list_empty(&bucket->entries)) {
		pmip__htable_remove(&classifier->tuple_space.buckets, bucket->hash, bucket);
		tuple->buckets--;
		pmip__mem_free(&classifier->mem, bucket);
	}
	if (tuple->buckets == 0) {
		unplace_tuple(classifier, tuple);
		pmip__mem_free(&classifier->mem, tuple);
	}
}

static int add(struct flowmob_classifier *classifier, struct flowmob__rule *rule)
{
	for (size_t i = 0; i < rule->public.selector_count; i++) {
		if (add_entry(classifier, &rule->entries[i]) == 0)
			continue;
		while (i-- > 0)
			del_entry(classifier, &rule->entries[i]);
		return PMIP_ERR_NOMEM;
	}
	return 0;
}

static void del(struct flowmob_classifier *classifier, struct flowmob__rule *rule)
{
	for (size_t i = 0; i < rule->public.selector_count; i++)
		del_entry(classifier, &rule->entries[i]);
}

static void init(struct flowmob_classifier *classifier)
{
	pmip__htable_init(&classifier->tuple_space.buckets, &classifier->mem, equal_bucket);
}

static void fini(struct flowmob_classifier *classifier)
{
	pmip__htable_fini(&classifier->tuple_space.buckets);
	pmip__mem_free(&classifier->mem, classifier->tuple_space.tuples);
}

const struct flowmob__classifier_ops flowmob__classifier_tuple = {
	.init = init,
	.fini = fini,
	.add = add,
	.del = del,
	.match = match,
};
