/* SPDX-License-Identifier: BSD-2-Clause */
/** @file
 * One IP flow of a mobile node: the six fields that the flow manager and the LMA name it by.
 */
#ifndef PMIP_FLOW_H
#define PMIP_FLOW_H

#include <pmip/types.h>

#ifdef __cplusplus
extern "C" {
#endif

/** Longest text of a flow, with the final NUL. */
#define PMIP_FLOW_STRLEN 160
/** Largest flow label: 20 bits (RFC 8200 section 3). */
#define PMIP_FLOW_LABEL_MAX 0xfffff
/** Bits of a kernel's packet mark that name a tunnel; the others are not ours. */
#define PMIP_FLOW_MARK_MASK 0xffff0000u

/** A flow as packets to the mobile node show it: the source is the correspondent, the destination the mobile node. IPv4 addresses are
 * mapped, ::ffff:a.b.c.d. Fields that a packet does not have (ports of ICMPv6 and ESP, the label of IPv4) are 0. */
struct pmip_flow {
	struct pmip_addr src;  /**< source address */
	struct pmip_addr dst;  /**< destination address, of a Home Network Prefix */
	uint32_t label;        /**< flow label, 0..PMIP_FLOW_LABEL_MAX; senders may change it in the middle of a flow, so that it is no part of its identity */
	uint8_t protocol;      /**< upper-layer protocol, behind all extension headers */
	uint16_t src_port;     /**< source port, host order */
	uint16_t dst_port;     /**< destination port, host order */
};

/** Whether two are the same flow: all fields but the label. Since: 0.1. */
PMIP_API bool pmip_flow_equal(const struct pmip_flow *a, const struct pmip_flow *b);

/** The other direction: addresses and ports exchanged, label 0, since it says nothing of the other direction's. Since: 0.1. */
PMIP_API struct pmip_flow pmip_flow_reverse(const struct pmip_flow *flow);

/** The mark, in the bits of PMIP_FLOW_MARK_MASK, of packets that go into a tunnel: where an LMA steers flows by marks (the netlink
 * datapath), and so the one that a flow manager gives to packets that wait for its verdict. It is kept for their connection.
 * @param[in] tunnel number of the tunnel, as events tell it; 0 = none. Those that are 65535 apart have the same mark.
 * @return never 0 but for tunnel 0. Since: 0.1. */
PMIP_API uint32_t pmip_flow_mark(uint32_t tunnel);

/** Write a flow in text form, "tcp [2001:db8::1]:443 > [2001:db8:1::2]:50000 label 0x1a2b3". @return buf.
 * @param[out] buf PMIP_FLOW_STRLEN octets. Since: 0.1. */
PMIP_API char *pmip_flow_format(const struct pmip_flow *flow, char buf[PMIP_FLOW_STRLEN]);

#ifdef __cplusplus
}
#endif

#endif
