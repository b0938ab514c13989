/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Options 22 to 43: PMIPv6 (RFC 5213 section 8.3 to 8.8, RFC 5847, RFC 5845, RFC 5648, RFC 6058), IPv4 (RFC 5555, RFC 5844) and fast
 * handovers (RFC 5568, RFC 5949).
 */
#include <string.h>

#include "wire/names.h"
#include "wire/option_table.h"

#define OWNER struct pmip_option
#define LMA_ADDR_IPV6 1 /* codes of option 41 (RFC 5949 section 6.2.2) */
#define LMA_ADDR_IPV4 2

/* RFC 5213 section 8.3. The length beside ALL_ZERO means nothing: it becomes 0. */
static int check_hnp(struct pmip_option *option, const char **rule)
{
	struct pmip_prefix *prefix = &option->u.hnp.prefix;

	if (pmip_addr_is_unspecified(&prefix->addr))
		prefix->len = 0;
	if (pmip_prefix_is_valid(prefix))
		return 0;
	*rule = "the prefix length is over 128, or bits beyond it are set";
	return PMIP_ERR_OPT_VALUE;
}

/* ALL_ZERO is a request, not a prefix: the LMA refuses two of them (status 128). */
static bool same_hnp(const struct pmip_option *a, const struct pmip_option *b)
{
	return !pmip_addr_is_unspecified(&a->u.hnp.prefix.addr) && pmip_prefix_equal(&a->u.hnp.prefix, &b->u.hnp.prefix);
}

/* RFC 5213 section 8.6 leaves the choice: we align the identifier, which stands four octets behind the type, naturally. */
static uint8_t align_ll_id(uint8_t len, uint8_t *y)
{
	uint8_t id_len = (uint8_t)(len - 2);

	*y = id_len % 8 == 0 ? 4 : 0;
	return id_len % 8 == 0 ? 8 : id_len % 4 == 0 ? 4 : 2;
}

static int check_ipv4(struct pmip_option *option, const char **rule)
{
	*rule = "the prefix length is over 32";
	return option->u.ipv4.plen > 32 ? PMIP_ERR_OPT_VALUE : 0;
}

static int check_addr_prefix(struct pmip_option *option, const char **rule)
{
	*rule = "the prefix length is over 128";
	return option->u.addr_prefix.plen > 128 ? PMIP_ERR_OPT_VALUE : 0;
}

/* RFC 5648 sections 4.1 and 6.2. */
static int check_bid(struct pmip_option *option, const char **rule)
{
	const struct pmip_ip *coa = &option->u.bid.coa;
	struct pmip_addr addr;

	*rule = "BID 0 is reserved";
	if (option->u.bid.bid == 0)
		return PMIP_ERR_OPT_VALUE;
	*rule = "the care-of address is not unicast";
	memcpy(addr.b, coa->b, sizeof(addr.b));
	if (coa->len == 16 && !pmip_addr_is_unicast(&addr))
		return PMIP_ERR_OPT_VALUE;
	return coa->len == 4 && (coa->b[0] == 0 || coa->b[0] == 127 || coa->b[0] >= 224) ? PMIP_ERR_OPT_VALUE : 0;
}

static uint8_t align_bid(uint8_t len, uint8_t *y)
{
	*y = len == 4 ? 0 : 2;
	return len == 4 ? 2 : 8;
}

static int check_lma_addr(struct pmip_option *option, const char **rule)
{
	uint8_t code = option->u.lma_addr.code, len = option->u.lma_addr.addr.len;

	*rule = "the address does not fit the code";
	return (code == LMA_ADDR_IPV6 && len != 16) || (code == LMA_ADDR_IPV4 && len != 4) ? PMIP_ERR_OPT_LEN : 0;
}

#define HNP_IN (IN(BU) | IN(BA) | IN(HI) | IN(HACK) | IN(REVOCATION) | IN(LRI) | IN(LRA) | IN(UPN) | IN(UPA) | IN(SUBSCRIPTION_QUERY) | \
		IN(SUBSCRIPTION_RESPONSE))
#define PROXY_IN (IN(BU) | IN(BA))
#define FAST_IN (IN(HI) | IN(HACK))
#define SLOT(type) [(type) - PMIP__ROWS_PROXY_FIRST]

const struct pmip__option_row pmip__rows_proxy[] = {
	SLOT(PMIP_OPT_HNP) = {
		ROW(PMIP_OPT_HNP, "Home Network Prefix", "HNP", "RFC 5213 8.3", 18, 18, 8, 4, REPEATS, HNP_IN,
		    FIELDS(FLAG(1, 0x80, false, hnp.off_link, "Off-link", "off_link"), FIELD(PREFIX, hnp.prefix, "Prefix", "prefix"))),
		.check = check_hnp,
		.same = same_hnp,
	},
	SLOT(PMIP_OPT_HI) = {
		ROW(PMIP_OPT_HI, "Handoff Indicator", "HandoffIndicator", "RFC 5213 8.4", 2, 2, 1, 0, ONCE, PROXY_IN,
		    FIELDS(RESERVED(1), CODE(1, hi, "Value", "hi", pmip__hi_name))),
	},
	SLOT(PMIP_OPT_ATT) = {
		ROW(PMIP_OPT_ATT, "Access Technology Type", "AccessTechType", "RFC 5213 8.5", 2, 2, 1, 0, ONCE, PROXY_IN,
		    FIELDS(RESERVED(1), CODE(1, att, "Value", "att", pmip__att_name))),
	},
	SLOT(PMIP_OPT_LL_ID) = {
		ROW(PMIP_OPT_LL_ID, "Mobile Node Link-layer Identifier", "MN-LL-ID", "RFC 5213 8.6", 3, 255, 2, 0, ONCE, PROXY_IN | FAST_IN,
		    FIELDS(RESERVED(2), FIELD(LLID, ll_id, "Identifier", "ll_id"))),
		.align = align_ll_id,
	},
	SLOT(PMIP_OPT_LLA) = {
		ROW(PMIP_OPT_LLA, "Link-local Address", "LinkLocalAddr", "RFC 5213 8.7", 16, 16, 8, 6, ONCE, PROXY_IN,
		    FIELDS(FIELD(ADDR, lla, "Address", "address"))),
	},
	SLOT(PMIP_OPT_TIMESTAMP) = {
		ROW(PMIP_OPT_TIMESTAMP, "Timestamp", "Timestamp", "RFC 5213 8.8", 8, 8, 8, 2, ONCE, PROXY_IN,
		    FIELDS(FIELD(TIMESTAMP, timestamp, "Time", "timestamp"))),
	},
	SLOT(PMIP_OPT_RESTART_COUNTER) = {
		ROW(PMIP_OPT_RESTART_COUNTER, "Restart Counter", "RestartCounter", "RFC 5847 3.4", 4, 4, 4, 2, REPEATS, IN(HEARTBEAT),
		    FIELDS(UINT(4, restart_counter, "Counter", "counter"))),
	},
	SLOT(PMIP_OPT_IPV4_HOA) = {
		ROW(PMIP_OPT_IPV4_HOA, "IPv4 Home Address", "IPv4HoA", "RFC 5555 3.1.1", 6, 6, 4, 0, REPEATS, IN(BU),
		    FIELDS(BITS(2, 0xfc00, true, ipv4.plen, "Prefix length", "plen"), FLAG(2, 0x0200, false, ipv4.prefix, "Prefix wanted", "p"),
			   IPV4(ipv4.addr, "Address", "address"))),
		.check = check_ipv4,
	},
	SLOT(PMIP_OPT_IPV4_ACK) = {
		ROW(PMIP_OPT_IPV4_ACK, "IPv4 Address Acknowledgement", "IPv4AddrAck", "RFC 5555 3.2.1", 6, 6, 4, 0, REPEATS, IN(BA),
		    FIELDS(CODE(1, ipv4.status, "Status", "status", pmip_ipv4_status_name),
			   BITS(1, 0xfc, false, ipv4.plen, "Prefix length", "plen"), IPV4(ipv4.addr, "Address", "address"))),
		.check = check_ipv4,
	},
	SLOT(PMIP_OPT_NAT_DETECTION) = {
		ROW(PMIP_OPT_NAT_DETECTION, "NAT Detection", "NATDetection", "RFC 5555 3.2.2", 6, 6, 4, 0, REPEATS, IN(BA),
		    FIELDS(FLAG(2, 0x8000, false, nat.force, "Force", "F"), UINT(4, nat.refresh_s, "Refresh time", "refresh_time"))),
	},
	SLOT(PMIP_OPT_IPV4_COA) = {
		ROW(PMIP_OPT_IPV4_COA, "IPv4 Care-of Address", "IPv4CoA", "RFC 5555 3.1.2", 6, 6, 4, 0, REPEATS, IN(BU),
		    FIELDS(RESERVED(2), IPV4(ip, "Address", "address"))),
	},
	SLOT(PMIP_OPT_GRE_KEY) = {
		ROW(PMIP_OPT_GRE_KEY, "GRE Key", "GREKey", "RFC 5845 6.1", 2, 6, 4, 0, ONCE, PROXY_IN,
		    FIELDS(RESERVED(2), FIELD(KEY, gre_key, "Key", "key"))),
	},
	SLOT(PMIP_OPT_MH_ADDR_PREFIX) = {
		ROW(PMIP_OPT_MH_ADDR_PREFIX, "Mobility Header IPv6 Address/Prefix", "MHIPv6AddrPrefix", "RFC 5568 6.4.2", 18, 18, 8, 4, REPEATS,
		    FAST_IN | IN(FBU), FIELDS(UINT(1, addr_prefix.code, "Code", "code"), UINT(1, addr_prefix.plen, "Prefix length", "plen"),
					      FIELD(ADDR, addr_prefix.addr, "Address", "address"))),
		.check = check_addr_prefix,
	},
	SLOT(PMIP_OPT_BID) = {
		ROW(PMIP_OPT_BID, "Binding Identifier", "BindingID", "RFC 5648 4.1", 4, 20, 2, 0, REPEATS, PROXY_IN | IN(BRR),
		    FIELDS(UINT(2, bid.bid, "BID", "bid"), CODE(1, bid.status, "Status", "status", pmip_status_name),
			   FLAG(1, 0x80, true, bid.home, "Home", "h"), BITS(1, 0x7f, false, bid.priority, "Priority", "bid_pri"),
			   IP(PMIP_IP_NONE | PMIP_IP_4 | PMIP_IP_16, bid.coa, "Care-of address", "coa"))),
		.check = check_bid,
		.align = align_bid,
		.reaction = PMIP_REACT_REPLY,
		.status = PMIP_STATUS_MCOA_MALFORMED,
	},
	SLOT(PMIP_OPT_IPV4_HOA_REQUEST) = {
		ROW(PMIP_OPT_IPV4_HOA_REQUEST, "IPv4 Home Address Request", "IPv4HoARequest", "RFC 5844 3.3.1", 6, 6, 4, 0, ONCE,
		    IN(BU) | IN(REVOCATION), FIELDS(BITS(2, 0xfc00, false, ipv4.plen, "Prefix length", "plen"),
						    IPV4(ipv4.addr, "Address", "address"))),
		.check = check_ipv4,
		.repeats_in = IN(BU), /* answered with a status of its own */
	},
	SLOT(PMIP_OPT_IPV4_HOA_REPLY) = {
		ROW(PMIP_OPT_IPV4_HOA_REPLY, "IPv4 Home Address Reply", "IPv4HoAReply", "RFC 5844 3.3.2", 6, 6, 4, 0, REPEATS, IN(BA),
		    FIELDS(CODE(1, ipv4.status, "Status", "status", pmip_ipv4_status_name),
			   BITS(1, 0xfc, false, ipv4.plen, "Prefix length", "plen"), IPV4(ipv4.addr, "Address", "address"))),
		.check = check_ipv4,
	},
	SLOT(PMIP_OPT_IPV4_ROUTER) = {
		ROW(PMIP_OPT_IPV4_ROUTER, "IPv4 Default-Router Address", "IPv4DefaultRouter", "RFC 5844 3.3.3", 6, 6, 4, 0, ONCE, IN(BA),
		    FIELDS(RESERVED(2), IPV4(ip, "Address", "address"))),
	},
	SLOT(PMIP_OPT_IPV4_DHCP_MODE) = {
		ROW(PMIP_OPT_IPV4_DHCP_MODE, "IPv4 DHCP Support Mode", "IPv4DHCPMode", "RFC 5844 3.3.4", 2, 2, 1, 0, ONCE, IN(BA),
		    FIELDS(FLAG(2, 0x0001, false, dhcp_server, "MAG is the server", "server"))),
	},
	SLOT(PMIP_OPT_CONTEXT_REQUEST) = {
		ROW(PMIP_OPT_CONTEXT_REQUEST, "Context Request", "ContextRequest", "RFC 5949 6.2.1", 2, 255, 1, 0, REPEATS, IN(HI),
		    FIELDS(RESERVED(2), SUBOPTIONS(PMIP_SUB_CONTEXT, suboptions, "Requests", "requests"))),
		.check = pmip__check_suboptions,
	},
	SLOT(PMIP_OPT_LMA_ADDR) = {
		ROW(PMIP_OPT_LMA_ADDR, "Local Mobility Anchor Address", "LMAAddress", "RFC 5949 6.2.2", 6, 18, 1, 0, REPEATS, FAST_IN,
		    FIELDS(UINT(1, lma_addr.code, "Code", "code"), RESERVED(1),
			   IP(PMIP_IP_4 | PMIP_IP_16, lma_addr.addr, "Address", "address"))),
		.check = check_lma_addr,
	},
	SLOT(PMIP_OPT_LLA_IID) = {
		ROW(PMIP_OPT_LLA_IID, "Mobile Node Link-local Address Interface Identifier", "MN-LLA-IID", "RFC 5949 6.2.3", 10, 10, 1, 0,
		    REPEATS, FAST_IN, FIELDS(RESERVED(2), OCTETS(8, token, "Interface identifier", "iid"))),
	},
	SLOT(PMIP_OPT_TRANSIENT_BINDING) = {
		ROW(PMIP_OPT_TRANSIENT_BINDING, "Transient Binding", "TransientBinding", "RFC 6058 4.3", 2, 2, 1, 0, ONCE, PROXY_IN,
		    FIELDS(FLAG(1, 0x01, false, transient.late, "Late path switch", "L"),
			   UINT(1, transient.lifetime_100ms, "Lifetime in 100 ms", "lifetime"))),
	},
};
