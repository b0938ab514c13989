/* SPDX-License-Identifier: BSD-2-Clause */
/* Where an access link is, as its configuration says (RFC 6757 section 3.1). */
#include <config.h>

#include "mag/mag.h"

#include <pmip/suboption.h>

#include <string.h>

/* Operator-Identifier of type realm. */
#define OPERATOR_REALM 2

static struct pmip_bytes text_of(const char *text)
{
	return (struct pmip_bytes){ (const uint8_t *)text, text ? strlen(text) : 0 };
}

static void append(struct pmip_bytes *area, uint8_t octets[ACCESS_NETWORK_MAX], const struct pmip_suboption *sub)
{
	int len = pmip_suboption_encode(octets + area->len, ACCESS_NETWORK_MAX - area->len, PMIP_SUB_ANI, sub);

	if (len > 0)
		area->len += (size_t)len;
}

struct pmip_bytes mag_access_network(const struct mag_access *access, uint8_t octets[ACCESS_NETWORK_MAX])
{
	struct pmip_suboption network = { .type = PMIP_ANI_NETWORK }, geo = { .type = PMIP_ANI_GEO },
			      operator = { .type = PMIP_ANI_OPERATOR };
	struct pmip_bytes area = { octets, 0 };

	network.u.network.utf8 = true;
	network.u.network.name = text_of(access->network);
	network.u.network.ap_name = text_of(access->access_point);
	geo.u.geo.latitude = access->location.latitude;
	geo.u.geo.longitude = access->location.longitude;
	operator.u.operator_id.code = OPERATOR_REALM;
	operator.u.operator_id.bytes = text_of(access->operator_realm);
	if (access->network)
		append(&area, octets, &network);
	if (access->location.given)
		append(&area, octets, &geo);
	if (access->operator_realm)
		append(&area, octets, &operator);
	return area;
}
