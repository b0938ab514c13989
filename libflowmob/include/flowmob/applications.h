/* SPDX-License-Identifier: BSD-2-Clause */
/** @file
 * Applications by name: what "web" means is a list of traffic selectors, told once by the configuration and used in any number of rules.
 */
#ifndef FLOWMOB_APPLICATIONS_H
#define FLOWMOB_APPLICATIONS_H

#include <flowmob/selector.h>
#include <pmip/mem.h>

#ifdef __cplusplus
extern "C" {
#endif

/** Longest name of an application, with the final NUL. */
#define FLOWMOB_APPLICATION_STRLEN 64

struct flowmob_applications;

/** Make a table without applications. @param[in] mem copied, or NULL. @retval 0 done  @retval PMIP_ERR_NOMEM. Since: 0.1. */
FLOWMOB_API int flowmob_applications_new(struct flowmob_applications **applications, const struct pmip_mem *mem);

/** Free a table; NULL is fine. Since: 0.1. */
FLOWMOB_API void flowmob_applications_free(struct flowmob_applications *applications);

/** Add a selector to an application, which begins with its first one.
 * @param[in] name      1..FLOWMOB_APPLICATION_STRLEN - 1 octets; copied.
 * @param[in] selector  copied. The application's server is the source: web is source port 80 or 443.
 * @retval 0 done  @retval PMIP_ERR_INVALID the name is empty or too long
 * @retval PMIP_ERR_SELECTOR_FORMAT, PMIP_ERR_SUBOPT_VALUE see flowmob_selector_match()
 * @retval PMIP_ERR_NOMEM nothing changed. Since: 0.1. */
FLOWMOB_API int flowmob_applications_add(struct flowmob_applications *applications, const char *name, const struct pmip_selector *selector);

/** Forget an application. Rules that were made of it stay. @retval 0 done  @retval PMIP_ERR_NOENT. Since: 0.1. */
FLOWMOB_API int flowmob_applications_del(struct flowmob_applications *applications, const char *name);

/** The selectors of an application, ready to be those of a struct flowmob_rule.
 * @param[out] selectors  borrowed until the table changes; untouched on error.
 * @param[out] count      1 or more; untouched on error.
 * @retval 0 done  @retval PMIP_ERR_NOENT no application has this name. Since: 0.1. */
FLOWMOB_API int flowmob_applications_get(const struct flowmob_applications *applications, const struct pmip_selector **selectors,
					 size_t *count, const char *name);

/** Which application a packet to a mobile node is of: the first, in the order in which they were begun, one of whose selectors means it.
 * @return its name, borrowed until the table changes; NULL = none. Since: 0.1. */
FLOWMOB_API const char *flowmob_applications_match(const struct flowmob_applications *applications, const struct flowmob_packet *packet);

#ifdef __cplusplus
}
#endif

#endif
