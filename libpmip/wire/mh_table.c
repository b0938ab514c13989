/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The table of Mobility Header types (RFC 6275 section 6.1, RFC 5213 section 8.1 and 8.2).
 */
#include <stddef.h>

#include "wire/mh_table.h"

#define AT(member) offsetof(struct pmip_mh, member)
#define END {.kind = PMIP__FIELD_END}
#define FIELDS(...) ((const struct pmip__field[]){__VA_ARGS__, END})
#define LIFETIME_UNIT 4 /* seconds (RFC 6275 section 6.1.7) */

static const char *be_status_name(uint8_t status)
{
	if (status == PMIP_BE_UNKNOWN_BINDING)
		return "unknown binding for Home Address destination option";
	if (status == PMIP_BE_UNKNOWN_TYPE)
		return "unrecognized MH Type value";
	return NULL;
}

static const struct pmip__mh_row table[] = {
	[PMIP_MH_BU] = {
		"Binding Update", "RFC 6275 6.1.7", 1, 12,
		FIELDS({PMIP__FIELD_U16, .at = AT(u.bu.seq), .name = "Sequence"},
		       {PMIP__FIELD_FLAGS16, .at = AT(u.bu.flags), .name = "Flags", .letters = "AHLKMRPFTBSD"},
		       {PMIP__FIELD_LIFETIME, .arg = LIFETIME_UNIT, .at = AT(u.bu.lifetime_s), .name = "Lifetime"}),
	},
	[PMIP_MH_BA] = {
		"Binding Acknowledgement", "RFC 6275 6.1.8", 1, 12,
		FIELDS({PMIP__FIELD_U8, .at = AT(u.ba.status), .name = "Status", .value_name = pmip_status_name},
		       {PMIP__FIELD_FLAGS8, .at = AT(u.ba.flags), .name = "Flags", .letters = "KRPTBSD"},
		       {PMIP__FIELD_U16, .at = AT(u.ba.seq), .name = "Sequence"},
		       {PMIP__FIELD_LIFETIME, .arg = LIFETIME_UNIT, .at = AT(u.ba.lifetime_s), .name = "Lifetime"}),
	},
	[PMIP_MH_BE] = {
		"Binding Error", "RFC 6275 6.1.9", 2, 24,
		FIELDS({PMIP__FIELD_U8, .at = AT(u.be.status), .name = "Status", .value_name = be_status_name},
		       {PMIP__FIELD_RESERVED, .arg = 1},
		       {PMIP__FIELD_ADDR, .at = AT(u.be.home_addr), .name = "Home address"}),
	},
};

const struct pmip__mh_row *pmip__mh_row(uint8_t type)
{
	if (type >= PMIP__ARRAY_SIZE(table) || table[type].name == NULL)
		return NULL;
	return &table[type];
}
