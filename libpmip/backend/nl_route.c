/* SPDX-License-Identifier: BSD-2-Clause */
/* Routes and rules as rtnetlink messages: written, read back, and described to people. */
#include <arpa/inet.h>
#include <errno.h>
#include <net/if.h>
#include <stdio.h>
#include <string.h>

#include <linux/fib_rules.h>
#include <linux/nexthop.h>
#include <linux/rtnetlink.h>
#include <netlink/attr.h>
#include <netlink/msg.h>

#include "backend/conntrack.h"
#include "backend/nl.h"

enum {
	REQUEST_OCTETS = 320, /* more than any request of ours */
	IPV4_BITS = 96,       /* before the IPv4 address in ::ffff:a.b.c.d */
	IPV4_OCTETS = 4,
};

const struct pmip_prefix pmip__nl_ipv4 = { .addr = { { [10] = 0xff, [11] = 0xff } }, .len = IPV4_BITS };

struct nl_msg *pmip__nl_request(int type, int flags, const void *header, size_t len)
{
	struct nl_msg *msg = nlmsg_alloc_size(REQUEST_OCTETS);

	if (msg == NULL)
		return NULL;
	if (nlmsg_put(msg, 0, 0, type, (int)len, flags) == NULL) {
		nlmsg_free(msg);
		return NULL;
	}
	memcpy(nlmsg_data(nlmsg_hdr(msg)), header, len);
	return msg;
}

struct nl_msg *pmip__nl_finished(struct nl_msg *msg, int err)
{
	if (err == 0)
		return msg;
	nlmsg_free(msg);
	return NULL;
}

static uint32_t table_of(uint32_t table)
{
	return table != 0 ? table : RT_TABLE_MAIN;
}

static uint8_t family_of(const struct pmip_prefix *prefix)
{
	return pmip__nl_is_ipv4(prefix) ? AF_INET : AF_INET6;
}

static uint8_t bits_of(const struct pmip_prefix *prefix)
{
	return family_of(prefix) == AF_INET ? (uint8_t)(prefix->len - IPV4_BITS) : prefix->len;
}

static int put_addr(struct nl_msg *msg, int type, const struct pmip_addr *addr)
{
	if (pmip_addr_is_ipv4_mapped(addr))
		return nla_put(msg, type, IPV4_OCTETS, addr->b + IPV4_BITS / 8);
	return nla_put(msg, type, sizeof(*addr), addr);
}

static int put_prefix(struct nl_msg *msg, int type, const struct pmip_prefix *prefix)
{
	return bits_of(prefix) == 0 ? 0 : put_addr(msg, type, &prefix->addr);
}

static int put_mtu(struct nl_msg *msg, uint32_t mtu)
{
	struct nlattr *metrics = nla_nest_start(msg, RTA_METRICS);
	int err;

	if (metrics == NULL)
		return -1;
	err = nla_put_u32(msg, RTAX_MTU, mtu);
	nla_nest_end(msg, metrics);
	return err;
}

static bool is_blackhole(const struct pmip__route *route)
{
	return route->oif == 0 && route->nexthop == 0;
}

static struct nl_msg *route_request(struct pmip__nl *nl, int type, int flags, const struct pmip__route *route)
{
	struct rtmsg header = {
		.rtm_family = family_of(&route->dst),
		.rtm_dst_len = bits_of(&route->dst),
		.rtm_src_len = route->src.len,
		.rtm_protocol = pmip__nl_protocol(nl),
		.rtm_scope = RT_SCOPE_NOWHERE, /* to remove one: any */
	};
	struct nl_msg *msg;
	int err = 0;

	if (type == RTM_NEWROUTE) {
		header.rtm_scope = !is_blackhole(route) && pmip_addr_is_unspecified(&route->via) ? RT_SCOPE_LINK : RT_SCOPE_UNIVERSE;
		header.rtm_type = is_blackhole(route) ? RTN_BLACKHOLE : RTN_UNICAST;
		header.rtm_flags = route->onlink ? RTNH_F_ONLINK : 0;
	}
	msg = pmip__nl_request(type, flags, &header, sizeof(header));
	if (msg == NULL)
		return NULL;
	err |= nla_put_u32(msg, RTA_TABLE, table_of(route->table));
	err |= put_prefix(msg, RTA_DST, &route->dst);
	err |= put_prefix(msg, RTA_SRC, &route->src);
	if (route->nexthop != 0)
		err |= nla_put_u32(msg, RTA_NH_ID, route->nexthop);
	else if (route->oif != 0)
		err |= nla_put_u32(msg, RTA_OIF, route->oif);
	if (!pmip_addr_is_unspecified(&route->via))
		err |= put_addr(msg, RTA_GATEWAY, &route->via);
	if (route->metric != 0)
		err |= nla_put_u32(msg, RTA_PRIORITY, route->metric);
	if (route->mtu != 0)
		err |= put_mtu(msg, route->mtu);
	return pmip__nl_finished(msg, err);
}

void pmip__nl_route_set(struct pmip__nl *nl, const struct pmip__route *route, int *result)
{
	pmip__nl_put(nl, route_request(nl, RTM_NEWROUTE, NLM_F_CREATE | NLM_F_REPLACE, route), 0, result);
}

void pmip__nl_route_del(struct pmip__nl *nl, const struct pmip__route *route, int *result)
{
	pmip__nl_put(nl, route_request(nl, RTM_DELROUTE, 0, route), ESRCH, result);
}

static struct nl_msg *rule_request(struct pmip__nl *nl, int type, int flags, const struct pmip__rule *rule)
{
	struct fib_rule_hdr header = {
		.family = family_of(&rule->src),
		.src_len = bits_of(&rule->src),
		.action = FR_ACT_TO_TBL,
	};
	struct nl_msg *msg = pmip__nl_request(type, flags, &header, sizeof(header));
	int err = 0;

	if (msg == NULL)
		return NULL;
	if (rule->table != 0)
		err |= nla_put_u32(msg, FRA_TABLE, rule->table);
	err |= put_prefix(msg, FRA_SRC, &rule->src);
	err |= nla_put_u32(msg, FRA_PRIORITY, rule->priority);
	err |= nla_put_u8(msg, FRA_PROTOCOL, pmip__nl_protocol(nl));
	if (rule->mask != 0)
		err |= nla_put_u32(msg, FRA_FWMARK, rule->mark) | nla_put_u32(msg, FRA_FWMASK, rule->mask);
	if (rule->iif != NULL)
		err |= nla_put_string(msg, FRA_IIFNAME, rule->iif);
	return pmip__nl_finished(msg, err);
}

void pmip__nl_rule_set(struct pmip__nl *nl, const struct pmip__rule *rule, int *result)
{
	/* without EXCL the kernel would keep a second, equal rule */
	pmip__nl_put(nl, rule_request(nl, RTM_NEWRULE, NLM_F_CREATE | NLM_F_EXCL, rule), EEXIST, result);
}

void pmip__nl_rule_del(struct pmip__nl *nl, const struct pmip__rule *rule, int *result)
{
	pmip__nl_put(nl, rule_request(nl, RTM_DELRULE, 0, rule), ENOENT, result);
}

static void read_prefix(struct pmip_prefix *prefix, uint8_t family, const struct nlattr *attr, uint8_t len)
{
	if (family == AF_INET)
		*prefix = pmip__nl_ipv4;
	if (attr == NULL)
		return;
	if (family == AF_INET && nla_len(attr) == IPV4_OCTETS && len <= 128 - IPV4_BITS) {
		memcpy(prefix->addr.b + IPV4_BITS / 8, nla_data(attr), IPV4_OCTETS);
		prefix->len = (uint8_t)(IPV4_BITS + len);
	} else if (family == AF_INET6 && nla_len(attr) == (int)sizeof(prefix->addr) && len <= 128) {
		memcpy(&prefix->addr, nla_data(attr), sizeof(prefix->addr));
		prefix->len = len;
	}
}

void pmip__nl_read_addr(struct pmip_addr *addr, const struct nlattr *attr)
{
	if (attr != NULL && nla_len(attr) == IPV4_OCTETS)
		*addr = pmip_addr_from_ipv4(nla_data(attr));
	else if (attr != NULL && nla_len(attr) == (int)sizeof(*addr))
		memcpy(addr, nla_data(attr), sizeof(*addr));
}

static bool is_ip(uint8_t family)
{
	return family == AF_INET || family == AF_INET6;
}

uint8_t pmip__nl_read_route(struct pmip__route *route, struct nlmsghdr *header)
{
	const struct rtmsg *rtm = nlmsg_data(header);
	struct nlattr *attrs[RTA_MAX + 1], *metrics[RTAX_MAX + 1];

	memset(route, 0, sizeof(*route));
	if (nlmsg_parse(header, (int)sizeof(*rtm), attrs, RTA_MAX, NULL) < 0 || !is_ip(rtm->rtm_family))
		return 0;
	read_prefix(&route->dst, rtm->rtm_family, attrs[RTA_DST], rtm->rtm_dst_len);
	read_prefix(&route->src, AF_INET6, attrs[RTA_SRC], rtm->rtm_src_len);
	route->table = attrs[RTA_TABLE] != NULL ? nla_get_u32(attrs[RTA_TABLE]) : rtm->rtm_table;
	/* the kernel shows a blackhole as a route over the loopback device */
	if (rtm->rtm_type == RTN_UNICAST && attrs[RTA_OIF] != NULL)
		route->oif = nla_get_u32(attrs[RTA_OIF]);
	if (attrs[RTA_NH_ID] != NULL)
		route->nexthop = nla_get_u32(attrs[RTA_NH_ID]);
	pmip__nl_read_addr(&route->via, attrs[RTA_GATEWAY]);
	if (attrs[RTA_PRIORITY] != NULL)
		route->metric = nla_get_u32(attrs[RTA_PRIORITY]);
	if (attrs[RTA_METRICS] != NULL && nla_parse_nested(metrics, RTAX_MAX, attrs[RTA_METRICS], NULL) == 0 &&
	    metrics[RTAX_MTU] != NULL)
		route->mtu = nla_get_u32(metrics[RTAX_MTU]);
	return rtm->rtm_protocol;
}

/* @return the rule's protocol number, 0 when it is no IP rule; iif is a view into header. */
static uint8_t read_rule(struct pmip__rule *rule, struct nlmsghdr *header)
{
	const struct fib_rule_hdr *frh = nlmsg_data(header);
	struct nlattr *attrs[FRA_MAX + 1];

	memset(rule, 0, sizeof(*rule));
	if (nlmsg_parse(header, (int)sizeof(*frh), attrs, FRA_MAX, NULL) < 0 || !is_ip(frh->family) ||
	    attrs[FRA_PROTOCOL] == NULL)
		return 0;
	read_prefix(&rule->src, frh->family, attrs[FRA_SRC], frh->src_len);
	rule->table = attrs[FRA_TABLE] != NULL ? nla_get_u32(attrs[FRA_TABLE]) : frh->table;
	if (attrs[FRA_PRIORITY] != NULL)
		rule->priority = nla_get_u32(attrs[FRA_PRIORITY]);
	if (attrs[FRA_IIFNAME] != NULL)
		rule->iif = nla_get_string(attrs[FRA_IIFNAME]);
	if (attrs[FRA_FWMARK] != NULL)
		rule->mark = nla_get_u32(attrs[FRA_FWMARK]);
	if (attrs[FRA_FWMASK] != NULL)
		rule->mask = nla_get_u32(attrs[FRA_FWMASK]);
	return nla_get_u8(attrs[FRA_PROTOCOL]);
}

struct walk {
	uint8_t protocol;
	void *user;
	void (*route)(void *user, const struct pmip__route *route);
	void (*rule)(void *user, const struct pmip__rule *rule);
};

static void walk_route(void *user, struct nlmsghdr *answer)
{
	const struct walk *walk = user;
	struct pmip__route route;

	if (answer->nlmsg_type == RTM_NEWROUTE && pmip__nl_read_route(&route, answer) == walk->protocol)
		walk->route(walk->user, &route);
}

int pmip__nl_each_route(struct pmip__nl *nl, void (*each)(void *user, const struct pmip__route *route), void *user)
{
	struct walk walk = { .protocol = pmip__nl_protocol(nl), .user = user, .route = each };
	/* a kernel that knows strict dumps sends ours only; an older one ignores the field */
	struct rtmsg header = { .rtm_family = AF_INET6, .rtm_protocol = walk.protocol };
	int err = pmip__nl_dump(nl, pmip__nl_request(RTM_GETROUTE, 0, &header, sizeof(header)), walk_route, &walk);

	header.rtm_family = AF_INET;
	return err < 0 ? err : pmip__nl_dump(nl, pmip__nl_request(RTM_GETROUTE, 0, &header, sizeof(header)), walk_route, &walk);
}

static void walk_rule(void *user, struct nlmsghdr *answer)
{
	const struct walk *walk = user;
	struct pmip__rule rule;

	if (answer->nlmsg_type == RTM_NEWRULE && read_rule(&rule, answer) == walk->protocol)
		walk->rule(walk->user, &rule);
}

int pmip__nl_each_rule(struct pmip__nl *nl, void (*each)(void *user, const struct pmip__rule *rule), void *user)
{
	struct walk walk = { .protocol = pmip__nl_protocol(nl), .user = user, .rule = each };
	struct fib_rule_hdr header = { .family = AF_INET6 };
	int err = pmip__nl_dump(nl, pmip__nl_request(RTM_GETRULE, 0, &header, sizeof(header)), walk_rule, &walk);

	header.family = AF_INET;
	return err < 0 ? err : pmip__nl_dump(nl, pmip__nl_request(RTM_GETRULE, 0, &header, sizeof(header)), walk_rule, &walk);
}

static void read_oif(void *user, struct nlmsghdr *answer)
{
	struct pmip__route route;

	if (answer->nlmsg_type != RTM_NEWROUTE)
		return;
	pmip__nl_read_route(&route, answer);
	*(uint32_t *)user = route.oif;
}

uint32_t pmip__nl_route_oif(struct pmip__nl *nl, const struct pmip_addr *addr)
{
	struct rtmsg header = { .rtm_family = AF_INET6, .rtm_dst_len = 128 };
	struct nl_msg *msg = pmip__nl_request(RTM_GETROUTE, 0, &header, sizeof(header));
	uint32_t oif = 0;

	pmip__nl_ask(nl, msg == NULL ? NULL : pmip__nl_finished(msg, nla_put(msg, RTA_DST, sizeof(*addr), addr)), read_oif, &oif);
	return oif;
}

static void describe_route(struct nlmsghdr *request, char *buf, size_t size)
{
	struct pmip__route route;
	char dst[INET6_ADDRSTRLEN], src[INET6_ADDRSTRLEN], dev[IF_NAMESIZE], way[64];

	pmip__nl_read_route(&route, request);
	if (route.oif == 0 || if_indextoname(route.oif, dev) == NULL)
		snprintf(dev, sizeof(dev), "%s", route.oif == 0 ? "lo" : "?");
	if (route.nexthop != 0)
		snprintf(way, sizeof(way), "nhid %u", route.nexthop);
	else
		snprintf(way, sizeof(way), "dev %s (%u)", dev, route.oif);
	snprintf(buf, size, "%s %sroute %s/%u from %s/%u %s table %u", request->nlmsg_type == RTM_NEWROUTE ? "set" : "remove",
		 is_blackhole(&route) ? "blackhole " : "", inet_ntop(AF_INET6, &route.dst.addr, dst, sizeof(dst)), route.dst.len,
		 inet_ntop(AF_INET6, &route.src.addr, src, sizeof(src)), route.src.len, way, route.table);
}

static void describe_nexthop(struct nlmsghdr *request, char *buf, size_t size)
{
	struct nlattr *id = nlmsg_find_attr(request, (int)sizeof(struct nhmsg), NHA_ID);
	struct nlattr *oif = nlmsg_find_attr(request, (int)sizeof(struct nhmsg), NHA_OIF);

	snprintf(buf, size, "%s nexthop %u dev %u", request->nlmsg_type == RTM_NEWNEXTHOP ? "set" : "remove",
		 id != NULL ? nla_get_u32(id) : 0, oif != NULL ? nla_get_u32(oif) : 0);
}

char *pmip__nl_describe(struct nlmsghdr *request, char *buf, size_t size)
{
	struct nlattr *attr;
	struct pmip__rule rule;
	char src[INET6_ADDRSTRLEN];

	switch (request->nlmsg_type) {
	case RTM_NEWROUTE:
	case RTM_DELROUTE:
		describe_route(request, buf, size);
		break;
	case RTM_NEWRULE:
	case RTM_DELRULE:
		read_rule(&rule, request);
		snprintf(buf, size, "%s rule from %s/%u iif %s fwmark 0x%x/0x%x lookup %u priority %u",
			 request->nlmsg_type == RTM_NEWRULE ? "set" : "remove", inet_ntop(AF_INET6, &rule.src.addr, src, sizeof(src)),
			 rule.src.len, rule.iif != NULL ? rule.iif : "any", rule.mark, rule.mask, rule.table, rule.priority);
		break;
	case RTM_NEWNEXTHOP:
	case RTM_DELNEXTHOP:
		describe_nexthop(request, buf, size);
		break;
	case PMIP__CT_NEW:
		snprintf(buf, size, "mark the connection of a flow");
		break;
	default:
		attr = nlmsg_find_attr(request, (int)sizeof(struct ifinfomsg), IFLA_IFNAME);
		snprintf(buf, size, "%s device %s", request->nlmsg_type == RTM_NEWLINK ? "set" : "remove",
			 attr != NULL ? nla_get_string(attr) : "?");
	}
	return buf;
}
