/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Sub-options: one table per family, with one row per type as in option_table.h.
 */
#ifndef PMIP_WIRE_SUBOPTION_H
#define PMIP_WIRE_SUBOPTION_H

#include <pmip/suboption.h>

struct pmip__suboption_row {
	struct pmip_suboption_info info;

	/* Optional. Check the value of u. Returns 0, PMIP_ERR_SUBOPT_VALUE or PMIP_ERR_OPT_VALUE; then rule says what is wrong. */
	int (*check)(const struct pmip_suboption *sub, const char **rule);
};

/* NULL when the family's table does not know the type. */
const struct pmip__suboption_row *pmip__suboption_row(enum pmip_suboption_family family, uint8_t type);

/* Check all sub-options of a decoded option. Returns 0, or what pmip_suboption_next() does, or PMIP_ERR_SUBOPT_DUP; then rule says why. */
int pmip__suboptions_check(const struct pmip_option *option, const char **rule);

#endif
