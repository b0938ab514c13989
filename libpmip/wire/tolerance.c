/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The table of tolerances: one row each. What is tolerated in decoding is done in mh.c, the rest in engine/.
 */
#include <string.h>

#include <pmip/tolerance.h>

#include "base/buf.h"

/* TOL-1. */
static const struct pmip_tolerance_info table[] = {
	{PMIP_TOLERATE_ATT_ZERO, "att-zero", true, false,
	 "a PBU may have Access Technology Type 0, which is reserved", "RFC 5213 8.5"},
	{PMIP_TOLERATE_HOST_ORDER_TIMESTAMP, "host-order-timestamp", true, false,
	 "a Timestamp may be little-endian, as 64 bits or as two times 32; it is taken so when it is within a day of our clock then and nearer to it "
	 "than otherwise, and the PBA has it in the same order", "RFC 5213 8.8"},
	{PMIP_TOLERATE_EXACT_ECHO, "exact-echo", true, false,
	 "a PBA repeats the Timestamp of the PBU whatever its status, and has no option that the PBU has not asked for", "RFC 5213 5.3.6"},
	{PMIP_TOLERATE_UNALIGNED_OPTIONS, "unaligned-options", true, true,
	 "options need not be padded to the end that Header Len announces: up to 7 octets may be missing there", "RFC 6275 6.2"},
	{PMIP_TOLERATE_SHORT_HEADER_LEN, "short-header-len", true, true,
	 "Header Len may leave out up to 7 octets of options at the end", "RFC 6275 6.1.1"},
	{PMIP_TOLERATE_PADDED_MN_ID, "padded-mn-id", true, true,
	 "zero octets behind a network access identifier are no part of it; a PBA has them again", "RFC 4283 3.1"},
	{PMIP_TOLERATE_NO_P_FLAG, "no-p-flag", false, true,
	 "a PBA need not have flag P", "RFC 5213 8.2"},
	{PMIP_TOLERATE_NO_HI_ATT, "no-hi-att", false, true,
	 "a PBA need not have Handoff Indicator and Access Technology Type", "RFC 5213 5.3.6"},
};

_Static_assert(PMIP__ARRAY_SIZE(table) == PMIP_TOLERANCES, "a row for each");

const struct pmip_tolerance_info *pmip_tolerance_info_nth(size_t n)
{
	return n < PMIP__ARRAY_SIZE(table) ? &table[n] : NULL;
}

const char *pmip_tolerance_name(enum pmip_tolerance tolerance)
{
	for (size_t i = 0; i < PMIP__ARRAY_SIZE(table); i++) {
		if (table[i].tolerance == tolerance)
			return table[i].name;
	}
	return NULL;
}

int pmip_tolerance_parse(enum pmip_tolerance *tolerance, const char *name)
{
	for (size_t i = 0; i < PMIP__ARRAY_SIZE(table); i++) {
		if (strcmp(table[i].name, name) == 0) {
			*tolerance = table[i].tolerance;
			return 0;
		}
	}
	return PMIP_ERR_SYNTAX;
}
