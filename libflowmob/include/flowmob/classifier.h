/* SPDX-License-Identifier: BSD-2-Clause */
/** @file
 * Rules in an order, and which of them decides where a packet goes: the flow mobility cache of RFC 7864 as packets see it, or
 * an operator's policy for all mobile nodes.
 */
#ifndef FLOWMOB_CLASSIFIER_H
#define FLOWMOB_CLASSIFIER_H

#include <flowmob/selector.h>
#include <pmip/mem.h>

#ifdef __cplusplus
extern "C" {
#endif

struct flowmob_classifier;

/** Most paths that a rule names. */
#define FLOWMOB_RULE_PATHS_MAX 8

/** How rules are searched. Both come to the same decisions. */
enum flowmob_classifier_kind {
	FLOWMOB_CLASSIFIER_LINEAR = 0, /**< one after the other: a reference, and good for a few */
	FLOWMOB_CLASSIFIER_TUPLE = 1,  /**< by hash tables, one for each set of fields that rules ask for: good for thousands */
};

/** What becomes of a packet: the actions of a flow mobility cache (RFC 7864). */
enum flowmob_verdict {
	FLOWMOB_VERDICT_FORWARD = 1, /**< it goes on */
	FLOWMOB_VERDICT_DROP = 2,    /**< it does not */
};

/** A rule: packets that one of the selectors means go over the first of the paths that can be used. */
struct flowmob_rule {
	uint32_t id;                            /**< the caller's name of it: a FID, a line of a policy; not 0 */
	uint32_t priority;                      /**< the lower, the sooner it is looked at; of equal ones, the lower id first */
	bool active;                            /**< whether it counts */
	enum flowmob_verdict verdict;           /**< with FLOWMOB_VERDICT_DROP the paths do not count */
	uint32_t path[FLOWMOB_RULE_PATHS_MAX];  /**< BIDs, tunnels, access technologies: the caller's, the one wanted most first */
	size_t path_count;                      /**< 1..FLOWMOB_RULE_PATHS_MAX; 0 with FLOWMOB_VERDICT_DROP */
	const struct pmip_selector *selectors;  /**< borrowed by flowmob_classifier_add(), which copies them; later the classifier's */
	size_t selector_count;                  /**< 1 or more */
};

/** Where a packet goes. */
struct flowmob_decision {
	enum flowmob_verdict verdict; /**< whether it goes at all */
	uint32_t path;                /**< one of those that can be used; 0 with FLOWMOB_VERDICT_DROP */
	uint32_t rule;                /**< id of the rule that decided; 0 = none, the default path */
};

/** Make a classifier without rules.
 * @param[out] classifier     the classifier; untouched on error.
 * @param[in]  direction      of the packets it will see.
 * @param[in]  max_selectors  most selectors of all rules together, 1..4294967295.
 * @param[in]  mem            copied, or NULL.
 * @param[in]  hash_key       16 random octets against chosen fields; copied.
 * @retval 0 done  @retval PMIP_ERR_INVALID an argument is outside its range  @retval PMIP_ERR_NOMEM. Since: 0.1. */
FLOWMOB_API int flowmob_classifier_new(struct flowmob_classifier **classifier, enum flowmob_classifier_kind kind,
				       enum flowmob_direction direction, uint32_t max_selectors, const struct pmip_mem *mem,
				       const uint8_t hash_key[16]);

/** Free a classifier and its rules; NULL is fine. Since: 0.1. */
FLOWMOB_API void flowmob_classifier_free(struct flowmob_classifier *classifier);

/** Add a rule; it counts from the next packet on.
 * @param[in] rule  copied, with its selectors.
 * @retval 0 done  @retval PMIP_ERR_INVALID id, paths or number of selectors are outside their range
 * @retval PMIP_ERR_EXIST there is one with this id  @retval PMIP_ERR_FULL there would be more than max_selectors
 * @retval PMIP_ERR_SELECTOR_FORMAT, PMIP_ERR_SUBOPT_VALUE a selector is none, see flowmob_selector_match()
 * @retval PMIP_ERR_NOMEM nothing changed. Since: 0.1. */
FLOWMOB_API int flowmob_classifier_add(struct flowmob_classifier *classifier, const struct flowmob_rule *rule);

/** Delete a rule. @retval 0 done  @retval PMIP_ERR_NOENT. Since: 0.1. */
FLOWMOB_API int flowmob_classifier_del(struct flowmob_classifier *classifier, uint32_t id);

/** Let a rule count, or not. @retval 0 done  @retval PMIP_ERR_NOENT. Since: 0.1. */
FLOWMOB_API int flowmob_classifier_set_active(struct flowmob_classifier *classifier, uint32_t id, bool active);

/** The rule with this id; NULL = none. Borrowed until it is deleted. Since: 0.1. */
FLOWMOB_API const struct flowmob_rule *flowmob_classifier_get(const struct flowmob_classifier *classifier, uint32_t id);

/** Walk the rules in their order. @param[in,out] cursor 0 to begin with. @return NULL = no more. Changes to the rules between calls make
 * some repeat or be missed. Since: 0.1. */
FLOWMOB_API const struct flowmob_rule *flowmob_classifier_next(const struct flowmob_classifier *classifier, size_t *cursor);

/** Decide where a packet goes. The first rule decides that is active, of which one path can be used, and of which one selector means
 * the packet (RFC 6089 section 5.3.6); without one it is the default path. Signalling and later fragments take the default path
 * in any case; for the latter see flowmob_fragment_table_find().
 * @param[out] decision    untouched on error.
 * @param[in]  paths       those that can be used now, without doubles; the default one, of the lowest BID-PRI, first.
 * @param[in]  path_count  how many; NULL and 0 is fine.
 * @retval 1 a rule decided  @retval 0 the default path  @retval PMIP_ERR_NOENT no rule, and no path. Since: 0.1. */
FLOWMOB_API int flowmob_classifier_decide(const struct flowmob_classifier *classifier, struct flowmob_decision *decision,
					  const struct flowmob_packet *packet, const uint32_t *paths, size_t path_count);

#ifdef __cplusplus
}
#endif

#endif
