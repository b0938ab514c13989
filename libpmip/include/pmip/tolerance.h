/* SPDX-License-Identifier: BSD-2-Clause */
/** @file
 * Tolerances: what may be let pass of a peer that does not keep to the RFCs. Nothing is tolerated of a peer unless its configuration says so, each
 * tolerance by name. Every use is counted, and told by PMIP_EVENT_TOLERATED; where a strict refusal would not have been with one, its event says
 * which.
 */
#ifndef PMIP_TOLERANCE_H
#define PMIP_TOLERANCE_H

#include <pmip/error.h>
#include <pmip/types.h>

#ifdef __cplusplus
extern "C" {
#endif

/** Tolerances, a bit each; pmip_tolerance_info_nth() tells what each of them means. */
enum pmip_tolerance {
	PMIP_TOLERATE_ATT_ZERO = 0x01,             /**< "att-zero" */
	PMIP_TOLERATE_HOST_ORDER_TIMESTAMP = 0x02, /**< "host-order-timestamp" */
	PMIP_TOLERATE_EXACT_ECHO = 0x04,           /**< "exact-echo" */
	PMIP_TOLERATE_UNALIGNED_OPTIONS = 0x08,    /**< "unaligned-options" */
	PMIP_TOLERATE_SHORT_HEADER_LEN = 0x10,     /**< "short-header-len" */
	PMIP_TOLERATE_PADDED_MN_ID = 0x20,         /**< "padded-mn-id" */
	PMIP_TOLERATE_NO_P_FLAG = 0x40,            /**< "no-p-flag" */
	PMIP_TOLERATE_NO_HI_ATT = 0x80,            /**< "no-hi-att" */
};

/** How many tolerances there are. */
#define PMIP_TOLERANCES 8

/** What the library knows about a tolerance. */
struct pmip_tolerance_info {
	enum pmip_tolerance tolerance; /**< which */
	const char *name;              /**< in configurations, counters and logs */
	bool at_lma;                   /**< an LMA may have it of a MAG */
	bool at_mag;                   /**< a MAG may have it of an LMA */
	const char *text;              /**< what is done with it, for people */
	const char *ref;               /**< RFC and section of what the peer does not keep to */
};

/** Row by its number, for listing all of them. @return static; NULL behind the last. Since: 0.1. */
PMIP_API const struct pmip_tolerance_info *pmip_tolerance_info_nth(size_t n);

/** Name of one tolerance; NULL when the bit is none. Static. Since: 0.1. */
PMIP_API const char *pmip_tolerance_name(enum pmip_tolerance tolerance);

/** Read the name of a tolerance.
 * @param[out] tolerance  its bit; untouched on error.
 * @retval 0 done  @retval PMIP_ERR_SYNTAX there is none of that name. Since: 0.1. */
PMIP_API int pmip_tolerance_parse(enum pmip_tolerance *tolerance, const char *name);

#ifdef __cplusplus
}
#endif

#endif
