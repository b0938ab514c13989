/* SPDX-License-Identifier: BSD-2-Clause */
/* The six fields of a flow (pmip/flow.h). PAP-20. */
#include <pmip/flow.h>

#include <arpa/inet.h>

#include "base/buf.h"

bool pmip_flow_equal(const struct pmip_flow *a, const struct pmip_flow *b)
{
	return a->protocol == b->protocol && a->src_port == b->src_port && a->dst_port == b->dst_port &&
	       pmip_addr_equal(&a->src, &b->src) && pmip_addr_equal(&a->dst, &b->dst);
}

struct pmip_flow pmip_flow_reverse(const struct pmip_flow *flow)
{
	return (struct pmip_flow){
		.src = flow->dst,
		.dst = flow->src,
		.protocol = flow->protocol,
		.src_port = flow->dst_port,
		.dst_port = flow->src_port,
	};
}

uint32_t pmip_flow_mark(uint32_t tunnel)
{
	return tunnel ? ((tunnel - 1) % 0xffff + 1) << 16 : 0;
}

static void add_proto(struct pmip__text *text, uint8_t proto)
{
	static const struct {
		uint8_t proto;
		const char *name;
	} names[] = {{6, "tcp"}, {17, "udp"}, {33, "dccp"}, {50, "esp"}, {58, "icmpv6"}, {132, "sctp"}, {136, "udplite"}, {1, "icmp"}};

	for (size_t i = 0; i < PMIP__ARRAY_SIZE(names); i++) {
		if (names[i].proto == proto) {
			pmip__text_add(text, "%s", names[i].name);
			return;
		}
	}
	pmip__text_add(text, "%u", proto);
}

/* A mapped address as the IPv4 address that it stands for. */
static void add_end(struct pmip__text *text, const struct pmip_addr *addr, uint16_t port)
{
	char buf[PMIP_ADDR_STRLEN];

	if (pmip_addr_is_ipv4_mapped(addr))
		pmip__text_add(text, "%s:%u", inet_ntop(AF_INET, addr->b + 12, buf, sizeof(buf)), port);
	else
		pmip__text_add(text, "[%s]:%u", pmip_addr_format(addr, buf), port);
}

char *pmip_flow_format(const struct pmip_flow *flow, char buf[PMIP_FLOW_STRLEN])
{
	struct pmip__text text;

	pmip__text_init(&text, buf, PMIP_FLOW_STRLEN);
	add_proto(&text, flow->protocol);
	pmip__text_add(&text, " ");
	add_end(&text, &flow->src, flow->src_port);
	pmip__text_add(&text, " > ");
	add_end(&text, &flow->dst, flow->dst_port);
	if (flow->label)
		pmip__text_add(&text, " label 0x%05x", flow->label);
	return buf;
}
