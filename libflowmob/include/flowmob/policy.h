/* SPDX-License-Identifier: BSD-2-Clause */
/** @file
 * What the operator wants: rules that say over which access technology a flow of a mobile node should go. Pure data in, a decision out; the
 * same question may be asked without anything being done, and with the reasons told.
 */
#ifndef FLOWMOB_POLICY_H
#define FLOWMOB_POLICY_H

#include <flowmob/applications.h>
#include <pmip/error.h>
#include <pmip/mem.h>

#ifdef __cplusplus
extern "C" {
#endif

/** Longest name of a rule or a class, with the final NUL. */
#define FLOWMOB_NAME_STRLEN 32
/** Longest pattern of mobile node identifiers, with the final NUL. */
#define FLOWMOB_PATTERN_STRLEN 128
/** Most access technologies that a rule lists. */
#define FLOWMOB_PREFER_MAX 8

/** How a tunnel is doing must be within these bounds. */
struct flowmob_policy_load {
	bool in_use;                /**< false: no condition */
	uint8_t att;                /**< of the mobile node's tunnel by this access technology; 0 = of the tunnel that the flow uses */
	uint16_t drop_min_permille; /**< drop ratio, 0..1000 */
	uint16_t drop_max_permille; /**< drop ratio, 0..1000 */
	uint64_t rate_min_bps;      /**< bits per second */
	uint64_t rate_max_bps;      /**< bits per second; UINT64_MAX = any */
};

/** A rule: when all its conditions hold, its result is the decision. */
struct flowmob_policy_rule {
	char name[FLOWMOB_NAME_STRLEN];        /**< what it is called, not empty */
	uint32_t priority;                  /**< rules are asked from low to high; equal ones in the order in which they were added */
	/* conditions */
	char application[FLOWMOB_APPLICATION_STRLEN]; /**< the flow's application, see flowmob/applications.h; "" = any */
	char mn_class[FLOWMOB_NAME_STRLEN];    /**< class of mobile nodes, see flowmob_policy_add_class(); "" = any */
	char mn_id[FLOWMOB_PATTERN_STRLEN];    /**< pattern of the identifier as pmip_mnid_format() writes it: * any octets, ? any one; "" = any */
	uint8_t weekdays;                   /**< bit 0 Monday .. bit 6 Sunday; 0 = any. Past midnight it is the next day */
	uint16_t minute_from;               /**< minute of the day, 0..1439 */
	uint16_t minute_to;                 /**< first minute after, 0..1440; below minute_from: of the next day; equal = all day */
	uint32_t att_available;             /**< bit n set: access technology n (1..31) must be there; 0 = any */
	struct flowmob_policy_load load;    /**< how a tunnel is doing */
	/* result */
	bool stay;                          /**< leave the flow where it is, also when its tunnel is congested */
	uint8_t prefer_count;               /**< 1..FLOWMOB_PREFER_MAX, with stay 0 */
	uint8_t prefer[FLOWMOB_PREFER_MAX]; /**< access technologies in order; the first with a tunnel that may be used decides. When there is
					     * none the rule does not apply, and the next is asked */
};

/** One tunnel of the mobile node. */
struct flowmob_policy_way {
	uint32_t tunnel;        /**< tunnel id */
	uint8_t att;            /**< enum pmip_att */
	bool usable;            /**< flows may be moved to it: not congested */
	uint16_t drop_permille; /**< drop ratio of the last period */
	uint64_t rate_bps;      /**< what it carries */
};

/** What a decision is made from. */
struct flowmob_policy_input {
	const char *application;               /**< borrowed; NULL = not known */
	struct pmip_mnid mn_id;                /**< view; whose flow */
	const struct flowmob_policy_way *ways; /**< borrowed; all tunnels of the mobile node */
	size_t way_count;                      /**< so many */
	uint32_t tunnel;                       /**< the one in use */
	uint16_t minute;                       /**< local time: minute of the day, 0..1439 */
	uint8_t weekday;                       /**< local time: 0 Monday .. 6 Sunday */
};

/** Kinds of decisions. */
enum flowmob_policy_verdict {
	FLOWMOB_POLICY_NONE = 0, /**< no rule applies */
	FLOWMOB_POLICY_STAY = 1, /**< leave it where it is, whatever happens */
	FLOWMOB_POLICY_USE = 2,  /**< it belongs on a certain tunnel, perhaps the one in use */
};

/** A decision. */
struct flowmob_policy_decision {
	enum flowmob_policy_verdict verdict;    /**< see there */
	uint32_t tunnel;                        /**< USE: tunnel id */
	const struct flowmob_policy_rule *rule; /**< the rule that decided; valid until the policy changes; NULL = none */
};

struct flowmob_policy;

/** Make a policy without rules. @param[in] mem copied, or NULL. @retval 0 done  @retval PMIP_ERR_NOMEM. Since: 0.1. */
FLOWMOB_API int flowmob_policy_new(struct flowmob_policy **policy, const struct pmip_mem *mem);
/** Free it; NULL is fine. Since: 0.1. */
FLOWMOB_API void flowmob_policy_free(struct flowmob_policy *policy);
/** Count mobile nodes whose identifier matches a pattern to a class; a class may have any number of them. @param[in] name, pattern copied.
 * @retval 0 done  @retval PMIP_ERR_INVALID empty or too long  @retval PMIP_ERR_NOMEM nothing changed. Since: 0.1. */
FLOWMOB_API int flowmob_policy_add_class(struct flowmob_policy *policy, const char *name, const char *pattern);
/** Add a rule. @param[in] rule copied.
 * @retval 0 done  @retval PMIP_ERR_INVALID a field outside its range  @retval PMIP_ERR_EXIST there is one of this name
 * @retval PMIP_ERR_NOENT no such class  @retval PMIP_ERR_NOMEM nothing changed. Since: 0.1. */
FLOWMOB_API int flowmob_policy_add_rule(struct flowmob_policy *policy, const struct flowmob_policy_rule *rule);
/** Remove a rule by its name. @retval 0 done  @retval PMIP_ERR_NOENT. Since: 0.1. */
FLOWMOB_API int flowmob_policy_del_rule(struct flowmob_policy *policy, const char *name);
/** Walk the rules in the order in which they are asked. @param[in,out] cursor 0 to start.
 * @return a rule, valid until the policy changes; NULL at the end. Since: 0.1. */
FLOWMOB_API const struct flowmob_policy_rule *flowmob_policy_next_rule(const struct flowmob_policy *policy, size_t *cursor);

/** Fill in the local time of an input. @param[in] wall_us microseconds since 1970 UTC. @param[in] utc_offset_min minutes east of UTC,
 * -1440..1440. Since: 0.1. */
FLOWMOB_API void flowmob_policy_set_time(struct flowmob_policy_input *input, uint64_t wall_us, int utc_offset_min);
/** Decide about a flow. Nothing is changed, so that this is a dry run as well. @param[out] decision filled in any case.
 * @retval 1 a rule decided  @retval 0 no rule applies. Since: 0.1. */
FLOWMOB_API int flowmob_policy_decide(const struct flowmob_policy *policy, struct flowmob_policy_decision *decision,
				      const struct flowmob_policy_input *input);
/** Tell how a decision comes about: a line for each rule that was asked, which says whether it applies and if not why, and a last line with
 * the decision.
 * @param[out] buf  NUL-terminated when cap > 0; what does not fit is left out. @return octets of the whole text without the NUL.
 * Since: 0.1. */
FLOWMOB_API size_t flowmob_policy_explain(const struct flowmob_policy *policy, char *buf, size_t cap, const struct flowmob_policy_input *input);

#ifdef __cplusplus
}
#endif

#endif
