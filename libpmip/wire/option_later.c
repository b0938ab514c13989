/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Options 44 to 70: flows (RFC 6089), redirection and load (RFC 6463), groups (RFC 6602), access networks (RFC 6757), multicast (RFC
 * 7028, RFC 7161), delegated prefixes (RFC 7148), quality of service (RFC 7222), several MAG uplinks (RFC 8278) and others.
 */
#include <string.h>

#include "wire/names.h"
#include "wire/option_table.h"
#include "wire/suboption.h"

#define OWNER struct pmip_option
#define MLDV2_REPORT 143  /* message types (RFC 3810 section 5.2, RFC 3376 section 4.2) */
#define IGMPV3_REPORT 34

/* RFC 6089 sections 4.2 and 5.3.2.1. What is wrong with a flow is for its own status, the message stands. */
static int check_flow_id(struct pmip_option *option, const char **rule)
{
	struct pmip_opt_flow_id *flow = &option->u.flow_id;

	flow->error = 0;
	if (flow->fid == 0 || flow->priority == 0) {
		flow->error = PMIP_ERR_OPT_VALUE;
		*rule = flow->fid == 0 ? "FID 0 is reserved" : "FID-PRI 0 is reserved";
	} else {
		flow->error = pmip__suboptions_check(option, rule);
	}
	flow->rule = flow->error == 0 ? NULL : *rule;
	flow->reject = flow->error == 0 ? 0 :
		       flow->error == PMIP_ERR_SELECTOR_FORMAT ? PMIP_FLOW_SELECTOR_NOT_SUPPORTED : PMIP_FLOW_MALFORMED;
	return 0;
}

/* 8n with sub-options, so that what is in them is aligned. */
static uint8_t align_flow_id(uint8_t len, uint8_t *y)
{
	*y = 0;
	return len > 6 ? 8 : 2;
}

/* RFC 6463 section 4.2: exactly one of K and N, and the address of that kind. */
static int check_redirect(struct pmip_option *option, const char **rule)
{
	const struct pmip_opt_redirect *redirect = &option->u.redirect;

	*rule = "not exactly one of K and N is set";
	if (redirect->ipv6 == redirect->ipv4)
		return PMIP_ERR_OPT_VALUE;
	*rule = "the address is not of the kind announced";
	return redirect->addr.len != (redirect->ipv6 ? 16 : 4) ? PMIP_ERR_OPT_LEN : 0;
}

/* RFC 6602 section 4.3. */
static bool same_group(const struct pmip_option *a, const struct pmip_option *b)
{
	return a->u.group.subtype == b->u.group.subtype;
}

size_t pmip_record_len(uint8_t protocol, const uint8_t *data, size_t len)
{
	/* type8, auxiliary words8, sources16, group, sources: RFC 3810 section 5.2.4, RFC 3376 section 4.2.4 */
	size_t addr = protocol == MLDV2_REPORT ? 16 : 4, need = 4 + addr;

	if (protocol != MLDV2_REPORT && protocol != IGMPV3_REPORT)
		return len;
	if (len < need)
		return 0;
	need += (size_t)(data[2] << 8 | data[3]) * addr + (size_t)data[1] * 4;
	return need <= len ? need : 0;
}

static int check_multicast_selector(struct pmip_option *option, const char **rule)
{
	const struct pmip_records *records = &option->u.multicast_selector.records;
	uint8_t protocol = option->u.multicast_selector.protocol;
	size_t at = 0, count = 0, len;

	*rule = "the number of records is not the one announced";
	if (protocol != MLDV2_REPORT && protocol != IGMPV3_REPORT)
		return 0;
	for (; at < records->bytes.len; at += len, count++) {
		len = pmip_record_len(protocol, records->bytes.data + at, records->bytes.len - at);
		if (len == 0)
			return PMIP_ERR_COUNT;
	}
	return count == records->count ? 0 : PMIP_ERR_COUNT;
}

static bool clear_beyond(const uint8_t *b, size_t octets, uint8_t plen)
{
	struct pmip_prefix prefix = {.len = plen};

	memcpy(prefix.addr.b, b, octets);
	return plen <= octets * 8 && pmip_prefix_is_valid(&prefix);
}

static int check_delegated(struct pmip_option *option, const char **rule)
{
	const struct pmip_opt_delegated *delegated = &option->u.delegated;

	*rule = "the prefix is not of the kind announced";
	if (delegated->prefix.len != (delegated->ipv4 ? 4 : 16))
		return PMIP_ERR_OPT_LEN;
	*rule = "the prefix length is too great, or bits beyond it are set";
	return clear_beyond(delegated->prefix.b, delegated->prefix.len, delegated->plen) ? 0 : PMIP_ERR_OPT_VALUE;
}

static int check_previous_maar(struct pmip_option *option, const char **rule)
{
	const struct pmip_opt_previous_maar *maar = &option->u.previous_maar;

	*rule = "the prefix length is over 128, or bits beyond it are set";
	return clear_beyond(maar->prefix.b, sizeof(maar->prefix.b), maar->plen) ? 0 : PMIP_ERR_OPT_VALUE;
}

#define PROXY_IN (IN(BU) | IN(BA))
#define MULTICAST_IN (PROXY_IN | IN(SUBSCRIPTION_RESPONSE))
#define SLOT(type) [(type) - PMIP__ROWS_LATER_FIRST]

const struct pmip__option_row pmip__rows_later[] = {
	SLOT(PMIP_OPT_FLOW_SUMMARY) = {
		ROW(PMIP_OPT_FLOW_SUMMARY, "Flow Summary", "FlowSummary", "RFC 6089 4.3", 2, 254, 2, 0, REPEATS, IN(BU),
		    FIELDS(FIELD(UINT16S, flow_ids, "FIDs", "fids"))),
	},
	SLOT(PMIP_OPT_FLOW_ID) = {
		ROW(PMIP_OPT_FLOW_ID, "Flow Identification", "FlowIdentification", "RFC 6089 4.2", 6, 255, 2, 0, REPEATS,
		    PROXY_IN | IN(UPN) | IN(UPA) | IN(FLOW_BINDING),
		    FIELDS(UINT(2, flow_id.fid, "FID", "fid"), UINT(2, flow_id.priority, "FID-PRI", "fid_pri"), RESERVED(1),
			   CODE(1, flow_id.status, "Status", "status", pmip__flow_status_name),
			   SUBOPTIONS(PMIP_SUB_FLOW, flow_id.suboptions, "Sub-options", "subopts"))),
		.check = check_flow_id,
		.align = align_flow_id,
	},
	SLOT(PMIP_OPT_REDIRECT_CAPABILITY) = {
		ROW(PMIP_OPT_REDIRECT_CAPABILITY, "Redirect-Capability", "RedirectCapability", "RFC 6463 4.1", 2, 2, 4, 0, ONCE, IN(BU),
		    FIELDS(RESERVED(2))),
	},
	SLOT(PMIP_OPT_REDIRECT) = {
		ROW(PMIP_OPT_REDIRECT, "Redirect", "Redirect", "RFC 6463 4.2", 6, 18, 4, 0, ONCE, IN(BA),
		    FIELDS(FLAG(2, 0x8000, true, redirect.ipv6, "IPv6", "K"), FLAG(2, 0x4000, false, redirect.ipv4, "IPv4", "N"),
			   IP(PMIP_IP_4 | PMIP_IP_16, redirect.addr, "r2LMA", "address"))),
		.check = check_redirect,
	},
	SLOT(PMIP_OPT_LOAD_INFORMATION) = {
		ROW(PMIP_OPT_LOAD_INFORMATION, "Load Information", "LoadInformation", "RFC 6463 4.3", 18, 18, 4, 0, ONCE, IN(BA),
		    FIELDS(UINT(2, load.priority, "Priority", "priority"), UINT(4, load.sessions, "Sessions in use", "sessions"),
			   UINT(4, load.max_sessions, "Most sessions", "max_sessions"),
			   UINT(4, load.used_capacity, "Used capacity in kilobytes/s", "used_capacity"),
			   UINT(4, load.max_capacity, "Greatest capacity in kilobytes/s", "max_capacity"))),
	},
	SLOT(PMIP_OPT_ALT_IPV4_COA) = {
		ROW(PMIP_OPT_ALT_IPV4_COA, "Alternate IPv4 Care-of Address", "AltIPv4CoA", "RFC 6463 4.4", 4, 4, 4, 2, ONCE, PROXY_IN,
		    FIELDS(IPV4(ip, "Address", "address"))),
	},
	SLOT(PMIP_OPT_MN_GROUP_ID) = {
		ROW(PMIP_OPT_MN_GROUP_ID, "Mobile Node Group Identifier", "MNGroupID", "RFC 6602 4.3", 6, 6, 4, 0, REPEATS,
		    PROXY_IN | IN(REVOCATION) | IN(UPN), FIELDS(UINT(1, group.subtype, "Subtype", "subtype"), RESERVED(1),
								UINT(4, group.id, "Identifier", "group_id"))),
		.same = same_group,
	},
	SLOT(PMIP_OPT_MAG_ADDR) = {
		ROW(PMIP_OPT_MAG_ADDR, "MAG IPv6 Address", "MAGIPv6Address", "RFC 6705 11.1", 18, 18, 8, 4, REPEATS, IN(LRI),
		    FIELDS(RESERVED(1), UINT(1, mag_addr.len, "Length", "addr_len"), FIELD(ADDR, mag_addr.addr, "Address", "address"))),
	},
	SLOT(PMIP_OPT_ANI) = {
		ROW(PMIP_OPT_ANI, "Access Network Identifier", "ANI", "RFC 6757 3", 0, 255, 4, 0, REPEATS, IN(BU),
		    FIELDS(SUBOPTIONS(PMIP_SUB_ANI, suboptions, "Sub-options", "subopts"))),
		.check = pmip__check_suboptions,
	},
	SLOT(PMIP_OPT_IPV4_OFFLOAD) = {
		ROW(PMIP_OPT_IPV4_OFFLOAD, "IPv4 Traffic Offload Selector", "IPv4OffloadSelector", "RFC 6909 3.1", 4, 255, 4, 0, REPEATS,
		    PROXY_IN, FIELDS(FLAG(4, 0x80000000, false, offload.mode, "Mode", "M"),
				     SUBOPTIONS(PMIP_SUB_FLOW, offload.suboptions, "Sub-options", "subopts"))),
		.check = pmip__check_suboptions,
	},
	SLOT(PMIP_OPT_MULTICAST_SELECTOR) = {
		ROW(PMIP_OPT_MULTICAST_SELECTOR, "Dynamic IP Multicast Selector", "DynMcastSelector", "RFC 7028 5.1", 4, 255, 1, 0, REPEATS,
		    PROXY_IN, FIELDS(UINT(1, multicast_selector.protocol, "Protocol", "protocol"),
				     FLAG(1, 0x80, false, multicast_selector.mode, "Mode", "M"),
				     FIELD(RECORDS, multicast_selector.records, "Records", "records"))),
		.check = check_multicast_selector,
	},
	SLOT(PMIP_OPT_DELEGATED_MNP) = {
		ROW(PMIP_OPT_DELEGATED_MNP, "Delegated Mobile Network Prefix", "DMNP", "RFC 7148 4.1", 6, 18, 8, 2, REPEATS, PROXY_IN,
		    FIELDS(FLAG(1, 0x80, false, delegated.ipv4, "IPv4", "v4"), UINT(1, delegated.plen, "Prefix length", "plen"),
			   IP(PMIP_IP_4 | PMIP_IP_16, delegated.prefix, "Prefix", "prefix"))),
		.check = check_delegated,
	},
	SLOT(PMIP_OPT_MULTICAST_IPV4) = {
		ROW(PMIP_OPT_MULTICAST_IPV4, "Active Multicast Subscription for IPv4", "ActiveMcast4", "RFC 7161 4.1", 1, 255, 4, 1, REPEATS,
		    MULTICAST_IN, FIELDS(UINT(1, multicast.code, "IGMP type", "igmp_type"),
					 FIELD(REST, multicast.bytes, "Context", "context"))),
	},
	SLOT(PMIP_OPT_MULTICAST_IPV6) = {
		ROW(PMIP_OPT_MULTICAST_IPV6, "Active Multicast Subscription for IPv6", "ActiveMcast6", "RFC 7161 4.1", 1, 255, 8, 1, REPEATS,
		    MULTICAST_IN, FIELDS(UINT(1, multicast.code, "MLD type", "mld_type"),
					 FIELD(REST, multicast.bytes, "Context", "context"))),
	},
	SLOT(PMIP_OPT_QOS) = {
		ROW(PMIP_OPT_QOS, "Quality of Service", "QoS", "RFC 7222 4.1", 6, 255, 4, 0, REPEATS, PROXY_IN | IN(UPN) | IN(UPA),
		    FIELDS(UINT(1, qos.service_request, "Service request", "sr_id"), BITS(1, 0xfc, false, qos.dscp, "DSCP", "dscp"),
			   CODE(1, qos.operation, "Operation", "oc", pmip__qos_operation_name), RESERVED(3),
			   SUBOPTIONS(PMIP_SUB_QOS, qos.attributes, "Attributes", "attributes"))),
		.check = pmip__check_suboptions,
	},
	SLOT(PMIP_OPT_LMA_USER_PLANE) = {
		ROW(PMIP_OPT_LMA_USER_PLANE, "LMA User-Plane Address", "LMAUserPlaneAddr", "RFC 7389 4", 2, 18, 8, 2, REPEATS, PROXY_IN,
		    FIELDS(RESERVED(2), IP(PMIP_IP_NONE | PMIP_IP_4 | PMIP_IP_16, ip, "Address", "address"))),
	},
	SLOT(PMIP_OPT_MAG_PARAMETERS) = {
		ROW(PMIP_OPT_MAG_PARAMETERS, "LMA-Controlled MAG Parameters", "LMAControlledMAGParams", "RFC 8127 3.1", 0, 255, 4, 2, ONCE,
		    IN(BA), FIELDS(SUBOPTIONS(PMIP_SUB_MAG_PARAMETERS, suboptions, "Sub-options", "subopts"))),
		.check = pmip__check_suboptions,
		.reaction = PMIP_REACT_IGNORE,
	},
	SLOT(PMIP_OPT_MAG_MULTIPATH) = {
		ROW(PMIP_OPT_MAG_MULTIPATH, "MAG Multipath Binding", "MAGMultipath", "RFC 8278 4.1", 6, 6, 1, 0, REPEATS, PROXY_IN,
		    FIELDS(CODE(1, multipath.att, "Interface type", "if_att", pmip__att_name),
			   UINT(1, multipath.label, "Interface label", "if_label"), UINT(1, multipath.bid, "BID", "bid"),
			   FLAG(1, 0x80, true, multipath.bulk, "Bulk", "B"), FLAG(1, 0x40, false, multipath.overwrite, "Overwrite", "O"),
			   RESERVED(2))),
	},
	SLOT(PMIP_OPT_MAG_ID) = {
		ROW(PMIP_OPT_MAG_ID, "MAG Identifier", "MAGIdentifier", "RFC 8278 4.2", 3, 255, 1, 0, ONCE, IN(BU),
		    FIELDS({PMIP_FIELD_MNID, .mask = 1, .at = AT(mag_id), .name = "Identifier", .key = "id_hex"})),
	},
	SLOT(PMIP_OPT_ANCHORED_PREFIX) = {
		ROW(PMIP_OPT_ANCHORED_PREFIX, "Anchored Prefix", "AnchoredPrefix", "RFC 8885 4.3", 18, 18, 8, 4, REPEATS, PROXY_IN,
		    FIELDS(RESERVED(1), FIELD(PREFIX, prefix, "Prefix", "prefix"))),
		.check = pmip__check_prefix,
	},
	SLOT(PMIP_OPT_LOCAL_PREFIX) = {
		ROW(PMIP_OPT_LOCAL_PREFIX, "Local Prefix", "LocalPrefix", "RFC 8885 4.4", 18, 18, 8, 4, REPEATS, PROXY_IN,
		    FIELDS(RESERVED(1), FIELD(PREFIX, prefix, "Prefix", "prefix"))),
		.check = pmip__check_prefix,
	},
	SLOT(PMIP_OPT_PREVIOUS_MAAR) = {
		ROW(PMIP_OPT_PREVIOUS_MAAR, "Previous MAAR", "PreviousMAAR", "RFC 8885 4.5", 34, 34, 8, 4, REPEATS, PROXY_IN,
		    FIELDS(RESERVED(1), UINT(1, previous_maar.plen, "Prefix length", "plen"),
			   FIELD(ADDR, previous_maar.maar, "Address", "address"), FIELD(ADDR, previous_maar.prefix, "Prefix", "prefix"))),
		.check = check_previous_maar,
	},
	SLOT(PMIP_OPT_SERVING_MAAR) = {
		ROW(PMIP_OPT_SERVING_MAAR, "Serving MAAR", "ServingMAAR", "RFC 8885 4.6", 16, 16, 8, 6, REPEATS, PROXY_IN,
		    FIELDS(FIELD(ADDR, addr, "Address", "address"))),
	},
	SLOT(PMIP_OPT_DLIF_LLA) = {
		ROW(PMIP_OPT_DLIF_LLA, "DLIF Link-Local Address", "DLIFLinkLocalAddr", "RFC 8885 4.7", 16, 16, 8, 6, REPEATS, PROXY_IN,
		    FIELDS(FIELD(ADDR, addr, "Address", "address"))),
	},
	SLOT(PMIP_OPT_DLIF_LL) = {
		ROW(PMIP_OPT_DLIF_LL, "DLIF Link-Layer Address", "DLIFLinkLayerAddr", "RFC 8885 4.8", 3, 255, 1, 0, REPEATS, PROXY_IN,
		    FIELDS(RESERVED(2), FIELD(REST, bytes, "Address", "ll_addr"))),
	},
};
