/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The table of Mobility Header types: one row per message. To add a message, give its fixed part a member in
 * struct pmip_mh's union, and add a row.
 */
#ifndef PMIP_WIRE_MH_TABLE_H
#define PMIP_WIRE_MH_TABLE_H

#include <pmip/wire.h>

#define PMIP__MH_HEADER 6 /* octets before the fixed part: Payload Proto, Header Len, MH Type, Reserved, Checksum */

/* The row of a type, of two that share it the first; NULL when the table does not know the type. */
const struct pmip_mh_info *pmip__mh_row(uint8_t type);

/* Set the subtype of a message of two in one type from its octets, of which 8 are there. */
void pmip__mh_read_subtype(struct pmip_mh *mh, const uint8_t *data);

#endif
