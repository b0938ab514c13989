/* SPDX-License-Identifier: BSD-2-Clause */
/* Connections as nfnetlink messages. */
#include <arpa/inet.h>
#include <errno.h>
#include <string.h>

#include <linux/netfilter/nf_conntrack_tcp.h>
#include <netlink/attr.h>
#include <netlink/msg.h>

#include "backend/conntrack.h"
#include "backend/if_sysctl.h"

enum {
	IPV4_AT = 12, /* in ::ffff:a.b.c.d */
	IPV4_OCTETS = 4,
	MADE_TIMEOUT_S = 600, /* of a connection made here, until its first packet: then the kernel's own for its protocol */
	LIBERAL = IP_CT_TCP_FLAG_BE_LIBERAL,
};

bool pmip__ct_is_loaded(void)
{
	return pmip__if_sysctl_get(".", "netfilter", "nf_conntrack_acct") >= 0;
}

static bool is_ipv4(const struct pmip_flow *flow)
{
	return pmip_addr_is_ipv4_mapped(&flow->dst);
}

static struct nl_msg *request(int type, int flags, const struct pmip_flow *flow)
{
	struct nfgenmsg header = { .nfgen_family = AF_UNSPEC, .version = NFNETLINK_V0 };

	if (flow != NULL)
		header.nfgen_family = is_ipv4(flow) ? AF_INET : AF_INET6;
	return pmip__nl_request(NFNL_SUBSYS_CTNETLINK << 8 | type, flags, &header, sizeof(header));
}

static int put_addresses(struct nl_msg *msg, const struct pmip_flow *flow)
{
	struct nlattr *ip = nla_nest_start(msg, CTA_TUPLE_IP | NLA_F_NESTED);
	int err;

	if (ip == NULL)
		return -1;
	if (is_ipv4(flow)) {
		err = nla_put(msg, CTA_IP_V4_SRC, IPV4_OCTETS, flow->src.b + IPV4_AT);
		err |= nla_put(msg, CTA_IP_V4_DST, IPV4_OCTETS, flow->dst.b + IPV4_AT);
	} else {
		err = nla_put(msg, CTA_IP_V6_SRC, sizeof(flow->src), &flow->src);
		err |= nla_put(msg, CTA_IP_V6_DST, sizeof(flow->dst), &flow->dst);
	}
	nla_nest_end(msg, ip);
	return err;
}

static int put_flow(struct nl_msg *msg, int type, const struct pmip_flow *flow)
{
	struct nlattr *tuple = nla_nest_start(msg, type | NLA_F_NESTED), *proto;
	int err = tuple == NULL ? -1 : put_addresses(msg, flow);

	proto = err == 0 ? nla_nest_start(msg, CTA_TUPLE_PROTO | NLA_F_NESTED) : NULL;
	if (proto == NULL)
		return -1;
	err = nla_put_u8(msg, CTA_PROTO_NUM, flow->protocol);
	err |= nla_put_u16(msg, CTA_PROTO_SRC_PORT, htons(flow->src_port));
	err |= nla_put_u16(msg, CTA_PROTO_DST_PORT, htons(flow->dst_port));
	nla_nest_end(msg, proto);
	nla_nest_end(msg, tuple);
	return err;
}

static int put_mark(struct nl_msg *msg, uint32_t mark, uint32_t mask)
{
	return nla_put_u32(msg, CTA_MARK, htonl(mark)) | nla_put_u32(msg, CTA_MARK_MASK, htonl(mask));
}

void pmip__ct_mark(struct pmip__nl *nl, const struct pmip_flow *flow, uint32_t mark, uint32_t mask, int *result)
{
	struct nl_msg *msg = request(IPCTNL_MSG_CT_NEW, 0, flow);

	if (msg != NULL)
		msg = pmip__nl_finished(msg, put_flow(msg, CTA_TUPLE_ORIG, flow) | put_mark(msg, mark, mask));
	pmip__nl_put(nl, msg, ENOENT, result);
}

/* As if its beginning had not been seen: in the state "established" either end may begin it anew, and windows are not looked at. */
static int put_tcp(struct nl_msg *msg)
{
	struct nf_ct_tcp_flags flags = { .flags = LIBERAL, .mask = LIBERAL };
	struct nlattr *info = nla_nest_start(msg, CTA_PROTOINFO | NLA_F_NESTED), *tcp;
	int err;

	tcp = info == NULL ? NULL : nla_nest_start(msg, CTA_PROTOINFO_TCP | NLA_F_NESTED);
	if (tcp == NULL)
		return -1;
	err = nla_put_u8(msg, CTA_PROTOINFO_TCP_STATE, TCP_CONNTRACK_ESTABLISHED);
	err |= nla_put(msg, CTA_PROTOINFO_TCP_FLAGS_ORIGINAL, sizeof(flags), &flags);
	err |= nla_put(msg, CTA_PROTOINFO_TCP_FLAGS_REPLY, sizeof(flags), &flags);
	nla_nest_end(msg, tcp);
	nla_nest_end(msg, info);
	return err;
}

void pmip__ct_make(struct pmip__nl *nl, const struct pmip_flow *flow, uint32_t mark, int *result)
{
	struct nl_msg *msg = request(IPCTNL_MSG_CT_NEW, NLM_F_CREATE | NLM_F_EXCL, flow);
	struct pmip_flow back = pmip_flow_reverse(flow);
	int err;

	if (msg != NULL) {
		err = put_flow(msg, CTA_TUPLE_ORIG, flow) | put_flow(msg, CTA_TUPLE_REPLY, &back) | nla_put_u32(msg, CTA_MARK, htonl(mark)) |
		      nla_put_u32(msg, CTA_TIMEOUT, htonl(MADE_TIMEOUT_S));
		if (flow->protocol == IPPROTO_TCP)
			err |= put_tcp(msg);
		msg = pmip__nl_finished(msg, err);
	}
	pmip__nl_put(nl, msg, EEXIST, result);
}

static uint16_t read_port(const struct nlattr *attr)
{
	return attr != NULL && nla_len(attr) == (int)sizeof(uint16_t) ? ntohs(nla_get_u16(attr)) : 0;
}

static void read_addr(struct pmip_addr *addr, const struct nlattr *ipv6, const struct nlattr *ipv4)
{
	if (ipv6 != NULL && nla_len(ipv6) == (int)sizeof(*addr)) {
		memcpy(addr, nla_data(ipv6), sizeof(*addr));
	} else if (ipv4 != NULL && nla_len(ipv4) == IPV4_OCTETS) {
		*addr = pmip__nl_ipv4.addr;
		memcpy(addr->b + IPV4_AT, nla_data(ipv4), IPV4_OCTETS);
	}
}

static bool read_flow(struct pmip_flow *flow, struct nlattr *attr)
{
	struct nlattr *tuple[CTA_TUPLE_MAX + 1], *ip[CTA_IP_MAX + 1], *proto[CTA_PROTO_MAX + 1];

	if (attr == NULL || nla_parse_nested(tuple, CTA_TUPLE_MAX, attr, NULL) < 0 || tuple[CTA_TUPLE_IP] == NULL ||
	    tuple[CTA_TUPLE_PROTO] == NULL || nla_parse_nested(ip, CTA_IP_MAX, tuple[CTA_TUPLE_IP], NULL) < 0 ||
	    nla_parse_nested(proto, CTA_PROTO_MAX, tuple[CTA_TUPLE_PROTO], NULL) < 0 || proto[CTA_PROTO_NUM] == NULL)
		return false;
	read_addr(&flow->src, ip[CTA_IP_V6_SRC], ip[CTA_IP_V4_SRC]);
	read_addr(&flow->dst, ip[CTA_IP_V6_DST], ip[CTA_IP_V4_DST]);
	flow->protocol = nla_get_u8(proto[CTA_PROTO_NUM]);
	flow->src_port = read_port(proto[CTA_PROTO_SRC_PORT]);
	flow->dst_port = read_port(proto[CTA_PROTO_DST_PORT]);
	return true;
}

static uint64_t read_count(const struct nlattr *attr)
{
	return attr != NULL ? be64toh(nla_get_u64(attr)) : 0;
}

/* There are none when nf_conntrack_acct was off when the connection began. */
static void read_counters(struct pmip__ct_flow *flow, struct nlattr *attr)
{
	struct nlattr *counters[CTA_COUNTERS_MAX + 1];

	if (attr == NULL || nla_parse_nested(counters, CTA_COUNTERS_MAX, attr, NULL) < 0)
		return;
	flow->packets = read_count(counters[CTA_COUNTERS_PACKETS]);
	flow->octets = read_count(counters[CTA_COUNTERS_BYTES]);
}

struct walk {
	void *user;
	void (*each)(void *user, const struct pmip__ct *ct);
};

static void walk_ct(void *user, struct nlmsghdr *answer)
{
	const struct walk *walk = user;
	struct nlattr *attrs[CTA_MAX + 1];
	struct pmip__ct ct = { .mark = 0 };

	if (answer->nlmsg_type != PMIP__CT_NEW || nlmsg_parse(answer, (int)sizeof(struct nfgenmsg), attrs, CTA_MAX, NULL) < 0 ||
	    !read_flow(&ct.there.flow, attrs[CTA_TUPLE_ORIG]) || !read_flow(&ct.back.flow, attrs[CTA_TUPLE_REPLY]))
		return;
	read_counters(&ct.there, attrs[CTA_COUNTERS_ORIG]);
	read_counters(&ct.back, attrs[CTA_COUNTERS_REPLY]);
	if (attrs[CTA_MARK] != NULL)
		ct.mark = ntohl(nla_get_u32(attrs[CTA_MARK]));
	walk->each(walk->user, &ct);
}

int pmip__ct_get(struct pmip__nl *nl, const struct pmip_flow *flow, void (*each)(void *user, const struct pmip__ct *ct), void *user)
{
	struct nl_msg *msg = request(IPCTNL_MSG_CT_GET, 0, flow);
	struct walk walk = { .user = user, .each = each };

	return pmip__nl_ask(nl, msg == NULL ? NULL : pmip__nl_finished(msg, put_flow(msg, CTA_TUPLE_ORIG, flow)), walk_ct, &walk);
}

int pmip__ct_each(struct pmip__nl *nl, void (*each)(void *user, const struct pmip__ct *ct), void *user)
{
	struct walk walk = { .user = user, .each = each };

	return pmip__nl_dump(nl, request(IPCTNL_MSG_CT_GET, 0, NULL), walk_ct, &walk);
}
