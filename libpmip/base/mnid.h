/* SPDX-License-Identifier: BSD-2-Clause */
/* Mobile node identifiers (RFC 4283): what several rooms ask of them. */
#ifndef PMIP_BASE_MNID_H
#define PMIP_BASE_MNID_H

#include <pmip/types.h>

/* The subtype of a network access identifier (RFC 4283 section 3.1). */
#define PMIP__MNID_NAI 1

/* Whether an identifier is a network access identifier with zero octets behind it, and what it is without them. */
static inline bool pmip__mnid_unpad(const struct pmip_mnid *mn_id, struct pmip_mnid *bare)
{
	*bare = *mn_id;
	while (bare->subtype == PMIP__MNID_NAI && bare->len && !bare->id[bare->len - 1])
		bare->len--;
	return bare->len < mn_id->len;
}

#endif
