/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Code spaces of messages and options as names for people. The status of a Binding Acknowledgement: mh_binding.c.
 */
#include <stddef.h>

#include "base/buf.h"
#include "wire/names.h"

#include <pmip/message.h>
#include <pmip/optval.h>

struct name {
	uint8_t value;
	const char *name;
};

static const char *find(const struct name *names, size_t count, uint8_t value)
{
	for (size_t i = 0; i < count; i++) {
		if (names[i].value == value)
			return names[i].name;
	}
	return NULL;
}

/* RFC 5213 section 8.5 */
const char *pmip__att_name(uint8_t value)
{
	static const struct name names[] = {
		{1, "virtual"},
		{2, "PPP"},
		{3, "IEEE 802.3"},
		{4, "IEEE 802.11a/b/g"},
		{5, "IEEE 802.16e"},
		{6, "3GPP GERAN"},
		{7, "3GPP UTRAN"},
		{8, "3GPP E-UTRAN"},
		{9, "3GPP2 eHRPD"},
		{10, "3GPP2 HRPD"},
		{11, "3GPP2 1xRTT"},
		{12, "3GPP2 UMB"},
		{13, "3GPP NB-IoT"},
	};

	return find(names, PMIP__ARRAY_SIZE(names), value);
}

/* RFC 6275 section 6.1.9 */
const char *pmip__be_status_name(uint8_t value)
{
	static const struct name names[] = {
		{1, "unknown binding for Home Address destination option"},
		{2, "unrecognized MH Type value"},
	};

	return find(names, PMIP__ARRAY_SIZE(names), value);
}

/* RFC 7109 section 6.1.2 */
const char *pmip__fba_status_name(uint8_t value)
{
	static const struct name names[] = {
		{0, "success"},
		{128, "binding does not exist"},
		{129, "action not authorized"},
	};

	return find(names, PMIP__ARRAY_SIZE(names), value);
}

/* RFC 7109 section 6.1.1 */
const char *pmip__fbi_trigger_name(uint8_t value)
{
	static const struct name names[] = {
		{1, "unspecified"},
		{2, "administrative reason"},
		{3, "possible out-of-sync BCE state"},
	};

	return find(names, PMIP__ARRAY_SIZE(names), value);
}

/* RFC 7109 section 6.2.1 */
const char *pmip__flow_action_name(uint8_t value)
{
	static const struct name names[] = {
		{11, "add"},
		{12, "delete"},
		{13, "modify"},
		{14, "refresh"},
		{15, "move"},
		{16, "revoke"},
	};

	return find(names, PMIP__ARRAY_SIZE(names), value);
}

/* RFC 6089 section 4.2 */
const char *pmip__flow_status_name(uint8_t value)
{
	static const struct name names[] = {
		{0, "flow binding successful"},
		{128, "administratively prohibited"},
		{129, "reason unspecified"},
		{130, "option malformed"},
		{131, "BID not found"},
		{132, "FID not found"},
		{133, "traffic selector format not supported"},
	};

	return find(names, PMIP__ARRAY_SIZE(names), value);
}

/* RFC 5568 section 6.2.1.2, RFC 5949 section 6.1.2 */
const char *pmip__hack_code_name(uint8_t value)
{
	static const struct name names[] = {
		{0, "accepted"},
		{1, "accepted, NCoA not valid"},
		{2, "accepted, NCoA assigned"},
		{3, "accepted, use PCoA"},
		{4, "sent unsolicited"},
		{5, "context transfer accepted"},
		{6, "all available context transferred"},
		{128, "not accepted, reason unspecified"},
		{129, "administratively prohibited"},
		{130, "insufficient resources"},
		{131, "requested context not available"},
		{132, "forwarding not available"},
	};

	return find(names, PMIP__ARRAY_SIZE(names), value);
}

/* RFC 5568 section 6.2.1.1, RFC 5949 section 6.1.1 */
const char *pmip__hi_code_name(uint8_t value)
{
	static const struct name names[] = {
		{0, "FBU with the PCoA as source IP address"},
		{1, "FBU whose source IP address is not PCoA"},
		{2, "indicate the completion of forwarding"},
		{3, "all available context transferred"},
	};

	return find(names, PMIP__ARRAY_SIZE(names), value);
}

/* RFC 5213 section 8.4, RFC 7864 section 7 */
const char *pmip__hi_name(uint8_t value)
{
	static const struct name names[] = {
		{1, "attachment over a new interface"},
		{2, "handoff between two interfaces"},
		{3, "handoff between MAGs"},
		{4, "handoff state unknown"},
		{5, "handoff state not changed"},
		{6, "attachment over a new interface sharing prefixes"},
	};

	return find(names, PMIP__ARRAY_SIZE(names), value);
}

/* RFC 5844 section 3.3.2, RFC 5555 section 3.2.1 */
const char *pmip_ipv4_status_name(uint8_t value)
{
	static const struct name names[] = {
		{0, "success"},
		{128, "failure reason unspecified"},
		{129, "administratively prohibited"},
		{130, "incorrect IPv4 home address"},
		{131, "invalid IPv4 address"},
		{132, "dynamic IPv4 home address assignment not available"},
		{133, "prefix allocation unauthorized"},
	};

	return find(names, PMIP__ARRAY_SIZE(names), value);
}

/* RFC 6705 section 10.2 */
const char *pmip__lra_status_name(uint8_t value)
{
	static const struct name names[] = {
		{0, "success"},
		{128, "localized routing not allowed"},
		{129, "mobile node not attached"},
	};

	return find(names, PMIP__ARRAY_SIZE(names), value);
}

/* RFC 7222 section 4.1 */
const char *pmip__qos_operation_name(uint8_t value)
{
	static const struct name names[] = {
		{0, "RESPONSE"},
		{1, "ALLOCATE"},
		{2, "DE-ALLOCATE"},
		{3, "MODIFY"},
		{4, "QUERY"},
		{5, "NEGOTIATE"},
	};

	return find(names, PMIP__ARRAY_SIZE(names), value);
}

/* RFC 5846 section 5.2 */
const char *pmip_revocation_status_name(uint8_t value)
{
	static const struct name names[] = {
		{0, "success"},
		{1, "partial success"},
		{128, "binding does not exist"},
		{129, "IPv4 home address option required"},
		{130, "global revocation not authorized"},
		{131, "identity of the revoked mobile node required"},
		{132, "revocation failed, MN is attached"},
		{133, "revocation trigger not supported"},
		{134, "revocation function not supported"},
		{135, "proxy binding revocation not supported"},
	};

	return find(names, PMIP__ARRAY_SIZE(names), value);
}

/* RFC 5846 section 5.1 */
const char *pmip__revocation_trigger_name(uint8_t value)
{
	static const struct name names[] = {
		{0, "unspecified"},
		{1, "administrative reason"},
		{2, "inter-MAG handover, same access type"},
		{3, "inter-MAG handover, different access type"},
		{4, "inter-MAG handover, unknown"},
		{5, "user-initiated session termination"},
		{6, "access network session termination"},
		{7, "possible out-of-sync BCE state"},
		{128, "per-peer policy"},
		{129, "local policy of the revoking node"},
	};

	return find(names, PMIP__ARRAY_SIZE(names), value);
}

/* RFC 7077 section 4.2, RFC 7222, RFC 7864 */
const char *pmip__upa_status_name(uint8_t value)
{
	static const struct name names[] = {
		{0, "SUCCESS"},
		{128, "FAILED-TO-UPDATE-SESSION-PARAMETERS"},
		{129, "MISSING-VENDOR-SPECIFIC-OPTION"},
		{130, "CANNOT-MEET-QOS-SERVICE-REQUEST"},
		{131, "reason unspecified"},
		{132, "MN not attached"},
	};

	return find(names, PMIP__ARRAY_SIZE(names), value);
}

/* RFC 7077 section 4.1, RFC 7222, RFC 7864 */
const char *pmip__upn_reason_name(uint8_t value)
{
	static const struct name names[] = {
		{1, "FORCE-REREGISTRATION"},
		{2, "UPDATE-SESSION-PARAMETERS"},
		{3, "VENDOR-SPECIFIC-REASON"},
		{4, "ANI-PARAMS-REQUESTED"},
		{5, "QOS-SERVICE-REQUEST"},
		{6, "PGW-TRIGGERED-PCSCF-RESTORATION-PCO"},
		{7, "PGW-TRIGGERED-PCSCF-RESTORATION-DHCP"},
		{8, "FLOW-MOBILITY"},
	};

	return find(names, PMIP__ARRAY_SIZE(names), value);
}
