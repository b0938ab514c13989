/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The table of Mobility Header types: one row per message. To add a message, give its fixed part a member in
 * struct pmip_mh's union, and add a row.
 */
#ifndef PMIP_WIRE_MH_TABLE_H
#define PMIP_WIRE_MH_TABLE_H

#include <pmip/wire.h>

#include "wire/field.h"

#define PMIP__MH_HEADER 6 /* octets before the fixed part: Payload Proto, Header Len, MH Type, Reserved, Checksum */

struct pmip__mh_row {
	const char *name;                 /* as the RFC prints it */
	const char *ref;                  /* RFC and section */
	uint8_t hdr_len_min;              /* least legal Header Len */
	uint8_t options_offset;           /* octets before the first option */
	const struct pmip__field *fields; /* fixed part, from octet PMIP__MH_HEADER to options_offset */
};

/* NULL when the table does not know the type. */
const struct pmip__mh_row *pmip__mh_row(uint8_t type);

#endif
